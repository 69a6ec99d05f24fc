"""A clarification as NAV reads it: where it stands, what is asked in words, what happened; nobody is blamed in it.

Monday 2 March 2026 is day 0: day 14 is Friday 20 March, day 21 Tuesday 31 March.
"""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import permutations
from typing import Any

import pytest

from certgateway.domain.certificate import Author, Coding, Patient
from certgateway.domain.dialogue import State, find_state
from certgateway.domain.dialogue_events import (
    Answered,
    AnswerRefused,
    Asked,
    Clinician,
    Declined,
    Delivered,
    Event,
    Filed,
    Fulfilled,
    HandedOver,
    Measure,
    Ordered,
    Paused,
    Rated,
    Read,
    Refused,
    Reminded,
    Resumed,
    Returned,
    Revoked,
    Sent,
    Superseded,
    TakenBack,
    Target,
    Withdrawn,
)
from certgateway.domain.dialogue_report import open_items, open_on, told
from certgateway.domain.ordering import CaseQuestion, ordered_targets
from certgateway.domain.outgoing import Asking, Outgoing
from certgateway.domain.reply import Reply
from certgateway.domain.vocabulary import LANGUAGES, Language

OURS = "https://certgateway.example/fhir/CodeSystem/"
UUID = "c0000000-0000-4000-8000-000000000001"
GP, HOSPITAL = "her:8000001", "her:8143060"

FUNCTION = Target("function", "unclear", "function[0].limits", "Hvor mange kilo?")
PROGNOSIS = Target("prognosis", "outdated")
ACTIVITY = Target("activity", "missing")


def at(month: int, day: int, hour: int = 10) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


QUESTION = Asked("q", at(3, 2), "case-1", 3, GP, (FUNCTION, PROGNOSIS))
MARCH_16 = date(2026, 3, 16)


def seen(
    *events: Event, today: date = MARCH_16, question: Asked = QUESTION, language: Language = "nb"
) -> dict[str, Any]:
    return told(UUID, [question, *events], today, language)


def state(*events: Event, question: Asked = QUESTION) -> State:
    found = find_state([question, *events])
    assert found is not None
    return found


def coded(vocabulary: str, code: str, display: str) -> dict[str, str]:
    return {"system": OURS + vocabulary, "code": code, "display": display}


UNTOUCHED: dict[str, Any] = {
    "question": None,
    "standing": "open",
    "version": None,
    "certificate": None,
    "late": False,
    "rounds": 0,
    "replies": [],
    "why": None,
}
"""What is told of a target of a question that nobody has answered."""


def test_a_question_that_has_just_been_asked() -> None:
    assert seen() == {
        "clarification": UUID,
        "kind": "question",
        "certificate": "case-1",
        "version": 3,
        "status": "ordered",
        "status_display": "Klar til å sendes",
        "receiver": GP,
        "clinician": None,
        "asked": "2026-03-02T10:00:00Z",
        "due": "2026-03-20",
        "reminder_due": "2026-03-20",
        "second_look_due": "2026-03-31",
        "overdue": False,
        "paused": False,
        "next_step": None,
        "certificate_withdrawn": False,
        "refusal": None,
        "withdrawn": None,
        "not_payable": [],
        "ratings": {},
        "measure": None,
        "targets": [
            UNTOUCHED
            | {
                "item": "function",
                "display": "Funksjonsevne",
                "element": "function[0].limits",
                "reason": coded("clarification-reason", "unclear", "Uklart"),
                "settles": "Hvor mange kilo?",
                "text": (
                    "Det er uklart for oss hva som menes under «Funksjonsevne». Kan du presisere? "
                    "Det gjelder opplysning nummer 1 under punktet. Hvor mange kilo? "
                    "Svaret erstatter alt som står under punktet nå."
                ),
            },
            UNTOUCHED
            | {
                "item": "prognosis",
                "display": "Prognose",
                "element": None,
                "reason": coded("clarification-reason", "outdated", "Utdatert"),
                "settles": None,
                "text": (
                    "Opplysningene under «Prognose» begynner å bli gamle. Gjelder de fortsatt? "
                    "Svaret erstatter alt som står under punktet nå."
                ),
            },
        ],
        "events": [{"kind": "asked", "at": "2026-03-02T10:00:00Z"}],
        "unsorted": [],
    }


def test_a_question_in_nynorsk_and_english() -> None:
    nynorsk, english = seen(language="nn"), seen(language="en")
    assert (nynorsk["status_display"], english["status_display"]) == ("Klar til å sendast", "Ready to be sent")
    assert nynorsk["targets"][1]["text"] == (
        "Opplysningane under «Prognose» byrjar å bli gamle. Gjeld dei framleis? "
        "Svaret erstattar alt som står under punktet no."
    )
    assert english["targets"][1]["reason"] == coded("clarification-reason", "outdated", "Outdated")
    assert english["targets"][1]["display"] == "Prognosis"
    assert english["targets"][0]["settles"] == "Hvor mange kilo?"


def test_without_the_question_there_is_nothing_to_tell() -> None:
    with pytest.raises(ValueError, match=r"^the question is not among the events$"):
        told(UUID, [Sent("s", at(3, 2))], MARCH_16, "nb")


def test_events_may_be_read_once_only() -> None:
    assert told(UUID, iter([QUESTION]), MARCH_16, "nb") == seen()


# ---- what the day makes of it ----


@pytest.mark.parametrize(
    "today,overdue,step",
    [
        (date(2026, 3, 19), False, None),
        (date(2026, 3, 20), False, "remind"),
        (date(2026, 3, 21), True, "remind"),
        (date(2026, 3, 30), True, "remind"),
        (date(2026, 3, 31), True, "look-again"),
    ],
)
def test_what_is_due_depends_on_the_day(today: date, overdue: bool, step: str | None) -> None:  # noqa: FBT001
    found = seen(today=today)
    assert (found["overdue"], found["next_step"], found["status"]) == (overdue, step, "ordered")


def test_the_three_dates_are_told_apart() -> None:
    found = seen(question=replace(QUESTION, due=date(2026, 3, 12)))
    assert (found["due"], found["reminder_due"], found["second_look_due"]) == (
        "2026-03-12",
        "2026-03-20",
        "2026-03-31",
    )


def test_while_it_is_paused_nothing_is_due() -> None:
    found = seen(Paused("p", at(3, 9)), today=date(2026, 12, 1))
    assert (found["paused"], found["overdue"], found["next_step"]) == (True, False, None)


# ---- what became of it ----


def test_a_refusal_by_the_system() -> None:
    found = seen(Sent("s", at(3, 2, 11)), Refused("r", at(3, 2, 12), "patient-unknown"))
    assert (found["status"], found["status_display"], found["refusal"]) == (
        "refused",
        "Ikke tatt imot",
        coded("message-refusal-reason", "patient-unknown", "Ukjent pasient"),
    )


def test_a_late_answer_to_one_item() -> None:
    found = seen(Answered("a", at(3, 23), frozenset({"function"}), 4, 3))
    function, prognosis = found["targets"]
    assert (found["status"], found["status_display"]) == ("partly-answered", "Delvis besvart")
    assert (function["standing"], function["version"], function["late"], function["rounds"]) == ("answered", 4, True, 1)
    assert (prognosis["standing"], prognosis["version"], prognosis["late"], prognosis["rounds"]) == (
        "open",
        None,
        False,
        0,
    )
    assert found["version"] == 3


def test_a_decline_says_why() -> None:
    found = seen(Declined("d", at(3, 4), "not-seen", frozenset({"prognosis"})))
    function, prognosis = found["targets"]
    assert (prognosis["standing"], function["standing"], function["why"]) == ("declined", "open", None)
    assert prognosis["why"] == coded("decline-reason", "not-seen", "Har ikke sett pasienten i tiden det gjelder")


def test_a_return_says_why_and_is_data_only() -> None:
    answered = Answered("a", at(3, 4), frozenset({"function"}), 4, 3)
    found = seen(answered, Returned("r", at(3, 5), "still-unclear", frozenset({"function"}), not_payable=True))
    unclear = coded("return-reason", "still-unclear", "Svaret er fortsatt uklart")
    function, prognosis = found["targets"]
    assert (function["standing"], function["why"], prognosis["why"]) == ("open", unclear, None)
    assert found["not_payable"] == [unclear]
    assert found["status"] == "ordered"
    # Thursday 5 March is day 0 now, and Wednesday the 25th day 14.
    assert found["due"] == "2026-03-25"


def test_a_withdrawal_says_why() -> None:
    found = seen(Withdrawn("w", at(3, 4), "known-otherwise"), today=date(2026, 12, 1), language="en")
    assert (found["status"], found["overdue"], found["next_step"]) == ("withdrawn", False, None)
    assert found["withdrawn"] == coded("clarification-withdrawal-reason", "known-otherwise", "Known from elsewhere")


def test_an_answer_to_nothing_is_named() -> None:
    found = seen(Answered("stray", at(3, 4), frozenset({"onset"}), 4, 3))
    assert (found["unsorted"], found["status"]) == (["stray"], "ordered")


def test_the_certificate_was_withdrawn() -> None:
    found = seen(Answered("a", at(3, 4), frozenset({"function"}), 4, 3), Revoked("r", at(3, 5)))
    assert found["certificate_withdrawn"] is True
    assert [each["standing"] for each in found["targets"]] == ["open", "open"]


def test_a_new_certificate_leaves_out_what_was_missing() -> None:
    question = replace(QUESTION, targets=(ACTIVITY,))
    answered = Answered("a", at(3, 4), frozenset({"activity"}), 4, 3)
    found = seen(answered, Superseded("s", at(3, 5), 5), question=question)
    (activity,) = found["targets"]
    assert (activity["standing"], activity["version"], activity["rounds"], activity["why"]) == ("open", None, 1, None)
    # Thursday 5 March is day 0 now, and Wednesday the 25th day 14.
    assert (found["status"], found["due"]) == ("ordered", "2026-03-25")


def test_what_doctor_and_counsellor_thought_last_is_told() -> None:
    found = seen(
        Rated("1", at(3, 4), "doctor", 2), Rated("2", at(3, 6), "counsellor", 5), Rated("3", at(3, 5), "doctor", 4)
    )
    assert found["ratings"] == {"doctor": 4, "counsellor": 5}


def test_another_receiver_is_told() -> None:
    assert seen(HandedOver("h", at(3, 4), HOSPITAL))["receiver"] == HOSPITAL


def test_a_measure_and_its_demands() -> None:
    measure = Measure("Arbeidstrening på lager", ("heavy-lifting", "driving-car"))
    assert seen(question=replace(QUESTION, measure=measure))["measure"] == {
        "description": "Arbeidstrening på lager",
        "demands": [
            coded("risk-activity", "heavy-lifting", "Tunge løft"),
            coded("risk-activity", "driving-car", "Kjøre bil"),
        ],
    }


EVERYTHING: tuple[Event, ...] = (
    Sent("e1", at(3, 3, 1)),
    Delivered("e2", at(3, 3, 2)),
    Refused("e3", at(3, 3, 3), "other"),
    Read("e4", at(3, 3, 4)),
    Reminded("e5", at(3, 3, 5)),
    Answered("e6", at(3, 3, 6), frozenset({"function"}), 4, 3),
    Declined("e7", at(3, 3, 7), "not-known"),
    Returned("e8", at(3, 3, 8), "still-unclear"),
    HandedOver("e9", at(3, 3, 9), HOSPITAL),
    Paused("f1", at(3, 3, 10)),
    Resumed("f2", at(3, 3, 11)),
    Superseded("f3", at(3, 3, 12), 5),
    Revoked("f4", at(3, 3, 13)),
    Withdrawn("f5", at(3, 3, 14), "no-longer-needed"),
    Rated("f6", at(3, 3, 15), "counsellor", 1),
)


def test_what_happened_is_told_in_its_order_and_once() -> None:
    found = seen(*reversed(EVERYTHING), EVERYTHING[0])
    assert [(each["kind"], each["at"]) for each in found["events"]] == [
        ("asked", "2026-03-02T10:00:00Z"),
        ("sent", "2026-03-03T01:00:00Z"),
        ("delivered", "2026-03-03T02:00:00Z"),
        ("refused", "2026-03-03T03:00:00Z"),
        ("read", "2026-03-03T04:00:00Z"),
        ("reminded", "2026-03-03T05:00:00Z"),
        ("answered", "2026-03-03T06:00:00Z"),
        ("declined", "2026-03-03T07:00:00Z"),
        ("returned", "2026-03-03T08:00:00Z"),
        ("handed-over", "2026-03-03T09:00:00Z"),
        ("paused", "2026-03-03T10:00:00Z"),
        ("resumed", "2026-03-03T11:00:00Z"),
        ("superseded", "2026-03-03T12:00:00Z"),
        ("revoked", "2026-03-03T13:00:00Z"),
        ("withdrawn", "2026-03-03T14:00:00Z"),
        ("rated", "2026-03-03T15:00:00Z"),
    ]
    assert all(set(each) == {"kind", "at"} for each in found["events"])


def test_the_order_of_arrival_makes_no_difference() -> None:
    assert {json.dumps(seen(*order)) for order in permutations(EVERYTHING[5:9])} == {json.dumps(seen(*EVERYTHING[5:9]))}


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_plain_json_and_blames_nobody(language: Language) -> None:
    measure = Measure("Arbeidstrening", ("heavy-lifting",))
    for count in range(len(EVERYTHING) + 1):
        found = seen(*EVERYTHING[:count], question=replace(QUESTION, measure=measure), language=language)
        text = json.dumps(found, ensure_ascii=False)
        assert json.loads(text) == found
        assert set(found) == set(seen())
        low = text.casefold()
        assert not any(word in low for word in ("ytelse", "benefit", "sanksjon", "plikt", "brudd", "breach", "vedtak"))


# ---- beside the assessment data ----


def test_items_that_wait_stand_in_the_order_of_the_form_and_once() -> None:
    other = state(question=replace(QUESTION, targets=(Target("specialist", "missing"), PROGNOSIS, ACTIVITY)))
    answered = Answered("a", at(3, 4), frozenset({"function"}), 4, 3)
    assert open_items([("x", other), ("y", state())]) == ["function", "activity", "prognosis", "specialist"]
    assert open_items([("y", state(answered))]) == ["prognosis"]
    assert open_items([("y", state(Withdrawn("w", at(3, 4), "no-longer-needed")))]) == []
    assert open_items([]) == []


def test_the_questions_that_wait_on_an_item() -> None:
    other = replace(QUESTION, targets=(replace(FUNCTION, element=None, settles=None), ACTIVITY), due=date(2026, 3, 12))
    asked = [("x", state(Sent("s", at(3, 2, 11)))), ("y", state(question=other))]
    first = {
        "clarification": "x",
        "reason": coded("clarification-reason", "unclear", "Uklart"),
        "element": "function[0].limits",
        "text": (
            "Det er uklart for oss kva som er meint under «Funksjonsevne». Kan du presisere? "
            "Det gjeld opplysning nummer 1 under punktet. Hvor mange kilo? "
            "Svaret erstattar alt som står under punktet no."
        ),
        "due": "2026-03-20",
        "status": "sent",
    }
    second = {
        "clarification": "y",
        "reason": coded("clarification-reason", "unclear", "Uklart"),
        "element": None,
        "text": (
            "Det er uklart for oss kva som er meint under «Funksjonsevne». Kan du presisere? "
            "Svaret erstattar alt som står under punktet no."
        ),
        "due": "2026-03-12",
        "status": "ordered",
    }
    assert open_on("function", asked, "nn") == [first, second]
    assert [each["clarification"] for each in open_on("activity", asked, "nn")] == ["y"]
    assert open_on("onset", asked, "nn") == []


@pytest.mark.parametrize(
    "event",
    [
        Answered("a", at(3, 4), frozenset({"function"}), 4, 3),
        Declined("d", at(3, 4), "not-known", frozenset({"function"})),
        Withdrawn("w", at(3, 4), "no-longer-needed"),
    ],
    ids=lambda event: type(event).__name__,
)
def test_what_does_not_wait_any_more_is_not_shown(event: Event) -> None:
    asked = [("x", state(event))]
    assert open_on("function", asked, "nb") == []
    assert "function" not in open_items(asked)


# ---- on its way ----


def test_a_message_asks_for_no_payment_to_be_held_back_and_a_reply_declines_nothing_by_itself() -> None:
    message = Outgoing(
        id="m-1",
        kind="question",
        clarification=UUID,
        at=at(3, 2),
        receiver=GP,
        certificate=Coding("urn:oid:1.2.3", "c-1"),
        authored=at(3, 1),
        patient=Patient(),
        author=Author(),
        asked=(Asking(PROGNOSIS, "?"),),
        due=date(2026, 3, 20),
    )
    assert (message.not_payable, message.reason, message.measure, message.language) == (False, None, None, "nb")
    assert (Reply(UUID).declined, Reply(UUID).declined_items) == (None, frozenset())


def test_a_refused_answer_shows_its_rules_and_a_filed_one_why() -> None:
    found = seen(AnswerRefused("r", at(3, 3), ("author-is-patient",)), Filed("f", at(3, 4), "m", "not-an-answer"))
    assert found["events"][1:] == [
        {"kind": "answer-refused", "at": "2026-03-03T10:00:00Z", "rules": ["author-is-patient"]},
        {
            "kind": "filed",
            "at": "2026-03-04T10:00:00Z",
            "reason": coded("unsorted-filing-reason", "not-an-answer", "Er ikke svar på noe spørsmål"),
        },
    ]
    assert found["status"] == "ordered"


# ---- an order ----


ORDER = Ordered(
    "o",
    at(3, 2),
    HOSPITAL,
    Patient("16876410773", "fnr", "Vennlig Fjelltur"),
    Clinician("7733105", "hospital-specialist", "315001005", "Rolig Psykiater"),
    ordered_targets([CaseQuestion("since-when", "Regn fra første legebesøk.")]),
)


def of_order(*events: Event, language: Language = "nb") -> dict[str, Any]:
    return told(UUID, [ORDER, *events], MARCH_16, language)


def test_an_order_that_has_just_been_sent() -> None:
    found = of_order()
    assert (found["kind"], found["certificate"], found["version"], found["status"]) == ("order", None, None, "ordered")
    assert found["clinician"] == {
        "hpr": "7733105",
        "role": coded("author-role", "hospital-specialist", "Lege i spesialisthelsetjenesten"),
        "organisation": "315001005",
    }
    assert [(each["item"], each["question"]) for each in found["targets"]] == [
        ("diagnosis", None),
        ("function", None),
        ("health-risk", None),
        ("prognosis", None),
        ("onset", coded("order-question", "since-when", "Nedsatt funksjon siden når")),
    ]
    assert found["targets"][-1]["text"].endswith("er et gyldig svar. Regn fra første legebesøk.")
    assert found["events"] == [{"kind": "ordered", "at": "2026-03-02T10:00:00Z"}]
    # Who it is about stands in the message to the clinician, and in nothing that is told.
    assert [each for each in ("16876410773", "Fjelltur", "Psykiater") if each in json.dumps(found)] == []


def test_an_order_tells_which_certificate_answers_what() -> None:
    found = of_order(Fulfilled("f", at(3, 10), "case-7", 2, frozenset({"diagnosis", "since-when"})), language="en")
    assert (found["certificate"], found["version"], found["status"]) == ("case-7", 2, "partly-answered")
    assert [(each["standing"], each["certificate"], each["version"]) for each in found["targets"]] == [
        ("answered", "case-7", 2),
        ("open", None, None),
        ("open", None, None),
        ("open", None, None),
        ("answered", "case-7", 2),
    ]
    assert found["targets"][-1]["question"]["display"] == "Reduced function since when"


def test_who_has_taken_an_order_over_may_be_unknown() -> None:
    assert of_order(HandedOver("h", at(3, 10), GP))["clinician"] is None


def test_what_an_order_waits_for_is_shown_beside_the_item() -> None:
    found = find_state([ORDER])
    assert found is not None
    (shown,) = open_on("onset", [(UUID, found)], "en")
    assert shown["text"].startswith("Since when has the patient's function been reduced")


def test_what_was_taken_back_is_told_by_item() -> None:
    found = seen(
        Answered("a", at(3, 3), frozenset({"function"}), 4, 3, None, GP, at(3, 3)),
        TakenBack("t", at(3, 4), frozenset({"prognosis", "function"}), GP, at(3, 4), 5),
    )
    assert found["events"][-1] == {
        "kind": "taken-back",
        "at": "2026-03-04T10:00:00Z",
        "items": ["function", "prognosis"],
    }
    assert [each["standing"] for each in found["targets"]] == ["open", "open"]


def test_what_was_missing_and_is_answered_otherwise_stays_answered() -> None:
    question = replace(QUESTION, targets=(ACTIVITY, replace(ACTIVITY, item="prognosis")))
    said = Answered("a", at(3, 3), frozenset({"activity", "prognosis"}), 4, 3, None, GP, at(3, 3))
    back = TakenBack("t", at(3, 4), frozenset({"activity", "prognosis"}), GP, at(3, 4), 5, frozenset({"activity"}))
    found = state(said, back, question=question)
    assert [(each.standing, each.version) for each in found.targets] == [("answered", 5), ("open", None)]
    late = replace(back, authored=at(3, 2))
    assert [each.version for each in state(said, late, question=question).targets] == [4, 4]
