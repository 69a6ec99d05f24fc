"""Where the paths of element definitions lead in R4's types.

Nothing here may look at a profile: a path that only a profile gives meaning has no answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from certgateway.engine.definitions.definitions import Definitions
    from certgateway.engine.definitions.facts import ElementFacts, TypeFacts

# What is below these depends on what a profile, or an instance, makes of them.
_OPEN = frozenset({"Resource", "DomainResource", "Element", "BackboneElement"})


@dataclass(frozen=True, slots=True)
class Reach:
    """What a path leads to: the types its element may have (none where anything may be), and the element itself."""

    codes: frozenset[str]
    element: ElementFacts | None


def reach_of(definitions: Definitions, path: str) -> Reach | None:
    """Where a path leads from its type; None where there is no such element."""
    name, *rest = path.split(".")
    codes, element = frozenset({name}), None
    for step in rest:
        if not codes or not codes.isdisjoint(_OPEN - {name}):
            return Reach(frozenset(), None)
        known = [facts for facts in map(definitions.type, codes) if facts is not None]
        found = [row for row in (_child(facts, step) for facts in known) if row is not None]
        if not found:
            return None
        element = found[0][0] if len(found) == 1 else None
        codes = frozenset(code for _, inner in found for code in inner)
    return Reach(codes, element)


def children_of(definitions: Definitions, code: str, name: str) -> frozenset[str] | None:
    """The types of a child of one type: none where it has no such child, None where anything may be there."""
    facts = definitions.type(code)
    if code in _OPEN or facts is None:
        return None
    found = _child(facts, name)
    return frozenset() if found is None else found[1]


def _child(facts: TypeFacts, step: str) -> tuple[ElementFacts | None, frozenset[str]] | None:
    name = step.removesuffix("[x]")
    element = facts.children.get(name)
    if element is None and facts.kind == "primitive-type" and name == "value":
        return None, frozenset()
    if element is None:
        found = facts.keys.get(name)
        return None if found is None or not found[0].choice else (found[0], frozenset({found[1]}))
    codes = frozenset(code for _, code in element.spellings()) if not element.content else frozenset({element.content})
    return element, codes
