"""Line and column of findings, counted by hand in two small documents of the same content."""

from __future__ import annotations

import pytest

from certgateway import safejson, safexml
from certgateway.engine import judge, load_base
from certgateway.engine.positions import Place
from certgateway.engine.positions_json import json_positions
from certgateway.engine.positions_xml import xml_positions
from certgateway.engine.xml.form import read
from tests.unit.engine.profile_making import BASE, QUIET, profile

PROFILE = profile(
    "Patient",
    {"id": "Patient.photo", "max": "0"},
    {"id": "Patient.gender", "fixedCode": "female"},
    {"id": "Patient.name.family", "min": 1},
    {"id": "Patient.contact", "slicing": {"discriminator": [{"type": "exists", "path": "gender"}], "rules": "closed"}},
    {"id": "Patient.contact:of-gender"},
    {"id": "Patient.contact:of-gender.gender", "min": 1},
)
JSON = """{
  "resourceType": "Patient",
  "gender": "male",
  "birthDate": "2023-02-30", "_birthDate": {"extension": [{"url": "x", "valueCode": "y"}]},
  "name": [{"family": "Ås", "given": ["æ", ""]},
           {"text": "x"}],
  "photo": [{"title": "x"}],
  "contact": [{"gender": "male", "name": {"text": "x"}},
    {"name": {"text": "y"}}],
  "communication": [
    {"preferred": true}
  ],
  "deceasedBoolean": "true"
}
"""
XML = """<Patient xmlns="http://hl7.org/fhir">
  <name><family value="Ås"/><given value="æ"/><given value=""/></name>
  <name><text value="x"/></name>
  <gender value="male"/>
  <birthDate value="2023-02-30"><extension url="x"><valueCode value="y"/></extension></birthDate>
  <deceasedBoolean value="TRUE"/>
  <photo><title value="x"/></photo>
  <contact><name><text value="x"/></name><gender value="male"/></contact>
  <contact><name><text value="y"/></name></contact>
  <communication>
    <preferred value="true"/>
  </communication>
</Patient>
"""
# (kind, path): place in JSON, place in XML.
PLACES: dict[tuple[str, str], tuple[tuple[int, int], tuple[int, int]]] = {
    ("fixed-value-differs", "Patient.gender"): ((3, 3), (4, 3)),
    ("primitive-invalid", "Patient.birthDate"): ((4, 3), (5, 3)),
    ("uri-not-absolute", "Patient.birthDate.extension[0].url"): ((4, 60), (5, 44)),
    ("value-empty", "Patient.name[0].given[1]"): ((5, 44), (2, 47)),
    ("element-missing", "Patient.name[1]"): ((6, 12), (3, 3)),
    ("element-not-allowed", "Patient.photo[0]"): ((7, 13), (7, 3)),
    ("slice-closed", "Patient.contact[1]"): ((9, 5), (9, 3)),
    ("element-missing", "Patient.communication[0]"): ((11, 5), (10, 3)),
}


def test_places_in_json() -> None:
    tree = safejson.parse(JSON.encode())
    assert isinstance(tree, dict)
    faults = judge(tree, load_base().extended([PROFILE]), profiles=[BASE + "p"], options=QUIET)
    found = json_positions(JSON.encode(), tree, [Place(fault.path, fault.culprit) for fault in faults])
    told = {(fault.kind, fault.path): found[Place(fault.path, fault.culprit)] for fault in faults}
    assert told == {key: places[0] for key, places in PLACES.items()} | {("type-wrong", "Patient.deceased"): (13, 3)}


def test_places_in_xml() -> None:
    definitions = load_base().extended([PROFILE])
    tree, form = read(safexml.parse(XML.encode()), definitions)
    faults = [*form, *judge(tree, definitions, profiles=[BASE + "p"], options=QUIET)]
    found = xml_positions(XML.encode(), [Place(fault.path, fault.culprit) for fault in faults])
    told = {(fault.kind, fault.path): found[Place(fault.path, fault.culprit)] for fault in faults}
    expected = {key: places[1] for key, places in PLACES.items()}
    assert told == expected | {("primitive-invalid", "Patient.deceased"): (6, 3)}


@pytest.mark.parametrize("text", [JSON, XML])
def test_no_place_is_a_guess(text: str) -> None:
    lines = text.split("\n")
    which = 0 if text is JSON else 1
    for (_, path), places in PLACES.items():
        line, column = places[which]
        name = path.rpartition(".")[2].partition("[")[0]
        shown = lines[line - 1][column - 1 :]
        assert shown.startswith(("{", '"', "<" + name, name)), (path, shown)
