"""One question over HTTP to a system that the gateway relies on, within a total deadline, with a bounded answer.

Whatever is not answered with status 200, whole and in time is no answer. There is no proxy, no redirect, no packing and
no second attempt. Nothing here may put an address, a question or an answer into an error.
"""

import asyncio
import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import httpx2

from certgateway.domain.errors import MisconfiguredError

PAUSE: Final = 2.0
"""Seconds for which a system that did not answer in time is left alone."""
LARGEST: Final = 16 * 1024
"""Bytes of an answer, unless told otherwise."""
_AT_ONCE: Final = 8
_OK: Final = 200
_TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/-]{1,8192}=*")
_READABLE_BY_OTHERS: Final = 0o077


class NoAnswerError(Exception):
    """Why there is no answer that can be read, in a few words that follow the name of who was asked."""


class Upstream:
    """A system at an address; threads share it. Where one question was not answered in time, others are not asked."""

    __slots__ = (
        "_clock",
        "_largest",
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
        largest: int = LARGEST,
        token_file: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`seconds` from the question to the end of its answer, `largest` in bytes.

        `token_file` holds a bearer token and is read for each question. MisconfiguredError for a file without one, or
        one that others may read.
        """
        self._url = url
        self._seconds = seconds
        self._largest = largest
        self._token_file = token_file
        self._clock = clock
        self._threads = ThreadPoolExecutor(_AT_ONCE, "upstream")
        self._rests_until = 0.0
        self._trying = False
        self._lock = threading.Lock()
        # Now, since no question's time shall go into reading it.
        self._trusted = httpx2.create_ssl_context(trust_env=False)
        if token_file is not None:
            read_token(token_file)

    def post(self, question: Mapping[str, Any]) -> bytes:
        """What is answered to a question in JSON. NoAnswerError for everything but an answer."""
        return self._asked("POST", json.dumps(question).encode())

    def get(self) -> bytes:
        """What stands at the address. NoAnswerError as above."""
        return self._asked("GET", None)

    def close(self) -> None:
        """Asks nothing more, and waits for nobody."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _asked(self, method: str, body: bytes | None) -> bytes:
        """The answer as it came. Where one did not come in time nobody waits for a while, and then one at first."""
        with self._lock:
            is_doubtful = self._rests_until > 0.0
            if is_doubtful and (self._trying or self._clock() < self._rests_until):
                raise NoAnswerError("did not answer just now")
            self._trying = is_doubtful
        answered = False
        # In a thread of its own, since whoever asks may have an event loop; and waited for no longer than the deadline,
        # since looking up a name cannot be broken off.
        asking = self._threads.submit(lambda: asyncio.run(self._exchange(method, body)))
        try:
            content = asking.result(self._seconds)
            answered = True
        except (httpx2.ConnectError, TimeoutError):
            asking.cancel()
            # The library's own words may quote the address.
            raise NoAnswerError("cannot be reached in time") from None
        except httpx2.HTTPError:
            answered = True
            raise NoAnswerError("breaks off its answer") from None
        except NoAnswerError:
            answered = True
            raise
        finally:
            with self._lock:
                self._rests_until = 0.0 if answered else self._clock() + PAUSE
                self._trying = False
        return content

    async def _exchange(self, method: str, body: bytes | None) -> bytes:
        # A client's own limits are for each part of an answer, and parts may drip for ever.
        async with (
            asyncio.timeout(self._seconds),
            httpx2.AsyncClient(verify=self._trusted, trust_env=False, follow_redirects=False, timeout=None) as client,
            client.stream(method, self._url, content=body, headers=self._headers(body)) as response,
        ):
            if response.status_code != _OK:
                raise NoAnswerError(f"answers with status {response.status_code}")
            content = bytearray()
            async for chunk in response.aiter_raw():
                content += chunk
                if len(content) > self._largest:
                    raise NoAnswerError("says too much")
        return bytes(content)

    def _headers(self, body: bytes | None) -> dict[str, str]:
        headers = {"User-Agent": "certgateway", "Accept": "application/json", "Accept-Encoding": "identity"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if self._token_file is None:
            return headers
        try:
            # Tokens live for minutes: whoever renews it writes the file anew.
            return headers | {"Authorization": f"Bearer {read_token(self._token_file)}"}
        except MisconfiguredError:
            raise NoAnswerError("cannot be asked: there is no token to ask with") from None


def read_token(path: Path) -> str:
    """The token in a file. MisconfiguredError when others may read it, we cannot, or it holds something else."""
    try:
        mode = path.stat().st_mode
        text = path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise MisconfiguredError(f"the token file {path} cannot be read") from None
    if mode & _READABLE_BY_OTHERS:
        raise MisconfiguredError(f"the token file {path} is open to others than its owner; set its mode to 0600")
    if not _TOKEN.fullmatch(text):
        raise MisconfiguredError(f"the token file {path} holds no token")
    return text
