"""Do the answers say anything? Filler, copies, refusals without reason, certificates that only say what cannot be done.

Everything here is a remark: it may be right to leave it as it stands, and a gap in form must not cost the patient.
Nothing here may weigh what an answer means for work ability or benefit.
"""

from collections.abc import Iterator

from certgateway.domain.certificate import Certificate, Participation
from certgateway.domain.findings import Effect
from certgateway.domain.prose import prose_elements
from certgateway.rules.completeness import is_activity_statement
from certgateway.rules.declaration import FIRST_RULE_SET, Breach, Facts, Rule, Text
from certgateway.rules.placeholders import placeholder_reason
from certgateway.rules.telling import diagnosis_forms, narrative_elements, repeats


def no_resource_stated(certificate: Certificate, facts: Facts) -> Iterator[Breach]:
    """At least one activity the patient can do, asked of a function item that is answered at all."""
    activities = [statement.ability for statement in certificate.function if is_activity_statement(statement)]
    if "function" not in facts.broken_items and activities and all(ability == "cannot" for ability in activities):
        yield Breach("function", expected="activity with ability can or can-with-adaptation")


NO_RESOURCE_STATED = Rule(
    id="no-resource-stated",
    effect=Effect.REMARK,
    item="function",
    authority="S15: certificates say what patients cannot do, rarely what they can do in spite of it",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Erklæringen oppgir ingen aktivitet som pasienten kan utføre.",
        action="Er det noe pasienten kan, eventuelt med tilpasning, så før det opp. Hvis ikke, kan svaret stå som "
        "det er.",
        counsellor="Erklæringen oppgir bare det pasienten ikke kan. Den sier ikke noe om hva pasienten kan.",
    ),
    nn=Text(
        found="Erklæringa oppgir ingen aktivitet som pasienten kan utføre.",
        action="Er det noko pasienten kan, eventuelt med tilpassing, så før det opp. Viss ikkje, kan svaret stå som "
        "det er.",
        counsellor="Erklæringa oppgir berre det pasienten ikkje kan. Ho seier ikkje noko om kva pasienten kan.",
    ),
    en=Text(
        found="The certificate names no activity that the patient can do.",
        action="If there is something the patient can do, with adaptation or without, state it. If not, leave it as "
        "it is.",
        counsellor="The certificate only says what the patient cannot do. It does not say what the patient can do.",
    ),
    broken=no_resource_stated,
)


def placeholder_text(certificate: Certificate, _facts: Facts) -> Iterator[Breach]:
    """A non-blank string is no answer."""
    narrative = narrative_elements(certificate)
    for element, text in prose_elements(certificate):
        if placeholder_reason(text, narrative=element in narrative):
            yield Breach(element)


PLACEHOLDER_TEXT = Rule(
    id="placeholder-text",
    effect=Effect.REMARK,
    item=None,
    authority="S15: people type filler to pass checks; design of the redesigned certificate: a non-blank string is "
    "no answer",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Feltet er fylt ut uten å gi noe svar.",
        action="Skriv svaret her, eller la feltet stå tomt. Tegn som «-» og «?» og henvisninger som «se over» og «se "
        "journal» regnes ikke som svar. NAV har ikke tilgang til journalen.",
        counsellor="Et felt er fylt ut uten å gi noe svar.",
    ),
    nn=Text(
        found="Feltet er fylt ut utan å gi noko svar.",
        action="Skriv svaret her, eller la feltet stå tomt. Teikn som «-» og «?» og tilvisingar som «sjå over» og «sjå "
        "journal» blir ikkje rekna som svar. NAV har ikkje tilgang til journalen.",
        counsellor="Eit felt er fylt ut utan å gi noko svar.",
    ),
    en=Text(
        found="The field is filled in without giving an answer.",
        action="Write the answer here, or leave the field empty. Signs such as “-” and “?” and references such as “see "
        "above” or “see record” do not count as answers. NAV cannot read the record.",
        counsellor="A field is filled in without giving an answer.",
    ),
    broken=placeholder_text,
)


def text_repeats_diagnosis(certificate: Certificate, facts: Facts) -> Iterator[Breach]:
    """The diagnosis' code or title again, in whatever case, spacing and punctuation."""
    copies = diagnosis_forms(certificate, facts.diagnoses)
    for element, text in prose_elements(certificate):
        if repeats(text, copies):
            yield Breach(element)


TEXT_REPEATS_DIAGNOSIS = Rule(
    id="text-repeats-diagnosis",
    effect=Effect.REMARK,
    item=None,
    authority="S15: people type filler to pass checks; copies of the diagnosis text count as missing",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Teksten gjentar bare diagnosen.",
        action="Skriv det feltet spør om. Diagnosen er allerede oppgitt og trenger ikke gjentas.",
        counsellor="Et felt gjentar bare diagnosen og gir ikke noe svar.",
    ),
    nn=Text(
        found="Teksten tek berre opp att diagnosen.",
        action="Skriv det feltet spør om. Diagnosen er alt oppgitt og treng ikkje takast opp att.",
        counsellor="Eit felt tek berre opp att diagnosen og gir ikkje noko svar.",
    ),
    en=Text(
        found="The text only repeats the diagnosis.",
        action="Write what the field asks for. The diagnosis has already been stated and need not be repeated.",
        counsellor="A field only repeats the diagnosis and gives no answer.",
    ),
    broken=text_repeats_diagnosis,
)


def activity_refused_without_reason(certificate: Certificate, facts: Facts) -> Iterator[Breach]:
    """A "no" to activity says what it covers, why, and from when."""
    if "activity" in facts.broken_items:
        return
    for index, participation in enumerate(certificate.activity):
        lacking = lacking_of_refusal(participation)
        if participation.ability == "no" and lacking:
            yield Breach(f"activity[{index}]", expected=lacking)


def lacking_of_refusal(participation: Participation) -> str:
    """What a refusal needs and this one has not, as one phrase; empty when it has all."""
    asked = {
        "scope": participation.scope,
        "reason code": participation.reason,
        "period start": participation.period.start,
    }
    return ", ".join(name for name, answer in asked.items() if not answer)


ACTIVITY_REFUSED_WITHOUT_REASON = Rule(
    id="activity-refused-without-reason",
    effect=Effect.REMARK,
    item="activity",
    authority="S15: doctors exempt patients from measures without serious illness; an exemption needs a coded reason",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Det er svart nei på om pasienten kan delta i aktivitet, men omfang, årsak eller startdato mangler.",
        action="Oppgi hva pasienten ikke kan delta i, velg en årsak, og oppgi fra hvilken dato det gjelder.",
        counsellor="Behandleren svarer nei på om pasienten kan delta i aktivitet, men oppgir ikke både omfang, årsak "
        "og startdato.",
    ),
    nn=Text(
        found="Det er svart nei på om pasienten kan delta i aktivitet, men omfang, årsak eller startdato manglar.",
        action="Oppgi kva pasienten ikkje kan delta i, vel ei årsak, og oppgi frå kva dato det gjeld.",
        counsellor="Behandlaren svarer nei på om pasienten kan delta i aktivitet, men oppgir ikkje både omfang, "
        "årsak og startdato.",
    ),
    en=Text(
        found="The answer is that the patient cannot take part in activity, but scope, reason or start date is "
        "missing.",
        action="State what the patient cannot take part in, choose a reason, and give the date from which it holds.",
        counsellor="The clinician answers that the patient cannot take part in activity, but does not give scope, "
        "reason and start date.",
    ),
    broken=activity_refused_without_reason,
)


def source_only_patient(certificate: Certificate, _facts: Facts) -> Iterator[Breach]:
    """Function and risk rest on the patient's word alone. The label stays; it may be a deliberate signal."""
    statements = (*certificate.function, *certificate.health_risk)
    if certificate.function.entries and all(statement.source == "patient-reported" for statement in statements):
        yield Breach("function", expected="statement observed, tested, inferred or from a specialist")


SOURCE_ONLY_PATIENT = Rule(
    id="source-only-patient",
    effect=Effect.REMARK,
    item="function",
    authority="S15: doctors retell the patient instead of assessing; the source is labelled and never deleted",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Alt som er oppgitt om funksjon og helserisiko, bygger på det pasienten forteller.",
        action="Legg til det du selv har observert, undersøkt eller vurdert. Har du ikke grunnlag for det, kan "
        "svaret stå som det er.",
        counsellor="Alt som er oppgitt om funksjon og helserisiko, bygger på det pasienten forteller. Det kan være et "
        "bevisst valg fra behandleren.",
    ),
    nn=Text(
        found="Alt som er oppgitt om funksjon og helserisiko, byggjer på det pasienten fortel.",
        action="Legg til det du sjølv har observert, undersøkt eller vurdert. Har du ikkje grunnlag for det, kan "
        "svaret stå som det er.",
        counsellor="Alt som er oppgitt om funksjon og helserisiko, byggjer på det pasienten fortel. Det kan vere eit "
        "medvite val frå behandlaren.",
    ),
    en=Text(
        found="Everything stated about functioning and health risk rests on what the patient reports.",
        action="Add what you have observed, tested or assessed yourself. If you have no basis for that, leave it as "
        "it is.",
        counsellor="Everything stated about functioning and health risk rests on what the patient reports. The "
        "clinician may have meant to say so.",
    ),
    broken=source_only_patient,
)
