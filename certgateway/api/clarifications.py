"""Clarifications for counsellors: ask, follow, remind, return, withdraw, hand over.

A body becomes a value, a verb of the services becomes an answer. What must not be asked is refused with every reason at
once and, where the answer is known already, with that answer.
"""

from collections.abc import Callable
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field

from certgateway.api import dialogue_schemas, schemas
from certgateway.api.bodies import json_body, read_json
from certgateway.api.negotiation import language
from certgateway.api.problems import PROBLEM_BASE, PROBLEM_JSON, ProblemError
from certgateway.api.surface import Here, Surface
from certgateway.api.wishes import HER, Body, Clinician, Due, PlannedMeasure, Words, check_due, clinician_of, measure_of
from certgateway.domain.asking import REFUSALS
from certgateway.domain.dialogue_events import Target
from certgateway.domain.findings import Language
from certgateway.domain.ordering import against_clinician
from certgateway.services import clarify
from certgateway.services.assess import answer_to
from certgateway.services.pose import Question

router = APIRouter(prefix="/clarifications", tags=["clarification"])

Json = dict[str, Any]
_CREATED: Final = 201
_UNPROCESSABLE: Final = 422

_Item = Annotated[str, Field(max_length=32, description="An item id of the certificate.")]


class AskedTarget(Body):
    """One thing that is asked about; `element` is a domain path in the current version, absent for the whole item."""

    item: _Item
    reason: Annotated[str, Field(max_length=32, description="A code of clarification-reason.")]
    element: Annotated[str, Field(max_length=100)] | None = None
    settles: Words | None = None


class Ask(Body):
    """A question about a certificate; without targets, every required item that is missing is asked for."""

    model_config = ConfigDict(json_schema_extra={"title": "Ask"})

    certificate: Annotated[str, Field(max_length=64)]
    targets: Annotated[list[AskedTarget], Field(max_length=20, default_factory=list)]
    measure: PlannedMeasure | None = None
    due: Due = None
    language: Literal["nb", "nn", "en"] = "nb"


class Return(Body):
    """What is sent back, and why. `not_payable` is a note for others; nothing is decided by it."""

    reason: Literal["question-not-answered", "still-unclear", "still-contradictory", "other-patient"]
    items: Annotated[list[_Item], Field(max_length=20, default_factory=list)]
    not_payable: bool = False


class Settle(Body):
    """The items that words of the doctor's answer; none where they answer nothing and need not be returned."""

    items: Annotated[list[_Item], Field(max_length=20)]


class Withdraw(Body):
    """Why the question need not be answered."""

    reason: Literal["no-longer-needed", "known-otherwise", "asked-by-mistake"]


class HandOver(Body):
    """The HER-id of the system that gets the question now, and who it is for where that is known."""

    receiver: Annotated[str, Field(pattern=HER)]
    clinician: Clinician | None = None


class Rate(Body):
    """How useful the answer was or, from a doctor, how relevant the question: 1 not at all, 5 very."""

    score: Annotated[int, Field(ge=1, le=5)]


_FOLLOWED: Final[dict[int | str, Json]] = {
    200: {"model": dialogue_schemas.FollowedClarification, "description": "Where the clarification stands now."},
    404: schemas.problem("There is no such clarification."),
    **schemas.OUR_FAULTS,
}
_CHANGED: Final[dict[int | str, Json]] = {
    **_FOLLOWED,
    400: schemas.problem("The body is not JSON."),
    409: schemas.problem("Not possible where the clarification stands now."),
    408: schemas.problem("The body came too slowly; nothing was registered."),
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
            "model": dialogue_schemas.FollowedClarification,
            "description": "Asked; the message waits for the author.",
        },
        400: schemas.problem("The body is not JSON."),
        404: schemas.problem("There is no such certificate."),
        409: schemas.problem("There is nothing that could be asked for without being named."),
        410: schemas.problem("The certificate was withdrawn."),
        408: schemas.problem("The body came too slowly; nothing was registered."),
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
    summary="The clarifications of one certificate, or what waits for somebody of all there are",
    responses={
        200: {"model": dialogue_schemas.Clarifications, "description": "The oldest first; perhaps none."},
        404: schemas.problem("There is no clarification to go on after."),
        422: schemas.problem("A parameter has a form that is not taken."),
        **schemas.OUR_FAULTS,
    },
)
async def list_clarifications(
    request: Request,
    here: Here,
    certificate: Annotated[str | None, Query(max_length=64)] = None,
    after: Annotated[str | None, Query(max_length=64)] = None,
) -> Response:
    """`certificate` is the gateway's own id, which the receipt names; with it all are told, the settled ones too.

    Without it the answer is a page, perhaps an empty one; `next`, until it is null, is what the next page is `after`.
    """
    spoken = language(request)

    def found() -> tuple[list[Json], str | None]:
        if certificate is not None:
            seen = here.permits.case(certificate)
            return clarify.clarifications(certificate, here.gateway, spoken) if seen else [], None
        waiting, following = clarify.waiting_clarifications(after, here.gateway, spoken)
        return here.permits.only(waiting), following

    told, following = await here.door.answer(found)
    return JSONResponse({"clarifications": told, "next": following})


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
    "/{clarification}/settle",
    operation_id="settle-question",
    summary="Say which items an answer in words answers",
    openapi_extra=json_body(Settle),
    responses=_CHANGED,
)
async def settle(clarification: str, request: Request, here: Here) -> Response:
    """Words answer nothing by themselves: whoever has read them says so."""
    body = await read_json(request, Settle)
    items = frozenset(body.items)
    return await _followed(clarification, request, here, lambda: clarify.settle(clarification, items, here.gateway))


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
    clinician = clinician_of(body.clinician) if body.clinician else None
    if clinician is not None and any(against_clinician(clinician)):
        raise ProblemError("request-invalid")
    return await _followed(
        clarification, request, here, lambda: clarify.hand_over(clarification, receiver, here.gateway, clinician)
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
        here.permits.need(is_there=here.permits.clarification(clarification))
        verb()
        return clarify.clarification(clarification, here.gateway, spoken)

    return JSONResponse(await here.door.answer(done))


def _question(body: Ask) -> Question:
    return Question(
        certificate=body.certificate,
        targets=tuple(Target(each.item, each.reason, each.element, each.settles) for each in body.targets),
        measure=measure_of(body.measure),
        due=body.due,
        language=body.language,
    )


def _asked(question: Question, here: Surface, spoken: Language, request: Request) -> Response:
    check_due(question.due, here)
    here.permits.need(is_there=here.permits.case(question.certificate))
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
