"""Small JSON bodies of counsellors and systems, read by the same strict parser as messages, then held to a model."""

from typing import Any, Final, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from certgateway import safejson
from certgateway.api.limits import read_body
from certgateway.api.problems import ProblemError
from certgateway.api.surface import surface_of
from certgateway.domain.body_size import BodySize

Model = TypeVar("Model", bound=BaseModel)
Json = dict[str, Any]

_LARGEST: Final = 32 * 1024
"""Bytes; what a counsellor writes fits in a tenth of it."""


async def read_json(request: Request, model: type[Model], largest: int = _LARGEST) -> Model:
    """The body as a value of a model. Raises ProblemError by media type, size, time, syntax, form, in this order."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise ProblemError("json-expected")
    seconds = surface_of(request).body_seconds
    raw = await read_body(request, BodySize(largest, largest), seconds, too_large="json-too-large")
    try:
        return model.model_validate(safejson.parse(raw))
    except safejson.Unreadable:
        raise ProblemError("request-unreadable") from None
    except ValidationError:
        raise ProblemError("request-invalid") from None


def json_body(model: type[BaseModel]) -> Json:
    """How openapi.json tells of a body that `read_json` reads."""
    schema = model.model_json_schema()
    whole = _inlined(schema, schema.pop("$defs", {}))
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": whole}}}}


def _inlined(node: Any, named: Json) -> Any:  # noqa: ANN401  any part of a schema
    """A schema with the models it names in their places: there is nowhere for a body to name them."""
    if isinstance(node, list):
        return [_inlined(each, named) for each in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _inlined(named[node["$ref"].rpartition("/")[2]], named)
    return {key: _inlined(value, named) for key, value in node.items()}
