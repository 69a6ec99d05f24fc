"""Nothing is forgotten: how many cases there are, every invariant of base R4, every kind in both formats."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from certgateway.engine import kinds, load_base
from certgateway.engine.definitions.facts import Invariant, TypeFacts
from tests.engine.case_form import JsonOnly
from tests.engine.tables import GENERAL_CASES, GROUPS, XML_CASES

HERE = Path(__file__)
LEAST_CASES = 800
# Types our messages are made of: every invariant of theirs and of what stands in them must have a case.
OURS = """
    Bundle MessageHeader Composition Patient Practitioner PractitionerRole Organization Condition Observation
    RiskAssessment ClinicalImpression CarePlan DocumentReference Binary QuestionnaireResponse Questionnaire Task
    Communication CommunicationRequest Provenance OperationOutcome ServiceRequest
""".split()  # noqa: SIM905  Names read best as a list of words.
# Told under a kind of their own, which says it better.
TOLD_AS = {
    "ele-1": "value-empty",
    "ref-1": "reference-unresolved",
    "bdl-7": "full-url-duplicated",
    "txt-1": "narrative-not-allowed",
    "txt-2": "narrative-not-allowed",
}
# As published, nothing can break them: the resource has no name (cid-0); what exists is a list of answers, `false`
# among them (eld-11); the system they speak of is the placeholder 'something', itself no URI (ppc-2 to ppc-5); one of
# two elements is there, and both are mandatory (tst-4).
UNBREAKABLE = {"cid-0", "eld-11", "ppc-2", "ppc-3", "ppc-4", "ppc-5", "tst-4"}


def family(name: str) -> list[TypeFacts]:
    return load_base()._table.type_family(name)


def stated(facts: TypeFacts) -> Iterator[Invariant]:
    yield from facts.invariants
    for child in facts.children.values():
        yield from child.invariants


def reached(names: list[str]) -> set[str]:
    """The types of these names and all that their elements and bases are made of."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in found or load_base().type(name) is None or name == "Resource":
            continue
        found.add(name)
        for facts in family(name):
            waiting += [facts.base or "Element", *(ref.code for row in facts.children.values() for ref in row.types)]
    return found


def broken_keys() -> set[str]:
    faults = [fault for group in GROUPS for case in group.cases for fault in case.faults]
    return {
        fault.split(" ")[2]
        for fault in faults
        if fault.partition(":")[2].startswith("invariant-") or fault.startswith("invariant-broken")
    }


def found_kinds() -> tuple[set[str], set[str]]:
    """The kinds that cases find in JSON and in XML."""
    cases = [case for group in GROUPS for case in group.cases]
    in_json = {kind_of(fault) for case in cases for fault in case.faults}
    in_xml = {
        kind_of(fault) for case in cases if not isinstance(case.in_xml, JsonOnly) for fault in case.expected_in_xml()
    }
    in_both = {case.fault[0] for case in GENERAL_CASES.values()}
    by_hand = {kind_of(fault) for case in XML_CASES.values() for fault in case.faults}
    return in_json | in_both, in_xml | in_both | by_hand


def kind_of(fault: str) -> str:
    return fault.partition(" ")[0].rpartition(":")[2]


def test_there_are_enough_cases() -> None:
    assert sum(len(group.cases) for group in GROUPS) + len(XML_CASES) >= LEAST_CASES


def test_every_invariant_of_our_types_is_broken_once() -> None:
    wanted = {row.key for name in reached(OURS) for facts in family(name) for row in stated(facts)}
    assert wanted - broken_keys() - TOLD_AS.keys() == set()
    assert len(wanted) >= 80


def test_every_other_invariant_of_base_is_broken_once() -> None:
    wanted = {row.key for name in load_base().type_names() for facts in family(name) for row in stated(facts)}
    assert wanted - broken_keys() - TOLD_AS.keys() == UNBREAKABLE


# Kinds that one format alone can show.
IN_JSON_ONLY = {
    "list-expected": "XML has no lists",
    "single-expected": "XML has no lists; what stands twice is element-repeated",
    "null-not-allowed": "XML has no null",
    "type-wrong": "every value is text in XML",
}
IN_XML_ONLY = {
    "element-out-of-order": "the order of members means nothing in JSON",
    "namespace-wrong": "JSON has no namespaces",
    "attribute-unknown": "JSON has no attributes",
    "text-not-allowed": "JSON has no text between members",
}


def told_elsewhere() -> set[str]:
    """Kinds that a test module beside this one is about, or the tables of answers."""
    paths = [*HERE.parent.glob("test_*.py"), *HERE.parent.glob("answer_*.py")]
    sources = [path.read_text("utf-8") for path in paths if path != HERE]
    return {kind for kind in kinds() if any(f'"{kind}' in source for source in sources)}


def test_every_kind_has_a_case_in_json_and_in_xml() -> None:
    in_json, in_xml = found_kinds()
    known = set(kinds()) - (told_elsewhere() - in_json - in_xml)
    assert known - in_json == IN_XML_ONLY.keys()
    assert known - in_xml == IN_JSON_ONLY.keys()
