"""What a record system does over HTTP: fetches, keeps, acknowledges or refuses; and what it cannot fetch."""

from typing import Any

import pytest
from httpx2 import Response
from lxml import etree
from starlette.testclient import TestClient

from tests.functional.messages import message_id, resource
from tests.functional.office import (
    NOWHERE,
    OTHER_SYSTEM,
    PATIENT,
    SENDER,
    Office,
    items_of,
    kinds,
    request_of,
    target,
)
from tests.integration.answering import answer
from tests.integration.receiving import message, numbered

Json = dict[str, Any]
RISK = target("health-risk", "unclear")
FHIR = "{http://hl7.org/fhir}"


def fetched(office: Office, accept: str, **more: int) -> Response:
    found: Response = office.client.get("/messages", params={"receiver": SENDER, **more}, headers={"Accept": accept})
    assert found.status_code == 200
    return found


def acknowledged(office: Office, message_: str, receiver: str = SENDER, **more: str) -> Response:
    return office.post(f"/messages/{message_}/acknowledge", {"receiver": receiver, **more})


def problem(answer_: Response) -> tuple[int, str]:
    told = answer_.json()
    assert answer_.headers["content-type"] == "application/problem+json"
    assert told["support_reference"] == answer_.headers["support-reference"]
    return answer_.status_code, told["title"]


# ---- fetching ----


def test_a_question_is_fetched_as_a_message_for_the_author_s_system(either_office: Office) -> None:
    clarification = either_office.asked(either_office.certificate(), target(), RISK)
    answer_ = fetched(either_office, "application/json")
    assert answer_.headers["content-type"] == "application/json"
    told = answer_.json()
    (waiting,) = told["messages"]
    assert (waiting["kind"], waiting["clarification"], waiting["seq"]) == ("question", clarification, told["next"])
    header = resource(waiting["message"], "MessageHeader")
    assert header["id"] == waiting["id"]
    assert header["destination"] == [{"endpoint": f"urn:oid:2.16.578.1.12.4.1.2.{SENDER}"}]
    request = request_of(waiting)
    assert [each["value"] for each in request["identifier"]] == [clarification]
    certificate = resource(message(), "Composition")["identifier"]
    assert request["about"][0]["identifier"] == certificate
    assert items_of(waiting) == ["activity", "health-risk"]
    assert resource(waiting["message"], "Patient")["identifier"][0]["value"] == PATIENT
    assert either_office.followed(clarification).json()["status"] == "sent"


def test_a_message_says_nothing_of_what_the_certificate_says(office: Office) -> None:
    office.asked(office.certificate(), target("function", "unclear"))
    (waiting,) = office.waiting()
    kinds_ = [entry["resource"]["resourceType"] for entry in waiting["message"]["entry"]]
    assert kinds_ == [
        "MessageHeader",
        "CommunicationRequest",
        "Patient",
        "PractitionerRole",
        "Practitioner",
        "Organization",
    ]


@pytest.mark.parametrize(
    "accept", ["application/json", "*/*", "application/json, application/fhir+json;q=0.5", "text/x"]
)
def test_messages_are_plain_json_unless_fhir_comes_first(office: Office, accept: str) -> None:
    office.asked(office.certificate())
    answer_ = fetched(office, accept)
    assert answer_.headers["content-type"] == "application/json"
    assert len(answer_.json()["messages"]) == 1


def test_messages_are_fetched_as_a_fhir_collection(office: Office) -> None:
    certificate = office.certificate()
    for asked in (target(), RISK):
        office.asked(certificate, asked)
    answer_ = fetched(office, "application/fhir+json")
    assert answer_.headers["content-type"] == "application/fhir+json"
    told = answer_.json()
    assert (told["resourceType"], told["type"]) == ("Bundle", "collection")
    assert [entry["resource"] for entry in told["entry"]] == [each["message"] for each in office.waiting()]
    assert len({entry["fullUrl"] for entry in told["entry"]}) == 2


def test_messages_are_fetched_as_a_fhir_collection_in_xml(office: Office) -> None:
    office.asked(office.certificate(), target(), RISK)
    answer_ = fetched(office, "application/fhir+xml, application/json;q=0.5")
    assert answer_.headers["content-type"] == "application/fhir+xml; charset=utf-8"
    root = etree.fromstring(answer_.content)
    assert root.find(f"{FHIR}type").get("value") == "collection"  # type: ignore[union-attr]
    headers = root.findall(f".//{FHIR}MessageHeader/{FHIR}id")
    assert [each.get("value") for each in headers] == [each["id"] for each in office.waiting()]
    texts = root.findall(f".//{FHIR}CommunicationRequest/{FHIR}payload/{FHIR}contentString")
    missing, unclear = (each.get("value") for each in texts)
    assert missing == "Erklæringen sier ikke noe om «Mulighet for aktivitet». Kan du svare på det?"
    assert unclear == (
        "Det er uklart for oss hva som menes under «Aktiviteter med helserisiko». Kan du presisere? "
        "Svaret erstatter alt som står under punktet nå."
    )


def test_nothing_waits(office: Office) -> None:
    assert fetched(office, "application/json").json() == {"messages": [], "next": 0}
    assert fetched(office, "application/json", after=2**63 - 1).json() == {"messages": [], "next": 2**63 - 1}
    assert fetched(office, "application/fhir+json").json() == {"resourceType": "Bundle", "type": "collection"}
    assert b'<type value="collection"/>' in fetched(office, "application/fhir+xml").content


def test_messages_are_fetched_in_pages(either_office: Office) -> None:
    certificate = either_office.certificate()
    asked = [either_office.asked(certificate, each) for each in (target(), RISK, target("function", "unclear"))]
    seen, after = [], 0
    for _ in range(3):
        page = fetched(either_office, "application/json", after=after, limit=1).json()
        (one,) = page["messages"]
        assert page["next"] == one["seq"] > after
        seen.append(one["clarification"])
        after = page["next"]
    assert seen == asked
    assert fetched(either_office, "application/json", after=after).json() == {"messages": [], "next": after}
    assert len(fetched(either_office, "application/json").json()["messages"]) == 3


def test_nobody_gets_what_waits_for_another(either_office: Office) -> None:
    theirs = numbered(message("back-pain-tolerates-load"), 7)
    resource(theirs, "MessageHeader")["source"]["endpoint"] = f"urn:oid:2.16.578.1.12.4.1.2.{OTHER_SYSTEM}"
    mine = either_office.asked(either_office.certificate())
    other = either_office.asked(either_office.certificate(theirs), target("function", "unclear"))
    assert [each["clarification"] for each in either_office.waiting()] == [mine]
    assert [each["clarification"] for each in either_office.waiting(OTHER_SYSTEM)] == [other]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "receiver=",
        "receiver=x",
        "receiver=her:8143060",
        "receiver=8143060%0A",
        "receiver=%EF%BC%91",
        f"receiver={PATIENT}",
        "receiver=1&after=-1",
        "receiver=1&after=x",
        "receiver=1&after=9223372036854775808",
        "receiver=1&limit=0",
        "receiver=1&limit=101",
        "receiver=1&limit=1.5",
    ],
)
def test_a_parameter_of_another_form(reader: TestClient, query: str) -> None:
    answer_ = reader.get(f"/messages?{query}")
    assert problem(answer_) == (422, "request-invalid")
    assert PATIENT not in answer_.text


def test_characters_that_xml_cannot_hold_are_fetched_in_json_only(office: Office) -> None:
    tree = message()
    resource(tree, "Patient")["name"] = [{"text": "Lett Kvelds\ufffebris"}]
    office.asked(office.certificate(tree))
    refused = office.client.get(f"/messages?receiver={SENDER}", headers={"Accept": "application/fhir+xml"})
    assert problem(refused) == (406, "not-acceptable")
    (waiting,) = office.waiting()
    assert acknowledged(office, waiting["id"]).status_code == 204
    assert fetched(office, "application/fhir+xml").status_code == 200


def one(office: Office, message_: str, accept: str, receiver: str = SENDER) -> Response:
    found: Response = office.client.get(
        f"/messages/{message_}", params={"receiver": receiver}, headers={"Accept": accept}
    )
    return found


def test_one_message_is_fetched_in_the_form_that_is_asked_for(either_office: Office) -> None:
    clarification = either_office.asked(either_office.certificate())
    (waiting,) = either_office.waiting()
    as_json = one(either_office, waiting["id"], "application/fhir+json")
    assert (as_json.headers["content-type"], as_json.json()) == ("application/fhir+json", waiting["message"])
    as_xml = one(either_office, waiting["id"], "application/fhir+xml")
    assert etree.fromstring(as_xml.content).tag == f"{FHIR}Bundle"
    as_kith = one(either_office, waiting["id"], "application/xml")
    assert as_kith.headers["content-type"] == "application/xml; charset=utf-8"
    root = etree.fromstring(as_kith.content)
    assert root.tag == "{http://www.kith.no/xmlstds/msghead/2006-05-24}MsgHead"
    assert root.findtext(".//{*}RefToConversation") == clarification
    assert root.findtext(".//{*}Sporsmal") == request_of(waiting)["payload"][0]["contentString"]
    assert one(either_office, waiting["id"], "application/xml").content == as_kith.content


def test_a_message_that_is_fetched_by_its_id_is_sent_by_that(office: Office) -> None:
    clarification = office.asked(office.certificate())
    # Its id is known from the outbox of the other system only: here, from a copy of what waits.
    message_ = office.waiting()[0]["id"]
    for _ in range(2):
        assert one(office, message_, "application/xml").status_code == 200
    assert kinds(office.followed(clarification).json()) == ["asked", "sent"]
    assert acknowledged(office, message_).status_code == 204
    assert one(office, message_, "application/xml").status_code == 200


@pytest.mark.parametrize("accept", ["application/fhir+json", "application/xml", "*/*"])
def test_one_message_is_nobody_else_s(office: Office, accept: str) -> None:
    office.asked(office.certificate())
    (waiting,) = office.waiting()
    assert problem(one(office, waiting["id"], accept, OTHER_SYSTEM)) == (404, "not-found")
    assert problem(one(office, NOWHERE, accept)) == (404, "not-found")


def test_one_message_with_characters_that_xml_cannot_hold(office: Office) -> None:
    tree = message()
    resource(tree, "Patient")["name"] = [{"text": "Lett Kvelds\ufffebris"}]
    office.asked(office.certificate(tree))
    (waiting,) = office.waiting()
    for form in ("application/fhir+xml", "application/xml"):
        assert problem(one(office, waiting["id"], form)) == (406, "not-acceptable")
    assert one(office, waiting["id"], "application/fhir+json").status_code == 200


# ---- acknowledging ----


def test_a_message_is_given_out_until_it_is_acknowledged(either_office: Office) -> None:
    clarification = either_office.asked(either_office.certificate())
    (first,) = either_office.waiting()
    assert either_office.waiting() == [first]
    for _ in range(2):
        answer_ = acknowledged(either_office, first["id"])
        assert (answer_.status_code, answer_.content) == (204, b"")
        assert len(answer_.headers["support-reference"]) == 16
    assert either_office.waiting() == []
    told = either_office.followed(clarification).json()
    assert (told["status"], kinds(told)) == ("delivered", ["asked", "sent", "delivered"])


def test_a_system_that_will_not_take_a_message_says_why(office: Office) -> None:
    clarification = office.asked(office.certificate())
    (waiting,) = office.waiting()
    assert acknowledged(office, waiting["id"], refused="patient-unknown").status_code == 204
    told = office.followed(clarification).json()
    assert (told["status"], told["refusal"]["code"]) == ("refused", "patient-unknown")
    assert office.waiting() == []
    # What was said first stands.
    assert acknowledged(office, waiting["id"]).status_code == 204
    assert office.followed(clarification).json()["status"] == "refused"


def test_nobody_acknowledges_for_another(office: Office) -> None:
    clarification = office.asked(office.certificate())
    (waiting,) = office.waiting()
    assert problem(acknowledged(office, waiting["id"], OTHER_SYSTEM)) == (404, "not-found")
    assert [each["id"] for each in office.waiting()] == [waiting["id"]]
    assert kinds(office.followed(clarification).json()) == ["asked", "sent"]


@pytest.mark.parametrize("name", [NOWHERE, "x", "%00", "a" * 300, "æøå", "..%2f..", PATIENT])
def test_a_message_that_is_unknown_is_not_found(office: Office, name: str) -> None:
    answer_ = acknowledged(office, name)
    assert problem(answer_) == (404, "not-found")
    assert PATIENT not in answer_.text


@pytest.mark.parametrize(
    "sent,announced,status",
    [
        (b'{"receiver": "8143060", "more": 1}', "application/json", 422),
        (b'{"receiver": 8143060}', "application/json", 422),
        (b'{"receiver": "her:8143060"}', "application/json", 422),
        (b'{"receiver": "23909841313"}', "application/json", 422),
        (b'{"receiver": "8143060", "refused": ""}', "application/json", 422),
        (b'{"receiver": "8143060", "refused": true}', "application/json", 422),
        (b'{"receiver": "8143060", "refused": "%s"}' % (b"a" * 501), "application/json", 422),
        (b"{}", "application/json", 422),
        (b"[]", "application/json", 422),
        (b"null", "application/json", 422),
        (b"", "application/json", 400),
        (b'{"receiver": "8143060"', "application/json", 400),
        (b'{"receiver": "1", "receiver": "8143060"}', "application/json", 400),
        (b'{"receiver": NaN}', "application/json", 400),
        (b"[" * 10_000 + b"]" * 10_000, "application/json", 400),
        (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, "application/json", 400),
        (b" " * (32 * 1024 + 1), "application/json", 413),
        (b'{"receiver": "8143060"}', "text/plain", 415),
        (b"receiver=8143060", "application/x-www-form-urlencoded", 415),
    ],
)
def test_a_bad_acknowledgement_is_a_problem(reader: TestClient, sent: bytes, announced: str, status: int) -> None:
    answer_ = reader.post(f"/messages/{NOWHERE}/acknowledge", content=sent, headers={"Content-Type": announced})
    assert problem(answer_)[0] == status
    assert PATIENT not in answer_.text


# ---- a whole conversation ----


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_conversation_from_the_question_to_the_next_version(either_office: Office, form: str) -> None:
    office = either_office
    certificate = office.certificate()
    clarification = office.asked(certificate, target(), RISK)
    assert office.open_items(certificate) == [
        ("health-risk", "asked", [clarification]),
        ("activity", "asked", [clarification]),
    ]
    (question,) = office.waiting()
    asked = request_of(question)["identifier"][0]["value"]
    assert acknowledged(office, question["id"]).status_code == 204

    # The doctor answers the one today and the other tomorrow.
    first = office.submit(answer(asked, ["activity"]), form)
    assert first.status_code == 200
    assert first.headers["content-type"].partition(";")[0] == f"application/fhir+{form}"
    told = office.followed(clarification).json()
    assert told["status"] == "partly-answered"
    assert [(each["item"], each["standing"], each["version"]) for each in told["targets"]] == [
        ("activity", "answered", 2),
        ("health-risk", "open", None),
    ]
    assert office.open_items(certificate) == [("health-risk", "asked", [clarification])]
    second = answer(asked, ["health-risk"], number=101)
    assert office.submit(second, form).status_code == 200
    again = office.submit(second, form)
    assert again.status_code == 200

    told = office.followed(clarification).json()
    assert told["status"] == "answered"
    assert kinds(told) == ["asked", "sent", "delivered", "answered", "answered"]
    assert [(each["items"], each["joined_to"], each["version"]) for each in told["answers"]] == [
        (["activity"], 1, 2),
        (["health-risk"], 2, 3),
    ]
    assert all(each["before"] == each["after"] for proof in told["answers"] for each in proof["untouched"])
    receipt = office.client.get(f"/receipts/{message_id(second)}").json()
    assert (receipt["verdict"], receipt["certificate"], receipt["version"]) == ("accepted", certificate, 3)
    assessed = office.client.get(f"/assessments/{certificate}").json()
    assert (assessed["version"], assessed["verdict"], assessed["open"]) == (3, "accepted", [])
    assert assessed["states"]["activity"] == assessed["states"]["health-risk"] == "stated"
    events = office.client.get("/assessments/feed").json()["events"]
    assert [(each["kind"], each["certificate"], each["version"]) for each in events] == [
        ("new", certificate, 1),
        ("replaced", certificate, 2),
        ("replaced", certificate, 3),
    ]
    assert office.waiting() == []


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_doctor_who_cannot_answer_says_so(office: Office, form: str) -> None:
    certificate = office.certificate()
    clarification = office.asked(certificate, target(), RISK)
    tree = answer(clarification, declined="not-seen")
    communication = resource(tree, "Communication")
    # XML has an order: the reason stands before these.
    communication |= {name: communication.pop(name) for name in ("subject", "payload")}
    assert office.submit(tree, form).status_code == 200
    told = office.followed(clarification).json()
    assert told["status"] == "declined"
    assert {each["why"]["code"] for each in told["targets"]} == {"not-seen"}
    assert office.client.get(f"/assessments/{certificate}").json()["version"] == 1
    assert len(office.client.get("/assessments/feed").json()["events"]) == 1


@pytest.mark.parametrize("form", ["json", "xml"])
def test_validate_misses_nothing_that_was_not_asked_for_and_has_no_effect(office: Office, form: str) -> None:
    clarification = office.asked(office.certificate())
    tree = answer(clarification, ["activity"])
    judged = office.submit(tree, form, door="/fhir/$validate", accept="application/fhir+json")
    assert judged.status_code == 200
    assert judged.json()["resourceType"] == "OperationOutcome"
    assert [each["severity"] for each in judged.json()["issue"]] == ["information"]
    assert "missing" not in judged.text
    assert office.followed(clarification).json()["status"] == "ordered"
    assert office.client.get(f"/receipts/{message_id(tree)}").status_code == 404


def test_validate_tells_of_an_item_that_is_there_and_says_nothing(office: Office) -> None:
    tree = answer(office.asked(office.certificate(), target("prognosis", "unclear")), ["prognosis"])
    impression = resource(tree, "ClinicalImpression")
    impression.pop("extension", None)
    impression.pop("prognosisCodeableConcept", None)
    judged = office.submit(tree, door="/fhir/$validate")
    rules = [each["details"]["coding"][0]["code"] for each in judged.json()["issue"] if "coding" in each["details"]]
    assert [rule for rule in rules if rule.endswith("-missing")] == ["prognosis-missing"]


def test_an_answer_about_another_patient_is_refused_and_the_question_stays_open(office: Office) -> None:
    clarification = office.asked(office.certificate())
    tree = answer(clarification, ["activity"])
    resource(tree, "Patient")["identifier"] = resource(message("every-mapped-element"), "Patient")["identifier"]
    refused = office.submit(tree)
    assert refused.status_code == 422
    assert "revision-of-other-patient" in refused.text
    assert office.followed(clarification).json()["status"] == "ordered"
