"""Whether the ids of elements are unique within their resource, and the security labels of a resource are a set.

R4 element: "the id is unique within the resource"; resources inside others have ids of their own. Nothing here may
judge the form of an id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from certgateway.engine.elements import elements_of

if TYPE_CHECKING:
    from certgateway.engine.instance import Trail
    from certgateway.engine.run import Run

Tree = Any


def check_identities(run: Run, resource: dict[str, Tree], trail: Trail, *, has_ids: bool) -> None:
    """Judge the elements of one resource, without those of the resources in it; `has_ids` tells whether any has one."""
    if has_ids:
        _check_ids(run, resource, trail)
    meta = resource.get("meta")
    if isinstance(meta, dict) and isinstance(meta.get("security"), list):
        _check_labels(run, meta["security"], (trail, "meta", None))


def _check_ids(run: Run, resource: dict[str, Tree], trail: Trail) -> None:
    seen: set[str] = set()
    for value, _, at in elements_of(run.definitions, resource, trail):
        if at == (trail, "differential", None):
            seen = set()  # The differential repeats the ids of the snapshot that was made from it.
        identity = value.get("id") if isinstance(value, dict) else None
        if isinstance(identity, str):
            if identity in seen:
                run.add("id-duplicated", (at, "id", None))
            seen.add(identity)


def _check_labels(run: Run, labels: list[Tree], trail: Trail) -> None:
    seen: set[tuple[Tree, Tree]] = set()
    for index, label in enumerate(labels):
        pair = (str(label.get("system")), str(label.get("code"))) if isinstance(label, dict) else None
        if pair in seen:
            run.add("label-repeated", (trail, "security", index))
        if pair is not None:
            seen.add(pair)
