"""What the codec did not carry, named but not quoted: it exists only in the sealed original.

A node is reported at its topmost place below which nothing was carried, so that a foreign resource is one finding, not
fifty. A display, title or narrative that equals our own text is no loss and is not reported.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from certgateway.engine.definitions.definitions import Definitions, TypeFacts
from certgateway.fhir.reading import Message
from certgateway.safejson import Tree

Json = dict[str, Any]
Titles = Callable[[str, str], frozenset[str]]
"""Our own titles of a code, in every language; empty for a code we have no title for."""

# How a message travels, not what it says: identity, addressing and versioning. Not looked into any further.
_TRANSPORT: dict[str, frozenset[str]] = {
    "Bundle": frozenset({"type", "timestamp", "signature"}),
    "Bundle.entry": frozenset({"fullUrl"}),
    "MessageHeader": frozenset({"eventCoding", "destination", "sender", "source", "focus", "author", "responsible"}),
    "Meta": frozenset({"profile", "versionId", "lastUpdated", "source"}),
    "Composition": frozenset({"type"}),
    # What people and institutions are called and where they are is taken from the registers, by number.
    "Practitioner": frozenset({"name", "telecom", "address"}),
    "PractitionerRole": frozenset({"telecom"}),
    "Organization": frozenset({"name", "telecom", "address"}),
    "Identifier": frozenset({"use", "type"}),
    "Reference": frozenset({"reference", "type", "identifier"}),
    "Quantity": frozenset({"unit"}),
    "Duration": frozenset({"unit"}),
}
# What holds others and says nothing itself; the header of a message is read for its addresses alone.
_WRAPPERS = frozenset({"Bundle.entry", "Meta"})
_IDENTITY = frozenset({"resourceType", "id"})
_NOTHING: frozenset[str] = frozenset()
_OWN_TITLES = frozenset({"Legeerklæring", "Legeerklæring ved arbeidsuførhet", "Medical certificate"})
_OWN_NARRATIVE = ("Vurdert: ingen kjente", "Ikke vurdert")


def not_carried(message: Message, definitions: Definitions, titles: Titles) -> "NotCarried":
    """What nobody read, topmost places first, in stripped coordinates."""
    facts = definitions.type(message.root.path)
    walk = _Walk(message, definitions, titles)
    if facts is not None:
        walk.below(message.tree, facts, message.root.path)
    return walk.found


@dataclass(slots=True)
class NotCarried:
    """The unread places of a message.

    `modifiers` are those that change the meaning of what was carried beside them ("less than", "do not"): what stands
    there cannot be left out.
    """

    unread: list[str] = field(default_factory=list)
    modifiers: list[str] = field(default_factory=list)


class _Walk:
    """One pass over the tree, guided by the types, held against what the cursor remembers; `found` grows by it."""

    def __init__(self, message: Message, definitions: Definitions, titles: Titles) -> None:
        self.message = message
        self.definitions = definitions
        self.titles = titles
        self.found = NotCarried()

    def below(self, value: Json, facts: TypeFacts, path: str) -> bool:
        """Find the unread places below one object, topmost first, and tell whether anything in it was carried."""
        carried = False
        read = self.message.read.get(id(value), _NOTHING)
        skipped = self.message.skipped.get(id(value), _NOTHING)
        transport = _TRANSPORT.get(facts.name, _NOTHING)
        for key, member in value.items():
            entry = facts.keys.get(key.removeprefix("_"))
            if entry is None or key in _IDENTITY or key in transport or key in skipped:
                continue
            if key in read and not isinstance(member, (dict, list)) and key[0] != "_":
                carried = True  # A value that was read, as most members are, needs no path.
                continue
            element, code = entry
            here = f"{path}.{element.name}"
            for index, item in enumerate(member if isinstance(member, list) else [member]):
                place = f"{here}[{index}]" if element.repeats else here
                if key in read or key == "meta" or key.startswith("_"):
                    carried = self._member(key, item, code, place) or carried
                elif element.is_modifier and not _is_default(element.name, item):
                    self.found.modifiers.append(place)
                elif not self._ours(key, item, code, value):
                    self.found.unread.append(place)
        return carried

    def _member(self, key: str, item: Tree, code: str, path: str) -> bool:
        """Whether a member that was read was carried: always when it is a value, else by what stands in it."""
        if key.startswith("_"):
            element = self.definitions.type("Element")
            return isinstance(item, dict) and element is not None and self.below(item, element, path)
        return self._object(item, code, path) if isinstance(item, dict) else True

    def _object(self, item: Json, code: str, path: str) -> bool:
        """An object of which nothing was carried is one loss, not many; an entry of the Bundle is only a wrapper."""
        unread, modifiers = len(self.found.unread), len(self.found.modifiers)
        facts = self.definitions.type(str(item.get("resourceType", code)))
        carried = facts is not None and self.below(item, facts, path)
        if carried or code in _WRAPPERS or item.get("resourceType") == "MessageHeader":
            return carried
        visited = id(item) in self.message.read or id(item) in self.message.skipped
        silent = visited and (unread, modifiers) == (len(self.found.unread), len(self.found.modifiers))
        # Modifiers of something that was not carried change nothing.
        del self.found.unread[unread:], self.found.modifiers[modifiers:]
        if not silent:
            self.found.unread.append(path)
        return False

    def _ours(self, key: str, item: Tree, code: str, holder: Json) -> bool:
        """Whether an unread member says nothing but what our own text for it says."""
        if key == "display" and "code" in holder:
            return isinstance(item, str) and item in self.titles(str(holder.get("system")), str(holder["code"]))
        if key == "title" and isinstance(item, str):
            return item in _OWN_TITLES or item in self.titles(*_section_code(holder))
        if code == "Narrative":
            plain = isinstance(item, dict) and item.keys() <= {"status", "div"}
            return plain and any(f">{line}</div>" in str(item.get("div")) for line in _OWN_NARRATIVE)
        return False


def _is_default(name: str, value: Tree) -> bool:
    """Whether a modifier says what holds without it: active, alive, to be done."""
    return value is (name == "active")


def _section_code(section: Json) -> tuple[str, str]:
    concept = section.get("code")
    codings = concept.get("coding") if isinstance(concept, dict) else None
    first = codings[0] if isinstance(codings, list) and codings and isinstance(codings[0], dict) else {}
    return str(first.get("system")), str(first.get("code"))
