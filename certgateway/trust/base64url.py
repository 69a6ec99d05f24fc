"""Base64url without padding (RFC 7515, appendix C), of which each text is the one spelling of its bytes.

This module must never read a text that would be written otherwise: what is signed must not have a second form.
"""

from base64 import b64decode, urlsafe_b64encode


def encode(data: bytes) -> str:
    """The text of some bytes."""
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """The bytes of a text. Raises ValueError for padding, bits left over and letters of another alphabet."""
    data = b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
    if encode(data) != text:
        raise ValueError("not the one spelling of these bytes")
    return data
