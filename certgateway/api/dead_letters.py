"""Messages that did not reach a sender's system, for NAV's side: which they are, and once more.

A dead letter is one that was posted in vain until the last attempt. Nothing here may tell what a message says, or to
whom but by HER-id.
"""

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from certgateway.api import dialogue_schemas, schemas
from certgateway.api.surface import Here
from certgateway.services import resend

router = APIRouter(prefix="/messages", tags=["clarification"])


@router.get(
    "/dead",
    operation_id="dead-letters",
    summary="Messages that are posted no more and that their receivers do not have",
    responses={
        200: {"model": dialogue_schemas.DeadLetters, "description": "The oldest first; empty when all is well."},
        **schemas.OUR_FAULTS,
    },
)
async def dead_letters(here: Here) -> Response:
    """A receiver can still fetch such a message; by that it leaves the list."""
    return JSONResponse({"messages": await here.door.answer(lambda: resend.dead_letters(here.gateway))})


@router.post(
    "/{message}/resend",
    operation_id="resend-message",
    summary="Send a message that was given up or refused once more",
    status_code=204,
    responses={
        204: {"description": "It waits again, and posting it begins anew."},
        404: schemas.problem("There is no such message."),
        409: schemas.problem("Its receiver has it, or is given it at every poll; or it is no longer meant."),
        **schemas.OUR_FAULTS,
    },
)
async def resend_message(message: str, here: Here) -> Response:
    """Under the same id, so that a receiver that has it after all can drop it."""

    def sent() -> None:
        here.permits.need(is_there=here.permits.outgoing(message))
        resend.resend(message, here.gateway)

    await here.door.answer(sent)
    return Response(status_code=204)
