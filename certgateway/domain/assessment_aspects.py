"""What two versions of a statement are compared by: its parts, each as something to compare, to show and to say.

One function per item gives a `Fact`. The date of a statement and the order of adaptations are no difference; nor is a
quantity told in another unit. Prose is compared; it must never be shown or said here.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from certgateway.domain.assessment_captions import CAPTIONS
from certgateway.domain.assessment_quantities import comparable
from certgateway.domain.assessment_titles import Json, Titles, date_text
from certgateway.domain.assessment_values import digits
from certgateway.domain.certificate import (
    Attachment,
    Certificate,
    ClinicalFinding,
    Coding,
    Diagnosis,
    Employment,
    FunctionStatement,
    HealthRisk,
    Limit,
    Onset,
    Participation,
    Period,
    Prognosis,
    Quantity,
    SpecialistStatement,
    Statement,
    Treatment,
)
from certgateway.domain.vocabulary import Title, Vocabulary
from certgateway.domain.vocabulary.form import ABSENT_REASONS, STATEMENT_SOURCE
from certgateway.domain.vocabulary.form_2008 import PROPOSED_MEASURE, QUESTION, RESUMPTION, WORK_SITUATION
from certgateway.domain.vocabulary.functioning import (
    ABILITY,
    ADAPTATION,
    DIAGNOSIS_RANK,
    ICF_QUALIFIER,
    INFORMANT,
    LIMIT,
    ONSET_CERTAINTY,
    SETTING,
    VARIATION,
    YES_NO,
)
from certgateway.domain.vocabulary.outlook import (
    ACTIVITY_SCOPE,
    CERTAINTY,
    COMBINABLE,
    COURSE,
    EXEMPTION_REASON,
    EXPECTED_IMPROVEMENT,
    MEASURE_VIEW,
    PARTICIPATION,
    SPECIALTY,
    TREATMENT_KIND,
    TREATMENT_STATUS,
    UNCERTAIN_BECAUSE,
)
from certgateway.domain.vocabulary.risks import HARM, SEVERITY


@dataclass(frozen=True, slots=True)
class Aspect:
    """One part of a statement. `field` is its path below the statement.

    `same` is for comparing, `shown` for JSON, `text` for people. `caption` says which part it is where
    the text alone would not; within a `group` only when there are several.
    """

    name: str
    field: str
    same: Hashable
    shown: Any
    text: str
    caption: str | None = None
    group: str | None = None
    prose: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """A statement to compare. `about` and `setting` together are its key; `label` is what a change of it is called."""

    item: str
    element: str
    code: Json
    about: Hashable
    label: str
    aspects: tuple[Aspect, ...]
    setting: str | None = None

    @property
    def key(self) -> tuple[Hashable, str | None]:
        """What makes it the same statement in another version."""
        return self.about, self.setting

    @property
    def same(self) -> tuple[Hashable, ...]:
        """Equal for two statements that say the same."""
        return self.key, frozenset((aspect.name, aspect.same) for aspect in self.aspects)


_YES: Final = Title("ja", "ja", "yes")
_NO: Final = Title("nei", "nei", "no")


@dataclass(slots=True)
class _Gathered:
    """Collects the aspects of one statement; what was not stated leaves no aspect."""

    certificate: Certificate
    titles: Titles
    aspects: list[Aspect] = field(default_factory=list)

    def _caption(self, name: str) -> str | None:
        caption = CAPTIONS.get(name)
        return caption.text(self.titles.language) if caption else None

    def add(self, name: str, same: Hashable, shown: object, text: str, *, prose: bool = False) -> None:
        self.aspects.append(Aspect(name, name, same, shown, text, self._caption(name), prose=prose))

    def own(self, name: str, vocabulary: Vocabulary, code: str | None) -> None:
        coded = self.titles.own(vocabulary, code)
        if coded is not None:
            self.add(name, coded["code"], coded, coded["display"])

    def many(self, name: str, vocabulary: Vocabulary, codes: Iterable[str]) -> None:
        coded = self.titles.all_own(vocabulary, codes)
        if coded:
            same = frozenset(entry["code"] for entry in coded)
            self.add(name, same, coded, ", ".join(entry["display"] for entry in coded))

    def quantity(self, name: str, quantity: Quantity | None) -> None:
        shown = self.titles.quantity(quantity)
        if quantity is not None and shown is not None:
            self.add(name, comparable(quantity), shown, shown["text"])

    def day(self, name: str, text: str | None, place: str | None = None) -> None:
        day = date_text(text)
        if day is not None:
            self.aspects.append(Aspect(name, place or name, day, day, day, self._caption(name)))

    def period(self, name: str, period: Period) -> None:
        self.day("start", period.start, f"{name}.start")
        self.day("end", period.end, f"{name}.end")

    def prose(self, name: str, text: str | None, *, captioned: bool = True) -> None:
        if text is not None:
            caption = self._caption(name) if captioned else None
            self.aspects.append(Aspect(name, name, text, None, "", caption, prose=True))

    def coding(self, name: str, coding: Coding | None) -> None:
        if coding is not None:
            shown = self.titles.coded(coding)
            self.add(name, coding, shown, _called(shown))

    def linked(self, index: int | None) -> None:
        """The diagnosis itself, since its place in the list may change."""
        diagnoses = self.certificate.diagnosis.entries
        if index is not None and 0 <= index < len(diagnoses):
            self.coding("diagnosis", diagnoses[index].code)

    def limits(self, name: str, limits: tuple[Limit, ...]) -> None:
        """One aspect for each kind of limit."""
        kinds: dict[str, list[tuple[int, Limit]]] = {}
        for index, limit in enumerate(limits):
            kinds.setdefault(limit.kind, []).append((index, limit))
        self.aspects.extend(self._limit(name, kind, found) for kind, found in kinds.items())

    def _limit(self, name: str, kind: str, found: list[tuple[int, Limit]]) -> Aspect:
        shown = [self.titles.limit(limit) for _, limit in found]
        return Aspect(
            name=kind,
            field=f"{name}[{found[0][0]}]",
            same=frozenset(comparable(limit.quantity, kind) for _, limit in found),
            shown=shown if len(shown) > 1 else shown[0],
            text=", ".join(entry["quantity"]["text"] for entry in shown),
            caption=LIMIT.title(kind, self.titles.language),
            group="limits",
        )

    def fact(
        self, element: str, item: str, about: Hashable, code: Json | None = None, setting: str | None = None
    ) -> Fact:
        named = code or self.titles.item(item)
        return Fact(item, element, named, about, _called(named), tuple(self.aspects), setting)


def _called(coded: Json) -> str:
    return str(coded["display"] or coded["code"] or "?")


def _diagnosis(element: str, entry: Diagnosis, certificate: Certificate, titles: Titles) -> Fact:
    parts = _Gathered(certificate, titles)
    parts.own("rank", DIAGNOSIS_RANK, entry.rank)
    others = [titles.coded(coding) for coding in entry.codes[1:]]
    if others:
        parts.add("codes", frozenset(entry.codes[1:]), others, ", ".join(map(_called, others)))
    parts.own("occupational_injury", YES_NO, entry.occupational_injury)
    parts.day("injury_date", entry.injury_date)
    parts.prose("comment", entry.comment)
    return parts.fact(element, "diagnosis", entry.code, titles.coded(entry.code) if entry.code else None)


def _history(element: str, entry: Statement, certificate: Certificate, titles: Titles) -> Fact:
    return _statement("history", element, entry, _Gathered(certificate, titles))


def _assessment(element: str, entry: Statement, certificate: Certificate, titles: Titles) -> Fact:
    return _statement("assessment", element, entry, _Gathered(certificate, titles))


def _statement(item: str, element: str, entry: Statement, parts: _Gathered) -> Fact:
    """Prose that answers a question is the same statement only when it answers the same one."""
    parts.prose("text", entry.text, captioned=False)
    return parts.fact(element, item, entry.question, parts.titles.own(QUESTION, entry.question))


def _finding(element: str, entry: ClinicalFinding, certificate: Certificate, titles: Titles) -> Fact:
    parts = _Gathered(certificate, titles)
    parts.own("qualifier", ICF_QUALIFIER, entry.qualifier)
    parts.quantity("quantity", entry.quantity)
    parts.prose("text", entry.text, captioned=False)
    parts.prose("comment", entry.comment)
    return parts.fact(element, "findings", entry.code, titles.coded(entry.code) if entry.code else None)


def _employment(element: str, entry: Employment, certificate: Certificate, titles: Titles) -> Fact:
    parts = _Gathered(certificate, titles)
    parts.own("returns", YES_NO, entry.returns)
    parts.own("said_by", INFORMANT, entry.said_by)
    parts.own("several", YES_NO, entry.several)
    parts.many("situations", WORK_SITUATION, entry.situations)
    code = digits(entry.occupation_code)
    if code is not None:
        parts.add("occupation_code", code, code, code)
    parts.prose("occupation", entry.occupation)
    parts.prose("other_situation", entry.other_situation)
    parts.prose("demands", entry.demands)
    return parts.fact(element, "employment", None)


def _onset(element: str, entry: Onset, certificate: Certificate, titles: Titles) -> Fact:
    parts = _Gathered(certificate, titles)
    parts.day("since", entry.since)
    parts.own("certainty", ONSET_CERTAINTY, entry.certainty)
    parts.own("source", STATEMENT_SOURCE, entry.source)
    parts.prose("comment", entry.comment)
    return parts.fact(element, "onset", None)


def _treatment(element: str, entry: Treatment, certificate: Certificate, titles: Titles) -> Fact:
    parts = _Gathered(certificate, titles)
    parts.own("status", TREATMENT_STATUS, entry.status)
    parts.period("period", entry.period)
    parts.own("improves", EXPECTED_IMPROVEMENT, entry.improves)
    parts.own("combinable", COMBINABLE, entry.combinable)
    parts.quantity("wait", entry.wait)
    parts.linked(entry.diagnosis)
    parts.own("source", STATEMENT_SOURCE, entry.source)
    parts.prose("description", entry.description)
    parts.prose("result", entry.result)
    return parts.fact(element, "treatment", entry.kind, titles.own(TREATMENT_KIND, entry.kind))


def _function(element: str, entry: FunctionStatement, certificate: Certificate, titles: Titles) -> Fact:
    parts = _Gathered(certificate, titles)
    parts.own("ability", ABILITY, entry.ability)
    parts.own("not_assessed", ABSENT_REASONS, entry.not_assessed)
    parts.own("qualifier", ICF_QUALIFIER, entry.qualifier)
    parts.limits("limits", entry.limits)
    parts.own("variation", VARIATION, entry.variation)
    parts.own("best", ABILITY, entry.best)
    parts.own("worst", ABILITY, entry.worst)
    parts.many("adaptations", ADAPTATION, entry.adaptations)
    parts.linked(entry.diagnosis)
    parts.own("source", STATEMENT_SOURCE, entry.source)
    parts.prose("comment", entry.comment)
    setting = titles.own(SETTING, entry.setting)
    code = titles.coded(entry.code) if entry.code else None
    return parts.fact(element, "function", entry.code, code, setting["display"] if setting else None)


def _health_risk(element: str, entry: HealthRisk, certificate: Certificate, titles: Titles) -> Fact:
    parts = _Gathered(certificate, titles)
    parts.own("harm", HARM, entry.harm)
    parts.own("severity", SEVERITY, entry.severity)
    parts.limits("safe_limits", entry.safe_limits)
    parts.many("adaptations", ADAPTATION, entry.adaptations)
    parts.period("validity", entry.validity)
    parts.linked(entry.diagnosis)
    parts.own("source", STATEMENT_SOURCE, entry.source)
    parts.prose("mitigation", entry.mitigation)
    parts.prose("comment", entry.comment)
    return parts.fact(element, "health-risk", entry.activity, titles.coded(entry.activity) if entry.activity else None)


def _activity(element: str, entry: Participation, certificate: Certificate, titles: Titles) -> Fact:
    parts = _Gathered(certificate, titles)
    parts.own("ability", PARTICIPATION, entry.ability)
    parts.own("scope", ACTIVITY_SCOPE, entry.scope)
    parts.own("reason", EXEMPTION_REASON, entry.reason)
    parts.period("period", entry.period)
    parts.own("measure_view", MEASURE_VIEW, entry.measure_view)
    parts.own("resumption", RESUMPTION, entry.resumption)
    parts.own("measure", PROPOSED_MEASURE, entry.measure)
    parts.own("source", STATEMENT_SOURCE, entry.source)
    parts.prose("comment", entry.comment)
    return parts.fact(element, "activity", (entry.scope, entry.measure))


def _prognosis(element: str, entry: Prognosis, certificate: Certificate, titles: Titles) -> Fact:
    parts = _Gathered(certificate, titles)
    parts.own("course", COURSE, entry.course)
    parts.quantity("horizon", entry.horizon)
    parts.own("certainty", CERTAINTY, entry.certainty)
    parts.own("uncertain_because", UNCERTAIN_BECAUSE, entry.uncertain_because)
    parts.quantity("illness_duration", entry.illness_duration)
    parts.quantity("reduced_function_duration", entry.reduced_function_duration)
    parts.day("review_date", entry.review_date)
    parts.linked(entry.diagnosis)
    parts.own("source", STATEMENT_SOURCE, entry.source)
    parts.prose("comment", entry.comment)
    return parts.fact(element, "prognosis", None)


def _specialist(element: str, entry: SpecialistStatement, certificate: Certificate, titles: Titles) -> Fact:
    parts = _Gathered(certificate, titles)
    parts.day("date", entry.date)
    if entry.attached is not None:
        words = (_YES if entry.attached else _NO).text(titles.language)
        parts.add("attached", entry.attached, entry.attached, words)
    parts.prose("meaning", entry.meaning)
    about = (entry.specialty, date_text(entry.date))
    return parts.fact(element, "specialist", about, titles.own(SPECIALTY, entry.specialty))


def _attachment(element: str, entry: Attachment, certificate: Certificate, titles: Titles) -> Fact:
    parts = _Gathered(certificate, titles)
    parts.add("content_type", entry.content_type, entry.content_type, entry.content_type)
    return parts.fact(element, "attachment", entry.sha256)


ASPECTS: Final[Mapping[str, Callable[[str, Any, Certificate, Titles], Fact]]] = MappingProxyType(
    {
        "employment": _employment,
        "diagnosis": _diagnosis,
        "history": _history,
        "findings": _finding,
        "onset": _onset,
        "treatment": _treatment,
        "function": _function,
        "health-risk": _health_risk,
        "activity": _activity,
        "prognosis": _prognosis,
        "specialist": _specialist,
        "assessment": _assessment,
        "attachment": _attachment,
    }
)
"""Item to how its statements are compared. A reservation is not: what is kept from the patient is told by itself."""
