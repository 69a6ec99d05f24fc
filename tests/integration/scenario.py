"""One gateway with something of every kind that is sealed: a case with all that hangs on it, and others beside it."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select

from certgateway.domain.dialogue_events import Target
from certgateway.services import clarify
from certgateway.services.order import order
from certgateway.services.pose import Question
from certgateway.store.tables import metadata
from tests.integration import replying
from tests.integration.answering import answer
from tests.integration.ordering import PATIENT, wanted
from tests.integration.receiving import BASE, Desk, authored, message, numbered, resource, without

SEALED = {
    "original": "sealed",
    "conflict": "sealed",
    "version": "certificate",
    "beneath": "certificate",
    "clarification_event": "sealed",
    "outbox": "sealed",
    "unsorted": "sealed",
    "reply": "sealed",
}
"""Every column with sealed values of the walk, by table."""

OTHER = "ptsd-changes-by-the-hour"
NOWHERE = "00000000-0000-4000-8000-000000000000"
WORDS = "Kveldsturen langs elva går fint, men trappene er tunge."
PROSE = ("Pasienten forteller om gjenopplevelser flere ganger i uken", "Mister tråden når ytre hendelser nevnes")
"""Of the other case; whoever wants to find it finds it in the fixture."""
WISH = "Kan hen bære ved fra skjulet?"


@dataclass(frozen=True, slots=True)
class Scene:
    """`case` has everything; `other` is a certificate of somebody else, `order` one that nobody has answered."""

    case: str
    question: str
    other: str
    order: str


def play(at_desk: Desk) -> Scene:
    """Certificate, question, answers, a later whole version, a conflict, a refusal, strays, another case, an order."""
    case = at_desk.hand_in(message()).case
    other = at_desk.hand_in(message(OTHER)).case
    assert case is not None
    assert other is not None
    targets = (Target("activity", "missing"), Target("health-risk", "unclear", settles=WISH))
    question = clarify.ask(Question(case, targets), at_desk.gateway)
    assert isinstance(question, str)
    at_desk.hand_in(replying.reply(question, replying.note(WORDS)))
    at_desk.hand_in(answer(question, ["activity"], number=101, date="2026-10-31T12:00:00+01:00"))
    # Written before the answer and come after it: a whole version that later answers stand over.
    at_desk.hand_in(authored(numbered(message(), 102), "2026-10-31T11:00:00+01:00"))
    assert at_desk.hand_in(authored(message(), "2026-11-02T10:00:00+01:00")).conflict
    assert at_desk.hand_in(without(numbered(message(), 103), "function")).verdict == "rejected"
    assert at_desk.hand_in(b"neither JSON nor XML").verdict == "rejected"
    at_desk.hand_in(answer(NOWHERE, ["activity"], number=104))
    asked = order(wanted("since-when"), at_desk.gateway)
    assert isinstance(asked, str)
    return Scene(case, question, other, asked)


def sealed_values(connection: Connection) -> Iterator[tuple[str, bytes]]:
    """Table and bytes of every sealed value."""
    for table, column in SEALED.items():
        for value in connection.scalars(select(metadata.tables[table].c[column])):
            if value is not None:
                yield table, bytes(value)


def secrets() -> list[str]:
    """Numbers, names and prose of everybody in the scene, which must stand nowhere in the clear."""
    found = [WORDS, WISH, PATIENT.number or "", PATIENT.name or "", *PROSE]
    for name in (BASE, OTHER):
        patient = resource(message(name), "Patient")
        (called,) = patient["name"]
        found += [patient["identifier"][0]["value"], called.get("text") or called["family"]]
    return found
