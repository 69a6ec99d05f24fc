"""FHIR XML becomes the tree that JSON gives, with the faults that only XML can have.

Judged here, because the tree can no longer show it: namespace, order, attributes, stray text, repeated single
elements and unknown elements. Everything else (values, cardinality, empty elements) is left to the judge of the tree,
so that one fault is found once; a value that is no boolean or number stays text for the same reason. Nothing here may
quote a value.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from lxml import etree

from certgateway import safexml
from certgateway.engine.definitions.definitions import Definitions
from certgateway.engine.findings import Fault
from certgateway.engine.xml.plan import FHIR, Plan, Plans, Row
from certgateway.engine.xml.quick import quick_read
from certgateway.engine.xml.xhtml import xhtml_text

_SCHEMA_LOCATION = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?")
_INTEGERS = frozenset({"integer", "positiveInt", "unsignedInt"})
_MOST_DIGITS = 320
_LARGEST_EXPONENT = 308

Json = dict[str, Any]
# The way from the root: the steps before, this step's name, and its index where it repeats.
_Trail = tuple["_Trail | None", str, int | None]
# How many siblings of each tag were met.
_Counts = dict[str, int]


def read(root: etree._Element, definitions: Definitions) -> tuple[Json, list[Fault]]:
    """The tree of a resource, and the faults of its XML form in document order.

    A fault's `culprit` names a child of its path: `name` or `name[1]` (the second of that name) or `{namespace}name`
    for an element, `@name` for an attribute, `text()` for text.
    """
    plans: Plans = definitions.remembered("xml plans", Plans)
    reader = _Reader(plans)
    namespace, name = _split(str(root.tag))
    trail: _Trail = (None, name, None)
    if namespace != FHIR:
        reader.fault("namespace-wrong", trail, FHIR)
    tree = reader.resource(root, trail, namespace)
    return tree, reader.faults


def read_bytes(
    raw: bytes, definitions: Definitions, limits: safexml.XmlLimits = safexml.DEFAULT_LIMITS
) -> tuple[Json, list[Fault]]:
    """The same for the bytes of a UTF-8 document; raises `safejson.Unreadable` as `safexml.parse` does."""
    plans: Plans = definitions.remembered("xml plans", Plans)
    # The quick way knows no other limits than those.
    tree = quick_read(raw, plans, typed) if limits == safexml.DEFAULT_LIMITS else None
    return (tree, []) if tree is not None else read(safexml.parse(raw, limits), definitions)


class _Reader:
    """Reads one document; `namespace` is what the document uses for FHIR, wrong or right, once that is reported."""

    def __init__(self, plans: Plans) -> None:
        self.plans = plans
        self.faults: list[Fault] = []
        # The place of the last fault and its path: one place may hold thousands.
        self.at: tuple[_Trail | None, str] = (None, "")

    def repeated(self, trail: _Trail, expected: str, culprit: str, count: int) -> None:
        """Note that what may stand once stands for the `count`th time."""
        self.fault("element-repeated", trail, expected, culprit)
        self.faults[-1] = replace(self.faults[-1], detail={"max": "1", "found": str(count)})

    def fault(self, kind: str, trail: _Trail, expected: str | None = None, culprit: str | None = None) -> None:
        """Note one fault. They are all kept: which of them are told is for those to say who know what was removed."""
        if trail is not self.at[0]:
            self.at = (trail, _path(trail))
        self.faults.append(Fault(kind, "error", self.at[1], expected, culprit))

    def resource(self, element: etree._Element, trail: _Trail, namespace: str) -> Json:
        """A resource; one of an unknown type keeps its type alone, for the judge to name."""
        name = _split(str(element.tag))[1]
        tree: Json = {"resourceType": name}
        if self.plans.is_resource(name):
            self._attributes(element, trail, _NONE)
            self._content(element, self.plans.of(name), tree, trail, namespace)
        return tree

    def _contained(self, element: etree._Element, trail: _Trail, namespace: str) -> Json:
        """What stands in `contained`, `resource` and the like: an element around exactly one resource."""
        self._attributes(element, trail, _NONE)
        if _is_text(element.text) or any(_is_text(child.tail) for child in element):
            self.fault("text-not-allowed", trail, None, "text()")
        if len(element) == 0:
            return {}
        counts: _Counts = {}
        for at, child in enumerate(element):
            culprit = _nth(str(child.tag), counts)
            if at:
                self.repeated(trail, "Resource", culprit, at + 1)
        own = _split(str(element[0].tag))[0]
        if own != namespace:
            self.fault("namespace-wrong", trail, FHIR, str(element[0].tag))
        return self.resource(element[0], trail, own)

    def _complex(self, element: etree._Element, plan: Plan, trail: _Trail, namespace: str) -> Json:
        tree: Json = {}
        if element.attrib:
            self._attributes(element, trail, plan.attributes)
            for name in plan.attributes:
                if (value := element.get(name)) is not None:
                    tree[name] = value
        self._content(element, plan, tree, trail, namespace)
        return tree

    def _primitive(self, element: etree._Element, code: str, trail: _Trail, namespace: str) -> tuple[Any, Json | None]:
        """Value and extensions; both absent gives empty extensions, which the judge reports as an empty element."""
        value = typed(element.get("value"), code)
        attributes = len(element.attrib)
        if len(element) == 0 and element.text is None and attributes == (value is not None):
            return value, None if attributes else {}
        self._attributes(element, trail, _PRIMITIVE)
        extra: Json = {} if element.get("id") is None else {"id": element.get("id")}
        self._content(element, self.plans.of("Element"), extra, trail, namespace)
        if value is None and not extra and _is_text(element.text):
            value = typed(str(element.text).strip(), code)  # Text where an attribute should be: it is told as such.
        return value, extra if extra or value is None else None

    def _attributes(self, element: etree._Element, trail: _Trail, allowed: tuple[str, ...]) -> None:
        for key in element.attrib:
            name = str(key)
            if name not in allowed and name != _SCHEMA_LOCATION:
                self.fault("attribute-unknown", trail, None, f"@{name}")

    def _content(self, element: etree._Element, plan: Plan, tree: Json, trail: _Trail, namespace: str) -> None:
        """Read the children into `tree`, in the order received."""
        stray = _is_text(element.text)
        reached, counts = 0, dict[str, int]()
        unknown: _Counts = {}
        for child in element:
            stray = stray or _is_text(child.tail)
            row = plan.rows.get(child.tag) if namespace == FHIR else None
            if row is not None and row.is_text and row.at >= reached and row.key not in counts:
                # A single text with a value and nothing else in it: most elements are of this kind.
                value = child.get("value")
                if value is not None and len(child) == 0 and child.text is None and len(child.attrib) == 1:
                    tree[row.key] = value
                    reached, counts[row.key] = row.at, 1
                    continue
            row = row or self._row(child, plan, trail, namespace, unknown)
            if row is None:
                name = _split(str(child.tag))[1]
                if name in plan.attributes:  # Told as an unknown element, and no less there for it.
                    tree.setdefault(name, child.get("value"))
                continue
            index = counts.get(row.key, 0)
            counts[row.key] = index + 1
            if index and not row.repeats:
                self.repeated(trail, row.name, f"{row.key}[{index}]", index + 1)
                continue
            step: _Trail = (trail, row.name, index if row.repeats else None)
            # The next element is compared with this one, so that a single misplaced element is found once.
            if row.at < reached:
                self.fault("element-out-of-order", step, plan.name)
            reached = row.at
            self._place(child, row, tree, step, index)
        if stray:
            self.fault("text-not-allowed", trail, None, "text()")

    def _row(self, child: etree._Element, plan: Plan, trail: _Trail, namespace: str, unknown: _Counts) -> Row | None:
        """The row of a child that isn't simply one of FHIR's; None, with a fault, when the type has no such element.

        `unknown` counts such elements among the siblings.
        """
        space, name = _split(str(child.tag))
        row = plan.by_name.get(name)
        wanted = row.namespace if row and row.namespace != FHIR else namespace
        if space != wanted:
            # One of ours in the wrong namespace is reported and read on, lest the judge miss it too.
            self.fault("namespace-wrong", trail, wanted or FHIR, f"{{{space}}}{name}")
        elif row is None:
            self.fault("element-unknown", trail, plan.name, _nth(str(child.tag), unknown))
        return row

    def _place(self, child: etree._Element, row: Row, tree: Json, step: _Trail, index: int) -> None:
        namespace = FHIR if child.tag == row.tag else _split(str(child.tag))[0]
        if row.kind == "primitive":
            value, extra = self._primitive(child, row.code, step, namespace)
            _put_primitive(tree, row, index, value, extra)
        elif row.kind == "xhtml":
            tree[row.key] = xhtml_text(child)
        else:
            is_resource = row.kind == "resource"
            inner = (
                self._contained(child, step, namespace)
                if is_resource
                else self._complex(child, self.plans.of(row.code), step, namespace)
            )
            if row.repeats:
                tree.setdefault(row.key, []).append(inner)
            else:
                tree[row.key] = inner


_NONE: tuple[str, ...] = ()
_PRIMITIVE = ("id", "value")


def _is_text(text: str | None) -> bool:
    return text is not None and not text.isspace() and text != ""


def _put_primitive(tree: Json, row: Row, index: int, value: Any, extra: Json | None) -> None:  # noqa: ANN401
    """Place one occurrence; a half of a list that would hold nulls alone is left out, as JSON wants it."""
    for key, half in ((row.key, value), (row.sibling, extra)):
        if not row.repeats:
            if half is not None:
                tree[key] = half
        elif key in tree:
            tree[key].append(half)
        elif half is not None:
            tree[key] = [*[None] * index, half]


def typed(text: str | None, code: str) -> bool | int | Decimal | str | None:
    """The value in its JSON type; text that has not the form of its type stays text."""
    if text is None:
        return None
    if code == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if code in _INTEGERS or code == "decimal":
        if _INTEGER.fullmatch(text):
            return int(text)
        # A fraction where a whole number must stand is the wrong number, as in JSON, and not the wrong type.
        return _decimal(text)
    return text


def _decimal(text: str) -> Decimal | str:
    if len(text) > _MOST_DIGITS or not _DECIMAL.fullmatch(text):
        return text
    number = Decimal(text)
    return number if abs(number.adjusted()) <= _LARGEST_EXPONENT else text


@lru_cache(maxsize=4096)
def _split(tag: str) -> tuple[str, str]:
    """Namespace and local name."""
    namespace, brace, name = tag.rpartition("}")
    return (namespace[1:], name) if brace else ("", name)


def _nth(tag: str, counts: _Counts) -> str:
    """The local name with its place among the siblings of that tag, which `counts` has met so far."""
    before = counts.get(tag, 0)
    counts[tag] = before + 1
    return f"{_split(tag)[1]}[{before}]"


def _path(trail: _Trail) -> str:
    steps: list[str] = []
    rest: _Trail | None = trail
    while rest is not None:
        rest, name, index = rest
        steps.append(name if index is None else f"{name}[{index}]")
    return ".".join(reversed(steps))
