"""Step 3 of the walk: of a signed message, only what its signature holds for goes on; and who must sign at all.

What is refused here has not been looked at: the caller gets one finding and no content. Once the signed bytes are read,
the signer is held against the sender that they name. Nothing here may read a certificate or a message, or give the
bytes as they came in place of those that were signed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal

from certgateway.domain.findings import Effect, Finding
from certgateway.domain.message import Envelope, Format, SignedBy

if TYPE_CHECKING:
    # `validate` must start fast in somebody's CI, and there is mostly nothing to verify.
    from certgateway.trust.anchors import FileAnchors
    from certgateway.trust.certificates import Anchors
    from certgateway.trust.json_signatures import RegisteredKey
    from certgateway.trust.signature_refusal import SignatureRefused

_ENCODINGS: Final = {"fhir-xml": ("utf-8",), "kith": ("utf-8", "iso-8859-1")}
_OF_THE_SIGNER: Final = ("certificate-", "key-refused", "key-unknown", "revocation-unknown")


@dataclass(frozen=True, slots=True)
class Signatures:
    """What is asked of messages: `verify` holds a signature that is there to what it says, `require` wants one.

    `keys` are those that senders have registered, by `kid`; only signatures in JSON can name one.
    """

    demand: Literal["verify", "require"]
    file: FileAnchors
    keys: Mapping[str, RegisteredKey] = field(default_factory=dict)

    @property
    def anchors(self) -> Anchors:
        """Whom we believe now: the file is looked at each time."""
        return self.file.current()


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes that may be read, and by whom they were signed; None where they need not be and are not."""

    read: bytes
    signer: SignedBy | None = None


def signed_content(
    raw: bytes, format_: Format, signatures: Signatures, at: datetime, detached: Sequence[str] = ()
) -> Content | Finding:
    """What was signed, or all of a message that need not be signed and is not. A finding when there are none.

    `detached` are the signatures that came beside the message: JSON may have one, XML none.
    """
    from certgateway.services.verify_json import signed_json  # noqa: PLC0415  As above.
    from certgateway.trust.signature_refusal import SignatureRefused  # noqa: PLC0415

    found: tuple[bytes, SignedBy] | Finding | None
    try:
        if format_ in _ENCODINGS and not detached:
            found = _signed_xml(raw, format_, signatures, at)
        else:
            found = signed_json(raw, format_, signatures, at, detached)
    except SignatureRefused as refusal:
        return _finding(refusal)
    if found is None:
        return _refused("signature-missing") if signatures.demand == "require" else Content(raw)
    return found if isinstance(found, Finding) else Content(*found)


def _signed_xml(raw: bytes, format_: Format, signatures: Signatures, at: datetime) -> tuple[bytes, SignedBy] | None:
    """What an enveloped signature holds for, and whose it is; None where there is none. Raises SignatureRefused."""
    from certgateway.trust.signature_refusal import SignatureRefused  # noqa: PLC0415  As above.
    from certgateway.trust.xml_signatures import is_signed, verify  # noqa: PLC0415

    if not is_signed(raw):
        return None
    try:
        verified = verify(raw, signatures.anchors, at, encodings=_ENCODINGS[format_], wrappers=_wrappers(format_))
    except SignatureRefused as refusal:
        if refusal.id == "signature-missing":
            # Another vocabulary, or a comment, has the word.
            return None
        raise
    by = verified.signer
    signer = SignedBy(by.certificate, by.organisation, issued=by.trusted_by == "issuer")
    if verified.wrapper is None:
        return verified.content, signer
    # The wrapper again, as a name of ours with nothing else in it, so that the places are those of the message.
    namespace, _, name = verified.wrapper.removeprefix("{").partition("}")
    wrapped = b'<%b xmlns="%b">%b</%b>' % (name.encode(), namespace.encode(), verified.content, name.encode())
    return wrapped, signer


def held_to_sender(signer: SignedBy | None, envelope: Envelope | None) -> SignedBy | Finding | None:
    """The signer, or a finding where the sender has another organisation number than the one in the certificate.

    `envelope` must have been read from what was signed. Where the certificate or the message has no number nobody can
    tell; nor does the number of a department tell anything, since an enterprise signs for its departments.
    """
    numbers = envelope.numbers if envelope is not None else ()
    if signer is None or signer.organisation is None:
        return signer
    others = (each for each in numbers if not each.inner and each.number != signer.organisation)
    other = next(others, None)
    return signer if other is None else Finding("signer-not-sender", Effect.REFUSE, path=other.path)


def _wrappers(format_: Format) -> frozenset[str]:
    """The Fellesformat, which stands around a MsgHead that was signed before."""
    if format_ != "kith":
        return frozenset()
    from certgateway.kith.names import FELLESFORMAT  # noqa: PLC0415  With the first such message.

    return frozenset(f"{{{namespace}}}EI_fellesformat" for namespace in FELLESFORMAT)


def _finding(refusal: SignatureRefused) -> Finding:
    """One finding, by whom it is for: who signs, who issues certificates, or who writes XML."""
    from certgateway.trust.signature_refusal import CAUSES  # noqa: PLC0415  As above.

    if refusal.id == "certificate-revoked":
        return _refused("signer-revoked")
    if refusal.id.startswith(_OF_THE_SIGNER):
        return _refused("signer-not-trusted", refusal.id)
    if refusal.id in CAUSES:
        return _refused("signature-refused", refusal.id)
    return Finding(refusal.id, Effect.REFUSE, line=refusal.line, column=refusal.column)


def _refused(rule: str, cause: str | None = None) -> Finding:
    return Finding(rule, Effect.REFUSE, line=1, column=1, detail={"cause": cause} if cause else {})
