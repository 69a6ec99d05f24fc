"""The envelope: MsgHead, alone or inside the Fellesformat; opened, stripped, checked and understood, in that order.

The mirror of `fhir.bundle`: steps after `strip` see no benefit content, and `locate` gives findings their place in the
message as received. The envelope tells who sent what and when; whether it is true is not known here. Nothing here may
decide what a finding means.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, cast

from certgateway import safexml
from certgateway.domain.findings import Effect, Finding
from certgateway.domain.message import Envelope, Removal
from certgateway.domain.senders import is_her_id, misspelt
from certgateway.kith import benefits
from certgateway.kith.attachments import attachment_documents
from certgateway.kith.carried import not_carried
from certgateway.kith.dates import instant
from certgateway.kith.legeerklaering import Parsed, parse_certificate
from certgateway.kith.names import BLANK, FELLESFORMAT, LEGEERKLARING, XMLDSIG
from certgateway.kith.nodes import Node, Tree
from certgateway.kith.parties import Ident, Original, Party
from certgateway.kith.positions import xpath_positions
from certgateway.kith.reading import Titles
from certgateway.kith.schema import Tables
from certgateway.kith.sender import sender_claims, sender_numbers
from certgateway.kith.structure import judge_structure

ENCODINGS: Final = ("utf-8", "iso-8859-1")
_ROOTS: Final = frozenset({"MsgHead", "EI_fellesformat"})
_HOLDERS: Final = frozenset({"Document", "RefDoc"})
_NAMED_WITHIN: Final = safexml.XmlLimits(elements=1000)
"""How far a refused document is looked into for what names it: MsgInfo stands first, and has a tenth of this."""
_LONGEST_ID: Final = 200
_END, _END_OF_ATTRIBUTES = "\x01", "\x02"
_SENDER_KEYS: Final = (("HER", "her"), ("ENH", "org"))


@dataclass(frozen=True, slots=True)
class Opened:
    """A readable document. `heads` are its MsgHeads, of which it should have one; `certificates` the forms in them.

    `dialogues` are the dialogue messages in a document that holds no certificate.
    """

    raw: bytes
    root: Node
    heads: list[Node]
    certificates: list[Node]
    dialogues: list[Node]

    @property
    def head(self) -> Node | None:
        """The first MsgHead, None where there is none; a document with more of them is refused."""
        return next(iter(self.heads), None)

    @property
    def certificate(self) -> Node | None:
        """The one form that is to be read; of several, none can be told to be it."""
        return self.certificates[0] if len(self.certificates) == len(self.heads) == 1 else None


def open_message(raw: bytes, limits: safexml.XmlLimits = safexml.DEFAULT_LIMITS) -> Opened:
    """Parse a body; raises `Unreadable` when it is no XML that we read."""
    tree = Tree()
    safexml.parse_into(raw, tree, limits, ENCODINGS)
    root = cast("Node", tree.root)  # A document that was read to its end has a root.
    heads = _heads(root)
    certificates = [form for head in heads for form in _certificates(head)]
    dialogues = [] if certificates else [found for head in heads for found in _dialogues(head)]
    return Opened(raw, root, heads, certificates, dialogues)


def _heads(root: Node) -> list[Node]:
    if root.name == "MsgHead":
        return [root]
    return root.all("MsgHead") if root.name == "EI_fellesformat" else []


def _certificates(head: Node) -> Iterator[Node]:
    for content in head.every("Document", "RefDoc", "Content"):
        yield from (form for form in content.all("Legeerklaring") if form.namespace == LEGEERKLARING)


def _dialogues(head: Node) -> list[Node]:
    return head.every("Document", "RefDoc", "Content", "Dialogmelding")


def salvage(raw: bytes) -> Original | None:
    """What a document that was refused says of itself: enough to answer it by its id, never to judge it."""
    tree = Tree()
    safexml.salvage_into(raw, tree, _NAMED_WITHIN)
    heads = [] if tree.root is None else _heads(tree.root)
    return original_of(heads[0]) if heads else None


def original_of(head: Node) -> Original | None:
    """The message as an answer must name it; None unless its type, time and id can be read."""
    info = head.first("MsgInfo")
    if info is None:
        return None
    type_, issued, id_ = info.first("Type"), info.word("GenDate"), _message_id(info)
    code = type_.attributes.get("V", "").strip(BLANK) if type_ is not None else ""
    if not code or issued is None or instant(issued) is None or id_ is None:
        return None
    name = type_.attributes.get("DN") if type_ is not None else None
    sender, receiver = info.first("Sender", "Organisation"), info.first("Receiver", "Organisation")
    return Original(code, name, issued, id_, _party(sender), _party(receiver))


def _party(organisation: Node | None) -> Party | None:
    if organisation is None:
        return None
    person, department = organisation.first("HealthcareProfessional"), organisation.first("Organisation")
    return Party(
        name=organisation.word("OrganisationName"),
        idents=tuple(idents(organisation)),
        department=_party(department if department is not None and department.children else None),
        person=None if person is None else Party(_full_name(person), tuple(idents(person))),
    )


def _full_name(person: Node) -> str | None:
    parts = (person.word(name) for name in ("GivenName", "MiddleName", "FamilyName"))
    return " ".join(part for part in parts if part) or None


def idents(holder: Node) -> Iterator[Ident]:
    """The identifiers of an organisation or person; one without id or type is none."""
    for ident in holder.all("Ident"):
        id_, type_ = ident.word("Id"), ident.first("TypeId")
        if id_ is not None and type_ is not None:
            yield Ident(id_, type_.attributes.get("V", "").strip(BLANK), type_.attributes.get("DN"))


def envelope(opened: Opened) -> Envelope | None:
    """Message id, sender and digest; None without a MsgInfo, for then nobody has sent anything that we could name."""
    info = opened.head.first("MsgInfo") if opened.head is not None else None
    if info is None:
        return None
    return Envelope(
        _message_id(info),
        _sender(info),
        digested=lambda: content_digest(*opened.heads),
        numbers=tuple(sender_numbers(info)),
        claims=lambda: tuple(sender_claims(info)),
    )


def _message_id(info: Node) -> str | None:
    text = info.word("MsgId")
    return text if text is not None and len(text) <= _LONGEST_ID and text.isprintable() else None


def _sender(info: Node) -> str:
    """A stable key for whoever sent it: HER-id, else organisation number, else a digest of what it says of itself."""
    organisation = info.first("Sender", "Organisation")
    named = list(idents(organisation)) if organisation is not None else []
    for type_, prefix in _SENDER_KEYS:
        for ident in named:
            if ident.type.upper() == type_ and is_her_id(ident.id):
                return f"{prefix}:{ident.id}"
    sender = info.first("Sender")
    told = content_digest(sender) if sender is not None else ""
    return f"sender:{told[:32]}"


def content_digest(*nodes: Node) -> str:
    """SHA-256 of names, attributes and text in their order; comments, layout, prefixes and the signature have no say.

    Of the Fellesformat only MsgHead counts: what the reception adds differs from one delivery to the next.
    """
    parts: list[str] = []
    stack: list[Node | None] = [*reversed(nodes)]
    while stack:
        here = stack.pop()
        if here is None:
            parts.append(_END)
        elif here.namespace != XMLDSIG:
            parts += (here.namespace, here.name, here.text if here.text.strip(BLANK) else "")
            parts += (part for attribute in sorted(here.attributes.items()) for part in attribute)
            parts.append(_END_OF_ATTRIBUTES)
            stack.append(None)
            stack.extend(reversed(here.children))
    # XML can hold none of the three characters between and behind the parts: no two messages give the same text.
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def strip(opened: Opened) -> tuple[Removal, ...]:
    """Mark every benefit tick and benefit-like measure as forgotten, wherever it stands; gives what was removed.

    Of a document without a MsgHead nothing is read, so that there is nothing to forget.
    """
    return benefits.strip(opened.root) if opened.head is not None else ()


def conform(opened: Opened, tables: Tables) -> list[Finding]:
    """Every breach of the form; and whether there is exactly one certificate to read."""
    if opened.head is None:
        # The name of another root is the sender's word: only where it stands is told.
        shown = opened.root.path if opened.root.name in _ROOTS else None
        return [Finding("not-a-message", Effect.REFUSE, path=shown, culprit=opened.root.path)]
    if len(opened.heads) > 1:
        return [Finding("several-certificates", Effect.REFUSE, path=head.path) for head in opened.heads[1:]]
    if len(opened.certificates) > 1:
        return [Finding("several-certificates", Effect.REFUSE, path=form.path) for form in opened.certificates[1:]]
    nameless = list(_nameless(opened.head))
    info = opened.head.first("MsgInfo")
    nameless += [] if info is None else misspelt(sender_claims(info))
    told = {(finding.path, finding.expected) for finding in nameless}
    structure = (one for one in judge_structure(opened.head, tables) if (one.path, one.expected) not in told)
    found = [*_wrapping(opened), *nameless, *structure]
    if opened.certificates or opened.dialogues or any(finding.rule == "namespace-wrong" for finding in found):
        return found
    # That there is no certificate is one fault, however little of a document there is.
    found = [finding for finding in found if finding.expected not in _HOLDERS]
    return [*found, Finding("not-a-message", Effect.REFUSE, path=opened.head.path)]


def _nameless(head: Node) -> Iterator[Finding]:
    """What an answer must name the message by and cannot: without it nobody could be told that it was registered."""
    info = head.first("MsgInfo")
    if info is None:
        return
    type_, issued, id_ = info.first("Type"), info.first("GenDate"), info.first("MsgId")
    code = type_.attributes.get("V", "").strip(BLANK) if type_ is not None else ""
    if type_ is None or not code.strip():
        missing = ("Type", info) if type_ is None else ("@V", type_)
        yield Finding("element-missing", Effect.REFUSE, path=missing[1].path, expected=missing[0])
    elif not code.isprintable():
        yield _unusable(type_.place("V"), "printable characters", "Type")
    if issued is None:
        yield Finding("element-missing", Effect.REFUSE, path=info.path, expected="GenDate")
    elif instant(issued.text) is None:
        yield _unusable(issued.path, "dateTime", "date-time")
    if id_ is None:
        yield Finding("element-missing", Effect.REFUSE, path=info.path, expected="MsgId")
    elif _message_id(info) is None:
        yield _unusable(id_.path, f"1-{_LONGEST_ID} printable characters", "MsgId")


def _unusable(path: str, expected: str, word: str) -> Finding:
    return Finding("value-invalid", Effect.REFUSE, path=path, expected=expected, detail={"type": word})


def _wrapping(opened: Opened) -> Iterator[Finding]:
    if opened.root is not opened.head and opened.root.namespace not in FELLESFORMAT:
        yield Finding("namespace-wrong", Effect.REFUSE, path=opened.root.path, expected=min(FELLESFORMAT))


def understand(opened: Opened, titles: Titles) -> tuple[Parsed, list[Finding]]:
    """The certificate with its origins, what its codes and numbers contradict, and what was not carried."""
    if opened.head is None or opened.certificate is None:
        return Parsed(None), []
    documents = attachment_documents(opened.head)
    parsed = parse_certificate(opened.head, opened.certificate, documents, titles)
    if parsed.certificate is None:
        return parsed, list(parsed.findings)
    return parsed, [*parsed.findings, *not_carried(opened.head, opened.certificate, documents)]


def as_received(opened: Opened, raw: bytes) -> Opened:
    """The message in the bytes that it came in, to find places in; of a signed one, something else was read.

    Without a signature the two are the same, and nothing is read twice.
    """
    return opened if raw is opened.raw else open_message(raw)


def position(placed: list[Finding], opened: Opened) -> list[Finding]:
    """Findings with line and column filled in."""
    wanted = {place for finding in placed for place in (finding.culprit, finding.path)}
    found = xpath_positions(opened.raw, opened.root, (path for path in wanted if path is not None))
    return [
        _positioned(finding, found.get(finding.culprit or "") or found.get(finding.path or "")) for finding in placed
    ]


def _positioned(finding: Finding, position: tuple[int, int] | None) -> Finding:
    line, column = position or (finding.line, finding.column)
    return replace(finding, line=line, column=column)
