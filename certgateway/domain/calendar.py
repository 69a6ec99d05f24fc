"""Partial dates and the Norwegian day: what "2024" or "2024-03" covers, and on which date an instant falls in Norway.

Two partial dates are compared by the days they may mean, so that a rule speaks only when one lies wholly after the
other. This module must never read a clock or a time zone file, and never guess what an unreadable date was meant to be.
"""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final

# A time of day may follow a whole date; it does not change the day that was written.
_PARTIAL: Final = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(?:T.*)?)?)?")

_DECEMBER: Final = 12
_LAST_WEEKDAY: Final = 7  # Sunday, as ISO counts


def first_day(text: str) -> date | None:
    """The first day a partial ISO date ("2024", "2024-03", "2024-03-01") covers; None when it is no calendar date."""
    match = _PARTIAL.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(part) if part else 1 for part in match.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None


def last_day(text: str) -> date | None:
    """The last day a partial ISO date covers; None when it is no calendar date."""
    first = first_day(text)
    if first is None or text[7:]:
        return first
    if not text[4:] or first.month == _DECEMBER:
        return date(first.year, _DECEMBER, 31)
    return date(first.year, first.month + 1, 1) - timedelta(days=1)


def norwegian_date(instant: datetime) -> date:
    """The date in Norway at an aware instant.

    UTC+1, and UTC+2 between 01:00 UTC on the last Sundays of March and October (directive 2000/84/EC, which Norway
    follows). Instants before 1996 are read by the same rule.
    """
    # Shifted by hand: at the early edge of the calendar astimezone would have nowhere to go. The late edge stays a day
    # that can be told.
    utc = instant.astimezone(UTC).replace(tzinfo=None)
    try:
        return (utc + norwegian_offset(instant)).date()
    except OverflowError:
        return date.max


def norwegian_offset(instant: datetime) -> timedelta:
    """How far Norway is ahead of UTC at an aware instant."""
    utc = instant.astimezone(UTC)
    summer = _last_sunday(utc.year, 3) <= utc < _last_sunday(utc.year, 10)
    return timedelta(hours=2 if summer else 1)


def norwegian_instant(local: datetime) -> datetime:
    """The instant, in UTC, of a Norwegian time of day without a zone; in the hour that comes twice, the first."""
    utc = local.replace(tzinfo=UTC)
    begins, ends = _last_sunday(local.year, 3), _last_sunday(local.year, 10)
    summer = begins + timedelta(hours=1) <= utc < ends + timedelta(hours=2)
    return utc - timedelta(hours=2 if summer else 1)


def _last_sunday(year: int, month: int) -> datetime:
    """01:00 UTC on the last Sunday of a month with 31 days."""
    last = datetime(year, month, 31, 1, tzinfo=UTC)
    return last - timedelta(days=last.isoweekday() % _LAST_WEEKDAY)
