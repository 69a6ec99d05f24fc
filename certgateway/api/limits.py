"""Limits before work: how large a body may be, and how many requests may be inside at once.

Overload is answered at once instead of being queued without end. Work that takes a processor runs in a few threads, so
that health answers stay quick. Nothing here may look into a body.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final, TypeVar

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request

from certgateway.api.problems import ProblemError

T = TypeVar("T")

THREADS: Final = 4
"""Judging is Python: more threads than this only take turns."""
IN_FLIGHT: Final = 64
"""Requests that may be read, waiting or worked on at once; the next one is asked to come again."""


class Door:
    """Lets a bounded number of requests in; used on one event loop only, so counting needs no lock."""

    __slots__ = ("_inside", "_limit", "_threads", "_workers")

    def __init__(self, threads: int = THREADS, in_flight: int = IN_FLIGHT) -> None:
        self._threads = threads
        self._limit = in_flight
        self._inside = 0
        self._workers: CapacityLimiter | None = None

    @property
    def inside(self) -> int:
        """How many requests are inside now."""
        return self._inside

    @asynccontextmanager
    async def entered(self) -> AsyncIterator[None]:
        """Inside while the context lasts; raises ProblemError `overloaded` when the house is full."""
        if self._inside >= self._limit:
            raise ProblemError("overloaded")
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1

    async def answer(self, task: Callable[[], T]) -> T:
        """`task` inside, in one of the door's threads."""
        async with self.entered():
            return await self.work(task)

    async def work(self, task: Callable[[], T]) -> T:
        """`task` in one of the door's threads. A client that goes away does not stop it half-way."""
        if self._workers is None:  # Made here, because a limiter belongs to the loop that runs.
            self._workers = CapacityLimiter(self._threads)
        return await to_thread.run_sync(task, limiter=self._workers)


async def read_body(request: Request, limit: int, too_large: str = "body-too-large") -> bytes:
    """The body, counted while it arrives; ProblemError for one that is compressed or larger than `limit` bytes.

    `too_large` is the category of the latter: a message may be too large for its attachments, other bodies have none.
    """
    if request.headers.get("content-encoding", "identity").strip().lower() not in {"identity", ""}:
        raise ProblemError("content-encoding-not-supported")
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:20]) > limit:
        raise ProblemError(too_large, {"limit": str(limit)})
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise ProblemError(too_large, {"limit": str(limit)})
    return bytes(body)
