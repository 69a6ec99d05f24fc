"""What a client sends and wants: media types, format and language, from the headers.

Lenient in what is asked for: an `Accept` that names nothing we have gets the sender's own form. Strict in what is sent:
a body is only read as what its `Content-Type` says. Nothing here may raise for a header, however odd.
"""

from collections.abc import Iterator
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from certgateway.domain.findings import Language
from certgateway.fhir.bundle import FhirFormat

FHIR_JSON: Final = "application/fhir+json"
FHIR_XML: Final = "application/fhir+xml"
PDF: Final = "application/pdf"
JOSE: Final = "application/jose"
SIGNATURE: Final = "X-JWS-Signature"
"""The header of a detached signature. No Norwegian health API has one; this is its name in European banks' APIs."""
MEDIA_TYPES: Final[dict[FhirFormat, str]] = {"fhir-json": FHIR_JSON, "fhir-xml": FHIR_XML}

# General media types are taken for FHIR's own: record systems send both, and the body is judged all the same.
_FORMATS: Final[dict[str, FhirFormat]] = {
    FHIR_JSON: "fhir-json",
    "application/json": "fhir-json",
    "json": "fhir-json",
    FHIR_XML: "fhir-xml",
    "application/xml": "fhir-xml",
    "text/xml": "fhir-xml",
    "xml": "fhir-xml",
}
_FHIR_VERSIONS: Final = frozenset({"4.0", "4.0.1"})
_CHARSETS: Final = frozenset({"utf-8", "utf8"})
_XML: Final = frozenset({"application/xml", "text/xml"})
_KITH_CHARSETS: Final = _CHARSETS | {"iso-8859-1", "latin1"}
_LANGUAGES: Final[dict[str, Language]] = {"nb": "nb", "no": "nb", "nn": "nn", "en": "en"}


def body_format(content_type: str | None) -> FhirFormat | None:
    """The format a `Content-Type` announces; None when we don't take it, its FHIR version or its charset."""
    name, parameters = _media_type(content_type or "")
    version, charset = parameters.get("fhirversion", "4.0"), parameters.get("charset", "utf-8")
    if version not in _FHIR_VERSIONS or charset.lower() not in _CHARSETS or "/" not in name:
        return None
    return _FORMATS.get(name)


def is_kith(content_type: str | None) -> bool:
    """Whether a `Content-Type` announces XML; its encoding is what the document declares."""
    name, parameters = _media_type(content_type or "")
    return name in _XML and parameters.get("charset", "utf-8").lower() in _KITH_CHARSETS


def answer_format(request: Request, otherwise: FhirFormat = "fhir-json") -> FhirFormat:
    """The FHIR format to answer in: `_format`, else the first of `Accept` that we have, else `otherwise`."""
    wished = request.query_params.get("_format")
    if wished is not None and (named := _FORMATS.get(_media_type(wished.replace(" ", "+"))[0])):
        return named
    for name in _by_preference(request.headers.get("accept", "")):
        if name == "*/*":
            return otherwise
        if found := _FORMATS.get(name):
            return found
    return otherwise


def sender_format(request: Request) -> FhirFormat:
    """The format for an answer when none is asked for: that of the body, as far as its type tells."""
    return "fhir-xml" if "xml" in request.headers.get("content-type", "").lower() else "fhir-json"


def wants_fhir(request: Request) -> bool:
    """Whether FHIR is asked for before plain JSON, where both can be had."""
    for name in _by_preference(request.headers.get("accept", "")):
        if name in {FHIR_JSON, FHIR_XML}:
            return True
        if name in {"application/json", "application/*", "*/*"}:
            return False
    return False


def wants_xml(request: Request) -> bool:
    """Whether plain XML is asked for before JSON: an AppRec is that."""
    first = next(_by_preference(request.headers.get("accept", "")), None)
    return first in _XML


def wants_text(request: Request) -> bool:
    """Whether plain text is asked for before JSON, where both can be had."""
    for name in _by_preference(request.headers.get("accept", "")):
        if name in {"text/plain", "text/*"}:
            return True
        if name in {"application/json", "application/*", "*/*"}:
            return False
    return False


def wants_jose(request: Request) -> bool:
    """Whether a signed receipt is asked for before all else."""
    return next(_by_preference(request.headers.get("accept", "")), None) == JOSE


def wants_pdf(request: Request) -> bool:
    """Whether a letter is asked for before all else."""
    return next(_by_preference(request.headers.get("accept", "")), None) == PDF


def detached(request: Request) -> tuple[str, ...]:
    """The signatures beside a body as they came, one for each header of that name."""
    return tuple(request.headers.getlist(SIGNATURE))


def add_signature(response: Response, signature: str | None) -> None:
    """The signature beside a body of ours, in the header in which we take one."""
    if signature is not None:
        response.headers[SIGNATURE] = signature


def language(request: Request) -> Language:
    """The language of `Accept-Language` that we write best; Bokmål when none of ours is named."""
    for tag in _by_preference(request.headers.get("accept-language", "")):
        if found := _LANGUAGES.get(tag.partition("-")[0]):
            return found
    return "nb"


def _media_type(text: str) -> tuple[str, dict[str, str]]:
    """Name in lower case, and parameters by name in lower case."""
    name, *rest = text.split(";")
    pairs = (part.partition("=") for part in rest)
    return name.strip().lower(), {key.strip().lower(): value.strip().strip('"') for key, _, value in pairs}


def _by_preference(header: str) -> Iterator[str]:
    """The names of a weighted list, best first; what weighs nothing is not wanted."""
    weighed = [(_weight(parameters), name) for name, parameters in map(_media_type, header.split(",")) if name]
    return (name for weight, name in sorted(weighed, key=lambda entry: -entry[0]) if weight > 0)


def _weight(parameters: dict[str, str]) -> float:
    try:
        weight = float(parameters.get("q", "1"))
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0
