"""What makes a part of a FHIR message benefit content, and whether a message holds any such part.

Most messages hold none: they are told here by one look, and left as they are. The predicates are those by which
`fhir.benefits` removes, so that the look can't differ from the walk. Nothing here may change a tree or know a path.
"""

from dataclasses import dataclass, field
from typing import Any

from certgateway.domain.certificate import ITEMS
from certgateway.domain.vocabulary import known, systems
from certgateway.domain.vocabulary.benefits import (
    BENEFIT_RESOURCE_TYPES,
    any_of,
    is_benefit_code,
    names_benefit,
    url_names_benefit,
)
from certgateway.engine.definitions.definitions import Definitions
from certgateway.fhir.questionnaire_form import LOINC_ANSWERS

Json = dict[str, Any]

CERTIFICATE_ITEM = systems.CODE_SYSTEM + "certificate-item"
# In these systems a code says what it says whatever stands beside it: only a code that itself names a benefit, which
# none of them has, makes the coding one; otherwise the display may name a benefit and go.
CLINICAL_SYSTEMS = frozenset(
    {*systems.DIAGNOSIS_SYSTEMS, *systems.ALIASES, systems.ICF, systems.LOINC, systems.UCUM, systems.DOCUMENT_TYPE}
)
# Rules that are named after a benefit are one more label: nobody could be asked to understand them.
_LABELS = frozenset({"code", "display", "implicitRules", "text", "title", "url"})
# A line that goes with an answer is no statement of the certificate and never carried, so that nothing is lost by it.
_LINES = frozenset({("Communication.payload", "content")})


@dataclass(frozen=True, slots=True)
class _Row:
    """What stands under one JSON key: its type, and whether its text is a label or name."""

    code: str
    is_label: bool


@dataclass(slots=True)
class _Ahead:
    """What one look has still to judge: objects and their types; then all labels at once, and all URLs of extensions.

    To look at texts together costs a fraction of looking at each, and hardly any message has one that counts.
    """

    objects: list[tuple[Json, str]]
    labels: list[str] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)

    def name_benefit(self) -> bool:
        """Whether one of the texts names a benefit."""
        return any_of(self.labels, names_benefit) or any_of(self.urls, url_names_benefit)


class BenefitSigns:
    """Whether a message holds benefit content, under one set of definitions."""

    def __init__(self, definitions: Definitions) -> None:
        """Know no type yet."""
        self._definitions = definitions
        self._rows: dict[str, dict[str, _Row]] = {}

    def below(self, value: Json, code: str) -> bool:
        """Whether anything below an object of this type is benefit content."""
        ahead = _Ahead([(value, code)])
        while ahead.objects:
            holder, code = ahead.objects.pop()
            rows = self._rows.get(code)
            if rows is None:
                rows = self._learn(code)
            for key, member in holder.items():
                row = rows.get(key)
                if row is None or (isinstance(member, str) and not row.is_label):
                    continue
                # A list inside a list is no FHIR; the walk leaves it alone too.
                for item in member if isinstance(member, list) else (member,):
                    if isinstance(item, dict):
                        if self._is_sign(item, row.code, ahead):
                            return True
                    elif row.is_label and isinstance(item, str):
                        ahead.labels.append(item)
        return ahead.name_benefit()

    def _is_sign(self, value: Json, code: str, ahead: _Ahead) -> bool:
        """Whether an object is about a benefit whatever it holds, which is ahead."""
        if code == "Resource" or "resourceType" in value:
            kind = str(value.get("resourceType"))
            if self._definitions.is_resource(kind):
                ahead.objects.append((value, kind))
            return kind in BENEFIT_RESOURCE_TYPES
        ahead.objects.append((value, code))
        if code == "Narrative":
            ahead.labels.append(str(value.get("div", "")))
        elif code == "Extension":
            ahead.urls.append(str(value.get("url", "")))
        else:
            return is_benefit(value, code)
        return False

    def _learn(self, code: str) -> dict[str, _Row]:
        """The rows of a type; types come from the definitions, so that a sender can't add any."""
        facts = self._definitions.type(code)
        rows: dict[str, _Row] = {}
        for key, (element, kind) in facts.keys.items() if facts is not None else ():
            label = is_label(element.name, code)
            rows |= {key: _Row(kind, label), f"_{key}": _Row("Element", label)}
        self._rows[code] = rows
        return rows


def signs_of(definitions: Definitions) -> BenefitSigns:
    """The one instance for these definitions."""
    signs: BenefitSigns = definitions.remembered("benefit signs", BenefitSigns)
    return signs


def is_label(name: str, holder: str) -> bool:
    """Whether a text under this name in this type is a label or a name, and not prose."""
    if holder == "HumanName" or (holder == "Meta" and name == "profile"):
        return True
    return (name in _LABELS and holder != "Annotation") or is_line(name, holder)


def is_line(name: str, holder: str) -> bool:
    """Whether a text under this name is a line that goes with an answer; what holds it says nothing else."""
    return (holder, name) in _LINES


def is_benefit(value: Json, code: str) -> bool:
    """Whether the object as such is about a benefit, whatever else it holds."""
    if code == "Coding":
        return _is_benefit_coding(value)
    if code == "Extension":
        return url_names_benefit(str(value.get("url", "")))
    if code == "Reference":
        return _leads_to_benefit(value)
    return code == "Composition.section" and _is_benefit_section(value)


def is_benefit_narrative(value: Json) -> bool:
    """Whether a narrative names a benefit."""
    return names_benefit(str(value.get("div", "")))


def _is_benefit_coding(value: Json) -> bool:
    system, code = str(value.get("system", "")), str(value.get("code", ""))
    if known(system, code):
        return False
    if system in CLINICAL_SYSTEMS:
        return names_benefit(code)
    labels = (system, code, str(value.get("display", "")))
    return is_benefit_code(system, code) or any(names_benefit(label) for label in labels)


def _leads_to_benefit(value: Json) -> bool:
    """Whether a Reference says by its URL or its type that it leads to a benefit resource, here or elsewhere."""
    steps = str(value.get("reference", "")).split("/")
    return str(value.get("type")) in BENEFIT_RESOURCE_TYPES or (len(steps) > 1 and steps[-2] in BENEFIT_RESOURCE_TYPES)


def _is_benefit_section(value: Json) -> bool:
    """A section of ours is known by its code, whatever its title says: an item's, and the one of answers."""
    foreign = section_item(value) is None and (systems.LOINC, LOINC_ANSWERS) not in _section_codes(value)
    return foreign and names_benefit(str(value.get("title", "")))


def section_item(value: Json) -> str | None:
    """The item id that a section's code gives, None when it gives none of ours."""
    codes = (code for system, code in _section_codes(value) if system == CERTIFICATE_ITEM)
    return next((code for code in codes if code in ITEMS), None)


def _section_codes(value: Json) -> list[tuple[str, str]]:
    """System and code of each coding of a section."""
    code = value.get("code")
    codings = code.get("coding") if isinstance(code, dict) else None
    listed = codings if isinstance(codings, list) else ()
    return [(str(coding.get("system")), str(coding.get("code"))) for coding in listed if isinstance(coding, dict)]
