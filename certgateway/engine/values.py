"""Compares what was received with fixed values and patterns of a profile.

Numbers compare by value, everything else exactly. Nothing here may record a fault or quote a received value.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from certgateway import safejson

if TYPE_CHECKING:
    from collections.abc import Iterable

Tree = Any
_LONGEST_QUOTE = 200
_MOST_WORDS = 20


def equals(wanted: Tree, value: Tree) -> bool:
    """Whether the value is exactly the fixed one, nothing more and nothing less.

    A boolean is no number; inside an object base R4 has said so already.
    """
    if isinstance(wanted, bool) or isinstance(value, bool):
        return wanted is value
    return bool(wanted == value)


def includes(pattern: Tree, value: Tree) -> bool:
    """Whether the value holds all of the pattern: each property, and for each item of a list one that includes it."""
    if isinstance(pattern, str):
        return bool(pattern == value)
    if isinstance(pattern, dict):
        return isinstance(value, dict) and _has_all(pattern, value)
    if isinstance(pattern, list):
        return isinstance(value, list) and all(_has_one(part, value) for part in pattern)
    return equals(pattern, value)


def pattern_test(pattern: Tree) -> Callable[[Tree], bool]:
    """`includes` with the pattern worked in, for values whose structure base R4 allows.

    A pattern may be of another type than the value: then the value has it not.
    """
    if isinstance(pattern, dict):
        return _of_object([(key, part, pattern_test(part)) for key, part in pattern.items()])
    if isinstance(pattern, list):
        tests = [pattern_test(part) for part in pattern]

        def test_list(value: Tree) -> bool:
            # No generator: see below.
            return isinstance(value, list) and all([any(map(test, value)) for test in tests])  # noqa: C419

        return test_list
    return partial(equals, pattern)


def _of_object(parts: list[tuple[str, Tree, Callable[[Tree], bool]]]) -> Callable[[Tree], bool]:
    def test(value: Tree) -> bool:
        if not isinstance(value, dict):
            return False
        for key, part, wanted in parts:
            found = value.get(key)
            if found is None or (found != part and not wanted(found)):
                return False
        return True

    return test


def _has_all(pattern: dict[str, Tree], value: dict[str, Tree]) -> bool:
    for key, part in pattern.items():  # noqa: SIM110  A loop costs half of a generator, and every pattern comes here.
        if key not in value or not includes(part, value[key]):
            return False
    return True


def _has_one(pattern: Tree, values: list[Tree]) -> bool:
    for value in values:  # noqa: SIM110  As above.
        if includes(pattern, value):
            return True
    return False


def listed(words: Iterable[str]) -> str:
    """The first of some definition's words for a finding, and a mark that there are more."""
    first = list(islice(words, _MOST_WORDS + 1))
    return ", ".join([*first[:_MOST_WORDS], "…"] if len(first) > _MOST_WORDS else first)


def differences(wanted: Tree, value: Tree, fits: Callable[[Tree, Tree], bool]) -> dict[str, str]:
    """The parts of a fixed value or pattern that weren't met, by their names: `found` of a finding.

    Empty for a value of one part: there is nothing to tell apart.
    """
    if not isinstance(wanted, dict) or not isinstance(value, dict):
        return {}
    lacking = [key for key, part in wanted.items() if key not in value or not fits(part, value[key])]
    # Of a fixed value nothing more may be there either; what that is called is the sender's word.
    return {"found": ", ".join(lacking)} if lacking else {}


def as_text(wanted: Tree) -> str:
    """A definition's value for a finding: itself, or compact JSON cut to a readable length."""
    text = wanted if isinstance(wanted, str) else _written(wanted)
    return text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "…"


def _written(wanted: Tree) -> str:
    try:
        return safejson.write(wanted).decode()
    except TypeError:  # Whoever made the definition in Python may have put floats in it.
        return json.dumps(wanted, default=float)
