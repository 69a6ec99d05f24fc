"""The engine used alone: the example of its documentation runs as it stands, and nothing above it is loaded."""

from __future__ import annotations

import contextlib
import io
import re
import subprocess
import sys
from pathlib import Path

import pytest

import certgateway.engine
from certgateway import safejson
from certgateway.engine import load_base, validate

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "engine.md"
TOLD = [
    "error code-not-allowed Patient.gender 3:3 ",
    "error primitive-invalid Patient.birthDate 4:3 ",
    "warning invariant-broken Patient 1:1 ",
]


def run(program: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.chdir(ROOT)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(program, "example", "exec"), {})  # noqa: S102  Our own documentation.
    return out.getvalue().splitlines()


def program_of_page() -> str:
    matched = re.search(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert matched is not None
    return matched[1]


def program_of_package() -> str:
    text = str(certgateway.engine.__doc__).partition("::\n\n")[2]
    return "\n".join(line.removeprefix("    ") for line in text.splitlines())


@pytest.mark.parametrize("program", [program_of_page, program_of_package])
def test_the_example_runs_as_it_stands(program, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    lines = run(program(), monkeypatch)
    assert len(lines) == len(TOLD)
    assert all(line.startswith(start) for line, start in zip(lines, TOLD, strict=True)), lines


def test_nothing_above_the_engine_is_loaded() -> None:
    program = (
        "import sys\n"
        "from certgateway.engine import gaps, load_base, validate\n"
        'validate(b\'{"resourceType":"Patient","a":1}\', load_base()); gaps(load_base())\n'
        "validate(b'<Patient xmlns=\"http://hl7.org/fhir\"><a/></Patient>', load_base())\n"
        "print(*sorted(name for name in sys.modules if name.startswith('certgateway')))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    below = re.compile(r"certgateway(\.engine(\..*)?|\.jsonfaults|\.safejson|\.safexml)?")
    assert [name for name in done.stdout.split() if not below.fullmatch(name)] == []


JSON = b"""{"resourceType": "Patient",
  "name": [{"family": "\xc3\x85s", "given": ["x"], "surprise": 1}],
  "gender": "x"}"""
XML = b"""<Patient xmlns="http://hl7.org/fhir">
  <name><family value="\xc3\x85s"/><given value="x"/><surprise value="1"/></name>
  <gender value="x"/></Patient>"""


@pytest.mark.parametrize("raw,unknown,gender", [(JSON, (2, 45), (3, 3)), (XML, (2, 47), (3, 3))], ids=["json", "xml"])
def test_faults_of_bytes_have_line_and_column(raw: bytes, unknown: tuple[int, int], gender: tuple[int, int]) -> None:
    rows = validate(raw, load_base())
    places = {row.fault.kind: (row.line, row.column) for row in rows}
    assert (places["element-unknown"], places["code-not-allowed"]) == (unknown, gender)
    assert [row.fault.severity for row in rows] == ["error", "error", "warning"]


@pytest.mark.parametrize(
    "raw,told",
    [
        (b"{", "not-json"),
        (b"[]", "not-a-resource"),
        (b"", "empty-body"),
        (b"<a", "not-xml"),
        (b"\xff\xfe<", "encoding-refused"),
    ],
)
def test_what_is_no_resource_is_refused_with_its_place(raw: bytes, told: str) -> None:
    with pytest.raises(safejson.Unreadable) as refused:
        validate(raw, load_base())
    assert (refused.value.id, refused.value.line) == (told, 1)
