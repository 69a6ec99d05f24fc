"""Posting as the application does it by itself, and what NAV's side sees and does when a message does not arrive."""

import base64
import json
import logging
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator
from starlette.testclient import TestClient

from certgateway import cli
from certgateway.app import create_app
from certgateway.config import Settings
from certgateway.services.gateway import Gateway
from certgateway.trust.webhooks import Webhook
from tests.functional.messages import raw
from tests.functional.office import NOWHERE, OTHER_SYSTEM, PATIENT, SENDER, Office, Ticking, kinds, target
from tests.functional.service import ROOT, Service
from tests.integration.listening_receiver import SECRET, Receiver, Talk, answers, hangs, listening
from tests.integration.store.postgresql import Server

Json = dict[str, Any]
SCHEMA = json.loads((Path(__file__).resolve().parents[2] / "schemas" / "dead-letters.schema.json").read_text())
PATIENCE = 15.0


@contextmanager
def posting(gateway: Gateway, settings: Settings, *receivers: Receiver) -> Iterator[Office]:
    """An application that posts what is for the base certificate's author and, where there are two, for another."""
    clock = Ticking()
    named = zip((SENDER, OTHER_SYSTEM), receivers, strict=False)
    hooks = {f"her:{her}": Webhook(receiver.url, (SECRET,)) for her, receiver in named}
    with TestClient(create_app(replace(gateway, clock=clock, webhooks=hooks), settings)) as opened:
        yield Office(opened, clock)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def either_gateway(request: pytest.FixtureRequest, make_gateway: Callable[[str], Gateway], tmp_path: Path) -> Gateway:
    if request.param == "sqlite":
        return make_gateway(f"sqlite:///{tmp_path}/posting.db")
    server: Server = request.getfixturevalue("postgresql")
    return make_gateway(server.migrated_database())


def until(found: Callable[[], Any]) -> Any:  # noqa: ANN401
    """What is found in the end."""
    begun = time.monotonic()
    while not (there := found()):
        assert time.monotonic() - begun < PATIENCE
        time.sleep(0.02)
    return there


def dead(office: Office) -> list[Json]:
    answer = office.client.get("/messages/dead")
    assert answer.status_code == 200
    assert list(Draft202012Validator(SCHEMA, validate_formats=True).iter_errors(answer.json())) == []
    found: list[Json] = answer.json()["messages"]
    return found


def resent(office: Office, message: str) -> tuple[int, str | None]:
    answer = office.post(f"/messages/{message}/resend")
    return answer.status_code, answer.json()["title"] if answer.content else None


def status(office: Office, clarification: str) -> str:
    found: str = office.followed(clarification).json()["status"]
    return found


def test_a_question_reaches_its_receiver_without_a_poll(either_gateway: Gateway, settings: Settings) -> None:
    with listening() as receiver, posting(either_gateway, settings, receiver) as office:
        clarification = office.asked(office.certificate())
        until(lambda: status(office, clarification) == "delivered")
        (got,) = receiver.got
        assert got.is_signed()
        assert office.waiting() == []
        assert 'certgateway_postings_total{outcome="delivered"} 1.0' in office.client.get("/metrics").text
        told = office.client.get(f"/messages/{got.id}", params={"receiver": SENDER})
        assert (told.headers["content-type"], told.content) == (got.headers["content-type"], got.body)


def test_a_dead_letter_is_seen_and_resent(either_gateway: Gateway, settings: Settings) -> None:
    with listening(answers(410)) as receiver, posting(either_gateway, settings, receiver) as office:
        assert dead(office) == []
        clarification = office.asked(office.certificate())
        (letter,) = until(lambda: dead(office))
        told = office.followed(clarification).json()
        assert (told["status"], told["next_step"]) == ("refused", "look-again")
        assert told["refusal"]["display"] == "Kunne ikke leveres"
        assert letter | {"at": None, "given_up": None} == {
            "id": receiver.ids[0],
            "receiver": f"her:{SENDER}",
            "kind": "question",
            "clarification": clarification,
            "at": None,
            "attempts": 1,
            "fault": "http-410",
            "given_up": None,
        }
        assert 'certgateway_postings_total{outcome="dead"} 1.0' in office.client.get("/metrics").text
        assert resent(office, letter["id"]) == (204, None)
        until(lambda: status(office, clarification) == "delivered")
        assert dead(office) == []
        assert receiver.ids == [letter["id"]] * 2
        assert resent(office, letter["id"]) == (409, "not-possible-now")
        assert kinds(office.followed(clarification).json()) == [
            "asked",
            "sent",
            "refused",
            "resent",
            "sent",
            "delivered",
        ]


def test_a_message_that_failed_is_posted_again_by_the_loop(gateway: Gateway, settings: Settings) -> None:
    with listening(answers(500)) as receiver, posting(gateway, settings, receiver) as office:
        clarification = office.asked(office.certificate())
        until(lambda: status(office, clarification) == "delivered")
    assert len(receiver.got) == 2
    assert len(set(receiver.ids)) == 1


def test_a_receiver_that_hangs_does_not_hold_up_the_loop(gateway: Gateway, settings: Settings) -> None:
    with (
        listening(behaviour=hangs) as bad,
        listening() as good,
        posting(gateway, settings, bad, good) as office,
    ):
        certificate = office.certificate()
        office.asked(certificate)
        until(lambda: bad.got)
        other = office.asked(certificate, target("function", "unclear"))
        begun = time.monotonic()
        office.followed(other, "hand-over", {"receiver": OTHER_SYSTEM})
        until(lambda: good.got)
        assert time.monotonic() - begun < 5
        assert len(bad.got) == 1
        bad.over.set()


@pytest.mark.parametrize("message", [NOWHERE, PATIENT, "dead", "x" * 200])
def test_what_is_not_there_cannot_be_resent(office: Office, message: str) -> None:
    assert resent(office, message) == (404, "not-found")


def test_what_a_polling_system_is_given_anyway_is_not_resent_unless_it_refused(office: Office) -> None:
    office.asked(office.certificate())
    (waiting,) = office.waiting()
    assert resent(office, waiting["id"]) == (409, "not-possible-now")
    office.post(f"/messages/{waiting['id']}/acknowledge", {"receiver": SENDER, "refused": "other"})
    assert office.waiting() == []
    assert resent(office, waiting["id"]) == (204, None)
    assert [each["id"] for each in office.waiting()] == [waiting["id"]]


def test_what_was_handed_over_is_not_resent_to_whom_it_was_taken_from(office: Office) -> None:
    clarification = office.asked(office.certificate())
    (waiting,) = office.waiting()
    office.post(f"/messages/{waiting['id']}/acknowledge", {"receiver": SENDER, "refused": "other"})
    office.followed(clarification, "hand-over", {"receiver": OTHER_SYSTEM})
    assert resent(office, waiting["id"]) == (409, "not-possible-now")


def test_a_system_cannot_say_for_us_that_it_could_not_be_reached(office: Office) -> None:
    office.asked(office.certificate())
    (waiting,) = office.waiting()
    body = {"receiver": SENDER, "refused": "undeliverable"}
    assert office.post(f"/messages/{waiting['id']}/acknowledge", body).status_code == 422


def test_logs_and_metrics_tell_what_went_wrong_and_name_nobody(
    gateway: Gateway, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "certgateway")
    words = f"{PATIENT} is not known here".encode()
    behaviour = answers(410, words, X_Patient=PATIENT)
    with (
        listening(answers(500, words), behaviour=behaviour) as receiver,
        posting(gateway, settings, receiver) as office,
    ):
        clarification = office.asked(office.certificate(), target("activity", settles="Gjelder det hele dagen?"))
        letters = until(lambda: dead(office))
        everything = [office.client.get("/metrics").text, json.dumps(letters)]
    (message,) = set(receiver.ids)
    told = [record.getMessage() for record in caplog.records if "posting" in record.getMessage()]
    assert [json.loads(line) for line in told] == [
        {"posting": "failed", "code": "http-500"},
        {"posting": "dead", "code": "http-410"},
    ]
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("certgateway")]
    for secret in (PATIENT, SECRET[6:30], receiver.url, "hele dagen"):
        assert secret not in "".join(everything + lines)
    for named in (SENDER, message, clarification):
        assert named not in "".join(lines)
    for got in receiver.got:
        assert PATIENT not in str(got.headers) + got.path


def test_the_service_posts_and_ends_quietly_while_a_receiver_hangs(tmp_path: Path) -> None:
    """A process of its own, ended as an operator would: what hangs is ended within the time of one attempt."""

    def takes_the_first(talk: Talk) -> None:
        (answers(200) if len(talk.receiver.got) == 1 else hangs)(talk)

    with listening(behaviour=takes_the_first) as receiver:
        hooks = json.dumps([{"receiver": SENDER, "url": receiver.url, "secret": SECRET}])
        service = Service(tmp_path, WEBHOOKS=hooks)
        try:
            service.await_ready()
            headers = {"Content-Type": "application/fhir+json"}
            submitted = service.ask("POST", "/fhir/$process-message", raw("good/required-items-only.json"), headers)
            location = json.loads(submitted.body)["entry"][0]["resource"]["response"]["identifier"]
            certificate = json.loads(service.ask("GET", f"/receipts/{location}").body)["certificate"]
            for reason, item in (("missing", "activity"), ("unclear", "function")):
                body = {"certificate": certificate, "targets": [{"item": item, "reason": reason}]}
                plain = {"Content-Type": "application/json"}
                assert service.ask("POST", "/clarifications", json.dumps(body).encode(), plain).status == 201
            until(lambda: len(receiver.got) == 2)
        finally:
            begun = time.monotonic()
            assert service.stop() == 0
        assert time.monotonic() - begun < 20
    assert [got.is_signed() for got in receiver.got] == [True, True]
    assert SECRET[6:30] not in service.log
    assert "Traceback" not in service.log


def test_the_sandbox_posts_where_it_is_told(tmp_path: Path) -> None:
    with listening() as receiver:
        command = (sys.executable, "-m", "certgateway", "sandbox", "--port", "0", "--webhook", receiver.url)
        environment = {"PATH": "/usr/bin:/bin", "TMPDIR": str(tmp_path)}
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        try:
            secret = next(line.split()[-1] for line in process.stdout if "are posted to" in line)
            # The demonstration answers one question, perhaps before it is posted; the other stays open.
            until(lambda: receiver.got)
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=30)
    key = base64.b64decode(secret.removeprefix("whsec_"))
    assert {got.is_signed(key) for got in receiver.got} == {True}
    assert process.returncode == 0


def test_the_sandbox_posts_nowhere_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["sandbox", "--port", "0", "--once", "--webhook", "http://epj.example/"]) == 2
    assert "http:// is for this machine only" in capsys.readouterr().err
