"""The front door of the command line: one line and exit code 2 for what stops a command, and whole documents before."""

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from certgateway import cli
from certgateway.cli import rules
from fixtures.authoring import good
from fixtures.authoring.writers import to_json

AT = "2026-11-01T12:00:00+01:00"


@pytest.fixture
def message(tmp_path: Path) -> Path:
    file = tmp_path / "a.json"
    file.write_bytes(to_json(good.messages()["required-items-only"].tree))
    return file


def test_a_fault_of_our_own_is_one_line_without_a_word_of_the_message(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_: object) -> int:
        raise TypeError("Kari Nordmann")

    monkeypatch.setattr(rules, "run", broken)
    assert cli.main(["rules"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("certgateway: a fault of our own: TypeError in test_front_door.py, line ")
    assert told.err.count("\n") == 1
    assert "Kari" not in told.err


def test_what_was_received_before_a_missing_file_is_a_whole_array(
    message: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = message.with_name("bad.json")
    assert cli.main(["receive", str(message), str(missing)]) == 2
    told = capsys.readouterr()
    assert [row["file"] for row in json.loads(told.out)] == [str(message)]
    assert told.err == f"certgateway: no such file: {missing}\n"


@pytest.mark.parametrize("form", ["json", "sarif", "junit"])
def test_what_was_judged_before_a_missing_file_is_a_whole_document(
    form: str, message: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = message.with_name("bad.json")
    assert cli.main(["validate", "--at", AT, "--format", form, str(message), str(missing)]) == 2
    told = capsys.readouterr()
    if form == "junit":
        assert len(ET.fromstring(told.out)) == 1  # noqa: S314  Our own output.
    else:
        assert len(json.loads(told.out)) > 0
    assert told.err == f"certgateway: no such file: {missing}\n"


def test_a_file_name_cannot_write_lines_or_escapes(message: Path, capsys: pytest.CaptureFixture[str]) -> None:
    odd = message.rename(message.with_name("a\n\x1b[2J: rejected.json"))
    assert cli.main(["validate", "--at", AT, str(odd)]) == 0
    assert capsys.readouterr().out == f"{odd.parent}/a??[2J: rejected.json: accepted\n"
    assert cli.main(["validate", f"{odd}\n"]) == 2
    assert capsys.readouterr().err == f"certgateway: no such file: {odd.parent}/a??[2J: rejected.json?\n"


def test_a_file_name_that_is_no_text_is_judged_like_any_other(message: Path) -> None:
    odd = bytes(message.parent) + b"/\xff.json"
    Path(message).rename(odd.decode("utf-8", "surrogateescape"))
    command = [sys.executable, "-m", "certgateway", "validate", "--at", AT, "--format", "json", str(message.parent)]
    done = subprocess.run(command, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)[0]["file"] == f"{message.parent}/\ufffd.json"
