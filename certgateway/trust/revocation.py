"""Whether an issuer has taken a certificate back, by a policy that is stated and the lists that issuers sign.

A list counts whole or not at all: parts of lists, changes to lists and lists that speak for others are not pieced
together. This module must never read a clock or reach the network: what is not here is not known.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal, Protocol, Self

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from certgateway.trust.certificate_extensions import may_sign_lists
from certgateway.trust.certification_path import HASHES

Policy = Literal["off", "listed", "require"]
Standing = Literal["good", "revoked", "unknown"]
_CLOCKS: Final = timedelta(minutes=5)
"""How far an issuer's clock may be ahead of ours: else a list that is new would for a moment count for nothing."""
_MOST_ISSUERS: Final = 16
_PARTIAL: Final = (x509.DeltaCRLIndicator, x509.IssuingDistributionPoint)


class Revocation(Protocol):
    """An explicit policy about revocation; there is no silent one."""

    def standing(self, certificate: x509.Certificate, issuer: x509.Certificate | None, at: datetime) -> Standing:
        """How a certificate stood with its issuer at a time; None for an issuer that is not known."""
        ...


@dataclass(frozen=True, slots=True)
class NotAsked:
    """Revocation is not asked about, for a reason that somebody has written down."""

    reason: str

    def standing(self, _certificate: x509.Certificate, _issuer: x509.Certificate | None, _at: datetime) -> Standing:
        """Always good: that is the policy."""
        return "good"


@dataclass(frozen=True, slots=True, eq=False)
class RevocationList:
    """One list, read once: whose it is, when it is in force, and whom it names."""

    crl: x509.CertificateRevocationList = field(repr=False)
    start: datetime
    end: datetime
    numbers: frozenset[int] = field(repr=False)
    _signed_by: dict[x509.Certificate, bool] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, crl: x509.CertificateRevocationList) -> Self:
        """Of a list as the library reads it. ValueError, or what else the library raises, for one that cannot count.

        That is one without an end, over a weak hash, of parts or changes, about others' certificates, or which demands
        what is not understood.
        """
        entries, hash_, end = [*crl], crl.signature_hash_algorithm, crl.next_update_utc
        critical = any(one.critical for part in (crl, *entries) for one in part.extensions)
        partial = any(isinstance(one.value, _PARTIAL) for one in crl.extensions)
        if end is None or hash_ is None or hash_.name not in HASHES or critical or partial:
            raise ValueError("a revocation list that is not whole")
        return cls(crl, crl.last_update_utc, end, frozenset(entry.serial_number for entry in entries))

    def is_of(self, issuer: x509.Certificate) -> bool:
        """Whether the issuer made it, by name and by signature, and is one that may."""
        if self.crl.issuer != issuer.subject or not may_sign_lists(issuer):
            return False
        found = self._signed_by.get(issuer)
        if found is None:
            # Remembered: to hash a long list for every message would cost more than everything else.
            found = _is_signed(self.crl, issuer.public_key())
            if len(self._signed_by) >= _MOST_ISSUERS:
                self._signed_by.clear()
            self._signed_by[issuer] = found
        return found


def _is_signed(crl: x509.CertificateRevocationList, key: object) -> bool:
    return isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey) and crl.is_signature_valid(key)


@dataclass(frozen=True, slots=True)
class RevocationLists:
    """What the issuers' own lists say. Where none is in force nothing is known, or good unless it is `required`.

    Whoever is on a list is revoked, whatever the reason and date beside the number, on hold too; also when the list is
    past its end, for as long as nobody takes it away.
    """

    lists: tuple[RevocationList, ...]
    required: bool = True

    @classmethod
    def of(cls, *crls: x509.CertificateRevocationList, required: bool = True) -> Self:
        """Of lists as the library reads them. Raises what the library raises for one that cannot be read whole."""
        return cls(tuple(map(RevocationList.of, crls)), required)

    @property
    def end(self) -> datetime:
        """When the first issuer is without a list that is in force. ValueError when there are no lists."""
        ends: dict[x509.Name, datetime] = {}
        for one in self.lists:
            ends[one.crl.issuer] = max(one.end, ends.get(one.crl.issuer, one.end))
        return min(ends.values())

    def standing(self, certificate: x509.Certificate, issuer: x509.Certificate | None, at: datetime) -> Standing:
        """Revoked when one list has the number; good when one that is in force has not."""
        began = [] if issuer is None else [one for one in self.lists if one.start <= at + _CLOCKS and one.is_of(issuer)]
        if any(certificate.serial_number in one.numbers for one in began):
            return "revoked"
        in_force = any(at < one.end for one in began)
        return "good" if in_force or not self.required else "unknown"
