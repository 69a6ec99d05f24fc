"""What every route needs: the gateway, its limits, the door and the meters, put together once by `certgateway.app`.

A frozen value in `app.state`; routes take it as a dependency. It must never hold anything of a single request.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Annotated, Self

from fastapi import Depends, Request

from certgateway.api.limits import Arrival, Door, read_body
from certgateway.api.meters import Meters
from certgateway.api.observation import LOG
from certgateway.api.rates import Senders
from certgateway.api.shelf import Shelf
from certgateway.domain.body_size import BodySize
from certgateway.services.admit import Calling
from certgateway.services.gateway import Gateway
from certgateway.services.permit import Permits


@dataclass(frozen=True, slots=True)
class Surface:
    """`body_size` bounds the body of a message, `body_seconds` the time that any body may take to come.

    `address` is how callers address us; `calling` who does, `act` by which operation, and `reference` names the
    request, on a surface that was made for one.
    """

    gateway: Gateway
    shelf: Shelf
    door: Door
    meters: Meters
    senders: Senders
    body_size: BodySize
    body_seconds: float
    address: str
    calling: Calling | None = None
    act: str = ""
    reference: str | None = None

    def acting_for(self, calling: Calling, act: str, reference: str | None = None) -> Self:
        """The surface as one caller has it: what is done by it is recorded as this caller's doing."""
        gateway = replace(self.gateway, store=self.gateway.store.acting(calling.identity.key))
        return replace(self, gateway=gateway, calling=calling, act=act, reference=reference)

    @property
    def permits(self) -> Permits:
        """What the caller may see and do; everything where nobody has to log in."""
        identity = self.calling.identity if self.calling else None
        return Permits(self.gateway, identity, self.act, _note_outage, self.reference)

    def receiver(self, her: str) -> str:
        """The system that a caller asks for by its HER-id; another's is one for which nothing is found."""
        name = f"her:{her}"
        return name if self.calling is None else self.calling.own(name)

    @asynccontextmanager
    async def delivered(self, request: Request) -> AsyncIterator[Arrival]:
        """A sender hands in a message while the context lasts; refused where it comes too often or we are full."""
        address = request.client.host if request.client else ""
        self.senders.admit(address if self.calling is None else self.calling.party)
        async with self.door.arriving() as arrival:
            yield arrival

    async def read_message(self, request: Request, arrival: Arrival) -> bytes:
        """The body of a message, as `read_body` has it."""
        return await read_body(request, self.body_size, self.body_seconds, arrival)


def surface_of(request: Request) -> Surface:
    """The surface of the application that a request came to, as its caller has it."""
    found = request.app.state.surface
    if not isinstance(found, Surface):
        raise TypeError("the application was assembled without a surface")
    calling = getattr(request.state, "calling", None)
    if not isinstance(calling, Calling):
        return found
    act = str(getattr(request.scope.get("route"), "operation_id", ""))
    return found.acting_for(calling, act, request.scope.get("support_reference"))


def _note_outage() -> None:
    """For operation: why counsellors find nothing."""
    LOG.error(json.dumps({"people": "unavailable"}))


Here = Annotated[Surface, Depends(surface_of)]
"""The surface, as an argument of a route."""
