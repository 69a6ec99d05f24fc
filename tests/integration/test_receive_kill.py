"""kill -9 at every statement of a reception: a retry leaves one effect, with the receipt of an undisturbed run."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from certgateway import bootstrap
from certgateway.services.examine import House
from certgateway.services.receive import Outcome
from certgateway.store.evidence import open_original
from fixtures.authoring.writers import to_json
from tests.integration.receiving import NOTHING, ONE_ACCEPTED, SENDER, START, Desk, desk, message, told
from tests.integration.store.test_kill import LOCK, short

ROOT = Path(__file__).resolve().parents[2]
KILLED = -9
BEFORE_THE_ANSWER = 0

# Step 9 of the walk, with the questions of step 7 before it.
STATEMENTS = (
    "SELECT message",
    "SELECT message",
    "SELECT case",
    "DELETE message",
    "INSERT message",
    "SELECT data_key",
    "INSERT data_key",
    "INSERT original",
    "UPDATE case",
    "INSERT case",
    "UPDATE version",
    "INSERT version",
    "INSERT feed",
    "SELECT ledger",
    "INSERT ledger",
    "COMMIT",
)
ON_SQLITE = ("BEGIN IMMEDIATE", *STATEMENTS)
ON_POSTGRESQL = (LOCK, LOCK, *STATEMENTS[:12], LOCK, *STATEMENTS[12:])


@pytest.fixture(scope="module")
def house() -> House:
    return bootstrap.build_house()


class Dying:
    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.integration.dying_receiver"]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def receive(self, url: str, point: int, form: str = "fhir") -> int:
        """How a child ended that was to be killed at this statement."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{url} {point} {form}\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def stop(self) -> None:
        self.process.communicate()


@pytest.fixture(scope="module")
def dying() -> Iterator[Dying]:
    process = Dying()
    yield process
    process.stop()


@pytest.fixture
def at_desk(url: str, house: House) -> Iterator[Desk]:
    opened = desk(url, house)
    yield opened
    opened.gateway.store.close()


@pytest.fixture(scope="module")
def undisturbed(house: House, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """What a reception leads to when nobody is killed, on a database of its own."""
    opened = desk(f"sqlite:///{tmp_path_factory.mktemp('undisturbed')}/store.sqlite3", house)
    outcome = opened.hand_in(message())
    opened.gateway.store.close()
    return outcome


def url_of(at_desk: Desk) -> str:
    return at_desk.gateway.store.engine.url.render_as_string(hide_password=False)


def statements(at_desk: Desk) -> tuple[str, ...]:
    return ON_SQLITE if at_desk.gateway.store.engine.dialect.name == "sqlite" else ON_POSTGRESQL


def test_a_message_is_received_by_these_statements_in_this_order(at_desk: Desk) -> None:
    seen: list[str] = []

    def note(_connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        seen.append(short(statement))

    event.listen(at_desk.gateway.store.engine, "before_cursor_execute", note)
    event.listen(at_desk.gateway.store.engine, "commit", lambda _: seen.append("COMMIT"))
    at_desk.hand_in(message())
    assert tuple(seen) == statements(at_desk)


def test_a_child_that_is_not_killed_receives_the_message(at_desk: Desk, dying: Dying, undisturbed: Outcome) -> None:
    assert dying.receive(url_of(at_desk), 99) == 0
    assert at_desk.counts() == ONE_ACCEPTED
    at_desk.clock.now += timedelta(days=1)
    assert told(at_desk.hand_in(message())) == told(undisturbed)


@pytest.mark.parametrize("point", range(len(ON_POSTGRESQL) + 1))
def test_killed_at_any_statement_a_retry_has_one_effect_and_the_same_receipt(
    point: int, at_desk: Desk, dying: Dying, undisturbed: Outcome
) -> None:
    if point > len(statements(at_desk)):
        # SQLite needs fewer statements than PostgreSQL: beyond the last there is nothing left to interrupt.
        assert at_desk.gateway.store.engine.dialect.name == "sqlite"
        return
    assert dying.receive(url_of(at_desk), point) == KILLED
    assert at_desk.counts() == (ONE_ACCEPTED if point == BEFORE_THE_ANSWER else NOTHING)
    retried = at_desk.hand_in(message())
    assert told(retried) == told(undisturbed)
    assert at_desk.counts() == ONE_ACCEPTED
    assert at_desk.events() == [("new", 1)]
    assert at_desk.versions(retried.case) == [(1, True)]
    with at_desk.gateway.store.reading() as read:
        found = read.find_message(SENDER, message()["entry"][0]["resource"]["id"])
        assert read.check_ledger()
    assert found is not None
    assert (found.state, found.arrival) == ("answered", START + timedelta(minutes=1))
    assert open_original(at_desk.gateway.store, found.uuid) == to_json(message())


@pytest.mark.parametrize("point", [4, 9, 10, 12, 14])
def test_killed_in_a_second_version_the_first_stands(point: int, at_desk: Desk, dying: Dying) -> None:
    earlier = message()
    earlier["entry"][1]["resource"]["date"] = "2026-04-01T08:00:00+02:00"
    earlier["entry"][0]["resource"]["id"] = "5e1f7777-0d0c-4a10-9e00-000000000000"
    first = at_desk.hand_in(earlier)
    assert dying.receive(url_of(at_desk), point) == KILLED
    assert at_desk.counts() == ONE_ACCEPTED
    assert at_desk.versions(first.case) == [(1, True)]
    assert at_desk.hand_in(message()).case == first.case
    assert at_desk.versions(first.case) == [(1, False), (2, True)]
    assert at_desk.events() == [("new", 1), ("replaced", 2)]
