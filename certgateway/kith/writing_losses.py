"""What a certificate holds that the form of 2008 does not: found by reading what was written, so nothing is missed.

Only element paths; never a value. A text that stands in another place of the form than before is no loss of the text,
but of the place: then the field that tells it (`question`) is named.
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from certgateway.domain.certificate import ITEMS, SINGLE_ITEMS, Certificate, Section
from certgateway.kith.attachments import attachment_documents
from certgateway.kith.legeerklaering import parse_certificate
from certgateway.kith.msghead import open_message

_PLAIN = ("identifier", "status", "replaces")


def losses(certificate: Certificate, written: bytes) -> list[str]:
    """The element paths of what is not in the written message, in the order of the form."""
    return list(_differences(certificate, _reread(written)))


def _reread(written: bytes) -> Certificate | None:
    opened = open_message(written)
    if opened.head is None or opened.certificate is None:
        return None
    documents = attachment_documents(opened.head)
    return parse_certificate(opened.head, opened.certificate, documents, lambda *_: frozenset()).certificate


def _differences(before: Certificate, after: Certificate | None) -> Iterator[str]:
    if after is None:
        yield ""
        return
    yield from (name for name in _PLAIN if getattr(before, name) not in {None, getattr(after, name)})
    for item in ITEMS:
        name = item.replace("-", "_")
        held, kept = getattr(before, name), getattr(after, name)
        if isinstance(held, Section):
            yield from _section(item, held, kept)
        elif held is not None:
            yield from _fields(item, held, kept)


def _section(item: str, held: Section[object], kept: Section[object]) -> Iterator[str]:
    if held.state != kept.state and held.state in {"none", "not-assessed"}:
        yield item
    left = list(kept)
    for index, entry in enumerate(held):
        element = item if item in SINGLE_ITEMS else f"{item}[{index}]"
        if entry in left:
            left.remove(entry)
            continue
        likest = max(left, key=lambda other: _likeness(entry, other), default=None)
        if likest is None or not _likeness(entry, likest):
            yield element
        else:
            left.remove(likest)
            yield from _fields(element, entry, likest)


def _likeness(one: object, other: object) -> int:
    """How many fields that hold something are equal; the source of a statement is no likeness."""
    return sum(
        bool(value) and value == getattr(other, name) for name, value in _values(one) if name not in {"source", "rank"}
    )


def _fields(element: str, held: object, kept: object) -> Iterator[str]:
    """The fields that held something else, or anything at all where nothing is left."""
    for name, value in _values(held):
        if value not in (None, ()) and value != getattr(kept, name, None):
            yield f"{element}.{name}"


def _values(entry: object) -> Iterator[tuple[str, object]]:
    known = fields(entry) if is_dataclass(entry) else ()
    return ((field.name, getattr(entry, field.name)) for field in known)
