"""Brings a database to the schema this version of the code works with, and tells whether it is there.

Alembic is loaded only when there is something to migrate: a fresh SQLite database gets its tables straight from
`tables`, which a test holds equal to what the migrations build. This module must never drop anything by itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Column, Connection, Engine, MetaData, String, Table, insert, inspect, select, text

from certgateway.domain.errors import GatewayError, MisconfiguredError
from certgateway.store import access_tables
from certgateway.store.database import WRITING
from certgateway.store.failures import translated
from certgateway.store.tables import metadata

HEAD = "0013"
"""The revision that `tables` and `access_tables` describe."""

_BESIDE = (access_tables.access, access_tables.access_override)
"""Tables of modules of their own: they are in `metadata` because they are imported here."""

MIGRATIONS = Path(__file__).parent / "migrations"

# Any number will do that no name of `Unit.lock` is likely to hash to.
_MIGRATION_LOCK = 7_241_995_006

# Alembic's own table, in Alembic's own words: what it would create itself on its first run.
_stamps = MetaData(naming_convention={"pk": "%(table_name)s_pkc"})
_stamp = Table("alembic_version", _stamps, Column("version_num", String(32), primary_key=True))


def migrate(engine: Engine) -> None:
    """Builds or upgrades the schema, all or nothing; does nothing when it is up to date. Two processes may call it.

    MisconfiguredError when the database was written by a later version of the gateway.
    """
    with (
        translated(),
        engine.connect() as connection,
        _rebuilding(connection),
        connection.execution_options(**WRITING).begin(),
    ):
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _MIGRATION_LOCK})
        revision = _revision(connection)
        if revision == HEAD:
            return
        if revision is None and engine.dialect.name == "sqlite" and not inspect(connection).get_table_names():
            _create(connection)
        else:
            _upgrade(connection)


@contextmanager
def _rebuilding(connection: Connection) -> Iterator[None]:
    """SQLite changes a column by building its table anew, and what refers to it would forbid that while it is gone.

    It can be told so outside a transaction only; `_upgrade` looks afterwards whether every reference leads somewhere.
    """
    driver = connection.connection.driver_connection
    if connection.dialect.name != "sqlite" or driver is None:
        yield
        return
    driver.execute("PRAGMA foreign_keys=OFF").close()
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON").close()


def is_migrated(engine: Engine) -> bool:
    """Whether the database has exactly the schema this version works with."""
    with translated(), engine.connect() as connection, connection.begin():
        return _revision(connection) == HEAD


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_stamp.name):
        return None
    return connection.execute(select(_stamp.c.version_num)).scalar()


def _create(connection: Connection) -> None:
    metadata.create_all(connection, checkfirst=False)
    _stamps.create_all(connection, checkfirst=False)
    connection.execute(insert(_stamp).values(version_num=HEAD))


def _upgrade(connection: Connection) -> None:
    # Imported here: Alembic costs more to load than a fresh database costs to fill.
    from alembic.operations import Operations  # noqa: PLC0415
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    scripts = ScriptDirectory(MIGRATIONS, version_locations=[MIGRATIONS])
    context = MigrationContext.configure(
        connection,
        opts={
            "fn": lambda revision, _context: scripts._upgrade_revs("head", revision),  # noqa: SLF001
            "transactional_ddl": True,
        },
    )
    try:
        with Operations.context(context):
            context.run_migrations()
    except CommandError:
        raise MisconfiguredError("the database was written by a later version of the gateway") from None
    if connection.dialect.name == "sqlite" and connection.execute(text("PRAGMA foreign_key_check")).first() is not None:
        raise GatewayError("a migration left a reference that leads nowhere")
