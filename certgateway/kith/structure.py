"""Does the message have the form of its schema? Judged element by element, and as leniently as real senders need.

A breach that leaves every element placeable by its name is the remark `schema-deviation`: order, something unknown,
something blank, a missing leaf. Refused are a wrong namespace, a value that cannot be read where it is wanted, and a
missing container. Forgotten nodes are passed over, so that what was removed has no say. Nothing here may quote a value.
"""

from certgateway.domain.findings import Effect, Finding
from certgateway.kith.dates import is_almost_date
from certgateway.kith.names import BASE64, BLANK, LEGEERKLARING, MSGHEAD
from certgateway.kith.nodes import XML, XSI, Node
from certgateway.kith.tables import Child, Element, SimpleType, Tables

_CERTIFICATE = "Legeerklaring"
# The two contents that are read, by the namespace each must have.
_NAMESPACES = {_CERTIFICATE: LEGEERKLARING, "Base64Container": BASE64}
# What a type is called in the texts of the rule.
_TYPE_WORDS = {"dateTime": "date-time", "nonNegativeInteger": "integer", "base64Binary": "base64"}
# Addresses are not carried, so that an odd value in one costs nobody anything.
_UNREAD = frozenset({"PersonAdr", "VirksomhetsAdr"})
# Containers of the envelope that a reader can do without: whoever needs a number of somebody asks for it by a rule.
_LEFT_OUT = frozenset({"Ident"})
# What is read outside the certificate itself: when it was written.
_READ_OUTSIDE = frozenset({"GenDate"})
# A container that is missing leaves an item without its answer; the one fault is told, not the missing answer too.
_ITEMS = {
    "Pasientopplysninger": "patient",
    "Pasient": "patient",
    "DiagnoseArbeidsuforhet": "diagnosis",
    "DiagnoseKodesystem": "diagnosis",
    "ForslagTiltak": "activity",
    "VurderingFunksjonsevne": "function",
    "Prognose": "prognosis",
    "ForbeholdLegeerklaring": "reservation",
}


def judge_structure(head: Node, tables: Tables) -> list[Finding]:
    """Every breach of the form from MsgHead down, in the order of the document. Marks elements that are not known."""
    judge = _Judge(tables)
    element = tables.elements.get(f"{{{head.namespace}}}{head.name}")
    if element is None:
        judge.wrong_namespace(head, MSGHEAD)
    else:
        judge.node(head, element, strict=False)
    return judge.found


class _Judge:
    """Gathers what is found; `strict` is whether the values of a node are read, so that an odd one is refused."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.found: list[Finding] = []

    def node(self, node: Node, element: Element, *, strict: bool) -> None:
        strict = (strict or node.name == _CERTIFICATE) and node.name not in _UNREAD
        if node.attributes or element.must_bear:
            self.attributes(node, element, strict=strict)
        if node.text or element.text is not None:
            self.text(node, element, strict=strict)
        if element.any_content:
            self.anything(node, strict=strict)
        elif node.children or element.must_have:
            self.children(node, element, strict=strict)

    def attributes(self, node: Node, element: Element, *, strict: bool) -> None:
        for name, value in node.attributes.items():
            if name.startswith((XSI, XML)):
                continue
            allowed = element.attributes.get(name)
            if allowed is None:
                node.strange |= {name}
                self.deviation("attribute", node.shown, culprit=node.place(name))
            elif not allowed.type.check(value) or (allowed.fixed is not None and value != allowed.fixed):
                self.value(node.place(name), value, allowed.type, strict=strict, fixed=allowed.fixed)
        for name in element.must_bear:
            if name not in node.attributes:
                self.deviation("missing", node.shown, expected=f"@{name}")

    def text(self, node: Node, element: Element, *, strict: bool) -> None:
        if element.text is None:
            if not element.any_content and node.text.strip(BLANK):
                self.deviation("text", node.shown)
            return
        # An empty element has the fixed value too.
        differs = element.fixed is not None and node.text not in {"", element.fixed}
        if differs or not element.text.check(node.text):
            wanted = (strict or node.name in _READ_OUTSIDE) and not differs
            self.value(node.path, node.text, element.text, strict=wanted, fixed=element.fixed)

    def anything(self, node: Node, *, strict: bool) -> None:
        """Content takes any element of a known schema; others are left unread and named as not carried."""
        for child in node.present:
            element = self.tables.elements.get(f"{{{child.namespace}}}{child.name}")
            if element is not None:
                self.node(child, element, strict=strict)
            elif child.namespace != _NAMESPACES.get(child.name, child.namespace):
                self.wrong_namespace(child, _NAMESPACES[child.name])

    def children(self, node: Node, element: Element, *, strict: bool) -> None:
        counts: dict[str, int] = {}
        chosen: dict[int, str] = {}
        latest: dict[str, Node] = {}
        reached = -1
        for child in node.children:
            known = element.by_name.get(child.name)
            if child.gone or known is None:
                if not child.gone:
                    self.unknown(child)
                continue
            counts[child.name] = counts.get(child.name, 0) + 1
            if child.namespace != known.namespace:
                self.wrong_namespace(child, known.namespace)
                continue
            if known.max is not None and counts[child.name] > known.max:
                self.deviation("repeated", child.path)
                _give_way(latest.get(child.name))
            elif known.rank < reached or _is_second_choice(known, chosen):
                self.deviation("order", child.path)
            latest[child.name] = child
            reached = max(reached, known.rank)
            self.node(child, known.element, strict=strict)
        if len(counts) < len(element.children):
            self.missing(node, element, counts)

    def missing(self, node: Node, element: Element, counts: dict[str, int]) -> None:
        if element.may_be_empty and not any(node.present):
            return
        told: set[int] = set()
        for child in element.must_have:
            if child.name in counts or any(other.name == child.name for other in node.children):
                continue
            if child.choice is not None:
                group = {other.name for other in element.children if other.choice == child.choice}
                if child.choice in told or not group.isdisjoint(counts):
                    continue
                told.add(child.choice)
            self.absent(node, child)

    def absent(self, node: Node, child: Child) -> None:
        if child.element.is_container and child.name not in _LEFT_OUT:
            item = _ITEMS.get(child.name)
            self.found.append(
                Finding("element-missing", Effect.REFUSE, item=item, path=node.shown, expected=child.name)
            )
        else:
            self.deviation("missing", node.shown, expected=child.name)

    def value(self, path: str, value: str, type_: SimpleType, *, strict: bool, fixed: str | None) -> None:
        """What cannot be read is refused; what is blank, or a date in a looser form, only deviates."""
        # The codes where there is a list of them, else the name of the type.
        expected = fixed or ", ".join(sorted(type_.values)) or type_.base
        if not strict or not value.strip(BLANK) or (type_.base == "date" and is_almost_date(value)):
            self.deviation("value", path, expected=expected)
            return
        word = "code" if type_.values else _TYPE_WORDS.get(type_.base, type_.base)
        self.found.append(Finding("value-invalid", Effect.REFUSE, path=path, expected=expected, detail={"type": word}))

    def deviation(self, kind: str, path: str, *, expected: str | None = None, culprit: str | None = None) -> None:
        self.found.append(
            Finding(
                "schema-deviation", Effect.REMARK, path=path, expected=expected, detail={"kind": kind}, culprit=culprit
            )
        )

    def unknown(self, node: Node) -> None:
        _estrange(node)
        self.deviation("unknown", node.shown, culprit=node.path)

    def wrong_namespace(self, node: Node, expected: str) -> None:
        _estrange(node)
        item = _ITEMS.get(node.name)
        self.found.append(Finding("namespace-wrong", Effect.REFUSE, item=item, path=node.path, expected=expected))


def _is_second_choice(known: Child, chosen: dict[int, str]) -> bool:
    """Whether it stands beside the one it excludes."""
    return known.choice is not None and chosen.setdefault(known.choice, known.name) != known.name


def _give_way(before: Node | None) -> None:
    """Readers take the first of what the standard has once; an empty one must not hide what the next one says."""
    if before is not None and before.is_blank:
        before.known = False


def _estrange(node: Node) -> None:
    for below in node.walk():
        below.known = False
