"""What the engine knows: the types of base R4 and whatever profiles and value sets were loaded beside them.

Base facts are read lazily from `r4-facts.json`, one line a type, so that a short run pays only for what it meets.
Nothing here may judge a resource, reach the network, or guess a definition that was not given.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from certgateway import safejson
from certgateway.engine.facts import Binding, ElementFacts, Invariant, TypeFacts, TypeRef
from certgateway.engine.facttable import FactTable
from certgateway.engine.profiles import Profile, compile_profile, element_profile, rule_invariants
from certgateway.engine.terminology import CodesBySystem, Terminology, compose_of, concepts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

__all__ = [
    "Binding",
    "Definitions",
    "ElementFacts",
    "Invariant",
    "Profile",
    "TypeFacts",
    "TypeRef",
    "load_base",
    "load_profiles",
]

STRUCTURE = "http://hl7.org/fhir/StructureDefinition/"
Json = dict[str, Any]


class Definitions:
    """All definitions a judgement may use. Not changed once made; profiles are compiled when first asked for."""

    def __init__(self, table: FactTable, resources: Iterable[Json] = ()) -> None:
        """Take the base table and further StructureDefinition, ValueSet, CodeSystem and Questionnaire resources."""
        self._table = table
        self._types: dict[str, TypeFacts] = {}
        self._resources = frozenset(table.head("resources"))
        self._structures: dict[str, Json] = {}
        self._value_sets: dict[str, Json] = {}
        self._code_systems: dict[str, Json] = {}
        self._questionnaires: dict[str, Json] = {}
        self._profiles: dict[str, Profile] = {}
        self._terminology = Terminology(self._compose, self._concepts)
        self._published: dict[str, Json] = {}
        self._remembered: dict[str, Any] = {}
        for resource in resources:
            self._add(resource)

    def remembered(self, name: str, make: Callable[[Definitions], Any]) -> Any:  # noqa: ANN401  Whatever `make` gives.
        """What was compiled from these definitions under `name`, made on first asking."""
        if name not in self._remembered:
            self._remembered[name] = make(self)
        return self._remembered[name]

    def type(self, name: str) -> TypeFacts | None:
        """The facts of a resource, datatype, primitive or backbone (`Bundle.entry`); None if there is no such type."""
        found = self._types.get(name)
        if found is not None:
            return found
        root = name.partition(".")[0]
        if root not in self._types and self._table.has("type", root):
            self._types.update((facts.name, facts) for facts in self._table.type_family(root))
        return self._types.get(name)

    def is_resource(self, name: str) -> bool:
        """Whether `name` is a concrete R4 resource type."""
        return name in self._resources

    def is_a(self, name: str, ancestor: str) -> bool:
        """Whether type `name` is `ancestor` or descends from it."""
        step: str | None = name
        while step and step != ancestor:
            facts = self.type(step)
            step = facts.base if facts else None
        return bool(step)

    def is_base_invariant(self, key: str, expression: str) -> bool:
        """Whether base R4 states this invariant anyway, in these words or in an older wording of its own."""
        return self._table.has_invariant(key, expression)

    def type_names(self) -> list[str]:
        """Every type of base R4, abstract ones included, without backbones."""
        return self._table.names("type")

    def profile_urls(self) -> list[str]:
        """The canonical of every profile that was loaded beside base R4, with its version where it has one."""
        return [url for url, row in self._structures.items() if "version" not in row or "|" in url]

    def invariants(self) -> Iterator[Invariant]:
        """Every invariant of base R4 and of the profiles loaded beside it, repeated as often as it is stated."""
        for name in self.type_names():
            for facts in self._table.type_family(name):
                yield from facts.invariants
                for child in facts.children.values():
                    yield from child.invariants
        for url in self.profile_urls():
            profile = self.profile(url)
            yield from rule_invariants(profile.root) if profile is not None else ()

    def value_set(self, canonical: str) -> CodesBySystem | None:
        """Codes by system of a value set that can be listed offline, else None."""
        return self._terminology.codes_of(canonical)

    def codes_in(self, value_set: Mapping[str, Any]) -> CodesBySystem | None:
        """Codes by system of a ValueSet resource that stands outside the definitions, else None."""
        compose = compose_of(value_set)
        return None if compose is None else self._terminology.codes_in(compose)

    def value_set_systems(self, canonical: str) -> frozenset[str] | None:
        """Every code system that a value set may draw on, be it listed or not; None where that can't be told."""
        return self._terminology.systems_of(canonical)

    def questionnaire(self, canonical: str) -> Mapping[str, Any] | None:
        """The Questionnaire of a canonical (`url` or `url|version`); None if it isn't known."""
        return self._questionnaires.get(canonical)

    def questionnaire_urls(self) -> list[str]:
        """The canonical of every Questionnaire that was loaded, without its version."""
        return [url for url in self._questionnaires if "|" not in url]

    def system_codes(self, system: str) -> frozenset[str] | None:
        """All codes of a code system that is here in full, else None."""
        return self._terminology.system_codes(system)

    def profile(self, url: str) -> Profile | None:
        """The compiled profile of a canonical (`url` or `url|version`, or a type's name); None if it isn't known."""
        found = self._profiles.get(url) or self._compiled(*url.partition("#"))
        if found is not None:  # What isn't known isn't remembered: messages name whatever they like.
            self._profiles[url] = found
        return found

    def _compiled(self, url: str, _: str, element: str) -> Profile | None:
        if element:
            whole = self.profile(url)
            return None if whole is None else element_profile(whole, element)
        structure = self.structure(url)
        return None if structure is None else compile_profile(structure, self)

    def structure(self, url: str) -> Mapping[str, Any] | None:
        """The StructureDefinition of a canonical; base types give a profile without rules."""
        url = url if "/" in url else STRUCTURE + url
        plain = url.partition("|")[0]
        name = plain.removeprefix(STRUCTURE)
        if url in self._structures:
            return self._structures[url]
        if name != plain and self.type(name) is not None:
            return {"url": plain, "type": name, "differential": {"element": []}}
        if plain not in self._published and self._table.has("profile", plain):
            self._published[plain] = self._table.entry("profile", plain)
        return self._published.get(plain)

    def _add(self, resource: Json) -> None:
        kind, url = resource.get("resourceType"), resource.get("url")
        stores = {
            "StructureDefinition": self._structures,
            "ValueSet": self._value_sets,
            "CodeSystem": self._code_systems,
            "Questionnaire": self._questionnaires,
        }
        store = stores.get(kind) if isinstance(kind, str) else None
        if store is not None and isinstance(url, str):
            store[url] = resource
            if isinstance(resource.get("version"), str):
                store[f"{url}|{resource['version']}"] = resource

    def _compose(self, url: str) -> Any:  # noqa: ANN401  JSON.
        own = self._value_sets.get(url)
        return self._table.entry("valueset", url) if own is None else compose_of(own)

    def _concepts(self, url: str) -> Any:  # noqa: ANN401  JSON.
        own = self._code_systems.get(url)
        return self._table.entry("codesystem", url) if own is None else concepts_of(own)

    def extended(self, resources: Iterable[Json]) -> Definitions:
        """These definitions and more; a canonical given again takes the later one's place."""
        held = [*self._structures.values(), *self._value_sets.values(), *self._code_systems.values()]
        return Definitions(self._table, [*held, *self._questionnaires.values(), *resources])


@cache
def load_base() -> Definitions:
    """The definitions of FHIR R4 4.0.1 alone."""
    return Definitions(FactTable())


def load_profiles(directory: Path, base: Definitions) -> Definitions:
    """Base plus every StructureDefinition, ValueSet, CodeSystem and Questionnaire in the JSON files under `directory`.

    Other files and resources are passed over. Raises safejson.Unreadable for a file that is no JSON.
    """
    trees = (safejson.parse(path.read_bytes()) for path in sorted(directory.rglob("*.json")))
    return base.extended(tree for tree in trees if isinstance(tree, dict))
