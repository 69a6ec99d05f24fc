"""Rules of a general validator: each has one case that breaks it alone and a neighbour that keeps it, in both forms."""

from __future__ import annotations

import pytest

from certgateway import safexml
from certgateway.engine import Definitions, judge, load_base
from certgateway.engine.xml.form import read
from certgateway.engine.xml.write import write
from tests.engine.general_form import PROFILE, General, Json
from tests.engine.tables import GENERAL_CASES as CASES


def definitions(case: General) -> Definitions:
    return load_base().extended(case.known)


def found(resource: Json, case: General) -> list[tuple[str, str, str | None]]:
    known = definitions(case)
    profiles = [PROFILE] if known.profile(PROFILE) is not None else []
    faults = judge(resource, known, profiles=profiles, options=case.options)
    return [(fault.kind, fault.path, fault.expected) for fault in faults if fault.severity == "error"]


def matches(faults: list[tuple[str, str, str | None]], wanted: tuple[str, str, str | None]) -> bool:
    """One fault and no other; what was expected is compared where the case says it."""
    return len(faults) == 1 and faults[0][:2] == wanted[:2] and wanted[2] in (None, faults[0][2])


def by_xml(resource: Json, case: General) -> Json:
    known = definitions(case)
    tree, faults = read(safexml.parse(write(resource, known)), known)
    assert faults == []
    return tree


@pytest.mark.parametrize("name", CASES)
def test_case_in_json(name: str) -> None:
    case = CASES[name]
    faults = found(case.broken, case)
    assert matches(faults, case.fault), faults


@pytest.mark.parametrize("name", CASES)
def test_case_in_xml(name: str) -> None:
    case = CASES[name]
    faults = found(by_xml(case.broken, case), case)
    assert matches(faults, case.fault), faults


@pytest.mark.parametrize("name", CASES)
def test_neighbour_is_sound(name: str) -> None:
    case = CASES[name]
    assert found(case.sound, case) == []
    assert found(by_xml(case.sound, case), case) == []
