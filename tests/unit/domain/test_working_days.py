"""Norwegian working days against an almanac: dates written out, and the holidays of 66 years worked out anew."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certgateway.domain.working_days import after_working_days, is_working_day, working_days_between

FIRST_YEAR, LAST_YEAR = 1995, 2060
DAY = timedelta(days=1)


def easter_sunday(year: int) -> date:
    """Gauss's rule as it stands for 1900 to 2099."""
    moon = (19 * (year % 19) + 24) % 30
    sunday = (2 * (year % 4) + 4 * (year % 7) + 6 * moon + 5) % 7
    early = (moon == 29 and sunday == 6) or (moon == 28 and sunday == 6 and year % 19 > 10)
    return date(year, 3, 22) + timedelta(days=moon + sunday - (7 if early else 0))


def public_holidays(year: int) -> set[date]:
    """New Year, Maundy Thursday to Easter Monday, 1 and 17 May, Ascension, Whitsun, Christmas."""
    fixed = {date(year, month, day) for month, day in ((1, 1), (5, 1), (5, 17), (12, 25), (12, 26))}
    return fixed | {easter_sunday(year) + timedelta(days=days) for days in (-3, -2, 0, 1, 39, 49, 50)}


def days_of(year: int) -> list[date]:
    return [date.fromordinal(day) for day in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal())]


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 1),  # New Year's Day, a Thursday
        date(2026, 4, 2),  # Maundy Thursday
        date(2026, 4, 3),  # Good Friday
        date(2026, 4, 4),  # Saturday
        date(2026, 4, 5),  # Easter Sunday
        date(2026, 4, 6),  # Easter Monday
        date(2026, 5, 1),  # a Friday
        date(2026, 5, 14),  # Ascension Day, a Thursday
        date(2026, 5, 16),  # Saturday
        date(2026, 5, 17),  # a Sunday this year
        date(2026, 5, 24),  # Whit Sunday
        date(2026, 5, 25),  # Whit Monday
        date(2026, 12, 25),  # a Friday
        date(2026, 12, 26),  # Saturday
        date(2027, 1, 1),  # a Friday
        date(2027, 5, 17),  # Whit Monday and the seventeenth of May in one
        date(2024, 5, 17),  # a Friday
        date(2024, 12, 26),  # a Thursday
    ],
)
def test_offices_are_closed(day: date) -> None:
    assert not is_working_day(day)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 2),  # a Friday
        date(2026, 4, 1),  # Wednesday before Easter
        date(2026, 4, 7),  # Tuesday after Easter
        date(2026, 4, 30),  # Thursday
        date(2026, 5, 4),  # Monday
        date(2026, 5, 15),  # Friday after Ascension
        date(2026, 5, 18),  # a 17 May on a Sunday gives no day off
        date(2026, 5, 26),  # Tuesday after Whitsun
        date(2026, 12, 24),  # Christmas Eve, a Thursday
        date(2026, 12, 28),  # 26 December on a Saturday gives no day off
        date(2026, 12, 31),  # New Year's Eve, a Thursday
    ],
)
def test_offices_are_open(day: date) -> None:
    assert is_working_day(day)


def test_easter_of_the_test_is_that_of_the_almanac() -> None:
    years = (1981, 1995, 2000, 2008, 2011, 2026, 2038, 2049)
    assert [easter_sunday(year) for year in years] == [
        date(1981, 4, 19),
        date(1995, 4, 16),
        date(2000, 4, 23),
        date(2008, 3, 23),
        date(2011, 4, 24),
        date(2026, 4, 5),
        date(2038, 4, 25),
        date(2049, 4, 18),
    ]


@pytest.mark.parametrize("year", range(FIRST_YEAR, LAST_YEAR + 1))
def test_working_days_of_a_year_differ_from_its_weekdays_by_its_holidays(year: int) -> None:
    weekdays = {day for day in days_of(year) if day.weekday() < 5}
    assert {day for day in days_of(year) if is_working_day(day)} == weekdays - public_holidays(year)


@pytest.mark.parametrize(
    "start,count,end",
    [
        (date(2026, 3, 2), 1, date(2026, 3, 3)),
        (date(2026, 3, 2), 14, date(2026, 3, 20)),
        (date(2026, 3, 2), 21, date(2026, 3, 31)),
        (date(2026, 3, 6), 1, date(2026, 3, 9)),  # Friday to Monday
        (date(2026, 3, 7), 1, date(2026, 3, 9)),  # Saturday to Monday
        (date(2026, 3, 8), 1, date(2026, 3, 9)),  # Sunday to Monday
        (date(2026, 4, 1), 1, date(2026, 4, 7)),  # over Easter
        (date(2026, 4, 2), 1, date(2026, 4, 7)),
        (date(2026, 4, 30), 9, date(2026, 5, 15)),  # without 1 and 14 May
        (date(2026, 12, 23), 2, date(2026, 12, 28)),  # 24 counts, 25 to 27 do not
        (date(2026, 12, 23), 5, date(2026, 12, 31)),
        (date(2026, 12, 30), 2, date(2027, 1, 4)),  # 31 counts, 1 to 3 January do not
        (date(2025, 12, 29), 3, date(2026, 1, 2)),
    ],
)
def test_working_days_are_counted_from_the_day_after(start: date, count: int, end: date) -> None:
    assert after_working_days(start, count) == end
    assert working_days_between(start, end) == count


@pytest.mark.parametrize("day", [date(2026, 3, 2), date(2026, 4, 3), date(2026, 3, 7), date.max])
def test_no_working_day_later_is_the_day_itself(day: date) -> None:
    assert after_working_days(day, 0) == day
    assert working_days_between(day, day) == 0


def test_end_is_counted_only_where_offices_are_open() -> None:
    assert working_days_between(date(2026, 4, 1), date(2026, 4, 6)) == 0
    assert working_days_between(date(2026, 4, 1), date(2026, 4, 7)) == 1
    assert working_days_between(date(2026, 3, 6), date(2026, 3, 8)) == 0


def test_nothing_lies_between_a_day_and_an_earlier_one() -> None:
    assert working_days_between(date(2026, 3, 31), date(2026, 3, 2)) == 0


@pytest.mark.parametrize("count", [-1, -14])
def test_counting_backward_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match=r"^working days are counted forward$"):
        after_working_days(date(2026, 3, 2), count)


@pytest.mark.parametrize("start,count", [(date.max, 1), (date.max - DAY, 2)])
def test_counting_ends_where_the_calendar_ends(start: date, count: int) -> None:
    with pytest.raises(OverflowError):
        after_working_days(start, count)


@given(st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)), st.integers(0, 300))
def test_counting_forth_and_measuring_agree(start: date, count: int) -> None:
    assert working_days_between(start, after_working_days(start, count)) == count


@given(st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)), st.integers(1, 60))
def test_counting_ends_on_a_working_day_with_as_many_before_it(start: date, count: int) -> None:
    end = after_working_days(start, count)
    assert is_working_day(end)
    assert sum(is_working_day(start + offset * DAY) for offset in range(1, (end - start).days + 1)) == count


@given(st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)), st.integers(0, 100), st.integers(0, 100))
def test_counting_in_two_strides_ends_on_the_same_day(start: date, one: int, other: int) -> None:
    assert after_working_days(after_working_days(start, one), other) == after_working_days(start, one + other)
