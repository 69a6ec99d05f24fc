"""What StructureDefinitions must hold beyond their structure: that they constrain what they say they constrain.

R4 profiling: paths and discriminators exist in the base, cardinalities, types and bindings narrow it, slicings are said
once, an extension fixes its own url. Only what R4's own types tell is judged; nothing here may make a snapshot.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from certgateway.engine.definitions.paths import Reach, children_of, reach_of
from certgateway.engine.references import is_absolute
from certgateway.engine.resources.extension_contexts import check_contexts, parses
from certgateway.engine.slice_tests import way_of

if TYPE_CHECKING:
    from certgateway.engine.definitions.facts import ElementFacts
    from certgateway.engine.instance import Trail
    from certgateway.engine.run import Run

Tree = Any
_EXTENSION = "http://hl7.org/fhir/StructureDefinition/Extension"
_MOST_DIGITS = 10
_OF_ONE_TYPE = ("sdf-8", "sdf-8a")
_VALUED = ("fixed", "pattern", "minValue", "maxValue")
_STRENGTHS = ("example", "preferred", "extensible", "required")


def check_structure_definition(run: Run, resource: dict[str, Tree], trail: Trail) -> None:
    """Judge one StructureDefinition."""
    _check_head(run, resource, trail)
    name = resource.get("type")
    if not isinstance(name, str) or is_absolute(name) or run.definitions.type(name) is None:
        return
    constrains = resource.get("derivation") == "constraint"
    for part in ("differential", "snapshot"):
        holder = resource.get(part)
        elements = holder.get("element") if isinstance(holder, dict) else None
        at: Trail = (trail, part, None)
        slicings: dict[str, list[tuple[Tree, Tree]]] = {}
        for index, element in enumerate(elements if isinstance(elements, list) else ()):
            if isinstance(element, dict) and isinstance(element.get("path"), str):
                here: Trail = (at, "element", index)
                reach = _reached(run, element, name, here)
                if reach is not None and constrains:
                    _check_element(run, element, reach, here, whole=part == "snapshot")
                    _check_reslicing(run, element, slicings, here)
    if name == "Extension":
        _check_own_url(run, resource, trail)
        check_contexts(run, resource, trail)


def _check_head(run: Run, resource: dict[str, Tree], trail: Trail) -> None:
    """Judge that the definition is of the type and kind of its base, and has contexts only if it is an extension."""
    url = resource.get("baseDefinition")
    base = run.definitions.structure(url) if isinstance(url, str) else None
    name = resource.get("type")
    if base is not None and isinstance(name, str):
        if "derivation" not in resource:
            run.add("element-missing", trail, "derivation")
        elif (resource["derivation"] == "constraint") != (name == base["type"]) and not run.is_broken(trail, "sdf-11"):
            run.add("derivation-differs", (trail, "type", None), str(base["type"]))
        facts = run.definitions.type(str(base["type"]))
        constrains = resource.get("derivation") == "constraint" and "kind" in resource
        if constrains and facts is not None and resource["kind"] != facts.kind:
            run.add("derivation-differs", (trail, "kind", None), facts.kind)
    if name != "Extension":
        # Its `contextInvariant` is sdf-18.
        for index, _ in enumerate(resource["context"] if isinstance(resource.get("context"), list) else ()):
            run.add("element-not-allowed", (trail, "context", index), "context")


def _reached(run: Run, element: dict[str, Tree], name: str, trail: Trail) -> Reach | None:
    """Judge that the path is one of the type; where it leads if it is."""
    path = element["path"]
    is_own = path.partition(".")[0] == name
    reach = reach_of(run.definitions, path) if is_own else None
    if reach is not None:
        return reach
    # That a path begins with another type is sdf-8 or sdf-8a, stated for all elements together.
    if is_own or not any(run.is_broken(trail[0], key) for key in _OF_ONE_TYPE):
        run.add("path-unknown", (trail, "path", None), name)
    return None


def _check_element(run: Run, element: dict[str, Tree], reach: Reach, trail: Trail, *, whole: bool) -> None:
    """Judge what one element definition narrows; `whole` in a snapshot, which repeats what its base says."""
    # That a differential slices its root is sdf-20.
    if isinstance(element.get("slicing"), dict) and (whole or "." in element["path"]):
        _check_slicing(run, element, reach, (trail, "slicing", None))
    for index, row in enumerate(element["constraint"] if isinstance(element.get("constraint"), list) else ()):
        expression = row.get("expression") if isinstance(row, dict) else None
        if isinstance(expression, str) and not parses(expression):
            run.add("expression-wrong", ((trail, "constraint", index), "expression", None))
    if reach.element is not None and "sliceName" not in element and ":" not in str(element.get("id", "")):
        _check_narrowing(run, element, reach.element, trail)
    if reach.codes:
        _check_types(run, element, reach.codes, trail)


def _check_narrowing(run: Run, element: dict[str, Tree], facts: ElementFacts, trail: Trail) -> None:
    """Judge that cardinality and binding allow no more than the type itself does."""
    least, most = element.get("min"), element.get("max")
    if isinstance(least, int) and least < facts.min:
        run.add("definition-widens", (trail, "min", None), str(facts.min))
    if facts.max is not None and isinstance(most, str) and _exceeds(most, facts.max):
        run.add("definition-widens", (trail, "max", None), str(facts.max))
    binding = element.get("binding")
    strength = binding.get("strength") if isinstance(binding, dict) else None
    if facts.binding is not None and facts.binding.strength == "required" and strength in _STRENGTHS[:3]:
        run.add("definition-widens", ((trail, "binding", None), "strength", None), "required")


def _check_types(run: Run, element: dict[str, Tree], allowed: frozenset[str], trail: Trail) -> None:
    """Judge that the types are among those of the base, and that the values stated are of one of the types."""
    stated = [row.get("code") for row in _objects(element.get("type"))]
    for index, code in enumerate(stated):
        if isinstance(code, str) and run.definitions.type(code) is not None and not _are_kin(run, code, allowed):
            run.add("definition-widens", ((trail, "type", index), "code", None), ", ".join(sorted(allowed)))
    own = frozenset(code for code in stated if isinstance(code, str) and "/" not in code) or allowed
    for key in element:
        start = next((start for start in _VALUED if key.startswith(start) and key[len(start) :][:1].isupper()), None)
        if start is not None:
            name = key[len(start) :]
            code = name if run.definitions.type(name) is not None else name[0].lower() + name[1:]
            if run.definitions.type(code) is not None and not _are_kin(run, code, own):
                run.add("type-not-allowed", (trail, start, None), " | ".join(sorted(own)), detail={"found": code})


def _are_kin(run: Run, code: str, others: frozenset[str]) -> bool:
    """Whether a type is one of the others or descends from one; a part of a type is called by what it descends from."""
    is_a = run.definitions.is_a
    return any(is_a(code, other) or ("." in other and is_a(other, code)) for other in others)


def _exceeds(most: str, limit: int) -> bool:
    """Whether a stated maximum is more than the limit; what is no number is refused elsewhere."""
    return most == "*" or (most.isdecimal() and len(most) < _MOST_DIGITS and int(most) > limit)


def _check_slicing(run: Run, element: dict[str, Tree], reach: Reach, trail: Trail) -> None:
    """Judge that the element can be sliced, by things that it has."""
    facts = reach.element
    # A slice within a slice, or an element that a choice stands for, may be there once and be sliced all the same.
    if facts is not None and not facts.repeats and not facts.choice:
        run.add("slicing-not-possible", trail)
    codes = frozenset(row["code"] for row in _objects(element.get("type")) if isinstance(row.get("code"), str))
    start = codes or reach.codes
    for index, row in enumerate(_objects(element["slicing"].get("discriminator"))):
        path = row.get("path")
        if isinstance(path, str) and not _leads(run, start, path):
            run.add("discriminator-unknown", ((trail, "discriminator", index), "path", None), ", ".join(sorted(start)))


def _leads(run: Run, codes: frozenset[str], path: str) -> bool:
    """Whether a discriminator's path exists on one of the types; what resolves or is abstract may be anything."""
    for kind, name in way_of(path):
        if kind == "resolve":
            return True
        if kind == "extension":
            codes = frozenset({"Extension"})
        elif kind == "type":
            codes = frozenset({name})
        else:
            found = [children_of(run.definitions, code, name) for code in codes]
            if None in found:
                return True
            codes = frozenset(code for each in found for code in each or ())
            if not codes:
                return False
    return True


def _check_reslicing(
    run: Run, element: dict[str, Tree], slicings: dict[str, list[tuple[Tree, Tree]]], trail: Trail
) -> None:
    """Judge that a slice doesn't slice its element again by other things than the slicing it is in."""
    slicing = element.get("slicing")
    if not isinstance(slicing, dict):
        return
    told = [(row.get("type"), row.get("path")) for row in _objects(slicing.get("discriminator"))]
    before = slicings.get(element["path"])
    if before is not None and told and told != before and "sliceName" in element:
        run.add("slicing-differs", (trail, "slicing", None))
    elif "sliceName" not in element:
        slicings[element["path"]] = told


def _check_own_url(run: Run, resource: dict[str, Tree], trail: Trail) -> None:
    """Judge that an extension fixes its url to its own canonical."""
    if resource.get("baseDefinition") != _EXTENSION or not isinstance(resource.get("url"), str):
        return
    elements = [element for part in ("snapshot", "differential") for element in _elements(resource, part)]
    stated = [element.get("fixedUri") for element in elements if element.get("path") == "Extension.url"]
    fixed = [url for url in stated if url is not None]
    if (elements and not fixed) or any(url != resource["url"] for url in fixed):
        run.add("extension-url-differs", (trail, "url", None))


def _elements(resource: dict[str, Tree], part: str) -> list[dict[str, Tree]]:
    """The element definitions of a snapshot or differential."""
    holder = resource.get(part)
    return _objects(holder.get("element")) if isinstance(holder, dict) else []


def _objects(listed: Tree) -> list[dict[str, Tree]]:
    return [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
