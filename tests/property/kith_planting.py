"""Puts benefit ticks and benefit measures anywhere into a message of the form of 2008, and finds them again.

A place is a child's position in any element of the document, or a point inside a text. What is planted bears a mark of
its own, so that whatever leaves the gateway can be searched for it. Nothing here asks the gateway anything.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from lxml import etree

from certgateway.kith.names import LEGEERKLARING, MSGHEAD
from tests.property.planting import MARK

Tree = etree._Element

TICK: Final = "LegeerklaringGjelder"
TICK_VALUE: Final = "typeLegeerklaring"
MEASURE: Final = "AktueltTiltak"
MEASURE_VALUE: Final = "typeTiltak"
TICKS: Final = (2, 3, 4)
MEASURES: Final = (2, 3, 5, 6)
SPELLINGS: Final[tuple[Callable[[int], str], ...]] = (
    str,
    lambda value: f"0{value}",
    lambda value: f"+{value}",
    lambda value: f" {value} ",
    lambda value: f"\n0{value}\t",
    lambda value: f"\r+00{value}",
    lambda value: "0" * 40 + str(value),
)
"""Every way to write the same whole number that the schema takes."""
OTHER_NAMESPACES: Final = (MSGHEAD, "urn:example:other")


_BY_NAME: Final = {TICK: (TICK_VALUE, TICKS), MEASURE: (MEASURE_VALUE, MEASURES)}
_WHOLE: Final = re.compile(r"[ \t\r\n]*[+]?0*([0-9])[ \t\r\n]*")


@dataclass(frozen=True, slots=True)
class Benefit:
    """One thing to plant: a tick or a measure, what it says, in which namespace, and what stands in it."""

    name: str
    value: str
    namespace: str = LEGEERKLARING
    body: str = "empty"

    def element(self) -> Tree:
        made = etree.Element(f"{{{self.namespace}}}{self.name}")
        made.set(TICK_VALUE if self.name == TICK else MEASURE_VALUE, self.value)
        BODIES[self.body](made)
        return made


def _child(parent: Tree, name: str, text: str | None = None, **attributes: str) -> Tree:
    child = etree.SubElement(parent, f"{{{LEGEERKLARING}}}{name}", attributes)
    child.text = text
    return child


def _worded(element: Tree) -> None:
    _child(element, "HvilkeAndreTiltak", f"Søker om AAP {MARK}")


def _unknown(element: Tree) -> None:
    element.set(f"ukjent{MARK}", MARK)
    _child(_child(element, f"Ukjent{MARK}", MARK), "Prognose", MARK, bedreArbeidsevne="9")


def _wrong(element: Tree) -> None:
    """Values that would be refused anywhere else, and a second form."""
    _child(element, "Enkeltdiagnose", kodeverdi="", sortering="minst")
    _child(element, "LegeerklaringGjelder", typeLegeerklaring="fem")
    _child(element, "Kontakt", kontakt="6", annenInstans=MARK)
    _child(_child(element, "Legeerklaring"), "StatusPresens", MARK)
    etree.SubElement(element, "{urn:example:other}BorTilbakeholdes").text = MARK


def _mixed(element: Tree) -> None:
    element.text = MARK
    _worded(element)
    element[-1].tail = f"{MARK} mellom"
    element.append(etree.Comment(MARK))


BODIES: Final[dict[str, Callable[[Tree], None]]] = {
    "empty": lambda _: None,
    "worded": _worded,
    "unknown": _unknown,
    "wrong": _wrong,
    "mixed": _mixed,
}


def _kinds() -> Iterator[Benefit]:
    """Every value in every spelling, every body with both, and both in other namespaces."""
    for name, values in ((TICK, TICKS), (MEASURE, MEASURES)):
        for value in values:
            for spelling in SPELLINGS:
                yield Benefit(name, spelling(value))
        for number, body in enumerate(BODIES):
            yield Benefit(name, str(values[number % len(values)]), body=body)
        for namespace in OTHER_NAMESPACES:
            yield Benefit(name, str(values[0]), namespace, "worded")


BENEFITS: Final = tuple(_kinds())


@dataclass(frozen=True, slots=True)
class Site:
    """Before the child at `child` of the element at `element` in document order, and `at` letters into the text there.

    At 0 all of that text stands in front. Numbers that are too large count round again, so that any three are a place.
    """

    element: int
    child: int
    at: int


def sites(root: Tree) -> Iterator[Site]:
    """Every element: before its first child, behind its last, between two, and inside each text of more than blanks."""
    for number, element in enumerate(root.iter("*")):
        children = len(element)
        for child in sorted({0, 1, children // 2, children} & set(range(children + 1))):
            yield Site(number, child, child % 2)
        if (element.text or "").strip():
            yield Site(number, 0, len(element.text or "") // 2)
            yield Site(number, 0, len(element.text or ""))


@dataclass(frozen=True, slots=True)
class Planted:
    """A message and the elements in it that must be removed, each by its place as lxml names it."""

    raw: bytes
    places: frozenset[str]


def plant(raw: bytes, wanted: Sequence[tuple[Site, Benefit]]) -> Planted:
    """The message with all of these in it, in its own encoding."""
    root = etree.fromstring(raw)
    elements = list(root.iter("*"))
    made = []
    for site, benefit in wanted:
        parent = elements[site.element % len(elements)]
        element = benefit.element()
        _insert(parent, element, site)
        made.append(element)
    told = {element for planted in made for element in planted.iter("*") if is_benefit(element)}
    order = [number for number, element in enumerate(root.iter("*")) if element in told]
    content = encoded(root)
    # Read anew: what lxml writes may bind names otherwise than the tree it was made of.
    again = etree.fromstring(content)
    elements = list(again.iter("*"))
    return Planted(content, frozenset(again.getroottree().getpath(elements[number]) for number in order))


def encoded(root: Tree) -> bytes:
    """The whole document in the encoding that it was read in."""
    tree = root.getroottree()
    content = etree.tostring(tree, encoding=tree.docinfo.encoding or "utf-8", xml_declaration=True)
    return content if isinstance(content, bytes) else content.encode()


def _insert(parent: Tree, element: Tree, site: Site) -> None:
    """A text that is split stands half before the element and half behind it."""
    child = site.child % (len(parent) + 1)
    before = parent[child - 1] if child else None
    text = (parent.text if before is None else before.tail) or ""
    at = site.at % (len(text) + 1) if site.at else len(text)
    parent.insert(child, element)
    if before is None:
        parent.text = text[:at] or None
    else:
        before.tail = text[:at] or None
    element.tail = text[at:] or None


def is_benefit(element: Tree) -> bool:
    """By our own reading of the numbers, whatever the namespace."""
    attribute, values = _BY_NAME.get(etree.QName(element).localname, ("none", ()))
    said = _WHOLE.fullmatch(element.get(attribute, ""))
    return said is not None and int(said[1]) in values


def selected(raw: bytes, paths: Sequence[str]) -> list[list[str]]:
    """What each XPath selects in the message: the place of the element, or of the one that bears the attribute."""
    root = etree.fromstring(raw)
    tree = root.getroottree()
    return [[tree.getpath(_bearer(found)) for found in _nodes(root, path)] for path in paths]


def _nodes(root: Tree, path: str) -> list[object]:
    found = root.xpath(path)
    return list(found) if isinstance(found, list) else []


def _bearer(found: object) -> Tree:
    bearer = found.getparent() if isinstance(found, etree._ElementUnicodeResult) else found
    if not isinstance(bearer, etree._Element):
        raise TypeError("the path selects neither an element nor an attribute")
    return bearer


def plantings() -> SearchStrategy[list[tuple[Site, Benefit]]]:
    """A few benefits anywhere."""
    site = st.builds(Site, st.integers(0, 200), st.integers(0, 12), st.integers(0, 80))
    return st.lists(st.tuples(site, st.sampled_from(BENEFITS)), min_size=1, max_size=4)
