"""What redaction leaves behind: where things stood before something was taken away.

Everything after redaction counts list items without the removed ones; senders count what they sent. `Received` turns
the one into the other. This module must never hold a removed value, only places.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable

_STEP = re.compile(r"([^.\[]+)(?:\[(\d+)\])?")


class Received:
    """Maps paths of the stripped message back to the message as received.

    `gone` are the paths, in received coordinates, of the list items that were taken out.
    """

    def __init__(self, gone: Iterable[str] = ()) -> None:
        """For each list: how many items were left before each of those that were taken out, in order."""
        indices: dict[str, list[int]] = {}
        for path in gone:
            array, _, index = path[:-1].rpartition("[")
            indices.setdefault(array, []).append(int(index))
        self._left = {array: [index - at for at, index in enumerate(sorted(taken))] for array, taken in indices.items()}

    def path(self, stripped: str) -> str:
        """The received path of a path that counts without the removed items."""
        if not self._left:
            return stripped
        here = ""
        for name, index in _STEP.findall(stripped):
            here = f"{here}.{name}" if here else name
            if index:
                here = f"{here}[{self._index(here, int(index))}]"
        return here

    def _index(self, array: str, index: int) -> int:
        """The index among all items; a search by halves, since a sender decides how many were taken out."""
        return index + bisect_right(self._left.get(array, ()), index)
