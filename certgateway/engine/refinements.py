"""What a profile says of an element by the extensions of its definition, or of the ways a Reference may lead.

Forms and sizes of primitives, that a value must be there, what languages and sources a narrative must name, and whether
a target is contained, in the Bundle or elsewhere (`aggregation`). Nothing here may know where a place stands in a
profile.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from lxml import etree

from certgateway import safexml
from certgateway.engine.codes import CODED, check_codes, listed
from certgateway.engine.fhirpath.syntax import NotCompilable
from certgateway.engine.references import target_place
from certgateway.safejson import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from certgateway.engine.instance import Place
    from certgateway.engine.run import Run

Severity = Literal["error", "warning", "information"]

_STRUCTURE = "http://hl7.org/fhir/StructureDefinition/"
_OF_R5 = "http://hl7.org/fhir/5.0/StructureDefinition/extension-ElementDefinition."
MUST_HAVE_VALUE = _OF_R5 + "mustHaveValue"
ALTERNATIVES = _OF_R5 + "valueAlternatives"
REGEX = _STRUCTURE + "regex"
MAX_SIZE = _STRUCTURE + "maxSize"
MAX_DECIMALS = _STRUCTURE + "maxDecimalPlaces"
LANGUAGES = _STRUCTURE + "narrative-language-control"
SOURCES = _STRUCTURE + "narrative-source-control"
ADDITIONAL = "http://hl7.org/fhir/tools/StructureDefinition/additional-binding"
# What further bindings must be kept; the others (candidate, starter, ui and so on) help whoever fills something in.
_KEPT = frozenset({"required", "maximum"})
MAX_VALUE_SET = _STRUCTURE + "elementdefinition-maxValueSet"
_SOURCES = frozenset({"generated", "boilerplate", "original"})
_XHTML_DIV = "{http://www.w3.org/1999/xhtml}div"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_LONGEST_FORM = 200


@dataclass(frozen=True, slots=True)
class Refinements:
    """Everything set narrows; `size` counts bytes, `decimals` digits after the point.

    `value_sets` must hold the codes beside the binding's own, `sometimes` those that must where something else is so.
    `languages` holds `no`, `yes`, `resource` or codes of languages; `aggregation` holds `contained`, `bundled`,
    `referenced`.
    """

    must_have_value: bool = False
    alternatives: tuple[str, ...] = ()
    form: str | None = None
    size: int | None = None
    decimals: int | None = None
    languages: tuple[str, ...] = ()
    sources: Severity | None = None
    aggregation: frozenset[str] = frozenset()
    value_sets: tuple[str, ...] = ()
    sometimes: tuple[str, ...] = ()


_NONE = Refinements()


def refined_by(definition: Mapping[str, Any], before: Refinements | None) -> Refinements | None:
    """The refinements of an element definition over those it inherits; None where there are none."""
    changes: dict[str, Any] = {}
    for extension in definition.get("extension", ()):
        changes |= _change(extension, definition)
    for row in definition.get("type", ()):
        for extension in row.get("extension", ()):
            if extension.get("url") == REGEX and "form" not in changes:
                changes["form"] = _value(extension)
        if row.get("aggregation"):
            changes["aggregation"] = changes.get("aggregation", frozenset()) | frozenset(row["aggregation"])
    changes |= _bound(definition.get("binding", {}), before or _NONE)
    for name, field in (("mustHaveValue", "must_have_value"), ("valueAlternatives", "alternatives")):
        if name in definition:  # R5 has the elements themselves.
            changes[field] = definition[name] if name == "mustHaveValue" else tuple(definition[name])
    return replace(before or _NONE, **changes) if changes else before


def _change(extension: Mapping[str, Any], definition: Mapping[str, Any]) -> dict[str, Any]:
    url, value = extension.get("url"), _value(extension)
    if url == MUST_HAVE_VALUE:
        return {"must_have_value": value is True}
    if url == REGEX:
        return {"form": str(value)}
    if url in (MAX_SIZE, MAX_DECIMALS) and isinstance(value, (int, Decimal)):
        return {"size" if url == MAX_SIZE else "decimals": int(value)}
    if url == SOURCES:
        return {"sources": value if value in ("error", "warning", "information") else "information"}
    if url in (LANGUAGES, ALTERNATIVES):
        every = tuple(str(_value(row)) for row in definition["extension"] if row.get("url") == url)
        return {"languages": tuple(row.lstrip("#_") for row in every)} if url == LANGUAGES else {"alternatives": every}
    return {}


def _bound(binding: Mapping[str, Any], before: Refinements) -> dict[str, Any]:
    """The further value sets of a binding, in R4's form (an extension) or in R5's."""
    rows = [
        {part.get("url"): _value(part) for part in row.get("extension", ())}
        for row in binding.get("extension", ())
        if row.get("url") == ADDITIONAL
    ]
    always, sometimes = dict.fromkeys(before.value_sets), dict.fromkeys(before.sometimes)
    for row in (*rows, *binding.get("additional", ())):
        if row.get("purpose") in _KEPT and isinstance(row.get("valueSet"), str):
            # One that holds in some use, or for one of several alone, can't be told from here.
            (sometimes if "usage" in row or row.get("any") else always)[row["valueSet"]] = None
    found = {"value_sets": tuple(always), "sometimes": tuple(sometimes)}
    return {name: value for name, value in found.items() if value != getattr(before, name)}


def _value(extension: Mapping[str, Any]) -> Any:  # noqa: ANN401  JSON.
    return next((value for key, value in extension.items() if key.startswith("value")), None)


def max_value_set(binding: Mapping[str, Any]) -> str | None:
    """The value set no code may leave, which a weaker binding may name beside its own."""
    found = (_value(row) for row in binding.get("extension", ()) if row.get("url") == MAX_VALUE_SET)
    return next((str(value) for value in found if value is not None), None)


def check_refinements(run: Run, wanted: Refinements, place: Place) -> None:
    """Judge one place."""
    value = place.value
    if value is None:
        _check_absent(run, wanted, place)
    elif place.type == "Narrative":
        _check_narrative(run, wanted, place)
    elif place.type == "Reference":
        _check_aggregation(run, wanted, place)
    else:
        _check_value(run, wanted, place)


def _check_absent(run: Run, wanted: Refinements, place: Place) -> None:
    """A primitive that has extensions and no value."""
    if wanted.must_have_value:
        run.add("value-missing", place.trail)
    if wanted.alternatives and isinstance(place.extra, dict):
        listed = place.extra.get("extension")
        rows = listed if isinstance(listed, list) else ()
        urls = {str(row.get("url")) for row in rows if isinstance(row, dict)}
        if urls.isdisjoint(wanted.alternatives):
            run.add("value-missing", place.trail, ", ".join(wanted.alternatives))


def _check_value(run: Run, wanted: Refinements, place: Place) -> None:
    value = place.value
    for value_set in wanted.value_sets if place.type in CODED else ():
        allowed = listed(run.definitions, value_set)
        if allowed is not None:
            check_codes(run, allowed, value, place.type, place.trail)
    is_text = isinstance(value, (str, int, Decimal)) and not isinstance(value, bool)
    if wanted.form is not None and is_text and _follows(wanted.form, str(value)) is False:
        run.add("form-differs", place.trail, wanted.form[:_LONGEST_FORM])
    if wanted.size is not None and (found := _size(value)) is not None and found > wanted.size:
        run.add("size-exceeded", place.trail, str(wanted.size))
    if wanted.decimals is not None and _decimals(value) > wanted.decimals:
        run.add("decimals-exceeded", place.trail, str(wanted.decimals))


def has_usable_form(wanted: Refinements) -> bool:
    """Whether the regular expression of an element, where it has one, can be tried in bounded time."""
    return wanted.form is None or _follows(wanted.form, "") is not None


def _follows(form: str, value: str) -> bool | None:
    """Whether a text has the form; None where the expression can't be tried, which `coverage.gaps` tells."""
    # Its machinery serves few profiles, and who loads none of them need not wait for it.
    from certgateway.engine.fhirpath.texts import pattern  # noqa: PLC0415

    try:
        return pattern(form).fullmatch(value.encode("utf-8", "replace")) is not None
    except NotCompilable:
        return None


def _size(value: object) -> int | None:
    """Bytes of base64 or of an attachment, which may state its size alone."""
    if isinstance(value, dict):
        stated = value.get("size")
        return decoded_size(value["data"]) if isinstance(value.get("data"), str) else _whole(stated)
    return decoded_size(value) if isinstance(value, str) else None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def decoded_size(base64: str) -> int:
    """How many bytes a base64 text stands for."""
    length = len(base64) - sum(map(base64.count, " \t\r\n"))
    return length * 3 // 4 - base64[-4:].count("=")


def _decimals(value: object) -> int:
    number = value.get("value") if isinstance(value, dict) else value
    exponent = number.as_tuple().exponent if isinstance(number, Decimal) else 0
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def _check_aggregation(run: Run, wanted: Refinements, place: Place) -> None:
    """Judge by which way a Reference leads to its target, as far as R4's `aggregation` narrows it."""
    reference = place.value.get("reference") if isinstance(place.value, dict) else None
    if not wanted.aggregation or not isinstance(reference, str) or not reference:
        return
    if place.scope.entries is None and not run.options.aggregation_outside_bundles:
        return
    if reference.startswith("#"):
        ways = {"contained"}
    else:
        ways = {"bundled", "referenced"} if target_place(place) is not None else {"referenced"}
    if ways.isdisjoint(wanted.aggregation):
        run.add("reference-way-wrong", place.trail, " | ".join(sorted(wanted.aggregation)))


def _check_narrative(run: Run, wanted: Refinements, place: Place) -> None:
    div = place.value.get("div") if isinstance(place.value, dict) else None
    try:
        root = safexml.parse(div.encode("utf-8", "surrogatepass")) if isinstance(div, str) else None
    except Unreadable:
        return  # Base R4 has refused it.
    if root is None:
        return
    if wanted.sources is not None and any(_is_sourceless(part) for part in _parts(root)):
        run.add("narrative-source-missing", place.trail, ", ".join(sorted(_SOURCES)), severity=wanted.sources)
    spoken = {str(part.get(_XML_LANG)) for part in root.iterchildren(_XHTML_DIV) if part.get(_XML_LANG)}
    for language in wanted.languages:
        _check_language(run, language, spoken, place)


def _parts(root: etree._Element) -> Iterator[etree._Element | str]:
    """Everything right below the div that shows: texts and elements."""
    yield root.text or ""
    for child in root.iterchildren(etree.Element):
        yield child
        yield child.tail or ""


def _is_sourceless(part: etree._Element | str) -> bool:
    """Whether a part shows something and doesn't say in its class where that is from."""
    if isinstance(part, str):
        return bool(part.strip())
    shows = "".join(map(str, part.itertext())).strip() or part.find(".//{*}img") is not None
    return bool(shows) and _SOURCES.isdisjoint(str(part.get("class", "")).split())


def _check_language(run: Run, language: str, spoken: set[str], place: Place) -> None:
    if language == "no":
        wrong = bool(spoken)
    elif language == "yes":
        wrong = not spoken
    else:
        own = place.scope.resource.get("language") if language == "resource" else language
        # Without sections of language, or a language of the resource, there is nothing that differs.
        wrong = bool(spoken) and isinstance(own, str) and own not in spoken
    if wrong:
        run.add("narrative-language-wrong", place.trail, language)
