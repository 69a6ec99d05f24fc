"""A detached JSON Web Signature as text (RFC 7515 compact, appendix F; RFC 7797), read by an allow-list.

Every byte has one spelling here: canonical Base64url without padding, a header in strict JSON with each name once. The
library for JOSE is no reader for this: it takes names twice and Base64 that is not canonical. This module must never
give a header that it has not understood whole, or say anything about whether a signature holds.
"""

import base64
import re
from dataclasses import dataclass
from typing import Any, Final, Literal

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from certgateway import safejson
from certgateway.safejson import JsonLimits, Unreadable
from certgateway.trust import base64url
from certgateway.trust.signature_refusal import refusal

Algorithm = Literal["ES256", "ES384", "PS256", "EdDSA"]
# EdDSA on the one curve that has it here; RFC 9864 has given that a name of its own.
ALGORITHMS: Final[dict[str, Algorithm]] = {
    "ES256": "ES256",
    "ES384": "ES384",
    "PS256": "PS256",
    "EdDSA": "EdDSA",
    "Ed25519": "EdDSA",
}
MOST_CHARACTERS: Final = 12 * 1024
"""Of one JWS without its payload: the signer's certificate and two above it fit, and the whole in a request's head."""

_FORM: Final = re.compile(r"([A-Za-z0-9_-]+)\.\.([A-Za-z0-9_-]+)")
_WHOLE: Final = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")
_MOST_WHOLE: Final = 8 * 1024 * 1024
_LIMITS: Final = JsonLimits(depth=2, containers=8, values=32)
_MOST_CERTIFICATES: Final = 4
_LONGEST_NAME: Final = 256
_NAMES: Final = frozenset({"alg", "b64", "crit", "cty", "iat", "kid", "typ", "x5c", "x5t#S256"})
# A token, or a receipt of ours, is signed by the same keys and must not pass for the signature of a message.
_TYPES: Final = frozenset({"JOSE", "jose"})


@dataclass(frozen=True, slots=True)
class Detached:
    """A JWS whose payload is elsewhere.

    `certificates` are those of `x5c` in DER, the signer's first; else there is `kid`.

    `encoded`: the payload was signed in Base64url (RFC 7515), not as it is (RFC 7797). `made` is the header's `iat`, in
    seconds since 1970; `thumbprint` its `x5t#S256`.
    """

    algorithm: Algorithm
    encoded: bool
    certificates: tuple[bytes, ...]
    kid: str | None
    made: int | None
    thumbprint: bytes | None
    header: bytes
    value: bytes

    def signed(self, payload: bytes) -> bytes:
        """The bytes that a signature over this payload is about (RFC 7515, 5.1; RFC 7797, 3)."""
        return b"%b.%b" % (self.header, base64url.encode(payload).encode("ascii") if self.encoded else payload)


def read_detached(text: str) -> Detached:
    """The parts of a JWS `header..signature`. Raises SignatureRefused by size, form, header, algorithm, key."""
    if len(text) > MOST_CHARACTERS:
        raise refusal("too-large")
    form = _FORM.fullmatch(text)
    if form is None:
        raise refusal("jws-malformed")
    return _detached(form[1], _header(decode(form[1]), _TYPES), form[2])


def read_whole(text: str, type_: str) -> tuple[Detached, bytes]:
    """A JWS that holds its payload and says that it is of this type, and the payload. Raises SignatureRefused."""
    if len(text) > _MOST_WHOLE:
        raise refusal("too-large")
    form = _WHOLE.fullmatch(text)
    if form is None:
        raise refusal("jws-malformed")
    jws = _detached(form[1], _header(decode(form[1]), frozenset({type_})), form[3])
    if not jws.encoded:
        raise refusal("jws-header-refused")
    return jws, decode(form[2])


def _detached(head: str, header: dict[str, Any], value: str) -> Detached:
    """What a header that is strict JSON says, and the value beside it."""
    algorithm = ALGORITHMS.get(header["alg"]) if isinstance(header.get("alg"), str) else None
    if algorithm is None:
        raise refusal("signature-method-refused")
    certificates = _certificates(header)
    kid = _text(header, "kid")
    if not certificates and kid is None:
        raise refusal("certificate-missing")
    thumbprint = _text(header, "x5t#S256")
    return Detached(
        algorithm=algorithm,
        encoded=_is_encoded(header),
        certificates=certificates,
        kid=kid,
        made=_made(header),
        thumbprint=None if thumbprint is None else decode(thumbprint),
        header=head.encode("ascii"),
        value=decode(value),
    )


def decode(text: str) -> bytes:
    """The bytes of a canonical Base64url text without padding. Raises SignatureRefused `jws-malformed`."""
    try:
        return base64url.decode(text)
    except ValueError:
        raise refusal("jws-malformed") from None


def x5c(certificate: x509.Certificate) -> str:
    """A certificate as a header has it: ordinary Base64 (RFC 7515, 4.1.6)."""
    return base64.b64encode(certificate.public_bytes(Encoding.DER)).decode("ascii")


def _header(raw: bytes, types: frozenset[str]) -> dict[str, Any]:
    try:
        header = safejson.parse(raw, _LIMITS)
    except Unreadable:
        raise refusal("jws-malformed") from None
    if not isinstance(header, dict):
        raise refusal("jws-malformed")
    if not header.keys() <= _NAMES or header.get("typ", "JOSE") not in types:
        raise refusal("jws-header-refused")
    _text(header, "cty")
    return header


def _is_encoded(header: dict[str, Any]) -> bool:
    """Whether the payload is signed in Base64url. What turns that off must be named critical, and nothing else may."""
    if "b64" not in header:
        if "crit" in header:
            raise refusal("jws-header-refused")
        return True
    if type(header["b64"]) is not bool or header.get("crit") != ["b64"]:
        raise refusal("jws-header-refused")
    return bool(header["b64"])


def _certificates(header: dict[str, Any]) -> tuple[bytes, ...]:
    """Those of `x5c`, which are in ordinary Base64 (RFC 7515, 4.1.6)."""
    if "x5c" not in header:
        return ()
    stated = header["x5c"]
    if not isinstance(stated, list) or not 1 <= len(stated) <= _MOST_CERTIFICATES:
        raise refusal("key-info-refused")
    return tuple(map(_der, stated))


def _der(text: object) -> bytes:
    try:
        data = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except ValueError:
        data = b""
    if not data or base64.b64encode(data).decode("ascii") != text:
        raise refusal("certificate-unreadable")
    return data


def _text(header: dict[str, Any], name: str) -> str | None:
    """A name that is a text, if a header has it."""
    if name not in header:
        return None
    found = header[name]
    if not isinstance(found, str) or not 1 <= len(found) <= _LONGEST_NAME:
        raise refusal("jws-header-refused")
    return found


def _made(header: dict[str, Any]) -> int | None:
    if "iat" not in header:
        return None
    made = header["iat"]
    if type(made) is not int or made < 0:
        raise refusal("jws-header-refused")
    return made
