"""Norwegian numbers of persons, clinicians and organisations: form, check digits, and whether a person is made up.

Only the form is judged; whether somebody has the number is a look-up elsewhere. Digits are ASCII digits: other scripts'
digits look right on a screen and match no register. No function here may put a number into an error or a text.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

Kind = Literal["fnr", "dnr"]
Series = Literal["real", "synthetic"]

D_NUMBER_DAY: Final = 40
"""A D-number is a fødselsnummer's form with 40 added to the day."""

SYNTHETIC_MONTHS: Final = (80, 65, 40)
"""What is added to the month of a made-up person: Skatteetaten's test register, NAV's, and the health network's."""

_PERSON: Final = re.compile(r"[0-9]{11}")
_ORGANISATION: Final = re.compile(r"[1-9][0-9]{8}")
_HPR: Final = re.compile(r"(?!0+$)[0-9]{7,9}")

_FIRST_WEIGHTS: Final = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_SECOND_WEIGHTS: Final = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_ORGANISATION_WEIGHTS: Final = (3, 2, 7, 6, 5, 4, 3, 2, 1)

# Numbers given out from 2032 let the first check digit leave 1, 2 or 3 too; the second alone finds any wrong digit.
_FIRST_REMAINDERS: Final = frozenset({0, 1, 2, 3})


@dataclass(frozen=True, slots=True)
class PersonNumber:
    """What the form of a valid number tells: fødselsnummer or D-number, of a living register or a made-up one."""

    kind: Kind
    series: Series


def read_person_number(number: str) -> PersonNumber | None:
    """What eleven digits say about themselves; None when they are no fødselsnummer or D-number."""
    if not _PERSON.fullmatch(number) or not _has_check_digits(number):
        return None
    day, month, year = int(number[:2]), int(number[2:4]), int(number[4:6])
    raised = next((step for step in SYNTHETIC_MONTHS if month > step), 0)
    kind: Kind = "dnr" if day > D_NUMBER_DAY else "fnr"
    if not _is_birthday(day - D_NUMBER_DAY if kind == "dnr" else day, month - raised, year):
        return None
    return PersonNumber(kind, "synthetic" if raised else "real")


def is_organisation_number(number: str) -> bool:
    """Nine digits, the first no zero, the last a modulus 11 check digit (Enhetsregisteret)."""
    return bool(_ORGANISATION.fullmatch(number)) and _remainder(number, _ORGANISATION_WEIGHTS) == 0


def is_hpr_number(number: str) -> bool:
    """Seven to nine digits, not all zero. HPR numbers carry no check digit, so that a typing error cannot be seen."""
    return bool(_HPR.fullmatch(number))


def same_number(one: str, other: str) -> bool:
    """Whether two numbers are equal as digits, however they are spaced and in whatever script they are written."""
    digits = _digits(one)
    return bool(digits) and digits == _digits(other)


def _digits(text: str) -> list[int]:
    return [value for character in text if (value := unicodedata.digit(character, None)) is not None]


def _has_check_digits(number: str) -> bool:
    first = _remainder(number[:10], _FIRST_WEIGHTS)
    return first in _FIRST_REMAINDERS and _remainder(number, _SECOND_WEIGHTS) == 0


def _remainder(digits: str, weights: tuple[int, ...]) -> int:
    return sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=True)) % 11


def _is_birthday(day: int, month: int, year: int) -> bool:
    """The century is left open, because the ranges that give it are no part of the form: 2000 knows every leap day."""
    try:
        date(2000 + year, month, day)
    except ValueError:
        return False
    return True
