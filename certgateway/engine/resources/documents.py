"""Whether a document or message holds what it refers to, and refers to what it holds.

R4 documents: what the Composition refers to by its own references is in the Bundle, and every entry is linked to the
Composition, forward or backward. R4 messaging: the focus is in the Bundle. Nothing here may judge what stands in an
entry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from certgateway.engine.instance import Scope, Trail, inner_scope, path_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from certgateway.engine.run import Run

Tree = Any
_REFERENCES = ("subject", "author", "encounter", "custodian")
_PARTS = (("attester", "party"), ("event", "detail"))
# Texts that may be addresses and lead nowhere.
_NO_LINKS = frozenset({"system", "value", "id", "fullUrl", "profile"})
_DEEPEST = 50


def check_bundle_links(run: Run, bundle: dict[str, Tree], trail: Trail, scope: Scope) -> None:
    """Judge a Bundle of the type `document` or `message`."""
    listed = bundle.get("entry")
    entries: list[tuple[Trail, dict[str, Tree]]] = [
        (((trail, "entry", index), "resource", None), row["resource"])
        for index, row in enumerate(listed if isinstance(listed, list) else ())
        if isinstance(row, dict) and isinstance(row.get("resource"), dict)
    ]
    if not entries:
        return
    at, first = entries[0]
    inside = inner_scope(scope, first, at)
    for place, reference in _wanted(bundle["type"], first, at):
        if isinstance(reference, str) and reference and not reference.startswith("#") and not inside.find(reference):
            run.add("reference-unresolved", (place, "reference", None))
    # Of what doesn't begin with a Composition no link can be missed: bdl-11 tells it.
    if bundle["type"] == "document" and first.get("resourceType") == "Composition":
        _check_reach(run, entries, scope)


def _wanted(kind: str, first: dict[str, Tree], at: Trail) -> Iterator[tuple[Trail, Tree]]:
    """The references of the first resource that must lead to entries, each with its place."""
    if kind == "message":
        yield from _of(first, "focus", at) if first.get("resourceType") == "MessageHeader" else ()
    elif first.get("resourceType") == "Composition":
        for name in _REFERENCES:
            yield from _of(first, name, at)
        for name, inner in _PARTS:
            for row, place in _rows(first.get(name), name, at):
                yield from _of(row, inner, place)
        yield from _sections(first, at, 0)


def _sections(holder: dict[str, Tree], at: Trail, depth: int) -> Iterator[tuple[Trail, Tree]]:
    for section, place in _rows(holder.get("section"), "section", at) if depth < _DEEPEST else ():
        for name in ("author", "focus", "entry"):
            yield from _of(section, name, place)
        yield from _sections(section, place, depth + 1)


def _of(holder: dict[str, Tree], name: str, at: Trail) -> Iterator[tuple[Trail, Tree]]:
    for row, place in _rows(holder.get(name), name, at):
        yield place, row.get("reference")


def _rows(value: Tree, name: str, at: Trail) -> list[tuple[dict[str, Tree], Trail]]:
    """The objects under one name, a list or not."""
    if isinstance(value, list):
        return [(row, (at, name, index)) for index, row in enumerate(value) if isinstance(row, dict)]
    return [(value, (at, name, None))] if isinstance(value, dict) else []


def _check_reach(run: Run, entries: list[tuple[Trail, dict[str, Tree]]], scope: Scope) -> None:
    """Judge that every entry is linked to the first one, however the link points."""
    numbers = {id(resource): number for number, (_, resource) in enumerate(entries)}
    linked: list[set[int]] = [set() for _ in entries]
    for number, (at, resource) in enumerate(entries):
        inside = inner_scope(scope, resource, at)
        for text in set(_addresses(resource)):
            for target, _ in inside.find(text):
                other = numbers.get(id(target))
                if other is not None:
                    linked[number].add(other)
                    linked[other].add(number)
    reached, ahead = {0}, [0]
    while ahead:
        for other in linked[ahead.pop()] - reached:
            reached.add(other)
            ahead.append(other)
    for number, (at, _) in enumerate(entries):
        if number not in reached and not _is_faulty(run, at[0]):
            run.add("entry-unreachable", at[0])


def _is_faulty(run: Run, entry: Trail) -> bool:
    """Whether an entry or its fullUrl is known to be wrong: then nothing could have led there."""
    return not run.faulty.isdisjoint({path_of(entry), path_of((entry, "fullUrl", None))})


def _addresses(tree: Tree) -> Iterator[str]:
    """Every text in a resource that may be an address."""
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, list):
            stack.extend(node)
        elif isinstance(node, dict):
            for key, child in node.items():
                if not isinstance(child, str):
                    stack.append(child)
                elif key not in _NO_LINKS and not child.startswith("#") and ("/" in child or ":" in child):
                    yield child
