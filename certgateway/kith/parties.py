"""Who sends and receives by KITH's envelopes, and which of their identifiers may stand in an answer.

A personal number never may, whatever type the sender gave it: of persons only HPR numbers and HER-ids are told, and
eleven digits in a row are told of nobody. What an original was is held as it was read, since an answer must name it in
the sender's own words. Nothing here may look a number up or judge it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_BY_PREFERENCE: Final = ("HER", "ENH")
_OF_PROFESSIONALS: Final = frozenset({"HER", "HPR"})
# Code system 8116: numbers that a state gave a person, of Norway (FNR, DNR, HNR, FHN, DUF) and of others.
_OF_PRIVATE_PERSONS: Final = frozenset({"FNR", "DNR", "HNR", "FHN", "DUF", "PNR", "SEF", "DKF", "SSN", "FPN"})

# As people write it, in whatever script and with whatever sign between: day, month, year, and five digits; longer
# numbers are something else.
_GAP: Final = r"[\W_]{0,3}"
_PERSONAL_NUMBER: Final = re.compile(rf"(?<!\d)\d{{2}}{_GAP}\d{{2}}{_GAP}\d{{2}}{_GAP}\d{{3}}{_GAP}\d{{2}}(?!\d)")

_NOT_IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Ident:
    """An identifier as read: `type` and `name` are V and DN of its TypeId ("HER", "HER-id")."""

    id: str
    type: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation, the one inside it, and the professional who acts for it; or one of these by itself."""

    name: str | None = None
    idents: tuple[Ident, ...] = ()
    department: "Party | None" = None
    person: "Party | None" = None

    @property
    def inner(self) -> Iterator["Party"]:
        """The organisations inside it, outermost first."""
        here = self.department
        while here is not None:
            yield here
            here = here.department

    @property
    def people(self) -> Iterator["Party"]:
        """The professionals of the organisation and of those inside it."""
        return (party.person for party in (self, *self.inner) if party.person is not None)


@dataclass(frozen=True, slots=True)
class Original:
    """The message that is answered, from its MsgInfo: Type V and DN, GenDate as sent, MsgId, and both parties."""

    type: str
    type_name: str | None
    issued: str
    id: str
    sender: Party | None = None
    receiver: Party | None = None


def writable(text: str) -> str:
    """What XML 1.0 can hold of a text; the rest is dropped, since no answer may break on it."""
    return _NOT_IN_XML.sub("", text)


def one_line(text: str | None) -> str:
    """What can be written of a text, without line breaks and without white space around it."""
    return " ".join(writable(text or "").split())


def told_name(party: Party) -> str:
    """What a party may be called in an answer: people write numbers where names belong. Empty when nothing is left."""
    return without_personal_numbers(party.name)


def without_personal_numbers(text: str | None) -> str:
    """A text on one line, whatever looks like a personal number taken out."""
    return one_line(_PERSONAL_NUMBER.sub("", one_line(text)))


def told_idents(party: Party, *, person: bool = False) -> list[Ident]:
    """The identifiers that may stand in an answer, each once, cleaned.

    HER-id first, then organisation number, then the others as they were sent.
    """
    read = (Ident(one_line(one.id), one_line(one.type).upper(), one_line(one.name) or None) for one in party.idents)
    told = {(ident.type, ident.id): ident for ident in read if _may_be_told(ident, person=person)}
    return sorted(told.values(), key=_preference)


def _may_be_told(ident: Ident, *, person: bool) -> bool:
    if not ident.id or not ident.type or ident.type in _OF_PRIVATE_PERSONS:
        return False
    if person and ident.type not in _OF_PROFESSIONALS:
        return False
    return not any(_PERSONAL_NUMBER.search(part) for part in (ident.id, ident.type, ident.name or ""))


def _preference(ident: Ident) -> int:
    return _BY_PREFERENCE.index(ident.type) if ident.type in _BY_PREFERENCE else len(_BY_PREFERENCE)
