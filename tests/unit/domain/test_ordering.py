"""What an ordered certificate is to answer: which field answers, in which words it is asked, and what is refused."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from certgateway.domain.amendment import ANSWERABLE
from certgateway.domain.asking import REFUSALS, question_text
from certgateway.domain.certificate import (
    REQUIRED_ITEMS,
    Certificate,
    Coding,
    Diagnosis,
    FunctionStatement,
    HealthRisk,
    Limit,
    Onset,
    Participation,
    Patient,
    Prognosis,
    Quantity,
    Section,
    Treatment,
)
from certgateway.domain.dialogue import State, find_state
from certgateway.domain.dialogue_events import (
    Asked,
    Clinician,
    Event,
    Fulfilled,
    HandedOver,
    Measure,
    Ordered,
    Target,
    Withdrawn,
)
from certgateway.domain.findings import Effect, Finding, Language
from certgateway.domain.ordering import (
    ORDER_REFUSALS,
    CaseQuestion,
    Order,
    OrderRefusal,
    Why,
    against_clinician,
    answers,
    is_settled,
    order_refusals,
    ordered_targets,
    target_text,
)
from certgateway.domain.record import Version
from certgateway.domain.vocabulary import LANGUAGES, names_benefit
from certgateway.domain.vocabulary.clarification import CLARIFICATION_REASON, ORDER_QUESTION
from fixtures.authoring.people import d_number, fnr, organisation_number

AT = datetime(2026, 6, 15, 10, 0, tzinfo=UTC)
EMPTY = Certificate(Coding("urn:oid:1.2.3", "c-1"), AT, "final")
LIFTING = Coding("http://hl7.org/fhir/sid/icf", "d4300")
LOAD = Limit("max-load", Quantity(Decimal(10), "kg"))
MONTHS = Quantity(Decimal(6), "mo")
WORDS = "Se journalen."
CODES = tuple(ORDER_QUESTION.concepts)
GP = Clinician("9111999", "gp", organisation_number(31500100), "Kari Lege")
PATIENT = Patient(fnr(3, 4, 1971, 100), "fnr", "Vennlig Fjelltur")
MEASURE = Measure("Arbeidstrening på lager", ("heavy-lifting",))
RECEIVER = "her:8143060"


def stated(item: str, *entries: object) -> Certificate:
    sections: dict[str, Any] = {item: Section("stated", entries)}
    return replace(EMPTY, **sections)


# ---- which field answers ----

ANSWERED: tuple[tuple[str, Certificate], ...] = (
    ("since-when", stated("onset", Onset("2024-03-01", "exact"))),
    ("since-when", stated("onset", Onset("2024", "approximate"))),
    ("since-when", stated("onset", Onset(None, "unknown"))),
    ("since-when", stated("onset", Onset("2024", "unknown"))),
    ("expected-duration", stated("prognosis", Prognosis(reduced_function_duration=MONTHS))),
    ("expected-duration", stated("prognosis", Prognosis(illness_duration=MONTHS))),
    ("risk-activity", stated("health_risk", HealthRisk(), HealthRisk(Coding("s", "heavy-lifting")))),
    ("risk-activity", replace(EMPTY, health_risk=Section("none"))),
    ("load-to-try", stated("function", FunctionStatement(LIFTING, ability="can", limits=(LOAD,)))),
    ("load-to-try", stated("function", FunctionStatement(LIFTING, ability="can-with-adaptation", limits=(LOAD,)))),
    ("compatible-with-treatment", stated("treatment", Treatment("surgery"), Treatment("exercise", combinable="yes"))),
    ("compatible-with-treatment", stated("treatment", Treatment(combinable="no"))),
    ("compatible-with-treatment", stated("treatment", Treatment(combinable="with-limits"))),
    ("compatible-with-treatment", replace(EMPTY, treatment=Section("none"))),
    *(
        ("compatible-with-measure", stated("activity", Participation(measure_view=view)))
        for view in ("no-objection", "with-adaptation", "later", "health-risk")
    ),
)
NOT_ANSWERED: tuple[tuple[str, Certificate], ...] = (
    # A date that nobody stands by, and a word beside it.
    ("since-when", stated("onset", Onset("2024-03-01"))),
    ("since-when", stated("onset", Onset(None, "exact"))),
    ("since-when", stated("onset", Onset(comment=WORDS))),
    # How function will go is not how long.
    ("expected-duration", stated("prognosis", Prognosis("stable", MONTHS, "high", review_date="2027-01-01"))),
    ("expected-duration", stated("prognosis", Prognosis(comment=WORDS))),
    ("risk-activity", stated("health_risk", HealthRisk(mitigation=WORDS, comment=WORDS))),
    # Neither an ability without a limit, nor a limit to what cannot be done or was not assessed.
    ("load-to-try", stated("function", FunctionStatement(LIFTING, ability="can"))),
    ("load-to-try", stated("function", FunctionStatement(LIFTING, ability="cannot", limits=(LOAD,)))),
    ("load-to-try", stated("function", FunctionStatement(LIFTING, not_assessed="unavailable", limits=(LOAD,)))),
    ("load-to-try", stated("health_risk", HealthRisk(LIFTING, safe_limits=(LOAD,)))),
    ("load-to-try", replace(EMPTY, function=Section("none"))),
    ("compatible-with-treatment", stated("treatment", Treatment("surgery", "ongoing", improves="yes"))),
    ("compatible-with-treatment", stated("treatment", Treatment(description=WORDS, result=WORDS))),
    # A general ability is no view of the measure, and a question back is no answer.
    ("compatible-with-measure", stated("activity", Participation("yes", "planned-measure", comment=WORDS))),
    ("compatible-with-measure", stated("activity", Participation(measure_view="needs-detail"))),
)


@pytest.mark.parametrize("question,certificate", ANSWERED)
def test_the_field_that_holds_it_answers(question: str, certificate: Certificate) -> None:
    assert answers(question, certificate)
    # And nothing else is answered by it.
    assert [each for each in CODES if answers(each, certificate)] == [question]


@pytest.mark.parametrize("question,certificate", NOT_ANSWERED)
def test_what_stands_beside_it_does_not(question: str, certificate: Certificate) -> None:
    assert not answers(question, certificate)


@pytest.mark.parametrize("question", CODES)
def test_what_is_missing_or_was_not_assessed_answers_nothing(question: str) -> None:
    assert not answers(question, EMPTY)
    names = ("onset", "prognosis", "health_risk", "function", "treatment", "activity")
    sections: dict[str, Any] = {name: Section("not-assessed", (), "unavailable") for name in names}
    assert not answers(question, replace(EMPTY, **sections))


def version(certificate: Certificate, *findings: Finding) -> Version:
    return Version(1, "m", AT, "accepted", certificate, findings, current=True)


def test_a_whole_item_is_answered_as_in_any_question() -> None:
    diagnosed = stated("diagnosis", Diagnosis((Coding("urn:oid:2.16.578.1.12.4.1.1.7170", "L86"),), "main"))
    target = Target("diagnosis", "missing")
    assert is_settled(target, version(diagnosed))
    assert not is_settled(target, version(EMPTY))
    unanswered = Finding("diagnosis-missing", Effect.UNANSWERED, item="diagnosis")
    assert not is_settled(target, version(diagnosed, unanswered))


def test_words_of_the_old_form_answer_about_functioning_and_about_no_load() -> None:
    in_words = version(EMPTY, Finding("function-uncoded", Effect.REMARK, item="function"))
    assert is_settled(Target("function", "missing"), in_words)
    assert not is_settled(Target("function", "missing", question="load-to-try"), in_words)
    assert not is_settled(Target("prognosis", "missing"), in_words)


def test_filler_beside_a_whole_item_answers_neither_it_nor_the_question() -> None:
    filler = version(
        stated("prognosis", Prognosis(comment=WORDS)), Finding("placeholder-text", Effect.REMARK, item="prognosis")
    )
    whole, duration = Target("prognosis", "missing"), Target("prognosis", "missing", question="expected-duration")
    assert (is_settled(whole, filler), is_settled(duration, filler)) == (False, False)
    said = version(stated("prognosis", Prognosis(illness_duration=MONTHS)))
    assert (is_settled(whole, said), is_settled(duration, said)) == (True, True)


# ---- what is asked, and how ----


def test_an_order_asks_for_the_whole_certificate_and_then_for_what_the_case_needs() -> None:
    asked = ordered_targets((CaseQuestion("compatible-with-measure", "Også kvelder?"), CaseQuestion("since-when")))
    assert [(each.item, each.reason, each.question, each.settles) for each in asked] == [
        ("diagnosis", "missing", None, None),
        ("function", "missing", None, None),
        ("health-risk", "missing", None, None),
        ("prognosis", "missing", None, None),
        ("activity", "detail-for-measure", "compatible-with-measure", "Også kvelder?"),
        ("onset", "missing", "since-when", None),
    ]
    assert {each.item for each in ordered_targets(())} == {*REQUIRED_ITEMS} - {"patient", "author"}


def test_every_question_has_an_item_that_can_be_answered_and_a_key_of_its_own() -> None:
    asked = ordered_targets(map(CaseQuestion, CODES))
    assert len({each.key for each in asked}) == len(asked)
    assert {each.item for each in asked} <= set(ANSWERABLE)
    assert all(each.reason in CLARIFICATION_REASON for each in asked)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("question", CODES)
def test_words_for_the_doctor_ask_and_end_with_the_counsellor_s(question: str, language: Language) -> None:
    (*_, bare), (*_, more) = ordered_targets([CaseQuestion(question)]), ordered_targets([CaseQuestion(question, "Og?")])
    text = target_text(bare, language)
    assert "?" in text
    assert not names_benefit(text)
    assert target_text(more, language) == f"{text} Og?"


def test_words_differ_by_question_and_language() -> None:
    asked = ordered_targets(map(CaseQuestion, CODES))
    assert len({target_text(each, language) for each in asked for language in LANGUAGES}) == 3 * len(asked)


def test_a_target_of_a_question_keeps_its_words() -> None:
    target = Target("prognosis", "outdated", settles="Når?")
    assert target_text(target, "nn") == question_text(target, "nn")


def test_an_order_says_since_when_in_these_words() -> None:
    (*_, target) = ordered_targets([CaseQuestion("since-when", "Regn fra første legebesøk.")])
    assert target_text(target, "nb") == (
        "Siden når har pasienten hatt nedsatt funksjon, og er datoen nøyaktig eller omtrentlig? «Ukjent» er et gyldig "
        "svar. Regn fra første legebesøk."
    )


# ---- what is refused ----


def wanted(*questions: CaseQuestion, measure: Measure | None = None, **more: Any) -> Order:  # noqa: ANN401
    return replace(Order(PATIENT, GP, RECEIVER, questions, measure), **more)


def whys(order: Order, *known: State, persons: str = "synthetic") -> list[tuple[Why, int | None]]:
    return [(each.why, each.question) for each in order_refusals(order, persons, known)]


def test_a_good_order_is_refused_for_nothing() -> None:
    assert whys(wanted()) == []
    assert whys(wanted(*map(CaseQuestion, CODES), measure=MEASURE)) == []
    assert whys(wanted(CaseQuestion("load-to-try", "Kan hun løfte ti kilo?"), measure=MEASURE)) == []


@pytest.mark.parametrize("number", ["", "1234567890", "12345678901", "160964107731", f"{PATIENT.number} ", None])
def test_a_number_that_is_none_is_refused(number: str | None) -> None:
    assert whys(wanted(patient=Patient(number))) == [("patient-number-invalid", None)]


@pytest.mark.parametrize(
    "persons,number,refused",
    [
        ("synthetic", PATIENT.number, False),
        ("both", PATIENT.number, False),
        ("real", PATIENT.number, True),
        ("synthetic", d_number(3, 4, 1971, 100), False),
        ("real", d_number(3, 4, 1971, 100), True),
    ],
)
def test_whose_numbers_belong_here_is_a_setting(persons: str, number: str, refused: bool) -> None:  # noqa: FBT001
    found = whys(wanted(patient=Patient(number)), persons=persons)
    assert found == ([("patient-wrong-environment", None)] if refused else [])


def test_a_clinician_needs_a_number_a_role_and_an_organisation() -> None:
    assert list(against_clinician(GP)) == []
    assert list(against_clinician(Clinician("12", "witch", "123456789"))) == [
        "clinician-number-invalid",
        "clinician-role-unknown",
        "organisation-number-invalid",
    ]
    assert whys(wanted(clinician=replace(GP, role=""))) == [("clinician-role-unknown", None)]


@pytest.mark.parametrize(
    "words,why",
    [
        ("Bør hun få AAP?", "asks-for-benefit"),
        ("Hvor mange prosent kan han jobbe?", "asks-for-work-ability"),
        ("Bør han omskoleres?", "asks-for-advice"),
    ],
)
def test_words_of_the_counsellor_are_held_against_the_same_lists_as_in_a_question(words: str, why: str) -> None:
    assert whys(wanted(CaseQuestion("since-when"), CaseQuestion("load-to-try", words))) == [(why, 1)]
    assert whys(wanted(measure=Measure(words))) == [(why, None)]


def test_a_view_of_a_measure_needs_a_measure() -> None:
    assert whys(wanted(CaseQuestion("compatible-with-measure"))) == [("measure-missing", None)]
    unknown = Measure("Arbeidstrening", ("flying",))
    assert whys(wanted(CaseQuestion("compatible-with-measure"), measure=unknown)) == [("demand-unknown", None)]


def test_a_question_that_is_none_or_stands_twice_is_refused() -> None:
    asked = (CaseQuestion("prognosis"), CaseQuestion("since-when"), CaseQuestion("since-when"))
    assert whys(wanted(*asked)) == [("question-unknown", 0), ("asked-twice", 2)]


def test_all_reasons_are_told_at_once() -> None:
    bad = wanted(
        CaseQuestion("horoscope", "Bør hun få AAP?"),
        CaseQuestion("compatible-with-measure"),
        patient=Patient("1"),
        clinician=Clinician("1", "2", "3"),
    )
    assert whys(bad) == [
        ("patient-number-invalid", None),
        ("clinician-number-invalid", None),
        ("clinician-role-unknown", None),
        ("organisation-number-invalid", None),
        ("asks-for-benefit", 0),
        ("question-unknown", 0),
        ("measure-missing", None),
    ]


def ordered(*questions: str, clinician: Clinician = GP) -> Ordered:
    return Ordered("o", AT, RECEIVER, PATIENT, clinician, ordered_targets(map(CaseQuestion, questions)), MEASURE)


def state(*events: Event) -> State:
    found = find_state(events)
    assert found is not None
    return found


def test_what_is_open_at_the_same_clinician_is_not_ordered_again() -> None:
    known = state(ordered("since-when"))
    since, load = CaseQuestion("since-when"), CaseQuestion("load-to-try")
    assert whys(wanted(), known) == [("already-open", None)]
    assert whys(wanted(since), known) == [("already-open", 0)]
    assert whys(wanted(load, since), known) == [("already-open", 1)]
    # What nobody has asked for may be ordered beside it.
    assert whys(wanted(load), known) == []


@pytest.mark.parametrize(
    "known",
    [
        state(ordered("since-when", clinician=replace(GP, hpr="9222888"))),
        state(ordered("since-when"), Withdrawn("w", AT, "no-longer-needed")),
        state(ordered("since-when"), Fulfilled("f", AT, "case", 1, frozenset({*REQUIRED_ITEMS, "since-when"}))),
        state(ordered("since-when"), HandedOver("h", AT, "her:8143999")),
        state(ordered("since-when"), HandedOver("h", AT, RECEIVER, replace(GP, hpr="9222888"))),
        state(Asked("a", AT, "case", 1, RECEIVER, (Target("onset", "missing"),))),
    ],
)
def test_what_is_open_at_nobody_or_at_another_is_ordered(known: State) -> None:
    assert whys(wanted(CaseQuestion("since-when")), known) == []
    assert whys(wanted(), known) == []


def test_an_order_handed_over_without_a_name_is_at_the_system() -> None:
    known = state(ordered("since-when"), HandedOver("h", AT, "her:8143999"))
    assert whys(wanted(CaseQuestion("since-when"), receiver="her:8143999"), known) == [("already-open", 0)]


def test_where_only_a_question_is_open_the_whole_may_be_ordered() -> None:
    whole = frozenset(REQUIRED_ITEMS)
    known = state(ordered("since-when"), Fulfilled("f", AT, "case", 1, whole))
    assert whys(wanted(), known) == []
    assert whys(wanted(CaseQuestion("since-when")), known) == [("already-open", 0)]


def test_every_refusal_has_words_that_name_no_benefit() -> None:
    assert set(REFUSALS) <= set(ORDER_REFUSALS)
    for title in ORDER_REFUSALS.values():
        texts = [title.text(language) for language in LANGUAGES]
        assert all(text.endswith(".") and not names_benefit(text) for text in texts)
        assert len(set(texts)) == len(texts)
    assert ORDER_REFUSALS["already-open"] != REFUSALS["already-open"]
    assert OrderRefusal("already-open") == OrderRefusal("already-open", None)
