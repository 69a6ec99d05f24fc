"""FHIRPath text becomes a syntax tree: tokens, then a precedence parser after the grammar of FHIRPath N1 (2.0.0).

Nothing here evaluates. The text comes from profiles, which strangers write: length and nesting are bounded, and what
the grammar doesn't hold raises `NotCompilable` rather than being guessed at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn

from certgateway.engine.fhirpath.temporal import Temporal, parse_temporal

LONGEST_TEXT = 20_000
LONGEST_NUMBER = 100
DEEPEST_NESTING = 120

_TOKEN = re.compile(
    r"""
    (?P<space>\s++|//[^\n]*+|/\*.*?\*/)
    |(?P<unclosed>/\*)
    |(?P<temporal>@(?:T CLOCK|[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?(?:T(?:CLOCK(?:Z|[+-][0-9]{2}:[0-9]{2})?)?)?))
    |(?P<number>[0-9]++(?:\.[0-9]++)?)
    |(?P<string>'(?:[^'\\]++|\\.)*+')
    |(?P<variable>%(?:(?:ext|vs)-[A-Za-z0-9.-]++|[A-Za-z_][A-Za-z0-9_]*+|`[^`]++`|'[^']++'))
    |(?P<special>\$[a-z]++)
    |(?P<quoted>`(?:[^`\\]++|\\.)*+`)
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*+)
    |(?P<symbol><=|>=|!=|!~|[-+*/&|=~<>.,()\[\]{}])
    """.replace("CLOCK", r"[0-9]{2}(?::[0-9]{2}(?::[0-9]{2}(?:\.[0-9]++)?)?)?"),
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "f": "\f"}
CALENDAR_UNITS = {
    name + ending: name for name in ("year", "month", "week", "day", "hour", "minute", "second", "millisecond")
    for ending in ("", "s")
}  # fmt: skip

# How tightly each binary operator binds; the grammar lists them from tightest to loosest.
_POWER = {
    "implies": 1,
    **dict.fromkeys(("or", "xor"), 2),
    "and": 3,
    **dict.fromkeys(("in", "contains"), 4),
    **dict.fromkeys(("=", "~", "!=", "!~"), 5),
    **dict.fromkeys(("<", ">", "<=", ">="), 6),
    "|": 7,
    **dict.fromkeys(("is", "as"), 8),
    **dict.fromkeys(("+", "-", "&"), 9),
    **dict.fromkeys(("*", "/", "div", "mod"), 10),
}
_SIGN_POWER = 11
# Grouped in any way they mean the same, and the operands are still evaluated from left to right.
_ASSOCIATIVE = frozenset({"and", "or", "|"})


class NotCompilable(Exception):  # noqa: N818  A condition of the definition, not an accident of ours.
    """The expression can't be compiled; the text is the reason, in words for the maker of the profile."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with a unit: UCUM code, or the singular name of a calendar duration (`year`)."""

    value: Decimal | int
    unit: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written in the expression; None is the empty collection `{}`."""

    value: bool | int | Decimal | str | Temporal | Quantity | None


@dataclass(frozen=True, slots=True)
class Variable:
    """`%name` without the sign."""

    name: str


@dataclass(frozen=True, slots=True)
class Special:
    """`$this`, `$index` or `$total`, without the sign."""

    name: str


@dataclass(frozen=True, slots=True)
class Member:
    """A step to a child by name; `left` None starts at the focus."""

    name: str
    left: Syntax | None


@dataclass(frozen=True, slots=True)
class Call:
    """A function on `left`; None calls it on the focus."""

    name: str
    arguments: tuple[Syntax, ...]
    left: Syntax | None


@dataclass(frozen=True, slots=True)
class Index:
    """`left[index]`."""

    left: Syntax
    index: Syntax


@dataclass(frozen=True, slots=True)
class Negative:
    """Unary minus."""

    operand: Syntax


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands and an operator; for `is` and `as` the right one is a path that names a type."""

    operator: str
    left: Syntax
    right: Syntax


Syntax = Literal | Variable | Special | Member | Call | Index | Negative | Binary


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    offset: int


def parse(text: str) -> Syntax:
    """The syntax tree of a whole expression; raises `NotCompilable`."""
    if len(text) > LONGEST_TEXT:
        message = "the expression is too long"
        raise NotCompilable(message)
    parser = _Parser(_tokens(text))
    tree = parser.expression(0)
    parser.expect_end()
    return tree


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    offset = 0
    while offset < len(text):
        match = _TOKEN.match(text, offset)
        if match is None or match.lastgroup == "unclosed":
            message = f"unexpected character at offset {offset}"
            raise NotCompilable(message)
        if match.lastgroup != "space":
            tokens.append(_Token(match.lastgroup or "", match[0], offset))
        offset = match.end()
    tokens.append(_Token("end", "", offset))
    return tokens


def _unescape(quoted: str) -> str:
    return _ESCAPE.sub(lambda m: chr(int(m[1], 16)) if m[1] else _ESCAPED.get(m[2], m[2]), quoted[1:-1])


class _Parser:
    """Precedence climbing over the tokens; `depth` bounds both brackets and chains, which nest to the left."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = 0

    def expression(self, power: int) -> Syntax:
        """Read one expression whose operators bind tighter than `power`."""
        entered = self.depth
        self._deeper()
        left = self._prefix()
        while True:
            token = self.tokens[self.at]
            binds = _POWER.get(token.text, 0) if token.kind in {"symbol", "name"} else 0
            if binds <= power:
                break
            self._deeper()
            self.at += 1
            if token.text in _ASSOCIATIVE:
                left = self._chain(token.text, left)
                continue
            right = self._type_name() if token.text in {"is", "as"} else self.expression(binds)
            left = Binary(token.text, left, right)
        self.depth = entered
        return left

    def _chain(self, operator: str, first: Syntax) -> Syntax:
        """`a or b or c ...`, of which profiles hold hundreds, as a tree that is as flat as it can be."""
        operands = [first, self.expression(_POWER[operator])]
        while self.tokens[self.at].kind in {"symbol", "name"} and self.tokens[self.at].text == operator:
            self.at += 1
            operands.append(self.expression(_POWER[operator]))
        while len(operands) > 1:
            pairs = zip(operands[::2], operands[1::2], strict=False)
            last = operands[-1:] if len(operands) % 2 else []
            operands = [Binary(operator, one, other) for one, other in pairs] + last
        return operands[0]

    def expect_end(self) -> None:
        """Raise `NotCompilable` unless every token was read."""
        if self.tokens[self.at].kind != "end":
            self._unexpected()

    def _deeper(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST_NESTING:
            message = "the expression is nested too deeply"
            raise NotCompilable(message)

    def _unexpected(self) -> NoReturn:
        message = f"unexpected token at offset {self.tokens[self.at].offset}"
        raise NotCompilable(message)

    def _accept(self, symbol: str) -> bool:
        found = self.tokens[self.at].kind == "symbol" and self.tokens[self.at].text == symbol
        self.at += found
        return found

    def _require(self, symbol: str) -> None:
        if not self._accept(symbol):
            self._unexpected()

    def _prefix(self) -> Syntax:
        if self._accept("-"):
            return Negative(self.expression(_SIGN_POWER - 1))
        if self._accept("+"):
            return self.expression(_SIGN_POWER - 1)
        return self._postfix(self._term())

    def _postfix(self, left: Syntax) -> Syntax:
        entered = self.depth
        while True:
            if self._accept("."):
                left = self._invocation(left)
            elif self._accept("["):
                left = Index(left, self.expression(0))
                self._require("]")
            else:
                self.depth = entered
                return left
            self._deeper()

    def _term(self) -> Syntax:
        token = self.tokens[self.at]
        if token.kind in {"name", "quoted"} and token.text not in {"true", "false"}:
            return self._invocation(None)
        self.at += 1
        if token.kind == "symbol":
            return self._bracketed(token)
        if token.kind == "variable":
            return Variable(token.text[1:].strip("`'"))
        if token.kind == "special" and token.text in {"$this", "$index", "$total"}:
            return Special(token.text[1:])
        return Literal(self._literal(token))

    def _bracketed(self, token: _Token) -> Syntax:
        if token.text == "(":
            inner = self.expression(0)
            self._require(")")
            return inner
        if token.text == "{":
            self._require("}")
            return Literal(None)
        self.at -= 1
        return self._unexpected()

    def _literal(self, token: _Token) -> bool | int | Decimal | str | Temporal | Quantity:
        if token.kind == "string":
            return _unescape(token.text)
        if token.kind == "number":
            return self._number(token)
        if token.kind == "temporal" and (temporal := parse_temporal(token.text[1:])):
            return temporal
        if token.text in {"true", "false"}:
            return token.text == "true"
        self.at -= 1
        return self._unexpected()

    def _number(self, token: _Token) -> int | Decimal | Quantity:
        if len(token.text) > LONGEST_NUMBER:
            message = f"the number at offset {token.offset} is too long"
            raise NotCompilable(message)
        number = Decimal(token.text) if "." in token.text else int(token.text)
        unit = self.tokens[self.at]
        if unit.kind == "string":
            self.at += 1
            return Quantity(number, _unescape(unit.text))
        if unit.kind == "name" and unit.text in CALENDAR_UNITS:
            self.at += 1
            return Quantity(number, CALENDAR_UNITS[unit.text])
        return number

    def _invocation(self, left: Syntax | None) -> Syntax:
        token = self.tokens[self.at]
        if token.kind not in {"name", "quoted"}:
            self._unexpected()
        self.at += 1
        name = token.text if token.kind == "name" else _unescape(token.text)
        if token.kind == "name" and self._accept("("):
            return Call(name, self._arguments(), left)
        return Member(name, left)

    def _arguments(self) -> tuple[Syntax, ...]:
        if self._accept(")"):
            return ()
        arguments = [self.expression(0)]
        while self._accept(","):
            arguments.append(self.expression(0))
        self._require(")")
        return tuple(arguments)

    def _type_name(self) -> Syntax:
        name = self._invocation(None)
        return self._invocation(name) if self._accept(".") else name


def type_name(syntax: Syntax) -> str:
    """The type that a path such as `FHIR.Patient` or `Quantity` names; raises `NotCompilable` for anything else."""
    if isinstance(syntax, Member) and syntax.left is None:
        return syntax.name
    if isinstance(syntax, Member) and isinstance(syntax.left, Member) and syntax.left.name in {"FHIR", "System"}:
        return f"{syntax.left.name}.{syntax.name}"
    message = "a type name is expected"
    raise NotCompilable(message)
