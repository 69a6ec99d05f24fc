"""What waits for a sender's system: poll, persist, acknowledge.

A system says which HER-id it fetches for. Where callers log in it must be their own, and another's looks as if there
were nothing; otherwise the gateway is for this machine only. A message is given out until it is acknowledged. Nothing
here may wait for a receiver or look into a message.
"""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from certgateway.api import dialogue_schemas, schemas
from certgateway.api.bodies import json_body, read_json
from certgateway.api.negotiation import PDF, add_signature, answer_format, wants_fhir, wants_pdf, wants_xml
from certgateway.api.problems import ProblemError, fhir_response
from certgateway.api.surface import Here, Surface
from certgateway.domain.outgoing import Outgoing
from certgateway.fhir.bundle import FhirFormat
from certgateway.fhir.communication import question_message
from certgateway.kith.dialogmelding import DialogueVersion, write_dialogue
from certgateway.kith.letter import write_letter
from certgateway.services import deliver
from certgateway.services.vouch import XML_INSIDE, signed_beside, signed_inside
from certgateway.store.outbox import Waiting

router = APIRouter(prefix="/messages", tags=["record systems"])

Json = dict[str, Any]
_HIGHEST: Final = 2**63 - 1
_HER: Final = r"^[0-9]{1,10}$"
_LETTER: Final[Json] = {PDF: {"schema": {"type": "string", "format": "binary"}}}
_BUNDLE: Final = schemas.resource("A Bundle of message Bundles.", "Bundle")["content"]


class Acknowledge(BaseModel):
    """The system has the message for good or, with `refused`, will not take it and says why."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"title": "Acknowledge"})

    receiver: Annotated[str, Field(pattern=_HER, description="The HER-id of the system.")]
    # A code: words of a record system would reach the counsellor without anybody having looked at them.
    refused: (
        Literal["patient-unknown", "clinician-unknown", "certificate-unknown", "format-not-supported", "other"] | None
    ) = None


@router.get(
    "",
    operation_id="fetch-messages",
    summary="Questions, reminders, returns and withdrawals that wait for a system",
    responses={
        200: {
            "model": dialogue_schemas.Messages,
            "description": "In order; empty when nothing waits. As FHIR, a collection of message Bundles.",
            "content": _BUNDLE,
        },
        406: schemas.problem("A message holds characters that XML cannot; JSON can be given."),
        422: schemas.problem("A parameter has a form that is not taken."),
        **schemas.OUR_FAULTS,
    },
)
async def fetch_messages(
    request: Request,
    here: Here,
    receiver: Annotated[str, Query(pattern=_HER, description="The HER-id of the system.")],
    after: Annotated[int, Query(ge=0, le=_HIGHEST, description="The number of the last message that was kept.")] = 0,
    limit: Annotated[int, Query(ge=1, le=100, description="How many messages to give at most.")] = 20,
) -> Response:
    """By being given out for the first time a message is sent."""
    waiting = await here.door.answer(lambda: deliver.fetch(here.receiver(receiver), after, limit, here.gateway))
    if wants_fhir(request):
        form = answer_format(request)
        return await here.door.work(lambda: _collected(waiting, form, here))
    told = [_told(each, here.gateway.her) for each in waiting]
    answer = JSONResponse({"messages": told, "next": waiting[-1].seq if waiting else after})
    return await here.door.work(lambda: _vouched(answer, "json", here))


@router.get(
    "/{message}",
    operation_id="fetch-message",
    summary="One message, as FHIR, as KITH Dialogmelding or as a letter",
    response_class=Response,
    responses={
        200: {
            "description": "The message Bundle; for Accept application/xml, Dialogmelding in its MsgHead; for "
            "application/pdf, a letter.",
            "content": schemas.resource("", "Bundle")["content"] | schemas.apprec("")["content"] | _LETTER,
        },
        404: schemas.problem("There is no such message for this system."),
        406: schemas.problem("The message holds characters that XML cannot; JSON can be given."),
        422: schemas.problem("A parameter has a form that is not taken."),
        **schemas.OUR_FAULTS,
    },
)
async def fetch_message(
    message: str,
    request: Request,
    here: Here,
    receiver: Annotated[str, Query(pattern=_HER, description="The HER-id of the system.")],
    dialogmelding: Annotated[DialogueVersion, Query(description="The version of Dialogmelding.")] = "1.1",
) -> Response:
    """The same bytes each time; fetched for the first time, it is sent by that."""
    outgoing = await here.door.answer(lambda: deliver.fetch_one(message, here.receiver(receiver), here.gateway))
    if wants_pdf(request):
        return Response(await here.door.work(lambda: write_letter(outgoing)), media_type=PDF)
    form = None if wants_xml(request) else answer_format(request)
    return await here.door.work(lambda: _written(outgoing, form, dialogmelding, here))


def _written(outgoing: Outgoing, form: FhirFormat | None, version: DialogueVersion, here: Surface) -> Response:
    """In one of FHIR's forms or, without one, as KITH in a version of it."""
    her = here.gateway.her
    try:
        if form is None:
            letter = write_letter(outgoing) if here.gateway.letters else None
            written = write_dialogue(outgoing, gateway_her=her, version=version, letter=letter)
            return _vouched(Response(written, media_type="application/xml"), "kith", here)
        written_in = fhir_response(question_message(outgoing, gateway_her=her), form, here.gateway.house.definitions)
        return _vouched(written_in, form, here)
    except ValueError:
        raise ProblemError("not-acceptable") from None


@router.post(
    "/{message}/acknowledge",
    operation_id="acknowledge-message",
    summary="Say that a message is kept, or that it is not taken",
    status_code=204,
    openapi_extra=json_body(Acknowledge),
    responses={
        204: {"description": "Noted. Said again, it changes nothing."},
        400: schemas.problem("The body is not JSON."),
        404: schemas.problem("There is no such message for this system."),
        408: schemas.problem("The body came too slowly; nothing was registered."),
        413: schemas.problem("The body is too large."),
        415: schemas.problem("The body is not application/json."),
        422: schemas.problem("The body is not of this form."),
        **schemas.OUR_FAULTS,
    },
)
async def acknowledge_message(message: str, request: Request, here: Here) -> Response:
    """What is acknowledged is not given out again."""
    body = await read_json(request, Acknowledge)
    receiver = here.receiver(body.receiver)
    await here.door.answer(lambda: deliver.acknowledge(message, receiver, here.gateway, body.refused))
    return Response(status_code=204)


@router.post(
    "/{message}/read",
    operation_id="read-message",
    summary="Say that the doctor has opened a message",
    status_code=204,
    responses={
        204: {"description": "Noted. Said again, it changes nothing."},
        404: schemas.problem("There is no such message for this system."),
        409: schemas.problem("The system has not said that it has the message, or has refused it."),
        422: schemas.problem("A parameter has a form that is not taken."),
        **schemas.OUR_FAULTS,
    },
)
async def read_message(
    message: str,
    here: Here,
    receiver: Annotated[str, Query(pattern=_HER, description="The HER-id of the system.")],
) -> Response:
    """For systems that know when somebody opens a message; no answer is expected because of it."""
    await here.door.answer(lambda: deliver.note_read(message, here.receiver(receiver), here.gateway))
    return Response(status_code=204)


def _told(waiting: Waiting, her: str) -> Json:
    outgoing = waiting.outgoing
    return {
        "id": outgoing.id,
        "seq": waiting.seq,
        "kind": outgoing.kind,
        "clarification": outgoing.clarification,
        "at": outgoing.at.isoformat(),
        "message": question_message(outgoing, gateway_her=her),
    }


def _collected(waiting: list[Waiting], form: FhirFormat, here: Surface) -> Response:
    collection = _collection(waiting, here.gateway.her)
    try:
        return _vouched(fhir_response(collection, form, here.gateway.house.definitions), form, here)
    except ValueError:
        # As with assessments: a name in a certificate may hold a control character, which XML cannot.
        raise ProblemError("not-acceptable") from None


def _vouched(response: Response, form: str, here: Surface) -> Response:
    """The same answer with its signature, inside or beside it, where we sign."""
    signatory = here.gateway.signatory
    if signatory is not None and form in XML_INSIDE:
        return Response(signed_inside(bytes(response.body), form, signatory), media_type=response.media_type)
    add_signature(response, signed_beside(bytes(response.body), signatory))
    return response


def _collection(waiting: list[Waiting], her: str) -> Json:
    entries = [
        {"fullUrl": f"urn:uuid:{each.outgoing.id}", "resource": question_message(each.outgoing, gateway_her=her)}
        for each in waiting
    ]
    collection: Json = {"resourceType": "Bundle", "type": "collection"}
    return collection | ({"entry": entries} if entries else {})
