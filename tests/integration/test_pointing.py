"""An answer about functioning alone names the diagnosis that it means, and nothing of the diagnosis is taken in."""

from collections.abc import Iterator
from typing import Any

import pytest

from certgateway import bootstrap
from certgateway.domain.certificate import Certificate
from certgateway.domain.dialogue_events import Target
from certgateway.services import clarify
from certgateway.services.examine import House
from certgateway.services.pose import Question
from tests.integration.answering import answer
from tests.integration.receiving import Desk, desk, message, receipt, resource
from tests.integration.test_treatment_status import status, status_base

Json = dict[str, Any]


@pytest.fixture(scope="module")
def house() -> House:
    return bootstrap.build_house()


@pytest.fixture
def at_desk(house: House) -> Iterator[Desk]:
    opened = desk("sqlite://", house)
    yield opened
    opened.gateway.store.close()


def asked(at_desk: Desk, case: str) -> str:
    found = clarify.ask(Question(case, (Target("function", "unclear"),)), at_desk.gateway)
    assert isinstance(found, str)
    return found


def current(at_desk: Desk, case: str) -> Certificate:
    with at_desk.gateway.store.reading() as read:
        found = read.current_version(case)
    assert found is not None
    return found.certificate


def beyond(told: Json) -> list[tuple[str, str]]:
    return [(each["rule"], each["item"]) for each in told["findings"] if "beyond" in each["rule"]]


def meant(certificate: Certificate, item: str) -> set[str | None]:
    """The codes of the diagnoses that the statements of an item point to."""
    places = {entry.diagnosis for entry in getattr(certificate, item)} - {None}
    codes = (certificate.diagnosis.entries[place].code for place in places if place is not None)
    return {code.code if code else None for code in codes}


def only_pointed_to(tree: Json, item: str) -> Json:
    """Without the diagnoses that no statement of the item means."""
    sections = {each["code"]["coding"][0]["code"]: each for each in resource(tree, "Composition")["section"]}
    entries = {reference["reference"] for reference in sections[item]["entry"]}
    said = str([each["resource"] for each in tree["entry"] if each["fullUrl"] in entries])
    named = [each for each in sections["diagnosis"]["entry"] if f"'{each['reference']}'" in said]
    assert named != []
    gone = {each["reference"] for each in sections["diagnosis"]["entry"]} - {each["reference"] for each in named}
    sections["diagnosis"]["entry"] = named
    tree["entry"] = [each for each in tree["entry"] if each["fullUrl"] not in gone]
    return tree


def test_an_answer_means_a_diagnosis_of_the_certificate(at_desk: Desk) -> None:
    case = at_desk.hand_in(status_base()).case or ""
    before = current(at_desk, case)
    clarification = asked(at_desk, case)
    tree = only_pointed_to(answer(clarification, ["function", "diagnosis"]), "function")
    told = receipt(at_desk.hand_in(tree))
    now = current(at_desk, case)
    assert beyond(told) == []
    assert (now.diagnosis, now.function) == (before.diagnosis, before.function)
    assert [entry.item for entry in now.provenance] == ["function"]
    assert meant(now, "function") == meant(before, "function") != set()


def test_what_names_a_diagnosis_and_means_none_of_its_statements_is_told(at_desk: Desk) -> None:
    case = at_desk.hand_in(status_base()).case or ""
    told = receipt(at_desk.hand_in(answer(asked(at_desk, case), ["function", "diagnosis"])))
    assert beyond(told) == [("answer-beyond-question", "diagnosis")]


def test_a_diagnosis_that_the_certificate_does_not_have_is_told_and_meant_by_nothing(at_desk: Desk) -> None:
    case = at_desk.hand_in(message()).case or ""
    before = current(at_desk, case)
    tree = only_pointed_to(answer(asked(at_desk, case), ["function", "diagnosis"]), "function")
    assert beyond(receipt(at_desk.hand_in(tree))) == [("answer-beyond-question", "diagnosis")]
    now = current(at_desk, case)
    assert (now.diagnosis, meant(now, "function")) == (before.diagnosis, set())


def test_a_treatment_s_status_means_a_diagnosis_too(at_desk: Desk) -> None:
    case = at_desk.hand_in(status_base()).case or ""
    before = current(at_desk, case)
    told = receipt(at_desk.hand_in(only_pointed_to(status("diagnosis"), "treatment")))
    now = current(at_desk, case)
    assert (beyond(told), now.diagnosis) == ([], before.diagnosis)
    assert meant(now, "treatment") == meant(before, "treatment") != set()


def test_a_treatment_s_status_about_another_diagnosis_tells_so(at_desk: Desk) -> None:
    case = at_desk.hand_in(message()).case or ""
    before = current(at_desk, case)
    told = receipt(at_desk.hand_in(only_pointed_to(status("diagnosis"), "treatment")))
    now = current(at_desk, case)
    assert (beyond(told), now.diagnosis) == ([("status-beyond-treatment", "diagnosis")], before.diagnosis)
    assert (now.treatment.state, meant(now, "treatment")) == ("stated", set())
