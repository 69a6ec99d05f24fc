"""Putting elements together: a child in its parent's namespace, and attributes that are left out when absent."""

from typing import cast

from lxml import etree


def own_namespace(uri: str) -> dict[str, str]:
    """A namespace as the one that names without a prefix belong to."""
    return cast("dict[str, str]", {None: uri})  # lxml's stubs know prefixes only.


def add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    """A new last child in the parent's namespace. Raises ValueError for a character that XML cannot hold."""
    child = etree.SubElement(parent, f"{{{etree.QName(parent).namespace}}}{name}")
    if text:
        child.text = text
    return child


def attributes(element: etree._Element, **values: str | None) -> etree._Element:
    """The same element with these attributes, but for those that are None."""
    for name, value in values.items():
        if value is not None:
            element.set(name, value)
    return element
