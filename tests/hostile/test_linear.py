"""Four times the input takes about four times the CPU, whatever is repeated: nothing in the walk is quadratic.

Each case repeats one thing that some step once looked up by looking at all the others. What takes the square of its
input takes sixteen times as long here; the bound lies between, with room for a busy machine.
"""

import gc
import json
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest

from certgateway import bootstrap
from certgateway.domain.message import Format
from certgateway.services.examine import Judgement, detect_format, examine, judge_examined, validation_facts
from fixtures.authoring import good
from fixtures.authoring.writers import to_xml
from tests.calibration import assert_grows_by, cpu

Json = dict[str, Any]
Edit = Callable[[Json, int], None]

HOUSE = bootstrap.build_house()
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
BASE = good.messages()["back-pain-tolerates-load"].tree
OWN = "https://certgateway.example/fhir/"
FNR = "urn:oid:2.16.578.1.12.4.1.4.1"
DIV = '<div xmlns="http://www.w3.org/1999/xhtml">x</div>'
TEXT = {"status": "generated", "div": DIV}
TIMES = 4
MOST = 9
"""How many times the CPU four times the input may take: 4 and a machine's noise, not 16."""


def resource(tree: Json, kind: str) -> Json:
    found: Json = next(entry["resource"] for entry in tree["entry"] if entry["resource"]["resourceType"] == kind)
    return found


def section(tree: Json, item: str) -> Json:
    sections = resource(tree, "Composition")["section"]
    found: Json = next(each for each in sections if each["code"]["coding"][0]["code"] == item)
    return found


def first_of(tree: Json, item: str) -> Json:
    address = section(tree, item)["entry"][0]["reference"]
    found: Json = next(entry["resource"] for entry in tree["entry"] if entry["fullUrl"] == address)
    return found


def contained_and_named(tree: Json, count: int) -> None:
    resource(tree, "Composition")["contained"] = [
        {"resourceType": "Observation", "id": f"c{at}", "status": "final", "code": TEXT | {"text": "x"}}
        for at in range(count)
    ]
    section(tree, "function")["entry"] = [{"reference": f"#c{at}"} for at in range(count)]


def contained_nameless(tree: Json, count: int) -> None:
    resource(tree, "Composition")["contained"] = [{"resourceType": "Basic", "code": {"text": "x"}}] * count
    section(tree, "function")["entry"] = [{"reference": f"#c{at}"} for at in range(count)]


def contained_elsewhere(tree: Json, count: int) -> None:
    resource(tree, "Composition")["contained"] = [
        {"resourceType": "Basic", "id": f"d{at}", "code": {"text": "x"}, "subject": {"reference": "#"}}
        for at in range(count)
    ]
    section(tree, "function")["entry"] = [{"reference": f"#c{at}"} for at in range(count)]


def one_id(tree: Json, count: int) -> None:
    resource(tree, "Composition")["contained"] = [{"resourceType": "Patient", "id": "c"}] * count


def diagnosis_links(tree: Json, count: int) -> None:
    link = {"url": OWN + "StructureDefinition/diagnosis-link", "valueReference": {"reference": "#x"}}
    first_of(tree, "function")["extension"] = [link] * count


def foreign_sections(tree: Json, count: int) -> None:
    foreign = {"code": {"coding": [{"system": "http://x.example", "code": "y"}]}, "text": TEXT}
    resource(tree, "Composition")["section"] += [foreign] * count


def foreign_components(tree: Json, count: int) -> None:
    first_of(tree, "function")["component"] = [{"code": {"text": "x"}, "valueString": "y"}] * count


def foreign_extensions(tree: Json, count: int) -> None:
    first_of(tree, "function")["extension"] = [{"url": "http://x.example", "valueString": "y"}] * count


def benefit_sections(tree: Json, count: int) -> None:
    resource(tree, "Composition")["section"] += [{"title": "AAP"}] * count


def benefits_among_faults(tree: Json, count: int) -> None:
    pair = [{"system": "http://x.example", "code": "AAP"}, {"system": "http://x.example", "code": " "}]
    resource(tree, "Composition")["type"]["coding"] += pair * count


def benefits_among_losses(tree: Json, count: int) -> None:
    pair = [{"system": "http://x.example", "code": "AAP"}, {"system": "http://x.example", "code": "z"}]
    first_of(tree, "function")["code"]["coding"] += pair * count


def benefits_behind_a_choice(tree: Json, count: int) -> None:
    observation = first_of(tree, "function")
    members = dict(observation)
    observation.clear()
    observation.update({"resourceType": "Observation"} | {f"x{at}": 1 for at in range(count * 4)} | members)
    observation["valueCodeableConcept"]["coding"] += [{"system": "http://x.example", "code": "AAP"}] * count


def one_resource_often(tree: Json, count: int) -> None:
    part = {"coding": [{"system": OWN + "CodeSystem/statement-part", "code": "adaptation"}]}
    first_of(tree, "function")["component"] = [{"code": part, "valueCodeableConcept": {"text": "x"}}] * count
    section(tree, "function")["entry"] = section(tree, "function")["entry"][:1] * count


def one_subject_often(tree: Json, count: int) -> None:
    numbers = [{"system": FNR, "value": "x"}] * (count * 4)
    statement = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}
    resource(tree, "Composition")["contained"] = [
        {"resourceType": "Patient", "id": "p", "identifier": numbers},
        *(statement | {"id": f"c{at}", "subject": {"reference": "#p"}} for at in range(count)),
    ]
    section(tree, "function")["entry"] += [{"reference": f"#c{at}"} for at in range(count)]


def one_attachment_often(tree: Json, count: int) -> None:
    file = {"resourceType": "Binary", "id": "b", "contentType": "application/pdf", "data": "QUFB" * (count * 600)}
    paper = {"resourceType": "DocumentReference", "status": "current", "content": [{"attachment": {"url": "#b"}}]}
    composition = resource(tree, "Composition")
    composition["contained"] = [file, *(paper | {"id": f"d{at}"} for at in range(count))]
    code = {"coding": [{"system": OWN + "CodeSystem/certificate-item", "code": "attachment"}]}
    composition["section"].append({"code": code, "entry": [{"reference": f"#d{at}"} for at in range(count)]})


def one_claim_often(tree: Json, count: int) -> None:
    composition = resource(tree, "Composition")
    composition["meta"] = {"profile": [OWN + "StructureDefinition/certificate|1.0.0"] * count}
    composition["section"] += [{"title": "x", "text": TEXT}] * count


def almost_benefits(tree: Json, count: int) -> None:
    coding = {"system": "http://x.example", "code": "a", "display": "ytels " * (10 * count)}
    resource(tree, "Composition")["type"]["coding"] = [coding] * 4


JSON_CASES: tuple[tuple[Edit, int, str], ...] = (
    (contained_and_named, 700, "too-many-faults"),
    (contained_nameless, 700, "element-missing"),
    (contained_elsewhere, 700, "reference-unresolved"),
    (one_id, 1500, "id-duplicated"),
    (diagnosis_links, 1200, "reference-unresolved"),
    (foreign_sections, 500, "not-carried"),
    (foreign_components, 1000, "not-carried"),
    (foreign_extensions, 1000, "not-carried"),
    (benefit_sections, 1500, "benefit-removed"),
    (benefits_among_faults, 600, "value-empty"),
    (benefits_among_losses, 600, "not-carried"),
    (benefits_behind_a_choice, 1500, "benefit-removed"),
    (one_resource_often, 300, "not-carried"),
    (one_subject_often, 300, "subject-differs"),
    (one_attachment_often, 100, "element-missing"),
    (one_claim_often, 300, "not-carried"),
    (almost_benefits, 100, "pattern-differs"),
)

XML_CASES: tuple[tuple[str, str, int, str], ...] = (
    ("<entry>", "<zz/>", 4000, "element-unknown"),
    ("</resource>", "<Basic/>", 4000, "element-repeated"),
    ("<entry>", '<type value="message"/>', 2000, "element-repeated"),
    ("<entry>", '<link a="" b="" c="" d=""/>', 1500, "attribute-unknown"),
)


def judged(raw: bytes, format_: Format) -> Judgement:
    examined = examine(raw, format_, HOUSE)
    return judge_examined(examined, validation_facts(HOUSE, AT), HOUSE.policies[format_])


def assert_no_square(small: bytes, large: bytes) -> None:
    assert_grows_by(MOST, lambda: cost(small), lambda: cost(large))


def cost(raw: bytes) -> float:
    gc.collect()
    return cpu(lambda: judged(raw, detect_format(raw)))


def edited(edit: Edit, count: int) -> bytes:
    tree = deepcopy(BASE)
    edit(tree, count)
    return json.dumps(tree).encode()


def spliced(before: str, piece: str, count: int) -> bytes:
    body = to_xml(BASE).decode()
    assert before in body
    return body.replace(before, piece * count + before, 1).encode()


@pytest.mark.no_cover
@pytest.mark.parametrize("edit, count, rule", JSON_CASES, ids=[edit.__name__ for edit, _, _ in JSON_CASES])
def test_four_times_the_json_takes_no_square_of_the_time(edit: Edit, count: int, rule: str) -> None:
    small, large = edited(edit, count), edited(edit, TIMES * count)
    assert rule in {finding.rule for finding in judged(small, "fhir-json").findings}
    assert_no_square(small, large)


@pytest.mark.no_cover
@pytest.mark.parametrize("before, piece, count, rule", XML_CASES, ids=[piece for _, piece, _, _ in XML_CASES])
def test_four_times_the_xml_takes_no_square_of_the_time(before: str, piece: str, count: int, rule: str) -> None:
    small, large = spliced(before, piece, count), spliced(before, piece, TIMES * count)
    assert rule in {finding.rule for finding in judged(small, "fhir-xml").findings}
    assert_no_square(small, large)


def test_faults_of_the_xml_form_and_of_the_tree_are_told_a_thousand_at_most_together() -> None:
    body = to_xml(BASE).decode()
    body = body.replace("<entry>", "<zz/>" * 600 + "<entry>", 1).replace(
        "</Patient>", "<name/>" * 900 + "</Patient>", 1
    )
    findings = judged(body.encode(), "fhir-xml").findings
    told = [finding.rule for finding in findings if finding.rule != "not-carried"]
    assert {rule: told.count(rule) for rule in set(told)} == {
        "element-unknown": 600,
        "value-empty": 400,
        "too-many-faults": 1,
    }
    (more,) = [finding for finding in findings if finding.rule == "too-many-faults"]
    assert (more.path, more.detail) == ("Bundle", {"limit": "1000"})


def test_faults_of_form_in_what_was_removed_do_not_use_up_the_thousand() -> None:
    tree = deepcopy(BASE)
    resource(tree, "Composition")["section"].append({"title": "AAP", "text": TEXT})
    body = to_xml(tree).decode().replace('<title value="AAP"/>', '<title value="AAP"/>' + "<zz/>" * 1200, 1)
    judgement = judged(body.encode(), "fhir-xml")
    assert (judgement.verdict, [finding.rule for finding in judgement.findings]) == ("accepted", ["benefit-removed"])


def test_more_than_a_thousand_losses_are_told_by_one_more_at_the_message() -> None:
    judgement = judged(edited(foreign_sections, 1200), "fhir-json")
    # Of each section its code and its text; the text is the last of each pair.
    paths = [finding.path for finding in judgement.findings if finding.rule == "not-carried"]
    assert judgement.verdict == "accepted"
    assert len(paths) == len(set(paths)) == 1001
    assert paths.count("Bundle") == 1


def test_more_than_five_hundred_entries_are_refused_before_any_other_work() -> None:
    def with_entries(tree: Json, count: int) -> None:
        foreign = {"resourceType": "Surprise"}
        tree["entry"] += [{"fullUrl": f"urn:x:{at}", "resource": foreign} for at in range(count - len(tree["entry"]))]

    refused = judged(edited(with_entries, 501), "fhir-json")
    assert refused.verdict == "rejected"
    assert [(found.rule, found.path, found.detail) for found in refused.findings] == [
        ("too-many-entries", "Bundle", {"limit": "500"})
    ]
    looked_at = {found.rule for found in judged(edited(with_entries, 500), "fhir-json").findings}
    assert "too-many-entries" not in looked_at
    assert "resource-type-unknown" in looked_at


def test_whoever_sends_too_many_entries_is_known_by_message_id() -> None:
    tree = deepcopy(BASE)
    tree["entry"] += [{}] * 500
    examined = examine(json.dumps(tree).encode(), "fhir-json", HOUSE)
    assert examined.envelope is not None
    assert examined.envelope.message_id == BASE["entry"][0]["resource"]["id"]
    assert not examined.unreadable
