"""A benefit planted in a message of 2008 exists after reception in one place only: the sealed original.

Sought in everything that a reception leaves behind or gives away: database files and rows, AppRec, receipt, assessment
data, log. With an open seal the same search finds what it looks for.
"""

import json
import logging
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from itertools import count, islice
from pathlib import Path
from uuid import NAMESPACE_OID, uuid5

import pytest
from lxml import etree
from sqlalchemy import select

from certgateway.services.answer import media_type
from certgateway.services.assess import assess
from certgateway.services.examine import House, examine
from certgateway.services.gateway import Gateway
from certgateway.services.receive import Delivery, Outcome, receive
from certgateway.store.database import open_database
from certgateway.store.evidence import open_original
from certgateway.store.schema import migrate
from certgateway.store.tables import metadata
from certgateway.store.transactions import Store
from certgateway.trust.seal import Sealer
from tests.integration.store.postgresql import Server
from tests.open_seal import OpenSealer
from tests.property import redaction
from tests.property.kith_planting import BENEFITS, TICK, Benefit, encoded, plant, sites
from tests.property.leaks import traces
from tests.property.planting import MARK
from tests.property.redaction import RECEIVED

GOOD = Path(__file__).resolve().parents[2] / "fixtures" / "messages" / "kith" / "good"
FILES = sorted(path.name for path in GOOD.glob("*.xml"))
EVERY_ELEMENT = "every-element.xml"


@cache
def house() -> House:
    return redaction.house()


def good(name: str) -> bytes:
    return (GOOD / name).read_bytes()


@pytest.fixture
def opened() -> Iterator[list[Store]]:
    """Every store that the test opened is closed after it."""
    stores: list[Store] = []
    yield stores
    for store in stores:
        store.close()


@pytest.fixture(scope="module")
def postgresql() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


def sqlite(folder: Path) -> str:
    return f"sqlite:///{folder}/gateway.sqlite3"


def gateway_on(url: str, opened: list[Store], sealer: Sealer | None = None) -> Gateway:
    engine = open_database(url)
    migrate(engine)
    ids, ticks = count(1), count()
    seal = sealer or Sealer(bytes(range(32)))
    opened.append(Store(engine, seal))
    return Gateway(
        house=house(),
        store=opened[-1],
        sealer=seal,
        clock=lambda: RECEIVED + timedelta(seconds=next(ticks)),
        new_id=lambda: str(uuid5(NAMESPACE_OID, str(next(ids)))),
        her="8140000",
    )


def as_new(raw: bytes, number: int) -> bytes:
    """Another message about another certificate: an id of its own."""
    root = etree.fromstring(raw)
    info = next(element for element in root.iter("*") if etree.QName(element).localname == "MsgInfo")
    for element in list(info):
        if etree.QName(element).localname == "MsgId":
            element.text = str(uuid5(NAMESPACE_OID, f"message {number}"))
        elif etree.QName(element).localname == "ConversationRef":
            info.remove(element)
    return encoded(root)


MARKED = tuple(benefit for benefit in BENEFITS if benefit.body != "empty")
ODD_VALUE = "+0000000000000000002"
"""A tick as no text and no table has it, so that it can be searched for."""


def carriers() -> Iterator[bytes]:
    """Good messages and one that is refused, marked benefits all over each, and a tick that can be told from others."""
    refused = good(EVERY_ELEMENT).replace(b'kodesystem="5"', b'kodesystem="fem"')
    for number, raw in enumerate([*map(good, FILES), refused]):
        places = list(sites(etree.fromstring(raw)))
        wanted = [(site, MARKED[turn % len(MARKED)]) for turn, site in enumerate(places[number % 5 :: 5])]
        odd = [(site, Benefit(TICK, ODD_VALUE)) for site in places[::40]]
        yield as_new(plant(raw, wanted + odd).raw, number)


def deliver(raw: bytes, gateway: Gateway) -> Outcome:
    return receive(Delivery(raw, "kith", media_type("kith")), gateway)


def given_away(outcome: Outcome, gateway: Gateway) -> bytes:
    """AppRec, receipt and what NAV reads."""
    assessment = assess(outcome.case, gateway) if outcome.case else None
    return b"\n".join([outcome.answer.body, outcome.receipt, json.dumps(assessment, ensure_ascii=False).encode()])


def rows(gateway: Gateway) -> bytes:
    """Every value of every row, one after the other."""
    values: list[bytes] = []
    with gateway.store.engine.connect() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(select(table)):
                values += [value if isinstance(value, bytes) else str(value).encode() for value in row]
    return b"\n".join(values)


def files(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def original_of(outcome: Outcome, raw: bytes, gateway: Gateway) -> bytes:
    envelope = examine(raw, "kith", gateway.house).envelope
    assert envelope is not None
    with gateway.store.reading() as read:
        message = read.find_message(envelope.sender, json.loads(outcome.receipt)["message_id"])
    assert message is not None
    return open_original(gateway.store, message.uuid)


def test_the_only_hit_is_the_decrypted_original(
    tmp_path: Path, opened: list[Store], caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    gateway = gateway_on(sqlite(tmp_path), opened)
    given_: list[bytes] = []
    verdicts = Counter[str | None]()
    for raw in carriers():
        outcome = deliver(raw, gateway)
        verdicts[outcome.verdict] += 1
        given_.append(given_away(outcome, gateway))
        kept = original_of(outcome, raw, gateway)
        assert kept == raw
        assert MARK in kept.decode("iso-8859-1")
        assert ODD_VALUE in kept.decode("iso-8859-1")
    haystacks = {
        "answers": b"\n".join(given_),
        "files": files(tmp_path),
        "rows": rows(gateway),
        "log": caplog.text.encode(),
        "terminal": "".join(capfd.readouterr()).encode(),
    }
    found = {(name, word): traces(haystack, word) for name, haystack in haystacks.items() for word in (MARK, ODD_VALUE)}
    assert {place for place, ways in found.items() if ways} == set()
    assert verdicts == {"incomplete": len(FILES), "rejected": 1}


@pytest.mark.postgresql
def test_the_only_hit_is_the_decrypted_original_on_postgresql(postgresql: Server, opened: list[Store]) -> None:
    gateway = gateway_on(postgresql.new_database(), opened)
    for raw in islice(carriers(), 4):
        outcome = deliver(raw, gateway)
        assert traces(given_away(outcome, gateway), MARK) == set()
        assert original_of(outcome, raw, gateway) == raw
    written_ = b"".join(files(postgresql._folder / "data" / part) for part in ("base", "pg_wal"))
    haystacks = (rows(gateway), written_, (postgresql._folder / "log").read_bytes())
    assert [traces(haystack, word) for haystack in haystacks for word in (MARK, ODD_VALUE)] == [set()] * 6


def test_with_an_open_seal_both_are_found(tmp_path: Path, opened: list[Store]) -> None:
    """The search above could find them."""
    gateway = gateway_on(sqlite(tmp_path), opened, OpenSealer(bytes(range(32))))
    deliver(next(carriers()), gateway)
    for haystack in (rows(gateway), files(tmp_path)):
        assert "plain" in traces(haystack, MARK)
        assert "plain" in traces(haystack, ODD_VALUE)


def test_messages_that_fail_leave_no_trace_either(
    tmp_path: Path, opened: list[Store], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    gateway = gateway_on(sqlite(tmp_path), opened)
    raw = next(carriers())
    given_ = [given_away(deliver(raw, gateway), gateway)]
    bodies = {
        "cut short": raw[: len(raw) * 3 // 4],
        "no certificate": raw.replace(b"Legeerklaring xmlns", b"Sykmelding xmlns").replace(
            b"</Legeerklaring>", b"</Sykmelding>"
        ),
        "no message": f"<AktueltTiltak typeTiltak='2' {MARK}='{MARK}'>{MARK}</AktueltTiltak>".encode(),
        "a root that nobody knows": f"<AAP{MARK}/>".encode(),
        "an entity": f"<!DOCTYPE a [<!ENTITY {MARK} '{MARK}'>]><MsgHead>&{MARK};</MsgHead>".encode(),
        "twice the same attribute": raw.replace(b"<MsgInfo>", f"<MsgInfo {MARK}='1' {MARK}='2'>".encode(), 1),
        "another content under a known id": raw.replace(b"Oslo", b"Moss"),
    }
    for name, body in bodies.items():
        outcome = deliver(body, gateway)
        assert outcome.verdict == "rejected" or outcome.conflict, name
        given_.append(given_away(outcome, gateway))
    haystacks = (b"\n".join(given_), files(tmp_path), rows(gateway), caplog.text.encode())
    assert [traces(haystack, MARK) for haystack in haystacks] == [set()] * 4
