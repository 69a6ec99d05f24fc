"""For operation: health, readiness, metrics, logs, our own faults, overload, and a surface that is described whole."""

import json
import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from starlette.testclient import TestClient

from certgateway.api.limits import Door
from certgateway.api.observation import ALWAYS, ENCRYPTED
from certgateway.app import create_app
from certgateway.config import Settings
from certgateway.services.gateway import Gateway
from tests.functional.conftest import NOW
from tests.functional.messages import JSON, raw

ROOT = Path(__file__).resolve().parents[2]
DOOR = "/fhir/$process-message"
GOOD = "good/back-pain-tolerates-load.json"
REJECTED = "unanswered/health-risk-missing-section-absent.json"
SECRET = "14837910405"


def code(outcome: dict[str, Any]) -> str:
    found: str = outcome["issue"][0]["details"]["coding"][0]["code"]
    return found


def test_healthy_and_ready(either: TestClient) -> None:
    for address in ("/healthz", "/readyz"):
        answer = either.get(address)
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_not_ready_without_its_tables(client: TestClient, gateway: Gateway) -> None:
    with gateway.store.engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert answer.json()["title"] == "gateway-unavailable"
    assert client.get("/healthz").status_code == 200


def test_database_that_fails_is_a_transient_error(client: TestClient, gateway: Gateway) -> None:
    with gateway.store.engine.begin() as connection:
        connection.execute(text("ALTER TABLE message RENAME TO elsewhere"))
    answer = client.post(DOOR, content=raw(GOOD), headers=JSON)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert (answer.json()["issue"][0]["code"], code(answer.json())) == ("transient", "gateway-unavailable")
    with gateway.store.engine.begin() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO message"))
    assert client.post(DOOR, content=raw(GOOD), headers=JSON).status_code == 200


def broken_titles(_system: str, _code: str) -> frozenset[str]:
    raise RuntimeError(f"a value that must not get out: {SECRET}")


def test_own_fault_in_the_walk_tells_nothing_and_a_retry_succeeds(
    gateway: Gateway, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    broken = replace(gateway, house=replace(gateway.house, titles=broken_titles))
    with TestClient(create_app(broken, settings)) as client:
        answer = client.post(DOOR, content=raw("note/not-carried-foreign-display.json"), headers=JSON)
    assert (answer.status_code, code(answer.json())) == (500, "gateway-fault")
    assert SECRET not in answer.text
    assert "Traceback" not in answer.text
    assert SECRET not in "".join(
        record.getMessage() for record in caplog.records if record.name == "certgateway.requests"
    )
    assert "broken_titles" in caplog.text
    with TestClient(create_app(gateway, settings)) as client:
        again = client.post(DOOR, content=raw("note/not-carried-foreign-display.json"), headers=JSON)
    assert again.status_code == 200


def broken_clock() -> datetime:
    raise RuntimeError(f"a value that must not get out: {SECRET}")


def test_own_fault_anywhere_is_met_at_the_front_door(
    gateway: Gateway, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    with TestClient(create_app(replace(gateway, clock=broken_clock), settings)) as client:
        answer = client.post("/fhir/$validate", content=raw(GOOD), headers=JSON | {"Accept-Language": "en"})
    assert (answer.status_code, code(answer.json())) == (500, "gateway-fault")
    assert answer.headers["support-reference"]
    lines = [json.loads(record.getMessage()) for record in caplog.records if record.name == "certgateway.requests"]
    (line,) = [line for line in lines if line["reference"] == answer.headers["support-reference"]]
    assert (line["status"], line["fault"], line["route"]) == (500, "RuntimeError", "/fhir/$validate")
    assert line["at"][-1].startswith("broken_clock:")
    assert SECRET not in json.dumps(line)


def test_overload_is_answered_at_once_and_health_stays_quick(app: FastAPI, gateway: Gateway) -> None:
    entered, release = threading.Semaphore(0), threading.Event()

    def slow_clock() -> datetime:
        entered.release()
        assert release.wait(20)
        return NOW

    surface = replace(app.state.surface, gateway=replace(gateway, clock=slow_clock), door=Door(threads=1, in_flight=2))
    app.state.surface = surface
    answers: list[int] = []
    with TestClient(app) as client:

        def submit() -> None:
            answers.append(client.post(DOOR, content=raw(GOOD), headers=JSON).status_code)

        threads = [threading.Thread(target=submit) for _ in range(2)]
        for thread in threads:
            thread.start()
        assert entered.acquire(timeout=20)
        while surface.door.inside < 2:
            threading.Event().wait(0.005)
        refused = client.post(DOOR, content=raw(GOOD), headers=JSON)
        healthy = client.get("/healthz")
        assert not answers
        release.set()
        for thread in threads:
            thread.join()
        after = client.post(DOOR, content=raw(GOOD), headers=JSON)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    assert (refused.json()["issue"][0]["code"], code(refused.json())) == ("throttled", "gateway-overloaded")
    assert healthy.status_code == 200
    assert answers == [200, 200]
    assert after.status_code == 200


@pytest.mark.parametrize("size,status", [(1024, 400), (1025, 413)])
@pytest.mark.parametrize("chunked", [False, True])
def test_body_is_counted_while_it_arrives(gateway: Gateway, size: int, status: int, *, chunked: bool) -> None:
    small = Settings.model_construct(persons="synthetic", body_limit=1024)
    content: Any = iter([b"x"] * size) if chunked else b"x" * size
    with TestClient(create_app(gateway, small)) as client:
        assert client.post(DOOR, content=content, headers=JSON).status_code == status


@pytest.mark.parametrize(
    "method,address,status,form",
    [
        ("GET", "/fhir/$process-message", 405, "application/fhir+json"),
        ("DELETE", "/receipts/x", 405, "application/problem+json"),
        ("GET", "/nothing", 404, "application/problem+json"),
        ("GET", "/healthz/", 404, "application/problem+json"),
        ("POST", "/fhir/Patient", 404, "application/fhir+json"),
        ("GET", "/receipts/none", 404, "application/problem+json"),
        ("TRACE", "/healthz", 405, "application/problem+json"),
        ("OPTIONS", "/assessments/feed", 405, "application/problem+json"),
        ("GET", "/.git/config", 404, "application/problem+json"),
        ("GET", "/", 404, "application/problem+json"),
    ],
)
def test_what_is_not_served(client: TestClient, method: str, address: str, status: int, form: str) -> None:
    answer = client.request(method, address)
    assert (answer.status_code, answer.headers["content-type"]) == (status, form)
    assert len(answer.headers["support-reference"]) == 16
    if form == "application/problem+json":
        assert answer.json()["support_reference"] == answer.headers["support-reference"]


def metric(exposition: str, name: str) -> float:
    return sum(float(line.rpartition(" ")[2]) for line in exposition.splitlines() if line.startswith(name))


def test_metrics_count_by_verdict_rule_route_and_status(client: TestClient) -> None:
    for name in (GOOD, REJECTED, REJECTED):
        client.post(DOOR, content=raw(name), headers=JSON)
    client.get("/receipts/none")
    shown = client.get("/metrics").text
    assert metric(shown, 'certgateway_messages_total{format="fhir-json",verdict="accepted"}') == 1
    assert metric(shown, 'certgateway_messages_total{format="fhir-json",verdict="rejected"}') == 2
    assert metric(shown, 'certgateway_findings_total{rule="health-risk-missing"}') == 2
    assert metric(shown, 'certgateway_requests_total{method="POST",route="/fhir/$process-message",status="422"}') == 2
    assert metric(shown, 'certgateway_requests_total{method="GET",route="/receipts/{message_id}",status="404"}') == 1
    assert metric(shown, 'certgateway_request_seconds_count{route="/fhir/$process-message"}') == 3


def test_one_log_line_a_request_without_what_was_asked(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "certgateway.requests")
    answer = client.get(f"/receipts/{SECRET}?patient={SECRET}", headers={"User-Agent": SECRET})
    client.get(f"/{SECRET}")
    lines = [json.loads(record.getMessage()) for record in caplog.records if record.name == "certgateway.requests"]
    assert [(line["route"], line["status"]) for line in lines] == [("/receipts/{message_id}", 404), ("unmatched", 404)]
    assert lines[0]["reference"] == answer.headers["support-reference"]
    assert SECRET not in json.dumps(lines)
    assert SECRET not in answer.text
    assert SECRET not in client.get("/metrics").text


def test_every_route_stands_in_the_description(client: TestClient, app: FastAPI) -> None:
    described = client.get("/openapi.json").json()["paths"]
    served: dict[str, set[str]] = {}
    collect(app.router, served)
    assert len(served) > 15
    assert {path: set(operations) for path, operations in described.items()} == served


def collect(router: Any, served: dict[str, set[str]]) -> None:  # noqa: ANN401  Routers of two libraries.
    for route in router.routes:
        if hasattr(route, "methods"):
            served.setdefault(route.path_format, set()).update(method.lower() for method in route.methods)
        else:
            collect(getattr(route, "original_router", route), served)


def test_description_is_the_one_that_is_committed(client: TestClient) -> None:
    committed = json.loads((ROOT / "schemas" / "openapi.json").read_text())
    # When this differs on purpose: fetch /openapi.json from a sandbox through `python -m json.tool --indent 2`.
    assert client.get("/openapi.json").json() == committed


def test_page_loads_nothing_from_anywhere(client: TestClient) -> None:
    page = client.get("/docs")
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]
    for word in ("<script", "http://", "https://", "src="):
        assert word not in page.text
    assert "POST /fhir/$process-message" in page.text


def test_answers_are_kept_by_nobody_on_the_way(client: TestClient) -> None:
    for address in ("/healthz", "/assessments/feed", "/fhir/metadata", "/nothing"):
        answer = client.get(address)
        assert (answer.headers["cache-control"], answer.headers["x-content-type-options"]) == ("no-store", "nosniff")


def test_a_browser_does_nothing_with_an_answer(client: TestClient) -> None:
    requests = [
        ("GET", "/healthz"),
        ("GET", "/assessments/feed"),
        ("GET", "/fhir/metadata"),
        ("GET", "/nothing"),
        ("POST", "/kith/messages"),
        ("TRACE", "/healthz"),
        ("GET", "/docs"),
    ]
    for method, address in requests:
        headers = client.request(method, address, headers={"Origin": "https://elsewhere.example"}).headers
        policy = headers["content-security-policy"].split("; ")
        wanted = {"default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"}
        assert wanted <= set(policy), address
        assert ("sandbox" in policy) is (address != "/docs"), address
        assert headers["referrer-policy"] == "no-referrer", address
        assert "set-cookie" not in headers, address
        # Who stands in another place on the web is given nothing to read.
        assert [name for name in headers if name.startswith("access-control-")] == [], address


def test_a_fault_of_our_own_has_the_same_headers(client: TestClient, gateway: Gateway) -> None:
    with gateway.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE feed RENAME TO away")
    answer = client.get("/assessments/feed")
    assert answer.status_code >= 500
    assert {name: answer.headers[name] for name in ALWAYS} == ALWAYS


@pytest.mark.parametrize(
    "address, told",
    [("https://gateway.example", ENCRYPTED["Strict-Transport-Security"]), ("http://127.0.0.1:80", None)],
)
def test_who_comes_by_tls_is_told_to_come_by_nothing_else(gateway: Gateway, address: str, told: str | None) -> None:
    with TestClient(create_app(gateway, Settings.model_construct(persons="synthetic", public_url=address))) as client:
        for path in ("/healthz", "/nothing", "/docs"):
            assert client.get(path).headers.get("strict-transport-security") == told
    assert told is None or int(told.partition("max-age=")[2].partition(";")[0]) >= 365 * 24 * 3600


def test_unverified_sender_is_told_in_every_receipt(
    make_gateway: Callable[[str], Gateway], settings: Settings, tmp_path: Path
) -> None:
    with TestClient(create_app(make_gateway(f"sqlite:///{tmp_path}/other.db"), settings)) as client:
        for name in (GOOD, REJECTED):
            answer = client.post(DOOR, content=raw(name), headers=JSON)
            assert '"sender-not-verified"' in answer.text
