"""Every single-fault case gives exactly its findings, its sound neighbour gives none, in JSON and in XML."""

from __future__ import annotations

import pytest

from certgateway.engine.findings import Fault
from certgateway.engine.xml.write import NotWritable
from certgateway.safejson import Unreadable
from tests.engine.case_form import (
    JsonOnly,
    all_said,
    as_xml,
    changed,
    judged_json,
    judged_xml,
    shown_json,
    shown_xml,
)
from tests.engine.tables import GROUPS, XML_CASES, XML_READER

CASES = {f"{group.name}: {case.name}": case for group in GROUPS for case in group.cases}
NEIGHBOURS = {
    f"{group.name} {number}": (group, change)
    for group in GROUPS
    for number, change in enumerate(({}, *group.neighbours))
}


def test_no_group_hides_another() -> None:
    assert len({group.name for group in GROUPS}) == len(GROUPS)


@pytest.mark.parametrize("name", CASES)
def test_case_in_json(name: str) -> None:
    case = CASES[name]
    raw, faults = judged_json(case.group, case.broken())
    assert all_said(faults, case.faults) == sorted(case.faults)
    for fault in faults:
        assert points_at(shown_json(raw, fault), fault, '"'), fault


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if not isinstance(case.in_xml, JsonOnly)])
def test_case_in_xml(name: str) -> None:
    case = CASES[name]
    raw = as_xml(case.group, case.broken())
    faults = judged_xml(case.group, raw)
    assert all_said(faults, case.expected_in_xml()) == sorted(case.expected_in_xml())
    for fault in faults:
        assert points_at(shown_xml(raw, fault), fault, "<"), fault


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if isinstance(case.in_xml, JsonOnly)])
def test_case_that_only_json_can_say(name: str) -> None:
    case = CASES[name]
    try:
        raw = as_xml(case.group, case.broken())
    except (NotWritable, Unreadable):
        return
    assert all_said(judged_xml(case.group, raw), case.faults) != sorted(case.faults)


@pytest.mark.parametrize("name", NEIGHBOURS)
def test_neighbour_is_sound(name: str) -> None:
    group, change = NEIGHBOURS[name]
    tree = changed(group.sound, change)
    assert [(row.kind, row.path, row.expected) for row in judged_json(group, tree)[1]] == []
    assert [(row.kind, row.path, row.expected) for row in judged_xml(group, as_xml(group, tree))] == []


@pytest.mark.parametrize("name", XML_CASES)
def test_case_of_xml_form(name: str) -> None:
    case = XML_CASES[name]
    raw = case.broken().encode()
    faults = judged_xml(XML_READER, raw)
    assert all_said(faults, case.faults) == sorted(case.faults)
    for fault in faults:
        assert shown_xml(raw, fault) is not None, fault


@pytest.mark.parametrize("document", sorted({case.document for case in XML_CASES.values()}))
def test_document_is_sound(document: str) -> None:
    assert judged_xml(XML_READER, document.encode()) == []


def points_at(shown: str | None, fault: Fault, mark: str) -> bool:
    """Whether line and column lead to the element that the path names, or to the culprit in it."""
    last = fault.path.rpartition(".")[2]
    name, _, index = last.partition("[")
    if shown is None:
        return False
    if fault.culprit is not None:
        return fault.culprit.lstrip("_@").partition("[")[0].rpartition("}")[2].partition("(")[0] in shown
    if "." not in fault.path or (index and mark == '"'):
        return True
    return shown.lstrip(" ").startswith((mark + name, mark + "_" + name, name + "="))
