"""How an answer compares with a limit or with what a condition asks for: numbers, dates and times, texts, quantities.

Values come as (type, value). Nothing here may order what has no order.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from certgateway.engine import units
from certgateway.engine.fhirpath.temporal import compare, parse_temporal, parse_time

if TYPE_CHECKING:
    from certgateway.engine.questionnaires.questionnaires import Typed

Tree = Any
_DATES = frozenset({"date", "dateTime", "instant"})
_TEXTS = frozenset({"string", "uri"})


def order_of(answer: Typed, limit: Typed) -> int | bool | None:
    """-1, 0 or 1; False for quantities that can never be compared, None where precision or units leave it open."""
    (type_, value), (limit_type, bound) = answer, limit
    if is_number(value) and is_number(bound):
        return _sign(value, bound)
    if type_ == limit_type == "Quantity":
        return _quantities(value, bound)
    if type(value) is not str or type(bound) is not str:
        return None
    if type_ in _DATES and limit_type in _DATES:
        first, second = parse_temporal(value), parse_temporal(bound)
        return None if first is None or second is None else compare(first, second)
    if type_ == limit_type == "time":
        first, second = parse_time(value), parse_time(bound)
        return None if first is None or second is None else compare(first, second)
    return _sign(value, bound) if type_ == limit_type and type_ in _TEXTS else None


def is_number(value: object) -> bool:
    """An integer or a decimal, but no boolean."""
    return type(value) is int or type(value) is Decimal


def has_formal_unit(quantity: Tree) -> bool:
    """Whether a quantity says its unit in code and system, so that a machine can compare it."""
    return type(quantity) is dict and all(type(quantity.get(name)) is str for name in ("system", "code"))


def _quantities(value: Tree, bound: Tree) -> int | bool | None:
    one, other = value.get("value"), bound.get("value")
    if not is_number(one) or not is_number(other) or "comparator" in value:
        return None
    if not has_formal_unit(value) or not has_formal_unit(bound):
        names = ("system", "code", "unit")
        return _sign(one, other) if all(value.get(name) == bound.get(name) for name in names) else None
    if value["system"] != bound["system"]:
        return False
    if value["code"] == bound["code"]:
        return _sign(one, other)
    return _converted(value, bound) if value["system"] == units.UCUM else False


def _converted(value: Tree, bound: Tree) -> int | bool | None:
    """The order of two quantities with codes of UCUM; False where their dimensions differ."""
    left, right = units.exact(value["value"]), units.exact(bound["value"])
    return None if left is None or right is None else units.order(left, value["code"], right, bound["code"])


def _sign(left: Any, right: Any) -> int:  # noqa: ANN401  Two numbers or two texts.
    return int(left > right) - int(left < right)
