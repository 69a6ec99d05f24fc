"""`certgateway validate --profiles`: anybody's definitions, from the command line and in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from certgateway import cli
from tests.calibration import assert_within

ROOT = Path(__file__).parents[2]
NO_BASIS = ROOT.parent / "shared" / "no-basis"
BASE = "https://profiles.example/StructureDefinition/"
Json = dict[str, Any]


def profile(name: str, *elements: Json, base: str = "http://hl7.org/fhir/StructureDefinition/Patient") -> Json:
    return {
        "resourceType": "StructureDefinition",
        "url": BASE + name,
        "type": "Patient",
        "derivation": "constraint",
        "baseDefinition": base,
        "differential": {"element": [{"path": element["id"], **element} for element in elements]},
    }


@pytest.fixture(name="places")
def _places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one profile, a package with another, and a patient that keeps neither."""
    monkeypatch.setenv("CERTGATEWAY_CACHE", str(tmp_path / "kept"))
    (tmp_path / "folder" / "deep").mkdir(parents=True)
    (tmp_path / "folder" / "deep" / "named.json").write_text(
        json.dumps(profile("named", {"id": "Patient.name", "min": 1}))
    )
    unknown = {"id": "Patient.photo", "max": "0"}
    (tmp_path / "p.json").write_text(json.dumps(profile("no-photo", unknown, base="https://nobody.example/base")))
    with tarfile.open(tmp_path / "x.tgz", "w:gz") as archive:
        archive.add(tmp_path / "p.json", "package/p.json")
    (tmp_path / "p.json").unlink()
    (tmp_path / "patient.json").write_text('{"resourceType": "Patient",\n "photo": [{"title": "x"}]}')
    return tmp_path


def told(places: Path, *arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[tuple[str, str]], str]:
    code = cli.main(["validate", str(places / "patient.json"), "--format", "json", "--lang", "en", *arguments])
    out, err = capsys.readouterr()
    findings = [(row["rule"], row["path"]) for report in json.loads(out or "[]") for row in report["findings"]]
    return code, [row for row in findings if row[0] != "invariant-broken"], err


def test_places_add_up_and_what_nobody_judged_is_told(places: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--profiles", str(places / "folder"), "--profiles", str(places / "x.tgz")]
    asked = ["--profile", BASE + "named", "--profile", BASE + "no-photo"]
    code, findings, err = told(places, *arguments, *asked, capsys=capsys)
    assert code == 1
    assert findings == [
        ("element-missing", "Patient"),
        ("profile-unknown", "Patient"),
        ("element-not-allowed", "Patient.photo[0]"),
    ]
    gap = f"certgateway: not judged: problem: its base https://nobody.example/base is not known ({BASE}no-photo)\n"
    assert err == gap
    # What was not used is not told, unless everything is asked for.
    assert told(places, *arguments, "--profile", BASE + "named", capsys=capsys)[2] == ""
    assert told(places, *arguments, "--profile", BASE + "named", "--gaps", capsys=capsys)[2] == gap


WRONG = {
    "nowhere": (["--profiles", "{}/nowhere"], "no such folder or package: {}/nowhere"),
    "no package": (["--profiles", "{}/x.txt"], "{}/x.txt is neither a folder nor a FHIR package (.tgz)"),
    "broken": (["--profiles", "{}/bad"], "{}/bad/x.json cannot be read: not-json at line 1, column 2"),
    "no such profile": (["--profile", BASE + "nobody"], f"no such profile among the definitions: {BASE}nobody"),
    "no such version": (
        ["--profiles", "{}/folder", "--profile", BASE + "named|9"],
        f"no such profile among the definitions: {BASE}named|9",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_with_the_command_is_told_in_one_line(
    name: str, places: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (places / "bad").mkdir()
    (places / "bad" / "x.json").write_text("{")
    (places / "x.txt").write_text("plain")
    arguments, line = WRONG[name]
    code, findings, err = told(places, *(each.replace("{}", str(places)) for each in arguments), capsys=capsys)
    assert (code, findings, err) == (2, [], f"certgateway: {line.replace('{}', str(places))}\n")


def test_unreadable_resources_are_findings_beside_the_others(places: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (places / "patient.json").write_text('{"resourceType": "Patient",\n "name": [{"text": "x", "text": "y"}]}')
    code, findings, _ = told(places, "--profiles", str(places / "folder"), capsys=capsys)
    assert (code, findings) == (1, [("duplicate-key", "Patient.name[0]")])


@pytest.mark.skipif(not NO_BASIS.is_dir(), reason=f"LOUD: {NO_BASIS} is absent, its start-up is not measured")
def test_profiles_of_a_country_start_fast_and_load_nothing_of_certificates(tmp_path: Path) -> None:
    program = (
        "import sys, resource\n"
        "from certgateway import cli\n"
        "code = cli.main(sys.argv[1:])\n"
        "heavy = [name for name in ('rules', 'fhir', 'prose') if f'certgateway.{name}' in sys.modules]\n"
        "used = resource.getrusage(resource.RUSAGE_SELF)\n"
        "print(code, heavy, used.ru_utime + used.ru_stime, file=sys.stderr)\n"
    )
    file = NO_BASIS / "examples" / "no-basis-Patient-Espen-Eksempel.xml"
    command = [sys.executable, "-c", program, "validate", "--profiles", str(NO_BASIS), str(file)]
    environment = os.environ | {"CERTGATEWAY_CACHE": str(tmp_path / "kept")}

    def spent() -> float:
        run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        told = run.stderr.splitlines()[-1]
        assert told.startswith("0 [] "), told
        return float(told.split()[-1])

    assert_within(0.4, spent)
