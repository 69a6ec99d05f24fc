"""Small Questionnaires, each with a response that breaks it in one place and a neighbour that keeps it."""

from __future__ import annotations

from tests.engine.answer_conditions import CONDITIONS
from tests.engine.answer_limits import LIMITS
from tests.engine.answer_making import Case
from tests.engine.answer_places import COUNTS, PLACES
from tests.engine.answer_types import OPTIONS, TYPES

CASES: dict[str, Case] = {
    f"{name}: {case}": rows
    for name, cases in {
        "type": TYPES,
        "option": OPTIONS,
        "limit": LIMITS,
        "place": PLACES,
        "count": COUNTS,
        "condition": CONDITIONS,
    }.items()
    for case, rows in cases.items()
}
