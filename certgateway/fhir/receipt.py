"""The receipt as a FHIR message: a header that answers the message by its id, and an outcome with every finding.

The same message, verdict and arrival give the same bytes: ids are derived from what is answered, times are told.
Nothing of the answered message may stand here but its id and its sender's address; what was removed is named by item
and place.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from certgateway import safejson
from certgateway.domain.findings import Verdict
from certgateway.domain.message import Removal, SignedBy
from certgateway.domain.vocabulary import systems
from certgateway.engine.definitions.definitions import Definitions
from certgateway.engine.xml import write as xmlwrite
from certgateway.fhir.writing_values import Addresses, endpoint, sender_endpoint

Json = dict[str, Any]
ReceiptFormat = Literal["fhir-json", "fhir-xml"]
ResponseCode = Literal["ok", "transient-error", "fatal-error"]

RECEIPT_EXTENSION: Final = systems.STRUCTURE_DEFINITION + "receipt"
RECEIPT_PROFILE: Final = f"{systems.STRUCTURE_DEFINITION}receipt-message|{systems.PROFILE_VERSION}"

# A message that is registered but incomplete was received all right: the questions follow by themselves.
_CODES: Final[Mapping[Verdict, ResponseCode]] = {
    "accepted": "ok",
    "accepted-with-remarks": "ok",
    "incomplete": "ok",
    "rejected": "fatal-error",
}


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """What the gateway registered. `raw_digest` is the SHA-256 (hex) of the bytes as received; times are aware.

    `sender` is `Envelope.sender` ("her:8143060"). `certificate` is the gateway's own id, None when the message brought
    none. `verdict` None means that the message was not judged and may be sent again.
    """

    message_id: str | None
    raw_digest: str
    sender: str
    gateway_her: str
    verdict: Verdict | None
    arrival: datetime
    first_attempt: datetime | None = None
    certificate: str | None = None
    version: int | None = None
    duplicate_of: str | None = None
    removed: tuple[Removal, ...] = ()
    signer: SignedBy | None = None


def response_message(facts: ReceiptFacts, outcome: Json) -> Json:
    """The response Bundle as a tree; `outcome` is an OperationOutcome of `fhir.outcome`.

    A message without a readable id is answered by the digest of its bytes, the key under which it is kept. Without a
    verdict it is a transient error. Raises ValueError for a gateway HER-id that is not in digits.
    """
    answered = facts.message_id or facts.raw_digest
    addresses = Addresses(f"receipt/{answered}/{facts.raw_digest}")
    told = outcome_with_receipt(outcome, facts)
    return {
        "resourceType": "Bundle",
        "id": addresses.id("bundle"),
        "meta": {"profile": [RECEIPT_PROFILE]},
        "type": "message",
        "timestamp": facts.arrival.isoformat(),
        "entry": [
            addresses.entry("header", _header(facts, answered, addresses)),
            addresses.entry("outcome", {name: value for name, value in told.items() if name != "id"}),
        ],
    }


def outcome_with_receipt(outcome: Json, facts: ReceiptFacts) -> Json:
    """The same outcome with the receipt's facts as an extension: the whole answer where FHIR wants an outcome alone.

    Nothing is added without a verdict: then nothing was registered.
    """
    if facts.verdict is None:
        return outcome
    head: Json = {name: value for name, value in outcome.items() if name != "issue"}
    return {**head, "extension": [{"url": RECEIPT_EXTENSION, "extension": _facts(facts)}], "issue": outcome["issue"]}


def receipt_bytes(tree: Json, format_: ReceiptFormat, definitions: Definitions) -> bytes:
    """The answer in the sender's own form; what it is signed with comes afterwards."""
    return safejson.write(tree) if format_ == "fhir-json" else xmlwrite.write(tree, definitions)


def _header(facts: ReceiptFacts, answered: str, addresses: Addresses) -> Json:
    code = "transient-error" if facts.verdict is None else _CODES[facts.verdict]
    destination = sender_endpoint(facts.sender)
    return {
        "resourceType": "MessageHeader",
        "eventCoding": {"system": systems.CODE_SYSTEM + "message-event", "code": "certificate"},
        **({"destination": [{"endpoint": destination}]} if destination else {}),
        "source": {"endpoint": endpoint(facts.gateway_her)},
        "response": {"identifier": answered, "code": code, "details": addresses.reference("outcome")},
    }


def _facts(facts: ReceiptFacts) -> list[Json]:
    first = facts.first_attempt
    told: list[tuple[str, str, Any]] = [
        ("certificate", "valueString", facts.certificate),
        ("version", "valuePositiveInt", facts.version),
        ("arrival", "valueInstant", facts.arrival.isoformat()),
        ("first-attempt", "valueInstant", None if first is None else first.isoformat()),
        ("verdict", "valueCode", facts.verdict),
        ("duplicate-of", "valueString", facts.duplicate_of),
    ]
    known = [{"url": url, kind: value} for url, kind, value in told if value is not None]
    signed = () if facts.signer is None else (_signed(facts.signer),)
    return [*known, *signed, *(_removed(removal) for removal in facts.removed)]


def _signed(signer: SignedBy) -> Json:
    """The certificate by its digest and the number of its organisation; its names stand in no receipt."""
    told = (("certificate", signer.certificate), ("key", signer.key), ("organisation", signer.organisation))
    parts = [{"url": url, "valueString": value} for url, value in told if value is not None]
    return {"url": "signer", "extension": parts}


def _removed(removal: Removal) -> Json:
    """Item and place; system and code of what was removed are for the sender's own terminal and stand in no receipt."""
    parts = [{"url": "item", "valueCode": removal.item}, {"url": "path", "valueString": removal.path}]
    return {"url": "removed", "extension": parts}
