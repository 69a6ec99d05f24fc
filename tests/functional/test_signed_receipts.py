"""Signed receipts over HTTP, and `certgateway verify`: what was registered, verified offline with two files."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from starlette.testclient import TestClient

from certgateway.app import create_app
from certgateway.bootstrap import signatures_of
from certgateway.cli import main
from certgateway.cli.ledger import read_checkpoint
from certgateway.config import Settings
from certgateway.services.attest import rule_set
from certgateway.services.gateway import Gateway
from certgateway.trust.receipts import digest_of, sign_receipt, verify_receipt
from certgateway.trust.xml_signing import Signatory
from tests.functional.entrance import HER, OTHER_HER, STRANGER, Caller, guarded
from tests.functional.messages import JSON
from tests.functional.test_signed_answers import ANCHORS, BOTH, DOOR, GOOD, KITH, KITH_NAME, REJECTED, signing
from tests.jws import b64u, chain, header, signed, unb64u, value
from tests.kith import message_id as kith_id
from tests.signing import MESSAGES, authority, office, raw, revocation_list, signer

__all__ = ["signing"]

Json = dict[str, Any]
OWN = Signatory(signer().key, signer().certificate)
JOSE = {"Accept": "application/jose"}
ID = json.loads(GOOD)["entry"][0]["resource"]["id"]


def receipt(client: TestClient, message_id: str = ID) -> str:
    answer = client.get(f"/receipts/{message_id}", headers=JOSE)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/jose")
    return answer.text


@BOTH
def test_a_receipt_tells_what_was_registered(signing: TestClient, tmp_path: Path) -> None:
    signing.post(DOOR, content=GOOD, headers=JSON)
    text = receipt(signing)
    found = verify_receipt(text, ANCHORS)
    assert found.is_of(GOOD)
    told = found.told
    plain = signing.get(f"/receipts/{ID}").json()
    assert (told["message_id"], told["sender"], told["gateway"]) == (ID, "her:8143060", "her:8140000")
    assert (told["digest"], told["arrival"], told["verdict"]) == (digest_of(GOOD), plain["arrival"], plain["verdict"])
    assert told["findings"] == [{"rule": each["rule"], "path": each["path"]} for each in plain["findings"]]
    assert (told["format"], told["profile"], told["rules"]) == ("fhir-json", "1.0.0", rule_set())
    assert (told["signer"], told["removed"]) == (None, [])
    # The entry that it names is the one in the ledger, which holds.
    gateway = gateway_of(signing)
    with gateway.store.reading() as reading:
        (entry,) = reading.ledger_entries(0, 10)
        assert reading.check_ledger()
    place = told["ledger"]
    assert (place["position"], place["entry"], place["previous"]) == (entry.seq, entry.digest, entry.previous)
    assert (place["kind"], place["message"]) == (entry.kind, entry.message)
    assert evidence(place["evidence"]) == entry.evidence
    assert verify_receipt(text, ANCHORS).is_in_ledger(GOOD)
    # So it is a checkpoint that its sender keeps.
    (tmp_path / "receipt.jws").write_text(text)
    assert read_checkpoint(tmp_path / "receipt.jws") == (entry.seq, entry.digest)
    # The same message again changes nothing.
    signing.post(DOOR, content=GOOD, headers=JSON)
    assert receipt(signing) == text


def evidence(parts: list[object]) -> str:
    return hashlib.sha256(json.dumps(parts, separators=(",", ":")).encode()).hexdigest()


def gateway_of(client: TestClient) -> Gateway:
    found: Gateway = client.app.state.surface.gateway  # type: ignore[attr-defined]
    return found


def test_what_was_removed_is_named_by_its_place_alone(signing: TestClient) -> None:
    body = (MESSAGES / "note" / "benefit-removed-category.json").read_bytes()
    message_id = json.loads(body)["entry"][0]["resource"]["id"]
    signing.post(DOOR, content=body, headers=JSON)
    told = verify_receipt(receipt(signing, message_id), ANCHORS).told
    assert told["removed"]
    assert all(set(each) == {"item", "path"} for each in told["removed"])
    assert told["removed"] == signing.get(f"/receipts/{message_id}").json()["removed"]


def test_refused_messages_and_kith_have_receipts_too(signing: TestClient) -> None:
    signing.post(DOOR, content=REJECTED, headers=JSON)
    told = verify_receipt(receipt(signing), ANCHORS).told
    assert (told["verdict"], "14837910406" in json.dumps(told)) == ("rejected", False)
    body = raw(KITH_NAME)
    signing.post("/kith/messages", content=body, headers=KITH)
    of_kith = verify_receipt(receipt(signing, kith_id(body)), ANCHORS)
    assert of_kith.is_of(body)
    assert of_kith.is_in_ledger(body)
    assert not of_kith.is_in_ledger(body + b" ")
    assert (of_kith.told["format"], of_kith.told["profile"]) == ("kith", None)


def test_the_signer_of_the_message_stands_in_it(signing: TestClient, settings: Settings, tmp_path: Path) -> None:
    anchors = tmp_path / "anchors.pem"
    anchors.write_bytes(authority().certificate_pem)
    gateway = gateway_of(signing)
    asked = replace(gateway, house=replace(gateway.house, signatures=signatures_of("require", anchors)))
    with TestClient(create_app(asked, settings)) as client:
        text = signed(GOOD, header(office()), office().key)
        client.post(DOOR, content=GOOD, headers={**JSON, "X-JWS-Signature": text})
        told = verify_receipt(receipt(client), ANCHORS).told
    certificate = office().certificate.fingerprint(SHA256()).hex()
    assert told["signer"] == {"certificate": certificate, "key": None, "organisation": "987654325"}


@BOTH
def test_another_organisation_gets_none_and_one_s_own_is_found_beside_another_s(
    signing: TestClient, settings: Settings
) -> None:
    signing.post(DOOR, content=GOOD, headers=JSON)
    with TestClient(create_app(guarded(gateway_of(signing)), settings)) as client:
        ours, theirs = Caller(client), Caller(client, claims=STRANGER)
        kept = ours.get(f"/receipts/{ID}", headers=JOSE)
        assert kept.status_code == 200
        other, nothing = (theirs.get(f"/receipts/{each}", headers=JOSE) for each in (ID, "none"))
        assert (other.status_code, nothing.status_code) == (404, 404)
        assert other.json() | {"support_reference": None} == nothing.json() | {"support_reference": None}
        # Another sender may use the same id.
        other_s = GOOD.replace(HER.encode(), OTHER_HER.encode())
        assert signing.post(DOOR, content=other_s, headers=JSON).status_code == 200
        assert ours.get(f"/receipts/{ID}", headers=JOSE).text == kept.text
        found = verify_receipt(theirs.get(f"/receipts/{ID}", headers=JOSE).text, ANCHORS)
        assert (found.told["sender"], found.is_of(other_s)) == (f"her:{OTHER_HER}", True)
    # Where nobody logs in nobody can tell whose is meant.
    assert signing.get(f"/receipts/{ID}", headers=JOSE).status_code == 404


def test_without_a_key_there_is_none(client: TestClient) -> None:
    client.post(DOOR, content=GOOD, headers=JSON)
    assert client.get(f"/receipts/{ID}").status_code == 200
    assert client.get(f"/receipts/{ID}", headers=JOSE).status_code == 404
    assert client.get("/receipts/none", headers=JOSE).status_code == 404


# ---- the command line -----------------------------------------------------------------------------------------------


@pytest.fixture
def files(signing: TestClient, tmp_path: Path) -> tuple[Path, Path, list[str]]:
    """A receipt, its message, and the option that names the anchors."""
    signing.post(DOOR, content=GOOD, headers=JSON)
    of, message, anchors = tmp_path / "receipt.jws", tmp_path / "message.json", tmp_path / "anchors.pem"
    of.write_text(receipt(signing) + "\n")
    message.write_bytes(GOOD)
    anchors.write_bytes(authority().certificate_pem)
    return of, message, ["--trust-anchors", str(anchors)]


def test_a_receipt_is_verified_offline(files: tuple[Path, Path, list[str]], capsys: pytest.CaptureFixture[str]) -> None:
    of, message, anchors = files
    assert main(["verify", str(of), str(message), *anchors]) == 0
    told = capsys.readouterr().out
    assert told.startswith("Kvitteringen holder: signert av 999999990")
    assert ID in told
    assert main(["verify", str(of), str(message), *anchors, "--format", "json"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert (row["holds"], row["cause"], row["receipt"]["message_id"]) == (True, None, ID)
    for lang, word in (("nn", "Kvitteringa held"), ("en", "The receipt holds")):
        assert main(["verify", str(of), str(message), *anchors, "--lang", lang]) == 0
        assert capsys.readouterr().out.startswith(word)


def test_another_message_is_told_apart_from_another_signature(
    files: tuple[Path, Path, list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    of, message, anchors = files
    message.write_bytes(GOOD + b"\n")
    assert main(["verify", str(of), str(message), *anchors, "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out) == {"holds": False, "cause": "message-differs", "receipt": None}
    text = of.read_text().strip()
    of.write_text(text[:-10] + "AAAAAAAAAA")
    message.write_bytes(GOOD)
    for form in ("text", "json"):
        assert main(["verify", str(of), str(message), *anchors, "--format", form]) == 1
        assert "signature-invalid" in capsys.readouterr().out
    of.write_text(text)
    strangers = tmp_path / "strangers.pem"
    strangers.write_bytes(authority("Fremmed utsteder").certificate_pem)
    assert main(["verify", str(of), str(message), "--trust-anchors", str(strangers)]) == 1
    assert "certificate-untrusted" in capsys.readouterr().out
    of.write_bytes(b"\xff\xfe")
    assert main(["verify", str(of), str(message), *anchors]) == 1
    assert "jws-malformed" in capsys.readouterr().out


def test_an_entry_that_is_not_of_the_message_is_told(
    files: tuple[Path, Path, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    of, message, anchors = files
    told = verify_receipt(of.read_text().strip(), ANCHORS).told
    # Only the gateway itself could sign such a thing.
    told["ledger"]["evidence"][0] = hashlib.sha256(b"another").hexdigest()
    of.write_text(sign_receipt(told, OWN))
    assert main(["verify", str(of), str(message), *anchors, "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out) == {"holds": False, "cause": "entry-differs", "receipt": None}
    del told["ledger"]["evidence"]
    of.write_text(sign_receipt(told, OWN))
    assert main(["verify", str(of), str(message), *anchors]) == 0


def test_lists_and_weak_keys_are_asked_about_as_the_options_say(
    files: tuple[Path, Path, list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    of, message, anchors = files
    how = ["verify", str(of), str(message), *anchors]
    assert main([*how, "--revocation", "require"]) == 2
    assert "no revocation list" in capsys.readouterr().err
    (tmp_path / "anchors.pem").write_bytes(authority().certificate_pem + revocation_list(authority("Fremmed")))
    for policy, code in (([], 1), (["off"], 0), (["listed"], 0), (["require"], 1)):
        assert main([*how, *(["--revocation", *policy] if policy else [])]) == code
        assert ("revocation-unknown" in capsys.readouterr().out) == (code == 1)
    (tmp_path / "anchors.pem").write_bytes(authority().certificate_pem)
    head, payload, _ = of.read_text().strip().split(".")
    weak = signer("rsa2048")
    head = b64u(json.dumps({"alg": "PS256", "typ": json.loads(unb64u(head))["typ"], "x5c": chain(weak)}).encode())
    of.write_text(f"{head}.{payload}.{b64u(value(f'{head}.{payload}'.encode(), weak.key))}")
    assert main([*how, "--rsa-2048-until", "2080-01-01"]) == 0
    capsys.readouterr()
    assert main(how) == 1
    assert "key-refused" in capsys.readouterr().out


def test_what_is_missing_is_named(files: tuple[Path, Path, list[str]], capsys: pytest.CaptureFixture[str]) -> None:
    of, message, anchors = files
    for one, other in ((of.with_name("none"), message), (of, message.with_name("none"))):
        assert main(["verify", str(one), str(other), *anchors]) == 2
        assert "no such file" in capsys.readouterr().err
    assert main(["verify", str(of), str(message), "--trust-anchors", str(of)]) == 2
    assert "trust anchors" in capsys.readouterr().err
    with pytest.raises(SystemExit) as stopped:
        main(["verify", str(of), str(message)])
    assert stopped.value.code == 2
