"""Who may see whom: the first rule that speaks against it decides, and no doubt is ever in anybody's favour."""

from dataclasses import fields, replace
from itertools import permutations
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certgateway.domain.access_rules import NO_UNIT, NOBODY, RULES, Basis, Decision, Relation, Standing, decide

OPEN: Final = Relation("none", is_shielded=False, is_self=False, is_family=False, unit="0315", is_assigned=False)
HERE: Final = Standing(frozenset({"0315", "0316"}))
ELSEWHERE: Final = Standing(frozenset({"1201"}))
NEVER: Final[dict[Basis, dict[str, Any]]] = {
    "strictly-confidential-address": {"protection": "strictly-confidential"},
    "confidential-address": {"protection": "confidential"},
    "shielded": {"is_shielded": True},
    "own-case": {"is_self": True},
    "family": {"is_family": True},
}
UNITS = st.sampled_from([None, NO_UNIT, "0315", "1201"])
MAYBE = st.sampled_from([None, False, True])
RELATIONS = st.builds(
    Relation,
    st.sampled_from([None, "none", "confidential", "strictly-confidential"]),
    MAYBE,
    MAYBE,
    MAYBE,
    UNITS,
    MAYBE,
)
STANDINGS = st.builds(Standing, st.frozensets(st.sampled_from([NO_UNIT, "0315", "1201"])), st.booleans())


def test_the_rules_are_asked_in_this_order() -> None:
    expected = [*NEVER, "unit-and-assignment"]
    assert [rule.id for rule in RULES] == expected
    assert [rule.id for rule in RULES if rule.can_be_overridden] == ["unit-and-assignment"]


@pytest.mark.parametrize(
    "counsellor, patient, basis",
    [
        (HERE, OPEN, "unit"),
        (HERE, replace(OPEN, is_assigned=True), "assignment"),
        (ELSEWHERE, replace(OPEN, is_assigned=True), "assignment"),
        (replace(ELSEWHERE, has_override=True), OPEN, "override"),
        # An override that is not needed is not what decides.
        (replace(HERE, has_override=True), OPEN, "unit"),
        (replace(HERE, has_override=True), replace(OPEN, unit=NO_UNIT), "override"),
    ],
)
def test_who_may(counsellor: Standing, patient: Relation, basis: Basis) -> None:
    assert decide(counsellor, patient) == Decision(is_allowed=True, basis=basis)


@pytest.mark.parametrize("patient", [OPEN, replace(OPEN, unit=NO_UNIT)])
def test_another_unit_s_patient_can_be_opened_by_a_reason(patient: Relation) -> None:
    counsellor = ELSEWHERE if patient is OPEN else HERE
    expected = Decision(is_allowed=False, basis="unit-and-assignment", can_be_overridden=True)
    assert decide(counsellor, patient) == expected


def test_to_work_in_no_unit_is_not_to_follow_up_whom_none_follows_up() -> None:
    assert not decide(Standing(frozenset({NO_UNIT})), replace(OPEN, unit=NO_UNIT)).is_allowed


@pytest.mark.parametrize("rule", NEVER)
def test_five_rules_hold_whatever_else_is_so(rule: Basis) -> None:
    patient = replace(OPEN, is_assigned=True, **NEVER[rule])
    assert decide(replace(HERE, has_override=True), patient) == Decision(is_allowed=False, basis=rule)


def test_of_two_rules_the_first_is_told() -> None:
    names = list(NEVER)
    told = 0
    for first, second in permutations(names, 2):
        if {first, second} == {"strictly-confidential-address", "confidential-address"}:
            continue  # An address has one protection.
        patient = replace(OPEN, **NEVER[first], **NEVER[second])
        assert decide(HERE, patient).basis == min(first, second, key=names.index)
        told += 1
    assert told == 18


@pytest.mark.parametrize("name", [each.name for each in fields(Relation)])
def test_what_is_not_known_is_a_refusal_that_no_override_opens(name: str) -> None:
    found = decide(replace(HERE, has_override=True), replace(OPEN, **{name: None}))
    assert (found.is_allowed, found.is_known, found.can_be_overridden) == (False, False, False)


def test_of_nobody_nothing_is_known() -> None:
    assert decide(replace(HERE, has_override=True), NOBODY) == Decision(
        is_allowed=False, basis="strictly-confidential-address", is_known=False
    )


@given(STANDINGS, RELATIONS)
def test_no_override_opens_what_is_never_to_be_opened(counsellor: Standing, patient: Relation) -> None:
    closed = patient.protection != "none" or patient.is_shielded or patient.is_self or patient.is_family
    if closed:
        assert not decide(replace(counsellor, has_override=True), patient).is_allowed
    with_it, without = (decide(replace(counsellor, has_override=each), patient) for each in (True, False))
    # An override changes one thing: a refusal that says it can be overridden.
    assert with_it.is_allowed == (without.is_allowed or without.can_be_overridden)


@given(STANDINGS, RELATIONS, st.data())
def test_doubt_is_never_in_anybody_s_favour(counsellor: Standing, patient: Relation, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([each.name for each in fields(Relation)]))
    found = decide(counsellor, replace(patient, **{name: None}))
    assert not found.is_allowed
    assert not found.can_be_overridden or found.is_known


@given(STANDINGS, RELATIONS, st.sampled_from(list(NEVER)))
def test_more_protection_never_opens_anything(counsellor: Standing, patient: Relation, rule: Basis) -> None:
    after = decide(counsellor, replace(patient, **NEVER[rule]))
    assert not after.is_allowed
    assert not after.can_be_overridden


@given(STANDINGS, RELATIONS)
def test_every_question_has_one_answer_and_a_refusal_its_rule(counsellor: Standing, patient: Relation) -> None:
    found = decide(counsellor, patient)
    assert found == decide(counsellor, patient)
    assert found.is_allowed == (found.basis in {"unit", "assignment", "override"})
    speaking = [rule for rule in RULES if rule.against(counsellor, patient) is not False]
    if not found.is_allowed:
        assert found.basis == speaking[0].id
