"""Takes benefit content out of an opened FHIR message: codings, concepts, extensions, sections, resources of any depth.

This is the net that *names* what is removed (domain.md 5.2 b): it knows benefit codes and words and may miss. The net
that may not miss is the codec, which builds derived data from an allow-list. Everything after this module sees only
the stripped tree, so that a message with and one without benefit content give the same certificate, verdict and
findings by construction. Prose (Observation.value, Annotation.text) is not touched here: it is withheld by sentence,
never edited.
"""

from dataclasses import dataclass, field
from typing import Any

from certgateway.domain.message import Removal, RemovalItem
from certgateway.domain.redaction import Received
from certgateway.domain.vocabulary.benefits import BENEFIT_RESOURCE_TYPES, names_benefit
from certgateway.engine.definitions.definitions import Definitions, ElementFacts, TypeFacts
from certgateway.fhir.benefit_signs import is_benefit, is_benefit_narrative, is_label, is_line, section_item, signs_of
from certgateway.safejson import Tree

Json = dict[str, Any]

_GONE = object()
# A resource, component, section or activity whose code is a benefit is about the benefit; the same for what a value
# says.
_DEFINING = frozenset({"code", "value"})
# Beside one of these, an optional code or value is not all that a statement says: then it goes alone.
_FURTHER = frozenset({"component", "dataAbsentReason", "prognosisCodeableConcept"})
_PROPOSING = frozenset({"CarePlan", "ServiceRequest", "Task", "ActivityDefinition", "PlanDefinition", "RequestGroup"})
# What is gone may leave a plan empty, whose referrers are then looked for: so often, not as often as a sender likes.
_ROUNDS = 4
_NEUTRAL_DIV = '<div xmlns="http://www.w3.org/1999/xhtml">-</div>'


@dataclass(slots=True)
class Stripped:
    """The message without benefit content, what was taken, and the way back to received coordinates."""

    tree: Json
    removed: tuple[Removal, ...]
    received: Received


@dataclass(slots=True)
class _Work:
    """What one walk collects. `links` are the ways to refer to a removed resource; further walks follow them.

    `received` turns the paths of a further walk into those of the message as received, which `links` are written in.
    """

    definitions: Definitions
    removed: list[Removal] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    links: set[str] = field(default_factory=set)
    unlinking: bool = False
    received: Received = field(default_factory=Received)


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
    """What the definitions say of a member: its element, the type of its value, and the type that holds it.

    `paired` is a list of values beside the list of their extensions (`given` and `_given`), or the latter.
    """

    element: ElementFacts
    code: str
    holder: str
    paired: bool = False


def _said(key: str, facts: TypeFacts, value: Json) -> _Said | None:
    entry = facts.keys.get(key.removeprefix("_"))
    if entry is None:
        return None
    other = key[1:] if key.startswith("_") else f"_{key}"
    paired = isinstance(value[key], list) and isinstance(value.get(other), list)
    return _Said(entry[0], "Element" if key.startswith("_") else entry[1], facts.name, paired)


def strip(tree: Json, definitions: Definitions) -> Stripped:
    """`tree` without benefit content: itself where it holds none, else a copy.

    A root that is itself a benefit is left for the engine to refuse.
    """
    kind = str(tree.get("resourceType"))
    facts = definitions.type(kind) if definitions.is_resource(kind) else None
    if facts is None or not signs_of(definitions).below(tree, kind):
        return Stripped(tree, (), Received())
    work = _Work(definitions)
    kept = _members(tree, facts, _Place(kind, kind), work)
    followed: set[str] = set()
    for _ in range(_ROUNDS):
        if kept is _GONE or not work.links - followed:
            break
        followed |= work.links
        kept = _unlink(kept, facts, work)
    return Stripped(tree if kept is _GONE else kept, tuple(work.removed), Received(work.gone))


def _unlink(tree: Json, facts: TypeFacts, work: _Work) -> Tree:
    """Take away the references to what was removed, and the sections that held nothing else."""
    received = Received(work.gone)
    second = _Work(work.definitions, links=work.links, unlinking=True, received=received)
    kept = _members(tree, facts, _Place(facts.name, facts.name), second)
    work.gone += [received.path(path) for path in second.gone]
    return kept


def _object(value: Json, code: str, place: _Place, work: _Work) -> Tree:
    if code == "Resource" or "resourceType" in value:
        return _resource(value, place, work)
    if work.unlinking:
        return _linked(value, code, place, work)
    if code == "Narrative":
        return _narrative(value, place, work)
    if is_benefit(value, code):
        return _take(value, place, work)
    facts = work.definitions.type(code)
    return value if facts is None else _emptied(value, _members(value, facts, place, work), code)


def _linked(value: Json, code: str, place: _Place, work: _Work) -> Tree:
    """The second walk over one object: only references to removed resources go."""
    # Of a version nothing is left where the resource went.
    target = str(value.get("reference", "")).partition("/_history/")[0]
    if target.startswith("#"):
        target = work.received.path(place.resource) + target
    if code == "Reference" and target in work.links:
        return _GONE
    facts = work.definitions.type(code)
    return value if facts is None else _emptied(value, _members(value, facts, place, work), code)


def _emptied(value: Json, kept: Tree, code: str) -> Tree:
    """`_GONE` for a section that lost all it had, and for an extension that has neither value nor extensions left."""
    if not isinstance(kept, dict) or len(kept) == len(value):
        return kept
    if code == "Composition.section":
        return _GONE if "entry" in value and not kept.keys() & {"entry", "section", "emptyReason"} else kept
    return _GONE if code == "Extension" and not kept.keys() - {"id", "url"} else kept


def _resource(value: Json, place: _Place, work: _Work) -> Tree:
    kind = str(value.get("resourceType"))
    item: RemovalItem = "proposed-benefit" if kind in _PROPOSING else place.item
    contained = ".contained[" in place.path
    here = _Place(place.path, place.resource if contained else place.path, item)
    if kind in BENEFIT_RESOURCE_TYPES and not work.unlinking:
        return _take(value, here, work)
    facts = work.definitions.type(kind) if work.definitions.is_resource(kind) else None
    kept = value if facts is None else _members(value, facts, here, work)
    if kind == "CarePlan" and kept is not _GONE and "activity" in value and "activity" not in kept:
        # A plan of nothing but benefits is one itself.
        kept = _GONE
    if kept is _GONE:
        work.links |= _names(value, here, work)
    return kept


def _names(value: Json, place: _Place, work: _Work) -> set[str]:
    """The ways to refer to a resource by its type and id; an entry's full URL is one more."""
    if ".contained[" in place.path:
        return {f"{work.received.path(place.resource)}#{value.get('id')}"}
    return {f"{value['resourceType']}/{value.get('id')}"}


def _members(value: Json, facts: TypeFacts, place: _Place, work: _Work) -> Tree:
    """Every member stripped; the whole is gone when its defining member is, or when nothing is left of it."""
    before = len(work.removed)
    if _proposes(value, facts.name):
        place = _Place(place.path, place.resource, "proposed-benefit")
    kept: Json = {}
    for key, member in value.items():
        said = _said(key, facts, value)
        stripped = member if said is None else _member(member, said, place, work)
        if stripped is not _GONE:
            kept[key] = stripped
        elif said is not None and not work.unlinking and _decides(key, said, value):
            trigger = work.removed[-1]
            del work.removed[before:]
            return _take(value, place, work, trigger)
    _close_ranks(value, kept, facts, place, work)
    return _remainder(value, kept)


def _close_ranks(value: Json, kept: Json, facts: TypeFacts, place: _Place, work: _Work) -> None:
    """What stands beside a value that was taken goes when it says nothing by itself; of two lists, item by item."""
    for key in [f"_{name}" for name in value if name not in kept]:
        if _is_bare(kept.get(key)):
            del kept[key]
    pairs = ((name, f"_{name}") for name in value if isinstance(value[name], list))
    for name, beside in [pair for pair in pairs if isinstance(value.get(pair[1]), list)]:
        before, after = [value[name], value[beside]], [kept[name], kept[beside]]
        if before == after:
            continue
        empty = {at for at in range(max(map(len, after))) if _told(before, at) and not _told(after, at)}
        for items in after:
            items[:] = [item for at, item in enumerate(items) if at not in empty]
        work.gone += [f"{place.path}.{facts.keys[name][0].name}[{at}]" for at in empty]
        for key in (name, beside):
            if not any(item is not None for item in kept[key]):
                del kept[key]


def _told(lists: list[list[Tree]], at: int) -> bool:
    """Whether one of the lists says anything at this index."""
    return any(item is not None and not _is_bare(item) for items in lists for item in items[at : at + 1])


def _is_bare(beside: Tree) -> bool:
    """Whether what stands beside a value has an id and nothing that would be worth keeping."""
    return isinstance(beside, dict) and beside.keys() == {"id"}


def _decides(key: str, said: _Said, value: Json) -> bool:
    """Whether an object cannot stand without this member, or says nothing else that would be worth keeping."""
    if key.startswith("_"):
        return False
    if not isinstance(value[key], dict):
        return is_line(said.element.name, said.holder)
    return bool(said.element.min) or (said.element.name in _DEFINING and not _FURTHER & value.keys())


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
    kept: list[Tree] = []
    for index, item in enumerate(items):
        here = place.at(f"{place.path}[{index}]")
        stripped = _item(item, said, here, work)
        if stripped is _GONE or (said.code == "Bundle.entry" and _emptied_entry(item, stripped, work)):
            # Of a pair of lists only a hole is made here: the other one may still have something to say of the item.
            if said.paired:
                kept.append(None)
            else:
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
    if not is_label(said.element.name, said.holder) or not names_benefit(text):
        return text
    _take(text, place, work)
    return "-" if said.element.min and not is_line(said.element.name, said.holder) else _GONE


def _narrative(value: Json, place: _Place, work: _Work) -> Tree:
    """A narrative that names a benefit gives way to a neutral one: its absence might be a fault."""
    if not is_benefit_narrative(value):
        facts = work.definitions.type("Narrative")
        return value if facts is None else _members(value, facts, place, work)
    _take(value, place, work)
    return {"status": "generated", "div": _NEUTRAL_DIV}


def _take(value: Tree, place: _Place, work: _Work, trigger: Removal | None = None) -> Tree:
    """Record that the node at `place` was removed, and by which coding; remember how a resource may be referred to."""
    system, code = (trigger.system, trigger.code) if trigger else (None, None)
    if isinstance(value, dict) and trigger is None and isinstance(value.get("code"), str):
        system, code = value.get("system"), value["code"]
    work.removed.append(Removal(place.item, place.path, system, code))
    if isinstance(value, dict) and "resourceType" in value:
        work.links |= _names(value, place, work)
    return _GONE


def _proposes(value: Json, name: str) -> bool:
    """Whether a section or an item of the form is about treatment or activity, where a benefit is a proposal."""
    item = section_item(value) if name == "Composition.section" else None
    if name == "QuestionnaireResponse.item":
        item = str(value.get("linkId")).partition(".")[0]
    return item in {"treatment", "activity"}
