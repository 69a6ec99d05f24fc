"""Whom the operator trusts, out of one PEM file: issuers, registered certificates, and lists of what was revoked.

A certificate that may issue others is a pinned issuer, any other one is registered itself. This module must never trust
what it cannot read whole: one faulty block, and nothing of the file counts.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509

from certgateway.domain.errors import MisconfiguredError
from certgateway.trust.certificate_extensions import BROKEN, is_authority
from certgateway.trust.certificates import Anchors
from certgateway.trust.reread import Reread
from certgateway.trust.revocation import NotAsked, Policy, Revocation, RevocationLists

_BLOCK: Final = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----.*?-----END \1-----", re.DOTALL)


class FileAnchors:
    """The anchors of a file, beside `registered` ones. It is looked at for every signature, and read when it changed.

    What cannot be used changes nothing: the anchors of before go on counting, the log says so once, and `is_faulty`
    for as long. Where no policy is given the file has one: once it has had lists, they are required.
    """

    __slots__ = ("_file", "_path", "_policy", "_registered", "_until")

    def __init__(
        self,
        path: Path,
        policy: Policy | None = None,
        rsa_2048_until: datetime | None = None,
        registered: Sequence[x509.Certificate] = (),
    ) -> None:
        """MisconfiguredError for a file that cannot be used."""
        self._path = path
        self._until = rsa_2048_until
        self._registered = registered
        self._policy = policy
        self._file = Reread(path, self._read, "trust anchors")

    def current(self) -> Anchors:
        """Those of the file as it is now, or was when it could last be used. Threads share it, and none waits."""
        return self._file.current()

    @property
    def is_faulty(self) -> bool:
        """Whether the file has changed and cannot be used."""
        return self._file.is_faulty

    @property
    def lists_end(self) -> datetime | None:
        """When the first issuer is without a revocation list that is in force; None where revocation is not asked."""
        revocation = self._file.last.revocation
        return revocation.end if isinstance(revocation, RevocationLists) else None

    def _read(self) -> Anchors:
        anchors = read_anchors(self._path, self._policy, self._until)
        if self._policy is None and isinstance(anchors.revocation, RevocationLists):
            self._policy = "require"
        return replace(anchors, registered=(*anchors.registered, *self._registered))


def read_anchors(path: Path, policy: Policy | None = None, rsa_2048_until: datetime | None = None) -> Anchors:
    """The anchors in a file of CERTIFICATE and X509 CRL blocks. MisconfiguredError when there are none, or others.

    Without a policy the lists are required if there are any, and else revocation is not asked about.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise MisconfiguredError(f"the trust anchors {path} cannot be read: {error.strerror}") from None
    blocks = [(match[1], match[0]) for match in _BLOCK.finditer(content)]
    if content.count(b"-----BEGIN ") != len(blocks) or {kind for kind, _ in blocks} - {b"CERTIFICATE", b"X509 CRL"}:
        raise MisconfiguredError(f"the trust anchors {path} hold something else than certificates and revocation lists")
    try:
        certificates = [_certificate(pem) for kind, pem in blocks if kind == b"CERTIFICATE"]
        lists = RevocationLists.of(
            *(x509.load_pem_x509_crl(pem) for kind, pem in blocks if kind == b"X509 CRL"), required=policy != "listed"
        )
        issuers = tuple(one for one in certificates if is_authority(one))
    except BROKEN:
        raise MisconfiguredError(
            f"the trust anchors {path} hold a certificate or list that cannot be read, or a list that is not whole"
        ) from None
    if not certificates:
        raise MisconfiguredError(f"the trust anchors {path} hold no certificate")
    if not lists.lists and policy in {"listed", "require"}:
        raise MisconfiguredError(f"the trust anchors {path} hold no revocation list, and revocation is asked about")
    registered = tuple(one for one in certificates if one not in issuers)
    return Anchors(issuers, registered, _revocation(lists, policy), rsa_2048_until)


def _certificate(pem: bytes) -> x509.Certificate:
    """A certificate, once its key is known to be of a kind that can be read."""
    certificate = x509.load_pem_x509_certificate(pem)
    certificate.public_key()
    return certificate


def _revocation(lists: RevocationLists, policy: Policy | None) -> Revocation:
    if policy == "off":
        return NotAsked("revocation is off")
    if not lists.lists:
        return NotAsked("the file of trust anchors holds no revocation lists")
    return lists
