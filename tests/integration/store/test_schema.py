"""A database is built or upgraded as a whole, the migrations build what the code expects, and a commit is durable."""

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import IntegrityError

from certgateway.domain.errors import MisconfiguredError, StoreUnavailableError
from certgateway.store import schema
from certgateway.store.database import open_database
from certgateway.store.schema import HEAD, MIGRATIONS, is_migrated, migrate
from certgateway.store.transactions import Store
from certgateway.trust.seal import Sealer
from tests.integration.store.postgresql import Server

TABLES = {
    "access",
    "access_override",
    "alembic_version",
    "beneath",
    "case",
    "clarification",
    "clarification_event",
    "conflict",
    "detached",
    "data_key",
    "deed",
    "feed",
    "fulfilment",
    "ledger",
    "message",
    "original",
    "outbox",
    "posting",
    "reply",
    "signed_receipt",
    "standing",
    "unsorted",
    "used_proof",
    "version",
    "vouched",
}

SQLITE_OBJECTS = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name"
POSTGRESQL_OBJECTS = (
    (
        "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default "
        "FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position"
    ),
    (
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2"
    ),
    "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2",
)

OF_0002 = (
    "INSERT INTO \"case\" VALUES ('case-1', 'her:1', 'certificate-1', NULL, '2026-11-01T11:00:00.000000Z', false)",
    "INSERT INTO clarification VALUES ('question-1', 'case-1', '2026-11-01T11:00:00.000000Z')",
    (
        "INSERT INTO clarification_event (id, clarification, kind, at, sealed) "
        "VALUES ('event-1', 'question-1', 'Asked', '2026-11-01T11:00:00.000000Z', '')"
    ),
)


# Two orders about one patient: the first was answered by two certificates, the second by none. A third certificate of
# the patient came at another time, and one of somebody else's at the same.
CASES = [("case-a", "one", "T1"), ("case-b", "one", "T2"), ("case-c", "one", "T3"), ("case-d", "another", "T1")]
CLARIFICATIONS = [("order-1", "case-b", "one"), ("order-2", None, "one"), ("question-1", "case-c", None)]
EVENTS = [
    ("order-1", "Fulfilled", "T1"),
    ("order-1", "Fulfilled", "T2"),
    ("order-1", "Declined", "T3"),
    ("order-2", "Declined", "T1"),
    ("question-1", "Superseded", "T1"),
]
INSERT_CASE = "INSERT INTO \"case\" VALUES (:uuid, 'her:1', :uuid, :patient, :at, false)"
INSERT_MESSAGE = (
    "INSERT INTO message (uuid, sender, key, content_digest, raw_digest, media_type, format, arrival, state, findings, "
    "removed, receipt, \"case\") VALUES (:uuid, 'her:1', :uuid, '', '', '', '', :at, 'answered', '', '', '', :uuid)"
)
INSERT_CLARIFICATION = "INSERT INTO clarification VALUES (:uuid, :case, '2026', :patient)"
INSERT_EVENT = (
    "INSERT INTO clarification_event (id, clarification, kind, at, sealed) VALUES (:id, :clarification, :kind, :at, '')"
)


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    engine = open_database(url)
    yield engine
    engine.dispose()


def described(connection: Connection) -> list[object]:
    """Everything the engine knows of its tables; the lines of a SQLite table in any order, names without quotes."""
    if connection.dialect.name == "postgresql":
        return [list(connection.execute(text(query))) for query in POSTGRESQL_OBJECTS]
    rows = connection.execute(text(SQLITE_OBJECTS))
    return [(row.type, row.name, row.tbl_name, _lines((row.sql or "").replace('"', ""))) for row in rows]


def _lines(statement: str) -> list[str]:
    return sorted(part.strip().rstrip(",") for part in statement.splitlines())


@pytest.fixture
def url(empty_url: str) -> str:
    return empty_url


@pytest.fixture
def another_url(url: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    if url.startswith("sqlite"):
        return f"sqlite:///{tmp_path}/another.sqlite3"
    server: Server = request.getfixturevalue("postgresql")
    return server.new_database()


def test_migrations_build_what_the_tables_say(url: str, another_url: str) -> None:
    with opened(url) as migrated, opened(another_url) as created:
        with migrated.begin() as connection:
            schema._upgrade(connection)
            by_migrations = described(connection)
        with created.begin() as connection:
            schema._create(connection)
            by_metadata = described(connection)
    assert by_migrations == by_metadata
    assert {name for name in TABLES if name in str(by_metadata)} == TABLES


def test_questions_of_an_earlier_version_are_kept_and_an_order_needs_no_certificate(url: str) -> None:
    with opened(url) as engine:
        with engine.begin() as connection:
            _up_to(connection, "0002")
            for statement in OF_0002:
                connection.execute(text(statement))
        migrate(engine)
        assert is_migrated(engine)
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO clarification VALUES ('order-1', NULL, '2026', 'digest')"))
            rows = connection.execute(text('SELECT uuid, "case", patient FROM clarification ORDER BY at, uuid')).all()
            assert [tuple(row) for row in rows] == [("order-1", None, "digest"), ("question-1", "case-1", None)]
            assert connection.scalar(text("SELECT clarification FROM clarification_event")) == "question-1"
        # What refers to a question is looked at again.
        with pytest.raises(IntegrityError), engine.begin() as connection:
            connection.execute(text("DELETE FROM clarification WHERE uuid = 'question-1'"))


def test_an_order_of_an_earlier_version_is_found_by_every_certificate_that_answered_it(url: str) -> None:
    with opened(url) as engine:
        with engine.begin() as connection:
            _up_to(connection, "0006")
            cases = [{"uuid": uuid, "patient": patient, "at": at} for uuid, patient, at in CASES]
            connection.execute(text(INSERT_CASE), cases)
            connection.execute(text(INSERT_MESSAGE), cases)
            connection.execute(
                text(INSERT_CLARIFICATION),
                [{"uuid": uuid, "case": case, "patient": patient} for uuid, case, patient in CLARIFICATIONS],
            )
            connection.execute(
                text(INSERT_EVENT),
                [
                    {"id": f"event-{place}", "clarification": uuid, "kind": kind, "at": at}
                    for place, (uuid, kind, at) in enumerate(EVENTS)
                ],
            )
        migrate(engine)
        with engine.connect() as connection:
            found = connection.execute(text('SELECT clarification, "case" FROM fulfilment ORDER BY 1, 2')).all()
            assert [tuple(row) for row in found] == [("order-1", "case-a"), ("order-1", "case-b")]
            asked = connection.execute(text('SELECT uuid, "case" FROM clarification ORDER BY 1')).all()
            assert [tuple(row) for row in asked] == [("order-1", None), ("order-2", None), ("question-1", "case-c")]


def test_a_conflict_of_an_earlier_version_is_kept_when_signatures_get_their_place(url: str) -> None:
    with opened(url) as engine:
        with engine.begin() as connection:
            _up_to(connection, "0007")
            connection.execute(
                text("INSERT INTO conflict VALUES ('her:1', 'm-1', 'c-2', 'c-1', '2026', :sealed)"),
                {"sealed": b"\x01\xff"},
            )
        migrate(engine)
        with engine.connect() as connection:
            row = connection.execute(text("SELECT key, first_digest, sealed, detached FROM conflict")).one()
            assert (row.key, row.first_digest, bytes(row.sealed), row.detached) == ("m-1", "c-1", b"\x01\xff", None)


def _up_to(connection: Connection, revision: str) -> None:
    """The schema of an earlier version."""
    from alembic.operations import Operations  # noqa: PLC0415  only this test needs them
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    scripts = ScriptDirectory(MIGRATIONS, version_locations=[MIGRATIONS])
    context = MigrationContext.configure(
        connection, opts={"fn": lambda known, _context: scripts._upgrade_revs(revision, known)}
    )
    with Operations.context(context):
        context.run_migrations()


def test_the_head_is_the_last_migration() -> None:
    from alembic.script import ScriptDirectory  # noqa: PLC0415  only this test needs it

    assert ScriptDirectory(MIGRATIONS, version_locations=[MIGRATIONS]).get_heads() == [HEAD]


def test_migrate_makes_an_empty_database_ready_and_may_be_repeated(url: str) -> None:
    with opened(url) as engine:
        assert not is_migrated(engine)
        migrate(engine)
        assert is_migrated(engine)
        migrate(engine)
        with engine.connect() as connection:
            assert connection.scalars(text("SELECT version_num FROM alembic_version")).all() == [HEAD]


def test_a_database_with_foreign_tables_is_migrated_beside_them(url: str) -> None:
    with opened(url) as engine:
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE theirs (a INTEGER)"))
        migrate(engine)
        assert is_migrated(engine)
        with engine.connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM theirs")).scalar() == 0


def test_two_that_migrate_at_once_both_find_it_done(url: str) -> None:
    with opened(url) as engine:
        threads = [Thread(target=migrate, args=(engine,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert is_migrated(engine)


def test_a_failing_migration_leaves_nothing(url: str) -> None:
    with opened(url) as engine:
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE ledger (theirs INTEGER)"))
        with pytest.raises(StoreUnavailableError):
            migrate(engine)
        assert inspect(engine).get_table_names() == ["ledger"]
        with engine.begin() as connection:
            connection.execute(text("DROP TABLE ledger"))
        migrate(engine)
        assert set(inspect(engine).get_table_names()) == TABLES


def test_a_database_of_a_later_version_is_refused_and_left_alone(url: str) -> None:
    with opened(url) as engine:
        migrate(engine)
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        assert not is_migrated(engine)
        with pytest.raises(MisconfiguredError, match="later version"):
            migrate(engine)


def test_sqlite_is_as_durable_as_it_can_be_and_forgets_what_is_deleted(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path}/store.sqlite3") as engine, engine.connect() as connection:
        pragmas = ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout", "temp_store")
        values = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in pragmas}
    assert values == {
        "journal_mode": "truncate",
        "synchronous": 3,
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": 10000,
        "temp_store": 2,
    }


def test_a_sqlite_file_is_for_its_owner_only(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path}/store.sqlite3") as engine:
        migrate(engine)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes["store.sqlite3"] == 0o600
    assert set(modes.values()) == {0o600}


@pytest.mark.postgresql
def test_postgresql_waits_for_the_disk_but_not_for_ever(postgresql: Server) -> None:
    with opened(postgresql.new_database()) as engine, engine.connect() as connection:
        names = ("synchronous_commit", "TimeZone", "lock_timeout", "transaction_isolation")
        values = [connection.execute(text(f"SHOW {name}")).scalar() for name in names]
    assert values == ["on", "UTC", "10s", "read committed"]


def test_a_database_in_memory_serves_several_threads() -> None:
    engine = open_database("sqlite://")
    migrate(engine)
    seen: list[bool] = []
    threads = [Thread(target=lambda: seen.append(is_migrated(engine))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.dispose()
    assert seen == [True] * 4


@pytest.mark.parametrize("url", ["", "no url", "mysql://root:geheim@localhost/x", "postgresql+psycopg2://geheim@/x"])
def test_a_url_of_another_kind_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(MisconfiguredError) as caught:
        open_database(url)
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg", "postgres"])
def test_an_unreachable_postgresql_is_unavailable_and_its_password_stays_secret(scheme: str, tmp_path: Path) -> None:
    with opened(f"{scheme}://gateway:geheim@/x?host={tmp_path}") as engine:
        store = Store(engine, Sealer(bytes(32)))
        for use in (store.transaction, store.reading):
            with pytest.raises(StoreUnavailableError) as caught, use():
                pass
            assert "geheim" not in str(caught.value)
            assert caught.value.__suppress_context__
        with pytest.raises(StoreUnavailableError):
            is_migrated(engine)


def test_a_file_that_is_no_database_or_in_no_folder_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailableError):
        open_database(f"sqlite:///{tmp_path}/missing/store.sqlite3")
    (tmp_path / "other.sqlite3").write_bytes(b"something else altogether " * 100)
    with opened(f"sqlite:///{tmp_path}/other.sqlite3") as engine, pytest.raises(StoreUnavailableError):
        migrate(engine)


def test_a_store_without_its_tables_is_unavailable(url: str) -> None:
    with (
        opened(url) as engine,
        pytest.raises(StoreUnavailableError),
        Store(engine, Sealer(bytes(32))).reading() as read,
    ):
        read.find_message("a", "b")
