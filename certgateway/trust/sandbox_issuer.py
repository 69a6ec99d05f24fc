"""The sandbox's issuer: tokens that look like those of each profile, and on request one that is broken in a named way.

For trying out a client, and for nothing else: its keys are made at start, are gone with the process, and are trusted by
the one gateway that was started with them. `certgateway serve` must never come near it.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from uuid import uuid4

from joserfc.jwk import ECKey, RSAKey
from joserfc.jws import JWSRegistry

from certgateway.trust.base64url import encode
from certgateway.trust.issuers import VERBS, Issuer, Login, ProfileName
from certgateway.trust.token_keys import Key

Json = dict[str, Any]

AUDIENCE: Final = "certgateway-sandbox"
TENANT: Final = "11111111-2222-4333-8444-555555555555"
LIFETIME: Final = 120
"""Seconds; the shortest that any profile allows."""
_CLIENT: Final = "sandbox-client"
_STRONG: Final = {"amr": ["pwd", "mfa"], "acrs": ["c1"]}
_OF_ENTRA: Final[Mapping[str, Any]] = {"tenant": TENANT, "login": Login(frozenset({"mfa"}), frozenset({"c1"}), 3600)}


def signed(header: Json, claims: Json, key: Key) -> str:
    """The compact form, signed by the algorithm that the header names."""
    # By the algorithm itself: a whole writer would refuse to write what a broken token must have.
    text = ".".join(encode(json.dumps(part).encode()) for part in (header, claims))
    return f"{text}.{encode(JWSRegistry.algorithms[header['alg']].sign(text.encode(), key))}"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a token shall say, and what a proof shall be for.

    `key` is the thumbprint of the client's own key. Without one a proof for `method` and `url` by a key of the
    sandbox's comes along, where there is a `url` or the profile demands it.
    """

    profile: ProfileName
    organisation: str
    scopes: tuple[str, ...] = VERBS
    hpr: str | None = None
    nav_ident: str = "Z990001"
    key: str | None = None
    method: str = "GET"
    url: str | None = None


@dataclass(slots=True)
class Draft:
    """A token before it is signed, with its proof where there is one: what a fault may change.

    `sign` makes the compact form of a header and claims; `proof` is None where none is sent.
    """

    header: Json
    claims: Json
    key: Key
    proof_header: Json
    proof_claims: Json
    proof_key: ECKey
    sends_proof: bool
    sign: Callable[[Json, Json, Key], str] = signed


@dataclass(frozen=True, slots=True)
class Minted:
    """What a client gets: the token, the scheme to present it by, and a proof for the one request it was made for.

    `used` is the proof's key and id.
    """

    token: str
    scheme: str
    proof: str | None
    used: tuple[str, str]


class SandboxIssuer:
    """Issuers of every profile below one address, and a key for proofs. `address` is the gateway's own."""

    __slots__ = ("_keys", "address", "proof_key")

    def __init__(self, address: str) -> None:
        self.address = address
        # The real ones sign by RSA, and their profiles demand it.
        rsa = RSAKey.generate_key(2048, {"kid": "sandbox-rsa", "use": "sig"})
        curved = ECKey.generate_key("P-256", {"kid": "sandbox-ec", "use": "sig"})
        self._keys: Mapping[str, RSAKey | ECKey] = {"sandbox-rsa": rsa, "sandbox-ec": curved}
        self.proof_key = ECKey.generate_key("P-256")

    def find(self, kid: str) -> Key | None:
        """The key with this id: the issuer is the source of its own keys."""
        return self._keys.get(kid)

    def issuers(self) -> tuple[Issuer, ...]:
        """All of them, as a gateway knows them."""
        names: tuple[ProfileName, ...] = ("helseid", "maskinporten", "entra", "sandbox")
        return tuple(
            Issuer(name, self.name(name), AUDIENCE, self, **(_OF_ENTRA if name == "entra" else {})) for name in names
        )

    def name(self, profile: ProfileName) -> str:
        """What the issuer of a profile calls itself."""
        return f"{self.address}/sandbox/{profile}"

    def jwks(self) -> Json:
        """The public keys, as an issuer publishes them."""
        return {"keys": [key.as_dict(private=False) for key in self._keys.values()]}

    def mint(self, wish: Wish, now: int, fault: Callable[[Draft], None] | None = None) -> Minted:
        """A token and perhaps a proof, changed by a fault before they are signed."""
        draft = self._draft(wish, now)
        if fault is not None:
            fault(draft)
        token = draft.sign(draft.header, draft.claims, draft.key)
        draft.proof_claims.setdefault("ath", encode(sha256(token.encode()).digest()))
        proof = signed(draft.proof_header, draft.proof_claims, draft.proof_key) if draft.sends_proof else None
        used = draft.proof_key.thumbprint(), str(draft.proof_claims["jti"])
        return Minted(token, "DPoP" if "cnf" in draft.claims else "Bearer", proof, used)

    def _draft(self, wish: Wish, now: int) -> Draft:
        is_bound = wish.profile == "helseid" or wish.key is not None or wish.url is not None
        times = {"iat": now, "nbf": now, "exp": now + LIFETIME}
        claims: Json = {"iss": self.name(wish.profile), "aud": AUDIENCE, **times, "jti": str(uuid4())}
        claims |= _CLAIMS[wish.profile](wish)
        if wish.profile == "entra":
            claims["auth_time"] = now
        if is_bound:
            claims["cnf"] = {"jkt": wish.key or self.proof_key.thumbprint()}
        kid = "sandbox-ec" if wish.profile == "sandbox" else "sandbox-rsa"
        header = {
            "alg": "ES256" if wish.profile == "sandbox" else "RS256",
            "kid": kid,
            "typ": "at+jwt" if wish.profile in {"helseid", "sandbox"} else "JWT",
        }
        return Draft(
            header=header,
            claims=claims,
            key=self._keys[kid],
            proof_header={"alg": "ES256", "typ": "dpop+jwt", "jwk": self.proof_key.as_dict(private=False)},
            proof_claims={"jti": str(uuid4()), "htm": wish.method, "htu": wish.url or self.address, "iat": now},
            proof_key=self.proof_key,
            sends_proof=is_bound and wish.key is None,
        )


def _of_helseid(wish: Wish) -> Json:
    person = {
        "helseid://claims/hpr/hpr_number": wish.hpr,
        "helseid://claims/identity/assurance_level": "high",
        "helseid://claims/identity/security_level": "4",
    }
    return {
        "sub": "c2FuZGJveC1jbGluaWNpYW4",
        "client_id": _CLIENT,
        "scope": list(wish.scopes),
        "helseid://claims/client/claims/orgnr_parent": wish.organisation,
        **(person if wish.hpr is not None else {}),
    }


def _of_maskinporten(wish: Wish) -> Json:
    consumer = {"authority": "iso6523-actorid-upis", "ID": f"0192:{wish.organisation}"}
    return {"client_id": _CLIENT, "scope": " ".join(wish.scopes), "consumer": consumer}


def _of_entra(wish: Wish) -> Json:
    names = {"tid": TENANT, "oid": "00000000-0000-4000-8000-000000000001", "sub": "sandbox", "azp": _CLIENT}
    return {**names, "ver": "2.0", "NAVident": wish.nav_ident, "scp": " ".join(wish.scopes), "groups": [], **_STRONG}


def _of_sandbox(wish: Wish) -> Json:
    stated = {"sub": _CLIENT, "client_id": _CLIENT, "scope": " ".join(wish.scopes), "organisation": wish.organisation}
    return stated | ({"hpr": wish.hpr} if wish.hpr is not None else {})


_CLAIMS: Final[Mapping[ProfileName, Callable[[Wish], Json]]] = {
    "helseid": _of_helseid,
    "maskinporten": _of_maskinporten,
    "entra": _of_entra,
    "sandbox": _of_sandbox,
}
