"""What is prepared of a profile answers as the profile does: labels name the slice that trying would find."""

from __future__ import annotations

import pytest

from certgateway.engine import judge, load_base
from certgateway.engine.profiles.plans import Test as Told
from certgateway.engine.profiles.plans import labels_at, plan_of, sorting_of
from certgateway.engine.profiles.profiles import Rule, Wanted
from tests.unit.engine.profile_making import BASE, BY_CODE, PATTERN_CODE, SYSTEM, coded, found, observation, profile

Json = dict[str, object]


def told(pattern: object) -> tuple[Told, ...]:
    rule = Rule("code", pattern=Wanted(pattern))
    return (Told("value", (("name", "code"),), (rule,)),)


def test_a_pattern_of_system_and_code_is_a_label() -> None:
    sorting = sorting_of((told(coded("red")), told({"system": SYSTEM, "code": "blue"}), told("plain")))

    assert sorting.index == {("coding", SYSTEM, "red"): (0,), (SYSTEM, "blue"): (1,), "plain": (2,)}
    assert sorting.tried == ()


@pytest.mark.parametrize(
    "pattern",
    [
        coded("red", "blue"),
        {"coding": [{"system": SYSTEM}]},
        {**coded("red"), "text": "x"},
        {"coding": [{"system": SYSTEM, "code": "red", "version": "1"}]},
    ],
)
def test_a_pattern_that_says_more_or_less_is_tried(pattern: Json) -> None:
    sorting = sorting_of((told(pattern),))

    assert sorting.index == {}
    assert sorting.tried == (0,)


def test_a_value_bears_the_labels_of_all_its_codings_and_of_nothing_misshapen() -> None:
    value = {
        "coding": [{"system": "s", "code": "a"}, None, {"system": ["s"], "code": "b"}, {"system": "s", "code": "c"}]
    }

    assert labels_at(value) == [("coding", "s", "a"), ("coding", "s", "c")]
    assert labels_at({"system": "s", "code": "a"}) == [("s", "a")]
    assert labels_at(["s"]) == []


def by_two(first: Json, second: Json) -> Json:
    return profile(
        "Observation",
        {"id": "Observation.component", **BY_CODE},
        {"id": "Observation.component:first", "max": "0"},
        {"id": "Observation.component:first.code", **first},
        {"id": "Observation.component:second", "max": "0"},
        {"id": "Observation.component:second.code", **second},
    )


@pytest.mark.parametrize(
    "first, second",
    [
        (PATTERN_CODE, {"patternCodeableConcept": {"coding": [{"system": SYSTEM}]}}),
        ({"patternCodeableConcept": {"coding": [{"system": SYSTEM}]}}, PATTERN_CODE),
    ],
)
def test_the_first_slice_that_fits_has_the_element_however_it_is_known(first: Json, second: Json) -> None:
    resource = observation(component=[{"code": coded("red"), "valueString": "x"}])

    assert found(resource, by_two(first, second)) == [("slice-too-many", "Observation.component[0]", "component:first")]


def test_a_type_that_only_the_sender_knows_is_not_remembered() -> None:
    definitions = load_base().extended(
        [profile("Bundle", {"id": "Bundle.entry.resource", "type": [{"code": "Patient"}]})]
    )
    known = definitions.profile(BASE + "p")
    assert known is not None
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": {"resourceType": "Invented"}}]}

    faults = judge(bundle, definitions, profiles=[BASE + "p"])

    assert ("resource-type-unknown", "Bundle.entry[0].resource") in [(fault.kind, fault.path) for fault in faults]
    assert "Invented" not in plan_of(known.root.children["entry"].children["resource"]).fits


def test_an_extension_beyond_the_end_of_its_values_is_judged_where_it_stands() -> None:
    url = BASE + "only-on-names"
    definition = {
        **profile("Extension", name="only-on-names"),
        "context": [{"type": "element", "expression": "Patient.name"}],
    }
    patient = {"resourceType": "Patient", "name": [{"given": ["A"], "_given": [None, {"extension": [{"url": url}]}]}]}

    faults = judge(patient, load_base().extended([definition]))

    misplaced = ("extension-misplaced", "Patient.name[0].given[1].extension[0]")
    assert misplaced in [(fault.kind, fault.path) for fault in faults]
