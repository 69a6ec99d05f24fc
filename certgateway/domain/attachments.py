"""Which attachments are taken: their types, size and number, what a document is by its first bytes, and why one is not.

One policy for every format, so that a document is not lost in one and taken in another. Nothing here may open a
document, trust the type that a sender wrote over the bytes, or drop anything: refusing is told, and the original stays.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from certgateway.domain.certificate import Attachment

Reason = Literal["malware", "empty", "differs", "type", "size", "count"]
"""Why an attachment is refused, gravest first."""

OTHER_TYPE: Final = "other"

_UNTOLD: Final = "application/octet-stream"
_NICKNAMES: Final = MappingProxyType({"image/jpg": "image/jpeg", "image/tif": "image/tiff", "": _UNTOLD})
"""What some senders write for a media type; bytes of no told type are taken for what they are."""
_MEBIBYTE: Final = 1024 * 1024
_SIGNATURES: Final = MappingProxyType(
    {
        b"%PDF-": "application/pdf",
        b"\x89PNG\r\n\x1a\n": "image/png",
        b"\xff\xd8\xff": "image/jpeg",
        b"II*\x00": "image/tiff",
        b"MM\x00*": "image/tiff",
    }
)
"""What a document of each type begins with; TIFF in either byte order."""


@dataclass(frozen=True, slots=True)
class AttachmentPolicy:
    """Media types, the largest size of one attachment in bytes, and the largest number of them in one certificate."""

    types: tuple[str, ...] = ("application/pdf", "image/png", "image/jpeg", "image/tiff")
    largest: int = 10 * _MEBIBYTE
    most: int = 10

    @property
    def largest_text(self) -> str:
        """The size for people, in any of our languages: "10 MiB", or bytes where it is no whole number of those."""
        whole, rest = divmod(self.largest, _MEBIBYTE)
        return f"{self.largest} byte" if rest else f"{whole} MiB"


TAKEN: Final = AttachmentPolicy()
"""What is taken where nothing else was set."""


def sniff(content: bytes) -> str:
    """The media type by the first bytes: PDF, PNG, JPEG or TIFF, else "other"."""
    return next((type_ for start, type_ in _SIGNATURES.items() if content.startswith(start)), OTHER_TYPE)


def type_of(stated: str | None, content: bytes) -> str:
    """What a document is by its bytes; "other" where its sender says something else of it."""
    found = sniff(content)
    said = media_type(stated or "")
    return found if _NICKNAMES.get(said, said) in {found, _UNTOLD} else OTHER_TYPE


def media_type(text: str) -> str:
    """A media type as it is compared: without parameters, in small letters."""
    return text.partition(";")[0].strip().lower()


def refusals(
    attachment: Attachment, index: int, policy: AttachmentPolicy, infected: frozenset[str] = frozenset()
) -> Iterator[Reason]:
    """Every reason why the attachment at `index` is refused, gravest first; none when it is taken.

    `infected` holds the SHA-256 of documents in which a malware scan found something.
    """
    if attachment.sha256 in infected:
        yield "malware"
    if not attachment.size:
        # Of what lies elsewhere, or cannot be decoded, nobody knows the type either.
        yield "empty"
    elif not attachment.as_stated:
        # Another document than was meant: its type is no matter.
        yield "differs"
    elif media_type(attachment.content_type) not in policy.types:
        yield "type"
    if attachment.size > policy.largest:
        yield "size"
    if index >= policy.most:
        yield "count"
