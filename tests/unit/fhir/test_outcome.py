"""Findings become OperationOutcome issues: the shape of the contract, valid R4, and never a word of the message."""

import re
from pathlib import Path

import pytest
from fhir.resources.R4B.operationoutcome import OperationOutcome

from certgateway import safejson
from certgateway.domain.findings import LANGUAGES, Effect, Finding, Language
from certgateway.engine import judge, kinds, load_base, load_profiles
from certgateway.fhir.outcome import Trouble, operation_outcome, trouble_outcome
from certgateway.fhir.outcome_codes import ISSUE_TYPES, issue_type
from certgateway.rules import RULES, rule

PROFILES = Path(__file__).resolve().parents[3] / "certgateway" / "profiles"
DEFINITIONS = load_profiles(PROFILES, load_base())
OUTCOME_PROFILE = "https://certgateway.example/fhir/StructureDefinition/receipt-outcome"

FOUND = {"nb": "Prognosen er ikke besvart.", "nn": "Prognosen er ikkje svart på.", "en": "No prognosis."}
PROGNOSIS = Finding(
    "prognosis-missing",
    Effect.UNANSWERED,
    item="prognosis",
    element="prognosis",
    path="Bundle.entry[1].resource",
    expected="course",
    line=12,
    column=5,
)
PLACEHOLDER = Finding(
    "placeholder-text",
    Effect.REMARK,
    item="assessment",
    element="assessment[0].text",
    path="Bundle.entry[9].resource.value",
    line=300,
    column=24,
    span=(0, 8),
)
UNREADABLE = Finding("not-json", Effect.REFUSE, line=3, column=17)
# R4's issue types, from the CodeSystem issue-type of FHIR 4.0.1.
R4_ISSUE_TYPES = re.findall(
    r"[a-z-]+",
    """invalid structure required value invariant security login unknown expired forbidden suppressed processing
    not-supported duplicate multiple-matches not-found deleted too-long code-invalid extension too-costly business-rule
    conflict transient lock-error no-store exception timeout incomplete throttled informational""",
)


def text_of(finding: Finding, language: Language) -> tuple[str, str]:
    return (FOUND[language], "") if finding.rule == "not-json" else (FOUND[language], f"Action in {language}.")


def valid(tree: dict[str, object]) -> None:
    """No fault by our own engine, and accepted by another implementation of R4's neighbour."""
    faults = judge(tree, DEFINITIONS, profiles=[OUTCOME_PROFILE])
    assert [(fault.kind, fault.path, fault.expected) for fault in faults if fault.severity == "error"] == []
    OperationOutcome.model_validate_json(safejson.write(tree))


def test_finding_becomes_an_issue_with_rule_text_action_and_place() -> None:
    outcome = operation_outcome([PROGNOSIS], "nb", text_of)
    assert outcome["issue"] == [
        {
            "extension": [
                {
                    "url": "https://certgateway.example/fhir/StructureDefinition/finding",
                    "extension": [
                        {"url": "item", "valueCode": "prognosis"},
                        {"url": "element", "valueString": "prognosis"},
                        {"url": "line", "valuePositiveInt": 12},
                        {"url": "column", "valuePositiveInt": 5},
                    ],
                }
            ],
            "severity": "error",
            "code": "required",
            "details": {
                "coding": [{"system": "https://certgateway.example/fhir/CodeSystem/rule", "code": "prognosis-missing"}],
                "text": "Prognosen er ikke besvart.",
            },
            "diagnostics": "Action in nb.",
            "expression": ["Bundle.entry[1].resource"],
        }
    ]
    valid(outcome)


def test_span_is_told_as_start_and_end() -> None:
    outcome = operation_outcome([PLACEHOLDER], "en", text_of)
    place = outcome["issue"][0]["extension"][0]["extension"]
    assert place[-1] == {
        "url": "span",
        "extension": [{"url": "start", "valueUnsignedInt": 0}, {"url": "end", "valueUnsignedInt": 8}],
    }
    assert outcome["issue"][0]["severity"] == "warning"
    valid(outcome)


def test_unreadable_body_has_a_position_and_no_expression() -> None:
    outcome = operation_outcome([UNREADABLE], "nn", text_of)
    issue = outcome["issue"][0]
    assert "expression" not in issue
    assert "diagnostics" not in issue
    assert issue["code"] == "structure"
    assert [part["url"] for part in issue["extension"][0]["extension"]] == ["line", "column"]
    valid(outcome)


def test_finding_without_a_place_has_no_extension() -> None:
    outcome = operation_outcome([Finding("sender-not-verified", Effect.NOTE, element="")], "nb", text_of)
    assert "extension" not in outcome["issue"][0]
    assert (outcome["issue"][0]["severity"], outcome["issue"][0]["code"]) == ("information", "security")
    valid(outcome)


def test_every_finding_is_told_in_the_order_given() -> None:
    outcome = operation_outcome([UNREADABLE, PLACEHOLDER, PROGNOSIS], "nb", text_of)
    rules = [issue["details"]["coding"][0]["code"] for issue in outcome["issue"]]
    assert rules == ["not-json", "placeholder-text", "prognosis-missing"]


@pytest.mark.parametrize(
    "language, text",
    [
        ("nb", "Ingen feil eller merknader er funnet."),
        ("nn", "Ingen feil eller merknader er funne."),
        ("en", "No faults or remarks were found."),
    ],
)
def test_no_findings_give_one_informational_issue(language: Language, text: str) -> None:
    outcome = operation_outcome([], language, text_of)
    assert outcome == {
        "resourceType": "OperationOutcome",
        "language": language,
        "issue": [{"severity": "information", "code": "informational", "details": {"text": text}}],
    }
    valid(outcome)


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_is_in_the_language_asked_for(language: Language) -> None:
    outcome = operation_outcome([PROGNOSIS], language, text_of)
    assert outcome["issue"][0]["details"]["text"] == FOUND[language]
    assert outcome["language"] == language


@pytest.mark.parametrize(
    "trouble, code",
    [
        ("unavailable", "transient"),
        ("throttled", "throttled"),
        ("fault", "exception"),
        ("not-authenticated", "login"),
        ("not-allowed", "forbidden"),
        ("not-found", "not-found"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_trouble_is_one_error_with_text_action_and_reference(trouble: Trouble, code: str, language: Language) -> None:
    outcome = trouble_outcome(trouble, language, "9b1e8a52-0000-4000-8000-000000000001")
    assert outcome["id"] == "9b1e8a52-0000-4000-8000-000000000001"
    (issue,) = outcome["issue"]
    assert (issue["severity"], issue["code"]) == ("error", code)
    assert issue["details"]["coding"][0]["code"] == trouble
    assert issue["details"]["text"].endswith(".")
    assert issue["diagnostics"].endswith(".")
    valid(outcome)


def test_trouble_without_a_reference_has_no_id() -> None:
    assert list(trouble_outcome("fault", "en")) == ["resourceType", "language", "issue"]


def test_every_kind_of_the_engine_has_an_issue_type_of_r4() -> None:
    types = {kind: issue_type(Finding(kind, Effect.REFUSE)) for kind in kinds()}
    assert {kind: type_ for kind, type_ in types.items() if type_ not in R4_ISSUE_TYPES} == {}
    # The general type says nothing: each kind of the engine has been thought about.
    assert [kind for kind, type_ in types.items() if type_ == "invalid"] == []


def test_every_refusal_by_a_rule_has_an_issue_type_of_its_own() -> None:
    refusing = [entry.id for entry in RULES if entry.effect is Effect.REFUSE]
    assert [id_ for id_ in refusing if id_ not in ISSUE_TYPES] == []


def test_the_table_names_no_rule_that_does_not_exist() -> None:
    known = set(kinds())
    assert [id_ for id_ in ISSUE_TYPES if id_ not in known and rule(id_) is None] == []


@pytest.mark.parametrize(
    "effect, expected",
    [
        (Effect.NOTE, "informational"),
        (Effect.REMARK, "business-rule"),
        (Effect.UNANSWERED, "required"),
        (Effect.REFUSE, "invalid"),
    ],
)
def test_a_rule_of_tomorrow_gets_the_type_of_its_effect(effect: Effect, expected: str) -> None:
    assert issue_type(Finding("a-rule-of-tomorrow", effect)) == expected
