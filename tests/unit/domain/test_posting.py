"""When a message is posted again, when it is given up, and what a receiver may ask for."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certgateway.domain.posting import LONGEST_WISH, SCHEDULE, Attempt, next_attempt, wish_of

NOW = datetime(2026, 11, 1, 11, tzinfo=UTC)
FAILED = Attempt(500)


def test_ten_attempts_take_a_little_more_than_three_days() -> None:
    assert len(SCHEDULE) + 1 == 10
    assert timedelta(days=3) < sum(SCHEDULE, timedelta(0)) < timedelta(days=3, hours=4)
    assert list(SCHEDULE) == sorted(SCHEDULE)


def test_after_each_attempt_that_failed_the_wait_is_that_of_the_schedule_and_the_tenth_is_the_last() -> None:
    waits = [next_attempt(made, FAILED, NOW) for made in range(1, 12)]
    assert waits == [*(NOW + wait for wait in SCHEDULE), None, None]


def test_however_long_a_receiver_asks_us_to_wait_it_takes_no_more_than_four_days() -> None:
    asking, now = Attempt(503, wish=timedelta(days=999)), NOW
    for made in range(1, 10):
        due = next_attempt(made, asking, now)
        assert due is not None
        now = due
    assert now - NOW == LONGEST_WISH * 5 + sum(SCHEDULE[5:], timedelta(0))
    assert now - NOW < timedelta(days=4, hours=3)


@pytest.mark.parametrize("attempt", [Attempt(410), Attempt(fault="not-writable")])
def test_what_could_not_end_otherwise_is_not_tried_again(attempt: Attempt) -> None:
    assert next_attempt(1, attempt, NOW) is None


@pytest.mark.parametrize(
    "attempt, delivered, sent, code",
    [
        (Attempt(200), True, True, "http-200"),
        (Attempt(299), True, True, "http-299"),
        (Attempt(199), False, True, "http-199"),
        (Attempt(302), False, True, "http-302"),
        (Attempt(404), False, True, "http-404"),
        (Attempt(fault="timed-out"), False, True, "timed-out"),
        (Attempt(fault="broken-off"), False, True, "broken-off"),
        (Attempt(fault="unreachable"), False, False, "unreachable"),
        (Attempt(fault="untrusted"), False, False, "untrusted"),
        (Attempt(fault="not-writable"), False, False, "not-writable"),
        (Attempt(fault="gateway-fault"), False, False, "gateway-fault"),
    ],
)
def test_what_came_of_an_attempt(attempt: Attempt, delivered: bool, sent: bool, code: str) -> None:  # noqa: FBT001
    assert (attempt.is_delivered, attempt.is_sent, attempt.code) == (delivered, sent, code)


@pytest.mark.parametrize(
    "text, wish",
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("1.5", None),
        ("²", None),
        ("0", timedelta(0)),
        (" 120 ", timedelta(minutes=2)),
        ("9" * 400, timedelta(seconds=999_999_999)),
        ("Sun, 01 Nov 2026 11:02:00 GMT", timedelta(minutes=2)),
        ("Sun, 01 Nov 2026 12:02:00 +0100", timedelta(minutes=2)),
        ("Sun, 01 Nov 2026 11:02:00", timedelta(minutes=2)),
        ("Sun, 01 Nov 2025 11:02:00 GMT", timedelta(0)),
        ("Sun, 32 Nov 2026 11:02:00 GMT", None),
        ("Sun, 01 Nov 2026 11:02:00 +999999999999999", None),
    ],
)
def test_a_wish_is_read_from_seconds_or_a_date(text: str | None, wish: timedelta | None) -> None:
    assert wish_of(text, NOW) == wish


@given(st.text(max_size=60) | st.from_regex(r"[A-Z][a-z]{2}, \d+ Nov \d+ \d+:\d+:\d+ [+-]?\w+", fullmatch=True))
def test_whatever_a_receiver_asks_for_is_a_wait_or_nothing(text: str) -> None:
    wish = wish_of(text, NOW)
    assert wish is None or wish >= timedelta(0)
