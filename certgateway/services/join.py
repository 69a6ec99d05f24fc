"""An answer at the door: joined to the certificate that it is about, or put aside for somebody to sort.

An answer counts for the question that it names, from the system that was asked, about the certificate that was asked
about. Whatever fails one of these is kept and told of, and never read into a certificate. Nothing here writes.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from certgateway.domain.amendment import (
    Answerer,
    Void,
    amended,
    carried_over,
    has_all_of,
    points_only,
    stated_items,
    taken_back,
    taken_items,
    value_of,
    with_reservations,
)
from certgateway.domain.certificate import WITHDRAWN, Certificate
from certgateway.domain.dialogue import State, find_state
from certgateway.domain.findings import Effect, Finding, judge
from certgateway.domain.record import Case, Version
from certgateway.domain.reply import Reply
from certgateway.rules.declaration import Facts
from certgateway.services.examine import Examined, Judgement, judge_examined
from certgateway.store.dialogues import Clarification
from certgateway.store.transactions import Reading
from certgateway.store.tray import Why

SUBMITTED = frozenset({"final", "amended", "corrected"})


@dataclass(frozen=True, slots=True)
class Joined:
    """What an answer amounts to. `items` are those that it answers, `certificate` what it makes of the current version.

    `answer` is the answer as it came, `reply` what it says of itself, `asked` the clarification it is to, None where
    none is named that exists. `put_aside` tells why it was not joined; then there is no case, and the certificate is
    the answer alone. `supersedes` is the current version, which stands when nothing was taken.

    An answer that is marked as an error takes back what its `sender` said before: `takes_back` are the items that it is
    about, and `voided` those that say something else for it. `had_uncoded_function` tells that words of an older form
    stand again for functioning.
    """

    answer: Certificate
    reply: Reply
    certificate: Certificate
    sender: str = ""
    asked: Clarification | None = None
    case: Case | None = None
    items: tuple[str, ...] = ()
    supersedes: Version | None = None
    put_aside: Why | None = None
    findings: tuple[Finding, ...] = ()
    takes_back: frozenset[str] = frozenset()
    voided: tuple[str, ...] = ()
    had_uncoded_function: bool = False

    @property
    def is_new(self) -> bool:
        """Whether a new version of the certificate comes of it."""
        return self.supersedes is not None and self.certificate != self.supersedes.certificate

    @property
    def has_uncoded_function(self) -> bool:
        """Whether the words of an older form, which answer about functioning there, still stand."""
        found = self.supersedes.findings if self.supersedes else ()
        if "function" in self.voided:
            return self.had_uncoded_function
        return "function" not in self.items and any(finding.rule == "function-uncoded" for finding in found)

    @property
    def untaken(self) -> frozenset[str]:
        """What the answer says and the certificate does not get: what is found there does not stand in the answer."""
        return frozenset(stated_items(self.answer)).difference(self.items)

    def told(self, judgement: Judgement) -> Judgement:
        """What the sender is told of the certificate that the answer was joined to: what concerns the answer."""
        if self.put_aside is not None or judgement.verdict == "rejected" or self.reply.words is not None:
            return judgement
        findings = tuple(filter(self._concerns, judgement.findings))
        return replace(judgement, findings=findings, verdict=judge(findings, "hold"))

    def _concerns(self, finding: Finding) -> bool:
        if finding.effect is Effect.UNANSWERED:
            return bool(self.items or self.voided) and not self.reply.tells
        return finding.item is None or finding.item in stated_items(self.answer)


def join(
    answer: Certificate,
    reply: Reply,
    sender: str,
    certificate_id: str | None,
    *,
    arrival: datetime,
    reading: Reading,
) -> Joined:
    """Holds an answer against the question it names. `certificate_id` is the keyed identity that the answer states.

    What is dated ahead of its arrival counts from then: a clock that is wrong must not outdo what comes later.
    """
    answer = replace(answer, authored=min(answer.authored, arrival))
    if reply.tells:
        return _told(Joined(answer, reply, answer, sender), certificate_id, reading)
    asked = reading.find_clarification(reply.clarification.lower())
    state = find_state(asked.events) if asked else None
    alone = Joined(answer, reply, answer, sender, asked)
    if asked is None or state is None or not asked.cases or sender not in {state.receiver, state.asked.receiver}:
        return put_aside(alone, "clarification-unknown")
    case = named_case(asked, certificate_id, reading)
    current = reading.current_version(case.uuid) if case else None
    if case is None or current is None:
        return put_aside(alone, "other-certificate")
    if answer.status == WITHDRAWN:
        return without(alone, state, case, current, reading)
    if why := _withdrawn(answer, case):
        return put_aside(alone, why)
    return joined_to(alone, state, case, current)


def named_case(asked: Clarification, certificate_id: str | None, reading: Reading) -> Case | None:
    """Of the certificates that a clarification is about, the one that an answer names; None for any other."""
    for uuid in asked.cases if certificate_id else ():
        case = reading.find_case_by_uuid(uuid)
        named = reading.find_case(case.sender, certificate_id) if case and certificate_id else None
        if named is not None and named.uuid == uuid:
            return named
    return None


def last_case(asked: Clarification, reading: Reading) -> Case | None:
    """The certificate that was asked about or, of those that have come to an order and stand, the last; else None."""
    state = find_state(asked.events)
    return reading.find_case_by_uuid(state.about[0]) if state and state.about else None


def _told(alone: Joined, certificate_id: str | None, reading: Reading) -> Joined:
    """What is told without a question: a change of the sender's own certificate, on the same path as an answer."""
    answer = alone.answer
    case = reading.find_case(alone.sender, certificate_id) if certificate_id else None
    current = reading.current_version(case.uuid) if case else None
    if case is None or current is None:
        return put_aside(alone, "certificate-unknown")
    if why := _withdrawn(answer, case):
        return put_aside(alone, why)
    stated = [item for item in stated_items(answer) if item in alone.reply.tells]
    taken = taken_items(current.certificate, answer, stated)
    joined = amended(current.certificate, answer, taken, _answerer(alone))
    reserving = with_reservations(joined, answer)
    if reserving is not None:
        joined, taken = reserving, (*taken, "reservation")
    if not taken:
        return put_aside(alone, "older-than-known" if stated else "not-asked")
    return replace(
        alone,
        certificate=joined,
        case=case,
        items=taken,
        supersedes=current,
        findings=tuple(_pointing_nowhere(answer, current.certificate)),
    )


def _pointing_nowhere(answer: Certificate, current: Certificate) -> Iterator[Finding]:
    """A diagnosis that a status is about and the certificate does not have is not taken in either."""
    if points_only(answer) and not has_all_of(current, answer):
        yield Finding("status-beyond-treatment", Effect.REMARK, item="diagnosis", element="diagnosis")


def _withdrawn(answer: Certificate, case: Case) -> Why | None:
    if case.withdrawn:
        return "certificate-withdrawn"
    return "answer-withdrawn" if answer.status not in SUBMITTED else None


def put_aside(alone: Joined, why: Why, findings: Iterable[Finding] = ()) -> Joined:
    """An answer that is kept for somebody to sort, and its sender told."""
    rule = "status-unsorted" if alone.reply.tells else "answer-unsorted"
    unsorted = Finding(rule, Effect.REMARK, element="")
    return replace(alone, put_aside=why, findings=(unsorted, *findings))


def joined_to(alone: Joined, state: State, case: Case, current: Version) -> Joined:
    """What an answer makes of the current version, or put aside when it says nothing about it that counts."""
    answer, reply = alone.answer, alone.reply
    asked = {each.target.item for each in state.targets}
    stated = [item for item in stated_items(answer) if item in asked]
    void = {
        each.item
        for each in state.taken_back
        if each.system == alone.sender and answer.authored <= each.until and each.concerns(case.uuid)
    }
    taken = taken_items(current.certificate, answer, [item for item in stated if item not in void])
    joined = amended(current.certificate, answer, taken, _answerer(alone))
    reserving = with_reservations(joined, answer) if "reservation" not in asked else None
    if reserving is not None:
        # Nobody asked, but what the doctor says now may be what must be kept from the patient.
        joined, taken = reserving, (*taken, "reservation")
    findings = tuple(_not_taken(answer, asked, taken, void, current.certificate))
    declines = reply.declined is not None and (not reply.declined_items or reply.declined_items & asked)
    if not taken and not declines and void.isdisjoint(stated):
        return put_aside(alone, "older-than-known" if stated else "not-asked", findings)
    return replace(
        alone,
        certificate=joined,
        case=case,
        items=taken,
        supersedes=current,
        findings=findings,
    )


def _answerer(joined: Joined) -> Answerer:
    return Answerer(joined.asked.uuid if joined.asked else None, joined.sender)


def without(alone: Joined, state: State, case: Case, current: Version, reading: Reading) -> Joined:
    """What is left of the current version when an answer is taken back, whether that has come or is still to come."""
    answer, reply = alone.answer, alone.reply
    asked = {each.target.item for each in state.targets}
    said = {*stated_items(answer), *reply.declined_items}
    # One that names nothing takes back all that was said.
    named = frozenset(asked & said if said else asked)
    if not named:
        return put_aside(alone, "not-asked")
    before = current.certificate
    versions = reading.versions(case.uuid)
    voids = [*known_voids(reading, case), *(Void(_answerer(alone), item, answer.authored) for item in named)]
    certificate = before if case.withdrawn else taken_back(before, _certificates(versions), voids)
    changed = (item for item in named if value_of(certificate, item) != value_of(before, item))
    return replace(
        alone,
        certificate=certificate,
        case=case,
        supersedes=current,
        takes_back=named,
        voided=tuple(changed),
        had_uncoded_function=any(each.rule == "function-uncoded" for version in versions for each in version.findings),
    )


def known_voids(reading: Reading, case: Case) -> Iterator[Void]:
    """Everything that was taken back of what was answered about a certificate."""
    for each in reading.clarifications(case.uuid):
        state = find_state(each.events)
        if state is not None:
            yield from state.voids(each.uuid, case.uuid)


def _certificates(versions: Iterable[Version]) -> list[Certificate]:
    """All versions in the order of arrival, also as they came."""
    return [each for version in versions for each in (version.beneath, version.certificate) if each is not None]


def _not_taken(
    answer: Certificate, asked: set[str], taken: tuple[str, ...], void: Collection[str], current: Certificate
) -> Iterator[Finding]:
    """What the answer says and the certificate does not get: not asked, taken back, or something newer is known."""
    for item in stated_items(answer):
        if item not in asked and item == "diagnosis" and points_only(answer) and has_all_of(current, answer):
            # Named so that a statement can mean it: nothing of it is to be taken in, and nothing is lost.
            continue
        if item not in asked and item not in taken:
            yield Finding("answer-beyond-question", Effect.REMARK, item=item, element=item)
        elif item in void:
            yield Finding("answer-taken-back", Effect.REMARK, item=item, element=item)
        elif item not in taken:
            yield Finding("answer-older-than-known", Effect.REMARK, item=item, element=item)


def with_answers(examined: Examined, case: Case, reading: Reading) -> Examined:
    """A whole version, of which the answers written after it are part, since it cannot know of them."""
    whole, current = examined.certificate, reading.current_version(case.uuid)
    if whole is None or whole.status == WITHDRAWN or case.withdrawn or current is None:
        return examined
    joined = carried_over(current.certificate, whole)
    items = {entry.item for entry in joined.provenance}
    return replace(examined, certificate=joined, origins=examined.origins.without(items)) if items else examined


def refused_alone(answer: Examined, facts: Facts) -> Judgement | None:
    """What is wrong with an answer by itself, such as whose it is: in the whole certificate that would not show."""
    judgement = judge_examined(answer, facts, "hold")
    refused = any(each.effect is Effect.REFUSE or each.rule == "author-missing" for each in judgement.findings)
    return replace(judgement, verdict="rejected") if refused else None
