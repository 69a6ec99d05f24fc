"""What the engine was given and can't judge: declared, so that nothing passes in silence.

Nothing here may look at an instance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from certgateway.engine.invariants import compiled
from certgateway.engine.profiles.trees import bound_value_sets, referred_profiles, rule_invariants, rules_of
from certgateway.engine.questionnaires.sources import loaded_form
from certgateway.engine.refinements import has_usable_form
from certgateway.engine.slice_tests import is_followed, slicing_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from certgateway.engine.definitions.definitions import Definitions
    from certgateway.engine.profiles.profiles import Profile, Rule

GapKind = Literal["problem", "invariant", "value-set", "profile", "slicing"]


@dataclass(frozen=True, slots=True, order=True)
class Gap:
    """One thing that isn't judged: what kind of thing, the profile that says it, and what it is.

    `problem`: an element or a definition that couldn't be compiled; `invariant`: a key whose expression doesn't
    compile, or an expression of where an extension may stand; `value-set`: a required value set that can't be listed
    offline; `profile`: a canonical that isn't here; `slicing`: slices told apart by what can't be followed. `subject`
    is empty for a definition without canonical.
    """

    kind: GapKind
    subject: str
    what: str


def gaps(definitions: Definitions, profiles: Iterable[str] | None = None) -> list[Gap]:
    """Every gap of these profiles, by default of all that were loaded beside base R4."""
    urls = definitions.profile_urls() if profiles is None else profiles
    known = [profile for profile in map(definitions.profile, urls) if profile is not None]
    found = [gap for profile in known for gap in _gaps_of(definitions, profile)]
    if profiles is None:
        found += [Gap("problem", "", f"a {kind} has no canonical") for kind in definitions.nameless()]
    return sorted(set(found))


def _gaps_of(definitions: Definitions, profile: Profile) -> Iterator[Gap]:
    for problem in profile.problems:
        yield Gap("problem", profile.url, problem)
    for row in rule_invariants(profile.root):
        if compiled(row.expression) is None:
            yield Gap("invariant", profile.url, row.key)
    for value_set in bound_value_sets(profile.root):
        if definitions.value_set(value_set) is None:
            yield Gap("value-set", profile.url, value_set)
    for url in (*referred_profiles(profile.root), *_contexts(definitions, profile.url)):
        if definitions.structure(url.partition("#")[0]) is None:
            yield Gap("profile", profile.url, url)
    yield from _untried(definitions, profile)
    for rule in rules_of(profile.root):
        for path in _unfollowed(rule):
            yield Gap("slicing", profile.url, f"{rule.name}: {path}")


def _untried(definitions: Definitions, profile: Profile) -> Iterator[Gap]:
    for expression in _conditions(definitions, profile.url):
        if compiled(expression) is None:
            yield Gap("invariant", profile.url, expression)
    for rule in rules_of(profile.root):
        if rule.refined is not None and not has_usable_form(rule.refined):
            yield Gap("problem", profile.url, f"{rule.name}: its regular expression can't be tried")
        for value_set in rule.refined.sometimes if rule.refined is not None else ():
            yield Gap("value-set", profile.url, f"{value_set} ({rule.name}: in some use, or for one of several)")


def _unfollowed(rule: Rule) -> list[str]:
    """The discriminators of a rule's slices that lead nowhere we can follow."""
    slicing = slicing_of(rule) if rule.slices else None
    if slicing is None:
        return ["no slicing says how"] if rule.slices else []
    rows = slicing.discriminators
    return [f"{row.kind} {row.path}" for row in rows if not is_followed(row)]


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
    rows = [row.get("expression", "") for row in structure.get("context", ()) if row.get("type") == "fhirpath"]
    return [*rows, *structure.get("contextInvariant", ())]


def _contexts(definitions: Definitions, url: str) -> list[str]:
    """The profiles whose elements an extension may stand on."""
    structure = definitions.structure(url) or {}
    rows = [row.get("expression", "") for row in structure.get("context", ()) if row.get("type") == "element"]
    return [row for row in rows if "#" in row]


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
    """Everything in the loaded profiles that couldn't be compiled or placed in base R4: (profile, what is wrong)."""
    profiles = [profile for profile in map(definitions.profile, definitions.profile_urls()) if profile is not None]
    return [(profile.url, problem) for profile in profiles for problem in profile.problems]
