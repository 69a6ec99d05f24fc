"""Answers in words as record systems send them: a Dialogmelding in its envelope, made to order as text.

What a change must lead to stands in the tests. Nothing here calls the gateway.
"""

from uuid import NAMESPACE_OID, uuid5
from xml.sax.saxutils import escape

PATIENT = "23909841313"
"""Whose the base certificate is (tests.integration.receiving)."""
NAME = ("Lett", "Kveldsbris")
HPR = "9144900"
HER = "8143060"
DIALOG_1_0 = "http://www.kith.no/xmlstds/dialog/2006-10-11"
DIALOG_1_1 = "http://www.kith.no/xmlstds/dialog/2013-01-23"
TEXT = "Pasienten kan gå turer på inntil en time og klarer lett husarbeid."


def ident(number: str, kind: str) -> str:
    return f'<Ident><Id>{number}</Id><TypeId V="{kind}" S="2.16.578.1.12.4.1.1.9051" DN="{kind}"/></Ident>'


def note(text: str = TEXT, *, inside: str = "", subject: str = "", remark: str = "") -> str:
    """A Notat; `inside` stands behind the text, as an echo of the question does."""
    said = f"<TekstNotatInnhold>{escape(text)}</TekstNotatInnhold>" if text else ""
    said = (f"<Tema>{escape(subject)}</Tema>" if subject else "") + said
    said += f"<Merknad>{escape(remark)}</Merknad>" if remark else ""
    return f'<Notat><TemaKodet V="5" S="2.16.578.1.12.4.1.1.9069" DN="Svar på forespørsel"/>{said}{inside}</Notat>'


def echo(clarification: str = "", coded: str = "") -> str:
    """The question as an answer repeats it, with the id it told to answer by."""
    answered = f"<DokIdForesp>{clarification}</DokIdForesp>" if clarification else ""
    kind = '<TypeForesp V="1" S="2.16.578.1.12.4.1.1.8129" DN="Forespørsel om pasient"/>'
    return f"<Foresporsel>{kind}<Sporsmal>Kan du svare på det?</Sporsmal>{coded}{answered}</Foresporsel>"


def code(value: str, system: str) -> str:
    return f'<KodetOpplysning V="{value}" S="{system}" DN="Noe"/>'


def reply(
    clarification: str | None,
    *notes: str,
    number: int = 500,
    parent: str | None = None,
    kind: str = '<Type V="DIALOG_SVAR" DN="Svar på forespørsel"/>',
    namespace: str = DIALOG_1_1,
    sender: str = HER,
    patient: str | None = PATIENT,
    hpr: str | None = HPR,
    date: str = "2026-10-31T10:00:00+01:00",
    documents: str = "",
    message_id: str | None = None,
) -> bytes:
    """A DIALOG_SVAR from the system that sent the base certificate, about its patient, unless told otherwise."""
    refs = "".join(
        f"<{name}>{value}</{name}>"
        for name, value in (("RefToParent", parent or clarification), ("RefToConversation", clarification))
        if value is not None
    )
    person = (
        f'<HealthcareProfessional><RoleToPatient V="6"/>{ident(hpr, "HPR")}</HealthcareProfessional>' if hpr else ""
    )
    who = f"<FamilyName>{NAME[1]}</FamilyName><GivenName>{NAME[0]}</GivenName>"
    about = f"<Patient>{who}{ident(patient, 'FNR')}</Patient>" if patient else ""
    conversation = f"<ConversationRef>{refs}</ConversationRef>" if refs else ""
    content = f'<Dialogmelding xmlns="{namespace}">{"".join(notes or (note(),))}</Dialogmelding>'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<MsgHead xmlns="http://www.kith.no/xmlstds/msghead/2006-05-24"><MsgInfo>'
        f"{kind}<MIGversion>v1.2 2006-05-24</MIGversion><GenDate>{date}</GenDate>"
        f"<MsgId>{message_id or uuid5(NAMESPACE_OID, f'reply {number}')}</MsgId>{conversation}"
        f"<Sender><Organisation><OrganisationName>Legekontor</OrganisationName>{ident(sender, 'HER')}{person}"
        f"</Organisation></Sender>"
        f"<Receiver><Organisation><OrganisationName>NAV</OrganisationName>{ident('8140000', 'HER')}"
        f"</Organisation></Receiver>{about}</MsgInfo>"
        f'<Document><RefDoc><MsgType V="XML" DN="XML-instans"/><Content>{content}</Content></RefDoc></Document>'
        f"{documents}</MsgHead>"
    ).encode()
