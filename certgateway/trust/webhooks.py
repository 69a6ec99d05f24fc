"""Signed messages to a receiver's own system, as Standard Webhooks has it: the secret, the headers, the address.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md, signed by the library of
the same people. This module must never put a secret, an address or a body into an error.
"""

import base64
import binascii
import ipaddress
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

from certgateway.domain.errors import MisconfiguredError

Format = Literal["fhir-json", "fhir-xml", "kith"]
Content = Literal["message", "notice"]

_PREFIX: Final = "whsec_"
_FEWEST, _MOST = 24, 64  # Bytes of a secret, by the specification.
_READABLE_BY_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_LONGEST_URL: Final = 2048
_URL: Final = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where a receiver's messages go, and what they are signed with: every secret signs, so that one can be replaced.

    `content` is the message itself or a notice that it waits.
    """

    url: str = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)
    format: Format = "fhir-json"
    content: Content = "message"

    def headers(self, message_id: str, at: datetime, body: bytes) -> Mapping[str, str]:
        """What tells a receiver that a body in UTF-8 comes from us, was posted at `at` and is this message."""
        # Only who posts pays for the library.
        from standardwebhooks import Webhook as Signer  # noqa: PLC0415

        # The library takes the hands of the clock and leaves its zone.
        universal = at.astimezone(UTC)
        signatures = (Signer(secret).sign(message_id, universal, body.decode()) for secret in self.secrets)
        return {
            "webhook-id": message_id,
            "webhook-timestamp": str(int(universal.timestamp())),
            "webhook-signature": " ".join(signatures),
        }


def parse_secrets(text: str) -> tuple[str, ...]:
    """The secrets in a text, with spaces or line breaks between them. ValueError that quotes none of it."""
    found = tuple(text.split())
    if not found or not all(map(_is_secret, found)):
        raise ValueError(f"must be whsec_ and then {_FEWEST} to {_MOST} bytes in Base64")
    return found


def read_secrets(path: Path) -> tuple[str, ...]:
    """The secrets in a file. MisconfiguredError when others may read it, we cannot, or it holds something else."""
    try:
        mode = path.stat().st_mode
        text = path.read_text("ascii")
    except (OSError, UnicodeDecodeError):
        raise MisconfiguredError(f"the webhook secret file {path} cannot be read") from None
    if mode & _READABLE_BY_OTHERS:
        raise MisconfiguredError(
            f"the webhook secret file {path} is open to others than its owner; set its mode to 0600"
        )
    try:
        return parse_secrets(text)
    except ValueError as fault:
        raise MisconfiguredError(f"the webhook secret file {path} is wrong: {fault}") from None


def _is_secret(text: str) -> bool:
    if not text.startswith(_PREFIX):
        return False
    try:
        key = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return False
    return _FEWEST <= len(key) <= _MOST


def parse_url(text: str) -> str:
    """The same text, once it is an address that messages may be posted to: https, or http on this machine.

    ValueError for anything else. Name and password in it are refused, as an address is shown and logged by others.
    """
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        # The library's own words quote what is wrong.
        raise ValueError("must be an address that begins with https://") from None
    if not _URL.fullmatch(text) or len(text) > _LONGEST_URL or parts.scheme not in {"https", "http"}:
        raise ValueError("must be an address that begins with https://")
    if "@" in parts.netloc or parts.fragment or not parts.hostname or port == 0:
        raise ValueError("must be an address with a host, without name, password and fragment")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise ValueError("must begin with https://; http:// is for this machine only")
    return text


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
