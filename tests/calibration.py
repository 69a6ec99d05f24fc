"""How slow this machine is just now, so that a budget of CPU seconds means the same on all of them.

Budgets are those of the contract on a machine that does the yardstick's work in `USUAL` seconds; on a slower one, or
beside busy neighbours, they grow in proportion. A budget never shrinks: a fast machine has nothing to prove.
"""

import statistics
import time

USUAL = 0.015
"""CPU seconds of the yardstick on two quiet cores of the kind that the figures in docs/performance.md come from."""


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
