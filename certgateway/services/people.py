"""Who a patient is to a counsellor: the port to the registers that know, and one that holds made-up people.

Whoever answers looks up protection, shielding, unit, assignment and family; nothing is decided here. Nothing here may
keep a personal number longer than it is asked about, or put one into an error.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from certgateway.domain.access_rules import NO_UNIT, NOBODY, Protection, Relation

ABSENT: Final = "00000000000"
"""A personal number that nobody can have: what does not exist is asked about by it, at the same cost as what does."""


class People(Protocol):
    """The registers of persons, of who follows them up, and of who is whose family."""

    def find(self, number: str, nav_ident: str) -> Relation:
        """Who the person with this number is to a counsellor; NOBODY where nobody has it.

        PeopleUnavailableError when that cannot be known now.
        """
        ...


@dataclass(frozen=True, slots=True)
class MadeUpPerson:
    """A synthetic patient; `assigned`, `themselves` and `family` are NAV idents of counsellors."""

    unit: str = NO_UNIT
    protection: Protection = "none"
    is_shielded: bool = False
    assigned: frozenset[str] = frozenset()
    themselves: str | None = None
    family: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class MadeUpPeople:
    """A register of synthetic people by personal number, for tests and the sandbox."""

    known: Mapping[str, MadeUpPerson] = field(repr=False)

    def find(self, number: str, nav_ident: str) -> Relation:
        """As `People` has it."""
        person = self.known.get(number)
        if person is None:
            return NOBODY
        return Relation(
            protection=person.protection,
            is_shielded=person.is_shielded,
            is_self=person.themselves == nav_ident,
            is_family=nav_ident in person.family,
            unit=person.unit,
            is_assigned=nav_ident in person.assigned,
        )
