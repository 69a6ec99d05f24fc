"""How long a connection may take, for the head of a request, its body and its answer; and how many there may be.

uvicorn has a deadline for idle connections only, and every byte that comes puts it off; a client that sends one byte
now and then would be waited for without end. The application answers most that are late in its own words; here is cut
off what it cannot see: a head that does not end, a body that nobody reads, an answer that is not fetched. When a
connection too many comes, the one that has been unused for longest goes. Each end that is ours leaves a line in the log
with its cause. Nothing here may look into a body, or write a log line that holds anything of a client's.
"""

import asyncio
import json
import logging
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar, Final, Literal

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from certgateway.api.observation import ALWAYS, LOG
from certgateway.api.problem_table import problem
from certgateway.api.problems import PROBLEM_JSON, plain_details

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


LINGER_SECONDS: Final = 1.0
"""How long a client that was refused may take to read why: bytes of its that nobody takes would reset the connection,
and the answer with it."""
LINGER_BYTES: Final = 256 * 1024
"""What is taken of a refused client, and thrown away, in that time."""
LINGERING: Final = 32
"""Refused clients that are waited for at once; beyond them an answer may be lost."""
Cause = Literal["silent", "head", "body", "answer", "crowded", "full", "malformed"]
"""Why a connection was ended: see `docs/security.md`."""

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
    lingering: ClassVar[set["PunctualProtocol"]]
    """Connections that were refused, and are open so that this can be read."""

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401  The server makes it as it makes its own.
        super().__init__(*arguments, **named)
        self._awaited: str | None = None
        self._awaiting: asyncio.TimerHandle | None = None
        self._answering: asyncio.TimerHandle | None = None
        self._leaving: asyncio.TimerHandle | None = None
        self._thrown_away = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first head: a connection that says nothing is closed too."""
        is_full = len(self.connections) - len(self.lingering) >= self.most
        super().connection_made(transport)
        if is_full and not self.unused:
            self._refuse("overloaded", "full")
            return
        if is_full:
            self.unused.popitem(last=False)[0]._cut("crowded")  # noqa: SLF001  Another of the same kind.
        self.unused[self] = None
        self._await("head")

    def data_received(self, data: bytes) -> None:
        """Let it be read, then wait for what has to come next."""
        if self in self.lingering:
            self._throw_away(len(data))
            return
        before = self.cycle
        super().data_received(data)
        if not self.transport.is_closing() and self not in self.lingering:
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
        self._let_go()
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
            self._awaiting = self.loop.call_later(self.deadlines.body + ANSWERING, self._cut, "body")

    def _stop_answering(self) -> None:
        if self._answering is not None:
            self._answering.cancel()
            self._answering = None

    def _head_is_late(self) -> None:
        """Say so to who has begun a head; a connection that was only held open is closed."""
        if self.conn.their_state is h11.IDLE and self.conn.our_state is h11.IDLE and self.conn.trailing_data[0]:
            self._refuse("request-too-slow", "head")
        else:
            _tell("silent")
            self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP at all is told so as by uvicorn, with the headers that every answer has."""
        headers = [("Content-Type", "text/plain; charset=utf-8")]
        self._leave_with(HTTPStatus.BAD_REQUEST, headers, msg.encode("ascii"), "malformed")

    def _refuse(self, category: str, cause: Cause) -> None:
        """Answer for the application, which has not been asked, and leave."""
        found = problem(category)
        body = json.dumps(plain_details(category), ensure_ascii=False).encode()
        headers = [("Content-Type", PROBLEM_JSON), ("Content-Length", str(len(body)))]
        if found.retry_after is not None:
            headers.append(("Retry-After", str(found.retry_after)))
        self._leave_with(found.status, headers, body, cause)

    def _leave_with(self, status: int, headers: list[tuple[str, str]], body: bytes, cause: Cause) -> None:
        """Say a last word. What the client still sends is taken for a while: unread, it would undo the answer."""
        if self.conn.our_state not in {h11.IDLE, h11.SEND_RESPONSE}:
            self._cut(cause)  # An answer has begun: another one inside it would be read as part of it.
            return
        _tell(cause)
        every = [*headers, *self.on_each.items(), ("Connection", "close")]
        start = h11.Response(status_code=status, headers=every)
        for event in (start, h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        if self.cycle is not None:
            # Whatever the application may still say of the request, nobody hears it.
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.unused.pop(self, None)
        self._await(None)
        self._stop_answering()
        if len(self.lingering) >= LINGERING or not self.transport.can_write_eof():
            self.transport.close()
            return
        self.lingering.add(self)
        self.transport.write_eof()
        self.flow.resume_reading()
        self._leaving = self.loop.call_later(LINGER_SECONDS, self._leave)

    def _leave(self) -> None:
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            self.transport.close()

    def _throw_away(self, size: int) -> None:
        self._thrown_away += size
        if self._thrown_away > LINGER_BYTES:
            self.transport.abort()

    def _let_go(self) -> None:
        self.lingering.discard(self)
        if self._leaving is not None:
            self._leaving.cancel()
            self._leaving = None

    def _answer_is_late(self) -> None:
        self._answering = None
        if self._is_owed():
            self._cut("answer")

    def _cut(self, cause: Cause) -> None:
        """End the connection at once, whatever has not been sent; to the application a client has gone."""
        _tell(cause)
        self.transport.abort()


def _tell(cause: Cause) -> None:
    """One line for a connection that was ended from here: why, and nothing of whose it was."""
    LOG.log(logging.INFO, json.dumps({"connection": "ended", "cause": cause}))


def punctual(
    deadlines: Deadlines, most: int = CONNECTIONS, on_each: Mapping[str, str] = ALWAYS
) -> type[PunctualProtocol]:
    """The protocol of a server with at `most` so many connections; uvicorn wants a class, and makes one for each."""
    shared = {"deadlines": deadlines, "most": most, "unused": OrderedDict(), "lingering": set(), "on_each": on_each}
    return type("PunctualProtocol", (PunctualProtocol,), shared)
