"""Small profiles and resources for the tests of profiles and slices."""

from __future__ import annotations

from typing import Any

from certgateway.engine import Options, judge, load_base

BASE = "https://profiles.example/StructureDefinition/"
SETS = "https://profiles.example/ValueSet/"
SYSTEM = "https://profiles.example/CodeSystem/colours"
QUIET = Options(ignored_invariants=frozenset({"dom-6"}))
Json = dict[str, Any]
# The elements of a profile, an instance that breaks it, its one fault, an instance that keeps it.
Case = tuple[list[Json], Json, tuple[str, str, str | None], Json]


def profile(kind: str, *elements: Json, name: str = "p", base: str | None = None) -> Json:
    """A profile by differential; each element has an id and what it says."""
    rows = [{"path": _path(element["id"]), **element} for element in elements]
    return {
        "resourceType": "StructureDefinition",
        "url": BASE + name,
        "version": "1.0.0",
        "type": kind,
        "derivation": "constraint",
        "baseDefinition": base or f"http://hl7.org/fhir/StructureDefinition/{kind}",
        "differential": {"element": rows},
    }


def _path(identity: str) -> str:
    return ".".join(step.partition(":")[0] for step in identity.split("."))


def found(resource: Json, *definitions: Json, url: str = BASE + "p") -> list[tuple[str, str, str | None]]:
    """The faults of a resource judged by the profile `p`, as (kind, path, expected)."""
    known = load_base().extended(definitions)
    return [(row.kind, row.path, row.expected) for row in judge(resource, known, profiles=[url], options=QUIET)]


def patient(**members: object) -> Json:
    """A Patient."""
    return {"resourceType": "Patient", **members}


def observation(**members: object) -> Json:
    """An Observation that base R4 finds no fault with."""
    return {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, **members}


def coded(*codes: str, system: str = SYSTEM) -> Json:
    """A CodeableConcept of these codes."""
    return {"coding": [{"system": system, "code": code} for code in codes]}


COLOURS: list[Json] = [
    {
        "resourceType": "CodeSystem",
        "url": SYSTEM,
        "content": "complete",
        "concept": [{"code": "red", "concept": [{"code": "crimson"}]}, {"code": "blue"}],
    },
    {"resourceType": "ValueSet", "url": SETS + "all", "compose": {"include": [{"system": SYSTEM}]}},
    {
        "resourceType": "ValueSet",
        "url": SETS + "some",
        "compose": {"include": [{"system": SYSTEM, "concept": [{"code": "red"}]}]},
    },
]
PATTERN_CODE = {"patternCodeableConcept": {"coding": [{"system": SYSTEM, "code": "red"}]}}
BY_CODE = {"slicing": {"discriminator": [{"type": "pattern", "path": "code"}], "rules": "open"}}
