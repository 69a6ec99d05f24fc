"""Which texts the simple types of XML Schema take, one linear check a type.

Digits are ASCII in numbers and dates, as the standard has it; only a pattern's class of digits means all of Unicode's.
A check answers yes or no and never raises, whatever a sender wrote. No pattern of a schema file is ever run here.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from certgateway.kith.names import BLANK

Check = Callable[[str], bool]

OID_PATTERNS: Final = frozenset({r"(\d+\.?)*\d+", r"\d+(\.\d+)*"})
"""The published pattern of an object identifier and ours. They mean the same, and both become `is_oid`."""
OID_LENGTH: Final = 255
"""Where a schema that states no cap is capped; ours states this one."""

_OID: Final = re.compile(r"\d+(?:\.\d+)*")
_WHOLE: Final = re.compile(r"[+]?0*+([0-9]*)|-0+()", re.ASCII)
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]*+(={0,2})", re.ASCII)
# The last character before padding may carry no bits that no byte takes up.
_BASE64_ENDS: Final[Mapping[str, str]] = MappingProxyType({"": "", "=": "AEIMQUYcgkosw048", "==": "AQgw"})
_BLANKS: Final = re.compile(f"[{BLANK}]+")

# Ten digits of a year are valid too, and nobody's.
_YEAR: Final = r"(-?(?:[1-9][0-9]{4,8}|[0-9]{4}))"
_MONTH: Final = r"-(0[1-9]|1[0-2])"
_DAY: Final = r"-(0[1-9]|[12][0-9]|3[01])"
_CLOCK: Final = r"(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?|24:00:00(?:\.0+)?)"
_ZONE: Final = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))?"
_TIMES: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {
        "dateTime": re.compile(_YEAR + _MONTH + _DAY + "T" + _CLOCK + _ZONE),
        "date": re.compile(_YEAR + _MONTH + _DAY + _ZONE),
        "gYear": re.compile(_YEAR + _ZONE),
        "gYearMonth": re.compile(_YEAR + _MONTH + _ZONE),
        "time": re.compile(_CLOCK + _ZONE),
    }
)
_SHORT_MONTHS: Final = frozenset({"04", "06", "09", "11"})
_FEBRUARY: Final = "02"


def collapse(text: str) -> str:
    """A text as the types other than string see it: no blank around it, single ones inside."""
    return _BLANKS.sub(" ", text.strip(BLANK))


def whole_number(text: str) -> str | None:
    """The digits of a nonNegativeInteger without sign and leading zeros, however many; None for anything else."""
    match = _WHOLE.fullmatch(text.strip(BLANK))
    return (match[1] or "0") if match and match[0] not in {"", "+"} else None


def is_whole_number(text: str) -> bool:
    """Whether a text is a nonNegativeInteger."""
    return whole_number(text) is not None


def is_anything(_: str) -> bool:
    """string, token and anyURI: what an XML parser lets through, they take."""
    return True


def is_oid(text: str) -> bool:
    """An object identifier: digits in groups, one dot between."""
    return len(oid := collapse(text)) <= OID_LENGTH and _OID.fullmatch(oid) is not None


def is_base64(text: str) -> bool:
    """base64Binary, judged by its characters; nothing is decoded."""
    for blank in BLANK:
        text = text.replace(blank, "")
    match = _BASE64.fullmatch(text)
    if match is None or len(text) % 4:
        return False
    last = _BASE64_ENDS[match[1]]
    return not last or text[-len(match[1]) - 1] in last


def _is_time(pattern: re.Pattern[str], text: str) -> bool:
    match = pattern.fullmatch(text.strip(BLANK))
    if match is None:
        return False
    parts = match.groups()
    year = parts[0] if parts else None
    if year is not None and not int(year):
        return False
    return len(parts) < len(("year", "month", "day")) or int(parts[2]) <= _month_length(int(parts[0]), parts[1])


def _month_length(year: int, month: str) -> int:
    if month != _FEBRUARY:
        return 30 if month in _SHORT_MONTHS else 31
    return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28


def _time_check(pattern: re.Pattern[str]) -> Check:
    return lambda text: _is_time(pattern, text)


CHECKS: Final[Mapping[str, Check]] = MappingProxyType(
    {
        "string": is_anything,
        "token": is_anything,
        "anyURI": is_anything,
        "nonNegativeInteger": is_whole_number,
        "base64Binary": is_base64,
        **{name: _time_check(pattern) for name, pattern in _TIMES.items()},
    }
)
"""The built-in types that the messages use, by their name in XML Schema."""


def number_among(values: Iterable[str]) -> Check:
    """One of some whole numbers, compared by value: 02 and +2 are 2."""
    allowed = frozenset(values)
    return lambda text: whole_number(text) in allowed


def text_among(values: Iterable[str], *, collapsed: bool) -> Check:
    """One of some words: to the letter, or but for blanks where the type takes those away."""
    allowed = frozenset(values)
    return (lambda text: collapse(text) in allowed) if collapsed else allowed.__contains__


def any_of(checks: Iterable[Check]) -> Check:
    """A union: what one of its members takes."""
    members = tuple(checks)
    return lambda text: any(check(text) for check in members)
