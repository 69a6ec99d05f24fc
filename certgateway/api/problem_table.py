"""Every problem that is nobody's certificate, by its category: status, stable id, FHIR's issue type and texts.

One row for each, and nothing else: how a problem is told stands in `problems`. A text is made of our own words and
numbers; no received value may stand in one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from certgateway.domain.findings import Language


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


OUR_FAULT = Problem(
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
    "fault": OUR_FAULT,
    "misconfigured": OUR_FAULT,
    "seal-broken": OUR_FAULT,
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
    "length-told-twice": Problem(
        400,
        "length-told-twice",
        "structure",
        _texts(
            "Forespørselen har både Content-Length og Transfer-Encoding. Send bare én av dem.",
            "Førespurnaden har både Content-Length og Transfer-Encoding. Send berre ei av dei.",
            "The request has both Content-Length and Transfer-Encoding. Send one of them only.",
        ),
        closes=True,
    ),
    "header-told-twice": Problem(
        400,
        "header-told-twice",
        "structure",
        _texts(
            "Content-Type eller Content-Encoding står to ganger i forespørselen. Send hvert hodefelt én gang.",
            "Content-Type eller Content-Encoding står to gonger i førespurnaden. Send kvart hovudfelt éin gong.",
            "Content-Type or Content-Encoding stands twice in the request. Send each header once.",
        ),
    ),
    "parameter-told-twice": Problem(
        400,
        "parameter-told-twice",
        "structure",
        _texts(
            "En parameter står to ganger i forespørselen, og det er uklart hvilken som gjelder. Send hver én gang.",
            "Ein parameter står to gonger i førespurnaden, og det er uklart kven av dei som gjeld. Send kvar éin gong.",
            "A parameter stands twice in the request, so that it is unclear which one counts. Send each of them once.",
        ),
    ),
    "page-of-another": Problem(
        403,
        "page-of-another",
        "forbidden",
        _texts(
            "Forespørselen kommer fra en nettside et annet sted enn her. Den utføres ikke.",
            "Førespurnaden kjem frå ei nettside ein annan stad enn her. Han blir ikkje utført.",
            "The request comes from a web page of somewhere else. It is not carried out.",
        ),
    ),
    "host-not-ours": Problem(
        421,
        "host-not-ours",
        "forbidden",
        _texts(
            "Vertsnavnet i forespørselen er ikke mottakets. Bruk adressen i innstillingen public_url.",
            "Vertsnamnet i førespurnaden er ikkje mottaket sitt. Bruk adressa i innstillinga public_url.",
            "The host name in the request is not the gateway's. Use the address in the setting public_url.",
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
    # Of the command line alone, which reads archives.
    "archive-not-read": Problem(400, "archive-not-read", "structure"),
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
    return PROBLEMS.get(category, OUR_FAULT)
