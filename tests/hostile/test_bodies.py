"""None of the hostile bodies is accepted, none breaks anything, and no answer or log line repeats what was in one."""

import json
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree
from starlette.testclient import TestClient

from certgateway import bootstrap
from certgateway.app import create_app
from certgateway.config import Settings
from certgateway.domain.message import Format
from certgateway.services.examine import examine
from certgateway.services.gateway import Gateway
from certgateway.trust.seal import create_key_file
from tests.calibration import assert_within, cpu
from tests.hostile import bodies_json, bodies_values, bodies_xml
from tests.hostile.case import (
    FHIR_JSON,
    FHIR_XML,
    GOOD_JSON,
    GOOD_KITH,
    GOOD_XML,
    PLAIN_XML,
    REHEARSE,
    VALIDATE,
    Case,
    body,
    replaced,
    tree,
)
from tests.kith import changed

MADE = [*bodies_json.cases(), *bodies_xml.cases(), *bodies_values.cases()]
CASES = list({(each.door, each.media, each.headers, each.query, each.raw): each for each in MADE}.values())
"""Each once: two ways to spoil a message may come to the same bytes."""
IDS = (b"5e1f000f-0d0c-4a10-9e00-%012d", b"5e2f0001-0d0c-4a10-9e00-%012d")
"""Message ids of the good messages, which are number 0 and 1: each case gets one that nobody has sent before."""
LOSSES = {"not-carried", "schema-deviation", "attachment-refused", "organisation-number-invalid"}
"""What a remark must be about, where a part is not taken and the rest is."""
NEVER = (
    bodies_values.PERSON, "14837910405", "Fjelltopp", "169.254", "127.0.0.1:9", "/etc/passwd", "isAdmin", "onload",
    "system($x)", "rm -rf", "Traceback",
)  # fmt: skip
"""What stands in cases, or in the good messages around them, and in no answer to one."""
GROUP = 40
HOUSE = bootstrap.build_house("synthetic")
CPU_PER_MIB = 0.1
"""Seconds, before anybody has said who they are."""
DEARER = {"names twice at the end": 0.6, "names twice": 0.2, "small numbers, then one too large": 0.3}
"""Not met: what is wrong is found by reading all that stands before it, object by object or number by number."""
MIB = 1024 * 1024
ROOT = b'<Bundle xmlns="http://hl7.org/fhir">'
HEAD = b'<MsgHead xmlns="http://www.kith.no/xmlstds/msghead/2006-05-24">'
ENTITIES = b"<!DOCTYPE x [", b'<!ENTITY a "b">', b""


def filled(start: bytes, piece: bytes, end: bytes = b"", most: int = MIB) -> bytes:
    """A body of not quite a mebibyte, so that it is read, or with `most` pieces of one kind."""
    return start + piece * min((MIB - len(start) - len(end)) // len(piece), most) + end


LARGE: dict[str, tuple[Format, bytes]] = {
    "brackets": ("fhir-json", filled(b"", b"[")),
    "braces": ("fhir-json", filled(b"", b'{"a":')),
    "braces and brackets": ("fhir-json", filled(b"", b'[{"":')),
    "depth at the end": ("fhir-json", filled(b"[", b'{"aaaaaaaaaa":[]},', b"[" * 64 + b"]" * 65, most=49_990)),
    "empty objects": ("fhir-json", filled(b"[", b"{},", b"0]")),
    "empty texts": ("fhir-json", filled(b"[", b'"",', b"0]")),
    "text without an end": ("fhir-json", filled(b'"', b"a")),
    "quotes without an end": ("fhir-json", filled(b'["', b'\\"')),
    "commas, then quotes without an end": ("fhir-json", b"[" + b"0," * 300_001 + b'"' + b'\\"' * 200_000),
    "escapes": ("fhir-json", filled(b'"', b"\\u0041")),
    "surrogates": ("fhir-json", filled(b'"', b"\\ud83d\\ude00", b'\\ud800"')),
    "digits": ("fhir-json", filled(b"", b"1")),
    "numbers": ("fhir-json", filled(b"[", b"0,", b"0]")),
    "small numbers, then one too large": ("fhir-json", filled(b"[", b"0,", b"1e999]", most=299_000)),
    "texts, then a number too large": ("fhir-json", filled(b"[", b'"",', b"1e999]", most=299_000)),
    "names twice": ("fhir-json", filled(b"{", b'"a":1,', b'"b":1}')),
    "names twice at the end": ("fhir-json", filled(b"[", b'{"a":1},', b'{"a":1,"a":1}]', most=99_000)),
    "no UTF-8": ("fhir-json", filled(b"", b" ", b"\xff")),
    "blanks": ("fhir-json", filled(b"", b" ")),
    "blank XML": ("fhir-xml", filled(b"", b" ")),
    "XML that is no UTF-8": ("fhir-xml", filled(ROOT, b"x", b"\xff")),
    "doctype": ("fhir-xml", filled(*ENTITIES)),
    "nested": ("fhir-xml", filled(b"", b"<a>")),
    "wide": ("fhir-xml", filled(ROOT, b"<entry></entry>")),
    "attributes": ("fhir-xml", filled(b"<Bundle", b' aaaaaaaaaaa=""')),
    "comment": ("fhir-xml", filled(ROOT + b"<!--", b"x")),
    "comments": ("fhir-xml", filled(ROOT, b"<!---->")),
    "text": ("fhir-xml", filled(ROOT, b"x")),
    "character references": ("fhir-xml", filled(ROOT, b"&#65;")),
    "KITH, nested": ("kith", filled(b"", b"<a>")),
    "KITH, doctype": ("kith", filled(*ENTITIES)),
    "KITH, text": ("kith", filled(HEAD, b"x")),
    "KITH, text in pieces": ("kith", filled(HEAD, b"x<!---->")),
    "KITH, wide": ("kith", filled(HEAD, b"<a/>")),
    "KITH, wide with attributes": ("kith", filled(HEAD, b'<a b=""/>')),
    "KITH, as wide as may be, without an end": ("kith", filled(HEAD, b"<Document></Document>", most=49_990)),
}
SECURITY = Path(__file__).resolve().parents[2] / "docs" / "security.md"


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("bodies")
    create_key_file(folder / "key")
    made = bootstrap.gateway_on(f"sqlite:///{folder}/bodies.db", folder / "key", bootstrap.build_house("synthetic"))
    yield replace(made, clock=lambda: datetime(2026, 11, 1, 11, tzinfo=UTC))
    made.store.close()


@pytest.fixture(scope="module")
def door(gateway: Gateway) -> Iterator[TestClient]:
    with TestClient(create_app(gateway, Settings.model_construct(persons="synthetic"))) as opened:
        yield opened


def fed(gateway: Gateway) -> int:
    with gateway.store.engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM feed").scalar_one())


def told(answer: bytes, media: str) -> tuple[bool, set[str]]:
    """Whether an answer takes what came, and the rules or problems it names; it must be one of the known forms."""
    if media == "application/problem+json":
        problem = json.loads(answer)
        assert {"type", "title", "status", "detail"} <= set(problem)
        return False, {problem["title"]} | {each["rule"] for each in problem.get("findings", ())}
    if media == FHIR_JSON:
        outcome = json.loads(answer)
        assert outcome["resourceType"] == "OperationOutcome"
        codes = {each["code"] for issue in outcome["issue"] for each in issue["details"].get("coding", ())}
        return all(issue["severity"] != "error" for issue in outcome["issue"]), codes
    root = etree.fromstring(answer)
    if media == FHIR_XML:
        assert root.tag == "{http://hl7.org/fhir}OperationOutcome"
        severities = {each.get("value") for each in root.iterfind(".//{*}severity")}
        return "error" not in severities, {each.get("value", "") for each in root.iterfind(".//{*}coding/{*}code")}
    assert (media, etree.QName(root).localname) == ("application/xml", "AppRec")
    status = root.find("{*}Status")
    assert status is not None
    return status.get("V") != "2", {each.get("V", "") for each in root.iterfind("{*}Error")}


def judged(door: TestClient, case: Case, number: int) -> tuple[int, bool, set[str], str]:
    """Status; whether it was taken; what was told; and all that left by the answer."""
    raw = case.raw
    for at, pattern in enumerate(IDS):
        raw = raw.replace(pattern % at, pattern % (5000 + number))
    headers = [(b"Content-Type", case.media.encode()), *((k.encode(), v.encode()) for k, v in case.headers)]
    answer = door.post(case.door + case.query, content=raw, headers=headers)
    taken, rules = told(answer.content, answer.headers["Content-Type"].partition(";")[0])
    return answer.status_code, taken, rules, answer.text + str(answer.headers)


@pytest.mark.parametrize(
    "raw, where, media",
    [(GOOD_JSON, VALIDATE, FHIR_JSON), (GOOD_XML, VALIDATE, FHIR_XML), (GOOD_KITH, REHEARSE, PLAIN_XML)],
    ids=["JSON", "XML", "KITH"],
)
def test_the_good_ones_they_are_made_of_are_taken_whole(door: TestClient, raw: bytes, where: str, media: str) -> None:
    status, taken, rules, _ = judged(door, Case("good", where, media, raw), 0)
    assert (status, taken, rules & LOSSES) == (200, True, set())


def test_there_are_as_many_as_the_documentation_says_and_no_two_are_one() -> None:
    assert len({each.name for each in CASES}) == len(CASES)
    assert f"{len(CASES)} hostile bodies" in SECURITY.read_text()


@pytest.mark.parametrize("how", bodies_values.LOOKALIKES)
def test_who_looks_like_a_sender_or_a_message_is_another(how: str) -> None:
    other = bodies_values.LOOKALIKES[how]
    plain = tree()["entry"][0]["resource"]["source"]["endpoint"]
    fhir = body(replaced(("entry", 0, "resource", "source", "endpoint"), other(plain)))
    assert named(fhir, "fhir-json")[0] != named(GOOD_JSON, "fhir-json")[0]
    if how in {"nul", "newline"}:
        return  # XML has no NUL, and what it calls white space is none of an id.
    her = changed(GOOD_KITH, ("<Id>8094231<", f"<Id>{other('8094231')}<"))
    assert how == "homoglyphs" or named(her, "kith")[0] != named(GOOD_KITH, "kith")[0]
    id_ = changed(GOOD_KITH, ("<MsgId>5e2f", f"<MsgId>{other('5e2f')}"))
    assert named(id_, "kith")[1] != named(GOOD_KITH, "kith")[1]


def test_composed_and_decomposed_ids_are_two() -> None:
    composed, apart = (changed(GOOD_KITH, ("<MsgId>", f"<MsgId>{letter}")) for letter in ("\u00e5", "a\u030a"))
    assert named(composed, "kith")[1] != named(apart, "kith")[1]


def named(raw: bytes, form: Format) -> tuple[str | None, str | None]:
    """Sender and message id under which a message would be kept."""
    envelope = examine(raw, form, HOUSE).envelope
    return (envelope.sender, envelope.message_id) if envelope else (None, None)


@pytest.mark.no_cover
@pytest.mark.parametrize("name", LARGE)
def test_a_mebibyte_that_cannot_be_read_costs_little(name: str) -> None:
    form, raw = LARGE[name]
    examined = examine(raw, form, HOUSE)
    assert examined.unreadable
    assert examined.findings[0].rule != "outside-attachments-too-large"
    budget = DEARER.get(name, CPU_PER_MIB) * len(raw) / MIB
    assert_within(budget, lambda: cpu(lambda: examine(raw, form, HOUSE)))


@pytest.mark.parametrize("first", range(0, len(CASES), GROUP))
def test_none_is_taken_none_breaks_anything_and_none_is_repeated(
    door: TestClient, gateway: Gateway, first: int, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = {}
    for number, case in enumerate(CASES[first : first + GROUP], first):
        caplog.clear()
        with caplog.at_level(logging.DEBUG):
            status, taken, rules, left = judged(door, case, number)
        left += "".join(each.getMessage() for each in caplog.records if not each.name.startswith("httpx"))
        quoted = [each for each in NEVER if each in left]
        unstable = [each for each in rules if not re.fullmatch(r"[a-z0-9-]+|[A-Z][0-9]{1,2}", each)]
        may_be_taken = case.door in {VALIDATE, REHEARSE} and bool(rules & LOSSES)
        if status >= 500 or (taken and not may_be_taken) or quoted or unstable or not rules:
            wrong[case.name] = (status, taken, sorted(rules), quoted)
    assert wrong == {}
    assert fed(gateway) == 0
