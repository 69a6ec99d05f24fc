"""No second request is smuggled past: what two parsers may read differently is refused, and its connection closed.

Against a real process, by raw sockets.
"""

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.functional.service import Service
from tests.hostile.smuggling import ambiguous, both_lengths, one_way, unfinished

AMBIGUOUS, ONE_WAY, BOTH, UNFINISHED = map(dict, (ambiguous(), one_way(), both_lengths(), unfinished()))
AT_LEAST = 100
FEED = b'"events"'
"""What only the answer to the second request has."""
SECURITY = Path(__file__).resolve().parents[2] / "docs" / "security.md"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    running = Service(tmp_path_factory.mktemp("smuggling"))
    try:
        running.await_ready()
        yield running
    finally:
        running.stop()


def answers(service: Service, raw: bytes, until: bytes = b"", *, ends: bool = False) -> tuple[list[int], bytes, bool]:
    """The final statuses, all bytes of the answers, and whether the connection was closed by the gateway."""
    got = b""
    with socket.create_connection(("127.0.0.1", service.port), timeout=4) as connection:
        try:
            connection.sendall(raw)
            if ends:
                connection.shutdown(socket.SHUT_WR)
            while piece := connection.recv(65536):
                got += piece
                if until and until in got:
                    return _statuses(got), got, False
        except TimeoutError:
            return _statuses(got), got, False
        except ConnectionError:
            pass  # Closed while there was more to send: what was answered before is what counts.
    return _statuses(got), got, True


def _statuses(got: bytes) -> list[int]:
    return [int(each) for each in re.findall(rb"HTTP/1\.1 ([0-9]{3})", got) if each != b"100"]


def test_there_are_as_many_as_the_documentation_says() -> None:
    number = sum(map(len, (AMBIGUOUS, ONE_WAY, BOTH, UNFINISHED)))
    assert number >= AT_LEAST
    assert f"{number} by a raw socket" in SECURITY.read_text()


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_what_is_ambiguous_is_refused_and_nothing_is_read_after_it(service: Service, name: str) -> None:
    statuses, got, closed = answers(service, AMBIGUOUS[name])
    # A head that is far too large may be cut off while it is still being sent, and its answer lost with it.
    assert statuses == [400] or (not statuses and "too large" in name)
    assert closed
    assert FEED not in got


@pytest.mark.parametrize("name", BOTH)
def test_after_a_body_with_two_ends_or_an_old_version_nothing_is_read(service: Service, name: str) -> None:
    statuses, got, closed = answers(service, BOTH[name])
    assert statuses == ([400] if b"chunked" in BOTH[name] else [200])
    assert closed
    assert FEED not in got
    told_twice = b"transfer-encoding" in BOTH[name].lower() and b"content-length" in BOTH[name].lower()
    assert (b"length-told-twice" in got) == told_twice


@pytest.mark.parametrize("name", ONE_WAY)
def test_what_is_read_is_read_in_one_way(service: Service, name: str) -> None:
    statuses, got, closed = answers(service, ONE_WAY[name], until=FEED)
    if closed:
        assert (statuses, FEED in got) == ([400], False)
    else:
        assert (len(statuses), statuses[1], FEED in got) == (2, 200, True)
        assert statuses[0] in {200, 404, 405}


@pytest.mark.parametrize("name", UNFINISHED)
def test_what_has_no_end_is_not_acted_on(service: Service, name: str) -> None:
    statuses, _, closed = answers(service, UNFINISHED[name], ends=True)
    assert (statuses, closed) == ([], True)


def test_the_gateway_has_not_noticed(service: Service) -> None:
    assert service.ask("GET", "/readyz").status == 200
    assert "fault" not in service.log
    assert service.ask("GET", "/assessments/feed").body.count(b'"seq"') == 0
