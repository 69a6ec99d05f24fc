"""The judged resource as the engine walks it: places with their type and trail, and the scope references resolve in.

A trail is a chain of steps back to the root; its text is made only when a fault needs it. Nothing here may judge or
change what was received.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from certgateway.engine.definitions.definitions import Definitions

Tree = Any
# (trail of the parent, name, index where the element repeats); the root has no parent.
Trail = tuple[Any, str, int | None]
NOT_TOLD: Trail = (None, "", None)
"""The trail of a place in a sound resource, which few ask for; `elements.told` finds it."""
# The resources contained in one container by their id; filled when first asked for, and shared by all that stand in it.
ContainedById = dict[str, list[tuple[Any, Trail]]]

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
    """The resources of one Bundle by fullUrl; the fullUrl and the scope of each by its identity in memory; its type."""

    by_url: dict[str, list[tuple[Tree, Trail]]] = field(default_factory=dict)
    urls: dict[int, str] = field(default_factory=dict)
    scopes: dict[int, Scope] = field(default_factory=dict)
    kind: Tree = None

    @classmethod
    def of(cls, bundle: Tree, trail: Trail) -> Entries:
        """Index a Bundle; whatever is misshapen in it is left out here and reported elsewhere."""
        entries = cls(kind=bundle.get("type"))
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
    by_id: ContainedById = field(default_factory=dict)

    def contained(self, reference: str) -> list[tuple[Tree, Trail]]:
        """What `#id` names: the container itself for `#`, or its contained resources with that id."""
        if reference == "#":
            return [(self.container, self.container_trail)]
        listed = self.container.get("contained")
        if not self.by_id:
            self.by_id[""] = []  # No reference asks for this one; that it stands here says that the others do too.
            for index, resource in enumerate(listed if isinstance(listed, list) else ()):
                if isinstance(resource, dict) and isinstance(resource.get("id"), str):
                    place = (self.container_trail, "contained", index)
                    self.by_id.setdefault(resource["id"], []).append((resource, place))
        return self.by_id.get(reference[1:], [])

    def find(self, reference: str) -> list[tuple[Tree, Trail]]:
        """The resources inside this message that a reference names, by R4's rules for Bundles."""
        if reference.startswith("#"):
            return self.contained(reference)
        if self.entries is None:
            return []
        matched = RESTFUL.fullmatch(reference)
        found = self.entries.by_url.get(self._absolute(reference, matched), [])
        version = matched["version"] if matched else None
        return [row for row in found if version is None or version_of(row[0]) in (None, version)]

    def _absolute(self, reference: str, matched: re.Match[str] | None) -> str:
        if matched is None:
            # With a fragment it means a part of a resource, and never the whole.
            return reference
        plain = f"{matched['root'] or ''}{matched['type']}/{matched['id']}"
        if matched["root"]:
            return plain
        own = RESTFUL.fullmatch(self.full_url or "")
        return (own["root"] or "") + plain if own else plain


def version_of(resource: Tree) -> str | None:
    """The version a resource says it has; None where it says nothing usable."""
    meta = resource.get("meta")
    version = meta.get("versionId") if isinstance(meta, dict) else None
    return version if isinstance(version, str) else None


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


@dataclass(frozen=True, slots=True)
class Step:
    """Where the children of one name stand in objects of one type.

    `keys` maps each JSON key, and that of the extensions beside it, to (key, `_key`, type); `only` is the one there is,
    None for a choice.
    """

    name: str
    repeats: bool
    only: tuple[str, str, str] | None
    keys: dict[str, tuple[str, str, str]]


class Steps:
    """The steps of one set of definitions, each worked out when first taken."""

    def __init__(self, definitions: Definitions) -> None:
        """Know nothing yet."""
        self._definitions = definitions
        self._known: dict[tuple[str, str], Step | None] = {}

    def step(self, code: str, name: str) -> Step | None:
        """The step to the children called `name`; None where the type has none."""
        key = (code, name)
        if key in self._known:
            return self._known[key]
        facts = self._definitions.type(code)
        element = facts.children.get(name) if facts is not None else None
        found = None
        if element is not None:
            spelled = [(key, "_" + key, code) for key, code in element.spellings()]
            only = spelled[0] if len(spelled) == 1 else None
            found = Step(name, element.repeats, only, {key: row for row in spelled for key in row[:2]})
        # A type nobody defined came from the sender: remembering it would let a sender fill the memory.
        if facts is not None:
            self._known[key] = found
        return found


def steps_of(definitions: Definitions) -> Steps:
    """The one set of steps of these definitions."""
    steps: Steps = definitions.remembered("steps", Steps)
    return steps


def children(place: Place, name: str, steps: Steps) -> list[Place]:
    """The children of a place called `name` (a choice without its suffix), in order of appearance.

    A list where there must be none, or none where there must be one, has no children: base R4 refuses it.
    """
    tree = place.value
    if not isinstance(tree, dict):
        return _primitive_children(place, name)
    step = steps.step(place.type, name)
    if step is None:
        return []
    if step.only is not None:
        return _spelled(place, step, step.only)
    if step.keys.keys().isdisjoint(tree):
        return []
    rows = dict.fromkeys(step.keys[key] for key in tree if key in step.keys)
    return [found for row in rows for found in _spelled(place, step, row)]


def _spelled(place: Place, step: Step, row: tuple[str, str, str]) -> list[Place]:
    """The children under one JSON key."""
    key, sibling, code = row
    value, extra = place.value.get(key), place.value.get(sibling)
    if value is None and extra is None:
        return []
    return _places(place, step.name, code, value, extra, repeats=step.repeats)


def _primitive_children(place: Place, name: str) -> list[Place]:
    if name == "value":
        # A profile may ask for the value itself, so that an extension alone won't do; it has no path of its own.
        return [] if place.value is None else [Place(place.value, None, place.type, place.trail, place.scope)]
    extra = place.extra if isinstance(place.extra, dict) else {}
    if name not in ("extension", "id") or name not in extra:
        return []
    code = "Extension" if name == "extension" else "string"
    return _places(place, name, code, extra[name], None, repeats=name == "extension")


def _places(parent: Place, name: str, code: str, value: Tree, extra: Tree, *, repeats: bool) -> list[Place]:
    if not repeats:
        if isinstance(value, list) or isinstance(extra, list):
            return []
        return [_place(parent, value, extra, code, (parent.trail, name, None))]
    values = value if isinstance(value, list) else []
    if extra is None and code != "Resource":
        return [Place(one, None, code, (parent.trail, name, index), parent.scope) for index, one in enumerate(values)]
    extras = extra if isinstance(extra, list) else []
    return [
        _place(parent, one, other, code, (parent.trail, name, index))
        for index, (one, other) in enumerate(zip_longest(values, extras))
    ]


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


def _beside(known: Scope, resource: Tree, trail: Trail) -> Scope:
    """The scope of another resource in the same container, or of the container itself."""
    return Scope(
        resource, trail, known.container, known.container_trail, known.full_url, known.entries, by_id=known.by_id
    )


def inner_scope(outer: Scope, resource: Tree, trail: Trail) -> Scope:
    """The scope of a resource inside another: an entry of a Bundle, a parameter, or a contained resource."""
    if trail[1] == "contained":
        scope = _beside(outer, resource, trail)
        if resource.get("resourceType") == "Bundle":
            scope.entries = Entries.of(resource, trail)
        return scope
    known = outer.entries.scopes.get(id(resource)) if outer.entries is not None else None
    # What an expression once learnt of a resource serves the next one; the same object may stand in several places.
    if known is not None and known.trail == trail:
        return known
    entries = Entries.of(resource, trail) if resource.get("resourceType") == "Bundle" else outer.entries
    url = outer.entries.urls.get(id(resource)) if outer.entries is not None else None
    scope = Scope(resource, trail, resource, trail, url, entries)
    if outer.entries is not None:
        outer.entries.scopes[id(resource)] = scope
    return scope


def scope_at(origin: Scope, resource: Tree, trail: Trail) -> Scope:
    """The scope of a resource that a reference from `origin` led to."""
    if resource is origin.resource:
        return origin
    if trail[1] == "contained" or resource is origin.container:
        return _beside(origin, resource, trail)
    return inner_scope(origin, resource, trail)
