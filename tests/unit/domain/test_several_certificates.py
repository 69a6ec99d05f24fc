"""What the events of an order say of each of its certificates: what was taken back of which, and what was sent back."""

from datetime import UTC, datetime

from certgateway.domain.amendment import Answerer, Void
from certgateway.domain.certificate import Patient
from certgateway.domain.dialogue import State, find_state, was_taken_back
from certgateway.domain.dialogue_events import (
    Clinician,
    Declined,
    Event,
    Fulfilled,
    Ordered,
    Replied,
    Returned,
    Settled,
    TakenBack,
)
from certgateway.domain.dialogue_steps import steps
from certgateway.domain.ordering import CaseQuestion, ordered_targets

GP = "her:8143060"
ORDER = Ordered(
    "o",
    datetime(2026, 3, 2, 10, tzinfo=UTC),
    GP,
    Patient("16876410773", "fnr", "Vennlig Fjelltur"),
    Clinician("9581120", "gp", "315001005"),
    ordered_targets([CaseQuestion("since-when")]),
)


def at(day: int, hour: int = 10) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def state(*events: Event) -> State:
    found = find_state((ORDER, *events))
    assert found is not None
    return found


def back(certificate: str | None, item: str = "onset") -> TakenBack:
    return TakenBack("t", at(4), frozenset({item}), GP, at(3), 2, certificate=certificate)


def test_what_was_taken_back_of_one_certificate_is_void_in_no_other() -> None:
    void = Void(Answerer("order", GP), "onset", at(3))
    told, untold = state(back("a")), state(back(None))
    assert [list(told.voids("order", each)) for each in ("a", "b")] == [[void], []]
    # From before it was told of which, it is void in each.
    assert [list(untold.voids("order", each)) for each in ("a", "b")] == [[void], [void]]
    said = [Fulfilled("f", at(3), each, 2, system=GP, authored=at(3)) for each in ("a", "b")]
    assert [was_taken_back(told, "onset", each) for each in said] == [True, False]


def test_a_decline_belongs_to_no_certificate() -> None:
    declined = Declined("d", at(3), "not-known", frozenset({"onset"}), GP, at(3))
    for certificate in ("", "a", None):
        assert {each.standing for each in state(declined, back(certificate)).targets} == {"open"}
    assert list(state(back("")).voids("order", "a")) == []


def test_every_version_that_was_sent_back_is_remembered() -> None:
    answers = frozenset({"since-when"})
    returned = [Returned(f"r{day}", at(day), "still-unclear", frozenset({"since-when"})) for day in (4, 6, 8)]
    replied, settled = Replied("w", at(7), "reply-1"), Settled("s", at(7, 12), frozenset({"since-when"}))
    first, second = Fulfilled("f1", at(3), "a", 1, answers), Fulfilled("f2", at(5), "b", 3, answers)
    found = state(first, returned[0], second, returned[1], replied, settled, returned[2]).targets[-1]
    assert found.standing == "open"
    assert found.returned == frozenset({("a", 1), ("b", 3)})


def test_an_answer_taken_back_is_a_step_where_nothing_else_answers() -> None:
    answered = Fulfilled("f1", at(3), "a", 2, frozenset({"since-when"}))
    gone = Fulfilled("f2", at(4), "a", 3, taken_back=frozenset({"onset"}))
    left_out = Fulfilled("f3", at(4), "a", 3, taken_back=frozenset({"prognosis"}))
    place = len(ORDER.targets) - 1
    assert [(each.target, each.what) for each in steps((ORDER, answered, gone))] == [
        (place, "answered"),
        (place, "taken-back"),
    ]
    assert [each.what for each in steps((ORDER, answered, left_out))] == ["answered"]
