"""What a registered sender signs with, out of files that the operator names: certificates, and public keys for JSON.

Nothing of a file counts that cannot be read whole, and what could sign for others or is secret stops the start. This
module must never verify a signature, or put anything of a key into an error.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, cast

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from certgateway.domain.errors import MisconfiguredError
from certgateway.domain.senders import PublicKey, Sender
from certgateway.trust.algorithms import RSA_BITS
from certgateway.trust.certificate_extensions import BROKEN, is_authority
from certgateway.trust.json_signatures import PublicKey as Native
from certgateway.trust.json_signatures import RegisteredKey

_BLOCK: Final = re.compile(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)
_KINDS: Final = {("EC", "P-256"), ("OKP", "Ed25519"), ("RSA", None)}
"""What ES256, EdDSA and PS256 sign with, by `kty` and `crv`."""
_FOR_SIGNATURES: Final = {None, "sig"}


def thumbprint(certificate: x509.Certificate) -> str:
    """SHA-256 of a certificate in lower-case hex."""
    return certificate.fingerprint(SHA256()).hex()


def read_certificates(path: Path) -> tuple[x509.Certificate, ...]:
    """The certificates in a PEM file that holds nothing else; MisconfiguredError, and where one may issue others."""
    content = _content(path)
    blocks = _BLOCK.findall(content)
    if not blocks or content.count(b"-----BEGIN ") != len(blocks):
        raise MisconfiguredError(f"the sender's file {path} must hold certificates and nothing else")
    try:
        certificates = tuple(map(x509.load_pem_x509_certificate, blocks))
        issuing = any(map(is_authority, certificates))
    except BROKEN:
        raise MisconfiguredError(f"the sender's file {path} holds a certificate that cannot be read") from None
    if issuing:
        raise MisconfiguredError(
            f"the sender's file {path} holds a certificate that may issue others; issuers belong in trust_anchors"
        )
    return certificates


def read_keys(path: Path, smallest_rsa: int = RSA_BITS) -> tuple[PublicKey, ...]:
    """The keys in a file with a JWK or a JWK set: public, of a kind that can sign. MisconfiguredError for others."""
    from joserfc.errors import JoseError  # noqa: PLC0415  Only who registers keys pays for the library.

    try:
        data = json.loads(_content(path))
        keys = tuple(_public_key(each, smallest_rsa) for each in data.get("keys", [data]))
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        # The library's own words may quote a key, which may be a private one.
        raise MisconfiguredError(
            f"the sender's file {path} must hold public keys for signatures as JWK: P-256, Ed25519, or RSA of "
            f"{smallest_rsa} bits or more, each with its kid"
        ) from None
    if not keys:
        raise MisconfiguredError(f"the sender's file {path} holds no key")
    return keys


def keys_of(senders: Iterable[Sender]) -> dict[str, RegisteredKey]:
    """The keys of all senders as the verifier of JSON takes them, by `kid`, each with its sender's number."""
    if not (pairs := [(each, key) for each in senders for key in each.keys]):
        return {}
    from joserfc.jwk import import_key  # noqa: PLC0415  As above.

    return {
        key.id: RegisteredKey(cast("Native", import_key(json.loads(key.jwk)).public_key), each.organisation)
        for each, key in pairs
    }


def _public_key(data: dict[str, Any], smallest_rsa: int) -> PublicKey:
    """One JWK. ValueError for one that is private, too weak, of another kind, or for something else than signatures."""
    from joserfc.jwk import RSAKey, import_key  # noqa: PLC0415  As above.

    key = import_key(data)
    id_ = data["kid"]
    small = isinstance(key, RSAKey) and key.raw_value.key_size < smallest_rsa
    strange = (data["kty"], data.get("crv")) not in _KINDS or data.get("use") not in _FOR_SIGNATURES
    if key.is_private or small or strange or not isinstance(id_, str) or not id_:
        raise ValueError("no such key")
    public = json.dumps(key.as_dict(private=False), sort_keys=True)
    return PublicKey(id_, key.thumbprint(), public)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise MisconfiguredError(f"the sender's file {path} cannot be read: {error.strerror}") from None
