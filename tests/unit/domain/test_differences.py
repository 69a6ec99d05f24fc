"""What changed between two versions: matched by content, told neutrally, prose never quoted."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certgateway.domain.assessment_quantities import comparable, number_text, quantity_text
from certgateway.domain.assessment_titles import Json, Titles
from certgateway.domain.certificate import (
    Attachment,
    Certificate,
    ClinicalFinding,
    Coding,
    Diagnosis,
    Employment,
    FunctionStatement,
    HealthRisk,
    Limit,
    Onset,
    Participation,
    Period,
    Prognosis,
    Quantity,
    Section,
    SpecialistStatement,
    Statement,
    Treatment,
)
from certgateway.domain.differences import differences
from tests.calibration import assert_within, cpu

T = TypeVar("T")

ICF = "http://hl7.org/fhir/sid/icf"
ICPC_2 = "urn:oid:2.16.578.1.12.4.1.1.7170"
RISK = "https://certgateway.example/fhir/CodeSystem/risk-activity"
SECRET = "Pasienten sover dårlig."


class Tables:
    """Two diagnoses of the tables; any other code is unknown."""

    def title(self, system: str, code: str) -> str | None:
        return {(ICPC_2, "L86"): "Ryggsyndrom", (ICPC_2, "P76"): "Depressiv lidelse"}.get((system, code))


NB = Titles(Tables())
EMPTY = Certificate(Coding("urn:oid:1.2", "c-1"), datetime(2026, 5, 12, 8, tzinfo=UTC), "final")


def stated(*entries: T) -> Section[T]:
    return Section("stated", entries)


def kilos(value: str, unit: str = "kg") -> Limit:
    return Limit("max-load", Quantity(Decimal(value), unit))


def minutes(value: str, unit: str = "min", kind: str = "max-duration") -> Limit:
    return Limit(kind, Quantity(Decimal(value), unit))


def functions(*entries: FunctionStatement) -> Certificate:
    return replace(EMPTY, function=stated(*entries))


def lifting(*limits: Limit, ability: str = "can", setting: str | None = "work") -> FunctionStatement:
    return FunctionStatement(code=Coding(ICF, "d4300"), setting=setting, ability=ability, limits=limits)


def texts(before: Certificate, after: Certificate, titles: Titles = NB) -> list[str]:
    return [change["text"] for change in differences(before, after, titles)]


def only(before: Certificate, after: Certificate) -> Json:
    (change,) = differences(before, after, NB)
    return change


def test_a_smaller_limit_is_told_as_it_was_and_as_it_is() -> None:
    change = only(functions(lifting(kilos("10"))), functions(lifting(kilos("5"))))
    assert change["text"] == "Løfte: 10 kg -> 5 kg"
    assert (change["item"], change["element"], change["aspect"], change["change"]) == (
        "function",
        "function[0].limits[0]",
        "max-load",
        "changed",
    )
    assert change["code"] == {"system": ICF, "code": "d4300", "display": "Løfte"}
    assert change["before"]["quantity"] == {"value": "10", "unit": "kg", "text": "10 kg"}
    assert change["after"]["quantity"] == {"value": "5", "unit": "kg", "text": "5 kg"}


def test_the_language_is_that_of_the_titles() -> None:
    before, after = functions(lifting(kilos("2.5"))), functions(lifting())
    assert texts(before, after) == ["Løfte: 2,5 kg -> ikke oppgitt"]
    assert texts(before, after, Titles(Tables(), "nn")) == ["Løfte: 2,5 kg -> ikkje oppgitt"]
    assert texts(before, after, Titles(Tables(), "en")) == ["Lifting: 2.5 kg -> not stated"]


@pytest.mark.parametrize(
    "before,after",
    [
        (kilos("10"), kilos("10.0")),
        (kilos("10"), kilos("10000", "g")),
        (minutes("90"), minutes("1.5", "h")),
        (minutes("2", "h", "max-per-day"), minutes("120", "min/d", "max-per-day")),
        (minutes("3", "d", "max-per-week"), minutes("3", "d/wk", "max-per-week")),
    ],
)
def test_an_equal_amount_in_another_unit_is_no_difference(before: Limit, after: Limit) -> None:
    assert texts(functions(lifting(before)), functions(lifting(after))) == []


@pytest.mark.parametrize(
    "before,after",
    [
        (minutes("1", "d", "max-per-week"), minutes("24", "h", "max-per-week")),  # a day of work has not 24 hours
        (minutes("2", "h"), minutes("2", "h/d")),
        (kilos("10"), kilos("10", "g")),
    ],
)
def test_amounts_that_do_not_convert_differ(before: Limit, after: Limit) -> None:
    assert len(texts(functions(lifting(before)), functions(lifting(after)))) == 1


def test_a_month_is_no_number_of_days() -> None:
    assert comparable(Quantity(Decimal(1), "a")) == comparable(Quantity(Decimal(12), "mo"))
    assert comparable(Quantity(Decimal(1), "wk")) == comparable(Quantity(Decimal(7), "d"))
    assert comparable(Quantity(Decimal(1), "mo"))[0] != comparable(Quantity(Decimal(30), "d"))[0]


@pytest.mark.parametrize(
    "value,unit,nb,nn,en",
    [
        ("1", "wk", "1 uke", "1 veke", "1 week"),
        ("6", "mo", "6 måneder", "6 månader", "6 months"),
        ("2.5", "h/d", "2,5 timer per dag", "2,5 timar per dag", "2.5 hours a day"),
        ("1.0", "h/wk", "1,0 time per uke", "1,0 time per veke", "1.0 hour a week"),
        ("1E+1", "kg", "10 kg", "10 kg", "10 kg"),
    ],
)
def test_quantities_read_well(value: str, unit: str, nb: str, nn: str, en: str) -> None:
    quantity = Quantity(Decimal(value), unit)
    assert (quantity_text(quantity, "nb"), quantity_text(quantity, "nn"), quantity_text(quantity, "en")) == (nb, nn, en)


def test_numbers_stay_exact_and_short() -> None:
    assert number_text(Decimal("2.50")) == "2.50"
    assert number_text(Decimal("1E+99")) == "1E+99"


def test_an_unknown_unit_is_shown_by_its_code() -> None:
    assert quantity_text(Quantity(Decimal(3), "furlong"), "nb") == "3 furlong"


def test_several_kinds_of_limit_are_told_apart() -> None:
    before = functions(lifting(kilos("10"), minutes("30")))
    after = functions(lifting(kilos("10"), minutes("20")))
    assert texts(before, after) == ["Løfte, Lengste tid i strekk: 30 min -> 20 min"]


def test_several_limits_of_one_kind_are_compared_as_a_set() -> None:
    before, after = functions(lifting(kilos("10"), kilos("5"))), functions(lifting(kilos("5"), kilos("10")))
    assert texts(before, after) == []
    assert texts(before, functions(lifting(kilos("5")))) == ["Løfte: 10 kg, 5 kg -> 5 kg"]


def test_another_setting_is_another_statement() -> None:
    before = functions(lifting(), lifting(setting="daily-life"))
    after = functions(lifting(setting="daily-life"), lifting(ability="cannot"))
    change = only(before, after)
    assert change["text"] == "Løfte (Arbeid): Kan -> Kan ikke"
    assert change["element"] == "function[1].ability"


def test_a_new_statement_is_added_whole() -> None:
    entry = FunctionStatement(
        code=Coding(ICF, "d450"),
        ability="can-with-adaptation",
        adaptations=("walking-aid", "own-pace"),
        source="tested",
    )
    change = only(functions(lifting()), functions(lifting(), entry))
    assert change["text"] == "Gå: ikke oppgitt -> Kan med tilpasning; tilpasning Ganghjelpemiddel, Eget tempo"
    assert (change["element"], change["aspect"], change["change"], change["before"]) == (
        "function[1]",
        None,
        "added",
        None,
    )
    assert change["after"]["ability"]["code"] == "can-with-adaptation"
    assert change["after"]["source"]["code"] == "tested"


def test_what_was_taken_out_points_at_its_item() -> None:
    change = only(functions(lifting(kilos("10"))), replace(EMPTY, function=Section("stated")))
    assert change["text"] == "Løfte: Kan; 10 kg -> ikke oppgitt"
    assert (change["element"], change["change"], change["after"]) == ("function", "removed", None)


def test_a_statement_that_says_nothing_more_is_told_as_stated() -> None:
    after = replace(EMPTY, health_risk=stated(HealthRisk(activity=Coding(RISK, "night-work"))))
    assert texts(EMPTY, after) == ["Nattarbeid: ikke oppgitt -> oppgitt"]


def test_order_of_statements_adaptations_and_dates_is_no_difference() -> None:
    first = replace(lifting(), adaptations=("own-pace", "lifting-aid"), date="2026-05-01")
    again = replace(lifting(), adaptations=("lifting-aid", "own-pace"), date="2026-06-01")
    other = FunctionStatement(code=Coding(ICF, "d450"), ability="can")
    assert texts(functions(first, other), functions(other, again)) == []


def test_of_equal_keys_equal_statements_belong_together() -> None:
    ten, five, two = lifting(kilos("10")), lifting(kilos("5")), lifting(kilos("2"))
    assert texts(functions(ten, five), functions(five, two)) == ["Løfte: 10 kg -> 2 kg"]


def test_statements_follow_their_diagnosis_not_its_place() -> None:
    back, mood = Diagnosis((Coding(ICPC_2, "L86"),), "main"), Diagnosis((Coding(ICPC_2, "P76"),), "other")
    before = replace(functions(replace(lifting(), diagnosis=0)), diagnosis=stated(back, mood))
    moved = replace(functions(replace(lifting(), diagnosis=1)), diagnosis=stated(mood, back))
    other = replace(functions(replace(lifting(), diagnosis=1)), diagnosis=stated(back, mood))
    nowhere = replace(functions(replace(lifting(), diagnosis=7)), diagnosis=stated(back, mood))
    uncoded = replace(before, diagnosis=stated(Diagnosis((), "main")))
    assert texts(before, moved) == []
    assert "Løfte, diagnose: Ryggsyndrom -> ikke oppgitt" in texts(before, uncoded)
    assert texts(before, other) == ["Løfte, diagnose: Ryggsyndrom -> Depressiv lidelse"]
    assert texts(before, nowhere) == ["Løfte, diagnose: Ryggsyndrom -> ikke oppgitt"]


def test_rank_and_further_codes_of_a_diagnosis() -> None:
    before = replace(EMPTY, diagnosis=stated(Diagnosis((Coding(ICPC_2, "L86"), Coding(ICPC_2, "P76")), "other")))
    after = replace(EMPTY, diagnosis=stated(Diagnosis((Coding(ICPC_2, "L86"),), "main")))
    assert texts(before, after) == [
        "Ryggsyndrom: Bidiagnose -> Hoveddiagnose",
        "Ryggsyndrom, koder: Depressiv lidelse -> ikke oppgitt",
    ]


def test_an_unknown_code_is_called_by_itself_and_words_are_not() -> None:
    unknown = replace(EMPTY, diagnosis=stated(Diagnosis((Coding(ICPC_2, "X99"),), "main")))
    words = replace(EMPTY, diagnosis=stated(Diagnosis((Coding(ICPC_2, SECRET),), "main")))
    assert texts(EMPTY, unknown) == ["X99: ikke oppgitt -> Hoveddiagnose"]
    assert texts(EMPTY, words) == ["?: ikke oppgitt -> Hoveddiagnose"]


def test_a_risk_changes_by_its_own_parts() -> None:
    risk = HealthRisk(
        activity=Coding(RISK, "heavy-lifting"),
        harm="worsening",
        severity="moderate",
        safe_limits=(kilos("10"),),
        validity=Period("2026-05-12", "2026-11-12"),
    )
    later = replace(risk, severity="mild", validity=Period("2026-05-12", "2027-02"), safe_limits=(kilos("15"),))
    found = differences(replace(EMPTY, health_risk=stated(risk)), replace(EMPTY, health_risk=stated(later)), NB)
    assert [(change["element"], change["text"]) for change in found] == [
        ("health-risk[0].severity", "Tunge løft, alvorlighet: Moderat -> Lett"),
        ("health-risk[0].safe_limits[0]", "Tunge løft: 10 kg -> 15 kg"),
        ("health-risk[0].validity.end", "Tunge løft, til: 2026-11-12 -> 2027-02"),
    ]


@pytest.mark.parametrize(
    "item,before,after,text",
    [
        (
            "employment",
            Employment(returns="yes"),
            Employment(returns="no"),
            "Arbeidsforhold, arbeidsgiver å gå tilbake til: Ja -> Nei",
        ),
        (
            "onset",
            Onset("2026-01", "approximate"),
            Onset("2026-01", "exact"),
            "Nedsatt funksjon fra, sikkerhet: Omtrentlig -> Sikker dato",
        ),
        ("onset", Onset("2026-01"), Onset("2025-11"), "Nedsatt funksjon fra: 2026-01 -> 2025-11"),
        (
            "treatment",
            Treatment("surgery", "planned"),
            Treatment("surgery", "finished"),
            "Operasjon: Planlagt -> Avsluttet",
        ),
        ("activity", Participation("no"), Participation("yes"), "Mulighet for aktivitet: Kan ikke delta -> Kan delta"),
        ("prognosis", Prognosis("uncertain"), Prognosis("improvement"), "Prognose: Usikker -> Bedring"),
        (
            "prognosis",
            Prognosis(horizon=Quantity(Decimal(1), "a")),
            Prognosis(horizon=Quantity(Decimal(6), "mo")),
            "Prognose, tidshorisont: 1 år -> 6 måneder",
        ),
        (
            "specialist",
            SpecialistStatement("neurology", attached=False),
            SpecialistStatement("neurology", attached=True),
            "Nevrologi, vedlagt: nei -> ja",
        ),
        (
            "findings",
            ClinicalFinding(Coding(ICF, "b710"), qualifier="2"),
            ClinicalFinding(Coding(ICF, "b710"), qualifier="1"),
            "Leddbevegelighet, ICF-grad: Moderate vansker -> Lette vansker",
        ),
    ],
)
def test_every_item_tells_its_change(item: str, before: object, after: object, text: str) -> None:
    old: dict[str, Any] = {item: stated(before)}
    new: dict[str, Any] = {item: stated(after)}
    assert texts(replace(EMPTY, **old), replace(EMPTY, **new)) == [text]


def test_a_new_attachment_is_named_by_type_only() -> None:
    after = replace(EMPTY, attachment=stated(Attachment("application/pdf", 9, "0" * 64)))
    assert texts(EMPTY, after) == ["Vedlegg: ikke oppgitt -> application/pdf"]


@pytest.mark.parametrize(
    "old,new,words",
    [
        (Section("missing"), Section("none"), ["Aktiviteter med helserisiko: Ikke besvart -> Vurdert, ingen"]),
        (Section("not-assessed"), Section("none"), ["Aktiviteter med helserisiko: Ikke vurdert -> Vurdert, ingen"]),
        (
            Section("none"),
            Section("stated", (HealthRisk(activity=Coding(RISK, "cold"), harm="worsening"),)),
            [
                "Aktiviteter med helserisiko: Vurdert, ingen -> Besvart",
                "Kulde: ikke oppgitt -> mulig skade Forverring av tilstanden",
            ],
        ),
        (Section("missing"), Section("missing"), []),
    ],
)
def test_assessed_none_is_told_from_unanswered(
    old: Section[HealthRisk], new: Section[HealthRisk], words: list[str]
) -> None:
    assert texts(replace(EMPTY, health_risk=old), replace(EMPTY, health_risk=new)) == words


@pytest.mark.parametrize(
    "before,after,words,change",
    [
        ("Gammel tekst.", SECRET, "teksten er endret", "changed"),
        (None, SECRET, "ny tekst", "added"),
        (SECRET, None, "teksten er tatt ut", "removed"),
    ],
)
def test_prose_is_never_quoted(before: str | None, after: str | None, words: str, change: str) -> None:
    old, new = (functions(replace(lifting(), comment=comment)) for comment in (before, after))
    found = only(old, new)
    assert found["text"] == f"Løfte, kommentar: {words}"
    assert (found["change"], found["before"], found["after"]) == (change, None, None)
    written, rewritten = (
        replace(EMPTY, assessment=Section("stated", (Statement(text),) if text else ())) for text in (before, after)
    )
    assert texts(written, rewritten) == [f"Samlet medisinsk vurdering: {words}"]


sentences = st.one_of(st.none(), st.just(SECRET), st.just("En annen tekst."))
abilities = st.sampled_from([None, "can", "can-with-adaptation", "cannot"])
statements = st.builds(
    FunctionStatement,
    code=st.sampled_from([None, Coding(ICF, "d4300"), Coding(ICF, "d450"), Coding(ICF, "b280")]),
    setting=st.sampled_from([None, "work", "daily-life"]),
    ability=abilities,
    worst=abilities,
    qualifier=st.sampled_from([None, "0", "3"]),
    limits=st.lists(st.builds(kilos, st.sampled_from(["5", "10"])), max_size=2).map(tuple),
    comment=sentences,
)


def test_many_statements_are_compared_in_little_time() -> None:
    many = functions(*(lifting(kilos(str(number))) for number in range(3000)))
    turned = functions(*reversed(many.function.entries))
    assert texts(many, turned) == []
    assert_within(3, lambda: cpu(lambda: texts(many, turned)))


certificates = st.lists(statements, max_size=5).map(lambda entries: functions(*entries))


@given(certificates)
def test_nothing_differs_from_itself(certificate: Certificate) -> None:
    assert differences(certificate, certificate, NB) == []
    turned = replace(certificate, function=stated(*reversed(certificate.function.entries)))
    assert differences(certificate, turned, NB) == []


@given(certificates, certificates)
def test_going_back_undoes_every_change_and_no_prose_appears(before: Certificate, after: Certificate) -> None:
    there, back = differences(before, after, NB), differences(after, before, NB)
    count = {"added": "removed", "removed": "added", "changed": "changed"}
    assert sorted(count[change["change"]] for change in there) == sorted(change["change"] for change in back)
    assert SECRET not in json.dumps(there, ensure_ascii=False)
