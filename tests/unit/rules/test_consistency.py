"""Dates that cannot all be true; partial dates get the benefit of the doubt."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from certgateway.domain.certificate import (
    Certificate,
    HealthRisk,
    Onset,
    Participation,
    Period,
    Prognosis,
    Section,
    Treatment,
)
from certgateway.rules.declaration import Facts
from tests.unit.rules.conftest import Broken

CET = timezone(timedelta(hours=1))
CEST = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    "authored,elements",
    [
        (datetime(2026, 6, 15, 12, 0, tzinfo=UTC), []),
        (datetime(2026, 6, 16, 12, 0, tzinfo=UTC), []),
        (datetime(2026, 6, 16, 14, 0, tzinfo=CEST), []),
        (datetime(2026, 6, 16, 12, 0, 1, tzinfo=UTC), ["authored"]),
        (datetime(2026, 6, 16, 13, 30, tzinfo=CET), ["authored"]),
        (datetime(2099, 1, 1, tzinfo=UTC), ["authored"]),
    ],
)
def test_date_in_future(good: Certificate, broken: Broken, authored: datetime, elements: list[str]) -> None:
    assert broken("date-in-future", replace(good, authored=authored)) == elements


@pytest.mark.parametrize(
    "since,elements",
    [
        (None, []),
        ("2026", []),
        ("2026-06", []),
        ("2026-06-15", []),
        ("2026-06-16", ["onset.since"]),
        ("2026-07", ["onset.since"]),
        ("2027", ["onset.since"]),
        ("i sommer", []),
    ],
)
def test_onset_after_authored(good: Certificate, broken: Broken, since: str | None, elements: list[str]) -> None:
    certificate = replace(good, onset=Section("stated", (Onset(since=since),)))
    assert broken("onset-after-authored", certificate) == elements


def test_onset_is_compared_with_the_date_in_norway(good: Certificate, broken: Broken) -> None:
    onset = Section("stated", (Onset(since="2026-06-16"),))
    late = replace(good, onset=onset, authored=datetime(2026, 6, 15, 22, 30, tzinfo=UTC))
    assert broken("onset-after-authored", late) == []
    assert broken("onset-after-authored", replace(late, authored=datetime(2026, 6, 15, 21, 30, tzinfo=UTC))) != []


def test_onset_that_is_not_stated_is_after_nothing(good: Certificate, broken: Broken) -> None:
    assert broken("onset-after-authored", replace(good, onset=Section("missing"))) == []


@pytest.mark.parametrize(
    "review,elements",
    [
        (None, []),
        ("2026-06-15", []),
        ("2026-06", []),
        ("2026", []),
        ("2026-12-01", []),
        ("2026-06-14", ["prognosis.review_date"]),
        ("2026-05", ["prognosis.review_date"]),
        ("2025", ["prognosis.review_date"]),
        ("snart", []),
    ],
)
def test_review_date_passed(good: Certificate, broken: Broken, review: str | None, elements: list[str]) -> None:
    certificate = replace(good, prognosis=Section("stated", (Prognosis("stable", review_date=review),)))
    assert broken("review-date-passed", certificate) == elements


def test_review_date_that_passed_before_arrival_only(good: Certificate, facts: Facts, broken: Broken) -> None:
    certificate = replace(good, prognosis=Section("stated", (Prognosis("stable", review_date="2026-06-20"),)))
    late = replace(facts, arrival=datetime(2026, 7, 1, tzinfo=UTC))
    assert broken("review-date-passed", certificate, late) == []


REVERSED = (
    Period("2026-06-15", "2026-06-14"),
    Period("2026-06", "2026-05-31"),
    Period("2026-06-15", "2026-05"),
    Period("2027", "2026"),
)
RIGHT = (
    Period(),
    Period("2026-06-15"),
    Period(None, "2026-06-15"),
    Period("2026-06-15", "2026-06-15"),
    Period("2026-06-15", "2026-06"),
    Period("2026-06-15", "2026"),
    Period("2026", "2026-01-01"),
    Period("2026-06-15", "straks"),
    Period("i dag", "2020"),
)


@pytest.mark.parametrize("period,wrong", [*((each, True) for each in REVERSED), *((each, False) for each in RIGHT)])
def test_period_reversed(good: Certificate, broken: Broken, period: Period, *, wrong: bool) -> None:
    for change, element in (
        ({"treatment": Section("stated", (Treatment(), Treatment(period=period)))}, "treatment[1].period.end"),
        ({"health_risk": Section("stated", (HealthRisk(validity=period),))}, "health-risk[0].validity.end"),
        ({"activity": Section("stated", (Participation("yes", period=period),))}, "activity[0].period.end"),
    ):
        assert broken("period-reversed", replace(good, **change)) == ([element] if wrong else [])


def test_every_reversed_period_is_told(good: Certificate, broken: Broken) -> None:
    period = REVERSED[0]
    certificate = replace(
        good,
        treatment=Section("stated", (Treatment(period=period), Treatment(period=period))),
        health_risk=Section("stated", (HealthRisk(validity=period),)),
        activity=Section("stated", (Participation(), Participation(period=period))),
    )
    assert broken("period-reversed", certificate) == [
        "treatment[0].period.end",
        "treatment[1].period.end",
        "health-risk[0].validity.end",
        "activity[1].period.end",
    ]
