"""Norwegian working days: Monday to Friday, save public holidays.

Public holidays are those of the library `holidays` (Act on public holidays of 24 February 1995, and the first and
seventeenth of May). Christmas Eve and New Year's Eve are working days. This module must never read a clock.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import Final

_SATURDAY: Final = 6
_DAY: Final = timedelta(days=1)


def is_working_day(day: date) -> bool:
    """Whether offices are open on a day."""
    return day.isoweekday() < _SATURDAY and day not in _public_holidays(day.year)


def after_working_days(start: date, count: int) -> date:
    """The working day that is `count` working days after a day; the day itself is not counted.

    Raises ValueError for a negative count, and OverflowError beyond the calendar.
    """
    if count < 0:
        raise ValueError("working days are counted forward")
    day = start
    for _ in range(count):
        day = next(each for each in _days_after(day) if is_working_day(each))
    return day


def working_days_between(start: date, end: date) -> int:
    """How many working days lie after `start` up to and including `end`; none when `end` is not later."""
    return sum(1 for day in range(start.toordinal() + 1, end.toordinal() + 1) if is_working_day(date.fromordinal(day)))


def _days_after(day: date) -> Iterator[date]:
    while True:
        day += _DAY
        yield day


@cache
def _public_holidays(year: int) -> frozenset[date]:
    from holidays import country_holidays  # noqa: PLC0415  It takes longer to load than to judge a message.

    return frozenset(country_holidays("NO", years=year))
