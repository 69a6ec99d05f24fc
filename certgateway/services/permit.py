"""Whether a caller may see or do something with one patient: the one way by which every such route goes.

A counsellor is held to the rules (`domain.access_rules`), with the patient taken from what is under seal here and never
from what the caller says; a system, which has no NAV ident, is let in by its scope. Every look is recorded before
anything is shown, and so is every attempt. What is not for somebody and what does not exist cost the same steps and
come to the same. Where nobody has to log in nothing is asked and nothing is recorded. Nothing here may log a patient.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from certgateway.domain.access_record import Access, Override, Reader
from certgateway.domain.access_rules import NOBODY, Decision, Relation, Standing, decide
from certgateway.domain.dialogue_events import Ordered
from certgateway.domain.errors import NotFoundError, OverrideNotNeededError, PeopleUnavailableError
from certgateway.services.gateway import Gateway
from certgateway.services.people import ABSENT
from certgateway.store.dialogues import Clarification
from certgateway.store.transactions import Reading
from certgateway.trust.tokens import Identity

Json = dict[str, Any]
_BY_SCOPE = Decision(is_allowed=True, basis="scope")


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom something is about: a personal number out of the seal, and the certificates; nobody without a number."""

    number: str | None = field(default=None, repr=False)
    cases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """What was decided about somebody, and the unit that a counsellor looks from."""

    subject: Subject
    decision: Decision
    unit: str | None = None

    @property
    def recorded_cases(self) -> tuple[str | None, ...]:
        """Each certificate that is shown; of a refusal one line, however much there is to refuse."""
        cases = self.subject.cases
        return (cases if self.decision.is_allowed else cases[:1]) or (None,)


@dataclass(frozen=True, slots=True)
class Permits:
    """What one caller may do by one operation, `act`. `calling` is None where nobody has to log in.

    `note` is told when the registers cannot be asked; `reference` is that of the request, as the log has it.
    """

    gateway: Gateway
    calling: Identity | None
    act: str
    note: Callable[[], None]
    reference: str | None = None

    def case(self, uuid: str) -> bool:
        """Whether the certificate with this id of ours is there for the caller."""
        return self._may(lambda reading: _of_case(uuid, reading, self.gateway))

    def clarification(self, uuid: str) -> bool:
        """Whether the question or the order with this id is there for the caller."""
        return self._may(lambda reading: _of_clarification(reading.find_clarification(uuid), reading, self.gateway))

    def answer(self, message: str) -> bool:
        """Whether the answer in the tray is there for the caller."""
        return self._may(lambda reading: _of_answer(message, reading, self.gateway))

    def outgoing(self, message: str) -> bool:
        """Whether the message of ours to a doctor is there for the caller."""
        return self._may(lambda reading: _of_outgoing(message, reading, self.gateway))

    def certificates_of(self, number: str) -> bool:
        """Whether the certificates of a person are there for the caller."""
        return self._may(lambda reading: _of_person(number, reading, self.gateway))

    def orders_about(self, number: str) -> bool:
        """Whether a person is there for the caller to order a certificate about; none that has come is shown by it."""
        return self._may(lambda _: Subject(number))

    def need(self, *, is_there: bool) -> None:
        """Raises NotFoundError for what is not there for the caller, as for what is not there at all."""
        if not is_there:
            raise NotFoundError("it does not exist, or not for whoever asks")

    def only(self, told: list[Json]) -> list[Json]:
        """Those of some clarifications that the caller may see; each that is shown is recorded."""
        if self.calling is None:
            return told
        with self.gateway.store.reading() as reading:
            found = [
                _of_clarification(reading.find_clarification(each["clarification"]), reading, self.gateway)
                for each in told
            ]
        decided: dict[str | None, Look] = {}
        for subject in found:
            if subject.number not in decided:
                decided[subject.number] = self._look(subject, self.calling)
        looks = [replace(decided[subject.number], subject=subject) for subject in found]
        self._record([look for look in looks if look.decision.is_allowed], self.calling)
        return [each for each, look in zip(told, looks, strict=True) if look.decision.is_allowed]

    def override(self, uuid: str, reason: str) -> Override:
        """Opens a patient of another unit's to a counsellor, for a reason and a while.

        Raises NotFoundError for what does not exist and what no reason opens, and OverrideNotNeededError.
        """
        with self.gateway.store.reading() as reading:
            subject = _of_case(uuid, reading, self.gateway)
        if self.calling is None or self.calling.nav_ident is None:
            self.need(is_there=subject.number is not None)
            raise OverrideNotNeededError("who is no counsellor is held to no unit")
        look = self._look(subject, self.calling)
        self._record([look], self.calling)
        self.need(is_there=look.decision.is_allowed or look.decision.can_be_overridden)
        if look.decision.is_allowed or subject.number is None:
            raise OverrideNotNeededError("the patient is open to the counsellor already")
        now = self.gateway.clock()
        told = Override(
            id=self.gateway.new_id(),
            at=now,
            until=now + timedelta(hours=self.gateway.override_hours),
            case=uuid,
            patient=_digest(subject.number, self.gateway),
            reader=self._reader(self.calling),
            who=_who(self.calling, look.unit),
            reason=reason,
            reference=self.reference,
        )
        with self.gateway.store.transaction() as writing:
            writing.record_access(told)
        return told

    def _may(self, find: Callable[[Reading], Subject]) -> bool:
        if self.calling is None:
            return True
        with self.gateway.store.reading() as reading:
            subject = find(reading)
        look = self._look(subject, self.calling)
        if look.decision is not _BY_SCOPE or subject.number is not None:
            self._record([look], self.calling)
        return look.decision.is_allowed

    def _look(self, subject: Subject, identity: Identity) -> Look:
        """What is decided. The registers are asked outside any transaction: nobody waits for them with a lock."""
        if identity.nav_ident is None:
            return Look(subject, _BY_SCOPE)
        patient = self._relation(subject, identity.nav_ident)
        units = frozenset(self.gateway.units[each] for each in identity.groups if each in self.gateway.units)
        named = _digest(subject.number or ABSENT, self.gateway)
        with self.gateway.store.reading() as reading:
            has_override = reading.has_override(named, self._readers(identity), self.gateway.clock())
        decision = decide(Standing(units, has_override), patient)
        return Look(subject, decision, patient.unit if decision.basis == "unit" else min(units, default=None))

    def _relation(self, subject: Subject, nav_ident: str) -> Relation:
        """Nobody's where nobody can tell, which is a refusal."""
        people = self.gateway.people
        try:
            found = people.find(subject.number or ABSENT, nav_ident) if people is not None else NOBODY
        except PeopleUnavailableError:
            self.note()
            return NOBODY
        # Whatever a register says of a number that nobody has: there is nothing to see.
        return found if subject.number is not None else NOBODY

    def _record(self, looks: Iterable[Look], identity: Identity) -> None:
        now, reader = self.gateway.clock(), self._reader(identity)
        with self.gateway.store.transaction() as unit:
            for look in looks:
                number = look.subject.number
                for case in look.recorded_cases:
                    unit.record_access(
                        Access(
                            id=self.gateway.new_id(),
                            at=now,
                            case=case,
                            patient=_digest(number, self.gateway) if number is not None else None,
                            reader=reader,
                            who=_who(identity, look.unit),
                            act=self.act,
                            is_allowed=look.decision.is_allowed,
                            basis=look.decision.basis,
                            reference=self.reference,
                        )
                    )

    def _reader(self, identity: Identity) -> str:
        return self.gateway.sealer.digest(identity.key, "reader")

    def _readers(self, identity: Identity) -> tuple[str, ...]:
        """Under what an override of the caller's may stand.

        What is on record stays as it was written, by the ledger. A name without its issuer is the caller's as long as
        no other issuer could have given it.
        """
        same = [each for each in self.gateway.issuers if each.profile == identity.profile]
        former = (self.gateway.sealer.digest(identity.former_key, "reader"),) if len(same) == 1 else ()
        return (self._reader(identity), *former)


def _who(identity: Identity, unit: str | None) -> Reader:
    if identity.nav_ident is None:
        return Reader(identity.key, "system", organisation=identity.organisation)
    return Reader(identity.key, "counsellor", unit=unit)


def _digest(number: str, gateway: Gateway) -> str:
    return gateway.sealer.digest(number, "patient")


def _of_case(uuid: str, reading: Reading, gateway: Gateway) -> Subject:
    case, version = reading.find_case_by_uuid(uuid), reading.current_version(uuid)
    number = version.certificate.patient.number if version is not None else None
    # What is sealed and what it is found by must be about the same person.
    if case is None or number is None or _digest(number, gateway) != case.patient:
        return Subject()
    return Subject(number, (uuid,))


def _of_clarification(found: Clarification | None, reading: Reading, gateway: Gateway) -> Subject:
    if found is None:
        return Subject()
    numbers = {_of_case(each, reading, gateway).number for each in found.cases}
    numbers |= {event.patient.number for event in found.events if isinstance(event, Ordered)}
    # With two there would be two people to ask about, and no way to show one half.
    return Subject(numbers.pop(), found.cases) if len(numbers) == 1 else Subject()


def _of_answer(message: str, reading: Reading, gateway: Gateway) -> Subject:
    lying = reading.find_lying(message)
    if lying is None:
        return Subject()
    if lying.answer.content is not None:
        return Subject(lying.answer.content.answer.patient.number)
    return _of_case(lying.answer.case or "", reading, gateway)


def _of_outgoing(message: str, reading: Reading, gateway: Gateway) -> Subject:
    waiting = reading.find_outgoing(message)
    if waiting is None:
        return Subject()
    return _of_clarification(reading.find_clarification(waiting.outgoing.clarification), reading, gateway)


def _of_person(number: str, reading: Reading, gateway: Gateway) -> Subject:
    cases = reading.cases_of_patient(_digest(number, gateway))
    return Subject(number, tuple(case.uuid for case in cases))
