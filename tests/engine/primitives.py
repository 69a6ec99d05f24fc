"""Cases of primitives: each type's form, range and calendar, in extensions of a Patient."""

from __future__ import annotations

from decimal import Decimal

from tests.engine.case_form import AS_TEXT, Group, JsonOnly, group
from tests.unit.engine.profile_making import patient

URL = "https://e.example/any"
AT = "Patient.extension[0].value"
# The control character can't be written in XML at all.
UNWRITABLE = JsonOnly("XML 1.0 has no such character")
INVALID, EMPTY, WRONG = "primitive-invalid", "value-empty", "type-wrong"

# type: (sound values, {why: (broken value, kind)}); a kind with `json` can't be said in XML.
TABLE: dict[str, tuple[list[object], dict[str, tuple[object, str]]]] = {
    "Boolean": ([True, False], {"in text": ("true", WRONG), "a number": (1, WRONG), "a word": ("yes", INVALID)}),
    "Integer": (
        [0, -(2**31), 2**31 - 1],
        {
            "too large": (2**31, INVALID),
            "too small": (-(2**31) - 1, INVALID),
            "with a fraction": (Decimal("1.0"), INVALID),
            "in text": ("1", WRONG),
            "with zeros before": ("007", INVALID),
            "with a plus": ("+1", INVALID),
        },
    ),
    "PositiveInt": ([1, 2**31 - 1], {"zero": (0, INVALID), "below zero": (-1, INVALID)}),
    "UnsignedInt": ([0], {"below zero": (-1, INVALID)}),
    "Decimal": (
        [0, Decimal("1.50"), Decimal("-0.000000000000000001"), Decimal("1E+3")],
        {
            "in text": ("1.5", WRONG),
            "a comma": ("1,5", INVALID),
            "no digits before": (".5", INVALID),
            "word": ("NaN", INVALID),
        },
    ),
    "String": (
        ["x", "æ", "a\nb", " x "],
        {"empty": ("", EMPTY), "a number": (1, WRONG), "control": ("a\x0bb", INVALID)},
    ),
    "Markdown": (["# x\n\n* y"], {"of spaces": (" \n ", EMPTY)}),
    "Code": (
        ["a", "a b"],
        {"space before": (" a", INVALID), "two spaces": ("a  b", INVALID), "space after": ("a ", INVALID)},
    ),
    "Id": (
        ["a", "A-1.b", "x" * 64],
        {"65 signs": ("x" * 65, INVALID), "a stroke": ("a/b", INVALID), "an umlaut": ("ä", INVALID)},
    ),
    "Uri": (
        ["https://x.example", "urn:oid:1.2.3", "relative"],
        {"a space": ("https://x example", INVALID), "empty": ("", EMPTY)},
    ),
    "Url": (["https://x.example"], {"a space": ("https://x example", INVALID)}),
    "Canonical": (["https://x.example|1"], {"a space": ("https://x.example |1", INVALID)}),
    "Oid": (
        ["urn:oid:1.2.3"],
        {
            "no prefix": ("1.2.3", INVALID),
            "arc of 3": ("urn:oid:3.1", INVALID),
            "zeros before": ("urn:oid:1.02", INVALID),
        },
    ),
    "Uuid": (
        ["urn:uuid:c757873d-ec9a-4326-a141-556f43239520"],
        {
            "no prefix": ("c757873d-ec9a-4326-a141-556f43239520", INVALID),
            "capitals": ("urn:uuid:C757873D-EC9A-4326-A141-556F43239520", INVALID),
        },
    ),
    "Date": (
        ["2024", "2024-02", "2024-02-29", "0001-01-01"],
        {
            "no such day": ("2023-02-29", INVALID),
            "no such month": ("2023-13", INVALID),
            "day zero": ("2023-01-00", INVALID),
            "year zero": ("0000-01-01", INVALID),
            "of two digits": ("24-01-01", INVALID),
            "with a time": ("2024-01-01T10:00:00Z", INVALID),
            "as Norwegians write it": ("01.02.2024", INVALID),
            "a number": (2024, WRONG),
        },
    ),
    "DateTime": (
        ["2024", "2024-02", "2024-02-29", "2024-01-01T23:59:60Z", "2024-01-01T10:00:00.123+14:00"],
        {
            "no zone": ("2024-01-01T10:00:00", INVALID),
            "no seconds": ("2024-01-01T10:00Z", INVALID),
            "hour 24": ("2024-01-01T24:00:00Z", INVALID),
            "zone beyond": ("2024-01-01T10:00:00+14:01", INVALID),
            "a space between": ("2024-01-01 10:00:00Z", INVALID),
            "no such day": ("2024-04-31T10:00:00Z", INVALID),
        },
    ),
    "Instant": (
        ["2024-01-01T10:00:00Z", "2024-01-01T10:00:00.5-05:00"],
        {"a day only": ("2024-01-01", INVALID), "no zone": ("2024-01-01T10:00:00", INVALID)},
    ),
    "Time": (
        ["10:00:00", "23:59:59.999"],
        {"no seconds": ("10:00", INVALID), "a zone": ("10:00:00Z", INVALID), "24": ("24:00:00", INVALID)},
    ),
    "Base64Binary": (
        ["aGVp", "aGU=", "aGVp\naGVp"],
        {"three signs": ("aGV", INVALID), "strange sign": ("aG!p", INVALID), "padding within": ("aG=p", INVALID)},
    ),
}


def _case(code: str, value: object, kind: str) -> tuple[object, ...]:
    """A value of the wrong JSON type is the same text in XML; what XML can't write stands in JSON alone."""
    change = {f"extension.0.value{code}": value}
    fault = f"{kind} {AT}" if kind == EMPTY else f"{kind} {AT} {code[0].lower()}{code[1:]}"
    if kind == WRONG:
        return change, fault, AS_TEXT
    return (change, fault, UNWRITABLE) if value == "a\x0bb" else (change, fault)


GROUPS: list[Group] = [
    group(
        code,
        patient(extension=[{"url": URL, f"value{code}": sound[0]}]),
        {why: _case(code, value, kind) for why, (value, kind) in broken.items()},
        neighbours=[{f"extension.0.value{code}": value} for value in sound[1:]],
    )
    for code, (sound, broken) in TABLE.items()
]
