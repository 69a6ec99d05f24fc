"""What each route demands of its caller, in one table, and the guard before all of them.

A route that the table does not name is closed. Where the gateway has no issuers nobody has to log in, and it listens on
this machine only. A refusal tells whether the token, the proof or the scope is at fault and no more; nothing that was
presented may be repeated in an answer, a log line or a metric.
"""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any, Final
from urllib.parse import quote

from anyio import to_thread
from fastapi import Request

from certgateway.api import schemas
from certgateway.api.heads import fault_of_page
from certgateway.api.observation import SAID
from certgateway.api.problems import ProblemError, is_fhir
from certgateway.api.shelf import KINDS
from certgateway.services.admit import Calling
from certgateway.services.identify import recognise
from certgateway.trust.issuers import Issuer, Verb
from certgateway.trust.token_keys import ALGORITHMS
from certgateway.trust.token_refusal import TokenRefused
from certgateway.trust.tokens import Credentials

Json = dict[str, Any]

PUBLIC: Final = frozenset(
    {
        "health",
        "readiness",
        "capabilities",
        *(f"read-{kind}" for kind in KINDS),
        *(f"search-{kind}" for kind in KINDS),
        "openapi",
        "docs",
    }
)
"""Routes that tell everybody the same and nothing of anybody."""

DEMANDS: Final[Mapping[str, tuple[Verb, ...]]] = {
    "process-message": ("submit",),
    "receive-kith": ("submit",),
    "validate": ("validate",),
    "validate-bundle": ("validate",),
    "validate-kith": ("validate",),
    # "My request timed out" is asked by whoever submitted.
    "read-receipt": ("poll", "submit"),
    "fetch-messages": ("poll",),
    "fetch-message": ("poll",),
    "acknowledge-message": ("poll",),
    "read-message": ("poll",),
    "rate-question": ("poll",),
    "read-feed": ("assess",),
    "search-assessments": ("assess",),
    "read-assessment": ("assess",),
    "read-patient-view": ("assess",),
    "read-readers": ("assess",),
    "open-assessment": ("assess",),
    "ask": ("clarify",),
    "list-clarifications": ("clarify",),
    "read-clarification": ("clarify",),
    "remind": ("clarify",),
    "return-answer": ("clarify",),
    "settle-question": ("clarify",),
    "withdraw-question": ("clarify",),
    "hand-over": ("clarify",),
    "rate-answer": ("clarify",),
    "pause": ("clarify",),
    "resume": ("clarify",),
    "place-order": ("clarify",),
    "search-orders": ("clarify",),
    "list-unsorted-answers": ("clarify",),
    "read-unsorted-answer": ("clarify",),
    "sort-answer": ("clarify",),
    "file-answer": ("clarify",),
    "dead-letters": ("clarify",),
    "resend-message": ("clarify",),
    "read-clarification-statistics": ("clarify", "audit"),
    # Nobody can be told from it, but how much comes from whom is no stranger's business.
    "metrics": ("audit",),
}
"""By operation: any one of these verbs is enough."""


async def guard(request: Request) -> None:
    """Lets a request through to its route, with its caller in `request.state.calling`; ProblemError for any other."""
    surface = request.app.state.surface
    issuers: tuple[Issuer, ...] = surface.gateway.issuers
    operation = getattr(request.scope.get("route"), "operation_id", None)
    if operation in PUBLIC:
        return
    if not issuers:
        fault = fault_of_page(request.headers, surface.address)
        if fault is not None:
            raise ProblemError(fault)
        return
    demanded = DEMANDS.get(str(operation), ())
    given = Credentials(
        authorization=tuple(request.headers.getlist("authorization")),
        proofs=tuple(request.headers.getlist("dpop")),
        method=request.method,
        url=surface.address + quote(request.scope["path"]),
    )
    try:
        # Never behind messages: whoever may not come in shall hear it at once.
        calling: Calling = await to_thread.run_sync(recognise, given, surface.gateway)
    except TokenRefused as refused:
        setattr(request.state, SAID, {"refused": str(refused)})
        raise _unknown(refused, issuers) from None
    setattr(request.state, SAID, {"caller": calling.identity.profile})
    if calling.identity.verbs.isdisjoint(demanded):
        raise _forbidden(calling, demanded, issuers)
    request.state.calling = calling


def _unknown(refused: TokenRefused, issuers: tuple[Issuer, ...]) -> ProblemError:
    """401 by RFC 6750 and RFC 9449: without an error code where nothing was presented."""
    if refused.part == "proof":
        return ProblemError("proof-refused", {"challenge": _dpop('error="invalid_dpop_proof"')})
    if refused.cause == "missing":
        return ProblemError("token-missing", {"challenge": _challenges(issuers, ())})
    return ProblemError("token-refused", {"challenge": _challenges(issuers, ('error="invalid_token"',))})


def _forbidden(calling: Calling, demanded: tuple[Verb, ...], issuers: tuple[Issuer, ...]) -> ProblemError:
    issuer = next(each for each in issuers if each.name == calling.identity.issuer)
    # Only what such a caller could get is named.
    scopes = [issuer.scope(verb) for verb in demanded if verb in issuer.rules.verbs]
    told = ['error="insufficient_scope"', *([f'scope="{" ".join(scopes)}"'] if scopes else [])]
    return ProblemError("scope-missing", {"challenge": _challenges((issuer,), told)})


def _challenges(issuers: Iterable[Issuer], told: Iterable[str]) -> str:
    """One challenge for each scheme by which somebody can come in."""
    bound = {issuer.rules.bound for issuer in issuers}
    schemes = (*(["Bearer"] if False in bound else []), *(["DPoP"] if True in bound else []))
    return ", ".join(_dpop(*told) if scheme == "DPoP" else f"{scheme} {', '.join(told)}".strip() for scheme in schemes)


def _dpop(*told: str) -> str:
    return f"DPoP {', '.join([*told, _ALGORITHMS])}"


_ALGORITHMS: Final = f'algs="{" ".join(ALGORITHMS)}"'


def secured(description: Json) -> Json:
    """A description of the surface, with what each operation demands of its caller."""
    told = deepcopy(description)
    scheme = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "Or DPoP (RFC 9449)."}
    told.setdefault("components", {})["securitySchemes"] = {"token": scheme}
    for path, operations in told["paths"].items():
        form = schemas.outcome if is_fhir(path) else schemas.problem
        for operation in operations.values():
            demanded = DEMANDS.get(operation["operationId"], ())
            if demanded:
                operation["security"] = [{"token": [verb]} for verb in demanded]
                operation["responses"] |= {
                    "401": form("There is no token, or it or its proof is not taken."),
                    "403": form("The token does not allow this."),
                }
    return told
