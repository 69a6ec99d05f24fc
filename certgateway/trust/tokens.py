"""Who calls: a request's credentials go in, an `Identity` comes out or nothing does.

The steps stand in `identify` in the order in which they are safe: form before keys, the signature before any claim is
believed, the proof before the caller is named, and the durable list of used proofs last, so that only who holds a good
token and its key can write to it. Only `identify` can make an `Identity`.
"""

import hmac
from collections.abc import Iterable
from dataclasses import InitVar, dataclass, field
from datetime import UTC, datetime
from typing import Final, Protocol, final

from certgateway.trust.compact import Compact, open_compact
from certgateway.trust.ended import Ended
from certgateway.trust.issuers import Issuer, ProfileName, Verb
from certgateway.trust.proofs import verify_proof
from certgateway.trust.token_claims import Caller, names_of, read_claims
from certgateway.trust.token_keys import check_signed
from certgateway.trust.token_refusal import TokenRefused

# Thumbprints of certificates name no key of their own; nothing is looked up by them.
_HEADER: Final = frozenset({"alg", "typ", "kid", "x5t", "x5t#S256"})
_NONE_ENDED: Final = Ended()
_SCHEMES: Final = frozenset({"bearer", "dpop"})


@final
class _Proof:
    """Held by this module alone; who has it has verified."""


_PROOF: Final = _Proof()


@final
@dataclass(frozen=True, slots=True)
class Identity:
    """A verified caller. `subject` is the issuer's own name of it; `organisation` nine digits, `hpr` a clinician's.

    `nav_ident` and `groups` are a counsellor's; `verbs` is what the scopes allow. A name or a personal number is never
    in it.
    """

    profile: ProfileName
    issuer: str
    subject: str = field(repr=False)
    client: str | None
    organisation: str | None
    hpr: str | None = field(repr=False)
    nav_ident: str | None = field(repr=False)
    groups: frozenset[str] = field(repr=False)
    verbs: frozenset[Verb]
    proof: InitVar[_Proof]

    def __post_init__(self, proof: _Proof) -> None:
        if proof is not _PROOF:
            raise TypeError("only identify() says who calls")

    @property
    def key(self) -> str:
        """What tells this caller from every other: for records, which are sealed, and for counting.

        An issuer's name has no blank, so that two names are never written alike.
        """
        return f"{self.profile}:{self.issuer} {self.subject}"

    @property
    def former_key(self) -> str:
        """The name that records from before bear, which callers by two issuers of one profile had in common."""
        return f"{self.profile}:{self.subject}"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request brings: every value of its Authorization and DPoP headers, its method, and its address as ours."""

    authorization: tuple[str, ...] = field(repr=False)
    proofs: tuple[str, ...] = field(repr=False)
    method: str
    url: str = field(repr=False)


class UsedProofs(Protocol):
    """The durable list of proofs, one for all who serve."""

    def use(self, key: str, once: str, until: datetime) -> bool:
        """Whether this is the first use of a proof's id with a key; it is noted as used until then."""
        ...


def identify(
    given: Credentials, issuers: Iterable[Issuer], used: UsedProofs, at: datetime, ended: Ended = _NONE_ENDED
) -> Identity:
    """Who calls, at an aware instant. Raises TokenRefused, and GatewayError where nobody can tell now."""
    now = at.timestamp()
    # 1. One token in one of two schemes.
    scheme, token = _presented(given)
    # 2. Its form, by allow-lists; what it says of its issuer only tells whom to ask.
    opened = open_compact(token, _HEADER, "token")
    issuer = _issuer(opened, issuers)
    _check_type(opened, issuer)
    # 3. The issuer signed these very bytes.
    _check_signature(opened, issuer)
    # 4. Now the claims are the issuer's: for us, in time, of the form that was promised.
    caller = read_claims(opened.claims, issuer, now)
    if ended.has(names_of(opened.claims, caller, issuer), caller.issued):
        raise TokenRefused("ended")
    # 5. Who presents it is who it was given to.
    if caller.key is None:
        _check_unbound(scheme, given, issuer)
    else:
        _check_bound((scheme, token), given, caller.key, issuer, used=used, now=now)
    return _identity(caller, issuer)


def _presented(given: Credentials) -> tuple[str, str]:
    if not given.authorization:
        raise TokenRefused("missing")
    if len(given.authorization) > 1:
        raise TokenRefused("several-given")
    scheme, _, token = given.authorization[0].partition(" ")
    if scheme.lower() not in _SCHEMES:
        raise TokenRefused("scheme-refused")
    return scheme.lower(), token.strip(" ")


def _issuer(opened: Compact, issuers: Iterable[Issuer]) -> Issuer:
    stated = opened.claims.get("iss")
    found = next((each for each in issuers if each.name == stated), None)
    if found is None:
        raise TokenRefused("issuer-unknown")
    return found


def _check_type(opened: Compact, issuer: Issuer) -> None:
    stated = opened.header.get("typ")
    if stated is not None and not isinstance(stated, str):
        raise TokenRefused("type-refused")
    known = stated.lower().removeprefix("application/") if stated is not None else None
    if known not in issuer.rules.types:
        raise TokenRefused("type-refused")


def _check_signature(opened: Compact, issuer: Issuer) -> None:
    # Before a key is looked for: an algorithm that nobody uses shall not make us ask an issuer.
    if opened.header.get("alg") not in issuer.rules.algorithms:
        raise TokenRefused("algorithm-refused")
    kid = opened.header.get("kid")
    key = issuer.keys.find(kid) if isinstance(kid, str) else None
    if key is None:
        raise TokenRefused("key-unknown")
    check_signed(opened, key, issuer.rules.algorithms)


def _check_unbound(scheme: str, given: Credentials, issuer: Issuer) -> None:
    if issuer.rules.bound:
        raise TokenRefused("binding-missing")
    # What is presented is verified or refused, never passed over.
    if scheme == "dpop" or given.proofs:
        raise TokenRefused("scheme-refused")


def _check_bound(
    presented: tuple[str, str], given: Credentials, key: str, issuer: Issuer, *, used: UsedProofs, now: float
) -> None:
    scheme, token = presented
    if scheme != "dpop":
        raise TokenRefused("scheme-refused")
    if len(given.proofs) != 1:
        raise TokenRefused("several-given" if given.proofs else "missing", "proof")
    bound = verify_proof(
        given.proofs[0], token=token, method=given.method, url=given.url, now=now, leeway=issuer.leeway
    )
    if not hmac.compare_digest(bound.key.encode(), key.encode()):
        raise TokenRefused("key-differs", "proof")
    if not used.use(bound.key, bound.once, datetime.fromtimestamp(bound.until, UTC)):
        raise TokenRefused("replayed", "proof")


def _identity(caller: Caller, issuer: Issuer) -> Identity:
    return Identity(
        profile=issuer.profile,
        issuer=issuer.name,
        subject=caller.subject,
        client=caller.client,
        organisation=caller.organisation,
        hpr=caller.hpr,
        nav_ident=caller.nav_ident,
        groups=caller.groups,
        verbs=caller.verbs,
        proof=_PROOF,
    )
