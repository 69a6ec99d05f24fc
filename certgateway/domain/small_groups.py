"""Which groups of a statistic stay hidden, so that nobody can be told by it: not directly, and not by subtracting.

A group of fewer than five is hidden, and others with it until what is hidden is at least two groups and five together:
otherwise the total without those that are shown would be the one that is not. It is decided for each quarter of a year
by itself, so that a longer time without a shorter one tells no more than the quarters do. Nothing here may know what is
counted.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, TypeVar

G = TypeVar("G", bound=Hashable)

SMALLEST: Final = 5
_MONTHS: Final = 3


@dataclass(frozen=True, slots=True)
class Hidden:
    """The groups that are hidden; with `total` not even all of them together are told."""

    groups: frozenset[Hashable] = frozenset()
    total: bool = False


def hidden_in(quarters: Iterable[Mapping[G, frozenset[int]]]) -> Hidden:
    """What is hidden in a time of several quarters: whatever is in one of them.

    Each quarter maps a group to what belongs to it; groups may overlap. A group without members counts as none.
    """
    found = [_hidden(quarter) for quarter in quarters]
    groups = frozenset(group for each in found for group in each.groups)
    return Hidden(groups, any(each.total for each in found))


def _hidden(quarter: Mapping[G, frozenset[int]]) -> Hidden:
    groups = {group: members for group, members in quarter.items() if members}
    hidden = {group for group, members in groups.items() if len(members) < SMALLEST}
    # The smallest are hidden first; of equals it must not change from one reading to the next.
    shown = sorted(groups.keys() - hidden, key=lambda group: (len(groups[group]), str(group)))
    while hidden and not _is_enough(hidden, groups):
        if not shown:
            return Hidden(frozenset(groups), total=True)
        hidden.add(shown.pop(0))
    return Hidden(frozenset(hidden))


def _is_enough(hidden: set[G], groups: Mapping[G, frozenset[int]]) -> bool:
    """Five together are two groups or more: one that is hidden for itself has fewer."""
    return len(frozenset().union(*(groups[group] for group in hidden))) >= SMALLEST


def quarter_of(day: date) -> tuple[int, int]:
    """The year and the quarter, from 0, of a day."""
    return day.year, (day.month - 1) // _MONTHS


def whole_quarters(first: date, last: date) -> tuple[date, date]:
    """The first and the last day of the quarters that two days lie in."""
    year, quarter = quarter_of(last)
    after = date(year + quarter // 3, (quarter + 1) % 4 * _MONTHS + 1, 1)
    return date(first.year, quarter_of(first)[1] * _MONTHS + 1, 1), after - timedelta(days=1)
