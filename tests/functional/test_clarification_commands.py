"""The commands that list and drive clarifications, against a gateway that runs: what a counsellor types and reads."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from certgateway import cli
from fixtures.authoring.people import organisation_number
from fixtures.authoring.writers import to_json
from tests.functional.messages import JSON, message_id, raw, tree
from tests.functional.service import Service, free_port
from tests.integration.answering import answer
from tests.integration.replying import TEXT, reply

DOOR = "/fhir/$process-message"
GOOD = "good/required-items-only.json"
NOWHERE = "00000000-0000-4000-8000-000000000000"
ORDER: dict[str, Any] = {
    "patient": {"number": "16876410773", "name": "Vennlig Fjelltur"},
    "clinician": {"hpr": "9581120", "role": "gp", "organisation": organisation_number(31500100)},
    "receiver": "8143060",
    "questions": [{"question": "since-when"}],
}


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


def test_what_waits_is_listed_without_naming_a_certificate(terminal: Terminal, certificate: str) -> None:
    waits = terminal("ask", certificate, "onset:unclear").splitlines()[0]
    settled = terminal("ask", certificate, "treatment:unclear")[:36]
    terminal("withdraw", settled, "--reason", "no-longer-needed")
    found = terminal("list").splitlines()
    assert waits in found
    assert [line for line in found if line.startswith(settled)] == []
    assert [line[:36] for line in terminal("list", certificate).splitlines() if line.startswith(settled)] == [settled]


def test_an_order_is_read_from_a_file_and_found_again(terminal: Terminal, tmp_path: Path) -> None:
    order, patient, wrong = tmp_path / "order.json", tmp_path / "patient.json", tmp_path / "wrong.json"
    order.write_text(json.dumps(ORDER), encoding="utf-8")
    patient.write_text(json.dumps({"patient": ORDER["patient"]["number"]}), encoding="utf-8")
    wrong.write_text(json.dumps(ORDER | {"questions": [{"question": "weather"}]}), encoding="utf-8")
    first = terminal("order", str(order)).splitlines()[0]
    assert first.endswith("diagnosis (open), function (open), health-risk (open), prognosis (open), onset (open)")
    assert terminal("orders", str(patient)).splitlines() == [first]
    assert first in terminal("list").splitlines()
    assert terminal("order", str(wrong), code=1) == ""
    assert re.search(r"question 1: .* \(question-unknown\)", terminal.err)

    order.write_text("[]", encoding="utf-8")
    assert terminal("order", str(order), code=2) == ""
    assert "no JSON object" in terminal.err
    order.write_text("{", encoding="utf-8")
    assert terminal("order", str(order), code=2) == ""
    assert terminal("order", str(tmp_path / "nowhere"), code=2) == ""
    assert "no such file" in terminal.err


def test_an_answer_in_the_tray_is_looked_at_sorted_and_filed(
    terminal: Terminal, service: Service, certificate: str
) -> None:
    asked = terminal("ask", certificate, "specialist")[:36]
    for number in (700, 701):
        stray = to_json(answer("nobody-asked-this", ["specialist"], number=number))
        assert service.ask("POST", DOOR, stray, JSON).status == 200
    lying = [line.split()[0] for line in terminal("unsorted").splitlines() if line.endswith("clarification-unknown")]
    assert [each["item"] for each in json.loads(terminal("unsorted", lying[0]))["items"]] == ["specialist"]
    assert "Answered: specialist (answered)" in terminal("sort", lying[0], asked)
    assert terminal("sort", lying[0], asked, code=1) == ""
    assert terminal("file", lying[1], "--reason", "already-known") == ""
    assert [line for line in terminal("unsorted").splitlines() if line.split()[0] in lying] == []
    assert json.loads(terminal("rate", asked, "4", "--json"))["ratings"] == {"counsellor": 4}


def test_words_are_read_and_settle_what_they_answer(terminal: Terminal, service: Service, certificate: str) -> None:
    asked = terminal("ask", certificate, "findings:unclear")[:36]
    said = service.ask("POST", "/kith/messages", reply(asked, number=710), {"Content-Type": "application/xml"})
    assert said.status == 200
    told = terminal("show", asked)
    assert "-> read-answer" in told
    assert f"waiting: {TEXT}" in told
    assert "Answered: findings (answered)" in terminal("settle", asked, "findings")


def test_dead_letters_and_statistics_are_told(terminal: Terminal) -> None:
    assert terminal("dead") == ""
    terminal("resend", NOWHERE, code=1)
    figures = json.loads(terminal("statistics", "2026-10-01", "2026-12-31"))
    assert (figures["from"], figures["to"]) == ("2026-10-01", "2026-12-31")
    terminal("statistics", "yesterday", "today", code=1)


def test_without_a_gateway_one_line_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal(free_port(), capsys)
    assert terminal("unsorted", code=2) == ""
    assert re.fullmatch(r"certgateway: no gateway answers at http://127\.0\.0\.1:\d+\n", terminal.err)


def test_an_address_that_is_none_is_no_gateway(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for address in ("", "nonsense", str(tmp_path), "http://127.0.0.1:nine"):
        assert cli.main(["clarifications", "unsorted", "--gateway", address]) == 2
        assert capsys.readouterr().err.startswith("certgateway: no gateway answers at ")
