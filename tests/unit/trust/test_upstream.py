"""A question to another system: whole and in time, whatever holds it up; with the token of the moment."""

import asyncio
import socket
import time
from pathlib import Path
from typing import Final

import pytest

from certgateway.domain.errors import MisconfiguredError
from certgateway.trust.upstream import LARGEST, NoAnswerError, Upstream, read_token
from tests.registers import answering, dripping, serving


def test_a_question_is_posted_and_a_page_is_fetched() -> None:
    with serving(answering(200, b"yes")) as far:
        upstream = Upstream(far.url, seconds=5)
        assert (upstream.post({"is": True}), upstream.get()) == (b"yes", b"yes")
        assert [body for _, body, _ in far.asked] == [b'{"is": true}', b""]
        upstream.close()


@pytest.mark.parametrize("size, is_taken", [(LARGEST, True), (LARGEST + 1, False)])
def test_an_answer_has_so_many_bytes_at_most(size: int, is_taken: bool) -> None:  # noqa: FBT001
    with serving(answering(200, b"x" * size)) as far:
        upstream = Upstream(far.url, seconds=5)
        if is_taken:
            assert len(upstream.get()) == size
        else:
            with pytest.raises(NoAnswerError, match="says too much"):
                upstream.get()


@pytest.mark.parametrize("part", [b"X-Long: ", b"\r\n"], ids=["head", "body"])
def test_what_drips_ends_in_time(part: bytes) -> None:
    with serving(dripping(part)) as far:
        began = time.monotonic()
        with pytest.raises(NoAnswerError, match="in time"):
            Upstream(far.url, seconds=0.3).get()
        assert time.monotonic() - began < 1.5


def test_a_question_that_was_given_up_keeps_no_thread() -> None:
    with serving(dripping(b"\r\n")) as far:
        upstream = Upstream(far.url, seconds=0.2)
        with pytest.raises(NoAnswerError):
            upstream.get()
        began = time.monotonic()
        upstream._threads.shutdown(wait=True)
        assert time.monotonic() - began < 1.5


def test_a_name_that_takes_long_to_look_up_keeps_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo

    def slow(*given: object, **named: object) -> object:
        time.sleep(1.5)
        return real(*given, **named)  # type: ignore[arg-type]

    with serving(answering(200, b"yes")) as far:
        monkeypatch.setattr(socket, "getaddrinfo", slow)
        began = time.monotonic()
        with pytest.raises(NoAnswerError, match="in time"):
            Upstream(far.url.replace("127.0.0.1", "localhost"), seconds=0.3).get()
        assert time.monotonic() - began < 1.0


def test_who_asks_may_have_an_event_loop() -> None:
    async def asked(url: str) -> bytes:
        return Upstream(url, seconds=5).get()

    with serving(answering(200, b"yes")) as far:
        assert asyncio.run(asked(far.url)) == b"yes"


def test_without_a_token_nothing_is_asked(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.touch(0o600)
    file.write_text("first")
    with serving(answering(200, b"yes")) as far:
        upstream = Upstream(far.url, seconds=5, token_file=file)
        file.chmod(0o644)
        with pytest.raises(NoAnswerError) as raised:
            upstream.get()
        assert str(file) not in str(raised.value)
        assert far.asked == []
        file.chmod(0o600)
        assert upstream.get() == b"yes"


MODES: Final = [0o640, 0o604, 0o660, 0o601]


@pytest.mark.parametrize("mode", MODES)
def test_a_token_that_others_may_read_is_none(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "token"
    file.write_text("eyJ")
    file.chmod(mode)
    with pytest.raises(MisconfiguredError, match="0600"):
        read_token(file)
    with pytest.raises(MisconfiguredError):
        read_token(tmp_path / "missing")
