"""Reads a FHIR package (`.tgz`) as it streams by: nothing is unpacked to disk, and no name in it becomes a path.

Links, devices and names that lead out of the package are refused, and sizes and numbers are bounded. Nothing here may
look into a file.
"""

from __future__ import annotations

import gzip
import tarfile
import zlib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Self

from certgateway.engine.definitions.packages import LARGEST_FILE, UnusableDefinitionsError, is_wanted

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST_PACKAGE = 512 * 1024 * 1024
"""Bytes of a whole package, decompressed."""
MOST_MEMBERS = 50_000

_GZIP = b"\x1f\x8b"
# Headers that hold names for the next file; tarfile reads each of these whole.
_NAMING = (*tarfile.GNU_TYPES[:2], tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE)
_LONGEST_NAMES = 64 * 1024


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


def members_of(path: Path) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every JSON and XML file of a package but its examples; raises UnusableDefinitionsError."""
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
        if member.isdir() or not is_wanted(name):
            continue
        if member.size > LARGEST_FILE:
            raise UnusableDefinitionsError(f"{path} holds a file larger than {LARGEST_FILE} bytes")
        opened = archive.extractfile(member)
        if opened is not None:
            yield f"{path}!{member.name}", opened.read()
