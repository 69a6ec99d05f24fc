"""Keeps the patterns made ready between processes: making them takes longer than reading most messages.

What is kept holds our own word lists and no text of anybody's. It is found by a digest of those lists and of the code
that makes them ready, and read back by name of class: nothing but the classes of this package is ever made of it.
"""

import io
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from certgateway.domain.vocabulary import benefit_names
from certgateway.engine.definitions.cache import available, key_of, remembered

_FOLDER: Final = Path(__file__).parent
_OWN: Final = "certgateway.prose."
_PLAIN: Final = frozenset({frozenset, set})
Made = TypeVar("Made")


class _Reader(pickle.Unpickler):
    """Reads what was kept, with no other classes than those it can be made of."""

    def find_class(self, module: str, name: str) -> object:
        """A class of this package or a plain collection; raises pickle.UnpicklingError for anything else."""
        found = super().find_class(module, name) if module == "builtins" or module.startswith(_OWN) else None
        if not isinstance(found, type) or not (found in _PLAIN or found.__module__.startswith(_OWN)):
            raise pickle.UnpicklingError
        return found


def recalled(make: Callable[[], Made]) -> Made:
    """What `make` gives, made by this process or by an earlier one."""
    if not available():
        return make()
    fresh: list[Made] = []

    def kept() -> bytes:
        fresh.append(make())
        return pickle.dumps(fresh[0], protocol=pickle.HIGHEST_PROTOCOL)

    raw = remembered(_key(), kept)
    if not fresh:
        # Read back what this user alone could have kept, with the classes above and no others.
        fresh.append(_Reader(io.BytesIO(raw)).load())
    return fresh[0]


def _key() -> bytes:
    """The digest of every file that what is kept depends on."""
    files = sorted([*_FOLDER.rglob("*.py"), *_FOLDER.rglob("*.txt"), Path(str(benefit_names.__file__))])
    return key_of([b"prose", *(part for file in files for part in (file.name.encode(), file.read_bytes()))])
