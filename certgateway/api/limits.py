"""Limits before work: how large a body may be, how long it may take, and how much may be inside at once.

Overload is answered at once instead of being queued without end. A body that is still coming takes no place from those
that can be worked on: what it takes is memory, and that is counted. Work that takes a processor runs in a few threads,
so that health answers stay quick. Nothing here may look into a body, but for counting its bytes.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final, TypeVar

from anyio import CapacityLimiter, move_on_after, to_thread
from starlette.requests import Request

from certgateway.api.problems import ProblemError
from certgateway.domain.body_size import BodySize, OutsideCounter

T = TypeVar("T")

THREADS: Final = 4
"""Judging is Python: more threads than this only take turns."""
IN_FLIGHT: Final = 64
"""Requests that may be waiting or worked on at once; the next one is asked to come again."""
ARRIVING: Final = 256 * 1024 * 1024
"""Bytes of bodies that may be here at once, whole or still coming."""
_COUNTED_ANEW: Final = 16 * 1024
"""Bytes that come before the bytes outside attachments are counted again: counting each chunk would cost by chunks."""


class Door:
    """Lets a bounded number of requests in; used on one event loop only, so counting needs no lock."""

    __slots__ = ("_arrived", "_inside", "_limit", "_most_arriving", "_threads", "_workers")

    def __init__(self, threads: int = THREADS, in_flight: int = IN_FLIGHT, arriving: int = ARRIVING) -> None:
        self._threads = threads
        self._limit = in_flight
        self._most_arriving = arriving
        self._inside = 0
        self._arrived = 0
        self._workers: CapacityLimiter | None = None

    @property
    def inside(self) -> int:
        """How many requests are inside now."""
        return self._inside

    @property
    def arrived(self) -> int:
        """How many bytes of bodies are here now."""
        return self._arrived

    @asynccontextmanager
    async def arriving(self) -> AsyncIterator["Arrival"]:
        """A body comes while the context lasts, and is worked on; ProblemError `overloaded` when the house is full."""
        self._refuse_when_full()
        arrival = Arrival(self)
        try:
            yield arrival
        finally:
            self._arrived -= arrival.size

    def hold(self, size: int) -> None:
        """So many bytes more are here; raises ProblemError `overloaded` where they are too many."""
        self._arrived += size
        if self._arrived > self._most_arriving:
            raise ProblemError("overloaded")

    async def answer(self, task: Callable[[], T]) -> T:
        """`task` inside, in one of the door's threads."""
        self._refuse_when_full()
        self._inside += 1
        try:
            return await self.work(task)
        finally:
            self._inside -= 1

    async def work(self, task: Callable[[], T]) -> T:
        """`task` in one of the door's threads. A client that goes away does not stop it half-way."""
        if self._workers is None:  # Made here, because a limiter belongs to the loop that runs.
            self._workers = CapacityLimiter(self._threads)
        return await to_thread.run_sync(task, limiter=self._workers)

    def _refuse_when_full(self) -> None:
        if self._inside >= self._limit:
            raise ProblemError("overloaded")


class Arrival:
    """One body that is coming or is here: `size` bytes of it are held until it has been answered."""

    __slots__ = ("_door", "size")

    def __init__(self, door: Door) -> None:
        self._door = door
        self.size = 0

    def grow(self, size: int) -> None:
        """So many bytes more have come."""
        self.size += size
        self._door.hold(size)

    async def work(self, task: Callable[[], T]) -> T:
        """`task` inside, as `Door.answer` has it."""
        return await self._door.answer(task)


async def read_body(
    request: Request,
    size: BodySize,
    seconds: float,
    arrival: Arrival | None = None,
    too_large: str = "body-too-large",
) -> bytes:
    """The body, counted while it arrives; ProblemError for one that is compressed, too large or too slow.

    `too_large` is the category of a body larger than `size.whole`: a message may be too large for its attachments,
    other bodies have none.
    """
    if request.headers.get("content-encoding", "identity").strip().lower() not in {"identity", ""}:
        raise ProblemError("content-encoding-not-supported")
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:20]) > size.whole:
        raise ProblemError(too_large, {"limit": str(size.whole)})
    with move_on_after(seconds):
        return await _read(request, size, arrival, too_large)
    raise ProblemError("request-too-slow")


async def _read(request: Request, size: BodySize, arrival: Arrival | None, too_large: str) -> bytes:
    body = bytearray()
    outside = OutsideCounter(size.outside)
    count_at = size.outside
    async for chunk in request.stream():
        if arrival is not None:
            arrival.grow(len(chunk))
        body += chunk
        if len(body) > size.whole:
            raise ProblemError(too_large, {"limit": str(size.whole)})
        if len(body) > count_at:
            _check_outside(outside.count(body), size)
            count_at = len(body) + _COUNTED_ANEW
    if len(body) > size.outside:
        _check_outside(outside.count(body, whole=True), size)
    return bytes(body)


def _check_outside(outside: int, size: BodySize) -> None:
    if outside > size.outside:
        raise ProblemError("outside-attachments-too-large", {"limit": str(size.outside)})
