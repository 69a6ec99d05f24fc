"""What a record system gets about a clarification: every field at its place, each kind told by its event."""

import json
import os
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from lxml import etree

from certgateway import bootstrap, safejson, safexml
from certgateway.domain.certificate import Author, Coding, Patient
from certgateway.domain.dialogue_events import Measure, Target
from certgateway.domain.outgoing import Asking, Outgoing, OutgoingKind
from certgateway.engine import judge
from certgateway.engine.xml import form as xmlform
from certgateway.engine.xml import write as xmlwrite
from certgateway.fhir.communication import question_message

Json = dict[str, Any]

BASE = "https://certgateway.example/fhir"
EXTENSION = f"{BASE}/StructureDefinition/"
DEFINITIONS = bootstrap.definitions()
GATEWAY = "79768"
# HL7's schemas are not ours to copy; beside the checkout, or wherever the variable says.
SCHEMA = Path(os.environ.get("FHIR_R4_XSD", "../shared/fhir-r4-xsd")) / "fhir-single.xsd"

PATIENT = Patient("12847931246", "fnr", "Vennlig Fjelltur")
AUTHOR = Author(
    hpr="9111999",
    profession="LE",
    role="gp",
    organisation="315001005",
    her="8143061",
    number="01815712345",
    last_seen="2026-05-11",
    contact="video",
    contacts=("employer",),
)
ASKED = (
    Asking(
        Target("health-risk", "detail-for-measure", "health-risk[0].limits[1]", "Hvor mye kan pasienten løfte?"),
        "Hva må vi vite? Hvor mye kan pasienten løfte?",
    ),
    Asking(Target("prognosis", "outdated"), "Gjelder prognosen fortsatt?"),
)
QUESTION = Outgoing(
    id="9b1f0001-0d0c-4a10-9e00-000000000001",
    kind="question",
    clarification="7c0a6c52-0f4e-4d3a-9a51-2f6d1e8b4c01",
    at=datetime(2026, 9, 1, 7, 0, tzinfo=UTC),
    receiver="her:8143060",
    certificate=Coding("https://epj.example/legeerklaering", "0d4f1a52"),
    authored=datetime(2026, 5, 12, 8, 15, tzinfo=UTC),
    patient=PATIENT,
    author=AUTHOR,
    asked=ASKED,
    due=date(2026, 9, 21),
    measure=Measure("Arbeidstrening på lager", ("heavy-lifting", "long-standing")),
)
KINDS: dict[OutgoingKind, Outgoing] = {
    "question": QUESTION,
    "reminder": replace(QUESTION, kind="reminder", asked=ASKED[1:]),
    "return": replace(QUESTION, kind="return", reason="question-not-answered", not_payable=True),
    "withdrawal": replace(QUESTION, kind="withdrawal", asked=(), measure=None, reason="known-otherwise"),
}


def message(outgoing: Outgoing) -> Json:
    return question_message(outgoing, gateway_her=GATEWAY)


def resource(tree: Json, kind: str) -> Json:
    found: Json
    (found,) = (entry["resource"] for entry in tree["entry"] if entry["resource"]["resourceType"] == kind)
    return found


def request(outgoing: Outgoing) -> Json:
    return resource(message(outgoing), "CommunicationRequest")


def address(tree: Json, kind: str) -> Json:
    return {"reference": f"urn:uuid:{resource(tree, kind)['id']}"}


# ---- the header -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind, event",
    [
        ("question", "clarification"),
        ("reminder", "clarification-reminder"),
        ("return", "clarification-return"),
        ("withdrawal", "clarification-withdrawal"),
    ],
)
def test_header_tells_the_kind_by_its_event(kind: OutgoingKind, event: str) -> None:
    tree = message(KINDS[kind])
    assert tree["entry"][0]["resource"] == {
        "resourceType": "MessageHeader",
        "id": QUESTION.id,
        "eventCoding": {"system": f"{BASE}/CodeSystem/message-event", "code": event},
        "destination": [{"endpoint": "urn:oid:2.16.578.1.12.4.1.2.8143060"}],
        "source": {"endpoint": "urn:oid:2.16.578.1.12.4.1.2.79768"},
        "focus": [address(tree, "CommunicationRequest")],
    }


def test_bundle_is_a_message_of_our_profile_in_this_order() -> None:
    tree = message(QUESTION)
    assert tree["meta"] == {"profile": [f"{EXTENSION}question-message|1.0.0"]}
    assert (tree["type"], tree["timestamp"]) == ("message", "2026-09-01T07:00:00+00:00")
    kinds = [entry["resource"]["resourceType"] for entry in tree["entry"]]
    people = ["Patient", "PractitionerRole", "Practitioner", "Organization"]
    assert kinds == ["MessageHeader", "CommunicationRequest", *people]


@pytest.mark.parametrize("receiver", ["endpoint:0123456789abcdef0123456789abcdef", "her:", "her:12a"])
def test_receiver_without_a_her_id_gets_no_destination(receiver: str) -> None:
    assert "destination" not in resource(message(replace(QUESTION, receiver=receiver)), "MessageHeader")


def test_gateway_her_id_must_be_digits() -> None:
    with pytest.raises(ValueError, match=r"^a HER-id is written in digits$"):
        question_message(QUESTION, gateway_her="nav")


# ---- the request ----------------------------------------------------------------------------------------------------


def test_request_says_who_asks_whom_about_what_and_until_when() -> None:
    tree = message(QUESTION)
    told = {
        name: value
        for name, value in resource(tree, "CommunicationRequest").items()
        if name not in {"resourceType", "id", "extension", "payload"}
    }
    nav = {"type": "Organization", "identifier": {"system": "urn:oid:2.16.578.1.12.4.1.2", "value": "79768"}}
    written = [{"url": f"{EXTENSION}asked-version", "valueDateTime": "2026-05-12T08:15:00+00:00"}]
    assert told == {
        "language": "nb",
        "identifier": [{"system": f"{BASE}/NamingSystem/clarification", "value": QUESTION.clarification}],
        "status": "active",
        "subject": address(tree, "Patient"),
        "about": [
            {
                "extension": written,
                "type": "Composition",
                "identifier": {"system": "https://epj.example/legeerklaering", "value": "0d4f1a52"},
            }
        ],
        "occurrenceDateTime": "2026-09-21",
        "authoredOn": "2026-09-01T07:00:00+00:00",
        "requester": nav,
        "recipient": [address(tree, "PractitionerRole")],
        "sender": nav,
    }


def test_everything_that_is_asked_is_one_payload() -> None:
    assert request(QUESTION)["payload"] == [
        {
            "extension": [
                {
                    "url": f"{EXTENSION}question-target",
                    "extension": [
                        {"url": "item", "valueCode": "health-risk"},
                        {"url": "element", "valueString": "health-risk[0].limits[1]"},
                        {"url": "reason", "valueCode": "detail-for-measure"},
                        {"url": "settles", "valueString": "Hvor mye kan pasienten løfte?"},
                    ],
                }
            ],
            "contentString": "Hva må vi vite? Hvor mye kan pasienten løfte?",
        },
        {
            "extension": [
                {
                    "url": f"{EXTENSION}question-target",
                    "extension": [
                        {"url": "item", "valueCode": "prognosis"},
                        {"url": "reason", "valueCode": "outdated"},
                    ],
                }
            ],
            "contentString": "Gjelder prognosen fortsatt?",
        },
    ]


def test_reminder_asks_only_what_still_waits() -> None:
    assert [payload["contentString"] for payload in request(KINDS["reminder"])["payload"]] == [ASKED[1].text]


def test_planned_measure_tells_its_demands() -> None:
    assert request(QUESTION)["extension"] == [
        {
            "url": f"{EXTENSION}planned-measure",
            "extension": [
                {"url": "description", "valueString": "Arbeidstrening på lager"},
                {"url": "demand", "valueCode": "heavy-lifting"},
                {"url": "demand", "valueCode": "long-standing"},
            ],
        }
    ]
    assert "extension" not in request(replace(QUESTION, measure=None))


@pytest.mark.parametrize("not_payable", [True, False])
def test_return_gives_its_reason_and_whether_it_is_payable(not_payable: bool) -> None:  # noqa: FBT001
    told = request(replace(KINDS["return"], not_payable=not_payable, measure=None))
    assert told["extension"] == [
        {
            "url": f"{EXTENSION}clarification-return",
            "extension": [
                {"url": "reason", "valueCode": "question-not-answered"},
                {"url": "not-payable", "valueBoolean": not_payable},
            ],
        }
    ]
    assert (told["status"], "statusReason" in told) == ("active", False)


def test_withdrawal_is_revoked_for_a_reason_and_asks_nothing() -> None:
    told = request(KINDS["withdrawal"])
    reason = {"system": f"{BASE}/CodeSystem/clarification-withdrawal-reason", "code": "known-otherwise"}
    assert (told["status"], told["statusReason"]) == ("revoked", {"coding": [reason]})
    assert not {"payload", "extension"} & told.keys()


@pytest.mark.parametrize("kind", ["question", "reminder", "withdrawal"])
def test_only_a_return_is_marked_as_one(kind: OutgoingKind) -> None:
    marked = replace(KINDS[kind], not_payable=True)
    assert "clarification-return" not in {
        extension["url"].removeprefix(EXTENSION) for extension in request(marked).get("extension", ())
    }


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_language_is_that_of_the_question(language: Any) -> None:  # noqa: ANN401
    assert request(replace(QUESTION, language=language))["language"] == language


# ---- people ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind, system", [("fnr", "urn:oid:2.16.578.1.12.4.1.4.1"), ("dnr", "urn:oid:2.16.578.1.12.4.1.4.2")]
)
def test_patient_is_known_by_number_and_name(kind: Any, system: str) -> None:  # noqa: ANN401
    patient = resource(message(replace(QUESTION, patient=replace(PATIENT, kind=kind))), "Patient")
    assert patient["identifier"] == [{"system": system, "value": "12847931246"}]
    assert patient["name"] == [{"text": "Vennlig Fjelltur"}]


def test_author_is_known_by_hpr_and_organisation_and_by_no_personal_number() -> None:
    tree = message(QUESTION)
    role = resource(tree, "PractitionerRole")
    assert role["practitioner"] == address(tree, "Practitioner")
    assert role["organization"] == address(tree, "Organization")
    hpr = [{"system": "urn:oid:2.16.578.1.12.4.1.4.4", "value": "9111999"}]
    assert resource(tree, "Practitioner")["identifier"] == hpr
    assert resource(tree, "Organization")["identifier"] == [
        {"system": "urn:oid:2.16.578.1.12.4.1.4.101", "value": "315001005"},
        {"system": "urn:oid:2.16.578.1.12.4.1.2", "value": "8143061"},
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_but_identity_is_taken_from_the_certificate(kind: OutgoingKind) -> None:
    written = json.dumps(message(KINDS[kind]), ensure_ascii=False)
    told = {field.name: getattr(AUTHOR, field.name) for field in fields(AUTHOR)}
    assert [name for name, value in told.items() if str(value) in written] == [
        "hpr",
        "profession",
        "role",
        "organisation",
        "her",
    ]
    assert "employer" not in written


# ---- the whole ------------------------------------------------------------------------------------------------------


BARE = replace(QUESTION, patient=Patient(), author=Author(), measure=None, certificate=Coding("", "x"))


@pytest.mark.parametrize("outgoing", [*KINDS.values(), BARE], ids=[*KINDS, "nobody-known"])
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


def test_the_same_gives_the_same_bytes_and_another_message_shares_no_id() -> None:
    first, again = (safejson.write(message(QUESTION)) for _ in range(2))
    assert first == again
    other = message(replace(QUESTION, id="another"))
    ids = [{entry["resource"]["id"] for entry in tree["entry"]} for tree in (message(QUESTION), other)]
    assert ids[0] & ids[1] == set()


# ---- the profile is as strict as it says ----------------------------------------------------------------------------


def faults(tree: Json) -> list[tuple[str, str, str | None]]:
    found = judge(tree, DEFINITIONS)
    return [(fault.kind, fault.path, fault.expected) for fault in found if fault.severity == "error"]


@pytest.mark.parametrize("event", ["certificate", "clarification-answer"])
def test_an_event_that_nav_does_not_send_is_a_breach(event: str) -> None:
    tree = message(QUESTION)
    tree["entry"][0]["resource"]["eventCoding"]["code"] = event
    assert faults(tree) == [("invariant-broken", "Bundle.entry[0].resource.event", "question-event")]


@pytest.mark.parametrize(
    "kind, change",
    [
        ("question", {"status": "completed"}),
        ("question", {"status": "revoked"}),
        ("withdrawal", {"status": "active"}),
        ("withdrawal", {"statusReason": None}),
    ],
)
def test_a_status_that_contradicts_the_rest_is_a_breach(kind: OutgoingKind, change: Json) -> None:
    tree = message(KINDS[kind])
    told = resource(tree, "CommunicationRequest")
    told |= change
    if told.get("statusReason", ...) is None:
        del told["statusReason"]
    assert faults(tree) == [("invariant-broken", "Bundle.entry[1].resource", "question-status")]


def test_a_question_without_target_is_a_breach() -> None:
    tree = message(QUESTION)
    del resource(tree, "CommunicationRequest")["payload"][1]["extension"]
    assert faults(tree) == [("element-missing", "Bundle.entry[1].resource.payload[1]", "extension")]
