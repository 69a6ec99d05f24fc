"""Settings are read from the environment over a file, and every faulty one is named; the wiring does what they say."""

import base64
import json
from pathlib import Path

import pytest

from certgateway import bootstrap, cli
from certgateway.api.limits import ARRIVING, IN_FLIGHT
from certgateway.api.rates import BURST, RATE
from certgateway.cli.deadlines import CONNECTIONS, Deadlines
from certgateway.config import Settings, load_settings
from certgateway.domain.attachments import AttachmentPolicy
from certgateway.domain.errors import MisconfiguredError
from certgateway.safexml import XmlLimits
from certgateway.services.bounds import Bounds
from certgateway.trust.people import HttpPeople
from certgateway.trust.scanner import Clamd
from certgateway.trust.seal import create_key_file
from certgateway.trust.webhooks import Webhook


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"CERTGATEWAY_{name.upper()}", raising=False)
    monkeypatch.setenv("CERTGATEWAY_PERSONS", "synthetic")


def with_setting(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> Settings:
    monkeypatch.setenv(f"CERTGATEWAY_{name.upper()}", value)
    return load_settings(None)


def test_kith_holds_what_is_incomplete_unless_told() -> None:
    settings = load_settings(None)
    assert (settings.kith_policy, settings.apprec_incomplete_status, settings.kith_schemas) == ("hold", "3", None)


def test_attachments_are_those_of_the_policy_unless_told() -> None:
    settings, policy = load_settings(None), AttachmentPolicy()
    assert settings.attachment_types == policy.types
    assert (settings.attachment_largest, settings.attachment_most) == (policy.largest, policy.most)
    assert settings.clamd is None


@pytest.mark.parametrize(
    "name, value, meant",
    [
        ("kith_policy", "reject", "reject"),
        ("apprec_incomplete_status", "1", "1"),
        ("kith_schemas", "/srv/xsd", Path("/srv/xsd")),
        ("kith_letters", "true", True),
        ("attachment_types", "application/pdf", ("application/pdf",)),
        ("attachment_types", " Application/PDF; q=1 , image/svg+xml,", ("application/pdf", "image/svg+xml")),
        ("attachment_largest", "1", 1),
        ("attachment_most", "0", 0),
        ("clamd", "localhost:3310", "localhost:3310"),
        ("clamd", "unix:/run/clamd.ctl", "unix:/run/clamd.ctl"),
        ("body_outside_attachments", "1024", 1024),
        ("head_seconds", "0.25", 0.25),
        ("head_seconds", "3600", 3600),
        ("body_seconds", "60", 60),
        ("request_seconds", "30", 30),
        ("requests_at_once", "1", 1),
        ("connections_at_once", "1", 1),
        ("bodies_at_once", str(20 * 1024 * 1024), 20 * 1024 * 1024),
        ("sender_rate", "0.1", 0.1),
        ("sender_burst", "1", 1),
        ("xml_depth", "64", 64),
        ("xml_elements", "50000", 50_000),
        ("xml_attributes", "32", 32),
        ("xml_namespaces", "64", 64),
        ("xml_namespaces_in_scope", "16", 16),
        ("json_depth", "1", 1),
        ("bundle_entries", "500", 500),
    ],
)
def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch, name: str, value: str, meant: object) -> None:
    assert getattr(with_setting(monkeypatch, name, value), name) == meant


@pytest.mark.parametrize(
    "name, value",
    [
        ("kith_policy", "accept"),
        ("apprec_incomplete_status", "2"),
        ("attachment_types", ""),
        ("attachment_types", "pdf"),
        ("attachment_types", "application/pdf,*/*"),
        ("attachment_largest", "0"),
        ("attachment_most", "-1"),
        ("clamd", ""),
        ("clamd", "localhost"),
        ("clamd", "localhost:70000"),
        ("body_outside_attachments", "1023"),
        ("head_seconds", "0"),
        ("head_seconds", "3601"),
        ("head_seconds", "nan"),
        ("body_seconds", "-1"),
        ("request_seconds", "inf"),
        ("requests_at_once", "0"),
        ("connections_at_once", "0"),
        ("bodies_at_once", "1023"),
        ("sender_rate", "0"),
        ("sender_rate", "inf"),
        ("sender_burst", "0"),
        ("xml_depth", "65"),
        ("xml_elements", "50001"),
        ("xml_attributes", "33"),
        ("xml_namespaces", "65"),
        ("xml_namespaces_in_scope", "17"),
        ("json_depth", "65"),
        ("json_depth", "0"),
        ("bundle_entries", "501"),
    ],
)
def test_a_faulty_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    with pytest.raises(MisconfiguredError, match=f"^settings: {name}"):
        with_setting(monkeypatch, name, value)


@pytest.mark.parametrize(
    "name, value, other",
    [
        ("body_seconds", "60.1", "request_seconds"),
        ("request_seconds", "29.9", "body_seconds"),
        ("bodies_at_once", str(20 * 1024 * 1024 - 1), "body_limit"),
    ],
)
def test_limits_that_cannot_be_met_together_are_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, other: str
) -> None:
    with pytest.raises(MisconfiguredError) as refusal:
        with_setting(monkeypatch, name, value)
    assert name in str(refusal.value)
    assert other in str(refusal.value)


def test_limits_are_those_that_were_measured_unless_told() -> None:
    settings = load_settings(None)
    assert bootstrap.bounds_of(settings) == Bounds() == bootstrap.build_house().bounds
    assert (Bounds().size.whole, Bounds().size.outside, Bounds().entries) == (20 * 1024 * 1024, 1024 * 1024, 500)
    assert (Bounds().xml, Bounds().json.depth) == (XmlLimits(64, 50_000, 32, 64, 16), 64)
    seconds = (settings.head_seconds, settings.body_seconds, settings.request_seconds)
    assert Deadlines(*seconds) == Deadlines() == Deadlines(10, 30, 60)
    assert settings.connections_at_once == CONNECTIONS
    assert (settings.sender_rate, settings.sender_burst) == (RATE, BURST)
    assert (settings.requests_at_once, settings.bodies_at_once) == (IN_FLIGHT, ARRIVING)


def test_a_file_is_read_below_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('attachment_types = ["image/png", "Image/TIFF"]\nattachment_most = 3\nkith_policy = "reject"\n')
    monkeypatch.setenv("CERTGATEWAY_KITH_POLICY", "hold")
    settings = load_settings(file)
    assert settings.attachment_types == ("image/png", "image/tiff")
    assert (settings.attachment_most, settings.kith_policy) == (3, "hold")


def test_without_clamd_nothing_scans() -> None:
    assert bootstrap.scanner_of(load_settings(None)) is None


@pytest.mark.parametrize("text, address", [("[::1]:3310", ("::1", 3310)), ("unix:/run/clamd.ctl", "/run/clamd.ctl")])
def test_clamd_scans_at_its_address(monkeypatch: pytest.MonkeyPatch, text: str, address: tuple[str, int] | str) -> None:
    assert bootstrap.scanner_of(with_setting(monkeypatch, "clamd", text)) == Clamd(address)


# ---- webhooks ----

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
HOOK = {"receiver": "8143060", "url": "https://epj.example/inbox", "secret": SECRET}


def with_hooks(monkeypatch: pytest.MonkeyPatch, *hooks: dict[str, str]) -> Settings:
    return with_setting(monkeypatch, "webhooks", json.dumps(hooks))


def test_nobody_is_posted_to_unless_told() -> None:
    assert bootstrap.webhooks_of(load_settings(None)) == {}


def test_webhooks_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    other = {"receiver": "8143999", "url": "http://localhost:8000/", "secret": f"{SECRET} {SECRET}"}
    settings = with_hooks(monkeypatch, HOOK, other | {"format": "kith", "content": "notice"})
    assert bootstrap.webhooks_of(settings) == {
        "her:8143060": Webhook("https://epj.example/inbox", (SECRET,)),
        "her:8143999": Webhook("http://localhost:8000/", (SECRET, SECRET), "kith", "notice"),
    }


def test_webhooks_are_read_from_a_file_and_their_secrets_from_others(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    secret.chmod(0o600)
    file = tmp_path / "settings.toml"
    file.write_text(
        '[[webhooks]]\nreceiver = "8143060"\nurl = "https://epj.example/"\n'
        f'secret_file = "{secret}"\nformat = "fhir-xml"\n'
    )
    assert bootstrap.webhooks_of(load_settings(file)) == {
        "her:8143060": Webhook("https://epj.example/", (SECRET,), "fhir-xml")
    }


@pytest.mark.parametrize(
    "wrong, place",
    [
        ({"receiver": "epj"}, "webhooks.0.receiver: "),
        ({"url": "http://epj.example/"}, "webhooks.0.url: "),
        ({"secret": SECRET[:-9]}, "webhooks.0.secret: "),
        ({"secret_file": "/x"}, "webhooks.0: "),
        ({"format": "pdf"}, "webhooks.0.format: "),
        ({"content": "all"}, "webhooks.0.content: "),
        ({"password": SECRET}, "webhooks.0.password: "),
    ],
)
def test_a_faulty_webhook_is_named_and_its_secret_is_not(
    monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str], place: str
) -> None:
    with pytest.raises(MisconfiguredError, match=f"^settings: {place}") as refused:
        with_hooks(monkeypatch, HOOK | wrong)
    assert "whsec_" not in str(refused.value).replace("must be whsec_ and", "")
    assert SECRET[6:20] not in str(refused.value)


def test_a_receiver_has_one_webhook_and_each_has_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MisconfiguredError, match="one webhook only"):
        with_hooks(monkeypatch, HOOK, HOOK | {"url": "https://other.example/"})
    with pytest.raises(MisconfiguredError, match="either secret or secret_file"):
        with_hooks(monkeypatch, {name: value for name, value in HOOK.items() if name != "secret"})


@pytest.mark.parametrize("broken", [SECRET, f'[{{"secret": "{SECRET}"', "", '"x"', "{}", '[["x"]]'])
def test_what_is_no_list_of_webhooks_is_refused_and_not_told(monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    with pytest.raises(MisconfiguredError, match=r"^settings: webhooks") as refused:
        with_setting(monkeypatch, "webhooks", broken)
    assert SECRET[6:20] not in str(refused.value)
    # A traceback would show what came before.
    assert refused.value.__suppress_context__


def test_config_checks_webhooks_and_prints_no_secret(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("CERTGATEWAY_WEBHOOKS", json.dumps([HOOK]))
    assert cli.main(["config"]) == 0
    printed = capsys.readouterr().out
    assert "https://epj.example/inbox" in printed
    assert SECRET[6:20] not in printed
    elsewhere = {"receiver": "1", "url": HOOK["url"], "secret_file": str(tmp_path / "absent")}
    monkeypatch.setenv("CERTGATEWAY_WEBHOOKS", json.dumps([elsewhere]))
    assert cli.main(["config"]) == 2
    assert "absent" in capsys.readouterr().err


def test_each_format_has_the_policy_of_its_setting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    create_key_file(tmp_path / "key")
    monkeypatch.setenv("CERTGATEWAY_DATABASE", f"sqlite:///{tmp_path / 'gateway.db'}")
    monkeypatch.setenv("CERTGATEWAY_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("CERTGATEWAY_FHIR_POLICY", "hold")
    gateway = bootstrap.build_gateway(with_setting(monkeypatch, "kith_policy", "reject"))
    policies = gateway.house.policies
    assert (policies["fhir-json"], policies["fhir-xml"], policies["kith"]) == ("hold", "hold", "reject")


def test_units_and_overrides_are_set_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("""
        people_url = "https://people.example/relations"
        override_hours = 24
        [[units]]
        group = "0000-GA-ENHET_0315"
        unit = "0315"
    """)
    settings = load_settings(file)
    assert [(each.group, each.unit) for each in settings.units] == [("0000-GA-ENHET_0315", "0315")]
    assert settings.override_hours == 24
    assert isinstance(bootstrap.people_of(settings), HttpPeople)
    plain = load_settings(None)
    assert (plain.units, plain.override_hours, bootstrap.people_of(plain)) == ((), 8, None)


@pytest.mark.parametrize(
    "name, value",
    [
        ("override_hours", "0"),
        ("override_hours", "25"),
        ("people_url", "http://people.example/relations"),
        ("people_url", "https://name:word@people.example"),
        ("units", '[{"group": "g", "unit": "315"}]'),
        ("units", '[{"group": "", "unit": "0315"}]'),
        ("units", '[{"group": "g", "unit": "0315"}, {"group": "g", "unit": "1201"}]'),
        ("units", "0315"),
    ],
)
def test_wrong_units_and_overrides_stop_the_start(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    with pytest.raises(MisconfiguredError, match=name):
        with_setting(monkeypatch, name, value)


def test_a_gateway_of_settings_knows_people_units_and_hours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    create_key_file(tmp_path / "key")
    given = {
        "database": f"sqlite:///{tmp_path}/people.db",
        "key_file": str(tmp_path / "key"),
        "people_url": "https://people.example/relations",
        "units": '[{"group": "g", "unit": "0315"}]',
    }
    for name, value in given.items():
        monkeypatch.setenv(f"CERTGATEWAY_{name.upper()}", value)
    gateway = bootstrap.build_gateway(with_setting(monkeypatch, "override_hours", "3"))
    assert isinstance(gateway.people, HttpPeople)
    assert (gateway.units, gateway.override_hours) == ({"g": "0315"}, 3)
    gateway.people.close()
    gateway.store.close()
