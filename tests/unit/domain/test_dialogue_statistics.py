"""What is counted of clarifications, and what stays hidden from somebody who subtracts."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from certgateway.domain.dialogue_events import (
    Answered,
    Asked,
    Declined,
    Event,
    Rated,
    Returned,
    Superseded,
    Target,
    Withdrawn,
)
from certgateway.domain.dialogue_statistics import Counted, Thing, counted, dialogue_statistics
from certgateway.domain.small_groups import SMALLEST, Hidden, hidden_in, quarter_of, whole_quarters

Json = dict[str, Any]
MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
DAY = timedelta(days=1)
FUNCTION, PROGNOSIS = Target("function", "unclear"), Target("prognosis", "missing")
FIRST, LAST = date(2026, 1, 1), date(2026, 3, 31)


def asked(*targets: Target, sender: str = "her:1") -> Asked:
    return Asked("q", MONDAY, "case-1", 1, sender, targets)


def things(*events: Event, missing: frozenset[str] = frozenset()) -> tuple[Thing, ...]:
    found = counted(events, missing)
    assert found is not None
    return found.things


def answered(name: str, days: int, *items: str) -> Answered:
    return Answered(name, MONDAY + days * DAY, frozenset(items), 2, 1)


def test_without_its_question_nothing_is_counted() -> None:
    assert counted([answered("a", 1, "function")], frozenset()) is None


def test_a_thing_that_is_answered_at_once() -> None:
    (thing,) = things(asked(FUNCTION), answered("a", 7, "function"))
    assert thing == Thing("function", "answered", rounds=1, returned=False, days=5, avoidable=False)


def test_a_thing_that_is_returned_and_answered_again() -> None:
    events = (
        asked(FUNCTION),
        answered("a", 1, "function"),
        Returned("r", MONDAY + 2 * DAY, "still-unclear"),
        answered("b", 3, "function"),
    )
    assert things(*events)[0] == Thing("function", "answered", rounds=2, returned=True, days=1, avoidable=False)
    assert things(*events[:3])[0].outcome == "open"


def test_things_that_are_declined_withdrawn_and_settled_by_a_new_version() -> None:
    declined, withdrawn = things(
        asked(FUNCTION, PROGNOSIS),
        Declined("d", MONDAY + DAY, "not-seen", frozenset({"function"})),
        Withdrawn("w", MONDAY + 2 * DAY, "no-longer-needed"),
    )
    assert (declined.outcome, withdrawn.outcome, withdrawn.days) == ("declined", "withdrawn", None)
    (settled,) = things(asked(PROGNOSIS), Superseded("s", MONDAY + DAY, 2, frozenset({"prognosis"})))
    assert (settled.outcome, settled.rounds, settled.days) == ("answered", 1, 1)


def test_what_a_check_before_sending_would_have_told_is_avoidable() -> None:
    unclear, missing = things(asked(FUNCTION, PROGNOSIS), missing=frozenset({"function", "prognosis"}))
    assert (unclear.avoidable, missing.avoidable) == (False, True)
    assert not things(asked(PROGNOSIS))[0].avoidable


def test_ratings_go_with_each_thing() -> None:
    rated = Rated("x", MONDAY + DAY, "doctor", 4)
    assert [thing.ratings for thing in things(asked(FUNCTION, PROGNOSIS), rated)] == [(("doctor", 4),)] * 2


THING = Thing("function", "answered", rounds=1, returned=False, days=4, avoidable=False)


def many(count: int, sender: str, *of: Thing, day: date = FIRST) -> list[Counted]:
    return [Counted(day, sender, of or (THING,))] * count


def told(*groups: list[Counted]) -> Json:
    return dialogue_statistics([each for group in groups for each in group], FIRST, LAST, "nb")


def senders(found: Json) -> dict[str, Json | None]:
    return {each["sender"]: each["figures"] for each in found["senders"]}


def items(found: Json) -> dict[str, Json | None]:
    return {each["item"]: each["figures"] for each in found["items"]}


def test_figures_of_a_group() -> None:
    found = told(
        many(4, "her:1"),
        many(1, "her:1", replace(THING, rounds=3, returned=True, days=20)),
        many(1, "her:1", replace(THING, outcome="open", rounds=0, days=None, avoidable=True)),
        many(1, "her:1", replace(THING, outcome="declined", days=None)),
        many(1, "her:1", replace(THING, outcome="withdrawn", rounds=1, returned=True, days=2)),
    )
    figures = {
        "asked": 8,
        "answered": 5,
        "answered_first_time": 4,
        "open": 1,
        "declined": 1,
        "withdrawn": 1,
        "returned": 2,
        "avoidable": 1,
        "rounds_mean": 1.4,
        "working_days_median": 4.0,
        "ratings": {
            "doctor": {"hidden": False, "count": 0, "mean": None},
            "counsellor": {"hidden": False, "count": 0, "mean": None},
        },
    }
    assert found == {
        "from": "2026-01-01",
        "to": "2026-03-31",
        "smallest": 5,
        "total": {"hidden": False, "figures": figures},
        "items": [{"item": "function", "title": "Funksjonsevne", "hidden": False, "figures": figures}],
        "senders": [{"sender": "her:1", "hidden": False, "figures": figures}],
    }


def test_nothing_asked_is_a_total_of_nothing() -> None:
    found = told()
    assert (found["total"]["figures"]["asked"], found["items"], found["senders"]) == (0, [], [])


def test_a_mean_of_few_is_not_told() -> None:
    found = told(many(4, "her:1"), many(3, "her:1", replace(THING, outcome="open", rounds=0, days=None)))
    assert found["total"]["figures"]["rounds_mean"] is None
    assert found["total"]["figures"]["working_days_median"] is None


def test_an_item_is_counted_without_what_was_asked_beside_it() -> None:
    prognosis = replace(THING, item="prognosis", outcome="open")
    found = told(many(6, "her:1", prognosis, THING))
    assert list(items(found)) == ["function", "prognosis"]
    assert [figures and (figures["asked"], figures["answered"]) for figures in items(found).values()] == [
        (6, 6),
        (6, 0),
    ]
    assert found["total"]["figures"]["asked"] == 12


def test_one_small_group_takes_another_with_it() -> None:
    """The attacker has the total and what is shown, and subtracts."""
    found = told(many(3, "her:1"), many(20, "her:2"), many(7, "her:3"), many(7, "her:4"))
    assert senders(found)["her:1"] is None
    shown = {sender: figures["asked"] for sender, figures in senders(found).items() if figures}
    assert shown == {"her:2": 20, "her:4": 7}
    rest = found["total"]["figures"]["asked"] - sum(shown.values())
    assert rest == 10
    assert rest not in {3, 7}


def test_two_small_groups_that_are_few_together_take_a_third_with_them() -> None:
    found = told(many(1, "her:1"), many(2, "her:2"), many(9, "her:3"), many(10, "her:4"))
    assert [sender for sender, figures in senders(found).items() if figures] == ["her:4"]
    assert told(many(2, "her:1"), many(3, "her:2"), many(9, "her:3"))["senders"][2]["hidden"] is False


def test_where_all_together_are_few_not_even_the_total_is_told() -> None:
    found = told(many(4, "her:1"))
    assert (found["total"], items(found), senders(found)) == (
        {"hidden": True, "figures": None},
        {"function": None},
        {"her:1": None},
    )
    found = told(many(2, "her:1"), many(2, "her:2"))
    assert found["total"]["hidden"]
    # Two groups of which one is small: both are hidden, and the total tells of neither.
    found = told(many(3, "her:1"), many(6, "her:2"))
    assert (set(senders(found).values()), found["total"]["figures"]["asked"]) == ({None}, 9)


def test_a_longer_time_without_a_shorter_one_tells_no_more() -> None:
    """Three in one quarter, and enough in the two together: the attacker asks for both times and subtracts."""
    winter, spring = FIRST, date(2026, 4, 1)
    early = [many(3, "her:1", day=winter), many(9, "her:2", day=winter), many(30, "her:3", day=winter)]
    late = [many(8, "her:1", day=spring), many(8, "her:2", day=spring), many(8, "her:3", day=spring)]
    both, alone = senders(told(*early, *late)), senders(told(*late))
    assert both["her:1"] is None
    assert alone["her:1"] is not None
    # The one that is hidden with it in winter is hidden in both as well, or it would give the small one away.
    assert both["her:2"] is None
    assert both["her:3"] is not None


def test_few_ratings_are_hidden_and_others_with_them() -> None:
    def rated(score: int) -> Thing:
        return replace(THING, ratings=(("doctor", score),))

    found = told(many(8, "her:1"), many(2, "her:1", rated(1)), many(6, "her:2", rated(5)), many(9, "her:3", rated(4)))
    ratings = {each["sender"]: each["figures"]["ratings"] for each in found["senders"]}
    assert ratings["her:1"]["doctor"] == {"hidden": True, "count": None, "mean": None}
    assert ratings["her:2"]["doctor"]["hidden"]
    assert ratings["her:3"]["doctor"] == {"hidden": False, "count": 9, "mean": 4.0}
    assert ratings["her:1"]["counsellor"] == {"hidden": False, "count": 0, "mean": None}
    total = found["total"]["figures"]["ratings"]["doctor"]
    assert (total["count"], total["mean"]) == (17, round((2 + 30 + 36) / 17, 2))
    few = told(many(8, "her:1"), many(2, "her:1", rated(1)))
    assert few["total"]["figures"]["ratings"]["doctor"]["hidden"]


def test_groups_that_overlap_are_hidden_by_what_they_hold_together() -> None:
    a, b = frozenset(range(4)), frozenset(range(3))
    assert hidden_in([{"a": a, "b": b, "c": frozenset(range(9))}]) == Hidden(frozenset("abc"))
    assert hidden_in([{"a": a, "b": b}]) == Hidden(frozenset("ab"), total=True)
    assert hidden_in([{"a": frozenset(), "b": frozenset(range(5))}]) == Hidden()
    assert hidden_in([]) == Hidden()


@pytest.mark.parametrize(
    "first,last,whole",
    [
        ("2026-01-01", "2026-03-31", ("2026-01-01", "2026-03-31")),
        ("2026-02-14", "2026-05-01", ("2026-01-01", "2026-06-30")),
        ("2026-12-31", "2026-12-31", ("2026-10-01", "2026-12-31")),
        ("2025-09-30", "2026-07-01", ("2025-07-01", "2026-09-30")),
    ],
)
def test_days_are_widened_to_their_quarters(first: str, last: str, whole: tuple[str, str]) -> None:
    found = whole_quarters(date.fromisoformat(first), date.fromisoformat(last))
    assert tuple(day.isoformat() for day in found) == whole
    assert quarter_of(found[0]) == quarter_of(date.fromisoformat(first))


def test_five_is_the_smallest_group() -> None:
    assert SMALLEST == 5
    assert told(many(5, "her:1"))["total"]["figures"]["asked"] == 5
