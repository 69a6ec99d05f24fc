"""Which units FHIRPath can bring to one another, and how quantities compare and add: calendar durations and some UCUM.

UCUM is vast; only units that are exact multiples are here. Two units that can't be brought together give None, and
nothing here may guess that they are alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from certgateway.engine.fhirpath_syntax import CALENDAR_UNITS, Quantity

# Each base with its units as multiples of it. A calendar year is twelve months and no number of days.
_TABLE = {
    "s": {
        "ms": "0.001", "s": "1", "min": "60", "h": "3600", "d": "86400", "wk": "604800", "millisecond": "0.001",
        "second": "1", "minute": "60", "hour": "3600", "day": "86400", "week": "604800",
    },
    "mo": {"mo": "1", "a": "12", "month": "1", "year": "12"},
    "g": {"ug": "0.000001", "mg": "0.001", "g": "1", "kg": "1000"},
    "m": {"um": "0.000001", "mm": "0.001", "cm": "0.01", "m": "1", "km": "1000"},
    "L": {"uL": "0.000001", "mL": "0.001", "dL": "0.1", "L": "1"},
}  # fmt: skip
_CALENDAR = frozenset(CALENDAR_UNITS.values()) - {"second", "millisecond"}
_DEFINITE = frozenset({"a", "mo", "wk", "d", "h", "min"})


@dataclass(frozen=True, slots=True)
class _Unit:
    base: str
    factor: Decimal


_UNITS = {name: _Unit(base, Decimal(factor)) for base, row in _TABLE.items() for name, factor in row.items()}


def order_quantities(left: Quantity, right: Quantity, *, loosely: bool = False) -> int | None:
    """-1, 0 or 1; None where the units can't be compared. `loosely` takes a calendar year for a UCUM `a`."""
    if left.unit == right.unit:
        return int(left.value > right.value) - int(left.value < right.value)
    units = _together(left.unit, right.unit)
    if units is None or (not loosely and is_open(left, right)):
        return None
    one, other = left.value * units[0].factor, right.value * units[1].factor
    return int(one > other) - int(one < other)


def is_open(left: Quantity, right: Quantity) -> bool:
    """Whether a calendar duration stands beside a definite one: above seconds nobody knows how they compare."""
    units = {left.unit, right.unit}
    return not units.isdisjoint(_CALENDAR) and not units.isdisjoint(_DEFINITE)


def in_one_unit(left: Quantity, right: Quantity) -> tuple[Quantity, Quantity] | None:
    """Both in the more granular of their units; None where there is no such unit."""
    if left.unit == right.unit:
        return left, right
    units = _together(left.unit, right.unit)
    if units is None or is_open(left, right):
        return None
    one, other = units
    if one.factor <= other.factor:
        return left, Quantity(right.value * other.factor / one.factor, left.unit)
    return Quantity(left.value * one.factor / other.factor, right.unit), right


def _together(left: str, right: str) -> tuple[_Unit, _Unit] | None:
    one, other = _UNITS.get(left), _UNITS.get(right)
    return None if one is None or other is None or one.base != other.base else (one, other)
