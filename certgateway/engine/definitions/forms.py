"""Whether a definition has the JSON form that R4 gives it: lists, objects, texts, numbers where they belong.

Definitions come from anywhere, and whoever reads one relies on this. Only the form is looked at, so that what a newer
or an older release calls otherwise passes. Nothing here may judge what a definition says, or mend it.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from certgateway.engine.definitions.facts import TypeFacts

MOST_DEPTH = 60
"""Nesting beyond which nothing is read; definitions of real guides stay below 20."""
_NUMBERS = frozenset({"integer", "positiveInt", "unsignedInt"})


class Types(Protocol):
    """Where the facts of types come from."""

    def type(self, name: str) -> TypeFacts | None:
        """The facts of a type."""


def has_form(definition: Mapping[str, Any], source: Types) -> bool:
    """Whether all that R4 knows in a definition stands there in R4's form; what R4 doesn't know is passed over."""
    name = definition.get("resourceType")
    return not isinstance(name, str) or _fits(definition, name, source, 0)


def _fits(value: Any, name: str, source: Types, depth: int) -> bool:  # noqa: ANN401  JSON of any kind.
    facts = source.type(name)
    if facts is None or facts.kind == "primitive-type":
        return _is_primitive(value, name)
    if not isinstance(value, Mapping) or depth > MOST_DEPTH:
        return False
    for key, member in value.items():
        known = facts.keys.get(key)
        if known is not None:
            child, code = known
            fits = _all_fit if child.repeats else _fits
            if not fits(member, code, source, depth + 1):
                return False
        elif key.startswith("_") and key[1:] in facts.keys and not _is_companion(member, source, depth + 1):
            return False
    return True


def _all_fit(listed: Any, code: str, source: Types, depth: int) -> bool:  # noqa: ANN401  JSON of any kind.
    return isinstance(listed, list) and all(_fits(each, code, source, depth) for each in listed)


def _is_companion(value: Any, source: Types, depth: int) -> bool:  # noqa: ANN401  JSON of any kind.
    """Whether this may stand beside a primitive, or beside a list of them, with null where one has nothing."""
    rows = value if isinstance(value, list) else [value]
    return all(row is None or _fits(row, "Element", source, depth) for row in rows)


def _is_primitive(value: Any, name: str) -> bool:  # noqa: ANN401  JSON of any kind.
    if name == "boolean":
        return isinstance(value, bool)
    if name in _NUMBERS:
        return isinstance(value, int) and not isinstance(value, bool)
    if name == "decimal":
        return isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    return isinstance(value, str)
