"""Whether a message is signed as it must be, by somebody who is believed; `trust` finds it before anything is read.

Which of its causes it was stands in the finding as one word (docs/security.md has them all). The texts must never say
that anything about the content is wrong: nothing of a message whose signature does not hold has been looked at. The
last rules are about who signed and who the message says sent it: where these differ nothing else is told.
"""

from typing import Final

from certgateway.domain.findings import Effect
from certgateway.rules.declaration import FIRST_RULE_SET, Rule, Text, stated_elsewhere

_AUTHORITY = (
    "W3C XML Signature 1.1, KITH MsgHead 1.2 (ds:Signature); RFC 7515 and RFC 7797, FHIR R4 (Bundle.signature); "
    "the gateway's own allow-lists (docs/security.md)"
)


def _rule(id_: str, nb: tuple[str, str], nn: tuple[str, str], en: tuple[str, str]) -> Rule:
    return Rule(
        id=id_,
        effect=Effect.REFUSE,
        item=None,
        authority=_AUTHORITY,
        in_force=FIRST_RULE_SET,
        nb=Text(*nb, counsellor="En melding ble avvist fordi signaturen ikke holdt. Avsenderen har fått beskjed."),
        nn=Text(*nn, counsellor="Ei melding vart avvist fordi signaturen ikkje heldt. Avsendaren har fått beskjed."),
        en=Text(*en, counsellor="A message was rejected because its signature did not hold. The sender has been told."),
        broken=stated_elsewhere,
    )


SIGNATURES: Final[tuple[Rule, ...]] = (
    _rule(
        "signature-missing",
        (
            "Meldingen er ikke signert, og uten signatur tas den ikke imot fra denne avsenderen.",
            "Signer meldingen: XML med signatur sist i rotelementet, JSON med X-JWS-Signature eller Bundle.signature.",
        ),
        (
            "Meldinga er ikkje signert, og utan signatur blir ho ikkje teken imot frå denne avsendaren.",
            "Signer meldinga: XML med signatur sist i rotelementet, JSON med X-JWS-Signature eller Bundle.signature.",
        ),
        (
            "The message is not signed, and is not taken from this sender without a signature.",
            "Sign the message: XML with a signature last in its root, JSON by X-JWS-Signature or Bundle.signature.",
        ),
    ),
    _rule(
        "signature-refused",
        (
            "Signaturen holder ikke, eller formen tas ikke imot ({cause}). Innholdet er ikke lest.",
            "Signer meldingen på nytt, og kontroller at den ikke blir endret på veien.",
        ),
        (
            "Signaturen held ikkje, eller forma blir ikkje teken imot ({cause}). Innhaldet er ikkje lese.",
            "Signer meldinga på nytt, og kontroller at ho ikkje blir endra på vegen.",
        ),
        (
            "The signature does not hold, or has a form that is not taken ({cause}). The content was not read.",
            "Sign the message anew, and check that nothing changes it on its way.",
        ),
    ),
    _rule(
        "signer-not-trusted",
        (
            "Sertifikatet meldingen er signert med, kan ikke legges til grunn ({cause}). Innholdet er ikke lest.",
            "Signer med et gyldig virksomhetssertifikat for signering, eller meld fra til mottakeren om et nytt.",
        ),
        (
            "Sertifikatet meldinga er signert med, kan ikkje leggjast til grunn ({cause}). Innhaldet er ikkje lese.",
            "Signer med eit gyldig verksemdssertifikat for signering, eller meld frå til mottakaren om eit nytt.",
        ),
        (
            "The certificate that signed the message cannot be relied on ({cause}). The content was not read.",
            "Sign with a valid enterprise certificate that is meant for signing, or tell the receiver of a new one.",
        ),
    ),
    _rule(
        "signer-revoked",
        (
            "Sertifikatet meldingen er signert med, eller et over det, er trukket tilbake. Innholdet er ikke lest.",
            "Signer med et sertifikat som gjelder.",
        ),
        (
            "Sertifikatet meldinga er signert med, eller eit over det, er trekt tilbake. Innhaldet er ikkje lese.",
            "Signer med eit sertifikat som gjeld.",
        ),
        (
            "The certificate that signed the message, or one above it, was revoked. The content was not read.",
            "Sign with a certificate that is in force.",
        ),
    ),
    Rule(
        id="signer-not-sender",
        effect=Effect.REFUSE,
        item=None,
        authority="KITH MsgHead 1.2 (MsgInfo/Sender), FHIR R4 (MessageHeader.sender); docs/security.md",
        in_force=FIRST_RULE_SET,
        nb=Text(
            found="Meldingen er signert med sertifikatet til en annen virksomhet enn den som er oppgitt som avsender.",
            action="Signer med avsenderens eget virksomhetssertifikat, eller rett avsenderens organisasjonsnummer. "
            "Det må være det samme som i sertifikatet.",
            counsellor="En melding ble avvist fordi en annen enn den oppgitte avsenderen hadde signert den. "
            "Den som sendte den, har fått beskjed.",
        ),
        nn=Text(
            found="Meldinga er signert med sertifikatet til ei anna verksemd enn den som er oppgitt som avsendar.",
            action="Signer med avsendaren sitt eige verksemdssertifikat, eller rett organisasjonsnummeret til "
            "avsendaren. Det må vere det same som i sertifikatet.",
            counsellor="Ei melding vart avvist fordi ein annan enn den oppgitte avsendaren hadde signert ho. "
            "Den som sende ho, har fått beskjed.",
        ),
        en=Text(
            found="The message is signed with the certificate of another enterprise than the one it names as sender.",
            action="Sign with the sender's own enterprise certificate, or correct the sender's organisation number. "
            "It must be the one in the certificate.",
            counsellor="A message was rejected because somebody other than the sender it names had signed it. "
            "Whoever sent it has been told.",
        ),
        broken=stated_elsewhere,
    ),
    Rule(
        id="sender-other-than-signer",
        effect=Effect.REFUSE,
        item=None,
        authority="certgateway, the register of senders (docs/security.md): a HER-id is written under by whose it is",
        in_force=FIRST_RULE_SET,
        nb=Text(
            found="Meldingen oppgir ikke en HER-id som er registrert på den som har signert den.",
            action="Oppgi avsenderens egen HER-id, skrevet slik den er registrert, eller signer med det sertifikatet "
            "som er registrert på denne HER-id-en. Meld fra til mottakeren hvis et sertifikat er byttet.",
            counsellor="En melding ble avvist fordi den som signerte den, ikke er registrert med HER-id-en den oppgir. "
            "Den som sendte den, har fått beskjed.",
        ),
        nn=Text(
            found="Meldinga oppgir ikkje ein HER-id som er registrert på den som har signert ho.",
            action="Oppgi avsendaren sin eigen HER-id, skriven slik han er registrert, eller signer med det "
            "sertifikatet som er registrert på denne HER-id-en. Meld frå til mottakaren om eit sertifikat er bytt.",
            counsellor="Ei melding vart avvist fordi den som signerte ho, ikkje er registrert med HER-id-en ho oppgir. "
            "Den som sende ho, har fått beskjed.",
        ),
        en=Text(
            found="The message does not give a HER-id that is registered to whoever signed it.",
            action="Give the sender's own HER-id, written as it is registered, or sign with the certificate that is "
            "registered to this HER-id. Tell the receiver when a certificate has been replaced.",
            counsellor="A message was rejected because whoever signed it is not registered with the HER-id it gives. "
            "Whoever sent it has been told.",
        ),
        broken=stated_elsewhere,
    ),
    Rule(
        id="sender-not-registered",
        effect=Effect.REFUSE,
        item=None,
        authority="certgateway, the register of senders (docs/security.md): the operator takes registered senders only",
        in_force=FIRST_RULE_SET,
        nb=Text(
            found="Avsenderen er ikke registrert her, og bare registrerte avsendere tas imot.",
            action="Be mottakeren om å bli registrert med HER-id og sertifikat, og send så meldingen på nytt.",
            counsellor="En melding ble avvist fordi avsenderen ikke er registrert. Avsenderen har fått beskjed.",
        ),
        nn=Text(
            found="Avsendaren er ikkje registrert her, og berre registrerte avsendarar blir tekne imot.",
            action="Be mottakaren om å bli registrert med HER-id og sertifikat, og send så meldinga på nytt.",
            counsellor="Ei melding vart avvist fordi avsendaren ikkje er registrert. Avsendaren har fått beskjed.",
        ),
        en=Text(
            found="The sender is not registered here, and only registered senders are taken.",
            action="Ask the receiver to be registered with HER-id and certificate, then send the message again.",
            counsellor="A message was rejected because its sender is not registered. Whoever sent it has been told.",
        ),
        broken=stated_elsewhere,
    ),
)
