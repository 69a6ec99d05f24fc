"""A counsellor's office and a record system that talk by HTTP only, on a clock that goes on by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from httpx2 import Response
from starlette.testclient import TestClient

from fixtures.authoring.writers import to_json, to_xml
from tests.functional.messages import JSON, XML, message_id
from tests.integration.receiving import START, message, resource

Json = dict[str, Any]

SENDER = "8143060"
OTHER_SYSTEM = "8143999"
PATIENT = "23909841313"
"""Whose the base certificate is; it says nothing about activity, and something about every required item."""
PLAIN = {"Content-Type": "application/json"}
DOOR = "/fhir/$process-message"
NOWHERE = "00000000-0000-4000-8000-000000000000"


@dataclass(slots=True)
class Ticking:
    """A clock that is one second further whenever somebody looks at it."""

    now: datetime = START

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@dataclass(frozen=True)
class Office:
    """Short words for what is asked of the gateway again and again."""

    client: TestClient
    clock: Ticking

    def submit(self, tree: Json, form: str = "json", *, door: str = DOOR, accept: str | None = None) -> Response:
        """The answer to a message in one of the formats."""
        content, headers = (to_json(tree), JSON) if form == "json" else (to_xml(tree), XML)
        wished = {"Accept": accept} if accept else {}
        found: Response = self.client.post(door, content=content, headers=headers | wished)
        return found

    def certificate(self, tree: Json | None = None) -> str:
        """Submits a certificate, the base one unless told; the gateway's id of it."""
        tree = tree or message()
        self.submit(tree)
        found: str = self.client.get(f"/receipts/{message_id(tree)}").json()["certificate"]
        return found

    def post(self, address: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Response:  # noqa: ANN401
        """The answer to a body of JSON, or to none."""
        found: Response = self.client.post(address, json=body, headers=headers)
        return found

    def ask(self, certificate: str, *targets: Json, spoken: str | None = None, **more: Any) -> Response:  # noqa: ANN401
        """The answer to a question; `spoken` is the counsellor's language."""
        headers = {"Accept-Language": spoken} if spoken else {}
        named = {"targets": list(targets)} if targets else {}
        return self.post("/clarifications", {"certificate": certificate} | named | more, headers)

    def asked(self, certificate: str, *targets: Json, **more: Any) -> str:  # noqa: ANN401
        """The id of a question that was sent, about activity unless told."""
        answer = self.ask(certificate, *(targets or (target(),)), **more)
        assert answer.status_code == 201, answer.text
        found: str = answer.json()["clarification"]
        return found

    def followed(self, clarification: str, verb: str = "", body: Any = None) -> Response:  # noqa: ANN401
        """What is told of a clarification, after a verb if one is given."""
        if verb:
            return self.post(f"/clarifications/{clarification}/{verb}", body)
        found: Response = self.client.get(f"/clarifications/{clarification}")
        return found

    def waiting(self, receiver: str = SENDER, **more: int) -> list[Json]:
        """What waits for a system."""
        answer = self.client.get("/messages", params={"receiver": receiver, **more})
        assert answer.status_code == 200
        found: list[Json] = answer.json()["messages"]
        return found

    def open_items(self, certificate: str) -> list[tuple[str, str, list[str]]]:
        """What the assessment data tells as open: item, why, and the questions that wait."""
        found = self.client.get(f"/assessments/{certificate}").json()["open"]
        return [(each["item"], each["why"], [one["clarification"] for one in each["asked"]]) for each in found]


def target(item: str = "activity", reason: str = "missing", **more: str) -> Json:
    return {"item": item, "reason": reason} | more


def standings(told: Json) -> list[tuple[str, str, int | None]]:
    return [(each["item"], each["standing"], each["version"]) for each in told["targets"]]


def kinds(told: Json) -> list[str]:
    return [each["kind"] for each in told["events"]]


def request_of(waiting: Json) -> Json:
    """The CommunicationRequest of a message that waits."""
    return resource(waiting["message"], "CommunicationRequest")


def items_of(waiting: Json) -> list[str]:
    """The items that a message asks about."""
    parts = [payload["extension"][0]["extension"] for payload in request_of(waiting).get("payload", ())]
    return [part["valueCode"] for target_ in parts for part in target_ if part["url"] == "item"]
