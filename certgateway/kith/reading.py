"""What the readers of the form share: where domain elements stood, what was found on the way, and the titles of codes.

Nothing here may read a value.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from certgateway.domain.certificate import Section
from certgateway.domain.findings import Finding
from certgateway.kith.nodes import Node

T = TypeVar("T")
Titles = Callable[[str, str], frozenset[str]]
"""Our own titles of a code, by system and code; empty for a code that is not known."""


@dataclass(slots=True)
class Reading:
    """`origins` maps element paths to XPaths; `findings` are what single elements say against each other."""

    titles: Titles
    origins: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def note(self, element: str, node: Node | None) -> None:
        """Remember where a domain element stood, if it stood anywhere."""
        if node is not None:
            self.origins[element] = node.path

    def note_child(self, element: str, node: Node | None, name: str) -> None:
        """Remember the child that holds a domain element."""
        self.note(element, node.first(name) if node is not None else None)

    def note_attribute(self, element: str, node: Node | None, name: str) -> None:
        """Remember the attribute that holds a domain element."""
        if node is not None and name in node.attributes:
            self.origins[element] = node.place(name)


def stated(entries: Iterable[T]) -> Section[T]:
    """An item with its statements; without any, nobody has answered it."""
    found = tuple(entries)
    return Section("stated", found) if found else Section()
