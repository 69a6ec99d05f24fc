"""The one look that spares most messages the walk: it sees whatever the walk would take."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from certgateway.engine import load_base
from certgateway.fhir.benefit_signs import signs_of
from certgateway.fhir.benefits import strip

BASE = load_base()
Json = dict[str, Any]
INNOCENT: Json = {
    "resourceType": "Observation",
    "code": {
        "coding": [{"system": "https://a.example/x", "code": "a", "display": "Muskelytelse"}],
        "text": "Sykmelding",
    },
    "subject": {"reference": "Patient/1"},
    "note": [{"text": "Sykepenger"}],
    "valueString": "Sykepenger",
    "contained": [{"resourceType": "Patient", "address": [{"line": ["Sykepenger"]}]}],
}
GUILTY: dict[str, Json] = {
    "coding": {"category": [{"coding": [{"system": "https://a.example/sykepenger", "code": "1"}]}]},
    "display": {"category": [{"coding": [{"display": "Sykepenger"}]}]},
    "text": {"category": [{"text": "Sykepenger"}]},
    "extension": {"extension": [{"url": "https://a.example/sykepenger", "valueBoolean": True}]},
    "extension by its path": {"extension": [{"url": "https://a.example/ytelse", "valueBoolean": True}]},
    "extension of a primitive": {"_status": {"extension": [{"url": "https://a.example/sykepenger"}]}},
    "reference": {"focus": [{"reference": "Coverage/1"}]},
    "narrative": {"text": {"status": "generated", "div": "<div>Sykepenger</div>"}},
    "contained resource": {"contained": [{"resourceType": "Coverage", "id": "c"}]},
    "name": {"contained": [{"resourceType": "Patient", "name": [{"given": ["Sykepenger"]}]}]},
    "profile": {"meta": {"profile": ["https://a.example/sykepenger"]}},
}


def test_prose_and_ordinary_words_are_no_sign() -> None:
    assert not signs_of(BASE).below(INNOCENT, "Observation")
    assert strip(INNOCENT, BASE).tree is INNOCENT


@pytest.mark.parametrize("name", GUILTY)
def test_every_kind_of_benefit_content_is_seen_and_then_taken(name: str) -> None:
    tree = {**copy.deepcopy(INNOCENT), **GUILTY[name]}

    assert signs_of(BASE).below(tree, "Observation")
    assert len(strip(tree, BASE).removed) == 1


def test_a_name_that_two_labels_make_together_is_no_sign() -> None:
    tree = {**INNOCENT, "category": [{"text": "syke"}, {"text": "penger"}]}
    assert not signs_of(BASE).below(tree, "Observation")


@pytest.mark.parametrize("kind", [{}, [], ["Coverage"]])
def test_a_reference_of_a_misshapen_type_is_left_to_the_engine(kind: object) -> None:
    assert not signs_of(BASE).below({**INNOCENT, "focus": [{"reference": "Patient/1", "type": kind}]}, "Observation")
