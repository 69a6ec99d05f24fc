"""What the tests of reception share: a gateway whose clock stands still until it is moved, and messages made to order.

The messages are the good fixtures, changed in one respect each; what a change must lead to stands in the tests.
"""

import json
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import func, select

from certgateway import bootstrap
from certgateway.services.answer import media_type
from certgateway.services.examine import House, detect_format
from certgateway.services.gateway import Gateway
from certgateway.services.receive import Delivery, Outcome, receive
from certgateway.store.database import open_database
from certgateway.store.schema import migrate
from certgateway.store.tables import metadata
from certgateway.store.transactions import Store
from certgateway.trust.seal import Sealer
from fixtures.authoring import good
from fixtures.authoring.writers import to_json

Json = dict[str, Any]

SECRET = bytes(range(32))
START = datetime(2026, 11, 1, 11, tzinfo=UTC)
DAY = timedelta(days=1)
SENDER = "her:8143060"
GOOD = good.messages()
BASE = "required-items-only"
NOTHING = dict.fromkeys(metadata.tables, 0)
ONE_ACCEPTED = NOTHING | {"case": 1, "data_key": 2, "feed": 1, "ledger": 1, "message": 1, "original": 1, "version": 1}
ONE_REJECTED = NOTHING | {"case": 1, "data_key": 1, "ledger": 1, "message": 1, "original": 1}


@dataclass(slots=True)
class Clock:
    """A clock that shows what it is told."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now


@dataclass(slots=True)
class Desk:
    """A gateway, its clock, and short words for what is asked of it again and again."""

    gateway: Gateway
    clock: Clock = field(default_factory=Clock)

    def hand_in(self, message: Json | bytes) -> Outcome:
        """Receive a message, one minute after the last."""
        self.clock.now += timedelta(minutes=1)
        raw = message if isinstance(message, bytes) else to_json(message)
        form = detect_format(raw)
        return receive(Delivery(raw, form, media_type(form)), self.gateway)

    def counts(self) -> dict[str, int]:
        """Rows by table."""
        with self.gateway.store.engine.connect() as connection:
            return {
                table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in metadata.sorted_tables
            }

    def events(self) -> list[tuple[str, int | None]]:
        """Kind and version of every feed event."""
        with self.gateway.store.reading() as read:
            return [(event.kind, event.version) for event in read.feed(0, 100)]

    def versions(self, case: str | None) -> list[tuple[int, bool]]:
        """Number and whether current, of every version of the case."""
        with self.gateway.store.reading() as read:
            return [(version.number, version.current) for version in read.versions(case or "")]


def desk(url: str, house: House) -> Desk:
    """A gateway on an empty or migrated database; its ids count up, so that two runs make the same ones."""
    engine = open_database(url)
    migrate(engine)
    clock, ids, sealer = Clock(), count(1), Sealer(SECRET)
    gateway = Gateway(
        house=house,
        store=Store(engine, sealer),
        sealer=sealer,
        clock=clock,
        new_id=lambda: str(uuid5(NAMESPACE_OID, f"gateway {next(ids)}")),
        her="8140000",
    )
    return Desk(gateway, clock)


def holding(desk_: Desk) -> Desk:
    """The same gateway under the policy that a missing item does not cost the sender the day."""
    house = replace(desk_.gateway.house, policies=bootstrap.DEFAULT_POLICIES | {"fhir-json": "hold"})
    return Desk(replace(desk_.gateway, house=house), desk_.clock)


def message(name: str = BASE) -> Json:
    """A good message, to be changed at will."""
    tree: Json = deepcopy(GOOD[name].tree)
    return tree


def resource(tree: Json, kind: str) -> Json:
    """The first resource of a kind."""
    found: Json = next(entry["resource"] for entry in tree["entry"] if entry["resource"]["resourceType"] == kind)
    return found


def numbered(tree: Json, number: int) -> Json:
    """The same content under another message id."""
    fresh = str(uuid5(NAMESPACE_OID, f"message {number}"))
    tree["entry"][0]["fullUrl"] = f"urn:uuid:{fresh}"
    tree["entry"][0]["resource"]["id"] = fresh
    return tree


def authored(tree: Json, date: str) -> Json:
    """The same certificate, written at another time."""
    resource(tree, "Composition")["date"] = date
    return tree


def without(tree: Json, item: str) -> Json:
    """The same certificate, without the section of an item and what it refers to."""
    composition = resource(tree, "Composition")
    kept: list[Json] = []
    gone: set[str] = set()
    for section in composition["section"]:
        if section["code"]["coding"][0]["code"] == item:
            gone |= {reference["reference"] for reference in section.get("entry", ())}
        else:
            kept.append(section)
    composition["section"] = kept
    tree["entry"] = [entry for entry in tree["entry"] if entry["fullUrl"] not in gone]
    return tree


def rules(outcome: Outcome) -> Counter[str]:
    """How often the receipt names each rule, but for the note that senders cannot be verified yet."""
    told = Counter(finding["rule"] for finding in receipt(outcome)["findings"])
    assert told.pop("sender-not-verified", 0) == 1
    return told


def receipt(outcome: Outcome) -> Json:
    """The receipt as data."""
    read: Json = json.loads(outcome.receipt)
    return read


def told(outcome: Outcome) -> tuple[int, str, bytes, bytes]:
    """All that the sender can see of an outcome."""
    return outcome.answer.status, outcome.answer.media_type, outcome.answer.body, outcome.receipt
