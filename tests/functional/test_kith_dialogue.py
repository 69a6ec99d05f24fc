"""The KITH way through a clarification over HTTP: words in, receipts in, and what a counsellor sees of them."""

import base64
import json
import logging
from dataclasses import replace
from typing import Any

import pytest
from httpx2 import Response
from lxml import etree
from starlette.testclient import TestClient

from certgateway.app import create_app
from certgateway.config import Settings
from certgateway.kith.apprec import NAMESPACES, AppRecVersion
from certgateway.services.gateway import Gateway
from tests.functional.office import NOWHERE, OTHER_SYSTEM, PATIENT, SENDER, Office, Ticking, kinds, target
from tests.functional.test_dialogue_schemas import faults
from tests.integration.replying import HPR, NAME, TEXT, note, reply

Json = dict[str, Any]
XML = {"Content-Type": "application/xml"}
BENEFIT = "Jeg anbefaler at pasienten innvilges uføretrygd."
FELLESFORMAT = "http://www.nav.no/xml/eiff/2/"


def handed_in(office: Office, body: bytes, door: str = "messages") -> Response:
    found: Response = office.client.post(f"/kith/{door}", content=body, headers=XML)
    return found


def receipt(
    message: str,
    status: str = '<Status V="1" DN="OK"/>',
    errors: str = "",
    *,
    her: str = SENDER,
    version: AppRecVersion = "1.0",
    sender: str | None = None,
) -> bytes:
    """An AppRec of a system's about one of our messages."""
    party = f'<HCP><Inst><Name>Legekontor</Name><Id>{her}</Id><TypeId V=" HER" DN="HER-id"/></Inst></HCP>'
    ours = '<HCP><Inst><Name>NAV</Name><Id>8140000</Id><TypeId V="HER" DN="HER-id"/></Inst></HCP>'
    return (
        f'<AppRec xmlns="{NAMESPACES[version]}"><MsgType V="APPREC"/><MIGversion>1.0 2004-11-21</MIGversion>'
        f"<GenDate>2026-11-01T12:00:00</GenDate><Id>r-1</Id><Sender>{sender or party}</Sender>"
        f'<Receiver>{ours}</Receiver>{status}{errors}<OriginalMsgId><MsgType V="DIALOG_FORESPORSEL"/>'
        f"<IssueDate>2026-11-01T12:00:00</IssueDate><Id>{message}</Id></OriginalMsgId></AppRec>"
    ).encode()


def asked(office: Office) -> tuple[str, str]:
    """A clarification, and the id of the message that carries it."""
    clarification = office.asked(office.certificate(), target(), target("health-risk", "unclear"))
    (waiting,) = office.waiting()
    return clarification, waiting["id"]


# ---- words ----


def test_a_doctor_answers_in_words_and_a_counsellor_settles_them(either_office: Office) -> None:
    office = either_office
    clarification, message = asked(office)
    answered = handed_in(office, reply(clarification, parent=message))
    assert (answered.status_code, answered.headers["content-type"]) == (200, "application/xml; charset=utf-8")
    assert [each.get("V") for each in etree.fromstring(answered.content).iterfind("{*}Status")] == ["1"]
    told = office.followed(clarification).json()
    assert faults("clarification", told) == set()
    assert (told["next_step"], [part["text"] for part in told["replies"][0]["parts"]]) == ("read-answer", [TEXT])
    assessed = office.client.get(f"/assessments/{told['certificate']}").json()
    assert faults("assessment", assessed) == set()
    assert [each["item"] for each in assessed["proposals"]] == ["health-risk", "activity"]
    assert office.followed(clarification, "remind").status_code == 409
    settled = office.followed(clarification, "settle", {"items": ["activity"]}).json()
    assert faults("clarification", settled) == set()
    assert [(each["standing"], each["version"]) for each in settled["targets"]] == [("answered", None), ("open", None)]
    assert office.followed(clarification, "settle", {"items": ["activity"]}).status_code == 409
    returned = office.followed(clarification, "return", {"reason": "still-unclear"}).json()
    assert faults("clarification", returned) == set()
    assert kinds(returned) == ["asked", "sent", "replied", "settled", "returned"]
    listed = office.client.get(f"/clarifications?certificate={told['certificate']}").json()["clarifications"]
    assert "replies" not in listed[0]


@pytest.mark.parametrize("body", [{}, {"items": "activity"}, {"items": [1]}, {"items": ["activity"], "more": 1}])
def test_settling_has_one_form(office: Office, body: Json) -> None:
    clarification, _ = asked(office)
    assert office.followed(clarification, "settle", body).status_code == 422


def test_validating_words_tells_what_is_wrong_and_keeps_nothing(office: Office) -> None:
    clarification, _ = asked(office)
    judged = handed_in(office, reply(clarification, note(f"{TEXT} {BENEFIT}")), "validate")
    errors = [error.get("V") for error in etree.fromstring(judged.content).iterfind("{*}Error")]
    assert errors == ["benefit-recommended-in-prose"]
    assert kinds(office.followed(clarification).json()) == ["asked", "sent"]


def test_words_are_no_certificate_to_be_converted_or_found(office: Office) -> None:
    clarification, _ = asked(office)
    before = office.client.get("/assessments/feed").json()
    handed_in(office, reply(clarification))
    assert office.client.get("/assessments/feed").json() == before
    found = office.client.post("/assessments/search", json={"patient": PATIENT}).json()["certificates"]
    assert [each["versions"] for each in found] == [1]


def test_nothing_personal_leaves_by_a_log_line_a_metric_an_error_or_the_tray(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "certgateway")
    clarification, message = asked(office)
    secret = "Naboen heter Olga Hemmelig."
    said = f"{secret} {BENEFIT} {PATIENT}"
    answers = [
        handed_in(office, reply(clarification, note(said))),
        handed_in(office, reply(NOWHERE, note(said), number=2)),
        handed_in(office, reply(clarification, note(said), number=3, patient="14837910405")),
        handed_in(office, reply(clarification, note(said), number=4, patient=None)),
        handed_in(office, reply(clarification, note(said), number=5)[:-30]),
        handed_in(office, receipt(PATIENT)),
        handed_in(office, receipt(message, "<Status/>", f'<Error V="{PATIENT}" OT="{secret}"/>')),
        office.client.get("/clarifications/unsorted"),
    ]
    lines = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("certgateway"))
    for each in (*(answer.text for answer in answers), lines, office.client.get("/metrics").text):
        for word in (PATIENT, "14837910405", "Hemmelig", "innvilges", *NAME):
            assert word not in each
    assert HPR not in lines
    assert "Hemmelig" in office.followed(clarification).text
    assert "innvilges" not in office.followed(clarification).text
    assert all(each.status_code < 500 for each in answers)


# ---- receipts ----


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("wrapping", ["", FELLESFORMAT])
@pytest.mark.parametrize("status", ["1", "3"])
def test_a_receipt_says_that_a_message_has_arrived(
    either_office: Office, version: AppRecVersion, wrapping: str, status: str
) -> None:
    office = either_office
    clarification, message = asked(office)
    body = receipt(message.upper(), f'<Status V="{status}" DN="OK"/>', version=version)
    if wrapping:
        body = f'<EI_fellesformat xmlns="{wrapping}">'.encode() + body + b"<Mottak/></EI_fellesformat>"
    for _ in range(2):
        answered = handed_in(office, body)
        assert (answered.status_code, answered.json()) == (200, {"message": message, "delivery": "delivered"})
        assert b"AppRec" not in answered.content
    told = office.followed(clarification).json()
    assert (told["status"], kinds(told)) == ("delivered", ["asked", "sent", "delivered"])
    assert office.waiting() == []


@pytest.mark.parametrize(
    "errors,reason",
    [
        ('<Error V="E35" S="2.16.578.1.12.4.1.1.8221" DN="Ukjent pasient"/>', "patient-unknown"),
        ('<Error V="X99"/><Error V="E54"/>', "patient-unknown"),
        ('<Error V="2.16.578.1.12.4.1.1.8221" S="E20"/>', "clinician-unknown"),
        ('<Error S="2.16.578.1.12.4.1.1.8221" V="E21" DN="Mottaker finnes ikke" OT="Sluttet"/>', "clinician-unknown"),
        ('<Error V="T10"/>', "format-not-supported"),
        ('<Error V="X99"/>', "other"),
        ('<Error V="Q17"/>', "other"),
        ("<Error/>", "other"),
        ("", "other"),
    ],
)
def test_a_receipt_says_why_a_message_is_not_taken(office: Office, errors: str, reason: str) -> None:
    clarification, message = asked(office)
    answered = handed_in(office, receipt(message, '<Status V="2" DN="Avvist"/>', errors))
    assert (answered.status_code, answered.json()["delivery"]) == (200, "refused")
    told = office.followed(clarification).json()
    assert (told["status"], told["refusal"]["code"], told["next_step"]) == ("refused", reason, "look-again")
    # What was said first stands.
    assert handed_in(office, receipt(message)).json()["delivery"] == "refused"


def test_nobody_receipts_for_another(office: Office) -> None:
    clarification, message = asked(office)
    elsewhere = f'<HCP><Inst><Id>{SENDER}</Id><TypeId V="ENH"/></Inst></HCP>'
    for body in (receipt(message, her=OTHER_SYSTEM), receipt(NOWHERE), receipt(message, sender=elsewhere)):
        answered = handed_in(office, body)
        assert (answered.status_code, answered.json()["title"]) == (404, "not-found")
    assert kinds(office.followed(clarification).json()) == ["asked", "sent"]


def test_a_department_answers_for_its_institution(office: Office) -> None:
    _, message = asked(office)
    department = f'<Dept><Id>{SENDER}</Id><TypeId V="HER"/></Dept>'
    inst = f'<HCP><Inst><Id>1</Id><TypeId V="HER"/>{department}</Inst></HCP>'
    assert handed_in(office, receipt(message, sender=inst)).status_code == 200


@pytest.mark.parametrize("status", ["", "<Status/>", '<Status V="4"/>', '<Status V="OK"/>'])
def test_a_receipt_without_a_status_is_unreadable(office: Office, status: str) -> None:
    clarification, message = asked(office)
    answered = handed_in(office, receipt(message, status))
    assert (answered.status_code, answered.json()["title"]) == (422, "receipt-unreadable")
    assert kinds(office.followed(clarification).json()) == ["asked", "sent"]


def test_a_status_in_its_name_s_place_is_read(office: Office) -> None:
    _, message = asked(office)
    assert handed_in(office, receipt(message, '<Status V="OK" DN="1"/>')).json()["delivery"] == "delivered"


@pytest.mark.parametrize("change", ["doctype", "namespace", "cut", "latin"])
def test_what_is_no_receipt_that_we_read_is_answered_by_none(office: Office, change: str) -> None:
    _, message = asked(office)
    body = receipt(message)
    sent = {
        "doctype": b'<!DOCTYPE AppRec [<!ENTITY a "b">]>' + body,
        "namespace": body.replace(b"2004-11-21", b"1999-01-01"),
        "cut": body[:-9],
        "latin": '<?xml version="1.0" encoding="UTF-16"?>'.encode("utf-16") + body.decode().encode("utf-16"),
    }[change]
    answered = handed_in(office, sent)
    assert (answered.status_code, answered.headers["content-type"]) == (400, "application/problem+json")
    assert b"<AppRec" not in answered.content


# ---- read ----


def test_a_system_says_that_the_doctor_has_opened_a_message(either_office: Office) -> None:
    office = either_office
    clarification, message = asked(office)
    opened = f"/messages/{message}/read?receiver={SENDER}"
    assert office.client.post(opened).status_code == 409
    office.post(f"/messages/{message}/acknowledge", {"receiver": SENDER})
    for _ in range(2):
        answered = office.client.post(opened)
        assert (answered.status_code, answered.content) == (204, b"")
    told = office.followed(clarification).json()
    assert (told["status"], kinds(told)) == ("read", ["asked", "sent", "delivered", "read"])


def test_nobody_reads_for_another_or_what_was_refused(office: Office) -> None:
    clarification, message = asked(office)
    office.post(f"/messages/{message}/acknowledge", {"receiver": SENDER, "refused": "patient-unknown"})
    for name, receiver, status in (
        (message, SENDER, 409),
        (message, OTHER_SYSTEM, 404),
        (NOWHERE, SENDER, 404),
        (PATIENT, SENDER, 404),
        (message, PATIENT, 422),
    ):
        answered = office.client.post(f"/messages/{name}/read?receiver={receiver}")
        assert answered.status_code == status
        assert PATIENT not in answered.text
    assert json.dumps(office.followed(clarification).json()).count('"read"') == 0


# ---- out ----


def test_a_question_is_fetched_in_the_older_version_and_as_a_letter(either_office: Office) -> None:
    office = either_office
    clarification, message = asked(office)

    def one(accept: str, version: str = "") -> Response:
        found: Response = office.client.get(
            f"/messages/{message}?receiver={SENDER}{version}", headers={"Accept": accept}
        )
        return found

    spaces = []
    for version in ("", "&dialogmelding=1.0", "&dialogmelding=1.1"):
        root = etree.fromstring(one("application/xml", version).content)
        spaces += [etree.QName(each).namespace for each in root.iterfind(".//{*}Dialogmelding")]
        assert len(root.findall("{*}Document")) == 1
    assert [space[-10:] for space in spaces] == ["2013-01-23", "2006-10-11", "2013-01-23"]
    letter = one("application/pdf")
    assert (letter.status_code, letter.headers["content-type"]) == (200, "application/pdf")
    assert letter.content.startswith(b"%PDF-")
    assert one("application/pdf").content == letter.content
    assert one("application/fhir+json, application/pdf;q=0.1").headers["content-type"] == "application/fhir+json"
    assert one("application/xml", "&dialogmelding=2.0").status_code == 422
    elsewhere = office.client.get(f"/messages/{message}?receiver={OTHER_SYSTEM}", headers={"Accept": "application/pdf"})
    assert elsewhere.status_code == 404
    assert kinds(office.followed(clarification).json()) == ["asked", "sent"]


def test_a_letter_goes_with_the_message_where_the_settings_say_so(gateway: Gateway, settings: Settings) -> None:
    with TestClient(create_app(replace(gateway, clock=Ticking(), letters=True), settings)) as opened:
        office = Office(opened, Ticking())
        _, message = asked(office)
        address = f"/messages/{message}?receiver={SENDER}"
        letter = opened.get(address, headers={"Accept": "application/pdf"}).content
        for version in ("1.0", "1.1"):
            found = opened.get(f"{address}&dialogmelding={version}", headers={"Accept": "application/xml"})
            (held,) = etree.fromstring(found.content).iterfind(".//{*}Base64Container")
            assert base64.b64decode(held.text or "") == letter
