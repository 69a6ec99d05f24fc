"""The sandbox's token office: `POST /sandbox/token` hands out good tokens and broken ones, `/sandbox/jwks` the keys.

An application of its own, which `certgateway sandbox` mounts and nothing else does. Whoever asks gets what they ask
for; that is what it is for.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from certgateway.services.gateway import Gateway
from certgateway.trust.issuers import VERBS, ProfileName
from certgateway.trust.sandbox_faults import FAULTS, LOGIN_FAULTS, PROOF_FAULTS, fits
from certgateway.trust.sandbox_issuer import LIFETIME, Minted, SandboxIssuer, Wish

Json = dict[str, Any]
_UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True)
class Home:
    """Whose tokens are handed out where nothing else is asked for."""

    organisation: str
    hpr: str


def token_office(issuer: SandboxIssuer, gateway: Gateway, home: Home) -> FastAPI:
    """The application, for mounting at /sandbox."""
    office = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)

    @office.get("/jwks")
    def keys() -> Response:
        return JSONResponse(issuer.jwks())

    @office.post("/token")
    def token(
        request: Request,
        *,
        profile: ProfileName = "sandbox",
        broken: str | None = None,
        scope: str = " ".join(VERBS),
        organisation: Annotated[str, Query(pattern="^[0-9]{9}$")] = home.organisation,
        hpr: Annotated[str, Query(pattern="^[0-9]{0,9}$")] = home.hpr,
        jkt: str | None = None,
        method: str = "GET",
        url: str | None = None,
    ) -> Response:
        wish = Wish(profile, organisation, tuple(scope.split()), hpr=hpr or None, key=jkt, method=method, url=url)
        is_bound_here = jkt is None and (url is not None or profile == "helseid")
        if broken is not None and (
            not fits(broken, profile, has_clinician=bool(hpr)) or (broken in PROOF_FAULTS and not is_bound_here)
        ):
            told = {"broken": list(FAULTS), "of_proofs": list(PROOF_FAULTS), "these_need": "url, and no jkt"}
            told |= {"of_logins": list(LOGIN_FAULTS), "those_need": "profile entra, or a clinician by helseid"}
            return JSONResponse(told, _UNPROCESSABLE)
        minted = issuer.mint(wish, int(gateway.clock().timestamp()), FAULTS[broken] if broken else None)
        if broken == "replayed-jti":
            _use(minted, gateway)
        if request.headers.get("accept", "").startswith("text/plain"):
            return PlainTextResponse(minted.token)
        return JSONResponse(_told(minted, scope))

    return office


def _use(minted: Minted, gateway: Gateway) -> None:
    """As if the proof had been seen before."""
    now = gateway.clock()
    until = datetime.fromtimestamp(now.timestamp() + LIFETIME, UTC)
    with gateway.store.transaction() as unit:
        unit.use_proof(*minted.used, until, now)


def _told(minted: Minted, scope: str) -> Json:
    return {
        "access_token": minted.token,
        "token_type": minted.scheme,
        "expires_in": LIFETIME,
        "scope": scope,
        "dpop": minted.proof,
    }
