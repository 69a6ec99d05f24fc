"""How many messages a sender may hand in: a bucket of tokens for each, filled anew at an even rate.

A sender is the verified caller or, where nobody logs in, the address its connection comes from: whoever a message says
it is from could be anybody, and counting by that would let one sender shut the door on another. Nothing here may keep
an address longer than its bucket takes to be full again.
"""

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from certgateway.api.problems import ProblemError

RATE: Final = 1000.0
"""Messages a second and sender; more than one gateway can judge, because today every sender may be one address."""
BURST: Final = 2000
"""Messages that may come at once after a pause."""
_MOST: Final = 10_000
"""Buckets that are kept; the one that was not used for longest goes first."""


class Senders:
    """The buckets; used on one event loop only. `clock` gives seconds that never go back."""

    __slots__ = ("_buckets", "_burst", "_clock", "_rate")

    def __init__(self, rate: float = RATE, burst: int = BURST, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def admit(self, address: str) -> None:
        """Take a token of a caller or an address; ProblemError `too-many-requests` when there is none."""
        now = self._clock()
        self._forget(now)
        sender = _network(address)
        left, at = self._buckets.pop(sender, (float(self._burst), now))
        left = min(self._burst, left + (now - at) * self._rate)
        admitted = left >= 1
        self._buckets[sender] = (left - 1 if admitted else left), now
        if not admitted:
            wait = max(1, math.ceil((1 - left) / self._rate))
            raise ProblemError("too-many-requests", {"retry_after": str(wait)})

    def _forget(self, now: float) -> None:
        """The oldest buckets go, where they are full again or too many; two for each that is made, to keep up."""
        for _ in range(2):
            if not self._buckets:
                return
            sender, (left, at) = next(iter(self._buckets.items()))
            if left + (now - at) * self._rate < self._burst and len(self._buckets) < _MOST:
                return
            del self._buckets[sender]


def _network(address: str) -> str:
    """What stands for one sender: an address of IPv4, or the network of 64 bits that one customer has in IPv6."""
    if ":" not in address:
        return address
    try:
        return str(ipaddress.IPv6Network((address.partition("%")[0], 64), strict=False))
    except ValueError:
        return address
