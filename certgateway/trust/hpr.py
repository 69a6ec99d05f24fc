"""Asks the register of health personnel (HPR) over HTTP what an HPR number entitles to.

One POST for each question. The answer must be whole, name the number that was asked about and come within the time set;
whatever else comes is no answer, and never "unknown". What it tells besides, such as names, is not read.
"""

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Final

from certgateway import safejson
from certgateway.domain.authorisation import Approval, Span
from certgateway.domain.errors import HprUnavailableError
from certgateway.safejson import JsonLimits, Unreadable
from certgateway.trust.upstream import NoAnswerError, Upstream

REMEMBERED: Final = 300.0
"""Seconds for which an answer is good; so long may a revocation go unnoticed."""
MOST_REMEMBERED: Final = 10_000
_LIMITS: Final = JsonLimits(depth=6, containers=200, values=1000, digits=32, exponent=32)
_PROFESSION: Final = re.compile(r"[A-Z]{2}[0-9]?")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Answer = tuple[Approval, ...] | None


class HttpHpr:
    """The register at an address; threads share it. Who is registered is remembered for a while, who is not never."""

    __slots__ = ("_clock", "_known", "_lock", "_upstream")

    def __init__(
        self,
        url: str,
        *,
        seconds: float,
        token_file: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`seconds` for a whole answer. MisconfiguredError for a file without a token, or one that others may read."""
        self._upstream = Upstream(url, seconds=seconds, token_file=token_file, clock=clock)
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, tuple[Approval, ...]]] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, number: str) -> Answer:
        """Every authorisation and licence that goes with an HPR number; None where nobody has it.

        HprUnavailableError for everything but an answer.
        """
        number = number.lstrip("0")
        known = self._remembered(number)
        if known is not None:
            return known
        try:
            content = self._upstream.post({"hpr": number})
        except NoAnswerError as reason:
            raise HprUnavailableError(f"the register of health personnel {reason}") from None
        found = read_answer(content, number)
        if found is not None:
            self._remember(number, found)
        return found

    def _remembered(self, number: str) -> tuple[Approval, ...] | None:
        with self._lock:
            until, known = self._known.get(number, (0.0, None))
            if known is None or self._clock() < until:
                return known
            del self._known[number]
            return None

    def _remember(self, number: str, found: tuple[Approval, ...]) -> None:
        with self._lock:
            self._known[number] = (self._clock() + REMEMBERED, found)
            self._known.move_to_end(number)
            while len(self._known) > MOST_REMEMBERED:
                self._known.popitem(last=False)


def read_answer(content: bytes, number: str) -> Answer:
    """What an answer says of a number; HprUnavailableError for one of another form, or about another number."""
    try:
        told = safejson.parse(content, _LIMITS)
    except Unreadable:
        told = None
    if not isinstance(told, dict) or told.get("hpr") != number:
        raise _unusable()
    registered, approvals = told.get("registered"), told.get("approvals")
    if registered is False and not approvals:
        return None
    # What is left out is not known: a suspension that nobody reads would be no suspension.
    if registered is not True or not isinstance(approvals, list):
        raise _unusable()
    return tuple(map(_approval, approvals))


def _approval(told: Any) -> Approval:  # noqa: ANN401  What another system wrote.
    span = _span(told)
    profession, suspended = told.get("profession"), told.get("suspended")
    if not isinstance(profession, str) or not _PROFESSION.fullmatch(profession) or not isinstance(suspended, list):
        raise _unusable()
    return Approval(profession, span, tuple(map(_span, suspended)))


def _span(told: Any) -> Span:  # noqa: ANN401  As above.
    """From a day that must be told to one that may be open, but must not be left out."""
    if not isinstance(told, dict) or "to" not in told:
        raise _unusable()
    until = told["to"]
    return Span(_day(told.get("from")), None if until is None else _day(until))


def _day(told: object) -> date:
    if not isinstance(told, str) or not _DAY.fullmatch(told):
        raise _unusable()
    try:
        return date.fromisoformat(told)
    except ValueError:
        raise _unusable() from None


def _unusable() -> HprUnavailableError:
    return HprUnavailableError("the register of health personnel answers nothing that can be used")
