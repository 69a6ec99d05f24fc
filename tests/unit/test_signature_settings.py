"""Signatures and the certificates that they are held against are set together or not at all."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from joserfc.jwk import RSAKey

from certgateway import bootstrap, cli
from certgateway.config import load_settings
from certgateway.domain.errors import MisconfiguredError
from certgateway.trust.revocation import RevocationLists
from certgateway.trust.seal import create_key_file
from tests.signing import authority, revocation_list


@pytest.fixture
def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    create_key_file(tmp_path / "key")
    (tmp_path / "anchors.pem").write_bytes(authority().certificate_pem)
    monkeypatch.setenv("CERTGATEWAY_PERSONS", "synthetic")
    monkeypatch.setenv("CERTGATEWAY_DATABASE", f"sqlite:///{tmp_path}/gateway.db")
    monkeypatch.setenv("CERTGATEWAY_KEY_FILE", str(tmp_path / "key"))
    return monkeypatch


def test_by_default_nothing_is_asked_of_signatures(given: pytest.MonkeyPatch) -> None:
    assert given is not None
    gateway = bootstrap.build_gateway(load_settings(None))
    assert gateway.house.signatures is None
    gateway.store.close()


@pytest.mark.parametrize("demand", ["verify", "require"])
def test_a_gateway_verifies_with_the_anchors_of_the_file(
    demand: str, given: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    given.setenv("CERTGATEWAY_SIGNATURES", demand)
    given.setenv("CERTGATEWAY_TRUST_ANCHORS", str(tmp_path / "anchors.pem"))
    gateway = bootstrap.build_gateway(load_settings(None))
    assert gateway.house.signatures is not None
    assert gateway.house.signatures.demand == demand
    assert gateway.house.signatures.anchors.issuers == (authority().certificate,)
    gateway.store.close()


@pytest.mark.parametrize(
    "settings",
    [
        {"SIGNATURES": "verify"},
        {"SIGNATURES": "require"},
        {"TRUST_ANCHORS": "anchors.pem"},
        {"SIGNATURES": "ignore", "TRUST_ANCHORS": "anchors.pem"},
        {"SIGNATURES": "maybe", "TRUST_ANCHORS": "anchors.pem"},
    ],
    ids=str,
)
def test_the_one_without_the_other_stops_the_start(settings: dict[str, str], given: pytest.MonkeyPatch) -> None:
    for name, value in settings.items():
        given.setenv(f"CERTGATEWAY_{name}", value)
    with pytest.raises(MisconfiguredError, match=r"trust_anchors|signatures"):
        load_settings(None)


def test_anchors_that_cannot_be_read_stop_the_start(given: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given.setenv("CERTGATEWAY_SIGNATURES", "verify")
    given.setenv("CERTGATEWAY_TRUST_ANCHORS", str(tmp_path / "nothing.pem"))
    with pytest.raises(MisconfiguredError, match=r"nothing\.pem"):
        bootstrap.build_gateway(load_settings(None))


@pytest.mark.parametrize("policy,lists", [("off", False), ("listed", True), ("require", True)])
def test_the_policy_about_revocation_is_a_setting(
    policy: str,
    lists: bool,  # noqa: FBT001  A case of the table.
    given: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    anchors = tmp_path / "anchors.pem"
    anchors.write_bytes(authority().certificate_pem + revocation_list(authority()))
    given.setenv("CERTGATEWAY_SIGNATURES", "verify")
    given.setenv("CERTGATEWAY_TRUST_ANCHORS", str(anchors))
    given.setenv("CERTGATEWAY_REVOCATION", policy)
    gateway = bootstrap.build_gateway(load_settings(None))
    assert gateway.house.signatures is not None
    revocation = gateway.house.signatures.anchors.revocation
    assert isinstance(revocation, RevocationLists) is lists
    assert getattr(revocation, "required", False) is (policy == "require")
    gateway.store.close()


def test_lists_that_are_asked_and_not_there_stop_the_start(
    given: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given.setenv("CERTGATEWAY_SIGNATURES", "verify")
    given.setenv("CERTGATEWAY_TRUST_ANCHORS", str(tmp_path / "anchors.pem"))
    given.setenv("CERTGATEWAY_REVOCATION", "require")
    with pytest.raises(MisconfiguredError, match="no revocation list"):
        bootstrap.build_gateway(load_settings(None))
    assert cli.main(["config"]) == 2
    assert "no revocation list" in capsys.readouterr().err


def test_weak_keys_are_taken_until_the_day_that_is_set(given: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Of certificates, and of keys that a sender has registered for JSON."""
    key = RSAKey.generate_key(2048, {"kid": "small"})
    (tmp_path / "small.jwk").write_text(json.dumps(key.as_dict(private=False)))
    given.setenv("CERTGATEWAY_SIGNATURES", "verify")
    given.setenv("CERTGATEWAY_TRUST_ANCHORS", str(tmp_path / "anchors.pem"))
    given.setenv("CERTGATEWAY_SENDERS", json.dumps([{"her": ["8143060"], "keys": [str(tmp_path / "small.jwk")]}]))
    with pytest.raises(MisconfiguredError, match="3072 bits"):
        bootstrap.build_gateway(load_settings(None))
    given.setenv("CERTGATEWAY_RSA_2048_UNTIL", "2027-01-01")
    gateway = bootstrap.build_gateway(load_settings(None))
    assert gateway.house.signatures is not None
    assert gateway.house.signatures.anchors.rsa_2048_until == datetime(2027, 1, 1, tzinfo=UTC)
    assert set(gateway.house.signatures.keys) == {"small"}
    gateway.store.close()


@pytest.mark.parametrize(
    "name,value",
    [
        ("REVOCATION", "require"),
        ("REVOCATION", "off"),
        ("REVOCATION", "maybe"),
        ("RSA_2048_UNTIL", "2027-01-01"),
        ("RSA_2048_UNTIL", "soon"),
    ],
)
def test_what_would_be_without_effect_stops_the_start(name: str, value: str, given: pytest.MonkeyPatch) -> None:
    given.setenv(f"CERTGATEWAY_{name}", value)
    with pytest.raises(MisconfiguredError, match=r"revocation|rsa_2048_until"):
        load_settings(None)
