"""What NAV reads: a certificate as assessment data or as a FHIR document, and the feed of what became of them all.

A personal number comes in bodies only. What nobody may see and what does not exist are answered alike.
"""

from typing import Annotated, Any, Final, NoReturn

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from certgateway.api import schemas
from certgateway.api.bodies import json_body, read_json
from certgateway.api.negotiation import answer_format, language, wants_fhir, wants_text
from certgateway.api.problems import ProblemError, fhir_response
from certgateway.api.surface import Here, Surface
from certgateway.domain.findings import Language
from certgateway.domain.patient_page import patient_page
from certgateway.fhir.bundle import FhirFormat
from certgateway.services.assess import assess, assess_document
from certgateway.services.tell import tell_patient

router = APIRouter(prefix="/assessments", tags=["assessment"])

Json = dict[str, Any]
_HIGHEST: Final = 2**63 - 1
_LARGEST_QUESTION: Final = 4096


def _spoken(request: Request) -> Language:
    return language(request)


Spoken = Annotated[Language, Depends(_spoken)]
After = Annotated[int, Query(ge=0, le=_HIGHEST, description="The number of the last event that was read.")]
Limit = Annotated[int, Query(ge=1, le=1000, description="How many events to give at most.")]


@router.get(
    "/feed",
    operation_id="read-feed",
    summary="What has become of certificates since a number",
    responses={
        200: {"model": schemas.Feed, "description": "Events in order; empty when there is nothing new."},
        422: schemas.problem("A parameter has a form that is not taken."),
        **schemas.OUR_FAULTS,
    },
)
async def read_feed(here: Here, after: After = 0, limit: Limit = 100) -> Response:
    """Ids and kinds, nothing about anybody."""
    return JSONResponse(await here.door.answer(lambda: _feed(here, after, limit)))


@router.post(
    "/search",
    operation_id="search-assessments",
    summary="Every certificate of one patient",
    openapi_extra=json_body(schemas.Search),
    responses={
        200: {"model": schemas.SearchResult, "description": "What is known of the patient; perhaps nothing."},
        400: schemas.problem("The body is not JSON."),
        408: schemas.problem("The body came too slowly; nothing was registered."),
        413: schemas.problem("The body is too large for a question."),
        415: schemas.problem("The body is not application/json."),
        422: schemas.problem("The body is not a question of this form."),
        **schemas.OUR_FAULTS,
    },
)
async def search(request: Request, here: Here, spoken: Spoken) -> Response:
    """The number stands in the body, so that it stands in no address and no log."""
    question = await read_json(request, schemas.Search, _LARGEST_QUESTION)
    return JSONResponse(await here.door.answer(lambda: _search(here, question.patient, spoken)))


_DOCUMENT: Final = schemas.resource("The document.", "Bundle")["content"]


@router.get(
    "/{certificate}",
    operation_id="read-assessment",
    summary="The assessment data of one certificate",
    responses={
        200: {
            "model": schemas.Assessment,
            "description": "The current version's facts with their provenance; as FHIR, a document Bundle.",
            "content": _DOCUMENT,
        },
        404: schemas.problem("There is no such certificate."),
        406: schemas.problem("The certificate holds characters that XML cannot; JSON can be given."),
        410: schemas.problem("The certificate was withdrawn, or deleted when its time was up."),
        **schemas.OUR_FAULTS,
    },
)
async def read_assessment(certificate: str, request: Request, here: Here, spoken: Spoken) -> Response:
    """`certificate` is the gateway's own id, which the receipt names."""
    if not wants_fhir(request):
        return JSONResponse(await here.door.answer(lambda: _assessed(here, certificate, spoken)))
    form = answer_format(request)
    return await here.door.answer(lambda: _document(here, certificate, spoken, form))


@router.get(
    "/{certificate}/patient",
    operation_id="read-patient-view",
    summary="What the patient may read of one certificate",
    responses={
        200: {
            "model": schemas.PatientView,
            "description": "In plain language, without what the doctor has reserved; as text, the same as a page.",
            "content": {"text/plain": {"schema": {"type": "string"}}},
        },
        404: schemas.problem("There is no such certificate."),
        410: schemas.problem("The certificate was withdrawn, or deleted when its time was up."),
        **schemas.OUR_FAULTS,
    },
)
async def read_patient_view(certificate: str, request: Request, here: Here, spoken: Spoken) -> Response:
    """For whoever shows it to the patient; until there is login, on this machine only."""
    view = await here.door.answer(lambda: _told(here, certificate, spoken))
    headers = {"Content-Language": spoken, "Vary": "Accept, Accept-Language"}
    if wants_text(request):
        return PlainTextResponse(patient_page(view), headers=headers)
    return JSONResponse(view, headers=headers)


def _told(here: Surface, certificate: str, spoken: Language) -> Json:
    here.permits.need(is_there=here.permits.case(certificate))
    return tell_patient(certificate, here.gateway, spoken) or _absent(here, certificate)


def _assessed(here: Surface, certificate: str, spoken: Language) -> Json:
    here.permits.need(is_there=here.permits.case(certificate))
    return assess(certificate, here.gateway, spoken) or _absent(here, certificate)


def _document(here: Surface, certificate: str, spoken: Language, form: FhirFormat) -> Response:
    here.permits.need(is_there=here.permits.case(certificate))
    found = assess_document(certificate, here.gateway, spoken) or _absent(here, certificate)
    try:
        return fhir_response(found, form, here.gateway.house.definitions)
    except ValueError:
        # JSON takes control characters that XML has no way to write; the XML library refuses them so.
        raise ProblemError("not-acceptable") from None


def _absent(here: Surface, certificate: str) -> NoReturn:
    with here.gateway.store.reading() as reading:
        case = reading.find_case_by_uuid(certificate)
    if case is not None and case.purged:
        raise ProblemError("deleted")
    raise ProblemError("withdrawn" if case is not None and case.withdrawn else "not-found")


def _search(here: Surface, patient: str, spoken: Language) -> Json:
    if not here.permits.certificates_of(patient):
        return {"certificates": []}
    with here.gateway.store.reading() as reading:
        cases = reading.cases_of_patient(here.gateway.sealer.digest(patient, "patient"))
    return {
        "certificates": [
            {
                "certificate": case.uuid,
                "versions": case.versions,
                "withdrawn": case.withdrawn,
                "first_attempt": case.first_attempt.isoformat(),
                "assessment": assess(case.uuid, here.gateway, spoken),
            }
            for case in cases
        ]
    }


def _feed(here: Surface, after: int, limit: int) -> Json:
    with here.gateway.store.reading() as reading:
        events = reading.feed(after, limit)
    told = [
        {
            "seq": event.seq,
            "certificate": event.case,
            "version": event.version,
            "kind": event.kind,
            "at": event.at.isoformat(),
        }
        for event in events
    ]
    return {"events": told, "next": events[-1].seq if events else after}
