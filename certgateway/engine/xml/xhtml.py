"""Narrative between its two forms: an element in FHIR XML, a string in the tree.

The string is written one way whatever prefixes the sender chose, so that both forms round-trip. Nothing here may judge
what a narrative holds, or drop any of it.
"""

from __future__ import annotations

from lxml import etree

from certgateway.safexml import UnusualError

XHTML = "http://www.w3.org/1999/xhtml"
_XML = "http://www.w3.org/XML/1998/namespace"
_XML_ID = f"{_XML}}}id"
# Well within what `safexml` allows of depth and attributes.
DEEPEST = 32
"""How many elements may be nested in what `PlainNarrative` writes, without the `div` itself."""
_MOST_ATTRIBUTES = 16
_MARKS = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
_IN_TEXT = str.maketrans(_MARKS)
_IN_ATTRIBUTE = str.maketrans(_MARKS | {'"': "&quot;", "\n": "&#10;", "\t": "&#9;"})


def xhtml_text(element: etree._Element) -> str:
    """An element with all it holds, its namespaces declared without prefixes.

    Whatever namespace the element itself has is written as XHTML's: who reads the XML reports a wrong one there.
    """
    parts: list[str] = []
    _write(element, None, etree.QName(element).namespace, parts)
    return "".join(parts)


def _write(element: etree._Element, inherited: str | None, own: str | None, parts: list[str]) -> None:
    name = etree.QName(element)
    namespace = XHTML if name.namespace == own else name.namespace or ""
    declared = "" if namespace == inherited else f' xmlns="{namespace.translate(_IN_ATTRIBUTE)}"'
    parts.append(f"<{name.localname}{declared}{_attributes(element)}")
    if len(element) == 0 and not element.text:
        parts.append("/>")
        return
    parts.append(">" + (element.text or "").translate(_IN_TEXT))
    for child in element:
        _write(child, namespace, own, parts)
        parts.append((child.tail or "").translate(_IN_TEXT))
    parts.append(f"</{name.localname}>")


def _attributes(element: etree._Element) -> str:
    texts: list[str] = []
    for at, (key, value) in enumerate(element.attrib.items()):
        name = etree.QName(str(key))
        if name.namespace == _XML:
            label = f"xml:{name.localname}"
        elif name.namespace:
            # A foreign attribute keeps its namespace, so that the judge of narrative sees that it is foreign.
            label = f'xmlns:n{at}="{name.namespace.translate(_IN_ATTRIBUTE)}" n{at}:{name.localname}'
        else:
            label = name.localname
        texts.append(f' {label}="{str(value).translate(_IN_ATTRIBUTE)}"')
    return "".join(texts)


class PlainNarrative:
    """Writes what `xhtml_text` would from what a parser tells of it; raises `UnusualError` for what is no plain XHTML.

    Names with a namespace are `namespace}local name`. `start` and `end` are told of the elements inside alone.
    """

    def __init__(self, attributes: dict[str, str]) -> None:
        """Begin with the attributes of the `div` itself."""
        self._parts = [f'<div xmlns="{XHTML}"{_plain_attributes(attributes)}']
        self._depth = 0
        # Whether the start tag written last may turn out to be all there is of its element.
        self._is_open = True

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        namespace, _, local = name.rpartition("}")
        self._depth += 1
        if namespace != XHTML or self._depth > DEEPEST:
            raise UnusualError
        self._parts.append(f"{'>' if self._is_open else ''}<{local}{_plain_attributes(attributes)}")
        self._is_open = True

    def text(self, text: str) -> None:
        """Some text, of which there is always some."""
        self._parts.append((">" if self._is_open else "") + text.translate(_IN_TEXT))
        self._is_open = False

    def end(self, name: str) -> bool:
        """An element ends; false where it is the `div` that was begun with."""
        self._parts.append("/>" if self._is_open else f"</{name.rpartition('}')[2]}>")
        self._is_open = False
        self._depth -= 1
        return self._depth >= 0

    def written(self) -> str:
        """The narrative, once it has ended."""
        return "".join(self._parts)


def _plain_attributes(attributes: dict[str, str]) -> str:
    if len(attributes) > _MOST_ATTRIBUTES:
        raise UnusualError
    texts: list[str] = []
    for name, value in attributes.items():
        namespace, _, local = name.rpartition("}")
        # An `xml:id` must be a name and stand once in the document, which `safexml` sees to.
        if namespace not in ("", _XML) or name == _XML_ID:
            raise UnusualError
        texts.append(f' {"xml:" if namespace else ""}{local}="{value.translate(_IN_ATTRIBUTE)}"')
    return "".join(texts)
