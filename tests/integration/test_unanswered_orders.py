"""An order that no certificate has come to: what lies in the tray can be sorted to it, and a decline is taken back."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from certgateway import bootstrap
from certgateway.domain.certificate import Patient
from certgateway.services import clarify, sort
from certgateway.services.examine import House
from certgateway.services.order import order
from certgateway.services.tell import tell_patient
from tests.integration.answering import answer
from tests.integration.ordering import NOBODY, REQUIRED, WHOLE, wanted, written_for
from tests.integration.receiving import Desk, desk, holding, resource
from tests.integration.replying import note, reply

Json = dict[str, Any]
PATIENT = Patient("23909841313", "fnr", "Lett Kveldsbris")
"""Whose the base certificate is."""
NOWHERE = "00000000-0000-4000-8000-000000000000"
TEN, ELEVEN = "2026-10-31T10:00:00+01:00", "2026-10-31T11:00:00+01:00"


@pytest.fixture(scope="module")
def house() -> House:
    return bootstrap.build_house()


@pytest.fixture
def at_desk(url: str, house: House) -> Iterator[Desk]:
    opened = holding(desk(url, house))
    yield opened
    opened.gateway.store.close()


def placed(at_desk: Desk, patient: Patient = PATIENT) -> str:
    found = order(wanted(patient=patient), at_desk.gateway)
    assert isinstance(found, str)
    return found


def handed_in(at_desk: Desk, tree: Json | bytes) -> str | None:
    at_desk.clock.now += timedelta(minutes=1)
    outcome = at_desk.hand_in(tree)
    assert outcome.verdict != "rejected"
    return outcome.case


def declining(name: str, number: int, *items: str, date: str = TEN) -> Json:
    return answer(name, declined="not-known", declined_items=items, number=number, date=date, certificate="none-yet")


def taking_back(name: str, number: int, *items: str, date: str = TEN) -> Json:
    tree = declining(name, number, *items, date=date)
    resource(tree, "Composition")["status"] = "entered-in-error"
    return tree


def standings(at_desk: Desk, uuid: str) -> dict[str, str]:
    return {each["item"]: each["standing"] for each in clarify.clarification(uuid, at_desk.gateway)["targets"]}


def lying(at_desk: Desk) -> str:
    return str(sort.unsorted_answers(at_desk.gateway)[-1]["message"])


def candidates(at_desk: Desk) -> list[tuple[str, str | None]]:
    found = sort.unsorted_answer(lying(at_desk), at_desk.gateway)["candidates"]
    return [(each["clarification"], each["certificate"]) for each in found]


def test_a_decline_is_taken_back_whether_it_has_come_or_is_still_to_come(at_desk: Desk) -> None:
    uuid = placed(at_desk)
    handed_in(at_desk, declining(uuid, 1))
    assert set(standings(at_desk, uuid).values()) == {"declined"}
    handed_in(at_desk, taking_back(uuid, 2, "health-risk"))
    assert standings(at_desk, uuid) == dict.fromkeys(WHOLE, "declined") | {"health-risk": "open"}
    told = clarify.clarification(uuid, at_desk.gateway)
    assert ([each["kind"] for each in told["events"]][-1], told["taken_back"]) == ("taken-back", [])
    handed_in(at_desk, taking_back(uuid, 3, date=ELEVEN))
    handed_in(at_desk, declining(uuid, 4, date=TEN))
    assert set(standings(at_desk, uuid).values()) == {"open"}
    assert sort.unsorted_answers(at_desk.gateway) == []


def test_a_decline_that_is_taken_back_leaves_alone_what_a_certificate_says(at_desk: Desk) -> None:
    uuid = placed(at_desk)
    handed_in(at_desk, declining(uuid, 1, "prognosis", date=ELEVEN))
    case = handed_in(at_desk, written_for(uuid, REQUIRED, patient=PATIENT, number=2, without=("prognosis",)))
    assert case is not None
    answered = answer(uuid, ["health-risk"], number=3, date=TEN)
    handed_in(at_desk, answered)
    before = at_desk.versions(case)
    handed_in(at_desk, taking_back(uuid, 4, date=ELEVEN))
    assert (standings(at_desk, uuid)["prognosis"], at_desk.versions(case)) == ("open", before)
    # Nor is it taken back when another answer is.
    again = answer(uuid, ["health-risk"], number=5, date=TEN)
    handed_in(at_desk, again)
    assert clarify.clarification(uuid, at_desk.gateway)["answers"][-1]["taken_back"] == []
    assert tell_patient(case, at_desk.gateway) is not None


def test_a_decline_in_the_tray_is_sorted_to_an_order_and_taken_back_by_hand(at_desk: Desk) -> None:
    uuid, other = placed(at_desk), placed(at_desk, NOBODY)
    at_desk.hand_in(declining(NOWHERE, 1, "health-risk"))
    assert candidates(at_desk) == [(uuid, None)]
    assert sort.sort(lying(at_desk), other, at_desk.gateway) == sort.Unsorted("other-patient")
    assert sort.sort(lying(at_desk), uuid, at_desk.gateway) is None
    assert standings(at_desk, uuid) == dict.fromkeys(WHOLE, "open") | {"health-risk": "declined"}
    at_desk.hand_in(taking_back(NOWHERE, 2, "health-risk"))
    assert sort.sort(lying(at_desk), uuid, at_desk.gateway) is None
    assert set(standings(at_desk, uuid).values()) == {"open"}


def test_words_in_the_tray_are_sorted_to_an_order_and_read(at_desk: Desk) -> None:
    uuid = placed(at_desk)
    at_desk.hand_in(reply(NOWHERE, note("Pasienten er ikke undersøkt ennå, time neste uke."), patient=PATIENT.number))
    assert candidates(at_desk) == [(uuid, None)]
    assert sort.sort(lying(at_desk), uuid, at_desk.gateway) is None
    told = clarify.clarification(uuid, at_desk.gateway)
    assert (told["next_step"], len(told["replies"])) == ("read-answer", 1)


def test_sections_have_no_certificate_to_be_joined_to(at_desk: Desk) -> None:
    uuid = placed(at_desk)
    at_desk.hand_in(answer(NOWHERE, ["health-risk"], number=1))
    assert candidates(at_desk) == []
    assert sort.sort(lying(at_desk), uuid, at_desk.gateway) == sort.Unsorted("clarification-unknown")
    at_desk.hand_in(declining(NOWHERE, 2, "specialist"))
    assert sort.sort(lying(at_desk), uuid, at_desk.gateway) == sort.Unsorted("not-asked")
    at_desk.hand_in(reply(NOWHERE, note("-"), patient=PATIENT.number))
    assert sort.sort(lying(at_desk), uuid, at_desk.gateway) == sort.Unsorted("not-asked")
