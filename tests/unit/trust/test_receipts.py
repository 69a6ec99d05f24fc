"""Signed receipts: they hold for their bytes and their time, and no other JWS passes for one."""

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509

from certgateway.trust.certificates import Anchors
from certgateway.trust.json_signing import sign_beside, sign_within
from certgateway.trust.receipts import TYPE, digest_of, sign_receipt, verify_receipt
from certgateway.trust.revocation import NotAsked, RevocationLists
from certgateway.trust.signature_refusal import SignatureRefused
from certgateway.trust.xml_signing import Signatory
from tests.jws import b64u, header, unb64u, value
from tests.signing import AT, authority, certificate, office, revocation_list, signer, subject, usage

Json = dict[str, Any]
OWN = Signatory(office().key, office().certificate)
ANCHORS = Anchors((authority().certificate,), (), NotAsked("made for these tests"))
MESSAGE = b'{"resourceType":"Bundle"}'
TOLD: Json = {"message_id": "m-1", "digest": digest_of(MESSAGE), "arrival": AT.isoformat(), "verdict": "accepted"}


def refused(text: str, anchors: Anchors = ANCHORS) -> str:
    with pytest.raises(SignatureRefused) as found:
        verify_receipt(text, anchors)
    return found.value.id


@pytest.mark.parametrize("kind", ["p256", "p384", "rsa3072"])
def test_a_receipt_holds_for_its_message_and_no_other(kind: Any) -> None:  # noqa: ANN401  one of three literals
    own = signer(kind)
    receipt = verify_receipt(sign_receipt(TOLD, Signatory(own.key, own.certificate)), ANCHORS)
    assert receipt.told == TOLD
    assert receipt.signer.organisation == "999999990"
    assert receipt.is_of(MESSAGE)
    assert not receipt.is_of(MESSAGE + b"\n")
    assert not replace(receipt, told={}).is_of(MESSAGE)


def test_the_digest_is_sha_256_of_the_bytes() -> None:
    assert digest_of(b"abc") == "sha-256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def of_parts(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, separators=(",", ":")).encode()).hexdigest()


def place(**changed: object) -> Json:
    """Where a message stands in a ledger, made here by hand."""
    parts = [hashlib.sha256(MESSAGE).hexdigest(), "c0ffee", "accepted", 200]
    entry = of_parts(7, "2026-11-01T11:00:00.000000Z", "answered", "u-1", of_parts(*parts), "0" * 64)
    told: Json = {"position": 7, "at": "2026-11-01T11:00:00.000000Z", "kind": "answered", "message": "u-1"}
    return told | {"evidence": parts, "previous": "0" * 64, "entry": entry} | changed


def test_the_entry_is_made_anew_of_what_the_receipt_tells() -> None:
    receipt = verify_receipt(sign_receipt(TOLD | {"ledger": place()}, OWN), ANCHORS)
    assert receipt.has_proof
    assert receipt.is_in_ledger(MESSAGE)
    assert not receipt.is_in_ledger(MESSAGE + b"\n")


@pytest.mark.parametrize(
    "changed",
    [
        {"position": 8},
        {"at": "2026-11-01T11:00:00.000001Z"},
        {"kind": "conflict"},
        {"message": "u-2"},
        {"previous": "1" + "0" * 63},
        {"entry": "0" * 64},
        {"evidence": [hashlib.sha256(MESSAGE).hexdigest(), "c0ffee", "rejected", 200]},
        {"evidence": []},
        {"evidence": None},
        {"evidence": {}},
        {"position": None},
    ],
    ids=str,
)
def test_another_entry_proves_nothing(changed: Json) -> None:
    receipt = verify_receipt(sign_receipt(TOLD | {"ledger": place(**changed)}, OWN), ANCHORS)
    assert receipt.has_proof
    assert not receipt.is_in_ledger(MESSAGE)


@pytest.mark.parametrize("told", [{}, {"ledger": None}, {"ledger": {"position": 7, "entry": "e", "previous": "p"}}])
def test_a_receipt_from_before_has_no_proof(told: Json) -> None:
    receipt = verify_receipt(sign_receipt(TOLD | told, OWN), ANCHORS)
    assert not receipt.has_proof
    assert not receipt.is_in_ledger(MESSAGE)


def test_nothing_in_a_receipt_can_be_changed() -> None:
    text = sign_receipt(TOLD, OWN)
    head, payload, made = text.split(".")
    other = b64u(unb64u(payload).replace(b"accepted", b"rejected"))
    assert refused(f"{head}.{other}.{made}") == "signature-invalid"
    assert refused(f"{head}.{payload}.{b64u(bytes(64))}") == "signature-invalid"
    for broken in (f"{head}..{made}", f"{text}.", f"{text}=", f"{head}.{payload}", "", f"{text}\n{text}", "{}"):
        assert refused(broken) == "jws-malformed"
    assert refused(sign_beside(MESSAGE, OWN)) == "jws-malformed"
    assert refused(f"{head}.{payload}{'A' * 8 * 1024 * 1024}.{made}") == "too-large"


def made(head: Json, told: object) -> str:
    """A JWS of any header that holds any payload, signed by the office."""
    payload = told if isinstance(told, bytes) else json.dumps(told).encode()
    signed = f"{b64u(json.dumps(head).encode())}.{b64u(payload)}"
    return f"{signed}.{b64u(value(signed.encode(), office().key))}"


HEAD = header(office(), plain=False, typ=TYPE)


@pytest.mark.parametrize(
    "others, cause",
    [
        ({"typ": "JWT"}, "jws-header-refused"),
        ({"typ": "JOSE"}, "jws-header-refused"),
        ({"alg": "none"}, "signature-method-refused"),
        ({"alg": "HS256"}, "signature-method-refused"),
        ({"b64": False, "crit": ["b64"]}, "jws-header-refused"),
        ({"jku": "https://example.org"}, "jws-header-refused"),
    ],
    ids=str,
)
def test_no_other_jws_passes_for_a_receipt(others: Json, cause: str) -> None:
    assert verify_receipt(made(HEAD, TOLD), ANCHORS).told == TOLD
    assert refused(made({**HEAD, **others}, TOLD)) == cause


def test_a_receipt_says_what_it_is_and_by_whom() -> None:
    without = {name: told for name, told in HEAD.items() if name != "typ"}
    assert refused(made(without, TOLD)) == "jws-header-refused"
    named = {"alg": "ES256", "typ": TYPE, "kid": "own"}
    assert refused(made(named, TOLD)) == "key-unknown"


@pytest.mark.parametrize(
    "told",
    [
        b"",
        b"[]",
        b"{",
        b'{"arrival":"x","arrival":"y"}',
        {},
        {"arrival": 1},
        {"arrival": "yesterday"},
        {"arrival": "2026-11-01T11:00:00"},
        {"arrival": "2026-11-01"},
    ],
    ids=repr,
)
def test_a_receipt_without_a_time_is_none(told: object) -> None:
    assert refused(made(HEAD, told)) == "jws-malformed"


def test_it_holds_at_the_time_it_states() -> None:
    # Read years later, when the certificate has expired, it holds still; made after that, it does not.
    day, uses = timedelta(days=1), usage("digital_signature")
    short = certificate(OWN.key, subject("Kort"), authority(), uses=uses, valid=(AT - day, AT + day))
    brief = Signatory(OWN.key, short)
    assert verify_receipt(sign_receipt(TOLD, brief), ANCHORS).told["verdict"]
    late, early = ({**TOLD, "arrival": (AT + step).isoformat()} for step in (2 * day, -2 * day))
    assert refused(sign_receipt(late, brief)) == "certificate-expired"
    assert refused(sign_receipt(early, brief)) == "certificate-not-yet-valid"
    revoked = RevocationLists.of(x509.load_pem_x509_crl(revocation_list(authority(), office().certificate)))
    assert refused(sign_receipt(TOLD, OWN), replace(ANCHORS, revocation=revoked)) == "certificate-revoked"


def test_whose_signature_it_is_must_be_known() -> None:
    stranger = office(by="Fremmed utsteder")
    assert refused(sign_receipt(TOLD, Signatory(stranger.key, stranger.certificate))) == "certificate-untrusted"
    assert sign_within(b"{}", OWN, "x") != sign_within(b"{}", OWN, TYPE)
