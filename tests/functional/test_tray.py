"""Answers that match no question, over HTTP: looked at, sorted to a question, filed away, and what is refused."""

import json
from pathlib import Path
from typing import Any, get_args

import pytest
from httpx2 import Response
from jsonschema_rs import Draft202012Validator

from certgateway.api.tray import FileAnswer
from certgateway.domain.tray import PUT_ASIDE, UNSORTABLE
from certgateway.domain.vocabulary.clarification import FILING_REASON
from tests.functional.office import NOWHERE, PATIENT, PLAIN, Office, kinds, standings, target
from tests.integration.answering import answer
from tests.integration.receiving import message, resource

Json = dict[str, Any]
SCHEMA = json.loads(
    (Path(__file__).resolve().parents[2] / "schemas" / "unsorted-answer.schema.json").read_text(encoding="utf-8")
)
FILE = {"reason": "not-an-answer"}


def problem(answer_: Response) -> tuple[int, str]:
    told = answer_.json()
    assert answer_.headers["content-type"] == "application/problem+json"
    assert told["support_reference"] == answer_.headers["support-reference"]
    assert PATIENT not in answer_.text
    return answer_.status_code, told["title"]


def tray(office: Office) -> list[str]:
    return [each["message"] for each in office.client.get("/clarifications/unsorted").json()["answers"]]


def stray(office: Office, *items: str, **more: Any) -> str:  # noqa: ANN401
    office.submit(answer(NOWHERE, items or ["activity"], **more))
    return tray(office)[-1]


def shown(office: Office, lying: str) -> Response:
    found: Response = office.client.get(f"/clarifications/unsorted/{lying}")
    return found


def sorted_to(office: Office, lying: str, clarification: str, spoken: str = "nb") -> Response:
    body = {"clarification": clarification}
    return office.post(f"/clarifications/unsorted/{lying}/sort", body, {"Accept-Language": spoken})


def test_a_stray_answer_is_looked_at_and_sorted(either_office: Office) -> None:
    certificate = either_office.certificate()
    clarification = either_office.asked(certificate, target(), target("prognosis", "unclear"))
    lying = stray(either_office, "activity", "function")
    told = shown(either_office, lying).json()
    assert [each["item"] for each in told["items"]] == ["function", "activity"]
    assert (told["clarification"], told["certificate_named"]) == (None, certificate)
    assert [each["clarification"] for each in told["candidates"]] == [clarification]
    followed = sorted_to(either_office, lying, clarification.upper())
    assert (followed.status_code, standings(followed.json())) == (
        200,
        [("activity", "answered", 2), ("prognosis", "open", None)],
    )
    assert kinds(followed.json()) == ["asked", "answered", "sorted"]
    assert tray(either_office) == []
    found = either_office.client.get(f"/assessments/{certificate}").json()
    assert (found["version"], len(found["activity"])) == (2, 2)
    assert [each["item"] for each in found["open"]] == ["prognosis"]
    feed = either_office.client.get("/assessments/feed").json()["events"]
    assert [(each["kind"], each["version"]) for each in feed] == [("new", 1), ("replaced", 2)]
    for verb, body in (("sort", {"clarification": clarification}), ("file", FILE)):
        again = either_office.post(f"/clarifications/unsorted/{lying}/{verb}", body)
        assert problem(again) == (409, "answer-sorted-already")
    assert problem(shown(either_office, lying)) == (404, "not-found")


@pytest.mark.parametrize("spoken", ["nb", "nn", "en"])
def test_another_patient_s_answer_is_refused_in_three_languages(office: Office, spoken: str) -> None:
    clarification = office.asked(office.certificate())
    tree = answer(NOWHERE, ["activity"])
    resource(tree, "Patient")["identifier"] = resource(message("every-mapped-element"), "Patient")["identifier"]
    office.submit(tree)
    refused = sorted_to(office, tray(office)[0], clarification, spoken)
    assert problem(refused) == (422, "answer-not-sorted")
    text = UNSORTABLE["other-patient"].text(spoken)  # type: ignore[arg-type]
    assert refused.json()["refusals"] == [{"why": "other-patient", "text": text, "rules": []}]
    assert (refused.json()["detail"], refused.headers["content-language"]) == (text, spoken)
    assert standings(office.followed(clarification).json()) == [("activity", "open", None)]


def test_what_belongs_nowhere_is_filed(either_office: Office) -> None:
    either_office.certificate()
    lying = stray(either_office)
    filed = either_office.post(f"/clarifications/unsorted/{lying}/file", FILE)
    assert (filed.status_code, filed.content) == (204, b"")
    assert tray(either_office) == []
    assert problem(either_office.post(f"/clarifications/unsorted/{lying}/file", FILE)) == (409, "answer-sorted-already")


@pytest.mark.parametrize("name", [NOWHERE, "x", "%00", "a" * 300, "æøå", PATIENT])
def test_what_is_not_in_the_tray_is_not_found(office: Office, name: str) -> None:
    assert problem(shown(office, name)) == (404, "not-found")
    assert problem(office.post(f"/clarifications/unsorted/{name}/file", FILE)) == (404, "not-found")
    assert problem(sorted_to(office, name, NOWHERE)) == (404, "not-found")


@pytest.mark.parametrize(
    "verb,body",
    [
        ("file", {"reason": "curious"}),
        ("file", {}),
        ("file", {"reason": "not-an-answer", "because": PATIENT}),
        ("sort", {"clarification": PATIENT * 6}),
        ("sort", {"clarification": 1}),
        ("sort", {}),
    ],
)
def test_a_body_of_another_form_is_refused(office: Office, verb: str, body: Json) -> None:
    office.certificate()
    lying = stray(office)
    assert problem(office.post(f"/clarifications/unsorted/{lying}/{verb}", body)) == (422, "request-invalid")
    unreadable = office.client.post(f"/clarifications/unsorted/{lying}/{verb}", content=f'"{PATIENT}', headers=PLAIN)
    assert problem(unreadable) == (400, "request-unreadable")
    assert tray(office) == [lying]


def test_details_meet_their_schema_and_every_member_is_required(office: Office) -> None:
    certificate = office.certificate()
    clarification = office.asked(certificate)
    office.submit(answer(clarification, ["prognosis"]))
    told = [shown(office, stray(office, number=number, **more)).json() for number, more in SHAPES]
    told.append(shown(office, tray(office)[0]).json())
    assert [(each["certificate"], each["declined"] is None) for each in told] == [
        (None, True),
        (None, False),
        (certificate, True),
    ]
    validator = Draft202012Validator(SCHEMA, validate_formats=True)
    for each in told:
        assert [str(error) for error in validator.iter_errors(each)] == []
        assert [key for key in each if validator.is_valid({k: v for k, v in each.items() if k != key})] == []
        assert validator.is_valid(each | {"new": 1})
        assert not validator.is_valid(each | {"why": "because"})
    assert Draft202012Validator({"$ref": SCHEMA["$schema"]}).is_valid(SCHEMA)


SHAPES: list[tuple[int, Json]] = [(101, {}), (102, {"declined": "not-known"})]


def test_the_words_are_those_of_the_vocabulary() -> None:
    assert set(get_args(FileAnswer.model_fields["reason"].annotation)) == set(FILING_REASON.concepts)
    assert SCHEMA["properties"]["why"]["enum"] == list(PUT_ASIDE)


def test_a_refused_answer_shows_in_its_clarification(office: Office) -> None:
    clarification = office.asked(office.certificate())
    tree = answer(clarification, ["activity"])
    del resource(tree, "Patient")["identifier"]
    assert office.submit(tree).status_code == 422
    (_, shown_) = office.followed(clarification).json()["events"]
    assert (shown_["kind"], shown_["rules"]) == ("answer-refused", ["patient-missing"])
