"""A question or order, reminder, return or withdrawal as KITH Dialogmelding in its envelope: mirrors the FHIR message.

What is asked stands twice and says the same: as `KodetOpplysning` for systems that read codes, and as prose for those
that show prose only; 1.0 has no place for the code. For those that show letters only, a letter may go with it.
Everything of one clarification is one conversation, reminders and returns included, with its parent set. Nothing of the
certificate stands here.
"""

from collections.abc import Iterable, Mapping
from typing import Final, Literal

from lxml import etree

from certgateway.domain.outgoing import Asking, Outgoing
from certgateway.domain.vocabulary import Title
from certgateway.domain.vocabulary.clarification import (
    CLARIFICATION_REASON,
    ORDER_QUESTION,
    RETURN_REASON,
    WITHDRAWAL_REASON,
)
from certgateway.domain.vocabulary.form import CERTIFICATE_ITEM
from certgateway.domain.vocabulary.risks import RISK_ACTIVITY
from certgateway.kith.dates import in_norway
from certgateway.kith.dialogue_codes import ITEM_OID
from certgateway.kith.names import DIALOGMELDING, DIALOGMELDING_1_0, MIG_VERSION, MSGHEAD
from certgateway.kith.writing import name_parts
from certgateway.kith.writing_envelope import attached, content, idents, organisation, patient_number
from certgateway.kith.xmltree import add, attributes, own_namespace

QUESTION_OID: Final = "2.25.185566867834059763104344238140956849344"
"""What an ordered certificate is to answer, as a code system of ours under the same arc."""

DialogueVersion = Literal["1.0", "1.1"]

_NAMESPACES: Final[Mapping[DialogueVersion, str]] = {"1.0": DIALOGMELDING_1_0, "1.1": DIALOGMELDING}
_REQUEST_KIND: Final = "2.16.578.1.12.4.1.1.8129"
_FROM_NAV: Final = "2.16.578.1.12.4.1.1.8127"
_PERSON_IDS: Final = "2.16.578.1.12.4.1.1.8116"
_NAV: Final = "NAV"
# Keys of senders by the kind of number in them; other keys are digests.
_ADDRESSES: Final[Mapping[str, str]] = {"her": "HER", "org": "ENH"}
_MEASURE: Final = Title("Planlagt tiltak", "Planlagt tiltak", "Planned measure")
_RETURNED: Final = Title("Svaret er sendt tilbake.", "Svaret er sendt tilbake.", "The answer is returned.")
_WITHDRAWN: Final = Title(
    "Spørsmålet trenger ikke svar.", "Spørsmålet treng ikkje svar.", "The question need not be answered."
)
_ORDERED: Final = Title(
    "NAV bestiller en legeerklæring. Send den som svar i denne samtalen, med bestillingens id: {order}.",
    "NAV tingar ei legeerklæring. Send ho som svar i denne samtalen, med id-en til tinginga: {order}.",
    "NAV orders a medical certificate. Send it as an answer in this conversation, with the id of the order: {order}.",
)
_NOT_ORDERED: Final = Title(
    "Legeerklæringen er ikke lenger bestilt.",
    "Legeerklæringa er ikkje lenger tinga.",
    "The medical certificate is no longer ordered.",
)
_REASON: Final = Title("Årsak: {reason}.", "Årsak: {reason}.", "Reason: {reason}.")
_STILL_OPEN: Final = Title(
    "Spørsmålene nedenfor er fortsatt åpne, med frist {due}.",
    "Spørsmåla nedanfor er framleis opne, med frist {due}.",
    "The questions below are still open; an answer is due {due}.",
)


def write_dialogue(
    outgoing: Outgoing, *, gateway_her: str, version: DialogueVersion = "1.1", letter: bytes | None = None
) -> bytes:
    """The message as UTF-8 bytes; the same message gives the same bytes. `letter` is a PDF that goes with it.

    Raises ValueError for a character that XML cannot hold.
    """
    asks = outgoing.kind in {"question", "reminder"}
    root = etree.Element(f"{{{MSGHEAD}}}MsgHead", nsmap=own_namespace(MSGHEAD))
    _info(outgoing, gateway_her, "DIALOG_FORESPORSEL" if asks else "DIALOG_NOTAT", add(root, "MsgInfo"))
    place = content(root)
    namespace = _NAMESPACES[version]
    document = etree.SubElement(place, f"{{{namespace}}}Dialogmelding", nsmap=own_namespace(namespace))
    if asks:
        for asking in outgoing.asked:
            _request(asking, outgoing, add(document, "Foresporsel"))
    else:
        _note(outgoing, add(document, "Notat"))
    if letter is not None:
        attached(letter, "application/pdf", root)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _info(outgoing: Outgoing, gateway_her: str, kind: str, info: etree._Element) -> None:
    attributes(add(info, "Type"), V=kind, DN="Forespørsel" if kind == "DIALOG_FORESPORSEL" else "Notat")
    add(info, "MIGversion", MIG_VERSION)
    add(info, "GenDate", in_norway(outgoing.at).isoformat())
    add(info, "MsgId", outgoing.id)
    attributes(add(info, "Ack"), V="J", DN="Ja")
    conversation = add(info, "ConversationRef")
    add(conversation, "RefToParent", outgoing.clarification)
    add(conversation, "RefToConversation", outgoing.clarification)
    organisation(add(info, "Sender"), {"HER": gateway_her}, _NAV)
    _receiver(outgoing, add(info, "Receiver"))
    patient = add(info, "Patient")
    _name(outgoing.patient.name, patient)
    patient_number(outgoing.patient, patient)


def _name(name: str | None, place: etree._Element) -> None:
    family, given, middle = name_parts(name)
    for element, part in (("FamilyName", family), ("MiddleName", middle), ("GivenName", given)):
        if part:
            add(place, element, part)


def _receiver(outgoing: Outgoing, place: etree._Element) -> None:
    """The system that sent the certificate; within it, where the author works when that is told apart; and the author.

    A system that is known by a digest alone has no number to stand here, and an organisation that says anything must
    say a number: it stands empty, and the message waits to be fetched.
    """
    kind, _, number = outgoing.receiver.partition(":")
    if kind not in _ADDRESSES:
        add(place, "Organisation")
        return
    holder, author = organisation(place, {_ADDRESSES[kind]: number}), outgoing.author
    own = {"HER": author.her, "ENH": author.organisation}
    if any(own.values()) and own[_ADDRESSES[kind]] != number:
        holder = organisation(holder, own)
    # The author's own personal number stands nowhere: nobody needs it to be found.
    if author.hpr is not None:
        person = add(holder, "HealthcareProfessional")
        if author.profession is not None:
            attributes(add(person, "TypeHealthcareProfessional"), V=author.profession)
        _name(outgoing.name, person)
        idents(person, {"HPR": author.hpr}, _PERSON_IDS)


def _request(asking: Asking, outgoing: Outgoing, place: etree._Element) -> None:
    """One target: request or reminder, what it is about, the question, why it is asked, until when, and the code."""
    target, language = asking.target, outgoing.language
    again = outgoing.kind == "reminder"
    attributes(
        add(place, "TypeForesp"),
        V="2" if again else "1",
        S=_REQUEST_KIND,
        DN="Påminnelse forespørsel om pasient" if again else "Forespørsel om pasient",
    )
    code, system, concepts = target.item, ITEM_OID, CERTIFICATE_ITEM.concepts
    if target.question is not None:
        code, system, concepts = target.question, QUESTION_OID, ORDER_QUESTION.concepts
    title = concepts[code].text(language)
    is_new = etree.QName(place).namespace == DIALOGMELDING
    if is_new:
        add(place, "EmneSporsmal", title)
    add(place, "Sporsmal", asking.text)
    add(place, "Begrunnelse", " ".join(reasons(asking, outgoing)))
    add(place, "TilDato", outgoing.due.isoformat())
    if is_new:
        attributes(add(place, "KodetOpplysning"), V=code, S=system, DN=title)
    add(place, "DokIdForesp", outgoing.clarification)


def reasons(asking: Asking, outgoing: Outgoing) -> Iterable[str]:
    """Why it is asked, and the measure that NAV plans, as sentences."""
    language = outgoing.language
    if outgoing.order:
        yield _ORDERED.text(language).format(order=outgoing.clarification)
    else:
        yield f"{CLARIFICATION_REASON.concepts[asking.target.reason].text(language)}."
    measure = outgoing.measure
    if measure is not None:
        yield f"{_MEASURE.text(language)}: {measure.description}"
        if measure.demands:
            yield f"({', '.join(RISK_ACTIVITY.concepts[demand].text(language) for demand in measure.demands)})"


def _note(outgoing: Outgoing, place: etree._Element) -> None:
    """A return or a withdrawal; what is still open is said again, so that nobody has to look for it."""
    returned = outgoing.kind == "return"
    attributes(
        add(place, "TemaKodet"),
        V="3" if returned else "8",
        S=_FROM_NAV,
        DN="Retur av legeerklæring" if returned else "Melding fra NAV",
    )
    add(
        place,
        "TekstNotatInnhold",
        "\n".join([" ".join(told(outgoing)), *(f"- {each.text}" for each in outgoing.asked)]),
    )
    add(place, "DokIdNotat", outgoing.clarification)


def told(outgoing: Outgoing) -> Iterable[str]:
    """What a return or a withdrawal says, as sentences."""
    returned, language = outgoing.kind == "return", outgoing.language
    withdrawn = _NOT_ORDERED if outgoing.order else _WITHDRAWN
    yield (_RETURNED if returned else withdrawn).text(language)
    reason = (RETURN_REASON if returned else WITHDRAWAL_REASON).title(outgoing.reason or "", language)
    if reason is not None:
        yield _REASON.text(language).format(reason=reason)
    if outgoing.asked:
        yield _STILL_OPEN.text(language).format(due=outgoing.due.isoformat())
