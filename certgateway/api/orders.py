"""Orders for counsellors: a certificate that does not exist yet is ordered, and the orders about a patient are found.

What has been ordered is followed at `/clarifications/{id}` and by its verbs. A personal number stands in a body only,
never in an address; what must not be ordered is refused with every reason at once.
"""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field

from certgateway.api import dialogue_schemas, schemas
from certgateway.api.bodies import json_body, read_json
from certgateway.api.negotiation import language
from certgateway.api.problems import PROBLEM_BASE, PROBLEM_JSON
from certgateway.api.surface import Here, Surface
from certgateway.api.wishes import (
    HER,
    Body,
    Clinician,
    Due,
    Name,
    PlannedMeasure,
    Words,
    check_due,
    clinician_of,
    measure_of,
)
from certgateway.domain.certificate import Patient
from certgateway.domain.findings import Language
from certgateway.domain.ordering import ORDER_REFUSALS, CaseQuestion, Order, OrderRefusal
from certgateway.domain.persons import read_person_number
from certgateway.services import clarify
from certgateway.services.order import order, orders_about

router = APIRouter(prefix="/orders", tags=["clarification"])

Json = dict[str, Any]
_CREATED: Final = 201
_UNPROCESSABLE: Final = 422
_LARGEST_SEARCH: Final = 4096


class Person(Body):
    """The patient: fødselsnummer or D-number, and the name by which the clinician knows the person."""

    number: Annotated[str, Field(max_length=20)]
    name: Name


class AskedQuestion(Body):
    """A code of order-question, and in the counsellor's words what would settle it."""

    question: Annotated[str, Field(max_length=32)]
    settles: Words | None = None


class PlaceOrder(Body):
    """An order for a whole certificate, and what the case needs beside it; `receiver` is the HER-id of the system."""

    model_config = ConfigDict(json_schema_extra={"title": "PlaceOrder"})

    patient: Person
    clinician: Clinician
    receiver: Annotated[str, Field(pattern=HER)]
    questions: Annotated[list[AskedQuestion], Field(max_length=20, default_factory=list)]
    measure: PlannedMeasure | None = None
    due: Due = None
    language: Literal["nb", "nn", "en"] = "nb"


@router.post(
    "",
    operation_id="place-order",
    summary="Order a certificate, with questions of the case",
    status_code=_CREATED,
    openapi_extra=json_body(PlaceOrder),
    responses={
        201: {
            "model": dialogue_schemas.FollowedClarification,
            "description": "Ordered; the message waits for the clinician.",
        },
        400: schemas.problem("The body is not JSON."),
        408: schemas.problem("The body came too slowly; nothing was registered."),
        413: schemas.problem("The body is too large."),
        415: schemas.problem("The body is not application/json."),
        422: schemas.problem("The body is not of this form, or this must not be ordered: `refusals` says why."),
        **schemas.OUR_FAULTS,
    },
)
async def place_order(request: Request, here: Here) -> Response:
    """The clinician may never have sent a certificate. `Location` is where the order is followed."""
    body = await read_json(request, PlaceOrder)
    spoken = language(request)
    return await here.door.answer(lambda: _ordered(body, here, spoken, request))


@router.post(
    "/search",
    operation_id="search-orders",
    summary="Every order about one patient",
    openapi_extra=json_body(schemas.Search),
    responses={
        200: {"model": dialogue_schemas.Orders, "description": "The oldest first; perhaps none."},
        400: schemas.problem("The body is not JSON."),
        408: schemas.problem("The body came too slowly; nothing was registered."),
        413: schemas.problem("The body is too large for a question."),
        415: schemas.problem("The body is not application/json."),
        422: schemas.problem("The body is not a question of this form."),
        **schemas.OUR_FAULTS,
    },
)
async def search_orders(request: Request, here: Here) -> Response:
    """The number stands in the body, so that it stands in no address and no log."""
    body = await read_json(request, schemas.Search, _LARGEST_SEARCH)
    spoken = language(request)

    def found() -> list[Json]:
        return orders_about(body.patient, here.gateway, spoken) if here.permits.orders_about(body.patient) else []

    return JSONResponse({"orders": await here.door.answer(found)})


def _ordered(body: PlaceOrder, here: Surface, spoken: Language, request: Request) -> Response:
    check_due(body.due, here)
    here.permits.need(is_there=here.permits.orders_about(body.patient.number))
    found = order(_order(body), here.gateway)
    if not isinstance(found, str):
        return _refused(found, spoken, request)
    told = clarify.clarification(found, here.gateway, spoken)
    return JSONResponse(told, _CREATED, headers={"Location": f"/clarifications/{found}"})


def _order(body: PlaceOrder) -> Order:
    read = read_person_number(body.patient.number)
    return Order(
        patient=Patient(body.patient.number, read.kind if read else None, body.patient.name),
        clinician=clinician_of(body.clinician),
        receiver=f"her:{body.receiver}",
        questions=tuple(CaseQuestion(each.question, each.settles) for each in body.questions),
        measure=measure_of(body.measure),
        due=body.due,
        language=body.language,
    )


def _refused(reasons: tuple[OrderRefusal, ...], spoken: Language, request: Request) -> Response:
    details = {
        "type": f"{PROBLEM_BASE}order-refused",
        "title": "order-refused",
        "status": _UNPROCESSABLE,
        "detail": ORDER_REFUSALS[reasons[0].why].text(spoken),
        "refusals": [
            {"question": each.question, "why": each.why, "text": ORDER_REFUSALS[each.why].text(spoken)}
            for each in reasons
        ],
        "support_reference": request.scope.get("support_reference"),
    }
    return JSONResponse(details, _UNPROCESSABLE, headers={"Content-Language": spoken}, media_type=PROBLEM_JSON)
