"""One message on its way through the gateway, whatever its format. The codecs (`fhir`, `kith`) produce these values.

Nothing here parses or judges. A message is opened (syntax), stripped of benefit content, checked for conformance and
understood; `Understood` is what the rules may see.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from certgateway.domain.certificate import ITEMS, Certificate
from certgateway.domain.findings import Finding

Format = Literal["fhir-json", "fhir-xml", "kith", "unknown"]
RemovalItem = Literal["benefit-type", "proposed-benefit"]


@dataclass(frozen=True, slots=True)
class Removal:
    """One thing that was taken away. `system` and `code` are for the sender's own terminal and never stored."""

    item: RemovalItem
    path: str
    system: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class SenderNumber:
    """A number that a message gives its sender (of its organisation, or its HER-id), and the path it stands at.

    An organisation number is without blanks, a HER-id as it was written: empty where none stands at its place. `inner`:
    it is that of a department inside the organisation that sent. `is_address`: it is an endpoint, where a HER-id stands
    as a URN and another address may stand too.
    """

    number: str
    path: str
    inner: bool = False
    is_address: bool = False


@dataclass(frozen=True, slots=True)
class SignedBy:
    """Whose certificate signed a message: SHA-256 of it in hex, and its organisation number where it has one.

    Without a certificate `key` is the name (`kid`) of the registered key. `issued`: a pinned issuer vouches for the
    number. No name of the certificate may stand here.
    """

    certificate: str | None
    organisation: str | None
    issued: bool = False
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who sent what: `message_id` is None when unreadable; `sender` is a HER-id or another stable key.

    `numbers` are the organisation numbers of the sender, as stated; what they are worth is not known here. `claims`
    gives the HER-ids in the same way, or one empty one where none is; only who has a register asks for them.
    `digested` gives the digest of the content: computed only when it is asked for, since judging alone never needs it.
    """

    message_id: str | None
    sender: str
    digested: Callable[[], str] = field(compare=False)
    # Each with its place, which differs from one wrapping of the same message to another.
    numbers: tuple[SenderNumber, ...] = field(default=(), compare=False)
    claims: Callable[[], tuple[SenderNumber, ...]] = field(default=tuple, compare=False)

    @property
    def digest(self) -> str:
        """What tells two contents under one message id apart, in hexadecimal digits."""
        return self.digested()


def lineage(path: str) -> Iterator[str]:
    """The path and the paths of all that stands around it, innermost first; an item of a list, then the list.

    FHIRPath and XPath alike: the brackets of an XPath belong to its steps, and only its strokes part them.
    """
    yield path
    marks = "/" if path.startswith("/") else ".["
    for at in range(len(path) - 1, 0, -1):
        if path[at] in marks:
            yield path[:at]


def outermost(path: str) -> str:
    """The path of the whole message that a path leads into."""
    return list(lineage(path))[-1]


@dataclass(frozen=True, slots=True)
class Origins:
    """Where each domain element came from: element path to path in the input. `""` is the certificate itself."""

    paths: Mapping[str, str] = field(default_factory=dict)
    _elements: dict[str, str] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Turn the map round, so that each finding looks up its few ancestors and not every element there is."""
        for element, path in self.paths.items():
            if element:
                self._elements.setdefault(path, element)

    def locate(self, element: str) -> tuple[str | None, bool]:
        """The path of `element` or its nearest present ancestor; the flag tells whether it was itself."""
        here = element
        while here and here not in self.paths:
            here = here.rpartition(".")[0] if "." in here else here.partition("[")[0] if here.endswith("]") else ""
        return self.paths.get(here), here == element

    def without(self, items: Iterable[str]) -> "Origins":
        """Without the places of some items: what is said of them now does not come from this message."""
        gone = frozenset(items)
        return Origins({name: path for name, path in self.paths.items() if self.item_of(name) not in gone})

    def element_at(self, path: str) -> str | None:
        """The innermost domain element that stands at `path` or around it; None outside the certificate."""
        return next((self._elements[place] for place in lineage(path) if place in self._elements), None)

    @staticmethod
    def item_of(element: str | None) -> str | None:
        """The item id at the root of an element path; None for what stands in no item, such as the date."""
        item = "" if element is None else element.partition(".")[0].partition("[")[0]
        return item if item in ITEMS else None


def place(findings: Iterable[Finding], origins: Origins) -> list[Finding]:
    """Findings with path, element and item filled in, each by what of them it has."""
    return [_placed(finding, origins) for finding in findings]


def _placed(finding: Finding, origins: Origins) -> Finding:
    if finding.path is None and finding.element is not None:
        path, itself = origins.locate(finding.element)
        # A range counts in the value that stands there; in what stands around it, it would mark anything.
        return replace(finding, path=path, span=finding.span if itself else None)
    if finding.element is None and finding.path is not None:
        element = origins.element_at(finding.path)
        return replace(finding, element=element, item=finding.item or Origins.item_of(element))
    return finding


@dataclass(frozen=True, slots=True)
class Understood:
    """A message read to the end: its certificate, if any, and everything found out on the way, as received."""

    format: Format
    envelope: Envelope | None
    certificate: Certificate | None
    origins: Origins
    findings: tuple[Finding, ...]
    removed: tuple[Removal, ...]
    kind: Literal["certificate", "resource"] = "certificate"
