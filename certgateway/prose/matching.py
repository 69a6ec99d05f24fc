"""Patterns at work: which of them fit a run of word codes, and where.

Each pattern becomes one regular expression over codes, built when it is first needed. Every repetition in it is
bounded, so that the work grows with the length of the text and nothing else. This module must not know any word.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, reduce
from operator import or_
from typing import Final

from certgateway.prose.lexicon import BORDER, NUMBER, Lexicon
from certgateway.prose.notation import SIGNS, Choice, Edge, Element, Gap, PatternFileError, Written

Place = tuple[int, int]
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


class Pattern:
    """One written pattern, ready to be looked for."""

    def __init__(self, written: Written, vocabulary: Vocabulary) -> None:
        self.line = written.line
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
            stops = BORDER + lexicon.characters(lexicon.bit(";") | lexicon.bit(NEGATION))
            if not element.far:
                stops += lexicon.characters(lexicon.bit(",") | lexicon.bit(":") | lexicon.bit("-"))
            return f"[^{stops}]{{0,{element.most}}}?"
        if isinstance(element, Edge):
            if element.sign == "^^":
                return f"(?<={BORDER})"
            mask = lexicon.bit(JOINT)
            for sign in ",;:-":
                mask |= lexicon.bit(sign)
            return f"(?{'<=' if element.sign == '^' else '='}[{BORDER}{lexicon.characters(mask)}])"
        ways = ["".join(f"[{lexicon.characters(mask)}]" for mask in way) for way in self._vocabulary.runs(element)]
        return f"(?:{'|'.join(ways)}){'?' if element.optional else ''}"

    def places(self, codes: str) -> Iterator[Place]:
        """Every place where it fits between the borders, from each word on at most one."""
        start = 1
        while match := self.expression.search(codes, start):
            yield match.span()
            start = match.start() + 1


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
