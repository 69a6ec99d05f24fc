"""Fixture messages, and changes to them that a sender might make. Nothing here calls the gateway."""

import json
from pathlib import Path
from typing import Any

Tree = dict[str, Any]

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "messages"
JSON = {"Content-Type": "application/fhir+json"}
XML = {"Content-Type": "application/fhir+xml"}


def raw(name: str) -> bytes:
    return (FIXTURES / name).read_bytes()


def tree(name: str) -> Tree:
    loaded: Tree = json.loads(raw(name))
    return loaded


def body(message: Tree) -> bytes:
    return json.dumps(message, ensure_ascii=False).encode()


def resource(message: Tree, kind: str) -> Tree:
    found: Tree = next(entry["resource"] for entry in message["entry"] if entry["resource"]["resourceType"] == kind)
    return found


def message_id(message: Tree) -> str:
    found: str = resource(message, "MessageHeader")["id"]
    return found


def under_id(message: Tree, new_id: str) -> Tree:
    """The same message under another message id; its full URL and references follow."""
    return json.loads(json.dumps(message).replace(message_id(message), new_id))  # type: ignore[no-any-return]


def changed(message: Tree, new_id: str, **composition: Any) -> Tree:  # noqa: ANN401  Any element of a Composition.
    """Another message about the same certificate, with other values in its Composition."""
    copy = under_id(message, new_id)
    resource(copy, "Composition").update(composition)
    return copy
