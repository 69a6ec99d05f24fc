"""The shape of what FHIR says about its types: names, cardinalities, types, bindings, invariants.

These are plain values, filled from the fact table or from a StructureDefinition. Nothing here may read a file,
judge a resource or know of a particular profile.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["resource", "complex-type", "primitive-type", "backbone"]
Severity = Literal["error", "warning", "information"]


@dataclass(frozen=True, slots=True)
class TypeRef:
    """One type an element may have; `targets` holds type names or canonicals a Reference may point to."""

    code: str
    targets: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Invariant:
    """A FHIRPath constraint: key such as `obs-6`, the definition's own words, and the expression."""

    key: str
    severity: Severity
    human: str
    expression: str


@dataclass(frozen=True, slots=True)
class Binding:
    """A value set an element is bound to, and how strongly (`required`, `extensible`, ...)."""

    strength: str
    value_set: str


@dataclass(slots=True)
class ElementFacts:
    """One element of a type.

    `name` is the JSON name without type suffix (`value` for `value[x]`); `max` None stands for `*`. `content` names
    the TypeFacts its children come from when that isn't its type: a backbone (`Bundle.entry`) or the target of a
    contentReference (`Bundle.link`).
    """

    name: str
    min: int
    max: int | None
    types: tuple[TypeRef, ...]
    choice: bool = False
    content: str | None = None
    binding: Binding | None = None
    invariants: tuple[Invariant, ...] = ()
    is_modifier: bool = False
    xml_attribute: bool = False

    @property
    def repeats(self) -> bool:
        """Whether the base maximum exceeds one: a list in JSON, an index in paths."""
        return self.max is None or self.max > 1

    def spellings(self) -> list[tuple[str, str]]:
        """Every legal JSON key with its concrete type code; a backbone's type code is the name of its content."""
        if self.choice:
            return [(self.name + ref.code[0].upper() + ref.code[1:], ref.code) for ref in self.types]
        return [(self.name, self.content or self.types[0].code)]


@dataclass(slots=True)
class TypeFacts:
    """One type: a resource, datatype, primitive, or the backbone at a path such as `Observation.component`.

    `base` is the parent type (`DomainResource` for `Observation`); `regex` is the lexical form of a primitive.
    `keys` maps each legal JSON key, suffixes included, to its element and concrete type code (for a backbone or a
    content reference that code is the name of the TypeFacts to use). `_name` keys are not listed.
    """

    name: str
    kind: Kind
    children: dict[str, ElementFacts]
    invariants: tuple[Invariant, ...] = ()
    base: str | None = None
    abstract: bool = False
    regex: str | None = None
    keys: dict[str, tuple[ElementFacts, str]] = field(init=False)

    def __post_init__(self) -> None:
        self.keys = {key: (child, code) for child in self.children.values() for key, code in child.spellings()}
