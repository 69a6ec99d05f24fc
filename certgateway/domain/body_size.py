"""How large a body may be, and how much of it may be something else than attachments.

An attachment is one long value that costs a reader next to nothing; everything else is structure and text that somebody
has to look at. So the two are counted apart, by bytes and before anything is parsed. Counting may never take part of a
value for an attachment that is not Base64, or keep what it counted.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

# Where Base64 begins: the member `data` of FHIR's JSON, its element in XML, and KITH's container. What stands between
# is bounded, so that no body can make the search look far.
_BEGINS: Final = re.compile(
    rb'"data"\s{0,80}:\s{0,80}"'
    rb"|<(?:[A-Za-z0-9._-]{1,80}:)?data(?=[\s])[^<>]{0,400}?\svalue\s{0,80}=\s{0,80}[\"']"
    rb"|<(?:[A-Za-z0-9._-]{1,80}:)?Base64Container(?:\s[^<>]{0,400})?>(?:\s{0,80}<!\[CDATA\[)?"
)
# Base64 with the line breaks of each format: as they are, escaped in JSON, and as references in attributes of XML.
_GOES_ON: Final = re.compile(rb"(?:[A-Za-z0-9+/=\s]++|\\[/nrt]|&#(?:10|13|9|x[AaDd9]);)*+")
_LONGEST_BEGINNING: Final = 1200
"""More bytes than any beginning has: one that has come in part is seen whole with what comes next."""
_WINDOW: Final = 64 * 1024
"""Bytes that are searched at once; a body with too much outside is not searched to its end."""
_LONGEST_ADDITION: Final = 100
"""More bytes than a beginning may still take to itself, or a line break has."""


@dataclass(frozen=True, slots=True)
class BodySize:
    """Bytes: of a whole body, and of what in it is no attachment's data."""

    whole: int = 20 * 1024 * 1024
    outside: int = 1024 * 1024


DEFAULT_SIZE: Final = BodySize()


@dataclass(frozen=True, slots=True)
class Oversize:
    """Why a body is refused, as a rule's id, and the limit in bytes that it breaks."""

    fault: Literal["body-too-large", "outside-attachments-too-large"]
    limit: int


class OutsideCounter:
    """Counts the bytes outside attachment data in a body that grows; each byte is looked at about once.

    Once there are more of them than `most`, it is known that they are too many, and not how many.
    """

    __slots__ = ("_at", "_inside", "_most", "_outside")

    def __init__(self, most: int) -> None:
        self._most = most
        self._at = 0
        self._inside = False
        self._outside = 0

    def count(self, body: bytes | bytearray, *, whole: bool = False) -> int:
        """How many bytes so far are surely outside. `whole` tells that no more will come: then all are counted.

        `body` is what was given before, with more behind it.
        """
        while self._outside <= self._most:
            if self._inside:
                self._at = _end_of_data(body, self._at)
                if not whole and len(body) - self._at < _LONGEST_ADDITION:
                    break
                self._inside = False
            end = min(self._at + _WINDOW, len(body))
            if end == len(body) and whole:
                self._pass(body, end, end)
            else:
                self._pass(body, end, end - _LONGEST_ADDITION)
            if end == len(body) and not self._inside:
                break
        return self._outside

    def _pass(self, body: bytes | bytearray, end: int, sure: int) -> None:
        """Go on to the next beginning, or as far as there is none; one that ends behind `sure` may be longer yet."""
        found = _BEGINS.search(body, self._at, end)
        if found is None:
            self._reach(end if sure == end else end - _LONGEST_BEGINNING)
        elif found.end() > sure:
            self._reach(found.start())
        else:
            self._reach(found.end())
            self._inside = True

    def _reach(self, place: int) -> None:
        """All up to a place is outside, where that is further on."""
        if place > self._at:
            self._outside += place - self._at
            self._at = place


def oversize(body: bytes, size: BodySize) -> Oversize | None:
    """Which limit a whole body breaks, the larger first; None when it breaks none."""
    if len(body) > size.whole:
        return Oversize("body-too-large", size.whole)
    if len(body) > size.outside and OutsideCounter(size.outside).count(body, whole=True) > size.outside:
        return Oversize("outside-attachments-too-large", size.outside)
    return None


def _end_of_data(body: bytes | bytearray, start: int) -> int:
    found = _GOES_ON.match(body, start)
    return found.end() if found else start
