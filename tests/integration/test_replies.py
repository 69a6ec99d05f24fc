"""Answers in words: what becomes of a Dialogmelding that answers a question, from the door to the counsellor."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import Connection, event

from certgateway import bootstrap
from certgateway.domain.dialogue_events import Target
from certgateway.domain.errors import GatewayError, NotNowError
from certgateway.kith.dialogue_codes import DECLINE_OID, ITEM_OID
from certgateway.services import clarify, deliver, sort
from certgateway.services.assess import assess
from certgateway.services.examine import House
from certgateway.services.pose import Question
from certgateway.services.receive import Outcome
from tests.integration.answering import answer
from tests.integration.receiving import (
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
from tests.integration.replying import DIALOG_1_0, TEXT, code, echo, note, reply
from tests.kith import attachment

Json = dict[str, Any]
ACTIVITY = Target("activity", "missing")
RISK = Target("health-risk", "unclear")
BENEFIT = "Jeg anbefaler at pasienten innvilges uføretrygd."


@pytest.fixture(scope="module")
def house() -> House:
    return bootstrap.build_house()


@pytest.fixture
def at_desk(url: str, house: House) -> Iterator[Desk]:
    opened = desk(url, house)
    yield opened
    opened.gateway.store.close()


def certified(at_desk: Desk) -> str:
    case = at_desk.hand_in(message()).case
    assert case is not None
    return case


def asked(at_desk: Desk, *targets: Target, case: str | None = None) -> str:
    found = clarify.ask(Question(case or certified(at_desk), targets or (ACTIVITY, RISK)), at_desk.gateway)
    assert isinstance(found, str)
    return found


def seen(at_desk: Desk, clarification: str) -> Json:
    return clarify.clarification(clarification, at_desk.gateway)


def kinds(at_desk: Desk, clarification: str) -> list[str]:
    return [each["kind"] for each in seen(at_desk, clarification)["events"]]


def standings(at_desk: Desk, clarification: str) -> list[tuple[str, str, int]]:
    return [(each["item"], each["standing"], len(each["replies"])) for each in seen(at_desk, clarification)["targets"]]


def words(at_desk: Desk, clarification: str) -> list[list[str]]:
    """The parts of every reply, a sentence that is held back by its kind in brackets."""
    return [
        [part.get("text") or f"[{part['withheld']}]" for part in each["parts"]]
        for each in seen(at_desk, clarification)["replies"]
    ]


def tray(at_desk: Desk) -> list[str]:
    return [each["why"] for each in sort.unsorted_answers(at_desk.gateway)]


def status(outcome: Outcome) -> tuple[int, str]:
    """HTTP status, and status of the AppRec."""
    found = etree.fromstring(outcome.answer.body).find("{*}Status")
    assert found is not None
    return outcome.answer.status, found.get("V", "")


def proposals(at_desk: Desk, case: str) -> list[tuple[str, list[str]]]:
    found = assess(case, at_desk.gateway)
    assert found is not None
    return [
        (each["item"], [part.get("text") or f"[{part['withheld']}]" for part in each["parts"]])
        for each in found["proposals"]
    ]


# ---- a reply ----


@pytest.mark.parametrize("by", ["conversation", "parent", "parent-message", "upper", "echo"])
def test_words_wait_beside_the_question_they_name_and_answer_nothing(at_desk: Desk, by: str) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, case=case)
    outgoing = deliver.fetch("her:8143060", 0, 10, at_desk.gateway)[0].outgoing.id
    sent = {
        "conversation": reply(clarification, parent="other"),
        "parent": reply("other", parent=clarification),
        "parent-message": reply("other", parent=outgoing),
        "upper": reply(clarification.upper()),
        "echo": reply(None, note(inside=echo(clarification))),
    }[by]
    outcome = at_desk.hand_in(sent)
    assert (status(outcome), outcome.verdict, outcome.case) == ((200, "1"), "accepted", case)
    assert rules(outcome) == {}
    told = seen(at_desk, clarification)
    assert kinds(at_desk, clarification) == ["asked", "sent", "replied"]
    assert (told["status"], told["next_step"], told["answers"]) == ("read", "read-answer", [])
    assert standings(at_desk, clarification) == [("activity", "open", 0), ("health-risk", "open", 0)]
    (found,) = told["replies"]
    assert (found["kind"], found["standing"], found["late"], found["settles"]) == ("answer", "waiting", False, [])
    assert (found["author"], found["authored"]) == (
        {"hpr": "9144900", "role": "gp", "display": "Fastlege"},
        "2026-10-31T09:00:00Z",
    )
    assert found["parts"] == [{"text": TEXT, "place": "text", "item": None}]
    assert at_desk.versions(case) == [(1, True)]
    assert at_desk.events() == [("new", 1)]
    assert at_desk.counts()["reply"] == 1


def test_while_words_wait_it_is_the_counsellor_s_turn_whatever_the_day(at_desk: Desk) -> None:
    clarification = asked(at_desk)
    at_desk.hand_in(reply(clarification))
    at_desk.clock.now += timedelta(days=90)
    told = seen(at_desk, clarification)
    assert (told["overdue"], told["next_step"]) == (False, "read-answer")
    with pytest.raises(NotNowError):
        clarify.remind(clarification, at_desk.gateway)
    clarify.settle(clarification, frozenset(), at_desk.gateway)
    told = seen(at_desk, clarification)
    assert (told["overdue"], told["next_step"]) == (True, "look-again")


def test_words_are_proposed_for_what_was_asked_and_for_nothing_else(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, case=case)
    before = assess(case, at_desk.gateway)
    at_desk.hand_in(
        reply(clarification, note(subject="Svar"), note("Bare det.", inside=echo(coded=code("activity", ITEM_OID))))
    )
    after = assess(case, at_desk.gateway)
    assert before is not None
    assert after is not None
    assert proposals(at_desk, case) == [("health-risk", [TEXT]), ("activity", [TEXT]), ("activity", ["Bare det."])]
    found = after["proposals"][0]
    assert (found["value"]["proposed_from"], found["element"], found["author"]["hpr"]) == ("reply", None, "9144900")
    assert found["dates"]["authored"] == "2026-10-31T09:00:00Z"
    unchanged = before.keys() - {"proposals", "as_of", "open"}
    assert {name: after[name] for name in unchanged} == {name: before[name] for name in unchanged}


def test_a_counsellor_says_what_words_settle(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, case=case)
    at_desk.hand_in(reply(clarification))
    clarify.settle(clarification, frozenset({"activity"}), at_desk.gateway)
    told = seen(at_desk, clarification)
    assert standings(at_desk, clarification) == [("activity", "answered", 1), ("health-risk", "open", 0)]
    assert (told["status"], told["next_step"], told["targets"][0]["version"]) == ("partly-answered", None, None)
    assert told["replies"][0]["settles"] == ["activity"]
    assert told["replies"][0]["standing"] == "read"
    assert proposals(at_desk, case) == [("activity", [TEXT])]
    # A second thought.
    clarify.settle(clarification, frozenset({"health-risk"}), at_desk.gateway)
    assert seen(at_desk, clarification)["status"] == "answered"
    with pytest.raises(NotNowError):
        clarify.settle(clarification, frozenset({"health-risk"}), at_desk.gateway)


def test_nothing_is_settled_without_words_or_that_was_not_asked(at_desk: Desk) -> None:
    clarification = asked(at_desk)
    with pytest.raises(NotNowError):
        clarify.settle(clarification, frozenset({"activity"}), at_desk.gateway)
    at_desk.hand_in(reply(clarification))
    for items in ({"prognosis"}, {"activity", "prognosis"}, {"nonsense"}):
        with pytest.raises(NotNowError):
            clarify.settle(clarification, frozenset(items), at_desk.gateway)
    clarify.withdraw(clarification, "no-longer-needed", at_desk.gateway)
    assert seen(at_desk, clarification)["next_step"] == "read-answer"
    with pytest.raises(NotNowError):
        clarify.settle(clarification, frozenset({"activity"}), at_desk.gateway)
    clarify.settle(clarification, frozenset(), at_desk.gateway)
    assert seen(at_desk, clarification)["next_step"] is None


def test_words_that_do_not_answer_are_returned_and_asked_anew(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, case=case)
    at_desk.hand_in(reply(clarification))
    at_desk.clock.now += timedelta(days=30)
    clarify.give_back(clarification, "question-not-answered", at_desk.gateway, items=frozenset(), not_payable=False)
    told = seen(at_desk, clarification)
    assert (told["status"], told["overdue"], told["next_step"]) == ("ordered", False, None)
    assert told["replies"][0]["standing"] == "returned"
    assert proposals(at_desk, case) == []
    sent = [each.outgoing for each in deliver.fetch("her:8143060", 0, 10, at_desk.gateway)]
    assert [each.kind for each in sent] == ["question", "return"]
    assert [each.target.item for each in sent[1].asked] == ["activity", "health-risk"]
    # What was sent back settles nothing any more, and there is nothing left to send back.
    with pytest.raises(NotNowError):
        clarify.settle(clarification, frozenset({"activity"}), at_desk.gateway)
    with pytest.raises(NotNowError):
        clarify.give_back(clarification, "still-unclear", at_desk.gateway, items=frozenset(), not_payable=False)


def test_what_words_settled_is_not_asked_for_again_though_no_version_says_it(at_desk: Desk) -> None:
    holder = holding(at_desk)
    tree = without(message(), "prognosis")
    case = holder.hand_in(tree).case or ""
    clarification = clarify.ask(Question(case), at_desk.gateway)
    assert isinstance(clarification, str)
    at_desk.hand_in(reply(clarification))
    # What waits to be read is open, and so is not asked for twice either.
    assert not isinstance(clarify.ask(Question(case), at_desk.gateway), str)
    clarify.settle(clarification, frozenset({"prognosis"}), at_desk.gateway)
    assert not isinstance(clarify.ask(Question(case), at_desk.gateway), str)
    asking = replace(holder, gateway=replace(holder.gateway, asks_missing=True))
    later = authored(numbered(without(message(), "prognosis"), 21), "2026-11-01T10:00:00+01:00")
    assert asking.hand_in(later).verdict == "incomplete"
    assert standings(at_desk, clarification) == [("prognosis", "answered", 1)]
    assert len(clarify.clarifications(case, at_desk.gateway)) == 1
    # A counsellor who means it may ask.
    assert isinstance(clarify.ask(Question(case, (Target("prognosis", "missing"),)), at_desk.gateway), str)


# ---- what may not be said ----


def test_a_sentence_that_is_held_back_appears_nowhere_but_sealed(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, ACTIVITY, case=case)
    outcome = at_desk.hand_in(reply(clarification, note(f"{TEXT} {BENEFIT}")))
    assert outcome.verdict == "accepted-with-remarks"
    assert rules(outcome) == {"benefit-recommended-in-prose": 1}
    assert words(at_desk, clarification) == [[TEXT + " ", "[benefit-recommendation]"]]
    assert proposals(at_desk, case) == [("activity", [TEXT + " ", "[benefit-recommendation]"])]
    told = b"".join((outcome.answer.body, outcome.receipt, repr(assess(case, at_desk.gateway)).encode()))
    assert b"innvilges" not in told
    assert "innvilges" not in repr(seen(at_desk, clarification))


def test_markup_hides_nothing(at_desk: Desk) -> None:
    clarification = asked(at_desk, ACTIVITY)
    html = (
        '<TekstNotatInnhold><p xmlns="http://www.w3.org/1999/xhtml">Kan gå tur.</p>'
        '<p xmlns="http://www.w3.org/1999/xhtml">Jeg anbefaler at pasienten innvilges u<b>før</b>e<i>trygd</i>.</p>'
        "</TekstNotatInnhold>"
    )
    at_desk.hand_in(reply(clarification, note("", inside=html)))
    ((first, second),) = words(at_desk, clarification)
    assert (first.strip(), second) == ("Kan gå tur.", "[benefit-recommendation]")


# ---- put aside ----


@pytest.mark.parametrize(
    "flaw,why",
    [
        ("nowhere", "clarification-unknown"),
        ("no-conversation", "clarification-unknown"),
        ("sender", "clarification-unknown"),
        ("patient", "other-patient"),
        ("withdrawn", "certificate-withdrawn"),
    ],
)
@pytest.mark.parametrize("kind", ["DIALOG_SVAR", "DIALOG_NOTAT"])
def test_words_that_fit_no_question_are_kept_and_put_aside(at_desk: Desk, flaw: str, why: str, kind: str) -> None:
    clarification = asked(at_desk)
    type_ = f'<Type V="{kind}" DN="Melding"/>'
    if flaw == "withdrawn":
        tree = authored(numbered(message(), 6), "2026-11-02T09:00:00+01:00")
        resource(tree, "Composition")["status"] = "entered-in-error"
        at_desk.hand_in(tree)
    sent = {
        "nowhere": reply("00000000-0000-4000-8000-000000000000", kind=type_),
        "no-conversation": reply(None, kind=type_),
        "sender": reply(clarification, sender="8143999", kind=type_),
        "patient": reply(clarification, patient="14837910405", kind=type_),
        "withdrawn": reply(clarification, kind=type_),
    }[flaw]
    outcome = at_desk.hand_in(sent)
    assert (status(outcome), rules(outcome)) == ((200, "1"), {"answer-unsorted": 1})
    assert tray(at_desk) == [why]
    assert "replied" not in kinds(at_desk, clarification)
    assert at_desk.counts()["reply"] == 0


def test_a_note_of_the_doctor_s_in_the_conversation_is_a_reply(at_desk: Desk) -> None:
    clarification = asked(at_desk)
    for number, (type_, kind) in enumerate(
        (
            ('<Type V="DIALOG_NOTAT" DN="Notat"/>', "note"),
            ('<Type V="Svar på forespørsel" DN="DIALOG_SVAR"/>', "answer"),
            ('<Type V="DIALOG_FORESPORSEL" DN="Forespørsel"/>', "question"),
            ('<Type V="DIALOG_HELSEFAGLIG" DN="Dialog"/>', "note"),
        )
    ):
        at_desk.hand_in(reply(clarification, note(f"Dette er melding {number}."), kind=type_, number=number))
        assert seen(at_desk, clarification)["replies"][number]["kind"] == kind


@pytest.mark.parametrize("text", ["-", "Se journal.", "", "   ", "Kommer senere"])
def test_filler_is_no_reply(at_desk: Desk, text: str) -> None:
    clarification = asked(at_desk)
    outcome = at_desk.hand_in(reply(clarification, note(text, subject="Svar på spørsmål")))
    assert (status(outcome), rules(outcome)) == ((200, "1"), {"placeholder-text": 1})
    assert kinds(at_desk, clarification) == ["asked"]
    assert (tray(at_desk), at_desk.counts()["reply"], at_desk.counts()["original"]) == ([], 0, 2)
    assert seen(at_desk, clarification)["next_step"] is None


@pytest.mark.parametrize("text", ["Ja.", "Nei", "Uendret"])
def test_a_short_answer_is_one(at_desk: Desk, text: str) -> None:
    clarification = asked(at_desk)
    assert rules(at_desk.hand_in(reply(clarification, note(text)))) == {}
    assert words(at_desk, clarification) == [[text]]


def test_a_document_that_goes_with_filler_has_to_be_read(at_desk: Desk) -> None:
    clarification = asked(at_desk)
    outcome = at_desk.hand_in(reply(clarification, note("Se vedlegg"), documents=attachment()))
    assert rules(outcome) == {"placeholder-text": 1}
    (found,) = seen(at_desk, clarification)["replies"]
    assert found["attachments"] == [{"content_type": "application/pdf", "size": 9}]
    refused = at_desk.hand_in(reply(clarification, documents=attachment("AAAA", "text/plain"), number=2))
    assert rules(refused) == {"attachment-refused": 1}


# ---- again, and otherwise ----


def test_the_same_again_is_answered_alike_and_read_once(at_desk: Desk) -> None:
    clarification = asked(at_desk)
    first = at_desk.hand_in(reply(clarification))
    again = at_desk.hand_in(reply(clarification))
    assert again.answer == first.answer
    resent = at_desk.hand_in(reply(clarification, number=501))
    assert rules(resent) == {"likely-resend": 1}
    assert receipt(resent)["duplicate_of"] == receipt(first)["message_id"]
    assert kinds(at_desk, clarification) == ["asked", "replied"]
    other = at_desk.hand_in(reply(clarification, note("Noe annet.")))
    assert (other.conflict, other.answer.status) == (True, 409)
    assert len(words(at_desk, clarification)) == 1


def test_two_replies_are_two(at_desk: Desk) -> None:
    clarification = asked(at_desk)
    at_desk.hand_in(reply(clarification))
    at_desk.hand_in(reply(clarification, note("Og så dette."), number=501, namespace=DIALOG_1_0))
    assert words(at_desk, clarification) == [[TEXT], ["Og så dette."]]


def test_whoever_was_asked_may_answer_after_the_question_was_handed_over(at_desk: Desk) -> None:
    clarification = asked(at_desk)
    clarify.hand_over(clarification, "her:8143999", at_desk.gateway)
    at_desk.hand_in(reply(clarification))
    told = seen(at_desk, clarification)
    # Whether the other system has got the question is told by that system alone.
    assert (told["next_step"], told["status"]) == ("read-answer", "ordered")
    at_desk.hand_in(reply(clarification, sender="8143999", number=2))
    assert seen(at_desk, clarification)["status"] == "read"


# ---- declining in code ----


def test_a_reason_of_ours_why_the_doctor_cannot_answer_is_a_decline(at_desk: Desk) -> None:
    clarification = asked(at_desk)
    at_desk.hand_in(reply(clarification, note(inside=echo(coded=code("not-my-patient", DECLINE_OID)))))
    told = seen(at_desk, clarification)
    assert [each["why"]["code"] for each in told["targets"]] == ["not-my-patient"] * 2
    assert (told["status"], told["next_step"]) == ("declined", "read-answer")


@pytest.mark.parametrize(
    "value,system", [("not-my-patient", ITEM_OID), ("nonsense", DECLINE_OID), ("can", DECLINE_OID), ("health-risk", "")]
)
def test_no_other_code_says_anything(at_desk: Desk, value: str, system: str) -> None:
    clarification = asked(at_desk)
    at_desk.hand_in(reply(clarification, note(inside=echo(coded=code(value, system)))))
    assert {each["standing"] for each in seen(at_desk, clarification)["targets"]} == {"open"}
    assert seen(at_desk, clarification)["replies"][0]["parts"][0]["item"] is None


def test_who_writes_words_need_not_say_by_number_who_it_is(at_desk: Desk) -> None:
    clarification = asked(at_desk)
    assert rules(at_desk.hand_in(reply(clarification, hpr=None))) == {}
    assert seen(at_desk, clarification)["replies"][0]["author"]["hpr"] is None


@pytest.mark.parametrize("patient,rule", [(None, "patient-missing"), ("12345678901", "fnr-invalid")])
def test_whose_it_is_must_be_told(at_desk: Desk, patient: str | None, rule: str) -> None:
    clarification = asked(at_desk)
    outcome = at_desk.hand_in(reply(clarification, patient=patient))
    assert (outcome.verdict, status(outcome)[1]) == ("rejected", "2")
    assert rule in rules(outcome)
    assert kinds(at_desk, clarification) == ["asked", "answer-refused"]


def test_what_is_answered_by_code_afterwards_takes_nothing_from_the_words(at_desk: Desk) -> None:
    clarification = asked(at_desk, ACTIVITY)
    at_desk.hand_in(reply(clarification))
    at_desk.hand_in(answer(clarification, ["activity"]))
    told = seen(at_desk, clarification)
    assert (told["status"], told["next_step"]) == ("answered", "read-answer")
    clarify.settle(clarification, frozenset(), at_desk.gateway)
    assert seen(at_desk, clarification)["next_step"] is None


def test_words_that_named_no_question_are_read_once_they_are_sorted_to_one(at_desk: Desk) -> None:
    clarification = asked(at_desk)
    at_desk.hand_in(reply(None, note(TEXT), note(BENEFIT)))
    (lying,) = sort.unsorted_answers(at_desk.gateway)
    shown = sort.unsorted_answer(lying["message"], at_desk.gateway)
    assert (shown["in_words"], shown["items"], shown["sortable"]) == (True, [], True)
    assert [each["clarification"] for each in shown["candidates"]] == [clarification]
    assert "turer" not in repr(shown)

    at_desk.clock.now += timedelta(days=40)
    assert sort.sort(lying["message"], clarification, at_desk.gateway) is None
    assert kinds(at_desk, clarification) == ["asked", "replied", "sorted"]
    assert words(at_desk, clarification) == [[TEXT, "[benefit-recommendation]"]]
    # It came in time, however long it lay.
    clarify.settle(clarification, frozenset({"activity"}), at_desk.gateway)
    target = seen(at_desk, clarification)["targets"][0]
    assert (target["item"], target["standing"], target["late"]) == ("activity", "answered", False)
    assert tray(at_desk) == []


def test_words_about_another_patient_and_filler_are_never_sorted_to_a_question(at_desk: Desk) -> None:
    clarification = asked(at_desk)
    at_desk.hand_in(reply(None, patient="14837910405", number=501))
    at_desk.hand_in(reply(None, note("Se journal."), number=502))
    found = [
        sort.sort(each["message"], clarification, at_desk.gateway) for each in sort.unsorted_answers(at_desk.gateway)
    ]
    assert [each and each.why for each in found] == ["other-patient", "not-asked"]
    assert (kinds(at_desk, clarification), at_desk.counts()["reply"]) == (["asked"], 0)


# ---- all or nothing ----


def test_an_error_at_any_statement_of_a_reply_leaves_nothing_of_it(at_desk: Desk) -> None:
    clarification = asked(at_desk)
    engine, before = at_desk.gateway.store.engine, at_desk.counts()
    count, limit = 0, 1

    def fail(_connection: Connection, _cursor: object, _statement: str, *_: object) -> None:
        nonlocal count
        count += 1
        if count == limit:
            raise ZeroDivisionError

    sent = reply(clarification, note(inside=echo(coded=code("not-seen", DECLINE_OID))))
    event.listen(engine, "before_cursor_execute", fail)
    while True:
        count = 0
        try:
            at_desk.hand_in(sent)
        except GatewayError:
            limit += 1
            assert limit < 100
            continue
        break
    event.remove(engine, "before_cursor_execute", fail)
    after = at_desk.counts()
    assert limit > 10
    added = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    # A failed attempt is kept until the message is answered; the ledger tells of it for good.
    assert added.pop("ledger") >= 3
    assert added == {"message": 1, "original": 1, "reply": 1, "clarification_event": 2}
    assert kinds(at_desk, clarification) == ["asked", "declined", "replied"]
    with at_desk.gateway.store.reading() as read:
        assert read.check_ledger()
