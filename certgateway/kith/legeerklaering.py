"""From the form of 2008 to the certificate, item by item (docs/kith-mapping.md); the mirror of `fhir.certificate`.

Only what is named here is carried. What the form asks in codes becomes codes, what it asks in words stays words with
the question they answer: no answer is read out of prose, and what nobody ticked is never read as "no". Alongside goes
the map from domain element to XPath. Nothing forgotten can be met here: every reader passes it over.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from certgateway.domain.certificate import (
    Attachment,
    Certificate,
    ClinicalFinding,
    Coding,
    Employment,
    Onset,
    Participation,
    Period,
    Prognosis,
    Purpose,
    Quantity,
    Reservation,
    Section,
    Statement,
    Treatment,
)
from certgateway.domain.findings import Finding
from certgateway.domain.vocabulary import systems
from certgateway.kith import agreement, diagnoses, names, people
from certgateway.kith.attachments import AttachedDocument
from certgateway.kith.dates import day, instant
from certgateway.kith.names import BLANK, coded, number
from certgateway.kith.nodes import Node
from certgateway.kith.reading import Reading, Titles, stated

PROSE: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("new-information", ("PlanUtredBehandle", "NyeLegeopplysninger")),
    ("no-further-treatment", ("PlanUtredBehandle", "IkkeVidereBehandling")),
    ("earlier-plan", ("PlanUtredBehandle", "NyVurdering")),
    ("measure-details", ("ForslagTiltak", "Opplysninger")),
    ("measure-limits", ("ForslagTiltak", "BegrensningerTiltak")),
    ("no-measure-reason", ("ForslagTiltak", "BegrunnelseIkkeTiltak")),
    ("cannot-do", ("VurderingFunksjonsevne", "VurderingArbeidsevne", "IkkeGjore")),
    ("other-occupation", ("VurderingFunksjonsevne", "VurderingArbeidsevne", "HensynAnnetYrke")),
    ("function", ("VurderingFunksjonsevne", "Funksjonsevne")),
    ("illness-duration", ("Prognose", "AntattVarighet")),
    ("reduced-function-duration", ("Prognose", "VarighetFunksjonsnedsettelse")),
    ("reduced-work-duration", ("Prognose", "VarighetNedsattArbeidsevne")),
    ("causal-link", ("ArsakssammenhengLegeerklaring",)),
    ("other-information", ("AndreOpplysninger", "Opplysning")),
)
"""Question to the element that answers it in words, in the order of the form; contacts in words come last."""


@dataclass(slots=True)
class Parsed:
    """The certificate, None when it has no id or no time; where each element stood; and what contradicts itself."""

    certificate: Certificate | None
    origins: dict[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


def parse_certificate(head: Node, form: Node, documents: list[AttachedDocument], titles: Titles) -> Parsed:
    """Read the certificate out of the form and of the envelope around it."""
    info = head.first("MsgInfo")
    authored = instant(info.word("GenDate")) if info is not None else None
    identifier = _identifier(info) if info is not None else None
    reading = Reading(titles, origins={"": form.path})
    if info is None or authored is None or identifier is None:
        return Parsed(None, reading.origins)
    reading.note("authored", info.first("GenDate"))
    certificate = replace(
        _assemble(head, form, identifier, authored, reading), attachment=stated(_attachments(documents, reading))
    )
    reading.findings += agreement.contradictions(form)
    return Parsed(certificate, reading.origins, tuple(reading.findings))


def _identifier(info: Node) -> Coding | None:
    """What stays the same over versions: the conversation, and before there is one, the first message."""
    found = info.word("ConversationRef", "RefToConversation") or info.word("MsgId")
    return Coding(systems.KITH_CONVERSATION, found) if found else None


def _assemble(head: Node, form: Node, identifier: Coding, authored: datetime, reading: Reading) -> Certificate:
    patient = people.patient(head, form, reading)
    reading.note("function", form.first("VurderingFunksjonsevne"))
    return Certificate(
        identifier=identifier,
        authored=authored,
        status="final",
        patient=patient,
        author=people.author(head, form, patient, reading),
        purpose=_purpose(form, reading),
        employment=_employment(form, reading),
        diagnosis=diagnoses.diagnoses(form, reading),
        history=stated(_told(form, "history", "SymptomerBehandling", reading)),
        findings=_clinical_findings(form, reading),
        onset=_onset(form, reading),
        treatment=stated(_treatments(form, reading)),
        activity=stated(_activity(form, reading)),
        prognosis=_prognosis(form, reading),
        assessment=stated(_assessment(form, reading)),
        reservation=_reservation(form, reading),
    )


def _purpose(form: Node, reading: Reading) -> Purpose | None:
    """The one tick that names no benefit."""
    found = None
    for tick in form.all("LegeerklaringGjelder"):
        if number(tick.attribute("typeLegeerklaring")) == names.SICK_LEAVE_TICK:
            reading.note("purpose", tick)
            found = Purpose(names.SICK_LEAVE)
    return found


def _employment(form: Node, reading: Reading) -> Section[Employment]:
    person, function = form.first("Pasientopplysninger"), form.first("VurderingFunksjonsevne")
    work = form.first("Pasientopplysninger", "Pasient", "Arbeidsforhold")
    situations = function.all("Arbeidssituasjon") if function is not None else []
    worded = next((node for node in situations if node.attribute("annenArbeidssituasjon")), None)
    found = Employment(
        occupation=work.prose("Yrkesbetegnelse") if work is not None else None,
        occupation_code=_occupation_code(work),
        several=coded(names.YES_NO, person.attribute("flereArbeidsforhold")) if person is not None else None,
        situations=tuple(
            code for node in situations if (code := coded(names.SITUATIONS, node.attribute("arbeidssituasjon")))
        ),
        other_situation=worded.attribute("annenArbeidssituasjon") if worded is not None else None,
        demands=function.prose("KravArbeid") if function is not None else None,
    )
    for extra in situations:
        if extra is not worded:
            extra.read.discard("annenArbeidssituasjon")
    reading.note("employment", work or next(iter(situations), None) or person)
    for index, node in enumerate(situations):
        reading.note(f"employment.situations[{index}]", node)
    reading.note_child("employment.occupation", work, "Yrkesbetegnelse")
    reading.note_attribute("employment.several", person, "flereArbeidsforhold")
    reading.note_attribute("employment.other_situation", worded, "annenArbeidssituasjon")
    reading.note_child("employment.demands", function, "KravArbeid")
    return Section() if found == Employment() else Section("stated", (found,))


def _occupation_code(work: Node | None) -> str | None:
    """Digits as Statistics Norway gives them, leading zeros and all; anything else is no code and is not carried."""
    if work is None or work.attribute("yrkeskode") is None:
        return None
    code = work.attributes["yrkeskode"].strip(BLANK)
    if code.isascii() and code.isdigit() and 4 <= len(code) <= 7:  # noqa: PLR2004  STYRK: from unit group to occupation.
        return code
    work.read.discard("yrkeskode")
    return None


def _told(form: Node, item: str, name: str, reading: Reading) -> Iterator[Statement]:
    """The patient's own account, which the form asks for together with the treatment so far."""
    holder = form.first("DiagnoseArbeidsuforhet")
    text = holder.prose(name) if holder is not None else None
    if text is not None:
        reading.note_child(f"{item}[0].text", holder, name)
        yield Statement(text, source="patient-reported")


def _clinical_findings(form: Node, reading: Reading) -> Section[ClinicalFinding]:
    holder = form.first("DiagnoseArbeidsuforhet")
    text = holder.prose("StatusPresens") if holder is not None else None
    if text is None:
        return Section()
    reading.note_child("findings[0].text", holder, "StatusPresens")
    return Section("stated", (ClinicalFinding(text=text),))


def _onset(form: Node, reading: Reading) -> Section[Onset]:
    holder = form.first("DiagnoseArbeidsuforhet")
    since = holder.understood("arbeidsuforFra", day) if holder is not None else None
    reading.note("onset", holder)
    reading.note_attribute("onset.since", holder, "arbeidsuforFra")
    return Section() if since is None else Section("stated", (Onset(since=since),))


def _treatments(form: Node, reading: Reading) -> Iterator[Treatment]:
    """Referrals, then plans. What the plan was before, and why there is none, are statements."""
    plan = form.first("PlanUtredBehandle")
    reading.note("treatment", plan)
    found = [
        (_referral(plan, "HenvistUtredning", "investigation"), "HenvistUtredning"),
        (_referral(plan, "HenvistBehandling", None), "HenvistBehandling"),
        (_plan(plan, "BehandlingsPlan", None), "BehandlingsPlan"),
        (_plan(plan, "UtredningsPlan", "investigation"), "UtredningsPlan"),
    ]
    for index, (treatment, name) in enumerate(entry for entry in found if entry[0] is not None):
        node = plan.first(name) if plan is not None else None
        reading.note(f"treatment[{index}]", node)
        worded = node.first("Spesifikasjon") if node is not None else None
        reading.note(f"treatment[{index}].description", worded or node)
        reading.note_attribute(f"treatment[{index}].period.start", node, "henvistDato")
        reading.note_attribute(f"treatment[{index}].wait", node, "antattVentetid")
        if treatment is not None:
            yield treatment


def _referral(plan: Node | None, name: str, kind: str | None) -> Treatment | None:
    node = plan.first(name) if plan is not None else None
    if node is None:
        return None
    start, weeks = node.understood("henvistDato", day), node.understood("antattVentetid", number)
    found = Treatment(
        kind=kind,
        status="waiting",
        period=Period(start),
        description=node.prose("Spesifikasjon"),
        wait=None if weeks is None else Quantity(Decimal(weeks), "wk"),
    )
    return None if found == Treatment(kind=kind, status="waiting") else found


def _plan(plan: Node | None, name: str, kind: str | None) -> Treatment | None:
    text = plan.prose(name) if plan is not None else None
    return None if text is None else Treatment(kind=kind, status="planned", description=text)


def _activity(form: Node, reading: Reading) -> Iterator[Participation]:
    """Measures on medical grounds, then whether and when work can be taken up."""
    index = 0
    proposal = form.first("ForslagTiltak")
    for measure in proposal.all("AktueltTiltak") if proposal is not None else ():
        kind, text = coded(names.MEASURES, measure.attribute("typeTiltak")), measure.prose("HvilkeAndreTiltak")
        if kind is not None or text is not None:
            reading.note(f"activity[{index}]", measure)
            reading.note_child(f"activity[{index}].comment", measure, "HvilkeAndreTiltak")
            yield Participation(measure=kind, comment=text)
            index += 1
    # A no that is contradicted by what stands below it is told by `agreement`; a yes says no more than that does.
    if proposal is not None and number(proposal.attribute("tiltak")) == names.NO:
        reading.note_attribute(f"activity[{index}]", proposal, "tiltak")
        yield Participation(measure=names.NO_MEASURE)
        index += 1
    work = form.first("VurderingFunksjonsevne", "VurderingArbeidsevne")
    for scope, answer, when in (
        ("own-work", "gjenopptaArbeid", "narGjenopptaArbeid"),
        ("other-work", "taAnnetArbeid", "narTaAnnetArbeid"),
    ):
        resumption = _resumption(work, answer, when)
        if resumption is not None:
            reading.note_attribute(f"activity[{index}]", work, answer)
            yield Participation(scope=scope, resumption=resumption)
            index += 1
    reading.note("activity", proposal)


def _resumption(work: Node | None, answer: str, when: str) -> str | None:
    """A time says nothing without the yes it belongs to; a yes without a time is a yes."""
    said = number(work.attribute(answer)) if work is not None else None
    if work is None or said not in {names.YES, names.NO}:
        return None
    if said == names.NO:
        return "no"
    return coded(names.RESUMPTIONS, work.attribute(when)) or "yes"


def _prognosis(form: Node, reading: Reading) -> Section[Prognosis]:
    node = form.first("Prognose")
    course = coded(names.COURSES, node.attribute("bedreArbeidsevne")) if node is not None else None
    reading.note("prognosis", node)
    reading.note_attribute("prognosis.course", node, "bedreArbeidsevne")
    return Section() if course is None else Section("stated", (Prognosis(course=course),))


def _assessment(form: Node, reading: Reading) -> Iterator[Statement]:
    """Everything else that the form asks for in words, each with its question."""
    index = 0
    for question, steps in PROSE:
        node = form.first(*steps)
        text = node.prose() if node is not None else None
        if text is not None:
            reading.note(f"assessment[{index}].text", node)
            yield Statement(text, question=question)
            index += 1
    for contact in form.all("Kontakt"):
        worded = contact.attribute("annenInstans")
        if worded is not None:
            reading.note_attribute(f"assessment[{index}].text", contact, "annenInstans")
            yield Statement(worded, question="other-contact")
            index += 1


def _reservation(form: Node, reading: Reading) -> Section[Reservation]:
    """A reservation is honoured when either the tick or the text says so; only a plain no is a no."""
    nodes = form.all("ForbeholdLegeerklaring")
    if not nodes:
        return Section()
    # The form has one. Of several, none may hide another that reserves.
    node = next((one for one in nodes if _reserves(one)), nodes[0])
    ticked, text = number(node.attribute("tilbakeholdInnhold")), node.prose("BorTilbakeholdes")
    reading.note("reservation", node)
    reading.note("reservation[0]", node)
    reading.note_attribute("reservation[0]", node, "tilbakeholdInnhold")
    reading.note_child("reservation[0].text", node, "BorTilbakeholdes")
    if text is not None or ticked == names.YES:
        return Section("stated", (Reservation(text=text),))
    told = {number(one.attributes.get("tilbakeholdInnhold")) for one in nodes if not one.is_blank}
    return Section("none") if told == {names.NO} else Section()


def _reserves(node: Node) -> bool:
    text = node.first("BorTilbakeholdes")
    worded = text is not None and bool(text.text.strip())
    return worded or number(node.attributes.get("tilbakeholdInnhold")) == names.YES


def _attachments(documents: list[AttachedDocument], reading: Reading) -> Iterator[Attachment]:
    for index, document in enumerate(documents):
        reading.note(f"attachment[{index}]", document.node)
        yield document.attachment
