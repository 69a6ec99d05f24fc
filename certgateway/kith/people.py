"""Whom the certificate is about and who wrote it: from the form, and from the envelope around it.

The patient's number stands in both; they must agree. What a TypeId means is told by its V alone, since the OID beside
it is often wrong. Nothing here may judge a number or repeat one.
"""

from collections.abc import Iterator
from typing import Literal

from certgateway.domain.certificate import Author, Patient
from certgateway.domain.findings import Effect, Finding
from certgateway.domain.persons import read_person_number
from certgateway.domain.vocabulary import known, systems
from certgateway.kith.names import BLANK, CONTACTS, PATIENT_KINDS, ROLES, coded
from certgateway.kith.nodes import Node
from certgateway.kith.reading import Reading

_KINDS: dict[str, Literal["fnr", "dnr"]] = {"FNR": "fnr", "DNR": "dnr"}
Numbered = tuple[str, str, str]
"""A number, the V of its TypeId (empty in the form, which has none), and where it stands."""


def patient(head: Node, form: Node, reading: Reading) -> Patient:
    """The patient by the number in the form; the one in the envelope where the form has none.

    The standard has one place for each. Who sends more names one person in all of them, or is told which differ.
    """
    persons, envelopes = form.every("Pasientopplysninger", "Pasient"), head.every("MsgInfo", "Patient")
    person, envelope = next(iter(persons), None), next(iter(envelopes), None)
    reading.note("patient", person or envelope or form.first("Pasientopplysninger"))
    told = [*_form_numbers(persons), *(number for holder in envelopes for number in _numbers(holder))]
    if not told:
        return Patient(name=_name(person))
    number, _, reading.origins["patient.number"] = told[0]
    reading.findings += _ambiguous(number, told)
    return Patient(number, _kind(number, told), _name(person))


def _form_numbers(persons: list[Node]) -> Iterator[Numbered]:
    for person in persons:
        number = person.attribute("fodselsnummer")
        if number is not None:
            yield number.strip(BLANK), "", person.place("fodselsnummer")


def _numbers(holder: Node) -> Iterator[Numbered]:
    """The personal numbers of a person in the envelope, fødselsnummer first, by their type or by what they are."""
    found = []
    for ident in holder.all("Ident"):
        id_, type_ = ident.word("Id"), ident.first("TypeId")
        kind = type_.attributes.get("V", "").strip(BLANK).upper() if type_ is not None else ""
        if id_ is not None and kind not in PATIENT_KINDS and (read := read_person_number(id_)) is not None:
            kind = read.kind.upper()
        if id_ is not None and kind in PATIENT_KINDS:
            node = ident.first("Id")
            found.append((id_, kind, node.path if node is not None else ident.path))
    return iter(sorted(found, key=lambda entry: PATIENT_KINDS.index(entry[1])))


def _ambiguous(number: str, told: list[Numbered]) -> Iterator[Finding]:
    """Every number that is not the patient's: one number identifies one person."""
    for other, _, path in told:
        if other != number:
            yield Finding("patient-ambiguous", Effect.REFUSE, item="patient", path=path)


def _kind(number: str, told: list[Numbered]) -> Literal["fnr", "dnr"] | None:
    """As the envelope says; the form does not tell, but the number itself does."""
    for other, kind, _ in told:
        if other == number and kind in _KINDS:
            return _KINDS[kind]
    read = read_person_number(number)
    return read.kind if read is not None else None


def _name(person: Node | None) -> str | None:
    name = person.first("Navn") if person is not None else None
    if name is None:
        return None
    parts = (name.word(part) for part in ("Fornavn", "Mellomnavn", "Etternavn"))
    return " ".join(part for part in parts if part) or None


def author(head: Node, form: Node, about: Patient, reading: Reading) -> Author:
    """The professional who acts for the sender, and the innermost organisation around that has a number."""
    organisations = list(_organisations(head))
    professional = next(
        (found for node in reversed(organisations) if (found := node.first("HealthcareProfessional"))), None
    )
    reading.note("author", professional or next(iter(organisations), None) or head.first("MsgInfo", "Sender"))
    signers = head.every("MsgInfo", "Sender", "Organisation")
    numbers = [number for person in _professionals(signers) for number in _numbers(person)]
    # Of several numbers, the one that is the patient's too: that is what it is read for.
    number, _, place = next(iter([*(n for n in numbers if n[0] == about.number), *numbers]), (None, "", ""))
    if number is not None:
        reading.origins["author.number"] = place
    return Author(
        hpr=_ident(("HPR",), [professional] if professional is not None else [], "author.hpr", reading),
        profession=_profession(professional),
        role=_role(professional),
        organisation=_ident(("ENH",), organisations[::-1], "author.organisation", reading),
        her=_ident(("HER",), organisations[::-1], "author.her", reading),
        number=number,
        contacts=tuple(_contacts(form, reading)),
    )


def _contacts(form: Node, reading: Reading) -> Iterator[str]:
    found = ((node, coded(CONTACTS, node.attribute("kontakt"))) for node in form.all("Kontakt"))
    for index, (node, code) in enumerate(entry for entry in found if entry[1] is not None):
        reading.note(f"author.contacts[{index}]", node)
        if code is not None:
            yield code


def _professionals(organisations: list[Node]) -> Iterator[Node]:
    """Everyone who acts for a sender, innermost organisation first."""
    inside = [inner for outer in organisations for inner in outer.all("Organisation")]
    if inside:
        yield from _professionals(inside)
    for organisation in organisations:
        yield from organisation.all("HealthcareProfessional")


def _organisations(head: Node) -> Iterator[Node]:
    """The sender's organisation and those inside it, outermost first."""
    node = head.first("MsgInfo", "Sender", "Organisation")
    while node is not None:
        yield node
        node = node.first("Organisation")


def _ident(wanted: tuple[str, ...], holders: list[Node], element: str, reading: Reading) -> str | None:
    for holder in holders:
        for ident in holder.all("Ident"):
            id_, type_ = ident.word("Id"), ident.first("TypeId")
            if id_ and type_ is not None and type_.attributes.get("V", "").strip(BLANK).upper() in wanted:
                reading.note_child(element, ident, "Id")
                return id_
    return None


def _profession(professional: Node | None) -> str | None:
    type_ = professional.first("TypeHealthcareProfessional") if professional is not None else None
    return type_.understood("V", _known_profession) if type_ is not None else None


def _known_profession(written: str | None) -> str | None:
    code = (written or "").strip(BLANK)
    return code if known(systems.PROFESSION, code) else None


def _role(professional: Node | None) -> str | None:
    role = professional.first("RoleToPatient") if professional is not None else None
    return role.understood("V", lambda written: ROLES.get((written or "").strip(BLANK))) if role is not None else None
