"""Answers of the wrong type, and answers that are no option or not in the value set."""

from __future__ import annotations

from tests.engine.answer_making import (
    COLOURS,
    NOTHING_FREE,
    R4,
    SETS,
    Case,
    Json,
    amount,
    ask,
    coded,
    limit,
    number,
    reply,
    text,
    whole,
    yes,
)


def _typed(kind: str, wrong: Json, wanted: str, right: Json) -> Case:
    """A question of one type answered with another."""
    where = ".item[0].answer[0].value"
    return [ask("a", kind)], [reply("a", wrong)], ("answer-type-wrong", where, wanted), [reply("a", right)]


FILE = {"contentType": "image/png", "data": "AAAAAAAA"}

TYPES: dict[str, Case] = {
    "boolean": _typed("boolean", text("truly"), "boolean", yes()),
    "decimal": _typed("decimal", whole(4), "decimal", number("4.0")),
    "integer": _typed("integer", number("4.5"), "integer", whole(4)),
    "date": _typed("date", {"valueDateTime": "2026-05-05"}, "date", {"valueDate": "2026-05-05"}),
    "dateTime": _typed("dateTime", {"valueDate": "2026-05-05"}, "dateTime", {"valueDateTime": "2026-05-05"}),
    "time": _typed("time", text("12:00:00"), "time", {"valueTime": "12:00:00"}),
    "string": _typed("string", coded("red"), "string", text("red")),
    "text": _typed("text", coded("red"), "string", text("red")),
    "url": _typed("url", text("https://forms.example"), "uri", {"valueUri": "https://forms.example"}),
    "attachment": _typed("attachment", text("a picture"), "Attachment", {"valueAttachment": FILE}),
    "reference": _typed("reference", text("Patient/1"), "Reference", {"valueReference": {"reference": "Patient/1"}}),
    "quantity": _typed("quantity", number("4.5"), "Quantity", amount("4.5", "kg")),
    "choice of codes answered in words": (
        [ask("a", "choice", answerOption=NOTHING_FREE)],
        [reply("a", text("reddish"))],
        ("answer-type-wrong", ".item[0].answer[0].value", "Coding"),
        [reply("a", coded("red"))],
    ),
    "choice from a value set answered in words": (
        [ask("a", "choice", answerValueSet=SETS + "colours")],
        [reply("a", text("reddish"))],
        ("answer-type-wrong", ".item[0].answer[0].value", "Coding"),
        [reply("a", coded("red"))],
    ),
    "open choice answered with a number": (
        [ask("a", "open-choice", answerOption=NOTHING_FREE)],
        [reply("a", whole(4))],
        ("answer-type-wrong", ".item[0].answer[0].value", "Coding | string"),
        [reply("a", text("reddish"))],
    ),
}

OPTIONS: dict[str, Case] = {
    "code that is no option": (
        [ask("a", "choice", answerOption=NOTHING_FREE, repeats=True)],
        [reply("a", coded("red"), coded("mauve"))],
        ("answer-not-allowed", ".item[0].answer[1].value", "red, green"),
        [reply("a", coded("red"), coded("green"))],
    ),
    "code of an option in another system": (
        [ask("a", "choice", answerOption=NOTHING_FREE)],
        [reply("a", coded("red", "https://elsewhere.example"))],
        ("answer-not-allowed", ".item[0].answer[0].value", "red, green"),
        [reply("a", {"valueCoding": {"system": COLOURS, "code": "red", "display": "any words"}})],
    ),
    "open choice with a code that is no option": (
        [ask("a", "open-choice", answerOption=NOTHING_FREE)],
        [reply("a", coded("mauve"))],
        ("answer-not-allowed", ".item[0].answer[0].value", "red, green"),
        [reply("a", text("mauve"))],
    ),
    "integer that is no option": (
        [ask("a", "choice", answerOption=[whole(1), whole(2)])],
        [reply("a", whole(3))],
        ("answer-not-allowed", ".item[0].answer[0].value", "1, 2"),
        [reply("a", whole(2))],
    ),
    "date that is no option": (
        [ask("a", "date", answerOption=[{"valueDate": "2026-01-01"}])],
        [reply("a", {"valueDate": "2026-01-02"})],
        ("answer-not-allowed", ".item[0].answer[0].value", "2026-01-01"),
        [reply("a", {"valueDate": "2026-01-01"})],
    ),
    "time that is no option": (
        [ask("a", "time", answerOption=[{"valueTime": "08:00:00"}])],
        [reply("a", {"valueTime": "09:00:00"})],
        ("answer-not-allowed", ".item[0].answer[0].value", "08:00:00"),
        [reply("a", {"valueTime": "08:00:00"})],
    ),
    "text that is no option": (
        [ask("a", "string", answerOption=[text("small"), text("large")])],
        [reply("a", text("huge as a house"))],
        ("answer-not-allowed", ".item[0].answer[0].value", "small, large"),
        [reply("a", text("large"))],
    ),
    "reference that is no option": (
        [ask("a", "choice", answerOption=[{"valueReference": {"reference": "Organization/1"}}])],
        [reply("a", {"valueReference": {"reference": "Organization/22"}})],
        ("answer-not-allowed", ".item[0].answer[0].value", "Organization/1"),
        [reply("a", {"valueReference": {"reference": "Organization/1", "display": "any words"}})],
    ),
    "whole number that is no option of a decimal": (
        [ask("a", "decimal", answerOption=[whole(1), whole(2)])],
        [reply("a", number("1.5"))],
        ("answer-not-allowed", ".item[0].answer[0].value", "1, 2"),
        [reply("a", number("2.0"))],
    ),
    "code outside a value set": (
        [ask("a", "choice", answerValueSet=SETS + "colours")],
        [reply("a", coded("mauve"))],
        ("answer-not-allowed", ".item[0].answer[0].value", SETS + "colours"),
        [reply("a", coded("green"))],
    ),
    "code outside a contained value set": (
        [ask("a", "open-choice", answerValueSet="#own")],
        [reply("a", coded("green"))],
        ("answer-not-allowed", ".item[0].answer[0].value", "#own"),
        [reply("a", coded("red"))],
    ),
    "code outside an expanded value set": (
        [ask("a", "choice", answerValueSet="#expanded")],
        [reply("a", coded("red"))],
        ("answer-not-allowed", ".item[0].answer[0].value", "#expanded"),
        [reply("a", coded("green"))],
    ),
    "heading in an expanded value set": (
        [ask("a", "choice", answerValueSet="#expanded")],
        [reply("a", coded("some"))],
        ("answer-not-allowed", ".item[0].answer[0].value", "#expanded"),
        [reply("a", coded("green"))],
    ),
    "code of a system that an unlisted value set does not draw on": (
        [ask("a", "choice", answerValueSet="http://hl7.org/fhir/ValueSet/jurisdiction")],
        [reply("a", coded("red"))],
        ("answer-not-allowed", ".item[0].answer[0].value", "http://hl7.org/fhir/ValueSet/jurisdiction"),
        [reply("a", coded("NO", "urn:iso:std:iso:3166"))],
    ),
    "option that excludes all others, with another": (
        [
            ask(
                "a",
                "choice",
                repeats=True,
                answerOption=[
                    NOTHING_FREE[0],
                    {
                        "extension": [limit(R4 + "questionnaire-optionExclusive", valueBoolean=True)],
                        **coded("none"),
                    },
                ],
            )
        ],
        [reply("a", coded("red"), coded("none"))],
        ("answer-not-alone", ".item[0].answer[1].value", "none"),
        [reply("a", coded("none"))],
    ),
}
