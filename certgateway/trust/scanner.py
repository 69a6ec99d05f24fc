"""Malware scanning of attachments: the hook that the services call, and behind it an adapter to ClamAV's daemon, clamd.

The clients on PyPI do not fit (clamav-client is under the GPL, clamd was last released in 2014, clamdpy bounds neither
a whole scan in time nor a reply in size), and the one command that is needed takes few lines. This module must never
take content for clean unless clamd said so, and never put content, a reply or a signature's name into an error or log.
"""

import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Protocol

from certgateway.domain.errors import ScannerUnavailableError

Address = tuple[str, int] | str
"""Host and port of a TCP socket, or the path of a Unix socket: the forms that the library takes."""

CHUNK_SIZE: Final = 64 * 1024
_REPLY_LIMIT: Final = 4096
_LARGEST_PORT: Final = 65535
_TCP: Final = re.compile(
    r"(?:(?P<name>(?:[A-Za-z0-9_-]{1,63}\.)*[A-Za-z0-9_-]{1,63})|\[(?P<v6>[0-9A-Fa-f:.]+)\]):(?P<port>[0-9]{1,5})"
)
# A Unix socket's path may have 107 bytes on Linux.
_UNIX: Final = re.compile(r"unix:(?P<path>/[!-~]{1,106})")
_CLEAN: Final = b"stream: OK\0"
_INFECTED: Final = re.compile(rb"stream: [^\0\n]+ FOUND\0")
_TOO_LARGE: Final = re.compile(rb"INSTREAM size limit exceeded[^\0]*\0")


class Scanner(Protocol):
    """What looks for malware. Where there may be none, the type is `Scanner | None`: no scanner calls nothing clean."""

    def is_infected(self, content: bytes) -> bool:
        """Whether malware was found; ScannerUnavailableError when that cannot be known now."""
        ...


@dataclass(frozen=True, slots=True)
class Clamd:
    """clamd at an address, asked over a connection of its own each time, so that threads may share the value.

    Connecting may take `connect_seconds` (for each address that a host's name has), the rest of a scan `seconds`. clamd
    calls what exceeds its own limits clean unless it is told to alert, see docs/settings.md.
    """

    address: Address
    connect_seconds: float = 5.0
    seconds: float = 60.0

    def is_infected(self, content: bytes) -> bool:
        """Whether clamd found malware. Raises ScannerUnavailableError unless it clearly said that it did or did not."""
        try:
            with self._connection() as connection:
                deadline = time.monotonic() + self.seconds
                _send(connection, content, deadline)
                reply = _reply(connection, deadline)
        except OSError as fault:
            raise ScannerUnavailableError(f"clamd cannot be asked: {type(fault).__name__}") from None
        return _verdict(reply)

    @contextmanager
    def _connection(self) -> Iterator[socket.socket]:
        if isinstance(self.address, tuple):
            with socket.create_connection(self.address, self.connect_seconds) as connection:
                # The end of a stream is four bytes, which would otherwise wait until what went before is acknowledged.
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                yield connection
        else:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(self.connect_seconds)
                connection.connect(self.address)
                yield connection


def parse_address(text: str) -> Address:
    """The address in `host:port`, `[IPv6]:port` or `unix:/path`; ValueError for anything else."""
    if unix := _UNIX.fullmatch(text):
        return unix["path"]
    tcp = _TCP.fullmatch(text)
    if tcp is None or not 1 <= int(tcp["port"]) <= _LARGEST_PORT:
        raise ValueError("must be host:port, [IPv6]:port or unix:/path")
    return tcp["name"] or tcp["v6"], int(tcp["port"])


def _send(connection: socket.socket, content: bytes, deadline: float) -> None:
    for frame in _frames(content):
        connection.settimeout(_left(deadline))
        connection.sendall(frame)


def _frames(content: bytes) -> Iterator[bytes]:
    """The command, then chunks that each stand behind their size, then the size zero."""
    yield b"zINSTREAM\0"
    for start in range(0, len(content), CHUNK_SIZE):
        chunk = content[start : start + CHUNK_SIZE]
        yield len(chunk).to_bytes(4, "big") + chunk
    yield bytes(4)


def _reply(connection: socket.socket, deadline: float) -> bytes:
    """What clamd says up to the NUL that ends it; less when it hangs up before, and of a flood only the beginning."""
    said = b""
    while b"\0" not in said and len(said) < _REPLY_LIMIT:
        connection.settimeout(_left(deadline))
        piece = connection.recv(_REPLY_LIMIT)
        if not piece:
            break
        said += piece
    return said


def _left(deadline: float) -> float:
    """Seconds until the deadline. A time-out of none at all would mean something else to a socket."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _verdict(reply: bytes) -> bool:
    if reply == _CLEAN:
        return False
    if _INFECTED.fullmatch(reply):
        return True
    if _TOO_LARGE.fullmatch(reply):
        raise ScannerUnavailableError("clamd takes no content of this size: raise its StreamMaxLength")
    raise ScannerUnavailableError("clamd answered neither that it found something nor that it found nothing")
