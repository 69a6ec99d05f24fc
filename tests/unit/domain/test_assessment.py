"""What the work-ability assessment gets of a certificate, and what it must never get."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certgateway.domain.assessment import LISTS, project
from certgateway.domain.assessment_element import cut
from certgateway.domain.assessment_staleness import KEEPING
from certgateway.domain.certificate import (
    ITEMS,
    Attachment,
    Author,
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
    Patient,
    Period,
    Prognosis,
    Provenance,
    Purpose,
    Quantity,
    Reservation,
    Section,
    SpecialistStatement,
    Statement,
    Treatment,
)
from certgateway.domain.dialogue import State as Dialogue
from certgateway.domain.dialogue import find_state
from certgateway.domain.dialogue_events import Answered, Asked, Declined, Event, Target, Withdrawn
from certgateway.domain.findings import Effect, Finding, Language, Verdict
from certgateway.domain.prose import PROSE_FIELDS
from certgateway.domain.questions import QUESTIONS
from certgateway.domain.record import Version

T = TypeVar("T")
ICF = "http://hl7.org/fhir/sid/icf"
ICPC_2 = "urn:oid:2.16.578.1.12.4.1.1.7170"
ICPC_2B = "urn:oid:2.16.578.1.12.4.1.1.7171"
ICD_10 = "urn:oid:2.16.578.1.12.4.1.1.7110"
OURS = "https://certgateway.example/fhir/CodeSystem/"

CASE = "0b7c1d2e-0000-4000-8000-000000000001"
AUTHORED = datetime(2026, 5, 12, 10, 15, tzinfo=timezone(timedelta(hours=2)))
ARRIVAL = datetime(2026, 5, 12, 8, 20, tzinfo=UTC)
FIRST_ATTEMPT = datetime(2026, 5, 11, 22, 30, tzinfo=UTC)
NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)

TEN_KILOS = Limit("max-load", Quantity(Decimal(10), "kg"))


class Tables:
    """The diagnosis tables as far as these tests need them."""

    def title(self, system: str, code: str) -> str | None:
        titles = {(ICPC_2, "L86"): "Ryggsyndrom", (ICPC_2, "Z05"): "Arbeidsproblem", (ICD_10, "Z56.0"): "Uten arbeid"}
        return titles.get((system, code))


def stated(*entries: T) -> Section[T]:
    return Section("stated", entries)


BARE = Certificate(
    Coding("urn:oid:1.2.3", "sender-knows-it-by-this"),
    AUTHORED,
    "final",
    patient=Patient("01818012345", "fnr", "Kari Prøve"),
    author=Author(hpr="7654321", role="gp", last_seen="2026-05-12"),
)


def version(
    certificate: Certificate,
    *,
    number: int = 1,
    current: bool = True,
    verdict: Verdict = "accepted",
    findings: tuple[Finding, ...] = (),
) -> Version:
    return Version(number, f"m-{number}", ARRIVAL, verdict, certificate, findings, current)


def assessed(
    *versions: Version,
    now: datetime = NOW,
    withheld: dict[str, Any] | None = None,
    asked: Sequence[tuple[str, Dialogue]] = (),
    language: Language = "nb",
) -> dict[str, Any]:
    return project(
        CASE,
        versions,
        first_attempt=FIRST_ATTEMPT,
        now=now,
        titles=Tables(),
        withheld=withheld,
        asked=asked,
        language=language,
    )


def of(certificate: Certificate, now: datetime = NOW) -> dict[str, Any]:
    return assessed(version(certificate), now=now)


def places(elements: Sequence[dict[str, Any]]) -> list[str]:
    return [element["element"] for element in elements]


def d(code: str, ability: str | None = None, **more: Any) -> FunctionStatement:  # noqa: ANN401
    return FunctionStatement(code=Coding(ICF, code), ability=ability, **more)


def test_every_element_says_who_stated_it_when_and_on_what_ground() -> None:
    entry = d(
        "d4300", "can", limits=(TEN_KILOS,), setting="work", source="tested", date="2026-05-10", comment="Nært kroppen."
    )
    data = of(replace(BARE, function=stated(entry)))
    (element,) = data["resources"]
    assert data["obstacles"] == [element]
    assert {name: element[name] for name in element if name != "value"} == {
        "item": "function",
        "element": "function[0]",
        "code": {"system": ICF, "code": "d4300", "display": "Løfte"},
        "source": "tested",
        "source_display": "Undersøkt eller testet",
        "author": {"hpr": "7654321", "role": "gp", "display": "Fastlege"},
        "certificate": CASE,
        "version": 1,
        "dates": {
            "stated": "2026-05-10",
            "last_seen": "2026-05-12",
            "authored": "2026-05-12T08:15:00Z",
            "from": None,
            "until": None,
        },
        "age_days": 22,
        "stale": False,
        "stale_because": None,
        "parts": [{"text": "Nært kroppen.", "element": "function[0].comment"}],
    }
    assert element["value"]["ability"] == {"system": f"{OURS}ability", "code": "can", "display": "Kan"}
    assert element["value"]["setting"]["code"] == "work"
    assert element["value"]["limits"] == [
        {
            "kind": {"system": f"{OURS}limit", "code": "max-load", "display": "Høyeste vekt"},
            "quantity": {"value": "10", "unit": "kg", "text": "10 kg"},
        }
    ]


@pytest.mark.parametrize(
    "entry,expected",
    [
        (d("d450", "can"), {"resources"}),
        (d("d450", "can-with-adaptation"), {"resources"}),
        (d("d450", "cannot"), {"obstacles"}),
        (d("d450", "can", limits=(TEN_KILOS,)), {"resources", "obstacles"}),
        (d("d450", "can-with-adaptation", limits=(TEN_KILOS,)), {"resources", "obstacles"}),
        (d("d450", "cannot", limits=(TEN_KILOS,)), {"obstacles"}),
        (d("d450", "can", variation="fluctuating", best="can", worst="cannot"), {"resources", "obstacles"}),
        (d("d450", "can", variation="fluctuating", best="can", worst="can-with-adaptation"), {"resources"}),
        (
            d("d450", "cannot", variation="fluctuating", best="can-with-adaptation", worst="cannot"),
            {"resources", "obstacles"},
        ),
        (d("d450", "cannot", variation="fluctuating", best="cannot", worst="cannot"), {"obstacles"}),
        (d("d450", "can", qualifier="3"), {"resources"}),
        (FunctionStatement(ability="can"), {"resources"}),
        (d("b280", qualifier="0"), {"resources"}),
        (d("b280", qualifier="1"), {"obstacles"}),
        (d("b280", qualifier="4"), {"obstacles"}),
        (d("b280", "can", qualifier="2"), {"obstacles"}),
        (d("b280", "cannot"), {"obstacles"}),
        (d("d450", qualifier="2"), {"obstacles"}),
    ],
)
def test_what_works_is_a_resource_and_what_does_not_an_obstacle(entry: FunctionStatement, expected: set[str]) -> None:
    data = of(replace(BARE, function=stated(entry)))
    lists = ("resources", "obstacles", "not_assessed")
    assert {name: places(data[name]) for name in lists if data[name]} == {name: ["function[0]"] for name in expected}


@pytest.mark.parametrize(
    "entry",
    [
        d("d450", not_assessed="not-performed"),
        d("b280", qualifier="8"),
        d("b280", qualifier="9"),
        d("d450"),
        FunctionStatement(),
    ],
)
def test_what_was_not_assessed_is_shown_but_is_neither(entry: FunctionStatement) -> None:
    data = of(replace(BARE, function=stated(entry)))
    assert (data["resources"], data["obstacles"]) == ([], [])
    assert places(data["not_assessed"]) == ["function[0]"]
    assert data["states"]["function"] == "stated"


def test_the_reason_for_not_assessing_is_kept() -> None:
    data = of(replace(BARE, function=stated(d("d450", not_assessed="not-performed"))))
    assert data["not_assessed"][0]["value"]["not_assessed"]["display"] == "Ikke undersøkt"


def test_the_doctors_order_is_kept() -> None:
    data = of(replace(BARE, function=stated(d("d540", "can"), d("d450", "cannot"), d("d155", "can"))))
    assert places(data["resources"]) == ["function[0]", "function[2]"]
    assert places(data["obstacles"]) == ["function[1]"]


def test_resources_come_before_obstacles() -> None:
    names = list(of(BARE))
    assert names.index("resources") < names.index("obstacles")


@pytest.mark.parametrize("state", ["none", "not-assessed", "missing"])
def test_no_known_risk_is_told_from_no_answer(state: Any) -> None:  # noqa: ANN401
    data = of(replace(BARE, health_risk=Section(state, reason="notasked" if state == "not-assessed" else None)))
    assert data["risks"] == []
    assert data["states"]["health-risk"] == state
    assert places(data["assessed_none"]) == (["health-risk"] if state == "none" else [])
    assert places(data["not_assessed"]) == (["health-risk"] if state == "not-assessed" else [])
    assert data["state_reasons"].get("health-risk", {}).get("code") == ("notasked" if state == "not-assessed" else None)


def test_assessed_none_grows_old_like_any_statement() -> None:
    certificate = replace(BARE, health_risk=Section("none"))
    fresh = of(certificate, datetime(2027, 5, 12, 12, tzinfo=UTC))["assessed_none"][0]
    old = of(certificate, datetime(2027, 5, 13, 12, tzinfo=UTC))["assessed_none"][0]
    assert (fresh["age_days"], fresh["stale"]) == (365, False)
    assert (old["age_days"], old["stale_because"]) == (366, "age")
    assert old["value"] == {"state": "none", "reason": None}


def test_every_item_has_a_state() -> None:
    states = of(BARE)["states"]
    assert list(states) == list(ITEMS)
    assert {item for item, state in states.items() if state == "stated"} == {"patient", "author"}
    assert states["purpose"] == "missing"


def test_a_risk_that_has_run_out_is_flagged_not_dropped() -> None:
    risk = HealthRisk(
        activity=Coding(f"{OURS}risk-activity", "heavy-lifting"),
        harm="worsening",
        severity="moderate",
        safe_limits=(TEN_KILOS,),
        adaptations=("lifting-aid",),
        mitigation="Løft nært.",
        validity=Period("2026-05-12", "2026-06-01"),
        comment="Gjelder begge hender.",
    )
    certificate = replace(BARE, health_risk=stated(risk))
    on_the_day = of(certificate)["risks"][0]
    after = of(certificate, datetime(2026, 6, 1, 22, 30, tzinfo=UTC))["risks"][0]  # 2 June in Norway
    assert on_the_day["code"] == {"system": f"{OURS}risk-activity", "code": "heavy-lifting", "display": "Tunge løft"}
    assert on_the_day["value"]["harm"]["code"] == "worsening"
    assert on_the_day["value"]["severity"]["display"] == "Moderat"
    assert on_the_day["value"]["safe_limits"][0]["quantity"]["text"] == "10 kg"
    assert [entry["code"] for entry in on_the_day["value"]["adaptations"]] == ["lifting-aid"]
    assert (on_the_day["dates"]["from"], on_the_day["dates"]["until"]) == ("2026-05-12", "2026-06-01")
    assert [part["element"] for part in on_the_day["parts"]] == ["health-risk[0].mitigation", "health-risk[0].comment"]
    assert (on_the_day["value"]["expired"], on_the_day["stale"]) == (False, False)
    assert (after["value"]["expired"], after["stale_because"]) == (True, "period-ended")


def test_social_conditions_are_not_among_the_diagnoses() -> None:
    codes = [
        (ICPC_2, "Z05"),
        (ICPC_2, "P76"),
        (ICPC_2B, "Z05.0001"),
        (ICD_10, "Z54.9"),
        (ICD_10, "Z55"),
        (ICD_10, "Z65.8"),
        (ICD_10, "Z66"),
        (ICD_10, "Zxx"),
        ("http://example.test/other", "Z05"),
    ]
    entries = [Diagnosis((Coding(system, code),), "other") for system, code in codes]
    data = of(replace(BARE, diagnosis=stated(*entries, Diagnosis((), "other"))))
    assert places(data["social"]) == ["diagnosis[0]", "diagnosis[2]", "diagnosis[4]", "diagnosis[5]"]
    assert places(data["diagnoses"]) == [f"diagnosis[{index}]" for index in (1, 3, 6, 7, 8, 9)]


def test_the_main_diagnosis_stands_first_and_keeps_its_place_as_element() -> None:
    other = Diagnosis((Coding(ICD_10, "M51.1"),), "other", comment="Eldre.")
    main = Diagnosis((Coding(ICPC_2, "L86"), Coding(ICD_10, "M51.1")), "main")
    data = of(replace(BARE, diagnosis=stated(other, main), function=stated(d("d450", "can", diagnosis=1))))
    assert places(data["diagnoses"]) == ["diagnosis[1]", "diagnosis[0]"]
    first, second = data["diagnoses"]
    assert first["code"] == {"system": ICPC_2, "code": "L86", "display": "Ryggsyndrom"}
    assert first["value"]["rank"]["display"] == "Hoveddiagnose"
    assert [code["code"] for code in first["value"]["codes"]] == ["L86", "M51.1"]
    assert second["code"] == {"system": ICD_10, "code": "M51.1", "display": None}
    assert second["parts"] == [{"text": "Eldre.", "element": "diagnosis[0].comment"}]
    assert data["resources"][0]["value"]["diagnosis"] == {"element": "diagnosis[1]", "code": first["code"]}


@pytest.mark.parametrize("index", [-1, 1, 7])
def test_a_diagnosis_that_is_not_there_is_no_diagnosis(index: int) -> None:
    data = of(
        replace(BARE, diagnosis=stated(Diagnosis((), "main")), function=stated(d("d450", "can", diagnosis=index)))
    )
    assert data["resources"][0]["value"]["diagnosis"] is None


def test_words_in_the_place_of_a_code_are_not_passed_on() -> None:
    words = "trenger uføretrygd"
    certificate = replace(
        BARE,
        diagnosis=stated(Diagnosis((Coding(ICPC_2, words),), "main")),
        function=stated(FunctionStatement(Coding(ICF, words), ability=words, setting=words, adaptations=(words,))),
        purpose=Purpose(words, order="AAP-2026"),
        author=Author(hpr="7654321", role=words, last_seen=f"2026-05-12T{words}"),
        onset=stated(Onset(since=words, certainty=words, source=words)),
    )
    data = of(certificate)
    assert words not in json.dumps(data, ensure_ascii=False)
    assert data["diagnoses"][0]["code"] == {"system": ICPC_2, "code": None, "display": None}
    assert data["purpose"][0]["value"] == {"reason": None, "order": None}
    assert data["timeline"][0]["value"]["date"] is None
    assert data["timeline"][0]["dates"]["last_seen"] == "2026-05-12"


def test_the_time_line_answers_since_when_and_how_long() -> None:
    prognosis = Prognosis(
        course="improvement",
        horizon=Quantity(Decimal(6), "mo"),
        illness_duration=Quantity(Decimal(1), "a"),
        reduced_function_duration=Quantity(Decimal("1.5"), "a"),
        review_date="2026-05-31",
        date="2026-05-12",
    )
    data = of(
        replace(BARE, onset=stated(Onset("2026-01", "approximate", "patient-reported")), prognosis=stated(prognosis))
    )
    told = [(e["item"], e["element"], e["value"]["kind"], e["value"]["date"]) for e in data["timeline"]]
    assert told == [
        ("onset", "onset", "onset", "2026-01"),
        ("prognosis", "prognosis.illness_duration", "illness-duration", None),
        ("prognosis", "prognosis.reduced_function_duration", "reduced-function-duration", None),
        ("prognosis", "prognosis.horizon", "horizon", None),
        ("prognosis", "prognosis.review_date", "review-date", "2026-05-31"),
        ("author", "author.last_seen", "last-seen", "2026-05-12"),
        (None, "authored", "authored", "2026-05-12T08:15:00Z"),
        (None, None, "arrival", "2026-05-12T08:20:00Z"),
        (None, None, "first-attempt", "2026-05-11T22:30:00Z"),
    ]
    assert data["timeline"][0]["value"]["certainty"]["code"] == "approximate"
    assert data["timeline"][2]["value"]["quantity"] == {"value": "1.5", "unit": "a", "text": "1,5 år"}
    assert data["timeline"][4]["value"]["passed"] is True
    assert [element["age_days"] for element in data["timeline"][-3:]] == [20, 20, 20]
    assert data["prognosis"][0]["value"]["review_passed"] is True


def test_what_was_not_stated_is_not_on_the_time_line() -> None:
    data = of(replace(BARE, author=Author(hpr="7654321"), prognosis=stated(Prognosis(course="stable"))))
    assert [element["value"]["kind"] for element in data["timeline"]] == ["authored", "arrival", "first-attempt"]


@pytest.mark.parametrize(
    "own,last_seen,age",
    [
        ("2026-05-31", "2026-05-12", 1),
        (None, "2026-05-12", 20),
        ("midt i mai", "2026-05-12", 20),
        (None, None, 20),
        (None, "2026-05", 31),  # as old as the first of May
        ("2026", None, 151),
        ("2026-07-01", None, 0),
    ],
)
def test_age_counts_from_the_nearest_date(own: str | None, last_seen: str | None, age: int) -> None:
    certificate = replace(BARE, author=Author(last_seen=last_seen), function=stated(d("d450", "can", date=own)))
    assert of(certificate)["resources"][0]["age_days"] == age


def test_age_changes_at_midnight_in_norway() -> None:
    certificate = replace(BARE, function=stated(d("d450", "can", date="2026-05-31")))
    ages = [
        of(certificate, datetime(2026, 6, 1, 21, m, tzinfo=UTC) + timedelta(hours=h))["resources"][0]["age_days"]
        for h, m in ((0, 59), (1, 0))
    ]
    assert ages == [1, 2]


@pytest.mark.parametrize(
    "days,review,because",
    [
        (180, None, None),
        (181, None, "age"),
        (31, "2026-06", None),
        (50, "2026-06", "review-date-passed"),
        (50, "juni", None),
    ],
)
def test_function_is_stale_by_age_or_by_a_review_date_that_passed(
    days: int, review: str | None, because: str | None
) -> None:
    certificate = replace(
        BARE, function=stated(d("d450", "can")), prognosis=stated(Prognosis("stable", review_date=review))
    )
    data = of(certificate, datetime(2026, 5, 12, 12, tzinfo=UTC) + timedelta(days=days))
    (element,) = data["resources"]
    assert (element["age_days"], element["stale"], element["stale_because"]) == (days, because is not None, because)


def test_a_past_fact_never_grows_stale() -> None:
    data = of(replace(BARE, onset=stated(Onset("2019"))), datetime(2036, 1, 1, tzinfo=UTC))
    assert [element["stale"] for element in data["timeline"]] == [False] * 5


def test_keeping_is_told_for_every_item_with_its_reason() -> None:
    assert set(KEEPING) == set(ITEMS) - {"patient"}
    assert all(keeping.why for keeping in KEEPING.values())


def test_treatment_activity_and_specialist() -> None:
    treatment = Treatment(
        "physiotherapy", "ongoing", Period("2026-02", "2026-05-20"), "Trening.", "Bedre.", "yes", "with-limits"
    )
    participation = Participation("no", "all", "admitted", Period("2026-05-01"), "later", "observed", "Ringes.")
    specialist = SpecialistStatement("neurology", "2026-03-01", attached=True, meaning="Tåler sitting.")
    data = of(replace(BARE, treatment=stated(treatment), activity=stated(participation), specialist=stated(specialist)))
    (treated,), (active,), (told,) = data["treatment"], data["activity"], data["specialist"]
    assert treated["code"]["display"] == "Fysioterapi"
    assert treated["value"]["status"]["code"] == "ongoing"
    assert treated["value"]["expected_to_improve"]["code"] == "yes"
    assert treated["value"]["combinable_with_activity"]["code"] == "with-limits"
    assert (treated["dates"]["from"], treated["dates"]["until"]) == ("2026-02", "2026-05-20")
    assert treated["stale_because"] == "period-ended"
    assert [part["text"] for part in treated["parts"]] == ["Trening.", "Bedre."]
    assert {name: code["code"] for name, code in active["value"].items() if code} == {
        "ability": "no",
        "scope": "all",
        "reason": "admitted",
        "measure_view": "later",
    }
    assert active["code"]["code"] == "activity"
    assert told["value"] == {
        "specialty": {"system": f"{OURS}specialty", "code": "neurology", "display": "Nevrologi"},
        "attached": True,
    }
    assert (told["age_days"], told["stale"]) == (92, False)


def test_prose_items_are_statements_in_parts() -> None:
    certificate = replace(
        BARE,
        history=stated(Statement("Vondt i ryggen.", "patient-reported")),
        findings=stated(
            ClinicalFinding(text="Stiv.", comment="Begge sider.", source="tested", date="2026-05-12"),
            ClinicalFinding(Coding(ICF, "b710"), qualifier="2"),
            ClinicalFinding(quantity=Quantity(Decimal("130.50"), "mm[Hg]")),
        ),
        assessment=stated(Statement("I bedring.")),
    )
    statements = of(certificate)["statements"]
    assert places(statements) == ["history[0]", "findings[0]", "findings[1]", "findings[2]", "assessment[0]"]
    assert [element["source"] for element in statements[:2]] == ["patient-reported", "tested"]
    assert [part["text"] for part in statements[1]["parts"]] == ["Stiv.", "Begge sider."]
    assert statements[2]["code"]["display"] == "Leddbevegelighet"
    assert statements[2]["value"]["qualifier"]["code"] == "2"
    assert statements[3]["value"]["quantity"] == {"value": "130.50", "unit": "mm[Hg]", "text": "130,50 mmHg"}


def test_work_reservation_attachment_and_purpose_are_carried() -> None:
    certificate = replace(
        BARE,
        purpose=Purpose("ordered", "NAV-2026-004417"),
        employment=stated(Employment("Lagerarbeider", "yes", "patient", "2026-05-01")),
        reservation=stated(Reservation(("history",), "regard-for-close-persons", "Nær familie.")),
        attachment=stated(Attachment("application/pdf", 1234, "ab" * 32)),
    )
    data = of(certificate)
    assert data["purpose"][0]["value"]["reason"]["code"] == "ordered"
    assert data["purpose"][0]["value"]["order"] == "NAV-2026-004417"
    assert data["employment"][0]["element"] == "employment"
    assert data["employment"][0]["value"]["returns"]["code"] == "yes"
    assert data["employment"][0]["parts"] == [{"text": "Lagerarbeider", "element": "employment.occupation"}]
    assert [item["code"] for item in data["reservation"][0]["value"]["items"]] == ["history"]
    assert data["attachments"][0]["value"] == {"content_type": "application/pdf", "size": 1234, "sha256": "ab" * 32}


def test_neither_the_patient_nor_the_senders_identifier_is_in_the_data() -> None:
    text = json.dumps(of(BARE), ensure_ascii=False)
    assert [word for word in ("01818012345", "Kari", "sender-knows-it-by-this") if word in text] == []


TEXT = "Han er bedre. Han bør få AAP. Han trener."
SECOND = (14, 29)


@pytest.mark.parametrize(
    "withheld,parts",
    [
        ((), [{"text": TEXT}]),
        (
            (("benefit-recommendation", SECOND),),
            [{"text": "Han er bedre. "}, {"withheld": "benefit-recommendation"}, {"text": " Han trener."}],
        ),
        ((("vocational-advice", (0, 99)),), [{"withheld": "vocational-advice"}]),
        (
            (
                ("work-ability-verdict", (14, 40)),
                ("benefit-recommendation", SECOND),
                ("benefit-recommendation", SECOND),
            ),
            [
                {"text": "Han er bedre. "},
                {"withheld": "benefit-recommendation"},
                {"withheld": "work-ability-verdict"},
                {"text": "."},
            ],
        ),
        (
            (("benefit-recommendation", (0, 13)), ("benefit-recommendation", SECOND)),
            [{"withheld": "benefit-recommendation"}, {"withheld": "benefit-recommendation"}, {"text": " Han trener."}],
        ),
    ],
)
def test_marked_sentences_are_withheld(withheld: Any, parts: list[dict[str, str]]) -> None:  # noqa: ANN401
    assert list(cut(TEXT, withheld)) == parts


def test_withheld_sentences_of_every_prose_field_stay_out() -> None:
    """Each prose field the certificate has is filled with a marked sentence; none of them may come through anywhere."""
    prose: dict[str, dict[str, Any]] = {
        item: dict.fromkeys(fields, "Hemmelig.") for item, fields in PROSE_FIELDS.items()
    }
    certificate = replace(
        BARE,
        employment=stated(Employment(**prose["employment"])),
        diagnosis=stated(Diagnosis((), "main", **prose["diagnosis"])),
        history=stated(Statement(**prose["history"])),
        findings=stated(ClinicalFinding(**prose["findings"])),
        onset=stated(Onset(**prose["onset"])),
        treatment=stated(Treatment(**prose["treatment"])),
        function=stated(FunctionStatement(**prose["function"])),
        health_risk=stated(HealthRisk(**prose["health-risk"])),
        activity=stated(Participation(**prose["activity"])),
        prognosis=stated(Prognosis(**prose["prognosis"])),
        specialist=stated(SpecialistStatement(**prose["specialist"])),
        assessment=stated(Statement(**prose["assessment"])),
        reservation=stated(Reservation(**prose["reservation"])),
    )
    single = {"employment", "onset", "prognosis"}
    marked = {
        f"{item}{'' if item in single else '[0]'}.{field}": (("benefit-recommendation", (0, 9)),)
        for item, fields in PROSE_FIELDS.items()
        for field in fields
    }
    earlier = version(replace(BARE, authored=AUTHORED - timedelta(days=1)), number=1, current=False)
    data = assessed(earlier, version(certificate, number=2), withheld=marked)
    shown = json.dumps(data, ensure_ascii=False)
    assert "Hemmelig" in json.dumps(of(certificate), ensure_ascii=False)
    assert "Hemmelig" not in shown
    assert {
        part["element"] for name in LISTS if name != "differences" for e in data[name] for part in e.get("parts", [])
    } == set(marked)


def test_open_items_name_the_rule_and_remarks_are_shown() -> None:
    findings = (
        Finding("prognosis-missing", Effect.UNANSWERED, item="prognosis", element="prognosis", expected="course"),
        Finding(
            "prognosis-missing", Effect.UNANSWERED, item="prognosis", element="prognosis", expected="course", line=4
        ),
        Finding("date-in-future", Effect.REMARK, element="authored", path="Bundle.entry[0]"),
        Finding("benefit-removed", Effect.NOTE, item="benefit-type", path="Bundle.entry[1]"),
        Finding("not-carried", Effect.NOTE, path="Bundle.entry[1].resource.text"),
        Finding("odd", Effect.UNANSWERED, item=None),
    )
    data = assessed(version(BARE, verdict="incomplete", findings=findings))
    assert data["verdict"] == "incomplete"
    assert data["open"] == [
        {
            "item": "prognosis",
            "element": "prognosis",
            "display": "Prognose",
            "why": "prognosis-missing",
            "expected": "course",
            "question": QUESTIONS["prognosis-missing"][None].nb,
            "asked": [],
        },
        {"item": None, "element": None, "display": None, "why": "odd", "expected": None, "question": None, "asked": []},
    ]
    assert data["remarks"] == [{"rule": "date-in-future", "item": None, "element": "authored", "expected": None}]
    assert "benefit" not in json.dumps(data)


# Monday 1 June 2026 in the morning: fourteen working days later is Friday the 19th.
QUESTION = Asked(
    "q",
    datetime(2026, 6, 1, 6, 0, tzinfo=UTC),
    CASE,
    1,
    "her:8143060",
    (
        Target("prognosis", "missing"),
        Target("function", "unclear", "function[0].limits", "Hvor ofte?"),
        Target("health-risk", "outdated"),
    ),
)
UNCLEAR = {"system": f"{OURS}clarification-reason", "code": "unclear", "display": "Uklart"}


def dialogue(*events: Event, question: Asked = QUESTION) -> Dialogue:
    found = find_state([question, *events])
    assert found is not None
    return found


GAP = Finding("prognosis-missing", Effect.UNANSWERED, item="prognosis", element="prognosis", expected="course")


def test_what_is_asked_stands_with_what_is_missing_and_then_by_itself() -> None:
    data = assessed(version(BARE, findings=(GAP,)), asked=[("c-1", dialogue())])
    missing, function, risk = data["open"]
    assert {name: missing[name] for name in missing if name != "asked"} == {
        "item": "prognosis",
        "element": "prognosis",
        "display": "Prognose",
        "why": "prognosis-missing",
        "expected": "course",
        "question": QUESTIONS["prognosis-missing"][None].nb,
    }
    assert [(each["clarification"], each["reason"]["code"]) for each in missing["asked"]] == [("c-1", "missing")]
    text = (
        "Det er uklart for oss hva som menes under «Funksjonsevne». Kan du presisere? Det gjelder opplysning nummer 1 "
        "under punktet. Hvor ofte? Svaret erstatter alt som står under punktet nå."
    )
    assert function == {
        "item": "function",
        "element": "function[0].limits",
        "display": "Funksjonsevne",
        "why": "asked",
        "expected": None,
        "question": text,
        "asked": [
            {
                "clarification": "c-1",
                "reason": UNCLEAR,
                "element": "function[0].limits",
                "text": text,
                "due": "2026-06-19",
                "status": "ordered",
            }
        ],
    }
    # About the item as a whole.
    assert (risk["item"], risk["element"], risk["why"]) == ("health-risk", "health-risk", "asked")


def test_several_questions_about_one_item_are_one_open_item() -> None:
    other = replace(QUESTION, id="q-2", targets=(Target("function", "outdated"), Target("function", "unclear")))
    data = assessed(version(BARE), asked=[("c-2", dialogue(question=other)), ("c-1", dialogue())], language="nn")
    assert [each["item"] for each in data["open"]] == ["function", "health-risk", "prognosis"]
    function = data["open"][0]
    assert [(each["clarification"], each["reason"]["code"]) for each in function["asked"]] == [
        ("c-2", "outdated"),
        ("c-2", "unclear"),
        ("c-1", "unclear"),
    ]
    assert function["element"] == "function"
    assert function["question"] == (
        "Opplysningane under «Funksjonsevne» byrjar å bli gamle. Gjeld dei framleis? "
        "Svaret erstattar alt som står under punktet no."
    )


@pytest.mark.parametrize(
    "event",
    [
        Answered("a", ARRIVAL + timedelta(days=60), frozenset({"prognosis", "function", "health-risk"}), 2, 1),
        Declined("d", ARRIVAL + timedelta(days=60), "not-known"),
        Withdrawn("w", ARRIVAL + timedelta(days=60), "no-longer-needed"),
    ],
    ids=lambda event: type(event).__name__,
)
def test_what_nobody_waits_for_is_not_asked(event: Event) -> None:
    asked = [("c-1", dialogue(event))]
    assert assessed(version(BARE), asked=asked)["open"] == []
    # What is missing is open all the same.
    assert assessed(version(BARE, findings=(GAP,)), asked=asked) == assessed(version(BARE, findings=(GAP,)))


def test_a_question_changes_nothing_but_what_is_open() -> None:
    certificate = replace(BARE, function=stated(d("d4300", "can", limits=(TEN_KILOS,))))
    plain, asked = of(certificate), assessed(version(certificate), asked=[("c-1", dialogue())])
    assert {name for name in plain if plain[name] != asked[name]} == {"open"}


def test_of_a_withdrawn_certificate_no_question_is_shown() -> None:
    withdrawn = replace(BARE, status="entered-in-error")
    assert assessed(version(withdrawn), asked=[("c-1", dialogue())])["open"] == []


def test_an_item_that_was_answered_later_has_its_own_author_and_age() -> None:
    specialist = Author(hpr="1234567", role="hospital-specialist", last_seen="2026-05-28")
    later = datetime(2026, 5, 30, 12, 0, tzinfo=UTC)
    certificate = replace(
        BARE,
        authored=later,
        function=stated(d("d4300", "can")),
        prognosis=stated(Prognosis("stable", review_date="2026-12-01")),
        health_risk=Section("none"),
        provenance=(Provenance("function", BARE.author, AUTHORED), Provenance("health-risk", specialist, later)),
    )
    data = of(certificate)
    gp = {"hpr": "7654321", "role": "gp", "display": "Fastlege"}
    by_hospital = {"hpr": "1234567", "role": "hospital-specialist", "display": "Lege i spesialisthelsetjenesten"}
    (function,), (none,) = data["resources"], data["assessed_none"]
    assert (function["author"], function["dates"]["authored"]) == (gp, "2026-05-12T08:15:00Z")
    assert (function["dates"]["last_seen"], function["age_days"]) == ("2026-05-12", 20)
    assert (none["item"], none["author"], none["dates"]["authored"]) == (
        "health-risk",
        by_hospital,
        "2026-05-30T12:00:00Z",
    )
    assert (none["dates"]["last_seen"], none["age_days"]) == ("2026-05-28", 4)
    # What has no entry is the version's own.
    (prognosis,) = data["prognosis"]
    assert (prognosis["author"], prognosis["dates"]["authored"]) == (gp, "2026-05-30T12:00:00Z")


def test_without_any_other_date_an_answer_is_as_old_as_itself() -> None:
    unseen = Author(hpr="1234567")
    certificate = replace(
        BARE,
        function=stated(d("d4300", "can")),
        provenance=(Provenance("function", unseen, datetime(2026, 5, 30, 22, 30, tzinfo=UTC)),),
    )
    # Half past midnight of the 31st in Norway, and NOW is 1 June.
    (function,) = of(certificate)["resources"]
    assert (function["age_days"], function["dates"]["last_seen"], function["author"]["role"]) == (1, None, None)


def test_a_removed_benefit_leaves_no_trace() -> None:
    note = Finding("benefit-removed", Effect.NOTE, item="benefit-type", path="Bundle.entry[1]")
    assert assessed(version(BARE, findings=(note,))) == assessed(version(BARE))


def lifting(kilos: str, days_later: int) -> Certificate:
    limit = Limit("max-load", Quantity(Decimal(kilos), "kg"))
    return replace(
        BARE, authored=AUTHORED + timedelta(days=days_later), function=stated(d("d4300", "can", limits=(limit,)))
    )


def test_differences_are_against_the_version_written_just_before() -> None:
    first = version(lifting("20", 0), number=1, current=False)
    newest = version(lifting("5", 9), number=2)
    late = version(lifting("10", 3), number=3, current=False)  # arrived last, written before the newest
    data = assessed(newest, late, first)
    assert [change["text"] for change in data["differences"]] == ["Løfte: 10 kg -> 5 kg"]
    assert (data["version"], data["resources"][0]["version"]) == (2, 2)
    assert assessed(first, late, newest) == data


def test_a_withdrawn_version_is_not_compared_with() -> None:
    withdrawn = version(replace(lifting("20", 3), status="entered-in-error"), number=2, current=False)
    data = assessed(version(lifting("10", 0), current=False), withdrawn, version(lifting("5", 9), number=3))
    assert [change["text"] for change in data["differences"]] == ["Løfte: 10 kg -> 5 kg"]


def test_the_first_version_differs_from_nothing() -> None:
    assert of(lifting("5", 0))["differences"] == []


def test_of_a_withdrawn_certificate_no_statement_is_shown() -> None:
    earlier = version(lifting("10", 0), current=False)
    data = assessed(earlier, version(replace(lifting("5", 1), status="entered-in-error"), number=2))
    assert data["withdrawn"] is True
    assert (data["certificate"], data["version"]) == (CASE, 2)
    assert [name for name in LISTS if data[name] != []] == []
    assert data["states"] == {}
    assert set(data) == set(of(BARE))


def test_without_a_current_version_there_is_nothing_to_project() -> None:
    with pytest.raises(ValueError, match=r"^no version of the certificate is the current one$"):
        assessed(version(BARE, current=False))


def test_reception_is_told() -> None:
    data = of(BARE)
    assert {
        name: data[name] for name in ("authored", "arrival", "first_attempt", "as_of", "language", "withdrawn")
    } == {
        "authored": "2026-05-12T08:15:00Z",
        "arrival": "2026-05-12T08:20:00Z",
        "first_attempt": "2026-05-11T22:30:00Z",
        "as_of": "2026-06-01T09:00:00Z",
        "language": "nb",
        "withdrawn": False,
    }
    assert data["proposals"] == []


def test_titles_follow_the_language() -> None:
    data = assessed(version(replace(BARE, function=stated(d("d4153", "cannot")))), language="nn")
    assert data["obstacles"][0]["code"]["display"] == "Sitje"
    assert data["obstacles"][0]["value"]["ability"]["display"] == "Kan ikkje"


abilities = st.sampled_from([None, "can", "can-with-adaptation", "cannot"])
entries = st.builds(
    FunctionStatement,
    code=st.sampled_from([None, *(Coding(ICF, code) for code in ("d450", "d4300", "d155", "b280", "b130", "d999"))]),
    setting=st.sampled_from([None, "work", "daily-life"]),
    ability=abilities,
    not_assessed=st.sampled_from([None, "not-performed"]),
    qualifier=st.sampled_from([None, "0", "1", "4", "8", "9"]),
    limits=st.sampled_from([(), (TEN_KILOS,)]),
    variation=st.sampled_from([None, "stable", "fluctuating"]),
    best=abilities,
    worst=abilities,
    date=st.sampled_from([None, "2026", "2026-05-10", "ukjent"]),
)


@given(st.lists(entries, max_size=6))
def test_every_function_statement_has_its_place(statements: list[FunctionStatement]) -> None:
    certificate = replace(BARE, function=stated(*statements))
    data = of(certificate)
    assert data == of(certificate)
    resources, obstacles, neither = (set(places(data[name])) for name in ("resources", "obstacles", "not_assessed"))
    assert resources | obstacles | neither == {f"function[{index}]" for index in range(len(statements))}
    assert not neither & (resources | obstacles)
    for element in data["obstacles"]:
        value = element["value"]
        graded = (element["code"]["code"] or "").startswith("b") and value["qualifier"]
        if not graded and value["ability"] and value["ability"]["code"] == "can":
            assert value["limits"] or value["worst"]["code"] == "cannot"
    for index, entry in enumerate(statements):
        if entry.code and entry.code.code.startswith("d") and entry.ability:
            assert f"function[{index}]" in resources | obstacles


@given(st.lists(entries, max_size=4), st.sampled_from(["nb", "nn", "en"]))
def test_the_data_is_plain_json(statements: list[FunctionStatement], language: Language) -> None:
    data = assessed(version(replace(BARE, function=stated(*statements))), language=language)
    assert json.loads(json.dumps(data)) == data


@given(
    st.text(max_size=30),
    st.lists(st.tuples(st.sampled_from(["a", "b"]), st.tuples(st.integers(0, 30), st.integers(0, 35))), max_size=4),
)
def test_nothing_withheld_is_shown_and_nothing_else_is_lost(
    text: str, marks: list[tuple[str, tuple[int, int]]]
) -> None:
    spans = [(kind, (start, max(start, end))) for kind, (start, end) in marks]
    covered = {place for _, (start, end) in spans for place in range(start, end)}
    left = "".join(character for place, character in enumerate(text) if place not in covered)
    shown = "".join(part.get("text", "") for part in cut(text, spans))
    assert "".join(shown.split()) == "".join(left.split())
    assert {part["withheld"] for part in cut(text, spans) if "withheld" in part} == {kind for kind, _ in spans}
