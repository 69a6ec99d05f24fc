"""Tokens, proofs and issuers for tests, signed by `cryptography` alone: nothing here calls the gateway's own writer.

Keys on curves are made from plain numbers; those of RSA once a process.
"""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any, Literal
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from certgateway.trust.issuers import Issuer, ProfileName
from certgateway.trust.token_keys import Key, read_key
from certgateway.trust.tokens import Credentials, Identity, identify

Json = dict[str, Any]
Private = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
Name = Literal[
    "issuer", "issuer-ec", "issuer-ed", "stranger", "client", "client-rsa", "client-ed", "client-384", "weak"
]

AT = datetime(2026, 11, 1, 11, tzinfo=UTC)
NOW = int(AT.timestamp())
ADDRESS = "http://127.0.0.1:8080"
URL = f"{ADDRESS}/messages"
AUDIENCE = "nav:certgateway"
TENANT = "62366534-1ec3-4962-8869-9b5535279d0b"
ORGANISATION = "987654325"
HPR = "9412837"
NAMES: dict[ProfileName, str] = {
    "helseid": "https://helseid.example",
    "maskinporten": "https://maskinporten.example/",
    "entra": f"https://login.example/{TENANT}/v2.0",
    "sandbox": f"{ADDRESS}/sandbox/sandbox",
}
HASHES: Mapping[str, SHA256 | SHA384 | SHA512] = {"256": SHA256(), "384": SHA384(), "512": SHA512()}


def b64(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


@cache
def private(name: Name) -> Private:
    if name in {"issuer", "client-rsa"}:
        return rsa.generate_private_key(65537, 2048)
    if name in {"issuer-ed", "client-ed"}:
        return ed25519.Ed25519PrivateKey.from_private_bytes(name.encode().ljust(32, b"."))
    number = int.from_bytes(name.encode(), "big")
    return ec.derive_private_key(number, ec.SECP384R1() if name == "client-384" else ec.SECP256R1())


def jwk(key: Private) -> Json:
    """The public key as JWK."""
    if isinstance(key, rsa.RSAPrivateKey):
        numbers = key.public_key().public_numbers()
        return {"kty": "RSA", "n": _integer(numbers.n, key.key_size), "e": _integer(numbers.e, 24)}
    if isinstance(key, ed25519.Ed25519PrivateKey):
        raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return {"kty": "OKP", "crv": "Ed25519", "x": b64(raw)}
    point = key.public_key().public_numbers()
    curve = {256: "P-256", 384: "P-384"}[key.key_size]
    return {"kty": "EC", "crv": curve, "x": _integer(point.x, key.key_size), "y": _integer(point.y, key.key_size)}


def thumbprint(key: Json) -> str:
    """RFC 7638, written out."""
    needed = {"RSA": ("e", "kty", "n"), "EC": ("crv", "kty", "x", "y"), "OKP": ("crv", "kty", "x")}[key["kty"]]
    text = json.dumps({name: key[name] for name in needed}, separators=(",", ":"), sort_keys=True)
    return b64(hashlib.sha256(text.encode()).digest())


def signed(header: Json | bytes, claims: Json | bytes, key: Private, algorithm: str) -> str:
    """The compact form; what is given as bytes is taken as it is."""
    parts = (part if isinstance(part, bytes) else json.dumps(part).encode() for part in (header, claims))
    text = ".".join(map(b64, parts))
    return f"{text}.{b64(_signature(text.encode(), key, algorithm))}"


def _signature(text: bytes, key: Private, algorithm: str) -> bytes:
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(text)
    how = HASHES.get(algorithm[-3:], SHA256())
    if isinstance(key, rsa.RSAPrivateKey):
        pss = padding.PSS(padding.MGF1(how), how.digest_size)
        return key.sign(text, pss if algorithm.startswith("PS") else padding.PKCS1v15(), how)
    size = (key.key_size + 7) // 8
    return b"".join(part.to_bytes(size, "big") for part in decode_dss_signature(key.sign(text, ec.ECDSA(how))))


def _integer(number: int, bits: int) -> str:
    return b64(number.to_bytes((bits + 7) // 8, "big"))


CLAIMS: dict[ProfileName, Json] = {
    "helseid": {
        "sub": "pseudonym",
        "client_id": "epj",
        "scope": ["nav:submit", "nav:poll", "nav:validate", "openid"],
        "helseid://claims/client/claims/orgnr_parent": ORGANISATION,
        "helseid://claims/client/claims/orgnr_child": "999999999",
        "helseid://claims/hpr/hpr_number": HPR,
        "helseid://claims/identity/assurance_level": "high",
    },
    "maskinporten": {
        "client_id": "epj",
        "scope": "nav:submit nav:poll nav:assess",
        "consumer": {"authority": "iso6523-actorid-upis", "ID": f"0192:{ORGANISATION}"},
    },
    "entra": {
        "tid": TENANT,
        "oid": "00000000-0000-4000-8000-000000000001",
        "azp": "modia",
        "ver": "2.0",
        "NAVident": "Z990001",
        "scp": "nav:assess nav:clarify",
        "roles": ["nav:audit"],
        "groups": ["unit-0315"],
    },
    "sandbox": {
        "sub": "me",
        "client_id": "epj",
        "scope": "nav:submit nav:poll nav:clarify",
        "organisation": ORGANISATION,
    },
}
LIFETIMES: dict[ProfileName, int] = {"helseid": 600, "maskinporten": 119, "entra": 3900, "sandbox": 600}


def claims_of(profile: ProfileName, **changed: object) -> Json:
    """Good claims; what is changed to `...` is left out."""
    times = {"iat": NOW - 10, "nbf": NOW - 10, "exp": NOW - 10 + LIFETIMES[profile]}
    bound = {"cnf": {"jkt": thumbprint(jwk(private("client")))}} if profile == "helseid" else {}
    whole = {"iss": NAMES[profile], "aud": AUDIENCE, "jti": str(uuid4()), **times, **CLAIMS[profile], **bound}
    return without(whole | changed)


def header_of(profile: ProfileName, **changed: object) -> Json:
    is_ours = profile == "sandbox"
    types = {"helseid": {"typ": "at+jwt"}, "maskinporten": {}, "entra": {"typ": "JWT"}, "sandbox": {"typ": "at+jwt"}}
    named = {"alg": "ES256" if is_ours else "RS256", "kid": "issuer-ec" if is_ours else "issuer", **types[profile]}
    return without(named | changed)


def without(values: Json) -> Json:
    return {name: value for name, value in values.items() if value is not ...}


def token(
    profile: ProfileName, claims: Json | None = None, header: Json | None = None, key: Private | None = None
) -> str:
    """A token of a profile, good but for what is changed."""
    head = header_of(profile, **(header or {}))
    signer = key or private("issuer-ec" if profile == "sandbox" else "issuer")
    return signed(head, claims_of(profile, **(claims or {})), signer, str(head.get("alg")))


def proof(
    for_token: str,
    claims: Json | None = None,
    header: Json | None = None,
    key: Private | None = None,
    alg: str = "ES256",
) -> str:
    """A proof for GET of URL, good but for what is changed."""
    signer = key or private("client")
    head = without({"typ": "dpop+jwt", "alg": alg, "jwk": jwk(signer)} | (header or {}))
    said = {
        "jti": str(uuid4()),
        "htm": "GET",
        "htu": URL,
        "iat": NOW,
        "ath": b64(hashlib.sha256(for_token.encode()).digest()),
    }
    return signed(head, without(said | (claims or {})), signer, alg)


def credentials(*authorization: str, proofs: tuple[str, ...] = (), method: str = "GET", url: str = URL) -> Credentials:
    return Credentials(authorization, proofs, method, url)


def good(profile: ProfileName, claims: Json | None = None) -> Credentials:
    """What is taken of a profile."""
    made = token(profile, claims)
    if profile == "helseid":
        return credentials(f"DPoP {made}", proofs=(proof(made),))
    return credentials(f"Bearer {made}")


@dataclass(frozen=True)
class Published:
    """Keys by id, without any way to fetch them."""

    keys: Mapping[str, Key] = field(repr=False)

    def find(self, kid: str) -> Key | None:
        return self.keys.get(kid)


@cache
def published() -> Published:
    names: tuple[Name, ...] = ("issuer", "issuer-ec", "issuer-ed")
    return Published({name: read_key(jwk(private(name))) for name in names})


def issuers() -> tuple[Issuer, ...]:
    return tuple(
        Issuer(name, NAMES[name], AUDIENCE, published(), "nav:", tenant=TENANT if name == "entra" else None)
        for name in NAMES
    )


@dataclass
class Noted:
    """The list of used proofs, in memory."""

    seen: dict[tuple[str, str], datetime] = field(default_factory=dict)

    def use(self, key: str, once: str, until: datetime) -> bool:
        first = (key, once) not in self.seen
        self.seen.setdefault((key, once), until)
        return first


def identity(profile: ProfileName = "helseid", **claims: object) -> Identity:
    """A caller, by the only way there is to one."""
    return identify(good(profile, dict(claims)), issuers(), Noted(), AT)
