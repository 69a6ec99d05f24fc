"""Treatment, activity, prognosis, specialists, reservation: what is being done, what may be done, what lies ahead.

Sources: the redesigned certificate; for reservations the Patients' and Users' Rights Act, section 3-2. No code here may
name a benefit, a work-ability percentage, an education or a labour-market measure.
"""

from typing import Final

from certgateway.domain.vocabulary.form import OWN_SOURCE
from certgateway.domain.vocabulary.model import Vocabulary, table
from certgateway.domain.vocabulary.systems import CODE_SYSTEM

TREATMENT_KIND: Final = Vocabulary(
    name="treatment-kind",
    url=f"{CODE_SYSTEM}treatment-kind",
    about="What kind of treatment or investigation",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("investigation", "Utredning", "Utgreiing", "Investigation"),
            ("medication", "Legemiddelbehandling", "Legemiddelbehandling", "Medication"),
            ("surgery", "Operasjon", "Operasjon", "Surgery"),
            ("physiotherapy", "Fysioterapi", "Fysioterapi", "Physiotherapy"),
            ("manual-therapy", "Manuellterapi", "Manuellterapi", "Manual therapy"),
            ("chiropractic", "Kiropraktikk", "Kiropraktikk", "Chiropractic"),
            ("occupational-therapy", "Ergoterapi", "Ergoterapi", "Occupational therapy"),
            ("psychotherapy", "Samtaleterapi", "Samtaleterapi", "Psychotherapy"),
            ("group-therapy", "Gruppebehandling", "Gruppebehandling", "Group therapy"),
            ("exercise", "Trening under veiledning", "Trening under rettleiing", "Supervised exercise"),
            ("rehabilitation", "Medisinsk rehabilitering", "Medisinsk rehabilitering", "Medical rehabilitation"),
            ("addiction-treatment", "Rusbehandling", "Rusbehandling", "Addiction treatment"),
            ("cancer-treatment", "Kreftbehandling", "Kreftbehandling", "Cancer treatment"),
            ("dental-treatment", "Tannbehandling", "Tannbehandling", "Dental treatment"),
            ("pain-clinic", "Smertebehandling", "Smertebehandling", "Pain treatment"),
            ("self-management", "Egenmestring og læring", "Eigenmeistring og læring", "Self-management"),
            ("follow-up", "Kontroll og oppfølging", "Kontroll og oppfølging", "Follow-up"),
            ("other", "Annen behandling", "Anna behandling", "Other treatment"),
        )
    ),
)

TREATMENT_STATUS: Final = Vocabulary(
    name="treatment-status",
    url=f"{CODE_SYSTEM}treatment-status",
    about="How far a treatment has come",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("ongoing", "Pågår", "Går føre seg", "Ongoing"),
            ("planned", "Planlagt", "Planlagd", "Planned"),
            ("waiting", "Venter", "Ventar", "Waiting"),
            ("under-investigation", "Under utredning", "Under utgreiing", "Under investigation"),
            ("finished", "Avsluttet", "Avslutta", "Finished"),
            ("no-progression", "Ingen framgang", "Ingen framgang", "No progression"),
        )
    ),
)

EXPECTED_IMPROVEMENT: Final = Vocabulary(
    name="expected-to-improve",
    url=f"{CODE_SYSTEM}expected-to-improve",
    about="Whether the treatment is expected to improve function",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("yes", "Ventes å bedre funksjonen", "Venta å betre funksjonen", "Expected to improve function"),
            (
                "no",
                "Ventes ikke å bedre funksjonen",
                "Ikkje venta å betre funksjonen",
                "Not expected to improve function",
            ),
            ("uncertain", "Usikkert", "Usikkert", "Uncertain"),
        )
    ),
)

COMBINABLE: Final = Vocabulary(
    name="combinable-with-activity",
    url=f"{CODE_SYSTEM}combinable-with-activity",
    about="Whether the treatment can be combined with activity",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("yes", "Kan kombineres med aktivitet", "Kan kombinerast med aktivitet", "Can be combined with activity"),
            ("with-limits", "Kan kombineres, med begrensninger", "Kan kombinerast, med avgrensingar", "With limits"),
            (
                "no",
                "Kan ikke kombineres med aktivitet",
                "Kan ikkje kombinerast med aktivitet",
                "Cannot be combined with activity",
            ),
        )
    ),
)

PARTICIPATION: Final = Vocabulary(
    name="participation",
    url=f"{CODE_SYSTEM}participation",
    about="Whether the patient can take part in activity",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("yes", "Kan delta", "Kan delta", "Can take part"),
            (
                "with-limits",
                "Kan delta, med begrensninger",
                "Kan delta, med avgrensingar",
                "Can take part, with limits",
            ),
            ("no", "Kan ikke delta", "Kan ikkje delta", "Cannot take part"),
        )
    ),
)

ACTIVITY_SCOPE: Final = Vocabulary(
    name="activity-scope",
    url=f"{CODE_SYSTEM}activity-scope",
    about="Which activity the answer is about",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("all", "All aktivitet", "All aktivitet", "All activity"),
            ("physical", "Fysisk krevende aktivitet", "Fysisk krevjande aktivitet", "Physically demanding activity"),
            ("outside-home", "Aktivitet utenfor hjemmet", "Aktivitet utanfor heimen", "Activity outside the home"),
            ("in-groups", "Aktivitet i gruppe", "Aktivitet i gruppe", "Activity in groups"),
            ("own-work", "Eget arbeid", "Eige arbeid", "Own work"),
            ("other-work", "Annet arbeid", "Anna arbeid", "Other work"),
            ("planned-measure", "Det planlagte tiltaket", "Det planlagde tiltaket", "The planned measure"),
        )
    ),
)

EXEMPTION_REASON: Final = Vocabulary(
    name="exemption-reason",
    url=f"{CODE_SYSTEM}exemption-reason",
    about="Why the patient cannot take part",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("admitted", "Innlagt", "Innlagd", "Admitted"),
            ("bedridden", "Sengeliggende", "Sengeliggjande", "Bedridden"),
            ("contagious", "Smittsom", "Smittsam", "Contagious"),
            ("acute-phase", "Akutt fase", "Akutt fase", "Acute phase"),
            ("other-serious-illness", "Annen alvorlig sykdom", "Annan alvorleg sjukdom", "Other serious illness"),
        )
    ),
)

MEASURE_VIEW: Final = Vocabulary(
    name="measure-view",
    url=f"{CODE_SYSTEM}measure-view",
    about="The clinician's medical view of a measure that NAV described",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("no-objection", "Ingen medisinske innvendinger", "Ingen medisinske innvendingar", "No medical objection"),
            ("with-adaptation", "Mulig med tilpasning", "Mogleg med tilpassing", "Possible with adaptation"),
            ("later", "Mulig på et senere tidspunkt", "Mogleg på eit seinare tidspunkt", "Possible later"),
            ("health-risk", "Medfører helserisiko", "Medfører helserisiko", "Poses a health risk"),
            (
                "needs-detail",
                "Kan ikke vurderes uten mer om kravene",
                "Kan ikkje vurderast utan meir om krava",
                "Needs detail",
            ),
        )
    ),
)

COURSE: Final = Vocabulary(
    name="course",
    url=f"{CODE_SYSTEM}course",
    about="How function is expected to change",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("improvement", "Bedring", "Betring", "Improvement"),
            ("stable", "Stabil", "Stabil", "Stable"),
            ("fluctuating", "Svingende", "Svingande", "Fluctuating"),
            ("deterioration", "Forverring", "Forverring", "Deterioration"),
            ("no-improvement", "Bedring ventes ikke", "Betring er ikkje venta", "No improvement expected"),
            ("uncertain", "Usikker", "Usikker", "Uncertain"),
        )
    ),
)

CERTAINTY: Final = Vocabulary(
    name="certainty",
    url=f"{CODE_SYSTEM}certainty",
    about="How sure the clinician is of the prognosis",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("high", "Stor sikkerhet", "Stor visse", "High certainty"),
            ("moderate", "Middels sikkerhet", "Middels visse", "Moderate certainty"),
            ("low", "Liten sikkerhet", "Lita visse", "Low certainty"),
        )
    ),
)

UNCERTAIN_BECAUSE: Final = Vocabulary(
    name="uncertain-because",
    url=f"{CODE_SYSTEM}uncertain-because",
    about="Why the prognosis is uncertain",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("awaiting-investigation", "Venter på utredning", "Ventar på utgreiing", "Awaiting investigation"),
            ("awaiting-treatment", "Venter på behandling", "Ventar på behandling", "Awaiting treatment"),
            (
                "treatment-effect-unknown",
                "Effekten av behandlingen er ikke kjent ennå",
                "Effekten av behandlinga er ikkje kjend enno",
                "Effect of treatment not yet known",
            ),
            ("varying-course", "Skiftende forløp", "Skiftande forløp", "Varying course"),
            ("rare-condition", "Sjelden tilstand", "Sjeldan tilstand", "Rare condition"),
            ("newly-ill", "Nylig syk", "Nyleg sjuk", "Newly ill"),
            ("several-conditions", "Flere samtidige tilstander", "Fleire samtidige tilstandar", "Several conditions"),
            ("life-situation", "Livssituasjonen påvirker forløpet", "Livssituasjonen verkar inn", "Life situation"),
            ("other", "Annen grunn", "Annan grunn", "Other reason"),
        )
    ),
)

SPECIALTY: Final = Vocabulary(
    name="specialty",
    url=f"{CODE_SYSTEM}specialty",
    about="Field of the specialist who made a statement",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("orthopaedics", "Ortopedi", "Ortopedi", "Orthopaedics"),
            ("neurology", "Nevrologi", "Nevrologi", "Neurology"),
            ("neurosurgery", "Nevrokirurgi", "Nevrokirurgi", "Neurosurgery"),
            ("rheumatology", "Revmatologi", "Revmatologi", "Rheumatology"),
            (
                "rehabilitation-medicine",
                "Fysikalsk medisin og rehabilitering",
                "Fysikalsk medisin og rehabilitering",
                "Physical medicine and rehabilitation",
            ),
            ("psychiatry", "Psykiatri", "Psykiatri", "Psychiatry"),
            ("clinical-psychology", "Klinisk psykologi", "Klinisk psykologi", "Clinical psychology"),
            ("addiction-medicine", "Rus- og avhengighetsmedisin", "Rus- og avhengnadsmedisin", "Addiction medicine"),
            ("internal-medicine", "Indremedisin", "Indremedisin", "Internal medicine"),
            ("cardiology", "Hjertesykdommer", "Hjartesjukdommar", "Cardiology"),
            ("pulmonology", "Lungesykdommer", "Lungesjukdommar", "Pulmonology"),
            ("oncology", "Onkologi", "Onkologi", "Oncology"),
            (
                "gynaecology",
                "Fødselshjelp og kvinnesykdommer",
                "Fødselshjelp og kvinnesjukdommar",
                "Obstetrics and gynaecology",
            ),
            ("ophthalmology", "Øyesykdommer", "Augesjukdommar", "Ophthalmology"),
            ("otorhinolaryngology", "Øre-nese-halssykdommer", "Øyre-nase-halssjukdommar", "Otorhinolaryngology"),
            ("dermatology", "Hudsykdommer", "Hudsjukdommar", "Dermatology"),
            ("occupational-medicine", "Arbeidsmedisin", "Arbeidsmedisin", "Occupational medicine"),
            ("pain-medicine", "Smertemedisin", "Smertemedisin", "Pain medicine"),
            ("other", "Annet fagområde", "Anna fagområde", "Other specialty"),
        )
    ),
)

RESERVATION_REASON: Final = Vocabulary(
    name="reservation-reason",
    url=f"{CODE_SYSTEM}reservation-reason",
    about="Why something must be kept from the patient",
    source="Pasient- og brukerrettighetsloven § 3-2; codes and titles our own",
    concepts=table(
        (
            (
                "danger-to-life-or-health",
                "Påtrengende nødvendig for å hindre fare for liv eller alvorlig helseskade hos pasienten",
                "Påtrengjande nødvendig for å hindre fare for liv eller alvorleg helseskade hos pasienten",
                "Strictly needed to prevent danger to the patient's life or serious harm to health",
            ),
            (
                "regard-for-close-persons",
                "Klart utilrådelig av hensyn til personer som står pasienten nær",
                "Klart utilrådeleg av omsyn til personar som står pasienten nær",
                "Clearly inadvisable out of regard for persons close to the patient",
            ),
        )
    ),
)

VOCABULARIES: Final[tuple[Vocabulary, ...]] = (
    TREATMENT_KIND,
    TREATMENT_STATUS,
    EXPECTED_IMPROVEMENT,
    COMBINABLE,
    PARTICIPATION,
    ACTIVITY_SCOPE,
    EXEMPTION_REASON,
    MEASURE_VIEW,
    COURSE,
    CERTAINTY,
    UNCERTAIN_BECAUSE,
    SPECIALTY,
    RESERVATION_REASON,
)
