"""Judges the conditions of a Questionnaire: each `enableWhen` asks for another question, and one that comes before.

No invariant of R4 can say so. Nothing here may judge a response.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from certgateway.engine.questionnaires.questionnaires import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from certgateway.engine.instance import Place, Trail
    from certgateway.engine.run import Run

Tree = Any


def check_conditions(run: Run, place: Place) -> None:
    """Judge all conditions of a Questionnaire."""
    items = list(_items(place.value, place.trail))
    first_at: dict[str, int] = {}
    for at, (item, _, _) in enumerate(items):
        link_id = text_of(item, "linkId")
        if link_id is not None:
            first_at.setdefault(link_id, at)
    for at, (item, trail, size) in enumerate(items):
        listed = item.get("enableWhen")
        for index, condition in enumerate(listed if isinstance(listed, list) else ()):
            wanted = text_of(condition, "question") if isinstance(condition, dict) else None
            if wanted is None:
                continue
            where: Trail = ((trail, "enableWhen", index), "question", None)
            found = first_at.get(wanted)
            if found is None:
                run.add("condition-question-unknown", where)
            elif at <= found < at + size:
                run.add("condition-question-own", where)
            elif found > at:
                run.add("condition-question-later", where, severity="warning")


def _items(holder: Tree, trail: Trail) -> Iterator[tuple[Tree, Trail, int]]:
    """Every item in the order of the document, with its trail, and how many items it is with all below it."""
    listed = holder.get("item")
    for index, item in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(item, dict):
            where: Trail = (trail, "item", index)
            below = list(_items(item, where))
            yield item, where, 1 + len(below)
            yield from below
