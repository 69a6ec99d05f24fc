"""What the engine found: one Fault a fault, and the texts that say it in Norwegian (nb, nn) and English.

A fault names a place and the definition it breaks. It must never hold or print a value of the judged resource:
`detail` and `expected` carry definitions' words and numbers only, and `culprit` serves positions, never texts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

TOO_MANY = "too-many-faults"

Severity = Literal["error", "warning", "information"]
Language = Literal["nb", "nn", "en"]

MOST_FAULTS = 1000
"""Faults of one resource that are told; whoever mends these has most of the others mended too."""

_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_WORD = re.compile(r"\{(\w+)\}")
# What an absent element means where the fault doesn't count.
_USUAL = {"element-missing": {"min": "1", "found": "0"}}
TEXTS = Path(__file__).with_name("texts.toml")


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a resource.

    `kind` is a stable id out of `kinds()`; `path` a FHIRPath that selects one present node, for an absent element its
    nearest present ancestor. `expected` says what the definition asks for. `culprit` is the JSON key or XML name of a
    child of `path` that no path can name (an unknown or duplicate property) and must not be printed.
    """

    kind: str
    severity: Severity
    path: str
    expected: str | None = None
    culprit: str | None = None
    detail: Mapping[str, str] = field(default_factory=dict, hash=False)


def limited(faults: list[Fault], limit: int = MOST_FAULTS) -> list[Fault]:
    """The first `limit` faults, and where there are more `too-many-faults` at the root in place of the others.

    Where several lists meet, only one `too-many-faults` is left, at the end.
    """
    told = [fault for fault in faults if fault.kind != TOO_MANY]
    if len(told) == len(faults) <= limit:
        return faults
    root = told[0].path.partition(".")[0]
    return [*told[:limit], Fault(TOO_MANY, "error", root, detail={"limit": str(limit)})]


class _Words(dict[str, str]):
    """Template values; a word the fault doesn't carry is left out of the sentence."""

    def __missing__(self, key: str) -> str:
        return "…"


@cache
def _catalogue() -> dict[str, dict[str, dict[str, Any]]]:
    import tomllib  # noqa: PLC0415  Where nothing is found there is nothing to say.

    return tomllib.loads(TEXTS.read_text("utf-8"))


def kinds() -> list[str]:
    """Every kind of fault the engine can find, in the catalogue's order."""
    return list(_catalogue())


def text(fault: Fault, language: Language = "en") -> str:
    """What is wrong, in one or two sentences."""
    return _filled(fault, "text", language)


def action(fault: Fault, language: Language = "en") -> str:
    """What whoever made the resource should do about it."""
    return _filled(fault, "action", language)


def _filled(fault: Fault, part: str, language: Language) -> str:
    words = _Words({**_USUAL.get(fault.kind, {}), **fault.detail})
    said = _catalogue()[fault.kind]
    if fault.expected:
        words["expected"] = said.get("expected", {}).get(fault.expected, {}).get(language, fault.expected)
    template: str = said[part][language]
    return _OPTIONAL.sub(lambda found: _if_known(found[1], words), template).format_map(words)


def _if_known(part: str, words: Mapping[str, str]) -> str:
    return part if words.keys() >= set(_WORD.findall(part)) else ""
