"""What the readers of single items share: codes, dates, quantities, comments, and the parts of an Observation.

Each function reads one kind of element and, where a finding may point at it, notes where it stood. A code outside our
vocabularies reads as absent; the engine reports it where the profile binds it.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from certgateway.domain.certificate import Attachment, Limit, Period, Quantity
from certgateway.domain.vocabulary import known, systems
from certgateway.fhir.reading import Node

ITEM_SYSTEM = systems.CODE_SYSTEM + "certificate-item"
ROLE_SYSTEM = systems.CODE_SYSTEM + "author-role"
CONTACT_SYSTEM = systems.CODE_SYSTEM + "contact"
CONTACT_WISH_SYSTEM = systems.CODE_SYSTEM + "contact-wish"
PURPOSE_SYSTEM = systems.CODE_SYSTEM + "purpose"
PART_SYSTEM = systems.CODE_SYSTEM + "statement-part"
LIMIT_SYSTEM = systems.CODE_SYSTEM + "limit"
PERSONAL_NUMBERS = (systems.FNR, systems.D_NUMBER)
RISK_SYSTEM = systems.CODE_SYSTEM + "risk-activity"

OCCUPATION_CODE: Final = re.compile(r"[0-9]{4,7}", re.ASCII)
"""How a code of Statistics Norway's occupations is formed."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom the certificate is about: the Patient's place and every personal number in use."""

    path: str
    numbers: frozenset[str]


@dataclass(slots=True)
class Reading:
    """What the readers share: where elements stood, the diagnoses that statements may refer to, and the patient.

    `strangers` are places where somebody else than the patient is named as subject, `ambiguous` places of personal
    numbers that contradict the patient's; `same` tells of each subject met whether it is the patient. `contents` are
    the attachments read from resources of their own. Both are kept by path: thousands may refer to one.
    """

    origins: dict[str, str] = field(default_factory=dict)
    diagnosis_index: dict[str, int] = field(default_factory=dict)
    patient: Subject | None = None
    same: dict[str, bool] = field(default_factory=dict)
    contents: dict[str, Attachment | None] = field(default_factory=dict)
    strangers: list[str] = field(default_factory=list)
    ambiguous: list[str] = field(default_factory=list)

    def note(self, element: str, path: str) -> None:
        """Remember where a domain element stood."""
        self.origins[element] = path


def own(vocabulary: str, code: str | None) -> str | None:
    """`code` when `vocabulary` of ours holds it, else None."""
    return code if code is not None and known(systems.CODE_SYSTEM + vocabulary, code) else None


def concept(
    node: Node, vocabulary: str, name: str = "value", spelled: str | None = "valueCodeableConcept"
) -> str | None:
    """The code of ours that the concept under `name` holds."""
    return own(vocabulary, node.code_of(systems.CODE_SYSTEM + vocabulary, name, spelled))


def extension_code(node: Node, url: str, vocabulary: str) -> str | None:
    """The code of ours that the extension `url` (its last step) holds."""
    found = node.extension(systems.STRUCTURE_DEFINITION + url)
    return own(vocabulary, found.text("valueCode")) if found else None


def extension(node: Node, url: str, element: str, reading: Reading) -> Node | None:
    """The extension `url` (its last step), with the place of its value."""
    found = node.extension(systems.STRUCTURE_DEFINITION + url)
    if found is not None:
        reading.note(element, f"{found.path}.value")
    return found


def extension_date(node: Node, url: str, element: str, reading: Reading) -> str | None:
    """The date that an extension holds, perhaps partial."""
    found = extension(node, url, element, reading)
    return found.text("valueDate") if found else None


def duration(node: Node, url: str, element: str, reading: Reading) -> Quantity | None:
    """The duration that an extension holds."""
    found = extension(node, url, element, reading)
    return quantity(found, "value", "valueDuration") if found else None


def source(node: Node, element: str, reading: Reading) -> str | None:
    """How the author knows: observed, tested, patient-reported, specialist, inferred."""
    found = extension(node, "source", f"{element}.source", reading)
    return own("statement-source", found.text("valueCode")) if found else None


def diagnosis_link(node: Node, reading: Reading) -> int | None:
    """Index of the diagnosis that the statement refers to."""
    found = node.extension(systems.STRUCTURE_DEFINITION + "diagnosis-link")
    resource = found.linked("value", "valueReference") if found else None
    return reading.diagnosis_index.get(resource.path) if resource else None


def comment(node: Node, element: str, reading: Reading) -> str | None:
    """The text of the first note: a short comment beside a coded statement."""
    note = node.first("note")
    if note is None:
        return None
    reading.note(f"{element}.comment", f"{note.path}.text")
    return note.text("text")


def prose(node: Node, element: str, reading: Reading, name: str = "value", spelled: str = "valueString") -> str | None:
    """Prose as written, with its place noted under `element`."""
    text = node.text(spelled)
    if text is not None:
        reading.note(element, f"{node.path}.{name}")
    return text


def date(
    node: Node, element: str, reading: Reading, name: str = "effective", spelled: str = "effectiveDateTime"
) -> str | None:
    """The date of the statement, perhaps partial."""
    text = node.text(spelled)
    if text is not None:
        reading.note(f"{element}.date", f"{node.path}.{name}")
    return text


def quantity(node: Node, name: str = "value", spelled: str = "valueQuantity") -> Quantity | None:
    """An exact quantity in a unit that we know, else None."""
    amount = node.get(name, spelled)
    if amount is None or amount.text("system") != systems.UCUM:
        return None
    value, unit = amount.number("value"), amount.text("code")
    return Quantity(value, unit) if value is not None and unit and known(systems.UCUM, unit) else None


def period(node: Node | None, element: str, reading: Reading) -> Period:
    """Start and end, perhaps partial; an absent period is open at both ends."""
    if node is None:
        return Period()
    for end in ("start", "end"):
        if end in node.value:
            reading.note(f"{element}.{end}", f"{node.path}.{end}")
    return Period(node.text("start"), node.text("end"))


@dataclass(slots=True)
class Parts:
    """The components of an Observation, by statement part or limit kind."""

    parts: dict[str, list[Node]]
    limits: list[tuple[str, Node]]

    def first(self, part: str) -> Node | None:
        """The first component of a part."""
        return next(iter(self.parts.get(part, ())), None)

    def code(self, part: str, vocabulary: str) -> str | None:
        """The code of ours that the first component of a part holds."""
        node = self.first(part)
        return concept(node, vocabulary) if node else None


def components(node: Node) -> Parts:
    """The components of an Observation by our codes; others stay unread."""
    found = Parts({}, [])
    for component in node.items("component"):
        coding = component.coding_in((PART_SYSTEM, LIMIT_SYSTEM), "code")
        if coding is not None and coding.system == PART_SYSTEM:
            found.parts.setdefault(coding.code, []).append(component)
        elif coding is not None:
            found.limits.append((coding.code, component))
    return found


def part_prose(parts: Parts, part: str, element: str, reading: Reading) -> str | None:
    """The prose that the first component of a part holds, with its place."""
    node = parts.first(part)
    return prose(node, element, reading) if node else None


def part_code(parts: Parts, part: str, vocabulary: str, element: str, reading: Reading) -> str | None:
    """The code of ours that the first component of a part holds, with its place."""
    node = parts.first(part)
    if node is None:
        return None
    reading.note(element, f"{node.path}.value")
    return concept(node, vocabulary)


def part_codes(parts: Parts, part: str, vocabulary: str, element: str, reading: Reading) -> tuple[str, ...]:
    """The codes of ours that all components of a part hold, in their order and each with its place."""
    found: list[str] = []
    for node in parts.parts.get(part, ()):
        code = concept(node, vocabulary)
        if code is not None:
            reading.note(f"{element}[{len(found)}]", f"{node.path}.value")
            found.append(code)
    return tuple(found)


def limits(parts: Parts, element: str, reading: Reading) -> tuple[Limit, ...]:
    """The limits of a function statement, in order."""
    found: list[Limit] = []
    for kind, component in parts.limits:
        amount = quantity(component)
        if amount is not None and own("limit", kind):
            reading.note(f"{element}.limits[{len(found)}]", f"{component.path}.value")
            found.append(Limit(kind, amount))
    return tuple(found)


def obligatory(node: Node, reading: Reading) -> None:
    """Members FHIR demands: who it is about must be the patient; the engine has judged the others."""
    node.skip("resourceType", "id", "status")
    same_subject(node, reading)


def same_subject(node: Node, reading: Reading, name: str = "subject") -> None:
    """Hold the subject of a statement against the patient, by the resource it leads to and by the number it gives."""
    reference = node.get(name)
    node.skip(name)
    if reference is None or reading.patient is None:
        return
    target = reference.resolve()
    named = reference.get("identifier")
    number = named.text("value") if named and named.text("system") in PERSONAL_NUMBERS else None
    if target is not None and target.path not in reading.same:
        reading.same[target.path] = target.path == reading.patient.path or _is_patient(target, reading.patient)
    same = target is None or reading.same[target.path]
    if not same or (number is not None and number not in reading.patient.numbers):
        reading.strangers.append(reference.path)


def _is_patient(target: Node, patient: Subject) -> bool:
    """Whether another Patient resource bears the patient's own number: the same person written twice."""
    found = (item.value for item in target.items("identifier"))
    numbers = {str(item.get("value")) for item in found if item.get("system") in PERSONAL_NUMBERS}
    return bool(numbers) and numbers <= patient.numbers
