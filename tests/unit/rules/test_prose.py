"""One finding for each mark, at its span and with its pattern; and where the patient's words are no fault."""

from dataclasses import replace

import pytest

from certgateway.domain.certificate import Certificate, ClinicalFinding, Participation, Section, Statement
from certgateway.domain.findings import Effect
from certgateway.domain.marks import Kind, Mark
from certgateway.rules import judge, worded
from certgateway.rules.declaration import Facts

RULES: dict[Kind, str] = {
    "benefit-recommendation": "benefit-recommended-in-prose",
    "work-ability-verdict": "work-ability-verdict-in-prose",
    "vocational-advice": "vocational-advice-in-prose",
    "exemption": "exemption-in-prose",
    "pasted-epikrise": "pasted-epikrise",
    "unread": "prose-too-long",
    "patient-reported": "patient-reported-in-assessment",
}
BELONGS = "assessment[0].text"


def marked(facts: Facts, *marks: Mark, element: str = BELONGS) -> Facts:
    return replace(facts, marks={element: marks})


@pytest.mark.parametrize("kind", RULES)
def test_every_mark_is_told_at_its_span_with_its_pattern(good: Certificate, facts: Facts, kind: Kind) -> None:
    marks = (Mark(kind, 3, 9, "{should} {get}"), Mark(kind, 20, 31, "other"))
    found = [each for each in judge(good, marked(facts, *marks)) if each.rule == RULES[kind]]
    assert [(each.element, each.span, each.detail["pattern"]) for each in found] == [
        (BELONGS, (3, 9), "{should} {get}"),
        (BELONGS, (20, 31), "other"),
    ]
    assert {each.effect for each in found} == {Effect.NOTE if kind == "patient-reported" else Effect.REMARK}
    assert [each.item for each in found] == ["assessment", "assessment"]
    text = worded(found[0], "nb")
    assert text is not None
    assert "{should} {get}" in text.found


@pytest.mark.parametrize("kind", RULES)
def test_a_mark_breaks_no_other_rule(good: Certificate, facts: Facts, kind: Kind) -> None:
    without = {(each.rule, each.element) for each in judge(good, facts)}
    with_mark = {(each.rule, each.element) for each in judge(good, marked(facts, Mark(kind, 0, 5, "x")))}
    assert with_mark - without == {(RULES[kind], BELONGS)}


def test_an_exemption_with_a_coded_reason_is_stated_where_it_belongs(good: Certificate, facts: Facts) -> None:
    exempted = replace(good, activity=Section("stated", (Participation("no", reason="admitted"),)))
    known = marked(facts, Mark("exemption", 0, 5, "x"))
    assert "exemption-in-prose" not in {each.rule for each in judge(exempted, known)}
    assert "exemption-in-prose" in {each.rule for each in judge(good, known)}


@pytest.mark.parametrize(
    "element, told", [("history[0].text", False), ("assessment[0].text", True), ("findings[0].text", False),
                      ("findings[1].text", True), ("onset.comment", True),
                      ("reservation[0].text", False)]
)  # fmt: skip
def test_the_patients_words_are_no_fault_where_they_belong_or_are_labelled(
    good: Certificate,
    facts: Facts,
    element: str,
    told: bool,  # noqa: FBT001
) -> None:
    findings = (
        ClinicalFinding(text="Vondt.", source="patient-reported"),
        ClinicalFinding(text="Øm.", source="observed"),
    )
    certificate = replace(good, findings=Section("stated", findings))
    known = marked(facts, Mark("patient-reported", 0, 5, "x"), element=element)
    rules = {each.rule for each in judge(certificate, known)}
    assert ("patient-reported-in-assessment" in rules) is told


def test_what_is_withheld_answers_nothing(good: Certificate, facts: Facts) -> None:
    """A verdict on work ability describes no function; and what NAV never sees tells it no duration."""
    text = "Arbeidsufør 100 %. Går med krykker."
    asked = Section(
        "stated", (Statement(text, question="function"), Statement("AAP i 2 år.", question="illness-duration"))
    )
    certificate = replace(good, assessment=asked, function=Section("missing"), prognosis=Section("missing"))
    verdict, benefit = Mark("work-ability-verdict", 0, 17, "x"), Mark("benefit-recommendation", 0, 3, "x")
    known = replace(facts, uncoded_function=True)

    def missing(known: Facts) -> set[str]:
        return {each.rule for each in judge(certificate, known)} & {"function-missing", "prognosis-missing"}

    assert missing(known) == set()
    assert missing(replace(known, marks={"assessment[0].text": (verdict,)})) == set()
    whole = replace(verdict, end=len(text))
    assert missing(replace(known, marks={"assessment[0].text": (whole,), "assessment[1].text": (benefit,)})) == {
        "function-missing",
        "prognosis-missing",
    }
    # Labels hold nothing back.
    label = Mark("patient-reported", 0, len(text), "x")
    assert missing(replace(known, marks={"assessment[0].text": (label,)})) == set()
