"""A certificate is trusted for its issuer or registration, for signing, at a time, and by a policy that is stated."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Literal

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA224, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from certgateway.trust.certificates import Anchors, NotAsked, RevocationLists, TrustedKey, trusted_key
from certgateway.trust.signature_refusal import SignatureRefused
from tests.signing import AT, VALID, Hash, Identity, authority, certificate, key, signer, subject, usage

NOT_ASKED = NotAsked("made for this test")
DAY = timedelta(days=1)
NAME = subject("Legekontor")
SIGNING = usage("digital_signature")


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


def test_an_issuer_that_is_not_pinned_is_not_believed_though_a_pinned_one_issued_it() -> None:
    """Every enterprise certificate would else be an authority."""
    uses = usage("key_cert_sign")
    between = Identity(
        key("p256", 5), certificate(key("p256", 5), subject("Mellom"), authority(), authority=True, uses=uses)
    )
    below = certificate(key("p256", 6), NAME, between, uses=SIGNING)
    both = [one.public_bytes(Encoding.DER) for one in (below, between.certificate)]
    with pytest.raises(SignatureRefused, match="certificate-untrusted"):
        trusted_key(both, anchors(), AT)


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
    ],
    ids=["no usage", "not for issuing", "expired", "not yet", "a demand we do not know"],
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
    extras = [(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), True)]
    assert refused(office(extras=extras)) == "certificate-extension-refused"
    trusted(office(extras=[(extension, False) for extension, _ in extras]))


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


def test_rsa_of_2048_bits_ends_at_its_sunset() -> None:
    small = signer("rsa2048").certificate
    assert refused(small) == "key-refused"
    trusted(small, replace(anchors(), rsa_2048_until=AT + DAY))
    assert refused(small, replace(anchors(), rsa_2048_until=AT)) == "key-refused"


# ---- revocation -----------------------------------------------------------------------------------------------------


def revoked_by(
    issuer: Identity,
    *revoked: x509.Certificate,
    made: datetime = AT - DAY,
    until: datetime | None = AT + DAY,
    hash_: Hash | None = None,
    part: bool = False,
) -> x509.CertificateRevocationList:
    """An issuer's list; a part of one when it says so."""
    builder = x509.CertificateRevocationListBuilder().issuer_name(issuer.certificate.subject).last_update(made)
    builder = builder.next_update(until or AT + DAY)
    for one in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(one.serial_number).revocation_date(made).build()
        builder = builder.add_revoked_certificate(entry)
    if part:
        only = x509.IssuingDistributionPoint(
            full_name=None,
            relative_name=None,
            only_contains_user_certs=True,
            only_contains_ca_certs=False,
            only_some_reasons=None,
            indirect_crl=False,
            only_contains_attribute_certs=False,
        )
        builder = builder.add_extension(only, critical=True)
    return builder.sign(issuer.key, hash_ or SHA256())


def asked(*lists: x509.CertificateRevocationList, registered: tuple[x509.Certificate, ...] = ()) -> Anchors:
    return replace(anchors(registered=registered), revocation=RevocationLists(lists))


def test_a_certificate_on_the_issuer_s_list_is_refused_and_another_is_not() -> None:
    one, other = signer().certificate, signer(number=1).certificate
    by = asked(revoked_by(authority(), other))
    trusted(one, by)
    assert refused(other, by) == "certificate-revoked"


def test_one_of_two_lists_is_enough_to_revoke() -> None:
    one = signer().certificate
    assert refused(one, asked(revoked_by(authority()), revoked_by(authority(), one))) == "certificate-revoked"


@pytest.mark.parametrize(
    "lists",
    [
        (),
        (revoked_by(authority("Fremmed")),),
        (revoked_by(Identity(key("p256", 9), authority().certificate)),),
        (revoked_by(authority(), made=AT - 2 * DAY, until=AT),),
        (revoked_by(authority(), made=AT + DAY, until=AT + 2 * DAY),),
        (revoked_by(authority(), part=True),),
        (revoked_by(authority(), hash_=SHA224()),),
    ],
    ids=["none", "another issuer", "not signed by it", "too old", "too new", "a part", "a weak hash"],
)
def test_a_list_that_does_not_count_tells_nothing(lists: tuple[x509.CertificateRevocationList, ...]) -> None:
    assert refused(signer().certificate, asked(*lists)) == "revocation-unknown"


def test_a_list_without_an_end_does_not_count() -> None:
    """RFC 5280 demands one; the library writes none without, so that the bytes are made by hand."""
    made = revoked_by(authority(), made=datetime(2026, 10, 31, tzinfo=UTC), until=datetime(2026, 11, 9, tzinfo=UTC))
    der = made.tbs_certlist_bytes
    end = b"\x17\x0d261109000000Z"
    assert der.count(end) == 1
    shorter = bytearray(der.replace(end, b""))
    assert shorter[0] == 0x30
    body = _sequence(bytes(shorter[3 if shorter[1] == 0x81 else 2 :]))
    signature = authority().key.sign(body, ec.ECDSA(SHA256()))  # type: ignore[call-arg,arg-type]
    algorithm = bytes.fromhex("300a06082a8648ce3d040302")
    bits = b"\x03" + _length(len(signature) + 1) + b"\x00" + signature
    endless = x509.load_der_x509_crl(_sequence(body + algorithm + bits))
    assert endless.next_update_utc is None
    assert endless.is_signature_valid(authority().certificate.public_key())  # type: ignore[arg-type]
    assert refused(signer().certificate, asked(endless)) == "revocation-unknown"


def _length(number: int) -> bytes:
    if number < 0x80:
        return bytes([number])
    size = (number.bit_length() + 7) // 8
    return bytes([0x80 | size]) + number.to_bytes(size, "big")


def _sequence(content: bytes) -> bytes:
    return b"\x30" + _length(len(content)) + content


def test_a_registered_certificate_is_asked_about_as_any_other() -> None:
    own = signer().certificate
    assert refused(own, asked(revoked_by(authority(), own), registered=(own,))) == "certificate-revoked"
    foreign = signer(by="Fremmed").certificate
    assert refused(foreign, asked(revoked_by(authority()), registered=(foreign,))) == "revocation-unknown"


def test_what_issued_itself_can_be_revoked_by_nobody_but_who_registered_it() -> None:
    own = certificate(key("p256", 0), NAME, uses=SIGNING)
    assert trusted(own, asked(registered=(own,))).trusted_by == "registration"


def test_not_asking_is_a_policy_with_a_reason() -> None:
    assert NOT_ASKED.standing(signer().certificate, None, AT) == "good"
    assert NOT_ASKED.reason


def test_an_issuer_with_a_key_that_signs_no_list_tells_nothing() -> None:
    own = ed25519.Ed25519PrivateKey.generate()
    name = subject("Edwards", (NameOID.COUNTRY_NAME, "NO"))
    builder = x509.CertificateBuilder(name, name, own.public_key(), 1, *VALID)
    made = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(own, None)
    shown = x509.CertificateRevocationListBuilder(name, AT - DAY, AT + DAY).sign(authority().key, SHA256())
    assert RevocationLists((shown,)).standing(signer().certificate, made, AT) == "unknown"


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
