"""FHIRPath's logical, comparing and gathering operators as closures over compiled operands.

Logic is three-valued (None is "unknown") and stops as soon as the answer is fixed. Nothing here looks into a tree.
"""

from __future__ import annotations

from collections.abc import Callable

from certgateway.engine.fhirpath.environment import EMPTY, Frame, Run, Test, spend_text
from certgateway.engine.fhirpath.numbers import arithmetic
from certgateway.engine.fhirpath.values import (
    Collection,
    Node,
    contains,
    distinct,
    equal,
    equivalent,
    order,
    single,
    single_text,
    system_value,
)

# Steps for comparing two elements with all that they hold, and the size up to which a union costs none.
_WHOLE_ELEMENT, _SMALL = 100, 64

_ORDERS: dict[str, Callable[[int], bool]] = {
    "<": lambda sign: sign < 0,
    ">": lambda sign: sign > 0,
    "<=": lambda sign: sign <= 0,
    ">=": lambda sign: sign >= 0,
}


def both(left: Test, right: Test) -> Test:
    """`and`."""

    def run(frame: Frame) -> bool | None:
        one = left(frame)
        if one is False:
            return False
        other = right(frame)
        return False if other is False else None if one is None or other is None else True

    return run


def either(left: Test, right: Test) -> Test:
    """`or`."""

    def run(frame: Frame) -> bool | None:
        one = left(frame)
        if one is True:
            return True
        other = right(frame)
        return True if other is True else None if one is None or other is None else False

    return run


def one_of_two(left: Test, right: Test) -> Test:
    """`xor`."""

    def run(frame: Frame) -> bool | None:
        one, other = left(frame), right(frame)
        return None if one is None or other is None else one is not other

    return run


def implied(left: Test, right: Test) -> Test:
    """`implies`."""

    def run(frame: Frame) -> bool | None:
        one = left(frame)
        if one is False:
            return True
        other = right(frame)
        return True if other is True else other if one is True else None

    return run


def is_equal(left: Run, right: Run, *, wanted: bool) -> Test:
    """`=`, and `!=` when `wanted` is false."""

    def run(frame: Frame) -> bool | None:
        one, other = left(frame), right(frame)
        if one and type(one[0]) is Node and type(one[0].value) is dict:
            frame.spend(_WHOLE_ELEMENT * len(one))
        answer = equal(one, other)
        return None if answer is None else answer is wanted

    return run


def has_child(name: str, *, wanted: bool) -> Test:
    """`name.exists()`, and `name.empty()` when `wanted` is false: nothing is gathered only to be counted."""

    def run(frame: Frame) -> bool | None:
        has = frame.model.has_child
        for item in frame.focus:
            if type(item) is Node and has(item, name):
                return wanted
        return not wanted

    return run


def is_same_truth(left: Test, right: Test, *, wanted: bool) -> Test:
    """`=` and `!=` of two conditions, without boxing them."""

    def run(frame: Frame) -> bool | None:
        one, other = left(frame), right(frame)
        return None if one is None or other is None else (one is other) is wanted

    return run


def is_equivalent(left: Run, right: Run, *, wanted: bool) -> Test:
    """`~`, and `!~` when `wanted` is false."""

    def run(frame: Frame) -> bool | None:
        one, other = left(frame), right(frame)
        if len(one) == len(other):
            frame.spend(_WHOLE_ELEMENT * len(one) * len(one))
        return equivalent(one, other) is wanted

    return run


def is_ordered(operator: str, left: Run, right: Run) -> Test:
    """`<`, `>`, `<=` and `>=`."""
    holds = _ORDERS[operator]

    def run(frame: Frame) -> bool | None:
        one, other = single(left(frame)), single(right(frame))
        sign = None if one is None or other is None else order(one, other)
        return None if sign is None else holds(sign)

    return run


def is_member(item: Run, collection: Run) -> Test:
    """`item in collection`; `collection contains item` with the operands exchanged."""

    def run(frame: Frame) -> bool | None:
        wanted = item(frame)
        if not wanted:
            return None
        single(wanted)
        group = collection(frame)
        frame.spend(len(group))
        return contains(group, wanted[0])

    return run


def is_member_of_fixed(item: Run, collection: Run, key: object) -> Test:
    """`in` for a collection that is the same for the whole resource: text is sought by hash, remembered under `key`."""

    def run(frame: Frame) -> bool | None:
        wanted = item(frame)
        if not wanted:
            return None
        text = single(wanted)
        remembered = frame.environment.remembered
        if key not in remembered:
            values = [system_value(member) for member in collection(frame)]
            others = [value for value in values if type(value) is not str]
            remembered[key] = (frozenset(value for value in values if type(value) is str), others)
        texts, others = remembered[key]
        return (type(text) is str and text in texts) or contains(others, wanted[0])

    return run


def united(left: Run, right: Run) -> Run:
    """`|`."""

    def run(frame: Frame) -> Collection:
        both = left(frame) + right(frame)
        if len(both) > _SMALL:
            # Text is found by hash, whatever else is compared pair by pair.
            frame.spend(len(both) * (1 if type(system_value(both[-1])) is str else len(both)))
        return distinct(both)

    return run


def joined(left: Run, right: Run) -> Run:
    """`&`: text beside text, an empty operand counting as empty text."""

    def run(frame: Frame) -> Collection:
        one, other = single_text(left(frame)) or "", single_text(right(frame)) or ""
        spend_text(len(one) + len(other))
        return [one + other]

    return run


def computed(operator: str, left: Run, right: Run) -> Run:
    """`+ - * / div mod`."""

    def run(frame: Frame) -> Collection:
        return arithmetic(operator, left(frame), right(frame))

    return run


def remembered(run: Run, key: object) -> Run:
    """`run`, evaluated once for a resource."""

    def look_up(frame: Frame) -> Collection:
        known = frame.environment.remembered
        if key not in known:
            known[key] = run(frame)
        found: Collection = known[key]
        return found

    return look_up


def indexed(left: Run, index: Run) -> Run:
    """`left[index]`."""

    def run(frame: Frame) -> Collection:
        at = single(index(frame))
        items = left(frame)
        return [items[at]] if type(at) is int and 0 <= at < len(items) else EMPTY

    return run
