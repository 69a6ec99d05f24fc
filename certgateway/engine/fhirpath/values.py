"""What FHIRPath expressions work on: nodes of a tree with their type, and how values equal, resemble and order.

A collection is a list whose items are `Node` (an element of the tree) or a system value: bool, int, Decimal, str,
Temporal, Quantity. Nothing here may change a tree, and no error may quote a value.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from certgateway.engine.fhirpath.syntax import Quantity
from certgateway.engine.fhirpath.temporal import Temporal, compare, parse_temporal, parse_time
from certgateway.engine.fhirpath.units import is_open, order_quantities

Item = Any
Collection = list[Any]

_DATES = frozenset({"date", "dateTime", "instant"})
_QUANTITIES = frozenset({"Quantity", "Age", "Count", "Distance", "Duration", "MoneyQuantity", "SimpleQuantity"})
_SPACES = str.maketrans("\t\n\r", "   ")


class NotEvaluable(Exception):  # noqa: N818  A condition of expression and input together.
    """The expression has no answer for this input (say, `<` between text and number); the text names no value."""


class TooMuchWork(NotEvaluable):
    """The expression asks for more than one evaluation may cost; whoever asks again will hear the same."""


@dataclass(slots=True)
class Node:
    """An element: its raw value in the tree, its type name (`HumanName`, `Bundle.entry`, `date`; "" if unknown).

    `extra` is the object under the `_name` of a primitive.
    """

    value: Any
    type: str
    extra: dict[str, Any] | None = None


def system_value(item: Item) -> Item:
    """The item as a system value where it is a primitive or a quantity; None for an element without a value."""
    if type(item) is not Node:
        return item
    value = item.value
    if type(value) is str:
        return _text_value(value, item.type)
    if type(value) is dict:
        return _quantity(value) if item.type in _QUANTITIES else item
    return value


def _text_value(value: str, type_: str) -> str | Temporal:
    if type_ in _DATES:
        return parse_temporal(value) or value
    if type_ == "time":
        return parse_time(value) or value
    return value


def _quantity(value: dict[str, Any]) -> Quantity | None:
    number = value.get("value")
    if type(number) is not int and type(number) is not Decimal:
        return None
    return Quantity(number, str(value.get("code") or value.get("unit") or "1"))


def truth(collection: Collection) -> bool | None:
    """A collection as a condition: None when empty, and true for one item that is no boolean; raises `NotEvaluable`."""
    if not collection:
        return None
    if len(collection) > 1:
        message = "a condition has several items"
        raise NotEvaluable(message)
    item = collection[0]
    value = item.value if type(item) is Node else item
    return value if type(value) is bool else True


def single(collection: Collection) -> Item | None:
    """The system value of the only item, None when empty; raises `NotEvaluable` for several."""
    if len(collection) > 1:
        message = "one item is expected, several are there"
        raise NotEvaluable(message)
    return system_value(collection[0]) if collection else None


def single_text(collection: Collection) -> str | None:
    """The text of the only item, None when empty; raises `NotEvaluable` for several or something else."""
    value = single(collection)
    if isinstance(value, Temporal):
        return value.text()
    if value is None or type(value) is str:
        return value
    message = "text is expected"
    raise NotEvaluable(message)


def is_number(value: object) -> bool:
    """An integer or decimal, but no boolean."""
    return type(value) is int or type(value) is Decimal


def equal(left: Collection, right: Collection) -> bool | None:
    """`=`: same items in the same order; None when either is empty or precision leaves it open."""
    if not left or not right:
        return None
    if len(left) != len(right):
        return False
    answers = [equal_items(one, other) for one, other in zip(left, right, strict=True)]
    return False if False in answers else None if None in answers else True


def equal_items(left: Item, right: Item) -> bool | None:
    """Equality of two items; complex elements compare by all they hold."""
    one, other = system_value(left), system_value(right)
    if type(one) is Temporal or type(other) is Temporal:
        return _equal_temporal(one, other)
    if type(one) is Quantity and type(other) is Quantity:
        order = order_quantities(one, other)
        return order == 0 if order is not None else None if is_open(one, other) else False
    if type(one) is Node or type(other) is Node:
        return type(one) is Node and type(other) is Node and same_tree(one.value, other.value)
    return same_tree(one, other)


def _equal_temporal(one: Item, other: Item) -> bool | None:
    # A date compared with a string literal is a common slip in profiles; the lexical form is what is meant.
    first = parse_temporal(one) if type(one) is str else one
    second = parse_temporal(other) if type(other) is str else other
    if type(first) is Temporal and type(second) is Temporal:
        if (first.kind == "Time") != (second.kind == "Time"):
            return False
        order = compare(first, second)
        return None if order is None else order == 0
    return False


def same_tree(left: object, right: object) -> bool:
    """Deep equality of tree values; 1.50 equals 1.5, but true never equals 1."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same_tree(value, right[name]) for name, value in left.items())
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(same_tree(one, other) for one, other in zip(left, right, strict=True))
    return (type(left) is bool) == (type(right) is bool) and left == right


def contains(collection: Collection, item: Item) -> bool:
    """Whether `item` equals a member."""
    return any(equal_items(member, item) for member in collection)


def distinct(collection: Collection) -> Collection:
    """The items without repeats, first occurrences in order. Text, the common case, goes by hash."""
    kept: Collection = []
    seen: set[str] = set()
    for item in collection:
        value = system_value(item)
        if type(value) is str:
            if value not in seen:
                seen.add(value)
                kept.append(item)
        elif not contains(kept, item):
            kept.append(item)
    return kept


def equivalent(left: Collection, right: Collection) -> bool:
    """`~`: same items in any order, text without regard to case and kind of space, decimals to the lesser precision."""
    if len(left) != len(right):
        return False
    rest = list(right)
    for item in left:
        match = next((at for at, other in enumerate(rest) if _equivalent_items(item, other)), None)
        if match is None:
            return False
        del rest[match]
    return True


def _equivalent_items(left: Item, right: Item) -> bool:
    one, other = system_value(left), system_value(right)
    if type(one) is str and type(other) is str:
        # White space of one kind stands for any other, but is never dropped.
        return one.translate(_SPACES).casefold() == other.translate(_SPACES).casefold()
    if is_number(one) and is_number(other):
        return _equivalent_numbers(Decimal(one), Decimal(other))
    if type(one) is Temporal and type(other) is Temporal:
        return compare(one, other) == 0
    if type(one) is Quantity and type(other) is Quantity:
        return order_quantities(one, other, loosely=True) == 0
    return equal_items(left, right) is True


def _equivalent_numbers(one: Decimal, other: Decimal) -> bool:
    try:
        coarser = one if int(one.as_tuple().exponent) >= int(other.as_tuple().exponent) else other
        return one.quantize(coarser) == other.quantize(coarser)
    except InvalidOperation:
        return one == other


def order(left: Item, right: Item) -> int | None:
    """-1, 0 or 1 of two system values; None when open; raises `NotEvaluable` when they can't be compared."""
    if is_number(left) and is_number(right):
        return _sign(left, right)
    if type(left) is Temporal or type(right) is Temporal:
        return _order_temporal(left, right)
    if type(left) is Quantity or type(right) is Quantity:
        return order_quantities(_as_quantity(left), _as_quantity(right))
    if type(left) is str and type(right) is str:
        return _sign(left, right)
    message = "the operands have no common order"
    raise NotEvaluable(message)


def _order_temporal(left: Item, right: Item) -> int | None:
    first = parse_temporal(left) if type(left) is str else left
    second = parse_temporal(right) if type(right) is str else right
    if type(first) is Temporal and type(second) is Temporal:
        return compare(first, second)
    message = "a date or time is compared with something else"
    raise NotEvaluable(message)


def _as_quantity(value: Item) -> Quantity:
    if type(value) is Quantity:
        return value
    if is_number(value):
        return Quantity(value, "1")
    message = "a quantity is compared with something else"
    raise NotEvaluable(message)


def _sign(left: Any, right: Any) -> int:  # noqa: ANN401  Two numbers or two texts.
    return int(left > right) - int(left < right)
