"""For operation: is the process alive, can it do its work, and how much has it done."""

from anyio import to_thread
from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from certgateway.api import meters, schemas
from certgateway.api.problems import ProblemError
from certgateway.api.surface import Here, Surface
from certgateway.domain.errors import StoreUnavailableError
from certgateway.store.schema import is_migrated

router = APIRouter(tags=["operation"])


@router.get(
    "/healthz",
    operation_id="health",
    summary="Whether the process answers",
    responses={200: {"model": schemas.Health, "description": "It does."}, **schemas.OUR_FAULTS},
)
async def health() -> Response:
    """Asks nobody, so that a slow database does not get the process killed."""
    return JSONResponse({"status": "ok"})


@router.get(
    "/readyz",
    operation_id="readiness",
    summary="Whether messages can be received",
    responses={200: {"model": schemas.Health, "description": "They can."}, **schemas.OUR_FAULTS},
)
async def readiness(here: Here) -> Response:
    """503 while the database is away or has not the tables of this version. Never waits behind messages."""
    if not await to_thread.run_sync(_ready, here):
        raise ProblemError("unavailable")
    return JSONResponse({"status": "ok"})


def _ready(here: Surface) -> bool:
    try:
        return is_migrated(here.gateway.store.engine)
    except StoreUnavailableError:
        return False


@router.get(
    "/metrics",
    operation_id="metrics",
    summary="Counters in Prometheus' format",
    response_class=Response,
    responses={200: {"description": "Text.", "content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def metrics(here: Here) -> Response:
    """By verdict, rule, route and status, and how trust anchors and ended tokens stand; nobody can be told from it."""
    if (signatures := here.gateway.house.signatures) is not None:
        await to_thread.run_sync(here.meters.anchors, signatures.file)
    if here.gateway.ended is not None:
        await to_thread.run_sync(here.meters.ended, here.gateway.ended)
    return Response(here.meters.text(), headers={"Content-Type": meters.MEDIA_TYPE})
