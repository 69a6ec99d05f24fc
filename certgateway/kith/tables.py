"""What the structure check knows of a schema, as plain tables: which children, in which order, which values.

Tables say less than the schema they come from: enough to place every element and to judge every value, not to give the
verdict of a validator. Made by `schema.load` alone, and not changed after. Nothing here reads a file or a message.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from certgateway.kith.lexical import Check


@dataclass(frozen=True, slots=True)
class SimpleType:
    """The type of an attribute or of a text. `check` tells whether a text is one of its values.

    `base` is the type of XML Schema underneath, `oid` for an object identifier, `union` for one of several. `values`
    are the enumerated ones; numbers are written without sign and leading zeros and compared by value.
    """

    name: str
    base: str
    values: frozenset[str] = frozenset()
    check: Check = field(compare=False, repr=False, default=lambda _: True)


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute that an element may bear, or must; with `fixed`, only that value."""

    name: str
    required: bool
    type: SimpleType
    fixed: str | None = None


@dataclass(frozen=True, slots=True)
class Child:
    """A place for an element in another: how often (`max` None is without end), and after what.

    A lower `rank` stands earlier. Children of one `choice` share a rank and exclude each other; one of them must stand,
    unless their `min` is 0.
    """

    name: str
    namespace: str
    min: int
    max: int | None
    rank: int
    choice: int | None
    key: str = field(compare=False, repr=False)
    known: Mapping[str, Element] = field(compare=False, repr=False)

    @property
    def element(self) -> Element:
        """What stands there. Looked up when asked, since an organisation may hold another."""
        return self.known[self.key]


@dataclass(frozen=True, slots=True)
class Element:
    """An element: its children in order, its attributes by name, and the type of its text (None: it has no text).

    `any_content`: whatever is declared may stand in it. `may_be_empty`: it is complete without any child, even where
    some are required as soon as one stands. `fixed`: its text must be this one.
    """

    name: str
    namespace: str
    children: tuple[Child, ...] = ()
    attributes: Mapping[str, Attribute] = field(default_factory=lambda: MappingProxyType({}))
    text: SimpleType | None = None
    any_content: bool = False
    may_be_empty: bool = False
    fixed: str | None = None
    by_name: Mapping[str, Child] = field(init=False, compare=False, repr=False)
    must_have: tuple[Child, ...] = field(init=False, compare=False, repr=False)
    must_bear: tuple[str, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Index the children, no two of which share a local name, and note what must be there."""
        object.__setattr__(self, "by_name", {child.name: child for child in self.children})
        object.__setattr__(self, "must_have", tuple(child for child in self.children if child.min))
        borne = (name for name, attribute in self.attributes.items() if attribute.required)
        object.__setattr__(self, "must_bear", tuple(borne))

    @property
    def is_container(self) -> bool:
        """Whether it is made to hold elements, so that an absent one leaves a hole in the form."""
        return bool(self.children) or self.any_content


@dataclass(frozen=True, slots=True)
class Tables:
    """The elements that a schema declares at its top, by `{namespace}name`.

    `names` and `attributes` are all local names that it knows, wherever they may stand.
    """

    elements: Mapping[str, Element]
    names: frozenset[str] = field(init=False, compare=False, repr=False)
    attributes: frozenset[str] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Gather the names of every element and attribute; an element may hold itself."""
        met: dict[int, Element] = {}
        open_ = list(self.elements.values())
        while open_:
            element = open_.pop()
            if id(element) not in met:
                met[id(element)] = element
                open_ += (child.element for child in element.children)
        object.__setattr__(self, "names", frozenset(element.name for element in met.values()))
        borne = (name for element in met.values() for name in element.attributes)
        object.__setattr__(self, "attributes", frozenset(borne))
