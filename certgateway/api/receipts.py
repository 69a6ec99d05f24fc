"""What a sender was told, for whoever did not hear it: "my request timed out"."""

import json
from typing import Final

from fastapi import APIRouter, Request, Response

from certgateway.api import schemas
from certgateway.api.negotiation import JOSE, add_signature, wants_fhir, wants_jose, wants_xml
from certgateway.api.problems import ProblemError
from certgateway.api.surface import Here, Surface
from certgateway.store.messages import StoredMessage

router = APIRouter(prefix="/receipts", tags=["record systems"])

_JSON: Final = "application/json"
_NO_MESSAGE: Final = "00000000-0000-0000-0000-000000000000"
"""Our id of no message: for what is another's or not there the same is looked up as for what is."""


@router.get(
    # A MsgId is what its sender likes, strokes and all.
    "/{message_id:path}",
    operation_id="read-receipt",
    summary="The receipt of a message",
    response_class=Response,
    responses={
        200: {
            "description": "The receipt; the response as it was made (a message Bundle, an AppRec, or problem details "
            "where a message had no name) when a FHIR media type or XML is asked for; the signed receipt for "
            "Accept application/jose.",
            "content": {
                JOSE: {"schema": {"type": "string"}},
                _JSON: {"schema": schemas.Receipt.model_json_schema()},
                **schemas.resource("", "Bundle")["content"],
                **schemas.apprec("")["content"],
                **schemas.refusal("")["content"],
            },
        },
        404: schemas.problem(
            "No message with this id has been answered, several senders have used it, or no signed receipt was made."
        ),
        **schemas.OUR_FAULTS,
    },
)
async def read_receipt(message_id: str, request: Request, here: Here) -> Response:
    """Found by MessageHeader.id or MsgInfo/MsgId; the same bytes at every reading."""
    if wants_jose(request):
        signed = await here.door.answer(lambda: _signed(message_id, here))
        if signed is None:
            raise ProblemError("not-found")
        return Response(signed, media_type=JOSE)
    found = await here.door.answer(lambda: _find(message_id, here))
    if found is None:
        raise ProblemError("not-found")
    if not wants_fhir(request) and not wants_xml(request):
        return Response(found.receipt, media_type=_JSON)
    receipt = json.loads(found.receipt)
    response = Response(receipt["answer"], media_type=_media_type(found))
    add_signature(response, receipt.get("answer_signature"))
    return response


def _find(message_id: str, here: Here) -> StoredMessage | None:
    with here.gateway.store.reading() as reading:
        if here.calling is None:
            return reading.find_receipt(message_id)
        # As many look-ups as the caller has names, whatever there is.
        found = [reading.find_receipt(message_id, sender) for sender in here.calling.names]
        return next((each for each in found if each is not None), None)


def _signed(message_id: str, here: Surface) -> str | None:
    found = _find(message_id, here)
    with here.gateway.store.reading() as reading:
        # Asked of what there is not too, so that it takes the same look-ups.
        signed = reading.signed_receipt(found.uuid if found is not None else _NO_MESSAGE)
        return None if found is None else signed


def _media_type(found: StoredMessage) -> str:
    """The response message has the form in which the sender was answered."""
    return found.answer.media_type if found.answer is not None else _JSON
