"""No personal number leaves by an error, a log line, a metric or an address while a question goes back and forth."""

import json
import logging
from typing import Any

import pytest
from httpx2 import Response

from tests.functional.messages import message_id
from tests.functional.office import NOWHERE, OTHER_SYSTEM, PATIENT, PLAIN, SENDER, Office, target
from tests.integration.answering import answer
from tests.integration.receiving import message

Json = dict[str, Any]
VERBS = ("return", "withdraw", "hand-over", "remind", "pause", "resume")


def errors(office: Office, certificate: str, clarification: str) -> list[Response]:
    """One answer of each way to go wrong, with the number wherever a careless caller might put it."""
    client = office.client
    (waiting,) = office.waiting()
    settles = target("function", "unclear", settles=f"Bør {PATIENT} få AAP?")
    found = [
        office.ask(PATIENT, target()),
        office.ask(certificate),
        office.ask(certificate, target(), settles),
        office.ask(certificate, target(PATIENT, PATIENT, element=PATIENT), measure={"description": f"AAP {PATIENT}"}),
        office.ask(certificate, due=PATIENT),
        office.post("/clarifications", {PATIENT: PATIENT}),
        client.get(f"/clarifications?certificate={PATIENT * 6}"),
        client.get(f"/clarifications/{PATIENT}"),
        client.get(f"/messages?receiver={PATIENT}&after={PATIENT}x"),
        client.get(f"/messages?receiver={PATIENT}", headers={"Accept": "application/fhir+xml"}),
        office.post(f"/messages/{PATIENT}/acknowledge", {"receiver": SENDER, "refused": PATIENT}),
        office.post(f"/messages/{waiting['id']}/acknowledge", {"receiver": OTHER_SYSTEM, "refused": PATIENT}),
        office.post(f"/messages/{waiting['id']}/acknowledge", {"receiver": PATIENT}),
        client.delete(f"/clarifications/{PATIENT}"),
        client.get(f"/clarifications/{clarification}/{PATIENT}"),
        office.followed(clarification, "resume"),
        office.followed(clarification, "return", {"reason": "other-patient", "items": [PATIENT]}),
    ]
    found += [client.post(f"/clarifications/{PATIENT}/{verb}", json={"reason": PATIENT}) for verb in VERBS]
    for broken in (f'{{"{PATIENT}": 1, "{PATIENT}": 2}}', f'"{PATIENT}', f'{{"a": {PATIENT}e999}}', PATIENT):
        found.append(client.post("/clarifications", content=broken, headers=PLAIN))
        found.append(client.post(f"/clarifications/{clarification}/withdraw", content=broken, headers=PLAIN))
        found.append(client.post(f"/messages/{NOWHERE}/acknowledge", content=broken, headers=PLAIN))
    return found


@pytest.fixture
def asked(office: Office) -> tuple[str, str]:
    certificate = office.certificate()
    return certificate, office.asked(certificate)


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_every_error_has_a_reference_and_names_nobody(
    office: Office, asked: tuple[str, str], language: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "certgateway")
    office.client.headers["Accept-Language"] = language
    found = errors(office, *asked)
    assert len(found) == 35
    for each in found:
        assert 400 <= each.status_code < 500, (each.request.method, each.request.url, each.status_code)
        assert each.headers["content-type"] == "application/problem+json"
        assert each.headers["content-language"] == language
        assert each.json()["support_reference"] == each.headers["support-reference"]
        assert PATIENT not in each.text
        assert PATIENT not in str(each.headers)
        assert "Traceback" not in each.text
    assert len({each.headers["support-reference"] for each in found}) == len(found)
    assert PATIENT not in told_of_requests(caplog)
    assert PATIENT not in office.client.get("/metrics").text
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_a_conversation_names_nobody_in_logs_metrics_and_addresses(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "certgateway")
    certificate = office.certificate()
    clarification = office.asked(certificate, target("activity", settles="Gjelder det hele dagen?"))
    (waiting,) = office.waiting()
    assert PATIENT in json.dumps(waiting["message"])
    office.post(f"/messages/{waiting['id']}/acknowledge", {"receiver": SENDER})
    tree = answer(clarification, ["activity"])
    office.submit(tree, "xml")
    office.followed(clarification, "return", {"reason": "still-unclear"})
    office.followed(clarification, "withdraw", {"reason": "no-longer-needed"})
    lines = [json.loads(line) for line in told_of_requests(caplog).splitlines()]
    assert [(line["method"], line["route"], line["status"]) for line in lines] == [
        ("POST", "/fhir/$process-message", 200),
        ("GET", "/receipts/{message_id}", 200),
        ("POST", "/clarifications", 201),
        ("GET", "/messages", 200),
        ("POST", "/messages/{message}/acknowledge", 204),
        ("POST", "/fhir/$process-message", 200),
        ("POST", "/clarifications/{clarification}/return", 200),
        ("POST", "/clarifications/{clarification}/withdraw", 200),
    ]
    everything = told_of_requests(caplog)
    for secret in (PATIENT, certificate, clarification, waiting["id"], message_id(tree), SENDER, "hele dagen"):
        assert secret not in everything
    assert PATIENT not in office.client.get("/metrics").text
    told = office.followed(clarification).text
    assert PATIENT not in told
    assert PATIENT not in office.client.get(f"/clarifications?certificate={certificate}").text
    assert PATIENT not in office.client.get(f"/assessments/{certificate}").text
    assert all(name not in told for name in ("Lett", "Kveldsbris"))


def test_what_lies_in_the_tray_names_nobody(office: Office) -> None:
    office.certificate(message())
    office.submit(answer(NOWHERE, ["activity"]))
    tray = office.client.get("/clarifications/unsorted")
    (lying,) = tray.json()["answers"]
    assert PATIENT not in tray.text
    for spoken in ("nb", "nn", "en"):
        shown = office.client.get(f"/clarifications/unsorted/{lying['message']}", headers={"Accept-Language": spoken})
        assert shown.status_code == 200
        assert all(name not in shown.text for name in (PATIENT, "Lett", "Kveldsbris"))


def told_of_requests(caplog: pytest.LogCaptureFixture) -> str:
    """Every line that the gateway has written to its log."""
    records = [record for record in caplog.records if record.name.startswith("certgateway")]
    return "\n".join(record.getMessage() for record in records)
