"""A clarification step by step: what each event makes of it, and what is due when by the almanac of 2026.

Monday 2 March is day 0: day 14 is Friday 20 March, day 21 Tuesday 31 March; 2 to 6 April are Easter.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import get_args

import pytest

from certgateway.domain.dialogue import State, Status, TargetState, find_state, in_order, open_targets
from certgateway.domain.dialogue_events import (
    DEFAULT_PLAN,
    Answered,
    Asked,
    Declined,
    Delivered,
    Event,
    HandedOver,
    Measure,
    Paused,
    Plan,
    Rated,
    Read,
    Refused,
    Reminded,
    Resent,
    Resumed,
    Returned,
    Revoked,
    Sent,
    Superseded,
    Target,
    Withdrawn,
)
from certgateway.domain.vocabulary.clarification import CLARIFICATION_STATUS

GP = "her:8000001"
HOSPITAL = "her:8143060"
PROGNOSIS = Target("prognosis", "missing")
FUNCTION = Target("function", "unclear", element="function[0].limit", settles="How many kilos, and how often?")
BOTH = frozenset({"prognosis", "function"})


def at(month: int, day: int, hour: int = 10, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def on(month: int, day: int) -> date:
    return date(2026, month, day)


QUESTION = Asked("q", at(3, 2), "certificate-1", 1, GP, (PROGNOSIS, FUNCTION))
BACK = frozenset({(None, 2)})
"""The version whose answer was sent back is remembered."""


def after(*events: Event, question: Asked = QUESTION) -> State:
    state = find_state([question, *events])
    assert state is not None
    return state


def asked(*targets: Target) -> Asked:
    return replace(QUESTION, targets=targets)


def standing(state: State) -> dict[str, TargetState]:
    return {each.target.item: each for each in state.targets}


def answered(month: int, day: int, *items: str, version: int = 2, name: str = "a") -> Answered:
    return Answered(name, at(month, day), frozenset(items) if items else BOTH, version)


def paused(*spans: tuple[date, date | None]) -> list[Event]:
    events: list[Event] = []
    for place, (start, end) in enumerate(spans):
        events.append(Paused(f"p{place}", at(start.month, start.day)))
        if end is not None:
            events.append(Resumed(f"r{place}", at(end.month, end.day)))
    return events


# The question itself


@pytest.mark.parametrize("events", [(), (answered(3, 5),), (Sent("s", at(3, 2)), Withdrawn("w", at(3, 3), "x"))])
def test_without_the_question_there_is_no_state(events: Sequence[Event]) -> None:
    assert find_state(events) is None


def test_question_alone_is_ordered_and_open() -> None:
    state = after()
    assert state == State(QUESTION, GP, on(3, 2), (TargetState(PROGNOSIS), TargetState(FUNCTION)))
    assert (state.status, state.open_items) == ("ordered", ("prognosis", "function"))
    assert (state.delivery, state.restarted, state.is_paused, state.revoked) == ("ordered", False, False, False)


def test_plan_is_fourteen_fourteen_and_twenty_one_working_days() -> None:
    assert Plan(due=14, reminder=14, second_look=21) == DEFAULT_PLAN
    state = after()
    assert (state.due, state.reminder_due, state.second_look_due) == (on(3, 20), on(3, 20), on(3, 31))


def test_plan_is_data_of_the_question() -> None:
    state = after(question=replace(QUESTION, plan=Plan(due=5, reminder=3, second_look=23)))
    assert (state.due, state.reminder_due, state.second_look_due) == (on(3, 9), on(3, 5), on(4, 7))


def test_time_counts_from_the_norwegian_day() -> None:
    state = after(question=replace(QUESTION, at=at(3, 2, 23, 30)))
    assert (state.begun, state.due) == (on(3, 3), on(3, 23))


def test_measure_and_what_would_settle_the_question_are_kept() -> None:
    measure = Measure("Trial at a warehouse", ("heavy-lifting",))
    state = after(question=replace(QUESTION, measure=measure))
    assert state.asked.measure == measure
    assert [each.target.settles for each in state.targets] == [None, "How many kilos, and how often?"]


def test_item_asked_about_twice_is_open_once() -> None:
    state = after(question=asked(FUNCTION, PROGNOSIS, Target("function", "outdated")))
    assert state.open_items == ("function", "prognosis")


def test_first_of_two_questions_counts() -> None:
    other = replace(QUESTION, id="earlier-id", at=at(3, 4), receiver=HOSPITAL)
    assert after(other) == after()


def test_question_about_nothing_waits_for_nothing() -> None:
    state = after(Sent("s", at(3, 2, 11)), question=asked())
    assert (state.status, state.open_items, state.next_step(on(6, 1))) == ("sent", (), None)


# The way to the doctor


@pytest.mark.parametrize(
    "event,status",
    [
        (Sent("s", at(3, 3)), "sent"),
        (Delivered("d", at(3, 3)), "delivered"),
        (Refused("x", at(3, 3), "unknown receiver"), "refused"),
        (Read("o", at(3, 3)), "read"),
    ],
)
def test_delivery_is_told_while_nothing_is_answered(event: Event, status: Status) -> None:
    state = after(event)
    assert (state.status, state.delivery) == (status, status)
    assert (state.open_items, state.due) == (("prognosis", "function"), on(3, 20))


def test_delivery_goes_forward_step_by_step() -> None:
    way: list[Event] = [Sent("s", at(3, 2, 11)), Delivered("d", at(3, 2, 12)), Read("o", at(3, 3))]
    assert [after(*way[:count]).status for count in range(4)] == ["ordered", "sent", "delivered", "read"]


@pytest.mark.parametrize(
    "first,second,status",
    [
        (Read("o", at(3, 3)), Delivered("d", at(3, 4)), "read"),
        (Read("o", at(3, 3)), Sent("s", at(3, 4)), "read"),
        (Delivered("d", at(3, 3)), Sent("s", at(3, 4)), "delivered"),
    ],
)
def test_what_is_told_late_of_the_delivery_does_not_set_it_back(first: Event, second: Event, status: Status) -> None:
    assert after(first, second).status == status


@pytest.mark.parametrize("event", [Sent("s", at(3, 3)), Delivered("d", at(3, 3)), Read("o", at(3, 3))])
def test_delivery_told_twice_counts_once(event: Event) -> None:
    assert after(event, replace(event, id="again", at=at(3, 4))) == after(event)


@pytest.mark.parametrize("before", [(), (Sent("s", at(3, 3)),), (Delivered("d", at(3, 3)),)])
def test_refusal_is_told_with_its_reason(before: Sequence[Event]) -> None:
    state = after(*before, Refused("x", at(3, 4), "unknown patient"))
    assert (state.status, state.refusal) == ("refused", "unknown patient")


def test_last_refusal_is_told() -> None:
    state = after(Refused("x", at(3, 4), "full"), Refused("y", at(3, 5), "closed"))
    assert (state.status, state.refusal) == ("refused", "closed")


def test_what_was_read_is_not_refused() -> None:
    state = after(Read("o", at(3, 3)), Refused("x", at(3, 4), "timeout"))
    assert (state.status, state.refusal) == ("read", None)


@pytest.mark.parametrize(
    "event,status",
    [(Sent("s", at(3, 5)), "sent"), (Delivered("d", at(3, 5)), "delivered"), (Read("o", at(3, 5)), "read")],
)
def test_sending_anew_undoes_a_refusal(event: Event, status: Status) -> None:
    state = after(Sent("first", at(3, 3)), Refused("x", at(3, 4), "down for an hour"), event)
    assert (state.status, state.refusal) == (status, None)


# Answers


def test_answer_to_everything_answers_it() -> None:
    state = after(answered(3, 10))
    assert (state.status, state.open_items, state.unsorted) == ("answered", (), ())
    assert standing(state)["prognosis"] == TargetState(PROGNOSIS, "answered", version=2, rounds=1)
    assert standing(state)["function"] == TargetState(FUNCTION, "answered", version=2, rounds=1)


def test_answer_to_a_part_leaves_the_rest_open() -> None:
    state = after(Read("o", at(3, 3)), answered(3, 10, "function"))
    assert (state.status, state.open_items) == ("partly-answered", ("prognosis",))
    assert standing(state)["prognosis"] == TargetState(PROGNOSIS)
    assert state.next_step(on(3, 20)) == "remind"


def test_rest_of_a_partial_answer_completes_it() -> None:
    state = after(answered(3, 10, "function"), answered(3, 12, "prognosis", version=3, name="b"))
    assert (state.status, state.open_items) == ("answered", ())
    assert {item: each.version for item, each in standing(state).items()} == {"function": 2, "prognosis": 3}


def test_answer_to_more_than_was_asked_answers_what_was_asked() -> None:
    state = after(answered(3, 10, "function", "treatment"))
    assert (state.open_items, state.unsorted) == (("prognosis",), ())


def test_answer_to_an_item_answers_every_target_of_it() -> None:
    state = after(answered(3, 10, "function"), question=asked(FUNCTION, Target("function", "outdated")))
    assert [each.standing for each in state.targets] == ["answered", "answered"]


@pytest.mark.parametrize("items", [frozenset({"treatment"}), frozenset[str]()])
def test_answer_that_hits_no_target_is_put_aside(items: frozenset[str]) -> None:
    state = after(Answered("stray", at(3, 10), items, 2), Answered("stray-2", at(3, 11), items, 3))
    assert (state.status, state.open_items) == ("ordered", ("prognosis", "function"))
    assert state.unsorted == ("stray", "stray-2")


@pytest.mark.parametrize("day,late", [(20, False), (23, True)])
def test_answer_is_late_from_the_day_after_the_due_date(day: int, late: bool) -> None:  # noqa: FBT001
    state = after(answered(3, day, "prognosis"))
    assert standing(state)["prognosis"].late is late
    assert standing(state)["function"].late is False


def test_late_answer_counts() -> None:
    state = after(answered(6, 1))
    assert (state.status, state.open_items, state.unsorted) == ("answered", (), ())


def test_answer_is_late_by_the_norwegian_day() -> None:
    assert standing(after(Answered("a", at(3, 20, 22, 59), BOTH, 2)))["function"].late is False
    assert standing(after(Answered("a", at(3, 20, 23, 0), BOTH, 2)))["function"].late is True


def test_answer_from_before_the_question_by_the_clocks_counts() -> None:
    assert after(answered(3, 1)).status == "answered"


def test_answer_to_what_is_answered_counts_as_another_round() -> None:
    state = after(answered(3, 10), answered(3, 12, "function", version=3, name="b"))
    assert standing(state)["function"] == TargetState(FUNCTION, "answered", version=3, rounds=2)
    assert standing(state)["prognosis"] == TargetState(PROGNOSIS, "answered", version=2, rounds=1)


def test_addition_after_the_due_date_makes_no_answer_late_that_came_in_time() -> None:
    state = after(answered(3, 10), answered(4, 20, version=3, name="b"))
    assert {each.late for each in state.targets} == {False}


def test_addition_to_a_late_answer_leaves_it_late() -> None:
    state = after(answered(3, 25), answered(3, 26, version=3, name="b"))
    assert {each.late for each in state.targets} == {True}


@pytest.mark.parametrize("event", [Sent("s", at(3, 11)), Refused("x", at(3, 11), "full"), Read("o", at(3, 11))])
def test_delivery_told_after_the_answer_leaves_it_answered(event: Event) -> None:
    assert after(answered(3, 10), event).status == "answered"


# Declines


def test_decline_of_everything_closes_it() -> None:
    state = after(Declined("n", at(3, 10), "not-seen"))
    assert (state.status, state.open_items) == ("declined", ())
    assert {(each.standing, each.reason) for each in state.targets} == {("declined", "not-seen")}
    assert (state.next_step(on(6, 1)), state.is_overdue(on(6, 1))) == (None, False)


def test_decline_of_a_part_leaves_the_rest_open() -> None:
    state = after(Read("o", at(3, 3)), Declined("n", at(3, 10), "not-known", frozenset({"prognosis"})))
    assert (state.status, state.open_items) == ("read", ("function",))
    assert standing(state)["prognosis"] == TargetState(PROGNOSIS, "declined", reason="not-known")


def test_decline_of_the_rest_leaves_what_is_answered() -> None:
    state = after(answered(3, 10, "function"), Declined("n", at(3, 11), "not-known"))
    assert (state.status, state.open_items) == ("partly-answered", ())
    assert [each.standing for each in state.targets] == ["declined", "answered"]


def test_decline_after_the_answer_changes_nothing() -> None:
    assert after(answered(3, 10), Declined("n", at(3, 11), "not-seen", BOTH)) == after(answered(3, 10))


def test_first_reason_for_a_decline_stands() -> None:
    state = after(Declined("n", at(3, 10), "not-seen"), Declined("m", at(3, 11), "confidential"))
    assert {each.reason for each in state.targets} == {"not-seen"}


def test_answer_after_a_decline_counts() -> None:
    state = after(Declined("n", at(3, 10), "not-known"), answered(3, 12, "prognosis"))
    assert standing(state)["prognosis"] == TargetState(PROGNOSIS, "answered", version=2, rounds=1)
    assert (state.status, standing(state)["function"].standing) == ("partly-answered", "declined")


def test_decline_that_hits_no_target_is_put_aside() -> None:
    state = after(Declined("stray", at(3, 10), "not-known", frozenset({"treatment"})))
    assert (state.open_items, state.unsorted) == (("prognosis", "function"), ("stray",))


# Returns


def test_return_opens_the_answer_and_begins_the_time_anew() -> None:
    state = after(answered(3, 10), Returned("b", at(3, 24), "still-unclear"))
    assert (state.status, state.open_items) == ("ordered", ("prognosis", "function"))
    assert standing(state)["function"] == TargetState(
        FUNCTION, "open", version=2, reason="still-unclear", rounds=1, returned=BACK
    )
    assert (state.begun, state.restarted) == (on(3, 24), True)
    assert (state.due, state.reminder_due, state.second_look_due) == (on(4, 16), on(4, 16), on(4, 27))


def test_return_of_one_item_leaves_the_other_answered() -> None:
    state = after(answered(3, 10), Returned("b", at(3, 24), "still-unclear", frozenset({"function"})))
    assert (state.status, state.open_items) == ("partly-answered", ("function",))
    assert standing(state)["prognosis"] == TargetState(PROGNOSIS, "answered", version=2, rounds=1)


@pytest.mark.parametrize(
    "before",
    [
        (),
        (Declined("n", at(3, 10), "not-seen"),),
        (answered(3, 10, "prognosis"),),
        (Read("o", at(3, 3)),),
        (Refused("x", at(3, 3), "mailbox full"),),
    ],
)
def test_return_of_what_was_not_answered_changes_nothing(before: Sequence[Event]) -> None:
    assert after(*before, Returned("b", at(3, 24), "still-unclear", frozenset({"function"}))) == after(*before)


@pytest.mark.parametrize(
    "before",
    [
        (Read("o", at(3, 3)), answered(3, 10)),
        (Refused("x", at(3, 3), "mailbox full"), answered(3, 10)),
        (answered(3, 10), Refused("x", at(3, 11), "mailbox full")),
    ],
)
def test_return_that_reopens_something_is_on_its_way_anew(before: Sequence[Event]) -> None:
    back = Returned("b", at(3, 24), "still-unclear", frozenset({"function"}))
    state = after(*before, back)
    assert (state.delivery, state.refusal) == ("ordered", None)
    assert (state.next_step(on(3, 24)), state.next_step(on(4, 16))) == (None, "remind")
    assert after(*before, back, Sent("s", at(3, 24, 11))).delivery == "sent"
    refused = after(*before, back, Refused("y", at(3, 24, 11), "closed"))
    assert (refused.delivery, refused.refusal) == ("refused", "closed")


def test_answer_after_a_return_is_another_round_in_the_new_time() -> None:
    back = Returned("b", at(3, 24), "question-not-answered")
    state = after(answered(3, 25, version=4, name="z"), answered(3, 10), back)
    assert standing(state)["function"] == TargetState(FUNCTION, "answered", version=4, rounds=2, returned=BACK)
    assert {each.late for each in after(answered(4, 16, name="z"), answered(3, 10), back).targets} == {False}
    assert {each.late for each in after(answered(4, 17, name="z"), answered(3, 10), back).targets} == {True}


def test_answer_in_the_time_after_a_return_is_not_late_because_the_first_one_was() -> None:
    state = after(answered(3, 25), Returned("b", at(3, 26), "still-unclear"), answered(3, 27, version=3, name="z"))
    assert {each.late for each in state.targets} == {False}


def test_not_payable_is_noted_and_decides_nothing() -> None:
    plain = Returned("b", at(3, 24), "question-not-answered")
    marked = after(answered(3, 10), replace(plain, not_payable=True))
    assert marked.not_payable == ("question-not-answered",)
    assert replace(marked, not_payable=()) == after(answered(3, 10), plain)


def test_not_payable_is_noted_for_every_return_so_marked() -> None:
    state = after(
        answered(3, 10),
        Returned("b", at(3, 11), "still-unclear", not_payable=True),
        Returned("c", at(3, 12), "other-patient", not_payable=True),
        Returned("d", at(3, 13), "still-contradictory"),
    )
    assert state.not_payable == ("still-unclear", "other-patient")
    assert state.begun == on(3, 11)


# Another clinician


def test_hand_over_sends_anew_and_begins_the_time_anew() -> None:
    state = after(Read("o", at(3, 3)), HandedOver("h", at(3, 17), HOSPITAL))
    assert (state.receiver, state.status, state.begun, state.restarted) == (HOSPITAL, "ordered", on(3, 17), True)
    assert (state.due, state.reminder_due, state.second_look_due) == (on(4, 9), on(4, 9), on(4, 20))
    assert state.asked.receiver == GP


def test_hand_over_forgets_a_refusal() -> None:
    state = after(Refused("x", at(3, 3), "unknown receiver"), HandedOver("h", at(3, 17), HOSPITAL))
    assert (state.status, state.refusal) == ("ordered", None)


def test_hand_over_keeps_answers_and_opens_what_was_declined() -> None:
    state = after(
        answered(3, 10, "function"), Declined("n", at(3, 11), "other-clinician"), HandedOver("h", at(3, 17), HOSPITAL)
    )
    assert (state.status, state.open_items) == ("partly-answered", ("prognosis",))
    assert standing(state)["prognosis"] == TargetState(PROGNOSIS)
    assert standing(state)["function"] == TargetState(FUNCTION, "answered", version=2, rounds=1)


def test_hand_over_keeps_why_an_answer_was_returned() -> None:
    state = after(answered(3, 10), Returned("b", at(3, 11), "still-unclear"), HandedOver("h", at(3, 17), HOSPITAL))
    assert {each.reason for each in state.targets} == {"still-unclear"}


@pytest.mark.parametrize(
    "event", [Sent("s", at(3, 18), GP), Delivered("d", at(3, 18), GP), Refused("x", at(3, 18), "unknown patient", GP)]
)
def test_what_became_of_it_at_the_one_before_says_nothing_about_the_next(event: Event) -> None:
    moved = HandedOver("h", at(3, 17), HOSPITAL)
    assert after(moved, event) == after(moved)
    read = Read("o", at(3, 17, 12))
    assert after(moved, read, event) == after(moved, read)


@pytest.mark.parametrize(
    "event,status",
    [
        (Sent("s", at(3, 18), HOSPITAL), "sent"),
        (Delivered("d", at(3, 18), HOSPITAL), "delivered"),
        (Refused("x", at(3, 18), "unknown patient", HOSPITAL), "refused"),
    ],
)
def test_what_became_of_it_at_the_next_counts_from_the_hand_over(event: Event, status: Status) -> None:
    assert after(HandedOver("h", at(3, 17), HOSPITAL), event).status == status
    assert after(event).status == "ordered"


def test_refusal_by_the_one_before_at_the_instant_of_the_hand_over_is_not_one_by_the_next() -> None:
    noon = at(3, 10, 12)
    state = after(HandedOver("9", noon, HOSPITAL), Refused("0", noon, "moved", GP), Sent("8", noon, HOSPITAL))
    assert (state.status, state.refusal) == ("sent", None)


# What a word about the delivery is about

ANEW = [Returned("b", at(3, 17), "still-unclear"), HandedOver("h", at(3, 17), GP)]


@pytest.mark.parametrize("anew", ANEW)
@pytest.mark.parametrize(
    "event",
    [
        Sent("s", at(3, 18), GP, at(3, 2)),
        Delivered("d", at(3, 18), None, at(3, 16)),
        Refused("x", at(3, 18), "patient-unknown", GP, at(3, 2)),
        Read("o", at(3, 18), None, None, at(3, 2)),
    ],
)
def test_what_is_told_late_of_an_earlier_message_says_nothing_of_the_one_sent_since(event: Event, anew: Event) -> None:
    events = (answered(3, 10), anew)
    assert after(*events, event) == after(*events)
    assert after(*events).delivery == "ordered"


@pytest.mark.parametrize("anew", ANEW)
@pytest.mark.parametrize("written", [None, at(3, 17), at(3, 18)])
def test_what_is_told_of_the_message_sent_anew_of_a_later_one_and_of_an_unknown_one_counts(
    written: datetime | None, anew: Event
) -> None:
    assert after(answered(3, 10), anew, Delivered("d", at(3, 19), GP, written)).delivery == "delivered"


def test_a_return_that_returns_nothing_sends_nothing_anew() -> None:
    assert after(Returned("b", at(3, 3), "still-unclear"), Delivered("d", at(3, 4), GP, at(3, 2))).status == "delivered"


# Resending


@pytest.mark.parametrize("written", [None, at(3, 2)])
def test_resending_undoes_a_refusal_and_leaves_the_time(written: datetime | None) -> None:
    refused = Refused("x", at(3, 5), "undeliverable", GP, at(3, 2))
    state = after(refused, Resent("r", at(3, 6), GP, written))
    assert state == after()
    assert after(refused, Resent("r", at(3, 6), GP), Delivered("d", at(3, 7), GP, at(3, 2))).status == "delivered"
    assert after(refused, Resent("r", at(3, 6), GP), replace(refused, id="y", at=at(3, 9))).status == "refused"


@pytest.mark.parametrize("before", [Sent("s", at(3, 3)), Delivered("d", at(3, 3)), Read("o", at(3, 3))])
def test_resending_what_was_not_refused_changes_nothing(before: Event) -> None:
    assert after(before, Resent("r", at(3, 6), GP)) == after(before)


def test_resending_to_the_one_before_says_nothing_about_the_next() -> None:
    moved = (HandedOver("h", at(3, 4), HOSPITAL), Refused("x", at(3, 5), "undeliverable", HOSPITAL))
    assert after(*moved, Resent("r", at(3, 6), GP)) == after(*moved)
    again = Resent("r", at(3, 6), HOSPITAL, at(3, 2))
    assert after(*moved, again) == after(*moved)


def test_last_hand_over_counts() -> None:
    state = after(HandedOver("h", at(3, 10), HOSPITAL), HandedOver("g", at(3, 17), GP))
    assert (state.receiver, state.begun) == (GP, on(3, 17))


# Due dates, reminders and the second look


@pytest.mark.parametrize(
    "today,step,overdue",
    [
        (on(3, 2), None, False),
        (on(3, 19), None, False),
        (on(3, 20), "remind", False),
        (on(3, 21), "remind", True),
        (on(3, 30), "remind", True),
        (on(3, 31), "look-again", True),
        (on(8, 3), "look-again", True),
    ],
)
def test_steps_follow_the_plan(today: date, step: str | None, overdue: bool) -> None:  # noqa: FBT001
    state = after()
    assert (state.next_step(today), state.is_overdue(today)) == (step, overdue)


@pytest.mark.parametrize("event", [Refused("x", at(3, 2, 11), "unknown receiver"), Revoked("k", at(3, 2, 11))])
def test_what_a_reminder_would_not_reach_is_looked_at_again_at_once(event: Event) -> None:
    days = (on(3, 2), on(3, 19), on(3, 20), on(3, 31))
    state = after(event)
    assert {state.next_step(day) for day in days} == {"look-again"}
    assert (state.is_overdue(on(3, 20)), state.is_overdue(on(3, 21))) == (False, True)
    reminded = after(event, Reminded("m", at(3, 3)))
    assert {reminded.next_step(day) for day in days} == {"look-again"}


@pytest.mark.parametrize("event", [Refused("x", at(3, 2, 11), "unknown receiver"), Revoked("k", at(3, 2, 11))])
@pytest.mark.parametrize(
    "closing", [Declined("n", at(3, 3), "not-seen"), Paused("p", at(3, 3)), Withdrawn("w", at(3, 3), "known-otherwise")]
)
def test_nothing_is_looked_at_again_while_nothing_waits(event: Event, closing: Event) -> None:
    assert {after(event, closing).next_step(day) for day in (on(3, 3), on(3, 20), on(6, 1))} == {None}


@pytest.mark.parametrize(
    "event,undone",
    [
        (Refused("x", at(3, 3), "full"), Sent("s", at(3, 4))),
        (Refused("x", at(3, 3), "unknown receiver"), Read("o", at(3, 4))),
        (Revoked("k", at(3, 3)), Superseded("v", at(3, 4), 2)),
    ],
)
def test_steps_follow_the_plan_again_once_a_reminder_would_reach_somebody(event: Event, undone: Event) -> None:
    state = after(event, undone)
    days = (on(3, 19), on(3, 20), on(3, 30), on(3, 31))
    assert [state.next_step(day) for day in days] == [None, "remind", "remind", "look-again"]


def test_reminder_is_in_place_once() -> None:
    state = after(Reminded("m", at(3, 20)))
    assert (state.reminders, state.reminded, state.restarted) == ((on(3, 20),), True, False)
    assert (state.next_step(on(3, 20)), state.next_step(on(3, 30))) == (None, None)
    assert state.next_step(on(3, 31)) == "look-again"
    assert state.is_overdue(on(3, 21))


def test_reminder_ahead_of_the_plan_is_one() -> None:
    assert after(Reminded("m", at(3, 2, 12))).next_step(on(3, 20)) is None


def test_reminder_from_before_the_question_is_none() -> None:
    state = after(Reminded("m", at(3, 1)), Reminded("n", at(2, 28)))
    assert (state.reminders, state.next_step(on(3, 20))) == ((on(2, 28), on(3, 1)), "remind")


def test_reminder_is_told_by_the_norwegian_day() -> None:
    assert after(Reminded("m", at(3, 20, 23, 30))).reminders == (on(3, 21),)


def test_second_reminder_is_noted() -> None:
    state = after(Reminded("m", at(3, 20)), Reminded("n", at(3, 26)))
    assert (state.reminders, state.reminded) == ((on(3, 20), on(3, 26)), True)


@pytest.mark.parametrize("day", [16, 17])
def test_reminder_to_the_one_before_is_none_to_the_next(day: int) -> None:
    state = after(Reminded("m", at(3, day, 9)), HandedOver("h", at(3, 17), HOSPITAL))
    assert state.reminders == (on(3, day),)
    assert (state.next_step(on(4, 8)), state.next_step(on(4, 9))) == (None, "remind")


@pytest.mark.parametrize("day", [20, 24])
def test_reminder_before_a_return_is_none_after_it(day: int) -> None:
    state = after(Reminded("m", at(3, day, 9)), answered(3, 23), Returned("b", at(3, 24), "still-unclear"))
    assert (state.next_step(on(4, 15)), state.next_step(on(4, 16))) == (None, "remind")


def test_reminder_after_a_hand_over_counts() -> None:
    state = after(HandedOver("h", at(3, 17), HOSPITAL), Reminded("m", at(4, 9)))
    assert (state.next_step(on(4, 17)), state.next_step(on(4, 20))) == (None, "look-again")


def test_nothing_is_in_place_once_everything_is_answered() -> None:
    state = after(answered(3, 30))
    assert (state.next_step(on(6, 1)), state.is_overdue(on(6, 1))) == (None, False)


def test_due_date_that_was_set_takes_the_place_of_the_plan() -> None:
    state = after(question=replace(QUESTION, due=on(3, 14)))
    assert (state.due, state.reminder_due, state.second_look_due) == (on(3, 14), on(3, 20), on(3, 31))
    assert (state.is_overdue(on(3, 14)), state.is_overdue(on(3, 15))) == (False, True)


def test_due_date_that_was_set_says_what_is_late() -> None:
    early = replace(QUESTION, due=on(3, 9))
    assert {each.late for each in after(answered(3, 9), question=early).targets} == {False}
    assert {each.late for each in after(answered(3, 10), question=early).targets} == {True}


def test_due_date_that_was_set_holds_until_the_time_begins_anew() -> None:
    early = replace(QUESTION, due=on(3, 9))
    assert after(answered(3, 5), question=early).due == on(3, 9)
    assert after(HandedOver("h", at(3, 17), HOSPITAL), question=early).due == on(4, 9)
    assert after(answered(3, 5), Returned("b", at(3, 24), "still-unclear"), question=early).due == on(4, 16)
    assert after(answered(3, 5), Revoked("k", at(3, 24)), question=early).due == on(4, 16)
    assert after(Revoked("k", at(3, 24)), question=early).due == on(3, 9)


def test_time_begun_anew_on_the_day_of_the_question_drops_the_due_date_that_was_set() -> None:
    early = replace(QUESTION, due=on(3, 9))
    assert after(HandedOver("h", at(3, 2, 12), HOSPITAL), question=early).due == on(3, 20)


# Pauses


@pytest.mark.parametrize(
    "spans,due,second_look",
    [
        ([(on(3, 10), on(3, 13))], on(3, 25), on(4, 8)),  # 11, 12 and 13 March do not count
        ([(on(3, 10), on(3, 10))], on(3, 20), on(3, 31)),  # the same day
        ([(on(3, 6), on(3, 8))], on(3, 20), on(3, 31)),  # a weekend
        ([(on(3, 10), on(3, 13)), (on(3, 23), on(3, 24))], on(3, 26), on(4, 9)),  # the second only after the first
        ([(on(3, 20), on(3, 24))], on(3, 24), on(4, 7)),  # from the due date
        ([(on(3, 23), on(3, 25))], on(3, 20), on(4, 7)),  # after the due date, before the second look
        ([(on(2, 25), on(2, 27))], on(3, 20), on(3, 31)),  # over before the question
        ([(on(2, 27), on(3, 4))], on(3, 24), on(4, 7)),  # of one that began before it, 3 and 4 March
        ([(on(3, 19), on(4, 8))], on(4, 9), on(4, 20)),  # over Easter: 20, 23 to 27, 30 and 31 March, 1, 7 and 8 April
        ([(on(4, 1), on(4, 8))], on(3, 20), on(3, 31)),  # after everything
    ],
)
def test_pause_moves_what_is_due(spans: list[tuple[date, date | None]], due: date, second_look: date) -> None:
    state = after(*paused(*spans))
    assert (state.due, state.reminder_due, state.second_look_due) == (due, due, second_look)
    assert (state.is_paused, state.pauses) == (False, tuple(spans))


def test_pause_moves_the_due_date_that_was_set() -> None:
    state = after(*paused((on(3, 10), on(3, 13))), question=replace(QUESTION, due=on(3, 14)))
    assert state.due == on(3, 18)


def test_nothing_is_in_place_while_it_is_paused() -> None:
    state = after(*paused((on(3, 10), None)))
    assert (state.is_paused, state.pauses) == (True, ((on(3, 10), None),))
    assert {(state.next_step(day), state.is_overdue(day)) for day in (on(3, 20), on(3, 31), on(9, 1))} == {
        (None, False)
    }
    assert state.open_items == ("prognosis", "function")


def test_pause_within_a_pause_changes_nothing() -> None:
    outer = paused((on(3, 10), on(3, 13)))
    assert after(*outer, Paused("inner", at(3, 11))) == after(*outer)
    state = after(*outer, Paused("inner", at(3, 11)), Resumed("inner-end", at(3, 12)))
    assert (state.pauses, state.due) == (((on(3, 10), on(3, 12)),), on(3, 24))


def test_end_of_a_pause_that_never_began_changes_nothing() -> None:
    assert after(Resumed("r", at(3, 10))) == after()
    assert after(*paused((on(3, 10), on(3, 13))), Resumed("r", at(3, 18))).pauses == ((on(3, 10), on(3, 13)),)


def test_pause_before_the_time_began_anew_does_not_move_it() -> None:
    state = after(*paused((on(3, 10), on(3, 13))), HandedOver("h", at(3, 17), HOSPITAL))
    assert state.due == on(4, 9)


def test_pause_in_which_the_time_began_anew_counts_from_then() -> None:
    state = after(*paused((on(3, 10), on(3, 19))), HandedOver("h", at(3, 17), HOSPITAL))
    assert state.due == on(4, 13)


def test_hand_over_does_not_end_a_pause() -> None:
    assert after(*paused((on(3, 10), None)), HandedOver("h", at(3, 17), HOSPITAL)).is_paused


def test_answer_in_the_time_won_by_a_pause_is_not_late() -> None:
    pause = paused((on(3, 10), on(3, 13)))
    assert {each.late for each in after(*pause, answered(3, 25)).targets} == {False}
    assert {each.late for each in after(*pause, answered(3, 26)).targets} == {True}


def test_answer_in_a_pause_that_runs_is_not_late() -> None:
    state = after(*paused((on(3, 10), None)), answered(5, 29))
    assert {each.late for each in state.targets} == {False}
    assert (state.status, state.is_paused) == ("answered", True)


def test_answer_in_a_pause_that_began_after_the_due_date_is_late() -> None:
    assert {each.late for each in after(*paused((on(3, 23), None)), answered(3, 25)).targets} == {True}


def test_pause_after_the_answer_does_not_make_it_timely() -> None:
    assert {each.late for each in after(answered(3, 25), *paused((on(3, 26), on(4, 30)))).targets} == {True}


# Withdrawal, revocation and supersession


def test_withdrawn_question_waits_for_nothing() -> None:
    state = after(Read("o", at(3, 3)), Withdrawn("w", at(3, 10), "no-longer-needed"))
    assert (state.status, state.withdrawn, state.open_items) == ("withdrawn", "no-longer-needed", ())
    assert (state.next_step(on(6, 1)), state.is_overdue(on(6, 1))) == (None, False)


def test_first_withdrawal_stands() -> None:
    state = after(Withdrawn("w", at(3, 10), "known-otherwise"), Withdrawn("v", at(3, 11), "asked-by-mistake"))
    assert state.withdrawn == "known-otherwise"


def test_answer_after_nav_withdrew_is_kept() -> None:
    state = after(Withdrawn("w", at(3, 10), "no-longer-needed"), answered(3, 25, "function"))
    assert (state.status, state.unsorted) == ("withdrawn", ())
    assert standing(state)["function"] == TargetState(FUNCTION, "answered", version=2, late=True, rounds=1)


def test_withdrawal_after_the_answer_keeps_it() -> None:
    state = after(answered(3, 5), Withdrawn("w", at(3, 10), "known-otherwise"))
    assert (state.status, {each.standing for each in state.targets}) == ("withdrawn", {"answered"})


def test_revocation_opens_what_was_answered() -> None:
    state = after(answered(3, 25, "function"), Declined("n", at(3, 26), "not-known"), Revoked("k", at(3, 27)))
    assert (state.revoked, state.open_items, state.status) == (True, ("function",), "ordered")
    assert standing(state)["function"] == TargetState(FUNCTION, rounds=1)
    assert standing(state)["prognosis"] == TargetState(PROGNOSIS, "declined", reason="not-known")


@pytest.mark.parametrize("day", [20, 24])
def test_revocation_that_reopens_something_begins_the_time_anew(day: int) -> None:
    reminder = Reminded("m", at(3, day, 9))
    state = after(answered(3, 10, "function"), reminder, Revoked("k", at(3, 24)))
    assert (state.begun, state.restarted, state.reminders, state.reminded) == (on(3, 24), True, (on(3, day),), False)
    # Seven working days until Easter is over, 25 March to 7 April; the fourteenth is 16 April, the last one 27 April.
    assert (state.due, state.reminder_due, state.second_look_due) == (on(4, 16), on(4, 16), on(4, 27))
    assert (state.is_overdue(on(4, 16)), state.is_overdue(on(4, 17))) == (False, True)
    renewed = after(answered(3, 10, "function"), reminder, Revoked("k", at(3, 24)), Superseded("v", at(3, 25), 3))
    days = (on(4, 15), on(4, 16), on(4, 24), on(4, 27))
    assert [renewed.next_step(day) for day in days] == [None, "remind", "remind", "look-again"]


def test_time_begins_anew_on_the_norwegian_day_of_the_revocation() -> None:
    state = after(answered(3, 10), Revoked("k", at(3, 23, 23, 30)))
    assert (state.begun, state.due) == (on(3, 24), on(4, 16))


@pytest.mark.parametrize(
    "before",
    [
        (),
        (Delivered("d", at(3, 3)), Reminded("m", at(3, 20))),
        (Declined("n", at(3, 10), "not-known", frozenset({"prognosis"})),),
        (Answered("stray", at(3, 10), frozenset({"treatment"}), 2),),
    ],
)
def test_time_goes_on_where_the_revoked_certificate_had_answered_nothing(before: Sequence[Event]) -> None:
    state = after(*before, Revoked("k", at(3, 24)))
    assert state == replace(after(*before), revoked=True)
    assert (state.begun, state.restarted, state.due) == (on(3, 2), False, on(3, 20))
    assert (state.second_look_due, state.is_overdue(on(3, 24))) == (on(3, 31), True)


def test_time_goes_on_where_the_certificate_is_revoked_once_more() -> None:
    first = Revoked("k", at(3, 17))
    state = after(answered(3, 10), first, Revoked("l", at(3, 24)))
    assert state == after(answered(3, 10), first)
    assert (state.begun, state.due) == (on(3, 17), on(4, 9))


def test_revocation_leaves_the_delivery_as_it_is() -> None:
    assert after(Read("o", at(3, 3)), answered(3, 10), Revoked("k", at(3, 24))).status == "read"
    refused = after(Refused("x", at(3, 3), "full"), answered(3, 10), Revoked("k", at(3, 24)))
    assert (refused.status, refused.refusal) == ("refused", "full")


def test_revocation_keeps_why_an_answer_was_returned() -> None:
    state = after(answered(3, 10), Returned("b", at(3, 11), "still-unclear"), Revoked("k", at(3, 12)))
    assert [(each.reason, each.version) for each in state.targets] == [("still-unclear", 2)] * 2


def test_answer_after_the_revocation_is_put_aside() -> None:
    state = after(Revoked("k", at(3, 10)), answered(3, 12))
    assert (state.unsorted, state.open_items) == (("a",), ("prognosis", "function"))


def test_decline_after_the_revocation_counts() -> None:
    state = after(Revoked("k", at(3, 10)), Declined("n", at(3, 12), "not-seen"))
    assert (state.status, state.unsorted) == ("declined", ())


def test_version_that_came_by_itself_settles_what_was_missing() -> None:
    state = after(Superseded("v", at(3, 10), 2, frozenset({"prognosis"})))
    assert (state.status, state.open_items) == ("partly-answered", ("function",))
    assert standing(state)["prognosis"] == TargetState(PROGNOSIS, "answered", version=2)


def test_version_that_came_by_itself_does_not_settle_what_was_unclear() -> None:
    state = after(Superseded("v", at(3, 10), 2, BOTH))
    assert standing(state)["function"] == TargetState(FUNCTION)


def test_version_that_came_by_itself_settles_only_what_it_answers() -> None:
    assert after(Superseded("v", at(3, 10), 2)) == after()
    assert after(Superseded("v", at(3, 10), 2, frozenset({"treatment"}))) == after()


def test_version_that_came_by_itself_settles_what_was_declined() -> None:
    state = after(Declined("n", at(3, 5), "not-known"), Superseded("v", at(3, 10), 2, BOTH))
    assert standing(state)["prognosis"] == TargetState(PROGNOSIS, "answered", version=2)
    assert standing(state)["function"].standing == "declined"


def test_version_that_came_by_itself_leaves_an_answer_as_it_is() -> None:
    assert after(answered(3, 5), Superseded("v", at(3, 10), 3, BOTH)) == after(answered(3, 5))


def test_version_that_settles_is_not_late_because_an_answer_before_it_was() -> None:
    state = after(answered(3, 25), Returned("b", at(3, 26), "still-unclear"), Superseded("v", at(3, 27), 3, BOTH))
    assert standing(state)["prognosis"] == TargetState(PROGNOSIS, "answered", version=3, rounds=1, returned=BACK)
    assert standing(state)["function"].late is True


ONLY_FUNCTION = frozenset({"function"})


def test_version_that_leaves_out_what_was_missing_opens_it_again() -> None:
    state = after(answered(3, 25), Superseded("v", at(3, 26), 3, ONLY_FUNCTION))
    # Late was an answer that is gone; how often somebody answered stays.
    assert standing(state)["prognosis"] == TargetState(PROGNOSIS, rounds=1)
    assert standing(state)["function"] == TargetState(FUNCTION, "answered", version=2, late=True, rounds=1)
    assert (state.status, state.open_items) == ("partly-answered", ("prognosis",))


def test_version_that_leaves_out_what_was_unclear_leaves_it_answered() -> None:
    state = after(answered(3, 5), Superseded("v", at(3, 10), 3, frozenset({"prognosis"})))
    assert state == after(answered(3, 5))


def test_version_that_leaves_out_what_the_one_before_it_settled_opens_it_again() -> None:
    one, other = Superseded("v", at(3, 10), 2, BOTH), Superseded("w", at(3, 16), 3)
    state = after(one, other)
    assert standing(state)["prognosis"] == TargetState(PROGNOSIS)
    # 17 to 31 March are eleven working days; 1, 7 and 8 April the last three.
    assert (state.begun, state.restarted, state.due) == (on(3, 16), True, on(4, 8))
    assert after(other, Superseded("x", at(3, 17), 4, BOTH)).open_items == ("function",)


def test_version_that_leaves_out_what_was_declined_leaves_it_declined() -> None:
    declined = Declined("n", at(3, 5), "not-known")
    assert after(declined, Superseded("v", at(3, 10), 2)) == after(declined)


def test_version_that_reopens_something_begins_the_time_anew() -> None:
    question = replace(QUESTION, due=on(3, 12))
    reminder = Reminded("m", at(3, 9))
    state = after(Read("o", at(3, 3)), answered(3, 10), reminder, Superseded("v", at(3, 24), 3), question=question)
    assert (state.begun, state.restarted, state.reminders, state.reminded) == (on(3, 24), True, (on(3, 9),), False)
    assert (state.due, state.reminder_due, state.second_look_due) == (on(4, 16), on(4, 16), on(4, 27))
    # What became of the question at the doctor's is told no more than it was.
    assert (state.delivery, state.status) == ("read", "partly-answered")
    assert [state.next_step(day) for day in (on(4, 15), on(4, 16), on(4, 27))] == [None, "remind", "look-again"]


def test_version_that_settles_one_and_leaves_out_another_begins_the_time_anew() -> None:
    risk = Target("health-risk", "missing")
    question = asked(PROGNOSIS, risk)
    first = answered(3, 10, "prognosis")
    state = after(first, Superseded("v", at(3, 16), 3, frozenset({"health-risk"})), question=question)
    assert state.targets == (TargetState(PROGNOSIS, rounds=1), TargetState(risk, "answered", version=3))
    assert (state.begun, state.restarted) == (on(3, 16), True)


@pytest.mark.parametrize("named", [frozenset(), ONLY_FUNCTION, BOTH])
def test_time_goes_on_where_a_version_reopens_nothing(named: frozenset[str]) -> None:
    reminder = Reminded("m", at(3, 20))
    state = after(answered(3, 10, "function"), reminder, Superseded("v", at(3, 24), 3, named))
    assert (state.begun, state.restarted, state.reminded, state.due) == (on(3, 2), False, True, on(3, 20))


def test_version_after_a_revocation_does_not_begin_the_time_once_more() -> None:
    state = after(answered(3, 10), Revoked("k", at(3, 16)), Superseded("v", at(3, 24), 3))
    assert (state.revoked, state.open_items) == (False, ("prognosis", "function"))
    assert (state.begun, state.due) == (on(3, 16), on(4, 8))


def test_version_that_leaves_something_out_asks_for_nothing_that_nav_withdrew() -> None:
    state = after(answered(3, 5), Withdrawn("w", at(3, 10), "no-longer-needed"), Superseded("v", at(3, 11), 3))
    assert (state.status, state.open_items, state.next_step(on(12, 1))) == ("withdrawn", (), None)


def test_answer_is_late_by_the_time_that_began_with_the_version() -> None:
    again = Superseded("v", at(3, 24), 3)
    late = [after(answered(3, 10), again, answered(4, day, version=4, name="b")).targets for day in (16, 17)]
    assert [[each.late for each in targets] for targets in late] == [[False, False], [True, False]]


def test_answer_after_a_new_version_of_a_revoked_certificate_counts() -> None:
    state = after(Revoked("k", at(3, 10)), Superseded("v", at(3, 11), 2), answered(3, 12, version=3))
    assert (state.revoked, state.status, state.unsorted) == (False, "answered", ())


# Each event once, in the order in which it happened


def test_event_that_comes_twice_counts_once() -> None:
    events: list[Event] = [
        answered(3, 10),
        Reminded("m", at(3, 5)),
        Answered("stray", at(3, 11), frozenset({"treatment"}), 3),
        Returned("b", at(3, 12), "still-unclear", not_payable=True),
        answered(3, 13, name="z"),
    ]
    state = after(*events, *events, QUESTION)
    assert state == after(*events)
    assert (state.reminders, state.unsorted, state.not_payable) == ((on(3, 5),), ("stray",), ("still-unclear",))
    assert {each.rounds for each in state.targets} == {2}


def test_events_of_equal_content_with_ids_of_their_own_are_several() -> None:
    assert {each.rounds for each in after(answered(3, 10), answered(3, 10, name="b")).targets} == {2}


def test_order_is_that_of_what_happened() -> None:
    back = Returned("b", at(3, 11), "still-unclear")
    assert after(back, answered(3, 10)).open_items == ("prognosis", "function")
    assert after(back, answered(3, 12)).open_items == ()


def test_order_is_told_by_the_instant_and_not_by_the_zone() -> None:
    in_tokyo = timezone(timedelta(hours=9))
    back = Returned("b", datetime(2026, 3, 11, 1, 0, tzinfo=in_tokyo), "still-unclear")  # 10 March 16:00 UTC
    assert after(back, Answered("a", at(3, 10, 17), BOTH, 2)).open_items == ()
    assert after(back, Answered("a", at(3, 10, 15), BOTH, 2)).open_items == ("prognosis", "function")


NOON = at(3, 10, 12)


def test_of_the_same_instant_a_return_follows_the_answer() -> None:
    state = after(Returned("0", NOON, "still-unclear"), Answered("9", NOON, BOTH, 2))
    assert state.open_items == ("prognosis", "function")


def test_of_the_same_instant_a_hand_over_follows_the_decline_that_called_for_it() -> None:
    state = after(HandedOver("0", NOON, HOSPITAL), Declined("9", NOON, "other-clinician"))
    assert (state.receiver, state.open_items) == (HOSPITAL, ("prognosis", "function"))


@pytest.mark.parametrize(
    "events,status",
    [
        ((Refused("0", NOON, "full"), Sent("9", NOON)), "refused"),
        ((Refused("0", NOON, "full"), Delivered("9", NOON), Sent("8", NOON)), "refused"),
        ((Delivered("0", NOON), Sent("8", NOON), HandedOver("9", NOON, HOSPITAL)), "delivered"),
        ((Read("0", NOON), Delivered("1", NOON), HandedOver("9", NOON, HOSPITAL)), "read"),
        ((answered(3, 9), Returned("9", NOON, "still-unclear"), Sent("8", NOON)), "sent"),
        (
            (answered(3, 9), Returned("9", NOON, "still-unclear"), Sent("8", NOON), Refused("0", NOON, "full")),
            "refused",
        ),
    ],
)
def test_of_the_same_instant_the_system_answers_what_it_was_sent(events: Sequence[Event], status: Status) -> None:
    assert after(*events).status == status


@pytest.mark.parametrize(
    "event",
    [
        Answered("9", NOON, BOTH, 2),
        Answered("0", NOON, BOTH, 2),
        Superseded("9", NOON, 2, BOTH),
    ],
)
def test_of_the_same_instant_the_revocation_undoes(event: Event) -> None:
    state = after(Revoked("5", NOON), event)
    assert (state.revoked, state.open_items, state.unsorted) == (True, ("prognosis", "function"), ())


def test_of_the_same_instant_a_pause_ends_after_it_began() -> None:
    assert after(Resumed("0", NOON), Paused("9", NOON)).pauses == ((on(3, 10), on(3, 10)),)


def test_of_the_same_kind_at_the_same_instant_the_id_tells_the_order() -> None:
    first, second = HandedOver("0", NOON, HOSPITAL), HandedOver("9", NOON, GP)
    assert after(second, first).receiver == after(first, second).receiver == GP
    stray = [Answered(name, NOON, frozenset({"treatment"}), 2) for name in ("c", "a", "b")]
    assert after(*stray).unsorted == ("a", "b", "c")


def test_events_are_listed_once_in_their_order() -> None:
    sent, first, last = Sent("9", at(3, 3)), Answered("8", at(3, 4), BOTH, 2), Read("7", at(3, 5))
    assert in_order([last, first, QUESTION, sent, first, last]) == [QUESTION, sent, first, last]
    assert in_order(()) == []


def test_every_status_is_a_code_of_the_vocabulary() -> None:
    assert set(get_args(Status)) == set(CLARIFICATION_STATUS.concepts)


# What is asked already


def test_open_targets_are_those_that_wait_for_an_answer() -> None:
    whole = after()
    part = after(answered(3, 10, "function"))
    returned = after(answered(3, 10), Returned("b", at(3, 11), "still-unclear", frozenset({"function"})))
    assert list(open_targets([whole, part, returned])) == [PROGNOSIS, FUNCTION, PROGNOSIS, FUNCTION]


def test_nothing_waits_where_it_is_answered_declined_or_withdrawn() -> None:
    closed = [
        after(answered(3, 10)),
        after(Declined("n", at(3, 10), "not-seen")),
        after(Withdrawn("w", at(3, 10), "no-longer-needed")),
    ]
    assert list(open_targets(closed)) == []
    assert list(open_targets([])) == []


def test_last_rating_of_each_counts_and_changes_nothing_else() -> None:
    rated = [Rated("r1", at(3, 5), "counsellor", 2), Rated("r2", at(3, 6), "doctor", 5)]
    state = after(*rated, Rated("r3", at(3, 7), "counsellor", 4))
    assert dict(state.ratings) == {"counsellor": 4, "doctor": 5}
    assert replace(state, ratings=()) == after()
