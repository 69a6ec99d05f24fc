"""Content is clean only when clamd clearly says so; whatever else happens is "unavailable" and tells nothing."""

import contextlib
import socket
import socketserver
import struct
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certgateway.api.problem_table import problem
from certgateway.domain.errors import GatewayError, ScannerUnavailableError
from certgateway.trust import scanner
from certgateway.trust.scanner import CHUNK_SIZE, Address, Clamd, Scanner, parse_address

Conversation = socketserver.StreamRequestHandler
Listen = Callable[[Callable[[Conversation], None]], Address]

# Not EICAR itself: a virus scanner on a developer's machine would take this file away.
MALWARE = b"an invented piece of malware"
SIGNATURE = b"Invented.Test-1"


class TcpServer(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """A thread for each connection, over TCP."""


class UnixServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """A thread for each connection, over a Unix socket."""


@contextlib.contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


# The guard of sockets knows no Unix sockets. It is lifted where the only address is one of ours in a temporary folder.
@pytest.fixture(params=["tcp", pytest.param("unix", marks=pytest.mark.enable_socket)])
def listen(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Listen]:
    """Starts a server that holds one conversation with whoever comes, and gives its address."""
    with contextlib.ExitStack() as servers:

        def started(talk: Callable[[Conversation], None]) -> Address:
            class Talk(Conversation):
                def handle(self) -> None:
                    # The gateway may have hung up meanwhile.
                    with contextlib.suppress(OSError):
                        talk(self)

            if request.param == "tcp":
                tcp = TcpServer(("127.0.0.1", 0), Talk)
                servers.enter_context(serving(tcp))
                return parse_address(f"127.0.0.1:{tcp.server_address[1]}")
            path = tmp_path / "clamd"
            servers.enter_context(serving(UnixServer(str(path), Talk)))
            return parse_address(f"unix:{path}")

        yield started


def stream(conversation: Conversation) -> list[bytes]:
    """The chunks that a real clamd would have read by the time it answers."""
    assert conversation.rfile.read(10) == b"zINSTREAM\0"
    chunks = []
    while size := int(struct.unpack(">I", conversation.rfile.read(4))[0]):
        chunks.append(conversation.rfile.read(size))
    return chunks


def saying(*pieces: bytes, pause: float = 0.0) -> Callable[[Conversation], None]:
    def talk(conversation: Conversation) -> None:
        stream(conversation)
        for piece in pieces:
            conversation.wfile.write(piece)
            time.sleep(pause)

    return talk


def scanning(conversation: Conversation) -> None:
    found = MALWARE in b"".join(stream(conversation))
    conversation.wfile.write(b"stream: " + (SIGNATURE + b" FOUND" if found else b"OK") + b"\0")


def refusal(clamd: Clamd, content: bytes = b"content") -> str:
    """What is said when nothing can be known, which must be nothing of what went over the wire."""
    with pytest.raises(ScannerUnavailableError) as refused:
        clamd.is_infected(content)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None
    return str(refused.value)


def test_clean_content_is_clean(listen: Listen) -> None:
    assert Clamd(listen(scanning)).is_infected(b"%PDF-1.7 clean") is False


def test_malware_is_found(listen: Listen) -> None:
    assert Clamd(listen(scanning)).is_infected(b"%PDF-1.7 " + MALWARE) is True


@pytest.mark.parametrize(
    "name", [b"X", b"Eicar-Test-Signature(44d88612fea8a8f36de82e1278abb02f:68)", b"a name with OK", b"\xff\xfe"]
)
def test_every_name_of_a_signature_is_malware(listen: Listen, name: bytes) -> None:
    assert Clamd(listen(saying(b"stream: " + name + b" FOUND\0"))).is_infected(b"content") is True


def test_a_reply_may_come_in_pieces(listen: Listen) -> None:
    found = b"stream: Invented.Test-1 FOUND\0"
    assert (
        Clamd(listen(saying(*(found[at : at + 1] for at in range(len(found))), pause=0.001))).is_infected(b"x") is True
    )


def test_a_clean_reply_may_come_in_pieces(listen: Listen) -> None:
    assert Clamd(listen(saying(b"stre", b"am: O", b"K", b"\0", pause=0.01))).is_infected(b"x") is False


@pytest.mark.parametrize(
    "size, chunks",
    [
        (0, []),
        (1, [1]),
        (CHUNK_SIZE, [CHUNK_SIZE]),
        (CHUNK_SIZE + 1, [CHUNK_SIZE, 1]),
        (10 * 1024 * 1024 + 17, [CHUNK_SIZE] * 160 + [17]),
    ],
)
def test_content_goes_whole_and_in_bounded_chunks(listen: Listen, size: int, chunks: list[int]) -> None:
    content, seen = bytes(index % 251 for index in range(997)) * (size // 997 + 1), list[bytes]()

    def talk(conversation: Conversation) -> None:
        seen.extend(stream(conversation))
        conversation.wfile.write(b"stream: OK\0")

    assert Clamd(listen(talk)).is_infected(content[:size]) is False
    assert [len(chunk) for chunk in seen] == chunks
    assert b"".join(seen) == content[:size]


def test_threads_share_one_scanner(listen: Listen) -> None:
    shared: Scanner = Clamd(listen(scanning))
    contents = [b"clean", MALWARE] * 8
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(shared.is_infected, contents)) == [False, True] * 8


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"\0",
        b"stream: OK",
        b"stream: OK\n",
        b"stream: O",
        b"stream: ok\0",
        b" stream: OK\0",
        b"stream: OK \0",
        b"stream: OK ERROR\0",
        b"stream: OK\0stream: Invented.Test-1 FOUND\0",
        b"stream: Invented.Test-1 FOUND",
        b"stream: Invented.Test-1 FOUND\0stream: OK\0",
        b"stream: FOUND\0",
        b"stream: Invented.Test-1\n FOUND\0",
        b"stream: Can't allocate memory ERROR\0",
        b"/tmp/other: OK\0",
        b"UNKNOWN COMMAND\0",
        b"COMMAND READ TIMED OUT\0",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"\xff\xfe\0",
        b"stream: " + b"x" * 100_000,
        b"stream: " + b"x" * 100_000 + b" FOUND\0",
    ],
)
def test_any_other_reply_is_no_answer(listen: Listen, reply: bytes) -> None:
    said = refusal(Clamd(listen(saying(reply))))
    assert said in {
        "clamd answered neither that it found something nor that it found nothing",
        # What hangs up with a flood unread resets the connection.
        "clamd cannot be asked: ConnectionResetError",
    }


@given(st.binary() | st.from_regex(rb"(stream: )?(OK|[a-z]* FOUND|[a-z]* ERROR)\x00?", fullmatch=True))
def test_nothing_but_the_one_clean_reply_is_clean(reply: bytes) -> None:
    try:
        clean = not scanner._verdict(reply)
    except ScannerUnavailableError:
        clean = False
    assert clean == (reply == b"stream: OK\0")


def test_content_that_clamd_takes_for_too_large_names_the_setting(listen: Listen) -> None:
    said = refusal(Clamd(listen(saying(b"INSTREAM size limit exceeded. ERROR\0"))))
    assert said == "clamd takes no content of this size: raise its StreamMaxLength"


def test_a_size_limit_while_content_is_sent_is_no_answer(listen: Listen) -> None:
    def talk(conversation: Conversation) -> None:
        conversation.rfile.read(4096)
        conversation.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")

    # Whether the reply or the reset comes first is up to the system; it must be no answer in either case.
    assert "clamd" in refusal(Clamd(listen(talk)), bytes(20_000_000))


def test_silence_ends_at_the_deadline(listen: Listen) -> None:
    over = threading.Event()

    def talk(conversation: Conversation) -> None:
        stream(conversation)
        over.wait(30)

    said = refusal(Clamd(listen(talk), seconds=0.2))
    over.set()
    assert said == "clamd cannot be asked: TimeoutError"


def test_a_reply_that_drips_ends_at_the_deadline(listen: Listen) -> None:
    # No single wait is long, and the end would be a clean reply.
    talk = saying(*[b"s", b"t"] * 50, b"ream: OK\0", pause=0.02)
    assert refusal(Clamd(listen(talk), seconds=0.3)) == "clamd cannot be asked: TimeoutError"


def test_content_that_nobody_reads_ends_at_the_deadline(listen: Listen) -> None:
    over = threading.Event()

    def talk(_conversation: Conversation) -> None:
        over.wait(30)

    said = refusal(Clamd(listen(talk), seconds=0.3), bytes(20_000_000))
    over.set()
    assert said == "clamd cannot be asked: TimeoutError"


def test_content_that_is_read_slowly_ends_at_the_deadline(listen: Listen) -> None:
    # No single chunk waits long; all of them together would take three seconds.
    def talk(conversation: Conversation) -> None:
        while conversation.rfile.read(200_000):
            time.sleep(0.03)

    start = time.monotonic()
    assert refusal(Clamd(listen(talk), seconds=0.3), bytes(20_000_000)) == "clamd cannot be asked: TimeoutError"
    assert time.monotonic() - start < 2


def test_a_deadline_that_is_over_is_over(listen: Listen) -> None:
    assert refusal(Clamd(listen(scanning), seconds=0.0)) == "clamd cannot be asked: TimeoutError"


def test_a_broken_connection_is_no_answer(listen: Listen) -> None:
    def talk(conversation: Conversation) -> None:
        conversation.rfile.read(10)
        # Closing with no time to linger resets the connection.
        conversation.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    said = refusal(Clamd(listen(talk)), bytes(20_000_000))
    assert said in {"clamd cannot be asked: BrokenPipeError", "clamd cannot be asked: ConnectionResetError"}


def test_nobody_at_the_port_is_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address: Address = server.getsockname()
    assert refusal(Clamd(address)) == "clamd cannot be asked: ConnectionRefusedError"


@pytest.mark.enable_socket
def test_no_socket_at_the_path_is_no_answer(tmp_path: Path) -> None:
    assert refusal(Clamd(str(tmp_path / "none"))) == "clamd cannot be asked: FileNotFoundError"


def test_a_port_that_takes_nobody_in_ends_at_the_time_for_connecting() -> None:
    with contextlib.ExitStack() as sockets:
        server = sockets.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(8):
            waiting = sockets.enter_context(socket.socket())
            waiting.settimeout(0)
            waiting.connect_ex(server.getsockname())
        said = refusal(Clamd(server.getsockname(), connect_seconds=0.2, seconds=30.0))
    assert said == "clamd cannot be asked: TimeoutError"


def test_neither_content_nor_signature_is_told(listen: Listen) -> None:
    said = refusal(Clamd(listen(saying(b"stream: Invented.Test-1 ERROR\0"))), MALWARE)
    assert "Invented" not in said
    assert "malware" not in said


def test_the_sender_may_try_again() -> None:
    fault: GatewayError = ScannerUnavailableError("clamd")
    assert problem(fault.category).status == 503
    assert problem(fault.category).retry_after is not None


@pytest.mark.parametrize(
    "text, address",
    [
        ("localhost:3310", ("localhost", 3310)),
        ("clam_av.internal:1", ("clam_av.internal", 1)),
        ("192.0.2.7:65535", ("192.0.2.7", 65535)),
        ("[::1]:3310", ("::1", 3310)),
        ("unix:/run/clamav/clamd.ctl", "/run/clamav/clamd.ctl"),
        ("unix:/" + "a" * 106, "/" + "a" * 106),
    ],
)
def test_an_address_is_read(text: str, address: Address) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "localhost",
        ":3310",
        "localhost:",
        "localhost:0",
        "localhost:65536",
        "localhost:999999",
        "localhost:3310\n",
        "a..b:3310",
        "a" * 64 + ":3310",
        "ø.example:3310",
        "::1:3310",
        "http://localhost:3310",
        "unix:",
        "unix:clamd.ctl",
        "unix:/run/clamd.ctl\0",
        "unix:/" + "a" * 107,
    ],
)
def test_what_is_no_address_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(ValueError, match=r"^must be host:port, \[IPv6\]:port or unix:/path$"):
        parse_address(text)
