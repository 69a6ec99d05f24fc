"""Posts a body to an address of somebody else's and tells what came of it, bounded in time and in what is read.

An answer counts by its status alone: no redirect is followed, and no word of the answer is kept. This module must
never put an address, a body or an answer into an error.
"""

import ssl
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Final, Protocol, Self

import anyio
import httpx2

from certgateway.domain.posting import Attempt, Fault, wish_of

CONNECT_SECONDS: Final = 5.0
SECONDS: Final = 15.0
_LINGER_SECONDS: Final = 1.0
_READ_AT_MOST: Final = 16 * 1024


class Poster(Protocol):
    """What posts. `HttpPoster` does it in earnest."""

    async def post(self, url: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Attempt:
        """What came of posting `body` to `url`; `now` is what a date in the answer is counted from."""
        ...


class HttpPoster:
    """Posts over HTTP/1.1, each message on a connection of its own, within `seconds` from name look-up to status.

    Used as an async context. Certificates are verified by the machine's own trust store, or by `trusted`. Proxies and
    passwords of the environment are left alone: what is not set is not done.
    """

    __slots__ = ("_client", "_seconds", "_stack")

    def __init__(
        self,
        *,
        connect_seconds: float = CONNECT_SECONDS,
        seconds: float = SECONDS,
        trusted: ssl.SSLContext | None = None,
    ) -> None:
        self._seconds = seconds
        self._stack = AsyncExitStack()
        self._client = httpx2.AsyncClient(
            verify=trusted or True,
            trust_env=False,
            follow_redirects=False,
            timeout=httpx2.Timeout(seconds, connect=connect_seconds),
            # A pool with a limit would let those who hang keep the others waiting.
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=0),
            headers={"User-Agent": "certgateway", "Accept": "*/*", "Accept-Encoding": "identity"},
        )

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self._client)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def post(self, url: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Attempt:
        """What came of it. Once there is a status, nothing that happens to the rest of the answer changes it."""
        answered: list[Attempt] = []
        fault: Fault
        try:
            with anyio.fail_after(self._seconds):
                async with self._client.stream("POST", url, content=body, headers=headers) as response:
                    wish = wish_of(response.headers.get("retry-after"), now)
                    answered.append(Attempt(response.status_code, wish=wish))
                    await _let_finish(response)
                    return answered[0]
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            fault = "untrusted" if _is_about_trust(error) else "unreachable"
        except (TimeoutError, httpx2.TimeoutException):
            fault = "timed-out"
        except httpx2.TransportError:
            fault = "broken-off"
        return answered[0] if answered else Attempt(fault=fault)


async def _let_finish(response: httpx2.Response) -> None:
    """Reads a little of the answer, as it comes off the wire, so that a server of good will is not cut off."""
    read = 0
    with anyio.move_on_after(_LINGER_SECONDS):
        async for chunk in response.aiter_raw():
            read += len(chunk)
            if read > _READ_AT_MOST:
                return


def _is_about_trust(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
