"""Answers on the form of 2008 that contradict each other, or lack what belongs with them.

The form has ticks beside texts, and its schema lets them disagree. Each such disagreement has a rule here with texts
for the doctor who wrote it; what the certificate no longer tells is found by the codec. Nothing here may quote what was
written, or tell of a tick for a benefit.
"""

from collections.abc import Callable, Iterable
from typing import Final

from certgateway.domain.certificate import Certificate
from certgateway.domain.findings import Effect
from certgateway.rules import form_agreement
from certgateway.rules.declaration import FIRST_RULE_SET, Breach, Facts, Rule, Text, stated_elsewhere
from certgateway.rules.form import STANDARD

Broken = Callable[[Certificate, Facts], Iterable[Breach]]
Told = tuple[str, str, str]
"""Found and action for the sender, and what the counsellor is told."""


def _rule(
    id_: str, item: str | None, authority: str, texts: tuple[Told, Told, Told], broken: Broken = stated_elsewhere
) -> Rule:
    """A remark; `texts` are nb, nn and en."""
    nb, nn, en = texts
    return Rule(
        id=id_,
        effect=Effect.REMARK,
        item=item,
        authority=f"{STANDARD}: {authority}",
        in_force=FIRST_RULE_SET,
        nb=Text(*nb),
        nn=Text(*nn),
        en=Text(*en),
        broken=broken,
    )


EVENT_AFTER_AUTHORED = _rule(
    "event-after-authored",
    None,
    "dates of referral and injury are of what has happened, thus not after the day of signing",
    (
        (
            "Datoen er senere enn dagen erklæringen ble skrevet.",
            "Kontroller datoen. Her skal det stå når noe skjedde, ikke når det er planlagt.",
            "En dato i erklæringen er senere enn dagen den ble skrevet.",
        ),
        (
            "Datoen er seinare enn dagen erklæringa vart skriven.",
            "Kontroller datoen. Her skal det stå når noko hende, ikkje når det er planlagt.",
            "Ein dato i erklæringa er seinare enn dagen ho vart skriven.",
        ),
        (
            "The date is later than the day on which the certificate was written.",
            "Check the date. It should say when something happened, not when it is planned.",
            "A date in the certificate is later than the day on which it was written.",
        ),
    ),
    form_agreement.event_after_authored,
)

MEASURE_TEXT_WITHOUT_OTHER = _rule(
    "measure-text-without-other",
    "activity",
    "a measure is described in words where the one chosen is “other”",
    (
        (
            "Et annet tiltak er beskrevet, men det er ikke krysset av for annet tiltak.",
            "Kryss av for annet tiltak, eller flytt teksten til feltet med nærmere opplysninger om tiltak.",
            "Behandleren beskriver et annet tiltak uten å ha krysset av for det.",
        ),
        (
            "Eit anna tiltak er skildra, men det er ikkje kryssa av for anna tiltak.",
            "Kryss av for anna tiltak, eller flytt teksten til feltet med nærare opplysningar om tiltak.",
            "Behandlaren skildrar eit anna tiltak utan å ha kryssa av for det.",
        ),
        (
            "Another measure is described, but “other measure” is not ticked.",
            "Tick “other measure”, or move the text to the field for details of measures.",
            "The clinician describes another measure without having ticked it.",
        ),
    ),
    form_agreement.measure_text_without_other,
)

OTHER_MEASURE_UNNAMED = _rule(
    "other-measure-unnamed",
    "activity",
    "the measure “other” is described in words",
    (
        (
            "Det er krysset av for annet tiltak, men ikke skrevet hvilket.",
            "Skriv hvilket tiltak du mener, eller fjern krysset.",
            "Behandleren foreslår et annet tiltak uten å si hvilket.",
        ),
        (
            "Det er kryssa av for anna tiltak, men ikkje skrive kva for eit.",
            "Skriv kva tiltak du meiner, eller fjern krysset.",
            "Behandlaren foreslår eit anna tiltak utan å seie kva for eit.",
        ),
        (
            "“Other measure” is ticked, but nothing says which.",
            "State which measure you mean, or remove the tick.",
            "The clinician proposes another measure without saying which.",
        ),
    ),
    form_agreement.other_measure_unnamed,
)

MEASURE_CONTRADICTION = _rule(
    "measure-contradiction",
    "activity",
    "whether a measure is proposed agrees with the measures that are listed",
    (
        (
            "Svaret på om tiltak er aktuelt, stemmer ikke med tiltakene som er ført opp.",
            "Kontroller svaret og tiltakene, og rett det som ikke stemmer.",
            "Det er uklart om behandleren mener at tiltak er aktuelt: Svaret stemmer ikke med det som er ført opp.",
        ),
        (
            "Svaret på om tiltak er aktuelt, stemmer ikkje med tiltaka som er førte opp.",
            "Kontroller svaret og tiltaka, og rett det som ikkje stemmer.",
            "Det er uklart om behandlaren meiner at tiltak er aktuelt: Svaret stemmer ikkje med det som er ført opp.",
        ),
        (
            "The answer on whether a measure is suitable does not agree with the measures listed.",
            "Check the answer and the measures, and correct what is wrong.",
            "It is unclear whether the clinician finds a measure suitable: the answer does not agree with the list.",
        ),
    ),
)

INJURY_DATE_WITHOUT_INJURY = _rule(
    "injury-date-without-injury",
    "diagnosis",
    "a date of injury belongs with the answer that an occupational injury should be considered",
    (
        (
            "Skadedato er oppgitt, men det er ikke svart ja på om tilstanden bør vurderes som yrkesskade.",
            "Svar ja dersom yrkesskade bør vurderes, eller fjern datoen.",
            "En skadedato er oppgitt uten at det er svart ja på om tilstanden bør vurderes som yrkesskade.",
        ),
        (
            "Skadedato er oppgitt, men det er ikkje svart ja på om tilstanden bør vurderast som yrkesskade.",
            "Svar ja dersom yrkesskade bør vurderast, eller fjern datoen.",
            "Ein skadedato er oppgitt utan at det er svart ja på om tilstanden bør vurderast som yrkesskade.",
        ),
        (
            "A date of injury is given, but not the answer that an occupational injury should be considered.",
            "Answer yes if an occupational injury should be considered, or remove the date.",
            "A date of injury is given without the answer that an occupational injury should be considered.",
        ),
    ),
    form_agreement.injury_date_without_injury,
)

RESUMPTION_TIME_WITHOUT_ANSWER = _rule(
    "resumption-time-without-answer",
    "activity",
    "when work can be taken up belongs with the answer that it can",
    (
        (
            "Det er oppgitt når pasienten kan arbeide, men ikke svart ja på om pasienten kan det.",
            "Svar på om pasienten kan ta opp arbeidet. Kan pasienten ikke det, så fjern tidspunktet.",
            "Det er oppgitt når pasienten kan arbeide, uten at det er svart ja på om pasienten kan det.",
        ),
        (
            "Det er oppgitt når pasienten kan arbeide, men ikkje svart ja på om pasienten kan det.",
            "Svar på om pasienten kan ta opp arbeidet. Kan pasienten ikkje det, så fjern tidspunktet.",
            "Det er oppgitt når pasienten kan arbeide, utan at det er svart ja på om pasienten kan det.",
        ),
        (
            "It is stated when the patient can work, but not that the patient can.",
            "Answer whether the patient can take up the work. If not, remove the time.",
            "It is stated when the patient can work, without the answer that the patient can.",
        ),
    ),
)

CONTACT_TEXT_WITHOUT_OTHER = _rule(
    "contact-text-without-other",
    "author",
    "a body to contact is named in words where the one chosen is “other”",
    (
        (
            "En annen instans er nevnt, men det er ikke krysset av for kontakt med annen instans.",
            "Kryss av for annen instans dersom NAV bør ta kontakt med den, eller fjern teksten.",
            "Behandleren nevner en annen instans uten å ha krysset av for kontakt med den.",
        ),
        (
            "Ein annan instans er nemnd, men det er ikkje kryssa av for kontakt med annan instans.",
            "Kryss av for annan instans dersom NAV bør ta kontakt med han, eller fjern teksten.",
            "Behandlaren nemner ein annan instans utan å ha kryssa av for kontakt med han.",
        ),
        (
            "Another body is named, but contact with another body is not ticked.",
            "Tick “another body” if NAV should contact it, or remove the text.",
            "The clinician names another body without having ticked contact with it.",
        ),
    ),
)

OTHER_CONTACT_UNNAMED = _rule(
    "other-contact-unnamed",
    "author",
    "the contact “other” is named in words",
    (
        (
            "Det er krysset av for kontakt med annen instans, men ikke skrevet hvilken.",
            "Skriv hvilken instans NAV bør ta kontakt med, eller fjern krysset.",
            "Behandleren ønsker at NAV tar kontakt med en annen instans, uten å si hvilken.",
        ),
        (
            "Det er kryssa av for kontakt med annan instans, men ikkje skrive kva for ein.",
            "Skriv kva instans NAV bør ta kontakt med, eller fjern krysset.",
            "Behandlaren ønskjer at NAV tek kontakt med ein annan instans, utan å seie kva for ein.",
        ),
        (
            "Contact with another body is ticked, but nothing says which.",
            "State which body NAV should contact, or remove the tick.",
            "The clinician wants NAV to contact another body without saying which.",
        ),
    ),
    form_agreement.other_contact_unnamed,
)

RESERVATION_CONTRADICTION = _rule(
    "reservation-contradiction",
    "reservation",
    "something is to be withheld exactly when the text says what",
    (
        (
            "Svaret på om noe bør holdes tilbake for pasienten, stemmer ikke med teksten.",
            "Svar ja og skriv hva som bør holdes tilbake og hvorfor, eller svar nei og la teksten stå tom.",
            "Det er uklart om behandleren mener at noe i erklæringen bør holdes tilbake for pasienten.",
        ),
        (
            "Svaret på om noko bør haldast tilbake for pasienten, stemmer ikkje med teksten.",
            "Svar ja og skriv kva som bør haldast tilbake og kvifor, eller svar nei og la teksten stå tom.",
            "Det er uklart om behandlaren meiner at noko i erklæringa bør haldast tilbake for pasienten.",
        ),
        (
            "The answer on whether something should be kept from the patient does not agree with the text.",
            "Answer yes and state what should be kept back and why, or answer no and leave the text empty.",
            "It is unclear whether the clinician wants something in the certificate kept from the patient.",
        ),
    ),
    form_agreement.reservation_without_content,
)

SITUATION_TEXT_WITHOUT_OTHER = _rule(
    "situation-text-without-other",
    "employment",
    "a work situation is described in words where the one chosen is “other”",
    (
        (
            "En annen arbeidssituasjon er beskrevet, men det er ikke krysset av for annet.",
            "Kryss av for annet, eller fjern teksten.",
            "Behandleren beskriver en annen arbeidssituasjon uten å ha krysset av for det.",
        ),
        (
            "Ein annan arbeidssituasjon er skildra, men det er ikkje kryssa av for anna.",
            "Kryss av for anna, eller fjern teksten.",
            "Behandlaren skildrar ein annan arbeidssituasjon utan å ha kryssa av for det.",
        ),
        (
            "Another work situation is described, but “other” is not ticked.",
            "Tick “other”, or remove the text.",
            "The clinician describes another work situation without having ticked it.",
        ),
    ),
    form_agreement.situation_text_without_other,
)

OTHER_SITUATION_UNNAMED = _rule(
    "other-situation-unnamed",
    "employment",
    "the work situation “other” is described in words",
    (
        (
            "Det er krysset av for annen arbeidssituasjon, men ikke skrevet hvilken.",
            "Skriv hva pasienten gjør til vanlig, eller fjern krysset.",
            "Behandleren oppgir en annen arbeidssituasjon uten å si hvilken.",
        ),
        (
            "Det er kryssa av for annan arbeidssituasjon, men ikkje skrive kva for ein.",
            "Skriv kva pasienten gjer til vanleg, eller fjern krysset.",
            "Behandlaren oppgir ein annan arbeidssituasjon utan å seie kva for ein.",
        ),
        (
            "Another work situation is ticked, but nothing says which.",
            "State what the patient usually does, or remove the tick.",
            "The clinician gives another work situation without saying which.",
        ),
    ),
    form_agreement.other_situation_unnamed,
)

FORM_ANSWERS: Final[tuple[Rule, ...]] = (
    EVENT_AFTER_AUTHORED,
    INJURY_DATE_WITHOUT_INJURY,
    SITUATION_TEXT_WITHOUT_OTHER,
    OTHER_SITUATION_UNNAMED,
    RESUMPTION_TIME_WITHOUT_ANSWER,
    MEASURE_TEXT_WITHOUT_OTHER,
    OTHER_MEASURE_UNNAMED,
    MEASURE_CONTRADICTION,
    RESERVATION_CONTRADICTION,
    CONTACT_TEXT_WITHOUT_OTHER,
    OTHER_CONTACT_UNNAMED,
)
"""All of them, in the order of the form; every one is a remark."""
