"""Step 7's question about attachments: has a malware scan found something in one? Asked only where a scanner is set.

What is refused for its size or number is not scanned: the scanner may not take it either, and its answer would change
nothing. A scanner that gives no clear answer raises, and then nothing is kept or answered. Nothing here keeps a byte.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from certgateway.domain.attachments import AttachmentPolicy, refusals
from certgateway.fhir import bundle
from certgateway.fhir.attached import attached_contents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from certgateway.services.examine import Examined
    from certgateway.trust.scanner import Scanner


def find_infected(examined: Examined, policy: AttachmentPolicy, scanner: Scanner | None) -> frozenset[str]:
    """SHA-256 of the attachments in which the scanner found something. Raises ScannerUnavailableError."""
    if scanner is None or examined.certificate is None:
        return frozenset()
    attachments = enumerate(examined.certificate.attachment)
    wanted = {
        entry.sha256 for index, entry in attachments if {"size", "count"}.isdisjoint(refusals(entry, index, policy))
    }
    found = ((hashlib.sha256(content).hexdigest(), content) for content in _contents(examined))
    # The same document may come twice; one look is enough.
    return frozenset(
        digest for digest, content in dict(found).items() if digest in wanted and scanner.is_infected(content)
    )


def _contents(examined: Examined) -> Iterator[bytes]:
    opened = examined.opened
    if isinstance(opened, bundle.Opened):
        yield from attached_contents(opened.tree)
    elif opened is not None and opened.head is not None:
        from certgateway.kith.attachments import attachment_documents  # noqa: PLC0415  With the first such message.

        yield from (document.content for document in attachment_documents(opened.head))
