"""The whole application over a store in a temporary folder, with a fixed clock, reached through HTTP."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from certgateway import bootstrap
from certgateway.api.meters import Meters
from certgateway.api.observation import Observed
from certgateway.app import create_app
from certgateway.config import Settings
from certgateway.services.examine import House
from certgateway.services.gateway import Gateway
from certgateway.trust.seal import create_key_file
from tests.canary import CANARY
from tests.functional.office import Office, Ticking
from tests.integration.store.postgresql import Server

NOW = datetime(2026, 11, 1, 11, tzinfo=UTC)
BODY_LIMIT = 3 * 1024 * 1024


@pytest.fixture(scope="session", autouse=True)
def _sent() -> Iterator[None]:
    """The canary reads the heads of all answers, the bodies of those that are errors, and at the end all metrics."""
    meters: dict[int, Meters] = {}
    really = Observed.__call__

    async def watched(self: Observed, scope: Scope, receive: Receive, send: Send) -> None:
        meters[id(self._meters)] = self._meters
        status = 0

        async def read(sent: Message) -> None:
            nonlocal status
            if sent["type"] == "http.response.start":
                status = sent["status"]
                for name, value in sent["headers"]:
                    CANARY.look(f"header {name.decode()}", unquote(value.decode("latin-1")))
            elif sent["type"] == "http.response.body" and status >= 400:
                CANARY.look(f"body of {status}", sent["body"].decode("utf-8", "replace"))
            await send(sent)

        await really(self, scope, receive, read)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Observed, "__call__", watched)
        yield
    for each in meters.values():
        CANARY.look("metrics", each.text().decode())


@pytest.fixture(scope="session")
def house() -> House:
    return bootstrap.build_house("synthetic")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def make_gateway(tmp_path: Path, house: House) -> Iterator[Callable[[str], Gateway]]:
    made: list[Gateway] = []

    def make(url: str) -> Gateway:
        key_file = tmp_path / "key"
        if not key_file.exists():
            create_key_file(key_file)
        made.append(replace(bootstrap.gateway_on(url, key_file, house), clock=lambda: NOW))
        return made[-1]

    yield make
    for gateway in made:
        gateway.store.close()


@pytest.fixture
def settings() -> Settings:
    # Not read from the environment: the tests' own is nobody's business.
    return Settings.model_construct(persons="synthetic", body_limit=BODY_LIMIT)


@pytest.fixture
def gateway(make_gateway: Callable[[str], Gateway], tmp_path: Path) -> Gateway:
    return make_gateway(f"sqlite:///{tmp_path}/certgateway.db")


@pytest.fixture
def app(gateway: Gateway, settings: Settings) -> FastAPI:
    return create_app(gateway, settings)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app) as opened:
        yield opened


@pytest.fixture(scope="session")
def reader(tmp_path_factory: pytest.TempPathFactory, house: House) -> Iterator[TestClient]:
    """One application for all tests that submit nothing."""
    folder = tmp_path_factory.mktemp("reader")
    create_key_file(folder / "key")
    made = replace(bootstrap.gateway_on(f"sqlite:///{folder}/reader.db", folder / "key", house), clock=lambda: NOW)
    with TestClient(create_app(made, Settings.model_construct(persons="synthetic"))) as opened:
        yield opened
    made.store.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def either(
    request: pytest.FixtureRequest,
    make_gateway: Callable[[str], Gateway],
    settings: Settings,
    tmp_path: Path,
) -> Iterator[TestClient]:
    """A client of the application over each of the two databases."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/either.db"
    else:
        server: Server = request.getfixturevalue("postgresql")
        url = server.migrated_database()
    with TestClient(create_app(make_gateway(url), settings)) as opened:
        yield opened


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def either_office(
    request: pytest.FixtureRequest,
    make_gateway: Callable[[str], Gateway],
    settings: Settings,
    tmp_path: Path,
) -> Iterator[Office]:
    """Counsellor and record system over each of the two databases."""
    url = f"sqlite:///{tmp_path}/office.db"
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("postgresql")
        url = server.migrated_database()
    yield from _office(make_gateway(url), settings)


@pytest.fixture
def office(gateway: Gateway, settings: Settings) -> Iterator[Office]:
    yield from _office(gateway, settings)


@pytest.fixture(scope="module")
def lasting_office(tmp_path_factory: pytest.TempPathFactory, house: House) -> Iterator[Office]:
    """One office for all tests of a file."""
    folder = tmp_path_factory.mktemp("office")
    create_key_file(folder / "key")
    made = bootstrap.gateway_on(f"sqlite:///{folder}/office.db", folder / "key", house)
    yield from _office(made, Settings.model_construct(persons="synthetic", body_limit=BODY_LIMIT))
    made.store.close()


def _office(gateway: Gateway, settings: Settings) -> Iterator[Office]:
    clock = Ticking()
    with TestClient(create_app(replace(gateway, clock=clock), settings)) as opened:
        yield Office(opened, clock)
