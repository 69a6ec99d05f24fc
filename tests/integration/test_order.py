"""From a counsellor's order to the certificate that answers it, on both engines: sent, answered, withdrawn."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, select

from certgateway import bootstrap
from certgateway.domain.dialogue_events import Measure, Target
from certgateway.domain.errors import GatewayError, NotNowError
from certgateway.domain.ordering import CaseQuestion, Order
from certgateway.services import clarify, deliver, sort
from certgateway.services.assess import assess
from certgateway.services.examine import House
from certgateway.services.order import order, orders_about
from certgateway.services.pose import Question
from certgateway.store.tables import clarification as clarification_table
from certgateway.store.tables import metadata
from tests import kith
from tests.integration.answering import answer
from tests.integration.ordering import (
    EVERYTHING,
    GP,
    HOSPITAL,
    MEASURE,
    NOBODY,
    PATIENT,
    PSYCHIATRIST,
    REQUIRED,
    WHOLE,
    wanted,
    written_for,
)
from tests.integration.receiving import SENDER, Desk, desk, holding, message, receipt, resource, rules
from tests.integration.replying import note, reply

Json = dict[str, Any]
LATER = "2026-11-01T09:00:00+01:00"
FIRST = "5e2f0001-0d0c-4a10-9e00-000000000001"
"""The conversation of the fixture in the old form."""


@pytest.fixture(scope="module")
def house() -> House:
    return bootstrap.build_house("synthetic")


@pytest.fixture
def at_desk(url: str, house: House) -> Iterator[Desk]:
    opened = desk(url, house)
    yield opened
    opened.gateway.store.close()


def placed(at_desk: Desk, *questions: str, **more: Any) -> str:  # noqa: ANN401
    found = order(wanted(*questions, **more), at_desk.gateway)
    assert isinstance(found, str), found
    return found


def refused(at_desk: Desk, wish: Order) -> list[tuple[str, int | None]]:
    found = order(wish, at_desk.gateway)
    assert not isinstance(found, str)
    return [(each.why, each.question) for each in found]


def seen(at_desk: Desk, uuid: str) -> Json:
    return clarify.clarification(uuid, at_desk.gateway)


def standings(at_desk: Desk, uuid: str) -> dict[str, str]:
    """How each target stands, by its question or its item."""
    return {_key(each): each["standing"] for each in seen(at_desk, uuid)["targets"]}


def open_keys(at_desk: Desk, uuid: str) -> list[str]:
    return [key for key, standing in standings(at_desk, uuid).items() if standing == "open"]


def _key(told: Json) -> str:
    found: str = told["question"]["code"] if told["question"] else told["item"]
    return found


def kinds(at_desk: Desk, uuid: str) -> list[str]:
    return [each["kind"] for each in seen(at_desk, uuid)["events"]]


def waiting(at_desk: Desk, receiver: str = SENDER) -> list[tuple[str, list[str]]]:
    return [
        (each.outgoing.kind, [asked.target.key for asked in each.outgoing.asked])
        for each in deliver.fetch(receiver, 0, 10, at_desk.gateway)
    ]


# ---- ordering ----


def test_an_order_waits_for_a_system_that_has_never_sent_anything(at_desk: Desk) -> None:
    uuid = placed(at_desk, *EVERYTHING, receiver=HOSPITAL, clinician=PSYCHIATRIST)
    told = seen(at_desk, uuid)
    assert (told["kind"], told["certificate"], told["version"], told["status"]) == ("order", None, None, "ordered")
    assert (told["receiver"], told["clinician"]["hpr"], told["clinician"]["role"]["code"]) == (
        HOSPITAL,
        PSYCHIATRIST.hpr,
        "hospital-specialist",
    )
    # 1 November 2026 is a Sunday: fourteen working days later is the 19th, twenty-one the 30th.
    assert (told["due"], told["reminder_due"], told["second_look_due"]) == ("2026-11-19", "2026-11-19", "2026-11-30")
    assert [_key(each) for each in told["targets"]] == [*WHOLE, *EVERYTHING]
    (outgoing,) = (each.outgoing for each in deliver.fetch(HOSPITAL, 0, 10, at_desk.gateway))
    assert (outgoing.order, outgoing.certificate, outgoing.patient) == (True, None, PATIENT)
    assert (outgoing.author.hpr, outgoing.author.organisation) == (PSYCHIATRIST.hpr, PSYCHIATRIST.organisation)
    assert outgoing.measure == MEASURE
    assert waiting(at_desk) == []


def test_every_reason_against_an_order_is_told_at_once_and_nothing_is_kept(at_desk: Desk) -> None:
    placed(at_desk, "since-when")
    before = at_desk.counts()
    wish = replace(
        wanted(),
        clinician=replace(GP, role="sorcerer", organisation="123456789"),
        questions=(
            CaseQuestion("compatible-with-treatment", "Bør hun få AAP, og hvor mange prosent kan hun jobbe?"),
            CaseQuestion("star-sign"),
            CaseQuestion("since-when"),
            CaseQuestion("since-when"),
        ),
        measure=Measure("Omskolering", ("flying",)),
    )
    assert refused(at_desk, wish) == [
        ("clinician-role-unknown", None),
        ("organisation-number-invalid", None),
        ("asks-for-benefit", 0),
        ("asks-for-work-ability", 0),
        ("question-unknown", 1),
        ("already-open", 2),
        ("asked-twice", 3),
        ("already-open", 3),
        ("asks-for-advice", None),
        ("demand-unknown", None),
    ]
    assert at_desk.counts() == before


def test_the_same_order_is_refused_while_it_is_open_for_the_same_patient_and_clinician(at_desk: Desk) -> None:
    uuid = placed(at_desk, "since-when")
    assert refused(at_desk, wanted("since-when")) == [("already-open", 0)]
    assert refused(at_desk, wanted()) == [("already-open", None)]
    placed(at_desk, "since-when", patient=NOBODY)
    placed(at_desk, "since-when", clinician=PSYCHIATRIST, receiver=HOSPITAL)
    clarify.withdraw(uuid, "no-longer-needed", at_desk.gateway)
    placed(at_desk, "since-when")


def test_of_two_that_order_the_same_at_once_one_is_told_that_it_is_open(at_desk: Desk) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: order(wanted("since-when"), at_desk.gateway), range(8)))
    assert sum(isinstance(each, str) for each in found) == 1
    assert at_desk.counts()["clarification"] == 1
    assert len(waiting(at_desk)) == 1


# ---- answers ----


def test_a_certificate_that_answers_everything_settles_the_order(at_desk: Desk) -> None:
    uuid = placed(at_desk, *EVERYTHING)
    outcome = at_desk.hand_in(written_for(uuid))
    assert "order-unknown" not in rules(outcome)
    told = seen(at_desk, uuid)
    assert (told["status"], told["certificate"], told["version"]) == ("answered", outcome.case, 1)
    assert {each["certificate"] for each in told["targets"]} == {outcome.case}
    assert kinds(at_desk, uuid) == ["ordered", "fulfilled"]
    assert [each["clarification"] for each in clarify.clarifications(outcome.case or "", at_desk.gateway)] == [uuid]


def test_what_a_certificate_leaves_out_stays_open_and_is_reminded_and_a_later_version_settles_it(at_desk: Desk) -> None:
    uuid = placed(at_desk, *EVERYTHING)
    outcome = at_desk.hand_in(written_for(uuid, without=("onset", "treatment")))
    assert open_keys(at_desk, uuid) == ["since-when", "compatible-with-treatment"]
    assert seen(at_desk, uuid)["status"] == "partly-answered"
    shown = assess(outcome.case or "", at_desk.gateway)
    assert shown is not None
    assert [(each["item"], [one["clarification"] for one in each["asked"]]) for each in shown["open"]] == [
        ("onset", [uuid]),
        ("treatment", [uuid]),
    ]
    clarify.remind(uuid, at_desk.gateway)
    reminder = deliver.fetch(SENDER, 0, 10, at_desk.gateway)[-1].outgoing
    assert (reminder.kind, [each.target.key for each in reminder.asked]) == (
        "reminder",
        ["since-when", "compatible-with-treatment"],
    )
    assert reminder.certificate is not None
    assert reminder.certificate.code == resource(written_for(uuid), "Composition")["identifier"]["value"]
    at_desk.hand_in(written_for(uuid, number=201, date=LATER))
    told = seen(at_desk, uuid)
    assert (told["status"], told["version"]) == ("answered", 2)
    assert [each["version"] for each in told["targets"]] == [2] * len(told["targets"])


def test_a_later_version_that_leaves_out_again_opens_again(at_desk: Desk) -> None:
    uuid = placed(at_desk, "since-when")
    at_desk.hand_in(written_for(uuid))
    # What purpose it has is no matter: it is the certificate that the order is joined to.
    at_desk.hand_in(written_for("NAV-1", number=201, date=LATER, without=("onset",), reason="update"))
    assert open_keys(at_desk, uuid) == ["since-when"]
    assert kinds(at_desk, uuid) == ["ordered", "fulfilled", "fulfilled"]


def test_the_answer_may_come_as_an_answer_to_the_rest(at_desk: Desk) -> None:
    uuid = placed(at_desk, "since-when", "load-to-try", patient=replace(PATIENT, number="23909841313"))
    tree = written_for(uuid, REQUIRED, patient=replace(PATIENT, number="23909841313"))
    at_desk.hand_in(tree)
    assert open_keys(at_desk, uuid) == ["since-when", "load-to-try"]
    at_desk.hand_in(answer(uuid, ["onset"], number=300, date=LATER))
    assert open_keys(at_desk, uuid) == ["load-to-try"]
    at_desk.hand_in(answer(uuid, declined="not-known", declined_items=["function"], number=301, date=LATER))
    assert standings(at_desk, uuid)["load-to-try"] == "declined"


def test_an_incomplete_certificate_leaves_the_required_item_open_and_it_is_not_asked_for_twice(at_desk: Desk) -> None:
    holder = holding(at_desk)
    asking = replace(holder, gateway=replace(holder.gateway, asks_missing=True))
    uuid = placed(asking)
    outcome = asking.hand_in(written_for(uuid, without=("prognosis",)))
    assert outcome.verdict == "incomplete"
    assert open_keys(at_desk, uuid) == ["prognosis"]
    assert [each["kind"] for each in clarify.clarifications(outcome.case or "", at_desk.gateway)] == ["order"]


def test_withdrawing_the_certificate_opens_the_order_again(at_desk: Desk) -> None:
    uuid = placed(at_desk, "since-when")
    at_desk.hand_in(written_for(uuid))
    gone = written_for(uuid, number=201, date=LATER)
    resource(gone, "Composition")["status"] = "entered-in-error"
    at_desk.hand_in(gone)
    told = seen(at_desk, uuid)
    assert (told["status"], told["certificate"]) == ("ordered", None)
    assert open_keys(at_desk, uuid) == [*WHOLE, "since-when"]
    clarify.remind(uuid, at_desk.gateway)
    again = at_desk.hand_in(written_for(uuid, number=202, date=LATER, name="another-certificate"))
    assert (seen(at_desk, uuid)["status"], seen(at_desk, uuid)["certificate"]) == ("answered", again.case)


def test_what_was_returned_is_answered_by_what_says_something_else(at_desk: Desk) -> None:
    uuid = placed(at_desk, "since-when")
    at_desk.hand_in(written_for(uuid))
    clarify.give_back(uuid, "still-unclear", at_desk.gateway, items=frozenset({"since-when"}), not_payable=False)
    assert open_keys(at_desk, uuid) == ["since-when"]
    at_desk.hand_in(written_for(uuid, number=201, date=LATER))
    assert open_keys(at_desk, uuid) == ["since-when"]
    other = written_for(uuid, number=202, date="2026-11-01T09:30:00+01:00")
    onset = next(
        entry["resource"]
        for entry in other["entry"]
        if entry["resource"]["resourceType"] == "Observation"
        and entry["resource"]["code"]["coding"][0]["code"] == "onset"
    )
    onset["valueDateTime"] = "2025-01-15"
    at_desk.hand_in(other)
    assert seen(at_desk, uuid)["status"] == "answered"


def test_a_certificate_counts_though_nav_has_withdrawn_the_order(at_desk: Desk) -> None:
    uuid = placed(at_desk)
    clarify.withdraw(uuid, "no-longer-needed", at_desk.gateway)
    outcome = at_desk.hand_in(written_for(uuid))
    assert "order-unknown" not in rules(outcome)
    told = seen(at_desk, uuid)
    assert (told["status"], told["certificate"]) == ("withdrawn", outcome.case)


def test_the_same_certificate_again_changes_nothing(at_desk: Desk) -> None:
    uuid = placed(at_desk)
    at_desk.hand_in(written_for(uuid))
    before = kinds(at_desk, uuid)
    at_desk.hand_in(written_for(uuid))
    at_desk.hand_in(written_for(uuid, number=201))
    assert kinds(at_desk, uuid) == before


def test_history_that_names_the_order_joins_the_certificate_as_it_stands(at_desk: Desk) -> None:
    uuid = placed(at_desk, "since-when")
    at_desk.hand_in(written_for("NAV-1", number=201, date=LATER, without=("onset",)))
    assert kinds(at_desk, uuid) == ["ordered"]
    at_desk.hand_in(written_for(uuid))
    assert open_keys(at_desk, uuid) == ["since-when"]
    assert seen(at_desk, uuid)["version"] == 1


# ---- whose order it is ----


def test_an_order_that_is_not_this_one_s_is_unknown_whatever_the_reason(at_desk: Desk) -> None:
    uuid = placed(at_desk, "since-when")
    found = [
        at_desk.hand_in(written_for("0f5d0c1e-0000-4000-a000-000000000009", number=1, name="one")),
        at_desk.hand_in(written_for(uuid, number=2, name="two", patient=NOBODY)),
        at_desk.hand_in(written_for(uuid, number=3, name="three", sender="her:8143777")),
    ]
    assert {each.verdict for each in found} == {"accepted"}
    told = [
        {name: value for name, value in finding.items() if name not in {"line", "column"}}
        for outcome in found
        for finding in receipt(outcome)["findings"]
        if finding["rule"] == "order-unknown"
    ]
    assert len(told) == len(found)
    assert all(each == told[0] for each in told)
    assert told[0]["item"] == "purpose"
    assert kinds(at_desk, uuid) == ["ordered"]
    assert open_keys(at_desk, uuid) == [*WHOLE, "since-when"]


def test_a_question_is_no_order(at_desk: Desk) -> None:
    case = at_desk.hand_in(message()).case or ""
    asked = clarify.ask(Question(case, (Target("activity", "missing"),)), at_desk.gateway)
    assert isinstance(asked, str)
    base = message()
    patient = replace(PATIENT, number=resource(base, "Patient")["identifier"][0]["value"])
    assert rules(at_desk.hand_in(written_for(asked, patient=patient)))["order-unknown"] == 1


def test_a_certificate_that_names_no_order_is_told_of_none(at_desk: Desk) -> None:
    placed(at_desk, "since-when")
    assert "order-unknown" not in rules(at_desk.hand_in(message()))


def test_a_withdrawal_that_names_an_order_which_its_certificate_never_answered_is_no_news(at_desk: Desk) -> None:
    uuid = placed(at_desk)
    at_desk.hand_in(written_for("NAV-1"))
    gone = written_for(uuid, number=201, date=LATER)
    resource(gone, "Composition")["status"] = "entered-in-error"
    at_desk.hand_in(gone)
    assert kinds(at_desk, uuid) == ["ordered"]


def findings_of(at_desk: Desk, case: str | None) -> set[str]:
    """The rules that the current version of a certificate breaks, as NAV is told."""
    with at_desk.gateway.store.reading() as read:
        version = read.current_version(case or "")
    assert version is not None
    return {finding.rule for finding in version.findings}


def test_an_answer_is_told_nothing_of_the_order_and_nav_still_is(at_desk: Desk) -> None:
    base = message()
    patient = replace(PATIENT, number=resource(base, "Patient")["identifier"][0]["value"])
    case = at_desk.hand_in(written_for("NAV-1", REQUIRED, patient=patient)).case
    assert "order-unknown" in findings_of(at_desk, case)
    asked = clarify.ask(Question(case or "", (Target("activity", "missing"),)), at_desk.gateway)
    assert isinstance(asked, str)
    outcome = at_desk.hand_in(answer(asked, ["activity"]))
    assert "order-unknown" not in rules(outcome)
    assert "order-unknown" in findings_of(at_desk, case)


def test_an_order_stays_known_when_another_system_answers_a_question_about_its_certificate(at_desk: Desk) -> None:
    base = message()
    patient = replace(PATIENT, number=resource(base, "Patient")["identifier"][0]["value"])
    uuid = placed(at_desk, patient=patient)
    case = at_desk.hand_in(written_for(uuid, REQUIRED, patient=patient)).case
    asked = clarify.ask(Question(case or "", (Target("activity", "missing"),)), at_desk.gateway)
    assert isinstance(asked, str)
    clarify.hand_over(asked, HOSPITAL, at_desk.gateway)
    tree = answer(asked, ["activity"])
    resource(tree, "MessageHeader")["source"]["endpoint"] = "urn:oid:2.16.578.1.12.4.1.2.8143999"
    assert receipt(at_desk.hand_in(tree))["version"] == 2
    assert "order-unknown" not in findings_of(at_desk, case)
    assert seen(at_desk, uuid)["version"] == 2


# ---- what systems and clinicians do ----


def test_an_order_refused_by_a_system_is_handed_over_to_another_clinician(at_desk: Desk) -> None:
    uuid = placed(at_desk, "since-when")
    (first,) = deliver.fetch(SENDER, 0, 10, at_desk.gateway)
    deliver.acknowledge(first.outgoing.id, SENDER, at_desk.gateway, "clinician-unknown")
    told = seen(at_desk, uuid)
    assert (told["status"], told["refusal"]["code"], told["next_step"]) == (
        "refused",
        "clinician-unknown",
        "look-again",
    )
    clarify.hand_over(uuid, HOSPITAL, at_desk.gateway, PSYCHIATRIST)
    assert waiting(at_desk) == [("withdrawal", [])]
    (again,) = (each.outgoing for each in deliver.fetch(HOSPITAL, 0, 10, at_desk.gateway))
    assert (again.kind, again.order, again.author.hpr) == ("question", True, PSYCHIATRIST.hpr)
    assert [each.target.key for each in again.asked] == [*WHOLE, "since-when"]
    at_desk.hand_in(written_for(uuid, sender=HOSPITAL))
    assert seen(at_desk, uuid)["status"] == "answered"


def test_another_clinician_s_certificate_answers_the_rest(at_desk: Desk) -> None:
    uuid = placed(at_desk, "since-when")
    gp_s = at_desk.hand_in(written_for(uuid, without=("onset",)))
    clarify.hand_over(uuid, HOSPITAL, at_desk.gateway, PSYCHIATRIST)
    hospital_s = at_desk.hand_in(written_for(uuid, number=201, date=LATER, name="hospital-1", sender=HOSPITAL))
    told = seen(at_desk, uuid)
    assert (told["status"], told["certificate"]) == ("answered", hospital_s.case)
    gone = written_for(uuid, number=202, date="2026-11-01T09:30:00+01:00", name="hospital-1", sender=HOSPITAL)
    resource(gone, "Composition")["status"] = "entered-in-error"
    at_desk.hand_in(gone)
    # What the other certificate answers stands.
    assert open_keys(at_desk, uuid) == ["since-when"]
    assert seen(at_desk, uuid)["certificate"] == gp_s.case
    assert [each["clarification"] for each in clarify.clarifications(gp_s.case or "", at_desk.gateway)] == [uuid]
    clarify.remind(uuid, at_desk.gateway)
    reminder = deliver.fetch(HOSPITAL, 0, 10, at_desk.gateway)[-1].outgoing
    assert reminder.certificate is not None
    assert reminder.certificate.code == resource(message("every-mapped-element"), "Composition")["identifier"]["value"]


def test_a_certificate_in_the_old_form_answers_in_the_conversation_of_the_order(at_desk: Desk) -> None:
    base = kith.raw("good/conversation-update")
    uuid = placed(at_desk, "since-when", patient=NOBODY, receiver="her:8094231")
    at_desk.hand_in(kith.numbered(base, 1))
    assert kinds(at_desk, uuid) == ["ordered"]
    answering = kith.changed(base, (f">{FIRST}</RefToConversation", f">{uuid}</RefToConversation"))
    outcome = at_desk.hand_in(kith.numbered(answering, 2))
    told = seen(at_desk, uuid)
    assert (told["status"], told["certificate"]) == ("partly-answered", outcome.case)
    # That form has no field for health risk, and asks for functioning in words.
    assert open_keys(at_desk, uuid) == ["health-risk", "since-when"]


def test_another_clinician_of_the_same_system_can_get_it_and_the_same_one_cannot(at_desk: Desk) -> None:
    uuid = placed(at_desk)
    for clinician in (None, GP):
        with pytest.raises(NotNowError):
            clarify.hand_over(uuid, SENDER, at_desk.gateway, clinician)
    clarify.hand_over(uuid, SENDER, at_desk.gateway, PSYCHIATRIST)
    assert [each.outgoing.author.hpr for each in deliver.fetch(SENDER, 0, 10, at_desk.gateway)] == [
        GP.hpr,
        GP.hpr,
        PSYCHIATRIST.hpr,
    ]


def declining(uuid: str, number: int = 300, *, patient: str | None = None, **more: Any) -> Json:  # noqa: ANN401
    tree = answer(uuid, declined="not-seen", number=number, certificate="no-certificate-yet", **more)
    resource(tree, "Patient")["identifier"][0]["value"] = patient or PATIENT.number
    return tree


def test_a_clinician_declines_an_order_before_there_is_a_certificate(at_desk: Desk) -> None:
    uuid = placed(at_desk, "since-when")
    before = at_desk.counts()
    outcome = at_desk.hand_in(declining(uuid))
    assert (outcome.verdict, receipt(outcome)["certificate"]) == ("accepted", None)
    told = seen(at_desk, uuid)
    assert (told["status"], told["certificate"]) == ("declined", None)
    assert {each["why"]["code"] for each in told["targets"]} == {"not-seen"}
    after = at_desk.counts()
    assert {name for name in after if after[name] != before[name]} == {
        "clarification_event",
        "data_key",
        "ledger",
        "message",
        "original",
    }


def test_nobody_declines_an_order_for_another(at_desk: Desk) -> None:
    uuid = placed(at_desk, "since-when")
    other = declining(uuid, 301)
    resource(other, "MessageHeader")["source"]["endpoint"] = "urn:oid:2.16.578.1.12.4.1.2.8143777"
    strange = declining(uuid, 302, patient=NOBODY.number)
    stray = declining(uuid, 303, declined_items=["specialist"])
    for tree in (other, strange, stray, answer(uuid, ["activity"], number=304)):
        assert "answer-unsorted" in rules(at_desk.hand_in(tree))
    assert kinds(at_desk, uuid) == ["ordered"]
    assert [each["why"] for each in sort.unsorted_answers(at_desk.gateway)] == [
        "clarification-unknown",
        "clarification-unknown",
        "not-asked",
        "clarification-unknown",
    ]


def test_a_question_too_can_be_handed_over_to_somebody_by_name(at_desk: Desk) -> None:
    case = at_desk.hand_in(message()).case or ""
    asked = clarify.ask(Question(case, (Target("activity", "missing"),)), at_desk.gateway)
    assert isinstance(asked, str)
    clarify.hand_over(asked, HOSPITAL, at_desk.gateway, PSYCHIATRIST)
    (outgoing,) = (each.outgoing for each in deliver.fetch(HOSPITAL, 0, 10, at_desk.gateway))
    assert (outgoing.order, outgoing.author.hpr, outgoing.author.role) == (False, PSYCHIATRIST.hpr, PSYCHIATRIST.role)
    assert outgoing.certificate is not None


def test_all_verbs_of_a_question_are_those_of_an_order(at_desk: Desk) -> None:
    uuid = placed(at_desk, "since-when")
    clarify.pause(uuid, at_desk.gateway)
    at_desk.clock.now += timedelta(days=14)
    clarify.resume(uuid, at_desk.gateway)
    assert seen(at_desk, uuid)["due"] == "2026-12-03"
    clarify.remind(uuid, at_desk.gateway)
    at_desk.hand_in(written_for(uuid))
    clarify.rate(uuid, 4, at_desk.gateway)
    clarify.give_back(uuid, "still-unclear", at_desk.gateway, items=frozenset(), not_payable=True)
    clarify.withdraw(uuid, "known-otherwise", at_desk.gateway)
    told = seen(at_desk, uuid)
    assert (told["status"], told["not_payable"][0]["code"], told["ratings"]) == (
        "withdrawn",
        "still-unclear",
        {"counsellor": 4},
    )
    assert [kind for kind, _ in waiting(at_desk)] == ["question", "reminder", "return", "withdrawal"]


# ---- what is kept ----


def test_orders_are_found_by_the_patient(at_desk: Desk) -> None:
    uuid = placed(at_desk, "since-when")
    assert [each["clarification"] for each in orders_about(PATIENT.number or "", at_desk.gateway)] == [uuid]
    assert orders_about(NOBODY.number or "", at_desk.gateway) == []


def test_nothing_of_an_order_stands_in_the_database_unsealed(at_desk: Desk) -> None:
    uuid = placed(at_desk, *EVERYTHING)
    clarify.hand_over(uuid, HOSPITAL, at_desk.gateway, PSYCHIATRIST)
    at_desk.hand_in(written_for(uuid, sender=HOSPITAL))
    at_desk.hand_in(declining(uuid))
    secrets = [PATIENT.number or "", "Fjelltur", GP.hpr, PSYCHIATRIST.hpr, "Kari", "Arbeidstrening", "since-when"]
    with at_desk.gateway.store.engine.connect() as connection:
        rows = [
            (table.name, value if isinstance(value, bytes) else str(value).encode())
            for table in metadata.sorted_tables
            # What the sender was told is the sender's own; it stands as it was sent.
            for row in connection.execute(select(table))
            for name, value in row._mapping.items()
            if name not in {"receipt", "answer_body"}
        ]
    assert len(rows) > 100
    for secret in secrets:
        assert [name for name, value in rows if secret.encode() in value] == [], secret
    with at_desk.gateway.store.engine.connect() as connection:
        (row,) = connection.execute(select(clarification_table))
    assert row.patient == at_desk.gateway.sealer.digest(PATIENT.number or "", "patient")


def test_a_certificate_for_an_order_is_kept_whole_or_not_at_all(at_desk: Desk) -> None:
    uuid = placed(at_desk, "since-when")
    engine = at_desk.gateway.store.engine
    before, limit, count = at_desk.counts(), 1, 0

    def fail(_connection: Connection, _cursor: object, _statement: str, *_rest: object) -> None:
        nonlocal count
        count += 1
        if count == limit:
            raise ZeroDivisionError

    event.listen(engine, "before_cursor_execute", fail)
    while True:
        count = 0
        try:
            at_desk.hand_in(written_for(uuid))
        except GatewayError:
            limit += 1
            assert limit < 100
            continue
        break
    event.remove(engine, "before_cursor_execute", fail)
    after = at_desk.counts()
    assert limit > 12
    assert {name: after[name] - before[name] for name in ("version", "feed", "clarification_event")} == {
        "version": 1,
        "feed": 1,
        "clarification_event": 1,
    }
    assert seen(at_desk, uuid)["status"] == "answered"


def test_an_order_is_answered_in_words_before_there_is_a_certificate(at_desk: Desk) -> None:
    uuid = placed(at_desk, "since-when")
    said = "Pasienten er ikke undersøkt ennå, time neste uke."
    at_desk.hand_in(reply(uuid, note(said), patient=PATIENT.number))
    assert kinds(at_desk, uuid) == ["ordered", "replied"]
    told = clarify.clarification(uuid, at_desk.gateway)
    assert (told["next_step"], told["certificate"]) == ("read-answer", None)
    assert [part["text"] for part in told["replies"][0]["parts"]] == [
        "Pasienten er ikke undersøkt ennå, time neste uke."
    ]

    at_desk.hand_in(reply(uuid, patient=NOBODY.number, number=501))
    assert [each["why"] for each in sort.unsorted_answers(at_desk.gateway)] == ["other-patient"]

    clarify.settle(uuid, frozenset({"onset"}), at_desk.gateway)
    standings = {each["item"]: each["standing"] for each in clarify.clarification(uuid, at_desk.gateway)["targets"]}
    assert standings == dict.fromkeys(WHOLE, "open") | {"onset": "answered"}
