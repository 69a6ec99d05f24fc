"""Words to codes: every word of a text becomes one character that says which word classes it belongs to.

Patterns are matched on these characters, so that a search looks at each word once. What a word is, is decided here
alone: case, soft hyphens, hyphenation at a line's end and near misspellings make no difference. No word of a text may
be kept between calls.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

from certgateway.prose.notation import SIGNS, PatternFileError

_UNSEEN: Final = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
TOKEN: Final = re.compile(
    rf"[^\W\d_][\w\u0300-\u036f{_UNSEEN}]*+"
    rf"(?:[-\u2010\u2011](?:\r\n|[\n\r\u2028])\s{{0,8}}(?=[a-zæøå])[\w\u0300-\u036f{_UNSEEN}]++)*+"
    r"|\d+(?:[-.,:/\u2010-\u2013]\d+)*+"
    r"|[,;:%§]|(?<!\S)[-\u2013\u2014](?!\S)"
)
"""A word, with what a line's end broke off; a number; or a sign that means something to a pattern. Of folded text."""

_PLAIN: Final = re.compile(r"[a-z0-9æøå]+")
_DROPPED: Final = re.compile(rf"[{_UNSEEN}]|[-\u2010\u2011]\s+")
_DASHES: Final = re.compile("[\u2010-\u2014]")

BORDER: Final = "\u4e00"
_FIRST: Final = 0x4E01
_SHORTEST_STEM: Final = 3
_MOST_MET: Final = 1 << 17
_SHORTEST_NEAR: Final = 6
NUMBER: Final = "number"
OUTSIDE: Final = -1
"""What stands for a border among masks."""


def folded(text: str) -> str:
    """A text without capital letters, every other character in its place."""
    lower = text.casefold()
    return lower if len(lower) == len(text) else "".join(map(_lower, text))


def _lower(character: str) -> str:
    lower = character.casefold()
    return lower if len(lower) == 1 else character


def _spelled(token: str) -> str:
    """A token of folded text as the word lists have it."""
    word = _DROPPED.sub("", unicodedata.normalize("NFKC", token)).casefold()
    return _DASHES.sub("-", word)


class Lexicon:
    """The word lists, turned round: from a word to the character of its classes."""

    __slots__ = (
        "_bits",
        "_characters",
        "_codes",
        "_ends",
        "_exact",
        "_masks",
        "_met",
        "_near",
        "_number",
        "_plain",
        "_stems",
    )

    def __init__(self, classes: Mapping[str, Iterable[str]]) -> None:
        """Classes hold single words: whole (`få`), by beginning (`få*`), by ending (`*få`) or nearly (`~få*`)."""
        self._bits = {name: 1 << place for place, name in enumerate(dict.fromkeys((*classes, NUMBER, *sorted(SIGNS))))}
        self._codes: dict[int, str] = {}
        self._characters: dict[int, str] = {}
        self._masks: dict[str, int] = {BORDER: 0}
        self._exact: dict[str, str] = {}
        # Words that were looked up before, by their hash alone: names are words too, and nobody keeps those.
        self._met: dict[int, str] = {}
        self._stems: dict[str, list[tuple[str, str]]] = {}
        self._ends: dict[str, list[tuple[str, str]]] = {}
        self._near: dict[str, list[tuple[str, bool, str]]] = {}
        self._fill(classes)
        self._sort()
        self._plain = self._code(0)
        self._number = self._code(self._bits[NUMBER])

    def _fill(self, classes: Mapping[str, Iterable[str]]) -> None:
        added: dict[str, int] = {}
        taken: dict[str, int] = {}
        near: set[str] = set()
        for name, entries in classes.items():
            for entry in entries:
                bare = _checked(entry, name)
                target = taken if entry[0] == "-" else added
                target[bare] = target.get(bare, 0) | self._bits[name]
                near.update([bare] if entry[0] == "~" else [])
        gained, lost = _nested(added), _nested(taken)
        for entry in dict.fromkeys((*added, *taken)):
            number = self._bits[NUMBER] if entry[0].isdecimal() else 0
            self._enter(entry, self._code(_union(entry, gained) & ~_union(entry, lost) | number), near=entry in near)
        for sign in SIGNS:
            self._exact[sign] = self._code(self._bits[sign] | added.get(sign, 0))

    def _enter(self, entry: str, code: str, *, near: bool) -> None:
        stem = entry.strip("*")
        if entry.endswith("*"):
            self._stems.setdefault(stem[:_SHORTEST_STEM], []).append((stem, code))
        elif entry.startswith("*"):
            self._ends.setdefault(stem[-_SHORTEST_STEM:], []).append((stem, code))
        else:
            self._exact[entry] = code
        if near:
            self._near.setdefault(stem[:2], []).append((stem, entry.endswith("*"), code))

    def _sort(self) -> None:
        """The longest beginnings and endings first: the longest that fits says what a word is."""
        for table in (self._stems, self._ends, self._near):
            for listed in table.values():
                listed.sort(key=lambda each: -len(each[0]))

    def _code(self, mask: int) -> str:
        if mask not in self._codes:
            code = chr(_FIRST + len(self._codes))
            self._codes[mask] = code
            self._masks[code] = mask
        return self._codes[mask]

    def bit(self, name: str) -> int:
        """The mask of one class."""
        return self._bits[name]

    def characters(self, mask: int) -> str:
        """All characters whose words belong to any class of a mask."""
        if mask not in self._characters:
            self._characters[mask] = "".join(code for code, each in self._masks.items() if each & mask)
        return self._characters[mask]

    def mask(self, codes: str) -> int:
        """The classes that occur among some codes."""
        found = 0
        for code in set(codes):
            found |= self._masks[code]
        return found

    def masks(self, codes: str) -> list[int]:
        """The classes of each code, in their order."""
        known = self._masks
        return [OUTSIDE if code == BORDER else known[code] for code in codes]

    def codes(self, tokens: Iterable[str]) -> dict[str, str]:
        """The characters of some tokens of folded text."""
        exact, met = self._exact, self._met
        found: dict[str, str] = {}
        for token in tokens:
            code = exact.get(token) or met.get(key := hash(token))
            if code is None:
                code = self._code_of(token)
                if len(met) < _MOST_MET:
                    met[key] = code
            found[token] = code
        return found

    def _code_of(self, token: str) -> str:
        if not _PLAIN.fullmatch(token):
            token = _spelled(token)
            if code := self._exact.get(token):
                return code
        length, code = 0, ""
        if stems := self._stems.get(token[:_SHORTEST_STEM]):
            length, code = _longest(stems, token)
        if len(token) >= _SHORTEST_NEAR and (nearly := self._near.get(token[:2])):
            for stem, goes_on, near in nearly:
                if length < len(stem) <= len(token) + 1 and _is_near(token, stem, goes_on=goes_on):
                    return near
        if endings := self._ends.get(token[-_SHORTEST_STEM:]):
            for ending, its_code in endings:
                if len(ending) > length and token.endswith(ending):
                    return its_code
        return code or (self._number if token[0].isdecimal() else self._plain)


def _longest(stems: list[tuple[str, str]], word: str) -> tuple[int, str]:
    """The length and code of the first beginning that fits."""
    for stem, code in stems:
        if word.startswith(stem):
            return len(stem), code
    return 0, ""


def _checked(entry: str, name: str) -> str:
    """An entry without the sign before it; refused when it is too short or has its asterisk in the middle."""
    bare = entry.lstrip("-~")
    if len(bare.strip("*")) < (_SHORTEST_STEM if "*" in bare else 1) or "*" in bare[1:-1]:
        raise PatternFileError(f"class {name}: {entry!r} is no entry")
    return bare


def _nested(entries: Mapping[str, int]) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    whole = {entry: mask for entry, mask in entries.items() if "*" not in entry}
    stems = {entry[:-1]: mask for entry, mask in entries.items() if entry.endswith("*")}
    ends = {entry[1:]: mask for entry, mask in entries.items() if entry.startswith("*")}
    return whole, stems, ends


def _union(entry: str, tables: tuple[dict[str, int], dict[str, int], dict[str, int]]) -> int:
    """All classes of whatever an entry stands for: its own, and those of shorter beginnings and endings of it."""
    whole, stems, ends = tables
    bare = entry.strip("*")
    mask = whole.get(entry, 0)
    if not entry.startswith("*"):
        for length in range(_SHORTEST_STEM, len(bare) + 1):
            if (stem := bare[:length]) in stems:
                mask |= stems[stem]
    if not entry.endswith("*"):
        for start in range(len(bare) - _SHORTEST_STEM + 1):
            if (end := bare[start:]) in ends:
                mask |= ends[end]
    return mask


def _is_near(word: str, stem: str, *, goes_on: bool) -> bool:
    """Whether a word, or its beginning where it `goes_on`, is one slip away: a letter too many, too few, or another."""
    same = 0
    for mine, theirs in zip(word, stem, strict=False):
        if mine != theirs:
            break
        same += 1
    rest, wanted = word[same:], stem[same:]
    tries = (rest[1:], wanted), (rest, wanted[1:]), (rest[1:], wanted[1:]), (rest[1:2] + rest[:1] + rest[2:], wanted)
    return any(left.startswith(right) if goes_on else left == right for left, right in tries)
