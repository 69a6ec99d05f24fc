"""The cache on disk: what is kept is found again, and nothing hostile, torn or misplaced is ever taken for it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from certgateway.engine.definitions import cache

KEY = cache.key_of([b"facts", b"profiles"])


@pytest.fixture(name="folder")
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "kept"
    monkeypatch.setenv(cache.SETTING, str(folder))
    return folder


def made(text: bytes = b"made") -> bytes:
    return cache.remembered(KEY, lambda: text)


def entry(folder: Path) -> Path:
    (found,) = folder.iterdir()
    return found


def test_what_was_made_once_is_found_again(folder: Path) -> None:
    assert made(b"first") == b"first"
    assert made(b"second") == b"first"
    assert cache.remembered(cache.key_of([b"other"]), lambda: b"third") == b"third"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_parts_of_a_key_do_not_run_into_each_other() -> None:
    assert cache.key_of([b"ab", b"c"]) != cache.key_of([b"a", b"bc"])


@pytest.mark.parametrize("damage", [lambda raw: raw[:-1], lambda raw: raw[:10], lambda _: b"", lambda raw: raw + b"x"])
def test_a_torn_entry_is_made_anew(folder: Path, damage: Callable[[bytes], bytes]) -> None:
    made(b"first")
    entry(folder).write_bytes(damage(entry(folder).read_bytes()))
    assert made(b"second") == b"second"
    assert made(b"third") == b"second"


def test_an_entry_moved_to_another_key_is_not_taken(folder: Path) -> None:
    made(b"first")
    other = cache.key_of([b"other"])
    entry(folder).rename(folder / f"{other.hex()}.kept")
    assert cache.remembered(other, lambda: b"its own") == b"its own"


def test_an_entry_that_others_may_write_is_not_taken(folder: Path) -> None:
    made(b"first")
    entry(folder).chmod(0o666)
    assert made(b"second") == b"second"


def test_a_folder_that_others_may_enter_is_not_used(folder: Path) -> None:
    made(b"first")
    folder.chmod(0o755)
    assert made(b"second") == b"second"
    assert len(list(folder.iterdir())) == 1


def test_a_folder_reached_by_a_link_is_not_used(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    folder.symlink_to(elsewhere)
    assert made(b"first") == b"first"
    assert not list(elsewhere.iterdir())


def test_a_link_in_place_of_an_entry_is_not_followed(folder: Path, tmp_path: Path) -> None:
    made(b"first")
    moved = tmp_path / "moved"
    place = entry(folder)
    place.rename(moved)
    place.symlink_to(moved)
    assert made(b"second") == b"second"
    assert moved.read_bytes().endswith(b"first")


def test_a_pipe_in_place_of_an_entry_does_not_hang(folder: Path) -> None:
    made(b"first")
    place = entry(folder)
    place.unlink()
    os.mkfifo(place)
    assert made(b"second") == b"second"


@pytest.mark.usefixtures("folder")
def test_somebody_elses_folder_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    made(b"first")
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert made(b"second") == b"second"


def test_off_keeps_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv(cache.SETTING, cache.OFF)
    assert (made(b"first"), made(b"second")) == (b"first", b"second")
    assert not list(tmp_path.iterdir())
    monkeypatch.delenv(cache.SETTING)
    assert (made(b"first"), made(b"second")) == (b"first", b"first")
    assert list((tmp_path / "certgateway").iterdir())


def test_a_place_that_cannot_be_made_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cache.SETTING, "/proc/nowhere/kept")
    assert (made(b"first"), made(b"second")) == (b"first", b"second")


def test_the_folder_does_not_grow_without_end(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MOST", 3)
    for number in range(6):
        cache.remembered(cache.key_of([bytes([number])]), lambda: b"x")
    assert len(list(folder.iterdir())) == 3
    monkeypatch.setattr(cache, "LARGEST", 3)
    assert (made(b"large"), made(b"other")) == (b"large", b"other")


def test_processes_that_make_the_same_at_once_all_get_it_whole(folder: Path) -> None:
    program = (
        "import sys; from certgateway.engine.definitions import cache\n"
        "key = cache.key_of([b'facts'])\n"
        "sys.exit(cache.remembered(key, lambda: b'x' * 1_000_000) != b'x' * 1_000_000)"
    )
    running = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(4)]
    assert [each.wait() for each in running] == [0, 0, 0, 0]
    assert len(list(folder.iterdir())) == 1
