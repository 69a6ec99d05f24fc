"""Every route, asked by everybody about everything: what the table below says is what happens, and nothing else does.

A route without an entry fails. What is another's and what there is not are one answer, but for its reference.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final, Literal

import pytest
from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from certgateway import bootstrap
from certgateway.api.shelf import KINDS
from certgateway.app import create_app
from certgateway.config import Settings
from certgateway.domain.access_record import Override, Reader
from certgateway.services.examine import House
from certgateway.services.gateway import Gateway
from certgateway.services.people import MadeUpPeople, MadeUpPerson
from certgateway.trust.issuers import VERBS, ProfileName, Verb
from certgateway.trust.seal import create_key_file
from fixtures.authoring.writers import to_json
from tests.functional.conftest import NOW
from tests.functional.entrance import HER, OTHER_HER, STRANGER, Caller, guarded
from tests.functional.messages import JSON, message_id
from tests.functional.test_access import routes
from tests.integration.answering import answer
from tests.integration.receiving import message, resource
from tests.tokens import NAMES

Json = dict[str, Any]
Kind = Literal["public", "general", "sender", "object", "list"]
NOTHING: Final = "00000000-0000-4000-8000-000000000000"
NOBODY_S: Final = "02918423144"
"""The number of a person of whom nothing is kept, and whom the register does not know."""


@dataclass(frozen=True)
class Route:
    """`kind`: `public` for everybody; `general` about nobody; `sender` by whose system it is; `object` about a patient;
    `list` of what may be seen. Words in braces are taken from the object.
    """

    verbs: tuple[Verb, ...]
    kind: Kind
    address: str
    body: Json | None = None


ON_CLARIFICATION: Final[Mapping[str, tuple[str, Json | None]]] = {
    "remind": ("remind", None),
    "return-answer": ("return", {"reason": "still-unclear", "items": [], "not_payable": False}),
    "settle-question": ("settle", {"items": ["activity"]}),
    "withdraw-question": ("withdraw", {"reason": "no-longer-needed"}),
    "hand-over": ("hand-over", {"receiver": OTHER_HER}),
    "rate-answer": ("rate", {"score": 4}),
    "pause": ("pause", None),
    "resume": ("resume", None),
}
QUESTION: Final[Json] = {"certificate": "{certificate}", "targets": [{"item": "function", "reason": "unclear"}]}
ORDER: Final[Json] = {
    "patient": {"number": "{number}", "name": "Stille Skog"},
    "clinician": {"hpr": "9412837", "role": "gp", "organisation": "315001005"},
    "receiver": HER,
}
ROUTES: Final[Mapping[str, Route]] = {
    **{name: Route((), "public", "") for name in ("health", "readiness", "capabilities", "openapi", "docs")},
    **{f"{verb}-{kind}": Route((), "public", "") for verb in ("read", "search") for kind in KINDS},
    **{
        name: Route(("clarify",), "object", f"POST /clarifications/{{clarification}}/{verb}", body)
        for name, (verb, body) in ON_CLARIFICATION.items()
    },
    "process-message": Route(("submit",), "general", "POST /fhir/$process-message"),
    "receive-kith": Route(("submit",), "general", "POST /kith/messages"),
    "validate": Route(("validate",), "general", "POST /fhir/$validate"),
    "validate-bundle": Route(("validate",), "general", "POST /fhir/Bundle/$validate"),
    "validate-kith": Route(("validate",), "general", "POST /kith/validate"),
    "read-receipt": Route(("poll", "submit"), "sender", "GET /receipts/{message_id}"),
    "fetch-messages": Route(("poll",), "sender", "GET /messages?receiver={her}"),
    "fetch-message": Route(("poll",), "sender", "GET /messages/{outgoing}?receiver={her}"),
    "acknowledge-message": Route(("poll",), "sender", "POST /messages/{kept}/acknowledge", {"receiver": "{her}"}),
    "read-message": Route(("poll",), "sender", "POST /messages/{outgoing}/read?receiver={her}"),
    "rate-question": Route(("poll",), "sender", "POST /messages/{outgoing}/rate?receiver={her}", {"score": 3}),
    # Ids and kinds, of everybody's.
    "read-feed": Route(("assess",), "general", "GET /assessments/feed"),
    "search-assessments": Route(("assess",), "list", "POST /assessments/search", {"patient": "{number}"}),
    "read-assessment": Route(("assess",), "object", "GET /assessments/{certificate}"),
    "read-patient-view": Route(("assess",), "object", "GET /assessments/{certificate}/patient"),
    "read-readers": Route(("assess",), "object", "GET /assessments/{certificate}/readers"),
    "open-assessment": Route(
        ("assess",), "object", "POST /assessments/{certificate}/override", {"reason": "Vikarierer for kollega i dag"}
    ),
    "ask": Route(("clarify",), "object", "POST /clarifications", QUESTION),
    "list-clarifications": Route(("clarify",), "list", "GET /clarifications?certificate={certificate}"),
    "read-clarification": Route(("clarify",), "object", "GET /clarifications/{clarification}"),
    "place-order": Route(("clarify",), "object", "POST /orders", ORDER),
    "search-orders": Route(("clarify",), "list", "POST /orders/search", {"patient": "{number}"}),
    # Ids and reasons: somebody must see that something lies there.
    "list-unsorted-answers": Route(("clarify",), "general", "GET /clarifications/unsorted"),
    "read-unsorted-answer": Route(("clarify",), "object", "GET /clarifications/unsorted/{tray}"),
    "sort-answer": Route(
        ("clarify",), "object", "POST /clarifications/unsorted/{tray}/sort", {"clarification": NOTHING}
    ),
    "file-answer": Route(
        ("clarify",), "object", "POST /clarifications/unsorted/{filed}/file", {"reason": "not-an-answer"}
    ),
    "dead-letters": Route(("clarify",), "general", "GET /messages/dead"),
    "resend-message": Route(("clarify",), "object", "POST /messages/{outgoing}/resend"),
    "read-clarification-statistics": Route(
        ("clarify", "audit"), "general", "GET /clarifications/statistics?from=2026-10-01&to=2026-12-31"
    ),
    "metrics": Route(("audit",), "general", "GET /metrics"),
}

POSSIBLE: Final[Mapping[ProfileName, frozenset[str]]] = {
    "helseid": frozenset({"submit", "poll", "validate"}),
    "maskinporten": frozenset(VERBS),
    "entra": frozenset({"assess", "clarify", "validate", "audit"}),
    "sandbox": frozenset(VERBS),
}
SCOPES: Final[Mapping[ProfileName, str]] = {"entra": "scp"}
HERE, ELSEWHERE, CLOSED = MadeUpPerson("0315"), MadeUpPerson("1201"), MadeUpPerson("0315", "strictly-confidential")
Objects = Mapping[str, Mapping[str, str]]
MISSING: Final = {
    "certificate": NOTHING,
    "clarification": NOTHING,
    "tray": NOTHING,
    "filed": NOTHING,
    "outgoing": NOTHING,
    "kept": NOTHING,
    "message_id": "no-such-message",
    "number": NOBODY_S,
}


@dataclass(frozen=True)
class Counsellor:
    """`own` are the objects of the unit's."""

    name: str
    group: str
    ident: str
    own: frozenset[str]

    def calling(self, client: TestClient, verb: str) -> Caller:
        claims = {"scp": f"nav:{verb}", "roles": [], "groups": [self.group], "NAVident": self.ident}
        return Caller(client, "entra", claims)


COUNSELLORS: Final = (
    Counsellor("of this unit", "unit-0315", "Z990001", frozenset({"here"})),
    Counsellor("of another unit", "unit-1201", "Z990002", frozenset({"elsewhere"})),
    Counsellor("of no unit", "group-of-nothing", "Z990003", frozenset()),
    Counsellor("whose overrides have ended", "group-of-nothing", "Z990004", frozenset()),
    Counsellor("whose overrides have not begun", "group-of-nothing", "Z990005", frozenset()),
    Counsellor("with overrides in force", "group-of-nothing", "Z990006", frozenset({"here", "elsewhere"})),
)


@dataclass(frozen=True)
class Place:
    app: FastAPI
    client: TestClient
    gateway: Gateway
    objects: Objects


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, house: House) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("matrix")
    create_key_file(folder / "key")
    made = replace(bootstrap.gateway_on(f"sqlite:///{folder}/matrix.db", folder / "key", house), clock=lambda: NOW)
    settings = Settings.model_construct(persons="synthetic", sender_rate=1e6, sender_burst=1_000_000)
    with TestClient(create_app(made, settings)) as inside:
        objects = {name: prepared(inside, tree, number) for number, (name, tree) in enumerate(trees().items())}
    people = dict(zip((each["number"] for each in objects.values()), (HERE, ELSEWHERE, CLOSED), strict=True))
    closed = replace(guarded(made), people=MadeUpPeople(people))
    app = create_app(closed, settings)
    with TestClient(app) as client:
        overridden(closed, objects)
        yield Place(app, client, closed, objects)
    made.store.close()


def overridden(gateway: Gateway, objects: Objects) -> None:
    """Overrides for everybody's objects, of which those of the fourth have ended and the fifth's are still to come."""
    hour = timedelta(hours=1)
    times = {"Z990004": (NOW - 2 * hour, NOW), "Z990005": (NOW + hour, NOW + 2 * hour), "Z990006": (NOW, NOW + hour)}
    with gateway.store.transaction() as unit:
        for ident, (since, until) in times.items():
            for about in objects.values():
                key = f"entra:{NAMES['entra']} {ident}"
                reader = gateway.sealer.digest(key, "reader")
                patient = gateway.sealer.digest(about["number"], "patient")
                who = Reader(key, "counsellor")
                told = Override(
                    gateway.new_id(), since, until, about["certificate"], patient, reader, who, "Vikarierer i dag"
                )
                unit.record_access(told)


def trees() -> dict[str, Json]:
    names = {
        "here": "required-items-only",
        "elsewhere": "back-pain-tolerates-load",
        "closed": "planned-operation-same-employer",
    }
    found = {name: message(file) for name, file in names.items()}
    for tree in found.values():
        resource(tree, "MessageHeader")["source"] = resource(found["here"], "MessageHeader")["source"]
    return found


def prepared(inside: TestClient, tree: Json, number: int) -> dict[str, str]:
    """A certificate with all that can be asked about it, as ids."""
    assert inside.post("/fhir/$process-message", content=to_json(tree), headers=JSON).status_code == 200
    certificate = inside.get(f"/receipts/{message_id(tree)}").json()["certificate"]
    asked = []
    for reason in ("outdated", "contradictory"):
        question = {"certificate": certificate, "targets": [{"item": "function", "reason": reason}]}
        answered = inside.post("/clarifications", json=question)
        assert answered.status_code == 201, answered.text
        asked.append(answered.json()["clarification"])
    number_of = resource(tree, "Patient")["identifier"][0]["value"]
    order = json.loads(filled(json.dumps(ORDER), {"number": number_of}))
    assert inside.post("/orders", json=order).status_code == 201
    waiting = {each["clarification"]: each["id"] for each in inside.get(f"/messages?receiver={HER}").json()["messages"]}
    lying: list[str] = []
    for place_ in range(5):
        stray = answer("nobody-asked-this", ["activity"], number=200 + 5 * number + place_)
        patient = resource(tree, "Patient")
        resource(stray, "Patient").update({"identifier": patient["identifier"], "name": patient["name"]})
        before = {each["message"] for each in inside.get("/clarifications/unsorted").json()["answers"]}
        assert inside.post("/fhir/$process-message", content=to_json(stray), headers=JSON).status_code == 200
        after = {each["message"] for each in inside.get("/clarifications/unsorted").json()["answers"]}
        lying += after - before
    names = ("tray", "filed", "filed_again", "filed_maskinporten", "filed_sandbox")
    return {
        "certificate": certificate,
        "clarification": asked[0],
        **dict(zip(names, lying, strict=True)),
        "outgoing": waiting[asked[0]],
        "kept": waiting[asked[1]],
        "message_id": message_id(tree),
        "number": number_of,
    }


def asked_by(caller: Caller | None, client: TestClient, route: Route, about: Mapping[str, str]) -> Response:
    method, _, path = filled(route.address, about).partition(" ")
    body = filled(json.dumps(route.body), about).encode() if route.body is not None else None
    headers = {"Content-Type": "application/json"} if body is not None else {}
    if caller is None:
        return client.request(method, path, content=body, headers=headers)
    return caller.ask(method, path, body, headers=headers)


def filled(text: str, about: Mapping[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: about[found[1]], text)


def whole(answer_: Response) -> tuple[int, dict[str, str], str]:
    """All that an answer tells, but for whom to ask about it."""
    headers = {name: value for name, value in answer_.headers.items() if name.lower() != "support-reference"}
    return answer_.status_code, headers, re.sub(r'"support_reference":"[0-9a-f]*"', "", answer_.text)


def test_every_route_has_an_entry_and_no_entry_is_of_no_route(place: Place) -> None:
    found = {operation: (method, path) for operation, method, path in routes(place.app)}
    assert set(found) == set(ROUTES)
    for operation, route in ROUTES.items():
        if route.kind != "public":
            asked = re.sub(r"\{\w+\}", "x", route.address.partition("?")[0])
            assert asked == " ".join(found[operation])


@pytest.mark.parametrize("operation", [name for name, route in ROUTES.items() if route.kind != "public"])
def test_every_scope_of_every_profile_opens_what_it_is_for_and_nothing_else(place: Place, operation: str) -> None:
    route, opened = ROUTES[operation], set()
    assert asked_by(None, place.client, route, MISSING | {"her": HER}).status_code == 401
    for profile in POSSIBLE:
        for verb in VERBS:
            stated: Any = [f"nav:{verb}"] if profile == "helseid" else f"nav:{verb}"
            claims = {SCOPES.get(profile, "scope"): stated} | ({"roles": []} if profile == "entra" else {})
            found = asked_by(Caller(place.client, profile, claims), place.client, route, MISSING | {"her": HER})
            may = verb in route.verbs and verb in POSSIBLE[profile]
            assert (found.status_code == 403) != may, (profile, verb, found.status_code)
            assert found.status_code < 500, (profile, verb)
            assert found.status_code != 401
            opened.add((profile, verb) if may else None)
    assert len(opened) > 1


ABOUT_PATIENTS: Final = [name for name, route in ROUTES.items() if route.kind in {"object", "list"}]


@pytest.mark.parametrize("operation", [name for name in ABOUT_PATIENTS if name != "open-assessment"])
def test_a_counsellor_finds_what_is_of_the_unit_and_nothing_else(place: Place, operation: str) -> None:
    route, served = ROUTES[operation], 0
    for verb in route.verbs:
        for counsellor in COUNSELLORS:
            caller = counsellor.calling(place.client, verb)
            nothing = whole(asked_by(caller, place.client, route, MISSING))
            assert nothing[0] == (404 if route.kind == "object" else 200)
            for name, about in place.objects.items():
                # What is filed is gone: whoever may file comes to one of his or her own.
                mine = {**about, **({"filed": about["filed_again"]} if counsellor.ident == "Z990006" else {})}
                found = asked_by(caller, place.client, route, mine)
                case = (counsellor.name, name, found.status_code, found.text)
                if name in counsellor.own:
                    assert whole(found) != nothing, case
                    assert found.status_code < 500, case
                    assert found.status_code not in {401, 403, 404}, case
                    served += 1
                else:
                    assert whole(found) == nothing, case
    assert served == 4 * len(route.verbs)


def test_a_reason_opens_what_is_another_unit_s_and_never_what_no_reason_opens(place: Place) -> None:
    route = ROUTES["open-assessment"]
    statuses = {}
    for counsellor in COUNSELLORS:
        # Another ident, so that nothing is opened to the counsellors of the other tests.
        caller = replace(counsellor, ident=f"{counsellor.ident}-override").calling(place.client, "assess")
        nothing = whole(asked_by(caller, place.client, route, MISSING))
        assert nothing[0] == 404
        assert whole(asked_by(caller, place.client, route, place.objects["closed"])) == nothing
        about = place.objects["here"]
        statuses[counsellor.name] = [asked_by(caller, place.client, route, about).status_code for _ in range(2)]
        opened = asked_by(caller, place.client, ROUTES["read-assessment"], about)
        assert opened.status_code == 200
    assert statuses.pop("of this unit") == [409, 409]
    assert set(map(tuple, statuses.values())) == {(201, 409)}


@pytest.mark.parametrize("operation", ABOUT_PATIENTS)
@pytest.mark.parametrize("profile", ["maskinporten", "sandbox"])
def test_a_system_is_held_to_its_scope_and_finds_everything(place: Place, operation: str, profile: ProfileName) -> None:
    route = ROUTES[operation]
    caller = Caller(place.client, profile, {"scope": f"nav:{route.verbs[0]}"})
    nothing = whole(asked_by(caller, place.client, route, MISSING))
    for name, about in place.objects.items():
        mine = {**about, "filed": about[f"filed_{profile}"]}
        found = asked_by(caller, place.client, route, mine)
        assert found.status_code < 500
        assert found.status_code not in {401, 403, 404}, (name, found.text)
        # An order is judged by what it says, whoever it is about.
        assert whole(found) != nothing or operation == "place-order"


@pytest.mark.parametrize("operation", [name for name, route in ROUTES.items() if route.kind == "sender"])
def test_another_organisation_finds_nothing_of_a_sender_s(place: Place, operation: str) -> None:
    route, about = ROUTES[operation], place.objects["here"]
    office, stranger = Caller(place.client), Caller(place.client, claims=STRANGER)
    nothing = {her: whole(asked_by(stranger, place.client, route, MISSING | {"her": her})) for her in (HER, OTHER_HER)}
    for her, missing in nothing.items():
        assert whole(asked_by(stranger, place.client, route, {**about, "her": her})) == missing
    mine = asked_by(office, place.client, route, {**about, "her": HER})
    # What was withdrawn meanwhile is still the office's.
    assert mine.status_code in {200, 204, 409}
    assert whole(mine) not in nothing.values()
