"""The door for record systems that speak KITH, over HTTP: what AppRec says, and what is told without one."""

import json
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from lxml import etree
from sqlalchemy import func, select
from starlette.testclient import TestClient

from certgateway import bootstrap
from certgateway.app import create_app
from certgateway.config import Settings, load_settings
from certgateway.services.gateway import Gateway
from certgateway.store.tables import metadata
from certgateway.trust.seal import create_key_file
from tests.functional.conftest import BODY_LIMIT, NOW
from tests.functional.service import Service, free_port
from tests.kith import FIXTURES, PDF, SMALL, attachment, changed, inserted, message_id, numbered, raw, without

DOOR = "/kith/messages"
VALIDATE = "/kith/validate"
BACK = raw(SMALL)
XML = {"Content-Type": "application/xml"}
MANIFEST = {
    entry["file"].removeprefix("kith/").removesuffix(".xml"): entry
    for entry in tomllib.loads((FIXTURES.parents[1] / "manifest.toml").read_text("utf-8"))["message"]
    if entry["file"].startswith("kith/")
}
SCHEMAS = Path(__file__).resolve().parents[2] / "schemas" / "kith"
RULES = "2.25.64692640335881707678875383024694378234"
STATUS = {"accepted": "1", "accepted-with-remarks": "1", "incomplete": "3", "rejected": "2"}
NAMELESS = without(BACK, "MsgId")


def schema(version: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(SCHEMAS / f"apprec-{version}.xsd"))


SCHEMA = {version: schema(version) for version in ("1.0", "1.1")}


def status(answer: bytes) -> str | None:
    found = etree.fromstring(answer).find("{*}Status")
    assert found is not None
    return found.get("V")


def codes(answer: bytes) -> list[str]:
    return [error.get("V", "") for error in etree.fromstring(answer).iterfind("{*}Error")]


def told_rules(answer: bytes) -> set[str]:
    """The rules of ours that an AppRec names."""
    return {error.get("V", "") for error in etree.fromstring(answer).iterfind("{*}Error") if error.get("S") == RULES}


def rows(gateway: Gateway) -> dict[str, int]:
    with gateway.store.engine.connect() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }


# ---- answers ----


@pytest.mark.parametrize("name", sorted(MANIFEST))
def test_every_fixture_is_answered_with_what_the_manifest_says(reader: TestClient, name: str) -> None:
    expected = MANIFEST[name]
    answer = reader.post(VALIDATE, content=raw(name), headers=XML)
    assert "support-reference" in answer.headers
    if answer.status_code == 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert [one["rule"] for one in answer.json()["findings"]] == [one["rule"] for one in expected["findings"]]
        return
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/xml; charset=utf-8")
    assert SCHEMA["1.0"].validate(etree.fromstring(answer.content))
    assert status(answer.content) == STATUS[expected["verdict"]]
    assert told_rules(answer.content) == {finding["rule"] for finding in expected["findings"]}


@pytest.mark.parametrize(
    "name, code",
    [
        ("unreadable/not-xml-truncated", "T01"),
        ("unreadable/not-a-message-discharge-letter", "T10"),
        ("unreadable/not-utf8-declared", "T01"),
        ("unreadable/encoding-refused-windows-1252-declared", "T01"),
        ("unreadable/doctype-refused", "T99"),
        ("unreadable/instruction-refused", "T99"),
        ("unreadable/too-deep", "T99"),
    ],
)
def test_what_cannot_be_judged_is_answered_by_its_id(client: TestClient, name: str, code: str) -> None:
    answers = [client.post(DOOR, content=raw(name), headers=XML) for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert {answer.status_code for answer in answers} == {200}
    assert (status(answers[0].content), codes(answers[0].content)[0]) == ("2", code)
    assert SCHEMA["1.0"].validate(etree.fromstring(answers[0].content))


def test_a_refused_body_without_an_id_gets_problem_details(client: TestClient) -> None:
    for body in (raw("unreadable/not-xml-truncated")[:200], b"<MsgHead><MsgInfo/>", b"<!DOCTYPE MsgHead><MsgHead/>"):
        answer = client.post(DOOR, content=body, headers=XML)
        assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


def test_a_good_message_is_answered_by_apprec_1_0(client: TestClient) -> None:
    answer = client.post(DOOR, content=BACK, headers=XML)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/xml; charset=utf-8")
    assert etree.fromstring(answer.content).tag == "{http://www.kith.no/xmlstds/apprec/2004-11-21}AppRec"
    assert SCHEMA["1.0"].validate(etree.fromstring(answer.content))
    assert (status(answer.content), codes(answer.content)[:2]) == ("3", ["X99", "health-risk-missing"])
    assert "sender-not-verified" not in codes(answer.content)


@pytest.mark.parametrize(
    "body, found, first",
    [
        (BACK, "3", "X99"),
        (inserted(BACK, "<Document>", '<Ukjent a="b"/>'), "3", "X99"),
        (inserted(BACK, "</MsgHead>", "<Document/>"), "2", "T02"),
        (BACK.replace(b"14837910405", b"1"), "2", "E31"),
        (without(BACK, "Prognose"), "2", "T02"),
        (BACK[:-20], "2", "T01"),
    ],
    ids=["incomplete", "remarks", "document missing", "rejected", "container missing", "cut short"],
)
def test_the_status_tells_the_verdict(client: TestClient, body: bytes, found: str, first: str) -> None:
    answer = client.post(DOOR, content=body, headers=XML)
    assert answer.status_code == 200
    assert (status(answer.content), codes(answer.content)[0]) == (found, first)


@pytest.mark.parametrize("path", [DOOR, VALIDATE])
def test_the_version_of_apprec_can_be_chosen(client: TestClient, path: str) -> None:
    answer = client.post(f"{path}?apprec=1.1", content=BACK, headers=XML)
    assert answer.status_code == 200
    assert SCHEMA["1.1"].validate(etree.fromstring(answer.content))
    for version in ("2.0", "", "1", "1.0 "):
        refused = client.post(path, content=BACK, headers=XML, params={"apprec": version})
        assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")
        assert refused.json()["title"] == "request-invalid"


@pytest.mark.parametrize("path", [DOOR, VALIDATE])
@pytest.mark.parametrize(
    "body",
    [NAMELESS, without(BACK, "GenDate"), without(BACK, "Type"), b"", b"<a/>", b"Dette er ingen melding.", BACK[:200]],
    ids=["no id", "no time", "no type", "empty", "another root", "no xml", "cut short"],
)
def test_what_has_no_name_is_told_of_in_problem_details(client: TestClient, path: str, body: bytes) -> None:
    answer = client.post(path, content=body, headers=XML | {"Accept-Language": "en"})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    problem = answer.json()
    assert problem["status"] == 400
    assert problem["type"] == f"https://certgateway.example/problems/{problem['title']}"
    first = problem["findings"][0]
    assert (problem["title"], problem["detail"]) == (first["rule"], f"{first['text']} {first['action']}")
    assert all(finding["severity"] in {"error", "warning", "information"} for finding in problem["findings"])
    assert client.get("/assessments/feed").json()["events"] == []


def test_the_same_message_gets_the_same_bytes(either: TestClient) -> None:
    first = either.post(DOOR, content=BACK, headers=XML)
    again = either.post(f"{DOOR}?apprec=1.1", content=BACK, headers=XML | {"Accept-Language": "en"})
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert len(either.get("/assessments/feed").json()["events"]) == 1


def test_other_content_under_the_same_id_is_a_conflict(client: TestClient) -> None:
    first = client.post(DOOR, content=BACK, headers=XML)
    for version in ("1.0", "1.1"):
        other = changed(BACK, ("3-6 måneder", "To måneder"))
        answer = client.post(f"{DOOR}?apprec={version}", content=other, headers=XML)
        assert (answer.status_code, answer.headers["content-type"]) == (409, "application/xml; charset=utf-8")
        assert SCHEMA[version].validate(etree.fromstring(answer.content))
        assert (status(answer.content), codes(answer.content)) == ("2", ["E10", "message-id-conflict"])
    assert client.post(DOOR, content=BACK, headers=XML).content == first.content


def test_a_conflict_without_a_time_is_told_in_problem_details(client: TestClient) -> None:
    client.post(DOOR, content=BACK, headers=XML)
    answer = client.post(DOOR, content=without(BACK, "GenDate"), headers=XML)
    assert (answer.status_code, answer.headers["content-type"]) == (409, "application/problem+json")
    assert (answer.json()["status"], answer.json()["title"]) == (409, "message-id-conflict")


@pytest.mark.parametrize("path", [DOOR, VALIDATE])
def test_a_body_over_the_limit_is_refused_by_name(client: TestClient, gateway: Gateway, path: str) -> None:
    answer = client.post(path, content=b" " * (BODY_LIMIT + 1), headers=XML)
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")
    assert str(BODY_LIMIT) in answer.json()["detail"]
    assert set(rows(gateway).values()) == {0}


@pytest.mark.parametrize(
    "announced",
    [
        "application/json",
        "text/plain",
        "application/fhir+xml",
        "application/xml; charset=utf-16",
        "",
        "application/xmlx",
    ],
)
@pytest.mark.parametrize("path", [DOOR, VALIDATE])
def test_only_xml_is_taken(client: TestClient, path: str, announced: str) -> None:
    answer = client.post(path, content=BACK, headers={"Content-Type": announced})
    assert (answer.status_code, answer.headers["content-type"]) == (415, "application/problem+json")


@pytest.mark.parametrize(
    "announced", ["text/xml", "Application/XML", "application/xml; charset=UTF-8", 'text/xml; charset="iso-8859-1"']
)
def test_both_names_of_xml_are_taken(client: TestClient, announced: str) -> None:
    answer = client.post(VALIDATE, content=raw("good/nynorsk-iso-8859-1"), headers={"Content-Type": announced})
    assert (answer.status_code, status(answer.content)) == (200, "3")


def test_a_packed_body_is_refused(client: TestClient) -> None:
    answer = client.post(DOOR, content=BACK, headers=XML | {"Content-Encoding": "gzip"})
    assert (answer.status_code, answer.json()["title"]) == (415, "content-encoding-not-supported")


@pytest.mark.parametrize("path", [DOOR, VALIDATE])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_other_methods_are_told_so(client: TestClient, path: str, method: str) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_validate_keeps_nothing(client: TestClient, gateway: Gateway) -> None:
    for body in (BACK, BACK.replace(b"14837910405", b"1"), BACK[:-20], NAMELESS, b""):
        client.post(VALIDATE, content=body, headers=XML)
    assert set(rows(gateway).values()) == {0}
    assert client.get(f"/receipts/{message_id(BACK)}").status_code == 404


def test_validate_says_what_reception_would(client: TestClient) -> None:
    rehearsed = client.post(VALIDATE, content=BACK, headers=XML)
    received = client.post(DOOR, content=BACK, headers=XML)
    assert rehearsed.content == received.content


@pytest.mark.parametrize(
    "wanted, language", [("nb", "nb"), ("nn-NO, nb;q=0.5", "nn"), ("en", "en"), ("de", "nb"), ("", "nb")]
)
def test_texts_are_in_the_language_asked_for(client: TestClient, wanted: str, language: str) -> None:
    answers = {
        asked: client.post(VALIDATE, content=BACK, headers=XML | {"Accept-Language": asked}).content
        for asked in (wanted, "nb", "nn", "en")
    }
    assert answers[wanted] == answers[language]
    assert len(set(answers.values())) == 3


# ---- receipts ----


def test_the_receipt_stands_under_the_message_id(client: TestClient) -> None:
    answer = client.post(DOOR, content=BACK, headers=XML)
    receipt = client.get(f"/receipts/{message_id(BACK)}")
    assert (receipt.status_code, receipt.headers["content-type"]) == (200, "application/json")
    data = receipt.json()
    assert (data["message_id"], data["verdict"], data["version"]) == (message_id(BACK), "incomplete", 1)
    assert data["answer"] == answer.text
    assert {finding["rule"] for finding in data["findings"]} >= {"health-risk-missing", "sender-not-verified"}
    assert client.get(f"/assessments/{data['certificate']}").status_code == 200


@pytest.mark.parametrize("wanted", ["application/xml", "text/xml", "application/xml, application/json;q=0.5"])
def test_the_apprec_itself_is_given_as_it_was_made(client: TestClient, wanted: str) -> None:
    answer = client.post(DOOR, content=BACK, headers=XML)
    given = client.get(f"/receipts/{message_id(BACK)}", headers={"Accept": wanted})
    assert (given.status_code, given.headers["content-type"]) == (200, "application/xml; charset=utf-8")
    assert given.content == answer.content


def test_a_browser_gets_json(client: TestClient) -> None:
    client.post(DOOR, content=BACK, headers=XML)
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    given = client.get(f"/receipts/{message_id(BACK)}", headers={"Accept": accept})
    assert given.headers["content-type"] == "application/json"


ODD = (
    "{0F5D0C1E-0000-4000-A000-000000000001}",
    "a/b",
    "/a//b/",
    "100%",
    "a%2Fb",
    "a?b=c&d",
    "a#b",
    "a b",
    "..",
    "a/../b",
    "a;b,c:d@e",
    "<id>",
    "æøå-🤕",
    "x" * 200,
    "\\",
    "'; --",
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A real server: the test client takes an address apart in its own way."""
    running = Service(tmp_path_factory.mktemp("odd"))
    running.await_ready()
    yield running
    running.stop()


@pytest.mark.parametrize("id_", ODD)
def test_a_receipt_is_found_however_odd_the_message_id_is(service: Service, id_: str) -> None:
    written = id_.replace("&", "&amp;").replace("<", "&lt;")
    body = changed(BACK, (f"<MsgId>{message_id(BACK)}", f"<MsgId>{written}"))
    assert service.ask("POST", DOOR, body, XML).status == 200
    address = "/receipts/" + quote(id_, safe="")
    given = service.ask("GET", address)
    assert given.status == 200
    assert json.loads(given.body)["message_id"] == id_
    apprec = service.ask("GET", address, headers={"Accept": "application/xml"})
    original = etree.fromstring(apprec.body).find("{*}OriginalMsgId/{*}Id")
    assert original is not None
    assert original.text == id_
    assert id_ not in service.log or len(id_) <= 2


@pytest.mark.parametrize("id_", ["", "none", "%00", "x" * 5000, "%ff%fe", "a/b/c"])
def test_what_nobody_sent_has_no_receipt(client: TestClient, id_: str) -> None:
    answer = client.get(f"/receipts/{id_}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_message_without_a_name_has_no_receipt_by_name(client: TestClient) -> None:
    client.post(DOOR, content=NAMELESS, headers=XML)
    assert client.get("/receipts/None").status_code == 404


# ---- settings ----


def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Gateway, Settings]]:
    """A gateway as `serve` makes it, from settings as an operator writes them."""

    def make(**given: str) -> tuple[Gateway, Settings]:
        create_key_file(tmp_path / "key")
        base = {
            "DATABASE": f"sqlite:///{tmp_path}/gateway.db",
            "KEY_FILE": str(tmp_path / "key"),
            "PERSONS": "synthetic",
        }
        for name, value in (base | given).items():
            monkeypatch.setenv(f"CERTGATEWAY_{name}", value)
        settings = load_settings(None)
        return replace(bootstrap.build_gateway(settings), clock=lambda: NOW), settings

    return make


@pytest.mark.parametrize(
    "given, found",
    [
        ({}, "3"),
        ({"APPREC_INCOMPLETE_STATUS": "1"}, "1"),
        ({"KITH_POLICY": "reject"}, "2"),
        ({"KITH_POLICY": "reject", "APPREC_INCOMPLETE_STATUS": "1"}, "2"),
        ({"FHIR_POLICY": "hold"}, "3"),
    ],
)
def test_settings_decide_what_becomes_of_an_incomplete_one(
    given: dict[str, str], found: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway, settings = configured(tmp_path, monkeypatch)(**given)
    with TestClient(create_app(gateway, settings)) as client:
        for path in (VALIDATE, DOOR):
            answer = client.post(path, content=BACK, headers=XML)
            assert (answer.status_code, status(answer.content)) == (200, found)
            assert "health-risk-missing" in codes(answer.content)
        assert len(client.get("/assessments/feed").json()["events"]) == (0 if found == "2" else 1)
    gateway.store.close()


def test_settings_decide_which_attachments_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gateway, settings = configured(tmp_path, monkeypatch)(ATTACHMENT_MOST="1", ATTACHMENT_TYPES="image/png")
    with TestClient(create_app(gateway, settings)) as client:
        body = inserted(BACK, "</MsgHead>", attachment(PDF) * 2)
        answer = client.post(DOOR, content=body, headers=XML)
        assert codes(answer.content).count("attachment-refused") == 3
    gateway.store.close()


def test_a_scanner_that_gives_no_answer_is_ours_to_mend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gateway, settings = configured(tmp_path, monkeypatch)(CLAMD=f"127.0.0.1:{free_port()}")
    with TestClient(create_app(gateway, settings)) as client:
        answer = client.post(DOOR, content=inserted(BACK, "</MsgHead>", attachment(PDF)), headers=XML)
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
        assert int(answer.headers["retry-after"]) > 0
        assert set(rows(gateway).values()) == {0}
        assert client.post(DOOR, content=BACK, headers=XML).status_code == 200
    gateway.store.close()


def test_nothing_of_a_person_is_told_in_a_problem(client: TestClient) -> None:
    body = without(BACK.replace(b"14837910405", b"14837910406"), "MsgId")
    answer = client.post(DOOR, content=body, headers=XML)
    for secret in ("14837910406", "Fjelltopp", "Lagermedarbeider", "9412837"):
        assert secret not in answer.text
    assert json.loads(answer.content)["findings"]


def test_an_update_reaches_the_feed(either: TestClient) -> None:
    either.post(DOOR, content=BACK, headers=XML)
    conversation = (
        f"<ConversationRef><RefToParent>x</RefToParent><RefToConversation>{message_id(BACK)}</RefToConversation>"
    )
    body = inserted(numbered(BACK, 2), "<Sender>", f"{conversation}</ConversationRef>")
    either.post(DOOR, content=changed(body, ("<GenDate>2026-03-16", "<GenDate>2026-04-16")), headers=XML)
    events = either.get("/assessments/feed").json()["events"]
    assert [(event["kind"], event["version"]) for event in events] == [("new", 1), ("replaced", 2)]
