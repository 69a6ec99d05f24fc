"""The received XML as plain nodes: names, attributes, text, and where each stands, as an XPath of the document.

Reading marks what it has read; what is left in the end has no home in the certificate and is named (`not_carried`).
Nothing here may change the received tree: what is to be forgotten is marked as gone and skipped by every reader.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar, cast

from certgateway.kith.names import BLANK
from certgateway.safexml import SEPARATOR

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
        "offset",
        "parent",
        "read",
        "strange",
        "text",
    )

    def __init__(self, tag: str, attributes: dict[str, str], offset: int, parent: Node | None) -> None:
        """A node without text and children; `tag` as `safexml` tells it."""
        self.parent = parent
        self.index = 0
        self.offset = offset
        self.namespace, _, self.name = tag.rpartition(SEPARATOR)
        self.attributes = attributes
        self.text = ""
        self.children: list[Node] = []
        self.gone = False
        self.carried = False
        self.known = True
        self.read: set[str] = set() if attributes else _NOTHING
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
        """As `prose`, without white space around it: for ids, numbers and names. Other blanks are letters, and stay."""
        text = self.prose(*names)
        return None if text is None else text.strip(BLANK)

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


class Tree:
    """Builds the nodes of a document while it is read; the root may be had at any time, finished or not."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self._node: Node | None = None
        # Pieces of the open element's text; and the same of those around it. How many children of each name each has.
        self._pieces: list[str] = []
        self._around: list[list[str]] = []
        self._counts: list[dict[str, int]] = [{}]

    def start(self, tag: str, attributes: dict[str, str], offset: int) -> None:
        """A child of the open element."""
        for name in attributes:
            if SEPARATOR in name:
                attributes = {_clark(name): value for name, value in attributes.items()}
                break
        parent = self._node
        node = self._node = Node(tag, attributes, offset, parent)
        counts = self._counts[-1]
        node.index = counts.get(node.name, 0)
        counts[node.name] = node.index + 1
        if parent is None:
            self.root = node
        else:
            parent.children.append(node)
        self._around.append(self._pieces)
        self._counts.append({})
        self._pieces = []

    def end(self) -> None:
        """Only now the open element has its text: half an id would name another message."""
        node = cast("Node", self._node)
        # Blanks between two children too: a text must not depend on what stands in it and may have to be forgotten.
        node.text = "".join(self._pieces)
        self._node = node.parent
        self._pieces = self._around.pop()
        self._counts.pop()

    def text(self, text: str) -> None:
        """A piece of the open element's own text."""
        self._pieces.append(text)


def _clark(name: str) -> str:
    namespace, separator, local = name.rpartition(SEPARATOR)
    return f"{{{namespace}}}{local}" if separator else local
