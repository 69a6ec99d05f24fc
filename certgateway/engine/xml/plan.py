"""What FHIR XML may hold inside each type, worked out once from the definitions.

A row answers with one look-up by tag what a reader must know of a child element. Nothing here may read or judge XML.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from certgateway.engine.xml.xhtml import XHTML

if TYPE_CHECKING:
    from certgateway.engine.definitions.definitions import Definitions
    from certgateway.engine.definitions.facts import ElementFacts, TypeFacts

FHIR = "http://hl7.org/fhir"
_NO_TEXTS = frozenset({"boolean", "integer", "positiveInt", "unsignedInt", "decimal"})
_CONTAINERS = frozenset({"Resource", "DomainResource"})

Kind = Literal["primitive", "complex", "resource", "root", "xhtml"]


@dataclass(frozen=True, slots=True)
class Row:
    """One legal child element.

    `key` is its JSON name (and local name), `sibling` that of its extensions, `name` its step in paths, `at` its place
    in the order, `code` its type, `tag` its name as lxml writes it. `is_text`: a single primitive that is text in JSON.
    `resource` is an element around a resource, `root` a resource itself.
    """

    key: str
    sibling: str
    name: str
    code: str
    kind: Kind
    at: int
    repeats: bool
    namespace: str
    tag: str
    is_text: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """The children of one type by tag and by local name, and the attributes its elements may have.

    `plain` has them by tag as expat writes it, without the first brace.
    """

    name: str
    attributes: tuple[str, ...]
    by_name: dict[str, Row]
    rows: dict[object, Row] = field(init=False)
    plain: dict[str, Row] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", {row.tag: row for row in self.by_name.values()})
        object.__setattr__(self, "plain", {row.tag[1:]: row for row in self.by_name.values()})


class Plans:
    """The plans of all types, each made when first met."""

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions
        self._plans: dict[str, Plan] = {}
        self.resources = {f"{FHIR}}}{name}": _root(name) for name in definitions.resource_names()}

    def is_resource(self, name: str) -> bool:
        """Whether a document or a container may hold this type."""
        return self._definitions.is_resource(name)

    def of(self, name: str) -> Plan:
        """The plan of a type that the definitions name; raises LookupError for any other."""
        if name not in self._plans:
            facts = self._definitions.type(name)
            if facts is None:
                raise LookupError(f"the definitions hold no type {name}")
            self._plans[name] = self._plan(facts)
        return self._plans[name]

    def _plan(self, facts: TypeFacts) -> Plan:
        attributes = _attributes(facts)
        order = {name: at for at, name in enumerate(facts.children)}
        rows = {
            key: self._row(key, owner, code, order[owner.name])
            for key, (owner, code) in facts.keys.items()
            if key not in attributes
        }
        return Plan(facts.name, attributes, rows)

    def _row(self, key: str, owner: ElementFacts, code: str, at: int) -> Row:
        namespace = XHTML if code == "xhtml" else FHIR
        tag = f"{{{namespace}}}{key}"
        kind = self._kind(code)
        is_text = kind == "primitive" and not owner.repeats and code not in _NO_TEXTS
        return Row(key, "_" + key, owner.name, code, kind, at, owner.repeats, namespace, tag, is_text)

    def _kind(self, code: str) -> Kind:
        if code in _CONTAINERS:
            return "resource"
        if code == "xhtml":
            return "xhtml"
        facts = self._definitions.type(code)
        return "primitive" if facts is not None and facts.kind == "primitive-type" else "complex"


def _root(name: str) -> Row:
    return Row(
        name, "_" + name, name, name, "root", 0, repeats=False, namespace=FHIR, tag=f"{{{FHIR}}}{name}", is_text=False
    )


def _attributes(facts: TypeFacts) -> tuple[str, ...]:
    """What XML carries as attributes: the id of every element, the url of an extension."""
    if facts.kind == "resource":
        return ()
    return ("id", "url") if facts.name == "Extension" else ("id",)
