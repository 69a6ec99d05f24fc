"""Patterns kept between processes mark as those that were just made, and nothing foreign is made of what is kept."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from certgateway.engine.definitions import cache
from certgateway.prose import keeping, sources
from certgateway.prose.marking import mark

TEXT = "Pasienten bør innvilges uføretrygd. Han sier selv at han ikke kan arbeide."


@pytest.fixture(name="folder")
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(cache.SETTING, str(tmp_path / "kept"))
    return tmp_path / "kept"


def test_what_is_kept_marks_as_what_was_made(folder: Path) -> None:
    expected = mark(TEXT)
    assert expected
    program = f"from certgateway.prose import mark; print(mark({TEXT!r}))"
    environment = os.environ | {"PYTHONHASHSEED": "random"}
    runs = [
        subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
        for _ in range(3)
    ]
    assert {run.stdout for run in runs} == {f"{expected}\n"}
    assert len(list(folder.iterdir())) == 1


@pytest.mark.usefixtures("folder")
def test_it_is_made_once() -> None:
    made: list[int] = []

    def make() -> frozenset[str]:
        made.append(1)
        return frozenset({"x"})

    assert [keeping.recalled(make) for _ in range(3)] == [frozenset({"x"})] * 3
    assert made == [1]


def test_where_nothing_can_be_kept_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cache.SETTING, cache.OFF)
    assert sources.guard.__wrapped__().wanted == sources.guard().wanted


class Call:
    """What a hostile entry would hold: a call of something, made when it is read."""

    def __init__(self, called: object) -> None:
        self.called = called

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return self.called, ("x",)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("called", [Path, os.system, eval, keeping.recalled, getattr])
def test_no_foreign_class_is_made_of_what_is_kept(called: object) -> None:
    keeping.recalled(lambda: Call(called))
    with pytest.raises(pickle.UnpicklingError):
        keeping.recalled(lambda: Call(called))
