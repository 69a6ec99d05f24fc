"""From the domain certificate to answers to our Questionnaire: the mirror of `fhir.questionnaire_reading`.

For record systems that render the form, and for examples. Reading what this wrote gives the same certificate as reading
what `fhir.writing` wrote; what the form has no place for is named by `questionnaire_losses`. Question texts and
displays are never written.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, Final

from certgateway.domain.certificate import Certificate, Coding, Quantity, Section
from certgateway.domain.vocabulary import systems
from certgateway.fhir.questionnaire_form import LOINC_ANSWERS, QUESTIONNAIRE, SECTIONED, Group, Question
from certgateway.fhir.writing import NAV_HER_ID, write_certificate
from certgateway.fhir.writing_losses import losses
from certgateway.fhir.writing_values import Addresses, Json, compact, concept, quantity

_DATE: Final = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
_LABEL: Final = "answers"


def write_questionnaire_message(
    certificate: Certificate,
    *,
    message_id: str,
    sender_her: str,
    receiver_her: str = NAV_HER_ID,
    bundle_id: str | None = None,
    timestamp: datetime | None = None,
) -> Json:
    """The message Bundle as a tree, people and purpose as resources and every other item as answers.

    Arguments and errors as for `write_certificate`. What `questionnaire_losses` names is left out.
    """
    bundle = write_certificate(
        _without_sections(certificate),
        message_id=message_id,
        sender_her=sender_her,
        receiver_her=receiver_her,
        bundle_id=bundle_id,
        timestamp=timestamp,
    )
    addresses = Addresses(f"message/{message_id}")
    for entry in bundle["entry"]:
        if entry["resource"]["resourceType"] == "Composition":
            code = concept(Coding(systems.LOINC, LOINC_ANSWERS))
            entry["resource"]["section"] = [{"code": code, "entry": [addresses.reference(_LABEL)]}]
    response = write_questionnaire_response(certificate, addresses.reference("patient"))
    bundle["entry"].append(addresses.entry(_LABEL, response))
    return bundle


def write_questionnaire_response(certificate: Certificate, subject: Json) -> Json:
    """The answers to every item but patient, author and purpose, without id; `subject` refers to the patient."""
    groups = ((group, _answered(group, certificate)) for group in SECTIONED)
    return compact(
        {
            "resourceType": "QuestionnaireResponse",
            "questionnaire": f"{QUESTIONNAIRE}|{systems.PROFILE_VERSION}",
            "status": "completed",
            "subject": subject,
            "authored": certificate.authored.isoformat(),
            "item": [{"linkId": group.item, "item": items} for group, items in groups if items],
        }
    )


def questionnaire_losses(certificate: Certificate) -> list[str]:
    """The element paths that the answers leave out, of what a message without the form's limits could carry."""
    lost = losses(_without_sections(certificate))
    for group in SECTIONED:
        section: Section[Any] = getattr(certificate, group.attribute)
        if section.state == "none" and not group.can_be_none:
            lost.append(group.item)
        for index, entry in enumerate(section.entries):
            lost += _lost(group, entry, group.item if group.single else f"{group.item}[{index}]", certificate)
    return lost


def _without_sections(certificate: Certificate) -> Certificate:
    emptied: dict[str, Any] = {group.attribute: Section() for group in SECTIONED}
    return replace(certificate, **emptied)


def _lost(group: Group, entry: object, element: str, certificate: Certificate) -> Iterator[str]:
    if not _statement(group, entry, certificate):
        yield element
        return
    for question in group.questions:
        value = _value(entry, question.name)
        if value is not None and value != () and not _items(group, question, value, certificate):
            yield f"{element}.{question.name}"
    yield from (f"{element}.{name}" for name in _unasked(group, entry))


def _unasked(group: Group, entry: Any) -> Iterator[str]:  # noqa: ANN401  A statement of any item.
    """The filled fields of a statement that the form does not ask for: what only the form of 2008 asks."""
    asked = {question.name.partition(".")[0] for question in group.questions}
    for field in fields(entry):
        if field.name not in asked and getattr(entry, field.name) not in (None, ()):
            yield field.name


def _answered(group: Group, certificate: Certificate) -> list[Json]:
    """The items below an item of the form: its statements, or its state; nothing for what is missing."""
    section: Section[Any] = getattr(certificate, group.attribute)
    told = [_statement(group, entry, certificate) for entry in section.entries]
    entries = [{"linkId": group.link("entry"), "item": items} for items in told if items]
    return entries or _state(group, section)


def _state(group: Group, section: Section[Any]) -> list[Json]:
    code = {"none": "nilknown", "not-assessed": section.reason or "notasked"}.get(section.state)
    if code is None or (code == "nilknown" and not group.can_be_none):
        return []
    return [_item(group.link("state"), [{"valueCoding": _coding(systems.LIST_EMPTY_REASON, code)}])]


def _statement(group: Group, entry: object, certificate: Certificate) -> list[Json]:
    """The answered questions of one statement, in the order of the form."""
    items = []
    for question in group.questions:
        items += _items(group, question, _value(entry, question.name), certificate)
    return items


def _value(entry: object, name: str) -> Any:  # noqa: ANN401  A value of any kind.
    """What stands at an attribute path; None on the way is None."""
    for step in name.split("."):
        entry = getattr(entry, step, None)
    return entry


def _items(group: Group, question: Question, value: Any, certificate: Certificate) -> list[Json]:  # noqa: ANN401
    """The items that answer one question; none when there is no value, or none that the form can take."""
    link = group.link(question.name)
    if question.kind == "limits":
        return [_limit(link, limit.kind, limit.quantity) for limit in value or ()]
    values = (value or ()) if question.many else (value,)
    answers = [answer for each in values if each is not None and (answer := _answer(question, each, certificate))]
    return [_item(link, answers)] if answers else []


def _limit(link: str, kind: str, amount: Quantity) -> Json:
    coding = _coding(systems.CODE_SYSTEM + "limit", kind)
    parts = [
        _item(f"{link}.kind", [{"valueCoding": coding}]),
        _item(f"{link}.quantity", [{"valueQuantity": quantity(amount)}]),
    ]
    return {"linkId": link, "item": parts}


def _item(link: str, answers: list[Json]) -> Json:
    return {"linkId": link, "answer": answers}


def _coding(system: str, code: str) -> Json:
    return {"system": system, "code": code}


def _answer(question: Question, value: Any, certificate: Certificate) -> Json:  # noqa: ANN401  A value of any kind.
    """One answer; nothing for what the form can't take: bytes we don't hold, a date with time, a missing diagnosis."""
    writers: dict[str, Callable[[Any], Json]] = {
        "text": lambda text: compact({"valueString": text or None}),
        "date": lambda date: {"valueDate": date} if _DATE.fullmatch(date) else {},
        "flag": lambda flag: {"valueBoolean": flag},
        "code": lambda code: {"valueCoding": _coding(question.systems[0], code)},
        "coding": lambda coding: {"valueCoding": _coding(coding.system, coding.code)},
        "quantity": lambda amount: {"valueQuantity": quantity(amount)},
        "number-of-diagnosis": lambda index: _numbered(index, len(certificate.diagnosis.entries)),
    }
    return writers[question.kind](value) if question.kind in writers else {}


def _numbered(index: int, count: int) -> Json:
    """The number of a diagnosis in the form, counted from 1."""
    return {"valueInteger": index + 1} if 0 <= index < count else {}
