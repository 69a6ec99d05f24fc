"""Whether one JSON value is a valid FHIR primitive: its JSON type, lexical form, range and calendar.

Answers are verdicts only. Nothing here may know where a value stands, or repeat it.
"""

from __future__ import annotations

import binascii
import re
from calendar import monthrange
from collections.abc import Callable
from decimal import Decimal
from enum import Enum


class Verdict(Enum):
    """How a value fails: wrong JSON type, wrong form, or nothing in it."""

    TYPE = "type-wrong"
    FORM = "primitive-invalid"
    EMPTY = "value-empty"


Check = Callable[[object], Verdict | None]

_ZONE = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?"
_DATE = r"([0-9]{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12][0-9]|3[01])"
_DATE_FORM = re.compile(_DATE + ")?)?")
_DATE_TIME_FORM = re.compile(_DATE + f"(?:T{_CLOCK}{_ZONE})?)?)?")
_INSTANT_FORM = re.compile(rf"([0-9]{{4}})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T{_CLOCK}{_ZONE}")
_FORMS = {
    "code": re.compile(r"[^\s]+(?:\s[^\s]+)*+"),
    "id": re.compile(r"[A-Za-z0-9\-.]{1,64}"),
    "oid": re.compile(r"urn:oid:[0-2](?:\.(?:0|[1-9][0-9]*))+"),
    "time": re.compile(_CLOCK),
    "uuid": re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
}
# A UUID and an OID are written as URNs in full; an OID's first arcs alone name nothing.
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_OID = r"[0-2](?:\.(?:0|[1-9][0-9]*))+"
_URN = rf"urn:uuid:{_UUID}(?:[#|]\S*)?|urn:oid:{_OID}(?:[#|]\S*)?"
_PLAIN_URI = r"(?!urn:uuid:|urn:oid:|uuid:|oid:)"
_URI = re.compile(rf"{_URN}|{_PLAIN_URI}\S+")
_CANONICAL = re.compile(rf"{_URN}|{_PLAIN_URI}(?:#\S+|[A-Za-z][A-Za-z0-9+.\-]*:\S+)")
ABSOLUTE = re.compile(rf"{_URN}|{_PLAIN_URI}[A-Za-z][A-Za-z0-9+.\-]*:\S*")
"""A URI that begins with a scheme."""
_NUMERAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_INTEGERS = {"integer": -(2**31), "unsignedInt": 0, "positiveInt": 1}
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
LONGEST_STRING = 1_048_576
_LARGEST_INTEGER = 2**31 - 1
# R4 asks for 18 digits at least; beyond the reach of a double nothing measured or counted is lost.
_MOST_DIGITS = 320
_LARGEST_EXPONENT = 308


def check_for(code: str) -> Check:
    """The check of one primitive type; a type this engine doesn't know is judged as `string`."""
    return _CHECKS.get(code, _string)


def quick_check_for(code: str) -> Callable[[str], object]:
    """A cheap test of text that stands for one primitive type: what it finds true is valid; false decides nothing."""
    if code in _FORMS:
        return _FORMS[code].fullmatch
    if code in ("uri", "url"):
        return _URI.fullmatch
    if code == "canonical":
        return _CANONICAL.fullmatch
    check = check_for(code)
    return _is_plain_text if check is _string else lambda value: check(value) is None


def _is_plain_text(value: str) -> bool:
    # A line that can be printed has no control characters; only other texts are searched for them.
    if value.isprintable():
        return not value.isspace() and 0 < len(value) <= LONGEST_STRING
    return _string(value) is None


def _matching(pattern: re.Pattern[str]) -> Check:
    fullmatch = pattern.fullmatch

    def check(value: object) -> Verdict | None:
        return None if type(value) is str and fullmatch(value) else _unmatched(value)

    return check


def _unmatched(value: object) -> Verdict:
    if type(value) is not str:
        return Verdict.TYPE
    return Verdict.EMPTY if not value or value.isspace() else Verdict.FORM


def _string(value: object) -> Verdict | None:
    if type(value) is not str:
        return Verdict.TYPE
    if not value or value.isspace():
        return Verdict.EMPTY
    return Verdict.FORM if len(value) > LONGEST_STRING or _CONTROL.search(value) else None


def _dated(pattern: re.Pattern[str]) -> Check:
    """A check of a date or date and time: the form, then whether the day exists in that month of that year."""

    def check(value: object) -> Verdict | None:
        found = pattern.fullmatch(value) if type(value) is str else None
        if found is None:
            return _unmatched(value)
        year, month, day = found.groups()
        if year == "0000":
            return Verdict.FORM
        # Every month has 28 days; only later days need the calendar.
        late = day is not None and day > "28"
        return Verdict.FORM if late and int(day) > monthrange(int(year), int(month))[1] else None

    return check


def _base64(value: object) -> Verdict | None:
    if type(value) is not str or not value or value.isspace():
        return _unmatched(value)
    try:
        binascii.a2b_base64("".join(value.split()).encode("ascii"), strict_mode=True)
    except (UnicodeEncodeError, binascii.Error):
        return Verdict.FORM
    return None


def _boolean(value: object) -> Verdict | None:
    if type(value) is bool:
        return None
    return Verdict.TYPE if value in ("true", "false") or type(value) is not str else _unmatched(value)


def _integer(least: int) -> Check:
    def check(value: object) -> Verdict | None:
        if type(value) is int:
            return None if least <= value <= _LARGEST_INTEGER else Verdict.FORM
        return _not_number(value)

    return check


def _decimal(value: object) -> Verdict | None:
    if type(value) is int:
        return None if abs(value) < 10**_LARGEST_EXPONENT else Verdict.FORM
    if type(value) is not Decimal:
        return _not_number(value)
    fits = value.is_finite() and abs(value.adjusted()) <= _LARGEST_EXPONENT
    return None if fits and len(value.as_tuple().digits) <= _MOST_DIGITS else Verdict.FORM


def _not_number(value: object) -> Verdict:
    """A numeral in a string is the wrong JSON type; other text, as XML may hold it, is a wrong form."""
    if type(value) is Decimal:
        return Verdict.FORM
    return Verdict.TYPE if type(value) is not str or _NUMERAL.fullmatch(value) else _unmatched(value)


_CHECKS: dict[str, Check] = {
    "base64Binary": _base64,
    "boolean": _boolean,
    "date": _dated(_DATE_FORM),
    "dateTime": _dated(_DATE_TIME_FORM),
    "decimal": _decimal,
    "instant": _dated(_INSTANT_FORM),
    **{code: _matching(pattern) for code, pattern in _FORMS.items()},
    **{code: _matching(_URI) for code in ("uri", "url")},
    "canonical": _matching(_CANONICAL),
    **{code: _integer(least) for code, least in _INTEGERS.items()},
}

# How each form is written, for whoever has to mend a value; signs that need no translation.
FORMS: dict[str, str] = {
    "base64Binary": "A-Z a-z 0-9 + / =",
    "boolean": "true | false",
    "canonical": "URI|version",
    "code": "[^\\s]+(\\s[^\\s]+)*",
    "date": "YYYY | YYYY-MM | YYYY-MM-DD",
    "dateTime": "YYYY | YYYY-MM | YYYY-MM-DD | YYYY-MM-DDThh:mm:ss+zz:zz",
    "decimal": "-12.34",
    "id": "[A-Za-z0-9-.]{1,64}",
    "instant": "YYYY-MM-DDThh:mm:ss.sss+zz:zz",
    "integer": "-2147483648 … 2147483647",
    "oid": "urn:oid:1.2.3",
    "positiveInt": "1 … 2147483647",
    "time": "hh:mm:ss",
    "unsignedInt": "0 … 2147483647",
    "uri": "RFC 3986",
    "url": "RFC 3986",
    "uuid": "urn:uuid:xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx",
}
_JSON_TYPES = {bool: "boolean", int: "number", Decimal: "number", str: "string", list: "array", dict: "object"}


def json_type(value: object) -> str:
    """What JSON calls the type of a value."""
    return _JSON_TYPES.get(type(value), "null")
