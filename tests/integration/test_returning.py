"""What NAV has sent back stays open until the doctor says something else about it, or says it again as an answer."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from certgateway import bootstrap
from certgateway.domain.certificate import Patient
from certgateway.domain.dialogue_events import Target
from certgateway.domain.vocabulary import systems
from certgateway.services import clarify
from certgateway.services.examine import House
from certgateway.services.order import order
from certgateway.services.pose import Question
from tests.integration.answering import FULL, answer
from tests.integration.ordering import REQUIRED, wanted, written_for
from tests.integration.receiving import Desk, desk, message, resource
from tests.integration.test_taking_back import OTHER, taking_back, whole_version
from tests.integration.test_treatment_status import status

Json = dict[str, Any]
PATIENT = Patient("23909841313", "fnr", "Lett Kveldsbris")
"""Whose the base certificate is."""


def hour(number: int) -> str:
    return f"2026-10-31T{number:02}:00:00+01:00"


@pytest.fixture(scope="module")
def house() -> House:
    return bootstrap.build_house()


@pytest.fixture
def at_desk(url: str, house: House) -> Iterator[Desk]:
    opened = desk(url, house)
    yield opened
    opened.gateway.store.close()


def handed_in(at_desk: Desk, tree: Json) -> str:
    """What is handed in at a minute of its own; the case that it belongs to."""
    at_desk.clock.now += timedelta(minutes=1)
    outcome = at_desk.hand_in(tree)
    assert outcome.case is not None
    assert outcome.verdict != "rejected"
    return outcome.case


def asked(at_desk: Desk, case: str, item: str, reason: str = "missing") -> str:
    found = clarify.ask(Question(case, (Target(item, reason),)), at_desk.gateway)
    assert isinstance(found, str)
    return found


def ordered(at_desk: Desk) -> str:
    """An order of which the certificate's answer about health risk was sent back."""
    found = order(wanted(patient=PATIENT), at_desk.gateway)
    assert isinstance(found, str)
    handed_in(at_desk, written_for(found, REQUIRED, patient=PATIENT, number=1, date=hour(9)))
    give_back(at_desk, found, "health-risk")
    return found


def give_back(at_desk: Desk, uuid: str, item: str) -> None:
    at_desk.clock.now += timedelta(minutes=1)
    assert standing(at_desk, uuid, item) == "answered"
    clarify.give_back(uuid, "still-unclear", at_desk.gateway, items=frozenset({item}), not_payable=False)
    assert standing(at_desk, uuid, item) == "open"


def standing(at_desk: Desk, uuid: str, item: str) -> str:
    targets = clarify.clarification(uuid, at_desk.gateway)["targets"]
    return str(next(each["standing"] for each in targets if each["item"] == item))


def same_treatment(date: str, number: int) -> Json:
    """The status of a treatment, as an answer says it."""
    tree = status(number=number, date=date)
    resource(tree, "CarePlan")["activity"] = resource(answer("", ["treatment"]), "CarePlan")["activity"]
    return tree


# ---- a question ----


def test_the_status_of_a_treatment_answers_nothing_else_that_was_sent_back(at_desk: Desk) -> None:
    case = handed_in(at_desk, message())
    activity, treatment = asked(at_desk, case, "activity"), asked(at_desk, case, "treatment")
    handed_in(at_desk, answer(activity, ["activity"], number=2, date=hour(9)))
    handed_in(at_desk, answer(treatment, ["treatment"], number=3, date=hour(9)))
    give_back(at_desk, activity, "activity")
    give_back(at_desk, treatment, "treatment")
    handed_in(at_desk, same_treatment(hour(10), 4))
    assert (standing(at_desk, activity, "activity"), standing(at_desk, treatment, "treatment")) == ("open", "open")
    handed_in(at_desk, status(number=5, date=hour(11)))
    assert (standing(at_desk, activity, "activity"), standing(at_desk, treatment, "treatment")) == ("open", "answered")


def test_another_answer_taken_back_answers_nothing_that_was_sent_back(at_desk: Desk) -> None:
    case = handed_in(at_desk, message())
    activity, risk = asked(at_desk, case, "activity"), asked(at_desk, case, "health-risk", "unclear")
    handed_in(at_desk, answer(activity, ["activity"], number=2, date=hour(9)))
    give_back(at_desk, activity, "activity")
    handed_in(at_desk, answer(risk, ["health-risk"], number=3, date=hour(10), sections=OTHER))
    handed_in(at_desk, taking_back(risk, ["health-risk"], number=4, date=hour(10)))
    assert standing(at_desk, activity, "activity") == "open"


def test_what_stands_again_and_was_sent_back_before_answers_nothing(at_desk: Desk) -> None:
    case = handed_in(at_desk, message())
    question, beside = asked(at_desk, case, "activity"), asked(at_desk, case, "activity", "unclear")
    handed_in(at_desk, whole_version(hour(9)))
    give_back(at_desk, question, "activity")
    for number, uuid in ((3, question), (5, beside)):
        handed_in(at_desk, answer(uuid, ["activity"], number=number, date=hour(10), sections=FULL))
        handed_in(at_desk, taking_back(uuid, ["activity"], number=number + 1, date=hour(10)))
        assert standing(at_desk, question, "activity") == "open"


def test_what_is_not_assessed_leaves_open_what_was_sent_back(at_desk: Desk) -> None:
    case = handed_in(at_desk, message())
    found = clarify.ask(
        Question(case, (Target("activity", "missing"), Target("health-risk", "unclear"))), at_desk.gateway
    )
    assert isinstance(found, str)
    handed_in(at_desk, answer(found, ["activity"], number=2, date=hour(9)))
    give_back(at_desk, found, "activity")
    handed_in(at_desk, not_assessed(answer(found, ["health-risk"], number=3, date=hour(10)), "health-risk"))
    assert standing(at_desk, found, "activity") == "open"
    handed_in(at_desk, not_assessed(answer(found, ["activity", "health-risk"], number=4, date=hour(11)), "health-risk"))
    assert standing(at_desk, found, "activity") == "answered"
    handed_in(at_desk, status(number=5, date=hour(12)))
    assert standing(at_desk, found, "activity") == "answered"


def not_assessed(tree: Json, item: str) -> Json:
    for section in resource(tree, "Composition")["section"]:
        if section["code"]["coding"][0]["code"] == item:
            gone = {each["reference"] for each in section.pop("entry")}
            section["emptyReason"] = {"coding": [{"system": systems.LIST_EMPTY_REASON, "code": "notasked"}]}
            section["text"] = {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">Nei</div>'}
            tree["entry"] = [each for each in tree["entry"] if each["fullUrl"] not in gone]
    return tree


# ---- an order ----


def test_of_an_order_too_what_stands_again_and_was_sent_back_answers_nothing(at_desk: Desk) -> None:
    uuid = ordered(at_desk)
    handed_in(at_desk, answer(uuid, ["health-risk"], number=3, date=hour(10), sections=OTHER))
    assert standing(at_desk, uuid, "health-risk") == "answered"
    handed_in(at_desk, taking_back(uuid, ["health-risk"], number=4, date=hour(10)))
    assert standing(at_desk, uuid, "health-risk") == "open"
    handed_in(at_desk, written_for(uuid, REQUIRED, patient=PATIENT, number=5, date=hour(11)))
    assert standing(at_desk, uuid, "health-risk") == "open"


def test_who_says_it_again_as_an_answer_has_answered_until_that_is_taken_back(at_desk: Desk) -> None:
    uuid = ordered(at_desk)
    handed_in(at_desk, answer(uuid, ["health-risk"], number=3, date=hour(10), sections=REQUIRED))
    assert standing(at_desk, uuid, "health-risk") == "answered"
    handed_in(at_desk, status(number=4, date=hour(11)))
    assert standing(at_desk, uuid, "health-risk") == "answered"
    handed_in(at_desk, taking_back(uuid, ["health-risk"], number=5, date=hour(10)))
    assert standing(at_desk, uuid, "health-risk") == "open"
    handed_in(at_desk, status(number=6, date=hour(12), stage="planned"))
    assert standing(at_desk, uuid, "health-risk") == "open"
