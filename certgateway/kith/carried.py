"""What of the form has no home in the certificate: named by its place, so that nothing is lost silently.

The envelope is transport and says nothing of the patient's health, but for what the author is; the rest is told: an
attribute, a text, or the topmost element of which nothing was read. Blank values are nothing that could be lost. No
value may leave here.
"""

from collections.abc import Iterator
from typing import Final

from certgateway.domain.findings import Effect, Finding
from certgateway.kith.attachments import AttachedDocument
from certgateway.kith.nodes import Node

# Of a Document around its content: what it is, not what it says.
_TRANSPORT: Final = frozenset(
    {
        "DocumentConnection",
        "ContentType",
        "ContentDescription",
        "IssueDate",
        "MsgType",
        "Id",
        "MimeType",
        "Description",
        "Compression",
        "FileReference",
    }
)
_OF_AUTHORS: Final = frozenset({"TypeHealthcareProfessional", "RoleToPatient"})
_WRAPPERS: Final = frozenset({"RefDoc", "Content"})


def not_carried(head: Node, form: Node, documents: list[AttachedDocument]) -> list[Finding]:
    """A note for everything that was received and neither carried nor forgotten, in the order of the document."""
    attached = {id(document.node) for document in documents}
    return [*_author(head), *(finding for node in head.all("Document") for finding in _document(node, form, attached))]


def _author(head: Node) -> Iterator[Finding]:
    """What the author is, and is to the patient, where it has no code here; all else of the envelope is transport."""
    sender = head.first("MsgInfo", "Sender")
    for node in sender.walk() if sender is not None else ():
        if node.name in _OF_AUTHORS and "V" in node.lost:
            yield _note(node.place("V"))


def _document(document: Node, form: Node, attached: set[int]) -> Iterator[Finding]:
    holds_form = any(node is form for node in document.walk())
    if not holds_form and id(document) not in attached:
        yield _note(document.shown)
        return
    for node in (document, *document.every("RefDoc"), *document.every("RefDoc", "Content")):
        for child in node.present:
            if child is form:
                yield from _lost(form)
            elif child.name not in _TRANSPORT and child.name not in _WRAPPERS:
                yield from _lost(child)


def _lost(node: Node) -> list[Finding]:
    """What was not read of an element and of what stands in it."""
    told: list[Finding] = []
    _read(node, told)
    return told


def _read(node: Node, told: list[Finding]) -> bool:
    """Whether anything of an element was read; what was not is added, as one loss where nothing was."""
    before = len(told)
    read = node.carried or bool(node.read)
    if node.attributes:
        told += [_attribute(node, name) for name in node.lost]
    if not node.carried and node.text and node.text.strip():
        told.append(_of(node))
    for child in node.children:
        if not child.gone and _read(child, told):
            read = True
    if not read and len(told) > before:
        told[before:] = [_of(node)]
    return read


def _attribute(node: Node, name: str) -> Finding:
    """The name of an attribute that the standard does not know is the sender's word: its element stands for it."""
    if name in node.strange or not node.known:
        return _note(node.shown, node.place(name))
    return _note(node.place(name))


def _of(node: Node) -> Finding:
    return _note(node.shown, None if node.known else node.path)


def _note(path: str, culprit: str | None = None) -> Finding:
    return Finding("not-carried", Effect.NOTE, path=path, culprit=culprit)
