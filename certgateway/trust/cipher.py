"""One AES-256-GCM key at work: what it seals opens with the same key and context only.

The context says what a value is and whose, so that a sealed value moved to another place cannot be opened there. This
module must never write a key anywhere, and never put a key or a sealed value into an error.
"""

import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from certgateway.domain.errors import GatewayError

KEY_SIZE = 32
_NONCE_SIZE = 12
_TAG_SIZE = 16


class SealBrokenError(GatewayError):
    """A sealed value cannot be opened: other key, other context or changed bytes. Which of them is not told."""

    category = "seal-broken"


class Cipher:
    """A sealed value is a random nonce of 12 bytes, the ciphertext and its tag of 16 bytes."""

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, plain: bytes, context: str) -> bytes:
        """`plain` encrypted; only `open` with the same context gives it back."""
        nonce = secrets.token_bytes(_NONCE_SIZE)
        return nonce + self._cipher.encrypt(nonce, plain, context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        """What was sealed under `context`; SealBrokenError for every reason why it cannot be had."""
        if len(sealed) < _NONCE_SIZE + _TAG_SIZE:
            raise SealBrokenError("a sealed value has a form that this version does not know")
        try:
            return self._cipher.decrypt(sealed[:_NONCE_SIZE], sealed[_NONCE_SIZE:], context.encode())
        except InvalidTag:
            raise SealBrokenError("a sealed value does not open with this key and context") from None


def derive(secret: bytes, label: bytes) -> bytes:
    """HKDF-Expand (RFC 5869, 2.3) for one block: the secret is uniformly random, so that nothing needs extracting."""
    return hmac.digest(secret, label + b"\x01", "sha256")
