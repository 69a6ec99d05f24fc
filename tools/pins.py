"""What is pinned: the requirement files and npm's lock files, read strictly, and the licence of each pin.

`tools/sbom.py` lists it and `tools/audit.py` holds it to what was declared. Nothing but the standard library is used
here, since the image's own Python runs it too. It must never ask a registry anything, nor pass over a line that it
cannot read: an unhashed requirement looks much like a comment.
"""

from __future__ import annotations

import base64
import binascii
import functools
import importlib.metadata
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
LICENCES: Final = ROOT / "requirements" / "licences.toml"
NODE: Final = ROOT / "tools" / "node"
_LINE: Final = re.compile(r"([a-z0-9][a-z0-9-]*)==([A-Za-z0-9.+!]+)(?: ; ([^\\#]+?))?")
_HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")
# What a wheel may say of its licence in the old field and mean by SPDX.
_SPDX: Final = re.compile(r"[A-Za-z0-9.+-]+(?: (?:AND|OR|WITH) [A-Za-z0-9.+-]+)*")
_UNCLEAR: Final = frozenset({"BSD", "LGPL", "PSFL", "Apache", "GPL", "UNKNOWN"})


class UnpinnedError(ValueError):
    """A line or entry that does not say to the bit what is installed; the text names the file and the place."""


@dataclass(frozen=True)
class Pin:
    """One requirement: name in its normal form, version, marker or empty, SHA-256 of each file that may be taken."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]


@dataclass(frozen=True)
class Package:
    """One entry of npm's lock file: name, version, licence as stated, SHA-512 in hexadecimal.

    A package that travels inside another's archive has no digest of its own, the other's covers it: empty then.
    """

    name: str
    version: str
    licence: str
    sha512: str


def normal(name: str) -> str:
    """A Python package's name as an index compares it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_pins(path: Path) -> list[Pin]:
    """Every requirement of a pinned file, in its order. Raises UnpinnedError for a line of any other form."""
    pins = []
    for number, line in _logical(path.read_text("utf-8")):
        head, *rest = line.split(" --hash=")
        found, hashes = _LINE.fullmatch(head), [_HASH.fullmatch(f"--hash={each}") for each in rest]
        if found is None or not hashes or None in hashes:
            raise UnpinnedError(f"{path.name}:{number}: not a version with SHA-256 hashes")
        pins.append(Pin(found[1], found[2], found[3] or "", tuple(each[1] for each in hashes if each)))
    if not pins or len({pin.name for pin in pins}) != len(pins):
        raise UnpinnedError(f"{path.name}: empty, or a name that stands twice")
    return pins


def _logical(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their continuations and the number of the first; a comment is a line of its own and nothing else."""
    parts: list[str] = []
    start = 0
    for number, line in enumerate(text.splitlines(), 1):
        if not parts and (not line.strip() or line.startswith("#")):
            continue
        start = start if parts else number
        parts.append(line.removesuffix("\\").strip())
        if not line.endswith("\\"):
            yield start, " ".join(parts)
            parts = []
    if parts:
        yield start, " ".join(parts)


def read_packages(path: Path) -> list[Package]:
    """Every package of npm's lock file. Raises UnpinnedError for one without its SHA-512, or that is from elsewhere."""
    lock = json.loads(path.read_text("utf-8"))
    where = f"{path.parent.name}/{path.name}"
    wanted = json.loads(path.with_name("package.json").read_text("utf-8")).get("dependencies", {})
    if lock.get("lockfileVersion") != 3 or lock["packages"][""].get("dependencies", {}) != wanted:  # noqa: PLR2004  npm's.
        raise UnpinnedError(f"{where}: not the lock of the package.json beside it")
    return [_package(where, place, entry, lock["packages"]) for place, entry in lock["packages"].items() if place]


def _package(where: str, place: str, entry: Mapping[str, Any], others: Mapping[str, Any]) -> Package:
    name = entry.get("name", place.rpartition("node_modules/")[2])
    digest = ""
    if entry.get("inBundle"):
        holder = place.rpartition("/node_modules/")[0]
        if "integrity" not in others.get(holder, {}) and not others.get(holder, {}).get("inBundle"):
            raise UnpinnedError(f"{where}: {place} travels in nothing that is pinned")
    else:
        digest = _sha512(entry.get("integrity", ""))
    if (not digest and not entry.get("inBundle")) or entry.get("link") or "resolved" in entry:
        raise UnpinnedError(f"{where}: {place} has no SHA-512, or comes from a place of its own")
    return Package(name, entry["version"], entry.get("license", ""), digest)


def _sha512(integrity: str) -> str:
    """The digest in hexadecimal, empty for anything but one SHA-512."""
    algorithm, _, value = integrity.partition("-")
    try:
        digest = base64.b64decode(value, validate=True)
    except binascii.Error:
        return ""
    return digest.hex() if algorithm == "sha512" and len(digest) == 64 else ""  # noqa: PLR2004  Bytes of SHA-512.


@functools.cache
def stated() -> Mapping[str, str]:
    """Licences that somebody has read up, by name, for packages that do not tell theirs by SPDX."""
    found: dict[str, str] = tomllib.loads(LICENCES.read_text("utf-8"))["stated"]
    return found


def licence_of(name: str) -> str:
    """The SPDX expression of an installed or stated package's licence; empty when nobody has told."""
    if name in stated():
        return stated()[name]
    try:
        facts = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return ""
    said = next((facts[key] for key in ("License-Expression", "License") if key in facts), "")
    return said if _SPDX.fullmatch(said) and said not in _UNCLEAR else ""
