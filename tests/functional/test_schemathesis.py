"""Schemathesis over the running application: every operation, seeded with the good fixtures and then at random.

Whatever is asked, the answer has a status, media type and shape that openapi.json tells of, and is no fault of ours.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
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
from tests.functional.conftest import NOW
from tests.functional.messages import FIXTURES, JSON, XML, message_id, raw, tree

DESCRIPTION = json.loads((Path(__file__).resolve().parents[2] / "schemas" / "openapi.json").read_text())
OPERATIONS = sorted((path, method) for path, operations in DESCRIPTION["paths"].items() for method in operations)
GOOD = sorted(path.name for path in (FIXTURES / "good").iterdir())
GOOD_KITH = sorted(path.name for path in (FIXTURES / "kith" / "good").iterdir())
FIRST = "good/back-pain-tolerates-load.json"
RANDOM_EXAMPLES = 25

# A FHIR body is described as "a resource": what is wrong inside is told by a judgement, not by a refusal, and a body
# that fits the description may be refused. Both are the contract.
ABOUT_BODIES = [checks.negative_data_rejection, checks.positive_data_acceptance]
Seed = dict[str, Any]


@dataclass(frozen=True)
class Application:
    """The application, its description as Schemathesis reads it, and an accepted certificate's id."""

    schema: BaseSchema
    certificate: str


@pytest.fixture(scope="module")
def tested(tmp_path_factory: pytest.TempPathFactory, house: House) -> Iterator[Application]:
    folder = tmp_path_factory.mktemp("schemathesis")
    create_key_file(folder / "key")
    made = bootstrap.gateway_on(f"sqlite:///{folder}/certgateway.db", folder / "key", house)
    app: FastAPI = create_app(replace(made, clock=lambda: NOW), Settings.model_construct(persons="synthetic"))
    with TestClient(app) as client:
        for name in GOOD:
            assert (
                client.post("/fhir/$process-message", content=raw(f"good/{name}"), headers=_headers(name)).status_code
                == 200
            )
        certificate = client.get(f"/receipts/{message_id(tree(FIRST))}").json()["certificate"]
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    yield Application(schema, certificate)
    made.store.close()


def _headers(name: str) -> dict[str, str]:
    return XML if name.endswith(".xml") else JSON


def seeds(path: str, certificate: str) -> list[Seed]:
    """Requests that must succeed: the fixtures for bodies, what exists for parameters."""
    if "$" in path:
        return [
            {"body": raw(f"good/{name}"), "media_type": _headers(name)["Content-Type"], "headers": _headers(name)}
            for name in GOOD
        ]
    if path.startswith("/kith/"):
        xml = {"media_type": "application/xml", "headers": {"Content-Type": "application/xml"}}
        bodies = [raw(f"kith/good/{name}") for name in GOOD_KITH]
        versions = [{}, {"query": {"apprec": "1.0"}}, {"query": {"apprec": "1.1"}}]
        return [{"body": body} | xml | versions[number % 3] for number, body in enumerate(bodies)]
    if path == "/assessments/search":
        return [{"body": {"patient": "14837910405"}, "media_type": "application/json"}]
    named = {"message_id": message_id(tree(FIRST)), "certificate": certificate}
    ids = {
        "StructureDefinition": "function",
        "ValueSet": "ability",
        "CodeSystem": "rule",
        "Questionnaire": "certificate",
    }
    kind = path.split("/")[2] if path.startswith("/fhir/") else ""
    wanted = named | ({"id": ids[kind]} if kind in ids else {})
    return [{"path_parameters": {name: value for name, value in wanted.items() if f"{{{name}}}" in path}}]


def _excluded(path: str) -> list[Callable[..., Any]]:
    return ABOUT_BODIES if path.startswith(("/fhir/", "/kith/")) else [checks.positive_data_acceptance]


@pytest.mark.parametrize("path,method", OPERATIONS, ids=[f"{method}-{path}" for path, method in OPERATIONS])
def test_seeded_requests_succeed(tested: Application, path: str, method: str) -> None:
    operation = tested.schema[path][method.upper()]
    statuses = set()
    for seed in seeds(path, tested.certificate):
        answer = operation.Case(**seed).call()
        operation.Case(**seed).validate_response(answer, excluded_checks=_excluded(path))
        statuses.add(answer.status_code)
    assert statuses == {200}


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
