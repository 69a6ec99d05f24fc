"""The deadlines of a connection around an application that helps with none of them, at a real socket.

What an application of ours would answer in time is met here as the connection meets it: by an end.
"""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
import uvicorn
from fastapi import FastAPI, Request, Response

from certgateway.cli.deadlines import ANSWERING, Deadlines
from certgateway.cli.listening import server_for

HEAD, BODY, REQUEST = 0.4, 0.6, 0.8
SLACK = 3.0
LARGE = 40_000
"""Bytes: more than the kernel takes of an answer here, less than stops an application that sends it."""


def application() -> FastAPI:
    app = FastAPI()

    @app.get("/large")
    async def large() -> Response:
        return Response(b"x" * LARGE)

    @app.get("/never")
    async def never(request: Request) -> Response:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        return Response(b"")

    @app.get("/soon")
    async def soon() -> Response:
        await asyncio.sleep(REQUEST * 0.5)
        return Response(b"soon")

    @app.post("/read")
    async def read(request: Request) -> Response:
        return Response(await request.body())

    @app.post("/unread")
    async def unread() -> Response:
        return Response(b"unread")

    return app


@pytest.fixture(scope="module")
def server() -> Iterator[uvicorn.Server]:
    listening = socket.create_server(("127.0.0.1", 0))
    # What the kernel does not take, waits in the process; connections that are accepted have this from here.
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    running = server_for(application(), "127.0.0.1", listening.getsockname()[1], Deadlines(HEAD, BODY, REQUEST))
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
    thread.start()
    while not running.started:
        time.sleep(0.01)
    yield running
    running.should_exit = True
    thread.join()


def connected(server: uvicorn.Server) -> socket.socket:
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    made.settimeout(10)
    made.connect(("127.0.0.1", server.servers[0].sockets[0].getsockname()[1]))
    return made


def ends_within(server: uvicorn.Server, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while server.server_state.connections:
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def received(connection: socket.socket, mark: bytes) -> bytes:
    """What comes until a mark has come; all there is where it does not come."""
    found = b""
    try:
        while mark not in found and (piece := connection.recv(65536)):
            found += piece
    except ConnectionResetError:
        pass
    return found


def test_answer_that_is_whole_and_not_fetched_is_cut_off(server: uvicorn.Server) -> None:
    with closing(connected(server)) as slow:
        slow.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(REQUEST)
        assert server.server_state.connections
        assert ends_within(server, ANSWERING + SLACK)
        assert len(received(slow, b"no such mark")) < LARGE


def test_request_that_is_never_answered_is_cut_off(server: uvicorn.Server) -> None:
    with closing(connected(server)) as waiting:
        began = time.monotonic()
        waiting.sendall(b"GET /never HTTP/1.1\r\nHost: x\r\n\r\n")
        assert received(waiting, b"no such mark") == b""
        took = time.monotonic() - began
    assert REQUEST + ANSWERING * 0.9 < took < REQUEST + ANSWERING + SLACK


def test_body_that_the_application_waits_for_is_cut_off(server: uvicorn.Server) -> None:
    with closing(connected(server)) as slow:
        began = time.monotonic()
        slow.sendall(b"POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1")
        assert received(slow, b"no such mark") == b""
        took = time.monotonic() - began
    assert BODY + ANSWERING * 0.9 < took < BODY + ANSWERING + SLACK


def test_requests_that_follow_each_other_at_once_each_have_their_own_time(server: uvicorn.Server) -> None:
    number = int((REQUEST + ANSWERING) / (REQUEST * 0.5)) + 3
    with closing(connected(server)) as honest:
        honest.sendall(b"GET /soon HTTP/1.1\r\nHost: x\r\n\r\n" * number)
        for _ in range(number):
            assert received(honest, b"soon").endswith(b"soon")


def test_body_after_a_body_that_was_passed_over_has_its_own_time(server: uvicorn.Server) -> None:
    with closing(connected(server)) as honest:
        honest.sendall(b"POST /unread HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n")
        assert received(honest, b"unread").endswith(b"unread")
        time.sleep((BODY + ANSWERING) * 0.6)
        honest.sendall(b"12345POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nre")
        time.sleep((BODY + ANSWERING) * 0.6)
        honest.sendall(b"ad")
        assert received(honest, b"read").endswith(b"read")
