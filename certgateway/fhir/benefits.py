"""Takes benefit content out of an opened FHIR message: codings, concepts, extensions, sections, resources of any depth.

This is the net that *names* what is removed (domain.md 5.2 b): it knows benefit codes and words and may miss. The net
that may not miss is the codec, which builds derived data from an allow-list. Everything after this module sees only
the stripped tree, so that a message with and one without benefit content give the same certificate, verdict and
findings by construction. Prose (Observation.value, Annotation.text) is not touched here: it is withheld by sentence,
never edited.
"""

from dataclasses import dataclass, field
from typing import Any

from certgateway.domain.certificate import ITEMS
from certgateway.domain.message import Removal, RemovalItem
from certgateway.domain.redaction import Received
from certgateway.domain.vocabulary import known, systems
from certgateway.domain.vocabulary.benefits import (
    BENEFIT_RESOURCE_TYPES,
    is_benefit_code,
    names_benefit,
    url_names_benefit,
)
from certgateway.engine.definitions import Definitions, ElementFacts, TypeFacts
from certgateway.safejson import Tree

Json = dict[str, Any]

CERTIFICATE_ITEM = systems.CODE_SYSTEM + "certificate-item"
# In these systems a code says what it says whatever stands beside it: only the display may name a benefit and go.
CLINICAL_SYSTEMS = frozenset(
    {*systems.DIAGNOSIS_SYSTEMS, *systems.ALIASES, systems.ICF, systems.LOINC, systems.UCUM, systems.DOCUMENT_TYPE}
)

_GONE = object()
_LABELS = frozenset({"code", "display", "text", "title", "url"})
# A resource, component, section or activity whose code is a benefit is about the benefit; the same for what a value
# says.
_DEFINING = frozenset({"code", "value"})
_PROPOSING = frozenset({"CarePlan", "ServiceRequest", "Task", "ActivityDefinition", "PlanDefinition", "RequestGroup"})
_NEUTRAL_DIV = '<div xmlns="http://www.w3.org/1999/xhtml">-</div>'


@dataclass(slots=True)
class Stripped:
    """The message without benefit content, what was taken, and the way back to received coordinates."""

    tree: Json
    removed: tuple[Removal, ...]
    received: Received


@dataclass(slots=True)
class _Work:
    """What one walk collects. `links` are the ways to refer to a removed resource; a second walk follows them."""

    definitions: Definitions
    removed: list[Removal] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    links: set[str] = field(default_factory=set)
    unlinking: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the walk is: received path, the path of the resource around it, and what kind of removal this would be."""

    path: str
    resource: str
    item: RemovalItem = "benefit-type"

    def at(self, path: str) -> "_Place":
        """The same surroundings, another node."""
        return _Place(path, self.resource, self.item)


@dataclass(frozen=True, slots=True)
class _Said:
    """What the definitions say of a member: its element, the type of its value, and the type that holds it."""

    element: ElementFacts
    code: str
    holder: str


def _said(key: str, facts: TypeFacts) -> _Said | None:
    entry = facts.keys.get(key.removeprefix("_"))
    return None if entry is None else _Said(entry[0], "Element" if key.startswith("_") else entry[1], facts.name)


def strip(tree: Json, definitions: Definitions) -> Stripped:
    """A copy of `tree` without benefit content. A root that is itself a benefit is left for the engine to refuse."""
    kind = str(tree.get("resourceType"))
    facts = definitions.type(kind) if definitions.is_resource(kind) else None
    if facts is None:
        return Stripped(tree, (), Received())
    work = _Work(definitions)
    kept = _members(tree, facts, _Place(kind, kind), work)
    if work.links and kept is not _GONE:
        kept = _unlink(kept, facts, work)
    return Stripped(tree if kept is _GONE else kept, tuple(work.removed), Received(work.gone))


def _unlink(tree: Json, facts: TypeFacts, work: _Work) -> Tree:
    """Take away the references to what was removed, and the sections that held nothing else."""
    second = _Work(work.definitions, links=work.links, unlinking=True)
    kept = _members(tree, facts, _Place(facts.name, facts.name), second)
    received = Received(work.gone)
    work.gone += [received.path(path) for path in second.gone]
    return kept


def _object(value: Json, code: str, place: _Place, work: _Work) -> Tree:
    if code == "Resource" or "resourceType" in value:
        return _resource(value, place, work)
    if work.unlinking:
        return _linked(value, code, place, work)
    if code == "Narrative":
        return _narrative(value, place, work)
    if _is_benefit(value, code):
        return _take(value, place, work)
    facts = work.definitions.type(code)
    return value if facts is None else _members(value, facts, place, work)


def _linked(value: Json, code: str, place: _Place, work: _Work) -> Tree:
    """The second walk over one object: only references to removed resources go."""
    target = str(value.get("reference", ""))
    if code == "Reference" and (place.resource + target if target.startswith("#") else target) in work.links:
        return _GONE
    facts = work.definitions.type(code)
    kept = value if facts is None else _members(value, facts, place, work)
    emptied = code == "Composition.section" and isinstance(kept, dict) and "entry" in value and "entry" not in kept
    return _GONE if emptied else kept


def _resource(value: Json, place: _Place, work: _Work) -> Tree:
    kind = str(value.get("resourceType"))
    item: RemovalItem = "proposed-benefit" if kind in _PROPOSING else place.item
    contained = ".contained[" in place.path
    here = _Place(place.path, place.resource if contained else place.path, item)
    if kind in BENEFIT_RESOURCE_TYPES and not work.unlinking:
        return _take(value, here, work)
    facts = work.definitions.type(kind) if work.definitions.is_resource(kind) else None
    return value if facts is None else _members(value, facts, here, work)


def _members(value: Json, facts: TypeFacts, place: _Place, work: _Work) -> Tree:
    """Every member stripped; the whole is gone when its defining member is, or when nothing is left of it."""
    before = len(work.removed)
    if facts.name == "Composition.section" and _section_item(value) in {"treatment", "activity"}:
        place = _Place(place.path, place.resource, "proposed-benefit")
    kept: Json = {}
    for key, member in value.items():
        said = _said(key, facts)
        stripped = member if said is None else _member(member, said, place, work)
        if stripped is not _GONE:
            kept[key] = stripped
        elif said is not None and said.element.name in _DEFINING and isinstance(member, dict) and not work.unlinking:
            trigger = work.removed[-1]
            del work.removed[before:]
            return _take(value, place, work, trigger)
    return _remainder(value, kept)


def _remainder(value: Json, kept: Json) -> Tree:
    """`_GONE` when removal left an object that says nothing, such as a concept without codings."""
    return _GONE if value and not (kept.keys() - {"id", "resourceType"}) and len(kept) < len(value) else kept


def _member(member: Tree, said: _Said, place: _Place, work: _Work) -> Tree:
    here = place.at(f"{place.path}.{said.element.name}")
    return _items(member, said, here, work) if isinstance(member, list) else _item(member, said, here, work)


def _item(item: Tree, said: _Said, place: _Place, work: _Work) -> Tree:
    if isinstance(item, str):
        return item if work.unlinking else _string(item, said, place, work)
    return _object(item, said.code, place, work) if isinstance(item, dict) else item


def _items(items: list[Tree], said: _Said, place: _Place, work: _Work) -> Tree:
    kept = []
    for index, item in enumerate(items):
        here = place.at(f"{place.path}[{index}]")
        stripped = _item(item, said, here, work)
        if stripped is _GONE or (said.code == "Bundle.entry" and _emptied_entry(item, stripped, work)):
            work.gone.append(here.path)
        else:
            kept.append(stripped)
    return kept if kept or not items else _GONE


def _emptied_entry(item: Tree, stripped: Tree, work: _Work) -> bool:
    if isinstance(item, dict) and isinstance(stripped, dict) and "resource" in item and "resource" not in stripped:
        work.links.add(str(item.get("fullUrl")))
        return True
    return False


def _string(text: str, said: _Said, place: _Place, work: _Work) -> Tree:
    """Labels and names that name a benefit go; one that must be there is replaced by a dash, since nobody reads it."""
    label = said.element.name in _LABELS and said.holder != "Annotation"
    if not (label or said.holder == "HumanName") or not names_benefit(text):
        return text
    _take(text, place, work)
    return "-" if said.element.min else _GONE


def _narrative(value: Json, place: _Place, work: _Work) -> Tree:
    """A narrative that names a benefit gives way to a neutral one: its absence might be a fault."""
    if not names_benefit(str(value.get("div", ""))):
        return value
    _take(value, place, work)
    return {"status": "generated", "div": _NEUTRAL_DIV}


def _take(value: Tree, place: _Place, work: _Work, trigger: Removal | None = None) -> Tree:
    """Record that the node at `place` was removed, and by which coding; remember how a resource may be referred to."""
    system, code = (trigger.system, trigger.code) if trigger else (None, None)
    if isinstance(value, dict) and trigger is None and isinstance(value.get("code"), str):
        system, code = value.get("system"), value["code"]
    work.removed.append(Removal(place.item, place.path, system, code))
    if isinstance(value, dict) and "resourceType" in value:
        work.links |= {f"{value['resourceType']}/{value.get('id')}", f"{place.resource}#{value.get('id')}"}
    return _GONE


def _is_benefit(value: Json, code: str) -> bool:
    """Whether the object as such is about a benefit, whatever else it holds."""
    if code == "Coding":
        return _is_benefit_coding(value)
    if code == "Extension":
        return url_names_benefit(str(value.get("url", "")))
    return code == "Composition.section" and _is_benefit_section(value)


def _is_benefit_coding(value: Json) -> bool:
    system, code = str(value.get("system", "")), str(value.get("code", ""))
    if system in CLINICAL_SYSTEMS or known(system, code):
        return False
    labels = (system, code, str(value.get("display", "")))
    return is_benefit_code(system, code) or any(names_benefit(label) for label in labels)


def _is_benefit_section(value: Json) -> bool:
    return names_benefit(str(value.get("title", ""))) and _section_item(value) is None


def _section_item(value: Json) -> str | None:
    """The item id that a section's code gives, None when it gives none of ours."""
    code = value.get("code")
    codings = code.get("coding") if isinstance(code, dict) else None
    for coding in codings if isinstance(codings, list) else ():
        if isinstance(coding, dict) and coding.get("system") == CERTIFICATE_ITEM and coding.get("code") in ITEMS:
            return str(coding["code"])
    return None
