"""Compiles the facts of a type into a plan: what to do with each JSON key, once for all instances.

A plan holds everything the walk needs in one look-up. Nothing here may look at an instance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from certgateway.engine.primitives import Check, check_for

if TYPE_CHECKING:
    from certgateway.engine.definitions import Definitions
    from certgateway.engine.facts import ElementFacts, Invariant, TypeFacts

# Stated by the structure itself, each with a kind of its own: ele-1 (value-empty), ref-1 (reference-unresolved),
# bdl-7 (full-url-duplicated), dom-3 (judged natively), txt-1 and txt-2 (narrative-not-allowed).
IMPLIED = frozenset({"ele-1", "ref-1", "bdl-7", "dom-3", "txt-1", "txt-2"})
# These speak of one property alone and hold where it is absent: most resources are spared the trying.
ABOUT = {"dom-2": "contained", "dom-4": "contained", "dom-5": "contained"}
ANY_TARGET = frozenset({"Resource", "DomainResource"})
_SIMPLE = "SimpleQuantity"
_CODED = frozenset({"code", "Coding", "CodeableConcept", "Quantity"})


@dataclass(frozen=True, slots=True)
class AllowedCodes:
    """A required value set that can be listed: all its codes, and its codes by system."""

    value_set: str
    any_system: frozenset[str]
    by_system: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Property:
    """What one JSON key of a type must hold. `check` is set for primitives; `children` names the plan of the rest.

    `is_plain`: a single primitive of which nothing is asked but its form and its codes. `sibling` is the key of the
    extensions beside a primitive.
    """

    name: str
    sibling: str
    is_plain: bool
    is_choice: bool
    code: str
    repeats: bool
    check: Check | None
    children: str
    allowed: AllowedCodes | None
    targets: tuple[str, ...]
    invariants: tuple[Invariant, ...]
    guarded: tuple[tuple[str, Invariant], ...]
    is_modifier: bool
    companion: bool


@dataclass(frozen=True, slots=True)
class TypePlan:
    """One type: its properties by key, which must be there, and which exclude one another."""

    name: str
    is_resource: bool
    properties: Mapping[str, Property]
    required: tuple[tuple[str, tuple[str, ...]], ...]
    choices: tuple[tuple[str, tuple[str, ...]], ...]
    invariants: tuple[Invariant, ...]
    guarded: tuple[tuple[str, Invariant], ...]


class Plans:
    """The plans of one set of definitions, each compiled when first met."""

    def __init__(self, definitions: Definitions) -> None:
        """Compile nothing yet."""
        self._definitions = definitions
        self._plans: dict[str, TypePlan] = {}
        self._targets: dict[tuple[str, ...], tuple[str, ...]] = {}

    def plan(self, name: str) -> TypePlan:
        """The plan of a type, primitive or backbone that exists."""
        found = self._plans.get(name)
        if found is None:
            facts = self._definitions.type("Quantity" if name == _SIMPLE else name)
            if facts is None:
                raise KeyError(name)
            found = self._plans[name] = _simple(self._compile(facts)) if name == _SIMPLE else self._compile(facts)
        return found

    def _compile(self, facts: TypeFacts) -> TypePlan:
        spelled = {child.name: tuple(key for key, _ in child.spellings()) for child in facts.children.values()}
        kept = [row for row in facts.invariants if row.key not in IMPLIED]
        return TypePlan(
            name=facts.name,
            is_resource=facts.kind == "resource",
            # A base may take away what its own base has: xhtml has no extensions.
            properties={
                key: self._property(key, child, code) for key, (child, code) in facts.keys.items() if child.max != 0
            },
            required=tuple((name, spelled[name]) for name, child in facts.children.items() if child.min),
            choices=tuple((name, keys) for name, keys in spelled.items() if len(keys) > 1),
            invariants=tuple(row for row in kept if row.key not in ABOUT),
            guarded=tuple((ABOUT[row.key], row) for row in kept if row.key in ABOUT),
        )

    def _property(self, key: str, child: ElementFacts, code: str) -> Property:
        facts = self._definitions.type(code)
        is_primitive = facts is not None and facts.kind == "primitive-type"
        stated = tuple(row for row in self._stated(child) if row.key not in IMPLIED)
        return Property(
            name=child.name,
            sibling="_" + key,
            is_plain=is_primitive and not child.repeats and not stated and code != "xhtml",
            is_choice=child.choice,
            code=code,
            repeats=child.repeats,
            check=check_for(code) if is_primitive else None,
            children=_SIMPLE if any(_SIMPLE in ref.profiles for ref in child.types if ref.code == code) else code,
            allowed=self._allowed(child, code),
            targets=next((ref.targets for ref in child.types if ref.code == code), ()),
            invariants=tuple(row for row in stated if row.key not in ABOUT),
            guarded=tuple((ABOUT[row.key], row) for row in stated if row.key in ABOUT),
            is_modifier=child.name == "modifierExtension",
            companion=is_primitive and not child.xml_attribute,
        )

    def _stated(self, child: ElementFacts) -> tuple[Invariant, ...]:
        """The invariants of an element; one that takes its content from another element takes that one's too.

        Where it says the same of itself under another key, as in TestScript, once is enough.
        """
        owner, _, name = (child.content or "").rpartition(".")
        facts = self._definitions.type(owner) if owner else None
        source = facts.children.get(name) if facts is not None else None
        told = {"".join(row.expression.split()) for row in child.invariants}
        taken = source.invariants if source is not None else ()
        return (*child.invariants, *(row for row in taken if "".join(row.expression.split()) not in told))

    def targets(self, stated: tuple[str, ...]) -> tuple[str, ...]:
        """The types a Reference may lead to; none where it may lead anywhere, or to what nobody defined."""
        found = self._targets.get(stated)
        if found is None:
            known = all("/" not in target and self._definitions.type(target) is not None for target in stated)
            found = self._targets[stated] = stated if known and ANY_TARGET.isdisjoint(stated) else ()
        return found

    def _allowed(self, child: ElementFacts, code: str) -> AllowedCodes | None:
        if child.binding is None or child.binding.strength != "required" or code not in _CODED:
            return None
        return allowed_codes(self._definitions, child.binding.value_set)


def _simple(quantity: TypePlan) -> TypePlan:
    """The one profile that base R4 asks for in its own types: a Quantity without comparator."""
    properties = {key: each for key, each in quantity.properties.items() if key != "comparator"}
    return replace(quantity, name=_SIMPLE, properties=properties)


def allowed_codes(definitions: Definitions, value_set: str) -> AllowedCodes | None:
    """The codes of a value set in the form the checks want; None where they can't be listed."""
    listed = definitions.value_set(value_set)
    if listed is None:
        return None
    return AllowedCodes(value_set.partition("|")[0], frozenset().union(*listed.values()), listed)


def plans_of(definitions: Definitions) -> Plans:
    """The plans of these definitions, shared by all judgements."""
    plans: Plans = definitions.remembered("plans", Plans)
    return plans
