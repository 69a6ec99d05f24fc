"""`certgateway prose`: one text a line in, its marks out, as JSON or for people."""

import io
import json
import sys
from pathlib import Path

import pytest

from certgateway import cli

LAST = "Hun er 100 % arbeidsufør, bør få AAP"
TEXTS = f"Bruker bør få AAP.\r\n\nGår tur hver dag.\n{LAST}"


def test_prints_every_line_with_its_marks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "texts.txt"
    file.write_text(TEXTS, "utf-8")
    assert cli.main(["prose", str(file)]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["text"] for row in rows] == ["Bruker bør få AAP.", "", "Går tur hver dag.", LAST]
    assert [[mark["kind"] for mark in row["marks"]] for row in rows] == [
        ["benefit-recommendation"],
        [],
        [],
        ["work-ability-verdict", "benefit-recommendation"],
    ]
    (mark,) = rows[0]["marks"]
    assert rows[0]["text"][slice(*mark["span"])] == "bør få AAP"
    assert mark["pattern"]


def test_reads_standard_input_and_speaks_to_people(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("Bør få AAP\x1b[31m".encode())))
    assert cli.main(["prose", "--format", "text"]) == 0
    said = capsys.readouterr().out
    assert "benefit-recommendation [0-10] «Bør få AAP»" in said
    assert "\x1b" not in said


def test_no_text_gives_no_row(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    assert cli.main(["prose", "-"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_a_file_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["prose", "/no/such/file"]) == 2
    assert "no such file" in capsys.readouterr().err
