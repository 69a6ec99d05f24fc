"""A certificate is ordered, fetched by a system that never sent anything, written and answered: by HTTP only."""

import copy
import json
import logging
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from jsonschema_rs import Draft202012Validator
from lxml import etree
from starlette.testclient import TestClient

from certgateway import bootstrap, safejson, safexml
from certgateway.engine import judge
from certgateway.engine.xml import form as xmlform
from fixtures.authoring.people import personal_number
from tests.functional.messages import message_id
from tests.functional.office import NOWHERE, SENDER, Office, kinds
from tests.integration.answering import answer
from tests.integration.ordering import EVERYTHING, GP, NOBODY, PATIENT, PSYCHIATRIST, WHOLE, written_for
from tests.integration.receiving import resource

Json = dict[str, Any]
ROOT = Path(__file__).resolve().parents[2]
HOSPITAL = "8143999"
DEFINITIONS = bootstrap.definitions()
XS = "{http://www.w3.org/2001/XMLSchema}"
MEASURE = {"description": "Arbeidstrening på lager", "demands": ["heavy-lifting"]}
CLINICIAN = {"hpr": PSYCHIATRIST.hpr, "role": PSYCHIATRIST.role, "organisation": PSYCHIATRIST.organisation}
ORDER: Json = {
    "patient": {"number": "16876410773", "name": "Vennlig Fjelltur"},
    "clinician": CLINICIAN | {"name": "Rolig Psykiater"},
    "receiver": HOSPITAL,
    "questions": [{"question": question} for question in EVERYTHING],
    "measure": MEASURE,
}


def body(**changes: Any) -> Json:  # noqa: ANN401
    return copy.deepcopy(ORDER) | changes


def place(office: Office, spoken: str | None = None, **changes: Any) -> Response:  # noqa: ANN401
    return office.post("/orders", body(**changes), {"Accept-Language": spoken} if spoken else None)


def placed(office: Office, **changes: Any) -> str:  # noqa: ANN401
    created = place(office, **changes)
    assert created.status_code == 201, created.text
    found: str = created.json()["clarification"]
    return found


def open_keys(told: Json) -> list[str]:
    return [
        (each["question"] or {"code": each["item"]})["code"] for each in told["targets"] if each["standing"] == "open"
    ]


def faults(told: object) -> list[str]:
    schema = json.loads((ROOT / "schemas" / "clarification.schema.json").read_text("utf-8"))
    return [str(error) for error in Draft202012Validator(schema, validate_formats=True).iter_errors(told)]


def problem(answer_: Response) -> tuple[int, str]:
    told = answer_.json()
    assert answer_.headers["content-type"] == "application/problem+json"
    assert told["type"] == f"https://certgateway.example/problems/{told['title']}"
    assert told["support_reference"] == answer_.headers["support-reference"]
    return answer_.status_code, told["title"]


# ---- ordering ----


def test_an_order_stands_where_its_location_says_in_the_shape_of_a_clarification(either_office: Office) -> None:
    created = place(either_office)
    told = created.json()
    assert created.status_code == 201
    assert created.headers["location"] == f"/clarifications/{told['clarification']}"
    assert either_office.client.get(created.headers["location"]).json() == told
    assert (told["kind"], told["certificate"], told["version"], told["status"]) == ("order", None, None, "ordered")
    assert (told["receiver"], told["due"]) == (f"her:{HOSPITAL}", "2026-11-19")
    assert told["clinician"] == CLINICIAN | {"role": told["clinician"]["role"]}
    assert told["clinician"]["role"]["display"] == "Lege i spesialisthelsetjenesten"
    assert open_keys(told) == [*WHOLE, *EVERYTHING]
    assert faults(told) == []


def test_a_question_says_that_it_is_one(office: Office) -> None:
    told = office.ask(office.certificate(), {"item": "activity", "reason": "missing"}).json()
    assert (told["kind"], told["clinician"], told["targets"][0]["question"]) == ("question", None, None)


def test_counsellor_and_doctor_read_it_in_their_languages(office: Office) -> None:
    questions = [{"question": "expected-duration", "settles": "Fram til jul?"}]
    told = place(office, spoken="en", questions=questions, language="nn").json()
    assert told["targets"][-1]["text"] == (
        "How long do you expect the illness or the reduced function to last? An estimate is enough. Fram til jul?"
    )
    assert told["targets"][-1]["question"]["display"] == "Expected duration"
    (waiting,) = office.waiting(HOSPITAL)
    task = resource(waiting["message"], "Task")
    assert task["language"] == "nn"
    assert task["input"][-1]["valueString"].startswith("Kor lenge ventar du at sjukdommen")


def test_all_reasons_against_an_order_are_told_and_nothing_is_sent(office: Office) -> None:
    refused = place(
        office,
        spoken="nn",
        patient={"number": "12345678901", "name": "Vennlig Fjelltur"},
        clinician={"hpr": "1", "role": "witch", "organisation": "2"},
        questions=[
            {"question": "compatible-with-measure", "settles": "Bør hun få AAP?"},
            {"question": "risk"},
            {"question": "risk"},
        ],
        measure=None,
    )
    assert problem(refused) == (422, "order-refused")
    assert [(each["why"], each["question"]) for each in refused.json()["refusals"]] == [
        ("patient-number-invalid", None),
        ("clinician-number-invalid", None),
        ("clinician-role-unknown", None),
        ("organisation-number-invalid", None),
        ("asks-for-benefit", 0),
        ("question-unknown", 1),
        ("question-unknown", 2),
        ("asked-twice", 2),
        ("measure-missing", None),
    ]
    assert refused.json()["detail"] == "Nummeret til pasienten er ikkje eit gyldig fødselsnummer eller D-nummer."
    assert refused.headers["content-language"] == "nn"
    assert office.waiting(HOSPITAL) == []


def test_a_living_person_is_not_ordered_about_in_the_test_environment(office: Office) -> None:
    refused = place(office, patient={"number": personal_number(1, 1, 1907, 500), "name": "Vennlig Fjelltur"})
    assert [each["why"] for each in refused.json()["refusals"]] == ["patient-wrong-environment"]


def test_the_same_order_again_is_refused(office: Office) -> None:
    placed(office, questions=[])
    refused = place(office, questions=[])
    assert [(each["why"], each["question"]) for each in refused.json()["refusals"]] == [("already-open", None)]


@pytest.mark.parametrize(
    "changes",
    [
        {"patient": {"number": PATIENT.number}},
        {"patient": {"number": 16876410773, "name": "x"}},
        {"patient": {"number": PATIENT.number, "name": " "}},
        {"patient": {"number": PATIENT.number, "name": "a\u0000b"}},
        {"patient": PATIENT.number},
        {"clinician": {"hpr": GP.hpr, "role": "gp"}},
        {"clinician": CLINICIAN | {"number": "16876410773"}},
        {"receiver": "her:1"},
        {"receiver": PATIENT.number},
        {"questions": ["since-when"]},
        {"questions": [{"question": "since-when"}] * 21},
        {"questions": [{"question": "since-when", "settles": ""}]},
        {"questions": [{"question": "since-when", "item": "onset"}]},
        {"measure": {"demands": []}},
        {"due": "2026-10-31"},
        {"due": "2028-01-01"},
        {"due": "i dag"},
        {"language": "se"},
        {"certificate": NOWHERE},
    ],
)
def test_a_body_of_another_form_is_a_problem(office: Office, changes: Json) -> None:
    refused = place(office, **changes)
    assert problem(refused) == (422, "request-invalid")
    assert (PATIENT.number or "") not in refused.text


def test_a_day_that_was_set_counts(office: Office) -> None:
    assert place(office, due="2026-12-01").json()["due"] == "2026-12-01"


# ---- messages ----


def message_of(waiting: Json) -> list[tuple[str, str]]:
    found = judge(waiting["message"], DEFINITIONS)
    return [(fault.kind, fault.path) for fault in found if fault.severity == "error"]


@cache
def kith_schema() -> etree.XMLSchema:
    """One schema of header and content: whatever a header carries must be declared."""
    whole = etree.Element(f"{XS}schema")
    for namespace, file in (
        ("http://www.kith.no/xmlstds/msghead/2006-05-24", "msghead-1.2.xsd"),
        ("http://www.kith.no/xmlstds/dialog/2013-01-23", "dialogmelding-1.1.xsd"),
    ):
        place_ = (ROOT / "schemas" / "kith" / file).as_uri()
        etree.SubElement(whole, f"{XS}import", namespace=namespace, schemaLocation=place_)
    return etree.XMLSchema(whole)


def test_order_reminder_return_and_withdrawal_conform_in_every_form(office: Office) -> None:
    uuid = placed(office)
    office.submit(written_for(uuid, sender=f"her:{HOSPITAL}", without=("onset",)))
    for verb, sent in (
        ("remind", None),
        ("return", {"reason": "still-unclear", "items": ["load-to-try"]}),
        ("withdraw", {"reason": "no-longer-needed"}),
    ):
        assert office.followed(uuid, verb, sent).status_code == 200
    waiting = office.waiting(HOSPITAL)
    assert [each["kind"] for each in waiting] == ["question", "reminder", "return", "withdrawal"]
    assert [message_of(each) for each in waiting] == [[], [], [], []]
    tasks = [resource(each["message"], "Task") for each in waiting]
    assert [(task["status"], len(task.get("input", ()))) for task in tasks] == [
        ("requested", 10),
        ("requested", 1),
        ("requested", 2),
        ("cancelled", 0),
    ]
    assert {task["identifier"][0]["value"] for task in tasks} == {uuid}
    schema = json.loads((ROOT / "schemas" / "messages.schema.json").read_text("utf-8"))
    told = office.client.get(f"/messages?receiver={HOSPITAL}").json()
    assert list(Draft202012Validator(schema).iter_errors(told)) == []
    for each in waiting:
        address = f"/messages/{each['id']}?receiver={HOSPITAL}"
        as_json = office.client.get(address, headers={"Accept": "application/fhir+json"})
        as_xml = office.client.get(address, headers={"Accept": "application/fhir+xml"})
        back, broken = xmlform.read(safexml.parse(as_xml.content), DEFINITIONS)
        assert (broken, back) == ([], safejson.parse(as_json.content))
        kith = office.client.get(address, headers={"Accept": "application/xml"})
        kith_schema().assertValid(etree.fromstring(kith.content))
        assert f"<RefToConversation>{uuid}</RefToConversation>".encode() in kith.content


# ---- a whole conversation ----


@pytest.mark.parametrize("form", ["json", "xml"])
def test_from_the_order_to_the_certificate_that_answers_it(either_office: Office, form: str) -> None:
    office = either_office
    uuid = placed(office)
    (waiting,) = office.waiting(HOSPITAL)
    order = resource(waiting["message"], "Task")["identifier"][0]["value"]
    office.post(f"/messages/{waiting['id']}/acknowledge", {"receiver": HOSPITAL})
    assert office.followed(uuid).json()["status"] == "delivered"
    first = written_for(order, sender=f"her:{HOSPITAL}", without=("onset",))
    assert office.submit(first, form).status_code == 200
    told = office.followed(uuid).json()
    certificate = office.client.get(f"/receipts/{message_id(first)}").json()["certificate"]
    assert (told["status"], told["certificate"], told["version"]) == ("partly-answered", certificate, 1)
    assert open_keys(told) == ["since-when"]
    assert office.open_items(certificate) == [("onset", "asked", [uuid])]
    rest = written_for(order, sender=f"her:{HOSPITAL}", number=201, date="2026-11-01T09:00:00+01:00")
    assert office.submit(rest, form).status_code == 200
    told = office.followed(uuid).json()
    assert (told["status"], told["version"]) == ("answered", 2)
    assert kinds(told) == ["ordered", "sent", "delivered", "fulfilled", "fulfilled"]
    assert [(each["version"], len(each["items"]), each["untouched"]) for each in told["answers"]] == [
        (1, 6, []),
        (2, 7, []),
    ]
    assert {each["certificate"] for each in told["targets"]} == {certificate}
    assert faults(told) == []
    listed = office.client.get(f"/clarifications?certificate={certificate}").json()["clarifications"]
    assert [(each["clarification"], each["kind"]) for each in listed] == [(uuid, "order")]
    assert office.client.get(f"/assessments/{certificate}").json()["open"] == []


def test_a_clinician_declines_and_another_one_takes_over(office: Office) -> None:
    uuid = placed(office, receiver=SENDER, questions=[], measure=None)
    tree = answer(uuid, declined="not-my-patient", certificate="none-yet")
    resource(tree, "Patient")["identifier"][0]["value"] = PATIENT.number
    assert office.submit(tree).status_code == 200
    assert office.followed(uuid).json()["status"] == "declined"
    told = office.followed(uuid, "hand-over", {"receiver": HOSPITAL, "clinician": CLINICIAN}).json()
    assert (told["status"], told["clinician"]["hpr"], open_keys(told)) == ("ordered", PSYCHIATRIST.hpr, list(WHOLE))
    assert faults(told) == []
    (waiting,) = office.waiting(HOSPITAL)
    hpr = resource(waiting["message"], "Practitioner")["identifier"][0]["value"]
    assert hpr == PSYCHIATRIST.hpr
    assert [each["kind"] for each in office.waiting()] == ["question", "withdrawal"]


@pytest.mark.parametrize("change", [{"hpr": "1"}, {"role": "witch"}, {"organisation": "123456789"}, {"more": "x"}])
def test_nobody_takes_over_who_cannot_be_known(office: Office, change: Json) -> None:
    uuid = placed(office)
    refused = office.followed(uuid, "hand-over", {"receiver": SENDER, "clinician": CLINICIAN | change})
    assert problem(refused) == (422, "request-invalid")
    assert kinds(office.followed(uuid).json()) == ["ordered"]


def test_a_certificate_for_an_unknown_order_is_taken_and_told_so(office: Office) -> None:
    placed(office)
    tree = written_for(NOWHERE)
    assert office.submit(tree).status_code == 200
    receipt = office.client.get(f"/receipts/{message_id(tree)}").json()
    (found,) = (each for each in receipt["findings"] if each["rule"] == "order-unknown")
    assert (found["effect"], receipt["verdict"]) == ("note", "accepted")
    assert found["path"] == "Bundle.entry[1].resource.event[0]"
    assert NOWHERE not in json.dumps(found)


# ---- finding orders ----


def test_orders_are_found_by_a_number_in_the_body(office: Office) -> None:
    uuid = placed(office)
    found = office.post("/orders/search", {"patient": PATIENT.number})
    assert [each["clarification"] for each in found.json()["orders"]] == [uuid]
    assert (PATIENT.number or "") not in found.text
    assert office.post("/orders/search", {"patient": NOBODY.number}).json() == {"orders": []}
    assert problem(office.post("/orders/search", {"patient": "1"})) == (422, "request-invalid")
    assert office.client.get(f"/orders/{uuid}").status_code == 404


# ---- privacy ----


def test_an_order_names_nobody_in_addresses_logs_metrics_and_errors(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "certgateway")
    uuid = placed(office)
    answers = [
        place(office),
        place(office, patient={"number": PATIENT.number, "name": "Vennlig Fjelltur", "more": PATIENT.number}),
        place(office, measure={"description": f"AAP {PATIENT.number} Fjelltur"}),
        place(office, clinician={"hpr": PATIENT.number, "role": PATIENT.number, "organisation": "x"}),
        place(office, questions=[{"question": PATIENT.number, "settles": f"{PATIENT.number} Fjelltur"}]),
        office.client.get(f"/orders/{PATIENT.number}"),
        office.client.get(f"/orders/search?patient={PATIENT.number}"),
        office.post("/orders/search", {"patient": f"{PATIENT.number}1"}),
        office.client.post("/orders", content=f'"{PATIENT.number}', headers={"Content-Type": "application/json"}),
    ]
    assert {each.status_code for each in answers} == {400, 404, 405, 422}
    office.submit(written_for(uuid, sender=f"her:{HOSPITAL}"))
    office.submit(written_for(uuid, number=201, name="other", patient=NOBODY))
    followed = [office.followed(uuid), office.followed(uuid, "return", {"reason": "still-unclear"})]
    everything = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("certgateway"))
    everything += office.client.get("/metrics").text
    for secret in (PATIENT.number or "", "Fjelltur", "Psykiater", PSYCHIATRIST.hpr, "Arbeidstrening", uuid):
        assert secret not in everything
    for each in [*answers, *followed]:
        assert (PATIENT.number or "") not in each.text
        assert "Fjelltur" not in each.text
        assert "Psykiater" not in each.text


def test_a_body_that_cannot_be_read_is_a_problem(reader: TestClient) -> None:
    assert reader.post("/orders", content=b"{", headers={"Content-Type": "application/json"}).status_code == 400
    assert reader.post("/orders", content=b"{}", headers={"Content-Type": "text/plain"}).status_code == 415
    large = b" " * (32 * 1024 + 1)
    assert reader.post("/orders", content=large, headers={"Content-Type": "application/json"}).status_code == 413
