"""The seal: encrypts what must not be read in passing, and turns personal identifiers into keyed digests.

One key file for now; a key per certificate comes behind the same three methods. Every sealed value is bound to its
context (what it is, and whose), so that a sealed value moved to another row cannot be opened there. This module must
never write a key anywhere but into the file it was told to create, and never put a key or a sealed value into an error.
"""

import hmac
import os
import secrets
import stat
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from certgateway.domain.errors import GatewayError, MisconfiguredError

KEY_SIZE = 32
_NONCE_SIZE = 12
_TAG_SIZE = 16
_VERSION = b"\x01"
_READABLE_BY_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class SealBrokenError(GatewayError):
    """A sealed value cannot be opened: other key, other context or changed bytes. Which of them is not told."""

    category = "seal-broken"


class Sealer:
    """AES-256-GCM and HMAC-SHA256 under two keys that are derived from one secret of 32 bytes.

    A sealed value is one version byte, a random nonce of 12 bytes, the ciphertext and its tag of 16 bytes.
    """

    __slots__ = ("_cipher", "_digest_key")

    def __init__(self, secret: bytes) -> None:
        if len(secret) != KEY_SIZE:
            raise MisconfiguredError(f"the sealing key must be exactly {KEY_SIZE} bytes")
        self._cipher = AESGCM(_derive(secret, b"certgateway seal 1"))
        self._digest_key = _derive(secret, b"certgateway digest 1")

    @classmethod
    def from_file(cls, path: Path) -> "Sealer":
        """The sealer of the key file at `path`. MisconfiguredError when it is missing, readable by others or no key."""
        try:
            mode = path.stat().st_mode
            secret = path.read_bytes()
        except OSError as error:
            raise MisconfiguredError(f"the key file {path} cannot be read: {error.strerror}") from None
        if mode & _READABLE_BY_OTHERS:
            raise MisconfiguredError(f"the key file {path} is open to others than its owner; set its mode to 0600")
        if len(secret) != KEY_SIZE:
            raise MisconfiguredError(f"the key file {path} must hold exactly {KEY_SIZE} bytes")
        return cls(secret)

    def seal(self, plain: bytes, context: str) -> bytes:
        """`plain` encrypted; only `open` with the same context gives it back."""
        nonce = secrets.token_bytes(_NONCE_SIZE)
        return _VERSION + nonce + self._cipher.encrypt(nonce, plain, context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        """What was sealed under `context`; SealBrokenError for every reason why it cannot be had."""
        if sealed[:1] != _VERSION or len(sealed) < 1 + _NONCE_SIZE + _TAG_SIZE:
            raise SealBrokenError("a sealed value has a form that this version does not know")
        nonce, ciphertext = sealed[1 : 1 + _NONCE_SIZE], sealed[1 + _NONCE_SIZE :]
        try:
            return self._cipher.decrypt(nonce, ciphertext, context.encode())
        except InvalidTag:
            raise SealBrokenError("a sealed value does not open with this key and context") from None

    def digest(self, value: str, purpose: str) -> str:
        """A keyed digest (64 hex digits) to look up `value` by; digests for two purposes have nothing in common."""
        key = hmac.digest(self._digest_key, purpose.encode(), "sha256")
        return hmac.digest(key, value.encode(), "sha256").hex()


def create_key_file(path: Path) -> None:
    """A new random key at `path`, mode 0600, durable. MisconfiguredError when it cannot be or a file is there.

    An existing key is never replaced: whatever it sealed would be lost. The file appears whole or not at all.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        _write_durably(draft, secrets.token_bytes(KEY_SIZE))
        try:
            # A link, unlike a rename, refuses to take the place of a file that is already there.
            os.link(draft, path)
        finally:
            draft.unlink()
        _sync_folder(path.parent)
    except FileExistsError:
        raise MisconfiguredError(f"the key file {path} exists already and is left as it is") from None
    except OSError as error:
        raise MisconfiguredError(f"the key file {path} cannot be created: {error.strerror}") from None


def _derive(secret: bytes, label: bytes) -> bytes:
    """HKDF-Expand (RFC 5869, 2.3) for one block: the secret is uniformly random, so that nothing needs extracting."""
    return hmac.digest(secret, label + b"\x01", "sha256")


def _write_durably(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
