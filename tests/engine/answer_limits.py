"""Answers beyond the limits of their question: bounds, lengths, forms, units, files, targets."""

from __future__ import annotations

from decimal import Decimal

from tests.engine.answer_making import (
    R4,
    SDC,
    SETS,
    UCUM,
    Case,
    amount,
    ask,
    coded,
    extended,
    limit,
    number,
    reply,
    text,
    whole,
)

FILE = {"contentType": "image/png", "data": "AAAAAAAA"}

LIMITS: dict[str, Case] = {
    "integer below": (
        [extended("a", "integer", limit(R4 + "minValue", valueInteger=3))],
        [reply("a", whole(2))],
        ("answer-out-of-range", ".item[0].answer[0].value", "3 -"),
        [reply("a", whole(3))],
    ),
    "integer above": (
        [extended("a", "integer", limit(R4 + "minValue", valueInteger=3), limit(R4 + "maxValue", valueInteger=5))],
        [reply("a", whole(6))],
        ("answer-out-of-range", ".item[0].answer[0].value", "3 - 5"),
        [reply("a", whole(5))],
    ),
    "decimal above": (
        [extended("a", "decimal", limit(R4 + "maxValue", valueDecimal=Decimal("2.50")))],
        [reply("a", number("2.51"))],
        ("answer-out-of-range", ".item[0].answer[0].value", "- 2.50"),
        [reply("a", number("2.5"))],
    ),
    "decimal above and too precise is one fault": (
        [
            extended(
                "a",
                "decimal",
                limit(R4 + "maxValue", valueDecimal=Decimal(2)),
                limit(R4 + "maxDecimalPlaces", valueInteger=1),
            )
        ],
        [reply("a", number("2.55"))],
        ("answer-out-of-range", ".item[0].answer[0].value", "- 2"),
        [reply("a", number("1.5"))],
    ),
    "date before": (
        [extended("a", "date", limit(R4 + "minValue", valueDate="2020-06"))],
        [reply("a", {"valueDate": "2020-05-31"})],
        ("answer-out-of-range", ".item[0].answer[0].value", "2020-06 -"),
        [reply("a", {"valueDate": "2020"})],
    ),
    "date after": (
        [extended("a", "date", limit(R4 + "maxValue", valueDate="2022"))],
        [reply("a", {"valueDate": "2023-01-01"})],
        ("answer-out-of-range", ".item[0].answer[0].value", "- 2022"),
        [reply("a", {"valueDate": "2022-12-31"})],
    ),
    "moment after, in another zone": (
        [extended("a", "dateTime", limit(R4 + "maxValue", valueDateTime="2026-05-05T12:00:00Z"))],
        [reply("a", {"valueDateTime": "2026-05-05T12:00:00-01:00"})],
        ("answer-out-of-range", ".item[0].answer[0].value", "- 2026-05-05T12:00:00Z"),
        [reply("a", {"valueDateTime": "2026-05-05T12:30:00+01:00"})],
    ),
    "time before": (
        [extended("a", "time", limit(R4 + "minValue", valueTime="08:00:00"))],
        [reply("a", {"valueTime": "07:59:59"})],
        ("answer-out-of-range", ".item[0].answer[0].value", "08:00:00 -"),
        [reply("a", {"valueTime": "08:00:00"})],
    ),
    "quantity above in another unit": (
        [extended("a", "quantity", limit(SDC + "maxQuantity", **amount("5", "kg")))],
        [reply("a", amount("5001", "g"))],
        ("answer-out-of-range", ".item[0].answer[0].value", "- 5 kg"),
        [reply("a", amount("4999", "g"))],
    ),
    "quantity below": (
        [extended("a", "quantity", limit(SDC + "minQuantity", **amount("5", "kg")))],
        [reply("a", amount("4.9", "kg"))],
        ("answer-out-of-range", ".item[0].answer[0].value", "5 kg -"),
        [reply("a", amount("5", "kg"))],
    ),
    "quantity of another dimension": (
        [extended("a", "quantity", limit(SDC + "maxQuantity", **amount("5", "kg")))],
        [reply("a", amount("1", "[mi_i]"))],
        ("answer-unit-wrong", ".item[0].answer[0].value", "5 kg"),
        [reply("a", amount("1", "[lb_av]"))],
    ),
    "quantity without a code beside a limit": (
        [extended("a", "quantity", limit(SDC + "maxQuantity", **amount("5", "kg")))],
        [reply("a", {"valueQuantity": {"value": 4, "unit": "kg"}})],
        ("answer-unit-wrong", ".item[0].answer[0].value", "5 kg"),
        [reply("a", amount("4", "kg"))],
    ),
    "unit that is no option": (
        [extended("a", "quantity", limit(R4 + "questionnaire-unitOption", **coded("/min", UCUM)))],
        [reply("a", amount("60", "/h"))],
        ("answer-unit-wrong", ".item[0].answer[0].value", "/min"),
        [reply("a", amount("60", "/min"))],
    ),
    "unit that is no option, beside a list of options that is open": (
        [
            extended("a", "quantity", limit(R4 + "questionnaire-unitOption", **coded("/min", UCUM))),
            extended(
                "b",
                "quantity",
                limit(R4 + "questionnaire-unitOption", **coded("/min", UCUM)),
                limit(SDC + "unitOpen", valueCode="optionsOrType"),
            ),
        ],
        [reply("a", amount("60", "/h")), reply("b", amount("60", "/h"))],
        ("answer-unit-wrong", ".item[0].answer[0].value", "/min"),
        [reply("b", amount("60", "/h"))],
    ),
    "unit outside a value set": (
        [extended("a", "quantity", limit(R4 + "questionnaire-unitValueSet", valueCanonical=SETS + "units"))],
        [reply("a", amount("60", "kg"))],
        ("answer-unit-wrong", ".item[0].answer[0].value", SETS + "units"),
        [reply("a", amount("60", "mm"))],
    ),
    "too many decimals": (
        [extended("a", "decimal", limit(R4 + "maxDecimalPlaces", valueInteger=1))],
        [reply("a", number("1.50"))],
        ("answer-too-precise", ".item[0].answer[0].value", "1"),
        [reply("a", number("1.5"))],
    ),
    "quantity with too many decimals": (
        [extended("a", "quantity", limit(R4 + "maxDecimalPlaces", valueInteger=0))],
        [reply("a", amount("1.5", "kg"))],
        ("answer-too-precise", ".item[0].answer[0].value", "0"),
        [reply("a", amount("15", "kg"))],
    ),
    "string too long": (
        [ask("a", "string", maxLength=5)],
        [reply("a", text("sixsix"))],
        ("answer-too-long", ".item[0].answer[0].value", "5"),
        [reply("a", text("fives"))],
    ),
    "text too long": (
        [ask("a", "text", maxLength=5)],
        [reply("a", text("sixsix"))],
        ("answer-too-long", ".item[0].answer[0].value", "5"),
        [reply("a", text("fives"))],
    ),
    "string too short": (
        [extended("a", "string", limit(R4 + "minLength", valueInteger=5))],
        [reply("a", text("four"))],
        ("answer-too-short", ".item[0].answer[0].value", "5"),
        [reply("a", text("fives"))],
    ),
    "string in another form": (
        [extended("a", "string", limit(R4 + "regex", valueString="[a-z]+@[a-z]+"))],
        [reply("a", text("see someone@somewhere now"))],
        ("answer-format-wrong", ".item[0].answer[0].value", "[a-z]+@[a-z]+"),
        [reply("a", text("someone@somewhere"))],
    ),
    "string in another form than the one shown": (
        [
            extended(
                "a",
                "string",
                limit(R4 + "regex", valueString="[0-9]{4}"),
                limit(R4 + "entryFormat", valueString="nnnn"),
            )
        ],
        [reply("a", text("12345"))],
        ("answer-format-wrong", ".item[0].answer[0].value", "nnnn"),
        [reply("a", text("1234"))],
    ),
    "file of another type": (
        [extended("a", "attachment", limit(R4 + "mimeType", valueCode="image/*"))],
        [reply("a", {"valueAttachment": {**FILE, "contentType": "imagery/png"}})],
        ("answer-file-type-wrong", ".item[0].answer[0].value", "image/*"),
        [reply("a", {"valueAttachment": FILE})],
    ),
    "file of no stated type": (
        [extended("a", "attachment", limit(R4 + "mimeType", valueCode="image/png"))],
        [reply("a", {"valueAttachment": {"url": "https://forms.example/picture"}})],
        ("answer-file-type-wrong", ".item[0].answer[0].value", "image/png"),
        [reply("a", {"valueAttachment": {"url": "https://forms.example/picture", "contentType": "image/png"}})],
    ),
    "file too large": (
        [extended("a", "attachment", limit(R4 + "maxSize", valueDecimal=Decimal(5)))],
        [reply("a", {"valueAttachment": FILE})],
        ("answer-file-too-large", ".item[0].answer[0].value", "5"),
        [reply("a", {"valueAttachment": {**FILE, "data": "AAAAAAA="}})],
    ),
    "reference to another type": (
        [extended("a", "reference", limit(R4 + "questionnaire-referenceResource", valueCode="Patient"))],
        [reply("a", {"valueReference": {"reference": "Practitioner/12345"}})],
        ("reference-target-wrong", ".item[0].answer[0].value", "Patient"),
        [reply("a", {"valueReference": {"reference": "Patient/12345"}})],
    ),
    "reference to another type than a profile's": (
        [extended("a", "reference", limit(R4 + "questionnaire-referenceProfile", valueCanonical=R4 + "Patient"))],
        [reply("a", {"valueReference": {"reference": "Practitioner/12345"}})],
        ("reference-target-wrong", ".item[0].answer[0].value", "Patient"),
        [reply("a", {"valueReference": {"display": "somebody"}})],
    ),
}
