"""What the engine was given and can't judge: declared, so that nothing passes in silence.

Nothing here may look at an instance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from certgateway.engine.invariants import compiled
from certgateway.engine.profiles import bound_value_sets

if TYPE_CHECKING:
    from certgateway.engine.definitions import Definitions


def uncompiled(definitions: Definitions) -> list[tuple[str, str]]:
    """Every invariant that is not judged because its expression doesn't compile: (key, expression).

    Covers all types of base R4 and all profiles loaded beside it.
    """
    stated = [(row.key, row.expression) for row in definitions.invariants()]
    stated += [(url, expression) for url in definitions.profile_urls() for expression in _conditions(definitions, url)]
    return sorted({(key, expression) for key, expression in stated if compiled(expression) is None})


def _conditions(definitions: Definitions, url: str) -> list[str]:
    """The expressions that say where an extension may stand."""
    structure = definitions.structure(url) or {}
    rows = [row["expression"] for row in structure.get("context", ()) if row.get("type") == "fhirpath"]
    return [*rows, *structure.get("contextInvariant", ())]


def unlisted(definitions: Definitions) -> list[str]:
    """Every value set of a required binding in the loaded profiles that can't be listed offline, so isn't judged."""
    profiles = [profile for profile in map(definitions.profile, definitions.profile_urls()) if profile is not None]
    bound = {value_set for profile in profiles for value_set in bound_value_sets(profile.root)}
    return sorted(value_set for value_set in bound if definitions.value_set(value_set) is None)


def problems(definitions: Definitions) -> list[tuple[str, str]]:
    """Every element definition of the loaded profiles that has no place in base R4: (profile, what is wrong)."""
    profiles = [profile for profile in map(definitions.profile, definitions.profile_urls()) if profile is not None]
    return [(profile.url, problem) for profile in profiles for problem in profile.problems]
