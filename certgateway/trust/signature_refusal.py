"""Why a signature was not taken: one exception, one stable id for each cause, and not a word of what was read.

The ids of `safexml` come through unchanged when the document itself cannot be read. This module must never carry
anything of the message or of the certificate.
"""

from typing import Final, Literal, get_args

Cause = Literal[
    "too-large",
    "signature-missing",
    "several-signatures",
    "too-many-references",
    "signature-misplaced",
    "signature-malformed",
    "object-refused",
    "canonicalization-refused",
    "signature-method-refused",
    "several-references",
    "reference-refused",
    "id-ambiguous",
    "transforms-refused",
    "digest-method-refused",
    "namespaces-refused",
    "key-info-refused",
    "certificate-missing",
    "certificate-ambiguous",
    "certificate-unreadable",
    "certificate-untrusted",
    "certificate-not-for-signing",
    "certificate-extension-refused",
    "certificate-not-yet-valid",
    "certificate-expired",
    "certificate-revoked",
    "revocation-unknown",
    "key-refused",
    "key-mismatch",
    "key-value-differs",
    "signature-invalid",
    "digest-differs",
    "jws-malformed",
    "jws-header-refused",
    "key-unknown",
    "signature-time-refused",
]
CAUSES: Final[tuple[str, ...]] = get_args(Cause)
"""In the order in which verification looks for them, more or less; docs/security.md explains each."""


class SignatureRefused(Exception):  # noqa: N818  It is the sender's condition, and reads so where it is caught.
    """No content and no signer can be had from this document: `id` is a `Cause` or an id of `safexml`.

    `line` and `column` (from 1) are where reading stopped, 1 and 1 for a cause of ours.
    """

    def __init__(self, id_: str, line: int = 1, column: int = 1) -> None:
        super().__init__(id_)
        self.id = id_
        self.line = line
        self.column = column


def refusal(cause: Cause) -> SignatureRefused:
    """The exception for one of our own causes, spelled as the type checker knows it."""
    return SignatureRefused(cause)
