"""The register of health personnel as a setting: what is wrong is named, and an unusable token stops the start."""

import json
from pathlib import Path
from typing import Any

import pytest

from certgateway import bootstrap, cli
from certgateway.config import Settings, load_settings
from certgateway.domain.errors import MisconfiguredError
from certgateway.trust.hpr import HttpHpr
from certgateway.trust.seal import create_key_file

Json = dict[str, Any]
URL = "https://hpr.example/approvals"


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"CERTGATEWAY_{name.upper()}", raising=False)
    create_key_file(tmp_path / "key")
    for name, value in (("PERSONS", "synthetic"), ("KEY_FILE", f"{tmp_path}/key"), ("DATABASE", "sqlite://")):
        monkeypatch.setenv(f"CERTGATEWAY_{name}", value)


def settings_with(monkeypatch: pytest.MonkeyPatch, **hpr: object) -> Settings:
    monkeypatch.setenv("CERTGATEWAY_HPR", json.dumps(hpr))
    return load_settings(None)


def test_nobody_is_asked_unless_told() -> None:
    settings = load_settings(None)
    assert settings.hpr is None
    assert bootstrap.hpr_of(settings) is None


def test_it_is_set_as_a_table_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(f'[hpr]\nurl = "{URL}"\nseconds = 0.5\nunanswered = "take"\n')
    settings = load_settings(tmp_path / "settings.toml")
    assert settings.hpr is not None
    assert (settings.hpr.url, settings.hpr.seconds, settings.hpr.unanswered) == (URL, 0.5, "take")


def test_a_message_waits_two_seconds_for_an_answer_and_is_not_taken_without(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_with(monkeypatch, url=URL)
    assert settings.hpr is not None
    assert (settings.hpr.seconds, settings.hpr.unanswered, settings.hpr.token_file) == (2, "wait", None)
    assert isinstance(bootstrap.hpr_of(settings), HttpHpr)


@pytest.mark.parametrize("unanswered", ["wait", "take"])
def test_the_gateway_has_it(monkeypatch: pytest.MonkeyPatch, unanswered: str) -> None:
    gateway = bootstrap.build_gateway(settings_with(monkeypatch, url=URL, unanswered=unanswered))
    assert isinstance(gateway.hpr, HttpHpr)
    assert gateway.takes_unanswered is (unanswered == "take")
    gateway.store.close()


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": None},
        {"url": "http://hpr.example/approvals"},
        {"url": "https://name:hemmelig@hpr.example"},
        {"seconds": 0},
        {"seconds": 10.5},
        {"seconds": "nan"},
        {"unanswered": "refuse"},
        {"token": "eyJ"},
    ],
    ids=str,
)
def test_what_is_wrong_is_named_and_stops_the_start(monkeypatch: pytest.MonkeyPatch, wrong: Json) -> None:
    with pytest.raises(MisconfiguredError, match=f"hpr.{next(iter(wrong))}") as raised:
        settings_with(monkeypatch, **({"url": URL} | wrong))
    assert "hemmelig" not in str(raised.value)


def test_a_token_that_others_may_read_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "token").write_text("eyJ.secret")
    (tmp_path / "token").chmod(0o644)
    settings_with(monkeypatch, url=URL, token_file=f"{tmp_path}/token")
    assert cli.main(["config"]) == 2
    told = capsys.readouterr()
    assert "0600" in told.err
    assert "eyJ.secret" not in told.out + told.err
    (tmp_path / "token").chmod(0o600)
    assert cli.main(["config"]) == 0
    assert "eyJ.secret" not in capsys.readouterr().out
