"""Issuers as settings: what is asked of a log-in, and whose tokens are ended; what fits nobody stops the start."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from certgateway import bootstrap, cli
from certgateway.config import Settings, load_settings
from certgateway.domain.errors import MisconfiguredError
from certgateway.trust.ended import FileEnded
from certgateway.trust.issuers import Login
from certgateway.trust.people import HttpPeople

Json = dict[str, Any]
ENTRA: Final[Json] = {
    "profile": "entra",
    "issuer": "https://login.example/x/v2.0",
    "audience": "us",
    "tenant": "x",
    "jwks_url": "https://login.example/keys",
}
HELSEID: Final[Json] = {name: value for name, value in ENTRA.items() if name != "tenant"} | {"profile": "helseid"}


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"CERTGATEWAY_{name.upper()}", raising=False)
    monkeypatch.setenv("CERTGATEWAY_PERSONS", "synthetic")


def settings_with(monkeypatch: pytest.MonkeyPatch, issuer: Json | None, **more: object) -> Settings:
    if issuer is not None:
        monkeypatch.setenv("CERTGATEWAY_ISSUERS", json.dumps([issuer]))
    for name, value in more.items():
        monkeypatch.setenv(f"CERTGATEWAY_{name.upper()}", str(value))
    return load_settings(None)


def test_nothing_is_asked_of_a_login_unless_set(monkeypatch: pytest.MonkeyPatch) -> None:
    (issuer,) = bootstrap.issuers_of(settings_with(monkeypatch, ENTRA))
    assert issuer.login == Login()


def test_what_is_asked_of_a_login_reaches_the_issuer(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {"login_methods": ["mfa"], "login_contexts": ["c1", "c2"], "login_seconds": 28800}
    (issuer,) = bootstrap.issuers_of(settings_with(monkeypatch, ENTRA | asked))
    assert issuer.login == Login(frozenset({"mfa"}), frozenset({"c1", "c2"}), 28800)


@pytest.mark.parametrize(
    "issuer",
    [
        HELSEID | {"login_methods": ["mfa"]},
        HELSEID | {"login_contexts": ["c1"]},
        HELSEID | {"login_seconds": 3600},
        ENTRA | {"login_seconds": 59},
        ENTRA | {"login_methods": [""]},
        ENTRA | {"login_methods": ["mfa pwd"]},
        ENTRA | {"issuer": "https://login.example/x y"},
        ENTRA | {"issuer": ""},
    ],
)
def test_what_fits_nobody_stops_the_start(monkeypatch: pytest.MonkeyPatch, issuer: Json) -> None:
    with pytest.raises(MisconfiguredError, match="issuers"):
        settings_with(monkeypatch, issuer)


def test_ended_tokens_are_read_at_the_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "ended"
    file.write_text("caller Z990001\n")
    settings = settings_with(monkeypatch, ENTRA, ended_tokens=file)
    assert isinstance(bootstrap.ended_of(settings), FileEnded)
    assert bootstrap.ended_of(settings_with(monkeypatch, ENTRA).model_copy(update={"ended_tokens": None})) is None
    assert cli.main(["config"]) == 0
    file.write_text("nobody\n")
    with pytest.raises(MisconfiguredError, match="line 1"):
        bootstrap.ended_of(settings)
    assert cli.main(["config"]) == 2


def test_files_for_what_is_not_set_stop_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MisconfiguredError, match="ended_tokens is for issuers"):
        settings_with(monkeypatch, None, ended_tokens="/ended")
    with pytest.raises(MisconfiguredError, match="people_token_file is for people_url"):
        settings_with(monkeypatch, ENTRA, people_token_file="/token")


def test_the_register_of_persons_is_asked_with_a_token(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.touch(0o600)
    file.write_text("eyJ")
    url = "https://people.example/relations"
    settings = settings_with(monkeypatch, ENTRA, people_url=url, people_token_file=file)
    assert isinstance(bootstrap.people_of(settings), HttpPeople)
    file.chmod(0o644)
    assert cli.main(["config"]) == 2
