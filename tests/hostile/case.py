"""A hostile request, and the good messages that hostile ones are made of. Nothing here calls the gateway."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.functional.messages import raw as fhir
from tests.kith import raw as kith

Json = dict[str, Any]
Keys = tuple[str | int, ...]

PROCESS, VALIDATE = "/fhir/$process-message", "/fhir/$validate"
KITH, REHEARSE = "/kith/messages", "/kith/validate"
SEARCH, ASK = "/assessments/search", "/clarifications"
FHIR_JSON, FHIR_XML = "application/fhir+json", "application/fhir+xml"
PLAIN_JSON, PLAIN_XML = "application/json", "application/xml"

GOOD_JSON = fhir("good/required-items-only.json")
GOOD_XML = fhir("good/required-items-only.xml")
GOOD_KITH = kith("good/back-pain-one-tick")


@dataclass(frozen=True)
class Case:
    """One request."""

    name: str
    door: str
    media: str
    raw: bytes
    headers: tuple[tuple[str, str], ...] = ()
    query: str = ""


def tree() -> Json:
    """A fresh copy of the good message."""
    loaded: Json = json.loads(GOOD_JSON)
    return loaded


def body(message: object) -> bytes:
    return json.dumps(message, ensure_ascii=False).encode("utf-8", "surrogatepass")


def nodes(value: Any, keys: Keys = ()) -> Iterator[tuple[Keys, Any]]:  # noqa: ANN401  any part of a message
    """Every value of a message with the keys that lead to it, from the outside in."""
    yield keys, value
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inside:
        yield from nodes(each, (*keys, key))


def kinds(message: Json) -> Iterator[tuple[str, Keys, Any]]:
    """One value for each place that the form knows: the same place in another resource of a type counts once."""
    seen: set[str] = set()
    for keys, value in nodes(message):
        at = [str(key) for key in keys if isinstance(key, str)]
        if len(keys) > 2 and keys[0] == "entry":
            at.insert(0, message["entry"][keys[1]]["resource"]["resourceType"])
        name = ".".join([*at, "[]" * isinstance(keys[-1] if keys else "", int)])
        if name not in seen:
            seen.add(name)
            yield name, keys, value


def replaced(keys: Keys, value: object) -> Json:
    """The good message with another value in one place."""
    message = tree()
    place: Any = message
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = value
    return message
