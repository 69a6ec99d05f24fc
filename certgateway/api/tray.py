"""Answers that match no open question, for counsellors: look at them, sort each to a question or file it away.

What an answer says stays sealed until it is known where it belongs; nothing here may tell more of it than its items.
"""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import Field

from certgateway.api import dialogue_schemas, schemas
from certgateway.api.bodies import json_body, read_json
from certgateway.api.negotiation import language
from certgateway.api.problems import PROBLEM_BASE, PROBLEM_JSON
from certgateway.api.surface import Here
from certgateway.api.wishes import Body
from certgateway.domain.findings import Language
from certgateway.domain.tray import UNSORTABLE
from certgateway.services import clarify, sort

router = APIRouter(prefix="/clarifications/unsorted", tags=["clarification"])

Json = dict[str, Any]
_NO_CONTENT: Final = 204
_UNPROCESSABLE: Final = 422
_NONE: Final = "none"
"""An id that no clarification can have: another's is looked for under it, with the answer of what does not exist."""


class SortAnswer(Body):
    """The clarification that the answer belongs to."""

    clarification: Annotated[str, Field(max_length=schemas.LONGEST_ID)]


class FileAnswer(Body):
    """Why the answer belongs nowhere: a code of unsorted-filing-reason."""

    reason: Literal["not-an-answer", "wrong-patient", "already-known", "sender-will-resend"]


_CHANGED: Final[dict[int | str, Json]] = {
    400: schemas.problem("The body is not JSON."),
    404: schemas.problem("There is no such answer in the tray."),
    409: schemas.problem("The answer is sorted already."),
    408: schemas.problem("The body came too slowly; nothing was registered."),
    413: schemas.problem("The body is too large."),
    415: schemas.problem("The body is not application/json."),
    **schemas.OUR_FAULTS,
}


@router.get(
    "",
    operation_id="list-unsorted-answers",
    summary="Answers that match no open question",
    responses={
        200: {"model": dialogue_schemas.UnsortedAnswers, "description": "The oldest first; perhaps none."},
        **schemas.OUR_FAULTS,
    },
)
async def list_unsorted(here: Here) -> Response:
    """Ids and reasons; what an answer says stays sealed until it is known where it belongs."""
    return JSONResponse({"answers": await here.door.answer(lambda: sort.unsorted_answers(here.gateway))})


@router.get(
    "/{message}",
    operation_id="read-unsorted-answer",
    summary="Enough about an answer to see where it belongs",
    responses={
        200: {
            "model": dialogue_schemas.UnsortedAnswerDetails,
            "description": "Who wrote it, when, and about which items.",
        },
        404: schemas.problem("There is no such answer in the tray."),
        **schemas.OUR_FAULTS,
    },
)
async def read_unsorted(message: str, request: Request, here: Here) -> Response:
    """`message` is the gateway's own id, as the list names it. `candidates` are questions about the same patient."""
    spoken = language(request)

    def found() -> Json:
        here.permits.need(is_there=here.permits.answer(message))
        return sort.unsorted_answer(message, here.gateway, spoken)

    return JSONResponse(await here.door.answer(found))


@router.post(
    "/{message}/sort",
    operation_id="sort-answer",
    summary="Join an answer to the question that it belongs to",
    openapi_extra=json_body(SortAnswer),
    responses={
        200: {
            "model": dialogue_schemas.FollowedClarification,
            "description": "Joined; where the clarification stands now.",
        },
        422: schemas.problem("The body is not of this form, or the answer cannot belong there: `refusals` says why."),
        **_CHANGED,
    },
)
async def sort_answer(message: str, request: Request, here: Here) -> Response:
    """As if it had named that question: judged, only what was asked, and what is newer counts."""
    body = await read_json(request, SortAnswer)
    spoken = language(request)

    def sorted_to() -> Response:
        here.permits.need(is_there=here.permits.answer(message))
        name = body.clarification.lower()
        if not here.permits.clarification(name):
            name = _NONE
        refused = sort.sort(message, name, here.gateway)
        if refused is not None:
            return _refused(refused, spoken, request)
        return JSONResponse(clarify.clarification(name, here.gateway, spoken))

    return await here.door.answer(sorted_to)


@router.post(
    "/{message}/file",
    operation_id="file-answer",
    summary="File an answer as belonging nowhere",
    status_code=_NO_CONTENT,
    openapi_extra=json_body(FileAnswer),
    responses={
        204: {"description": "Filed; it is off the tray, and what was received stays under seal."},
        422: schemas.problem("The body is not of this form."),
        **_CHANGED,
    },
)
async def file_answer(message: str, request: Request, here: Here) -> Response:
    """What was done, and why, stays on record."""
    body = await read_json(request, FileAnswer)

    def filed() -> None:
        here.permits.need(is_there=here.permits.answer(message))
        sort.file(message, body.reason, here.gateway)

    await here.door.answer(filed)
    return Response(status_code=_NO_CONTENT)


def _refused(refused: sort.Unsorted, spoken: Language, request: Request) -> Response:
    text = UNSORTABLE[refused.why].text(spoken)
    details = {
        "type": f"{PROBLEM_BASE}answer-not-sorted",
        "title": "answer-not-sorted",
        "status": _UNPROCESSABLE,
        "detail": text,
        "refusals": [{"why": refused.why, "text": text, "rules": list(refused.rules)}],
        "support_reference": request.scope.get("support_reference"),
    }
    return JSONResponse(details, _UNPROCESSABLE, headers={"Content-Language": spoken}, media_type=PROBLEM_JSON)
