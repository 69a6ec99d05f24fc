"""Findings about slices say which slice, what it is known by, and what stands there; no finding quotes a value."""

from __future__ import annotations

import pytest

from certgateway.engine import action, text
from certgateway.engine.findings import Language
from tests.engine.case_form import Case, judged_json
from tests.engine.tables import GROUPS

CASES: dict[str, Case] = {f"{group.name}: {case.name}": case for group in GROUPS for case in group.cases}
RED = 'code ~ {"coding":[{"system":"https://profiles.example/CodeSystem/colours","code":"red"}]}'
BLUE = RED.replace("red", "blue")
MARK = "extension('https://profiles.example/StructureDefinition/mark')"
LANGUAGES: tuple[Language, ...] = ("nb", "nn", "en")

# What `detail` says beside least and most.
REASONS: dict[str, dict[str, str]] = {
    "closed: a stranger": {"asked": f"red: {RED}; blue: {BLUE}", "found": "code.count() = 1"},
    "entries, closed: a stranger": {
        "asked": "header: resource is MessageHeader; patient: resource is Patient",
        "found": "resource is Observation",
    },
    "a choice closed by its slices: another type": {
        "asked": "valueQuantity: $this is Quantity",
        "found": "$this is string",
    },
    "by pattern: missing": {"asked": RED, "min": "1", "found": "0"},
    "by a value of a primitive: no system": {
        "asked": "system = 'https://a.example'",
        "nearest": "identifier[0]: system.count() = 0",
        "min": "1",
        "found": "0",
    },
    "by two discriminators: the first tells": {
        "asked": "system = 'phone' and use = 'work'",
        "nearest": "telecom[0]: (system = 'phone').not(), system.count() = 1",
        "min": "1",
        "found": "0",
    },
    "by the type a reference leads to: missing": {
        "asked": "resolve() is Practitioner",
        "nearest": "performer[0]: resolve() is Patient",
        "min": "1",
        "found": "0",
    },
    "by whether an extension is there: none with it": {
        "asked": f"{MARK}.exists()",
        "nearest": f"name[0]: {MARK}.count() = 0",
        "min": "1",
        "found": "0",
    },
    "by a value set: missing": {
        "asked": "code.memberOf('https://profiles.example/ValueSet/all')",
        "nearest": "component[0]: code.count() = 1",
        "min": "1",
        "found": "0",
    },
    "entries by profile: missing": {
        "asked": "resource.conformsTo('https://profiles.example/StructureDefinition/person')",
        "nearest": "entry[0]: resource.count() = 1",
        "min": "1",
        "found": "0",
    },
    "open at the end: a stranger between": {"found": "red, -, blue"},
    "by pattern: twice": {"max": "1", "found": "2"},
    "cardinality: one of two": {"min": "2", "found": "1"},
    "cardinality: too many": {"max": "2", "found": "3"},
    "choice narrowed: another type": {"found": "boolean"},
    "lengths: too long": {"found": "4"},
    "patterns of other types: quantity of no system": {"found": "system, code"},
    "types by profile: another type": {"found": "Group"},
}


@pytest.mark.parametrize("name", REASONS)
def test_reason(name: str) -> None:
    case = CASES[name]
    (fault,) = judged_json(case.group, case.broken())[1]
    assert fault.detail == REASONS[name]
    for language in LANGUAGES:
        told = text(fault, language)
        assert all(part in told for part in REASONS[name].values())


def test_every_text_is_whole_in_every_language() -> None:
    for case in CASES.values():
        for fault in judged_json(case.group, case.broken())[1]:
            for language in LANGUAGES:
                for told in (text(fault, language), action(fault, language)):
                    assert "…" not in told.replace(fault.detail.get("form", "…"), ""), (case.name, told)
                    assert told.endswith((".", "…"))
