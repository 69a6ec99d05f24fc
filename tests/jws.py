"""Detached JSON Web Signatures for tests, written from scratch, and three peers. Nothing here calls the gateway.

`signed` makes any header that it is given, good or bad; the peers are joserfc, PyJWT and, for the sums, `cryptography`.
"""

import json
import warnings
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import cache
from typing import Any, TypeAlias

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from tests.signing import Identity

PrivateKey: TypeAlias = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey
PublicKey: TypeAlias = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | rsa.RSAPublicKey
Json = dict[str, Any]
ALGORITHMS = ("ES256", "ES384", "PS256", "EdDSA")


def b64u(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64u(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@cache
def edwards(number: int = 0) -> ed25519.Ed25519PrivateKey:
    """A key on Curve25519; another number is another key."""
    return ed25519.Ed25519PrivateKey.from_private_bytes(number.to_bytes(32, "big"))


def chain(*identities: Identity) -> list[str]:
    """Certificates as `x5c` has them."""
    return [one.certificate_base64 for one in identities]


def header(by: Identity, *, plain: bool = True, **others: object) -> Json:
    """A header for a certificate; `plain` signs the bytes as they are (RFC 7797)."""
    critical: Json = {"b64": False, "crit": ["b64"]} if plain else {}
    return {"alg": algorithm(by.key), **critical, "x5c": chain(by), **others}


def algorithm(key: PrivateKey) -> str:
    if isinstance(key, rsa.RSAPrivateKey):
        return "PS256"
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "EdDSA"
    return {"secp256r1": "ES256", "secp384r1": "ES384"}.get(key.curve.name, "ES512")


def signed(payload: bytes, head: Json | bytes, key: PrivateKey, *, plain: bool | None = None) -> str:
    """A detached JWS with this header, in bytes where it shall be odd. The sums follow the key, not the header."""
    raw = head if isinstance(head, bytes) else json.dumps(head, separators=(",", ":")).encode()
    if plain is None:
        plain = isinstance(head, dict) and head.get("b64") is False
    data = b64u(raw).encode() + b"." + (payload if plain else b64u(payload).encode())
    return f"{b64u(raw)}..{b64u(value(data, key))}"


def value(data: bytes, key: PrivateKey) -> bytes:
    """The signature as JWS has it."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(data)
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PSS(padding.MGF1(SHA256()), 32), SHA256())
    size = (key.key_size + 7) // 8
    pair = decode_dss_signature(key.sign(data, ec.ECDSA(SHA256() if size == 32 else SHA384())))
    return b"".join(number.to_bytes(size, "big") for number in pair)


# ---- the peers ------------------------------------------------------------------------------------------------------


def joserfc_accepts(payload: bytes, text: str, key: PublicKey) -> bool:
    """Whether joserfc takes a detached signature, by the four algorithms that are allowed."""
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    kind: Any = {ec.EllipticCurvePublicKey: ECKey, rsa.RSAPublicKey: RSAKey, ed25519.Ed25519PublicKey: OKPKey}
    own = next(made for of, made in kind.items() if isinstance(key, of)).import_key(pem)
    try:
        with warnings.catch_warnings():
            # That EdDSA has got another name (RFC 9864).
            warnings.simplefilter("ignore")
            return _joserfc_accepts(payload, text, own)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        return False


def _joserfc_accepts(payload: bytes, text: str, own: Any) -> bool:  # noqa: ANN401  a key of any kind
    registry = jws.JWSRegistry(algorithms=list(ALGORITHMS))
    registry.max_header_length = registry.max_payload_length = 2**24
    return bool(jws.deserialize_compact(text, own, payload=payload, registry=registry))


def pyjwt_accepts(payload: bytes, text: str, key: PublicKey) -> bool:
    """Whether PyJWT takes a detached signature; it knows those whose payload is signed as it is."""
    try:
        jwt.PyJWS().decode_complete(text, key, algorithms=list(ALGORITHMS), detached_payload=payload)
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError):
        return False
    return True


def signed_by_pyjwt(payload: bytes, key: PrivateKey, head: Json) -> str:
    """By PyJWT, as it is (RFC 7797)."""
    extra = {name: told for name, told in head.items() if name not in {"alg", "b64", "crit"}}
    return jwt.PyJWS().encode(payload, key, head["alg"], extra, is_payload_detached=True)
