"""`$validate`: the manifest's findings over HTTP, in every wrapping, and nothing kept."""

import json
import tomllib
from collections import Counter
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from certgateway.services.gateway import Gateway
from certgateway.store.tables import metadata
from tests.functional.messages import FIXTURES, JSON, XML, body, changed, message_id, raw, tree

VALIDATE = "/fhir/$validate"
GOOD = "good/back-pain-tolerates-load"
MISSING = "unanswered/health-risk-missing-section-absent"
OTHER_ID = "0f5d0c1e-0000-4000-a000-000000000001"
MANIFEST = {entry["file"]: entry for entry in tomllib.loads((FIXTURES.parent / "manifest.toml").read_text())["message"]}
EVERY_TENTH = sorted(file for file in MANIFEST if not file.startswith("kith/"))[::10]

Outcome = dict[str, Any]


def found(outcome: Outcome) -> list[tuple[str, str | None]]:
    """Rule and path of every issue that is a finding."""
    return [
        (issue["details"]["coding"][0]["code"], issue.get("expression", [None])[0])
        for issue in outcome["issue"]
        if "coding" in issue["details"]
    ]


def place(issue: dict[str, Any]) -> tuple[int, int]:
    """Line and column of an issue."""
    parts = {part["url"]: part for part in issue["extension"][0]["extension"]}
    return parts["line"]["valuePositiveInt"], parts["column"]["valuePositiveInt"]


@pytest.mark.parametrize("file", EVERY_TENTH)
def test_findings_are_those_of_the_manifest(reader: TestClient, file: str) -> None:
    headers = (XML if file.endswith(".xml") else JSON) | {"Accept": "application/fhir+json"}
    answer = reader.post(VALIDATE, content=raw(file), headers=headers)
    # What is well-formed can be judged, even when it is no resource that R4 knows.
    judged = not file.startswith("unreadable/") or "resource-type-unknown" in file
    assert answer.status_code == (200 if judged else 400)
    expected = Counter((finding["rule"], finding.get("path")) for finding in MANIFEST[file]["findings"])
    # The manifest knows all persons; this gateway is a synthetic one, and so are they.
    assert Counter(found(answer.json())) == expected


def test_good_message_has_one_issue_that_says_so(reader: TestClient) -> None:
    outcome = reader.post(VALIDATE, content=raw(f"{GOOD}.json"), headers=JSON | {"Accept-Language": "en"}).json()
    assert [(issue["severity"], issue["code"]) for issue in outcome["issue"]] == [("information", "informational")]


def test_both_addresses_judge_alike(reader: TestClient) -> None:
    answers = [
        reader.post(path, content=raw(f"{MISSING}.json"), headers=JSON) for path in (VALIDATE, "/fhir/Bundle/$validate")
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content


def test_answer_has_the_format_that_is_asked_for(reader: TestClient) -> None:
    asked = {"Accept": "application/fhir+xml;q=0.9, application/fhir+json;q=0.1"}
    by_header = reader.post(VALIDATE, content=raw(f"{MISSING}.json"), headers=JSON | asked)
    by_query = reader.post(f"{VALIDATE}?_format=xml", content=raw(f"{MISSING}.json"), headers=JSON)
    by_body = reader.post(VALIDATE, content=raw(f"{MISSING}.xml"), headers=XML)
    for answer in (by_header, by_query, by_body):
        assert answer.headers["content-type"] == "application/fhir+xml; charset=utf-8"
        assert ET.fromstring(answer.content).tag == "{http://hl7.org/fhir}OperationOutcome"  # noqa: S314  Our own answer.


def test_draft_is_judged_like_a_final_one(reader: TestClient) -> None:
    draft = changed(tree(f"{MISSING}.json"), OTHER_ID, status="preliminary")
    outcome = reader.post(VALIDATE, content=body(draft), headers=JSON).json()
    assert found(outcome) == found(reader.post(VALIDATE, content=raw(f"{MISSING}.json"), headers=JSON).json())


def test_findings_inside_parameters_are_at_their_places_there(reader: TestClient) -> None:
    bare = reader.post(VALIDATE, content=raw(f"{MISSING}.json"), headers=JSON).json()
    mode = {"name": "mode", "valueCode": "create"}
    text = (
        '{"resourceType": "Parameters",\n "parameter": [\n' + json.dumps(mode) + ',\n{"name": "resource", "resource":\n'
    )
    wrapped = reader.post(VALIDATE, content=text.encode() + raw(f"{MISSING}.json") + b"}]}", headers=JSON)
    assert wrapped.status_code == 200
    inside = "Parameters.parameter[1].resource"
    assert found(wrapped.json()) == [(rule, path and path.replace("Bundle", inside, 1)) for rule, path in found(bare)]
    # Four lines of wrapping stand above the message, which begins on a line of its own.
    (line, column), (line_inside, column_inside) = place(bare["issue"][0]), place(wrapped.json()["issue"][0])
    assert (line_inside, column_inside) == (line + 4, column)


def test_parameters_in_xml_keep_faults_of_form_and_of_content(reader: TestClient) -> None:
    inner = raw("conformance/element-out-of-order.xml").decode().partition("?>")[2]
    start = '<Parameters xmlns="http://hl7.org/fhir"><parameter><name value="resource"/><resource>'
    sent = (start + inner + "</resource></parameter></Parameters>").encode()
    bare = reader.post(
        VALIDATE, content=raw("conformance/element-out-of-order.xml"), headers=XML | {"Accept": JSON["Content-Type"]}
    )
    wrapped = reader.post(VALIDATE, content=sent, headers=XML | {"Accept": JSON["Content-Type"]})
    inside = "Parameters.parameter[0].resource"
    expected = [(rule, path and path.replace("Bundle", inside, 1)) for rule, path in found(bare.json())]
    assert ("element-out-of-order", f"{inside}.entry[1].resource.date") in expected
    assert sorted(found(wrapped.json())) == sorted(expected)


def test_any_resource_is_judged_by_base_r4(reader: TestClient) -> None:
    outcome = reader.post(VALIDATE, content=b'{"resourceType": "Patient", "gender": "x"}', headers=JSON)
    assert (outcome.status_code, found(outcome.json())) == (200, [("code-not-allowed", "Patient.gender")])


def test_nothing_is_kept(client: TestClient, gateway: Gateway) -> None:
    for name in (f"{GOOD}.json", f"{MISSING}.json", "unreadable/not-json-truncated.json"):
        client.post(VALIDATE, content=raw(name), headers=JSON)
    with gateway.store.engine.connect() as connection:
        rows = [
            connection.execute(select(func.count()).select_from(table)).scalar() for table in metadata.sorted_tables
        ]
    assert len(rows) > 5
    assert set(rows) == {0}
    assert client.get(f"/receipts/{message_id(tree(f'{GOOD}.json'))}").status_code == 404
