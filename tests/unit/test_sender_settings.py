"""Registered senders are read as any setting is; what is wrong is named, and two that share anything stop the start."""

import json
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey

from certgateway import bootstrap, cli
from certgateway.config import Settings, load_settings
from certgateway.domain.errors import MisconfiguredError
from certgateway.domain.senders import NOBODY, Sender
from certgateway.services.verify import Signatures
from certgateway.trust.registration import thumbprint
from certgateway.trust.seal import create_key_file
from tests.signing import authority, office

Json = dict[str, Any]
PRINT = "a" * 64
HERE: Json = {"her": ["8143060"], "organisation": "987654325"}
THERE: Json = {"her": ["8100001", "8100002"], "organisation": "974760673"}


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"CERTGATEWAY_{name.upper()}", raising=False)
    monkeypatch.setenv("CERTGATEWAY_PERSONS", "synthetic")
    (tmp_path / "anchors.pem").write_bytes(authority().certificate_pem)
    monkeypatch.setenv("CERTGATEWAY_SIGNATURES", "verify")
    monkeypatch.setenv("CERTGATEWAY_TRUST_ANCHORS", str(tmp_path / "anchors.pem"))


def settings_with(monkeypatch: pytest.MonkeyPatch, *senders: Json) -> Settings:
    monkeypatch.setenv("CERTGATEWAY_SENDERS", json.dumps(senders))
    return load_settings(None)


def test_nobody_is_registered_unless_told() -> None:
    settings = load_settings(None)
    assert bootstrap.senders_of(settings) == (NOBODY, ())
    assert settings.unregistered_senders == "take"


def test_senders_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = ":".join([PRINT[:2].upper()] * 32)
    senders, _ = bootstrap.senders_of(
        settings_with(monkeypatch, HERE | {"thumbprints": [shown]}, THERE | {"kith_policy": "reject"})
    )
    assert senders.registered == (
        Sender(frozenset({"8143060"}), "987654325", frozenset({PRINT})),
        Sender(frozenset({"8100001", "8100002"}), "974760673", kith_policy="reject"),
    )


def test_senders_are_read_from_a_file_and_what_they_sign_with_from_others(tmp_path: Path) -> None:
    (tmp_path / "office.pem").write_bytes(office().certificate_pem)
    key = ECKey.generate_key("P-256", {"kid": "k-1"})
    (tmp_path / "office.jwk").write_text(json.dumps(key.as_dict(private=False)))
    file = tmp_path / "settings.toml"
    file.write_text(
        f'[[senders]]\nher = ["8143060"]\ncertificates = ["{tmp_path}/office.pem"]\nkeys = ["{tmp_path}/office.jwk"]\n'
        f'[[senders]]\nher = ["8100001"]\nthumbprints = ["{PRINT}"]\nfhir_policy = "hold"\n'
    )
    senders, certificates = bootstrap.senders_of(load_settings(file))
    first, second = senders.registered
    assert (set(first.certificates), first.keys[0].id) == ({thumbprint(office().certificate)}, "k-1")
    assert (set(second.certificates), second.fhir_policy, second.must_sign) == ({PRINT}, "hold", True)
    assert certificates == (office().certificate,)


@pytest.mark.parametrize(
    "change, told",
    [
        ({"her": []}, "senders.0.her: "),
        ({"her": "8143060"}, "senders.0.her: "),
        ({"her": ["08143060"]}, "senders.0.her.0: "),
        ({"her": ["8143060\n"]}, "senders.0.her.0: "),
        ({"her": ["12345678901"]}, "senders.0.her.0: "),
        ({"organisation": "987654324"}, "senders.0.organisation: "),
        ({"organisation": "98765432"}, "senders.0.organisation: "),
        ({"thumbprints": ["a" * 40]}, "senders.0.thumbprints.0: "),
        ({"thumbprints": ["g" * 64]}, "senders.0.thumbprints.0: "),
        ({"thumbprints": [1]}, "senders.0.thumbprints.0: "),
        ({"fhir_policy": "take"}, "senders.0.fhir_policy: "),
        ({"name": "Legekontor"}, "senders.0.name: "),
        ({"organisation": None}, "senders.0: Value error, organisation, thumbprints, certificates or keys"),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_sender_is_named(monkeypatch: pytest.MonkeyPatch, change: Json, told: str) -> None:
    with pytest.raises(MisconfiguredError) as error:
        settings_with(monkeypatch, HERE | change)
    assert told in str(error.value)


def test_what_is_no_list_of_senders_is_refused_and_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CERTGATEWAY_SENDERS", '[{"her": ["8143060"]')
    with pytest.raises(MisconfiguredError, match=r"^settings: senders: must be a list in JSON$"):
        load_settings(None)


@pytest.mark.parametrize(
    "shared, what",
    [
        ({"her": ["8100001", "8143060"]}, "HER-id 8143060"),
        ({"organisation": "987654325"}, "organisation number 987654325"),
        ({"thumbprints": [PRINT.upper()]}, f"certificate {PRINT}"),
    ],
    ids=str,
)
def test_two_senders_with_the_same_stop_the_start_and_both_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], shared: Json, what: str
) -> None:
    settings_with(monkeypatch, HERE | {"thumbprints": [PRINT]}, THERE | shared)
    for command in ("config", "serve"):
        assert cli.main([command]) == 2
        assert f"senders[0] and senders[1] both have the {what}" in capsys.readouterr().err


def test_a_certificate_in_a_file_is_the_same_as_its_thumbprint(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "office.pem").write_bytes(office().certificate_pem)
    there = THERE | {"certificates": [str(tmp_path / "office.pem")]}
    settings = settings_with(monkeypatch, HERE | {"thumbprints": [thumbprint(office().certificate)]}, there)
    with pytest.raises(MisconfiguredError, match=r"senders\[0\] and senders\[1\] both have the certificate"):
        bootstrap.senders_of(settings)


@pytest.mark.parametrize("given", [{"thumbprints": [PRINT]}, {"certificates": ["x.pem"]}, {"keys": ["x.jwk"]}], ids=str)
def test_who_must_sign_needs_somebody_who_verifies(monkeypatch: pytest.MonkeyPatch, given: Json) -> None:
    monkeypatch.setenv("CERTGATEWAY_SIGNATURES", "ignore")
    monkeypatch.delenv("CERTGATEWAY_TRUST_ANCHORS")
    with pytest.raises(MisconfiguredError, match=r"senders\[1\] must sign, so that signatures must be"):
        settings_with(monkeypatch, HERE, THERE | given)
    # Who is known by a number alone may be verified by other means than a signature.
    assert len(settings_with(monkeypatch, HERE, THERE).senders) == 2


def test_only_registered_senders_are_taken_only_where_there_are_any(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CERTGATEWAY_UNREGISTERED_SENDERS", "refuse")
    with pytest.raises(MisconfiguredError, match="refuse everybody"):
        load_settings(None)
    assert settings_with(monkeypatch, HERE).unregistered_senders == "refuse"


@pytest.mark.parametrize("refuse", [False, True])
def test_the_gateway_is_put_together_with_its_register(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    refuse: bool,  # noqa: FBT001
) -> None:
    create_key_file(tmp_path / "key")
    (tmp_path / "office.pem").write_bytes(office().certificate_pem)
    monkeypatch.setenv("CERTGATEWAY_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("CERTGATEWAY_DATABASE", f"sqlite:///{tmp_path}/gateway.db")
    monkeypatch.setenv("CERTGATEWAY_UNREGISTERED_SENDERS", "refuse" if refuse else "take")
    gateway = bootstrap.build_gateway(
        settings_with(monkeypatch, HERE | {"certificates": [str(tmp_path / "office.pem")]})
    )
    gateway.store.close()
    known = gateway.senders.of_organisation("987654325")
    assert known is not None
    assert (set(known.hers), gateway.only_registered) == ({"8143060"}, refuse)
    # Its certificate is believed without an issuer.
    assert isinstance(gateway.house.signatures, Signatures)
    assert gateway.house.signatures.anchors.registered == (office().certificate,)
    assert gateway.house.signatures.anchors.issuers == (authority().certificate,)


def test_senders_are_printed_with_the_settings(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings_with(monkeypatch, HERE)
    assert cli.main(["config"]) == 0
    assert "senders = [\"her=('8143060',) organisation='987654325'" in capsys.readouterr().out
