"""Forgets which benefit a certificate is about: the ticks at its top, and the measures that are benefits.

Values are compared as numbers, since "02", "+2" and " 2 " are all valid ticks. What is forgotten is marked in the tree
of nodes, so that every later step passes it over and all paths still count the message as received. The message itself
is never changed: it stays sealed as it came, signature and all; what may be forwarded is a copy.
"""

from typing import Final

from lxml import etree

from certgateway import safexml
from certgateway.domain.message import Removal
from certgateway.kith.names import BENEFIT_MEASURES, BENEFIT_TICKS, LEGEERKLARING, XMLDSIG, number
from certgateway.kith.nodes import Node

_TICK: Final = "LegeerklaringGjelder"
_TICK_VALUE: Final = "typeLegeerklaring"
_MEASURE: Final = "AktueltTiltak"
_MEASURE_VALUE: Final = "typeTiltak"


def strip(root: Node) -> tuple[Removal, ...]:
    """Mark every benefit as gone, in every namespace and wherever it stands; gives the removals in their order."""
    removed = []
    for node in list(root.walk()):
        removal = _removal(node)
        if removal is not None:
            node.gone = True
            removed.append(removal)
    return tuple(removed)


def _removal(node: Node) -> Removal | None:
    if node.name == _TICK and number(node.attributes.get(_TICK_VALUE)) in BENEFIT_TICKS:
        place, code = node.place(_TICK_VALUE), node.attributes[_TICK_VALUE]
        return Removal("benefit-type", place, f"{LEGEERKLARING}#{_TICK_VALUE}", code)
    if node.name == _MEASURE and number(node.attributes.get(_MEASURE_VALUE)) in BENEFIT_MEASURES:
        code = node.attributes[_MEASURE_VALUE]
        return Removal("proposed-benefit", node.path, f"{LEGEERKLARING}#{_MEASURE_VALUE}", code)
    return None


def stripped_copy(raw: bytes, encodings: tuple[str, ...] = ("utf-8", "iso-8859-1")) -> bytes:
    """The message without benefits, for a receiver of the old form; as valid by its schema as the original was.

    A form whose only ticks were benefits keeps one LegeerklaringGjelder without the attribute, which the schema allows.
    The signature goes, since it was made over what is no longer there. Free text is left as it is. Raises `Unreadable`.
    """
    root = safexml.parse(raw, encodings=encodings)
    for element in list(root.iter()):
        name = etree.QName(element).localname
        if name == _MEASURE and number(element.get(_MEASURE_VALUE)) in BENEFIT_MEASURES:
            _remove(element)
        elif name == _TICK and number(element.get(_TICK_VALUE)) in BENEFIT_TICKS:
            _untick(element)
        elif element.tag == f"{{{XMLDSIG}}}Signature":
            _remove(element)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _untick(element: etree._Element) -> None:
    """One tick must stand; so the last of them only loses its value."""
    parent = element.getparent()
    others = [] if parent is None else [other for other in parent if other.tag == element.tag and other is not element]
    if others:
        _remove(element)
    else:
        del element.attrib[_TICK_VALUE]


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        # lxml takes the text behind an element with it; that text is layout here, but it is not ours to lose.
        before = element.getprevious()
        if element.tail and before is not None:
            before.tail = (before.tail or "") + element.tail
        elif element.tail:
            parent.text = (parent.text or "") + element.tail
        parent.remove(element)
