"""The sandbox's tokens are those of each profile, and each broken one is refused for the reason it is named for."""

import pytest

from certgateway.trust.issuers import PROFILES, ProfileName
from certgateway.trust.sandbox_faults import (
    ANOTHER_ORGANISATION,
    FAULTS,
    LOGIN_FAULTS,
    PROOF_FAULTS,
    TOKEN_FAULTS,
    USE_FAULTS,
    fits,
)
from certgateway.trust.sandbox_issuer import Minted, SandboxIssuer, Wish
from certgateway.trust.token_refusal import TokenRefused
from certgateway.trust.tokens import Identity, identify
from tests.tokens import ADDRESS, AT, HPR, NOW, ORGANISATION, URL, Noted, credentials, jwk, private, proof, thumbprint

OFFICE = SandboxIssuer(ADDRESS)
CAUSES = {
    "expired": "expired",
    "not-yet-valid": "not-yet-valid",
    "future-iat": "issued-in-future",
    "lives-too-long": "lives-too-long",
    "no-expiry": "claim-missing",
    "wrong-audience": "audience-differs",
    "several-audiences": "audience-differs",
    "wrong-issuer": "issuer-unknown",
    "unknown-kid": "key-unknown",
    "wrong-type": "type-refused",
    "jku": "header-refused",
    "crit": "header-refused",
    "alg-none": "algorithm-refused",
    "hmac-with-public-key": "algorithm-refused",
    "signed-by-another": "signature-invalid",
    "changed-after-signing": "signature-invalid",
    "no-proof": "missing",
    "foreign-jkt": "key-differs",
    "replayed-jti": "replayed",
    "other-route": "address-differs",
    "other-method": "method-differs",
    "other-token": "token-differs",
    "old-proof": "too-old",
    "future-proof": "issued-in-future",
    "private-key-in-proof": "key-refused",
    "proof-without-id": "claim-missing",
    "weak-login": "assurance-too-low",
    "no-login-context": "assurance-too-low",
    "old-login": "login-too-old",
}
UNTOLD = {
    *(
        (profile, name)
        for profile in ("maskinporten", "sandbox")
        for name in ("weak-login", "no-login-context", "old-login")
    ),
    ("helseid", "no-login-context"),
    ("helseid", "old-login"),
}


def known(minted: Minted, noted: Noted | None = None) -> Identity:
    proofs = (minted.proof,) if minted.proof is not None else ()
    presented = credentials(f"{minted.scheme} {minted.token}", proofs=proofs)
    return identify(presented, OFFICE.issuers(), noted or Noted(), AT)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("url", [None, URL])
def test_a_good_token_of_each_profile_is_taken(profile: ProfileName, url: str | None) -> None:
    minted = OFFICE.mint(Wish(profile, ORGANISATION, hpr=HPR, url=url or (URL if profile == "helseid" else None)), NOW)
    found = known(minted)
    assert found.profile == profile
    assert found.organisation == (None if profile == "entra" else ORGANISATION)
    assert found.hpr == (HPR if profile in {"helseid", "sandbox"} else None)
    assert found.verbs == PROFILES[profile].verbs
    assert minted.scheme == ("DPoP" if url or profile == "helseid" else "Bearer")


def test_a_clinician_may_be_left_out() -> None:
    assert known(OFFICE.mint(Wish("helseid", ORGANISATION, url=URL), NOW)).hpr is None


def test_a_client_may_have_its_token_bound_to_its_own_key() -> None:
    own = thumbprint(jwk(private("client")))
    minted = OFFICE.mint(Wish("helseid", ORGANISATION, key=own), NOW)
    assert minted.proof is None
    presented = credentials(f"DPoP {minted.token}", proofs=(proof(minted.token),))
    assert identify(presented, OFFICE.issuers(), Noted(), AT).organisation == ORGANISATION


@pytest.mark.parametrize("name", TOKEN_FAULTS)
@pytest.mark.parametrize("profile", PROFILES)
def test_a_broken_token_is_refused_for_its_fault(profile: ProfileName, name: str) -> None:
    wish = Wish(profile, ORGANISATION, url=URL if profile == "helseid" else None)
    with pytest.raises(TokenRefused) as caught:
        known(OFFICE.mint(wish, NOW, FAULTS[name]))
    assert (caught.value.cause, caught.value.part) == (CAUSES[name], "token")


@pytest.mark.parametrize("name", PROOF_FAULTS)
@pytest.mark.parametrize("profile", PROFILES)
def test_a_broken_proof_is_refused_for_its_fault(profile: ProfileName, name: str) -> None:
    minted, noted = OFFICE.mint(Wish(profile, ORGANISATION, url=URL), NOW, FAULTS[name]), Noted()
    if name == "replayed-jti":
        assert noted.use(*minted.used, AT)
    with pytest.raises(TokenRefused) as caught:
        known(minted, noted)
    assert (caught.value.cause, caught.value.part) == (CAUSES[name], "proof")


@pytest.mark.parametrize("name", LOGIN_FAULTS)
@pytest.mark.parametrize("profile", PROFILES)
def test_a_weak_login_is_refused_where_a_profile_tells_of_it(profile: ProfileName, name: str) -> None:
    wish = Wish(profile, ORGANISATION, hpr="9412837", url=URL)
    assert fits(name, profile, has_clinician=False) is (profile == "entra")
    if not fits(name, profile, has_clinician=True):
        assert (profile, name) in UNTOLD
        return
    with pytest.raises(TokenRefused) as caught:
        known(OFFICE.mint(wish, NOW, FAULTS[name]))
    assert (caught.value.cause, caught.value.part) == (CAUSES[name], "token")


@pytest.mark.parametrize("profile", PROFILES)
def test_a_token_may_be_good_and_not_do(profile: ProfileName) -> None:
    wish = Wish(profile, ORGANISATION, url=URL)
    assert known(OFFICE.mint(wish, NOW, FAULTS["missing-scope"])).verbs == set()
    other = known(OFFICE.mint(wish, NOW, FAULTS["wrong-organisation"]))
    assert other.organisation == (None if profile == "entra" else ANOTHER_ORGANISATION)


@pytest.mark.parametrize("profile", PROFILES)
def test_what_breaks_no_login_fits_every_profile_and_an_unknown_name_none(profile: ProfileName) -> None:
    assert all(fits(name, profile, has_clinician=False) for name in {*FAULTS} - {*LOGIN_FAULTS})
    assert not fits("no-such-fault", profile, has_clinician=True)


def test_every_fault_has_its_cause() -> None:
    assert set(FAULTS) == set(CAUSES) | set(USE_FAULTS)
    assert [key["kid"] for key in OFFICE.jwks()["keys"]] == ["sandbox-rsa", "sandbox-ec"]
    assert all("d" not in key for key in OFFICE.jwks()["keys"])
    assert OFFICE.find("nobody") is None
