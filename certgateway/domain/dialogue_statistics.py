"""How questions to doctors fare, counted by item and by sender: answered at once, rounds, days, and what was needless.

Counted are things asked: one item in one clarification. Groups that are too small to be told are hidden
(`domain.small_groups`). Nothing here may tell of one patient, one counsellor or one clarification, or rank anybody.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import mean, median
from typing import Any, Final, Literal

from certgateway.domain.calendar import norwegian_date
from certgateway.domain.certificate import ITEMS
from certgateway.domain.dialogue import State, find_state
from certgateway.domain.dialogue_events import Event
from certgateway.domain.dialogue_steps import Step, steps
from certgateway.domain.small_groups import SMALLEST, Hidden, hidden_in, quarter_of
from certgateway.domain.vocabulary import Language
from certgateway.domain.vocabulary.form import CERTIFICATE_ITEM
from certgateway.domain.working_days import working_days_between

Json = dict[str, Any]
Rater = Literal["doctor", "counsellor"]
RATERS: Final[tuple[Rater, ...]] = ("doctor", "counsellor")


@dataclass(frozen=True, slots=True)
class Thing:
    """One item that was asked about. `outcome` is where it stands; `days` are working days until its first answer."""

    item: str
    outcome: Literal["answered", "open", "declined", "withdrawn"]
    rounds: int
    returned: bool
    days: int | None
    avoidable: bool
    ratings: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted of one clarification: its day in Norway, whom it was sent to, and what was asked."""

    day: date
    sender: str
    things: tuple[Thing, ...]


def counted(events: Sequence[Event], told_missing: frozenset[str]) -> Counted | None:
    """One clarification; None while the question is not among its events.

    `told_missing` are the items that rules found missing in the version asked about, as `$validate` would have told.
    """
    state = find_state(events)
    if state is None:
        return None
    went = steps(events)
    things = tuple(
        _thing(state, place, [step for step in went if step.target == place], told_missing)
        for place in range(len(state.targets))
    )
    return Counted(norwegian_date(state.asked.at), state.asked.receiver, things)


def _thing(state: State, place: int, went: Sequence[Step], told_missing: frozenset[str]) -> Thing:
    each = state.targets[place]
    answers = [step.at for step in went if step.what == "answered"]
    asked = norwegian_date(state.asked.at)
    return Thing(
        item=each.target.item,
        outcome="withdrawn" if each.standing == "open" and state.withdrawn is not None else each.standing,
        rounds=len(answers),
        returned=any(step.what == "returned" for step in went),
        days=working_days_between(asked, norwegian_date(answers[0])) if answers else None,
        avoidable=each.target.reason == "missing" and each.target.item in told_missing,
        ratings=state.ratings,
    )


def dialogue_statistics(clarifications: Iterable[Counted], first: date, last: date, language: Language) -> Json:
    """The statistics of a time in whole quarters (`schemas/clarification-statistics.schema.json`)."""
    found = tuple(clarifications)
    by_item = _Table(found, lambda each: {thing.item for thing in each.things})
    by_sender = _Table(found, lambda each: {each.sender})
    items = sorted({thing.item for each in found for thing in each.things}, key=ITEMS.index)
    return {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "smallest": SMALLEST,
        # Both tables count the same clarifications: what is hidden in one is not told by the other.
        "total": by_sender.total(by_item),
        "items": [
            {"item": item, "title": CERTIFICATE_ITEM.title(item, language)} | by_item.cell(item) for item in items
        ],
        "senders": [{"sender": sender} | by_sender.cell(sender) for sender in sorted({each.sender for each in found})],
    }


class _Table:
    """The same clarifications grouped in one way, with what is hidden of each group and of its ratings."""

    def __init__(self, found: Sequence[Counted], groups: Callable[[Counted], Iterable[str]]) -> None:
        self.found = found
        self.members: dict[str, list[int]] = {}
        for place, each in enumerate(found):
            for group in groups(each):
                self.members.setdefault(group, []).append(place)
        self.hidden = self._hidden(lambda _: True)
        self.unrated = {rater: self._hidden(_rated_by(rater)) for rater in RATERS}

    def _hidden(self, counts: Callable[[Counted], bool]) -> Hidden:
        quarters: dict[tuple[int, int], dict[str, set[int]]] = {}
        for group, places in self.members.items():
            for place in filter(lambda place: counts(self.found[place]), places):
                quarters.setdefault(quarter_of(self.found[place].day), {}).setdefault(group, set()).add(place)
        return hidden_in(
            {group: frozenset(places) for group, places in quarter.items()} for quarter in quarters.values()
        )

    def cell(self, group: str) -> Json:
        """The figures of a group: by item those of the item alone, not of what else was asked beside it."""
        chosen = [self.found[place] for place in self.members[group]]
        things = [thing for each in chosen for thing in each.things if group in {thing.item, each.sender}]
        unrated = {rater: group in hidden.groups for rater, hidden in self.unrated.items()}
        return _cell(things, hidden=group in self.hidden.groups, unrated=unrated)

    def total(self, other: "_Table") -> Json:
        things = [thing for each in self.found for thing in each.things]
        unrated = {rater: self.unrated[rater].total or other.unrated[rater].total for rater in RATERS}
        return _cell(things, hidden=self.hidden.total or other.hidden.total, unrated=unrated)


def _rated_by(rater: Rater) -> Callable[[Counted], bool]:
    return lambda each: any(by == rater for thing in each.things for by, _ in thing.ratings)


def _cell(things: Sequence[Thing], *, hidden: bool, unrated: Mapping[Rater, bool]) -> Json:
    if hidden:
        return {"hidden": True, "figures": None}
    ratings = {rater: _rating(things, rater, hidden=unrated[rater]) for rater in RATERS}
    return {"hidden": False, "figures": _figures(things) | {"ratings": ratings}}


def _figures(things: Sequence[Thing]) -> Json:
    outcomes = [thing.outcome for thing in things]
    answered = [thing for thing in things if thing.outcome == "answered"]
    days = [thing.days for thing in things if thing.days is not None]
    return {
        "asked": len(things),
        "answered": outcomes.count("answered"),
        "answered_first_time": sum(thing.rounds == 1 and not thing.returned for thing in answered),
        "open": outcomes.count("open"),
        "declined": outcomes.count("declined"),
        "withdrawn": outcomes.count("withdrawn"),
        "returned": sum(thing.returned for thing in things),
        "avoidable": sum(thing.avoidable for thing in things),
        # Of fewer, a mean would tell of the single ones.
        "rounds_mean": _rounded(mean, [thing.rounds for thing in answered]),
        "working_days_median": _rounded(median, days),
    }


def _rounded(measure: Callable[[Sequence[int]], float], values: Sequence[int]) -> float | None:
    return round(float(measure(values)), 2) if len(values) >= SMALLEST else None


def _rating(things: Iterable[Thing], rater: Rater, *, hidden: bool) -> Json:
    """A rating counts for each thing asked: else what two items share could be told from them and the total."""
    if hidden:
        return {"hidden": True, "count": None, "mean": None}
    scores = [score for thing in things for by, score in thing.ratings if by == rater]
    return {"hidden": False, "count": len(scores), "mean": round(mean(scores), 2) if scores else None}
