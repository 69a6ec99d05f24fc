"""Patterns at work: which of them fit a run of word codes, and where.

Each pattern becomes one regular expression over codes, built when it is first needed. Every repetition in it is
bounded, so that the work grows with the length of the text and nothing else. This module must not know any word.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
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
        self._telling: dict[Choice, tuple[float, int]] = {}
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

    def telling(self, choice: Choice) -> tuple[float, int]:
        """How rare a choice probably is, for long words are; and the classes of which one must occur for it."""
        if choice not in self._telling:
            mask = 0
            for way in self.runs(choice):
                mask |= max(way, key=self._lengths.__getitem__) if len(way) > 1 else way[0]
            self._telling[choice] = self._weight(choice), mask
        return self._telling[choice]

    def _weight(self, choice: Choice) -> float:
        words = [word for run in choice.runs for word in run]
        members = [_MEMBER.fullmatch(word) for word in words]
        lengths = [
            len(each)
            for word, member in zip(words, members, strict=True)
            for each in ([word] if member is None else self._classes[member[1]])
        ]
        return sum(lengths) / max(len(lengths), 1)

    def _word(self, word: str) -> list[tuple[int, ...]]:
        member = _MEMBER.fullmatch(word)
        if member is None:
            return [(self._named(word),)]
        if member[1] not in self._classes:
            raise PatternFileError(f"no class {member[1]!r}")
        long = [tuple(map(self._named, run)) for run in self._runs[member[1]] if len(run) > 1]
        return [*long, (self.lexicon.bit(member[1]),)]

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
        telling = [vocabulary.telling(element) for element in needed]
        self.trigger = max(telling)[1]
        self.needs = tuple(mask for _, mask in telling if mask != self.trigger)

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
    """Patterns by the word class that is rarest in them, so that most sentences rule most of them out at once."""

    def __init__(self, written: Sequence[Written], vocabulary: Vocabulary) -> None:
        self._by_trigger: dict[int, list[Pattern]] = {}
        for each in written:
            pattern = Pattern(each, vocabulary)
            self._by_trigger.setdefault(pattern.trigger, []).append(pattern)
        self.triggers = 0
        for trigger in self._by_trigger:
            self.triggers |= trigger

    def places(self, codes: str, mask: int) -> Iterator[tuple[Place, str]]:
        """Places and patterns that fit the codes of one sentence, in which only words of some classes occur."""
        if not mask & self.triggers:
            return
        for trigger, patterns in self._by_trigger.items():
            if mask & trigger:
                for pattern in patterns:
                    for need in pattern.needs:
                        if not mask & need:
                            break
                    else:
                        for place in pattern.places(codes):
                            yield place, pattern.line


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
