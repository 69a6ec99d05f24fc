"""What went wrong and is nobody's certificate (`problem_table` has it all), told in two forms.

Below `/fhir` an OperationOutcome, elsewhere problem details (RFC 9457). A text is made of our own words and numbers; no
received value, exception text or traceback may pass here.
"""

from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from certgateway import rules, safejson
from certgateway.api.negotiation import MEDIA_TYPES, answer_format, language, sender_format
from certgateway.api.problem_table import OUR_FAULT, Problem, problem
from certgateway.domain.findings import Effect, Finding, Language
from certgateway.engine.definitions.definitions import Definitions
from certgateway.engine.xml import write as xmlwrite
from certgateway.fhir.bundle import FhirFormat
from certgateway.fhir.outcome import operation_outcome

Json = dict[str, Any]
PROBLEM_JSON: Final = "application/problem+json"
PROBLEM_BASE: Final = "https://certgateway.example/problems/"


class ProblemError(Exception):
    """A request that cannot be served as it is. `category` is one of `PROBLEMS`, `detail` holds numbers of ours."""

    def __init__(self, category: str, detail: Mapping[str, str] | None = None) -> None:
        super().__init__(category)
        self.category = category
        self.detail = detail or {}


def respond(request: Request, category: str, detail: Mapping[str, str], definitions: Definitions) -> Response:
    """The answer for a category, in the form of the place that was asked."""
    found = problem(category)
    spoken = language(request)
    if is_fhir(request.url.path):
        form = answer_format(request, sender_format(request))
        response = fhir_response(_outcome(found, detail, spoken), form, definitions, found.status)
    else:
        details = _details(found, detail, spoken, request.scope.get("support_reference"))
        response = JSONResponse(details, found.status, media_type=PROBLEM_JSON)
    response.headers["Content-Language"] = spoken
    if found.retry_after is not None:
        response.headers["Retry-After"] = detail.get("retry_after", str(found.retry_after))
    if "challenge" in detail:
        response.headers["WWW-Authenticate"] = detail["challenge"]
    if found.closes:
        response.headers["Connection"] = "close"
    return response


def plain_details(category: str, detail: Mapping[str, str] | None = None, spoken: Language = "nb") -> Json:
    """Problem details for who cannot be answered as a request: nobody knows its address, its language or its form."""
    return _details(problem(category), detail or {}, spoken, None)


def fhir_response(tree: Json, form: FhirFormat, definitions: Definitions, status: int = 200) -> Response:
    """A resource of ours as a response in one of FHIR's forms."""
    body = safejson.write(tree) if form == "fhir-json" else xmlwrite.write(tree, definitions)
    return Response(body, status, media_type=MEDIA_TYPES[form])


def is_fhir(path: str) -> bool:
    """Whether a path belongs to FHIR's part of the surface."""
    return path == "/fhir" or path.startswith("/fhir/")


def _words(found: Problem, detail: Mapping[str, str], spoken: Language) -> tuple[str, str]:
    """What is wrong, and what to do if it is not said in the same breath."""
    if found.texts:
        return found.texts[spoken].format_map(detail), ""
    text = rules.worded(Finding(found.id, Effect.REFUSE, detail=detail), spoken)
    return (text.found, text.action) if text else _words(OUR_FAULT, {}, spoken)


def _outcome(found: Problem, detail: Mapping[str, str], spoken: Language) -> Json:
    outcome = operation_outcome(
        [Finding(found.id, Effect.REFUSE)], spoken, lambda _finding, _language: _words(found, detail, spoken)
    )
    # The table of issue types belongs to findings; what is told here has its own in the row.
    outcome["issue"][0]["code"] = found.issue
    return outcome


def _details(found: Problem, detail: Mapping[str, str], spoken: Language, reference: str | None) -> Json:
    text, action = _words(found, detail, spoken)
    return {
        "type": PROBLEM_BASE + found.id,
        "title": found.id,
        "status": found.status,
        "detail": f"{text} {action}".strip(),
        "support_reference": reference,
    }
