"""Whether the elements of a slicing stand in the order the profile asks for.

Nothing here may look into an element or record a fault.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from certgateway.engine.instance import Place
    from certgateway.engine.profiles.profiles import Slicing

_MOST_TOLD = 20


def first_misplaced(
    slicing: Slicing, slices: Sequence[str], places: Sequence[Place], members: Mapping[str, Sequence[Place]]
) -> Place | None:
    """The first element that stands before its turn or after it; None where all is in order.

    `ordered` asks that slices follow one another as the profile lists them, `openAtEnd` that what is of no slice comes
    last.
    """
    ranks = {id(place): slices.index(name) for name, found in members.items() for place in found}
    if slicing.rules == "openAtEnd":
        last = max((at for at, place in enumerate(places) if id(place) in ranks), default=-1)
        stranger = next((place for place in places[: max(last, 0)] if id(place) not in ranks), None)
        if stranger is not None:
            return stranger
    reached = 0
    for place in places:
        rank = ranks.get(id(place), reached)
        if rank < reached and slicing.ordered:
            return place
        reached = max(reached, rank)
    return None


def standing(places: Sequence[Place], members: Mapping[str, Sequence[Place]]) -> str:
    """The slices in the order they stand in, `-` for what is of none; the first twenty."""
    names = {id(place): name for name, found in members.items() for place in found}
    return ", ".join(names.get(id(place), "-") for place in places[:_MOST_TOLD])
