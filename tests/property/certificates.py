"""Hypothesis strategies for valid certificates: every item, field and vocabulary code, partial dates, any prose.

A drawn certificate is one that a conforming FHIR message could have carried. Persons are synthetic: month + 80.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from certgateway.domain.certificate import (
    ITEMS,
    Attachment,
    Author,
    Certificate,
    ClinicalFinding,
    Coding,
    Diagnosis,
    Employment,
    FunctionStatement,
    HealthRisk,
    Limit,
    Onset,
    Participation,
    Patient,
    Period,
    Prognosis,
    Purpose,
    Quantity,
    Reservation,
    Section,
    SpecialistStatement,
    Statement,
    Treatment,
)
from certgateway.domain.vocabulary import DURATION_UNITS, FUNCTIONS, LIMIT_UNITS, UNITS, VOCABULARIES, names_benefit
from certgateway.domain.vocabulary import systems as names
from tests.property.persons import person_numbers

T = TypeVar("T")

DIAGNOSES = (
    Coding(names.ICPC_2, "L03"),
    Coding(names.ICPC_2, "P76"),
    Coding(names.ICPC_2, "Z05"),
    Coding(names.ICD_10, "M511"),
    Coding(names.ICD_10, "F331"),
    Coding(names.ICPC_2B, "L86.0004"),
)
SENTENCES = (
    "Sitter og går uten plager, men løft over 10 kg gir smerter.",
    "Pasienten oppgir at kveldene er verst.\nSøvnen er oppstykket.",
    "Ho treng pausar; «tunge» løft <unngås> & erstattes.",
    "Æ ø å, 10-15 min, ½ time, 🙂, \u200bnull bredde",
)
NAMES = ("Testine Prøve", "Ødegård, Åse", "Нина", "O'Hara-Lid")
SYSTEMS = ("https://epj.example/legeerklaering", "urn:oid:2.16.578.1.12.4.1.7.9")
ORGANISATIONS = ("987654325", "974760673")
ICF_FUNCTIONS = tuple(FUNCTIONS.concepts)
STATUSES = ("final", "amended", "preliminary", "entered-in-error")

_LETTERS = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")


@cache
def code(vocabulary: str) -> SearchStrategy[str]:
    """Any code of one of our own vocabularies."""
    return st.sampled_from(list(VOCABULARIES[names.CODE_SYSTEM + vocabulary].concepts))


@cache
def codes(vocabulary: str) -> SearchStrategy[tuple[str, ...]]:
    """Some codes of one of our own vocabularies, in any order; a form may name one twice."""
    return st.lists(code(vocabulary), max_size=3).map(tuple)


@cache
def maybe(values: SearchStrategy[T]) -> SearchStrategy[T | None]:
    return st.none() | values


@cache
def prose() -> SearchStrategy[str]:
    """What FHIR takes for a string: any letters, line breaks and tabs, but not blanks alone."""
    anything = st.text(_LETTERS | st.sampled_from("\n\t\r"), min_size=1, max_size=80)
    return st.sampled_from(SENTENCES) | anything.filter(lambda text: not text.isspace())


@cache
def dates() -> SearchStrategy[str]:
    """ISO dates to the year, the month or the day."""
    days = st.dates(date(1950, 1, 1), date(2035, 12, 31))
    return st.builds(lambda day, length: day.isoformat()[:length], days, st.sampled_from((4, 7, 10)))


def _ordered(first: str | None, second: str | None) -> Period:
    """A period whose ends can be told apart: of 2024 and 2024-03 nobody can say which comes first."""
    if first is None or second is None:
        return Period(first, second)
    start, end = sorted((first, second))
    return Period(start) if end.startswith(start) else Period(start, end)


@cache
def periods(start: SearchStrategy[str | None] | None = None) -> SearchStrategy[Period]:
    """Periods open at either end, or with a start."""
    return st.builds(_ordered, maybe(dates()) if start is None else start, maybe(dates()))


@cache
def quantities(units: frozenset[str]) -> SearchStrategy[Quantity]:
    """Exact decimals of up to three places."""
    amounts = st.integers(0, 3).flatmap(lambda places: st.decimals(0, 9999, places=places))
    return st.builds(Quantity, amounts, st.sampled_from(sorted(units)))


@cache
def limits() -> SearchStrategy[tuple[Limit, ...]]:
    """Limits with units that fit their kind."""
    one = st.sampled_from(sorted(LIMIT_UNITS)).flatmap(
        lambda kind: st.builds(Limit, st.just(kind), quantities(LIMIT_UNITS[kind]))
    )
    return st.lists(one, max_size=3).map(tuple)


@cache
def patients() -> SearchStrategy[Patient]:
    anything = st.text(_LETTERS, min_size=1, max_size=20).filter(lambda name: not name.isspace())
    called = maybe((st.sampled_from(NAMES) | anything).filter(lambda name: not names_benefit(name)))
    return (
        st.builds(Patient, person_numbers(), st.just("fnr"), called)
        | st.builds(Patient, person_numbers(d_number=True), st.just("dnr"), called)
        | st.builds(Patient, name=called)
    )


@cache
def authors() -> SearchStrategy[Author]:
    seen = st.tuples(st.none(), st.none()) | st.tuples(maybe(dates()), code("contact"))
    return st.builds(
        lambda contact, **known: Author(last_seen=contact[0], contact=contact[1], **known),
        seen,
        hpr=maybe(st.integers(1_000_000, 999_999_999).map(str)),
        profession=maybe(st.sampled_from(list(VOCABULARIES[names.PROFESSION].concepts))),
        role=maybe(code("author-role")),
        organisation=maybe(st.sampled_from(ORGANISATIONS)),
        her=maybe(st.integers(1, 9_999_999).map(str)),
        number=maybe(person_numbers() | person_numbers(d_number=True)),
        contacts=codes("contact-wish"),
    )


@cache
def purposes() -> SearchStrategy[Purpose]:
    orders = st.uuids().map(str) | st.from_regex(r"(?:[B-Z]{1,4}-?)?[0-9][0-9-]{0,31}", fullmatch=True)
    return st.builds(Purpose, code("purpose"), maybe(orders))


@cache
def employments() -> SearchStrategy[Employment]:
    return st.builds(
        Employment,
        occupation=maybe(prose()),
        returns=maybe(code("yes-no")),
        said_by=maybe(code("informant")),
        date=maybe(dates()),
        several=maybe(code("yes-no")),
        situations=codes("work-situation"),
        other_situation=maybe(prose()),
        demands=maybe(prose()),
        occupation_code=maybe(st.text("0123456789", min_size=4, max_size=7)),
    )


@cache
def histories() -> SearchStrategy[Statement]:
    return st.builds(Statement, prose(), code("statement-source"), maybe(dates()))


@cache
def assessments() -> SearchStrategy[Statement]:
    """The doctor's own words, some of them in answer to a question of the form of 2008."""
    return st.builds(Statement, prose(), maybe(code("statement-source")), maybe(dates()), maybe(code("question")))


@cache
def clinical_findings() -> SearchStrategy[ClinicalFinding]:
    values: SearchStrategy[dict[str, Any]] = st.builds(dict, text=maybe(prose())) | st.builds(
        dict, quantity=quantities(frozenset(UNITS.concepts))
    )
    return st.builds(
        lambda value, **known: ClinicalFinding(**value, **known),
        values,
        code=maybe(st.builds(Coding, st.just(names.ICF), st.sampled_from(ICF_FUNCTIONS))),
        qualifier=maybe(code("icf-qualifier")),
        date=maybe(dates()),
        source=maybe(code("statement-source")),
        comment=maybe(prose()),
    )


@cache
def onsets() -> SearchStrategy[Onset]:
    known = st.builds(Onset, dates(), maybe(code("onset-certainty")), maybe(code("statement-source")), maybe(prose()))
    return known | st.builds(Onset, st.none(), st.just("unknown"), maybe(code("statement-source")), maybe(prose()))


@cache
def links(diagnoses: int) -> SearchStrategy[int | None]:
    """The index of one of so many diagnoses, or none."""
    return st.sampled_from((None, *range(diagnoses)))


@cache
def treatments(diagnoses: int) -> SearchStrategy[Treatment]:
    return st.builds(
        Treatment,
        kind=maybe(code("treatment-kind")),
        status=maybe(code("treatment-status")),
        period=periods(),
        description=maybe(prose()),
        result=maybe(prose()),
        improves=maybe(code("expected-to-improve")),
        combinable=maybe(code("combinable-with-activity")),
        diagnosis=links(diagnoses),
        source=maybe(code("statement-source")),
        wait=maybe(quantities(DURATION_UNITS)),
    )


@cache
def functions(diagnoses: int) -> SearchStrategy[FunctionStatement]:
    """What the patient can do, what was not assessed and why, and body functions by their qualifier."""
    variations: SearchStrategy[dict[str, Any]] = st.builds(dict, variation=st.none() | st.just("stable")) | st.builds(
        dict, variation=st.just("fluctuating"), best=maybe(code("ability")), worst=maybe(code("ability"))
    )
    reasons = st.sampled_from(list(VOCABULARIES[names.DATA_ABSENT_REASON].concepts))
    activities = sorted(entry for entry in ICF_FUNCTIONS if entry.startswith("d"))
    bodies = sorted(entry for entry in ICF_FUNCTIONS if entry.startswith("b"))

    def stated(codes: list[str], **answer: SearchStrategy[str]) -> SearchStrategy[FunctionStatement]:
        return st.builds(
            lambda varying, **known: FunctionStatement(**varying, **known),
            variations,
            code=st.builds(Coding, st.just(names.ICF), st.sampled_from(codes)),
            setting=maybe(code("setting")),
            adaptations=st.lists(code("adaptation"), max_size=3).map(tuple),
            limits=limits(),
            diagnosis=links(diagnoses),
            date=maybe(dates()),
            source=maybe(code("statement-source")),
            comment=maybe(prose()),
            **answer,
        )

    return (
        stated(activities, ability=code("ability"), qualifier=code("icf-qualifier"))
        | stated(activities, ability=code("ability"))
        | stated(activities, not_assessed=reasons)
        | stated(bodies, qualifier=code("icf-qualifier"))
    )


@cache
def health_risks(diagnoses: int) -> SearchStrategy[HealthRisk]:
    own = st.builds(Coding, st.just(names.CODE_SYSTEM + "risk-activity"), code("risk-activity"))
    icf = st.builds(Coding, st.just(names.ICF), st.sampled_from(ICF_FUNCTIONS))
    return st.builds(
        HealthRisk,
        activity=own | icf,
        harm=code("harm"),
        severity=maybe(code("severity")),
        safe_limits=limits(),
        adaptations=st.lists(code("adaptation"), max_size=3).map(tuple),
        mitigation=maybe(prose()),
        validity=periods(start=dates()),
        diagnosis=links(diagnoses),
        date=maybe(dates()),
        source=maybe(code("statement-source")),
        comment=maybe(prose()),
    )


@cache
def participations() -> SearchStrategy[Participation]:
    """An ability, or without one what the form of 2008 asks instead."""
    return st.builds(
        Participation,
        ability=maybe(code("participation")),
        scope=maybe(code("activity-scope")),
        reason=maybe(code("exemption-reason")),
        period=periods(),
        measure_view=maybe(code("measure-view")),
        source=maybe(code("statement-source")),
        comment=maybe(prose()),
        resumption=maybe(code("resumption")),
        measure=maybe(code("proposed-measure")),
    )


@cache
def prognoses(diagnoses: int) -> SearchStrategy[Prognosis]:
    durations = maybe(quantities(DURATION_UNITS))
    return st.builds(
        Prognosis,
        course=code("course"),
        horizon=durations,
        certainty=maybe(code("certainty")),
        uncertain_because=maybe(code("uncertain-because")),
        illness_duration=durations,
        reduced_function_duration=durations,
        review_date=maybe(dates()),
        diagnosis=links(diagnoses),
        date=maybe(dates()),
        source=maybe(code("statement-source")),
        comment=maybe(prose()),
    )


@cache
def specialists() -> SearchStrategy[SpecialistStatement]:
    return st.builds(
        SpecialistStatement,
        specialty=maybe(code("specialty")),
        date=maybe(dates()),
        attached=maybe(st.booleans()),
        meaning=maybe(prose()),
        source=maybe(code("statement-source")),
    )


@cache
def reservations() -> SearchStrategy[Reservation]:
    items = st.lists(st.sampled_from(ITEMS), max_size=3).map(tuple)
    return st.builds(Reservation, items, maybe(code("reservation-reason")), maybe(prose()))


@cache
def attachments() -> SearchStrategy[Attachment]:
    digests = st.binary(min_size=32, max_size=32).map(bytes.hex)
    return st.builds(Attachment, st.sampled_from(("application/pdf", "image/png", "other")), st.integers(0), digests)


@cache
def unanswered(answer: SearchStrategy[T]) -> SearchStrategy[Section[T]]:
    """Sections without an entry: missing, "assessed, none", "not assessed" with its reason. `answer` sets the type."""
    del answer
    reasons = [reason for reason in VOCABULARIES[names.LIST_EMPTY_REASON].concepts if reason != "nilknown"]
    told = st.builds(Section, st.just("not-assessed"), st.just(()), st.sampled_from(reasons))
    return st.just(Section()) | st.just(Section("none")) | told


@cache
def sections(entries: SearchStrategy[T], most: int = 3) -> SearchStrategy[Section[T]]:
    """An item in any of its states."""
    lists = st.lists(entries, min_size=1, max_size=most).map(tuple)
    return unanswered(entries) | st.builds(Section, st.just("stated"), lists)


def _diagnoses(ranked: tuple[Diagnosis, ...]) -> tuple[Diagnosis, ...]:
    """The same diagnoses, the first of them the main one."""
    return (replace(ranked[0], rank="main"), *ranked[1:])


@cache
def diagnosis_sections() -> SearchStrategy[Section[Diagnosis]]:
    """One main diagnosis and others, in any order; one whose system nobody knows has no coding."""
    codings = st.lists(st.sampled_from(DIAGNOSES), max_size=3, unique=True).map(tuple)
    one = st.builds(
        Diagnosis, codings, st.just("other"), maybe(prose()), maybe(code("yes-no")), injury_date=maybe(dates())
    )
    ranked = st.lists(one, min_size=1, max_size=3).map(tuple).map(_diagnoses).flatmap(st.permutations).map(tuple)
    return unanswered(one) | st.builds(Section, st.just("stated"), ranked)


@cache
def identifiers() -> SearchStrategy[Coding]:
    return st.builds(Coding, st.sampled_from(SYSTEMS), st.uuids().map(str))


@cache
def moments() -> SearchStrategy[datetime]:
    """Instants to the microsecond."""
    since = datetime(2020, 1, 1, tzinfo=UTC)
    return st.integers(0, 10 * 365 * 86400 * 10**6).map(lambda passed: since + timedelta(microseconds=passed))


@st.composite
def certificates(draw: st.DrawFn) -> Certificate:
    """Any certificate; each item may be missing, "none", "not assessed" or stated."""
    diagnosis = draw(diagnosis_sections())
    count = len(diagnosis.entries)
    return Certificate(
        identifier=draw(identifiers()),
        authored=draw(moments()),
        status=draw(st.sampled_from(STATUSES)),
        patient=draw(patients()),
        author=draw(authors()),
        purpose=draw(maybe(purposes())),
        replaces=draw(maybe(identifiers())),
        employment=draw(sections(employments(), most=1)),
        diagnosis=diagnosis,
        history=draw(sections(histories())),
        findings=draw(sections(clinical_findings())),
        onset=draw(sections(onsets(), most=1)),
        treatment=draw(sections(treatments(count))),
        function=draw(sections(functions(count), most=5)),
        health_risk=draw(sections(health_risks(count))),
        activity=draw(sections(participations())),
        prognosis=draw(sections(prognoses(count), most=1)),
        specialist=draw(sections(specialists())),
        assessment=draw(sections(assessments())),
        reservation=draw(sections(reservations())),
        attachment=draw(sections(attachments(), most=2)),
    )
