"""Amounts of time that somebody wrote in words: "6 måneder", "2 år", "14 dager".

Only a text that is an amount and nothing else is read. Nothing here may guess: "ca. 6 mnd", "6-8 uker", "minst et år"
and a number without a unit say something else than an exact amount, and stay words.
"""

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from certgateway.domain.certificate import Quantity

_UNITS: Final[Mapping[str, str]] = MappingProxyType(
    {
        word: unit
        for unit, words in {
            "d": "dag dager dagar day days",
            "wk": "uke uker veke veker week weeks",
            "mo": "måned måneder månad månader mnd mndr mdr month months",
            "a": "år year years",
        }.items()
        for word in words.split()
    }
)
"""What each unit is called in the languages of the form, abbreviations of a month included."""

# At most three digits: nobody means more, and a year (2026) is no amount. A full stop may end the text or "mnd.".
_AMOUNT: Final = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]{1,2}))? ?([^\W\d_]+)\.?")


def find_duration(text: str) -> Quantity | None:
    """The amount that the whole text is, None when it is anything else or no time at all."""
    read = _AMOUNT.fullmatch(" ".join(unicodedata.normalize("NFC", text).split()).casefold())
    unit = _UNITS.get(read[3]) if read else None
    if read is None or unit is None:
        return None
    value = Decimal(f"{read[1]}.{read[2]}" if read[2] else read[1])
    return Quantity(value, unit) if value else None
