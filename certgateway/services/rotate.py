"""A new key that wraps, in place of the old ones, while the gateway runs; and the old ones taken out of the file.

The file has the new key, durably, before anything is wrapped by it. Whoever is stopped begins again: no second key is
added while something hangs on older ones. Nothing here may take out a key that something still hangs on.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from certgateway.domain.errors import MisconfiguredError
from certgateway.store.rotation import Left, find_left, reseal, rewrap_some
from certgateway.store.transactions import Store
from certgateway.trust.keyfile import add_key, read_key_file, remove_old_keys

_ROUNDS = 50
_PAUSE = 0.1
"""Seconds; who was in the middle of writing has ended after some of them."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """`newest` is the id of the key that wraps, `added` whether it is new; then what was wrapped and sealed anew."""

    newest: str
    added: bool
    wrapped: int
    sealed: int
    left: Left


def rotate(store: Store, key_file: Path, sleep: Callable[[float], None] = time.sleep) -> Rotated:
    """Everything under the newest key of the file, which is a new one unless an earlier rotation was stopped."""
    stopped = len(read_key_file(key_file).ids) > 1 and find_left(store) != Left(0, 0)
    newest = (read_key_file(key_file) if stopped else add_key(key_file)).newest
    wrapped = sealed = 0
    for _ in range(_ROUNDS):
        sealed += reseal(store)
        while some := rewrap_some(store):
            wrapped += some
        if find_left(store) == Left(0, 0):
            break
        sleep(_PAUSE)
    return Rotated(newest, not stopped, wrapped, sealed, find_left(store))


def retire(store: Store, key_file: Path) -> tuple[str, ...]:
    """The ids of the old keys, which are gone from the file. MisconfiguredError when something hangs on one of them."""
    ids = read_key_file(key_file).ids
    if find_left(store, exactly=True) != Left(0, 0):
        raise MisconfiguredError("the old keys are still in use; run `certgateway keys rotate` first")
    remove_old_keys(key_file)
    return ids[:-1]
