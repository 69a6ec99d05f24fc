"""What may be asked of a doctor: what a counsellor may write and may not, and which places there are to ask about."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from certgateway.domain.amendment import ANSWERABLE
from certgateway.domain.asking import REFUSALS, Refusal, Why, is_answered, question_text, refusals
from certgateway.domain.certificate import (
    ITEMS,
    Attachment,
    Certificate,
    Coding,
    Diagnosis,
    Employment,
    FunctionStatement,
    HealthRisk,
    Limit,
    Prognosis,
    Quantity,
    Section,
    SpecialistStatement,
    Statement,
    Treatment,
)
from certgateway.domain.dialogue_events import Measure, Target
from certgateway.domain.findings import Effect, Finding, Language
from certgateway.domain.questions import QUESTIONS
from certgateway.domain.record import Version
from certgateway.domain.vocabulary import LANGUAGES, names_benefit
from certgateway.domain.vocabulary.clarification import CLARIFICATION_REASON
from certgateway.domain.vocabulary.form import CERTIFICATE_ITEM

AT = datetime(2026, 6, 15, 10, 0, tzinfo=UTC)
LOAD = Limit("max-load", Quantity(Decimal(10), "kg"))
CERTIFICATE = Certificate(
    Coding("urn:oid:1.2.3", "c-1"),
    AT,
    "final",
    employment=Section("stated", (Employment(occupation="Renholder"),)),
    diagnosis=Section("stated", (Diagnosis((Coding("urn:oid:2.16.578.1.12.4.1.1.7170", "L86"),), "main"),)),
    treatment=Section("not-assessed", (), "unavailable"),
    function=Section(
        "stated",
        (
            FunctionStatement(Coding("http://hl7.org/fhir/sid/icf", "d4300"), "work", "can", limits=(LOAD,)),
            FunctionStatement(Coding("http://hl7.org/fhir/sid/icf", "d4500"), ability="cannot"),
        ),
    ),
    health_risk=Section("none"),
    prognosis=Section("stated", (Prognosis("stable", review_date="2026-12-01"),)),
    specialist=Section("stated", (SpecialistStatement(attached=False),)),
    attachment=Section("stated", (Attachment("image/png", 0, "00"),)),
)

BENEFIT: tuple[Why, ...] = ("asks-for-benefit",)
WORK_ABILITY: tuple[Why, ...] = ("asks-for-work-ability",)
ADVICE: tuple[Why, ...] = ("asks-for-advice",)

REFUSED: tuple[tuple[str, tuple[Why, ...]], ...] = (
    # Benefits, Bokmål.
    ("Bør hun få AAP?", BENEFIT),
    ("Er vilkårene for arbeidsavklaringspenger oppfylt?", BENEFIT),
    ("Oppfyller hun vilkårene?", BENEFIT),
    ("Mener du at inngangsvilkåret er oppfylt?", BENEFIT),
    ("Fyller han vilkår etter loven?", BENEFIT),
    ("Har hun rett til stønad?", BENEFIT),
    ("Gir sykdommen rett til noe fra NAV?", BENEFIT),
    ("Har hun krav på hjelp fra oss?", BENEFIT),
    ("Gir dette rett på støtte?", BENEFIT),
    ("Støtter du at ytelsen forlenges?", BENEFIT),
    ("Når gikk sykepengene ut?", BENEFIT),
    ("Bør søknaden innvilges?", BENEFIT),
    ("Er han medlem av folketrygden?", BENEFIT),
    ("Er hun berettiget til dette?", BENEFIT),
    ("Hvilke rettigheter har hun?", BENEFIT),
    ("Trenger hun økonomisk støtte?", BENEFIT),
    ("Kan hun få stønadsperioden forlenget?", BENEFIT),
    ("Hvor mange prosent medisinsk invaliditet har hun?", BENEFIT),
    ("Hvilken méngrad foreslår du?", BENEFIT),
    # Benefits, Nynorsk and English.
    ("Fyller ho vilkåra for ytinga?", BENEFIT),
    ("Har han krav på sjukepengar?", BENEFIT),
    ("Bør ho få grunnstønad?", BENEFIT),
    ("Is she entitled to support?", BENEFIT),
    ("Should the benefit be continued?", BENEFIT),
    ("Is he eligible?", BENEFIT),
    ("Does she qualify for support?", BENEFIT),
    # Work ability, Bokmål.
    ("Hvor stor er arbeidsevnen?", WORK_ABILITY),
    ("Hvor stor er arbeids-evnen?", WORK_ABILITY),
    ("Har hun restarbeidsevne?", WORK_ABILITY),
    ("Er hun arbeidsfør?", WORK_ABILITY),
    ("ER HUN ARBEIDSUFØR?", WORK_ABILITY),
    ("Hvor mange prosent kan hun jobbe?", WORK_ABILITY),
    ("Kan hun arbeide 50 %?", WORK_ABILITY),
    ("Kan hun jobbe i 40 prosent fra høsten?", WORK_ABILITY),
    ("Er 50 % stilling realistisk?", WORK_ABILITY),
    ("Tåler hun 60 % av full stilling?", WORK_ABILITY),
    ("Klarer hun en stilling på 60 prosent?", WORK_ABILITY),
    ("Kan hun ha full stilling?", WORK_ABILITY),
    ("Kan hun jobbe fulltid?", WORK_ABILITY),
    ("Hvor stor andel av full stilling kan hun fylle?", WORK_ABILITY),
    ("Hvilken stillingsprosent er riktig?", WORK_ABILITY),
    ("Hvilken stillingsbrøk tåler hun?", WORK_ABILITY),
    ("Hvilken sykmeldingsgrad er riktig?", WORK_ABILITY),
    ("Hvor mange prosent bør hun være sykmeldt?", WORK_ABILITY),
    ("Er hun varig ufør?", WORK_ABILITY),
    ("Er ervervsevnen nedsatt?", WORK_ABILITY),
    ("Er inntektsevnen nedsatt?", WORK_ABILITY),
    ("Hvor stor arbeidskapasitet har hun?", WORK_ABILITY),
    # Work ability, Nynorsk and English.
    ("Kor stor er arbeidsevna?", WORK_ABILITY),
    ("Kor mange prosent kan ho arbeide?", WORK_ABILITY),
    ("Kva sjukmeldingsgrad er rett?", WORK_ABILITY),
    ("Kan ho arbeide heiltid?", WORK_ABILITY),
    ("Kan ho ha halv stilling?", WORK_ABILITY),
    ("What is her work capacity?", WORK_ABILITY),
    ("What percentage can she work?", WORK_ABILITY),
    ("How many per cent could she be working?", WORK_ABILITY),
    ("What share of a full-time job can she manage?", WORK_ABILITY),
    ("Can she work full-time?", WORK_ABILITY),
    ("Is he fit for work?", WORK_ABILITY),
    ("Is she incapacitated?", WORK_ABILITY),
    # Advice, Bokmål.
    ("Bør hun omskoleres?", ADVICE),
    ("Hvilken utdanning bør hun ta?", ADVICE),
    ("Er videreutdanning aktuelt?", ADVICE),
    ("Hvilket yrke passer for henne?", ADVICE),
    ("Hvilke yrker kan hun ha?", ADVICE),
    ("Hva slags jobb bør han søke?", ADVICE),
    ("Bør hun bytte jobb?", ADVICE),
    ("Hva slags arbeid passer for ham?", ADVICE),
    ("Hvilken bransje passer?", ADVICE),
    ("Trenger hun yrkesveiledning?", ADVICE),
    ("Bør hun ta fagbrev?", ADVICE),
    ("Bør han begynne på skole?", ADVICE),
    ("Bør hun finne seg en ny jobb?", ADVICE),
    ("Er varig tilrettelagt arbeid riktig?", ADVICE),
    ("Hvordan er mulighetene på arbeidsmarkedet?", ADVICE),
    ("Er hun klar for et annet yrke?", ADVICE),
    # Advice, Nynorsk and English.
    ("Er omskulering aktuelt?", ADVICE),
    ("Kva yrke bør ho velje?", ADVICE),
    ("Er skulegang aktuelt?", ADVICE),
    ("Kva slags arbeid passar for ho?", ADVICE),
    ("Kva jobb eignar seg for han?", ADVICE),
    ("Should she retrain?", ADVICE),
    ("Should he take further education?", ADVICE),
    ("Which occupation should she choose?", ADVICE),
    ("Which job suits him?", ADVICE),
    ("What are her chances on the labour market?", ADVICE),
    # How it is typed makes no difference.
    ("Er hun arbeids\u00adfør?", WORK_ABILITY),
    ("Oppfyller hun vilka\u030arene?", BENEFIT),
    ("Har hun rett\ntil noe?", BENEFIT),
    ("Kan hun arbeide 50\u00a0%?", WORK_ABILITY),
    # All at once.
    (
        "Har hun rett til AAP, hvor mange prosent kan hun jobbe, og bør hun omskoleres?",
        ("asks-for-benefit", "asks-for-work-ability", "asks-for-advice"),
    ),
)

OTHER_WORDS: tuple[tuple[Why, str, str], ...] = (
    ("asks-for-benefit", "{} hun rett på noe?", "ha har gir gjev får"),
    ("asks-for-benefit", "Trenger hun {}?", "ytinga økonomisk_hjelp rettigheter"),
    ("asks-for-benefit", "Who {} for support?", "qualifies qualify"),
    (
        "asks-for-work-ability",
        "Hva med 50 % {}?",
        "jobb jobbe jobben jobber jobbar jobba jobbet arbeid arbeide arbeider",
    ),
    ("asks-for-work-ability", "Does she {} 50 %?", "work works working"),
    (
        "asks-for-work-ability",
        "Er {} nedsatt?",
        "arbeidsevnen yrkesevnen inntektsevnen ervervsevnen arbeidskapasiteten",
    ),
    ("asks-for-work-ability", "Er han {}?", "yrkesufør ervervsufør fit_to_work unfit_for_work ufør"),
    (
        "asks-for-work-ability",
        "Hvilken {} tåler hun?",
        "arbeidsprosent jobbprosent sjukemeldingsgrad sykmeldingsprosent",
    ),
    ("asks-for-work-ability", "What is her {}?", "work_ability working_capacity capacity_for_work"),
    ("asks-for-work-ability", "Er 50 % av {} stilling mulig?", "full hel heil"),
    ("asks-for-work-ability", "Stilling {} 50 %?", "på i med"),
    ("asks-for-work-ability", "Kan hun ha {} stilling?", "full hel heil halv redusert"),
    ("asks-for-work-ability", "Kan hun klare {}?", "heltid heiltid fulltid deltid"),
    ("asks-for-work-ability", "Hvor stor andel av {} klarer hun?", "stillingen jobben arbeidet"),
    ("asks-for-advice", "Trenger hun {}?", "yrkesvalg yrkesrettleiing yrkesveiledning yrkesråd karriereråd"),
    ("asks-for-advice", "Vil hun {} jobb?", "bytte byte skifte change"),
    ("asks-for-advice", "Hva med {} yrke?", "nytt anna annet"),
    ("asks-for-advice", "Er det {} som passer?", "yrker yrket bransjer jobben jobbar"),
    ("asks-for-advice", "Which {} suits her?", "occupation occupations profession career job"),
    (
        "asks-for-advice",
        "Er det en jobb som {} henne?",
        "passer passar egner_seg_for eignar_seg_for anbefales tilrådes",
    ),
    ("asks-for-advice", "Arbeid: {} arbeid passer?", "hvilket slags type kva"),
    ("asks-for-advice", "Hva slags arbeid {} hun?", "passer egner eigna bør burde"),
    ("asks-for-advice", "Which occupation {} she have?", "can should"),
    ("asks-for-advice", "Burde hun {}?", "studere ta_skole få_ny_jobb få_annen_jobb få_anna_jobb"),
    ("asks-for-advice", "Should she {}?", "study go_to_school find_a_new_job find_another_job"),
    ("asks-for-advice", "Is it about {}?", "further_education higher_education more_education choice_of_occupation"),
)
"""Why, a sentence, and the words that each make it one that is refused."""

MEASURED = ("stenose", "hørselstap", "tap", "høyrsle", "syn", "lungefunksjon", "kraft", "av normalt", "av forventet")

PASSED: tuple[str, ...] = (
    # Bokmål.
    "Hvor mange kilo kan hun løfte, og hvor ofte?",
    "Kan hun løfte 50 kg?",
    "Hvor mange timer om dagen kan hun stå?",
    "Hvor mange timer i uken tåler hun aktivitet?",
    "Tåler hun å sitte i to timer uten pause?",
    "Hvordan er arbeidsplassen tilrettelagt?",
    "Er arbeidsmiljøet en belastning for helsen?",
    "Hvilken arbeidsstilling gir smerter?",
    "Hvilke arbeidsoppgaver er en helserisiko?",
    "Hvilke jobboppgaver kan hun gjøre?",
    "Tåler hun ubekvem arbeidstid?",
    "Tåler hun støy i 20 % av arbeidstiden?",
    "Er smertene vilkårlige, eller kommer de ved belastning?",
    "Hvordan er funksjonen ved 75 % stenose?",
    "Tåler hun tungt arbeid med 75 % stenose?",
    "Han har 40 prosent hørselstap. Tåler han støyende arbeid?",
    "Hvor mye er synet redusert i prosent?",
    "Kan hun kjøre bil?",
    "Kan hun føre truck med denne medisinen?",
    "Hvilken behandling er planlagt?",
    "Når er utredningen ferdig?",
    "Er det en yrkesskade?",
    "Gjelder det også stillesittende arbeid?",
    "Må hun endre stilling ofte?",
    "Hun har en stilling som renholder. Hvilke løft tåler hun?",
    "Stråler smertene rett til venstre side?",
    "Får hun vondt når hun går rett på hælen?",
    "Hvilke krav til pauser må arbeidsplassen møte?",
    "Bør hun unngå løft i jobben?",
    "Er det noe i jobben hun må passe på?",
    "Kan hun delta på kurs tre timer om dagen?",
    "Trenger hun varig tilrettelegging av arbeidsplassen?",
    "Hvor lenge har hun vært sykmeldt?",
    "Hvilket yrke har hun?",
    "Hun jobber deltid. Hvilke løft tåler hun?",
    "Hvor stor andel av arbeidsdagen må hun ligge?",
    "Kan hun arbeide i høyden?",
    "Har skaden gitt varig mén?",
    "Hvilke deler av jobben kan hun gjøre?",
    "Er hun egnet til å kjøre lastebil i jobben?",
    "Bør hun unngå skuldertunge løft?",
    "Har lungefunksjonen falt til 60 prosent av forventet, og tåler hun støvete arbeid?",
    "Er muskelytelsen nedsatt?",
    "Hvordan er funksjonsevnen i dagliglivet?",
    # Nynorsk.
    "Kor mange kilo kan ho lyfte?",
    "Kva arbeidsoppgåver er ein helserisiko?",
    "Kor lenge kan ho gå før ho treng pause?",
    "Kva er planen vidare for behandlinga?",
    "Toler ho skiftarbeid?",
    "Kan han køyre bil i mørkret?",
    "Har ho vondt på høgre side?",
    "Korleis verkar medisinen på konsentrasjonen?",
    "Kva yrke har ho?",
    # English.
    "How many hours can she sit?",
    "Does she benefit from physiotherapy?",
    "Can he lift 50 kg?",
    "Is driving a health risk?",
    "Can she work with her arms above the shoulders?",
    "Does night work pose a health risk?",
    "Is the stenosis 75 % or more?",
    "Which occupation does she have?",
    "Which treatment has been tried?",
)


def version(certificate: Certificate = CERTIFICATE, *findings: Finding) -> Version:
    return Version(1, "m-1", AT, "accepted", certificate, findings, current=True)


def against(*targets: Target, measure: Measure | None = None, waiting: tuple[Target, ...] = ()) -> list[Refusal]:
    return refusals(targets, measure, version(), waiting)


def whys(*targets: Target, waiting: tuple[Target, ...] = ()) -> list[Why]:
    return [refusal.why for refusal in against(*targets, waiting=waiting)]


def test_both_tables_are_large_enough_to_mean_something() -> None:
    assert len(REFUSED) >= 20
    assert len(PASSED) >= 20
    assert not {text for text, _ in REFUSED}.intersection(PASSED)


@pytest.mark.parametrize("text,expected", REFUSED, ids=[text for text, _ in REFUSED])
def test_what_is_not_for_a_doctor_is_refused(text: str, expected: tuple[Why, ...]) -> None:
    assert against(Target("function", "unclear", settles=text)) == [Refusal(why, 0) for why in expected]
    assert against(measure=Measure(text)) == [Refusal(why, None) for why in expected]


@pytest.mark.parametrize("why,sentence,words", OTHER_WORDS, ids=[sentence for _, sentence, _ in OTHER_WORDS])
def test_other_words_for_the_same_are_refused_too(why: Why, sentence: str, words: str) -> None:
    texts = [sentence.format(word.replace("_", " ")) for word in words.split()]
    assert [text for text in texts if why not in whys(Target("function", "unclear", settles=text))] == []


@pytest.mark.parametrize("what", MEASURED)
def test_a_share_of_something_else_passes(what: str) -> None:
    texts = (f"Tåler hun arbeid med 40 % {what}?", f"Hun har 40 prosent {what}, tåler hun arbeid i støv?")
    assert [whys(Target("function", "unclear", settles=text)) for text in texts] == [[], []]


@pytest.mark.parametrize("where", ["side", "sida", "venstre", "høyre", "høgre"])
def test_straight_to_one_side_is_no_right(where: str) -> None:
    assert whys(Target("function", "unclear", settles=f"Stråler det rett til {where}?")) == []


@pytest.mark.parametrize("text", PASSED)
def test_what_is_about_health_and_functioning_passes(text: str) -> None:
    assert against(Target("function", "unclear", settles=text), measure=Measure(text)) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("why", [why for why in REFUSALS if not why.startswith("asks-for")])
def test_a_refusal_has_its_words(why: Why, language: Language) -> None:
    texts = [words.text(language) for words in REFUSALS.values()]
    assert len(set(texts)) == len(texts) == 12
    assert REFUSALS[why].text(language).endswith(".")
    assert not names_benefit(REFUSALS[why].text(language))


# ---- the question itself ----


def test_a_question_without_fault_is_not_refused() -> None:
    targets = (
        Target("function", "unclear", "function[0].limits[0]", "Hvor ofte?"),
        Target("function", "unclear", "function[1]"),
        Target("function", "outdated", "function[1]"),
        Target("activity", "missing"),
        Target("prognosis", "contradictory", "prognosis.review_date"),
    )
    assert against(*targets, measure=Measure("Arbeidstrening i butikk", ("heavy-lifting", "driving-car"))) == []
    assert against() == []


@pytest.mark.parametrize("item", ["purpose", "patient", "author", "", "health_risk", "Function", "__class__"])
def test_an_item_that_cannot_be_answered_by_itself(item: str) -> None:
    assert whys(Target(item, "unclear")) == ["item-unknown"]


def test_of_an_item_that_cannot_be_answered_nothing_else_is_said() -> None:
    target = Target("patient", "missing", "patient.name")
    assert against(target, target, waiting=(target,)) == [Refusal("item-unknown", 0), Refusal("item-unknown", 1)]


def test_every_other_item_can_be_asked_about() -> None:
    assert set(ITEMS) - set(ANSWERABLE) == {"purpose", "patient", "author"}
    assert [whys(Target(item, "unclear")) for item in ANSWERABLE] == [[]] * 14


@pytest.mark.parametrize("reason", ["", "curious", "Missing", "answered"])
def test_a_reason_that_is_none(reason: str) -> None:
    assert whys(Target("function", reason)) == ["reason-unknown"]


def test_every_fault_is_told_with_its_place() -> None:
    found = against(
        Target("activity", "missing"),
        Target("patient", "curious", settles="Er hun ufør?"),
        Target("function", "missing", "function[0]"),
        measure=Measure("Omskolering", ("flying", "driving-car")),
    )
    assert found == [
        Refusal("asks-for-work-ability", 1),
        Refusal("reason-unknown", 1),
        Refusal("item-unknown", 1),
        Refusal("missing-takes-items", 2),
        Refusal("already-answered", 2),
        Refusal("asks-for-advice", None),
        Refusal("demand-unknown", None),
    ]


def test_only_a_code_of_a_risk_activity_is_a_demand() -> None:
    assert against(measure=Measure("Kurs", ("driving-car",))) == []
    assert against(measure=Measure("Kurs", ("driving-car", "Driving-car"))) == [Refusal("demand-unknown")]


def test_the_same_twice_in_one_question() -> None:
    once, again = (
        Target("function", "unclear", "function[0]"),
        Target("function", "unclear", "function[0]", "Hvor ofte?"),
    )
    assert against(once, again) == [Refusal("asked-twice", 1)]
    assert against(once, again, again) == [Refusal("asked-twice", 1), Refusal("asked-twice", 2)]


def test_the_same_that_is_open_already() -> None:
    asked = Target("function", "unclear", "function[0]", "Hvor ofte?")
    assert against(Target("function", "unclear", "function[0]"), waiting=(asked,)) == [Refusal("already-open", 0)]
    for other in (
        Target("function", "unclear"),
        Target("function", "unclear", "function[1]"),
        Target("function", "outdated", "function[0]"),
        Target("prognosis", "unclear"),
    ):
        assert whys(other, waiting=(asked,)) == []


# ---- what is answered ----


@pytest.mark.parametrize(
    "item,answered",
    [("function", True), ("health-risk", True), ("activity", False), ("treatment", False), ("prognosis", True)],
)
def test_stated_and_assessed_none_are_answers(item: str, answered: bool) -> None:  # noqa: FBT001
    assert is_answered(item, version()) is answered
    assert whys(Target(item, "missing")) == (["already-answered"] if answered else [])


def test_what_a_rule_found_to_be_no_answer_may_be_asked_for() -> None:
    gap = Finding("prognosis-missing", Effect.UNANSWERED, "prognosis")
    remark = Finding("no-can-stated", Effect.REMARK, "function")
    judged = version(CERTIFICATE, gap, remark)
    assert not is_answered("prognosis", judged)
    assert is_answered("function", judged)
    targets = (Target("prognosis", "missing"), Target("function", "missing"))
    assert refusals(targets, None, judged, ()) == [Refusal("already-answered", 1)]


def words(*texts: str) -> Certificate:
    statements = tuple(map(Statement, texts))
    return Certificate(CERTIFICATE.identifier, AT, "final", history=Section("stated", statements))


FILLER = Finding("placeholder-text", Effect.REMARK, "history", "history[0].text")


def test_filler_that_stands_alone_is_no_answer() -> None:
    alone = version(words("-"), FILLER)
    assert not is_answered("history", alone)
    assert refusals([Target("history", "missing")], None, alone, ()) == []
    # It is there, and may be asked about.
    assert refusals([Target("history", "unclear", "history[0].text")], None, alone, ()) == []


def test_filler_beside_another_statement_is_a_remark() -> None:
    beside = version(words("-", "Falt i trapp."), FILLER)
    assert is_answered("history", beside)
    assert refusals([Target("history", "missing")], None, beside, ()) == [Refusal("already-answered", 0)]


def test_another_remark_on_the_only_statement_and_filler_elsewhere_leave_an_answer() -> None:
    remark = Finding("text-repeats-diagnosis", Effect.REMARK, "history", "history[0].text")
    elsewhere = Finding("placeholder-text", Effect.REMARK, "assessment", "assessment[0].text")
    assert is_answered("history", version(words("Falt i trapp."), remark, elsewhere))


def test_that_there_is_none_is_an_answer_whatever_was_remarked() -> None:
    filler = Finding("placeholder-text", Effect.REMARK, "health-risk", "health-risk")
    assert is_answered("health-risk", version(CERTIFICATE, filler))


def test_an_answer_may_be_asked_about_for_any_other_reason() -> None:
    reasons = [reason for reason in CLARIFICATION_REASON.concepts if reason != "missing"]
    assert [whys(Target("function", reason)) for reason in reasons] == [[]] * 6


# ---- places ----


@pytest.mark.parametrize(
    "element",
    [
        "function[0]",
        "function[1]",
        "function[0].ability",
        "function[0].limits",
        "function[0].limits[0]",
        "function[0].limits[0].quantity.value",
        "function[0].code.code",
        "diagnosis[0].rank",
        "diagnosis[0].codes[0].system",
        "prognosis",
        "prognosis.course",
        "prognosis.review_date",
        "employment.occupation",
        "specialist[0].attached",  # "no" and nought are said, too
        "attachment[0].size",
    ],
)
def test_a_place_where_something_stands(element: str) -> None:
    assert whys(Target(element.partition(".")[0].partition("[")[0], "unclear", element)) == []


@pytest.mark.parametrize(
    "item,element",
    [
        ("function", ""),
        ("function", "function"),  # which of them?
        ("function", "function.ability"),
        ("function", "function[2]"),
        ("function", "function[1000000]"),
        ("function", "function[999999]"),
        ("function", f"function[{'9' * 5000}]"),
        ("function", "function[-1]"),
        ("function", "function[00]"),  # another name of function[0] would be asked twice
        ("function", "function[1].limits[00]"),
        ("function", "function[\u0660]"),
        ("function", "function[]"),
        ("function", "function[0][0]"),
        ("function", "function[0]\n"),
        ("function", " function[0]"),
        ("function", "function[0]."),
        ("function", ".function[0]"),
        ("function", "function[0]..ability"),
        ("function", "function[0].ABILITY"),
        ("function", "function[0].best"),
        ("function", "function[0].adaptations"),
        ("function", "function[0].adaptations[0]"),
        ("function", "function[0].limits[1]"),
        ("function", "function[0].limits[1000000]"),
        ("function", "function[0].ability[0]"),  # letters are no list
        ("function", "function[0].code[0]"),
        ("function", "function[0].ability.upper"),
        ("function", "function[0].limits.count"),
        ("function", "function[0].harm"),
        ("function", "function[0].__class__"),
        ("function", "function[0].__class__.__mro__"),
        ("function", "function[0].__doc__"),
        ("function", "function[0].__slots__[0]"),
        ("function", "function[0].best.course"),
        ("function", "prognosis.course"),
        ("function", "diagnosis[0]"),
        ("prognosis", "employment.course"),
        ("diagnosis", "diagnosis[0].code"),  # found out, not stated
        ("prognosis", "prognosis[0]"),
        ("prognosis", "prognosis[0].course"),
        ("prognosis", "prognosis.horizon"),
        ("prognosis", "prognosis.horizon.value"),
        ("onset", "onset"),
        ("health-risk", "health-risk[0]"),
        ("health-risk", "health_risk[0]"),
        ("treatment", "treatment[0]"),
        ("activity", "activity[0].ability"),
    ],
)
def test_a_place_where_nothing_stands(item: str, element: str) -> None:
    assert whys(Target(item, "unclear", element)) == ["element-unknown"]


def test_the_index_may_be_as_long_as_any_list() -> None:
    many = tuple(HealthRisk(harm="worsening") for _ in range(12))
    long = Certificate(
        CERTIFICATE.identifier,
        AT,
        "final",
        treatment=Section("stated", (Treatment(diagnosis=0),)),
        health_risk=Section("stated", many),
    )
    targets = [
        Target("health-risk", "unclear", element) for element in ("health-risk[10].harm", "health-risk[12].harm")
    ]
    assert refusals(targets, None, version(long), ()) == [Refusal("element-unknown", 1)]
    # The first of several diagnoses has the number nought, and is one.
    assert refusals([Target("treatment", "unclear", "treatment[0].diagnosis")], None, version(long), ()) == []


# ---- words ----


@pytest.mark.parametrize(
    "target,language,text",
    [
        (
            Target("activity", "missing"),
            "nb",
            "Erklæringen sier ikke noe om «Mulighet for aktivitet». Kan du svare på det?",
        ),
        (
            Target("activity", "missing", settles="{item} {0}?"),
            "en",
            "The certificate says nothing about “Ability to take part in activity”. Can you answer it? {item} {0}?",
        ),
        (
            Target("function", "unclear", "function[0]", "Kor ofte?"),
            "nn",
            (
                "Det er uklart for oss kva som er meint under «Funksjonsevne». Kan du presisere? "
                "Det gjeld opplysning nummer 1 under punktet. Kor ofte? "
                "Svaret erstattar alt som står under punktet no."
            ),
        ),
        (
            Target("health-risk", "contradictory", "health-risk[10].harm"),
            "en",
            (
                "What stands under “Activities with health risk” seems to contradict itself or the rest of the "
                "certificate. Which is right? This is about statement number 11 under the item. "
                "The answer takes the place of all that stands under the item now."
            ),
        ),
        (
            Target("function", "detail-for-measure", "function[1].limits[0]", "Hvor tungt?"),
            "nb",
            (
                "NAV planlegger et tiltak. Hva må vi vite om «Funksjonsevne» for at det skal være trygt for pasienten? "
                "Det gjelder opplysning nummer 2 under punktet. Hvor tungt? "
                "Svaret erstatter alt som står under punktet nå."
            ),
        ),
        # There is but one of it to ask about.
        (
            Target("prognosis", "unclear", "prognosis.course"),
            "nb",
            (
                "Det er uklart for oss hva som menes under «Prognose». Kan du presisere? "
                "Svaret erstatter alt som står under punktet nå."
            ),
        ),
        (
            Target("prognosis", "outdated", settles=""),
            "nb",
            (
                "Opplysningene under «Prognose» begynner å bli gamle. Gjelder de fortsatt? "
                "Svaret erstatter alt som står under punktet nå."
            ),
        ),
    ],
)
def test_a_question_is_our_words_and_then_the_counsellor_s(target: Target, language: Language, text: str) -> None:
    assert question_text(target, language) == text


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_missing_is_asked_for_as_the_rules_ask(language: Language) -> None:
    whole = QUESTIONS["prognosis-missing"][None].text(language)
    assert question_text(Target("prognosis", "missing"), language) == whole
    assert question_text(Target("prognosis", "missing", settles="Takk."), language) == f"{whole} Takk."
    assert question_text(Target("prognosis", "unclear"), language) != whole


@pytest.mark.parametrize("item", ANSWERABLE)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_item_and_reason_has_a_question_of_its_own(item: str, language: Language) -> None:
    texts = [question_text(Target(item, reason), language) for reason in CLARIFICATION_REASON.concepts]
    assert len(set(texts)) == len(texts) == 7
    assert all("?" in text and "{" not in text and not names_benefit(text) for text in texts)
    title = CERTIFICATE_ITEM.title(item, language)
    assert all(title is not None and title in text for text in texts[1:])
    # Of what is missing, nothing stands there that could be replaced.
    end = {"nb": "punktet nå.", "nn": "punktet no.", "en": "the item now."}[language]
    assert [text.endswith(end) for text in texts] == [False, *[True] * 6]
    # What we ask in our own words would itself be let through.
    assert all(whys(Target("function", "unclear", settles=text)) == [] for text in texts)
