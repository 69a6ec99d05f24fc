"""Where the sentences of a prose field begin and end, and what remains of it when some are withheld.

The unit of withholding is the whole sentence; a list line is one. Where the writer leaves it open whether a sentence
ends, the longer reading is taken, but lines of a list are never joined. Nothing here may change a character of the text
that is kept, or leave a word of a sentence that is not.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

from certgateway.domain.marks import WITHHELD, Kind, Mark
from certgateway.domain.vocabulary.abbreviations import ABBREVIATIONS, LEANING, MONTHS, OFTEN_LAST

Span = tuple[int, int]

# It begins with one of few signs, so that the search passes over every other character at once. A stop that stands
# right before a digit or a small letter is none.
_BORDER: Final = re.compile(
    r"[.!?…\n\r\v\f\x85\u2028\u2029]"
    r"(?:(?P<plain>(?<=[a-zæøå]{4}\.)(?=[ \n][A-ZÆØÅ]))"
    r"|(?P<stop>(?<=[.!?…])(?![\da-zæøå])[.!?…]*+[\"'»”\u2019)\]]*+)"
    r"|(?<![.!?…])\s*+)"
)
"""A plain stop between a word and a capital letter; any other, with what closes behind it; or line breaks."""
_LINE_BREAK: Final = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")
_LIST_LINE: Final = re.compile(r"(?:[-*•·▪‣◦+\u2013\u2014]\s|\d{1,2}[.)]\s|[a-zæøå]\)\s)")
_FIRST_WORD: Final = re.compile(r"\w+")
_OPENING: Final = "\"'«“\u2018(["
_REACH: Final = 40
"""How far back and ahead of a border it is looked: longer words are no abbreviations."""
_LONGEST_SHORT_WORD: Final = 3
_DOTTED: Final = 10
_PLAIN: Final = 4
_SHORT_ENDS: Final = frozenset(word[-_PLAIN:] for word in ABBREVIATIONS)
"""How abbreviations end; a word that ends otherwise is none."""
_WRAPPED: Final = 55
"""A line shorter than this was hardly broken because it was full."""


def sentence_spans(text: str) -> tuple[Span, ...]:
    """Start and end of every sentence, without the white space around it."""
    borders = [0, *_borders(text), len(text)]
    return tuple(_trimmed(text, borders))


def withheld_sentences(text: str, marks: Iterable[Mark]) -> tuple[tuple[Kind, Span], ...]:
    """Each sentence to withhold, with the kind of the first mark that touches it."""
    return tuple(_withheld(text, marks))


def _withheld(text: str, marks: Iterable[Mark]) -> Iterator[tuple[Kind, Span]]:
    waiting = sorted((mark for mark in marks if mark.kind in WITHHELD), key=lambda mark: (mark.start, -mark.end))
    if not waiting:
        return
    if waiting[0].start == 0 and waiting[0].end >= len(text):
        # All of it goes, wherever its sentences may end.
        yield waiting[0].kind, (0, len(text))
        return
    first = 0
    for start, end in sentence_spans(text):
        while first < len(waiting) and waiting[first].end <= start:
            first += 1
        later = map(waiting.__getitem__, range(first, len(waiting)))
        touching = next((mark for mark in later if mark.end > start or mark.start >= end), None)
        if touching is not None and touching.start < end:
            yield touching.kind, (start, end)


def _trimmed(text: str, borders: Iterable[int]) -> Iterator[Span]:
    for start, end in pairwise(borders):
        if solid := text[start:end].lstrip():
            yield end - len(solid), end - len(solid) + len(solid.rstrip())


def _borders(text: str) -> Iterator[int]:
    """Every place where a sentence ends."""
    line_start = border = 0
    for match in _BORDER.finditer(text):
        start, end = match.span()
        kind = match.lastgroup
        if kind is None:
            # Behind a stop that ended a sentence nothing is left to ask.
            if border != start and _line_ends_sentence(text, line_start, start, end):
                yield start
            line_start = end
        elif (kind == "plain" and _is_whole(text, start)) or _stop_ends_sentence(text, line_start, start, end):
            border = end
            yield end


def _is_whole(text: str, stop: int) -> bool:
    """Whether the word before a stop is surely no abbreviation, by its last letters. A closer look costs ten times."""
    return text[stop - _PLAIN : stop] not in _SHORT_ENDS and "." not in text[max(0, stop - _DOTTED) : stop]


def _stop_ends_sentence(text: str, line_start: int, start: int, end: int) -> bool:
    """Whether a full stop, question mark or exclamation mark, with what closes behind it, ends the sentence."""
    following = text[end : end + _REACH].lstrip()
    if not following:
        return True
    before = text[max(line_start, start - _REACH) : start].rsplit(maxsplit=1)
    word = before[-1].lstrip(_OPENING).casefold() if before else ""
    if not text[end].isspace():
        return end - start == 1 and following[:1].isupper() and _is_tight(word, following)
    lower = following[0].islower()
    if text[start] != "." or end - start > 1 or not word:
        return not lower or (end - start == 1 and text[start] != ".")
    if word.replace(".", "").isdecimal():
        at_line_start = not text[line_start : start - len(word)].strip()
        return not (at_line_start or lower or following[0].isdecimal() or _first_word(following) in MONTHS)
    return _word_ends_sentence(word, lower=lower or not following[0].isalpha())


def _is_tight(word: str, following: str) -> bool:
    """Whether a full stop without space behind it stands between two sentences: after a word, before a capital."""
    return len(word) > _LONGEST_SHORT_WORD and word.isalpha() and word not in ABBREVIATIONS and following[1:2].islower()


def _word_ends_sentence(word: str, *, lower: bool) -> bool:
    """Whether the full stop after a word is more than the stop of an abbreviation."""
    if word in OFTEN_LAST or not word[-1].isalnum():
        return not lower
    if word in ABBREVIATIONS or len(word) == 1 or ("." in word and word[-1].isalpha() and len(word) <= _DOTTED):
        return False
    # Some doctors never write a capital letter; short words are taken for abbreviations then.
    return not lower or len(word) > _LONGEST_SHORT_WORD


def _line_ends_sentence(text: str, line_start: int, start: int, end: int) -> bool:
    """Whether a line break is more than the place where a line was full."""
    if (end - start > 1 and len(_LINE_BREAK.findall(text, start, end)) > 1) or _LIST_LINE.match(text, end):
        return True
    line = text[line_start:start].rstrip()
    following = text[end : end + _REACH].lstrip(_OPENING)
    if not line or not following:
        return True
    if line[-1] == ":":
        return True
    if line[-1] in ",;-\u00ad" or not following[0].isupper() or _first_word(line[-_REACH:][::-1])[::-1] in LEANING:
        return False
    if line[-1] == ".":
        return False  # The stop itself was asked already.
    word = _FIRST_WORD.match(following)
    acronym = word is not None and len(word[0]) > 1 and word[0].isupper()
    return not acronym or len(line) < _WRAPPED


def _first_word(text: str) -> str:
    word = _FIRST_WORD.search(text)
    return word[0].casefold() if word else ""
