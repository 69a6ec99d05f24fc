"""Whatever has the wrong shape anywhere in the resources of the tables gives faults, each with a path that selects."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import pytest

from certgateway.engine import Definitions, Options, judge, load_base
from tests.engine import general_bundles, general_definitions, general_extensions, general_values
from tests.engine.case_form import definitions_of
from tests.engine.general_form import PROFILE, General
from tests.engine.tables import GROUPS
from tests.engine.test_answers import places, with_odd
from tests.unit.engine.test_robustness import select

Json = Any
ODD: Final[dict[type, tuple[Json, ...]]] = {
    dict: ("x", None, ["x"]),
    list: ({"x": 1}, "x", 7, [None, "x"]),
    str: (7, {"x": "y"}, ["x"]),
}
"""What may stand in place of an object, a list and anything else."""


class Subject(NamedTuple):
    """A sound resource and what it is judged by."""

    tree: Json
    known: Definitions
    profiles: tuple[str, ...]
    options: Options


def general(case: General) -> Subject:
    known = load_base().extended(case.known)
    profiles = (PROFILE,) if known.profile(PROFILE) is not None else ()
    return Subject(case.sound, known, profiles, case.options)


def at_way(tree: Json, way: tuple[Any, ...]) -> Json:
    for key in way:
        tree = tree[key]
    return tree


def hold(subject: Subject, *, tries: int, step: int = 1) -> int:
    """Judge the subject with a wrong shape at each place, or at each of some; gives how many faults were told.

    Each fault must lead to something that is there.
    """
    told = 0
    for at, way in enumerate(places(subject.tree)):
        shapes = ODD.get(type(at_way(subject.tree, way)), ODD[str])
        for odd in (shapes * 2)[at % len(shapes) :][:tries] if at % step == 0 else ():
            broken = with_odd(subject.tree, way, odd)
            for fault in judge(broken, subject.known, profiles=subject.profiles, options=subject.options):
                assert select(broken, fault.path) or fault.path == "Resource", (way, odd, fault)
                told += 1
    return told


# Whole resources are judged by code that looks at trees itself: there every shape is tried.
@pytest.mark.parametrize(
    "cases,tries",
    [
        (general_bundles.CASES, 4),
        (general_definitions.CASES, 4),
        (general_extensions.CASES, 1),
        (general_values.CASES, 1),
    ],
    ids=["bundles", "definitions", "extensions", "values"],
)
def test_a_wrong_shape_in_a_general_case(cases: dict[str, General], tries: int) -> None:
    for case in cases.values():
        assert hold(general(case), tries=tries) > 0


def test_a_wrong_shape_in_a_group() -> None:
    for group in GROUPS:
        assert hold(Subject(group.sound, definitions_of(group), group.urls, group.options), tries=1, step=4) > 0
