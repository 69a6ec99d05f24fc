"""The envelope of what is written: MsgHead 1.2 with sender, receiver, patient and one document.

Names of senders and receivers are not held by the domain, so that they stand empty; numbers tell who they are.
"""

import base64
from typing import Final

from lxml import etree

from certgateway.domain.certificate import Author, Certificate, Patient
from certgateway.kith.dates import in_norway
from certgateway.kith.names import BASE64, MIG_VERSION, MSGHEAD, ROLES
from certgateway.kith.xmltree import add, attributes, own_namespace

_PERSON_IDS: Final = "2.16.578.1.12.4.1.1.8116"
_UNIT_IDS: Final = "2.16.578.1.12.4.1.1.9051"
_ROLE_IDS: Final = "2.16.578.1.12.4.1.1.9034"
_ID_NAMES: Final = {
    "FNR": "Fødselsnummer",
    "DNR": "D-nummer",
    "HPR": "HPR-nummer",
    "HER": "HER-id",
    "ENH": "Organisasjonsnummer",
}
_KINDS: Final = {"fnr": "FNR", "dnr": "DNR"}


def envelope(
    certificate: Certificate, *, message_id: str, sender_her: str, receiver_her: str
) -> tuple[etree._Element, etree._Element]:
    """MsgHead as a tree, and the element in it that takes the form.

    A certificate whose id is not the message's own belongs to a conversation of that id.
    """
    root = etree.Element(f"{{{MSGHEAD}}}MsgHead", nsmap=own_namespace(MSGHEAD))
    info = add(root, "MsgInfo")
    attributes(add(info, "Type"), V="LEGEERKL", DN="Legeerklæring ved arbeidsuførhet")
    add(info, "MIGversion", MIG_VERSION)
    add(info, "GenDate", in_norway(certificate.authored).isoformat())
    add(info, "MsgId", message_id)
    if certificate.identifier.code != message_id:
        conversation = add(info, "ConversationRef")
        add(conversation, "RefToParent", certificate.identifier.code)
        add(conversation, "RefToConversation", certificate.identifier.code)
    _sender(certificate.author, sender_her, add(info, "Sender"))
    organisation(add(info, "Receiver"), {"HER": receiver_her}, "NAV")
    patient_number(certificate.patient, add(info, "Patient"))
    return root, content(root)


def content(root: etree._Element) -> etree._Element:
    """The place in a MsgHead that takes the document itself."""
    reference = add(add(root, "Document"), "RefDoc")
    attributes(add(reference, "MsgType"), V="XML", DN="XML-instans")
    return add(reference, "Content")


def attached(document: bytes, media_type: str, root: etree._Element) -> None:
    """Adds a file to a MsgHead, marked as an attachment in both of the ways that systems look for."""
    holder = add(root, "Document")
    attributes(add(holder, "DocumentConnection"), V="V", DN="Vedlegg")
    reference = add(holder, "RefDoc")
    attributes(add(reference, "MsgType"), V="A", DN="Vedlegg")
    add(reference, "MimeType", media_type)
    container = etree.SubElement(add(reference, "Content"), f"{{{BASE64}}}Base64Container", nsmap=own_namespace(BASE64))
    container.text = base64.b64encode(document).decode()


def _sender(author: Author, sender_her: str, place: etree._Element) -> None:
    """The sender's address outermost; where the author works within it, when that is told apart."""
    own = {"HER": author.her, "ENH": author.organisation}
    if author.her in {None, sender_her}:
        holder = organisation(place, {"HER": sender_her, "ENH": author.organisation})
    else:
        holder = organisation(organisation(place, {"HER": sender_her}), own)
    numbers = {"HPR": author.hpr, **_personal(author.number)}
    if not any(numbers.values()):
        return
    person = add(holder, "HealthcareProfessional")
    if author.profession is not None:
        attributes(add(person, "TypeHealthcareProfessional"), V=author.profession)
    role = next((code for code, known in ROLES.items() if known == author.role), None)
    if role is not None:
        attributes(add(person, "RoleToPatient"), V=role, S=_ROLE_IDS, DN="Fastlege")
    idents(person, numbers, _PERSON_IDS)


def _personal(number: str | None) -> dict[str, str | None]:
    """A personal number by its kind: the first digit of a D-number is at least 4."""
    return {} if number is None else {"DNR" if number[:1] >= "4" else "FNR": number}


def organisation(place: etree._Element, numbers: dict[str, str | None], name: str = "") -> etree._Element:
    """An Organisation with those of its numbers that are known, by HER or ENH."""
    node = add(place, "Organisation")
    add(node, "OrganisationName", name)
    idents(node, numbers, _UNIT_IDS)
    return node


def idents(place: etree._Element, numbers: dict[str, str | None], oid: str) -> None:
    """An Ident for each number that is known."""
    for type_, number in numbers.items():
        if number is not None:
            ident = add(place, "Ident")
            add(ident, "Id", number)
            attributes(add(ident, "TypeId"), V=type_, S=oid, DN=_ID_NAMES[type_])


def patient_number(patient: Patient, place: etree._Element) -> None:
    """The number in its kind; the form itself has no place for the kind."""
    if patient.number is not None and patient.kind is not None:
        idents(place, {_KINDS[patient.kind]: patient.number}, _PERSON_IDS)
