"""Findings about slices say which slice, what it is known by, and what stands there; no finding quotes a value."""

from __future__ import annotations

import pytest

from certgateway.engine import action, load_base, text
from certgateway.engine.findings import Language
from certgateway.engine.values import differences, equals
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
    "annotation: two authors": {"found": "authorReference, authorString"},
    "annotation: author of another type": {"found": "Group"},
    "a transaction: by no known method": {"codes": ": DELETE, GET, HEAD, PATCH, POST, PUT"},
    "a resource's type: contained without id": {"min": "1"},
    "fixed texts: no value": {"min": "1", "found": "0"},
    "weaker bindings: one too many": {"max": "1", "found": "2"},
    "slices of a choice: a forbidden type": {"max": "0", "found": "1"},
    "fixed object with a boolean in it: another boolean": {"found": "userSelected"},
    "pattern of a concept: another code": {"found": "coding"},
    "lengths: too short": {"found": "1"},
    "profiles claimed: for another type": {"found": "Patient"},
    "ordered: the second first": {"found": "blue, red"},
    "a choice's slice that must be there: another type": {
        "min": "1",
        "found": "0",
        "asked": "$this is Quantity",
        "nearest": "value: $this is string",
    },
    "a patient's members: list in a list": {"found": "array"},
}

# Of these not all is said in words.
DETAILS: dict[str, dict[str, str]] = {
    "cardinality: forbidden": {"max": "0", "found": "1"},
    "sampled data: zero dimensions": {"found": "number", "form": "1 … 2147483647"},
    "a patient's members: object for a text": {"found": "object", "form": "[^\\s]+(\\s[^\\s]+)*"},
    "a patient's members: empty text": {"found": "string"},
}

# What `detail` of each kind may hold beside what is always there; every other kind has none.
WORDS: dict[str, tuple[set[str], set[str]]] = {
    "choice-several": ({"found"}, set()),
    "code-not-allowed": ({"codes"}, set()),
    "element-missing": (set(), {"min", "found"}),
    "element-not-allowed": (set(), {"max", "found"}),
    "element-repeated": ({"max", "found"}, set()),
    "fixed-value-differs": (set(), {"found"}),
    "invariant-broken": ({"key", "human"}, set()),
    "invariant-not-evaluable": ({"key", "human"}, set()),
    "length-exceeded": ({"found"}, set()),
    "length-short": ({"found"}, set()),
    "pattern-differs": (set(), {"found"}),
    "primitive-invalid": ({"found"}, {"form"}),
    "profile-type-wrong": ({"found"}, set()),
    "reference-target-wrong": (set(), {"found"}),
    "slice-closed": ({"asked", "found"}, set()),
    "slice-missing": ({"min", "found", "asked"}, {"nearest"}),
    "slice-order": ({"found"}, set()),
    "slice-too-many": ({"max", "found"}, set()),
    "type-not-allowed": ({"found"}, set()),
    "type-wrong": ({"found"}, {"form"}),
    "value-empty": (set(), {"found", "form"}),
}


@pytest.mark.parametrize("name", REASONS)
def test_reason(name: str) -> None:
    case = CASES[name]
    (fault,) = judged_json(case.group, case.broken())[1]
    assert fault.detail == REASONS[name]
    for language in LANGUAGES:
        told = text(fault, language) + action(fault, language)
        assert all(part in told for part in REASONS[name].values())


@pytest.mark.parametrize("name", DETAILS)
def test_detail(name: str) -> None:
    case = CASES[name]
    (fault,) = judged_json(case.group, case.broken())[1]
    assert fault.detail == DETAILS[name]


@pytest.mark.parametrize(
    "wanted,value,found",
    [
        ({"a": 1, "b": 2}, {"a": 1, "b": 3}, {"found": "b"}),
        ({"a": 1, "b": 2}, {}, {"found": "a, b"}),
        ({"a": 1}, {"a": 1, "b": 2}, {}),
        ("a", "b", {}),
        ({"a": 1}, "a", {}),
    ],
)
def test_what_differs_is_told_by_its_name(wanted: object, value: object, found: dict[str, str]) -> None:
    assert differences(wanted, value, equals) == found


def humans_by_key() -> dict[str, set[str]]:
    """The words of each invariant, as base R4 and the profiles of the cases have them."""
    found: dict[str, set[str]] = {}
    for stated in load_base().invariants():
        found.setdefault(stated.key, set()).add(stated.human.removesuffix("."))
    elements = [
        element
        for group in GROUPS
        for row in group.definitions
        for part in ("differential", "snapshot")
        for element in row.get(part, {}).get("element", ())
    ]
    for row in (row for element in elements for row in element.get("constraint", ())):
        found.setdefault(row["key"], set()).add(row["human"].removesuffix("."))
    return found


def test_every_text_is_whole_in_every_language() -> None:
    humans = humans_by_key()
    for case in CASES.values():
        for fault in judged_json(case.group, case.broken())[1]:
            always, also = WORDS.get(fault.kind, (set(), set()))
            assert always <= fault.detail.keys() <= always | also, (case.name, fault)
            if fault.kind.startswith("invariant-"):
                assert fault.detail["key"] == fault.expected
                assert fault.detail["human"] in humans[fault.detail["key"]], (case.name, fault)
            for language in LANGUAGES:
                for told in (text(fault, language), action(fault, language)):
                    assert "…" not in told.replace(fault.detail.get("form", "…"), ""), (case.name, told)
                    assert told.endswith((".", "…"))
