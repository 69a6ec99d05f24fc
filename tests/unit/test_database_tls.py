"""PostgreSQL on another machine is reached by verified TLS alone, unless the settings say otherwise."""

from pathlib import Path
from typing import Any, Final

import pytest

from certgateway import bootstrap, cli
from certgateway.config import Settings, load_settings
from certgateway.domain.errors import MisconfiguredError
from certgateway.store.database import open_database
from certgateway.trust.seal import create_key_file

SECRET: Final = "s3cret-word"
FAR: Final = f"postgresql://gateway:{SECRET}@db.example/certgateway"
ELSEWHERE: Final[dict[str, tuple[str, dict[str, str]]]] = {
    "nothing said": (FAR, {}),
    "required": (f"{FAR}?sslmode=require", {}),
    "authority alone": (f"{FAR}?sslmode=verify-ca", {}),
    "said twice": (f"{FAR}?sslmode=verify-full&sslmode=disable", {}),
    "other driver name": (FAR.replace("postgresql:", "postgresql+psycopg:"), {}),
    "address": ("postgresql://gateway@192.0.2.1/certgateway", {}),
    "address 6": ("postgresql://gateway@[2001:db8::1]/certgateway", {}),
    "mapped address": ("postgresql://gateway@[::ffff:192.0.2.1]/certgateway", {}),
    "name like an address": ("postgresql://gateway@127.0.0.1.example/certgateway", {}),
    "host as parameter": ("postgresql:///certgateway?host=db.example", {}),
    "one host of two": ("postgresql:///certgateway?host=localhost,db.example", {}),
    "hosts twice": ("postgresql:///certgateway?host=localhost&host=db.example", {}),
    "address beside a name": ("postgresql://localhost/certgateway?hostaddr=192.0.2.1", {}),
    "service": ("postgresql:///certgateway?service=main", {}),
    "environment": ("postgresql:///certgateway", {"PGHOST": "db.example"}),
    "environment's address": ("postgresql://localhost/certgateway", {"PGHOSTADDR": "192.0.2.1"}),
    "environment's service": ("postgresql:///certgateway", {"PGSERVICE": "main"}),
    "environment weaker": (FAR, {"PGSSLMODE": "prefer"}),
    "URL weaker than environment": (f"{FAR}?sslmode=prefer", {"PGSSLMODE": "verify-full"}),
}
TAKEN: Final[dict[str, tuple[str, dict[str, str]]]] = {
    "verified": (f"{FAR}?sslmode=verify-full", {}),
    "verified by environment": (FAR, {"PGSSLMODE": "verify-full"}),
    "loopback": ("postgresql://gateway@127.0.0.1:5433/certgateway", {}),
    "loopback 6": ("postgresql://gateway@[::1]/certgateway", {}),
    "localhost": ("postgresql://gateway@localhost/certgateway", {}),
    "socket": ("postgresql:///certgateway", {}),
    "folder": ("postgresql://postgres@/certgateway?host=/run/postgresql", {}),
    "own host before that of the environment": ("postgresql://localhost/certgateway", {"PGHOST": "db.example"}),
    "service verified": ("postgresql:///certgateway?service=main&sslmode=verify-full", {}),
}


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGHOST", "PGHOSTADDR", "PGSERVICE", "PGSSLMODE", *Settings.model_fields):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"CERTGATEWAY_{name.upper()}", raising=False)


def told(monkeypatch: pytest.MonkeyPatch, case: tuple[str, dict[str, str]]) -> str:
    for name, value in case[1].items():
        monkeypatch.setenv(name, value)
    return case[0]


@pytest.mark.parametrize("name", ELSEWHERE)
def test_another_machine_must_prove_who_it_is(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    url = told(monkeypatch, ELSEWHERE[name])
    with pytest.raises(MisconfiguredError, match="verify-full") as raised:
        open_database(url)
    assert SECRET not in str(raised.value)
    open_database(url, "unverified").dispose()


@pytest.mark.parametrize("name", TAKEN)
def test_this_machine_and_who_proves_it_are_taken(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    engine = open_database(told(monkeypatch, TAKEN[name]))
    assert engine.dialect.name == "postgresql"
    engine.dispose()


@pytest.mark.parametrize("command", [["migrate"], ["ledger", "check"], ["keys", "status"], ["purge"]])
def test_no_command_opens_it_otherwise(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    create_key_file(tmp_path / "key")
    for name, value in (("PERSONS", "synthetic"), ("KEY_FILE", f"{tmp_path}/key"), ("DATABASE", FAR)):
        monkeypatch.setenv(f"CERTGATEWAY_{name}", value)
    assert cli.main(command) == 2
    said = capsys.readouterr()
    assert "verify-full" in said.err
    assert SECRET not in said.out + said.err


def test_the_gateway_is_not_built_and_a_setting_says_otherwise(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    create_key_file(tmp_path / "key")
    for name, value in (("PERSONS", "synthetic"), ("KEY_FILE", f"{tmp_path}/key"), ("DATABASE", FAR)):
        monkeypatch.setenv(f"CERTGATEWAY_{name}", value)
    with pytest.raises(MisconfiguredError, match="verify-full"):
        bootstrap.build_gateway(load_settings(None))
    asked: list[Any] = []
    monkeypatch.setenv("CERTGATEWAY_DATABASE_TLS", "unverified")
    monkeypatch.setattr("certgateway.store.schema.migrate", asked.append)
    bootstrap.store_of(load_settings(None)).close()
    assert len(asked) == 1
