"""Answers of the form of 2008 that need one another: those that agree, and each way in which they do not."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from certgateway.domain.certificate import (
    Certificate,
    Diagnosis,
    Employment,
    Participation,
    Period,
    Reservation,
    Section,
    Statement,
    Treatment,
)
from tests.unit.rules.conftest import Broken

WRITTEN = datetime(2026, 3, 16, 9, tzinfo=UTC)


def with_injury(good: Certificate, considered: str | None, day: str | None) -> Certificate:
    (first, *others) = good.diagnosis.entries
    injured = replace(first, occupational_injury=considered, injury_date=day)
    return replace(good, authored=WRITTEN, diagnosis=Section("stated", (injured, *others)))


def waiting(good: Certificate, start: str | None, status: str = "waiting") -> Certificate:
    entry = Treatment(status=status, period=Period(start))
    return replace(good, authored=WRITTEN, treatment=Section("stated", (Treatment(status="ongoing"), entry)))


def employed(good: Certificate, situations: tuple[str, ...], worded: str | None) -> Certificate:
    entry = Employment(situations=situations, other_situation=worded)
    return replace(good, employment=Section("stated", (entry,)))


def measured(good: Certificate, measure: str | None, comment: str | None) -> Certificate:
    entries = (Participation(ability="yes"), Participation(measure=measure, comment=comment))
    return replace(good, activity=Section("stated", entries))


def contacting(good: Certificate, contacts: tuple[str, ...], named: int) -> Certificate:
    told = tuple(Statement("Bedriftshelsetjenesten.", question="other-contact") for _ in range(named))
    author = replace(good.author, contacts=contacts)
    return replace(good, author=author, assessment=Section("stated", (Statement("Kort."), *told)))


@pytest.mark.parametrize(
    "day,expected",
    [("2026-03-16", []), ("2026-03-17", ["diagnosis[0].injury_date"]), ("2026", []), ("no day", []), (None, [])],
)
def test_an_injury_has_happened(good: Certificate, broken: Broken, day: str | None, expected: list[str]) -> None:
    assert broken("event-after-authored", with_injury(good, "yes", day)) == expected


@pytest.mark.parametrize(
    "start,status,expected",
    [
        ("2026-03-16", "waiting", []),
        ("2026-03-17", "waiting", ["treatment[1].period.start"]),
        ("2026-03-17", "planned", []),
        (None, "waiting", []),
    ],
)
def test_nobody_waits_since_tomorrow(
    good: Certificate, broken: Broken, start: str | None, status: str, expected: list[str]
) -> None:
    assert broken("event-after-authored", waiting(good, start, status)) == expected


@pytest.mark.parametrize("considered,expected", [("yes", []), ("no", ["[0]"]), (None, ["[0]"])])
def test_when_needs_whether(good: Certificate, broken: Broken, considered: str | None, expected: list[str]) -> None:
    found = broken("injury-date-without-injury", with_injury(good, considered, "2026-01-05"))
    assert found == [f"diagnosis{index}.injury_date" for index in expected]
    assert broken("injury-date-without-injury", with_injury(good, considered, None)) == []


@pytest.mark.parametrize(
    "answer,unneeded,unnamed",
    [
        ((("paid-work",), None), [], []),
        ((("paid-work", "other"), "Lærling."), [], []),
        ((("paid-work",), "Lærling."), ["employment.other_situation"], []),
        (((), "Lærling."), ["employment.other_situation"], []),
        ((("student", "other"), None), [], ["employment.situations[1] <- words that say which"]),
    ],
)
def test_words_belong_to_another_situation(
    good: Certificate,
    broken: Broken,
    answer: tuple[tuple[str, ...], str | None],
    unneeded: list[str],
    unnamed: list[str],
) -> None:
    certificate = employed(good, *answer)
    assert broken("situation-text-without-other", certificate) == unneeded
    assert broken("other-situation-unnamed", certificate) == unnamed


@pytest.mark.parametrize(
    "answer,unneeded,unnamed",
    [
        ((None, "Uten tiltak."), [], []),
        ((None, None), [], []),
        (("other", "Gåtrening i gruppe."), [], []),
        (("other", None), [], ["activity[1] <- words that say which"]),
        (("work-aids", None), [], []),
        (("work-aids", "Ståmatte."), ["activity[1].comment"], []),
        (("health-services", "Privat operasjon."), ["activity[1].comment"], []),
    ],
)
def test_words_belong_to_another_measure(
    good: Certificate, broken: Broken, answer: tuple[str | None, str | None], unneeded: list[str], unnamed: list[str]
) -> None:
    certificate = measured(good, *answer)
    assert broken("measure-text-without-other", certificate) == unneeded
    assert broken("other-measure-unnamed", certificate) == unnamed


@pytest.mark.parametrize(
    "entry,expected",
    [
        (Reservation(text="Prognosen."), []),
        (Reservation(items=("prognosis",)), []),
        (Reservation(reason="health"), []),
        (Reservation(), ["reservation[0] <- what must be kept from the patient"]),
    ],
)
def test_a_reservation_says_something(
    good: Certificate, broken: Broken, entry: Reservation, expected: list[str]
) -> None:
    assert broken("reservation-contradiction", replace(good, reservation=Section("stated", (entry,)))) == expected
    assert broken("reservation-contradiction", replace(good, reservation=Section("none"))) == []


@pytest.mark.parametrize(
    "contacts,named,expected",
    [
        ((), 0, []),
        (("employer",), 0, []),
        (("other", "employer"), 1, []),
        (("other", "employer"), 0, ["author.contacts[0] <- words that say which"]),
        (("other", "employer", "other"), 1, ["author.contacts[2] <- words that say which"]),
        (("other",), 2, []),
    ],
)
def test_another_body_is_named(
    good: Certificate, broken: Broken, contacts: tuple[str, ...], named: int, expected: list[str]
) -> None:
    assert broken("other-contact-unnamed", contacting(good, contacts, named)) == expected


def test_a_diagnosis_without_injury_says_nothing(good: Certificate, broken: Broken) -> None:
    without = replace(good, diagnosis=Section("stated", (Diagnosis((), "main"),)))
    assert broken("injury-date-without-injury", without) == []
