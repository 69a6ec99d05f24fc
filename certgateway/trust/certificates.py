"""Whether a signer's certificate is trusted at a time: by pinned issuer or registration, use, validity, revocation.

What a sender sends along can lead up to a pinned issuer, and be nothing else. This module must never read a clock,
reach the network, or trust a certificate for what it says of itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Literal

from cryptography import x509

from certgateway.trust.algorithms import Key, check_strength
from certgateway.trust.certificate_extensions import BROKEN, demands_more, is_authority, may_sign_messages
from certgateway.trust.certification_path import CertificationPath, paths
from certgateway.trust.revocation import Revocation, Standing
from certgateway.trust.signature_refusal import refusal


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
    certificate, brought = _signer(certificates)
    found = paths(certificate, anchors.issuers, brought, at, anchors.rsa_2048_until)
    is_registered = certificate in anchors.registered
    if not found and not is_registered:
        raise refusal("certificate-untrusted")
    _check_use(certificate)
    _check_validity(certificate, at)
    key = check_strength(certificate.public_key(), at, anchors.rsa_2048_until)
    if not (is_registered and certificate.issuer == certificate.subject):
        _check_revocation(certificate, found, anchors.revocation, at)
    return TrustedKey(key, certificate, "registration" if is_registered else "issuer")


def _signer(certificates: Iterable[bytes]) -> tuple[x509.Certificate, Sequence[x509.Certificate]]:
    """The one certificate that is no authority's, and the others, which can at most be what stands above it."""
    loaded = [_load(one) for one in certificates]
    signers = [one for one in loaded if not is_authority(one)]
    if len(signers) != 1:
        raise refusal("certificate-ambiguous")
    return signers[0], [one for one in loaded if one is not signers[0]]


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


def _check_use(certificate: x509.Certificate) -> None:
    if not may_sign_messages(certificate):
        raise refusal("certificate-not-for-signing")
    if demands_more(certificate):
        raise refusal("certificate-extension-refused")


def _check_validity(certificate: x509.Certificate, at: datetime) -> None:
    if at < certificate.not_valid_before_utc:
        raise refusal("certificate-not-yet-valid")
    if at > certificate.not_valid_after_utc:
        raise refusal("certificate-expired")


def _check_revocation(
    certificate: x509.Certificate, found: Sequence[CertificationPath], revocation: Revocation, at: datetime
) -> None:
    """Nothing on any path may be revoked, and of one path everything must be known. Raises SignatureRefused.

    A pinned issuer that ends a path needs no list, so that it is its own anchor though the one above it is pinned too.
    """
    standings: list[set[Standing]] = [
        {revocation.standing(one, issuer, at) for one, issuer in pairwise(path)} for path in found
    ] or [{revocation.standing(certificate, None, at)}]
    if any("revoked" in each for each in standings):
        raise refusal("certificate-revoked")
    if all("unknown" in each for each in standings):
        raise refusal("revocation-unknown")
