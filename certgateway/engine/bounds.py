"""Whether a value lies within the bounds a profile gives: numbers, quantities, dates and times.

What is in no provable order is left alone: a year and a day within it, two units that no table joins. Nothing here may
record a fault or quote a received value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from certgateway.engine.fhirpath.values import Node, NotEvaluable, order, system_value
from certgateway.engine.units import is_between

if TYPE_CHECKING:
    from certgateway.engine.profiles.profiles import Wanted


def within(least: Wanted | None, most: Wanted | None, value: Any, code: str) -> bool:  # noqa: ANN401  Any JSON value.
    """Whether a value of the type `code` is neither below the least nor above the most."""
    if isinstance(value, dict):
        return is_between(least and least.value, most and most.value, value)
    return _compared(value, code, least) >= 0 and _compared(value, code, most) <= 0


def _compared(value: Any, code: str, bound: Wanted | None) -> int:  # noqa: ANN401  Any JSON value.
    """-1, 0 or 1; 0 where there is no bound or no order."""
    if bound is None:
        return 0
    left, right = system_value(Node(value, code)), system_value(Node(bound.value, code))
    if left is None or right is None or isinstance(left, bool):
        return 0
    try:
        return order(left, right) or 0
    except NotEvaluable:
        return 0
