"""Why a token or a proof was not taken: one exception, one stable id for each cause, and not a word of what was read.

The cause is for our own tests and documentation: who presented the token is told no more than whether the token or the
proof was at fault. This module must never carry anything of either.
"""

from typing import Final, Literal, get_args

Part = Literal["token", "proof"]
Cause = Literal[
    "missing",
    "scheme-refused",
    "several-given",
    "too-long",
    "malformed",
    "header-refused",
    "type-refused",
    "algorithm-refused",
    "issuer-unknown",
    "key-unknown",
    "key-refused",
    "signature-invalid",
    "claim-missing",
    "claim-malformed",
    "audience-differs",
    "expired",
    "not-yet-valid",
    "issued-in-future",
    "lives-too-long",
    "too-old",
    "client-refused",
    "tenant-differs",
    "version-refused",
    "not-an-access-token",
    "assurance-too-low",
    "login-too-old",
    "ended",
    "binding-missing",
    "binding-refused",
    "key-differs",
    "method-differs",
    "address-differs",
    "token-differs",
    "replayed",
]
CAUSES: Final[tuple[str, ...]] = get_args(Cause)
"""In the order in which verification looks for them, more or less; docs/tokens.md explains each."""


class TokenRefused(Exception):  # noqa: N818  It is the caller's condition, and reads so where it is caught.
    """Nobody is identified by this: `part` tells whether the token was at fault or the proof that came with it."""

    def __init__(self, cause: Cause, part: Part = "token") -> None:
        super().__init__(f"{part}: {cause}")
        self.cause = cause
        self.part = part
