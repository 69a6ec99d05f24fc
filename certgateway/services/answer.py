"""Step 10's text: the receipt as data and as a message in the sender's form. Written in step 9, sent when durable."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from certgateway import safejson
from certgateway.domain.findings import Effect, Finding, Language
from certgateway.domain.message import Envelope, Removal, SignedBy
from certgateway.domain.record import Answer
from certgateway.engine.definitions.definitions import Definitions
from certgateway.fhir.outcome import operation_outcome
from certgateway.fhir.receipt import ReceiptFacts, receipt_bytes, response_message
from certgateway.services.examine import Examined, Judgement
from certgateway.services.report import finding_data, removal_data, text_of
from certgateway.services.vouch import XML_INSIDE, signed_beside, signed_inside

if TYPE_CHECKING:
    # The KITH codec is loaded with the first such message, what signs with the first signature.
    from certgateway.kith.apprec import AppRecVersion
    from certgateway.kith.parties import Original
    from certgateway.trust.xml_signing import Signatory

Json = dict[str, Any]
AnswerFormat = Literal["fhir-json", "fhir-xml", "kith"]

PROBLEM_JSON = "application/problem+json"
_MEDIA_TYPES = {"fhir-json": "application/fhir+json", "fhir-xml": "application/fhir+xml", "kith": "application/xml"}
_NAME = "NAV"
_OK, _BAD_REQUEST, _CONFLICT, _UNPROCESSABLE = 200, 400, 409, 422


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sender is told: identity, times, verdict, findings, and what was taken away (item and place only).

    `original`, `apprec` and `incomplete_status` are for the answer to a KITH message: what it says of itself (None when
    that cannot be read), the version of AppRec, and the status of a certificate that is held as incomplete. `conflict`
    is set where another content stands under the message id; `signer` where a signature was verified.
    """

    raw: bytes
    envelope: Envelope | None
    format: AnswerFormat
    language: Language
    arrival: datetime
    judgement: Judgement
    unreadable: bool = False
    certificate: str | None = None
    version: int | None = None
    first_attempt: datetime | None = None
    removed: tuple[Removal, ...] = ()
    duplicate_of: str | None = None
    original: Original | None = None
    apprec: AppRecVersion = "1.0"
    incomplete_status: Literal["1", "3"] = "3"
    conflict: bool = False
    signer: SignedBy | None = None

    @property
    def message_id(self) -> str | None:
        """The id of the message that is answered, None when it could not be read."""
        return self.envelope.message_id if self.envelope else None


def media_type(format_: str) -> str:
    """The media type an answer is given in, by the format of what was asked."""
    return _MEDIA_TYPES.get(format_, _MEDIA_TYPES["fhir-json"])


def answer_format(examined: Examined) -> AnswerFormat:
    """The sender's own form; FHIR JSON for what is none that we know."""
    return "fhir-json" if examined.format == "unknown" else examined.format


def answer_for(
    receipt: Receipt, her: str, definitions: Definitions, signatory: Signatory | None = None
) -> tuple[Answer, bytes]:
    """The answer over HTTP, and the receipt as JSON whose `answer` is the response message.

    A rejected FHIR message is answered with the OperationOutcome alone, as the operation wants; its response message
    stands in the receipt. A KITH message is answered by AppRec, whatever the verdict. With a `signatory` both are
    signed: XML of FHIR inside, all else beside, where the receipt has it as `answer_signature`.
    """
    if receipt.format == "kith":
        answer = _kith_answer(receipt, her)
        beside = signed_beside(answer.body, signatory)
        return replace(answer, signature=beside), safejson.write(_data(receipt, answer.body, beside))
    outcome = operation_outcome(receipt.judgement.findings, receipt.language, text_of)
    tree = response_message(_facts(receipt, her), outcome)
    message, beside = _vouched(receipt_bytes(tree, receipt.format, definitions), receipt, signatory)
    body, signature = message, beside
    if receipt.judgement.verdict == "rejected":
        body, signature = _vouched(receipt_bytes(outcome, receipt.format, definitions), receipt, signatory)
    answer = Answer(_status(receipt), media_type(receipt.format), body, signature)
    return answer, safejson.write(_data(receipt, message, beside))


def _vouched(body: bytes, receipt: Receipt, signatory: Signatory | None) -> tuple[bytes, str | None]:
    """A body in FHIR as it is sent, and the signature beside it."""
    inside = receipt.format in XML_INSIDE
    return signed_inside(body, receipt.format, signatory), None if inside else signed_beside(body, signatory)


def conflict_answer(
    receipt: Receipt, her: str, definitions: Definitions, signatory: Signatory | None = None
) -> tuple[Answer, bytes]:
    """Another content stands under this message id already: nothing is replaced, and a new message id is asked for."""
    finding = Finding("message-id-conflict", Effect.REFUSE)
    refused = replace(receipt, judgement=Judgement((finding,), "rejected"), conflict=True)
    answer, data = answer_for(refused, her, definitions, signatory)
    return replace(answer, status=_CONFLICT), data


def _kith_answer(receipt: Receipt, her: str) -> Answer:
    """AppRec names the message by type, time and id; one that cannot be named so is told of in plain JSON."""
    if receipt.original is None:
        status = _CONFLICT if receipt.conflict else _BAD_REQUEST
        return Answer(status, PROBLEM_JSON, safejson.write(_problem(receipt, status)))
    from certgateway.kith.apprec import AppRecFacts, write_apprec  # noqa: PLC0415  As above.

    facts = AppRecFacts(
        original=receipt.original,
        verdict=receipt.judgement.verdict,
        findings=receipt.judgement.findings,
        arrival=receipt.arrival,
        digest=hashlib.sha256(receipt.raw).hexdigest(),
        gateway_her=her,
        gateway_name=_NAME,
        incomplete_status=receipt.incomplete_status,
        version=receipt.apprec,
    )
    return Answer(_OK, media_type("kith"), write_apprec(facts, receipt.language, text_of))


def _problem(receipt: Receipt, status: int) -> Json:
    """Problem details (RFC 9457) as every other problem has them, with all findings; the gravest gives the problem."""
    findings = receipt.judgement.findings or (Finding("not-a-message", Effect.REFUSE),)
    found = [finding_data(finding, receipt.language) for finding in findings]
    return {
        "type": f"https://certgateway.example/problems/{found[0]['rule']}",
        "title": found[0]["rule"],
        "status": status,
        "detail": f"{found[0]['text']} {found[0]['action']}".strip(),
        "findings": found,
    }


def _status(receipt: Receipt) -> int:
    if receipt.unreadable:
        return _BAD_REQUEST
    return _UNPROCESSABLE if receipt.judgement.verdict == "rejected" else _OK


def _facts(receipt: Receipt, her: str) -> ReceiptFacts:
    return ReceiptFacts(
        message_id=receipt.message_id,
        raw_digest=hashlib.sha256(receipt.raw).hexdigest(),
        sender=receipt.envelope.sender if receipt.envelope else "unknown",
        gateway_her=her,
        verdict=receipt.judgement.verdict,
        arrival=receipt.arrival,
        first_attempt=receipt.first_attempt,
        certificate=receipt.certificate,
        version=receipt.version,
        duplicate_of=receipt.duplicate_of,
        removed=receipt.removed,
        signer=receipt.signer,
    )


def _data(receipt: Receipt, message: bytes, beside: str | None) -> Json:
    """The receipt as the contract's JSON object."""
    told: Json = {
        "message_id": receipt.message_id,
        "certificate": receipt.certificate,
        "version": receipt.version,
        "arrival": receipt.arrival.isoformat(),
        "first_attempt": (receipt.first_attempt or receipt.arrival).isoformat(),
        "verdict": receipt.judgement.verdict,
        "findings": [finding_data(finding, receipt.language) for finding in receipt.judgement.findings],
        "removed": [removal_data(removal, with_code=False) for removal in receipt.removed],
        "duplicate_of": receipt.duplicate_of,
        "signer": _signer_data(receipt.signer),
        "answer": message.decode(),
    }
    return told if beside is None else {**told, "answer_signature": beside}


def _signer_data(signer: SignedBy | None) -> Json | None:
    """By which certificate or registered key it was signed, and of which organisation."""
    if signer is None:
        return None
    named = {} if signer.key is None else {"key": signer.key}
    return {"certificate": signer.certificate, "organisation": signer.organisation, **named}
