"""A certificate is trusted for its issuer or registration, for signing, at a time, and by a policy that is stated."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Literal

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.hashes import SHA224, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID as Purpose

from certgateway.trust.certificates import Anchors, TrustedKey, trusted_key
from certgateway.trust.revocation import NotAsked
from certgateway.trust.signature_refusal import SignatureRefused
from tests.signing import AT, VALID, Identity, authority, certificate, key, signer, subject, usage

NOT_ASKED = NotAsked("made for this test")
DAY = timedelta(days=1)
NAME = subject("Legekontor")
SIGNING = usage("digital_signature")
ONLY_OTHERS = x509.NameConstraints(permitted_subtrees=[x509.DirectoryName(subject("Andre"))], excluded_subtrees=None)


def anchors(*issuers: Identity, registered: tuple[x509.Certificate, ...] = ()) -> Anchors:
    return Anchors(tuple(one.certificate for one in issuers or (authority(),)), registered, NOT_ASKED)


def trusted(one: x509.Certificate, by: Anchors | None = None, at: datetime = AT) -> TrustedKey:
    return trusted_key([one.public_bytes(Encoding.DER)], by or anchors(), at)


def refused(one: x509.Certificate, by: Anchors | None = None, at: datetime = AT) -> str:
    with pytest.raises(SignatureRefused) as caught:
        trusted(one, by, at)
    return caught.value.id


def office(**how: object) -> x509.Certificate:
    """A certificate by the authority that signs, with what is asked for changed."""
    return certificate(key("p256", 0), NAME, authority(), **{"uses": SIGNING, **how})  # type: ignore[arg-type]


# ---- who is believed ------------------------------------------------------------------------------------------------


def test_what_a_pinned_issuer_issued_is_trusted() -> None:
    assert trusted(office()).trusted_by == "issuer"


def test_an_issuer_of_the_same_name_with_another_key_is_another_issuer() -> None:
    other = Identity(key("p256", 7), certificate(key("p256", 7), subject("Testutsteder"), authority=True, uses=None))
    forged = certificate(key("p256", 0), NAME, other, uses=SIGNING)
    assert refused(forged) == "certificate-untrusted"


def test_what_is_no_authority_issues_none_though_its_key_usage_says_so() -> None:
    own = key("p256", 8)
    made = Identity(own, certificate(own, subject("Annen"), uses=usage("key_cert_sign", "digital_signature")))
    assert refused(certificate(key("p256", 0), NAME, made, uses=SIGNING), anchors(made)) == "certificate-untrusted"


def test_an_office_issues_no_certificates() -> None:
    below = certificate(key("p256", 6), NAME, signer(), uses=SIGNING)
    assert refused(below, anchors(signer())) == "certificate-untrusted"


@pytest.mark.parametrize(
    "uses,valid,extras",
    [
        (None, VALID, []),
        (usage("digital_signature"), VALID, []),
        (usage("key_cert_sign"), (VALID[0], AT - DAY), []),
        (usage("key_cert_sign"), (AT + DAY, VALID[1]), []),
        (usage("key_cert_sign"), VALID, [(x509.InhibitAnyPolicy(0), True)]),
        (usage("key_cert_sign"), VALID, [(ONLY_OTHERS, True)]),
        (usage("key_cert_sign"), VALID, [(ONLY_OTHERS, False)]),
        (usage("key_cert_sign"), VALID, [(x509.ExtendedKeyUsage([Purpose.SERVER_AUTH]), False)]),
    ],
    ids=[
        "no usage",
        "not for issuing",
        "expired",
        "not yet",
        "a demand we do not know",
        "names, critical",
        "names, not critical",
        "for servers alone",
    ],
)
def test_a_pinned_issuer_must_be_fit_to_issue(
    uses: x509.KeyUsage | None,
    valid: tuple[datetime, datetime],
    extras: list[tuple[x509.ExtensionType, bool]],
) -> None:
    own = key("p256", 8)
    made = certificate(own, subject("Annen"), authority=True, uses=uses, valid=valid, extras=extras)
    unfit = Identity(own, made)
    assert refused(certificate(key("p256", 0), NAME, unfit, uses=SIGNING), anchors(unfit)) == "certificate-untrusted"


def test_a_certificate_signed_over_a_weak_hash_is_not_believed() -> None:
    """SHA-224, for the library that makes certificates no longer makes any over SHA-1."""
    assert refused(office(hash_=SHA224())) == "certificate-untrusted"


def test_a_registered_certificate_is_trusted_without_its_issuer() -> None:
    own = signer(by="Fremmed").certificate
    assert refused(own) == "certificate-untrusted"
    found = trusted(own, anchors(registered=(own,)))
    assert (found.trusted_by, found.certificate) == ("registration", own)


def test_another_certificate_for_a_registered_key_is_not_registered() -> None:
    one, other = (certificate(key("p256", 0), subject(name), uses=SIGNING) for name in ("En", "To"))
    assert refused(other, anchors(registered=(one,))) == "certificate-untrusted"


def test_an_authority_signs_no_messages() -> None:
    assert refused(authority().certificate, anchors(registered=(authority().certificate,))) == "certificate-ambiguous"


def test_none_or_two_signers_are_no_signer() -> None:
    two = [one.certificate.public_bytes(Encoding.DER) for one in (signer(), signer(number=1))]
    for given in (two, []):
        with pytest.raises(SignatureRefused, match="certificate-ambiguous"):
            trusted_key(given, anchors(), AT)


def test_a_certificate_without_constraints_is_no_authority() -> None:
    own = key("p256", 0)
    builder = x509.CertificateBuilder(NAME, NAME, own.public_key(), 1, *VALID)
    bare = builder.add_extension(SIGNING, critical=True).sign(own, SHA256())
    assert trusted(bare, anchors(registered=(bare,))).certificate == bare


# ---- what it is for, and when ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["digital_signature", "content_commitment"])
def test_both_uses_that_sign_do(name: str) -> None:
    own = office(uses=usage(name))
    assert trusted(own).certificate == own


@pytest.mark.parametrize("uses", [None, usage("key_encipherment", "data_encipherment"), usage("key_cert_sign")])
def test_a_certificate_for_something_else_does_not_sign(uses: x509.KeyUsage | None) -> None:
    assert refused(office(uses=uses)) == "certificate-not-for-signing"


def test_a_critical_extension_that_is_not_understood_is_not_passed_over() -> None:
    extras = [(x509.InhibitAnyPolicy(0), True)]
    assert refused(office(extras=extras)) == "certificate-extension-refused"
    trusted(office(extras=[(extension, False) for extension, _ in extras]))


@pytest.mark.parametrize("is_critical", [True, False], ids=["critical", "not critical"])
@pytest.mark.parametrize(
    "purposes,is_for_messages",
    [
        ([Purpose.SERVER_AUTH], False),
        ([Purpose.CODE_SIGNING], False),
        ([Purpose.TIME_STAMPING], False),
        ([Purpose.OCSP_SIGNING], False),
        ([Purpose.SERVER_AUTH, Purpose.OCSP_SIGNING], False),
        ([Purpose.SERVER_AUTH, Purpose.CLIENT_AUTH], True),
        ([Purpose.EMAIL_PROTECTION], True),
        ([Purpose.ANY_EXTENDED_KEY_USAGE], True),
        ([x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")], True),
        ([x509.ObjectIdentifier("2.16.578.1.99.1")], True),
    ],
    ids=[
        "server",
        "code",
        "time",
        "status",
        "server, status",
        "server, client",
        "mail",
        "any",
        "documents",
        "their own",
    ],
)
def test_a_certificate_for_other_purposes_alone_does_not_sign(
    purposes: list[x509.ObjectIdentifier],
    is_for_messages: bool,  # noqa: FBT001  A case of the table.
    is_critical: bool,  # noqa: FBT001
) -> None:
    own = office(extras=[(x509.ExtendedKeyUsage(purposes), is_critical)])
    if is_for_messages:
        assert trusted(own).certificate == own
    else:
        assert refused(own) == "certificate-not-for-signing"


def test_validity_is_that_of_the_time_asked_about() -> None:
    short = office(valid=(AT, AT + DAY))
    trusted(short)
    trusted(short, at=AT + DAY)
    assert refused(short, at=AT - DAY) == "certificate-not-yet-valid"
    assert refused(short, at=AT + DAY + timedelta(seconds=1)) == "certificate-expired"


def test_a_registered_certificate_is_held_to_the_same() -> None:
    old = office(valid=(VALID[0], AT - DAY))
    assert refused(old, anchors(registered=(old,))) == "certificate-expired"
    other = office(uses=usage("key_encipherment"))
    assert refused(other, anchors(registered=(other,))) == "certificate-not-for-signing"


# ---- the key --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["p256", "p384", "rsa3072"])
def test_strong_keys_are_taken(kind: Literal["p256", "p384", "rsa3072"]) -> None:
    own = signer(kind).certificate
    assert trusted(own).key == own.public_key()


def test_other_curves_and_kinds_are_refused() -> None:
    assert refused(signer("p521").certificate) == "key-refused"
    own = ed25519.Ed25519PrivateKey.generate()
    builder = x509.CertificateBuilder(authority().certificate.subject, NAME, own.public_key(), 1, *VALID)
    made = builder.add_extension(SIGNING, critical=True).sign(authority().key, SHA256())
    assert refused(made) == "key-refused"


def test_an_issuer_with_a_weak_key_is_believed_until_the_same_sunset() -> None:
    own = key("rsa2048", 0)
    weak = Identity(own, certificate(own, subject("Svak"), authority=True, uses=usage("key_cert_sign")))
    below = certificate(key("p256", 0), NAME, weak, uses=SIGNING)
    assert refused(below, anchors(weak)) == "certificate-untrusted"
    trusted(below, replace(anchors(weak), rsa_2048_until=AT + DAY))
    assert refused(below, replace(anchors(weak), rsa_2048_until=AT)) == "certificate-untrusted"


def test_rsa_of_2048_bits_ends_at_its_sunset() -> None:
    small = signer("rsa2048").certificate
    assert refused(small) == "key-refused"
    trusted(small, replace(anchors(), rsa_2048_until=AT + DAY))
    assert refused(small, replace(anchors(), rsa_2048_until=AT)) == "key-refused"


# ---- what cannot be read --------------------------------------------------------------------------------------------


def test_a_certificate_with_parts_that_cannot_be_read_is_refused() -> None:
    der = bytearray(office().public_bytes(Encoding.DER))
    at = der.index(bytes.fromhex("0603551d0f"))
    # The extension for key usage under the name of basic constraints, which then stand there twice.
    der[at + 4] = 0x13
    for broken in (bytes(der), b"", b"\x30\x00", bytes(der[:-10])):
        with pytest.raises(SignatureRefused, match="certificate-unreadable"):
            trusted_key([broken], anchors(), AT)


@pytest.mark.filterwarnings("ignore:Parsed a serial number", "ignore:Attribute's length")
def test_a_certificate_with_any_byte_changed_is_refused_and_nothing_worse() -> None:
    der = signer().certificate.public_bytes(Encoding.DER)
    chance = Random(11)  # noqa: S311  Nothing secret: the same changes each time.
    for at in range(len(der)):
        broken = bytearray(der)
        broken[at] ^= chance.randrange(1, 256)
        with pytest.raises(SignatureRefused):
            trusted_key([bytes(broken)], anchors(), AT)
