"""Compiles the facts of a type into a plan: what to do with each JSON key, once for all instances.

A plan holds everything the walk needs in one look-up. Nothing here may look at an instance.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from certgateway.engine.codes import AllowedCodes, allowed_codes
from certgateway.engine.definitions.contextnames import holders, modifies
from certgateway.engine.fhirpath.quick import QuickTest, quick_test
from certgateway.engine.primitives import ABSOLUTE, ABSOLUTE_SYSTEM, Check, check_for, quick_check_for

if TYPE_CHECKING:
    from certgateway.engine.definitions.definitions import Definitions
    from certgateway.engine.definitions.facts import ElementFacts, Invariant, TypeFacts

# Stated by the structure itself, each with a kind of its own: ele-1 (value-empty), ref-1 (reference-unresolved),
# bdl-7 (full-url-duplicated), dom-3 (judged natively), txt-1 and txt-2 (narrative-not-allowed).
IMPLIED = frozenset({"ele-1", "ref-1", "bdl-7", "dom-3", "txt-1", "txt-2"})
ANY_TARGET = frozenset({"Resource", "DomainResource"})
WITH_SYSTEM = frozenset({"Coding", "Identifier"})
_SIMPLE = "SimpleQuantity"
_SPECIAL = frozenset({"Attachment", "Extension", "Reference"})
_NO_TEXTS = frozenset({"boolean", "integer", "positiveInt", "unsignedInt", "decimal", "xhtml"})
_CODED = frozenset({"code", "Coding", "CodeableConcept", "Quantity"})

# Elements by name, with the keys each may have.
Spellings = tuple[tuple[str, tuple[str, ...]], ...]
# Constraints that are stated somewhere, each with its quick form where it has one.
Stated = tuple[tuple["Invariant", QuickTest | None], ...]


@dataclass(slots=True, eq=False)
class Property:
    """What one JSON key of a type must hold. `check` is set for primitives; `children` names the plan of the rest.

    `holder` is the type it is a property of, `sibling` the key of the extensions beside a primitive. `is_special`: a
    Reference, Extension or Attachment; `is_system`: a URI that must be absolute, and says what stands beside it.
    """

    name: str
    holder: str
    sibling: str
    is_choice: bool
    code: str
    repeats: bool
    check: Check | None
    children: str
    allowed: AllowedCodes | None
    targets: tuple[str, ...]
    stated: Stated
    is_modifier: bool
    is_special: bool
    is_system: bool
    companion: bool


@dataclass(frozen=True, slots=True)
class TypePlan:
    """One type: its properties by key, which must be there, and which exclude one another.

    `texts` has a test for each single primitive that is text in JSON and of which nothing is asked but its form and
    codes. `needed` are the keys that are mostly there, and more properties than there is `room` for may be two of one
    choice.
    """

    name: str
    is_resource: bool
    properties: Mapping[str, Property]
    texts: Mapping[str, Callable[[str], object]]
    required: Spellings
    choices: Spellings
    choice_keys: frozenset[str]
    needed: frozenset[str]
    room: int
    stated: Stated


@dataclass(frozen=True, slots=True)
class ExtensionPlan:
    """The definition of an extension, types on which it may stand wherever they stand, and whether it `modifies`."""

    structure: Mapping[str, Any]
    holders: Container[str]
    modifies: bool


class Plans:
    """The plans of one set of definitions, each compiled when first met."""

    def __init__(self, definitions: Definitions, *, judges_codes: bool = False) -> None:
        """Compile nothing yet. Where codes are judged by their systems, a system that is known takes a closer look."""
        self._definitions = definitions
        self._judges_codes = judges_codes
        self.known: dict[str, TypePlan] = {}
        self._extensions: dict[str, ExtensionPlan] = {}
        self._targets: dict[tuple[str, ...], tuple[str, ...]] = {}

    def plan(self, name: str) -> TypePlan:
        """The plan of a type, primitive or backbone that exists."""
        found = self.known.get(name)
        if found is None:
            facts = self._definitions.type("Quantity" if name == _SIMPLE else name)
            if facts is None:
                raise KeyError(name)
            found = self.known[name] = _simple(self._compile(facts)) if name == _SIMPLE else self._compile(facts)
        return found

    def _compile(self, facts: TypeFacts) -> TypePlan:
        spelled = {child.name: tuple(key for key, _ in child.spellings()) for child in facts.children.values()}
        choices = tuple((name, keys) for name, keys in spelled.items() if len(keys) > 1)
        # A base may take away what its own base has: xhtml has no extensions.
        keys = {key: row for key, row in facts.keys.items() if row[0].max != 0}
        properties = {key: self._property(key, child, code, facts.name) for key, (child, code) in keys.items()}
        is_resource = facts.kind == "resource"
        required = tuple((name, spelled[name]) for name, child in facts.children.items() if child.min)
        return TypePlan(
            name=facts.name,
            is_resource=is_resource,
            properties=properties,
            texts={key: test for key, found in properties.items() if (test := self._text_test(found)) is not None},
            required=required,
            choices=choices,
            choice_keys=frozenset(start + key for _, keys in choices for key in keys for start in ("", "_")),
            needed=frozenset(keys[0] for _, keys in required),
            room=_room(required, choices, len(properties)),
            stated=self._stated(facts.invariants, facts.name, is_root=is_resource),
        )

    def _stated(self, invariants: tuple[Invariant, ...], code: str, *, is_root: bool) -> Stated:
        kept = [row for row in invariants if row.key not in IMPLIED]
        return tuple((row, quick_test(row.expression, code, self._definitions, is_root=is_root)) for row in kept)

    def _property(self, key: str, child: ElementFacts, code: str, holder: str) -> Property:
        facts = self._definitions.type(code)
        is_primitive = facts is not None and facts.kind == "primitive-type"
        return Property(
            name=child.name,
            holder=holder,
            sibling="_" + key,
            is_choice=child.choice,
            code=code,
            repeats=child.repeats,
            check=check_for(code) if is_primitive else None,
            children=_SIMPLE if any(_SIMPLE in ref.profiles for ref in child.types if ref.code == code) else code,
            allowed=self._allowed(child, code),
            targets=next((ref.targets for ref in child.types if ref.code == code), ()),
            stated=self._stated(self._invariants(child), code, is_root=False),
            is_modifier=child.name == "modifierExtension",
            is_special=code in _SPECIAL,
            is_system=key == "system" and holder in WITH_SYSTEM,
            companion=is_primitive and not child.xml_attribute,
        )

    def _text_test(self, found: Property) -> Callable[[str], object] | None:
        """The quick test of a single primitive that is text in JSON and of which nothing else is asked."""
        if found.check is None or found.repeats or found.stated or found.code in _NO_TEXTS:
            return None
        if found.name == "id" and not self._definitions.is_resource(found.holder):
            return None  # The walk counts the elements that have ids.
        if found.is_system:
            return self._system_test(found.holder)
        return quick_check_for(found.code) if found.allowed is None else found.allowed.any_system.__contains__

    def _system_test(self, holder: str) -> Callable[[str], object]:
        """A test of a system: true where it is absolute and says nothing of what stands beside it."""
        if holder == "Identifier":
            return ABSOLUTE_SYSTEM.fullmatch
        if not self._judges_codes:
            return ABSOLUTE.fullmatch
        is_known = self._definitions.is_known_system
        return lambda system: not is_known(system) and ABSOLUTE.fullmatch(system)

    def extension(self, url: str) -> ExtensionPlan | None:
        """The definition of an extension; None where nobody gave one."""
        found = self._extensions.get(url)
        if found is None:
            structure = self._definitions.structure(url)
            # What isn't known isn't remembered: messages name whatever they like.
            if structure is not None:
                found = self._extensions[url] = ExtensionPlan(structure, holders(structure), modifies(structure))
        return found

    def _invariants(self, child: ElementFacts) -> tuple[Invariant, ...]:
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


def _room(required: Spellings, choices: Spellings, properties: int) -> int:
    """How many keys an object with all it needs may have before two of them can be of one choice."""
    if not choices:
        return 2 * properties + 1
    return len(required) + (0 if any(row in choices for row in required) else 1)


def _simple(quantity: TypePlan) -> TypePlan:
    """The one profile that base R4 asks for in its own types: a Quantity without comparator."""
    properties = {key: each for key, each in quantity.properties.items() if key != "comparator"}
    texts = {key: each for key, each in quantity.texts.items() if key != "comparator"}
    return replace(quantity, name=_SIMPLE, properties=properties, texts=texts)


def plans_of(definitions: Definitions, *, judges_codes: bool = False) -> Plans:
    """The plans of these definitions, shared by all judgements that look at codes alike."""
    name = "plans with codes" if judges_codes else "plans"
    plans: Plans = definitions.remembered(name, partial(Plans, judges_codes=judges_codes))
    return plans
