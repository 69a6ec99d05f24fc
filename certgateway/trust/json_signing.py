"""Signs what we send in JSON: a detached JWS beside it, as `json_signatures` verifies it; or a JWS that holds it.

The same bytes get the same signature from a key on a curve; RSA-PSS draws a salt each time. This module must never
sign under a header that our own reader would refuse, or let one kind of signature pass for the other.
"""

from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384

from certgateway import safejson
from certgateway.trust.base64url import encode
from certgateway.trust.jws import x5c
from certgateway.trust.xml_signing import Signatory, SigningKey

_PSS: Final = padding.PSS(padding.MGF1(SHA256()), SHA256.digest_size)


def sign_beside(raw: bytes, signatory: Signatory) -> str:
    """A detached JWS over the bytes as they are (RFC 7797)."""
    head = _header(signatory, {"b64": False, "crit": ["b64"]})
    return f"{head}..{encode(_value(signatory.key, head.encode() + b'.' + raw))}"


def sign_within(raw: bytes, signatory: Signatory, type_: str) -> str:
    """A JWS that holds the bytes (RFC 7515); `type_` tells what it is, and that it is no signature of a message."""
    signed = f"{_header(signatory, {'typ': type_})}.{encode(raw)}"
    return f"{signed}.{encode(_value(signatory.key, signed.encode()))}"


def _header(signatory: Signatory, others: dict[str, Any]) -> str:
    return encode(safejson.write({"alg": _algorithm(signatory.key), **others, "x5c": [x5c(signatory.certificate)]}))


def _algorithm(key: SigningKey) -> str:
    if isinstance(key, rsa.RSAPrivateKey):
        return "PS256"
    return "ES384" if key.curve.name == "secp384r1" else "ES256"


def _value(key: SigningKey, data: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, _PSS, SHA256())
    hash_ = SHA384() if _algorithm(key) == "ES384" else SHA256()
    r, s = decode_dss_signature(key.sign(data, ec.ECDSA(hash_, deterministic_signing=True)))
    size = key.key_size // 8
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")
