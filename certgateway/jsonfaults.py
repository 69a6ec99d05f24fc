"""Where a JSON text goes wrong that was refused for its size, its depth, a number or a name that stands twice.

Whoever refuses knows why, so that each kind is sought on its own: by expressions that run in C and look at everything
once, since a text may be made to be dear to look through. What stands behind the fault may be anything. Nothing here
may raise, read a value or recurse.
"""

import json
import re
from itertools import accumulate, repeat
from typing import Final

Key = str | int

_STRING: Final = r'"(?:[^"\\]++|\\.)*+"'
_MARKS: Final = "{}[]"
_NESTING: Final = {"{": 1, "[": 1, "}": -1, "]": -1}
# Possessive repeats: a string without an end costs one pass, not a backtracking search.
_WHOLE_STRINGS: Final = re.compile(rf'(?:[^"]++|{_STRING})*+', re.DOTALL)
_NO_BRACKET: Final = re.compile(rf'(?:[^"{{}}\[\]]++|{_STRING})++', re.DOTALL)
_NO_MARK: Final = re.compile(rf'(?:[^"{{}}\[\],]++|{_STRING})++', re.DOTALL)
_INNERMOST: Final = re.compile(r"[{\[],*[}\]]")
_NUMBER: Final = rf'(?:[^"0-9NI-]++|{_STRING})*+(-?[0-9][0-9.eE+-]*+|NaN|-?Infinity)'
# Empty objects are passed over with what stands between names and brackets.
_BRACKET_OR_NAME: Final = re.compile(
    rf'(?:[^"{{}}\[\]]++|\{{\}}|{_STRING}(?![ \t\n\r]*+:))*+(?:([{{}}\[\]])|({_STRING}))', re.DOTALL
)


def end_of(text: str, marks: str, count: int) -> int | None:
    """Where the `count`-th of these marks outside strings ends; None where there are not so many."""
    if sum(map(text.count, marks)) < count:
        return None
    these = re.escape(marks)
    match = re.match(rf'(?:(?:[^"{these}]++|{_STRING})*+[{these}]){{{count}}}', text, re.DOTALL)
    return match.end() if match else None


def too_deep(text: str, depth: int) -> int | None:
    """Offset of the first bracket that is nested deeper than `depth`; None where none is."""
    sound = _WHOLE_STRINGS.match(text)
    marks = _NO_BRACKET.sub("", text[: sound.end()] if sound else "")
    nested = accumulate(map(_NESTING.__getitem__, marks))
    at = next((at for at, level in enumerate(nested, 1) if level > depth), None)
    end = None if at is None else end_of(text, _MARKS, at)
    return None if end is None else end - 1


def number(text: str, at: int) -> int | None:
    """Offset of the `at`-th number, counted from 1; what JavaScript calls numbers and JSON does not count too."""
    match = re.match(f"(?:{_NUMBER}){{{at}}}", text, re.DOTALL)
    return match.start(1) if match else None


def second_name(text: str) -> tuple[int, tuple[Key, ...]] | None:
    """Offset of the first name that stands twice in its object, and the keys that lead to that; the text is JSON."""
    # Of each object or array around: where its inside begins, and the names in it so far; None of an array.
    begins: list[int] = []
    known: list[dict[str, int] | None] = []
    for event in _BRACKET_OR_NAME.finditer(text):
        mark, string = event.groups()
        if string is not None:
            name = json.loads(string) if "\\" in string else string[1:-1]
            names = known[-1]
            if names is None or name in names:
                return event.start(2), tuple(map(_key, repeat(text), known[:-1], begins, begins[1:]))
            names[name] = 0
        elif mark in "{[":
            begins.append(event.end())
            known.append({} if mark == "{" else None)
        else:
            begins.pop()
            known.pop()
    return None


def _key(text: str, names: dict[str, int] | None, begin: int, child: int) -> Key:
    """Under which name, or as which of its items, an object or array holds the one that begins at `child`."""
    if names is not None:
        return next(reversed(names))
    marks = _NO_MARK.sub("", text[begin : child - 1])
    while (fewer := _INNERMOST.sub("", marks)) != marks:
        marks = fewer
    return marks.count(",")
