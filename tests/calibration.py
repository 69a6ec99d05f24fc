"""How slow this machine is just now, so that a budget of CPU seconds means the same on all of them.

Budgets are those of the contract on a machine that does the yardstick's work in `USUAL` seconds; on a slower one, or
beside busy neighbours, they grow in proportion. A budget never shrinks: a fast machine has nothing to prove. Work
beside busy neighbours is dear now and then, and what is too dear is so each time: one measurement within is enough.
"""

import statistics
import time
from collections.abc import Callable

USUAL = 0.015
"""CPU seconds of the yardstick on two quiet cores of the kind that the figures in docs/performance.md come from."""
TRIES = 8


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of this process for the work."""
    start = time.process_time()
    work()
    return time.process_time() - start


def assert_within(seconds: float, measured: Callable[[], float]) -> None:
    """Fail unless one of some measurements, in CPU seconds, is within the budget."""
    tried: list[tuple[float, float]] = []
    while len(tried) < TRIES:
        tried.append((measured(), allowed(seconds)))
        if tried[-1][0] < tried[-1][1]:
            return
    raise AssertionError("of CPU seconds, spent and allowed: " + ", ".join(f"{a:.4f} > {b:.4f}" for a, b in tried))


def assert_grows_by(times: float, small: Callable[[], float], large: Callable[[], float]) -> None:
    """Fail unless the large, in one of some rounds, costs less than so many times the small one beside it."""
    tried: list[tuple[float, float]] = []
    while len(tried) < TRIES:
        tried.append((small(), large()))
        if tried[-1][1] < times * tried[-1][0]:
            return
    raise AssertionError("of CPU seconds, small and large: " + ", ".join(f"{a:.4f}, {b:.4f}" for a, b in tried))


def allowed(seconds: float) -> float:
    """The budget here and now. Call it after the measured work, when the machine is as busy as it was then."""
    return seconds * max(1.0, statistics.median(_yardstick() for _ in range(9)) / USUAL)


def _yardstick() -> float:
    """CPU seconds for work of the kind a judgement is made of: names, dictionaries, small numbers."""
    start = time.process_time()
    table: dict[str, int] = {}
    for number in range(60_000):
        key = f"k{number % 997}"
        table[key] = (table.get(key, 0) + len(key)) % 7919
    return time.process_time() - start
