"""Which messages a command line names, in which order, and under which names."""

import io
import json
import os
import sys
import zipfile
from pathlib import Path

import pytest

from certgateway import cli
from certgateway.cli import sources
from certgateway.cli.sources import LARGEST, RATIO, NoSuchFileError, Sources

PROFILES = str(Path(__file__).resolve().parents[3] / "certgateway" / "profiles")


def names(*paths: str | Path) -> list[str]:
    return [name for name, _ in Sources(tuple(map(str, paths)))]


def test_a_folder_is_walked_in_byte_order_and_other_files_are_counted(tmp_path: Path) -> None:
    for name in ("b.json", "B.XML", "a/z.json", "a/é.json", "a.json", "notes.txt", "a/image.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"{}")
    given = Sources((str(tmp_path),))
    found = [str(Path(name).relative_to(tmp_path)) for name, _ in given]
    assert found == ["B.XML", "a.json", "a/z.json", "a/é.json", "b.json"]
    assert given.others == 2


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
    given = Sources((str(path),))
    assert list(given) == [
        (f"{path}!a/lines.ndjson:1", b"1"),
        (f"{path}!a/lines.ndjson:2", b"2"),
        (f"{path}!b.xml", b"<x/>"),
    ]
    assert given.others == 1


def test_a_damaged_archive_is_one_message_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "bad.zip").write_bytes(b"PK\x03\x04 no archive")
    assert list(Sources((str(tmp_path / "bad.zip"),))) == [(str(tmp_path / "bad.zip"), b"")]


def archive(path: Path, members: dict[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", packing) as made:
        for name, body in members.items():
            made.writestr(name, body)
    return path


def test_a_member_is_read_up_to_the_limit_of_a_message(tmp_path: Path) -> None:
    path = archive(tmp_path / "large.zip", {"large.json": bytes(LARGEST + 1000)}, zipfile.ZIP_STORED)
    assert [len(raw) for _, raw in Sources((str(path),))] == [LARGEST + 1]


def test_an_archive_unpacks_to_twenty_times_its_size_and_no_more(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for size in (100_000, 99_999):
        path = archive(
            tmp_path / "x.zip", {"a.json": bytes(1_999_980), "c.json": b" " * 20, "d.bin": os.urandom(50_000)}
        )
        with zipfile.ZipFile(path, "a") as padded:
            padded.comment = b"x" * (size - path.stat().st_size)
        assert path.stat().st_size == size
        found = [(name.rpartition("!")[2], len(raw)) for name, raw in Sources((str(path),))]
        fits = size == 100_000
        assert found == [("a.json", 1_999_980), ("c.json", 20) if fits else (str(path), 0)]
        told = capsys.readouterr().err
        assert ("unpacks to more than 20 times its size" in told) != fits


def test_a_bomb_of_many_members_costs_no_more_than_the_ratio(tmp_path: Path) -> None:
    path = archive(tmp_path / "bomb.zip", {f"{at:03}.json": bytes(1_000_000) for at in range(100)})
    found = list(Sources((str(path),)))
    assert sum(len(raw) for _, raw in found) <= RATIO * path.stat().st_size
    assert found[-1] == (str(path), b"")


def test_a_small_archive_may_unpack_to_what_a_message_is(tmp_path: Path) -> None:
    for size in (64 * 1024, 64 * 1024 + 1):
        path = archive(tmp_path / "small.zip", {"a.json": bytes(size)})
        assert [len(raw) for _, raw in Sources((str(path),))] == [size if size == 64 * 1024 else 0]


def test_an_archive_is_read_up_to_a_number_of_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "MOST_MEMBERS", 3)
    path = archive(tmp_path / "many.zip", {f"{at}.json": b"{}" for at in range(3)})
    assert len(list(Sources((str(path),)))) == 3
    path = archive(tmp_path / "many.zip", {f"{at}.json": b"{}" for at in range(4)})
    assert [raw for _, raw in Sources((str(path),))] == [b"{}"] * 3 + [b""]
    assert "more than 3 files" in capsys.readouterr().err


def test_a_member_that_ends_too_soon_is_told_as_the_archive(tmp_path: Path) -> None:
    path = archive(tmp_path / "cut.zip", {"a.json": b'{"a":1}' * 1000})
    raw = path.read_bytes()
    at = raw.index(b"a.json") + len(b"a.json")
    path.write_bytes(raw[:at] + bytes(20) + raw[at + 20 :])
    assert list(Sources((str(path),))) == [(str(path), b"")]


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


@pytest.mark.parametrize("flaw", ["damaged", "cut short", "too many files", "bomb"])
@pytest.mark.parametrize(
    "command",
    [["validate", "--format", "json"], ["receive"], ["validate", "--format", "json", "--profiles", PROFILES]],
    ids=["validate", "receive", "profiles"],
)
def test_an_archive_that_is_not_read_is_told_as_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: list[str], flaw: str
) -> None:
    path = archive(tmp_path / "all.zip", {"a.json": bytes(70_000)} if flaw == "bomb" else {"a.txt": b"", "b.txt": b""})
    if flaw == "damaged":
        path.write_bytes(b"PK\x03\x04 no archive")
    if flaw == "cut short":
        path.write_bytes(path.read_bytes()[:-30])
    if flaw == "too many files":
        monkeypatch.setattr(sources, "MOST_MEMBERS", 1)
    assert cli.main([*command, str(path)]) == 1
    said = capsys.readouterr()
    (row,) = json.loads(said.out)
    assert row["file"] == str(path)
    if command == ["receive"]:
        assert (row["receipt"], row["problem"]["title"]) == (None, "archive-not-read")
    else:
        assert [each["rule"] for each in row["findings"]] == ["archive-not-read"]
    assert "the rest of it was not read" in said.err


def test_nothing_is_converted_out_of_an_archive_that_is_not_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "all.zip"
    path.write_bytes(b"PK\x03\x04 no archive")
    assert cli.main(["convert", str(path), "--to", "json"]) == 2
    assert "not read to its end" in capsys.readouterr().err
