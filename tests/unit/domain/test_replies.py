"""Answers in words as data, and as offers in the assessment data: what waits, what settled, and what is held back."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from certgateway.domain.assessment import project
from certgateway.domain.assessment_replies import Worded
from certgateway.domain.certificate import Attachment, Author, Certificate, Coding
from certgateway.domain.dialogue import State, find_state
from certgateway.domain.dialogue_events import Asked, Event, Replied, Returned, Settled, Target
from certgateway.domain.record import Version
from certgateway.domain.replies import ProseReply, ReplyText, as_certificate
from certgateway.domain.reply_report import told_replies

QUESTION, CASE = "c0000000-0000-4000-8000-000000000001", "case-1"
ASKED = Asked(
    "q",
    datetime(2026, 3, 2, 9, tzinfo=UTC),
    CASE,
    1,
    "her:8000001",
    (Target("prognosis", "missing"), Target("activity", "unclear")),
)
WRITTEN = datetime(2026, 3, 4, 9, tzinfo=UTC)
REPLY = ProseReply(
    message="m1",
    clarification=QUESTION,
    kind="answer",
    at=datetime(2026, 3, 5, 9, tzinfo=UTC),
    authored=WRITTEN,
    author=Author(hpr="9144900", role="gp"),
    texts=(
        ReplyText("subject", "Svar"),
        ReplyText("text", "Han blir bedre. Han bør ha AAP."),
        ReplyText("remark", "Kan gå.", "activity"),
    ),
    attachments=(Attachment("application/pdf", 9, "0" * 64),),
)
OTHER = replace(
    REPLY, message="m2", at=datetime(2026, 3, 6, 9, tzinfo=UTC), texts=(ReplyText("text", "Mer."),), attachments=()
)
WITHHELD = {"m1": {"assessment[1].text": (("benefit-recommendation", (16, 31)),)}}


class Titles:
    def title(self, system: str, code: str) -> str | None:
        raise AssertionError((system, code))


def state(*events: Event) -> State:
    found = find_state(
        [ASKED, *(Replied(f"e{each.message}", each.at, each.message) for each in (REPLY, OTHER)), *events]
    )
    assert found is not None
    return found


def settled(*items: str) -> Settled:
    return Settled("s", datetime(2026, 3, 7, 9, tzinfo=UTC), frozenset(items))


def told(now: State, *replies: ProseReply) -> list[dict[str, Any]]:
    return told_replies(replies or (REPLY, OTHER), WITHHELD, now, "nb")


def proposed(*asked: tuple[str, State]) -> list[tuple[str, list[str]]]:
    certificate = Certificate(Coding("s", "c"), datetime(2026, 2, 1, tzinfo=UTC), "final", author=Author(hpr="1"))
    version = Version(1, "m", datetime(2026, 2, 1, tzinfo=UTC), "accepted", certificate, (), current=True)
    found = project(
        CASE,
        [version],
        first_attempt=version.arrival,
        now=datetime(2026, 3, 9, tzinfo=UTC),
        titles=Titles(),
        asked=asked,
        worded=Worded((REPLY, OTHER), WITHHELD),
    )
    for each in found["proposals"]:
        assert each["element"] is None
        assert each["author"]["hpr"] == "9144900"
        assert each["dates"]["authored"] == "2026-03-04T09:00:00Z"
        assert each["age_days"] == 5
        assert each["value"]["proposed_from"] == "reply"
        assert all("element" not in part for part in each["parts"])
    for name in ("resources", "obstacles", "risks", "prognosis", "activity", "statements"):
        assert found[name] == []
    return [
        (each["item"], [part.get("text", part.get("withheld")) for part in each["parts"]])
        for each in found["proposals"]
    ]


def test_a_reply_tells_who_wrote_what_and_holds_back_what_nav_may_not_see() -> None:
    first, second = told(state())
    assert first == {
        "reply": "m1",
        "kind": "answer",
        "at": "2026-03-05T09:00:00Z",
        "authored": "2026-03-04T09:00:00Z",
        "standing": "waiting",
        "late": False,
        "settles": [],
        "author": {"hpr": "9144900", "role": "gp", "display": "Fastlege"},
        "parts": [
            {"text": "Svar", "place": "subject", "item": None},
            {"text": "Han blir bedre. ", "place": "text", "item": None},
            {"withheld": "benefit-recommendation", "place": "text", "item": None},
            {"text": "Kan gå.", "place": "remark", "item": "activity"},
        ],
        "attachments": [{"content_type": "application/pdf", "size": 9}],
    }
    assert (second["reply"], second["parts"]) == ("m2", [{"text": "Mer.", "place": "text", "item": None}])


def test_replies_are_told_in_the_order_in_which_they_came_and_only_where_an_event_tells_of_them() -> None:
    stranger = replace(REPLY, message="m0")
    assert [each["reply"] for each in told(state(), OTHER, stranger, REPLY)] == ["m1", "m2"]


def test_what_a_reply_settles_is_told_with_it() -> None:
    found = told(state(settled("activity")))
    assert [(each["standing"], each["settles"]) for each in found] == [("read", ["activity"])] * 2
    nobody = replace(REPLY, author=Author())
    assert told(state(), nobody)[0]["author"] == {"hpr": None, "role": None, "display": None}


def test_what_waits_is_offered_for_each_item_that_it_may_answer() -> None:
    whole = ["Han blir bedre. ", "benefit-recommendation"]
    assert proposed((QUESTION, state())) == [
        ("activity", whole),
        ("prognosis", whole),
        ("activity", ["Kan gå."]),
        ("activity", ["Mer."]),
        ("prognosis", ["Mer."]),
    ]


def test_what_settled_an_item_stays_an_offer_for_it_and_what_settled_nothing_is_none() -> None:
    assert {item for item, _ in proposed((QUESTION, state(settled("activity"))))} == {"activity"}
    assert proposed((QUESTION, state(settled()))) == []
    assert proposed((QUESTION, state(Returned("r", datetime(2026, 3, 8, tzinfo=UTC), "still-unclear")))) == []


@pytest.mark.parametrize("asked", [(), (("another", state()),)])
def test_words_to_no_question_of_this_certificate_are_no_offer(asked: tuple[tuple[str, State], ...]) -> None:
    assert proposed(*asked) == []


def test_words_as_a_certificate_hold_nothing_else() -> None:
    found = as_certificate((), identifier=Coding("s", "c"), authored=WRITTEN)
    assert found == Certificate(Coding("s", "c"), WRITTEN, "final")
    assert [
        each.text for each in as_certificate(REPLY.texts, identifier=Coding("s", "c"), authored=WRITTEN).assessment
    ] == [each.text for each in REPLY.texts]
