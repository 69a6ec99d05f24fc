"""The bytes that are signed: Canonical XML of an element, and the guard that keeps making them from taking long.

Exclusive canonicalisation costs what the document costs. Inclusive canonicalisation looks at every namespace in scope
again for each element (42 KB took 37.8 s), so it is for documents with few declarations only. This module must never
write comments into what is signed.
"""

from enum import Enum
from typing import Final

from lxml import etree

from certgateway import safexml
from certgateway.trust.signature_refusal import refusal

_MOST_DECLARATIONS: Final = 64
_XML: Final = "{http://www.w3.org/XML/1998/namespace}"


class Canonicalization(Enum):
    """Which namespaces an element is written with: those it uses, or all that are in scope."""

    EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
    INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"


CANONICALIZATIONS: Final[dict[str, Canonicalization]] = {
    Canonicalization.EXCLUSIVE.value: Canonicalization.EXCLUSIVE,
    Canonicalization.INCLUSIVE.value: Canonicalization.INCLUSIVE,
    # Version 1.1 differs in xml:base and xml:id of what stands inside another element; `check_inclusive` allows none.
    "http://www.w3.org/2006/12/xml-c14n11": Canonicalization.INCLUSIVE,
}


def check_inclusive(raw: bytes, *ancestors: etree._Element) -> None:
    """Nothing, when inclusive canonicalisation is cheap and plain. Raises SignatureRefused `namespaces-refused`.

    `ancestors` are the elements around what is canonicalised: it would inherit their xml: attributes, which lxml does
    not do. Declarations are counted in the bytes, where each one is written out.
    """
    inherited = any(name.startswith(_XML) for element in ancestors for name in map(str, element.keys()))
    if inherited or raw.count(b"xmlns") > _MOST_DECLARATIONS:
        raise refusal("namespaces-refused")


def canonical(element: etree._Element, form: Canonicalization) -> bytes:
    """An element in canonical form without comments, UTF-8. Raises SignatureRefused `namespaces-refused`."""
    if form is Canonicalization.INCLUSIVE and element.getparent() is not None:
        # lxml declares a namespace again below an element that stands inside another one. Written out, the element
        # carries what is in scope itself.
        element = safexml.parse(etree.tostring(element, with_tail=False))
    try:
        return etree.tostring(element, method="c14n", exclusive=form is Canonicalization.EXCLUSIVE, with_comments=False)
    except etree.LxmlError:
        # A namespace name that is no absolute URI has no canonical form.
        raise refusal("namespaces-refused") from None


def take_out(element: etree._Element, parent: etree._Element) -> None:
    """The enveloped signature leaves its parent; the text behind it stays, as the transform has it."""
    before = element.getprevious()
    if element.tail and before is not None:
        before.tail = (before.tail or "") + element.tail
    elif element.tail:
        parent.text = (parent.text or "") + element.tail
    element.tail = None
    parent.remove(element)
