"""Whether a text is a letter or note from the record, pasted in: judged on the whole.

Told from a doctor's own account by the number of its signs: an ordinary heading or two, a laboratory value or a mention
of a discharge letter must never be enough. The signs are data (`patterns/pasted-epikrise.txt`), their weights here.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

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
    "value": (0.3, 2.5),
    "dose": (0.4, 1.6),
    "list": (2.0, 2.0),
    "icd": (0.5, 1.0),
    "period": (0.7, 0.7),
    "role": (0.8, 0.8),
    "greeting": (0.5, 0.5),
}
_HEADINGS: Final = ("record-heading", "half-heading", "plain-heading")
# Without one of these the rest may be any doctor's account.
_TELLING: Final = frozenset({"title", "place", "record-heading", "list"})
_BEGINNING: Final = frozenset({"title", "place", "record-heading", "half-heading", "list"})

_LINE: Final = re.compile(r"\S[^\n\r\v\f\x85\u2028\u2029]*+")
_HEADED: Final = re.compile(r":(?:\s|\Z)")
_BEFORE_COLON: Final = re.compile(r"(?:^|[.;]\s|\n)[-*•\s]{0,4}([^\W\d_][^.:;!?,\n]{0,39}?)[\s(\d.]{0,14}\Z")
_NUMBERED: Final = re.compile(r"(?<!\w)(?:[bpsuf]-)?([^\W\d_][\w-]{0,16})\.?[ \t]{0,20}[:=<>]{0,2}[ \t]{0,3}\d")
_DOSE: Final = re.compile(r"x \d")
_ICD: Final = re.compile(r"\b[A-Z]\d\d(?:\.\d)?\b(?! ?%)")
_PERIOD: Final = re.compile(
    r"\d\d?\.\d\d?\.\d{2,4} ?(?:-|\u2013|til) ?\d\d?\.\d\d?\.|\b(?:innlag[td]|utskrevet|utskriven)\b[: ]{1,2}\d"
)
_GREETING: Final = re.compile(r"(?:med )?(?:vennlig|venleg|beste|mvh|med)\b ?(?:hilsen|helsing)?[,.]?")
_LIST_LINE: Final = re.compile(r"(?:[a-z]-)?[^\W\d_][\w-]+[^.\n]{0,40}? [<>]?\d[\d,.]* ?(?:\w|%|µ|\()[^.]{0,50}\.?")
_DIGIT: Final = re.compile(r"\d")
_FEWEST_LIST_LINES: Final = 5
_LIST_SHARE: Final = 0.4
_LONGEST: Final = 90
_REACH: Final = 60
_FIRST_LINES: Final = 3
_LAST_LINES: Final = 3
_TITLE_WORDS: Final = 5

Found = tuple[str, int]


class _Signs(NamedTuple):
    """Entries of one sort: whole, by their beginning, and by their ending; and the first words of all."""

    whole: frozenset[str]
    beginnings: tuple[str, ...]
    endings: tuple[str, ...]
    heads: frozenset[str]

    def hold(self, words: str) -> bool:
        """Whether some words are an entry."""
        return words in self.whole or words.startswith(self.beginnings) or words.endswith(self.endings)


@cache
def _signs() -> dict[str, _Signs]:
    classes = read_classes(FILE.read_text("utf-8"), FILE.name)
    return {name: _sorted(entries) for name, entries in classes.items()}


def _sorted(entries: tuple[str, ...]) -> _Signs:
    beginnings = tuple(entry[:-1] for entry in entries if entry.endswith("*"))
    return _Signs(
        frozenset(entry for entry in entries if "*" not in entry),
        beginnings,
        tuple(entry[1:] for entry in entries if entry.startswith("*")),
        frozenset(beginning[:3] for beginning in beginnings),
    )


def pasted(text: str, lower: str) -> Iterator[Mark]:
    """At most one mark: from the first line that shows it to the end of the text. `lower` is the text folded."""
    lines = [(match.start(), match[0].rstrip()) for match in _LINE.finditer(lower)]
    found = [*_headings(lower), *_in_lines(lines)]
    sums = _sums(found)
    if not sums.keys() & _TELLING:
        return
    if sum(sums.values()) < ENOUGH:
        sums = _sums([*found, *_in_detail(text, lower)])
    if sum(sums.values()) >= ENOUGH:
        start = min(place for name, place in found if name in _BEGINNING)
        yield Mark("pasted-epikrise", start, len(text.rstrip()), ", ".join(sorted(sums)))


def _sums(found: list[Found]) -> dict[str, float]:
    """What the signs of each sort weigh together."""
    sums: dict[str, float] = {}
    for name, _ in found:
        weight, most = WEIGHTS[name]
        sums[name] = min(most, sums.get(name, 0.0) + weight)
    return sums


def _in_lines(lines: list[tuple[int, str]]) -> Iterator[Found]:
    for number, (place, line) in enumerate(lines):
        if len(line) <= _LONGEST or number < _FIRST_LINES:
            yield from _in_short_line(place, line[:_LONGEST], first=number < _FIRST_LINES)
    for place, line in lines[-_LAST_LINES:]:
        if _signs()["role"].hold(line.rstrip(".")):
            yield "role", place
        if _GREETING.fullmatch(line):
            yield "greeting", place
    numbered = ((place, line) for place, line in lines if len(line) <= _LONGEST and line[-1] not in ":,")
    listed = [place for place, line in numbered if _DIGIT.search(line) and _LIST_LINE.fullmatch(line)]
    if len(listed) >= max(_FEWEST_LIST_LINES, _LIST_SHARE * len(lines)):
        yield "list", listed[0]


def _in_detail(text: str, lower: str) -> Iterator[Found]:
    """Values, doses and codes, wherever they stand."""
    names = {match[1] for match in _NUMBERED.finditer(lower)}
    yield from (("value", 0) for _ in names & _signs()["value"].whole)
    yield from (("dose", 0) for _ in _DOSE.finditer(lower))
    yield from (("icd", 0) for _ in set(_ICD.findall(text)))
    if _PERIOD.search(lower):
        yield "period", 0


def _headings(lower: str) -> Iterator[Found]:
    """Headings before a colon, each once."""
    seen: set[str] = set()
    for colon in _HEADED.finditer(lower):
        start = max(0, colon.start() - _REACH)
        before = _BEFORE_COLON.search(lower[start : colon.start()])
        if before is not None and before[1] not in seen:
            seen.add(before[1])
            yield from _as_heading(before[1], start + before.start(1))


def _as_heading(words: str, place: int) -> Iterator[Found]:
    for name in _HEADINGS:
        if _signs()[name].hold(words):
            yield name, place


def _in_short_line(place: int, line: str, *, first: bool) -> Iterator[Found]:
    title, where = _signs()["title"], _signs()["place"]
    if any(rest[:3] in title.heads and title.hold(rest) for rest in _rests(line)):
        yield "title", place
    if first and not line.endswith(".") and any(map(where.hold, line.split())):
        yield "place", place
    if len(line) < _REACH and line[-1] not in ".:,":
        yield from _as_heading(line, place)


def _rests(line: str) -> Iterator[str]:
    """A line, and where it reads like a title the line from each of its first words on."""
    yield line
    place = 0
    for _ in range(_TITLE_WORDS if line[-1] != "." or line.count(" ") <= _TITLE_WORDS else 0):
        place = line.find(" ", place) + 1
        if not place:
            return
        yield line[place:]
