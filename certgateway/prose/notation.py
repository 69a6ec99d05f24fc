"""The little language of the pattern files: word classes, and patterns of words in order.

It is read here and nowhere else; docs/prose-guard.md explains it to those who write it. What cannot be read is refused
with file and line, so that a slip of the pen never becomes a pattern that is silently dead. Nothing here may know what
any pattern means.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

MEMBER: Final = re.compile(r"\{([\w-]+)\}")
_CLASS: Final = re.compile(r"([\w-]+) = (.*)")
_GAP: Final = re.compile(r"(\.{2,3})(\d*)")
_GAP_LENGTHS: Final = {"..": 3, "...": 8}
SIGNS: Final = frozenset(",;:%§-")
EDGES: Final = frozenset({"^", "^^", "$"})


class PatternFileError(ValueError):
    """A line of a pattern file that cannot be read. Ours to mend: the files are part of the package."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Up to `most` words that do not matter; over commas only where `far`."""

    most: int
    far: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several: each a run of words, classes in braces or signs. May be missing where `optional`."""

    runs: tuple[tuple[str, ...], ...]
    optional: bool


@dataclass(frozen=True, slots=True)
class Edge:
    """Where a clause begins or ends; it takes up no word."""

    sign: str


Element = Gap | Choice | Edge


@dataclass(frozen=True, slots=True)
class Written:
    """A pattern as it is written, what it consists of, and whether it cancels others instead of marking."""

    line: str
    elements: tuple[Element, ...]
    cancels: bool


def read_classes(text: str, file: str) -> dict[str, tuple[str, ...]]:
    """Word classes: `name = entry, entry`, further lines of the same class indented."""
    found: dict[str, list[str]] = {}
    entries: list[str] = []
    for number, line in _lines(text):
        if not line.startswith(" "):
            head = _CLASS.fullmatch(line)
            if head is None or head[1] in found:
                raise PatternFileError(f"{file}, line {number}: expected a new `name = word, word`")
            entries = found[head[1]] = []
            line = head[2]  # noqa: PLW2901
        entries += [" ".join(entry.split()) for entry in line.split(",") if entry.strip()]
    return {name: tuple(each) for name, each in found.items()}


def read_patterns(text: str, file: str) -> tuple[Written, ...]:
    """Patterns, one a line; a line that begins with `not` cancels."""
    found = []
    for number, line in _lines(text):
        cancels = line.startswith("not ")
        words = line.split()[cancels:]
        try:
            found.append(Written(" ".join(line.split()), tuple(_element(word) for word in words), cancels))
        except ValueError as flaw:
            raise PatternFileError(f"{file}, line {number}: {flaw}") from None
    return tuple(found)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            yield number, line.rstrip()


@cache
def _element(word: str) -> Element:
    """One element of a pattern. Most stand in many patterns."""
    if word in EDGES:
        return Edge(word)
    if gap := _GAP.fullmatch(word):
        return Gap(int(gap[2] or _GAP_LENGTHS[gap[1]]), far=gap[1] == "...")
    optional = word.endswith("?")
    runs = tuple(tuple(run.split("_")) for run in word.removesuffix("?").split("/"))
    if not all(all(run) for run in runs):
        raise ValueError(f"an empty choice in {word!r}")
    return Choice(runs, optional)
