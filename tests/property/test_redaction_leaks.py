"""Whatever was planted as benefit content exists after reception in one place only: the sealed original.

Sought in everything that a reception leaves behind or gives away: database files and rows, receipts, answers,
assessment data, logs, metrics, HTTP bodies and the text of `validate`. The second half proves the search itself: with
an open seal every kind of place is found.
"""

import base64
import gzip
import json
import logging
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from uuid import NAMESPACE_OID, uuid5

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from certgateway import cli, safejson
from certgateway.app import create_app
from certgateway.config import Settings
from certgateway.domain.errors import GatewayError
from certgateway.domain.findings import Policy
from certgateway.services.answer import media_type
from certgateway.services.assess import assess
from certgateway.services.examine import House, detect_format
from certgateway.services.gateway import Gateway
from certgateway.services.receive import Delivery, Outcome, receive
from certgateway.store.database import open_database
from certgateway.store.evidence import open_original
from certgateway.store.schema import migrate
from certgateway.store.tables import conflict, metadata, original
from certgateway.store.transactions import Store
from certgateway.trust.seal import Sealer
from tests.integration.store.postgresql import Server
from tests.open_seal import OpenSealer
from tests.property import redaction
from tests.property.leaks import spellings, traces
from tests.property.planting import MARK, TOKEN, Place, Planter, batches, planted, token
from tests.property.planting_ways import Json
from tests.property.redaction import RECEIVED, encoded

MESSAGES = Path(__file__).resolve().parents[2] / "fixtures" / "messages"
SECRET = bytes(range(32))
SENDER = "her:8143060"
CARRIERS = (
    "good/every-mapped-element.json",
    "good/required-items-only.json",
    "unanswered/prognosis-missing-no-horizon.json",
)


@pytest.fixture(scope="module")
def house() -> House:
    return redaction.house()


@pytest.fixture(scope="module")
def postgresql() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def opened() -> Iterator[list[Store]]:
    """Every store that the test opened is closed after it."""
    stores: list[Store] = []
    yield stores
    for store in stores:
        store.close()


def gateway_on(url: str, house: House, opened: list[Store], sealer: Sealer | None = None) -> Gateway:
    engine = open_database(url)
    migrate(engine)
    ids, ticks = count(1), count()
    seal = sealer or Sealer(SECRET)
    opened.append(Store(engine, seal))
    return Gateway(
        house=house,
        store=opened[-1],
        sealer=seal,
        clock=lambda: RECEIVED + timedelta(seconds=next(ticks)),
        new_id=lambda: str(uuid5(NAMESPACE_OID, str(next(ids)))),
        her="8140000",
    )


def as_new(tree: Json, number: int) -> Json:
    """Another message about another certificate: ids of its own."""
    fresh = str(uuid5(NAMESPACE_OID, f"message {number}"))
    header, composition = (tree["entry"][index] for index in (0, 1))
    header["resource"]["id"], header["fullUrl"] = fresh, f"urn:uuid:{fresh}"
    composition["resource"]["identifier"]["value"] = fresh
    return tree


def carriers(house: House) -> Iterator[tuple[dict[str, Place], Json]]:
    """Every place of three messages by its token, planted in batches; each batch is a message of its own."""
    number, first = count(), 0
    for rotation, name in enumerate(CARRIERS):
        tree: Json = safejson.parse((MESSAGES / name).read_bytes())
        for batch in batches(Planter(house.definitions, rotation).places(tree), 120):
            tokens = {token(number): place for number, place in enumerate(batch, first)}
            yield tokens, as_new(planted(tree, batch, first), next(number))
            first += len(batch)


def deliver(raw: bytes, gateway: Gateway) -> Outcome:
    form = detect_format(raw)
    return receive(Delivery(raw, form, media_type(form)), gateway)


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


def told(outcome: Outcome, gateway: Gateway) -> bytes:
    assessment = assess(outcome.case, gateway) if outcome.case else None
    return b"\n".join([outcome.answer.body, outcome.receipt, json.dumps(assessment, ensure_ascii=False).encode()])


def original_of(outcome: Outcome, raw: bytes, gateway: Gateway) -> bytes:
    message_id = json.loads(outcome.receipt)["message_id"]
    with gateway.store.reading() as read:
        message = read.find_message(SENDER, message_id)
    assert message is not None
    kept = open_original(gateway.store, message.uuid)
    assert kept == raw
    return kept


def test_the_only_hit_is_the_decrypted_original(
    house: House,
    tmp_path: Path,
    opened: list[Store],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    gateway = gateway_on(f"sqlite:///{tmp_path}/gateway.sqlite3", house, opened)
    given: list[bytes] = []
    hits, verdicts = 0, set()
    for number, (batch, tree) in enumerate(carriers(house)):
        raw = encoded(tree, house, xml=number % 3 == 2)
        outcome = deliver(raw, gateway)
        given.append(told(outcome, gateway))
        verdicts.add(outcome.verdict)
        hits += len(batch.keys() & set(TOKEN.findall(original_of(outcome, raw, gateway).decode())))
    assert traces(b"\n".join(given), MARK) == set()
    assert traces(files(tmp_path), MARK) == set()
    assert traces(rows(gateway), MARK) == set()
    assert traces(caplog.text.encode(), MARK) == set()
    assert traces("".join(capfd.readouterr()).encode(), MARK) == set()
    assert hits > 5000
    assert verdicts == {"accepted", "rejected"}


@pytest.mark.postgresql
def test_the_only_hit_is_the_decrypted_original_on_postgresql(
    house: House, postgresql: Server, opened: list[Store]
) -> None:
    gateway = gateway_on(postgresql.new_database(), house, opened)
    for _, (batch, tree) in zip(range(3), carriers(house), strict=False):
        raw = encoded(tree, house, xml=False)
        outcome = deliver(raw, gateway)
        assert traces(told(outcome, gateway), MARK) == set()
        assert batch.keys() == set(TOKEN.findall(original_of(outcome, raw, gateway).decode()))
    assert traces(rows(gateway), MARK) == set()
    # Tables, indexes, the write-ahead log and the server's own log.
    written_ = b"".join(files(postgresql._folder / "data" / part) for part in ("base", "pg_wal"))
    assert traces(written_, MARK) == set()
    assert traces((postgresql._folder / "log").read_bytes(), MARK) == set()


def in_the_way(raw: bytes) -> dict[str, bytes]:
    """Messages that do not go the straight way, each with the word in it."""
    word, letters = token(7).encode(), MARK.encode()
    kind, twice = b'"type":"message"', b'{"resourceType":"AAP' + letters + b'","a":1,"a":2}'
    organization = b'"resourceType":"Organization"'
    return {
        "cut short": raw[: len(raw) - 9],
        "twice the same name": raw.replace(kind, kind + b',"type":"AAP ' + word + b'"', 1),
        "no resource": b'{"resourceType":"AAP ' + word + b'"}',
        "unknown property": raw.replace(kind, kind + b',"AAP' + word + b'":"' + word + b'"', 1),
        "twice the same name in an unknown object": b'{"resourceType":"Bundle","AAP' + word + b'":{"a":1,"a":2}}',
        "twice the same name in an unknown type": twice,
        "twice the same name in an unknown contained type": raw.replace(
            kind, kind + b',"contained":[' + twice + b"]", 1
        ),
        "an unknown type in an entry": raw.replace(organization, b'"resourceType":"AAP' + word + b'"', 1),
        "benefit alone": b'{"resourceType":"Coverage","id":"' + word + b'","status":"active"}',
        "kith": b"<MsgHead xmlns='http://www.kith.no/xmlstds/msghead/2006-05-24'>AAP " + word + b"</MsgHead>",
        "an element nobody knows": b"<Bundle xmlns='http://hl7.org/fhir'><AAP" + word + b"/></Bundle>",
        "a document type": b"<!DOCTYPE AAP" + word + b"><Bundle xmlns='http://hl7.org/fhir'/>",
        "nothing but the word": word,
    }


def test_messages_that_fail_leave_no_trace_either(
    house: House, tmp_path: Path, opened: list[Store], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    gateway = gateway_on(f"sqlite:///{tmp_path}/gateway.sqlite3", house, opened)
    _, tree = next(carriers(house))
    raw = encoded(tree, house, xml=False)
    assert deliver(raw, gateway).verdict == "accepted"
    given = []
    for name, body in in_the_way(raw).items():
        outcome = deliver(body, gateway)
        assert outcome.verdict == "rejected" or outcome.conflict, name
        given.append(told(outcome, gateway))
    other = deliver(raw.replace(b"Bussj", b"Taxisj"), gateway)
    assert other.conflict
    given.append(told(other, gateway))
    stopped = replace(gateway, house=replace(house, policies=Stopping()))
    with pytest.raises(GatewayError) as fault:
        deliver(encoded(as_new(tree, 4711), house, xml=False), stopped)
    given.append(str(fault.value).encode())
    with gateway.store.engine.connect() as connection:
        # The first message, eleven that are messages of their own, and the one that failed; three came under its id.
        assert len(connection.execute(select(original)).all()) == 13
        assert len(connection.execute(select(conflict)).all()) == 3
    haystacks = (b"\n".join(given), files(tmp_path), rows(gateway), caplog.text.encode())
    assert [traces(haystack, MARK) for haystack in haystacks] == [set()] * 4


class Stopping(dict[str, Policy]):
    """A fault of ours in the middle of the walk, whose text quotes the message."""

    def __missing__(self, key: str) -> Policy:
        raise RuntimeError(token(8))


def test_over_http_no_body_metric_or_log_line_holds_it(
    house: House,
    tmp_path: Path,
    opened: list[Store],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    url = f"sqlite:///{tmp_path}/gateway.sqlite3"
    gateway = gateway_on(url, house, opened)
    given: list[bytes] = []
    settings = Settings(database=url, key_file=tmp_path / "key", persons="synthetic")
    with TestClient(create_app(gateway, settings)) as client:
        for _, (_batch, tree) in zip(range(4), carriers(house), strict=False):
            raw = encoded(tree, house, xml=False)
            for route in ("/fhir/$process-message", "/fhir/$validate"):
                answer = client.post(route, content=raw, headers={"content-type": "application/fhir+json"})
                assert answer.status_code == 200, answer.text
                given += [answer.content, str(answer.headers).encode()]
            message_id = tree["entry"][0]["resource"]["id"]
            receipt = client.get(f"/receipts/{message_id}")
            assert receipt.status_code == 200
            given.append(receipt.content)
        with gateway.store.reading() as read:
            cases = [event.case for event in read.feed(0, 10)]
        assert len(cases) == 4
        for case in cases:
            assessment = client.get(f"/assessments/{case}")
            assert assessment.status_code == 200
            given.append(assessment.content)
        for route in ("/metrics", "/assessments/feed", "/healthz"):
            given.append(client.get(route).content)
    haystacks = (b"\n".join(given), files(tmp_path), caplog.text.encode(), "".join(capfd.readouterr()).encode())
    assert [traces(haystack, MARK) for haystack in haystacks] == [set()] * 4


def test_the_text_of_validate_holds_no_word_of_it(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, (_, tree) in zip(range(6), carriers(house), strict=False):
        (tmp_path / f"{number}.json").write_bytes(encoded(tree, house, xml=False))
    assert cli.main(["validate", str(tmp_path), "--at", RECEIVED.isoformat()]) == 0
    printed = capsys.readouterr()
    assert printed.out.count("benefit-removed") > 100
    assert traces("".join(printed).encode(), MARK) == set()


# ---- the search itself ----


def written(word: str) -> dict[str, bytes]:
    plain = f'{{"x": "AAP {word} y"}}'.encode()
    return {
        **{name: b"before " + bytes_ + b" after" for name, bytes_ in spellings(word).items() if "base64" not in name},
        **{f"base64 at {pad}": base64.b64encode(b"p" * pad + plain) for pad in range(3)},
        "compressed plain": b"noise" + gzip.compress(plain) + b"noise",
        "compressed utf-16-le": zlib.compress(f"AAP {word} y".encode("utf-16-le")),
        "compressed compressed plain": gzip.compress(b"\0" + zlib.compress(plain) + b"\0"),
    }


@pytest.mark.parametrize("name", sorted(written(MARK)))
def test_the_search_finds_every_way_to_write_the_word(name: str) -> None:
    content = written(MARK)[name]
    expected = "base64" if name.startswith("base64") else name
    assert any(found.startswith(expected) for found in traces(content, MARK))
    assert traces(content.replace(b"qz", b"zq"), "another-word") == set()


def test_with_an_open_seal_every_kind_of_place_is_found(house: House, tmp_path: Path, opened: list[Store]) -> None:
    gateway = gateway_on(f"sqlite:///{tmp_path}/gateway.sqlite3", house, opened, OpenSealer(SECRET))
    planted_: dict[str, Place] = {}
    for number, (batch, tree) in enumerate(carriers(house)):
        deliver(encoded(tree, house, xml=number % 3 == 2), gateway)
        planted_ |= batch
    found = set(TOKEN.findall(rows(gateway).decode("utf-8", "replace")))
    assert sorted({place.kind for word, place in planted_.items() if word not in found}) == []
    assert len({place.kind for place in planted_.values()}) >= 50
    assert len(planted_) > 5000
    assert traces(files(tmp_path), MARK) >= {"plain"}
