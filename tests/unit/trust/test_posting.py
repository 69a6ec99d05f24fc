"""What came of posting, over real sockets: a status once there is one, else a fault by its kind, in bounded time."""

import socket
import ssl
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import pytest

from certgateway.domain.posting import Attempt
from certgateway.trust.posting import HttpPoster
from tests.integration.listening_receiver import (
    Behave,
    answers,
    certified,
    drips,
    hangs,
    hangs_up,
    listening,
    never_ends,
    stops_half_way,
)

NOW = datetime(2026, 11, 1, 11, tzinfo=UTC)
SECONDS = 0.5


def posted(url: str, *, trusted: ssl.SSLContext | None = None, seconds: float = SECONDS) -> Attempt:
    async def post() -> Attempt:
        async with HttpPoster(connect_seconds=seconds / 2, seconds=seconds, trusted=trusted) as poster:
            return await poster.post(url, {"webhook-id": "m-1"}, b"body", NOW)

    return anyio.run(post)


@pytest.mark.parametrize(
    "behaviour, attempt",
    [
        (answers(204), Attempt(204)),
        (answers(503, Retry_After="60"), Attempt(503, wish=timedelta(minutes=1))),
        (answers(301, Location="/elsewhere"), Attempt(301)),
        (never_ends, Attempt(200)),
        (stops_half_way, Attempt(200)),
        (answers(200, b"\x1f\x8b no gzip", Content_Encoding="gzip"), Attempt(200)),
        (answers(200, b"x" * 1_000_000), Attempt(200)),
        (hangs, Attempt(fault="timed-out")),
        (drips, Attempt(fault="timed-out")),
        (hangs_up, Attempt(fault="broken-off")),
        (lambda talk: talk.wfile.write(b"nonsense\r\n\r\n"), Attempt(fault="broken-off")),
        (lambda talk: talk.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 60_000), Attempt(fault="broken-off")),
    ],
)
def test_an_answer_is_its_status(behaviour: Behave, attempt: Attempt) -> None:
    begun = time.monotonic()
    with listening(behaviour=behaviour) as receiver:
        assert posted(receiver.url) == attempt
        assert time.monotonic() - begun < SECONDS + 1.5
        assert [(each.path, each.body) for each in receiver.got] == [("/inbox", b"body")]


def test_little_is_told_of_us() -> None:
    with listening() as receiver:
        posted(receiver.url)
    (got,) = receiver.got
    assert set(got.headers) == {
        "host",
        "accept",
        "accept-encoding",
        "connection",
        "user-agent",
        "content-length",
        "webhook-id",
    }
    assert got.headers["user-agent"] == "certgateway"


def test_proxies_and_passwords_of_the_environment_are_left_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password something\n")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with listening() as receiver:
        assert posted(receiver.url) == Attempt(204)
    assert "authorization" not in receiver.got[0].headers


def test_nobody_listens() -> None:
    with listening() as receiver:
        pass
    assert posted(receiver.url) == Attempt(fault="unreachable")


def test_nobody_answers_the_door() -> None:
    """Connections that nobody accepts: the queue of one is full."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as deaf:
        address = deaf.getsockname()
        waiting = [socket.socket() for _ in range(3)]
        for each in waiting:
            each.settimeout(0)
            each.connect_ex(address)
        begun = time.monotonic()
        assert posted(f"http://127.0.0.1:{address[1]}/") == Attempt(fault="unreachable")
        assert time.monotonic() - begun < SECONDS + 1
        for each in waiting:
            each.close()


def test_a_certificate_must_be_vouched_for_and_be_that_of_the_host(tmp_path: Path) -> None:
    tls, trusting = certified(tmp_path)
    with listening(tls=tls) as receiver:
        assert posted(receiver.url, seconds=5) == Attempt(fault="untrusted")
        elsewhere = receiver.url.replace("127.0.0.1", "localhost")
        assert posted(elsewhere, seconds=5, trusted=trusting) == Attempt(fault="untrusted")
        assert receiver.got == []
        assert posted(receiver.url, seconds=5, trusted=trusting) == Attempt(204)


def test_what_speaks_no_tls_is_not_trusted() -> None:
    with listening() as receiver:
        assert posted(receiver.url.replace("http://", "https://")) == Attempt(fault="untrusted")
