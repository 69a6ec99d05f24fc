"""What must be kept from the patient, by the reservations of a doctor in any version of a certificate.

The rule is strict: where it is in doubt whether something is reserved, it is. A reservation holds until its author
takes it back in so many words. Nothing here may pass on a reservation's reason or text, or which items it names.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from certgateway.domain.certificate import ITEMS, WITHDRAWN, Certificate, Reservation

ALSO: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "diagnosis": ("findings", "treatment", "specialist"),
        "treatment": ("specialist",),
        "specialist": ("treatment",),
    }
)
"""What says the same in other words: who is treated for it, and by which specialty, tells what the diagnosis is."""

# Attached documents and the doctor's own words may say anything that is reserved elsewhere.
_MAY_SAY_ANYTHING: Final = frozenset({"history", "assessment", "attachment"})


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept from the patient. Where anything is, nobody's own words are shown: they may repeat it."""

    items: frozenset[str] = frozenset()

    @property
    def anything(self) -> bool:
        """Whether something is kept back beside the reservation itself."""
        return bool(self.items)

    def and_also(self, other: "Kept") -> "Kept":
        """What this or the other keeps back."""
        return Kept(self.items | other.items)

    def hides(self, item: str | None) -> bool:
        """Whether nothing of an item may be told, nor that it was asked about. The reservation itself never is."""
        return item == "reservation" or item in self.items


def kept_back(certificates: Iterable[Certificate]) -> Kept:
    """What the reservations of all versions together keep back, whatever the order in which they came.

    What was reserved once stays so, unless a later version says that there is no reservation.
    """
    versions = tuple(certificates)
    taken_back = [each.stated_by("reservation")[1] for each in versions if _takes_back(each)]
    since = max(taken_back, default=None)
    return Kept(frozenset(item for version in versions for item in _reserved(version, since)))


def _takes_back(certificate: Certificate) -> bool:
    return certificate.reservation.state == "none" and certificate.status != WITHDRAWN


def _reserved(certificate: Certificate, since: datetime | None) -> Iterator[str]:
    """The items that one version reserves, unless it was written before the last word that nothing is."""
    section = certificate.reservation
    if since is not None and certificate.stated_by("reservation")[1] < since:
        return
    if section.state == "not-assessed" and section.reason == "withheld":
        yield from ITEMS
    for entry in section:
        yield from _meant(entry)


def _meant(entry: Reservation) -> Iterable[str]:
    """The items that a reservation means: all of them where it names none, or says more in words than anyone can tell.

    So too where it names what is no item: what it may be is not known.
    """
    if not entry.items or entry.text is not None or not set(entry.items) <= set(ITEMS):
        return ITEMS
    also = (other for item in entry.items for other in ALSO.get(item, ()))
    return {*entry.items, *also, *_MAY_SAY_ANYTHING}
