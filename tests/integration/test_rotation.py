"""Keys are replaced while the gateway runs: everything opens to the same bytes, and the old key is needed no more."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import event, select, update

from certgateway import bootstrap
from certgateway.cli.main import main
from certgateway.domain.errors import MisconfiguredError, StoreUnavailableError
from certgateway.services import clarify
from certgateway.services.assess import assess
from certgateway.services.examine import House
from certgateway.services.rotate import retire, rotate
from certgateway.store.evidence import open_conflict, open_original
from certgateway.store.rotation import Left, find_left
from certgateway.store.tables import conflict, data_key, message, metadata
from certgateway.store.transactions import Store, Unit
from certgateway.trust.keyfile import read_key_file
from certgateway.trust.seal import SealBrokenError, Sealer
from tests.integration import receiving
from tests.integration.receiving import SECRET, Desk, desk, numbered
from tests.integration.scenario import OTHER, SEALED, Scene, play, sealed_values
from tests.sealing import old_form

ROOT = Path(__file__).resolve().parents[2]
KILLED = -9
NO_SLEEP = lambda _: None  # noqa: E731


@dataclass(frozen=True, slots=True)
class Place:
    """A desk whose keys stand in a file, and what has happened at it."""

    desk: Desk
    key_file: Path
    scene: Scene

    @property
    def store(self) -> Store:
        return self.desk.gateway.store


@pytest.fixture(scope="module")
def house() -> House:
    return bootstrap.build_house()


@pytest.fixture
def place(url: str, house: House, tmp_path: Path) -> Iterator[Place]:
    key_file = tmp_path / "gateway.key"
    key_file.touch(mode=0o600)
    key_file.write_bytes(SECRET)
    made = desk(url, house)
    sealer = Sealer.from_file(key_file)
    made.gateway = replace(made.gateway, store=Store(made.gateway.store.engine, sealer), sealer=sealer)
    yield Place(made, key_file, play(made))
    made.gateway.store.close()


def read_with(place: Place, sealer: Sealer) -> dict[str, object]:
    """Everything that can be read of the scene, as somebody with these keys reads it."""
    store = Store(place.store.engine, sealer)
    gateway = replace(place.desk.gateway, store=store, sealer=sealer)
    with place.store.engine.connect() as connection:
        messages = connection.scalars(select(message.c.uuid).order_by(message.c.uuid)).all()
        (against,) = connection.execute(select(conflict.c.sender, conflict.c.key, conflict.c.content_digest))
    scene = place.scene
    with store.reading() as reading:
        read: dict[str, object] = {
            "versions": [reading.versions(case) for case in (scene.case, scene.other)],
            "replies": reading.replies(scene.question),
            "order": reading.find_clarification(scene.order),
            "waiting": reading.waiting_for(receiving.SENDER, 0, 10),
            "lying": [reading.find_lying(each.message) for each in reading.unsorted_answers(10)],
        }
    read["originals"] = [open_original(store, each) for each in messages]
    read["conflict"] = open_conflict(store, *against)
    read["assessment"] = assess(scene.case, gateway)
    read["clarification"] = clarify.clarification(scene.question, gateway)
    return read


def as_of_before(place: Place) -> int:
    """Turns everything into what a gateway without data keys would have left. How many values that are."""
    turned = 0
    with place.store.transaction() as unit:
        for table, column in SEALED.items():
            of = metadata.tables[table]
            for row in unit.connection.execute(select(of)).all():
                sealed = row._mapping[column]
                context = context_of(table, row, unit)
                here = [key == row._mapping[key.name] for key in of.primary_key.columns]
                if sealed is not None:
                    old = old_form(SECRET, unit.sealing.open(sealed, context), context)
                    unit.connection.execute(update(of).where(*here).values({column: old}))
                    turned += 1
        unit.connection.execute(data_key.delete())
    return turned


def context_of(table: str, row: Any, unit: Unit) -> str:  # noqa: ANN401  a row's columns have no types here
    """What a value was sealed for, written down once more."""
    if table == "original":
        of = unit.connection.execute(select(message.c.sender, message.c.key).where(message.c.uuid == row.message)).one()
        return json.dumps(["original", of.sender, of.key, row.message], separators=(",", ":"))
    names: dict[str, list[object]] = {
        "conflict": ["conflict", row[0], row[1], row[2]],
        "version": ["certificate", row[0], row[1]],
        "beneath": ["beneath", row[0], row[1]],
        "clarification_event": ["clarification-event", row[1]],
        "outbox": ["outgoing", row[1]],
        "unsorted": ["unsorted", row[0]],
        "reply": ["reply", row[0]],
    }
    return json.dumps(names[table], separators=(",", ":"))


def test_after_a_rotation_the_newest_key_alone_opens_everything(place: Place) -> None:
    before = read_with(place, Sealer(SECRET))
    done = rotate(place.store, place.key_file, NO_SLEEP)
    keys = place.desk.counts()["data_key"]
    assert (done.added, done.wrapped, done.sealed, done.left) == (True, keys, 0, Left(0, 0))
    assert keys > 5
    with pytest.raises(SealBrokenError):
        read_with(place, Sealer(SECRET))
    assert retire(place.store, place.key_file) == (Sealer(SECRET).newest,)
    assert SECRET.hex() not in place.key_file.read_text()
    assert read_key_file(place.key_file).ids == (done.newest,)
    assert read_with(place, Sealer.from_file(place.key_file)) == before


def test_what_was_sealed_before_there_were_data_keys_is_read_and_sealed_anew(place: Place) -> None:
    before = read_with(place, Sealer(SECRET))
    turned = as_of_before(place)
    assert find_left(place.store) == Left(0, turned)
    assert turned > 20
    assert read_with(place, Sealer(SECRET)) == before
    # The gateway that runs writes beside it in the new form.
    assert place.desk.hand_in(numbered(receiving.message(OTHER), 900)).verdict == "accepted"
    place.desk.clock.now -= timedelta(minutes=1)
    with pytest.raises(MisconfiguredError, match="still in use"):
        retire(place.store, place.key_file)
    done = rotate(place.store, place.key_file, NO_SLEEP)
    assert (done.sealed, done.left) == (turned, Left(0, 0))
    with place.store.engine.connect() as connection:
        assert {value[:1] for _, value in sealed_values(connection)} == {b"\x02"}
    retire(place.store, place.key_file)
    after = read_with(place, Sealer.from_file(place.key_file))
    assert {name for name in before if before[name] != after[name]} == {"originals"}
    originals = after["originals"]
    assert isinstance(originals, list)
    assert len([each for each in originals if each not in before["originals"]]) == 1  # type: ignore[operator]


def test_the_same_message_is_known_again_after_a_rotation(place: Place) -> None:
    counted = place.desk.counts()
    rotate(place.store, place.key_file, NO_SLEEP)
    retire(place.store, place.key_file)
    sealer = Sealer.from_file(place.key_file)
    again = Desk(replace(place.desk.gateway, store=Store(place.store.engine, sealer), sealer=sealer), place.desk.clock)
    outcome = again.hand_in(receiving.message())
    assert (outcome.verdict, outcome.case) == ("accepted", place.scene.case)
    assert again.counts() == counted


def test_a_gateway_that_runs_writes_under_the_new_key_and_is_not_stopped(place: Place) -> None:
    faults: list[Exception] = []

    def write() -> None:
        try:
            for number in range(20):
                place.desk.hand_in(numbered(receiving.message(OTHER), 700 + number))
        except Exception as fault:  # noqa: BLE001  told in the main thread
            faults.append(fault)

    writer = Thread(target=write)
    writer.start()
    done = [rotate(place.store, place.key_file) for _ in range(3)]
    writer.join()
    assert faults == []
    assert all(each.added for each in done)
    rotate(place.store, place.key_file)
    retire(place.store, place.key_file)
    assert place.desk.counts()["message"] == 8 + 20
    read_with(place, Sealer.from_file(place.key_file))


def test_an_error_at_any_statement_of_a_rotation_loses_nothing(place: Place) -> None:
    before = read_with(place, Sealer(SECRET))
    as_of_before(place)
    point = 0
    while True:
        left = point = point + 5

        def fail(*_: object) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise RuntimeError

        event.listen(place.store.engine, "before_cursor_execute", fail)
        event.listen(place.store.engine, "commit", fail)
        try:
            rotate(place.store, place.key_file, NO_SLEEP)
            break
        except (RuntimeError, StoreUnavailableError):
            continue
        finally:
            event.remove(place.store.engine, "before_cursor_execute", fail)
            event.remove(place.store.engine, "commit", fail)
    assert point > 50
    # What was stopped is finished with the key that it began with; only one that was all but done begins anew.
    assert 2 <= len(read_key_file(place.key_file).ids) < point // 10
    retire(place.store, place.key_file)
    assert read_with(place, Sealer.from_file(place.key_file)) == before


def test_killed_again_and_again_a_rotation_comes_to_its_end(place: Place) -> None:
    before = read_with(place, Sealer(SECRET))
    as_of_before(place)
    url = place.store.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.integration.dying_upkeep"]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    kills = 0
    for point in range(3, 400, 9):
        process.stdin.write(f"rotate {url} {place.key_file} {point}\n")
        process.stdin.flush()
        ended = int(process.stdout.readline())
        if ended == 0:
            break
        assert ended == KILLED
        kills += 1
    process.communicate()
    assert kills > 5
    assert find_left(place.store) == Left(0, 0)
    retire(place.store, place.key_file)
    assert read_with(place, Sealer.from_file(place.key_file)) == before


def test_the_command_line_tells_rotates_and_retires(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CERTGATEWAY_DATABASE", place.store.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("CERTGATEWAY_KEY_FILE", str(place.key_file))
    monkeypatch.setenv("CERTGATEWAY_PERSONS", "synthetic")
    old = Sealer(SECRET).newest
    assert main(["keys", "status"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == f"newest key {old}"
    assert main(["keys", "rotate"]) == 0
    told = capsys.readouterr().out
    assert told.splitlines()[-1] == "under older keys: 0 data keys, 0 values of the form without data keys"
    assert main(["keys", "status"]) == 0
    assert f"older key {old}\n" in capsys.readouterr().out
    assert main(["keys", "retire"]) == 0
    assert capsys.readouterr().out == f"older key {old} is out of the file\n"
    assert main(["keys", "retire"]) == 0
    assert capsys.readouterr().out == "there is no older key\n"
    assert SECRET.hex() not in told
