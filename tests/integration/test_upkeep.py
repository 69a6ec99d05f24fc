"""What operators do: delete, through kill -9 and beside a running gateway, open an original, hold, check the chain.

By the command line, as they do it; on both engines.
"""

import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import select, update

from certgateway import bootstrap
from certgateway.cli.main import main
from certgateway.services.assess import assess
from certgateway.services.examine import House
from certgateway.services.purge import purge
from certgateway.store.deeds import deeds
from certgateway.store.ledger import BEGINNING, append_entry
from certgateway.store.purging import PURGE_CLASSES, PurgeClass
from certgateway.store.tables import data_key, deed, ledger, message, original
from certgateway.store.transactions import Store
from certgateway.trust.seal import Sealer
from fixtures.authoring.writers import to_json
from tests.integration import receiving
from tests.integration.receiving import DAY, SECRET, Desk, desk, numbered
from tests.integration.scenario import OTHER, Scene, play
from tests.integration.test_receive import forbid

ROOT = Path(__file__).resolve().parents[2]
KILLED = -9
WHO = "Vakthavende Lett Kveldsbris"
WHY = "Innsyn etter klage fra 23909841313"
YEARS: dict[PurgeClass, int | None] = dict.fromkeys(PURGE_CLASSES, 365)
LATER = "2030-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Place:
    """A desk whose keys stand in a file, and what has happened at it."""

    desk: Desk
    key_file: Path
    scene: Scene

    @property
    def store(self) -> Store:
        return self.desk.gateway.store

    @property
    def url(self) -> str:
        return self.store.engine.url.render_as_string(hide_password=False)


@pytest.fixture(scope="module")
def house() -> House:
    return bootstrap.build_house()


@pytest.fixture
def place(url: str, house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    key_file = tmp_path / "gateway.key"
    key_file.touch(mode=0o600)
    key_file.write_bytes(SECRET)
    made = desk(url, house)
    sealer = Sealer.from_file(key_file)
    made.gateway = replace(made.gateway, store=Store(made.gateway.store.engine, sealer), sealer=sealer)
    found = Place(made, key_file, play(made))
    monkeypatch.setenv("CERTGATEWAY_DATABASE", found.url)
    monkeypatch.setenv("CERTGATEWAY_KEY_FILE", str(key_file))
    monkeypatch.setenv("CERTGATEWAY_PERSONS", "synthetic")
    for kind in PURGE_CLASSES:
        monkeypatch.setenv(f"CERTGATEWAY_RETENTION_{kind.upper()}", "365")
    yield found
    made.gateway.store.close()


def first_message(place: Place) -> str:
    """The gateway's id of the message that brought the certificate."""
    with place.store.engine.connect() as connection:
        of_the_case = select(message.c.uuid).where(message.c.case == place.scene.case).order_by(message.c.arrival)
        return str(connection.scalars(of_the_case).first())


def unsealed(place: Place, output: Path, *more: str, name: str | None = None) -> int:
    named = name or first_message(place)
    return main(["unseal", named, "--by", WHO, "--reason", WHY, "--output", str(output), *more])


def test_purge_by_the_command_line(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    with place.store.transaction() as unit:
        for each in unit.unsorted_answers(10):
            unit.settle_unsorted(each.message, place.desk.clock.now, "not-an-answer")
    assert main(["purge"]) == 0
    assert "derived: 0 deleted (kept for 365 days)" in capsys.readouterr().out
    assert main(["purge", "--dry-run", "--at", LATER]) == 0
    told = capsys.readouterr().out
    assert f"derived {place.scene.case}\n" in told
    assert "derived: 2 would be deleted (kept for 365 days)" in told
    assert assess(place.scene.case, place.desk.gateway) is not None
    assert main(["purge", "--at", LATER]) == 0
    done = capsys.readouterr().out
    assert done == told.replace("would be deleted", "deleted")
    assert assess(place.scene.case, place.desk.gateway) is None
    assert main(["purge", "--at", LATER]) == 0
    assert "derived: 0 deleted" in capsys.readouterr().out


@pytest.mark.parametrize("instant", ["yesterday", "2030-01-01T00:00:00"])
def test_an_instant_that_cannot_be_told_deletes_nothing(
    place: Place, instant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    counted = place.desk.counts()
    assert main(["purge", "--at", instant]) == 2
    assert capsys.readouterr().err.startswith("certgateway: --at must ")
    assert place.desk.counts() == counted


def test_killed_again_and_again_a_purge_comes_to_its_end(place: Place) -> None:
    command = [sys.executable, "-m", "tests.integration.dying_upkeep"]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    kills = 0
    for point in range(2, 400, 5):
        process.stdin.write(f"purge {place.url} {place.key_file} {point}\n")
        process.stdin.flush()
        ended = int(process.stdout.readline())
        with place.store.reading() as reading:
            assert reading.check_ledger()
        if ended == 0:
            break
        assert ended == KILLED
        kills += 1
    process.communicate()
    assert kills > 5
    now = place.desk.clock.now
    assert list(purge(place.store, YEARS, now + 1000 * DAY, now, dry_run=True)) == []
    with place.store.engine.connect() as connection:
        assert connection.scalars(select(data_key.c.holder).where(data_key.c.case == place.scene.case)).all()
        live = select(data_key.c.holder).where(data_key.c.destroyed.is_(None))
        # Only what lies in the tray is left, for nobody has sorted it.
        (lying,) = connection.scalars(select(original.c.message))
        assert set(connection.scalars(live)) == {lying}
        purged = connection.scalars(select(ledger.c.message).where(ledger.c.kind == "purged")).all()
        assert len(purged) == len(set(purged))


def test_a_purge_beside_a_gateway_that_runs_takes_nothing_that_is_new(place: Place) -> None:
    faults: list[Exception] = []
    cases: list[str | None] = []

    def write() -> None:
        try:
            for number in range(15):
                cases.append(place.desk.hand_in(numbered(receiving.message(OTHER), 700 + number)).case)
                cases.append(place.desk.hand_in(numbered(receiving.message(), 750 + number)).case)
        except Exception as fault:  # noqa: BLE001  told in the main thread
            faults.append(fault)

    old = place.desk.clock.now + DAY
    place.desk.clock.now += 500 * DAY
    writer = Thread(target=write)
    writer.start()
    gone = []
    while writer.is_alive():
        gone += list(purge(place.store, dict.fromkeys(PURGE_CLASSES, 1), old + DAY, old + 500 * DAY, dry_run=False))
    writer.join()
    assert faults == []
    assert len(cases) == 30
    # The same certificates under new ids: they belong to the old cases until those are gone, and then to new ones.
    deleted = {each.subject for each in gone if each.kind == "derived"}
    for each in set(cases) - deleted:
        assert assess(str(each), place.desk.gateway) is not None
    with place.store.engine.connect() as connection:
        brought = select(message.c.uuid).where(message.c.arrival > old)
        kept = set(connection.scalars(select(original.c.message)))
        assert set(connection.scalars(brought)) <= kept
    with place.store.reading() as reading:
        assert reading.check_ledger()


def test_unseal_writes_the_original_to_a_new_file_of_its_owner_s(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "original"
    assert unsealed(place, output) == 0
    assert output.read_bytes() == to_json(receiving.message())
    assert stat.S_IMODE(output.stat().st_mode) == 0o600
    captured = capsys.readouterr()
    assert captured.out == f"message {first_message(place)} is in {output}; the ledger has an entry of it\n"
    assert captured.err == ""
    with place.store.reading() as reading:
        (done,) = deeds(reading)
        assert (done.kind, done.subject, done.by, done.reason) == ("unsealed", first_message(place), WHO, WHY)
        (*_, entry) = reading.ledger_entries(0, 100)
        assert (entry.kind, entry.message) == ("unsealed", done.uuid)
        assert reading.check_ledger()
    with place.store.engine.connect() as connection:
        (row,) = connection.execute(select(deed))
    # Who and why may name people: neither stands in the clear.
    for word in (WHO, WHY, "23909841313", "Kveldsbris"):
        assert word.encode() not in bytes(row.sealed)
        assert word not in str(entry)
    assert main(["ledger", "deeds"]) == 0
    assert capsys.readouterr().out.endswith(f" unsealed {first_message(place)} {WHO}: {WHY}\n")


def test_a_message_can_be_named_by_its_own_id(place: Place, tmp_path: Path) -> None:
    own = receiving.resource(receiving.message(), "MessageHeader")["id"]
    assert unsealed(place, tmp_path / "one", "--sender", receiving.SENDER, name=own) == 0
    assert (tmp_path / "one").read_bytes() == to_json(receiving.message())
    with place.store.engine.begin() as connection:
        other = select(message.c.uuid).where(message.c.case == place.scene.other).scalar_subquery()
        connection.execute(update(message).where(message.c.uuid == other).values(sender="her:1", key=own))
    assert unsealed(place, tmp_path / "two", name=own) == 2
    assert not (tmp_path / "two").exists()


@pytest.mark.parametrize("there", ["file", "link", "folder"])
def test_unseal_writes_over_nothing_and_opens_nothing_then(place: Place, tmp_path: Path, there: str) -> None:
    output = tmp_path / "original"
    if there == "file":
        output.write_bytes(b"theirs")
    elif there == "link":
        output.symlink_to(tmp_path / "elsewhere")
    else:
        output.mkdir()
    assert unsealed(place, output) == 2
    assert place.desk.counts()["deed"] == 0
    assert not (tmp_path / "elsewhere").exists()


def test_without_an_entry_in_the_ledger_nothing_is_opened(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forbid(place.desk, "ledger")
    opened: list[object] = []

    def watched(*asked: object) -> bytes:
        opened.append(asked)
        return b""

    monkeypatch.setattr("certgateway.services.unseal.open_original", watched)
    assert unsealed(place, tmp_path / "original") == 2
    assert opened == []
    assert not (tmp_path / "original").exists()
    assert place.desk.counts()["deed"] == 0


def test_an_attempt_that_cannot_be_written_out_is_on_record_all_the_same(place: Place, tmp_path: Path) -> None:
    assert unsealed(place, tmp_path / "no such folder" / "original") == 2
    assert place.desk.counts()["deed"] == 1


@pytest.mark.parametrize("name", ["00000000-0000-4000-8000-000000000000", "\x00", "x" * 300])
def test_what_is_not_there_is_not_opened(place: Place, tmp_path: Path, name: str) -> None:
    assert unsealed(place, tmp_path / "original", name=name) == 2
    assert place.desk.counts()["deed"] == 0


def test_what_was_deleted_cannot_be_opened(place: Place, tmp_path: Path) -> None:
    name = first_message(place)
    assert main(["purge", "--at", LATER]) == 0
    assert unsealed(place, tmp_path / "original", name=name) == 2
    assert not (tmp_path / "original").exists()


def test_who_and_why_must_be_said(place: Place, tmp_path: Path) -> None:
    words = ["--by", " ", "--reason", WHY]
    assert main(["unseal", first_message(place), *words, "--output", str(tmp_path / "original")]) == 2
    assert main(["hold", place.scene.case, *words]) == 2
    assert place.desk.counts()["deed"] == 0


def test_a_hold_keeps_a_case_until_it_is_released(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--by", WHO, "--reason", WHY]
    assert main(["hold", place.scene.case, *words]) == 0
    assert main(["purge", "--at", LATER]) == 0
    assert assess(place.scene.case, place.desk.gateway) is not None
    assert main(["hold", place.scene.case, "--release", *words]) == 0
    assert main(["purge", "--at", LATER]) == 0
    assert assess(place.scene.case, place.desk.gateway) is None
    with place.store.reading() as reading:
        assert [(each.kind, each.subject, each.by) for each in deeds(reading)] == [
            ("held", place.scene.case, WHO),
            ("released", place.scene.case, WHO),
        ]
    capsys.readouterr()
    assert main(["hold", place.scene.case, *words]) == 2
    assert "deleted" in capsys.readouterr().err


def test_the_chain_is_checked_and_the_first_broken_entry_named(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    with place.store.reading() as reading:
        entries = reading.ledger_entries(0, 100)
    assert main(["ledger", "check"]) == 0
    assert capsys.readouterr().out == f"position {len(entries)}\ndigest {entries[-1].digest}\nthe chain holds\n"
    changes: dict[str, object] = {"at": datetime(2026, 11, 1, tzinfo=UTC), "kind": "failed"}
    for column, value in (changes | dict.fromkeys(("message", "evidence", "previous", "digest"), "x")).items():
        with place.store.engine.begin() as connection:
            connection.execute(update(ledger).where(ledger.c.seq == 5).values({column: value}))
        assert main(["ledger", "check"]) == 1
        told = capsys.readouterr().out
        assert told.splitlines()[:2] == ["position 4", f"digest {entries[3].digest}"]
        assert "broken at entry 5" in told
        with place.store.engine.begin() as connection:
            row = entries[4]
            values = {"at": row.at, "kind": row.kind, "message": row.message, "evidence": row.evidence}
            values |= {"previous": row.previous, "digest": row.digest}
            connection.execute(update(ledger).where(ledger.c.seq == 5).values(values))
    assert main(["ledger", "check"]) == 0
    with place.store.engine.begin() as connection:
        connection.execute(ledger.delete().where(ledger.c.seq == 5))
    assert main(["ledger", "check"]) == 1
    assert "broken at entry 6" in capsys.readouterr().out


def test_a_tail_that_is_gone_or_another_shows_against_a_checkpoint(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept, empty = tmp_path / "kept", tmp_path / "empty"
    against = ["ledger", "check", "--checkpoint", str(empty), "--checkpoint", str(kept)]
    empty.write_text(f"position 0\ndigest {BEGINNING}\nthe chain holds\n")
    assert main(["ledger", "check"]) == 0
    kept.write_text(capsys.readouterr().out)
    assert main(["hold", place.scene.case, "--by", WHO, "--reason", WHY]) == 0
    assert main(against) == 0
    with place.store.reading() as reading:
        *_, last, newest = reading.ledger_entries(0, 100)
    capsys.readouterr()
    # Both of these chains hold by themselves.
    with place.store.engine.begin() as connection:
        connection.execute(ledger.delete().where(ledger.c.seq >= last.seq))
    assert main(["ledger", "check"]) == 0
    capsys.readouterr()
    assert main(against) == 1
    told = capsys.readouterr().out.splitlines()
    assert told[2:4] == [
        f"checkpoint {empty}: the ledger has that entry",
        f"checkpoint {kept}: there is NO ENTRY {last.seq} any more",
    ]
    with place.store.engine.begin() as connection:
        append_entry(connection, last.kind, last.message, last.at, newest.evidence)
    assert main(["ledger", "check"]) == 0
    assert main(against) == 1
    assert f"checkpoint {kept}: entry {last.seq} is ANOTHER than it was" in capsys.readouterr().out


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"position 1",
        b"position 1\ndigest xyz\n",
        b"\xff",
        b"a.b.c",
        b"e30.e30.e30",
        b"e30.eyJsZWRnZXIiOjF9.e30",
        b"e30.eyJsZWRnZXIiOnsicG9zaXRpb24iOiIxIiwiZW50cnkiOiJhIn19.e30",
    ],
    ids=["nothing", "half", "no digest", "no text", "no Base64", "no receipt", "no entry", "no number"],
)
@pytest.mark.usefixtures("place")
def test_what_is_no_checkpoint_is_a_fault_in_the_options(
    tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "kept").write_bytes(content)
    assert main(["ledger", "check", "--checkpoint", str(tmp_path / "kept")]) == 2
    assert str(tmp_path / "kept") in capsys.readouterr().err
    assert main(["ledger", "check", "--checkpoint", str(tmp_path / "absent")]) == 2
