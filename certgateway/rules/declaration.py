"""What a rule is: one declaration and one pure function. No rule language, no registration on import.

A predicate gets the certificate and the facts and yields breaches: domain paths where the rule is broken. It must never
look at the format the certificate came in, at a clock or at anything outside its two arguments.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal, Protocol

from certgateway.domain.attachments import TAKEN, AttachmentPolicy
from certgateway.domain.authorisation import Standing
from certgateway.domain.certificate import Certificate
from certgateway.domain.findings import Effect, Language
from certgateway.domain.marks import Mark
from certgateway.domain.vocabulary import Title

Persons = Literal["synthetic", "real", "both"]

FIRST_RULE_SET: Final = date(2026, 1, 1)
"""In force from this day together with version 1.0.0 of the profiles."""


class Diagnoses(Protocol):
    """Look-up in the diagnosis tables: `exists` is None when the system is none of theirs."""

    def exists(self, system: str, code: str) -> bool | None:
        """Whether the code stands in the system's table."""

    def title(self, system: str, code: str) -> str | None:
        """The table's own title."""


@dataclass(frozen=True, slots=True)
class InForce:
    """When a version of the profiles may be used, from `since` to the day before `withdrawn`; None is open."""

    since: date | None = None
    withdrawn: date | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a rule may know besides the certificate. `arrival` is aware; look-ups have been made already.

    `other_patient`: an earlier version of this certificate id is about somebody else. `resend`: the same certificate
    came under another message id. `order_unknown`: it names an order that is not known as one of its sender's about its
    patient. `trusted`: the sender was verified. `submitted`: the message is for the record, not
    for validation only. `broken_items`: items with a conformance error
    inside, whose answer is broken rather than missing. `uncoded_function`: the form has no codes for functioning, so
    that words answer. `marks`: what was found in the prose, by element path. `attachments`: which are taken;
    `infected`: SHA-256 of those in which a malware scan found something. `author`: what the register of health
    personnel says of who wrote the message, None where it was not asked.
    """

    arrival: datetime
    diagnoses: Diagnoses
    persons: Persons = "both"
    profile: InForce = InForce()
    other_patient: bool = False
    resend: bool = False
    trusted: bool = True
    submitted: bool = False
    history: bool = False
    broken_items: frozenset[str] = frozenset()
    uncoded_function: bool = False
    marks: Mapping[str, tuple[Mark, ...]] = field(default_factory=dict)
    attachments: AttachmentPolicy = TAKEN
    infected: frozenset[str] = frozenset()
    order_unknown: bool = False
    author: Standing | None = None


@dataclass(frozen=True, slots=True)
class Breach:
    """Where a rule is broken: the domain path, what belongs there when it is absent, and words of ours for the text."""

    element: str
    expected: str | None = None
    span: tuple[int, int] | None = None
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Text:
    """`found` and `action` address the sender (doctor or vendor), `counsellor` the NAV counsellor.

    `{name}` takes `Breach.detail`. `counsellor` is empty where NAV is never told.
    """

    found: str
    action: str
    counsellor: str


@dataclass(frozen=True, slots=True)
class Rule:
    """`id` states the fault and is stable for ever; `authority` names the source and its clause or page.

    `item` is the item id, None when the rule concerns several items or the certificate as a whole; the finding then
    takes the item from the place where the rule is broken. A rule is repealed by a date, never deleted. `words` says in
    each language what a value of `Breach.detail` means; such a text may itself take details and `{expected}`.
    """

    id: str
    effect: Effect
    item: str | None
    authority: str
    in_force: date
    nb: Text
    nn: Text
    en: Text
    broken: Callable[[Certificate, Facts], Iterable[Breach]]
    repealed: date | None = None
    words: Mapping[str, Title] = field(default_factory=dict)

    def text(self, language: Language) -> Text:
        """The texts in one language."""
        return {"nb": self.nb, "nn": self.nn, "en": self.en}[language]


def stated_elsewhere(_certificate: Certificate, _facts: Facts) -> tuple[Breach, ...]:
    """The predicate of a rule whose breaches the codec or the redaction finds: the declaration gives the texts."""
    return ()
