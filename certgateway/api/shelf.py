"""The definitions that vendors may fetch: our profiles, value sets, code systems and the questionnaire, as built.

Read once at start. The code system of rule ids is made from the catalogue, so that it cannot differ from it. Nothing
here may come from a message.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from certgateway import safejson
from certgateway.domain.vocabulary import systems
from certgateway.services.catalogue import catalogue_text

Json = dict[str, Any]

KINDS: Final = ("StructureDefinition", "ValueSet", "CodeSystem", "Questionnaire")


@dataclass(frozen=True, slots=True)
class Shelf:
    """Definitions by kind and id; both in the order in which they are listed."""

    definitions: dict[tuple[str, str], Json]

    def find(self, kind: str, id_: str) -> Json | None:
        """The definition with this id."""
        return self.definitions.get((kind, id_))

    def search(self, kind: str, url: str | None) -> Json:
        """A searchset Bundle of one kind, all of it or what has this canonical URL (a version after `|` must match)."""
        found = [each for (of_kind, _), each in self.definitions.items() if of_kind == kind and _named(each, url)]
        entries = [{"fullUrl": each["url"], "resource": each, "search": {"mode": "match"}} for each in found]
        bundle: Json = {"resourceType": "Bundle", "type": "searchset", "total": len(found)}
        return bundle | {"entry": entries} if entries else bundle


def load_shelf(folder: Path) -> Shelf:
    """Everything of our kinds in a folder of built definitions, and the code system of rules."""
    read = (safejson.parse(file.read_bytes()) for file in sorted(folder.glob("*.json")))
    return Shelf({(each["resourceType"], each["id"]): each for each in _of_our_kinds((*read, rule_system()))})


def rule_system() -> Json:
    """Every id that an issue's `details.coding` may bear, with its texts."""
    catalogue = json.loads(catalogue_text("json", "en"))
    concepts = list(_concepts(catalogue))
    return {
        "resourceType": "CodeSystem",
        "id": "rule",
        "url": systems.CODE_SYSTEM + "rule",
        "version": systems.PROFILE_VERSION,
        "name": "Rule",
        "title": "Rules of the gateway",
        "status": "draft",
        "description": "What a finding says is wrong. Ids are stable; a repealed rule keeps its own.",
        "caseSensitive": True,
        "content": "complete",
        "count": len(concepts),
        "concept": concepts,
    }


def _concepts(catalogue: list[Json]) -> Iterator[Json]:
    for entry in catalogue:
        found = {language: text["found"] for language, text in entry["texts"].items()}
        yield {
            "code": entry["id"],
            "display": found["en"],
            "designation": [{"language": each, "value": found[each]} for each in ("nb", "nn")],
        }


def _of_our_kinds(read: Iterable[Any]) -> Iterator[Json]:
    return (each for each in read if isinstance(each, dict) and each.get("resourceType") in KINDS)


def _named(definition: Json, url: str | None) -> bool:
    if url is None:
        return True
    name, _, version = url.partition("|")
    return definition["url"] == name and version in {"", definition.get("version")}
