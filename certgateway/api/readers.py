"""Who has seen a certificate, and how a counsellor opens one of another unit's with a reason.

What is told of who has seen it is for the patient: role, unit and ground, never a name. A reason is kept under seal and
never told again. Nothing here may open what no reason opens.
"""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, ConfigDict, Field

from certgateway.api import schemas
from certgateway.api.bodies import json_body, read_json
from certgateway.api.surface import Here, Surface
from certgateway.api.wishes import Body, Words
from certgateway.domain.access_record import told_access
from certgateway.domain.assessment_titles import instant_text
from certgateway.domain.errors import NotFoundError

router = APIRouter(prefix="/assessments", tags=["assessment"])

Json = dict[str, Any]
_CREATED: Final = 201
_SHORTEST: Final = 10
_LARGEST: Final = 8192


def _telling(text: str) -> str:
    """A reason that somebody can be held to is more than a key pressed once."""
    if len(text.strip()) < _SHORTEST:
        raise ValueError("too short")
    return text


class OpenAssessment(Body):
    """Why a patient of another unit's must be seen; at least ten characters."""

    model_config = ConfigDict(json_schema_extra={"title": "OpenAssessment"})

    reason: Annotated[Words, AfterValidator(_telling), Field(min_length=_SHORTEST)]


@router.get(
    "/{certificate}/readers",
    operation_id="read-readers",
    summary="Who has seen a certificate",
    responses={
        200: {
            "model": schemas.Readers,
            "description": "Every look at it, this one too, the oldest first; for the patient, without names.",
        },
        404: schemas.problem("There is no such certificate."),
        **schemas.OUR_FAULTS,
    },
)
async def read_readers(certificate: str, here: Here) -> Response:
    """Of a certificate that was withdrawn too. Where nobody has to log in nobody is on record."""
    return JSONResponse(await here.door.answer(lambda: _readers(here, certificate)))


@router.post(
    "/{certificate}/override",
    operation_id="open-assessment",
    summary="Open a patient of another unit's, with a reason and for some hours",
    status_code=_CREATED,
    openapi_extra=json_body(OpenAssessment),
    responses={
        201: {"model": schemas.Opened, "description": "Open until then; the reason is kept and is on record."},
        400: schemas.problem("The body is not JSON."),
        404: schemas.problem("There is no such certificate."),
        408: schemas.problem("The body came too slowly; nothing was registered."),
        409: schemas.problem("It is open to the caller already."),
        413: schemas.problem("The body is too large."),
        415: schemas.problem("The body is not application/json."),
        422: schemas.problem("The body is not of this form."),
        **schemas.OUR_FAULTS,
    },
)
async def open_assessment(certificate: str, request: Request, here: Here) -> Response:
    """For everything about the patient. What no reason opens is answered as what does not exist."""
    body = await read_json(request, OpenAssessment, _LARGEST)
    told = await here.door.answer(lambda: here.permits.override(certificate, body.reason))
    return JSONResponse({"certificate": certificate, "until": instant_text(told.until)}, _CREATED)


def _readers(here: Surface, certificate: str) -> Json:
    here.permits.need(is_there=here.permits.case(certificate))
    with here.gateway.store.reading() as reading:
        case = reading.find_case_by_uuid(certificate)
        if case is None or case.versions == 0:
            raise NotFoundError("there is no such certificate")
        return {
            "certificate": certificate,
            "readers": [told_access(each) for each in reading.accesses_of_case(certificate)],
        }
