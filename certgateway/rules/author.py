"""Is the author who they should be? Form of their numbers, and that nobody certifies their own ability.

Whether an HPR number exists and what it entitles to is a look-up, not a rule of form. Nothing here may repeat a number.
"""

from collections.abc import Iterator

from certgateway.domain.certificate import Certificate
from certgateway.domain.findings import Effect
from certgateway.domain.persons import is_hpr_number, is_organisation_number, same_number
from certgateway.rules.declaration import FIRST_RULE_SET, Breach, Facts, Rule, Text


def hpr_invalid(certificate: Certificate, _facts: Facts) -> Iterator[Breach]:
    """Seven to nine digits, not all zero."""
    hpr = certificate.author.hpr
    if hpr and not is_hpr_number(hpr):
        yield Breach("author.hpr")


HPR_INVALID = Rule(
    id="hpr-invalid",
    effect=Effect.REFUSE,
    item="author",
    authority="certgateway contract, table of verdicts: form of the number in the register of health personnel (HPR)",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="HPR-nummeret har ikke riktig form.",
        action="Kontroller behandlerens HPR-nummer i journalsystemet. Det skal ha sju til ni sifre.",
        counsellor="Meldingen er avvist fordi behandlerens HPR-nummer ikke er gyldig.",
    ),
    nn=Text(
        found="HPR-nummeret har ikkje rett form.",
        action="Kontroller HPR-nummeret til behandlaren i journalsystemet. Det skal ha sju til ni siffer.",
        counsellor="Meldinga er avvist fordi HPR-nummeret til behandlaren ikkje er gyldig.",
    ),
    en=Text(
        found="The HPR number does not have the right form.",
        action="Check the clinician's HPR number in the record system. It must have seven to nine digits.",
        counsellor="The message was rejected because the clinician's HPR number is not valid.",
    ),
    broken=hpr_invalid,
)


def author_is_patient(certificate: Certificate, _facts: Facts) -> Iterator[Breach]:
    """Personal numbers compared as digits; equal names prove nothing."""
    number, patient = certificate.author.number, certificate.patient.number
    if number and patient and same_number(number, patient):
        yield Breach("author.number")


AUTHOR_IS_PATIENT = Rule(
    id="author-is-patient",
    effect=Effect.REFUSE,
    item="author",
    authority="helsepersonelloven § 15: a certificate shall be objective; certgateway contract, table of verdicts",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Behandleren og pasienten har samme fødselsnummer eller D-nummer.",
        action="Kontroller hvem som er behandler og hvem som er pasient. Erklæringen må skrives av en annen enn "
        "pasienten.",
        counsellor="Meldingen er avvist fordi behandler og pasient er samme person.",
    ),
    nn=Text(
        found="Behandlaren og pasienten har same fødselsnummer eller D-nummer.",
        action="Kontroller kven som er behandlar og kven som er pasient. Erklæringa må skrivast av ein annan enn "
        "pasienten.",
        counsellor="Meldinga er avvist fordi behandlar og pasient er same person.",
    ),
    en=Text(
        found="The clinician and the patient have the same fødselsnummer or D-number.",
        action="Check who is the clinician and who is the patient. Somebody other than the patient must write it.",
        counsellor="The message was rejected because clinician and patient are the same person.",
    ),
    broken=author_is_patient,
)


def organisation_number_invalid(certificate: Certificate, _facts: Facts) -> Iterator[Breach]:
    """Nine digits with a right check digit, where a number was given."""
    number = certificate.author.organisation
    if number and not is_organisation_number(number):
        yield Breach("author.organisation")


ORGANISATION_NUMBER_INVALID = Rule(
    id="organisation-number-invalid",
    effect=Effect.REMARK,
    item="author",
    authority="Enhetsregisteret: an organisation number has nine digits, the last a modulus 11 check digit",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Virksomhetens organisasjonsnummer er ikke gyldig.",
        action="Kontroller organisasjonsnummeret i journalsystemet. Det har ni sifre, og det siste er et "
        "kontrollsiffer.",
        counsellor="Organisasjonsnummeret til behandlerens arbeidssted er ikke gyldig.",
    ),
    nn=Text(
        found="Organisasjonsnummeret til verksemda er ikkje gyldig.",
        action="Kontroller organisasjonsnummeret i journalsystemet. Det har ni siffer, og det siste er eit "
        "kontrollsiffer.",
        counsellor="Organisasjonsnummeret til arbeidsstaden til behandlaren er ikkje gyldig.",
    ),
    en=Text(
        found="The organisation number is not valid.",
        action="Check the organisation number in the record system. It has nine digits, and the last is a check digit.",
        counsellor="The organisation number of the clinician's place of work is not valid.",
    ),
    broken=organisation_number_invalid,
)
