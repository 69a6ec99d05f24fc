"""Whoever has every table of every time, and solves the equations, finds no small group in them."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from certgateway.domain.dialogue_statistics import Counted, Thing, dialogue_statistics
from certgateway.domain.small_groups import SMALLEST

SENDERS = ("her:1", "her:2", "her:3")
ITEMS = ("function", "prognosis", "activity")
QUARTERS = (date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1))
CELLS = tuple(product(SENDERS, ITEMS, QUARTERS))
Row = list[Fraction]


def summed(**wanted: Any) -> Row:  # noqa: ANN401  A sender, an item, or some quarters.
    """The equation that adds up the cells of a sender or an item in some quarters."""
    return [
        Fraction(
            wanted.get("sender") in {None, sender}
            and wanted.get("item") in {None, item}
            and quarter in wanted["quarters"]
        )
        for sender, item, quarter in CELLS
    ]


def published(counts: dict[tuple[str, str, date], int]) -> Iterator[Row]:
    """An equation for every figure that is told, of every time that can be asked for."""
    for first in range(len(QUARTERS)):
        for last in range(first, len(QUARTERS)):
            quarters = QUARTERS[first : last + 1]
            found = [
                Counted(quarter, sender, (Thing(item, "open", 0, returned=False, days=None, avoidable=False),))
                for (sender, item, quarter), count in counts.items()
                for _ in range(count)
                if quarter in quarters
            ]
            told = dialogue_statistics(found, quarters[0], quarters[-1], "nb")
            if not told["total"]["hidden"]:
                yield summed(quarters=quarters)
            for name in ("sender", "item"):
                for each in told[f"{name}s"]:
                    if not each["hidden"]:
                        yield summed(quarters=quarters, **{name: each[name]})


def reduced(rows: list[Row]) -> list[Row]:
    """The rows in echelon form, by exact elimination."""
    kept: list[Row] = []
    for each in rows:
        rest = without(each, kept)
        if any(rest):
            kept.append(rest)
    return kept


def without(row: Row, kept: list[Row]) -> Row:
    for known in kept:
        pivot = next(place for place, value in enumerate(known) if value)
        factor = row[pivot] / known[pivot]
        row = [value - factor * other for value, other in zip(row, known, strict=True)]
    return row


@settings(max_examples=60, deadline=None)
@given(sizes=st.lists(st.sampled_from((0, 0, 1, 2, 3, 4, 5, 9, 20)), min_size=len(CELLS), max_size=len(CELLS)))
def test_no_small_group_follows_from_what_is_told(sizes: list[int]) -> None:
    counts = dict(zip(CELLS, sizes, strict=True))
    # What is not listed at all was never asked, and everybody sees that.
    unlisted = [place for place, cell in enumerate(CELLS) if not seen(counts, cell)]
    zeros = [[Fraction(place == other) for other in range(len(CELLS))] for place in unlisted]
    known = reduced([*published(counts), *zeros])
    for quarter in QUARTERS:
        for name, groups in (("sender", SENDERS), ("item", ITEMS)):
            for group in groups:
                row = summed(quarters=(quarter,), **{name: group})
                size = sum(count for value, count in zip(row, sizes, strict=True) if value)
                if 0 < size < SMALLEST:
                    assert any(without(row, known)), (group, quarter)


def seen(counts: dict[tuple[str, str, date], int], cell: tuple[str, str, date]) -> bool:
    """Whether both the sender and the item are listed for the quarter."""
    sender, item, quarter = cell
    by_sender = sum(counts[sender, other, quarter] for other in ITEMS)
    by_item = sum(counts[other, item, quarter] for other in SENDERS)
    return by_sender > 0 and by_item > 0
