"""Patterns at work: which of them fit a run of word codes, and where.

Each pattern becomes one regular expression over codes, built when it is first needed. Every repetition in it is
bounded, so that the work grows with the length of the text and nothing else. This module must not know any word.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, reduce
from operator import or_
from typing import Final, Protocol

from certgateway.prose.lexicon import BORDER, NUMBER, OUTSIDE, Lexicon
from certgateway.prose.notation import SIGNS, Choice, Edge, Element, Gap, PatternFileError, Written

Place = tuple[int, int]
_WORTH_BUILDING: Final = 12
"""Sentences that a pattern is walked through before its expression is built."""
_SHORT: Final = 120
"""Words of a sentence that is walked; a longer one is left to the expression."""
_MEMBER: Final = re.compile(r"\{([\w-]+)\}")
NEGATION: Final = "bars"
JOINT: Final = "joint"
"""The classes that a gap never holds, and that begin and end a clause."""


class Vocabulary:
    """The word classes that patterns are written with, and the lexicon made of them."""

    def __init__(self, classes: Mapping[str, Sequence[str]], patterns: Sequence[Written]) -> None:
        """Classes hold words and runs of words; whatever word a pattern or a run names becomes a class of its own."""
        # Numbers are a class that no file lists.
        self._classes: dict[str, tuple[str, ...]] = {NUMBER: ()} | {
            name: tuple(_opened(name, classes)) for name in classes
        }
        self._runs = {name: _runs(entries) for name, entries in self._classes.items()}
        single: dict[str, list[str]] = {
            name: [run[0] for run in runs if len(run) == 1] for name, runs in self._runs.items()
        }
        words = {word for runs in self._runs.values() for run in runs if len(run) > 1 for word in run}
        for pattern in patterns:
            for element in pattern.elements:
                if isinstance(element, Choice):
                    words.update(word for run in element.runs for word in run if not _MEMBER.fullmatch(word))
        for word in sorted(words - SIGNS):
            single[f"={word}"] = [word]
        self.lexicon = Lexicon(single)
        self._known: dict[Choice, list[tuple[int, ...]]] = {}
        self._ways: dict[str, list[tuple[int, ...]]] = {}
        self._telling: dict[Choice, int] = {}
        self._rarest: dict[tuple[int, ...], int] = {}
        self._wordless = sum(
            self.lexicon.bit(name) for name, entries in single.items() if not entries and name != NUMBER
        )
        """Classes that only hold runs of words."""
        self._lengths = {self.lexicon.bit(name): max(map(len, entries), default=0) for name, entries in single.items()}
        self._lengths |= {self.lexicon.bit(sign): 1 for sign in SIGNS}

    def runs(self, choice: Choice) -> list[tuple[int, ...]]:
        """Every way to satisfy a choice, as masks of successive words, the longest first."""
        if choice not in self._known:
            self._known[choice] = self._runs_of(choice)
        return self._known[choice]

    def _runs_of(self, choice: Choice) -> list[tuple[int, ...]]:
        found: list[tuple[int, ...]] = []
        for run in choice.runs:
            ways: list[tuple[int, ...]] = [()]
            for word in run:
                ways = [way + more for way in ways for more in self._word(word)]
            found += ways
        single = 0
        for way in found:
            single |= way[0] if len(way) == 1 else 0
        long = sorted((way for way in found if len(way) > 1), key=len, reverse=True)
        return [*long, (single,)] if single & ~self._wordless else long

    def telling(self, choice: Choice) -> int:
        """The classes of which one must occur for a choice: of words in a row the longest, which is the rarest."""
        if choice not in self._telling:
            mask = 0
            for way in self.runs(choice):
                mask |= self._rarest.get(way) or self._rarest_of(way)
            self._telling[choice] = mask
        return self._telling[choice]

    def _rarest_of(self, way: tuple[int, ...]) -> int:
        self._rarest[way] = max(way, key=self._lengths.__getitem__) if len(way) > 1 else way[0]
        return self._rarest[way]

    def _word(self, word: str) -> list[tuple[int, ...]]:
        member = _MEMBER.fullmatch(word)
        if member is None:
            return [(self._named(word),)]
        if member[1] not in self._classes:
            raise PatternFileError(f"no class {member[1]!r}")
        if member[1] not in self._ways:
            long = [tuple(map(self._named, run)) for run in self._runs[member[1]] if len(run) > 1]
            self._ways[member[1]] = [*long, (self.lexicon.bit(member[1]),)]
        return self._ways[member[1]]

    def _named(self, word: str) -> int:
        """The mask of one word or sign as it is written in a pattern or a run."""
        return self.lexicon.bit(word if word in SIGNS else f"={word}")


class _Step(Protocol):
    """The places behind an element that begins at a place, the likeliest first."""

    def __call__(self, place: int, masks: Sequence[int], *, last: bool) -> Iterator[int]: ...


def _step(element: Element, vocabulary: Vocabulary) -> _Step:
    lexicon = vocabulary.lexicon
    if isinstance(element, Gap):
        return _gap_step(element, lexicon)
    if isinstance(element, Edge):
        return _edge_step(element.sign, lexicon)
    return _choice_step(vocabulary.runs(element), optional=element.optional)


def _gap_step(gap: Gap, lexicon: Lexicon) -> _Step:
    stops = gap_stops(gap, lexicon)

    def behind(place: int, masks: Sequence[int], *, last: bool) -> Iterator[int]:
        most = place
        while most - place < gap.most and masks[most] != OUTSIDE and not masks[most] & stops:
            most += 1
        return iter(range(most, place - 1, -1) if last else range(place, most + 1))

    return behind


def _edge_step(sign: str, lexicon: Lexicon) -> _Step:
    ends = 0 if sign == "^^" else edge_signs(lexicon)
    before = -1 if sign in {"^", "^^"} else 0

    def behind(place: int, masks: Sequence[int], *, last: bool) -> Iterator[int]:  # noqa: ARG001  It takes no word.
        mask = masks[place + before]
        return iter((place,) if mask == OUTSIDE or mask & ends else ())

    return behind


def _choice_step(runs: Sequence[tuple[int, ...]], *, optional: bool) -> _Step:
    def behind(place: int, masks: Sequence[int], *, last: bool) -> Iterator[int]:  # noqa: ARG001  As it is elsewhere.
        for run in runs:
            for offset, mask in enumerate(run):
                here = masks[place + offset]
                if here == OUTSIDE or not here & mask:
                    break
            else:
                yield place + len(run)
        if optional:
            yield place

    return behind


def gap_stops(gap: Gap, lexicon: Lexicon) -> int:
    """The classes that a gap does not hold."""
    near = "" if gap.far else ",:-"
    return reduce(or_, map(lexicon.bit, near), lexicon.bit(";") | lexicon.bit(NEGATION))


def edge_signs(lexicon: Lexicon) -> int:
    """The classes that begin and end a clause."""
    return reduce(or_, map(lexicon.bit, ",;:-"), lexicon.bit(JOINT))


class Pattern:
    """One written pattern, ready to be looked for."""

    def __init__(self, written: Written, vocabulary: Vocabulary) -> None:
        self.line = written.line
        self._walked = 0
        self._written = written
        self._vocabulary = vocabulary
        needed = [element for element in written.elements if isinstance(element, Choice) and not element.optional]
        if not needed:
            raise PatternFileError(f"{written.line!r} needs no word at all")
        self.needs = tuple(vocabulary.telling(element) for element in needed)
        """For each word it needs, the classes of which one must occur."""

    @cached_property
    def expression(self) -> re.Pattern[str]:
        """The pattern over codes, built when a text first needs it."""
        *elements, last = self._written.elements
        whole = "".join(map(self._expression, elements)) + self._expression(last)
        # A gap takes as little as it can, save at the end, where it says how far a pattern reaches.
        return re.compile(whole.removesuffix("?") if isinstance(last, Gap) else whole)

    def _expression(self, element: Element) -> str:
        lexicon = self._vocabulary.lexicon
        if isinstance(element, Gap):
            return f"[^{BORDER}{lexicon.characters(gap_stops(element, lexicon))}]{{0,{element.most}}}?"
        if isinstance(element, Edge):
            if element.sign == "^^":
                return f"(?<={BORDER})"
            ends = BORDER + lexicon.characters(edge_signs(lexicon))
            return f"(?{'<=' if element.sign == '^' else '='}[{ends}])"
        ways = ["".join(f"[{lexicon.characters(mask)}]" for mask in way) for way in self._vocabulary.runs(element)]
        return f"(?:{'|'.join(ways)}){'?' if element.optional else ''}"

    def places(self, codes: str) -> Iterator[Place]:
        """Every place where it fits between the borders, from each word on at most one."""
        if self._walked < _WORTH_BUILDING and len(codes) < _SHORT:
            self._walked += 1
            yield from self._walk(codes)
            return
        start = 1
        while match := self.expression.search(codes, start):
            yield match.span()
            start = match.start() + 1

    def _walk(self, codes: str) -> Iterator[Place]:
        """The same places without the expression, which costs as much to build as to walk many sentences."""
        masks = self._vocabulary.lexicon.masks(codes)
        first = self._first
        for start in range(1, len(codes) - 1):
            if first == OUTSIDE or masks[start] & first:
                end = self._end(0, start, masks)
                if end is not None:
                    yield start, end

    @cached_property
    def _first(self) -> int:
        """The classes of which one must occur where it begins; all, where it may begin with any word."""
        element = self._written.elements[0]
        if not isinstance(element, Choice) or element.optional:
            return OUTSIDE
        return reduce(or_, (run[0] for run in self._vocabulary.runs(element)))

    @cached_property
    def _steps(self) -> tuple[_Step, ...]:
        return tuple(_step(element, self._vocabulary) for element in self._written.elements)

    def _end(self, number: int, place: int, masks: Sequence[int]) -> int | None:
        """Where the pattern ends whose element of a number begins at a place; in the order of the expression."""
        if number == len(self._steps):
            return place
        step = self._steps[number]
        for following in step(place, masks, last=number + 1 == len(self._steps)):
            end = self._end(number + 1, following, masks)
            if end is not None:
                return end
        return None


class Patterns:
    """All patterns in groups, and which have every word they need: told for all at once, as bits of a number."""

    def __init__(self, groups: Mapping[str, Sequence[Written]], vocabulary: Vocabulary) -> None:
        self._lexicon = vocabulary.lexicon
        self._patterns: list[Pattern] = []
        self._groups: dict[str, int] = {}
        for name, written in groups.items():
            first = len(self._patterns)
            self._patterns += [Pattern(each, vocabulary) for each in written]
            self._groups[name] = (1 << len(self._patterns)) - (1 << first)
        needs = max((len(pattern.needs) for pattern in self._patterns), default=0)
        # For each need, the first, the second and so on: the patterns without it, and those with it by its classes.
        self._without = [0] * needs
        self._with: list[dict[int, int]] = [{} for _ in range(needs)]
        for place, pattern in enumerate(self._patterns):
            self._enter(1 << place, pattern.needs)
        self._rows: dict[str, tuple[int, ...]] = {}

    def _enter(self, bit: int, needs: tuple[int, ...]) -> None:
        for number, by_classes in enumerate(self._with):
            if number < len(needs):
                by_classes[needs[number]] = by_classes.get(needs[number], 0) | bit
            else:
                self._without[number] |= bit

    def among(self, *groups: str) -> int:
        """The bits of all patterns in some groups."""
        found = 0
        for name in groups:
            found |= self._groups[name]
        return found

    def candidates(self, codes: str) -> int:
        """The bits of the patterns of which every needed word occurs among some codes."""
        rows = [self._rows.get(code) or self._row(code) for code in set(codes)]
        found = -1
        for number, here in enumerate(self._without):
            for row in rows:
                here |= row[number]  # noqa: PLW2901  It gathers.
            found &= here
            if not found:
                break
        return found

    def _row(self, code: str) -> tuple[int, ...]:
        """For each need, the patterns that one word meets."""
        mask = self._lexicon.mask(code)
        row = tuple(
            reduce(or_, (bits for classes, bits in by_classes.items() if classes & mask), 0)
            for by_classes in self._with
        )
        self._rows[code] = row
        return row

    def places(self, group: str, candidates: int, codes: str) -> Iterator[tuple[Place, str]]:
        """Places and patterns of a group that fit the codes of one sentence, of whatever patterns are candidates."""
        for bit in _bits(candidates & self._groups[group]):
            pattern = self._patterns[bit.bit_length() - 1]
            for place in pattern.places(codes):
                yield place, pattern.line


def _bits(mask: int) -> Iterator[int]:
    """The single bits of a mask, from the lowest on."""
    while mask:
        lowest = mask & -mask
        yield lowest
        mask ^= lowest


def _opened(name: str, classes: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The entries of a class, with those of the classes that it names in braces."""
    for entry in classes[name]:
        member = _MEMBER.fullmatch(entry)
        if member is None:
            yield entry
        elif member[1] in classes and member[1] != name:
            yield from _opened(member[1], classes)
        else:
            raise PatternFileError(f"class {name}: {entry!r} is no other class")


def _runs(entries: Sequence[str]) -> list[tuple[str, ...]]:
    """Entries as runs of words. A bar marks where a compound is written as one word or as two."""
    found: list[tuple[str, ...]] = []
    for entry in entries:
        ways = [""]
        for place, part in enumerate(entry.split("|")):
            ways = [way + joint + part for way in ways for joint in (("", " ") if place else ("",))]
        found += [tuple(way.split()) for way in ways]
    return found
