"""Posting to a receiver's own system over real HTTP: what arrives, what fails, what is given up, on both engines."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from certgateway import bootstrap
from certgateway.domain.errors import NotFoundError, NotNowError
from certgateway.domain.posting import LEASE, LONGEST_WISH, SCHEDULE
from certgateway.engine.xml.write import write
from certgateway.fhir.communication import question_message
from certgateway.kith.dialogmelding import write_dialogue
from certgateway.services import clarify, deliver, resend
from certgateway.services.examine import House
from certgateway.services.push import Noted
from certgateway.store.tables import outbox
from certgateway.trust.seal import SealBrokenError
from certgateway.trust.webhooks import Format
from certgateway.trust.xml_signing import Signatory, sign
from tests.functional.office import NOWHERE
from tests.integration.answering import answer
from tests.integration.listening_receiver import (
    Behave,
    answers,
    answers_late,
    certified,
    drips,
    hangs,
    hangs_up,
    listening,
    never_ends,
    stops_half_way,
    takes_its_time,
)
from tests.integration.pushing import (
    ACTIVITY,
    FUNCTION,
    RISK,
    SECONDS,
    asked,
    in_outbox,
    looked,
    outcomes,
    posting_to,
    stored,
)
from tests.integration.receiving import SENDER, START, Desk, desk, message, resource
from tests.signing import office, xmlsec_accepts

Json = dict[str, Any]
OTHER = "her:8143999"
THIRD = "her:8143998"


@pytest.fixture(scope="module")
def house() -> House:
    return bootstrap.build_house()


@pytest.fixture
def plain(url: str, house: House) -> Iterator[Desk]:
    """A gateway whose receivers have no systems of their own."""
    opened = desk(url, house)
    yield opened
    opened.gateway.store.close()


def seen(at_desk: Desk, clarification: str) -> Json:
    return clarify.clarification(clarification, at_desk.gateway)


def kinds(at_desk: Desk, clarification: str) -> list[str]:
    return [each["kind"] for each in seen(at_desk, clarification)["events"]]


def instants(at_desk: Desk, clarification: str, kind: str) -> list[datetime]:
    events = seen(at_desk, clarification)["events"]
    return [datetime.fromisoformat(each["at"]) for each in events if each["kind"] == kind]


def tear(at_desk: Desk, message_id: str) -> None:
    """Spoils what is sealed of a message."""
    with at_desk.gateway.store.engine.begin() as connection:
        connection.execute(update(outbox).where(outbox.c.id == message_id).values(sealed=b"torn"))


def handed_over(at_desk: Desk, *receivers: str) -> list[str]:
    """A question for each receiver, by way of handing it over."""
    certificate = at_desk.hand_in(message()).case
    found = []
    for receiver, target in zip(receivers, (ACTIVITY, RISK, FUNCTION), strict=False):
        clarification = asked(at_desk, target, certificate=certificate)
        if receiver != SENDER:
            clarify.hand_over(clarification, receiver, at_desk.gateway)
        found.append(clarification)
    return found


# ---- what arrives ----


def test_a_question_is_posted_signed_and_delivered(plain: Desk) -> None:
    with listening() as receiver:
        at_desk = posting_to(plain, receiver.url)
        clarification = asked(at_desk)
        (message_id,) = in_outbox(at_desk)
        assert outcomes(looked(at_desk)) == [("delivered", None)]
        assert looked(at_desk) == []
    (got,) = receiver.got
    assert (got.path, got.id, got.headers["content-type"]) == ("/inbox", message_id, "application/fhir+json")
    assert got.headers["webhook-timestamp"] == str(int(at_desk.clock.now.timestamp()))
    assert got.is_signed()
    assert not got.is_signed(bytes(32))
    assert got.tree == question_message(stored(at_desk, message_id).outgoing, gateway_her="8140000")
    assert kinds(at_desk, clarification) == ["asked", "sent", "delivered"]
    assert (seen(at_desk, clarification)["status"], in_outbox(at_desk)) == ("delivered", [])


def test_the_same_bytes_are_fetched_and_posted_as_kith(plain: Desk) -> None:
    with listening() as receiver:
        at_desk = posting_to(plain, receiver.url, form="kith")
        asked(at_desk)
        looked(at_desk)
    (got,) = receiver.got
    assert got.headers["content-type"] == "application/xml"
    assert got.body == write_dialogue(stored(at_desk, got.id).outgoing, gateway_her="8140000")
    assert got.is_signed()


def test_fhir_is_posted_as_xml_where_that_is_wished(plain: Desk) -> None:
    with listening() as receiver:
        at_desk = posting_to(plain, receiver.url, form="fhir-xml")
        asked(at_desk)
        looked(at_desk)
    (got,) = receiver.got
    assert got.headers["content-type"] == "application/fhir+xml"
    assert b'<MessageHeader><id value="' + got.id.encode() in got.body
    assert got.is_signed()


@pytest.mark.parametrize("form", ["fhir-xml", "kith"])
def test_where_we_sign_the_posted_message_holds_the_signature_that_a_fetched_one_has(plain: Desk, form: Format) -> None:
    own = office()
    signing = replace(plain.gateway, signatory=Signatory(own.key, own.certificate))
    with listening() as receiver:
        at_desk = posting_to(Desk(signing, plain.clock), receiver.url, form=form)
        asked(at_desk)
        assert outcomes(looked(at_desk)) == [("delivered", None)]
    (got,) = receiver.got
    assert xmlsec_accepts(got.body)
    assert got.is_signed()
    outgoing, definitions = stored(at_desk, got.id).outgoing, signing.house.definitions
    tree = question_message(outgoing, gateway_her="8140000")
    plain_bytes = write_dialogue(outgoing, gateway_her="8140000") if form == "kith" else write(tree, definitions)
    assert got.body == sign(plain_bytes, Signatory(own.key, own.certificate))


def test_a_notice_names_the_message_and_nobody_and_leaves_it_waiting(plain: Desk) -> None:
    with listening() as receiver:
        at_desk = posting_to(plain, receiver.url, content="notice")
        clarification = asked(at_desk)
        assert outcomes(looked(at_desk)) == [("delivered", None)]
        assert looked(at_desk) == []
    (got,) = receiver.got
    assert (got.headers["content-type"], got.is_signed()) == ("application/json", True)
    assert got.tree == {
        "type": "message.waiting",
        "timestamp": got.tree["timestamp"],
        "data": {"id": got.id, "kind": "question", "clarification": clarification},
    }
    assert kinds(at_desk, clarification) == ["asked"]
    assert [each.outgoing.id for each in deliver.fetch(SENDER, 0, 10, at_desk.gateway)] == [got.id]
    deliver.acknowledge(got.id, SENDER, at_desk.gateway)
    assert kinds(at_desk, clarification) == ["asked", "sent", "delivered"]


def test_what_waited_before_a_webhook_was_set_is_posted_and_what_is_settled_is_not(plain: Desk) -> None:
    certificate = plain.hand_in(message()).case
    for target in (ACTIVITY, RISK):
        asked(plain, target, certificate=certificate)
    taken, waiting = in_outbox(plain)
    deliver.acknowledge(taken, SENDER, plain.gateway)
    with listening() as receiver:
        looked(posting_to(plain, receiver.url))
    assert receiver.ids == [waiting]


def test_a_receiver_without_a_webhook_is_left_alone(plain: Desk) -> None:
    with listening() as receiver:
        at_desk = posting_to(plain, receiver.url, receivers=(OTHER,))
        asked(at_desk)
        assert looked(at_desk) == []
    assert receiver.got == []


# ---- what fails ----


def test_what_failed_is_posted_again_under_the_same_id_with_a_fresh_time(plain: Desk) -> None:
    with listening(answers(500)) as receiver:
        at_desk = posting_to(plain, receiver.url)
        clarification = asked(at_desk)
        assert outcomes(looked(at_desk)) == [("failed", "http-500")]
        assert looked(at_desk) == []
        assert seen(at_desk, clarification)["status"] == "sent"
        at_desk.clock.now += timedelta(seconds=5)
        assert outcomes(looked(at_desk)) == [("delivered", None)]
    first, second = receiver.got
    assert (first.id, first.body) == (second.id, second.body)
    assert int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"]) == 5
    assert second.is_signed()
    assert kinds(at_desk, clarification) == ["asked", "sent", "delivered"]


@pytest.mark.parametrize(
    "behaviour, outcome",
    [
        (hangs, ("failed", "timed-out")),
        (drips, ("failed", "timed-out")),
        (hangs_up, ("failed", "broken-off")),
        (answers(302, Location="/elsewhere"), ("failed", "http-302")),
        (answers(307, Location="http://127.0.0.1:9/"), ("failed", "http-307")),
        (answers(400, b"23909841313 is unknown here"), ("failed", "http-400")),
        (answers(410), ("dead", "http-410")),
        (answers(200, b"x" * 100_000), ("delivered", None)),
        (stops_half_way, ("delivered", None)),
        (never_ends, ("delivered", None)),
    ],
)
def test_an_answer_counts_by_its_status_within_the_time(
    plain: Desk, behaviour: Behave, outcome: tuple[str, str | None]
) -> None:
    with listening(behaviour=behaviour) as receiver:
        at_desk = posting_to(plain, receiver.url)
        asked(at_desk)
        begun = time.monotonic()
        assert outcomes(looked(at_desk)) == [outcome]
        assert time.monotonic() - begun < SECONDS + 1.5
    assert [each.path for each in receiver.got] == ["/inbox"]
    assert receiver.poured < 32 * 1024 * 1024


def test_nobody_listens(plain: Desk) -> None:
    with listening() as receiver:
        pass
    at_desk = posting_to(plain, receiver.url)
    clarification = asked(at_desk)
    assert outcomes(looked(at_desk)) == [("failed", "unreachable")]
    # Nothing has left us: it is still ready to be sent.
    assert seen(at_desk, clarification)["status"] == "ordered"


# ---- days of attempts ----


def test_after_three_days_it_is_given_up_told_and_can_still_be_fetched(plain: Desk) -> None:
    with listening(behaviour=answers(503)) as receiver:
        at_desk = posting_to(plain, receiver.url)
        clarification = asked(at_desk)
        begun = at_desk.clock.now
        for wait in SCHEDULE:
            assert outcomes(looked(at_desk)) == [("failed", "http-503")]
            at_desk.clock.now += wait - timedelta(seconds=1)
            assert looked(at_desk) == []
            at_desk.clock.now += timedelta(seconds=1)
        assert outcomes(looked(at_desk)) == [("dead", "http-503")]
        ended = at_desk.clock.now
        at_desk.clock.now += timedelta(days=30)
        assert looked(at_desk) == []
    assert ended - begun == timedelta(days=3, hours=3, minutes=35, seconds=5)
    assert len(receiver.got) == 10
    assert len(set(receiver.ids)) == 1
    told = seen(at_desk, clarification)
    assert (told["status"], told["refusal"]["code"], told["next_step"]) == ("refused", "undeliverable", "look-again")
    assert instants(at_desk, clarification, "refused") == [ended]
    (letter,) = resend.dead_letters(at_desk.gateway)
    assert letter == {
        "id": receiver.ids[0],
        "receiver": SENDER,
        "kind": "question",
        "clarification": clarification,
        "at": letter["at"],
        "attempts": 10,
        "fault": "http-503",
        "given_up": letter["given_up"],
    }
    assert datetime.fromisoformat(letter["given_up"]) == ended
    assert [each.outgoing.id for each in deliver.fetch(SENDER, 0, 10, at_desk.gateway)] == receiver.ids[:1]
    deliver.acknowledge(receiver.ids[0], SENDER, at_desk.gateway)
    assert (seen(at_desk, clarification)["status"], resend.dead_letters(at_desk.gateway)) == ("delivered", [])


def test_what_is_fetched_and_acknowledged_meanwhile_is_not_posted_again(plain: Desk) -> None:
    with listening(behaviour=answers(500)) as receiver:
        at_desk = posting_to(plain, receiver.url)
        clarification = asked(at_desk)
        looked(at_desk)
        (waiting,) = deliver.fetch(SENDER, 0, 10, at_desk.gateway)
        assert waiting.outgoing.id == receiver.ids[0]
        deliver.acknowledge(waiting.outgoing.id, SENDER, at_desk.gateway)
        at_desk.clock.now += timedelta(days=1)
        assert looked(at_desk) == []
    assert kinds(at_desk, clarification) == ["asked", "sent", "delivered"]


def test_what_is_acknowledged_while_it_is_posted_is_told_once(plain: Desk) -> None:
    with listening() as receiver:
        at_desk = posting_to(plain, receiver.url)
        clarification = asked(at_desk)
        (message_id,) = in_outbox(at_desk)

        def polls_first(talk: Any) -> None:  # noqa: ANN401
            deliver.fetch(SENDER, 0, 10, plain.gateway)
            deliver.acknowledge(message_id, SENDER, plain.gateway, "patient-unknown")
            talk.say(500)

        receiver.behaviour = polls_first
        assert outcomes(looked(at_desk, seconds=5)) == [("overtaken", "http-500")]
    assert kinds(at_desk, clarification) == ["asked", "sent", "refused"]


@pytest.mark.parametrize(
    "wish, wait",
    [
        ("3600", timedelta(hours=1)),
        ("1", SCHEDULE[0]),
        ("999999999", LONGEST_WISH),
        ("Sun, 01 Nov 2026 12:01:00 GMT", timedelta(hours=1)),
        ("soon", SCHEDULE[0]),
    ],
)
def test_a_receiver_may_ask_for_a_longer_wait(plain: Desk, wish: str, wait: timedelta) -> None:
    with listening(answers(503, Retry_After=wish)) as receiver:
        at_desk = posting_to(plain, receiver.url)
        asked(at_desk)
        looked(at_desk)
        at_desk.clock.now += wait - timedelta(seconds=1)
        assert looked(at_desk) == []
        at_desk.clock.now += timedelta(seconds=1)
        assert outcomes(looked(at_desk)) == [("delivered", None)]
    assert len(receiver.got) == 2


# ---- order ----


def test_of_one_conversation_nothing_overtakes_and_others_go_on(plain: Desk) -> None:
    with listening(answers(500), answers(500), behaviour=answers(200)) as receiver:
        at_desk = posting_to(plain, receiver.url)
        certificate = at_desk.hand_in(message()).case
        first = asked(at_desk, ACTIVITY, certificate=certificate)
        clarify.remind(first, at_desk.gateway)
        second = asked(at_desk, RISK, certificate=certificate)
        question, reminder, other = in_outbox(at_desk)
        looked(at_desk)
        assert receiver.ids == [question, other]
        at_desk.clock.now += timedelta(seconds=5)
        looked(at_desk)
    assert receiver.ids[2:] == [question, reminder, other]
    assert [seen(at_desk, each)["status"] for each in (first, second)] == ["delivered", "delivered"]


def test_a_withdrawal_follows_a_question_that_is_given_up(plain: Desk) -> None:
    with listening(answers(410)) as receiver:
        at_desk = posting_to(plain, receiver.url)
        clarification = asked(at_desk)
        clarify.withdraw(clarification, "no-longer-needed", at_desk.gateway)
        expected = in_outbox(at_desk)
        assert outcomes(looked(at_desk)) == [("dead", "http-410"), ("delivered", None)]
    assert receiver.ids == expected


def test_what_is_told_late_of_the_question_says_nothing_of_its_return(plain: Desk) -> None:
    clarification = asked(plain)
    (question,) = in_outbox(plain)
    deliver.fetch(SENDER, 0, 10, plain.gateway)
    plain.hand_in(answer(clarification, ["activity"]))
    clarify.give_back(clarification, "still-unclear", plain.gateway, items=frozenset(), not_payable=False)
    returned = in_outbox(plain)[1]
    plain.clock.now += timedelta(hours=1)
    for message_id, status in ((question, "ordered"), (returned, "delivered")):
        deliver.acknowledge(message_id, SENDER, plain.gateway)
        assert seen(plain, clarification)["status"] == status


def test_a_message_is_as_old_as_what_it_tells_of(plain: Desk) -> None:
    """On a clock that is set back between two looks at it a message would seem to be from before its own sending."""
    backwards = iter(range(100, 0, -1))
    at_desk = Desk(replace(plain.gateway, clock=lambda: START + timedelta(seconds=next(backwards))), plain.clock)
    clarification = asked(at_desk)
    (question,) = in_outbox(at_desk)
    assert instants(plain, clarification, "asked") == [stored(at_desk, question).outgoing.at]


# ---- others ----


@pytest.mark.parametrize("poison", [hangs, drips, never_ends, answers(500)])
def test_a_poison_receiver_keeps_nobody_waiting(plain: Desk, poison: Behave) -> None:
    with listening(behaviour=poison) as bad, listening() as good, listening() as better:
        at_desk = posting_to(plain, bad.url, good.url, better.url, receivers=(SENDER, OTHER, THIRD))
        handed_over(at_desk, SENDER, OTHER, THIRD)
        begun = time.monotonic()
        thread = threading.Thread(target=looked, args=(at_desk,), kwargs={"seconds": 5})
        thread.start()
        while (not good.got or not better.got) and time.monotonic() - begun < 4:
            time.sleep(0.01)
        waited = time.monotonic() - begun
        bad.over.set()
        thread.join()
    assert waited < 2
    assert (len(good.got), len(better.got)) == (1, 1)
    assert bad.got


def test_two_processes_post_each_message_once(plain: Desk, house: House) -> None:
    with listening(behaviour=takes_its_time) as receiver:
        at_desk = posting_to(plain, receiver.url)
        certificate = at_desk.hand_in(message()).case
        for target in (ACTIVITY, RISK, FUNCTION):
            asked(at_desk, target, certificate=certificate)
        database = at_desk.gateway.store.engine.url.render_as_string(hide_password=False)
        other = desk(database, house)
        other.clock.now = at_desk.clock.now
        desks = [at_desk, posting_to(other, receiver.url)]
        threads = [threading.Thread(target=looked, args=(each,), kwargs={"seconds": 5}) for each in desks]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        other.gateway.store.close()
    assert len(receiver.got) == 3
    assert len(set(receiver.ids)) == 3


def test_an_attempt_that_nobody_tells_of_is_made_again_and_what_it_says_late_counts_if_it_arrived(plain: Desk) -> None:
    with listening(hangs) as receiver:
        at_desk = posting_to(plain, receiver.url)
        clarification = asked(at_desk)
        thread = threading.Thread(target=looked, args=(at_desk,), kwargs={"seconds": 5})
        thread.start()
        while not receiver.got:
            time.sleep(0.01)
        # Another process looks while the first still waits.
        assert looked(at_desk) == []
        at_desk.clock.now += LEASE
        assert outcomes(looked(at_desk)) == [("delivered", None)]
        receiver.over.set()
        thread.join()
    assert len(set(receiver.ids)) == 1
    assert kinds(at_desk, clarification) == ["asked", "sent", "delivered"]


@pytest.mark.parametrize("first, told", [(hangs, "overtaken"), (answers_late, "delivered")])
def test_of_an_attempt_that_was_taken_over_only_success_counts(plain: Desk, first: Behave, told: str) -> None:
    with listening(first, answers(500)) as receiver:
        at_desk = posting_to(plain, receiver.url)
        asked(at_desk)
        noted: list[Noted] = []
        thread = threading.Thread(target=lambda: noted.extend(looked(at_desk, seconds=5)))
        thread.start()
        while not receiver.got:
            time.sleep(0.01)
        at_desk.clock.now += LEASE
        assert outcomes(looked(at_desk)) == [("failed", "http-500")]
        receiver.over.set()
        thread.join()
        assert [each.outcome for each in noted] == [told]
        # The wait is that after the second attempt, from when it failed.
        at_desk.clock.now += SCHEDULE[1] - timedelta(seconds=1)
        assert looked(at_desk) == []
        at_desk.clock.now += timedelta(seconds=1)
        assert outcomes(looked(at_desk)) == ([("delivered", None)] if told == "overtaken" else [])


def test_a_message_that_trips_us_does_not_stop_those_behind_it_and_is_given_up_in_time(plain: Desk) -> None:
    with listening() as receiver:
        at_desk = posting_to(plain, receiver.url)
        certificate = at_desk.hand_in(message()).case
        broken, whole = (asked(at_desk, each, certificate=certificate) for each in (ACTIVITY, RISK))
        trips, arrives = in_outbox(at_desk)
        tear(at_desk, trips)
        first, second = looked(at_desk)
        assert (first.outcome, first.code, type(first.error)) == ("failed", "gateway-fault", SealBrokenError)
        assert outcomes([second]) == [("delivered", None)]
        later: list[Noted] = []
        for wait in SCHEDULE:
            at_desk.clock.now += wait
            later += looked(at_desk)
    assert [outcome for outcome, _ in outcomes(later)] == ["failed"] * 8 + ["dead"]
    assert receiver.ids == [arrives]
    assert [seen(at_desk, each)["status"] for each in (broken, whole)] == ["refused", "delivered"]


def test_a_message_that_a_format_cannot_hold_is_given_up_at_once(plain: Desk) -> None:
    named = message()
    resource(named, "Patient")["name"] = [{"text": "Lett Kvelds\ufffebris"}]
    with listening() as receiver:
        at_desk = posting_to(plain, receiver.url, form="kith")
        certificate = at_desk.hand_in(named).case
        clarification = asked(at_desk, certificate=certificate)
        assert outcomes(looked(at_desk)) == [("dead", "not-writable")]
    assert (receiver.got, seen(at_desk, clarification)["refusal"]["code"]) == ([], "undeliverable")


# ---- trust ----


def test_only_a_certificate_that_is_vouched_for_gets_a_message(plain: Desk, tmp_path: Path) -> None:
    tls, trusting = certified(tmp_path)
    with listening(tls=tls) as receiver:
        at_desk = posting_to(plain, receiver.url)
        clarification = asked(at_desk)
        assert outcomes(looked(at_desk)) == [("failed", "untrusted")]
        assert (receiver.got, seen(at_desk, clarification)["status"]) == ([], "ordered")
        at_desk.clock.now += SCHEDULE[0]
        assert outcomes(looked(at_desk, seconds=5, trusted=trusting)) == [("delivered", None)]
    assert len(receiver.got) == 1


# ---- resending ----


def test_a_dead_letter_is_resent_from_the_beginning(plain: Desk) -> None:
    with listening(answers(410), answers(500)) as receiver:
        at_desk = posting_to(plain, receiver.url)
        clarification = asked(at_desk)
        looked(at_desk)
        at_desk.clock.now += timedelta(hours=1)
        resend.resend(receiver.ids[0], at_desk.gateway)
        assert resend.dead_letters(at_desk.gateway) == []
        told = seen(at_desk, clarification)
        assert (told["status"], told["refusal"], told["next_step"]) == ("ordered", None, None)
        assert outcomes(looked(at_desk)) == [("failed", "http-500")]
        at_desk.clock.now += SCHEDULE[0]
        assert outcomes(looked(at_desk)) == [("delivered", None)]
    assert len(set(receiver.ids)) == 1
    assert kinds(at_desk, clarification) == ["asked", "sent", "refused", "resent", "sent", "delivered"]
    assert seen(at_desk, clarification)["status"] == "delivered"


def test_what_was_refused_by_mistake_waits_again_for_a_system_that_polls(plain: Desk) -> None:
    clarification = asked(plain)
    (waiting,) = deliver.fetch(SENDER, 0, 10, plain.gateway)
    message_id = waiting.outgoing.id
    with pytest.raises(NotNowError):
        resend.resend(message_id, plain.gateway)
    deliver.acknowledge(message_id, SENDER, plain.gateway, "patient-unknown")
    plain.clock.now += timedelta(hours=1)
    resend.resend(message_id, plain.gateway)
    assert seen(plain, clarification)["status"] == "ordered"
    assert [each.outgoing.id for each in deliver.fetch(SENDER, 0, 10, plain.gateway)] == [message_id]
    deliver.acknowledge(message_id, SENDER, plain.gateway)
    assert seen(plain, clarification)["status"] == "delivered"
    with pytest.raises(NotNowError):
        resend.resend(message_id, plain.gateway)
    with pytest.raises(NotFoundError):
        resend.resend(NOWHERE, plain.gateway)


def test_what_is_no_longer_meant_is_not_resent_but_its_withdrawal_is(plain: Desk) -> None:
    with listening(behaviour=answers(410)) as receiver:
        at_desk = posting_to(plain, receiver.url)
        clarification = asked(at_desk)
        looked(at_desk)
        clarify.withdraw(clarification, "no-longer-needed", at_desk.gateway)
        looked(at_desk)
        question, withdrawal = receiver.ids
        with pytest.raises(NotNowError):
            resend.resend(question, at_desk.gateway)
        resend.resend(withdrawal, at_desk.gateway)
        assert [each["id"] for each in resend.dead_letters(at_desk.gateway)] == [question]


def test_a_long_wait_is_cut_short(plain: Desk) -> None:
    with listening(answers(503, Retry_After="20000")) as receiver:
        at_desk = posting_to(plain, receiver.url)
        asked(at_desk)
        looked(at_desk)
        resend.resend(receiver.ids[0], at_desk.gateway)
        assert outcomes(looked(at_desk)) == [("delivered", None)]
