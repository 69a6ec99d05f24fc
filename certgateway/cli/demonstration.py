"""Certificates for the sandbox: invented people in every state a certificate can be in, written anew at each start.

They are built from the domain and written by the same writer as everything else, so that no copy of a message can grow
old. Every personal number has 80 added to its month, which no living person's number has.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final, Literal
from uuid import NAMESPACE_URL, uuid5

from certgateway import safejson
from certgateway.domain.certificate import (
    Author,
    Certificate,
    Coding,
    Diagnosis,
    FunctionStatement,
    HealthRisk,
    Limit,
    Onset,
    Patient,
    Period,
    Prognosis,
    Purpose,
    Quantity,
    Section,
    Statement,
    Treatment,
)
from certgateway.domain.vocabulary import systems
from certgateway.engine.definitions.definitions import Definitions
from certgateway.engine.xml import write as xmlwrite
from certgateway.fhir.writing import NAV_HER_ID, write_certificate
from certgateway.kith.writing import write_message

Json = dict[str, Any]

SENDER: Final = "8094231"
ORGANISATION: Final = "987654325"
HPR: Final = "9412837"
PATIENT: Final = "14837910405"
"""The patient of the first certificates; synthetic."""

_GP: Final = Author(hpr=HPR, profession="LE", role="gp", organisation=ORGANISATION, her=SENDER, contact="in-person")
HOSPITAL: Final = "8143999"
ORDER: Final[Json] = {
    "patient": {"number": PATIENT, "name": "Sindig Fjelltopp"},
    "clinician": {"hpr": "7733105", "role": "hospital-specialist", "organisation": "987654325"},
    "receiver": HOSPITAL,
    "questions": [{"question": "since-when"}, {"question": "compatible-with-measure"}],
    "measure": {"description": "Arbeidstrening på lager", "demands": ["heavy-lifting"]},
}
"""What a counsellor orders from a psychiatrist at a hospital that never sent anything."""

_RISK: Final = systems.CODE_SYSTEM + "risk-activity"


@dataclass(frozen=True, slots=True)
class Letter:
    """One message of the demonstration: what it shows, a file name, its format and bytes, its id if it has one."""

    shows: str
    name: str
    format: Literal["fhir-json", "fhir-xml", "kith"]
    body: bytes
    message_id: str | None = None


def letters(now: datetime, definitions: Definitions) -> Iterator[Letter]:
    """The messages in the order in which they are sent; `now` (aware) dates them."""
    first = _back_pain(now)
    update = _lifts_more(first, now)
    unwell = _without_resource(now)
    mistaken = _named(first, "mistaken", "30849321389", "Vennlig Solbakke")
    yield _json("a certificate with every required answer", "accepted", first)
    xml = xmlwrite.write(_message("remarks", unwell), definitions)
    yield Letter("one that says nothing the patient can do, as XML", "remarks", "fhir-xml", xml, _id("remarks"))
    yield _json("one without health risk and prognosis", "rejected", _incomplete(now))
    yield _json("an update of the first: lifting went from 10 to 15 kg", "update", update)
    yield _json("the same message again: the same answer", "update", update)
    yield _json("the same certificate under another message id", "resend", update)
    yield _json("another content under a message id that is taken", "update", replace(update, purpose=None))
    yield _benefit(_named(first, "benefit", "16876410773", "Tålmodig Landevei"))
    yield _json("a certificate written for the wrong patient", "mistaken", mistaken)
    withdrawal = replace(mistaken, status="entered-in-error", authored=now - timedelta(hours=1))
    yield _json("and its withdrawal", "withdrawal", withdrawal)
    yield _old_form(now)
    yield Letter("a body that breaks off", "broken", "fhir-json", b'{"resourceType": "Bundle", "type":')


def _json(shows: str, name: str, certificate: Certificate) -> Letter:
    return Letter(shows, name, "fhir-json", safejson.write(_message(name, certificate), indent=2), _id(name))


def _message(name: str, certificate: Certificate) -> Json:
    return write_certificate(certificate, message_id=_id(name), sender_her=SENDER)


def _id(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"sandbox/{name}"))


def _benefit(certificate: Certificate) -> Letter:
    """An old habit: the form says which benefit it is for. It is taken out before anything looks at it."""
    tree = _message("benefit", certificate)
    composition = next(
        entry["resource"] for entry in tree["entry"] if entry["resource"]["resourceType"] == "Composition"
    )
    composition["category"] = [{"text": "Arbeidsavklaringspenger"}]
    body = safejson.write(tree, indent=2)
    return Letter("one that names a benefit, which is removed", "benefit", "fhir-json", body, _id("benefit"))


def _old_form(now: datetime) -> Letter:
    """The form of 2008 as record systems send it today: a benefit is ticked, and nobody asks about health risk."""
    body = write_message(_of_old_form(now), message_id=_id("old-form"), sender_her=SENDER, receiver_her=NAV_HER_ID)
    ticked = body.replace(b"<LegeerklaringGjelder/>", b'<LegeerklaringGjelder typeLegeerklaring="2"/>')
    return Letter("today's form as KITH XML: held, with questions drafted", "old-form", "kith", ticked, _id("old-form"))


def _of_old_form(now: datetime) -> Certificate:
    return Certificate(
        identifier=Coding(systems.KITH_CONVERSATION, _id("old-form")),
        authored=now - timedelta(hours=2),
        status="final",
        patient=Patient("02918423144", "fnr", "Rolig Vannkant"),
        author=replace(_GP, contact=None),
        diagnosis=_stated(Diagnosis((Coding(systems.ICPC_2, "L03"),), "main")),
        prognosis=_stated(Prognosis(course="improvement")),
        assessment=_stated(
            Statement("Unngå tunge løft og bøyd arbeidsstilling.", question="cannot-do"),
            Statement("Går og sitter uten plager, løfter inntil 5 kg.", question="function"),
            Statement("3 måneder", question="illness-duration"),
        ),
    )


def old_form_answer(now: datetime, clarification: str) -> bytes:
    """What the doctor answers to the question for what the form of 2008 left out: that item, and nothing else."""
    day = _Days(now)
    certificate = replace(
        _of_old_form(now),
        authored=now,
        health_risk=_stated(_heavy_lifting(day)),
        prognosis=Section(),
        diagnosis=Section(),
        assessment=Section(),
    )
    tree = _message("old-form-answer", certificate)
    composition = next(entry for entry in tree["entry"] if entry["resource"]["resourceType"] == "Composition")
    tree["meta"]["profile"] = [f"{systems.STRUCTURE_DEFINITION}answer-message|{systems.PROFILE_VERSION}"]
    tree["entry"][0]["resource"]["eventCoding"]["code"] = "clarification-answer"
    communication = {
        "resourceType": "Communication",
        "basedOn": [{"identifier": {"system": systems.CLARIFICATION, "value": clarification}}],
        "status": "completed",
        "subject": composition["resource"]["subject"],
        "payload": [{"contentReference": {"reference": composition["fullUrl"]}}],
    }
    tree["entry"].append({"fullUrl": f"urn:uuid:{_id('communication')}", "resource": communication})
    return safejson.write(tree, indent=2)


def _back_pain(now: datetime) -> Certificate:
    day = _Days(now)
    return Certificate(
        identifier=_identifier("back-pain"),
        authored=now - timedelta(days=2),
        status="final",
        patient=Patient(PATIENT, "fnr", "Sindig Fjelltopp"),
        author=replace(_GP, last_seen=day(-2)),
        purpose=Purpose("first"),
        diagnosis=_stated(Diagnosis((Coding(systems.ICPC_2, "L86"),), "main")),
        onset=_stated(Onset(day(-120), "exact", "patient-reported")),
        treatment=_stated(
            Treatment(
                kind="physiotherapy",
                status="ongoing",
                period=Period(day(-90)),
                description="Veiledet trening to ganger i uken.",
                improves="yes",
                combinable="yes",
                diagnosis=0,
                source="observed",
            )
        ),
        function=_stated(
            _function("d4300", "work", "can", _limit("max-load", 10, "kg")),
            _function("d450", "daily-life", "can", _limit("max-duration", 60, "min")),
            _function("d4153", "work", "can-with-adaptation", _limit("max-duration", 30, "min")),
        ),
        health_risk=_stated(_heavy_lifting(day)),
        prognosis=_stated(_improving(day(90))),
        assessment=_stated(Statement("Ryggen tåler belastning, og bevegelse er en del av behandlingen.")),
    )


def _heavy_lifting(day: "_Days") -> HealthRisk:
    return HealthRisk(
        activity=Coding(_RISK, "heavy-lifting"),
        harm="worsening",
        severity="moderate",
        safe_limits=(_limit("max-load", 10, "kg"),),
        adaptations=("lifting-aid",),
        validity=Period(day(-2), day(180)),
        diagnosis=0,
        source="inferred",
    )


def _lifts_more(first: Certificate, now: datetime) -> Certificate:
    """The next version of the same certificate, a day later."""
    lifting, *others = first.function.entries
    return replace(
        first,
        authored=now - timedelta(days=1),
        purpose=Purpose("update"),
        function=_stated(replace(lifting, limits=(_limit("max-load", 15, "kg"),)), *others),
    )


def _without_resource(now: datetime) -> Certificate:
    day = _Days(now)
    return Certificate(
        identifier=_identifier("without-resource"),
        authored=now - timedelta(days=1),
        status="final",
        patient=Patient("21819641002", "fnr", "Stille Lyngmo"),
        author=replace(_GP, last_seen=day(-1)),
        diagnosis=_stated(Diagnosis((Coding(systems.ICPC_2, "A04"),), "main")),
        function=_stated(_function("d240", "work", "cannot"), _function("d160", "work", "cannot")),
        health_risk=Section("none"),
        prognosis=_stated(_improving(day(60))),
    )


def _incomplete(now: datetime) -> Certificate:
    certificate = _named(_back_pain(now), "incomplete", "11886621576", "Trofast Hverdag")
    return replace(certificate, health_risk=Section(), prognosis=Section())


def _named(certificate: Certificate, name: str, number: str, patient: str) -> Certificate:
    return replace(certificate, identifier=_identifier(name), patient=Patient(number, "fnr", patient))


def _improving(review: str) -> Prognosis:
    return Prognosis(
        course="improvement",
        horizon=Quantity(Decimal(6), "mo"),
        certainty="moderate",
        review_date=review,
        source="inferred",
    )


def _function(code: str, setting: str, ability: str, *limits: Limit) -> FunctionStatement:
    return FunctionStatement(
        code=Coding(systems.ICF, code), setting=setting, ability=ability, limits=limits, source="observed"
    )


def _limit(kind: str, value: int, unit: str) -> Limit:
    return Limit(kind, Quantity(Decimal(value), unit))


def _identifier(name: str) -> Coding:
    return Coding("https://epj.example/legeerklaering", str(uuid5(NAMESPACE_URL, f"sandbox/certificate/{name}")))


def _stated(*entries: Any) -> Section[Any]:  # noqa: ANN401  The kind of entry is the item's.
    return Section("stated", entries)


class _Days:
    """Dates as text, counted from a moment."""

    __slots__ = ("_now",)

    def __init__(self, now: datetime) -> None:
        self._now = now

    def __call__(self, days: int) -> str:
        return (self._now + timedelta(days=days)).date().isoformat()
