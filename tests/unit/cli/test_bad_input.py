"""Bad input by the command line and by reception: a stable id, little work, no traceback, and the next message is fine.

Each body is judged and received in a child process of its own, whose CPU time and growth are told by the system.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fixtures.authoring import good
from fixtures.authoring.writers import to_json
from tests.calibration import assert_within
from tests.kith import raw
from tests.unit.cli.hostile import HOSTILE, Hostile
from tests.unit.cli.hostile_kith import HOSTILE_KITH

ROOT = Path(__file__).resolve().parents[3]
MOST_CPU = 1.0
MOST_GROWTH = 64 * 1024
"""KiB, as the system counts."""
LONGEST_OUTPUT = 6 * 1024 * 1024
COPIES = 4
"""How often a body may lie in memory beside that: as it came, as a tree, and as what an attachment decodes to."""
UNREAD = {
    "byte-order-mark",
    "doctype-refused",
    "duplicate-key",
    "empty-body",
    "encoding-refused",
    "entity-refused",
    "format-not-supported",
    "instruction-refused",
    "lone-surrogate",
    "not-json",
    "not-utf8",
    "not-xml",
    "number-out-of-range",
    "outside-attachments-too-large",
    "too-deep",
    "too-many-attributes",
    "too-many-elements",
    "too-many-namespaces",
}


class Measured:
    """`good` holds a message of each format, the next one that must be taken."""

    def __init__(self, good: dict[str, Path]) -> None:
        command = [sys.executable, "-m", "tests.unit.cli.measured"]
        self.good = good
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def of(self, file: Path, form: str = "fhir") -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{file} {self.good[form]}\n")
        self.process.stdin.flush()
        told: dict[str, Any] = json.loads(self.process.stdout.readline())
        return told

    def stop(self) -> None:
        self.process.communicate()


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Measured]:
    folder = tmp_path_factory.mktemp("measured")
    files = {"fhir": folder / "good.json", "kith": folder / "good.xml"}
    files["fhir"].write_bytes(to_json(good.messages()["no-known-health-risk"].tree))
    files["kith"].write_bytes(raw("good/measures-one-four-seven"))
    process = Measured(files)
    yield process
    process.stop()


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda hostile: hostile.name)
def test_bad_input_costs_little_and_hurts_nobody(hostile: Hostile, measured: Measured, tmp_path: Path) -> None:
    file = tmp_path / "body"
    file.write_bytes(hostile.make())
    told = measured.of(file)
    assert told, "the process died"
    validated, received = told["validate"], told["receive"]
    assert set(validated["rules"]) >= hostile.rules
    assert (validated["verdict"], received["verdict"]) == (hostile.verdict, hostile.verdict)
    assert validated["code"] == (1 if hostile.verdict == "rejected" else 0)
    assert validated["stderr"] == ""
    unread = not UNREAD.isdisjoint(hostile.rules)
    assert received["status"] == {"accepted": 200, "rejected": 400 if unread else 422}[hostile.verdict]
    assert received["next"] == "accepted"
    assert_cheap(file, told, measured)
    assert max(validated["growth"], received["growth"]) < MOST_GROWTH
    assert validated["output"] < LONGEST_OUTPUT


def assert_cheap(file: Path, told: dict[str, Any], measured: Measured, form: str = "fhir") -> None:
    """Fail unless the dearer step is within the budget, in what was told or when it is measured again."""
    first = iter([told])

    def dearer() -> float:
        seen = next(first, None) or measured.of(file, form)
        return float(max(seen["validate"]["cpu"], seen["receive"]["cpu"]))

    assert_within(MOST_CPU, dearer)


@pytest.mark.parametrize("hostile", HOSTILE_KITH, ids=lambda hostile: hostile.name)
def test_bad_kith_costs_little_and_hurts_nobody(hostile: Hostile, measured: Measured, tmp_path: Path) -> None:
    file = tmp_path / "body"
    body = hostile.make()
    file.write_bytes(body)
    told = measured.of(file, "kith")
    assert told, "the process died"
    validated, received = told["validate"], told["receive"]
    assert set(validated["rules"]) >= hostile.rules
    assert (validated["verdict"], received["verdict"]) == (hostile.verdict, hostile.verdict)
    assert (validated["code"], validated["stderr"]) == (1, "")
    assert received["status"] == hostile.status
    assert received["next"] == "incomplete"
    assert_cheap(file, told, measured, "kith")
    assert max(validated["growth"], received["growth"]) < MOST_GROWTH + COPIES * len(body) // 1024
    assert validated["output"] < LONGEST_OUTPUT


def test_names_of_bad_input_are_told_apart() -> None:
    assert len({hostile.name for hostile in HOSTILE}) == len(HOSTILE) >= 50
    assert len({hostile.name for hostile in HOSTILE_KITH}) == len(HOSTILE_KITH) >= 50
