"""The pattern files of this package, read once, when the first text is to be marked.

Names of benefits come from the domain's own list; every other word stands in the files. Nothing here may judge a text.
"""

from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from certgateway.domain.marks import Kind
from certgateway.domain.vocabulary.benefit_names import COMPOUNDS, PHRASES
from certgateway.prose.keeping import recalled
from certgateway.prose.lexicon import Lexicon
from certgateway.prose.matching import Patterns
from certgateway.prose.notation import Written, read_classes, read_patterns
from certgateway.prose.vocabulary import Vocabulary

FOLDER: Final = Path(__file__).parent / "patterns"
JUDGED: Final[tuple[Kind, ...]] = (
    "benefit-recommendation",
    "work-ability-verdict",
    "vocational-advice",
    "exemption",
)
"""Kinds that only count when the doctor says so. What the patient tells has patterns of its own."""
NOT_SAID: Final = "not-said"
OTHERS: Final = "others-report"
SPEAKING: Final = "doctor-speaks"
REPORTED: Final[Kind] = "patient-reported"
FILES: Final = (*JUDGED, REPORTED, NOT_SAID, OTHERS, SPEAKING)
_NOT_MONEY: Final = ("attføring", "melding", "meldt", "meld ", "type", "benefit", "allowance", "pension", "sick pay")


class Guard(NamedTuple):
    """Everything that is looked for. Patterns that mark are in a group by the name of their file."""

    lexicon: Lexicon
    patterns: Patterns
    wanted: int
    """The patterns of which one must fit where anything is marked."""


def cancelling(file: str) -> str:
    """The group of a file's patterns that cancel others."""
    return f"not {file}"


def written() -> dict[str, tuple[Written, ...]]:
    """The patterns as they are written, by file."""
    return {file: read_patterns(_text(file), file) for file in FILES}


@cache
def guard() -> Guard:
    """The patterns, ready for use: kept from an earlier process of this user's, else made."""
    found = recalled(make_guard)
    found.lexicon.forget()
    return found


def make_guard() -> Guard:
    """The patterns, made from the files."""
    classes = read_classes(_text("words"), "words") | {"benefit-name": _benefit_names()}
    by_file = written()
    vocabulary = Vocabulary(classes, [pattern for patterns in by_file.values() for pattern in patterns])
    groups = {file: [each for each in by_file[file] if not each.cancels] for file in FILES}
    groups |= {cancelling(file): [each for each in by_file[file] if each.cancels] for file in FILES}
    patterns = Patterns(groups, vocabulary)
    return Guard(vocabulary.lexicon, patterns, patterns.among(*JUDGED, REPORTED))


def _text(file: str) -> str:
    return (FOLDER / f"{file}.txt").read_text("utf-8")


def _benefit_names() -> tuple[str, ...]:
    """The domain's names, compounds with any ending; without measures of the labour market and names of fields."""
    phrases = (phrase for phrase in PHRASES if not any(word in phrase for word in _NOT_MONEY))
    return (*(f"{name}*" for name in COMPOUNDS), *phrases)
