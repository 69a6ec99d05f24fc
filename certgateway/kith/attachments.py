"""The documents that go with a certificate: which they are, and what their bytes say of them.

Type, size and digest are taken from the bytes, never from what the sender wrote; a document that lies elsewhere has no
bytes here and is named by the rule for attachments. The bytes stay in the sealed original.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from certgateway.domain.attachments import OTHER_TYPE, type_of
from certgateway.domain.certificate import Attachment
from certgateway.kith.names import BLANK
from certgateway.kith.nodes import Node


@dataclass(frozen=True, slots=True)
class AttachedDocument:
    """One attachment: where it stands, what is known of it, and its bytes for a malware scan."""

    node: Node
    attachment: Attachment
    content: bytes


def attachment_documents(head: Node) -> list[AttachedDocument]:
    """Every Document that is not the certificate and that holds or points to a file, in their order."""
    return list(_documents(head))


def _documents(head: Node) -> Iterator[AttachedDocument]:
    for document in head.all("Document"):
        for reference in document.all("RefDoc"):
            yield from _referenced(document, reference)


def _referenced(document: Node, reference: Node) -> Iterator[AttachedDocument]:
    """Usually one; whoever sends several files in one document has each of them judged and scanned."""
    held = reference.every("Content", "Base64Container")
    yield from (_held(document, reference, container) for container in held)
    if held or reference.every("Content", "Legeerklaring"):
        return
    if _is_marked(document, reference) or reference.first("FileReference") is not None:
        yield AttachedDocument(document, Attachment(OTHER_TYPE, 0, hashlib.sha256(b"").hexdigest()), b"")


def _is_marked(document: Node, reference: Node) -> bool:
    """Some senders mark an attachment by its connection (V, vedlegg), some by its type only (A)."""
    return _code(document.first("DocumentConnection")) == "V" or _code(reference.first("MsgType")) == "A"


def _code(node: Node | None) -> str:
    return "" if node is None else node.attributes.get("V", "").strip(BLANK)


def _held(document: Node, reference: Node, held: Node) -> AttachedDocument:
    held.carried = True
    content = _decoded(held.text)
    type_ = type_of(reference.word("MimeType"), content)
    return AttachedDocument(document, Attachment(type_, len(content), hashlib.sha256(content).hexdigest()), content)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""
