"""All tables of cases in one place."""

from __future__ import annotations

from importlib import import_module
from itertools import chain

from tests.engine import general_bundles, general_contexts, general_definitions, general_extensions, general_values
from tests.engine.case_form import Group, group
from tests.engine.general_form import General
from tests.engine.xml_form import XML_CASES
from tests.unit.engine.profile_making import patient

_TABLES = (
    "invariants_types",
    "invariants_resources",
    "invariants_questionnaires",
    "invariants_definitions",
    "invariants_clinical",
    "invariants_structures",
    "structure",
    "primitives",
    "profile_values",
    "profile_structure",
    "profile_places",
    "differentials",
    "profile_bases",
    "slices",
    "slices_nested",
    "slices_resources",
    "extensions",
    "extension_places",
    "extension_contexts",
    "references",
    "told_once",
    "narratives",
)
GROUPS: list[Group] = list(chain.from_iterable(import_module(f"tests.engine.{name}").GROUPS for name in _TABLES))
XML_READER = group("XML by hand", patient(), {})
GENERAL_CASES: dict[str, General] = {
    **general_values.CASES,
    **general_bundles.CASES,
    **general_extensions.CASES,
    **general_definitions.CASES,
    **general_contexts.CASES,
}

__all__ = ["GENERAL_CASES", "GROUPS", "XML_CASES", "XML_READER"]
