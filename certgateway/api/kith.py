"""The door for record systems that speak KITH: certificates on the form of 2008 and answers in words in, AppRec out.

A message whose type, time and id can be read is answered by AppRec with 200, whatever the verdict: a rejected one has
been received and judged. What cannot be named so is answered with problem details. An AppRec that comes in is a receipt
for a message of ours and is answered in JSON. Nothing here may judge.
"""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from certgateway.api import schemas
from certgateway.api.limits import Arrival
from certgateway.api.negotiation import add_signature, detached, is_kith, language
from certgateway.api.problems import ProblemError
from certgateway.api.surface import Here, Surface
from certgateway.kith.apprec import AppRecVersion
from certgateway.services.answer import media_type
from certgateway.services.confirm import confirm, receipt_in
from certgateway.services.receive import Delivery, Outcome, receive
from certgateway.services.rehearse import rehearse

router = APIRouter(prefix="/kith", tags=["record systems"])

Version = Annotated[
    AppRecVersion, Query(alias="apprec", description="The version of AppRec that the answer shall have.")
]
_FORM: Final = "kith"
_ANSWERED: Final = schemas.apprec("Received and judged: OK, OK with faults in a part, or rejected, with every finding.")


@router.post(
    "/messages",
    operation_id="receive-kith",
    summary="Submit a certificate, or an answer in words, as MsgHead XML; or an AppRec for a message of ours",
    response_class=Response,
    openapi_extra=schemas.KITH_BODY,
    responses={
        200: {**_ANSWERED, "content": _ANSWERED["content"] | schemas.CONFIRMED},
        404: schemas.problem("The AppRec is for no message of this system's."),
        400: schemas.refusal("The body cannot be read as far as its type, time and id."),
        409: schemas.apprec_or_refusal("Another content stands under this message id already (E10)."),
        **schemas.KITH_DOOR,
    },
)
async def receive_message(request: Request, here: Here, version: Version = "1.0") -> Response:
    """Answers the same message with the same bytes, however often it comes and whatever version is asked for then."""
    async with here.delivered(request) as arrival:
        raw = await _body(request, here, arrival)
        delivery = Delivery(
            raw,
            _FORM,
            media_type(_FORM),
            language(request),
            apprec=version,
            detached=detached(request),
            caller=here.calling,
        )
        outcome = await arrival.work(lambda: _taken(delivery, here))
    if isinstance(outcome, Response):
        return outcome
    here.meters.message(outcome, _FORM)
    answered = Response(outcome.answer.body, outcome.answer.status, media_type=outcome.answer.media_type)
    add_signature(answered, outcome.answer.signature)
    return answered


def _taken(delivery: Delivery, here: Surface) -> Outcome | Response:
    """A message is received. A receipt for one of ours is noted, and never answered by a receipt."""
    receipt = receipt_in(delivery.raw, here.gateway.house.bounds)
    if receipt is None:
        return receive(delivery, here.gateway)
    told = confirm(receipt, here.gateway, here.calling)
    if told is None:
        raise ProblemError("receipt-unreadable")
    return JSONResponse(told)


@router.post(
    "/validate",
    operation_id="validate-kith",
    summary="Judge a certificate without submitting it",
    response_class=Response,
    openapi_extra=schemas.KITH_BODY,
    responses={
        200: _ANSWERED,
        400: schemas.refusal("The body cannot be read as far as its type, time and id."),
        **schemas.KITH_DOOR,
    },
)
async def validate_message(request: Request, here: Here, version: Version = "1.0") -> Response:
    """The answer that a submission would get from a trusted sender with nothing received before. Nothing is kept."""
    async with here.delivered(request) as arrival:
        raw = await _body(request, here, arrival)
        delivery = Delivery(
            raw, _FORM, media_type(_FORM), language(request), apprec=version, detached=detached(request)
        )
        answer = await arrival.work(lambda: rehearse(delivery, here.gateway))
    return Response(answer.body, answer.status, media_type=answer.media_type)


async def _body(request: Request, here: Surface, arrival: Arrival) -> bytes:
    if not is_kith(request.headers.get("content-type")):
        raise ProblemError("xml-expected")
    return await here.read_message(request, arrival)
