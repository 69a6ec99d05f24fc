"""Proof of possession (DPoP, RFC 9449): that whoever presents a token holds the key that it is bound to, now and here.

A proof is for one request: its method, its address and its token, within a minute. That it is used once is for who
keeps the durable list; this module only says what must stand in it.
"""

import hmac
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final
from urllib.parse import unquote, urlsplit

from certgateway.trust.base64url import encode
from certgateway.trust.compact import Compact, open_compact
from certgateway.trust.token_claims import seconds, text
from certgateway.trust.token_keys import ALGORITHMS, Key, check_signed, read_key
from certgateway.trust.token_refusal import Cause, TokenRefused

WINDOW: Final = 60
"""Seconds for which a proof is good after it was made."""
TYPE: Final = "dpop+jwt"
# HelseID's own examples have a kid beside the key; nothing is looked up by it.
_HEADER: Final = frozenset({"alg", "typ", "jwk", "kid"})
_KEY: Final = frozenset({"kty", "crv", "x", "y", "n", "e", "alg", "use", "key_ops", "kid"})
_PORTS: Final = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Bound:
    """A proof that holds: `key` is the thumbprint of its key, `once` its id, `until` when it ends (seconds)."""

    key: str
    once: str = field(repr=False)
    until: float


def verify_proof(proof: str, *, token: str, method: str, url: str, now: float, leeway: int) -> Bound:
    """What a proof proves of a request for `url` (as we are addressed) with a token. Raises TokenRefused."""
    opened = open_compact(proof, _HEADER, "proof")
    if opened.header.get("typ") != TYPE:
        raise TokenRefused("type-refused", "proof")
    key = _key(opened)
    check_signed(opened, key, ALGORITHMS, "proof")
    once, made = text(opened.claims, "jti", "proof"), seconds(opened.claims, "iat", "proof")
    if once is None or made is None:
        raise TokenRefused("claim-missing", "proof")
    expected = encode(sha256(token.encode()).digest())
    faults: tuple[tuple[bool, Cause], ...] = (
        (opened.claims.get("htm") != method, "method-differs"),
        (not is_same_address(text(opened.claims, "htu", "proof") or "", url), "address-differs"),
        (not _equal(text(opened.claims, "ath", "proof"), expected), "token-differs"),
        (made > now + leeway, "issued-in-future"),
        (made < now - WINDOW - leeway, "too-old"),
    )
    for is_so, cause in faults:
        if is_so:
            raise TokenRefused(cause, "proof")
    return Bound(key.thumbprint(), once, made + WINDOW + leeway)


def is_same_address(stated: str, ours: str) -> bool:
    """Whether two addresses lead to the same place: query and fragment left alone, escapes and default ports undone."""
    try:
        return _place(stated) == _place(ours)
    except ValueError:
        return False


def _place(url: str) -> tuple[str, str, int | None, str]:
    parts = urlsplit(url)
    if parts.username is not None or parts.password is not None or parts.scheme not in _PORTS:
        raise ValueError("no address of a request")
    return parts.scheme, parts.hostname or "", parts.port or _PORTS[parts.scheme], unquote(parts.path, errors="strict")


def _key(opened: Compact) -> Key:
    jwk = opened.header.get("jwk")
    if not isinstance(jwk, dict) or not jwk.keys() <= _KEY:
        raise TokenRefused("key-refused", "proof")
    return read_key(jwk, "proof")


def _equal(stated: str | None, expected: str) -> bool:
    return stated is not None and hmac.compare_digest(stated.encode(), expected.encode())
