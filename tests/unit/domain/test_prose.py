"""Every prose field is listed, in order, under the path that everybody else uses for it."""

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, get_args, get_type_hints

import pytest

from certgateway.domain import certificate as model
from certgateway.domain.certificate import Certificate, Coding, Section
from certgateway.domain.prose import PROSE_FIELDS, prose_elements, words

BARE = Certificate(Coding("urn:example", "1"), datetime(2026, 6, 1, 10, tzinfo=UTC), "final")

# Text fields that hold codes, dates or numbers; a new text field must be put here or among the prose.
CODED = {
    "employment": {"returns", "said_by", "date", "several", "occupation_code"},
    "diagnosis": {"rank", "occupational_injury", "injury_date"},
    "history": {"source", "date", "question"},
    "findings": {"qualifier", "date", "source"},
    "onset": {"since", "certainty", "source"},
    "treatment": {"kind", "status", "improves", "combinable", "source"},
    "function": {
        "setting", "ability", "not_assessed", "qualifier", "variation", "best", "worst", "date", "source",
    },
    "health-risk": {"harm", "severity", "date", "source"},
    "activity": {"ability", "scope", "reason", "measure_view", "source", "resumption", "measure"},
    "prognosis": {"course", "certainty", "uncertain_because", "review_date", "date", "source"},
    "specialist": {"specialty", "date", "source"},
    "assessment": {"source", "date", "question"},
    "reservation": {"reason"},
    "attachment": {"content_type", "sha256"},
}  # fmt: skip


def entry_type(item: str) -> Any:  # noqa: ANN401
    section = get_type_hints(Certificate)[item.replace("-", "_")]
    return get_args(section)[0]


@pytest.mark.parametrize("item", sorted(CODED))
def test_every_text_field_is_prose_or_coded(item: str) -> None:
    hints = get_type_hints(entry_type(item))
    textual = {name for name, hint in hints.items() if hint in (str, str | None) or "Literal" in str(hint)}
    assert textual == CODED[item] | set(PROSE_FIELDS.get(item, ()))


def test_every_item_that_is_a_section_is_looked_at() -> None:
    sections = {field.name.replace("_", "-") for field in fields(Certificate) if field.default_factory is Section}
    assert sections == set(CODED)


def test_certificate_without_prose_has_none() -> None:
    assert list(prose_elements(BARE)) == []


def test_prose_stands_under_its_path_in_the_order_of_the_form() -> None:
    full = Certificate(
        BARE.identifier,
        BARE.authored,
        BARE.status,
        employment=Section("stated", (model.Employment(occupation="a"),)),
        diagnosis=Section("stated", (model.Diagnosis((), "main"), model.Diagnosis((), "other", comment="b"))),
        history=Section("stated", (model.Statement("c"), model.Statement("d"))),
        findings=Section("stated", (model.ClinicalFinding(comment="f", text="e"),)),
        onset=Section("stated", (model.Onset(comment="g"),)),
        treatment=Section("stated", (model.Treatment(result="i", description="h"), model.Treatment(result="j"))),
        function=Section("stated", (model.FunctionStatement(), model.FunctionStatement(comment="k"))),
        health_risk=Section("stated", (model.HealthRisk(comment="m", mitigation="l"),)),
        activity=Section("stated", (model.Participation(comment="n"),)),
        prognosis=Section("stated", (model.Prognosis(comment="o"),)),
        specialist=Section("stated", (model.SpecialistStatement(meaning="p"),)),
        assessment=Section("stated", (model.Statement("q"),)),
        reservation=Section("stated", (model.Reservation(text=""),)),
    )
    assert list(prose_elements(full)) == [
        ("employment.occupation", "a"),
        ("diagnosis[1].comment", "b"),
        ("history[0].text", "c"),
        ("history[1].text", "d"),
        ("findings[0].text", "e"),
        ("findings[0].comment", "f"),
        ("onset.comment", "g"),
        ("treatment[0].description", "h"),
        ("treatment[0].result", "i"),
        ("treatment[1].result", "j"),
        ("function[1].comment", "k"),
        ("health-risk[0].mitigation", "l"),
        ("health-risk[0].comment", "m"),
        ("activity[0].comment", "n"),
        ("prognosis.comment", "o"),
        ("specialist[0].meaning", "p"),
        ("assessment[0].text", "q"),
        ("reservation[0].text", ""),
    ]


@pytest.mark.parametrize(
    "text,expected",
    [
        ("", ()),
        (" \u00a0\t\n", ()),
        ("- ? … _", ()),
        ("Se over!", ("se", "over")),
        ("SE\u00a0OVER", ("se", "over")),
        ("s\u00ade o\u200bver", ("se", "over")),
        ("\uff33\uff25 over", ("se", "over")),
        ("a\u030apen", ("åpen",)),  # a and a ring, joined
        ("n/a", ("n", "a")),
        ("M51.1", ("m51", "1")),
        ("under_score", ("under", "score")),
    ],
)
def test_words_are_letters_and_digits_only(text: str, expected: tuple[str, ...]) -> None:
    assert words(text) == expected
