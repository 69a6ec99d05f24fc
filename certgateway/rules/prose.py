"""What prose may not say to NAV, and what should be said otherwise: one rule for each kind of mark.

The marks come as facts, found by `prose`; a rule tells where, and which pattern fired, so that whoever wrote the text
understands and whoever keeps the patterns can correct them. Nothing here may read the prose or quote it.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from certgateway.domain.certificate import Certificate
from certgateway.domain.findings import Effect
from certgateway.domain.marks import Kind
from certgateway.rules.declaration import FIRST_RULE_SET, Breach, Facts, Rule, Text

_PATIENT: Final = "patient-reported"
_OTHERS_WORDS: Final = ("history[", "reservation[")
"""Where the patient's own account and wishes belong."""


def _marked(kind: Kind) -> Callable[[Certificate, Facts], Iterable[Breach]]:
    def broken(_certificate: Certificate, facts: Facts) -> Iterator[Breach]:
        for element, marks in facts.marks.items():
            for mark in marks:
                if mark.kind == kind:
                    yield Breach(element, span=(mark.start, mark.end), detail={"pattern": mark.pattern})

    return broken


def exemption_in_prose(certificate: Certificate, facts: Facts) -> Iterable[Breach]:
    """An exemption that has a coded reason is stated where it belongs; the words beside it are no fault."""
    if any(entry.reason is not None for entry in certificate.activity):
        return ()
    return _marked("exemption")(certificate, facts)


def patient_reported_in_assessment(certificate: Certificate, facts: Facts) -> Iterator[Breach]:
    """The patient's own account belongs in the history, or where its source is told."""
    for breach in _marked("patient-reported")(certificate, facts):
        if not breach.element.startswith(_OTHERS_WORDS) and _source(certificate, breach.element) != _PATIENT:
            yield breach


def _source(certificate: Certificate, element: str) -> str | None:
    """Who the statement that a prose field belongs to comes from."""
    item, _, rest = element.partition(".")[0].partition("[")
    entries = getattr(certificate, item.replace("-", "_")).entries
    source: str | None = getattr(entries[int(rest.rstrip("]") or 0)], "source", None)
    return source


BENEFIT_RECOMMENDED_IN_PROSE = Rule(
    id="benefit-recommended-in-prose",
    effect=Effect.REMARK,
    item=None,
    authority="S15: nearly every other certificate promises a benefit; which benefit applies is NAV's to decide",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Teksten anbefaler eller støtter en ytelse (mønster: {pattern}).",
        action="Hele setningen holdes tilbake fra NAV. Beskriv heller funksjon, helserisiko og prognose. Hvilken "
        "ytelse som er aktuell, avgjør NAV.",
        counsellor="En setning er holdt tilbake fordi den anbefaler en ytelse.",
    ),
    nn=Text(
        found="Teksten tilrår eller støttar ei yting (mønster: {pattern}).",
        action="Heile setninga blir halden tilbake frå NAV. Skildra heller funksjon, helserisiko og prognose. Kva "
        "yting som er aktuell, avgjer NAV.",
        counsellor="Ei setning er halden tilbake fordi ho tilrår ei yting.",
    ),
    en=Text(
        found="The text recommends or supports a benefit (pattern: {pattern}).",
        action="The whole sentence is withheld from NAV. Describe function, health risk and prognosis instead. Which "
        "benefit applies is for NAV to decide.",
        counsellor="A sentence was withheld because it recommends a benefit.",
    ),
    broken=_marked("benefit-recommendation"),
)

WORK_ABILITY_VERDICT_IN_PROSE = Rule(
    id="work-ability-verdict-in-prose",
    effect=Effect.REMARK,
    item=None,
    authority="S15: work ability is NAV's to judge; doctors know function and risk",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Teksten slår fast arbeidsevnen, i prosent eller som helhet (mønster: {pattern}).",
        action="Hele setningen holdes tilbake fra NAV. Beskriv heller hva pasienten kan og ikke kan gjøre, og hvor mye "
        "av det. Arbeidsevnen vurderer NAV.",
        counsellor="En setning er holdt tilbake fordi den slår fast arbeidsevnen.",
    ),
    nn=Text(
        found="Teksten slår fast arbeidsevna, i prosent eller som heilskap (mønster: {pattern}).",
        action="Heile setninga blir halden tilbake frå NAV. Skildra heller kva pasienten kan og ikkje kan gjere, og "
        "kor mykje av det. Arbeidsevna vurderer NAV.",
        counsellor="Ei setning er halden tilbake fordi ho slår fast arbeidsevna.",
    ),
    en=Text(
        found="The text passes a verdict on ability to work, as a percentage or as a whole (pattern: {pattern}).",
        action="The whole sentence is withheld from NAV. Describe what the patient can and cannot do, and how much, "
        "instead. Ability to work is for NAV to assess.",
        counsellor="A sentence was withheld because it passes a verdict on ability to work.",
    ),
    broken=_marked("work-ability-verdict"),
)

VOCATIONAL_ADVICE_IN_PROSE = Rule(
    id="vocational-advice-in-prose",
    effect=Effect.REMARK,
    item=None,
    authority="design of the redesigned certificate: advice on education and labour market is never in the model",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Teksten gir råd om utdanning, yrke eller arbeidsmarkedstiltak (mønster: {pattern}).",
        action="Hele setningen holdes tilbake fra NAV. Beskriv heller hvilke aktiviteter og belastninger pasienten "
        "tåler. Råd om utdanning, yrke og tiltak gir NAV.",
        counsellor="En setning er holdt tilbake fordi den gir råd om utdanning, yrke eller arbeidsmarkedstiltak.",
    ),
    nn=Text(
        found="Teksten gir råd om utdanning, yrke eller arbeidsmarknadstiltak (mønster: {pattern}).",
        action="Heile setninga blir halden tilbake frå NAV. Skildra heller kva aktivitetar og belastningar pasienten "
        "toler. Råd om utdanning, yrke og tiltak gir NAV.",
        counsellor="Ei setning er halden tilbake fordi ho gir råd om utdanning, yrke eller arbeidsmarknadstiltak.",
    ),
    en=Text(
        found="The text advises on education, occupation or a labour-market measure (pattern: {pattern}).",
        action="The whole sentence is withheld from NAV. Describe which activities and loads the patient tolerates "
        "instead. Advice on education, occupation and measures is NAV's to give.",
        counsellor="A sentence was withheld because it advises on education, occupation or a labour-market measure.",
    ),
    broken=_marked("vocational-advice"),
)

EXEMPTION_IN_PROSE = Rule(
    id="exemption-in-prose",
    effect=Effect.REMARK,
    item=None,
    authority="S15: doctors exempt patients from measures without serious illness; an exemption needs a coded reason",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Teksten ber om at pasienten skal slippe tiltak, krav eller kontakt, uten kodet grunn (mønster: "
        "{pattern}).",
        action="Oppgi grunnen under aktivitet: innlagt, sengeliggende, smittsom, akutt fase eller annen alvorlig "
        "sykdom, og for hvilken periode. Beskriv ellers hva som er helseskadelig ved aktiviteten.",
        counsellor="Legen ber om at pasienten skal slippe tiltak, krav eller kontakt, uten å oppgi en kodet grunn.",
    ),
    nn=Text(
        found="Teksten ber om at pasienten skal sleppe tiltak, krav eller kontakt, utan koda grunn (mønster: "
        "{pattern}).",
        action="Oppgi grunnen under aktivitet: innlagd, sengeliggjande, smittsam, akutt fase eller annan alvorleg "
        "sjukdom, og for kva periode. Skildra elles kva som er helseskadeleg ved aktiviteten.",
        counsellor="Legen ber om at pasienten skal sleppe tiltak, krav eller kontakt, utan å oppgi ein koda grunn.",
    ),
    en=Text(
        found="The text asks that the patient be spared measures, demands or contact, without a coded reason (pattern: "
        "{pattern}).",
        action="State the reason under activity: admitted, bedridden, contagious, acute phase or other serious "
        "illness, and for which period. Otherwise describe what makes the activity harmful.",
        counsellor="The doctor asks that the patient be spared measures, demands or contact, without a coded reason.",
    ),
    broken=exemption_in_prose,
)

PASTED_EPIKRISE = Rule(
    id="pasted-epikrise",
    effect=Effect.REMARK,
    item=None,
    authority="S15: doctors paste in discharge letters; what they mean for function is what is asked",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Teksten ser ut til å være limt inn fra en epikrise eller en journal (kjennetegn: {pattern}).",
        action="Skriv heller kort hva funnene betyr for pasientens funksjon, og legg epikrisen ved som vedlegg.",
        counsellor="Teksten ser ut til å være limt inn fra en epikrise eller en journal.",
    ),
    nn=Text(
        found="Teksten ser ut til å vere limt inn frå ein epikrise eller ein journal (kjenneteikn: {pattern}).",
        action="Skriv heller kort kva funna har å seie for funksjonen til pasienten, og legg epikrisen ved som "
        "vedlegg.",
        counsellor="Teksten ser ut til å vere limt inn frå ein epikrise eller ein journal.",
    ),
    en=Text(
        found="The text seems to be pasted from a discharge letter or a record (signs: {pattern}).",
        action="State briefly what the findings mean for the patient's function instead, and attach the letter.",
        counsellor="The text seems to be pasted from a discharge letter or a record.",
    ),
    broken=_marked("pasted-epikrise"),
)

PATIENT_REPORTED_IN_ASSESSMENT = Rule(
    id="patient-reported-in-assessment",
    effect=Effect.NOTE,
    item=None,
    authority="S15: doctors retell the patient instead of assessing; the phrase is never deleted, always labelled",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Setningen gjengir det pasienten selv sier (mønster: {pattern}).",
        action="Skriv din egen vurdering her. Det pasienten forteller, hører hjemme i sykehistorien.",
        counsellor="Setningen gjengir det pasienten selv sier.",
    ),
    nn=Text(
        found="Setninga gir att det pasienten sjølv seier (mønster: {pattern}).",
        action="Skriv di eiga vurdering her. Det pasienten fortel, høyrer heime i sjukehistoria.",
        counsellor="Setninga gir att det pasienten sjølv seier.",
    ),
    en=Text(
        found="The sentence retells what the patient says (pattern: {pattern}).",
        action="Write your own assessment here. What the patient tells belongs in the history.",
        counsellor="The sentence retells what the patient says.",
    ),
    broken=patient_reported_in_assessment,
)

PROSE_TOO_LONG = Rule(
    id="prose-too-long",
    effect=Effect.REMARK,
    item=None,
    authority="design of the redesigned certificate: prose is of limited length; certgateway contract: what is not "
    "looked through is not shown",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Erklæringen har mer enn {pattern} tegn tekst, og denne teksten er ikke lest.",
        action="Teksten holdes tilbake fra NAV. Skriv kortere, og legg journaltekster ved som vedlegg.",
        counsellor="En tekst er holdt tilbake fordi erklæringen er for lang.",
    ),
    nn=Text(
        found="Erklæringa har meir enn {pattern} teikn tekst, og denne teksten er ikkje lesen.",
        action="Teksten blir halden tilbake frå NAV. Skriv kortare, og legg journaltekstar ved som vedlegg.",
        counsellor="Ein tekst er halden tilbake fordi erklæringa er for lang.",
    ),
    en=Text(
        found="The certificate holds more than {pattern} characters of prose, and this text was not read.",
        action="The text is withheld from NAV. Write less, and attach texts from the record.",
        counsellor="A text was withheld because the certificate is too long.",
    ),
    broken=_marked("unread"),
)

PROSE: Final = (
    BENEFIT_RECOMMENDED_IN_PROSE,
    WORK_ABILITY_VERDICT_IN_PROSE,
    VOCATIONAL_ADVICE_IN_PROSE,
    EXEMPTION_IN_PROSE,
    PASTED_EPIKRISE,
    PROSE_TOO_LONG,
)
