"""The vocabularies: three titles of our own to every code, no benefit among them, and benefit names that are found."""

import re
import subprocess
import sys
import unicodedata

import pytest

from certgateway.domain import vocabulary
from certgateway.domain.certificate import ITEMS
from certgateway.domain.vocabulary import form_2008, functioning, icf, outlook, risks, units
from certgateway.domain.vocabulary.benefits import BENEFIT_NAMES, BENEFIT_RESOURCE_TYPES
from certgateway.domain.vocabulary.form import CERTIFICATE_ITEM, VERDICT
from certgateway.domain.vocabulary.model import table
from tests.calibration import assert_within, cpu

ALL = tuple(vocabulary.VOCABULARIES.values())

# The starter set as the domain description lists it, written out here so that a code that goes missing is seen.
STARTER_FUNCTIONS = (
    "b130 b134 b140 b144 b152 b164 b210 b230 b235 b2351 b280 b455 b710 b730 d155 d160 d166 d170 d175 d177 d210 d220 "
    "d230 d240 d310 d330 d410 d4153 d4154 d4300 d4301 d440 d4452 d450 d4551 d470 d475 d510 d540 d6200 d630 d640 d660 "
    "d710 d720 d740"
)


@pytest.mark.parametrize("entry", ALL, ids=lambda entry: entry.name)
def test_every_code_has_three_clean_titles(entry: vocabulary.Vocabulary) -> None:
    assert entry.concepts
    for title in entry.concepts.values():
        for text in (title.nb, title.nn, title.en):
            assert text == text.strip()
            assert len(text) > 1
            assert unicodedata.is_normalized("NFC", text)


@pytest.mark.parametrize("entry", ALL, ids=lambda entry: entry.name)
def test_titles_tell_the_codes_of_one_vocabulary_apart(entry: vocabulary.Vocabulary) -> None:
    for language in vocabulary.LANGUAGES:
        texts = [title.text(language) for title in entry.concepts.values()]
        assert sorted(texts) == sorted(set(texts))


def test_nynorsk_is_not_bokmal_under_another_name() -> None:
    # Forms that Nynorsk does not have; a title copied from Bokmål would show one of them.
    bokmal_only = re.compile(
        r"\b(ikke|uke|uker|sykdom|sykdommer|fra|hjelper|dager|noen|mulig|en annen|alene)\b", re.IGNORECASE
    )
    found = [
        (entry.name, code) for entry in ALL for code, title in entry.concepts.items() if bokmal_only.search(title.nn)
    ]
    assert found == []


def test_items_are_those_of_the_certificate_in_its_order() -> None:
    assert tuple(CERTIFICATE_ITEM.concepts) == ITEMS


@pytest.mark.parametrize(
    "item, nb",
    [
        ("purpose", "Formål"),
        ("patient", "Pasient"),
        ("author", "Behandler"),
        ("employment", "Arbeidsforhold"),
        ("diagnosis", "Diagnose"),
        ("history", "Sykehistorie (pasientens beskrivelse)"),
        ("findings", "Kliniske funn"),
        ("onset", "Nedsatt funksjon fra"),
        ("treatment", "Behandling og utredning"),
        ("function", "Funksjonsevne"),
        ("health-risk", "Aktiviteter med helserisiko"),
        ("activity", "Mulighet for aktivitet"),
        ("prognosis", "Prognose"),
        ("specialist", "Spesialistuttalelser"),
        ("assessment", "Samlet medisinsk vurdering"),
        ("reservation", "Forbehold"),
        ("attachment", "Vedlegg"),
    ],
)
def test_item_titles_are_the_agreed_ones(item: str, nb: str) -> None:
    assert vocabulary.title("https://certgateway.example/fhir/CodeSystem/certificate-item", item) == nb


def test_no_verdict_sounds_like_approval() -> None:
    assert [title.nb for title in VERDICT.concepts.values()] == [
        "Mottatt",
        "Mottatt med merknader",
        "Mottatt, ufullstendig",
        "Avvist",
    ]
    assert not any(
        "godkjen" in title.text(language).lower() for title in VERDICT.concepts.values() for language in ("nb", "nn")
    )


@pytest.mark.parametrize(
    "entry, codes",
    [
        (functioning.ABILITY, "can can-with-adaptation cannot"),
        (functioning.SETTING, "work daily-life"),
        (functioning.ICF_QUALIFIER, "0 1 2 3 4 8 9"),
        (functioning.VARIATION, "stable fluctuating"),
        (functioning.INFORMANT, "author patient employer nav"),
        (functioning.ONSET_CERTAINTY, "exact approximate unknown"),
        (outlook.PARTICIPATION, "yes with-limits no"),
        (outlook.COMBINABLE, "yes with-limits no"),
        (outlook.EXPECTED_IMPROVEMENT, "yes no uncertain"),
        (outlook.TREATMENT_STATUS, "ongoing planned waiting under-investigation finished no-progression"),
        (outlook.EXEMPTION_REASON, "admitted bedridden contagious acute-phase other-serious-illness"),
        (outlook.COURSE, "improvement stable fluctuating deterioration no-improvement uncertain"),
        (outlook.ACTIVITY_SCOPE, "all physical outside-home in-groups own-work other-work planned-measure"),
        (form_2008.WORK_SITUATION, "paid-work home student other"),
        (form_2008.CONTACT_WISH, "treating-doctor employer work-office local-group other"),
        (form_2008.RESUMPTION, "now after-treatment yes no"),
        (
            form_2008.QUESTION,
            (
                "function cannot-do other-occupation measure-limits no-measure-reason measure-details illness-duration "
                "reduced-function-duration reduced-work-duration causal-link earlier-plan new-information "
                "no-further-treatment other-contact other-information"
            ),
        ),
        (form_2008.PROPOSED_MEASURE, "health-services work-aids other none"),
        (outlook.CERTAINTY, "high moderate low"),
        (outlook.RESERVATION_REASON, "danger-to-life-or-health regard-for-close-persons"),
        (risks.SEVERITY, "mild moderate severe life-threatening"),
        (icf.FUNCTIONS, STARTER_FUNCTIONS),
    ],
    ids=lambda value: value.name if isinstance(value, vocabulary.Vocabulary) else "",
)
def test_codes_are_those_of_the_mapping(entry: vocabulary.Vocabulary, codes: str) -> None:
    assert tuple(entry.concepts) == tuple(codes.split())


def test_every_offer_is_of_a_question_for_items_of_the_certificate() -> None:
    assert set(form_2008.OFFERS) < set(form_2008.QUESTION.concepts)
    assert {item for items in form_2008.OFFERS.values() for item in items} < set(ITEMS)
    assert set(form_2008.OFFERS) >= form_2008.DURATION_QUESTIONS


def test_the_risk_starter_set_is_whole() -> None:
    assert len(risks.RISK_ACTIVITY.concepts) == 29
    assert len(risks.HARM.concepts) == 12


def test_risk_activities_are_mapped_to_icf_codes_with_titles() -> None:
    assert set(risks.RISK_ACTIVITY_ICF) <= set(risks.RISK_ACTIVITY.concepts)
    assert [code for code in risks.RISK_ACTIVITY_ICF.values() if code not in icf.ICF_CODES] == []


def test_core_functions_are_activities_of_the_starter_set() -> None:
    titles = [icf.FUNCTIONS.title(code, "en") for code in vocabulary.CORE_FUNCTIONS]
    assert titles == [
        "Walking",
        "Standing",
        "Sitting",
        "Lifting",
        "Fine hand use",
        "Acquiring skills",
        "Focusing attention",
        "Handling stress",
    ]
    assert all(vocabulary.is_activity(code) for code in vocabulary.CORE_FUNCTIONS)
    assert vocabulary.is_body_function("b280")
    assert not vocabulary.is_body_function("d450")
    assert not vocabulary.is_activity("b280")


def test_every_kind_of_limit_has_units_that_are_known() -> None:
    assert set(vocabulary.LIMIT_UNITS) == set(functioning.LIMIT.concepts)
    assert [unit for fitting in vocabulary.LIMIT_UNITS.values() for unit in fitting if unit not in units.UNITS] == []
    assert all(unit in units.UNITS for unit in vocabulary.DURATION_UNITS)


def test_no_limit_is_told_in_percent() -> None:
    assert vocabulary.known("http://unitsofmeasure.org", "%")
    assert [kind for kind in vocabulary.LIMIT_UNITS if vocabulary.unit_fits(kind, "%")] == []


def test_units_fit_their_kind_only() -> None:
    assert vocabulary.unit_fits("max-load", "kg")
    assert not vocabulary.unit_fits("max-load", "min")
    assert not vocabulary.unit_fits("no-such-kind", "kg")


def test_titles_are_found_by_system_and_code_in_each_language() -> None:
    assert vocabulary.title("http://hl7.org/fhir/sid/icf", "d4153") == "Sitte"
    assert vocabulary.title("http://hl7.org/fhir/sid/icf", "d4153", "nn") == "Sitje"
    assert vocabulary.title("http://hl7.org/fhir/sid/icf", "d4153", "en") == "Sitting"
    assert vocabulary.title("http://hl7.org/fhir/sid/icf", "d9999") is None
    assert vocabulary.title("urn:oid:2.16.578.1.12.4.1.1.7170", "L86") is None
    assert vocabulary.title("urn:oid:2.16.578.1.12.4.1.1.9060", "MT") == "Manuellterapeut"


def test_known_and_vocabulary_answer_for_unknown_systems() -> None:
    assert vocabulary.known("urn:oid:2.16.578.1.12.4.1.1.9060", "LE")
    assert not vocabulary.known("urn:oid:2.16.578.1.12.4.1.1.9060", "XX")
    assert not vocabulary.known("http://snomed.info/sct", "LE")
    assert vocabulary.vocabulary("http://snomed.info/sct") is None


def test_aliases_stand_for_the_norwegian_oid() -> None:
    assert vocabulary.canonical_system("http://hl7.org/fhir/sid/icpc-2") == "urn:oid:2.16.578.1.12.4.1.1.7170"
    assert vocabulary.canonical_system("http://hl7.org/fhir/sid/icd-10") == "urn:oid:2.16.578.1.12.4.1.1.7110"
    assert vocabulary.canonical_system("http://loinc.org") == "http://loinc.org"


def test_own_vocabularies_are_those_below_our_base() -> None:
    names = [entry.name for entry in vocabulary.own_vocabularies()]
    assert names[0] == "certificate-item"
    assert "harm" in names
    assert "icf" not in names
    assert "list-empty-reason" not in names


def test_a_code_that_stands_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="the code a stands twice"):
        table((("a", "x", "x", "x"), ("a", "y", "y", "y")))


def test_no_title_or_code_of_ours_names_a_benefit() -> None:
    found = [
        (entry.name, code)
        for entry in ALL
        for code, title in entry.concepts.items()
        if any(map(vocabulary.names_benefit, (code, title.nb, title.nn, title.en)))
    ]
    assert found == []
    assert [entry.url for entry in ALL if vocabulary.url_names_benefit(entry.url)] == []


def test_every_name_passes_the_sieve() -> None:
    assert len(BENEFIT_NAMES) > 200
    assert [name for name in BENEFIT_NAMES if not vocabulary.names_benefit(name)] == []
    assert [
        name for name in BENEFIT_NAMES if not vocabulary.names_benefit(unicodedata.normalize("NFD", name.upper()))
    ] == []
    assert [name for name in BENEFIT_NAMES if not vocabulary.names_benefit(name.title().replace(" ", ""))] == []


@pytest.mark.parametrize(
    "text",
    [
        "AAP",
        "aap",
        "a.a.p.",
        "AAP-søknad",
        "aap_ytelse",
        "https://example.org/fhir/StructureDefinition/aap",
        "proposedBenefitAAP",
        "AAP2024",
        "\uff21\uff21\uff30",
        "A\u00a0AP",
        "A\u200bAP",
        "\u0410\u0410\u0420",
        "\u0391AP",
        "uføretr\u0443gd",
        "Arbeidsavklaringspenger",
        "arbeidsavklaringspengar",
        "arbeidsavklarings penger",
        "arbeidsavklaringpenger",
        "arbeids\u00adavklarings\u00adpenger",
        "arbeids\u00a0avklarings\u00a0penger",
        "sykepenger",
        "Syke penger",
        "SykePenger",
        "sjukepengane",
        "sykepengesøknad",
        "uføretrygd",
        "Uføre-trygd",
        "ufoeretrygd",
        "uforetrygd",
        "uf\u00c3\u00b8retrygd",
        "uf%C3%B8retrygd",
        unicodedata.normalize("NFD", "særlig sykelønn og uførepensjonen"),
        unicodedata.normalize("NFD", "pårørende får omsorgslønn"),
        "svangerskapspenger",
        "foreldrepengane",
        "overgangsstønad",
        "stønaden",
        "rehab.penger",
        "yrkesretta attføring",
        "aktiv sykmelding",
        "friskmelding til arbeidsformidling",
        "reisetilskot",
        "ytelser fra NAV",
        "NAV-ytelse",
        "benefit-type",
        "proposed-benefit",
        "benefitType",
        "Work assessment allowance",
        "disability pension",
    ],
)
def test_benefits_are_found_in_any_disguise(text: str) -> None:
    assert vocabulary.names_benefit(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "arbeid",
        "arbeidsforhold",
        "muskelytelse",
        "kraftytelse",
        "redusert fysisk ytelse",
        "sykmelding",
        "gradert sykemelding",
        "sjukmelding",
        "svangerskap",
        "svangerskapsforgiftning",
        "foreldrepermisjon",
        "stønadsbrev",
        "pensjonist",
        "arbeidsufør",
        "arbeidsuførhet",
        "clinical benefit",
        "may benefit from physiotherapy",
        "risk-benefit",
        "svekket psyke. Penger bekymrer",
        "er syk, pengeproblemer",
        "bor hos foreldre, pengeproblemer",
        "å bo, støtte fra hjemmetjenesten",
        "AFP",
        "paap",
        "arbeidsavklaring",
        "medisinsk rehabilitering",
        "sykepleier",
        "trygg",
        "trygdekontor",
        "friskmeldt",
        "men erstatning av kneleddet er planlagt",
    ],
)
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert not vocabulary.names_benefit(text)


def test_in_a_path_the_bare_word_is_enough() -> None:
    assert vocabulary.url_names_benefit("https://vendor.example/fhir/StructureDefinition/ytelse")
    assert vocabulary.url_names_benefit("https://vendor.example/fhir/CodeSystem/St%C3%B8nad")
    assert not vocabulary.url_names_benefit("https://benefit.example/fhir/StructureDefinition/comment")
    assert not vocabulary.url_names_benefit("https://certgateway.example/fhir/StructureDefinition/source")
    assert not vocabulary.url_names_benefit("http://[broken")


@pytest.mark.parametrize(
    "system, code",
    [
        ("https://certgateway.example/fhir/CodeSystem/benefit-type", "2"),
        ("https://vendor.example/kodeverk/ytelse", "17"),
        ("http://terminology.hl7.org/CodeSystem/coverage-class", "plan"),
        ("https://vendor.example/legeerklaring/typeLegeerklaring", "02"),
        ("https://vendor.example/legeerklaring/typeLegeerklaring", " 4 "),
        ("https://vendor.example/legeerklaring#typeTiltak", "+5"),
        (None, "AAP"),
        ("urn:oid:1.2.3", "UFORETRYGD"),
    ],
)
def test_codings_about_benefits_are_found(system: str | None, code: str | None) -> None:
    assert vocabulary.is_benefit_code(system, code)


@pytest.mark.parametrize(
    "system, code",
    [
        ("https://vendor.example/legeerklaring/typeLegeerklaring", "1"),
        ("https://vendor.example/legeerklaring/typeLegeerklaring", "x"),
        ("https://vendor.example/legeerklaring/typeTiltak", "4"),
        ("https://vendor.example/other", "2"),
        ("http://hl7.org/fhir/sid/icf", "d450"),
        ("http://hl7.org/fhir/sid/icf", None),
        (None, None),
    ],
)
def test_other_codings_are_left_alone(system: str | None, code: str | None) -> None:
    assert not vocabulary.is_benefit_code(system, code)


def test_resource_types_about_money_are_listed() -> None:
    assert {"Coverage", "Claim", "EnrollmentRequest", "CoverageEligibilityResponse"} <= BENEFIT_RESOURCE_TYPES
    assert not BENEFIT_RESOURCE_TYPES & {"Observation", "Condition", "DocumentReference", "Bundle"}


def test_hostile_text_is_read_in_linear_time() -> None:
    def read() -> None:
        assert not vocabulary.names_benefit("arbeids avklarings " * 50_000)
        assert not vocabulary.names_benefit("\u00c3\u00ad%" * 100_000)

    assert_within(1.0, lambda: cpu(read))


def test_vocabulary_pulls_in_no_heavy_library() -> None:
    code = "import certgateway.domain.vocabulary, sys; print(*sorted(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert loaded & {"lxml", "pydantic", "sqlalchemy", "msgspec", "fastapi", "json"} == set()
