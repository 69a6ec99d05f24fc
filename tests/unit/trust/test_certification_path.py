"""A path leads from a signer to a pinned issuer by way of authorities that may issue, each proved by the one above."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA224
from cryptography.x509.oid import ExtendedKeyUsageOID

from certgateway.trust import certification_path
from certgateway.trust.certificates import Anchors, TrustedKey, trusted_key
from certgateway.trust.revocation import NotAsked, RevocationLists
from certgateway.trust.signature_refusal import SignatureRefused
from tests.chains import der, holds_over_sha1, issuer, library_accepts, office_below, openssl_accepts, over_sha1
from tests.signing import AT, VALID, Identity, certificate, key, revocation_list, subject, usage

DAY = timedelta(days=1)
ROOT = issuer("Rot", number=0)
UPPER = issuer("Øvre", ROOT, number=1)
MIDDLE = issuer("Midtre", UPPER, number=2)
LOWER = issuer("Nedre", MIDDLE, number=3)
LOWEST = issuer("Nederst", LOWER, number=4)


def pinned(*issuers: Identity) -> Anchors:
    return Anchors(tuple(one.certificate for one in issuers), (), NotAsked("made for this test"))


def trusted(one: Identity, *brought: Identity, by: Anchors | None = None) -> TrustedKey:
    return trusted_key(der(one, *brought), by or pinned(ROOT), AT)


def refused(one: Identity, *brought: Identity, by: Anchors | None = None) -> str:
    with pytest.raises(SignatureRefused) as caught:
        trusted(one, *brought, by=by)
    return caught.value.id


def peers_accept(one: Identity, *brought: Identity, by: tuple[Identity, ...] = (ROOT,)) -> tuple[bool, bool]:
    asked = (one.certificate, [each.certificate for each in by], [each.certificate for each in brought])
    return openssl_accepts(*asked), library_accepts(*asked)


# ---- paths that hold ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=str)
def test_four_certificates_lead_to_the_anchor_in_any_order(order: tuple[int, ...]) -> None:
    given = der(office_below(LOWER), LOWER, MIDDLE, UPPER)
    found = trusted_key([given[each] for each in order], pinned(ROOT), AT)
    assert (found.trusted_by, found.certificate) == ("issuer", office_below(LOWER).certificate)


@pytest.mark.parametrize("anchor", [ROOT, UPPER, MIDDLE, LOWER], ids=["root", "upper", "middle", "lower"])
def test_an_issuer_that_is_pinned_is_an_anchor_wherever_it_stands(anchor: Identity) -> None:
    below = [one for one in (LOWER, MIDDLE, UPPER) if one != anchor]
    own = office_below(LOWER)
    assert trusted(own, *below, by=pinned(anchor)).trusted_by == "issuer"
    assert peers_accept(own, *below, by=(anchor,)) == (True, True)


def test_authorities_may_stand_in_the_file_of_anchors_too() -> None:
    assert trusted(office_below(LOWER), MIDDLE, by=pinned(ROOT, UPPER, LOWER)).trusted_by == "issuer"


def test_the_anchor_may_come_with_the_message() -> None:
    assert trusted(office_below(UPPER), UPPER, ROOT).trusted_by == "issuer"


def test_authorities_that_have_nothing_to_do_with_it_are_passed_over() -> None:
    strange = issuer("Fremmed", number=9)
    assert trusted(office_below(UPPER), strange, UPPER, issuer("Under", strange, number=8)).trusted_by == "issuer"


def test_of_two_authorities_with_one_name_the_right_one_counts() -> None:
    namesake = issuer("Øvre", ROOT, number=7)
    for given in permutations((namesake, UPPER)):
        assert trusted(office_below(UPPER), *given).trusted_by == "issuer"
    assert refused(office_below(UPPER), namesake) == "certificate-untrusted"


@pytest.mark.parametrize("length,is_trusted", [(0, False), (1, True), (2, True), (None, True)])
def test_an_authority_says_how_many_may_stand_below_it(
    length: int | None,
    is_trusted: bool,  # noqa: FBT001  A case of the table.
) -> None:
    upper = issuer("Øvre", ROOT, number=1, path_length=length)
    middle = issuer("Midtre", upper, number=2)
    own = office_below(middle)
    assert peers_accept(own, middle, upper) == (is_trusted, is_trusted)
    if is_trusted:
        assert trusted(own, middle, upper).trusted_by == "issuer"
    else:
        assert refused(own, middle, upper) == "certificate-untrusted"


def test_an_authority_that_has_none_below_it_issues_to_signers() -> None:
    upper = issuer("Øvre", ROOT, number=1, path_length=0)
    assert trusted(office_below(upper), upper).trusted_by == "issuer"


def test_what_the_anchor_says_of_its_length_counts_as_well() -> None:
    short = issuer("Kort rot", number=10, path_length=0)
    middle = issuer("Midtre", short, number=2)
    assert trusted(office_below(short), by=pinned(short)).trusted_by == "issuer"
    assert refused(office_below(middle), middle, by=pinned(short)) == "certificate-untrusted"


# ---- paths that do not ----------------------------------------------------------------------------------------------


def test_nobody_is_trusted_by_the_root_that_they_bring() -> None:
    own_root = issuer("Rot", number=20)
    middle = issuer("Midtre", own_root, number=2)
    assert refused(office_below(own_root), own_root) == "certificate-untrusted"
    assert refused(office_below(middle), middle, own_root) == "certificate-untrusted"
    assert peers_accept(office_below(middle), middle, own_root) == (False, False)


def test_a_link_that_is_missing_is_not_guessed() -> None:
    assert refused(office_below(LOWER), LOWER, UPPER) == "certificate-untrusted"
    assert refused(office_below(LOWER)) == "certificate-untrusted"


def test_a_path_has_at_most_three_authorities_below_the_anchor() -> None:
    assert refused(office_below(LOWEST), LOWEST, LOWER, MIDDLE, UPPER) == "certificate-untrusted"
    assert peers_accept(office_below(LOWEST), LOWEST, LOWER, MIDDLE, UPPER) == (False, False)


@pytest.mark.parametrize(
    "unfit",
    [
        issuer("Uegnet", ROOT, number=5, is_authority=True, uses=usage("digital_signature", "crl_sign")),
        issuer("Uegnet", ROOT, number=5, uses=None),
        issuer("Uegnet", ROOT, number=5, valid=(VALID[0], AT - DAY)),
        issuer("Uegnet", ROOT, number=5, valid=(AT + DAY, VALID[1])),
        issuer("Uegnet", ROOT, number=5, extras=[(x509.InhibitAnyPolicy(0), True)]),
        issuer("Uegnet", ROOT, number=5, extras=[(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)]),
        issuer(
            "Uegnet",
            ROOT,
            number=5,
            extras=[(x509.NameConstraints([x509.DirectoryName(subject("Andre"))], None), False)],
        ),
        issuer("Uegnet", ROOT, number=5, hash_=SHA224()),
        Identity(key("p256", 305), issuer("Uegnet", issuer("Rot", number=20), number=5).certificate),
    ],
    ids=[
        "use",
        "no use",
        "expired",
        "not yet valid",
        "a demand",
        "for servers",
        "names",
        "a weak hash",
        "signed by another of the name",
    ],
)
def test_an_authority_that_may_not_issue_leads_nowhere(unfit: Identity) -> None:
    assert refused(office_below(unfit), unfit) == "certificate-untrusted"


def test_what_is_no_authority_leads_nowhere() -> None:
    """It counts as a second signer; registered, it is believed itself and nobody below it."""
    none = issuer("Ingen", ROOT, number=6, is_authority=False)
    assert refused(office_below(none), none) == "certificate-ambiguous"
    assert refused(office_below(none), by=replace(pinned(ROOT), registered=(none.certificate,))) == (
        "certificate-untrusted"
    )
    assert peers_accept(office_below(none), none) == (False, False)


def test_an_authority_signed_over_sha_1_leads_nowhere() -> None:
    own = key("rsa3072", 0)
    root = Identity(own, certificate(own, subject("RSA-rot"), authority=True, uses=usage("key_cert_sign")))
    middle = issuer("Midtre", root, number=2)
    assert trusted(office_below(middle), middle, by=pinned(root)).trusted_by == "issuer"
    old = Identity(middle.key, over_sha1(middle.certificate, root))
    assert old.certificate.signature_algorithm_oid == x509.SignatureAlgorithmOID.RSA_WITH_SHA1
    assert holds_over_sha1(old.certificate, root)
    assert refused(office_below(old), old, by=pinned(root)) == "certificate-untrusted"
    assert peers_accept(office_below(old), old, by=(root,)) == (False, False)


def test_an_authority_with_a_weak_key_leads_nowhere_but_until_its_sunset() -> None:
    own = key("rsa2048", 0)
    weak = Identity(own, certificate(own, subject("Svak"), ROOT, authority=True, uses=usage("key_cert_sign")))
    assert refused(office_below(weak), weak) == "certificate-untrusted"
    by = replace(pinned(ROOT), rsa_2048_until=AT + DAY)
    assert trusted(office_below(weak), weak, by=by).trusted_by == "issuer"
    assert refused(office_below(weak), weak, by=replace(by, rsa_2048_until=AT)) == "certificate-untrusted"


def test_authorities_that_issued_each_other_lead_nowhere() -> None:
    one, other = issuer("En", number=11), issuer("To", number=12)
    by_other, by_one = issuer("En", other, number=11), issuer("To", one, number=12)
    own = office_below(one)
    assert refused(own, by_other, by_one) == "certificate-untrusted"
    assert refused(own, by_other, by_one, one) == "certificate-untrusted"
    assert peers_accept(own, by_other, by_one) == (False, False)
    assert trusted(own, by_other, by_one, by=pinned(other)).trusted_by == "issuer"


def test_a_name_stands_once_in_a_path() -> None:
    """An issuer that hands over to a new key under its old name: the operator pins the new one."""
    newer = issuer("Rot", ROOT, number=13)
    assert refused(office_below(newer), newer) == "certificate-untrusted"
    assert trusted(office_below(newer), by=pinned(ROOT, newer)).trusted_by == "issuer"


def test_a_certificate_that_issued_itself_under_the_anchor_s_name_is_nobody_s() -> None:
    own = key("p256", 299)
    forged = Identity(own, certificate(own, subject("Rot"), uses=usage("digital_signature")))
    assert refused(forged) == "certificate-untrusted"
    assert refused(forged, ROOT) == "certificate-untrusted"
    assert peers_accept(forged) == (False, False)


def test_an_expired_authority_hinders_no_other_path() -> None:
    old = issuer("Øvre", ROOT, number=1, valid=(VALID[0], AT - DAY))
    assert refused(office_below(UPPER), old) == "certificate-untrusted"
    assert trusted(office_below(UPPER), old, UPPER).trusted_by == "issuer"


def test_a_path_is_told_once_whatever_is_brought_twice() -> None:
    own = office_below(UPPER).certificate
    given = [one.certificate for one in (ROOT, UPPER, UPPER, ROOT)]
    found = certification_path.paths(own, [ROOT.certificate], given, AT, None)
    assert found == ((own, UPPER.certificate, ROOT.certificate),)


# ---- revocation along the path --------------------------------------------------------------------------------------


def lists(*made: bytes, required: bool = True) -> RevocationLists:
    return RevocationLists.of(*map(x509.load_pem_x509_crl, made), required=required)


def test_every_certificate_of_a_path_needs_a_list() -> None:
    own, both = office_below(UPPER), (revocation_list(ROOT), revocation_list(UPPER))
    by = pinned(ROOT)
    assert trusted(own, UPPER, by=replace(by, revocation=lists(*both))).trusted_by == "issuer"
    for alone in both:
        assert refused(own, UPPER, by=replace(by, revocation=lists(alone))) == "revocation-unknown"
        assert trusted(own, UPPER, by=replace(by, revocation=lists(alone, required=False))).trusted_by == "issuer"


@pytest.mark.parametrize("required", [True, False], ids=["required", "listed"])
def test_an_authority_that_was_taken_back_leads_nowhere(required: bool) -> None:  # noqa: FBT001  A case.
    asked = lists(revocation_list(ROOT, UPPER.certificate), revocation_list(UPPER), required=required)
    assert refused(office_below(UPPER), UPPER, by=replace(pinned(ROOT), revocation=asked)) == "certificate-revoked"


def test_a_pinned_issuer_that_the_one_above_has_taken_back_is_no_anchor_any_more() -> None:
    """Where both are pinned: else there is nobody to ask, and it is its own anchor."""
    asked = lists(revocation_list(ROOT, UPPER.certificate), revocation_list(UPPER))
    own = office_below(UPPER)
    assert refused(own, by=replace(pinned(ROOT, UPPER), revocation=asked)) == "certificate-revoked"
    assert trusted(own, by=replace(pinned(UPPER), revocation=asked)).trusted_by == "issuer"
    alone = lists(revocation_list(UPPER))
    assert trusted(own, by=replace(pinned(ROOT, UPPER), revocation=alone)).trusted_by == "issuer"


def test_one_path_that_is_known_is_enough_and_one_that_is_revoked_too_much() -> None:
    other = issuer("Annen rot", number=14)
    crossed = issuer("Øvre", other, number=1)
    own, by = office_below(UPPER), pinned(ROOT, other)
    of_signer = revocation_list(UPPER)
    known = replace(by, revocation=lists(of_signer, revocation_list(ROOT)))
    assert trusted(own, UPPER, crossed, by=known).trusted_by == "issuer"
    revoked = lists(of_signer, revocation_list(ROOT), revocation_list(other, crossed.certificate))
    assert refused(own, UPPER, crossed, by=replace(by, revocation=revoked)) == "certificate-revoked"


# ---- what it costs --------------------------------------------------------------------------------------------------


def test_no_key_is_used_before_its_own_certificate_is_proved() -> None:
    """A sender's own keys may be of any size, and the more of them of one name, the more pairs."""
    forged_root = issuer("Rot", number=20)
    made = [issuer("Felles", forged_root, number=21 + each) for each in range(3)]
    certification_path._is_issued_by.cache_clear()
    assert refused(office_below(made[2]), *made) == "certificate-untrusted"
    # Each of the three was held against the root that is pinned, and there it ended.
    assert certification_path._is_issued_by.cache_info().misses == 3


def test_a_signer_s_signature_costs_nothing_once_it_was_seen() -> None:
    certification_path._is_issued_by.cache_clear()
    for _ in range(3):
        trusted(office_below(UPPER), UPPER)
    found = certification_path._is_issued_by.cache_info()
    assert (found.misses, found.hits) == (2, 4)
