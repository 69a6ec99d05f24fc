"""What the gateway may receive, from whom and in which version, and what it leaves out.

Benefit content and what has no place in the certificate is found by the codec and the redaction; the declarations here
give those notes their effect and texts. NAV is never told what was removed, nor that anything was: the texts for the
counsellor are empty.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from certgateway.domain.calendar import norwegian_date
from certgateway.domain.certificate import Certificate
from certgateway.domain.findings import Effect
from certgateway.rules.declaration import FIRST_RULE_SET, Breach, Facts, Rule, Text, stated_elsewhere

GRACE: Final = timedelta(days=90)
"""How long after its withdrawal a certificate written under a version may still arrive."""


def profile_not_in_force(certificate: Certificate, facts: Facts) -> Iterator[Breach]:
    """In force on the certificate's own date, and not withdrawn more than 90 days before arrival."""
    written, since, withdrawn = norwegian_date(certificate.authored), facts.profile.since, facts.profile.withdrawn
    too_early = since is not None and written < since
    too_late = withdrawn is not None and (written >= withdrawn or norwegian_date(facts.arrival) - withdrawn > GRACE)
    if too_early or too_late:
        yield Breach("profile", expected="profile version in force on the certificate's date")


PROFILE_NOT_IN_FORCE = Rule(
    id="profile-not-in-force",
    effect=Effect.REFUSE,
    item=None,
    authority="certgateway contract, identity of things: profile versions are in force by date, with 90 days of grace",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Profilversjonen meldingen følger, gjelder ikke for erklæringens dato, eller den er trukket tilbake.",
        action="Send erklæringen etter en profilversjon som gjelder. Kontakt leverandøren av journalsystemet om "
        "versjonen må oppdateres. Kontroller også erklæringens dato.",
        counsellor="Meldingen er avvist fordi den følger en profilversjon som ikke gjelder.",
    ),
    nn=Text(
        found="Profilversjonen meldinga følgjer, gjeld ikkje for datoen på erklæringa, eller han er trekt tilbake.",
        action="Send erklæringa etter ein profilversjon som gjeld. Kontakt leverandøren av journalsystemet dersom "
        "versjonen må oppdaterast. Kontroller også datoen på erklæringa.",
        counsellor="Meldinga er avvist fordi ho følgjer ein profilversjon som ikkje gjeld.",
    ),
    en=Text(
        found="The profile version the message follows is not in force for the certificate's date, or it was "
        "withdrawn.",
        action="Send the certificate under a profile version in force. Ask the vendor of the record system if the "
        "version must be updated. Check the date of the certificate too.",
        counsellor="The message was rejected because it follows a profile version that is not in force.",
    ),
    broken=profile_not_in_force,
)


def draft_submitted(certificate: Certificate, facts: Facts) -> Iterator[Breach]:
    """A draft may be validated as often as anybody likes, but not handed in for the record."""
    if facts.submitted and certificate.status == "preliminary":
        yield Breach("status")


DRAFT_SUBMITTED = Rule(
    id="draft-submitted",
    effect=Effect.REFUSE,
    item=None,
    authority="certgateway contract, identity of things: status preliminary is a draft, for validation",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Erklæringen er merket som utkast (preliminary) og registreres ikke.",
        action="Send den på nytt med status final når den er ferdig, eller bruk $validate mens den skrives.",
        counsellor="Et utkast til erklæring ble sendt inn ved en feil. Det er ikke registrert.",
    ),
    nn=Text(
        found="Erklæringa er merkt som utkast (preliminary) og blir ikkje registrert.",
        action="Send ho på nytt med status final når ho er ferdig, eller bruk $validate medan ho blir skriven.",
        counsellor="Eit utkast til erklæring vart sendt inn ved ein feil. Det er ikkje registrert.",
    ),
    en=Text(
        found="The certificate is marked as a draft (preliminary) and is not registered.",
        action="Send it again with status final when it is finished, or use $validate while it is being written.",
        counsellor="A draft of a certificate was sent in by mistake. It is not registered.",
    ),
    broken=draft_submitted,
)


def filed_as_history(_certificate: Certificate, facts: Facts) -> Iterator[Breach]:
    """Out of order: what is current stays current, and whoever sent this is told so."""
    if facts.history:
        yield Breach("authored")


FILED_AS_HISTORY = Rule(
    id="filed-as-history",
    effect=Effect.REMARK,
    item=None,
    authority="certgateway contract, identity of things: an older authored time is filed as history, never current",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="En versjon av erklæringen med senere dato er allerede registrert. Denne er lagt til historikken.",
        action="Er denne versjonen den riktige, eller skal erklæringen trekkes tilbake, send den på nytt med ny dato.",
        counsellor="En eldre versjon av erklæringen kom inn etter den gjeldende og er lagt til historikken.",
    ),
    nn=Text(
        found="Ein versjon av erklæringa med seinare dato er alt registrert. Denne er lagd til historikken.",
        action="Er denne versjonen den rette, eller skal erklæringa trekkjast tilbake, send ho på nytt med ny dato.",
        counsellor="Ein eldre versjon av erklæringa kom inn etter den gjeldande og er lagd til historikken.",
    ),
    en=Text(
        found="A version of the certificate with a later date is registered already. This one was filed as history.",
        action="If this version is the right one, or the certificate is to be withdrawn, send it again, newly dated.",
        counsellor="An older version of the certificate arrived after the current one and was filed as history.",
    ),
    broken=filed_as_history,
)


def sender_not_verified(_certificate: Certificate, facts: Facts) -> Iterator[Breach]:
    """The sender was taken at its word."""
    if not facts.trusted:
        yield Breach("")


SENDER_NOT_VERIFIED = Rule(
    id="sender-not-verified",
    effect=Effect.NOTE,
    item=None,
    authority="certgateway contract, table of verdicts: a sender without verified signature or token is labelled so",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Det er ikke bekreftet hvem som har sendt meldingen.",
        action="Du trenger ikke gjøre noe i et testmiljø. I produksjon må avsenderen kunne bekreftes.",
        counsellor="Det er ikke bekreftet hvem som har sendt erklæringen.",
    ),
    nn=Text(
        found="Det er ikkje stadfesta kven som har sendt meldinga.",
        action="Du treng ikkje gjere noko i eit testmiljø. I produksjon må avsendaren kunne stadfestast.",
        counsellor="Det er ikkje stadfesta kven som har sendt erklæringa.",
    ),
    en=Text(
        found="It has not been verified who sent the message.",
        action="Nothing is needed in a test environment. In production the sender must be verifiable.",
        counsellor="It has not been verified who sent the certificate.",
    ),
    broken=sender_not_verified,
)


def likely_resend(_certificate: Certificate, facts: Facts) -> Iterator[Breach]:
    """The same certificate, its authored time included, has come before under another message id."""
    if facts.resend:
        yield Breach("")


LIKELY_RESEND = Rule(
    id="likely-resend",
    effect=Effect.NOTE,
    item=None,
    authority="certgateway contract, identity of things: other id, same certificate, first verdict",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Den samme erklæringen er mottatt før, med en annen meldings-id.",
        action="Du trenger ikke gjøre noe. En rettet erklæring må ha et nytt tidspunkt for når den ble skrevet.",
        counsellor="Erklæringen er sendt mer enn én gang. Det er ikke kommet noe nytt.",
    ),
    nn=Text(
        found="Den same erklæringa er motteken før, med ein annan meldings-id.",
        action="Du treng ikkje gjere noko. Ei retta erklæring må ha eit nytt tidspunkt for når ho vart skriven.",
        counsellor="Erklæringa er send meir enn éin gong. Det er ikkje kome noko nytt.",
    ),
    en=Text(
        found="The same certificate has been received before under another message id.",
        action="Nothing is needed. A corrected certificate must carry a new time of writing.",
        counsellor="The certificate was sent more than once. Nothing new has come.",
    ),
    broken=likely_resend,
)

BENEFIT_REMOVED = Rule(
    id="benefit-removed",
    effect=Effect.NOTE,
    item=None,
    authority="S15: the question of benefit does not belong in the certificate; GDPR article 5(1)(c), data "
    "minimisation",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Opplysning om ytelse er fjernet og blir ikke gitt videre.",
        action="Du trenger ikke gjøre noe. Erklæringen skal ikke si noe om hvilken ytelse den gjelder.",
        counsellor="",
    ),
    nn=Text(
        found="Opplysning om yting er fjerna og blir ikkje gitt vidare.",
        action="Du treng ikkje gjere noko. Erklæringa skal ikkje seie noko om kva yting ho gjeld.",
        counsellor="",
    ),
    en=Text(
        found="Information about a benefit has been removed and is not passed on.",
        action="Nothing is needed. A certificate shall not say which benefit it is for.",
        counsellor="",
    ),
    broken=stated_elsewhere,
)

NOT_CARRIED = Rule(
    id="not-carried",
    effect=Effect.NOTE,
    item=None,
    authority="certgateway contract, table of verdicts: nothing is lost silently",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Innhold her har ikke noe felt i erklæringen og blir ikke gitt videre.",
        action="Er innholdet viktig for NAV, må det føres i et felt som hører til erklæringen. Ellers trenger du ikke "
        "gjøre noe.",
        counsellor="",
    ),
    nn=Text(
        found="Innhald her har ikkje noko felt i erklæringa og blir ikkje gitt vidare.",
        action="Er innhaldet viktig for NAV, må det førast i eit felt som høyrer til erklæringa. Elles treng du ikkje "
        "gjere noko.",
        counsellor="",
    ),
    en=Text(
        found="Content here has no field in the certificate and is not passed on.",
        action="If it matters to NAV, put it in a field that belongs to the certificate. Otherwise nothing is needed.",
        counsellor="",
    ),
    broken=stated_elsewhere,
)


MODIFIER_NOT_UNDERSTOOD = Rule(
    id="modifier-not-understood",
    effect=Effect.REFUSE,
    item=None,
    authority="HL7 FHIR R4, conformance: an element that modifies the meaning of others must not be ignored",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Dette feltet endrer meningen i det som står ved siden av, og erklæringen har ikke noe sted for det.",
        action="Fjern feltet hvis det ikke er ment, eller uttrykk det samme med feltene i profilen.",
        counsellor="Meldingen er avvist fordi den inneholder noe som endrer meningen og ikke kan gis videre.",
    ),
    nn=Text(
        found="Dette feltet endrar meininga i det som står ved sida av, og erklæringa har ikkje nokon plass til det.",
        action="Fjern feltet dersom det ikkje er meint, eller uttrykk det same med felta i profilen.",
        counsellor="Meldinga er avvist fordi ho inneheld noko som endrar meininga og ikkje kan givast vidare.",
    ),
    en=Text(
        found="This element changes the meaning of what stands beside it, and the certificate has no place for it.",
        action="Remove the element if it is not meant, or say the same with the elements of the profile.",
        counsellor="The message was rejected because it holds something that changes the meaning and can't be kept.",
    ),
    broken=stated_elsewhere,
)
