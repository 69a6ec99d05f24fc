"""What a record system gets about an order for a certificate: every field at its place, each kind told by its event."""

import os
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from lxml import etree

from certgateway import bootstrap, safejson, safexml
from certgateway.domain.certificate import Author, Coding, Patient
from certgateway.domain.dialogue_events import Measure
from certgateway.domain.ordering import CaseQuestion, ordered_targets, target_text
from certgateway.domain.outgoing import Asking, Outgoing, OutgoingKind
from certgateway.domain.vocabulary.clarification import ORDER_QUESTION
from certgateway.engine import judge
from certgateway.engine.xml import form as xmlform
from certgateway.engine.xml import write as xmlwrite
from certgateway.fhir.communication import question_message

Json = dict[str, Any]

BASE = "https://certgateway.example/fhir"
EXTENSION = f"{BASE}/StructureDefinition/"
DEFINITIONS = bootstrap.definitions()
# HL7's schemas are not ours to copy; beside the checkout, or wherever the variable says.
SCHEMA = Path(os.environ.get("FHIR_R4_XSD", "../shared/fhir-r4-xsd")) / "fhir-single.xsd"

TARGETS = ordered_targets(
    (CaseQuestion("since-when"), CaseQuestion("compatible-with-measure", "Gjelder det også kvelder?"))
)
ORDER = Outgoing(
    id="9b1f0001-0d0c-4a10-9e00-000000000001",
    kind="question",
    clarification="7c0a6c52-0f4e-4d3a-9a51-2f6d1e8b4c02",
    at=datetime(2026, 9, 1, 7, 0, tzinfo=UTC),
    receiver="her:8143999",
    certificate=None,
    authored=None,
    patient=Patient("12847931246", "fnr", "Vennlig Fjelltur"),
    author=Author(hpr="7733105", role="hospital-specialist", organisation="315001005"),
    asked=tuple(Asking(target, target_text(target, "nb")) for target in TARGETS),
    due=date(2026, 9, 21),
    measure=Measure("Arbeidstrening på lager", ("heavy-lifting",)),
    order=True,
    name="Rolig Psykiater",
    status="ordered",
)
COME = Coding("https://epj.example/legeerklaering", "0d4f1a52")
KINDS: dict[OutgoingKind, Outgoing] = {
    "question": ORDER,
    "reminder": replace(ORDER, kind="reminder", asked=ORDER.asked[-1:], certificate=COME, status="partly-answered"),
    "return": replace(ORDER, kind="return", reason="still-unclear", not_payable=True, certificate=COME),
    "withdrawal": replace(ORDER, kind="withdrawal", asked=(), measure=None, reason="known-otherwise"),
}


def message(outgoing: Outgoing) -> Json:
    return question_message(outgoing, gateway_her="79768")


def resource(tree: Json, kind: str) -> Json:
    found: Json
    (found,) = (entry["resource"] for entry in tree["entry"] if entry["resource"]["resourceType"] == kind)
    return found


def task(outgoing: Outgoing) -> Json:
    return resource(message(outgoing), "Task")


def address(tree: Json, kind: str) -> Json:
    return {"reference": f"urn:uuid:{resource(tree, kind)['id']}"}


@pytest.mark.parametrize(
    "kind, event",
    [
        ("question", "certificate-order"),
        ("reminder", "certificate-order-reminder"),
        ("return", "certificate-order-return"),
        ("withdrawal", "certificate-order-withdrawal"),
    ],
)
def test_header_tells_the_kind_by_its_event(kind: OutgoingKind, event: str) -> None:
    tree = message(KINDS[kind])
    assert tree["meta"] == {"profile": [f"{EXTENSION}order-message|1.0.0"]}
    assert tree["entry"][0]["resource"] == {
        "resourceType": "MessageHeader",
        "id": ORDER.id,
        "eventCoding": {"system": f"{BASE}/CodeSystem/message-event", "code": event},
        "destination": [{"endpoint": "urn:oid:2.16.578.1.12.4.1.2.8143999"}],
        "source": {"endpoint": "urn:oid:2.16.578.1.12.4.1.2.79768"},
        "focus": [address(tree, "Task")],
    }
    kinds = [entry["resource"]["resourceType"] for entry in tree["entry"]]
    assert kinds == ["MessageHeader", "Task", "Patient", "PractitionerRole", "Practitioner", "Organization"]


def test_the_task_says_who_orders_what_from_whom_about_whom_until_when() -> None:
    tree = message(ORDER)
    told = {name: value for name, value in resource(tree, "Task").items() if name not in {"id", "extension", "input"}}
    assert told == {
        "resourceType": "Task",
        "language": "nb",
        "identifier": [{"system": f"{BASE}/NamingSystem/clarification", "value": ORDER.clarification}],
        "status": "requested",
        "businessStatus": {"coding": [{"system": f"{BASE}/CodeSystem/clarification-status", "code": "ordered"}]},
        "intent": "order",
        "code": {
            "coding": [
                {"system": "http://loinc.org", "code": "72267-8"},
                {"system": "urn:oid:2.16.578.1.12.4.1.1.9602", "code": "J01-2"},
            ]
        },
        "for": address(tree, "Patient"),
        "authoredOn": "2026-09-01T07:00:00+00:00",
        "requester": {
            "type": "Organization",
            "identifier": {"system": "urn:oid:2.16.578.1.12.4.1.2", "value": "79768"},
        },
        "owner": address(tree, "PractitionerRole"),
        "restriction": {"period": {"end": "2026-09-21"}},
    }


def test_everything_that_is_asked_is_one_input_with_its_code_and_words() -> None:
    inputs = task(ORDER)["input"]
    assert [
        (each["type"]["coding"][0]["system"].rpartition("/")[2], each["type"]["coding"][0]["code"]) for each in inputs
    ] == [
        ("certificate-item", "diagnosis"),
        ("certificate-item", "function"),
        ("certificate-item", "health-risk"),
        ("certificate-item", "prognosis"),
        ("order-question", "since-when"),
        ("order-question", "compatible-with-measure"),
    ]
    assert inputs[-1]["valueString"].endswith("eller medfører det helserisiko? Gjelder det også kvelder?")
    assert inputs[-1]["extension"] == [
        {
            "url": f"{EXTENSION}question-target",
            "extension": [
                {"url": "item", "valueCode": "activity"},
                {"url": "reason", "valueCode": "detail-for-measure"},
                {"url": "settles", "valueString": "Gjelder det også kvelder?"},
            ],
        }
    ]


def test_the_planned_measure_tells_its_demands() -> None:
    assert task(ORDER)["extension"] == [
        {
            "url": f"{EXTENSION}planned-measure",
            "extension": [
                {"url": "description", "valueString": "Arbeidstrening på lager"},
                {"url": "demand", "valueCode": "heavy-lifting"},
            ],
        }
    ]


def test_a_reminder_names_the_certificate_that_has_come_and_what_still_waits() -> None:
    told = task(KINDS["reminder"])
    assert told["focus"] == {
        "type": "Composition",
        "identifier": {"system": "https://epj.example/legeerklaering", "value": "0d4f1a52"},
    }
    assert [each["type"]["coding"][0]["code"] for each in told["input"]] == ["compatible-with-measure"]
    assert told["businessStatus"]["coding"][0]["code"] == "partly-answered"
    assert "focus" not in task(ORDER)


def test_a_return_gives_its_reason() -> None:
    told = [each for each in task(KINDS["return"])["extension"] if each["url"].endswith("clarification-return")]
    assert [part.get("valueCode", part.get("valueBoolean")) for each in told for part in each["extension"]] == [
        "still-unclear",
        True,
    ]
    assert task(KINDS["return"])["status"] == "requested"


def test_a_withdrawal_is_cancelled_for_a_reason_and_asks_nothing() -> None:
    told = task(KINDS["withdrawal"])
    assert (told["status"], told["statusReason"]["coding"][0]["code"]) == ("cancelled", "known-otherwise")
    assert told["businessStatus"]["coding"][0]["code"] == "withdrawn"
    assert not {"input", "extension"} & told.keys()


def test_the_clinician_is_known_by_number_name_role_and_organisation() -> None:
    tree = message(ORDER)
    practitioner = resource(tree, "Practitioner")
    assert practitioner["identifier"] == [{"system": "urn:oid:2.16.578.1.12.4.1.4.4", "value": "7733105"}]
    assert practitioner["name"] == [{"text": "Rolig Psykiater"}]
    assert resource(tree, "PractitionerRole")["code"] == [
        {"coding": [{"system": f"{BASE}/CodeSystem/author-role", "code": "hospital-specialist"}]}
    ]
    assert resource(tree, "Organization")["identifier"] == [
        {"system": "urn:oid:2.16.578.1.12.4.1.4.101", "value": "315001005"}
    ]
    assert "name" not in resource(message(replace(ORDER, name=None)), "Practitioner")


TAKEN_OVER = replace(ORDER, author=Author(), name=None, measure=None, status=None)
EVERY = replace(
    ORDER,
    asked=tuple(
        Asking(target, target_text(target, "en"))
        for target in ordered_targets(map(CaseQuestion, ORDER_QUESTION.concepts))
    ),
    language="en",
)


@pytest.mark.parametrize("outgoing", [*KINDS.values(), TAKEN_OVER, EVERY], ids=[*KINDS, "taken-over", "every-question"])
def test_message_conforms_to_its_profile_and_to_another_engine(outgoing: Outgoing) -> None:
    tree = message(outgoing)
    assert [(fault.kind, fault.path) for fault in judge(tree, DEFINITIONS) if fault.severity == "error"] == []
    Bundle.model_validate_json(safejson.write(tree))


@pytest.mark.parametrize("kind", KINDS)
def test_json_and_xml_say_the_same(kind: OutgoingKind) -> None:
    tree = message(KINDS[kind])
    back, faults = xmlform.read(safexml.parse(xmlwrite.write(tree, DEFINITIONS)), DEFINITIONS)
    assert faults == []
    assert back == tree == safejson.parse(safejson.write(tree))


@pytest.mark.skipif(not SCHEMA.exists(), reason=f"HL7's XML schema is not at {SCHEMA}; set FHIR_R4_XSD")
@pytest.mark.parametrize("kind", KINDS)
def test_message_is_valid_by_hl7s_xml_schema(kind: OutgoingKind) -> None:
    schema = etree.XMLSchema(etree.parse(SCHEMA))
    schema.assertValid(etree.fromstring(xmlwrite.write(message(KINDS[kind]), DEFINITIONS)))


# ---- the profile is as strict as it says ----


def faults(tree: Json) -> list[tuple[str, str, str | None]]:
    found = judge(tree, DEFINITIONS)
    return [(fault.kind, fault.path, fault.expected) for fault in found if fault.severity == "error"]


def test_an_event_that_is_no_order_s_is_a_breach() -> None:
    tree = message(ORDER)
    tree["entry"][0]["resource"]["eventCoding"]["code"] = "clarification"
    assert faults(tree) == [("invariant-broken", "Bundle.entry[0].resource.event", "order-event")]


@pytest.mark.parametrize(
    "kind, change",
    [
        ("question", {"status": "completed"}),
        ("question", {"status": "cancelled"}),
        ("withdrawal", {"status": "requested"}),
        ("withdrawal", {"statusReason": None}),
    ],
)
def test_a_status_that_contradicts_the_rest_is_a_breach(kind: OutgoingKind, change: Json) -> None:
    tree = message(KINDS[kind])
    told = resource(tree, "Task")
    told |= change
    if told.get("statusReason", ...) is None:
        del told["statusReason"]
    assert faults(tree) == [("invariant-broken", "Bundle.entry[1].resource", "order-status")]


@pytest.mark.parametrize("member", ["identifier", "for", "owner", "restriction", "authoredOn", "requester", "code"])
def test_what_an_order_must_say_it_must_say(member: str) -> None:
    tree = message(ORDER)
    del resource(tree, "Task")[member]
    assert faults(tree) == [("element-missing", "Bundle.entry[1].resource", member)]


def test_a_question_of_nobody_s_is_a_breach() -> None:
    tree = message(ORDER)
    resource(tree, "Task")["input"][0]["type"] = {"text": "Er hun frisk?"}
    assert faults(tree) == [("invariant-broken", "Bundle.entry[1].resource", "order-question-known")]
