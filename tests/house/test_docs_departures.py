"""Where README says that we depart from FHIR practice or the plan, we do: each row that a message can show is shown."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from bench.subjects import AT
from certgateway import bootstrap
from certgateway.services.examine import examine, judge_examined, validation_facts
from tools import docs

Json = dict[str, Any]
Change = Callable[[Json], object]
Findings = set[tuple[str, str | None]]

ICPC_2 = "urn:oid:2.16.578.1.12.4.1.1.7170"
ICPC_2B = "urn:oid:2.16.578.1.12.4.1.1.7171"
ITEM = "https://certgateway.example/fhir/CodeSystem/certificate-item"
DIAGNOSIS_CODE = "Bundle.entry[6].resource.code.coding[0].code"
DIAGNOSIS_SECTION = "Bundle.entry[1].resource.section[0]"
UNKNOWN_DIAGNOSIS: Findings = {("diagnosis-missing", DIAGNOSIS_SECTION), ("diagnosis-code-unknown", DIAGNOSIS_CODE)}


def findings(change: Change) -> Findings:
    tree = copy.deepcopy(json.loads(docs.EXAMPLE.read_text("utf-8")))
    change(tree)
    house = bootstrap.build_house()
    judged = judge_examined(
        examine(json.dumps(tree).encode(), "fhir-json", house), validation_facts(house, AT), "reject"
    )
    return {(finding.rule, finding.path) for finding in judged.findings}


def resource(tree: Json, entry: int) -> Json:
    found: Json = tree["entry"][entry]["resource"]
    return found


def diagnosis(system: str, code: str) -> Change:
    return lambda tree: resource(tree, 6)["code"]["coding"][0].update(system=system, code=code)


def functions(code: str) -> Change:
    def change(tree: Json) -> None:
        for entry in (7, 8):
            resource(tree, entry)["code"]["coding"][0]["code"] = code

    return change


def treatment_by_service_request(tree: Json) -> None:
    name = "5e1f000f-0d0c-4a10-9e00-0000000000aa"
    subject = {"reference": tree["entry"][2]["fullUrl"]}
    request = {"resourceType": "ServiceRequest", "id": name, "status": "active", "intent": "order", "subject": subject}
    tree["entry"].append({"fullUrl": f"urn:uuid:{name}", "resource": request})
    code = {"coding": [{"system": ITEM, "code": "treatment"}]}
    resource(tree, 1)["section"].append({"code": code, "entry": [{"reference": f"urn:uuid:{name}"}]})


def reversed_absence(tree: Json) -> None:
    resource(tree, 3)["period"] = {"start": "2026-05-06", "end": "2026-05-01"}


def withdrawn_without_answers(tree: Json) -> None:
    resource(tree, 1)["status"] = "entered-in-error"
    del resource(tree, 1)["section"]
    del tree["entry"][6:]


CASES: list[tuple[str, Change, Findings]] = [
    ("bound extensibly", functions("d999"), set()),
    ("bound extensibly", functions("d4"), {("function-missing", "Bundle.entry[1].resource.section[1]")}),
    ("ICPC-2B is judged by its rubric", diagnosis(ICPC_2B, "N89.0001"), set()),
    ("ICPC-2B is judged by its rubric", diagnosis(ICPC_2B, "N89.01"), UNKNOWN_DIAGNOSIS),
    ("ICPC-2 process codes", diagnosis(ICPC_2, "N50"), UNKNOWN_DIAGNOSIS),
    # Nobody reads this period, so that per-1 being left out is all that could be seen.
    ("per-1 is the remark", reversed_absence, {("not-carried", "Bundle.entry[3].resource.period")}),
    (
        "a reference that leads out of the message",
        lambda tree: resource(tree, 3).update(location=[{"reference": "Location/elsewhere"}]),
        {
            ("reference-unresolved", "Bundle.entry[3].resource.location[0].reference"),
            ("not-carried", "Bundle.entry[3].resource.location[0]"),
        },
    ),
    (
        "claims only unknown profiles",
        lambda tree: tree["meta"].update(profile=["https://elsewhere.example/StructureDefinition/certificate"]),
        {("profile-unknown", "Bundle.meta.profile[0]")},
    ),
    ("claims only unknown profiles", lambda tree: tree.pop("meta"), set()),
    (
        "names, telecoms and addresses",
        lambda tree: resource(tree, 5).update(telecom=[{"system": "url", "value": "x"}], address=[{"city": "Oslo"}]),
        set(),
    ),
    (
        "treatments are CarePlan activities only",
        treatment_by_service_request,
        {
            ("reference-target-wrong", "Bundle.entry[1].resource.section[4].entry[0]"),
            ("not-carried", "Bundle.entry[10].resource"),
        },
    ),
    ("a withdrawal", withdrawn_without_answers, set()),
]


@pytest.mark.parametrize(
    "row, change, expected", CASES, ids=[f"{number}-{row.replace(' ', '-')}" for number, (row, *_) in enumerate(CASES)]
)
def test_departure_is_as_the_readme_says(row: str, change: Change, expected: Findings) -> None:
    table = (docs.ROOT / "README.md").read_text("utf-8").partition("## Where we depart")[2].partition("\n## ")[0]
    assert any(row in line.partition("|")[2].partition("|")[0] for line in table.splitlines())
    assert findings(change) == expected


def test_the_example_alone_has_no_finding() -> None:
    assert findings(lambda _: None) == set()
