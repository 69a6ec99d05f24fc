"""schemas/clarification, messages and assessment hold what the gateway answers about questions, and refuse the rest."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from certgateway.domain import dialogue_events
from certgateway.domain.amendment import ANSWERABLE
from certgateway.domain.vocabulary.clarification import CLARIFICATION_STATUS
from tests.functional.office import OTHER_SYSTEM, SENDER, Office, kinds, target
from tests.integration.answering import answer
from tests.integration.receiving import authored, message, numbered, resource

Json = dict[str, Any]
SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"
FUNCTION = target("function", "unclear", element="function[0]", settles="Gjelder det hele dagen?")
WITHDRAW = {"reason": "asked-by-mistake"}
MEASURE = {"description": "Arbeidstrening på lager", "demands": ["heavy-lifting"]}


def schema(name: str) -> Json:
    read: Json = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    return read


def faults(name: str, instance: object) -> set[str]:
    """Where the instance breaks the schema, as JSON pointers."""
    errors = Draft202012Validator(schema(name), validate_formats=True).iter_errors(instance)
    return {"/" + "/".join(map(str, error.instance_path)) for error in errors}


def changed(instance: Any, path: str, value: Any) -> Any:  # noqa: ANN401
    """A copy with one value put in place; the path is made of keys and indices."""
    whole = copy.deepcopy(instance)
    here = whole
    *steps, last = [int(step) if step.isdecimal() else step for step in path.split("/")]
    for step in steps:
        here = here[step]
    here[last] = value
    return whole


def without(instance: Json, key: str) -> Json:
    return {name: value for name, value in instance.items() if name != key}


@pytest.fixture(scope="module")
def conversation(lasting_office: Office) -> tuple[Json, Json, Json]:
    """A clarification, the messages and the assessment data after everything that can happen on the way."""
    office = lasting_office
    certificate = office.certificate()
    targets = (target(), FUNCTION, target("prognosis", "outdated"))
    clarification = office.asked(certificate, *targets, measure=MEASURE, due="2026-12-01")
    office.waiting()
    for verb in ("remind", "pause", "resume"):
        office.followed(clarification, verb)
    office.submit(answer(clarification, ["activity", "function"]))
    office.followed(clarification, "return", {"reason": "still-unclear", "items": ["function"], "not_payable": True})
    office.submit(answer(clarification, declined="not-known", number=101))
    told = office.followed(clarification).json()
    office.followed(clarification, "hand-over", {"receiver": OTHER_SYSTEM})
    assessed = office.client.get(f"/assessments/{certificate}").json()
    office.followed(clarification, "withdraw", {"reason": "known-otherwise"})
    waiting = [office.client.get(f"/messages?receiver={each}").json() for each in (SENDER, OTHER_SYSTEM)]
    messages = {"messages": [one for each in waiting for one in each["messages"]], "next": waiting[1]["next"]}
    return told, messages, assessed


@pytest.mark.parametrize("name", ["clarification", "messages", "assessment"])
def test_schema_is_of_the_2020_12_draft_and_holds_itself(name: str) -> None:
    read = schema(name)
    assert read["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert read["$id"] == f"https://certgateway.example/schemas/{name}.schema.json"
    assert Draft202012Validator({"$ref": read["$schema"]}).is_valid(read)


def test_the_words_of_the_schema_are_those_of_the_domain() -> None:
    read = schema("clarification")
    assert set(read["properties"]["status"]["enum"]) == set(CLARIFICATION_STATUS.concepts)
    assert read["$defs"]["item"]["enum"] == list(ANSWERABLE)
    events = {kind.__name__ for kind in dialogue_events.Event.__subclasses__()}
    told = {each.replace("-", "") for each in read["$defs"]["event"]["properties"]["kind"]["enum"]}
    assert told == {name.lower() for name in events}
    assert schema("assessment")["$defs"]["asked"]["properties"]["status"] == read["properties"]["status"]


def test_a_clarification_in_every_state_meets_the_schema(office: Office) -> None:
    clarification = office.asked(office.certificate(), target(), target("function", "unclear"), measure=MEASURE)
    told = [office.followed(clarification).json()]
    (waiting,) = office.waiting()
    told.append(office.followed(clarification).json())
    office.post(f"/messages/{waiting['id']}/acknowledge", {"receiver": SENDER, "refused": "patient-unknown"})
    told.append(office.followed(clarification).json())
    told += [office.followed(clarification, verb).json() for verb in ("remind", "pause", "resume")]
    office.submit(answer(clarification, ["activity"]))
    told.append(office.followed(clarification).json())
    office.submit(answer(clarification, ["function"], number=101))
    told.append(office.followed(clarification).json())
    withdrawal = authored(numbered(message(), 102), "2026-11-02T11:00:00+01:00")
    resource(withdrawal, "Composition")["status"] = "entered-in-error"
    office.submit(withdrawal)
    told += [office.followed(clarification).json(), office.followed(clarification, "withdraw", WITHDRAW).json()]
    assert [each["status"] for each in told] == [
        "ordered",
        "sent",
        "refused",
        "refused",
        "refused",
        "refused",
        "partly-answered",
        "answered",
        "refused",
        "withdrawn",
    ]
    assert [(place, faults("clarification", each)) for place, each in enumerate(told)] == [
        (place, set()) for place in range(10)
    ]


def test_a_clarification_with_everything_that_others_did_to_it_meets_the_schema(office: Office) -> None:
    clarification = office.asked(office.certificate(), target())
    refused = answer(clarification, ["activity"], number=103)
    del resource(refused, "Patient")["identifier"]
    back = numbered(answer(clarification, ["activity"]), 104)
    resource(back, "Composition")["status"] = "entered-in-error"
    stray = answer("nobody-asked", ["activity"], number=105, date="2026-10-31T11:00:00+01:00")
    for tree in (
        refused,
        answer(clarification, ["activity"]),
        back,
        stray,
        answer(clarification, ["onset"], number=106),
    ):
        office.submit(tree)
    first, second = (each["message"] for each in office.client.get("/clarifications/unsorted").json()["answers"])
    assert office.post(f"/clarifications/unsorted/{first}/sort", {"clarification": clarification}).status_code == 200
    assert office.post(f"/clarifications/unsorted/{second}/file", {"reason": "already-known"}).status_code == 204
    told = office.followed(clarification).json()
    assert kinds(told) == ["asked", "answer-refused", "answered", "taken-back", "answered", "sorted", "filed"]
    assert [each["taken_back"] for each in told["answers"]] == [["activity"], []]
    assert faults("clarification", told) == set()
    for key in told["taken_back"][0]:
        broken = changed(told, "taken_back/0", without(told["taken_back"][0], key))
        assert faults("clarification", broken), key


def test_the_examples_reach_every_part_of_the_schemas(conversation: tuple[Json, Json, Json]) -> None:
    told, messages, assessed = conversation
    assert [name for name in ("measure", "not_payable", "answers", "targets") if not told[name]] == []
    assert {each["standing"] for each in told["targets"]} == {"answered", "declined"}
    assert kinds(told) == [
        "asked",
        "sent",
        "reminded",
        "paused",
        "resumed",
        "answered",
        "returned",
        "declined",
    ]
    assert {each["kind"] for each in messages["messages"]} == {"question", "reminder", "return", "withdrawal"}
    assert [(each["item"], each["asked"][0]["element"]) for each in assessed["open"]] == [
        ("function", "function[0]"),
        ("prognosis", None),
    ]


def test_answers_meet_their_schemas(conversation: tuple[Json, Json, Json]) -> None:
    told, messages, assessed = conversation
    assert faults("clarification", told) == set()
    assert faults("messages", messages) == set()
    assert faults("messages", {"messages": [], "next": 0}) == set()
    assert faults("assessment", assessed) == set()


def test_new_members_are_let_pass(conversation: tuple[Json, Json, Json]) -> None:
    told, messages, assessed = conversation
    assert faults("clarification", told | {"new": 1}) == set()
    assert faults("clarification", changed(told, "targets/0/new", 1)) == set()
    assert faults("messages", changed(messages, "messages/0/new", 1)) == set()
    assert faults("assessment", changed(assessed, "open/0/asked/0/new", 1)) == set()


def test_every_member_is_required(conversation: tuple[Json, Json, Json]) -> None:
    told, messages, assessed = conversation
    for key in told:
        assert faults("clarification", without(told, key)) == {"/"}, key
    for name in ("targets", "events", "answers"):
        for key in told[name][0]:
            assert faults("clarification", changed(told, f"{name}/0", without(told[name][0], key))), (name, key)
    for key in messages:
        assert faults("messages", without(messages, key)) == {"/"}, key
    for key in messages["messages"][0]:
        broken = changed(messages, "messages/0", without(messages["messages"][0], key))
        assert faults("messages", broken) == {"/messages/0"}, key
    for key in assessed["open"][0]["asked"][0]:
        broken = changed(assessed, "open/0/asked/0", without(assessed["open"][0]["asked"][0], key))
        assert faults("assessment", broken) == {"/open/0/asked/0"}, key
    assert faults("assessment", changed(assessed, "open/0", without(assessed["open"][0], "asked"))) == {"/open/0"}


@pytest.mark.parametrize(
    "path,value",
    [
        ("version", 0),
        ("kind", "both"),
        ("clinician", {"hpr": "7733105", "role": "gp", "organisation": "315001005"}),
        ("targets/0/question", "since-when"),
        ("status", "late"),
        ("asked", "2026-11-01"),
        ("due", "2026-12-01T00:00:00Z"),
        ("overdue", None),
        ("next_step", "sanction"),
        ("refusal", ""),
        ("withdrawn", "known-otherwise"),
        ("withdrawn", {"system": "x", "code": "y", "display": "z", "text": "more"}),
        ("not_payable", ["still-unclear"]),
        ("measure/benefit", "x"),
        ("measure/demands/0/display", ""),
        ("targets", []),
        ("targets/0/item", "patient"),
        ("targets/0/element", "health risk"),
        ("targets/0/standing", "refused"),
        ("targets/0/version", None),
        ("targets/0/rounds", -1),
        ("targets/0/reason/code", None),
        ("events", []),
        ("events/0/kind", "sanctioned"),
        ("events/0/text", "what was said"),
        ("events/0/at", "i dag"),
        ("answers/0/items", []),
        ("answers/0/version", 0),
        ("answers/0/untouched/0/before", "plain"),
        ("answers/0/untouched/0/value", "what it says"),
    ],
)
def test_a_clarification_that_breaks_the_contract_is_refused(
    conversation: tuple[Json, Json, Json], path: str, value: object
) -> None:
    broken = changed(conversation[0], path, value)
    assert broken != conversation[0]
    assert faults("clarification", broken) != set()


@pytest.mark.parametrize(
    "path,value",
    [
        ("next", -1),
        ("messages/0/id", ""),
        ("messages/0/seq", 0),
        ("messages/0/kind", "order"),
        ("messages/0/at", "2026-11-01"),
        ("messages/0/message", "{}"),
        ("messages/0/message/type", "collection"),
        ("messages/0/message/resourceType", "Parameters"),
        ("messages/0/message/entry", []),
        ("messages/0/message/entry/0/resource/resourceType", "Patient"),
        ("messages/0/message/entry/2/resource/resourceType", "Observation"),
        ("messages/0/message/entry/2/fullUrl", ""),
    ],
)
def test_messages_that_break_the_contract_are_refused(
    conversation: tuple[Json, Json, Json], path: str, value: object
) -> None:
    broken = changed(conversation[1], path, value)
    assert broken != conversation[1]
    assert faults("messages", broken) != set()


@pytest.mark.parametrize(
    "path,value",
    [
        ("asked", None),
        ("asked/0/clarification", ""),
        ("asked/0/reason", "unclear"),
        ("asked/0/element", "health risk"),
        ("asked/0/text", None),
        ("asked/0/due", "2026-12"),
        ("asked/0/status", "late"),
    ],
)
def test_an_open_item_that_breaks_the_contract_is_refused(
    conversation: tuple[Json, Json, Json], path: str, value: object
) -> None:
    assert faults("assessment", changed(conversation[2], f"open/0/{path}", value)) != set()
