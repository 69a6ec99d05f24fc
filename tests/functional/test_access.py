"""Where callers log in: every route demands its scope, a message is its caller's own, and another's is not there."""

import asyncio
import json
import logging
import re
import time
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from certgateway import bootstrap
from certgateway.api.access import DEMANDS, PUBLIC
from certgateway.api.observation import OUTAGE_SECONDS, Outages
from certgateway.api.rates import Senders
from certgateway.app import create_app
from certgateway.config import Settings, load_settings
from certgateway.domain.dialogue_events import Rated
from certgateway.domain.errors import MisconfiguredError
from certgateway.services.examine import House
from certgateway.services.gateway import Gateway
from certgateway.store.transactions import Store
from certgateway.trust.ended import FileEnded
from certgateway.trust.issuer_keys import KeysUnavailableError
from certgateway.trust.issuers import VERBS
from certgateway.trust.seal import create_key_file
from fixtures.authoring.writers import to_json
from tests import kith
from tests.functional.conftest import NOW
from tests.functional.entrance import (
    HER,
    KITH_OFFICE,
    OTHER_HER,
    OTHER_ORGANISATION,
    SECOND_HER,
    STRANGER,
    Caller,
    Registered,
    guarded,
)
from tests.functional.messages import JSON, message_id, raw, tree, under_id
from tests.functional.service import Service
from tests.functional.test_kith import told_rules
from tests.functional.test_kith_dialogue import receipt
from tests.integration.receiving import message
from tests.tokens import AUDIENCE, HPR, NAMES, ORGANISATION, URL, jwk, private, proof, token

DOOR = "/fhir/$process-message"
GOOD = "good/back-pain-tolerates-load.json"
KITH = {"Content-Type": "application/xml"}
PLAIN = {"Content-Type": "application/json"}
ENTRA: dict[str, Any] = {"scp": "nav:clarify nav:assess nav:audit"}


@pytest.fixture
def entrance(gateway: Gateway, settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(guarded(gateway), settings)) as opened:
        yield opened


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory, house: House) -> Iterator[FastAPI]:
    """One application for all tests that submit nothing."""
    folder = tmp_path_factory.mktemp("entrance")
    create_key_file(folder / "key")
    made = replace(bootstrap.gateway_on(f"sqlite:///{folder}/entrance.db", folder / "key", house), clock=lambda: NOW)
    yield create_app(guarded(made), Settings.model_construct(persons="synthetic"))
    made.store.close()


@pytest.fixture(scope="module")
def door(lasting: FastAPI) -> Iterator[TestClient]:
    with TestClient(lasting) as opened:
        yield opened


def routes(app: FastAPI) -> list[tuple[str, str, str]]:
    """Operation, method and an address of every route there is, those of routers inside it too."""
    waiting, found = [*app.routes], list[APIRoute]()
    while waiting:
        route: Any = waiting.pop()
        if hasattr(route, "original_router"):
            waiting += route.original_router.routes
            continue
        assert isinstance(route, APIRoute)
        found.append(route)
    operations = [each for paths in app.openapi()["paths"].values() for each in paths.values()]
    assert {str(route.operation_id) for route in found} == {each["operationId"] for each in operations}
    return [
        (str(route.operation_id), method, re.sub(r"\{[^}]*\}", "x", route.path))
        for route in found
        for method in route.methods or ()
    ]


def problem(answer: Any) -> str:  # noqa: ANN401
    """The id of a problem, in either form."""
    told = answer.json()
    return str(told["issue"][0]["details"]["coding"][0]["code"] if "issue" in told else told["title"])


# ---- routes and scopes ----------------------------------------------------------------------------------------------


def test_every_route_declares_what_it_demands(lasting: FastAPI) -> None:
    operations = {operation for operation, _, _ in routes(lasting)}
    assert PUBLIC.isdisjoint(DEMANDS)
    assert operations == PUBLIC | set(DEMANDS)
    assert all(DEMANDS.values())


def test_without_a_token_every_route_but_the_public_ones_is_closed(lasting: FastAPI, door: TestClient) -> None:
    closed = set()
    for operation, method, path in routes(lasting):
        answer = door.request(method, path)
        if operation in PUBLIC:
            assert answer.status_code in {200, 404}, operation
            continue
        closed.add(operation)
        assert (answer.status_code, problem(answer)) == (401, "token-missing"), operation
        assert "error" not in answer.headers["WWW-Authenticate"]
    assert closed == set(DEMANDS)


@pytest.mark.usefixtures("door")
def test_nothing_is_read_of_the_body_of_whoever_has_not_come_in(lasting: FastAPI) -> None:
    """What reading costs must be asked of nobody unknown."""
    asked: list[str] = []

    async def status(method: str, path: str) -> int:
        sent: list[MutableMapping[str, Any]] = []

        async def read() -> MutableMapping[str, Any]:
            asked.append(path)
            return {"type": "http.request", "body": b"{", "more_body": True}

        async def write(message: MutableMapping[str, Any]) -> None:
            sent.append(message)

        headers = [(b"host", b"testserver"), (b"content-type", b"application/fhir+json")]
        said = {"method": method, "path": path, "query_string": b"", "headers": headers, "server": ("testserver", 80)}
        await lasting({"type": "http", "http_version": "1.1", "scheme": "http", **said}, read, write)
        return int(sent[0]["status"])

    for operation, method, path in routes(lasting):
        if operation not in PUBLIC:
            assert asyncio.run(status(method, path)) == 401, operation
    assert asked == []


def test_with_every_other_scope_a_route_is_closed_and_with_its_own_it_is_open(
    lasting: FastAPI, door: TestClient
) -> None:
    asked = set()
    for operation, method, path in routes(lasting):
        for verb in DEMANDS.get(operation, ()):
            asked.add(operation)
            others = " ".join(f"nav:{each}" for each in VERBS if each not in DEMANDS[operation])
            answer = Caller(door, "sandbox", {"scope": others}).ask(method, path)
            assert (answer.status_code, problem(answer)) == (403, "scope-missing"), operation
            named = " ".join(f"nav:{each}" for each in DEMANDS[operation])
            assert answer.headers["WWW-Authenticate"] == f'Bearer error="insufficient_scope", scope="{named}"'
            answer = Caller(door, "sandbox", {"scope": f"nav:{verb}"}).ask(method, path)
            assert answer.status_code not in {401, 403, 500}, operation
    assert asked == set(DEMANDS)


def test_a_route_that_declares_nothing_is_closed_to_everybody(gateway: Gateway, settings: Settings) -> None:
    app = create_app(guarded(gateway), settings)
    app.add_api_route("/forgotten", lambda: {"told": "everything"}, operation_id="forgotten")
    with TestClient(app) as client:
        every = " ".join(f"nav:{verb}" for verb in VERBS)
        answer = Caller(client, "sandbox", {"scope": every}).get("/forgotten")
        assert (answer.status_code, problem(answer)) == (403, "scope-missing")
        assert client.get("/forgotten").status_code == 401


@pytest.mark.parametrize("path", ["/fhir/$process-message", "/messages"])
@pytest.mark.parametrize(
    "spoken, word", [("nb", "tilgangstoken"), ("nn", "krev eit"), ("en", "requires an access token")]
)
def test_who_must_log_in_is_told_so_in_their_language(door: TestClient, path: str, spoken: str, word: str) -> None:
    method = "POST" if path.startswith("/fhir") else "GET"
    answer = door.request(method, path, headers={"Accept-Language": spoken})
    assert answer.status_code == 401
    assert word in answer.text
    told = answer.json()
    if path.startswith("/fhir"):
        assert (told["resourceType"], told["issue"][0]["code"]) == ("OperationOutcome", "login")
    else:
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].startswith('Bearer, DPoP algs="ES256 ')


def test_the_error_codes_are_those_of_the_standards(door: TestClient) -> None:
    made = token("helseid")
    expected = {
        "invalid_token": {"Authorization": f"DPoP {made}x", "DPoP": proof(made)},
        "invalid_dpop_proof": {"Authorization": f"DPoP {made}", "DPoP": proof(made, {"htm": "POST"})},
    }
    for code, headers in expected.items():
        answer = door.get("/messages?receiver=1", headers=headers)
        assert answer.status_code == 401
        assert f'error="{code}"' in answer.headers["WWW-Authenticate"]
        assert made[:40] not in answer.text + str(answer.headers)
    # HelseID's callers can never have it, so that no scope is named that would help.
    answer = Caller(door).get("/metrics")
    assert answer.status_code == 403
    assert "scope=" not in answer.headers["WWW-Authenticate"]


def test_the_description_tells_what_is_demanded(door: TestClient, reader: TestClient) -> None:
    told = door.get("/openapi.json").json()
    assert told["paths"]["/messages"]["get"]["security"] == [{"token": ["poll"]}]
    assert {"401", "403"} <= told["paths"]["/messages"]["get"]["responses"].keys()
    assert "security" not in told["paths"]["/healthz"]["get"]
    assert "token" in told["components"]["securitySchemes"]
    assert "does not allow this" in door.get("/docs").text
    # Where nobody logs in, nothing of it is told.
    assert "securitySchemes" not in reader.get("/openapi.json").text


def test_without_issuers_nobody_has_to_log_in(client: TestClient) -> None:
    assert client.get("/messages", params={"receiver": HER}).status_code == 200
    # Not even who brings nonsense along.
    assert client.get("/assessments/feed", headers={"Authorization": "Bearer x"}).status_code == 200


# ---- a message and its caller ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", ["helseid", "maskinporten", "sandbox"])
def test_a_caller_of_each_profile_submits_its_own_message(entrance: TestClient, profile: Any) -> None:  # noqa: ANN401
    answer = Caller(entrance, profile).post(DOOR, raw(GOOD), headers=JSON)
    assert answer.status_code == 200
    # Whose HER-id it gives is known now.
    assert "sender-not-verified" not in answer.text


def test_entra_s_callers_submit_nothing_and_read_assessments(entrance: TestClient) -> None:
    Caller(entrance).post(DOOR, raw(GOOD), headers=JSON)
    assert Caller(entrance, "entra").post(DOOR, raw(GOOD), headers=JSON).status_code == 403
    assert len(Caller(entrance, "entra").get("/assessments/feed").json()["events"]) == 1


def test_another_organisation_s_message_is_refused_and_takes_nobody_s_place(entrance: TestClient) -> None:
    forged = Caller(entrance, claims=STRANGER).post(DOOR, raw(GOOD), headers=JSON)
    assert forged.status_code in {400, 422}
    told = [each["details"]["coding"][0]["code"] for each in forged.json()["issue"]]
    assert told == ["caller-not-sender"]
    mine = Caller(entrance).post(DOOR, raw(GOOD), headers=JSON)
    assert mine.status_code == 200
    assert "likely-resend" not in mine.text


def test_another_s_message_in_kith_s_form_is_refused_too(entrance: TestClient) -> None:
    body = kith.raw()
    refused = Caller(entrance, claims=STRANGER).post("/kith/messages", body, headers=KITH)
    assert (refused.status_code, told_rules(refused.content)) == (200, {"caller-not-sender"})
    taken = Caller(entrance, claims=KITH_OFFICE).post("/kith/messages", body, headers=KITH)
    assert told_rules(taken.content).isdisjoint({"caller-not-sender", "author-not-caller", "sender-not-verified"})


def test_a_doctor_sends_for_a_colleague_and_for_no_stranger(entrance: TestClient) -> None:
    hpr = "helseid://claims/hpr/hpr_number"
    colleague = Caller(entrance, claims={hpr: "7733105"})
    assert colleague.post(DOOR, raw(GOOD), headers=JSON).status_code == 200
    elsewhere = json.loads(raw(GOOD).replace(f'"{ORGANISATION}"'.encode(), f'"{OTHER_ORGANISATION}"'.encode()))
    elsewhere = under_id(elsewhere, "5e1f0001-0d0c-4a10-9e00-0000000000aa")
    refused = colleague.post(DOOR, to_json(elsewhere), headers=JSON)
    issue = refused.json()["issue"]
    assert [each["details"]["coding"][0]["code"] for each in issue] == ["author-not-caller"]
    entries = elsewhere["entry"]
    place = next(n for n, each in enumerate(entries) if each["resource"]["resourceType"] == "Practitioner")
    assert issue[0]["expression"] == [f"Bundle.entry[{place}].resource.identifier[0].value"]
    # The author may, and so may a system that no clinician is logged in to.
    author = Caller(entrance).post(DOOR, to_json(elsewhere), headers=JSON)
    assert author.status_code == 200


def test_where_there_is_no_register_the_message_must_state_the_caller_s_number(
    gateway: Gateway, settings: Settings
) -> None:
    with TestClient(create_app(guarded(gateway, None), settings)) as client:
        silent = Caller(client).post(DOOR, raw(GOOD), headers=JSON)
        assert "caller-not-sender" in silent.text
        stated = tree(GOOD)
        organisation = next(
            each["fullUrl"] for each in stated["entry"] if each["resource"]["resourceType"] == "Organization"
        )
        stated["entry"][0]["resource"]["sender"] = {"reference": organisation}
        told = Caller(client).post(DOOR, to_json(stated), headers=JSON)
        assert told.status_code == 200
        # That its HER-id is the organisation's own, nobody has said.
        assert "sender-not-verified" in told.text
        other = Caller(client, claims=STRANGER).post(DOOR, to_json(stated), headers=JSON)
        assert "caller-not-sender" in other.text


# ---- what is another's is not there ---------------------------------------------------------------------------------


def asked(client: TestClient) -> tuple[str, str]:
    """A question about a certificate of the office's: the message that waits, and the clarification."""
    sent = message()
    author = {"helseid://claims/hpr/hpr_number": "10028461"}
    assert Caller(client, claims=author).post(DOOR, to_json(sent), headers=JSON).status_code == 200
    told = Caller(client).get(f"/receipts/{message_id(sent)}").json()
    question = {"certificate": told["certificate"], "targets": [{"item": "activity", "reason": "missing"}]}
    answer = Caller(client, "entra", ENTRA).post("/clarifications", json.dumps(question).encode(), headers=PLAIN)
    assert answer.status_code == 201, answer.text
    waiting = Caller(client).get(f"/messages?receiver={HER}").json()["messages"]
    return waiting[0]["id"], answer.json()["clarification"]


def same(first: Any, second: Any) -> bool:  # noqa: ANN401
    """Whether two answers tell the same."""
    bodies = [re.sub(r'"support_reference":"[0-9a-f]*"', "", each.text) for each in (first, second)]
    return first.status_code == second.status_code and bodies[0] == bodies[1]


def test_messages_are_fetched_by_whom_they_are_for(entrance: TestClient) -> None:
    waiting, _ = asked(entrance)
    stranger, nothing = Caller(entrance, claims=STRANGER), "00000000-0000-4000-8000-000000000000"
    # The stranger names another's HER-id, or its own with another's message: as if nothing were there.
    empty = stranger.get(f"/messages?receiver={OTHER_HER}")
    assert empty.json()["messages"] == []
    assert same(stranger.get(f"/messages?receiver={HER}"), empty)
    verbs = [
        ("GET", "/messages/{}?receiver={}", None),
        ("POST", "/messages/{}/read?receiver={}", None),
        ("POST", "/messages/{}/rate?receiver={}", b'{"score": 3}'),
    ]
    for method, path, body in verbs:
        missing = stranger.ask(method, path.format(nothing, HER), body, headers=PLAIN)
        assert missing.status_code == 404
        for her in (HER, OTHER_HER):
            assert same(stranger.ask(method, path.format(waiting, her), body, headers=PLAIN), missing)
    missing = stranger.post(f"/messages/{nothing}/acknowledge", f'{{"receiver": "{HER}"}}'.encode(), headers=PLAIN)
    for her in (HER, OTHER_HER):
        body = f'{{"receiver": "{her}"}}'.encode()
        assert same(stranger.post(f"/messages/{waiting}/acknowledge", body, headers=PLAIN), missing)
    # None of it changed anything.
    assert Caller(entrance).get(f"/messages/{waiting}?receiver={HER}").status_code == 200
    mine = Caller(entrance).post(f"/messages/{waiting}/acknowledge", f'{{"receiver": "{HER}"}}'.encode(), headers=PLAIN)
    assert mine.status_code == 204


def test_a_receipt_in_kith_s_form_counts_from_whom_the_message_was_for(entrance: TestClient) -> None:
    waiting, _ = asked(entrance)
    stranger = Caller(entrance, claims=STRANGER)
    missing = stranger.post("/kith/messages", receipt("00000000-0000-4000-8000-000000000000"), headers=KITH)
    assert missing.status_code == 404
    # It says it was the receiver, and is not.
    assert same(stranger.post("/kith/messages", receipt(waiting), headers=KITH), missing)
    assert len(Caller(entrance).get(f"/messages?receiver={HER}").json()["messages"]) == 1
    mine = Caller(entrance).post("/kith/messages", receipt(waiting), headers=KITH)
    assert (mine.status_code, mine.json()["delivery"]) == (200, "delivered")


def test_a_receipt_is_read_by_whose_message_it_was(entrance: TestClient) -> None:
    Caller(entrance).post(DOOR, raw(GOOD), headers=JSON)
    path = f"/receipts/{message_id(tree(GOOD))}"
    stranger = Caller(entrance, claims=STRANGER)
    assert same(stranger.get(path), stranger.get("/receipts/nothing"))
    assert Caller(entrance).get(path).status_code == 200
    # Any HER-id of the organisation's is its own.
    second = under_id(tree(GOOD), "5e1f0001-0d0c-4a10-9e00-0000000000ab")
    second["entry"][0]["resource"]["source"]["endpoint"] = f"urn:oid:2.16.578.1.12.4.1.2.{SECOND_HER}"
    assert Caller(entrance).post(DOOR, to_json(second), headers=JSON).status_code == 200
    assert Caller(entrance).get(f"/receipts/{message_id(second)}").status_code == 200


def test_without_a_register_nothing_is_anybody_s(gateway: Gateway, settings: Settings) -> None:
    with TestClient(create_app(guarded(gateway), settings)) as client:
        asked(client)
    with TestClient(create_app(guarded(gateway, None), settings)) as client:
        assert Caller(client).get(f"/messages?receiver={HER}").json()["messages"] == []
    with TestClient(create_app(guarded(gateway, Registered({})), settings)) as client:
        assert Caller(client).get(f"/messages?receiver={HER}").json()["messages"] == []
        assert Caller(client).get(f"/receipts/{message_id(message())}").status_code == 404


def test_the_log_tells_how_a_caller_came_in_or_why_not_and_nothing_of_it(
    door: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    stale = token("maskinporten", {"exp": int(NOW.timestamp()) - 3600, "iat": int(NOW.timestamp()) - 3660})
    given = token("maskinporten", {"scope": "nav:certgateway/submit"})
    with caplog.at_level(logging.INFO, "certgateway.requests"):
        for path, credentials in (
            ("/assessments/feed", {}),
            ("/assessments/feed", {"Authorization": f"Bearer {stale}"}),
            ("/assessments/feed", {"Authorization": "Bearer garbage"}),
            ("/assessments/feed", {"Authorization": f"Bearer {given}"}),
            ("/healthz", {"Authorization": "Bearer garbage"}),
        ):
            door.get(path, headers=credentials)
    lines = [json.loads(record.getMessage()) for record in caplog.records if record.name == "certgateway.requests"]
    told = [(line["status"], line.get("caller"), line.get("refused")) for line in lines]
    assert told == [
        (401, None, "token: missing"),
        (401, None, "token: expired"),
        (401, None, "token: malformed"),
        (403, "maskinporten", None),
        (200, None, None),
    ]
    assert ORGANISATION not in caplog.text
    assert given not in caplog.text
    assert "garbage" not in caplog.text


# ---- who did it -----------------------------------------------------------------------------------------------------


def test_who_asked_and_who_fetched_is_on_record_under_seal_and_told_nobody(
    gateway: Gateway, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), TestClient(create_app(guarded(gateway), settings)) as client:
        _, clarification = asked(client)
        told = Caller(client, "entra", ENTRA).get(f"/clarifications/{clarification}")
        Caller(client, "entra", ENTRA).post(f"/clarifications/{clarification}/pause")
    store: Store = gateway.store
    with store.reading() as reading:
        found = reading.find_clarification(clarification)
    assert found is not None
    assert [(type(each).__name__, each.caller) for each in found.events] == [
        ("Asked", f"entra:{NAMES['entra']} Z990001"),
        ("Sent", f"helseid:{NAMES['helseid']} pseudonym"),
        ("Paused", f"entra:{NAMES['entra']} Z990001"),
    ]
    with store.reading() as reading:
        assert reading.check_ledger()
    everywhere = told.text + caplog.text
    assert "Z990001" not in everywhere
    assert "pseudonym" not in everywhere
    with store.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM clarification_event").all()
    assert "Z990001" not in str(rows)


def test_what_a_caller_rates_can_be_read_again(gateway: Gateway, settings: Settings) -> None:
    # An event of rating says by which side it is, and that must not be taken for who called.
    with TestClient(create_app(guarded(gateway), settings)) as client:
        waiting, clarification = asked(client)
        rating = Caller(client).post(f"/messages/{waiting}/rate?receiver={HER}", b'{"score": 3}', headers=PLAIN)
        assert rating.status_code == 204
        told = Caller(client, "entra", ENTRA).get(f"/clarifications/{clarification}")
    assert told.status_code == 200
    with gateway.store.reading() as reading:
        found = reading.find_clarification(clarification)
    assert found is not None
    rated = found.events[-1]
    assert isinstance(rated, Rated)
    assert (rated.by, rated.caller) == ("doctor", f"helseid:{NAMES['helseid']} pseudonym")


def test_without_login_nobody_is_on_record(gateway: Gateway, settings: Settings) -> None:
    with TestClient(create_app(gateway, settings)) as client:
        sent = message()
        client.post(DOOR, content=to_json(sent), headers=JSON)
        told = client.get(f"/receipts/{message_id(sent)}").json()
        question = {"certificate": told["certificate"], "targets": [{"item": "activity", "reason": "missing"}]}
        clarification = client.post("/clarifications", json=question).json()["clarification"]
    with gateway.store.reading() as reading:
        found = reading.find_clarification(clarification)
    assert found is not None
    assert [each.caller for each in found.events] == [None]


def test_a_caller_is_counted_whatever_address_it_comes_from(gateway: Gateway, settings: Settings) -> None:
    app = create_app(guarded(gateway), settings)
    app.state.surface = replace(app.state.surface, senders=Senders(rate=0.001, burst=1))
    with TestClient(app) as client:
        assert Caller(client).post(DOOR, raw(GOOD), headers=JSON).status_code == 200
        assert Caller(client).post(DOOR, raw(GOOD), headers=JSON).status_code == 429
        # Another organisation is another sender, though both come from here.
        assert Caller(client, claims=STRANGER).post(DOOR, raw(GOOD), headers=JSON).status_code != 429


# ---- proofs over HTTP -----------------------------------------------------------------------------------------------


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def either_gateway(
    request: pytest.FixtureRequest, make_gateway: Callable[[str], Gateway], tmp_path: Path
) -> tuple[Gateway, Gateway]:
    """Two workers on one database."""
    url = f"sqlite:///{tmp_path}/proofs.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql").migrated_database()
    return make_gateway(url), make_gateway(url)


def test_a_proof_is_good_for_one_request_at_either_worker(
    either_gateway: tuple[Gateway, Gateway], settings: Settings
) -> None:
    made = token("helseid")
    headers = {"Authorization": f"DPoP {made}", "DPoP": proof(made)}
    first, second = (TestClient(create_app(guarded(each), settings)) for each in either_gateway)
    with first, second:
        path = f"{URL}?receiver={HER}".removeprefix("http://127.0.0.1:8080")
        assert first.get(path, headers=headers).status_code == 200
        for client in (first, second):
            again = client.get(path, headers=headers)
            assert (again.status_code, problem(again)) == (401, "proof-refused")
        fresh = {"Authorization": f"DPoP {made}", "DPoP": proof(made)}
        assert second.get(path, headers=fresh).status_code == 200


def test_the_host_header_is_not_believed(door: TestClient) -> None:
    made = token("helseid")
    elsewhere = proof(made, {"htu": "https://gateway.example/messages"})
    headers = {"Authorization": f"DPoP {made}", "DPoP": elsewhere, "Host": "gateway.example"}
    assert door.get(f"/messages?receiver={HER}", headers=headers).status_code == 401


def test_behind_a_proxy_the_public_address_counts(gateway: Gateway) -> None:
    settings = Settings.model_construct(persons="synthetic", public_url="https://gateway.example/")
    made = token("helseid")
    with TestClient(create_app(guarded(gateway), settings)) as client:
        headers = {
            "Authorization": f"DPoP {made}",
            "DPoP": proof(made, {"htu": "https://gateway.example/receipts/a%20b$"}),
        }
        assert client.get("/receipts/a%20b$", headers=headers).status_code == 404


def test_an_outage_is_told_once_in_a_period_with_how_often_it_was_met() -> None:
    now = [0.0]
    outages = Outages(lambda: now[0])
    assert [outages.met("keys") for _ in range(3)] == [1, None, None]
    assert outages.met("database") == 1
    now[0] = OUTAGE_SECONDS - 0.001
    assert outages.met("keys") is None
    now[0] = OUTAGE_SECONDS
    assert [outages.met("keys"), outages.met("keys")] == [4, None]


def test_while_keys_cannot_be_had_nobody_gets_in(
    gateway: Gateway, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "certgateway.requests")

    class Away:
        def find(self, _kid: str) -> None:
            raise KeysUnavailableError("an issuer's keys cannot be fetched")

    made = guarded(gateway)
    away = replace(made, issuers=tuple(replace(each, keys=Away()) for each in made.issuers))
    with TestClient(create_app(away, settings)) as client:
        answer = Caller(client).get(f"/messages?receiver={HER}")
        assert (answer.status_code, problem(answer)) == (503, "gateway-unavailable")
        assert "Retry-After" in answer.headers
        assert client.get("/healthz").status_code == 200
        assert Caller(client).get(f"/messages?receiver={HER}").status_code == 503
    lines = [json.loads(record.getMessage()) for record in caplog.records if record.levelname == "ERROR"]
    assert [(line["category"], line["times"]) for line in lines] == [("unavailable", 1)]


# ---- settings -------------------------------------------------------------------------------------------------------


def test_issuers_are_set_in_the_file_with_their_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CERTGATEWAY_PERSONS", "synthetic")
    keys, file = tmp_path / "jwks", tmp_path / "settings.toml"
    keys.write_text(json.dumps({"keys": [{**jwk(private("issuer")), "kid": "issuer"}]}))
    file.write_text(f"""
        [[issuers]]
        profile = "helseid"
        issuer = "https://helseid.example"
        audience = "nav:certgateway"
        jwks_file = "{keys}"
        scope_prefix = "nav:"
        [[issuers]]
        profile = "entra"
        issuer = "https://login.example"
        audience = "a"
        tenant = "t"
        jwks_url = "https://login.example/keys"
        clients = ["modia"]
        lifetime_seconds = 60
    """)
    first, second = bootstrap.issuers_of(load_settings(file))
    assert (first.scope("poll"), first.lifetime, first.keys.find("issuer") is not None) == ("nav:poll", 3600, True)
    assert (second.clients, second.tenant, second.lifetime) == (frozenset({"modia"}), "t", 60)
    keys.write_text("{}")
    with pytest.raises(MisconfiguredError):
        bootstrap.issuers_of(load_settings(file))


@pytest.mark.parametrize(
    "wrong",
    [
        {"profile": "sandbox"},
        {"issuer": ""},
        {"jwks_url": None},
        {"jwks_file": "jwks"},
        {"jwks_url": "http://issuer.example/jwks"},
        {"tenant": "t"},
        {"profile": "entra"},
        {"leeway_seconds": 61},
        {"scope_prefix": "a b"},
        {"scope_prefix": 'a"'},
        {"unknown": 1},
    ],
)
def test_a_wrong_issuer_stops_the_start(wrong: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    right = {
        "profile": "helseid",
        "issuer": "https://helseid.example",
        "audience": "a",
        "jwks_url": "https://helseid.example/jwks",
    }
    monkeypatch.setenv("CERTGATEWAY_PERSONS", "synthetic")
    monkeypatch.setenv("CERTGATEWAY_ISSUERS", json.dumps([right]))
    assert load_settings(None).issuers[0].profile == "helseid"
    changed = {name: value for name, value in (right | wrong).items() if value is not None}
    for issuers in ([changed], [right, right]):
        monkeypatch.setenv("CERTGATEWAY_ISSUERS", json.dumps(issuers))
        with pytest.raises(MisconfiguredError, match="issuers"):
            load_settings(None)


def test_a_service_with_issuers_demands_tokens_and_believes_its_own_address(tmp_path: Path) -> None:
    keys = tmp_path / "jwks"
    keys.write_text(json.dumps({"keys": [{**jwk(private("issuer")), "kid": "issuer"}]}))
    issuer = {"profile": "helseid", "issuer": NAMES["helseid"], "audience": AUDIENCE, "jwks_file": str(keys)}
    service = Service(tmp_path, ISSUERS=json.dumps([issuer | {"scope_prefix": "nav:"}]))
    try:
        service.await_ready()
        path, now = f"/messages?receiver={HER}", int(time.time())
        assert service.ask("GET", path).status == 401
        made = token("helseid", {"iat": now, "nbf": now, "exp": now + 60})
        for address, status in ((f"http://127.0.0.1:{service.port}/messages", 200), (URL, 401)):
            shown = proof(made, {"iat": now, "htu": address})
            answer = service.ask("GET", path, headers={"Authorization": f"DPoP {made}", "DPoP": shown})
            assert answer.status == status
        # The token itself is good for submitting, and its organisation is not the sender's by any register.
        shown = proof(made, {"iat": now, "htm": "POST", "htu": f"http://127.0.0.1:{service.port}{DOOR}"})
        headers = {"Authorization": f"DPoP {made}", "DPoP": shown} | JSON
        assert b"caller-not-sender" in service.ask("POST", DOOR, raw(GOOD), headers).body
        assert made[:40] not in service.log
        assert HPR not in service.log
    finally:
        assert service.stop() == 0


def test_who_is_written_down_as_ended_is_out_at_once_and_metrics_tell_of_a_faulty_file(
    gateway: Gateway, settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "ended"
    file.write_text("")
    with TestClient(create_app(replace(guarded(gateway), ended=FileEnded(file)), settings)) as client:
        caller = Caller(client, "entra", ENTRA)
        watching = Caller(client, "entra", {"NAVident": ..., "scp": ..., "roles": ["nav:audit"]})
        assert caller.get("/assessments/feed").status_code == 200
        file.write_text("caller Z990001\n")
        answer = caller.get("/assessments/feed")
        assert (answer.status_code, problem(answer)) == (401, "token-refused")
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
        assert "certgateway_ended_tokens_faulty 0.0" in watching.get("/metrics").text
        file.write_text("all of them\n")
        assert "certgateway_ended_tokens_faulty 1.0" in watching.get("/metrics").text
        assert caller.get("/assessments/feed").status_code == 401
