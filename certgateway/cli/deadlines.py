"""How long a connection may take, for the head of a request, its body and its answer; and how many there may be.

uvicorn has a deadline for idle connections only, and every byte that comes puts it off; a client that sends one byte
now and then would be waited for without end. The application answers most that are late in its own words; here is cut
off what it cannot see: a head that does not end, a body that nobody reads, an answer that is not fetched. When a
connection too many comes, the one that has been unused for longest goes. Nothing here may look into a body, or write a
log line that holds anything of a client's.
"""

import asyncio
import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from certgateway.api.observation import ALWAYS
from certgateway.api.problems import PROBLEM_JSON, plain_details, problem

ANSWERING: Final = 1.0
"""Seconds that the application has, after a deadline of its own, to say so before the connection is cut."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds: `head` from its first byte, or from the connection; `body` from the end of the head.

    `request` is the whole, from the end of the head until its answer has been fetched.
    """

    head: float = 10
    body: float = 30
    request: float = 60


CONNECTIONS: Final = 750
"""With those that wait to be accepted, fewer than the files that a process may have open where nobody has set more."""


class PunctualProtocol(H11Protocol):
    """uvicorn's reader of HTTP/1.1 with deadlines that no byte puts off. See `punctual` for how to make one."""

    deadlines: ClassVar[Deadlines]
    most: ClassVar[int]
    on_each: ClassVar[Mapping[str, str]]
    """Headers of every answer, for those that the application does not give."""
    unused: ClassVar[OrderedDict["PunctualProtocol", None]]
    """Connections that wait for a head, those that have waited longest first."""

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401  The server makes it as it makes its own.
        super().__init__(*arguments, **named)
        self._awaited: str | None = None
        self._awaiting: asyncio.TimerHandle | None = None
        self._answering: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first head: a connection that says nothing is closed too."""
        is_full = len(self.connections) >= self.most
        super().connection_made(transport)
        if is_full and not self.unused:
            self._refuse("overloaded")
            return
        if is_full:
            self.unused.popitem(last=False)[0].transport.abort()
        self.unused[self] = None
        self._await("head")

    def data_received(self, data: bytes) -> None:
        """Let it be read, then wait for what has to come next."""
        before = self.cycle
        super().data_received(data)
        self._follow(before, begun=True)

    def on_response_complete(self) -> None:
        """Let uvicorn turn to the next request, of which some may be here already."""
        before = self.cycle
        super().on_response_complete()
        # Where nothing of the next head is here, uvicorn closes what stays idle.
        self._follow(before, begun=bool(self.conn.trailing_data[0]))

    def _follow(self, before: object, *, begun: bool) -> None:
        """Wait for what the state of the connection says; `before` is the request that was at work until now."""
        anew = self.cycle is not before
        state = self.conn.their_state
        if state is h11.IDLE:
            self.unused.setdefault(self)
            self._await("head" if begun else None)
        else:
            self.unused.pop(self, None)
            self._await("body" if state is h11.SEND_BODY else None, anew=anew)
        if anew and not self.transport.get_write_buffer_size():
            self._stop_answering()
        if self._is_owed():
            if self._answering is None:
                self._answering = self.loop.call_later(self.deadlines.request + ANSWERING, self._answer_is_late)
        else:
            self._stop_answering()

    def _is_owed(self) -> bool:
        """Whether an answer is being made, or has not been fetched."""
        at_work = bool(self.cycle) and not self.cycle.response_complete
        return at_work or bool(self.transport.get_write_buffer_size())

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self.unused.pop(self, None)
        self._await(None)
        self._stop_answering()
        super().connection_lost(exc)

    def _await(self, part: str | None, *, anew: bool = False) -> None:
        """A part of a request is waited for from now on; one that is waited for already, from when that began."""
        if part == self._awaited and not anew:
            return
        if self._awaiting is not None:
            self._awaiting.cancel()
            self._awaiting = None
        self._awaited = part
        if part == "head":
            self._awaiting = self.loop.call_later(self.deadlines.head, self._head_is_late)
        elif part == "body":
            self._awaiting = self.loop.call_later(self.deadlines.body + ANSWERING, self._cut)

    def _stop_answering(self) -> None:
        if self._answering is not None:
            self._answering.cancel()
            self._answering = None

    def _head_is_late(self) -> None:
        """Say so to who has begun a head; a connection that was only held open is closed."""
        if self.conn.their_state is h11.IDLE and self.conn.our_state is h11.IDLE and self.conn.trailing_data[0]:
            self._refuse("request-too-slow")
        else:
            self.transport.close()

    def _refuse(self, category: str) -> None:
        """Answer for the application, which has not been asked, and close."""
        found = problem(category)
        body = json.dumps(plain_details(category), ensure_ascii=False).encode()
        headers = [("Content-Type", PROBLEM_JSON), ("Content-Length", str(len(body)))]
        if found.retry_after is not None:
            headers.append(("Retry-After", str(found.retry_after)))
        self._say(found.status, headers, body)

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP at all is told so as by uvicorn, with the headers that every answer has."""
        self._say(HTTPStatus.BAD_REQUEST, [("Content-Type", "text/plain; charset=utf-8")], msg.encode())

    def _say(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        every = [*headers, *self.on_each.items(), ("Connection", "close")]
        start = h11.Response(status_code=status, headers=every)
        for event in (start, h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _answer_is_late(self) -> None:
        self._answering = None
        if self._is_owed():
            self._cut()

    def _cut(self) -> None:
        """End the connection at once, whatever has not been sent; to the application a client has gone."""
        self.transport.abort()


def punctual(
    deadlines: Deadlines, most: int = CONNECTIONS, on_each: Mapping[str, str] = ALWAYS
) -> type[PunctualProtocol]:
    """The protocol of a server with at `most` so many connections; uvicorn wants a class, and makes one for each."""
    shared = {"deadlines": deadlines, "most": most, "unused": OrderedDict(), "on_each": on_each}
    return type("PunctualProtocol", (PunctualProtocol,), shared)
