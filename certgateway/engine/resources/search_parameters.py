"""What SearchParameters must hold beyond their structure, and what capability statements say of them.

R4 SearchParameter: what is derived from another keeps its type and its resources; a composite has components; the
expression is FHIRPath on the resources it is for. Nothing here may evaluate an expression.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from certgateway.engine.elements import rows
from certgateway.engine.fhirpath.syntax import NotCompilable, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from certgateway.engine.instance import Trail
    from certgateway.engine.run import Run

Tree = Any
_FEWEST_COMPONENTS = 2
_ANY = frozenset({"Resource", "DomainResource"})
_FIRST = re.compile(r"[\s(]*([A-Z][A-Za-z]+)\s*\.")


def check_search_parameter(run: Run, resource: dict[str, Tree], trail: Trail) -> None:
    """Judge one SearchParameter."""
    listed = resource.get("base")
    bases = [base for base in listed if isinstance(base, str)] if isinstance(listed, list) else []
    derived = resource.get("derivedFrom")
    origin = run.definitions.search_parameter(derived) if isinstance(derived, str) else None
    if origin is not None:
        kind, allowed = origin
        if "type" in resource and resource["type"] != kind:
            run.add("derivation-differs", (trail, "type", None), kind)
        for index, base in enumerate(bases):
            if base not in allowed and "Resource" not in allowed:
                run.add("derivation-differs", (trail, "base", index), ", ".join(allowed))
    components = resource.get("component")
    if resource.get("type") == "composite" and len(components if isinstance(components, list) else ()) < (
        _FEWEST_COMPONENTS
    ):
        run.add("element-missing", trail, "component", detail={"min": str(_FEWEST_COMPONENTS)})
    expression = resource.get("expression")
    if isinstance(expression, str):
        _check_expression(run, expression, bases, (trail, "expression", None))


def _check_expression(run: Run, expression: str, bases: list[str], trail: Trail) -> None:
    try:
        parse(expression)
    except (NotCompilable, RecursionError):
        run.add("expression-wrong", trail)
        return
    if any(run.definitions.type(base) is None for base in bases):
        return  # That a base is no type has been told.
    known = {*bases, *_ANY}
    for name in _first_names(expression):
        if run.definitions.is_resource(name) and name not in known and "Resource" not in bases:
            run.add("expression-wrong", trail, ", ".join(bases))


def _first_names(expression: str) -> Iterator[str]:
    """The types that the parts of a union begin with."""
    depth, start = 0, 0
    for at, character in enumerate(expression + "|"):
        depth += (character == "(") - (character == ")")
        if character == "|" and depth <= 0:
            first = _FIRST.match(expression, start, at)
            if first is not None:
                yield first[1]
            start = at + 1


def check_capability_statement(run: Run, resource: dict[str, Tree], trail: Trail) -> None:
    """Judge what a capability statement says of the types of search parameters that are known."""
    for rest, at_rest in rows(resource, "rest", trail):
        for part, at_part in rows(rest, "resource", at_rest):
            for row, at in rows(part, "searchParam", at_part):
                definition = row.get("definition")
                known = run.definitions.search_parameter(definition) if isinstance(definition, str) else None
                if known is not None and row.get("type") != known[0]:
                    run.add("derivation-differs", (at, "type", None), known[0])
