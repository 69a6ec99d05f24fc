"""Questions that are answered and not asked, or asked and not answered."""

from __future__ import annotations

from tests.engine.answer_making import (
    NOTHING_FREE,
    SDC,
    Case,
    Json,
    amount,
    ask,
    coded,
    extended,
    inside,
    limit,
    reply,
    text,
    when,
    whole,
    yes,
)

MARRIED = [
    ask("married", "boolean"),
    ask("spouse", "string", required=True, enableWhen=[when("married", "=", answerBoolean=True)]),
]


def _scored(operator: str, bound: Json, bad: int, good: int) -> Case:
    """A question that is asked when a score is so."""
    asked = [ask("score", "integer"), ask("more", "string", enableWhen=[when("score", operator, **bound)])]
    answered = [[reply("score", whole(score)), reply("more", text("x"))] for score in (bad, good)]
    return asked, answered[0], ("answer-disabled", ".item[1]", "more"), answered[1]


def _behaving(behavior: str, bad: tuple[int, int], good: tuple[int, int]) -> Case:
    """A question with two conditions."""
    both = [when("one", "=", answerInteger=1), when("two", "=", answerInteger=2)]
    asked = [
        ask("one", "integer"),
        ask("two", "integer"),
        ask("more", "string", enableWhen=both, enableBehavior=behavior),
    ]
    answered = [
        [reply("one", whole(one)), reply("two", whole(two)), reply("more", text("x"))] for one, two in (bad, good)
    ]
    return asked, answered[0], ("answer-disabled", ".item[2]", "more"), answered[1]


FIVE = {"answerInteger": 5}
ROWS = ask(
    "row",
    "group",
    ask("kind", "choice", answerOption=NOTHING_FREE),
    ask("why", "string", required=True, enableWhen=[when("kind", "=", answerCoding=coded("red")["valueCoding"])]),
    repeats=True,
)

CONDITIONS: dict[str, Case] = {
    "equal": _scored("=", FIVE, 4, 5),
    "not equal": _scored("!=", FIVE, 5, 4),
    "greater": _scored(">", FIVE, 5, 6),
    "less": _scored("<", FIVE, 5, 4),
    "greater or equal": _scored(">=", FIVE, 4, 5),
    "less or equal": _scored("<=", FIVE, 6, 5),
    "not there": (*_scored("exists", {"answerBoolean": False}, 4, 4)[:3], [reply("more", text("x"))]),
    "there": (
        [ask("score", "integer"), ask("more", "string", enableWhen=[when("score", "exists", answerBoolean=True)])],
        [reply("more", text("x"))],
        ("answer-disabled", ".item[0]", "more"),
        [reply("score", whole(4)), reply("more", text("x"))],
    ),
    "any of two": _behaving("any", (3, 3), (3, 2)),
    "all of two": _behaving("all", (3, 2), (1, 2)),
    "asked and not answered": (
        MARRIED,
        [reply("married", yes())],
        ("answer-missing", "", "spouse"),
        [reply("married", yes(value=False))],
    ),
    "answered and not asked": (
        MARRIED,
        [reply("married", yes(value=False)), reply("spouse", text("x"))],
        ("answer-disabled", ".item[1]", "spouse"),
        [reply("married", yes()), reply("spouse", text("x"))],
    ),
    "group not asked": (
        [
            ask("married", "boolean"),
            ask("g", "group", ask("a", "string", required=True), enableWhen=[when("married", "=", answerBoolean=True)]),
        ],
        [reply("married", yes(value=False)), inside("g", reply("unheard-of", text("x")))],
        ("answer-disabled", ".item[1]", "g"),
        [reply("married", yes(value=False)), inside("g")],
    ),
    "in the same row, not answered": (
        [ROWS],
        [inside("row", reply("kind", coded("green"))), inside("row", reply("kind", coded("red")))],
        ("answer-missing", ".item[1]", "why"),
        [
            inside("row", reply("kind", coded("green"))),
            inside("row", reply("kind", coded("red")), reply("why", text("x"))),
        ],
    ),
    "in another row only": (
        [ROWS],
        [
            inside("row", reply("kind", coded("red")), reply("why", text("x"))),
            inside("row", reply("kind", coded("green")), reply("why", text("x"))),
        ],
        ("answer-disabled", ".item[1].item[1]", "why"),
        [
            inside("row", reply("kind", coded("red")), reply("why", text("x"))),
            inside("row", reply("kind", coded("green"))),
        ],
    ),
    "below the answer that decides": (
        [
            ask(
                "pain",
                "integer",
                ask("where", "string", required=True, enableWhen=[when("pain", ">", answerInteger=3)]),
            )
        ],
        [reply("pain", whole(4))],
        ("answer-missing", ".item[0].answer[0]", "where"),
        [reply("pain", whole(3))],
    ),
    "by a question below an answer": (
        [
            ask("pain", "boolean", ask("much", "boolean")),
            ask("help", "string", enableWhen=[when("much", "=", answerBoolean=True)]),
        ],
        [reply("pain", {**yes(), "item": [reply("much", yes(value=False))]}), reply("help", text("x"))],
        ("answer-disabled", ".item[1]", "help"),
        [reply("pain", {**yes(), "item": [reply("much", yes())]}), reply("help", text("x"))],
    ),
    "by a date": (
        [ask("born", "date"), ask("school", "string", enableWhen=[when("born", "<", answerDate="2020-01-01")])],
        [reply("born", {"valueDate": "2021-05"}), reply("school", text("x"))],
        ("answer-disabled", ".item[1]", "school"),
        [reply("born", {"valueDate": "2019-05"}), reply("school", text("x"))],
    ),
    "by a quantity in another unit": (
        [
            ask("weight", "quantity"),
            ask(
                "heavy", "string", enableWhen=[when("weight", ">", answerQuantity=amount("100", "kg")["valueQuantity"])]
            ),
        ],
        [reply("weight", amount("99999", "g")), reply("heavy", text("x"))],
        ("answer-disabled", ".item[1]", "heavy"),
        [reply("weight", amount("100001", "g")), reply("heavy", text("x"))],
    ),
    "by an expression": (
        [
            ask("score", "integer", repeats=True),
            extended(
                "more",
                "string",
                limit(
                    SDC + "enableWhenExpression",
                    valueExpression={
                        "language": "text/fhirpath",
                        "expression": "item.where(linkId = 'score').answer.count() > 1",
                    },
                ),
            ),
        ],
        [reply("score", whole(4)), reply("more", text("x"))],
        ("answer-disabled", ".item[1]", "more"),
        [reply("score", whole(4), whole(5)), reply("more", text("x"))],
    ),
}
