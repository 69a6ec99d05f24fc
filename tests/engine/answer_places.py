"""Items in the wrong place or order, too many or too few of them."""

from __future__ import annotations

from tests.engine.answer_making import (
    R4,
    Case,
    ask,
    extended,
    inside,
    limit,
    reply,
    text,
)

PLACES: dict[str, Case] = {
    "unknown item": (
        [ask("a", "string"), ask("b", "string")],
        [reply("a", text("x")), reply("not-there", text("y"))],
        ("answer-unknown", ".item[1]", "a, b"),
        [reply("a", text("x")), reply("b", text("y"))],
    ),
    "unknown item in a group": (
        [ask("g", "group", ask("a", "string"))],
        [inside("g", reply("not-there", text("y")))],
        ("answer-unknown", ".item[0].item[0]", "a"),
        [inside("g", reply("a", text("y")))],
    ),
    "unknown item below an answer": (
        [ask("a", "string", ask("b", "string"))],
        [reply("a", {**text("x"), "item": [reply("not-there", text("y"))]})],
        ("answer-unknown", ".item[0].answer[0].item[0]", "b"),
        [reply("a", {**text("x"), "item": [reply("b", text("y"))]})],
    ),
    "unknown item below an answer to which nothing belongs": (
        [ask("a", "string")],
        [reply("a", {**text("x"), "item": [reply("not-there", text("y"))]})],
        ("answer-unknown", ".item[0].answer[0].item[0]", "–"),  # noqa: RUF001  A dash for none.
        [reply("a", text("x"))],
    ),
    "item out of order": (
        [ask("a", "string"), ask("b", "string"), ask("c", "string")],
        [reply("b", text("x")), reply("a", text("y")), reply("c", text("z"))],
        ("answer-out-of-order", ".item[1]", "a"),
        [reply("a", text("y")), reply("c", text("z"))],
    ),
    "last item first is one fault": (
        [ask("a", "string"), ask("b", "string"), ask("c", "string")],
        [reply("c", text("x")), reply("a", text("y")), reply("b", text("z"))],
        ("answer-out-of-order", ".item[1]", "a"),
        [reply("a", text("y")), reply("b", text("z")), reply("c", text("x"))],
    ),
    "item out of its group": (
        [ask("g", "group", ask("a", "string")), ask("b", "string")],
        [inside("g"), reply("a", text("x"))],
        ("answer-misplaced", ".item[1]", "g"),
        [inside("g", reply("a", text("x"))), reply("b", text("x"))],
    ),
    "required item out of its group": (
        [ask("g", "group", ask("a", "string", required=True), ask("b", "string"))],
        [inside("g", reply("b", text("y"))), reply("a", text("x"))],
        ("answer-misplaced", ".item[1]", "g"),
        [inside("g", reply("a", text("x")), reply("b", text("y")))],
    ),
    "top item in a group": (
        [ask("g", "group", ask("a", "string")), ask("b", "string")],
        [inside("g", reply("a", text("x")), reply("b", text("x")))],
        ("answer-misplaced", ".item[0].item[1]", "QuestionnaireResponse"),
        [inside("g", reply("a", text("x"))), reply("b", text("x"))],
    ),
    "item beside the answer it belongs to": (
        [ask("a", "string", ask("b", "string")), ask("c", "string")],
        [reply("a", text("x")), reply("b", text("y"))],
        ("answer-misplaced", ".item[1]", "a: answer"),
        [reply("a", {**text("x"), "item": [reply("b", text("y"))]})],
    ),
    "item below a question and not its answer": (
        [ask("a", "string", ask("b", "string"))],
        [inside("a", reply("b", text("y")))],
        ("answer-misplaced", ".item[0].item[0]", "a: answer"),
        [reply("a", {**text("x"), "item": [reply("b", text("y"))]})],
    ),
    "required item that hangs on an answer nobody asked for": (
        [
            ask("a", "boolean"),
            ask("b", "string", enableWhen=[{"question": "a", "operator": "=", "answerBoolean": True}]),
            ask(
                "c",
                "string",
                enableWhen=[{"question": "b", "operator": "exists", "answerBoolean": True}],
                required=True,
            ),
        ],
        [reply("a", {"valueBoolean": False}), reply("b", text("x"))],
        ("answer-disabled", ".item[1]", "b"),
        [reply("a", {"valueBoolean": False})],
    ),
    "answer to a group": (
        [ask("g", "group", ask("a", "string"))],
        [reply("g", text("x"))],
        ("answer-not-taken", ".item[0].answer[0]", "g"),
        [inside("g")],
    ),
    "answer to a display": (
        [ask("d", "display"), ask("a", "string")],
        [reply("d", text("x")), reply("a", text("x"))],
        ("answer-not-taken", ".item[0].answer[0]", "d"),
        [reply("d"), reply("a", text("x"))],
    ),
    "item below a display": (
        [ask("d", "display"), ask("a", "string")],
        [inside("d", reply("a", text("x")))],
        ("answer-not-taken", ".item[0].item[0]", "d"),
        [reply("d"), reply("a", text("x"))],
    ),
    "text of an item differs": (
        [ask("a", "string", text="How are you?")],
        [reply("a", text("fine"), text="Who are you?")],
        ("answer-text-differs", ".item[0].text", "How are you?"),
        [reply("a", text("fine"), text="How are you?")],
    ),
    "text of an item is no translation": (
        [
            ask(
                "a",
                "string",
                text="How are you?",
                _text={
                    "extension": [
                        {
                            "url": R4 + "translation",
                            "extension": [
                                {"url": "lang", "valueCode": "nb"},
                                {"url": "content", "valueString": "Hvordan går det?"},
                            ],
                        }
                    ]
                },
            )
        ],
        [reply("a", text("fine"), text="Wie geht es?")],
        ("answer-text-differs", ".item[0].text", "How are you?"),
        [reply("a", text("fine"), text="Hvordan går det?")],
    ),
}

COUNTS: dict[str, Case] = {
    "required question is absent": (
        [ask("a", "string", required=True), ask("b", "string")],
        [reply("b", text("x"))],
        ("answer-missing", "", "a"),
        [reply("a", text("x"))],
    ),
    "required question stands without an answer": (
        [ask("a", "string", required=True)],
        [reply("a")],
        ("answer-missing", ".item[0]", "a"),
        [reply("a", text("x"))],
    ),
    "required question is absent in a group": (
        [ask("g", "group", ask("a", "string", required=True), ask("b", "string"))],
        [inside("g", reply("b", text("x")))],
        ("answer-missing", ".item[0]", "a"),
        [inside("g", reply("a", text("x")))],
    ),
    "required question below an answer": (
        [ask("a", "string", ask("b", "string", required=True), repeats=True)],
        [reply("a", {**text("x"), "item": [reply("b", text("y"))]}, text("z"))],
        ("answer-missing", ".item[0].answer[1]", "b"),
        [reply("a", {**text("x"), "item": [reply("b", text("y"))]})],
    ),
    "required question in one of two groups": (
        [ask("g", "group", ask("a", "string", required=True), ask("b", "string"), repeats=True)],
        [inside("g", reply("a", text("x"))), inside("g", reply("b", text("y")))],
        ("answer-missing", ".item[1]", "a"),
        [inside("g", reply("a", text("x"))), inside("g", reply("a", text("y")))],
    ),
    "required group is absent": (
        [ask("g", "group", ask("a", "string", required=True), required=True), ask("b", "string")],
        [reply("b", text("x"))],
        ("answer-missing", "", "g"),
        [inside("g", reply("a", text("x")))],
    ),
    "required group is empty": (
        [ask("g", "group", ask("a", "string"), required=True)],
        [inside("g")],
        ("answer-missing", ".item[0]", "g"),
        [inside("g", reply("a", text("x")))],
    ),
    "two answers to one question": (
        [ask("a", "string")],
        [reply("a", text("x"), text("y"))],
        ("answer-repeated", ".item[0].answer[1]", "a"),
        [reply("a", text("x"))],
    ),
    "two items of one question": (
        [ask("a", "string")],
        [reply("a", text("x")), reply("a", text("y"))],
        ("answer-repeated", ".item[1]", "a"),
        [reply("a", text("x"))],
    ),
    "two groups of one that doesn't repeat": (
        [ask("g", "group", ask("a", "string"))],
        [inside("g", reply("a", text("x"))), inside("g", reply("a", text("y")))],
        ("answer-repeated", ".item[1]", "g"),
        [inside("g", reply("a", text("x")))],
    ),
    "more answers than may repeat": (
        [extended("a", "string", limit(R4 + "questionnaire-maxOccurs", valueInteger=2), repeats=True)],
        [reply("a", text("x"), text("y"), text("z"))],
        ("answer-repeated", ".item[0].answer[2]", "a"),
        [reply("a", text("x"), text("y"))],
    ),
    "more items of one question than may repeat": (
        [extended("a", "string", limit(R4 + "questionnaire-maxOccurs", valueInteger=2), repeats=True)],
        [reply("a", text("x")), reply("a", text("y")), reply("a", text("z"))],
        ("answer-repeated", ".item[2]", "a"),
        [reply("a", text("x")), reply("a", text("y"))],
    ),
    "more groups than may repeat": (
        [
            ask(
                "g",
                "group",
                ask("a", "string"),
                repeats=True,
                extension=[limit(R4 + "questionnaire-maxOccurs", valueInteger=1)],
            )
        ],
        [inside("g", reply("a", text("x"))), inside("g", reply("a", text("y")))],
        ("answer-repeated", ".item[1]", "g"),
        [inside("g", reply("a", text("x")))],
    ),
    "fewer answers than asked for": (
        [extended("a", "string", limit(R4 + "questionnaire-minOccurs", valueInteger=2), repeats=True)],
        [reply("a", text("x"))],
        ("answer-too-few", ".item[0]", "a"),
        [reply("a", text("x"), text("y"))],
    ),
    "fewer groups than asked for": (
        [
            ask(
                "g",
                "group",
                ask("a", "string"),
                repeats=True,
                extension=[limit(R4 + "questionnaire-minOccurs", valueInteger=2)],
            )
        ],
        [inside("g", reply("a", text("x")))],
        ("answer-too-few", ".item[0]", "g"),
        [inside("g", reply("a", text("x"))), inside("g", reply("a", text("y")))],
    ),
}
