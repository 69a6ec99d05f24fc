"""FHIRPath conversions (`toInteger`, `convertsToDate`, ...), arithmetic functions, and the arithmetic operators.

What can't be converted gives the empty collection, as the specification wants; what can't be computed with raises
`NotEvaluable`. Numbers stay int or Decimal: no float is ever made.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from fractions import Fraction

from certgateway.engine.fhirpath.environment import EMPTY, Frame, Function, spend_text
from certgateway.engine.fhirpath.syntax import CALENDAR_UNITS, Quantity
from certgateway.engine.fhirpath.temporal import Temporal, parse_temporal, parse_time, shift
from certgateway.engine.fhirpath.units import in_one_unit
from certgateway.engine.fhirpath.values import Collection, Item, NotEvaluable, is_number, single
from certgateway.safejson import number_text

Arguments = list[Collection]
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
# How many Integers there are from zero on.
_INTEGERS = 2**31
_DECIMAL = re.compile(r"[+-]?[0-9]{1,40}(?:\.[0-9]{1,40})?")
_QUANTITY = re.compile(r"([+-]?[0-9]{1,40}(?:\.[0-9]{1,40})?)\s*(?:'([^']+)'|([a-z]+))?")
_TRUE = frozenset({"true", "t", "yes", "y", "1", "1.0"})
_FALSE = frozenset({"false", "f", "no", "n", "0", "0.0"})
# UCUM's years and months are averages in days, by which no date can move.
_UCUM_DURATIONS = {"wk": "week", "d": "day", "h": "hour", "min": "minute", "s": "second", "ms": "millisecond"}
# Larger operands are refused: a power or product of theirs could fill the memory.
_MOST_DIGITS = 400


def to_boolean(value: Item) -> Item | None:
    """`toBoolean()` of one system value."""
    if type(value) is bool:
        return value
    text = value.lower() if type(value) is str else str(value) if is_number(value) else ""
    return True if text in _TRUE else False if text in _FALSE else None


def to_integer(value: Item) -> Item | None:
    """`toInteger()` of one system value."""
    if type(value) is bool or type(value) is int:
        return int(value)
    if type(value) is not str or not _INTEGER.fullmatch(value):
        return None
    found = int(value)
    # An Integer has 32 bits (N1, Literals): a longer text is none.
    return found if -_INTEGERS <= found < _INTEGERS else None


def to_decimal(value: Item) -> Item | None:
    """`toDecimal()` of one system value."""
    if type(value) is bool or type(value) is int:
        return Decimal(value)
    if type(value) is Decimal:
        return value
    return Decimal(value) if type(value) is str and _DECIMAL.fullmatch(value) else None


def to_text(value: Item) -> Item | None:
    """`toString()` of one system value."""
    if type(value) is bool:
        return "true" if value else "false"
    if type(value) is Decimal:
        return number_text(value)
    if type(value) is int or type(value) is str:
        return str(value)
    if type(value) is Temporal:
        return value.text()
    return _quantity_text(value) if type(value) is Quantity else None


def _quantity_text(quantity: Quantity) -> str:
    """As it is written in an expression: a UCUM unit in quotes, a calendar duration as a word."""
    is_calendar = quantity.unit in CALENDAR_UNITS
    unit = f"'{quantity.unit}'" if not is_calendar else quantity.unit if quantity.value == 1 else quantity.unit + "s"
    return f"{to_text(quantity.value)} {unit}"


def to_date(value: Item) -> Item | None:
    """`toDate()` of one system value."""
    moment = parse_temporal(value) if type(value) is str else value
    # Text is converted if it has the form of a date; a date-time itself is cut to its date.
    if type(moment) is not Temporal or moment.kind == "Time" or (moment is not value and moment.kind != "Date"):
        return None
    return Temporal("Date", moment.fields[:3])


def to_date_time(value: Item) -> Item | None:
    """`toDateTime()` of one system value."""
    moment = parse_temporal(value) if type(value) is str else value
    if type(moment) is not Temporal or moment.kind == "Time":
        return None
    return Temporal("DateTime", moment.fields, moment.zone)


def to_time(value: Item) -> Item | None:
    """`toTime()` of one system value."""
    moment = parse_time(value) if type(value) is str and not value.startswith("T") else value
    return moment if type(moment) is Temporal and moment.kind == "Time" else None


def to_quantity(value: Item) -> Item | None:
    """`toQuantity()` of one system value."""
    if type(value) is Quantity:
        return value
    if type(value) is bool or is_number(value):
        return Quantity(Decimal(value), "1")
    match = _QUANTITY.fullmatch(value) if type(value) is str else None
    if match is None or (match[3] and match[3] not in CALENDAR_UNITS):
        return None
    return Quantity(Decimal(match[1]), match[2] or CALENDAR_UNITS.get(match[3] or "", "1"))


_CONVERSIONS: dict[str, Callable[[Item], Item | None]] = {
    "Boolean": to_boolean,
    "Integer": to_integer,
    "Decimal": to_decimal,
    "String": to_text,
    "Date": to_date,
    "DateTime": to_date_time,
    "Time": to_time,
    "Quantity": to_quantity,
}


def _converter(convert: Callable[[Item], Item | None]) -> Function:
    def run(_: Frame, given: Collection, __: Arguments) -> Collection:
        value = single(given)
        converted = None if value is None else convert(value)
        return EMPTY if converted is None else [converted]

    return run


def _test(convert: Callable[[Item], Item | None]) -> Function:
    def run(_: Frame, given: Collection, __: Arguments) -> Collection:
        value = single(given)
        return EMPTY if value is None else [convert(value) is not None]

    return run


def _number(value: Item) -> int | Decimal:
    if is_number(value) and (
        value.bit_length() <= 4 * _MOST_DIGITS if type(value) is int else abs(value.adjusted()) <= _MOST_DIGITS
    ):
        number: int | Decimal = value
        return number
    message = "a number is expected"
    raise NotEvaluable(message)


def _on_number(work: Callable[[int | Decimal], int | Decimal]) -> Function:
    def run(_: Frame, given: Collection, __: Arguments) -> Collection:
        value = single(given)
        if type(value) is Quantity:
            return [Quantity(work(_number(value.value)), value.unit)]
        return EMPTY if value is None else [work(_number(value))]

    return run


def _absolute(number: int | Decimal) -> int | Decimal:
    return -number if number < 0 else number


def _round(_: Frame, given: Collection, arguments: Arguments) -> Collection:
    value = single(given)
    digits = single(arguments[0]) if arguments else 0
    if value is None:
        return EMPTY
    if type(digits) is not int or not 0 <= digits <= _MOST_DIGITS:
        message = "round() takes a small positive integer"
        raise NotEvaluable(message)
    return [_exactly(Decimal(_number(value)), Decimal(1).scaleb(-digits))]


def _exactly(number: Decimal, step: Decimal) -> Decimal:
    with localcontext() as context:
        context.prec = 2 * _MOST_DIGITS + 10
        return number.quantize(step, rounding=ROUND_HALF_UP)


def _sqrt(_: Frame, given: Collection, __: Arguments) -> Collection:
    value = single(given)
    return EMPTY if value is None or _number(value) < 0 else [Decimal(value).sqrt()]


def _power(_: Frame, given: Collection, arguments: Arguments) -> Collection:
    base, exponent = single(given), single(arguments[0])
    if base is None or exponent is None:
        return EMPTY
    return _raised(_number(base), _number(exponent))


def _raised(base: int | Decimal, exponent: int | Decimal) -> Collection:
    if not -64 <= exponent <= 64 or len(str(base)) > 40:  # noqa: PLR2004  Enough for any formula in a profile.
        message = "power() is bounded"
        raise NotEvaluable(message)
    if type(base) is int and type(exponent) is int and exponent >= 0:
        return [base**exponent]
    try:
        return [Decimal(base) ** Decimal(exponent)]
    except InvalidOperation:
        return EMPTY


NUMBER_FUNCTIONS: dict[str, tuple[int, int, Function]] = {
    **{f"to{name}": (0, 0, _converter(convert)) for name, convert in _CONVERSIONS.items()},
    **{f"convertsTo{name}": (0, 0, _test(convert)) for name, convert in _CONVERSIONS.items()},
    "abs": (0, 0, _on_number(_absolute)),
    "ceiling": (0, 0, _on_number(lambda number: int(Decimal(number).to_integral_value(ROUND_CEILING)))),
    "floor": (0, 0, _on_number(lambda number: int(Decimal(number).to_integral_value(ROUND_FLOOR)))),
    "truncate": (0, 0, _on_number(math.trunc)),
    "round": (0, 1, _round),
    "sqrt": (0, 0, _sqrt),
    "power": (1, 1, _power),
}


def negate(collection: Collection) -> Collection:
    """Unary minus."""
    value = single(collection)
    if type(value) is Quantity:
        return [Quantity(-_number(value.value), value.unit)]
    return EMPTY if value is None else [-_number(value)]


def arithmetic(operator: str, left: Collection, right: Collection) -> Collection:
    """`+ - * / div mod` of two single values; empty when either is, or when dividing by zero."""
    one, other = single(left), single(right)
    if one is None or other is None:
        return EMPTY
    if operator == "+" and type(one) is str and type(other) is str:
        spend_text(len(one) + len(other))
        return [one + other]
    if type(one) is Temporal:
        return _move(operator, one, other)
    if type(one) is Quantity or type(other) is Quantity:
        return _with_units(operator, one, other)
    result = _compute(operator, _number(one), _number(other))
    return EMPTY if result is None else [result]


def _compute(operator: str, one: int | Decimal, other: int | Decimal) -> int | Decimal | None:
    if operator == "+":
        return one + other
    if operator == "-":
        return one - other
    if operator == "*":
        return one * other
    if not other:
        return None
    if operator == "/":
        return Decimal(one) / Decimal(other)
    # Fractions are exact where a rounded Decimal quotient could step over a whole number.
    quotient = math.trunc(Fraction(one) / Fraction(other))
    return quotient if operator == "div" else one - other * quotient


def _move(operator: str, moment: Temporal, amount: Item) -> Collection:
    unit = _UCUM_DURATIONS.get(amount.unit, amount.unit) if type(amount) is Quantity else ""
    if operator not in {"+", "-"} or unit not in CALENDAR_UNITS:
        message = "a date or time moves by a duration only"
        raise NotEvaluable(message)
    number = Decimal(_number(amount.value))
    moved = shift(moment, -number if operator == "-" else number, unit)
    return EMPTY if moved is None else [moved]


def _with_units(operator: str, one: Item, other: Item) -> Collection:
    left = one if type(one) is Quantity else Quantity(_number(one), "1")
    right = other if type(other) is Quantity else Quantity(_number(other), "1")
    together = in_one_unit(left, right) if operator in {"+", "-"} else None
    left, right = together or (left, right)
    unit = _unit(operator, left.unit, right.unit)
    result = None if unit is None else _compute(operator, _number(left.value), _number(right.value))
    return EMPTY if result is None else [Quantity(result, unit or "1")]


def _unit(operator: str, left: str, right: str) -> str | None:
    if operator in {"+", "-"}:
        return left if left == right else None
    if operator == "/":
        return "1" if left == right else left if right == "1" else None
    if operator == "*":
        return left if right == "1" else right if left == "1" else None
    return None
