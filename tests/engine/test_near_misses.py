"""What comes near a fault is told exactly as much as there is to tell: all of it, and nothing more."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from certgateway.engine import judge, load_base
from tests.engine import answer_making, near_answers, near_definitions
from tests.engine.case_form import all_said
from tests.engine.general_form import QUIET

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
