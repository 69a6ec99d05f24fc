"""The questions of our Questionnaire as the codec knows them: link ids, kinds of answer, and systems of codes.

Link ids are the domain's element paths without indexes, so one table serves reading and writing. It must hold what
`certgateway/profiles/Questionnaire-certificate.json` asks and nothing else; a test compares the two.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from certgateway import safejson
from certgateway.domain.certificate import (
    ITEMS,
    SINGLE_ITEMS,
    Attachment,
    Author,
    ClinicalFinding,
    Diagnosis,
    Employment,
    FunctionStatement,
    HealthRisk,
    Onset,
    Participation,
    Patient,
    Prognosis,
    Purpose,
    Reservation,
    SpecialistStatement,
    Statement,
    Treatment,
)
from certgateway.domain.vocabulary import systems

QUESTIONNAIRE: Final = f"{systems.BASE}/Questionnaire/certificate"
LOINC_ANSWERS: Final = "74465-6"
"""LOINC's code of a section that holds a questionnaire response."""

_PUBLISHED = Path(__file__).resolve().parents[1] / "profiles" / "Questionnaire-certificate.json"
_UNSECTIONED = frozenset({"purpose", "patient", "author"})

Kind = Literal[
    "text", "name", "order", "code", "coding", "date", "quantity", "flag", "number-of-diagnosis", "limits", "attachment"
]
"""What an answer is: `code` is a code whose system is understood, `coding` one that is kept with its system."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `name` is the link id below the item, and the attribute path; `listed`: only codes that we know."""

    name: str
    kind: Kind
    systems: tuple[str, ...] = ()
    many: bool = False
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """One item of the form. `entry` is what each statement becomes; `can_be_none`: the form offers "assessed, none"."""

    item: str
    entry: type[Any]
    questions: tuple[Question, ...]
    can_be_none: bool = False

    @property
    def attribute(self) -> str:
        """The certificate's attribute of this item."""
        return self.item.replace("-", "_")

    @property
    def sectioned(self) -> bool:
        """Whether the item has a state and statements; the people and the purpose are asked directly."""
        return self.item not in _UNSECTIONED

    @property
    def single(self) -> bool:
        """Whether the item is one value, whose element path carries no index."""
        return self.item in SINGLE_ITEMS

    def link(self, name: str) -> str:
        """The link id of a question of this item, or of its `state` or `entry`."""
        return f"{self.item}.{name}"


def _code(name: str, vocabulary: str, *, many: bool = False) -> Question:
    return Question(name, "code", (systems.CODE_SYSTEM + vocabulary,), many, listed=True)


def _text(*names: str) -> Iterator[Question]:
    return (Question(name, "text") for name in names)


def _dates(*names: str) -> Iterator[Question]:
    return (Question(name, "date") for name in names)


_SOURCE = _code("source", "statement-source")
_COMMENT = Question("comment", "text")
_DATE = Question("date", "date")
_BECAUSE = Question("diagnosis", "number-of-diagnosis")
_FUNCTION = Question("code", "coding", (systems.ICF,))
_QUALIFIER = _code("qualifier", "icf-qualifier")

_PURPOSE = (_code("reason", "purpose"), Question("order", "order"))
_PATIENT = (*_text("number"), Question("name", "name"))
_AUTHOR = (
    *_text("hpr"),
    Question("profession", "code", (systems.PROFESSION,)),
    _code("role", "author-role"),
    *_text("organisation", "her"),
    *_dates("last_seen"),
    _code("contact", "contact"),
)
_EMPLOYMENT = (*_text("occupation"), _code("returns", "yes-no"), _code("said_by", "informant"), _DATE)
_DIAGNOSIS = (
    Question("codes", "coding", (*systems.DIAGNOSIS_SYSTEMS, *systems.ALIASES), many=True),
    _code("rank", "diagnosis-rank"),
    _COMMENT,
)
_PROSE = (*_text("text"), _DATE, _SOURCE)
_FINDINGS = (_FUNCTION, *_text("text"), Question("quantity", "quantity"), _QUALIFIER, _DATE, _SOURCE, _COMMENT)
_ONSET = (*_dates("since"), _code("certainty", "onset-certainty"), _SOURCE, _COMMENT)
_TREATMENT = (
    _code("kind", "treatment-kind"),
    _code("status", "treatment-status"),
    *_dates("period.start", "period.end"),
    *_text("description", "result"),
    _code("improves", "expected-to-improve"),
    _code("combinable", "combinable-with-activity"),
    _BECAUSE,
    _SOURCE,
)
_FUNCTIONING = (
    _FUNCTION,
    _code("setting", "setting"),
    _code("ability", "ability"),
    Question("not_assessed", "code", (systems.DATA_ABSENT_REASON,)),
    _QUALIFIER,
    Question("limits", "limits", (systems.CODE_SYSTEM + "limit",), many=True),
    _code("variation", "variation"),
    _code("best", "ability"),
    _code("worst", "ability"),
    _code("adaptations", "adaptation", many=True),
    _BECAUSE,
    _DATE,
    _SOURCE,
    _COMMENT,
)
_HEALTH_RISK = (
    Question("activity", "coding", (systems.CODE_SYSTEM + "risk-activity", systems.ICF), listed=True),
    _code("harm", "harm"),
    _code("severity", "severity"),
    Question("safe_limits", "limits", (systems.CODE_SYSTEM + "limit",), many=True),
    _code("adaptations", "adaptation", many=True),
    *_text("mitigation"),
    *_dates("validity.start", "validity.end"),
    _BECAUSE,
    _DATE,
    _SOURCE,
    _COMMENT,
)
_ACTIVITY = (
    _code("ability", "participation"),
    _code("scope", "activity-scope"),
    _code("reason", "exemption-reason"),
    *_dates("period.start", "period.end"),
    _code("measure_view", "measure-view"),
    _SOURCE,
    _COMMENT,
)
_PROGNOSIS = (
    _code("course", "course"),
    Question("horizon", "quantity"),
    _code("certainty", "certainty"),
    _code("uncertain_because", "uncertain-because"),
    Question("illness_duration", "quantity"),
    Question("reduced_function_duration", "quantity"),
    *_dates("review_date"),
    _BECAUSE,
    _DATE,
    _SOURCE,
    _COMMENT,
)
_SPECIALIST = (
    _code("specialty", "specialty"),
    _DATE,
    Question("attached", "flag"),
    *_text("meaning"),
    _SOURCE,
)
_RESERVATION = (
    _code("items", "certificate-item", many=True),
    _code("reason", "reservation-reason"),
    *_text("text"),
)

FORM: Final[tuple[Group, ...]] = (
    Group("purpose", Purpose, _PURPOSE),
    Group("patient", Patient, _PATIENT),
    Group("author", Author, _AUTHOR),
    Group("employment", Employment, _EMPLOYMENT),
    Group("diagnosis", Diagnosis, _DIAGNOSIS),
    Group("history", Statement, _PROSE),
    Group("findings", ClinicalFinding, _FINDINGS, can_be_none=True),
    Group("onset", Onset, _ONSET),
    Group("treatment", Treatment, _TREATMENT, can_be_none=True),
    Group("function", FunctionStatement, _FUNCTIONING),
    Group("health-risk", HealthRisk, _HEALTH_RISK, can_be_none=True),
    Group("activity", Participation, _ACTIVITY),
    Group("prognosis", Prognosis, _PROGNOSIS),
    Group("specialist", SpecialistStatement, _SPECIALIST, can_be_none=True),
    Group("assessment", Statement, _PROSE),
    Group("reservation", Reservation, _RESERVATION),
    Group("attachment", Attachment, (Question("content", "attachment"),)),
)
"""The form, item by item in its order; diagnoses come before the statements that refer to them."""

GROUPS: Final[Mapping[str, Group]] = {group.item: group for group in FORM}
SECTIONED: Final[tuple[Group, ...]] = tuple(GROUPS[item] for item in ITEMS if item not in _UNSECTIONED)


@dataclass(frozen=True, slots=True)
class Words:
    """What the published form says of a question: its text in every language, and the element it is mapped to."""

    texts: frozenset[str]
    definition: str | None


@cache
def published_words() -> Mapping[str, Words]:
    """Link id to what the form itself says of the question; read when the first message of answers comes."""
    published: Any = safejson.parse(_PUBLISHED.read_bytes())
    return {item["linkId"]: Words(frozenset(_texts(item)), item.get("definition")) for item in _below(published)}


def _below(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in node.get("item", ()):
        yield item
        yield from _below(item)


def _texts(item: dict[str, Any]) -> Iterator[str]:
    yield item["text"]
    for translation in item.get("_text", {}).get("extension", ()):
        yield from (part["valueString"] for part in translation["extension"] if "valueString" in part)
