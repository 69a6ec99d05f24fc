"""`certgateway sandbox`: a whole gateway on this machine, from nothing, with certificates in every state.

Key, database and messages lie in a temporary folder that is gone at the end. The demonstration goes through the real
door over HTTP. Everything it prints is about invented people.
"""

import argparse
import base64
import http.client
import json
import logging
import secrets
import shlex
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import uvicorn

from certgateway import bootstrap
from certgateway.api.sandbox_tokens import Home, token_office
from certgateway.app import create_app
from certgateway.cli.deadlines import Deadlines
from certgateway.cli.demonstration import HPR, ORDER, ORGANISATION, PATIENT, SENDER, Letter, letters, old_form_answer
from certgateway.cli.listening import listening_socket, log_to_stderr, server_for
from certgateway.cli.made_up_hpr import CLINICIANS, NO_AUTHORS
from certgateway.config import Settings
from certgateway.domain.errors import GatewayError, MisconfiguredError
from certgateway.services.answer import media_type
from certgateway.services.people import MadeUpPeople, MadeUpPerson
from certgateway.trust.sandbox_issuer import SandboxIssuer, Wish
from certgateway.trust.seal import create_key_file
from certgateway.trust.webhooks import Webhook, parse_url

Json = dict[str, Any]
_HOST: Final = "127.0.0.1"
_STARTS_WITHIN: Final = 20.0
_OUR_FAULT: Final = 2


@dataclass(frozen=True, slots=True)
class Door:
    """Where the gateway listens, and who says who calls; None where nobody has to log in."""

    port: int
    issuer: SandboxIssuer | None = None

    def headers(self) -> dict[str, str]:
        """What lets the demonstration in: it speaks for the doctor's office and for NAV in turn."""
        if self.issuer is None:
            return {}
        minted = self.issuer.mint(Wish("sandbox", ORGANISATION), int(bootstrap.now().timestamp()))
        return {"Authorization": f"{minted.scheme} {minted.token}"}


@dataclass(frozen=True, slots=True)
class OneOffice:
    """The register of a sandbox: one organisation, with one HER-id."""

    def her_ids(self, organisation: str) -> frozenset[str]:
        """The HER-id of the doctor's office."""
        return frozenset({SENDER} if organisation == ORGANISATION else ())


PEOPLE: Final = MadeUpPeople({PATIENT: MadeUpPerson("0315", assigned=frozenset({"Z990001"}))})
"""Of the sandbox's patients one is assigned to its counsellor; the others only systems see."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the gateway answered to one letter, and the receipt it gave when it gave one."""

    letter: Letter
    status: int
    receipt: Json | None


def run(options: argparse.Namespace) -> int:
    """Demonstrate, then serve until Ctrl-C; with `--once` end after the demonstration.

    Exit code 2 when a message of the demonstration met a fault of ours.
    """
    webhook = _webhook(options.webhook)
    # Requests are what the sandbox is looked at for; their log lines would bury what it prints.
    log_to_stderr(logging.ERROR)
    # Before anything is begun: a Ctrl-C while it still prints must end it as quietly as a later one.
    came = _signals_to_end()
    with (
        tempfile.TemporaryDirectory(prefix="certgateway-sandbox-") as folder,
        _serving(Path(folder), options.port, webhook, tokens=options.tokens) as door,
    ):
        port = door.port
        told = [_submit(letter, door, Path(folder)) for letter in letters(bootstrap.now(), bootstrap.definitions())]
        _print_demonstration(told, port)
        asked = list(_conversation(told, door))
        _print_conversation(asked, len(told))
        _print_invitation(told, asked, door, Path(folder))
        if webhook is not None:
            _print(f"Messages for HER-id {SENDER} are posted to {webhook.url}, signed with {webhook.secrets[0]}")
        if not options.once:
            _print("Serving until Ctrl-C.")
            _wait(came)
    return _OUR_FAULT if any(each.status >= http.client.INTERNAL_SERVER_ERROR for each in told) else 0


def _webhook(url: str | None) -> Webhook | None:
    """Where messages are posted, with a secret for this one run."""
    if url is None:
        return None
    try:
        return Webhook(parse_url(url), ("whsec_" + base64.b64encode(secrets.token_bytes(32)).decode(),))
    except ValueError as fault:
        raise MisconfiguredError(f"--webhook {fault}") from None


@contextmanager
def _serving(folder: Path, port: int, webhook: Webhook | None, *, tokens: bool) -> Iterator[Door]:
    """A gateway of synthetic people that listens; yields where. Stops it afterwards."""
    key_file = folder / "key"
    create_key_file(key_file)
    house = bootstrap.build_house("synthetic")
    gateway = replace(bootstrap.gateway_on(f"sqlite:///{folder}/certgateway.db", key_file, house), hpr=CLINICIANS)
    if webhook is not None:
        gateway = replace(gateway, webhooks={f"her:{SENDER}": webhook})
    listening = listening_socket(port)
    found: int = listening.getsockname()[1]
    # The environment is that of a service, if any; the sandbox is the same everywhere.
    address = f"http://{_HOST}:{found}"
    issuer = SandboxIssuer(address) if tokens else None
    if issuer is not None:
        gateway = replace(gateway, issuers=issuer.issuers(), register=OneOffice(), people=PEOPLE)
    app = create_app(gateway, Settings.model_construct(persons="synthetic", public_url=address))
    if issuer is not None:
        app.mount("/sandbox", token_office(issuer, gateway, Home(ORGANISATION, HPR)))
    server = server_for(app, _HOST, found, Deadlines())
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="gateway")
    thread.start()
    try:
        _await_start(server, thread)
        yield Door(found, issuer)
    finally:
        server.should_exit = True
        thread.join()
        gateway.store.close()


def _await_start(server: uvicorn.Server, thread: threading.Thread) -> None:
    until = time.monotonic() + _STARTS_WITHIN
    while not server.started:
        if not thread.is_alive() or time.monotonic() > until:
            raise GatewayError("the sandbox could not begin to listen")
        time.sleep(0.01)


def _submit(letter: Letter, door: Door, folder: Path) -> Told:
    """Sends a letter to the door, asks for its receipt, and leaves the letter as a file for curl."""
    file = _file(folder, letter)
    if not file.exists():
        file.write_bytes(letter.body)
    path = "/kith/messages" if letter.format == "kith" else "/fhir/$process-message"
    status, _ = _ask(door, "POST", path, letter.body, media_type(letter.format))
    return Told(letter, status, _receipt(letter, door))


def _receipt(letter: Letter, door: Door) -> Json | None:
    if letter.message_id is None:
        return None
    status, body = _ask(door, "GET", f"/receipts/{letter.message_id}")
    return json.loads(body) if status == http.client.OK else None


def _ask(door: Door, method: str, path: str, body: bytes | None = None, type_: str = "") -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(_HOST, door.port, timeout=30)
    try:
        connection.request(method, path, body, door.headers() | ({"Content-Type": type_} if type_ else {}))
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


@dataclass(frozen=True, slots=True)
class Turn:
    """One step of a conversation: what it shows, how it was answered, and the clarification it is about."""

    shows: str
    status: int
    comes_to: str
    clarification: str


def _conversation(told: list[Told], door: Door) -> Iterator[Turn]:
    """A question about what the form of 2008 left out, up to its answer; and one that stays open."""
    by_name = {each.letter.name: each.receipt or {} for each in told}
    status, asked = _json(door, "POST", "/clarifications", {"certificate": by_name["old-form"].get("certificate")})
    clarification = str(asked.get("clarification"))
    yield Turn("a counsellor asks for what that form left out", status, str(asked.get("status")), clarification)
    status, waiting = _json(door, "GET", f"/messages?receiver={SENDER}")
    # Where it is posted as well, it may be there already.
    kinds = ", ".join(each["kind"] for each in waiting["messages"]) or "nothing waits"
    yield Turn("the doctor's system fetches what waits for it", status, kinds, clarification)
    for each in waiting["messages"]:
        _json(door, "POST", f"/messages/{each['id']}/acknowledge", {"receiver": SENDER})
    body = old_form_answer(bootstrap.now(), clarification)
    status, _ = _ask(door, "POST", "/fhir/$process-message", body, media_type("fhir-json"))
    _, after = _json(door, "GET", f"/clarifications/{clarification}")
    version = after["targets"][0]["version"]
    yield Turn("the doctor answers that and nothing else", status, f"answered by version {version}", clarification)
    targets = [{"item": "activity", "reason": "missing"}]
    question = {"certificate": by_name["accepted"].get("certificate"), "targets": targets}
    status, asked = _json(door, "POST", "/clarifications", question)
    yield Turn("another question, which stays open", status, asked["status"], asked["clarification"])
    status, ordered = _json(door, "POST", "/orders", ORDER)
    yield Turn("a certificate ordered from a hospital", status, ordered["status"], ordered["clarification"])


def _json(door: Door, method: str, path: str, body: Json | None = None) -> tuple[int, Json]:
    content = json.dumps(body).encode() if body is not None else None
    status, answer = _ask(door, method, path, content, "application/json" if content else "")
    return status, json.loads(answer or b"{}")


def _print_conversation(asked: list[Turn], already: int) -> None:
    for number, turn in enumerate(asked, already + 1):
        _print(f"{number:2}. {turn.shows}")
        _print(f"    HTTP {turn.status} {turn.comes_to}")
    _print("")


def _print_demonstration(told: list[Told], port: int) -> None:
    _print(f"The gateway listens on http://{_HOST}:{port} and knows nobody who lives.\n")
    for number, each in enumerate(told, 1):
        _print(f"{number:2}. {each.letter.shows}")
        _print(f"    {_summary(each)}")


def _summary(told: Told) -> str:
    if told.receipt is None or told.status == http.client.CONFLICT:
        return f"HTTP {told.status}"
    receipt = told.receipt
    rules = sorted({finding["rule"] for finding in receipt["findings"]})
    version = f" version {receipt['version']}" if receipt["version"] else ""
    return f"HTTP {told.status} {receipt['verdict']}{version} [{', '.join(rules)}]"


def _print_invitation(told: list[Told], asked: list[Turn], door: Door, folder: Path) -> None:
    port = door.port
    _print("Authors are looked up in a made-up register: every HPR number is a clinician of all professions, but for")
    for number, about in NO_AUTHORS.items():
        _print(f"  {number} {about}")
    _print("\nTry (every line can be copied):\n")
    if door.issuer is not None:
        _print_tokens(port)
    for about, line in [*curl_lines(told, port, folder), *_dialogue_lines(told, asked, port)]:
        if door.issuer is None:
            _print(f"# {about}\n{line}")
        elif line.startswith("curl "):
            # The other commands do not log in.
            _print(f"# {about}\n" + line.replace("curl -s", 'curl -s -H "$T"', 1))
    _print("")


def _print_tokens(port: int) -> None:
    """How to come by a token, and by one that is broken."""
    office = f"http://{_HOST}:{port}/sandbox/token"
    _print("# a token for the lines below; it lasts two minutes")
    _print(f"T=\"Authorization: Bearer $(curl -s -X POST -H 'Accept: text/plain' {office})\"")
    _print("# one that is broken by name; a name that there is not lists all names")
    _print(f"curl -s -X POST '{office}?broken=expired'")
    _print("# one like HelseID's, with a proof for one request by a key of the sandbox's")
    _print(f"curl -s -X POST '{office}?profile=helseid&url=http://{_HOST}:{port}/messages'")


def curl_lines(told: list[Told], port: int, folder: Path) -> list[tuple[str, str]]:
    """What each line shows, and the line."""
    by_name = {each.letter.name: each for each in told}
    base = f"http://{_HOST}:{port}"
    accepted, withdrawn = by_name["accepted"].receipt or {}, by_name["withdrawal"].receipt or {}
    rejected, old_form = by_name["rejected"], by_name["old-form"]
    post, post_form = (
        f"curl -s -H 'Content-Type: {media_type(each.letter.format)}' --data-binary @{_file(folder, each.letter)}"
        for each in (rejected, old_form)
    )
    question = json.dumps({"patient": PATIENT})
    return [
        ("what the work-ability assessment gets", f"curl -s {base}/assessments/{accepted.get('certificate')}"),
        ("a withdrawn certificate", f"curl -s -i {base}/assessments/{withdrawn.get('certificate')}"),
        (
            "every certificate of one patient",
            f"curl -s -H 'Content-Type: application/json' -d '{question}' {base}/assessments/search",
        ),
        ("what is new, replaced, withdrawn", f"curl -s '{base}/assessments/feed?after=0'"),
        ("judge without submitting, in English", f"{post} -H 'Accept-Language: en' '{base}/fhir/$validate'"),
        ("submit", f"{post} -i '{base}/fhir/$process-message'"),
        ("today's form in KITH XML, answered by AppRec", f"{post_form} '{base}/kith/messages'"),
        (
            "what it offers, and what the answer added",
            f"curl -s {base}/assessments/{(old_form.receipt or {}).get('certificate')}",
        ),
        ("the receipt of what was rejected", f"curl -s {base}/receipts/{rejected.letter.message_id}"),
        ("what the gateway can do", f"curl -s {base}/fhir/metadata"),
        ("the profile of the certificate", f"curl -s {base}/fhir/StructureDefinition/certificate"),
        ("the form", f"curl -s {base}/fhir/Questionnaire/certificate"),
        ("is it ready", f"curl -s {base}/readyz"),
        ("how much has it done", f"curl -s {base}/metrics"),
        ("every route", f"curl -s {base}/openapi.json"),
    ]


def _dialogue_lines(told: list[Told], asked: list[Turn], port: int) -> list[tuple[str, str]]:
    base = f"http://{_HOST}:{port}"
    answered, waiting, ordered = asked[0].clarification, asked[-2].clarification, asked[-1].clarification
    completed = next(each.receipt or {} for each in told if each.letter.name == "old-form").get("certificate")
    command = f"{shlex.quote(sys.executable)} -m certgateway clarifications"
    return [
        ("a question and its answer", f"curl -s {base}/clarifications/{answered}"),
        ("what waits for the doctor's system", f"curl -s '{base}/messages?receiver={SENDER}'"),
        ("remind the doctor", f"curl -s -X POST {base}/clarifications/{waiting}/remind"),
        ("an order for a certificate", f"curl -s {base}/clarifications/{ordered}"),
        ("what the patient reads", f"curl -s -H 'Accept: text/plain' {base}/assessments/{completed}/patient"),
        ("answers that match no question", f"curl -s {base}/clarifications/unsorted"),
        ("what waits for somebody, from the command line", f"{command} list --gateway {base}"),
        ("stop the time of a question, from there", f"{command} pause {waiting} --gateway {base}"),
    ]


def _file(folder: Path, letter: Letter) -> Path:
    return folder / f"{letter.name}.{'json' if letter.format == 'fhir-json' else 'xml'}"


def _signals_to_end() -> list[int]:
    """Where every Ctrl-C and SIGTERM from now on is added."""
    came: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        # No lock: a second signal may come inside the handler of the first, as it does to whoever runs under make.
        signal.signal(number, lambda number, _frame: came.append(number))
    return came


def _wait(came: list[int]) -> None:
    while not came:
        time.sleep(0.2)


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
