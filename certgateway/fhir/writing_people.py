"""Whom a certificate is about and who wrote it: Patient, PractitionerRole, Practitioner and Organization.

They carry numbers and the patient's name, nothing else; the mirror of the people that `fhir.certificate` reads. A
resource that nothing is known of is not written, save the two that FHIR demands a reference to.
"""

from typing import Final

from certgateway.domain.certificate import Author, Coding, Patient
from certgateway.domain.vocabulary import systems
from certgateway.fhir.writing_values import Addresses, Json, compact, concept, identifier, own

# The first digit of a birth number is that of a day of the month; a D-number has four added to it.
_D_NUMBER_DIGITS: Final = frozenset("4567")


def write_people(patient: Patient, author: Author, addresses: Addresses) -> dict[str, Json]:
    """Patient, role, practitioner and organisation by label; the last two only when something is known of them."""
    practitioner = [*_numbered(systems.HPR, author.hpr), *_numbered(_person_system(author.number), author.number)]
    organization = [
        *_numbered(systems.ORGANISATION_NUMBER, author.organisation),
        *_numbered(systems.HER_ID, author.her),
    ]
    profession = None if author.profession is None else concept(Coding(systems.PROFESSION, author.profession))
    roles = [code for code in (own("author-role", author.role), profession) if code]
    known = {
        "practitioner": compact({"resourceType": "Practitioner", "identifier": practitioner}),
        "organization": compact({"resourceType": "Organization", "identifier": organization}),
    }
    companions = {label: resource for label, resource in known.items() if "identifier" in resource}
    links = {label: addresses.reference(label) for label in companions}
    role = compact({"resourceType": "PractitionerRole", **links, "code": roles})
    return {"patient": _patient(patient), "role": role, **companions}


def _patient(patient: Patient) -> Json:
    system = {"fnr": systems.FNR, "dnr": systems.D_NUMBER}.get(patient.kind or "")
    numbers = [compact({"system": system, "value": patient.number})] if system else None
    names = [{"text": patient.name}] if patient.name else []
    return compact({"resourceType": "Patient", "identifier": numbers, "name": names})


def _numbered(system: str, number: str | None) -> list[Json]:
    return [] if number is None else [identifier(system, number)]


def _person_system(number: str | None) -> str:
    """The identifier system of an author's personal number, told by its form: the domain keeps the number alone."""
    return systems.D_NUMBER if number and number[0] in _D_NUMBER_DIGITS else systems.FNR
