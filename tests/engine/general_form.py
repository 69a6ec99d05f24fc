"""The form of the cases of general rules: what breaks one, and its nearest neighbour that keeps it.

Beside the tables in `general_values`, `general_bundles`, `general_extensions` and `general_definitions`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from certgateway.engine import GENERAL, Options

BASE = "https://general.example/"
PROFILE = BASE + "StructureDefinition/p"
COLOURS = BASE + "CodeSystem/colours"
Json = dict[str, Any]
# Advice about narrative would stand in every case.
QUIET = replace(GENERAL, ignored_invariants=frozenset({"dom-6"}))


@dataclass(frozen=True, slots=True)
class General:
    """A resource with one fault (kind, path, what was expected), and its neighbour without.

    `known` are loaded beside base R4; a profile among them whose url is `PROFILE` is asked for.
    """

    broken: Json
    fault: tuple[str, str, str | None]
    sound: Json
    known: tuple[Json, ...] = ()
    options: Options = field(default=QUIET)


def patient(**members: object) -> Json:
    """A Patient."""
    return {"resourceType": "Patient", **members}


def observation(**members: object) -> Json:
    """An Observation that base R4 finds no fault with."""
    return {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, **members}


def profile(type_: str, *elements: Json, url: str = PROFILE, **members: object) -> Json:
    """A profile by differential; each element has an id and what it says."""
    rows = [{"path": ".".join(step.partition(":")[0] for step in row["id"].split(".")), **row} for row in elements]
    return {
        "resourceType": "StructureDefinition",
        "url": url,
        "name": "P",
        "status": "active",
        "kind": "resource",
        "abstract": False,
        "type": type_,
        "baseDefinition": f"http://hl7.org/fhir/StructureDefinition/{type_}",
        "derivation": "constraint",
        "differential": {"element": rows},
        **members,
    }


def extended(url: str, value: object) -> Json:
    """An extension with a string, boolean, integer or code."""
    suffix = {bool: "Boolean", int: "Integer", str: "String"}[type(value)]
    return {"url": url, f"value{suffix}": value}


CODES: Json = {
    "resourceType": "CodeSystem",
    "url": COLOURS,
    "status": "active",
    "content": "complete",
    "concept": [{"code": "red", "concept": [{"code": "crimson"}]}, {"code": "blue"}],
}
