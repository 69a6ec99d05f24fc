"""The loop that posts: looks who has something due, and serves each receiver by a task of its own, one by one.

A receiver that hangs, refuses or never ends costs itself an attempt and the others nothing. Of its messages each has a
schedule of its own: one that is not taken does not hold up the next, unless both belong to one conversation. Nothing
here may end because of a message, a receiver or a store that is away.
"""

from collections.abc import Callable
from typing import Final

import anyio
from anyio import CapacityLimiter, create_task_group, to_thread

from certgateway.domain.errors import GatewayError
from certgateway.services.gateway import Gateway
from certgateway.services.push import Noted, attempt
from certgateway.trust.posting import Poster

PAUSE_SECONDS: Final = 1.0
"""Between two looks at what is due."""
_STORE_THREADS: Final = 2


class Courier:
    """Posts over one gateway. `note` is told of every attempt; it is called on the loop's own thread."""

    __slots__ = ("_busy", "_gateway", "_limit", "_note", "_poster")

    def __init__(self, gateway: Gateway, poster: Poster, note: Callable[[Noted], None]) -> None:
        self._gateway = gateway
        self._poster = poster
        self._note = note
        self._busy: set[str] = set()
        self._limit = CapacityLimiter(_STORE_THREADS)

    async def run(self, stopping: anyio.Event) -> None:
        """Posts until it is told to stop; what has begun then is ended first, which takes as long as one attempt."""
        async with create_task_group() as group:
            while not stopping.is_set():
                for receiver in await self._due():
                    self._busy.add(receiver)
                    group.start_soon(self._serve, receiver, stopping)
                with anyio.move_on_after(PAUSE_SECONDS):
                    await stopping.wait()

    async def once(self) -> None:
        """Everything that is due now, then an end: what the loop does in one look."""
        async with create_task_group() as group:
            for receiver in await self._due():
                self._busy.add(receiver)
                group.start_soon(self._serve, receiver, anyio.Event())

    async def _due(self) -> list[str]:
        free = self._gateway.webhooks.keys() - self._busy
        try:
            return await to_thread.run_sync(lambda: _due_at(free, self._gateway), limiter=self._limit)
        except GatewayError as error:
            self._note(_away(error))
            return []

    async def _serve(self, receiver: str, stopping: anyio.Event) -> None:
        try:
            while not stopping.is_set():
                noted = await attempt(receiver, self._poster, self._gateway, self._limit)
                if noted is None:
                    return
                self._note(noted)
        except GatewayError as error:
            # What was claimed is posted again when its time is over.
            self._note(_away(error))
        finally:
            self._busy.discard(receiver)


def _away(error: GatewayError) -> Noted:
    """The store cannot be asked now."""
    return Noted("failed", error.category, error)


def _due_at(receivers: set[str], gateway: Gateway) -> list[str]:
    with gateway.store.reading() as reading:
        return reading.receivers_due(receivers, gateway.clock())
