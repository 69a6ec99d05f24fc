"""An order that several certificates answer: each of them is seen by it and shows it, whichever came last."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from certgateway import bootstrap
from certgateway.domain.amendment import ANSWERABLE
from certgateway.domain.certificate import Certificate, Patient
from certgateway.domain.dialogue_events import Target
from certgateway.domain.dialogue_statistics import counted
from certgateway.services import clarify, sort
from certgateway.services.assess import assess
from certgateway.services.examine import House
from certgateway.services.order import order
from certgateway.services.pose import Question
from certgateway.services.tell import tell_patient
from tests.integration.answering import answer
from tests.integration.ordering import WHOLE, wanted, written_for
from tests.integration.receiving import Desk, desk, message, resource
from tests.integration.test_taking_back import OTHER, taking_back

Json = dict[str, Any]

PATIENT = Patient("23909841313", "fnr", "Lett Kveldsbris")
"""Whose the base certificate is."""
FIRST = str(resource(message(), "Composition")["identifier"]["value"])
SECOND = "11111111-2222-4333-8444-555555555555"
"""What the two certificates are called by who wrote them."""
NOWHERE = "00000000-0000-4000-8000-000000000000"


def hour(number: int, minute: int = 0) -> str:
    return f"2026-10-31T{number:02}:{minute:02}:00+01:00"


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


def handed_in(at_desk: Desk, tree: Json) -> str:
    """What is handed in at a minute of its own; the case that it belongs to."""
    at_desk.clock.now += timedelta(minutes=1)
    case = at_desk.hand_in(tree).case
    assert case is not None
    return case


def certified(
    at_desk: Desk, uuid: str, name: str, number: int, at: int, *, without: tuple[str, ...] = (), reason: str = "ordered"
) -> str:
    tree = written_for(
        uuid,
        patient=PATIENT,
        name=name,
        number=number,
        date=hour(at),
        without=(*without, "reservation"),
        reason=reason,
    )
    return handed_in(at_desk, tree)


def both(at_desk: Desk, uuid: str) -> tuple[str, str]:
    """Two certificates for an order, of which the second leaves open since when."""
    first = certified(at_desk, uuid, FIRST, 1, 8, without=("activity",))
    return first, certified(at_desk, uuid, SECOND, 2, 9, without=("onset",))


def withdrawn(tree: Json) -> Json:
    resource(tree, "Composition")["status"] = "entered-in-error"
    return tree


def seen(at_desk: Desk, uuid: str) -> Json:
    return clarify.clarification(uuid, at_desk.gateway)


def standing(at_desk: Desk, uuid: str, key: str) -> tuple[str, str | None]:
    """How a target stands, and which certificate answers it."""
    for each in seen(at_desk, uuid)["targets"]:
        if key == ((each["question"] or {}).get("code") or each["item"]):
            return each["standing"], each["certificate"]
    raise AssertionError(key)


def current(at_desk: Desk, case: str) -> Certificate:
    with at_desk.gateway.store.reading() as read:
        found = read.current_version(case)
    assert found is not None
    return found.certificate


def asked(at_desk: Desk, case: str, item: str) -> str:
    found = clarify.ask(Question(case, (Target(item, "unclear"),)), at_desk.gateway)
    assert isinstance(found, str)
    return found


def tray(at_desk: Desk) -> list[Json]:
    return sort.unsorted_answers(at_desk.gateway)


# ---- each is seen by the order ----


@pytest.mark.parametrize("name", [FIRST, SECOND])
def test_an_answer_about_either_certificate_is_joined_to_it_and_can_be_taken_back(at_desk: Desk, name: str) -> None:
    uuid = placed(at_desk)
    cases = dict(zip((FIRST, SECOND), both(at_desk, uuid), strict=True))
    before = {case: current(at_desk, case) for case in cases.values()}
    answered = answer(uuid, ["health-risk"], number=3, date=hour(10), certificate=name, sections=OTHER)
    assert handed_in(at_desk, answered) == cases[name]
    assert current(at_desk, cases[name]).health_risk != before[cases[name]].health_risk
    back = taking_back(uuid, ["health-risk"], number=4, date=hour(10))
    resource(back, "Composition")["identifier"]["value"] = name
    assert handed_in(at_desk, back) == cases[name]
    assert {case: current(at_desk, case) for case in cases.values()} == before
    assert tray(at_desk) == []
    (told,) = seen(at_desk, uuid)["taken_back"]
    assert (told["items"], told["version"], told["joined_to"]) == (["health-risk"], 3, 2)
    assert {each["item"] for each in told["untouched"]} == set(ANSWERABLE) - {"health-risk"}
    assert all(each["before"] == each["after"] for each in told["untouched"])


def test_what_an_answer_changed_is_told_with_the_proof_and_that_it_was_taken_back(at_desk: Desk) -> None:
    uuid = placed(at_desk)
    both(at_desk, uuid)
    handed_in(at_desk, answer(uuid, ["health-risk"], number=3, date=hour(10), sections=OTHER))
    whole, other, told = seen(at_desk, uuid)["answers"]
    assert [each["untouched"] for each in (whole, other)] == [[], []]
    assert (told["items"], told["version"], told["joined_to"], told["taken_back"]) == (["health-risk"], 2, 1, [])
    assert {each["item"] for each in told["untouched"]} == set(ANSWERABLE) - {"health-risk"}
    handed_in(at_desk, taking_back(uuid, ["health-risk"], number=4, date=hour(10)))
    assert [each["taken_back"] for each in seen(at_desk, uuid)["answers"]] == [[], [], ["health-risk"]]


def test_an_answer_taken_back_that_nothing_else_answers_opens_the_order_and_is_told_as_a_step(at_desk: Desk) -> None:
    uuid = placed(at_desk, "since-when")
    first = certified(at_desk, uuid, FIRST, 1, 8, without=("onset",))
    certified(at_desk, uuid, SECOND, 2, 9, without=("onset",))
    handed_in(at_desk, answer(uuid, ["onset"], number=3, date=hour(10)))
    assert standing(at_desk, uuid, "since-when") == ("answered", first)
    handed_in(at_desk, taking_back(uuid, ["onset"], number=4, date=hour(10)))
    assert standing(at_desk, uuid, "since-when") == ("open", None)
    view = tell_patient(first, at_desk.gateway)
    assert view is not None
    (told,) = view["questions"]["clarifications"]
    # Answered, and taken back.
    assert len(next(each for each in told["targets"] if each["item"] == "onset")["steps"]) == 2


def test_withdrawing_the_earlier_certificate_opens_what_the_later_one_leaves_out(at_desk: Desk) -> None:
    uuid = placed(at_desk, "since-when")
    first, second = both(at_desk, uuid)
    assert standing(at_desk, uuid, "since-when") == ("answered", first)
    gone = withdrawn(written_for(uuid, patient=PATIENT, name=FIRST, number=3, date=hour(11)))
    handed_in(at_desk, gone)
    assert standing(at_desk, uuid, "since-when") == ("open", None)
    assert standing(at_desk, uuid, "prognosis") == ("answered", second)
    assert seen(at_desk, uuid)["certificate"] == second
    handed_in(at_desk, withdrawn(written_for(uuid, patient=PATIENT, name=FIRST, number=4, date=hour(12))))
    assert [each["kind"] for each in seen(at_desk, uuid)["events"]].count("revoked") == 1


def test_a_certificate_that_stands_again_answers_again(at_desk: Desk) -> None:
    uuid = placed(at_desk, "since-when")
    first, _ = both(at_desk, uuid)
    handed_in(at_desk, withdrawn(written_for(uuid, patient=PATIENT, name=FIRST, number=3, date=hour(11))))
    certified(at_desk, "NAV-1", FIRST, 4, 12, reason="update")
    assert standing(at_desk, uuid, "since-when") == ("answered", first)


def test_a_new_version_of_the_earlier_certificate_answers_and_leaves_out(at_desk: Desk) -> None:
    uuid = placed(at_desk, "since-when")
    first, _ = both(at_desk, uuid)
    # It need not name the order again.
    certified(at_desk, "NAV-1", FIRST, 3, 11, without=("onset",), reason="update")
    assert standing(at_desk, uuid, "since-when") == ("open", None)
    certified(at_desk, "NAV-1", FIRST, 4, 12, reason="update")
    assert standing(at_desk, uuid, "since-when") == ("answered", first)


# ---- what was taken back stays gone, and nothing else with it ----


def test_what_was_taken_back_in_one_does_not_come_again_when_an_answer_to_another_question_is(at_desk: Desk) -> None:
    uuid = placed(at_desk)
    first = certified(at_desk, uuid, FIRST, 1, 8)
    before = current(at_desk, first)
    handed_in(at_desk, answer(uuid, ["health-risk"], number=3, date=hour(10), sections=OTHER))
    handed_in(at_desk, taking_back(uuid, ["health-risk"], number=4, date=hour(10)))
    certified(at_desk, uuid, SECOND, 2, 9)
    handed_in(at_desk, answer(uuid, ["health-risk"], number=5, date=hour(11), certificate=SECOND, sections=OTHER))
    back = taking_back(uuid, ["health-risk"], number=6, date=hour(11))
    resource(back, "Composition")["identifier"]["value"] = SECOND
    handed_in(at_desk, back)
    assert current(at_desk, first) == before
    question = asked(at_desk, first, "health-risk")
    handed_in(at_desk, answer(question, ["health-risk"], number=7, date=hour(12)))
    handed_in(at_desk, taking_back(question, ["health-risk"], number=8, date=hour(12)))
    assert current(at_desk, first) == before


def test_what_is_taken_back_in_one_stands_in_the_other(at_desk: Desk) -> None:
    uuid = placed(at_desk)
    both(at_desk, uuid)
    handed_in(at_desk, answer(uuid, ["health-risk"], number=3, date=hour(11), certificate=FIRST, sections=OTHER))
    told = answer(uuid, ["health-risk"], number=4, date=hour(10), certificate=SECOND, sections=OTHER)
    second = handed_in(at_desk, told)
    answered = current(at_desk, second)
    handed_in(at_desk, taking_back(uuid, ["health-risk"], number=5, date=hour(11)))
    question = asked(at_desk, second, "health-risk")
    handed_in(at_desk, answer(question, ["health-risk"], number=6, date=hour(12), certificate=SECOND))
    back = taking_back(question, ["health-risk"], number=7, date=hour(12))
    resource(back, "Composition")["identifier"]["value"] = SECOND
    handed_in(at_desk, back)
    assert current(at_desk, second) == answered


def test_an_answer_counts_that_is_older_than_what_was_taken_back_in_the_other(at_desk: Desk) -> None:
    uuid = placed(at_desk)
    first, _ = both(at_desk, uuid)
    handed_in(at_desk, taking_back(uuid, ["health-risk"], number=3, date=hour(11)))
    told = answer(uuid, ["health-risk"], number=4, date=hour(10), certificate=SECOND, sections=OTHER)
    second = handed_in(at_desk, told)
    assert [entry.item for entry in current(at_desk, second).provenance] == ["health-risk"]
    assert seen(at_desk, uuid)["answers"][-1]["taken_back"] == []
    at_desk.hand_in(answer(uuid, ["health-risk"], number=5, date=hour(10), certificate=FIRST, sections=OTHER))
    assert at_desk.versions(first) == [(1, True)]


# ---- each shows the order ----


def test_an_order_is_listed_with_each_of_its_certificates(at_desk: Desk) -> None:
    uuid = placed(at_desk, "compatible-with-measure")
    for case in both(at_desk, uuid):
        assert [each["clarification"] for each in clarify.clarifications(case, at_desk.gateway)] == [uuid]
        view, shown = tell_patient(case, at_desk.gateway), assess(case, at_desk.gateway)
        assert view is not None
        assert shown is not None
        assert [each["clarification"] for each in view["questions"]["clarifications"]] == [uuid]
    clarify.give_back(uuid, "still-unclear", at_desk.gateway, items=frozenset({"prognosis"}), not_payable=False)
    for case in both(at_desk, uuid):
        shown = assess(case, at_desk.gateway) or {}
        waiting = [
            one["clarification"] for each in shown["open"] for one in each["asked"] if each["item"] == "prognosis"
        ]
        assert waiting == [uuid]


def test_statistics_count_an_order_once_whatever_certificates_have_answered_it(at_desk: Desk) -> None:
    uuid = placed(at_desk, "since-when")
    both(at_desk, uuid)
    with at_desk.gateway.store.reading() as read:
        found = read.find_clarification(uuid)
    assert found is not None
    told = counted(found.events, frozenset())
    assert told is not None
    assert [(each.item, each.outcome, each.rounds) for each in told.things] == [
        *((item, "answered", 1) for item in (*WHOLE, "onset")),
    ]


@pytest.mark.parametrize("name", [FIRST, SECOND])
def test_an_answer_in_the_tray_is_sorted_to_the_certificate_that_it_names(at_desk: Desk, name: str) -> None:
    uuid = placed(at_desk)
    cases = dict(zip((FIRST, SECOND), both(at_desk, uuid), strict=True))
    at_desk.hand_in(answer(NOWHERE, ["health-risk"], number=3, date=hour(10), certificate=name, sections=OTHER))
    (lying,) = tray(at_desk)
    candidates = sort.unsorted_answer(lying["message"], at_desk.gateway)["candidates"]
    assert [(each["clarification"], each["certificate"]) for each in candidates] == [(uuid, cases[name])]
    assert sort.sort(lying["message"], uuid, at_desk.gateway) is None
    assert [at_desk.versions(case)[-1][0] for case in cases.values()] == [2 if each == name else 1 for each in cases]


def test_an_answer_in_the_tray_that_names_neither_is_sorted_to_the_last(at_desk: Desk) -> None:
    uuid = placed(at_desk)
    _, second = both(at_desk, uuid)
    at_desk.hand_in(answer(uuid, ["health-risk"], number=3, date=hour(10), certificate="a-third", sections=OTHER))
    (lying,) = tray(at_desk)
    assert (lying["why"], lying["certificate"]) == ("other-certificate", second)
    assert sort.sort(lying["message"], uuid, at_desk.gateway) is None
    assert at_desk.versions(second) == [(1, False), (2, True)]


# ---- what the patient may read ----


def test_what_one_certificate_reserves_is_hidden_of_the_order_in_the_view_of_the_other(at_desk: Desk) -> None:
    uuid = placed(at_desk)
    first, second = both(at_desk, uuid)
    items = [each["item"] for each in order_of(at_desk, first)]
    assert items == list(WHOLE)
    answers = [each["item"] for each in view_of(at_desk, first)["answers"]["items"]]
    question = asked(at_desk, second, "activity")
    reserving = answer(question, ["reservation"], number=3, date=hour(10), certificate=SECOND)
    handed_in(at_desk, reserving)
    assert view_of(at_desk, second)["not_all_shown"]
    told = view_of(at_desk, first)
    assert (told["not_all_shown"], told["questions"]["clarifications"]) == (True, [])
    # What the first certificate says is its own author's to reserve.
    assert [each["item"] for each in told["answers"]["items"]] == answers
    gone = withdrawn(written_for(uuid, patient=PATIENT, name=SECOND, number=4, date=hour(11)))
    handed_in(at_desk, gone)
    assert view_of(at_desk, first)["questions"]["clarifications"] == []


def view_of(at_desk: Desk, case: str) -> Json:
    found = tell_patient(case, at_desk.gateway)
    assert found is not None
    return found


def order_of(at_desk: Desk, case: str) -> list[Json]:
    (told,) = view_of(at_desk, case)["questions"]["clarifications"]
    targets: list[Json] = told["targets"]
    return targets
