"""Limits before work, each at its boundary: what is just within is read, one more is refused by an id that says why.

Over HTTP and, where there is something to read, on the command line; what is refused at the door is nowhere kept.
"""

import asyncio
import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from lxml import etree
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from certgateway import bootstrap, cli
from certgateway.api.limits import Door
from certgateway.api.observation import Observed
from certgateway.api.problems import ProblemError
from certgateway.api.rates import Senders
from certgateway.app import create_app
from certgateway.cli.deadlines import Deadlines
from certgateway.cli.listening import server_for
from certgateway.config import Settings
from certgateway.services.gateway import Gateway
from certgateway.trust.seal import create_key_file
from tests.functional.messages import JSON, XML, message_id, raw, tree
from tests.kith import SMALL
from tests.kith import message_id as kith_id
from tests.kith import raw as kith_raw

MIB = 1024 * 1024
DOOR, VALIDATE, KITH_DOOR = "/fhir/$process-message", "/fhir/$validate", "/kith/messages"
GOOD, GOOD_XML = "good/back-pain-tolerates-load.json", "good/back-pain-tolerates-load.xml"
FHIR = b'xmlns="http://hl7.org/fhir"'
KITH_XML = {"Content-Type": "application/xml"}


def rules(answer: bytes) -> set[str]:
    details = [issue["details"] for issue in json.loads(answer)["issue"]]
    return {coding["code"] for each in details for coding in each.get("coding", [])}


# ---- what is read, at the limits that hold unless less is set ----


def json_depth(number: int) -> bytes:
    return b'{"resourceType":"Basic","x":' + b'{"x":' * (number - 2) + b"{}" + b"}" * (number - 1)


def json_arrays(number: int) -> bytes:
    return b'{"resourceType":"Basic","x":' + b"[" * (number - 1) + b"]" * (number - 1) + b"}"


def entries(number: int) -> bytes:
    return b'{"resourceType":"Bundle","type":"collection","entry":[' + b",".join([b"{}"] * number) + b"]}"


def xml_entries(number: int) -> bytes:
    return b"<Bundle " + FHIR + b">" + b"<entry/>" * number + b"</Bundle>"


def xml_depth(number: int) -> bytes:
    return b"<Basic " + FHIR + b">" + b"<a>" * (number - 1) + b"</a>" * (number - 1) + b"</Basic>"


def xml_elements(number: int) -> bytes:
    return b"<Basic " + FHIR + b">" + b"<a/>" * (number - 1) + b"</Basic>"


def xml_attributes(number: int) -> bytes:
    return b"<Basic " + FHIR + b"".join(b' a%d="x"' % at for at in range(number - 1)) + b"/>"


def xml_namespaces(number: int) -> bytes:
    others = b"".join(b'<a xmlns:p="urn:%d"/>' % at for at in range(number - 1))
    return b"<Basic " + FHIR + b">" + others + b"</Basic>"


def xml_redeclared(number: int) -> bytes:
    return b"<Basic " + FHIR + b">" + b'<a xmlns:p="urn:p"/>' * 1000 + xml_namespaces(number - 1)[7 + len(FHIR) + 1 :]


def xml_scopes(number: int) -> bytes:
    return b"<Basic " + FHIR + b"".join(b' xmlns:p%d="urn:p"' % at for at in range(number - 1)) + b"/>"


def whole(number: int) -> bytes:
    start, end = b'{"resourceType":"Binary","contentType":"application/pdf","data":"', b'"}'
    return start + b"QUJD" * ((number - len(start) - len(end)) // 4) + end + b" " * ((number - len(start + end)) % 4)


def outside(number: int) -> bytes:
    attached = b'{"resourceType":"Binary","contentType":"application/pdf","data":"%b"}'
    return attached % (b"QUJD" * MIB) + b" " * (number - len(attached) + 2)


def xml_outside(number: int) -> bytes:
    start, end = b"<Binary " + FHIR + b'><contentType value="application/pdf"/><data value="', b'"/></Binary>'
    return start + b"QUJD" * MIB + end + b" " * (number - len(start + end))


READ: list[tuple[str, Callable[[int], bytes], int, str]] = [
    ("json-depth", json_depth, 64, "too-deep"),
    ("json-arrays", json_arrays, 64, "too-deep"),
    ("entries", entries, 500, "too-many-entries"),
    ("xml-entries", xml_entries, 500, "too-many-entries"),
    ("xml-depth", xml_depth, 64, "too-deep"),
    ("xml-elements", xml_elements, 50_000, "too-many-elements"),
    ("xml-attributes", xml_attributes, 32, "too-many-attributes"),
    ("xml-namespaces", xml_namespaces, 64, "too-many-namespaces"),
    ("xml-redeclared", xml_redeclared, 64, "too-many-namespaces"),
    ("xml-scopes", xml_scopes, 16, "too-many-namespaces"),
    ("whole", whole, 20 * MIB, "body-too-large"),
    ("outside", outside, MIB, "outside-attachments-too-large"),
    ("xml-outside", xml_outside, MIB, "outside-attachments-too-large"),
]
HTTP_TOO_LARGE = {"body-too-large", "outside-attachments-too-large"}
cases = pytest.mark.parametrize("make,limit,id_", [case[1:] for case in READ], ids=[case[0] for case in READ])


@cases
def test_limit_over_http(reader: TestClient, make: Callable[[int], bytes], limit: int, id_: str) -> None:
    found = []
    for number in (limit, limit + 1):
        sent = make(number)
        headers = (XML if sent.startswith(b"<") else JSON) | {
            "Accept": "application/fhir+json",
            "Accept-Language": "en",
        }
        answer = reader.post(VALIDATE, content=sent, headers=headers)
        found.append(rules(answer.content))
        if id_ in HTTP_TOO_LARGE:
            assert (answer.status_code == 413) == (number > limit)
            assert (f"{limit} bytes" in answer.text) == (number > limit)
    assert id_ not in found[0]
    assert found[1] == {id_}


@cases
def test_limit_on_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], make: Callable[[int], bytes], limit: int, id_: str
) -> None:
    found = []
    for number in (limit, limit + 1):
        (tmp_path / "sent.json").write_bytes(make(number))
        cli.main(["validate", "--format", "json", "--lang", "en", str(tmp_path / "sent.json")])
        (report,) = json.loads(capsys.readouterr().out)
        found.append({finding["rule"] for finding in report["findings"]})
        texts = " ".join(finding["text"] for finding in report["findings"])
        if id_ in HTTP_TOO_LARGE:
            assert (f"{limit} bytes" in texts) == (number > limit)
    assert id_ not in found[0]
    assert found[1] - {"not-a-message"} == {id_}


# ---- what is set lower ----


def nesting(node: Any) -> int:  # noqa: ANN401  Any part of a tree.
    parts = node.values() if isinstance(node, dict) else node if isinstance(node, list) else None
    return 0 if parts is None else 1 + max(map(nesting, parts), default=0)


def xml_measures(sent: bytes) -> dict[str, int]:
    """What a document needs, counted by another reader than ours."""
    root = etree.fromstring(sent)
    elements = list(root.iter(etree.Element))
    pairs, scopes, attributes = set(), [], []
    for element in elements:
        inherited = {} if (parent := element.getparent()) is None else parent.nsmap
        declared = {pair for pair in element.nsmap.items() if pair not in inherited.items()}
        pairs |= declared
        scopes.append(len(element.nsmap))
        attributes.append(len(element.attrib) + len(declared))
    return {
        "xml_depth": max(len(list(element.iterancestors())) + 1 for element in elements),
        "xml_elements": len(elements),
        "xml_attributes": max(attributes),
        "xml_namespaces": len(pairs),
        "xml_namespaces_in_scope": max(scopes),
    }


IDS = {
    "xml_depth": "too-deep",
    "xml_elements": "too-many-elements",
    "xml_attributes": "too-many-attributes",
    "xml_namespaces": "too-many-namespaces",
    "xml_namespaces_in_scope": "too-many-namespaces",
    "json_depth": "too-deep",
    "bundle_entries": "too-many-entries",
}


def lowered() -> list[tuple[str, str, bytes, dict[str, str], int]]:
    """A setting, the address, a message that is accepted, its headers, and how much of the limit it needs."""
    message = tree(GOOD)
    found = [
        ("json_depth", DOOR, raw(GOOD), JSON, nesting(message)),
        ("bundle_entries", DOOR, raw(GOOD), JSON, len(message["entry"])),
        ("bundle_entries", DOOR, raw(GOOD_XML), XML, len(message["entry"])),
    ]
    # Declared and not used: so that each of the limits is needed for more than one thing.
    declared = b' xmlns:a="urn:a" xmlns:b="urn:b"'
    fhir = raw(GOOD_XML).replace(b"<Bundle", b"<Bundle" + declared)
    kith = kith_raw(SMALL).replace(b"<MsgHead", b"<MsgHead" + declared)
    found += [(name, DOOR, fhir, XML, need) for name, need in xml_measures(fhir).items()]
    found += [(name, KITH_DOOR, kith, KITH_XML, need) for name, need in xml_measures(kith).items()]
    return found


@pytest.mark.parametrize("case", lowered(), ids=[f"{case[1][1:5]}-{case[0]}-{at}" for at, case in enumerate(lowered())])
def test_a_lower_setting_is_kept_to(tmp_path: Path, case: tuple[str, str, bytes, dict[str, str], int]) -> None:
    name, address, sent, headers, need = case
    told = []
    for value in (need, need - 1):
        create_key_file(tmp_path / f"key{value}")
        settings = Settings(
            database=f"sqlite:///{tmp_path}/{value}.db",
            key_file=tmp_path / f"key{value}",
            persons="synthetic",
            **{name: value},  # type: ignore[arg-type]
        )
        gateway = bootstrap.build_gateway(settings)
        with TestClient(create_app(gateway, settings)) as client:
            answer = client.post(address, content=sent, headers=headers)
            told.append((IDS[name] in answer.text, IDS[name] in client.get("/metrics").text))
        gateway.store.close()
    assert told == [(False, False), (True, True)]


# ---- the size of a body, and nothing of it kept ----


def message_of(form: str, size: int) -> tuple[str, bytes, dict[str, str], str]:
    """Address, a good message with blanks behind it that bring it to a size, headers and its id."""
    address, sent, headers, id_ = {
        "json": (DOOR, raw(GOOD), JSON, message_id(tree(GOOD))),
        "xml": (DOOR, raw(GOOD_XML), XML, message_id(tree(GOOD))),
        "kith": (KITH_DOOR, kith_raw(SMALL), KITH_XML, kith_id(kith_raw(SMALL))),
    }[form]
    return address, sent + b" " * (size - len(sent)), headers, id_


@pytest.mark.parametrize("form", ["json", "xml", "kith"])
@pytest.mark.parametrize("chunked", [False, True])
def test_what_is_too_large_outside_attachments_is_not_kept(client: TestClient, form: str, *, chunked: bool) -> None:
    for size, status in ((MIB + 1, 413), (MIB, 200)):
        address, sent, headers, id_ = message_of(form, size)
        pieces: Any = iter([sent[at : at + 50_000] for at in range(0, len(sent), 50_000)]) if chunked else sent
        answer = client.post(address, content=pieces, headers=headers | {"Accept-Language": "en"})
        assert answer.status_code == status
        assert ("1048576 bytes" in answer.text) == (status == 413)
        assert client.get(f"/receipts/{id_}").status_code == (404 if status == 413 else 200)


# ---- how much at once ----


def test_bodies_that_are_here_at_once_are_bounded_and_forgotten(app: FastAPI, client: TestClient) -> None:
    sent = raw(GOOD)
    door = Door(arriving=len(sent))
    app.state.surface = replace(app.state.surface, door=door)
    refused = client.post(DOOR, content=sent + b" ", headers=JSON)
    assert (refused.status_code, rules(refused.content)) == (503, {"gateway-overloaded"})
    assert door.arrived == 0
    assert client.get(f"/receipts/{message_id(tree(GOOD))}").status_code == 404
    assert client.post(DOOR, content=sent, headers=JSON).status_code == 200
    assert client.post(DOOR, content=b"{", headers=JSON).status_code == 400
    assert door.arrived == 0


def test_what_arrives_counts_together_and_takes_no_place() -> None:
    async def run() -> None:
        door = Door(in_flight=1, arriving=100)
        async with door.arriving() as one, door.arriving() as other:
            one.grow(60)
            other.grow(40)
            assert (door.arrived, door.inside) == (100, 0)
            with pytest.raises(ProblemError, match="overloaded"):
                other.grow(1)
            assert await one.work(lambda: door.inside) == 1
        assert (door.arrived, door.inside) == (0, 0)

    asyncio.run(run())


def test_what_a_client_says_of_its_address_is_not_believed(gateway: Gateway) -> None:
    settings = Settings.model_construct(persons="synthetic", sender_rate=0.01, sender_burst=1)
    app = create_app(gateway, settings)
    # What stands in front of the application reads no such header either.
    assert server_for(app, "127.0.0.1", 0, Deadlines()).config.proxy_headers is False
    told = ({"X-Forwarded-For": "192.0.2.1"}, {"X-Real-IP": "192.0.2.2"}, {"Forwarded": "for=192.0.2.3"})
    with TestClient(app) as client:
        assert client.post(DOOR, content=b"{}", headers=JSON).status_code != 429
        assert {client.post(DOOR, content=b"{}", headers=JSON | each).status_code for each in told} == {429}


@pytest.mark.parametrize("number", [1, 2])
def test_requests_at_once_are_those_of_the_setting(gateway: Gateway, number: int) -> None:
    entered, release = threading.Semaphore(0), threading.Event()

    def slow_clock() -> datetime:
        entered.release()
        assert release.wait(20)
        return gateway.clock()

    settings = Settings.model_construct(persons="synthetic", requests_at_once=number)
    statuses: list[int] = []
    with TestClient(create_app(replace(gateway, clock=slow_clock), settings)) as client:
        threads = [
            threading.Thread(
                target=lambda: statuses.append(client.post(DOOR, content=raw(GOOD), headers=JSON).status_code)
            )
            for _ in range(number)
        ]
        for thread in threads:
            thread.start()
        for _ in range(number):
            assert entered.acquire(timeout=20)
        assert client.post(DOOR, content=raw(GOOD), headers=JSON).status_code == 503
        release.set()
        for thread in threads:
            thread.join()
    assert statuses == [200] * number


def test_an_answer_that_is_late_is_told_and_the_work_is_not_lost(
    gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "certgateway.requests")
    release = threading.Event()

    def slow_clock() -> datetime:
        assert release.wait(20)
        return gateway.clock()

    settings = Settings.model_construct(persons="synthetic", body_seconds=0.2, request_seconds=0.3)
    with TestClient(create_app(replace(gateway, clock=slow_clock), settings)) as client:
        threading.Timer(1.0, release.set).start()
        late = client.post(DOOR, content=raw(GOOD), headers=JSON | {"Accept-Language": "en"})
        assert (late.status_code, late.headers["retry-after"], rules(late.content)) == (503, "5", {"answer-too-late"})
        assert "may be registered" in late.text
        assert len(late.headers["support-reference"]) == 16
        assert client.get(f"/receipts/{message_id(tree(GOOD))}").status_code == 200
        assert client.post(DOOR, content=raw(GOOD), headers=JSON).status_code == 200
    lines = [json.loads(record.getMessage()) for record in caplog.records if record.name == "certgateway.requests"]
    assert [line["status"] for line in lines if line["route"] == DOOR] == [503, 200]
    assert lines[0]["milliseconds"] > 900, "the line is written when the work has ended"


def test_a_late_answer_is_whole_though_the_work_ends_meanwhile(app: FastAPI) -> None:
    sent: list[Message] = []

    async def work(_scope: Scope, _receive: Receive, _send: Send) -> None:
        await asyncio.sleep(0.1)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        await asyncio.sleep(0.1)
        sent.append(message)

    meters, definitions = app.state.surface.meters, app.state.surface.gateway.house.definitions
    scope = {"type": "http", "method": "GET", "path": "/x", "query_string": b"", "headers": []}
    asyncio.run(Observed(work, meters, definitions, 0.05)(scope, receive, send))
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert sent[0]["status"] == 503


# ---- how often one sender ----


def test_a_sender_that_comes_too_often_waits(gateway: Gateway) -> None:
    settings = Settings.model_construct(persons="synthetic", sender_rate=0.01, sender_burst=3)
    with TestClient(create_app(gateway, settings)) as client:
        for address, sent, headers in (
            (DOOR, b"{}", JSON),
            (VALIDATE, b"{}", JSON),
            (KITH_DOOR, b"<a/>", KITH_XML),
        ):
            assert client.post(address, content=sent, headers=headers).status_code != 429
        for address, headers in ((DOOR, JSON), (VALIDATE, JSON), (KITH_DOOR, KITH_XML), ("/kith/validate", KITH_XML)):
            refused = client.post(address, content=raw(GOOD), headers=headers | {"Accept-Language": "en"})
            assert refused.status_code == 429
            assert 90 <= int(refused.headers["retry-after"]) <= 100
            assert f"in {refused.headers['retry-after']} s" in refused.text
        # To fetch a receipt or to ask for health is no message.
        assert client.get(f"/receipts/{message_id(tree(GOOD))}").status_code == 404
        assert client.get("/readyz").status_code == 200


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def refused_for(senders: Senders, address: str) -> int:
    """Seconds to wait; 0 for who is let in."""
    try:
        senders.admit(address)
    except ProblemError as refusal:
        return int(refusal.detail["retry_after"])
    return 0


def test_a_bucket_is_emptied_and_filled_at_its_rate() -> None:
    clock = Clock()
    senders = Senders(rate=0.5, burst=2, clock=clock)
    assert [refused_for(senders, "192.0.2.1") for _ in range(4)] == [0, 0, 2, 2]
    clock.now += 1.9
    assert refused_for(senders, "192.0.2.1") == 1
    clock.now += 0.1
    assert [refused_for(senders, "192.0.2.1") for _ in range(2)] == [0, 2]
    clock.now += 1000
    assert [refused_for(senders, "192.0.2.1") for _ in range(3)] == [0, 0, 2], "no more than a bucket holds"


def test_a_bucket_that_was_not_forgotten_holds_no_more_for_that() -> None:
    clock = Clock()
    senders = Senders(rate=0.5, burst=2, clock=clock)
    for at in range(10):
        senders.admit(f"192.0.2.{at}")
    clock.now += 1000
    assert [refused_for(senders, "192.0.2.9") for _ in range(3)] == [0, 0, 2]


def test_each_sender_has_a_bucket_of_its_own() -> None:
    senders = Senders(rate=1, burst=1, clock=Clock())
    assert [refused_for(senders, f"192.0.2.{at}") for at in (1, 2, 1, 2)] == [0, 0, 1, 1]
    # A network of 64 bits is one customer, whatever the 64 others are.
    addresses = ("2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:1::1", "fe80::1%eth0", "odd:address")
    assert [refused_for(senders, address) for address in addresses] == [0, 1, 0, 0, 0]


def test_addresses_are_forgotten_when_their_buckets_are_full() -> None:
    clock = Clock()
    senders = Senders(rate=1, burst=5, clock=clock)
    for at in range(1000):
        senders.admit(f"10.0.{at // 256}.{at % 256}")
    assert len(senders) == 1000
    clock.now += 2
    for at in range(1000):
        senders.admit(f"10.1.{at // 256}.{at % 256}")
    assert len(senders) == 1000


def test_addresses_never_become_too_many() -> None:
    senders = Senders(rate=1, burst=5, clock=Clock())
    for at in range(12_000):
        senders.admit(f"10.{at // 65536}.{at // 256 % 256}.{at % 256}")
    assert len(senders) <= 10_001
