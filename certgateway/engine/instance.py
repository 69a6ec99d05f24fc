"""The judged resource as the engine walks it: places with their type and trail, and the scope references resolve in.

A trail is a chain of steps back to the root; its text is made only when a fault needs it. Nothing here may judge or
change what was received.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from certgateway.engine.definitions import Definitions, ElementFacts, TypeFacts

Tree = Any
# (trail of the parent, name, index where the element repeats); the root has no parent.
Trail = tuple[Any, str, int | None]

RESTFUL = re.compile(
    r"(?P<root>(?:https?://[A-Za-z0-9\-\\.:%$_]+/)(?:[A-Za-z0-9\-\\.:%$_]+/)*)?"
    r"(?P<type>[A-Z][A-Za-z]+)/(?P<id>[A-Za-z0-9\-.]{1,64})(?:/_history/(?P<version>[A-Za-z0-9\-.]{1,64}))?"
)


def path_of(trail: Trail) -> str:
    """The FHIRPath of a trail: `Bundle.entry[3].resource.component[0].value`."""
    parts: list[str] = []
    step: Trail | None = trail
    while step is not None:
        parent, name, index = step
        parts.append(name if index is None else f"{name}[{index}]")
        step = parent
    return ".".join(reversed(parts))


@dataclass(slots=True)
class Entries:
    """The resources of one Bundle by fullUrl, and the fullUrl of each by its identity in memory."""

    by_url: dict[str, list[tuple[Tree, Trail]]] = field(default_factory=dict)
    urls: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, bundle: Tree, trail: Trail) -> Entries:
        """Index a Bundle; whatever is misshapen in it is left out here and reported elsewhere."""
        entries = cls()
        listed = bundle.get("entry")
        for index, entry in enumerate(listed if isinstance(listed, list) else ()):
            resource = entry.get("resource") if isinstance(entry, dict) else None
            url = entry.get("fullUrl") if isinstance(entry, dict) else None
            if isinstance(resource, dict) and isinstance(url, str):
                place = ((trail, "entry", index), "resource", None)
                entries.by_url.setdefault(url, []).append((resource, place))
                entries.urls[id(resource)] = url
        return entries


@dataclass(slots=True)
class Scope:
    """Where a place stands: its resource, the resource that contains that one (or itself), and the Bundle around."""

    resource: Tree
    trail: Trail
    container: Tree
    container_trail: Trail
    full_url: str | None = None
    entries: Entries | None = None
    environment: Any = None

    def contained(self, reference: str) -> list[tuple[Tree, Trail]]:
        """What `#id` names: the container itself for `#`, or its contained resources with that id."""
        if reference == "#":
            return [(self.container, self.container_trail)]
        listed = self.container.get("contained")
        return [
            (resource, (self.container_trail, "contained", index))
            for index, resource in enumerate(listed if isinstance(listed, list) else ())
            if isinstance(resource, dict) and resource.get("id") == reference[1:]
        ]

    def find(self, reference: str) -> list[tuple[Tree, Trail]]:
        """The resources inside this message that a reference names, by R4's rules for Bundles."""
        if reference.startswith("#"):
            return self.contained(reference)
        if self.entries is None:
            return []
        matched = RESTFUL.fullmatch(reference)
        found = self.entries.by_url.get(self._absolute(reference, matched), [])
        version = matched["version"] if matched else None
        return [row for row in found if version is None or _version(row[0]) in (None, version)]

    def _absolute(self, reference: str, matched: re.Match[str] | None) -> str:
        if matched is None:
            return reference.partition("#")[0]
        plain = f"{matched['root'] or ''}{matched['type']}/{matched['id']}"
        if matched["root"]:
            return plain
        own = RESTFUL.fullmatch(self.full_url or "")
        return (own["root"] or "") + plain if own else plain


def _version(resource: Tree) -> str | None:
    meta = resource.get("meta")
    return meta.get("versionId") if isinstance(meta, dict) else None


@dataclass(slots=True)
class Place:
    """One element of the instance: its value, the object under its `_name` if primitive, its concrete type."""

    value: Tree
    extra: Tree
    type: str
    trail: Trail
    scope: Scope

    @property
    def path(self) -> str:
        """The FHIRPath that selects this place."""
        return path_of(self.trail)


def children(place: Place, name: str, definitions: Definitions) -> list[Place]:
    """The children of a place called `name` (a choice without its suffix), in order of appearance.

    A list where there must be none, or none where there must be one, has no children: base R4 refuses it.
    """
    if not isinstance(place.value, dict):
        return _primitive_children(place, name)
    facts = definitions.type(place.type)
    element = facts.children.get(name) if facts is not None else None
    if facts is None or element is None:
        return []
    found: list[Place] = []
    for key, code in _spelled(element, facts, place.value):
        value, extra = place.value.get(key), place.value.get("_" + key)
        if value is not None or extra is not None:
            found.extend(_places(place, name, code, value, extra, repeats=element.repeats))
    return found


def _spelled(element: ElementFacts, facts: TypeFacts, value: Tree) -> list[tuple[str, str]]:
    """The keys by which the element may stand here. A choice has up to fifty: those present are looked up instead."""
    if not element.choice:
        return element.spellings()
    present = dict.fromkeys(key.removeprefix("_") for key in value if key.removeprefix("_").startswith(element.name))
    known = ((key, facts.keys.get(key)) for key in present)
    return [(key, entry[1]) for key, entry in known if entry is not None and entry[0] is element]


def _primitive_children(place: Place, name: str) -> list[Place]:
    if name == "value":
        # A profile may ask for the value itself, so that an extension alone won't do; it has no path of its own.
        return [] if place.value is None else [Place(place.value, None, place.type, place.trail, place.scope)]
    extra = place.extra if isinstance(place.extra, dict) else {}
    if name not in ("extension", "id") or name not in extra:
        return []
    code = "Extension" if name == "extension" else "string"
    return list(_places(place, name, code, extra[name], None, repeats=name == "extension"))


def _places(parent: Place, name: str, code: str, value: Tree, extra: Tree, *, repeats: bool) -> Iterator[Place]:
    if not repeats:
        if not isinstance(value, list) and not isinstance(extra, list):
            yield _place(parent, value, extra, code, (parent.trail, name, None))
        return
    values = value if isinstance(value, list) else []
    extras = extra if isinstance(extra, list) else []
    for index in range(max(len(values), len(extras))):
        one = values[index] if index < len(values) else None
        other = extras[index] if index < len(extras) else None
        yield _place(parent, one, other, code, (parent.trail, name, index))


def _place(parent: Place, value: Tree, extra: Tree, code: str, trail: Trail) -> Place:
    if code != "Resource" or not isinstance(value, dict):
        return Place(value, extra, code, trail, parent.scope)
    scope = inner_scope(parent.scope, value, trail)
    return Place(value, None, type_of(value), trail, scope)


def type_of(resource: Tree) -> str:
    """The type a resource says it has; "" where it says nothing usable."""
    name = resource.get("resourceType") if isinstance(resource, dict) else None
    return name if isinstance(name, str) else ""


def root_scope(resource: Tree) -> Scope:
    """The scope of a whole resource."""
    trail: Trail = (None, type_of(resource), None)
    entries = Entries.of(resource, trail) if resource.get("resourceType") == "Bundle" else None
    return Scope(resource, trail, resource, trail, None, entries)


def inner_scope(outer: Scope, resource: Tree, trail: Trail) -> Scope:
    """The scope of a resource inside another: an entry of a Bundle, a parameter, or a contained resource."""
    if trail[1] == "contained":
        return Scope(resource, trail, outer.container, outer.container_trail, outer.full_url, outer.entries)
    entries = Entries.of(resource, trail) if resource.get("resourceType") == "Bundle" else outer.entries
    url = outer.entries.urls.get(id(resource)) if outer.entries is not None else None
    return Scope(resource, trail, resource, trail, url, entries)


def scope_at(origin: Scope, resource: Tree, trail: Trail) -> Scope:
    """The scope of a resource that a reference from `origin` led to."""
    if resource is origin.resource:
        return origin
    if trail[1] == "contained" or resource is origin.container:
        return Scope(resource, trail, origin.container, origin.container_trail, origin.full_url, origin.entries)
    return inner_scope(origin, resource, trail)
