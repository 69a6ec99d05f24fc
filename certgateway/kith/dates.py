"""Dates and times as KITH messages write them. What has no zone was written in Norway; nothing else is guessed."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

from certgateway.domain.calendar import norwegian_instant, norwegian_offset
from certgateway.kith.names import BLANK

_ZONE: Final = r"(?:Z|[+-][0-9]{2}:[0-9]{2})?"
# Some systems write neither months nor days with two digits; nobody can read 1991-12-4 as anything else.
_DATE: Final = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})" + _ZONE, re.ASCII)
_INSTANT: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,12}))?(Z|[+-][0-9]{2}:[0-9]{2})?",
    re.ASCII,
)
_LATEST_ZONE: Final = timedelta(hours=14)


def day(text: str | None) -> str | None:
    """The ISO date of an xs:date, whatever offset stands behind it; None when it is none."""
    match = _DATE.fullmatch((text or "").strip(BLANK))
    if match is None:
        return None
    try:
        return date(*(int(part) for part in match.groups())).isoformat()
    except ValueError:
        return None


def is_almost_date(text: str) -> bool:
    """Whether a text that is no xs:date can be read as one all the same."""
    return day(text) is not None


def instant(text: str | None) -> datetime | None:
    """The instant, in UTC, of an xs:dateTime; None when it is none."""
    match = _INSTANT.fullmatch((text or "").strip(BLANK))
    if match is None:
        return None
    try:
        return _instant(match)
    except (ValueError, OverflowError):
        return None


def in_norway(moment: datetime) -> datetime:
    """An aware instant as KITH writes it: the Norwegian time of day with its offset.

    In the last hours of the calendar there is no such time of day, and UTC stands instead.
    """
    try:
        return moment.astimezone(timezone(norwegian_offset(moment)))
    except OverflowError:
        return moment.astimezone(UTC)


def _instant(match: re.Match[str]) -> datetime:
    hours, minutes, seconds = (int(part) for part in match.group(2, 3, 4))
    micro = int((match[5] or "0")[:6].ljust(6, "0"))
    # 24:00:00 is the end of the day; no other time may have an hour 24.
    midnight = hours == 24 and not (minutes or seconds or micro)  # noqa: PLR2004  The hour XML Schema makes room for.
    moment = datetime.fromisoformat(match[1]).replace(
        hour=0 if midnight else hours, minute=minutes, second=seconds, microsecond=micro
    ) + timedelta(days=1 if midnight else 0)
    zone = _zone(match[6])
    return norwegian_instant(moment) if zone is None else moment.replace(tzinfo=zone).astimezone(UTC)


def _zone(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text == "Z":
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[4:6]))
    if offset > _LATEST_ZONE or int(text[4:6]) > 59:  # noqa: PLR2004  Minutes of an hour.
        raise ValueError("no offset of XML Schema")
    return timezone(offset if text[0] == "+" else -offset)
