"""What every route needs: the gateway, its limits, the door and the meters, put together once by `certgateway.app`.

A frozen value in `app.state`; routes take it as a dependency. It must never hold anything of a single request.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from certgateway.api.limits import Arrival, Door, read_body
from certgateway.api.meters import Meters
from certgateway.api.rates import Senders
from certgateway.api.shelf import Shelf
from certgateway.domain.body_size import BodySize
from certgateway.services.gateway import Gateway


@dataclass(frozen=True, slots=True)
class Surface:
    """`body_size` bounds the body of a message, `body_seconds` the time that any body may take to come."""

    gateway: Gateway
    shelf: Shelf
    door: Door
    meters: Meters
    senders: Senders
    body_size: BodySize
    body_seconds: float

    @asynccontextmanager
    async def delivered(self, request: Request) -> AsyncIterator[Arrival]:
        """A sender hands in a message while the context lasts; refused where it comes too often or we are full."""
        self.senders.admit(request.client.host if request.client else "")
        async with self.door.arriving() as arrival:
            yield arrival

    async def read_message(self, request: Request, arrival: Arrival) -> bytes:
        """The body of a message, as `read_body` has it."""
        return await read_body(request, self.body_size, self.body_seconds, arrival)


def surface_of(request: Request) -> Surface:
    """The surface of the application that a request came to."""
    found = request.app.state.surface
    if not isinstance(found, Surface):
        raise TypeError("the application was assembled without a surface")
    return found


Here = Annotated[Surface, Depends(surface_of)]
"""The surface, as an argument of a route."""
