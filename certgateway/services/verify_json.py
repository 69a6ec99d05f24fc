"""Step 3 of the walk for JSON: a detached signature beside the message, or the one in its Bundle.signature.

The one holds for the bytes as they came, the other for the canonical form of the Bundle without it; these bytes go on
and no others. Nothing here may take a message for unsigned because its signature could not be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from certgateway import safejson
from certgateway.domain.findings import Effect, Finding
from certgateway.domain.message import Format, SignedBy
from certgateway.fhir import bundle
from certgateway.fhir.signature import BundleSignature, read_bundle_signature
from certgateway.safejson import Tree, Unreadable
from certgateway.trust.canonical_json import canonical_json
from certgateway.trust.json_signatures import Verified, check_not_later, verify
from certgateway.trust.signature_refusal import SignatureRefused, refusal

if TYPE_CHECKING:
    from certgateway.services.verify import Signatures

_WHO = "Bundle.signature.who"


def signed_json(
    raw: bytes, format_: Format, signatures: Signatures, at: datetime, detached: Sequence[str]
) -> tuple[bytes, SignedBy] | Finding | None:
    """The bytes that one signature holds for, and whose it is; None where there is none. Raises SignatureRefused.

    A finding where a signature holds and its Bundle.signature names somebody else than the sender.
    """
    if detached and format_ != "fhir-json":
        # XML has signatures of its own, whose place in the document says what they are about.
        raise refusal("signature-misplaced")
    tree = _possibly_signed(raw, signatures)
    found = read_bundle_signature(tree) if isinstance(tree, dict) else None
    if len(detached) + (found is not None) > 1:
        raise refusal("several-signatures")
    if detached:
        return _told(verify(raw, detached[0], signatures.anchors, at, signatures.keys))
    if isinstance(found, str):
        raise refusal(found)
    return None if found is None else _of_bundle(raw, tree, found, signatures, at)


def _possibly_signed(raw: bytes, signatures: Signatures) -> Tree:
    """The tree of a body that may have a signature inside; None for others, which are not parsed here."""
    # A name has one spelling without escapes.
    if b'"signature"' not in raw and b"\\" not in raw:
        return None
    try:
        return safejson.parse(raw)
    except Unreadable as fault:
        if signatures.demand == "verify":
            # It is refused by whoever reads it, with its place.
            return None
        raise SignatureRefused(fault.id, fault.line, fault.column) from None


def _of_bundle(
    raw: bytes, tree: Tree, found: BundleSignature, signatures: Signatures, at: datetime
) -> tuple[bytes, SignedBy] | Finding:
    verified = verify(canonical_json(found.signed), found.jws, signatures.anchors, at, signatures.keys)
    check_not_later(found.when.timestamp(), at)
    envelope = bundle.envelope(bundle.Opened(verified.content, "fhir-json", found.signed, ()))
    if found.is_by_sender(envelope, verified.signer.organisation):
        return _told(verified)
    other = Finding("signer-not-sender", Effect.REFUSE, path=_WHO)
    return bundle.position([other], bundle.Opened(raw, "fhir-json", tree, ()))[0]


def _told(verified: Verified) -> tuple[bytes, SignedBy]:
    signer = verified.signer
    issued = signer.trusted_by == "issuer"
    return verified.content, SignedBy(signer.certificate, signer.organisation, issued=issued, key=signer.key)
