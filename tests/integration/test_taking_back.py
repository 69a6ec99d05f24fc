"""An author takes an answer back: what stood there before stands again, in whichever order the two arrive."""

from collections.abc import Callable, Iterator, Sequence
from itertools import permutations
from typing import Any

import pytest

from certgateway import bootstrap
from certgateway.domain.amendment import ANSWERABLE, value_of
from certgateway.domain.certificate import Certificate
from certgateway.domain.dialogue_events import Target
from certgateway.domain.errors import NotNowError
from certgateway.services import clarify, sort
from certgateway.services.assess import assess, assess_document
from certgateway.services.examine import House
from certgateway.services.pose import Question
from tests.integration.answering import answer
from tests.integration.receiving import (
    Desk,
    authored,
    desk,
    holding,
    message,
    numbered,
    receipt,
    resource,
    rules,
    without,
)

Json = dict[str, Any]
NOWHERE = "00000000-0000-4000-8000-000000000000"
ACTIVITY = Target("activity", "missing")
RISK = Target("health-risk", "unclear")
TEN, ELEVEN, NOON = (f"2026-10-31T{hour}:00:00+01:00" for hour in (10, 11, 12))
OTHER_SYSTEM = "urn:oid:2.16.578.1.12.4.1.2.8143999"
OTHER = "ptsd-changes-by-the-hour"


@pytest.fixture(scope="module")
def house() -> House:
    return bootstrap.build_house()


@pytest.fixture
def at_desk(url: str, house: House) -> Iterator[Desk]:
    opened = desk(url, house)
    yield opened
    opened.gateway.store.close()


def certified(at_desk: Desk) -> str:
    case = at_desk.hand_in(message()).case
    assert case is not None
    return case


def asked(at_desk: Desk, case: str, *targets: Target) -> str:
    found = clarify.ask(Question(case, targets or (ACTIVITY, RISK)), at_desk.gateway)
    assert isinstance(found, str)
    return found


def seen(at_desk: Desk, clarification: str) -> Json:
    return clarify.clarification(clarification, at_desk.gateway)


def standings(at_desk: Desk, clarification: str) -> list[tuple[str, str, int | None]]:
    return [(each["item"], each["standing"], each["version"]) for each in seen(at_desk, clarification)["targets"]]


def kinds(at_desk: Desk, clarification: str) -> list[str]:
    return [each["kind"] for each in seen(at_desk, clarification)["events"]]


def tray(at_desk: Desk) -> list[str]:
    return [each["message"] for each in sort.unsorted_answers(at_desk.gateway)]


def taking_back(
    clarification: str, items: Sequence[str] = (), *, number: int = 200, date: str = TEN, part: str = "Composition"
) -> Json:
    """The same answer, marked as an error."""
    tree = answer(clarification, items, number=number, date=date)
    resource(tree, part)["status"] = "entered-in-error"
    return tree


def current(at_desk: Desk, case: str) -> Certificate:
    with at_desk.gateway.store.reading() as read:
        found = read.current_version(case)
    assert found is not None
    return found.certificate


def assessed(at_desk: Desk, case: str) -> Json:
    found = assess(case, at_desk.gateway)
    assert found is not None
    return found


def from_other_system(tree: Json) -> Json:
    resource(tree, "MessageHeader")["source"]["endpoint"] = OTHER_SYSTEM
    return tree


def whole_version(date: str, name: str = "back-pain-tolerates-load", number: int = 31) -> Json:
    tree = authored(numbered(message(name), number), date)
    resource(tree, "MessageHeader")["source"] = resource(message(), "MessageHeader")["source"]
    resource(tree, "Composition")["identifier"] = resource(message(), "Composition")["identifier"]
    resource(tree, "Composition").pop("relatesTo", None)
    resource(tree, "Patient")["identifier"] = resource(message(), "Patient")["identifier"]
    return tree


# ---- what is taken back ----


@pytest.mark.parametrize("part", ["Composition", "Communication"])
def test_what_stood_there_before_stands_again_and_the_question_is_open(at_desk: Desk, part: str) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, case)
    before = current(at_desk, case)
    at_desk.hand_in(answer(clarification, ["activity", "health-risk"], date=TEN))
    assert current(at_desk, case).health_risk != before.health_risk
    outcome = at_desk.hand_in(taking_back(clarification, ["activity", "health-risk"], part=part))
    assert (outcome.answer.status, outcome.verdict, outcome.case) == (200, "accepted", case)
    assert receipt(outcome)["version"] == 3
    assert current(at_desk, case) == before
    assert at_desk.versions(case) == [(1, False), (2, False), (3, True)]
    assert at_desk.events() == [("new", 1), ("replaced", 2), ("replaced", 3)]
    assert standings(at_desk, clarification) == [("activity", "open", None), ("health-risk", "open", None)]
    told = seen(at_desk, clarification)
    assert kinds(at_desk, clarification) == ["asked", "answered", "taken-back"]
    assert told["events"][-1]["items"] == ["health-risk", "activity"]
    assert (told["status"], told["answers"][0]["taken_back"]) == ("ordered", ["health-risk", "activity"])
    assert [each["item"] for each in assessed(at_desk, case)["open"]] == ["health-risk", "activity"]
    assert tray(at_desk) == []


def test_only_the_items_that_are_named_are_taken_back_and_the_rest_is_proven_unchanged(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, case)
    at_desk.hand_in(answer(clarification, ["activity", "health-risk"], date=TEN))
    answered = current(at_desk, case)
    at_desk.hand_in(taking_back(clarification, ["activity"]))
    now = current(at_desk, case)
    assert [item for item in ANSWERABLE if value_of(now, item) != value_of(answered, item)] == ["activity"]
    assert [entry.item for entry in now.provenance] == ["health-risk"]
    assert standings(at_desk, clarification) == [("activity", "open", None), ("health-risk", "answered", 2)]
    (back,) = seen(at_desk, clarification)["taken_back"]
    assert (back["items"], back["version"], back["joined_to"]) == (["activity"], 3, 2)
    assert [each["item"] for each in back["untouched"]] == [item for item in ANSWERABLE if item != "activity"]
    assert all(each["before"] == each["after"] for each in back["untouched"])


def test_one_that_names_no_item_takes_back_all_that_was_answered(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, case)
    before = current(at_desk, case)
    at_desk.hand_in(answer(clarification, ["activity", "health-risk"], date=TEN))
    at_desk.hand_in(taking_back(clarification, part="Communication"))
    assert current(at_desk, case) == before


def test_nothing_that_was_taken_back_shows_anywhere(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, case)
    clean = shown(at_desk, case)
    at_desk.hand_in(answer(clarification, ["activity", "health-risk"], date=TEN))
    marks = [mark for mark in ("2026-10-31", _hpr("every-mapped-element")) if mark in shown(at_desk, case)]
    assert len(marks) == 2
    at_desk.hand_in(taking_back(clarification, ["activity", "health-risk"]))
    for each in (shown(at_desk, case), repr(seen(at_desk, clarification)["targets"])):
        assert [mark for mark in marks if mark in each and mark not in clean] == []
    found = assessed(at_desk, case)["differences"]
    assert [(each["item"], each["aspect"], each["before"], each["after"]) for each in found] == [
        ("health-risk", "answer", None, None),
        ("activity", "answer", None, None),
    ]
    assert found[1]["text"] == "Mulighet for aktivitet: svaret er trukket tilbake"


def shown(at_desk: Desk, case: str) -> str:
    return repr((assessed(at_desk, case), assess_document(case, at_desk.gateway)))


def _hpr(name: str) -> str:
    found: str = resource(message(name), "Practitioner")["identifier"][0]["value"]
    return found


def test_a_newer_statement_about_an_item_stays(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, case)
    at_desk.hand_in(answer(clarification, ["health-risk"], date=TEN))
    at_desk.hand_in(answer(clarification, ["health-risk"], number=101, date=NOON, sections=OTHER))
    newer = current(at_desk, case)
    outcome = at_desk.hand_in(taking_back(clarification, ["health-risk"], date=ELEVEN))
    assert receipt(outcome)["version"] is None
    assert current(at_desk, case) == newer
    assert standings(at_desk, clarification)[1] == ("health-risk", "answered", 3)


def test_the_answer_before_it_stands_again(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, case)
    other = asked(at_desk, case, Target("health-risk", "outdated"))
    at_desk.hand_in(answer(other, ["health-risk"], date=TEN, sections=OTHER))
    first = current(at_desk, case)
    at_desk.hand_in(answer(clarification, ["health-risk"], number=101, date=ELEVEN))
    assert current(at_desk, case) != first
    at_desk.hand_in(taking_back(clarification, ["health-risk"], date=ELEVEN))
    assert current(at_desk, case) == first
    assert standings(at_desk, other) == [("health-risk", "answered", 2)]
    at_desk.hand_in(taking_back(other, ["health-risk"], number=201, date=TEN))
    assert current(at_desk, case) == certificate_of(at_desk, case, 1)


def certificate_of(at_desk: Desk, case: str, number: int) -> Certificate:
    with at_desk.gateway.store.reading() as read:
        return next(version.certificate for version in read.versions(case) if version.number == number)


def test_a_decline_is_taken_back_too(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, case)
    at_desk.hand_in(answer(clarification, declined="not-seen", date=TEN))
    assert seen(at_desk, clarification)["status"] == "declined"
    tree = answer(clarification, declined="not-seen", number=200, date=TEN)
    resource(tree, "Communication")["status"] = "entered-in-error"
    assert receipt(at_desk.hand_in(tree))["version"] is None
    assert [each[1] for each in standings(at_desk, clarification)] == ["open", "open"]
    assert at_desk.versions(case) == [(1, True)]


def test_a_required_item_that_is_taken_back_is_missing_again(at_desk: Desk) -> None:
    holder = holding(at_desk)
    case = holder.hand_in(without(message(), "health-risk")).case or ""
    clarification = asked(at_desk, case, Target("health-risk", "missing"))
    at_desk.hand_in(answer(clarification, ["health-risk"], date=TEN))
    assert assessed(at_desk, case)["verdict"] == "accepted"
    outcome = at_desk.hand_in(taking_back(clarification, ["health-risk"]))
    assert (outcome.verdict, rules(outcome)["health-risk-missing"]) == ("incomplete", 1)
    assert assessed(at_desk, case)["verdict"] == "incomplete"
    assert standings(at_desk, clarification) == [("health-risk", "open", None)]


def test_what_was_settled_elsewhere_by_the_answer_is_open_there_too(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, case, Target("activity", "unclear"))
    missing = asked(at_desk, case, ACTIVITY)
    at_desk.hand_in(answer(clarification, ["activity"], date=TEN))
    at_desk.hand_in(authored(numbered(message(), 32), "2026-10-31T09:00:00+01:00"))
    assert standings(at_desk, missing) == [("activity", "answered", 3)]
    at_desk.hand_in(taking_back(clarification, ["activity"]))
    assert standings(at_desk, missing) == [("activity", "open", None)]


# ---- in every order ----


def test_an_answer_that_arrives_after_it_was_taken_back_does_not_count(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, case)
    back = at_desk.hand_in(taking_back(clarification, ["activity"], date=ELEVEN))
    assert (back.verdict, receipt(back)["version"], back.case) == ("accepted", None, case)
    late = at_desk.hand_in(answer(clarification, ["activity", "health-risk"], date=TEN))
    assert late.verdict == "accepted-with-remarks"
    assert [each["item"] for each in receipt(late)["findings"] if each["rule"] == "answer-taken-back"] == ["activity"]
    assert standings(at_desk, clarification) == [("activity", "open", None), ("health-risk", "answered", 2)]
    assert current(at_desk, case).activity.state == "missing"
    only = at_desk.hand_in(answer(clarification, ["activity"], number=101, date=TEN))
    assert (receipt(only)["version"], only.case) == (None, case)
    assert tray(at_desk) == []


def test_a_new_answer_after_the_taking_back_counts(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, case)
    at_desk.hand_in(answer(clarification, ["activity"], date=TEN))
    at_desk.hand_in(taking_back(clarification, ["activity"], date=ELEVEN))
    at_desk.hand_in(answer(clarification, ["activity"], number=101, date=NOON))
    assert standings(at_desk, clarification)[0] == ("activity", "answered", 4)
    assert current(at_desk, case).activity.state == "stated"


def test_a_correction_is_a_later_answer(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, case)
    at_desk.hand_in(answer(clarification, ["health-risk"], date=TEN))
    tree = answer(clarification, ["health-risk"], number=101, date=ELEVEN, sections=OTHER)
    resource(tree, "Composition")["status"] = "amended"
    corrected = receipt(at_desk.hand_in(tree))
    assert corrected["version"] == 3
    assert standings(at_desk, clarification)[1] == ("health-risk", "answered", 3)
    assert assessed(at_desk, case)["differences"] != []


EVENTS: dict[str, Callable[[str], Json]] = {
    "answer": lambda name: answer(name, ["activity", "health-risk"], number=100, date=TEN),
    "back": lambda name: taking_back(name, ["activity", "health-risk"], number=200, date=TEN),
    "newer": lambda name: answer(name, ["health-risk"], number=101, date=NOON, sections=OTHER),
    "whole": lambda _name: whole_version("2026-10-31T09:00:00+01:00"),
}


@pytest.mark.parametrize("order", list(permutations(EVENTS)), ids="-".join)
def test_every_order_ends_in_the_same_certificate(house: House, order: tuple[str, ...]) -> None:
    opened = desk("sqlite://", house)
    case = certified(opened)
    clarification = asked(opened, case)
    for name in order:
        assert opened.hand_in(EVENTS[name](clarification)).case == case
    found = current(opened, case)
    assert [entry.code.code for entry in found.diagnosis if entry.code] == ["L86"]
    # The whole version answers it, and nothing that was taken back stands over that.
    assert found.activity == whole_activity(opened)
    assert [(entry.item, entry.authored.isoformat()) for entry in found.provenance] == [
        ("health-risk", "2026-10-31T11:00:00+00:00")
    ]
    assert [each[1] for each in standings(opened, clarification)] == ["answered", "answered"]
    opened.gateway.store.close()


def whole_activity(at_desk: Desk) -> object:
    """What the whole version of every order says about activity, read by itself."""
    alone = desk("sqlite://", at_desk.gateway.house)
    found = current(alone, alone.hand_in(EVENTS["whole"]("")).case or "")
    alone.gateway.store.close()
    return found.activity


@pytest.mark.parametrize("first", ["whole", "answer"])
def test_what_a_whole_version_says_beneath_an_answer_stands_when_that_is_taken_back(at_desk: Desk, first: str) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, case)
    whole = whole_version("2026-10-31T08:00:00+01:00")
    answered = answer(clarification, ["health-risk"], date=TEN, sections=OTHER)
    for tree in (whole, answered) if first == "whole" else (answered, whole):
        at_desk.hand_in(tree)
    at_desk.hand_in(taking_back(clarification, ["health-risk"]))
    alone = desk("sqlite://", at_desk.gateway.house)
    certified(alone)
    alone_case = alone.hand_in(whole).case or ""
    assert current(at_desk, case) == current(alone, alone_case)
    alone.gateway.store.close()


# ---- whose it is ----


def test_nobody_takes_back_what_another_system_answered(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, case)
    at_desk.hand_in(answer(clarification, ["activity"], date=TEN))
    before = current(at_desk, case)
    at_desk.hand_in(from_other_system(taking_back(clarification, ["activity"])))
    assert len(tray(at_desk)) == 1
    clarify.hand_over(clarification, "her:8143999", at_desk.gateway)
    at_desk.hand_in(from_other_system(taking_back(clarification, ["activity"], number=201)))
    assert current(at_desk, case) == before
    assert standings(at_desk, clarification)[0] == ("activity", "answered", 2)


def test_another_patient_takes_nothing_back(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, case)
    at_desk.hand_in(answer(clarification, ["activity"], date=TEN))
    tree = taking_back(clarification, ["activity"])
    resource(tree, "Patient")["identifier"] = resource(message("every-mapped-element"), "Patient")["identifier"]
    assert at_desk.hand_in(tree).answer.status == 422
    assert standings(at_desk, clarification)[0] == ("activity", "answered", 2)
    assert kinds(at_desk, clarification)[-1] == "answer-refused"


def test_what_was_not_asked_cannot_be_taken_back(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, case)
    at_desk.hand_in(taking_back(clarification, ["prognosis"]))
    (lying,) = sort.unsorted_answers(at_desk.gateway)
    assert (lying["why"], at_desk.versions(case)) == ("not-asked", [(1, True)])


def test_a_taking_back_that_lies_in_the_tray_is_sorted_with_the_answer_it_is_about(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, case)
    at_desk.hand_in(from_other_system(answer(NOWHERE, ["activity"], date=TEN)))
    at_desk.hand_in(from_other_system(taking_back(NOWHERE, ["activity"])))
    said, back = tray(at_desk)
    told = sort.unsorted_answer(back, at_desk.gateway)
    assert told["withdrawn"]
    assert sort.sort(said, clarification, at_desk.gateway) is None
    assert standings(at_desk, clarification)[0] == ("activity", "answered", 2)
    assert sort.sort(back, clarification, at_desk.gateway) is None
    assert standings(at_desk, clarification)[0] == ("activity", "open", None)
    assert current(at_desk, case) == certificate_of(at_desk, case, 1)


def test_an_answer_in_the_tray_that_was_taken_back_cannot_be_sorted(at_desk: Desk) -> None:
    clarification = asked(at_desk, certified(at_desk))
    at_desk.hand_in(answer(NOWHERE, ["activity"], date=TEN))
    at_desk.hand_in(taking_back(clarification, ["activity"]))
    (lying,) = tray(at_desk)
    assert sort.sort(lying, clarification, at_desk.gateway) == sort.Unsorted("answer-withdrawn")
    assert tray(at_desk) == [lying]


# ---- the whole certificate ----


def test_an_answer_is_taken_back_from_a_withdrawn_certificate_and_stays_gone_from_the_next(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, case)
    at_desk.hand_in(answer(clarification, ["activity"], date=TEN))
    withdrawn = authored(numbered(message(), 9), "2026-10-31T13:00:00+01:00")
    resource(withdrawn, "Composition")["status"] = "entered-in-error"
    at_desk.hand_in(withdrawn)
    assert assess(case, at_desk.gateway) is None
    assert receipt(at_desk.hand_in(taking_back(clarification, ["activity"])))["version"] is None
    assert assess(case, at_desk.gateway) is None
    at_desk.hand_in(authored(numbered(message(), 33), "2026-10-31T14:00:00+01:00"))
    assert current(at_desk, case).activity.state == "missing"
    at_desk.hand_in(answer(clarification, ["activity"], number=103, date=TEN))
    assert current(at_desk, case).activity.state == "missing"
    assert standings(at_desk, clarification)[0] == ("activity", "open", None)


def test_a_whole_version_replaces_and_a_later_taking_back_leaves_it_alone(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, case)
    at_desk.hand_in(answer(clarification, ["health-risk"], date=TEN, sections=OTHER))
    at_desk.hand_in(whole_version(NOON))
    whole = current(at_desk, case)
    assert whole.provenance == ()
    at_desk.hand_in(taking_back(clarification, ["health-risk"]))
    assert current(at_desk, case) == whole


def test_what_was_taken_back_can_be_neither_returned_nor_rated(at_desk: Desk) -> None:
    clarification = asked(at_desk, certified(at_desk), RISK)
    at_desk.hand_in(answer(clarification, ["health-risk"], date=TEN))
    at_desk.hand_in(taking_back(clarification, ["health-risk"]))
    with pytest.raises(NotNowError):
        clarify.give_back(clarification, "still-unclear", at_desk.gateway, items=frozenset(), not_payable=False)
    with pytest.raises(NotNowError):
        clarify.rate(clarification, 3, at_desk.gateway)
    clarify.remind(clarification, at_desk.gateway)
