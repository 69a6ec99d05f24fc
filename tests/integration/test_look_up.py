"""Authors are looked up before anything is recorded, on both engines and in both forms: what it does to a verdict, what
is kept of it, and what becomes of a message while the register does not answer.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from certgateway import bootstrap
from certgateway.cli.made_up_hpr import CLINICIANS, NURSE, PHYSIOTHERAPIST, REVOKED, SUSPENDED, UNKNOWN
from certgateway.domain.authorisation import Approval, Span, Standing
from certgateway.domain.dialogue_events import Target
from certgateway.domain.errors import HprUnavailableError
from certgateway.services import clarify, sort
from certgateway.services.answer import media_type
from certgateway.services.examine import House
from certgateway.services.pose import Question
from certgateway.services.receive import Delivery, Outcome
from certgateway.services.rehearse import rehearse
from certgateway.store.ledger import evidence_of
from certgateway.store.tables import standing
from fixtures.authoring import cast
from fixtures.authoring.people import Clinician
from tests.integration.answering import answer
from tests.integration.receiving import (
    NOTHING,
    ONE_ACCEPTED,
    ONE_REJECTED,
    Desk,
    authored,
    desk,
    message,
    numbered,
    receipt,
    resource,
    rules,
    told,
)
from tests.integration.replying import reply
from tests.integration.store.walk import refused
from tests.kith import HEAD, SMALL, changed, raw

Json = dict[str, Any]
BACK = raw(SMALL)
ALWAYS = Span()
DOCTOR = (Approval("LE", ALWAYS),)
KITH_HPR = f"{HEAD}/*[local-name()='MsgInfo'][1]/*[local-name()='Sender'][1]/*[local-name()='Organisation'][1]"
KITH_HPR += "/*[local-name()='HealthcareProfessional'][1]/*[local-name()='Ident'][1]/*[local-name()='Id'][1]"
KITH_STANDING = {"function-uncoded": 1, "health-risk-missing": 1}
WRITTEN = date(2026, 3, 16)
"""The day that `BACK` bears."""


@dataclass
class Register:
    """A register that says one thing of everybody, or nothing, and remembers whom it was asked about.

    It opens a transaction while it is asked: that ends in a fault where somebody holds the only one.
    """

    at_desk: Desk
    says: tuple[Approval, ...] | None = DOCTOR
    is_silent: bool = False
    asked: list[str] = field(default_factory=list)

    def find(self, number: str) -> tuple[Approval, ...] | None:
        self.asked.append(number)
        with self.at_desk.gateway.store.transaction() as unit:
            unit.lock("ledger")
        if self.is_silent:
            raise HprUnavailableError("it does not answer")
        return self.says


@pytest.fixture(scope="module")
def house() -> House:
    return bootstrap.build_house()


@pytest.fixture
def plain(url: str, house: House) -> Iterator[Desk]:
    """Nobody is asked."""
    opened = desk(url, house)
    yield opened
    opened.gateway.store.close()


@pytest.fixture
def register(plain: Desk) -> Register:
    return Register(plain)


@pytest.fixture
def at_desk(plain: Desk, register: Register) -> Desk:
    return Desk(replace(plain.gateway, hpr=register), plain.clock)


@pytest.fixture
def among(plain: Desk) -> Desk:
    """Authors are those of the sandbox."""
    return Desk(replace(plain.gateway, hpr=CLINICIANS), plain.clock)


def lenient(at_desk: Desk) -> Desk:
    return Desk(replace(at_desk.gateway, takes_unanswered=True), at_desk.clock)


def by(hpr: str, tree: Json | None = None) -> Json:
    tree = tree or message()
    resource(tree, "Practitioner")["identifier"][0]["value"] = hpr
    return tree


def kith_by(hpr: str) -> bytes:
    return changed(BACK, ("<Id>9412837</Id>", f"<Id>{hpr}</Id>"))


def hpr_of(tree: Json) -> str:
    found: str = resource(tree, "Practitioner")["identifier"][0]["value"]
    return found


def place(outcome: Outcome, rule: str) -> tuple[str | None, str | None, str | None]:
    (found,) = (each for each in receipt(outcome)["findings"] if each["rule"] == rule)
    return found["item"], found["element"], found["path"]


def kept(at_desk: Desk) -> list[Json]:
    with at_desk.gateway.store.engine.connect() as connection:
        return [json.loads(row.told) for row in connection.execute(select(standing))]


def at_path(tree: Json, path: str) -> object:
    value: Any = {"Bundle": tree}
    for step in path.split("."):
        name, _, index = step.partition("[")
        value = value[name][int(index[:-1])] if index else value[name]
    return value


# ---- what it does to a verdict ----

REFUSED = [
    (UNKNOWN, "author-not-registered"),
    (REVOKED, "author-not-authorised"),
    (SUSPENDED, "author-not-authorised"),
    (NURSE, "author-may-not-certify"),
]


@pytest.mark.parametrize("hpr, rule", REFUSED)
def test_who_may_not_write_it_is_told_so_at_the_number(among: Desk, hpr: str, rule: str) -> None:
    outcome = among.hand_in(by(hpr))
    assert (outcome.verdict, outcome.answer.status) == ("rejected", 422)
    assert rules(outcome) == {rule: 1}
    item, element, path = place(outcome, rule)
    assert (item, element) == ("author", "author.hpr")
    assert path is not None
    assert at_path(by(hpr), path) == hpr
    assert among.counts() == ONE_REJECTED | {"standing": 1}
    assert among.events() == []


@pytest.mark.parametrize("hpr, rule", REFUSED)
def test_in_the_form_of_2008_too(among: Desk, hpr: str, rule: str) -> None:
    outcome = among.hand_in(kith_by(hpr))
    assert outcome.verdict == "rejected"
    assert rules(outcome) == KITH_STANDING | {rule: 1}
    assert place(outcome, rule) == ("author", "author.hpr", KITH_HPR)
    assert b'V="E20"' in outcome.answer.body


def test_another_profession_than_the_register_has_is_a_remark(among: Desk) -> None:
    outcome = among.hand_in(kith_by(PHYSIOTHERAPIST))
    assert rules(outcome) == KITH_STANDING | {"author-profession-differs": 1}
    assert place(outcome, "author-profession-differs")[:2] == ("author", "author.profession")
    assert among.hand_in(by(PHYSIOTHERAPIST)).verdict == "accepted-with-remarks"


@pytest.mark.parametrize(
    "until, rule",
    [
        (date(2026, 3, 15), "author-not-authorised"),
        (WRITTEN, "author-no-longer-authorised"),
        (date(2026, 10, 31), "author-no-longer-authorised"),
        (date(2026, 11, 1), None),
    ],
)
def test_it_is_held_to_the_day_of_writing_and_to_that_of_arrival(
    at_desk: Desk, register: Register, until: date, rule: str | None
) -> None:
    register.says = (Approval("LE", Span(None, until)),)
    outcome = at_desk.hand_in(BACK)
    assert rules(outcome) == KITH_STANDING | ({rule: 1} if rule else {})
    assert outcome.verdict == ("rejected" if rule == "author-not-authorised" else "incomplete")


def test_a_doctor_is_taken_as_before(at_desk: Desk, register: Register) -> None:
    outcome = at_desk.hand_in(message())
    assert (outcome.verdict, rules(outcome)) == ("accepted", {})
    assert at_desk.counts() == ONE_ACCEPTED | {"standing": 1}
    assert register.asked == [hpr_of(message())]


def test_without_a_register_nothing_is_asked_kept_or_told(plain: Desk) -> None:
    assert rules(plain.hand_in(by(UNKNOWN))) == {}
    assert plain.counts() == ONE_ACCEPTED


# ---- what is kept ----


def test_what_is_kept_holds_professions_and_no_number_or_name(at_desk: Desk, register: Register) -> None:
    register.says = (*DOCTOR, Approval("SP", Span(None, WRITTEN)))
    at_desk.hand_in(BACK)
    assert kept(at_desk) == [{"found": "registered", "written": ["LE", "SP"], "arrival": ["LE"], "stated": "LE"}]


def test_a_retry_gets_the_first_answer_whatever_the_register_says_now(at_desk: Desk, register: Register) -> None:
    for body in (message(), BACK):
        register.says = DOCTOR
        first = at_desk.hand_in(body)
        register.says = None
        assert told(at_desk.hand_in(body)) == told(first)
        register.is_silent = True
        assert told(at_desk.hand_in(body)) == told(first)
        register.is_silent = False


def test_a_conflict_is_told_of_while_the_register_is_silent(at_desk: Desk, register: Register) -> None:
    at_desk.hand_in(BACK)
    register.is_silent = True
    assert at_desk.hand_in(changed(BACK, ("3-6 måneder", "To måneder"))).conflict


def test_the_same_certificate_again_keeps_what_was_known_of_its_author(at_desk: Desk, register: Register) -> None:
    first = at_desk.hand_in(message())
    register.says = None
    again = at_desk.hand_in(numbered(message(), 2))
    assert (again.verdict, rules(again)) == (first.verdict, {"likely-resend": 1})
    register.is_silent = True
    assert rules(at_desk.hand_in(numbered(message(), 3))) == {"likely-resend": 1}
    assert kept(at_desk) == [{"found": "registered", "written": ["LE"], "arrival": ["LE"], "stated": "LE"}] * 3


def test_a_certificate_from_before_there_was_a_register_stays_taken(
    at_desk: Desk, plain: Desk, register: Register
) -> None:
    plain.hand_in(message())
    register.says = None
    again = at_desk.hand_in(numbered(message(), 2))
    assert (again.verdict, rules(again)) == ("accepted", {"likely-resend": 1})


def test_a_refused_certificate_is_looked_up_anew(at_desk: Desk, register: Register) -> None:
    register.says = None
    assert at_desk.hand_in(message()).verdict == "rejected"
    register.says = DOCTOR
    again = at_desk.hand_in(numbered(message(), 2))
    assert (again.verdict, rules(again)) == ("accepted", {})
    assert at_desk.events() == [("new", 1)]


# ---- no answer ----


@pytest.mark.parametrize("body", [message(), BACK], ids=["fhir", "kith"])
def test_without_an_answer_nothing_is_kept_and_a_retry_walks_again(
    at_desk: Desk, register: Register, body: Json | bytes
) -> None:
    register.is_silent = True
    with pytest.raises(HprUnavailableError) as fault:
        at_desk.hand_in(body)
    assert fault.value.category == "unavailable"
    assert at_desk.counts() == NOTHING
    register.is_silent = False
    assert at_desk.hand_in(body).verdict in {"accepted", "incomplete"}
    assert at_desk.counts() == ONE_ACCEPTED | {"standing": 1}


@pytest.mark.parametrize(
    "body, verdict, beside", [(message(), "accepted", {}), (BACK, "incomplete", KITH_STANDING)], ids=["fhir", "kith"]
)
def test_where_the_operator_says_so_it_is_taken_with_a_note(
    at_desk: Desk, register: Register, body: Json | bytes, verdict: str, beside: dict[str, int]
) -> None:
    register.is_silent = True
    outcome = lenient(at_desk).hand_in(body)
    assert outcome.verdict == verdict
    assert rules(outcome) == beside | {"author-not-looked-up": 1}
    assert place(outcome, "author-not-looked-up")[1] == "author.hpr"
    assert kept(at_desk)[0]["found"] == "no-answer"
    # What it was judged by stays, and so does the answer.
    register.is_silent, register.says = False, None
    assert told(at_desk.hand_in(body)) == told(outcome)


# ---- whom nobody is asked about ----


@pytest.mark.parametrize("number", ["12345", "1002846100", "HPR0028461", "0000000", "1234567/../x"])
def test_what_is_no_hpr_number_is_asked_of_nobody(at_desk: Desk, register: Register, number: str) -> None:
    assert "hpr-invalid" in rules(at_desk.hand_in(by(number)))
    assert register.asked == []


def test_nobody_is_asked_about_what_cannot_be_read_or_is_withdrawn(at_desk: Desk, register: Register) -> None:
    case = at_desk.hand_in(message()).case
    register.asked.clear()
    register.is_silent = True
    at_desk.hand_in(b'{"resourceType": "Bundle", "type":')
    tree = authored(numbered(message(), 2), "2026-11-01T10:00:00+01:00")
    resource(tree, "Composition")["status"] = "entered-in-error"
    withdrawn = at_desk.hand_in(tree)
    assert (withdrawn.verdict, withdrawn.case) == ("accepted", case)
    assert register.asked == []


def question(at_desk: Desk) -> str:
    case = at_desk.hand_in(message()).case or ""
    found = clarify.ask(Question(case, (Target("activity", "missing"),)), at_desk.gateway)
    assert isinstance(found, str)
    return found


def test_who_answers_a_question_is_looked_up_and_not_the_author_before(at_desk: Desk, register: Register) -> None:
    clarification = question(at_desk)
    tree = answer(clarification, ["activity"])
    assert hpr_of(tree) != hpr_of(message())
    register.asked.clear()
    register.says = (Approval("SP", ALWAYS),)
    turned_down = at_desk.hand_in(tree)
    assert (turned_down.verdict, rules(turned_down)) == ("rejected", {"author-may-not-certify": 1})
    assert clarify.clarification(clarification, at_desk.gateway)["targets"][0]["standing"] == "open"
    register.says = DOCTOR
    taken = at_desk.hand_in(numbered(tree, 101))
    assert taken.verdict != "rejected"
    assert clarify.clarification(clarification, at_desk.gateway)["targets"][0]["standing"] == "answered"
    assert register.asked == [hpr_of(tree)] * 2


def test_letters_and_declines_may_be_written_by_anybody(at_desk: Desk, register: Register) -> None:
    clarification = question(at_desk)
    register.asked.clear()
    register.is_silent = True
    assert at_desk.hand_in(reply(clarification)).verdict != "rejected"
    declined = at_desk.hand_in(answer(clarification, declined="not-my-field", number=7))
    assert declined.answer.status in {200, 422}
    assert register.asked == []


def test_an_answer_from_the_tray_keeps_what_was_told_of_its_author(at_desk: Desk, register: Register) -> None:
    clarification = question(at_desk)
    register.is_silent = True
    lenient(at_desk).hand_in(answer("00000000-0000-4000-8000-000000000000", ["activity"]))
    (lying,) = sort.unsorted_answers(at_desk.gateway)
    asked = len(register.asked)
    sort.sort(lying["message"], clarification, at_desk.gateway)
    case = clarify.clarification(clarification, at_desk.gateway)["certificate"]
    with at_desk.gateway.store.reading() as read:
        version = read.current_version(case)
    assert version is not None
    assert version.number == 2
    assert "author-not-looked-up" in {each.rule for each in version.findings}
    assert len(register.asked) == asked


# ---- without receiving ----


def rehearsed(at_desk: Desk, body: bytes) -> bytes:
    return rehearse(Delivery(body, "kith", media_type("kith")), at_desk.gateway).body


def test_a_rehearsal_asks_too_and_keeps_nothing(at_desk: Desk, register: Register) -> None:
    register.says = None
    assert b'"author-not-registered"' in rehearsed(at_desk, BACK)
    register.is_silent = True
    assert b"author-not-registered" not in rehearsed(at_desk, BACK)
    assert at_desk.counts() == NOTHING


# ---- the sandbox's clinicians ----

CAST = [value for value in vars(cast).values() if isinstance(value, Clinician)]


@pytest.mark.parametrize("clinician", CAST, ids=lambda each: each.hpr)
def test_the_clinicians_of_the_fixtures_are_known_in_the_sandbox(clinician: Clinician) -> None:
    found = CLINICIANS.find(clinician.hpr)
    assert found is not None
    assert clinician.profession in {each.profession for each in found if each.holds(WRITTEN)}


def test_the_ledger_is_evidence_of_what_was_told() -> None:
    message_ = refused("one")
    found = {
        evidence_of(replace(message_, author=author))
        for author in (
            None,
            Standing("unregistered"),
            Standing("registered"),
            Standing("registered", ("LE",)),
            Standing("registered", ("LE",), ("LE",)),
        )
    }
    assert len(found) == 5
