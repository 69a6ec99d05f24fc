"""What is deleted is answered by 410 or as what never was, on every route and on both engines; never by a fault."""

from datetime import timedelta

import pytest
from fastapi import FastAPI

from certgateway.services.purge import purge
from certgateway.store.purging import PURGE_CLASSES
from tests.functional.messages import message_id
from tests.functional.office import PATIENT, SENDER, Office, target
from tests.integration.answering import answer
from tests.integration.receiving import message, numbered


@pytest.fixture
def deleted(either_office: Office) -> tuple[Office, str, str, str]:
    """An office where a certificate, a question about it and the letter with that are deleted; their ids."""
    office = either_office
    certificate = office.certificate(message())
    question = office.asked(certificate)
    (waiting,) = office.waiting()
    assert isinstance(office.client.app, FastAPI)
    store = office.client.app.state.surface.gateway.store
    now = office.clock.now
    gone = list(purge(store, dict.fromkeys(PURGE_CLASSES, 1), now + timedelta(days=30), now, dry_run=False))
    assert {each.kind for each in gone} == {"original", "derived"}
    return office, certificate, question, waiting["id"]


def test_a_deleted_certificate_is_gone(deleted: tuple[Office, str, str, str]) -> None:
    office, certificate, _, _ = deleted
    for address in (f"/assessments/{certificate}", f"/assessments/{certificate}/patient"):
        for accept in ("application/json", "application/fhir+json"):
            found = office.client.get(address, headers={"Accept": accept})
            assert (found.status_code, found.json()["title"]) == (410, "certificate-deleted")
            assert PATIENT not in found.text
    assert office.post("/assessments/search", {"patient": PATIENT}).json() == {"certificates": []}
    (event,) = office.client.get("/assessments/feed").json()["events"]
    assert (event["certificate"], event["kind"]) == (certificate, "new")


def test_a_deleted_question_and_its_letter_are_as_if_they_had_never_been(
    deleted: tuple[Office, str, str, str],
) -> None:
    office, certificate, question, letter = deleted
    assert office.followed(question).status_code == 404
    for verb in ("remind", "return", "withdraw", "pause", "resume", "rate", "hand-over", "read"):
        body = {"reason": "still-unclear", "score": 3, "receiver": "8143999"}
        assert 400 <= office.followed(question, verb, body).status_code < 500
    assert office.waiting() == []
    assert office.post(f"/messages/{letter}/acknowledge", {"receiver": SENDER}).status_code == 404
    assert office.ask(certificate, target()).status_code in {404, 410}
    assert office.client.get(f"/clarifications?certificate={certificate}").status_code in {200, 404}
    assert office.client.get("/clarifications/statistics").status_code < 500
    assert office.client.get("/clarifications").status_code == 200


def test_the_receipt_is_still_given_and_a_retry_answered(deleted: tuple[Office, str, str, str]) -> None:
    office, certificate, question, _ = deleted
    receipt = office.client.get(f"/receipts/{message_id(message())}")
    assert (receipt.status_code, receipt.json()["certificate"]) == (200, certificate)
    assert PATIENT not in receipt.text
    assert office.submit(message()).status_code == 200
    late = office.submit(answer(question, ["activity"]))
    assert late.status_code == 200
    (lying,) = office.client.get("/clarifications/unsorted").json()["answers"]
    assert lying["why"] == "clarification-unknown"
    anew = office.certificate(numbered(message(), 900))
    assert anew != certificate
    assert office.client.get(f"/assessments/{anew}").status_code == 200
