"""Every word of the lists that the engine goes by counts: each is tried by itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from certgateway.engine import judge, load_base
from certgateway.engine.definitions.codefilters import Concepts, filtered, rows_of
from certgateway.engine.definitions.terminology import compose_of
from certgateway.engine.fhirpath.expressions import Environment, compile_expression, root
from certgateway.engine.fhirpath.values import Node
from certgateway.engine.resources.narrative import objection
from tests.engine.case_form import said
from tests.engine.general_bundles import HTTP, bundle, entry
from tests.engine.general_extensions import defined
from tests.engine.general_form import BASE, COLOURS, QUIET, Json, observation, patient, profile
from tests.engine.general_values import coded, narrated

R4 = "http://hl7.org/fhir/StructureDefinition/"


def told(tree: Json, *known: Json) -> list[str]:
    return [said(fault, wanted="x x") for fault in judge(tree, load_base().extended(known), options=QUIET)]


def div(inner: str) -> str:
    return f'<div xmlns="http://www.w3.org/1999/xhtml">{inner}</div>'


def test_an_image_is_content() -> None:
    assert objection(div('<img src="#a" alt=""/>')) is None
    assert objection(div("<br/>")) == "content"


@pytest.mark.parametrize("attribute", ["href", "src", "cite", "longdesc"])
@pytest.mark.parametrize(
    "link,runs",
    [
        ("javascript:x()", True),
        ("VBScript:x", True),
        (" java\tscript:x", True),
        ("data:text/html,x", True),
        ("data:image/png;base64,x", False),
        ("javascript", False),
        ("https://javascript:80/", False),
    ],
)
def test_links_that_run_something(attribute: str, link: str, *, runs: bool) -> None:
    assert (objection(div(f'x<b {attribute}="{link}"/>')) == "links that run nothing") is runs


@pytest.mark.parametrize("name", ["blockquote", "div", "ol", "p", "table", "ul"])
def test_blocks_in_paragraphs(name: str) -> None:
    assert objection(div(f"<p>x<b><{name}/></b></p>")) == "paragraphs without blocks"


@pytest.mark.parametrize("name", ["dl", "span", "pre", "hr"])
def test_other_elements_in_paragraphs(name: str) -> None:
    assert objection(div(f"<p>x<b><{name}/></b></p>")) is None


@pytest.mark.parametrize("scheme", ["urn", "cid", "URN"])
def test_links_that_lead_no_reader_anywhere(scheme: str) -> None:
    assert told(narrated(f'x<a href="{scheme}:x">b</a>')) == ["narrative-link-wrong Patient.text.div"]


@pytest.mark.parametrize("link", ["tel:1", "https://a.example", "a.html", "#"])
def test_links_that_lead_somewhere(link: str) -> None:
    assert told(narrated(f'x<a href="{link}">b</a>')) == []


@pytest.mark.parametrize("release", ["", "tools/", "3.0/", "4.3/", "5.0/"])
def test_extensions_that_hl7_may_have_published(release: str) -> None:
    tree = patient(extension=[{"url": f"http://hl7.org/fhir/{release}StructureDefinition/no-such", "valueCode": "x"}])
    assert told(tree) == ["warning:extension-unknown Patient.extension[0]"]


@pytest.mark.parametrize(
    "url", ["http://hl7.org/fhir/2.0/StructureDefinition/x", "http://hl7.org/StructureDefinition/x"]
)
def test_extensions_that_hl7_has_not_published(url: str) -> None:
    assert told(patient(extension=[{"url": url, "valueCode": "x"}])) == ["extension-unknown Patient.extension[0]"]


@pytest.mark.parametrize("host", ["example.org", "acme.com"])
def test_extensions_of_examples(host: str) -> None:
    tree = patient(extension=[{"url": f"https://{host}/x", "valueCode": "x"}])
    assert told(tree) == []
    strict = replace(QUIET, example_urls=False, unknown_extension=None)
    assert [said(fault, wanted="x x") for fault in judge(tree, load_base(), options=strict)] == [
        "url-of-example Patient.extension[0].url"
    ]


def test_extensions_of_dicom_pass() -> None:
    assert told(patient(extension=[{"url": "http://nema.org/x", "valueCode": "x"}])) == []


@pytest.mark.parametrize("anywhere", ["Element", "*", "Any"])
def test_contexts_that_are_everywhere(anywhere: str) -> None:
    shade = defined(("element", anywhere))
    tree = patient(name=[{"family": "x", "_family": {"extension": [{"url": shade["url"], "valueString": "x"}]}}])
    assert told(tree, shade) == []


@pytest.mark.parametrize(
    "where,name,value",
    [
        ("extension", "structuredefinition-normative-version", {"valueCode": "4.0.0"}),
        ("extension", "capabilitystatement-expectation", {"valueCode": "SHALL"}),
        ("modifierExtension", "capabilitystatement-prohibited", {"valueBoolean": True}),
    ],
)
def test_extensions_that_everybody_uses_elsewhere(where: str, name: str, value: Json) -> None:
    assert told(patient(**{where: [{"url": R4 + name, **value}]})) == []


@pytest.mark.parametrize(
    "name,value", [("regex", {"valueString": "[a-z]"}), ("structuredefinition-fhir-type", {"valueUrl": "string"})]
)
def test_extensions_of_types_of_elements(name: str, value: Json) -> None:
    typed = {"code": "string", "extension": [{"url": R4 + name, **value}]}
    assert told(profile("Patient", {"id": "Patient.name.family", "type": [typed]})) == []


@pytest.mark.parametrize("part", ["fixed", "pattern"])
def test_values_that_are_models_bear_what_those_bear(part: str) -> None:
    url = BASE + "StructureDefinition/on-names"
    on_names = defined(("element", "HumanName"), url=url)
    marked = {"family": "x", "extension": [{"url": url, "valueString": "x"}]}
    of_others = defined(("element", "Observation"), url=url)
    for known in (on_names, of_others):
        assert told(profile("Patient", {"id": "Patient.name", f"{part}HumanName": marked}), known) == []


@pytest.mark.parametrize("kind", ["transaction", "batch", "transaction-response", "batch-response"])
def test_bundles_whose_entries_need_no_address(kind: str) -> None:
    request = {"request": {"method": "POST", "url": "Patient"}} if kind in ("transaction", "batch") else {}
    answer = {"response": {"status": "201"}} if kind.endswith("response") else {}
    assert told(bundle(kind, entry(None, patient(active=True), **request, **answer))) == []


@pytest.mark.parametrize("relation", ["first", "previous", "next", "last"])
def test_links_between_pages(relation: str) -> None:
    def linked(kind: str, *relations: str) -> list[str]:
        links = [{"relation": each, "url": HTTP} for each in relations]
        return told({"resourceType": "Bundle", "type": kind, "link": links})

    assert linked("collection", relation) == ["link-not-allowed Bundle.link[0].relation"]
    for kind in ("searchset", "history"):
        assert linked(kind, relation) == []
        assert linked(kind, relation, relation) == ["link-repeated Bundle.link[1]"]
    assert linked("collection", "self", "self") == ["link-repeated Bundle.link[1]"]
    assert linked("searchset", "other", "other") == []


@pytest.mark.parametrize("name", ["inactive", "notSelectable", "abstract"])
def test_properties_that_are_false_where_unstated(name: str) -> None:
    assert selected(name, "=", "false") == {"b"}
    assert selected(name, "=", "true") == {"a"}


def test_other_properties_are_not() -> None:
    assert selected("legs", "=", "false") == set()


def selected(name: str, operation: str, value: str, **concept: Any) -> set[str] | None:  # noqa: ANN401  JSON.
    stated = [{"code": name, "valueBoolean": True}]
    rows = rows_of({"concept": [{"code": "a", "property": stated, **concept}, {"code": "b"}]})
    found = filtered(Concepts.of(rows), {"property": name, "op": operation, "value": value})
    return None if found is None else set(found)


@pytest.mark.parametrize("name", ["parent", "subsumedBy"])
def test_properties_that_name_a_parent(name: str) -> None:
    rows = rows_of({"concept": [{"code": "a"}, {"code": "b", "property": [{"code": name, "valueCode": "a"}]}]})
    for path in ("concept", "code"):
        row = {"property": path, "op": "descendent-of", "value": "a"}
        assert filtered(Concepts.of(rows), row) == frozenset({"b"})


@pytest.mark.parametrize(
    "expansion",
    [
        {"parameter": [{"name": "limitedExpansion", "valueBoolean": True}]},
        {"parameter": [{"name": "offset", "valueInteger": 0}]},
        {"extension": [{"url": R4 + "valueset-toocostly", "valueBoolean": True}]},
        {"total": 2},
    ],
)
def test_expansions_that_were_cut_short(expansion: Json) -> None:
    contains = [{"system": COLOURS, "code": "red"}]
    assert compose_of({"expansion": {"contains": contains, **expansion}}) is None
    whole = compose_of({"expansion": {"contains": contains, "total": 1, "parameter": [{"name": "count"}]}})
    assert whole == {"listed": {COLOURS: frozenset({"red"})}}


@pytest.mark.parametrize(
    "text", ["true", "t", "yes", "y", "1", "1.0", "TRUE", "false", "f", "no", "n", "0", "0.0", "No"]
)
def test_texts_that_are_booleans(text: str) -> None:
    nowhere = root({"resourceType": "Basic"}, load_base())
    found = compile_expression(f"'{text}'.toBoolean()").evaluate(nowhere, Environment(load_base(), nowhere))
    assert found == [text.lower() in {"true", "t", "yes", "y", "1", "1.0"}]


@pytest.mark.parametrize(
    "code", ["Quantity", "Age", "Count", "Distance", "Duration", "MoneyQuantity", "SimpleQuantity"]
)
def test_types_that_are_quantities(code: str) -> None:
    node = Node({"value": 2, "code": "kg", "system": "http://unitsofmeasure.org"}, code)
    assert compile_expression("$this > 1999 'g'").holds(node, Environment(load_base(), node)) is True


@pytest.mark.parametrize("code", ["date", "dateTime", "instant"])
def test_types_that_are_points_of_time(code: str) -> None:
    node = Node("2020-01-01", code)
    assert compile_expression("$this + 1 day = @2020-01-02").holds(node, Environment(load_base(), node)) is True


def test_a_code_of_fhirs_own_outside_its_system() -> None:
    assert told(coded("http://hl7.org/fhir/observation-status", "done")) != []
    assert told(coded("http://terminology.hl7.org/CodeSystem/observation-category", "done")) == []
    assert told(observation()) == []
