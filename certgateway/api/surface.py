"""What every route needs: the gateway, its limits, the door and the meters, put together once by `certgateway.app`.

A frozen value in `app.state`; routes take it as a dependency. It must never hold anything of a single request.
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from certgateway.api.limits import Door
from certgateway.api.meters import Meters
from certgateway.api.shelf import Shelf
from certgateway.services.gateway import Gateway


@dataclass(frozen=True, slots=True)
class Surface:
    """`body_limit` counts bytes of a request's body."""

    gateway: Gateway
    shelf: Shelf
    door: Door
    meters: Meters
    body_limit: int


def _surface(request: Request) -> Surface:
    found = request.app.state.surface
    if not isinstance(found, Surface):
        raise TypeError("the application was assembled without a surface")
    return found


Here = Annotated[Surface, Depends(_surface)]
"""The surface of the application that a request came to."""
