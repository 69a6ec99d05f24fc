"""Whether a text is a letter or note from the record, pasted in: judged on the whole.

Told from a doctor's own account by the number of its signs, and by how few of the small words that make up sentences
it has: an ordinary heading or two, a laboratory value or a mention of a discharge letter must never be enough. The
signs are data (`patterns/pasted-epikrise.txt`), their weights and their names here.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import repeat
from math import sqrt
from pathlib import Path
from typing import Final, NamedTuple

from certgateway.domain.marks import Mark
from certgateway.prose.notation import read_classes

FILE: Final = Path(__file__).parent / "patterns" / "pasted-epikrise.txt"
ENOUGH: Final = 2.8
"""Weights together from which a text counts as pasted."""


class _Sort(NamedTuple):
    """A sort of sign: its name to those who read the mark, what one weighs and what all may weigh together."""

    name: str
    weight: float
    most: float
    shown: str = ""
    """Whether its entries (`entries`) or their number (`number`) follow the name."""


_SORTS: Final = {
    "title": _Sort("tittel", 2.0, 2.0, "entries"),
    "place": _Sort("avdeling", 0.8, 0.8),
    "record-heading": _Sort("overskrifter", 0.8, 4.0, "entries"),
    "half-heading": _Sort("overskrifter", 0.5, 2.0, "entries"),
    "plain-heading": _Sort("overskrifter", 0.3, 0.9, "entries"),
    "lab": _Sort("laboratorieverdier", 0.3, 2.4, "number"),
    "measure": _Sort("målinger", 0.3, 2.1, "number"),
    "schedule": _Sort("doseringer", 0.4, 1.6, "number"),
    "list": _Sort("liste med tall", 2.0, 2.0),
    "icd": _Sort("diagnosekoder", 0.4, 0.8, "number"),
    "period": _Sort("tidsrom", 0.7, 0.7),
    "jargon": _Sort("journalord", 0.25, 2.5, "number"),
    "phrase": _Sort("journalvendinger", 0.8, 4.0, "number"),
    "we": _Sort("vi-form", 1.0, 1.0),
    "system": _Sort("systemlinjer", 1.2, 2.4, "number"),
    "role": _Sort("avsender", 0.8, 0.8),
    "greeting": _Sort("hilsen", 0.4, 0.4),
}
_HEADINGS: Final = ("record-heading", "half-heading", "plain-heading")
_BEGINNING: Final = frozenset({"title", "place", "record-heading", "half-heading", "list"})

# What the style weighs: so much for a text without any small word, word of everyday life or "I"; less for each of them.
_BARE: Final = 4.7
_SMALL: Final = 19.0
_ACCOUNT: Final = 4.1
_VOICE: Final = 0.6
_MOST_VOICE: Final = 3
_MOST_TERSE: Final = 2.6
_MOST_FLOWING: Final = 2.5
_FEWEST_WORDS: Final = 30
_SURE_WORDS: Final = 40
_LEAST_PART: Final = 0.4
_TERSE_PART: Final = 1.8

_LINE: Final = re.compile(r"\S[^\n\r\v\f\x85\u2028\u2029]*+")
_SEGMENT: Final = re.compile(r"[.:,;]\s|[.:]\Z|\s[-\u2013]\s")
_WORD: Final = re.compile(r"\d[\d.,/]*+|[^\W_]++")
_HEADED: Final = re.compile(r":(?:\s|\Z)")
_BREAKS: Final = (". ", "\n", "; ", ") ", "? ", "! ", "\r", ".\t")
_TAIL: Final = re.compile(r"[\s(\d][^a-zæøå]{0,24}\Z")
_NUMBERED: Final = re.compile(r"(?<!\w)(?:[bpsuf]-)?([^\W\d_][\w-]{0,16}+)\.?[ \t]{0,20}+[:=<>]{0,2}[ \t]{0,3}\d")
_SCHEDULES: Final = (re.compile(r"x(?<![^\W\d_]x) ?\d"), re.compile(r"\+(?<=\d\+)\d"))
_ICD: Final = re.compile(r"\b(?!B12)[A-Z]\d\d(?:\.\d)?\b(?! ?%)")
_PERIOD: Final = re.compile(
    r"\d\d?\.\d\d?\.\d{2,4} ?(?:-|\u2013|til) ?\d\d?\.\d\d?\.|\b(?:innlag[td]|utskrevet|utskriven)\b[: ]{1,2}\d"
)
_GREETING: Final = re.compile(r"(?:mvh|(?:med )?(?:vennlig |venleg |beste )?(?:hilsen|helsing))\b[,.]?")
_LIST_LINE: Final = re.compile(
    r"(?:[\d.]{6,10} )?(?:[a-z]-)?[^\W\d_][\w-]+[^.\n]{0,40}? [<>]?\d[\d,.]* ?(?:\w|%|µ|\(|\+|\Z)[^.]{0,50}\.?"
)
_FEWEST_LIST_LINES: Final = 5
_LIST_SHARE: Final = 0.4
_LONGEST: Final = 90
_REACH: Final = 60
_FIRST_LINES: Final = 3
_LAST_LINES: Final = 3
_TITLE_WORDS: Final = 5
_HEADING_WORDS: Final = 5
_SEGMENTS: Final = 3
_HEAD: Final = 3
_MOST_ENTRIES: Final = 6
_SHORTEST: Final = 80
"""Characters; a line or two of values and medicines is anybody's."""


class Found(NamedTuple):
    """A sign: its sort, the place where its line begins, and the entry of ours that it is."""

    sort: str
    place: int
    entry: str = ""


class _Signs(NamedTuple):
    """Entries of one sort: whole, by their beginning (sought by its first letters), and by their ending."""

    whole: frozenset[str]
    beginnings: dict[str, tuple[str, ...]]
    endings: tuple[str, ...]

    def held(self, words: str) -> str:
        """The entry that some words are, or nothing."""
        if words in self.whole:
            return words
        for entry in self.beginnings.get(words[:_HEAD], ()):
            if words.startswith(entry):
                return entry
        return next(filter(words.endswith, self.endings), "") if words.endswith(self.endings) else ""

    def among(self, words: frozenset[str]) -> int:
        """How many of some words are entries."""
        return sum(map(self._holds, words))

    def _holds(self, word: str) -> bool:
        beginnings = self.beginnings.get(word[:_HEAD], ())
        return word in self.whole or word.startswith(beginnings) or word.endswith(self.endings)


@cache
def _signs() -> dict[str, _Signs]:
    classes = read_classes(FILE.read_text("utf-8"), FILE.name)
    return {name: _sorted(entries) for name, entries in classes.items()}


def _sorted(entries: tuple[str, ...]) -> _Signs:
    beginnings: dict[str, list[str]] = {}
    for entry in sorted(entries, key=len, reverse=True):
        if entry.endswith("*"):
            beginnings.setdefault(entry[:-1][:_HEAD], []).append(entry[:-1])
    return _Signs(
        frozenset(entry for entry in entries if "*" not in entry),
        {head: tuple(each) for head, each in beginnings.items()},
        tuple(entry[1:] for entry in entries if entry.startswith("*")),
    )


@cache
def _keyed() -> dict[str, tuple[tuple[str, str, frozenset[str]], ...]]:
    """Phrases with their sort and words, by the longest: where one is missing they need not be sought."""
    found: dict[str, list[tuple[str, str, frozenset[str]]]] = {}
    for name in ("phrase", "system"):
        for phrase in _signs()[name].whole:
            # The first and the last may go on beyond the phrase.
            words = _WORD.findall(phrase)
            found.setdefault(max(words, key=len), []).append((name, phrase, frozenset(words[1:-1])))
    return {key: tuple(each) for key, each in found.items()}


def pasted(text: str, lower: str) -> Iterator[Mark]:
    """At most one mark: from the first line that shows it to the end of the text. `lower` is the text folded."""
    if len(text) < _SHORTEST:
        return
    total, found = judged(text, lower)
    if total >= ENOUGH:
        start = min((each.place for each in found if each.sort in _BEGINNING), default=0)
        yield Mark("pasted-epikrise", start, len(text.rstrip()), _named(found))


def judged(text: str, lower: str) -> tuple[float, list[Found]]:
    """What a text weighs, and every sign in it."""
    lines = [(match.start(), match[0].rstrip()) for match in _LINE.finditer(lower)]
    words = _WORD.findall(lower)
    different = frozenset(words)
    found = [*_headings(lower), *_in_lines(lines), *_phrases(lower, different)]
    style = _style(words)
    if not found and style <= 0:
        return style, found
    start = min((each.place for each in found if each.sort in _BEGINNING), default=0)
    longest = max((line for _, line in lines), key=len, default="")
    for rest in (
        words[len(_WORD.findall(lower, 0, start)) :] if start else [],
        _WORD.findall(longest) if len(longest) < len(lower) else [],
    ):
        if len(rest) >= max(_FEWEST_WORDS, _LEAST_PART * len(words)) and (of_part := _style(rest)) >= _TERSE_PART:
            style = max(style, of_part)
    found += _in_detail(text, lower, different)
    return style + sum(_weights(found).values()), found


def _weights(found: Iterable[Found]) -> dict[str, float]:
    sums: dict[str, float] = {}
    for name, _, _ in found:
        sums[name] = min(_SORTS[name].most, sums.get(name, 0.0) + _SORTS[name].weight)
    return sums


def _style(words: list[str]) -> float:
    """What is given for the few small words of the telegram, or taken for those of sentences and of a writer's "I"."""
    if not words:
        return 0.0
    signs = _signs()
    small = sum(map(signs["small"].whole.__contains__, words)) / len(words)
    account = signs["account"].among(frozenset(words)) / sqrt(len(words))
    voice = min(_MOST_VOICE, sum(map(signs["voice"].whole.__contains__, words)))
    style = _BARE - _SMALL * small - _ACCOUNT * account - _VOICE * voice
    return max(-_MOST_FLOWING, min(_MOST_TERSE, style, style * len(words) / _SURE_WORDS))


def _named(found: list[Found]) -> str:
    """The signs in words of ours alone."""
    kept: dict[str, list[str]] = {sort.name: [] for sort in _SORTS.values()}
    for sign in sorted(found, key=lambda each: each.place):
        kept[_SORTS[sign.sort].name].append(sign.entry)
    shown = {sort.name: sort.shown for sort in _SORTS.values()}
    return "; ".join(_listed(name, entries, shown[name]) for name, entries in kept.items() if entries)


def _listed(name: str, entries: list[str], shown: str) -> str:
    if shown == "number":
        return f"{name}: {len(entries)}"
    if not shown:
        return name
    names = list(dict.fromkeys(entry.strip().capitalize() for entry in entries))
    return f"{name}: {', '.join(names[:_MOST_ENTRIES])}{' m.fl.' if len(names) > _MOST_ENTRIES else ''}"


def _in_lines(lines: list[tuple[int, str]]) -> Iterator[Found]:
    for number, (place, line) in enumerate(lines):
        first = number < _FIRST_LINES
        if first or len(line) <= _LONGEST:
            yield from _in_short_line(place, line, first=first)
    for place, line in lines[-_LAST_LINES:]:
        last = line[-_LONGEST:].rstrip(". ").rpartition(". ")[2]
        greeting = _GREETING.match(last)
        signed = last[greeting.end() :].strip(" ,") if greeting else last
        if len(signed) < _REACH and _signs()["role"].held(signed):
            yield Found("role", place)
        if greeting:
            yield Found("greeting", place)
    listed = [place for place, line in lines if len(line) <= _LONGEST and _LIST_LINE.fullmatch(line)]
    if len(listed) >= max(_FEWEST_LIST_LINES, _LIST_SHARE * len(lines)):
        yield Found("list", listed[0])


def _in_detail(text: str, lower: str, words: frozenset[str]) -> Iterator[Found]:
    """Values, doses, codes and words, wherever they stand."""
    names = {match[1] for match in _NUMBERED.finditer(lower)}
    signs = _signs()
    for name in ("lab", "measure"):
        yield from (Found(name, 0) for _ in names & signs[name].whole)
    yield from (Found("schedule", 0) for pattern in _SCHEDULES for _ in pattern.finditer(lower))
    yield from (Found("icd", 0) for _ in set(_ICD.findall(text)))
    if _PERIOD.search(lower):
        yield Found("period", 0)
    yield from repeat(Found("jargon", 0), signs["jargon"].among(words))
    if not words.isdisjoint(signs["we"].whole) and words.isdisjoint(signs["voice"].whole):
        yield Found("we", 0)


def _phrases(lower: str, words: frozenset[str]) -> Iterator[Found]:
    keyed = _keyed()
    for key in keyed.keys() & words:
        for name, phrase, inner in keyed[key]:
            if inner <= words and phrase in lower:
                yield Found(name, 0)


def _headings(lower: str) -> Iterator[Found]:
    """Headings before a colon, each once."""
    seen: set[str] = set()
    for colon in _HEADED.finditer(lower):
        start = max(0, colon.start() - _REACH)
        start = max(start, *(lower.rfind(each, start, colon.start()) + len(each) for each in _BREAKS))
        words = _TAIL.sub("", lower[start : colon.start()]).strip(" .-*•\t")
        if words and words not in seen:
            seen.add(words)
            yield from _as_heading(words, start)


def _as_heading(words: str, place: int) -> Iterator[Found]:
    for name in _HEADINGS if words.count(" ") < _HEADING_WORDS else ():
        if entry := _signs()[name].held(words):
            yield Found(name, place, entry)
            return


def _in_short_line(place: int, line: str, *, first: bool) -> Iterator[Found]:
    if first or not _signs()["title"].beginnings.keys().isdisjoint(word[:_HEAD] for word in line.split()):
        yield from _in_beginning(place, line, first=first)
    if len(line) < _REACH and line[-1] not in ".:,":
        yield from _as_heading(line, place)


def _in_beginning(place: int, line: str, *, first: bool) -> Iterator[Found]:
    begin = [segment.strip(" *-\u2013") for segment in _SEGMENT.split(line[:_LONGEST])]
    segments = begin[: -1 if len(begin) > 1 and len(line) > _LONGEST else _SEGMENTS][:_SEGMENTS]
    if entry := next(filter(None, (_title(segment, line, first=first) for segment in segments)), ""):
        yield Found("title", place, entry)
    words = segments[0].split()
    if first and len(words) <= _TITLE_WORDS and any(map(_signs()["place"].held, words)):
        yield Found("place", place)


def _title(segment: str, line: str, *, first: bool) -> str:
    """The title that some words of a line are or, where they are few, end with; but no mention of a letter."""
    signs = _signs()
    words = segment.split()
    if not words or (line[-1] != ":" and not signs["mention"].whole.isdisjoint(words)):
        return ""
    if len(words) > _TITLE_WORDS:
        return signs["title"].held(segment)
    rests = (" ".join(words[place:]) for place in range(len(words)))
    return next(filter(None, map(signs["title"].held, rests)), "") or (
        next(filter(None, map(signs["title-ending"].held, words)), "") if first else ""
    )
