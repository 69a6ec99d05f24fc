"""Which codes a value set holds, as far as that can be told offline by listing them.

A value set that needs a terminology service (a filter over SNOMED CT, all of BCP 13) has no listing: the answer is
None and no judgement follows from it. Nothing here may fetch anything or treat "not listed" as "not allowed".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Json = Mapping[str, Any]
CodesBySystem = Mapping[str, frozenset[str]]
Source = Callable[[str], Any]

_DESCENDANTS = {"is-a": True, "descendent-of": False}


class Terminology:
    """Expands value sets from composes and concept lists, each once.

    `value_sets` answers a canonical with its compose (`include`, `exclude`; concepts as codes), `code_systems` a
    system with its concepts (a code, or a code with its children) or None.
    """

    def __init__(self, value_sets: Source, code_systems: Source) -> None:
        """Take the two sources."""
        self._value_sets = value_sets
        self._code_systems = code_systems
        self._expanded: dict[str, CodesBySystem | None] = {}
        self._listed: dict[str, frozenset[str] | None] = {}

    def codes_of(self, canonical: str) -> CodesBySystem | None:
        """Codes of a value set by system; None where it is unknown or can't be listed."""
        url = canonical.partition("|")[0]
        if url not in self._expanded:
            self._expanded[url] = None  # A value set that imports itself can't be listed.
            compose = self._value_sets(url)
            self._expanded[url] = None if compose is None else self._compose(compose)
        return self._expanded[url]

    def codes_in(self, compose: Json) -> CodesBySystem | None:
        """Codes by system of a compose that no canonical leads to; None where it can't be listed."""
        return self._compose(compose)

    def systems_of(self, canonical: str) -> frozenset[str] | None:
        """Every code system that a value set may draw on, listed or not; None where that can't be told."""
        compose = self._value_sets(canonical.partition("|")[0])
        included = () if compose is None else compose.get("include", ())
        systems = [include.get("system") for include in included]
        return frozenset(systems) if systems and None not in systems else None

    def system_codes(self, system: str) -> frozenset[str] | None:
        """All codes of a code system that is here in full, else None."""
        if system not in self._listed:
            concepts = self._code_systems(system)
            self._listed[system] = None if concepts is None else frozenset(_flat(concepts))
        return self._listed[system]

    def _compose(self, compose: Json) -> CodesBySystem | None:
        codes: dict[str, set[str]] = {}
        for include in compose.get("include", ()):
            part = self._include(include)
            if part is None:
                return None
            for system, listed in part.items():
                codes.setdefault(system, set()).update(listed)
        for exclude in compose.get("exclude", ()):
            for system, listed in (self._include(exclude) or {}).items():
                codes.get(system, set()).difference_update(listed)
        return {system: frozenset(listed) for system, listed in codes.items()}

    def _include(self, include: Json) -> CodesBySystem | None:
        parts = [self.codes_of(imported) for imported in include.get("valueSet", ())]
        if "system" in include:
            listed = self._from_system(include)
            parts.append(None if listed is None else {include["system"]: listed})
        known = [part for part in parts if part is not None]
        return _intersection(known) if parts and len(known) == len(parts) else None

    def _from_system(self, include: Json) -> frozenset[str] | None:
        if "concept" in include:
            return frozenset(include["concept"])
        if "filter" not in include:
            return self.system_codes(include["system"])
        concepts = self._code_systems(include["system"])
        parts = [None if concepts is None else _filtered(concepts, row) for row in include["filter"]]
        known = [part for part in parts if part is not None]
        return frozenset.intersection(*known) if len(known) == len(parts) else None


def _intersection(parts: list[CodesBySystem]) -> CodesBySystem:
    first, *others = parts
    return {
        system: frozenset.intersection(codes, *(part.get(system, frozenset()) for part in others))
        for system, codes in first.items()
    }


def _flat(concepts: Iterable[Any]) -> Iterable[str]:
    for concept in concepts:
        if isinstance(concept, str):
            yield concept
        else:
            yield concept[0]
            yield from _flat(concept[1])


def _filtered(concepts: Iterable[Any], row: Json) -> frozenset[str] | None:
    """Codes under a concept; None for a filter that concept lists can't answer."""
    if row.get("property") != "concept" or row.get("op") not in _DESCENDANTS:
        return None
    found: set[str] = set()
    for concept in _find(concepts, row["value"]):
        found.update(_flat(concept[1]))
        found.update([concept[0]] if _DESCENDANTS[row["op"]] else [])
    return frozenset(found)


def _find(concepts: Iterable[Any], code: str) -> Iterable[tuple[str, list[Any]]]:
    for concept in concepts:
        name, children = (concept, []) if isinstance(concept, str) else concept
        if name == code:
            yield name, children
        else:
            yield from _find(children, code)


def compose_of(value_set: Json) -> Json | None:
    """The compose of a ValueSet resource in the form `Terminology` reads; None where there is nothing to list."""
    compose = value_set.get("compose")
    if compose is None:
        return None
    return {key: [_include_of(row) for row in compose.get(key, ())] for key in ("include", "exclude")}


def _include_of(row: Json) -> Json:
    kept = {key: row[key] for key in ("system", "filter", "valueSet") if key in row}
    return kept | ({"concept": [concept["code"] for concept in row["concept"]]} if "concept" in row else {})


def concepts_of(code_system: Json) -> list[Any] | None:
    """The concepts of a CodeSystem resource that is complete, else None."""
    return _concepts(code_system.get("concept", [])) if code_system.get("content") == "complete" else None


def _concepts(concepts: list[Any]) -> list[Any]:
    return [[row["code"], _concepts(row["concept"])] if "concept" in row else row["code"] for row in concepts]
