"""What a certificate says, item by item, as short sentences to the patient: made of our own titles and words alone.

One function per item. No sentence may hold a word of a sender, a reason why something was not assessed (some would
sound as if the patient had failed), or anything of another item.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from certgateway.domain.assessment_titles import Titles
from certgateway.domain.certificate import (
    Attachment,
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
from certgateway.domain.patient_words import SAID, day_text
from certgateway.domain.vocabulary import Vocabulary
from certgateway.domain.vocabulary.form_2008 import PROPOSED_MEASURE, QUESTION, RESUMPTION, WORK_SITUATION
from certgateway.domain.vocabulary.functioning import (
    ABILITY,
    ADAPTATION,
    DIAGNOSIS_RANK,
    ICF_QUALIFIER,
    ONSET_CERTAINTY,
    SETTING,
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


def sentences(item: str, entry: Any, titles: Titles) -> list[str]:  # noqa: ANN401  each item has a type of its own
    """What one statement of an item says besides prose; raises KeyError for what is no item with statements."""
    return list(_TOLD[item](entry, _Speech(titles)))


class _Speech:
    """Finds titles and makes sentences of them; what has no title leaves no sentence."""

    def __init__(self, titles: Titles) -> None:
        self.titles = titles

    def say(self, name: str, **known: str) -> Iterator[str]:
        yield SAID[name].text(self.titles.language).format(**known)

    def own(self, name: str, vocabulary: Vocabulary, code: str | None) -> Iterator[str]:
        """A sentence about a code of ours."""
        found = self.title(vocabulary, code)
        if found is not None:
            yield from self.say(name, what=found)

    def many(self, name: str, vocabulary: Vocabulary, codes: Iterable[str]) -> Iterator[str]:
        found = [each["display"] for each in self.titles.all_own(vocabulary, codes)]
        if found:
            yield from self.say(name, what=", ".join(dict.fromkeys(found)))

    def title(self, vocabulary: Vocabulary, code: str | None) -> str | None:
        found = self.titles.own(vocabulary, code)
        return found["display"] if found else None

    def called(self, coding: Coding | None, otherwise: str) -> str:
        """What a code of a classification is called, the code itself where we have no title."""
        found = self.titles.coded(coding) if coding else {}
        named: str | None = found.get("display") or found.get("code")
        return named or SAID[otherwise].text(self.titles.language)

    def quantity(self, name: str, quantity: Quantity | None) -> Iterator[str]:
        found = self.titles.quantity(quantity)
        if found is not None:
            yield from self.say(name, what=found["text"])

    def day(self, name: str, text: str | None) -> Iterator[str]:
        found = day_text(text, self.titles.language)
        if found is not None:
            yield from self.say(name, what=found)

    def limits(self, name: str, limits: Iterable[Limit]) -> Iterator[str]:
        for limit in limits:
            found = self.titles.limit(limit)
            if found["kind"] is not None:
                yield from self.say(name, kind=found["kind"]["display"], what=found["quantity"]["text"])

    def period(self, period: Period) -> Iterator[str]:
        """From when until when; until further notice where no end is set."""
        start, end = day_text(period.start, self.titles.language), day_text(period.end, self.titles.language)
        if start is not None and end is not None:
            yield from self.say("from-until", start=start, end=end)
        elif start is not None:
            yield from self.say("from", what=start)
        elif end is not None:
            yield from self.say("until", what=end)


def _diagnosis(entry: Diagnosis, speech: _Speech) -> Iterator[str]:
    rank = speech.title(DIAGNOSIS_RANK, entry.rank) or ""
    yield from speech.say("diagnosis", rank=rank, what=speech.called(entry.code, "unnamed-diagnosis"))
    yield from speech.own("occupational-injury", YES_NO, entry.occupational_injury)
    yield from speech.day("injury-date", entry.injury_date)


def _onset(entry: Onset, speech: _Speech) -> Iterator[str]:
    yield from speech.day("since", entry.since)
    yield from speech.own("certainty", ONSET_CERTAINTY, entry.certainty)


def _function(entry: FunctionStatement, speech: _Speech) -> Iterator[str]:
    what = speech.called(entry.code, "unnamed-activity")
    ability = f"ability-{entry.ability}"
    if ability in SAID:
        yield from speech.say(ability, what=what)
    elif entry.not_assessed is not None:
        yield from speech.say("ability-not-assessed", what=what)
    else:
        yield from speech.say("ability-unsaid", what=what)
    yield from speech.own("qualifier", ICF_QUALIFIER, entry.qualifier)
    yield from speech.own("setting", SETTING, entry.setting)
    yield from speech.limits("limit", entry.limits)
    if entry.variation == "fluctuating":
        yield from speech.say("fluctuating")
    yield from speech.own("best", ABILITY, entry.best)
    yield from speech.own("worst", ABILITY, entry.worst)
    yield from speech.many("helps", ADAPTATION, entry.adaptations)
    yield from speech.day("assessed", entry.date)


def _health_risk(entry: HealthRisk, speech: _Speech) -> Iterator[str]:
    yield from speech.say("risk", what=speech.called(entry.activity, "unnamed-activity"))
    yield from speech.own("harm", HARM, entry.harm)
    yield from speech.own("severity", SEVERITY, entry.severity)
    yield from speech.limits("safe", entry.safe_limits)
    yield from speech.many("safer", ADAPTATION, entry.adaptations)
    yield from speech.period(entry.validity)
    if entry.validity.start is not None and entry.validity.end is None:
        yield from speech.say("until-further-notice")


def _prognosis(entry: Prognosis, speech: _Speech) -> Iterator[str]:
    yield from speech.own("course", COURSE, entry.course)
    yield from speech.quantity("horizon", entry.horizon)
    yield from speech.own("how-sure", CERTAINTY, entry.certainty)
    yield from speech.own("unsure-because", UNCERTAIN_BECAUSE, entry.uncertain_because)
    yield from speech.quantity("illness-duration", entry.illness_duration)
    yield from speech.quantity("reduced-function-duration", entry.reduced_function_duration)
    yield from speech.day("review", entry.review_date)


def _treatment(entry: Treatment, speech: _Speech) -> Iterator[str]:
    kind = speech.title(TREATMENT_KIND, entry.kind)
    status = speech.title(TREATMENT_STATUS, entry.status)
    named = ": ".join(filter(None, (kind, status)))
    if named:
        yield from speech.say("plain", what=named)
    yield from speech.period(entry.period)
    yield from speech.own("improves", EXPECTED_IMPROVEMENT, entry.improves)
    yield from speech.own("combinable", COMBINABLE, entry.combinable)
    yield from speech.quantity("wait", entry.wait)


def _activity(entry: Participation, speech: _Speech) -> Iterator[str]:
    yield from speech.own("participation", PARTICIPATION, entry.ability)
    yield from speech.own("scope", ACTIVITY_SCOPE, entry.scope)
    yield from speech.own("because", EXEMPTION_REASON, entry.reason)
    yield from speech.period(entry.period)
    yield from speech.own("measure-view", MEASURE_VIEW, entry.measure_view)
    yield from speech.own("resumption", RESUMPTION, entry.resumption)
    yield from speech.own("measure", PROPOSED_MEASURE, entry.measure)


def _finding(entry: ClinicalFinding, speech: _Speech) -> Iterator[str]:
    if entry.code is not None:
        yield from speech.say("plain", what=speech.called(entry.code, "unnamed-finding"))
    yield from speech.own("qualifier", ICF_QUALIFIER, entry.qualifier)
    yield from speech.quantity("measured", entry.quantity)
    yield from speech.day("assessed", entry.date)


def _employment(entry: Employment, speech: _Speech) -> Iterator[str]:
    yield from speech.own("returns", YES_NO, entry.returns)
    yield from speech.own("several", YES_NO, entry.several)
    yield from speech.many("situations", WORK_SITUATION, entry.situations)


def _specialist(entry: SpecialistStatement, speech: _Speech) -> Iterator[str]:
    yield from speech.own("specialty", SPECIALTY, entry.specialty)
    yield from speech.day("dated", entry.date)
    if entry.attached:
        yield from speech.say("attached")


def _statement(entry: Statement, speech: _Speech) -> Iterator[str]:
    """Prose, which is told by itself; the question that it answers, where there is one."""
    yield from speech.own("plain", QUESTION, entry.question)


def _attachment(_entry: Attachment, speech: _Speech) -> Iterator[str]:
    yield from speech.say("attachment")


_TOLD: Final[Mapping[str, Callable[[Any, _Speech], Iterator[str]]]] = MappingProxyType(
    {
        "employment": _employment,
        "diagnosis": _diagnosis,
        "history": _statement,
        "findings": _finding,
        "onset": _onset,
        "treatment": _treatment,
        "function": _function,
        "health-risk": _health_risk,
        "activity": _activity,
        "prognosis": _prognosis,
        "specialist": _specialist,
        "assessment": _statement,
        "attachment": _attachment,
    }
)

TOLD_ITEMS: Final = tuple(_TOLD)
"""The items whose statements the patient is told, in the order of the form."""
