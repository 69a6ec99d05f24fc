"""Rules of the form of 2008: what its deviations are called, what prose answers on it, and which attachments go."""

from dataclasses import replace

import pytest

from certgateway.domain.attachments import AttachmentPolicy
from certgateway.domain.certificate import (
    Attachment,
    Certificate,
    Coding,
    Diagnosis,
    FunctionStatement,
    Prognosis,
    Section,
    Statement,
)
from certgateway.domain.findings import LANGUAGES, Effect, Finding, Language
from certgateway.domain.vocabulary.form_2008 import DURATION_QUESTIONS, QUESTION
from certgateway.rules import RULES, judge, rule, worded
from certgateway.rules.attachments import ATTACHMENT_REFUSED
from certgateway.rules.declaration import Facts
from certgateway.rules.form import DEVIATIONS, SCHEMA_DEVIATION, SEVERAL_CERTIFICATES, VALUE_INVALID, VALUE_TYPES
from certgateway.rules.form_answers import FORM_ANSWERS
from tests.unit.rules.conftest import ICF, Broken

FUNCTION = "function <- activity (ICF d-code) with ability"
PROSE = "Kan gå 500 meter og sitte i en halv time."
DIGEST = "ab" * 32


def said(finding: Finding, language: Language = "nb") -> str:
    text = worded(finding, language)
    assert text is not None
    return text.found


def answering(good: Certificate, *answers: tuple[str | None, str], **more: Section[object]) -> Certificate:
    statements = tuple(Statement(text, question=question) for question, text in answers)
    return replace(good, assessment=Section("stated", statements), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("entry", [VALUE_INVALID, SEVERAL_CERTIFICATES, SCHEMA_DEVIATION, *FORM_ANSWERS])
def test_rules_of_the_form_name_its_standard(entry: object) -> None:
    declared = next(each for each in RULES if each is entry)
    assert declared.authority.startswith("KITH HIS 80805, XML of 2008-06-06: ")


def test_only_what_cannot_be_read_refuses() -> None:
    assert {VALUE_INVALID.effect, SEVERAL_CERTIFICATES.effect} == {Effect.REFUSE}
    assert {each.effect for each in (SCHEMA_DEVIATION, *FORM_ANSWERS)} == {Effect.REMARK}


@pytest.mark.parametrize(
    "kind,expected,nb",
    [
        ("order", None, "Meldingen følger ikke skjemaet her: feil rekkefølge."),
        ("unknown", None, "Meldingen følger ikke skjemaet her: ukjent element."),
        ("missing", "Prognose", "Meldingen følger ikke skjemaet her: Prognose mangler."),
        ("repeated", None, "Meldingen følger ikke skjemaet her: element for mange ganger."),
        ("attribute", None, "Meldingen følger ikke skjemaet her: ukjent attributt."),
        ("text", None, "Meldingen følger ikke skjemaet her: tekst mellom elementer."),
        ("value", "1 eller 2", "Meldingen følger ikke skjemaet her: verdien skal være 1 eller 2."),
        ("missing", None, "Meldingen følger ikke skjemaet her: … mangler."),
    ],
)
def test_a_deviation_tells_what_deviates(kind: str, expected: str | None, nb: str) -> None:
    assert said(Finding("schema-deviation", Effect.REMARK, expected=expected, detail={"kind": kind})) == nb


def test_every_kind_of_deviation_and_type_is_said_in_every_language() -> None:
    for rule_id, key, words in (("schema-deviation", "kind", DEVIATIONS), ("value-invalid", "type", VALUE_TYPES)):
        for word in words:
            finding = Finding(rule_id, Effect.REMARK, expected="Prognose", detail={key: word})
            texts = [said(finding, language) for language in LANGUAGES]
            assert len(set(texts)) == len(texts)
            assert not any("{" in text or "…" in text for text in texts)
    assert set(DEVIATIONS) == {"order", "unknown", "missing", "repeated", "attribute", "text", "value"}


def test_a_type_that_has_no_words_is_named_as_it_is() -> None:
    assert said(Finding("value-invalid", Effect.REFUSE, detail={"type": "date"})).startswith(
        "Verdien kan ikke leses som dato på formen"
    )
    assert said(Finding("value-invalid", Effect.REFUSE, detail={"type": "OID"})) == "Verdien kan ikke leses som OID."


def test_words_of_one_rule_are_no_words_of_another() -> None:
    detail = {"system": "order"}
    assert said(Finding("diagnosis-code-unknown", Effect.REMARK, detail=detail), "en").endswith("order.")


# ---- function -------------------------------------------------------------------------------------------------------

NO_CODES: Section[object] = Section("missing")
BODY_ONLY: Section[object] = Section("stated", (FunctionStatement(Coding(ICF, "b280"), qualifier="2"),))


@pytest.mark.parametrize("functions", [NO_CODES, Section("none"), Section("not-assessed"), BODY_ONLY])
def test_words_answer_function_on_the_form_that_has_no_codes(
    good: Certificate, facts: Facts, broken: Broken, functions: Section[object]
) -> None:
    certificate = answering(good, ("other-information", "Annet."), ("function", PROSE), function=functions)
    form = replace(facts, uncoded_function=True)
    assert broken("function-missing", certificate, form) == []
    assert broken("function-uncoded", certificate, form) == ["assessment[1].text"]
    # Where codes could have been given, the words are remarked on and do not answer.
    assert broken("function-missing", certificate) == [FUNCTION]
    assert broken("function-uncoded", certificate) == ["assessment[1].text"]


@pytest.mark.parametrize(
    "question,text",
    [
        ("function", "-"),
        ("function", "se journal"),
        ("function", "nei"),
        ("function", "3"),
        ("function", "   "),
        ("function", "L86"),
        ("function", "Diagnose: Ryggsyndrom med smerteutstråling"),
        ("causal-link", PROSE),
        ("cannot-do", PROSE),
        (None, PROSE),
    ],
)
def test_filler_copies_and_other_questions_do_not_answer_function(
    good: Certificate, facts: Facts, broken: Broken, question: str | None, text: str
) -> None:
    certificate = answering(good, (question, text), function=NO_CODES)
    assert broken("function-missing", certificate, replace(facts, uncoded_function=True)) == [FUNCTION]
    assert broken("function-uncoded", certificate) == []


def test_words_beside_a_coded_activity_are_no_matter(good: Certificate, facts: Facts, broken: Broken) -> None:
    certificate = answering(good, ("function", PROSE))
    assert broken("function-uncoded", certificate) == []
    assert broken("function-missing", certificate, replace(facts, uncoded_function=True)) == []


def test_a_broken_function_is_neither_missing_nor_uncoded(good: Certificate, facts: Facts, broken: Broken) -> None:
    certificate = answering(good, ("function", PROSE), function=NO_CODES)
    known = replace(facts, broken_items=frozenset({"function"}))
    assert broken("function-uncoded", certificate, known) == []
    assert broken("function-missing", certificate, known) == []


def test_uncoded_function_is_a_remark_on_the_item_function(good: Certificate, facts: Facts) -> None:
    certificate = answering(good, ("function", PROSE), function=NO_CODES)
    (finding,) = [each for each in judge(certificate, replace(facts, uncoded_function=True)) if each.item == "function"]
    assert (finding.rule, finding.effect, finding.expected) == ("function-uncoded", Effect.REMARK, None)


# ---- prognosis ------------------------------------------------------------------------------------------------------

PROGNOSES = [
    Section("missing"),
    Section("none"),
    *(Section("stated", (Prognosis(course),)) for course in (None, "stable")),
]


@pytest.mark.parametrize("question", sorted(DURATION_QUESTIONS))
@pytest.mark.parametrize("prognosis", PROGNOSES)
def test_a_duration_in_words_answers_prognosis_with_or_without_a_course(
    good: Certificate, broken: Broken, question: str, prognosis: Section[object]
) -> None:
    for text in ("ca. 6 mnd", "2 år", "Varig.", "Usikkert, men minst et år", "Uviss, kommer og går"):
        assert broken("prognosis-missing", answering(good, (question, text), prognosis=prognosis)) == []


@pytest.mark.parametrize(
    "question,text",
    [
        ("illness-duration", "?"),
        ("illness-duration", "ukjent"),
        ("reduced-work-duration", "se over"),
        ("reduced-function-duration", "nei"),
        ("illness-duration", "6"),
        ("illness-duration", "L86"),
        ("illness-duration", "Usikkert."),
        ("reduced-work-duration", "Vanskelig å anslå"),
        ("reduced-function-duration", "USIKKER VARIGHET"),
        ("new-information", "6 måneder"),
        ("function", "6 måneder"),
        (None, "6 måneder"),
    ],
)
def test_filler_and_other_questions_do_not_answer_prognosis(
    good: Certificate, broken: Broken, question: str | None, text: str
) -> None:
    certificate = answering(good, (question, text), prognosis=Section("missing"))
    assert broken("prognosis-missing", certificate) == ["prognosis <- course"]


def test_an_uncertain_course_still_says_why_and_when_to_look_again(good: Certificate, broken: Broken) -> None:
    certificate = answering(good, ("illness-duration", "2 år"), prognosis=Section("stated", (Prognosis("uncertain"),)))
    assert broken("prognosis-uncertain-without-review", certificate) == [
        "prognosis <- reason when uncertain and review date"
    ]


# ---- filler ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", [*QUESTION.concepts, None])
def test_a_bare_no_is_a_fair_answer_to_short_questions_only(
    good: Certificate, broken: Broken, question: str | None
) -> None:
    narrative = question in {None, "function", "causal-link"}
    certificate = answering(good, ("other-information", "Ikke noe."), (question, "Nei"), (question, PROSE))
    assert broken("placeholder-text", certificate) == (["assessment[1].text"] if narrative else [])
    filler = answering(good, (question, "-"))
    assert broken("placeholder-text", filler) == ["assessment[0].text"]


def test_history_is_told_whatever_question_it_bears(good: Certificate, broken: Broken) -> None:
    history = Section("stated", (Statement(PROSE), Statement("Nei", question="other-information")))
    assert broken("placeholder-text", replace(good, history=history)) == ["history[1].text"]


def test_a_copy_of_the_diagnosis_is_one_on_the_form_too(good: Certificate, broken: Broken) -> None:
    certificate = answering(good, ("function", "ICPC-2: L86"), ("other-information", "l86"))
    assert broken("text-repeats-diagnosis", certificate) == ["assessment[0].text", "assessment[1].text"]


def test_no_diagnosis_has_no_copies(good: Certificate, facts: Facts, broken: Broken) -> None:
    uncoded: Section[object] = Section("stated", (Diagnosis((), "main"),))
    certificate = answering(good, ("function", "L86 med utstråling"), function=NO_CODES, diagnosis=uncoded)
    assert broken("function-missing", certificate, replace(facts, uncoded_function=True)) == []


# ---- attachments ----------------------------------------------------------------------------------------------------


def attached(good: Certificate, *attachments: Attachment) -> Certificate:
    return replace(good, attachment=Section("stated", attachments))


def test_attachments_within_the_policy_are_no_matter(good: Certificate, broken: Broken) -> None:
    within = [Attachment("application/pdf", 10 * 1024 * 1024, DIGEST)] * 10
    assert broken("attachment-refused", attached(good, *within)) == []


def test_each_reason_is_told_of_each_attachment(good: Certificate, facts: Facts) -> None:
    policy = AttachmentPolicy(("application/pdf", "image/png"), largest=2000, most=2)
    known = replace(facts, attachments=policy, infected=frozenset({DIGEST}))
    certificate = attached(
        good,
        Attachment("text/html", 1, "cd" * 32),
        Attachment("application/pdf", 1, "cd" * 32),
        Attachment("image/png", 2001, DIGEST),
    )
    found = [each for each in judge(certificate, known) if each.rule == "attachment-refused"]
    assert [(each.element, each.detail["reason"], each.item) for each in found] == [
        ("attachment[0]", "type", "attachment"),
        ("attachment[2]", "malware", "attachment"),
        ("attachment[2]", "size", "attachment"),
        ("attachment[2]", "count", "attachment"),
    ]
    assert {each.effect for each in found} == {Effect.REMARK}
    assert "text/html" not in str(found)


@pytest.mark.parametrize("reason", ["malware", "type", "size", "count"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_policy_is_told_whatever_was_wrong(
    good: Certificate, facts: Facts, reason: str, language: Language
) -> None:
    policy = AttachmentPolicy(("image/png",), largest=3 * 1024 * 1024, most=0 if reason == "count" else 7)
    known = replace(facts, attachments=policy, infected=frozenset({DIGEST} if reason == "malware" else ()))
    type_, size = ("other" if reason == "type" else "image/png"), (2**30 if reason == "size" else 1)
    found = judge(attached(good, Attachment(type_, size, DIGEST)), known)
    (finding,) = [each for each in found if each.rule == "attachment-refused"]
    text = worded(finding, language)
    assert text is not None
    assert finding.detail["reason"] == reason
    assert ATTACHMENT_REFUSED.words[reason].text(language) in text.found
    assert ATTACHMENT_REFUSED.words[reason].text(language) in text.counsellor
    assert all(limit in text.action for limit in ("image/png", "3 MiB", f" {policy.most} "))


def test_every_new_id_is_declared() -> None:
    ids = (
        "schema-deviation value-invalid several-certificates function-uncoded attachment-refused "
        "measure-text-without-other other-measure-unnamed measure-contradiction injury-date-without-injury "
        "resumption-time-without-answer contact-text-without-other other-contact-unnamed reservation-contradiction "
        "event-after-authored situation-text-without-other other-situation-unnamed"
    )
    assert [each for each in ids.split() if rule(each) is None] == []
