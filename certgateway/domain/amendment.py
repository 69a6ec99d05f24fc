"""An answer joined to the certificate it is an answer to: the items that were asked about, and nothing else.

For each item what was stated last counts, so that answers that overtake each other on their way end in the same
certificate. Every other item keeps its value, its author and its date. Nothing here may read an item that was not asked
about out of an answer.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Final

from certgateway.domain.certificate import ITEMS, Certificate, Diagnosis, Provenance, Section

ANSWERABLE: Final[tuple[str, ...]] = tuple(item for item in ITEMS if item not in {"purpose", "patient", "author"})
"""Items that can be answered by themselves; who is certified by whom is the certificate."""

_LINKED: Final = ("treatment", "function", "health_risk", "prognosis")
"""Sections whose statements point to a diagnosis by its place."""


def stated_items(certificate: Certificate) -> tuple[str, ...]:
    """The items that a certificate, or an answer, says anything about, in the order of the form."""
    return tuple(item for item in ANSWERABLE if value_of(certificate, item).state != "missing")


def value_of(certificate: Certificate, item: str) -> Section[Any]:
    """What a certificate says about an item."""
    section: Section[Any] = getattr(certificate, _name(item))
    return section


def taken_items(current: Certificate, answer: Certificate, items: Iterable[str]) -> tuple[str, ...]:
    """Those of some items about which an answer says something that is not older than what is known of them."""
    return tuple(item for item in items if _counts(current, answer, item))


def amended(current: Certificate, answer: Certificate, items: Iterable[str]) -> Certificate:
    """The certificate with the answer to some items in place of what it said of them; the same one if that is newer.

    Its own date stays that of the certificate as a whole, by which whole versions and withdrawals are told apart. Who
    stated which item, and when, is kept in its provenance.
    """
    taken = taken_items(current, answer, items)
    if not taken:
        return current
    answered: dict[str, Any] = {_name(item): value_of(answer, item) for item in taken}
    joined = replace(current, provenance=tuple(_provenance(current, answer, taken)), **answered)
    return _linked(joined, taken, answer, current)


def with_reservations(joined: Certificate, answer: Certificate) -> Certificate | None:
    """The certificate with what an answer reserves, beside what is reserved already, whichever was written first.

    None where the answer reserves nothing, or something written later says that nothing is reserved.
    """
    section, known = answer.reservation, joined.reservation
    author, stated = joined.stated_by("reservation")
    is_older = stated > answer.authored
    if section.state != "stated" or (known.state == "none" and is_older):
        return None
    if known.state == "missing":
        return amended(joined, answer, ("reservation",))
    # In an order of their own, so that answers that overtake each other end in the same certificate.
    entries = sorted({*known.entries, *section.entries}, key=repr)
    reserving = replace(
        answer,
        author=author if is_older else answer.author,
        authored=max(stated, answer.authored),
        reservation=Section("stated", tuple(entries)),
    )
    return amended(joined, reserving, ("reservation",))


def carried_over(known: Certificate, whole: Certificate) -> Certificate:
    """A whole version with the answers that were written after it or to what it leaves out; else as it is.

    Just as an answer counts when nothing newer is known of its item, whichever of the two comes first.
    """
    later = tuple(entry for entry in known.provenance if entry.item in ANSWERABLE and _outlives(entry, whole))
    if not later:
        return whole
    items = tuple(entry.item for entry in later)
    answered: dict[str, Any] = {_name(item): value_of(known, item) for item in items}
    return _linked(replace(whole, provenance=later, **answered), items, known, whole)


def _outlives(entry: Provenance, whole: Certificate) -> bool:
    return entry.authored > whole.authored or value_of(whole, entry.item).state == "missing"


def _linked(joined: Certificate, taken: tuple[str, ...], answer: Certificate, rest: Certificate) -> Certificate:
    """With links to diagnoses put right; the items taken come from the answer, the others from the rest."""
    linked: dict[str, Any] = {
        name: _relinked(answer if _item(name) in taken else rest, joined, name) for name in _LINKED
    }
    return replace(joined, **linked)


def _name(item: str) -> str:
    return item.replace("-", "_")


def _item(name: str) -> str:
    return name.replace("_", "-")


def _counts(current: Certificate, answer: Certificate, item: str) -> bool:
    """Whether an answer says something about an item, later than what is known of it."""
    if item not in ANSWERABLE or value_of(answer, item).state == "missing":
        return False
    known = value_of(current, item).state != "missing"
    return not known or current.stated_by(item)[1] <= answer.authored


def _provenance(current: Certificate, answer: Certificate, taken: tuple[str, ...]) -> Iterator[Provenance]:
    """Author and date of each item that are not those of the certificate as a whole."""
    for item in ITEMS:
        author, authored = (answer.author, answer.authored) if item in taken else current.stated_by(item)
        if (author, authored) != (current.author, current.authored):
            yield Provenance(item, author, authored)


def _relinked(stated_in: Certificate, joined: Certificate, name: str) -> Section[Any]:
    """A section of the joined certificate: its statements point to the diagnosis that they were stated with or none.

    `stated_in` is the certificate or the answer that the section comes from, whose diagnoses may stand at other places.
    """
    section: Section[Any] = getattr(joined, name)
    if stated_in.diagnosis == joined.diagnosis:
        return section
    places = {index: _place_of(entry, joined) for index, entry in enumerate(stated_in.diagnosis)}
    return replace(section, entries=tuple(replace(entry, diagnosis=places.get(entry.diagnosis)) for entry in section))


def _place_of(diagnosis: Diagnosis, certificate: Certificate) -> int | None:
    """The place of the same diagnosis, else of one with the same code; two without a code are not the same."""
    others = certificate.diagnosis.entries
    if diagnosis in others:
        return others.index(diagnosis)
    code = diagnosis.code
    return next((index for index, entry in enumerate(others) if code is not None and entry.code == code), None)
