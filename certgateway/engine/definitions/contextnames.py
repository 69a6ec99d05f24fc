"""What the definition of an extension says of the places it may stand in, and of what it does there.

Nothing here may look at an instance.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any

_STRUCTURE = "http://hl7.org/fhir/StructureDefinition/"
ANYWHERE = frozenset({"Element", "*", "Any"})
# Extensions that R4 itself and everybody's definitions use in places their published contexts leave out.
_ALSO_ON = {
    _STRUCTURE + "regex": "ElementDefinition.type",
    _STRUCTURE + "structuredefinition-fhir-type": "ElementDefinition.type",
    _STRUCTURE + "structuredefinition-normative-version": "Element",
    _STRUCTURE + "capabilitystatement-expectation": "Element",
    _STRUCTURE + "capabilitystatement-prohibited": "Element",
}


class _Everything:
    """A container that holds whatever is asked for."""

    def __contains__(self, _: object) -> bool:
        return True


def contexts_of(structure: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The contexts of a StructureDefinition, from a resource or from the fact table: (kind, expression).

    An element is a path, a type, or an element of a profile (`url#id`).
    """
    for row in structure.get("context", ()):
        kind, expression = (row.get("type"), row.get("expression")) if isinstance(row, Mapping) else row
        yield str(kind), str(expression)
    if structure.get("url") in _ALSO_ON:
        yield "element", _ALSO_ON[structure["url"]]


def holders(structure: Mapping[str, Any]) -> Container[str]:
    """Names of types on which the extension may stand wherever they stand; the other places take a closer look."""
    if structure.get("contextInvariant"):
        return frozenset()
    contexts = list(contexts_of(structure))
    elements = frozenset(expression for kind, expression in contexts if kind == "element")
    return _Everything() if not contexts or not ANYWHERE.isdisjoint(elements) else elements


def modifies(structure: Mapping[str, Any]) -> bool:
    """Whether a definition says at its root that the extension changes the meaning of what bears it."""
    for part in ("snapshot", "differential"):
        for element in structure.get(part, {}).get("element", ())[:1]:
            if "." not in element.get("path", "."):
                return bool(element.get("isModifier", False))
    return False
