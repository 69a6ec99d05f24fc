"""Every place of a message, changed in every plain way, one change a message: what dice may miss.

A place is a parent and a child by name and by the type that they name, with children or without, first or later; it is
changed in the smallest message that has it.
"""

import copy
from collections.abc import Iterable, Iterator

from lxml import etree

from tests.golden import kith_documents as documents
from tests.golden.kith_dialogues import DIALOG_1_0, DIALOG_1_1, PARTS
from tests.golden.kith_mutations import XSI, in_scope

Tree = etree._Element

# One text for each way in which two of the types differ.
PROBES = (
    *("", " ", "2", "02", "8", "-1", "2026", "2026-02-30", "2026-05-12", "2026-05-12T08:20:00", "1.2", "1..2", "1.2."),
    *("TQ", "x y", "H", "::"),
)
# The attributes by which the data types differ.
ADDED = ("V", "S", "DN", "OT", "Id", "ukjent")
# The namespaces that have their turn together: nothing is a message of the second alone.
TOGETHER = {DIALOG_1_0: PARTS, DIALOG_1_1: PARTS}
PROFESSIONS = (
    *("AA", "AT", "AU", "BI", "ET", "FA", "FO", "FT", "HE", "HP", "HS", "IN", "JO", "KE", "KI", "LE", "MT", "OA", "OI"),
    *("OP", "OR", "PE", "PS", "RA", "SP", "TH", "TL", "TP", "TT", "VE", "VP", "XX"),
)


def systematic(sound: Iterable[Tree]) -> Iterator[Tree]:
    """All changes of all places of some sound messages, but for parts of another namespace: these have their turn."""
    sources = sorted(sound, key=lambda document: len(etree.tostring(document)))
    namespace = etree.QName(sources[0]).namespace or ""
    for changed in _changed(sources, {namespace, TOGETHER.get(namespace, namespace)}):
        yield etree.fromstring(etree.tostring(changed, encoding="utf-8"))


def _changed(sources: list[Tree], namespaces: set[str]) -> Iterator[Tree]:
    places: dict[tuple[str, ...], tuple[Tree, int]] = {}
    bearers: dict[tuple[str, str, str], tuple[Tree, int]] = {}
    for source in sources:
        for index, element in enumerate(source.iter("*")):
            parent = element.getparent()
            if namespaces.isdisjoint(etree.QName(node).namespace for node in (element, parent) if node is not None):
                continue
            names = ("" if parent is None else _name(parent), _name(element))
            kind = ("full" if len(element) else "empty", "first" if element.getprevious() is None else "later")
            places.setdefault((*names, *kind), (source, index))
            for name in element.attrib:
                bearers.setdefault((*names, str(name)), (source, index))
    for (_, _, name), (source, index) in bearers.items():
        yield from _of_attribute(source, index, name)
    for source, index in places.values():
        yield from _of_content(source, index)
        yield from _of_presence(source, index)
    yield from _neighbours(places)
    yield from _named_professions(sources[0])


def _name(element: Tree) -> str:
    return f"{element.tag} {element.get(f'{XSI}type', '')}"


def _at(source: Tree, index: int) -> tuple[Tree, Tree]:
    whole = copy.deepcopy(source)
    return whole, list(whole.iter("*"))[index]


def _of_attribute(source: Tree, index: int, name: str) -> Iterator[Tree]:
    """Without it, and with every probe in it."""
    for value in PROBES:
        whole, element = _at(source, index)
        element.set(name, value)
        yield whole
    whole, element = _at(source, index)
    del element.attrib[name]
    yield whole


def _of_content(source: Tree, index: int) -> Iterator[Tree]:
    """One attribute more; another text, or one beside the children; no children; all again; something unknown."""
    for name in ADDED:
        whole, element = _at(source, index)
        element.set(name, "1")
        yield whole
    for text in PROBES:
        whole, element = _at(source, index)
        if len(element):
            element.text = "tekst"
            yield whole
            break
        element.text = text
        yield whole
    whole, element = _at(source, index)
    element[:] = []
    yield whole
    whole, element = _at(source, index)
    element.extend([_copy(child) for child in element])
    yield whole
    for times in (1, 2):
        for tag in (
            "{urn:example:key}Ukjent",
            f"{{{documents.XMLDSIG}}}KeyName",
            f"{{{documents.BASE64}}}Base64Container",
        ):
            whole, element = _at(source, index)
            for _ in range(times):
                etree.SubElement(element, tag)
            yield whole


def _of_presence(source: Tree, index: int) -> Iterator[Tree]:
    """Without it; without any of its name; with it twice, and many times; with it and the one before it twice."""
    if not index:
        return
    whole, element = _at(source, index)
    _parent(element).remove(element)
    yield whole
    whole, element = _at(source, index)
    parent = _parent(element)
    for other in parent.findall(str(element.tag)):
        parent.remove(other)
    yield whole
    for times in (1, 4):
        whole, element = _at(source, index)
        for _ in range(times):
            element.addnext(_copy(element))
        yield whole
    whole, element = _at(source, index)
    before = element.getprevious()
    if before is not None:
        element.addnext(_copy(element))
        element.addnext(_copy(before))
        yield whole


def _neighbours(places: dict[tuple[str, ...], tuple[Tree, int]]) -> Iterator[Tree]:
    """Behind each child, each other that its parent may have: the second of a choice among them."""
    children: dict[str, list[tuple[Tree, int]]] = {}
    for (parent, *_), place in places.items():
        children.setdefault(parent, []).append(place)
    for among in children.values():
        for source, index in among:
            for other, other_index in among if index else ():
                whole, element = _at(source, index)
                element.addnext(_copy(list(other.iter("*"))[other_index]))
                yield whole


def _copy(element: Tree) -> Tree:
    """A copy that may stand beside the original: an Id is given once."""
    copied = copy.deepcopy(element)
    copied.tail = None
    for part in copied.iter("*"):
        part.attrib.pop("Id", "")
    return copied


def _parent(element: Tree) -> Tree:
    parent = element.getparent()
    assert parent is not None
    return parent


def _named_professions(source: Tree) -> Iterator[Tree]:
    """A type that no element has, but that xsi:type can give to a name."""
    if source.tag != f"{{{documents.LEGEERKLARING}}}Legeerklaring":
        return
    for code in PROFESSIONS:
        whole = copy.deepcopy(source)
        name = next(whole.iter(f"{{{documents.LEGEERKLARING}}}Etternavn"))
        name.text = code
        name.set(f"{XSI}type", in_scope(name, documents.LEGEERKLARING, "typeHelsepersonell"))
        yield whole
