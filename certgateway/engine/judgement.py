"""The judge: one resource against base R4 and profiles, all faults at once.

This is the only place that orders the steps: structure first, then profiles of each resource and extension. It must
never raise for what a resource holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from certgateway.engine.conformance import Conformance
from certgateway.engine.elements import told
from certgateway.engine.findings import TOO_MANY, Fault, Severity
from certgateway.engine.instance import Place, Trail, root_scope, type_of
from certgateway.engine.questionnaires.answers import check_questioning
from certgateway.engine.resources.implied import entry_profiles, implied_profiles
from certgateway.engine.run import GENERAL, EnoughFaultsError, Options, Run
from certgateway.engine.structure import Walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from certgateway.engine.definitions.definitions import Definitions

_QUESTIONING = frozenset({"Questionnaire", "QuestionnaireResponse"})


def judge(
    resource: dict[str, Any],
    definitions: Definitions,
    *,
    profiles: Sequence[str] = (),
    options: Options = GENERAL,
) -> list[Fault]:
    """Every fault of a resource (a tree in FHIR JSON shape), at most 1000 and then `too-many-faults`.

    `profiles` are canonicals (`url` or `url|version`) that the resource must conform to beside base R4 and the
    profiles it claims in `meta.profile`. An empty list means that nothing wrong was found.
    """
    run = Run(definitions, options, whole=resource, asked=tuple(profiles))
    try:
        _judge(run, resource, profiles)
    except EnoughFaultsError:
        name = run.faults[0].path.partition(".")[0]
        run.faults.append(Fault(TOO_MANY, "error", name, detail={"limit": str(run.limit)}))
    if run.lacking:
        run.say_once()
    return run.faults


def _judge(run: Run, resource: dict[str, Any], profiles: Sequence[str]) -> None:
    if not run.definitions.is_resource(type_of(resource)):
        # What was received as a type may be anything, so it names no path.
        run.add("resource-type-unknown", (None, "Resource", None))
        return
    scope = root_scope(resource)
    conformance = Conformance(run)
    run.conforms = conformance.conforms
    # Profiles come last: one place may lead to another, which base R4 must have judged by then.
    profiled: list[Place] = []
    Walk(run, profiled.append).resource(resource, scope.trail, scope)
    judge_profiles(run, conformance, profiled)
    root = Place(resource, None, scope.trail[1], scope.trail, scope)
    for url in profiles:
        _check(run, conformance, url, root, root.trail, severity="error")


def judge_profiles(run: Run, conformance: Conformance, places: Iterable[Place]) -> None:
    """Judge resources by the profiles they claim, and extensions by their definitions."""
    for place in places:
        if place.type != "Extension":
            _claimed(run, conformance, place)
        elif not conformance.is_sound(place):
            there = told(run, place)
            _check(run, conformance, there.value["url"], there, there.trail, severity=None)


def _claimed(run: Run, conformance: Conformance, place: Place) -> None:
    """Judge the profiles a resource claims and the answers it gives."""
    if place.type in _QUESTIONING:
        check_questioning(run, place)
    meta = place.value.get("meta")
    claimed = meta.get("profile") if isinstance(meta, dict) and run.options.meta_profiles else None
    judged: set[str] = set()
    for index, url in enumerate(claimed if isinstance(claimed, list) else ()):
        if isinstance(url, str) and url not in judged:
            # One that is known is judged once, however often it is claimed.
            judged.update((url,) if run.definitions.profile(url) is not None else ())
            trail: Trail = ((place.trail, "meta", None), "profile", index)
            _check(run, conformance, url, place, trail, severity=run.options.unknown_profile)
    for url in implied_profiles(run, place):
        _check(run, conformance, url, place, place.trail, severity=run.options.missing_profile)
    if run.options.entry_profiles and place.type == "Bundle":
        for entry, url in entry_profiles(run, place):
            _check(run, conformance, url, entry, entry.trail, severity="error")


def _check(
    run: Run, conformance: Conformance, url: str, place: Place, unknown_at: Trail, *, severity: Severity | None
) -> None:
    profile = run.definitions.profile(url)
    if profile is not None:
        conformance.check(profile, place)
        if profile.missing is not None and severity is not None:
            # What its base says was not judged, and must not pass for kept.
            run.add("profile-unknown", unknown_at, profile.missing, severity=severity)
        for imposed in profile.imposed:
            _check(run, conformance, imposed, place, unknown_at, severity=run.options.missing_profile)
    elif severity is not None:
        run.add("profile-unknown", unknown_at, severity=severity)
