"""Asks the register of health personnel (HPR) over HTTP what an HPR number entitles to.

One POST for each question. The answer must be whole, name the number that was asked about and come within the time set;
whatever else comes is no answer, and never "unknown". What it tells besides, such as names, is not read.
"""

import asyncio
import json
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any, Final

import httpx2

from certgateway import safejson
from certgateway.domain.authorisation import Approval, Span
from certgateway.domain.errors import HprUnavailableError, MisconfiguredError
from certgateway.safejson import JsonLimits, Unreadable

REMEMBERED: Final = 300.0
"""Seconds for which an answer is good; so long may a revocation go unnoticed."""
MOST_REMEMBERED: Final = 10_000
PAUSE: Final = 2.0
"""Seconds for which a register that did not answer in time is left alone."""
_AT_ONCE: Final = 8
_LARGEST: Final = 16 * 1024
_OK: Final = 200
_LIMITS: Final = JsonLimits(depth=6, containers=200, values=1000, digits=32, exponent=32)
_PROFESSION: Final = re.compile(r"[A-Z]{2}[0-9]?")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/-]{1,8192}=*")
_READABLE_BY_OTHERS: Final = 0o077

Answer = tuple[Approval, ...] | None


class HttpHpr:
    """The register at an address; threads share it. Who is registered is remembered for a while, who is not never."""

    __slots__ = (
        "_clock",
        "_known",
        "_lock",
        "_rests_until",
        "_seconds",
        "_threads",
        "_token_file",
        "_trusted",
        "_trying",
        "_url",
    )

    def __init__(
        self,
        url: str,
        *,
        seconds: float,
        token_file: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`seconds` for a whole answer. MisconfiguredError for a file without a token, or one that others may read."""
        self._url = url
        self._seconds = seconds
        self._token_file = token_file
        self._clock = clock
        self._trusted = httpx2.create_ssl_context(trust_env=False)
        self._known: OrderedDict[str, tuple[float, tuple[Approval, ...]]] = OrderedDict()
        self._threads = ThreadPoolExecutor(_AT_ONCE, "hpr")
        self._rests_until = 0.0
        self._trying = False
        self._lock = threading.Lock()
        if token_file is not None:
            read_token(token_file)

    def find(self, number: str) -> Answer:
        """Every authorisation and licence that goes with an HPR number; None where nobody has it.

        HprUnavailableError for everything but an answer.
        """
        number = number.lstrip("0")
        known = self._remembered(number)
        if known is not None:
            return known
        content = self._asked(json.dumps({"hpr": number}).encode())
        found = read_answer(content, number)
        if found is not None:
            self._remember(number, found)
        return found

    def _asked(self, body: bytes) -> bytes:
        """The answer as it came. Where one did not come in time nobody waits for a while, and then one at first."""
        with self._lock:
            is_doubtful = self._rests_until > 0.0
            if is_doubtful and (self._trying or self._clock() < self._rests_until):
                raise HprUnavailableError("the register of health personnel did not answer just now")
            self._trying = is_doubtful
        answered = False
        try:
            # In a thread of its own: whoever asks may have an event loop.
            content = self._threads.submit(asyncio.run, self._post(body)).result()
            answered = True
        except (httpx2.ConnectError, TimeoutError):
            # The library's own words may quote the address.
            raise HprUnavailableError("the register of health personnel cannot be reached in time") from None
        except httpx2.HTTPError:
            answered = True
            raise HprUnavailableError("the register of health personnel breaks off its answer") from None
        except HprUnavailableError:
            answered = True
            raise
        finally:
            with self._lock:
                self._rests_until = 0.0 if answered else self._clock() + PAUSE
                self._trying = False
        return content

    async def _post(self, body: bytes) -> bytes:
        # A client's own limits are for each part of an answer, and parts may drip for ever.
        async with (
            asyncio.timeout(self._seconds),
            httpx2.AsyncClient(verify=self._trusted, trust_env=False, follow_redirects=False, timeout=None) as client,
            client.stream("POST", self._url, content=body, headers=self._headers()) as response,
        ):
            if response.status_code != _OK:
                raise HprUnavailableError(
                    f"the register of health personnel answers with status {response.status_code}"
                )
            content = bytearray()
            async for chunk in response.aiter_raw():
                content += chunk
                if len(content) > _LARGEST:
                    raise HprUnavailableError("the register of health personnel says too much")
        return bytes(content)

    def _headers(self) -> dict[str, str]:
        headers = {
            "User-Agent": "certgateway",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Content-Type": "application/json",
        }
        if self._token_file is None:
            return headers
        try:
            # Tokens live for minutes: whoever renews it writes the file anew.
            return headers | {"Authorization": f"Bearer {read_token(self._token_file)}"}
        except MisconfiguredError as fault:
            raise HprUnavailableError(str(fault)) from None

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


def read_token(path: Path) -> str:
    """The token in a file. MisconfiguredError when others may read it, we cannot, or it holds something else."""
    try:
        mode = path.stat().st_mode
        text = path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise MisconfiguredError(f"hpr: the token file {path} cannot be read") from None
    if mode & _READABLE_BY_OTHERS:
        raise MisconfiguredError(f"hpr: the token file {path} is open to others than its owner; set its mode to 0600")
    if not _TOKEN.fullmatch(text):
        raise MisconfiguredError(f"hpr: the token file {path} holds no token")
    return text


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
