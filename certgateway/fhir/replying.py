"""The Communication of an answer: which clarification it answers, and what the doctor cannot answer.

The allow-list of docs/fhir-mapping.md, Clarification. What is answered stands in the sections of the Composition and
is read by `fhir.certificate`; no prose of a Communication is ever read.
"""

import re
from typing import Any, Final

from certgateway.domain.reply import Reply
from certgateway.domain.vocabulary import systems
from certgateway.fhir import elements
from certgateway.fhir.elements import Reading
from certgateway.fhir.reading import Message, Node

Json = dict[str, Any]

ANSWER_EVENT: Final = "clarification-answer"
STATUS_EVENT: Final = "treatment-status"

IN_ERROR: Final = "entered-in-error"

_EVENT_SYSTEM: Final = systems.CODE_SYSTEM + "message-event"
_DECLINED_ITEM: Final = systems.STRUCTURE_DEFINITION + "declined-item"
_RELEVANCE: Final = systems.STRUCTURE_DEFINITION + "question-relevance"
# As a FHIR id: what the gateway gives a clarification, and nothing that anybody could write a sentence in.
_ID: Final = re.compile(r"[A-Za-z0-9.-]{1,64}")


def is_answer_header(header: Json) -> bool:
    """Whether a MessageHeader says that its message answers a clarification."""
    event = header.get("eventCoding")
    return isinstance(event, dict) and (event.get("system"), event.get("code")) == (_EVENT_SYSTEM, ANSWER_EVENT)


def is_status_header(header: Json) -> bool:
    """Whether a MessageHeader says that its message tells what has become of a treatment."""
    event = header.get("eventCoding")
    return isinstance(event, dict) and (event.get("system"), event.get("code")) == (_EVENT_SYSTEM, STATUS_EVENT)


def find_communication(message: Message) -> Node | None:
    """The Communication of an answer: the one that the header's focus names, else the first; None in other messages."""
    headers = (node for node in message.resources if node.value.get("resourceType") == "MessageHeader")
    header = next(headers, None)
    if header is None or not is_answer_header(header.value):
        return None
    named = (focus.resolve() for focus in header.items("focus"))
    found = [node for node in [*named, *message.resources] if node is not None]
    return next((node for node in found if node.value.get("resourceType") == "Communication"), None)


def is_in_error(message: Message) -> bool:
    """Whether a message is an answer whose Communication takes it back: as good as its Composition doing so."""
    node = find_communication(message)
    return node is not None and node.value.get("status") == IN_ERROR


def read_reply(message: Message, reading: Reading, composition: Node | None) -> Reply | None:
    """What an answer says of itself; None when the message is no answer or does not say which clarification it is to.

    Places are noted in `reading` under `clarification`, which is no item of the certificate. Everything the message
    says here counts as read, also when no clarification is named.
    """
    node = find_communication(message)
    if node is None:
        return None
    elements.same_subject(node, reading)
    _read_payload(node, composition)
    node.text("status")
    clarification = _clarification(node, reading)
    declined = elements.concept(node, "decline-reason", "statusReason", None)
    if declined is not None:
        reading.note("clarification.declined", f"{node.path}.statusReason")
    items = _declined_items(node, reading)
    relevance = _relevance(node, reading)
    return None if clarification is None else Reply(clarification, declined, items, relevance=relevance)


def _clarification(node: Node, reading: Reading) -> str | None:
    reading.note("clarification", node.path)
    for reference in node.items("basedOn"):
        identifier = reference.get("identifier")
        value = identifier.text("value") if identifier else None
        if identifier is not None and identifier.text("system") == systems.CLARIFICATION and value is not None:
            reading.note("clarification", f"{identifier.path}.value")
            return value if _ID.fullmatch(value) else None
    return None


def _declined_items(node: Node, reading: Reading) -> frozenset[str]:
    found: list[str] = []
    for extension in node.extensions(_DECLINED_ITEM):
        item = elements.own("certificate-item", extension.text("valueCode"))
        if item is not None:
            reading.note(f"clarification.declined_items[{len(found)}]", f"{extension.path}.value")
            found.append(item)
    return frozenset(found)


def _relevance(node: Node, reading: Reading) -> int | None:
    """How relevant the doctor finds the question. Of what is no score the profile tells, and nothing is read."""
    from certgateway.domain.dialogue_events import SCORES  # noqa: PLC0415  Few messages answer a clarification.

    extension = next(iter(node.extensions(_RELEVANCE)), None)
    score = extension.number("valueInteger") if extension else None
    if extension is None or score is None or score not in SCORES:
        return None
    reading.note("clarification.relevance", f"{extension.path}.value")
    return int(score)


def _read_payload(node: Node, composition: Node | None) -> None:
    """The payload that names the Composition says nothing of its own; every other one is left unread."""
    for payload in node.items("payload"):
        reference = payload.value.get("contentReference")
        target = reference.get("reference") if isinstance(reference, dict) else None
        found = payload.named(target) if target and isinstance(target, str) else None
        if found is not None and composition is not None and found.path == composition.path:
            payload.linked("content", "contentReference")
