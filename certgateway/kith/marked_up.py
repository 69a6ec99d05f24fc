"""Texts with elements in them, such as XHTML in a note, in the order in which people read them.

A word that is half bold stays one word, so that no markup can hide a phrase from whoever looks for it. One pass reads
all texts of a document. Nothing here may show what was forgotten.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from certgateway import safexml
from certgateway.kith.msghead import ENCODINGS
from certgateway.kith.nodes import Node

# What ends a line.
_BLOCKS: Final = frozenset(
    ["br", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ol", "p", "pre", "table", "td", "th", "tr", "ul"]
)


def read_marked_up(raw: bytes, nodes: Iterable[Node]) -> dict[int, str]:
    """The text of each node of a document by the node's offset; `raw` is the document, which could be read before."""
    wanted = {node.offset: {below.offset for below in _all(node) if below.gone} for node in nodes}
    if not wanted:
        return {}
    reader = _Reader(wanted)
    safexml.parse_into(raw, reader, encodings=ENCODINGS)
    return {offset: "".join(pieces) for offset, pieces in reader.found.items()}


def _all(node: Node) -> Iterator[Node]:
    stack = [node]
    while stack:
        here = stack.pop()
        yield here
        stack.extend(here.children)


class _Reader:
    """Is told a document, and keeps the pieces of the texts that are wanted; what was forgotten in them is passed over.

    `open` holds the names of the elements that are open in the text that is being read; `passing` is how many of them
    stand in something forgotten.
    """

    def __init__(self, wanted: dict[int, set[int]]) -> None:
        self.wanted = wanted
        self.found: dict[int, list[str]] = {}
        self.open: list[str] = []
        self.pieces: list[str] = []
        self.gone: set[int] = set()
        self.passing = 0

    def start(self, name: str, _attributes: dict[str, str], offset: int) -> None:
        if not self.open:
            if offset not in self.wanted:
                return
            self.pieces = self.found[offset] = []
            self.gone, self.passing = self.wanted[offset], 0
        self.open.append(name.rpartition(safexml.SEPARATOR)[2])
        if self.passing or offset in self.gone:
            self.passing += 1

    def end(self) -> None:
        if not self.open:
            return
        if self.open.pop() in _BLOCKS:
            self.pieces.append("\n")
        if self.passing:
            self.passing -= 1

    def text(self, text: str) -> None:
        if self.open and not self.passing:
            self.pieces.append(text)
