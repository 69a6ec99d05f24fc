"""The documents that go with a certificate: which they are, and what their bytes say of them.

Type, size and digest are taken from the bytes, never from what the sender wrote; a document that lies elsewhere has no
bytes here and is named by the rule for attachments. The bytes stay in the sealed original.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from certgateway.domain.attachments import OTHER_TYPE, media_type, sniff
from certgateway.domain.certificate import Attachment
from certgateway.kith.names import BLANK
from certgateway.kith.nodes import Node

_UNTOLD: Final = "application/octet-stream"
_NICKNAMES: Final = MappingProxyType({"image/jpg": "image/jpeg", "image/tif": "image/tiff", "": _UNTOLD})
"""What some senders write for a media type; bytes of no told type are taken for what they are."""


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
    found = sniff(content)
    stated = reference.word("MimeType")
    # A document that says one thing and is another is neither.
    type_ = found if stated is None or _named(stated) in {found, _UNTOLD} else OTHER_TYPE
    return AttachedDocument(document, Attachment(type_, len(content), hashlib.sha256(content).hexdigest()), content)


def _named(stated: str) -> str:
    name = media_type(stated)
    return _NICKNAMES.get(name, name)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""
