"""What lay in the tray before contents were kept is there after the migration, without a content, and can be filed."""

from datetime import UTC, datetime

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from certgateway.store.database import open_database
from certgateway.store.schema import MIGRATIONS, is_migrated, migrate
from certgateway.store.transactions import Store
from certgateway.trust.seal import Sealer
from tests.integration.receiving import SECRET

BEFORE = "0002"
AT = "2026-11-01T10:00:00.000000Z"


def upgrade_to(connection: Connection, revision: str) -> None:
    scripts = ScriptDirectory(MIGRATIONS, version_locations=[MIGRATIONS])
    context = MigrationContext.configure(
        connection, opts={"fn": lambda found, _context: scripts._upgrade_revs(revision, found)}
    )
    with Operations.context(context):
        context.run_migrations()


def test_an_answer_that_was_put_aside_before_is_still_there(empty_url: str) -> None:
    engine = open_database(empty_url)
    with engine.begin() as connection:
        upgrade_to(connection, BEFORE)
        connection.execute(
            text(
                "INSERT INTO message (uuid, sender, key, content_digest, raw_digest, media_type, format, arrival, "
                "state, findings, removed, receipt) VALUES ('m-1', 'her:1', 'k', 'c', 'r', 't', 'fhir-json', :at, "
                "'answered', '[]', '[]', :receipt)"
            ),
            {"at": AT, "receipt": b""},
        )
        connection.execute(
            text("INSERT INTO unsorted (message, why, at) VALUES ('m-1', 'clarification-unknown', :at)"), {"at": AT}
        )
    migrate(engine)
    assert is_migrated(engine)
    store = Store(engine, Sealer(SECRET))
    with store.transaction() as unit:
        (lying,) = unit.unsorted_answers(10)
        assert (lying.message, lying.why, lying.at) == (
            "m-1",
            "clarification-unknown",
            datetime(2026, 11, 1, 10, tzinfo=UTC),
        )
        found = unit.find_lying("m-1")
        assert found is not None
        assert (found.sender, found.answer.content, found.sorted) == ("her:1", None, None)
        unit.settle_unsorted("m-1", datetime(2026, 11, 2, tzinfo=UTC), "not-an-answer")
        assert unit.unsorted_answers(10) == []
    store.close()
