"""Paths from a signer's certificate up to an issuer that is pinned, by way of authorities that a message may bring.

Paths are found by names alone, which costs next to nothing, and then proved from the top down: no key is used before
its own certificate is proved, so that nobody makes us work with keys of their choice. This module must never read a
clock, reach the network, or make an authority of a certificate that came with a message.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from typing import Final, TypeAlias

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from certgateway.trust.algorithms import is_strong
from certgateway.trust.certificate_extensions import BROKEN, may_issue

CertificationPath: TypeAlias = tuple[x509.Certificate, ...]
HASHES: Final = frozenset({"sha256", "sha384", "sha512"})
"""What certificates and revocation lists may be signed over; any signature scheme with one of these that is known."""
_MOST_BETWEEN: Final = 3


def paths(
    certificate: x509.Certificate,
    pinned: Sequence[x509.Certificate],
    brought: Sequence[x509.Certificate],
    at: datetime,
    rsa_2048_until: datetime | None,
) -> tuple[CertificationPath, ...]:
    """Every path that holds at a time, each from the certificate to a pinned issuer, with at most three between.

    A pinned issuer ends a path wherever it stands; where the one above it is pinned too there is the longer path also,
    so that it can be asked whether that one has taken it back. No name stands twice among the authorities of a path.
    """
    between = tuple(dict.fromkeys((*pinned, *brought)))
    named = _by_name((certificate,), pinned, between)
    return tuple(path for path in named if _is_fit(path, at, rsa_2048_until) and _is_proved(path))


def _by_name(
    path: CertificationPath, pinned: Sequence[x509.Certificate], between: Sequence[x509.Certificate]
) -> Iterator[CertificationPath]:
    name = path[-1].issuer
    if any(authority.subject == name for authority in path[1:]):
        return
    above = [one for one in between if one.subject == name]
    yield from ((*path, one) for one in above if one in pinned)
    if len(path) <= _MOST_BETWEEN:
        for one in above:
            yield from _by_name((*path, one), pinned, between)


def _is_fit(path: CertificationPath, at: datetime, rsa_2048_until: datetime | None) -> bool:
    """Whether each authority may issue what stands below it, at that time, with a key that is strong enough."""
    return all(
        may_issue(authority, below)
        and authority.not_valid_before_utc <= at <= authority.not_valid_after_utc
        and is_strong(authority.public_key(), at, rsa_2048_until)
        for below, authority in enumerate(path[1:])
    )


def _is_proved(path: CertificationPath) -> bool:
    """Whether each certificate was issued by the next one; the one below the anchor first, the signer's last."""
    return all(_is_issued_by(below, above) for above, below in pairwise(reversed(path)))


@lru_cache(maxsize=1024)
def _is_issued_by(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    """By name and by signature. Kept, for an office signs all that it sends with one certificate."""
    hash_ = certificate.signature_hash_algorithm
    if hash_ is None or hash_.name not in HASHES:
        return False
    try:
        certificate.verify_directly_issued_by(authority)
    except (InvalidSignature, *BROKEN):
        return False
    return True
