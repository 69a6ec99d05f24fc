"""Rules of whole resources that no invariant of R4 states: which are tried for which type.

Ids of elements, texts that look like HTML, and what definitions must hold beyond their structure. Nothing here may
judge a single element by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from certgateway.engine.resources.identities import check_identities
from certgateway.engine.resources.markup import check_markup
from certgateway.engine.resources.search_parameters import check_capability_statement, check_search_parameter
from certgateway.engine.resources.structure_definitions import check_structure_definition
from certgateway.engine.resources.term_resources import check_code_system, check_concept_map, check_value_set

if TYPE_CHECKING:
    from collections.abc import Callable

    from certgateway.engine.instance import Trail
    from certgateway.engine.run import Options, Run

Tree = Any
_BY_TYPE: dict[str, Callable[[Run, dict[str, Tree], Trail], None]] = {
    "CapabilityStatement": check_capability_statement,
    "CodeSystem": check_code_system,
    "ConceptMap": check_concept_map,
    "SearchParameter": check_search_parameter,
    "StructureDefinition": check_structure_definition,
    "ValueSet": check_value_set,
}
LOOKED_AT = frozenset(_BY_TYPE)
"""The types that have rules of their own."""


def looks_at_all(options: Options) -> bool:
    """Whether resources of other types are looked at too."""
    asked = (options.html_in_text, options.html_in_markdown, options.experimental)
    return options.unique_ids or any(each is not None for each in asked)


def check_whole(run: Run, resource: dict[str, Tree], trail: Trail, *, has_ids: bool) -> None:
    """Judge one resource, without those in it, whose elements have been judged; `has_ids`: some of these have ids."""
    options = run.options
    if options.unique_ids:
        check_identities(run, resource, trail, has_ids=has_ids)
    if options.html_in_text is not None or options.html_in_markdown is not None:
        check_markup(run, resource, trail)
    if options.experimental is not None and resource.get("experimental") is True:
        run.add("experimental-content", (trail, "experimental", None), severity=options.experimental)
    check = _BY_TYPE.get(resource["resourceType"])
    if check is not None:
        check(run, resource, trail)
