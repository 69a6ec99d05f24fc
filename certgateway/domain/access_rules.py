"""Whether a counsellor may see a patient: ordered rules, of which the first that speaks against it decides.

What is not known speaks against it, and nothing can be said against that. Five rules hold for everybody and always; the
last one, unit and assignment, gives way to an override that somebody has given a reason for. Nothing here may look
anything up, or know who the patient is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

Protection = Literal["none", "confidential", "strictly-confidential"]
"""Of a person's address: `confidential` is kode 7, `strictly-confidential` kode 6."""

RuleId = Literal[
    "strictly-confidential-address",
    "confidential-address",
    "shielded",
    "own-case",
    "family",
    "unit-and-assignment",
]
Basis = RuleId | Literal["not-known", "unit", "assignment", "override", "scope"]
"""What decided: a rule that spoke against it, or on what ground it is allowed; a system's scope among them."""

NO_UNIT: Final = ""
"""The unit of a patient whom no unit follows up; None is that nobody can tell."""


@dataclass(frozen=True, slots=True)
class Relation:
    """Who a patient is to one counsellor. None is that it is not known.

    `unit` follows the patient up; `is_shielded` (egen ansatt) is somebody whose case is kept from colleagues;
    `is_assigned` tells whether the counsellor has the patient's case.
    """

    protection: Protection | None
    is_shielded: bool | None
    is_self: bool | None
    is_family: bool | None
    unit: str | None
    is_assigned: bool | None


NOBODY: Final = Relation(None, None, None, None, None, None)
"""Somebody of whom nothing is known, or who does not exist."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a counsellor brings: the units that he or she works in, and whether an override for the patient is in force.

    Nothing of it may come from what a request says of itself.
    """

    units: frozenset[str]
    has_override: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """`basis` is what decided; `is_known` is false where it decided because it could not be known.

    `can_be_overridden` tells of a refusal whether a reason would open it.
    """

    is_allowed: bool
    basis: Basis
    is_known: bool = True
    can_be_overridden: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """`against` tells whether it speaks against it; None where that cannot be known."""

    id: RuleId
    against: Callable[[Standing, Relation], bool | None]
    can_be_overridden: bool = False


def _has_protection(kind: Protection) -> Callable[[Standing, Relation], bool | None]:
    def against(_: Standing, patient: Relation) -> bool | None:
        return None if patient.protection is None else patient.protection == kind

    return against


def _is_shielded(_: Standing, patient: Relation) -> bool | None:
    return patient.is_shielded


def _is_own_case(_: Standing, patient: Relation) -> bool | None:
    return patient.is_self


def _is_family(_: Standing, patient: Relation) -> bool | None:
    return patient.is_family


def _is_another_s(counsellor: Standing, patient: Relation) -> bool | None:
    if patient.unit is None or patient.is_assigned is None:
        return None
    return not (patient.is_assigned or _is_of(counsellor, patient))


def _is_of(counsellor: Standing, patient: Relation) -> bool:
    """Whether a unit of the counsellor's follows the patient up; that none does is nobody's unit."""
    return patient.unit != NO_UNIT and patient.unit in counsellor.units


RULES: Final = (
    Rule("strictly-confidential-address", _has_protection("strictly-confidential")),
    Rule("confidential-address", _has_protection("confidential")),
    Rule("shielded", _is_shielded),
    Rule("own-case", _is_own_case),
    Rule("family", _is_family),
    Rule("unit-and-assignment", _is_another_s, can_be_overridden=True),
)
"""In the order in which they are asked."""


def decide(counsellor: Standing, patient: Relation) -> Decision:
    """Whether the counsellor may see the patient, and what decided it."""
    for rule in RULES:
        against = rule.against(counsellor, patient)
        if against is None:
            return Decision(is_allowed=False, basis=rule.id, is_known=False)
        if against and rule.can_be_overridden and counsellor.has_override:
            return Decision(is_allowed=True, basis="override")
        if against:
            return Decision(is_allowed=False, basis=rule.id, can_be_overridden=rule.can_be_overridden)
    return Decision(is_allowed=True, basis="assignment" if patient.is_assigned else "unit")
