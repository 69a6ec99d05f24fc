"""Which messages a command line names, in which order, and under which names."""

import io
import os
import sys
import zipfile
from pathlib import Path

import pytest

from certgateway.cli.sources import LARGEST, NoSuchFileError, Sources


def names(*paths: str | Path) -> list[str]:
    return [name for name, _ in Sources(tuple(map(str, paths)))]


def test_a_folder_is_walked_in_byte_order_and_other_files_are_counted(tmp_path: Path) -> None:
    for name in ("b.json", "B.XML", "a/z.json", "a/é.json", "a.json", "notes.txt", "a/image.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"{}")
    sources = Sources((str(tmp_path),))
    found = [str(Path(name).relative_to(tmp_path)) for name, _ in sources]
    assert found == ["B.XML", "a.json", "a/z.json", "a/é.json", "b.json"]
    assert sources.others == 2


def test_a_file_that_is_named_is_read_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "message").write_bytes(b"{}")
    assert list(Sources((str(tmp_path / "message"),))) == [(str(tmp_path / "message"), b"{}")]


def test_lines_are_messages_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "many.ndjson").write_bytes(b'{"a":1}\n\n  \r\n{"b":2}\r\n{"c":3}')
    path = tmp_path / "many.ndjson"
    assert list(Sources((str(path),))) == [
        (f"{path}:1", b'{"a":1}'),
        (f"{path}:4", b'{"b":2}'),
        (f"{path}:5", b'{"c":3}'),
    ]


def test_members_of_an_archive_are_named_after_both(tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("b.xml", b"<x/>")
        archive.writestr("a/", b"")
        archive.writestr("a/lines.ndjson", b"1\n2\n")
        archive.writestr("readme.txt", b"")
    sources = Sources((str(path),))
    assert list(sources) == [
        (f"{path}!a/lines.ndjson:1", b"1"),
        (f"{path}!a/lines.ndjson:2", b"2"),
        (f"{path}!b.xml", b"<x/>"),
    ]
    assert sources.others == 1


def test_a_damaged_archive_is_one_message_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "bad.zip").write_bytes(b"PK\x03\x04 no archive")
    assert list(Sources((str(tmp_path / "bad.zip"),))) == [(str(tmp_path / "bad.zip"), b"")]


def test_an_archive_bomb_is_read_up_to_the_limit(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.json", bytes(LARGEST + 1000))
    assert [len(raw) for _, raw in Sources((str(tmp_path / "bomb.zip"),))] == [LARGEST + 1]


def test_a_pattern_is_expanded_in_byte_order(tmp_path: Path) -> None:
    for name in ("2.json", "10.json", "x.xml"):
        (tmp_path / name).write_bytes(b"{}")
    assert names(tmp_path / "*.json") == [str(tmp_path / "10.json"), str(tmp_path / "2.json")]


def test_standard_input_is_a_dash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"{}")))
    assert list(Sources(("-",))) == [("-", b"{}")]


@pytest.mark.parametrize("missing", ["nowhere.json", "no*.json", "no/where/"])
def test_what_is_not_there_is_named(missing: str, tmp_path: Path) -> None:
    with pytest.raises(NoSuchFileError) as refusal:
        names(tmp_path / missing)
    assert str(refusal.value) == str(tmp_path / missing)


def test_a_name_that_is_no_text_is_made_one(tmp_path: Path) -> None:
    odd = os.fsencode(tmp_path) + b"/\xff.json"
    Path(os.fsdecode(odd)).write_bytes(b"{}")
    (name,) = names(tmp_path)
    assert name.encode() == os.fsencode(tmp_path) + "/\ufffd.json".encode()
