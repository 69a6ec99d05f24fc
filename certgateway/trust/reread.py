"""What a file says, read again when it has changed. What cannot be used changes nothing: what it said before goes on.

Nothing here may put anything of a file into a line of the log.
"""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final, Generic, TypeVar

from certgateway.domain.errors import MisconfiguredError

T = TypeVar("T")
_LOG: Final = logging.getLogger(__name__)


class Reread(Generic[T]):
    """A file that is looked at whenever somebody asks. The log says once that it cannot be used, `is_faulty` as long.

    `last` is what it said when it could last be used.
    """

    __slots__ = ("_complaint", "_lock", "_path", "_read", "_seen", "is_faulty", "last")

    def __init__(self, path: Path, read: Callable[[], T], what: str) -> None:
        """`read` raises MisconfiguredError for a file that cannot be used, and so does this; `what` names it."""
        self._path = path
        self._read = read
        # Whole, since lines of the log have no arguments: those of libraries may hold values.
        self._complaint = (
            f"the file of {what} has changed and cannot be used: what it said before goes on counting; "
            "certgateway config tells what is wrong with it"
        )
        self._lock = threading.Lock()
        self._seen = _glimpse(path)
        self.last = read()
        self.is_faulty = False

    def current(self) -> T:
        """What it says now, or said when it could last be used. Threads share it, and none waits."""
        if self._lock.acquire(blocking=False):
            try:
                self._renew()
            finally:
                self._lock.release()
        return self.last

    def _renew(self) -> None:
        # Looked at before it is read: what is written meanwhile is seen the next time.
        seen = _glimpse(self._path)
        if seen == self._seen:
            return
        self._seen = seen
        try:
            self.last = self._read()
        except MisconfiguredError:
            self.is_faulty = True
            _LOG.error(self._complaint)
            return
        self.is_faulty = False


def _glimpse(path: Path) -> tuple[int, int, int] | None:
    """What changes when a file is replaced; None when there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
