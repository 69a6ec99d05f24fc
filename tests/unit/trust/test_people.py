"""The register of persons over HTTP: the number in the body alone, and no answer but a whole one."""

import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Final

import pytest

from certgateway.domain.access_rules import NOBODY, Relation
from certgateway.domain.errors import PeopleUnavailableError
from certgateway.trust.people import SECONDS, HttpPeople, read_relation
from tests.registers import answering, dripping
from tests.registers import serving as register

NUMBER: Final = "14837910405"
WHOLE: Final = {
    "protection": "none",
    "shielded": False,
    "self": False,
    "family": True,
    "unit": "0315",
    "assigned": True,
}


@contextmanager
def serving(status: int, body: bytes, headers: dict[str, str] | None = None) -> Iterator[tuple[str, list[Any]]]:
    """A register on this machine; its address, and the path and body of every question."""
    asked: list[Any] = []

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/relations", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def found(url: str) -> Relation:
    people = HttpPeople(url, seconds=10)
    try:
        return people.find(NUMBER, "Z990001")
    finally:
        people.close()


def test_the_number_stands_in_the_body_and_in_no_address_or_line(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), serving(200, json.dumps(WHOLE).encode()) as (url, asked):
        assert found(url) == Relation(
            "none", is_shielded=False, is_self=False, is_family=True, unit="0315", is_assigned=True
        )
    assert [(path, json.loads(body)) for path, body in asked] == [
        ("/relations", {"patient": NUMBER, "counsellor": "Z990001"})
    ]
    assert NUMBER not in caplog.text


@pytest.mark.parametrize(
    "status, body, headers",
    [
        (500, b"{}", None),
        (404, b"{}", None),
        (302, b"", {"Location": "/elsewhere"}),
        (200, b"{" + b" " * 20_000 + b"}", None),
        (200, b"not json", None),
        (200, b"[]", None),
        (200, b'{"unit": "0315", "unit": "1201"}', None),
        (200, b"{}", {"Content-Length": "100"}),
    ],
)
def test_what_is_no_whole_answer_is_none(status: int, body: bytes, headers: dict[str, str] | None) -> None:
    with serving(status, body, headers) as (url, asked):
        with pytest.raises(PeopleUnavailableError) as raised:
            found(url)
        assert len(asked) == 1
    assert NUMBER not in str(raised.value)


def test_a_register_that_is_not_there_cannot_be_reached() -> None:
    with serving(200, b"{}") as (url, _):
        pass
    with pytest.raises(PeopleUnavailableError) as raised:
        found(url)
    assert "127.0.0.1" not in str(raised.value)


@pytest.mark.parametrize("value", [None, 1, "false", [], {}, "unknown"])
@pytest.mark.parametrize("name", WHOLE)
def test_what_is_told_in_another_form_is_not_known(name: str, value: object) -> None:
    told = read_relation(json.dumps(WHOLE | {name: value}).encode())
    names = {"shielded": "is_shielded", "self": "is_self", "family": "is_family", "assigned": "is_assigned"}
    expected = value if name == "unit" and isinstance(value, str) else None
    assert getattr(told, names.get(name, name)) == expected


@pytest.mark.parametrize("part", [b"X-Long: ", b"\r\n"], ids=["head", "body"])
def test_an_answer_that_drips_is_none_in_time(part: bytes) -> None:
    with register(dripping(part)) as slow:
        people = HttpPeople(slow.url, seconds=0.3)
        began = time.monotonic()
        with pytest.raises(PeopleUnavailableError):
            people.find(NUMBER, "Z990001")
        assert time.monotonic() - began < 1.5
        people.close()


def test_two_seconds_are_all_that_an_answer_has() -> None:
    assert SECONDS == 2.0


def test_it_is_asked_with_the_token_of_the_moment(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.touch(0o600)
    with register(answering(200, json.dumps(WHOLE).encode())) as asked:
        file.write_text("first")
        people = HttpPeople(asked.url, file, 10)
        for token in ("first", "second"):
            file.write_text(token)
            people.find(NUMBER, "Z990001")
        assert [told for _, _, told in asked.asked] == ["Bearer first", "Bearer second"]
        people.close()


def test_an_empty_answer_is_nobody() -> None:
    assert read_relation(b"{}") == NOBODY
