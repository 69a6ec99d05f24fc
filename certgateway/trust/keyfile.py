"""The key file of a gateway: read, watched, made, given a new key, freed of its old ones. Always whole, mode 0600.

This module must never write a key anywhere but into the file it was told of, and never put one into an error.
"""

import fcntl
import os
import secrets
import stat
from collections.abc import Callable
from pathlib import Path

from certgateway.domain.errors import GatewayError, MisconfiguredError
from certgateway.trust.cipher import KEY_SIZE
from certgateway.trust.keyring import KeyRing

_READABLE_BY_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class KeysUnavailableError(GatewayError):
    """The keys cannot be had now: nothing is sealed, nothing is kept, and the sender may try again."""

    category = "unavailable"


class FileKeys:
    """The keys of a file. It is looked at before every wrapping: what others add to it is used from then on."""

    __slots__ = ("_ring", "_seen", "path")

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen = _glimpse(path)
        self._ring = read_key_file(path)

    @property
    def digest_key(self) -> bytes:
        """The key of the digests."""
        return self._ring.digest_key

    @property
    def newest(self) -> str:
        """The id of the newest key in the file."""
        return self._current().newest

    def wrap(self, key: bytes, context: str) -> tuple[str, bytes]:
        """By the newest key in the file. KeysUnavailableError when the file is gone or spoilt.

        A key that stands in no file any more must wrap nothing: what it wraps would be lost at the next start.
        """
        return self._current().wrap(key, context)

    def unwrap(self, kek: str, wrapped: bytes, context: str) -> bytes:
        """By the key that wrapped it, which another process may just have added."""
        ring = self._ring if kek in self._ring.ids else self._current()
        return ring.unwrap(kek, wrapped, context)

    def open_old(self, sealed: bytes, context: str) -> bytes:
        """By any of the keys."""
        return self._ring.open_old(sealed, context)

    def _current(self) -> KeyRing:
        try:
            seen = _glimpse(self.path)
            if seen != self._seen:
                ring = read_key_file(self.path)
                if ring.digest_key != self._ring.digest_key:
                    raise KeysUnavailableError("the key file was replaced by one of another gateway")
                self._ring, self._seen = ring, seen
        except MisconfiguredError:
            raise KeysUnavailableError("the key file cannot be read any more") from None
        return self._ring


def read_key_file(path: Path) -> KeyRing:
    """The keys of the file at `path`. MisconfiguredError when it is missing, readable by others or no key file."""
    try:
        mode = path.stat().st_mode
        content = path.read_bytes()
    except OSError as error:
        raise MisconfiguredError(f"the key file {path} cannot be read: {error.strerror}") from None
    if mode & _READABLE_BY_OTHERS:
        raise MisconfiguredError(f"the key file {path} is open to others than its owner; set its mode to 0600")
    try:
        return KeyRing.parse(content)
    except MisconfiguredError as error:
        raise MisconfiguredError(f"the key file {path} cannot be used: {error}") from None


def create_key_file(path: Path) -> None:
    """A new random key at `path`, mode 0600, durable. MisconfiguredError when it cannot be or a file is there.

    An existing key is never replaced: whatever it sealed would be lost. The file appears whole or not at all.
    """
    draft = _draft(path)
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


def add_key(path: Path) -> KeyRing:
    """The ring of the file with one more key, which is there durably before it wraps anything."""
    return _changed(path, lambda ring: ring.with_key(secrets.token_bytes(KEY_SIZE)))


def remove_old_keys(path: Path) -> KeyRing:
    """The ring of the file with its newest key alone. Whatever the others wrapped is lost: the caller has looked."""
    return _changed(path, KeyRing.with_newest_alone)


def _changed(path: Path, change: Callable[[KeyRing], KeyRing]) -> KeyRing:
    """The file with another content, durably; it is the old one or the new one, whenever the power goes."""
    draft = _draft(path)
    try:
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            # Of two who add a key at once, one would write over the other's: the lock goes with the descriptor.
            fcntl.flock(folder, fcntl.LOCK_EX)
            ring = change(read_key_file(path))
            _write_durably(draft, ring.text())
            draft.replace(path)
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise MisconfiguredError(f"the key file {path} cannot be written: {error.strerror}") from None
    return ring


def _glimpse(path: Path) -> tuple[int, int, int]:
    """What changes when a file is replaced. MisconfiguredError when there is none."""
    try:
        found = path.stat()
    except OSError as error:
        raise MisconfiguredError(f"the key file {path} cannot be read: {error.strerror}") from None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _draft(path: Path) -> Path:
    return path.with_name(f".{path.name}.{secrets.token_hex(8)}")


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
