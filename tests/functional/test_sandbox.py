"""`certgateway sandbox` from nothing: the demonstration shows every state, and every line it prints can be copied."""

import argparse
import http.client
import json
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from certgateway.cli.demonstration import HPR

SANDBOX = (sys.executable, "-m", "certgateway", "sandbox", "--port", "0")
ROOT = Path(__file__).resolve().parents[2]
STARTS_WITHIN = 60

# What each message of the demonstration comes to, in its order.
STATES = [
    "HTTP 200 accepted version 1 [sender-not-verified]",
    "HTTP 200 accepted-with-remarks version 1 [no-resource-stated, sender-not-verified]",
    "HTTP 422 rejected [health-risk-missing, prognosis-missing, sender-not-verified]",
    "HTTP 200 accepted version 2 [sender-not-verified]",
    "HTTP 200 accepted version 2 [sender-not-verified]",
    "HTTP 200 accepted [likely-resend, sender-not-verified]",
    "HTTP 409",
    "HTTP 200 accepted version 1 [benefit-removed, sender-not-verified]",
    "HTTP 200 accepted version 1 [sender-not-verified]",
    "HTTP 200 accepted version 2 [sender-not-verified]",
    "HTTP 200 incomplete version 1 [benefit-removed, function-uncoded, health-risk-missing, sender-not-verified]",
    "HTTP 400",
    "HTTP 201 ordered",
    "HTTP 200 question",
    "HTTP 200 answered by version 2",
    "HTTP 201 ordered",
    "HTTP 201 ordered",
]


@dataclass(frozen=True)
class Shown:
    """A running sandbox and what it printed up to its last line."""

    process: subprocess.Popen[str]
    text: str

    @property
    def lines(self) -> dict[str, str]:
        """The lines to copy, by what they show."""
        return dict(re.findall(r"^# (.*)\n(curl .*)$", self.text, re.MULTILINE))


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    process = subprocess.Popen(
        SANDBOX,
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "TMPDIR": str(tmp_path_factory.mktemp("sandbox"))},
        stdout=subprocess.PIPE,
        text=True,
    )
    alarm = threading.Timer(STARTS_WITHIN, process.kill)
    alarm.start()
    assert process.stdout is not None
    printed = []
    for line in process.stdout:
        printed.append(line)
        if line.startswith("Serving until"):
            break
    alarm.cancel()
    try:
        yield Shown(process, "".join(printed))
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.wait(30)
        process.stdout.close()


def copied(line: str) -> str:
    """What a line prints when it is pasted into a shell: read here as curl reads it, and by curl where there is one."""
    name, *words = shlex.split(line)
    parser = argparse.ArgumentParser(exit_on_error=True)
    for flag in ("-s", "-i"):
        parser.add_argument(flag, action="store_true")
    parser.add_argument("-X", dest="method")
    parser.add_argument("-H", action="append", default=[])
    parser.add_argument("-d", "--data-binary", dest="data")
    parser.add_argument("url")
    asked = parser.parse_args(words)
    status, printed = answered(asked)
    if shutil.which(name):
        told = subprocess.run(
            ["/bin/sh", "-c", f"{line} -o /dev/null -w '%{{http_code}}'"],
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        )
        assert told.stdout == str(status)
    return printed


def answered(asked: argparse.Namespace) -> tuple[int, str]:
    """Status, and what would be printed."""
    address = urlsplit(asked.url)
    data = asked.data
    body = Path(data[1:]).read_bytes() if data and data.startswith("@") else data and data.encode()
    headers = dict(header.split(": ", 1) for header in asked.H)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=30)
    path = address.path + (f"?{address.query}" if address.query else "")
    connection.request(asked.method or ("POST" if body else "GET"), path, body, headers)
    response = connection.getresponse()
    head = f"HTTP/1.1 {response.status}\n{response.headers}\n" if asked.i else ""
    printed = head + response.read().decode()
    connection.close()
    return response.status, printed


def test_demonstration_shows_every_state(sandbox: Shown) -> None:
    assert re.findall(r"^    (HTTP .*)$", sandbox.text, re.MULTILINE) == STATES


def test_assessment_line(sandbox: Shown) -> None:
    found = json.loads(copied(sandbox.lines["what the work-ability assessment gets"]))
    assert (found["version"], found["verdict"]) == (2, "accepted")
    assert "15" in json.dumps(found["differences"])


def test_withdrawn_line(sandbox: Shown) -> None:
    assert copied(sandbox.lines["a withdrawn certificate"]).startswith("HTTP/1.1 410")


def test_search_line(sandbox: Shown) -> None:
    (found,) = json.loads(copied(sandbox.lines["every certificate of one patient"]))["certificates"]
    assert (found["versions"], found["withdrawn"]) == (2, False)


def test_feed_line(sandbox: Shown) -> None:
    events = json.loads(copied(sandbox.lines["what is new, replaced, withdrawn"]))["events"]
    assert [event["kind"] for event in events] == [
        "new",
        "new",
        "replaced",
        "new",
        "new",
        "withdrawn",
        "new",
        "replaced",
    ]


def test_validate_line(sandbox: Shown) -> None:
    outcome = json.loads(copied(sandbox.lines["judge without submitting, in English"]))
    rules = [issue["details"]["coding"][0]["code"] for issue in outcome["issue"]]
    assert rules == ["health-risk-missing", "prognosis-missing"]
    assert outcome["language"] == "en"


def test_who_may_write_nothing_is_refused(sandbox: Shown) -> None:
    numbers = re.findall(r"^  (9{4}[0-9]{5}) ", sandbox.text, re.MULTILINE)
    assert len(numbers) == 5
    words = shlex.split(sandbox.lines["today's form in KITH XML, answered by AppRec"])
    body = Path(next(word for word in words if word.startswith("@"))[1:]).read_text("utf-8")
    assert body.count(HPR) == 1
    told = []
    for number in (HPR, *numbers):
        connection = http.client.HTTPConnection("127.0.0.1", urlsplit(words[-1]).port, timeout=30)
        connection.request("POST", "/kith/validate", body.replace(HPR, number).encode(), {"Content-Type": "text/xml"})
        told.append(set(re.findall(r'"(author-[a-z-]+)"', connection.getresponse().read().decode())))
        connection.close()
    lapsed = {"author-not-authorised"}
    # A physiotherapist may write it, and is told that it says physician.
    others = [{"author-may-not-certify"}, {"author-profession-differs"}]
    assert told == [set(), {"author-not-registered"}, lapsed, lapsed, *others]


def test_submit_line(sandbox: Shown) -> None:
    answer = copied(sandbox.lines["submit"])
    assert answer.startswith("HTTP/1.1 422")
    assert "location: /receipts/" in answer.lower()


def test_receipt_line(sandbox: Shown) -> None:
    assert json.loads(copied(sandbox.lines["the receipt of what was rejected"]))["verdict"] == "rejected"


def test_old_form_lines(sandbox: Shown) -> None:
    receipt = copied(sandbox.lines["today's form in KITH XML, answered by AppRec"])
    assert '<Status V="3"' in receipt
    assert 'V="health-risk-missing"' in receipt
    found = json.loads(copied(sandbox.lines["what it offers, and what the answer added"]))
    assert (found["version"], found["verdict"], found["open"]) == (2, "accepted-with-remarks", [])
    assert {offered["item"] for offered in found["proposals"]} == {"function", "health-risk", "prognosis"}
    assert [risk["code"]["code"] for risk in found["risks"]] == ["heavy-lifting"]


def test_dialogue_lines(sandbox: Shown) -> None:
    answered = json.loads(copied(sandbox.lines["a question and its answer"]))
    assert (answered["status"], [each["item"] for each in answered["targets"]]) == ("answered", ["health-risk"])
    waiting = json.loads(copied(sandbox.lines["what waits for the doctor's system"]))["messages"]
    assert waiting[0]["kind"] == "question"
    reminded = json.loads(copied(sandbox.lines["remind the doctor"]))
    assert "reminded" in [each["kind"] for each in reminded["events"]]


def test_order_line(sandbox: Shown) -> None:
    told = json.loads(copied(sandbox.lines["an order for a certificate"]))
    assert (told["kind"], told["certificate"], told["status"]) == ("order", None, "ordered")
    assert "compatible-with-measure" in [each["question"]["code"] for each in told["targets"] if each["question"]]


def test_patient_line(sandbox: Shown) -> None:
    page = copied(sandbox.lines["what the patient reads"])
    assert "NAV spurte" in page
    assert "uføretrygd" not in page


def test_tray_line(sandbox: Shown) -> None:
    assert json.loads(copied(sandbox.lines["answers that match no question"])) == {"answers": []}


def test_command_lines(sandbox: Shown) -> None:
    commands = dict(re.findall(r"^# (.*)\n(\S+ -m certgateway .*)$", sandbox.text, re.MULTILINE))
    assert len(commands) == 2
    waits, paused = (
        subprocess.run(shlex.split(line), cwd=ROOT, capture_output=True, text=True, timeout=60, check=True).stdout
        for line in commands.values()
    )
    assert ["activity (open)" in line for line in waits.splitlines()] == [True, True]
    assert paused.splitlines()[-1].endswith("  paused")


@pytest.mark.parametrize(
    "shown,kind",
    [
        ("what the gateway can do", "CapabilityStatement"),
        ("the profile of the certificate", "StructureDefinition"),
        ("the form", "Questionnaire"),
    ],
)
def test_definition_line(sandbox: Shown, shown: str, kind: str) -> None:
    assert json.loads(copied(sandbox.lines[shown]))["resourceType"] == kind


def test_operation_lines(sandbox: Shown) -> None:
    assert json.loads(copied(sandbox.lines["is it ready"])) == {"status": "ok"}
    assert 'certgateway_messages_total{format="fhir-json",verdict="rejected"}' in copied(
        sandbox.lines["how much has it done"]
    )
    assert "/fhir/$process-message" in json.loads(copied(sandbox.lines["every route"]))["paths"]


def test_no_line_is_left_untried(sandbox: Shown) -> None:
    assert len(sandbox.lines) == 21


def test_it_ends_by_itself_when_told_once_and_leaves_nothing(tmp_path: Path) -> None:
    # The environment of a service must not change what the sandbox does.
    environment = {
        "PATH": "/usr/bin:/bin",
        "TMPDIR": str(tmp_path),
        "CERTGATEWAY_PERSONS": "real",
        "CERTGATEWAY_PORT": "1",
    }
    run = subprocess.run(
        [*SANDBOX, "--once"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.count("HTTP ") == len(STATES)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("line", ["The gateway listens", "Try (", "Serving until"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_it_at_any_line_and_leaves_nothing(tmp_path: Path, line: str, number: signal.Signals) -> None:
    process = subprocess.Popen(
        SANDBOX,
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    while not process.stdout.readline().startswith(line):
        assert process.poll() is None
    # A terminal, make and timeout may all pass one on: none of them may wait for another.
    for _ in range(100):
        process.send_signal(number)
    _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")
    assert list(tmp_path.iterdir()) == []


def test_a_second_signal_inside_the_handling_of_the_first_stops_nothing() -> None:
    program = (
        "import signal, sys\n"
        "from certgateway.cli import sandbox\n"
        "came = sandbox._signals_to_end()\n"
        "def again(frame, event, arg):\n"
        "    if len(came) < 20:\n"
        "        signal.raise_signal(signal.SIGTERM)\n"
        "sys.setprofile(again)\n"
        "signal.raise_signal(signal.SIGINT)\n"
        "sandbox._wait(came)\n"
        "sys.setprofile(None)\n"
        "print(len(came) > 1)\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=20, check=True)
    assert run.stdout == "True\n"
