"""Answers to our Questionnaire, read into the items of the certificate that no resource answers (docs/fhir-mapping.md).

An item is answered once: where a resource or a section answers it, the form's answer to it is left unread, and so
reported as not carried, unless it says the same. Question texts, displays and answers to unknown questions are never
carried, and an unanswered question is never read as "no".
"""

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

from certgateway.domain.certificate import Author, Certificate, Patient, Period, Purpose, Section
from certgateway.domain.vocabulary import systems
from certgateway.fhir.elements import Reading, same_subject
from certgateway.fhir.questionnaire_answers import Answer, as_limit, read_answer
from certgateway.fhir.questionnaire_form import (
    FORM,
    LOINC_ANSWERS,
    QUESTIONNAIRE,
    Group,
    Question,
    published_words,
)
from certgateway.fhir.reading import Message, Node

_VERSIONS = frozenset({QUESTIONNAIRE, f"{QUESTIONNAIRE}|{systems.PROFILE_VERSION}"})
# The first digit of a birth number is that of a day of the month; a D-number has four added to it.
_D_NUMBER_DIGITS = frozenset("4567")
_UNTOLD: dict[str, dict[str, Any]] = {
    "diagnosis": {"codes": (), "rank": "other"},
    "history": {"text": "", "source": "patient-reported"},
    "assessment": {"text": ""},
}
"""What a statement holds where the form leaves the question open: as for resources."""

Items = dict[str, list[Node]]


def complete(certificate: Certificate, composition: Node, reading: Reading) -> Certificate:
    """The certificate with the items that only the answered form tells, their places noted in `reading`.

    Without a section of answers that refers to a response to our Questionnaire, it is the certificate as given.
    """
    response = _response(composition, reading)
    if response is None:
        return certificate
    asked = _by_link(response)
    for group in FORM:
        for node in asked.get(group.item, ())[:1]:
            certificate = _with_item(certificate, group, node, reading)
    return certificate


def _response(composition: Node, reading: Reading) -> Node | None:
    """The first response to our Questionnaire that the section of answers names."""
    for section in composition.items("section"):
        for coding, path in section.codings("code"):
            if (coding.system, coding.code) != (systems.LOINC, LOINC_ANSWERS):
                continue
            section.keep(path, "code")
            for reference in section.items("entry"):
                found = reference.resolve()
                if found is not None and _is_ours(found):
                    _pass_over(found, composition, reading)
                    return found
    return None


def _is_ours(node: Node) -> bool:
    return node.value.get("resourceType") == "QuestionnaireResponse" and node.value.get("questionnaire") in _VERSIONS


def _pass_over(response: Node, composition: Node, reading: Reading) -> None:
    """What a response says of itself is what the Composition says; another author is a loss, and is left unread."""
    response.skip("resourceType", "id", "status", "questionnaire", "authored")
    same_subject(response, reading)
    authors = composition.value.get("author")
    if isinstance(authors, list) and response.value.get("author") in authors:
        response.skip("author")


def _by_link(node: Node) -> Items:
    """The items below a node by link id. What repeats the words of the form says nothing of its own."""
    found: Items = {}
    for item in node.items("item"):
        link = str(item.value.get("linkId"))
        words = published_words().get(link)
        if words is None:
            continue
        item.skip("linkId")
        if item.value.get("text") in words.texts:
            item.skip("text")
        if item.value.get("definition") == words.definition:
            item.skip("definition")
        found.setdefault(link, []).append(item)
    return found


def _with_item(certificate: Certificate, group: Group, node: Node, reading: Reading) -> Certificate:
    told, diagnoses = getattr(certificate, group.attribute), len(certificate.diagnosis.entries)
    if _is_open(told):
        reading.origins.setdefault(group.item, node.path)
        answered = _item(group, node, reading, diagnoses)
        return certificate if _is_open(answered) else replace(certificate, **{group.attribute: answered})
    # Reading marks what it carries; whether this answer is carried is known only when it has been read.
    trial = Node(node.value, node.path, Message(node.message.tree), node.scope)
    if _agrees(_item(group, trial, Reading(), diagnoses), told):
        _item(group, node, Reading(), diagnoses)
    return certificate


def _is_open(told: object) -> bool:
    return told is None or told in (Section(), Patient(), Author())


def _agrees(answered: Any, told: Any) -> bool:  # noqa: ANN401  A value of any item.
    """Whether an answer adds nothing to what is told: it is open or the same, or each of its parts is."""
    if _is_open(answered) or answered == told:
        return True
    parts = [] if isinstance(answered, Section) else [(getattr(answered, f.name), f.name) for f in fields(answered)]
    return bool(parts) and all(part in (None, ()) or part == getattr(told, name) for part, name in parts)


def _item(group: Group, node: Node, reading: Reading, diagnoses: int) -> Any:  # noqa: ANN401  A value of any item.
    """What the form says of one item: a section, a person, a purpose; None for no purpose."""
    if group.sectioned:
        return _section(group, node, reading, diagnoses)
    values = _values(group, _by_link(node), group.item, reading, diagnoses)
    if values:
        reading.note(group.item, node.path)
    if group.entry is Purpose:
        return Purpose(values["reason"], values.get("order")) if "reason" in values else None
    if "number" in values:
        values["kind"] = "dnr" if values["number"][:1] in _D_NUMBER_DIGITS else "fnr"
    return group.entry(**values)


def _section(group: Group, node: Node, reading: Reading, diagnoses: int) -> Section[Any]:
    """The statements of an item; without any, its state: "assessed, none" or "not assessed" with the reason."""
    items = _by_link(node)
    told: list[dict[str, Any]] = []
    for entry in items.get(group.link("entry"), ()):
        if group.single and told:
            break
        element = group.item if group.single else f"{group.item}[{len(told)}]"
        values = _values(group, _by_link(entry), element, reading, diagnoses)
        if values:
            reading.note(element, entry.path)
            told.append(values)
    if told:
        return Section("stated", tuple(_statements(group, told)))
    return _state(items.get(group.link("state"), []))


def _state(nodes: list[Node]) -> Section[Any]:
    for node in nodes[:1]:
        for answer in node.items("answer"):
            reason = Answer(answer).code((systems.LIST_EMPTY_REASON,), listed=False)
            if reason == "nilknown":
                return Section("none")
            if reason is not None:
                return Section("not-assessed", reason=reason)
    return Section()


def _values(group: Group, items: Items, element: str, reading: Reading, diagnoses: int) -> dict[str, Any]:
    """The answered questions of one statement: attribute path to value."""
    found = {}
    for question in group.questions:
        nodes = items.get(group.link(question.name), [])
        place = f"{element}.{question.name}"
        if question.kind == "limits":
            value: Any = tuple(_limits(nodes, group.link(question.name), place, reading))
        elif question.many:
            value = tuple(_answers(nodes, question, place, reading))
        else:
            value = _first(nodes, question, place, reading, diagnoses)
        if value is not None and value != ():
            found[question.name] = value
    return found


def _first(nodes: list[Node], question: Question, place: str, reading: Reading, diagnoses: int) -> Any:  # noqa: ANN401
    for answer in (answer for node in nodes[:1] for answer in node.items("answer")):
        value = read_answer(Answer(answer), question, diagnoses)
        if value is not None:
            reading.note(place, f"{answer.path}.value")
            if question.kind == "attachment":
                reading.note(f"{place}_type", f"{answer.path}.value.contentType")
        return value
    return None


def _answers(nodes: list[Node], question: Question, place: str, reading: Reading) -> Iterator[Any]:
    """Every answer to a question that takes several; the certificate reads a diagnosis by its first code."""
    count = 0
    for answer in (answer for node in nodes for answer in node.items("answer")):
        value = read_answer(Answer(answer), question, 0)
        if value is not None:
            first = place.removesuffix("s") if question.name == "codes" and count == 0 else f"{place}[{count}]"
            reading.note(first, f"{answer.path}.value")
            count += 1
            yield value


def _limits(nodes: list[Node], link: str, place: str, reading: Reading) -> Iterator[Any]:
    count = 0
    for node in nodes:
        items = _by_link(node)
        kinds = [answer for item in items.get(f"{link}.kind", ())[:1] for answer in item.items("answer")]
        amounts = [answer for item in items.get(f"{link}.quantity", ())[:1] for answer in item.items("answer")]
        limit = as_limit(Answer(kinds[0]), Answer(amounts[0])) if kinds and amounts else None
        if limit is not None:
            reading.note(f"{place}[{count}]", node.path)
            count += 1
            yield limit


def _statements(group: Group, told: list[dict[str, Any]]) -> Iterator[Any]:
    """The statements of an item. Without a rank anywhere the first diagnosis is the main one."""
    unranked = group.item == "diagnosis" and not any("rank" in values for values in told)
    for index, values in enumerate(told):
        if group.item == "attachment":
            yield values["content"]
            continue
        rank = {"rank": "main"} if unranked and index == 0 else {}
        yield group.entry(**{**_UNTOLD.get(group.item, {}), **rank, **_nested(values)})


def _nested(values: dict[str, Any]) -> dict[str, Any]:
    """`period.start` and `period.end` as one period."""
    plain = {name: value for name, value in values.items() if "." not in name}
    spans = {name.partition(".")[0] for name in values if "." in name}
    return plain | {span: Period(values.get(f"{span}.start"), values.get(f"{span}.end")) for span in spans}
