"""What the patient may read of a certificate and of what NAV asked about it, as data whose every text is a sentence.

What the doctor has reserved is not in it: neither the answer, nor that it was asked about, nor anybody's own words that
might repeat it. Withheld sentences never appear. A pure function without a clock; nothing here may tell what waits for
a doctor as something that the patient owes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

from certgateway.domain.assessment_element import Withheld, cut
from certgateway.domain.assessment_titles import Titles, instant_text
from certgateway.domain.calendar import norwegian_date
from certgateway.domain.certificate import ITEMS, SINGLE_ITEMS, Certificate, Section
from certgateway.domain.dialogue import State, TargetState, find_state
from certgateway.domain.dialogue_events import Event, Measure, Ordered
from certgateway.domain.dialogue_steps import Step, steps
from certgateway.domain.findings import Effect
from certgateway.domain.ordering import target_text
from certgateway.domain.patient_reservation import Kept, kept_back
from certgateway.domain.patient_sentences import TOLD_ITEMS, sentences
from certgateway.domain.patient_words import SAID, day_text, instant_day
from certgateway.domain.prose import PROSE_FIELDS
from certgateway.domain.record import Version
from certgateway.domain.vocabulary.form import AUTHOR_ROLE, CERTIFICATE_ITEM, PROFESSIONS
from certgateway.domain.vocabulary.risks import RISK_ACTIVITY

Json = dict[str, Any]
Question = tuple[str, Sequence[Event]]
"""The id of a clarification and everything that has happened to it."""

_NOWHERE: Final[Mapping[str, Kept]] = MappingProxyType({})

_ALWAYS_SHARED: Final = ("purpose", "patient", "author")


@dataclass(frozen=True, slots=True)
class _Page:
    """What all parts of one view share."""

    version: Version
    first: Version
    kept: Kept
    titles: Titles
    withheld: Mapping[str, Sequence[Withheld]]
    keeps_back: bool

    @property
    def certificate(self) -> Certificate:
        return self.version.certificate

    def keeping(self, other: Kept) -> "_Page":
        """The same, with what another certificate keeps back."""
        return replace(self, kept=self.kept.and_also(other))

    def say(self, name: str, **known: str) -> str:
        return SAID[name].text(self.titles.language).format(**known)

    def item(self, item: str) -> str:
        return CERTIFICATE_ITEM.concepts[item].text(self.titles.language)


def patient_view(
    case: str,
    versions: Sequence[Version],
    asked: Sequence[Question],
    *,
    titles: Titles,
    withheld: Mapping[str, Sequence[Withheld]],
    elsewhere: Mapping[str, Kept] = _NOWHERE,
) -> Json:
    """The view of a case (`schemas/patient-view.schema.json`), in the language of the titles, from all its versions.

    Their order does not matter. `asked` are its clarifications, the oldest first; `withheld` maps element paths of the
    current version to the sentences that NAV does not see. Of orders to which other certificates have come too,
    `elsewhere` has by id what those keep back. Raises StopIteration when no version is the current one.
    """
    kept = kept_back(stated(versions))
    page = _Page(
        version=next(version for version in versions if version.current),
        first=min(versions, key=lambda version: version.number),
        kept=kept,
        titles=titles,
        withheld=withheld,
        keeps_back=kept.anything or any(each.anything for each in elsewhere.values()),
    )
    return {
        "certificate": case,
        "language": titles.language,
        "title": page.say("title"),
        "written": norwegian_date(page.certificate.authored).isoformat(),
        "received": norwegian_date(page.first.arrival).isoformat(),
        "about": list(_about(page)),
        "not_all_shown": page.keeps_back,
        "answers": {"heading": page.say("answers"), "items": list(_answers(page))},
        "questions": _questions(page, asked, elsewhere),
        "shared": _shared(page),
        "contact": page.say("wrong"),
    }


def stated(versions: Iterable[Version]) -> Iterator[Certificate]:
    """All that some versions state, also what one said by itself before answers stood over it."""
    return (each for version in versions for each in (version.certificate, version.beneath) if each is not None)


def _about(page: _Page) -> Iterator[str]:
    """When it came and from whom, that something is kept back, and that NAV needs more of the doctor."""
    language = page.titles.language
    yield page.say(
        "written",
        written=instant_day(page.certificate.authored, language),
        came=instant_day(page.first.arrival, language),
    )
    author = page.certificate.author
    if not page.kept.hides("author"):
        who = (page.titles.own(AUTHOR_ROLE, author.role), page.titles.own(PROFESSIONS, author.profession))
        found = next((each["display"] for each in who if each is not None), None)
        if found is not None:
            yield page.say("from-whom", what=found)
        seen = day_text(author.last_seen, language)
        if seen is not None:
            yield page.say("last-seen", what=seen)
    if page.keeps_back:
        yield page.say("kept-back")
    # The verdict itself may rest on what is kept back.
    if any(each.effect is Effect.UNANSWERED and not page.kept.hides(each.item) for each in page.version.findings):
        yield page.say("incomplete")


def _section(page: _Page, item: str) -> Section[Any]:
    section: Section[Any] = getattr(page.certificate, item.replace("-", "_"))
    return section


def _answers(page: _Page) -> Iterator[Json]:
    """Each item that was answered. What is missing is not listed: what is not in the list may be either."""
    for item in TOLD_ITEMS:
        section = _section(page, item)
        if section.state == "missing" or page.kept.hides(item):
            continue
        yield {
            "item": item,
            "title": page.item(item),
            "state": section.state,
            "text": None if section.state == "stated" else page.say(section.state),
            "statements": [_statement(page, item, index, entry) for index, entry in enumerate(section)],
        }


def _statement(page: _Page, item: str, index: int, entry: object) -> Json:
    return {"sentences": sentences(item, entry, page.titles), "parts": list(_parts(page, item, index, entry))}


def _parts(page: _Page, item: str, index: int, entry: object) -> Iterator[Json]:
    """The doctor's own words without what NAV does not see; none at all where anything is kept back."""
    if page.kept.anything:
        return
    for element, text in _prose(item, index, entry):
        for part in cut(text, page.withheld.get(element, ())):
            kind = part.get("withheld")
            yield {"withheld": kind, "text": page.say(f"withheld-{kind}")} if kind else {"text": part["text"]}


def _prose(item: str, index: int, entry: object) -> Iterator[tuple[str, str]]:
    place = item if item in SINGLE_ITEMS else f"{item}[{index}]"
    for field in PROSE_FIELDS.get(item, ()):
        text: str | None = getattr(entry, field)
        if text is not None:
            yield f"{place}.{field}", text


def _questions(page: _Page, asked: Sequence[Question], elsewhere: Mapping[str, Kept]) -> Json:
    told = [
        each
        for uuid, events in asked
        for each in _clarification(page.keeping(elsewhere.get(uuid, Kept())), uuid, events)
    ]
    return {
        "heading": page.say("questions"),
        "text": None if told else page.say("no-questions"),
        "clarifications": told,
    }


def _clarification(page: _Page, uuid: str, events: Sequence[Event]) -> Iterator[Json]:
    """One clarification without what was asked about items that are kept back; none where nothing else was asked."""
    state = find_state(events)
    if state is None:
        return
    went = steps(events)
    shown = [
        _target(page, state, each, [step for step in went if step.target == place])
        for place, each in enumerate(state.targets)
        if not page.kept.hides(each.target.item)
    ]
    if shown:
        yield {
            "clarification": uuid,
            "asked": instant_text(state.asked.at),
            "measure": list(_measure(page, state.asked.measure)),
            "targets": shown,
        }


def _measure(page: _Page, measure: Measure | None) -> Iterator[str]:
    """What NAV plans. The words of a counsellor may repeat what is kept back, and the demands may tell of it."""
    if measure is None or page.kept.anything:
        return
    yield page.say("planned", what=measure.description)
    demands = [each["display"] for each in page.titles.all_own(RISK_ACTIVITY, measure.demands)]
    if demands:
        yield page.say("demands", what=", ".join(demands))


def _target(page: _Page, state: State, each: TargetState, went: Sequence[Step]) -> Json:
    language = page.titles.language
    target = replace(each.target, settles=None) if page.kept.anything else each.target
    stands = "withdrawn" if each.standing == "open" and state.withdrawn is not None else each.standing
    asked = page.say("asked", day=instant_day(state.asked.at, language), item=page.item(target.item))
    return {
        "item": target.item,
        "title": page.item(target.item),
        "stands": stands,
        "asked": asked,
        "why": page.say("because-ordered" if isinstance(state.asked, Ordered) else f"because-{target.reason}"),
        "question": page.say("asked-in-words", text=target_text(target, language)),
        "steps": [page.say(f"step-{step.what}", day=instant_day(step.at, language)) for step in went],
        "text": page.say("stands-unread" if stands == "open" and state.is_unread else f"stands-{stands}"),
    }


def _shared(page: _Page) -> Json:
    """What the counsellor reads for the assessment, and what is held back from NAV, by item and kind only."""
    shared = [item for item in ITEMS if not page.kept.hides(item) and _is_shared(page, item)]
    names = ", ".join(page.say("quoted", what=page.item(item)) for item in shared)
    return {
        "heading": page.say("shared"),
        "text": page.say("shared-items", what=names) if shared else page.say("shared-nothing"),
        "items": [{"item": item, "title": page.item(item)} for item in shared],
        "withheld": list(_withheld(page)),
    }


def _is_shared(page: _Page, item: str) -> bool:
    if item == "purpose":
        return page.certificate.purpose is not None
    return item in _ALWAYS_SHARED or _section(page, item).state != "missing"


def _withheld(page: _Page) -> Iterator[Json]:
    """Each sentence that NAV does not see. Where anything is kept back, not even that there was one is told."""
    if page.kept.anything:
        return
    for item in TOLD_ITEMS:
        for index, entry in enumerate(_section(page, item)):
            for part in _parts(page, item, index, entry):
                if "withheld" in part:
                    text = page.say("withheld-in", item=page.item(item), what=part["text"])
                    yield {"item": item, "kind": part["withheld"], "text": text}
