"""Signed messages at the door, on both databases: what was signed is judged, and what does not hold is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import pytest
from lxml import etree
from starlette.testclient import TestClient

from certgateway import bootstrap, cli
from certgateway.app import create_app
from certgateway.config import Settings
from certgateway.services.examine import House
from certgateway.services.gateway import Gateway
from certgateway.services.verify import Content, signed_content
from certgateway.store.tables import metadata
from certgateway.trust.xml_signing import Signatory, sign
from tests.functional.conftest import NOW
from tests.functional.messages import JSON, XML
from tests.functional.test_kith import codes, rows, status, told_rules
from tests.hostile.signature_mutants import MUTATIONS
from tests.integration.store.postgresql import Server
from tests.kith import SMALL, message_id
from tests.signing import DS, MESSAGES, authority, canonical, office, raw, revocation_list, written

KITH, FHIR = f"kith/{SMALL}", "good/back-pain-tolerates-load"
HEADERS = {KITH: {"Content-Type": "application/xml"}, FHIR: XML}
DOORS = {KITH: "/kith/messages", FHIR: "/fhir/$process-message"}
PROSE = "Pasienten er frisk"


@dataclass(frozen=True)
class Door:
    """A gateway that looks at signatures, and its client."""

    gateway: Gateway
    client: TestClient

    def hand_in(self, name: str, body: bytes) -> tuple[int, set[str]]:
        """The status, and the rules that the answer names."""
        answer = self.client.post(DOORS[name], content=body, headers=HEADERS[name])
        if name == KITH:
            assert answer.status_code == 200
            return answer.status_code, told_rules(answer.content)
        outcome = etree.fromstring(answer.content)
        return answer.status_code, {one.get("value", "") for one in outcome.iterfind(".//{*}details/{*}coding/{*}code")}

    @property
    def events(self) -> int:
        return len(self.client.get("/assessments/feed").json()["events"])


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/signed.db"
    server: Server = request.getfixturevalue("postgresql")
    return server.migrated_database()


@pytest.fixture
def opened(
    url: str, make_gateway: Callable[[str], Gateway], house: House, settings: Settings, tmp_path: Path
) -> Iterator[Callable[..., Door]]:
    """A door by its demand and the PEM blocks of its anchors."""
    clients: list[TestClient] = []

    def make(demand: str, *extra: bytes) -> Door:
        asked = bootstrap.signatures_of(demand, anchors_file(tmp_path, *extra))
        gateway = replace(make_gateway(url), house=replace(house, signatures=asked))
        clients.append(TestClient(create_app(gateway, settings)).__enter__())
        return Door(gateway, clients[-1])

    yield make
    for client in clients:
        client.__exit__(None, None, None)


def anchors_file(folder: Path, *extra: bytes) -> Path:
    path = folder / "anchors.pem"
    path.write_bytes(b"".join((authority().certificate_pem, *extra)))
    return path


def signed(name: str, by: str = "Testutsteder") -> bytes:
    identity = office(by=by)
    return sign(raw(name), Signatory(identity.key, identity.certificate))


def tampered(body: bytes) -> bytes:
    """What was signed, with other words in it."""
    root = etree.fromstring(body)
    for one in root.iterfind(".//{*}StatusPresens"):
        one.text = PROSE
    for one in root.iterfind(".//{*}text[@value]"):
        one.set("value", PROSE)
    changed = written(root)
    assert PROSE.encode() in changed
    return changed


def without_signature(body: bytes) -> bytes:
    root = etree.fromstring(body)
    one = root.find("ds:Signature", DS)
    assert one is not None
    root.remove(one)
    return written(root)


def kept_words(gateway: Gateway) -> list[str]:
    """Everything in the tables that is text and not sealed."""
    with gateway.store.engine.connect() as connection:
        return [str(row) for table in metadata.sorted_tables for row in connection.execute(table.select())]


# ---- verify ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DOORS)
def test_a_signed_message_is_received_as_what_was_signed(opened: Callable[..., Door], name: str) -> None:
    door = opened("verify")
    first = door.client.post(DOORS[name], content=signed(name), headers=HEADERS[name])
    assert first.status_code == 200
    assert door.events == 1
    # The same content without its signature is the same message: what the signature adds has no say in what it is.
    again = door.client.post(DOORS[name], content=raw(name), headers=HEADERS[name])
    assert again.content == first.content


@pytest.mark.parametrize("name", DOORS)
def test_what_was_signed_and_then_changed_is_refused(opened: Callable[..., Door], name: str) -> None:
    door = opened("verify")
    code, rules = door.hand_in(name, tampered(signed(name)))
    assert (code, rules) == (200 if name == KITH else 400, {"signature-refused"})
    assert door.events == 0
    counts = rows(door.gateway)
    assert (counts["message"], counts["original"], counts["version"], counts["case"]) == (1, 1, 0, 0)
    assert not any(PROSE in words for words in kept_words(door.gateway))


@pytest.mark.parametrize("name", DOORS)
def test_a_forged_message_takes_nobody_s_place(opened: Callable[..., Door], name: str) -> None:
    """Its id was read from what nobody vouched for: the true one with this id is no conflict."""
    door = opened("verify")
    door.hand_in(name, tampered(signed(name)))
    code, rules = door.hand_in(name, signed(name))
    assert code == 200
    assert "signature-refused" not in rules
    assert door.events == 1


@pytest.mark.parametrize("name", DOORS)
@pytest.mark.parametrize(
    "way",
    [
        "original in an object",
        "original inside another root",
        "signature doubled",
        "signature moved into another element",
    ],
)
def test_wrapping_gets_nobody_in(opened: Callable[..., Door], name: str, way: str) -> None:
    door = opened("verify")
    chance = Random(way)  # noqa: S311  Nothing secret.
    body = MUTATIONS[way](signed(name), chance, signed(name))
    assert door.hand_in(name, body)[1] == {"signature-refused"}
    assert door.events == 0


@pytest.mark.parametrize("name", ["good/wrapped-in-first-namespace", "good/wrapped-in-second-namespace"])
def test_a_msghead_that_was_signed_before_it_was_wrapped_is_received(opened: Callable[..., Door], name: str) -> None:
    door = opened("require")
    before, head, behind = parted(raw(f"kith/{name}"))
    made = sign(head, Signatory(office().key, office().certificate))
    body = before + made[made.index(b"?>") + 2 :].strip() + behind
    answer = door.client.post(DOORS[KITH], content=body, headers=HEADERS[KITH])
    assert status(answer.content) == "3"
    assert "signature-missing" not in told_rules(answer.content)
    assert door.events == 1
    # Nothing of the wrapper was signed: a second MsgHead in it is nobody's.
    other = body.replace(
        b"<MottakenhetBlokk", head.replace(b"<MsgId>5e2f", b"<MsgId>5e2e", 1) + b"<MottakenhetBlokk", 1
    )
    assert other != body
    assert door.hand_in(KITH, other)[1] == {"signature-refused"}
    assert door.hand_in(KITH, tampered(body))[1] == {"signature-refused"}


def test_of_a_wrapper_nothing_is_read(tmp_path: Path) -> None:
    before, head, behind = parted(raw("kith/good/wrapped-in-first-namespace"))
    made = sign(head, Signatory(office().key, office().certificate))
    body = before + b'<x:MsgHead xmlns:x="urn:x"/>' + made[made.index(b"?>") + 2 :].strip() + behind
    asked = bootstrap.signatures_of("verify", anchors_file(tmp_path))
    assert asked is not None
    content = signed_content(body, "kith", asked, NOW)
    assert isinstance(content, Content)
    root = etree.fromstring(content.read)
    assert (root.tag, len(root)) == ("{http://www.trygdeetaten.no/xml/eiff/1/}EI_fellesformat", 1)
    assert etree.tostring(root[0], method="c14n", exclusive=True) == canonical(etree.fromstring(made))


def parted(body: bytes) -> tuple[bytes, bytes, bytes]:
    """A Fellesformat: what stands before its MsgHead, the MsgHead, and what stands behind it."""
    start, end = body.index(b"<MsgHead"), body.index(b"</MsgHead>") + len(b"</MsgHead>")
    return body[:start], body[start:end], body[end:]


def test_apprec_says_what_is_wrong_with_a_signature(opened: Callable[..., Door]) -> None:
    door = opened("verify", revocation_list(authority(), office().certificate))
    strange = signed(KITH, by="Fremmed utsteder")
    for body, code in ((tampered(signed(KITH)), "S03"), (signed(KITH), "S03"), (strange, "S02")):
        answer = door.client.post(DOORS[KITH], content=body, headers=HEADERS[KITH])
        assert status(answer.content) == "2"
        assert codes(answer.content)[0] == code
        assert etree.fromstring(answer.content).findtext("{*}OriginalMsgId/{*}Id") == message_id(body)
    door = opened("verify")
    # Another body: the same one would get the first answer.
    answer = door.client.post(DOORS[KITH], content=tampered(signed(KITH)) + b"\n", headers=HEADERS[KITH])
    assert codes(answer.content)[0] == "S01"


def test_what_is_not_signed_is_received_as_ever(opened: Callable[..., Door]) -> None:
    door = opened("verify")
    for name in DOORS:
        assert door.hand_in(name, raw(name))[0] == 200
    spoken = raw(KITH).replace(b"</MsgHead>", b"<!-- <Signature/> --></MsgHead>")
    assert door.hand_in(KITH, spoken)[1] == door.hand_in(KITH, raw(KITH))[1]
    assert door.events == 2


@pytest.mark.parametrize("name", [KITH, FHIR, "unanswered/health-risk-missing-section-absent"])
def test_places_count_the_message_as_it_came(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    anchors = anchors_file(tmp_path)
    one, other = tmp_path / "signed.xml", tmp_path / "unsigned.xml"
    one.write_bytes(signed(name))
    other.write_bytes(without_signature(signed(name)))
    at = ["--at", NOW.isoformat(), "--format", "json"]
    cli.main(["validate", str(one), *at, "--signatures", "verify", "--trust-anchors", str(anchors)])
    found = json.loads(capsys.readouterr().out)[0]
    cli.main(["validate", str(other), *at])
    expected = json.loads(capsys.readouterr().out)[0]
    assert found["findings"] == expected["findings"]
    assert found["verdict"] == expected["verdict"]


# ---- require and ignore ---------------------------------------------------------------------------------------------


def test_where_a_signature_is_required_nothing_comes_in_without_one(opened: Callable[..., Door]) -> None:
    door = opened("require")
    for name in DOORS:
        assert door.hand_in(name, raw(name))[1] == {"signature-missing"}
        assert "signature-missing" not in door.hand_in(name, signed(name))[1]
    json_ = (MESSAGES / f"{FHIR}.json").read_bytes()
    answer = door.client.post(DOORS[FHIR], content=json_, headers=JSON)
    assert "signature-missing" in answer.text
    spoken = raw(KITH).replace(b"</MsgHead>", b"<!-- <Signature/> --></MsgHead>")
    assert door.hand_in(KITH, spoken)[1] == {"signature-missing"}
    assert door.events == 2


def test_by_default_signatures_are_not_looked_at(client: TestClient) -> None:
    answer = client.post(DOORS[KITH], content=tampered(signed(KITH)), headers=HEADERS[KITH])
    assert status(answer.content) == "3"


def test_what_cannot_be_read_keeps_its_own_id(opened: Callable[..., Door]) -> None:
    door = opened("verify")
    body = signed(FHIR)
    assert door.hand_in(FHIR, body.replace(b"<Bundle", b"<!DOCTYPE x><Bundle", 1))[1] == {"doctype-refused"}
    assert door.hand_in(FHIR, body[:-20])[1] == {"not-xml"}


@pytest.mark.parametrize("path", ["/kith/validate", "/fhir/$validate"])
def test_validation_looks_at_signatures_too(opened: Callable[..., Door], path: str) -> None:
    door = opened("verify")
    name = KITH if "kith" in path else FHIR
    assert "signature-refused" in door.client.post(path, content=tampered(signed(name)), headers=HEADERS[name]).text
    assert "signature-refused" not in door.client.post(path, content=signed(name), headers=HEADERS[name]).text


# ---- the command line -----------------------------------------------------------------------------------------------


@contextmanager
def files(folder: Path) -> Iterator[tuple[str, str, str]]:
    """A signed message, the same one changed, and the anchors."""
    good, bad = folder / "signed.xml", folder / "changed.xml"
    good.write_bytes(signed(FHIR))
    bad.write_bytes(tampered(signed(FHIR)))
    yield str(good), str(bad), str(anchors_file(folder))


@pytest.mark.parametrize("command", ["receive", "validate"])
def test_the_command_line_verifies_as_the_door_does(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with files(tmp_path) as (good, bad, anchors):
        how = ["--signatures", "verify", "--trust-anchors", anchors]
        shape = ["--format", "json"] if command == "validate" else []
        assert cli.main([command, good, *how, *shape]) == 0
        assert "signature" not in capsys.readouterr().out
        assert cli.main([command, bad, *how, *shape]) == 1
        told = capsys.readouterr().out
        assert '"signature-refused"' in told
        assert "digest-differs" in told
        assert PROSE not in told
        # Without being asked to, nobody looks; the signature is an element that FHIR does not know.
        assert cli.main([command, bad, *shape]) == 1
        assert '"namespace-wrong"' in capsys.readouterr().out


@pytest.mark.parametrize("command", ["receive", "validate"])
def test_signatures_are_not_verified_without_anchors(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with files(tmp_path) as (good, _, _anchors):
        assert cli.main([command, good, "--signatures", "verify"]) == 2
        assert "trust anchors" in capsys.readouterr().err


def test_signatures_and_profiles_do_not_go_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with files(tmp_path) as (good, _, anchors):
        how = ["--signatures", "verify", "--trust-anchors", anchors, "--profile", "http://example.org/x"]
        assert cli.main(["validate", good, *how]) == 2
        assert "--signatures" in capsys.readouterr().err
