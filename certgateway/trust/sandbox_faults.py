"""What can be wrong with a token or a proof, each by a name: for tests of clients, and of the gateway itself.

Every one of these must be refused. Each changes one thing of an otherwise good token, so that a refusal has one reason.
"""

import hmac
import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, Final

from joserfc.jwk import ECKey, RSAKey

from certgateway.trust.base64url import encode
from certgateway.trust.issuers import ProfileName
from certgateway.trust.sandbox_issuer import Draft, signed
from certgateway.trust.token_keys import Key

Json = dict[str, Any]
Fault = Callable[[Draft], None]

ANOTHER_ORGANISATION: Final = "999999999"
_HOUR: Final = 3600


def _claims(**changed: object) -> Fault:
    return lambda draft: draft.claims.update(changed)


def _header(**changed: object) -> Fault:
    return lambda draft: draft.header.update(changed)


def _moved(*names: str, by: int) -> Fault:
    """Some instants of the token, so many seconds away."""

    def change(draft: Draft) -> None:
        draft.claims.update({name: draft.claims[name] + by for name in names})

    return change


def _without(*names: str) -> Fault:
    def change(draft: Draft) -> None:
        for name in names:
            draft.claims.pop(name, None)

    return change


def _proof(**changed: object) -> Fault:
    return lambda draft: draft.proof_claims.update(changed)


def _proof_moved(by: int) -> Fault:
    return lambda draft: draft.proof_claims.update(iat=draft.proof_claims["iat"] + by)


def _unsigned(draft: Draft) -> None:
    draft.header["alg"] = "none"
    # With a signature of one byte, since an empty one is refused for its form alone.
    draft.sign = lambda header, claims, _key: f"{_encoded(header)}.{_encoded(claims)}.AA"


def _by_hmac(draft: Draft) -> None:
    """The public key taken for a shared secret, which a careless verifier does."""
    draft.header["alg"] = "HS256"

    def sign(header: Json, claims: Json, key: Key) -> str:
        text = f"{_encoded(header)}.{_encoded(claims)}"
        return f"{text}.{encode(hmac.digest(key.as_pem(private=False), text.encode(), 'sha256'))}"

    draft.sign = sign


def _by_another_key(draft: Draft) -> None:
    draft.key = RSAKey.generate_key(2048) if isinstance(draft.key, RSAKey) else ECKey.generate_key("P-256")


def _changed_after_signing(draft: Draft) -> None:
    def sign(header: Json, claims: Json, key: Key) -> str:
        head, _, signature = signed(header, claims, key).split(".")
        return f"{head}.{_encoded(claims | {'exp': claims['exp'] + 1})}.{signature}"

    draft.sign = sign


def _without_proof(draft: Draft) -> None:
    draft.sends_proof = False


def _bound_elsewhere(draft: Draft) -> None:
    draft.claims["cnf"] = {"jkt": ECKey.generate_key("P-256").thumbprint()}


def _proof_with_private_key(draft: Draft) -> None:
    draft.proof_header["jwk"] = draft.proof_key.as_dict(private=True)


def _other_route(draft: Draft) -> None:
    draft.proof_claims["htu"] = str(draft.proof_claims["htu"]).rstrip("/") + "/another"


def _other_organisation(draft: Draft) -> None:
    claims = draft.claims
    if "consumer" in claims:
        claims["consumer"] = claims["consumer"] | {"ID": f"0192:{ANOTHER_ORGANISATION}"}
    for name in ("organisation", "helseid://claims/client/claims/orgnr_parent"):
        if name in claims:
            claims[name] = ANOTHER_ORGANISATION


def _weak(draft: Draft) -> None:
    """By one factor, as each of the two profiles says it."""
    levels = {
        "amr": ["pwd"],
        "helseid://claims/identity/assurance_level": "low",
        "helseid://claims/identity/security_level": "3",
    }
    draft.claims.update({name: level for name, level in levels.items() if name in draft.claims})


def _no_scope(draft: Draft) -> None:
    for name in ("scope", "scp"):
        if name in draft.claims:
            draft.claims[name] = [] if isinstance(draft.claims[name], list) else ""


def _encoded(part: Json) -> str:
    return encode(json.dumps(part).encode())


TOKEN_FAULTS: Final[Mapping[str, Fault]] = {
    "expired": _moved("iat", "nbf", "exp", by=-_HOUR),
    "not-yet-valid": _moved("nbf", "exp", by=60),
    "future-iat": _moved("iat", "exp", by=60),
    "lives-too-long": _moved("exp", by=24 * _HOUR),
    "no-expiry": _without("exp"),
    "wrong-audience": _claims(aud="another-service"),
    "several-audiences": lambda draft: draft.claims.update(aud=[draft.claims["aud"], "another-service"]),
    "wrong-issuer": _claims(iss="https://issuer.example"),
    "unknown-kid": _header(kid="nobody"),
    "wrong-type": _header(typ="dpop+jwt"),
    "jku": _header(jku="https://issuer.example/jwks"),
    "crit": _header(crit=["exp"]),
    "alg-none": _unsigned,
    "hmac-with-public-key": _by_hmac,
    "signed-by-another": _by_another_key,
    "changed-after-signing": _changed_after_signing,
}
"""Refused as a token (401)."""

PROOF_FAULTS: Final[Mapping[str, Fault]] = {
    "no-proof": _without_proof,
    "foreign-jkt": _bound_elsewhere,
    "replayed-jti": lambda _draft: None,
    "other-route": _other_route,
    "other-method": _proof(htm="TRACE"),
    "other-token": _proof(ath=encode(sha256(b"another token").digest())),
    "old-proof": _proof_moved(-_HOUR),
    "future-proof": _proof_moved(60),
    "private-key-in-proof": _proof_with_private_key,
    "proof-without-id": _proof(jti=None),
}
"""Refused as a proof (401); of a token that is bound to a key. A replayed one must be noted as used by who mints it."""

LOGIN_FAULTS: Final[Mapping[str, Fault]] = {
    "weak-login": _weak,
    "no-login-context": _claims(acrs=[]),
    "old-login": lambda draft: draft.claims.update(auth_time=draft.claims["iat"] - 2 * _HOUR),
}
"""Refused as a token (401), of a counsellor by Entra; the first of a clinician by HelseID too."""

USE_FAULTS: Final[Mapping[str, Fault]] = {
    "missing-scope": _no_scope,
    "wrong-organisation": _other_organisation,
}
"""Good tokens that do not do: for the scope (403), or for the message that is sent with it (a finding)."""

FAULTS: Final[Mapping[str, Fault]] = {**TOKEN_FAULTS, **PROOF_FAULTS, **LOGIN_FAULTS, **USE_FAULTS}
_OF_CLINICIANS: Final = frozenset({"weak-login"})


def fits(name: str, profile: ProfileName, *, has_clinician: bool) -> bool:
    """Whether there is anything in a token of this profile that such a fault could break."""
    if name not in LOGIN_FAULTS:
        return name in FAULTS
    return profile == "entra" or (profile == "helseid" and has_clinician and name in _OF_CLINICIANS)
