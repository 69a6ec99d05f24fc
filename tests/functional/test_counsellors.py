"""What a counsellor sees is by rule and on record: who, in which role, what, why and when; and the patient can know."""

import json
import logging
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import event, text
from starlette.testclient import TestClient

from certgateway.app import create_app
from certgateway.config import Settings
from certgateway.domain.access_record import Access, Override, Reader
from certgateway.domain.access_rules import Relation
from certgateway.domain.errors import PeopleUnavailableError
from certgateway.services.gateway import Gateway
from certgateway.services.people import ABSENT, MadeUpPeople, MadeUpPerson, People
from certgateway.store.access_tables import access, access_override
from certgateway.trust.issuers import Issuer
from fixtures.authoring.writers import to_json
from tests.functional.conftest import NOW
from tests.functional.entrance import Caller, guarded
from tests.functional.messages import JSON, message_id
from tests.functional.office import NOWHERE
from tests.integration.answering import answer
from tests.integration.receiving import message, resource
from tests.tokens import NAMES, issuers

Json = dict[str, Any]
AUTHOR = {"helseid://claims/hpr/hpr_number": ...}
PLAIN = {"Content-Type": "application/json"}
HERE, THERE = "23909841313", "14837910405"
REASON = "Vikarierer for kollega som er borte"
KNOWN = MadeUpPeople({HERE: MadeUpPerson("0315"), THERE: MadeUpPerson("1201")})


@dataclass
class Watched:
    """A register that notes what it is asked, and can be away."""

    people: People
    is_away: bool = False
    asked: list[str] = field(default_factory=list)

    def find(self, number: str, nav_ident: str) -> Relation:
        self.asked.append(number)
        if self.is_away:
            raise PeopleUnavailableError("away")
        return self.people.find(number, nav_ident)


@dataclass
class Moving:
    """The gateway's clock."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return NOW + self.ahead


@dataclass(frozen=True)
class Scene:
    client: TestClient
    gateway: Gateway
    people: Watched
    clock: Moving
    here: str
    there: str

    def counsellor(self, verb: str = "assess", ident: str = "Z990001", group: str = "unit-0315") -> Caller:
        return Caller(self.client, "entra", {"scp": f"nav:{verb}", "roles": [], "groups": [group], "NAVident": ident})

    def system(self, verb: str = "assess") -> Caller:
        return Caller(self.client, "maskinporten", {"scope": f"nav:{verb}"})

    def looks(self) -> list[tuple[str | None, str, bool, str]]:
        """Certificate, operation, whether it was allowed, and the ground, of every look there was."""
        with self.gateway.store.engine.connect() as connection:
            rows = connection.execute(access.select().order_by(text("rowid"))).all()
        return [(row.case, row.act, row.allowed, row.basis) for row in rows]


@pytest.fixture
def scene(gateway: Gateway, settings: Settings) -> Iterator[Scene]:
    ids = []
    with TestClient(create_app(gateway, settings)) as inside:
        for name in ("required-items-only", "back-pain-tolerates-load"):
            tree = message(name)
            resource(tree, "MessageHeader")["source"] = resource(message(), "MessageHeader")["source"]
            assert inside.post("/fhir/$process-message", content=to_json(tree), headers=JSON).status_code == 200
            ids.append(inside.get(f"/receipts/{message_id(tree)}").json()["certificate"])
    people, clock = Watched(KNOWN), Moving()
    closed = replace(guarded(gateway), people=people, override_hours=2, clock=clock)
    with TestClient(create_app(closed, settings)) as client:
        yield Scene(client, closed, people, clock, *ids)


def opened(scene: Scene, settings: Settings, **changed: Any) -> TestClient:  # noqa: ANN401
    """The same gateway, changed."""
    return TestClient(create_app(replace(scene.gateway, **changed), settings))


def override(caller: Caller, certificate: str, reason: str = REASON) -> Response:
    return caller.post(f"/assessments/{certificate}/override", json.dumps({"reason": reason}).encode(), headers=PLAIN)


# ---- on record ------------------------------------------------------------------------------------------------------


def test_a_look_is_on_record_with_who_what_why_and_when(scene: Scene) -> None:
    answer_ = scene.counsellor().get(f"/assessments/{scene.here}")
    assert answer_.status_code == 200
    key = f"entra:{NAMES['entra']} Z990001"
    with scene.gateway.store.reading() as reading:
        found = reading.accesses_of_case(scene.here)
        entries = reading.ledger_entries(0, 100)
        assert reading.check_ledger()
    sealer = scene.gateway.sealer
    assert re.fullmatch("[0-9a-f]{16}", answer_.headers["Support-Reference"])
    expected = Access(
        id=found[0].id,
        at=NOW,
        case=scene.here,
        patient=sealer.digest(HERE, "patient"),
        reader=sealer.digest(key, "reader"),
        who=Reader(key, "counsellor", unit="0315"),
        act="read-assessment",
        is_allowed=True,
        basis="unit",
        reference=answer_.headers["Support-Reference"],
    )
    assert found == [expected]
    assert (entries[-1].kind, entries[-1].message) == ("access", found[0].id)


def test_an_attempt_is_on_record_whether_there_is_anything_or_not(scene: Scene) -> None:
    for certificate in (scene.there, NOWHERE):
        assert scene.counsellor().get(f"/assessments/{certificate}").status_code == 404
    assert scene.looks() == [
        (scene.there, "read-assessment", False, "unit-and-assignment"),
        (None, "read-assessment", False, "strictly-confidential-address"),
    ]
    with scene.gateway.store.reading() as reading:
        assert [each.kind for each in reading.ledger_entries(0, 100)][-2:] == ["access", "access"]


def test_a_system_s_look_is_on_record_by_its_scope_and_what_there_is_not_is_no_look(scene: Scene) -> None:
    assert scene.system().get(f"/assessments/{scene.there}").status_code == 200
    assert scene.system().get(f"/assessments/{NOWHERE}").status_code == 404
    assert scene.looks() == [(scene.there, "read-assessment", True, "scope")]
    assert scene.people.asked == []


def test_a_search_is_a_look_at_each_certificate_and_none_at_what_is_only_ordered(scene: Scene) -> None:
    body = json.dumps({"patient": HERE}).encode()
    found = scene.counsellor().post("/assessments/search", body, headers=PLAIN).json()["certificates"]
    assert [each["certificate"] for each in found] == [scene.here]
    assert scene.counsellor("clarify").post("/orders/search", body, headers=PLAIN).json() == {"orders": []}
    assert scene.looks() == [
        (scene.here, "search-assessments", True, "unit"),
        (None, "search-orders", True, "unit"),
    ]


def test_who_looked_stands_under_seal_and_in_no_line_of_the_log(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        assert override(scene.counsellor(), scene.there).status_code == 201
        scene.counsellor().get(f"/assessments/{scene.there}")
    with scene.gateway.store.engine.connect() as connection:
        rows = str([connection.execute(table.select()).all() for table in (access, access_override)])
    for told in ("Z990001", "Vikarierer", THERE):
        assert told not in rows + caplog.text
    assert len(scene.looks()) == 2


@pytest.mark.parametrize("what", ["access", "ledger"])
@pytest.mark.parametrize("verb, path", [("assess", "/assessments/{}"), ("clarify", "/clarifications?certificate={}")])
def test_nothing_is_shown_that_cannot_be_put_on_record(scene: Scene, what: str, verb: str, path: str) -> None:
    with scene.gateway.store.engine.begin() as connection:
        connection.exec_driver_sql(
            f"CREATE TRIGGER full BEFORE INSERT ON {what} BEGIN SELECT RAISE(ABORT, 'no more'); END"
        )
    for caller in (scene.counsellor(verb), scene.system(verb)):
        answer = caller.get(path.format(scene.here))
        assert (answer.status_code, answer.json()["title"]) == (503, "gateway-unavailable")
    assert scene.looks() == []


def test_without_login_nobody_is_asked_and_nothing_is_on_record(scene: Scene, settings: Settings) -> None:
    with opened(scene, settings, issuers=()) as client:
        assert client.get(f"/assessments/{scene.there}").status_code == 200
        assert client.get(f"/assessments/{scene.there}/readers").json()["readers"] == []
        assert client.get(f"/assessments/{NOWHERE}/readers").status_code == 404
        assert client.post(f"/assessments/{NOWHERE}/override", json={"reason": REASON}).status_code == 404
    assert scene.looks() == []
    assert scene.people.asked == []


# ---- alike ----------------------------------------------------------------------------------------------------------


def steps(scene: Scene, caller: Caller, path: str) -> tuple[list[str], float]:
    """What the database is asked while somebody finds nothing, and the processor seconds that it takes."""
    statements: list[str] = []

    def noted(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:  # noqa: ANN401
        statements.append(statement)

    event.listen(scene.gateway.store.engine, "before_cursor_execute", noted)
    began = time.process_time()
    answer = caller.get(path)
    taken = time.process_time() - began
    event.remove(scene.gateway.store.engine, "before_cursor_execute", noted)
    assert answer.status_code == 404
    return statements, taken


@pytest.mark.parametrize("path", ["/assessments/{}", "/assessments/{}/patient", "/assessments/{}/readers"])
def test_what_is_another_s_costs_the_steps_of_what_there_is_not(scene: Scene, path: str) -> None:
    caller = scene.counsellor()
    # The first look of all makes a key for looks.
    caller.get(path.format(NOWHERE))
    scene.people.asked.clear()
    foreign, missing = (steps(scene, caller, path.format(each))[0] for each in (scene.there, NOWHERE))
    # The key of the certificate is fetched to open it; whatever else is asked is the same.
    besides = [[each for each in asked_ if "data_key" not in each] for asked_ in (foreign, missing)]
    assert besides[0] == besides[1]
    assert len(foreign) == len(missing) + 1
    assert sum(each.startswith("INSERT INTO access ") for each in foreign) == 1
    assert scene.people.asked == [THERE, ABSENT]


def test_what_is_another_s_takes_as_long_as_what_there_is_not(scene: Scene) -> None:
    caller = scene.counsellor()
    taken: dict[str, list[float]] = {scene.there: [], NOWHERE: []}
    for _ in range(25):
        for certificate, times in taken.items():
            times.append(steps(scene, caller, f"/assessments/{certificate}")[1])
    foreign, missing = (median(each) for each in taken.values())
    # Opening one certificate is the only difference; whole milliseconds go into the rest.
    assert foreign < missing * 3
    assert missing < foreign * 3


def test_a_register_that_knows_too_much_opens_nothing_that_there_is_not(scene: Scene, settings: Settings) -> None:
    generous = MadeUpPeople({ABSENT: MadeUpPerson("0315")})
    with opened(scene, settings, people=generous) as client:
        answer = replace(scene.counsellor(), client=client).get(f"/assessments/{NOWHERE}")
    assert answer.status_code == 404
    assert [each[2] for each in scene.looks()] == [False]


@pytest.mark.parametrize("people", [None, MadeUpPeople({})])
def test_of_whom_nobody_knows_nothing_is_shown(scene: Scene, settings: Settings, people: People | None) -> None:
    with opened(scene, settings, people=people) as client:
        caller = replace(scene.counsellor(), client=client)
        assert caller.get(f"/assessments/{scene.here}").status_code == 404
        assert override(caller, scene.here).status_code == 404


def test_while_the_register_is_away_nothing_is_there_and_operation_is_told(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    scene.people.is_away = True
    with caplog.at_level(logging.ERROR):
        answers = [scene.counsellor().get(f"/assessments/{each}") for each in (scene.here, NOWHERE)]
        assert override(scene.counsellor(), scene.there).status_code == 404
    assert [each.status_code for each in answers] == [404, 404]
    lines = [json.loads(each.getMessage()) for each in caplog.records if "people" in each.getMessage()]
    assert lines == [{"people": "unavailable"}] * 3


# ---- lists and the tray ---------------------------------------------------------------------------------------------


def asked(scene: Scene, certificate: str) -> str:
    question = {"certificate": certificate, "targets": [{"item": "function", "reason": "outdated"}]}
    answer = scene.system("clarify").post("/clarifications", json.dumps(question).encode(), headers=PLAIN)
    found: str = answer.json()["clarification"]
    return found


def test_of_all_that_waits_a_counsellor_sees_the_unit_s_and_each_is_a_look(scene: Scene) -> None:
    mine, other = asked(scene, scene.here), asked(scene, scene.there)
    before = len(scene.looks())
    told = scene.counsellor("clarify").get("/clarifications").json()
    assert [each["clarification"] for each in told["clarifications"]] == [mine]
    assert scene.looks()[before:] == [(scene.here, "list-clarifications", True, "unit")]
    everything = scene.system("clarify").get("/clarifications").json()["clarifications"]
    assert {each["clarification"] for each in everything} == {mine, other}
    assert len(scene.looks()) == before + 3


def test_the_feed_tells_ids_and_kinds_to_counsellors_too(scene: Scene) -> None:
    events = scene.counsellor().get("/assessments/feed").json()["events"]
    assert {each["certificate"] for each in events} == {scene.here, scene.there}
    assert {name for each in events for name in each} == {"seq", "certificate", "version", "kind", "at"}


def test_an_answer_is_sorted_to_what_the_counsellor_may_see_and_another_s_is_none(scene: Scene) -> None:
    mine, other = asked(scene, scene.here), asked(scene, scene.there)
    stray = answer("nobody-asked-this", ["activity"])
    assert Caller(scene.client, claims=AUTHOR).post("/fhir/$process-message", to_json(stray), headers=JSON).is_success
    caller = scene.counsellor("clarify")
    lying = caller.get("/clarifications/unsorted").json()["answers"][0]["message"]

    def whys(clarification: str) -> list[str]:
        body = json.dumps({"clarification": clarification}).encode()
        found = caller.post(f"/clarifications/unsorted/{lying}/sort", body, headers=PLAIN)
        return [each["why"] for each in found.json()["refusals"]]

    # What speaks against the counsellor's own is told; of another's, that there is no such question.
    assert (whys(NOWHERE), whys(other)) == (["clarification-unknown"], ["clarification-unknown"])
    assert whys(mine) == ["not-asked"]


@pytest.mark.parametrize("form", ["application/fhir+json", "application/fhir+xml", "text/plain"])
@pytest.mark.parametrize("path", ["/assessments/{}", "/assessments/{}/patient"])
def test_another_form_of_the_same_is_no_way_in(scene: Scene, form: str, path: str) -> None:
    answers = {
        each: scene.counsellor().get(path.format(each), headers={"Accept": form}).status_code
        for each in (scene.here, scene.there, NOWHERE)
    }
    assert list(answers.values()) == [200, 404, 404]


# ---- overrides ------------------------------------------------------------------------------------------------------


def test_a_reason_opens_a_patient_until_it_ends_and_to_nobody_else(scene: Scene) -> None:
    told = override(scene.counsellor(), scene.there)
    assert (told.status_code, told.json()["until"]) == (201, "2026-11-01T13:00:00Z")

    def sees(ident: str, ahead: timedelta) -> bool:
        scene.clock.ahead = ahead
        caller = scene.counsellor(ident=ident)
        times = {name: int((NOW + ahead).timestamp()) + more for name, more in (("iat", 0), ("nbf", 0), ("exp", 60))}
        found = replace(caller, claims=(caller.claims or {}) | times).get(f"/assessments/{scene.there}")
        assert found.status_code in {200, 404}
        return found.status_code == 200

    almost = timedelta(hours=2) - timedelta(seconds=1)
    assert [sees("Z990001", each) for each in (timedelta(), almost, timedelta(hours=2))] == [True, True, False]
    assert not sees("Z990002", timedelta())
    assert scene.looks()[:2] == [
        (scene.there, "open-assessment", False, "unit-and-assignment"),
        (scene.there, "read-assessment", True, "override"),
    ]
    with scene.gateway.store.reading() as reading:
        assert [each.kind for each in reading.ledger_entries(0, 100)][2:4] == ["access", "override"]
        assert reading.check_ledger()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def lasting(
    request: pytest.FixtureRequest, make_gateway: Callable[[str], Gateway], settings: Settings, tmp_path: Path
) -> tuple[Gateway, str]:
    """On each of the two databases: a gateway that callers log in to, and a certificate of another unit's."""
    url = f"sqlite:///{tmp_path}/lasting.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql").migrated_database()
    gateway = make_gateway(url)
    tree = message("back-pain-tolerates-load")
    resource(tree, "MessageHeader")["source"] = resource(message(), "MessageHeader")["source"]
    with TestClient(create_app(gateway, settings)) as inside:
        assert inside.post("/fhir/$process-message", content=to_json(tree), headers=JSON).status_code == 200
        certificate = inside.get(f"/receipts/{message_id(tree)}").json()["certificate"]
    return replace(guarded(gateway), people=KNOWN), certificate


def of_another_issuer() -> Issuer:
    return next(replace(each, name="https://login.example/other/v2.0") for each in issuers() if each.profile == "entra")


def recorded(gateway: Gateway, certificate: str, key: str) -> None:
    """An override as it was written down for a caller of that name."""
    digest = gateway.sealer.digest
    with gateway.store.transaction() as unit:
        unit.record_access(
            Override(
                gateway.new_id(),
                NOW,
                NOW + timedelta(hours=1),
                certificate,
                digest(THERE, "patient"),
                digest(key, "reader"),
                Reader(key, "counsellor"),
                REASON,
            )
        )


def test_an_override_is_of_one_issuer_s_counsellor(lasting: tuple[Gateway, str], settings: Settings) -> None:
    gateway, certificate = lasting
    two = replace(gateway, issuers=(*gateway.issuers, of_another_issuer()))
    with TestClient(create_app(two, settings)) as client:
        usual = {"scp": "nav:assess", "roles": []}
        ours = Caller(client, "entra", usual)
        theirs = Caller(client, "entra", usual | {"iss": of_another_issuer().name})
        assert override(ours, certificate).status_code == 201
        path = f"/assessments/{certificate}"
        assert (ours.get(path).status_code, theirs.get(path).status_code) == (200, 404)
    with gateway.store.reading() as reading:
        readers = {each.reader for each in reading.accesses_of_case(certificate)}
        assert reading.check_ledger()
    assert len(readers) == 1


def test_what_is_on_record_without_an_issuer_counts_while_there_is_one_alone(
    lasting: tuple[Gateway, str], settings: Settings
) -> None:
    gateway, certificate = lasting
    recorded(gateway, certificate, "entra:Z990001")
    two = replace(gateway, issuers=(*gateway.issuers, of_another_issuer()))
    for made, status in ((gateway, 200), (two, 404)):
        with TestClient(create_app(made, settings)) as client:
            caller = Caller(client, "entra", {"scp": "nav:assess", "roles": []})
            assert caller.get(f"/assessments/{certificate}").status_code == status
            other = Caller(client, "entra", {"scp": "nav:assess", "roles": [], "NAVident": "Z990002"})
            assert other.get(f"/assessments/{certificate}").status_code == 404


def test_an_override_and_its_line_of_the_log_have_a_reference_in_common(
    lasting: tuple[Gateway, str], settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    gateway, certificate = lasting
    with caplog.at_level(logging.INFO, "certgateway.requests"), TestClient(create_app(gateway, settings)) as client:
        answer_ = override(Caller(client, "entra", {"scp": "nav:assess", "roles": []}), certificate)
    (line,) = (json.loads(each.getMessage()) for each in caplog.records if each.name == "certgateway.requests")
    with gateway.store.engine.connect() as connection:
        kept = {connection.execute(table.select()).one().reference for table in (access, access_override)}
    assert kept == {line["reference"]} == {answer_.headers["Support-Reference"]}


@pytest.mark.parametrize("person", [MadeUpPerson("1201", "confidential"), MadeUpPerson("1201", is_shielded=True)])
@pytest.mark.parametrize("more", [{}, {"themselves": "Z990001"}, {"family": frozenset({"Z990001"})}])
def test_no_reason_opens_what_is_closed_to_everybody(
    scene: Scene, settings: Settings, person: MadeUpPerson, more: Json
) -> None:
    closed = replace(person if not more else MadeUpPerson("0315"), **more)
    with opened(scene, settings, people=MadeUpPeople({THERE: closed})) as client:
        caller = replace(scene.counsellor(), client=client)
        answers = [override(caller, each) for each in (scene.there, NOWHERE)]
    assert [each.status_code for each in answers] == [404, 404]
    with scene.gateway.store.engine.connect() as connection:
        assert connection.execute(access_override.select()).all() == []


@pytest.mark.parametrize("reason", ["", "x", "         .", "for kort \n\n\n"])
def test_a_reason_must_say_something(scene: Scene, reason: str) -> None:
    assert override(scene.counsellor(), scene.there, reason).status_code == 422
    assert scene.looks() == []


def test_who_needs_no_reason_is_told_so(scene: Scene) -> None:
    for caller, certificate in ((scene.counsellor(), scene.here), (scene.system(), scene.there)):
        answer = override(caller, certificate)
        assert (answer.status_code, answer.json()["title"]) == (409, "open-now")


# ---- for the patient ------------------------------------------------------------------------------------------------


def test_the_patient_can_know_who_has_seen_it_and_no_name(scene: Scene) -> None:
    scene.counsellor(ident="Z990002", group="unit-1201").get(f"/assessments/{scene.here}")
    override(scene.counsellor(ident="Z990003", group="unit-1201"), scene.here)
    scene.counsellor(ident="Z990003", group="unit-1201").get(f"/assessments/{scene.here}/patient")
    scene.system().get(f"/assessments/{scene.here}")
    asked(scene, scene.here)
    answer = scene.counsellor().get(f"/assessments/{scene.here}/readers")
    at, organisation = "2026-11-01T11:00:00Z", "987654325"
    system = {"role": "system", "unit": None, "organisation": organisation, "basis": "scope"}
    expected = [
        {"role": "counsellor", "unit": "1201", "organisation": None, "basis": "override", "act": "read-patient-view"},
        system | {"act": "read-assessment"},
        system | {"act": "ask"},
        {"role": "counsellor", "unit": "0315", "organisation": None, "basis": "unit", "act": "read-readers"},
    ]
    told = sorted(answer.json()["readers"], key=lambda each: each["act"])
    assert told == sorted([each | {"at": at} for each in expected], key=lambda each: str(each["act"]))
    assert "Z99" not in answer.text


def test_one_s_own_certificate_is_not_for_the_counsellor(scene: Scene, settings: Settings) -> None:
    mine = MadeUpPeople({HERE: MadeUpPerson("0315", themselves="Z990001", assigned=frozenset({"Z990001"}))})
    with opened(scene, settings, people=mine) as client:
        statuses = [
            replace(scene.counsellor(ident=ident), client=client).get(f"/assessments/{scene.here}").status_code
            for ident in ("Z990001", "Z990002")
        ]
    assert statuses == [404, 200]
