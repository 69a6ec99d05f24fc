"""Every test of what is stored runs on SQLite (a file) and on PostgreSQL (a real server); neither may be left out."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from certgateway.store.database import open_database
from certgateway.store.schema import migrate
from tests.integration.store.postgresql import Server


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """What a SQLite file holds after the migration."""
    file = tmp_path_factory.mktemp("migrated") / "store.sqlite3"
    engine = open_database(f"sqlite:///{file}")
    migrate(engine)
    engine.dispose()
    return file.read_bytes()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database that has its tables and nothing in them."""
    if request.param == "sqlite":
        file = tmp_path / "store.sqlite3"
        file.touch(mode=0o600)
        file.write_bytes(request.getfixturevalue("migrated_file"))
        yield f"sqlite:///{file}"
        return
    server: Server = request.getfixturevalue("postgresql")
    made = server.migrated_database()
    yield made
    server.drop(made)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/store.sqlite3"
        return
    server: Server = request.getfixturevalue("postgresql")
    made = server.new_database()
    yield made
    server.drop(made)
