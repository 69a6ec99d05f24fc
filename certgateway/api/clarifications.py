"""Clarifications for counsellors: ask, follow, remind, return, withdraw, hand over.

A body becomes a value, a verb of the services becomes an answer. What must not be asked is refused with every reason at
once and, where the answer is known already, with that answer.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from certgateway.api import schemas
from certgateway.api.bodies import json_body, read_json
from certgateway.api.negotiation import language
from certgateway.api.problems import PROBLEM_BASE, PROBLEM_JSON, ProblemError
from certgateway.api.surface import Here, Surface
from certgateway.domain.asking import REFUSALS
from certgateway.domain.calendar import norwegian_date
from certgateway.domain.dialogue_events import Measure, Target
from certgateway.domain.findings import Language
from certgateway.services import clarify
from certgateway.services.assess import answer_to
from certgateway.services.pose import Question

router = APIRouter(prefix="/clarifications", tags=["clarification"])

Json = dict[str, Any]
_CREATED: Final = 201
_UNPROCESSABLE: Final = 422

_LONGEST_TIME: Final = timedelta(days=366)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# What XML can hold, with something to read in it.
_READABLE: Final = re.compile(r"(?=\s*\S)[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+")


def _readable(text: str) -> str:
    """What a counsellor writes goes into messages in JSON and XML alike."""
    if _READABLE.fullmatch(text) is None:
        raise ValueError("not readable")
    return text


def whole_day(value: object) -> object:
    """A whole date as text; no number, and no instant, is taken for one."""
    return date.fromisoformat(value) if isinstance(value, str) and _DAY.fullmatch(value) else value


_Item = Annotated[str, Field(max_length=32, description="An item id of the certificate.")]
_Words = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_readable)]
_Day = Annotated[date, BeforeValidator(whole_day)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class AskedTarget(_Body):
    """One thing that is asked about; `element` is a domain path in the current version, absent for the whole item."""

    item: _Item
    reason: Annotated[str, Field(max_length=32, description="A code of clarification-reason.")]
    element: Annotated[str, Field(max_length=100)] | None = None
    settles: _Words | None = None


class PlannedMeasure(_Body):
    """A measure that NAV plans; `demands` are codes of risk-activity."""

    description: _Words
    demands: Annotated[list[Annotated[str, Field(max_length=32)]], Field(max_length=30)] = []


class Ask(_Body):
    """A question about a certificate; without targets, every required item that is missing is asked for."""

    model_config = ConfigDict(json_schema_extra={"title": "Ask"})

    certificate: Annotated[str, Field(max_length=64)]
    targets: Annotated[list[AskedTarget], Field(max_length=20)] = []
    measure: PlannedMeasure | None = None
    due: Annotated[_Day | None, Field(description="From today to a year ahead.")] = None
    language: Literal["nb", "nn", "en"] = "nb"


class Return(_Body):
    """What is sent back, and why. `not_payable` is a note for others; nothing is decided by it."""

    reason: Literal["question-not-answered", "still-unclear", "still-contradictory", "other-patient"]
    items: Annotated[list[_Item], Field(max_length=20)] = []
    not_payable: bool = False


class Withdraw(_Body):
    """Why the question need not be answered."""

    reason: Literal["no-longer-needed", "known-otherwise", "asked-by-mistake"]


class HandOver(_Body):
    """The HER-id of the system that gets the question now."""

    receiver: Annotated[str, Field(pattern=r"^[0-9]{1,10}$")]


class Rate(_Body):
    """How useful the answer was or, from a doctor, how relevant the question: 1 not at all, 5 very."""

    score: Annotated[int, Field(ge=1, le=5)]


_FOLLOWED: Final[dict[int | str, Json]] = {
    200: {"model": schemas.FollowedClarification, "description": "Where the clarification stands now."},
    404: schemas.problem("There is no such clarification."),
    **schemas.OUR_FAULTS,
}
_CHANGED: Final[dict[int | str, Json]] = {
    **_FOLLOWED,
    400: schemas.problem("The body is not JSON."),
    409: schemas.problem("Not possible where the clarification stands now."),
    413: schemas.problem("The body is too large."),
    415: schemas.problem("The body is not application/json."),
    422: schemas.problem("The body is not of this form."),
}


@router.post(
    "",
    operation_id="ask",
    summary="Ask the author of a certificate about items of it",
    status_code=_CREATED,
    openapi_extra=json_body(Ask),
    responses={
        201: {
            "model": schemas.FollowedClarification,
            "description": "Asked; the message waits for the author.",
        },
        400: schemas.problem("The body is not JSON."),
        404: schemas.problem("There is no such certificate."),
        409: schemas.problem("There is nothing that could be asked for without being named."),
        410: schemas.problem("The certificate was withdrawn."),
        413: schemas.problem("The body is too large."),
        415: schemas.problem("The body is not application/json."),
        422: schemas.problem("The body is not of this form, or the question must not be asked: `refusals` says why."),
        **schemas.OUR_FAULTS,
    },
)
async def ask(request: Request, here: Here) -> Response:
    """Everything that speaks against a question is told at once; an answer that is there already is shown."""
    body = await read_json(request, Ask)
    spoken = language(request)
    return await here.door.answer(lambda: _asked(_question(body), here, spoken, request))


@router.get(
    "",
    operation_id="list-clarifications",
    summary="The clarifications of one certificate",
    responses={
        200: {"model": schemas.Clarifications, "description": "The oldest first; perhaps none."},
        422: schemas.problem("A parameter has a form that is not taken."),
        **schemas.OUR_FAULTS,
    },
)
async def list_clarifications(
    request: Request, here: Here, certificate: Annotated[str, Query(max_length=64)]
) -> Response:
    """`certificate` is the gateway's own id, which the receipt names."""
    spoken = language(request)
    found = await here.door.answer(lambda: clarify.clarifications(certificate, here.gateway, spoken))
    return JSONResponse({"clarifications": found})


@router.get(
    "/unsorted",
    operation_id="list-unsorted-answers",
    summary="Answers that match no open question",
    responses={
        200: {"model": schemas.UnsortedAnswers, "description": "The oldest first; perhaps none."},
        **schemas.OUR_FAULTS,
    },
)
async def list_unsorted(here: Here) -> Response:
    """Ids and reasons; what an answer says stays sealed until it is known where it belongs."""
    return JSONResponse({"answers": await here.door.answer(lambda: clarify.unsorted_answers(here.gateway))})


@router.get(
    "/{clarification}",
    operation_id="read-clarification",
    summary="Where a clarification stands",
    responses=_FOLLOWED,
)
async def read_clarification(clarification: str, request: Request, here: Here) -> Response:
    """Status, targets, dates and what has happened so far."""
    return await _followed(clarification, request, here, lambda: None)


@router.post(
    "/{clarification}/remind",
    operation_id="remind",
    summary="Send what is still open once more",
    responses={**_FOLLOWED, 409: schemas.problem("Nothing is open.")},
)
async def remind(clarification: str, request: Request, here: Here) -> Response:
    """In the same conversation, with the same ids."""
    return await _followed(clarification, request, here, lambda: clarify.remind(clarification, here.gateway))


@router.post(
    "/{clarification}/return",
    operation_id="return-answer",
    summary="Send an answer back",
    openapi_extra=json_body(Return),
    responses=_CHANGED,
)
async def return_answer(clarification: str, request: Request, here: Here) -> Response:
    """What was answered is open again."""
    body = await read_json(request, Return)
    items = frozenset(body.items)

    def returned() -> None:
        clarify.give_back(clarification, body.reason, here.gateway, items=items, not_payable=body.not_payable)

    return await _followed(clarification, request, here, returned)


@router.post(
    "/{clarification}/withdraw",
    operation_id="withdraw-question",
    summary="Tell the doctor that the question need not be answered",
    openapi_extra=json_body(Withdraw),
    responses=_CHANGED,
)
async def withdraw(clarification: str, request: Request, here: Here) -> Response:
    """An answer that comes all the same is taken in."""
    body = await read_json(request, Withdraw)
    return await _followed(
        clarification, request, here, lambda: clarify.withdraw(clarification, body.reason, here.gateway)
    )


@router.post(
    "/{clarification}/hand-over",
    operation_id="hand-over",
    summary="Send what is open to another clinician's system",
    openapi_extra=json_body(HandOver),
    responses=_CHANGED,
)
async def hand_over(clarification: str, request: Request, here: Here) -> Response:
    """The system that had it is told that it need not answer."""
    body = await read_json(request, HandOver)
    receiver = f"her:{body.receiver}"
    return await _followed(
        clarification, request, here, lambda: clarify.hand_over(clarification, receiver, here.gateway)
    )


@router.post(
    "/{clarification}/rate",
    operation_id="rate-answer",
    summary="Say how useful the answer was",
    openapi_extra=json_body(Rate),
    responses=_CHANGED,
)
async def rate(clarification: str, request: Request, here: Here) -> Response:
    """The last rating counts."""
    body = await read_json(request, Rate)
    return await _followed(clarification, request, here, lambda: clarify.rate(clarification, body.score, here.gateway))


@router.post(
    "/{clarification}/pause",
    operation_id="pause",
    summary="Stop the time until the answer is due",
    responses={**_FOLLOWED, 409: schemas.problem("It is stopped already, or nothing is open.")},
)
async def pause(clarification: str, request: Request, here: Here) -> Response:
    """No working day counts until it is resumed."""
    return await _followed(clarification, request, here, lambda: clarify.pause(clarification, here.gateway))


@router.post(
    "/{clarification}/resume",
    operation_id="resume",
    summary="Let the time go on",
    responses={**_FOLLOWED, 409: schemas.problem("It is not stopped.")},
)
async def resume(clarification: str, request: Request, here: Here) -> Response:
    """Dates move on by the working days of the pause."""
    return await _followed(clarification, request, here, lambda: clarify.resume(clarification, here.gateway))


async def _followed(clarification: str, request: Request, here: Surface, verb: Callable[[], None]) -> Response:
    """Does what is asked and tells where the clarification stands then."""
    spoken = language(request)

    def done() -> Json:
        verb()
        return clarify.clarification(clarification, here.gateway, spoken)

    return JSONResponse(await here.door.answer(done))


def _question(body: Ask) -> Question:
    measure = body.measure
    return Question(
        certificate=body.certificate,
        targets=tuple(Target(each.item, each.reason, each.element, each.settles) for each in body.targets),
        measure=Measure(measure.description, tuple(measure.demands)) if measure else None,
        due=body.due,
        language=body.language,
    )


def _asked(question: Question, here: Surface, spoken: Language, request: Request) -> Response:
    today = norwegian_date(here.gateway.clock())
    if question.due is not None and not today <= question.due <= today + _LONGEST_TIME:
        # A day that has passed cannot be kept, and one at the end of the calendar cannot be moved by a pause.
        raise ProblemError("request-invalid")
    found = clarify.ask(question, here.gateway)
    if isinstance(found, clarify.Refused):
        return _refused(found, here, spoken, request)
    told = clarify.clarification(found, here.gateway, spoken)
    return JSONResponse(told, _CREATED, headers={"Location": f"/clarifications/{found}"})


def _refused(refused: clarify.Refused, here: Surface, spoken: Language, request: Request) -> Response:
    if not refused.reasons:
        raise ProblemError("question-empty")
    details = {
        "type": f"{PROBLEM_BASE}question-refused",
        "title": "question-refused",
        "status": _UNPROCESSABLE,
        "detail": REFUSALS[refused.reasons[0].why].text(spoken),
        "refusals": [_refusal(refused, place, here, spoken) for place in range(len(refused.reasons))],
        "support_reference": request.scope.get("support_reference"),
    }
    return JSONResponse(details, _UNPROCESSABLE, headers={"Content-Language": spoken}, media_type=PROBLEM_JSON)


def _refusal(refused: clarify.Refused, place: int, here: Surface, spoken: Language) -> Json:
    reason = refused.reasons[place]
    told: Json = {"target": reason.target, "why": reason.why, "text": REFUSALS[reason.why].text(spoken)}
    if reason.why == "already-answered" and reason.target is not None:
        item = refused.question.targets[reason.target].item
        told["answer"] = answer_to(refused.question.certificate, item, here.gateway, spoken)
    return told
