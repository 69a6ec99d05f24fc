"""Whose tokens are taken no more though they have not run out: a file of the operator's, one line for each.

A line is a kind, a value and perhaps an instant, with blanks between them; # before a word begins what is for people.
With an instant only tokens that were issued by then are ended, so that who logs in anew comes in. Nothing here may be
told.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile
from math import inf
from pathlib import Path
from typing import Final, Literal, get_args

from certgateway.domain.errors import MisconfiguredError
from certgateway.trust.reread import Reread

Kind = Literal["token", "caller", "client", "organisation", "issuer"]
_KINDS: Final = frozenset(get_args(Kind))
_LARGEST: Final = 16 * 1024 * 1024

Names = Iterable[tuple[Kind, str | None]]


@dataclass(frozen=True, slots=True)
class Ended:
    """By kind and value, until when (seconds since 1970) tokens must have been issued to be ended."""

    until: Mapping[tuple[str, str], float] = field(default_factory=dict, repr=False)

    def has(self, names: Names, issued: float) -> bool:
        """Whether a token that was issued then is ended, by any of the names that go with it."""
        return any(value is not None and self.until.get((kind, value), -inf) >= issued for kind, value in names)


class FileEnded:
    """The ended tokens of a file. It is looked at for every token, and read when it changed."""

    __slots__ = ("_file",)

    def __init__(self, path: Path) -> None:
        """MisconfiguredError for a file that cannot be used."""
        self._file = Reread(path, lambda: read_ended(path), "ended tokens")

    def current(self) -> Ended:
        """Those of the file as it is now, or was when it could last be used."""
        return self._file.current()

    @property
    def is_faulty(self) -> bool:
        """Whether the file has changed and cannot be used."""
        return self._file.is_faulty


def read_ended(path: Path) -> Ended:
    """What a file says. MisconfiguredError for one with a line that is not understood, of which nothing is quoted."""
    try:
        with path.open("rb") as file:
            lines = file.read(_LARGEST).decode().splitlines()
    except (OSError, UnicodeDecodeError):
        raise MisconfiguredError(f"the file of ended tokens {path} cannot be read") from None
    until: dict[tuple[str, str], float] = {}
    for number, line in enumerate(lines, start=1):
        said = list(takewhile(lambda word: not word.startswith("#"), line.split()))
        if not said:
            continue
        try:
            kind, value, instant = _read(*said)
        except (ValueError, TypeError):
            raise MisconfiguredError(f"the file of ended tokens {path}: line {number} is not understood") from None
        until[kind, value] = max(instant, until.get((kind, value), -inf))
    return Ended(until)


def _read(kind: str, value: str, stated: str | None = None) -> tuple[str, str, float]:
    """A line's words. ValueError or TypeError for any others."""
    at = datetime.fromisoformat(stated) if stated is not None else None
    if kind not in _KINDS or (at is not None and at.tzinfo is None):
        raise ValueError("no such kind, or an instant without a zone")
    return kind, value, inf if at is None else at.timestamp()
