"""What goes, what stays, and what is told of it: benefit content in small pieces of messages.

That no place is overlooked is the business of tests/property/test_redaction.py; here stands what each kind looks like.
"""

from copy import deepcopy
from typing import Any

import pytest

from certgateway import bootstrap
from certgateway.domain.message import Removal
from certgateway.engine.definitions.definitions import Definitions
from certgateway.fhir.benefits import Stripped, strip

Json = dict[str, Any]

OWN = "https://certgateway.example/fhir/CodeSystem/"
ICF = "http://hl7.org/fhir/sid/icf"
ICPC_2 = "urn:oid:2.16.578.1.12.4.1.1.7170"
AAP = {"system": "urn:oid:2.16.578.1.12.4.1.1.8888", "code": "AAP"}
NEUTRAL = {"system": "urn:oid:2.16.578.1.12.4.1.1.8888", "code": "42"}
KEPT = {"url": "https://epj.example/fhir/StructureDefinition/kontor", "valueString": "x"}
BENEFIT = {"url": "https://epj.example/fhir/StructureDefinition/uforetrygd", "valueBoolean": True}
XHTML = '<div xmlns="http://www.w3.org/1999/xhtml">'


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    return bootstrap.definitions()


def observation(**members: Any) -> Json:  # noqa: ANN401  a FHIR value of any type
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": ICF, "code": "d450"}]},
        **members,
    }


def paths(stripped: Stripped) -> list[str]:
    return [removal.path for removal in stripped.removed]


def bundle(*resources: Json) -> Json:
    entries = [{"fullUrl": f"urn:uuid:{number}", "resource": resource} for number, resource in enumerate(resources)]
    return {"resourceType": "Bundle", "type": "message", "entry": entries}


def composition(*sections: Json) -> Json:
    return {"resourceType": "Composition", "status": "final", "section": list(sections)}


def section(item: str, *references: str) -> Json:
    entries = [{"reference": reference} for reference in references]
    return {"code": {"coding": [{"system": OWN + "certificate-item", "code": item}]}, "entry": entries}


# ---- codings ----


@pytest.mark.parametrize(
    "coding",
    [
        {"system": OWN + "benefit-type", "code": "1"},
        {"system": OWN + "proposed-benefit", "code": "anything"},
        {"system": "http://terminology.hl7.org/CodeSystem/coverage-class", "code": "plan"},
        {"system": "https://epj.example/CodeSystem/ytelse", "code": "1"},
        {"system": "https://epj.example/typeTiltak", "code": "02"},
        {"code": "AAP"},
        {"system": "urn:x", "code": "1", "display": "Søker uføretrygd"},
        {"display": "ARBEIDSAVKLARINGSPENGER"},
        {"system": ICPC_2, "code": "AAP"},
    ],
)
def test_a_benefit_coding_goes_and_its_neighbours_stay(coding: Json, definitions: Definitions) -> None:
    tree = observation(category=[{"coding": [coding, NEUTRAL]}])
    stripped = strip(tree, definitions)
    assert stripped.tree == observation(category=[{"coding": [NEUTRAL]}])
    assert paths(stripped) == ["Observation.category[0].coding[0]"]
    assert stripped.received.path("Observation.category[0].coding[0]") == "Observation.category[0].coding[1]"


@pytest.mark.parametrize(
    "coding",
    [
        {"system": ICF, "code": "d450"},
        {"system": ICPC_2, "code": "L03"},
        {"system": OWN + "purpose", "code": "first"},
        {"system": "https://epj.example/typeTiltak", "code": "1"},
        {"system": "urn:x", "code": "1", "display": "Muskelytelse"},
        {"system": "urn:x", "code": "1", "display": "Sykmelding i svangerskap"},
    ],
)
def test_other_codings_stay(coding: Json, definitions: Definitions) -> None:
    tree = observation(category=[{"coding": [coding]}])
    assert strip(tree, definitions).tree == tree
    assert paths(strip(tree, definitions)) == []


def test_of_a_clinical_coding_only_the_display_goes(definitions: Definitions) -> None:
    tree = observation(code={"coding": [{"system": ICF, "code": "d450", "display": "AAP"}]})
    stripped = strip(tree, definitions)
    assert stripped.tree == observation()
    assert paths(stripped) == ["Observation.code.coding[0].display"]


def test_system_and_code_of_what_went_are_known_to_the_removal(definitions: Definitions) -> None:
    stripped = strip(observation(category=[{"coding": [AAP]}]), definitions)
    assert stripped.removed == (
        Removal("benefit-type", "Observation.category[0].coding[0]", str(AAP["system"]), "AAP"),
    )


def test_the_tree_that_came_is_left_as_it_is(definitions: Definitions) -> None:
    tree = bundle(observation(category=[{"coding": [AAP]}]), {"resourceType": "Coverage"})
    before = deepcopy(tree)
    strip(tree, definitions)
    assert tree == before


# ---- concepts, texts, names ----


def test_a_concept_of_nothing_else_goes_whole(definitions: Definitions) -> None:
    tree = observation(method={"coding": [AAP], "text": "Uføretrygd"})
    stripped = strip(tree, definitions)
    assert stripped.tree == observation()
    assert paths(stripped) == ["Observation.method.coding[0]", "Observation.method.text"]


def test_prose_is_not_touched(definitions: Definitions) -> None:
    tree = observation(valueString="Pasienten bør få AAP.", note=[{"text": "Uføretrygd anbefales."}])
    assert strip(tree, definitions).tree == tree


@pytest.mark.parametrize(
    "before,after,gone",
    [
        (["AAP", "Kari"], ["Kari"], ["Patient.name[0].given[0]"]),
        (["Kari", "AAP"], ["Kari"], ["Patient.name[0].given[1]"]),
    ],
)
def test_a_name_that_is_a_benefit_goes(
    before: list[str], after: list[str], gone: list[str], definitions: Definitions
) -> None:
    tree = {"resourceType": "Patient", "active": True, "name": [{"family": "Fjell", "given": before}]}
    stripped = strip(tree, definitions)
    assert stripped.tree["name"] == [{"family": "Fjell", "given": after}]
    assert paths(stripped) == gone


# A list of values and the list of their extensions tell of the same items, index by index.
PAIRS = [
    (["AAP", "Kari"], [None, {"extension": [KEPT]}], ["Kari"], [{"extension": [KEPT]}], "given[0]", "given[1]"),
    (
        ["AAP", "Kari"],
        [{"extension": [KEPT]}, None],
        [None, "Kari"],
        [{"extension": [KEPT]}, None],
        "given[1]",
        "given[1]",
    ),
    (["Ola", "AAP"], [None, {"extension": [BENEFIT]}], ["Ola"], None, "given[0]", "given[0]"),
    (["AAP", "Kari"], [{"extension": [BENEFIT]}, None], ["Kari"], None, "given[0]", "given[1]"),
    (
        ["Ola", "Kari"],
        [{"extension": [BENEFIT]}, {"id": "k"}],
        ["Ola", "Kari"],
        [None, {"id": "k"}],
        "given[1]",
        "given[1]",
    ),
    (["Ola", "AAP"], [None, {"id": "k"}], ["Ola"], None, "given[0]", "given[0]"),
    (["AAP", "Kari"], [{"id": "k"}, {"id": "l"}], ["Kari"], [{"id": "l"}], "given[0]", "given[1]"),
    (
        ["AAP", "Kari"],
        [{"id": "k", "extension": [KEPT]}, None],
        [None, "Kari"],
        [{"id": "k", "extension": [KEPT]}, None],
        "given[0]",
        "given[0]",
    ),
]


@pytest.mark.parametrize("given,beside,given_after,beside_after,stripped_path,received_path", PAIRS)
def test_values_and_their_extensions_stay_side_by_side(  # noqa: PLR0917  one column of the table each
    given: list[Any],
    beside: list[Any],
    given_after: list[Any],
    beside_after: list[Any] | None,
    stripped_path: str,
    received_path: str,
    definitions: Definitions,
) -> None:
    tree = {"resourceType": "Patient", "active": True, "name": [{"given": given, "_given": beside}]}
    stripped = strip(tree, definitions)
    expected = {"given": given_after} if beside_after is None else {"given": given_after, "_given": beside_after}
    assert stripped.tree["name"] == [expected]
    assert stripped.received.path(f"Patient.name[0].{stripped_path}") == f"Patient.name[0].{received_path}"


@pytest.mark.parametrize("given,beside", [(5, [{"extension": [BENEFIT]}]), (["AAP"], {"id": "x"}), (["AAP"], [])])
def test_lists_that_do_not_belong_together_hurt_nobody(given: object, beside: object, definitions: Definitions) -> None:
    tree = {"resourceType": "Patient", "active": True, "name": [{"given": given, "_given": beside}]}
    assert strip(tree, definitions).tree["active"] is True


@pytest.mark.parametrize(
    "beside,left", [({"id": "x"}, {}), ({"extension": [KEPT]}, {"_display": {"extension": [KEPT]}})]
)
def test_an_id_does_not_outlive_the_value_it_stood_beside(beside: Any, left: Any, definitions: Definitions) -> None:  # noqa: ANN401
    coding = {"system": ICF, "code": "d450", "display": "Arbeidsavklaringspenger", "_display": beside}
    stripped = strip(observation(code={"coding": [coding]}), definitions)
    assert stripped.tree == observation(code={"coding": [{"system": ICF, "code": "d450", **left}]})


# ---- extensions ----


def test_an_extension_goes_by_its_url_wherever_it_stands(definitions: Definitions) -> None:
    tree = observation(extension=[BENEFIT, KEPT], _status={"extension": [KEPT, BENEFIT]})
    stripped = strip(tree, definitions)
    assert stripped.tree == observation(extension=[KEPT], _status={"extension": [KEPT]})
    assert paths(stripped) == ["Observation.extension[0]", "Observation.status.extension[1]"]


def test_an_extension_goes_with_its_value(definitions: Definitions) -> None:
    valued = {"url": "https://epj.example/x", "valueCodeableConcept": {"coding": [AAP]}}
    stripped = strip(observation(extension=[valued]), definitions)
    assert stripped.tree == observation()
    assert paths(stripped) == ["Observation.extension[0]"]


def test_an_extension_of_which_nothing_is_left_goes(definitions: Definitions) -> None:
    hollow = {"url": "https://epj.example/x", "extension": [BENEFIT]}
    half = {"url": "https://epj.example/x", "extension": [BENEFIT, {"url": "svar", "valueBoolean": True}]}
    stripped = strip(observation(extension=[hollow, half]), definitions)
    left = {"url": "https://epj.example/x", "extension": [{"url": "svar", "valueBoolean": True}]}
    assert stripped.tree == observation(extension=[left])
    assert paths(stripped) == ["Observation.extension[0].extension[0]", "Observation.extension[1].extension[0]"]


def test_a_benefit_beside_a_code_does_not_cost_the_code(definitions: Definitions) -> None:
    coding = {"system": ICF, "code": "d450", "_code": {"extension": [BENEFIT]}}
    stripped = strip(observation(code={"coding": [coding]}), definitions)
    assert stripped.tree == observation()


# ---- statements ----


def test_a_statement_coded_as_a_benefit_goes_whole(definitions: Definitions) -> None:
    tree = bundle(observation(), observation(code={"coding": [AAP]}, valueString="x"))
    stripped = strip(tree, definitions)
    assert [entry["fullUrl"] for entry in stripped.tree["entry"]] == ["urn:uuid:0"]
    assert stripped.removed == (Removal("benefit-type", "Bundle.entry[1].resource", str(AAP["system"]), "AAP"),)


def test_a_statement_whose_value_is_a_benefit_goes_whole(definitions: Definitions) -> None:
    tree = bundle(observation(), observation(code={"text": "gjelder"}, valueCodeableConcept={"coding": [AAP]}))
    assert paths(strip(tree, definitions)) == ["Bundle.entry[1].resource"]


def test_a_value_that_is_not_all_a_statement_says_goes_alone(definitions: Definitions) -> None:
    part = [{"code": {"coding": [{"system": OWN + "statement-part", "code": "qualifier"}]}, "valueInteger": 2}]
    tree = observation(valueCodeableConcept={"coding": [AAP]}, component=part)
    stripped = strip(tree, definitions)
    assert stripped.tree == observation(component=part)
    assert paths(stripped) == ["Observation.value.coding[0]"]


def test_a_component_that_is_a_benefit_goes(definitions: Definitions) -> None:
    parts = [{"code": {"coding": [AAP]}, "valueBoolean": True}, {"code": {"text": "x"}, "valueBoolean": True}]
    stripped = strip(observation(component=parts), definitions)
    assert stripped.tree == observation(component=parts[1:])
    assert stripped.received.path("Observation.component[0].value") == "Observation.component[1].value"


def test_an_activity_that_is_a_benefit_is_a_proposed_one(definitions: Definitions) -> None:
    plan = {
        "resourceType": "CarePlan",
        "status": "active",
        "activity": [
            {"detail": {"code": {"coding": [AAP]}, "status": "scheduled"}},
            {"detail": {"status": "scheduled"}},
        ],
    }
    stripped = strip(bundle(plan), definitions)
    assert stripped.removed[0].item == "proposed-benefit"
    assert stripped.tree["entry"][0]["resource"]["activity"] == [{"detail": {"status": "scheduled"}}]


def test_what_must_stand_takes_its_holder_along(definitions: Definitions) -> None:
    relation = {"code": "replaces", "targetReference": {"display": "Søknad om AAP"}}
    tree = {"resourceType": "Composition", "status": "final", "title": "x", "relatesTo": [relation]}
    stripped = strip(tree, definitions)
    assert "relatesTo" not in stripped.tree
    assert paths(stripped) == ["Composition.relatesTo[0]"]


def test_a_label_that_must_stand_becomes_a_dash(definitions: Definitions) -> None:
    tree = {"resourceType": "Composition", "status": "final", "title": "Legeerklæring ved uføretrygd"}
    stripped = strip(tree, definitions)
    assert stripped.tree["title"] == "-"
    assert paths(stripped) == ["Composition.title"]


# ---- sections, narratives ----


@pytest.mark.parametrize(
    "item,told", [("treatment", "proposed-benefit"), ("activity", "proposed-benefit"), ("function", "benefit-type")]
)
def test_the_item_of_a_removal_follows_from_the_section(item: str, told: str, definitions: Definitions) -> None:
    tree = composition({**section(item, "urn:uuid:x"), "title": "AAP"})
    stripped = strip(tree, definitions)
    assert [(removal.item, removal.path) for removal in stripped.removed] == [(told, "Composition.section[0].title")]
    assert stripped.tree == composition(section(item, "urn:uuid:x"))


def test_a_section_of_its_own_about_a_benefit_goes(definitions: Definitions) -> None:
    tree = composition(
        {"title": "Ytelser: AAP", "text": {"status": "generated", "div": XHTML + "x</div>"}},
        section("function", "urn:uuid:x"),
    )
    stripped = strip(tree, definitions)
    assert stripped.tree == composition(section("function", "urn:uuid:x"))
    assert stripped.received.path("Composition.section[0].entry[0]") == "Composition.section[1].entry[0]"


def test_a_narrative_gives_way_to_a_neutral_one(definitions: Definitions) -> None:
    tree = observation(text={"status": "additional", "div": XHTML + "<p>Bør få AAP.</p></div>"})
    stripped = strip(tree, definitions)
    assert stripped.tree == observation(text={"status": "generated", "div": XHTML + "-</div>"})
    assert paths(stripped) == ["Observation.text"]


def test_an_extension_inside_a_neutral_narrative_goes(definitions: Definitions) -> None:
    text = {"status": "generated", "div": XHTML + "x</div>"}
    stripped = strip(observation(text={**text, "extension": [BENEFIT]}), definitions)
    assert stripped.tree == observation(text=text)


# ---- resources and references to them ----


def test_references_to_what_went_go_too(definitions: Definitions) -> None:
    tree = bundle(
        composition(section("function", "urn:uuid:1", "urn:uuid:2"), section("activity", "urn:uuid:1")),
        {"resourceType": "Coverage", "status": "active"},
        observation(focus=[{"reference": "urn:uuid:1"}, {"reference": "urn:uuid:9"}]),
    )
    stripped = strip(tree, definitions)
    first, second = (entry["resource"] for entry in stripped.tree["entry"])
    assert first == composition(section("function", "urn:uuid:2"))
    assert second == observation(focus=[{"reference": "urn:uuid:9"}])
    assert paths(stripped) == ["Bundle.entry[1].resource"]
    place = stripped.received.path("Bundle.entry[1].resource.focus[0].reference")
    assert place == "Bundle.entry[2].resource.focus[1].reference"
    assert stripped.received.path("Bundle.entry[0].resource.section[0].entry[0]") == (
        "Bundle.entry[0].resource.section[0].entry[1]"
    )


@pytest.mark.parametrize(
    "reference", ["http://epj.example/fhir/Coverage/c1/_history/2", "Coverage/c1/_history/2", "Coverage/c1"]
)
def test_references_by_url_name_and_version_go_too(reference: str, definitions: Definitions) -> None:
    others = ["http://epj.example/fhir/Coverage/c2/_history/2", "Observation/c1/_history/2"]
    tree = bundle(
        observation(focus=[{"reference": each} for each in (others[0], reference, others[1])]),
        {"resourceType": "Coverage", "id": "c1", "status": "active"},
    )
    tree["entry"][1]["fullUrl"] = "http://epj.example/fhir/Coverage/c1"
    (left,) = (entry["resource"] for entry in strip(tree, definitions).tree["entry"])
    assert left == observation(focus=[{"reference": each} for each in others])


def test_a_section_that_says_why_it_is_empty_stays(definitions: Definitions) -> None:
    empty = {"code": section("health-risk")["code"], "emptyReason": {"text": "nilknown"}}
    tree = composition({**empty, "entry": [{"reference": "https://nav.example/fhir/Coverage/1"}]})
    stripped = strip(tree, definitions)
    assert stripped.tree == composition(empty)
    assert paths(stripped) == ["Composition.section[0].entry[0]"]


def test_a_contained_benefit_goes_with_its_references_though_entries_went_before_it(definitions: Definitions) -> None:
    """Counted as received: the resource stood in another place before the first entry went."""
    holder = observation(
        contained=[{"resourceType": "Coverage", "id": "c"}, {"resourceType": "Basic", "id": "b"}],
        focus=[{"reference": "#c"}, {"reference": "#b"}],
    )
    stripped = strip(bundle({"resourceType": "Claim"}, holder), definitions)
    left = observation(contained=[{"resourceType": "Basic", "id": "b"}], focus=[{"reference": "#b"}])
    assert [entry["resource"] for entry in stripped.tree["entry"]] == [left]
    assert paths(stripped) == ["Bundle.entry[0].resource", "Bundle.entry[1].resource.contained[0]"]


def test_a_contained_benefit_does_not_cost_an_entry_of_the_same_name(definitions: Definitions) -> None:
    contained = observation(id="1", code={"coding": [AAP]})
    tree = bundle(
        composition(section("function", "Observation/1")),
        observation(id="1"),
        {"resourceType": "Basic", "code": {"text": "x"}, "contained": [contained]},
    )
    stripped = strip(tree, definitions)
    assert stripped.tree["entry"][0] == tree["entry"][0]


def test_a_plan_of_nothing_but_benefits_goes_with_the_section_that_named_it(definitions: Definitions) -> None:
    task = {"resourceType": "Task", "id": "t", "code": {"coding": [AAP]}}
    plan = {"resourceType": "CarePlan", "id": "p", "activity": [{"reference": {"reference": "Task/t"}}]}
    stripped = strip(bundle(composition(section("treatment", "CarePlan/p")), plan, task, observation()), definitions)
    assert [entry["resource"]["resourceType"] for entry in stripped.tree["entry"]] == ["Composition", "Observation"]
    assert "section" not in stripped.tree["entry"][0]["resource"]
    assert stripped.received.path("Bundle.entry[1]") == "Bundle.entry[3]"


@pytest.mark.parametrize(
    "kind", ["Coverage", "CoverageEligibilityRequest", "Claim", "ClaimResponse", "EnrollmentRequest"]
)
def test_resources_about_money_go_whatever_they_hold(kind: str, definitions: Definitions) -> None:
    stripped = strip(bundle({"resourceType": kind}, observation()), definitions)
    assert [entry["resource"]["resourceType"] for entry in stripped.tree["entry"]] == ["Observation"]
    assert stripped.removed == (Removal("benefit-type", "Bundle.entry[0].resource"),)


def test_what_is_no_resource_or_a_benefit_itself_is_left_for_the_engine(definitions: Definitions) -> None:
    for tree in ({"resourceType": "Erklaering", "text": "AAP"}, {"text": "AAP"}, {"resourceType": ["AAP"]}):
        assert strip(tree, definitions).tree == tree
        assert paths(strip(tree, definitions)) == []
