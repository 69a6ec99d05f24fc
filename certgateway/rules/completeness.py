"""Is what NAV needs answered? Presence and nothing else; "not assessed" is kept and shown but does not answer.

An item whose answer is broken (a conformance error inside it) is not also reported as missing: one fault, one finding.
Nothing here may ask how good an answer is. Prose never answers a coded item, save on the form of 2008, which has codes
for neither function nor duration.
"""

import re
from collections.abc import Iterator
from typing import Final

from certgateway.domain.certificate import Certificate, FunctionStatement, Prognosis
from certgateway.domain.findings import Effect
from certgateway.domain.vocabulary.systems import ICF
from certgateway.rules.declaration import FIRST_RULE_SET, Breach, Facts, Rule, Text
from certgateway.rules.plausibility import ahead, plausible_duration
from certgateway.rules.telling import duration_in_words, function_in_words

ABILITIES: Final = frozenset({"can", "can-with-adaptation", "cannot"})

# Any category of "activities and participation" answers, whether it has a title here or not; a chapter (d4) does not.
_ACTIVITY: Final = re.compile(r"d[1-9][0-9]{2,3}")


def is_activity_statement(statement: FunctionStatement) -> bool:
    """Whether the statement says what the patient can do in an ICF activity."""
    code = statement.code
    return (
        code is not None
        and code.system == ICF
        and _ACTIVITY.fullmatch(code.code) is not None
        and statement.ability in ABILITIES
    )


def author_missing(certificate: Certificate, facts: Facts) -> Iterator[Breach]:
    """The HPR number says who answers for the certificate."""
    if "author" not in facts.broken_items and not certificate.author.hpr:
        yield Breach("author", expected="HPR number")


AUTHOR_MISSING = Rule(
    id="author-missing",
    effect=Effect.UNANSWERED,
    item="author",
    authority="helsepersonelloven § 15; design of the redesigned certificate, item author",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Behandlerens HPR-nummer mangler.",
        action="Oppgi HPR-nummeret til den som har vurdert pasienten og står inne for erklæringen.",
        counsellor="Det går ikke fram hvem som har skrevet erklæringen, fordi HPR-nummeret mangler.",
    ),
    nn=Text(
        found="HPR-nummeret til behandlaren manglar.",
        action="Oppgi HPR-nummeret til den som har vurdert pasienten og står inne for erklæringa.",
        counsellor="Det går ikkje fram kven som har skrive erklæringa, fordi HPR-nummeret manglar.",
    ),
    en=Text(
        found="The clinician's HPR number is missing.",
        action="State the HPR number of the clinician who assessed the patient and answers for the certificate.",
        counsellor="The certificate does not say who wrote it, because the HPR number is missing.",
    ),
    broken=author_missing,
)


def diagnosis_missing(certificate: Certificate, facts: Facts) -> Iterator[Breach]:
    """One main diagnosis whose first code exists in its own system."""
    if "diagnosis" in facts.broken_items:
        return
    codes = (diagnosis.code for diagnosis in certificate.diagnosis if diagnosis.rank == "main")
    if not any(code and facts.diagnoses.exists(code.system, code.code) for code in codes):
        yield Breach("diagnosis", expected="main diagnosis with a code that exists in its system")


DIAGNOSIS_MISSING = Rule(
    id="diagnosis-missing",
    effect=Effect.UNANSWERED,
    item="diagnosis",
    authority="design of the redesigned certificate, item diagnosis: one main diagnosis whose code exists in its "
    "system",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Erklæringen har ingen hoveddiagnose med gyldig kode.",
        action="Oppgi én hoveddiagnose med en kode som finnes i ICPC-2, ICPC-2B eller ICD-10. Andre diagnoser kan "
        "føres opp i tillegg.",
        counsellor="Erklæringen mangler en hoveddiagnose med gyldig kode.",
    ),
    nn=Text(
        found="Erklæringa har ingen hovuddiagnose med gyldig kode.",
        action="Oppgi éin hovuddiagnose med ein kode som finst i ICPC-2, ICPC-2B eller ICD-10. Andre diagnosar kan "
        "førast opp i tillegg.",
        counsellor="Erklæringa manglar ein hovuddiagnose med gyldig kode.",
    ),
    en=Text(
        found="The certificate has no main diagnosis with a valid code.",
        action="State one main diagnosis with a code that exists in ICPC-2, ICPC-2B or ICD-10. Other diagnoses may be "
        "added.",
        counsellor="The certificate has no main diagnosis with a valid code.",
    ),
    broken=diagnosis_missing,
)


def function_missing(certificate: Certificate, facts: Facts) -> Iterator[Breach]:
    """One activity (ICF d-code) with an ability; body functions and "not assessed" do not answer.

    A form that cannot hold codes is answered in words.
    """
    if "function" in facts.broken_items or any(map(is_activity_statement, certificate.function)):
        return
    if not facts.uncoded_function or not function_in_words(certificate, facts):
        yield Breach("function", expected="activity (ICF d-code) with ability")


FUNCTION_MISSING = Rule(
    id="function-missing",
    effect=Effect.UNANSWERED,
    item="function",
    authority="S15: the functional description is missing or thin; design of the redesigned certificate, item function",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Spørsmålet om funksjonsevne er ikke besvart: Ingen aktivitet er vurdert.",
        action="Vurder minst én aktivitet (ICF-kode som begynner på d), for eksempel å gå, stå, løfte eller lære nytt. "
        "Angi om pasienten kan, kan med tilpasning eller ikke kan utføre den. «Ikke vurdert» blir tatt vare på, men "
        "regnes ikke som svar.",
        counsellor="Erklæringen sier ikke hva pasienten kan og ikke kan gjøre.",
    ),
    nn=Text(
        found="Det er ikkje svart på spørsmålet om funksjonsevne: Ingen aktivitet er vurdert.",
        action="Vurder minst éin aktivitet (ICF-kode som byrjar på d), til dømes å gå, stå, løfte eller lære nytt. "
        "Oppgi om pasienten kan, kan med tilpassing eller ikkje kan utføre aktiviteten. «Ikkje vurdert» blir teke "
        "vare på, men blir ikkje rekna som svar.",
        counsellor="Erklæringa seier ikkje kva pasienten kan og ikkje kan gjere.",
    ),
    en=Text(
        found="The question about functioning has not been answered: no activity has been assessed.",
        action="Assess at least one activity (an ICF code that begins with d), such as walking, standing, lifting or "
        "learning. Say whether the patient can, can with adaptation or cannot do it. “Not assessed” is kept but does "
        "not count as an answer.",
        counsellor="The certificate does not say what the patient can and cannot do.",
    ),
    broken=function_missing,
)


def function_uncoded(certificate: Certificate, facts: Facts) -> Iterator[Breach]:
    """Words about functioning and no activity by code: whether they answer the item or not, nobody can count them."""
    if "function" in facts.broken_items or any(map(is_activity_statement, certificate.function)):
        return
    for index in function_in_words(certificate, facts):
        yield Breach(f"assessment[{index}].text")


FUNCTION_UNCODED = Rule(
    id="function-uncoded",
    effect=Effect.REMARK,
    item="function",
    authority="KITH HIS 80805, XML of 2008-06-06: functioning is asked for in words only; design of the redesigned "
    "certificate, item function",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Funksjonsevnen er beskrevet i tekst, men ingen aktivitet er vurdert med kode.",
        action="Har journalsystemet den nye erklæringen, så vurder aktivitetene der med kode. Ellers trenger du ikke "
        "gjøre noe.",
        counsellor="Behandleren beskriver funksjonsevnen i tekst, som må leses; ingen aktivitet er vurdert med kode.",
    ),
    nn=Text(
        found="Funksjonsevna er skildra i tekst, men ingen aktivitet er vurdert med kode.",
        action="Har journalsystemet den nye erklæringa, så vurder aktivitetane der med kode. Elles treng du ikkje "
        "gjere noko.",
        counsellor="Behandlaren skildrar funksjonsevna i tekst, som må lesast; ingen aktivitet er vurdert med kode.",
    ),
    en=Text(
        found="Functioning is described in words, but no activity has been assessed by code.",
        action="If the record system has the new certificate, assess the activities there by code. Otherwise nothing "
        "is needed.",
        counsellor="The clinician describes functioning in words, which must be read; no activity is assessed by code.",
    ),
    broken=function_uncoded,
)


def health_risk_missing(certificate: Certificate, facts: Facts) -> Iterator[Breach]:
    """One activity, or "assessed, none"; silence is not the same as no risk."""
    risks = certificate.health_risk
    if "health-risk" in facts.broken_items or risks.state == "none":
        return
    if all(risk.activity is None for risk in risks):
        yield Breach("health-risk", expected="activity, or assessed: none known")


HEALTH_RISK_MISSING = Rule(
    id="health-risk-missing",
    effect=Effect.UNANSWERED,
    item="health-risk",
    authority="S15: whether any activities pose a health risk is what NAV most often needs and the form does not say",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Spørsmålet om aktiviteter med helserisiko er ikke besvart.",
        action="Oppgi hvilke aktiviteter som kan være en helserisiko for pasienten. Er det vurdert, og ingen slike er "
        "kjent, så velg «vurdert, ingen kjente».",
        counsellor="Erklæringen sier ikke om noen aktiviteter kan være en helserisiko for pasienten. At svaret "
        "mangler, betyr ikke at det ikke er noen risiko.",
    ),
    nn=Text(
        found="Det er ikkje svart på spørsmålet om aktivitetar med helserisiko.",
        action="Oppgi kva aktivitetar som kan vere ein helserisiko for pasienten. Er det vurdert, og ingen slike er "
        "kjende, så vel «vurdert, ingen kjende».",
        counsellor="Erklæringa seier ikkje om nokon aktivitetar kan vere ein helserisiko for pasienten. At svaret "
        "manglar, tyder ikkje at det ikkje finst nokon risiko.",
    ),
    en=Text(
        found="The question about activities that pose a health risk has not been answered.",
        action="State which activities may pose a health risk for the patient. If this has been assessed and none is "
        "known, choose “assessed, none known”.",
        counsellor="The certificate does not say whether any activity may pose a health risk for the patient. A "
        "missing answer does not mean that there is no risk.",
    ),
    broken=health_risk_missing,
)


def _has_duration(entry: Prognosis) -> bool:
    return any(plausible_duration(quantity) for _, quantity in ahead(entry))


def prognosis_missing(certificate: Certificate, facts: Facts) -> Iterator[Breach]:
    """Course, and with it a horizon, a duration or a review date. "Uncertain" is judged by its own rule.

    A duration in words answers by itself: the form of 2008 has no other.
    """
    if "prognosis" in facts.broken_items or duration_in_words(certificate, facts):
        return
    entry = next(iter(certificate.prognosis), None)
    if entry is None or entry.course is None:
        yield Breach("prognosis", expected="course")
    elif entry.course != "uncertain" and not entry.review_date and not _has_duration(entry):
        yield Breach("prognosis", expected="horizon, duration or review date")


PROGNOSIS_MISSING = Rule(
    id="prognosis-missing",
    effect=Effect.UNANSWERED,
    item="prognosis",
    authority="S15: prognosis is often missing; design of the redesigned certificate, item prognosis",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Spørsmålet om prognose er ikke besvart.",
        action="Angi forventet forløp, og enten tidshorisont, varighet eller dato for ny vurdering. «Usikkert» er et "
        "gyldig svar når du sier hvorfor og når det bør vurderes på nytt.",
        counsellor="Erklæringen mangler prognose.",
    ),
    nn=Text(
        found="Det er ikkje svart på spørsmålet om prognose.",
        action="Oppgi venta forløp, og anten tidshorisont, varigheit eller dato for ny vurdering. «Usikkert» er eit "
        "gyldig svar når du seier kvifor og når det bør vurderast på nytt.",
        counsellor="Erklæringa manglar prognose.",
    ),
    en=Text(
        found="The question about prognosis has not been answered.",
        action="State the expected course, and either a horizon, a duration or a review date. “Uncertain” is a valid "
        "answer when it says why and when to look again.",
        counsellor="The certificate has no prognosis.",
    ),
    broken=prognosis_missing,
)


def prognosis_uncertain_without_review(certificate: Certificate, facts: Facts) -> Iterator[Breach]:
    """An uncertain course answers when it says why and when to look again."""
    entry = next(iter(certificate.prognosis), None)
    if "prognosis" in facts.broken_items or entry is None or entry.course != "uncertain":
        return
    asked = {"reason when uncertain": entry.uncertain_because, "review date": entry.review_date}
    lacking = [name for name, answer in asked.items() if not answer]
    if lacking:
        yield Breach("prognosis", expected=" and ".join(lacking))


PROGNOSIS_UNCERTAIN_WITHOUT_REVIEW = Rule(
    id="prognosis-uncertain-without-review",
    effect=Effect.UNANSWERED,
    item="prognosis",
    authority='S15: forced prognoses become habit; hence "uncertain" is valid when it says why and when to look again',
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Forløpet er oppgitt som usikkert, men årsaken eller datoen for ny vurdering mangler.",
        action="Oppgi hvorfor forløpet er usikkert, og når det bør vurderes på nytt.",
        counsellor="Prognosen er usikker, og erklæringen sier ikke både hvorfor og når den bør vurderes på nytt.",
    ),
    nn=Text(
        found="Forløpet er oppgitt som usikkert, men årsaka eller datoen for ny vurdering manglar.",
        action="Oppgi kvifor forløpet er usikkert, og når det bør vurderast på nytt.",
        counsellor="Prognosen er usikker, og erklæringa seier ikkje både kvifor og når han bør vurderast på nytt.",
    ),
    en=Text(
        found="The course is said to be uncertain, but the reason or the review date is missing.",
        action="State why the course is uncertain, and when it should be assessed again.",
        counsellor="The prognosis is uncertain, and the certificate does not say both why and when to look again.",
    ),
    broken=prognosis_uncertain_without_review,
)
