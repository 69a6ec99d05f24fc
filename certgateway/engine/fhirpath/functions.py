"""FHIRPath functions whose arguments are evaluated before the call: collections, existence, and FHIR's own.

Each takes the frame, the input collection and the argument collections, and returns a new collection or one of its
inputs. None may change an input; none may answer where the environment lacks what it would need to know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from certgateway.engine.fhirpath.environment import EMPTY, Frame, Function, boxed
from certgateway.engine.fhirpath.temporal import parse_temporal
from certgateway.engine.fhirpath.values import (
    Collection,
    Node,
    NotEvaluable,
    contains,
    distinct,
    single,
    single_text,
    system_value,
    truth,
)

if TYPE_CHECKING:
    from datetime import datetime

Arguments = list[Collection]


def _count(_: Frame, given: Collection, __: Arguments) -> Collection:
    return [len(given)]


def _all_are(wanted: bool, given: Collection) -> bool:  # noqa: FBT001  The value sought is the point.
    return all(truth([item]) is wanted for item in given)


def _all_true(_: Frame, given: Collection, __: Arguments) -> Collection:
    return boxed(_all_are(True, given))  # noqa: FBT003  The value sought is the point.


def _all_false(_: Frame, given: Collection, __: Arguments) -> Collection:
    return boxed(_all_are(False, given))  # noqa: FBT003  The value sought is the point.


def _any_true(_: Frame, given: Collection, __: Arguments) -> Collection:
    return boxed(any(truth([item]) is True for item in given))


def _any_false(_: Frame, given: Collection, __: Arguments) -> Collection:
    return boxed(any(truth([item]) is False for item in given))


def _first(_: Frame, given: Collection, __: Arguments) -> Collection:
    return given[:1]


def _last(_: Frame, given: Collection, __: Arguments) -> Collection:
    return given[-1:]


def _tail(_: Frame, given: Collection, __: Arguments) -> Collection:
    return given[1:]


def _whole_number(argument: Collection) -> int | None:
    number = single(argument)
    if number is None or type(number) is int:
        return number
    message = "an integer is expected"
    raise NotEvaluable(message)


def _skip(_: Frame, given: Collection, arguments: Arguments) -> Collection:
    number = _whole_number(arguments[0])
    return EMPTY if number is None else given[max(number, 0) :]


def _take(_: Frame, given: Collection, arguments: Arguments) -> Collection:
    number = _whole_number(arguments[0])
    return EMPTY if number is None else given[: max(number, 0)]


def _single(_: Frame, given: Collection, __: Arguments) -> Collection:
    single(given)
    return given


def _spend_on_pairs(frame: Frame, one: Collection, other: Collection) -> None:
    """Texts are found by hash where one collection is compared with itself; whatever else is compared pair by pair."""
    if one is other and all(type(system_value(item)) is str for item in one):
        frame.spend(len(one))
    else:
        frame.spend(len(one) * len(other))


def _distinct(frame: Frame, given: Collection, __: Arguments) -> Collection:
    _spend_on_pairs(frame, given, given)
    return distinct(given)


def _is_distinct(frame: Frame, given: Collection, __: Arguments) -> Collection:
    _spend_on_pairs(frame, given, given)
    return boxed(len(distinct(given)) == len(given))


def _subset_of(frame: Frame, given: Collection, arguments: Arguments) -> Collection:
    _spend_on_pairs(frame, given, arguments[0])
    return boxed(all(contains(arguments[0], item) for item in given))


def _superset_of(frame: Frame, given: Collection, arguments: Arguments) -> Collection:
    _spend_on_pairs(frame, given, arguments[0])
    return boxed(all(contains(given, item) for item in arguments[0]))


def _intersect(frame: Frame, given: Collection, arguments: Arguments) -> Collection:
    _spend_on_pairs(frame, given, arguments[0])
    return distinct([item for item in given if contains(arguments[0], item)])


def _exclude(frame: Frame, given: Collection, arguments: Arguments) -> Collection:
    _spend_on_pairs(frame, given, arguments[0])
    return [item for item in given if not contains(arguments[0], item)]


def _union(frame: Frame, given: Collection, arguments: Arguments) -> Collection:
    both = given + arguments[0]
    _spend_on_pairs(frame, both, both)
    return distinct(both)


def _combine(frame: Frame, given: Collection, arguments: Arguments) -> Collection:
    frame.spend(len(given) + len(arguments[0]))
    return given + arguments[0]


def _children(frame: Frame, given: Collection, _: Arguments) -> Collection:
    return [child for item in given if type(item) is Node for child in frame.model.all_children(item)]


def _descendants(frame: Frame, given: Collection, _: Arguments) -> Collection:
    found: Collection = []
    waiting = [item for item in reversed(given) if type(item) is Node]
    while waiting:
        children = frame.model.all_children(waiting.pop())
        frame.spend(1 + len(children))
        found += children
        waiting += reversed(children)
    return found


def _trace(_: Frame, given: Collection, __: Arguments) -> Collection:
    # What a trace would print is the sender's; the function is the identity here.
    return given


def _extension(frame: Frame, given: Collection, arguments: Arguments) -> Collection:
    url = single_text(arguments[0])
    found: Collection = []
    for item in given:
        if type(item) is Node:
            frame.model.children(item, "extension", found)
    return [node for node in found if type(node.value) is dict and node.value.get("url") == url]


def _has_value(_: Frame, given: Collection, __: Arguments) -> Collection:
    return boxed(len(given) == 1 and bool(_values(given)))


def _get_value(_: Frame, given: Collection, __: Arguments) -> Collection:
    return _values(given) if len(given) == 1 else EMPTY


def _values(given: Collection) -> Collection:
    return [
        value
        for value in (item.value if type(item) is Node else item for item in given)
        if value is not None and type(value) not in {dict, list}
    ]


def _resolve(frame: Frame, given: Collection, _: Arguments) -> Collection:
    resolve = frame.environment.resolve
    if resolve is None:
        return EMPTY
    texts = [_reference_text(item) for item in given]
    targets = [resolve(text) for text in texts if text]
    return [target for target in targets if target is not None]


def _reference_text(item: object) -> str | None:
    value = item.value if isinstance(item, Node) else item
    if isinstance(value, dict):
        value = value.get("reference")
    return value if isinstance(value, str) else None


def _html_checks(frame: Frame, given: Collection, _: Arguments) -> Collection:
    judge = frame.environment.html_is_sound
    if judge is None:
        message = "htmlChecks() needs a judge of narrative"
        raise NotEvaluable(message)
    texts = [item.value if type(item) is Node else item for item in given]
    return boxed(all(type(text) is str and judge(text) for text in texts))


def _member_of(frame: Frame, given: Collection, arguments: Arguments) -> Collection:
    member_of = frame.environment.member_of
    value_set = single_text(arguments[0])
    if member_of is None:
        message = "memberOf() needs a terminology"
        raise NotEvaluable(message)
    if not given or value_set is None:
        return EMPTY
    single(given)
    return boxed(member_of(given[0], value_set))


def _conforms_to(frame: Frame, given: Collection, arguments: Arguments) -> Collection:
    conforms_to = frame.environment.conforms_to
    profile = single_text(arguments[0])
    if conforms_to is None:
        message = "conformsTo() needs a judge of profiles"
        raise NotEvaluable(message)
    if not given or profile is None:
        return EMPTY
    single(given)
    return boxed(type(given[0]) is Node and conforms_to(given[0], profile))


def _instant(frame: Frame) -> datetime:
    clock = frame.environment.clock
    if clock is None:
        message = "the current time is not given"
        raise NotEvaluable(message)
    return clock()


def _now(frame: Frame, _: Collection, __: Arguments) -> Collection:
    return [parse_temporal(_instant(frame).isoformat(timespec="milliseconds").replace("+00:00", "Z"))]


def _today(frame: Frame, _: Collection, __: Arguments) -> Collection:
    return [parse_temporal(_instant(frame).date().isoformat())]


def _time_of_day(frame: Frame, _: Collection, __: Arguments) -> Collection:
    return [parse_temporal(f"T{_instant(frame).time().isoformat(timespec='milliseconds')}")]


# Name: fewest arguments, most arguments, function.
FUNCTIONS: dict[str, tuple[int, int, Function]] = {
    "count": (0, 0, _count),
    "allTrue": (0, 0, _all_true),
    "allFalse": (0, 0, _all_false),
    "anyTrue": (0, 0, _any_true),
    "anyFalse": (0, 0, _any_false),
    "first": (0, 0, _first),
    "last": (0, 0, _last),
    "tail": (0, 0, _tail),
    "skip": (1, 1, _skip),
    "take": (1, 1, _take),
    "single": (0, 0, _single),
    "distinct": (0, 0, _distinct),
    "isDistinct": (0, 0, _is_distinct),
    "subsetOf": (1, 1, _subset_of),
    "supersetOf": (1, 1, _superset_of),
    "intersect": (1, 1, _intersect),
    "exclude": (1, 1, _exclude),
    "union": (1, 1, _union),
    "combine": (1, 1, _combine),
    "children": (0, 0, _children),
    "descendants": (0, 0, _descendants),
    "trace": (1, 2, _trace),
    "extension": (1, 1, _extension),
    "hasValue": (0, 0, _has_value),
    "getValue": (0, 0, _get_value),
    "resolve": (0, 0, _resolve),
    "htmlChecks": (0, 0, _html_checks),
    "memberOf": (1, 1, _member_of),
    "conformsTo": (1, 1, _conforms_to),
    "now": (0, 0, _now),
    "today": (0, 0, _today),
    "timeOfDay": (0, 0, _time_of_day),
}
