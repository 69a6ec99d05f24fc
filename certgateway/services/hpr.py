"""What an HPR number entitles to: the port to the register of health personnel, and one that holds made-up clinicians.

Whoever answers tells authorisations and licences with their days; nothing is decided here. No name of a clinician may
come through.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from certgateway.domain.authorisation import Approval


class Hpr(Protocol):
    """The register of health personnel."""

    def find(self, number: str) -> tuple[Approval, ...] | None:
        """Every authorisation and licence that goes with an HPR number; None where nobody has it.

        HprUnavailableError when that cannot be known now.
        """
        ...


@dataclass(frozen=True, slots=True)
class MadeUpHpr:
    """A register of synthetic clinicians by HPR number, for tests and the sandbox.

    `others` is what all numbers that are not `known` have.
    """

    known: Mapping[str, tuple[Approval, ...] | None] = field(repr=False)
    others: tuple[Approval, ...] | None = None

    def find(self, number: str) -> tuple[Approval, ...] | None:
        """As `Hpr` has it."""
        return self.known.get(number, self.others)
