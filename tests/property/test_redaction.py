"""Derived data never depends on what was removed: a benefit anywhere R4 allows one changes only what tells of it.

The places come from the type facts, so that no list of them has to be kept up. By default every place of every good
message is planted once, in batches; which of the ways to name a benefit a place gets rotates with the message.
`CERTGATEWAY_EVERY_WAY=1 pytest tests/property/test_redaction.py` plants every place in every way, in JSON and XML.
"""

import os
from collections import defaultdict
from copy import deepcopy
from pathlib import Path

import pytest

from certgateway import safejson
from certgateway.domain.redaction import Received
from certgateway.engine.definitions.definitions import Definitions
from certgateway.fhir import bundle
from certgateway.fhir.benefits import Stripped
from certgateway.fhir.carried import NotCarried
from certgateway.services.examine import House
from tests.property import redaction
from tests.property.planting import (
    NOT_ALLOWED,
    Place,
    Planter,
    batches,
    planted,
    token,
)
from tests.property.planting_ways import BENEFIT_SYSTEM, OTHER_SYSTEM, Json
from tests.property.redaction import Judged, breaches, culprits, encoded, judged

MESSAGES = Path(__file__).resolve().parents[2] / "fixtures" / "messages"
GOOD = sorted(path.stem for path in (MESSAGES / "good").glob("*.json"))
EVERY_WAY = bool(os.environ.get("CERTGATEWAY_EVERY_WAY"))
# The longest list of ways has nine; by then every place has had each way that fits it at least once.
WAYS = range(9) if EVERY_WAY else range(1)
IN_XML = GOOD if EVERY_WAY else ["every-mapped-element", "hospital-specialist-arthritis", "required-items-only"]
TOGETHER = 80
# Messages with a fault of their own, from an unanswered item to a code that is not allowed.
FLAWED = (
    "conformance/code-not-allowed-status.json",
    "remark/no-resource-stated.json",
    "unanswered/prognosis-missing-no-horizon.json",
    "unanswered/health-risk-missing-section-absent.json",
)


@pytest.fixture(scope="module")
def house() -> House:
    return redaction.house()


def message(name: str) -> Json:
    tree: Json = safejson.parse((MESSAGES / name).read_bytes())
    return tree


def broken_places(tree: Json, house: House, rotation: int, *, xml: bool = False) -> list[str]:
    base = judged(encoded(tree, house, xml=xml), house)
    found = []
    for batch in batches(Planter(house.definitions, rotation).places(tree), TOGETHER):
        for place, broken in culprits(tree, base, batch, house, xml=xml):
            found.append(f"{place.kind} at {place.site} {place.keys}: {'; '.join(broken)}")
    return found


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", GOOD)
def test_no_place_of_a_good_message_lets_a_benefit_through(name: str, way: int, house: House) -> None:
    assert broken_places(message(f"good/{name}.json"), house, GOOD.index(name) + way) == []


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", IN_XML)
def test_no_place_of_a_good_message_in_xml_lets_a_benefit_through(name: str, way: int, house: House) -> None:
    assert broken_places(message(f"good/{name}.json"), house, GOOD.index(name) + 4 + way, xml=True) == []


@pytest.mark.parametrize("file", FLAWED)
def test_faults_stay_what_they_are(file: str, house: House) -> None:
    tree = message(file)
    base = judged(encoded(tree, house, xml=False), house)
    assert base.told
    found = []
    for batch in batches(Planter(house.definitions, 3).places(tree), TOGETHER):
        # A place inside what does not conform is told by its fault alone: one fault, one finding.
        told = [broken for broken in breaches(tree, base, batch, house) if not broken.startswith("nothing is named")]
        found += told
    assert found == []


def test_planted_before_everything_else(house: House) -> None:
    """At the front of each list: what follows moves, and no finding may lose its way."""
    tree = message("unanswered/prognosis-missing-no-horizon.json")
    base = judged(encoded(tree, house, xml=False), house)
    front = [place for place in Planter(house.definitions, 2).places(tree) if place.repeats and place.keys]
    for batch in batches(front, 1):
        after = judged(encoded(planted(tree, batch, at_front=True), house, xml=False), house)
        assert (after.certificate, after.verdict, after.told) == (base.certificate, base.verdict, base.told), batch
    assert len(front) > 100


def test_the_planter_finds_every_kind_of_place(house: House) -> None:
    """A planter that overlooks a kind would make everything above true for nothing."""
    places = list(Planter(house.definitions).places(message("good/every-mapped-element.json")))
    sites = {place.site for place in places}
    assert sites >= {
        "Bundle.entry:resource-Coverage",
        "Meta.tag",
        "CarePlan.activity",
        "CarePlan.category",
        "Coding.display",
        "CodeableConcept.coding",
        "CodeableConcept.text",
        "Composition.category",
        "Composition.event",
        "Composition.event.code",
        "Composition.section",
        "Composition.section.section",
        "Composition.section.text",
        "Composition.section.title",
        "Composition.text",
        "Extension._valueCode",
        "HumanName._given",
        "HumanName.given",
        "HumanName.prefix",
        "Meta.profile",
        "MessageHeader.meta",
        "Observation._valueString",
        "Observation.contained",
        "Observation.meta",
        "Observation.modifierExtension",
        "Patient.contained",
        "Patient.name",
        "Quantity.unit",
        "Reference.display",
    }
    assert not sites & NOT_ALLOWED
    kinds = {place.kind.rpartition("-")[0] or place.kind for place in places}
    assert kinds >= {"coding", "concept", "extension", "primitive-extension", "modifier-extension", "narrative"}
    assert kinds >= {"activity-coding", "label", "reference", "resource", "string", "id"}
    assert len(places) > 4000


# ---- with redaction switched off ----


def by_kind(house: House) -> dict[str, list[Place]]:
    listed = defaultdict(list)
    tree = message("good/several-conditions.json")
    for turn in range(9):
        for place in Planter(house.definitions, turn).places(tree):
            listed[place.kind].append(place)
    return listed


def unstripped(tree: Json, _definitions: Definitions) -> Stripped:
    return Stripped(tree, (), Received())


def survivors(house: House, promise: str) -> tuple[int, list[str]]:
    """How many kinds were tried, and the places at which nothing showed although redaction is switched off."""
    tree = message("good/several-conditions.json")
    base = judged(encoded(tree, house, xml=False), house)
    kinds, unseen = 0, []
    for kind, places in sorted(by_kind(house).items()):
        promised = [place for place in places if place.promise == promise]
        kinds += bool(promised)
        for place in promised[:: max(1, len(promised) // 4)][:4]:
            unseen += [] if breaches(tree, base, [place], house) else [f"{kind} at {place.site} {place.keys}"]
    return kinds, unseen


def test_without_the_naming_net_every_kind_of_place_turns_red(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "strip_benefits", unstripped)
    kinds, unseen = survivors(house, "removed")
    assert unseen == []
    assert kinds >= 50


def test_without_the_list_of_what_was_not_carried_the_other_kinds_turn_red(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle, "not_carried", lambda *_: NotCarried())
    kinds, unseen = survivors(house, "named")
    assert unseen == []
    assert kinds >= 6


# ---- whole statements, with references to them from everywhere ----

STATEMENTS: dict[str, Json] = {
    "Observation": {"status": "final", "code": {"coding": [{"system": OTHER_SYSTEM, "code": "AAP"}]}},
    "Condition": {"code": {"text": "Uføretrygd"}},
    "CarePlan": {
        "status": "active",
        "intent": "plan",
        "activity": [
            {"detail": {"code": {"coding": [{"system": BENEFIT_SYSTEM, "code": "2"}]}, "status": "not-started"}}
        ],
    },
    "ServiceRequest": {"status": "active", "intent": "proposal", "code": {"text": "arbeidsavklaringspenger"}},
    "Task": {"status": "requested", "intent": "proposal", "code": {"coding": [{"display": "Sykepenger"}]}},
    "Coverage": {"status": "active", "payor": [{"display": "NAV"}]},
    "ClaimResponse": {"status": "active"},
}
SUBJECT = {"CarePlan": "subject", "Condition": "subject", "ServiceRequest": "subject", "Coverage": "beneficiary"}


def section(tree: Json, item: str) -> Json:
    sections = tree["entry"][1]["resource"]["section"]
    return next(found for found in sections if found["code"]["coding"][0]["code"] == item)


def with_statement(kind: str, item: str, *, at: int | None = None) -> Json:
    """A message with one statement more: an entry of its own that a section refers to, and another statement."""
    tree = deepcopy(message("good/every-mapped-element.json"))
    patient = {"reference": tree["entry"][2]["fullUrl"]}
    url = "urn:uuid:5e1f0013-0d0c-4a10-9e00-00000000beef"
    resource = {"resourceType": kind, "id": token(1), SUBJECT.get(kind, "language"): patient, **STATEMENTS[kind]}
    if kind not in SUBJECT:
        resource["language"] = "nb"
    found = section(tree, item)
    found["entry"].insert(len(found["entry"]) if at is None else at, {"reference": url, "display": token(2)})
    tree["entry"][7]["resource"].setdefault("extension", []).append(
        {"url": "https://epj.example/fhir/StructureDefinition/se-ogsa", "valueReference": {"reference": url}}
    )
    tree["entry"].insert(6, {"fullUrl": url, "resource": resource})
    return tree


@pytest.mark.parametrize("item", ["activity", "treatment", "diagnosis", "function"])
@pytest.mark.parametrize("kind", sorted(STATEMENTS))
@pytest.mark.parametrize("at", [0, None])
def test_a_statement_that_is_a_benefit_goes_with_all_references_to_it(
    kind: str, item: str, at: int | None, house: House
) -> None:
    tree = message("good/every-mapped-element.json")
    base = judged(encoded(tree, house, xml=False), house)
    after = judged(encoded(with_statement(kind, item, at=at), house, xml=False), house)
    assert same(after, base) == []
    assert any(path.startswith("Bundle.entry[6].resource") for path in after.removed)


def test_a_section_that_held_nothing_but_a_benefit_goes_too(house: House) -> None:
    tree = message("good/every-mapped-element.json")
    base = judged(encoded(tree, house, xml=False), house)
    changed = with_statement("Coverage", "activity")
    more = {"title": "Ytelser", "entry": [{"reference": changed["entry"][6]["fullUrl"]}]}
    changed["entry"][1]["resource"]["section"].insert(0, more)
    assert same(judged(encoded(changed, house, xml=False), house), base) == []


def same(after: Judged, base: Judged) -> list[str]:
    names = ("certificate", "verdict", "told", "assessment")
    return [name for name in names if getattr(after, name) != getattr(base, name)]
