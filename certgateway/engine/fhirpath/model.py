"""How a path walks a tree: which JSON keys a step means for a type, and which types descend from which.

Knowledge comes from `Definitions` and is remembered per step, so that a walk costs one dictionary look-up. Nothing here
may judge: an element the definitions don't know is walked untyped and left to those who report it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from certgateway.engine.fhirpath.syntax import Quantity
from certgateway.engine.fhirpath.temporal import Temporal
from certgateway.engine.fhirpath.values import Collection, Item, Node, NotEvaluable

if TYPE_CHECKING:
    from certgateway.engine.definitions.definitions import Definitions
    from certgateway.engine.definitions.facts import TypeFacts

_ABSTRACT = frozenset({"Resource", "DomainResource"})
_OF_PRIMITIVES = {"extension": "Extension", "id": "string"}
_SYSTEM_NAMES = {
    name: name[0].lower() + name[1:] for name in ("Boolean", "String", "Integer", "Decimal", "Date", "DateTime", "Time")
}
_SYSTEM_TYPES = frozenset({*_SYSTEM_NAMES, "Quantity", "Any"})
# Each alternative key of a step: the key, the key of its primitive extensions, and the type of what stands there.
Keys = tuple[tuple[str, str, str], ...]


class Model:
    """One set of definitions as FHIRPath sees it."""

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions
        self._steps: dict[tuple[str, str], tuple[Keys, frozenset[str]]] = {}
        self._ancestors: dict[str, tuple[str, ...]] = {}
        self._type_names: set[str] = set()

    def root(self, resource: dict[str, Any]) -> Node:
        """The node of a resource."""
        return Node(resource, self._resource_type(resource))

    def children(self, node: Node, name: str, found: Collection) -> None:
        """Append the children called `name` (a choice by its name without suffix) to `found`."""
        value = node.value
        if type(value) is not dict:
            if node.extra and name in _OF_PRIMITIVES and name in node.extra:
                self._append(found, node.extra[name], None, _OF_PRIMITIVES[name])
            return
        step = (node.type, name)
        keys, spelled = self._steps.get(step) or self._learn(step)
        if spelled.isdisjoint(value):
            return  # A choice has up to fifty spellings; mostly none of them is here.
        for key, sibling, type_ in keys:
            if key in value or sibling in value:
                self._append(found, value.get(key), value.get(sibling), type_)

    def has_child(self, node: Node, name: str) -> bool:
        """Whether `children` would find any."""
        value = node.value
        if type(value) is not dict:
            found: Collection = []
            self.children(node, name, found)
            return bool(found)
        step = (node.type, name)
        keys, spelled = self._steps.get(step) or self._learn(step)
        if spelled.isdisjoint(value):
            return False
        return any(_is_there(value.get(key), value.get(sibling)) for key, sibling, _ in keys)

    def all_children(self, node: Node) -> Collection:
        """Every child, in the order received."""
        found: Collection = []
        if type(node.value) is not dict:
            for name in node.extra or ():
                self.children(node, name, found)
            return found
        facts = self._definitions.type(node.type) if node.type else None
        for key in node.value:
            name = key.removeprefix("_")
            repeated = name != key and name in node.value
            if name != "resourceType" and not repeated:
                self._append(found, node.value.get(name), node.value.get("_" + name), _type_of(facts, name))
        return found

    def descends(self, type_: str, ancestor: str) -> bool:
        """Whether `type_` is `ancestor` or derived from it."""
        return type_ == ancestor or ancestor in self._lineage(type_)

    def is_type(self, item: Item, name: str) -> bool:
        """`item is name`: FHIR names for elements, System names for values; unqualified names try both.

        Raises `NotEvaluable` for a name that is no type.
        """
        space, _, plain = name.rpartition(".")
        if type(item) is Node:
            # `answer is Boolean` stands in R4's own invariants: an element converts to its system type by itself.
            primitive = plain if space else _SYSTEM_NAMES.get(plain, plain)
            return (space != "System" and self.descends(item.type, primitive)) or self._no_such(name)
        return (space != "FHIR" and system_type(item) == plain) or self._no_such(name)

    def _no_such(self, name: str) -> bool:
        """False, the answer for a type that there is; raises `NotEvaluable` for a name that is none."""
        if name not in self._type_names:
            space, _, plain = name.rpartition(".")
            is_system = space != "FHIR" and plain in _SYSTEM_TYPES
            if not is_system and (space == "System" or self._definitions.type(plain) is None):
                message = "the expression names a type that does not exist"
                raise NotEvaluable(message)
            self._type_names.add(name)
        return False

    def _lineage(self, type_: str) -> tuple[str, ...]:
        known = self._ancestors.get(type_)
        if known is None:
            facts = self._definitions.type(type_)
            if facts is None:
                return ()
            known = (facts.base, *self._lineage(facts.base)) if facts.base else ()
            self._ancestors[type_] = known
        return known

    def _learn(self, step: tuple[str, str]) -> tuple[Keys, frozenset[str]]:
        type_, name = step
        facts = self._definitions.type(type_) if type_ else None
        element = facts.children.get(name) if facts else None
        if facts is not None and element is None and name in facts.keys:
            # `valueQuantity` is JSON's spelling; a path says `value`.
            keys: Keys = ()
        elif facts is None or element is None:
            keys = ((name, "_" + name, _type_of(facts, name)),)
        else:
            alternatives = [key for key, (owner, _) in facts.keys.items() if owner is element]
            keys = tuple((key, "_" + key, facts.keys[key][1]) for key in alternatives)
        learnt = (keys, frozenset(spelling for row in keys for spelling in row[:2]))
        # A type nobody defined came from the sender: remembering it would let a sender fill the memory.
        if facts is not None:
            self._steps[step] = learnt
        return learnt

    def _resource_type(self, value: object) -> str:
        """The type a resource states; "" for one nobody defined, which could be anything and without end."""
        name = value.get("resourceType") if isinstance(value, dict) else None
        return name if isinstance(name, str) and self._definitions.is_resource(name) else ""

    def _append(self, found: Collection, value: Any, extra: Any, type_: str) -> None:  # noqa: ANN401  Any part of a tree.
        if type(value) is list or (value is None and type(extra) is list):
            self._append_items(found, value or [], extra if type(extra) is list else [], type_)
        elif value is not None or extra is not None:
            self._append_one(found, value, extra, type_)

    def _append_items(self, found: Collection, values: list[Any], extras: list[Any], type_: str) -> None:
        if not extras:
            for value in values:
                if value is not None:
                    self._append_one(found, value, None, type_)
            return
        for at in range(max(len(values), len(extras))):
            value = values[at] if at < len(values) else None
            extra = extras[at] if at < len(extras) else None
            if value is not None or extra is not None:
                self._append_one(found, value, extra, type_)

    def _append_one(self, found: Collection, value: Any, extra: Any, type_: str) -> None:  # noqa: ANN401  Any part of a tree.
        if type_ in _ABSTRACT or (not type_ and type(value) is dict and "resourceType" in value):
            type_ = self._resource_type(value)
        found.append(Node(value, type_, extra if type(extra) is dict else None))


def _is_there(value: Any, extra: Any) -> bool:  # noqa: ANN401  Any part of a tree.
    """Whether there is an element: a null, and a list of nulls, is none."""
    if type(value) is list or (value is None and type(extra) is list):
        extras = extra if type(extra) is list else ()
        return any(item is not None for items in (value or (), extras) for item in items)
    return value is not None or extra is not None


def model_of(definitions: Definitions) -> Model:
    """The one model of these definitions, so that what it learnt serves every expression."""
    model: Model = definitions.remembered("fhirpath model", Model)
    return model


def system_type(item: Item) -> str:
    """The System type name of a value."""
    if type(item) is Temporal:
        return item.kind
    names = {bool: "Boolean", int: "Integer", str: "String", Quantity: "Quantity"}
    return names.get(type(item), "Decimal")


def _type_of(facts: TypeFacts | None, key: str) -> str:
    return facts.keys[key][1] if facts and key in facts.keys else ""
