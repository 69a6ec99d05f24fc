"""Whether a text is a letter or note from the record, pasted in: judged on the whole.

Told from a doctor's own account by the number of its signs, and by how few of the small words that make up sentences
it has: an ordinary heading or two, a laboratory value or a mention of a discharge letter must never be enough. The
signs are data (`patterns/pasted-epikrise.txt`), their weights and their names here.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain, islice, repeat
from math import sqrt
from operator import itemgetter
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

_LINE: Final = re.compile(r"\S.*+")
_LINE_ENDS: Final = "\r\v\f\x85\u2028\u2029"
_SEGMENT: Final = re.compile(r"[.:,;]\s|[.:]\Z|\s[-\u2013]\s")
# Letters, and signs behind a word, are written out for speed alone: a set is looked up faster than a category is.
_WORD: Final = re.compile(r"([a-zæøå][a-z0-9æøå]*+[^\W_]*+|\d[\d.,/]*+|[^\W_]++)[ .,:;()-]*+")
_HEADED: Final = re.compile(r":(?:\s|\Z)")
_TO_BREAK: Final = re.compile(r".*(?:[\n\r]|[.;)?!] |\.\t)", re.DOTALL)
_TAIL: Final = re.compile(r"[\s(\d][^a-zæøå]{0,24}\Z")
_LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyzæøå")
_NUMBERED: Final = re.compile(r"(?<!\w)(?:[bpsuf]-)?([^\W\d_][\w-]{0,16}+)\.?[ \t]{0,20}+[:=<>]{0,2}[ \t]{0,3}\d")
_BEFORE_NUMBER: Final = re.compile(
    r"\d(?=[ \t:=<>.]|[\w-]{16}[^\W\d_](?!\w))(?=[ \t]{0,3}+[:=<>]{0,2}+[ \t]{0,20}+\.?+([\w-]++))"
)
"""What `_NUMBERED` finds, with all it is joined to, in a text turned round: most words stand before no number.

Only to a name of the greatest length the number may be joined.
"""
_SCHEDULES: Final = (re.compile(r"x(?<![^\W\d_]x) ?\d"), re.compile(r"\+(?<=\d\+)\d"))
_ICD: Final = re.compile(r"[A-Z]\d\d(?<!B12)(?<!\w[A-Z]\d\d)(?:\.\d)?\b(?! ?%)")
_PERIOD: Final = re.compile(r"\.(?<=\d\.)\d\d?\.\d{2,4} ?(?:-|\u2013|til) ?\d\d?\.\d\d?\.")
_STAYS: Final = frozenset({"innlagt", "innlagd", "utskrevet", "utskriven"})
_STAY: Final = re.compile(rf"\b(?:{'|'.join(sorted(_STAYS))})\b[: ]{{1,2}}\d")
_GREETING: Final = re.compile(r"(?:mvh|(?:med )?(?:vennlig |venleg |beste )?(?:hilsen|helsing))\b[,.]?")
_LIST_LINE: Final = re.compile(
    r"(?:[\d.]{6,10} )?(?:[a-z]-)?[^\W\d_][\w-]+[^.\n]{0,40}? [<>]?\d[\d,.]* ?(?:\w|%|µ|\(|\+|\Z)[^.]{0,50}\.?"
)
_VALUE: Final = re.compile(r" [<>]?\d")
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
_MOST_MET: Final = 1 << 17
_SHORTEST: Final = 80
"""Characters; a line or two of values and medicines is anybody's."""


class Found(NamedTuple):
    """A sign: its sort, the place where its line begins, and the entry of ours that it is."""

    sort: str
    place: int
    entry: str = ""


_Line = tuple[int, str, list[str]]
"""A line's place, its text and its words."""


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


_SORTED: Final = ("account", "jargon", "title")
# The sorts of words that were looked up before, by their hash alone: names are words too, and nobody keeps those.
_met: Final[dict[int, tuple[str, ...]]] = {}


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


@cache
def _of_words() -> dict[str, _Signs]:
    """Entries that are words; of titles the first word."""
    signs = _signs()
    titles = (*signs["title"].whole, *chain.from_iterable(signs["title"].beginnings.values()))
    return signs | {"title": _sorted(tuple(f"{_WORD.findall(title)[0]}*" for title in titles))}


@cache
def _heads() -> frozenset[str]:
    """The first letters of headings."""
    signs = [_signs()[name] for name in _HEADINGS]
    return frozenset(entry[:_HEAD] for each in signs for entry in (*each.whole, *each.beginnings))


def _by_sort(words: Iterable[str]) -> dict[str, frozenset[str]]:
    """Words of an account, of jargon, and those that may begin a title."""
    found: dict[str, list[str]] = {name: [] for name in _SORTED}
    for word in words:
        names = _met.get(hash(word))
        for name in _learnt(word) if names is None else names:
            found[name].append(word)
    return {name: frozenset(each) for name, each in found.items()}


def _learnt(word: str) -> tuple[str, ...]:
    names = tuple(name for name in _SORTED if _of_words()[name].held(word))
    if len(_met) < _MOST_MET:
        _met[hash(word)] = names
    return names


def pasted(text: str, lower: str) -> Iterator[Mark]:
    """At most one mark: from the first line that shows it to the end of the text. `lower` is the text folded."""
    if len(text) < _SHORTEST:
        return
    total, found = judged(text, lower)
    if total >= ENOUGH:
        yield Mark("pasted-epikrise", _start(found), len(text.rstrip()), _named(found))


def judged(text: str, lower: str) -> tuple[float, list[Found]]:
    """What a text weighs, and every sign in it."""
    lines = _lines(lower)
    words = list(chain.from_iterable(spoken for _, _, spoken in lines))
    different = frozenset(words)
    by_sort = _by_sort(different)
    account = by_sort["account"]
    found = [*_headings(lower), *_in_lines(lines, by_sort["title"]), *_phrases(lower, different)]
    style = _style(words, different, account)
    if not found and style <= 0:
        return style, found
    start = _start(found)
    for part in (
        words[len(_WORD.findall(lower, 0, start)) :] if start else [],
        max(lines, key=lambda line: len(line[1]), default=(0, "", []))[2],
    ):
        if style < _MOST_TERSE and len(part) >= max(_FEWEST_WORDS, _LEAST_PART * len(words)):
            of_part = _style(part, frozenset(part), account)
            style = max(style, of_part) if of_part >= _TERSE_PART else style
    found += _in_detail(text, lower, different, len(by_sort["jargon"]))
    return style + sum(_weights(found).values()), found


def _lines(lower: str) -> list[_Line]:
    for end in _LINE_ENDS:
        lower = lower.replace(end, "\n")
    return [(match.start(), line := match[0].rstrip(), _WORD.findall(line)) for match in _LINE.finditer(lower)]


def _start(found: list[Found]) -> int:
    return min((each.place for each in found if each.sort in _BEGINNING), default=0)


def _weights(found: Iterable[Found]) -> dict[str, float]:
    sums: dict[str, float] = {}
    for name, _, _ in found:
        sums[name] = min(_SORTS[name].most, sums.get(name, 0.0) + _SORTS[name].weight)
    return sums


def _style(words: list[str], different: frozenset[str], account: frozenset[str]) -> float:
    """What is given for the few small words of the telegram, or taken for those of sentences and of a writer's "I"."""
    if not words:
        return 0.0
    signs = _signs()
    small = sum(map(signs["small"].whole.__contains__, words)) / len(words)
    everyday = len(account & different) / sqrt(len(words))
    voice = min(_MOST_VOICE, sum(map(words.count, islice(signs["voice"].whole & different, _MOST_VOICE))))
    style = _BARE - _SMALL * small - _ACCOUNT * everyday - _VOICE * voice
    return max(-_MOST_FLOWING, min(_MOST_TERSE, style, style * len(words) / _SURE_WORDS))


def _named(found: list[Found]) -> str:
    """The signs in words of ours alone."""
    kept: dict[str, list[str]] = {sort.name: [] for sort in _SORTS.values()}
    for sign in sorted(found, key=itemgetter(1)):
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


def _in_lines(lines: list[_Line], titled: frozenset[str]) -> Iterator[Found]:
    heads = _heads()
    for number, (place, line, words) in enumerate(lines):
        first = number < _FIRST_LINES
        if first or (len(line) <= _LONGEST and not titled.isdisjoint(words) and _has_head(line)):
            yield from _in_beginning(place, line, first=first)
        if line[:_HEAD] in heads and len(line) < _REACH and line[-1] not in ".:,":
            yield from _as_heading(line, place)
    for place, line, _ in lines[-_LAST_LINES:]:
        last = line[-_LONGEST:].rstrip(". ").rpartition(". ")[2]
        greeting = _GREETING.match(last)
        signed = last[greeting.end() :].strip(" ,") if greeting else last
        if len(signed) < _REACH and _signs()["role"].held(signed):
            yield Found("role", place)
        if greeting:
            yield Found("greeting", place)
    yield from _list(lines)


def _list(lines: list[_Line]) -> Iterator[Found]:
    fewest = max(_FEWEST_LIST_LINES, _LIST_SHARE * len(lines))
    listed = [(place, line) for place, line, _ in lines if len(line) <= _LONGEST and _VALUE.search(line)]
    if len(listed) >= fewest:
        listed = [(place, line) for place, line in listed if _LIST_LINE.fullmatch(line)]
    if len(listed) >= fewest:
        yield Found("list", listed[0][0])


def _numbered(lower: str) -> set[str]:
    """The names of values and measures that stand before a number."""
    lab, measure = _signs()["lab"].whole, _signs()["measure"].whole
    joined = {before[::-1] for before in _BEFORE_NUMBER.findall(lower[::-1])}
    likely = (each for each in joined if "-" in each or each in lab or each in measure)
    return {name for each in likely for name in _NUMBERED.findall(f"{each} 0")}


def _in_detail(text: str, lower: str, words: frozenset[str], jargon: int) -> Iterator[Found]:
    """Values, doses, codes and words, wherever they stand."""
    names = _numbered(lower)
    signs = _signs()
    for name in ("lab", "measure"):
        yield from (Found(name, 0) for _ in names & signs[name].whole)
    yield from (Found("schedule", 0) for pattern in _SCHEDULES for _ in pattern.finditer(lower))
    yield from (Found("icd", 0) for _ in set(_ICD.findall(text)))
    if _PERIOD.search(lower) or (not words.isdisjoint(_STAYS) and _STAY.search(lower)):
        yield Found("period", 0)
    yield from repeat(Found("jargon", 0), jargon)
    if not words.isdisjoint(signs["we"].whole) and words.isdisjoint(signs["voice"].whole):
        yield Found("we", 0)


def _phrases(lower: str, words: frozenset[str]) -> Iterator[Found]:
    keyed = _keyed()
    for key in keyed.keys() & words:
        for name, phrase, inner in keyed[key]:
            if inner <= words and (phrase in words or phrase in lower):
                yield Found(name, 0)


def _headings(lower: str) -> Iterator[Found]:
    """Headings before a colon, each once."""
    seen: set[str] = set()
    for colon in _HEADED.finditer(lower):
        start, end = max(0, colon.start() - _REACH), colon.start()
        to_break = _TO_BREAK.match(lower, start, end)
        # A text's first character belongs to no heading before a colon; the weights were chosen with that.
        start = to_break.end() if to_break else max(1, start)
        words = lower[start:end]
        words = (words if words[-1:] in _LETTERS else _TAIL.sub("", words)).strip(" .-*•\t")
        if words and words not in seen:
            seen.add(words)
            yield from _as_heading(words, start)


def _as_heading(words: str, place: int) -> Iterator[Found]:
    if words[:_HEAD] in _heads() and words.count(" ") < _HEADING_WORDS:
        for name in _HEADINGS:
            if entry := _signs()[name].held(words):
                yield Found(name, place, entry)
                return


def _has_head(line: str) -> bool:
    return not _signs()["title"].beginnings.keys().isdisjoint(word[:_HEAD] for word in line.split())


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
