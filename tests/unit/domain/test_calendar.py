"""Partial dates cover the days they may mean; an instant has one date in Norway."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certgateway.domain.calendar import first_day, last_day, norwegian_date, norwegian_instant

OSLO = ZoneInfo("Europe/Oslo")


@pytest.mark.parametrize(
    "text,first,last",
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2023-02", date(2023, 2, 1), date(2023, 2, 28)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("2026-04", date(2026, 4, 1), date(2026, 4, 30)),
        ("2026-04-07", date(2026, 4, 7), date(2026, 4, 7)),
        ("2026-12-31", date(2026, 12, 31), date(2026, 12, 31)),
        ("2026-04-07T23:59:00Z", date(2026, 4, 7), date(2026, 4, 7)),
        ("9999-12", date(9999, 12, 1), date(9999, 12, 31)),
        ("0001", date(1, 1, 1), date(1, 12, 31)),
    ],
)
def test_partial_date_covers_its_days(text: str, first: date, last: date) -> None:
    assert (first_day(text), last_day(text)) == (first, last)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0000",
        "24",
        "2023-02-29",
        "2026-13",
        "2026-00",
        "2026-4-7",
        "20260407",
        "2026-04-07 10:00",
        "2026-04T10:00:00Z",
        "2026-04-07\n",
        "\uff12\uff10\uff12\uff14",
        "i fjor",
    ],
)
def test_unreadable_date_has_no_days(text: str) -> None:
    assert (first_day(text), last_day(text)) == (None, None)


@given(st.dates(), st.sampled_from([4, 7, 10]))
def test_day_lies_between_first_and_last_of_every_shortening(day: date, length: int) -> None:
    text = day.isoformat()[:length]
    first, last = first_day(text), last_day(text)
    assert first is not None
    assert last is not None
    assert first <= day <= last


@pytest.mark.parametrize(
    "instant,day",
    [
        (datetime(2026, 1, 31, 22, 59, tzinfo=UTC), date(2026, 1, 31)),
        (datetime(2026, 1, 31, 23, 0, tzinfo=UTC), date(2026, 2, 1)),
        (datetime(2026, 7, 31, 21, 59, tzinfo=UTC), date(2026, 7, 31)),
        (datetime(2026, 7, 31, 22, 0, tzinfo=UTC), date(2026, 8, 1)),
        # Summer time begins on Sunday 29 March 2026 and ends on Sunday 25 October 2026.
        (datetime(2026, 3, 28, 22, 30, tzinfo=UTC), date(2026, 3, 28)),
        (datetime(2026, 3, 29, 22, 30, tzinfo=UTC), date(2026, 3, 30)),
        (datetime(2026, 10, 24, 22, 30, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 22, 30, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 5, 4, 0, 30, tzinfo=timezone(timedelta(hours=2))), date(2026, 5, 4)),
        (datetime(9999, 12, 31, 23, 30, tzinfo=UTC), date(9999, 12, 31)),
    ],
)
def test_date_in_norway(instant: datetime, day: date) -> None:
    assert norwegian_date(instant) == day


# From 1996 on Norway's summer ends in October; 2037 is the last year that every time zone file tells in full.
@given(st.datetimes(datetime(1996, 1, 2), datetime(2037, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001
def test_date_in_norway_agrees_with_the_time_zone_file(instant: datetime) -> None:
    assert norwegian_date(instant) == instant.astimezone(OSLO).date()


@pytest.mark.parametrize(
    "local,instant",
    [
        (datetime(2026, 1, 15, 12), datetime(2026, 1, 15, 11, tzinfo=UTC)),  # noqa: DTZ001
        (datetime(2026, 7, 15, 12), datetime(2026, 7, 15, 10, tzinfo=UTC)),  # noqa: DTZ001
        (datetime(2026, 3, 29, 1, 59), datetime(2026, 3, 29, 0, 59, tzinfo=UTC)),  # noqa: DTZ001
        (datetime(2026, 3, 29, 3, 0), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),  # noqa: DTZ001
        # The hour that comes twice on 25 October 2026 is read as the first of the two.
        (datetime(2026, 10, 25, 2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # noqa: DTZ001
        (datetime(2026, 10, 25, 3, 0), datetime(2026, 10, 25, 2, 0, tzinfo=UTC)),  # noqa: DTZ001
    ],
)
def test_instant_of_a_norwegian_time(local: datetime, instant: datetime) -> None:
    assert norwegian_instant(local) == instant


@given(st.datetimes(datetime(1996, 1, 2), datetime(2037, 12, 30)))  # noqa: DTZ001
def test_instant_agrees_with_the_time_zone_file(local: datetime) -> None:
    there = local.replace(tzinfo=OSLO)
    exists = there.astimezone(UTC).astimezone(OSLO).replace(tzinfo=None) == local
    assert not exists or norwegian_instant(local) == there.astimezone(UTC)
