"""How much work a Questionnaire may ask for in one judgement beyond one pass over the response.

A form of the sender's own could set many questions in a group that the response repeats as often, or many conditions
on as many answers: work that grows with the product. No form that people fill in comes near the limit. Nothing here may
judge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from certgateway.engine.run import Run

MOST = 50_000
_SPENT = "effort"


def affords(run: Run, cost: int) -> bool:
    """Whether this judgement may still do `cost` steps more; they count as done either way."""
    spent: int = run.remembered.get(_SPENT, 0) + cost
    run.remembered[_SPENT] = spent
    return spent <= MOST


def is_exhausted(run: Run) -> bool:
    """Whether something was left out for want of effort."""
    return bool(run.remembered.get(_SPENT, 0) > MOST)
