"""From a stripped message Bundle to the domain certificate: the allow-list, item by item (docs/fhir-mapping.md).

Only what is named here is carried. Nothing is guessed: an element that is absent or malformed is absent in the
certificate. Alongside goes the map from domain element to path, by which a finding points at its place in the input.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

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
from certgateway.fhir import elements, statements
from certgateway.fhir.elements import Reading
from certgateway.fhir.reading import Message, Node

T = TypeVar("T")

_PATIENT_NUMBERS = ((systems.FNR, "fnr"), (systems.D_NUMBER, "dnr"))
_ORDER_LENGTH = 64
Reader = Callable[[Node, str, Reading], T | None]


@dataclass(slots=True)
class Parsed:
    """The certificate, None when the message has none, and where each domain element stood."""

    certificate: Certificate | None
    origins: dict[str, str] = field(default_factory=dict)


def find_composition(message: Message) -> Node | None:
    """The Composition that the MessageHeader's focus names, else the first one in the Bundle."""
    for entry in message.root.items("entry"):
        header = entry.get("resource")
        if header is not None and header.value.get("resourceType") == "MessageHeader":
            for focus in header.items("focus"):
                found = focus.resolve()
                if found is not None and found.value.get("resourceType") == "Composition":
                    return found
    return next((node for node in message.by_name.values() if node.value.get("resourceType") == "Composition"), None)


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
    return Parsed(_assemble(composition, identifier, authored, reading), reading.origins)


def _assemble(composition: Node, identifier: Coding, authored: datetime, reading: Reading) -> Certificate:
    found = dict(_sections(composition))
    diagnosis = statements.diagnoses(_section_resources(found, "diagnosis", reading), reading)

    def read(item: str, reader: Reader[T]) -> Section[T]:
        return _section(found, item, reader, reading)

    return Certificate(
        identifier=identifier,
        authored=authored,
        status=composition.text("status") or "",
        patient=_patient(composition, reading),
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
        attachment=read("attachment", statements.attachment),
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
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None


def _sections(composition: Node) -> Iterator[tuple[str, list[Node]]]:
    """Item id and its sections; a repeated section is a conformance fault, but what it says is read all the same."""
    found: dict[str, list[Node]] = {}
    for section in composition.items("section"):
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
    return [resource for section in nodes for resource in _resources(section)]


def _section(found: dict[str, list[Node]], item: str, reader: Reader[T], reading: Reading) -> Section[T]:
    entries: list[T] = []
    for resource in _section_resources(found, item, reading):
        if item in SINGLE_ITEMS and entries:
            break
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
    node = composition.linked("subject")
    if node is None:
        return Patient()
    reading.origins["patient"] = node.path
    name = _name(node)
    for identifier in node.items("identifier"):
        for system, kind in _PATIENT_NUMBERS:
            if identifier.value.get("system") == system:
                identifier.skip("system", "use", "type")
                reading.origins["patient.number"] = f"{identifier.path}.value"
                return Patient(identifier.text("value"), kind, name)  # type: ignore[arg-type]
    return Patient(name=name)


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
    reference = composition.first("author")
    role = reference.resolve() if reference else None
    last_seen, contact = _last_seen(composition, reading)
    if role is None:
        return Author(last_seen=last_seen, contact=contact)
    reading.origins["author"] = role.path
    roles = _codes(role, (elements.ROLE_SYSTEM, systems.PROFESSION))
    practitioner, organization = role.linked("practitioner"), role.linked("organization")
    if practitioner is not None:
        reading.origins["author"] = practitioner.path
    return Author(
        hpr=_number(practitioner, (systems.HPR,), "author.hpr", reading),
        number=_number(practitioner, (systems.FNR, systems.D_NUMBER), "author.number", reading),
        profession=roles.get(systems.PROFESSION),
        role=roles.get(elements.ROLE_SYSTEM),
        organisation=_number(organization, (systems.ORGANISATION_NUMBER,), "author.organisation", reading),
        her=_number(organization, (systems.HER_ID,), "author.her", reading),
        last_seen=last_seen,
        contact=contact,
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
        if identifier.value.get("system") in wanted:
            identifier.skip("system", "use", "type")
            reading.origins[element] = f"{identifier.path}.value"
            return identifier.text("value")
    return None


def _last_seen(composition: Node, reading: Reading) -> tuple[str | None, str | None]:
    for event, code in _events(composition, elements.CONTACT_SYSTEM):
        period = event.get("period")
        if period is not None:
            reading.origins["author.last_seen"] = f"{period.path}.start"
            period.skip("end")
        return (period.text("start") if period else None), code
    return None, None


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
    """An id and nothing else: letters, digits and hyphens that name no benefit."""
    plain = text.isascii() and text.replace("-", "").isalnum() and len(text) <= _ORDER_LENGTH
    return plain and not names_benefit(text)


def _replaces(composition: Node) -> Coding | None:
    for relation in composition.items("relatesTo"):
        if relation.value.get("code") == "replaces":
            relation.skip("code")
            return _identifier(relation, "targetIdentifier")
    return None
