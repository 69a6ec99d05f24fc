"""What changed from one version of a certificate to the next, told neutrally: "Løfte: 10 kg -> 5 kg".

Statements are matched by what they are about (function and setting, activity, diagnosis, kind of treatment), wherever
they stand. This module must never call a change good or bad, and never quote prose: of a text it says that it changed.
"""

from collections import Counter, deque
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from certgateway.domain.amendment import Void, is_void
from certgateway.domain.assessment_aspects import ASPECTS, Aspect, Fact
from certgateway.domain.assessment_titles import Json, Titles
from certgateway.domain.certificate import SINGLE_ITEMS, Certificate, Section, State
from certgateway.domain.vocabulary import Title

_STATES: Final[Mapping[State, Title]] = MappingProxyType(
    {
        "stated": Title("Besvart", "Svart på", "Answered"),
        "none": Title("Vurdert, ingen", "Vurdert, ingen", "Assessed, none"),
        "not-assessed": Title("Ikke vurdert", "Ikkje vurdert", "Not assessed"),
        "missing": Title("Ikke besvart", "Ikkje svart på", "Not answered"),
    }
)
_MARKS: Final[tuple[Callable[[Fact], Hashable], ...]] = (lambda fact: fact.same, lambda fact: fact.key)
_BESIDE: Final = frozenset({"source", "diagnosis", "codes"})
_STATED: Final = Title("oppgitt", "oppgitt", "stated")
_NOT_STATED: Final = Title("ikke oppgitt", "ikkje oppgitt", "not stated")
_TEXT_ADDED: Final = Title("ny tekst", "ny tekst", "new text")
_TEXT_REMOVED: Final = Title("teksten er tatt ut", "teksten er teken ut", "text taken out")
_TAKEN_BACK: Final = Title("svaret er trukket tilbake", "svaret er trekt tilbake", "the answer was taken back")
_TEXT_CHANGED: Final = Title("teksten er endret", "teksten er endra", "text changed")


def differences(before: Certificate, after: Certificate, titles: Titles, voids: Collection[Void] = ()) -> list[Json]:
    """Every change in the order of the form and of the newer version, what was taken out last within its item.

    Each is ``{"item", "element", "code", "aspect", "change", "before", "after", "text"}``; `change` is
    added, removed or changed, `aspect` None for a whole statement. `element` exists in the newer version: for what was
    taken out it is the item. Of what was taken back by its author it is told that it was, and nothing that it said.
    """
    return [
        change
        for item in ASPECTS
        for change in (
            [_taken_back(item, titles)]
            if is_void(before, item, voids) and not is_void(after, item, voids)
            else _of_item(item, before, after, titles)
        )
    ]


def _taken_back(item: str, titles: Titles) -> Json:
    code = titles.item(item)
    return {
        "item": item,
        "element": item,
        "code": code,
        "aspect": "answer",
        "change": "removed",
        "before": None,
        "after": None,
        "text": f"{code['display']}: {_TAKEN_BACK.text(titles.language)}",
    }


def _of_item(item: str, before: Certificate, after: Certificate, titles: Titles) -> Iterator[Json]:
    old, new = _section(before, item), _section(after, item)
    # From unanswered to stated is told by the statements themselves.
    if old.state != new.state and {old.state, new.state} != {"missing", "stated"}:
        yield _state_change(item, old.state, new.state, titles)
    old_facts, new_facts = _facts(item, before, titles), _facts(item, after, titles)
    label = _labels([*old_facts, *new_facts])
    continued = _continued(old_facts, new_facts)
    for index, fact in enumerate(new_facts):
        if index in continued:
            yield from _changes(old_facts[continued[index]], fact, label(fact), titles)
        else:
            yield _whole(fact, label(fact), titles, added=True)
    for index in sorted(set(range(len(old_facts))).difference(continued.values())):
        yield _whole(old_facts[index], label(old_facts[index]), titles, added=False)


def _section(certificate: Certificate, item: str) -> Section[Any]:
    section: Section[Any] = getattr(certificate, item.replace("-", "_"))
    return section


def _facts(item: str, certificate: Certificate, titles: Titles) -> list[Fact]:
    return [
        ASPECTS[item](item if item in SINGLE_ITEMS else f"{item}[{index}]", entry, certificate, titles)
        for index, entry in enumerate(_section(certificate, item))
    ]


def _state_change(item: str, old: State, new: State, titles: Titles) -> Json:
    code = titles.item(item)
    was, now = _STATES[old].text(titles.language), _STATES[new].text(titles.language)
    return {
        "item": item,
        "element": item,
        "code": code,
        "aspect": "state",
        "change": "changed",
        "before": old,
        "after": new,
        "text": f"{code['display']}: {was} -> {now}",
    }


def _continued(old: Sequence[Fact], new: Sequence[Fact]) -> dict[int, int]:
    """Newer place to older place. Of several about the same, equal ones belong together, the rest follow in order.

    Linear in the number of statements, since a sender decides how many there are.
    """
    continued: dict[int, int] = {}
    for mark in _MARKS:
        taken = set(continued.values())
        waiting: dict[Hashable, deque[int]] = {}
        for index, fact in enumerate(old):
            if index not in taken:
                waiting.setdefault(mark(fact), deque()).append(index)
        for index, fact in enumerate(new):
            places = waiting.get(mark(fact)) if index not in continued else None
            if places:
                continued[index] = places.popleft()
    return continued


def _labels(facts: Sequence[Fact]) -> Callable[[Fact], str]:
    """What a statement is called; the setting is named only where one function stands in several."""
    settings: dict[Hashable, set[str | None]] = {}
    for fact in facts:
        settings.setdefault(fact.about, set()).add(fact.setting)

    def label(fact: Fact) -> str:
        several = len(settings[fact.about]) > 1
        return f"{fact.label} ({fact.setting})" if several and fact.setting else fact.label

    return label


def _whole(fact: Fact, label: str, titles: Titles, *, added: bool) -> Json:
    """A statement that came or went, summed up by what it says besides prose."""
    shown = {aspect.name: aspect.shown for aspect in fact.aspects if not aspect.prose}
    summary = "; ".join(_summed_up(fact.aspects))
    if not summary and fact.aspects:
        words = (_TEXT_ADDED if added else _TEXT_REMOVED).text(titles.language)
    else:
        absent, stated = _NOT_STATED.text(titles.language), summary or _STATED.text(titles.language)
        words = f"{absent} -> {stated}" if added else f"{stated} -> {absent}"
    return {
        "item": fact.item,
        "element": fact.element if added or fact.item in SINGLE_ITEMS else fact.item,
        "code": fact.code,
        "aspect": None,
        "change": "added" if added else "removed",
        "before": None if added else shown,
        "after": shown if added else None,
        "text": f"{label}: {words}",
    }


def _summed_up(aspects: Sequence[Aspect]) -> Iterator[str]:
    """What a statement says; on what ground and of which diagnosis can be read in the statement itself."""
    groups = _group_sizes(aspects)
    for aspect in aspects:
        if not aspect.prose and aspect.name not in _BESIDE:
            caption = _caption(aspect, groups)
            yield f"{caption} {aspect.text}" if caption else aspect.text


def _changes(earlier: Fact, later: Fact, label: str, titles: Titles) -> Iterator[Json]:
    old = {aspect.name: aspect for aspect in earlier.aspects}
    new = {aspect.name: aspect for aspect in later.aspects}
    groups = _group_sizes([*earlier.aspects, *later.aspects])
    for name in [*new, *(name for name in old if name not in new)]:
        was, now = old.get(name), new.get(name)
        if was is None or now is None or was.same != now.same:
            named = now or old[name]
            caption = _caption(named, groups)
            called = f"{label}, {caption}" if caption else label
            yield _aspect_change(later, name, (was, now), f"{called}: {_words(was, now, titles)}")


def _caption(aspect: Aspect, groups: Counter[str | None]) -> str | None:
    return aspect.caption if aspect.group is None or groups[aspect.group] > 1 else None


def _group_sizes(aspects: Sequence[Aspect]) -> Counter[str | None]:
    """How many aspects share a group: "10 kg" alone under lifting needs no caption, beside "30 min" it does."""
    return Counter(group for group, _ in {(aspect.group, aspect.name) for aspect in aspects})


def _aspect_change(fact: Fact, name: str, aspects: tuple[Aspect | None, Aspect | None], text: str) -> Json:
    was, now = aspects
    return {
        "item": fact.item,
        "element": f"{fact.element}.{now.field}" if now else fact.element,
        "code": fact.code,
        "aspect": name,
        "change": "changed" if was and now else "added" if now else "removed",
        "before": was.shown if was else None,
        "after": now.shown if now else None,
        "text": text,
    }


def _words(was: Aspect | None, now: Aspect | None, titles: Titles) -> str:
    if any(aspect is not None and aspect.prose for aspect in (was, now)):
        text = _TEXT_CHANGED if was and now else _TEXT_ADDED if now else _TEXT_REMOVED
        return text.text(titles.language)
    absent = _NOT_STATED.text(titles.language)
    return f"{was.text if was else absent} -> {now.text if now else absent}"
