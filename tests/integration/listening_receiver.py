"""A receiver's own system as a real little HTTP server on loopback: it keeps what it gets and behaves as it is told.

Signatures are checked here by the words of the specification and not by the library that made them.
"""

import base64
import hashlib
import hmac
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

KEY = bytes(range(100, 132))
SECRET = "whsec_" + base64.b64encode(KEY).decode()

Behave = Callable[["Talk"], None]


@dataclass(frozen=True)
class Got:
    """One request: its path, headers in lower case, body, and when it came by the clock of the machine."""

    path: str
    headers: dict[str, str]
    body: bytes
    at: float

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def tree(self) -> Any:  # noqa: ANN401
        return json.loads(self.body)

    def is_signed(self, key: bytes = KEY) -> bool:
        """Whether one of the signatures is that of the specification: HMAC-SHA256 over id, time and body."""
        signed = f"{self.id}.{self.headers['webhook-timestamp']}.".encode() + self.body
        wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return wanted in self.headers["webhook-signature"].split(" ")


class Talk(BaseHTTPRequestHandler):
    """One request, as the behaviour sees it."""

    protocol_version = "HTTP/1.1"
    receiver: "Receiver"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.receiver.got.append(Got(self.path, headers, body, time.monotonic()))
        self.close_connection = True
        # The gateway may have hung up meanwhile.
        with suppress(OSError):
            self.receiver.next_behaviour()(self)

    def say(self, status: int, body: bytes = b"", **headers: str) -> None:
        """A whole answer."""
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: what is wanted stands in `got`."""


def answers(status: int, body: bytes = b"", **headers: str) -> Behave:
    return lambda talk: talk.say(status, body, **headers)


def takes_its_time(talk: Talk) -> None:
    """Answers that it has it, a little later."""
    time.sleep(0.05)
    talk.say(200)


def hangs(talk: Talk) -> None:
    """Takes the request and never answers."""
    talk.receiver.over.wait(60)


def answers_late(talk: Talk) -> None:
    """Answers that it has it, but not before the test is over it."""
    talk.receiver.over.wait(60)
    talk.say(200)


def drips(talk: Talk) -> None:
    """A header that never ends, one sign at a time, so that no single read takes long."""
    talk.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not talk.receiver.over.wait(0.05):
        talk.wfile.write(b"x")


def never_ends(talk: Talk) -> None:
    """Answers that it has it, and then more and more."""
    talk.send_response(200)
    talk.end_headers()
    while not talk.receiver.over.is_set():
        talk.wfile.write(b"x" * 65536)
        talk.receiver.poured += 65536


def stops_half_way(talk: Talk) -> None:
    """Answers that it has it and never sends the body it announced."""
    talk.send_response(200)
    talk.send_header("Content-Length", "10")
    talk.end_headers()
    talk.receiver.over.wait(60)


def hangs_up(talk: Talk) -> None:
    """Closes the connection without a word."""
    talk.connection.shutdown(socket.SHUT_RDWR)


@dataclass
class Receiver:
    """`behaviour` is for every request but the first ones, whose behaviours stand in `first`."""

    behaviour: Behave = field(default_factory=lambda: answers(204))
    first: list[Behave] = field(default_factory=list)
    got: list[Got] = field(default_factory=list)
    poured: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def next_behaviour(self) -> Behave:
        return self.first.pop(0) if self.first else self.behaviour

    @property
    def ids(self) -> list[str]:
        return [each.id for each in self.got]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_: object) -> None:
        """A handshake that fails is what some tests are about."""


@contextmanager
def listening(*first: Behave, behaviour: Behave | None = None, tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver that listens; `first` are its behaviours in turn, then `behaviour`, 204 unless told."""
    receiver = Receiver(first=list(first))
    if behaviour is not None:
        receiver.behaviour = behaviour
    handler = type("Told", (Talk,), {"receiver": receiver})
    server = _Server(("127.0.0.1", 0), handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    port = server.server_address[1]
    receiver.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}/inbox"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield receiver
    finally:
        receiver.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def certified(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A context for a server on 127.0.0.1, and one for clients that trust its certificate, which vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "receiver.example")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "receiver.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    client = ssl.create_default_context(cafile=str(file))
    return server, client
