"""Takes out of a profile's rules what base R4 says anyway, so that a snapshot costs no more than its differential.

Nothing here may take out what narrows base R4 by anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from certgateway.engine.definitions.facts import ElementFacts, TypeFacts, TypeRef
    from certgateway.engine.profiles.profiles import Rule, Source

STRUCTURE = "http://hl7.org/fhir/StructureDefinition/"


def short(canonical: str) -> str:
    """The canonical of a base type as the bare name of the type; any other canonical unchanged."""
    plain = canonical.removeprefix(STRUCTURE)
    return plain if "/" not in plain else canonical


def prune(rule: Rule, facts: TypeFacts | None, element: ElementFacts | None, source: Source) -> None:
    """Take out what base R4 says anyway, so that a snapshot costs no more than its differential."""
    if element is not None and rule.slice_name is None:
        _drop_base(rule, element)
    for child in [*rule.children.values()]:
        known = facts.children.get(child.name) if facts is not None else None
        prune(child, _below(child, known, source), known, source)
        if child.is_empty():
            del rule.children[child.name]
    for each in rule.slices.values():
        prune(each, _below(each, element, source) or facts, element, source)
    if not rule.slices and rule.slicing is not None and rule.slicing.rules != "closed":
        rule.slicing = None


def _below(rule: Rule, element: ElementFacts | None, source: Source) -> TypeFacts | None:
    if element is None:
        return None
    if element.content:
        return source.type(element.content)
    types = rule.types or element.types
    return source.type(types[0].code) if len(types) == 1 else None


def _drop_base(rule: Rule, element: ElementFacts) -> None:
    if rule.min <= element.min:
        rule.min = 0
    if rule.max is not None and element.max is not None and rule.max >= element.max:
        rule.max = None
    if {_comparable(ref) for ref in rule.types} == {_comparable(ref) for ref in element.types}:
        rule.types = ()
    if element.binding is not None and element.binding.strength == "required":
        plain = (rule.value_set or "").partition("|")[0]
        rule.value_set = None if plain == element.binding.value_set else rule.value_set


def _comparable(ref: TypeRef) -> tuple[str, frozenset[str], frozenset[str]]:
    return ref.code, frozenset(ref.targets), frozenset(map(short, ref.profiles))
