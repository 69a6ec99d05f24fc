"""Attachments: type, size and SHA-256 of the bytes in the message, which themselves stay in the sealed original.

What the sender says of size and digest must never be carried: both are computed here.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from certgateway.domain.certificate import Attachment
from certgateway.domain.vocabulary import systems
from certgateway.fhir import elements
from certgateway.fhir.elements import Reading
from certgateway.fhir.reading import Node

# Attachment types that may be named in derived data; any other is a foreign word and reads "other".
_CONTENT_TYPES = frozenset({"application/pdf", "image/png", "image/jpeg", "image/tiff"})


def attachment(node: Node, element: str, reading: Reading) -> Attachment | None:
    """Type, size and SHA-256, computed from the bytes in the message. Without bytes there is no attachment."""
    elements.obligatory(node, reading)
    content = node.first("content")
    attached = content.get("attachment") if content else None
    if attached is None:
        return None
    reading.note(f"{element}.content_type", f"{attached.path}.contentType")
    content_type, target = attached.text("contentType"), attached.text("url")
    # What the sender says of size and digest is not carried but computed.
    attached.skip("size", "hash")
    stated = attached.extension(systems.STRUCTURE_DEFINITION + "sha256")
    if stated is not None:
        stated.skip("valueString")
    data = attached.text("data")
    binary = attached.named(target) if target and data is None else None
    if binary is None:
        return _content(data, content_type)
    if binary.path not in reading.contents:
        binary.skip("resourceType", "id")
        reading.contents[binary.path] = _content(binary.text("data"), binary.text("contentType"))
    found = reading.contents[binary.path]
    if found is None:
        return None
    return replace(found, content_type=_named(binary.text("contentType") or content_type))


def _content(data: str | None, content_type: str | None) -> Attachment | None:
    decoded = _decoded(data)
    if decoded is None:
        return None
    return Attachment(_named(content_type), len(decoded), hashlib.sha256(decoded).hexdigest())


def _named(content_type: str | None) -> str:
    return content_type if content_type in _CONTENT_TYPES else "other"


def _decoded(data: str | None) -> bytes | None:
    try:
        return None if data is None else base64.b64decode("".join(data.split()), validate=True)
    except binascii.Error:
        return None


def attached_contents(tree: dict[str, Any]) -> Iterator[bytes]:
    """The bytes of every attachment in a Bundle, in Binary resources or in place; what is no base64 is passed over."""
    for entry in tree.get("entry", ()):
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if not isinstance(resource, dict):
            continue
        holders = [resource, *(found.get("attachment") for found in _contents_of(resource))]
        for holder in holders:
            data = holder.get("data") if isinstance(holder, dict) else None
            decoded = _decoded(data) if isinstance(data, str) else None
            if decoded is not None:
                yield decoded


def _contents_of(resource: dict[str, Any]) -> list[dict[str, Any]]:
    found = resource.get("content")
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []
