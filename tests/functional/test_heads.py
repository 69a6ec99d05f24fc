"""Heads that are refused as such: what stands twice, on every route, and pages of others where nobody has to log in."""

import json
import re
from collections.abc import Callable
from typing import Any, Final

import pytest
from starlette.testclient import TestClient

from certgateway.api.access import DEMANDS, PUBLIC
from certgateway.app import create_app
from certgateway.config import Settings
from certgateway.services.gateway import Gateway
from tests.functional.entrance import guarded
from tests.functional.messages import raw

Json = dict[str, Any]
SETTINGS: Final = Settings.model_construct(persons="synthetic", public_url="https://gateway.example")
FHIR: Final = {"Content-Type": "application/fhir+json"}


@pytest.fixture(params=[False, True], ids=["open", "with-issuers"])
def client(request: pytest.FixtureRequest, make_gateway: Callable[[str], Gateway]) -> TestClient:
    gateway = make_gateway("sqlite://")
    return TestClient(create_app(guarded(gateway) if request.param else gateway, SETTINGS))


@pytest.fixture
def open_door(make_gateway: Callable[[str], Gateway]) -> TestClient:
    return TestClient(create_app(make_gateway("sqlite://"), SETTINGS))


def routes(client: TestClient) -> list[tuple[str, str, str]]:
    """Method, a path and the operation of every route."""
    described: Json = client.get("/openapi.json").json()["paths"]
    return [
        (method, re.sub(r"{[a-z_]+}", "6fd5a1b8-31b3-4c39-bd41-4e56ac1bd001", path), operation["operationId"])
        for path, operations in described.items()
        for method, operation in operations.items()
    ]


def problem_of(body: bytes) -> str:
    """The stable id of a problem in either form."""
    told: Json = json.loads(body)
    return str(told["title"] if "title" in told else told["issue"][0]["details"]["coding"][0]["code"])


@pytest.mark.parametrize(
    "query",
    ["receiver=8143060&receiver=8143061", "after=0&after=0", "x=&x", "%61fter=1&after=2", "a+b=1&c=2&a%20b=3"],
)
def test_what_stands_twice_is_refused_on_every_route(client: TestClient, query: str) -> None:
    for method, path, operation in routes(client):
        answer = client.request(method, f"{path}?{query}")
        assert (answer.status_code, problem_of(answer.content)) == (400, "parameter-told-twice"), operation
    answer = client.get(f"/nowhere?{query}")
    assert answer.status_code == 400


@pytest.mark.parametrize("query", ["", "receiver=1&Receiver=1", "receiver=1&receiver2=1", "&&", "a=b%26a=c", "a=1;a=2"])
def test_what_stands_once_is_not(client: TestClient, query: str) -> None:
    assert client.get(f"/fhir/metadata?{query}").status_code == 200


@pytest.mark.parametrize("name", ["Content-Type", "Content-Encoding"])
def test_a_header_by_which_a_body_is_read_stands_once(client: TestClient, name: str) -> None:
    headers = [("Content-Type", "application/fhir+json"), (name, "identity"), (name, "identity")]
    for path in ("/fhir/$process-message", "/kith/messages", "/assessments/search"):
        answer = client.post(path, content=b"{}", headers=headers)
        assert (answer.status_code, problem_of(answer.content)) == (400, "header-told-twice")


def test_a_resource_in_parameters_stands_once(open_door: TestClient) -> None:
    one = {"name": "resource", "resource": json.loads(raw("good/back-pain-tolerates-load.json"))}
    once = {"resourceType": "Parameters", "parameter": [one, {"name": "mode", "valueCode": "create"}]}
    assert open_door.post("/fhir/$validate", content=json.dumps(once), headers=FHIR).status_code == 200
    for other in (one, {"name": "resource"}, {"name": "resource", "resource": {"resourceType": "Patient"}}):
        for parameters in ([one, other], [other, one]):
            twice = {"resourceType": "Parameters", "parameter": parameters}
            answer = open_door.post("/fhir/$validate", content=json.dumps(twice), headers=FHIR)
            assert (answer.status_code, problem_of(answer.content)) == (400, "parameter-told-twice")


PAGES: Final = [
    pytest.param({"Sec-Fetch-Site": "cross-site"}, 403, id="cross-site"),
    pytest.param({"Sec-Fetch-Site": "same-site"}, 403, id="same-site"),
    pytest.param({"Origin": "https://evil.example"}, 403, id="origin"),
    pytest.param({"Origin": "null"}, 403, id="origin-null"),
    pytest.param({"Origin": "http://testserver:8081"}, 403, id="another-port"),
    pytest.param({"Host": "evil.example", "Origin": "http://evil.example"}, 421, id="rebound"),
    pytest.param({"Host": "evil.example:8080"}, 421, id="rebound-with-port"),
    pytest.param({"Host": "gateway.example.evil.example"}, 421, id="longer-name"),
    pytest.param({"Host": "127.0.0.1.evil.example"}, 421, id="name-like-an-address"),
    pytest.param({"Host": "evil-gateway.example"}, 421, id="name-that-ends-alike"),
    pytest.param({"Host": "evil.example."}, 421, id="rooted"),
    pytest.param({"Host": "[::1"}, 421, id="no-host"),
]


@pytest.mark.parametrize("headers, status", PAGES)
def test_a_page_of_another_reaches_nothing_where_nobody_logs_in(
    open_door: TestClient, headers: dict[str, str], status: int
) -> None:
    for method, path, operation in routes(open_door):
        answer = open_door.request(method, path, headers=headers)
        if operation in PUBLIC:
            assert answer.status_code in {200, 404}, operation
        else:
            expected = {403: "page-of-another", 421: "host-not-ours"}[status]
            assert (answer.status_code, problem_of(answer.content)) == (status, expected), operation
            assert "evil" not in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="no-browser"),
        pytest.param({"Sec-Fetch-Site": "none"}, id="typed"),
        pytest.param({"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"}, id="own-page"),
        pytest.param({"Host": "127.0.0.1:8080"}, id="address"),
        pytest.param({"Host": "[::1]:8080"}, id="address-6"),
        pytest.param({"Host": "localhost"}, id="localhost"),
        pytest.param({"Host": "gateway.example"}, id="own-name"),
        pytest.param({"Host": "GATEWAY.example:443"}, id="own-name-with-port"),
    ],
)
def test_everybody_else_does(open_door: TestClient, headers: dict[str, str]) -> None:
    assert open_door.get("/assessments/feed", headers=headers).status_code == 200


def test_where_callers_log_in_the_token_decides(make_gateway: Callable[[str], Gateway]) -> None:
    client = TestClient(create_app(guarded(make_gateway("sqlite://")), SETTINGS))
    answer = client.get("/assessments/feed", headers={"Host": "proxy.internal.example", "Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 401


def test_every_route_is_either_public_or_demands_something(open_door: TestClient) -> None:
    assert {operation for _, _, operation in routes(open_door)} == PUBLIC | DEMANDS.keys()


def test_xml_tells_its_charset(open_door: TestClient) -> None:
    path = "/fhir/StructureDefinition"
    for wished, told in (("application/fhir+xml", "; charset=utf-8"), ("application/fhir+json", "")):
        answer = open_door.get(path, headers={"Accept": wished})
        assert answer.headers["Content-Type"] == wished + told
