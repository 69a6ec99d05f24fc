"""Where references lead: inside the resource (`#id`), inside the Bundle around it, or out of sight.

What can't be seen isn't judged. Nothing here may fetch a resource.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from certgateway.engine.instance import RESTFUL, Place, Scope, Trail, scope_at, type_of
from certgateway.engine.primitives import check_for

if TYPE_CHECKING:
    from certgateway.engine.definitions import Definitions
    from certgateway.engine.run import Run

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")


def is_absolute(uri: object) -> bool:
    """Whether a URI begins with a scheme; what is no text is judged elsewhere."""
    return not isinstance(uri, str) or not uri or _ABSOLUTE.match(uri) is not None


def check_reference(run: Run, value: dict[str, Any], allowed: tuple[str, ...], trail: Trail, scope: Scope) -> None:
    """Judge where one Reference leads and whether it is one of the types allowed there; none stands for any."""
    reference = value.get("reference")
    found: list[Any] = []
    if isinstance(reference, str) and reference:
        found = scope.find(reference)
        _check_found(run, reference, found, (trail, "reference", None), scope)
    if not allowed:
        return
    name = found[0][0].get("resourceType") if found else stated_type(value, run.definitions)
    # A type that isn't one is told where it stands.
    if run.definitions.is_resource(str(name)) and not any(
        run.definitions.is_a(str(name), target) for target in allowed
    ):
        run.add("reference-target-wrong", trail, " | ".join(allowed), detail={"found": str(name)})


def _check_found(run: Run, reference: str, found: list[tuple[Any, Trail]], trail: Trail, scope: Scope) -> None:
    if len(found) > 1 and reference.startswith("#"):
        return  # Two contained resources of one id are told where they stand.
    if len(found) > 1:
        run.add("reference-ambiguous", trail)
    elif not found and reference.startswith("#"):
        if not _lacks_id(scope.container):
            run.add("reference-unresolved", trail)
    elif not found and scope.entries is not None and run.options.unresolved is not None:
        run.add("reference-unresolved", trail, severity=run.options.unresolved)


def _lacks_id(container: dict[str, Any]) -> bool:
    """Whether a contained resource has no valid id: it may be the one that is meant, and is told already."""
    listed = container.get("contained")
    check = check_for("id")
    return isinstance(listed, list) and any(isinstance(row, dict) and check(row.get("id")) for row in listed)


def stated_type(value: dict[str, Any], definitions: Definitions) -> str | None:
    """The type a reference says it leads to, by its URL or its `type`; None where it doesn't say."""
    matched = RESTFUL.fullmatch(str(value.get("reference", "")))
    if matched and definitions.is_resource(matched["type"]):
        return matched["type"]
    stated = value.get("type")
    return stated if isinstance(stated, str) and definitions.is_resource(stated) else None


def target_place(place: Place) -> Place | None:
    """The resource that a Reference, canonical or uri leads to inside the message; None where it isn't there."""
    value = place.value.get("reference") if isinstance(place.value, dict) else place.value
    found = place.scope.find(value) if isinstance(value, str) and value else []
    if len(found) != 1:
        return None
    resource, trail = found[0]
    return Place(resource, None, type_of(resource), trail, scope_at(place.scope, resource, trail))
