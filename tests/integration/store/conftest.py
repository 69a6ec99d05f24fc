"""Every test of the store runs on SQLite (a file) and on PostgreSQL (a real server); neither may be left out."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from certgateway.store.database import open_database
from certgateway.store.schema import migrate
from certgateway.store.transactions import Store
from certgateway.trust.seal import Sealer
from tests.integration.store.postgresql import Server

SECRET = bytes(range(32))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.sqlite3"
    server: Server = request.getfixturevalue("postgresql")
    return server.new_database()


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = Store(open_database(url), Sealer(SECRET))
    migrate(opened.engine)
    yield opened
    opened.close()
