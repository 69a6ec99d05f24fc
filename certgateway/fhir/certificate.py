"""From a stripped message Bundle to the domain certificate: the allow-list, item by item (docs/fhir-mapping.md).

Only what is named here is carried. Nothing is guessed: an element that is absent or malformed is absent in the
certificate. Alongside goes the map from domain element to path, by which a finding points at its place in the input.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal, TypeVar

from certgateway.domain.certificate import (
    ITEMS,
    SINGLE_ITEMS,
    Author,
    Certificate,
    Coding,
    Patient,
    Purpose,
    Section,
    Treatment,
)
from certgateway.domain.vocabulary import names_benefit, systems
from certgateway.fhir import attached, elements, questionnaire_reading, replying, statements
from certgateway.fhir.elements import Reading, Subject
from certgateway.fhir.reading import Message, Node

T = TypeVar("T")

_NUMBER_KINDS: dict[str, Literal["fnr", "dnr"]] = {systems.FNR: "fnr", systems.D_NUMBER: "dnr"}
_ORDER = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|(?:[A-Z]{1,4}-?)?[0-9][0-9-]{0,31}")
# What a section's entries are; every other item is told by Observations.
_RESOURCES = {
    "diagnosis": "Condition",
    "treatment": "CarePlan",
    "health-risk": "RiskAssessment",
    "prognosis": "ClinicalImpression",
    "attachment": "DocumentReference",
}
Reader = Callable[[Node, str, Reading], T | None]


@dataclass(slots=True)
class Parsed:
    """The certificate, None when the message has none, and where each domain element stood.

    `strangers` are the places of subjects other than the patient, `ambiguous` those of further personal numbers.
    """

    certificate: Certificate | None
    origins: dict[str, str] = field(default_factory=dict)
    strangers: list[str] = field(default_factory=list)
    ambiguous: list[str] = field(default_factory=list)


def find_composition(message: Message) -> Node | None:
    """The Composition that the MessageHeader's focus names, else the first one in the Bundle."""
    for header in message.resources:
        if header.value.get("resourceType") == "MessageHeader":
            for focus in header.items("focus"):
                found = focus.resolve()
                if found is not None and found.value.get("resourceType") == "Composition":
                    return found
    return next((node for node in message.resources if node.value.get("resourceType") == "Composition"), None)


def parse_certificate(message: Message) -> Parsed:
    """Read the certificate. Without a Composition that has an identifier and a date with time zone there is none."""
    composition = find_composition(message)
    if composition is None:
        return Parsed(None)
    reading = Reading(origins={"": composition.path})
    _note_profile(message, reading)
    identifier = _identifier(composition, "identifier")
    authored = _instant(composition.text("date"))
    reading.note("authored", f"{composition.path}.date")
    reading.note("status", f"{composition.path}.status")
    if identifier is None or authored is None:
        return Parsed(None, reading.origins)
    certificate = _assemble(composition, identifier, authored, reading)
    certificate = questionnaire_reading.complete(certificate, composition, reading)
    # For its places and its subject; what an answer says of itself is told by `bundle.find_reply`.
    replying.read_reply(message, reading, composition)
    if replying.is_in_error(message):
        certificate = replace(certificate, status=replying.IN_ERROR)
    return Parsed(certificate, reading.origins, reading.strangers, reading.ambiguous)


def _assemble(composition: Node, identifier: Coding, authored: datetime, reading: Reading) -> Certificate:
    # The patient first: whom every statement is about is held against it.
    patient = _patient(composition, reading)
    found = dict(_sections(composition, reading))
    diagnosis = statements.diagnoses(_section_resources(found, "diagnosis", reading), reading)

    def read(item: str, reader: Reader[T]) -> Section[T]:
        return _section(found, item, reader, reading)

    return Certificate(
        identifier=identifier,
        authored=authored,
        status=composition.text("status") or "",
        patient=patient,
        author=_author(composition, reading),
        purpose=_purpose(composition, reading),
        replaces=_replaces(composition),
        employment=read("employment", statements.employment),
        diagnosis=_stated(found.get("diagnosis", ()), diagnosis),
        history=read("history", statements.history),
        findings=read("findings", statements.clinical_finding),
        onset=read("onset", statements.onset),
        treatment=_treatments(found, reading),
        function=read("function", statements.function),
        health_risk=read("health-risk", statements.health_risk),
        activity=read("activity", statements.participation),
        prognosis=read("prognosis", statements.prognosis),
        specialist=read("specialist", statements.specialist),
        assessment=read("assessment", statements.assessment),
        reservation=read("reservation", statements.reservation),
        attachment=read("attachment", attached.attachment),
    )


def _note_profile(message: Message, reading: Reading) -> None:
    reading.origins["profile"] = message.root.path
    meta = message.root.get("meta")
    profiles = meta.value.get("profile") if meta else None
    if meta is not None and isinstance(profiles, list) and profiles:
        reading.origins["profile"] = f"{meta.path}.profile[0]"


def _identifier(node: Node, name: str) -> Coding | None:
    identifier = node.get(name)
    value = identifier.text("value") if identifier else None
    return Coding(identifier.text("system") or "", value) if identifier and value else None


def _instant(text: str | None) -> datetime | None:
    """A FHIR dateTime with time and zone; None for anything less exact."""
    try:
        moment = datetime.fromisoformat(text or "")
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _sections(composition: Node, reading: Reading) -> Iterator[tuple[str, list[Node]]]:
    """Item id and its sections; a repeated section is a conformance fault, but what it says is read all the same."""
    found: dict[str, list[Node]] = {}
    for section in composition.items("section"):
        elements.same_subject(section, reading, "focus")
        item = section.code_of(elements.ITEM_SYSTEM, "code")
        if item in ITEMS:
            found.setdefault(item, []).append(section)
    yield from found.items()


def _resources(section: Node) -> Iterator[Node]:
    for reference in section.items("entry"):
        resource = reference.resolve()
        if resource is not None:
            yield resource


def _section_resources(found: dict[str, list[Node]], item: str, reading: Reading) -> list[Node]:
    nodes = found.get(item, [])
    if nodes:
        reading.origins[item] = nodes[0].path
    # However often a resource is named it is one statement; a sender could make us read a large one thousands of times.
    return list({resource.path: resource for section in nodes for resource in _resources(section)}.values())


def _section(found: dict[str, list[Node]], item: str, reader: Reader[T], reading: Reading) -> Section[T]:
    entries: list[T] = []
    for resource in _section_resources(found, item, reading):
        if item in SINGLE_ITEMS and entries:
            break
        if resource.value.get("resourceType") != _RESOURCES.get(item, "Observation"):
            continue
        element = item if item in SINGLE_ITEMS else f"{item}[{len(entries)}]"
        statement = reader(resource, element, reading)
        if statement is not None:
            reading.origins[element] = resource.path
            entries.append(statement)
    return _stated(found.get(item, ()), entries)


def _treatments(found: dict[str, list[Node]], reading: Reading) -> Section[Treatment]:
    entries: list[Treatment] = []
    for plan in _section_resources(found, "treatment", reading):
        entries += statements.treatments(plan, len(entries), reading)
    return _stated(found.get("treatment", ()), entries)


def _stated(nodes: list[Node] | tuple[()], entries: list[T]) -> Section[T]:
    """The item's state: statements win; otherwise the section's emptyReason tells "none" from "not assessed"."""
    if entries:
        return Section("stated", tuple(entries))
    for section in nodes:
        reason = section.code_of(systems.LIST_EMPTY_REASON, "emptyReason")
        if reason == "nilknown":
            return Section("none")
        if reason is not None:
            return Section("not-assessed", reason=reason)
    return Section()


def _patient(composition: Node, reading: Reading) -> Patient:
    reading.note("patient.reference", f"{composition.path}.subject")
    node = composition.linked("subject")
    if node is None:
        return Patient()
    reading.note("patient", node.path)
    numbers = list(_personal_numbers(node))
    reading.patient = Subject(node.path, frozenset(number for number, _, _ in numbers))
    elements.same_subject(composition, reading)
    if not numbers:
        return Patient(name=_name(node))
    number, kind, path = numbers[0]
    reading.note("patient.number", path)
    reading.ambiguous += [place for other, _, place in numbers if other != number]
    return Patient(number, kind, _name(node))


def _personal_numbers(node: Node) -> Iterator[tuple[str, Literal["fnr", "dnr"], str]]:
    """Every personal number in use, its kind and its place; one marked as old is nobody's name any more."""
    for identifier in node.items("identifier"):
        kind = _NUMBER_KINDS.get(str(identifier.value.get("system")))
        value = identifier.value.get("value")
        if kind is not None and isinstance(value, str) and identifier.value.get("use") != "old":
            identifier.skip("use", "type")
            identifier.message.mark(identifier.value, ("system", "value"))
            yield value, kind, f"{identifier.path}.value"


def _name(patient: Node) -> str | None:
    human = patient.first("name")
    if human is None:
        return None
    human.skip("use")
    given = human.value.get("given")
    human.skip("given")
    parts = [part for part in (given if isinstance(given, list) else ()) if isinstance(part, str)]
    family = human.text("family")
    return human.text("text") or " ".join([*parts, *([family] if family else [])]) or None


def _author(composition: Node, reading: Reading) -> Author:
    reading.note("author.reference", f"{composition.path}.author")
    reference = composition.first("author")
    role = reference.resolve() if reference else None
    last_seen, contact = _last_seen(composition, reading)
    told = Author(last_seen=last_seen, contact=contact, contacts=_contacts(composition, reading))
    if role is None:
        return told
    reading.origins["author"] = role.path
    roles = _codes(role, (elements.ROLE_SYSTEM, systems.PROFESSION))
    practitioner, organization = role.linked("practitioner"), role.linked("organization")
    if practitioner is not None:
        reading.origins["author"] = practitioner.path
    return replace(
        told,
        hpr=_number(practitioner, (systems.HPR,), "author.hpr", reading),
        number=_own_number((practitioner, role), reading),
        profession=roles.get(systems.PROFESSION),
        role=roles.get(elements.ROLE_SYSTEM),
        organisation=_number(organization, (systems.ORGANISATION_NUMBER,), "author.organisation", reading),
        her=_number(organization, (systems.HER_ID,), "author.her", reading),
    )


def _codes(role: Node, wanted: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for concept in role.items("code"):
        for coding in concept.items("coding"):
            system = coding.value.get("system")
            if system in wanted and system not in found:
                coding.skip("system")
                found[system] = coding.text("code") or ""
    return found


def _number(node: Node | None, wanted: tuple[str, ...], element: str, reading: Reading) -> str | None:
    for identifier in node.items("identifier") if node else ():
        if identifier.value.get("system") in wanted and identifier.value.get("use") != "old":
            identifier.skip("use", "type")
            identifier.message.mark(identifier.value, ("system",))
            reading.origins[element] = f"{identifier.path}.value"
            return identifier.text("value")
    return None


def _own_number(nodes: tuple[Node | None, ...], reading: Reading) -> str | None:
    """The author's personal number; of several, the one that is the patient's too: that is what it is read for."""
    numbers = [found for node in nodes if node is not None for found in _personal_numbers(node)]
    shared = [found for found in numbers if reading.patient and found[0] in reading.patient.numbers]
    for number, _, path in [*shared, *numbers][:1]:
        reading.note("author.number", path)
        return number
    return None


def _last_seen(composition: Node, reading: Reading) -> tuple[str | None, str | None]:
    for event, code in _events(composition, elements.CONTACT_SYSTEM):
        period = event.get("period")
        if period is not None:
            reading.origins["author.last_seen"] = f"{period.path}.start"
            period.skip("end")
        return (period.text("start") if period else None), code
    return None, None


def _contacts(composition: Node, reading: Reading) -> tuple[str, ...]:
    """Whom NAV should get in touch with, an event for each."""
    found: list[str] = []
    for event, code in _events(composition, elements.CONTACT_WISH_SYSTEM):
        if elements.own("contact-wish", code):
            reading.origins[f"author.contacts[{len(found)}]"] = event.path
            found.append(code)
    return tuple(found)


def _events(composition: Node, system: str) -> Iterator[tuple[Node, str]]:
    for event in composition.items("event"):
        for concept in event.items("code"):
            for coding in concept.items("coding"):
                if coding.value.get("system") == system and isinstance(coding.value.get("code"), str):
                    coding.skip("system", "code")
                    yield event, coding.value["code"]


def _purpose(composition: Node, reading: Reading) -> Purpose | None:
    for event, code in _events(composition, elements.PURPOSE_SYSTEM):
        reading.origins["purpose"] = event.path
        detail = event.first("detail")
        order = _identifier(detail, "identifier") if detail else None
        return Purpose(code, order.code if order and _is_order(order.code) else None)
    return None


def _is_order(text: str) -> bool:
    """An id and nothing else: a UUID, or a number that at most four capitals stand before."""
    return _ORDER.fullmatch(text) is not None and not names_benefit(text)


def _replaces(composition: Node) -> Coding | None:
    for relation in composition.items("relatesTo"):
        if relation.value.get("code") == "replaces":
            relation.skip("code")
            return _identifier(relation, "targetIdentifier")
    return None
