"""Which algorithms a signature may be made with, and the one place where a key is asked whether it made it.

The lists are allow-lists: SHA-1, MD5, HMAC, DSA and everything that is not named here are refused by not being named
(RFC 9231 has the URIs). This module must never fall back to another algorithm than the one that was signed.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias, TypeGuard

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm

from certgateway.trust.signature_refusal import refusal

Key: TypeAlias = rsa.RSAPublicKey | ec.EllipticCurvePublicKey
Hash = Literal["sha256", "sha384", "sha512"]

_MORE: Final = "http://www.w3.org/2001/04/xmldsig-more#"
_PSS: Final = "http://www.w3.org/2007/05/xmldsig-more#"
_HASHES: Final[dict[Hash, HashAlgorithm]] = {"sha256": SHA256(), "sha384": SHA384(), "sha512": SHA512()}
RSA_BITS: Final = 3072
LEGACY_RSA_BITS: Final = 2048
_MOST_RSA_BITS: Final = 8192
_CURVES: Final = ("secp256r1", "secp384r1")


@dataclass(frozen=True, slots=True)
class Method:
    """How SignedInfo is signed: what kind of key in which scheme, over which hash."""

    scheme: Literal["rsa", "rsa-pss", "ecdsa"]
    hash: Hash


METHODS: Final[dict[str, Method]] = {
    **{f"{_MORE}rsa-{hash_}": Method("rsa", hash_) for hash_ in _HASHES},
    **{f"{_PSS}{hash_}-rsa-MGF1": Method("rsa-pss", hash_) for hash_ in _HASHES},
    **{f"{_MORE}ecdsa-{hash_}": Method("ecdsa", hash_) for hash_ in _HASHES},
}
DIGESTS: Final[dict[str, Hash]] = {
    "http://www.w3.org/2001/04/xmlenc#sha256": "sha256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384": "sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512": "sha512",
}


def check_strength(key: object, at: datetime, rsa_2048_until: datetime | None) -> Key:
    """The same key, once it is of a kind and size we take at a time. Raises SignatureRefused `key-refused`."""
    if not is_strong(key, at, rsa_2048_until):
        raise refusal("key-refused")
    return key


def is_strong(key: object, at: datetime, rsa_2048_until: datetime | None) -> TypeGuard[Key]:
    """Whether a key is of a kind and size we take at a time.

    RSA of 2048 to 3071 bits is legacy and ends at `rsa_2048_until`; None is that it has ended.
    """
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.curve.name in _CURVES
    if not isinstance(key, rsa.RSAPublicKey):
        return False
    legacy = rsa_2048_until is not None and at < rsa_2048_until
    return (LEGACY_RSA_BITS if legacy else RSA_BITS) <= key.key_size <= _MOST_RSA_BITS


def check_signature(key: Key, method: Method, value: bytes, data: bytes) -> None:
    """Nothing, when the key's owner signed exactly `data`. Raises SignatureRefused otherwise.

    `value` is as XMLDSig has it: for ECDSA, r and s side by side, each as long as the curve (RFC 6931, 2.3.6).
    """
    hash_ = _HASHES[method.hash]
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            if method.scheme != "ecdsa":
                raise refusal("key-mismatch")
            key.verify(_ecdsa_value(key, value), data, ec.ECDSA(hash_))
        elif method.scheme == "rsa":
            key.verify(value, data, padding.PKCS1v15(), hash_)
        elif method.scheme == "rsa-pss":
            key.verify(value, data, padding.PSS(padding.MGF1(hash_), hash_.digest_size), hash_)
        else:
            raise refusal("key-mismatch")
    except InvalidSignature:
        raise refusal("signature-invalid") from None


def _ecdsa_value(key: ec.EllipticCurvePublicKey, value: bytes) -> bytes:
    size = key.key_size // 8
    if len(value) != 2 * size:
        raise refusal("signature-invalid")
    return encode_dss_signature(int.from_bytes(value[:size], "big"), int.from_bytes(value[size:], "big"))
