"""How a function is described: ability, setting, degree, limits, variation, adaptation; and short answers beside it.

Sources: the redesigned certificate; the ICF qualifier scale of WHO, titles our own. Ability is what the patient manages
in fact, with or without adaptation; ICF's word capacity means without help and is not used. No value may be a
percentage.
"""

from typing import Final

from certgateway.domain.vocabulary.form import OWN_SOURCE
from certgateway.domain.vocabulary.model import Vocabulary, table
from certgateway.domain.vocabulary.systems import CODE_SYSTEM

ABILITY: Final = Vocabulary(
    name="ability",
    url=f"{CODE_SYSTEM}ability",
    about="Whether the patient manages an activity",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("can", "Kan", "Kan", "Can"),
            ("can-with-adaptation", "Kan med tilpasning", "Kan med tilpassing", "Can with adaptation"),
            ("cannot", "Kan ikke", "Kan ikkje", "Cannot"),
        )
    ),
)

SETTING: Final = Vocabulary(
    name="setting",
    url=f"{CODE_SYSTEM}setting",
    about="Where the ability is described",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("work", "Arbeid", "Arbeid", "Work"),
            ("daily-life", "Dagligliv", "Dagleglivet", "Daily life"),
        )
    ),
)

ICF_QUALIFIER: Final = Vocabulary(
    name="icf-qualifier",
    url=f"{CODE_SYSTEM}icf-qualifier",
    about="ICF performance qualifier: 0 is a resource, 1 to 4 an obstacle",
    source="ICF, World Health Organization: the generic scale; titles our own",
    concepts=table(
        (
            ("0", "Ingen vansker", "Ingen vanskar", "No difficulty"),
            ("1", "Lette vansker", "Lette vanskar", "Mild difficulty"),
            ("2", "Moderate vansker", "Moderate vanskar", "Moderate difficulty"),
            ("3", "Store vansker", "Store vanskar", "Severe difficulty"),
            ("4", "Fullstendige vansker", "Fullstendige vanskar", "Complete difficulty"),
            ("8", "Ikke nærmere angitt", "Ikkje nærare opplyst", "Not specified"),
            ("9", "Ikke aktuelt", "Ikkje aktuelt", "Not applicable"),
        )
    ),
)

VARIATION: Final = Vocabulary(
    name="variation",
    url=f"{CODE_SYSTEM}variation",
    about="Whether the ability changes from hour to hour or day to day",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("stable", "Stabil", "Stabil", "Stable"),
            ("fluctuating", "Svingende", "Svingande", "Fluctuating"),
        )
    ),
)

LIMIT: Final = Vocabulary(
    name="limit",
    url=f"{CODE_SYSTEM}limit",
    about="What a limit limits; the amount and its unit stand in a quantity",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("max-load", "Høyeste vekt", "Høgaste vekt", "Greatest weight"),
            ("max-duration", "Lengste tid i strekk", "Lengste tid i strekk", "Longest time at a stretch"),
            ("max-per-day", "Lengste tid per dag", "Lengste tid per dag", "Longest time a day"),
            ("max-per-week", "Lengste tid per uke", "Lengste tid per veke", "Longest time a week"),
            ("max-distance", "Lengste avstand", "Lengste avstand", "Greatest distance"),
            ("max-height", "Største høyde", "Største høgd", "Greatest height"),
            ("max-repetitions", "Flest gjentakelser", "Flest gjentakingar", "Most repetitions"),
            ("break-after", "Trenger pause etter", "Treng pause etter", "Needs a break after"),
            ("break-length", "Pausens lengde", "Lengda på pausen", "Length of the break"),
            ("max-sound-level", "Høyeste lydnivå", "Høgaste lydnivå", "Highest sound level"),
            ("min-temperature", "Laveste temperatur", "Lågaste temperatur", "Lowest temperature"),
            ("max-temperature", "Høyeste temperatur", "Høgaste temperatur", "Highest temperature"),
        )
    ),
)

ADAPTATION: Final = Vocabulary(
    name="adaptation",
    url=f"{CODE_SYSTEM}adaptation",
    about="What makes an activity possible or safe, at work and in daily life",
    source=OWN_SOURCE,
    concepts=table(
        (
            (
                "change-of-position",
                "Veksle mellom å sitte, stå og gå",
                "Veksle mellom å sitje, stå og gå",
                "Changing between sitting, standing and walking",
            ),
            ("frequent-breaks", "Hyppige pauser", "Hyppige pausar", "Frequent breaks"),
            ("own-pace", "Eget tempo", "Eige tempo", "Own pace"),
            ("shorter-days", "Kortere dager", "Kortare dagar", "Shorter days"),
            ("flexible-hours", "Fleksibel arbeidstid", "Fleksibel arbeidstid", "Flexible hours"),
            ("day-hours-only", "Bare dagtid", "Berre dagtid", "Daytime only"),
            ("gradual-increase", "Gradvis opptrapping", "Gradvis opptrapping", "Gradual increase"),
            ("lifting-aid", "Løftehjelpemiddel", "Løftehjelpemiddel", "Lifting aid"),
            (
                "adjustable-workplace",
                "Regulerbar arbeidsplass",
                "Regulerbar arbeidsplass",
                "Adjustable workplace",
            ),
            ("walking-aid", "Ganghjelpemiddel", "Ganghjelpemiddel", "Walking aid"),
            ("grip-aid", "Gripehjelpemiddel", "Gripehjelpemiddel", "Grip aid"),
            ("glasses-or-magnifier", "Syn: briller eller forstørring", "Syn: briller eller forstørring", "Visual aid"),
            (
                "hearing-aid",
                "Høreapparat eller annet hørselshjelpemiddel",
                "Høyreapparat eller anna hjelpemiddel for høyrsla",
                "Hearing aid",
            ),
            ("quiet-surroundings", "Rolige omgivelser", "Rolege omgivnader", "Quiet surroundings"),
            ("protective-equipment", "Verneutstyr", "Verneutstyr", "Protective equipment"),
            (
                "one-task-at-a-time",
                "Én oppgave om gangen",
                "Éi oppgåve om gongen",
                "One task at a time",
            ),
            (
                "written-instructions",
                "Skriftlige og tydelige beskjeder",
                "Skriftlege og tydelege beskjedar",
                "Clear written instructions",
            ),
            ("predictable-tasks", "Forutsigbare oppgaver", "Føreseielege oppgåver", "Predictable tasks"),
            ("company-of-others", "Ikke alene", "Ikkje åleine", "In the company of others"),
            ("help-from-another", "Hjelp fra en annen", "Hjelp frå ein annan", "Help from another person"),
        )
    ),
)

YES_NO: Final = Vocabulary(
    name="yes-no",
    url=f"{CODE_SYSTEM}yes-no",
    about="Yes, no or unknown; what nobody answered is none of these",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("yes", "Ja", "Ja", "Yes"),
            ("no", "Nei", "Nei", "No"),
            ("unknown", "Vet ikke", "Veit ikkje", "Unknown"),
        )
    ),
)

INFORMANT: Final = Vocabulary(
    name="informant",
    url=f"{CODE_SYSTEM}informant",
    about="Who said so",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("author", "Behandler", "Behandlar", "The clinician"),
            ("patient", "Pasient", "Pasient", "The patient"),
            ("employer", "Arbeidsgiver", "Arbeidsgivar", "The employer"),
            ("nav", "NAV", "NAV", "NAV"),
        )
    ),
)

DIAGNOSIS_RANK: Final = Vocabulary(
    name="diagnosis-rank",
    url=f"{CODE_SYSTEM}diagnosis-rank",
    about="The one diagnosis that reduces function most, and the others",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("main", "Hoveddiagnose", "Hovuddiagnose", "Main diagnosis"),
            ("other", "Bidiagnose", "Bidiagnose", "Other diagnosis"),
        )
    ),
)

ONSET_CERTAINTY: Final = Vocabulary(
    name="onset-certainty",
    url=f"{CODE_SYSTEM}onset-certainty",
    about="How well the time is known since when function is reduced",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("exact", "Sikker dato", "Sikker dato", "Exact"),
            ("approximate", "Omtrentlig", "Omtrentleg", "Approximate"),
            ("unknown", "Ukjent", "Ukjend", "Unknown"),
        )
    ),
)

VOCABULARIES: Final[tuple[Vocabulary, ...]] = (
    ABILITY,
    SETTING,
    ICF_QUALIFIER,
    VARIATION,
    LIMIT,
    ADAPTATION,
    YES_NO,
    INFORMANT,
    DIAGNOSIS_RANK,
    ONSET_CERTAINTY,
)
