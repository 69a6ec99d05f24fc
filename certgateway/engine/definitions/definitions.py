"""What the engine knows: the types of base R4 and whatever profiles and value sets were loaded beside them.

Base facts are read lazily from `r4-facts.json`, one line a type, so that a short run pays only for what it meets.
Nothing here may judge a resource, reach the network, or guess a definition that was not given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from certgateway.engine.definitions.facts import Binding, ElementFacts, Invariant, TypeFacts, TypeRef
from certgateway.engine.definitions.facttable import FactTable
from certgateway.engine.definitions.forms import has_form
from certgateway.engine.definitions.library import definitions_at
from certgateway.engine.definitions.terminology import CodesBySystem, Terminology, compose_of, concepts_of
from certgateway.engine.profiles.profiles import Profile, broken_profile, compile_profile
from certgateway.engine.profiles.trees import element_profile, rule_invariants

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

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
SEARCH_PARAMETER = "http://hl7.org/fhir/SearchParameter/"
Json = Mapping[str, Any]
_NUMBERS = re.compile(r"\d+|[^\d.]+")
# Digits of a version beyond this are letters like others: Python reads no number of thousands of digits.
_LONGEST = 1000
# Other resources that definitions refer to, kept by their canonical.
_OTHERS = frozenset({"ConceptMap", "ImplementationGuide", "Measure", "Questionnaire", "SearchParameter"})


class Definitions:
    """All definitions a judgement may use. Not changed once made; profiles are compiled when first asked for."""

    def __init__(self, table: FactTable, resources: Iterable[Json] = ()) -> None:
        """Take the base table and further definitions: profiles, their terminology, Questionnaires, and what they name.

        What base R4 calls a type stays as base R4 has it, whoever defines it again.
        """
        self._table = table
        self._types: dict[str, TypeFacts] = {}
        self._resources = frozenset(table.head("resources"))
        self._structures: dict[str, Json] = {}
        self._value_sets: dict[str, Json] = {}
        self._code_systems: dict[str, Json] = {}
        self._others: dict[tuple[str, str], Json] = {}
        self._globals: dict[str, list[str]] = {}
        self._questionnaires: dict[str, Json] = {}
        self._profiles: dict[str, Profile] = {}
        self._terminology = Terminology(self._compose, self._concepts)
        self._published: dict[str, Json] = {}
        self._nameless: list[str] = []
        self._compiling: set[str] = set()
        self._looked_at: set[str] = set()
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

    def resource_names(self) -> Iterable[str]:
        """The concrete R4 resource types."""
        return self._resources

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

    def states(self, key: str) -> bool:
        """Whether base R4 has an invariant of this key."""
        return self._table.states(key)

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
        return self._in_form(self._questionnaires, canonical) if canonical in self._questionnaires else None

    def questionnaire_urls(self) -> list[str]:
        """The canonical of every Questionnaire that was loaded, without its version."""
        return [url for url in self._questionnaires if "|" not in url]

    def system_codes(self, system: str) -> frozenset[str] | None:
        """All codes of a code system that is here in full, else None."""
        return self._terminology.system_codes(system)

    def known_codes(self, system: str) -> frozenset[str] | None:
        """The codes of a code system that is here in full and can't have grown since; None for every other.

        HL7's code systems outside FHIR itself (terminology.hl7.org) are published anew between releases of FHIR, so
        that a code this release doesn't list may be a code all the same.
        """
        own = self._code_systems.get(system)
        if own is not None:
            plain = not own.get("compositional") and own.get("content") == "complete"
            return self._terminology.system_codes(system) if plain else None
        if not system.startswith("http://hl7.org/fhir/") or not self._table.has("codesystem", system):
            return None
        return self._terminology.system_codes(system)

    def is_known_system(self, system: str) -> bool:
        """Whether anything may be known of the codes of a system: for most systems of a message nothing is."""
        return system.startswith("http://hl7.org/fhir/") or system in self._code_systems or self.is_value_set(system)

    def is_value_set(self, url: str) -> bool:
        """Whether a canonical is that of a value set, loaded or of base R4."""
        return url in self._value_sets or self._table.has("valueset", url)

    def loaded(self, kind: str, url: str) -> Json | None:
        """A loaded resource of one type by its canonical (`url` or `url|version`): None where there is none."""
        return self._others.get((kind, url))

    def search_parameter(self, url: str) -> tuple[str, tuple[str, ...]] | None:
        """The type and the resource types of a SearchParameter, loaded or of base R4."""
        own = self.loaded("SearchParameter", url)
        if own is not None and has_form(own, self):
            return str(own.get("type")), tuple(map(str, own.get("base", ())))
        name = url.partition("|")[0].removeprefix(SEARCH_PARAMETER)
        row = self._table.head("searchparameters").get(name) if url.startswith(SEARCH_PARAMETER) else None
        if isinstance(row, str):
            return row, (name.partition("-")[0],)
        return None if row is None else (row[0], tuple(row[1]))

    def global_profiles(self, type_name: str) -> tuple[str, ...]:
        """The profiles that the loaded implementation guides ask of every resource of a type."""
        return tuple(self._globals.get(type_name, ()))

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
        if structure is None or url in self._compiling:
            return None
        self._compiling.add(url)
        try:
            return compile_profile(structure, self)
        except (KeyError, TypeError, ValueError, AttributeError):
            # Definitions come from anywhere; one without the form of a definition says nothing that can be judged.
            return broken_profile(structure, url)
        finally:
            self._compiling.discard(url)

    def structure(self, url: str) -> Mapping[str, Any] | None:
        """The StructureDefinition of a canonical; base types give a profile without rules."""
        url = url if "/" in url or ":" in url else STRUCTURE + url
        plain = url.partition("|")[0]
        name = plain.removeprefix(STRUCTURE)
        if url in self._structures:
            return self._in_form(self._structures, url)
        if name != plain and self.type(name) is not None:
            return {"url": plain, "type": name, "differential": {"element": []}}
        if plain not in self._published and self._table.has("profile", plain):
            self._published[plain] = self._table.entry("profile", plain)
        return self._published.get(plain)

    def _in_form(self, store: dict[str, Json], url: str) -> Json:
        """A loaded definition by its canonical; one without the form of a definition says nothing but its name."""
        found = store[url]
        if url not in self._looked_at:
            self._looked_at.add(url)
            if not has_form(found, self):
                kept = {name: found.get(name) for name in ("resourceType", "url", "version")}
                found = store[url] = {name: value for name, value in kept.items() if isinstance(value, str)}
        return found

    def nameless(self) -> list[str]:
        """The kind of every definition that was loaded and has no canonical: nothing can ever ask for it."""
        return list(self._nameless)

    def used_profiles(self) -> list[str]:
        """The canonical of every loaded profile that was compiled so far, because something asked for it."""
        return sorted({profile.url for profile in self._profiles.values() if profile.url in self._structures})

    def value_set_names(self) -> list[str]:
        """The canonical of every value set that was loaded beside base R4."""
        return [url for url in self._value_sets if "|" not in url]

    def _add(self, resource: Json) -> None:
        kind, url = resource.get("resourceType"), resource.get("url")
        if not isinstance(kind, str):
            return
        stores = {
            "StructureDefinition": self._structures,
            "ValueSet": self._value_sets,
            "CodeSystem": self._code_systems,
            "Questionnaire": self._questionnaires,
        }
        if kind in _OTHERS and isinstance(url, str):
            self._others[kind, url] = resource
            self._others[kind, f"{url}|{resource.get('version')}"] = resource
        for row in resource.get("global", ()) if kind == "ImplementationGuide" and has_form(resource, self) else ():
            self._globals.setdefault(str(row.get("type")), []).append(str(row.get("profile")))
        store = stores.get(kind)
        if store is None or (store is self._structures and self._is_base_type(url)):
            return
        if not isinstance(url, str):
            self._nameless.append(kind)
            return
        version = resource.get("version")
        if url not in store or not _is_older(version, store[url].get("version")):
            store[url] = resource
        if isinstance(version, str):
            store[f"{url}|{version}"] = resource

    def _is_base_type(self, url: object) -> bool:
        return isinstance(url, str) and url.startswith(STRUCTURE) and self._table.has("type", url[len(STRUCTURE) :])

    def _compose(self, url: str) -> Any:  # noqa: ANN401  JSON.
        own = self._value_sets.get(url)
        if own is None:
            return self._table.entry("valueset", url)
        return _formed(compose_of, own) if has_form(own, self) else None

    def _concepts(self, url: str) -> Any:  # noqa: ANN401  JSON.
        own = self._code_systems.get(url)
        found = None if own is None else _formed(concepts_of, own)
        # One that only says of a system that it isn't whole takes nothing from what base R4 has of it.
        return self._table.entry("codesystem", url) if found is None else found

    def extended(self, resources: Iterable[Json]) -> Definitions:
        """These definitions and more.

        Of several versions of one canonical the newest answers to it without a version; of equals the later one.
        """
        stores = (self._structures, self._value_sets, self._code_systems, self._questionnaires, self._others)
        held = {id(resource): resource for store in stores for resource in store.values()}
        return Definitions(self._table, [*held.values(), *resources])


@cache
def load_base() -> Definitions:
    """The definitions of FHIR R4 4.0.1 alone."""
    return Definitions(FactTable())


def load_profiles(paths: Path | Iterable[Path], base: Definitions) -> Definitions:
    """Base plus every StructureDefinition, ValueSet, CodeSystem and Questionnaire at one place or at several.

    A place is a folder of any depth with JSON and XML files, a FHIR package (`.tgz`), or one file; a Bundle of
    definitions counts as what it holds. Other files and resources are passed over. Raises UnusableDefinitionsError,
    whose text names the place or the file and says what is wrong there.
    """
    return base.extended(definitions_at([paths] if isinstance(paths, Path) else paths, base))


def _formed(form: Callable[[Json], Any], resource: Json) -> Any:  # noqa: ANN401  JSON.
    """What a value set or code system says; one without the form of such a thing says nothing."""
    try:
        return form(resource)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return None


def _is_older(one: object, other: object) -> bool:
    """Whether one version comes before another: number by number, and anything unlike numbers by its letters."""
    if not isinstance(one, str) or not isinstance(other, str):
        return isinstance(other, str) and one is None
    return _order(one) < _order(other)


def _order(version: str) -> list[tuple[int, int, str]]:
    """What versions are compared by; a part in letters (`-ballot`) stands before the end, so before no part at all."""
    parts = _NUMBERS.findall(version)
    return [(2, int(part), "") if part.isdecimal() and len(part) < _LONGEST else (0, 0, part) for part in parts] + [
        (1, 0, "")
    ]
