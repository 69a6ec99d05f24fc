"""Dates, date-times and times of partial precision, compared and shifted as FHIRPath N1 prescribes.

2012-04 is not the first of April: where two values differ only in precision the answer is "unknown" (None), never a
guess. Nothing here may read a clock.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

_DATE = re.compile(
    r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?)?"
    r"(?P<t>T(?:(?P<hour>[0-9]{2})(?::(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}(?:\.[0-9]+)?))?)?"
    r"(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?)?)?"
)
_TIME = re.compile(r"T?(?P<hour>[0-9]{2})(?::(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}(?:\.[0-9]+)?))?)?")
_FIELDS = ("year", "month", "day", "hour", "minute", "second")
_LOWEST = (1, 1, 1, 0, 0, Decimal(0))
_HIGHEST = (9999, 12, 31, 23, 59, Decimal(60))
_TO_DAY = 3
_TO_MINUTE = 5
_MONTHS = 12
_MINUTES_A_DAY = 1440
_SECONDS = {"hour": Decimal(3600), "minute": Decimal(60), "second": Decimal(1), "millisecond": Decimal("0.001")}

Kind = Literal["Date", "DateTime", "Time"]
Fields = tuple[int | Decimal, ...]


@dataclass(frozen=True, slots=True)
class Temporal:
    """A point of partial precision: year, month, day, hour, minute, second as far as given (a Time starts at hour).

    `zone` is the offset from UTC in minutes; None where the text gave none.
    """

    kind: Kind
    fields: Fields
    zone: int | None = None

    def text(self) -> str:
        """The FHIR lexical form."""
        if self.kind == "Time":
            return _clock(self.fields)
        day = "-".join(f"{part:0{4 if at == 0 else 2}d}" for at, part in enumerate(self.fields[:_TO_DAY]))
        if len(self.fields) <= _TO_DAY:
            return day
        return f"{day}T{_clock(self.fields[_TO_DAY:])}{_zone_text(self.zone)}"


def _clock(fields: Fields) -> str:
    return ":".join(_two_digits(part) for part in fields)


def _two_digits(part: int | Decimal) -> str:
    text = str(part)
    return text if len(text.partition(".")[0]) > 1 else "0" + text


def _zone_text(zone: int | None) -> str:
    if zone is None:
        return ""
    return "Z" if zone == 0 else f"{'-' if zone < 0 else '+'}{abs(zone) // 60:02d}:{abs(zone) % 60:02d}"


def parse_temporal(text: str) -> Temporal | None:
    """A Time (`T14:30`), Date (`2012-04`) or DateTime (with a T); None when the text is none of them or no such day."""
    if text.startswith("T"):
        return parse_time(text)
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    fields = _fields(match, _FIELDS)
    zone = _zone(match["zone"])
    if not _in_calendar(fields, _LOWEST, _HIGHEST):
        return None
    return Temporal("DateTime" if match["t"] else "Date", fields, zone)


def parse_time(text: str) -> Temporal | None:
    """A Time, with or without the leading T."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    fields = _fields(match, _FIELDS[_TO_DAY:])
    return Temporal("Time", fields) if _in_calendar(fields, _LOWEST[_TO_DAY:], _HIGHEST[_TO_DAY:]) else None


def _fields(match: re.Match[str], names: tuple[str, ...]) -> Fields:
    parts = [(name, match[name]) for name in names if match[name] is not None]
    return tuple(Decimal(part) if name == "second" else int(part) for name, part in parts)


def _zone(text: str | None) -> int | None:
    if text is None:
        return None
    if text == "Z":
        return 0
    minutes = int(text[1:3]) * 60 + int(text[4:])
    return -minutes if text[0] == "-" else minutes


def _in_calendar(fields: Fields, lowest: Fields, highest: Fields) -> bool:
    if any(not low <= part <= high for part, low, high in zip(fields, lowest, highest, strict=False)):
        return False
    is_day = len(lowest) == len(_FIELDS) and len(fields) >= _TO_DAY
    return not is_day or fields[2] <= calendar.monthrange(int(fields[0]), int(fields[1]))[1]


def compare(left: Temporal, right: Temporal) -> int | None:
    """-1, 0 or 1; None where precision, a missing zone or the kinds leave it open."""
    if (left.kind == "Time") != (right.kind == "Time"):
        return None
    first, second = _aligned(left, right)
    for one, other in zip(first, second, strict=False):
        if one != other:
            return -1 if one < other else 1
    if len(first) != len(second) or (left.zone is None) != (right.zone is None):
        return None
    return 0


def _aligned(left: Temporal, right: Temporal) -> tuple[Fields, Fields]:
    """Both in UTC when both have a zone; else as written, which is all that can be compared."""
    if left.zone is None or right.zone is None:
        return left.fields, right.fields
    return _utc(left), _utc(right)


def _utc(value: Temporal) -> Fields:
    if not value.zone or len(value.fields) < _TO_MINUTE:
        return value.fields
    hour, minute = (int(part) for part in value.fields[_TO_DAY:_TO_MINUTE])
    days, minutes = divmod(hour * 60 + minute - value.zone, _MINUTES_A_DAY)
    day = _add_days(value.fields, days)
    return value.fields if day is None else (*day, minutes // 60, minutes % 60, *value.fields[_TO_MINUTE:])


def _add_days(fields: Fields, days: int) -> tuple[int, int, int] | None:
    """Year, month and day of a full date moved by days; None outside the years 1 to 9999."""
    ordinal = date(int(fields[0]), int(fields[1]), int(fields[2])).toordinal() + days
    if not 1 <= ordinal <= date.max.toordinal():
        return None
    moved = date.fromordinal(ordinal)
    return moved.year, moved.month, moved.day


def _month_length(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def shift(value: Temporal, amount: Decimal, unit: str) -> Temporal | None:
    """`value` moved by a calendar duration; None when the result leaves the calendar or the unit isn't one of time."""
    if unit in {"year", "month"} and value.kind != "Time":
        return _shift_months(value, int(amount) * (_MONTHS if unit == "year" else 1))
    if unit in {"week", "day"} and value.kind != "Time":
        return _shift_days(value, int(amount) * (7 if unit == "week" else 1))
    return _shift_seconds(value, amount * _SECONDS[unit]) if unit in _SECONDS else None


def _shift_months(value: Temporal, months: int) -> Temporal | None:
    month = int(value.fields[1]) if len(value.fields) > 1 else 1
    # A value that holds a year alone moves by whole years only.
    step = months if len(value.fields) > 1 else _whole(months, _MONTHS) * _MONTHS
    total = int(value.fields[0]) * _MONTHS + month - 1 + step
    year, month = total // _MONTHS, total % _MONTHS + 1
    if not 1 <= year <= _HIGHEST[0]:
        return None
    days = tuple(min(day, _month_length(year, month)) for day in value.fields[2:_TO_DAY])
    return Temporal(value.kind, (*(year, month)[: len(value.fields)], *days, *value.fields[_TO_DAY:]), value.zone)


def _whole(amount: int, size: int) -> int:
    return amount // size if amount >= 0 else -(-amount // size)


def _shift_days(value: Temporal, days: int) -> Temporal | None:
    if len(value.fields) < _TO_DAY:
        return _shift_months(value, _whole(days, 30))
    moved = _add_days(value.fields, days)
    return None if moved is None else Temporal(value.kind, (*moved, *value.fields[_TO_DAY:]), value.zone)


def _shift_seconds(value: Temporal, seconds: Decimal) -> Temporal | None:
    start = 0 if value.kind == "Time" else _TO_DAY
    given = value.fields[start:]
    if not given:
        return _shift_days(value, int(seconds / 86_400))
    weights = (3600, 60, 1)
    present = sum((part * weight for part, weight in zip(given, weights, strict=False)), Decimal(0))
    days, rest = divmod(present + seconds, 86_400)
    # Decimal rounds the quotient towards zero; a clock wants the remainder positive.
    if rest < 0:
        days, rest = days - 1, rest + 86_400
    clock: Fields = (int(rest // 3600), int(rest % 3600 // 60), rest % 60)[: len(given)]
    moved = Temporal(value.kind, (*value.fields[:start], *clock), value.zone)
    return moved if start == 0 else _shift_days(moved, int(days))
