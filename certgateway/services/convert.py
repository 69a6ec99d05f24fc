"""One format to another by way of the domain model: what the certificate holds is written, what it does not is named.

Nothing is written from the received message itself, so a conversion can carry no more than the gateway understands.
No clock, no dice: the same message gives the same bytes. Losses are paths and words of ours, never values.
"""

from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Literal

from certgateway import safejson
from certgateway.domain.certificate import Certificate
from certgateway.domain.findings import Effect, Finding
from certgateway.domain.message import Envelope, Format
from certgateway.engine.definitions.definitions import Definitions
from certgateway.engine.xml import write as xmlwrite
from certgateway.fhir.bundle import is_id
from certgateway.fhir.writing import NAV_HER_ID, losses, write_certificate
from certgateway.kith.writing import write_message
from certgateway.kith.writing_losses import losses as kith_losses
from certgateway.services.examine import Examined, House, examine

Target = Literal["fhir-json", "fhir-xml", "kith", "json"]
LossKind = Literal[
    "not-carried", "benefit-removed", "not-conforming", "unreadable", "not-written", "not-xml", "address-unknown"
]

_HER_SENDER = "her:"
_NO_SENDER = "0"
"""A HER-id that nobody has, for a sender whose address is no HER-id: every format demands one."""

_ADDRESSES: Final = {
    "fhir-json": "MessageHeader.source.endpoint",
    "fhir-xml": "MessageHeader.source.endpoint",
    "kith": "MsgInfo/Sender/Organisation/Ident",
}


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that the conversion did not carry.

    `place` is a path in the message as received, an element path for what the target has no room for
    (`not-written`), or None where nothing could be read. `rule` is the finding's id where there is one.
    """

    kind: LossKind
    place: str | None
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Conversion:
    """The converted bytes, None when there is no certificate or no way to write it, and everything left out."""

    content: bytes | None
    losses: tuple[Loss, ...]


def convert(raw: bytes, format_: Format, target: Target, house: House) -> Conversion:
    """Convert one message. Never raises for anything a sender can write."""
    examined = examine(raw, format_, house)
    lost = [*_left_out(examined)]
    certificate, envelope = examined.certificate, examined.envelope
    if examined.reply is not None and examined.reply.words is not None:
        # Words to a question: nothing in them is a certificate's.
        return Conversion(None, (*lost, Loss("not-conforming", examined.origins.paths.get(""), "not-a-message")))
    if certificate is None or envelope is None:
        return Conversion(None, tuple(lost))
    if target == "json":
        return Conversion(certificate_json(certificate), tuple(lost))
    if not envelope.sender.startswith(_HER_SENDER):
        lost.append(Loss("address-unknown", _ADDRESSES[target]))
    try:
        if target == "kith":
            content, left = _kith_message(certificate, envelope)
        else:
            content, left = _fhir_message(certificate, envelope, target, house.definitions), losses(certificate)
    except ValueError:
        # JSON takes control characters that XML has no way to write; both writers refuse them so.
        return Conversion(None, (*lost, Loss("not-xml", None)))
    return Conversion(content, (*lost, *(Loss("not-written", element) for element in left)))


def certificate_data(certificate: Certificate) -> dict[str, Any]:
    """The certificate as JSON-ready data: its fields by name, all of them, decimals as strings (schemas/)."""
    data: dict[str, Any] = _data(certificate)
    return data


def certificate_json(certificate: Certificate) -> bytes:
    """The same as UTF-8 text of one object, ended by a line break."""
    return safejson.write(certificate_data(certificate), indent=1) + b"\n"


def _left_out(examined: Examined) -> list[Loss]:
    """What reading lost. What does not conform may have been read or not: it counts as lost."""
    return [_loss(finding, unreadable=examined.unreadable) for finding in examined.findings if _is_loss(finding)]


def _is_loss(finding: Finding) -> bool:
    return finding.effect is Effect.REFUSE or finding.rule in {"not-carried", "benefit-removed"}


def _loss(finding: Finding, *, unreadable: bool) -> Loss:
    if finding.effect is Effect.REFUSE:
        return Loss("unreadable" if unreadable else "not-conforming", finding.path, finding.rule)
    return Loss("not-carried" if finding.rule == "not-carried" else "benefit-removed", finding.path, finding.rule)


def _her(envelope: Envelope) -> str:
    return envelope.sender.removeprefix(_HER_SENDER) if envelope.sender.startswith(_HER_SENDER) else _NO_SENDER


def _kith_message(certificate: Certificate, envelope: Envelope) -> tuple[bytes, list[str]]:
    """The form of 2008, and what of the certificate is not in it."""
    message_id = envelope.message_id or envelope.digest
    content = write_message(certificate, message_id=message_id, sender_her=_her(envelope), receiver_her=NAV_HER_ID)
    return content, kith_losses(certificate, content)


def _fhir_message(certificate: Certificate, envelope: Envelope, target: Target, definitions: Definitions) -> bytes:
    """The message, under the id it had. Without one that FHIR can bear it is named by its content."""
    known = envelope.message_id if envelope.message_id is not None and is_id(envelope.message_id) else envelope.digest
    tree = write_certificate(certificate, message_id=known, sender_her=_her(envelope))
    if target == "fhir-xml":
        return xmlwrite.write(tree, definitions) + b"\n"
    return safejson.write(tree, indent=1) + b"\n"


def _data(value: Any) -> Any:  # noqa: ANN401  Any value of the domain.
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _data(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_data(item) for item in value]
    if isinstance(value, Decimal):
        return safejson.number_text(value)
    return value.isoformat() if isinstance(value, datetime) else value
