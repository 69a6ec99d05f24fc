"""The door for record systems: `$process-message` and `$validate`.

A request becomes a delivery, an outcome becomes a response: status and body are those that were recorded, byte for
byte. Nothing here may judge, and nothing received may be put into an answer that the services have not put there.
"""

import json
import re
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from certgateway.api import schemas
from certgateway.api.limits import Arrival
from certgateway.api.negotiation import MEDIA_TYPES, add_signature, answer_format, body_format, detached, language
from certgateway.api.problems import ProblemError, fhir_response
from certgateway.api.surface import Here, Surface
from certgateway.api.validation import validate
from certgateway.fhir.bundle import FhirFormat
from certgateway.services.receive import Delivery, Outcome, receive

router = APIRouter(prefix="/fhir", tags=["record systems"])

_UNPROCESSABLE = 422
_BAD_REQUEST = 400
# A message may be named by what looks like a person's number, and no address of ours holds one.
_PERSON: Final = re.compile(r"(?<![0-9A-Fa-f])[0-9]{11}(?![0-9A-Fa-f])")
_RECEIPT: Final = "Where the response message stands."


@router.post(
    "/$process-message",
    operation_id="process-message",
    summary="Submit a certificate as a message Bundle",
    response_class=Response,
    openapi_extra=schemas.FHIR_BODY,
    responses={
        200: schemas.resource("Accepted, with remarks or incomplete: the response message.", "Bundle"),
        400: schemas.outcome("The body cannot be read."),
        409: schemas.outcome("Another content stands under this message id already."),
        422: schemas.outcome("Rejected, with every finding.", headers={"Location": _RECEIPT}),
        **schemas.DOOR,
    },
)
async def process_message(request: Request, here: Here) -> Response:
    """Answers the same message with the same bytes, however often it comes. The answer has the body's own format."""
    async with here.delivered(request) as arrival:
        form, raw = await _body(request, here, arrival)
        beside = detached(request)
        delivery = Delivery(raw, form, MEDIA_TYPES[form], language(request), detached=beside, caller=here.calling)
        outcome = await arrival.work(lambda: receive(delivery, here.gateway))
    here.meters.message(outcome, form)
    return _answered(outcome)


@router.post(
    "/Bundle/$validate",
    operation_id="validate-bundle",
    summary="Judge a message Bundle without submitting it",
    response_class=Response,
    openapi_extra=schemas.FHIR_BODY,
    responses={
        200: schemas.outcome("Judged: every finding, or one that says that there is none."),
        400: schemas.outcome("The body cannot be read."),
        **schemas.DOOR,
    },
)
@router.post(
    "/$validate",
    operation_id="validate",
    summary="Judge a resource without submitting it",
    response_class=Response,
    openapi_extra=schemas.FHIR_BODY,
    responses={
        200: schemas.outcome("Judged: every finding, or one that says that there is none."),
        400: schemas.outcome("The body cannot be read."),
        **schemas.DOOR,
    },
)
async def validate_resource(request: Request, here: Here) -> Response:
    """A bare resource, or Parameters with the parameter `resource`. Nothing is kept; drafts are judged alike."""
    async with here.delivered(request) as arrival:
        form, raw = await _body(request, here, arrival)
        spoken, signatures = language(request), detached(request)
        validated = await arrival.work(lambda: validate(raw, form, here.gateway, spoken, signatures))
    status = 200 if validated.judged else _BAD_REQUEST
    return fhir_response(validated.outcome, answer_format(request, form), here.gateway.house.definitions, status)


async def _body(request: Request, here: Surface, arrival: Arrival) -> tuple[FhirFormat, bytes]:
    """Format and bytes; what is neither JSON nor XML of FHIR R4 in UTF-8 is refused before it is read."""
    form = body_format(request.headers.get("content-type"))
    if form is None:
        raise ProblemError("media-type-not-supported")
    return form, await here.read_message(request, arrival)


def _answered(outcome: Outcome) -> Response:
    answer = outcome.answer
    response = Response(answer.body, answer.status, media_type=answer.media_type)
    add_signature(response, answer.signature)
    message_id = _message_id(outcome)
    if answer.status == _UNPROCESSABLE and message_id is not None and not _PERSON.search(message_id):
        response.headers["Location"] = f"/receipts/{message_id}"
    return response


def _message_id(outcome: Outcome) -> str | None:
    receipt: dict[str, Any] = json.loads(outcome.receipt)
    found = receipt["message_id"]
    return found if isinstance(found, str) else None
