"""Conformance resources for vendors: the capability statement, and each definition by id or canonical URL."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from certgateway.api import schemas
from certgateway.api.capability import capability_statement
from certgateway.api.negotiation import answer_format
from certgateway.api.problems import ProblemError, fhir_response
from certgateway.api.shelf import KINDS
from certgateway.api.surface import Here

router = APIRouter(prefix="/fhir", tags=["definitions"])

Url = Annotated[str | None, Query(description="Canonical URL, with |version if it matters.", max_length=1000)]


@router.get(
    "/metadata",
    operation_id="capabilities",
    summary="What this gateway can do",
    response_class=Response,
    responses={200: schemas.resource("The capability statement.", "CapabilityStatement"), 500: schemas.DOOR[500]},
)
async def metadata(request: Request, here: Here) -> Response:
    """The same for everybody."""
    return fhir_response(capability_statement(), answer_format(request), here.gateway.house.definitions)


def _offer(kind: str) -> None:
    """One pair of routes for a kind of definition."""

    async def read(id: str, request: Request, here: Here) -> Response:  # noqa: A002  FHIR's name for it
        found = here.shelf.find(kind, id)
        if found is None:
            raise ProblemError("not-found")
        return fhir_response(found, answer_format(request), here.gateway.house.definitions)

    async def search(request: Request, here: Here, url: Url = None) -> Response:
        return fhir_response(here.shelf.search(kind, url), answer_format(request), here.gateway.house.definitions)

    router.add_api_route(
        f"/{kind}/{{id}}",
        read,
        operation_id=f"read-{kind}",
        summary=f"A {kind} by id",
        response_class=Response,
        responses={
            200: schemas.resource("The definition.", kind),
            404: schemas.outcome("There is none with this id."),
            500: schemas.DOOR[500],
        },
    )
    router.add_api_route(
        f"/{kind}",
        search,
        operation_id=f"search-{kind}",
        summary=f"Every {kind}, or those with a canonical URL",
        response_class=Response,
        responses={
            200: schemas.resource("A searchset.", "Bundle"),
            422: schemas.outcome("The parameter has a form that is not taken."),
            500: schemas.DOOR[500],
        },
    )


for _kind in KINDS:
    _offer(_kind)
