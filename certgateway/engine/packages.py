"""Finds the files that may hold definitions: in folders of any depth, in FHIR packages (`.tgz`), or named one by one.

A package is read as it streams by and never unpacked: no name in it becomes a path, links and devices are refused, and
its sizes are bounded. Nothing here may look at what a definition says, beyond what kind of file it is.
"""

from __future__ import annotations

import gzip
import os
import tarfile
import zlib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LARGEST_FILE = 64 * 1024 * 1024
"""Bytes of one file of definitions."""
LARGEST_PACKAGE = 512 * 1024 * 1024
"""Bytes of a whole package, decompressed."""
MOST_MEMBERS = 50_000

_READ = (".json", ".xml")
_GZIP = b"\x1f\x8b"
# What a package holds for its own sake: its contents by name, and instances that show how to use it.
_NO_DEFINITIONS = frozenset({"package.json", ".index.json", ".index.db", ".firely.index.json"})
_EXAMPLES = ("package", "example")
# Headers that hold names for the next file; tarfile reads each of these whole.
_NAMING = (*tarfile.GNU_TYPES[:2], tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE)
_LONGEST_NAMES = 64 * 1024


class UnusableDefinitionsError(Exception):
    """A place named for definitions, or a file there, can't be used. The text names it and says why."""


def files_of(paths: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every JSON and XML file at these places, in a fixed order; other files are passed over.

    A place is a folder, a package, or one file. Raises UnusableDefinitionsError.
    """
    for path in paths:
        if path.is_dir():
            yield from _folder(path)
        elif not path.is_file():
            raise UnusableDefinitionsError(f"no such folder or package: {path}")
        elif path.name.lower().endswith(_READ):
            yield _file(path)
        else:
            yield from _package(path)


def _folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    for root, folders, names in os.walk(folder):
        folders.sort()
        if Path(root).name == _EXAMPLES[0] and "package.json" in names:
            folders[:] = [name for name in folders if name != _EXAMPLES[1]]
        for name in sorted(names):
            path = Path(root, name)
            if name.lower().endswith(_READ) and name not in _NO_DEFINITIONS and path.is_file():
                yield _file(path)


def _file(path: Path) -> tuple[str, bytes]:
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    except OSError as fault:
        raise UnusableDefinitionsError(f"{path} cannot be read: {fault.strerror}") from fault
    if len(raw) > LARGEST_FILE:
        raise UnusableDefinitionsError(f"{path} is larger than {LARGEST_FILE} bytes")
    return str(path), raw


class _Bounded:
    """A decompressed stream that ends with an error, not with an exhausted machine."""

    def __init__(self, stream: gzip.GzipFile, name: Path) -> None:
        self._stream = stream
        self._name = name
        self._left = LARGEST_PACKAGE

    def read(self, size: int) -> bytes:
        """The next bytes; raises UnusableDefinitionsError where the package is larger than one may be."""
        found = self._stream.read(size)
        self._left -= len(found)
        if self._left < 0:
            raise UnusableDefinitionsError(f"{self._name} is larger than {LARGEST_PACKAGE} bytes when unpacked")
        return found


class _Header(tarfile.TarInfo):
    """One header of an archive; what only names the next file is never larger than a name may be."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        """Read one header; raises tarfile.HeaderError."""
        header = super().frombuf(buf, encoding, errors)
        if header.type in _NAMING and header.size > _LONGEST_NAMES:
            raise tarfile.HeaderError("a header that no package has")
        return header


def _package(path: Path) -> Iterator[tuple[str, bytes]]:
    try:
        with path.open("rb") as file:
            if file.read(len(_GZIP)) != _GZIP:
                raise UnusableDefinitionsError(f"{path} is neither a folder nor a FHIR package (.tgz)")
            file.seek(0)
            with gzip.GzipFile(fileobj=file) as stream:
                bounded: Any = _Bounded(stream, path)
                with tarfile.open(fileobj=bounded, mode="r|", tarinfo=_Header) as archive:
                    yield from _members(path, archive)
    except (tarfile.TarError, EOFError, OSError, zlib.error) as fault:
        raise UnusableDefinitionsError(f"{path} is no FHIR package that can be read") from fault


def _members(path: Path, archive: tarfile.TarFile) -> Iterator[tuple[str, bytes]]:
    for number, member in enumerate(archive):
        name = PurePosixPath(member.name)
        if number >= MOST_MEMBERS:
            raise UnusableDefinitionsError(f"{path} holds more than {MOST_MEMBERS} files")
        if not (member.isreg() or member.isdir()) or ".." in name.parts or name.is_absolute():
            # A package is made of plain files below its own root; whoever makes another means no good.
            raise UnusableDefinitionsError(f"{path} holds links or leads out of itself, so it is not read")
        if member.isdir() or not _is_wanted(name):
            continue
        if member.size > LARGEST_FILE:
            raise UnusableDefinitionsError(f"{path} holds a file larger than {LARGEST_FILE} bytes")
        opened = archive.extractfile(member)
        if opened is not None:
            yield f"{path}!{member.name}", opened.read()


def _is_wanted(name: PurePosixPath) -> bool:
    is_read = name.name.lower().endswith(_READ) and name.name not in _NO_DEFINITIONS
    return is_read and name.parts[: len(_EXAMPLES)] != _EXAMPLES
