"""The JSON schemas of the reports: they accept what the contract shows and refuse what it forbids."""

import copy
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from certgateway.domain.assessment import project
from certgateway.domain.certificate import (
    ITEMS,
    Author,
    Certificate,
    Coding,
    Diagnosis,
    FunctionStatement,
    HealthRisk,
    Limit,
    Onset,
    Period,
    Prognosis,
    Quantity,
    Section,
    Statement,
)
from certgateway.domain.findings import Effect, Finding, Verdict
from certgateway.domain.record import Version

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"
ICF = "http://hl7.org/fhir/sid/icf"
ICPC_2 = "urn:oid:2.16.578.1.12.4.1.1.7170"
AT = datetime(2026, 5, 12, 8, 20, 1, 250000, tzinfo=UTC)


def schema(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    return read


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(schema(name), validate_formats=True)


def faults(name: str, instance: object) -> set[str]:
    """Where the instance breaks the schema, as JSON pointers."""
    errors = validator(name).iter_errors(instance)
    return {"/" + "/".join(map(str, error.instance_path)) for error in errors}


def changed(instance: Any, path: str, value: Any) -> Any:  # noqa: ANN401
    """A copy with one value put in place; the path is made of keys and indices."""
    whole = copy.deepcopy(instance)
    here = whole
    *steps, last = [int(step) if step.isdecimal() else step for step in path.split("/")]
    for step in steps:
        here = here[step]
    here[last] = value
    return whole


def without(instance: Any, key: str) -> Any:  # noqa: ANN401
    return {name: value for name, value in instance.items() if name != key}


class NoTables:
    """Diagnosis tables without a single title."""

    def title(self, _system: str, _code: str) -> str | None:
        return None


CERTIFICATE = Certificate(
    Coding("urn:oid:1.2.3", "c-1"),
    AT,
    "final",
    author=Author(hpr="7654321", role="gp", last_seen="2026-05-11", contacts=("employer",)),
    diagnosis=Section(
        "stated", (Diagnosis((Coding(ICPC_2, "L86"),), "main"), Diagnosis((Coding(ICPC_2, "Z05"),), "other"))
    ),
    onset=Section("stated", (Onset("2026-01", "approximate"),)),
    function=Section(
        "stated",
        (
            FunctionStatement(
                Coding(ICF, "d4300"),
                "work",
                "can",
                limits=(Limit("max-load", Quantity(Decimal("7.5"), "kg")),),
                comment="Nært kroppen.",
            ),
            FunctionStatement(Coding(ICF, "d450"), not_assessed="not-performed"),
        ),
    ),
    health_risk=Section(
        "stated", (HealthRisk(activity=Coding(ICF, "d4751"), harm="fall", validity=Period("2026-05-12", "2026-08")),)
    ),
    prognosis=Section("stated", (Prognosis("improvement", Quantity(Decimal(6), "mo"), review_date="2026-08-17"),)),
    assessment=Section(
        "stated",
        (
            Statement("Bedre. Bør få noe."),
            Statement("Varig.", question="illness-duration"),
            Statement("2 år", question="reduced-work-duration"),
            Statement("Tunge løft.", question="cannot-do"),
        ),
    ),
)


def version(certificate: Certificate, verdict: Verdict = "accepted", findings: tuple[Finding, ...] = ()) -> Version:
    return Version(2, "m", AT, verdict, certificate, findings, current=True)


def assessed(current: Version, *earlier: Version) -> dict[str, Any]:
    marks = {"assessment[0].text": (("benefit-recommendation", (7, 18)),)}
    return project("case-1", (*earlier, current), first_attempt=AT, now=AT, titles=NoTables(), withheld=marks)


ASSESSMENT = assessed(version(CERTIFICATE))

FINDING = {
    "rule": "prognosis-missing",
    "severity": "error",
    "effect": "unanswered",
    "item": "prognosis",
    "element": "prognosis",
    "path": "Bundle.entry[1].resource",
    "expected": "course",
    "line": 12,
    "column": 3,
    "span": None,
    "text": "Prognosen er ikke besvart.",
    "action": "Angi forventet forløp.",
}
REPORT = [
    {
        "file": "a.zip!b.json",
        "format": "fhir-json",
        "message_id": "m-1",
        "verdict": "rejected",
        "findings": [FINDING],
        "removed": [{"item": "benefit-type", "path": "Bundle.entry[1]", "system": "urn:oid:1.2", "code": "3"}],
        "withheld": [
            {
                "item": "assessment",
                "element": "assessment[0].text",
                "path": "Bundle.entry[9].resource.value",
                "kind": "benefit-recommendation",
                "span": [0, 24],
            }
        ],
    },
    {
        "file": "-",
        "format": "unknown",
        "message_id": None,
        "verdict": "rejected",
        "findings": [
            {
                **FINDING,
                "rule": "unreadable",
                "effect": "refuse",
                "item": None,
                "element": None,
                "path": None,
                "expected": None,
                "line": None,
                "column": None,
            }
        ],
        "removed": [],
        "withheld": [],
    },
]
RECEIPT = {
    "message_id": "m-1",
    "certificate": "0b7c1d2e-0000-4000-8000-000000000001",
    "version": 1,
    "arrival": "2026-05-12T08:20:00Z",
    "first_attempt": "2026-05-11T22:30:00.250000Z",
    "verdict": "incomplete",
    "findings": [FINDING],
    "removed": [{"item": "proposed-benefit", "path": "Bundle.entry[4].resource.code.coding[1]"}],
    "duplicate_of": None,
    "answer": "{}",
}


@pytest.mark.parametrize("name", ["assessment", "validate-report", "receipt"])
def test_schema_is_of_the_2020_12_draft_and_holds_itself(name: str) -> None:
    read = schema(name)
    assert read["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert read["$id"] == f"https://certgateway.example/schemas/{name}.schema.json"
    assert Draft202012Validator({"$ref": read["$schema"]}).is_valid(read)


def test_there_is_a_test_for_every_schema() -> None:
    assert {path.name for path in SCHEMAS.glob("*.json")} >= {
        "assessment.schema.json",
        "receipt.schema.json",
        "validate-report.schema.json",
    }


@pytest.mark.parametrize(
    "data",
    [
        ASSESSMENT,
        assessed(version(Certificate(Coding("urn:oid:1.2.3", "c-1"), AT, "final"))),
        assessed(version(Certificate(Coding("urn:oid:1.2.3", "c-1"), AT, "entered-in-error"))),
        assessed(
            version(
                CERTIFICATE,
                "incomplete",
                (
                    Finding("prognosis-missing", Effect.UNANSWERED, "prognosis", "prognosis", expected="course"),
                    Finding("date-in-future", Effect.REMARK, element="authored"),
                ),
            ),
            Version(
                1,
                "m0",
                AT,
                "accepted",
                Certificate(Coding("urn:oid:1.2.3", "c-1"), datetime(2026, 1, 1, tzinfo=UTC), "final"),
                (),
                current=False,
            ),
        ),
    ],
)
def test_projected_data_meets_the_schema(data: dict[str, Any]) -> None:
    assert faults("assessment", data) == set()


def test_the_examples_reach_every_part_of_the_schema() -> None:
    filled = (
        "resources",
        "obstacles",
        "risks",
        "timeline",
        "prognosis",
        "social",
        "diagnoses",
        "statements",
        "proposals",
        "contacts",
        "not_assessed",
    )
    assert [name for name in filled if not ASSESSMENT[name]] == []
    assert [next(iter(part)) for part in ASSESSMENT["statements"][0]["parts"]] == ["text", "withheld"]


@pytest.mark.parametrize("key", sorted(ASSESSMENT))
def test_every_key_of_the_assessment_is_required(key: str) -> None:
    assert "/" in faults("assessment", without(ASSESSMENT, key))


@pytest.mark.parametrize("key", sorted(ASSESSMENT["resources"][0]))
def test_every_key_of_an_element_is_required(key: str) -> None:
    element = without(ASSESSMENT["resources"][0], key)
    assert "/resources/0" in faults("assessment", changed(ASSESSMENT, "resources/0", element))


@pytest.mark.parametrize(
    "path,value",
    [
        ("verdict", "godkjent"),
        ("version", 0),
        ("as_of", "i dag"),
        ("states/function", "no"),
        ("resources/0/item", "health-risk"),
        ("resources/0/element", "function 0"),
        ("resources/0/source", "rumour"),
        ("resources/0/age_days", -1),
        ("resources/0/stale", None),
        ("resources/0/dates/stated", "12.05.2026"),
        ("resources/0/value/limits/0/quantity/value", 7.5),
        ("resources/0/value/limits/0/quantity/value", "7,5"),
        ("resources/0/value/ability/code", ""),
        ("resources/0/value/ability/text", "sender's display"),
        ("resources/0/parts/0", {"element": "function[0].comment"}),
        ("resources/0/parts/0", {"text": "a", "withheld": "benefit-recommendation"}),
        ("statements/0/parts/1/withheld", "salary"),
        ("resources/0/stale_because", "age"),
        ("proposals/0/item", "diagnosis"),
        ("proposals/0/element", "function[0]"),
        ("proposals/0/value", {}),
        ("proposals/0/value/proposed_from", "code"),
        ("proposals/1/value/quantity/value", 2),
        ("contacts/0/item", "patient"),
    ],
)
def test_an_assessment_that_breaks_the_contract_is_refused(path: str, value: object) -> None:
    broken = changed(ASSESSMENT, path, value)
    assert broken != ASSESSMENT
    assert faults("assessment", broken) != set()


def test_an_open_item_says_what_to_ask_or_that_nobody_can_be_asked() -> None:
    gap = Finding("prognosis-missing", Effect.UNANSWERED, "prognosis", "prognosis", expected="course")
    data = assessed(version(CERTIFICATE, "incomplete", (gap,)))
    assert data["open"][0]["question"]
    assert faults("assessment", changed(data, "open/0/question", None)) == set()
    assert faults("assessment", changed(data, "open/0/question", "")) == {"/open/0/question"}
    assert faults("assessment", changed(data, "open/0", without(data["open"][0], "question"))) == {"/open/0"}


def test_a_state_is_told_for_every_item() -> None:
    states = without(ASSESSMENT["states"], "health-risk")
    assert set(ASSESSMENT["states"]) == set(ITEMS)
    assert faults("assessment", changed(ASSESSMENT, "states", states)) == {"/states"}


def test_a_withdrawn_certificate_may_show_no_statement() -> None:
    assert "/resources" in faults("assessment", changed(ASSESSMENT, "withdrawn", True))  # noqa: FBT003


def test_reports_of_the_contract_are_accepted() -> None:
    assert faults("validate-report", REPORT) == set()
    assert faults("receipt", RECEIPT) == set()
    assert (
        faults("receipt", {**RECEIPT, "verdict": None, "certificate": None, "version": None, "findings": []}) == set()
    )


@pytest.mark.parametrize(
    "path,value",
    [
        ("0/format", "hl7v2"),
        ("0/verdict", "accepted"),
        ("0/findings/0/severity", "warning"),
        ("0/findings/0/effect", "remark"),
        ("0/findings/0/rule", "Prognosis missing"),
        ("0/findings/0/line", 0),
        ("0/findings/0/column", "3"),
        ("0/findings/0/span", [4]),
        ("0/findings/0/span", [4, 9, 9]),
        ("0/removed/0/item", "salary"),
        ("0/withheld/0/kind", "patient-reported"),
        ("1/findings/0/path", ""),
        ("0", {}),
    ],
)
def test_a_report_that_breaks_the_contract_is_refused(path: str, value: object) -> None:
    assert faults("validate-report", changed(REPORT, path, value)) != set()


@pytest.mark.parametrize(
    "path,value",
    [
        ("arrival", "2026-05-12"),
        ("verdict", "accepted-with-remarks"),
        ("version", 0),
        ("removed/0/code", "3"),
        ("removed/0/system", "urn:oid:1.2"),
        ("answer", {}),
    ],
)
def test_a_receipt_that_breaks_the_contract_is_refused(path: str, value: object) -> None:
    assert faults("receipt", changed(RECEIPT, path, value)) != set()


SIGNER = {"certificate": "0f" * 32, "organisation": "987654325"}


@pytest.mark.parametrize("signer", [None, SIGNER, {**SIGNER, "organisation": None}], ids=str)
def test_a_receipt_may_say_who_signed(signer: object) -> None:
    assert faults("receipt", {**RECEIPT, "signer": signer}) == set()


@pytest.mark.parametrize(
    "signer",
    [
        {**SIGNER, "certificate": "0F" * 32},
        {**SIGNER, "organisation": "98765432"},
        {**SIGNER, "name": "Granlia legesenter"},
        {"certificate": "0f" * 32},
    ],
    ids=str,
)
def test_of_a_signer_no_more_is_told_than_certificate_and_number(signer: object) -> None:
    assert faults("receipt", {**RECEIPT, "signer": signer}) != set()


@pytest.mark.parametrize("key", sorted(RECEIPT))
def test_every_key_of_the_receipt_is_required(key: str) -> None:
    assert faults("receipt", without(RECEIPT, key)) == {"/"}
