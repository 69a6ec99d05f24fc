"""Dates, times and numbers as KITH messages write them: what is read, and what is left unread instead of guessed."""

from datetime import UTC, datetime

import pytest

from certgateway.kith.dates import day, in_norway, instant, is_almost_date
from certgateway.kith.names import number


@pytest.mark.parametrize(
    "text",
    [None, "", " ", "2026-02-30", "2026-13-01", "0000-01-01", "26-01-01", "2026-01-01T00:00:00", "\uff12026-01-01"],
)
def test_what_is_no_day_is_none(text: str | None) -> None:
    assert day(text) is None
    assert not is_almost_date(text or "")


@pytest.mark.parametrize(
    "text, found", [("2026-01-02", "2026-01-02"), ("2026-1-2Z", "2026-01-02"), ("\n2026-01-02+01:00 ", "2026-01-02")]
)
def test_a_day_is_read_whatever_offset_it_has(text: str, found: str) -> None:
    assert day(text) == found


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "2026-01-02",
        "2026-01-02T24:00:01",
        "2026-01-02T24:00:00.1",
        "2026-01-02T25:00:00",
        "2026-02-30T10:00:00",
        "2026-01-02T10:00:60",
        "2026-01-02T10:00:00+14:01",
        "2026-01-02T10:00:00+01:60",
        "2026-01-02T10:00:00+1",
        "9999-12-31T24:00:00Z",
        "0001-01-01T00:00:00",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:00:00-05:00",
        "12026-01-02T10:00:00",
    ],
)
def test_what_is_no_instant_is_none(text: str | None) -> None:
    assert instant(text) is None


@pytest.mark.parametrize(
    "text, found",
    [
        ("2026-01-02T24:00:00", "2026-01-02T23:00:00+00:00"),
        ("2026-01-02T10:00:00.5", "2026-01-02T09:00:00.500000+00:00"),
        ("2026-01-02T10:00:00.1234567Z", "2026-01-02T10:00:00.123456+00:00"),
        ("2026-01-02T10:00:00-14:00", "2026-01-03T00:00:00+00:00"),
        (" 2026-07-02T10:00:00\n", "2026-07-02T08:00:00+00:00"),
    ],
)
def test_an_instant_is_told_in_utc(text: str, found: str) -> None:
    moment = instant(text)
    assert moment is not None
    assert moment.isoformat() == found


def test_what_is_written_is_norwegian_time_as_far_as_there_is_any() -> None:
    assert in_norway(datetime(2026, 7, 1, 12, tzinfo=UTC)).isoformat() == "2026-07-01T14:00:00+02:00"
    assert in_norway(datetime(2026, 1, 1, 12, tzinfo=UTC)).isoformat() == "2026-01-01T13:00:00+01:00"
    assert in_norway(datetime(9999, 12, 31, 23, 30, tzinfo=UTC)).isoformat() == "9999-12-31T23:30:00+00:00"


@pytest.mark.parametrize(
    "text, value",
    [
        ("2", 2),
        ("02", 2),
        ("+2", 2),
        (" 2\t", 2),
        ("0" * 50 + "2", 2),
        ("0", 0),
        ("000", 0),
        ("-0", 0),
        ("-00", 0),
        ("+0", 0),
        ("9" * 18, 10**18 - 1),
        ("0" * 9 + "9" * 18, 10**18 - 1),
        (None, None),
        ("", None),
        ("+", None),
        ("-", None),
        ("-1", None),
        ("++1", None),
        ("1.0", None),
        ("1 2", None),
        ("\u00a02", None),
        ("\uff12", None),
        ("9" * 19, None),
    ],
)
def test_numbers_are_read_by_value(text: str | None, value: int | None) -> None:
    assert number(text) == value
