"""FHIRPath functions that evaluate an argument for each item, and the type tests.

While an argument runs, the focus of the frame is the item; it is put back afterwards. An exception ends the whole
evaluation and its frame, so nothing needs to be put back then.
"""

from __future__ import annotations

from certgateway.engine.fhirpath.environment import EMPTY, MOST_STEPS, Frame, Run, Test, boxed
from certgateway.engine.fhirpath.values import Collection, Item, Node, single, system_value

# Steps for a value that repeat() makes, which no tree bounds.
_COMPUTED = MOST_STEPS // 1000


def where(given: Run, criterion: Test) -> Run:
    """`where(criterion)`."""

    def run(frame: Frame) -> Collection:
        items = given(frame)
        if not items:
            return EMPTY
        frame.spend(len(items))
        focus, index = frame.focus, frame.index
        kept: Collection = []
        for frame.index, item in enumerate(items):
            frame.focus = [item]
            if criterion(frame):
                kept.append(item)
        frame.focus, frame.index = focus, index
        return kept

    return run


def any_holds(given: Run, criterion: Test) -> Test:
    """`exists(criterion)`."""
    kept = where(given, criterion)
    return lambda frame: bool(kept(frame))


def all_hold(given: Run, criterion: Test) -> Test:
    """`all(criterion)`; an unknown answer counts as not holding."""

    def run(frame: Frame) -> bool | None:
        items = given(frame)
        frame.spend(len(items))
        focus, index = frame.focus, frame.index
        answer = True
        for frame.index, item in enumerate(items):
            frame.focus = [item]
            if not criterion(frame):
                answer = False
                break
        frame.focus, frame.index = focus, index
        return answer

    return run


def select(given: Run, projection: Run) -> Run:
    """`select(projection)`."""

    def run(frame: Frame) -> Collection:
        items = given(frame)
        if not items:
            return EMPTY
        focus, index = frame.focus, frame.index
        found: Collection = []
        for frame.index, item in enumerate(items):
            frame.focus = [item]
            projected = projection(frame)
            frame.spend(1 + len(projected))
            found += projected
        frame.focus, frame.index = focus, index
        return found

    return run


def repeat(given: Run, projection: Run) -> Run:
    """`repeat(projection)`: each element is visited once, known by its place in the tree, so that this ends.

    Values that are computed have no end: they cost so much that a thousand are the most.
    """

    def run(frame: Frame) -> Collection:
        focus = frame.focus
        seen: set[object] = set()
        found: Collection = []
        waiting = given(frame)
        while waiting:
            fresh: Collection = []
            for item in waiting:
                frame.focus = [item]
                projected = projection(frame)
                frame.spend(1 + len(projected) + _COMPUTED * sum(type(child) is not Node for child in projected))
                fresh += [child for child in projected if _is_new(child, seen)]
            found += fresh
            waiting = fresh
        frame.focus = focus
        return found

    return run


def _is_new(item: Item, seen: set[object]) -> bool:
    value = item.value if type(item) is Node else item
    mark = ("node", id(value)) if type(value) is dict or type(value) is list else (type(value), system_value(item))
    if mark in seen:
        return False
    seen.add(mark)
    return True


def choose(given: Run, criterion: Test, then: Run, otherwise: Run | None) -> Run:
    """`iif(criterion, then, otherwise)`: the arguments see the whole input as their focus; one of them is evaluated."""

    def run(frame: Frame) -> Collection:
        focus = frame.focus
        frame.focus = given(frame)
        branch = then if criterion(frame) else otherwise
        found = EMPTY if branch is None else branch(frame)
        frame.focus = focus
        return found

    return run


def aggregate(given: Run, step: Run, start: Run | None) -> Run:
    """`aggregate(step, start)`."""

    def run(frame: Frame) -> Collection:
        items = given(frame)
        frame.spend(len(items))
        focus, index, total = frame.focus, frame.index, frame.total
        running = EMPTY if start is None else start(frame)
        for frame.index, item in enumerate(items):
            frame.focus, frame.total = [item], running
            running = step(frame)
        frame.focus, frame.index, frame.total = focus, index, total
        return running

    return run


def typed(kind: str, given: Run, name: str) -> Run:
    """`is`, `as` and `ofType`.

    Base invariants call `as` on whole collections (dom-3), so it filters like `ofType` instead of failing.
    """

    def test(frame: Frame) -> Collection:
        items = given(frame)
        if not items:
            return EMPTY
        single(items)
        return boxed(frame.model.is_type(items[0], name))

    def keep(frame: Frame) -> Collection:
        return [item for item in given(frame) if frame.model.is_type(item, name)]

    return test if kind == "is" else keep
