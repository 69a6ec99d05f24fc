"""Foreign JSON becomes a tree here, or is refused with a stable id and a position; nowhere else is JSON parsed.

The tree is plain: dict, list, str, bool, None, int and Decimal, never float, so that 1.50 stays 1.50. Parsing runs in
the C scanner; only a refused body is scanned again, slowly, for the place. This module must never quote what it read
in an error, accept what is not strict UTF-8 JSON (RFC 8259 without duplicate names), or recurse as deep as a body asks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import accumulate, count
from json.encoder import encode_basestring
from typing import Any, NoReturn

# A tree is checked by those who read it, element by element; a precise recursive alias would only move the casts.
Tree = Any
Key = str | int

_BOM = b"\xef\xbb\xbf"
_WIDE_MARKS = (b"\xfe\xff", b"\xff\xfe", b"\x00\x00\xfe\xff")
_SURROGATE_HINT = re.compile(r"\\u[dD][89a-fA-F]")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)
# Possessive repeats: an unterminated string of 2 MiB costs one pass, not a backtracking search.
_TOKEN = re.compile(r'[ \t\n\r]*+(?:([{}\[\]:,])|("(?:[^"\\]++|\\.)*+")|([^{}\[\]:,"\s]++))', re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_NO_BRACKET = re.compile(r"[^{}\[\]]++")
_NESTING = {"{": 1, "[": 1, "}": -1, "]": -1}
_UNCERTAIN = (("\n", "\n:"), ("\t", "\t:"), ("\r", "\r:"), ("\\", '\\":'))
_PLAIN_INTEGER = re.compile(r"-?[0-9]++")
_LONGEST_FAST_INTEGER = 18
QUICK_AFTER = 3
"""How many bodies a process reads before it pays for a quicker library."""
_LARGEST_QUICK = 1_048_576  # Beyond it mostly one attachment is read, and copies of it cost more than they save.
_BODIES = count()
_DIGITS_AS_ZEROS = bytes.maketrans(b"123456789", b"000000000")
_UNSURE = object()


@dataclass(frozen=True, slots=True)
class JsonLimits:
    """What a body may ask of us: nesting, objects and arrays, values, characters of a number and its exponent.

    Two megabytes of empty objects or of tiny decimals take thirty times their size in memory, so both are counted.
    """

    depth: int = 64
    containers: int = 100_000
    values: int = 300_000
    digits: int = 320
    exponent: int = 308


DEFAULT_LIMITS = JsonLimits()


class Unreadable(Exception):  # noqa: N818  It is the sender's condition, and reads so where it is caught.
    """The body is not a readable message: `id` says why, `line` and `column` (from 1) where reading stopped.

    For a duplicate name, `keys` leads to its parent (JSON names and array indices from the root) and `tree` is the
    body read with the last of them, good for naming the place and nothing else. The ids are
    empty-body, byte-order-mark, encoding-refused, not-utf8, not-json, trailing-data, duplicate-key, too-deep,
    too-many-elements, number-out-of-range, lone-surrogate; for XML see `safexml`. The text quotes no part of the body.
    """

    def __init__(
        self, id_: str, line: int, column: int, keys: tuple[Key, ...] | None = None, tree: Tree = None
    ) -> None:
        """Keep the id and the position."""
        super().__init__(f"{id_} at line {line}, column {column}")
        self.id = id_
        self.line = line
        self.column = column
        self.keys = keys
        self.tree = tree


class _DuplicateName(Exception):  # noqa: N818  Only a signal out of the C scanner.
    pass


class _NumberRefused(Exception):  # noqa: N818  Only a signal out of the C scanner.
    pass


def parse(raw: bytes, limits: JsonLimits = DEFAULT_LIMITS) -> Tree:
    """Turn a JSON body into a tree; raises `Unreadable` for anything but one strict JSON value within `limits`."""
    text = _decode(raw)
    # Marks inside text count here too; only a body that looks too full is counted exactly.
    is_short = len(raw) < min(limits.containers, limits.values)
    if not is_short and (raw.count(b"{") + raw.count(b"[") > limits.containers or raw.count(b",") >= limits.values):
        _check_size(text, limits)
    tree = _read_quickly(raw, limits)
    return _read(text, limits) if tree is _UNSURE else tree


def _read(text: str, limits: JsonLimits) -> Tree:
    """Read with the library of Python itself, and refuse what is to be refused."""
    try:
        tree = _decoder(limits).decode(text)
        names = _names_within(tree, limits.depth)
        if names is not None and not _are_all(names, text):
            _decoder(limits, object_pairs_hook=_unique).decode(text)
    except json.JSONDecodeError as error:
        id_ = "trailing-data" if error.msg == "Extra data" else "not-json"
        raise Unreadable(id_, error.lineno, error.colno) from None
    except (_DuplicateName, _NumberRefused, RecursionError):
        _refuse(text, limits)
    if names is None:
        _refuse(text, limits)
    if "\\" in text and _SURROGATE_HINT.search(text):
        _check_surrogates(text)
    return tree


def _read_quickly(raw: bytes, limits: JsonLimits) -> Tree:
    """Read with msgspec, in half the time; `_UNSURE` where anything might have to be refused.

    What was read, written again, must be what came but for spaces: then no name stood twice, and nothing was rounded.
    """
    # Of a number that is too long every sixteenth byte is a digit too.
    digits = b"0" * (min(limits.digits, limits.exponent) // 16)
    if len(raw) > _LARGEST_QUICK or digits in raw[::16].translate(_DIGITS_AS_ZEROS) or next(_BODIES) < QUICK_AFTER:
        return _UNSURE
    import msgspec  # noqa: PLC0415  Whoever reads one body would wait longer for it than it saves.

    try:
        tree = msgspec.json.Decoder(float_hook=lambda number: _decimal(number, limits)).decode(raw)
        written = msgspec.json.Encoder(decimal_format="number").encode(tree)
    except (msgspec.MsgspecError, _NumberRefused, RecursionError, ValueError, OverflowError):
        return _UNSURE
    if written != raw and written != msgspec.json.format(raw, indent=-1):
        return _UNSURE
    is_deep = b"\n" + b" " * limits.depth in msgspec.json.format(written, indent=1)
    return _UNSURE if is_deep else tree


def line_column(text: str, offset: int) -> tuple[int, int]:
    """Line and column, from 1 and in code points, of the code point at `offset`."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def write(tree: Tree, indent: int | None = None) -> bytes:
    """Write a tree as UTF-8 JSON, names in their order, decimals exactly; raises TypeError for floats and objects."""
    parts: list[str] = []
    _write(tree, parts, "" if indent is None else "\n", indent or 0)
    return "".join(parts).encode("utf-8")


def number_text(number: Decimal) -> str:
    """A decimal as JSON and FHIR XML write it: every significant digit kept, plain unless the exponent is large."""
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int):
        message = "a decimal must be finite"
        raise TypeError(message)
    return format(number, "f") if -30 <= exponent <= 0 else str(number)  # noqa: PLR2004  Longer tails read better as E-31.


def _decode(raw: bytes) -> str:
    if raw.startswith(_BOM):
        raise Unreadable("byte-order-mark", 1, 1)
    if raw.startswith(_WIDE_MARKS) or b"\x00" in raw[:2]:
        raise Unreadable("encoding-refused", 1, 1)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        raise Unreadable("not-utf8", *line_column(before, len(before))) from None
    if not text or text.isspace():
        raise Unreadable("empty-body", 1, 1)
    return text


def _check_size(text: str, limits: JsonLimits) -> None:
    """Count objects, arrays and values exactly, in C; raise where they become too many."""
    ends = (_end_of(text, r"{\[", limits.containers + 1), _end_of(text, ",", limits.values))
    over = [end for end in ends if end is not None]
    if over:
        marks = _NO_BRACKET.sub("", _STRING.sub("", text))
        if max(accumulate(map(_NESTING.__getitem__, marks)), default=0) > limits.depth:
            _refuse(text, limits)
        raise Unreadable("too-many-elements", *line_column(text, min(over) - 1))


def _end_of(text: str, marks: str, count: int) -> int | None:
    """Where the `count`-th of these marks outside strings ends."""
    match = re.match(f'(?:(?:[^"{marks}]++|{_STRING.pattern})*+[{marks}]){{{count}}}', text, re.DOTALL)
    return match.end() if match else None


def _decoder(
    limits: JsonLimits, object_pairs_hook: Callable[[list[tuple[str, Tree]]], Tree] | None = None
) -> json.JSONDecoder:
    return json.JSONDecoder(
        object_pairs_hook=object_pairs_hook,
        parse_float=lambda text: _decimal(text, limits),
        parse_int=lambda text: _integer(text, limits),
        parse_constant=_no_constant,
    )


def _unique(pairs: list[tuple[str, Tree]]) -> dict[str, Tree]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _DuplicateName
    return members


def _integer(text: str, limits: JsonLimits) -> int:
    if len(text) > _LONGEST_FAST_INTEGER and not _in_range(text, limits):
        raise _NumberRefused
    return int(text)


def _decimal(text: str, limits: JsonLimits) -> Decimal:
    if not _in_range(text, limits):
        raise _NumberRefused
    return Decimal(text)


def _in_range(text: str, limits: JsonLimits) -> bool:
    # The length is looked at first: Decimal would read a megabyte of digits before anybody could refuse it.
    if len(text) > limits.digits:
        return False
    try:
        # Zero counts too: 0e999999999 would cost a gigabyte to whoever writes it out in full.
        return abs(Decimal(text).adjusted()) <= limits.exponent
    except InvalidOperation:
        return False


def _no_constant(_: str) -> NoReturn:
    raise _NumberRefused


def _names_within(tree: Tree, depth: int) -> int | None:
    """How many names the objects of a tree have together; None where it is nested deeper than allowed."""
    level = [tree] if isinstance(tree, dict | list) else []
    names = 0
    for _ in range(depth):
        names += sum([len(node) for node in level if type(node) is dict])
        level = [
            child
            for node in level
            for child in (node.values() if type(node) is dict else node)
            if type(child) is dict or type(child) is list
        ]
        if not level:
            return names
    return None


def _are_all(names: int, text: str) -> bool:
    """Whether the text surely has no more names than the tree made of it: none was lost to one like it.

    Where every colon outside strings follows a quote, and no quote inside strings is followed by one, colons after
    quotes are the names, and perhaps texts that begin with a colon; so a count that fits leaves no name over.
    """
    if text.count('":') != names or " :" in text:
        return False
    # Single characters are sought much faster than pairs, and few bodies hold any of these.
    return not any(mark in text and pair in text for mark, pair in _UNCERTAIN)


def _check_surrogates(text: str) -> None:
    """Raise at the first escaped surrogate that has no partner beside it."""
    high: re.Match[str] | None = None
    for escape in _ESCAPE.finditer(text):
        code = int(escape[1], 16) if escape[1] else 0
        low = 0xDC00 <= code <= 0xDFFF  # noqa: PLR2004  The low surrogates.
        paired = high is not None and high.end() == escape.start()
        if high is not None and not (low and paired):
            break
        if low and high is None:
            high = escape
            break
        high = escape if 0xD800 <= code <= 0xDBFF else None  # noqa: PLR2004  The high surrogates.
    if high is not None:
        raise Unreadable("lone-surrogate", *line_column(text, high.start()))


class _Scan:
    """The slow walk over a refused body: finds the first thing that the fast parse objected to."""

    def __init__(self, text: str, limits: JsonLimits) -> None:
        self.text = text
        self.limits = limits
        self.keys: list[Key] = []
        self.names: list[set[str] | None] = []
        self.name_next = False

    def run(self) -> None:
        """Raise `Unreadable` for the first fault in the order of the text, if there is one."""
        for token in _TOKEN.finditer(self.text):
            mark, string, bare = token.groups()
            if mark:
                self._mark(mark, token.start(1))
            elif string and self.name_next:
                self._name(string, token.start(2))
            elif bare:
                self._bare(bare, token.start(3))

    def _mark(self, mark: str, offset: int) -> None:
        if mark in "{[":
            if len(self.names) == self.limits.depth:
                raise Unreadable("too-deep", *line_column(self.text, offset))
            self.names.append(set() if mark == "{" else None)
            self.keys.append("" if mark == "{" else 0)
            self.name_next = mark == "{"
        elif mark in "}]":
            if self.names:
                self.names.pop()
                self.keys.pop()
            self.name_next = False
        elif mark == "," and self.names:
            self._comma()

    def _comma(self) -> None:
        self.name_next = self.names[-1] is not None
        last = self.keys[-1]
        if isinstance(last, int):
            self.keys[-1] = last + 1

    def _name(self, string: str, offset: int) -> None:
        self.name_next = False
        try:
            name = json.loads(string, strict=False)
        except ValueError:
            raise Unreadable("not-json", *line_column(self.text, offset)) from None
        seen = self.names[-1]
        if seen is not None and name in seen:
            raise Unreadable("duplicate-key", *line_column(self.text, offset), tuple(self.keys[:-1]), self._lenient())
        if seen is not None:
            seen.add(name)
            self.keys[-1] = name

    def _lenient(self) -> Tree:
        try:
            return json.loads(self.text, parse_float=str, parse_int=str, parse_constant=str)
        except (ValueError, RecursionError):
            return None

    def _bare(self, bare: str, offset: int) -> None:
        if bare in {"true", "false", "null"}:
            return
        if bare in {"NaN", "Infinity", "-Infinity"}:
            raise Unreadable("not-json", *line_column(self.text, offset))
        fits = len(bare) <= _LONGEST_FAST_INTEGER and _PLAIN_INTEGER.fullmatch(bare)
        if not fits and not _in_range(bare, self.limits):
            raise Unreadable("number-out-of-range", *line_column(self.text, offset))


def _refuse(text: str, limits: JsonLimits) -> NoReturn:
    _Scan(text, limits).run()
    # The fast parse refused for a reason that the walk does not see; the end is all that can be told.
    raise Unreadable("not-json", *line_column(text, len(text)))


def _write(node: Tree, parts: list[str], gap: str, indent: int) -> None:
    kind = type(node)
    if kind is str:
        parts.append(encode_basestring(node))
    elif kind is dict:
        _write_members(node, parts, gap, indent)
    elif kind is list:
        _write_items(node, parts, gap, indent)
    elif kind is bool or node is None:
        parts.append("true" if node is True else "false" if node is False else "null")
    elif kind is int:
        parts.append(str(node))
    elif kind is Decimal:
        parts.append(number_text(node))
    else:
        message = f"a tree holds no {kind.__name__}"
        raise TypeError(message)


def _write_members(node: dict[str, Tree], parts: list[str], gap: str, indent: int) -> None:
    inner = gap and gap + " " * indent
    colon = ": " if gap else ":"
    start = "{" + inner
    for name, value in node.items():
        parts.append(f"{start}{encode_basestring(name)}{colon}")
        _write(value, parts, inner, indent)
        start = "," + inner
    parts.append(gap + "}" if node else "{}")


def _write_items(node: list[Tree], parts: list[str], gap: str, indent: int) -> None:
    inner = gap and gap + " " * indent
    start = "[" + inner
    for value in node:
        parts.append(start)
        _write(value, parts, inner, indent)
        start = "," + inner
    parts.append(gap + "]" if node else "[]")
