"""What the tests of posting share: a desk whose receivers have systems that listen, and one look of the loop."""

import ssl
from collections.abc import Mapping
from dataclasses import replace

import anyio

from certgateway.domain.dialogue_events import Target
from certgateway.services import clarify
from certgateway.services.courier import Courier
from certgateway.services.pose import Question
from certgateway.services.push import Noted
from certgateway.store.outbox import Waiting
from certgateway.trust.posting import HttpPoster
from certgateway.trust.webhooks import Content, Format, Webhook
from tests.integration.listening_receiver import SECRET
from tests.integration.receiving import SENDER, Desk, message

ACTIVITY = Target("activity", "missing")
RISK = Target("health-risk", "unclear")
FUNCTION = Target("function", "unclear")
SECONDS = 0.6
"""How long an attempt may take in tests that wait for its end."""


def posting_to(
    at_desk: Desk,
    *urls: str,
    receivers: tuple[str, ...] = (SENDER,),
    form: Format = "fhir-json",
    content: Content = "message",
) -> Desk:
    """The same desk, with a webhook for each of some receivers."""
    hooks: Mapping[str, Webhook] = {
        receiver: Webhook(url, (SECRET,), form, content) for receiver, url in zip(receivers, urls, strict=True)
    }
    return Desk(replace(at_desk.gateway, webhooks=hooks), at_desk.clock)


def looked(at_desk: Desk, *, seconds: float = SECONDS, trusted: ssl.SSLContext | None = None) -> list[Noted]:
    """What one look of the loop led to, attempt by attempt."""
    noted: list[Noted] = []

    async def look() -> None:
        async with HttpPoster(connect_seconds=seconds, seconds=seconds, trusted=trusted) as poster:
            await Courier(at_desk.gateway, poster, noted.append).once()

    anyio.run(look)
    return noted


def outcomes(noted: list[Noted]) -> list[tuple[str, str | None]]:
    return [(each.outcome, each.code) for each in noted]


def asked(at_desk: Desk, *targets: Target, certificate: str | None = None) -> str:
    """The id of a question about the base certificate, about activity unless told."""
    case = certificate or at_desk.hand_in(message()).case
    assert case is not None
    found = clarify.ask(Question(case, targets or (ACTIVITY,)), at_desk.gateway)
    assert isinstance(found, str), found.reasons
    return found


def stored(at_desk: Desk, message_id: str) -> Waiting:
    with at_desk.gateway.store.reading() as reading:
        found = reading.find_outgoing(message_id)
    assert found is not None
    return found


def in_outbox(at_desk: Desk, receiver: str = SENDER) -> list[str]:
    """Ids of what a receiver has not settled, in order; looking changes nothing."""
    with at_desk.gateway.store.reading() as reading:
        return [each.outgoing.id for each in reading.waiting_for(receiver, 0, 100)]
