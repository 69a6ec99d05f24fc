"""Rules of contained resources: each has an id of its own and is referred to by it (dom-3).

dom-3 is judged here and not as the expression R4 gives, because that expression can't see the narrative, from which an
image may be referred to. Nothing here may judge the content of a contained resource.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from certgateway.engine.primitives import check_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from certgateway.engine.instance import Trail
    from certgateway.engine.run import Run

Tree = Any
DOM_3 = {
    "key": "dom-3",
    "human": "If the resource is contained in another resource, it SHALL be referred to from elsewhere in the resource"
    " or SHALL refer to the containing resource",
}
_IN_NARRATIVE = re.compile(r"""(?:src|href)\s*=\s*["'](#[^"']+)["']""")


def check_contained(run: Run, resource: dict[str, Tree], trail: Trail) -> None:
    """Judge the ids of contained resources and whether anything refers to each."""
    listed = resource["contained"]
    contained = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
    _check_ids(run, contained, trail)
    if "dom-3" in run.options.ignored_invariants:
        return
    mentioned = set(_mentions(resource))
    # An id that is no id has been refused already; that nothing can refer to it is the same fault.
    sound = [row for row in contained if check_for("id")(row.get("id")) is None]
    if not all(_is_used(row, mentioned) for row in sound):
        run.add("invariant-broken", trail, "dom-3", detail=DOM_3)


def _check_ids(run: Run, contained: list[dict[str, Tree]], trail: Trail) -> None:
    seen: set[str] = set()
    for index, row in enumerate(contained):
        identity = row.get("id")
        if identity is None and "_id" not in row:
            run.add("element-missing", (trail, "contained", index), "id", detail={"min": "1"})
        if isinstance(identity, str):
            if identity in seen:
                run.add("id-duplicated", ((trail, "contained", index), "id", None))
            seen.add(identity)


def _is_used(contained: dict[str, Tree], mentioned: set[str]) -> bool:
    return f"#{contained.get('id')}" in mentioned or "#" in _mentions(contained)


def _mentions(tree: Tree) -> Iterator[str]:
    """Every text that begins with `#`, and every local link in a narrative."""
    if isinstance(tree, dict):
        for child in tree.values():
            yield from _mentions(child)
    elif isinstance(tree, list):
        for child in tree:
            yield from _mentions(child)
    elif isinstance(tree, str) and tree.startswith("#"):
        yield tree
    elif isinstance(tree, str) and tree.startswith("<"):
        yield from _IN_NARRATIVE.findall(tree)
