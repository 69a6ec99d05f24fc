"""Quantities in the assessment data: how they are written, and when two of them say the same.

Numbers leave as text: a JSON number may be read as a binary fraction and then is no longer what the doctor wrote.
Nothing here may turn an amount into a share of a full position, or round anything.
"""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from certgateway.domain.certificate import Quantity
from certgateway.domain.vocabulary import UNITS, Language

# Read the same in all three languages, and are shorter than their titles.
_SYMBOLS: Final = frozenset({"kg", "g", "km", "m", "cm", "mm", "min", "%", "W", "N", "mmHg"})

_SINGULAR: Final[Mapping[str, str]] = MappingProxyType(
    {
        "sekunder": "sekund",
        "minutter": "minutt",
        "timer": "time",
        "timar": "time",
        "dager": "dag",
        "dagar": "dag",
        "uker": "uke",
        "veker": "veke",
        "måneder": "måned",
        "månader": "månad",
        "ganger": "gang",
        "gonger": "gong",
        "seconds": "second",
        "minutes": "minute",
        "hours": "hour",
        "days": "day",
        "weeks": "week",
        "months": "month",
        "years": "year",
        "times": "time",
        "points": "point",
    }
)
"""First word of a unit's title in the plural, to what one of it is called."""

# Beyond this many digits the plain notation would only fill the page.
_WIDEST: Final = 30

_SCALES: Final[Mapping[str, tuple[str, int]]] = MappingProxyType(
    {
        "g": ("mass", 1),
        "kg": ("mass", 1000),
        "mm": ("length", 1),
        "cm": ("length", 10),
        "m": ("length", 1000),
        "km": ("length", 1_000_000),
        "s": ("time", 1),
        "min": ("time", 60),
        "h": ("time", 3600),
        "d": ("days", 1),
        "wk": ("days", 7),
        "mo": ("months", 1),
        "a": ("months", 12),
        "min/d": ("time a day", 1),
        "h/d": ("time a day", 60),
    }
)
"""Unit to its dimension and how many of the smallest unit it holds.

Only what converts exactly is listed: a month is no fixed number of days, and a day of work is not 24 hours of it.
"""

_RATES: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("max-per-day", "h"): "h/d",
        ("max-per-day", "min"): "min/d",
        ("max-per-week", "h"): "h/wk",
        ("max-per-week", "d"): "d/wk",
    }
)
"""Limits whose kind already says "a day" or "a week": the plain unit means the rate."""


def number_text(value: Decimal) -> str:
    """The exact decimal without exponent: Decimal("1E+1") is "10", Decimal("2.50") is "2.50"."""
    return format(value, "f") if abs(value.adjusted()) < _WIDEST else str(value)


def quantity_text(quantity: Quantity, language: Language = "nb") -> str:
    """For people: "10 kg", "2,5 timer per dag", "1 uke"; the decimal sign is the language's."""
    number = number_text(quantity.value)
    if language != "en":
        number = number.replace(".", ",")
    return f"{number} {_unit_text(quantity, language)}"


def _unit_text(quantity: Quantity, language: Language) -> str:
    if quantity.unit in _SYMBOLS:
        return quantity.unit
    title = UNITS.title(quantity.unit, language) or quantity.unit
    if quantity.value != 1:
        return title
    first, space, rest = title.partition(" ")
    return f"{_SINGULAR.get(first, first)}{space}{rest}"


def comparable(quantity: Quantity, kind: str | None = None) -> tuple[str, Decimal]:
    """Dimension and amount in its smallest unit: equal exactly when two quantities say the same.

    `kind` is the kind of limit, where there is one: ten minutes under "longest time a day" are ten minutes a day.
    """
    unit = _RATES.get((kind or "", quantity.unit), quantity.unit)
    dimension, scale = _SCALES.get(unit, (unit, 1))
    return dimension, quantity.value * scale
