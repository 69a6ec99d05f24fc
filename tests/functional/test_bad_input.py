"""What is no certificate at all: a stable id, the right status, little work, and the next good certificate is accepted.

The gateway runs as a process of its own, so that its processor time and memory can be read from outside.
"""

import json
from collections.abc import Iterator
from itertools import count

import pytest
from lxml import etree

from tests.calibration import allowed
from tests.functional.messages import FIXTURES, JSON, XML, Tree, body, message_id, raw, resource, tree, under_id
from tests.functional.service import Service
from tests.kith import SMALL, numbered
from tests.kith import message_id as kith_id
from tests.kith import raw as kith_raw
from tests.unit.cli.hostile import Hostile
from tests.unit.cli.hostile_kith import HOSTILE_KITH

DOOR = "/fhir/$process-message"
VALIDATE = "/fhir/$validate"
GOOD = "good/back-pain-tolerates-load.json"
MIB2 = 2 * 1024 * 1024
NEARLY = 1024 * 1024 - 64 * 1024
"""Bytes that leave room for a message around them, below what may stand outside attachments."""
CPU_SECONDS = 1.0
MEMORY_MIB = 64.0
NUMBERS = count(1)

FHIR = b'<Bundle xmlns="http://hl7.org/fhir">'
ENTITIES = b"".join(b'<!ENTITY e%d "%s">' % (i, b"&e%d;" % (i - 1) * 10) for i in range(1, 100))
BOMB = b'<!DOCTYPE Bundle [<!ENTITY e0 "x">' + ENTITIES + b"]>" + FHIR + b"&e99;</Bundle>"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    running = Service(tmp_path_factory.mktemp("service"))
    try:
        running.await_ready()
        yield running
    finally:
        running.stop()


def fresh() -> Tree:
    """A good message nobody has sent before, about a certificate nobody has sent before."""
    number = next(NUMBERS)
    message = under_id(tree(GOOD), f"0f5d0c1e-0000-4000-a000-{number:012}")
    resource(message, "Composition")["identifier"]["value"] = f"certificate-{number}"
    return message


def ids(answer: bytes) -> list[str]:
    return [issue["details"]["coding"][0]["code"] for issue in json.loads(answer)["issue"]]


def with_meta(profile: str) -> bytes:
    message = fresh()
    message["meta"]["profile"] = [profile]
    return body(message)


def with_type(kind: str) -> bytes:
    message = fresh()
    resource(message, "Patient")["resourceType"] = kind
    return body(message)


def padded(size: int) -> bytes:
    """A conforming message whose attachment makes it `size` bytes or a little more."""
    message = fresh()
    id_ = message["entry"][-1]["resource"]["id"][:-1] + "e"
    binary = {"resourceType": "Binary", "id": id_, "contentType": "application/pdf", "data": "QUJD" * (size // 4)}
    message["entry"].append({"fullUrl": f"urn:uuid:{id_}", "resource": binary})
    return body(message)


def verbose(size: int) -> bytes:
    message = fresh()
    for entry in message["entry"]:
        if "valueString" in entry["resource"]:
            entry["resource"]["valueString"] = "Pasienten oppgir smerter. " * (size // 26)
            return body(message)
    raise AssertionError("the message has no prose")


UNREADABLE = [
    ("not-utf8", b'{"resourceType": "Bundle", "id": "\xff"}', JSON, "not-utf8"),
    ("not-utf8-xml", FHIR + b"\xff</Bundle>", XML, "not-utf8"),
    ("no-json", b"Dette er ingen melding.", JSON, "not-json"),
    ("json-as-xml", b'{"resourceType": "Bundle"}', XML, "not-xml"),
    ("xml-as-json", FHIR + b"</Bundle>", JSON, "not-json"),
    ("entity-bomb", BOMB, XML, "doctype-refused"),
    ("duplicate-key", b'{"resourceType": "Bundle", "type": "message", "type": "batch"}', JSON, "duplicate-key"),
    ("brackets", b"[" * 100_000, JSON, "too-deep"),
    ("brackets-closed", b"[" * 100_000 + b"]" * 100_000, JSON, "too-deep"),
    ("braces", b'{"a":' * 100_000, JSON, "too-deep"),
    ("elements", b"<a>" * 100_000, XML, "too-deep"),
    ("1e400", b'{"resourceType": "Observation", "valueInteger": 1e400}', JSON, "number-out-of-range"),
    ("empty", b"", JSON, "empty-body"),
    ("empty-xml", b"", XML, "empty-body"),
    ("blank-nearly-1-mib", b" " * NEARLY, JSON, "empty-body"),
    ("brackets-nearly-1-mib", b"[" * NEARLY, JSON, "too-deep"),
    ("braces-nearly-1-mib", b'{"a":' * (NEARLY // 5), JSON, "too-deep"),
    ("string-nearly-1-mib", b'"' + b"a" * NEARLY, JSON, "not-json"),
    ("numbers-nearly-1-mib", b"[" + b"0," * (NEARLY // 2) + b"0]", JSON, "too-many-elements"),
    ("digits-nearly-1-mib", b"1" * NEARLY, JSON, "number-out-of-range"),
    ("garbage-nearly-1-mib", b"\xff" * NEARLY, JSON, "not-utf8"),
    ("elements-nearly-1-mib", FHIR + b'<id value="a"/>' * (NEARLY // 15) + b"</Bundle>", XML, "too-many-elements"),
    (
        "attributes-nearly-1-mib",
        b"<Bundle " + b" ".join(b'a%d=""' % i for i in range(80_000)) + b"/>",
        XML,
        "too-many-attributes",
    ),
    # A declaration of a namespace counts among the attributes too.
    (
        "declarations-nearly-1-mib",
        b"<Bundle " + b" ".join(b'xmlns:a%d="u"' % i for i in range(60_000)) + b"/>",
        XML,
        "too-many-namespaces",
    ),
    (
        "namespaces",
        b"<Bundle " + b" ".join(b'xmlns:a%d="u"' % i for i in range(30)) + b"/>",
        XML,
        "too-many-namespaces",
    ),
]


def expects(answer: bytes, found: str) -> bool:
    """The id is the code of the only issue, in either format."""
    if answer.startswith(b"<"):
        return answer.count(b"<issue>") == 1 and b'<code value="%s"/>' % found.encode() in answer
    return ids(answer) == [found]


def within_budget(service: Service, path: str, sent: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    """Status and body of an answer that cost no more than the budget."""
    memory, cpu = service.memory_now(), service.cpu_seconds()
    reply = service.ask("POST", path, sent, headers)
    spent = service.cpu_seconds() - cpu
    assert spent < allowed(CPU_SECONDS)
    assert service.memory_peak() - memory < MEMORY_MIB
    assert b"Traceback" not in reply.body
    return reply.status, reply.body


def accepts_the_next(service: Service) -> None:
    message = fresh()
    assert service.ask("POST", DOOR, body(message), JSON).status == 200
    receipt = json.loads(service.ask("GET", f"/receipts/{message_id(message)}").body)
    assert receipt["verdict"] == "accepted"


@pytest.mark.parametrize("path", [DOOR, VALIDATE], ids=["process", "validate"])
@pytest.mark.parametrize("sent,headers,found", [case[1:] for case in UNREADABLE], ids=[case[0] for case in UNREADABLE])
def test_unreadable_body(service: Service, path: str, sent: bytes, headers: dict[str, str], found: str) -> None:
    status, answer = within_budget(service, path, sent, headers)
    assert status == 400
    assert expects(answer, found)
    accepts_the_next(service)


@pytest.mark.parametrize("name", sorted(path.name for path in (FIXTURES / "unreadable").iterdir()))
def test_unreadable_fixture(service: Service, name: str) -> None:
    headers = (XML if name.endswith(".xml") else JSON) | {"Accept": "application/fhir+json"}
    status, _ = within_budget(service, DOOR, raw(f"unreadable/{name}"), headers)
    # What is well-formed but no resource that R4 knows could be read and is judged.
    assert status == (422 if name.startswith("resource-type-unknown") else 400)
    judged = service.ask("POST", VALIDATE, raw(f"unreadable/{name}"), headers)
    # The files are named for their flaw, with a variant after it.
    assert any(name.startswith(id_) for id_ in ids(judged.body))


@pytest.mark.parametrize(
    "sent,found",
    [
        (b'{"resourceType": "Legeerklaring"}', "resource-type-unknown"),
        (with_type("Pasient"), "resource-type-unknown"),
        (with_meta("https://journal.example/StructureDefinition/legeerklaering"), "profile-unknown"),
        (
            with_meta("https://certgateway.example/fhir/StructureDefinition/certificate-message|9.0.0"),
            "profile-unknown",
        ),
    ],
    ids=["unknown-resource", "unknown-resource-inside", "unknown-profile", "wrong-version"],
)
def test_readable_body_that_does_not_conform(service: Service, sent: bytes, found: str) -> None:
    status, answer = within_budget(service, DOOR, sent, JSON)
    assert status == 422
    assert found in ids(answer)
    status, answer = within_budget(service, VALIDATE, sent, JSON)
    assert status == 200
    assert found in ids(answer)
    accepts_the_next(service)


@pytest.mark.parametrize(
    "announced", ["text/plain", "application/fhir+json; fhirVersion=3.0", "application/octet-stream"]
)
def test_wrong_content_type(service: Service, announced: str) -> None:
    status, answer = within_budget(service, DOOR, raw(GOOD), {"Content-Type": announced})
    assert (status, ids(answer)) == (415, ["media-type-not-supported"])
    accepts_the_next(service)


@pytest.mark.parametrize("sent", [padded(MIB2), verbose(NEARLY)], ids=["attachment", "prose"])
@pytest.mark.parametrize("path", [DOOR, VALIDATE], ids=["process", "validate"])
def test_what_is_large_and_can_be_read(service: Service, path: str, sent: bytes) -> None:
    status, answer = within_budget(service, path, sent, JSON)
    assert status in {200, 422}
    assert json.loads(answer)["resourceType"] in {"Bundle", "OperationOutcome"}
    accepts_the_next(service)


def test_text_over_its_limit(service: Service) -> None:
    status, answer = within_budget(service, DOOR, verbose(MIB2), JSON)
    assert (status, ids(answer)) == (413, ["outside-attachments-too-large"])
    accepts_the_next(service)


def test_body_over_the_limit(service: Service) -> None:
    limit = 20 * 1024 * 1024
    reply = service.ask("POST", DOOR, b" " * (limit + 1), JSON | {"Accept-Language": "en"})
    assert reply.status == 413
    assert ids(reply.body) == ["body-too-large"]
    assert (
        json.loads(reply.body)["issue"][0]["details"]["text"]
        == "The message is larger than the limit of 20971520 bytes."
    )
    accepts_the_next(service)


def many_codings(number: int) -> bytes:
    message = fresh()
    codings = [{"system": "https://journal.example/code", "code": f"c{i}"} for i in range(number)]
    resource(message, "Composition")["category"] = [{"coding": codings}]
    return body(message)


def many_entries(number: int) -> bytes:
    message = fresh()
    message["entry"] += [message["entry"][-1]] * number
    return body(message)


def many_benefits(number: int) -> bytes:
    message = fresh()
    resource(message, "Composition")["category"] = [{"text": "Arbeidsavklaringspenger"}] * number
    return body(message)


def many_placeholders(number: int) -> bytes:
    message = fresh()
    resource(message, "Observation")["note"] = [{"text": "se journal"}] * number
    return body(message)


FLOODS = [
    ("codings-not-carried", many_codings(10_000), JSON),
    ("entries", many_entries(4000), JSON),
    ("benefits", many_benefits(15_000), JSON),
    ("placeholders", many_placeholders(15_000), JSON),
    ("elements-out-of-place", FHIR + b'<id value="a"/>' * 25_000 + b"</Bundle>", XML),
]


@pytest.mark.parametrize("path", [DOOR, VALIDATE], ids=["process", "validate"])
@pytest.mark.parametrize("sent, headers", [flood[1:] for flood in FLOODS], ids=[flood[0] for flood in FLOODS])
def test_flood_of_faults_is_bounded(service: Service, path: str, sent: bytes, headers: dict[str, str]) -> None:
    _, answer = within_budget(service, path, sent, headers)
    assert len(answer) < MIB2
    accepts_the_next(service)


def test_a_receipt_names_as_many_removals_as_its_findings_tell(service: Service) -> None:
    sent = many_benefits(1200)
    assert service.ask("POST", DOOR, sent, JSON).status == 200
    receipt = json.loads(service.ask("GET", f"/receipts/{message_id(json.loads(sent))}").body)
    removed = [each["path"] for each in receipt["removed"]]
    category = "Bundle.entry[1].resource.category"
    assert removed == [*(f"{category}[{number}].text" for number in range(1000)), "Bundle"]
    told = [each["path"] for each in receipt["findings"] if each["rule"] == "benefit-removed"]
    assert sorted(told) == sorted(removed)


# ---- the form of 2008 ----

KITH_DOOR = "/kith/messages"
KITH_VALIDATE = "/kith/validate"
KITH_XML = {"Content-Type": "application/xml"}
KITH_COPIES = 4


def under_fresh_id(sent: bytes) -> tuple[bytes, str]:
    """The same body under an id that nobody has used, as far as it has one."""
    fresh_id = f"0f5d0c1e-0000-4000-b000-{next(NUMBERS):012}"
    return sent.replace(kith_id(kith_raw(SMALL)).encode(), fresh_id.encode()), fresh_id


@pytest.mark.parametrize("path", [KITH_DOOR, KITH_VALIDATE], ids=["messages", "validate"])
@pytest.mark.parametrize("hostile", HOSTILE_KITH, ids=lambda hostile: hostile.name)
def test_bad_kith_is_answered_and_hurts_nobody(service: Service, path: str, hostile: Hostile) -> None:
    sent, id_ = under_fresh_id(hostile.make())
    memory, cpu = service.memory_now(), service.cpu_seconds()
    reply = service.ask("POST", path, sent, KITH_XML)
    spent, grown = service.cpu_seconds() - cpu, service.memory_peak() - memory
    assert reply.status == hostile.status
    assert spent < allowed(CPU_SECONDS)
    assert grown < MEMORY_MIB + KITH_COPIES * len(sent) / (1024 * 1024)
    assert b"Traceback" not in reply.body
    assert len(reply.body) < MIB2
    assert told_by(reply.body) >= hostile.rules
    if path == KITH_DOOR and reply.status == 200:
        assert len(service.ask("GET", f"/receipts/{id_}").body) < 2 * MIB2
    accepts_the_next(service)
    accepts_the_next_form(service)


def told_by(answer: bytes) -> set[str]:
    """The rules that an answer names, in either of its forms."""
    if answer.startswith(b"{"):
        return {finding["rule"] for finding in json.loads(answer)["findings"]}
    return {error.get("V", "") for error in etree.fromstring(answer).iterfind("{*}Error")}


def accepts_the_next_form(service: Service) -> None:
    body = numbered(kith_raw("good/measures-one-four-seven"), next(NUMBERS))
    reply = service.ask("POST", KITH_DOOR, body, KITH_XML)
    assert reply.status == 200
    receipt = json.loads(service.ask("GET", f"/receipts/{kith_id(body)}").body)
    assert receipt["verdict"] == "incomplete"
    assert len(json.dumps(receipt)) < MIB2


def test_a_kith_body_over_the_limit(service: Service) -> None:
    reply = service.ask("POST", KITH_DOOR, b" " * (20 * 1024 * 1024 + 1), KITH_XML | {"Accept-Language": "en"})
    assert reply.status == 413
    assert "20971520 bytes" in json.loads(reply.body)["detail"]
    accepts_the_next_form(service)
