"""From patterns to marks: what fits, what cancels it, and who is speaking.

A phrase counts when it fits a pattern of its kind, no cancelling pattern overlaps it, and it does not lie wholly in
what the patient or somebody else is reported to say.
"""

import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

from certgateway.domain.marks import Kind, Mark
from certgateway.prose.epikrise import pasted
from certgateway.prose.lexicon import folded
from certgateway.prose.matching import Place
from certgateway.prose.reading import Sentence, sentences
from certgateway.prose.sources import JUDGED, NOT_SAID, OTHERS, REPORTED, SPEAKING, Guard, cancelling, guard

Fit = tuple[Place, str]


def mark(text: str) -> tuple[Mark, ...]:
    """All marks on a text, in the order of the text."""
    rules = guard()
    lower = folded(text)
    found = list(pasted(text, lower))
    for sentence in sentences(text, lower, rules):
        if fits := list(_fits(sentence, rules)):
            spans = sentence.spans()
            found += (Mark(kind, spans[first][0], spans[last - 1][1], line) for kind, ((first, last), line) in fits)
    return tuple(sorted(found, key=lambda each: (each.start, each.end, each.kind)))


def _fits(sentence: Sentence, rules: Guard) -> Iterator[tuple[Kind, Fit]]:
    reported = _tightest(_uncancelled(sentence, rules, REPORTED))
    yield from ((REPORTED, fit) for fit in reported)
    told: list[Place] | None = None
    for kind in JUDGED:
        if fits := _uncancelled(sentence, rules, kind, NOT_SAID):
            if told is None:
                others = _uncancelled(sentence, rules, OTHERS)
                told = _merged(_scopes(sentence, rules, [*reported, *others]))
            yield from ((kind, fit) for fit in _tightest(fit for fit in fits if not _within(fit[0], told)))


def _uncancelled(sentence: Sentence, rules: Guard, file: str, *more: str) -> list[Fit]:
    """The patterns of a file that fit, save where one that cancels overlaps."""
    fits = list(rules.patterns.places(file, sentence.candidates, sentence.words))
    if not fits:
        return fits
    cancelled = _merged(
        place
        for name in (file, *more)
        for place, _ in rules.patterns.places(cancelling(name), sentence.candidates, sentence.words)
    )
    return [fit for fit in fits if not _overlaps(fit[0], cancelled)]


def _scopes(sentence: Sentence, rules: Guard, told: Iterable[Fit]) -> Iterator[Place]:
    """How far reported speech reaches: to where the doctor speaks again or, behind what was said, back to there."""
    places = [place for place, _ in told]
    if not places:
        return
    end = len(sentence.words.codes) - 1
    speaking = sorted(place[0] for place, _ in rules.patterns.places(SPEAKING, sentence.candidates, sentence.words))
    ends = [*speaking, end]
    for first, last in places:
        yield first, ends[bisect_left(ends, last)]
        if last == end:
            before = bisect_left(speaking, first)
            yield (speaking[before - 1] if before else 1), last


def _merged(places: Iterable[Place]) -> list[Place]:
    found: list[Place] = []
    for start, end in sorted(places):
        if found and start < found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def _overlaps(place: Place, merged: list[Place]) -> bool:
    after = bisect_left(merged, (place[1], 0))
    return after > 0 and merged[after - 1][1] > place[0]


def _within(place: Place, merged: list[Place]) -> bool:
    before = bisect_right(merged, (place[0], sys.maxsize))
    return before > 0 and merged[before - 1][1] >= place[1]


def _tightest(fits: Iterable[Fit]) -> list[Fit]:
    """Of fits that overlap the one that begins first, and of these the longest."""
    found: list[Fit] = []
    for fit in sorted(fits, key=lambda each: (each[0][0], -each[0][1], each[1])):
        if not found or fit[0][0] >= found[-1][0][1]:
            found.append(fit)
    return found
