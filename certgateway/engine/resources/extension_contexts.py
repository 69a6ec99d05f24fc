"""What the definition of an extension must say of the places it may stand in: places that there are.

R4 defining extensions, "context": an element is one of R4, or of a profile that is named before `#`; an extension is
named by its canonical; the rest is FHIRPath. Nothing here may judge an extension that is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from certgateway.engine.definitions.contextnames import ANYWHERE
from certgateway.engine.definitions.paths import reach_of
from certgateway.engine.fhirpath.syntax import NotCompilable, parse
from certgateway.engine.references import is_absolute

if TYPE_CHECKING:
    from certgateway.engine.definitions.definitions import Definitions
    from certgateway.engine.instance import Trail
    from certgateway.engine.run import Run

Tree = Any
# R4 has no such types; definitions that serve R5 as well name them.
_OF_R5 = frozenset({"Base", "CanonicalResource", "MetadataResource", "DataType", "PrimitiveType", "BackboneType"})


def check_contexts(run: Run, resource: dict[str, Tree], trail: Trail) -> None:
    """Judge the contexts and their conditions."""
    listed = resource.get("context")
    for index, row in enumerate(listed if isinstance(listed, list) else ()):
        expression = row.get("expression") if isinstance(row, dict) else None
        if isinstance(expression, str):
            _check_context(run, row.get("type"), expression, ((trail, "context", index), "expression", None))
    conditions = resource.get("contextInvariant")
    for index, expression in enumerate(conditions if isinstance(conditions, list) else ()):
        if isinstance(expression, str) and not parses(expression):
            run.add("expression-wrong", (trail, "contextInvariant", index))


def _check_context(run: Run, kind: Tree, expression: str, trail: Trail) -> None:
    if kind == "fhirpath" and not parses(expression):
        run.add("expression-wrong", trail)
    elif kind == "extension" and not is_absolute(expression):
        run.add("uri-not-absolute", trail)
    elif kind == "element" and not _is_place(run.definitions, expression):
        # No instance of R4 can hold the extension then; what other release it may be made for isn't known here.
        run.add("path-unknown", trail, "FHIR R4", severity="warning")


def _is_place(definitions: Definitions, expression: str) -> bool:
    _, profiled, identity = expression.rpartition("#")
    path = ".".join(step.partition(":")[0] for step in identity.split("."))
    if path in ANYWHERE or path in _OF_R5 or profiled:
        return True
    return definitions.type(path.partition(".")[0]) is not None and reach_of(definitions, path) is not None


def parses(expression: str) -> bool:
    """Whether a text is FHIRPath."""
    try:
        parse(expression)
    except (NotCompilable, RecursionError):
        return False
    return True
