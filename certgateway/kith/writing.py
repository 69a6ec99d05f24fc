"""From the certificate to the form of 2008 in its envelope: the mirror of `kith.legeerklaering`, element by element.

The form holds one text for each question and one system for all codes; what it cannot hold is named by
`writing_losses`. The same certificate and ids give the same bytes. No benefit can be written: the one tick that may
stand says that somebody has been on sick leave for more than eight weeks.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

from lxml import etree

from certgateway.domain.certificate import Certificate, Diagnosis, Participation, Quantity, Treatment
from certgateway.domain.vocabulary import systems
from certgateway.kith.legeerklaering import PROSE
from certgateway.kith.names import (
    CODE_SYSTEMS,
    CONTACTS,
    COURSES,
    LEGEERKLARING,
    MEASURES,
    NO,
    NO_MEASURE,
    RESUMPTIONS,
    SICK_LEAVE,
    SITUATIONS,
    YES,
    YES_NO,
)
from certgateway.kith.writing_envelope import envelope
from certgateway.kith.xmltree import add, attributes, own_namespace

_LONGEST_WAIT: Final = 10**6
_UNITS: Final[Mapping[str, tuple[str, str]]] = {
    "d": ("dag", "dager"),
    "wk": ("uke", "uker"),
    "mo": ("måned", "måneder"),
    "a": ("år", "år"),
}


def write_message(certificate: Certificate, *, message_id: str, sender_her: str, receiver_her: str) -> bytes:
    """The message as UTF-8 bytes. Raises ValueError for a character that XML cannot hold."""
    root, content = envelope(certificate, message_id=message_id, sender_her=sender_her, receiver_her=receiver_her)
    form(certificate, content)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def form(certificate: Certificate, place: etree._Element) -> None:
    """The form itself, as the last child of `place`, in the order of its schema."""
    root = etree.SubElement(place, f"{{{LEGEERKLARING}}}Legeerklaring", nsmap=own_namespace(LEGEERKLARING))
    texts = _texts(certificate)
    _ticks(certificate, root)
    _patient(certificate, root)
    _plan(certificate, texts, root)
    _diagnosis(certificate, root)
    _measures(certificate, texts, root)
    _function(certificate, texts, root)
    _prognosis(certificate, texts, root)
    _text(root, "ArsakssammenhengLegeerklaring", texts.get("causal-link"))
    _reservation(certificate, root)
    if "other-information" in texts:
        add(add(root, "AndreOpplysninger"), "Opplysning", texts["other-information"])
    _contacts(certificate, texts, root)


def _texts(certificate: Certificate) -> dict[str, str]:
    """Question to what is answered in words; an assessment without a question is other information."""
    found: dict[str, list[str]] = {}
    for statement in certificate.assessment:
        found.setdefault(statement.question or "other-information", []).append(statement.text)
    for entry in certificate.prognosis:
        for question, amount in (
            ("illness-duration", entry.illness_duration),
            ("reduced-function-duration", entry.reduced_function_duration),
        ):
            if amount is not None and question not in found and amount.unit in _UNITS:
                found[question] = [_amount(amount)]
    return {question: "\n\n".join(texts) for question, texts in found.items()}


def _amount(amount: Quantity) -> str:
    one, many = _UNITS[amount.unit]
    return f"{str(amount.value).replace('.', ',')} {one if amount.value == 1 else many}"


def _text(place: etree._Element, name: str, text: str | None) -> None:
    if text is not None:
        add(place, name, text)


def _number(codes: Mapping[int, str], code: str | None) -> str | None:
    """The number of the form for one of our codes."""
    return next((str(number) for number, known in codes.items() if known == code), None)


def _ticks(certificate: Certificate, root: etree._Element) -> None:
    sick = certificate.purpose is not None and certificate.purpose.reason == SICK_LEAVE
    attributes(add(root, "LegeerklaringGjelder"), typeLegeerklaring="1" if sick else None)


def _patient(certificate: Certificate, root: etree._Element) -> None:
    employment = next(iter(certificate.employment), None)
    # The form demands an answer; of the three, "don't know" is the one that claims nothing.
    several = _number(YES_NO, employment.several if employment and employment.several else "unknown")
    patient = add(attributes(add(root, "Pasientopplysninger"), flereArbeidsforhold=several), "Pasient")
    attributes(patient, fodselsnummer=certificate.patient.number or "", trygdekontor="")
    family, given, middle = name_parts(certificate.patient.name)
    name = add(patient, "Navn")
    add(name, "Etternavn", family)
    add(name, "Fornavn", given)
    _text(name, "Mellomnavn", middle or None)
    if employment is not None and (employment.occupation is not None or employment.occupation_code is not None):
        work = attributes(add(patient, "Arbeidsforhold"), yrkeskode=employment.occupation_code)
        add(work, "Yrkesbetegnelse", employment.occupation or "")


def name_parts(name: str | None) -> tuple[str, str, str]:
    """Family name, first and middle names: the last word is the family name, the first the given one."""
    words = (name or "").split()
    if len(words) < 2:  # noqa: PLR2004  One word is a family name.
        return " ".join(words), "", ""
    return words[-1], words[0], " ".join(words[1:-1])


def _plan(certificate: Certificate, texts: dict[str, str], root: etree._Element) -> None:
    questions = ("new-information", "no-further-treatment", "earlier-plan")
    held = [entry for entry in certificate.treatment if _is_referral(entry) or _is_plan(entry)]
    if not held and not any(question in texts for question in questions):
        return
    plan = add(root, "PlanUtredBehandle")
    for name, kind in (("HenvistUtredning", "investigation"), ("HenvistBehandling", None)):
        _referral(plan, name, next((entry for entry in held if _is_referral(entry) and entry.kind == kind), None))
    for question, steps in PROSE[:3]:
        _text(plan, steps[-1], texts.get(question))
    for name, kind in (("BehandlingsPlan", None), ("UtredningsPlan", "investigation")):
        told = [entry.description or "" for entry in held if _is_plan(entry) and entry.kind == kind]
        _text(plan, name, "\n\n".join(told) if told else None)


def _is_referral(entry: Treatment) -> bool:
    """Somebody waits since a day, for so many weeks: the form demands both."""
    day = entry.period.start
    whole = entry.wait is not None and entry.wait.unit == "wk" and _is_whole(entry.wait.value)
    return entry.kind in {None, "investigation"} and entry.status == "waiting" and _is_day(day) and whole


def _is_plan(entry: Treatment) -> bool:
    return entry.kind in {None, "investigation"} and entry.status == "planned" and entry.description is not None


def _is_whole(value: Decimal) -> bool:
    return 0 <= value < _LONGEST_WAIT and value == value.to_integral_value()


def _is_day(text: str | None) -> bool:
    return text is not None and len(text) == len("2026-01-01")


def _referral(plan: etree._Element, name: str, entry: Treatment | None) -> None:
    if entry is not None and entry.wait is not None:
        weeks = str(int(entry.wait.value))
        node = attributes(add(plan, name), henvistDato=entry.period.start, antattVentetid=weeks)
        add(node, "Spesifikasjon", entry.description or "")


def _diagnosis(certificate: Certificate, root: etree._Element) -> None:
    since = next((onset.since for onset in certificate.onset), None)
    node = attributes(add(root, "DiagnoseArbeidsuforhet"), arbeidsuforFra=since if _is_day(since) else None)
    main = next((entry for entry in certificate.diagnosis if entry.rank == "main" and _system(entry)), None)
    group = attributes(add(node, "DiagnoseKodesystem"), kodesystem=(_system(main) if main else None) or "1")
    rows = [entry for entry in certificate.diagnosis if main is not None and _system(entry) == _system(main)]
    for order, entry in enumerate(sorted(rows, key=lambda row: row.rank != "main"), start=1):
        code = entry.code.code if entry.code else ""
        attributes(add(group, "Enkeltdiagnose"), kodeverdi=code, sortering="1" if entry.rank == "main" else str(order))
    if not rows:
        attributes(add(group, "Enkeltdiagnose"), kodeverdi="", sortering="1")
    considered = _number(YES_NO, main.occupational_injury) if main is not None else None
    injured = main.injury_date if main is not None and _is_day(main.injury_date) else None
    attributes(add(node, "VurderingYrkesskade"), borVurderes=considered, skadeDato=injured)
    add(node, "StatusPresens", "\n\n".join(entry.text for entry in certificate.findings if entry.text is not None))
    add(node, "SymptomerBehandling", "\n\n".join(entry.text for entry in certificate.history))


def _system(entry: Diagnosis) -> str | None:
    """The number of the code's system in the form: 1 for ICPC-2, 3 for ICD-10."""
    system = systems.canonical_system(entry.code.system) if entry.code else None
    return _number(CODE_SYSTEMS, system)


def _measures(certificate: Certificate, texts: dict[str, str], root: etree._Element) -> None:
    measures = [entry for entry in certificate.activity if entry.measure in MEASURES.values()]
    refused = "no-measure-reason" in texts and "measure-limits" not in texts
    none = any(entry.measure == NO_MEASURE for entry in certificate.activity)
    answer = str(NO) if none else (str(YES) if measures else None)
    node = attributes(add(root, "ForslagTiltak"), tiltak=answer)
    for entry in measures:
        measure = attributes(add(node, "AktueltTiltak"), typeTiltak=_number(MEASURES, entry.measure))
        add(measure, "HvilkeAndreTiltak", entry.comment or "")
    add(node, "Opplysninger", texts.get("measure-details", ""))
    name = "BegrunnelseIkkeTiltak" if refused else "BegrensningerTiltak"
    add(node, name, texts.get("no-measure-reason" if refused else "measure-limits", ""))


def _function(certificate: Certificate, texts: dict[str, str], root: etree._Element) -> None:
    node = add(root, "VurderingFunksjonsevne")
    employment = next(iter(certificate.employment), None)
    numbers = [_number(SITUATIONS, code) for code in employment.situations] if employment else []
    for index, situation in enumerate(numbers or [None]):
        worded = employment.other_situation if employment and index == _worded(numbers) else None
        attributes(add(node, "Arbeidssituasjon"), arbeidssituasjon=situation, annenArbeidssituasjon=worded)
    _work(certificate.activity, texts, node)
    _text(node, "Funksjonsevne", texts.get("function"))
    _text(node, "KravArbeid", employment.demands if employment else None)


def _worded(numbers: list[str | None]) -> int:
    """Which of the situations the words belong to: "other" where it is ticked."""
    other = _number(SITUATIONS, "other")
    return numbers.index(other) if other in numbers else 0


def _work(activity: Iterable[Participation], texts: dict[str, str], place: etree._Element) -> None:
    own = next((entry.resumption for entry in activity if entry.scope == "own-work"), None)
    other = next((entry.resumption for entry in activity if entry.scope == "other-work"), None)
    limits, elsewhere = texts.get("cannot-do"), texts.get("other-occupation")
    if all(answer is None for answer in (own, other, limits, elsewhere)):
        return
    node = add(place, "VurderingArbeidsevne")
    _text(node, "IkkeGjore", limits)
    _text(node, "HensynAnnetYrke", elsewhere)
    attributes(
        node,
        gjenopptaArbeid=_answer(own),
        narGjenopptaArbeid=_number(RESUMPTIONS, own),
        taAnnetArbeid=_answer(other),
        narTaAnnetArbeid=_number(RESUMPTIONS, other),
    )


def _answer(resumption: str | None) -> str | None:
    if resumption is None:
        return None
    return str(NO) if resumption == "no" else str(YES)


def _prognosis(certificate: Certificate, texts: dict[str, str], root: etree._Element) -> None:
    course = next((entry.course for entry in certificate.prognosis), None)
    node = attributes(add(root, "Prognose"), bedreArbeidsevne=_number(COURSES, course))
    _text(node, "AntattVarighet", texts.get("illness-duration"))
    _text(node, "VarighetFunksjonsnedsettelse", texts.get("reduced-function-duration"))
    _text(node, "VarighetNedsattArbeidsevne", texts.get("reduced-work-duration"))


def _reservation(certificate: Certificate, root: etree._Element) -> None:
    section = certificate.reservation
    answer = {"stated": str(YES), "none": str(NO)}.get(section.state)
    node = attributes(add(root, "ForbeholdLegeerklaring"), tilbakeholdInnhold=answer)
    told = [entry.text for entry in section if entry.text is not None]
    _text(node, "BorTilbakeholdes", "\n\n".join(told) if told else None)


def _contacts(certificate: Certificate, texts: dict[str, str], root: etree._Element) -> None:
    worded = texts.get("other-contact")
    for code in certificate.author.contacts:
        node = attributes(add(root, "Kontakt"), kontakt=_number(CONTACTS, code))
        if code == "other" and worded is not None:
            attributes(node, annenInstans=worded)
            worded = None
