"""The form itself: its items, who fills it in, why, and on what ground a statement rests.

Sources: the redesigned certificate (a proposal of this project), the Norwegian code systems 9060 and 9602, and HL7's
reasons for absent data. Codes are stable for ever. No benefit may appear here, not even as a purpose.
"""

from typing import Final

from certgateway.domain.vocabulary.model import Vocabulary, table
from certgateway.domain.vocabulary.systems import (
    CODE_SYSTEM,
    DATA_ABSENT_REASON,
    DOCUMENT_TYPE,
    LIST_EMPTY_REASON,
    LOINC,
    PROFESSION,
)

OWN_SOURCE: Final = (
    "The redesigned medical certificate; a proposal of the certgateway project, codes and titles our own"
)
HL7_SOURCE: Final = "HL7 Terminology; codes of HL7, titles our own"
NORWEGIAN_SOURCE: Final = "Norwegian code system kept by the Directorate of Health; titles our own"

CERTIFICATE_ITEM: Final = Vocabulary(
    name="certificate-item",
    url=f"{CODE_SYSTEM}certificate-item",
    about="The items of the certificate, in the order of the form",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("purpose", "Formål", "Formål", "Purpose"),
            ("patient", "Pasient", "Pasient", "Patient"),
            ("author", "Behandler", "Behandlar", "Clinician"),
            ("employment", "Arbeidsforhold", "Arbeidsforhold", "Employment"),
            ("diagnosis", "Diagnose", "Diagnose", "Diagnosis"),
            (
                "history",
                "Sykehistorie (pasientens beskrivelse)",
                "Sjukehistorie (slik pasienten fortel)",
                "History (the patient's account)",
            ),
            ("findings", "Kliniske funn", "Kliniske funn", "Clinical findings"),
            ("onset", "Nedsatt funksjon fra", "Nedsett funksjon frå", "Reduced function since"),
            ("treatment", "Behandling og utredning", "Behandling og utgreiing", "Treatment and investigation"),
            ("function", "Funksjonsevne", "Funksjonsevne", "Functioning"),
            (
                "health-risk",
                "Aktiviteter med helserisiko",
                "Aktivitetar med helserisiko",
                "Activities with health risk",
            ),
            ("activity", "Mulighet for aktivitet", "Høve til aktivitet", "Ability to take part in activity"),
            ("prognosis", "Prognose", "Prognose", "Prognosis"),
            ("specialist", "Spesialistuttalelser", "Spesialistfråsegner", "Specialist statements"),
            (
                "assessment",
                "Samlet medisinsk vurdering",
                "Samla medisinsk vurdering",
                "Overall medical assessment",
            ),
            ("reservation", "Forbehold", "Atterhald", "Reservation"),
            ("attachment", "Vedlegg", "Vedlegg", "Attachment"),
        )
    ),
)

MESSAGE_EVENT: Final = Vocabulary(
    name="message-event",
    url=f"{CODE_SYSTEM}message-event",
    about="What a message is about",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("certificate", "Legeerklæring", "Legeerklæring", "Medical certificate"),
            (
                "clarification",
                "Spørsmål om legeerklæring",
                "Spørsmål om legeerklæring",
                "Question about a medical certificate",
            ),
            (
                "clarification-reminder",
                "Påminnelse om spørsmål",
                "Påminning om spørsmål",
                "Reminder of a question",
            ),
            (
                "clarification-return",
                "Retur av legeerklæring eller svar",
                "Retur av legeerklæring eller svar",
                "Return of a certificate or an answer",
            ),
            (
                "clarification-withdrawal",
                "Spørsmål trukket tilbake",
                "Spørsmål trekt tilbake",
                "Question withdrawn",
            ),
            ("clarification-answer", "Svar på spørsmål", "Svar på spørsmål", "Answer to a question"),
            (
                "certificate-order",
                "Bestilling av legeerklæring",
                "Tinging av legeerklæring",
                "Order for a medical certificate",
            ),
            (
                "certificate-order-reminder",
                "Påminnelse om bestilling",
                "Påminning om tinging",
                "Reminder of an order",
            ),
            (
                "certificate-order-return",
                "Retur av bestilt legeerklæring",
                "Retur av tinga legeerklæring",
                "Return of an ordered certificate",
            ),
            (
                "certificate-order-withdrawal",
                "Bestilling trukket tilbake",
                "Tinging trekt tilbake",
                "Order withdrawn",
            ),
            ("treatment-status", "Status for behandling", "Status for behandling", "Status of treatment"),
        )
    ),
)

PURPOSE: Final = Vocabulary(
    name="purpose",
    url=f"{CODE_SYSTEM}purpose",
    about="Why the certificate is written",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("ordered", "Bestilt av NAV", "Tinga av NAV", "Ordered by NAV"),
            ("first", "Første erklæring", "Første erklæring", "First certificate"),
            ("update", "Oppdatering", "Oppdatering", "Update"),
            (
                "treatment-status",
                "Status for behandling",
                "Status for behandling",
                "Status of treatment",
            ),
            (
                "absence",
                "Fravær fra avtalt aktivitet",
                "Fråvær frå avtalt aktivitet",
                "Absence from an agreed activity",
            ),
            (
                "sick-leave-over-8-weeks",
                "Arbeidsvurdering ved sykefravær over 8 uker",
                "Arbeidsvurdering ved sjukefråvær over 8 veker",
                "Work assessment after 8 weeks of sick leave",
            ),
        )
    ),
)

CONTACT: Final = Vocabulary(
    name="contact",
    url=f"{CODE_SYSTEM}contact",
    about="How the clinician last saw the patient",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("in-person", "Frammøte", "Frammøte", "In person"),
            ("video", "Video", "Video", "Video"),
            ("phone", "Telefon", "Telefon", "Telephone"),
        )
    ),
)

AUTHOR_ROLE: Final = Vocabulary(
    name="author-role",
    url=f"{CODE_SYSTEM}author-role",
    about="In which role the clinician writes",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("gp", "Fastlege", "Fastlege", "General practitioner"),
            (
                "hospital-specialist",
                "Lege i spesialisthelsetjenesten",
                "Lege i spesialisthelsetenesta",
                "Hospital specialist",
            ),
            ("psychologist", "Psykolog", "Psykolog", "Psychologist"),
            ("physiotherapist", "Fysioterapeut", "Fysioterapeut", "Physiotherapist"),
            ("manual-therapist", "Manuellterapeut", "Manuellterapeut", "Manual therapist"),
            ("chiropractor", "Kiropraktor", "Kiropraktor", "Chiropractor"),
            ("dentist", "Tannlege", "Tannlege", "Dentist"),
            ("other-doctor", "Annen lege", "Annan lege", "Other doctor"),
        )
    ),
)

PROFESSIONS: Final = Vocabulary(
    name="profession",
    url=PROFESSION,
    about="Professions that may write the certificate",
    source=NORWEGIAN_SOURCE,
    concepts=table(
        (
            ("LE", "Lege", "Lege", "Physician"),
            ("PS", "Psykolog", "Psykolog", "Psychologist"),
            ("FT", "Fysioterapeut", "Fysioterapeut", "Physiotherapist"),
            ("MT", "Manuellterapeut", "Manuellterapeut", "Manual therapist"),
            ("KI", "Kiropraktor", "Kiropraktor", "Chiropractor"),
            ("TL", "Tannlege", "Tannlege", "Dentist"),
        )
    ),
)

STATEMENT_SOURCE: Final = Vocabulary(
    name="statement-source",
    url=f"{CODE_SYSTEM}statement-source",
    about="On what ground a statement rests",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("observed", "Observert av behandler", "Observert av behandlar", "Observed by the clinician"),
            ("tested", "Undersøkt eller testet", "Undersøkt eller testa", "Examined or tested"),
            ("patient-reported", "Oppgitt av pasienten", "Opplyst av pasienten", "Reported by the patient"),
            ("specialist", "Fra spesialist", "Frå spesialist", "From a specialist"),
            ("inferred", "Vurdert ut fra diagnose og funn", "Vurdert ut frå diagnose og funn", "Inferred"),
        )
    ),
)

STATEMENT_PART: Final = Vocabulary(
    name="statement-part",
    url=f"{CODE_SYSTEM}statement-part",
    about="Parts of a statement",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("occupation", "Yrke", "Yrke", "Occupation"),
            ("returns", "Arbeidsgiver å gå tilbake til", "Arbeidsgivar å gå tilbake til", "Employer to return to"),
            ("said-by", "Opplyst av", "Opplyst av", "Said by"),
            ("qualifier", "ICF-grad", "ICF-grad", "ICF qualifier"),
            ("certainty", "Sikkerhet", "Visse", "Certainty"),
            ("setting", "Situasjon", "Situasjon", "Setting"),
            ("variation", "Variasjon", "Variasjon", "Variation"),
            ("best", "På det beste", "På det beste", "At best"),
            ("worst", "På det verste", "På det verste", "At worst"),
            ("adaptation", "Tilpasning", "Tilpassing", "Adaptation"),
            ("scope", "Omfang", "Omfang", "Scope"),
            ("reason", "Grunn", "Grunn", "Reason"),
            ("measure-view", "Syn på planlagt tiltak", "Syn på planlagt tiltak", "View of a planned measure"),
            ("specialty", "Fagområde", "Fagområde", "Specialty"),
            ("attached", "Vedlagt", "Lagd ved", "Attached"),
            ("several", "Flere arbeidsforhold", "Fleire arbeidsforhold", "Several employments"),
            ("situation", "Arbeidssituasjon", "Arbeidssituasjon", "Work situation"),
            ("other-situation", "Annen arbeidssituasjon", "Annan arbeidssituasjon", "Other work situation"),
            ("demands", "Krav i arbeidet", "Krav i arbeidet", "Demands of the work"),
            ("occupation-code", "Yrkeskode", "Yrkeskode", "Occupation code"),
            ("resumption", "Gjenopptakelse av arbeid", "Oppattaking av arbeid", "Taking up work"),
            ("measure", "Foreslått tiltak", "Foreslått tiltak", "Proposed measure"),
            ("question", "Spørsmål i skjemaet fra 2008", "Spørsmål i skjemaet frå 2008", "Question of the 2008 form"),
            ("item", "Punkt i erklæringen", "Punkt i erklæringa", "Item of the certificate"),
        )
    ),
)

VERDICT: Final = Vocabulary(
    name="verdict",
    url=f"{CODE_SYSTEM}verdict",
    about="What became of a message; no title may sound like approval of a claim",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("accepted", "Mottatt", "Motteken", "Received"),
            (
                "accepted-with-remarks",
                "Mottatt med merknader",
                "Motteken med merknader",
                "Received with remarks",
            ),
            ("incomplete", "Mottatt, ufullstendig", "Motteken, ufullstendig", "Received, incomplete"),
            ("rejected", "Avvist", "Avvist", "Rejected"),
        )
    ),
)

DOCUMENT_TYPES: Final = Vocabulary(
    name="document-type",
    url=DOCUMENT_TYPE,
    about="The Norwegian document type of a certificate",
    source=NORWEGIAN_SOURCE,
    concepts=table((("J01-2", "Legeerklæring", "Legeerklæring", "Medical certificate"),)),
)

LOINC_CODES: Final = Vocabulary(
    name="loinc",
    url=LOINC,
    about="The LOINC codes that the certificate carries",
    source="LOINC, Regenstrief Institute; titles our own",
    concepts=table(
        (
            (
                "72267-8",
                "Erklæring om nedsatt fysisk eller psykisk funksjon",
                "Erklæring om nedsett fysisk eller psykisk funksjon",
                "Certificate of mental or physical incapacity",
            ),
            ("47420-5", "Funksjonsvurdering", "Funksjonsvurdering", "Functional status"),
        )
    ),
)

EMPTY_REASONS: Final = Vocabulary(
    name="list-empty-reason",
    url=LIST_EMPTY_REASON,
    about="Why a section holds no statement: nilknown is 'assessed, none', the others are 'not assessed'",
    source=HL7_SOURCE,
    concepts=table(
        (
            ("nilknown", "Vurdert, ingen", "Vurdert, ingen", "Assessed, none"),
            ("notasked", "Ikke vurdert", "Ikkje vurdert", "Not assessed"),
            ("withheld", "Holdt tilbake", "Halde tilbake", "Withheld"),
            (
                "unavailable",
                "Opplysningene er ikke tilgjengelige",
                "Opplysningane er ikkje tilgjengelege",
                "Unavailable",
            ),
            ("notstarted", "Ikke påbegynt", "Ikkje påbyrja", "Not started"),
            ("closed", "Avsluttet", "Avslutta", "Closed"),
        )
    ),
)

ABSENT_REASONS: Final = Vocabulary(
    name="data-absent-reason",
    url=DATA_ABSENT_REASON,
    about="Why a statement has no value",
    source=HL7_SOURCE,
    concepts=table(
        (
            ("unknown", "Ukjent", "Ukjend", "Unknown"),
            ("asked-unknown", "Spurt, men ukjent", "Spurt, men ukjend", "Asked but unknown"),
            ("temp-unknown", "Foreløpig ukjent", "Førebels ukjend", "Not yet known"),
            ("not-asked", "Ikke spurt", "Ikkje spurt", "Not asked"),
            ("asked-declined", "Pasienten ønsket ikke å svare", "Pasienten ønskte ikkje å svare", "Declined to answer"),
            ("masked", "Skjermet", "Skjerma", "Masked"),
            ("not-applicable", "Ikke aktuelt", "Ikkje aktuelt", "Not applicable"),
            ("unsupported", "Ikke støttet i journalsystemet", "Ikkje støtta i journalsystemet", "Not supported"),
            ("as-text", "Gitt som tekst", "Gitt som tekst", "Given as text"),
            ("error", "Feil ved måling", "Feil ved måling", "Measurement failed"),
            ("not-performed", "Ikke undersøkt", "Ikkje undersøkt", "Not examined"),
            ("not-permitted", "Kan ikke oppgis", "Kan ikkje opplysast", "Not permitted"),
        )
    ),
)

VOCABULARIES: Final[tuple[Vocabulary, ...]] = (
    CERTIFICATE_ITEM,
    MESSAGE_EVENT,
    PURPOSE,
    CONTACT,
    AUTHOR_ROLE,
    PROFESSIONS,
    STATEMENT_SOURCE,
    STATEMENT_PART,
    VERDICT,
    DOCUMENT_TYPES,
    LOINC_CODES,
    EMPTY_REASONS,
    ABSENT_REASONS,
)
