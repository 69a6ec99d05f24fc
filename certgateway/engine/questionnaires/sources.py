"""Where a response's Questionnaire is, and the value sets that it names: loaded, contained, or in the same Bundle.

A Questionnaire of the loaded definitions goes before one that came with the message, so that no sender can replace it;
one that came with the message counts only when base R4 finds no fault with it. Nothing here may judge an answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from certgateway.engine.codes import AllowedCodes, allowed_codes
from certgateway.engine.instance import root_scope, type_of
from certgateway.engine.questionnaires.questionnaires import Codes, Form, compile_form, rows, text_of
from certgateway.engine.run import EnoughFaultsError, Options, Run
from certgateway.engine.structure import Walk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from certgateway.engine.definitions.definitions import Definitions
    from certgateway.engine.instance import Entries, Place

Tree = Any


class ValueSets:
    """The value sets that one Questionnaire names, `#id` among them: its own, or its container's."""

    def __init__(self, definitions: Definitions, holders: Iterable[Tree]) -> None:
        """Take the resources whose contained value sets may be meant, the nearest first."""
        self._definitions = definitions
        self._holders = tuple(holders)
        self._known: dict[str, Codes] = {}
        self._by_id: dict[str, Tree] = {}

    def codes(self, canonical: str) -> Codes:
        """What can be told of the codes of a value set."""
        if canonical not in self._known:
            self._known[canonical] = self._contained(canonical) if canonical.startswith("#") else self._named(canonical)
        return self._known[canonical]

    def types(self, profiles: Iterable[str]) -> list[str]:
        """The types of resources that these profiles are made for; none unless all are known."""
        found = [self._definitions.profile(url) for url in profiles]
        return [] if None in found else [profile.type for profile in found if profile is not None]

    def _named(self, canonical: str) -> Codes:
        listed = allowed_codes(self._definitions, canonical)
        return Codes(canonical.partition("|")[0], listed, self._definitions.value_set_systems(canonical))

    def _contained(self, canonical: str) -> Codes:
        if not self._by_id:
            for holder in reversed(self._holders):
                self._by_id.update((f"#{row.get('id')}", row) for row in rows(holder, "contained"))
        found = self._by_id.get(canonical)
        if found is None or type_of(found) != "ValueSet" or not is_sound(found, self._definitions):
            return Codes(canonical, None, None)
        listed = self._definitions.codes_in(found) if "compose" in found else _expanded(found)
        if listed is None:
            return Codes(canonical, None, None)
        return Codes(canonical, AllowedCodes(canonical, frozenset().union(*listed.values()), listed), None)


def _expanded(value_set: Tree) -> dict[str, frozenset[str]] | None:
    """The codes of an expansion by system; None where there is none."""
    expansion = value_set.get("expansion")
    if not isinstance(expansion, dict):
        return None
    codes: dict[str, set[str]] = {}
    pending = rows(expansion, "contains")
    while pending:
        row = pending.pop()
        pending += rows(row, "contains")
        code, system = text_of(row, "code"), text_of(row, "system")
        if code is not None and system is not None and row.get("abstract") is not True:
            codes.setdefault(system, set()).add(code)
    return {system: frozenset(listed) for system, listed in codes.items()}


def is_sound(resource: Tree, definitions: Definitions) -> bool:
    """Whether base R4 finds no error in a resource that came with the message."""
    trial = Run(definitions, Options(meta_profiles=False), is_trial=True)
    scope = root_scope(resource)
    try:
        Walk(trial, lambda _: None).resource(resource, scope.trail, scope)
    except EnoughFaultsError:
        return False
    return True


def form_of(run: Run, canonical: str, place: Place) -> Form | None:
    """The compiled Questionnaire that a response names; None where it isn't here, or isn't sound."""
    if canonical.startswith("#"):
        own = next((row for row, _ in place.scope.contained(canonical) if type_of(row) == "Questionnaire"), None)
        return None if own is None else _received(run, own, place.scope.container)
    form = loaded_form(run.definitions, canonical)
    if form is None:
        found = _in_bundle(run, canonical, place)
        return None if found is None else _received(run, found, found)
    return form


def loaded_form(definitions: Definitions, canonical: str) -> Form | None:
    """The compiled Questionnaire of the definitions, compiled once; None where they have none of that canonical."""
    loaded: dict[str, Form] = definitions.remembered("forms", lambda _: {})
    if canonical not in loaded:
        questionnaire = definitions.questionnaire(canonical)
        if questionnaire is None:  # What isn't known isn't remembered: messages name whatever they like.
            return None
        loaded[canonical] = compile_form(questionnaire, ValueSets(definitions, [questionnaire]), trusted=True)
    return loaded[canonical]


def _received(run: Run, questionnaire: Tree, container: Tree) -> Form | None:
    """The form of a Questionnaire that came with the message, compiled once a judgement."""
    key = ("form", id(questionnaire))
    if key not in run.remembered:
        form = None
        if is_sound(questionnaire, run.definitions):
            value_sets = ValueSets(run.definitions, [questionnaire, container])
            form = compile_form(questionnaire, value_sets, trusted=False)
        run.remembered[key] = form
    found: Form | None = run.remembered[key]
    return found


def _in_bundle(run: Run, canonical: str, place: Place) -> Tree | None:
    """The Questionnaire of the same Bundle with that fullUrl, or that url (and version)."""
    entries = place.scope.entries
    if entries is None:
        return None
    by_address = [row for row, _ in place.scope.find(canonical) if type_of(row) == "Questionnaire"]
    if len(by_address) == 1:
        return by_address[0]
    key = ("questionnaires", id(entries))
    if key not in run.remembered:
        run.remembered[key] = _by_url(entries)
    return run.remembered[key].get(canonical)


def _by_url(entries: Entries) -> dict[str, Tree]:
    found: dict[str, Tree] = {}
    for resource, _ in (row for listed in entries.by_url.values() for row in listed):
        url, version = text_of(resource, "url"), text_of(resource, "version")
        if type_of(resource) == "Questionnaire" and url is not None:
            found.setdefault(url, resource)
            found.setdefault(f"{url}|{version}", resource)
    return found
