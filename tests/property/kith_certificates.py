"""Hypothesis strategies for certificates as the form of 2008 can hold them, so that KITH and FHIR carry the same.

Drawn in the order in which the form is read: one text for each question, one system for all codes, at most one referral
and one plan of each kind. Nothing is drawn that the form would lose or add to: no blanks around names, no certificate
without an answer to whether there are several employments, and an address for every author. Persons are synthetic.

The form has ticks beside texts, and lets them contradict each other. `kith_certificates` does so too; `agreeing` ones
do not, and nothing but the certificate itself can then be found fault with.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from certgateway import codes as tables
from certgateway.domain.certificate import (
    Author,
    Certificate,
    ClinicalFinding,
    Coding,
    Diagnosis,
    Employment,
    Onset,
    Participation,
    Patient,
    Period,
    Prognosis,
    Purpose,
    Quantity,
    Reservation,
    Section,
    Statement,
    Treatment,
)
from certgateway.domain.vocabulary import VOCABULARIES, names_benefit
from certgateway.domain.vocabulary import systems as names
from certgateway.kith.legeerklaering import PROSE
from tests.property.certificates import NAMES, ORGANISATIONS, SENTENCES, code, codes, maybe
from tests.property.persons import person_numbers

T = TypeVar("T")

SENDER_HER = "8143060"
MESSAGE_ID = "0f5f9a3e-1c44-4f0e-9f6e-0d6f0b3c2a11"
"""The message that the tests write. A certificate of this id is the first of its conversation."""

# Codes of the system, of the other system, of both, and of none; in the writing that tables have, and in another.
CODES = {
    names.ICPC_2: ("L03", "P76", "Z05", "L02", "P02", "A04", "M511", "Q99", "l03", "-30", "ingen kode"),
    names.ICD_10: ("M511", "F331", "L02", "S060", "G933", "P76", "M51.1", "ZZZ", "m511", "ikke satt"),
}
PLACEHOLDERS = ("-", "?", ".", "xxx", "se over", "Se journal.", "nei", "Ukjent", "ikke aktuelt", "00", "…", "\u200b")
ODD = (
    *SENTENCES,
    "  innrykk beholdes\n\n og linjer \t med ",
    "]]> & &amp; <![CDATA[ <!-- ikke en kommentar -->",
    "\u00a0hardt mellomrom\u00a0",
    "e\u0301 \U0001f468\u200d\U0001f469\u200d\U0001f467 \ufeff \u202etxet\u202c",
    "\u0085ny linje\u2028skille\u2029\u009f",
    "a\rb\r\nc",
    "”''\"'\"&quot;",
)
# What XML 1.0 can hold: no surrogates, no U+FFFE and U+FFFF, and of the controls only tab and line ends.
_NOT_IN_XML = "\ufffe\uffff" + "".join(chr(control) for control in range(32) if chr(control) not in "\t\n\r")
_LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters=_NOT_IN_XML)
# Where words stand in one line: neither controls nor blanks of any kind but the plain one.
_LINE = st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp", "Cf", "Cn", "Co"])


@cache
def titles() -> tuple[str, ...]:
    """Our titles of the codes that may be drawn, for texts that only repeat the diagnosis."""
    known = tables.load()
    found = (known.title(system, entry) for system, entries in CODES.items() for entry in entries)
    return tuple(title for title in found if title)


@cache
def prose() -> SearchStrategy[str]:
    """Any text that is not blank: answers, filler, copies of a diagnosis, and what only a machine would write."""
    anything = st.text(_LETTERS, min_size=1, max_size=60).filter(lambda text: not text.isspace())
    repeated = st.sampled_from(titles()).flatmap(lambda title: st.sampled_from((title, title.upper(), f"Dx: {title}!")))
    return st.sampled_from(ODD) | st.sampled_from(PLACEHOLDERS) | repeated | anything


@cache
def days() -> SearchStrategy[str]:
    """Whole days, the only dates that the form has."""
    near = st.dates(date(2025, 7, 1), date(2027, 6, 30))
    return (near | st.dates(date(1950, 1, 1), date(2035, 12, 31))).map(date.isoformat)


def _section(entries: list[T]) -> Section[T]:
    return Section("stated", tuple(entries)) if entries else Section()


@cache
def one(entries: SearchStrategy[T]) -> SearchStrategy[Section[T]]:
    """An item with one entry, or without an answer."""
    return st.just(Section()) | entries.map(lambda entry: _section([entry]))


@cache
def person_names() -> SearchStrategy[str]:
    """First, middle and family names with one blank between; one word alone is a family name."""
    words = st.lists(st.text(_LINE, min_size=1, max_size=12), min_size=1, max_size=4).map(" ".join)
    return (st.sampled_from(NAMES) | words).filter(lambda name: not names_benefit(name))


@cache
def patients() -> SearchStrategy[Patient]:
    called = maybe(person_names())
    return (
        st.builds(Patient, person_numbers(), st.just("fnr"), called)
        | st.builds(Patient, person_numbers(d_number=True), st.just("dnr"), called)
        | st.builds(Patient, name=called)
    )


@cache
def authors() -> SearchStrategy[Author]:
    """Profession and role are those of a person, who is there by a number only."""
    numbers = maybe(person_numbers() | person_numbers(d_number=True))
    place = {
        "organisation": maybe(st.sampled_from((*ORGANISATIONS, "123456789"))),
        "her": st.just(SENDER_HER) | st.integers(1, 9_999_999).map(str),
        "contacts": codes("contact-wish"),
    }
    known = st.builds(
        Author,
        hpr=maybe(st.integers(1_000_000, 999_999_999).map(str) | st.sampled_from(("9412837", "8245519", "0000000"))),
        profession=maybe(st.sampled_from(list(VOCABULARIES[names.PROFESSION].concepts))),
        role=maybe(st.just("gp")),
        number=numbers,
        **place,
    ).filter(lambda author: author.hpr is not None or author.number is not None)
    return known | st.builds(Author, **place)


@cache
def employments() -> SearchStrategy[Employment]:
    """Words about the situation need one to stand at."""
    answer = {
        "occupation": maybe(prose()),
        "several": code("yes-no"),
        "demands": maybe(prose()),
        "occupation_code": maybe(st.text("0123456789", min_size=4, max_size=7)),
    }
    situations = st.lists(code("work-situation"), min_size=1, max_size=4).map(tuple)
    worded = st.builds(Employment, situations=situations, other_situation=prose(), **answer)
    return worded | st.builds(Employment, situations=codes("work-situation"), **answer)


@st.composite
def diagnosis_sections(draw: st.DrawFn) -> Section[Diagnosis]:
    """The main diagnosis first, now and then two of them; an occupational injury belongs to the first."""
    system = draw(st.sampled_from(sorted(CODES)))
    drawn = draw(st.lists(st.sampled_from(CODES[system]), max_size=4))
    if not drawn:
        return Section()
    mains = 2 if len(drawn) > 1 and draw(st.integers(0, 3)) == 0 else 1
    injury, day = draw(maybe(st.sampled_from(("yes", "no")))), draw(maybe(days()))
    first = Diagnosis((Coding(system, drawn[0]),), "main", None, injury, day)
    others = (
        Diagnosis((Coding(system, entry),), "main" if index < mains else "other")
        for index, entry in enumerate(drawn[1:], start=1)
    )
    return _section([first, *others])


@cache
def weeks() -> SearchStrategy[Quantity]:
    return st.integers(0, 999_999).map(lambda count: Quantity(Decimal(count), "wk"))


@st.composite
def treatment_sections(draw: st.DrawFn) -> Section[Treatment]:
    """Referred to investigation and to treatment, then the plans of treatment and of investigation."""
    found = [
        Treatment(
            kind=kind,
            status="waiting",
            period=Period(draw(days())),
            description=draw(maybe(prose())),
            wait=draw(weeks()),
        )
        for kind in ("investigation", None)
        if draw(st.booleans())
    ]
    found += [
        Treatment(kind=kind, status="planned", description=draw(prose()))
        for kind in (None, "investigation")
        if draw(st.booleans())
    ]
    return _section(found)


@st.composite
def activity_sections(draw: st.DrawFn) -> Section[Participation]:
    """Proposed measures or that there are none, then own work, then other work."""
    listed = code("proposed-measure").filter(lambda measure: measure != "none")
    measures = draw(st.one_of(st.lists(st.tuples(listed, maybe(prose())), max_size=3), st.just([("none", None)])))
    found = [Participation(measure=measure, comment=comment) for measure, comment in measures]
    found += [
        Participation(scope=scope, resumption=draw(code("resumption")))
        for scope in ("own-work", "other-work")
        if draw(st.booleans())
    ]
    return _section(found)


@st.composite
def assessment_sections(draw: st.DrawFn, contacts: tuple[str, ...]) -> Section[Statement]:
    """A text for each question in the order of the form; whom else to contact needs the tick for it."""
    questions = [question for question, _ in PROSE]
    # The form has one place for the two: limits of a measure, or why there is none.
    questions.remove(draw(st.sampled_from(("measure-limits", "no-measure-reason"))))
    if "other" in contacts:
        questions.append("other-contact")
    return _section([Statement(draw(prose()), question=question) for question in questions if draw(st.booleans())])


@cache
def reservations() -> SearchStrategy[Section[Reservation]]:
    stated = st.builds(Reservation, text=prose()).map(lambda entry: _section([entry]))
    return stated | st.just(Section("none")) | st.just(Section())


@cache
def identifiers() -> SearchStrategy[Coding]:
    """The id of the conversation: a UUID by custom, though any words may stand there."""
    words = st.text(_LINE, min_size=1, max_size=40)
    return (st.just(MESSAGE_ID) | st.uuids().map(str) | words).map(lambda entry: Coding(names.KITH_CONVERSATION, entry))


@cache
def moments() -> SearchStrategy[datetime]:
    """Instants to the microsecond while our profiles are in force, those around a change of the clock among them."""
    since = datetime(2026, 1, 1, tzinfo=UTC)
    anything = st.integers(0, 365 * 86400 * 10**6).map(lambda passed: since + timedelta(microseconds=passed))
    changes = st.sampled_from((datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)))
    return anything | st.builds(lambda change, hours: change + timedelta(hours=hours), changes, st.integers(-2, 2))


@st.composite
def kith_certificates(draw: st.DrawFn) -> Certificate:
    """Any certificate that the form of 2008 holds whole."""
    patient, author = draw(patients()), draw(authors())
    if draw(st.integers(0, 7)) == 0:
        # Who writes about nobody else but himself has one number.
        author = replace(author, number=patient.number or author.number)
    return Certificate(
        identifier=draw(identifiers()),
        authored=draw(moments()),
        status="final",
        patient=patient,
        author=author,
        purpose=draw(maybe(st.just(Purpose("sick-leave-over-8-weeks")))),
        employment=draw(employments().map(lambda entry: _section([entry]))),
        diagnosis=draw(diagnosis_sections()),
        history=draw(one(st.builds(Statement, prose(), st.just("patient-reported")))),
        findings=draw(one(st.builds(ClinicalFinding, text=prose()))),
        onset=draw(one(st.builds(Onset, since=days()))),
        treatment=draw(treatment_sections()),
        activity=draw(activity_sections()),
        prognosis=draw(one(st.builds(Prognosis, course=st.sampled_from(("improvement", "no-improvement"))))),
        assessment=draw(assessment_sections(author.contacts)),
        reservation=draw(reservations()),
    )
