"""A message about what has become of a treatment, over HTTP: judged by itself, taken in, put aside; nobody is named."""

import json
import logging

import pytest

from tests.functional.messages import message_id
from tests.functional.office import PATIENT, Office
from tests.functional.test_dialogue_privacy import told_of_requests
from tests.integration.receiving import resource
from tests.integration.test_treatment_status import status

VALIDATE = "/fhir/$validate"


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_status_is_judged_by_itself_and_changes_the_certificate(either_office: Office, form: str) -> None:
    certificate = either_office.certificate()
    judged = either_office.submit(status(), form, door=VALIDATE, accept="application/fhir+json")
    assert judged.status_code == 200
    assert {issue["severity"] for issue in judged.json()["issue"]} == {"information"}
    tree = status()
    assert either_office.submit(tree, form).status_code == 200
    receipt = either_office.client.get(f"/receipts/{message_id(tree)}").json()
    assert (receipt["certificate"], receipt["version"], receipt["verdict"]) == (certificate, 2, "accepted")
    found = either_office.client.get(f"/assessments/{certificate}").json()
    assert (found["version"], {each["value"]["status"]["code"] for each in found["treatment"]}) == (2, {"finished"})


def test_a_status_about_an_unknown_certificate_lies_in_the_tray_and_names_nobody(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "certgateway")
    office.certificate()
    tree = status()
    resource(tree, "Composition")["identifier"]["value"] = "nobody-knows-this"
    answered = office.submit(tree)
    assert (answered.status_code, PATIENT in answered.text) == (200, False)
    tray = office.client.get("/clarifications/unsorted").json()["answers"]
    assert [each["why"] for each in tray] == ["certificate-unknown"]
    shown = office.client.get(f"/clarifications/unsorted/{tray[0]['message']}")
    assert [each["item"] for each in shown.json()["items"]] == ["treatment"]
    for text in (shown.text, told_of_requests(caplog), json.dumps(tray), office.client.get("/metrics").text):
        assert PATIENT not in text
        assert "nobody-knows-this" not in text
