"""Patterns at work: which of them fit a run of word codes, and where.

Where an element of a pattern may stand is told for all places of a sentence at once, as bits of a number: a step from
one element to the next is a shift and an "and", for a word as for a gap. So the work grows with the length of the text
and nothing else, whatever the text. This module must not know any word.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, reduce
from operator import or_
from typing import Final, Protocol

from certgateway.prose.lexicon import BORDER
from certgateway.prose.notation import Choice, Element, Gap, PatternFileError, Written
from certgateway.prose.vocabulary import Codes, Row, Run, Vocabulary, Ways

Place = tuple[int, int]
_FLOORS: Final = 4


class Words:
    """The words of one sentence between two borders: for some codes the places where they stand, as bits."""

    def __init__(self, codes: str) -> None:
        self.codes = codes
        self.all = (1 << len(codes)) - 2
        """The places where an element may begin or end: every word's, and that of the border behind."""
        self._where = _positions(codes)
        self._present = frozenset(self._where)
        self._between: dict[Codes, int] = {}
        self._begin: dict[Ways, dict[int, int]] = {}
        self._lengths: dict[Ways, list[tuple[int, str]]] = {}

    def of(self, codes: Codes) -> int:
        """Where words of any of some codes stand."""
        found = 0
        for code in codes & self._present:
            found |= self._where[code]
        return found

    def between(self, stops: Codes) -> int:
        """Where words of no such codes stand."""
        if stops not in self._between:
            self._between[stops] = self.all & ~self.of(stops)
        return self._between[stops]

    def begin(self, ways: Ways) -> dict[int, int]:
        """Where that begins which satisfies a choice, by its length; empty when nothing does."""
        known = self._begin.get(ways)
        if known is None:
            known = self._begin[ways] = self._look(ways)
        return known

    def _look(self, ways: Ways) -> dict[int, int]:
        found = {}
        if single := self.of(ways.single):
            found[1] = single
        for code in ways.row_codes & self._present:
            for row in ways.rows[code]:
                if places := self._row(row):
                    found[len(row)] = found.get(len(row), 0) | places
        return found

    def _row(self, row: Row) -> int:
        """Where words in a row begin."""
        places = self.all
        for offset, codes in enumerate(row):
            places &= self.of(codes) >> offset
            if not places:
                break
        return places

    def lengths(self, ways: Ways) -> list[tuple[int, str]]:
        """The same as digits, the longest first."""
        if ways not in self._lengths:
            self._lengths[ways] = [
                (length, digits(places)) for length, places in sorted(self.begin(ways).items())[::-1]
            ]
        return self._lengths[ways]


def digits(places: int) -> str:
    """Places as binary digits, the lowest first: to look one up in a number costs the whole number."""
    return f"{places:b}"[::-1]


def _positions(codes: str) -> dict[str, int]:
    """For each code its places. Set in bytes: bit by bit in a number, a long sentence would cost its square."""
    size = len(codes) // 8 + 1
    found = {code: bytearray(size) for code in codes}
    for place, code in enumerate(codes):
        found[code][place >> 3] |= 1 << (place & 7)
    return {code: int.from_bytes(places, "little") for code, places in found.items()}


class _Step(Protocol):
    """One element of a pattern."""

    def before(self, ends: int, words: Words) -> int:
        """Where it may begin so that it ends at one of some places."""

    def behind(self, place: int, ends: str, words: Words) -> int:
        """Where it ends that begins at a place: of the ends, as digits, the likeliest."""


class _ChoiceStep:
    def __init__(self, ways: Ways, *, optional: bool) -> None:
        self._ways = ways
        self._optional = optional

    def before(self, ends: int, words: Words) -> int:
        found = ends if self._optional else 0
        for length, places in words.begin(self._ways).items():
            found |= places & ends >> length
        return found

    def behind(self, place: int, ends: str, words: Words) -> int:
        for length, places in words.lengths(self._ways):
            if places.startswith("1", place) and ends.startswith("1", place + length):
                return place + length
        return place


class _GapStep:
    def __init__(self, most: int, stops: Codes) -> None:
        self._most = most
        self._stops = stops

    def before(self, ends: int, words: Words) -> int:
        between = words.between(self._stops)
        for _ in range(self._most):
            ends |= ends >> 1 & between
        return ends

    def behind(self, place: int, ends: str, words: Words) -> int:  # noqa: ARG002  As it is elsewhere.
        return ends.index("1", place)


class _LastGapStep(_GapStep):
    """A gap takes as little as it can, save at the end, where it says how far a pattern reaches."""

    def behind(self, place: int, ends: str, words: Words) -> int:  # noqa: ARG002  All are ends.
        end = place
        while end < place + self._most and words.codes[end] not in self._stops:
            end += 1
        return end


class _EdgeStep:
    def __init__(self, signs: Codes, *, offset: int) -> None:
        self._signs = signs
        self._offset = offset

    def before(self, ends: int, words: Words) -> int:
        return ends & words.of(self._signs) << self._offset

    def behind(self, place: int, ends: str, words: Words) -> int:  # noqa: ARG002  It takes no word.
        return place


def _step(element: Element, vocabulary: Vocabulary, *, last: bool) -> _Step:
    if isinstance(element, Choice):
        return _ChoiceStep(vocabulary.ways(element.runs), optional=element.optional)
    if isinstance(element, Gap):
        return (_LastGapStep if last else _GapStep)(element.most, vocabulary.gap_stops[element.far])
    signs = frozenset({BORDER}) if element.sign == "^^" else vocabulary.edges
    return _EdgeStep(signs, offset=0 if element.sign == "$" else 1)


class Pattern:
    """One written pattern, ready to be looked for."""

    def __init__(self, written: Written, vocabulary: Vocabulary) -> None:
        self.line = written.line
        self.written = written
        self._vocabulary = vocabulary
        self.needs = [each.runs for each in written.elements if isinstance(each, Choice) and not each.optional]
        if not self.needs:
            raise PatternFileError(f"{written.line!r} needs no word at all")

    @cached_property
    def _needed(self) -> list[Ways]:
        return list(map(self._vocabulary.ways, self.needs))

    @cached_property
    def _steps(self) -> tuple[_Step, ...]:
        *elements, last = self.written.elements
        steps = [_step(element, self._vocabulary, last=False) for element in elements]
        return (*steps, _step(last, self._vocabulary, last=True))

    def places(self, words: Words) -> Iterator[Place]:
        """Every place where it fits between the borders, from each word on at most one."""
        for ways in self._needed:
            if not words.begin(ways):
                return
        ends = words.all
        reached = [ends]
        for step in reversed(self._steps):
            ends = step.before(ends, words)
            if not ends:
                return
            reached.append(ends)
        yield from self._fits(words, [digits(each) for each in reversed(reached)])

    def _fits(self, words: Words, reached: Sequence[str]) -> Iterator[Place]:
        """The places, from those where each element may begin so that all that follow fit."""
        start = reached[0].find("1")
        while start != -1:
            end = start
            for step, ends in zip(self._steps, reached[1:], strict=True):
                end = step.behind(end, ends, words)
            yield start, end
            start = reached[0].find("1", start + 1)


class Patterns:
    """All patterns in groups, and which are worth a look: told for all at once, as bits of a number."""

    def __init__(self, groups: Mapping[str, Sequence[Written]], vocabulary: Vocabulary) -> None:
        self._patterns: list[Pattern] = []
        self._groups: dict[str, int] = {}
        for name, written in groups.items():
            first = len(self._patterns)
            self._patterns += [Pattern(each, vocabulary) for each in written]
            self._groups[name] = (1 << len(self._patterns)) - (1 << first)
        self._without, by_run = _needs(self._patterns, vocabulary)
        self._rows = dict.fromkeys(vocabulary.lexicon.characters(), 0)
        """By code, what needs one word meets."""
        for run, needs in by_run.items():
            for code in vocabulary.telling(run):
                self._rows[code] |= needs

    def among(self, *groups: str) -> int:
        """The bits of all patterns in some groups."""
        return reduce(or_, map(self._groups.__getitem__, groups))

    def candidates(self, codes: str) -> int:
        """The bits of the patterns of which every needed word occurs among some codes."""
        met = reduce(or_, map(self._rows.__getitem__, set(codes)), self._without)
        floor = len(self._patterns)
        return met & met >> floor & met >> 2 * floor & met >> 3 * floor

    def places(self, group: str, candidates: int, words: Words) -> Iterator[tuple[Place, str]]:
        """Places and patterns of a group that fit a sentence, of whatever patterns are candidates."""
        for bit in _bits(candidates & self._groups[group]):
            pattern = self._patterns[bit.bit_length() - 1]
            for place in pattern.places(words):
                yield place, pattern.line


def _needs(patterns: Sequence[Pattern], vocabulary: Vocabulary) -> tuple[int, dict[Run, int]]:
    """The needs that are none, and by run those that it meets: a floor of bits for each of the rarest four.

    What a pattern needs besides is left to the pattern itself.
    """
    without, by_run = 0, dict[Run, int]()
    for place, pattern in enumerate(patterns):
        rarest = pattern.needs
        if len(rarest) > _FLOORS:
            rarest = sorted(rarest, key=vocabulary.rarity)[:_FLOORS]
        for floor in range(_FLOORS):
            need = 1 << floor * len(patterns) + place
            if floor >= len(rarest):
                without |= need
            else:
                for run in rarest[floor]:
                    by_run[run] = by_run.get(run, 0) | need
    return without, by_run


def _bits(mask: int) -> Iterator[int]:
    """The single bits of a mask, from the lowest on."""
    while mask:
        lowest = mask & -mask
        yield lowest
        mask ^= lowest
