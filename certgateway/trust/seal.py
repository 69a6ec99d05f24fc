"""The seal: makes and opens the keys that data is sealed under, and turns personal identifiers into keyed digests.

Every certificate, message without one and order has data keys of its own; the keys of a provider only wrap them. This
module must never keep a data key, and never put a key or a sealed value into an error.
"""

import hmac
import secrets
from pathlib import Path

from certgateway.trust.cipher import KEY_SIZE, Cipher, SealBrokenError
from certgateway.trust.keyfile import FileKeys, create_key_file
from certgateway.trust.keyring import KeyProvider, KeyRing

__all__ = ["SealBrokenError", "Sealer", "create_key_file"]


class Sealer:
    """Data keys and digests under the keys of a provider; 32 bytes are a provider of one key."""

    __slots__ = ("_keys",)

    def __init__(self, keys: bytes | KeyProvider) -> None:
        self._keys: KeyProvider = KeyRing.of_secret(keys) if isinstance(keys, bytes) else keys

    @classmethod
    def from_file(cls, path: Path) -> "Sealer":
        """The sealer of the key file at `path`. MisconfiguredError when it is missing, readable by others or no key."""
        return cls(FileKeys(path))

    def new_key(self, context: str) -> tuple[str, bytes, Cipher]:
        """A new data key: the id of the key that wrapped it, what was wrapped for `context`, and the key at work."""
        key = secrets.token_bytes(KEY_SIZE)
        kek, wrapped = self._keys.wrap(key, context)
        return kek, wrapped, Cipher(key)

    def unwrap(self, kek: str, wrapped: bytes, context: str) -> Cipher:
        """A data key at work; SealBrokenError for every reason why it cannot be had."""
        return Cipher(self._keys.unwrap(kek, wrapped, context))

    def rewrap(self, kek: str, wrapped: bytes, context: str) -> tuple[str, bytes]:
        """The same data key, wrapped by the newest key: its id, and what was wrapped."""
        return self._keys.wrap(self._keys.unwrap(kek, wrapped, context), context)

    @property
    def newest(self) -> str:
        """The id of the key that wraps new data keys."""
        return self._keys.newest

    def open(self, sealed: bytes, context: str) -> bytes:
        """What was sealed before there were data keys; SealBrokenError for every reason why it cannot be had."""
        return self._keys.open_old(sealed, context)

    def digest(self, value: str, purpose: str) -> str:
        """A keyed digest (64 hex digits) to look up `value` by; digests for two purposes have nothing in common."""
        key = hmac.digest(self._keys.digest_key, purpose.encode(), "sha256")
        return hmac.digest(key, value.encode(), "sha256").hex()
