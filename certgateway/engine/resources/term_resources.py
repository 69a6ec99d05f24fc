"""What CodeSystems, ValueSets and ConceptMaps must hold beyond their structure, as far as that is known offline.

R4: a supplement says only what it supplements; a count counts; a value set includes code systems, not value sets; codes
that are listed exist where their code system is here in full. Nothing here may expand a value set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from certgateway.engine.elements import rows
from certgateway.engine.references import is_absolute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from certgateway.engine.instance import Trail
    from certgateway.engine.run import Run

Tree = Any
_DEEPEST = 60


def check_code_system(run: Run, resource: dict[str, Tree], trail: Trail) -> None:
    """Judge one CodeSystem."""
    content, supplements = resource.get("content"), resource.get("supplements")
    concepts = [*_concepts(resource, trail, 0)]
    if (content == "supplement") != isinstance(supplements, str):
        run.add("supplement-unclear", (trail, "content", None) if "content" in resource else trail)
    for name in ("caseSensitive", "hierarchyMeaning"):
        if isinstance(supplements, str) and name in resource:
            run.add("element-not-allowed", (trail, name, None), name)
    count = resource.get("count")
    if content == "complete" and isinstance(count, int) and count != len(concepts):
        run.add("count-differs", (trail, "count", None))
    if content == "not-present" and concepts:
        run.add("element-not-allowed", (trail, "concept", 0), "concept")
    known = run.definitions.known_codes(supplements.partition("|")[0]) if isinstance(supplements, str) else None
    for concept, at in concepts if known is not None else ():
        _check_code(run, known, concept.get("code"), str(supplements), (at, "code", None))


def _concepts(holder: dict[str, Tree], trail: Trail, depth: int) -> Iterator[tuple[dict[str, Tree], Trail]]:
    for row, at in rows(holder, "concept", trail) if depth < _DEEPEST else ():
        yield row, at
        yield from _concepts(row, at, depth + 1)


def _check_code(run: Run, known: frozenset[str] | None, code: Tree, system: str, trail: Trail) -> None:
    if known is not None and isinstance(code, str) and code not in known:
        run.add("code-unknown", trail, system)


def check_value_set(run: Run, resource: dict[str, Tree], trail: Trail) -> None:
    """Judge what one ValueSet includes and excludes."""
    compose = resource.get("compose")
    if not isinstance(compose, dict):
        return
    at_compose: Trail = (trail, "compose", None)
    for name in ("include", "exclude"):
        for row, at in rows(compose, name, at_compose):
            system = row.get("system")
            if isinstance(system, str):
                _check_system(run, system, row, at)


def _check_system(run: Run, system: str, include: dict[str, Tree], trail: Trail) -> None:
    at: Trail = (trail, "system", None)
    plain = system.partition("|")[0]
    if not is_absolute(system):
        run.add("uri-not-absolute", at)
    elif "|" in system:
        run.add("system-versioned", at)
    elif run.definitions.known_codes(plain) is None and run.definitions.is_value_set(plain):
        run.add("system-is-value-set", at)
    known = run.definitions.known_codes(plain)
    for concept, at_concept in rows(include, "concept", trail) if known is not None else ():
        _check_code(run, known, concept.get("code"), plain, (at_concept, "code", None))


def check_concept_map(run: Run, resource: dict[str, Tree], trail: Trail) -> None:
    """Judge the codes one ConceptMap maps from and to."""
    for group, at_group in rows(resource, "group", trail):
        source, target = group.get("source"), group.get("target")
        from_codes = run.definitions.known_codes(source) if isinstance(source, str) else None
        to_codes = run.definitions.known_codes(target) if isinstance(target, str) else None
        for element, at in rows(group, "element", at_group):
            _check_code(run, from_codes, element.get("code"), str(source), (at, "code", None))
            for row, at_target in rows(element, "target", at):
                _check_code(run, to_codes, row.get("code"), str(target), (at_target, "code", None))
