"""What was put aside is sorted by hand, on both engines: joined as if it had named its question, or filed away."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, select, update

from certgateway import bootstrap
from certgateway.domain.dialogue_events import Target
from certgateway.domain.errors import AlreadySortedError, GatewayError, NotFoundError
from certgateway.services import clarify, sort
from certgateway.services.assess import assess
from certgateway.services.examine import House
from certgateway.services.pose import Question
from certgateway.store.strongbox import Strongbox
from certgateway.store.tables import metadata, unsorted
from tests.integration.answering import answer
from tests.integration.receiving import SENDER, Desk, authored, desk, message, numbered, receipt, resource

Json = dict[str, Any]
NOWHERE = "00000000-0000-4000-8000-000000000000"
ACTIVITY = Target("activity", "missing")
RISK = Target("health-risk", "unclear")
OTHER_SYSTEM = "urn:oid:2.16.578.1.12.4.1.2.8143999"


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


def kinds(at_desk: Desk, clarification: str) -> list[str]:
    return [each["kind"] for each in seen(at_desk, clarification)["events"]]


def standings(at_desk: Desk, clarification: str) -> list[tuple[str, str, int | None]]:
    return [(each["item"], each["standing"], each["version"]) for each in seen(at_desk, clarification)["targets"]]


def tray(at_desk: Desk) -> list[str]:
    return [each["message"] for each in sort.unsorted_answers(at_desk.gateway)]


def stray(at_desk: Desk, *items: str, **more: Any) -> str:  # noqa: ANN401
    """An answer that names a question that nobody asked, as it lies in the tray."""
    at_desk.hand_in(answer(NOWHERE, items or ["activity"], **more))
    return tray(at_desk)[-1]


def withdrawal(number: int, date: str = "2026-11-01T10:00:00+01:00") -> Json:
    tree = authored(numbered(message(), number), date)
    resource(tree, "Composition")["status"] = "entered-in-error"
    return tree


def assessed(at_desk: Desk, case: str) -> Json:
    found = assess(case, at_desk.gateway)
    assert found is not None
    return found


def apart_from(told: Json, *names: str) -> Json:
    return {name: value for name, value in told.items() if name not in names}


# ---- looking ----


def test_enough_is_shown_to_sort_an_answer_and_nothing_of_what_it_says(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, case)
    told = sort.unsorted_answer(stray(at_desk, "activity", "prognosis"), at_desk.gateway, "nn")
    author = resource(message("every-mapped-element"), "Practitioner")["identifier"][0]["value"]
    assert told.pop("message") in tray(at_desk)
    assert told.pop("author")["hpr"] == author
    assert told == {
        "at": "2026-11-01T11:02:00Z",
        "why": "clarification-unknown",
        "why_display": "Svaret oppgir ikkje eit spørsmål som er stilt til systemet det kom frå.",
        "sender": SENDER,
        "clarification": None,
        "certificate": None,
        "certificate_named": case,
        "sortable": True,
        "authored": "2026-10-31T09:00:00Z",
        "items": [
            {"item": "activity", "display": "Høve til aktivitet"},
            {"item": "prognosis", "display": "Prognose"},
        ],
        "in_words": False,
        "declined": None,
        "withdrawn": False,
        "candidates": [
            {
                "clarification": clarification,
                "certificate": case,
                "status": "ordered",
                "items": ["activity", "health-risk"],
                "open": ["activity", "health-risk"],
            }
        ],
    }


def test_candidates_are_about_the_same_patient_and_ask_for_what_the_answer_says(at_desk: Desk) -> None:
    case = certified(at_desk)
    asked(at_desk, case, Target("function", "unclear"))
    other = at_desk.hand_in(numbered(message("back-pain-tolerates-load"), 7)).case or ""
    asked(at_desk, other, Target("activity", "unclear"))
    told = sort.unsorted_answer(stray(at_desk), at_desk.gateway)
    assert told["candidates"] == []
    declined = stray(at_desk, number=101, declined="not-known")
    assert sort.unsorted_answer(declined, at_desk.gateway)["declined"]["code"] == "not-known"


def test_a_decline_of_everything_may_belong_to_any_question_about_the_patient(at_desk: Desk) -> None:
    clarification = asked(at_desk, certified(at_desk), Target("function", "unclear"))
    at_desk.hand_in(answer(NOWHERE, declined="not-seen"))
    (lying,) = tray(at_desk)
    told = sort.unsorted_answer(lying, at_desk.gateway)
    assert [each["clarification"] for each in told["candidates"]] == [clarification]
    assert sort.sort(lying, clarification, at_desk.gateway) is None
    assert kinds(at_desk, clarification) == ["asked", "declined", "sorted"]
    assert seen(at_desk, clarification)["status"] == "declined"


def test_the_certificate_that_an_answer_names_is_told_where_it_is_known(at_desk: Desk) -> None:
    case = certified(at_desk)
    other = authored(numbered(message(), 7), "2026-10-01T10:00:00+02:00")
    resource(other, "Composition")["identifier"]["value"] = "another"
    others = at_desk.hand_in(other).case
    clarification = asked(at_desk, case)
    at_desk.hand_in(answer(clarification, ["activity"], certificate="another"))
    at_desk.hand_in(answer(clarification, ["activity"], certificate="no such", number=101))
    first, second = (sort.unsorted_answer(each, at_desk.gateway) for each in tray(at_desk))
    assert (first["why"], first["certificate"], first["certificate_named"]) == ("other-certificate", case, others)
    assert second["certificate_named"] is None


def test_what_is_not_in_the_tray_is_not_found(at_desk: Desk) -> None:
    for name in (NOWHERE, "", "\x00"):
        with pytest.raises(NotFoundError):
            sort.unsorted_answer(name, at_desk.gateway)
        with pytest.raises(NotFoundError):
            sort.sort(name, NOWHERE, at_desk.gateway)
        with pytest.raises(NotFoundError):
            sort.file(name, "not-an-answer", at_desk.gateway)


# ---- sorting ----


def test_an_answer_is_joined_as_if_it_had_named_the_question(at_desk: Desk, house: House) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, case)
    lying = stray(at_desk, "activity", "prognosis")
    at_desk.clock.now += timedelta(minutes=1)
    assert sort.sort(lying, clarification, at_desk.gateway) is None
    assert tray(at_desk) == []
    assert standings(at_desk, clarification) == [("activity", "answered", 2), ("health-risk", "open", None)]
    assert kinds(at_desk, clarification) == ["asked", "answered", "sorted"]
    assert at_desk.versions(case) == [(1, False), (2, True)]
    assert at_desk.events() == [("new", 1), ("replaced", 2)]
    by_hand, proof = assessed(at_desk, case), seen(at_desk, clarification)["answers"]
    assert all(each["before"] == each["after"] for each in proof[0]["untouched"])
    named = desk("sqlite://", house)
    other_case = certified(named)
    at = named.hand_in(answer(asked(named, other_case), ["activity", "prognosis"]))
    assert at.verdict == "accepted-with-remarks"
    named.clock.now = at_desk.clock.now
    assert changed(by_hand, case, clarification) == changed(
        assessed(named, other_case), other_case, seen_one(named, other_case)
    )
    named.gateway.store.close()


def seen_one(at_desk: Desk, case: str) -> str:
    found: str = clarify.clarifications(case, at_desk.gateway)[0]["clarification"]
    return found


def changed(told: Json, *names: str) -> str:
    """Data without the names that one gateway gives and another does not."""
    text = repr(told)
    for name in names:
        text = text.replace(name, "name")
    return text


def test_more_than_was_asked_is_told_of_the_version(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, case, ACTIVITY)
    sort.sort(stray(at_desk, "activity", "prognosis"), clarification, at_desk.gateway)
    with at_desk.gateway.store.reading() as read:
        current = read.current_version(case)
    assert current is not None
    found = [each.item for each in current.findings if each.rule == "answer-beyond-question"]
    assert (found, current.verdict) == (["prognosis"], "accepted-with-remarks")


def test_an_answer_from_another_system_is_sorted_by_hand(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, case, ACTIVITY)
    tree = answer(clarification, ["activity"])
    resource(tree, "MessageHeader")["source"]["endpoint"] = OTHER_SYSTEM
    at_desk.hand_in(tree)
    (lying,) = tray(at_desk)
    told = sort.unsorted_answer(lying, at_desk.gateway)
    assert (told["sender"], told["certificate_named"]) == ("her:8143999", case)
    assert sort.sort(lying, clarification, at_desk.gateway) is None
    assert standings(at_desk, clarification) == [("activity", "answered", 2)]


def test_an_answer_that_named_the_wrong_certificate_is_sorted_by_hand(at_desk: Desk) -> None:
    clarification = asked(at_desk, certified(at_desk), ACTIVITY)
    at_desk.hand_in(answer(clarification, ["activity"], certificate="another"))
    (lying,) = tray(at_desk)
    assert sort.sort(lying, clarification, at_desk.gateway) is None
    assert standings(at_desk, clarification) == [("activity", "answered", 2)]


def test_whether_it_is_late_is_told_by_when_it_came(at_desk: Desk) -> None:
    clarification = asked(at_desk, certified(at_desk), ACTIVITY)
    lying = stray(at_desk)
    at_desk.clock.now += timedelta(days=60)
    assert sort.sort(lying, clarification, at_desk.gateway) is None
    assert [each["late"] for each in seen(at_desk, clarification)["targets"]] == [False]


def test_what_was_put_aside_for_a_withdrawal_can_be_sorted_after_a_new_version(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, case, ACTIVITY)
    at_desk.hand_in(withdrawal(9))
    at_desk.hand_in(answer(clarification, ["activity"]))
    (lying,) = tray(at_desk)
    assert sort.sort(lying, clarification, at_desk.gateway) == sort.Unsorted("certificate-withdrawn")
    at_desk.hand_in(authored(numbered(message(), 33), "2026-11-01T11:00:00+01:00"))
    at_desk.clock.now += timedelta(minutes=1)
    assert sort.sort(lying, clarification, at_desk.gateway) is None
    assert standings(at_desk, clarification)[0][1] == "answered"
    assert assessed(at_desk, case)["activity"] != []


def test_an_answer_about_another_patient_can_never_be_joined(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, case, ACTIVITY)
    tree = answer(NOWHERE, ["activity"])
    resource(tree, "Patient")["identifier"] = resource(message("every-mapped-element"), "Patient")["identifier"]
    at_desk.hand_in(tree)
    (lying,) = tray(at_desk)
    counts = at_desk.counts()
    assert sort.sort(lying, clarification, at_desk.gateway) == sort.Unsorted("other-patient")
    assert sort.unsorted_answer(lying, at_desk.gateway)["candidates"] == []
    assert at_desk.counts() == counts
    assert at_desk.versions(case) == [(1, True)]


@pytest.mark.parametrize("why", ["clarification-unknown", "not-asked", "older-than-known"])
def test_what_speaks_against_sorting_is_told_and_changes_nothing(at_desk: Desk, why: str) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, case, ACTIVITY, Target("prognosis", "unclear"))
    if why == "not-asked":
        lying = stray(at_desk, "function")
    elif why == "older-than-known":
        lying = stray(at_desk, "prognosis", date="2026-05-01T10:00:00+02:00")
    else:
        lying = stray(at_desk)
    named = NOWHERE if why == "clarification-unknown" else clarification
    counts = at_desk.counts()
    assert sort.sort(lying, named, at_desk.gateway) == sort.Unsorted(why)  # type: ignore[arg-type]
    assert (tray(at_desk), at_desk.counts()) == ([lying], counts)


def test_what_the_rules_refuse_of_the_whole_is_told_with_their_ids(at_desk: Desk) -> None:
    clarification = asked(at_desk, certified(at_desk), ACTIVITY)
    lying = stray(at_desk)
    real_only = replace(at_desk.gateway.house, persons="real")
    refused = sort.sort(lying, clarification, replace(at_desk.gateway, house=real_only))
    assert refused == sort.Unsorted("refused", ("person-wrong-environment",))
    assert tray(at_desk) == [lying]


def test_a_declined_answer_from_the_tray_makes_no_version(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, case)
    lying = stray(at_desk, "activity", declined="not-known", declined_items=["health-risk"])
    assert sort.sort(lying, clarification, at_desk.gateway) is None
    assert standings(at_desk, clarification) == [("activity", "answered", 2), ("health-risk", "declined", None)]


def test_what_is_sorted_is_sorted_once(at_desk: Desk) -> None:
    clarification = asked(at_desk, certified(at_desk), ACTIVITY)
    lying = stray(at_desk)
    assert sort.sort(lying, clarification, at_desk.gateway) is None
    counts = at_desk.counts()
    with pytest.raises(AlreadySortedError):
        sort.sort(lying, clarification, at_desk.gateway)
    with pytest.raises(AlreadySortedError):
        sort.file(lying, "not-an-answer", at_desk.gateway)
    with pytest.raises(NotFoundError):
        sort.unsorted_answer(lying, at_desk.gateway)
    assert at_desk.counts() == counts


def test_sorted_by_hand_and_sent_again_is_the_same_answer(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, case, ACTIVITY)
    sort.sort(stray(at_desk), clarification, at_desk.gateway)
    outcome = at_desk.hand_in(answer(clarification, ["activity"], number=101))
    assert receipt(outcome)["version"] is None
    assert at_desk.versions(case) == [(1, False), (2, True)]


def test_two_who_sort_the_same_answer_at_once_join_it_once(at_desk: Desk) -> None:
    case = certified(at_desk)
    clarification = asked(at_desk, case, ACTIVITY)
    lying = stray(at_desk)

    def sorted_once(_: int) -> str:
        try:
            return "joined" if sort.sort(lying, clarification, at_desk.gateway) is None else "refused"
        except AlreadySortedError:
            return "already"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(sorted_once, range(4))) == ["already"] * 3 + ["joined"]
    assert at_desk.versions(case) == [(1, False), (2, True)]
    assert kinds(at_desk, clarification) == ["asked", "answered", "sorted"]


# ---- filing ----


def test_what_belongs_nowhere_is_filed_and_leaves_the_tray(at_desk: Desk) -> None:
    certified(at_desk)
    lying = stray(at_desk)
    ledger = at_desk.counts()["ledger"]
    sort.file(lying, "not-an-answer", at_desk.gateway)
    assert tray(at_desk) == []
    assert at_desk.counts()["ledger"] == ledger + 1
    with pytest.raises(AlreadySortedError):
        sort.file(lying, "not-an-answer", at_desk.gateway)
    with at_desk.gateway.store.engine.connect() as connection:
        row = connection.execute(select(unsorted)).one()
    assert (row.outcome, row.sealed, row.sorted) == ("not-an-answer", None, at_desk.clock.now)


def test_filing_stands_among_the_events_of_the_question_that_was_named(at_desk: Desk) -> None:
    clarification = asked(at_desk, certified(at_desk), ACTIVITY)
    at_desk.hand_in(answer(clarification, ["prognosis"]))
    (lying,) = tray(at_desk)
    sort.file(lying, "already-known", at_desk.gateway)
    told = seen(at_desk, clarification)
    assert kinds(at_desk, clarification) == ["asked", "filed"]
    assert told["events"][-1]["reason"]["display"] == "Er kjent fra før"
    assert told["status"] == "ordered"


def test_what_was_put_aside_before_contents_were_kept_can_only_be_filed(at_desk: Desk) -> None:
    clarification = asked(at_desk, certified(at_desk), ACTIVITY)
    lying = stray(at_desk)
    with at_desk.gateway.store.engine.begin() as connection:
        connection.execute(update(unsorted).values(sealed=None))
    told = sort.unsorted_answer(lying, at_desk.gateway)
    assert (told["sortable"], told["author"], told["items"], told["candidates"]) == (False, None, [], [])
    assert sort.sort(lying, clarification, at_desk.gateway) == sort.Unsorted("content-not-kept")
    sort.file(lying, "sender-will-resend", at_desk.gateway)
    assert tray(at_desk) == []


# ---- refused answers ----


def test_an_answer_that_was_refused_shows_its_time_and_rules_and_nothing_else(at_desk: Desk) -> None:
    clarification = asked(at_desk, certified(at_desk), ACTIVITY)
    tree = answer(clarification, ["activity"])
    resource(tree, "Patient")["identifier"] = resource(message("every-mapped-element"), "Patient")["identifier"]
    assert at_desk.hand_in(tree).answer.status == 422
    at_desk.hand_in(tree)
    assert seen(at_desk, clarification)["events"][1:] == [
        {"kind": "answer-refused", "at": "2026-11-01T11:02:00Z", "rules": ["revision-of-other-patient"]}
    ]
    assert standings(at_desk, clarification) == [("activity", "open", None)]


def test_an_answer_that_could_not_be_read_to_the_end_shows_too(at_desk: Desk) -> None:
    clarification = asked(at_desk, certified(at_desk), ACTIVITY)
    tree = answer(clarification, ["activity"])
    del resource(tree, "Composition")["identifier"]
    assert at_desk.hand_in(tree).answer.status == 422
    (shown,) = seen(at_desk, clarification)["events"][1:]
    assert shown["kind"] == "answer-refused"
    assert shown["rules"] != []


def test_nobody_else_leaves_a_trace_in_a_question(at_desk: Desk) -> None:
    clarification = asked(at_desk, certified(at_desk), ACTIVITY)
    for number, name in enumerate((clarification, NOWHERE), start=100):
        tree = answer(name, ["activity"], number=number)
        if name == clarification:
            resource(tree, "MessageHeader")["source"]["endpoint"] = OTHER_SYSTEM
        del resource(tree, "Patient")["identifier"]
        assert at_desk.hand_in(tree).answer.status == 422
    assert kinds(at_desk, clarification) == ["asked"]


# ---- all or nothing, and under seal ----


def test_an_error_at_any_statement_of_sorting_leaves_nothing_of_it(at_desk: Desk) -> None:
    clarification = asked(at_desk, certified(at_desk))
    lying = stray(at_desk, "activity", declined="not-known", declined_items=["health-risk"])
    engine, before = at_desk.gateway.store.engine, at_desk.counts()
    count, limit = 0, 1

    def fail(_connection: Connection, _cursor: object, _statement: str, *_: object) -> None:
        nonlocal count
        count += 1
        if count == limit:
            raise ZeroDivisionError

    event.listen(engine, "before_cursor_execute", fail)
    while True:
        count = 0
        try:
            sort.sort(lying, clarification, at_desk.gateway)
        except (GatewayError, ZeroDivisionError):
            limit += 1
            assert limit < 100
            continue
        break
    event.remove(engine, "before_cursor_execute", fail)
    after = at_desk.counts()
    assert limit > 12
    assert {name: after[name] - before[name] for name in before if after[name] != before[name]} == {
        "version": 1,
        "feed": 1,
        "clarification_event": 3,
        "ledger": 3,
    }
    assert tray(at_desk) == []
    with at_desk.gateway.store.reading() as read:
        assert read.check_ledger()


def test_nothing_of_an_answer_in_the_tray_lies_in_the_clear_and_its_original_is_never_opened(
    at_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    clarification = asked(at_desk, certified(at_desk), ACTIVITY)
    lying = stray(at_desk)
    opened: list[str] = []
    really = Strongbox.open

    def watched(self: Strongbox, sealed: bytes, context: str) -> bytes:
        opened.append(context)
        return really(self, sealed, context)

    monkeypatch.setattr(Strongbox, "open", watched)
    sort.unsorted_answer(lying, at_desk.gateway)
    with at_desk.gateway.store.engine.connect() as connection:
        (row,) = connection.execute(metadata.tables["unsorted"].select())
    assert row.sealed is not None
    clear = bytes(row.sealed).decode("utf-8", "ignore") + str(row[:5])
    assert "activity" not in clear
    assert resource(message(), "Patient")["identifier"][0]["value"] not in clear
    assert sort.sort(lying, clarification, at_desk.gateway) is None
    assert any(context.startswith('["unsorted"') for context in opened)
    assert not any(context.startswith('["original"') for context in opened)
    with at_desk.gateway.store.engine.connect() as connection:
        assert connection.execute(select(unsorted.c.sealed)).scalar_one() is None
