"""Findings about slices say which slice, what it is known by, and what stands there; no finding quotes a value."""

from __future__ import annotations

from typing import Any

import pytest

from certgateway.engine import action, judge, load_base, text
from certgateway.engine.findings import Language
from certgateway.engine.values import differences, equals
from tests.engine.case_form import Case, judged_json
from tests.engine.slices import by
from tests.engine.tables import GROUPS
from tests.unit.engine.profile_making import QUIET, patient, profile

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


def sliced_by_system(count: int, rules: str, **first: object) -> dict[str, Any]:
    """A profile with so many slices of identifiers, each known by its system."""
    elements: list[dict[str, Any]] = [{"id": "Patient.identifier", **by("value system", rules=rules)}]
    for at in range(count):
        elements.append({"id": f"Patient.identifier:s{at}", **(first if at == 0 else {})})
        elements.append({"id": f"Patient.identifier:s{at}.system", "fixedUri": f"urn:{at}"})
    return profile("Patient", *elements)


def details(tree: dict[str, Any], rules: dict[str, Any]) -> list[dict[str, str]]:
    faults = judge(tree, load_base().extended([rules]), profiles=[rules["url"]], options=QUIET)
    return [dict(fault.detail) for fault in faults]


def test_eight_slices_are_told_of_a_stranger() -> None:
    (told,) = details(patient(identifier=[{"system": "urn:x"}]), sliced_by_system(9, "closed"))
    assert told == {
        "asked": "; ".join(f"s{at}: system = 'urn:{at}'" for at in range(8)),
        "found": "system.count() = 1",
    }


def test_all_that_stands_instead_is_told_of_a_stranger() -> None:
    rules = profile(
        "Patient",
        {"id": "Patient.telecom", **by("value system", "value use", rules="closed")},
        {"id": "Patient.telecom:a"},
        {"id": "Patient.telecom:a.system", "fixedCode": "phone"},
        {"id": "Patient.telecom:a.use", "fixedCode": "work"},
    )
    (told,) = details(patient(telecom=[{"system": "fax", "value": "1"}]), rules)
    assert told == {"asked": "a: system = 'phone' and use = 'work'", "found": "system.count() = 1, use.count() = 0"}


def test_twenty_strangers_are_looked_at_for_the_nearest() -> None:
    rules = profile(
        "Patient",
        {"id": "Patient.telecom", **by("value system", "value use")},
        {"id": "Patient.telecom:a", "min": 1},
        {"id": "Patient.telecom:a.system", "fixedCode": "phone"},
        {"id": "Patient.telecom:a.use", "fixedCode": "work"},
    )
    strangers: list[dict[str, Any]] = [{"system": "fax", "value": "1"}] * 20
    for count, nearest in ((19, "telecom[19]"), (20, "telecom[0]")):
        tree = patient(telecom=[*strangers[:count], {"system": "phone", "value": "1"}])
        (told,) = details(tree, rules)
        assert told["nearest"].partition(":")[0] == nearest


def test_long_demands_are_cut_short() -> None:
    for length, ending in ((600 - len("system = ''"), "'"), (601 - len("system = ''"), "…")):
        rules = profile(
            "Patient",
            {"id": "Patient.identifier", **by("value system")},
            {"id": "Patient.identifier:a", "min": 1},
            {"id": "Patient.identifier:a.system", "fixedUri": "x" * length},
        )
        (told,) = details(patient(), rules)
        assert told["asked"].startswith("system = 'xxx")
        assert told["asked"].endswith(ending)
        assert len(told["asked"]) == 600 + (ending == "…")


def test_twenty_elements_are_told_of_an_order() -> None:
    rules = sliced_by_system(2, "openAtEnd")
    (told,) = details(patient(identifier=[{"system": "urn:x"}, *[{"system": "urn:0"}] * 20]), rules)
    assert told == {"found": ", ".join(["-", *["s0"] * 19])}
