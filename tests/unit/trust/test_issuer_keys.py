"""Where an issuer's keys come from: fetched once, kept through an outage, asked for anew when one is unknown."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest

from certgateway.domain.errors import MisconfiguredError
from certgateway.trust.issuer_keys import (
    FRESH,
    KEPT,
    PAUSE,
    FetchedKeys,
    FileKeys,
    KeysUnavailableError,
    UnusableKeysError,
    fetch_keys,
    read_keys,
)
from tests.registers import dripping
from tests.registers import serving as register
from tests.tokens import Name, jwk, private

URL = "https://issuer.example/jwks"


def jwks(*names: Name) -> bytes:
    return json.dumps({"keys": [{**jwk(private(name)), "kid": name} for name in names]}).encode()


@dataclass
class Far:
    """An issuer far away, and the time."""

    answer: bytes | None = field(default_factory=lambda: jwks("issuer-ec"))
    now: float = 0.0
    asked: list[str] = field(default_factory=list)

    def fetch(self, url: str) -> bytes:
        self.asked.append(url)
        if self.answer is None:
            raise UnusableKeysError
        return self.answer

    def keys(self) -> FetchedKeys:
        return FetchedKeys(URL, self.fetch, lambda: self.now)


def test_keys_are_fetched_when_they_are_needed_and_then_kept() -> None:
    far = Far()
    keys = far.keys()
    assert far.asked == []
    assert keys.find("issuer-ec") is not None
    far.now = FRESH - 1
    assert keys.find("issuer-ec") is not None
    assert far.asked == [URL]
    far.now = FRESH
    assert keys.find("issuer-ec") is not None
    assert far.asked == [URL] * 2


def test_an_unknown_key_is_asked_for_once_and_then_not_for_a_while() -> None:
    far = Far()
    keys = far.keys()
    keys.find("issuer-ec")
    far.answer = jwks("issuer-ec", "issuer-ed")
    far.now = PAUSE
    assert keys.find("issuer-ed") is not None
    assert len(far.asked) == 2
    for made_up in range(100):
        assert keys.find(f"made-up-{made_up}") is None
    assert len(far.asked) == 2
    far.now = 2 * PAUSE
    assert keys.find("made-up") is None
    assert len(far.asked) == 3


def test_a_key_that_its_issuer_takes_back_is_gone() -> None:
    far = Far()
    keys = far.keys()
    assert keys.find("issuer-ec") is not None
    far.answer, far.now = jwks("issuer-ed"), FRESH
    assert keys.find("issuer-ec") is None


def test_keys_outlive_an_outage_until_their_end_and_then_nobody_gets_in() -> None:
    far = Far()
    keys = far.keys()
    keys.find("issuer-ec")
    far.answer, far.now = None, KEPT - 1
    assert keys.find("issuer-ec") is not None
    # Whether an unknown key is good cannot be said while the issuer is away.
    with pytest.raises(KeysUnavailableError):
        keys.find("issuer-ed")
    far.now = KEPT
    with pytest.raises(KeysUnavailableError) as caught:
        keys.find("issuer-ec")
    assert caught.value.category == "unavailable"
    far.answer, far.now = jwks("issuer-ec"), KEPT + PAUSE
    assert keys.find("issuer-ec") is not None


def test_an_issuer_that_never_answered_is_not_asked_at_every_request() -> None:
    far = Far(answer=None)
    keys = far.keys()
    for _ in range(50):
        with pytest.raises(KeysUnavailableError):
            keys.find("issuer-ec")
    assert len(far.asked) == 1


def test_many_threads_fetch_once() -> None:
    far, barrier = Far(), Barrier(8)
    keys = far.keys()
    found: list[object] = []

    def find() -> None:
        barrier.wait()
        found.append(keys.find("issuer-ec"))

    threads = [Thread(target=find) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert None not in found
    assert far.asked == [URL]


def test_while_one_thread_asks_those_who_have_a_key_do_not_wait() -> None:
    far = Far()
    keys = far.keys()
    keys.find("issuer-ec")
    far.now = FRESH
    with keys._lock:
        began = time.monotonic()
        assert keys.find("issuer-ec") is not None
        # Whether there is another key will be known soon; who makes ids up holds no thread by it.
        with pytest.raises(KeysUnavailableError):
            keys.find("made-up")
        assert time.monotonic() - began < 0.5
    assert len(far.asked) == 1
    assert keys.find("made-up") is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{}",
        b"[]",
        b'{"keys": {}}',
        b'{"keys": []}',
        b'{"keys": [], "keys": []}',
        b'{"keys": [{"kty": "oct", "k": "AAAA", "kid": "a"}]}',
        json.dumps({"keys": [jwk(private("issuer-ec"))]}).encode(),
        json.dumps({"keys": [{**jwk(private("issuer-ec")), "kid": str(n)} for n in range(101)]}).encode(),
    ],
)
def test_what_is_no_set_of_keys_is_refused(raw: bytes, tmp_path: Path) -> None:
    with pytest.raises(UnusableKeysError):
        read_keys(raw)
    file = tmp_path / "jwks"
    file.write_bytes(raw)
    with pytest.raises(MisconfiguredError):
        FileKeys(file)


def test_a_key_id_that_stands_twice_names_no_key() -> None:
    twice = [{**jwk(private(name)), "kid": "same"} for name in ("issuer-ec", "issuer-ed")]
    other = {**jwk(private("issuer-ec")), "kid": "other"}
    found = read_keys(json.dumps({"keys": [*twice, other, {"kty": "oct", "kid": "x"}, 1]}).encode())
    assert list(found) == ["other"]


def test_a_file_is_read_at_start(tmp_path: Path) -> None:
    file = tmp_path / "jwks"
    file.write_bytes(jwks("issuer-ec"))
    keys = FileKeys(file)
    file.unlink()
    assert keys.find("issuer-ec") is not None
    assert keys.find("issuer-ed") is None
    with pytest.raises(MisconfiguredError):
        FileKeys(file)


@contextmanager
def serving(status: int, body: bytes, headers: dict[str, str] | None = None) -> Iterator[tuple[str, list[Any]]]:
    """A server that answers each request alike; its address, and the headers of those who asked."""
    asked: list[Any] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(dict(self.headers))
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            try:
                self.wfile.write(body)
            except OSError:
                return

        def log_message(self, *_: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/jwks", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_keys_are_fetched_over_http() -> None:
    with serving(200, jwks("issuer-ec")) as (url, asked):
        assert FetchedKeys(url).find("issuer-ec") is not None
    assert [each["Accept"] for each in asked] == ["application/json"]


@pytest.mark.parametrize(
    "status, body, headers",
    [
        (404, jwks("issuer-ec"), {}),
        (302, b"", {"Location": "http://127.0.0.1:1/jwks"}),
        (200, b" " * (256 * 1024) + jwks("issuer-ec"), {}),
    ],
)
def test_any_other_answer_brings_no_keys(status: int, body: bytes, headers: dict[str, str]) -> None:
    with serving(status, body, headers) as (url, asked):
        with pytest.raises(UnusableKeysError):
            fetch_keys(url)
        assert len(asked) == 1


def test_where_nobody_listens_there_are_no_keys() -> None:
    with pytest.raises(UnusableKeysError):
        fetch_keys("http://127.0.0.1:1/jwks")


@pytest.mark.parametrize("part", [b"X-Long: ", b"\r\n"], ids=["head", "body"])
def test_keys_that_drip_hold_nobody_for_long(monkeypatch: pytest.MonkeyPatch, part: bytes) -> None:
    monkeypatch.setattr("certgateway.trust.issuer_keys._SECONDS", 0.3)
    with register(dripping(part)) as slow:
        began = time.monotonic()
        with pytest.raises(UnusableKeysError):
            fetch_keys(slow.url)
        assert time.monotonic() - began < 1.5
