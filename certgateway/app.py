"""The application: routes, faults turned into answers, the front door around them. Assembles and does nothing else."""

import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING

import anyio
from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from certgateway import bootstrap
from certgateway.api import (
    assessment,
    clarifications,
    dead_letters,
    definitions,
    documentation,
    fhir,
    health,
    kith,
    messages,
    orders,
    ratings,
    readers,
    receipts,
    statistics,
    tray,
)
from certgateway.api.access import guard
from certgateway.api.limits import Door
from certgateway.api.meters import Meters
from certgateway.api.observation import LOG, Observed, Outages, headers_at, places
from certgateway.api.problem_table import problem
from certgateway.api.problems import ProblemError, respond
from certgateway.api.rates import Senders
from certgateway.api.shelf import load_shelf
from certgateway.api.surface import Surface
from certgateway.config import Settings
from certgateway.domain.body_size import BodySize
from certgateway.domain.errors import GatewayError
from certgateway.domain.vocabulary import systems
from certgateway.services.gateway import Gateway

if TYPE_CHECKING:
    from certgateway.services.push import Noted

_CATEGORIES = {
    HTTPStatus.NOT_FOUND: "not-found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method-not-allowed",
    HTTPStatus.BAD_REQUEST: "request-unreadable",
}

_OF_ALL = (
    "Whatever is asked: 400 where a parameter or a header stands twice, 431 where the headers are too large. "
    "Where nobody has to log in: 403 to a web page of somewhere else, 421 to a host name that is not the gateway's."
)


def create_app(gateway: Gateway, settings: Settings) -> FastAPI:
    """The whole HTTP surface over one gateway. Of the settings only those of the door are looked at."""
    surface = Surface(
        gateway,
        load_shelf(bootstrap.PROFILES),
        Door(in_flight=settings.requests_at_once, arriving=settings.bodies_at_once),
        Meters(),
        Senders(settings.sender_rate, settings.sender_burst),
        BodySize(settings.body_limit, settings.body_outside_attachments),
        settings.body_seconds,
        settings.address,
    )
    app = FastAPI(
        title="certgateway",
        version=systems.PROFILE_VERSION,  # That of the contract; the software's own stands in /fhir/metadata.
        summary="Receives Norwegian medical certificates, judges them and feeds the work-ability assessment.",
        description=_OF_ALL,
        # Our own routes take their place: FastAPI's pages load scripts from elsewhere, and stand outside openapi.json.
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        # Before anything of a request but its address and its headers is looked at.
        dependencies=[Depends(guard)],
        lifespan=lambda _app: _posting(surface),
    )
    app.state.surface = surface
    # What is told by a word of its own stands before what is told by an id.
    senders = (fhir, kith, dead_letters, messages, ratings, definitions, receipts)
    for part in (*senders, assessment, readers, tray, statistics, clarifications, orders, health, documentation):
        app.include_router(part.router)
    _answer_faults(app, surface)
    app.add_middleware(
        Observed,
        meters=surface.meters,
        definitions=gateway.house.definitions,
        seconds=settings.request_seconds,
        headers=headers_at(surface.address),
    )
    return app


@asynccontextmanager
async def _posting(surface: Surface) -> AsyncIterator[None]:
    """While the application lives, what waits is posted to the receivers that want it so, if there are any."""
    if not surface.gateway.webhooks:
        yield
        return
    # Only who posts pays for the client of HTTP.
    from certgateway.services.courier import Courier  # noqa: PLC0415
    from certgateway.trust.posting import HttpPoster  # noqa: PLC0415

    stopping = anyio.Event()
    async with HttpPoster() as poster, anyio.create_task_group() as group:
        group.start_soon(Courier(surface.gateway, poster, lambda noted: _note(noted, surface)).run, stopping)
        try:
            yield
        finally:
            stopping.set()


def _note(noted: "Noted", surface: Surface) -> None:
    """Counts an attempt and tells of one that failed: what went wrong as a code, and of a fault of ours the place."""
    surface.meters.posting(noted.outcome)
    if noted.code is None:
        return
    line: dict[str, object] = {"posting": noted.outcome, "code": noted.code}
    if noted.error is not None:
        line |= {"fault": type(noted.error).__name__, "at": places(noted.error)}
    LOG.log(logging.WARNING if noted.error is None else logging.ERROR, json.dumps(line))


def _answer_faults(app: FastAPI, surface: Surface) -> None:
    """Every exception that has a category becomes its row of the table; the front door takes the rest."""
    known = surface.gateway.house.definitions
    outages = Outages()

    async def refused(request: Request, fault: Exception) -> Response:
        found = fault if isinstance(fault, ProblemError) else ProblemError("fault")
        return respond(request, found.category, found.detail, known)

    async def ours(request: Request, fault: Exception) -> Response:
        category = fault.category if isinstance(fault, GatewayError) else "fault"
        # The text is ours and names no received value; the cause, which may, is told by its place only.
        line = {"reference": request.scope.get("support_reference"), "category": category, "fault": str(fault)}
        if problem(category).status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            # An outage meets every request; any other fault is of one.
            times = outages.met(str(fault)) if category == "unavailable" else 1
            if times is not None:
                LOG.error(json.dumps(line | {"at": places(fault), "times": times}))
        return respond(request, category, {}, known)

    async def unserved(request: Request, fault: Exception) -> Response:
        status = fault.status_code if isinstance(fault, HTTPException) else HTTPStatus.INTERNAL_SERVER_ERROR
        response = respond(request, _CATEGORIES.get(HTTPStatus(status), "fault"), {}, known)
        if isinstance(fault, HTTPException) and fault.headers and "Allow" in fault.headers:
            response.headers["Allow"] = fault.headers["Allow"]
        return response

    async def invalid(request: Request, _fault: Exception) -> Response:
        return respond(request, "request-invalid", {}, known)

    app.add_exception_handler(ProblemError, refused)
    app.add_exception_handler(GatewayError, ours)
    app.add_exception_handler(HTTPException, unserved)
    app.add_exception_handler(RequestValidationError, invalid)
