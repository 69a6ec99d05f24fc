"""Faults of a body that no certificate can be read from, and refusals at the door; parsers and services find them.

They stand here so that every id that a finding may bear has its texts, authority and effect in one catalogue.
Ids that concern no message (not-found, gateway-overloaded) are no rules: `api.problems` has them, with their statuses.
"""

from typing import Final

from certgateway.domain.findings import Effect
from certgateway.rules.declaration import FIRST_RULE_SET, Rule, Text, stated_elsewhere

_AUTHORITY = "XML 1.0, RFC 8259, HL7 FHIR R4 formats, KITH MsgHead 1.2; the gateway's own limits (docs/decisions.md)"
_READ_NB = "En melding kunne ikke leses. Avsenderen har fått beskjed."
_READ_NN = "Ei melding kunne ikkje lesast. Avsendaren har fått beskjed."
_READ_EN = "A message could not be read. The sender has been told."


def _rule(id_: str, nb: tuple[str, str], nn: tuple[str, str], en: tuple[str, str]) -> Rule:
    return Rule(
        id=id_,
        effect=Effect.REFUSE,
        item=None,
        authority=_AUTHORITY,
        in_force=FIRST_RULE_SET,
        nb=Text(*nb, counsellor=_READ_NB),
        nn=Text(*nn, counsellor=_READ_NN),
        en=Text(*en, counsellor=_READ_EN),
        broken=stated_elsewhere,
    )


LEGIBILITY: Final[tuple[Rule, ...]] = (
    _rule(
        "empty-body",
        ("Meldingen er tom.", "Send meldingen på nytt med innhold."),
        ("Meldinga er tom.", "Send meldinga på nytt med innhald."),
        ("The message is empty.", "Send the message again with its content."),
    ),
    _rule(
        "archive-not-read",
        (
            "Arkivet er ikke lest til slutten: det er skadet, kryptert eller pakker ut til mer enn vi tar imot.",
            "Lag arkivet på nytt, eller del det i flere. Meldinger som er lest fra det, står for seg.",
        ),
        (
            "Arkivet er ikkje lese til slutten: det er skadd, kryptert eller pakkar ut til meir enn vi tek imot.",
            "Lag arkivet på nytt, eller del det i fleire. Meldingar som er lesne frå det, står for seg.",
        ),
        (
            "The archive was not read to its end: it is damaged, encrypted, or unpacks to more than is taken.",
            "Make the archive anew, or split it. Messages that were read from it stand by themselves.",
        ),
    ),
    _rule(
        "byte-order-mark",
        ("Meldingen begynner med et byterekkefølgemerke, som ikke er tillatt i JSON.", "Send UTF-8 uten slikt merke."),
        ("Meldinga byrjar med eit byterekkjefølgjemerke, som ikkje er tillate i JSON.", "Send UTF-8 utan slikt merke."),
        ("The message begins with a byte order mark, which JSON does not allow.", "Send UTF-8 without such a mark."),
    ),
    _rule(
        "encoding-refused",
        ("Meldingen har en tegnkoding som ikke tas imot.", "Send meldingen i UTF-8."),
        ("Meldinga har ei teiknkoding som ikkje blir teken imot.", "Send meldinga i UTF-8."),
        ("The message uses a character encoding that is not accepted.", "Send the message in UTF-8."),
    ),
    _rule(
        "not-utf8",
        ("Meldingen er ikke gyldig UTF-8 fra dette stedet.", "Rett tegnkodingen i systemet som lager meldingen."),
        ("Meldinga er ikkje gyldig UTF-8 frå denne staden.", "Rett teiknkodinga i systemet som lagar meldinga."),
        (
            "The message is not valid UTF-8 from this place on.",
            "Correct the encoding in the system that makes the message.",
        ),
    ),
    _rule(
        "not-json",
        ("Meldingen er ikke gyldig JSON; lesingen stanset her.", "Rett syntaksen på dette stedet."),
        ("Meldinga er ikkje gyldig JSON; lesinga stansa her.", "Rett syntaksen på denne staden."),
        ("The message is not valid JSON; reading stopped here.", "Correct the syntax at this place."),
    ),
    _rule(
        "trailing-data",
        ("Det står mer etter slutten av meldingen.", "Send én melding om gangen, uten noe etter den."),
        ("Det står meir etter slutten av meldinga.", "Send éi melding om gongen, utan noko etter ho."),
        ("There is more after the end of the message.", "Send one message at a time with nothing after it."),
    ),
    _rule(
        "duplicate-key",
        ("Et felt står to ganger i samme objekt; det er uvisst hvilken verdi som gjelder.", "Behold ett av dem."),
        ("Eit felt står to gonger i same objekt; det er uvisst kva verdi som gjeld.", "Behald eitt av dei."),
        ("A property occurs twice in one object, so that its value is uncertain.", "Keep one of them."),
    ),
    _rule(
        "too-deep",
        ("Meldingen er nøstet dypere enn 64 nivåer.", "Kontroller systemet som lager meldingen."),
        ("Meldinga er nøsta djupare enn 64 nivå.", "Kontroller systemet som lagar meldinga."),
        ("The message is nested deeper than 64 levels.", "Check the system that makes the message."),
    ),
    _rule(
        "number-out-of-range",
        ("Et tall er større, mindre eller lengre enn det som kan tas imot nøyaktig.", "Rett tallet."),
        ("Eit tal er større, mindre eller lengre enn det som kan takast imot nøyaktig.", "Rett talet."),
        ("A number is larger, smaller or longer than what can be taken exactly.", "Correct the number."),
    ),
    _rule(
        "lone-surrogate",
        ("En tekst inneholder et halvt Unicode-tegn.", "Rett tegnkodingen i systemet som lager meldingen."),
        ("Ein tekst inneheld eit halvt Unicode-teikn.", "Rett teiknkodinga i systemet som lagar meldinga."),
        ("A text holds half a Unicode character.", "Correct the encoding in the system that makes the message."),
    ),
    _rule(
        "not-xml",
        ("Meldingen er ikke velformet XML; lesingen stanset her.", "Rett syntaksen på dette stedet."),
        ("Meldinga er ikkje velforma XML; lesinga stansa her.", "Rett syntaksen på denne staden."),
        ("The message is not well-formed XML; reading stopped here.", "Correct the syntax at this place."),
    ),
    _rule(
        "doctype-refused",
        ("Meldingen har en DOCTYPE, som ikke tas imot.", "Fjern DOCTYPE-erklæringen."),
        ("Meldinga har ein DOCTYPE, som ikkje blir teken imot.", "Fjern DOCTYPE-erklæringa."),
        ("The message has a DOCTYPE, which is not accepted.", "Remove the DOCTYPE declaration."),
    ),
    _rule(
        "entity-refused",
        ("Meldingen bruker en entitet som ikke tas imot.", "Skriv tegnet selv, eller bruk de fem som XML har fra før."),
        (
            "Meldinga bruker ein entitet som ikkje blir teken imot.",
            "Skriv teiknet sjølv, eller bruk dei fem XML har frå før.",
        ),
        (
            "The message uses an entity that is not accepted.",
            "Write the character itself or one of XML's five own entities.",
        ),
    ),
    _rule(
        "instruction-refused",
        ("Meldingen har en prosesseringsinstruksjon, som ikke tas imot.", "Fjern den."),
        ("Meldinga har ein prosesseringsinstruksjon, som ikkje blir teken imot.", "Fjern han."),
        ("The message has a processing instruction, which is not accepted.", "Remove it."),
    ),
    _rule(
        "too-many-elements",
        ("Meldingen har flere elementer enn det som tas imot.", "Del opp innholdet, eller send færre vedlegg."),
        ("Meldinga har fleire element enn det som blir teke imot.", "Del opp innhaldet, eller send færre vedlegg."),
        ("The message has more elements than are accepted.", "Divide the content or send fewer attachments."),
    ),
    _rule(
        "too-many-entries",
        ("Bundle har flere enn {limit} oppføringer.", "Send bare ressursene som erklæringen viser til."),
        ("Bundle har fleire enn {limit} oppføringar.", "Send berre ressursane som erklæringa viser til."),
        (
            "The Bundle has more than {limit} entries.",
            "Send only the resources that the certificate refers to.",
        ),
    ),
    _rule(
        "too-many-attributes",
        ("Et element har flere attributter enn det som tas imot.", "Fjern attributter som formatet ikke har."),
        (
            "Eit element har fleire attributt enn det som blir teke imot.",
            "Fjern attributt som formatet ikkje har.",
        ),
        ("An element has more attributes than are accepted.", "Remove attributes that the format does not have."),
    ),
    _rule(
        "too-many-namespaces",
        ("Meldingen erklærer flere navnerom enn det som tas imot.", "Erklær hvert navnerom én gang, på rotelementet."),
        (
            "Meldinga erklærer fleire namnerom enn det som blir teke imot.",
            "Erklær kvart namnerom éin gong, på rotelementet.",
        ),
        (
            "The message declares more namespaces than are accepted.",
            "Declare each namespace once, on the root element.",
        ),
    ),
    _rule(
        "not-a-resource",
        ("Innholdet er ikke en FHIR-ressurs.", "Send en Bundle av typen message."),
        ("Innhaldet er ikkje ein FHIR-ressurs.", "Send ein Bundle av typen message."),
        ("The content is not a FHIR resource.", "Send a Bundle of type message."),
    ),
    _rule(
        "format-not-supported",
        ("Meldingsformatet tas ikke imot.", "Send FHIR R4 som JSON eller XML, eller KITH XML i en MsgHead."),
        ("Meldingsformatet blir ikkje teke imot.", "Send FHIR R4 som JSON eller XML, eller KITH XML i ein MsgHead."),
        ("The message format is not accepted.", "Send FHIR R4 as JSON or XML, or KITH XML in a MsgHead."),
    ),
    _rule(
        "media-type-not-supported",
        ("Content-Type er ikke en av dem som tas imot.", "Bruk application/fhir+json eller application/fhir+xml."),
        (
            "Content-Type er ikkje ein av dei som blir tekne imot.",
            "Bruk application/fhir+json eller application/fhir+xml.",
        ),
        ("The Content-Type is not one that is accepted.", "Use application/fhir+json or application/fhir+xml."),
    ),
    _rule(
        "body-too-large",
        ("Meldingen er større enn grensen på {limit} byte.", "Send færre eller mindre vedlegg."),
        ("Meldinga er større enn grensa på {limit} byte.", "Send færre eller mindre vedlegg."),
        ("The message is larger than the limit of {limit} bytes.", "Send fewer or smaller attachments."),
    ),
    _rule(
        "outside-attachments-too-large",
        (
            "Uten vedleggene er meldingen større enn grensen på {limit} byte.",
            "Send mindre tekst. Dokumenter kan legges ved som Base64.",
        ),
        (
            "Utan vedlegga er meldinga større enn grensa på {limit} byte.",
            "Send mindre tekst. Dokument kan leggjast ved som Base64.",
        ),
        (
            "Without its attachments the message is larger than the limit of {limit} bytes.",
            "Send less text. Documents can be attached as Base64.",
        ),
    ),
    _rule(
        "message-id-conflict",
        (
            "En annen melding med samme meldings-id er allerede mottatt. Ingenting er erstattet.",
            "En rettet erklæring trenger en ny meldings-id; erklæringens egen id beholdes.",
        ),
        (
            "Ei anna melding med same meldings-id er alt motteken. Ingenting er erstatta.",
            "Ei retta erklæring treng ein ny meldings-id; erklæringa sin eigen id skal vere den same.",
        ),
        (
            "Another message with the same message id has been received already. Nothing was replaced.",
            "A corrected certificate needs a new message id; the certificate's own id stays the same.",
        ),
    ),
    _rule(
        "not-a-message",
        (
            "Innholdet er ikke en melding med en legeerklæring.",
            "Send en FHIR Bundle av typen message med Composition, eller en MsgHead med Legeerklaring.",
        ),
        (
            "Innhaldet er ikkje ei melding med ei legeerklæring.",
            "Send ein FHIR Bundle av typen message med Composition, eller ein MsgHead med Legeerklaring.",
        ),
        (
            "The content is not a message with a certificate.",
            "Send a FHIR Bundle of type message with a Composition, or a MsgHead with a Legeerklaring.",
        ),
    ),
    _rule(
        "certificate-date-with-time",
        ("Erklæringens dato mangler klokkeslett og tidssone.", "Oppgi datoen med klokkeslett og tidssone."),
        ("Datoen på erklæringa manglar klokkeslett og tidssone.", "Oppgi datoen med klokkeslett og tidssone."),
        ("The certificate's date lacks time of day and time zone.", "Give the date with time of day and time zone."),
    ),
    _rule(
        "sha256-form",
        ("SHA-256-verdien har feil form.", "Oppgi 64 heksadesimale sifre, eller utelat utvidelsen."),
        ("SHA-256-verdien har feil form.", "Oppgi 64 heksadesimale siffer, eller utelat utvidinga."),
        ("The SHA-256 value has the wrong form.", "Give 64 hexadecimal digits or leave the extension out."),
    ),
    _rule(
        "certificate-questionnaire",
        ("Svarene gjelder et annet skjema enn erklæringens.", "Oppgi skjemaets adresse, med eller uten versjon."),
        ("Svara gjeld eit anna skjema enn det til erklæringa.", "Oppgi adressa til skjemaet, med eller utan versjon."),
        ("The answers are to another form than the certificate's.", "Give the form's canonical URL."),
    ),
)
"""Every id with which a body is refused before, or without, a certificate being read from it."""
