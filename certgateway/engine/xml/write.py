"""A tree becomes FHIR XML: elements in the order of their definition, UTF-8, the same bytes every time.

It writes conforming trees; what XML has no place for raises `NotWritable` instead of being dropped. Nothing here may
judge, repair, or quote a value.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import zip_longest
from typing import Any

from lxml import etree

from certgateway import safexml
from certgateway.engine.definitions.definitions import Definitions
from certgateway.engine.definitions.facts import TypeFacts
from certgateway.safejson import number_text

_FHIR = "http://hl7.org/fhir"
_CONTAINERS = frozenset({"Resource", "DomainResource"})
Json = dict[str, Any]


class NotWritable(ValueError):  # noqa: N818  A condition of the tree.
    """The tree holds what its definitions don't; `place` names the type, never the value."""

    def __init__(self, place: str) -> None:
        super().__init__(f"a tree that does not conform can't be written: {place}")
        self.place = place


def write(tree: Json, definitions: Definitions) -> bytes:
    """The XML of a resource, with declaration; raises `NotWritable`, or `Unreadable` for a broken narrative."""
    # The stubs of lxml don't know that the default namespace is declared under None.
    nsmap: Any = {None: _FHIR}
    root = etree.Element(f"{{{_FHIR}}}{_resource_type(tree, definitions)}", nsmap=nsmap)
    _Writer(definitions).resource(root, tree)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _resource_type(tree: object, definitions: Definitions) -> str:
    name = tree.get("resourceType") if isinstance(tree, dict) else None
    if not isinstance(name, str) or not definitions.is_resource(name):
        raise NotWritable("Resource")
    return name


class _Writer:
    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions

    def resource(self, element: etree._Element, tree: Json) -> None:
        """Fill the element of a resource."""
        self._content(element, tree, self._facts(_resource_type(tree, self.definitions)), {"resourceType"})

    def _facts(self, code: str) -> TypeFacts:
        facts = self.definitions.type(code)
        if facts is None:
            raise NotWritable(code)
        return facts

    def _content(self, element: etree._Element, tree: Json, facts: TypeFacts, done: set[str]) -> None:
        for key, (_, code) in _in_order(facts):
            value, extra = tree.get(key), tree.get("_" + key)
            if value is None and extra is None:
                continue
            done |= {key, "_" + key}
            for item, item_extra in _items(value, extra):
                self._child(element, key, code, item, item_extra)
        if not tree.keys() <= done:
            raise NotWritable(facts.name)

    def _child(self, parent: etree._Element, key: str, code: str, value: Any, extra: Any) -> None:  # noqa: ANN401
        if code == "xhtml" and not isinstance(value, str):
            raise NotWritable("xhtml")
        if code == "xhtml":
            parent.append(safexml.parse(value.encode("utf-8")))
            return
        element = etree.SubElement(parent, f"{{{_FHIR}}}{key}")
        if code in _CONTAINERS:
            inner = etree.SubElement(element, f"{{{_FHIR}}}{_resource_type(value, self.definitions)}")
            self.resource(inner, value)
        elif (facts := self._facts(code)).kind == "primitive-type":
            self._primitive(element, value, extra)
        elif isinstance(value, dict) and extra is None:
            self._complex(element, value, facts)
        else:
            raise NotWritable(code)

    def _primitive(self, element: etree._Element, value: Any, extra: Any) -> None:  # noqa: ANN401  Any JSON value.
        if extra is not None:
            if not isinstance(extra, dict):
                raise NotWritable("Element")
            self._complex(element, extra, self._facts("Element"))
        if value is not None:
            _set(element, "value", value)

    def _complex(self, element: etree._Element, tree: Json, facts: TypeFacts) -> None:
        done: set[str] = set()
        for name in ("id", "url") if facts.name == "Extension" else ("id",):
            value = tree.get(name)
            if value is not None:
                _set(element, name, value)
                done.add(name)
        rest = {key: value for key, value in tree.items() if key not in done}
        self._content(element, rest, facts, set())


def _in_order(facts: TypeFacts) -> list[tuple[str, tuple[Any, str]]]:
    return list(facts.keys.items())


def _items(value: Any, extra: Any) -> list[tuple[Any, Any]]:  # noqa: ANN401  Any part of a tree.
    """Each occurrence with its extensions."""
    if not isinstance(value, list) and not isinstance(extra, list):
        return [(value, extra)]
    values = value if isinstance(value, list) else []
    extras = extra if isinstance(extra, list) else []
    return list(zip_longest(values, extras))


def _set(element: etree._Element, name: str, value: Any) -> None:  # noqa: ANN401  Any JSON value.
    try:
        element.set(name, _text(value))
    except ValueError:  # A control character, which XML 1.0 can't hold.
        raise NotWritable("primitive") from None


def _text(value: Any) -> str:  # noqa: ANN401  Any JSON value.
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, int | str):
        return str(value)
    raise NotWritable("primitive")
