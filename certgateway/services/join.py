"""An answer at the door: joined to the certificate that it is about, or put aside for somebody to sort.

An answer counts for the question that it names, from the system that was asked, about the certificate that was asked
about. Whatever fails one of these is kept and told of, and never read into a certificate. Nothing here writes.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from certgateway.domain.amendment import amended, stated_items
from certgateway.domain.certificate import Certificate
from certgateway.domain.dialogue import State, find_state
from certgateway.domain.findings import Effect, Finding
from certgateway.domain.outgoing import Reply
from certgateway.domain.record import Case, Version
from certgateway.store.dialogues import Why
from certgateway.store.transactions import Reading


@dataclass(frozen=True, slots=True)
class Joined:
    """What an answer amounts to. `items` are those that it answers, `certificate` what it makes of the current version.

    `reply` is what it says of itself. `put_aside` tells why it was not joined; then there is no case, and the
    certificate is the answer as it came. `supersedes` is the current version, which stands when the answer says nothing
    newer.
    """

    reply: Reply
    certificate: Certificate
    case: Case | None = None
    items: frozenset[str] = frozenset()
    supersedes: Version | None = None
    put_aside: Why | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def is_new(self) -> bool:
        """Whether a new version of the certificate comes of it."""
        return self.supersedes is not None and self.certificate is not self.supersedes.certificate

    @property
    def has_uncoded_function(self) -> bool:
        """Whether the words of an older form, which answer about functioning there, still stand."""
        found = self.supersedes.findings if self.supersedes else ()
        return "function" not in self.items and any(finding.rule == "function-uncoded" for finding in found)


def join(answer: Certificate, reply: Reply, sender: str, certificate_id: str | None, reading: Reading) -> Joined:
    """Holds an answer against the question it names. `certificate_id` is the keyed identity that the answer states."""
    clarification = reading.find_clarification(reply.clarification)
    state = find_state(clarification.events) if clarification else None
    case = reading.find_case_by_uuid(clarification.case) if clarification else None
    current = reading.current_version(case.uuid) if case else None
    if state is None or case is None or current is None or sender not in {state.receiver, state.asked.receiver}:
        return _put_aside(answer, reply, "clarification-unknown")
    named = reading.find_case(case.sender, certificate_id) if certificate_id else None
    if named is None or named.uuid != case.uuid:
        return _put_aside(answer, reply, "other-certificate")
    if case.withdrawn:
        return _put_aside(answer, reply, "certificate-withdrawn")
    return _joined(answer, reply, state, case, current)


def _put_aside(answer: Certificate, reply: Reply, why: Why) -> Joined:
    return Joined(reply, answer, put_aside=why, findings=(Finding("answer-unsorted", Effect.REMARK, element=""),))


def _joined(answer: Certificate, reply: Reply, state: State, case: Case, current: Version) -> Joined:
    asked = {each.target.item for each in state.targets}
    stated = stated_items(answer)
    items = frozenset(asked.intersection(stated))
    if not items and reply.declined is None:
        return _put_aside(answer, reply, "not-asked")
    return Joined(
        reply=reply,
        certificate=amended(current.certificate, answer, [item for item in stated if item in asked]),
        case=case,
        items=items,
        supersedes=current,
        findings=tuple(_beyond(stated, asked)),
    )


def _beyond(stated: tuple[str, ...], asked: set[str]) -> Iterator[Finding]:
    for item in stated:
        if item not in asked:
            yield Finding("answer-beyond-question", Effect.REMARK, item=item, element=item)
