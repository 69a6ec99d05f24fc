"""Who is the patient? A certificate about nobody, about a wrong number or about somebody else is refused.

Only the number's form and what the look-ups said is judged, never a name. Nothing here may repeat a number.
"""

from collections.abc import Iterator

from certgateway.domain.certificate import Certificate
from certgateway.domain.findings import Effect
from certgateway.domain.persons import read_person_number
from certgateway.rules.declaration import FIRST_RULE_SET, Breach, Facts, Rule, Text, stated_elsewhere


def patient_missing(certificate: Certificate, facts: Facts) -> Iterator[Breach]:
    """A fødselsnummer or a D-number; a name identifies nobody."""
    if "patient" not in facts.broken_items and not certificate.patient.number:
        yield Breach("patient", expected="fødselsnummer or D-number")


PATIENT_MISSING = Rule(
    id="patient-missing",
    effect=Effect.REFUSE,
    item="patient",
    authority="folkeregisterloven § 2-2; design of the redesigned certificate, item patient",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Pasientens fødselsnummer eller D-nummer mangler.",
        action="Oppgi fødselsnummeret eller D-nummeret til pasienten erklæringen gjelder.",
        counsellor="Meldingen er avvist fordi den ikke sier hvem den gjelder.",
    ),
    nn=Text(
        found="Fødselsnummeret eller D-nummeret til pasienten manglar.",
        action="Oppgi fødselsnummeret eller D-nummeret til pasienten erklæringa gjeld.",
        counsellor="Meldinga er avvist fordi ho ikkje seier kven ho gjeld.",
    ),
    en=Text(
        found="The patient's fødselsnummer or D-number is missing.",
        action="State the fødselsnummer or D-number of the patient the certificate is about.",
        counsellor="The message was rejected because it does not say whom it is about.",
    ),
    broken=patient_missing,
)


def fnr_invalid(certificate: Certificate, _facts: Facts) -> Iterator[Breach]:
    """Date, check digits, and the kind the identifier system promises."""
    patient = certificate.patient
    if not patient.number:
        return
    read = read_person_number(patient.number)
    if read is None or patient.kind not in {None, read.kind}:
        yield Breach("patient.number")


FNR_INVALID = Rule(
    id="fnr-invalid",
    effect=Effect.REFUSE,
    item="patient",
    authority="folkeregisterloven § 2-2: everybody registered has a fødselsnummer or a D-number",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Pasientens nummer er ikke gyldig, eller det er sendt som feil type nummer.",
        action="Kontroller nummeret. Et fødselsnummer skal sendes som fødselsnummer og et D-nummer som D-nummer, med "
        "elleve sifre uten mellomrom.",
        counsellor="Meldingen er avvist fordi pasientens nummer ikke er gyldig.",
    ),
    nn=Text(
        found="Nummeret til pasienten er ikkje gyldig, eller det er sendt som feil type nummer.",
        action="Kontroller nummeret. Eit fødselsnummer skal sendast som fødselsnummer og eit D-nummer som D-nummer, "
        "med elleve siffer utan mellomrom.",
        counsellor="Meldinga er avvist fordi nummeret til pasienten ikkje er gyldig.",
    ),
    en=Text(
        found="The patient's number is not valid, or it was sent as the wrong kind of number.",
        action="Check the number. A fødselsnummer must be sent as a fødselsnummer and a D-number as a D-number, with "
        "eleven digits and no spaces.",
        counsellor="The message was rejected because the patient's number is not valid.",
    ),
    broken=fnr_invalid,
)


def person_wrong_environment(certificate: Certificate, facts: Facts) -> Iterator[Breach]:
    """Made-up persons belong in test, living ones in production; a number that cannot be read belongs to neither."""
    read = read_person_number(certificate.patient.number or "")
    if read is not None and facts.persons not in {"both", read.series}:
        yield Breach("patient.number")


PERSON_WRONG_ENVIRONMENT = Rule(
    id="person-wrong-environment",
    effect=Effect.REFUSE,
    item="patient",
    authority="certgateway contract, setting CERTGATEWAY_PERSONS: real persons never in test, made-up ones only there",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Pasientens nummer hører ikke hjemme i dette miljøet.",
        action="Testpersoner skal bare brukes i testmiljøet, og virkelige pasienter bare i produksjonsmiljøet.",
        counsellor="Meldingen er avvist fordi den er sendt til feil miljø.",
    ),
    nn=Text(
        found="Nummeret til pasienten høyrer ikkje heime i dette miljøet.",
        action="Testpersonar skal berre brukast i testmiljøet, og verkelege pasientar berre i produksjonsmiljøet.",
        counsellor="Meldinga er avvist fordi ho er send til feil miljø.",
    ),
    en=Text(
        found="The patient's number does not belong in this environment.",
        action="Use test persons in the test environment only, and real patients in production only.",
        counsellor="The message was rejected because it was sent to the wrong environment.",
    ),
    broken=person_wrong_environment,
)


def revision_of_other_patient(_certificate: Certificate, facts: Facts) -> Iterator[Breach]:
    """A certificate id belongs to one patient for ever."""
    if facts.other_patient:
        yield Breach("patient.number")


REVISION_OF_OTHER_PATIENT = Rule(
    id="revision-of-other-patient",
    effect=Effect.REFUSE,
    item="patient",
    authority="certgateway contract, identity of things: same certificate id with another patient is refused",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="En tidligere versjon av denne erklæringen gjelder en annen pasient.",
        action="Kontroller at riktig pasient er valgt. En erklæring om en annen pasient skal ha sin egen "
        "erklærings-id.",
        counsellor="Meldingen er avvist fordi en tidligere versjon av erklæringen gjelder en annen person.",
    ),
    nn=Text(
        found="Ein tidlegare versjon av denne erklæringa gjeld ein annan pasient.",
        action="Kontroller at rett pasient er vald. Ei erklæring om ein annan pasient skal ha sin eigen erklærings-id.",
        counsellor="Meldinga er avvist fordi ein tidlegare versjon av erklæringa gjeld ein annan person.",
    ),
    en=Text(
        found="An earlier version of this certificate is about another patient.",
        action="Check that the right patient was chosen. A certificate about another patient needs an id of its own.",
        counsellor="The message was rejected because an earlier version of the certificate is about somebody else.",
    ),
    broken=revision_of_other_patient,
)


SUBJECT_DIFFERS = Rule(
    id="subject-differs",
    effect=Effect.REFUSE,
    item="patient",
    authority="certgateway: everything a certificate states is about the one patient it is written for",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Denne opplysningen er ført på en annen person enn pasienten erklæringen gjelder.",
        action="Kontroller at alle opplysninger gjelder den samme pasienten, og send erklæringen på nytt.",
        counsellor="Meldingen er avvist fordi opplysninger i den var ført på en annen person enn pasienten.",
    ),
    nn=Text(
        found="Denne opplysninga er ført på ein annan person enn pasienten erklæringa gjeld.",
        action="Kontroller at alle opplysningar gjeld den same pasienten, og send erklæringa på nytt.",
        counsellor="Meldinga er avvist fordi opplysningar i ho var førte på ein annan person enn pasienten.",
    ),
    en=Text(
        found="This statement is about another person than the patient of the certificate.",
        action="Check that every statement is about the same patient, and send the certificate again.",
        counsellor="The message was rejected because statements in it were about another person than the patient.",
    ),
    broken=stated_elsewhere,
)

PATIENT_AMBIGUOUS = Rule(
    id="patient-ambiguous",
    effect=Effect.REFUSE,
    item="patient",
    authority="folkeregisterloven § 2-2: one number identifies one person",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Pasienten er oppgitt med flere ulike fødselsnumre eller D-numre.",
        action="Send bare nummeret som gjelder nå. Et tidligere nummer kan stå der med use «old».",
        counsellor="Meldingen er avvist fordi det ikke gikk fram hvilket nummer pasienten har.",
    ),
    nn=Text(
        found="Pasienten er oppgitt med fleire ulike fødselsnummer eller D-nummer.",
        action="Send berre nummeret som gjeld no. Eit tidlegare nummer kan stå der med use «old».",
        counsellor="Meldinga er avvist fordi det ikkje gjekk fram kva nummer pasienten har.",
    ),
    en=Text(
        found="The patient is given with several different national identity numbers or D-numbers.",
        action="Send only the number that holds now. An earlier number may stand there with use “old”.",
        counsellor="The message was rejected because it was not clear which number the patient has.",
    ),
    broken=stated_elsewhere,
)
