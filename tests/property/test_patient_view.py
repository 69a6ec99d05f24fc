"""Whatever a certificate says and whatever is reserved, the patient's view does not depend on what is reserved."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from certgateway.domain.amendment import ANSWERABLE, value_of
from certgateway.domain.assessment_titles import Titles
from certgateway.domain.certificate import ITEMS, Certificate, Reservation, Section
from certgateway.domain.dialogue_events import Answered, Asked, Event, Measure, Returned, Target
from certgateway.domain.findings import Effect, Finding
from certgateway.domain.patient_page import patient_page
from certgateway.domain.patient_view import patient_view
from certgateway.domain.prose import PROSE_FIELDS, prose_elements
from certgateway.domain.record import Version
from certgateway.domain.vocabulary import LANGUAGES, Language
from certgateway.domain.vocabulary.clarification import CLARIFICATION_REASON
from tests.property.certificates import certificates, code, maybe, prose, reservations

REASONS = list(CLARIFICATION_REASON.concepts)
START = datetime(2026, 3, 2, 10, tzinfo=UTC)
CANARY = "Kanarifugl"


class NoTitles:
    """A table of diagnoses that names every code by itself, so that a code that is told shows."""

    def title(self, system: str, code: str) -> str:
        return f"{system} {code}"


def version(number: int, certificate: Certificate, findings: tuple[Finding, ...] = ()) -> Version:
    return Version(number, f"m-{number}", START, "accepted", certificate, findings, current=number == 2)


def rendered(versions: list[Version], asked: list[tuple[str, list[Event]]], language: Language) -> str:
    titles = Titles(NoTitles(), language)
    view = patient_view("case-1", versions, asked, titles=titles, withheld={})
    return json.dumps(view, ensure_ascii=False, sort_keys=True) + patient_page(view)


def with_item(certificate: Certificate, item: str, other: Certificate) -> Certificate:
    """With an item as another certificate has it."""
    name = item.replace("-", "_")
    values: dict[str, Any] = {name: getattr(other, name)}
    return replace(certificate, **values)


@st.composite
def questions(draw: st.DrawFn) -> tuple[Asked, list[Event]]:
    items = draw(st.lists(st.sampled_from(ANSWERABLE), min_size=1, max_size=4, unique=True))
    targets = tuple(
        Target(
            item, draw(st.sampled_from(REASONS)), f"{item}[0]" if draw(st.booleans()) else None, draw(maybe(prose()))
        )
        for item in items
    )
    measure = Measure(draw(prose()), (draw(code("risk-activity")),)) if draw(st.booleans()) else None
    asked = Asked("q", START, "case-1", 1, "her:1", targets, measure)
    answered = frozenset(draw(st.lists(st.sampled_from(items), max_size=3)))
    events: list[Event] = []
    if answered:
        events.append(Answered("a", START + timedelta(days=1), answered, 2, 1))
        if draw(st.booleans()):
            events.append(Returned("r", START + timedelta(days=2), "still-unclear", answered))
    return asked, events


def differently(asked: Asked, hidden: frozenset[str], draw: st.DataObject) -> Asked:
    """The same question with other words, and about what is reserved for another reason, or not at all."""

    def put(target: Target) -> Target | None:
        if target.item not in hidden:
            return replace(target, settles=draw.draw(maybe(prose())))
        if draw.draw(st.booleans()):
            return None
        return Target(target.item, draw.draw(st.sampled_from(REASONS)), None, draw.draw(maybe(prose())))

    targets = tuple(found for target in asked.targets if (found := put(target)) is not None)
    measure = draw.draw(st.none() | st.builds(Measure, prose()))
    return replace(asked, targets=targets, measure=measure)


def hidden_by(reservation: Reservation) -> frozenset[str]:
    """What surely must be hidden: the items named, all where none is; written apart from what is tested."""
    return frozenset(reservation.items or ITEMS) | {"reservation"}


@settings(max_examples=200)
@given(
    draw=st.data(),
    certificate=certificates(),
    other=certificates(),
    reservation=reservations(),
    early=st.booleans(),
    language=st.sampled_from(LANGUAGES),
)
def test_the_view_does_not_depend_on_what_is_reserved(  # noqa: PLR0917  Each is drawn.
    draw: st.DataObject,
    certificate: Certificate,
    other: Certificate,
    reservation: Reservation,
    early: bool,  # noqa: FBT001
    language: Language,
) -> None:
    """`early`: the reservation stands in an earlier version only, and the current one does not repeat it."""
    asked, events = draw.draw(questions())
    reserving: Section[Reservation] = Section("stated", (reservation,))
    first = replace(certificate, reservation=reserving, status="final")
    current = replace(certificate, reservation=Section() if early else reserving)
    hidden = hidden_by(reservation)
    changed = with_other_prose(current, draw)
    for item in sorted(hidden - {"reservation"}):
        changed = with_item(changed, item, other)
    kept_quiet = None if reservation.text is None else draw.draw(prose())
    reworded = replace(reservation, text=kept_quiet, reason=draw.draw(maybe(code("reservation-reason"))))
    now: Section[Reservation] = Section("stated", (reworded,))
    changed = replace(changed, reservation=Section() if early else now)
    found = tuple(Finding(f"{item}-missing", Effect.UNANSWERED, item=item) for item in hidden)
    another = differently(asked, hidden, draw)
    before = rendered([version(1, first), version(2, current)], [("c-1", [asked, *events])], language)
    after = rendered(
        [version(1, replace(first, reservation=now)), version(2, changed, found)],
        [("c-1", [another, *events])],
        language,
    )
    assert before == after


def with_other_prose(certificate: Certificate, draw: st.DataObject) -> Certificate:
    return with_prose(certificate, lambda: draw.draw(prose()))


def with_prose(certificate: Certificate, words: Any) -> Certificate:  # noqa: ANN401
    """With other words in every prose field that was filled in."""
    for item, names in PROSE_FIELDS.items():
        section = value_of(certificate, item)
        entries = tuple(
            replace(entry, **{name: words() for name in names if getattr(entry, name) is not None}) for entry in section
        )
        named: dict[str, Any] = {item.replace("-", "_"): replace(section, entries=entries)}
        certificate = replace(certificate, **named)
    return certificate


@settings(max_examples=200)
@given(
    certificate=certificates(),
    reservation=reservations(),
    question=questions(),
    language=st.sampled_from(LANGUAGES),
)
def test_no_word_of_anybody_s_own_is_shown_where_anything_is_reserved(
    certificate: Certificate,
    reservation: Reservation,
    question: tuple[Asked, list[Event]],
    language: Language,
) -> None:
    numbers = count()

    def words() -> str:
        return f"{CANARY} {next(numbers)}"

    sung = with_prose(replace(certificate, reservation=Section("stated", (reservation,))), words)
    asked = replace(
        question[0],
        targets=tuple(replace(target, settles=words()) for target in question[0].targets),
        measure=Measure(words()),
    )
    told = rendered([version(2, sung)], [("c-1", [asked, *question[1]])], language)
    assert CANARY not in told
    view = json.loads(told[: told.rindex("}") + 1])
    named = {each["item"] for each in (*view["answers"]["items"], *view["shared"]["items"])}
    named |= {target["item"] for each in view["questions"]["clarifications"] for target in each["targets"]}
    assert not named & hidden_by(reservation)
    assert view["not_all_shown"]
    # Where nothing is reserved the same words are shown, so that the test can fail.
    free = replace(sung, reservation=Section())
    assert (CANARY in rendered([version(2, free)], [], language)) == bool(list(prose_elements(free)))


@settings(max_examples=100)
@given(certificate=certificates(), language=st.sampled_from(LANGUAGES))
def test_a_view_can_be_made_of_any_certificate(certificate: Certificate, language: Language) -> None:
    told = rendered([version(2, certificate)], [], language)
    assert "{" + "what}" not in told
    number = certificate.patient.number
    assert number is None or number not in told
    assert certificate.author.hpr is None or f'"{certificate.author.hpr}"' not in told
