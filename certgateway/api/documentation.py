"""The surface described: openapi.json for programs, and one plain page for people.

The page is made here because the usual ones load their scripts from other people's hosts; it has no script at all.
"""

from html import escape
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from certgateway.api.access import secured

router = APIRouter(tags=["operation"])

Json = dict[str, Any]
_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; object-src 'none'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)
_STYLE: Final = "body{font:1rem/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}code{font-size:1rem}"


@router.get(
    "/openapi.json",
    operation_id="openapi",
    summary="This description, for programs",
    responses={200: {"description": "OpenAPI 3.1.", "content": {"application/json": {"schema": {"type": "object"}}}}},
)
async def openapi(request: Request) -> Response:
    """Every route stands in it."""
    return JSONResponse(_description(request))


@router.get(
    "/docs",
    operation_id="docs",
    summary="This description, for people",
    response_class=HTMLResponse,
    responses={200: {"description": "A page.", "content": {"text/html": {"schema": {"type": "string"}}}}},
)
async def docs(request: Request) -> Response:
    """Every operation with its answers."""
    return HTMLResponse(page(_description(request)), headers={"Content-Security-Policy": _POLICY})


def _description(request: Request) -> Json:
    """The surface as it is here: with what is demanded of callers where they must log in."""
    description: Json = request.app.openapi()
    return secured(description) if request.app.state.surface.gateway.issuers else description


def page(description: Json) -> str:
    """The page of an OpenAPI description."""
    sections = (
        _operation(method, path, operation)
        for path, operations in description["paths"].items()
        for method, operation in operations.items()
    )
    title = escape(description["info"]["title"])
    head = f'<meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
    return (
        f'<!doctype html><html lang="en"><head>{head}</head>'
        f'<body><h1>{title}</h1><p><a href="/openapi.json">openapi.json</a></p>{"".join(sections)}</body></html>'
    )


def _operation(method: str, path: str, operation: Json) -> str:
    answers = "".join(
        f"<li><code>{escape(status)}</code> {escape(answer['description'])}</li>"
        for status, answer in operation["responses"].items()
    )
    summary, text = escape(operation.get("summary", "")), escape(operation.get("description", ""))
    return f"<h2><code>{method.upper()} {escape(path)}</code></h2><p>{summary}. {text}</p><ul>{answers}</ul>"
