"""Where the definition of an extension lets it stand: its contexts, as they are given and as types.

Nothing here may look at an instance; whether an extension stands where it may is judged by `contexts`.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any

ANYWHERE = frozenset({"Element", "*", "Any"})


class _Everything:
    """A container that holds whatever is asked for."""

    def __contains__(self, _: object) -> bool:
        return True


def contexts_of(structure: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The contexts of a StructureDefinition, from a resource or from the fact table: (kind, expression)."""
    for row in structure.get("context", ()):
        kind, expression = (row.get("type"), row.get("expression")) if isinstance(row, Mapping) else row
        yield str(kind), str(expression).rpartition("#")[2] if kind == "element" else str(expression)


def holders(structure: Mapping[str, Any]) -> Container[str]:
    """Names of types on which the extension may stand wherever they stand; every other place has to be judged."""
    if structure.get("contextInvariant"):
        return frozenset()
    contexts = list(contexts_of(structure))
    if not contexts or any(expression in ANYWHERE for _, expression in contexts):
        return _Everything()
    return frozenset(expression for kind, expression in contexts if kind == "element")
