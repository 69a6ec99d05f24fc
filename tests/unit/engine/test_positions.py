"""From the path of a finding to its node and to line and column, in both formats alike."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certgateway import safejson, safexml
from certgateway.engine.definitions.definitions import load_base
from certgateway.engine.positions import Place, keys_of, path_of, resolve
from certgateway.engine.positions_json import json_positions
from certgateway.engine.positions_xml import xml_positions
from certgateway.engine.xml import form as xmlform
from certgateway.engine.xml import write as xmlwrite
from tests.calibration import assert_within, cpu

BASE = load_base()

# The mark stands before the place that the path names; it is taken out before reading.
MARK = "\u2316"

JSON_PLACES: list[tuple[str, str | None, str]] = [
    ("Bundle", None, '⌖{"resourceType":"Bundle","entry":[]}'),
    ("Bundle", None, ' \n  ⌖{"resourceType":"Bundle"}\n'),
    ("Bundle.type", None, '{"resourceType":"Bundle",\r\n ⌖"type":"message"}'),
    ("Bundle.entry[1]", None, '{"resourceType":"Bundle","entry":[{"fullUrl":"\u00e6\U0001f600"}, ⌖{"fullUrl":"b"}]}'),
    (
        "Bundle.entry[0].resource.value.unit",
        None,
        (
            '{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Observation",'
            '"x":"\u00e6\U0001f600","valueQuantity":{"value":1.50,⌖"unit":"k"}}}]}'
        ),
    ),
    ("Patient.name[0].given[1]", None, '{"resourceType":"Patient","name":[{"given":["a",⌖"b"]}]}'),
    ("Patient.name", None, '{"resourceType":"Patient",⌖"name":"not a list"}'),
    ("Patient.birthDate", None, '{"resourceType":"Patient","_birthDate":{"id":"x"},⌖"birthDate":"1980"}'),
    ("Patient.birthDate", None, '{"resourceType":"Patient",⌖"_birthDate":{"id":"x"}}'),
    (
        "Patient.birthDate.extension[0]",
        None,
        '{"resourceType":"Patient","birthDate":"1980","_birthDate":{"extension":[⌖{"url":"u"}]}}',
    ),
    (
        "Patient.name[0].given[1].extension[0].value",
        None,
        (
            '{"resourceType":"Patient","name":[{"given":["a","b"],'
            '"_given":[null,{"extension":[{"url":"u",⌖"valueCode":"c"}]}]}]}'
        ),
    ),
    ("Patient", "surprise", '{"resourceType":"Patient",\n\t⌖"surprise":{"deep":[1]}}'),
    ("Patient.contact[0]", "surprise", '{"resourceType":"Patient","contact":[{"surprise_":1,⌖"surprise":2}]}'),
    ("Patient.birthDate", "x", '{"resourceType":"Patient","birthDate":"1980","_birthDate":{"id":"i",⌖"x":1}}'),
    ("Patient.deceased", None, '{"resourceType":"Patient",⌖"deceasedBoolean":true}'),
    ("Patient.contained[0].id", None, '{"contained":[{"resourceType":"Basic",⌖"id":"x"}],"resourceType":"Patient"}'),
    ("Basic.code.text", None, '{"resourceType":"Basic","code":{"x":"\\"{[\\\\",⌖"text":1e5}}'),
]

FHIR = 'xmlns="http://hl7.org/fhir"'
XML_PLACES: list[tuple[str, str | None, str]] = [
    ("Patient", None, f"<?xml version='1.0'?>\n<!-- c -->⌖<Patient {FHIR}/>"),
    ("Patient.active", None, f'<Patient {FHIR}>\r\n  <!-- \u00e6 -->⌖<active value="true"/></Patient>'),
    ("Patient.name[1].given[1]", None, f"<Patient {FHIR}><name/><name><given/>⌖<given/></name></Patient>"),
    ("Patient.name[0].id", None, f'<Patient {FHIR}><name \u00e6="x"  ⌖id="i"/></Patient>'.replace("\u00e6=", "use=")),
    (
        "Patient.extension[0].url",
        None,
        f"<Patient {FHIR}><extension id=' url=\"u\" '\n ⌖url = 'u'><valueCode value='c'/></extension></Patient>",
    ),
    ("Patient.extension[0].value", None, f"<Patient {FHIR}><extension url='u'>⌖<valueCode/></extension></Patient>"),
    ("Patient.birthDate.extension[0]", None, f"<Patient {FHIR}><birthDate>⌖<extension url='u'/></birthDate></Patient>"),
    ("Patient.contained[1].id", None, (f"<Patient {FHIR}><contained><Basic><id/></Basic></contained><contained><Basic>"
     "⌖<id/></Basic></contained></Patient>")),
    ("Bundle.entry[1].resource", None, f"<Bundle {FHIR}><entry/><entry>⌖<resource><X/></resource></entry></Bundle>"),
    ("Bundle.entry[0].resource.value.unit", None, ("<f:Bundle xmlns:f='http://hl7.org/fhir'><f:entry><f:resource>"
     "<f:Observation><f:valueQuantity><f:value/>⌖<f:unit/></f:valueQuantity></f:Observation></f:resource></f:entry></f:Bundle>")),
    ("Patient", "gender[1]", f"<Patient {FHIR}><gender/><name><gender/></name>⌖<gender/></Patient>"),
    ("Patient", "surprise[0]", f"<Patient {FHIR}><active/>⌖<surprise/><surprise/></Patient>"),
    ("Patient", "surprise", f"<Patient {FHIR}><active/>⌖<surprise/><surprise/></Patient>"),
    ("Patient", "_surprise", f"<Patient {FHIR}>⌖<surprise id='x'/></Patient>"),
    ("Patient", "{urn:x}mark", f"<Patient {FHIR}>⌖<x:mark xmlns:x='urn:x'/></Patient>"),
    ("Patient.name[0]", "@value", f"<Patient {FHIR}><name>\n</name></Patient>".replace("<name>", "<name ⌖value='x'>")),
    ("Patient.name[0]", "@{urn:x}a", f"<Patient {FHIR}><name xmlns:x='urn:x' ⌖x:a='1'/></Patient>"),
    ("Patient", "text()", f"<Patient {FHIR}> <active>no</active>\n ⌖stray</Patient>"),
    ("Patient.contained[0]", "Basic[1]", f"<Patient {FHIR}><contained><Basic/>⌖<Basic/></contained></Patient>"),
    ("Patient.contained[0]", "@id", f"<Patient {FHIR}><contained><Basic ⌖id='x'/></contained></Patient>"),
    ("Patient.name[0]", "gone[3]", f"<Patient {FHIR}>⌖<name/></Patient>"),
    ("Patient.text.div", None, f"<Patient {FHIR}><text>⌖<div xmlns='http://www.w3.org/1999/xhtml'><div/></div></text></Patient>"),
]  # fmt: skip


def expected(marked: str) -> tuple[str, tuple[int, int]]:
    before = marked.partition(MARK)[0]
    return marked.replace(MARK, ""), (before.count("\n") + 1, len(before) - before.rfind("\n"))


@pytest.mark.parametrize("path, culprit, marked", JSON_PLACES)
def test_json_places(path: str, culprit: str | None, marked: str) -> None:
    text, position = expected(marked)
    place = Place(path, culprit)
    tree = safejson.parse(text.encode())
    assert json_positions(text.encode(), tree, [place]) == {place: position}


@pytest.mark.parametrize("path, culprit, marked", XML_PLACES)
def test_xml_places(path: str, culprit: str | None, marked: str) -> None:
    text, position = expected(marked)
    place = Place(path, culprit)
    assert xml_positions(text.encode(), [place]) == {place: position}


def test_columns_count_code_points_of_the_declared_encoding() -> None:
    raw = b"<?xml version='1.0' encoding='ISO-8859-1'?><Patient>\xe6\xf8<active/></Patient>"
    place = Place("Patient.active")
    assert xml_positions(raw, [place]) == {place: (1, 55)}


def test_a_byte_order_mark_takes_no_column() -> None:
    place = Place("Patient")
    assert xml_positions(b"\xef\xbb\xbf<Patient/>", [place]) == {place: (1, 1)}


@pytest.mark.parametrize(
    "path", ["Patient.gone", "Patient.name[2]", "Observation.name", "Patient.name[0].given[0]", "name.where(x)", ""]
)
def test_a_path_that_selects_nothing_has_no_place(path: str) -> None:
    tree = {"resourceType": "Patient", "name": [{"family": "x"}]}
    assert resolve(tree, path) is None
    assert json_positions(safejson.write(tree), tree, [Place(path)]) == {}
    assert xml_positions(xmlwrite.write(tree, BASE), [Place(path)]) == {}


OBSERVATION: dict[str, Any] = {
    "resourceType": "Observation",
    "valueQuantity": {"value": Decimal("1.50")},
    "referenceRange": [{"text": "r"}],
    "component": [{"valueString": "x", "_valueString": {"extension": [{"url": "u"}]}}],
    "note": [{"text": "t", "authorString": "a"}],
    "_status": {"id": "s"},
}


@pytest.mark.parametrize(
    "path, value, keys",
    [
        ("Observation", OBSERVATION, []),
        ("Observation.value.value", Decimal("1.50"), ["valueQuantity", "value"]),
        ("Observation.component[0].value", "x", ["component", 0, "valueString"]),
        (
            "Observation.component[0].value.extension[0].url",
            "u",
            ["component", 0, "_valueString", "extension", 0, "url"],
        ),
        ("Observation.note[0].author", "a", ["note", 0, "authorString"]),
        ("Observation.status", {"id": "s"}, ["_status"]),
        ("Observation.status.id", "s", ["_status", "id"]),
        ("Observation.referenceRange[0].text", "r", ["referenceRange", 0, "text"]),
    ],
)
def test_a_path_leads_to_its_node_and_back(path: str, value: object, keys: list[str | int]) -> None:
    assert resolve(OBSERVATION, path) == value
    assert keys_of(OBSERVATION, path) == keys
    assert path_of(OBSERVATION, keys, BASE) == path


def test_a_duplicate_key_has_the_path_of_its_parent() -> None:
    raw = (
        b'{"entry":[{"resource":{"valueQuantity":{"unit":"a","unit":"b"},"resourceType":"Observation"}}],'
        b'"resourceType":"Bundle"}'
    )
    with pytest.raises(safejson.Unreadable) as refusal:
        safejson.parse(raw)
    keys = refusal.value.keys
    assert keys == ("entry", 0, "resource", "valueQuantity")
    assert path_of(refusal.value.tree, keys, BASE) == "Bundle.entry[0].resource.value"


def _bundle(count: int) -> dict[str, Any]:
    observation = {"resourceType": "Observation", "component": [{"valueQuantity": {"value": 1}} for _ in range(3)]}
    return {
        "resourceType": "Bundle",
        "entry": [{"fullUrl": f"urn:x:{n}", "resource": observation} for n in range(count)],
    }


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2)), unique=True, min_size=1), st.sampled_from([None, 2]))
def test_both_formats_point_at_the_same_things(wanted: list[tuple[int, int]], indent: int | None) -> None:
    tree = _bundle(5)
    places = [Place(f"Bundle.entry[{one}].resource.component[{two}].value.value") for one, two in wanted]
    raw, document = safejson.write(tree, indent), xmlwrite.write(tree, BASE)
    for found, body, start in (
        (json_positions(raw, tree, places), raw.decode(), '"value":'),
        (xml_positions(document, places), document.decode(), '<value value="1"/>'),
    ):
        lines = body.split("\n")
        assert found.keys() == set(places)
        assert all(lines[line - 1][column - 1 :].startswith(start) for line, column in found.values())
        assert sorted(places, key=found.__getitem__) == sorted(places)


@pytest.mark.no_cover
@pytest.mark.parametrize("indent", [None, 1])
def test_a_thousand_places_in_two_megabytes_take_half_a_second(indent: int | None) -> None:
    tree = _bundle(9000 if indent is None else 5000)
    places = [Place(f"Bundle.entry[{n}].resource.component[2].value.value") for n in range(0, 5000, 5)]
    raw = safejson.write(tree, indent)
    document = xmlwrite.write(tree, BASE)
    assert len(raw) > 2**20
    assert len(document) > 2**20
    assert len(json_positions(raw, tree, places)) == 1000
    assert len(xml_positions(document, places)) == 1000
    assert_within(0.5, lambda: cpu(lambda: json_positions(raw, tree, places)))
    assert_within(0.5, lambda: cpu(lambda: xml_positions(document, places)))


def test_faults_of_form_have_places() -> None:
    text, position = expected(f"<Patient {FHIR}>\n<active/>⌖<surprise/></Patient>")
    (fault,) = xmlform.read(safexml.parse(text.encode()), BASE)[1]
    place = Place(fault.path, fault.culprit)
    assert xml_positions(text.encode(), [place]) == {place: position}
