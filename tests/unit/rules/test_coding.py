"""Diagnosis codes: in the wrong system, in none, and more than one main diagnosis."""

from dataclasses import replace

import pytest

from certgateway.codes import ICD_10, ICPC_2, ICPC_2B
from certgateway.domain.certificate import Certificate, Coding, Diagnosis, Section
from certgateway.rules import judge
from certgateway.rules.declaration import Facts
from tests.unit.rules.conftest import Broken

RULES = ("code-system-mismatch", "diagnosis-code-unknown")
KEPT = Diagnosis((Coding(ICPC_2, "L86"),), "main")


def with_second(good: Certificate, *codes: Coding) -> Certificate:
    return replace(good, diagnosis=Section("stated", (KEPT, Diagnosis(codes, "other"))))


@pytest.mark.parametrize(
    "coding,own,other",
    [
        (Coding(ICPC_2, "M511"), "ICPC-2", "ICD-10"),
        (Coding(ICPC_2, "M51.1"), "ICPC-2", "ICD-10"),
        (Coding("http://hl7.org/fhir/sid/icpc-2", "G35"), "ICPC-2", "ICD-10"),
        (Coding(ICPC_2, "L86.0012"), "ICPC-2", "ICPC-2B"),
        (Coding(ICPC_2B, "P76"), "ICPC-2B", "ICPC-2"),
        (Coding(ICPC_2B, "M511"), "ICPC-2B", "ICD-10"),
        (Coding(ICD_10, "P76"), "ICD-10", "ICPC-2"),
        (Coding("http://hl7.org/fhir/sid/icd-10", "P76"), "ICD-10", "ICPC-2"),
    ],
)
def test_code_of_another_system(good: Certificate, facts: Facts, coding: Coding, own: str, other: str) -> None:
    found = judge(with_second(good, coding), facts)
    assert [(each.rule, each.element, dict(each.detail)) for each in found] == [
        ("code-system-mismatch", "diagnosis[1].code", {"system": own, "other": other})
    ]


@pytest.mark.parametrize(
    "coding,own",
    [
        (Coding(ICPC_2, "L00"), "ICPC-2"),
        (Coding(ICPC_2, "p76"), "ICPC-2"),
        (Coding(ICPC_2B, "P76.1"), "ICPC-2B"),
        (Coding(ICD_10, "M51"), "ICD-10"),
        (Coding("http://hl7.org/fhir/sid/icd-10", ""), "ICD-10"),
    ],
)
def test_code_of_no_system(good: Certificate, facts: Facts, coding: Coding, own: str) -> None:
    found = judge(with_second(good, coding), facts)
    assert [(each.rule, each.element, dict(each.detail)) for each in found] == [
        ("diagnosis-code-unknown", "diagnosis[1].code", {"system": own})
    ]


@pytest.mark.parametrize(
    "codes",
    [
        (),
        (Coding(ICPC_2, "P76"),),
        # Both systems hold the code; which disease was meant cannot be seen from here.
        (Coding(ICD_10, "L86"),),
        (Coding("http://snomed.info/sct", "M511"),),
        (Coding(ICD_10, "M511"), Coding(ICPC_2, "L86")),
    ],
)
@pytest.mark.parametrize("rule", RULES)
def test_code_that_holds(good: Certificate, broken: Broken, codes: tuple[Coding, ...], rule: str) -> None:
    assert broken(rule, with_second(good, *codes)) == []


def test_further_codings_are_looked_up_too(good: Certificate, broken: Broken) -> None:
    certificate = with_second(good, Coding(ICD_10, "M511"), Coding(ICPC_2, "G35"), Coding(ICPC_2, "L00"))
    assert broken("code-system-mismatch", certificate) == ["diagnosis[1].codes[1]"]
    assert broken("diagnosis-code-unknown", certificate) == ["diagnosis[1].codes[2]"]


def test_main_diagnosis_in_the_wrong_system_is_missing_too(good: Certificate, facts: Facts) -> None:
    certificate = replace(good, diagnosis=Section("stated", (Diagnosis((Coding(ICD_10, "P76"),), "main"),)))
    assert [(each.rule, each.element) for each in judge(certificate, facts)] == [
        ("diagnosis-missing", "diagnosis"),
        ("code-system-mismatch", "diagnosis[0].code"),
    ]


@pytest.mark.parametrize("mains,elements", [(0, []), (1, []), (2, ["diagnosis"]), (3, ["diagnosis"])])
def test_number_of_main_diagnoses(good: Certificate, facts: Facts, mains: int, elements: list[str]) -> None:
    diagnoses = (KEPT,) * mains + (Diagnosis((Coding(ICPC_2, "P76"),), "other"),) * 2
    found = judge(replace(good, diagnosis=Section("stated", diagnoses)), facts)
    assert [each.element for each in found if each.rule == "several-main-diagnoses"] == elements
