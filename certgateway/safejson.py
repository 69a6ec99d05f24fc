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
from itertools import count
from json.encoder import encode_basestring
from typing import Any, NoReturn

from certgateway.jsonfaults import Key, end_of, number, second_name, too_deep

# A tree is checked by those who read it, element by element; a precise recursive alias would only move the casts.
Tree = Any

_BOM = b"\xef\xbb\xbf"
_WIDE_MARKS = (b"\xfe\xff", b"\xff\xfe", b"\x00\x00\xfe\xff")
_SURROGATE_HINT = re.compile(r"\\u[dD][89a-fA-F]")
# Of text that is JSON, everything up to an escaped surrogate without its partner.
_SOUND_ESCAPES = re.compile(r"(?:[^\\]++|\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\(?!u[dD][89a-fA-F]).)*+", re.DOTALL)
_UNCERTAIN = (("\n", "\n:"), ("\t", "\t:"), ("\r", "\r:"), ("\\", '\\":'))
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


class _ConstantRefused(Exception):  # noqa: N818  As the other two.
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
    numbers = _Numbers(limits)
    tree: Tree = None
    try:
        tree = numbers.decoder().decode(text)
        names = _names_within(tree, limits.depth)
        if names is not None and not _are_all(names, text):
            numbers.decoder(_unique).decode(text)
    except json.JSONDecodeError as error:
        id_ = "trailing-data" if error.msg == "Extra data" else "not-json"
        raise Unreadable(id_, error.lineno, error.colno) from None
    except _ConstantRefused:
        _refuse("not-json", text, number(text, numbers.count))
    except _NumberRefused:
        _refuse("number-out-of-range", text, number(text, numbers.count))
    except _DuplicateName:
        offset, keys = second_name(text) or (None, None)
        _refuse("duplicate-key", text, offset, keys, tree)
    except RecursionError:
        names = None
    if names is None:
        _refuse("too-deep", text, too_deep(text, limits.depth))
    if "\\" in text and _SURROGATE_HINT.search(text):
        _check_surrogates(text)
    return tree


def _refuse(
    id_: str, text: str, offset: int | None, keys: tuple[Key, ...] | None = None, tree: Tree = None
) -> NoReturn:
    # What cannot be found again is told at the end of the text.
    raise Unreadable(id_, *line_column(text, len(text) if offset is None else offset), keys, tree) from None


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
    """Count objects, arrays and values exactly, in C; raise where they become too many, or too deep before that."""
    ends = (end_of(text, "{[", limits.containers + 1), end_of(text, ",", limits.values))
    over = [end for end in ends if end is not None]
    if over:
        deep = too_deep(text[: min(over)], limits.depth)
        if deep is not None:
            raise Unreadable("too-deep", *line_column(text, deep))
        raise Unreadable("too-many-elements", *line_column(text, min(over) - 1))


class _Numbers:
    """Reads the numbers of a text exactly, and counts them, so that one that is refused can be found again."""

    def __init__(self, limits: JsonLimits) -> None:
        self.limits = limits
        self.count = 0

    def integer(self, text: str) -> int:
        self.count += 1
        if len(text) > _LONGEST_FAST_INTEGER:
            _decimal(text, self.limits)
        return int(text)

    def decimal(self, text: str) -> Decimal:
        self.count += 1
        return _decimal(text, self.limits)

    def constant(self, _: str) -> NoReturn:
        self.count += 1
        raise _ConstantRefused

    def decoder(self, object_pairs_hook: Callable[[list[tuple[str, Tree]]], Tree] | None = None) -> json.JSONDecoder:
        """What reads a text with these numbers."""
        return json.JSONDecoder(
            object_pairs_hook=object_pairs_hook,
            parse_float=self.decimal,
            parse_int=self.integer,
            parse_constant=self.constant,
        )


def _unique(pairs: list[tuple[str, Tree]]) -> dict[str, Tree]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _DuplicateName
    return members


def _decimal(text: str, limits: JsonLimits) -> Decimal:
    # The length is looked at first: Decimal would read a megabyte of digits before anybody could refuse it.
    if len(text) > limits.digits:
        raise _NumberRefused
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise _NumberRefused from None
    # Zero counts too: 0e999999999 would cost a gigabyte to whoever writes it out in full.
    if abs(number.adjusted()) > limits.exponent:
        raise _NumberRefused
    return number


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
    sound = _SOUND_ESCAPES.match(text)
    end = sound.end() if sound else 0
    if end < len(text):
        raise Unreadable("lone-surrogate", *line_column(text, end))


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
