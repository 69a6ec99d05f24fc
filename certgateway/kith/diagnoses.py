"""The diagnoses of the form: codes with their system, the lowest sort order first, and which one is the main diagnosis.

The words that a sender wrote beside a code are not carried, since codes are shown by our own titles; but they are held
against the titles, because L02 and P02 mean one thing in ICPC-2 and another in ICD-10. Nothing here may guess a system.
"""

from collections.abc import Iterable
from typing import Final, Literal

from certgateway.domain.certificate import Coding, Diagnosis, Section
from certgateway.domain.findings import Effect, Finding
from certgateway.domain.prose import words
from certgateway.domain.vocabulary import systems
from certgateway.kith.dates import day
from certgateway.kith.names import BLANK, CODE_SYSTEMS, FOREIGN_SYSTEMS, YES_NO, coded, number
from certgateway.kith.nodes import Node
from certgateway.kith.reading import Reading, Titles, stated

_SYSTEM_NAMES: Final = {systems.ICPC_2: "ICPC-2", systems.ICD_10: "ICD-10"}
_UNSORTED: Final = 10**18


def diagnoses(form: Node, reading: Reading) -> Section[Diagnosis]:
    """All of them in their sort order; blank ones are none. Several lowest ones are all main, for a rule to tell."""
    holder = form.first("DiagnoseArbeidsuforhet")
    reading.note("diagnosis", (holder.first("DiagnoseKodesystem") if holder is not None else None) or holder)
    if holder is None:
        return Section()
    injury = _injury(holder)
    rows = [(_order(node), group, node) for group in holder.all("DiagnoseKodesystem") for node in _rows(group)]
    lowest = min((order for order, _, _ in rows), default=None)
    found: list[Diagnosis] = []
    for order, group, node in sorted(rows, key=lambda row: row[0]):
        coding = _coding(group, node, reading)
        if coding is None and not node.attributes.get("diagnose", "").strip():
            continue
        element = f"diagnosis[{len(found)}]"
        reading.note(element, node)
        reading.note_attribute(f"{element}.code", node, "kodeverdi")
        rank: Literal["main", "other"] = "main" if order == lowest else "other"
        told = injury if rank == "main" and not any(entry.rank == "main" for entry in found) else (None, None)
        found.append(Diagnosis((coding,) if coding else (), rank, None, *told))
    if not any(entry.rank == "main" for entry in found):
        _unread_injury(holder)
    _note_injury(holder, found, reading)
    return stated(found)


def _rows(group: Node) -> Iterable[Node]:
    return group.all("Enkeltdiagnose")


def _order(node: Node) -> int:
    order = node.understood("sortering", number)
    return _UNSORTED if order is None else order


def _coding(group: Node, node: Node, reading: Reading) -> Coding | None:
    system = coded(CODE_SYSTEMS, group.attribute("kodesystem"))
    code = node.attribute("kodeverdi")
    if system is None or code is None:
        # A code in a system that nobody here reads is named as not carried; a system that is none is a fault by itself.
        if number(group.attribute("kodesystem")) in FOREIGN_SYSTEMS:
            node.read.clear()
        return None
    coding = Coding(system, code.strip(BLANK))
    _hold_against_words(coding, node, reading)
    return coding


def _hold_against_words(coding: Coding, node: Node, reading: Reading) -> None:
    said = words(node.attributes.get("diagnose", ""))
    if not said:
        return
    if _names(coding, said, reading.titles):
        node.read.add("diagnose")
        return
    for system, name in _SYSTEM_NAMES.items():
        other = Coding(system, coding.code)
        if system != coding.system and reading.titles(*_parts(coding)) and _names(other, said, reading.titles):
            detail = {"system": _SYSTEM_NAMES[coding.system], "other": name}
            path = node.place("kodeverdi")
            reading.findings.append(
                Finding("code-system-mismatch", Effect.REMARK, item="diagnosis", path=path, detail=detail)
            )


def _names(coding: Coding, said: tuple[str, ...], titles: Titles) -> bool:
    return any(words(title) == said for title in titles(*_parts(coding)))


def _parts(coding: Coding) -> tuple[str, str]:
    return coding.system, coding.code


def _injury(holder: Node) -> tuple[str | None, str | None]:
    """Whether it should be considered as an occupational injury, and when that happened."""
    node = holder.first("VurderingYrkesskade")
    if node is None:
        return None, None
    return coded(YES_NO, node.attribute("borVurderes")), node.understood("skadeDato", day)


def _unread_injury(holder: Node) -> None:
    """Without a main diagnosis there is nothing that an injury could have caused: it is named as not carried."""
    node = holder.first("VurderingYrkesskade")
    if node is not None:
        node.read.clear()


def _note_injury(holder: Node, found: list[Diagnosis], reading: Reading) -> None:
    node = holder.first("VurderingYrkesskade")
    for index, entry in enumerate(found):
        if entry.rank == "main":
            reading.note_attribute(f"diagnosis[{index}].occupational_injury", node, "borVurderes")
            reading.note_attribute(f"diagnosis[{index}].injury_date", node, "skadeDato")
            return
