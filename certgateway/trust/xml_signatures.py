"""Verification of an enveloped XML signature: bytes and trust go in, the signed bytes and their signer come out.

The steps stand in `verify` in the order in which they are safe: what is cheap comes before what costs, and nothing of
the document is used before the signature over it holds. Only `verify` can make a `Verified`. This module must never
give a tree or a name out of the bytes as they came: what was signed is canonicalised once, and those bytes alone count.
"""

import hashlib
import hmac
import re
from dataclasses import InitVar, dataclass, field
from datetime import datetime
from typing import Final, Literal, final

from cryptography.hazmat.primitives.hashes import SHA256
from lxml import etree

from certgateway import safexml
from certgateway.safejson import Unreadable
from certgateway.trust.algorithms import check_signature
from certgateway.trust.canonical import canonical, check_inclusive, take_out
from certgateway.trust.certificates import Anchors, TrustedKey, trusted_key
from certgateway.trust.key_info import check_key_value, read_key_info
from certgateway.trust.signature_refusal import SignatureRefused, refusal
from certgateway.trust.signed_info import DSIG, check_reference, find_signature, read_signature, read_signed_info
from certgateway.trust.subjects import common_name, organisation_of

_MOST_BYTES: Final = 20 * 1024 * 1024
_MOST_REFERENCES: Final = 3
_SIGNATURE: Final = f"{DSIG}{safexml.SEPARATOR}Signature"
_REFERENCE: Final = f"{DSIG}{safexml.SEPARATOR}Reference"
# Tags that may be a Signature or a Reference; a name has one spelling in XML, and its prefix no colon.
_TAGS: Final = re.compile(rb"<(?:[^\s<>/:!?\"'=&]++:)?(?:(Signature)|Reference)[\s/>]")


@final
class _Proof:
    """Held by this module alone; who has it has verified."""


_PROOF: Final = _Proof()


def _check_proof(proof: _Proof) -> None:
    if proof is not _PROOF:
        raise TypeError("only verify() says who signed what")


@final
@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed, by their certificate: SHA-256 of it in hex, common name, organisation number where it has one."""

    certificate: str
    name: str | None = field(repr=False)
    organisation: str | None
    trusted_by: Literal["issuer", "registration"]
    proof: InitVar[_Proof]

    def __post_init__(self, proof: _Proof) -> None:
        _check_proof(proof)


@final
@dataclass(frozen=True, slots=True)
class Verified:
    """The document as it was signed, without its signature, in canonical UTF-8 bytes; and who signed it.

    `wrapper` is the `{namespace}name` of what stood around the document, of which nothing was signed; mostly None.
    """

    content: bytes = field(repr=False)
    signer: Signer
    wrapper: str | None
    proof: InitVar[_Proof]

    def __post_init__(self, proof: _Proof) -> None:
        _check_proof(proof)

    def tree(self) -> etree._Element:
        """A new tree of the signed bytes, by the limits of any document; raises `Unreadable`."""
        return safexml.parse(self.content)


def verify(
    raw: bytes,
    anchors: Anchors,
    at: datetime,
    *,
    encodings: tuple[str, ...] = safexml.UTF8_ONLY,
    wrappers: frozenset[str] = frozenset(),
) -> Verified:
    """What was signed and by whom, for one enveloped signature over the whole document, at an aware time.

    `encodings` are those of `safexml.parse`; `wrappers` the roots, by `{namespace}name`, around a document that was
    signed before it was put there. Raises SignatureRefused for everything else.
    """
    try:
        return _verify(raw, anchors, at, encodings, wrappers)
    except Unreadable as fault:
        raise SignatureRefused(fault.id, fault.line, fault.column) from None


def is_signed(raw: bytes) -> bool:
    """Whether anything in a document may be an XML signature: False is certain, True is not."""
    return any(match[1] for match in _TAGS.finditer(raw))


def _verify(
    raw: bytes, anchors: Anchors, at: datetime, encodings: tuple[str, ...], wrappers: frozenset[str]
) -> Verified:
    # 1. Bytes and counts, before any tree is built.
    if len(raw) > _MOST_BYTES:
        raise refusal("too-large")
    _count(raw, encodings)
    # 2. One parse, by the rules for any XML: encoding, namespaces, nesting, elements, attributes, no DOCTYPE, no PI.
    root = safexml.parse(raw, encodings=encodings)
    # 3. Structure, and everything in SignedInfo by allow-lists.
    wrapper, root = _unwrapped(root, wrappers)
    parts = read_signature(find_signature(root))
    if parts.is_inclusive:
        check_inclusive(raw, root)
    check_reference(parts.said.name, root)
    # 4. Whose key it is, and whether we believe that today.
    key_info = read_key_info(parts.key_info)
    trusted = trusted_key(key_info.certificates, anchors, at)
    if key_info.key_value is not None:
        check_key_value(key_info.key_value, trusted.key)
    # 5. The key signed these very bytes; what they say is read out of them again.
    signed_info = canonical(parts.signed_info, parts.said.canonicalization)
    check_signature(trusted.key, parts.said.method, parts.value, signed_info)
    said = read_signed_info(safexml.parse(signed_info))
    # 6. And with them the digest of the document without its signature.
    take_out(parts.element, root)
    content = canonical(root, said.content)
    if not hmac.compare_digest(hashlib.new(said.hash, content).digest(), said.digest):
        raise refusal("digest-differs")
    return Verified(content, _signer(trusted), wrapper, _PROOF)


def _unwrapped(root: etree._Element, wrappers: frozenset[str]) -> tuple[str | None, etree._Element]:
    """The wrapper, if there is one, and the document that is signed as a document of its own."""
    document = find_signature(root, wrappers).getparent()
    if document is None or document is root:
        return None, root
    return str(root.tag), safexml.parse(etree.tostring(document, with_tail=False))


def _count(raw: bytes, encodings: tuple[str, ...]) -> None:
    """Signatures and References by a glance at the tags; where those are too many, by a pass that stops at the limit.

    A comment or another vocabulary may hold the same names, so that only the pass refuses.
    """
    tags = [match[1] for match in _TAGS.finditer(raw)]
    signatures = sum(tag is not None for tag in tags)
    if signatures > 1 or len(tags) - signatures > _MOST_REFERENCES:
        safexml.parse_into(raw, _Count(), encodings=encodings)


class _Count:
    """Told of each element in turn, it refuses at the first one too many."""

    def __init__(self) -> None:
        self.signatures = 0
        self.references = 0

    def start(self, name: str, _attributes: dict[str, str], _offset: int, /) -> None:
        """Counts the two that matter."""
        self.signatures += name == _SIGNATURE
        self.references += name == _REFERENCE
        if self.signatures > 1:
            raise refusal("several-signatures")
        if self.references > _MOST_REFERENCES:
            raise refusal("too-many-references")

    def end(self) -> None:
        """An end counts nothing."""

    def text(self, text: str, /) -> None:
        """Text counts nothing."""


def _signer(trusted: TrustedKey) -> Signer:
    certificate = trusted.certificate
    return Signer(
        certificate=certificate.fingerprint(SHA256()).hex(),
        name=common_name(certificate),
        organisation=organisation_of(certificate),
        trusted_by=trusted.trusted_by,
        proof=_PROOF,
    )
