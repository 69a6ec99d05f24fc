"""The list of docs/asvs.toml is whole, and nothing in it is called met that no file does and no test shows."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from tools import asvs

ENTRIES = asvs.requirements()
# How many requirements each section of the standard has at level 1 and 2 together, by the number of the last one and
# those between that are of level 3 alone; and which are of level 1.
SECTIONS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2,
    "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1,
    "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2,
    "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
    "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4,
    "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2,
    "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1,
    "9.1": 3, "9.2": 4,
    "10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3,
    "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4,
    "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5,
    "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7,
    "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3,
    "17.1": 1, "17.2": 4, "17.3": 2,
}  # fmt: skip
FIRST_LEVEL = frozenset(
    [
        "1.2.1",
        "1.2.2",
        "1.2.3",
        "1.2.4",
        "1.2.5",
        "1.3.1",
        "1.3.2",
        "1.5.1",
        "2.1.1",
        "2.2.1",
        "2.2.2",
        "2.3.1",
        "3.2.1",
        "3.2.2",
        "3.3.1",
        "3.4.1",
        "3.4.2",
        "3.5.1",
        "3.5.2",
        "3.5.3",
        "4.1.1",
        "4.4.1",
        "5.2.1",
        "5.2.2",
        "5.3.1",
        "5.3.2",
        "6.1.1",
        "6.2.1",
        "6.2.2",
        "6.2.3",
        "6.2.4",
        "6.2.5",
        "6.2.6",
        "6.2.7",
        "6.2.8",
        "6.3.1",
        "6.3.2",
        "6.4.1",
        "6.4.2",
        "7.2.1",
        "7.2.2",
        "7.2.3",
        "7.2.4",
        "7.4.1",
        "7.4.2",
        "8.1.1",
        "8.2.1",
        "8.2.2",
        "8.3.1",
        "9.1.1",
        "9.1.2",
        "9.1.3",
        "9.2.1",
        "10.4.1",
        "10.4.2",
        "10.4.3",
        "10.4.4",
        "10.4.5",
        "11.3.1",
        "11.3.2",
        "11.4.1",
        "12.1.1",
        "12.2.1",
        "12.2.2",
        "13.4.1",
        "14.2.1",
        "14.3.1",
        "15.1.1",
        "15.2.1",
        "15.3.1",
    ]
)
GOOD = asvs.Requirement(
    "1.1.1",
    2,
    "x",
    "met",
    "so",
    files=("Makefile",),
    tests=("tests/house/test_asvs.py::test_no_requirement_is_missing",),
)


def test_no_requirement_is_missing() -> None:
    """Level 3 alone stands behind these in each section, and never between them."""
    wanted = [f"{section}.{number}" for section, last in SECTIONS.items() for number in range(1, last + 1)]
    assert len(wanted) == 70 + 183
    assert [entry.id for entry in ENTRIES] == wanted


def test_every_requirement_is_of_its_level() -> None:
    assert len(FIRST_LEVEL) == 70
    assert {entry.id: entry.level for entry in ENTRIES} == {
        entry.id: 1 if entry.id in FIRST_LEVEL else 2 for entry in ENTRIES
    }


def test_every_entry_can_be_believed() -> None:
    assert [fault for entry in ENTRIES for fault in asvs.faults(entry)] == []


@pytest.mark.parametrize(
    "change, fault",
    [
        ({"state": "done"}, "unknown state done"),
        ({"about": ""}, "nothing says what it is about"),
        ({"how": ""}, "nothing says how"),
        ({"files": ()}, "called met without a file and a test"),
        ({"tests": ()}, "called met without a file and a test"),
        ({"lacks": "y"}, "what lacks is said exactly of what is partly met or not"),
        ({"state": "partly"}, "what lacks is said exactly of what is partly met or not"),
        ({"state": "not-met", "lacks": "y"}, "not met, and yet shown"),
        ({"files": ("gone.py",)}, "no file gone.py"),
        ({"files": ("tests",)}, "no file tests"),
        ({"tests": ("tests/house/gone.py::test_a",)}, "no test tests/house/gone.py::test_a"),
        ({"tests": ("tests/house/test_asvs.py::test_a",)}, "no test tests/house/test_asvs.py::test_a"),
        ({"tests": ("tests/house/test_asvs.py",)}, "no test tests/house/test_asvs.py"),
        ({"tests": ("tests/canary.py::test_a",)}, "no test tests/canary.py::test_a"),
    ],
)
def test_what_cannot_be_believed_is_found(change: dict[str, object], fault: str) -> None:
    assert asvs.faults(GOOD) == []
    assert asvs.faults(replace(GOOD, **change)) == [f"1.1.1: {fault}"]  # type: ignore[arg-type]


def test_a_function_inside_another_or_of_a_class_is_no_test(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_x.py").write_text(
        "def test_a():\n    def test_b(): ...\nclass C:\n    def test_c(self): ...\ndef d(): ...\n"
    )
    named = [f"tests/test_x.py::{name}" for name in ("test_a", "test_b", "test_c", "d", "")]
    assert [asvs.exists(name, tmp_path) for name in named] == [True, False, False, False, False]


def test_the_threat_model_names_tests_that_are_there() -> None:
    page = (asvs.ROOT / "docs" / "security.md").read_text("utf-8")
    named = re.findall(r"`(tests/[^`]*::[^`]*)`", page)
    assert len(named) > 25
    assert [name for name in named if not asvs.exists(name)] == []
    rows = [
        line for line in page.partition("## Threat model")[2].partition("\n## ")[0].splitlines() if line[:2] == "| "
    ]
    assert [row for row in rows[2:] if "::" not in row] == []


def test_the_counts_are_of_all_of_them() -> None:
    told = asvs.counts(ENTRIES)
    assert [sum(column) for column in zip(*told.values(), strict=True)] == [70, 183, 253]
    assert sum(map(len, asvs.by_chapter(ENTRIES).values())) == 253


def test_no_word_is_the_standards_own() -> None:
    """Its requirements begin with the same two words, and its licence is not ours."""
    assert [entry.id for entry in ENTRIES if "verify that" in f"{entry.about} {entry.how} {entry.lacks}".lower()] == []
    assert max(len(entry.about) for entry in ENTRIES) < 80
