"""Answers that come near a fault: what is told of each, which is mostly nothing."""

from __future__ import annotations

from decimal import Decimal

from tests.engine.answer_making import (
    COLOURS,
    NOTHING_FREE,
    R4,
    SDC,
    UCUM,
    Json,
    amount,
    ask,
    coded,
    extended,
    inside,
    limit,
    number,
    reply,
    text,
    when,
    whole,
    yes,
)

Near = tuple[list[Json], list[Json], tuple[str, ...]]
"""Items of a Questionnaire, those of a response, what is told of it (`kind path`, the path below the response)."""

VALUE = ".item[0].answer[0].value"
MORE = "answer-disabled .item[1] more"
ONE_KILO: Json = {"value": 1, "unit": "kg"}


def _bounded(kind: str, bound: Json, answer: Json, *told: str) -> Near:
    """A question with a least value and its answer."""
    return [extended("a", kind, limit(R4 + "minValue", **bound))], [reply("a", answer)], told


def _asked(kind: str, operator: str, bound: Json, answer: Json, *told: str, **more: object) -> Near:
    """A question that is asked where another is answered so, and is answered itself."""
    asked = [ask("a", kind, **more), ask("more", "string", enableWhen=[when("a", operator, **bound)])]
    return asked, [reply("a", answer), reply("more", text("x"))], told


def _judged(conditions: list[Json], *told: str, **more: object) -> Near:
    """The same with several conditions on two answers, 1 and 2."""
    asked = [ask("a", "integer"), ask("b", "integer"), ask("more", "string", enableWhen=conditions, **more)]
    return asked, [reply("a", whole(1)), reply("b", whole(2)), reply("more", text("x"))], told


def _measured(unit: Json, quantity: Json, *told: str) -> Near:
    """A quantity in one of the units that a question lists."""
    options = limit(R4 + "questionnaire-unitOption", valueCoding=unit)
    return [extended("a", "quantity", options)], [reply("a", {"valueQuantity": quantity})], told


def _filed(limits: list[Json], attachment: Json, *told: str) -> Near:
    return [extended("a", "attachment", *limits)], [reply("a", {"valueAttachment": attachment})], told


def _least_quantity(bound: Json, quantity: Json, *told: str) -> Near:
    asked = [extended("a", "quantity", limit(SDC + "minQuantity", valueQuantity=bound))]
    return asked, [reply("a", {"valueQuantity": quantity})], told


def _quantity(value: int, code: str, system: str = UCUM, **more: object) -> Json:
    return {"value": value, "system": system, "code": code, **more}


BOUNDS: dict[str, Near] = {
    "text that comes before": _bounded("string", {"valueString": "b"}, text("a"), f"answer-out-of-range {VALUE} b -"),
    "text that is the bound": _bounded("string", {"valueString": "b"}, text("b")),
    "text with a bound that is a uri": _bounded("string", {"valueUri": "b"}, text("a")),
    "date with a bound that is a number": _bounded("date", {"valueInteger": 3}, {"valueDate": "2020-01-01"}),
    "date with a bound that is a moment": _bounded(
        "date",
        {"valueDateTime": "2020-01-02T00:00:00Z"},
        {"valueDate": "2020-01-01"},
        f"answer-out-of-range {VALUE} 2020-01-02T00:00:00Z -",
    ),
    "date with a bound that is no date": _bounded("date", {"valueDate": "soon"}, {"valueDate": "2020-01-01"}),
    "time with a bound that is no time": _bounded("time", {"valueTime": "soon"}, {"valueTime": "10:00:00"}),
    "time with a bound that is a date": _bounded("time", {"valueDate": "2020-01-01"}, {"valueTime": "10:00:00"}),
    "number with a bound that is text": _bounded("integer", {"valueString": "3"}, whole(2)),
    "decimal with a bound that is whole": _bounded(
        "decimal", {"valueInteger": 3}, number("2.9"), f"answer-out-of-range {VALUE} 3 -"
    ),
    "quantity of another system": _least_quantity(
        _quantity(5, "kg"), _quantity(6, "kg", COLOURS), f"answer-unit-wrong {VALUE} 5 kg"
    ),
    "quantities of one system that is not UCUM": _least_quantity(
        _quantity(5, "cup", COLOURS), _quantity(4, "cup", COLOURS), f"answer-out-of-range {VALUE} 5 cup -"
    ),
    "codes of one system that is not UCUM": _least_quantity(
        _quantity(5, "kg", COLOURS), _quantity(4000, "g", COLOURS), f"answer-unit-wrong {VALUE} 5 kg"
    ),
    "quantity that says less than a value": _least_quantity(_quantity(5, "kg"), _quantity(4, "kg", comparator="<")),
    "quantity without a value": _least_quantity(_quantity(5, "kg"), {"system": UCUM, "code": "kg"}),
    "quantity in a unit nobody can convert": _least_quantity(_quantity(5, "Cel"), _quantity(4, "[degF]")),
}
LENGTHS: dict[str, Near] = {
    "of a quantity": ([ask("a", "quantity", maxLength=1)], [reply("a", amount("1000", "kg"))], ()),
    "of a number": ([ask("a", "integer", maxLength=2)], [reply("a", whole(100))], (f"answer-too-long {VALUE} 2",)),
    "of a number that fits": ([ask("a", "integer", maxLength=3)], [reply("a", whole(100))], ()),
    "of a number as it is written": (
        [ask("a", "decimal", maxLength=3)], [reply("a", number("1.50"))], (f"answer-too-long {VALUE} 3",)
    ),
    "exactly the shortest": (
        [extended("a", "string", limit(R4 + "minLength", valueInteger=3))], [reply("a", text("abc"))], ()
    ),
    "form that nobody can try": (
        [extended("a", "string", limit(R4 + "regex", valueString="(?=x)y"))],
        [reply("a", text("abc"))],
        (f"warning:answer-not-tried {VALUE}",),
    ),
    "form of a number": ([extended("a", "integer", limit(R4 + "regex", valueString="x"))], [reply("a", whole(1))], ()),
    "exactly as many decimals": (
        [extended("a", "decimal", limit(R4 + "maxDecimalPlaces", valueInteger=2))], [reply("a", number("1.50"))], ()
    ),
    "decimals of a power of ten": (
        [extended("a", "decimal", limit(R4 + "maxDecimalPlaces", valueInteger=0))], [reply("a", number("1E+2"))], ()
    ),
}  # fmt: skip
UNITS: dict[str, Near] = {
    "in words": _measured({"display": "per minute"}, {"value": 1, "unit": "per minute"}),
    "in words that are a code": _measured({"display": "/min"}, _quantity(1, "/min")),
    "in other words": _measured(
        {"display": "per minute"}, {"value": 1, "unit": "per hour"}, f"answer-unit-wrong {VALUE} per minute"
    ),
    "by code in any system": _measured({"code": "/min"}, _quantity(1, "/min", COLOURS)),
    "by code in another system": _measured(
        {"code": "/min", "system": UCUM}, _quantity(1, "/min", COLOURS), f"answer-unit-wrong {VALUE} /min"
    ),
}
IMAGES = [limit(R4 + "mimeType", valueCode="image")]
PICTURES = [limit(R4 + "mimeType", valueCode="image/png"), limit(R4 + "mimeType", valueCode="image/gif")]
SMALL = [limit(R4 + "maxSize", valueDecimal=Decimal(5))]
FILES: dict[str, Near] = {
    "of a whole kind": _filed(IMAGES, {"contentType": "image/png", "url": "https://a.example"}),
    "of a kind alone": _filed(IMAGES, {"contentType": "image", "url": "https://a.example"}),
    "of the second kind": _filed(PICTURES, {"contentType": "image/gif", "url": "https://a.example"}),
    "of neither kind": _filed(
        PICTURES,
        {"contentType": "image/jpeg", "url": "https://a.example"},
        f"answer-file-type-wrong {VALUE} image/png, image/gif",
    ),
    "in capitals, with a parameter": _filed(PICTURES, {"contentType": "IMAGE/PNG;q=1", "url": "https://a.example"}),
    "that states too much": _filed(
        SMALL, {"contentType": "a/b", "url": "https://a.example", "size": 6}, f"answer-file-too-large {VALUE} 5"
    ),
    "that states as much": _filed(SMALL, {"contentType": "a/b", "url": "https://a.example", "size": 5}),
    "that states nothing": _filed(SMALL, {"contentType": "a/b", "url": "https://a.example"}),
    "that lies here and is as large": _filed(SMALL, {"contentType": "a/b", "data": "AAAA\nAAA="}),
}
CODING = {"answerCoding": coded("red")["valueCoding"]}
ANY_SYSTEM = {"answerCoding": {"code": "red"}}
NEIGHBOUR = {"answerReference": {"reference": "Patient/1"}}
ENABLING: dict[str, Near] = {
    "words where a code is asked for": _asked("open-choice", "=", CODING, text("red"), MORE, answerOption=NOTHING_FREE),
    "words where any but a code is": _asked("open-choice", "!=", CODING, text("red"), answerOption=NOTHING_FREE),
    "a code in any system": _asked("choice", "=", ANY_SYSTEM, coded("red"), answerOption=NOTHING_FREE),
    "another code in any system": _asked("choice", "=", ANY_SYSTEM, coded("green"), MORE, answerOption=NOTHING_FREE),
    "an order of codes": _asked("choice", ">", CODING, coded("red"), answerOption=NOTHING_FREE),
    "the same reference": _asked("reference", "=", NEIGHBOUR, {"valueReference": {"reference": "Patient/1"}}),
    "another reference": _asked("reference", "=", NEIGHBOUR, {"valueReference": {"reference": "Patient/2"}}, MORE),
    "the same decimal": _asked("decimal", "=", {"answerDecimal": Decimal("1.50")}, number("1.5")),
    "another decimal": _asked("decimal", "=", {"answerDecimal": Decimal("1.50")}, number("1.51"), MORE),
    "a date that may be the same": _asked("date", "=", {"answerDate": "2020-01-01"}, {"valueDate": "2020-01"}),
    "a time": _asked("time", "<", {"answerTime": "10:00:00"}, {"valueTime": "10:00:00"}, MORE),
    "a time before": _asked("time", "<", {"answerTime": "10:00:00"}, {"valueTime": "09:59:59"}),
    "the same text": _asked("string", "=", {"answerString": "a"}, text("a")),
    "another text": _asked("string", "=", {"answerString": "a"}, text("b"), MORE),
    "any other text": _asked("string", "!=", {"answerString": "a"}, text("a"), MORE),
    "another boolean": _asked("boolean", "!=", {"answerBoolean": True}, yes(), MORE),
    "a text in order": _asked("string", "<", {"answerString": "b"}, text("b"), MORE),
    "a quantity in the same words": _asked(
        "quantity", ">", {"answerQuantity": ONE_KILO}, {"valueQuantity": ONE_KILO}, MORE
    ),
    "a quantity in other words": _asked(
        "quantity", ">", {"answerQuantity": ONE_KILO}, {"valueQuantity": {"value": 1, "unit": "g"}}
    ),
    "whether there is something, badly asked": _asked("integer", "exists", {"answerInteger": 1}, whole(1)),
    "by an operator nobody knows": _asked("integer", "<>", {"answerInteger": 1}, whole(1)),
    "two conditions, nothing said of how they go together": _judged(
        [when("a", "=", answerInteger=2), when("b", "=", answerInteger=1)]
    ),
    "a condition on no question": _judged([when("z", "=", answerInteger=1)]),
    "a condition without an operator": _judged([{"question": "a", "answerInteger": 7}]),
    "a condition without an answer": _judged([{"question": "a", "operator": "="}]),
    "all of a false one and one nobody knows": _judged(
        [when("z", "=", answerInteger=1), when("a", "=", answerInteger=2)],
        "answer-disabled .item[2] more",
        enableBehavior="all",
    ),
    "all of a true one and one nobody knows": _judged(
        [when("z", "=", answerInteger=1), when("a", "=", answerInteger=1)], enableBehavior="all"
    ),
    "any of a false one and one nobody knows": _judged(
        [when("z", "=", answerInteger=1), when("a", "=", answerInteger=2)], enableBehavior="any"
    ),
    "any of two false ones": _judged(
        [when("a", "=", answerInteger=3), when("a", "=", answerInteger=2)],
        "answer-disabled .item[2] more",
        enableBehavior="any",
    ),
    "an expression without an answer": (
        [
            extended(
                "a",
                "string",
                limit(
                    SDC + "enableWhenExpression",
                    valueExpression={"language": "text/fhirpath", "expression": "'a' < 1"},
                ),
            )
        ],
        [reply("a", text("x"))],
        ("warning:answer-not-tried .item[0]",),
    ),
    "an expression in another language": (
        [
            extended(
                "a",
                "string",
                limit(SDC + "enableWhenExpression", valueExpression={"language": "text/cql", "expression": "true"}),
            )
        ],
        [reply("a", text("x"))],
        ("warning:answer-not-tried .item[0]",),
    ),
    "a question in a group that stands elsewhere": (
        [
            ask("a", "group", ask("b", "group", ask("c", "integer"), ask("d", "string", enableWhen=[
                when("c", "=", answerInteger=1)]))),
        ],
        [inside("b", reply("c", whole(2)), reply("d", text("x")))],
        ("answer-misplaced .item[0] a", "answer-disabled .item[0].item[1] d"),
    ),
}  # fmt: skip
IN_GROUPS = ask("g", "group", ask("c", "integer"), ask("h", "group", ask("d", "string", required=True, enableWhen=[
    when("c", "=", answerInteger=1)])))  # fmt: skip
KANTA = "http://phr.kanta.fi/StructureDefinition/fiphr-ext-questionnaire-enablewhen"
ASKED_BY_KANTA = [
    ask("a", "integer"),
    extended("more", "string", limit(KANTA, valueString="item.where(linkId = 'a').answer.value > 1")),
]
ENABLING |= {
    "an expression as Finland writes it, true": (
        ASKED_BY_KANTA,
        [reply("a", whole(2)), reply("more", text("x"))],
        (),
    ),
    "an expression as Finland writes it, false": (
        ASKED_BY_KANTA,
        [reply("a", whole(1)), reply("more", text("x"))],
        (MORE,),
    ),
    "a group that stands outside what its condition looks into": (
        [IN_GROUPS],
        [inside("h", reply("d", text("x"))), reply("c", whole(2))],
        ("answer-misplaced .item[0] g", "answer-misplaced .item[1] g"),
    ),
}
TWICE = [extended("a", "string", limit(R4 + "questionnaire-minOccurs", valueInteger=2), repeats=True)]
TWO_GROUPS = [ask("g", "group", ask("a", "string"), repeats=True, extension=[
    limit(R4 + "questionnaire-minOccurs", valueInteger=2)])]  # fmt: skip
COUNTS: dict[str, Near] = {
    "fewer answers than must be": (TWICE, [reply("a", text("x"))], ("answer-too-few .item[0] a",)),
    "as many answers as must be": (TWICE, [reply("a", text("x"), text("y"))], ()),
    "fewer groups than must be": (TWO_GROUPS, [inside("g", reply("a", text("x")))], ("answer-too-few .item[0] g",)),
    "as many groups as must be": (TWO_GROUPS, [inside("g", reply("a", text(each))) for each in "xy"], ()),
    "more answers than one": (
        [ask("a", "string")], [reply("a", text("x"), text("y"))], ("answer-repeated .item[0].answer[1] a",)
    ),
}  # fmt: skip
FORMS: dict[str, Near] = {
    "one link id twice: the first counts": (
        [ask("a", "integer"), ask("a", "string")],
        [reply("a", text("x"))],
        (f"answer-type-wrong {VALUE} integer",),
    ),
    "item without a link id": ([ask("a", "integer"), {"type": "string"}], [reply("a", whole(1))], ()),
    "option without a value": (
        [ask("a", "choice", answerOption=[{"initialSelected": True}, *NOTHING_FREE])],
        [reply("a", coded("mauve"))],
        (f"answer-not-allowed {VALUE} red, green",),
    ),
    "text with other extensions than translations": (
        [ask("a", "integer", text="How many?", _text={"extension": [
            {"url": "https://a.example", "extension": [{"url": "content", "valueString": "Kor mange?"}]}]})],
        [reply("a", whole(1), text="Kor mange?")],
        ("answer-text-differs .item[0].text How many?",),
    ),
    "type nobody knows": ([ask("a", "colour")], [reply("a", whole(1))], ()),
}  # fmt: skip
TABLES = (BOUNDS, LENGTHS, UNITS, FILES, ENABLING, COUNTS, FORMS)
