"""Finds the files that may hold definitions: in folders of any depth, in FHIR packages (`.tgz`), or named one by one.

Nothing here may look at what a definition says, beyond what kind of file it is in.
"""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LARGEST_FILE = 64 * 1024 * 1024
"""Bytes of one file of definitions."""

_READ = (".json", ".xml")
# What a package holds for its own sake: its contents by name, and instances that show how to use it.
_NO_DEFINITIONS = frozenset({"package.json", ".index.json", ".index.db", ".firely.index.json"})
_EXAMPLES = ("package", "example")


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
            # Few have their definitions in a package, and who has none need not wait for its reader.
            from certgateway.engine.definitions.archives import members_of  # noqa: PLC0415

            yield from members_of(path)


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


def is_wanted(name: PurePosixPath) -> bool:
    """Whether a member of a package may hold definitions: JSON or XML that is neither its contents nor an example."""
    is_read = name.name.lower().endswith(_READ) and name.name not in _NO_DEFINITIONS
    return is_read and name.parts[: len(_EXAMPLES)] != _EXAMPLES
