"""What an author was entitled to on a day: first and last days, suspensions, and dates that no certificate can have."""

from datetime import date, timedelta

import pytest

from certgateway.domain.authorisation import Approval, Span, Standing, may_certify, standing
from certgateway.domain.vocabulary.form import PROFESSIONS

FIRST, LAST = date(2001, 6, 1), date(2019, 3, 14)
DAY = timedelta(days=1)
DOCTOR = Approval("LE", Span(FIRST, LAST))


@pytest.mark.parametrize("span", [Span(FIRST, LAST), Span(FIRST), Span(None, LAST), Span()])
def test_first_and_last_day_are_of_a_span_and_an_open_end_has_none(span: Span) -> None:
    assert span.covers(FIRST)
    assert span.covers(LAST)
    assert span.covers(FIRST - DAY) is (span.since is None)
    assert span.covers(LAST + DAY) is (span.until is None)


def test_an_approval_does_not_hold_while_it_is_suspended() -> None:
    suspended = Approval("LE", Span(FIRST), (Span(date(2010, 1, 1), date(2010, 1, 31)), Span(date(2020, 1, 1))))
    days = [date(2009, 12, 31), date(2010, 1, 1), date(2010, 1, 31), date(2010, 2, 1), date(2019, 12, 31)]
    assert [suspended.holds(day) for day in days] == [True, False, False, True, True]
    assert not suspended.holds(date(2026, 1, 1))


def test_a_number_that_nobody_has_is_told_from_one_without_approvals() -> None:
    assert standing(None, LAST, LAST, "LE") == Standing("unregistered", stated="LE")
    assert standing((), LAST, LAST) == Standing("registered")


def test_the_professions_of_both_days_are_told_once_and_in_order() -> None:
    approvals = (Approval("SP", Span()), DOCTOR, DOCTOR)
    assert standing(approvals, LAST, LAST + DAY, "LE") == Standing("registered", ("LE", "SP"), ("SP",), "LE")


def test_a_certificate_was_written_on_the_day_of_its_arrival_at_the_latest() -> None:
    later = Approval("LE", Span(LAST))
    assert standing((later,), LAST + 400 * DAY, LAST - DAY).written == ()
    assert standing((later,), LAST - DAY, LAST).written == ()


@pytest.mark.parametrize("profession", PROFESSIONS.concepts)
def test_every_profession_of_the_form_may_certify(profession: str) -> None:
    assert may_certify(("SP", profession))


@pytest.mark.parametrize("professions", [(), ("SP",), ("le",), ("SP", "HP")])
def test_no_other_may(professions: tuple[str, ...]) -> None:
    assert not may_certify(professions)
