"""Rules of contained resources: each has an id of its own and is referred to by it (dom-3).

dom-3 is judged here and not as the expression R4 gives, because that expression can't see the narrative, from which an
image may be referred to, and lets two that refer to each other alone pass. Nothing here may judge the content of a
contained resource.
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
    used = _used(resource, contained)
    for index, row in enumerate(listed if isinstance(listed, list) else ()):
        # An id that is no id has been refused already; that nothing can refer to it is the same fault.
        if isinstance(row, dict) and id(row) not in used and check_for("id")(row.get("id")) is None:
            run.add("invariant-broken", (trail, "contained", index), "dom-3", detail=DOM_3)


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


def _used(resource: dict[str, Tree], contained: list[dict[str, Tree]]) -> set[int]:
    """The contained resources, by identity, that the container refers to or that refer to it, directly or by others."""
    mentions = [set(_mentions(row)) for row in contained]
    by_reference: dict[str, list[int]] = {}
    for at, row in enumerate(contained):
        by_reference.setdefault(f"#{row.get('id')}", []).append(at)
    ahead = [*_mentions({key: child for key, child in resource.items() if key != "contained"})]
    found = [at for at, told in enumerate(mentions) if "#" in told]
    used: set[int] = set()
    while ahead or found:
        found += by_reference.pop(ahead.pop(), ()) if ahead else ()
        for at in found:
            if id(contained[at]) not in used:
                used.add(id(contained[at]))
                ahead += mentions[at]
        found = []
    return used


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
