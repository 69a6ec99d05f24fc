"""What one message leaves behind: the values that the store writes in one transaction and reads back.

Nothing in here holds removed content: findings and removals are ids and paths, the certificate is what the codec
carried over, and the received bytes travel only as `raw`, which the store seals before it writes them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from certgateway.domain.authorisation import Standing
from certgateway.domain.certificate import WITHDRAWN, Certificate
from certgateway.domain.findings import Finding, Verdict
from certgateway.domain.message import Format, Removal

FeedKind = Literal["new", "replaced", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the sender was told, byte for byte: repeated for every resend of the same message.

    `signature` is a detached one over the body, where there is one beside it.
    """

    status: int
    media_type: str
    body: bytes
    signature: str | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """One accepted version. `number` counts from 1 in order of arrival; `current` is False for late history.

    `beneath` is a whole version as it came, where answers that were written after it stand over what it says.
    """

    number: int
    message_id: str
    arrival: datetime
    verdict: Verdict
    certificate: Certificate
    findings: tuple[Finding, ...]
    current: bool
    beneath: Certificate | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of one certificate id from one sender.

    `uuid` is the gateway's own id. `patient` is a keyed digest of the personal number, None until a version was
    accepted. `first_attempt` is the earliest arrival with this id, refused ones included. `versions` counts accepted
    ones. `sender` is the key of the system that the certificate comes from, and that questions about it go to.
    `purged` tells that what was known of it is deleted.
    """

    uuid: str
    patient: str | None
    first_attempt: datetime
    versions: int
    withdrawn: bool
    current_authored: datetime | None
    sender: str
    purged: bool = False


def becomes_current(certificate: Certificate | None, case: Case | None) -> bool:
    """Whether this version counts from now on: the one authored last, and at the same time a withdrawal.

    The order of arrival has no say, so that every order ends in the same state.
    """
    if certificate is None or case is None or case.current_authored is None:
        return True
    if certificate.authored == case.current_authored:
        return certificate.status == WITHDRAWN or not case.withdrawn
    return certificate.authored > case.current_authored


def feed_kind(version: Version, case: Case) -> FeedKind | None:
    """History is no news; a withdrawal is, and so is every version that becomes the current one."""
    if not version.current:
        return None
    if case.withdrawn:
        return "withdrawn"
    return "new" if version.number == 1 else "replaced"


@dataclass(frozen=True, slots=True)
class Kept:
    """One message as it is recorded: evidence, verdict, answer and, when it brought one, the new version.

    `key` is the message id or, when that could not be read, the digest of the bytes. `certificate_digest` identifies
    the certificate's content including its authored time (to recognise a resend under another message id).
    `certificate_id` is the keyed identity of the certificate, None when none could be read. `duplicate_of` names the
    message whose certificate this one repeats. `state` "failed" keeps the bytes of a message that our own fault
    stopped. `detached` are the signatures that came beside the bytes, if any. `author` is what the register of health
    personnel told when it was judged, None where nobody was asked.
    """

    uuid: str
    sender: str
    key: str
    message_id: str | None
    content_digest: str
    raw: bytes
    media_type: str
    format: Format
    arrival: datetime
    state: Literal["answered", "failed"]
    verdict: Verdict | None
    findings: tuple[Finding, ...]
    removed: tuple[Removal, ...]
    answer: Answer | None
    receipt: bytes
    certificate_id: str | None = None
    certificate_digest: str | None = None
    version: Version | None = None
    feed: FeedKind | None = None
    duplicate_of: str | None = None
    detached: tuple[str, ...] = ()
    author: Standing | None = None
