"""The patient's view over HTTP: data and page, three languages, and what a doctor reserves, on both databases."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from tests import kith
from tests.functional.messages import JSON, body, changed, tree
from tests.functional.office import DOOR, PATIENT, Office, target
from tests.functional.test_dialogue_schemas import changed as replaced
from tests.integration.answering import answer
from tests.integration.receiving import authored, message, numbered, resource

Json = dict[str, Any]
SCHEMA = Path(__file__).resolve().parents[2] / "schemas" / "patient-view.schema.json"
MANIFEST: list[Json] = tomllib.loads((SCHEMA.parents[1] / "fixtures" / "manifest.toml").read_text("utf-8"))["message"]
NOWHERE = "00000000-0000-4000-8000-000000000000"
OTHER_ID = "0f5d0c1e-0000-4000-a000-000000000001"
PLAN = "Arbeidstrening på lager"
MEASURE = {"description": PLAN, "demands": ["heavy-lifting"]}
KEPT_BACK = "Ikke alt om erklæringen vises her. Spør legen som skrev den, hvis du vil vite mer."
SOLD = "Tåler rolig aktivitet"


def view(office: Office, certificate: str, language: str = "nb") -> Json:
    found = office.client.get(f"/assessments/{certificate}/patient", headers={"Accept-Language": language})
    assert (found.status_code, found.headers["content-type"]) == (200, "application/json")
    assert found.headers["content-language"] == language
    told: Json = found.json()
    validator = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")), validate_formats=True)
    assert [error.message for error in validator.iter_errors(told)] == []
    return told


def page(office: Office, certificate: str, language: str = "nb") -> str:
    accepted = {"Accept": "text/plain, application/json;q=0.9", "Accept-Language": language}
    found = office.client.get(f"/assessments/{certificate}/patient", headers=accepted)
    assert (found.status_code, found.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    assert found.headers["content-language"] == language
    text: str = found.text
    return text


def items(told: Json) -> list[str]:
    return [each["item"] for each in told["answers"]["items"]]


def asked_about(told: Json) -> list[tuple[str, str]]:
    targets = (target for each in told["questions"]["clarifications"] for target in each["targets"])
    return [(target["item"], target["stands"]) for target in targets]


def reserving(number: int, *reserved: str, date: str, text: str | None = None) -> Json:
    """A whole version of the base certificate that reserves some items."""
    whole = authored(numbered(message("every-mapped-element"), number), date)
    base = message()
    resource(whole, "MessageHeader")["source"] = resource(base, "MessageHeader")["source"]
    composition = resource(whole, "Composition")
    composition["identifier"] = dict(resource(base, "Composition")["identifier"])
    composition.pop("relatesTo", None)
    composition.pop("event", None)
    patient = resource(base, "Patient")
    resource(whole, "Patient").update({"identifier": patient["identifier"], "name": patient["name"]})
    observation = reservation_in(whole)
    observation.pop("valueString", None)
    first, *_, reason = observation["component"]
    named = [
        {"code": first["code"], "valueCodeableConcept": {"coding": [{**item_code(first), "code": item}]}}
        for item in reserved
    ]
    observation["component"] = [*named, reason]
    if text is not None:
        observation["valueString"] = text
    return whole


def item_code(part: Json) -> Json:
    found: Json = part["valueCodeableConcept"]["coding"][0]
    return found


def reservation_in(whole: Json) -> Json:
    composition = resource(whole, "Composition")
    (section,) = [each for each in composition["section"] if each["code"]["coding"][0]["code"] == "reservation"]
    wanted = section["entry"][0]["reference"]
    found: Json = next(entry["resource"] for entry in whole["entry"] if entry["fullUrl"] == wanted)
    return found


@pytest.mark.parametrize(
    "language,heading", [("nb", "Hva NAV har spurt"), ("nn", "Kva NAV har spurt"), ("en", "What NAV")]
)
def test_a_conversation_as_the_patient_reads_it(either_office: Office, language: str, heading: str) -> None:
    office = either_office
    certificate = office.certificate()
    clarification = office.asked(certificate, target(), target("function", "unclear"), measure=MEASURE)
    office.submit(answer(clarification, ["activity"]))
    told = view(office, certificate, language)
    assert asked_about(told) == [("activity", "answered"), ("function", "open")]
    assert items(told) == ["diagnosis", "function", "health-risk", "activity", "prognosis"]
    assert not told["not_all_shown"]
    text = page(office, certificate, language)
    assert heading in text
    assert PLAN in text
    assert PATIENT not in text + json.dumps(told)
    assert SOLD in text


def test_a_reservation_that_comes_with_an_answer_holds_though_nobody_asked(either_office: Office) -> None:
    office = either_office
    certificate = office.certificate()
    clarification = office.asked(certificate, target(), measure=MEASURE)
    before = view(office, certificate)
    assert (before["not_all_shown"], asked_about(before)) == (False, [("activity", "open")])
    office.submit(answer(clarification, ["activity", "reservation"]))
    told, text = view(office, certificate), page(office, certificate)
    assert told["not_all_shown"]
    assert KEPT_BACK in text
    assert SOLD not in text + json.dumps(told, ensure_ascii=False)
    assert PLAN not in text
    # NAV reads what it read before: the reservation is told, and the answer counts.
    assessed = office.client.get(f"/assessments/{certificate}").json()
    assert len(assessed["reservation"]) == 1
    assert SOLD in json.dumps(assessed, ensure_ascii=False)


def test_a_reservation_of_one_item_and_a_later_version_that_says_nothing_of_it(either_office: Office) -> None:
    office = either_office
    certificate = office.certificate()
    office.asked(certificate, target("prognosis", "unclear"), target("function", "unclear"))
    assert len(asked_about(view(office, certificate))) == 2
    office.submit(reserving(201, "prognosis", date="2026-10-20T10:00:00+02:00"))
    told = view(office, certificate)
    assert "prognosis" not in items(told)
    assert "function" in items(told)
    assert asked_about(told) == [("function", "open")]
    assert "Prognose" not in page(office, certificate)
    later = authored(numbered(message(), 202), "2026-10-25T10:00:00+02:00")
    office.submit(later)
    assert office.client.get(f"/assessments/{certificate}").json()["reservation"] == []
    assert asked_about(view(office, certificate)) == [("function", "open")]
    assert "Prognose" not in page(office, certificate)


@pytest.mark.parametrize("reserved,text", [((), None), (("function",), "Heller ikke om diagnosen")])
def test_a_reservation_of_everything_leaves_the_frame_alone(
    office: Office, reserved: tuple[str, ...], text: str | None
) -> None:
    certificate = office.certificate(reserving(201, *reserved, date="2026-10-20T10:00:00+02:00", text=text))
    told = view(office, certificate)
    assert (items(told), told["shared"]["items"], told["shared"]["withheld"]) == ([], [], [])
    assert text is None or text not in json.dumps(told, ensure_ascii=False)


def test_a_reservation_of_what_is_no_item_is_refused_and_shows_nothing(office: Office) -> None:
    whole = reserving(201, "prognosis", "specialist", date="2026-10-20T10:00:00+02:00")
    item_code(reservation_in(whole)["component"][1])["code"] = "no-such-item"
    certificate = office.certificate(whole)
    assert office.client.get(f"/assessments/{certificate}/patient").status_code == 404


def test_a_reservation_on_the_form_of_2008_keeps_all_back(office: Office) -> None:
    sent = kith.raw("good/reservation-kept-from-patient")
    office.client.post("/kith/messages", content=sent, headers={"Content-Type": "application/xml"})
    certificate = office.client.get(f"/receipts/{kith.message_id(sent)}").json()["certificate"]
    told = view(office, certificate)
    assert (items(told), told["not_all_shown"]) == ([], True)
    reserved = office.client.get(f"/assessments/{certificate}").json()["reservation"][0]
    assert reserved["parts"][0]["text"] not in page(office, certificate)


@pytest.mark.parametrize(
    "path,value",
    [
        ("language", "no"),
        ("written", "2026"),
        ("about", []),
        ("not_all_shown", None),
        ("answers/items/0/item", "reservation"),
        ("answers/items/0/state", "missing"),
        ("questions/clarifications/0/targets", []),
        ("questions/clarifications/0/targets/0/stands", "late"),
        ("questions/clarifications/0/targets/0/item", "reservation"),
        ("shared/items/0/title", ""),
        ("shared/withheld", None),
    ],
)
def test_a_view_that_breaks_the_contract_is_refused(office: Office, path: str, value: object) -> None:
    certificate = office.certificate()
    office.asked(certificate, target())
    broken = replaced(view(office, certificate), path, value)
    validator = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")), validate_formats=True)
    assert not validator.is_valid(broken)


def test_what_cannot_be_had(office: Office) -> None:
    certificate = office.certificate()
    for unknown in (NOWHERE, "x", PATIENT):
        found = office.client.get(f"/assessments/{unknown}/patient", headers={"Accept": "text/plain"})
        assert (found.status_code, found.headers["content-type"]) == (404, "application/problem+json")
        assert PATIENT not in found.text
    withdrawal = changed(message(), OTHER_ID, date="2026-10-30T08:15:00+02:00", status="entered-in-error")
    office.client.post(DOOR, content=body(withdrawal), headers=JSON)
    gone = office.client.get(f"/assessments/{certificate}/patient")
    assert (gone.status_code, gone.json()["title"]) == (410, "certificate-withdrawn")


def test_a_withheld_sentence_is_told_of_and_not_shown(office: Office) -> None:
    entry = next(each for each in MANIFEST if each.get("withheld") and each["file"].endswith(".json"))
    sent = tree(entry["file"].removeprefix("messages/"))
    told = view(office, office.certificate(sent))
    assert [each["kind"] for each in told["shared"]["withheld"]] != []
    assert "er ikke vist for veilederen" in page(office, office.certificate(sent))
