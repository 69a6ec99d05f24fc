"""What the assessment data shows of a certificate on the form of 2008, and what its prose offers without answering."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from certgateway.domain.assessment import LISTS
from certgateway.domain.certificate import (
    Author,
    Certificate,
    Coding,
    Diagnosis,
    Employment,
    Participation,
    Quantity,
    Section,
    Statement,
    Treatment,
)
from certgateway.domain.differences import differences
from certgateway.domain.vocabulary.form_2008 import DURATION_QUESTIONS, OFFERS, QUESTION
from tests.unit.domain.test_assessment import BARE, ICPC_2, OURS, assessed, of, places, stated, version
from tests.unit.domain.test_differences import NB

SECRET = "Smerter ved belastning."


def answered(question: str | None, text: str = SECRET, **more: Any) -> Certificate:  # noqa: ANN401
    return replace(BARE, assessment=stated(Statement(text, question=question, **more)))


@pytest.mark.parametrize("question", [*QUESTION.concepts, None, "no-such-question"])
def test_prose_is_offered_for_the_items_its_question_is_about(question: str | None) -> None:
    data = of(answered(question, source="inferred", date="2026-05-11"))
    items = OFFERS.get(question or "", ())
    assert [offer["item"] for offer in data["proposals"]] == list(items)
    assert places(data["proposals"]) == ["assessment[0]"] * len(items)
    for offer in data["proposals"]:
        assert offer["code"] == data["statements"][0]["code"]
        assert offer["value"]["proposed_from"] == "prose"
        assert ("quantity" in offer["value"]) is (question in DURATION_QUESTIONS)
        assert offer["parts"] == [{"text": SECRET, "element": "assessment[0].text"}]
        assert (offer["source"], offer["dates"]["stated"]) == ("inferred", "2026-05-11")


@pytest.mark.parametrize("question", QUESTION.concepts)
def test_an_offer_answers_nothing(question: str) -> None:
    data = of(answered(question, "6 måneder"))
    lists = set(LISTS) - {"statements", "proposals", "timeline"}
    assert {name: data[name] for name in lists if data[name]} == {}
    assert [element["value"]["kind"] for element in data["timeline"]] == [
        "last-seen", "authored", "arrival", "first-attempt",
    ]  # fmt: skip
    assert {item for item, state in data["states"].items() if state == "stated"} == {"patient", "author", "assessment"}
    assert places(data["statements"]) == ["assessment[0]"]


def test_a_statement_is_titled_by_the_question_it_answers() -> None:
    certificate = replace(
        BARE,
        assessment=stated(
            Statement("Kan ikke løfte.", question="cannot-do"),
            Statement("Rygg.", question="no-such-question"),
            Statement("Rygg."),
        ),
    )
    codes = [element["code"] for element in of(certificate)["statements"]]
    assert codes[0] == {
        "system": f"{OURS}question",
        "code": "cannot-do",
        "display": "Hva pasienten ikke bør gjøre i nåværende arbeid",
    }
    assert [code["code"] for code in codes[1:]] == ["assessment", "assessment"]


def test_offers_stand_in_the_order_of_the_assessments() -> None:
    certificate = replace(
        BARE,
        assessment=stated(
            Statement("Varig.", question="illness-duration"),
            Statement("Ro.", question="measure-limits"),
            Statement("Kan gå.", question="function"),
        ),
    )
    assert [(offer["element"], offer["item"]) for offer in of(certificate)["proposals"]] == [
        ("assessment[0]", "prognosis"),
        ("assessment[1]", "health-risk"),
        ("assessment[1]", "activity"),
        ("assessment[2]", "function"),
    ]


@pytest.mark.parametrize("question", sorted(DURATION_QUESTIONS))
def test_a_duration_is_read_when_the_text_is_nothing_else(question: str) -> None:
    (exact,) = of(answered(question, "6 mnd"))["proposals"]
    (fuzzy,) = of(answered(question, "ca. 6 mnd"))["proposals"]
    assert exact["value"]["quantity"] == {"value": "6", "unit": "mo", "text": "6 måneder"}
    assert fuzzy["value"] == {"proposed_from": "prose", "quantity": None}


def test_what_is_withheld_of_a_statement_is_withheld_of_its_offers() -> None:
    marks = {"assessment[0].text": (("benefit-recommendation", (0, 6)),)}
    for text, left in (("2 år. Hviler.", ["Hviler."]), ("2 år.", [])):
        data = assessed(version(answered("illness-duration", text)), withheld=marks)
        (statement,), (offer,) = data["statements"], data["proposals"]
        assert offer["parts"] == statement["parts"]
        assert [part["text"] for part in offer["parts"] if "text" in part] == left
        assert offer["value"]["quantity"] is None


def test_contacts_are_told_one_by_one() -> None:
    certificate = replace(
        BARE, author=Author(hpr="7654321", contacts=("employer", "trenger uføretrygd", "treating-doctor"))
    )
    data = of(certificate)
    assert [(each["item"], each["element"], each["code"]["display"]) for each in data["contacts"]] == [
        ("author", "author.contacts[0]", "Arbeidsgiver"),
        ("author", "author.contacts[2]", "Behandlende lege"),
    ]
    assert data["contacts"][0]["stale"] is False
    assert "uføretrygd" not in json.dumps(data, ensure_ascii=False)


FORM = replace(
    BARE,
    employment=stated(
        Employment(
            "Lagerarbeider",
            several="unknown",
            situations=("paid-work", "other", "no-such-code"),
            other_situation="Frivillig.",
            demands="Tunge løft.",
            occupation_code="9333",
        )
    ),
    diagnosis=stated(Diagnosis((Coding(ICPC_2, "L86"),), "main", occupational_injury="yes", injury_date="2026-01-31")),
    treatment=stated(Treatment("investigation", "waiting", wait=Quantity(Decimal(12), "wk"))),
    activity=stated(
        Participation(scope="other-work", resumption="after-treatment"),
        Participation(measure="other", comment="Trening."),
    ),
)


def test_answers_of_the_form_are_shown_by_code() -> None:
    data = of(FORM)
    (work,), (diagnosis,), (waiting,) = data["employment"], data["diagnoses"], data["treatment"]
    assert work["value"]["several"]["display"] == "Vet ikke"
    assert [code["code"] for code in work["value"]["situations"]] == ["paid-work", "other"]
    assert work["value"]["occupation_code"] == "9333"
    assert [(part["element"], part["text"]) for part in work["parts"]] == [
        ("employment.occupation", "Lagerarbeider"),
        ("employment.other_situation", "Frivillig."),
        ("employment.demands", "Tunge løft."),
    ]
    assert diagnosis["value"]["occupational_injury"]["code"] == "yes"
    assert diagnosis["value"]["injury_date"] == "2026-01-31"
    assert waiting["value"]["wait"] == {"value": "12", "unit": "wk", "text": "12 uker"}
    assert data["activity"][0]["value"]["resumption"]["display"] == "Ja, etter behandling"
    assert data["activity"][1]["value"]["measure"]["code"] == "other"
    assert data["activity"][1]["value"]["resumption"] is None


@pytest.mark.parametrize("code", [None, "", "93 33", "AAP", "9333 uføretrygd", "٩٣٣٣", "²"])
def test_an_occupation_code_is_digits_or_nothing(code: str | None) -> None:
    data = of(replace(BARE, employment=stated(Employment(occupation_code=code))))
    assert data["employment"][0]["value"]["occupation_code"] is None


def test_what_was_not_answered_on_the_form_stays_unanswered() -> None:
    data = of(
        replace(
            BARE,
            employment=stated(Employment()),
            diagnosis=stated(Diagnosis((), "main", occupational_injury="kanskje", injury_date="i fjor")),
            treatment=stated(Treatment()),
        )
    )
    work, diagnosis = data["employment"][0]["value"], data["diagnoses"][0]["value"]
    assert (work["several"], work["situations"]) == (None, [])
    assert (diagnosis["occupational_injury"], diagnosis["injury_date"]) == (None, None)
    assert data["treatment"][0]["value"]["wait"] is None


def texts(before: Certificate, after: Certificate) -> list[str]:
    return [change["text"] for change in differences(before, after, NB)]


@pytest.mark.parametrize(
    "section,before,after,text",
    [
        ("employment", Employment(several="no"), Employment(several="yes"), "flere arbeidsforhold: Nei -> Ja"),
        (
            "employment",
            Employment(situations=("paid-work",)),
            Employment(situations=("paid-work", "student")),
            "arbeidssituasjon: Inntektsgivende arbeid -> Inntektsgivende arbeid, Elev eller student",
        ),
        ("employment", Employment(demands=SECRET), Employment(demands="Nytt."), "krav i arbeidet: teksten er endret"),
        ("employment", Employment(), Employment(other_situation=SECRET), "annen arbeidssituasjon: ny tekst"),
        (
            "employment",
            Employment(occupation_code="9333"),
            Employment(occupation_code="2221"),
            "yrkeskode: 9333 -> 2221",
        ),
        (
            "treatment",
            Treatment("surgery", wait=Quantity(Decimal(8), "wk")),
            Treatment("surgery", wait=Quantity(Decimal(4), "wk")),
            "ventetid: 8 uker -> 4 uker",
        ),
        (
            "activity",
            Participation(scope="own-work", resumption="no"),
            Participation(scope="own-work", resumption="now"),
            "kan ta opp arbeidet: Nei -> Ja, nå",
        ),
        (
            "diagnosis",
            Diagnosis((), "main", occupational_injury="no"),
            Diagnosis((), "main", occupational_injury="yes"),
            "mulig yrkesskade: Nei -> Ja",
        ),
        (
            "diagnosis",
            Diagnosis((), "main", injury_date="2026-01-01"),
            Diagnosis((), "main", injury_date="2026-01-31"),
            "skadedato: 2026-01-01 -> 2026-01-31",
        ),
    ],
)
def test_changes_on_the_form_are_told(section: str, before: object, after: object, text: str) -> None:
    old: dict[str, Section[Any]] = {section: stated(before)}
    new: dict[str, Section[Any]] = {section: stated(after)}
    (told,) = texts(replace(BARE, **old), replace(BARE, **new))  # type: ignore[arg-type]
    assert told.partition(", ")[2] == text


def test_words_in_the_place_of_an_occupation_code_are_no_difference() -> None:
    words = replace(BARE, employment=stated(Employment(occupation_code="uføretrygd")))
    assert texts(replace(BARE, employment=stated(Employment())), words) == []


def test_measures_are_matched_by_what_they_are() -> None:
    aids, other = Participation(measure="work-aids"), Participation(measure="other", comment=SECRET)
    before = replace(BARE, activity=stated(aids, other))
    after = replace(BARE, activity=stated(replace(other, comment="Trening.")))
    assert texts(before, after) == [
        "Mulighet for aktivitet, kommentar: teksten er endret",
        "Mulighet for aktivitet: foreslått tiltak Hjelpemidler på arbeidsplassen -> ikke oppgitt",
    ]


def test_answers_are_matched_by_their_question() -> None:
    function, limits = Statement(SECRET, question="function"), Statement("Ro.", question="measure-limits")
    before = replace(BARE, assessment=stated(function, limits))
    after = replace(BARE, assessment=stated(replace(limits, text="Hvile."), function))
    assert texts(before, after) == ["Medisinske begrensninger for tiltak: teksten er endret"]
