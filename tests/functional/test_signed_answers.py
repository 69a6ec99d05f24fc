"""What we send is signed where there is a key: verified by our own reader and by peers, and the same at each retry."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from httpx2 import Response
from lxml import etree
from starlette.testclient import TestClient

from certgateway import bootstrap
from certgateway.app import create_app
from certgateway.cli import main
from certgateway.config import Settings
from certgateway.domain.errors import MisconfiguredError
from certgateway.services.gateway import Gateway
from certgateway.trust.certificates import Anchors
from certgateway.trust.json_signatures import verify
from certgateway.trust.revocation import NotAsked
from certgateway.trust.xml_signatures import verify as verify_xml
from certgateway.trust.xml_signing import Signatory
from tests.functional.conftest import NOW
from tests.functional.messages import JSON, XML
from tests.functional.office import Office, Ticking, target
from tests.functional.test_orders import kith_schema
from tests.integration.store.postgresql import Server
from tests.jws import joserfc_accepts, pyjwt_accepts
from tests.signing import MESSAGES, authority, office, raw, signer, signxml_accepts, xmlsec_accepts

HEADER, DOOR = "X-JWS-Signature", "/fhir/$process-message"
ANCHORS = Anchors((authority().certificate,), (), NotAsked("made for these tests"))
# RSA-PSS draws a salt: only what was kept can be the same again.
OURS = signer("rsa3072")
JSON_NAME, KITH_NAME = "good/back-pain-tolerates-load", "kith/good/back-pain-one-tick"
GOOD = (MESSAGES / f"{JSON_NAME}.json").read_bytes()
REJECTED = GOOD.replace(b"14837910405", b"14837910406")
KITH = {"Content-Type": "application/xml"}


@pytest.fixture
def signing(
    request: pytest.FixtureRequest, make_gateway: Callable[[str], Gateway], settings: Settings, tmp_path: Path
) -> Iterator[TestClient]:
    url = f"sqlite:///{tmp_path}/signing.db"
    if getattr(request, "param", "sqlite") == "postgresql":
        server: Server = request.getfixturevalue("postgresql")
        url = server.migrated_database()
    with TestClient(create_app(with_key(make_gateway(url)), settings)) as opened:
        yield opened


BOTH = pytest.mark.parametrize(
    "signing", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)


def with_key(gateway: Gateway) -> Gateway:
    return replace(gateway, signatory=Signatory(OURS.key, OURS.certificate))


def check_beside(answer: Response, content: bytes | None = None) -> None:
    """The signature in the header holds for the body, by us and by two peers; and for no other body."""
    (text,) = answer.headers.get_list(HEADER)
    body = answer.content if content is None else content
    assert verify(body, text, ANCHORS, NOW).content == body
    public = OURS.key.public_key()
    assert joserfc_accepts(body, text, public)
    assert pyjwt_accepts(body, text, public)
    assert not pyjwt_accepts(body + b" ", text, public)


def check_inside(body: bytes) -> None:
    """The signature in a document holds, by us and by two peers."""
    assert verify_xml(body, ANCHORS, NOW).signer.organisation == "999999990"
    assert signxml_accepts(body) is not None
    assert xmlsec_accepts(body)
    known, changed = (b"8143060", b"8143061") if b"8143060" in body else (b'"nb"', b'"nn"')
    other = body.replace(known, changed, 1)
    assert other != body
    assert not xmlsec_accepts(other)


@BOTH
def test_an_answer_in_json_is_signed_and_repeated_with_its_signature(signing: TestClient) -> None:
    first = signing.post(DOOR, content=GOOD, headers=JSON)
    assert first.status_code == 200
    check_beside(first)
    again = signing.post(DOOR, content=GOOD, headers=JSON)
    assert (again.content, again.headers[HEADER]) == (first.content, first.headers[HEADER])
    message_id = json.loads(GOOD)["entry"][0]["resource"]["id"]
    answer = signing.get(f"/receipts/{message_id}", headers={"Accept": "application/fhir+json"})
    assert (answer.content, answer.headers[HEADER]) == (first.content, first.headers[HEADER])
    receipt = signing.get(f"/receipts/{message_id}").json()
    assert receipt["answer_signature"] == first.headers[HEADER]


@BOTH
def test_what_is_refused_is_signed_too(signing: TestClient) -> None:
    first = signing.post(DOOR, content=REJECTED, headers=JSON)
    assert first.status_code == 422
    check_beside(first)
    again = signing.post(DOOR, content=REJECTED, headers=JSON)
    assert (again.content, again.headers[HEADER]) == (first.content, first.headers[HEADER])
    # The response message is another one than the outcome that was sent, and has a signature of its own.
    answer = signing.get(first.headers["Location"], headers={"Accept": "application/fhir+json"})
    assert answer.headers[HEADER] != first.headers[HEADER]
    check_beside(answer)
    conflict = signing.post(DOOR, content=GOOD, headers=JSON)
    assert conflict.status_code == 409
    check_beside(conflict)
    check_beside(signing.post(DOOR, content=b"{", headers=JSON))


@BOTH
def test_an_answer_in_fhir_xml_holds_its_signature(signing: TestClient) -> None:
    first = signing.post(DOOR, content=raw(JSON_NAME), headers=XML)
    assert (first.status_code, HEADER in first.headers) == (200, False)
    check_inside(first.content)
    assert signing.post(DOOR, content=raw(JSON_NAME), headers=XML).content == first.content
    rejected = signing.post(DOOR, content=raw(JSON_NAME).replace(b"14837910405", b"14837910406"), headers=XML)
    assert rejected.status_code == 409
    check_inside(rejected.content)


@BOTH
def test_an_apprec_has_no_place_for_a_signature_and_one_beside_it(signing: TestClient) -> None:
    first = signing.post("/kith/messages", content=raw(KITH_NAME), headers=KITH)
    assert (first.status_code, b"Signature" in first.content) == (200, False)
    check_beside(first)
    again = signing.post("/kith/messages", content=raw(KITH_NAME), headers=KITH)
    assert (again.content, again.headers[HEADER]) == (first.content, first.headers[HEADER])
    unreadable = signing.post("/kith/messages", content=b"<MsgHead/>", headers=KITH)
    assert unreadable.status_code == 400
    check_beside(unreadable)


def test_what_waits_for_a_system_is_signed(gateway: Gateway, settings: Settings) -> None:
    clock = Ticking()
    with TestClient(create_app(replace(with_key(gateway), clock=clock), settings)) as client:
        desk = Office(client, clock)
        desk.asked(desk.certificate(), target())
        plain = client.get("/messages?receiver=8143060")
        check_beside(plain)
        (waiting,) = plain.json()["messages"]
        check_beside(client.get("/messages?receiver=8143060", headers={"Accept": "application/fhir+json"}))
        check_inside(client.get("/messages?receiver=8143060", headers={"Accept": "application/fhir+xml"}).content)
        address = f"/messages/{waiting['id']}?receiver=8143060"
        check_beside(client.get(address, headers={"Accept": "application/fhir+json"}))
        for form in ("application/fhir+xml", "application/xml"):
            one, other = (client.get(address, headers={"Accept": form}).content for _ in range(2))
            check_inside(one)
            assert one == other
        assert HEADER not in client.get(address, headers={"Accept": "application/pdf"}).headers


def test_a_signed_question_in_kith_is_what_its_schema_says(gateway: Gateway, settings: Settings) -> None:
    clock = Ticking()
    with TestClient(create_app(replace(with_key(gateway), clock=clock), settings)) as client:
        desk = Office(client, clock)
        desk.asked(desk.certificate(), target())
        (waiting,) = desk.waiting()
        address = f"/messages/{waiting['id']}?receiver=8143060"
        body = client.get(address, headers={"Accept": "application/xml"}).content
        assert body.rstrip().endswith(b"</Signature></MsgHead>")
        kith_schema().assertValid(etree.fromstring(body))


def test_without_a_key_nothing_is_signed(client: TestClient) -> None:
    answer = client.post(DOOR, content=GOOD, headers=JSON)
    assert (answer.status_code, HEADER in answer.headers) == (200, False)
    message_id = json.loads(GOOD)["entry"][0]["resource"]["id"]
    assert "answer_signature" not in client.get(f"/receipts/{message_id}").json()
    assert b"Signature" not in client.post(DOOR, content=raw("good/every-mapped-element"), headers=XML).content
    assert HEADER not in client.post("/kith/messages", content=raw(KITH_NAME), headers=KITH).headers


def test_validation_answers_nobody_and_signs_nothing(signing: TestClient) -> None:
    assert HEADER not in signing.post("/fhir/$validate", content=GOOD, headers=JSON).headers
    assert HEADER not in signing.post("/kith/validate", content=raw(KITH_NAME), headers=KITH).headers


def test_the_setting_names_the_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, settings = tmp_path / "signing.pem", tmp_path / "settings.toml"
    path.write_bytes(office().pem + office().certificate_pem)
    settings.write_text(f'persons = "synthetic"\nsigning_key = "{path}"\n')
    path.chmod(0o644)
    assert main(["config", "--settings", str(settings)]) == 2
    assert "0600" in capsys.readouterr().err
    path.chmod(0o600)
    assert main(["config", "--settings", str(settings)]) == 0
    assert str(path) in capsys.readouterr().out
    found = bootstrap.signatory_of(Settings(persons="synthetic", signing_key=path))
    assert found is not None
    assert found.certificate == office().certificate
    assert bootstrap.signatory_of(Settings(persons="synthetic")) is None
    with pytest.raises(MisconfiguredError):
        bootstrap.signatory_of(Settings(persons="synthetic", signing_key=tmp_path / "none.pem"))
