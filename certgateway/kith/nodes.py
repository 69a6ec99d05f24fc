"""The received XML as plain nodes: names, attributes, text, and where each stands, as an XPath of the document.

Reading marks what it has read; what is left in the end has no home in the certificate and is named (`not_carried`).
Nothing here may change the received tree: what is to be forgotten is marked as gone and skipped by every reader.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar, cast

from lxml import etree

from certgateway.kith.names import BLANK

XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
XML = "{http://www.w3.org/XML/1998/namespace}"
T = TypeVar("T")
_NOTHING: set[str] = set()
"""Shared by all nodes that have no attributes to speak of, since a message may have very many; never added to."""


class Node:
    """One element. `name` is its local name, `attributes` are by local name where they have no namespace.

    `gone` marks it as forgotten, `carried` that its own text was read; `read` holds the attributes that were. `known`
    and `strange` are set by the structure check: whether it is an element of the standard, and which of its attributes
    are none.
    """

    __slots__ = (
        "_path",
        "attributes",
        "carried",
        "children",
        "gone",
        "index",
        "known",
        "name",
        "namespace",
        "parent",
        "read",
        "strange",
        "text",
    )

    def __init__(self, element: etree._Element, parent: Node | None, index: int) -> None:
        """A node and everything below it."""
        self.parent = parent
        self.index = index
        tag = element.tag
        self.namespace, _, self.name = tag[1:].rpartition("}") if tag[0] == "{" else ("", "", tag)
        self.attributes = dict(cast("list[tuple[str, str]]", element.items()))
        self.text = element.text or ""
        self.children: list[Node] = []
        self.gone = False
        self.carried = False
        self.known = True
        self.read: set[str] = set() if self.attributes else _NOTHING
        self.strange: frozenset[str] = frozenset()
        self._path = ""

    @property
    def path(self) -> str:
        """The XPath from the document root: it selects this node and no other."""
        if not self._path:
            before = "" if self.parent is None else self.parent.path
            self._path = f"{before}/*[local-name()='{self.name}'][{self.index + 1}]"
        return self._path

    @property
    def is_read(self) -> bool:
        """Whether readers may see it: neither forgotten nor a stranger that only bears a known name."""
        return self.known and not self.gone

    @property
    def present(self) -> Iterator[Node]:
        """The children that are not forgotten."""
        return (child for child in self.children if not child.gone)

    def all(self, name: str) -> list[Node]:
        """The children of a name, wherever they stand among the others."""
        return [child for child in self.children if child.name == name and child.is_read]

    def first(self, *names: str) -> Node | None:
        """The first child of a name, and of that the first of the next."""
        node = self
        for name in names:
            # A loop of the plainest kind: readers ask some hundred times for each message.
            for child in node.children:
                if child.name == name and child.known and not child.gone:
                    node = child
                    break
            else:
                return None
        return node

    def every(self, *names: str) -> list[Node]:
        """All children of a name, and in each of them all of the next."""
        found = [self]
        for name in names:
            found = [child for node in found for child in node.all(name)]
        return found

    def attribute(self, name: str) -> str | None:
        """An attribute's value, marked as read; None when it is absent or blank."""
        value = self.attributes.get(name)
        if value is None or not value.strip(BLANK):
            return None
        self.read.add(name)
        return value

    def understood(self, name: str, read: Callable[[str | None], T | None]) -> T | None:
        """What a reader makes of an attribute; marked as read only where it makes something of it."""
        value = read(self.attributes.get(name))
        if value is not None:
            self.read.add(name)
        return value

    def prose(self, *names: str) -> str | None:
        """The text of a child as it was written, marked as read; None when it is absent or blank."""
        node = self.first(*names) if names else self
        if node is None or not node.text.strip():
            return None
        node.carried = True
        return node.text

    def word(self, *names: str) -> str | None:
        """As `prose`, without white space around it: for ids, numbers and names."""
        text = self.prose(*names)
        return None if text is None else text.strip()

    def place(self, name: str) -> str:
        """The XPath of an attribute."""
        return f"{self.path}/@{name}"

    @property
    def is_blank(self) -> bool:
        """Whether nothing is said in it or anywhere below it."""
        return not any(
            node.text.strip() or any(value.strip(BLANK) for value in node.attributes.values()) for node in self.walk()
        )

    def walk(self) -> Iterator[Node]:
        """This node and every one below it that is not forgotten, in the order of the document."""
        stack = [self]
        while stack:
            node = stack.pop()
            if not node.gone:
                yield node
                stack.extend(reversed(node.children))

    @property
    def lost(self) -> list[str]:
        """The attributes that hold something and were not read."""
        held = (name for name, value in self.attributes.items() if value.strip(BLANK))
        return [name for name in held if name not in self.read and not name.startswith((XSI, XML))]

    @property
    def shown(self) -> str:
        """The path that a finding may name. An unknown name is the sender's word: the element around stands for it."""
        node: Node = self
        while not node.known and node.parent is not None:
            node = node.parent
        return node.path


def node_tree(root: etree._Element) -> Node:
    """The whole document as nodes, without recursion: a sender decides how deep it is."""
    top = Node(root, None, 0)
    stack = [(root, top)]
    while stack:
        element, node = stack.pop()
        counts: dict[str, int] = {}
        # Blanks between two children too: a text must not depend on what stands in it and may have to be forgotten.
        texts = [node.text]
        for below in element:
            child = Node(below, node, 0)
            child.index = counts.get(child.name, 0)
            counts[child.name] = child.index + 1
            node.children.append(child)
            texts.append(below.tail or "")
            if len(below):
                stack.append((below, child))
        node.text = "".join(texts)
    return top
