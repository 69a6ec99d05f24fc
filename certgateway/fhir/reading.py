"""A cursor over an opened FHIR message: reads allow-listed elements, remembers what was read, and where it stood.

What was never read is what `fhir.carried` reports as not carried. The cursor forgives: a value of the wrong shape
reads as absent, since the engine has already said so. It must never hand out a display, a title or a narrative.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from certgateway.domain.certificate import Coding
from certgateway.engine.instance import Scope, Trail, path_of, root_scope, scope_at
from certgateway.safejson import Tree

Json = dict[str, Any]


@dataclass(slots=True)
class Message:
    """The stripped tree, the resources of its entries, where references lead, and which members were read.

    `read` maps `id()` of an object in the tree to the names read from it, `skipped` to those discarded with all below
    them: objects live as long as the tree does.
    """

    tree: Json
    scope: Scope = field(init=False)
    resources: list["Node"] = field(default_factory=list)
    read: defaultdict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    skipped: defaultdict[int, set[str]] = field(default_factory=lambda: defaultdict(set))

    def __post_init__(self) -> None:
        """List the resources of the entries, in the order received."""
        self.scope = root_scope(self.tree)
        self.mark(self.tree, ("entry",))
        listed = self.tree.get("entry")
        for index, entry in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(entry, dict):
                self.mark(entry, ("resource", "fullUrl"))
                if isinstance(resource := entry.get("resource"), dict):
                    trail: Trail = ((self.scope.trail, "entry", index), "resource", None)
                    self.resources.append(self.node(resource, trail, self.scope))

    @property
    def root(self) -> "Node":
        """The whole message."""
        return Node(self.tree, str(self.tree.get("resourceType")), self, self.scope)

    def node(self, resource: Json, trail: Trail, origin: Scope) -> "Node":
        """A resource that stands at `trail`; `origin` is the scope that led to it."""
        return Node(resource, path_of(trail), self, scope_at(origin, resource, trail))

    def mark(self, value: Json, names: Iterable[str]) -> None:
        """Remember that these members were read."""
        self.read[id(value)].update(names)


@dataclass(slots=True)
class Node:
    """One object of the tree with its path. `scope` is what its references resolve in: the resource it stands in."""

    value: Json
    path: str
    message: Message
    scope: Scope

    def _raw(self, name: str) -> Tree:
        self.message.read[id(self.value)].add(name)
        return self.value.get(name)

    def _child(self, value: Json, path: str) -> "Node":
        return Node(value, path, self.message, self.scope)

    def get(self, name: str, spelled: str | None = None) -> "Node | None":
        """The object under `name`; `spelled` is the JSON name of a choice element (`valueQuantity`)."""
        value = self._raw(spelled or name)
        return self._child(value, f"{self.path}.{name}") if isinstance(value, dict) else None

    def items(self, name: str) -> Iterator["Node"]:
        """The objects of a list, each with its index in the path."""
        value = self._raw(name)
        for index, item in enumerate(value if isinstance(value, list) else ()):
            if isinstance(item, dict):
                yield self._child(item, f"{self.path}.{name}[{index}]")

    def first(self, name: str) -> "Node | None":
        """The first object of a list, None when there is none."""
        value = self._raw(name)
        item = value[0] if isinstance(value, list) and value else None
        return self._child(item, f"{self.path}.{name}[0]") if isinstance(item, dict) else None

    def text(self, name: str) -> str | None:
        """A string member, None when it is absent or no string."""
        value = self._raw(name)
        return value if isinstance(value, str) else None

    def flag(self, name: str) -> bool | None:
        """A boolean member."""
        value = self._raw(name)
        return value if isinstance(value, bool) else None

    def number(self, name: str) -> Decimal | None:
        """A number member, exactly."""
        value = self._raw(name)
        return Decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None

    def skip(self, *names: str) -> None:
        """Discard members that carry nothing of their own: transport, and what FHIR demands beside the rest."""
        self.message.skipped[id(self.value)].update(names)

    def codings(self, name: str, spelled: str | None = None) -> Iterator[tuple[Coding, str]]:
        """System and code of each coding of the concept under `name`, with the coding's path. Displays stay unread."""
        concept = self.get(name, spelled)
        yield from () if concept is None else concept.own_codings()

    def own_codings(self) -> Iterator[tuple[Coding, str]]:
        """The codings of this concept."""
        for coding in self.items("coding"):
            system, code = coding.value.get("system"), coding.value.get("code")
            if isinstance(system, str) and isinstance(code, str):
                yield Coding(system, code), coding.path

    def keep(self, coding_path: str, concept: str, spelled: str | None = None) -> None:
        """Mark a coding as carried: what is never kept is reported as not carried."""
        node = self.value.get(spelled or concept)
        index = int(coding_path.rpartition("[")[2][:-1])
        if isinstance(node, dict):
            self.message.mark(node["coding"][index], ("system", "code"))

    def code_of(self, system: str, name: str, spelled: str | None = None) -> str | None:
        """The code that the concept under `name` has in `system`."""
        found = self.coding_in((system,), name, spelled)
        return found.code if found else None

    def coding_in(self, systems: tuple[str, ...], name: str, spelled: str | None = None) -> Coding | None:
        """The first coding in one of some systems that the concept under `name` has; it counts as carried."""
        concept = self.get(name, spelled)
        for coding in () if concept is None else concept.items("coding"):
            system, code = coding.value.get("system"), coding.value.get("code")
            if isinstance(system, str) and system in systems and isinstance(code, str):
                self.message.mark(coding.value, ("system", "code"))
                return Coding(system, code)
        return None

    def extensions(self, url: str) -> Iterator["Node"]:
        """The extensions with this url."""
        listed = self.value.get("extension")
        for index, item in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(item, dict) and item.get("url") == url:
                self.message.mark(self.value, ("extension",))
                self.message.mark(item, ("url",))
                yield self._child(item, f"{self.path}.extension[{index}]")

    def extension(self, url: str) -> "Node | None":
        """The first extension with this url."""
        return next(self.extensions(url), None)

    def resolve(self) -> "Node | None":
        """The resource that this Reference names in the message."""
        target = self.text("reference")
        return self.named(target) if target else None

    def named(self, uri: str) -> "Node | None":
        """The resource that a URI named here leads to in the message, by the engine's own rules.

        Codec and judge can never disagree about who is meant: `#id`, full address, relative to the fullUrl of the
        resource around, with or without a version. The first of several with one address; the judge reports these.
        """
        found = self.scope.find(uri)
        if not found:
            return None
        resource, trail = found[0]
        if trail[1] == "contained":
            self.message.mark(self.scope.container, ("contained",))
        return self.message.node(resource, trail, self.scope)

    def linked(self, name: str, spelled: str | None = None) -> "Node | None":
        """The resource that the Reference under `name` names."""
        reference = self.get(name, spelled)
        return None if reference is None else reference.resolve()
