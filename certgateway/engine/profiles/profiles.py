"""Compiles a StructureDefinition, by snapshot or by differential and its bases, into a tree of rules.

A rule holds only what a profile adds to base R4, so that judging a profile visits nothing but constrained elements.
Nothing here may look at an instance, and nothing that a profile says may be dropped without a place in the rule.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from certgateway.engine.definitions.facts import ElementFacts, Invariant, TypeFacts, TypeRef
from certgateway.engine.profiles.pruning import prune, short
from certgateway.engine.profiles.types import underlay_types
from certgateway.engine.profiles.unfolding import shape_of, unfold
from certgateway.engine.refinements import Refinements, max_value_set, refined_by

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from certgateway.engine.profiles.plans import RulePlan

STRUCTURE = "http://hl7.org/fhir/StructureDefinition/"
IMPOSED = STRUCTURE + "structuredefinition-imposeProfile"
MIN_LENGTH = STRUCTURE + "minLength"
PROFILE_ELEMENT = STRUCTURE + "elementdefinition-profile-element"
Json = Any
_VALUED = ("fixed", "pattern", "minValue", "maxValue")


class Source(Protocol):
    """Where definitions come from."""

    def type(self, name: str) -> TypeFacts | None:
        """The facts of a type."""

    def structure(self, url: str) -> Mapping[str, Any] | None:
        """A StructureDefinition by canonical."""

    def profile(self, url: str) -> Profile | None:
        """A compiled profile by canonical; None too for one that is being compiled."""

    def is_base_invariant(self, key: str, expression: str) -> bool:
        """Whether base R4 states this invariant anyway."""

    def states(self, key: str) -> bool:
        """Whether base R4 has an invariant of this key."""


@dataclass(frozen=True, slots=True)
class Discriminator:
    """What tells slices apart: `value`, `pattern`, `type`, `profile` or `exists`, at a path below the element."""

    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Slicing:
    """How the slices of one element are told apart and whether others may stand beside them."""

    discriminators: tuple[Discriminator, ...]
    rules: str = "open"
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """A fixed value, a pattern or a bound: set, whatever the value."""

    value: Any


@dataclass(slots=True)
class Rule:
    """What a profile says of one element or slice; everything unset leaves base R4 as it is."""

    name: str
    slice_name: str | None = None
    min: int = 0
    max: int | None = None
    types: tuple[TypeRef, ...] = ()
    fixed: Wanted | None = None
    pattern: Wanted | None = None
    value_set: str | None = None
    least: Wanted | None = None
    most: Wanted | None = None
    min_length: int = 0
    max_length: int | None = None
    refined: Refinements | None = None
    invariants: tuple[Invariant, ...] = ()
    children: dict[str, Rule] = field(default_factory=dict)
    slicing: Slicing | None = None
    slices: dict[str, Rule] = field(default_factory=dict)
    plan: RulePlan | None = field(default=None, init=False, compare=False, repr=False)

    def is_empty(self) -> bool:
        """Whether the rule says nothing at all; a slice always says something, by being listed."""
        return self == Rule(self.name)


@dataclass(slots=True)
class Profile:
    """A compiled profile: its canonical, the type it constrains, the root's rule, and what couldn't be compiled.

    `missing` is the canonical of a base that isn't known, so that nothing is judged of what that base says. `imposed`
    are profiles that whatever claims this one must conform to as well.
    """

    url: str
    type: str
    root: Rule
    problems: tuple[str, ...] = ()
    missing: str | None = None
    imposed: tuple[str, ...] = ()


def compile_profile(structure: Mapping[str, Any], source: Source, around: frozenset[str] = frozenset()) -> Profile:
    """The rules of a profile merged over those of its bases. A base that isn't known is told in `missing`.

    `around` are the profiles that are being compiled already, so that one which asks for itself ends there. Raises
    KeyError, TypeError, ValueError or AttributeError for what has not the form of a StructureDefinition.
    """
    root = Rule(structure["type"])
    problems = list(_foreign(structure, source))
    missing = _merge(structure, source, _Application(root, structure["type"], source, problems), frozenset())
    if missing is not None:
        problems.append(f"its base {missing} is not known")
    underlay_types(root, source, around | {structure["url"]})
    prune(root, source.type(structure["type"]), None, source)
    # A snapshot often says the same thing twice that can't be placed.
    told = tuple(dict.fromkeys(problems))
    imposed = (row.get("valueCanonical") for row in structure.get("extension", ()) if row.get("url") == IMPOSED)
    return Profile(structure["url"], structure["type"], root, told, missing, tuple(url for url in imposed if url))


def broken_profile(structure: Mapping[str, Any], url: str) -> Profile:
    """What stands in for a profile that can't be compiled: it asks for nothing, and says so."""
    kind = structure.get("type")
    name = kind if isinstance(kind, str) else "Resource"
    return Profile(url, name, Rule(name), problems=("it has not the form of a StructureDefinition",), missing=url)


def _foreign(structure: Mapping[str, Any], source: Source) -> Iterator[str]:
    """Why a definition may not be one for R4 at all."""
    version = structure.get("fhirVersion")
    if isinstance(version, str) and not version.startswith("4.0"):
        yield f"it is made for FHIR {version}"
    if source.type(structure["type"]) is None:
        yield f"its type {structure['type']} is none of R4"
    elif structure.get("kind") == "logical":
        yield "it is a logical model"


def _merge(structure: Mapping[str, Any], source: Source, apply: _Application, seen: frozenset[str]) -> str | None:
    """Apply a profile after its bases; the canonical of a base that isn't known, where there is one."""
    snapshot = structure.get("snapshot", {}).get("element")
    missing = None
    if not snapshot:
        base = structure.get("baseDefinition")
        parent = source.structure(base) if base and base not in seen else None
        if parent is not None:
            missing = _merge(parent, source, apply, seen | {str(base)})
        elif base:
            missing = str(base)
    for element in snapshot or structure.get("differential", {}).get("element", ()):
        apply.element(element)
    return missing


class _Application:
    """Applies element definitions, in order, to a tree of rules."""

    def __init__(self, root: Rule, type_name: str, source: Source, problems: list[str]) -> None:
        self._root = root
        self._problems = problems
        self._type = type_name
        self._source = source
        self._slices: dict[str, str] = {}

    def element(self, definition: Mapping[str, Any]) -> None:
        """Narrow the rule that `definition` names."""
        located = self._locate(self._steps(definition))
        if located is None:
            self._problems.append(f"{definition['path']} does not exist")
            return
        rule, facts = located
        types = _types(definition.get("type", ()))
        if rule.slice_name and not types and facts is not None and facts.choice:
            types = _type_of_key(facts, rule.slice_name) or ()
        _narrow(rule, definition, types)
        rule.invariants = tuple(dict.fromkeys([*rule.invariants, *self._invariants(definition)]))

    def _invariants(self, definition: Mapping[str, Any]) -> Iterator[Invariant]:
        for row in definition.get("constraint", ()):
            expression = row.get("expression")
            if self._is_inherited(row):
                continue
            if not expression:
                self._problems.append(f"its constraint {row['key']} has no FHIRPath")
            elif not self._source.is_base_invariant(row["key"], expression):
                yield Invariant(row["key"], row.get("severity", "error"), row.get("human", ""), expression)

    def _is_inherited(self, row: Mapping[str, Any]) -> bool:
        """Whether a snapshot repeats what a type of base R4 states, in whatever words: base R4's own are judged."""
        name = str(row.get("source", "")).removeprefix(STRUCTURE)
        return self._source.states(row["key"]) and bool(name) and self._source.type(name) is not None

    def _steps(self, definition: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
        """The way to the element: names with the slices chosen at each, from the root's first child."""
        path = definition["path"]
        identity = definition.get("id", "")
        if ":" in identity and identity.count(".") == path.count("."):
            names = path.split(".")[1:]
            return [
                (name, slice_names(step.partition(":")[2]))
                for name, step in zip(names, id_steps(identity), strict=True)
            ]
        return self._steps_by_path(path, definition.get("sliceName"))

    def _steps_by_path(self, path: str, slice_name: str | None) -> list[tuple[str, list[str]]]:
        """The same for definitions without usable ids: the last slice named at a path is the one meant below it."""
        for known in [known for known in self._slices if known == path or not path.startswith(known)]:
            del self._slices[known]
        if slice_name:
            self._slices[path] = slice_name
        names = path.split(".")
        prefixes = [".".join(names[: count + 1]) for count in range(1, len(names))]
        return [
            (name, slice_names(self._slices.get(prefix, ""))) for name, prefix in zip(names[1:], prefixes, strict=True)
        ]

    def _locate(self, steps: list[tuple[str, list[str]]]) -> tuple[Rule, ElementFacts | None] | None:
        """The rule at the end of the way, made where it is new; None where base R4 has no such element."""
        rule, element = self._root, None
        shape: Rule | None = None
        facts = self._source.type(self._type)
        for written, chosen in steps:
            name, slices = written.removesuffix("[x]"), chosen
            found = facts.keys.get(name) if facts is not None and name not in facts.children else None
            if found is not None and found[0].choice:
                name, slices = found[0].name, chosen or [name]
            element = facts.children.get(name) if facts is not None else None
            is_primitive_value = facts is not None and facts.kind == "primitive-type" and name == "value"
            if facts is not None and element is None and not is_primitive_value:
                return None
            shape = shape_of(rule, self._source) or shape
            rule = rule.children.setdefault(name, Rule(name))
            shape = shape.children.get(name) if shape is not None else None
            for slice_name in slices:
                unfold(rule, shape)
                shape = shape.slices.get(slice_name) if shape is not None else None
                rule = _slice(rule, slice_name, element)
            facts = self._facts_below(rule, element)
        return rule, element

    def _facts_below(self, rule: Rule, element: ElementFacts | None) -> TypeFacts | None:
        if element is None:
            return None
        types = rule.types or element.types
        if element.content:
            return self._source.type(element.content)
        return self._source.type(types[0].code) if len(types) == 1 else None


def id_steps(identity: str) -> list[str]:
    """An id's steps below the root; dots inside slice names don't occur in usable ids."""
    return identity.split(".")[1:]


def slice_names(chosen: str) -> list[str]:
    """`a/b` names slice `a` and, within it, the slice `a/b`."""
    parts = chosen.split("/") if chosen else []
    return ["/".join(parts[: count + 1]) for count in range(len(parts))]


def _slice(rule: Rule, name: str, element: ElementFacts | None) -> Rule:
    """The slice of that name, made where it is new; slices of a choice are by type unless the profile says other."""
    if name not in rule.slices:
        made = Rule(rule.name, slice_name=name)
        rule.slices[name] = made
        if element is not None and element.choice:
            made.types = _type_of_key(element, name) or ()
            rule.slicing = rule.slicing or Slicing((Discriminator("type", "$this"),))
    return rule.slices[name]


def _type_of_key(element: ElementFacts, key: str) -> tuple[TypeRef, ...] | None:
    """`valueQuantity` says that the slice is the Quantity."""
    for ref, (spelling, _) in zip(element.types, element.spellings(), strict=True):
        if spelling == key:
            return (ref,)
    return None


def _narrow(rule: Rule, definition: Mapping[str, Any], types: tuple[TypeRef, ...]) -> None:
    rule.min = max(rule.min, definition.get("min", 0))
    if "max" in definition and definition["max"] != "*":
        limit = int(definition["max"])
        rule.max = limit if rule.max is None else min(rule.max, limit)
    rule.types = types or rule.types
    values = _values(definition)
    rule.fixed = values.get("fixed", rule.fixed)
    rule.pattern = values.get("pattern", rule.pattern)
    rule.least = values.get("minValue", rule.least)
    rule.most = values.get("maxValue", rule.most)
    rule.max_length = definition.get("maxLength", rule.max_length)
    for extension in definition.get("extension", ()):
        if extension.get("url") == MIN_LENGTH:
            rule.min_length = int(extension.get("valueInteger", 0))
    rule.refined = refined_by(definition, rule.refined)
    binding = definition.get("binding", {})
    if binding.get("strength") == "required" and "valueSet" in binding:
        rule.value_set = binding["valueSet"]
    elif "extension" in binding:
        rule.value_set = max_value_set(binding) or rule.value_set
    if "slicing" in definition:
        rule.slicing = _slicing(definition["slicing"], rule.slicing)


def _values(definition: Mapping[str, Any]) -> dict[str, Wanted]:
    """The values that an element definition states, by what they are for."""
    found: dict[str, Wanted] = {}
    for key, value in definition.items():
        if key.startswith(_VALUED):
            prefix = next(prefix for prefix in _VALUED if key.startswith(prefix))
            if key[len(prefix) :][:1].isupper():
                found[prefix] = Wanted(value)
    return found


def _slicing(row: Mapping[str, Any], before: Slicing | None) -> Slicing:
    discriminators = tuple(Discriminator(each["type"], each["path"]) for each in row.get("discriminator", ()))
    if not discriminators and before is not None:
        discriminators = before.discriminators
    return Slicing(discriminators, row.get("rules", "open"), row.get("ordered", False))


def _types(rows: list[Mapping[str, Any]] | tuple[()]) -> tuple[TypeRef, ...]:
    """The types of an element definition; FHIRPath's own types, which stand for ids and urls, narrow nothing."""
    if any("/" in row["code"] for row in rows):
        return ()
    return tuple(
        TypeRef(row["code"], tuple(map(short, row.get("targetProfile", ()))), tuple(_profiles_of(row))) for row in rows
    )


def _profiles_of(row: Mapping[str, Any]) -> Iterator[str]:
    """The profiles of a type; `url#element id` where an extension says that one element of the profile is meant."""
    extras = row.get("_profile", ())
    for index, url in enumerate(row.get("profile", ())):
        extra = extras[index] if index < len(extras) else None
        named = [each for each in (extra or {}).get("extension", ()) if each.get("url") == PROFILE_ELEMENT]
        yield f"{url}#{named[0].get('valueString', '')}" if named else url
