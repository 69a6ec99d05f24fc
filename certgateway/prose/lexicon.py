"""Words to codes: every word of a text becomes one character that says which word classes it belongs to.

Patterns are matched on these characters, so that a search looks at each word once. What a word is, is decided here
alone: case, soft hyphens, hyphenation at a line's end and near misspellings make no difference. No word of a text may
be kept between calls.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from certgateway.domain.lookalikes import LOOKALIKES
from certgateway.prose.notation import SIGNS, PatternFileError

_UNSEEN: Final = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
TOKEN: Final = re.compile(
    rf"[^\W\d_][\w\u0300-\u036f{_UNSEEN}]*+"
    rf"(?:[-\u2010\u2011](?:\r\n|[\n\r\u2028])\s{{0,8}}(?=[a-zæøå])[\w\u0300-\u036f{_UNSEEN}]++)*+"
    r"|\d+(?:[-.,:/\u2010-\u2013]\d+)*+"
    r"|[,;:%§]|(?<!\S)[-\u2013\u2014](?!\S)"
)
"""A word, with what a line's end broke off; a number; or a sign that means something to a pattern. Of folded text."""
_BROKEN: Final = re.compile(r"(?<=\S)[-\u2010\u2011](?:\r\n|[\n\r\u2028])\s{0,8}(?=[a-zæøå])")
_MENDED: Final = "\u00ad"
"""What stands where a line's end broke a word: a word holds it like the hyphen, and it is no space."""
_HYPHENS: Final = "-\u2010\u2011"
_LINE_ENDS: Final = "\n\r\u2028"
_PLAIN: Final = re.compile(r"[a-z0-9æøå]+")
_DROPPED: Final = re.compile(rf"[{_UNSEEN}]|[-\u2010\u2011]\s+")
_DASHES: Final = re.compile("[\u2010-\u2014]")

BORDER: Final = "\u4e00"
_FIRST: Final = 0x4E01
_SHORTEST_STEM: Final = 3
_MOST_MET: Final = 1 << 17
_LONGEST_MET: Final = 40
_SHORTEST_NEAR: Final = 6
_WITHOUT_NORWEGIAN: Final = (("oe", "ø"), ("ae", "æ"), ("aa", "å"))
NUMBER: Final = "number"
BREAK: Final = "S"
"""What parts sentences among pieces of text. No folded text holds a capital letter."""


def folded(text: str) -> str:
    """A text without capital letters, every other character in its place."""
    lower = text.casefold()
    return lower if len(lower) == len(text) else "".join(map(_lower, text))


def _lower(character: str) -> str:
    lower = character.casefold()
    return lower if len(lower) == 1 else character


def _spelled(token: str) -> str:
    """A token of folded text as the word lists have it."""
    word = _DROPPED.sub("", unicodedata.normalize("NFKC", token)).casefold().translate(LOOKALIKES)
    return _DASHES.sub("-", word)


def _with_norwegian(token: str) -> str:
    """A token with the letters that are written with two where a keyboard has no Norwegian ones."""
    for pair, letter in _WITHOUT_NORWEGIAN:
        token = token.replace(pair, letter)
    return token


def pieces(folded_text: str) -> list[str]:
    """A folded text between its spaces, with words whole that a line's end broke."""
    ends = [end for end in _LINE_ENDS if end in folded_text]
    # Looked for one by one, for that is quicker than the expression by far.
    if any(f"{hyphen}{end}" in folded_text for hyphen in _HYPHENS if hyphen in folded_text for end in ends):
        folded_text = _BROKEN.sub(_MENDED, folded_text)
    return folded_text.split()


class Lexicon:
    """The word lists, turned round: from a word to the character of its classes."""

    __slots__ = ("_codes", "_ends", "_exact", "_members", "_met", "_near", "_number", "_plain", "_stems")

    def __init__(self, classes: Mapping[str, Iterable[str]]) -> None:
        """Classes hold single words: whole (`få`), by beginning (`få*`), by ending (`*få`) or nearly (`~få*`)."""
        self._members: dict[str, frozenset[str]] = {}
        self._codes: dict[frozenset[str], str] = {}
        self._exact: dict[str, str] = {}
        self._stems: dict[str, list[tuple[str, str]]] = {}
        self._ends: dict[str, list[tuple[str, str]]] = {}
        self._near: dict[str, list[tuple[str, bool, str]]] = {}
        self._fill(classes)
        self._sort()
        self._plain = self._code(frozenset())
        self._number = self._code(frozenset({NUMBER}))
        self._gather((*classes, NUMBER, *SIGNS))
        # Pieces that were read before, by their hash alone: names are words too, and nobody keeps those.
        self._met: dict[int, str]
        self.forget()

    def forget(self) -> None:
        """Forget the pieces met so far: their hashes are another process's where the lexicon was made there."""
        self._met = {hash(BREAK): BORDER}

    def _fill(self, classes: Mapping[str, Iterable[str]]) -> None:
        added: dict[str, set[str]] = {}
        taken: dict[str, set[str]] = {}
        near: set[str] = set()
        for name, entries in classes.items():
            for entry in entries:
                bare = _checked(entry, name)
                target = taken if entry[0] == "-" else added
                if bare in target:
                    target[bare].add(name)
                else:
                    target[bare] = {name}
                if entry[0] == "~":
                    near.add(bare)
        gained, lost = _Nested(added), _Nested(taken)
        for entry in dict.fromkeys((*added, *taken)):
            names = gained.classes(entry) - lost.classes(entry)
            number = {NUMBER} if entry[0].isdecimal() else ()
            self._enter(entry, self._code(names.union(number)), near=entry in near)
        for sign in SIGNS:
            self._exact[sign] = self._code(frozenset({sign, *added.get(sign, ())}))

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

    def _code(self, names: frozenset[str]) -> str:
        code = self._codes.get(names)
        if code is None:
            code = self._codes[names] = chr(_FIRST + len(self._codes))
        return code

    def _gather(self, names: Iterable[str]) -> None:
        """The characters of each class."""
        members: dict[str, list[str]] = {name: [] for name in names}
        for its_names, code in self._codes.items():
            for name in its_names:
                members[name].append(code)
        self._members = {name: frozenset(codes) for name, codes in members.items()}

    def characters(self) -> Iterable[str]:
        """All characters that a word may become."""
        return self._codes.values()

    def members(self, name: str) -> frozenset[str]:
        """All characters whose words belong to a class."""
        return self._members[name]

    def codes(self, pieces_of_text: Sequence[str]) -> list[str]:
        """For each piece between spaces the characters of the words and signs in it."""
        each = list(set(pieces_of_text))
        met = dict(zip(each, map(self._met.get, map(hash, each)), strict=True))
        read = {piece: self._read(piece) if codes is None else codes for piece, codes in met.items()}
        return [read[piece] for piece in pieces_of_text]

    def _read(self, piece: str) -> str:
        codes = "".join(self._exact.get(token) or self._code_of(token) for token in TOKEN.findall(piece))
        if len(piece) <= _LONGEST_MET and len(self._met) < _MOST_MET:
            self._met[hash(piece)] = codes
        return codes

    def _code_of(self, token: str) -> str:
        if not _PLAIN.fullmatch(token):
            token = _spelled(token)
        if code := self._exact.get(token):
            return code
        code, respelled = self._by_parts(token), _with_norwegian(token)
        if respelled == token:
            return code
        return self._exact.get(respelled) or (self._by_parts(respelled) if code == self._plain else code)

    def _by_parts(self, token: str) -> str:
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
    if not bare or ("*" in bare and (len(bare.strip("*")) < _SHORTEST_STEM or "*" in bare[1:-1])):
        raise PatternFileError(f"class {name}: {entry!r} is no entry")
    return bare


class _Nested:
    """Entries by what they begin or end with, to find all that hold another entry too."""

    def __init__(self, entries: Mapping[str, set[str]]) -> None:
        self._whole = entries
        self._stems: dict[str, list[tuple[str, set[str]]]] = {}
        self._ends: dict[str, list[tuple[str, set[str]]]] = {}
        for entry, names in entries.items():
            if entry.endswith("*"):
                self._stems.setdefault(entry[:_SHORTEST_STEM], []).append((entry[:-1], names))
            elif entry.startswith("*"):
                self._ends.setdefault(entry[-_SHORTEST_STEM:], []).append((entry[1:], names))

    def classes(self, entry: str) -> frozenset[str]:
        """All classes of whatever an entry stands for: its own, and those of shorter beginnings and endings of it."""
        bare = entry.strip("*")
        found = [self._whole[entry]] if entry in self._whole else []
        if entry[0] != "*" and (stems := self._stems.get(bare[:_SHORTEST_STEM])):
            found += [names for stem, names in stems if bare.startswith(stem)]
        if entry[-1] != "*" and (ends := self._ends.get(bare[-_SHORTEST_STEM:])):
            found += [names for end, names in ends if bare.endswith(end)]
        return frozenset().union(*found)


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
