"""What the claims of a token say of its caller, by profile: whoever reads them has verified the signature before.

Names of claims are those of the issuers' own documentation (docs/tokens.md). A claim that is there and has another form
than promised refuses the token: nothing is guessed. A personal number (`pid`) is never read.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from certgateway.trust.ended import Kind
from certgateway.trust.issuers import VERBS, Issuer, ProfileName, Verb
from certgateway.trust.token_refusal import Cause, Part, TokenRefused

Json = dict[str, Any]

_LATEST: Final = 253_402_300_800
"""The year 10000: later instants do not exist here."""
_LONGEST_NAME: Final = 255
_MOST_GROUPS: Final = 500
_ORGANISATION: Final = re.compile(r"[0-9]{9}", re.ASCII)
_HPR: Final = re.compile(r"[0-9]{1,9}", re.ASCII)
_ISO6523: Final = "0192:"
_HELSEID: Final = "helseid://claims/"
_PARENT: Final = f"{_HELSEID}client/claims/orgnr_parent"
_HPR_NUMBER: Final = f"{_HELSEID}hpr/hpr_number"
_PERSON: Final = f"{_HELSEID}identity/pid"
_LEVELS: Final = ((f"{_HELSEID}identity/assurance_level", "high"), (f"{_HELSEID}identity/security_level", "4"))
# What an id token has and an access token has not.
_OF_ID_TOKENS: Final = frozenset({"nonce", "at_hash", "c_hash"})


@dataclass(frozen=True, slots=True)
class Caller:
    """What a token says of who holds it, and when it was issued (seconds since 1970).

    `key` is the thumbprint of the key that it is bound to, None where to none.
    """

    subject: str = field(repr=False)
    client: str | None
    organisation: str | None
    hpr: str | None
    nav_ident: str | None
    groups: frozenset[str]
    verbs: frozenset[Verb]
    key: str | None
    issued: float


def read_claims(claims: Json, issuer: Issuer, now: float) -> Caller:
    """The caller, once time, audience and lifetime are right (seconds since 1970). Raises TokenRefused."""
    if _audiences(claims) != [issuer.audience]:
        raise TokenRefused("audience-differs")
    _check_times(claims, issuer, now)
    caller = _READERS[issuer.profile](claims, issuer)
    if caller.nav_ident is not None:
        _check_login(claims, issuer, now)
    return caller


def names_of(claims: Json, caller: Caller, issuer: Issuer) -> tuple[tuple[Kind, str | None], ...]:
    """By what a token can be ended: its own id (Entra's is `uti`), and whoever it is about."""
    return (
        ("token", text(claims, "jti")),
        ("token", text(claims, "uti")),
        ("caller", caller.subject),
        ("client", caller.client),
        ("organisation", caller.organisation),
        ("issuer", issuer.name),
    )


def seconds(claims: Json, name: str, part: Part = "token") -> float | None:
    """An instant as seconds since 1970, None where there is none."""
    found = claims.get(name)
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int | Decimal) or not 0 <= found < _LATEST:
        raise TokenRefused("claim-malformed", part)
    return float(found)


def text(claims: Json, name: str, part: Part = "token") -> str | None:
    """A short printable text, None where there is none."""
    found = claims.get(name)
    if found is None:
        return None
    if not isinstance(found, str) or not 0 < len(found) <= _LONGEST_NAME or not found.isprintable():
        raise TokenRefused("claim-malformed", part)
    return found


def _check_times(claims: Json, issuer: Issuer, now: float) -> None:
    ends, issued = _needed_instant(claims, "exp"), _needed_instant(claims, "iat")
    begins = seconds(claims, "nbf")
    faults: tuple[tuple[bool, Cause], ...] = (
        (now >= ends + issuer.leeway, "expired"),
        (begins is not None and begins > now + issuer.leeway, "not-yet-valid"),
        (issued > now + issuer.leeway, "issued-in-future"),
        # Told from the earlier of the two, so that a token cannot be young for ever.
        (ends - min(issued, begins if begins is not None else issued) > issuer.lifetime, "lives-too-long"),
    )
    for is_so, cause in faults:
        if is_so:
            raise TokenRefused(cause)


def _check_login(claims: Json, issuer: Issuer, now: float) -> None:
    """That a counsellor has logged in as the issuer's settings demand. What is not told is not so."""
    asked = issuer.login
    for name, needed in (("amr", asked.methods), ("acrs", asked.contexts)):
        if needed and not needed <= set(_list(claims, name)):
            raise TokenRefused("assurance-too-low")
    if asked.seconds is not None:
        at = _needed_instant(claims, "auth_time")
        if at > now + issuer.leeway:
            raise TokenRefused("issued-in-future")
        if now - at > asked.seconds + issuer.leeway:
            raise TokenRefused("login-too-old")


def _needed_instant(claims: Json, name: str) -> float:
    found = seconds(claims, name)
    if found is None:
        raise TokenRefused("claim-missing")
    return found


def _audiences(claims: Json) -> object:
    found = claims.get("aud")
    return [found] if isinstance(found, str) else found


def _of_helseid(claims: Json, issuer: Issuer) -> Caller:
    # The child organisation is what the client says of itself; HelseID vouches for the parent only.
    organisation = _organisation(_needed(text(claims, _PARENT)))
    hpr = _hpr(text(claims, _HPR_NUMBER))
    if (hpr is not None or _PERSON in claims) and not any(claims.get(name) == level for name, level in _LEVELS):
        raise TokenRefused("assurance-too-low")
    client = _client(claims, "client_id", issuer)
    subject = text(claims, "sub") or client
    return _caller(issuer, claims, subject, client, _words(claims, "scope"), organisation=organisation, hpr=hpr)


def _of_maskinporten(claims: Json, issuer: Issuer) -> Caller:
    consumer = claims.get("consumer")
    if not isinstance(consumer, dict):
        raise TokenRefused("claim-missing" if consumer is None else "claim-malformed")
    stated = _needed(text(consumer, "ID"))
    if consumer.get("authority") != "iso6523-actorid-upis" or not stated.startswith(_ISO6523):
        raise TokenRefused("claim-malformed")
    client = _client(claims, "client_id", issuer)
    organisation = _organisation(stated.removeprefix(_ISO6523))
    return _caller(issuer, claims, stated, client, _words(claims, "scope"), organisation=organisation)


def _of_entra(claims: Json, issuer: Issuer) -> Caller:
    if claims.get("ver") != "2.0":
        raise TokenRefused("version-refused")
    if claims.get("tid") != issuer.tenant or issuer.tenant is None:
        raise TokenRefused("tenant-differs")
    if not _OF_ID_TOKENS.isdisjoint(claims):
        raise TokenRefused("not-an-access-token")
    client = _client(claims, "azp", issuer)
    ident = text(claims, "NAVident")
    # Who has delegated something is a person, and a person without an ident would pass for a system.
    if ident is None and "scp" in claims:
        raise TokenRefused("claim-missing")
    subject = ident or _needed(text(claims, "oid"))
    allowed = [*_words(claims, "scp"), *_list(claims, "roles")]
    groups = frozenset(_list(claims, "groups"))
    return _caller(issuer, claims, subject, client, allowed, nav_ident=ident, groups=groups)


def _of_sandbox(claims: Json, issuer: Issuer) -> Caller:
    stated = text(claims, "organisation")
    ident = text(claims, "nav_ident")
    return _caller(
        issuer,
        claims,
        _needed(text(claims, "sub")),
        _client(claims, "client_id", issuer),
        _words(claims, "scope"),
        organisation=_organisation(stated) if stated is not None else None,
        hpr=_hpr(text(claims, "hpr")),
        nav_ident=ident,
        groups=frozenset(_list(claims, "groups")),
    )


_READERS: Final[dict[ProfileName, Callable[[Json, Issuer], Caller]]] = {
    "helseid": _of_helseid,
    "maskinporten": _of_maskinporten,
    "entra": _of_entra,
    "sandbox": _of_sandbox,
}


def _caller(
    issuer: Issuer,
    claims: Json,
    subject: str,
    client: str,
    scopes: Iterable[str],
    *,
    organisation: str | None = None,
    hpr: str | None = None,
    nav_ident: str | None = None,
    groups: frozenset[str] = frozenset(),
) -> Caller:
    stated = frozenset(scopes)
    verbs = frozenset(verb for verb in VERBS if issuer.scope(verb) in stated) & issuer.rules.verbs
    issued = _needed_instant(claims, "iat")
    return Caller(subject, client, organisation, hpr, nav_ident, groups, verbs, _bound_to(claims), issued)


def _bound_to(claims: Json) -> str | None:
    """The thumbprint that the token is bound to; a binding that we cannot hold anybody to is refused."""
    if "cnf" not in claims:
        return None
    confirmation = claims["cnf"]
    if not isinstance(confirmation, dict) or confirmation.keys() != {"jkt"}:
        raise TokenRefused("binding-refused")
    return _needed(text(confirmation, "jkt"))


def _client(claims: Json, name: str, issuer: Issuer) -> str:
    client = _needed(text(claims, name))
    if issuer.clients and client not in issuer.clients:
        raise TokenRefused("client-refused")
    return client


def _needed(found: str | None) -> str:
    if found is None:
        raise TokenRefused("claim-missing")
    return found


def _organisation(found: str) -> str:
    if not _ORGANISATION.fullmatch(found):
        raise TokenRefused("claim-malformed")
    return found


def _hpr(found: str | None) -> str | None:
    if found is not None and not _HPR.fullmatch(found):
        raise TokenRefused("claim-malformed")
    return found


def _words(claims: Json, name: str) -> list[str]:
    """Words with a space between them, as the standard has it, or a list, as HelseID's software writes it."""
    found = claims.get(name)
    return found.split(" ") if isinstance(found, str) else _list(claims, name)


def _list(claims: Json, name: str) -> list[str]:
    found = claims.get(name, [])
    if not isinstance(found, list) or len(found) > _MOST_GROUPS or not all(isinstance(each, str) for each in found):
        raise TokenRefused("claim-malformed")
    return found
