"""The words that patterns are written with: classes and runs of words, as the codes that a text is read in.

It knows which word of a choice is the rarest, so that a sentence without it need not be looked through. This module
must not know any word.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Final

from certgateway.prose.lexicon import BORDER, NUMBER, Lexicon
from certgateway.prose.notation import MEMBER, SIGNS, Choice, PatternFileError, Written

Codes = frozenset[str]
Run = tuple[str, ...]
Runs = tuple[Run, ...]
Row = tuple[Codes, ...]
"""Words in a row, each of some codes."""
_LETTER: Final = 3.0
"""How much rarer a word is than one that is a letter shorter, as a rule."""
NEGATION: Final = "bars"
JOINT: Final = "joint"
"""The classes that a gap never holds, and that begin and end a clause."""


class Ways:
    """Everything that satisfies a choice: single words, and words in a row by the codes of the rarest."""

    def __init__(self, rows: Iterable[Row], commonness: Callable[[Codes], float]) -> None:
        self.single = Codes()
        self.rows: dict[str, list[Row]] = {}
        for row in rows:
            if len(row) == 1:
                self.single |= row[0]
            else:
                for code in min(row, key=commonness):
                    self.rows.setdefault(code, []).append(row)
        self.row_codes = Codes(self.rows)


class Vocabulary:
    """The word classes that patterns are written with, and the lexicon made of them."""

    def __init__(self, classes: Mapping[str, Sequence[str]], patterns: Sequence[Written]) -> None:
        """Classes hold words and runs of words; whatever word a pattern or a run names becomes a class of its own."""
        # Numbers are a class that no file lists.
        self._runs: dict[str, list[Run]] = {NUMBER: []} | {name: _runs(_opened(name, classes)) for name in classes}
        single = {name: [run[0] for run in runs if len(run) == 1] for name, runs in self._runs.items()}
        choices = [element for pattern in patterns for element in pattern.elements if isinstance(element, Choice)]
        named = Counter(word for runs in self._runs.values() for run in runs for word in run)
        named.update(word for choice in choices for run in choice.runs for word in run)
        rows = {word for runs in self._runs.values() for run in runs if len(run) > 1 for word in run}
        words = rows.union(word for choice in choices for run in choice.runs for word in run if word[0] != "{")
        self.lexicon = Lexicon(single | {f"={word}": [word] for word in sorted(words - SIGNS)})
        self._commonness = self._counted(named, words)
        """How often the words of a code are met: a guess from their length and how often the files name them."""
        self._known: dict[Codes, float] = {}
        self._words: dict[str, list[Row]] = {}
        self._ways: dict[Runs, Ways] = {}
        self._telling: dict[Run, Codes] = {}
        stops = self._all((";", NEGATION))
        self.gap_stops = {True: stops, False: stops | self._all(",:-")}
        """The codes that a gap does not hold, far or near; a border is one."""
        self.edges = self._all((*",;:-", JOINT))
        """The codes that a clause begins behind and ends before."""

    def _counted(self, named: Mapping[str, int], words: Iterable[str]) -> dict[str, float]:
        found = dict.fromkeys(self.lexicon.characters(), 0.0)
        for word in words:
            for code in self._named(word):
                found[code] += named[word] * _LETTER ** -len(word)
        for code in self.lexicon.members(NUMBER):
            found[code] += 1.0
        return found

    def commonness(self, codes: Codes) -> float:
        """How often any word of some codes is met."""
        known = self._known.get(codes)
        if known is None:
            known = self._known[codes] = sum(map(self._commonness.__getitem__, codes))
        return known

    def _all(self, names: Iterable[str]) -> Codes:
        return frozenset({BORDER}).union(*map(self.lexicon.members, names))

    def ways(self, runs: Runs) -> Ways:
        """Every way to satisfy a choice."""
        if runs not in self._ways:
            self._ways[runs] = Ways((row for run in runs for row in self._rows(run)), self.commonness)
        return self._ways[runs]

    def _rows(self, run: Run) -> list[Row]:
        """Words in a row, of which each may itself be one of several words or rows."""
        if len(run) == 1:
            return self._word(run[0])
        return [sum(parts, ()) for parts in product(*map(self._word, run))]

    def _word(self, word: str) -> list[Row]:
        if word not in self._words:
            self._words[word] = self._read(word)
        return self._words[word]

    def _read(self, word: str) -> list[Row]:
        """What a word, a sign or a class stands for as it is written in a pattern."""
        member = MEMBER.fullmatch(word)
        if member is None:
            return [(self._named(word),)]
        if member[1] not in self._runs:
            raise PatternFileError(f"no class {member[1]!r}")
        longer = [tuple(map(self._named, run)) for run in self._runs[member[1]] if len(run) > 1]
        return [(self.lexicon.members(member[1]),), *longer]

    def telling(self, run: Run) -> Codes:
        """The codes of which one must occur for some words in a row: those of the rarest."""
        if run not in self._telling:
            rarest = [min(row, key=self.commonness) if len(row) > 1 else row[0] for row in self._rows(run) if all(row)]
            self._telling[run] = frozenset().union(*rarest)
        return self._telling[run]

    def rarity(self, runs: Runs) -> float:
        """How rarely any of several choices is met, to compare: the rarest is the least."""
        return sum(self.commonness(self.telling(run)) for run in runs)

    def _named(self, word: str) -> Codes:
        return self.lexicon.members(word if word in SIGNS else f"={word}")


def _opened(name: str, classes: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The entries of a class, with those of the classes that it names in braces."""
    for entry in classes[name]:
        member = MEMBER.fullmatch(entry)
        if member is None:
            yield entry
        elif member[1] in classes and member[1] != name:
            yield from _opened(member[1], classes)
        else:
            raise PatternFileError(f"class {name}: {entry!r} is no other class")


def _runs(entries: Iterable[str]) -> list[tuple[str, ...]]:
    """Entries as runs of words. A bar marks where a compound is written as one word or as two."""
    found: list[tuple[str, ...]] = []
    for entry in entries:
        if "|" not in entry:
            found.append(tuple(entry.split()))
            continue
        first, *others = entry.split("|")
        ways = [first]
        for part in others:
            ways = [way + joint + part for way in ways for joint in ("", " ")]
        found += [tuple(way.split()) for way in ways]
    return found
