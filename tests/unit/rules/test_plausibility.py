"""Amounts that cannot be meant, and activities named without an ability."""

from dataclasses import replace
from decimal import Decimal

import pytest

from certgateway.domain.certificate import (
    Certificate,
    Coding,
    FunctionStatement,
    HealthRisk,
    Limit,
    Prognosis,
    Quantity,
    Section,
)
from certgateway.domain.vocabulary.systems import ICF
from certgateway.rules.declaration import Facts
from certgateway.rules.plausibility import plausible_duration
from tests.unit.rules.conftest import Broken

WALKING = Coding(ICF, "d450")


@pytest.mark.parametrize(
    "value,unit,plausible",
    [
        ("6", "mo", True),
        ("0.5", "a", True),
        ("100", "a", True),
        ("101", "a", False),
        ("1201", "mo", False),
        ("0", "mo", False),
        ("-3", "mo", False),
        ("1E300", "mo", False),
        ("6", "kg", False),
    ],
)
def test_a_duration_is_more_than_nothing_and_within_a_life(value: str, unit: str, *, plausible: bool) -> None:
    assert plausible_duration(Quantity(Decimal(value), unit)) is plausible


def test_an_implausible_horizon_is_named_and_answers_nothing(good: Certificate, facts: Facts, broken: Broken) -> None:
    told = Prognosis(course="improvement", horizon=Quantity(Decimal(-3), "mo"))
    certificate = replace(good, prognosis=Section("stated", (told,)))
    assert broken("quantity-implausible", certificate, facts) == ["prognosis.horizon"]
    assert broken("prognosis-missing", certificate, facts) == ["prognosis <- horizon, duration or review date"]


def test_a_prognosis_of_nothing_has_no_duration() -> None:
    assert plausible_duration(None) is False


@pytest.mark.parametrize(
    "kind,value,unit,elements",
    [
        ("max-load", "10", "kg", []),
        ("max-load", "0", "kg", []),
        ("max-load", "-1", "kg", ["{0}[0]"]),
        ("max-load", "5", "min", ["{0}[0]"]),
        ("max-load", "100001", "kg", ["{0}[0]"]),
    ],
)
def test_limits_are_amounts_in_a_unit_of_their_kind(  # noqa: PLR0917  A table of cases and two fixtures.
    good: Certificate, facts: Facts, broken: Broken, kind: str, value: str, unit: str, elements: list[str]
) -> None:
    limit = (Limit(kind, Quantity(Decimal(value), unit)),)
    function = FunctionStatement(code=WALKING, ability="can", limits=limit)
    limited = replace(good, function=Section("stated", (function,)))
    assert broken("quantity-implausible", limited, facts) == [each.format("function[0].limits") for each in elements]
    risky = replace(good, health_risk=Section("stated", (HealthRisk(activity=WALKING, safe_limits=limit),)))
    expected = [each.format("health-risk[0].safe_limits") for each in elements]
    assert broken("quantity-implausible", risky, facts) == expected


@pytest.mark.parametrize(
    "statement,fires",
    [
        (FunctionStatement(code=WALKING), True),
        (FunctionStatement(code=WALKING, ability="cannot"), False),
        (FunctionStatement(code=WALKING, not_assessed="not-asked"), False),
        (FunctionStatement(code=WALKING, qualifier="2"), False),
        (FunctionStatement(code=Coding(ICF, "b130")), False),
        (FunctionStatement(), False),
    ],
)
def test_an_activity_without_ability_is_named(
    good: Certificate, facts: Facts, broken: Broken, statement: FunctionStatement, *, fires: bool
) -> None:
    certificate = replace(good, function=Section("stated", (*good.function, statement)))
    at = len(good.function.entries)
    expected = f"function[{at}] <- ability, or the reason why it was not assessed"
    assert broken("function-without-ability", certificate, facts) == ([expected] if fires else [])
    hidden = replace(facts, broken_items=frozenset({"function"}))
    assert broken("function-without-ability", certificate, hidden) == []
