"""`certgateway serve` as an operator sees it: where it may listen, what it logs, how it stops and starts again."""

import json
import re
import socket
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from certgateway.api.observation import ALWAYS, ENCRYPTED
from certgateway.cli.serve import check_host
from certgateway.config import Settings
from certgateway.domain.errors import MisconfiguredError
from tests.functional.messages import FIXTURES, JSON, XML, message_id, raw, resource, tree
from tests.functional.service import ROOT, Service

DOOR = "/fhir/$process-message"
GOOD = "good/back-pain-tolerates-load.json"


def refused(tmp_path: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin", "CERTGATEWAY_PERSONS": "synthetic"}
    environment |= {"CERTGATEWAY_DATABASE": f"sqlite:///{tmp_path}/x.db", "CERTGATEWAY_KEY_FILE": str(tmp_path / "key")}
    environment |= {f"CERTGATEWAY_{name}": value for name, value in settings.items()}
    command = (sys.executable, "-m", "certgateway", "serve")
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("host", ["0.0.0.0", "gateway.example"])  # noqa: S104  Refusing it is the point.
def test_only_this_machine_can_be_listened_on(tmp_path: Path, host: str) -> None:
    run = refused(tmp_path, HOST=host)
    assert run.returncode == 2
    assert "knows its callers and senders" in run.stderr
    assert "Traceback" not in run.stderr
    assert list(tmp_path.iterdir()) == []


OPEN: dict[str, Any] = {
    "host": "0.0.0.0",  # noqa: S104
    "persons": "synthetic",
    "issuers": [{"profile": "maskinporten", "issuer": "https://issuer.example/", "audience": "a", "jwks_file": "x"}],
    "senders": [{"her": ["8143060"], "organisation": "987654325"}],
    "unregistered_senders": "refuse",
    "public_url": "https://gateway.example",
}


def test_other_machines_may_come_where_callers_and_senders_are_known() -> None:
    assert check_host(Settings(**OPEN)) is None  # type: ignore[func-returns-value]
    for name in ("issuers", "senders", "unregistered_senders", "public_url"):
        # Nobody can be refused for not being registered where nobody is.
        without = {name, "unregistered_senders"} if name == "senders" else {name}
        left_out = {key: value for key, value in OPEN.items() if key not in without}
        with pytest.raises(MisconfiguredError, match=f"or set {name}"):
            check_host(Settings(**left_out))
        assert check_host(Settings(**left_out | {"host": "::1"})) is None  # type: ignore[func-returns-value]
    with pytest.raises(MisconfiguredError, match="or set public_url"):
        check_host(Settings(**OPEN | {"public_url": "http://127.0.0.1:8080"}))


def test_persons_must_be_told(tmp_path: Path) -> None:
    run = refused(tmp_path, PERSONS="")
    assert (run.returncode, "persons" in run.stderr, "Traceback" in run.stderr) == (2, True, False)


def test_key_file_must_be_there(tmp_path: Path) -> None:
    run = refused(tmp_path)
    assert (run.returncode, "key" in run.stderr, "Traceback" in run.stderr) == (2, True, False)


def test_stops_on_a_signal_and_remembers(tmp_path: Path) -> None:
    service = Service(tmp_path)
    service.await_ready()
    first = service.ask("POST", DOOR, raw(GOOD), JSON)
    assert service.stop() == 0
    (tmp_path / "key2").write_bytes((tmp_path / "key").read_bytes())
    (tmp_path / "key").unlink()
    again = Service(tmp_path, KEY_FILE=str(tmp_path / "key2"))
    (tmp_path / "key2").chmod(0o600)
    again.await_ready()
    try:
        repeated = again.ask("POST", DOOR, raw(GOOD), JSON)
        assert (repeated.status, repeated.body) == (200, first.body)
    finally:
        assert again.stop() == 0


def test_nothing_personal_in_logs_metrics_or_refusals(tmp_path: Path) -> None:
    service = Service(tmp_path)
    service.await_ready()
    answers = []
    try:
        answers += [
            service.ask("POST", DOOR, path.read_bytes(), XML if path.suffix == ".xml" else JSON).body
            for path in sorted(FIXTURES.rglob("*.*"))
        ]
        addresses = ("/receipts/14837910405", "/assessments/14837910405?patient=14837910405", "/Fjelltopp")
        answers += [service.ask("GET", address).body for address in addresses]
        question = b'{"patient": "x14837910405"}'
        answers.append(service.ask("POST", "/assessments/search", question, {"Content-Type": "application/json"}).body)
        answers.append(service.ask("GET", "/metrics").body)
    finally:
        service.stop()
    told = service.log + b"".join(answers).decode()
    assert len(answers) > 200
    numbers, names, prose = canaries()
    assert len(numbers) > 5
    assert [number for number in numbers if number in told] == []
    assert [name for name in names if name in told] == []
    assert [text for text in prose if text in told] == []


def canaries() -> tuple[set[str], set[str], set[str]]:
    """Personal numbers, family names and prose of the good fixtures."""
    numbers, names, prose = set(), set(), set()
    for path in sorted((FIXTURES / "good").glob("*.json")):
        text = path.read_text()
        numbers |= set(re.findall(r'"(\d{11})"', text))
        prose |= {found for found in re.findall(r'"valueString": "([^"]{25,})"', text) if "://" not in found}
        for name in resource(json.loads(text), "Patient").get("name", []):
            names |= {name[part] for part in ("family", "text") if part in name}
    return numbers, names, prose


def test_log_is_one_json_object_a_line(tmp_path: Path) -> None:
    service = Service(tmp_path)
    service.await_ready()
    service.ask("POST", DOOR, raw(GOOD), JSON)
    with socket.create_connection(("127.0.0.1", service.port)) as rude:
        rude.sendall(b"\x16\x03\x01 no HTTP at all\r\n\r\n")
        told = rude.recv(1000).lower()
        assert told.startswith(b"http/1.1 400")
        assert [name for name, value in ALWAYS.items() if f"{name}: {value}".lower().encode() not in told] == []
    assert service.stop() == 0
    lines = [json.loads(line) for line in service.log.splitlines() if line.startswith("{")]
    received = [line for line in lines if line.get("route") == DOOR]
    assert [(line["method"], line["status"]) for line in received] == [("POST", 200)]
    assert set(received[0]) == {"time", "reference", "method", "route", "status", "milliseconds"}
    assert all(datetime.fromisoformat(line["time"]).utcoffset() == timedelta(0) for line in lines)
    plain = [line for line in service.log.splitlines() if not line.startswith("{")]
    assert plain == [f"certgateway: listening on http://127.0.0.1:{service.port}"]


def test_behind_tls_the_server_s_own_answers_bid_to_come_by_tls_too(tmp_path: Path) -> None:
    service = Service(tmp_path, PUBLIC_URL="https://gateway.example")
    service.await_ready()
    try:
        asked = {name.lower(): value for name, value in service.ask("GET", "/healthz").headers.items()}
        with socket.create_connection(("127.0.0.1", service.port)) as rude:
            rude.sendall(b"no HTTP at all\r\n\r\n")
            told = rude.recv(1000).decode().lower()
    finally:
        service.stop()
    value = ENCRYPTED["Strict-Transport-Security"]
    assert asked["strict-transport-security"] == value
    assert told.startswith("http/1.1 400")
    assert f"strict-transport-security: {value}".lower() in told


def test_headers_have_a_limit(tmp_path: Path) -> None:
    service = Service(tmp_path)
    service.await_ready()
    try:
        reply = service.ask("GET", "/healthz", headers={"X-Long": "x" * 40_000})
        assert (reply.status, json.loads(reply.body)["title"]) == (431, "headers-too-large")
        assert service.ask("GET", "/healthz").status == 200
    finally:
        service.stop()


def test_receipt_survives_in_both_forms(tmp_path: Path) -> None:
    service = Service(tmp_path)
    service.await_ready()
    try:
        sent = service.ask("POST", DOOR, raw(GOOD), JSON)
        id_ = message_id(tree(GOOD))
        receipt = service.ask("GET", f"/receipts/{id_}", headers={"Accept": "application/fhir+json"})
        assert receipt.body == sent.body
    finally:
        service.stop()
