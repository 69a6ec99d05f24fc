"""Signed JSON at the door: a detached signature in a header, and the one in Bundle.signature."""

from __future__ import annotations

import json
import socket
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from httpx2 import Response
from sqlalchemy import select
from starlette.testclient import TestClient

from certgateway import cli
from certgateway.app import create_app
from certgateway.config import Settings
from certgateway.domain.vocabulary.systems import HER_ID, ORGANISATION_NUMBER
from certgateway.store.ledger import evidence_of_conflict
from certgateway.store.messages import conflict_context, detached_context, original_context
from certgateway.store.purging import find_due, purge_one
from certgateway.store.tables import conflict, detached, message, original
from certgateway.trust.json_signatures import RegisteredKey
from tests.functional.conftest import NOW
from tests.functional.messages import JSON, XML
from tests.functional.service import Service
from tests.functional.test_signatures import Door, anchors_file, kept_words, opened, signed
from tests.integration.store.postgresql import Server
from tests.jws import chain, edwards, header
from tests.jws import signed as jws
from tests.signing import MESSAGES, Identity, authority, office, revocation_list

__all__ = ["opened"]

Json = dict[str, Any]
NAME, HEADER, DOOR = "good/back-pain-tolerates-load", "X-JWS-Signature", "/fhir/$process-message"
BODY = (MESSAGES / f"{NAME}.json").read_bytes()
PROSE = "Pasienten er frisk"
CANONICAL = "application/fhir+json;canonicalization=http://hl7.org/fhir/canonicalization/json"
OWN, OTHER = "987654325", "974760673"


BOTH = pytest.mark.parametrize(
    "url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
"""For tests of what is kept; what is refused before anything is kept is the same on every engine."""


@pytest.fixture
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if getattr(request, "param", "sqlite") == "sqlite":
        return f"sqlite:///{tmp_path}/signed.db"
    server: Server = request.getfixturevalue("postgresql")
    return server.migrated_database()


def beside(body: bytes = BODY, by: Identity | None = None, **others: object) -> dict[str, str]:
    """The headers of a message with its signature."""
    own = by or office()
    head = {**header(own), **others}
    return {**JSON, HEADER: jws(body, head, own.key)}


def changed(body: bytes = BODY) -> bytes:
    """Other words in what was signed."""
    tree = json.loads(body)
    for entry in tree["entry"]:
        for note in entry["resource"].get("note", ()):
            note["text"] = PROSE
    tree["entry"][0]["resource"]["reason"] = {"text": PROSE}
    return json.dumps(tree).encode()


def canonical(tree: Json) -> bytes:
    """FHIR's canonical JSON by another hand; the numbers of the example messages are short."""
    return json.dumps(tree, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def inside(tree: Json, by: Identity | None = None, over: bytes | None = None, **others: object) -> Json:
    """The Bundle with its signature; None for a part of it leaves that out."""
    own = by or office()
    text = jws(canonical(tree) if over is None else over, header(own), own.key)
    element: Json = {
        "type": [{"system": "urn:iso-astm:E1762-95:2013", "code": "1.2.840.10065.1.12.1.14"}],
        "when": NOW.isoformat(),
        "who": {"identifier": {"system": HER_ID, "value": "8143060"}},
        "targetFormat": CANONICAL,
        "sigFormat": "application/jose",
        "data": b64encode(text.encode()).decode(),
        **others,
    }
    return {**tree, "signature": {name: told for name, told in element.items() if told is not None}}


def tree() -> Json:
    found: Json = json.loads(BODY)
    return found


def written(message: Json) -> bytes:
    return json.dumps(message, indent=2).encode()


def naming(number: str) -> Json:
    """A message whose header names its sender by this number."""
    message = tree()
    sender = {"identifier": {"system": ORGANISATION_NUMBER, "value": number}}
    message["entry"][0]["resource"]["sender"] = sender
    return message


def told(answer: Response) -> Json:
    """The findings of an OperationOutcome, or of the response message that has one."""
    body: Json = answer.json()
    outcome = body if body["resourceType"] == "OperationOutcome" else body["entry"][1]["resource"]
    return {issue["details"]["coding"][0]["code"]: issue for issue in outcome["issue"] if "coding" in issue["details"]}


def refused(door: Door, body: bytes, headers: dict[str, str] = JSON) -> tuple[str, str]:
    """The one finding of a refused message: its rule, and its text, which ends with the cause."""
    before = door.events
    answer = door.client.post(DOOR, content=body, headers=headers)
    assert answer.status_code == 400
    assert door.events == before
    ((rule, issue),) = told(answer).items()
    return rule, issue["details"]["text"]


def taken(door: Door, body: bytes, headers: dict[str, str] = JSON) -> Json:
    """The receipt of a message that was taken."""
    answer = door.client.post(DOOR, content=body, headers=headers)
    assert answer.status_code == 200, answer.text
    message_id = json.loads(body)["entry"][0]["resource"]["id"]
    receipt: Json = door.client.get(f"/receipts/{message_id}").json()
    return receipt


# ---- a signature in the header --------------------------------------------------------------------------------------


@BOTH
def test_a_signed_message_is_received_and_its_signer_told(opened: Callable[..., Door]) -> None:
    door = opened("require")
    receipt = taken(door, BODY, beside())
    assert receipt["signer"] == {"certificate": office().certificate.fingerprint(SHA256()).hex(), "organisation": OWN}
    assert door.events == 1
    # The same content with another signature, or with none where that may be, is the same message.
    encoded = {name: part for name, part in header(office()).items() if name not in {"b64", "crit"}}
    again = door.client.post(DOOR, content=BODY, headers={**JSON, HEADER: jws(BODY, encoded, office().key)})
    assert (again.status_code, door.events) == (200, 1)
    assert json.loads(again.content) == json.loads(receipt["answer"])


@pytest.mark.parametrize("demand", ["verify", "require"])
def test_what_was_signed_and_then_changed_is_refused(opened: Callable[..., Door], demand: str) -> None:
    door = opened(demand)
    headers = beside()
    again = json.dumps(json.loads(BODY)).encode()
    for body in (changed(), again, BODY + b"\n", BODY[:-1], b"", b"{}"):
        rule, text = refused(door, body, headers)
        assert (rule, "signature-invalid" in text) == ("signature-refused", True), body[:40]
    assert not any(PROSE in words for words in kept_words(door.gateway))
    # None of them has taken the place of the true one.
    assert taken(door, BODY, headers)["verdict"] != "rejected"
    assert door.events == 1


@pytest.mark.parametrize(
    "others, cause",
    [
        ({"alg": "none"}, "signature-method-refused"),
        ({"alg": "HS256"}, "signature-method-refused"),
        ({"jku": "https://example.org/k"}, "jws-header-refused"),
        ({"crit": ["b64", "x"]}, "jws-header-refused"),
        ({"typ": "JWT"}, "jws-header-refused"),
        ({"x5c": chain(authority(), office())}, "certificate-ambiguous"),
        ({"iat": int((NOW + timedelta(days=2)).timestamp())}, "signature-time-refused"),
    ],
    ids=str,
)
def test_why_a_signature_is_refused_is_told_in_a_word(opened: Callable[..., Door], others: Json, cause: str) -> None:
    door = opened("verify")
    rule, text = refused(door, BODY, beside(**others))
    of_the_signer = cause.startswith("certificate-")
    assert (rule, cause in text) == ("signer-not-trusted" if of_the_signer else "signature-refused", True)


def test_the_same_bytes_with_another_bad_signature_are_told_of_it(opened: Callable[..., Door]) -> None:
    door = opened("verify")
    assert "signature-method-refused" in refused(door, BODY, beside(alg="none"))[1]
    assert "jws-header-refused" in refused(door, BODY, beside(typ="JWT"))[1]


def test_who_is_not_trusted_or_revoked_is_told_apart(opened: Callable[..., Door]) -> None:
    door = opened("verify", revocation_list(authority(), office().certificate))
    assert refused(door, BODY, beside())[0] == "signer-revoked"
    rule, text = refused(door, BODY, beside(by=office(by="Fremmed utsteder")))
    assert (rule, "certificate-untrusted" in text) == ("signer-not-trusted", True)


def test_a_registered_key_signs_by_its_name(opened: Callable[..., Door], settings: Settings) -> None:
    door = opened("require")
    asked = door.gateway.house.signatures
    assert asked is not None
    known = replace(asked, keys={"own": RegisteredKey(edwards().public_key(), OWN)})
    gateway = replace(door.gateway, house=replace(door.gateway.house, signatures=known))
    text = jws(BODY, {"alg": "EdDSA", "b64": False, "crit": ["b64"], "kid": "own"}, edwards())
    rule, why = refused(door, BODY, {**JSON, HEADER: text})
    assert (rule, "key-unknown" in why) == ("signer-not-trusted", True)
    with TestClient(create_app(gateway, settings)) as client:
        receipt = taken(replace(door, gateway=gateway, client=client), BODY, {**JSON, HEADER: text})
    assert receipt["signer"] == {"certificate": None, "organisation": OWN, "key": "own"}
    parts = json.loads(receipt["answer"])["entry"][1]["resource"]["extension"][0]["extension"]
    signer = next(part for part in parts if part["url"] == "signer")
    assert {part["url"]: part["valueString"] for part in signer["extension"]} == {"key": "own", "organisation": OWN}


def test_whoever_signs_for_another_is_refused_where_the_number_stands(opened: Callable[..., Door]) -> None:
    door = opened("verify")
    body = written(naming(OTHER))
    answer = door.client.post(DOOR, content=body, headers=beside(body))
    issue = told(answer)["signer-not-sender"]
    assert issue["expression"] == ["Bundle.entry[0].resource.sender.identifier.value"]
    own = written(naming(OWN))
    assert taken(door, own, beside(own))["signer"]["organisation"] == OWN


def test_the_header_is_for_json(opened: Callable[..., Door]) -> None:
    door = opened("verify")
    body = (MESSAGES / f"{NAME}.xml").read_bytes()
    for each in (body, signed(NAME)):
        answer = door.client.post(DOOR, content=each, headers={**beside(each), **XML})
        assert "signature-misplaced" in answer.text
    kith = (MESSAGES / "kith/good/back-pain-one-tick.xml").read_bytes()
    answer = door.client.post("/kith/messages", content=kith, headers={**beside(kith), "Content-Type": "text/xml"})
    assert "signature-misplaced" in answer.text
    assert door.events == 0


def test_where_signatures_are_not_asked_for_nobody_looks(client: TestClient) -> None:
    assert client.post(DOOR, content=BODY, headers={**JSON, HEADER: "x"}).status_code == 200


def test_where_a_signature_is_required_json_is_signed_too(opened: Callable[..., Door]) -> None:
    door = opened("require")
    assert refused(door, BODY)[0] == "signature-missing"
    assert refused(door, BODY.replace(b'"id"', b'"signature_": 1, "id"', 1))[0] == "signature-missing"
    escaped = BODY.replace(b'"id"', b'"\\u0069d"', 1)
    assert refused(door, escaped)[0] == "signature-missing"
    # What cannot be read keeps its own name.
    assert refused(door, BODY[:-20] + b'"signature"')[0] == "not-json"
    assert taken(opened("verify"), BODY)["signer"] is None


@pytest.mark.parametrize("path", ["/fhir/$validate", "/fhir/Bundle/$validate"])
def test_validation_looks_at_the_header_too(opened: Callable[..., Door], path: str) -> None:
    door = opened("require")
    assert "signature-refused" in told(door.client.post(path, content=changed(), headers=beside()))
    assert "signature-missing" in told(door.client.post(path, content=BODY, headers=JSON))
    assert not any("sign" in rule for rule in told(door.client.post(path, content=BODY, headers=beside())))
    wrapped = written({"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": tree()}]})
    assert "signature-refused" in told(door.client.post(path, content=wrapped, headers=beside(wrapped)))
    signed_inside = {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": inside(tree())}]}
    answer = told(door.client.post(path, content=written(signed_inside), headers=JSON))
    assert not any("sign" in rule for rule in answer)


@BOTH
def test_a_signature_is_kept_with_what_it_signs(opened: Callable[..., Door]) -> None:
    door = opened("verify")
    headers = beside()
    taken(door, BODY, headers)
    other = BODY.replace(b'"final"', b'"amended"', 1)
    conflicting = beside(other)
    assert door.client.post(DOOR, content=other, headers=conflicting).status_code == 409
    with door.gateway.store.reading() as reading:
        kept = reading.connection.execute(select(message, detached).join(detached)).mappings().one()
        against = reading.connection.execute(select(conflict)).mappings().one()
        context = original_context(kept["uuid"], kept["sender"], kept["key"])
        assert json.loads(reading.sealing.open(kept["sealed"], detached_context(context))) == [headers[HEADER]]
        context = conflict_context(against["sender"], against["key"], against["content_digest"])
        told = reading.sealing.open(against["detached"], detached_context(context))
        assert json.loads(told) == [conflicting[HEADER]]
        assert reading.sealing.open(against["sealed"], context) == other
    # What goes with the original goes with its deletion.
    later = NOW + timedelta(days=1)
    [due] = find_due(door.gateway.store, "original", later, "", 2)
    assert purge_one(door.gateway.store, due, later, later)
    with door.gateway.store.reading() as reading:
        for table in (detached, conflict, original):
            assert reading.connection.execute(select(table)).first() is None


def test_the_ledger_tells_of_the_signature_too() -> None:
    def evidence(*detached: str) -> str:
        return evidence_of_conflict(b"raw", "0f", "f0", detached)

    assert len({evidence(), evidence("a"), evidence("b"), evidence("a", "b"), evidence("ab")}) == 5


# ---- on the wire ----------------------------------------------------------------------------------------------------


def test_two_headers_are_one_too_many(tmp_path: Path) -> None:
    anchors = anchors_file(tmp_path)
    service = Service(tmp_path, SIGNATURES="require", TRUST_ANCHORS=str(anchors))
    own = office()
    good = jws(BODY, header(own), own.key).encode()
    bad = good[:-8] + b"AAAAAAAA"
    heads = {
        "one": [b"X-JWS-Signature: " + good],
        "twice": [b"X-JWS-Signature: " + good] * 2,
        "good first": [b"X-JWS-Signature: " + good, b"x-jws-signature: " + bad],
        "bad first": [b"X-JWS-SIGNATURE: " + bad, b"X-JWS-Signature: " + good],
        "empty first": [b"X-JWS-Signature:", b"X-JWS-Signature: " + good],
        "a list": [b"X-JWS-Signature: " + good + b", " + good],
        "folded": [b"X-JWS-Signature: " + good[:40], b" " + good[40:]],
        "underscores": [b"X_JWS_Signature: " + good],
        "a blank before the colon": [b"X-JWS-Signature : " + good],
        "too long": [b"X-JWS-Signature: " + good + b"A" * 13000],
    }
    try:
        service.await_ready()
        answers = {name: sent(service.port, lines) for name, lines in heads.items()}
    finally:
        service.stop()
    taken_by_name = [name for name, (status, _) in answers.items() if status == 200]
    assert taken_by_name == ["one"]
    for name in ("twice", "good first", "bad first", "empty first"):
        assert (answers[name][0], b"several-signatures" in answers[name][1]) == (400, True), name
    assert b"jws-malformed" in answers["a list"][1]
    assert b"signature-missing" in answers["underscores"][1]
    assert answers["a blank before the colon"][0] == 400
    assert answers["too long"][0] in {400, 431}


def sent(port: int, lines: list[bytes]) -> tuple[int, bytes]:
    """A message with these lines in its head, as bytes on a socket."""
    head = [
        b"POST /fhir/$process-message HTTP/1.1",
        b"Host: x",
        b"Connection: close",
        b"Content-Type: application/json",
    ]
    head += [b"Content-Length: %d" % len(BODY), *lines]
    with socket.create_connection(("127.0.0.1", port), 30) as connection:
        connection.sendall(b"\r\n".join(head) + b"\r\n\r\n" + BODY)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    return int(answer.split(b" ", 2)[1]), answer


# ---- Bundle.signature -----------------------------------------------------------------------------------------------


@BOTH
def test_a_signed_bundle_is_received_however_it_is_laid_out(opened: Callable[..., Door]) -> None:
    door = opened("require")
    message = inside(tree())
    shapes = [written(message), canonical(message), written(dict(reversed(message.items())))]
    for body in shapes:
        assert taken(door, body)["signer"]["organisation"] == OWN
    assert door.events == 1
    # The signature adds nothing to what a message is.
    assert taken(door, BODY, beside())["signer"]["organisation"] == OWN
    assert door.events == 1


@BOTH
def test_in_a_signed_bundle_nothing_can_be_changed(opened: Callable[..., Door]) -> None:
    door = opened("verify")
    good = inside(tree())

    def other(change: Callable[[Json], object]) -> bytes:
        message: Json = json.loads(json.dumps(good))
        change(message)
        return written(message)

    bodies = [
        written(json.loads(changed(written(good)))),
        other(lambda message: message.update(id="b0000001-77d1-4f00-a000-0000000000be")),
        other(lambda message: message["meta"]["profile"].append("https://example.org/p")),
        other(lambda message: message.update(timestamp="2026-05-12T10:15:01+02:00")),
        other(lambda message: message.update(link=[{"relation": "self", "url": "x"}])),
        other(lambda message: message["entry"].append(message["entry"][-1])),
        other(lambda message: message["entry"].reverse()),
        other(lambda message: message.pop("meta")),
    ]
    for body in bodies:
        rule, text = refused(door, body)
        assert (rule, "signature-invalid" in text) == ("signature-refused", True)
    assert not any(PROSE in words for words in kept_words(door.gateway))
    assert taken(door, written(good))["signer"] is not None


def test_who_reads_another_form_than_the_whole_is_refused(opened: Callable[..., Door]) -> None:
    """A signature over a part of the Bundle holds for nothing here, whatever it calls itself."""
    door = opened("verify")
    for part in ("static", "data", "narrative", "document"):
        parts = {name: told for name, told in tree().items() if name not in {"id", "meta"}}
        message = inside(tree(), over=canonical(parts), targetFormat=f"{CANONICAL}#{part}")
        rule, text = refused(door, written(message))
        assert (rule, "canonicalization-refused" in text) == ("signature-refused", True)
        assert refused(door, written(inside(tree(), over=canonical(parts))))[0] == "signature-refused"


@pytest.mark.parametrize(
    "others, cause",
    [
        ({"data": None}, "signature-malformed"),
        ({"data": "æ"}, "signature-malformed"),
        ({"data": "QQ==\n"}, "signature-malformed"),
        ({"data": "w6Y="}, "signature-malformed"),
        ({"data": b64encode(b"..").decode()}, "jws-malformed"),
        ({"when": None}, "signature-malformed"),
        ({"when": "2026-05-12"}, "signature-malformed"),
        ({"when": "2026-13-12T10:00:00Z"}, "signature-malformed"),
        ({"when": "2026-05-12T10:00:00"}, "signature-malformed"),
        ({"when": (NOW + timedelta(hours=24, seconds=1)).isoformat()}, "signature-time-refused"),
        ({"who": None}, "signature-malformed"),
        ({"who": {}}, "signature-malformed"),
        ({"who": {"display": "Granlia"}}, "signature-malformed"),
        ({"who": {"reference": 1}}, "signature-malformed"),
        ({"who": {"identifier": {"value": "8143060"}}}, "signature-malformed"),
        ({"who": {"identifier": "8143060", "reference": "urn:x"}}, "signature-malformed"),
        ({"type": None}, "signature-malformed"),
        ({"type": []}, "signature-malformed"),
        ({"type": [{"system": "urn:iso-astm:E1762-95:2013", "code": "1.2.840.10065.1.12.1.8"}]}, "signature-malformed"),
        ({"type": [{"system": "urn:other", "code": "1.2.840.10065.1.12.1.14"}]}, "signature-malformed"),
        ({"onBehalfOf": {"display": "x"}}, "signature-malformed"),
        ({"extension": []}, "signature-malformed"),
        ({"sigFormat": None}, "signature-method-refused"),
        ({"sigFormat": "application/signature+xml"}, "signature-method-refused"),
        ({"sigFormat": "image/png"}, "signature-method-refused"),
        ({"targetFormat": "application/fhir+xml"}, "canonicalization-refused"),
        ({"targetFormat": 1}, "canonicalization-refused"),
    ],
    ids=str,
)
def test_the_element_is_read_by_a_list(opened: Callable[..., Door], others: Json, cause: str) -> None:
    rule, text = refused(opened("verify"), written(inside(tree(), **others)))
    assert (rule, cause in text) == ("signature-refused", True)


def test_an_element_that_is_none_at_all(opened: Callable[..., Door]) -> None:
    door = opened("verify")
    for value in (None, [], "x", [inside(tree())["signature"]] * 2):
        assert "signature-malformed" in refused(door, written({**tree(), "signature": value}))[1]
    twice = written(inside(tree())).replace(b'"signature"', b'"signature": {}, "signature"', 1)
    assert refused(door, twice)[0] == "duplicate-key"
    escaped = written(inside(tree())).replace(b'"signature"', b'"s\\u0069gnature"', 1)
    assert taken(door, escaped)["signer"] is not None
    assert refused(door, escaped.replace(b"back", b"neck", 1).replace(b'"final"', b'"amended"', 1))[0] == (
        "signature-refused"
    )


@pytest.mark.parametrize(
    "who",
    [
        {"identifier": {"system": ORGANISATION_NUMBER, "value": "987 654 325"}},
        {"identifier": {"system": HER_ID, "value": "8143060"}, "display": "Granlia", "type": "Organization"},
        {"targetFormat": None},
        {"targetFormat": "application/fhir+json"},
        {"when": (NOW + timedelta(hours=24)).isoformat()},
        {"when": "2026-05-12T08:15:00.123Z"},
    ],
    ids=str,
)
def test_what_may_be_said_in_other_ways(opened: Callable[..., Door], who: Json) -> None:
    others = who if "identifier" not in who else {"who": who}
    assert taken(opened("require"), written(inside(tree(), **others)))["signer"]["organisation"] == OWN


def test_the_header_may_name_the_sender_by_a_reference(opened: Callable[..., Door]) -> None:
    door = opened("require")
    message = naming(OWN)
    sender = message["entry"][0]["resource"]["sender"]
    sender["reference"] = "urn:uuid:5e1f0001-0d0c-4a10-9e00-000000000005"
    body = written(inside(message, who={"reference": sender["reference"]}))
    assert taken(door, body)["signer"]["organisation"] == OWN
    for who in ({"reference": "urn:uuid:other"}, {"reference": "urn:uuid:other", "identifier": sender["identifier"]}):
        assert refused(door, written(inside(message, who=who)))[0] == "signer-not-sender"


@pytest.mark.parametrize(
    "who",
    [
        {"identifier": {"system": ORGANISATION_NUMBER, "value": OTHER}},
        {"identifier": {"system": HER_ID, "value": "8143061"}},
        {"identifier": {"system": "urn:other", "value": "8143060"}},
        {"identifier": {"system": "urn:other", "value": OWN}},
        {"reference": "urn:uuid:5e1f0001-0d0c-4a10-9e00-000000000005"},
    ],
    ids=str,
)
def test_whoever_the_element_names_must_be_the_sender(opened: Callable[..., Door], who: Json) -> None:
    door = opened("verify")
    body = written(inside(tree(), who=who))
    answer = door.client.post(DOOR, content=body, headers=JSON)
    issue = told(answer)["signer-not-sender"]
    assert issue["expression"] == ["Bundle.signature.who"]
    place = next(part for part in issue["extension"][0]["extension"] if part["url"] == "line")
    assert body.splitlines()[int(place["valuePositiveInt"]) - 1].strip().startswith(b'"who"')
    assert (door.events, len(told(answer))) == (0, 1)


def test_two_signatures_are_one_too_many(opened: Callable[..., Door]) -> None:
    door = opened("verify")
    body = written(inside(tree()))
    assert "several-signatures" in refused(door, body, beside(body))[1]
    broken = written({**tree(), "signature": {}})
    assert "several-signatures" in refused(door, broken, beside(broken))[1]


def test_in_xml_bundle_signature_is_no_signature(opened: Callable[..., Door]) -> None:
    body = (MESSAGES / f"{NAME}.xml").read_bytes()
    element = (
        '<signature><type><system value="urn:iso-astm:E1762-95:2013"/><code value="1.2.840.10065.1.12.1.14"/></type>'
        f'<when value="{NOW.isoformat()}"/><who><display value="x"/></who><sigFormat value="application/jose"/>'
        '<data value="QQ=="/></signature></Bundle>'
    )
    unsigned = body.replace(b"</Bundle>", element.encode())
    assert opened("require").hand_in(NAME, unsigned)[1] == {"signature-missing"}
    assert opened("verify").hand_in(NAME, unsigned)[0] == 200


# ---- places, and the command line ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [NAME, "unanswered/health-risk-missing-section-absent"])
@pytest.mark.parametrize("way", ["beside", "inside"])
def test_places_count_the_message_as_it_came(
    name: str, way: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    message = json.loads((MESSAGES / f"{name}.json").read_bytes())
    message["entry"][1]["resource"]["unknown"] = 1
    body = written(dict(reversed((inside(message) if way == "inside" else message).items())))
    one, plain = tmp_path / "signed.json", tmp_path / "plain.json"
    one.write_bytes(body)
    plain.write_bytes(body.replace(b'"signature"', b'"fhir_comments"') if way == "inside" else body)
    if way == "beside":
        (tmp_path / "signed.json.jws").write_text(beside(body)[HEADER] + "\n")
    at = ["--at", NOW.isoformat(), "--format", "json"]
    how = ["--signatures", "require", "--trust-anchors", str(anchors_file(tmp_path))]
    cli.main(["validate", str(one), *at, *how])
    found = json.loads(capsys.readouterr().out)[0]["findings"]
    cli.main(["validate", str(plain), *at])
    expected = json.loads(capsys.readouterr().out)[0]["findings"]
    # What stands in for the signature in the plain one is the only thing that is told of it.
    expected = [each for each in expected if each["rule"] != "property-unknown" or "fhir_comments" not in str(each)]
    places = [(each["rule"], each["path"], each["line"], each["column"]) for each in found]
    others = [(each["rule"], each["path"], each["line"], each["column"]) for each in expected]
    assert places
    assert set(places) <= set(others)
    assert len(others) - len(places) <= (1 if way == "inside" else 0)


@pytest.mark.parametrize("command", ["receive", "validate"])
def test_the_command_line_reads_the_signature_beside_the_file(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    file, text = folder / "a.json", folder / "a.json.jws"
    file.write_bytes(BODY)
    how = ["--signatures", "require", "--trust-anchors", str(anchors_file(tmp_path))]
    shape = ["--format", "json", "--at", NOW.isoformat()] if command == "validate" else []
    assert cli.main([command, str(folder), *how, *shape]) == 1
    assert "signature-missing" in capsys.readouterr().out
    text.write_text(beside()[HEADER] + "\n")
    assert cli.main([command, str(folder), *how, *shape]) == 0
    captured = capsys.readouterr()
    assert ("signature" in captured.out, captured.err) == (False, "")
    text.write_text("æ")
    assert cli.main([command, str(folder), *how, *shape]) == 1
    assert "jws-malformed" in capsys.readouterr().out
    text.unlink()
    file.write_bytes(written(inside(tree())))
    assert cli.main([command, str(folder), *how, *shape]) == 0
    assert "signature" not in capsys.readouterr().out
