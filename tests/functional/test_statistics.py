"""Ratings and statistics over HTTP: what a doctor rates, what is counted, and what is hidden, on both databases."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator
from starlette.testclient import TestClient

from certgateway import bootstrap
from certgateway.app import create_app
from certgateway.config import Settings
from certgateway.services import count
from certgateway.services.gateway import Gateway
from tests.functional.office import NOWHERE, OTHER_SYSTEM, PATIENT, SENDER, Office, Ticking, target
from tests.functional.test_dialogue_schemas import changed
from tests.integration.answering import answer
from tests.integration.receiving import authored, message, numbered, resource

Json = dict[str, Any]
SCHEMA = Path(__file__).resolve().parents[2] / "schemas" / "clarification-statistics.schema.json"
RELEVANCE = "https://certgateway.example/fhir/StructureDefinition/question-relevance"
SPAN = {"from": "2026-11-01", "to": "2026-11-30"}


def told(office: Office, **days: str) -> Json:
    found = office.client.get("/clarifications/statistics", params={**SPAN, **days})
    assert found.status_code == 200, found.text
    statistics: Json = found.json()
    validator = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")), validate_formats=True)
    assert [error.message for error in validator.iter_errors(statistics)] == []
    return statistics


def relevant(tree: Json, score: int) -> Json:
    """The answer with the doctor's rating of the question."""
    communication = resource(tree, "Communication")
    members = dict(communication)
    communication.clear()
    # XML has an order.
    communication["resourceType"] = members.pop("resourceType")
    communication["extension"] = [*members.pop("extension", []), {"url": RELEVANCE, "valueInteger": score}]
    communication.update(members)
    return tree


def certificates(office: Office, count_: int) -> list[str]:
    """Certificates of the same patient, each with an id of its own."""
    found = []
    for number in range(count_):
        tree = authored(numbered(message(), 500 + number), "2026-10-20T10:00:00+02:00")
        resource(tree, "Composition")["identifier"]["value"] = f"5e1f0000-0d0c-4a10-9e00-{number:012}"
        found.append(office.certificate(tree))
    return found


def answered(clarification: str, number: int, certificate: int, score: int) -> Json:
    named = f"5e1f0000-0d0c-4a10-9e00-{certificate:012}"
    return relevant(answer(clarification, ["activity"], number=number, certificate=named), score)


def test_a_rating_that_comes_with_an_answer_is_an_event(either_office: Office) -> None:
    office = either_office
    clarification = office.asked(office.certificate(), target())
    receipt = office.submit(relevant(answer(clarification, ["activity"]), 4), "xml")
    assert receipt.status_code == 200
    followed = office.followed(clarification).json()
    assert (followed["ratings"], followed["status"]) == ({"doctor": 4}, "answered")
    assert sorted(each["kind"] for each in followed["events"]) == ["answered", "asked", "rated"]
    office.followed(clarification, "rate", {"score": 2})
    assert office.followed(clarification).json()["ratings"] == {"doctor": 4, "counsellor": 2}


def test_a_doctor_who_cannot_answer_rates_the_question_all_the_same(office: Office) -> None:
    clarification = office.asked(office.certificate(), target())
    office.submit(relevant(answer(clarification, declined="not-my-patient"), 1))
    assert office.followed(clarification).json()["ratings"] == {"doctor": 1}


def test_a_rating_out_of_range_refuses_the_answer(office: Office) -> None:
    clarification = office.asked(office.certificate(), target())
    found = office.submit(relevant(answer(clarification, ["activity"]), 6))
    assert found.status_code == 422
    followed = office.followed(clarification).json()
    assert (followed["ratings"], followed["targets"][0]["standing"]) == ({}, "open")


def test_a_rating_with_an_answer_that_was_put_aside_counts_for_nothing(office: Office) -> None:
    clarification = office.asked(office.certificate(), target())
    office.submit(relevant(answer(clarification, ["prognosis"]), 5))
    assert office.followed(clarification).json()["ratings"] == {}


def test_a_system_that_polls_rates_by_the_message(either_office: Office) -> None:
    office = either_office
    clarification = office.asked(office.certificate(), target())
    (waiting,) = office.waiting()
    address = f"/messages/{waiting['id']}/rate"
    for score in (2, 5):
        found = office.post(f"{address}?receiver={SENDER}", {"score": score})
        assert (found.status_code, found.content) == (204, b"")
    assert office.followed(clarification).json()["ratings"] == {"doctor": 5}


@pytest.mark.parametrize(
    "receiver,body,status",
    [
        (OTHER_SYSTEM, {"score": 3}, 404),
        (PATIENT + "x", {"score": 3}, 422),
        (SENDER, {"score": 0}, 422),
        (SENDER, {"score": 6}, 422),
        (SENDER, {"score": "3"}, 422),
        (SENDER, {"score": 3, "why": PATIENT}, 422),
        (SENDER, [], 422),
    ],
)
def test_a_rating_that_is_not_taken(office: Office, receiver: str, body: object, status: int) -> None:
    clarification = office.asked(office.certificate(), target())
    (waiting,) = office.waiting()
    found = office.post(f"/messages/{waiting['id']}/rate?receiver={receiver}", body)
    assert (found.status_code, found.headers["content-type"]) == (status, "application/problem+json")
    assert PATIENT not in found.text
    assert office.followed(clarification).json()["ratings"] == {}
    assert office.post(f"/messages/{NOWHERE}/rate?receiver={SENDER}", {"score": 3}).status_code == 404


def test_what_is_counted(either_office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of two, so that six clarifications are three of them."""
    monkeypatch.setattr(count, "PAGE", 2)
    office = either_office
    known = certificates(office, 6)
    asked = [office.asked(each, target(), target("function", "unclear")) for each in known]
    for place, each in enumerate(asked[:5]):
        assert office.submit(answered(each, 600 + place, place, 4)).status_code == 200
    office.followed(asked[0], "return", {"reason": "still-unclear"})
    statistics = told(office)
    assert (statistics["from"], statistics["to"]) == ("2026-10-01", "2026-12-31")
    function, activity = statistics["items"]
    assert (function["item"], activity["item"]) == ("function", "activity")
    assert activity["figures"] == {
        "asked": 6,
        "answered": 4,
        "answered_first_time": 4,
        "open": 2,
        "declined": 0,
        "withdrawn": 0,
        "returned": 1,
        "avoidable": 0,
        "rounds_mean": None,
        "working_days_median": 0.0,
        "ratings": {
            "doctor": {"hidden": False, "count": 5, "mean": 4.0},
            "counsellor": {"hidden": False, "count": 0, "mean": None},
        },
    }
    assert (function["figures"]["open"], statistics["total"]["figures"]["asked"]) == (6, 12)
    assert [each["sender"] for each in statistics["senders"]] == [f"her:{SENDER}"]
    assert statistics["senders"][0]["figures"] == statistics["total"]["figures"]
    text = json.dumps(statistics)
    assert not [secret for secret in (PATIENT, *known, *asked) if secret in text]
    earlier = told(office, **{"from": "2026-07-01", "to": "2026-09-30"})
    assert (earlier["total"]["figures"]["asked"], earlier["items"]) == (0, [])


def test_what_was_asked_at_the_same_instant_is_counted_once(
    either: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a clock that stands still, so that a page ends among questions of the same instant."""
    monkeypatch.setattr(count, "PAGE", 2)
    office = Office(either, Ticking())
    for each in certificates(office, 7):
        office.asked(each, target())
    assert told(office)["total"]["figures"]["asked"] == 7


FIGURES = "total/figures"
FREE = {"hidden": False, "figures": None}


@pytest.mark.parametrize(
    "path,value",
    [
        ("to", "2026-12"),
        ("smallest", 4),
        ("total", FREE),
        ("total/hidden", True),
        (f"{FIGURES}/asked", -1),
        (f"{FIGURES}/avoidable", None),
        (f"{FIGURES}/ratings/doctor/mean", 6),
        ("items/0/title", ""),
        ("items/0/item", None),
        ("senders/0/sender", None),
    ],
)
def test_statistics_that_break_the_contract_are_refused(office: Office, path: str, value: object) -> None:
    for each in certificates(office, 5):
        office.asked(each, target())
    broken = changed(told(office), path, value)
    validator = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")), validate_formats=True)
    assert not validator.is_valid(broken)


def test_few_are_hidden(office: Office) -> None:
    for each in certificates(office, 4):
        office.asked(each, target())
    statistics = told(office)
    assert statistics["total"] == {"hidden": True, "figures": None}
    assert [each["figures"] for each in (*statistics["items"], *statistics["senders"])] == [None, None]


@pytest.fixture
def holding_office(gateway: Gateway, settings: Settings) -> Iterator[Office]:
    """An office whose gateway holds what is incomplete."""
    house = replace(gateway.house, policies=bootstrap.DEFAULT_POLICIES | {"fhir-json": "hold"})
    clock = Ticking()
    with TestClient(create_app(replace(gateway, house=house, clock=clock), settings)) as opened:
        yield Office(opened, clock)


def test_what_validation_would_have_told_was_avoidable(holding_office: Office) -> None:
    office = holding_office
    for number in range(5):
        tree = authored(numbered(message(), 700 + number), "2026-10-20T10:00:00+02:00")
        composition = resource(tree, "Composition")
        composition["identifier"]["value"] = f"5e1f0000-0d0c-4a10-9e00-{number:012}"
        sections = composition["section"]
        composition["section"] = [each for each in sections if each["code"]["coding"][0]["code"] != "health-risk"]
        office.asked(office.certificate(tree), target("health-risk"), target("activity"))
    risk, activity = told(office)["items"]
    assert (risk["item"], risk["figures"]["avoidable"]) == ("health-risk", 5)
    # Nothing tells a doctor that an item which is not required is missing.
    assert activity["figures"]["avoidable"] == 0


@pytest.mark.parametrize(
    "query",
    [
        "",
        "from=2026-01-01",
        "from=2026-12-01&to=2026-01-01",
        "from=2020-01-01&to=2026-01-01",
        "from=1999-12-31&to=2000-01-01",
        "from=2100-01-01&to=2101-01-01",
        "from=2026-01-01T00:00:00Z&to=2026-02-01",
        "from=1767225600&to=2026-02-01",
        "from=2026-02-30&to=2026-03-01",
        f"from={PATIENT}&to=2026-03-01",
    ],
)
def test_days_that_are_not_taken(office: Office, query: str) -> None:
    found = office.client.get(f"/clarifications/statistics?{query}")
    assert (found.status_code, found.json()["title"]) == (422, "request-invalid")
    assert PATIENT not in found.text
