"""Registered senders over HTTP, with everything put together from settings as an operator gives them."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import generate_key
from starlette.testclient import TestClient

from certgateway import bootstrap
from certgateway.app import create_app
from certgateway.config import Settings, load_settings
from certgateway.trust.seal import create_key_file
from tests.functional.conftest import NOW
from tests.functional.messages import JSON
from tests.functional.test_kith import codes, status, told_rules
from tests.functional.test_signatures import DOORS, FHIR, HEADERS, KITH
from tests.integration.test_signer_and_sender import fingerprint, signed, unsigned
from tests.jws import signed as jws
from tests.signing import MESSAGES, Identity, authority, office, raw

Json = dict[str, Any]
HERS = ["8143060", "8094231"]
NOTE = "sender-not-verified"
FORGER = office("974760673")
UNKNOWN = office("987654325", by="Ingen ankerutsteder")
"""The office's own certificate of an issuer that nobody has pinned: only the register can make it believed."""


@dataclass(frozen=True)
class Door:
    client: TestClient

    def hand_in(self, name: str, body: bytes) -> tuple[int, str]:
        answer = self.client.post(DOORS[name], content=body, headers=HEADERS[name])
        return answer.status_code, answer.text

    def waiting(self, her: str) -> int:
        return len(self.client.get("/messages", params={"receiver": her}).json()["messages"])


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Door]]:
    """A door by its senders, as JSON in the environment, and other settings; the same database each time."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"CERTGATEWAY_{name.upper()}", raising=False)
    create_key_file(tmp_path / "key")
    (tmp_path / "anchors.pem").write_bytes(authority().certificate_pem)
    (tmp_path / "office.pem").write_bytes(UNKNOWN.certificate_pem)

    def make(*senders: Json, **others: str) -> Door:
        given = {
            "PERSONS": "synthetic",
            "KEY_FILE": str(tmp_path / "key"),
            "DATABASE": f"sqlite:///{tmp_path}/gateway.db",
            "SIGNATURES": "verify",
            "TRUST_ANCHORS": str(tmp_path / "anchors.pem"),
            "SENDERS": json.dumps(senders),
            "MISSING_QUESTIONS": "send",
        }
        for name, value in (given | others).items():
            monkeypatch.setenv(f"CERTGATEWAY_{name}", value)
        settings = load_settings(None)
        gateway = replace(bootstrap.build_gateway(settings), clock=lambda: NOW)
        stack.callback(gateway.store.close)
        return Door(stack.enter_context(TestClient(create_app(gateway, settings))))

    with ExitStack() as stack:
        yield make


def sender(**how: object) -> Json:
    return {"her": HERS, **how}


WAYS: list[tuple[Json, Identity]] = [
    ({"organisation": "987654325"}, office()),
    ({"thumbprints": [fingerprint(office()).upper()]}, office()),
    ({"certificates": ["office.pem"]}, UNKNOWN),
]


@pytest.mark.parametrize("how, by", WAYS, ids=["number", "thumbprint", "file"])
def test_a_registered_sender_is_verified_and_another_is_kept_out(
    opened: Callable[..., Door], tmp_path: Path, how: Json, by: Identity
) -> None:
    files = [str(tmp_path / name) for name in how.get("certificates", [])]
    door = opened(sender(**(how | ({"certificates": files} if files else {}))))
    code, told = door.hand_in(KITH, signed(raw(KITH), FORGER))
    assert (code, status(told.encode()), told_rules(told.encode())) == (200, "2", {"signer-not-sender"})
    code, told = door.hand_in(KITH, signed(unsigned(KITH, None), FORGER))
    assert (code, status(told.encode()), codes(told.encode())[0]) == (200, "2", "S99")
    assert told_rules(told.encode()) == {"sender-other-than-signer"}
    code, told = door.hand_in(FHIR, signed(raw(FHIR), FORGER))
    assert code == 400
    assert "sender-other-than-signer" in told
    for name in DOORS:
        code, told = door.hand_in(name, signed(raw(name), by))
        assert code == 200
        assert NOTE not in told
        assert "sender-other-than-signer" not in told
    # What the certificate lacks is asked of the HER-id that was verified.
    assert door.waiting("8094231") == 1


def test_who_has_a_certificate_in_the_register_must_sign_and_json_is_no_way_round(opened: Callable[..., Door]) -> None:
    door = opened(sender(thumbprints=[fingerprint(office())]))
    for name in DOORS:
        assert "signature-missing" in door.hand_in(name, raw(name))[1]
    answer = door.client.post(DOORS[FHIR], content=(MESSAGES / f"{FHIR}.json").read_bytes(), headers=JSON)
    assert (answer.status_code, "signature-missing" in answer.text) == (400, True)
    assert door.client.get("/assessments/feed").json()["events"] == []


def test_where_only_registered_senders_are_taken_a_stranger_is_told_so(opened: Callable[..., Door]) -> None:
    door = opened({"her": ["8100001"], "organisation": "974760673"}, UNREGISTERED_SENDERS="refuse")
    for name in DOORS:
        for body in (raw(name), signed(raw(name), office())):
            code, told = door.hand_in(name, body)
            assert (code, "sender-not-registered" in told) == (200 if name == KITH else 400, True)
    assert door.client.get("/assessments/feed").json()["events"] == []


def test_what_waits_is_given_out_after_its_receiver_has_left_the_register(opened: Callable[..., Door]) -> None:
    assert opened(sender(organisation="987654325")).hand_in(KITH, signed(raw(KITH), office()))[0] == 200
    assert opened().waiting("8094231") == 1


@pytest.mark.parametrize("kind", ["OKP", "EC", "RSA"])
def test_a_registered_key_verifies_json_for_its_own_sender_alone(
    opened: Callable[..., Door], tmp_path: Path, kind: str
) -> None:
    sizes: Json = {"OKP": "Ed25519", "EC": "P-256", "RSA": 3072}
    make: Any = generate_key
    own = make(kind, sizes[kind], {"kid": "own"})
    (tmp_path / "keys.json").write_text(json.dumps(own.as_dict(private=False)), "utf-8")
    keys = {"keys": [str(tmp_path / "keys.json")]}
    head = {"alg": {"OKP": "EdDSA", "EC": "ES256", "RSA": "PS256"}[kind], "b64": False, "crit": ["b64"], "kid": "own"}
    body = (MESSAGES / f"{FHIR}.json").read_bytes()
    beside = {**JSON, "X-JWS-Signature": jws(body, head, own.raw_value)}
    other = opened({"her": ["8100001"], **keys}, sender(organisation="987654325"))
    answer = other.client.post(DOORS[FHIR], content=body, headers=beside)
    assert (answer.status_code, "sender-other-than-signer" in answer.text) == (400, True)
    door = opened(sender(**keys))
    assert "signature-missing" in door.client.post(DOORS[FHIR], content=body, headers=JSON).text
    answer = door.client.post(DOORS[FHIR], content=body, headers=beside)
    assert (answer.status_code, NOTE in answer.text) == (200, False)


@pytest.mark.parametrize("path", ["/kith/validate", "/fhir/$validate"])
def test_validation_is_as_from_a_trusted_sender(opened: Callable[..., Door], path: str) -> None:
    door = opened(sender(thumbprints=[fingerprint(office())]), UNREGISTERED_SENDERS="refuse")
    name = KITH if "kith" in path else FHIR
    for body in (unsigned(name, None), signed(unsigned(name, None), FORGER)):
        answer = door.client.post(path, content=body, headers=HEADERS[name])
        assert answer.status_code == 200
        assert not any(rule in answer.text for rule in (NOTE, "sender-other", "sender-not", "signature-missing"))
