"""Reads docs/asvs.toml: what of OWASP ASVS 5.0.0, levels 1 and 2, is met, where, and by which test that shows.

`faults` tells what an entry lacks; `tools/docs.py` makes docs/asvs.md and the counts of docs/security.md of it. Nothing
may be called met here without a file that does it and a test that fails when it does not.
"""

from __future__ import annotations

import ast
import functools
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
LIST: Final = ROOT / "docs" / "asvs.toml"
STATES: Final = {
    "met": "by the files that are named, and the tests show it",
    "partly": "what is there is shown by the tests; what lacks is said",
    "not-met": "it applies and is not there",
    "operator": "not the software's to meet: whoever runs it must",
    "not-applicable": "there is nothing here that it is about",
}
CHAPTERS: Final = {
    1: "Encoding and sanitization",
    2: "Validation and business logic",
    3: "Web front end",
    4: "API and web service",
    5: "Files",
    6: "Authentication",
    7: "Sessions",
    8: "Authorization",
    9: "Self-contained tokens",
    10: "OAuth and OIDC",
    11: "Cryptography",
    12: "Secure communication",
    13: "Configuration",
    14: "Data protection",
    15: "Secure coding and architecture",
    16: "Logging and error handling",
    17: "WebRTC",
}


@dataclass(frozen=True)
class Requirement:
    """One of the standard's, in our words; `files` from the top of the repository, `tests` as pytest names them."""

    id: str
    level: int
    about: str
    state: str
    how: str = ""
    lacks: str = ""
    files: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()


def requirements() -> list[Requirement]:
    """All entries of the list, in its order. Raises TypeError for a key that is unknown or missing."""
    entries = tomllib.loads(LIST.read_text("utf-8"))["requirement"]
    return [
        Requirement(
            **{name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()}  # type: ignore[arg-type]
        )
        for entry in entries
    ]


def faults(entry: Requirement, root: Path = ROOT) -> list[str]:
    """What keeps an entry from being believed, by a word each; nothing for one that can be."""
    return [f"{entry.id}: {fault}" for fault in (*_form(entry), *_absent(entry, root))]


def _form(entry: Requirement) -> Iterator[str]:
    if entry.state not in STATES:
        yield f"unknown state {entry.state}"
    if not entry.about:
        yield "nothing says what it is about"
    if not entry.how and entry.state != "not-met":
        yield "nothing says how"
    if entry.state in {"met", "partly"} and not (entry.files and entry.tests):
        yield "called met without a file and a test"
    if (entry.state in {"partly", "not-met"}) != bool(entry.lacks):
        yield "what lacks is said exactly of what is partly met or not"
    if entry.state == "not-met" and (entry.how or entry.files or entry.tests):
        yield "not met, and yet shown"


def _absent(entry: Requirement, root: Path) -> Iterator[str]:
    yield from (f"no file {name}" for name in entry.files if not (root / name).is_file())
    yield from (f"no test {name}" for name in entry.tests if not exists(name, root))


def exists(test: str, root: Path = ROOT) -> bool:
    """Whether a test stands where it is named, as a function of the module that pytest collects by that name."""
    path, _, name = test.partition("::")
    file = root / path
    is_collected = path.startswith("tests/") and file.name.startswith("test_") and file.is_file()
    return is_collected and name in _tests(file)


@functools.cache
def _tests(file: Path) -> frozenset[str]:
    tree = ast.parse(file.read_text("utf-8"))
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(node.name for node in functions if node.name.startswith("test_"))


def counts(entries: Iterable[Requirement]) -> dict[str, list[int]]:
    """For each state how many requirements of level 1, of level 2, and together."""
    found = Counter((entry.state, entry.level) for entry in entries)
    return {state: [found[state, 1], found[state, 2], found[state, 1] + found[state, 2]] for state in STATES}


def by_chapter(entries: Iterable[Requirement]) -> dict[str, list[Requirement]]:
    """The entries under the chapter that each belongs to."""
    told: dict[str, list[Requirement]] = {}
    for entry in entries:
        number = int(entry.id.partition(".")[0])
        told.setdefault(f"V{number} {CHAPTERS[number]}", []).append(entry)
    return told
