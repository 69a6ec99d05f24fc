"""Statistics of clarifications, by item and by sender, for those who want fewer of them.

Small groups are hidden by the domain; nothing here may take a parameter that picks out a patient, a counsellor or a
clarification.
"""

from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BeforeValidator

from certgateway.api import dialogue_schemas, schemas
from certgateway.api.negotiation import language
from certgateway.api.problems import ProblemError
from certgateway.api.surface import Here
from certgateway.api.wishes import whole_day
from certgateway.services.count import count_clarifications

router = APIRouter(prefix="/clarifications", tags=["clarification"])

_YEARS: Final = range(2000, 2101)
_MOST_YEARS: Final = 3


def _day(value: object) -> date:
    """A whole date as text, and nothing else that could be taken for one: an address holds text only."""
    found = whole_day(value)
    if not isinstance(found, date):
        raise ValueError("not a day")  # noqa: TRY004  What pydantic takes for a fault of the caller.
    return found


Day = Annotated[date, BeforeValidator(_day)]


@router.get(
    "/statistics",
    operation_id="read-clarification-statistics",
    summary="How questions fare, by item and by sender",
    responses={
        200: {
            "model": dialogue_schemas.ClarificationStatistics,
            "description": "In whole quarters of a year. Groups of fewer than five are hidden, others with them.",
        },
        422: schemas.problem("A day is none, the days are in the wrong order, or lie too far apart."),
        **schemas.OUR_FAULTS,
    },
)
async def read_statistics(
    request: Request,
    here: Here,
    first: Annotated[Day, Query(alias="from", description="A day in Norway; its quarter is the first.")],
    last: Annotated[Day, Query(alias="to", description="A day in Norway; its quarter is the last.")],
) -> Response:
    """Counted from the day of the question."""
    if first > last or first.year not in _YEARS or last.year not in _YEARS or last.year - first.year > _MOST_YEARS:
        raise ProblemError("request-invalid")
    spoken = language(request)
    found = await here.door.answer(lambda: count_clarifications(first, last, here.gateway, spoken))
    return JSONResponse(found)
