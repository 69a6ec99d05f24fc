"""The key that we sign with, and its certificate, from one PEM file. Nothing here may print or keep either."""

import re
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from certgateway.domain.errors import MisconfiguredError
from certgateway.trust.certificate_extensions import BROKEN
from certgateway.trust.xml_signing import Signatory

_READABLE_BY_OTHERS: Final = 0o077
_BLOCK: Final = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----.*?-----END \1-----", re.DOTALL)


def read_signatory(path: Path) -> Signatory:
    """One private key without a password and its one certificate. MisconfiguredError for anything else.

    So it is when the file is open to others than its owner, as it must be for a key that seals.
    """
    try:
        mode = path.stat().st_mode
        content = path.read_bytes()
    except OSError as error:
        raise MisconfiguredError(f"the signing key {path} cannot be read: {error.strerror}") from None
    if mode & _READABLE_BY_OTHERS:
        raise MisconfiguredError(f"the signing key {path} is open to others than its owner; set its mode to 0600")
    blocks = [(match[1], match[0]) for match in _BLOCK.finditer(content)]
    keys = [pem for kind, pem in blocks if kind.endswith(b"PRIVATE KEY")]
    certificates = [pem for kind, pem in blocks if kind == b"CERTIFICATE"]
    if len(keys) != 1 or len(certificates) != 1 or len(blocks) != len((*keys, *certificates)):
        raise MisconfiguredError(f"the signing key {path} must hold one private key and its certificate")
    try:
        key = load_pem_private_key(keys[0], None)
        certificate = x509.load_pem_x509_certificate(certificates[0])
    except BROKEN:
        # A password that is asked for ends here too; what the library says of it is not passed on.
        raise MisconfiguredError(f"the signing key {path} or its certificate cannot be read") from None
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise MisconfiguredError(f"the signing key {path} is neither RSA nor on a curve")
    try:
        return Signatory(key, certificate)
    except ValueError as fault:
        raise MisconfiguredError(f"the signing key {path} cannot be used: {fault}") from None
