"""Whether a signer's certificate is trusted at a time: pinned issuer or registration, use, validity, revocation.

There is no chain to build: an issuer that is trusted is pinned itself, and what else a sender sends along is not asked.
This module must never read a clock, reach the network, or trust a certificate for what it says of itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final, Literal, Protocol, TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtensionOID

from certgateway.trust.algorithms import Key, check_strength
from certgateway.trust.signature_refusal import refusal

Standing = Literal["good", "revoked", "unknown"]
_Extension = TypeVar("_Extension", bound=x509.ExtensionType)
_HASHES: Final = frozenset({"sha256", "sha384", "sha512"})
# Critical extensions that are looked at here, or that only narrow what a certificate is used for elsewhere. Any other
# one says something that must not be passed over (RFC 5280, 4.2).
_UNDERSTOOD: Final = frozenset(
    {
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.KEY_USAGE,
        ExtensionOID.CERTIFICATE_POLICIES,
        ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
    }
)
BROKEN: Final = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
"""What the library raises for what cannot be read, or is signed in a way that it does not know."""


class Revocation(Protocol):
    """An explicit policy about revocation; there is no silent one."""

    def standing(self, certificate: x509.Certificate, issuer: x509.Certificate | None, at: datetime) -> Standing:
        """How a certificate stood with its issuer at a time; None for an issuer that is not pinned."""
        ...


@dataclass(frozen=True, slots=True)
class NotAsked:
    """Revocation is not asked about, for a reason that somebody has written down."""

    reason: str

    def standing(self, _certificate: x509.Certificate, _issuer: x509.Certificate | None, _at: datetime) -> Standing:
        """Always good: that is the policy."""
        return "good"


@dataclass(frozen=True, slots=True)
class RevocationLists:
    """What the issuers' own lists say; without a list of the issuer that is in force at the time, nothing is known."""

    lists: tuple[x509.CertificateRevocationList, ...]

    def standing(self, certificate: x509.Certificate, issuer: x509.Certificate | None, at: datetime) -> Standing:
        """Revoked when one list that counts has the number; good when one counts and none has it."""
        counting = [] if issuer is None else [one for one in self.lists if _counts(one, issuer, at)]
        if not counting:
            return "unknown"
        number = certificate.serial_number
        revoked = any(one.get_revoked_certificate_by_serial_number(number) is not None for one in counting)
        return "revoked" if revoked else "good"


def _counts(one: x509.CertificateRevocationList, issuer: x509.Certificate, at: datetime) -> bool:
    """Whether a list is the issuer's, whole, and in force. A critical extension would make it one of parts."""
    key, hash_ = issuer.public_key(), one.signature_hash_algorithm
    return (
        one.issuer == issuer.subject
        and one.next_update_utc is not None
        and one.last_update_utc <= at < one.next_update_utc
        and not any(extension.critical for extension in one.extensions)
        and hash_ is not None
        and hash_.name in _HASHES
        and isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey)
        and one.is_signature_valid(key)
    )


@dataclass(frozen=True, slots=True)
class Anchors:
    """Whom we believe: issuers that are pinned, certificates that are registered, and a policy about revocation.

    A registered certificate is believed without its issuer, but it is asked about revocation as any other; one that
    issued itself can be revoked by nobody but who registered it. RSA below 3072 bits ends at `rsa_2048_until`.
    """

    issuers: tuple[x509.Certificate, ...]
    registered: tuple[x509.Certificate, ...]
    revocation: Revocation
    rsa_2048_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A key that may sign at the time it was asked about, the certificate it stands in, and why it is trusted."""

    key: Key
    certificate: x509.Certificate
    trusted_by: Literal["issuer", "registration"]


def trusted_key(certificates: Iterable[bytes], anchors: Anchors, at: datetime) -> TrustedKey:
    """The signer's key among certificates in DER, whatever their order. Raises SignatureRefused."""
    certificate = _signer(certificates)
    issuer = _issuer(certificate, anchors.issuers, at)
    is_registered = certificate in anchors.registered
    if issuer is None and not is_registered:
        raise refusal("certificate-untrusted")
    _check_use(certificate)
    _check_validity(certificate, at)
    key = check_strength(certificate.public_key(), at, anchors.rsa_2048_until)
    if not (is_registered and certificate.issuer == certificate.subject):
        _check_revocation(anchors.revocation.standing(certificate, issuer, at))
    return TrustedKey(key, certificate, "registration" if is_registered else "issuer")


def _signer(certificates: Iterable[bytes]) -> x509.Certificate:
    """The one certificate that is no authority's: the others can at most be the chain above it."""
    signers = [one for one in map(_load, certificates) if not is_authority(one)]
    if len(signers) != 1:
        raise refusal("certificate-ambiguous")
    return signers[0]


def _load(der: bytes) -> x509.Certificate:
    """A certificate all parts of which can be read: the library would else raise when one of them is first used."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        for part in ("subject", "issuer", "extensions", "signature_hash_algorithm", "not_valid_after_utc"):
            getattr(certificate, part)
        certificate.public_key()
    except BROKEN:
        raise refusal("certificate-unreadable") from None
    return certificate


def is_authority(certificate: x509.Certificate) -> bool:
    """Whether a certificate says that it may issue others."""
    constraints = _extension(certificate, x509.BasicConstraints)
    return constraints is not None and constraints.ca


def _extension(certificate: x509.Certificate, kind: type[_Extension]) -> _Extension | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _issuer(certificate: x509.Certificate, pinned: Iterable[x509.Certificate], at: datetime) -> x509.Certificate | None:
    if certificate.signature_hash_algorithm is None or certificate.signature_hash_algorithm.name not in _HASHES:
        return None
    return next((one for one in pinned if _may_issue(one, at) and _is_issued_by(certificate, one)), None)


def _may_issue(authority: x509.Certificate, at: datetime) -> bool:
    """Whether a pinned certificate may issue others at a time."""
    usage = _extension(authority, x509.KeyUsage)
    return (
        is_authority(authority)
        and usage is not None
        and usage.key_cert_sign
        and authority.not_valid_before_utc <= at <= authority.not_valid_after_utc
        and not _demands_more(authority)
    )


def _demands_more(certificate: x509.Certificate) -> bool:
    return any(extension.critical and extension.oid not in _UNDERSTOOD for extension in certificate.extensions)


@lru_cache(maxsize=1024)
def _is_issued_by(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    """By name and by signature. Kept, for an office signs all that it sends with one certificate."""
    try:
        certificate.verify_directly_issued_by(authority)
    except (InvalidSignature, *BROKEN):
        return False
    return True


def _check_use(certificate: x509.Certificate) -> None:
    """Enterprise certificates come in threes; those for encryption and for logging in are not for signing."""
    usage = _extension(certificate, x509.KeyUsage)
    if usage is None or not (usage.digital_signature or usage.content_commitment):
        raise refusal("certificate-not-for-signing")
    if _demands_more(certificate):
        raise refusal("certificate-extension-refused")


def _check_validity(certificate: x509.Certificate, at: datetime) -> None:
    if at < certificate.not_valid_before_utc:
        raise refusal("certificate-not-yet-valid")
    if at > certificate.not_valid_after_utc:
        raise refusal("certificate-expired")


def _check_revocation(standing: Standing) -> None:
    if standing == "revoked":
        raise refusal("certificate-revoked")
    if standing == "unknown":
        raise refusal("revocation-unknown")
