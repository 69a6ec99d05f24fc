"""Versions in force, and the notes that come from facts or from elsewhere."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from certgateway.domain.certificate import Certificate
from certgateway.rules import judge
from certgateway.rules.declaration import Facts, InForce
from tests.unit.rules.conftest import Broken

SILENT: list[str] = []
REFUSED = ["profile <- profile version in force on the certificate's date"]


@pytest.mark.parametrize(
    "since,withdrawn,elements",
    [
        (None, None, SILENT),
        (date(2026, 1, 1), None, SILENT),
        (date(2026, 6, 15), None, SILENT),
        (date(2026, 6, 16), None, REFUSED),
        (None, date(2026, 6, 16), SILENT),
        (None, date(2026, 6, 15), REFUSED),
        (date(2026, 1, 1), date(2026, 3, 1), REFUSED),
    ],
)
def test_profile_is_in_force_on_the_certificates_date(
    good: Certificate, facts: Facts, broken: Broken, *, since: date | None, withdrawn: date | None, elements: list[str]
) -> None:
    known = replace(facts, profile=InForce(since, withdrawn))
    assert broken("profile-not-in-force", good, known) == elements


@pytest.mark.parametrize(
    "arrival,elements",
    [
        (datetime(2026, 7, 1, 12, tzinfo=UTC), SILENT),
        (datetime(2026, 9, 29, 12, tzinfo=UTC), SILENT),  # 90 days after withdrawal
        (datetime(2026, 9, 30, 12, tzinfo=UTC), REFUSED),  # 91 days
    ],
)
def test_certificate_of_a_withdrawn_version_may_arrive_within_ninety_days(
    good: Certificate, facts: Facts, broken: Broken, arrival: datetime, elements: list[str]
) -> None:
    known = replace(facts, arrival=arrival, profile=InForce(date(2026, 1, 1), date(2026, 7, 1)))
    assert broken("profile-not-in-force", good, known) == elements


def test_certificate_is_dated_in_norway(good: Certificate, facts: Facts, broken: Broken) -> None:
    certificate = replace(good, authored=datetime(2025, 12, 31, 23, 30, tzinfo=UTC))
    known = replace(facts, profile=InForce(since=date(2026, 1, 1)))
    assert broken("profile-not-in-force", certificate, known) == SILENT


def test_sender_who_was_not_verified_is_noted(good: Certificate, facts: Facts) -> None:
    found = judge(good, replace(facts, trusted=False))
    assert [(each.rule, each.element, each.item, each.severity) for each in found] == [
        ("sender-not-verified", "", None, "information")
    ]


def test_resend_is_noted(good: Certificate, facts: Facts) -> None:
    found = judge(good, replace(facts, resend=True))
    assert [(each.rule, each.element, each.item, each.severity) for each in found] == [
        ("likely-resend", "", None, "information")
    ]


@pytest.mark.parametrize(
    "status,submitted,elements",
    [("preliminary", True, ["status"]), ("preliminary", False, SILENT), ("final", True, SILENT)],
)
def test_a_draft_may_be_validated_but_not_handed_in(
    good: Certificate, facts: Facts, broken: Broken, *, status: str, submitted: bool, elements: list[str]
) -> None:
    draft, known = replace(good, status=status), replace(facts, submitted=submitted)
    assert broken("draft-submitted", draft, known) == elements


@pytest.mark.parametrize("history,elements", [(True, ["authored"]), (False, SILENT)])
def test_a_version_that_comes_too_late_is_said_to_be_history(
    good: Certificate, facts: Facts, broken: Broken, *, history: bool, elements: list[str]
) -> None:
    assert broken("filed-as-history", good, replace(facts, history=history)) == elements
