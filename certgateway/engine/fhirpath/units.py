"""Which units FHIRPath can bring to one another, and how quantities compare and add: calendar durations and UCUM.

UCUM's units are those of `units`, but for durations of months and years. Two units that can't be brought together give
None, and nothing here may guess that they are alike.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from certgateway.engine.fhirpath.syntax import CALENDAR_UNITS, Quantity
from certgateway.engine.units import Measure, exact, measure_of

# Durations. UCUM's year and month are twelfths and multiples of one another here, and no number of days: FHIRPath takes
# them for calendar years and months.
_SECONDS, _MONTHS = (("s", 1),), (("mo", 1),)
_TABLE = {
    _SECONDS: {
        "ms": "0.001", "s": "1", "min": "60", "h": "3600", "d": "86400", "wk": "604800", "millisecond": "0.001",
        "second": "1", "minute": "60", "hour": "3600", "day": "86400", "week": "604800",
    },
    _MONTHS: {"mo": "1", "a": "12", "month": "1", "year": "12"},
}  # fmt: skip
_DURATIONS: dict[str, Measure] = {
    name: (Fraction(factor), base) for base, row in _TABLE.items() for name, factor in row.items()
}
_CALENDAR = frozenset(CALENDAR_UNITS.values()) - {"second", "millisecond"}
_DEFINITE = frozenset({"a", "mo", "wk", "d", "h", "min"})


def order_quantities(left: Quantity, right: Quantity, *, loosely: bool = False) -> int | None:
    """-1, 0 or 1; None where the units can't be compared. `loosely` takes a calendar year for a UCUM `a`."""
    if left.unit == right.unit:
        return int(left.value > right.value) - int(left.value < right.value)
    units = _together(left.unit, right.unit)
    one, other = exact(left.value), exact(right.value)
    if units is None or one is None or other is None or (not loosely and is_open(left, right)):
        return None
    one, other = one * units[0], other * units[1]
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
    if one <= other:
        value = _converted(right, other / one)
        return None if value is None else (left, Quantity(value, left.unit))
    value = _converted(left, one / other)
    return None if value is None else (Quantity(value, right.unit), right)


def _converted(quantity: Quantity, factor: Fraction) -> Decimal | None:
    """The value in another unit; None where no decimal says it exactly."""
    number = exact(quantity.value)
    if number is None:
        return None
    number *= factor
    value = Decimal(number.numerator) / Decimal(number.denominator)
    return value if Fraction(value) == number else None


def _together(left: str, right: str) -> tuple[Fraction, Fraction] | None:
    """What two units are of their common base; None where they have none."""
    one, other = _DURATIONS.get(left) or measure_of(left), _DURATIONS.get(right) or measure_of(right)
    return None if one is None or other is None or one[1] != other[1] else (one[0], other[0])
