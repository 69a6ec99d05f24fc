"""From a counsellor's question to a new version of the certificate: asked, fetched, answered, on both engines."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event

from certgateway import bootstrap
from certgateway.domain.amendment import ANSWERABLE, value_of
from certgateway.domain.dialogue_events import Measure, Target
from certgateway.domain.errors import GatewayError, GoneError, NotFoundError, NotNowError
from certgateway.services import clarify, deliver, sort
from certgateway.services.assess import assess, assess_document
from certgateway.services.clarify import Refused
from certgateway.services.examine import House
from certgateway.services.pose import Question
from certgateway.services.receive import Outcome
from certgateway.store.tables import metadata
from tests.integration.answering import answer
from tests.integration.receiving import (
    SENDER,
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
ACTIVITY = Target("activity", "missing")
RISK = Target("health-risk", "unclear", settles="Gjelder det også stillesittende arbeid?")
ASKED = "2026-10-31T10:00:00+01:00"
OTHER_SYSTEM = "her:8143999"


@pytest.fixture(scope="module")
def house() -> House:
    return bootstrap.build_house()


@pytest.fixture
def at_desk(url: str, house: House) -> Iterator[Desk]:
    opened = desk(url, house)
    yield opened
    opened.gateway.store.close()


def certified(at_desk: Desk) -> str:
    """The case of the base certificate, which says nothing about activity."""
    case = at_desk.hand_in(message()).case
    assert case is not None
    return case


def asked(at_desk: Desk, *targets: Target, certificate: str | None = None) -> str:
    question = Question(certificate or certified(at_desk), targets or (ACTIVITY, RISK))
    found = clarify.ask(question, at_desk.gateway)
    assert isinstance(found, str)
    return found


def refused(at_desk: Desk, question: Question) -> list[tuple[str, int | None]]:
    found = clarify.ask(question, at_desk.gateway)
    assert isinstance(found, Refused)
    return [(reason.why, reason.target) for reason in found.reasons]


def seen(at_desk: Desk, clarification: str) -> Json:
    return clarify.clarification(clarification, at_desk.gateway)


def standings(at_desk: Desk, clarification: str) -> list[tuple[str, str, int | None]]:
    return [(each["item"], each["standing"], each["version"]) for each in seen(at_desk, clarification)["targets"]]


def kinds(at_desk: Desk, clarification: str) -> list[str]:
    return [each["kind"] for each in seen(at_desk, clarification)["events"]]


def waiting(at_desk: Desk, receiver: str = SENDER, after: int = 0) -> list[tuple[str, str]]:
    return [
        (each.outgoing.kind, each.outgoing.clarification)
        for each in deliver.fetch(receiver, after, 10, at_desk.gateway)
    ]


def told_of(outcome: Outcome) -> dict[str, int]:
    """Rules and how often, but for what a made-up answer leaves over of the message it was made of."""
    return {rule: number for rule, number in rules(outcome).items() if rule != "not-carried"}


def unsorted(at_desk: Desk) -> list[tuple[str, str | None]]:
    return [(each["why"], each["clarification"]) for each in sort.unsorted_answers(at_desk.gateway)]


def assessed(at_desk: Desk, case: str | None) -> Json:
    found = assess(case or "", at_desk.gateway)
    assert found is not None
    return found


# ---- asking ----


def test_a_question_waits_for_the_author_s_system_and_names_the_items_only(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, certificate=case)
    told = seen(at_desk, clarification)
    assert (told["status"], told["receiver"], told["certificate"], told["version"]) == ("ordered", SENDER, case, 1)
    # 1 November 2026 is a Sunday: fourteen working days later is the 19th, twenty-one the 30th.
    assert (told["due"], told["reminder_due"], told["second_look_due"]) == ("2026-11-19", "2026-11-19", "2026-11-30")
    outgoing = deliver.fetch(SENDER, 0, 10, at_desk.gateway)[0].outgoing
    assert [each.target for each in outgoing.asked] == [ACTIVITY, RISK]
    missing, unclear = (each.text for each in outgoing.asked)
    assert missing == "Erklæringen sier ikke noe om «Mulighet for aktivitet». Kan du svare på det?"
    assert unclear == (
        "Det er uklart for oss hva som menes under «Aktiviteter med helserisiko». Kan du presisere? "
        f"{RISK.settles} Svaret erstatter alt som står under punktet nå."
    )
    assert outgoing.certificate is not None
    assert outgoing.certificate.code == resource(message(), "Composition")["identifier"]["value"]


def test_the_assessment_shows_what_is_asked(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, certificate=case)
    found = assessed(at_desk, case)["open"]
    assert [(each["item"], each["why"], each["asked"][0]["clarification"]) for each in found] == [
        ("health-risk", "asked", clarification),
        ("activity", "asked", clarification),
    ]


def test_every_reason_against_a_question_is_told_at_once_and_nothing_is_kept(at_desk: Desk) -> None:
    case = certified(at_desk)
    asked(at_desk, ACTIVITY, certificate=case)
    before = at_desk.counts()
    question = Question(
        case,
        (
            Target("function", "missing"),
            ACTIVITY,
            Target("patient", "unclear"),
            Target("prognosis", "missing", "prognosis.course"),
            Target("function", "unclear", "function[77]", "Bør hun få AAP, og hvor mange prosent kan hun jobbe?"),
            Target("function", "curious"),
            Target("function", "curious"),
        ),
        Measure("Kurs i truck, eller omskolering", ("heavy-lifting", "flying")),
    )
    assert refused(at_desk, question) == [
        ("already-answered", 0),
        ("already-open", 1),
        ("item-unknown", 2),
        ("missing-takes-items", 3),
        ("already-answered", 3),
        ("asks-for-benefit", 4),
        ("asks-for-work-ability", 4),
        ("element-unknown", 4),
        ("reason-unknown", 5),
        ("reason-unknown", 6),
        ("asked-twice", 6),
        ("asks-for-advice", None),
        ("demand-unknown", None),
    ]
    assert at_desk.counts() == before


def test_an_element_that_exists_can_be_asked_about(at_desk: Desk) -> None:
    clarification = asked(at_desk, Target("function", "contradictory", "function[0].ability"))
    assert seen(at_desk, clarification)["targets"][0]["element"] == "function[0].ability"


def test_without_targets_exactly_what_is_missing_is_asked_for_once(at_desk: Desk) -> None:
    holder = holding(at_desk)
    case = holder.hand_in(without(without(message(), "prognosis"), "health-risk")).case or ""
    clarification = clarify.ask(Question(case), at_desk.gateway)
    assert isinstance(clarification, str)
    assert [(each["item"], each["reason"]["code"]) for each in seen(at_desk, clarification)["targets"]] == [
        ("health-risk", "missing"),
        ("prognosis", "missing"),
    ]
    assert refused(at_desk, Question(case)) == []


def test_what_is_missing_is_asked_for_at_once_where_the_settings_say_so(at_desk: Desk) -> None:
    tree = without(without(message(), "prognosis"), "health-risk")
    left = holding(at_desk).hand_in(tree).case or ""
    assert clarify.clarifications(left, at_desk.gateway) == []
    holder = holding(at_desk)
    asking = replace(holder, gateway=replace(holder.gateway, asks_missing=True))
    later = authored(numbered(deepcopy(tree), 21), "2026-11-01T10:00:00+01:00")
    for _ in range(2):
        assert asking.hand_in(later).verdict == "incomplete"
    asking.hand_in(authored(numbered(deepcopy(tree), 22), "2026-11-01T11:00:00+01:00"))
    (told,) = clarify.clarifications(left, at_desk.gateway)
    assert [(each["item"], each["reason"]["code"]) for each in told["targets"]] == [
        ("health-risk", "missing"),
        ("prognosis", "missing"),
    ]
    assert waiting(at_desk) == [("question", told["clarification"])]
    asking.hand_in(authored(numbered(message(), 23), "2026-11-01T11:30:00+01:00"))
    assert [each["status"] for each in clarify.clarifications(left, at_desk.gateway)] == ["answered"]


def test_no_question_about_a_certificate_that_is_unknown_refused_or_withdrawn(at_desk: Desk) -> None:
    with pytest.raises(NotFoundError):
        clarify.ask(Question("no-such-case", (ACTIVITY,)), at_desk.gateway)
    rejected = at_desk.hand_in(without(message(), "prognosis")).case or ""
    with pytest.raises(NotFoundError):
        clarify.ask(Question(rejected, (ACTIVITY,)), at_desk.gateway)
    case = at_desk.hand_in(authored(numbered(message(), 5), "2026-10-01T10:00:00+02:00")).case or ""
    at_desk.hand_in(withdrawal(6))
    with pytest.raises(GoneError):
        clarify.ask(Question(case, (ACTIVITY,)), at_desk.gateway)


def withdrawal(number: int, date: str = "2026-11-02T09:00:00+01:00") -> Json:
    tree = authored(numbered(message(), number), date)
    resource(tree, "Composition")["status"] = "entered-in-error"
    return tree


# ---- delivery ----


def test_a_message_is_given_out_until_it_is_acknowledged(at_desk: Desk) -> None:
    clarification = asked(at_desk)
    first = deliver.fetch(SENDER, 0, 10, at_desk.gateway)
    assert waiting(at_desk) == [("question", clarification)]
    assert kinds(at_desk, clarification) == ["asked", "sent"]
    deliver.acknowledge(first[0].outgoing.id, SENDER, at_desk.gateway)
    deliver.acknowledge(first[0].outgoing.id, SENDER, at_desk.gateway)
    assert waiting(at_desk) == []
    assert kinds(at_desk, clarification) == ["asked", "sent", "delivered"]
    assert seen(at_desk, clarification)["status"] == "delivered"


def test_a_refusal_is_told_with_its_reason(at_desk: Desk) -> None:
    clarification = asked(at_desk)
    found = deliver.fetch(SENDER, 0, 10, at_desk.gateway)[0]
    deliver.acknowledge(found.outgoing.id, SENDER, at_desk.gateway, "patient-unknown")
    told = seen(at_desk, clarification)
    assert (told["status"], told["refusal"]["display"]) == ("refused", "Ukjent pasient")
    assert waiting(at_desk) == []


def test_nobody_fetches_or_acknowledges_for_another_system(at_desk: Desk) -> None:
    clarification = asked(at_desk)
    found = deliver.fetch(SENDER, 0, 10, at_desk.gateway)[0]
    assert waiting(at_desk, OTHER_SYSTEM) == []
    for receiver, name in ((OTHER_SYSTEM, found.outgoing.id), (SENDER, "no-such-message"), (SENDER, "\x00")):
        with pytest.raises(NotFoundError):
            deliver.acknowledge(name, receiver, at_desk.gateway)
    assert kinds(at_desk, clarification) == ["asked", "sent"]


def test_numbers_lead_on_and_a_system_that_never_answers_holds_nobody_up(at_desk: Desk) -> None:
    case = certified(at_desk)
    other = numbered(message("back-pain-tolerates-load"), 7)
    resource(other, "MessageHeader")["source"]["endpoint"] = "urn:oid:2.16.578.1.12.4.1.2.8143999"
    others_case = at_desk.hand_in(other).case
    for target in (ACTIVITY, RISK):
        asked(at_desk, target, certificate=case)
    theirs = asked(at_desk, Target("function", "unclear"), certificate=others_case)
    mine = deliver.fetch(SENDER, 0, 1, at_desk.gateway)
    assert len(mine) == 1
    assert len(deliver.fetch(SENDER, mine[0].seq, 10, at_desk.gateway)) == 1
    assert waiting(at_desk, OTHER_SYSTEM) == [("question", theirs)]


# ---- answers ----


def test_a_partial_answer_and_the_rest(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, certificate=case)
    first = at_desk.hand_in(answer(clarification, ["activity"]))
    assert (first.verdict, receipt(first)["version"], first.case) == ("accepted", 2, case)
    assert standings(at_desk, clarification) == [("activity", "answered", 2), ("health-risk", "open", None)]
    assert seen(at_desk, clarification)["status"] == "partly-answered"
    assert [each["item"] for each in assessed(at_desk, case)["open"]] == ["health-risk"]
    second = at_desk.hand_in(answer(clarification, ["health-risk"], number=101))
    assert receipt(second)["version"] == 3
    assert seen(at_desk, clarification)["status"] == "answered"
    assert assessed(at_desk, case)["open"] == []
    assert at_desk.versions(case) == [(1, False), (2, False), (3, True)]
    assert at_desk.events() == [("new", 1), ("replaced", 2), ("replaced", 3)]


def test_what_was_not_asked_about_is_proven_unchanged(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, ACTIVITY, certificate=case)
    at_desk.hand_in(answer(clarification, ["activity", "prognosis", "function"]))
    with at_desk.gateway.store.reading() as read:
        before, after = (version.certificate for version in read.versions(case))
    changed = [item for item in ANSWERABLE if value_of(before, item) != value_of(after, item)]
    assert changed == ["activity"]
    assert (before.patient, before.author, before.purpose) == (after.patient, after.author, after.purpose)
    told = seen(at_desk, clarification)["answers"]
    assert [(each["items"], each["joined_to"], each["version"]) for each in told] == [(["activity"], 1, 2)]
    proof = told[0]["untouched"]
    assert [each["item"] for each in proof] == [item for item in ANSWERABLE if item != "activity"]
    assert all(each["before"] == each["after"] for each in proof)
    assert len({each["before"] for each in proof}) > 2


def test_more_than_was_asked_is_told_and_not_taken_in(at_desk: Desk) -> None:
    clarification = asked(at_desk, ACTIVITY)
    tree = answer(clarification, ["activity", "prognosis"])
    outcome = at_desk.hand_in(tree)
    assert outcome.verdict == "accepted-with-remarks"
    place = [entry["resource"]["resourceType"] for entry in tree["entry"]].index("ClinicalImpression")
    found = [each for each in receipt(outcome)["findings"] if each["rule"] == "answer-beyond-question"]
    assert [(each["item"], each["path"]) for each in found] == [("prognosis", f"Bundle.entry[{place}].resource")]


def test_each_item_keeps_its_own_author_and_date(at_desk: Desk) -> None:
    case = certified(at_desk)
    at_desk.hand_in(answer(asked(at_desk, ACTIVITY, certificate=case), ["activity"], date=ASKED))
    found = assessed(at_desk, case)
    base, other = (_hpr(tree) for tree in (message(), message("every-mapped-element")))
    assert base != other
    assert {(each["author"]["hpr"], each["dates"]["authored"]) for each in found["activity"]} == {
        (other, "2026-10-31T09:00:00Z")
    }
    written = {(each["author"]["hpr"], each["dates"]["authored"]) for each in [*found["resources"], *found["risks"]]}
    assert written == {(base, "2026-05-06T07:20:00Z")}
    # The certificate as a whole keeps its own date: later versions and withdrawals are told apart by it.
    assert found["authored"] == "2026-05-06T07:20:00Z"


def test_the_document_names_who_answered_a_section(at_desk: Desk) -> None:
    case = certified(at_desk)
    at_desk.hand_in(answer(asked(at_desk, ACTIVITY, certificate=case), ["activity"]))
    found = assess_document(case, at_desk.gateway)
    assert found is not None
    sections = {each["code"]["coding"][0]["code"]: each for each in resource(found, "Composition")["section"]}
    (author,) = sections["activity"]["author"]
    assert author["identifier"]["value"] == _hpr(message("every-mapped-element"))
    assert [item for item, section in sections.items() if "author" in section] == ["activity"]


def _hpr(tree: Json) -> str:
    found: str = resource(tree, "Practitioner")["identifier"][0]["value"]
    return found


def test_an_incomplete_certificate_becomes_complete_by_answers(at_desk: Desk) -> None:
    # The policy for FHIR is to reject what is missing; who answers one of two questions has answered all the same.
    case = holding(at_desk).hand_in(without(without(message(), "prognosis"), "health-risk")).case or ""
    clarification = clarify.ask(Question(case), at_desk.gateway)
    assert isinstance(clarification, str)
    first = at_desk.hand_in(answer(clarification, ["prognosis"]))
    assert (first.verdict, told_of(first)) == ("incomplete", {"health-risk-missing": 1})
    second = at_desk.hand_in(answer(clarification, ["health-risk"], number=101))
    assert (second.verdict, told_of(second)) == ("accepted", {})
    assert assessed(at_desk, case)["verdict"] == "accepted"


def test_an_empty_answer_to_a_required_item_does_not_answer_it(at_desk: Desk) -> None:
    case = holding(at_desk).hand_in(without(message(), "prognosis")).case or ""
    clarification = clarify.ask(Question(case), at_desk.gateway)
    assert isinstance(clarification, str)
    tree = answer(clarification, ["prognosis"])
    impression = resource(tree, "ClinicalImpression")
    impression.pop("extension", None)
    impression.pop("prognosisCodeableConcept", None)
    outcome = at_desk.hand_in(tree)
    assert outcome.verdict == "incomplete"
    assert "prognosis-missing" in rules(outcome)


def test_the_same_answer_again_changes_nothing(at_desk: Desk) -> None:
    clarification = asked(at_desk)
    first = at_desk.hand_in(answer(clarification, ["activity"]))
    counts = at_desk.counts()
    assert at_desk.hand_in(answer(clarification, ["activity"])).answer == first.answer
    assert at_desk.counts() == counts
    # Under another message id it is held against the question as it stands: it says what is known, and no more.
    events = at_desk.events()
    assert receipt(at_desk.hand_in(answer(clarification, ["activity"], number=101)))["version"] is None
    assert at_desk.events() == events
    assert standings(at_desk, clarification)[0] == ("activity", "answered", 2)


def test_two_answers_to_one_item_leave_the_later_one(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, RISK, certificate=case)
    late, early = "2026-10-31T12:00:00+01:00", "2026-10-31T10:00:00+01:00"
    at_desk.hand_in(answer(clarification, ["health-risk"], date=late))
    newest = assessed(at_desk, case)
    at_desk.hand_in(answer(clarification, ["health-risk"], number=101, date=early, sections="ptsd-changes-by-the-hour"))
    assert assessed(at_desk, case)["risks"] == newest["risks"]
    assert at_desk.versions(case) == [(1, False), (2, True)]
    assert standings(at_desk, clarification) == [("health-risk", "answered", 2)]
    assert unsorted(at_desk) == [("older-than-known", clarification)]


def test_a_late_answer_is_taken_in_and_marked_late(at_desk: Desk) -> None:
    clarification = asked(at_desk, ACTIVITY)
    at_desk.clock.now += timedelta(days=40)
    assert seen(at_desk, clarification)["overdue"]
    at_desk.hand_in(answer(clarification, ["activity"], date="2026-12-10T10:00:00+01:00"))
    told = seen(at_desk, clarification)
    assert (told["status"], told["targets"][0]["late"], told["overdue"]) == ("answered", True, False)


def test_a_decline_makes_no_version(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, certificate=case)
    outcome = at_desk.hand_in(answer(clarification, declined="not-seen"))
    assert (outcome.verdict, receipt(outcome)["version"]) == ("accepted", None)
    told = seen(at_desk, clarification)
    assert (told["status"], [each["why"]["code"] for each in told["targets"]]) == ("declined", ["not-seen"] * 2)
    assert at_desk.versions(case) == [(1, True)]
    assert assessed(at_desk, case)["open"] == []


def test_one_item_answered_and_the_other_declined(at_desk: Desk) -> None:
    clarification = asked(at_desk)
    at_desk.hand_in(answer(clarification, ["activity"], declined="not-known", declined_items=["health-risk"]))
    assert standings(at_desk, clarification) == [("activity", "answered", 2), ("health-risk", "declined", None)]


@pytest.mark.parametrize("made", ["unknown", "unreadable", "other-certificate", "other-system", "not-asked"])
def test_an_answer_that_matches_nothing_is_put_aside_and_told_of(at_desk: Desk, made: str) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, ACTIVITY, certificate=case)
    tree = {
        "unknown": answer("00000000-0000-4000-8000-000000000000", ["activity"]),
        "unreadable": answer("no id; at all", ["activity"]),
        "other-certificate": answer(clarification, ["activity"], certificate="another"),
        "other-system": answer(clarification, ["activity"]),
        "not-asked": answer(clarification, ["prognosis"]),
    }[made]
    if made == "other-system":
        resource(tree, "MessageHeader")["source"]["endpoint"] = "urn:oid:2.16.578.1.12.4.1.2.8143999"
    outcome = at_desk.hand_in(tree)
    assert (outcome.verdict, outcome.answer.status, outcome.case) == ("accepted-with-remarks", 200, None)
    beyond = {"answer-beyond-question": 1} if made == "not-asked" else {}
    assert told_of(outcome) == {"answer-unsorted": 1} | beyond
    why = made if made in {"other-certificate", "not-asked"} else "clarification-unknown"
    assert unsorted(at_desk) == [(why, None if made in {"unknown", "unreadable"} else clarification)]
    assert standings(at_desk, clarification) == [("activity", "open", None)]
    assert at_desk.versions(case) == [(1, True)]
    assert at_desk.counts()["case"] == 1


def test_an_answer_about_another_patient_is_refused(at_desk: Desk) -> None:
    clarification = asked(at_desk, ACTIVITY)
    tree = answer(clarification, ["activity"])
    resource(tree, "Patient")["identifier"] = resource(message("every-mapped-element"), "Patient")["identifier"]
    outcome = at_desk.hand_in(tree)
    assert outcome.verdict == "rejected"
    assert "revision-of-other-patient" in rules(outcome)
    assert standings(at_desk, clarification) == [("activity", "open", None)]


def test_an_answer_to_a_withdrawn_certificate_does_not_revive_it(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, certificate=case)
    at_desk.hand_in(answer(clarification, ["activity"]))
    at_desk.hand_in(withdrawal(9, "2026-11-03T09:00:00+01:00"))
    assert standings(at_desk, clarification) == [("activity", "open", None), ("health-risk", "open", None)]
    at_desk.hand_in(answer(clarification, ["health-risk"], number=102, date="2026-11-04T09:00:00+01:00"))
    assert unsorted(at_desk) == [("certificate-withdrawn", clarification)]
    assert assess(case, at_desk.gateway) is None


def test_a_new_version_settles_what_was_missing_and_not_what_was_unclear(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, certificate=case)
    whole = authored(numbered(message("every-mapped-element"), 11), ASKED)
    resource(whole, "MessageHeader")["source"] = resource(message(), "MessageHeader")["source"]
    resource(whole, "Composition")["identifier"] = resource(message(), "Composition")["identifier"]
    resource(whole, "Composition").pop("relatesTo", None)
    resource(whole, "Patient")["identifier"] = resource(message(), "Patient")["identifier"]
    assert at_desk.hand_in(whole).case == case
    assert standings(at_desk, clarification) == [("activity", "answered", 2), ("health-risk", "open", None)]


# ---- what an answer must not do ----


@pytest.mark.parametrize("status", ["entered-in-error", "preliminary"])
def test_an_answer_that_is_no_answer_yet_or_no_more_is_not_joined(at_desk: Desk, status: str) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, ACTIVITY, certificate=case)
    tree = answer(clarification, ["activity"])
    resource(tree, "Composition")["status"] = status
    at_desk.hand_in(tree)
    assert standings(at_desk, clarification) == [("activity", "open", None)]
    assert at_desk.versions(case) == [(1, True)]
    # One that takes itself back needs nobody to sort it.
    assert unsorted(at_desk) == []


def _as_patient(tree: Json) -> None:
    number = resource(tree, "Patient")["identifier"][0]
    resource(tree, "Practitioner")["identifier"].append(dict(number))


def _unnamed(tree: Json) -> None:
    del resource(tree, "Patient")["identifier"]


def _unsigned(tree: Json) -> None:
    del resource(tree, "Composition")["author"]


def _wrong_number(tree: Json) -> None:
    resource(tree, "Practitioner")["identifier"][0]["value"] = "12"


@pytest.mark.parametrize(
    "change,rule",
    [
        (_as_patient, "author-is-patient"),
        (_unnamed, "patient-missing"),
        (_unsigned, "author-missing"),
        (_wrong_number, "hpr-invalid"),
    ],
)
def test_whose_answer_it_is_is_looked_at(at_desk: Desk, change: Callable[[Json], None], rule: str) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, ACTIVITY, certificate=case)
    tree = answer(clarification, ["activity"])
    change(tree)
    outcome = at_desk.hand_in(tree)
    assert (outcome.verdict, outcome.answer.status) == ("rejected", 422)
    assert rule in rules(outcome)
    assert standings(at_desk, clarification) == [("activity", "open", None)]
    assert at_desk.versions(case) == [(1, True)]


def test_a_withdrawal_works_after_an_answer_whatever_its_date(at_desk: Desk) -> None:
    case = certified(at_desk)
    at_desk.hand_in(answer(asked(at_desk, certificate=case), ["activity", "health-risk"], date="2099-01-01T00:00:00Z"))
    at_desk.hand_in(withdrawal(8, resource(message(), "Composition")["date"]))
    assert assess(case, at_desk.gateway) is None
    assert at_desk.events()[-1] == ("withdrawn", 3)


def test_an_answer_from_the_future_counts_from_its_arrival(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, RISK, certificate=case)
    at_desk.hand_in(answer(clarification, ["health-risk"], date="2099-01-01T00:00:00Z"))
    at_desk.clock.now += timedelta(days=3)
    later = answer(
        clarification,
        ["health-risk"],
        number=101,
        sections="ptsd-changes-by-the-hour",
        date="2026-11-03T10:00:00+01:00",
    )
    assert receipt(at_desk.hand_in(later))["version"] == 3


@pytest.mark.parametrize("first", ["whole", "answer"])
def test_an_answer_and_an_older_whole_version_end_the_same_in_either_order(at_desk: Desk, first: str) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, ACTIVITY, certificate=case)
    whole = authored(numbered(message("back-pain-tolerates-load"), 31), "2026-10-31T08:00:00+01:00")
    resource(whole, "MessageHeader")["source"] = resource(message(), "MessageHeader")["source"]
    resource(whole, "Composition")["identifier"] = resource(message(), "Composition")["identifier"]
    resource(whole, "Composition").pop("relatesTo", None)
    resource(whole, "Patient")["identifier"] = resource(message(), "Patient")["identifier"]
    answered = answer(clarification, ["activity"], date="2026-10-31T09:00:00+01:00")
    for tree in (whole, answered) if first == "whole" else (answered, whole):
        assert at_desk.hand_in(tree).case == case
    with at_desk.gateway.store.reading() as read:
        current = read.current_version(case)
    assert current is not None
    assert current.certificate.activity.state == "stated"
    assert [entry.code.code for entry in current.certificate.diagnosis if entry.code] == ["L86"]
    assert standings(at_desk, clarification)[0][1] == "answered"


def test_what_a_later_whole_version_leaves_out_stays_answered(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, ACTIVITY, certificate=case)
    at_desk.hand_in(answer(clarification, ["activity"]))
    at_desk.hand_in(authored(numbered(message(), 32), "2026-11-01T08:00:00+01:00"))
    assert at_desk.versions(case) == [(1, False), (2, False), (3, True)]
    assert standings(at_desk, clarification)[0][1] == "answered"
    assert {each["dates"]["authored"] for each in assessed(at_desk, case)["activity"]} == {"2026-10-31T09:00:00Z"}


def test_not_assessed_is_no_answer_to_what_is_missing(at_desk: Desk) -> None:
    case = holding(at_desk).hand_in(without(message(), "health-risk")).case or ""
    clarification = clarify.ask(Question(case), at_desk.gateway)
    assert isinstance(clarification, str)
    tree = answer(clarification, ["health-risk"])
    (section,) = resource(tree, "Composition")["section"]
    del section["entry"]
    system = "http://terminology.hl7.org/CodeSystem/list-empty-reason"
    section["emptyReason"] = {"coding": [{"system": system, "code": "notasked"}]}
    section["text"] = {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">Ikke vurdert</div>'}
    outcome = at_desk.hand_in(tree)
    assert (outcome.verdict, receipt(outcome)["version"]) == ("incomplete", 2)
    assert standings(at_desk, clarification) == [("health-risk", "open", None)]


def test_the_sender_is_told_of_the_answer_and_not_of_what_stood_before(at_desk: Desk) -> None:
    first = message("every-mapped-element")
    resource(first, "MessageHeader")["source"] = resource(message(), "MessageHeader")["source"]
    resource(first, "Composition")["identifier"] = resource(message(), "Composition")["identifier"]
    resource(first, "Patient")["identifier"] = resource(message(), "Patient")["identifier"]
    told = [entry["resource"] for entry in first["entry"] if "valueString" in entry["resource"]]
    told[-1]["valueString"] = "Pasienten har lumbago. Pasienten bør innvilges AAP."
    outcome = at_desk.hand_in(first)
    assert "benefit-recommended-in-prose" in rules(outcome)
    clarification = asked(at_desk, Target("prognosis", "unclear"), certificate=outcome.case)
    answered = at_desk.hand_in(answer(clarification, ["prognosis"]))
    assert "benefit-recommended-in-prose" not in rules(answered)
    remarks = [each["rule"] for each in assessed(at_desk, outcome.case)["remarks"]]
    assert "benefit-recommended-in-prose" in remarks


def test_a_decline_of_something_else_is_put_aside(at_desk: Desk) -> None:
    clarification = asked(at_desk, ACTIVITY)
    at_desk.hand_in(answer(clarification, declined="not-known", declined_items=["employment"]))
    assert unsorted(at_desk) == [("not-asked", clarification)]


def test_what_was_put_aside_is_looked_at_anew_when_it_comes_again(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, ACTIVITY, certificate=case)
    at_desk.hand_in(withdrawal(9, "2026-11-01T10:00:00+01:00"))
    at_desk.hand_in(answer(clarification, ["activity"]))
    assert unsorted(at_desk) == [("certificate-withdrawn", clarification)]
    at_desk.hand_in(authored(numbered(message(), 33), "2026-11-01T11:00:00+01:00"))
    assert receipt(at_desk.hand_in(answer(clarification, ["activity"], number=101)))["version"] is not None
    assert standings(at_desk, clarification)[0][1] == "answered"


# ---- what the counsellor does meanwhile ----


def test_nobody_is_reminded_about_a_withdrawn_certificate_or_handed_their_own_question(at_desk: Desk) -> None:
    clarification = asked(at_desk, ACTIVITY)
    with pytest.raises(NotNowError):
        clarify.hand_over(clarification, SENDER, at_desk.gateway)
    at_desk.hand_in(withdrawal(9, "2026-11-01T10:00:00+01:00"))
    with pytest.raises(NotNowError):
        clarify.remind(clarification, at_desk.gateway)
    with pytest.raises(NotNowError):
        clarify.hand_over(clarification, OTHER_SYSTEM, at_desk.gateway)


def test_no_question_to_a_system_that_could_not_fetch_it(at_desk: Desk) -> None:
    tree = message()
    resource(tree, "MessageHeader")["source"]["endpoint"] = "https://epj.example/fhir"
    case = at_desk.hand_in(tree).case or ""
    assert refused(at_desk, Question(case, (ACTIVITY,))) == [("receiver-unreachable", None)]


def test_a_reminder_asks_what_is_still_open_in_the_same_conversation(at_desk: Desk) -> None:
    clarification = asked(at_desk)
    at_desk.hand_in(answer(clarification, ["activity"]))
    clarify.remind(clarification, at_desk.gateway)
    found = deliver.fetch(SENDER, 0, 10, at_desk.gateway)
    assert [(each.outgoing.kind, each.outgoing.clarification) for each in found] == [
        ("question", clarification),
        ("reminder", clarification),
    ]
    assert [each.target.item for each in found[1].outgoing.asked] == ["health-risk"]


def test_an_answer_that_is_returned_is_open_again(at_desk: Desk) -> None:
    clarification = asked(at_desk, RISK)
    with pytest.raises(NotNowError):
        clarify.give_back(clarification, "still-unclear", at_desk.gateway, items=frozenset(), not_payable=False)
    at_desk.hand_in(answer(clarification, ["health-risk"]))
    clarify.give_back(clarification, "still-unclear", at_desk.gateway, items=frozenset(), not_payable=True)
    told = seen(at_desk, clarification)
    assert told["targets"][0]["standing"] == "open"
    assert [each["code"] for each in told["not_payable"]] == ["still-unclear"]
    sent = deliver.fetch(SENDER, 0, 10, at_desk.gateway)[-1].outgoing
    assert (sent.kind, sent.reason, sent.not_payable, len(sent.asked)) == ("return", "still-unclear", True, 1)
    at_desk.hand_in(answer(clarification, ["health-risk"], number=103, date="2026-11-05T10:00:00+01:00"))
    assert (seen(at_desk, clarification)["status"], seen(at_desk, clarification)["targets"][0]["rounds"]) == (
        "answered",
        2,
    )


def test_a_withdrawn_question_asks_nothing_and_a_late_answer_is_taken_in_all_the_same(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, certificate=case)
    clarify.withdraw(clarification, "no-longer-needed", at_desk.gateway)
    sent = deliver.fetch(SENDER, 0, 10, at_desk.gateway)[-1].outgoing
    assert (sent.kind, sent.reason, sent.asked) == ("withdrawal", "no-longer-needed", ())
    assert assessed(at_desk, case)["open"] == []
    for verb in (clarify.remind, clarify.pause, clarify.resume):
        with pytest.raises(NotNowError):
            verb(clarification, at_desk.gateway)
    with pytest.raises(NotNowError):
        clarify.withdraw(clarification, "no-longer-needed", at_desk.gateway)
    with pytest.raises(NotNowError):
        clarify.hand_over(clarification, OTHER_SYSTEM, at_desk.gateway)
    assert receipt(at_desk.hand_in(answer(clarification, ["activity"])))["version"] == 2
    assert seen(at_desk, clarification)["status"] == "withdrawn"


def test_another_clinician_takes_over(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, ACTIVITY, certificate=case)
    deliver.fetch(SENDER, 0, 10, at_desk.gateway)
    clarify.hand_over(clarification, OTHER_SYSTEM, at_desk.gateway)
    assert waiting(at_desk) == [("question", clarification), ("withdrawal", clarification)]
    taken_back = deliver.fetch(SENDER, 0, 10, at_desk.gateway)[-1].outgoing
    assert (taken_back.reason, taken_back.asked) == ("handed-over", ())
    assert seen(at_desk, clarification)["status"] == "ordered"
    theirs = deliver.fetch(OTHER_SYSTEM, 0, 10, at_desk.gateway)[0].outgoing
    assert (theirs.kind, theirs.author.hpr, [each.target for each in theirs.asked]) == ("question", None, [ACTIVITY])
    assert seen(at_desk, clarification)["status"] == "sent"
    tree = answer(clarification, ["activity"])
    resource(tree, "MessageHeader")["source"]["endpoint"] = "urn:oid:2.16.578.1.12.4.1.2.8143999"
    outcome = at_desk.hand_in(tree)
    assert (outcome.case, receipt(outcome)["version"]) == (case, 2)
    assert seen(at_desk, clarification)["status"] == "answered"


def test_a_pause_moves_the_dates(at_desk: Desk) -> None:
    clarification = asked(at_desk, ACTIVITY)
    clarify.pause(clarification, at_desk.gateway)
    with pytest.raises(NotNowError):
        clarify.pause(clarification, at_desk.gateway)
    at_desk.clock.now += timedelta(days=7)
    clarify.resume(clarification, at_desk.gateway)
    assert seen(at_desk, clarification)["due"] == "2026-11-26"


def test_an_unknown_clarification_is_not_found(at_desk: Desk) -> None:
    for name in ("no-such-one", "", "\x00"):
        with pytest.raises(NotFoundError):
            clarify.clarification(name, at_desk.gateway)
        with pytest.raises(NotFoundError):
            clarify.remind(name, at_desk.gateway)
    assert clarify.clarifications("no-such-case", at_desk.gateway) == []


# ---- all or nothing ----


def test_an_error_at_any_statement_of_an_answer_leaves_nothing_of_it(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, certificate=case)
    engine, before = at_desk.gateway.store.engine, at_desk.counts()
    count = 0
    limit = 1

    def fail(_connection: Connection, _cursor: object, _statement: str, *_: object) -> None:
        nonlocal count
        count += 1
        if count == limit:
            raise ZeroDivisionError

    event.listen(engine, "before_cursor_execute", fail)
    tree = answer(clarification, ["activity"], declined="not-known", declined_items=["health-risk"])
    while True:
        count = 0
        try:
            at_desk.hand_in(tree)
        except GatewayError:
            limit += 1
            assert limit < 100
            continue
        break
    event.remove(engine, "before_cursor_execute", fail)
    after = at_desk.counts()
    assert limit > 12
    assert {name: after[name] - before[name] for name in ("version", "feed", "clarification_event", "message")} == {
        "version": 1,
        "feed": 1,
        "clarification_event": 2,
        "message": 1,
    }
    with at_desk.gateway.store.reading() as read:
        assert read.check_ledger()


def test_nothing_of_question_or_answer_lies_in_the_clear(at_desk: Desk) -> None:
    words = "stillesittende arbeid"
    clarification = asked(at_desk, RISK)
    deliver.acknowledge(
        deliver.fetch(SENDER, 0, 10, at_desk.gateway)[0].outgoing.id, SENDER, at_desk.gateway, "Ukjent pasient"
    )
    at_desk.hand_in(answer(clarification, ["health-risk"]))
    with at_desk.gateway.store.engine.connect() as connection:
        rows = [
            bytes(value).decode("utf-8", "ignore") if isinstance(value, (bytes, memoryview)) else str(value)
            for name in ("clarification", "clarification_event", "outbox", "unsorted")
            for row in connection.execute(metadata.tables[name].select())
            for value in row
        ]
    found = "\n".join(rows)
    assert words not in found
    assert "patient-unknown" not in found
    assert resource(message(), "Patient")["identifier"][0]["value"] not in found
