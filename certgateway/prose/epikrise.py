"""Whether a text is a letter or note from the record, pasted in: judged on the whole.

Told from a doctor's own account by the number of its signs: an ordinary heading or two, a laboratory value or a mention of
a discharge letter must never be enough. The signs are data (`patterns/pasted-epikrise.txt`), their weights here.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Final

from certgateway.domain.marks import Mark
from certgateway.prose.notation import read_classes

FILE: Final = Path(__file__).parent / "patterns" / "pasted-epikrise.txt"
ENOUGH: Final = 3.3
"""Weights together from which a text counts as pasted."""

# What one sign of a sort weighs, and what all of the sort may weigh together.
WEIGHTS: Final = {
    "title": (2.5, 2.5),
    "place": (1.0, 1.0),
    "record-heading": (0.8, 4.0),
    "half-heading": (0.5, 2.0),
    "plain-heading": (0.3, 0.9),
    "value": (0.25, 2.5),
    "dose": (0.4, 1.6),
    "list": (2.0, 2.0),
    "icd": (0.5, 1.0),
    "period": (0.7, 0.7),
    "role": (0.8, 0.8),
    "greeting": (0.5, 0.5),
}

_LINE: Final = re.compile(r"[^\n\r\v\f\x85\u2028\u2029]*\S[^\n\r\v\f\x85\u2028\u2029]*")
_HEADING: Final = re.compile(r"(?:(?<=[.;] )|^[-*•\s]{0,4})([A-ZÆØÅa-zæøå][^.:;!?,\n]{0,40}?)[ (\d.]{0,14}:(?=\s|$)")
_VALUE: Final = re.compile(r"(?<!\w)([^\W\d_][\w-]{0,16})\.?[ \t]{0,20}[:=<>]{0,2}[ \t]{0,3}\d")
_DOSE: Final = re.compile(
    r"\d ?(?:mg|mikrogram|µg|mcg|g|IE|ml|pose|tbl|tabl?)\b(?:/\d? ?\w{1,6})?(?: \w{2,6}\.?)? ?(?:inntil )?x ?\d"
)
_ICD: Final = re.compile(r"\b[A-Z]\d\d(?:\.\d)?\b(?! ?%)")
_PERIOD: Final = re.compile(
    r"\d\d?\.\d\d?\.\d{2,4} ?(?:-|\u2013|til) ?\d\d?\.\d\d?\."
    r"|(?i:\binnlag[td]\b|\butskrevet\b|\butskriven\b)[: ]{1,2}\d"
)
_GREETING: Final = re.compile(r"(?i)(?:med )?(?:vennlig|venleg|beste|mvh|med)\b ?(?:hilsen|helsing)?")
_LIST_LINE: Final = re.compile(r"(?:[A-Z]-)?[A-ZÆØÅ][\w-]+[^.\n]{0,40}? [<>]?\d[\d,.]* ?(?:\w|%|µ|\()[^.]{0,50}\.?")
_BEGINNING: Final = frozenset({"title", "place", "record-heading", "half-heading", "value", "dose", "list"})
_TELLING: Final = frozenset({"title", "place", "record-heading", "list"})
_FEWEST_LIST_LINES: Final = 5
_LONGEST_TITLE: Final = 90
_FIRST_LINES: Final = 3
_LAST_LINES: Final = 3
_TITLE_WORDS: Final = 5


@dataclass(frozen=True, slots=True)
class _Signs:
    whole: frozenset[str]
    beginnings: tuple[str, ...]
    endings: tuple[str, ...]

    def hold(self, words: str) -> bool:
        return words in self.whole or words.startswith(self.beginnings) or words.endswith(self.endings)


@cache
def _signs() -> dict[str, _Signs]:
    classes = read_classes(FILE.read_text("utf-8"), FILE.name)
    return {
        name: _Signs(
            frozenset(entry for entry in entries if "*" not in entry),
            tuple(entry[:-1] for entry in entries if entry.endswith("*")),
            tuple(entry[1:] for entry in entries if entry.startswith("*")),
        )
        for name, entries in classes.items()
    }


def pasted(text: str) -> Iterator[Mark]:
    """At most one mark: from the first line that shows it to the end of the text."""
    lines = [(match.start(), match[0].strip()) for match in _LINE.finditer(text)]
    found = list(_found(lines))
    sums: dict[str, float] = {}
    for name, _, _ in found:
        weight, most = WEIGHTS[name]
        sums[name] = min(most, sums.get(name, 0.0) + weight)
    if sum(sums.values()) >= ENOUGH and sums.keys() & _TELLING:
        start = min(place for name, place, _ in found if name in _BEGINNING)
        names = ", ".join(sorted(sums))
        yield Mark("pasted-epikrise", start + _indent(text, start), len(text.rstrip()), names)


def _indent(text: str, start: int) -> int:
    line = text[start : start + _LONGEST_TITLE]
    return len(line) - len(line.lstrip())


def _found(lines: list[tuple[int, str]]) -> Iterator[tuple[str, int, str]]:
    """Every sign: its sort, the line it begins and what it is; headings once each."""
    seen: set[str] = set()
    listed = [(place, line) for place, line in lines if _LIST_LINE.fullmatch(line)]
    if len(listed) >= max(_FEWEST_LIST_LINES, 0.4 * len(lines)):
        yield "list", *listed[0]
    for number, (place, line) in enumerate(lines):
        if (
            number < _FIRST_LINES
            and not line.endswith(".")
            and any(map(_signs()["place"].hold, line.casefold().split()))
        ):
            yield "place", place, line
        for name, sign in _in_line(line):
            if not name.endswith(("heading", "icd")) or sign not in seen:
                seen.add(sign)
                yield name, place, sign
        if number >= len(lines) - _LAST_LINES and _signs()["role"].hold(line.casefold().rstrip(".")):
            yield "role", place, line
        if _GREETING.fullmatch(line.rstrip(",.")):
            yield "greeting", place, line


def _in_line(line: str) -> Iterator[tuple[str, str]]:
    signs = _signs()
    folded = line.casefold()
    head = folded[:_LONGEST_TITLE]
    if signs["title"].hold(head) or any(signs["title"].hold(rest) for rest in _rests(head)):
        yield "title", head
    first = re.split(r"[,.:\u2013(-] |,", head, maxsplit=1)[0].rstrip(".:, ")
    if len(first) < _LONGEST_TITLE // 2 and signs["place"].hold(first):
        yield "place", first
    headings = [*(match[1].casefold().strip() for match in _HEADING.finditer(line)), folded.rstrip(":")]
    for heading in headings:
        for name in ("record-heading", "half-heading", "plain-heading"):
            if signs[name].hold(heading):
                yield name, heading
    names = (match[1].casefold() for match in _VALUE.finditer(line))
    yield from (("value", name) for name in names if signs["value"].hold(re.sub(r"^[bpsuf]-", "", name)))
    yield from (("dose", match[0]) for match in _DOSE.finditer(line))
    yield from (("icd", match[0]) for match in _ICD.finditer(line))
    yield from (("period", match[0]) for match in islice(_PERIOD.finditer(line), 1))


def _rests(head: str) -> Iterable[str]:
    """A line that reads like a title, from each of its first words on."""
    if head.endswith(".") and head.count(" ") > _TITLE_WORDS:
        return
    place = 0
    for _ in range(_TITLE_WORDS):
        place = head.find(" ", place) + 1
        if not place:
            return
        yield head[place:]
