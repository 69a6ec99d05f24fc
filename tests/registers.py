"""A register on this machine, whose answers the tests write."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Register(ThreadingHTTPServer):
    """A register on this machine that does what `answers` does, and keeps what it was asked."""

    daemon_threads = True

    def __init__(self, answers: Callable[[BaseHTTPRequestHandler], None]) -> None:
        self.asked: list[tuple[str, bytes, str | None]] = []
        register = self

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                register.asked.append((self.path, body, self.headers["Authorization"]))
                answers(self)

            def do_GET(self) -> None:
                register.asked.append((self.path, b"", self.headers["Authorization"]))
                answers(self)

            def log_message(self, *_: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Answer)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hpr"

    def handle_error(self, *_: object) -> None:
        """Whoever was not waited for cannot be answered."""


def answering(status: int, body: bytes, headers: dict[str, str] | None = None) -> Callable[..., None]:
    def answers(to: BaseHTTPRequestHandler) -> None:
        to.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            to.send_header(name, value)
        to.end_headers()
        to.wfile.write(body)

    return answers


def dripping(part: bytes) -> Callable[..., None]:
    """Whatever is sent before the end comes soon after the last part, and there is no end."""

    def answers(to: BaseHTTPRequestHandler) -> None:
        to.wfile.write(b"HTTP/1.1 200 OK\r\n" + part)
        for _ in range(200):
            time.sleep(0.02)
            to.wfile.write(b"x")

    return answers


@contextmanager
def serving(answers: Callable[..., None]) -> Iterator[Register]:
    register = Register(answers)
    thread = threading.Thread(target=register.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield register
    finally:
        register.shutdown()
        thread.join()
        register.server_close()
