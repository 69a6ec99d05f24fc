"""kill -9 before any statement, and after the last one: a retry then leaves one message, version and feed event."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, func, select

from certgateway.store.evidence import open_original
from certgateway.store.tables import metadata
from certgateway.store.transactions import Store
from tests.integration.store.walk import SENDER, accepted, identifier, walk

ROOT = Path(__file__).resolve().parents[3]
KILLED = -9

# Step 9, statement by statement.
STATEMENTS = (
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
LOCK = "SELECT pg_advisory_xact_lock(%(number)s)"
ON_POSTGRESQL = (LOCK, LOCK, *STATEMENTS[:11], LOCK, *STATEMENTS[11:])
AFTER_COMMIT = "after COMMIT"
EFFECT = dict.fromkeys(metadata.tables, 0) | {
    "case": 1,
    "data_key": 2,
    "feed": 1,
    "ledger": 1,
    "message": 1,
    "original": 1,
    "version": 1,
}


def short(statement: str) -> str:
    """The verb and the table of a statement; of one without a table, all of it."""
    words = statement.replace('"', "").split()
    verb = words[0]
    marks = {"SELECT": "FROM", "INSERT": "INTO", "DELETE": "FROM", "UPDATE": "UPDATE"}
    if marks.get(verb) not in words:
        return statement
    # The case's query has queries inside; its own FROM is the last one.
    places = [place for place, word in enumerate(words) if word == marks[verb]]
    return f"{verb} {words[places[-1] + 1]}"


class Dying:
    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.integration.store.dying"]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def record(self, store: Store, point: int) -> int:
        """How a child ended that was to be killed at this statement."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        url = store.engine.url.render_as_string(hide_password=False)
        self.process.stdin.write(f"{url} {point}\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def stop(self) -> None:
        self.process.communicate()


@pytest.fixture(scope="module")
def dying() -> Iterator[Dying]:
    process = Dying()
    yield process
    process.stop()


def counts(store: Store) -> dict[str, int]:
    with store.engine.connect() as connection:
        tables = metadata.sorted_tables
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables
        }


def statements(store: Store) -> tuple[str, ...]:
    return ON_SQLITE if store.engine.dialect.name == "sqlite" else ON_POSTGRESQL


def test_a_message_is_recorded_by_these_statements_in_this_order(store: Store) -> None:
    seen: list[str] = []

    def note(_connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        seen.append(short(statement))

    event.listen(store.engine, "before_cursor_execute", note)
    event.listen(store.engine, "commit", lambda _: seen.append("COMMIT"))
    walk(store, accepted("m-1"))
    assert tuple(seen) == statements(store)


def test_a_child_that_is_not_killed_records_the_message(store: Store, dying: Dying) -> None:
    assert dying.record(store, 99) == 0
    assert counts(store) == EFFECT


@pytest.mark.parametrize("point", range(1, len(ON_POSTGRESQL) + 2))
def test_killed_at_any_statement_a_retry_has_one_effect(store: Store, dying: Dying, point: int) -> None:
    plan = (*statements(store), AFTER_COMMIT)
    if point > len(plan):
        # SQLite needs fewer statements than PostgreSQL: beyond the last there is nothing left to interrupt.
        assert store.engine.dialect.name == "sqlite"
        return
    committed = plan[point - 1] == AFTER_COMMIT
    assert dying.record(store, -1 if committed else point) == KILLED
    assert counts(store) == (EFFECT if committed else dict.fromkeys(EFFECT, 0))
    kept = accepted("m-1")
    assert kept.answer is not None
    assert walk(store, kept) == kept.answer.body
    assert counts(store) == EFFECT
    assert open_original(store, kept.uuid) == kept.raw
    with store.reading() as read:
        found = read.find_message(SENDER, "m-1")
        assert [(version.number, version.current) for version in read.versions(identifier("case"))] == [(1, True)]
        assert [(entry.case, entry.version, entry.kind) for entry in read.feed(0, 9)] == [
            (identifier("case"), 1, "new")
        ]
        assert read.check_ledger()
    assert found is not None
    assert found.receipt == kept.receipt


@pytest.mark.parametrize("point", range(1, len(ON_POSTGRESQL)))
def test_an_error_at_any_statement_leaves_nothing(store: Store, point: int) -> None:
    left = point

    def fail(*_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise RuntimeError

    event.listen(store.engine, "before_cursor_execute", fail)
    event.listen(store.engine, "commit", fail)
    if point > len(statements(store)):
        walk(store, accepted("m-1"))
        return
    with pytest.raises(RuntimeError):
        walk(store, accepted("m-1"))
    event.remove(store.engine, "before_cursor_execute", fail)
    event.remove(store.engine, "commit", fail)
    assert counts(store) == dict.fromkeys(EFFECT, 0)
    walk(store, accepted("m-1"))
    assert counts(store) == EFFECT
