"""What comes near a fault is told exactly as much as there is to tell: all of it, and nothing more."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from certgateway.engine import judge, load_base
from tests.engine import answer_making, near_answers, near_definitions, near_values, near_words
from tests.engine.case_form import all_said
from tests.engine.general_definitions import LOINC, pulse
from tests.engine.general_form import PROFILE, QUIET

Json = dict[str, Any]


def named(tables: Iterable[dict[str, Any]]) -> list[Any]:
    return [pytest.param(*near, id=name) for table in tables for name, near in table.items()]


@pytest.mark.parametrize("tree,told,known", named(near_definitions.TABLES))
def test_definitions(tree: Json, told: tuple[str, ...], known: tuple[Json, ...]) -> None:
    definitions = load_base().extended(known)
    assert all_said(judge(tree, definitions, options=QUIET), told) == sorted(told)


@pytest.mark.parametrize("asked,answered,told", named(near_answers.TABLES))
def test_answers(asked: list[Json], answered: list[Json], told: tuple[str, ...]) -> None:
    definitions = load_base().extended([answer_making.form("near", asked)])
    tree = answer_making.response(answer_making.URL + "near", answered)
    wanted = [each.replace(" .", " QuestionnaireResponse.", 1) for each in told]
    assert all_said(judge(tree, definitions, options=answer_making.QUIET), wanted) == sorted(wanted)


@pytest.mark.parametrize("tree,told,known", named((*near_values.TABLES, *near_words.TABLES)))
def test_values(tree: Json, told: tuple[str, ...], known: tuple[Json, ...]) -> None:
    definitions = load_base().extended(known)
    profiles = [PROFILE] if definitions.profile(PROFILE) is not None else []
    assert all_said(judge(tree, definitions, profiles=profiles, options=QUIET), told) == sorted(told)


@pytest.mark.parametrize("code,asked", near_values.VITALS.items())
def test_vital_signs_are_known_by_any_of_their_codes(code: str, asked: str) -> None:
    faults = judge(pulse(code={"coding": [{"system": LOINC, "code": code}]}), load_base(), options=QUIET)
    assert [fault.expected for fault in faults if fault.kind == "slice-missing"] == [f"coding:{asked}"]


def test_other_codes_are_no_vital_signs() -> None:
    for system, code in ((LOINC, "1-8"), ("urn:x", "11291-2")):
        tree = pulse(code={"coding": [{"system": system, "code": code}]})
        assert judge(tree, load_base(), options=QUIET) == []


def test_a_panel_of_vital_signs_has_no_value_and_members() -> None:
    faults = judge(pulse(code={"coding": [{"system": LOINC, "code": "85353-1"}]}), load_base(), options=QUIET)
    assert [(fault.kind, fault.expected) for fault in faults] == [
        ("element-not-allowed", "value"),
        ("element-missing", "hasMember"),
    ]
