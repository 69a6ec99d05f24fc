"""Values of the domain as bytes or text in a column, and back. What went in comes out equal.

Must never write what was taken from a message: a removal keeps item and path, a finding loses the name of its culprit.
"""

import json
from collections.abc import Iterable
from dataclasses import replace

import msgspec

from certgateway.domain.authorisation import Standing
from certgateway.domain.certificate import Certificate
from certgateway.domain.dialogue_events import Event
from certgateway.domain.findings import Finding
from certgateway.domain.message import Removal
from certgateway.domain.outgoing import Outgoing
from certgateway.domain.tray import PutAside

_encode = msgspec.json.Encoder().encode
_certificates = msgspec.json.Decoder(Certificate)
_standings = msgspec.json.Decoder(Standing)
_findings = msgspec.json.Decoder(tuple[Finding, ...])
_outgoing = msgspec.json.Decoder(Outgoing)
_put_aside = msgspec.json.Decoder(PutAside)
_EVENTS: dict[str, type[Event]] = {kind.__name__: kind for kind in Event.__subclasses__()}


def sealing_context(kind: str, *names: str | int) -> str:
    """What a sealed value is and whose; no two lists of names give the same context."""
    return json.dumps([kind, *names], separators=(",", ":"))


def certificate_bytes(certificate: Certificate) -> bytes:
    """The certificate as JSON; decimals as text, so that 1.50 stays 1.50."""
    return _encode(certificate)


def read_certificate(content: bytes) -> Certificate:
    """The certificate that `certificate_bytes` wrote."""
    return _certificates.decode(content)


def findings_text(findings: Iterable[Finding]) -> str:
    """Findings as JSON. The culprit goes: it is a name out of the message, and only the live walk needs it."""
    return _encode([replace(finding, culprit=None) for finding in findings]).decode()


def read_findings(content: str) -> tuple[Finding, ...]:
    """The findings that `findings_text` wrote."""
    return _findings.decode(content)


def standing_text(standing: Standing | None) -> str | None:
    """What was known of an author as JSON; None where nobody was asked."""
    return None if standing is None else _encode(standing).decode()


def read_standing(content: str | None) -> Standing | None:
    """What `standing_text` wrote."""
    return None if content is None else _standings.decode(content)


def event_bytes(event: Event) -> bytes:
    """An event as JSON, for `read_event` with the name of its class."""
    return _encode(event)


def read_event(kind: str, content: bytes) -> Event:
    """The event that `event_bytes` wrote; `kind` is the name of its class."""
    return msgspec.json.decode(content, type=_EVENTS[kind])


def outgoing_bytes(outgoing: Outgoing) -> bytes:
    """A message to a doctor's system as JSON."""
    return _encode(outgoing)


def read_outgoing(content: bytes) -> Outgoing:
    """The message that `outgoing_bytes` wrote."""
    return _outgoing.decode(content)


def put_aside_bytes(content: PutAside) -> bytes:
    """An answer that was put aside as JSON, without names that only the live walk needs."""
    return _encode(replace(content, findings=tuple(replace(each, culprit=None) for each in content.findings)))


def read_put_aside(content: bytes) -> PutAside:
    """The answer that `put_aside_bytes` wrote."""
    return _put_aside.decode(content)


def removals_text(removed: Iterable[Removal]) -> str:
    """Item and path of each removal as JSON; the system and code that were removed are never stored."""
    return _encode([{"item": removal.item, "path": removal.path} for removal in removed]).decode()
