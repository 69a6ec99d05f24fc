"""The keys that wrap data keys, newest last, and the key of the digests: as values, and as the file that holds them.

A data key seals; a wrapping key only wraps data keys, so that it can be replaced without sealing anything anew. This
module must never put a key into an error, and never tell which of several keys did not open something.
"""

from dataclasses import dataclass, field, replace
from typing import Protocol, Self

from certgateway.domain.errors import MisconfiguredError
from certgateway.trust.cipher import KEY_SIZE, Cipher, SealBrokenError, derive

_HEAD = "certgateway-keys 1"
_OLD_FORM = b"\x01"


class KeyProvider(Protocol):
    """Who wraps data keys: a file (`FileKeys`), or a key management service that never gives its keys away.

    For a service `wrap` and `unwrap` are its own encrypt and decrypt with the context as additional data; a fault of
    its own is told as an error of category "unavailable". `digest_key` must be with the gateway, 32 bytes.
    """

    @property
    def digest_key(self) -> bytes:
        """What keyed digests are made with. It is none of the wrapping keys and does not change with them."""
        ...

    @property
    def newest(self) -> str:
        """The id of the key that `wrap` uses now."""
        ...

    def wrap(self, key: bytes, context: str) -> tuple[str, bytes]:
        """The id of the newest wrapping key (1 to 64 characters), and `key` wrapped by it for `context`."""
        ...

    def unwrap(self, kek: str, wrapped: bytes, context: str) -> bytes:
        """The key that was wrapped; SealBrokenError for every reason why it cannot be had."""
        ...

    def open_old(self, sealed: bytes, context: str) -> bytes:
        """What was sealed before there were data keys; SealBrokenError where a provider never did that."""
        ...


@dataclass(frozen=True, slots=True)
class _Key:
    """One wrapping key. Its id tells nothing of it; the three uses of one secret have nothing in common."""

    secret: bytes = field(repr=False)
    id: str
    wraps: Cipher = field(repr=False)
    sealed: Cipher = field(repr=False)

    @classmethod
    def of(cls, secret: bytes) -> Self:
        """The key of 32 random bytes."""
        if len(secret) != KEY_SIZE:
            raise MisconfiguredError(f"the sealing key must be exactly {KEY_SIZE} bytes")
        return cls(
            secret,
            derive(secret, b"certgateway key id 1").hex()[:16],
            Cipher(derive(secret, b"certgateway wrap 1")),
            Cipher(derive(secret, b"certgateway seal 1")),
        )


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Wrapping keys in the order in which they were made, and the digest key. A provider that never changes."""

    digest_key: bytes = field(repr=False)
    _keys: tuple[_Key, ...] = field(repr=False)

    @classmethod
    def of_secret(cls, secret: bytes) -> Self:
        """The ring of one secret of 32 bytes, from which the digest key follows."""
        return cls(derive(secret, b"certgateway digest 1"), (_Key.of(secret),))

    @classmethod
    def parse(cls, content: bytes) -> Self:
        """The ring in a key file. MisconfiguredError, without a word of the content, when it is none.

        A file of exactly 32 bytes is one secret. Else it is text: the line `certgateway-keys 1`, one line `digest`
        and at least one line `key`, each with 64 hexadecimal digits, the newest key last.
        """
        if len(content) == KEY_SIZE:
            return cls.of_secret(content)
        try:
            head, *lines = content.decode("ascii").splitlines()
            rows = [(name, bytes.fromhex(digits)) for name, digits in (line.split(" ") for line in lines)]
        except ValueError:
            head, rows = "", []
        names = [name for name, _ in rows]
        if head != _HEAD or names != ["digest", *["key"] * (len(rows) - 1)] or len(rows) < 2:  # noqa: PLR2004  one of each
            raise MisconfiguredError(f"it must hold exactly {KEY_SIZE} bytes, or keys in the form that is documented")
        if any(len(key) != KEY_SIZE for _, key in rows) or len({key for _, key in rows}) < len(rows):
            raise MisconfiguredError(f"its keys must be {KEY_SIZE} bytes each and all different")
        return cls(rows[0][1], tuple(_Key.of(key) for _, key in rows[1:]))

    def text(self) -> bytes:
        """The ring as the content of a key file."""
        rows = [("digest", self.digest_key), *(("key", key.secret) for key in self._keys)]
        return "".join(f"{line}\n" for line in (_HEAD, *(f"{name} {key.hex()}" for name, key in rows))).encode()

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all keys, the newest last."""
        return tuple(key.id for key in self._keys)

    @property
    def newest(self) -> str:
        """The id of the key that wraps."""
        return self._keys[-1].id

    def with_key(self, secret: bytes) -> Self:
        """The ring with one key more, which is the newest."""
        return replace(self, _keys=(*self._keys, _Key.of(secret)))

    def with_newest_alone(self) -> Self:
        """The ring without every key but the newest."""
        return replace(self, _keys=self._keys[-1:])

    def wrap(self, key: bytes, context: str) -> tuple[str, bytes]:
        """As any provider."""
        newest = self._keys[-1]
        return newest.id, newest.wraps.seal(key, context)

    def unwrap(self, kek: str, wrapped: bytes, context: str) -> bytes:
        """As any provider."""
        for key in self._keys:
            if key.id == kek:
                return key.wraps.open(wrapped, context)
        raise SealBrokenError("the key that wrapped a data key is not there")

    def open_old(self, sealed: bytes, context: str) -> bytes:
        """As any provider; which of the keys it was, nothing says, so that each is tried."""
        if sealed[:1] != _OLD_FORM:
            raise SealBrokenError("a sealed value has a form that this version does not know")
        for key in self._keys[:-1]:
            try:
                return key.sealed.open(sealed[1:], context)
            except SealBrokenError:
                continue
        return self._keys[-1].sealed.open(sealed[1:], context)
