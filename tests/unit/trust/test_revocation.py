"""Revocation is asked of the lists that issuers signed, by a policy that is stated; others tell nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA224, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from certgateway.trust.certificates import Anchors, TrustedKey, trusted_key
from certgateway.trust.revocation import NotAsked, RevocationList, RevocationLists
from certgateway.trust.signature_refusal import SignatureRefused
from tests.signing import AT, VALID, Hash, Identity, authority, certificate, key, signer, subject, usage

NOT_ASKED = NotAsked("made for this test")
DAY = timedelta(days=1)
NAME = subject("Legekontor")
SIGNING = usage("digital_signature")


def trusted(one: x509.Certificate, by: Anchors, at: datetime = AT) -> TrustedKey:
    return trusted_key([one.public_bytes(Encoding.DER)], by, at)


def refused(one: x509.Certificate, by: Anchors, at: datetime = AT) -> str:
    with pytest.raises(SignatureRefused) as caught:
        trusted(one, by, at)
    return caught.value.id


def revoked_by(
    issuer: Identity,
    *revoked: x509.Certificate,
    made: datetime = AT - DAY,
    until: datetime | None = AT + DAY,
    hash_: Hash | None = None,
    extension: x509.ExtensionType | None = None,
    critical_extension: bool = True,
    entry_extension: x509.ExtensionType | None = None,
    when: datetime | None = None,
) -> x509.CertificateRevocationList:
    """An issuer's list, with what is asked for."""
    builder = x509.CertificateRevocationListBuilder().issuer_name(issuer.certificate.subject).last_update(made)
    builder = builder.next_update(until or AT + DAY)
    for one in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(one.serial_number).revocation_date(when or made)
        if entry_extension is not None:
            critical = isinstance(entry_extension, x509.CertificateIssuer)
            entry = entry.add_extension(entry_extension, critical=critical)
        builder = builder.add_revoked_certificate(entry.build())
    if extension is not None:
        builder = builder.add_extension(extension, critical=critical_extension)
    return builder.sign(issuer.key, hash_ or SHA256())


def asked(*lists: x509.CertificateRevocationList, registered: tuple[x509.Certificate, ...] = ()) -> Anchors:
    return Anchors((authority().certificate,), registered, RevocationLists.of(*lists))


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
        (revoked_by(authority(), made=AT + timedelta(minutes=5, seconds=1)),),
    ],
    ids=["none", "another issuer", "not signed by it", "at its end", "too new", "newer than clocks differ"],
)
def test_a_list_that_does_not_count_tells_nothing(lists: tuple[x509.CertificateRevocationList, ...]) -> None:
    assert refused(signer().certificate, asked(*lists)) == "revocation-unknown"


def test_a_list_of_a_clock_that_is_ahead_of_ours_counts() -> None:
    ahead = revoked_by(authority(), made=AT + timedelta(minutes=5))
    assert trusted(signer().certificate, asked(ahead)).trusted_by == "issuer"


DISTRIBUTION = {
    "full_name": None,
    "relative_name": None,
    "only_contains_user_certs": False,
    "only_contains_ca_certs": False,
    "only_some_reasons": None,
    "indirect_crl": False,
    "only_contains_attribute_certs": False,
}
USERS_ONLY = x509.IssuingDistributionPoint(**{**DISTRIBUTION, "only_contains_user_certs": True})  # type: ignore[arg-type]
INDIRECT = x509.IssuingDistributionPoint(**{**DISTRIBUTION, "indirect_crl": True})  # type: ignore[arg-type]
OTHERS = x509.CertificateIssuer([x509.DirectoryName(subject("Fremmed"))])


@pytest.mark.parametrize(
    "made",
    [
        revoked_by(authority(), extension=USERS_ONLY),
        revoked_by(authority(), extension=USERS_ONLY, critical_extension=False),
        revoked_by(authority(), extension=INDIRECT),
        revoked_by(authority(), extension=x509.DeltaCRLIndicator(1)),
        revoked_by(authority(), extension=x509.DeltaCRLIndicator(1), critical_extension=False),
        revoked_by(authority(), extension=x509.CRLNumber(1)),
        revoked_by(authority(), signer().certificate, entry_extension=OTHERS),
        revoked_by(authority(), hash_=SHA224()),
    ],
    ids=[
        "of some certificates",
        "of some, not critical",
        "of others' certificates",
        "of changes",
        "of changes, not critical",
        "a demand where none may be",
        "an entry about others",
        "a weak hash",
    ],
)
def test_a_list_that_is_not_whole_is_not_taken(made: x509.CertificateRevocationList) -> None:
    with pytest.raises(ValueError, match="not whole"):
        RevocationList.of(made)


def test_what_says_nothing_of_the_kind_of_a_list_is_passed_over() -> None:
    made = revoked_by(authority(), extension=x509.CRLNumber(1), critical_extension=False)
    assert trusted(signer().certificate, asked(made)).trusted_by == "issuer"


@pytest.mark.parametrize("reason", x509.ReasonFlags, ids=lambda each: each.value)
def test_whoever_is_on_a_list_is_revoked_whatever_the_reason(reason: x509.ReasonFlags) -> None:
    """On hold too, and `removeFromCRL`, which has no place in a whole list."""
    one = signer().certificate
    by = asked(revoked_by(authority(), one, entry_extension=x509.CRLReason(reason)))
    assert refused(one, by) == "certificate-revoked"


def test_a_revocation_that_is_dated_after_the_arrival_counts_from_when_the_list_does() -> None:
    one = signer().certificate
    assert refused(one, asked(revoked_by(authority(), one, when=AT + timedelta(hours=3)))) == "certificate-revoked"


def test_a_list_past_its_end_still_revokes_and_lets_nobody_through() -> None:
    one, other = signer().certificate, signer(number=1).certificate
    old = revoked_by(authority(), one, made=AT - 3 * DAY, until=AT - DAY)
    assert refused(one, asked(old)) == "certificate-revoked"
    assert refused(other, asked(old)) == "revocation-unknown"
    assert refused(one, asked(old, revoked_by(authority()))) == "certificate-revoked"


def test_an_issuer_that_signs_no_lists_has_none() -> None:
    own = key("p256", 8)
    name = subject("Uten lister")
    issuer = Identity(own, certificate(own, name, authority=True, uses=usage("key_cert_sign")))
    below = certificate(key("p256", 0), NAME, issuer, uses=SIGNING)
    anchors = Anchors((issuer.certificate,), (), RevocationLists.of(revoked_by(issuer, below)))
    assert refused(below, anchors) == "revocation-unknown"


def test_where_lists_are_asked_and_not_required_no_list_is_no_obstacle() -> None:
    one, other = signer().certificate, signer(number=1).certificate

    def listed(*lists: x509.CertificateRevocationList) -> Anchors:
        return Anchors((authority().certificate,), (), RevocationLists.of(*lists, required=False))

    trusted(one, listed())
    trusted(one, listed(revoked_by(authority("Fremmed"), one)))
    trusted(one, listed(revoked_by(authority(), other)))
    assert refused(other, listed(revoked_by(authority(), other))) == "certificate-revoked"
    assert refused(other, listed(revoked_by(authority(), other, made=AT - 3 * DAY, until=AT - DAY))) == (
        "certificate-revoked"
    )


def test_many_issuers_of_one_name_are_asked_each() -> None:
    """What a list was signed by is remembered, and not for ever."""
    made = RevocationList.of(revoked_by(authority()))
    name = authority().certificate.subject
    uses = usage("key_cert_sign", "crl_sign")
    others = [certificate(key("p256", 100 + each), name, authority=True, uses=uses) for each in range(20)]
    for _ in range(2):
        assert made.is_of(authority().certificate)
        assert not any(map(made.is_of, others))
    assert len(made._signed_by) <= 16


def test_a_list_is_of_the_name_that_it_bears_and_of_no_other_with_the_key() -> None:
    uses = usage("key_cert_sign", "crl_sign")
    renamed = certificate(authority().key, subject("Nytt navn"), authority=True, uses=uses)
    made = RevocationList.of(revoked_by(authority()))
    assert made.is_of(authority().certificate)
    assert not made.is_of(renamed)


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
    with pytest.raises(ValueError, match="not whole"):
        RevocationList.of(endless)


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
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    made = builder.add_extension(usage("key_cert_sign", "crl_sign"), critical=True).sign(own, None)
    shown = x509.CertificateRevocationListBuilder(name, AT - DAY, AT + DAY).sign(authority().key, SHA256())
    assert RevocationLists.of(shown).standing(signer().certificate, made, AT) == "unknown"
