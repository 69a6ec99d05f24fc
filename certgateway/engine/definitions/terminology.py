"""Which codes a value set holds, as far as that can be told offline by listing them.

A value set that needs a terminology service (a filter over SNOMED CT, all of BCP 13) has no listing: the answer is
None and no judgement follows from it. Nothing here may fetch anything or treat "not listed" as "not allowed".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from certgateway.engine.definitions.codefilters import Concepts, filtered, flat_codes, rows_of

Json = Mapping[str, Any]
CodesBySystem = Mapping[str, frozenset[str]]
Source = Callable[[str], Any]

_TOO_COSTLY = "http://hl7.org/fhir/StructureDefinition/valueset-toocostly"
_CUT_SHORT = frozenset({"limitedExpansion", "offset"})


class Terminology:
    """Expands value sets from composes and concept lists, each once.

    `value_sets` answers a canonical with its compose (`include`, `exclude`; concepts as codes) or with the codes of its
    expansion (`listed`); `code_systems` answers a system with its concepts (see `codefilters`), or None.
    """

    def __init__(self, value_sets: Source, code_systems: Source) -> None:
        """Take the two sources."""
        self._value_sets = value_sets
        self._code_systems = code_systems
        self._expanded: dict[str, CodesBySystem | None] = {}
        self._listed: dict[str, frozenset[str] | None] = {}

    def codes_of(self, canonical: str) -> CodesBySystem | None:
        """Codes of a value set by system; None where it is unknown or can't be listed.

        A version that isn't here is answered by the one that is.
        """
        if canonical not in self._expanded:
            self._expanded[canonical] = None  # A value set that imports itself can't be listed.
            row = self._versioned(self._value_sets, canonical)
            self._expanded[canonical] = None if row is None else self._compose(row)
        return self._expanded[canonical]

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
            rows = self._versioned(self._code_systems, system)
            self._listed[system] = None if rows is None else frozenset(flat_codes(rows))
        return self._listed[system]

    @staticmethod
    def _versioned(source: Source, canonical: str) -> Any:  # noqa: ANN401  Whatever the source gives.
        plain, bar, _ = canonical.partition("|")
        found = source(canonical) if bar else None
        return source(plain) if found is None else found

    def _compose(self, compose: Json) -> CodesBySystem | None:
        composed = self._included(compose)
        listed = compose.get("listed")
        return listed if composed is None and listed is not None else composed

    def _included(self, compose: Json) -> CodesBySystem | None:
        codes: dict[str, set[str]] = {}
        for include in compose.get("include", ()):
            part = self._include(include)
            if part is None:
                return None
            for system, listed in part.items():
                codes.setdefault(system, set()).update(listed)
        for exclude in compose.get("exclude", ()):
            part = self._include(exclude)
            if part is None:
                return None  # What isn't known to be out must not be taken for in.
            for system, listed in part.items():
                codes.get(system, set()).difference_update(listed)
        return {system: frozenset(listed) for system, listed in codes.items()} if "include" in compose else None

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
        system = include["system"] + (f"|{include['version']}" if "version" in include else "")
        if "filter" not in include:
            return self.system_codes(system)
        rows = self._versioned(self._code_systems, system)
        concepts = None if rows is None else Concepts.of(rows)
        parts = [None if concepts is None else filtered(concepts, row) for row in include["filter"]]
        known = [part for part in parts if part is not None]
        return frozenset.intersection(*known) if known and len(known) == len(parts) else None


def _intersection(parts: list[CodesBySystem]) -> CodesBySystem:
    first, *others = parts
    return {
        system: frozenset.intersection(codes, *(part.get(system, frozenset()) for part in others))
        for system, codes in first.items()
    }


def compose_of(value_set: Json) -> Json | None:
    """What a ValueSet resource lists, in the form `Terminology` reads; None where there is nothing to list."""
    compose, listed = value_set.get("compose"), _expansion_of(value_set.get("expansion"))
    found: dict[str, Any] = {}
    if compose is not None:
        found = {key: [_include_of(row) for row in compose.get(key, ())] for key in ("include", "exclude")}
    return found | ({} if listed is None else {"listed": listed}) or None


def _include_of(row: Json) -> Json:
    kept = {key: row[key] for key in ("system", "version", "filter", "valueSet") if key in row}
    return kept | ({"concept": [concept["code"] for concept in row["concept"]]} if "concept" in row else {})


def _expansion_of(expansion: Json | None) -> CodesBySystem | None:
    """The codes of an expansion that is whole; None where there is none or it was cut short."""
    if expansion is None or "contains" not in expansion:
        return None
    cut = any(row.get("name") in _CUT_SHORT for row in expansion.get("parameter", ()))
    costly = any(row.get("url") == _TOO_COSTLY for row in expansion.get("extension", ()))
    pairs = list(_contained(expansion["contains"]))
    if cut or costly or expansion.get("total", 0) > len(pairs):
        return None
    codes: dict[str, set[str]] = {}
    for system, code in pairs:
        codes.setdefault(system, set()).add(code)
    return {system: frozenset(listed) for system, listed in codes.items()}


def _contained(rows: Iterable[Json]) -> Iterable[tuple[str, str]]:
    for row in rows:
        if "code" in row and not row.get("abstract"):
            yield str(row.get("system", "")), row["code"]
        yield from _contained(row.get("contains", ()))


def concepts_of(code_system: Json) -> list[Any] | None:
    """The concepts of a CodeSystem resource that is complete, else None."""
    return rows_of(code_system) if code_system.get("content") == "complete" else None
