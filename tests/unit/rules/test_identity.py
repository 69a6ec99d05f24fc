"""Patient and author: whose numbers are refused, and which are left alone."""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import pytest

from certgateway.domain.certificate import Author, Certificate, Patient
from certgateway.rules.declaration import Facts, Persons
from tests.unit.rules.conftest import Broken

Number = Callable[[str], str]
SYNTHETIC = "158574100"
SYNTHETIC_D = "558574101"
REAL = "150574100"


def of(good: Certificate, number: str | None, kind: Literal["fnr", "dnr"] | None = "fnr") -> Certificate:
    return replace(good, patient=Patient(number=number, kind=kind, name="Syntetisk Pasient"))


@pytest.mark.parametrize("number", [None, ""])
def test_patient_without_number(good: Certificate, broken: Broken, number: str | None) -> None:
    certificate = of(good, number, None)
    assert broken("patient-missing", certificate) == ["patient <- fødselsnummer or D-number"]
    assert broken("fnr-invalid", certificate) == []
    assert broken("person-wrong-environment", certificate) == []


def test_patient_with_wrong_number_is_not_missing(good: Certificate, broken: Broken) -> None:
    assert broken("patient-missing", of(good, "x")) == []


@pytest.mark.parametrize("wrong", ["x", "12345678901", "1585741004", "15137410048", "\uff11" * 11, " "])
@pytest.mark.parametrize("kind", ["fnr", "dnr", None])
def test_number_that_is_none(good: Certificate, broken: Broken, wrong: str, kind: Literal["fnr", "dnr"] | None) -> None:
    assert broken("fnr-invalid", of(good, wrong, kind)) == ["patient.number"]


def test_wrong_check_digit(good: Certificate, broken: Broken, number: Number) -> None:
    right = number(SYNTHETIC)
    wrong = right[:10] + str((int(right[10]) + 1) % 10)
    assert broken("fnr-invalid", of(good, right)) == []
    assert broken("fnr-invalid", of(good, wrong)) == ["patient.number"]


@pytest.mark.parametrize(
    "nine,kind,elements",
    [
        (SYNTHETIC, "fnr", []),
        (SYNTHETIC_D, "dnr", []),
        (SYNTHETIC, None, []),
        (SYNTHETIC_D, None, []),
        (SYNTHETIC, "dnr", ["patient.number"]),
        (SYNTHETIC_D, "fnr", ["patient.number"]),
    ],
)
def test_number_is_of_the_kind_it_was_sent_as(
    good: Certificate,
    broken: Broken,
    number: Number,
    *,
    nine: str,
    kind: Literal["fnr", "dnr"] | None,
    elements: list[str],
) -> None:
    assert broken("fnr-invalid", of(good, number(nine), kind)) == elements


@pytest.mark.parametrize(
    "nine,persons,elements",
    [
        (SYNTHETIC, "both", []),
        (REAL, "both", []),
        (SYNTHETIC, "synthetic", []),
        (REAL, "real", []),
        (SYNTHETIC, "real", ["patient.number"]),
        (REAL, "synthetic", ["patient.number"]),
    ],
)
def test_person_belongs_in_the_environment(
    good: Certificate,
    facts: Facts,
    broken: Broken,
    number: Number,
    *,
    nine: str,
    persons: Persons,
    elements: list[str],
) -> None:
    assert broken("person-wrong-environment", of(good, number(nine)), replace(facts, persons=persons)) == elements


def test_person_of_the_wrong_kind_may_be_in_the_wrong_environment_too(
    good: Certificate, facts: Facts, broken: Broken, number: Number
) -> None:
    certificate, known = of(good, number(SYNTHETIC_D), "fnr"), replace(facts, persons="real")
    assert broken("fnr-invalid", certificate, known) == ["patient.number"]
    assert broken("person-wrong-environment", certificate, known) == ["patient.number"]


def test_number_that_is_none_belongs_to_no_environment(good: Certificate, facts: Facts, broken: Broken) -> None:
    assert broken("person-wrong-environment", of(good, "12345678901"), replace(facts, persons="real")) == []


def test_revision_of_another_patients_certificate(good: Certificate, facts: Facts, broken: Broken) -> None:
    assert broken("revision-of-other-patient", good, replace(facts, other_patient=True)) == ["patient.number"]
    assert broken("revision-of-other-patient", good, facts) == []


@pytest.mark.parametrize(
    "hpr,elements",
    [
        ("9144889", []),
        ("123456789", []),
        (None, []),
        ("", []),
        ("914488", ["author.hpr"]),
        ("1234567890", ["author.hpr"]),
        ("91448B9", ["author.hpr"]),
        ("0000000", ["author.hpr"]),
        ("\uff19144889", ["author.hpr"]),
        ("9144889 ", ["author.hpr"]),
    ],
)
def test_form_of_the_hpr_number(good: Certificate, broken: Broken, hpr: str | None, elements: list[str]) -> None:
    assert broken("hpr-invalid", replace(good, author=Author(hpr=hpr))) == elements


def test_author_who_is_the_patient(good: Certificate, broken: Broken, number: Number) -> None:
    own = number(SYNTHETIC)
    for written in (own, f"{own[:6]} {own[6:]}", f"\uff11{own[1:]}"):
        certificate = replace(of(good, own), author=replace(good.author, number=written))
        assert broken("author-is-patient", certificate) == ["author.number"]


def test_author_who_is_somebody_else(good: Certificate, broken: Broken, number: Number) -> None:
    for author, patient in (
        (number(SYNTHETIC_D), number(SYNTHETIC)),
        (None, number(SYNTHETIC)),
        (number(SYNTHETIC), None),
    ):
        certificate = replace(of(good, patient), author=replace(good.author, number=author))
        assert broken("author-is-patient", certificate) == []


def test_author_with_the_patients_name_may_be_somebody_else(good: Certificate, broken: Broken) -> None:
    certificate = replace(good, author=replace(good.author, number=None))
    assert broken("author-is-patient", certificate) == []


@pytest.mark.parametrize(
    "organisation,elements",
    [
        ("974760673", []),
        (None, []),
        ("", []),
        ("974760674", ["author.organisation"]),
        ("97476067", ["author.organisation"]),
        ("974 760 673", ["author.organisation"]),
    ],
)
def test_organisation_number(good: Certificate, broken: Broken, organisation: str | None, elements: list[str]) -> None:
    certificate = replace(good, author=replace(good.author, organisation=organisation))
    assert broken("organisation-number-invalid", certificate) == elements
