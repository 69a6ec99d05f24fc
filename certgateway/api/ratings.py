"""How relevant a doctor finds a question, told by the record system that has fetched it.

For systems whose answers cannot carry a rating; one that comes with an answer counts the same, and the last one counts.
Nothing here may take a word: a rating is a number.
"""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from certgateway.api import schemas
from certgateway.api.bodies import json_body, read_json
from certgateway.api.clarifications import Rate
from certgateway.api.surface import Here
from certgateway.services import deliver

router = APIRouter(prefix="/messages", tags=["record systems"])


@router.post(
    "/{message}/rate",
    operation_id="rate-question",
    summary="Say how relevant the doctor finds the question",
    status_code=204,
    openapi_extra=json_body(Rate),
    responses={
        204: {"description": "Noted. The last rating counts."},
        400: schemas.problem("The body is not JSON."),
        404: schemas.problem("There is no such message for this system."),
        408: schemas.problem("The body came too slowly; nothing was registered."),
        413: schemas.problem("The body is too large."),
        415: schemas.problem("The body is not application/json."),
        422: schemas.problem("The body or a parameter is not of this form."),
        **schemas.OUR_FAULTS,
    },
)
async def rate_question(
    message: str,
    request: Request,
    here: Here,
    receiver: Annotated[str, Query(pattern=r"^[0-9]{1,10}$", description="The HER-id of the system.")],
) -> Response:
    """Of any message about the question that the system has been sent."""
    body = await read_json(request, Rate)
    await here.door.answer(lambda: deliver.rate(message, here.receiver(receiver), body.score, here.gateway))
    return Response(status_code=204)
