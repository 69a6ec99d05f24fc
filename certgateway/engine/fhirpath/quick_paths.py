"""Writes the source of what FHIRPath paths of common shapes select from the raw tree; `quick` uses it.

Paths through anything that isn't known for certain (an open choice, an unknown type, a function of another kind) raise
`NotQuickError`; nothing is guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from certgateway.engine.fhirpath.syntax import Binary, Call, Literal, Member, Special, Syntax, Variable, type_name
from certgateway.engine.fhirpath.temporal import parse_temporal

if TYPE_CHECKING:
    from collections.abc import Callable

    from certgateway.engine.definitions.definitions import Definitions
    from certgateway.engine.definitions.facts import ElementFacts

ABSTRACT = frozenset({"Resource", "DomainResource"})
# Primitives whose FHIRPath value is the text itself.
TEXTS = frozenset({"string", "code", "uri", "url", "canonical", "id", "oid", "uuid", "markdown"})
NUMBERS = frozenset({"integer", "positiveInt", "unsignedInt", "decimal"})
DATES = frozenset({"date", "dateTime", "instant"})
BOOLEAN = "boolean"
PRIMITIVES = TEXTS | NUMBERS | DATES | {BOOLEAN, "time", "base64Binary"}
COUNT = "count"


# Dates, and times to the second with an offset that has one spelling.
_AS_WRITTEN = re.compile(
    r"[0-9]{4}(?:-[0-9]{2}){0,2}|[0-9-]{10}T[0-9]{2}(?::[0-9]{2}){2}[+-](?:0[1-9]|1[0-9]):[0-9]{2}"
)


class NotQuickError(Exception):
    """The expression has no quick form."""


@dataclass(frozen=True, slots=True)
class Path:
    """Source text that gives what a path selects, and its type.

    `many`: it gives a list, else one value or None. `element`: a choice whose type is open yet; then `text` gives the
    object that holds it. `is_set`: items may be missing that equal others, so that nobody may count them. `member`: the
    key and the object it is looked for in, where that is all there is to it.
    """

    text: str
    code: str
    many: bool = False
    element: ElementFacts | None = None
    is_set: bool = False
    member: tuple[str, str] | None = None


@dataclass(slots=True)
class PathWriter:
    """Writes paths. `root` is the type of `%resource`, where that is the value itself; `true` writes criteria.

    `names` are the constants that the source speaks of. Within `criteria` a condition must be exact: an item that is
    left out because the answer isn't sure would count as one that doesn't fit.
    """

    definitions: Definitions
    root: str | None
    true: Callable[[Syntax, Path], str]
    names: dict[str, object] = field(default_factory=lambda: {"E": {}, "len": len, "next": next, "iter": iter})
    depth: int = 0
    criteria: int = 0

    def path(self, syntax: Syntax, focus: Path) -> Path:
        """Source of what a path selects."""
        if isinstance(syntax, Member):
            if syntax.left is None and syntax.name == focus.code:
                return focus
            return self._member(focus if syntax.left is None else self.path(syntax.left, focus), syntax.name)
        if isinstance(syntax, Special) and syntax.name == "this":
            return focus
        if isinstance(syntax, Variable) and syntax.name == "resource" and self.root is not None:
            return Path("v", self.root)
        if isinstance(syntax, Call):
            return self._selected(syntax, focus)
        if isinstance(syntax, Binary):
            return self._combined(syntax, focus)
        raise NotQuickError

    def _combined(self, syntax: Binary, focus: Path) -> Path:
        if syntax.operator == "as":
            return self._of_type(self.path(syntax.left, focus), type_name(syntax.right))
        if syntax.operator == "|":
            one, other = (self.list(self.path(side, focus)) for side in (syntax.left, syntax.right))
            return Path(
                f"[*{one.text}, *{other.text}]", one.code if one.code == other.code else "", many=True, is_set=True
            )
        raise NotQuickError

    def value(self, syntax: Syntax, focus: Path) -> Path:
        """A path, a number, or how many items there are."""
        if isinstance(syntax, Literal) and is_number(syntax.value):
            return Path(self.constant(syntax.value), COUNT)
        if isinstance(syntax, Call) and syntax.name == "count":
            given = self.list(self.given(syntax, focus))
            if given.is_set:
                raise NotQuickError
            return Path(f"len({given.text})", COUNT)
        if isinstance(syntax, Binary) and syntax.operator == "+":
            one, other = self.value(syntax.left, focus), self.value(syntax.right, focus)
            if one.code == other.code == COUNT:
                return Path(f"({one.text} + {other.text})", COUNT)
        return self.path(syntax, focus)

    def _selected(self, syntax: Call, focus: Path) -> Path:
        given = self.given(syntax, focus)
        if syntax.name == "where":
            return self.where(given, syntax.arguments[0])
        if syntax.name in {"ofType", "as"}:
            return self._of_type(given, type_name(syntax.arguments[0]))
        if syntax.name == "first" and given.many and not given.is_set:
            return Path(f"next(iter({given.text}), None)", given.code)
        if syntax.name == "toString" and not given.many:
            return self._as_text(given)
        if syntax.name == "intersect":
            one, other = self.list(given), self.list(self.path(syntax.arguments[0], focus))
            return Path(f"[x for x in {one.text} if x in {other.text}]", one.code, many=True, is_set=True)
        if syntax.name == "extension" and isinstance(syntax.arguments[0], Literal):
            listed = self.list(self._member(given, "extension"))
            item = self.item(listed)
            url = self.constant(syntax.arguments[0].value)
            return Path(f"[{item.text} for {item.text} in {listed.text} if {item.text}.get('url') == {url}]",
                         "Extension", many=True)  # fmt: skip
        raise NotQuickError

    def _as_text(self, given: Path) -> Path:
        if given.code in TEXTS:
            return Path(given.text, "string")
        if given.code not in DATES:
            raise NotQuickError
        self.names["moment"] = _text_of
        return Path(f"moment({given.text})", "string")

    def given(self, syntax: Call, focus: Path) -> Path:
        """What a function is called on."""
        return focus if syntax.left is None else self.path(syntax.left, focus)

    def where(self, given: Path, criterion: Syntax) -> Path:
        """The items for which a criterion holds."""
        listed = self.list(given)
        item = self.item(listed)
        text = f"[{item.text} for {item.text} in {listed.text} if {self.criterion(criterion, item)}]"
        return Path(text, listed.code, many=True, is_set=listed.is_set)

    def _of_type(self, given: Path, name: str) -> Path:
        plain = name.removeprefix("FHIR.")
        if given.code in ABSTRACT and given.element is None and self.definitions.is_resource(plain):
            listed = self.list(given)
            return Path(f"[x for x in {listed.text} if x['resourceType'] == {plain!r}]", plain, many=True)
        if given.element is None:
            raise NotQuickError
        key = next((key for key, code in given.element.spellings() if code == plain), None)
        if key is None:
            raise NotQuickError
        if given.many:
            return Path(f"[x[{key!r}] for x in {given.text} if {key!r} in x]", plain, many=True)
        return Path(f"{given.text}.get({key!r})", plain)

    def _member(self, given: Path, name: str) -> Path:
        if given.element is not None:
            raise NotQuickError
        code = "DomainResource" if given.code in ABSTRACT else given.code
        facts = self.definitions.type(code)
        element = facts.children.get(name) if facts is not None else None
        if facts is None or element is None or facts.kind == "primitive-type":
            raise NotQuickError
        if element.choice:
            plain = given.many or given.text.isalnum()
            return Path(given.text if plain else f"({given.text} or E)", "", many=given.many, element=element)
        key, kind = element.spellings()[0]
        if given.many:
            inner = f" for y in x[{key!r}]" if element.repeats else ""
            text = f"[{'y' if inner else f'x[{key!r}]'} for x in {given.text} if {key!r} in x{inner}]"
            return Path(text, kind, many=True, is_set=given.is_set)
        holder = given.text if given.text.isalnum() else f"({given.text} or E)"
        text = f"{holder}.get({key!r}, ())" if element.repeats else f"{holder}.get({key!r})"
        return Path(text, kind, element.repeats, member=(repr(key), holder))

    def criterion(self, syntax: Syntax, item: Path) -> str:
        """Source of a condition on one item, which is exact."""
        self.criteria += 1
        text = self.true(syntax, item)
        self.criteria -= 1
        return text

    def list(self, given: Path) -> Path:
        """The same as a list."""
        if given.many:
            return given
        if given.element is not None:
            raise NotQuickError
        return Path(f"[x for x in ({given.text},) if x is not None]", given.code, many=True)

    def item(self, listed: Path) -> Path:
        """A name for one item of a list."""
        self.depth += 1
        return Path(f"i{self.depth}", listed.code)

    def constant(self, value: object) -> str:
        """A name for a value that the source speaks of."""
        name = f"c{len(self.names)}"
        self.names[name] = value
        return name


def _text_of(moment: str | None) -> str | None:
    """A date or time as FHIRPath writes it, which may tell the zone in another way."""
    if moment is None or _AS_WRITTEN.fullmatch(moment):
        return moment
    known = parse_temporal(moment)
    return known.text() if known is not None else None


def is_number(value: object) -> bool:
    """Whether a literal is an integer; decimals and quantities compare in their own way."""
    return type(value) is int
