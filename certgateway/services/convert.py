"""One format to another by way of the domain model: what the certificate holds is written, what it does not is named.

Nothing is written from the received message itself, so a conversion can carry no more than the gateway understands.
No clock, no dice: the same message gives the same bytes. Losses are paths and words of ours, never values.
"""

from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from certgateway import safejson
from certgateway.domain.certificate import Certificate
from certgateway.domain.findings import Effect, Finding
from certgateway.domain.message import Envelope, Format
from certgateway.engine import xmlwrite
from certgateway.engine.definitions import Definitions
from certgateway.fhir.writing import losses, write_certificate
from certgateway.services.examine import Examined, House, examine

Target = Literal["fhir-json", "fhir-xml", "json"]
LossKind = Literal[
    "not-carried", "benefit-removed", "not-conforming", "unreadable", "not-written", "not-xml", "address-unknown"
]

_HER_SENDER = "her:"
_NO_SENDER = "0"
"""A HER-id that nobody has, for a sender whose address is no HER-id: FHIR demands one."""


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
    if certificate is None or envelope is None:
        return Conversion(None, tuple(lost))
    if target == "json":
        return Conversion(certificate_json(certificate), tuple(lost))
    lost += [Loss("not-written", element) for element in losses(certificate)]
    if not envelope.sender.startswith(_HER_SENDER):
        lost.append(Loss("address-unknown", "MessageHeader.source.endpoint"))
    try:
        content = _message(certificate, envelope, target, house.definitions)
    except ValueError:
        # JSON takes control characters that XML has no way to write; the XML library refuses them so.
        return Conversion(None, (*lost, Loss("not-xml", None)))
    return Conversion(content, tuple(lost))


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


def _message(certificate: Certificate, envelope: Envelope, target: Target, definitions: Definitions) -> bytes:
    """The message, under the id it had. A message without a readable id is named by its content."""
    her = envelope.sender.removeprefix(_HER_SENDER) if envelope.sender.startswith(_HER_SENDER) else _NO_SENDER
    tree = write_certificate(certificate, message_id=envelope.message_id or envelope.digest, sender_her=her)
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
