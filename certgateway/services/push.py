"""Posts what waits to the receivers' own systems: one attempt, from its claim to what became of it.

The claim is one transaction and the outcome another; between them no lock is held, so that a receiver that hangs keeps
nobody waiting. Whoever dies in between has claimed for a minute only: the message is posted again, under the same id.
Nothing here may give up a message without saying so, or let more out than the receiver may fetch itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

from anyio import CapacityLimiter, to_thread

from certgateway import safejson
from certgateway.domain.assessment_titles import instant_text
from certgateway.domain.dialogue_events import Refused
from certgateway.domain.errors import NotFoundError
from certgateway.domain.outgoing import Outgoing
from certgateway.domain.posting import LEASE, Attempt, next_attempt
from certgateway.engine.xml import write as xmlwrite
from certgateway.fhir.communication import question_message
from certgateway.kith.dialogmelding import write_dialogue
from certgateway.services.answer import media_type
from certgateway.services.deliver import note_sent, settle
from certgateway.services.gateway import Gateway
from certgateway.services.vouch import signed_inside
from certgateway.store.posting import Claim
from certgateway.store.transactions import Unit
from certgateway.trust.posting import Poster
from certgateway.trust.webhooks import Webhook

T = TypeVar("T")

Outcome = Literal["delivered", "failed", "dead", "overtaken"]
"""What an attempt came to; overtaken is one that was settled or taken over meanwhile, and changes nothing."""


@dataclass(frozen=True, slots=True)
class Noted:
    """What an operator may know of an attempt: `code` says what went wrong, `error` is a fault of ours."""

    outcome: Outcome
    code: str | None = None
    error: Exception | None = None


async def attempt(receiver: str, poster: Poster, gateway: Gateway, limit: CapacityLimiter) -> Noted | None:
    """Posts the first message that is due at a receiver; None when nothing is. The store is asked within `limit`."""

    async def apart(task: Callable[[], T]) -> T:
        return await to_thread.run_sync(task, limiter=limit)

    claim = await apart(lambda: _claimed(receiver, gateway))
    if claim is None:
        return None
    webhook, error = gateway.webhooks[receiver], None
    try:
        body = await apart(lambda: _body(claim, webhook, gateway))
        if body is None:
            made = Attempt(fault="not-writable")
        else:
            headers = {"Content-Type": _media_type(webhook), **webhook.headers(claim.message, claim.at, body)}
            made = await poster.post(webhook.url, headers, body, claim.at)
    except Exception as fault:  # noqa: BLE001  A message that trips us must not stop those behind it.
        made, error = Attempt(fault="gateway-fault"), fault
    outcome = await apart(lambda: _told(claim, made, receiver, gateway))
    return Noted(outcome, None if made.is_delivered else made.code, error)


def _claimed(receiver: str, gateway: Gateway) -> Claim | None:
    with gateway.store.transaction() as unit:
        unit.lock(f"outbox {receiver}")
        now = gateway.clock()
        return unit.claim(receiver, now, now + LEASE, gateway.new_id())


def _body(claim: Claim, webhook: Webhook, gateway: Gateway) -> bytes | None:
    """What is posted; None for a message that the format cannot hold."""
    with gateway.store.reading() as reading:
        found = reading.find_outgoing(claim.message)
    if found is None:
        raise NotFoundError("a message that was claimed is gone")
    try:
        return _written(found.outgoing, webhook, gateway)
    except ValueError:
        return None


def _written(outgoing: Outgoing, webhook: Webhook, gateway: Gateway) -> bytes:
    """The bytes that `GET /messages/{id}` gives or, where that is all that is wished, a notice that it waits."""
    if webhook.content == "notice":
        about = {"id": outgoing.id, "kind": outgoing.kind, "clarification": outgoing.clarification}
        return safejson.write({"type": "message.waiting", "timestamp": instant_text(outgoing.at), "data": about})
    if webhook.format == "kith":
        return signed_inside(write_dialogue(outgoing, gateway_her=gateway.her), "kith", gateway.signatory)
    tree = question_message(outgoing, gateway_her=gateway.her)
    if webhook.format == "fhir-json":
        return safejson.write(tree)
    return signed_inside(xmlwrite.write(tree, gateway.house.definitions), webhook.format, gateway.signatory)


def _media_type(webhook: Webhook) -> str:
    return "application/json" if webhook.content == "notice" else media_type(webhook.format)


def _told(claim: Claim, made: Attempt, receiver: str, gateway: Gateway) -> Outcome:
    """Records what became of an attempt. That it was delivered counts whoever has the message now."""
    with gateway.store.transaction() as unit:
        unit.lock(f"outbox {receiver}")
        if not unit.is_open(claim, delivered=made.is_delivered):
            return "overtaken"
        now = gateway.clock()
        # A notice is not the message: that is sent when it is fetched, and had when its receiver says so.
        if made.is_sent and gateway.webhooks[receiver].content == "message":
            _gone_out(claim, made, unit, gateway)
        if made.is_delivered:
            unit.end_posting(claim.message, now)
            return "delivered"
        due = next_attempt(claim.attempts, made, now)
        if due is not None:
            unit.postpone(claim.message, due, made.code)
            return "failed"
        unit.end_posting(claim.message, now, made.code)
        given_up = Refused(gateway.new_id(), now, "undeliverable", receiver, claim.written)
        unit.append_event(claim.clarification, given_up)
        return "dead"


def _gone_out(claim: Claim, made: Attempt, unit: Unit, gateway: Gateway) -> None:
    """The message has left us and, if it was delivered, its receiver has it."""
    found = unit.find_outgoing(claim.message)
    if found is None:
        raise NotFoundError("a message that was posted is gone")
    note_sent(found, claim.at, unit, gateway)
    if made.is_delivered:
        settle(found, None, unit, gateway)
