"""Signatures and the certificates that they are held against are set together or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from certgateway import bootstrap
from certgateway.config import load_settings
from certgateway.domain.errors import MisconfiguredError
from certgateway.trust.seal import create_key_file
from tests.signing import authority


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
