"""The scripts of fixtures/conversations, played in their order and last come first, with a clock that stands in them.

A script is a list of steps: an event, or `day` where only time goes by, and what is true then on a day.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest

from certgateway.domain.certificate import ITEMS, Patient
from certgateway.domain.dialogue import State, TargetState, find_state
from certgateway.domain.dialogue_events import (
    Answered,
    AnswerRefused,
    Asked,
    Clinician,
    Declined,
    Delivered,
    Event,
    Filed,
    Fulfilled,
    HandedOver,
    Measure,
    Ordered,
    Paused,
    Plan,
    Read,
    Refused,
    Reminded,
    Replied,
    Resumed,
    Returned,
    Revoked,
    Sent,
    Settled,
    Sorted,
    Superseded,
    TakenBack,
    Target,
    Withdrawn,
)
from certgateway.domain.ordering import CaseQuestion, ordered_targets
from certgateway.domain.vocabulary.clarification import (
    CLARIFICATION_REASON,
    CLARIFICATION_STATUS,
    DECLINE_REASON,
    FILING_REASON,
    ORDER_QUESTION,
    REFUSAL_REASON,
    RETURN_REASON,
    WITHDRAWAL_REASON,
)
from certgateway.domain.vocabulary.risks import RISK_ACTIVITY

Table = dict[str, Any]

SCRIPTS = Path(__file__).resolve().parents[3] / "fixtures" / "conversations"
NAMES = sorted(path.stem for path in SCRIPTS.glob("*.toml"))

KINDS: Final[dict[str, type[Event]]] = {
    "asked": Asked,
    "ordered": Ordered,
    "fulfilled": Fulfilled,
    "sent": Sent,
    "delivered": Delivered,
    "refused": Refused,
    "read": Read,
    "reminded": Reminded,
    "answered": Answered,
    "declined": Declined,
    "replied": Replied,
    "settled": Settled,
    "returned": Returned,
    "handed-over": HandedOver,
    "paused": Paused,
    "resumed": Resumed,
    "superseded": Superseded,
    "revoked": Revoked,
    "withdrawn": Withdrawn,
    "answer-refused": AnswerRefused,
    "sorted": Sorted,
    "filed": Filed,
    "taken-back": TakenBack,
}
REQUIRED: Final = {"on", "status", "open", "due", "overdue", "next", "unsorted"}
# What holds where a script says nothing of it. A receiver that is not told is the one that was asked. `waiting` names
# what is open by question, where several may be about one item.
DEFAULTS: Final[Table] = {
    "receiver": None,
    "refusal": None,
    "withdrawn": None,
    "revoked": False,
    "paused": False,
    "declined": [],
    "late": [],
    "versions": {},
    "rounds": None,
    "waiting": None,
    "not_payable": [],
    "replies": [],
    "in_words": {},
}
UNKNOWN: Final[Table] = {"status": "unknown"}


@dataclass(frozen=True, slots=True)
class Step:
    event: Event | None
    then: Table


def script(text: str) -> list[Step]:
    tree = tomllib.loads(text)
    if tree.keys() != {"about", "step"}:
        raise ValueError(f"a script has about and step: {sorted(tree)}")
    return list(map(step, tree["step"]))


def step(table: Table) -> Step:
    table = dict(table)
    kind, then = table.pop("kind"), table.pop("then")
    if kind == "day":
        if table:
            raise ValueError(f"a day has no {sorted(table)}")
        return Step(None, expected(then))
    for key in BUILT.keys() & table.keys():
        table[key] = BUILT[key](table[key])
    return Step(KINDS[kind](**table), expected(then))


def targets(tables: Sequence[Table]) -> tuple[Target, ...]:
    return tuple(Target(**table) for table in tables)


def measure(table: Table) -> Measure:
    return Measure(**{**table, "demands": tuple(table.get("demands", ()))})


def plan(table: Table) -> Plan:
    return Plan(**table)


def patient(table: Table) -> Patient:
    return Patient(**table)


def clinician(table: Table) -> Clinician:
    return Clinician(**table)


BUILT: Final[dict[str, Callable[[Any], object]]] = {
    "measure": measure,
    "plan": plan,
    "targets": targets,
    "items": frozenset,
    "rules": tuple,
    "answers": frozenset,
    "patient": patient,
    "clinician": clinician,
    "answered": frozenset,
}


def expected(then: Table) -> Table:
    if then == UNKNOWN:
        return then
    missing, strange = REQUIRED - then.keys(), then.keys() - REQUIRED - DEFAULTS.keys()
    if missing or strange:
        raise ValueError(f"missing: {sorted(missing)}; unknown: {sorted(strange)}")
    return {**DEFAULTS, **then}


def told(state: State | None, then: Table) -> Table:
    """A state in the words of a script, on the day on which the script looks at it."""
    if state is None:
        return UNKNOWN
    if then == UNKNOWN:
        return {"status": state.status}
    today: date = then["on"]
    receiver = None if then["receiver"] is None and state.receiver == state.asked.receiver else state.receiver
    answered = [each for each in state.targets if each.standing == "answered"]
    return {
        "on": today,
        "status": state.status,
        "open": list(state.open_items),
        "due": state.due,
        "overdue": state.is_overdue(today),
        "next": state.next_step(today) or "nothing",
        "unsorted": list(state.unsorted),
        "receiver": receiver,
        "refusal": state.refusal,
        "withdrawn": state.withdrawn,
        "revoked": state.revoked,
        "paused": state.is_paused,
        "declined": items(each for each in state.targets if each.standing == "declined"),
        "late": items(each for each in answered if each.late),
        "versions": {each.target.key: each.version for each in answered if each.version is not None},
        "rounds": then["rounds"] and {each.target.key: each.rounds for each in answered},
        "waiting": then["waiting"] if then["waiting"] is None else items(_open(state)),
        "not_payable": list(state.not_payable),
        "replies": [f"{each.reply} {each.standing}{' late' if each.late else ''}" for each in state.replies],
        "in_words": {each.target.item: list(each.replies) for each in answered if each.replies},
    }


def items(states: Iterable[TargetState]) -> list[str]:
    return [each.target.key for each in states]


def _open(state: State) -> Iterable[TargetState]:
    return (each for each in state.targets if each.standing == "open")


def steps(name: str) -> list[Step]:
    return script((SCRIPTS / f"{name}.toml").read_text("utf-8"))


def events(played: Sequence[Step]) -> list[Event]:
    return [each.event for each in played if each.event is not None]


@pytest.mark.parametrize("name", NAMES)
def test_conversation_goes_as_its_script_says(name: str) -> None:
    played = steps(name)
    for count, each in enumerate(played, 1):
        assert told(find_state(events(played[:count])), each.then) == each.then, f"step {count}"


@pytest.mark.parametrize("name", NAMES)
def test_conversation_that_arrives_last_come_first_stands_where_it_would_at_every_step(name: str) -> None:
    played = steps(name)
    for count, each in enumerate(played, 1):
        assert told(find_state(reversed(events(played[:count]))), each.then) == each.then, f"step {count}"


@pytest.mark.parametrize("name", NAMES)
def test_conversation_that_is_re_read_after_each_arrival_ends_as_its_script_says(name: str) -> None:
    played = steps(name)
    store: list[Event] = []
    states = []
    for event in reversed(events(played)):
        store.append(event)
        states.append(find_state(store))
    assert told(states[-1], played[-1].then) == played[-1].then


REASONS = {Refused: REFUSAL_REASON, Filed: FILING_REASON, Withdrawn: WITHDRAWAL_REASON}


@pytest.mark.parametrize("name", NAMES)
def test_words_of_a_script_are_words_that_exist(name: str) -> None:
    for each in steps(name):
        assert each.then["status"] in (*CLARIFICATION_STATUS.concepts, "unknown")
        match each.event:
            case Asked(targets=asked, measure=planned):
                assert {target.item for target in asked} <= set(ITEMS)
                assert all(target.reason in CLARIFICATION_REASON for target in asked)
                assert planned is None or all(demand in RISK_ACTIVITY for demand in planned.demands)
            case Ordered(targets=asked):
                questions = [CaseQuestion(target.question) for target in asked if target.question is not None]
                assert asked == ordered_targets(questions)
            case Fulfilled(answers=named):
                assert named <= {*ITEMS, *ORDER_QUESTION.concepts}
            case Answered(items=named) | Superseded(items=named) | TakenBack(items=named):
                assert named <= set(ITEMS)
            case Declined(reason=reason, items=named):
                assert reason in DECLINE_REASON
                assert named <= set(ITEMS)
            case Returned(reason=reason, items=named):
                assert reason in RETURN_REASON
                assert named <= {*ITEMS, *ORDER_QUESTION.concepts}
            case Refused() | Filed() | Withdrawn() as told_why:
                assert told_why.reason in REASONS[type(told_why)]


def test_scripts_play_every_kind_of_event() -> None:
    assert {type(event) for name in NAMES for event in events(steps(name))} == set(KINDS.values())


def test_scripts_come_by_every_status() -> None:
    found = {each.then["status"] for name in NAMES for each in steps(name)}
    assert found == {*CLARIFICATION_STATUS.concepts, "unknown"}


GOOD = """
about = "A question."
[[step]]
kind = "asked"
id = "question"
at = 2026-03-02T09:00:00Z
certificate = "certificate-1"
version = 1
receiver = "her:8000001"
targets = [{ item = "prognosis", reason = "missing" }]
measure = { description = "Trial" }
plan = { due = 14 }
then = { on = 2026-03-02, status = "ordered", open = ["prognosis"], due = 2026-03-20, overdue = false, \
next = "nothing", unsorted = [] }
[[step]]
kind = "day"
then = { status = "unknown" }
"""


@pytest.mark.parametrize(
    "before,after",
    [
        ('about = "A question."', 'about = "A question."\nabuot = 1'),
        ('id = "question"', 'id = "question"\nreciever = "her:8000002"'),
        ('reason = "missing"', 'reason = "missing", elment = "x"'),
        ('description = "Trial"', 'description = "Trial", demand = []'),
        ("due = 14", "due = 14, remind = 3"),
        ("overdue = false", "overdue = false, opne = []"),
        ("overdue = false, ", ""),
        ('kind = "day"', 'kind = "day"\nid = "x"'),
        ('kind = "asked"', 'kind = "ask"'),
        ('{ status = "unknown" }', '{ status = "unknown", unsorted = [] }'),
    ],
)
def test_script_with_a_key_that_is_unknown_or_missing_is_refused(before: str, after: str) -> None:
    assert len(script(GOOD)) == 2
    assert len(re.findall(re.escape(before), GOOD)) == 1
    with pytest.raises((ValueError, TypeError, KeyError)):
        script(GOOD.replace(before, after))


@pytest.mark.parametrize(
    "before,after",
    [
        ('status = "ordered"', 'status = "sent"'),
        ("due = 2026-03-20", "due = 2026-03-23"),
        ('open = ["prognosis"]', "open = []"),
        ("overdue = false", "overdue = true"),
        ('next = "nothing"', 'next = "remind"'),
        ("unsorted = []", 'unsorted = ["a"]'),
        ("unsorted = []", 'unsorted = [], receiver = "her:8143060"'),
        ("unsorted = []", 'unsorted = [], refusal = "other"'),
        ("unsorted = []", 'unsorted = [], withdrawn = "no-longer-needed"'),
        ("unsorted = []", "unsorted = [], revoked = true"),
        ("unsorted = []", "unsorted = [], paused = true"),
        ("unsorted = []", 'unsorted = [], declined = ["prognosis"]'),
        ("unsorted = []", 'unsorted = [], late = ["prognosis"]'),
        ("unsorted = []", "unsorted = [], versions = { prognosis = 2 }"),
        ("unsorted = []", "unsorted = [], rounds = { prognosis = 1 }"),
        ("unsorted = []", 'unsorted = [], not_payable = ["still-unclear"]'),
        ("unsorted = []", "unsorted = [], waiting = []"),
    ],
)
def test_script_that_expects_something_else_fails(before: str, after: str) -> None:
    right, wrong = script(GOOD)[0], script(GOOD.replace(before, after))[0]
    assert right.event == wrong.event
    assert told(find_state(events([right])), right.then) == right.then
    assert told(find_state(events([wrong])), wrong.then) != wrong.then
