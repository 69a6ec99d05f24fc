"""The receipt as AppRec 1.0 or 1.1: sender and receiver change places, and every finding becomes an Error.

The two versions differ in namespace and version text. The same facts give the same bytes: the id is derived from what
is answered, times are told. Nothing of the answered message may stand here but what identifies it and its two parties,
and of these no personal number (`parties`); nothing about the patient ever does. Characters that XML cannot hold are
dropped, so that no sender's name can break an answer.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final, Literal

from lxml import etree

from certgateway.domain.findings import Finding, Language, Verdict
from certgateway.domain.vocabulary import systems
from certgateway.kith.apprec_errors import TextOf, coded_errors
from certgateway.kith.dates import in_norway
from certgateway.kith.parties import (
    Ident,
    Original,
    Party,
    one_line,
    told_idents,
    told_name,
    without_personal_numbers,
    writable,
)

AppRecVersion = Literal["1.0", "1.1"]
Status = Literal["1", "2", "3"]

NAMESPACES: Final[Mapping[AppRecVersion, str]] = {
    "1.0": "http://www.kith.no/xmlstds/apprec/2004-11-21",
    "1.1": "http://www.kith.no/xmlstds/apprec/2012-02-15",
}
_MIG_VERSIONS: Final[Mapping[AppRecVersion, str]] = {"1.0": "1.0 2004-11-21", "1.1": "v1.1 2012-02-15"}

_UNTOLD: Final = "-"
"""Stands for a type that may not be repeated; the standard wants one."""

# Code system 8258.
_STATUS_NAMES: Final[Mapping[Status, str]] = {"1": "OK", "2": "Avvist", "3": "OK, feil i delmelding"}

_REGISTERED: Final[Mapping[Language, str]] = {
    "nb": "Erklæringen er registrert, og mottaksdatoen gjelder. Spørsmål om det som mangler, følger.",
    "nn": "Erklæringa er registrert, og mottaksdatoen gjeld. Spørsmål om det som manglar, følgjer.",
    "en": "The certificate is registered, and the date of arrival counts. Questions about what is missing will follow.",
}

_IDENT_NAMES: Final[Mapping[str, str]] = {
    "HER": "HER-id",
    "ENH": "Organisasjonsnummer",
    "HPR": "HPR-nummer",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AppRecFacts:
    """What the gateway registered. `digest` is the SHA-256 (hex) of the bytes as received; `arrival` is aware.

    `incomplete_status` is what a message that is registered with questions unanswered gets: 3, or 1 for receivers that
    take nothing else for success. `gateway_her` and `gateway_name` answer when the message names no receiver.
    """

    original: Original
    verdict: Verdict
    findings: tuple[Finding, ...]
    arrival: datetime
    digest: str
    gateway_her: str
    gateway_name: str
    incomplete_status: Literal["1", "3"] = "3"
    version: AppRecVersion = "1.0"


def write_apprec(facts: AppRecFacts, language: Language, text_of: TextOf) -> bytes:
    """The receipt as it is sent and kept, in UTF-8; `Original.issued` must be a time as XML Schema has it."""
    sheet = _Sheet(NAMESPACES[facts.version])
    root = sheet.root
    sheet.add(root, "MsgType", V="APPREC", DN="Applikasjonskvittering")
    sheet.add(root, "MIGversion", _MIG_VERSIONS[facts.version])
    sheet.add(root, "SoftwareName", "certgateway")
    sheet.add(root, "SoftwareVersion", _software_version())
    sheet.add(root, "GenDate", in_norway(facts.arrival).isoformat(timespec="seconds"))
    sheet.add(root, "Id", _id(facts))
    _add_party(sheet, "Sender", _answering(facts))
    _add_party(sheet, "Receiver", facts.original.sender or Party())
    status = _status(facts)
    sheet.add(root, "Status", V=status, DN=_STATUS_NAMES[status])
    errors = coded_errors(facts.findings, language, text_of)
    if facts.verdict == "incomplete":
        # Beside the bare code that something is amiss: that the certificate counts from this day all the same.
        errors[:1] = [replace(error, text=_REGISTERED[language]) for error in errors[:1]]
    for error in errors:
        sheet.add(root, "Error", V=error.code, S=error.system, DN=error.name, OT=error.text)
    _add_original(sheet, facts.original)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


class _Sheet:
    """The document under work: every text and attribute passes here, so that none can break it."""

    def __init__(self, namespace: str) -> None:
        # The stubs of lxml don't know that the default namespace is declared under None.
        nsmap: Any = {None: namespace}
        self.namespace = namespace
        self.root = etree.Element(f"{{{namespace}}}AppRec", nsmap=nsmap)

    def add(
        self, parent: etree._Element, element: str, text: str | None = None, /, **attributes: str | None
    ) -> etree._Element:
        """A new last child; attributes are told on one line, and those that say nothing are left out."""
        child = etree.SubElement(parent, f"{{{self.namespace}}}{element}")
        if text:
            child.text = writable(text)
        for name, value in attributes.items():
            if line := one_line(value):
                child.set(name, line)
        return child


@cache
def _software_version() -> str:
    try:
        return version("certgateway")
    except PackageNotFoundError:  # A checkout that is run in place.
        return "unreleased"


def _id(facts: AppRecFacts) -> str:
    answered = f"{facts.digest}#{writable(facts.original.id)}"
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{systems.BASE}/apprec/{answered}"))


def _status(facts: AppRecFacts) -> Status:
    if facts.verdict == "rejected":
        return "2"
    return facts.incomplete_status if facts.verdict == "incomplete" else "1"


def _answering(facts: AppRecFacts) -> Party:
    """Whom the message was for; the gateway itself when that cannot be told."""
    addressed = facts.original.receiver
    if addressed is not None and any(map(_says_something, (addressed, *addressed.inner))):
        return addressed
    return Party(facts.gateway_name, (Ident(facts.gateway_her, "HER"),))


def _says_something(party: Party, *, person: bool = False) -> bool:
    return bool(told_name(party) or told_idents(party, person=person))


def _add_party(sheet: _Sheet, role: str, party: Party) -> None:
    institution = sheet.add(sheet.add(sheet.add(sheet.root, role), "HCP"), "Inst")
    others = _add_naming(sheet, institution, party)
    for inner in filter(_says_something, party.inner):
        department = sheet.add(institution, "Dept")
        _add_others(sheet, department, _add_naming(sheet, department, inner))
    _add_others(sheet, institution, others)
    for professional in party.people:
        if _says_something(professional, person=True):
            person = sheet.add(institution, "HCPerson")
            _add_others(sheet, person, _add_naming(sheet, person, professional, person=True))


def _add_naming(sheet: _Sheet, parent: etree._Element, party: Party, *, person: bool = False) -> list[Ident]:
    """Name and first identifier; the identifiers that are left are returned, since other elements come between."""
    if name := told_name(party):
        sheet.add(parent, "Name", name)
    idents = told_idents(party, person=person)
    for first in idents[:1]:
        sheet.add(parent, "Id", first.id)
        _add_type(sheet, parent, "TypeId", first)
    return idents[1:]


def _add_others(sheet: _Sheet, parent: etree._Element, idents: Iterable[Ident]) -> None:
    for ident in idents:
        additional = sheet.add(parent, "AdditionalId")
        sheet.add(additional, "Id", ident.id)
        _add_type(sheet, additional, "Type", ident)


def _add_type(sheet: _Sheet, parent: etree._Element, element: str, ident: Ident) -> None:
    sheet.add(parent, element, V=ident.type, DN=_IDENT_NAMES.get(ident.type, ident.name))


def _add_original(sheet: _Sheet, original: Original) -> None:
    """What the sender knows its message by, in its own words; its id must come back as it was, the type need not."""
    answered = sheet.add(sheet.root, "OriginalMsgId")
    type_, name = map(without_personal_numbers, (original.type, original.type_name))
    sheet.add(answered, "MsgType", V=type_ or _UNTOLD, DN=name)
    sheet.add(answered, "IssueDate", original.issued.strip())
    sheet.add(answered, "Id", original.id)
