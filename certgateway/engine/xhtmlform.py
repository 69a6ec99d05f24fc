"""Narrative between its two forms: an element in FHIR XML, a string in the tree.

The string is written one way whatever prefixes the sender chose, so that both forms round-trip. Nothing here may judge
what a narrative holds, or drop any of it.
"""

from __future__ import annotations

from lxml import etree

XHTML = "http://www.w3.org/1999/xhtml"
_XML = "http://www.w3.org/XML/1998/namespace"
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
