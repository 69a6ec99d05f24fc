"""Whether a code, Coding, CodeableConcept or Quantity is in a required value set.

Only value sets that can be listed come here. Nothing here may judge a display text or name the code it refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from certgateway.engine.definitions.definitions import Definitions
    from certgateway.engine.findings import Fault
    from certgateway.engine.instance import Trail
    from certgateway.engine.run import Run

Tree = Any
CODED = frozenset({"code", "Coding", "CodeableConcept", "Quantity", "string", "uri"})
"""The types of which a binding may speak."""
_SHORT = 20
_OF_A_CODE = frozenset({"code", "system", "coding"})


@dataclass(frozen=True, slots=True)
class AllowedCodes:
    """A required value set that can be listed: all its codes, and its codes by system."""

    value_set: str
    any_system: frozenset[str]
    by_system: Mapping[str, frozenset[str]]


def allowed_codes(definitions: Definitions, value_set: str) -> AllowedCodes | None:
    """The codes of a value set in the form the checks want; None where they can't be listed."""
    listed = definitions.value_set(value_set)
    if listed is None:
        return None
    return AllowedCodes(value_set.partition("|")[0], frozenset().union(*listed.values()), listed)


def listed(definitions: Definitions, value_set: str) -> AllowedCodes | None:
    """The same, worked out once for these definitions."""
    name = f"codes {value_set}"
    found: AllowedCodes | None = definitions.remembered(name, lambda known: allowed_codes(known, value_set))
    return found


def check_codes(run: Run, allowed: AllowedCodes, value: Tree, code: str, trail: Trail) -> None:
    """Record a fault where the value holds no code of the set."""
    if not in_value_set(allowed, value, code):
        refuse_code(run, allowed, trail)


def is_code_blamed(faults: list[Fault]) -> bool:
    """Whether one of these faults is of a code or its system: that the code isn't in the set would say it again."""
    return any(fault.path.rpartition(".")[2].partition("[")[0] in _OF_A_CODE for fault in faults)


def refuse_code(run: Run, allowed: AllowedCodes, trail: Trail) -> None:
    """Record that a code is not in the set; a short set is listed, so that nobody need look it up."""
    listed = f": {', '.join(sorted(allowed.any_system))}" if len(allowed.any_system) <= _SHORT else ""
    run.add("code-not-allowed", trail, allowed.value_set, detail={"codes": listed})


def in_value_set(allowed: AllowedCodes, value: Tree, code: str) -> bool:
    """Whether the value holds a code of the set; of a CodeableConcept's codings one is enough.

    A concept whose only content is an extension (why the code is absent) isn't refused.
    """
    if not isinstance(value, dict):
        return not isinstance(value, str) or value in allowed.any_system
    codings = value.get("coding", []) if code == "CodeableConcept" else [value]
    if not codings and "extension" in value:
        return True
    return isinstance(codings, list) and any(_is_listed(allowed, coding) for coding in codings)


def _is_listed(allowed: AllowedCodes, coding: Tree) -> bool:
    if not isinstance(coding, dict):
        return False
    system, code = coding.get("system"), coding.get("code")
    if not isinstance(system, str):
        return False
    return isinstance(code, str) and code in allowed.by_system.get(system, ())
