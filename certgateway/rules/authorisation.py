"""Was the author entitled to write it? What the register of health personnel (HPR) told of the author is a fact here.

Without a look-up nothing is said. Nothing here may ask anybody, or tell a sender why an authorisation does not hold.
"""

from collections.abc import Iterator
from typing import Final

from certgateway.domain.authorisation import may_certify
from certgateway.domain.certificate import Certificate
from certgateway.domain.findings import Effect, Language
from certgateway.domain.vocabulary.form import PROFESSIONS
from certgateway.rules.declaration import FIRST_RULE_SET, Breach, Facts, Rule, Text


def _professions(language: Language, last: str) -> str:
    *others, final = (PROFESSIONS.concepts[code].text(language).lower() for code in PROFESSIONS.concepts)
    return f"{', '.join(others)} {last} {final}"


def author_not_registered(_certificate: Certificate, facts: Facts) -> Iterator[Breach]:
    """Nobody has the number."""
    if facts.author is not None and facts.author.found == "unregistered":
        yield Breach("author.hpr")


AUTHOR_NOT_REGISTERED = Rule(
    id="author-not-registered",
    effect=Effect.REFUSE,
    item="author",
    authority="helsepersonelloven § 42 a: register of health personnel (HPR); certgateway contract, table of verdicts: "
    "wrong author identity",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="HPR-nummeret finnes ikke i Helsepersonellregisteret.",
        action="Kontroller HPR-nummeret til den som har skrevet erklæringen, og send den på nytt med riktig nummer.",
        counsellor="Meldingen er avvist fordi behandlerens HPR-nummer ikke finnes i Helsepersonellregisteret.",
    ),
    nn=Text(
        found="HPR-nummeret finst ikkje i Helsepersonellregisteret.",
        action="Kontroller HPR-nummeret til den som har skrive erklæringa, og send ho på nytt med rett nummer.",
        counsellor="Meldinga er avvist fordi HPR-nummeret til behandlaren ikkje finst i Helsepersonellregisteret.",
    ),
    en=Text(
        found="The HPR number does not exist in the register of health personnel.",
        action="Check the HPR number of the clinician who wrote the certificate, and send it again with the right one.",
        counsellor="The message was rejected because the clinician's HPR number does not exist in the register of "
        "health personnel.",
    ),
    broken=author_not_registered,
)


def author_not_authorised(_certificate: Certificate, facts: Facts) -> Iterator[Breach]:
    """Registered, but entitled to nothing on the day of writing: not yet, no longer, revoked or suspended."""
    if facts.author is not None and facts.author.found == "registered" and not facts.author.written:
        yield Breach("author.hpr")


AUTHOR_NOT_AUTHORISED = Rule(
    id="author-not-authorised",
    effect=Effect.REFUSE,
    item="author",
    authority="helsepersonelloven §§ 48-49 (authorisation, licence), 57 and 59 (revocation, suspension)",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Behandleren hadde ikke gyldig autorisasjon eller lisens den dagen erklæringen ble skrevet.",
        action="Kontroller HPR-nummeret og datoen. Er de riktige, må erklæringen skrives av en annen, som har gyldig "
        "autorisasjon. Er registeret feil, må behandleren ta det opp med Helsedirektoratet.",
        counsellor="Meldingen er avvist fordi behandleren ikke hadde gyldig autorisasjon eller lisens.",
    ),
    nn=Text(
        found="Behandlaren hadde ikkje gyldig autorisasjon eller lisens den dagen erklæringa vart skriven.",
        action="Kontroller HPR-nummeret og datoen. Er dei rette, må erklæringa skrivast av ein annan, som har gyldig "
        "autorisasjon. Er registeret feil, må behandlaren ta det opp med Helsedirektoratet.",
        counsellor="Meldinga er avvist fordi behandlaren ikkje hadde gyldig autorisasjon eller lisens.",
    ),
    en=Text(
        found="The clinician had no valid authorisation or licence on the day the certificate was written.",
        action="Check the HPR number and the date. If they are right, another clinician with a valid authorisation "
        "must write it. If the register is wrong, the clinician must take it up with Helsedirektoratet.",
        counsellor="The message was rejected because the clinician had no valid authorisation or licence.",
    ),
    broken=author_not_authorised,
)


def author_may_not_certify(_certificate: Certificate, facts: Facts) -> Iterator[Breach]:
    """Entitled to practise, but in no profession that may write the certificate."""
    if facts.author is not None and facts.author.written and not may_certify(facts.author.written):
        yield Breach("author.hpr")


AUTHOR_MAY_NOT_CERTIFY = Rule(
    id="author-may-not-certify",
    effect=Effect.REFUSE,
    item="author",
    authority="certgateway contract, item author: the professions that write the certificate",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Behandleren er ikke autorisert i et yrke som kan skrive erklæringen.",
        action="Kontroller HPR-nummeret. Erklæringen må skrives av "
        f"{_professions('nb', 'eller')}, med sitt eget HPR-nummer.",
        counsellor="Meldingen er avvist fordi behandleren ikke er autorisert i et yrke som kan skrive erklæringen.",
    ),
    nn=Text(
        found="Behandlaren er ikkje autorisert i eit yrke som kan skrive erklæringa.",
        action="Kontroller HPR-nummeret. Erklæringa må skrivast av "
        f"{_professions('nn', 'eller')}, med sitt eige HPR-nummer.",
        counsellor="Meldinga er avvist fordi behandlaren ikkje er autorisert i eit yrke som kan skrive erklæringa.",
    ),
    en=Text(
        found="The clinician is not authorised in a profession that may write the certificate.",
        action="Check the HPR number. The certificate must be written by a "
        f"{_professions('en', 'or')}, under their own HPR number.",
        counsellor="The message was rejected because the clinician is not authorised in a profession that may write "
        "the certificate.",
    ),
    broken=author_may_not_certify,
)


def author_no_longer_authorised(_certificate: Certificate, facts: Facts) -> Iterator[Breach]:
    """Entitled on the day of writing, by the date that the sender gave; no longer so when it arrived."""
    author = facts.author
    if author is not None and may_certify(author.written) and not may_certify(author.arrival):
        yield Breach("author.hpr")


AUTHOR_NO_LONGER_AUTHORISED = Rule(
    id="author-no-longer-authorised",
    effect=Effect.REMARK,
    item="author",
    authority="helsepersonelloven §§ 48-49, 57 and 59; the date of a certificate is its sender's word",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Behandleren hadde gyldig autorisasjon da erklæringen ble skrevet, men ikke da den kom fram.",
        action="Kontroller datoen på erklæringen. Er den riktig, trenger du ikke gjøre noe. NAV får beskjed.",
        counsellor="Behandleren hadde gyldig autorisasjon den datoen erklæringen bærer, men ikke da den kom fram.",
    ),
    nn=Text(
        found="Behandlaren hadde gyldig autorisasjon da erklæringa vart skriven, men ikkje da ho kom fram.",
        action="Kontroller datoen på erklæringa. Er han rett, treng du ikkje gjere noko. NAV får beskjed.",
        counsellor="Behandlaren hadde gyldig autorisasjon den datoen erklæringa ber, men ikkje da ho kom fram.",
    ),
    en=Text(
        found="The clinician had a valid authorisation when the certificate was written, but not when it arrived.",
        action="Check the date of the certificate. If it is right, nothing is needed. NAV is told.",
        counsellor="The clinician had a valid authorisation on the date that the certificate bears, but not when it "
        "arrived.",
    ),
    broken=author_no_longer_authorised,
)


def author_profession_differs(_certificate: Certificate, facts: Facts) -> Iterator[Breach]:
    """The message says physician, say, of somebody who is entitled as something else that may write it, too."""
    author = facts.author
    if author is None or author.stated is None or not may_certify(author.written):
        return
    if author.stated not in author.written:
        yield Breach("author.profession")


AUTHOR_PROFESSION_DIFFERS = Rule(
    id="author-profession-differs",
    effect=Effect.REMARK,
    item="author",
    authority="helsepersonelloven § 74: nobody may use a title that they are not entitled to",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Yrket som er oppgitt for behandleren, er et annet enn i Helsepersonellregisteret.",
        action="Kontroller yrket og HPR-nummeret i journalsystemet, og rett det som er feil.",
        counsellor="Yrket som er oppgitt for behandleren, er et annet enn i Helsepersonellregisteret.",
    ),
    nn=Text(
        found="Yrket som er oppgitt for behandlaren, er eit anna enn i Helsepersonellregisteret.",
        action="Kontroller yrket og HPR-nummeret i journalsystemet, og rett det som er feil.",
        counsellor="Yrket som er oppgitt for behandlaren, er eit anna enn i Helsepersonellregisteret.",
    ),
    en=Text(
        found="The profession that is stated of the clinician is another than in the register of health personnel.",
        action="Check profession and HPR number in the record system, and correct what is wrong.",
        counsellor="The profession that is stated of the clinician is another than in the register of health "
        "personnel.",
    ),
    broken=author_profession_differs,
)


def author_not_looked_up(_certificate: Certificate, facts: Facts) -> Iterator[Breach]:
    """The register was asked in vain."""
    if facts.author is not None and facts.author.found == "no-answer":
        yield Breach("author.hpr")


AUTHOR_NOT_LOOKED_UP = Rule(
    id="author-not-looked-up",
    effect=Effect.NOTE,
    item="author",
    authority="certgateway contract, table of verdicts: what could not be verified is labelled so",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Helsepersonellregisteret svarer ikke nå, så det er ikke kontrollert om behandleren er autorisert.",
        action="Du trenger ikke gjøre noe.",
        counsellor="Det er ikke kontrollert i Helsepersonellregisteret om behandleren er autorisert.",
    ),
    nn=Text(
        found="Helsepersonellregisteret svarer ikkje no, så det er ikkje kontrollert om behandlaren er autorisert.",
        action="Du treng ikkje gjere noko.",
        counsellor="Det er ikkje kontrollert i Helsepersonellregisteret om behandlaren er autorisert.",
    ),
    en=Text(
        found="The register of health personnel does not answer now, so it was not checked whether the clinician is "
        "authorised.",
        action="Nothing is needed.",
        counsellor="It was not checked in the register of health personnel whether the clinician is authorised.",
    ),
    broken=author_not_looked_up,
)

REFUSING: Final = (AUTHOR_NOT_REGISTERED, AUTHOR_NOT_AUTHORISED, AUTHOR_MAY_NOT_CERTIFY)
REMARKS: Final = (AUTHOR_NO_LONGER_AUTHORISED, AUTHOR_PROFESSION_DIFFERS)
