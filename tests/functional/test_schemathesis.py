"""Schemathesis over the running application: every operation, seeded with the good fixtures and then at random.

Whatever is asked, the answer has a status, media type and shape that openapi.json tells of, and is no fault of ours.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi import checks
from starlette.testclient import TestClient

from certgateway import bootstrap
from certgateway.app import create_app
from certgateway.config import Settings
from certgateway.services.examine import House
from certgateway.trust.seal import create_key_file
from fixtures.authoring.writers import to_json
from tests.functional.conftest import NOW
from tests.functional.messages import FIXTURES, JSON, XML, message_id, raw, tree
from tests.functional.test_kith_dialogue import receipt
from tests.integration.answering import answer
from tests.integration.replying import reply

DESCRIPTION = json.loads((Path(__file__).resolve().parents[2] / "schemas" / "openapi.json").read_text())
OPERATIONS = sorted((path, method) for path, operations in DESCRIPTION["paths"].items() for method in operations)
GOOD = sorted(path.name for path in (FIXTURES / "good").iterdir())
GOOD_KITH = sorted(path.name for path in (FIXTURES / "kith" / "good").iterdir())
FIRST = "good/back-pain-tolerates-load.json"
ASKED = "good/required-items-only.json"
SENDER = "8143060"
RANDOM_EXAMPLES = 25

# A FHIR body is described as "a resource": what is wrong inside is told by a judgement, not by a refusal, and a body
# that fits the description may be refused. Both are the contract.
ABOUT_BODIES = [checks.negative_data_rejection, checks.positive_data_acceptance]
Seed = dict[str, Any]
KITH = {"Content-Type": "application/xml"}
PLAIN = {"media_type": "application/json", "headers": {"Content-Type": "application/json"}}
SUCCESSES = {
    ("/clarifications", "post"): 201,
    ("/orders", "post"): 201,
    ("/messages/{message}/acknowledge", "post"): 204,
    ("/clarifications/unsorted/{message}/file", "post"): 204,
    ("/messages/{message}/resend", "post"): 204,
    ("/messages/{message}/read", "post"): 204,
    ("/messages/{message}/rate", "post"): 204,
    # Where nobody has to log in everything is open already.
    ("/assessments/{certificate}/override", "post"): 409,
}

# Each verb has a question of its own, so that none of them stands in another's way.
VERBS: dict[str, Seed] = {
    "": {},
    "/remind": {},
    "/return": {"body": {"reason": "still-unclear", "items": ["activity"], "not_payable": True}} | PLAIN,
    "/settle": {"body": {"items": ["activity"]}} | PLAIN,
    "/withdraw": {"body": {"reason": "no-longer-needed"}} | PLAIN,
    "/hand-over": {"body": {"receiver": "8143999"}} | PLAIN,
    "/pause": {},
    "/resume": {},
    "/rate": {"body": {"score": 4}} | PLAIN,
}
ORDERS: tuple[Seed, ...] = (
    {
        "patient": {"number": "14837910405", "name": "Vennlig Fjelltur"},
        "clinician": {"hpr": "7733105", "role": "hospital-specialist", "organisation": "315001005", "name": "Ro Psyk"},
        "receiver": "8143999",
        "questions": [{"question": "since-when"}, {"question": "compatible-with-measure", "settles": "Også kvelder?"}],
        "measure": {"description": "Arbeidstrening på lager", "demands": ["heavy-lifting"]},
        "due": "2026-12-01",
        "language": "nn",
    },
    {
        "patient": {"number": "09897130790", "name": "Stille Skog"},
        "clinician": {"hpr": "9412837", "role": "gp", "organisation": "315001005"},
        "receiver": "8143060",
    },
)
REASONS = (
    "missing",
    "unclear",
    "contradictory",
    "outdated",
    "patient-reported",
    "specialist-view",
    "detail-for-measure",
)
ASKED_BECAUSE = (*REASONS, "unclear", "contradictory")
ITEMS = ("activity",) * len(REASONS) + ("function", "function")


@dataclass(frozen=True)
class Application:
    """The application, its description as Schemathesis reads it, and what exists there.

    `certificate` is accepted, `asked` has questions, one for each verb, `message` waits for a system, which has `kept`
    and would not take `refused`; `tray` holds an answer for each thing that is done with one.
    """

    schema: BaseSchema
    certificate: str
    asked: str
    clarifications: dict[str, str]
    message: str
    tray: dict[str, str]
    refused: str
    kept: str


@pytest.fixture(scope="module")
def tested(tmp_path_factory: pytest.TempPathFactory, house: House) -> Iterator[Application]:
    folder = tmp_path_factory.mktemp("schemathesis")
    create_key_file(folder / "key")
    made = bootstrap.gateway_on(f"sqlite:///{folder}/certgateway.db", folder / "key", house)
    seconds = count()
    ticking = replace(made, clock=lambda: NOW + timedelta(seconds=next(seconds)))
    app: FastAPI = create_app(ticking, Settings.model_construct(persons="synthetic"))
    with TestClient(app) as client:
        for name in GOOD:
            assert (
                client.post("/fhir/$process-message", content=raw(f"good/{name}"), headers=_headers(name)).status_code
                == 200
            )
        certificate, asked = (
            client.get(f"/receipts/{message_id(tree(name))}").json()["certificate"] for name in (FIRST, ASKED)
        )
        clarifications = dict(zip(VERBS, map(partial(_ask, client, asked), ASKED_BECAUSE, ITEMS), strict=True))
        for number, (verb, item) in enumerate((("/return", "activity"), ("/rate", "function")), start=100):
            answered = to_json(answer(clarifications[verb], [item], number=number))
            assert client.post("/fhir/$process-message", content=answered, headers=JSON).status_code == 200
        worded = reply(clarifications["/settle"])
        assert client.post("/kith/messages", content=worded, headers=KITH).status_code == 200
        assert client.post(f"/clarifications/{clarifications['/resume']}/pause").status_code == 200
        for number in (102, 103, 104):
            stray = to_json(answer("nobody-asked-this", ["activity"], number=number))
            assert client.post("/fhir/$process-message", content=stray, headers=JSON).status_code == 200
        lying = [each["message"] for each in client.get("/clarifications/unsorted").json()["answers"]]
        waiting = client.get("/messages", params={"receiver": SENDER}).json()["messages"]
        message, refused = waiting[0]["id"], _refused(client, waiting, clarifications["/remind"])
        kept = next(each["id"] for each in waiting[1:] if each["id"] != refused)
        assert client.post(f"/messages/{kept}/acknowledge", json={"receiver": SENDER}).status_code == 204
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    tray = dict(zip(("", "/sort", "/file"), lying, strict=True))
    yield Application(schema, certificate, asked, clarifications, message, tray, refused, kept)
    made.store.close()


def _ask(client: TestClient, certificate: str, reason: str, item: str) -> str:
    question = {"certificate": certificate, "targets": [{"item": item, "reason": reason}]}
    found: str = client.post("/clarifications", json=question).json()["clarification"]
    return found


def _refused(client: TestClient, waiting: list[dict[str, Any]], clarification: str) -> str:
    found: str = next(each["id"] for each in waiting if each["clarification"] == clarification)
    body = {"receiver": SENDER, "refused": "other"}
    assert client.post(f"/messages/{found}/acknowledge", json=body).status_code == 204
    return found


def _headers(name: str) -> dict[str, str]:
    return XML if name.endswith(".xml") else JSON


def seeds(path: str, method: str, tested: Application) -> list[Seed]:
    """Requests that must succeed: the fixtures for bodies, what exists for parameters."""
    if path.startswith("/clarifications/unsorted/"):
        return [tray_seed(path.removeprefix("/clarifications/unsorted/{message}"), tested)]
    if path in {"/orders", "/orders/search", "/assessments/search"}:
        asked = ORDERS if path == "/orders" else [{"patient": "14837910405"}]
        return [{"body": each} | PLAIN for each in asked]
    if path.startswith(("/clarifications", "/messages")):
        return undelivered_seeds(path, tested) or dialogue_seeds(path, method, tested)
    if "$" in path:
        return [
            {"body": raw(f"good/{name}"), "media_type": _headers(name)["Content-Type"], "headers": _headers(name)}
            for name in GOOD
        ]
    if path.startswith("/kith/"):
        xml = {"media_type": "application/xml", "headers": {"Content-Type": "application/xml"}}
        bodies = [raw(f"kith/good/{name}") for name in GOOD_KITH]
        bodies.append(reply(tested.clarifications["/settle"], number=600))
        bodies += [receipt(tested.kept)] if path == "/kith/messages" else []
        versions = [{}, {"query": {"apprec": "1.0"}}, {"query": {"apprec": "1.1"}}]
        return [{"body": body} | xml | versions[number % 3] for number, body in enumerate(bodies)]
    named = {"message_id": message_id(tree(FIRST)), "certificate": tested.certificate}
    ids = {
        "StructureDefinition": "function",
        "ValueSet": "ability",
        "CodeSystem": "rule",
        "Questionnaire": "certificate",
    }
    kind = path.split("/")[2] if path.startswith("/fhir/") else ""
    wanted = named | ({"id": ids[kind]} if kind in ids else {})
    body = {"body": {"reason": "Vikarierer for kollega"}} | PLAIN if path.endswith("/override") else {}
    return [{"path_parameters": {name: value for name, value in wanted.items() if f"{{{name}}}" in path}} | body]


def tray_seed(verb: str, tested: Application) -> Seed:
    """A request about an answer in the tray."""
    body = {"/sort": {"clarification": tested.clarifications[""]}, "/file": {"reason": "not-an-answer"}}.get(verb)
    return {"path_parameters": {"message": tested.tray[verb]}} | ({"body": body} | PLAIN if body else {})


def undelivered_seeds(path: str, tested: Application) -> list[Seed]:
    """Requests about messages that did not reach their receiver; none for other paths."""
    if path == "/messages/{message}/resend":
        return [{"path_parameters": {"message": tested.refused}}]
    return [{}] if path == "/messages/dead" else []


def dialogue_seeds(path: str, method: str, tested: Application) -> list[Seed]:
    """Requests about questions and the messages that carry them."""
    rated: Seed = {"path_parameters": {"message": tested.message}, "query": {"receiver": SENDER}, "body": {"score": 4}}
    counted: dict[str, Seed] = {
        "/clarifications/statistics": {"query": {"from": "2026-10-01", "to": "2026-12-31"}},
        "/messages/{message}/rate": rated | PLAIN,
    }
    if path in counted:
        return [counted[path]]
    return asking_seeds(path, method, tested)


def asking_seeds(path: str, method: str, tested: Application) -> list[Seed]:
    """Requests by which a question is asked, fetched and followed."""
    if path == "/messages":
        accepted = ("application/json", "application/fhir+json", "application/fhir+xml")
        return [
            {"query": {"receiver": SENDER, "after": 1, "limit": 3}, "headers": {"Accept": form}} for form in accepted
        ]
    if path == "/messages/{message}":
        seed = {"path_parameters": {"message": tested.message}, "query": {"receiver": SENDER}}
        forms = ("application/fhir+json", "application/fhir+xml", "application/xml", "application/pdf")
        older = seed | {"query": {"receiver": SENDER, "dialogmelding": "1.0"}, "headers": {"Accept": "application/xml"}}
        return [*(seed | {"headers": {"Accept": form}} for form in forms), older]
    if path.startswith("/messages/{message}/"):
        read = {"path_parameters": {"message": tested.kept}, "query": {"receiver": SENDER}}
        kept = {"path_parameters": {"message": tested.message}, "body": {"receiver": SENDER}} | PLAIN
        return [read if path.endswith("/read") else kept]
    if "{clarification}" in path:
        verb = path.removeprefix("/clarifications/{clarification}")
        return [{"path_parameters": {"clarification": tested.clarifications[verb]}} | VERBS[verb]]
    if method == "get":
        return [{"query": {"certificate": tested.asked}} if path == "/clarifications" else {}]
    question = {
        "certificate": tested.asked,
        "targets": [{"item": "function", "reason": "outdated", "element": "function[0]", "settles": "Hvor lenge?"}],
        "measure": {"description": "Arbeidstrening på lager", "demands": ["heavy-lifting"]},
        "due": "2026-12-01",
        "language": "nn",
    }
    return [{"body": question} | PLAIN]


def _excluded(path: str) -> list[Callable[..., Any]]:
    return ABOUT_BODIES if path.startswith(("/fhir/", "/kith/")) else [checks.positive_data_acceptance]


@pytest.mark.parametrize("path,method", OPERATIONS, ids=[f"{method}-{path}" for path, method in OPERATIONS])
def test_seeded_requests_succeed(tested: Application, path: str, method: str) -> None:
    operation = tested.schema[path][method.upper()]
    statuses = set()
    for seed in seeds(path, method, tested):
        answer = operation.Case(**seed).call()
        operation.Case(**seed).validate_response(answer, excluded_checks=_excluded(path))
        statuses.add(answer.status_code)
    assert statuses == {SUCCESSES.get((path, method), 200)}


@pytest.mark.parametrize("path,method", OPERATIONS, ids=[f"{method}-{path}" for path, method in OPERATIONS])
def test_random_requests_get_described_answers(tested: Application, path: str, method: str) -> None:
    operation = tested.schema[path][method.upper()]

    @settings(
        max_examples=RANDOM_EXAMPLES,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def ask(case: schemathesis.Case[Any]) -> None:
        answer = case.call()
        assert answer.status_code < 500
        case.validate_response(answer, excluded_checks=_excluded(path))

    ask()
