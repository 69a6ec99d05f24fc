"""Attachments: type, size and SHA-256 of the bytes in the message, which themselves stay in the sealed original.

What the sender says of type, size and digest must never be carried: all are found in the bytes.
"""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from certgateway.domain.attachments import OTHER_TYPE, media_type, type_of
from certgateway.domain.certificate import Attachment
from certgateway.domain.vocabulary import systems
from certgateway.fhir import elements
from certgateway.fhir.elements import Reading
from certgateway.fhir.reading import Node


def attachment(node: Node, element: str, reading: Reading) -> Attachment | None:
    """Type, size and SHA-256, computed from the bytes in the message. Without bytes there is no attachment."""
    elements.obligatory(node, reading)
    content = node.first("content")
    attached = content.get("attachment") if content else None
    if attached is None:
        return None
    reading.note(f"{element}.content_type", f"{attached.path}.contentType")
    content_type, target = attached.text("contentType"), attached.text("url")
    # What the sender says of size and digest is not carried but computed, and compared.
    attached.skip("size", "hash")
    stated = attached.extension(systems.STRUCTURE_DEFINITION + "sha256")
    if stated is not None:
        stated.skip("valueString")
    data = attached.text("data")
    binary = attached.named(target) if target and data is None else None
    if binary is None:
        found = _content(data, content_type)
    elif (found := _of_binary(binary, content_type, reading)) is not None and content_type:
        told = binary.text("contentType") or content_type
        # Where two say different things of one document, it is neither.
        found = replace(found, content_type=found.content_type if _are_one(told, content_type) else OTHER_TYPE)
    if found is None:
        return None
    digest = None if stated is None else stated.value.get("valueString")
    is_whole = _has_sum(data if binary is None else binary.text("data"), attached.value.get("hash"))
    return replace(found, as_stated=is_whole and _is_as_stated(found, attached.value.get("size"), digest))


def _of_binary(binary: Node, content_type: str | None, reading: Reading) -> Attachment | None:
    if binary.path not in reading.contents:
        binary.skip("resourceType", "id")
        reading.contents[binary.path] = _content(binary.text("data"), binary.text("contentType") or content_type)
    return reading.contents[binary.path]


def _are_one(type_: str, other: str) -> bool:
    return media_type(type_) == media_type(other)


def _is_as_stated(found: Attachment, size: object, sha256: object) -> bool:
    """Whether the bytes are those that were meant."""
    return size in {None, found.size} and (sha256 is None or str(sha256).lower() == found.sha256)


def _has_sum(data: str | None, stated: object) -> bool:
    """Whether the bytes have the SHA-1 that `Attachment.hash` states in Base64, if it states any.

    It proves nothing against whoever means harm; what was cut short or mixed up on its way it tells.
    """
    if stated is None:
        return True
    decoded = _decoded(data) or b""
    found = base64.b64encode(hashlib.sha1(decoded, usedforsecurity=False).digest()).decode("ascii")
    return found == "".join(str(stated).split())


def _content(data: str | None, content_type: str | None) -> Attachment | None:
    decoded = _decoded(data)
    if decoded is None:
        return None
    return Attachment(type_of(content_type, decoded), len(decoded), hashlib.sha256(decoded).hexdigest())


def _decoded(data: str | None) -> bytes | None:
    try:
        return None if data is None else base64.b64decode("".join(data.split()), validate=True)
    except ValueError:
        # Letters that no Base64 has are one; those beyond ASCII are no `binascii.Error`.
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
