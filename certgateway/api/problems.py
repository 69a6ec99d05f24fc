"""What went wrong and is nobody's certificate: one table from category to status, id and texts, told in two forms.

Below `/fhir` an OperationOutcome, elsewhere problem details (RFC 9457). A text is made of our own words and numbers; no
received value, exception text or traceback may pass here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from certgateway import rules, safejson
from certgateway.api.negotiation import MEDIA_TYPES, answer_format, language, sender_format
from certgateway.domain.findings import Effect, Finding, Language
from certgateway.engine.definitions.definitions import Definitions
from certgateway.engine.xml import write as xmlwrite
from certgateway.fhir.bundle import FhirFormat
from certgateway.fhir.outcome import operation_outcome

Json = dict[str, Any]
PROBLEM_JSON: Final = "application/problem+json"
PROBLEM_BASE: Final = "https://certgateway.example/problems/"


class ProblemError(Exception):
    """A request that cannot be served as it is. `category` is a key of `PROBLEMS`; `detail` holds numbers of ours."""

    def __init__(self, category: str, detail: Mapping[str, str] | None = None) -> None:
        super().__init__(category)
        self.category = category
        self.detail = detail or {}


@dataclass(frozen=True, slots=True)
class Problem:
    """`id` is stable; `issue` is FHIR's issue type. Without texts the rule with this id has them.

    `retry_after` is in seconds; a detail of that name wins over it. `closes`: no other request is read from there.
    """

    status: int
    id: str
    issue: str
    texts: Mapping[Language, str] = field(default_factory=dict)
    retry_after: int | None = None
    closes: bool = False


def _texts(nb: str, nn: str, en: str) -> Mapping[Language, str]:
    return {"nb": nb, "nn": nn, "en": en}


_OUR_FAULT = Problem(
    500,
    "gateway-fault",
    "exception",
    _texts(
        "Noe sviktet hos oss, og ingenting er besvart. Oppgi referansen i Support-Reference om du spør oss.",
        "Noko svikta hos oss, og ingenting er svara på. Oppgi referansen i Support-Reference om du spør oss.",
        "Something failed on our side and nothing was answered. Quote Support-Reference if you ask us.",
    ),
)

PROBLEMS: Final[Mapping[str, Problem]] = {
    "fault": _OUR_FAULT,
    "misconfigured": _OUR_FAULT,
    "seal-broken": _OUR_FAULT,
    "unavailable": Problem(
        503,
        "gateway-unavailable",
        "transient",
        _texts(
            "Mottaket er ikke tilgjengelig akkurat nå. Ingenting er registrert. Send det samme på nytt.",
            "Mottaket er ikkje tilgjengeleg akkurat no. Ingenting er registrert. Send det same på nytt.",
            "The gateway is not available just now. Nothing was registered. Send the same again.",
        ),
        retry_after=2,
    ),
    "overloaded": Problem(
        503,
        "gateway-overloaded",
        "throttled",
        _texts(
            "Mottaket har for mye å gjøre akkurat nå. Ingenting er registrert. Send det samme på nytt.",
            "Mottaket har for mykje å gjere akkurat no. Ingenting er registrert. Send det same på nytt.",
            "The gateway has too much to do just now. Nothing was registered. Send the same again.",
        ),
        retry_after=1,
    ),
    "too-late": Problem(
        503,
        "answer-too-late",
        "timeout",
        _texts(
            "Svaret ble ikke klart i tide. Det du sendte, kan være registrert. Send det samme på nytt.",
            "Svaret vart ikkje klart i tide. Det du sende, kan vere registrert. Send det same på nytt.",
            "The answer was not ready in time. What you sent may be registered. Send the same again.",
        ),
        retry_after=5,
    ),
    "too-many-requests": Problem(
        429,
        "too-many-requests",
        "throttled",
        _texts(
            "Det kommer for mange meldinger herfra. Ingenting er registrert. Send den samme om {retry_after} s.",
            "Det kjem for mange meldingar herifrå. Ingenting er registrert. Send den same om {retry_after} s.",
            "Too many messages come from here. Nothing was registered. Send the same in {retry_after} s.",
        ),
        retry_after=1,
    ),
    "request-too-slow": Problem(
        408,
        "request-too-slow",
        "timeout",
        _texts(
            "Forespørselen kom for sakte og ble ikke lest ferdig. Ingenting er registrert. Send det samme på nytt.",
            "Førespurnaden kom for sakte og vart ikkje lesen ferdig. Ingenting er registrert. Send det same på nytt.",
            "The request came too slowly and was not read to its end. Nothing was registered. Send the same again.",
        ),
        closes=True,
    ),
    "not-found": Problem(
        404,
        "not-found",
        "not-found",
        _texts(
            "Det du spør etter, finnes ikke.", "Det du spør etter, finst ikkje.", "What you ask for does not exist."
        ),
    ),
    "token-missing": Problem(
        401,
        "token-missing",
        "login",
        _texts(
            "Denne adressen krever et tilgangstoken. WWW-Authenticate sier hvilke former som tas imot.",
            "Denne adressa krev eit tilgangstoken. WWW-Authenticate seier kva former som blir tekne imot.",
            "This address requires an access token. WWW-Authenticate says which forms are accepted.",
        ),
    ),
    "token-refused": Problem(
        401,
        "token-refused",
        "login",
        _texts(
            "Tilgangstokenet tas ikke imot. Hent et nytt fra utstederen, for denne tjenesten.",
            "Tilgangstokenet blir ikkje teke imot. Hent eit nytt frå utferdaren, for denne tenesta.",
            "The access token is not accepted. Get a new one from its issuer, for this service.",
        ),
    ),
    "proof-refused": Problem(
        401,
        "proof-refused",
        "login",
        _texts(
            "DPoP-beviset mangler eller tas ikke imot. Lag et nytt for hver forespørsel, med nøkkelen som tokenet er "
            "bundet til.",
            "DPoP-beviset manglar eller blir ikkje teke imot. Lag eit nytt for kvar førespurnad, med nøkkelen som "
            "tokenet er bunde til.",
            "The DPoP proof is missing or not accepted. Make a new one for each request, with the key that the token "
            "is bound to.",
        ),
    ),
    "scope-missing": Problem(
        403,
        "scope-missing",
        "forbidden",
        _texts(
            "Tilgangstokenet gir ikke rett til dette. WWW-Authenticate sier hvilket scope som mangler.",
            "Tilgangstokenet gir ikkje rett til dette. WWW-Authenticate seier kva scope som manglar.",
            "The access token does not allow this. WWW-Authenticate says which scope is missing.",
        ),
    ),
    "withdrawn": Problem(
        410,
        "certificate-withdrawn",
        "deleted",
        _texts(
            "Erklæringen er trukket tilbake av den som sendte den.",
            "Erklæringa er trekt tilbake av den som sende ho.",
            "The certificate was withdrawn by its sender.",
        ),
    ),
    "deleted": Problem(
        410,
        "certificate-deleted",
        "deleted",
        _texts(
            "Opplysningene er slettet fordi lagringstiden er ute.",
            "Opplysningane er sletta fordi lagringstida er ute.",
            "The data was deleted because the time it was to be kept is over.",
        ),
    ),
    "not-now": Problem(
        409,
        "not-possible-now",
        "conflict",
        _texts(
            "Dette kan ikke gjøres slik spørsmålet står nå. Hent det på nytt og se statusen.",
            "Dette kan ikkje gjerast slik spørsmålet står no. Hent det på nytt og sjå statusen.",
            "This cannot be done where the question stands now. Fetch it again and look at its status.",
        ),
    ),
    "open-now": Problem(409, "open-now", "conflict", _texts("Du har tilgang.", "Du har tilgang.", "You have access.")),
    "sorted": Problem(
        409,
        "answer-sorted-already",
        "conflict",
        _texts(
            "Dette svaret er alt sortert. Hent listen over svar som ikke er sortert, på nytt.",
            "Dette svaret er alt sortert. Hent lista over svar som ikkje er sorterte, på nytt.",
            "This answer is sorted already. Fetch the list of answers that are not sorted again.",
        ),
    ),
    "question-empty": Problem(
        409,
        "nothing-to-ask",
        "conflict",
        _texts(
            "Ingenting mangler, eller alt som mangler, er det spurt om. Oppgi hva du vil spørre om.",
            "Ingenting manglar, eller alt som manglar, er det spurt om. Oppgi kva du vil spørje om.",
            "Nothing is missing, or all that is missing has been asked for. State what you want to ask about.",
        ),
    ),
    "method-not-allowed": Problem(
        405,
        "method-not-allowed",
        "not-supported",
        _texts(
            "Denne adressen tar ikke imot denne metoden.",
            "Denne adressa tek ikkje imot denne metoden.",
            "This address does not take this method.",
        ),
    ),
    "not-acceptable": Problem(
        406,
        "not-acceptable",
        "not-supported",
        _texts(
            "Dette kan ikke gis i formatet som Accept ber om. Be om application/json.",
            "Dette kan ikkje givast i formatet som Accept bed om. Be om application/json.",
            "This cannot be given in the format that Accept asks for. Ask for application/json.",
        ),
    ),
    "request-unreadable": Problem(
        400,
        "request-unreadable",
        "structure",
        _texts(
            "Forespørselen kunne ikke leses. Send gyldig JSON i UTF-8.",
            "Førespurnaden kunne ikkje lesast. Send gyldig JSON i UTF-8.",
            "The request could not be read. Send valid JSON in UTF-8.",
        ),
    ),
    "receipt-unreadable": Problem(
        422,
        "receipt-unreadable",
        "invalid",
        _texts(
            "Kvitteringen oppgir ikke hvilken melding den gjelder, eller har ingen kjent status.",
            "Kvitteringa oppgir ikkje kva melding ho gjeld, eller har ingen kjend status.",
            "The receipt does not say which message it is for, or has no known status.",
        ),
    ),
    "request-invalid": Problem(
        422,
        "request-invalid",
        "invalid",
        _texts(
            "En parameter mangler eller har en form som ikke tas imot. Se /openapi.json.",
            "Ein parameter manglar eller har ei form som ikkje blir teken imot. Sjå /openapi.json.",
            "A parameter is missing or has a form that is not accepted. See /openapi.json.",
        ),
    ),
    "media-type-not-supported": Problem(415, "media-type-not-supported", "not-supported"),
    "json-expected": Problem(
        415,
        "media-type-not-supported",
        "not-supported",
        _texts(
            "Content-Type må være application/json.",
            "Content-Type må vere application/json.",
            "Content-Type must be application/json.",
        ),
    ),
    "xml-expected": Problem(
        415,
        "media-type-not-supported",
        "not-supported",
        _texts(
            "Content-Type må være application/xml eller text/xml, i UTF-8 eller ISO-8859-1.",
            "Content-Type må vere application/xml eller text/xml, i UTF-8 eller ISO-8859-1.",
            "Content-Type must be application/xml or text/xml, in UTF-8 or ISO-8859-1.",
        ),
    ),
    "content-encoding-not-supported": Problem(
        415,
        "content-encoding-not-supported",
        "not-supported",
        _texts(
            "Komprimert innhold tas ikke imot. Send uten Content-Encoding.",
            "Komprimert innhald blir ikkje teke imot. Send utan Content-Encoding.",
            "Compressed content is not accepted. Send without Content-Encoding.",
        ),
    ),
    "headers-too-large": Problem(
        431,
        "headers-too-large",
        "too-long",
        _texts(
            "Hodefeltene i forespørselen er for store.",
            "Hovudfelta i førespurnaden er for store.",
            "The headers of the request are too large.",
        ),
    ),
    "body-too-large": Problem(413, "body-too-large", "too-long"),
    "outside-attachments-too-large": Problem(413, "outside-attachments-too-large", "too-long"),
    "json-too-large": Problem(
        413,
        "body-too-large",
        "too-long",
        _texts(
            "Forespørselen er større enn {limit} byte, som er det meste som tas imot her. Send mindre.",
            "Førespurnaden er større enn {limit} byte, som er det meste som blir teke imot her. Send mindre.",
            "The request is larger than {limit} bytes, the most that is accepted here. Send less.",
        ),
    ),
}
"""Category to what is answered: categories of `domain.errors` first, then those of the door."""


def problem(category: str) -> Problem:
    """The row of a category; what has none is our own fault."""
    return PROBLEMS.get(category, _OUR_FAULT)


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


def plain_details(category: str) -> Json:
    """Problem details for who cannot be answered as a request: nobody knows its address, its language or its form."""
    return _details(problem(category), {}, "nb", None)


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
    return (text.found, text.action) if text else _words(_OUR_FAULT, {}, spoken)


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
