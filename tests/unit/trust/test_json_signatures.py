"""Detached JSON Web Signatures: what is taken, what is refused and why; the examples of the RFCs as facts."""

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from certgateway.trust.base64url import encode
from certgateway.trust.certificates import Anchors
from certgateway.trust.json_signatures import NO_KEYS, SLACK, RegisteredKey, Signer, Verified, verify
from certgateway.trust.jws import MOST_CHARACTERS, Detached, decode, read_detached
from certgateway.trust.revocation import NotAsked, RevocationLists
from certgateway.trust.signature_refusal import CAUSES, SignatureRefused
from tests.jws import ALGORITHMS, b64u, chain, edwards, header, signed, unb64u, value
from tests.signing import AT, VALID, Identity, authority, certificate, office, revocation_list, signer, subject, usage

Json = dict[str, Any]
BODY = b'{"resourceType":"Bundle","note":"a.b..c"}'
NOT_UTF_8 = bytes(range(256)) + b"..."
TRUSTED = Anchors((authority().certificate,), (), NotAsked("these tests ask about something else"))
KEYS = {"own": RegisteredKey(edwards().public_key(), "987654325")}
KEY_NAMED: Json = {"alg": "EdDSA", "b64": False, "crit": ["b64"], "kid": "own"}
CHANGE = b'{"resourceType":"Bundle","note":"a.b..d"}'


def refused(
    text: str, body: bytes = BODY, anchors: Anchors = TRUSTED, keys: Mapping[str, RegisteredKey] = NO_KEYS
) -> str:
    with pytest.raises(SignatureRefused) as found:
        verify(body, text, anchors, AT, keys)
    assert found.value.id in CAUSES
    return found.value.id


# ---- what is taken --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("plain", [True, False])
@pytest.mark.parametrize("kind", ["p256", "p384", "rsa3072"])
@pytest.mark.parametrize("body", [BODY, NOT_UTF_8, b".", b""])
def test_bytes_of_any_kind_are_held_to_their_signature(
    kind: Literal["p256", "p384", "rsa3072"], body: bytes, *, plain: bool
) -> None:
    own = signer(kind)
    verified = verify(body, signed(body, header(own, plain=plain), own.key), TRUSTED, AT)
    assert verified.content is body
    assert verified.signer.certificate == own.certificate.fingerprint(SHA256()).hex()
    assert (verified.signer.organisation, verified.signer.trusted_by) == ("999999990", "issuer")
    assert refused(signed(body, header(own, plain=plain), own.key), body + b" ") == "signature-invalid"


@pytest.mark.parametrize("plain", [True, False])
def test_a_registered_key_is_found_by_its_name(*, plain: bool) -> None:
    head = KEY_NAMED if plain else {"alg": "EdDSA", "kid": "own"}
    verified = verify(BODY, signed(BODY, head, edwards()), TRUSTED, AT, KEYS)
    told = verified.signer
    assert (told.certificate, told.key, told.organisation, told.trusted_by) == (None, "own", "987654325", "key")
    verify(BODY, signed(BODY, {**head, "alg": "Ed25519"}, edwards()), TRUSTED, AT, KEYS)
    assert refused(signed(BODY, head, edwards(1)), keys=KEYS) == "signature-invalid"
    assert refused(signed(BODY, head, edwards()), keys={}) == "key-unknown"
    assert refused(signed(BODY, head, edwards())) == "key-unknown"


def test_a_registered_key_is_as_strong_as_any() -> None:
    def by(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, name: str) -> Callable[[], object]:
        head = {"alg": name, "kid": "own"}
        registered = {"own": RegisteredKey(key.public_key())}
        return lambda: verify(BODY, signed(BODY, head, key), TRUSTED, AT, registered)

    by(signer("p256").key, "ES256")()
    by(signer("rsa3072").key, "PS256")()
    for weak, name in ((signer("rsa2048").key, "PS256"), (signer("p521").key, "ES384")):
        with pytest.raises(SignatureRefused, match="key-refused"):
            by(weak, name)()


def test_the_certificate_wins_over_a_name_beside_it() -> None:
    own = office()
    told = verify(BODY, signed(BODY, header(own, kid="own"), own.key), TRUSTED, AT, KEYS).signer
    assert (told.key, told.organisation) == (None, "987654325")
    assert refused(signed(BODY, header(own, kid="own", alg="EdDSA"), edwards()), keys=KEYS) == "key-mismatch"


def test_what_else_a_header_may_say() -> None:
    own = office()
    digest = own.certificate.fingerprint(SHA256())
    others: Json = {"typ": "JOSE", "cty": "application/fhir+json", "iat": int(AT.timestamp()), "x5t#S256": b64u(digest)}
    verify(BODY, signed(BODY, header(own, **others), own.key), TRUSTED, AT)
    late = int((AT + SLACK).timestamp())
    verify(BODY, signed(BODY, header(own, iat=late), own.key), TRUSTED, AT)
    assert refused(signed(BODY, header(own, iat=late + 1), own.key)) == "signature-time-refused"
    for stated in (b64u(digest[::-1]), b64u(digest[:31])):
        assert refused(signed(BODY, {**header(own), "x5t#S256": stated}, own.key)) == "key-value-differs"
    assert refused(signed(BODY, {**KEY_NAMED, "x5t#S256": b64u(digest)}, edwards()), keys=KEYS) == "key-unknown"


def test_nobody_else_can_say_who_signed_what() -> None:
    own = office()
    verified = verify(BODY, signed(BODY, header(own), own.key), TRUSTED, AT)
    with pytest.raises(TypeError):
        Verified(BODY, verified.signer, object())  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Signer("0" * 64, None, None, "issuer", object())  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="proof"):
        replace(verified, content=b"")  # type: ignore[call-arg]
    assert "note" not in repr(verified)


# ---- the text of a signature ----------------------------------------------------------------------------------------

GOOD = signed(BODY, header(office()), office().key)
HEAD, VALUE = GOOD.split("..")


def respelled(text: str) -> str:
    """The same bytes in Base64url with other bits left over."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    found = next(text[:-1] + each for each in letters if each != text[-1] and unb64u(text[:-1] + each) == unb64u(text))
    assert found != text
    return found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "..",
        f"{HEAD}..",
        f"..{VALUE}",
        f"{HEAD}.{VALUE}",
        f"{HEAD}.{b64u(BODY)}.{VALUE}",
        f"{HEAD}..{VALUE}.",
        f"{HEAD}..{VALUE}..",
        f" {GOOD}",
        f"{GOOD}\n",
        f"{HEAD}.. {VALUE}",
        f"{HEAD}..{VALUE}=",
        f"{HEAD}=..{VALUE}",
        f"{HEAD}..{respelled(VALUE)}",
        f"{HEAD}..{VALUE.replace('-', '+').replace('_', '/')}+",
        f"{HEAD}A..{VALUE}",
        f"{HEAD}..{VALUE}é",
        f"{GOOD},{GOOD}",
        f"{GOOD} {GOOD}",
        json.dumps({"protected": HEAD, "signature": VALUE}),
    ],
    # A signature on a curve is another one in each process.
    ids=str.__len__,
)
def test_a_signature_has_one_spelling(text: str) -> None:
    assert refused(text) == "jws-malformed"


def test_a_text_that_is_too_long_is_not_looked_at() -> None:
    assert refused(GOOD + "A" * (MOST_CHARACTERS - len(GOOD))) != "too-large"
    assert refused(GOOD + "A" * (MOST_CHARACTERS - len(GOOD) + 1)) == "too-large"
    assert refused(GOOD, bytes(20 * 1024 * 1024)) == "signature-invalid"
    assert refused(GOOD, bytes(20 * 1024 * 1024 + 1)) == "too-large"


OWN = header(office())
WRITTEN = json.dumps(OWN).encode()


@pytest.mark.parametrize(
    "head, cause",
    [
        (b"", "jws-malformed"),
        (b"[]", "jws-malformed"),
        (b'"ES256"', "jws-malformed"),
        (WRITTEN[:-1], "jws-malformed"),
        (WRITTEN + b" x", "jws-malformed"),
        (b"\xef\xbb\xbf" + WRITTEN, "jws-malformed"),
        (WRITTEN.replace(b'"alg"', b'"alg": "EdDSA", "alg"'), "jws-malformed"),
        (WRITTEN.replace(b'"alg"', b'"\\u0061lg": "EdDSA", "alg"'), "jws-malformed"),
        (WRITTEN.replace(b'"crit"', b'"crit": [], "crit"'), "jws-malformed"),
        (WRITTEN.replace(b"ES256", b"\xff"), "jws-malformed"),
        (WRITTEN.replace(b"{", b'{"kid":[[["a"]]],', 1), "jws-malformed"),
    ],
)
def test_a_header_is_strict_json(head: bytes, cause: str) -> None:
    if head:
        assert refused(signed(BODY, head, office().key, plain=True)) == cause
    else:
        assert refused(f"..{VALUE}") == cause


@pytest.mark.parametrize(
    "others, cause",
    [
        ({"alg": "none"}, "signature-method-refused"),
        ({"alg": "HS256"}, "signature-method-refused"),
        ({"alg": "RS256"}, "signature-method-refused"),
        ({"alg": "ES512"}, "signature-method-refused"),
        ({"alg": "PS384"}, "signature-method-refused"),
        ({"alg": "ES256K"}, "signature-method-refused"),
        ({"alg": "es256"}, "signature-method-refused"),
        ({"alg": ["ES256"]}, "signature-method-refused"),
        ({"alg": None}, "signature-method-refused"),
        ({"jku": "https://example.org/keys"}, "jws-header-refused"),
        ({"x5u": "https://example.org/chain"}, "jws-header-refused"),
        ({"jwk": {"kty": "oct", "k": "AA"}}, "jws-header-refused"),
        ({"x5t": "AA"}, "jws-header-refused"),
        ({"zip": "DEF"}, "jws-header-refused"),
        ({"exp": 1}, "jws-header-refused"),
        ({"typ": "JWT"}, "jws-header-refused"),
        ({"typ": "certgateway-receipt+jws"}, "jws-header-refused"),
        ({"typ": None}, "jws-header-refused"),
        ({"cty": 1}, "jws-header-refused"),
        ({"kid": 1}, "jws-header-refused"),
        ({"kid": ""}, "jws-header-refused"),
        ({"kid": "a" * 257}, "jws-header-refused"),
        ({"crit": ["b64", "exp"]}, "jws-header-refused"),
        ({"crit": ["exp"]}, "jws-header-refused"),
        ({"crit": []}, "jws-header-refused"),
        ({"crit": "b64"}, "jws-header-refused"),
        ({"crit": ["b64", "b64"]}, "jws-header-refused"),
        ({"crit": None}, "jws-header-refused"),
        ({"b64": "false"}, "jws-header-refused"),
        ({"b64": 0}, "jws-header-refused"),
        ({"b64": None}, "jws-header-refused"),
        ({"iat": "1"}, "jws-header-refused"),
        ({"iat": True}, "jws-header-refused"),
        ({"iat": -1}, "jws-header-refused"),
        ({"iat": 1.5}, "jws-header-refused"),
        ({"iat": 10**40}, "signature-time-refused"),
        ({"x5t#S256": "A"}, "jws-malformed"),
        ({"x5t#S256": "AA=="}, "jws-malformed"),
        ({"x5t#S256": "æ"}, "jws-malformed"),
        ({"x5t#S256": None}, "jws-header-refused"),
        ({"x5c": None}, "key-info-refused"),
        ({"x5c": []}, "key-info-refused"),
        ({"x5c": "AA"}, "key-info-refused"),
        ({"x5c": [OWN["x5c"][0]] * 5}, "key-info-refused"),
        ({"x5c": [1]}, "certificate-unreadable"),
        ({"x5c": [""]}, "certificate-unreadable"),
        ({"x5c": ["æ"]}, "certificate-unreadable"),
        ({"x5c": ["AA=="]}, "certificate-unreadable"),
        ({"x5c": [OWN["x5c"][0] + "\n"]}, "certificate-unreadable"),
        ({"x5c": [OWN["x5c"][0].rstrip("=") + "===="]}, "certificate-unreadable"),
        ({"x5c": [OWN["x5c"][0]] * 2}, "certificate-ambiguous"),
    ],
    ids=repr,
)
def test_a_header_says_only_what_is_on_the_list(others: Json, cause: str) -> None:
    assert refused(signed(BODY, {**OWN, **others}, office().key, plain=True), keys=KEYS) == cause


def test_what_a_header_must_say() -> None:
    for name, cause in (
        ("alg", "signature-method-refused"),
        ("x5c", "certificate-missing"),
        ("crit", "jws-header-refused"),
    ):
        head = {key: told for key, told in OWN.items() if key != name}
        assert refused(signed(BODY, head, office().key, plain=True)) == cause
    # Without `b64` there is nothing that could be critical.
    assert refused(signed(BODY, {name: told for name, told in OWN.items() if name != "b64"}, office().key)) == (
        "jws-header-refused"
    )
    verify(BODY, signed(BODY, {**OWN, "b64": True}, office().key), TRUSTED, AT)


# ---- whose key it is ------------------------------------------------------------------------------------------------


def test_the_signer_stands_first() -> None:
    own, above = office(), authority()
    verify(BODY, signed(BODY, header(own, x5c=chain(own, above)), own.key), TRUSTED, AT)
    assert refused(signed(BODY, header(own, x5c=chain(above, own)), own.key)) == "certificate-ambiguous"
    assert refused(signed(BODY, header(own, x5c=chain(above)), own.key)) == "certificate-ambiguous"
    assert refused(signed(BODY, header(own, x5c=chain(own, office("974760673"))), own.key)) == "certificate-ambiguous"


def other(*uses: str, valid: tuple[datetime, datetime] = VALID, by: str = "Testutsteder") -> Identity:
    own = ec.derive_private_key(77, ec.SECP256R1())
    made = certificate(own, subject("Kontor"), authority(by), uses=usage(*uses), valid=valid)
    return Identity(own, made)


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    "by, cause",
    [
        (other("key_encipherment"), "certificate-not-for-signing"),
        (other("digital_signature", by="Fremmed utsteder"), "certificate-untrusted"),
        (other("digital_signature", valid=(AT - 2 * DAY, AT - DAY)), "certificate-expired"),
        (other("digital_signature", valid=(AT + DAY, AT + 2 * DAY)), "certificate-not-yet-valid"),
        (signer("rsa2048"), "key-refused"),
        (signer("p521"), "key-refused"),
    ],
)
def test_the_rules_for_certificates_are_those_of_xml(by: Identity, cause: str) -> None:
    assert refused(signed(BODY, header(by, alg="ES256"), by.key)) == cause


def test_a_revoked_certificate_signs_nothing() -> None:
    own = office()
    text = signed(BODY, header(own), own.key)
    good = RevocationLists.of(x509.load_pem_x509_crl(revocation_list(authority())))
    verify(BODY, text, replace(TRUSTED, revocation=good), AT)
    bad = RevocationLists.of(x509.load_pem_x509_crl(revocation_list(authority(), own.certificate)))
    assert refused(text, anchors=replace(TRUSTED, revocation=bad)) == "certificate-revoked"
    assert refused(text, anchors=replace(TRUSTED, revocation=RevocationLists(()))) == "revocation-unknown"
    assert verify(BODY, text, replace(TRUSTED, registered=(own.certificate,)), AT).signer.trusted_by == "registration"


@pytest.mark.parametrize("stated", ALGORITHMS)
@pytest.mark.parametrize("kind", ["p256", "p384", "rsa3072"])
def test_a_key_goes_with_one_algorithm(kind: Literal["p256", "p384", "rsa3072"], stated: str) -> None:
    own = signer(kind)
    if stated == header(own)["alg"]:
        assert verify(BODY, signed(BODY, header(own), own.key), TRUSTED, AT).content == BODY
    else:
        assert refused(signed(BODY, header(own, alg=stated), own.key)) == "key-mismatch"
    assert (
        stated == "EdDSA" or refused(signed(BODY, {**KEY_NAMED, "alg": stated}, edwards()), keys=KEYS) == "key-mismatch"
    )


def test_a_public_key_is_no_secret() -> None:
    """The attack that gives its name to algorithm confusion: HMAC with the bytes of the certificate's key."""
    own = signer("rsa3072")
    pem = own.certificate_pem
    head = b64u(json.dumps({"alg": "HS256", "x5c": chain(own)}).encode())
    text = f"{head}..{b64u(hmac.digest(pem, f'{head}.{b64u(BODY)}'.encode(), 'sha256'))}"
    assert refused(text) == "signature-method-refused"


ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def test_a_signature_on_a_curve_is_two_numbers_of_its_size() -> None:
    raw = unb64u(VALUE)
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")

    def pair(one: int, two: int) -> str:
        return f"{HEAD}..{b64u(one.to_bytes(32, 'big') + two.to_bytes(32, 'big'))}"

    bad = [pair(0, s), pair(r, 0), pair(0, 0), pair(ORDER, s), pair(r, ORDER), pair(s, r), pair(2**256 - 1, s)]
    bad += [
        f"{HEAD}..{b64u(made)}" for made in (encode_dss_signature(r, s), raw[:63], raw + b"\0", b"\0" + raw, b"\0" * 64)
    ]
    assert [refused(text) for text in bad] == ["signature-invalid"] * len(bad)
    # The other s of the pair is a signature of the same key over the same bytes: what was signed is the same.
    assert verify(BODY, pair(r, ORDER - s), TRUSTED, AT).content == BODY
    assert refused(pair(r, ORDER - s), CHANGE) == "signature-invalid"


# ---- facts: the examples of the RFCs (their keys and values are test vectors) ----------------------------------------


def rfc(head: str, payload: bytes, text: str, *, plain: bool = False) -> tuple[bytes, bytes]:
    """What an example of an RFC signs, and its signature."""
    jws = Detached("ES256", not plain, (), "x", None, None, head.encode(), decode(text))
    return jws.signed(payload), jws.value


def test_rfc_7515_appendix_a_3_ecdsa_on_p_256() -> None:
    head = "eyJhbGciOiJFUzI1NiJ9"
    payload = b'{"iss":"joe",\r\n "exp":1300819380,\r\n "http://example.com/is_root":true}'
    made = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
    x, y = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
    numbers = ec.EllipticCurvePublicNumbers(
        int.from_bytes(unb64u(x), "big"), int.from_bytes(unb64u(y), "big"), ec.SECP256R1()
    )
    data, raw = rfc(head, payload, made)
    assert data == (
        b"eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
        b"cGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
    )
    pair = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    numbers.public_key().verify(pair, data, ec.ECDSA(SHA256()))
    # It does not say whose key it is.
    assert refused(f"{head}..{made}", payload) == "certificate-missing"


def test_rfc_8037_appendix_a_4_ed25519() -> None:
    head, payload = "eyJhbGciOiJFZERTQSJ9", b"Example of Ed25519 signing"
    made = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    key = ed25519.Ed25519PrivateKey.from_private_bytes(unb64u("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"))
    data, raw = rfc(head, payload, made)
    assert value(data, key) == raw
    assert b64u(key.public_key().public_bytes_raw()) == "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"


def test_rfc_7797_section_4_a_payload_that_is_not_encoded() -> None:
    """Its algorithm is HMAC, which is refused here; what is signed is the same for all algorithms."""
    key = unb64u("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow")
    encoded, plain = "eyJhbGciOiJIUzI1NiJ9", "eyJhbGciOiJIUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19"
    for head, text, is_plain in (
        (encoded, "5mvfOroL-g7HyqJoozehmsaqmvTYGEq5jTI1gVvoEoQ", False),
        (plain, "A5dxf2s96_n5FLueVuW1Z_vh161FwXZC4YLPff6dmDY", True),
    ):
        data, raw = rfc(head, b"$.02", text, plain=is_plain)
        assert hmac.digest(key, data, "sha256") == raw
        assert refused(f"{head}..{text}", b"$.02") == "signature-method-refused"
    assert rfc(plain, b"$.02", "AA", plain=True)[0].endswith(b".$.02")


def test_base64url_is_that_of_rfc_7515_appendix_c() -> None:
    assert encode(bytes([3, 236, 255, 224, 193])) == "A-z_4ME"
    assert decode("A-z_4ME") == bytes([3, 236, 255, 224, 193])
    assert read_detached(GOOD).encoded is False
