"""Turns conditions of common shapes into one Python function over the raw tree, for values whose structure is sound.

Such a function answers "surely true", "surely false", or None: then `fhirpath` has to be asked, which alone decides. It
rests on what the walk has shown before: every name is the type's own, of the right shape, neither empty nor null, and
no primitive below has extensions beside it. A condition of any other shape has no such function; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from certgateway.engine.fhirpath_environment import TEXT_VARIABLES
from certgateway.engine.fhirpath_errata import as_meant
from certgateway.engine.fhirpath_syntax import (
    Binary,
    Call,
    Literal,
    Member,
    NotCompilable,
    Special,
    Syntax,
    Variable,
    parse,
    type_name,
)
from certgateway.engine.fhirpath_texts import pattern

if TYPE_CHECKING:
    from certgateway.engine.definitions import Definitions
    from certgateway.engine.facts import ElementFacts

Tree = Any
QuickTest = Callable[[Tree], bool | None]

# What a test is made from grows where conditions are compared with conditions; beyond this it is no longer quick.
_LONGEST_SOURCE = 6_000
_ABSTRACT = frozenset({"Resource", "DomainResource"})
# Primitives whose FHIRPath value is the text itself.
_TEXTS = frozenset({"string", "code", "uri", "url", "canonical", "id", "oid", "uuid", "markdown"})
_NUMBERS = frozenset({"integer", "positiveInt", "unsignedInt", "decimal"})
_DATES = frozenset({"date", "dateTime", "instant"})
_LENGTHS_OF_DATES = frozenset({4, 7, 10})
_BOOLEAN = "boolean"
_PRIMITIVES = _TEXTS | _NUMBERS | _DATES | {_BOOLEAN, "time", "base64Binary"}
_COUNT = "count"


class _NotQuickError(Exception):
    """The expression has no quick form."""


@dataclass(frozen=True, slots=True)
class _Path:
    """Source text that gives what a path selects, and its type.

    `many`: it gives a list, else one value or None. `element`: a choice whose type is open yet; then `text` gives the
    object that holds it. `is_set`: items may be missing that equal others, so that nobody may count them.
    """

    text: str
    code: str
    many: bool = False
    element: ElementFacts | None = None
    is_set: bool = False


def quick_test(expression: str, code: str, definitions: Definitions, *, is_root: bool) -> QuickTest | None:
    """The function for a condition on values of type `code`; None where the condition has no quick form.

    `is_root`: the values are resources, so that `%resource` is the value itself.
    """
    try:
        writer = _Writer(definitions, code if is_root else None)
        syntax, focus = parse(as_meant(expression)), _Path("v", code)
        source = f"True if {writer.true(syntax, focus)} else {writer.refusal(syntax, focus)}"
        # Only our own words stand in the source; all texts of the definitions come as constants or quoted keys.
        test: QuickTest = eval(f"lambda v: {source}", {"__builtins__": {}, **writer.names})  # noqa: S307
    except (_NotQuickError, NotCompilable, SyntaxError, RecursionError, MemoryError):
        return None
    return test


def _is_not_after(one: str | None, other: str | None) -> bool:
    """Whether one date or time is surely not after another: both of one precision and zone, so that text decides."""
    if one is None or other is None or len(one) != len(other):
        return False
    if len(one) not in _LENGTHS_OF_DATES and one[19:] != other[19:]:
        return False
    return one <= other


@dataclass(slots=True)
class _Writer:
    """Writes the source of one test. `true` is the text that is true where the condition surely is, `false` where not."""

    definitions: Definitions
    root: str | None
    names: dict[str, object] = field(
        default_factory=lambda: {"E": {}, "bool": bool, "len": len, "next": next, "iter": iter, "upto": _is_not_after}
    )
    depth: int = 0

    def true(self, syntax: Syntax, focus: _Path) -> str:
        """Source of "this is surely true"."""
        return self._short(self._condition(syntax, focus, wanted=True))

    def false(self, syntax: Syntax, focus: _Path) -> str:
        """Source of "this is surely false"."""
        return self._short(self._condition(syntax, focus, wanted=False))

    def refusal(self, syntax: Syntax, focus: _Path) -> str:
        """Source of what is answered where the condition isn't surely true."""
        try:
            return f"False if {self.false(syntax, focus)} else None"
        except _NotQuickError:
            return "None"

    def _short(self, text: str) -> str:
        if len(text) > _LONGEST_SOURCE:
            raise _NotQuickError
        return f"({text})"

    def _condition(self, syntax: Syntax, focus: _Path, *, wanted: bool) -> str:
        if isinstance(syntax, Binary):
            return self._binary(syntax, focus, wanted=wanted)
        if isinstance(syntax, Call):
            found = self._call(syntax, focus, wanted=wanted)
            if found is not None:
                return found
        if isinstance(syntax, Literal) and isinstance(syntax.value, bool):
            return str(syntax.value is wanted)
        path = self.path(syntax, focus)
        if path.code != _BOOLEAN or path.many:
            raise _NotQuickError
        return f"{path.text} is {wanted}"

    # ---- operators ----

    def _binary(self, syntax: Binary, focus: _Path, *, wanted: bool) -> str:
        operator = syntax.operator
        if operator in {"and", "or", "implies", "xor"}:
            return self._logic(syntax, focus, wanted=wanted)
        if operator in {"=", "!="}:
            return self._equality(syntax, focus, wanted=wanted is (operator == "="))
        if operator == "in":
            return self._membership(syntax, focus, wanted=wanted)
        if operator in {"<", ">", "<=", ">="}:
            return self._order(syntax, focus, wanted=wanted)
        if operator == "is":
            return self._is(self.path(syntax.left, focus), type_name(syntax.right), wanted=wanted)
        raise _NotQuickError

    def _logic(self, syntax: Binary, focus: _Path, *, wanted: bool) -> str:
        left, right = syntax.left, syntax.right
        if syntax.operator == "xor":
            same, other = (self.false, self.true) if wanted else (self.true, self.false)
            one = f"{self.true(left, focus)} and {same(right, focus)}"
            return f"{one} or {self.false(left, focus)} and {other(right, focus)}"
        first = self.true if wanted is (syntax.operator != "implies") else self.false
        second = self.true if wanted else self.false
        word = "and" if wanted is (syntax.operator == "and") else "or"
        return f"{first(left, focus)} {word} {second(right, focus)}"

    def _equality(self, syntax: Binary, focus: _Path, *, wanted: bool) -> str:
        left, right = syntax.left, syntax.right
        if isinstance(right, Literal | Variable):
            return self._equals(self._value(left, focus), self._given_value(right), wanted=wanted)
        one, other = (self.true, self.true) if wanted else (self.true, self.false)
        both = f"{one(left, focus)} and {other(right, focus)}"
        one, other = (self.false, self.false) if wanted else (self.false, self.true)
        return f"{both} or {one(left, focus)} and {other(right, focus)}"

    def _equals(self, path: _Path, value: object, *, wanted: bool) -> str:
        if isinstance(value, bool):
            if path.code != _BOOLEAN or path.many:
                raise _NotQuickError
            return f"{path.text} is {value is wanted}"
        if path.code not in (_TEXTS if isinstance(value, str) else {*_NUMBERS, _COUNT} if _is_number(value) else ()):
            raise _NotQuickError
        if not path.many:
            return (
                f"{path.text} == {self._constant(value)}"
                if wanted
                else f"{path.text} not in {self._constant((None, value))}"
            )
        if path.is_set or not wanted:
            raise _NotQuickError
        return f"{path.text} == {self._constant([value])}"

    def _given_value(self, syntax: Literal | Variable) -> object:
        if isinstance(syntax, Literal):
            return syntax.value
        if syntax.name not in TEXT_VARIABLES:
            raise _NotQuickError
        return TEXT_VARIABLES[syntax.name]

    def _membership(self, syntax: Binary, focus: _Path, *, wanted: bool) -> str:
        path, values = self.path(syntax.left, focus), _texts_of(syntax.right)
        if path.many or path.code not in _TEXTS:
            raise _NotQuickError
        if wanted:
            return f"{path.text} in {self._constant(values)}"
        return f"{path.text} not in {self._constant((None, *values))}"

    def _order(self, syntax: Binary, focus: _Path, *, wanted: bool) -> str:
        operator = syntax.operator
        one, other = self._value(syntax.left, focus), self._value(syntax.right, focus)
        if one.many or other.many:
            raise _NotQuickError
        if one.code in _DATES and other.code in _DATES and wanted and operator in {"<=", ">="}:
            pair = (one, other) if operator == "<=" else (other, one)
            return f"upto({pair[0].text}, {pair[1].text})"
        numbers = {*_NUMBERS, _COUNT}
        if one.code not in numbers or other.code not in numbers:
            raise _NotQuickError
        known = f"{one.text} is not None and {other.text} is not None"
        return f"{known} and {'' if wanted else 'not '}({one.text} {operator} {other.text})"

    # ---- functions that are conditions ----

    def _call(self, syntax: Call, focus: _Path, *, wanted: bool) -> str | None:
        name = syntax.name
        if name in {"exists", "empty", "hasValue"}:
            return self._existence(syntax, focus, wanted=wanted is (name != "empty"))
        if name == "not" and syntax.left is not None:
            return self.false(syntax.left, focus) if wanted else self.true(syntax.left, focus)
        if name == "all":
            given = self._list(self._given(syntax, focus))
            item = self._item(given)
            failing = f"[1 for {item.text} in {given.text} if not {self.true(syntax.arguments[0], item)}]"
            return f"not {failing}" if wanted else failing
        if name in {"startsWith", "endsWith", "contains", "matches"}:
            return self._on_text(syntax, focus, wanted=wanted)
        if name == "is":
            return self._is(self._given(syntax, focus), type_name(syntax.arguments[0]), wanted=wanted)
        return None

    def _existence(self, syntax: Call, focus: _Path, *, wanted: bool) -> str:
        given = self._given(syntax, focus)
        if syntax.arguments:
            given = self._where(given, syntax.arguments[0])
        if syntax.name == "hasValue" and given.code not in _PRIMITIVES:
            raise _NotQuickError
        if given.element is not None:
            keys = self._constant(frozenset(key for key, _ in given.element.spellings()))
            if given.many:
                return f"{'' if wanted else 'not '}[1 for x in {given.text} if not {keys}.isdisjoint(x)]"
            return f"{'not ' if wanted else ''}{keys}.isdisjoint({given.text})"
        if given.many:
            return f"{'' if wanted else 'not '}{given.text}"
        return f"{given.text} is {'not ' if wanted else ''}None"

    def _on_text(self, syntax: Call, focus: _Path, *, wanted: bool) -> str:
        given, argument = self._given(syntax, focus), syntax.arguments[0]
        if given.many or given.code not in _TEXTS or not isinstance(argument, Literal):
            raise _NotQuickError
        text, wanted_part = given.text, argument.value
        if not isinstance(wanted_part, str) or not wanted_part:
            raise _NotQuickError
        sign = "" if wanted else "not "
        if syntax.name == "contains":
            return f"{text} is not None and {self._constant(wanted_part)} {sign}in {text}"
        if syntax.name == "matches":
            search = self._constant(pattern(wanted_part).search)
            return f"{text} is not None and {search}({text}) is {'not ' if wanted else ''}None"
        method = "startswith" if syntax.name == "startsWith" else "endswith"
        return f"{text} is not None and {sign}{text}.{method}({self._constant(wanted_part)})"

    def _is(self, path: _Path, name: str, *, wanted: bool) -> str:
        plain = name.removeprefix("FHIR.")
        if path.many:
            raise _NotQuickError
        if path.code in _ABSTRACT and self.definitions.is_resource(plain):
            text = f"({path.text} or E).get('resourceType')"
            return self._equals(_Path(text, "code"), plain, wanted=wanted)
        if path.element is not None and wanted:
            key = next((key for key, code in path.element.spellings() if code == plain), None)
            if key is not None:
                return f"{key!r} in {path.text}"
        raise _NotQuickError

    # ---- paths ----

    def path(self, syntax: Syntax, focus: _Path) -> _Path:
        """Source of what a path selects."""
        if isinstance(syntax, Member):
            if syntax.left is None and syntax.name == focus.code:
                return focus
            return self._member(focus if syntax.left is None else self.path(syntax.left, focus), syntax.name)
        if isinstance(syntax, Special) and syntax.name == "$this":
            return focus
        if isinstance(syntax, Variable) and syntax.name == "resource" and self.root is not None:
            return _Path("v", self.root)
        if isinstance(syntax, Call):
            return self._selected(syntax, focus)
        if isinstance(syntax, Binary) and syntax.operator == "as":
            return self._of_type(self.path(syntax.left, focus), type_name(syntax.right))
        if isinstance(syntax, Binary) and syntax.operator == "|":
            one, other = (self._list(self.path(side, focus)) for side in (syntax.left, syntax.right))
            return _Path(f"[*{one.text}, *{other.text}]", one.code if one.code == other.code else "", True, None, True)
        raise _NotQuickError

    def _value(self, syntax: Syntax, focus: _Path) -> _Path:
        """A path, a number, or how many items there are."""
        if isinstance(syntax, Literal) and _is_number(syntax.value):
            return _Path(self._constant(syntax.value), _COUNT)
        if isinstance(syntax, Call) and syntax.name == "count":
            given = self._list(self._given(syntax, focus))
            if given.is_set:
                raise _NotQuickError
            return _Path(f"len({given.text})", _COUNT)
        if isinstance(syntax, Binary) and syntax.operator == "+":
            one, other = self._value(syntax.left, focus), self._value(syntax.right, focus)
            if one.code == other.code == _COUNT:
                return _Path(f"({one.text} + {other.text})", _COUNT)
        return self.path(syntax, focus)

    def _selected(self, syntax: Call, focus: _Path) -> _Path:
        given = self._given(syntax, focus)
        if syntax.name == "where":
            return self._where(given, syntax.arguments[0])
        if syntax.name in {"ofType", "as"}:
            return self._of_type(given, type_name(syntax.arguments[0]))
        if syntax.name == "first" and given.many and not given.is_set:
            return _Path(f"next(iter({given.text}), None)", given.code)
        if syntax.name == "intersect":
            one, other = self._list(given), self._list(self.path(syntax.arguments[0], focus))
            return _Path(f"[x for x in {one.text} if x in {other.text}]", one.code, True, None, True)
        if syntax.name == "extension" and isinstance(syntax.arguments[0], Literal):
            listed = self._list(self._member(given, "extension"))
            item = self._item(listed)
            url = self._constant(syntax.arguments[0].value)
            return _Path(f"[{item.text} for {item.text} in {listed.text} if {item.text}.get('url') == {url}]",
                         "Extension", True)  # fmt: skip
        raise _NotQuickError

    def _given(self, syntax: Call, focus: _Path) -> _Path:
        return focus if syntax.left is None else self.path(syntax.left, focus)

    def _where(self, given: _Path, criterion: Syntax) -> _Path:
        listed = self._list(given)
        item = self._item(listed)
        text = f"[{item.text} for {item.text} in {listed.text} if {self.true(criterion, item)}]"
        return _Path(text, listed.code, True, None, listed.is_set)

    def _of_type(self, given: _Path, name: str) -> _Path:
        plain = name.removeprefix("FHIR.")
        if given.code in _ABSTRACT and given.element is None and self.definitions.is_resource(plain):
            listed = self._list(given)
            return _Path(f"[x for x in {listed.text} if x['resourceType'] == {plain!r}]", plain, True)
        if given.element is None:
            raise _NotQuickError
        key = next((key for key, code in given.element.spellings() if code == plain), None)
        if key is None:
            raise _NotQuickError
        if given.many:
            return _Path(f"[x[{key!r}] for x in {given.text} if {key!r} in x]", plain, True)
        return _Path(f"{given.text}.get({key!r})", plain)

    def _member(self, given: _Path, name: str) -> _Path:
        if given.element is not None:
            raise _NotQuickError
        code = "DomainResource" if given.code in _ABSTRACT else given.code
        facts = self.definitions.type(code)
        element = facts.children.get(name) if facts is not None else None
        if facts is None or element is None or facts.kind == "primitive-type":
            raise _NotQuickError
        if element.choice:
            plain = given.many or given.text.isalnum()
            return _Path(given.text if plain else f"({given.text} or E)", "", given.many, element)
        key, kind = element.spellings()[0]
        if given.many:
            inner = f" for y in x[{key!r}]" if element.repeats else ""
            text = f"[{'y' if inner else f'x[{key!r}]'} for x in {given.text} if {key!r} in x{inner}]"
            return _Path(text, kind, True, None, given.is_set)
        holder = given.text if given.text.isalnum() else f"({given.text} or E)"
        return _Path(
            f"{holder}.get({key!r}, ())" if element.repeats else f"{holder}.get({key!r})", kind, element.repeats
        )

    def _list(self, given: _Path) -> _Path:
        if given.many:
            return given
        if given.element is not None:
            raise _NotQuickError
        return _Path(f"[x for x in ({given.text},) if x is not None]", given.code, True)

    def _item(self, listed: _Path) -> _Path:
        self.depth += 1
        return _Path(f"i{self.depth}", listed.code)

    def _constant(self, value: object) -> str:
        name = f"c{len(self.names)}"
        self.names[name] = value
        return name


def _is_number(value: object) -> bool:
    return type(value) is int


def _texts_of(syntax: Syntax) -> tuple[str, ...]:
    """The texts of `('a' | 'b')`."""
    if isinstance(syntax, Literal) and isinstance(syntax.value, str):
        return (syntax.value,)
    if isinstance(syntax, Binary) and syntax.operator == "|":
        return (*_texts_of(syntax.left), *_texts_of(syntax.right))
    raise _NotQuickError
