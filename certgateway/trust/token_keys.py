"""Public keys of tokens and proofs: which are taken, and whether one of them signed a text.

A key fits its algorithm or is none: no algorithm is guessed, none has a shared secret, and `none` is not among them.
This module must never take a private key, or a certificate in place of a key.
"""

from collections.abc import Collection
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwa import JWSAlgModel
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from certgateway.trust.compact import MOST, Compact, decoded
from certgateway.trust.token_refusal import Part, TokenRefused

Json = dict[str, Any]
Key = RSAKey | ECKey | OKPKey

ALGORITHMS: Final = ("ES256", "ES384", "PS256", "PS384", "PS512", "EdDSA", "Ed25519", "RS256", "RS384", "RS512")
"""Every algorithm that is taken of anybody; a profile names those of its issuer."""
_CURVES: Final = {"P-256": "ES256", "P-384": "ES384"}
_RSA_BITS: Final = range(2048, 8192 + 1)
_EXPONENT: Final = "AQAB"
"""65537, the exponent of every key in use; a long one would make verification as dear as its sender likes."""
_MEMBERS: Final = {"RSA": ("n", "e"), "EC": ("crv", "x", "y"), "OKP": ("crv", "x")}
_PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


class _Registry(JWSRegistry):
    """The library's, with our allow-list in place of its recommendations, which have HMAC in them."""

    max_header_length = MOST
    max_payload_length = MOST

    def get_alg(self, name: str) -> JWSAlgModel:
        return self.algorithms[name]


_REGISTRY: Final = _Registry()


def read_key(jwk: object, part: Part = "token") -> Key:
    """A public key that may sign tokens. Raises TokenRefused `key-refused` for any other and for one that is private.

    An `alg` beside it is held to whenever it is used; other members that say nothing of the key are passed over.
    """
    if not isinstance(jwk, dict) or not _PRIVATE.isdisjoint(jwk):
        raise TokenRefused("key-refused", part)
    names = _MEMBERS.get(str(jwk.get("kty")), ())
    values = {name: jwk.get(name) for name in (*names, *(["alg"] if "alg" in jwk else []))}
    if not names or not all(isinstance(value, str) for value in values.values()):
        raise TokenRefused("key-refused", part)
    if jwk.get("use", "sig") != "sig" or not _verifies(jwk.get("key_ops", ["verify"])):
        raise TokenRefused("key-refused", part)
    try:
        return _made({"kty": str(jwk["kty"])} | {name: str(value) for name, value in values.items()}, part)
    except (ValueError, TypeError, JoseError, UnsupportedAlgorithm, OverflowError):
        raise TokenRefused("key-refused", part) from None


def check_signed(text: Compact, key: Key, allowed: Collection[str], part: Part = "token") -> None:
    """Raises TokenRefused unless the key signed exactly this text by one of the algorithms that are allowed here."""
    name = text.header.get("alg")
    if not isinstance(name, str) or name not in allowed or name not in ALGORITHMS or name not in _fitting(key):
        raise TokenRefused("algorithm-refused", part)
    try:
        jws.deserialize_compact(text.text, key, registry=_REGISTRY)
    except (JoseError, ValueError, TypeError):
        raise TokenRefused("signature-invalid", part) from None


def _verifies(operations: object) -> bool:
    return isinstance(operations, list) and "verify" in operations


def _made(parts: dict[str, str], part: Part) -> Key:
    """The key of its parts, each of which has one spelling, so that a key has one thumbprint."""
    for name in ("n", "x", "y"):
        if name in parts:
            decoded(parts[name], part)
    jwk: dict[str, str | list[str]] = {**parts}
    if parts["kty"] == "RSA":
        # Told from the number itself: the library would make a key of any.
        bits = int.from_bytes(decoded(parts["n"], part)).bit_length()
        if parts["e"] != _EXPONENT or bits not in _RSA_BITS:
            raise TokenRefused("key-refused", part)
        return RSAKey.import_key(jwk)
    if parts["kty"] == "EC" and parts["crv"] in _CURVES:
        curved = ECKey.import_key(jwk)
        curved.public_key  # noqa: B018  Made only when asked for: a point off the curve is found here.
        return curved
    if parts["kty"] == "OKP" and parts["crv"] == "Ed25519":
        edwards = OKPKey.import_key(jwk)
        edwards.public_key  # noqa: B018  As above.
        return edwards
    raise TokenRefused("key-refused", part)


def _fitting(key: Key) -> tuple[str, ...]:
    """The algorithms that a key can sign by."""
    if isinstance(key, RSAKey):
        return ("PS256", "PS384", "PS512", "RS256", "RS384", "RS512")
    if isinstance(key, ECKey):
        return (_CURVES[key.curve_name],)
    return ("EdDSA", "Ed25519")
