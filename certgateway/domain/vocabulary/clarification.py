"""The words of a clarification or an order: why it is asked, returned, declined or withdrawn, how far it has come.

Source: a proposal of this project. No code here may name a benefit, a decision, a payment or a fault of the patient.
"""

from typing import Final

from certgateway.domain.vocabulary.form import OWN_SOURCE
from certgateway.domain.vocabulary.model import Vocabulary, table
from certgateway.domain.vocabulary.systems import CODE_SYSTEM

CLARIFICATION_REASON: Final = Vocabulary(
    name="clarification-reason",
    url=f"{CODE_SYSTEM}clarification-reason",
    about="Why the author of a certificate is asked about an item of it",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("missing", "Mangler", "Manglar", "Missing"),
            ("unclear", "Uklart", "Uklart", "Unclear"),
            ("contradictory", "Motstridende", "Motstridande", "Contradictory"),
            ("outdated", "Utdatert", "Utdatert", "Outdated"),
            (
                "patient-reported",
                "Bygger bare på pasientens opplysninger",
                "Byggjer berre på opplysningane frå pasienten",
                "Rests on the patient's account only",
            ),
            (
                "specialist-view",
                "Trenger spesialistvurdering",
                "Treng spesialistvurdering",
                "Needs a specialist's view",
            ),
            (
                "detail-for-measure",
                "Trenger flere opplysninger for et planlagt tiltak",
                "Treng fleire opplysningar for eit planlagt tiltak",
                "Needs detail for a planned measure",
            ),
        )
    ),
)

CLARIFICATION_STATUS: Final = Vocabulary(
    name="clarification-status",
    url=f"{CODE_SYSTEM}clarification-status",
    about="How far a clarification has come",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("ordered", "Klar til å sendes", "Klar til å sendast", "Ready to be sent"),
            ("sent", "Sendt", "Send", "Sent"),
            ("delivered", "Levert", "Levert", "Delivered"),
            ("refused", "Ikke tatt imot", "Ikkje teken imot", "Not taken in"),
            ("read", "Lest", "Lesen", "Read"),
            ("partly-answered", "Delvis besvart", "Delvis svara på", "Partly answered"),
            ("answered", "Besvart", "Svara på", "Answered"),
            ("declined", "Behandleren kan ikke svare", "Behandlaren kan ikkje svare", "The clinician cannot answer"),
            ("withdrawn", "Trukket tilbake av NAV", "Trekt tilbake av NAV", "Withdrawn by NAV"),
        )
    ),
)

DECLINE_REASON: Final = Vocabulary(
    name="decline-reason",
    url=f"{CODE_SYSTEM}decline-reason",
    about="Why a clinician cannot answer",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("not-my-patient", "Er ikke pasientens behandler", "Er ikkje behandlaren til pasienten", "Not my patient"),
            (
                "not-seen",
                "Har ikke sett pasienten i tiden det gjelder",
                "Har ikkje sett pasienten i tida det gjeld",
                "Has not seen the patient in the time in question",
            ),
            ("not-known", "Har ikke grunnlag for å svare", "Har ikkje grunnlag for å svare", "No grounds to answer"),
            (
                "other-clinician",
                "En annen behandler kan svare",
                "Ein annan behandlar kan svare",
                "Another clinician can answer",
            ),
            ("confidential", "Taushetsplikt", "Teieplikt", "Professional secrecy"),
        )
    ),
)

RETURN_REASON: Final = Vocabulary(
    name="return-reason",
    url=f"{CODE_SYSTEM}return-reason",
    about="Why NAV returns a certificate or an answer to its author",
    source=OWN_SOURCE,
    concepts=table(
        (
            (
                "question-not-answered",
                "Svaret besvarer ikke spørsmålet",
                "Svaret svarer ikkje på spørsmålet",
                "The answer does not answer the question",
            ),
            ("still-unclear", "Svaret er fortsatt uklart", "Svaret er framleis uklart", "The answer is still unclear"),
            (
                "still-contradictory",
                "Svaret er fortsatt motstridende",
                "Svaret er framleis motstridande",
                "The answer is still contradictory",
            ),
            ("other-patient", "Gjelder en annen pasient", "Gjeld ein annan pasient", "About another patient"),
        )
    ),
)

WITHDRAWAL_REASON: Final = Vocabulary(
    name="clarification-withdrawal-reason",
    url=f"{CODE_SYSTEM}clarification-withdrawal-reason",
    about="Why NAV withdraws a clarification",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("no-longer-needed", "Trengs ikke lenger", "Trengst ikkje lenger", "No longer needed"),
            ("known-otherwise", "Er kjent på annen måte", "Er kjent på annan måte", "Known from elsewhere"),
            ("handed-over", "En annen er spurt", "Ein annan er spurd", "Somebody else is asked"),
            ("asked-by-mistake", "Sendt ved en feil", "Send ved ein feil", "Sent by mistake"),
        )
    ),
)

REFUSAL_REASON: Final = Vocabulary(
    name="message-refusal-reason",
    url=f"{CODE_SYSTEM}message-refusal-reason",
    about="Why a record system does not have a message of NAV's",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("patient-unknown", "Ukjent pasient", "Ukjend pasient", "Unknown patient"),
            ("clinician-unknown", "Ukjent behandler", "Ukjend behandlar", "Unknown clinician"),
            ("certificate-unknown", "Ukjent erklæring", "Ukjend erklæring", "Unknown certificate"),
            ("format-not-supported", "Formatet støttes ikke", "Formatet er ikkje støtta", "Format not supported"),
            ("undeliverable", "Kunne ikke leveres", "Kunne ikkje leverast", "Could not be delivered"),
            ("other", "Annen årsak", "Annan årsak", "Another reason"),
        )
    ),
)

FILING_REASON: Final = Vocabulary(
    name="unsorted-filing-reason",
    url=f"{CODE_SYSTEM}unsorted-filing-reason",
    about="Why an answer that matched no question was filed as belonging nowhere",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("not-an-answer", "Er ikke svar på noe spørsmål", "Er ikkje svar på noko spørsmål", "Answers no question"),
            ("wrong-patient", "Gjelder feil pasient", "Gjeld feil pasient", "About the wrong patient"),
            ("already-known", "Er kjent fra før", "Er kjent frå før", "Known already"),
            ("sender-will-resend", "Avsenderen sender på nytt", "Avsendaren sender på nytt", "The sender will resend"),
        )
    ),
)

ORDER_QUESTION: Final = Vocabulary(
    name="order-question",
    url=f"{CODE_SYSTEM}order-question",
    about="What an ordered certificate is to answer, beside all that every certificate answers",
    source=OWN_SOURCE,
    concepts=table(
        (
            ("since-when", "Nedsatt funksjon siden når", "Nedsett funksjon sidan når", "Reduced function since when"),
            ("expected-duration", "Forventet varighet", "Venta varigheit", "Expected duration"),
            (
                "risk-activity",
                "Aktiviteter med risiko for helsa",
                "Aktivitetar med risiko for helsa",
                "Activities that pose a risk",
            ),
            ("load-to-try", "Belastning som kan prøves", "Belastning som kan prøvast", "Load that can be tried"),
            (
                "compatible-with-treatment",
                "Aktivitet sammen med behandlingen",
                "Aktivitet saman med behandlinga",
                "Activity beside the treatment",
            ),
            (
                "compatible-with-measure",
                "Medisinsk syn på et planlagt tiltak",
                "Medisinsk syn på eit planlagt tiltak",
                "Medical view of a planned measure",
            ),
        )
    ),
)

VOCABULARIES: Final[tuple[Vocabulary, ...]] = (
    CLARIFICATION_REASON,
    CLARIFICATION_STATUS,
    DECLINE_REASON,
    RETURN_REASON,
    WITHDRAWAL_REASON,
    REFUSAL_REASON,
    FILING_REASON,
    ORDER_QUESTION,
)
