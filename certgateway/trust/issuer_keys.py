"""An issuer's public keys: from a file, or by HTTP and remembered for as long as they may be.

A key id that nobody knows is asked for once, and not again for a while, whoever makes them up. While an issuer cannot
be reached its last keys are kept until their end, and then nobody is let in. This module must never take keys from an
address that a token names.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from certgateway import safejson
from certgateway.domain.errors import GatewayError, MisconfiguredError
from certgateway.safejson import JsonLimits, Unreadable
from certgateway.trust.token_keys import Key, read_key
from certgateway.trust.token_refusal import TokenRefused
from certgateway.trust.upstream import NoAnswerError, Upstream

FRESH: Final = 600.0
"""Seconds for which keys are not asked for again."""
KEPT: Final = 24 * 3600.0
"""Seconds for which keys are good while their issuer cannot be reached."""
PAUSE: Final = 30.0
"""Seconds between two attempts to fetch keys, whatever the first came to."""
_SECONDS: Final = 5.0
_WAIT: Final = 1.0
_LARGEST: Final = 256 * 1024
_MOST_KEYS: Final = 100
_LIMITS: Final = JsonLimits(depth=8, containers=1000, values=10_000, digits=32, exponent=32)


class KeysUnavailableError(GatewayError):
    """An issuer's keys cannot be had now: nobody is let in by it, and the caller may try again."""

    category = "unavailable"


class UnusableKeysError(Exception):
    """What should have been a set of keys is none; says nothing of what it was."""


class FileKeys:
    """The keys of a file, read once."""

    __slots__ = ("_keys",)

    def __init__(self, path: Path) -> None:
        """MisconfiguredError for a file that cannot be read or has no key that is taken."""
        try:
            self._keys = read_keys(path.read_bytes())
        except (OSError, UnusableKeysError):
            raise MisconfiguredError(f"issuers: {path} is no set of public keys (JWKS)") from None

    def find(self, kid: str) -> Key | None:
        """The key with this id."""
        return self._keys.get(kid)


class FetchedKeys:
    """The keys at an address, remembered; threads share it. `fetch` raises UnusableKeysError or OSError in vain."""

    __slots__ = ("_clock", "_end", "_failed", "_fetch", "_fresh", "_keys", "_lock", "_next", "_url")

    def __init__(
        self, url: str, fetch: Callable[[str], bytes] | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._url = url
        self._fetch = fetch or fetch_keys
        self._clock = clock
        self._keys: Mapping[str, Key] = {}
        self._fresh = self._end = self._next = -1.0
        self._failed = False
        self._lock = threading.Lock()

    def find(self, kid: str) -> Key | None:
        """The key with this id, None where the issuer has none; KeysUnavailableError when nobody can tell now."""
        # While another thread looks at the issuer nobody waits who has keys, and nobody long: threads are few, and key
        # ids can be made up.
        asked = self._lock.acquire(timeout=0 if self._clock() < self._end else _WAIT)
        if asked:
            try:
                self._renew(kid)
            finally:
                self._lock.release()
        now, found = self._clock(), self._keys.get(kid)
        if now >= self._end or (found is None and (self._failed or not asked)):
            raise KeysUnavailableError("an issuer's keys cannot be fetched")
        return found

    def _renew(self, kid: str) -> None:
        now = self._clock()
        if now < self._next or (now < self._fresh and kid in self._keys):
            return
        self._next = now + PAUSE
        try:
            keys = read_keys(self._fetch(self._url))
        except (OSError, UnusableKeysError):
            self._failed = True
            return
        self._keys, self._failed = keys, False
        self._fresh, self._end = now + FRESH, now + KEPT


def read_keys(raw: bytes) -> dict[str, Key]:
    """The usable keys of a JWKS by id; an id that stands twice names none. UnusableKeysError where there are none."""
    try:
        tree = safejson.parse(raw, _LIMITS)
    except Unreadable:
        raise UnusableKeysError from None
    stated = tree.get("keys") if isinstance(tree, dict) else None
    if not isinstance(stated, list) or len(stated) > _MOST_KEYS:
        raise UnusableKeysError
    named = [each for each in stated if isinstance(each, dict) and isinstance(each.get("kid"), str)]
    counts = Counter(each["kid"] for each in named)
    found = {each["kid"]: key for each in named if counts[each["kid"]] == 1 and (key := _usable(each)) is not None}
    if not found:
        raise UnusableKeysError
    return found


def _usable(jwk: object) -> Key | None:
    """Keys for other purposes stand in such a set too."""
    try:
        return read_key(jwk)
    except TokenRefused:
        return None


def fetch_keys(url: str) -> bytes:
    """What stands at an address, within bounds of time and size: no redirect, no proxy, no compression.

    Raises UnusableKeysError.
    """
    issuer = Upstream(url, seconds=_SECONDS, largest=_LARGEST)
    try:
        return issuer.get()
    except NoAnswerError:
        raise UnusableKeysError from None
    finally:
        issuer.close()
