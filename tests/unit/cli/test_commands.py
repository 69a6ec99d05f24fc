"""The commands as a user meets them: exit codes, what stands on which stream, and that every format can be read."""

import io
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from certgateway import cli
from certgateway.cli.formats import render
from fixtures.authoring import good
from fixtures.authoring.writers import to_json, to_xml
from tests.calibration import assert_within

ROOT = Path(__file__).resolve().parents[3]
AT = "2026-11-01T12:00:00+01:00"
SMALL = good.messages()["required-items-only"].tree
FORMATS = ("text", "json", "junit", "sarif", "github", "ndjson")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A good message, one that is rejected, one with a remark, one that cannot be read."""
    fixtures = ROOT / "fixtures" / "messages"
    (tmp_path / "1-good.xml").write_bytes(to_xml(SMALL))
    (tmp_path / "2-rejected.json").write_bytes((fixtures / "unanswered/prognosis-missing-no-horizon.json").read_bytes())
    (tmp_path / "3-remark.json").write_bytes((fixtures / "remark/no-resource-stated.json").read_bytes())
    (tmp_path / "4-unreadable.json").write_bytes(b"{")
    (tmp_path / "readme.txt").write_bytes(b"")
    return tmp_path


def validated(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = cli.main(["validate", *arguments, "--at", AT])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_reports_come_in_the_order_of_the_input(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = validated(str(folder), "--format", "json", capsys=capsys)
    reports: list[dict[str, Any]] = json.loads(out)
    assert [(Path(report["file"]).name, report["format"], report["verdict"]) for report in reports] == [
        ("1-good.xml", "fhir-xml", "accepted"),
        ("2-rejected.json", "fhir-json", "rejected"),
        ("3-remark.json", "fhir-json", "accepted-with-remarks"),
        ("4-unreadable.json", "fhir-json", "rejected"),
    ]
    assert [report["message_id"] for report in reports][3] is None
    assert [finding["rule"] for finding in reports[3]["findings"]] == ["not-json"]
    assert reports[3]["findings"][0]["path"] is None
    assert (code, err) == (1, "certgateway: 1 other files were not read\n")


@pytest.mark.parametrize(
    "file,level,code",
    [
        ("1-good.xml", "warning", 0),
        ("2-rejected.json", "error", 1),
        ("3-remark.json", "error", 0),
        ("3-remark.json", "warning", 1),
        ("4-unreadable.json", "error", 1),
    ],
)
def test_the_exit_code_tells_whether_something_at_the_level_was_found(
    file: str, level: str, code: int, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert validated(str(folder / file), "--fail-on", level, capsys=capsys)[0] == code


@pytest.mark.parametrize(
    "arguments",
    [
        ["validate", "nowhere.json"],
        ["validate", "README.md", "--at", "yesterday"],
        ["validate", "README.md", "--at", "2026-11-01T12:00:00"],
        ["receive", "nowhere.json"],
    ],
)
def test_what_a_user_gets_wrong_is_one_line_and_exit_code_two(
    arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    assert cli.main(arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith("certgateway: ")
    assert error.count("\n") == 1


@pytest.mark.parametrize("arguments", [[], ["unknown"], ["validate"], ["validate", "x", "--format", "pdf"]])
def test_a_bad_option_is_exit_code_two(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main(arguments)
    assert left.value.code == 2
    assert "usage: certgateway" in capsys.readouterr().err


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_names_every_message_and_fault(
    form: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = validated(str(folder), "--format", form, capsys=capsys)
    assert "2-rejected.json" in out
    assert "prognosis-missing" in out
    assert "4-unreadable.json" in out
    if form in {"json", "sarif"}:
        json.loads(out)
    elif form == "ndjson":
        assert [json.loads(line)["verdict"] for line in out.splitlines()][:2] == ["accepted", "rejected"]
    elif form == "junit":
        suite = ET.fromstring(out)  # noqa: S314  our own output
        assert (suite.get("tests"), suite.get("failures")) == ("4", "2")
    elif form == "github":
        assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in out.splitlines())


@pytest.mark.parametrize("form", FORMATS)
def test_no_format_is_broken_by_a_name_or_by_nothing(form: str) -> None:
    odd = 'a"<b>&\n::error file=x::\x1b[31m.json'
    finding = {
        "rule": "not-json",
        "severity": "error",
        "effect": "refuse",
        "path": None,
        "line": 1,
        "column": 1,
        "text": "t",
        "action": "a",
    }
    held = {
        "item": "assessment",
        "element": "assessment[0].text",
        "path": "Bundle",
        "kind": "vocational-advice",
        "span": [0, 9],
    }
    report = {"file": odd, "verdict": "rejected", "findings": [finding], "removed": [], "withheld": [held]}
    out = "".join(render([report], form))
    if form in {"json", "ndjson"}:
        read = json.loads(out)
        assert (read[0] if form == "json" else read)["file"] == odd
    elif form == "sarif":
        assert json.loads(out)["runs"][0]["results"][0]["ruleId"] == "not-json"
    else:
        assert "\x1b" not in out
        assert all(not line.startswith("::error file=x") for line in out.splitlines())
    if form == "junit":
        ET.fromstring(out)  # noqa: S314  our own output
    empty = "".join(render([], form))
    assert empty == {"json": "[]\n", "text": "", "ndjson": "", "github": ""}.get(form, empty)


def test_standard_input_is_judged(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(to_json(SMALL))))
    code, out, _ = validated("-", capsys=capsys)
    assert (code, out) == (0, "-: accepted\n")


def test_any_resource_is_judged_against_any_profiles(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "profiles").mkdir()
    profile = {
        "resourceType": "StructureDefinition",
        "url": "https://epj.example/StructureDefinition/named-patient",
        "name": "NamedPatient",
        "status": "active",
        "kind": "resource",
        "abstract": False,
        "type": "Patient",
        "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Patient",
        "derivation": "constraint",
        "differential": {"element": [{"id": "Patient.name", "path": "Patient.name", "min": 1}]},
    }
    (tmp_path / "profiles" / "p.json").write_text(json.dumps(profile))
    (tmp_path / "patient.json").write_text('{"resourceType":"Patient","gender":"x"}')
    arguments = [str(tmp_path / "patient.json"), "--profiles", str(tmp_path / "profiles"), "--format", "json"]
    code, out, _ = validated(*arguments, "--profile", str(profile["url"]), capsys=capsys)
    (report,) = json.loads(out)
    assert (code, report["verdict"]) == (1, "rejected")
    errors = [found for found in report["findings"] if found["severity"] == "error"]
    assert [(found["rule"], found["path"]) for found in errors] == [
        ("element-missing", "Patient"),
        ("code-not-allowed", "Patient.gender"),
    ]


def test_removed_codes_are_shown_to_the_sender_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tree = json.loads(to_json(SMALL))
    tree["entry"][1]["resource"]["category"] = [{"coding": [{"system": "urn:x", "code": "AAP"}]}]
    (tmp_path / "m.json").write_text(json.dumps(tree))
    _, out, _ = validated(str(tmp_path / "m.json"), "--format", "json", capsys=capsys)
    path = "Bundle.entry[1].resource.category[0].coding[0]"
    assert json.loads(out)[0]["removed"] == [{"item": "benefit-type", "path": path, "system": "urn:x", "code": "AAP"}]
    assert cli.main(["receive", str(tmp_path / "m.json")]) == 0
    receipt = json.loads(capsys.readouterr().out)[0]["receipt"]
    assert receipt["removed"] == [{"item": "benefit-type", "path": path}]
    assert "AAP" not in json.dumps(receipt)


def test_receive_prints_receipt_and_assessment(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(folder / name) for name in ("1-good.xml", "2-rejected.json", "4-unreadable.json")]
    assert cli.main(["receive", "--aev", *files]) == 1
    rows = json.loads(capsys.readouterr().out)
    assert [Path(row["file"]).name for row in rows] == ["1-good.xml", "2-rejected.json", "4-unreadable.json"]
    assert [row["receipt"]["verdict"] for row in rows] == ["accepted", "rejected", "rejected"]
    assert [row["assessment"] is None for row in rows] == [False, True, True]
    assert rows[0]["assessment"]["certificate"] == rows[0]["receipt"]["certificate"]
    assert rows[0]["receipt"]["answer"].startswith("<")


def test_receive_keeps_what_it_received_in_the_database_that_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CERTGATEWAY_KEY_FILE", str(folder / "key"))
    arguments = ["receive", "--database", f"sqlite:///{folder}/kept.sqlite3", str(folder / "1-good.xml")]
    assert cli.main(arguments) == 0
    first = capsys.readouterr().out
    assert cli.main(arguments) == 0
    assert capsys.readouterr().out == first
    other = (folder / "1-good.xml").read_bytes().replace(b"<family", b"<!-- x --><family", 1)
    (folder / "1-good.xml").write_bytes(other.replace(b'value="Legeerkl', b'value="Ny legeerkl'))
    assert cli.main(arguments) == 1
    assert json.loads(capsys.readouterr().out)[0]["receipt"]["findings"][0]["rule"] == "message-id-conflict"


def test_receive_keeps_nothing_of_what_is_too_large_and_names_the_limit(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CERTGATEWAY_KEY_FILE", str(folder / "key"))
    good = (folder / "1-good.xml").read_bytes()
    (folder / "large.xml").write_bytes(good + b" " * (2**20 + 1 - len(good)))
    arguments = ["receive", "--aev", "--lang", "en", "--database", f"sqlite:///{folder}/large.sqlite3"]
    assert cli.main([*arguments, str(folder / "large.xml")]) == 1
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["receipt"], row["assessment"]) == (None, None)
    assert (row["problem"]["status"], row["problem"]["title"]) == (413, "outside-attachments-too-large")
    assert "1048576 bytes" in row["problem"]["detail"]
    with closing(sqlite3.connect(folder / "large.sqlite3")) as connection:
        assert connection.execute("SELECT count(*) FROM message").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM ledger").fetchone() == (0,)
    # Without the last blank it is taken: nobody has its place.
    (folder / "large.xml").write_bytes(good + b" " * (2**20 - len(good)))
    assert cli.main([*arguments, str(folder / "large.xml")]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["receipt"]["verdict"], "problem" in row) == ("accepted", False)


def test_rules_prints_the_whole_catalogue(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["rules", "--format", "json"]) == 0
    listed = {entry["id"] for entry in json.loads(capsys.readouterr().out)}
    assert listed >= {"prognosis-missing", "benefit-removed", "not-carried", "not-json", "code-not-allowed"}


def test_validate_loads_no_database_and_starts_fast(tmp_path: Path) -> None:
    program = (
        "import sys, resource\n"
        "from certgateway import cli\n"
        "code = cli.main(['validate', sys.argv[1], '--at', sys.argv[2]])\n"
        "unwanted = {'sqlalchemy', 'pydantic', 'fastapi', 'msgspec', 'fhir', 'alembic', 'certgateway.kith'}\n"
        "heavy = unwanted & set(sys.modules)\n"
        "used = resource.getrusage(resource.RUSAGE_SELF)\n"
        "print(code, sorted(heavy), used.ru_utime + used.ru_stime, file=sys.stderr)\n"
    )
    file = ROOT / "fixtures/messages/good/required-items-only.json"
    command = [sys.executable, "-c", program, str(file), AT]
    # An installation has its bytecode, whatever the environment of the tests says of writing it.
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(tmp_path)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)

    def spent() -> float:
        run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        code, heavy, seconds = run.stderr.splitlines()[-1].split(maxsplit=2)
        assert (code, heavy) == ("0", "[]")
        return float(seconds)

    assert_within(0.4, spent)
