"""Activities that can pose a health risk, the harm they can do, and how serious it is.

Sources: the redesigned certificate; ICF codes of the activity or of the surroundings where one fits (WHO), the choice
of code being ours. A missing ICF code means that none fits. A risk is held against planned measures by people; nothing
here may say what follows from it.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from certgateway.domain.vocabulary.form import OWN_SOURCE
from certgateway.domain.vocabulary.model import Vocabulary, table
from certgateway.domain.vocabulary.systems import CODE_SYSTEM

RISK_ACTIVITY: Final = Vocabulary(
    name="risk-activity",
    url=f"{CODE_SYSTEM}risk-activity",
    about="Activities and surroundings that can pose a health risk",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("heavy-lifting", "Tunge løft", "Tunge løft", "Heavy lifting"),
            ("repetitive-load", "Ensidig gjentatt belastning", "Einsidig gjenteken belastning", "Repetitive load"),
            (
                "work-above-shoulder",
                "Arbeid over skulderhøyde",
                "Arbeid over skulderhøgd",
                "Work above shoulder height",
            ),
            (
                "bent-or-twisted-posture",
                "Arbeid i bøyd eller vridd stilling",
                "Arbeid i bøygd eller vriden stilling",
                "Bent or twisted posture",
            ),
            ("vibration", "Vibrasjon", "Vibrasjon", "Vibration"),
            ("work-at-height", "Arbeid i høyden", "Arbeid i høgda", "Work at height"),
            ("driving-car", "Kjøre bil", "Køyre bil", "Driving a car"),
            (
                "driving-heavy-vehicle",
                "Kjøre tungt kjøretøy eller buss",
                "Køyre tungt køyretøy eller buss",
                "Driving a heavy vehicle",
            ),
            ("driving-train", "Føre tog, trikk eller T-bane", "Føre tog, trikk eller T-bane", "Driving a train"),
            (
                "machinery",
                "Arbeid ved maskiner med bevegelige deler",
                "Arbeid ved maskiner med rørlege delar",
                "Work at machinery",
            ),
            ("night-work", "Nattarbeid", "Nattarbeid", "Night work"),
            ("rotating-shifts", "Skiftarbeid", "Skiftarbeid", "Rotating shifts"),
            ("working-alone", "Alenearbeid", "Åleinearbeid", "Working alone"),
            ("long-standing", "Langvarig stående arbeid", "Langvarig ståande arbeid", "Long standing"),
            ("long-sitting", "Langvarig sittende arbeid", "Langvarig sitjande arbeid", "Long sitting"),
            ("physical-exertion", "Stor fysisk anstrengelse", "Stor fysisk påkjenning", "Physical exertion"),
            ("cold", "Kulde", "Kulde", "Cold"),
            ("heat", "Varme", "Varme", "Heat"),
            ("noise", "Støy", "Støy", "Noise"),
            ("dust-and-chemicals", "Støv og kjemikalier", "Støv og kjemikaliar", "Dust and chemicals"),
            ("allergens", "Allergener", "Allergen", "Allergens"),
            ("infection-exposure", "Smitteutsatt arbeid", "Smitteutsett arbeid", "Exposure to infection"),
            ("radiation", "Stråling", "Stråling", "Radiation"),
            ("pressure-and-diving", "Dykking og trykkforandringer", "Dykking og trykkendringar", "Pressure and diving"),
            ("flicker-and-screens", "Flimrende lys og skjermer", "Flimrande lys og skjermar", "Flicker and screens"),
            ("crowds", "Folkemengder", "Folkemengder", "Crowds"),
            (
                "conflict-and-violence",
                "Konflikter, trusler og vold",
                "Konfliktar, truslar og vald",
                "Conflict and violence",
            ),
            ("high-mental-load", "Høyt psykisk press", "Høgt psykisk press", "High mental load"),
            (
                "sole-safety-responsibility",
                "Eneansvar for andres sikkerhet",
                "Eineansvar for tryggleiken til andre",
                "Sole responsibility for safety",
            ),
        )
    ),
)

RISK_ACTIVITY_ICF: Final[Mapping[str, str]] = MappingProxyType(
    {
        "heavy-lifting": "d4300",
        "repetitive-load": "d445",
        "work-above-shoulder": "d4452",
        "bent-or-twisted-posture": "d4105",
        "vibration": "e255",
        "work-at-height": "d4551",
        "driving-car": "d4751",
        "driving-heavy-vehicle": "d4751",
        "driving-train": "d4751",
        "night-work": "e2450",
        "long-standing": "d4154",
        "long-sitting": "d4153",
        "physical-exertion": "b455",
        "cold": "e2250",
        "heat": "e2250",
        "noise": "e250",
        "dust-and-chemicals": "e260",
        "pressure-and-diving": "e2252",
        "flicker-and-screens": "e240",
        "crowds": "e2151",
        "high-mental-load": "d240",
        "sole-safety-responsibility": "d2400",
    }
)
"""The nearest ICF code: wider than the activity at times (d4751 for any vehicle), never a translation of it."""

HARM: Final = Vocabulary(
    name="harm",
    url=f"{CODE_SYSTEM}harm",
    about="What can happen",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("new-injury", "Ny skade", "Ny skade", "New injury"),
            ("worsening", "Forverring av tilstanden", "Forverring av tilstanden", "Worsening of the condition"),
            ("fall", "Fall", "Fall", "Fall"),
            ("loss-of-consciousness", "Tap av bevissthet", "Tap av medvit", "Loss of consciousness"),
            ("seizure", "Anfall", "Anfall", "Seizure"),
            (
                "heart-or-blood-pressure-event",
                "Hjerte- eller blodtrykkshendelse",
                "Hjarte- eller blodtrykkshending",
                "Heart or blood-pressure event",
            ),
            ("bleeding", "Blødning", "Bløding", "Bleeding"),
            (
                "allergic-or-respiratory-reaction",
                "Allergisk reaksjon eller pustebesvær",
                "Allergisk reaksjon eller pustevanskar",
                "Allergic or respiratory reaction",
            ),
            ("infection", "Infeksjon", "Infeksjon", "Infection"),
            ("psychiatric-relapse", "Psykisk tilbakefall", "Psykisk tilbakefall", "Psychiatric relapse"),
            ("delayed-healing", "Forsinket tilheling", "Forseinka tilheling", "Delayed healing"),
            ("harm-to-others", "Skade på andre", "Skade på andre", "Harm to others"),
        )
    ),
)

SEVERITY: Final = Vocabulary(
    name="severity",
    url=f"{CODE_SYSTEM}severity",
    about="How serious the harm would be",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("mild", "Lett", "Lett", "Mild"),
            ("moderate", "Moderat", "Moderat", "Moderate"),
            ("severe", "Alvorlig", "Alvorleg", "Severe"),
            ("life-threatening", "Livstruende", "Livstrugande", "Life-threatening"),
        )
    ),
)

VOCABULARIES: Final[tuple[Vocabulary, ...]] = (RISK_ACTIVITY, HARM, SEVERITY)
