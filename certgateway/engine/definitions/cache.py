"""Keeps on disk what costs time to compile and is the same for the same input: bytes, under a digest of that input.

`CERTGATEWAY_CACHE` names the folder, or is `off`; without it the folder is `certgateway` in the user's cache folder.
What is kept may become code, so it is taken only from a folder and a file that belong to this user and that nobody else
can write, and only whole. Nothing here may fail: where nothing can be kept, everything is made anew.
"""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SETTING = "CERTGATEWAY_CACHE"
OFF = "off"
LARGEST = 32 * 1024 * 1024
"""Bytes of one entry; more are not kept."""
MOST = 64
"""Entries of a folder. With one more, the one that was made longest ago makes room."""

_DIGEST = 32
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_ENDING = ".kept"


def key_of(parts: Iterable[bytes]) -> bytes:
    """The digest of everything that an entry depends on, in order; this Python's version always counts too."""
    digest = blake2b(sys.version.encode(), digest_size=_DIGEST)
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.digest()


@cache
def engine_sources() -> bytes:
    """The digest of the engine's own code: what it compiles is good for that code only."""
    return key_of(path.read_bytes() for path in sorted(Path(__file__).parents[1].rglob("*.py")))


def available() -> bool:
    """Whether anything can be kept; where not, whoever makes a thing need not turn it into bytes."""
    return _folder() is not None


def remembered(key: bytes, make: Callable[[], bytes]) -> bytes:
    """What was kept under `key`, else what `make` gives, which is then kept.

    `key` is a digest (see `key_of`) of all that the bytes depend on, the source of the compiler included. Raises only
    what `make` raises.
    """
    folder = _folder()
    if folder is None:
        return make()
    path = folder / (key.hex() + _ENDING)
    found = _read(path, key)
    if found is None:
        found = make()
        _keep(path, key, found)
    return found


def _folder() -> Path | None:
    """The folder, made where it is not there; None where there is none that is safe to use."""
    named = os.environ.get(SETTING, "")
    if named == OFF or not hasattr(os, "geteuid"):
        return None
    try:
        home = os.environ.get("XDG_CACHE_HOME", "")
        root = Path(home) if Path(home).is_absolute() else Path.home() / ".cache"
        folder = Path(named) if named else root / "certgateway"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        told = folder.lstat()
    except (OSError, RuntimeError):  # A user without a home is told by RuntimeError.
        return None
    safe = stat.S_ISDIR(told.st_mode) and told.st_uid == os.geteuid() and not told.st_mode & _OTHERS
    return folder if safe else None


def _read(path: Path, key: bytes) -> bytes | None:
    """The bytes of an entry; None for one that isn't there, isn't ours, or isn't whole."""
    try:
        # A link or a pipe in an entry's place is not followed and not waited for.
        number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with os.fdopen(number, "rb") as file:
        told = os.fstat(number)
        ours = stat.S_ISREG(told.st_mode) and told.st_uid == os.geteuid() and not told.st_mode & _OTHERS_WRITE
        if not ours or told.st_size > LARGEST + _DIGEST:
            return None
        seal, body = file.read(_DIGEST), file.read()
    return body if seal == _seal(key, body) else None


def _seal(key: bytes, body: bytes) -> bytes:
    """What stands before the bytes of an entry, so that a torn or misplaced one is not taken."""
    return blake2b(body, key=key[:64], digest_size=_DIGEST).digest()


def _keep(path: Path, key: bytes, body: bytes) -> None:
    """Write an entry beside its place and move it there: a reader sees all of it or nothing."""
    if len(body) > LARGEST:
        return
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        number = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with os.fdopen(number, "wb") as file:
            file.write(_seal(key, body) + body)
        beside.replace(path)
        _make_room(path.parent)
    except OSError:
        with suppress(OSError):
            beside.unlink()


def _make_room(folder: Path) -> None:
    kept = sorted((path.stat().st_mtime, path) for path in folder.iterdir() if _ENDING in path.name)
    for _, path in kept[:-MOST]:
        path.unlink()
