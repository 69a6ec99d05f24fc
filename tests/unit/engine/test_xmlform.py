"""FHIR XML and the tree: the faults only XML can have, and round trips both ways, held against the official schema."""

from __future__ import annotations

import string
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from certgateway import safejson, safexml
from certgateway.engine.definitions.definitions import load_base
from certgateway.engine.definitions.facts import ElementFacts
from certgateway.engine.xml import form as xmlform
from certgateway.engine.xml import write as xmlwrite
from certgateway.engine.xml.xhtml import xhtml_text

BASE = load_base()
SCHEMA = Path(__file__).parents[4] / "shared" / "fhir-r4-xsd" / "fhir-single.xsd"
FHIR = 'xmlns="http://hl7.org/fhir"'
XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'
BASIC = '<Basic><code><text value="t"/></code></Basic>'
CODE_EXTENSION = '<extension url="u"><valueCode value="c"/></extension>'


def read(document: str) -> tuple[dict[str, Any], list[tuple[str, str, str | None]]]:
    tree, faults = xmlform.read(safexml.parse(document.encode()), BASE)
    return tree, [(fault.kind, fault.path, fault.culprit) for fault in faults]


@cache
def official_schema() -> etree.XMLSchema:
    if not SCHEMA.exists():
        pytest.skip(f"NOT CHECKED against the official schema: {SCHEMA} is absent")
    return etree.XMLSchema(etree.parse(SCHEMA))


def patient(inner: str) -> str:
    return f"<Patient {FHIR}>{inner}</Patient>"


SOUND: list[tuple[str, dict[str, Any]]] = [
    ("", {}),
    ('<id value="a"/><active value="true"/>', {"id": "a", "active": True}),
    (
        '<name id="n"><given value="A"/><given value="B"/></name><name><family value="C"/></name>',
        {"name": [{"id": "n", "given": ["A", "B"]}, {"family": "C"}]},
    ),
    (
        f'<name><given id="x"/><given value="B"/><given value="C">{CODE_EXTENSION}</given></name>',
        {
            "name": [
                {
                    "given": [None, "B", "C"],
                    "_given": [{"id": "x"}, None, {"extension": [{"url": "u", "valueCode": "c"}]}],
                }
            ]
        },
    ),
    (
        '<birthDate value="1980"><extension url="u"><valueString value="v"/></extension></birthDate>',
        {"birthDate": "1980", "_birthDate": {"extension": [{"url": "u", "valueString": "v"}]}},
    ),
    ('<gender id="g"/>', {"_gender": {"id": "g"}}),
    (
        '<extension url="u"><valueDecimal value="1.50"/></extension><multipleBirthInteger value="2"/>',
        {"extension": [{"url": "u", "valueDecimal": Decimal("1.50")}], "multipleBirthInteger": 2},
    ),
    (
        f'<contained><Organization><id value="o"/></Organization></contained><contained>{BASIC}</contained>',
        {
            "contained": [
                {"resourceType": "Organization", "id": "o"},
                {"resourceType": "Basic", "code": {"text": "t"}},
            ]
        },
    ),
    (
        f'<text><status value="generated"/><div {XHTML}>a &amp; <b class="c">\u00e6</b><br/> </div></text>',
        {"text": {"status": "generated", "div": f'<div {XHTML}>a &amp; <b class="c">\u00e6</b><br/> </div>'}},
    ),
    ('<!-- c --><active value="true"/><!-- d -->', {"active": True}),
    ('<name><text value="a&#10;b"/></name>', {"name": [{"text": "a\nb"}]}),
]


@pytest.mark.parametrize("inner, expected", SOUND)
def test_reads_into_the_shape_of_json(inner: str, expected: dict[str, Any]) -> None:
    tree, faults = read(patient(inner))
    assert tree == {"resourceType": "Patient", **expected}
    assert faults == []
    assert official_schema().validate(etree.fromstring(patient(inner).encode()))


@pytest.mark.parametrize("expected", [case[1] for case in SOUND])
def test_writes_what_it_read(expected: dict[str, Any]) -> None:
    tree = {"resourceType": "Patient", **expected}
    written = xmlwrite.write(tree, BASE)
    assert read(written.decode()) == (tree, [])
    assert official_schema().validate(etree.fromstring(written))


def test_any_prefix_gives_the_same_tree() -> None:
    document = (
        '<f:Patient xmlns:f="http://hl7.org/fhir" xmlns:h="http://www.w3.org/1999/xhtml"><f:text>'
        '<f:status value="generated"/><h:div><h:p>x</h:p></h:div></f:text><f:active value="false"/></f:Patient>'
    )
    tree, faults = read(document)
    assert faults == []
    assert tree["text"]["div"] == f"<div {XHTML}><p>x</p></div>"
    assert tree["active"] is False


def test_a_schema_location_is_accepted() -> None:
    assert read(
        f'<Patient {FHIR} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b"/>'
    ) == ({"resourceType": "Patient"}, [])


@pytest.mark.parametrize(
    "inner, expected",
    [
        ('<active value="TRUE"/>', {"active": "TRUE"}),
        ('<active value="1"/>', {"active": "1"}),
        ('<active value=""/>', {"active": ""}),
        ("<active/>", {"_active": {}}),
        ("<name/>", {"name": [{}]}),
        ("<name><given/></name>", {"name": [{"_given": [{}]}]}),
        ('<multipleBirthInteger value="01"/>', {"multipleBirthInteger": "01"}),
        ('<multipleBirthInteger value="1.0"/>', {"multipleBirthInteger": Decimal("1.0")}),
        (f'<multipleBirthInteger value="{"9" * 5000}"/>', {"multipleBirthInteger": "9" * 5000}),
        ('<multipleBirthInteger value="\uff11"/>', {"multipleBirthInteger": "\uff11"}),
        (
            '<extension url="u"><valueDecimal value="1e999"/></extension>',
            {"extension": [{"url": "u", "valueDecimal": "1e999"}]},
        ),
        ("<contained/>", {"contained": [{}]}),
        ("<contained><Nonsense><id/></Nonsense></contained>", {"contained": [{"resourceType": "Nonsense"}]}),
    ],
)
def test_leaves_faults_of_value_to_the_judge(inner: str, expected: dict[str, Any]) -> None:
    assert read(patient(inner)) == ({"resourceType": "Patient", **expected}, [])


def test_an_unknown_root_is_left_to_the_judge() -> None:
    assert read(f'<Nonsense {FHIR} a="1">text<b/></Nonsense>') == ({"resourceType": "Nonsense"}, [])


# Inner XML of a Patient, then kind, path and culprit of its only fault.
FAULTY: list[tuple[str, str, str, str | None]] = [
    ('<birthDate value="1980"/><gender value="male"/>', "element-out-of-order", "Patient.gender", None),
    (
        '<telecom><system value="phone"/></telecom><name><text value="x"/></name><gender value="male"/>',
        "element-out-of-order",
        "Patient.name[0]",
        None,
    ),
    (
        '<name><text value="x"/></name><telecom><system value="phone"/></telecom><name><text value="y"/></name>',
        "element-out-of-order",
        "Patient.name[1]",
        None,
    ),
    ('<name><given value="a"/><family value="b"/></name>', "element-out-of-order", "Patient.name[0].family", None),
    ('<gender value="male"/><gender value="female"/>', "element-repeated", "Patient", "gender[1]"),
    ("<surprise><id/></surprise>", "element-unknown", "Patient", "surprise[0]"),
    ("<deceasedString value='x'/>", "element-unknown", "Patient", "deceasedString[0]"),
    ('<name><id value="a"/></name>', "element-unknown", "Patient.name[0]", "id[0]"),
    (
        '<extension url="a"><url value="u"/><valueCode value="c"/></extension>',
        "element-unknown",
        "Patient.extension[0]",
        "url[0]",
    ),
    ('<active value="true"><valueCode value="c"/></active>', "element-unknown", "Patient.active", "valueCode[0]"),
    ('<active value="true" lang="nb"/>', "attribute-unknown", "Patient.active", "@lang"),
    ('<name value="x"><family value="y"/></name>', "attribute-unknown", "Patient.name[0]", "@value"),
    ('<name url="x"><family value="y"/></name>', "attribute-unknown", "Patient.name[0]", "@url"),
    (
        '<active xmlns:z="urn:z" z:value="true" value="true"/>',
        "attribute-unknown",
        "Patient.active",
        "@{urn:z}value",
    ),
    (f'<contained id="x">{BASIC}</contained>', "attribute-unknown", "Patient.contained[0]", "@id"),
    (
        "<contained>" + BASIC.replace("<Basic>", "<Basic id='x'>") + "</contained>",
        "attribute-unknown",
        "Patient.contained[0]",
        "@id",
    ),
    ('stray<active value="true"/>', "text-not-allowed", "Patient", "text()"),
    ('<active value="true"/>stray', "text-not-allowed", "Patient", "text()"),
    ('<active value="true">stray</active>', "text-not-allowed", "Patient.active", "text()"),
    ('<name><family value="y"/>stray</name>', "text-not-allowed", "Patient.name[0]", "text()"),
    ('<active xmlns="urn:x" value="true"/>', "namespace-wrong", "Patient", "{urn:x}active"),
    ('<name xmlns=""><family value="x"/></name>', "namespace-wrong", "Patient", "{}name"),
    ('<z:mark xmlns:z="urn:z"><z:inner/>text</z:mark>', "namespace-wrong", "Patient", "{urn:z}mark"),
    (
        '<text><status value="empty"/><div><p>x</p></div></text>',
        "namespace-wrong",
        "Patient.text",
        "{http://hl7.org/fhir}div",
    ),
    (
        f"<contained>{BASIC}{BASIC}</contained>",
        "element-repeated",
        "Patient.contained[0]",
        "Basic[1]",
    ),
]


@pytest.mark.parametrize("inner, kind, path, culprit", FAULTY)
def test_finds_each_fault_of_form_once(inner: str, kind: str, path: str, culprit: str | None) -> None:
    assert read(patient(inner))[1] == [(kind, path, culprit)]
    assert not official_schema().validate(etree.fromstring(patient(inner).encode()))


def test_a_whole_document_without_namespace_has_one_fault() -> None:
    tree, faults = read('<Patient><name><family value="x"/></name><active value="true"/></Patient>')
    assert faults == [
        ("namespace-wrong", "Patient", None),
        ("element-out-of-order", "Patient.active", None),
    ]
    assert tree["name"] == [{"family": "x"}]


def test_what_stands_in_the_wrong_namespace_is_still_read() -> None:
    tree, _ = read(patient('<text><status value="empty"/><div><p>x</p></div></text>'))
    assert tree["text"]["div"] == f"<div {XHTML}><p>x</p></div>"


def test_foreign_parts_of_a_narrative_stay_visible() -> None:
    element = etree.fromstring(f'<div {XHTML} xml:lang="nb"><x xmlns="urn:z" xmlns:q="urn:q" q:a="1"/>t</div>')
    assert xhtml_text(element) == f'<div {XHTML} xml:lang="nb"><x xmlns="urn:z" xmlns:n0="urn:q" n0:a="1"/>t</div>'


@pytest.mark.parametrize(
    "tree",
    [
        {"resourceType": "Nonsense"},
        {"id": "x"},
        {"resourceType": "Patient", "surprise": 1},
        {"resourceType": "Patient", "name": ["x"]},
        {"resourceType": "Patient", "active": {"a": 1}},
        {"resourceType": "Patient", "active": 1.5},
        {"resourceType": "Patient", "contained": [{"id": "x"}]},
        {"resourceType": "Patient", "name": [{"_family": {"surprise": 1}}]},
        {"resourceType": "Patient", "name": [{"family": "a\x01"}]},
        {"resourceType": "Patient", "text": {"status": "empty", "div": 1}},
        {"resourceType": "Patient", "contained": ["x"]},
        {"resourceType": "Patient", "_active": "x"},
        {"resourceType": "Patient", "name": [{"text": "x"}], "_name": [{"id": "a"}]},
        {"resourceType": "DomainResource"},
        {"resourceType": "HumanName"},
    ],
)
def test_what_xml_has_no_place_for_is_not_dropped(tree: dict[str, Any]) -> None:
    with pytest.raises(xmlwrite.NotWritable):
        xmlwrite.write(tree, BASE)


def test_a_broken_narrative_is_not_written() -> None:
    with pytest.raises(safejson.Unreadable):
        xmlwrite.write({"resourceType": "Patient", "text": {"status": "empty", "div": "<div>"}}, BASE)


# --- generated resources -----------------------------------------------------------------------------------------

_WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn", "Co")), min_size=1, max_size=12
).filter(lambda text: not text.isspace())
_TOKENS = st.text(string.ascii_letters + string.digits, min_size=1, max_size=8)
_DECIMALS = st.decimals(-1000, 1000, places=2) | st.integers(-1000, 1000)
_PRIMITIVES: dict[str, st.SearchStrategy[Any]] = {
    "boolean": st.booleans(),
    "integer": st.integers(-(2**31), 2**31 - 1),
    "unsignedInt": st.integers(0, 2**31 - 1),
    "positiveInt": st.integers(1, 2**31 - 1),
    "decimal": _DECIMALS,
    "date": st.dates().map(str) | st.just("2020-02"),
    "dateTime": st.dates().map(str) | st.just("2020-02-29T10:00:00.5+02:00"),
    "instant": st.just("2020-02-29T10:00:00.123Z"),
    "time": st.just("10:00:00"),
    "base64Binary": st.just("QUJD"),
    "code": _TOKENS,
    "id": _TOKENS,
    "oid": st.just("urn:oid:2.16.578"),
    "uuid": st.uuids().map(lambda value: f"urn:uuid:{value}"),
    "uri": _TOKENS.map("urn:x:{}".format),
    "url": _TOKENS.map("urn:x:{}".format),
    "canonical": _TOKENS.map("urn:x:{}".format),
    "string": _WORDS,
    "markdown": _WORDS,
    "xhtml": _TOKENS.map(lambda text: f'<div {XHTML}><p class="{text}">{text} &amp; <i>x</i></p></div>'),
}
_RESOURCES = (
    "Patient",
    "Observation",
    "Condition",
    "RiskAssessment",
    "Composition",
    "Bundle",
    "Questionnaire",
    "Basic",
)
_DEEPEST = 4
# The type code of an element and the depth it stands at.
_Owner = tuple[str, int]


def _primitive(element: ElementFacts, code: str) -> st.SearchStrategy[Any]:
    listed = BASE.value_set(element.binding.value_set) if element.binding else None
    if code == "code" and listed and element.binding and element.binding.strength == "required":
        return st.sampled_from(sorted({code for codes in listed.values() for code in codes}))
    if element.binding and element.binding.value_set.startswith("http://hl7.org/fhir/ValueSet/expression-language"):
        # Extensible in the definitions, but the schema takes the listed codes only.
        return st.sampled_from(["text/cql", "text/fhirpath"])
    return _PRIMITIVES[code]


def _draw_type(data: st.DataObject, name: str, depth: int) -> dict[str, Any]:
    facts = BASE.type(name)
    assert facts is not None, name
    tree: dict[str, Any] = {}
    for element in facts.children.values():
        wanted = element.min > 0 or (depth < _DEEPEST and element.name != "id" and data.draw(st.integers(0, 7)) == 0)
        if wanted and not (depth > 0 and element.name in {"contained", "extension", "modifierExtension"}):
            key = data.draw(st.sampled_from([key for key, (other, _) in facts.keys.items() if other is element]))
            _draw_element(data, element, key, tree, (facts.keys[key][1], depth))
    return tree or {"id": "i"}


def _draw_element(data: st.DataObject, element: ElementFacts, key: str, tree: dict[str, Any], owner: _Owner) -> None:
    code, depth = owner
    count = data.draw(st.integers(1, 2)) if element.repeats else 1
    facts = BASE.type(code)
    if facts is not None and facts.kind == "primitive-type":
        values = [data.draw(_primitive(element, code)) for _ in range(count)]
        extras = [{"id": "e"} if code != "xhtml" and data.draw(st.integers(0, 5)) == 0 else None for _ in values]
        if element.name in {"url", "id"}:
            extras = [None]
        tree[key] = values if element.repeats else values[0]
        if any(extras):
            tree["_" + key] = extras if element.repeats else extras[0]
        return
    items = [_draw_item(data, code, depth) for _ in range(count)]
    tree[key] = items if element.repeats else items[0]


def _draw_item(data: st.DataObject, code: str, depth: int) -> dict[str, Any]:
    if code == "Resource":
        return {"resourceType": "Basic", "code": {"text": data.draw(_WORDS)}}
    return _draw_type(data, code, depth + 1)


@settings(max_examples=60)
@given(st.data())
def test_any_resource_survives_json_xml_json_and_is_valid_xml(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(_RESOURCES))
    tree = {"resourceType": name, **_draw_type(data, name, 0)}
    document = xmlwrite.write(tree, BASE)
    again, faults = xmlform.read(safexml.parse(document), BASE)
    assert faults == []
    assert again == tree
    assert safejson.parse(safejson.write(again)) == tree
    assert xmlwrite.write(again, BASE) == document
    schema = official_schema()
    assert schema.validate(etree.fromstring(document)), str(schema.error_log)


@settings(max_examples=60)
@given(st.data())
def test_two_elements_exchanged_are_out_of_order(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(_RESOURCES))
    root = safexml.parse(xmlwrite.write({"resourceType": name, **_draw_type(data, name, 0)}, BASE))
    places = [at for at in range(len(root) - 1) if root[at].tag != root[at + 1].tag]
    if not places:
        return
    at = data.draw(st.sampled_from(places))
    root.insert(at, root[at + 1])
    _, faults = xmlform.read(root, BASE)
    assert [fault.kind for fault in faults] == ["element-out-of-order"]
    assert not official_schema().validate(etree.fromstring(etree.tostring(root)))
