"""Reads the questions of the form from fhir-profiles/questionnaire.toml.

Nothing here may add, drop or reword a question; the file is the form.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FORM = Path(__file__).resolve().parent.parent / "fhir-profiles" / "questionnaire.toml"

Texts = tuple[str, str, str]
"""Bokmål, Nynorsk, English."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `target` is an element id below the entry's profile; `values` names one of our ValueSets."""

    link: str
    texts: Texts
    type: str
    target: str = ""
    values: str = ""
    required: bool = False
    repeats: bool = False
    when: tuple[str, str, str] | None = None
    children: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the form: the profile and resource type its entries become, and how many there may be."""

    code: str
    profile: str
    resource: str
    questions: tuple[Question, ...]
    required: bool = False
    single: bool = False
    can_be_none: bool = False


def _question(row: dict[str, Any]) -> Question:
    members = {name: value for name, value in row.items() if name not in {"nb", "nn", "en", "child", "when"}}
    return Question(
        **members,
        texts=(row["nb"], row["nn"], row["en"]),
        when=tuple(row["when"]) if "when" in row else None,
        children=tuple(map(_question, row.get("child", ()))),
    )


def _item(row: dict[str, Any]) -> Item:
    members = {name: value for name, value in row.items() if name != "question"}
    return Item(**members, questions=tuple(map(_question, row["question"])))


def items() -> tuple[Item, ...]:
    """The form. Raises TypeError when the file holds a member that the form has no place for."""
    return tuple(map(_item, tomllib.loads(FORM.read_text(encoding="utf-8"))["item"]))
