"""`Bundle.signature` of a message in JSON: what is read of it, and the Bundle without it, which is what it signs.

Nothing in this element is signed. So it is read by an allow-list, what it says is only compared with what the signature
itself vouches for, and nothing of it goes on. This module must never say that a signature holds.
"""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from certgateway.domain.message import Envelope
from certgateway.domain.vocabulary.systems import HER_ID, ORGANISATION_NUMBER
from certgateway.fhir.reading import Message

Json = dict[str, Any]
Fault = Literal["signature-malformed", "signature-method-refused", "canonicalization-refused"]
"""Why an element was not read, as one of the causes of `trust`."""

SIGNATURE_FORMAT: Final = "application/jose"
CANONICAL: Final = "application/fhir+json;canonicalization=http://hl7.org/fhir/canonicalization/json"
SIGNATURE_TYPES: Final = "urn:iso-astm:E1762-95:2013"
VOUCHING: Final = frozenset(f"1.2.840.10065.1.12.1.{last}" for last in (1, 5, 14))
"""The types by which somebody stands for what is signed: as its author, as who verified it, as its source."""

# The other forms that FHIR names leave out parts of the Bundle that are read here.
_TARGETS: Final = frozenset({"application/fhir+json", CANONICAL})
_MEMBERS: Final = frozenset({"type", "when", "who", "sigFormat", "targetFormat", "data"})
_WHO: Final = frozenset({"reference", "type", "identifier", "display"})
_INSTANT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)


@dataclass(frozen=True, slots=True)
class BundleSignature:
    """A detached JWS (`jws`) over the canonical JSON of `signed`: the Bundle without its signature.

    `when` is aware. Of `who`, one reference or one identifier or both.
    """

    jws: str
    signed: Json
    when: datetime
    reference: str | None
    identifier: tuple[str, str] | None

    def is_by_sender(self, envelope: Envelope, organisation: str | None) -> bool:
        """Whether all that `who` says names the sender of the message, whose signer has this organisation number.

        An identifier is compared with the signer's number, or else with the numbers of the sender in the message, or
        with the HER-id of its endpoint; a reference with that of MessageHeader.sender.
        """
        return all(self._agreements(envelope, organisation))

    def _agreements(self, envelope: Envelope, organisation: str | None) -> Iterator[bool]:
        if self.reference is not None:
            yield self.reference == _sender_reference(self.signed)
        if self.identifier is not None:
            system, value = self.identifier
            known = [organisation] if organisation else [each.number for each in envelope.numbers if not each.inner]
            number = "".join(value.split())
            yield (
                number in known
                if system == ORGANISATION_NUMBER
                else (system == HER_ID and envelope.sender == f"her:{value}")
            )


def read_bundle_signature(tree: Json) -> BundleSignature | Fault | None:
    """The signature of a Bundle; None where there is none, or why it is not taken."""
    if tree.get("resourceType") != "Bundle" or "signature" not in tree:
        return None
    element = tree["signature"]
    if not isinstance(element, dict) or not element.keys() <= _MEMBERS:
        return "signature-malformed"
    if element.get("sigFormat") != SIGNATURE_FORMAT:
        return "signature-method-refused"
    target = element.get("targetFormat", CANONICAL)
    if not isinstance(target, str) or target.replace(" ", "") not in _TARGETS:
        return "canonicalization-refused"
    jws, when, who = _data(element.get("data")), _instant(element.get("when")), _who(element.get("who"))
    if jws is None or when is None or who is None or not _is_vouching(element.get("type")):
        return "signature-malformed"
    signed = {name: value for name, value in tree.items() if name != "signature"}
    return BundleSignature(jws, signed, when, *who)


def _data(stated: object) -> str | None:
    """The JWS in `data`, which has one spelling."""
    try:
        data = base64.b64decode(stated, validate=True) if isinstance(stated, str) else b""
        written = base64.b64encode(data).decode("ascii")
        return data.decode("ascii") if written == stated else None
    except ValueError:
        return None


def _instant(stated: object) -> datetime | None:
    if not isinstance(stated, str) or not _INSTANT.fullmatch(stated):
        return None
    try:
        return datetime.fromisoformat(stated)
    except ValueError:
        return None


def _who(stated: object) -> tuple[str | None, tuple[str, str] | None] | None:
    """Reference and identifier, of which one must be there; None for what is no such Reference."""
    if not isinstance(stated, dict) or not stated.keys() <= _WHO:
        return None
    reference, identifier = stated.get("reference"), _identifier(stated.get("identifier"))
    is_whole = isinstance(reference, str | None) and ("identifier" in stated) == (identifier is not None)
    return (reference, identifier) if is_whole and (reference or identifier) else None


def _identifier(stated: object) -> tuple[str, str] | None:
    """System and value; None where one of them is not there."""
    parts = (stated.get("system"), stated.get("value")) if isinstance(stated, dict) else ()
    texts = [part for part in parts if isinstance(part, str)]
    return (texts[0], texts[1]) if len(texts) == 2 else None  # noqa: PLR2004  both


def _is_vouching(stated: object) -> bool:
    """Whether one of the types stands for the content; a consent or a witness does not."""
    codings = stated if isinstance(stated, list) else []
    return any(
        isinstance(each, dict) and each.get("system") == SIGNATURE_TYPES and each.get("code") in VOUCHING
        for each in codings
    )


def _sender_reference(tree: Json) -> str | None:
    """MessageHeader.sender.reference of the first header, as the message id is read."""
    headers = (node for node in Message(tree).resources if node.value.get("resourceType") == "MessageHeader")
    header = next(headers, None)
    sender = header.get("sender") if header is not None else None
    return sender.text("reference") if sender is not None else None
