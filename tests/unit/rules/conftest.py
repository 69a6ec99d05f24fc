"""One good certificate, the facts it is judged with, and one question: which elements break a rule."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from certgateway.codes import ICD_10, ICPC_2, DiagnosisCodes
from certgateway.domain.certificate import (
    Author,
    Certificate,
    Coding,
    Diagnosis,
    FunctionStatement,
    HealthRisk,
    Onset,
    Participation,
    Patient,
    Period,
    Prognosis,
    Quantity,
    Section,
    Statement,
    Treatment,
)
from certgateway.rules import judge
from certgateway.rules.declaration import Facts

ICF = "http://hl7.org/fhir/sid/icf"
RISK = "https://certgateway.example/fhir/CodeSystem/risk-activity"

Broken = Callable[..., list[str]]


def with_check_digits(nine: str) -> str:
    """Nine digits completed by definition; the tests choose digits that have check digits."""
    for weights in ((3, 7, 6, 1, 8, 9, 4, 5, 2), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)):
        nine += str(-sum(weight * int(figure) for weight, figure in zip(weights, nine, strict=True)) % 11)
    assert len(nine) == 11
    return nine


@pytest.fixture(scope="session")
def number() -> Callable[[str], str]:
    return with_check_digits


@pytest.fixture(scope="session")
def table() -> DiagnosisCodes:
    return DiagnosisCodes(
        icd_10={
            "M511": "Lidelse i lumbalskive med radikulopati",
            "G35": "Multippel sklerose (MS)",
            "L86": "Keratoderma",
        },
        icpc_2={"L86": "Ryggsyndrom med smerteutstråling", "P76": "Depressiv lidelse"},
    )


@pytest.fixture
def good() -> Certificate:
    return Certificate(
        identifier=Coding("urn:ietf:rfc:3986", "urn:uuid:0b1c0c52-6f0c-4d4f-9a55-0e6a7d9f3c11"),
        authored=datetime(2026, 6, 15, 10, 0, tzinfo=UTC),
        status="final",
        patient=Patient(number=with_check_digits("158574100"), kind="fnr", name="Syntetisk Pasient"),
        author=Author(hpr="9144889", profession="LE", role="gp", organisation="974760673"),
        diagnosis=Section(
            "stated", (Diagnosis((Coding(ICPC_2, "L86"),), "main"), Diagnosis((Coding(ICD_10, "G35"),), "other"))
        ),
        history=Section(
            "stated", (Statement("Smerter i ryggen siden vinteren, verst ved sitting.", "patient-reported"),)
        ),
        onset=Section("stated", (Onset(since="2026-02", certainty="approximate"),)),
        treatment=Section(
            "stated", (Treatment(kind="physiotherapy", period=Period("2026-03-01", "2026-09"), result="God effekt."),)
        ),
        function=Section(
            "stated",
            (
                FunctionStatement(Coding(ICF, "d450"), "work", "can", source="observed"),
                FunctionStatement(Coding(ICF, "d4300"), "work", "cannot", source="tested", comment="Over 5 kg."),
                FunctionStatement(Coding(ICF, "b280"), qualifier="2", source="patient-reported"),
            ),
        ),
        health_risk=Section(
            "stated", (HealthRisk(Coding(RISK, "heavy-lifting"), "worsening", validity=Period("2026-06-15")),)
        ),
        activity=Section("stated", (Participation("with-limits", period=Period("2026-06-15", "2026-08-15")),)),
        prognosis=Section("stated", (Prognosis("improvement", horizon=Quantity(Decimal(3), "mo")),)),
        assessment=Section("stated", (Statement("Rotaffeksjon i bedring. Kan gradvis øke belastningen."),)),
    )


@pytest.fixture
def facts(table: DiagnosisCodes) -> Facts:
    return Facts(arrival=datetime(2026, 6, 15, 12, 0, tzinfo=UTC), diagnoses=table)


@pytest.fixture
def broken(good: Certificate, facts: Facts) -> Broken:
    """`broken(rule, certificate, facts)`: the elements where a rule is broken, and what is expected there."""

    def elements(rule: str, certificate: Certificate = good, known: Facts = facts) -> list[str]:
        found = [finding for finding in judge(certificate, known) if finding.rule == rule]
        return [f"{each.element} <- {each.expected}" if each.expected else f"{each.element}" for each in found]

    return elements
