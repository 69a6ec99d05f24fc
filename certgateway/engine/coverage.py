"""What the engine was given and can't judge: declared, so that nothing passes in silence.

Nothing here may look at an instance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from certgateway.engine.formsources import loaded_form
from certgateway.engine.invariants import compiled
from certgateway.engine.profiles import bound_value_sets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from certgateway.engine.definitions import Definitions


def uncompiled(definitions: Definitions) -> list[tuple[str, str]]:
    """Every invariant that is not judged because its expression doesn't compile: (key, expression).

    Covers all types of base R4 and all profiles loaded beside it.
    """
    return sorted({(row.key, row.expression) for row in definitions.invariants() if compiled(row.expression) is None})


def unlisted(definitions: Definitions) -> list[str]:
    """Every value set that can't be listed offline, so isn't judged.

    Covers required bindings in the loaded profiles, and answers to the loaded Questionnaires.
    """
    profiles = [profile for profile in map(definitions.profile, definitions.profile_urls()) if profile is not None]
    bound = {value_set for profile in profiles for value_set in bound_value_sets(profile.root)}
    unlisted_bound = {value_set for value_set in bound if definitions.value_set(value_set) is None}
    return sorted(unlisted_bound | set(_of_answers(definitions)))


def _of_answers(definitions: Definitions) -> Iterator[str]:
    for url in definitions.questionnaire_urls():
        form = loaded_form(definitions, url)
        for question in form.questions.values() if form is not None else ():
            for codes in (question.codes, question.limits.unit_codes):
                if codes is not None and codes.listed is None:
                    yield codes.value_set


def problems(definitions: Definitions) -> list[tuple[str, str]]:
    """Every element definition of the loaded profiles that has no place in base R4: (profile, what is wrong)."""
    profiles = [profile for profile in map(definitions.profile, definitions.profile_urls()) if profile is not None]
    return [(profile.url, problem) for profile in profiles for problem in profile.problems]
