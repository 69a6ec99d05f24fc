"""Turns conditions of common shapes into one Python function over the raw tree, for values whose structure is sound.

Such a function answers "surely true", "surely false", or None: then `expressions` has to be asked, which alone decides.
It rests on what the walk has shown: every name is the type's own, of the right shape, neither empty nor null, and
no primitive below has extensions beside it. A condition of any other shape has no such function; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from certgateway.engine.fhirpath.environment import TEXT_VARIABLES
from certgateway.engine.fhirpath.errata import as_meant
from certgateway.engine.fhirpath.quick_paths import (
    ABSTRACT,
    BOOLEAN,
    COUNT,
    DATES,
    NUMBERS,
    PRIMITIVES,
    TEXTS,
    NotQuickError,
    Path,
    PathWriter,
    is_number,
)
from certgateway.engine.fhirpath.syntax import (
    Binary,
    Call,
    Literal,
    NotCompilable,
    Syntax,
    Variable,
    parse,
    type_name,
)
from certgateway.engine.fhirpath.texts import pattern

if TYPE_CHECKING:
    from certgateway.engine.definitions.definitions import Definitions

Tree = Any
QuickTest = Callable[[Tree], bool | None]

# What a test is made from grows where conditions are compared with conditions; beyond this it is no longer quick.
_LONGEST_SOURCE = 6_000
# How the source of a test speaks of the value and of its members.
_VALUE = re.compile(r"\bv\b")
_MEMBER = re.compile(r"\bv\.get\('(\w+)'|'(\w+)' (?:not )?in v\b")
_CHOICE = re.compile(r"\b(c[0-9]+)\.isdisjoint\(v\)")
# Longer texts are searched where the work is counted.
_LONGEST_TEXT = 1_000
_LENGTHS_OF_DATES = frozenset({4, 7, 10})


def quick_test(expression: str, code: str, definitions: Definitions, *, is_root: bool) -> QuickTest | None:
    """The function for a condition on values of type `code`; None where the condition has no quick form.

    `is_root`: the values are resources, so that `%resource` is the value itself.
    """
    try:
        writer = _Writer(definitions, code if is_root else None)
        syntax, focus = parse(as_meant(expression)), Path("v", code)
        source = f"True if {writer.true(syntax, focus)} else {writer.refusal(syntax, focus)}"
        # Only our own words stand in the source; all texts of the definitions come as constants or quoted keys.
        test: QuickTest = eval(f"lambda v: {source}", {"__builtins__": {}, **writer.paths.names})  # noqa: S307
    except (NotQuickError, NotCompilable, SyntaxError, RecursionError, MemoryError):
        return None
    test.__doc__ = source
    return test


def reads_of(test: QuickTest) -> frozenset[str] | None:
    """The members of a value that a quick test looks at: it answers alike for all that have none of these.

    None where it looks at the value as a whole.
    """
    source = test.__doc__ or "v"
    members = [got or sought for got, sought in _MEMBER.findall(source)]
    choices = _CHOICE.findall(source)
    if len(members) + len(choices) < len(_VALUE.findall(source)):
        return None
    return frozenset(members).union(*(test.__globals__[name] for name in choices))


def _is_not_after(one: str | None, other: str | None) -> bool:
    """Whether one date or time is surely not after another: both of one precision and zone, so that text decides."""
    if one is None or other is None or len(one) != len(other):
        return False
    if len(one) not in _LENGTHS_OF_DATES and one[19:] != other[19:]:
        return False
    return one <= other


def _search(wanted: str) -> Callable[[str | None], bool | None]:
    """A test whether some part of a text fits a regular expression, as far as that is quick."""
    compiled = pattern(wanted)

    def found(text: str | None) -> bool | None:
        if text is None or len(text) > _LONGEST_TEXT:
            return None
        return compiled.search(text.encode("utf-8", "replace")) is not None

    return found


class _Writer:
    """Writes the source of one test.

    A condition is written twice: as what is true where it surely holds, and as what is true where it surely doesn't.
    """

    def __init__(self, definitions: Definitions, root: str | None) -> None:
        self.paths = PathWriter(definitions, root, self.true)
        self.paths.names["upto"] = _is_not_after

    def true(self, syntax: Syntax, focus: Path) -> str:
        """Source of "this is surely true"."""
        return self._short(self._condition(syntax, focus, wanted=True))

    def false(self, syntax: Syntax, focus: Path) -> str:
        """Source of "this is surely false"."""
        return self._short(self._condition(syntax, focus, wanted=False))

    def refusal(self, syntax: Syntax, focus: Path) -> str:
        """Source of what is answered where the condition isn't surely true."""
        try:
            return f"False if {self.false(syntax, focus)} else None"
        except NotQuickError:
            return "None"

    def _short(self, text: str) -> str:
        if len(text) > _LONGEST_SOURCE:
            raise NotQuickError
        return f"({text})"

    def _condition(self, syntax: Syntax, focus: Path, *, wanted: bool) -> str:
        if isinstance(syntax, Binary):
            return self._binary(syntax, focus, wanted=wanted)
        if isinstance(syntax, Call):
            found = self._call(syntax, focus, wanted=wanted)
            if found is not None:
                return found
        if isinstance(syntax, Literal) and isinstance(syntax.value, bool):
            return str(syntax.value is wanted)
        path = self.paths.path(syntax, focus)
        if path.code != BOOLEAN or path.many:
            raise NotQuickError
        return f"{path.text} is {wanted}"

    # ---- operators ----

    def _binary(self, syntax: Binary, focus: Path, *, wanted: bool) -> str:
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
            return self._is(self.paths.path(syntax.left, focus), type_name(syntax.right), wanted=wanted)
        raise NotQuickError

    def _logic(self, syntax: Binary, focus: Path, *, wanted: bool) -> str:
        left, right = syntax.left, syntax.right
        if syntax.operator == "xor":
            same, other = (self.false, self.true) if wanted else (self.true, self.false)
            one = f"{self.true(left, focus)} and {same(right, focus)}"
            return f"{one} or {self.false(left, focus)} and {other(right, focus)}"
        first = self.true if wanted is (syntax.operator != "implies") else self.false
        second = self.true if wanted else self.false
        word = "and" if wanted is (syntax.operator == "and") else "or"
        return f"{first(left, focus)} {word} {second(right, focus)}"

    def _equality(self, syntax: Binary, focus: Path, *, wanted: bool) -> str:
        left, right = syntax.left, syntax.right
        if isinstance(right, Literal | Variable):
            return self._equals(self.paths.value(left, focus), self._given_value(right), wanted=wanted)
        one, other = (self.true, self.true) if wanted else (self.true, self.false)
        both = f"{one(left, focus)} and {other(right, focus)}"
        one, other = (self.false, self.false) if wanted else (self.false, self.true)
        return f"{both} or {one(left, focus)} and {other(right, focus)}"

    def _equals(self, path: Path, value: object, *, wanted: bool) -> str:
        if isinstance(value, bool):
            if path.code != BOOLEAN or path.many:
                raise NotQuickError
            return f"{path.text} is {value is wanted}"
        if path.code not in (TEXTS if isinstance(value, str) else {*NUMBERS, COUNT} if is_number(value) else ()):
            raise NotQuickError
        if not path.many:
            return (
                f"{path.text} == {self.paths.constant(value)}"
                if wanted
                else f"{path.text} not in {self.paths.constant((None, value))}"
            )
        if path.is_set or not wanted:
            raise NotQuickError
        return f"{path.text} == {self.paths.constant([value])}"

    def _given_value(self, syntax: Literal | Variable) -> object:
        if isinstance(syntax, Literal):
            return syntax.value
        if syntax.name not in TEXT_VARIABLES:
            raise NotQuickError
        return TEXT_VARIABLES[syntax.name]

    def _membership(self, syntax: Binary, focus: Path, *, wanted: bool) -> str:
        path, values = self.paths.path(syntax.left, focus), _texts_of(syntax.right)
        if path.many or path.code not in TEXTS:
            raise NotQuickError
        if wanted:
            return f"{path.text} in {self.paths.constant(values)}"
        return f"{path.text} not in {self.paths.constant((None, *values))}"

    def _order(self, syntax: Binary, focus: Path, *, wanted: bool) -> str:
        operator = syntax.operator
        one, other = self.paths.value(syntax.left, focus), self.paths.value(syntax.right, focus)
        if one.many or other.many:
            raise NotQuickError
        # Dates of different precision are left open, which no criterion may be.
        if (
            one.code in DATES
            and other.code in DATES
            and wanted
            and not self.paths.criteria
            and operator in {"<=", ">="}
        ):
            pair = (one, other) if operator == "<=" else (other, one)
            return f"upto({pair[0].text}, {pair[1].text})"
        numbers = {*NUMBERS, COUNT}
        if one.code not in numbers or other.code not in numbers:
            raise NotQuickError
        known = f"{one.text} is not None and {other.text} is not None"
        return f"{known} and {'' if wanted else 'not '}({one.text} {operator} {other.text})"

    # ---- functions that are conditions ----

    def _call(self, syntax: Call, focus: Path, *, wanted: bool) -> str | None:
        name = syntax.name
        if name in {"exists", "empty", "hasValue"}:
            return self._existence(syntax, focus, wanted=wanted is (name != "empty"))
        if name == "not" and syntax.left is not None:
            return self.false(syntax.left, focus) if wanted else self.true(syntax.left, focus)
        if name == "all":
            given = self.paths.list(self.paths.given(syntax, focus))
            item = self.paths.item(given)
            failing = f"[1 for {item.text} in {given.text} if not {self.paths.criterion(syntax.arguments[0], item)}]"
            return f"not {failing}" if wanted else failing
        if name in {"startsWith", "endsWith", "contains", "matches"}:
            return self._on_text(syntax, focus, wanted=wanted)
        if name == "is":
            return self._is(self.paths.given(syntax, focus), type_name(syntax.arguments[0]), wanted=wanted)
        return None

    def _existence(self, syntax: Call, focus: Path, *, wanted: bool) -> str:
        given = self.paths.given(syntax, focus)
        if syntax.arguments:
            given = self.paths.where(given, syntax.arguments[0])
        if syntax.name == "hasValue" and given.code not in PRIMITIVES:
            raise NotQuickError
        if given.element is not None:
            keys = self.paths.constant(frozenset(key for key, _ in given.element.spellings()))
            if given.many:
                return f"{'' if wanted else 'not '}[1 for x in {given.text} if not {keys}.isdisjoint(x)]"
            return f"{'not ' if wanted else ''}{keys}.isdisjoint({given.text})"
        if given.member is not None:  # Nothing that is there is empty or null.
            return f"{given.member[0]} {'' if wanted else 'not '}in {given.member[1]}"
        if given.many:
            return f"{'' if wanted else 'not '}{given.text}"
        return f"{given.text} is {'not ' if wanted else ''}None"

    def _on_text(self, syntax: Call, focus: Path, *, wanted: bool) -> str:
        given, argument = self.paths.given(syntax, focus), syntax.arguments[0]
        if given.many or given.code not in TEXTS or not isinstance(argument, Literal):
            raise NotQuickError
        text, wanted_part = given.text, argument.value
        if not isinstance(wanted_part, str) or not wanted_part:
            raise NotQuickError
        sign = "" if wanted else "not "
        if syntax.name == "matches":
            return f"{self.paths.constant(_search(wanted_part))}({text}) is {wanted}"
        if syntax.name == "contains":
            return f"{text} is not None and {self.paths.constant(wanted_part)} {sign}in {text}"
        method = "startswith" if syntax.name == "startsWith" else "endswith"
        return f"{text} is not None and {sign}{text}.{method}({self.paths.constant(wanted_part)})"

    def _is(self, path: Path, name: str, *, wanted: bool) -> str:
        plain = name.removeprefix("FHIR.")
        if path.many:
            raise NotQuickError
        if path.code in ABSTRACT and self.paths.definitions.is_resource(plain):
            text = f"({path.text} or E).get('resourceType')"
            return self._equals(Path(text, "code"), plain, wanted=wanted)
        spelled = dict(path.element.spellings()) if path.element is not None else {}
        if plain not in spelled.values():
            raise NotQuickError
        # A code is a string by descent, and what is absent is neither.
        descending = {key for key, code in spelled.items() if self.paths.definitions.is_a(code, plain)}
        keys = frozenset(descending if wanted else spelled.keys() - descending)
        return f"not {self.paths.constant(keys)}.isdisjoint({path.text})"


def _texts_of(syntax: Syntax) -> tuple[str, ...]:
    """The texts of `('a' | 'b')`."""
    if isinstance(syntax, Literal) and isinstance(syntax.value, str):
        return (syntax.value,)
    if isinstance(syntax, Binary) and syntax.operator == "|":
        return (*_texts_of(syntax.left), *_texts_of(syntax.right))
    raise NotQuickError
