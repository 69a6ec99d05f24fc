"""Where references lead: inside the resource (`#id`), inside the Bundle around it, or out of sight.

What can't be seen isn't judged. Nothing here may fetch a resource.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from certgateway.engine.instance import RESTFUL, Place, Scope, Trail, scope_at, type_of, version_of
from certgateway.engine.primitives import check_for

if TYPE_CHECKING:
    from certgateway.engine.definitions.definitions import Definitions
    from certgateway.engine.run import Run

# The parts of `[type]/[id]` and `[type]/[id]/_history/[version]`.
_RELATIVE, _VERSIONED = 2, 4
# Their entries need no fullUrl, save to say what a relative reference is relative to.
_REQUESTS = ("transaction", "batch")
_SPACE = re.compile(r"\s")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")


def is_absolute(uri: object) -> bool:
    """Whether a URI begins with a scheme; what is no text is judged elsewhere."""
    return not isinstance(uri, str) or not uri or _ABSOLUTE.match(uri) is not None


def check_reference(run: Run, value: dict[str, Any], allowed: tuple[str, ...], trail: Trail, scope: Scope) -> None:
    """Judge where one Reference leads and whether it is one of the types allowed there; none stands for any."""
    reference = value.get("reference")
    if scope.entries is not None and type(reference) is str and reference.startswith("urn:uuid:"):
        rows = scope.entries.by_url.get(reference) or []
        fits = len(rows) == 1 and "type" not in value
        if fits and (not allowed or rows[0][0].get("resourceType") in allowed):
            return
    found: list[Any] = []
    if isinstance(reference, str) and reference:
        if _SPACE.search(reference):
            if not reference.isspace():  # Nothing but spaces is told as an empty value.
                run.add("reference-malformed", (trail, "reference", None))
            return
        found = scope.find(reference)
        _check_found(run, reference, found, (trail, "reference", None), scope)
        if not found and scope.entries is not None and not _is_formed(run, reference, trail, scope):
            return
    name = found[0][0].get("resourceType") if found else stated_type(value, run.definitions)
    if name is not None and isinstance(value.get("type"), str) and value["type"] != name:
        run.add("reference-type-differs", (trail, "type", None))
    # A type that isn't one is told where it stands.
    if run.definitions.is_resource(str(name)) and not any(
        run.definitions.is_a(str(name), target) for target in allowed or (str(name),)
    ):
        run.add("reference-target-wrong", trail, " | ".join(allowed), detail={"found": str(name)})


def _is_formed(run: Run, reference: str, trail: Trail, scope: Scope) -> bool:
    """Judge a relative reference in a Bundle that finds nothing: its form, and whether its id is of another type.

    R4 resolves `[type]/[id]` beside a fullUrl that is a URL; beside one that is a URN the id is that of the URN.
    """
    if is_absolute(reference) or reference.startswith("#") or "?" in reference:
        return True
    if scope.full_url is None and scope.container_trail[1] == "resource" and scope.entries is not None:
        if scope.entries.kind in _REQUESTS:
            run.add("full-url-missing", scope.container_trail[0], "fullUrl")
        return True
    parts = reference.split("/")
    if len(parts) not in (_RELATIVE, _VERSIONED):
        run.add("reference-malformed", (trail, "reference", None))
        return False
    base, colon, _ = (scope.full_url or "").rpartition(":")
    if scope.entries is not None and base.startswith("urn:"):
        found = scope.entries.by_url.get(base + colon + parts[1], ())
        if any(resource.get("resourceType") != parts[0] for resource, _ in found):
            run.add("reference-type-differs", (trail, "reference", None))
            return False
    return True


def _check_found(run: Run, reference: str, found: list[tuple[Any, Trail]], trail: Trail, scope: Scope) -> None:
    if len(found) > 1 and reference.startswith("#"):
        return  # Two contained resources of one id are told where they stand.
    if len(found) > 1:
        if not _share_an_address(found) or (scope.entries is not None and scope.entries.kind == "history"):
            run.add("reference-ambiguous", trail)
    elif not found and reference.startswith("#"):
        if not _lacks_id(run, scope.container) and not _holds(run, scope.resource, reference[1:]):
            run.add("reference-unresolved", trail)
    elif not found and scope.entries is not None and run.options.unresolved is not None:
        run.add("reference-unresolved", trail, severity=run.options.unresolved)


def _share_an_address(found: list[tuple[Any, Trail]]) -> bool:
    """Whether two entries have one fullUrl and one version, which no Bundle but a history may hold: that is told."""
    versions = [version_of(resource) for resource, _ in found]
    return len(set(versions)) < len(versions)


def _lacks_id(run: Run, container: dict[str, Any]) -> bool:
    """Whether a contained resource has no valid id: it may be the one that is meant, and is told already."""
    key = ("lacks id", id(container))
    if key not in run.remembered:  # Looked through once, however many references lead nowhere.
        listed = container.get("contained")
        check = check_for("id")
        rows = listed if isinstance(listed, list) else ()
        run.remembered[key] = any(isinstance(row, dict) and check(row.get("id")) for row in rows)
    return bool(run.remembered[key])


def _holds(run: Run, resource: dict[str, Any], identity: str) -> bool:
    """Whether a contained resource contains what it refers to itself, which dom-2 has refused."""
    key = ("holds", id(resource))
    if key not in run.remembered:
        listed = resource.get("contained")
        rows = listed if isinstance(listed, list) else ()
        run.remembered[key] = {str(row.get("id")) for row in rows if isinstance(row, dict)}
    return identity in run.remembered[key]


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
