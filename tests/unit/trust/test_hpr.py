"""The register of health personnel over HTTP: one whole answer about the number that was asked, in time, or none."""

import json
import logging
import threading
import time
from collections.abc import Callable
from datetime import date
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, Final

import pytest

from certgateway.domain.authorisation import Approval, Span
from certgateway.domain.errors import HprUnavailableError, MisconfiguredError
from certgateway.trust.hpr import MOST_REMEMBERED, REMEMBERED, HttpHpr, read_answer
from certgateway.trust.upstream import PAUSE
from tests.registers import answering, dripping, serving

Json = dict[str, Any]
NUMBER: Final = "9412837"
DOCTOR: Final[Json] = {"profession": "LE", "from": "2001-06-01", "to": None, "suspended": []}
WHOLE: Final[Json] = {"hpr": NUMBER, "registered": True, "name": "Grundig Skogsti", "approvals": [DOCTOR]}
NOBODY: Final[Json] = {"hpr": NUMBER, "registered": False}
APPROVALS: Final = (Approval("LE", Span(date(2001, 6, 1))),)
SOON: Final = 5.0


def told(**changes: Any) -> bytes:  # noqa: ANN401  Any JSON.
    return json.dumps(WHOLE | changes).encode()


def approved(**changes: Any) -> bytes:  # noqa: ANN401  As above.
    return told(approvals=[DOCTOR | changes])


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_number_is_asked_about_and_no_name_comes_back(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), serving(answering(200, told())) as register:
        assert HttpHpr(register.url, seconds=SOON).find(NUMBER) == APPROVALS
        assert [(path, json.loads(body), token) for path, body, token in register.asked] == [
            ("/hpr", {"hpr": NUMBER}, None)
        ]
    assert NUMBER not in caplog.text
    assert "Skogsti" not in caplog.text


def test_a_number_that_nobody_has_is_an_answer() -> None:
    with serving(answering(200, json.dumps(NOBODY).encode())) as register:
        assert HttpHpr(register.url, seconds=SOON).find(NUMBER) is None


def test_zeros_before_a_number_are_no_part_of_it() -> None:
    with serving(answering(200, told())) as register:
        hpr = HttpHpr(register.url, seconds=SOON)
        assert hpr.find(f"00{NUMBER}") == hpr.find(NUMBER) == APPROVALS
        assert [json.loads(body) for _, body, _ in register.asked] == [{"hpr": NUMBER}]


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param(answering(500, told()), id="500"),
        pytest.param(answering(404, json.dumps(NOBODY).encode()), id="404-is-nobody-to-some"),
        pytest.param(answering(201, told()), id="201"),
        pytest.param(answering(204, b""), id="204"),
        pytest.param(answering(302, b"", {"Location": "/elsewhere"}), id="302"),
        pytest.param(answering(307, b"", {"Location": "/elsewhere"}), id="307"),
        pytest.param(answering(200, told() + b" " * 20_000), id="too-large"),
        pytest.param(answering(200, told(), {"Content-Length": "100000"}), id="broken-off"),
        pytest.param(answering(200, b"\x1f\x8b\x08", {"Content-Encoding": "gzip"}), id="packed"),
        pytest.param(answering(200, told(hpr="9412838")), id="another-number"),
        pytest.param(answering(200, b"HTTP"), id="no-json"),
    ],
)
def test_what_is_no_whole_answer_is_none_and_is_asked_for_once(answers: Callable[..., None]) -> None:
    with serving(answers) as register:
        hpr = HttpHpr(register.url, seconds=SOON)
        with pytest.raises(HprUnavailableError) as raised:
            hpr.find(NUMBER)
        assert len(register.asked) == 1
        assert NUMBER not in str(raised.value)
        # It answered: the next one is asked about at once.
        with pytest.raises(HprUnavailableError):
            hpr.find(NUMBER)
        assert len(register.asked) == 2


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"null",
        b'{"hpr": "9412837", "hpr": "9412837", "registered": false}',
        told(hpr=9412837),
        told(hpr=None),
        told(hpr="09412837"),
        told(registered="true"),
        told(registered=1),
        told(registered=None),
        told(registered=False),
        told(approvals=None),
        told(approvals={}),
        told(approvals="LE"),
        told(approvals=["LE"]),
        told(approvals=[DOCTOR, None]),
        approved(profession=None),
        approved(profession="le"),
        approved(profession="LEGE"),
        approved(profession="LE\n"),
        approved(profession=["LE"]),
        approved(**{"from": None}),
        approved(**{"from": "2001"}),
        approved(**{"from": "2001-02-30"}),
        approved(**{"from": "20010601"}),
        approved(**{"from": "2001-06-01T00:00:00Z"}),
        approved(**{"from": "\uff12001-06-01"}),
        approved(to=""),
        approved(to=0),
        approved(to="2019-3-14"),
        approved(suspended=None),
        approved(suspended={}),
        approved(suspended=["2020-01-01"]),
        approved(suspended=[{"from": "2020-01-01"}]),
        approved(suspended=[{"to": "2020-01-01"}]),
    ],
    ids=lambda content: content.decode()[-60:],
)
def test_an_answer_of_another_form_is_none(content: bytes) -> None:
    with pytest.raises(HprUnavailableError) as raised:
        read_answer(content, NUMBER)
    assert NUMBER not in str(raised.value)


@pytest.mark.parametrize("name", ["hpr", "registered", "approvals"])
def test_what_is_left_out_is_not_known(name: str) -> None:
    with pytest.raises(HprUnavailableError):
        read_answer(json.dumps({key: value for key, value in WHOLE.items() if key != name}).encode(), NUMBER)


@pytest.mark.parametrize("name", DOCTOR)
def test_what_is_left_out_of_an_approval_is_not_known(name: str) -> None:
    less = {key: value for key, value in DOCTOR.items() if key != name}
    with pytest.raises(HprUnavailableError):
        read_answer(told(approvals=[less]), NUMBER)


def test_periods_and_suspensions_are_read() -> None:
    suspended = [{"from": "2010-01-01", "to": "2010-01-31"}, {"from": "2020-02-03", "to": None}]
    expected = (
        Approval(
            "FA1",
            Span(date(2001, 6, 1), date(2019, 3, 14)),
            (Span(date(2010, 1, 1), date(2010, 1, 31)), Span(date(2020, 2, 3))),
        ),
    )
    assert read_answer(approved(profession="FA1", to="2019-03-14", suspended=suspended), NUMBER) == expected
    assert read_answer(told(approvals=[]), NUMBER) == ()
    assert read_answer(json.dumps(NOBODY | {"approvals": []}).encode(), NUMBER) is None


@pytest.mark.parametrize("part", [b"X-Long: ", b"\r\n"], ids=["head", "body"])
def test_an_answer_that_drips_ends_in_time(part: bytes) -> None:
    with serving(dripping(part)) as register:
        began = time.monotonic()
        with pytest.raises(HprUnavailableError):
            HttpHpr(register.url, seconds=0.3).find(NUMBER)
        assert time.monotonic() - began < 1.5


def test_a_register_that_is_not_there_cannot_be_reached() -> None:
    with serving(answering(200, told())) as register:
        url = register.url
    with pytest.raises(HprUnavailableError) as raised:
        HttpHpr(url, seconds=SOON).find(NUMBER)
    assert "127.0.0.1" not in str(raised.value)


def in_vain(hpr: HttpHpr) -> None:
    with pytest.raises(HprUnavailableError):
        hpr.find(NUMBER)


def test_a_register_that_is_late_is_left_alone_for_a_while_and_then_asked_once() -> None:
    clock, hung = Clock(), threading.Event()

    def answers(to: BaseHTTPRequestHandler) -> None:
        if not hung.is_set():
            hung.wait(SOON)
        answering(200, told())(to)

    with serving(answers) as register:
        hpr = HttpHpr(register.url, seconds=0.2, clock=clock)
        for _ in range(3):
            with pytest.raises(HprUnavailableError):
                hpr.find(NUMBER)
        assert len(register.asked) == 1
        clock.now = PAUSE
        first = threading.Thread(target=in_vain, args=(hpr,))
        first.start()
        while len(register.asked) < 2:
            time.sleep(0.005)
        # One asks whether it is there again; nobody else waits with it.
        with pytest.raises(HprUnavailableError):
            hpr.find(NUMBER)
        first.join()
        assert len(register.asked) == 2
        hung.set()
        clock.now = 2 * PAUSE
        assert hpr.find(NUMBER) == APPROVALS
        clock.now += REMEMBERED
        assert hpr.find(NUMBER) == APPROVALS


def test_who_is_registered_is_remembered_for_a_while() -> None:
    clock = Clock()
    with serving(answering(200, told())) as register:
        hpr = HttpHpr(register.url, seconds=SOON, clock=clock)
        for now, asked in ((0, 1), (REMEMBERED - 1, 1), (REMEMBERED, 2), (2 * REMEMBERED - 1, 2), (2 * REMEMBERED, 3)):
            clock.now = now
            assert hpr.find(NUMBER) == APPROVALS
            assert len(register.asked) == asked


def test_who_is_not_registered_may_be_so_the_next_moment() -> None:
    with serving(answering(200, json.dumps(NOBODY).encode())) as register:
        hpr = HttpHpr(register.url, seconds=SOON)
        assert hpr.find(NUMBER) is hpr.find(NUMBER) is None
        assert len(register.asked) == 2


def test_so_many_are_remembered_and_the_oldest_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_REMEMBERED == 10_000
    monkeypatch.setattr("certgateway.trust.hpr.MOST_REMEMBERED", 2)
    numbers = [NUMBER, "7733105", "9581120"]

    def answers(to: BaseHTTPRequestHandler) -> None:
        answering(200, told(hpr=json.loads(register.asked[-1][1])["hpr"]))(to)

    with serving(answers) as register:
        hpr = HttpHpr(register.url, seconds=SOON)
        for number in (*numbers, *numbers[1:]):
            assert hpr.find(number) == APPROVALS
        assert len(register.asked) == 3
        hpr.find(NUMBER)
        assert len(register.asked) == 4


def token_file(folder: Path, text: str, mode: int = 0o600) -> Path:
    file = folder / "token"
    file.write_text(text)
    file.chmod(mode)
    return file


def test_it_is_asked_with_the_token_of_the_moment(tmp_path: Path) -> None:
    file = token_file(tmp_path, "eyJ.first-1\n")
    with serving(answering(500, b"")) as register:
        hpr = HttpHpr(register.url, seconds=SOON, token_file=file)
        for token in ("eyJ.first-1", "eyJ.second=="):
            file.write_text(token)
            with pytest.raises(HprUnavailableError):
                hpr.find(NUMBER)
        assert [token for _, _, token in register.asked] == ["Bearer eyJ.first-1", "Bearer eyJ.second=="]
        file.unlink()
        with pytest.raises(HprUnavailableError):
            hpr.find(NUMBER)
        assert len(register.asked) == 2


@pytest.mark.parametrize("text", ["", "\n", "two words", "a\r\nX-Injected: 1", "é", "x" * 8193])
def test_a_file_without_a_token_stops_the_start(tmp_path: Path, text: str) -> None:
    file = token_file(tmp_path, text)
    with pytest.raises(MisconfiguredError) as raised:
        HttpHpr("http://127.0.0.1:9/hpr", seconds=SOON, token_file=file)
    assert str(file) in str(raised.value)
    assert not text.strip() or text.strip() not in str(raised.value)
