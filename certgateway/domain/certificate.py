"""The redesigned medical certificate as values: one dataclass per item, the same for FHIR and KITH.

Three values everywhere: a statement, "assessed, none" and "not assessed"; what nobody answered is *missing* and is
never read as "no". This module must never hold a benefit, a proposed benefit, a work-ability percentage or advice on
education or labour market, and never a display text from a sender: codes are shown by our own titles.

Element paths (`element` in findings, AEV data and questions) are the item id, the index where the item is a list, and
the attribute names below: ``function[2].limits[0]``, ``health-risk[0].harm``, ``prognosis.review_date``.
Dates are ISO 8601 text as the sender gave them, from year ("2024") to day ("2024-03-01"); see `domain.calendar`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final, Generic, Literal, TypeVar

T = TypeVar("T")

State = Literal["stated", "none", "not-assessed", "missing"]
"""How an item was answered: with statements, "assessed, none", "not assessed", or not at all."""

ITEMS: tuple[str, ...] = (
    "purpose",
    "patient",
    "author",
    "employment",
    "diagnosis",
    "history",
    "findings",
    "onset",
    "treatment",
    "function",
    "health-risk",
    "activity",
    "prognosis",
    "specialist",
    "assessment",
    "reservation",
    "attachment",
)
"""Item ids in the order of the form; stable for ever."""

SINGLE_ITEMS: tuple[str, ...] = ("purpose", "patient", "author", "employment", "onset", "prognosis")
"""Items that are one value: their element paths carry no index."""

WITHDRAWN: Final = "entered-in-error"
"""The status by which its author takes a certificate back."""

REQUIRED_ITEMS: tuple[str, ...] = ("patient", "author", "diagnosis", "function", "health-risk", "prognosis")


@dataclass(frozen=True, slots=True)
class Coding:
    """A code in a named system (canonical URL or ``urn:oid:``). The title is looked up, never carried."""

    system: str
    code: str


@dataclass(frozen=True, slots=True)
class Quantity:
    """An exact decimal with a UCUM unit code that `domain.vocabulary` knows (kg, min, h, h/wk, wk, mo, a ...)."""

    value: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Period:
    """Partial ISO dates, either may be None (open)."""

    start: str | None = None
    end: str | None = None


@dataclass(frozen=True, slots=True)
class Section(Generic[T]):
    """One item's answer. `entries` is empty unless `state` is "stated"; `reason` goes with "not assessed"."""

    state: State = "missing"
    entries: tuple[T, ...] = ()
    reason: str | None = None

    def __iter__(self) -> Iterator[T]:
        return iter(self.entries)


@dataclass(frozen=True, slots=True)
class Patient:
    """`number` is the personal number as sent; `kind` tells fødselsnummer from D-nummer."""

    number: str | None = None
    kind: Literal["fnr", "dnr"] | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Author:
    """Who assessed the patient. `number` is the author's own personal number where the message gives it.

    `contacts` are those whom the author wants NAV to get in touch with.
    """

    hpr: str | None = None
    profession: str | None = None
    role: str | None = None
    organisation: str | None = None
    her: str | None = None
    number: str | None = None
    last_seen: str | None = None
    contact: str | None = None
    contacts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why the certificate is written; `order` is the id of NAV's order when there is one."""

    reason: str
    order: str | None = None


@dataclass(frozen=True, slots=True)
class Employment:
    """`returns` is yes/no/unknown: an employer to return to, according to `said_by`, on `date`.

    `several` is yes/no/unknown: more than one employment. `situations` are codes (paid work, student ...), in words
    `other_situation`; `demands` is what the work demands, in prose; `occupation_code` is Statistics Norway's.
    """

    occupation: str | None = None
    returns: str | None = None
    said_by: str | None = None
    date: str | None = None
    several: str | None = None
    situations: tuple[str, ...] = ()
    other_situation: str | None = None
    demands: str | None = None
    occupation_code: str | None = None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`codes` keeps every recognised coding, the sender's first one first; `rank` is main or other.

    `occupational_injury` is yes/no: whether it should be considered as one, which happened on `injury_date`.
    """

    codes: tuple[Coding, ...]
    rank: Literal["main", "other"]
    comment: str | None = None
    occupational_injury: str | None = None
    injury_date: str | None = None

    @property
    def code(self) -> Coding | None:
        """The coding the certificate is read by, None when no recognised diagnosis system was used."""
        return self.codes[0] if self.codes else None


@dataclass(frozen=True, slots=True)
class Statement:
    """Prose of the doctor (history, assessment): shown in parts, never edited.

    `question` is the question of the form of 2008 that an assessment answers in words, where that form has no codes.
    """

    text: str
    source: str | None = None
    date: str | None = None
    question: str | None = None


@dataclass(frozen=True, slots=True)
class ClinicalFinding:
    """A dated observation or test: coded, measured or in words."""

    code: Coding | None = None
    text: str | None = None
    quantity: Quantity | None = None
    qualifier: str | None = None
    date: str | None = None
    source: str | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Onset:
    """Since when function is reduced. `certainty`: exact, approximate, unknown (then `since` may be None)."""

    since: str | None = None
    certainty: str | None = None
    source: str | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Treatment:
    """One treatment or investigation. `improves`: yes/no/uncertain; `combinable` with activity: yes/with-limits/no.

    `wait` is the expected waiting time after a referral.
    """

    kind: str | None = None
    status: str | None = None
    period: Period = Period()
    description: str | None = None
    result: str | None = None
    improves: str | None = None
    combinable: str | None = None
    diagnosis: int | None = None
    source: str | None = None
    wait: Quantity | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """How much: `kind` from the limit vocabulary (max-load, max-duration ...)."""

    kind: str
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class FunctionStatement:
    """What the patient can do, with adaptation or not, in work or daily life.

    `ability` None with `not_assessed` set is "not assessed" with its reason; b-codes carry `qualifier` only (ICF 0-4,
    8, 9). `diagnosis` is an index into the certificate's diagnoses. `best` and `worst` are abilities when `variation`
    is fluctuating.
    """

    code: Coding | None = None
    setting: str | None = None
    ability: str | None = None
    not_assessed: str | None = None
    qualifier: str | None = None
    limits: tuple[Limit, ...] = ()
    variation: str | None = None
    best: str | None = None
    worst: str | None = None
    adaptations: tuple[str, ...] = ()
    diagnosis: int | None = None
    date: str | None = None
    source: str | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class HealthRisk:
    """An activity that poses a risk, the harm, and what makes it safe. An open `validity` is until further notice."""

    activity: Coding | None = None
    harm: str | None = None
    severity: str | None = None
    safe_limits: tuple[Limit, ...] = ()
    adaptations: tuple[str, ...] = ()
    mitigation: str | None = None
    validity: Period = Period()
    diagnosis: int | None = None
    date: str | None = None
    source: str | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Participation:
    """Can the patient take part in activity; `measure_view` is the doctor's view of a measure NAV described.

    `resumption` says whether and when the work named by `scope` can be taken up; `measure` is a measure that the doctor
    proposes, with `comment` in words.
    """

    ability: str | None = None
    scope: str | None = None
    reason: str | None = None
    period: Period = Period()
    measure_view: str | None = None
    source: str | None = None
    comment: str | None = None
    resumption: str | None = None
    measure: str | None = None


@dataclass(frozen=True, slots=True)
class Prognosis:
    """The course ahead. Durations are quantities in days, weeks, months or years."""

    course: str | None = None
    horizon: Quantity | None = None
    certainty: str | None = None
    uncertain_because: str | None = None
    illness_duration: Quantity | None = None
    reduced_function_duration: Quantity | None = None
    review_date: str | None = None
    diagnosis: int | None = None
    date: str | None = None
    source: str | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class SpecialistStatement:
    """A specialist's statement that exists or is attached, and what it means for function (`meaning`, prose)."""

    specialty: str | None = None
    date: str | None = None
    attached: bool | None = None
    meaning: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Reservation:
    """What must be kept from the patient (`items`: item ids, empty means all) and why."""

    items: tuple[str, ...] = ()
    reason: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """Type, size in bytes and SHA-256 of an attached document; the bytes stay in the sealed original.

    `as_stated`: its bytes have the size and the digest that the sender gave, where one was given.
    """

    content_type: str
    size: int
    sha256: str
    as_stated: bool = True


@dataclass(frozen=True, slots=True)
class Provenance:
    """Who stated an item and when, where that is not the certificate's author at the time the version was written.

    `clarification` is the question that it answers, `system` the key of the sender that the answer came from.
    """

    item: str
    author: Author
    authored: datetime
    clarification: str | None = None
    system: str | None = None


@dataclass(frozen=True, slots=True)
class Certificate:
    """One version of one certificate. `identifier` is stable over versions; `replaces` is what the sender says.

    `provenance` is filled in where answers to questions were joined to it: one entry for each item that was not stated
    by `author` at `authored`, which stay those of the certificate as a whole.
    """

    identifier: Coding
    authored: datetime
    status: str
    patient: Patient = Patient()
    author: Author = Author()
    purpose: Purpose | None = None
    replaces: Coding | None = None
    employment: Section[Employment] = field(default_factory=Section)
    diagnosis: Section[Diagnosis] = field(default_factory=Section)
    history: Section[Statement] = field(default_factory=Section)
    findings: Section[ClinicalFinding] = field(default_factory=Section)
    onset: Section[Onset] = field(default_factory=Section)
    treatment: Section[Treatment] = field(default_factory=Section)
    function: Section[FunctionStatement] = field(default_factory=Section)
    health_risk: Section[HealthRisk] = field(default_factory=Section)
    activity: Section[Participation] = field(default_factory=Section)
    prognosis: Section[Prognosis] = field(default_factory=Section)
    specialist: Section[SpecialistStatement] = field(default_factory=Section)
    assessment: Section[Statement] = field(default_factory=Section)
    reservation: Section[Reservation] = field(default_factory=Section)
    attachment: Section[Attachment] = field(default_factory=Section)
    provenance: tuple[Provenance, ...] = ()

    def stated_by(self, item: str | None) -> tuple[Author, datetime]:
        """Who stated an item, and when."""
        for entry in self.provenance:
            if entry.item == item:
                return entry.author, entry.authored
        return self.author, self.authored
