"""The shapes of answers and bodies as openapi.json tells them.

FHIR bodies are described as resources and no further: their definitions are served as such. Models describe, they do
not convert: an answer leaves as the services made it, and tests hold it to these shapes.
"""

from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from certgateway.api.negotiation import FHIR_JSON, FHIR_XML
from certgateway.domain.findings import Verdict
from certgateway.domain.record import FeedKind

Json = dict[str, Any]
LONGEST_ID: Final = 64


class Described(BaseModel):
    """New members may be added to every answer; readers must let them pass."""

    model_config = ConfigDict(extra="allow")


class Problem(Described):
    """Problem details (RFC 9457). `title` is the stable id, `detail` is in the language asked for."""

    type: str
    title: str
    status: int
    detail: str
    support_reference: str | None


class Refusal(Described):
    """Problem details for a message that AppRec cannot name; the same bytes each time, so the reference is a header."""

    type: str
    title: str
    status: int
    detail: str
    findings: list[Json]


class Coded(Described):
    """A code with our own title for it, never the sender's."""

    system: str
    code: str | None
    display: str | None


class Author(Described):
    """Who stated it."""

    hpr: str | None
    role: str | None


class Element(Described):
    """One fact with its provenance. `element` is the domain path in the version named; `age_days` its age."""

    item: str | None
    element: str | None
    code: Coded | None
    value: Json
    source: str | None
    author: Author
    certificate: str
    version: Annotated[int, Field(ge=1)]
    dates: Json
    age_days: Annotated[int, Field(ge=0)]
    stale: bool
    parts: list[Json]


class Assessment(Described):
    """What the work-ability assessment gets of one certificate; in full in schemas/assessment.schema.json."""

    certificate: str
    version: Annotated[int, Field(ge=1)]
    verdict: Verdict
    resources: list[Element]
    obstacles: list[Element]
    risks: list[Element]
    timeline: list[Element]
    prognosis: list[Element]
    treatment: list[Element]
    activity: list[Element]
    specialist: list[Element]
    social: list[Element]
    diagnoses: list[Element]
    statements: list[Element]
    proposals: list[Element]
    differences: list[Json]
    open: list[Json]
    states: dict[str, Literal["stated", "none", "not-assessed", "missing"]]


class PatientView(Described):
    """What the patient may read, every text a sentence; in full in schemas/patient-view.schema.json."""

    certificate: str
    language: Literal["nb", "nn", "en"]
    title: str
    written: date
    received: date
    about: list[str]
    not_all_shown: bool
    answers: Json
    questions: Json
    shared: Json
    contact: str


class Look(Described):
    """One look at a certificate: `act` is the operation, `basis` on what ground it was allowed."""

    at: datetime
    role: Literal["counsellor", "system"]
    unit: str | None
    organisation: str | None
    act: str
    basis: Literal["unit", "assignment", "override", "scope"]


class Readers(Described):
    """Who has seen a certificate, by role and unit, never by name."""

    certificate: str
    readers: list[Look]


class Opened(Described):
    """A patient of another unit's is open to a counsellor until then."""

    certificate: str
    until: datetime


class Search(BaseModel):
    """Whose certificates are asked for. A personal number stands in a body only, never in an address."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"title": "Search"})

    patient: Annotated[str, Field(pattern=r"^[0-9]{11}$", description="Fødselsnummer or D-number, eleven digits.")]


class Found(Described):
    """One certificate of the patient; `assessment` is null when it has been withdrawn."""

    certificate: str
    versions: Annotated[int, Field(ge=0)]
    withdrawn: bool
    first_attempt: datetime
    assessment: Assessment | None


class SearchResult(Described):
    """Oldest first attempt first; empty when nothing is known."""

    certificates: list[Found]


class FeedEvent(Described):
    """`version` is null when the event is about the certificate as a whole."""

    seq: Annotated[int, Field(ge=1)]
    certificate: str
    version: int | None
    kind: FeedKind
    at: datetime


class Feed(Described):
    """`next` is the number to ask after next time; nothing below it is ever added."""

    events: list[FeedEvent]
    next: Annotated[int, Field(ge=0)]


class Signer(Described):
    """Whose certificate signed a message: SHA-256 of it in hex, and its organisation number where it has one.

    Without a certificate, `key` is the name of the registered key.
    """

    certificate: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None
    organisation: Annotated[str, Field(pattern="^[0-9]{9}$")] | None
    key: str | None = None


class Receipt(Described):
    """What the sender was told about a message; in full in schemas/receipt.schema.json."""

    message_id: str | None
    certificate: str | None
    version: int | None
    arrival: datetime
    first_attempt: datetime
    verdict: Verdict
    findings: list[Json]
    removed: list[Json]
    duplicate_of: str | None
    signer: Signer | None = None
    answer: str | None
    answer_signature: str | None = None


class Health(Described):
    """`ok`, and nothing about the inside."""

    status: Literal["ok"]


def _fhir_content(*types: str) -> Json:
    schema: Json = {
        "type": "object",
        "required": ["resourceType"],
        "properties": {"resourceType": {"enum": list(types)} if types else {"type": "string"}},
    }
    return {FHIR_JSON: {"schema": schema}, FHIR_XML: {"schema": {"type": "string"}}}


_SIGNATURE: Final[Json] = {
    "name": "X-JWS-Signature",
    "in": "header",
    "required": False,
    "description": "A detached JWS (RFC 7515, RFC 7797) over a body in JSON, byte for byte; looked at where the "
    "setting `signatures` says so.",
    "schema": {"type": "string", "maxLength": 12288},
}
FHIR_BODY: Final[Json] = {
    "parameters": [_SIGNATURE],
    "requestBody": {
        "required": True,
        "description": "One FHIR R4 resource in UTF-8; application/json and application/xml are read alike.",
        "content": _fhir_content(),
    },
}


def resource(description: str, *types: str) -> Json:
    """A response that is a FHIR resource of one of these types."""
    return {"description": description, "content": _fhir_content(*types)}


def outcome(description: str, headers: dict[str, str] | None = None) -> Json:
    """A response that is an OperationOutcome; `headers` by name and meaning."""
    found = resource(description, "OperationOutcome")
    if headers:
        found["headers"] = {name: {"description": text, "schema": {"type": "string"}} for name, text in headers.items()}
    return found


def problem(description: str) -> Json:
    """A response that is problem details."""
    return {
        "description": description,
        "content": {"application/problem+json": {"schema": Problem.model_json_schema()}},
    }


def refusal(description: str) -> Json:
    """A response that is problem details with every finding of a message."""
    return {
        "description": description,
        "content": {"application/problem+json": {"schema": Refusal.model_json_schema()}},
    }


def apprec_or_refusal(description: str) -> Json:
    """A response that is an AppRec where the message can be named so, else problem details."""
    return {"description": description, "content": apprec("")["content"] | refusal("")["content"]}


KITH_BODY: Final[Json] = {
    "requestBody": {
        "required": True,
        "description": "MsgHead 1.2 with Legeerklaring 2008-06-06 or Dialogmelding 1.0 or 1.1, or AppRec, alone or "
        "inside the Fellesformat; text/xml too.",
        "content": {"application/xml": {"schema": {"type": "string"}}},
    }
}


def apprec(description: str) -> Json:
    """A response that is an AppRec, of version 1.0 unless 1.1 was asked for."""
    return {"description": description, "content": {"application/xml": {"schema": {"type": "string"}}}}


class Confirmed(Described):
    """What stands of a message of ours after a receipt for it; what was said first stands."""

    message: str
    delivery: Literal["delivered", "refused"]


CONFIRMED: Final[Json] = {"application/json": {"schema": Confirmed.model_json_schema()}}
"""The answer to an AppRec."""

_RETRY: Final = {"Retry-After": "Seconds to wait before the same request is sent again."}

DOOR: Final[dict[int | str, Json]] = {
    408: outcome("The body came too slowly; nothing was registered."),
    413: outcome("The body, or what is no attachment in it, is larger than the limit, which the text names."),
    415: outcome("The media type, FHIR version or encoding of the body is not taken."),
    429: outcome("Too many messages from this sender; nothing was registered.", headers=_RETRY),
    500: outcome("Our own fault; nothing was answered."),
    503: outcome("Not now. Nothing was registered, unless the answer was too late.", headers=_RETRY),
}
"""What every route that takes a resource may answer before a judgement."""

KITH_DOOR: Final[dict[int | str, Json]] = {
    408: problem("The body came too slowly; nothing was registered."),
    413: problem("The body, or what is no attachment in it, is larger than the limit, which the text names."),
    415: problem("The media type or encoding of the body is not taken."),
    422: problem("There is no such version of AppRec, or the AppRec names no message or no status."),
    429: problem("Too many messages from this sender; nothing was registered."),
    500: problem("Our own fault; nothing was answered."),
    503: problem("Not now. Nothing was registered, unless the answer was too late."),
}
"""What every route that takes KITH XML may answer before a judgement."""

OUR_FAULTS: Final[dict[int | str, Json]] = {
    500: problem("Our own fault."),
    503: problem("Not now; ask again."),
}
