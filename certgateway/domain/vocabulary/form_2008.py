"""What only the form of 2008 (NAV 08-07.08) asks, so that a certificate on that form is carried whole.

Most of that form is prose. Each of its questions has a code here, and each code the items of the redesigned certificate
for which such prose offers something: an offer is shown and asked about, it never counts as an answer. No benefit of
that form may appear here; its ticks for benefits are removed before anything else is read.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from certgateway.domain.vocabulary.form import OWN_SOURCE
from certgateway.domain.vocabulary.model import Vocabulary, table
from certgateway.domain.vocabulary.systems import CODE_SYSTEM

QUESTION: Final = Vocabulary(
    name="question",
    url=f"{CODE_SYSTEM}question",
    about="Which question of the form of 2008 the prose answers",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("function", "Funksjonsevne, beskrevet i tekst", "Funksjonsevne, skildra i tekst", "Functioning in words"),
            (
                "cannot-do",
                "Hva pasienten ikke bør gjøre i nåværende arbeid",
                "Kva pasienten ikkje bør gjere i noverande arbeid",
                "What the patient should not do in the present work",
            ),
            (
                "other-occupation",
                "Hensyn å ta i annet arbeid",
                "Omsyn å ta i anna arbeid",
                "What to consider in other work",
            ),
            (
                "measure-limits",
                "Medisinske begrensninger for tiltak",
                "Medisinske avgrensingar for tiltak",
                "Medical limits to measures",
            ),
            (
                "no-measure-reason",
                "Hvorfor tiltak ikke er aktuelt",
                "Kvifor tiltak ikkje er aktuelt",
                "Why no measure is suitable",
            ),
            ("measure-details", "Nærmere om tiltak", "Nærare om tiltak", "Details of measures"),
            (
                "illness-duration",
                "Antatt varighet av sykdommen",
                "Kor lenge sjukdomen truleg varer",
                "Expected duration of the illness",
            ),
            (
                "reduced-function-duration",
                "Antatt varighet av nedsatt funksjon",
                "Kor lenge funksjonen truleg er nedsett",
                "Expected duration of reduced function",
            ),
            (
                "reduced-work-duration",
                "Antatt varighet av begrensninger i arbeid",
                "Kor lenge avgrensingane i arbeid truleg varer",
                "Expected duration of limits at work",
            ),
            (
                "causal-link",
                "Sammenheng mellom nedsatt funksjon og arbeid",
                "Samanheng mellom nedsett funksjon og arbeid",
                "How reduced function affects work",
            ),
            (
                "earlier-plan",
                "Vurdering av tidligere plan",
                "Vurdering av tidlegare plan",
                "Assessment of the earlier plan",
            ),
            (
                "new-information",
                "Når nye medisinske opplysninger ventes",
                "Når nye medisinske opplysningar er venta",
                "When new medical information is expected",
            ),
            (
                "no-further-treatment",
                "Hvorfor videre behandling ikke er aktuell",
                "Kvifor vidare behandling ikkje er aktuell",
                "Why no further treatment is planned",
            ),
            ("other-contact", "Annen instans å kontakte", "Annan instans å kontakte", "Another body to contact"),
            ("other-information", "Andre opplysninger", "Andre opplysningar", "Other information"),
        )
    ),
)

OFFERS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "function": ("function",),
        "cannot-do": ("health-risk",),
        "other-occupation": ("health-risk",),
        "measure-limits": ("health-risk", "activity"),
        "no-measure-reason": ("health-risk", "activity"),
        "illness-duration": ("prognosis",),
        "reduced-function-duration": ("prognosis",),
        "reduced-work-duration": ("prognosis",),
        "earlier-plan": ("treatment",),
        "new-information": ("treatment",),
        "no-further-treatment": ("treatment",),
    }
)
"""Question to the items that prose in answer to it offers something for; other questions offer nothing."""

DURATION_QUESTIONS: Final = frozenset({"illness-duration", "reduced-function-duration", "reduced-work-duration"})
"""Questions about how long; the form has no other place for a duration."""

WORK_SITUATION: Final = Vocabulary(
    name="work-situation",
    url=f"{CODE_SYSTEM}work-situation",
    about="What the patient does when well",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("paid-work", "Inntektsgivende arbeid", "Inntektsgivande arbeid", "Paid work"),
            ("home", "Arbeid i hjemmet", "Arbeid i heimen", "Work at home"),
            ("student", "Elev eller student", "Elev eller student", "Pupil or student"),
            ("other", "Annet", "Anna", "Other"),
        )
    ),
)

CONTACT_WISH: Final = Vocabulary(
    name="contact-wish",
    url=f"{CODE_SYSTEM}contact-wish",
    about="Whom the clinician wants NAV to get in touch with",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("treating-doctor", "Behandlende lege", "Behandlande lege", "The treating doctor"),
            ("employer", "Arbeidsgiver", "Arbeidsgivar", "The employer"),
            ("work-office", "Arbeidskontor", "Arbeidskontor", "The work office"),
            ("local-group", "Basisgruppe", "Basisgruppe", "The local group"),
            ("other", "Annen instans", "Annan instans", "Another body"),
        )
    ),
)

RESUMPTION: Final = Vocabulary(
    name="resumption",
    url=f"{CODE_SYSTEM}resumption",
    about="Whether and when the patient can take up the work in question",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("now", "Ja, nå", "Ja, no", "Yes, now"),
            ("after-treatment", "Ja, etter behandling", "Ja, etter behandling", "Yes, after treatment"),
            ("yes", "Ja, tidspunkt ikke oppgitt", "Ja, tidspunkt ikkje opplyst", "Yes, time not stated"),
            ("no", "Nei", "Nei", "No"),
        )
    ),
)

PROPOSED_MEASURE: Final = Vocabulary(
    name="proposed-measure",
    url=f"{CODE_SYSTEM}proposed-measure",
    about="A measure that the clinician proposes on medical grounds; benefits are none of these",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("health-services", "Kjøp av helsetjenester", "Kjøp av helsetenester", "Purchase of health services"),
            ("work-aids", "Hjelpemidler på arbeidsplassen", "Hjelpemiddel på arbeidsplassen", "Aids at work"),
            ("other", "Annet tiltak", "Anna tiltak", "Another measure"),
            ("none", "Ingen tiltak er aktuelle nå", "Ingen tiltak er aktuelle no", "No measure is suitable now"),
        )
    ),
)

VOCABULARIES: Final[tuple[Vocabulary, ...]] = (
    QUESTION,
    WORK_SITUATION,
    CONTACT_WISH,
    RESUMPTION,
    PROPOSED_MEASURE,
)
