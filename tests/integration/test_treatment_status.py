"""A short message about what has become of a treatment changes that item of the certificate, and nothing else."""

from collections.abc import Iterator
from typing import Any

import pytest

from certgateway import bootstrap
from certgateway.domain.amendment import ANSWERABLE, value_of
from certgateway.domain.certificate import Certificate
from certgateway.domain.dialogue_events import Target
from certgateway.domain.vocabulary import systems
from certgateway.services import clarify, sort
from certgateway.services.assess import assess
from certgateway.services.examine import House, examine, judge_examined, validation_facts
from certgateway.services.pose import Question
from certgateway.services.receive import Outcome
from fixtures.authoring.writers import to_json
from tests.integration.answering import answer
from tests.integration.receiving import (
    START,
    Desk,
    authored,
    desk,
    holding,
    message,
    numbered,
    receipt,
    resource,
    rules,
    without,
)

Json = dict[str, Any]
TEN, NOON = "2026-10-31T10:00:00+01:00", "2026-10-31T12:00:00+01:00"
EVENT = "treatment-status"


@pytest.fixture(scope="module")
def house() -> House:
    return bootstrap.build_house()


@pytest.fixture
def at_desk(url: str, house: House) -> Iterator[Desk]:
    opened = desk(url, house)
    yield opened
    opened.gateway.store.close()


def status(*beside: str, number: int = 300, date: str = TEN, stage: str = "finished", **more: Any) -> Json:  # noqa: ANN401
    """A message that tells of treatment, and of other items if any are named."""
    tree = answer("", ["treatment", *beside], number=number, date=date, **more)
    tree["entry"] = [each for each in tree["entry"] if each["resource"]["resourceType"] != "Communication"]
    tree["meta"] = {"profile": [systems.STRUCTURE_DEFINITION + "treatment-status-message"]}
    resource(tree, "MessageHeader")["eventCoding"]["code"] = EVENT
    purpose = {"coding": [{"system": systems.CODE_SYSTEM + "purpose", "code": EVENT}]}
    composition = resource(tree, "Composition")
    # XML minds the order.
    composition |= {"event": [{"code": [purpose]}], "section": composition.pop("section")}
    for activity in resource(tree, "CarePlan")["activity"]:
        for each in activity["detail"].get("extension", ()):
            if each["url"].endswith("/treatment-status"):
                each["valueCode"] = stage
    return tree


def certified(at_desk: Desk) -> str:
    case = at_desk.hand_in(message()).case
    assert case is not None
    return case


def asked(at_desk: Desk, case: str, *targets: Target) -> str:
    found = clarify.ask(Question(case, targets), at_desk.gateway)
    assert isinstance(found, str)
    return found


def current(at_desk: Desk, case: str) -> Certificate:
    with at_desk.gateway.store.reading() as read:
        found = read.current_version(case)
    assert found is not None
    return found.certificate


def assessed(at_desk: Desk, case: str) -> Json:
    found = assess(case, at_desk.gateway)
    assert found is not None
    return found


def told(outcome: Outcome) -> dict[str, int]:
    return {rule: number for rule, number in rules(outcome).items() if rule != "not-carried"}


def standings(at_desk: Desk, clarification: str) -> list[tuple[str, str, int | None]]:
    seen = clarify.clarification(clarification, at_desk.gateway)
    return [(each["item"], each["standing"], each["version"]) for each in seen["targets"]]


def tray(at_desk: Desk) -> list[tuple[str, str]]:
    return [(each["why"], each["message"]) for each in sort.unsorted_answers(at_desk.gateway)]


def test_treatment_changes_and_nothing_else(at_desk: Desk) -> None:
    case = certified(at_desk)
    before = current(at_desk, case)
    outcome = at_desk.hand_in(status())
    assert (outcome.answer.status, outcome.verdict, outcome.case, told(outcome)) == (200, "accepted", case, {})
    assert receipt(outcome)["version"] == 2
    now = current(at_desk, case)
    assert {each.status for each in now.treatment} == {"finished"}
    assert [item for item in ANSWERABLE if value_of(now, item) != value_of(before, item)] == ["treatment"]
    assert (now.purpose, now.authored, now.author, now.status) == (
        before.purpose,
        before.authored,
        before.author,
        before.status,
    )
    (entry,) = now.provenance
    assert (entry.item, entry.authored.isoformat()) == ("treatment", "2026-10-31T09:00:00+00:00")
    assert at_desk.events() == [("new", 1), ("replaced", 2)]


def test_the_assessment_shows_what_has_changed_and_who_told_it(at_desk: Desk) -> None:
    case = certified(at_desk)
    at_desk.hand_in(status(stage="ongoing"))
    at_desk.hand_in(status(number=301, date=NOON, stage="no-progression"))
    found = assessed(at_desk, case)
    changes = [each for each in found["differences"] if each["aspect"] == "status"]
    assert {(each["item"], each["before"]["code"], each["after"]["code"]) for each in changes} == {
        ("treatment", "ongoing", "no-progression")
    }
    hpr = resource(message("every-mapped-element"), "Practitioner")["identifier"][0]["value"]
    assert {each["author"]["hpr"] for each in found["treatment"]} == {hpr}
    assert hpr not in {each["author"]["hpr"] for each in found["resources"]}


def test_the_required_items_of_a_whole_certificate_are_not_asked_of_it(at_desk: Desk) -> None:
    case = holding(at_desk).hand_in(without(message(), "prognosis")).case or ""
    outcome = at_desk.hand_in(status())
    assert (outcome.verdict, told(outcome)) == ("accepted", {})
    assert assessed(at_desk, case)["verdict"] == "incomplete"
    judged = judge_examined(
        examine(to_json(status()), "fhir-json", at_desk.gateway.house),
        validation_facts(at_desk.gateway.house, START),
        "reject",
    )
    assert (judged.verdict, {each.rule for each in judged.findings}) == ("accepted", {"not-carried"})


def test_what_was_missing_about_treatment_is_settled_and_nothing_else_is(at_desk: Desk) -> None:
    case = at_desk.hand_in(without(message(), "treatment")).case or ""
    clarification = asked(at_desk, case, Target("treatment", "missing"), Target("activity", "missing"))
    unclear = asked(at_desk, case, Target("treatment", "unclear"))
    at_desk.hand_in(status())
    assert standings(at_desk, clarification) == [("treatment", "answered", 2), ("activity", "open", None)]
    assert standings(at_desk, unclear) == [("treatment", "open", None)]
    assert [each["item"] for each in assessed(at_desk, case)["open"]] == ["treatment", "activity"]


def test_other_items_are_told_and_not_taken(at_desk: Desk) -> None:
    case = certified(at_desk)
    before = current(at_desk, case)
    tree = status("prognosis", "function")
    outcome = at_desk.hand_in(tree)
    found = [each for each in receipt(outcome)["findings"] if each["rule"] == "status-beyond-treatment"]
    assert [each["item"] for each in found] == ["function", "prognosis"]
    assert all(each["path"] for each in found)
    assert outcome.verdict == "accepted-with-remarks"
    now = current(at_desk, case)
    assert (now.prognosis, now.function) == (before.prognosis, before.function)
    judged = judge_examined(
        examine(to_json(tree), "fhir-json", at_desk.gateway.house),
        validation_facts(at_desk.gateway.house, START),
        "reject",
    )
    assert {each.item for each in judged.findings if each.rule == "status-beyond-treatment"} == {
        "function",
        "prognosis",
    }


def _unknown(tree: Json) -> None:
    resource(tree, "Composition")["identifier"]["value"] = "nobody knows this"


def _other_system(tree: Json) -> None:
    resource(tree, "MessageHeader")["source"]["endpoint"] = "urn:oid:2.16.578.1.12.4.1.2.8143999"


def _in_error(tree: Json) -> None:
    resource(tree, "Composition")["status"] = "entered-in-error"


def _old(tree: Json) -> None:
    resource(tree, "Composition")["date"] = "2026-05-01T10:00:00+02:00"


@pytest.mark.parametrize(
    "change,why",
    [
        (_unknown, "certificate-unknown"),
        (_other_system, "certificate-unknown"),
        (_in_error, "answer-withdrawn"),
        (_old, "older-than-known"),
    ],
)
def test_what_cannot_be_taken_in_is_kept_and_told_of(at_desk: Desk, change: Any, why: str) -> None:  # noqa: ANN401
    case = at_desk.hand_in(status_base()).case or ""
    before = current(at_desk, case)
    tree = status()
    change(tree)
    outcome = at_desk.hand_in(tree)
    assert (outcome.verdict, outcome.case, told(outcome)) == ("accepted-with-remarks", None, {"status-unsorted": 1})
    assert [each[0] for each in tray(at_desk)] == [why]
    assert current(at_desk, case) == before
    assert at_desk.counts()["case"] == 1
    (_, lying) = tray(at_desk)[0]
    clarification = asked(at_desk, case, Target("activity", "unclear"))
    found = sort.sort(lying, clarification, at_desk.gateway)
    assert found == sort.Unsorted("answer-withdrawn" if why == "answer-withdrawn" else "not-asked")


def status_base() -> Json:
    """The certificate that every status here is about, with something known of treatment."""
    tree = message("every-mapped-element")
    resource(tree, "MessageHeader")["source"] = resource(message(), "MessageHeader")["source"]
    resource(tree, "Composition")["identifier"] = resource(message(), "Composition")["identifier"]
    resource(tree, "Composition").pop("relatesTo", None)
    resource(tree, "Patient")["identifier"] = resource(message(), "Patient")["identifier"]
    return tree


def test_a_withdrawn_certificate_is_not_revived(at_desk: Desk) -> None:
    case = certified(at_desk)
    withdrawn = authored(numbered(message(), 9), TEN)
    resource(withdrawn, "Composition")["status"] = "entered-in-error"
    at_desk.hand_in(withdrawn)
    at_desk.hand_in(status(date=NOON))
    assert [each[0] for each in tray(at_desk)] == ["certificate-withdrawn"]
    assert assess(case, at_desk.gateway) is None


def test_a_status_that_was_put_aside_answers_a_question_by_hand(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, case, Target("treatment", "unclear"))
    tree = status()
    _other_system(tree)
    at_desk.hand_in(tree)
    ((why, lying),) = tray(at_desk)
    shown = sort.unsorted_answer(lying, at_desk.gateway)
    assert (why, [each["item"] for each in shown["items"]]) == ("certificate-unknown", ["treatment"])
    assert [each["clarification"] for each in shown["candidates"]] == [clarification]
    assert sort.sort(lying, clarification, at_desk.gateway) is None
    assert standings(at_desk, clarification) == [("treatment", "answered", 2)]


def test_another_patient_s_status_is_refused(at_desk: Desk) -> None:
    case = certified(at_desk)
    tree = status()
    resource(tree, "Patient")["identifier"] = resource(message("every-mapped-element"), "Patient")["identifier"]
    outcome = at_desk.hand_in(tree)
    assert (outcome.verdict, outcome.answer.status) == ("rejected", 422)
    assert "revision-of-other-patient" in rules(outcome)
    assert at_desk.versions(case) == [(1, True)]


def test_one_that_says_nothing_of_treatment_is_refused(at_desk: Desk) -> None:
    case = certified(at_desk)
    tree = without(status("prognosis"), "treatment")
    assert at_desk.hand_in(tree).answer.status == 422
    unnamed = status(number=301)
    del resource(unnamed, "Composition")["event"]
    assert at_desk.hand_in(unnamed).answer.status == 422
    assert (at_desk.versions(case), tray(at_desk)) == ([(1, True)], [])


@pytest.mark.parametrize("first", ["whole", "status"])
def test_a_status_and_an_older_whole_version_end_the_same_in_either_order(at_desk: Desk, first: str) -> None:
    case = certified(at_desk)
    whole = authored(numbered(status_base(), 31), TEN)
    tree = status(date=NOON)
    for each in (whole, tree) if first == "whole" else (tree, whole):
        assert at_desk.hand_in(each).case == case
    now = current(at_desk, case)
    assert {each.status for each in now.treatment} == {"finished"}
    assert now.authored.isoformat() == "2026-10-31T09:00:00+00:00"


def test_the_same_status_again_changes_nothing(at_desk: Desk) -> None:
    case = certified(at_desk)
    first = at_desk.hand_in(status())
    counts = at_desk.counts()
    assert at_desk.hand_in(status()).answer == first.answer
    assert at_desk.counts() == counts
    assert receipt(at_desk.hand_in(status(number=301)))["version"] is None
    assert at_desk.versions(case) == [(1, False), (2, True)]
