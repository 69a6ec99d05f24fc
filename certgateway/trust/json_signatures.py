"""Verification of a detached JSON Web Signature: bytes, signature and trust go in, bytes and signer come out.

The steps stand in `verify` in the order in which they are safe: the text of the signature by an allow-list, whose key
it is, then the signature itself, over the very bytes that came. Only `verify` can make a `Verified`. This module must
never parse what is signed, believe a key that the signature brings along bare, or follow a pointer to one.
"""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import InitVar, dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, Literal, TypeAlias, final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from certgateway.trust.algorithms import Key, Method, check_signature, check_strength
from certgateway.trust.certificates import Anchors, trusted_key
from certgateway.trust.jws import Algorithm, Detached, read_detached, read_whole
from certgateway.trust.signature_refusal import refusal
from certgateway.trust.subjects import organisation_of

PublicKey: TypeAlias = Key | ed25519.Ed25519PublicKey
SLACK: Final = timedelta(hours=24)
"""How far a time that a signer states may lie after the arrival: clocks may be wrong (as for `date-in-future`)."""

_MOST_BYTES: Final = 20 * 1024 * 1024
_METHODS: Final = {
    "ES256": Method("ecdsa", "sha256"),
    "ES384": Method("ecdsa", "sha384"),
    "PS256": Method("rsa-pss", "sha256"),
}
_CURVES: Final = {"ES256": "secp256r1", "ES384": "secp384r1"}


@final
class _Proof:
    """Held by this module alone; who has it has verified."""


_PROOF: Final = _Proof()


def _check_proof(proof: _Proof) -> None:
    if proof is not _PROOF:
        raise TypeError("only verify() says who signed what")


@dataclass(frozen=True, slots=True)
class RegisteredKey:
    """A key that a sender has registered, found by its `kid`; and whose it is, by organisation number if known."""

    key: PublicKey
    organisation: str | None = None


NO_KEYS: Final[Mapping[str, RegisteredKey]] = MappingProxyType({})


@final
@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed: SHA-256 of the certificate in hex or the `kid` of a registered key; organisation number if known."""

    certificate: str | None
    key: str | None
    organisation: str | None
    trusted_by: Literal["issuer", "registration", "key"]
    proof: InitVar[_Proof]

    def __post_init__(self, proof: _Proof) -> None:
        _check_proof(proof)


@final
@dataclass(frozen=True, slots=True)
class Verified:
    """The bytes that were signed, and who signed them."""

    content: bytes = field(repr=False)
    signer: Signer
    proof: InitVar[_Proof]

    def __post_init__(self, proof: _Proof) -> None:
        _check_proof(proof)


def verify(
    raw: bytes, text: str, anchors: Anchors, at: datetime, keys: Mapping[str, RegisteredKey] = NO_KEYS
) -> Verified:
    """The same bytes as content, for a detached JWS over all of them, at an aware time. Raises SignatureRefused.

    The key is that of the first certificate in `x5c`, by the trust rules of any certificate; without `x5c`, that of
    `kid` among the registered `keys`.
    """
    # 1. Bytes and counts; the header by its allow-list.
    if len(raw) > _MOST_BYTES:
        raise refusal("too-large")
    return _verified(raw, read_detached(text), anchors, at, keys)


def verify_within(text: str, type_: str, anchors: Anchors, at: Callable[[bytes], datetime]) -> Verified:
    """The bytes that a JWS of a type holds, at the aware time that is read from them. Raises SignatureRefused.

    `at` is asked before anything is known of the bytes: it must not believe them, only read when they say they are of.
    """
    jws, content = read_whole(text, type_)
    return _verified(content, jws, anchors, at(content), NO_KEYS)


def _verified(raw: bytes, jws: Detached, anchors: Anchors, at: datetime, keys: Mapping[str, RegisteredKey]) -> Verified:
    # 2. Whose key it is, and whether we believe that today.
    key, signer = _by_certificate(jws, anchors, at) if jws.certificates else _by_name(jws, keys, anchors, at)
    check_not_later(jws.made, at)
    # 3. The key signed these very bytes, by the one algorithm that goes with it.
    _check(key, jws, raw)
    return Verified(raw, signer, _PROOF)


def check_not_later(made: float | None, at: datetime) -> None:
    """Nothing, unless a signer's time (seconds since 1970) lies after the arrival. Raises SignatureRefused."""
    if made is not None and made > (at + SLACK).timestamp():
        raise refusal("signature-time-refused")


def _by_certificate(jws: Detached, anchors: Anchors, at: datetime) -> tuple[PublicKey, Signer]:
    trusted = trusted_key(jws.certificates, anchors, at)
    digest = trusted.certificate.fingerprint(SHA256())
    # The signer's own certificate stands first (RFC 7515, 4.1.6): nobody shall take another one for it.
    if trusted.certificate.public_bytes(Encoding.DER) != jws.certificates[0]:
        raise refusal("certificate-ambiguous")
    if jws.thumbprint is not None and not hmac.compare_digest(jws.thumbprint, digest):
        raise refusal("key-value-differs")
    organisation = organisation_of(trusted.certificate)
    return trusted.key, Signer(digest.hex(), None, organisation, trusted.trusted_by, _PROOF)


def _by_name(
    jws: Detached, keys: Mapping[str, RegisteredKey], anchors: Anchors, at: datetime
) -> tuple[PublicKey, Signer]:
    registered = keys.get(jws.kid or "")
    if registered is None or jws.thumbprint is not None:
        raise refusal("key-unknown")
    key = registered.key
    if not isinstance(key, ed25519.Ed25519PublicKey):
        key = check_strength(key, at, anchors.rsa_2048_until)
    return key, Signer(None, jws.kid, registered.organisation, "key", _PROOF)


def _check(key: PublicKey, jws: Detached, raw: bytes) -> None:
    """Nothing, when the key signed these bytes by the algorithm of the header. Raises SignatureRefused otherwise."""
    if not _fits(key, jws.algorithm):
        raise refusal("key-mismatch")
    if not isinstance(key, ed25519.Ed25519PublicKey):
        check_signature(key, _METHODS[jws.algorithm], jws.value, jws.signed(raw))
        return
    try:
        key.verify(jws.value, jws.signed(raw))
    except InvalidSignature:
        raise refusal("signature-invalid") from None


def _fits(key: PublicKey, algorithm: Algorithm) -> bool:
    """Whether a key is of the one kind that an algorithm is for (RFC 7518, 3.4 and 3.5; RFC 8037, 3.1)."""
    if isinstance(key, ec.EllipticCurvePublicKey):
        return _CURVES.get(algorithm) == key.curve.name
    return algorithm == ("PS256" if isinstance(key, rsa.RSAPublicKey) else "EdDSA")
