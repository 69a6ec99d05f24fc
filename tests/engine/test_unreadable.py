"""What no judge may see: bodies that are refused before they are a tree, each for one reason at one place.

And where findings are told to stand once there is a tree, as far as there is one.
"""

from __future__ import annotations

import pytest

from certgateway import safejson, safexml
from certgateway.engine import Options, load_base
from certgateway.engine.validation import looks_like_xml, refused_at, validate
from certgateway.safejson import Unreadable
from tests.engine.general_form import PROFILE, profile

NS = "http://hl7.org/fhir"
JSON = {
    "one name twice": ('{"resourceType": "Patient",\n "gender": "male", "gender": "male"}', "duplicate-key", 2, 20),
    "one name twice below": ('{"name": [{"text": "a",\n  "text": "b"}]}', "duplicate-key", 2, 3),
    "a comma too many": ('{"resourceType": "Patient",}', "not-json", 1, 28),
    "two bodies": ('{"a": 1}\n{"a": 1}', "trailing-data", 2, 1),
    "not a number": ('{"a":\n NaN}', "not-json", 2, 2),
    "half a character": ('{"a": "\\ud800"}', "lone-surrogate", 1, 8),
    "a mark before": ('\ufeff{"a": 1}', "byte-order-mark", 1, 1),
    "nothing": ("", "empty-body", 1, 1),
}
XML = {
    "a type of document": (f'<!DOCTYPE Patient>\n<Patient xmlns="{NS}"/>', "doctype-refused", 1, 18),
    "an entity of one's own": (
        f'<!DOCTYPE Patient [<!ENTITY x "y">]>\n<Patient xmlns="{NS}"><id value="&x;"/></Patient>',
        "doctype-refused",
        1,
        19,
    ),
    "an instruction": (f'<Patient xmlns="{NS}">\n <?style x?></Patient>', "instruction-refused", 2, 2),
    "an end too few": (f'<Patient xmlns="{NS}">', "not-xml", 1, 38),
    "one attribute twice": (f'<Patient xmlns="{NS}"><id value="a" value="b"/></Patient>', "not-xml", 1, 52),
    "a prefix nobody declared": (f'<Patient xmlns="{NS}"><x:id value="a"/></Patient>', "not-xml", 1, 38),
    "an entity nobody declared": (f'<Patient xmlns="{NS}">\n<id value="&nbsp;"/></Patient>', "entity-refused", 2, 1),
}


@pytest.mark.parametrize("name", JSON)
def test_json_is_refused(name: str) -> None:
    body, reason, line, column = JSON[name]
    with pytest.raises(Unreadable) as refused:
        safejson.parse(body.encode())
    assert (refused.value.id, refused.value.line, refused.value.column) == (reason, line, column)


@pytest.mark.parametrize("name", XML)
def test_xml_is_refused(name: str) -> None:
    body, reason, line, column = XML[name]
    with pytest.raises(Unreadable) as refused:
        safexml.parse(body.encode())
    assert (refused.value.id, refused.value.line, refused.value.column) == (reason, line, column)


@pytest.mark.parametrize(
    "body, path",
    [
        ('{"resourceType": "Patient", "id": "a", "id": "b"}', "Patient"),
        ('{"resourceType": "Patient", "name": [{}, {"text": "a", "text": "b"}]}', "Patient.name[1]"),
        (
            '{"resourceType": "Patient", "_birthDate": {"extension": [{"url": "a", "url": "b"}]}}',
            "Patient.birthDate.extension[0]",
        ),
        (
            '{"resourceType": "Patient", "contained": [{"resourceType": "Group", "member": [{"id": "a", "id": "b"}]}]}',
            "Patient.contained[0].member[0]",
        ),
        ('{"resourceType": "Patient", "surprise": {"a": 1, "a": 2}}', "Patient"),
        ('{"resourceType": "Surprise", "id": "a", "id": "b"}', None),
        ('{"id": "a", "id": "b"}', None),
        ('[{"id": "a", "id": "b"}]', None),
        ('{"resourceType": "Patient",}', None),
    ],
)
def test_a_name_that_stands_twice_is_told_by_the_path_of_its_object(body: str, path: str | None) -> None:
    with pytest.raises(Unreadable) as refused:
        safejson.parse(body.encode())
    assert refused_at(refused.value, load_base()) == path


def test_findings_stand_by_weight_then_by_place() -> None:
    body = (
        b'{"resourceType": "Observation", "status": "x", "code": {"text": "a"},\n'
        b'"text": {"status": "generated", "div": "x"}, "effectiveDateTime": "x"}'
    )
    found = [(row.fault.severity, row.fault.path, row.line, row.column) for row in validate(body, load_base())]
    assert found == [
        ("error", "Observation.status", 1, 33),
        ("error", "Observation.text.`div`", 2, 33),
        ("error", "Observation.effective", 2, 46),
    ]


def test_errors_stand_before_warnings_and_these_before_advice() -> None:
    body = (
        b'{"resourceType": "Patient", "extension": [{"url": "https://a.example/x", "valueCode": "a"}],\n'
        b'"language": "norsk", "text": {"status": "generated", "div": "<div xmlns=\\"http://www.w3.org/1999/xhtml\\">'
        b'x</div>"},\n"gender": "man", "birthDate": "x"}'
    )
    sources = {"url": "http://hl7.org/fhir/StructureDefinition/narrative-source-control", "valueCode": "information"}
    known = load_base().extended([profile("Patient", {"id": "Patient.text", "extension": [sources]})])
    options = Options(unknown_extension="warning")
    rows = validate(body, known, profiles=[PROFILE], options=options)
    assert [(row.fault.severity, row.fault.path, row.line) for row in rows] == [
        ("error", "Patient.gender", 3),
        ("error", "Patient.birthDate", 3),
        ("warning", "Patient.extension[0]", 1),
        ("information", "Patient.text", 2),
    ]


@pytest.mark.parametrize(
    "raw, is_xml",
    [
        (b"<a/>", True),
        (b" \t\r\n<a/>", True),
        (b"\xef\xbb\xbf<a/>", True),
        (b"\xff\xfe<\x00", True),
        (b"\xfe\xff\x00<", True),
        (b" " * 63 + b"<a/>", True),
        (b" " * 64 + b"<a/>", False),
        (b'{"a": "<"}', False),
        (b"", False),
        (b"x<a/>", False),
    ],
)
def test_what_begins_as_xml(raw: bytes, *, is_xml: bool) -> None:
    assert looks_like_xml(raw) is is_xml


@pytest.mark.parametrize("raw", [b"[1]", b'"x"', b"1", b"null"])
def test_what_is_no_object_is_no_resource(raw: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        validate(raw, load_base())
    assert (refused.value.id, refused.value.line, refused.value.column) == ("not-a-resource", 1, 1)
