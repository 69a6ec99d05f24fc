"""Opens the database by URL, SQLite or PostgreSQL, so that a commit on either is durable before it returns.

SQLite stays out of WAL mode: libraries before 3.51.3 can lose commits there when two connections write. This module
must never put a URL into an error (it may hold a password) and never let the drivers log the values of a statement.
"""

import ipaddress
import os
from typing import Any, Literal

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from certgateway.domain.errors import MisconfiguredError, StoreUnavailableError

Tls = Literal["verify", "unverified"]

WRITING = {"certgateway_writes": True}
"""Execution options of a connection that will write: on SQLite it takes the write lock at once."""

_WAIT_SECONDS = 10
# Why these: TRUNCATE with EXTRA syncs journal, file and folder at every commit; secure_delete overwrites what a deleted
# row held; temporary tables and sorters must not spill rows into files of their own.
_PRAGMAS = (
    "PRAGMA journal_mode=TRUNCATE",
    "PRAGMA synchronous=EXTRA",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA trusted_schema=OFF",
)
_SESSION = (
    "-c synchronous_commit=on -c TimeZone=UTC -c client_min_messages=warning "
    f"-c lock_timeout={_WAIT_SECONDS}s -c statement_timeout=30s -c idle_in_transaction_session_timeout=60s"
)


def open_database(url: str, tls: Tls = "verify") -> Engine:
    """The engine for `url`: ``sqlite:///file``, ``sqlite://`` (in memory, gone with the engine) or ``postgresql://...``.

    A SQLite file is created (mode 0600) if need be. PostgreSQL is not connected to yet. MisconfiguredError for a URL
    that names no such database, or one on another machine whose certificate would not be verified, unless `tls` takes
    that; StoreUnavailableError for a file that cannot be opened.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise MisconfiguredError("the database URL cannot be read") from None
    if parsed.drivername == "sqlite":
        return _open_sqlite(parsed)
    if parsed.drivername in {"postgresql", "postgres", "postgresql+psycopg"}:
        if tls == "verify" and not _is_here(parsed) and _told(parsed, "sslmode", "PGSSLMODE") != ["verify-full"]:
            raise MisconfiguredError(
                "the database is on another machine, so that its URL must end in ?sslmode=verify-full&sslrootcert=...; "
                "database_tls = unverified says otherwise"
            )
        return _open_postgresql(parsed.set(drivername="postgresql+psycopg"))
    raise MisconfiguredError("the database URL must begin with sqlite:/// or postgresql://")


def _is_here(url: URL) -> bool:
    """Whether PostgreSQL can only be reached on this machine: by the loopback or a socket of its file system."""
    if _told(url, "service", "PGSERVICE"):
        return False  # A file of the library's own says where it is.
    hosts = [*([url.host] if url.host else []), *_told(url, "host", "")] or _told(url, "", "PGHOST")
    addresses = _told(url, "hostaddr", "PGHOSTADDR")
    return all(_is_local(each) for told in (*hosts, *addresses) for each in told.split(","))


def _told(url: URL, name: str, variable: str) -> list[str]:
    """What a URL says under a name, else what the library takes from the environment."""
    said = url.query.get(name, ())
    values = [said] if isinstance(said, str) else list(said)
    return values or [each for each in [os.environ.get(variable)] if each]


def _is_local(host: str) -> bool:
    try:
        return host in {"", "localhost"} or host[0] in "/@" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def reading_options(engine: Engine) -> dict[str, Any]:
    """Execution options that give a reader one consistent picture over several statements."""
    if engine.dialect.name == "postgresql":
        return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    return {}  # A SQLite reader's first statement fixes its picture until it ends.


def _open_sqlite(url: URL) -> Engine:
    in_memory = url.database in {None, "", ":memory:"}
    if not in_memory:
        _claim_file(str(url.database))
    # A database in memory lives in its one connection, which threads take in turns.
    size, overflow = (1, 0) if in_memory else (8, 8)
    engine = create_engine(
        url,
        hide_parameters=True,
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=overflow,
        pool_timeout=_WAIT_SECONDS,
        connect_args={"timeout": _WAIT_SECONDS, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _claim_file(path: str) -> None:
    """Only the owner may read it; SQLite gives its journal the same mode."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise StoreUnavailableError(f"the database file cannot be opened: {error.strerror}") from None


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401  the driver's connection, which has no type
    # Python's driver would begin transactions at moments of its own; here SQLAlchemy says when.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(pragma).close()


def _begin_sqlite(connection: Connection) -> None:
    # A writer that begins by reading could find the lock taken when it wants to write, with a picture grown old.
    writes = connection.get_execution_options().get("certgateway_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _open_postgresql(url: URL) -> Engine:
    # Advisory locks guard the writers, so each statement must see what was committed before it: READ COMMITTED.
    return create_engine(
        url,
        hide_parameters=True,
        isolation_level="READ COMMITTED",
        pool_size=10,
        max_overflow=10,
        pool_timeout=_WAIT_SECONDS,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 5, "options": _SESSION},
    )
