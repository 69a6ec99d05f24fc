"""The front door: a support reference on every answer, one log line and one count per request, and no traceback out.

A log line tells reference, method, route template, status and milliseconds, and where callers log in by which kind of
token, or why it was refused. Never a path as it was asked for, a header, a query or a body: these may hold what
identifies a person.
"""

import asyncio
import json
import logging
import secrets
import time
import traceback
from collections.abc import Callable, Mapping
from typing import Any, Final

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from certgateway.api.heads import fault_of_head
from certgateway.api.meters import Meters
from certgateway.api.negotiation import FHIR_XML
from certgateway.api.problems import respond
from certgateway.engine.definitions.definitions import Definitions

LOG: Final = logging.getLogger("certgateway.requests")
HEADER: Final = "Support-Reference"
OUTAGE_SECONDS: Final = 60.0
"""Seconds between two lines about the same outage."""
SAID: Final = "said_of_caller"
"""In the state of a request: what the log may tell of who called, `{"caller": profile}` or `{"refused": cause}`."""
ALWAYS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""On every answer that has no header of its own by that name: a browser shows it as it is and does nothing with it."""
ENCRYPTED: Final = {**ALWAYS, "Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
"""The same where callers come by TLS; over anything else RFC 6797 forbids the last one."""
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})
_XML = frozenset({FHIR_XML, "application/xml"})
_SERVER_FAULT = 500
_CLIENT_GONE = 499


class Observed:
    """ASGI middleware around the whole application."""

    def __init__(
        self,
        app: ASGIApp,
        meters: Meters,
        definitions: Definitions,
        seconds: float,
        headers: Mapping[str, str] = ALWAYS,
    ) -> None:
        self._app = app
        self._headers = headers
        self._seconds = seconds
        self._meters = meters
        self._definitions = definitions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request and tell of it afterwards."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        watch = _Watch(scope, send, self._headers)
        late = asyncio.get_running_loop().call_later(self._seconds, self._be_late, scope, receive, watch)
        try:
            await self._served(scope)(scope, receive, watch.send)
        except ClientDisconnect:
            watch.status = watch.status if watch.apology is not None else _CLIENT_GONE
        except Exception as fault:  # noqa: BLE001  The one place where everything ends: nothing of a fault may leave.
            watch.fault = fault
            if not watch.status:
                response = respond(Request(scope), "fault", {}, self._definitions)
                await response(scope, receive, watch.send)
        finally:
            late.cancel()
        if watch.apology is not None:
            await watch.apology
        self._told(scope, watch)

    def _be_late(self, scope: Scope, receive: Receive, watch: "_Watch") -> None:
        """Answer for the application, which goes on: what it began is done or not done, and never half."""
        if watch.status:
            return  # The rest of an answer has its deadline where it is sent.
        response = respond(Request(scope), "too-late", {}, self._definitions)
        watch.status = response.status_code
        watch.apology = asyncio.ensure_future(response(scope, receive, watch.pass_on))

    def _served(self, scope: Scope) -> ASGIApp:
        """The application, or the refusal of a request by its head."""
        fault = fault_of_head(scope)
        return self._app if fault is None else respond(Request(scope), fault, {}, self._definitions)

    def _told(self, scope: Scope, watch: "_Watch") -> None:
        seconds = time.perf_counter() - watch.started
        method = scope["method"] if scope["method"] in _METHODS else "other"
        route = getattr(scope.get("route"), "path_format", "unmatched")
        status = watch.status or _SERVER_FAULT
        self._meters.request(method, route, status, seconds)
        line: dict[str, Any] = {
            "reference": watch.reference,
            "method": method,
            "route": route,
            "status": status,
            "milliseconds": round(seconds * 1000, 1),
        }
        line |= scope.get("state", {}).get(SAID, {})
        if watch.fault is not None:
            line |= {"fault": type(watch.fault).__name__, "at": places(watch.fault)}
        LOG.log(logging.ERROR if watch.fault is not None else logging.INFO, json.dumps(line))


class Outages:
    """Whether to write a line of what is away: once in a period for each thing, however many requests met it.

    Used on one event loop only. Each request has its own line all the same.
    """

    __slots__ = ("_clock", "_known")

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[str, tuple[float, int]] = {}

    def met(self, what: str) -> int | None:
        """How often it was met since the last line, this time included; None where that line is not old enough."""
        now = self._clock()
        until, times = self._known.get(what, (now, 0))
        if now < until:
            self._known[what] = until, times + 1
            return None
        self._known[what] = now + OUTAGE_SECONDS, 0
        return times + 1


class _Watch:
    """Notes when a request began, adds the reference to its answer and notes the status."""

    def __init__(self, scope: Scope, send: Send, headers: Mapping[str, str]) -> None:
        self._headers = headers
        self.started = time.perf_counter()
        self.reference = secrets.token_hex(8)
        self.status = 0
        self.fault: BaseException | None = None
        self.apology: asyncio.Future[None] | None = None
        self._send = send
        scope["support_reference"] = self.reference

    async def send(self, message: Message) -> None:
        if self.apology is not None:
            return  # It has been answered; the client asks again, and gets this answer then.
        if message["type"] == "http.response.start":
            self.status = message["status"]
        await self.pass_on(message)

    async def pass_on(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers[HEADER] = self.reference
            if headers.get("content-type") in _XML:
                # All that we write is UTF-8, and a reader need not look into it to know.
                headers["content-type"] += "; charset=utf-8"
            for name, value in self._headers.items():
                headers.setdefault(name, value)
        await self._send(message)


def headers_at(address: str) -> Mapping[str, str]:
    """What every answer bears of a gateway that callers address so."""
    return ENCRYPTED if address.startswith("https://") else ALWAYS


def places(fault: BaseException) -> list[str]:
    """Where a fault came by, innermost last, for whoever mends it: our lines and no values."""
    chain = [fault, *([fault.__cause__] if fault.__cause__ else [])]
    frames = [frame for each in chain for frame in traceback.extract_tb(each.__traceback__)]
    return [f"{frame.name}:{frame.lineno} in {frame.filename.rpartition('/')[2]}" for frame in frames[-12:]]
