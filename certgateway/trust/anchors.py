"""Whom the operator trusts, out of one PEM file: issuers, registered certificates, and lists of what was revoked.

A certificate that may issue others is a pinned issuer, any other one is registered itself. This module must never trust
what it cannot read whole: one faulty block, and nothing of the file counts.
"""

import re
from pathlib import Path
from typing import Final

from cryptography import x509

from certgateway.domain.errors import MisconfiguredError
from certgateway.trust.certificates import BROKEN, Anchors, NotAsked, RevocationLists, is_authority

_BLOCK: Final = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----.*?-----END \1-----", re.DOTALL)
_WITHOUT_LISTS: Final = NotAsked("the file of trust anchors holds no revocation lists")


def read_anchors(path: Path) -> Anchors:
    """The anchors in a file of CERTIFICATE and X509 CRL blocks. MisconfiguredError when there are none, or others.

    With a list in it, every certificate with an issuer must be told of by a list of that issuer's; without one,
    revocation is not asked about.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise MisconfiguredError(f"the trust anchors {path} cannot be read: {error.strerror}") from None
    blocks = [(match[1], match[0]) for match in _BLOCK.finditer(content)]
    if content.count(b"-----BEGIN ") != len(blocks) or {kind for kind, _ in blocks} - {b"CERTIFICATE", b"X509 CRL"}:
        raise MisconfiguredError(f"the trust anchors {path} hold something else than certificates and revocation lists")
    try:
        certificates = [x509.load_pem_x509_certificate(pem) for kind, pem in blocks if kind == b"CERTIFICATE"]
        lists = tuple(x509.load_pem_x509_crl(pem) for kind, pem in blocks if kind == b"X509 CRL")
        issuers = tuple(one for one in certificates if is_authority(one))
    except BROKEN:
        raise MisconfiguredError(f"the trust anchors {path} hold a certificate or list that cannot be read") from None
    if not certificates:
        raise MisconfiguredError(f"the trust anchors {path} hold no certificate")
    registered = tuple(one for one in certificates if one not in issuers)
    return Anchors(issuers, registered, RevocationLists(lists) if lists else _WITHOUT_LISTS)
