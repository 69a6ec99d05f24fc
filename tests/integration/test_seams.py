"""Where parts of the dialogue meet: orders and answers, what is sorted, taken back, told unasked, or reserved."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from certgateway import bootstrap
from certgateway.domain.amendment import ANSWERABLE
from certgateway.domain.certificate import Patient
from certgateway.domain.dialogue_events import Target
from certgateway.domain.errors import NotNowError
from certgateway.services import clarify, deliver, sort
from certgateway.services.examine import House
from certgateway.services.order import order
from certgateway.services.pose import Question
from certgateway.services.resend import resend
from certgateway.services.tell import tell_patient
from tests.integration.answering import answer
from tests.integration.ordering import FULL, REQUIRED, wanted, written_for
from tests.integration.receiving import Desk, authored, desk, message, numbered, resource, rules
from tests.integration.replying import reply
from tests.integration.test_taking_back import taking_back
from tests.integration.test_treatment_status import status

Json = dict[str, Any]

PATIENT = Patient("23909841313", "fnr", "Lett Kveldsbris")
"""Whose the base certificate is."""
NOWHERE = "00000000-0000-4000-8000-000000000000"
OTHER_NAME = "11111111-2222-4333-8444-555555555555"


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


def placed(at_desk: Desk, *questions: str) -> str:
    found = order(wanted(*questions, patient=PATIENT), at_desk.gateway)
    assert isinstance(found, str)
    return found


def fulfilled(
    at_desk: Desk, uuid: str, sections: str = REQUIRED, number: int = 1, *, at: int = 9, name: str = ""
) -> str:
    """The case of a certificate written for an order."""
    sent = written_for(uuid, sections, patient=PATIENT, number=number, date=hour(at), name=name or None)
    case = at_desk.hand_in(sent).case
    assert case is not None
    return case


def asked(at_desk: Desk, case: str, item: str, reason: str = "unclear") -> str:
    found = clarify.ask(Question(case, (Target(item, reason),)), at_desk.gateway)
    assert isinstance(found, str)
    return found


def standings(at_desk: Desk, uuid: str) -> dict[str, str]:
    targets = clarify.clarification(uuid, at_desk.gateway)["targets"]
    return {(each["question"] or {}).get("code") or each["item"]: each["standing"] for each in targets}


def strayed(at_desk: Desk, *items: str) -> str:
    """An answer that named no question, as it lies in the tray."""
    at_desk.hand_in(without_combinable(answer(NOWHERE, list(items), number=2, date=hour(10))))
    return str(sort.unsorted_answers(at_desk.gateway)[-1]["message"])


def without_combinable(tree: Json) -> Json:
    """A message that says nothing of whether a treatment can be combined with activity."""
    for entry in tree["entry"]:
        for activity in entry["resource"].get("activity", ()):
            extensions = activity["detail"].get("extension", [])
            activity["detail"]["extension"] = [each for each in extensions if "combin" not in each["url"]]
    return tree


def test_what_is_told_without_a_question_answers_an_order_only_where_its_question_is_answered(at_desk: Desk) -> None:
    uuid = placed(at_desk, "compatible-with-treatment", "since-when")
    fulfilled(at_desk, uuid)
    assert at_desk.hand_in(without_combinable(status(date=hour(10)))).verdict != "rejected"
    assert standings(at_desk, uuid)["compatible-with-treatment"] == "open"


def test_an_answer_taken_back_elsewhere_answers_no_order(at_desk: Desk) -> None:
    uuid = placed(at_desk, "load-to-try")
    case = fulfilled(at_desk, uuid)
    before = standings(at_desk, uuid)
    question = asked(at_desk, case, "activity", "missing")
    at_desk.hand_in(answer(question, ["activity"], number=2, date=hour(10)))
    at_desk.hand_in(taking_back(question, ["activity"], number=3, date=hour(11)))
    assert standings(at_desk, question) == {"activity": "open"}
    assert standings(at_desk, uuid) == before


def test_an_answer_sorted_to_an_order_answers_it_through_the_certificate(at_desk: Desk) -> None:
    uuid = placed(at_desk, "since-when", "compatible-with-treatment")
    fulfilled(at_desk, uuid)
    assert sort.sort(strayed(at_desk, "onset", "treatment"), uuid, at_desk.gateway) is None
    found = standings(at_desk, uuid)
    assert (found["since-when"], found["compatible-with-treatment"]) == ("answered", "open")
    kinds = [each["kind"] for each in clarify.clarification(uuid, at_desk.gateway)["events"]]
    assert kinds[-2:] == ["fulfilled", "sorted"]
    withdrawn = written_for(uuid, REQUIRED, patient=PATIENT, number=9, date=hour(14))
    resource(withdrawn, "Composition")["status"] = "entered-in-error"
    at_desk.hand_in(withdrawn)
    assert set(standings(at_desk, uuid).values()) == {"open"}


def test_an_answer_sorted_to_a_question_answers_the_order_that_waits_for_the_same(at_desk: Desk) -> None:
    uuid = placed(at_desk, "since-when")
    case = fulfilled(at_desk, uuid)
    question = asked(at_desk, case, "onset")
    assert sort.sort(strayed(at_desk, "onset"), question, at_desk.gateway) is None
    assert standings(at_desk, question) == {"onset": "answered"}
    assert standings(at_desk, uuid)["since-when"] == "answered"


def test_an_order_is_read_whatever_certificates_it_was_joined_to(at_desk: Desk) -> None:
    uuid = placed(at_desk, "since-when")
    fulfilled(at_desk, uuid)
    at_desk.hand_in(answer(uuid, ["health-risk"], number=2, date=hour(10)))
    at_desk.hand_in(taking_back(uuid, ["health-risk"], number=3, date=hour(11)))
    fulfilled(at_desk, uuid, number=4, at=12, name=OTHER_NAME)
    told = clarify.clarification(uuid, at_desk.gateway)
    (back,) = told["taken_back"]
    assert (back["items"], back["version"], len(back["untouched"])) == (["health-risk"], 3, len(ANSWERABLE) - 1)
    # They are those of the certificate that it was about, not of the one that came last.
    assert all(each["before"] == each["after"] for each in back["untouched"])


def test_a_version_is_received_whichever_certificate_answered_what_was_returned(at_desk: Desk) -> None:
    uuid = placed(at_desk, "load-to-try")
    fulfilled(at_desk, uuid, FULL, name=OTHER_NAME)
    for sections, number, at in ((REQUIRED, 2, 9), (REQUIRED, 3, 10)):
        at_desk.clock.now += timedelta(minutes=1)
        if standings(at_desk, uuid)["load-to-try"] == "answered":
            clarify.give_back(
                uuid, "still-unclear", at_desk.gateway, items=frozenset({"load-to-try"}), not_payable=False
            )
        fulfilled(at_desk, uuid, sections, number, at=at)
    at_desk.hand_in(status(number=4, date=hour(11)))
    assert standings(at_desk, uuid)["load-to-try"] == "open"
    changed = written_for(uuid, FULL, patient=PATIENT, number=5, date=hour(13), name=OTHER_NAME)
    assert at_desk.hand_in(changed).answer.status == 200


@pytest.mark.parametrize("declined", [None, "not-known"])
def test_a_reservation_counts_with_whatever_it_comes(at_desk: Desk, declined: str | None) -> None:
    case = at_desk.hand_in(message()).case or ""
    question = asked(at_desk, case, "activity", "missing")
    at_desk.hand_in(answer(question, ["reservation"], number=2, date=hour(10), declined=declined))
    view = tell_patient(case, at_desk.gateway)
    assert view is not None
    assert (view["not_all_shown"], view["answers"]["items"]) == (True, [])
    assert sort.unsorted_answers(at_desk.gateway) == []
    told = clarify.clarification(question, at_desk.gateway)
    assert (told["targets"][0]["standing"], told["unsorted"]) == ("declined" if declined else "open", [])


def test_a_reservation_with_the_status_of_treatment_counts(at_desk: Desk) -> None:
    case = at_desk.hand_in(message()).case or ""
    outcome = at_desk.hand_in(status("reservation", date=hour(10)))
    assert "status-beyond-treatment" not in rules(outcome)
    view = tell_patient(case, at_desk.gateway)
    assert view is not None
    assert (view["not_all_shown"], view["answers"]["items"]) == (True, [])


def test_nothing_is_sent_again_that_is_meant_no_longer(at_desk: Desk) -> None:
    case = at_desk.hand_in(message()).case or ""
    question = asked(at_desk, case, "activity", "missing")
    clarify.remind(question, at_desk.gateway)
    waiting = {kind: uuid for uuid, kind in refused_messages(at_desk)}
    at_desk.hand_in(reply(question))
    with pytest.raises(NotNowError):
        resend(waiting["reminder"], at_desk.gateway)
    resend(waiting["question"], at_desk.gateway)

    withdrawn = authored(numbered(message(), 9), hour(14))
    resource(withdrawn, "Composition")["status"] = "entered-in-error"
    at_desk.hand_in(withdrawn)
    with pytest.raises(NotNowError):
        resend(waiting["reminder"], at_desk.gateway)


def refused_messages(at_desk: Desk) -> list[tuple[str, str]]:
    found = deliver.fetch("her:8143060", 0, 10, at_desk.gateway)
    for each in found:
        deliver.acknowledge(each.outgoing.id, "her:8143060", at_desk.gateway, "patient-unknown")
    return [(each.outgoing.id, each.outgoing.kind) for each in found]


def test_words_settle_one_question_of_an_order_by_its_name(at_desk: Desk) -> None:
    uuid = placed(at_desk, "load-to-try")
    at_desk.hand_in(reply(uuid))
    clarify.settle(uuid, frozenset({"load-to-try"}), at_desk.gateway)
    assert [name for name, each in standings(at_desk, uuid).items() if each == "answered"] == ["load-to-try"]
