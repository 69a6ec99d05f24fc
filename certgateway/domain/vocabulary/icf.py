"""ICF codes the certificate uses, with titles of our own, and which of them completeness hints ask for.

Source: International Classification of Functioning, Disability and Health, WHO 2001; WHO holds the rights to the
classification, only codes are taken from it. The starter set is what NAV and doctors asked for; a code outside it is
still a code, so nothing here may be used to refuse a message.
"""

from typing import Final

from certgateway.domain.vocabulary.model import Vocabulary, table
from certgateway.domain.vocabulary.systems import ICF

_BODY_FUNCTIONS: Final = table(
    (
        ("b130", "Energi og drivkraft", "Energi og drivkraft", "Energy and drive"),
        ("b134", "Søvn", "Søvn", "Sleep"),
        ("b140", "Oppmerksomhet", "Merksemd", "Attention"),
        ("b144", "Hukommelse", "Minne", "Memory"),
        ("b152", "Følelser", "Kjensler", "Emotional functions"),
        ("b164", "Høyere kognitive funksjoner", "Høgare kognitive funksjonar", "Higher-level cognition"),
        ("b210", "Syn", "Syn", "Seeing"),
        ("b230", "Hørsel", "Høyrsel", "Hearing"),
        ("b235", "Likevektssans", "Likevektssans", "Vestibular functions"),
        ("b2351", "Balanse", "Balanse", "Balance"),
        ("b280", "Smerte", "Smerte", "Pain"),
        ("b455", "Utholdenhet ved anstrengelse", "Uthald ved anstrenging", "Exercise tolerance"),
        ("b710", "Leddbevegelighet", "Leddrørsle", "Joint mobility"),
        ("b730", "Muskelstyrke", "Muskelstyrke", "Muscle power"),
    )
)

_ACTIVITIES: Final = table(
    (
        ("d155", "Tilegne seg ferdigheter (læreevne)", "Tileigne seg ferdigheiter (læreevne)", "Acquiring skills"),
        ("d160", "Konsentrere seg", "Konsentrere seg", "Focusing attention"),
        ("d166", "Lese", "Lese", "Reading"),
        ("d170", "Skrive", "Skrive", "Writing"),
        ("d175", "Løse problemer", "Løyse problem", "Solving problems"),
        ("d177", "Ta avgjørelser", "Ta avgjerder", "Making decisions"),
        ("d210", "Utføre én oppgave", "Utføre éi oppgåve", "Undertaking a single task"),
        ("d220", "Utføre flere oppgaver", "Utføre fleire oppgåver", "Undertaking multiple tasks"),
        ("d230", "Gjennomføre dagens gjøremål", "Gjennomføre daglege gjeremål", "Carrying out the daily routine"),
        ("d240", "Håndtere stress", "Handtere stress", "Handling stress"),
        ("d310", "Forstå det som blir sagt", "Forstå det som blir sagt", "Understanding speech"),
        ("d330", "Snakke", "Snakke", "Speaking"),
        ("d410", "Endre kroppsstilling", "Endre kroppsstilling", "Changing body position"),
        ("d4153", "Sitte", "Sitje", "Sitting"),
        ("d4154", "Stå", "Stå", "Standing"),
        ("d4300", "Løfte", "Løfte", "Lifting"),
        ("d4301", "Bære i hendene", "Bere i hendene", "Carrying in the hands"),
        ("d440", "Bruke hendene til finmotorikk", "Bruke hendene til finmotorikk", "Fine hand use"),
        ("d4452", "Rekke etter noe", "Rekkje etter noko", "Reaching"),
        ("d450", "Gå", "Gå", "Walking"),
        ("d4551", "Klatre og gå i trapp", "Klatre og gå i trapp", "Climbing"),
        ("d470", "Bruke transportmidler", "Bruke transportmiddel", "Using transport"),
        ("d475", "Kjøre", "Køyre", "Driving"),
        ("d510", "Vaske seg", "Vaske seg", "Washing oneself"),
        ("d540", "Kle på seg", "Kle på seg", "Dressing"),
        ("d6200", "Handle", "Handle", "Shopping"),
        ("d630", "Lage mat", "Lage mat", "Preparing meals"),
        ("d640", "Gjøre husarbeid", "Gjere husarbeid", "Doing housework"),
        ("d660", "Hjelpe andre", "Hjelpe andre", "Assisting others"),
        ("d710", "Vanlig samvær med andre", "Vanleg samvær med andre", "Basic personal interactions"),
        ("d720", "Krevende samspill med andre", "Krevjande samspel med andre", "Complex personal interactions"),
        (
            "d740",
            "Formelle relasjoner (leder, kollega, kunde)",
            "Formelle relasjonar (leiar, kollega, kunde)",
            "Formal relationships",
        ),
    )
)

# Not asked for as functions: the codes that risk activities are mapped to.
_OF_RISKS: Final = table(
    (
        ("d2400", "Håndtere ansvar", "Handtere ansvar", "Handling responsibilities"),
        ("d4105", "Bøye seg", "Bøye seg", "Bending"),
        ("d445", "Bruke hender og armer", "Bruke hender og armar", "Hand and arm use"),
        ("d4751", "Kjøre motorkjøretøy", "Køyre motorkøyretøy", "Driving motorised vehicles"),
        ("e2151", "Befolkningstetthet", "Folketettleik", "Population density"),
        ("e2250", "Temperatur", "Temperatur", "Temperature"),
        ("e2252", "Lufttrykk", "Lufttrykk", "Atmospheric pressure"),
        ("e240", "Lys", "Lys", "Light"),
        ("e2450", "Døgnrytme", "Døgnrytme", "Day and night cycle"),
        ("e250", "Lyd", "Lyd", "Sound"),
        ("e255", "Vibrasjon i omgivelsene", "Vibrasjon i omgivnadene", "Vibration in the surroundings"),
        ("e260", "Luftkvalitet", "Luftkvalitet", "Air quality"),
    )
)

FUNCTIONS: Final = Vocabulary(
    name="function-code",
    url=ICF,
    about="The starter set of functions, body functions (b) first",
    source="ICF, World Health Organization; titles our own",
    concepts=table(
        (code, title.nb, title.nn, title.en) for part in (_BODY_FUNCTIONS, _ACTIVITIES) for code, title in part.items()
    ),
)

ICF_CODES: Final = Vocabulary(
    name="icf",
    url=ICF,
    about="Every ICF code that has a title here: the functions and what risk activities are mapped to",
    source=FUNCTIONS.source,
    concepts=table(
        (code, title.nb, title.nn, title.en) for part in (FUNCTIONS.concepts, _OF_RISKS) for code, title in part.items()
    ),
)

CORE_FUNCTIONS: Final[tuple[str, ...]] = ("d450", "d4154", "d4153", "d4300", "d440", "d155", "d160", "d240")
"""Walking, standing, sitting, lifting, fine hand use, acquiring skills, focusing attention, handling stress."""


def is_activity(code: str) -> bool:
    """Whether an ICF code names an activity (d), which takes an ability; body functions (b) take a qualifier only."""
    return code.startswith("d")


def is_body_function(code: str) -> bool:
    """Whether an ICF code names a body function (b)."""
    return code.startswith("b")
