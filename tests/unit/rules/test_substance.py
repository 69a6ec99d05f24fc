"""Filler, copies, refusals without reason, and certificates that say nothing of what can be done."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certgateway.codes import ICD_10, ICPC_2, ICPC_2B
from certgateway.domain.certificate import (
    Certificate,
    ClinicalFinding,
    Coding,
    Diagnosis,
    Employment,
    FunctionStatement,
    HealthRisk,
    Onset,
    Participation,
    Period,
    Prognosis,
    Reservation,
    Section,
    SpecialistStatement,
    Statement,
    Treatment,
)
from certgateway.rules.declaration import Facts
from certgateway.rules.placeholders import DENIALS, FILLERS, placeholder_reason
from certgateway.rules.telling import repeats
from tests.unit.rules.conftest import ICF, Broken

CAN = "function <- activity with ability can or can-with-adaptation"
SOURCE = "function <- statement observed, tested, inferred or from a specialist"


def functions(*statements: FunctionStatement) -> Section[FunctionStatement]:
    return Section("stated", statements)


def does(code: str, ability: str | None, source: str | None = None) -> FunctionStatement:
    return FunctionStatement(Coding(ICF, code), "work", ability, source=source)


@pytest.mark.parametrize(
    "section,elements",
    [
        (functions(does("d450", "cannot")), [CAN]),
        (functions(does("d450", "cannot"), does("d4300", "cannot"), does("d475", None)), [CAN]),
        (functions(does("d450", "cannot"), does("b280", "can")), [CAN]),
        (functions(does("d450", "cannot"), does("d4300", "can")), []),
        (functions(does("d450", "can-with-adaptation")), []),
        # Not answered at all is another rule's matter.
        (functions(does("d450", None)), []),
        (functions(does("b280", None)), []),
        (Section("missing"), []),
        (Section("none"), []),
    ],
)
def test_no_resource_stated(
    good: Certificate, broken: Broken, section: Section[FunctionStatement], elements: list[str]
) -> None:
    assert broken("no-resource-stated", replace(good, function=section)) == elements


def test_broken_function_may_hold_a_resource(good: Certificate, facts: Facts, broken: Broken) -> None:
    certificate = replace(good, function=functions(does("d450", "cannot")))
    assert broken("no-resource-stated", certificate, replace(facts, broken_items=frozenset({"function"}))) == []


NO_ANSWERS = [
    "",
    " ",
    "-",
    "--",
    ".",
    "...",
    "…",
    "?",
    "???",
    "- ?",
    "/",
    "*",
    "_",
    "\u200b",
    "\u00a0",
    "se over",
    "Se over.",
    "SE OVER!",
    "s\u00ade\u00a0over",
    "Se journal",
    "se journalen",
    "sjå journal",
    "Se tidligere",
    "se tidligere erklæring",
    "Se vedlegg",
    "se vedlagte epikrise",
    "Viser til vedlagt epikrise.",
    "Det vises til journal og epikrise",
    "jf. journalnotat",
    "Jfr. pkt. 3",
    "som over",
    "Som nevnt ovenfor",
    "see above",
    "vedlagt",
    "ovenfor",
    "ukjent",
    "Ukjent.",
    "ukjend",
    "ikke kjent",
    "ikkje kjent",
    "vet ikke",
    "veit ikkje",
    "ikke oppgitt",
    "mangler",
    "n/a",
    "N/A",
    "kommer senere",
    "test",
    "Test test",
    "testing",
    "asdf",
    "asdfasdf",
    "asdasd",
    "qwerty",
    "blabla",
    "bla bla bla",
    "x",
    "xx",
    "xxx",
    "XXXXXXX",
    "aaaa",
    "aaa",
    "x x x",
    "lorem ipsum",
    "12345",
    "bla " * 200,
    "- " * 500,
    "asd" * 200,
    "x" * 1000,
    "se journal, " + "vedlegg og epikrise " * 50,
]


@pytest.mark.parametrize("text", NO_ANSWERS)
def test_filler_is_no_answer_anywhere(text: str) -> None:
    assert placeholder_reason(text)
    assert placeholder_reason(text, narrative=True)


@pytest.mark.parametrize(
    "text",
    ["ingen", "Ingen.", "nei", "Nei!", "ja", "ikke aktuelt", "ikkje relevant", "ok", "ikke vurdert", "K", "7", "22"],
)
def test_denial_answers_a_short_question_but_tells_nothing(text: str) -> None:
    assert placeholder_reason(text) is None
    assert placeholder_reason(text, narrative=True)


ANSWERS = [
    "i.a.",
    "ia",
    "u.a.",
    "normal",
    "uendret",
    "Bra effekt",
    "AAA",
    " III ",
    "Na",
    "ASD",
    "Snekker",
    "ert",
    "av og til",
    "Fra tidligere",
    "Under utredning",
    "Se over: løft høyst 10 kg.",
    "Se på skjerm høyst 20 minutter",
    "Viser til MR: prolaps L5/S1",
    "Ukjent årsak til svimmelheten",
    "Testet med 6 minutters gangtest: 420 m",
    "Ikke kjent allergi",
    "Ingen smerter i hvile",
    "beriberi",
    "Journalist",
    "Ser dårlig",
    "+/- 5 kg",
    "Epikrise fra nevrolog beskriver varig synsfeltutfall",
]


@pytest.mark.parametrize("text", ANSWERS)
def test_what_says_something_is_an_answer(text: str) -> None:
    assert placeholder_reason(text) is None
    assert placeholder_reason(text, narrative=True) is None


def test_a_long_text_is_told_by_its_beginning() -> None:
    assert placeholder_reason("Går, sitter og står uten plager, men løfter ikke over fem kilo. " * 3) is None


def test_phrases_stand_in_one_table_only() -> None:
    assert FILLERS.keys() & DENIALS.keys() == set()
    assert () not in FILLERS


FRAMES = st.text(alphabet=" .,!?-\u2013…()«»\"'\n\u00a0\u200b\u00ad", max_size=6)


@given(
    phrase=st.sampled_from([" ".join(phrase) for phrase in FILLERS]), before=FRAMES, after=FRAMES, upper=st.booleans()
)
def test_case_and_punctuation_around_filler_change_nothing(
    *, phrase: str, before: str, after: str, upper: bool
) -> None:
    text = f"{before}{phrase.upper() if upper else phrase}{after}"
    assert placeholder_reason(text) == placeholder_reason(phrase) is not None


def test_every_prose_field_is_judged(good: Certificate, broken: Broken) -> None:
    filled = replace(
        good,
        employment=Section("stated", (Employment(occupation="-"),)),
        diagnosis=Section("stated", (Diagnosis((Coding(ICPC_2, "L86"),), "main", comment="?"),)),
        history=Section("stated", (Statement("Fall i mars."), Statement("ingen"))),
        findings=Section("stated", (ClinicalFinding(text="ukjent", comment="se over"),)),
        onset=Section("stated", (Onset("2026-02", comment="."),)),
        treatment=Section("stated", (Treatment(description="xxx", result="se journal"),)),
        function=functions(replace(does("d450", "can"), comment="test")),
        health_risk=Section("stated", (HealthRisk(Coding(ICF, "d475"), mitigation="...", comment="asdf"),)),
        activity=Section("stated", (Participation("yes", comment="n/a"),)),
        prognosis=Section("stated", (Prognosis("stable", review_date="2027", comment="som over"),)),
        specialist=Section("stated", (SpecialistStatement(meaning="Se vedlagt epikrise"),)),
        assessment=Section("stated", (Statement("nei"),)),
        reservation=Section("stated", (Reservation(text="--"),)),
    )
    assert broken("placeholder-text", filled) == [
        "employment.occupation",
        "diagnosis[0].comment",
        "history[1].text",
        "findings[0].text",
        "findings[0].comment",
        "onset.comment",
        "treatment[0].description",
        "treatment[0].result",
        "function[0].comment",
        "health-risk[0].mitigation",
        "health-risk[0].comment",
        "activity[0].comment",
        "prognosis.comment",
        "specialist[0].meaning",
        "assessment[0].text",
        "reservation[0].text",
    ]


def test_short_answers_pass_where_they_answer(good: Certificate, broken: Broken) -> None:
    filled = replace(
        good,
        employment=Section("stated", (Employment(occupation="Ingen"),)),
        findings=Section("stated", (ClinicalFinding(text="K"),)),
        treatment=Section("stated", (Treatment(description="Ingen", result="Ingen"),)),
        health_risk=Section("stated", (HealthRisk(Coding(ICF, "d475"), mitigation="Nei"),)),
        specialist=Section("stated", (SpecialistStatement(meaning="Ingen"),)),
        reservation=Section("stated", (Reservation(text="Nei"),)),
    )
    assert broken("placeholder-text", filled) == []


def test_filler_leaves_the_item_missing_when_nothing_else_answers_it(good: Certificate, broken: Broken) -> None:
    certificate = replace(good, function=functions(FunctionStatement(comment="se over")))
    assert broken("placeholder-text", certificate) == ["function[0].comment"]
    assert broken("function-missing", certificate) == ["function <- activity (ICF d-code) with ability"]


def test_filler_beside_an_answer_leaves_the_item_answered(good: Certificate, broken: Broken) -> None:
    certificate = replace(good, function=functions(replace(does("d450", "can"), comment="-")))
    assert broken("placeholder-text", certificate) == ["function[0].comment"]
    assert broken("function-missing", certificate) == []


@pytest.mark.parametrize(
    "text",
    [
        "L86",
        "l 86",
        "Ryggsyndrom med smerteutstråling",
        "ryggsyndrom med smerteutstråling.",
        "RYGGSYNDROM  MED SMERTEUTSTRÅLING",
        "L86 Ryggsyndrom med smerteutstråling",
        "L86: Ryggsyndrom med smerteutstråling",
        "Ryggsyndrom med smerteutstråling (L86)",
        "ICPC-2 L86 Ryggsyndrom med smerteutstråling",
        "Diagnose: Ryggsyndrom med smerteutstråling",
        "hoveddiagnose l86",
        "G35",
        "ICD-10: G35 Multippel sklerose (MS)",
        "Multippel sklerose MS",
        "M511",
        "M51.1",
        "Lidelse i lumbalskive med radikulopati",
        "Ryggsyndrom" + " ." * 40 + " med smerteutstråling",
    ],
)
def test_text_repeats_diagnosis(good: Certificate, broken: Broken, text: str) -> None:
    diagnoses = (
        Diagnosis((Coding(ICPC_2B, "L86.0012"), Coding(ICPC_2, "L86")), "main"),
        Diagnosis((Coding(ICD_10, "G35"), Coding(ICD_10, "M51.1")), "other"),
    )
    certificate = replace(
        good,
        diagnosis=Section("stated", diagnoses),
        assessment=Section("stated", (Statement("Kort."), Statement(text))),
    )
    assert broken("text-repeats-diagnosis", certificate) == ["assessment[1].text"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "Diagnose",
        "Depressiv lidelse",
        "Ryggsyndrom",
        "Ryggsyndrom med smerteutstråling i venstre bein",
        "Ryggsyndrom med smerteutstråling begrenser løft.",
        "G35 gir uttalt trettbarhet",
    ],
)
def test_text_says_something_else_than_the_diagnosis(good: Certificate, broken: Broken, text: str) -> None:
    assert broken("text-repeats-diagnosis", replace(good, assessment=Section("stated", (Statement(text),)))) == []


def test_how_much_may_stand_around_a_copy() -> None:
    # Four characters for each letter of the longest label and of the longest copy.
    for label in ("", "Hoveddiagnose: ", "Dx "):
        text = f"{label}G35".ljust(64, ".")
        assert repeats(text, frozenset({"g35", "g"}))
        assert not repeats(text + ".", frozenset({"g35", "g"}))


def test_copy_in_any_prose_field(good: Certificate, broken: Broken) -> None:
    certificate = replace(
        good,
        diagnosis=Section("stated", (Diagnosis((Coding(ICPC_2, "P76"),), "main", comment="Depressiv lidelse"),)),
        treatment=Section("stated", (Treatment(result="P76"),)),
        prognosis=Section("stated", (Prognosis("stable", review_date="2027", comment="depressiv lidelse!"),)),
    )
    assert broken("text-repeats-diagnosis", certificate) == [
        "diagnosis[0].comment",
        "treatment[0].result",
        "prognosis.comment",
    ]


def test_code_without_title_is_copied_too(good: Certificate, broken: Broken) -> None:
    certificate = replace(
        good,
        diagnosis=Section("stated", (Diagnosis((Coding(ICPC_2, "L00"),), "main"), Diagnosis((), "other"))),
        assessment=Section("stated", (Statement("L00"),)),
    )
    assert broken("text-repeats-diagnosis", certificate) == ["assessment[0].text"]


REASONED = Participation("no", scope="all", reason="admitted", period=Period("2026-06-15"))


@pytest.mark.parametrize(
    "participation,lacking",
    [
        (replace(REASONED, scope=None), "scope"),
        (replace(REASONED, reason=None), "reason code"),
        (replace(REASONED, period=Period(None, "2026-07-15")), "period start"),
        (replace(REASONED, scope=None, period=Period()), "scope, period start"),
        (Participation("no", comment="Pasienten er syk."), "scope, reason code, period start"),
    ],
)
def test_activity_refused_without_reason(
    good: Certificate, broken: Broken, participation: Participation, lacking: str
) -> None:
    certificate = replace(good, activity=Section("stated", (REASONED, participation)))
    assert broken("activity-refused-without-reason", certificate) == [f"activity[1] <- {lacking}"]


@pytest.mark.parametrize(
    "participation", [REASONED, Participation("yes"), Participation("with-limits"), Participation(measure_view="no")]
)
def test_activity_that_needs_no_reason(good: Certificate, broken: Broken, participation: Participation) -> None:
    certificate = replace(good, activity=Section("stated", (participation,)))
    assert broken("activity-refused-without-reason", certificate) == []


def test_every_refusal_without_reason_is_told(good: Certificate, broken: Broken) -> None:
    certificate = replace(good, activity=Section("stated", (replace(REASONED, reason=None),) * 2))
    assert broken("activity-refused-without-reason", certificate) == [
        "activity[0] <- reason code",
        "activity[1] <- reason code",
    ]


def test_refusal_that_is_broken_may_have_its_reason(good: Certificate, facts: Facts, broken: Broken) -> None:
    certificate = replace(good, activity=Section("stated", (Participation("no"),)))
    known = replace(facts, broken_items=frozenset({"activity"}))
    assert broken("activity-refused-without-reason", certificate, known) == []


def risks(*sources: str | None) -> Section[HealthRisk]:
    entries = tuple(HealthRisk(Coding(ICF, "d475"), source=source) for source in sources)
    return Section("stated" if entries else "none", entries)


TOLD = "patient-reported"


@pytest.mark.parametrize(
    "section,risk,elements",
    [
        (functions(does("d450", "can", TOLD)), risks(), [SOURCE]),
        (functions(does("d450", "can", TOLD), does("b280", None, TOLD)), risks(TOLD, TOLD), [SOURCE]),
        (functions(does("d450", "can", TOLD)), risks(TOLD, "inferred"), []),
        (functions(does("d450", "can", TOLD), does("d475", "can", "observed")), risks(TOLD), []),
        (functions(does("d450", "can", TOLD)), risks(None), []),
        (functions(does("d450", "can")), risks(), []),
        (Section("missing"), risks(TOLD), []),
        (Section("not-assessed"), risks(), []),
    ],
)
def test_source_only_patient(
    good: Certificate,
    broken: Broken,
    section: Section[FunctionStatement],
    risk: Section[HealthRisk],
    elements: list[str],
) -> None:
    assert broken("source-only-patient", replace(good, function=section, health_risk=risk)) == elements
