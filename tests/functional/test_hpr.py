"""Authors looked up over HTTP by a gateway as `serve` makes it: at both doors, in validation, and by one that fails."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from certgateway import bootstrap
from certgateway.app import create_app
from certgateway.cli.made_up_hpr import CLINICIANS, NURSE
from certgateway.config import Settings, load_settings
from certgateway.services.gateway import Gateway
from certgateway.trust.receipts import verify_receipt
from certgateway.trust.seal import create_key_file
from tests.functional.conftest import NOW
from tests.functional.messages import JSON, XML, raw
from tests.functional.test_signed_answers import ANCHORS, with_key
from tests.functional.test_validate import EVERY_TENTH, MANIFEST, found
from tests.kith import SMALL
from tests.kith import message_id as kith_id
from tests.kith import raw as kith
from tests.registers import Register, answering, serving

Json = dict[str, Any]
GOOD = raw("good/back-pain-tolerates-load.json")
BACK = kith(SMALL)
NUMBER = "9412837"
"""Who wrote both."""
GOOD_ID = json.loads(GOOD)["entry"][0]["resource"]["id"]
OTHER_ID = "0f5d0c1e-0000-4000-a000-000000000007"
EVERYBODY = ["FT", "KI", "LE", "MT", "PS", "TL"]


@dataclass(frozen=True)
class Letter:
    """A good certificate, its door, and where it is only judged."""

    door: str
    validation: str
    content: bytes
    headers: dict[str, str]
    message_id: str


FHIR = Letter("/fhir/$process-message", "/fhir/$validate", GOOD, JSON, GOOD_ID)
KITH = Letter("/kith/messages", "/kith/validate", BACK, {"Content-Type": "application/xml"}, kith_id(BACK))
BOTH = pytest.mark.parametrize("letter", [FHIR, KITH], ids=["fhir", "kith"])
DOCTOR: Json = {"profession": "LE", "from": "2001-06-01", "to": None, "suspended": []}
LATE: Json = {"profession": "LE", "from": "2001-06-01", "to": "2019-03-14", "suspended": []}


def told(**changes: Any) -> bytes:  # noqa: ANN401  Any JSON.
    return json.dumps({"hpr": NUMBER, "registered": True, "approvals": [DOCTOR]} | changes).encode()


Open = Callable[..., Any]


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Open:
    """A gateway from an operator's settings; `hpr` is what stands in the table of that name."""

    @contextmanager
    def opening(**hpr: Any) -> Iterator[TestClient]:  # noqa: ANN401  Any JSON.
        if not (tmp_path / "key").exists():
            create_key_file(tmp_path / "key")
        given = {
            "DATABASE": f"sqlite:///{tmp_path}/gateway.db",
            "KEY_FILE": str(tmp_path / "key"),
            "PERSONS": "synthetic",
            "HPR": json.dumps(hpr),
        }
        for name, value in given.items():
            monkeypatch.setenv(f"CERTGATEWAY_{name}", value)
        settings = load_settings(None)
        gateway = replace(bootstrap.build_gateway(settings), clock=lambda: NOW)
        with TestClient(create_app(gateway, settings)) as client:
            yield client
        gateway.store.close()

    return opening


@contextmanager
def answered(status: int, content: bytes) -> Iterator[Register]:
    with serving(answering(status, content)) as register:
        yield register


def submitted(client: TestClient, letter: Letter) -> Response:
    return client.post(letter.door, content=letter.content, headers=letter.headers | {"Accept-Language": "nn"})


def judged(client: TestClient, letter: Letter) -> Response:
    return client.post(letter.validation, content=letter.content, headers=letter.headers)


def rules(client: TestClient, letter: Letter) -> set[str]:
    return {each["rule"] for each in client.get(f"/receipts/{letter.message_id}").json()["findings"]}


@BOTH
def test_a_doctor_is_looked_up_and_taken(opened: Open, letter: Letter) -> None:
    with answered(200, told()) as register, opened(url=register.url) as client:
        assert submitted(client, letter).status_code == 200
        assert not {rule for rule in rules(client, letter) if rule.startswith("author-")}
        assert [json.loads(asked) for _, asked, _ in register.asked] == [{"hpr": NUMBER}]


@BOTH
@pytest.mark.parametrize(
    "answer, rule",
    [
        (json.dumps({"hpr": NUMBER, "registered": False}).encode(), "author-not-registered"),
        (told(approvals=[LATE]), "author-not-authorised"),
        (told(approvals=[DOCTOR | {"profession": "SP"}]), "author-may-not-certify"),
    ],
    ids=["nobody", "late", "nurse"],
)
def test_who_may_not_write_it_is_refused(opened: Open, letter: Letter, answer: bytes, rule: str) -> None:
    with answered(200, answer) as register, opened(url=register.url) as client:
        assert submitted(client, letter).status_code == (422 if letter is FHIR else 200)
        assert rule in rules(client, letter)


def test_they_are_told_in_their_language(opened: Open) -> None:
    with answered(200, told(approvals=[LATE])) as register, opened(url=register.url) as client:
        assert "ikkje gyldig autorisasjon eller lisens den dagen" in submitted(client, FHIR).text


@pytest.mark.parametrize(
    "status, answer",
    [(500, b""), (302, b""), (200, told(hpr="9412838")), (200, b"x" * 20_000)],
    ids=["500", "302", "another", "large"],
)
@BOTH
def test_a_register_that_fails_is_ours_to_mend(opened: Open, letter: Letter, status: int, answer: bytes) -> None:
    with answered(status, answer) as register:
        with opened(url=register.url) as client:
            failed = submitted(client, letter)
            assert failed.status_code == 503
            assert int(failed.headers["retry-after"]) > 0
            assert NUMBER not in failed.text
            assert register.url not in failed.text
            assert client.get(f"/receipts/{letter.message_id}").status_code == 404
        with opened(url=register.url, unanswered="take") as client:
            assert submitted(client, letter).status_code == 200
            assert "author-not-looked-up" in rules(client, letter)


def test_a_hung_register_does_not_keep_others_waiting(opened: Open) -> None:
    end = threading.Event()

    def hang(to: BaseHTTPRequestHandler) -> None:
        end.wait(10)
        answering(200, told())(to)

    with serving(hang) as register, opened(url=register.url, seconds=0.5) as client:
        began = time.monotonic()
        assert {submitted(client, FHIR).status_code for _ in range(20)} == {503}
        assert time.monotonic() - began < 5
        assert len(register.asked) < 5
        end.set()


@BOTH
def test_validation_asks_too(opened: Open, letter: Letter) -> None:
    with answered(200, told(approvals=[DOCTOR | {"profession": "SP"}])) as register, opened(url=register.url) as client:
        assert "author-may-not-certify" in judged(client, letter).text
        assert client.get(f"/receipts/{letter.message_id}").status_code == 404


@BOTH
def test_validation_goes_on_without_an_answer(opened: Open, letter: Letter) -> None:
    with answered(500, b"") as register, opened(url=register.url) as client:
        assert judged(client, letter).status_code == 200
        assert len(register.asked) == 1


def test_and_says_that_nobody_was_looked_up(opened: Open) -> None:
    with answered(500, b"") as register, opened(url=register.url) as client:
        assert [rule for rule, _ in found(judged(client, FHIR).json())] == ["author-not-looked-up"]


@pytest.fixture
def among(gateway: Gateway, settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(replace(gateway, hpr=CLINICIANS), settings)) as client:
        yield client


def test_in_the_sandbox_the_fixtures_are_judged_as_everywhere(among: TestClient) -> None:
    for file in EVERY_TENTH:
        headers = (XML if file.endswith(".xml") else JSON) | {"Accept": "application/fhir+json"}
        outcome = among.post("/fhir/$validate", content=raw(file), headers=headers).json()
        expected = Counter((each["rule"], each.get("path")) for each in MANIFEST[file]["findings"])
        assert Counter(found(outcome)) == expected, file


def test_the_signed_receipt_names_what_was_told(gateway: Gateway, settings: Settings) -> None:
    nurse = GOOD.replace(NUMBER.encode(), NURSE.encode()).replace(GOOD_ID.encode(), OTHER_ID.encode())
    with TestClient(create_app(replace(with_key(gateway), hpr=CLINICIANS), settings)) as client:
        for content, message_id, professions in ((GOOD, GOOD_ID, EVERYBODY), (nurse, OTHER_ID, ["SP"])):
            client.post("/fhir/$process-message", content=content, headers=JSON)
            signed = client.get(f"/receipts/{message_id}", headers={"Accept": "application/jose"}).text
            assert verify_receipt(signed, ANCHORS).told["author"] == {
                "found": "registered",
                "written": professions,
                "arrival": professions,
                "stated": "LE",
            }
