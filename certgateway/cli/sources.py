"""The messages that a command line names: files, folders, globs, archives, standard input.

Folders are walked in byte order over .json, .xml, .ndjson and .zip; what else lies there is counted, not read, but
for signatures (.jws), which belong to the message beside them.
Members are named `a.zip!b.xml` and `a.ndjson:3`. Nothing here looks at what a message says.
"""

import glob
import io
import os
import sys
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_MESSAGES = (".json", ".xml")
_READ = (*_MESSAGES, ".ndjson", ".zip")
LARGEST = 20 * 1024 * 1024
"""Bytes of one message that are read at most; one more is enough to know that it is too large."""
MOST_MEMBERS = 50_000
"""Files in one archive that are read; the list of them alone takes memory."""
RATIO = 20
"""How many times its own size an archive may unpack to. Messages are seldom packed to less than a fourteenth."""
_ALWAYS_UNPACKED = 64 * 1024
"""Bytes that any archive may unpack to: a short message of one word over and over is no bomb."""


_BESIDE = ".jws"
_LONGEST_SIGNATURE = 64 * 1024


NOT_READ = "archive-not-read"
"""What is told of an archive in `Sources.unread`."""


class NoSuchFileError(Exception):
    """A path names nothing that can be read. The text is the path as it was given."""


def signature_beside(name: str) -> tuple[str, ...]:
    """The detached signature in `FILE.jws` beside a message's file, as HTTP would bring it in a header; or none."""
    path = Path(name + _BESIDE)
    if name == "-" or not path.is_file():
        return ()
    with path.open("rb") as file:
        return (file.read(_LONGEST_SIGNATURE).decode("latin-1").strip(),)


def printable(name: str) -> str:
    """A name from a file system or an archive without what a terminal would act on: line breaks, escapes."""
    return "".join(character if character.isprintable() else "?" for character in name)


@dataclass(slots=True)
class Sources:
    """An iterable over `(name, bytes)`. `others` counts the files of folders and archives that were passed over.

    An archive that is not read to its end comes as empty bytes under its own name, which then is in `unread`.
    """

    paths: tuple[str, ...]
    others: int = 0
    unread: set[str] = field(default_factory=set)

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        for path in self.paths:
            for name, raw in self._path(path):
                yield _told(name), raw

    def _path(self, path: str) -> Iterator[tuple[str, bytes]]:
        if path == "-":
            yield "-", sys.stdin.buffer.read(LARGEST + 1)
        elif Path(path).is_dir():
            yield from self._folder(path)
        elif Path(path).is_file():
            yield from self._file(path)
        else:
            yield from self._glob(path)

    def _glob(self, pattern: str) -> Iterator[tuple[str, bytes]]:
        # glob and not Path.glob: a pattern may be absolute, and names shall print as the caller wrote them.
        found = sorted(glob.glob(pattern, recursive=True), key=os.fsencode) if glob.has_magic(pattern) else []  # noqa: PTH207
        if not found:
            raise NoSuchFileError(pattern)
        for path in found:
            yield from self._path(path)

    def _folder(self, folder: str) -> Iterator[tuple[str, bytes]]:
        files = (os.path.join(root, name) for root, _, names in os.walk(folder) for name in names)  # noqa: PTH118
        for path in sorted(files, key=os.fsencode):
            if path.lower().endswith(_READ):
                yield from self._file(path)
            elif not path.lower().endswith(_BESIDE):
                self.others += 1

    def _file(self, path: str) -> Iterator[tuple[str, bytes]]:
        try:
            if path.lower().endswith(".zip"):
                yield from self._archive(path)
            elif path.lower().endswith(".ndjson"):
                with Path(path).open("rb") as lines:
                    yield from _lines(path, lines)
            else:
                with Path(path).open("rb") as file:
                    yield path, file.read(LARGEST + 1)
        except OSError as error:
            raise NoSuchFileError(path) from error

    def _archive(self, path: str) -> Iterator[tuple[str, bytes]]:
        try:
            left = max(_ALWAYS_UNPACKED, RATIO * Path(path).stat().st_size)
            with zipfile.ZipFile(path) as archive:
                members = sorted(archive.infolist(), key=lambda info: info.filename.encode())
                for member in self._messages(members[:MOST_MEMBERS]):
                    with archive.open(member) as file:
                        body = file.read(min(LARGEST, left) + 1)
                    left -= len(body)
                    if left < 0:
                        yield self._stopped_at(path, f"it unpacks to more than {RATIO} times its size")
                        return
                    yield from _messages_of(f"{path}!{member.filename}", body)
            if len(members) > MOST_MEMBERS:
                yield self._stopped_at(path, f"it holds more than {MOST_MEMBERS} files")
        # The last two are what zipfile raises for a compression that it lacks, and for a password that it wants.
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
            yield self._stopped_at(path, "it is damaged or encrypted")

    def _stopped_at(self, path: str, why: str) -> tuple[str, bytes]:
        """An archive that is not read to its end is one unreadable file besides; standard error tells why."""
        sys.stderr.write(f"certgateway: {printable(path)}: {why}; the rest of it was not read\n")
        self.unread.add(_told(path))
        return path, b""

    def _messages(self, members: list[zipfile.ZipInfo]) -> Iterator[zipfile.ZipInfo]:
        """The members that hold messages; other files are counted."""
        for member in members:
            if member.filename.lower().endswith((*_MESSAGES, ".ndjson")):
                yield member
            elif not member.is_dir():
                self.others += 1


def _told(name: str) -> str:
    """A file's name may be no text at all; what stands for its odd bytes must be fit for any report."""
    return os.fsencode(name).decode("utf-8", "replace")


def _messages_of(name: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    if name.lower().endswith(".ndjson"):
        yield from _lines(name, io.BytesIO(body))
    else:
        yield name, body


def _lines(name: str, lines: io.BufferedIOBase) -> Iterator[tuple[str, bytes]]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield f"{name}:{number}", line.strip()
