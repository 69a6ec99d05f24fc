"""The commands that list and drive clarifications, against a gateway that runs: what a counsellor types and reads."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from certgateway import cli
from tests.functional.messages import JSON, message_id, raw, tree
from tests.functional.service import Service, free_port

DOOR = "/fhir/$process-message"
GOOD = "good/required-items-only.json"
NOWHERE = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    started = Service(tmp_path_factory.mktemp("service"))
    started.await_ready()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def certificate(service: Service) -> str:
    service.ask("POST", DOOR, raw(GOOD), JSON)
    found: str = json.loads(service.ask("GET", f"/receipts/{message_id(tree(GOOD))}").body)["certificate"]
    return found


class Terminal:
    """Runs a command and keeps what it printed."""

    def __init__(self, port: int, capsys: pytest.CaptureFixture[str]) -> None:
        self._port = port
        self._capsys = capsys
        self.err = ""

    def __call__(self, *arguments: str, lang: str = "en", code: int = 0) -> str:
        verb, *others = arguments
        where = ("--gateway", f"http://127.0.0.1:{self._port}", "--lang", lang)
        found = cli.main(["clarifications", verb, *where, *others])
        printed = self._capsys.readouterr()
        self.err = printed.err
        assert (found, printed.err if code == 0 else "") == (code, "")
        return printed.out


@pytest.fixture
def terminal(service: Service, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(service.port, capsys)


def test_a_question_is_asked_followed_and_withdrawn(terminal: Terminal, certificate: str) -> None:
    out = terminal("ask", certificate, "activity", "--settles", "Kan pasienten gå på kurs?", "--due", "2027-01-15")
    first, *others = out.splitlines()
    asked = re.match(r"[0-9a-f-]{36}", first)
    assert asked is not None
    assert first[36:] == "  2027-01-15  Ready to be sent: activity (open)"
    assert any("Kan pasienten gå på kurs?" in line for line in others)
    assert others[-1].endswith("  asked")

    assert first in terminal("list", certificate).splitlines()
    assert terminal("show", asked[0]) == out
    assert terminal("pause", asked[0]).splitlines()[-1].endswith("  paused")
    assert terminal("resume", asked[0]).splitlines()[-1].endswith("  resumed")
    assert terminal("remind", asked[0]).splitlines()[-1].endswith("  reminded")
    assert terminal("hand-over", asked[0], "8143999").splitlines()[-1].endswith("  handed-over")
    withdrawn = terminal("withdraw", asked[0], "--reason", "known-otherwise", lang="nb")
    assert "Trukket tilbake av NAV" in withdrawn

    terminal("return", asked[0], "--reason", "still-unclear", "--item", "activity", "--not-payable", code=1)
    assert terminal.err.startswith("certgateway: ")
    terminal("rate", asked[0], "5", code=1)


def test_an_element_is_asked_about_with_its_reason_and_the_measure(terminal: Terminal, certificate: str) -> None:
    measure = ("--measure", "Lager", "--demand", "heavy-lifting")
    told = json.loads(terminal("ask", certificate, "function[0]:detail-for-measure", *measure, "--json"))
    assert [(each["item"], each["element"], each["reason"]["code"]) for each in told["targets"]] == [
        ("function", "function[0]", "detail-for-measure")
    ]
    assert (told["measure"]["description"], told["measure"]["demands"][0]["code"]) == ("Lager", "heavy-lifting")


def test_everything_that_speaks_against_a_question_is_printed(terminal: Terminal, certificate: str) -> None:
    assert terminal("ask", certificate, "prognosis", "weather:unclear", code=1) == ""
    _, first, second = terminal.err.splitlines()
    assert re.fullmatch(r"certgateway:   target 1: The item is answered .* \(already-answered\)", first)
    assert re.fullmatch(r"certgateway:   target 2: The certificate has no such item .* \(item-unknown\)", second)


@pytest.mark.parametrize("arguments", [("show", NOWHERE), ("show", "a/../b?c"), ("ask", NOWHERE, "activity")])
def test_what_is_not_there_is_told(terminal: Terminal, arguments: tuple[str, ...]) -> None:
    assert terminal(*arguments, code=1) == ""
    assert terminal.err != ""


def test_the_tray_of_unsorted_answers_is_listed(terminal: Terminal) -> None:
    assert terminal("unsorted") == ""


def test_without_a_gateway_one_line_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal(free_port(), capsys)
    assert terminal("unsorted", code=2) == ""
    assert re.fullmatch(r"certgateway: no gateway answers at http://127\.0\.0\.1:\d+\n", terminal.err)


def test_an_address_that_is_none_is_no_gateway(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for address in ("", "nonsense", str(tmp_path), "http://127.0.0.1:nine"):
        assert cli.main(["clarifications", "unsorted", "--gateway", address]) == 2
        assert capsys.readouterr().err.startswith("certgateway: no gateway answers at ")
