"""What answers each required item, what does not, and which neighbours stay silent."""

from dataclasses import replace
from decimal import Decimal

import pytest

from certgateway.codes import ICD_10, ICPC_2, ICPC_2B
from certgateway.domain.certificate import (
    Author,
    Certificate,
    Coding,
    Diagnosis,
    FunctionStatement,
    HealthRisk,
    Prognosis,
    Quantity,
    Section,
    State,
)
from certgateway.rules import judge
from certgateway.rules.declaration import Facts
from tests.unit.rules.conftest import ICF, Broken

DIAGNOSIS = "diagnosis <- main diagnosis with a code that exists in its system"
FUNCTION = "function <- activity (ICF d-code) with ability"
RISK = "health-risk <- activity, or assessed: none known"
UNSTATED: tuple[State, ...] = ("missing", "none", "not-assessed")
THREE_WEEKS = Quantity(Decimal(3), "wk")


def test_good_certificate_breaks_no_rule(good: Certificate, facts: Facts) -> None:
    assert judge(good, facts) == []


def test_empty_certificate_lacks_every_required_item_once(good: Certificate, facts: Facts) -> None:
    empty = Certificate(good.identifier, good.authored, good.status)
    assert [(finding.rule, finding.element, finding.item) for finding in judge(empty, facts)] == [
        ("patient-missing", "patient", "patient"),
        ("author-missing", "author", "author"),
        ("diagnosis-missing", "diagnosis", "diagnosis"),
        ("function-missing", "function", "function"),
        ("health-risk-missing", "health-risk", "health-risk"),
        ("prognosis-missing", "prognosis", "prognosis"),
    ]


def test_broken_items_are_not_also_missing(good: Certificate, facts: Facts) -> None:
    empty = Certificate(good.identifier, good.authored, good.status)
    items = frozenset({"patient", "author", "diagnosis", "function", "health-risk", "prognosis"})
    assert judge(empty, replace(facts, broken_items=items)) == []
    for item in items:
        rules = [finding.rule for finding in judge(empty, replace(facts, broken_items=frozenset({item})))]
        assert f"{item}-missing" not in rules
        assert len(rules) == len(items) - 1


def test_uncertain_prognosis_that_is_broken_is_not_also_incomplete(
    good: Certificate, facts: Facts, broken: Broken
) -> None:
    uncertain = replace(good, prognosis=Section("stated", (Prognosis("uncertain"),)))
    known = replace(facts, broken_items=frozenset({"prognosis"}))
    assert broken("prognosis-uncertain-without-review", uncertain, known) == []


@pytest.mark.parametrize("hpr", [None, ""])
def test_author_without_hpr_number(good: Certificate, broken: Broken, hpr: str | None) -> None:
    assert broken("author-missing", replace(good, author=replace(good.author, hpr=hpr))) == ["author <- HPR number"]


def test_author_with_hpr_number_only_answers(good: Certificate, broken: Broken) -> None:
    assert broken("author-missing", replace(good, author=Author(hpr="9144889"))) == []


def test_author_with_wrong_hpr_number_is_not_missing(good: Certificate, broken: Broken) -> None:
    assert broken("author-missing", replace(good, author=Author(hpr="x"))) == []


@pytest.mark.parametrize(
    "diagnoses",
    [
        (Diagnosis((Coding(ICPC_2, "L86"),), "other"),),
        (Diagnosis((), "main"),),
        (Diagnosis((Coding(ICPC_2, "L00"),), "main"),),
        (Diagnosis((Coding(ICD_10, "P76"),), "main"),),
        (Diagnosis((Coding("http://snomed.info/sct", "L86"),), "main"),),
        # A further coding does not save the first, and another diagnosis does not save the main one.
        (Diagnosis((Coding(ICPC_2, "L00"), Coding(ICD_10, "M511")), "main"),),
        (Diagnosis((Coding(ICPC_2, "L00"),), "main"), Diagnosis((Coding(ICPC_2, "L86"),), "other")),
    ],
)
def test_no_main_diagnosis_that_exists(good: Certificate, broken: Broken, diagnoses: tuple[Diagnosis, ...]) -> None:
    assert broken("diagnosis-missing", replace(good, diagnosis=Section("stated", diagnoses))) == [DIAGNOSIS]


@pytest.mark.parametrize("state", UNSTATED)
def test_diagnosis_that_is_not_stated(good: Certificate, broken: Broken, state: State) -> None:
    assert broken("diagnosis-missing", replace(good, diagnosis=Section(state))) == [DIAGNOSIS]


@pytest.mark.parametrize(
    "diagnoses",
    [
        (Diagnosis((Coding(ICD_10, "M51.1"),), "main"),),
        (Diagnosis((Coding(ICPC_2B, "L86.0012"),), "main"),),
        (Diagnosis((Coding("http://hl7.org/fhir/sid/icpc-2", "P76"),), "main"),),
        (Diagnosis((Coding(ICPC_2, "P76"),), "other"), Diagnosis((Coding(ICPC_2, "L86"),), "main")),
        (Diagnosis((Coding(ICPC_2, "L00"),), "main"), Diagnosis((Coding(ICPC_2, "L86"),), "main")),
    ],
)
def test_main_diagnosis_that_exists(good: Certificate, broken: Broken, diagnoses: tuple[Diagnosis, ...]) -> None:
    assert broken("diagnosis-missing", replace(good, diagnosis=Section("stated", diagnoses))) == []


@pytest.mark.parametrize(
    "statement",
    [
        FunctionStatement(Coding(ICF, "d450"), not_assessed="not-performed"),
        FunctionStatement(Coding(ICF, "d450")),
        FunctionStatement(Coding(ICF, "d450"), qualifier="2"),
        FunctionStatement(Coding(ICF, "d450"), ability="perhaps"),
        FunctionStatement(Coding(ICF, "b280"), qualifier="2"),
        FunctionStatement(Coding(ICF, "b280"), ability="can"),
        FunctionStatement(Coding(ICF, "d4"), ability="can"),
        FunctionStatement(Coding(ICF, "d45000"), ability="can"),
        FunctionStatement(Coding(ICF, "D450"), ability="can"),
        FunctionStatement(Coding(ICF, "d450\n"), ability="can"),
        FunctionStatement(Coding("http://snomed.info/sct", "d450"), ability="can"),
        FunctionStatement(None, ability="can"),
        FunctionStatement(comment="-"),
        FunctionStatement(comment="Kan gå to kilometer i rolig tempo."),
    ],
)
def test_statement_that_does_not_answer_function(
    good: Certificate, broken: Broken, statement: FunctionStatement
) -> None:
    assert broken("function-missing", replace(good, function=Section("stated", (statement,)))) == [FUNCTION]


@pytest.mark.parametrize("state", UNSTATED)
def test_function_that_is_not_stated(good: Certificate, broken: Broken, state: State) -> None:
    assert broken("function-missing", replace(good, function=Section(state))) == [FUNCTION]


@pytest.mark.parametrize("ability", ["can", "can-with-adaptation", "cannot"])
@pytest.mark.parametrize("code", ["d450", "d4300", "d999"])
def test_activity_with_ability_answers_function(good: Certificate, broken: Broken, code: str, ability: str) -> None:
    statements = (
        FunctionStatement(Coding(ICF, "b280"), qualifier="1"),
        FunctionStatement(Coding(ICF, code), None, ability),
    )
    assert broken("function-missing", replace(good, function=Section("stated", statements))) == []


@pytest.mark.parametrize(
    "risks",
    [
        Section("missing"),
        Section("not-assessed", reason="unavailable"),
        Section("stated", (HealthRisk(harm="fall"),)),
        Section("stated", (HealthRisk(comment="Unngå tunge løft."), HealthRisk(mitigation="Pauser"))),
    ],
)
def test_health_risk_without_answer(good: Certificate, broken: Broken, risks: Section[HealthRisk]) -> None:
    assert broken("health-risk-missing", replace(good, health_risk=risks)) == [RISK]


@pytest.mark.parametrize(
    "risks",
    [
        Section("none"),
        Section("stated", (HealthRisk(Coding(ICF, "d475")),)),
        Section("stated", (HealthRisk(), HealthRisk(Coding(ICF, "d475")))),
    ],
)
def test_health_risk_with_answer(good: Certificate, broken: Broken, risks: Section[HealthRisk]) -> None:
    assert broken("health-risk-missing", replace(good, health_risk=risks)) == []


@pytest.mark.parametrize("state", UNSTATED)
def test_prognosis_that_is_not_stated(good: Certificate, broken: Broken, state: State) -> None:
    assert broken("prognosis-missing", replace(good, prognosis=Section(state))) == ["prognosis <- course"]


@pytest.mark.parametrize(
    "prognosis,lacking",
    [
        (Prognosis(horizon=THREE_WEEKS, review_date="2026-09-01"), "course"),
        (Prognosis(comment="Bedring ventes."), "course"),
        (Prognosis("improvement"), "horizon, duration or review date"),
        (Prognosis("stable", certainty="high", comment="Varig."), "horizon, duration or review date"),
        (Prognosis("fluctuating", uncertain_because="varying-course"), "horizon, duration or review date"),
    ],
)
def test_prognosis_without_answer(good: Certificate, broken: Broken, prognosis: Prognosis, lacking: str) -> None:
    certificate = replace(good, prognosis=Section("stated", (prognosis,)))
    assert broken("prognosis-missing", certificate) == [f"prognosis <- {lacking}"]
    assert broken("prognosis-uncertain-without-review", certificate) == []


@pytest.mark.parametrize(
    "prognosis",
    [
        Prognosis("improvement", horizon=THREE_WEEKS),
        Prognosis("stable", illness_duration=THREE_WEEKS),
        Prognosis("deterioration", reduced_function_duration=THREE_WEEKS),
        Prognosis("fluctuating", review_date="2026-09-01"),
        Prognosis("uncertain", uncertain_because="newly-ill", review_date="2026-09-01"),
    ],
)
def test_prognosis_with_answer(good: Certificate, broken: Broken, prognosis: Prognosis) -> None:
    certificate = replace(good, prognosis=Section("stated", (prognosis,)))
    assert broken("prognosis-missing", certificate) == []
    assert broken("prognosis-uncertain-without-review", certificate) == []


@pytest.mark.parametrize(
    "prognosis,lacking",
    [
        (Prognosis("uncertain"), "reason when uncertain and review date"),
        (Prognosis("uncertain", horizon=THREE_WEEKS), "reason when uncertain and review date"),
        (Prognosis("uncertain", uncertain_because="newly-ill"), "review date"),
        (Prognosis("uncertain", review_date="2026-09-01", comment="Venter på MR."), "reason when uncertain"),
    ],
)
def test_uncertain_prognosis_without_reason_or_review(
    good: Certificate, broken: Broken, prognosis: Prognosis, lacking: str
) -> None:
    certificate = replace(good, prognosis=Section("stated", (prognosis,)))
    assert broken("prognosis-uncertain-without-review", certificate) == [f"prognosis <- {lacking}"]
    assert broken("prognosis-missing", certificate) == []
