"""The words in which the patient is told: of the certificate, of questions to the doctor, and of what NAV reads.

Plain language in Bokmål, Nynorsk and English. No text here may say that the patient owes or failed something, judge
the doctor, or name a benefit, a decision or a payment.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from certgateway.domain.assessment_titles import date_text
from certgateway.domain.calendar import norwegian_date
from certgateway.domain.vocabulary import Language, Title

_NORWEGIAN: Final = tuple(
    "januar februar mars april mai juni juli august september oktober november desember".split()  # noqa: SIM905
)
_ENGLISH: Final = tuple(
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)


def day_text(text: str | None, language: Language) -> str | None:
    """A partial ISO date in words: "3. mai 2026", "May 2026", "2026"; None when it is no calendar date."""
    read = date_text(text)
    if read is None:
        return None
    year, *rest = read.split("-")
    if not rest:
        return year
    months = _ENGLISH if language == "en" else _NORWEGIAN
    month = f"{months[int(rest[0]) - 1]} {year}"
    if not rest[1:]:
        return month
    return f"{int(rest[1])} {month}" if language == "en" else f"{int(rest[1])}. {month}"


def instant_day(instant: datetime, language: Language) -> str:
    """The day in Norway of an aware instant, in words."""
    return day_text(norwegian_date(instant).isoformat(), language) or ""


SAID: Final[Mapping[str, Title]] = MappingProxyType(
    {
        "plain": Title("{what}.", "{what}.", "{what}."),
        "diagnosis": Title("{rank}: {what}.", "{rank}: {what}.", "{rank}: {what}."),
        "unnamed-diagnosis": Title("en diagnose uten kode", "ein diagnose utan kode", "a diagnosis without a code"),
        "unnamed-activity": Title("En aktivitet", "Ein aktivitet", "An activity"),
        "unnamed-finding": Title("Et funn", "Eit funn", "A finding"),
        "occupational-injury": Title(
            "Kan være en yrkesskade: {what}.",
            "Kan vere ein yrkesskade: {what}.",
            "May be an occupational injury: {what}.",
        ),
        "injury-date": Title("Dato for skaden: {what}.", "Dato for skaden: {what}.", "Date of the injury: {what}."),
        "since": Title(
            "Funksjonsevnen din har vært nedsatt siden {what}.",
            "Funksjonsevna di har vore nedsett sidan {what}.",
            "Your functioning has been reduced since {what}.",
        ),
        "certainty": Title(
            "Hvor sikker datoen er: {what}.", "Kor sikker datoen er: {what}.", "About this date: {what}."
        ),
        "ability-can": Title("{what}: Du kan gjøre dette.", "{what}: Du kan gjere dette.", "{what}: You can do this."),
        "ability-can-with-adaptation": Title(
            "{what}: Du kan gjøre dette når det tilpasses.",
            "{what}: Du kan gjere dette når det blir tilpassa.",
            "{what}: You can do this with adaptation.",
        ),
        "ability-cannot": Title(
            "{what}: Du kan ikke gjøre dette.", "{what}: Du kan ikkje gjere dette.", "{what}: You cannot do this."
        ),
        "ability-not-assessed": Title(
            "{what}: Legen har ikke vurdert dette.",
            "{what}: Legen har ikkje vurdert dette.",
            "{what}: The doctor has not assessed this.",
        ),
        "ability-unsaid": Title("{what}.", "{what}.", "{what}."),
        "qualifier": Title("Hvor store vansker: {what}.", "Kor store vanskar: {what}.", "How much difficulty: {what}."),
        "setting": Title("Det gjelder: {what}.", "Det gjeld: {what}.", "This is about: {what}."),
        "limit": Title("{kind}: {what}.", "{kind}: {what}.", "{kind}: {what}."),
        "fluctuating": Title("Det svinger.", "Det svingar.", "It varies."),
        "best": Title("På det beste: {what}.", "På det beste: {what}.", "At best: {what}."),
        "worst": Title("På det verste: {what}.", "På det verste: {what}.", "At worst: {what}."),
        "helps": Title("Dette hjelper: {what}.", "Dette hjelper: {what}.", "This helps: {what}."),
        "assessed": Title("Vurdert {what}.", "Vurdert {what}.", "Assessed {what}."),
        "risk": Title(
            "{what} kan være en risiko for helsen din.",
            "{what} kan vere ein risiko for helsa di.",
            "{what} may be a risk to your health.",
        ),
        "harm": Title("Hva som kan skje: {what}.", "Kva som kan skje: {what}.", "What may happen: {what}."),
        "severity": Title("Hvor alvorlig: {what}.", "Kor alvorleg: {what}.", "How serious: {what}."),
        "safe": Title(
            "Trygt innenfor denne grensen: {kind} {what}.",
            "Trygt innanfor denne grensa: {kind} {what}.",
            "Safe within this limit: {kind} {what}.",
        ),
        "safer": Title("Tryggere med: {what}.", "Tryggare med: {what}.", "Safer with: {what}."),
        "from-until": Title("Gjelder fra {start} til {end}.", "Gjeld frå {start} til {end}.", "From {start} to {end}."),
        "from": Title("Gjelder fra {what}.", "Gjeld frå {what}.", "From {what}."),
        "until": Title("Gjelder til {what}.", "Gjeld til {what}.", "Until {what}."),
        "until-further-notice": Title(
            "Det er ikke satt noen sluttdato.", "Det er ikkje sett nokon sluttdato.", "No end date has been set."
        ),
        "course": Title(
            "Slik venter legen at det går: {what}.",
            "Slik ventar legen at det går: {what}.",
            "How the doctor expects it to go: {what}.",
        ),
        "horizon": Title("Det gjelder for: {what}.", "Det gjeld for: {what}.", "This holds for: {what}."),
        "how-sure": Title(
            "Hvor sikker legen er: {what}.", "Kor sikker legen er: {what}.", "How sure the doctor is: {what}."
        ),
        "unsure-because": Title(
            "Grunnen til at det er usikkert: {what}.",
            "Grunnen til at det er usikkert: {what}.",
            "Why it is uncertain: {what}.",
        ),
        "illness-duration": Title(
            "Så lenge venter legen at sykdommen varer: {what}.",
            "Så lenge ventar legen at sjukdomen varer: {what}.",
            "How long the doctor expects the illness to last: {what}.",
        ),
        "reduced-function-duration": Title(
            "Så lenge venter legen at funksjonsevnen er nedsatt: {what}.",
            "Så lenge ventar legen at funksjonsevna er nedsett: {what}.",
            "How long the doctor expects functioning to be reduced: {what}.",
        ),
        "review": Title(
            "Legen foreslår å vurdere det på nytt {what}.",
            "Legen føreslår å vurdere det på nytt {what}.",
            "The doctor proposes to look at it again on {what}.",
        ),
        "improves": Title("Virkning: {what}.", "Verknad: {what}.", "Effect: {what}."),
        "combinable": Title(
            "Behandling og aktivitet: {what}.", "Behandling og aktivitet: {what}.", "Treatment and activity: {what}."
        ),
        "wait": Title("Ventetid: {what}.", "Ventetid: {what}.", "Waiting time: {what}."),
        "participation": Title("Å delta i aktivitet: {what}.", "Å delta i aktivitet: {what}.", "Taking part: {what}."),
        "scope": Title("Hva det gjelder: {what}.", "Kva det gjeld: {what}.", "What it is about: {what}."),
        "because": Title("Grunn: {what}.", "Grunn: {what}.", "Reason: {what}."),
        "measure-view": Title(
            "Legens syn på tiltaket: {what}.",
            "Legen sitt syn på tiltaket: {what}.",
            "The doctor's view of the measure: {what}.",
        ),
        "resumption": Title(
            "Kan ta opp arbeidet: {what}.", "Kan ta opp arbeidet: {what}.", "Can take up the work: {what}."
        ),
        "measure": Title("Legen foreslår: {what}.", "Legen føreslår: {what}.", "The doctor proposes: {what}."),
        "measured": Title("Målt: {what}.", "Målt: {what}.", "Measured: {what}."),
        "returns": Title(
            "Har en arbeidsgiver å gå tilbake til: {what}.",
            "Har ein arbeidsgivar å gå tilbake til: {what}.",
            "Has an employer to return to: {what}.",
        ),
        "several": Title(
            "Har flere arbeidsforhold: {what}.",
            "Har fleire arbeidsforhold: {what}.",
            "Has several employments: {what}.",
        ),
        "situations": Title("Arbeidssituasjon: {what}.", "Arbeidssituasjon: {what}.", "Work situation: {what}."),
        "specialty": Title(
            "Uttalelse fra spesialist: {what}.", "Fråsegn frå spesialist: {what}.", "Specialist statement: {what}."
        ),
        "dated": Title("Dato: {what}.", "Dato: {what}.", "Date: {what}."),
        "attached": Title("Den er lagt ved.", "Ho er lagd ved.", "It is attached."),
        "attachment": Title("Et vedlegg fulgte med.", "Eit vedlegg følgde med.", "A document was attached."),
        "none": Title(
            "Legen har vurdert dette og ikke funnet noe.",
            "Legen har vurdert dette og ikkje funne noko.",
            "The doctor has assessed this and found none.",
        ),
        "not-assessed": Title(
            "Legen har ikke vurdert dette.", "Legen har ikkje vurdert dette.", "The doctor has not assessed this."
        ),
        # Headings and whole paragraphs.
        "title": Title("Legeerklæringen om deg", "Legeerklæringa om deg", "The medical certificate about you"),
        "written": Title(
            "Erklæringen er skrevet {written} og kom til NAV {came}.",
            "Erklæringa er skriven {written} og kom til NAV {came}.",
            "The certificate was written on {written} and reached NAV on {came}.",
        ),
        "from-whom": Title("Den er fra: {what}.", "Ho er frå: {what}.", "It is from: {what}."),
        "last-seen": Title(
            "Legen så deg sist {what}.", "Legen såg deg sist {what}.", "The doctor last saw you on {what}."
        ),
        "kept-back": Title(
            "Ikke alt om erklæringen vises her. Spør legen som skrev den, hvis du vil vite mer.",
            "Ikkje alt om erklæringa blir vist her. Spør legen som skreiv ho, om du vil vite meir.",
            "Not everything about the certificate is shown here. Ask the doctor who wrote it if you want to know more.",
        ),
        "incomplete": Title(
            "NAV trenger litt mer fra legen før erklæringen er fullstendig. Det er mellom NAV og legen. Du trenger "
            "ikke å gjøre noe.",
            "NAV treng litt meir frå legen før erklæringa er fullstendig. Det er mellom NAV og legen. Du treng "
            "ikkje å gjere noko.",
            "NAV needs a little more from the doctor before the certificate is complete. That is between NAV and the "
            "doctor. You need not do anything.",
        ),
        "answers": Title("Hva legen skriver", "Kva legen skriv", "What the doctor says"),
        "questions": Title("Hva NAV har spurt legen om", "Kva NAV har spurt legen om", "What NAV has asked the doctor"),
        "no-questions": Title(
            "Det er ingen spørsmål å vise her.",
            "Det er ingen spørsmål å vise her.",
            "There are no questions to show here.",
        ),
        "asked": Title(
            "NAV spurte legen {day} om «{item}».",
            "NAV spurde legen {day} om «{item}».",
            "NAV asked the doctor on {day} about “{item}”.",
        ),
        "asked-in-words": Title(
            "Spørsmålet til legen: {text}", "Spørsmålet til legen: {text}", "The question to the doctor: {text}"
        ),
        "planned": Title("NAV planlegger dette: {what}", "NAV planlegg dette: {what}", "NAV plans this: {what}"),
        "demands": Title("Det krever: {what}.", "Det krev: {what}.", "It calls for: {what}."),
        "because-missing": Title(
            "Erklæringen sa ikke noe om dette.",
            "Erklæringa sa ikkje noko om dette.",
            "The certificate said nothing about it.",
        ),
        "because-ordered": Title(
            "NAV bestilte en legeerklæring som svarer på dette.",
            "NAV tinga ei legeerklæring som svarer på dette.",
            "NAV ordered a certificate that answers it.",
        ),
        "because-unclear": Title(
            "NAV ville forstå bedre hva legen mener.",
            "NAV ville forstå betre kva legen meiner.",
            "NAV wanted to understand better what the doctor means.",
        ),
        "because-contradictory": Title(
            "NAV ville vite hva som er riktig, fordi opplysningene ikke så ut til å stemme overens.",
            "NAV ville vite kva som er rett, fordi opplysningane ikkje såg ut til å stemme overeins.",
            "NAV wanted to know which is right, since the information did not seem to agree.",
        ),
        "because-outdated": Title(
            "NAV ville vite om det fortsatt gjelder.",
            "NAV ville vite om det framleis gjeld.",
            "NAV wanted to know whether it still holds.",
        ),
        "because-patient-reported": Title(
            "Erklæringen gjengir det du har fortalt. NAV ville også vite hva legen vurderer.",
            "Erklæringa gjev att det du har fortalt. NAV ville òg vite kva legen vurderer.",
            "The certificate tells what you have said. NAV also wanted to know the doctor's assessment.",
        ),
        "because-specialist-view": Title(
            "NAV ville vite om en spesialist har vurdert det.",
            "NAV ville vite om ein spesialist har vurdert det.",
            "NAV wanted to know whether a specialist has looked at it.",
        ),
        "because-detail-for-measure": Title(
            "NAV planlegger et tiltak og ville vite hva som er trygt for deg.",
            "NAV planlegg eit tiltak og ville vite kva som er trygt for deg.",
            "NAV plans a measure and wanted to know what is safe for you.",
        ),
        "step-answered": Title("Legen svarte {day}.", "Legen svara {day}.", "The doctor answered on {day}."),
        "step-returned": Title(
            "NAV ba legen om å utdype svaret {day}.",
            "NAV bad legen utdjupe svaret {day}.",
            "NAV asked the doctor to add to the answer on {day}.",
        ),
        "step-declined": Title(
            "Legen ga {day} beskjed om at dette ikke kan besvares der.",
            "Legen gav {day} beskjed om at dette ikkje kan svarast på der.",
            "The doctor said on {day} that this cannot be answered there.",
        ),
        "step-taken-back": Title(
            "Legen trakk svaret tilbake {day}.",
            "Legen trekte svaret tilbake {day}.",
            "The doctor took the answer back on {day}.",
        ),
        "stands-open": Title(
            "NAV venter på svar fra legen. Du trenger ikke å gjøre noe.",
            "NAV ventar på svar frå legen. Du treng ikkje å gjere noko.",
            "NAV is waiting for the doctor's answer. You need not do anything.",
        ),
        "stands-unread": Title(
            "Legen har svart med egne ord, og NAV leser svaret. Du trenger ikke å gjøre noe.",
            "Legen har svara med eigne ord, og NAV les svaret. Du treng ikkje å gjere noko.",
            "The doctor has answered in words, and NAV is reading the answer. You need not do anything.",
        ),
        "stands-answered": Title("NAV har fått svar.", "NAV har fått svar.", "NAV has the answer."),
        "stands-declined": Title(
            "Legen kan ikke svare på dette. Du trenger ikke å gjøre noe.",
            "Legen kan ikkje svare på dette. Du treng ikkje å gjere noko.",
            "The doctor cannot answer this. You need not do anything.",
        ),
        "stands-withdrawn": Title(
            "NAV trenger ikke lenger svar på dette. Du trenger ikke å gjøre noe.",
            "NAV treng ikkje lenger svar på dette. Du treng ikkje å gjere noko.",
            "NAV no longer needs an answer to this. You need not do anything.",
        ),
        "shared": Title("Hva veilederen i NAV ser", "Kva rettleiaren i NAV ser", "What the counsellor at NAV sees"),
        "shared-items": Title(
            "Når NAV vurderer hva du trenger, ser veilederen dette fra erklæringen: {what}.",
            "Når NAV vurderer kva du treng, ser rettleiaren dette frå erklæringa: {what}.",
            "When NAV assesses what you need, the counsellor sees this from the certificate: {what}.",
        ),
        "quoted": Title("«{what}»", "«{what}»", "“{what}”"),
        "shared-nothing": Title(
            "Det er ingenting å vise her.", "Det er ingenting å vise her.", "There is nothing to show here."
        ),
        "withheld-in": Title("Under «{item}»: {what}", "Under «{item}»: {what}", "Under “{item}”: {what}"),
        "withheld-benefit-recommendation": Title(
            "En setning om ytelser er ikke vist for veilederen. En legeerklæring skal handle om helsen din.",
            "Ei setning om ytingar er ikkje vist for rettleiaren. Ei legeerklæring skal handle om helsa di.",
            "A sentence about benefits is not shown to the counsellor. A certificate is to be about your health.",
        ),
        "withheld-work-ability-verdict": Title(
            "En setning som tar stilling til hvor mye du kan arbeide, er ikke vist for veilederen.",
            "Ei setning som tek stilling til kor mykje du kan arbeide, er ikkje vist for rettleiaren.",
            "A sentence that takes a stand on how much you can work is not shown to the counsellor.",
        ),
        "withheld-vocational-advice": Title(
            "En setning med råd om utdanning eller arbeid er ikke vist for veilederen.",
            "Ei setning med råd om utdanning eller arbeid er ikkje vist for rettleiaren.",
            "A sentence with advice on education or work is not shown to the counsellor.",
        ),
        "withheld-unread": Title(
            "En tekst var for lang til å bli gått gjennom og er ikke vist for veilederen.",
            "Ein tekst var for lang til å bli gått gjennom og er ikkje vist for rettleiaren.",
            "A text was too long to be looked through and is not shown to the counsellor.",
        ),
        "wrong": Title(
            "Mener du at noe er feil eller mangler? Snakk med legen eller med veilederen din i NAV.",
            "Meiner du at noko er feil eller manglar? Snakk med legen eller med rettleiaren din i NAV.",
            "Do you think something is wrong or missing? Talk to the doctor or to your counsellor at NAV.",
        ),
    }
)
"""Name of a sentence, heading or paragraph to its words."""
