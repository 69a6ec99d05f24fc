"""Who is let in by which token, to the last claim; and that nothing but verification makes an identity."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certgateway.trust.issuers import PROFILES, VERBS, Login, ProfileName
from certgateway.trust.token_refusal import CAUSES, TokenRefused
from certgateway.trust.tokens import Credentials, Identity, identify
from tests.tokens import (
    AT,
    AUDIENCE,
    HPR,
    NAMES,
    NOW,
    ORGANISATION,
    URL,
    Noted,
    claims_of,
    credentials,
    good,
    header_of,
    identity,
    issuers,
    jwk,
    private,
    proof,
    signed,
    thumbprint,
    token,
)

PROFILE_NAMES: tuple[ProfileName, ...] = tuple(PROFILES)


def refused(given_: Credentials, at: datetime = AT, **changes: Any) -> tuple[str, str]:  # noqa: ANN401
    """Cause and part of a refusal; nothing was noted as used but by a replay."""
    noted = Noted()
    with pytest.raises(TokenRefused) as caught:
        identify(given_, changes.get("issuers", issuers()), noted, at)
    assert noted.seen == {}
    assert caught.value.cause in CAUSES
    return caught.value.cause, caught.value.part


# ---- who is let in --------------------------------------------------------------------------------------------------


def test_helseid_gives_organisation_clinician_and_scopes() -> None:
    found = identity("helseid")
    assert (found.profile, found.issuer, found.subject, found.client) == (
        "helseid",
        NAMES["helseid"],
        "pseudonym",
        "epj",
    )
    # The child organisation is not vouched for, and is not there.
    assert (found.organisation, found.hpr) == (ORGANISATION, HPR)
    assert found.verbs == {"submit", "poll", "validate"}
    assert (found.nav_ident, found.groups) == (None, frozenset())
    assert found.key == f"helseid:{NAMES['helseid']} pseudonym"


def test_a_system_without_a_clinician_is_known_by_its_client() -> None:
    person = {
        "sub": ...,
        "helseid://claims/hpr/hpr_number": ...,
        "helseid://claims/identity/assurance_level": ...,
    }
    found = identity("helseid", **person)
    assert (found.subject, found.hpr) == ("epj", None)


def test_helseid_says_high_assurance_by_either_of_two_claims() -> None:
    levels = {"helseid://claims/identity/assurance_level": ..., "helseid://claims/identity/security_level": "4"}
    assert identity("helseid", **levels).hpr == HPR


def test_maskinporten_gives_the_consumer() -> None:
    found = identity("maskinporten")
    assert (found.subject, found.organisation) == (f"0192:{ORGANISATION}", ORGANISATION)
    assert found.verbs == {"submit", "poll", "assess"}


def test_entra_gives_the_counsellor() -> None:
    found = identity("entra")
    assert (found.subject, found.nav_ident, found.organisation) == ("Z990001", "Z990001", None)
    assert found.groups == {"unit-0315"}
    assert found.verbs == {"assess", "clarify", "audit"}


def test_a_system_of_entra_s_is_known_by_its_object_id() -> None:
    found = identity("entra", NAVident=..., scp=..., groups=...)
    assert (found.subject, found.nav_ident) == ("00000000-0000-4000-8000-000000000001", None)
    assert found.verbs == {"audit"}


def test_the_sandbox_gives_what_it_is_asked_for() -> None:
    found = identity("sandbox", hpr=HPR)
    assert (found.organisation, found.hpr, found.verbs) == (ORGANISATION, HPR, frozenset({"submit", "poll", "clarify"}))
    assert identity("sandbox", organisation=...).organisation is None


@pytest.mark.parametrize("profile", PROFILE_NAMES)
def test_no_scope_allows_more_than_its_profile_may(profile: ProfileName) -> None:
    every = " ".join(f"nav:{verb}" for verb in VERBS)
    assert identity(profile, scope=every, scp=every).verbs == PROFILES[profile].verbs
    # Scopes are whole words with our prefix before them.
    assert identity(profile, scope="submit nav:assessment NAV:poll", scp="clarify", roles=[]).verbs == set()


LOGIN = Login(frozenset({"mfa", "hwk"}), frozenset({"c1", "c2"}), 3600)
STRONG: dict[str, Any] = {"amr": ["pwd", "mfa", "hwk"], "acrs": ["c2", "c1"], "auth_time": NOW - 3600}


def logged_in(claims: dict[str, Any], login: Login = LOGIN) -> Identity:
    asking = [replace(each, login=login) if each.profile == "entra" else each for each in issuers()]
    return identify(good("entra", STRONG | claims), asking, Noted(), AT)


@pytest.mark.parametrize(
    "claims, cause",
    [
        ({"amr": ["mfa"]}, "assurance-too-low"),
        ({"amr": []}, "assurance-too-low"),
        ({"amr": ...}, "assurance-too-low"),
        ({"amr": "mfa hwk"}, "claim-malformed"),
        ({"acrs": ["c1"]}, "assurance-too-low"),
        ({"acrs": ...}, "assurance-too-low"),
        ({"auth_time": ...}, "claim-missing"),
        ({"auth_time": str(NOW)}, "claim-malformed"),
        ({"auth_time": NOW - 3606}, "login-too-old"),
        ({"auth_time": NOW + 6}, "issued-in-future"),
    ],
)
def test_a_counsellor_must_have_logged_in_as_strongly_as_is_asked(claims: dict[str, Any], cause: str) -> None:
    with pytest.raises(TokenRefused) as raised:
        logged_in(claims)
    assert (raised.value.cause, raised.value.part) == (cause, "token")


def test_a_strong_login_is_taken_and_of_a_system_none_is_asked() -> None:
    assert logged_in({}).nav_ident == "Z990001"
    assert logged_in({"auth_time": NOW - 3605}).nav_ident == "Z990001"
    weak = {"amr": ..., "acrs": ..., "auth_time": ...}
    assert logged_in(weak, Login()).nav_ident == "Z990001"
    assert logged_in(weak | {"NAVident": ..., "scp": ...}).nav_ident is None
    for part in (Login(frozenset({"mfa"})), Login(contexts=frozenset({"c1"})), Login(seconds=3600)):
        assert logged_in({}, part).nav_ident == "Z990001"
        with pytest.raises(TokenRefused):
            logged_in(weak, part)


def test_two_issuers_of_one_profile_have_no_caller_in_common() -> None:
    name = "https://login.example/another/v2.0"
    both = [*issuers(), *(replace(each, name=name) for each in issuers() if each.profile == "entra")]
    first, second = identity("entra"), identify(good("entra", {"iss": name}), both, Noted(), AT)
    assert (first.subject, first.former_key) == (second.subject, second.former_key) == ("Z990001", "entra:Z990001")
    assert first.key != second.key
    assert first.key == f"entra:{NAMES['entra']} Z990001"


def test_helseid_and_counsellors_never_meet() -> None:
    assert PROFILES["helseid"].verbs.isdisjoint({"assess", "clarify", "audit"})
    assert PROFILES["entra"].verbs.isdisjoint({"submit", "poll"})


@pytest.mark.parametrize(
    "algorithm", ["ES256", "ES384", "PS256", "PS384", "PS512", "RS256", "RS512", "EdDSA", "Ed25519"]
)
def test_a_client_signs_its_proofs_by_any_algorithm_that_is_taken(algorithm: str) -> None:
    names = {"E": "client", "P": "client-rsa", "R": "client-rsa"}
    name: Any = {"ES384": "client-384", "EdDSA": "client-ed", "Ed25519": "client-ed"}.get(
        algorithm, names[algorithm[0]]
    )
    key = private(name)
    made = token("helseid", {"cnf": {"jkt": thumbprint(jwk(key))}})
    noted = Noted()
    found = identify(credentials(f"DPoP {made}", proofs=(proof(made, key=key, alg=algorithm),)), issuers(), noted, AT)
    assert found.organisation == ORGANISATION
    assert [key_ for key_, _ in noted.seen] == [thumbprint(jwk(key))]


@pytest.mark.parametrize("stated", ["ES256", "PS256", "PS384", "RS384"])
def test_an_issuer_signs_by_what_its_profile_allows(stated: str) -> None:
    kid = "issuer-ec" if stated == "ES256" else "issuer"
    made = token(
        "helseid", header={"alg": stated, "kid": kid}, key=private("issuer-ec" if stated == "ES256" else "issuer")
    )
    assert identify(credentials(f"DPoP {made}", proofs=(proof(made),)), issuers(), Noted(), AT).hpr == HPR


@pytest.mark.parametrize("scheme", ["DPoP", "dpop", "DPOP"])
def test_the_scheme_is_read_in_any_case(scheme: str) -> None:
    made = token("helseid")
    assert identify(credentials(f"{scheme} {made}", proofs=(proof(made),)), issuers(), Noted(), AT).hpr == HPR


def test_any_profile_s_token_that_is_bound_needs_a_proof() -> None:
    bound = {"cnf": {"jkt": thumbprint(jwk(private("client")))}}
    made = token("maskinporten", bound)
    found = identify(credentials(f"DPoP {made}", proofs=(proof(made),)), issuers(), Noted(), AT)
    assert found.profile == "maskinporten"
    assert refused(credentials(f"Bearer {made}")) == ("scheme-refused", "token")


@pytest.mark.parametrize(
    "stated",
    [
        URL,
        f"{URL}?receiver=8143060&after=1",
        f"{URL}#part",
        "HTTP://127.0.0.1:8080/messages",
        "http://127.0.0.1:8080/%6Dessages",
    ],
)
def test_an_address_is_compared_without_what_does_not_tell_it_from_another(stated: str) -> None:
    made = token("helseid")
    given_ = credentials(f"DPoP {made}", proofs=(proof(made, {"htu": stated}),))
    assert identify(given_, issuers(), Noted(), AT).hpr == HPR


def test_a_default_port_may_be_left_out() -> None:
    made = token("helseid")
    given_ = credentials(
        f"DPoP {made}", proofs=(proof(made, {"htu": "https://gateway.example/a"}),), url="https://gateway.example:443/a"
    )
    assert identify(given_, issuers(), Noted(), AT).hpr == HPR


# ---- time -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "claims, cause",
    [
        ({"exp": NOW - 5, "iat": NOW - 100}, "expired"),
        ({"exp": NOW - 4, "iat": NOW - 100}, None),
        ({"nbf": NOW + 6}, "not-yet-valid"),
        ({"nbf": NOW + 5}, None),
        ({"nbf": ...}, None),
        ({"iat": NOW + 6, "nbf": ...}, "issued-in-future"),
        ({"iat": NOW + 5, "nbf": ...}, None),
        ({"iat": NOW - 1, "nbf": NOW - 1, "exp": NOW + 119}, None),
        ({"iat": NOW, "nbf": NOW, "exp": NOW + 121}, "lives-too-long"),
        ({"iat": NOW, "nbf": NOW - 60, "exp": NOW + 61}, "lives-too-long"),
        ({"iat": NOW, "nbf": ..., "exp": NOW + 120}, None),
        ({"exp": NOW + 0.5}, None),
    ],
)
def test_times_hold_to_the_second(claims: dict[str, Any], cause: str | None) -> None:
    made = good("maskinporten", claims)
    if cause is None:
        assert identify(made, issuers(), Noted(), AT).organisation == ORGANISATION
    else:
        assert refused(made) == (cause, "token")


@pytest.mark.parametrize("made, cause", [(5, None), (6, "issued-in-future"), (-65, None), (-66, "too-old")])
def test_a_proof_is_good_for_a_minute(made: int, cause: str | None) -> None:
    for_ = token("helseid")
    given_ = credentials(f"DPoP {for_}", proofs=(proof(for_, {"iat": NOW + made}),))
    if cause is not None:
        assert refused(given_) == (cause, "proof")
        return
    noted = Noted()
    identify(given_, issuers(), noted, AT)
    # It is remembered for as long as it would be taken, and no shorter.
    assert list(noted.seen.values()) == [datetime.fromtimestamp(NOW + made + 65, UTC)]


def test_a_proof_is_used_once() -> None:
    noted, made = Noted(), token("helseid")
    given_ = credentials(f"DPoP {made}", proofs=(proof(made),))
    identify(given_, issuers(), noted, AT)
    with pytest.raises(TokenRefused) as caught:
        identify(given_, issuers(), noted, AT + timedelta(seconds=1))
    assert (caught.value.cause, caught.value.part) == ("replayed", "proof")
    identify(credentials(f"DPoP {made}", proofs=(proof(made),)), issuers(), noted, AT)
    assert len(noted.seen) == 2


# ---- who is not -----------------------------------------------------------------------------------------------------

HELSEID = "helseid://claims/"


@pytest.mark.parametrize(
    "profile, claims, cause",
    [
        ("helseid", {"cnf": ...}, "binding-missing"),
        ("helseid", {"cnf": None}, "binding-refused"),
        ("helseid", {"cnf": {}}, "binding-refused"),
        ("helseid", {"cnf": {"jkt": None}}, "claim-missing"),
        ("helseid", {"cnf": {"jkt": 1}}, "claim-malformed"),
        ("helseid", {"cnf": {"x5t#S256": "a"}}, "binding-refused"),
        ("helseid", {"cnf": {"jkt": "a", "x5t#S256": "a"}}, "binding-refused"),
        ("helseid", {f"{HELSEID}client/claims/orgnr_parent": ...}, "claim-missing"),
        ("helseid", {f"{HELSEID}client/claims/orgnr_parent": "98765432"}, "claim-malformed"),
        ("helseid", {f"{HELSEID}client/claims/orgnr_parent": "98765432\N{ARABIC-INDIC DIGIT FIVE}"}, "claim-malformed"),
        ("helseid", {f"{HELSEID}client/claims/orgnr_parent": ["987654325"]}, "claim-malformed"),
        ("helseid", {f"{HELSEID}hpr/hpr_number": "94128x"}, "claim-malformed"),
        ("helseid", {f"{HELSEID}hpr/hpr_number": 9412837}, "claim-malformed"),
        ("helseid", {f"{HELSEID}identity/assurance_level": "substantial"}, "assurance-too-low"),
        ("helseid", {f"{HELSEID}identity/assurance_level": ...}, "assurance-too-low"),
        (
            "helseid",
            {
                f"{HELSEID}hpr/hpr_number": ...,
                f"{HELSEID}identity/pid": "x",
                f"{HELSEID}identity/assurance_level": "low",
            },
            "assurance-too-low",
        ),
        ("helseid", {"client_id": ...}, "claim-missing"),
        ("helseid", {"scope": {"submit": True}}, "claim-malformed"),
        ("helseid", {"scope": [1]}, "claim-malformed"),
        ("maskinporten", {"consumer": ...}, "claim-missing"),
        ("maskinporten", {"consumer": f"0192:{ORGANISATION}"}, "claim-malformed"),
        ("maskinporten", {"consumer": {"authority": "iso6523-actorid-upis"}}, "claim-missing"),
        ("maskinporten", {"consumer": {"authority": "other", "ID": f"0192:{ORGANISATION}"}}, "claim-malformed"),
        ("maskinporten", {"consumer": {"authority": "iso6523-actorid-upis", "ID": ORGANISATION}}, "claim-malformed"),
        (
            "maskinporten",
            {"consumer": {"authority": "iso6523-actorid-upis", "ID": "9908:987654325"}},
            "claim-malformed",
        ),
        ("maskinporten", {"consumer": {"authority": "iso6523-actorid-upis", "ID": "0192:1"}}, "claim-malformed"),
        ("entra", {"ver": "1.0"}, "version-refused"),
        ("entra", {"ver": ...}, "version-refused"),
        ("entra", {"tid": "another"}, "tenant-differs"),
        ("entra", {"tid": ...}, "tenant-differs"),
        ("entra", {"nonce": "x"}, "not-an-access-token"),
        ("entra", {"azp": ...}, "claim-missing"),
        ("entra", {"oid": ..., "NAVident": ...}, "claim-missing"),
        # Who delegates is a person; without an ident it would be let in as a system.
        ("entra", {"NAVident": ...}, "claim-missing"),
        ("entra", {"NAVident": ..., "scp": ""}, "claim-missing"),
        ("entra", {"NAVident": ""}, "claim-malformed"),
        ("entra", {"NAVident": "Z\n1"}, "claim-malformed"),
        ("entra", {"NAVident": "Z" * 256}, "claim-malformed"),
        ("entra", {"groups": "all"}, "claim-malformed"),
        ("entra", {"groups": ["x"] * 501}, "claim-malformed"),
        ("sandbox", {"sub": ...}, "claim-missing"),
        ("sandbox", {"organisation": "1"}, "claim-malformed"),
    ],
)
def test_a_claim_of_another_form_than_promised_is_refused(
    profile: ProfileName, claims: dict[str, Any], cause: str
) -> None:
    assert refused(good(profile, claims)) == (cause, "token")


@pytest.mark.parametrize("profile", PROFILE_NAMES)
@pytest.mark.parametrize(
    "claims, cause",
    [
        ({"aud": "another"}, "audience-differs"),
        ({"aud": ...}, "audience-differs"),
        ({"aud": [AUDIENCE, "another"]}, "audience-differs"),
        ({"aud": AUDIENCE.upper()}, "audience-differs"),
        ({"iss": "https://issuer.example"}, "issuer-unknown"),
        ({"iss": ...}, "issuer-unknown"),
        ({"exp": ...}, "claim-missing"),
        ({"iat": ...}, "claim-missing"),
        ({"exp": True}, "claim-malformed"),
        ({"exp": str(NOW + 60)}, "claim-malformed"),
        ({"exp": -1}, "claim-malformed"),
        ({"exp": 10**12}, "claim-malformed"),
        ({"exp": NOW + 10**6}, "lives-too-long"),
    ],
)
def test_every_profile_needs_issuer_audience_and_times(
    profile: ProfileName, claims: dict[str, Any], cause: str
) -> None:
    assert refused(good(profile, claims)) == (cause, "token")


@pytest.mark.parametrize("profile", PROFILE_NAMES)
def test_an_audience_may_be_a_list_of_one(profile: ProfileName) -> None:
    assert identity(profile, aud=[AUDIENCE]).profile == profile


@pytest.mark.parametrize("profile", PROFILE_NAMES)
@pytest.mark.parametrize(
    "header, cause",
    [
        ({"kid": ...}, "key-unknown"),
        ({"kid": "another"}, "key-unknown"),
        ({"kid": 1}, "key-unknown"),
        ({"alg": "none"}, "algorithm-refused"),
        ({"alg": ...}, "algorithm-refused"),
        ({"alg": "HS256"}, "algorithm-refused"),
        ({"typ": "dpop+jwt"}, "type-refused"),
        ({"typ": 1}, "type-refused"),
        ({"jwk": {}}, "header-refused"),
        ({"jku": "https://issuer.example"}, "header-refused"),
        ({"x5u": "https://issuer.example"}, "header-refused"),
        ({"x5c": []}, "header-refused"),
        ({"crit": []}, "header-refused"),
        ({"b64": True}, "header-refused"),
    ],
)
def test_every_profile_s_header_is_an_allow_list(profile: ProfileName, header: dict[str, Any], cause: str) -> None:
    made = token(profile, header=header)
    assert refused(credentials(f"DPoP {made}", proofs=(proof(made),))) == (cause, "token")


@pytest.mark.parametrize("profile, type_", [("helseid", ...), ("entra", "at+jwt"), ("entra", ...), ("sandbox", "JWT")])
def test_a_profile_has_its_types(profile: ProfileName, type_: object) -> None:
    made = token(profile, header={"typ": type_})
    assert refused(credentials(f"DPoP {made}", proofs=(proof(made),))) == ("type-refused", "token")


def test_a_type_may_be_spelled_out() -> None:
    made = token("sandbox", header={"typ": "application/AT+JWT"})
    assert identify(credentials(f"Bearer {made}"), issuers(), Noted(), AT).profile == "sandbox"


def test_only_the_issuer_s_own_key_counts() -> None:
    stranger = signed(header_of("sandbox"), claims_of("sandbox"), private("stranger"), "ES256")
    assert refused(credentials(f"Bearer {stranger}")) == ("signature-invalid", "token")
    # A key of another kind than the algorithm's, both of which the profile allows.
    confused = token("helseid", header={"alg": "ES256"})
    assert refused(credentials(f"DPoP {confused}", proofs=(proof(confused),))) == ("algorithm-refused", "token")


def test_a_client_that_is_not_on_the_list_is_refused() -> None:
    some = tuple(replace(each, clients=frozenset({"another"})) for each in issuers())
    assert refused(good("maskinporten"), issuers=some) == ("client-refused", "token")
    same = tuple(replace(each, clients=frozenset({"epj"})) for each in issuers())
    assert identify(good("maskinporten"), same, Noted(), AT).client == "epj"


def test_an_issuer_may_have_its_own_lifetime() -> None:
    shorter = tuple(replace(each, longest=60) for each in issuers())
    assert refused(good("maskinporten"), issuers=shorter) == ("lives-too-long", "token")


@pytest.mark.parametrize(
    "given_, cause, part",
    [
        (credentials(), "missing", "token"),
        (credentials("Bearer a", "Bearer b"), "several-given", "token"),
        (credentials("Basic dTpw"), "scheme-refused", "token"),
        (credentials(""), "scheme-refused", "token"),
        (credentials("Bearer"), "malformed", "token"),
        (credentials("Bearer a.b"), "malformed", "token"),
        (credentials("Bearer a.b.c.d.e"), "malformed", "token"),
        (credentials("Bearer e30.e30."), "malformed", "token"),
        (credentials("Bearer e30.e30.=="), "malformed", "token"),
        (credentials("Bearer e30.e30.AB"), "malformed", "token"),
        (credentials("Bearer e30.e30.A"), "malformed", "token"),
        (credentials("Bearer W10.e30.AA"), "malformed", "token"),
        (credentials("Bearer e30.W10.AA"), "malformed", "token"),
        (credentials("Bearer e3.e30.AA"), "malformed", "token"),
        (credentials("Bearer " + "a" * 12289), "too-long", "token"),
        (credentials("Bearer e30.e30.AA"), "issuer-unknown", "token"),
    ],
)
def test_what_is_no_token_is_refused_for_its_form(given_: Credentials, cause: str, part: str) -> None:
    assert refused(given_) == (cause, part)


def test_a_proof_beside_a_token_that_needs_none_is_not_passed_over() -> None:
    made = token("maskinporten")
    assert refused(credentials(f"Bearer {made}", proofs=(proof(made),))) == ("scheme-refused", "token")
    assert refused(credentials(f"DPoP {made}")) == ("scheme-refused", "token")


@pytest.mark.parametrize(
    "claims, header, cause",
    [
        ({}, {"typ": "jwt"}, "type-refused"),
        ({}, {"typ": "DPOP+JWT"}, "type-refused"),
        ({}, {"alg": "none"}, "algorithm-refused"),
        ({}, {"alg": "HS256"}, "algorithm-refused"),
        ({}, {"alg": "ES384"}, "algorithm-refused"),
        ({}, {"jwk": ...}, "key-refused"),
        ({}, {"jwk": {**jwk(private("client")), "d": "AA"}}, "key-refused"),
        ({}, {"jwk": {**jwk(private("client")), "x5c": []}}, "key-refused"),
        ({}, {"jwk": {**jwk(private("client")), "use": "enc"}}, "key-refused"),
        ({}, {"jwk": jwk(private("stranger"))}, "signature-invalid"),
        ({}, {"jku": "https://issuer.example"}, "header-refused"),
        ({"jti": ...}, {}, "claim-missing"),
        ({"jti": ""}, {}, "claim-malformed"),
        ({"iat": ...}, {}, "claim-missing"),
        ({"iat": "now"}, {}, "claim-malformed"),
        ({"htm": "POST"}, {}, "method-differs"),
        ({"htm": "get"}, {}, "method-differs"),
        ({"htm": ...}, {}, "method-differs"),
        ({"htu": ...}, {}, "address-differs"),
        ({"htu": f"{URL}/1"}, {}, "address-differs"),
        ({"htu": f"{URL}/"}, {}, "address-differs"),
        ({"htu": "https://127.0.0.1:8080/messages"}, {}, "address-differs"),
        ({"htu": "http://127.0.0.1/messages"}, {}, "address-differs"),
        ({"htu": "http://me@127.0.0.1:8080/messages"}, {}, "address-differs"),
        ({"htu": "http://127.0.0.1:8080/MESSAGES"}, {}, "address-differs"),
        ({"htu": "http://127.0.0.1:99999/messages"}, {}, "address-differs"),
        ({"htu": "http://127.0.0.1:8080/%FF"}, {}, "address-differs"),
        ({"htu": "ftp://127.0.0.1:8080/messages"}, {}, "address-differs"),
        ({"htu": "/messages"}, {}, "address-differs"),
        ({"ath": ...}, {}, "token-differs"),
        ({"ath": "x"}, {}, "token-differs"),
    ],
)
def test_a_proof_is_for_this_request_or_none(claims: dict[str, Any], header: dict[str, Any], cause: str) -> None:
    made = token("helseid")
    assert refused(credentials(f"DPoP {made}", proofs=(proof(made, claims, header),))) == (cause, "proof")


def test_a_proof_there_must_be_and_one_only() -> None:
    made = token("helseid")
    assert refused(credentials(f"DPoP {made}")) == ("missing", "proof")
    assert refused(credentials(f"DPoP {made}", proofs=(proof(made), proof(made)))) == ("several-given", "proof")
    assert refused(credentials(f"Bearer {made}", proofs=(proof(made),))) == ("scheme-refused", "token")
    assert refused(credentials(f"DPoP {made}", proofs=("a" * 12289,))) == ("too-long", "proof")
    assert refused(credentials(f"DPoP {made}", proofs=("a.b.c",))) == ("malformed", "proof")


def test_whose_token_it_is_is_told_by_its_key() -> None:
    made = token("helseid")
    stolen = credentials(f"DPoP {made}", proofs=(proof(made, key=private("stranger")),))
    assert refused(stolen) == ("key-differs", "proof")


def test_nothing_but_verification_makes_an_identity() -> None:
    made = identity()
    fields = {
        name: getattr(made, name)
        for name in ("profile", "issuer", "subject", "client", "organisation", "hpr", "nav_ident", "groups", "verbs")
    }
    with pytest.raises(TypeError):
        Identity(**fields, proof=None)  # type: ignore[arg-type]
    # What stands in a log by mistake tells nobody.
    assert HPR not in repr(made)
    assert "pseudonym" not in repr(made)


# ---- one spelling ---------------------------------------------------------------------------------------------------

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ ~"
TOKENS = {name: token(name) for name in PROFILE_NAMES}
PROOF = proof(TOKENS["helseid"])


def changed(text: str, at: int, to: str) -> str:
    place = at % len(text)
    other = to if text[place] != to else ALPHABET[(ALPHABET.index(to) + 1) % len(ALPHABET)]
    return text[:place] + other + text[place + 1 :]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PROFILE_NAMES), st.integers(0, 5000), st.sampled_from(ALPHABET))
def test_no_single_character_of_a_token_can_be_another(profile: ProfileName, at: int, to: str) -> None:
    other = changed(TOKENS[profile], at, to)
    proofs = (proof(other),) if profile == "helseid" else ()
    with pytest.raises(TokenRefused):
        identify(credentials(f"{'DPoP' if proofs else 'Bearer'} {other}", proofs=proofs), issuers(), Noted(), AT)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 5000), st.sampled_from(ALPHABET))
def test_no_single_character_of_a_proof_can_be_another(at: int, to: str) -> None:
    given_ = credentials(f"DPoP {TOKENS['helseid']}", proofs=(changed(PROOF, at, to),))
    with pytest.raises(TokenRefused):
        identify(given_, issuers(), Noted(), AT)


@pytest.mark.parametrize("which", ["token", "proof"])
def test_the_last_character_s_spare_bits_are_bits_like_others(which: str) -> None:
    """Base64 of 64 and of 256 bytes has spare bits in its last character: a lax reader takes sixteen, or four."""
    text = TOKENS["sandbox"] if which == "token" else PROOF
    for other in ALPHABET[:64]:
        if other == text[-1]:
            continue
        last = text[:-1] + other
        given_ = (
            credentials(f"Bearer {last}")
            if which == "token"
            else credentials(f"DPoP {TOKENS['helseid']}", proofs=(last,))
        )
        assert refused(given_)[0] in {"malformed", "signature-invalid"}
