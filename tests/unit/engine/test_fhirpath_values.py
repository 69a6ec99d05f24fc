"""FHIRPath over literals alone: syntax, operators, logic of three values, collections, text, numbers, conversions."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certgateway.engine.definitions.definitions import load_base
from certgateway.engine.fhirpath.expressions import (
    Environment,
    NotCompilable,
    NotEvaluable,
    Quantity,
    Temporal,
    compile_expression,
    root,
)
from tests.unit.engine.fhirpath_moves import MOVES

# Expression, expected values.
LITERALS: list[tuple[str, list[object]]] = [
    ("{}", []),
    ("true", [True]),
    ("1", [1]),
    ("1.50", [Decimal("1.50")]),
    (r"'it\'s \u00e6 \\ \n'", ["it's \u00e6 \\ \n"]),
    ("@2015-02", [Temporal("Date", (2015, 2))]),
    ("@2015-02-04T14:30Z", [Temporal("DateTime", (2015, 2, 4, 14, 30), 0)]),
    ("@2015T", [Temporal("DateTime", (2015,))]),
    ("@T14:30", [Temporal("Time", (14, 30))]),
    ("4 days", [Quantity(4, "day")]),
    ("4.5 'mg'", [Quantity(Decimal("4.5"), "mg")]),
    ("%ucum", ["http://unitsofmeasure.org"]),
    ("%`vs-gender`", ["http://hl7.org/fhir/ValueSet/gender"]),
    ("%vs-gender", ["http://hl7.org/fhir/ValueSet/gender"]),
    ("%`ext-x-y`", ["http://hl7.org/fhir/StructureDefinition/x-y"]),
    ("1 /* two */ + // three\n 4", [5]),
]

PRECEDENCE: list[tuple[str, list[object]]] = [
    ("1 + 2 * 3", [7]),
    ("(1 + 2) * 3", [9]),
    ("-2 + 3", [1]),
    ("2 - 1 - 1", [0]),
    ("1 | 2 = 1", [False]),
    ("(1 | 1 | 2) = (1 | 2)", [True]),
    ("1 < 2 = true", [True]),
    ("true or false and false", [True]),
    ("false implies false implies false", [False]),
    ("1 = 1 and 2 = 2", [True]),
    ("'a' & 'b' = 'ab'", [True]),
    ("-1.abs()", [-1]),
    ("(-1).abs()", [1]),
    ("1 is Integer and true is Boolean", [True]),
    ("7 div 2 * 2 + 7 mod 2", [7]),
    # Each looser operator beside the next tighter one.
    ("false implies false xor true", [True]),
    ("true xor true and false", [True]),
    ("false and true in false", [False]),
    ("false and true contains false", [False]),
    ("true in 1 = 1", [True]),
    ("true contains 1 ~ 1", [True]),
    ("true = 1 < 2", [True]),
    ("true ~ 2 >= 1", [True]),
    ("1 < 2 | 2", [True]),
    ("1 | 2 is Integer", [1, True]),
    ("1 | 2 as Integer", [1, 2]),
    ("1 - 2 * 3", [-5]),
    ("'a' & 'b' + 'c'", ["abc"]),
    ("8 - 4 - 2", [2]),
    ("8 / 4 / 2", [Decimal(1)]),
    ("true implies false implies true", [True]),
    ("false = false = false", [False]),
]

LOGIC: list[tuple[str, list[object]]] = [
    (f"{left} {operator} {right}", [] if answer is None else [answer])
    for operator, table in {
        "and": "TFE FFF EFE",
        "or": "TTT TFE TEE",
        "xor": "FTE TFE EEE",
        "implies": "TFE TTT TEE",
    }.items()
    for left, row in zip(("true", "false", "{}"), table.split(), strict=True)
    for right, answer in zip(
        ("true", "false", "{}"), [{"T": True, "F": False, "E": None}[mark] for mark in row], strict=True
    )
]

EQUALITY: list[tuple[str, list[object]]] = [
    ("1 = 1.0", [True]),
    ("1 = 2", [False]),
    ("1 = '1'", [False]),
    ("true = 1", [False]),
    ("{} = {}", []),
    ("1 = {}", []),
    ("1 != {}", []),
    ("(1 | 2) = (2 | 1)", [False]),
    ("(1 | 2) != 1", [True]),
    ("(1 | 2) ~ (2 | 1)", [True]),
    ("{} ~ {}", [True]),
    ("1 ~ {}", [False]),
    ("1 !~ {}", [True]),
    ("'A\\tb' ~ 'a B'", [True]),
    ("'a  b' ~ 'a b'", [False]),
    ("'A' = 'a'", [False]),
    ("1.26 ~ 1.3", [True]),
    ("1.21 ~ 1.3", [False]),
    ("@2012 = @2012", [True]),
    ("@2012 = @2012-01", []),
    ("@2012 ~ @2012-01", [False]),
    ("@2012-01 = @2013", [False]),
    ("@2012-01-01T10:00:00+01:00 = @2012-01-01T09:00:00Z", [True]),
    ("@2012-01-01T10:00:00 = @2012-01-01T10:00:00Z", []),
    ("@T10:00 = @T10:00", [True]),
    ("1 'kg' = 1000 'g'", [True]),
    ("1 'mmol/L' = 1000 'umol/L'", [True]),
    ("1 '[in_i]' = 2.54 'cm'", [True]),
    ("1 'mo' = 30.4375 'd'", [False]),
    ("1 'kg' = 1 'm'", [False]),
    ("1 year = 12 months", [True]),
    ("1 = 1 '1'", [False]),
    ("@2020-01-01T00:30:00+01:00 = @2019-12-31T23:30:00Z", [True]),
    ("@2020-01-01T10:30:00-03:30 = @2020-01-01T14:00:00Z", [True]),
    ("@2020-01-01T10:00:00.5Z = @2020-01-01T10:00:00.50Z", [True]),
    ("@T10:00 = @2012", [False]),
    ("@T10:00 = 'T10:00'", [True]),
    ("@T10:00 = '10:00'", [False]),
    ("@2012 = 'x'", [False]),
    ("@2012 = 1", [False]),
    ("@2012 = '2012'", [True]),
    ("1000000000000000000000000000000.5 ~ 1000000000000000000000000000000.5000000000000", [True]),
]

ORDER: list[tuple[str, list[object]]] = [
    ("1 < 2", [True]),
    ("2.0 <= 2", [True]),
    ("'a' > 'b'", [False]),
    ("1 < {}", []),
    ("@2012 < @2013-05", [True]),
    ("@2012 < @2012-05", []),
    ("@2012-05-01 >= @2012-05-01", [True]),
    ("@2012-05-01 <= @2012-05-02T00:00:00Z", [True]),
    ("@T10:00 < @T11:30", [True]),
    ("2 'mg' < 1 'g'", [True]),
    ("2 'mg' < 1 's'", []),
    ("139 'mg/dL' > 1 'g/L'", [True]),
    ("2 > 1 '1'", [True]),
    ("1 '1' < 2", [True]),
    ("1 'cm' > 1", []),
    ("@T10:00 > @2012-01-01", []),
    ("@T10:00 < 'T11:00'", [True]),
    ("@2012 < '2013'", [True]),
]

ARITHMETIC: list[tuple[str, list[object]]] = [
    ("1 + {}", []),
    ("'a' + 'b'", ["ab"]),
    ("'a' + {}", []),
    ("'a' & {}", ["a"]),
    ("{} & {}", [""]),
    ("1 / 2", [Decimal("0.5")]),
    ("1 / 0", []),
    ("1 div 0", []),
    ("1 mod 0", []),
    ("-7 div 2", [-3]),
    ("-7 mod 2", [-1]),
    ("5.5 div 0.7", [7]),
    ("5.5 mod 0.7", [Decimal("0.6")]),
    ("0.1 + 0.2 = 0.3", [True]),
    ("2 'g' + 3 'g'", [Quantity(5, "g")]),
    ("2 'g' + 3 'm'", []),
    ("4 'kg' / 2 'kg'", [Quantity(Decimal(2), "1")]),
    ("4 'kg' / 2", [Quantity(Decimal(2), "kg")]),
    ("4 / 2 'kg'", []),
    ("4 'kg' * 2", [Quantity(8, "kg")]),
    ("2 * 4 'kg'", [Quantity(8, "kg")]),
    ("4 'kg' * 2 'kg'", []),
    ("(4 'kg') div (2 'kg')", []),
    ("(4 'kg') mod (2 'kg')", []),
    ("1 'kg' + 1 'g'", [Quantity(Decimal(1001), "g")]),
    ("1 'g' + 1 'kg'", [Quantity(Decimal(1001), "g")]),
    ("1 'kg' - 1 'g'", [Quantity(Decimal(999), "g")]),
    ("1 '[in_i]' + 1 'cm'", [Quantity(Decimal("3.54"), "cm")]),
    ("1 '[IU]' + 1 'kg'", []),
]

COLLECTIONS: list[tuple[str, list[object]]] = [
    ("(1 | 2 | 3).first()", [1]),
    ("(1 | 2 | 3).last()", [3]),
    ("(1 | 2 | 3).tail()", [2, 3]),
    ("@2020 is Date", [True]),
    ("@2020T is DateTime", [True]),
    ("@2020T is Date", [False]),
    ("@T10:30 is System.Time", [True]),
    ("@2020.ofType(Time)", []),
    ("(1 | 2 | 3).skip(2)", [3]),
    ("(1 | 2 | 3).skip(-1)", [1, 2, 3]),
    ("(1 | 2 | 3).take(2)", [1, 2]),
    ("(1 | 2 | 3)[1]", [2]),
    ("(1 | 2 | 3)[9]", []),
    ("(1 | 2 | 3).count()", [3]),
    ("{}.count()", [0]),
    ("{}.first()", []),
    ("{}.exists()", [False]),
    ("{}.empty()", [True]),
    ("{}.not()", []),
    ("1.combine(1)", [1, 1]),
    ("1.union(1)", [1]),
    ("1.combine(1).isDistinct()", [False]),
    ("1.combine(1).distinct()", [1]),
    ("{}.isDistinct()", [True]),
    ("(1 | 2).subsetOf(1 | 2 | 3)", [True]),
    ("(1 | 4).subsetOf(1 | 2 | 3)", [False]),
    ("(1 | 2 | 3).supersetOf(1 | 2)", [True]),
    ("(1 | 2 | 3).intersect(2 | 3 | 4)", [2, 3]),
    ("(1 | 2 | 3).exclude(2)", [1, 3]),
    ("(1 | 2 | 3).where($this > 1)", [2, 3]),
    ("(1 | 2 | 3).where($index = 0)", [1]),
    ("(1 | 2 | 3).select($this * 2)", [2, 4, 6]),
    ("(1 | 2 | 3).all($this > 0)", [True]),
    ("(1 | 2 | 3).all($this > 1)", [False]),
    ("{}.all(false)", [True]),
    ("(1 | 2 | 3).exists($this > 2)", [True]),
    ("(1 | 2 | 3).exists($this > 3)", [False]),
    ("(1 | 2 | 3).aggregate($this + $total, 0)", [6]),
    ("(3 | 1 | 2).aggregate(iif($total.empty(), $this, iif($this < $total, $this, $total)))", [1]),
    ("2 in (1 | 2)", [True]),
    ("3 in (1 | 2)", [False]),
    ("{} in (1 | 2)", []),
    ("3 in {}", [False]),
    ("(1 | 2) contains 2", [True]),
    ("(1 | 2) contains {}", []),
    ("(true | false).allTrue()", [False]),
    ("(true | false).anyTrue()", [True]),
    ("(true | false).anyFalse()", [True]),
    ("false.allFalse()", [True]),
    ("iif(true, 1, 2)", [1]),
    ("iif(false, 1)", []),
    ("iif({}, 1, 2)", [2]),
    ("iif(true, 1, (1 | 2).single())", [1]),
    ("5.trace('label', $this)", [5]),
    ("1.single()", [1]),
    ("1.hasValue()", [True]),
    ("1 in {}", [False]),
    ("1.select(Patient)", []),
    ("{} in 1", []),
    ("'a'.resolve()", []),
    ("'a'.extension('b')", []),
]

TEXTS: list[tuple[str, list[object]]] = [
    ("'abcdef'.indexOf('cd')", [2]),
    ("'abcdef'.indexOf('x')", [-1]),
    ("'abcdef'.substring(2)", ["cdef"]),
    ("'abcdef'.substring(2, 2)", ["cd"]),
    ("'abcdef'.substring(9)", []),
    ("'abcdef'.startsWith('abc')", [True]),
    ("'abcdef'.endsWith('ef')", [True]),
    ("'abcdef'.contains('cd')", [True]),
    ("{}.contains('cd')", []),
    ("'abC'.upper()", ["ABC"]),
    ("'abC'.lower()", ["abc"]),
    ("' a '.trim()", ["a"]),
    ("'aXbX'.replace('X', '-')", ["a-b-"]),
    ("'abc'.matches('^b')", [False]),
    ("'abc'.matches('b')", [True]),
    ("'abc'.matchesFull('b')", [False]),
    ("'\uff11'.matches('\\\\d')", [False]),
    ("'2020-05'.replaceMatches('([0-9]+)-([0-9]+)', '$2/$1')", ["05/2020"]),
    ("'a.b.c'.replaceMatches('\\\\..*', '')", ["a"]),
    ("'\u00e6\U0001f600'.length()", [2]),
    ("'abc'.toChars()", ["a", "b", "c"]),
    ("'a,b'.split(',')", ["a", "b"]),
    ("('a' | 'b').join('+')", ["a+b"]),
    ("'2012'.contains(@2012)", [True]),
    ("@2012.substring(0)", ["2012"]),
    ("@2012.startsWith('20')", [True]),
]

CONVERSIONS: list[tuple[str, list[object]]] = [
    ("'12'.toInteger()", [12]),
    ("'2147483647'.toInteger()", [2147483647]),
    ("'2147483648'.toInteger()", []),
    ("'-2147483648'.toInteger()", [-2147483648]),
    ("'-2147483649'.toInteger()", []),
    ("'9999999999'.convertsToInteger()", [False]),
    ("'12.5'.toInteger()", []),
    ("'x'.toInteger()", []),
    ("true.toInteger()", [1]),
    ("'12'.convertsToInteger()", [True]),
    ("'x'.convertsToInteger()", [False]),
    ("{}.convertsToInteger()", []),
    ("'12.50'.toDecimal()", [Decimal("12.50")]),
    ("1.50.toString()", ["1.50"]),
    ("true.toString()", ["true"]),
    ("@2020-01-01T10:00:00-03:30.toString()", ["2020-01-01T10:00:00-03:30"]),
    ("@2020-01-01T09:05:07Z.toString()", ["2020-01-01T09:05:07Z"]),
    ("@0999-02.toString()", ["0999-02"]),
    ("@T09:05.toString()", ["09:05"]),
    ("@2015-02-04T14:30:00.5+01:00.toString()", ["2015-02-04T14:30:00.5+01:00"]),
    ("'T'.toBoolean()", [True]),
    ("'maybe'.toBoolean()", []),
    ("'2015-02'.toDate()", [Temporal("Date", (2015, 2))]),
    ("'2015-02-30'.toDate()", []),
    ("'2015-02-04T14:30Z'.toDateTime()", [Temporal("DateTime", (2015, 2, 4, 14, 30), 0)]),
    ("'14:30'.convertsToTime()", [True]),
    ("'5 \\'mg\\''.toQuantity()", [Quantity(Decimal(5), "mg")]),
    ("2.5.truncate()", [2]),
    ("(-2.5).floor()", [-3]),
    ("2.1.ceiling()", [3]),
    ("2.5.round()", [Decimal(3)]),
    ("2.345.round(2)", [Decimal("2.35")]),
    ("(-2).abs()", [2]),
    ("2.power(10)", [1024]),
    ("(-1).sqrt()", []),
    ("true.toBoolean()", [True]),
    ("false.toBoolean()", [False]),
    ("'no'.toBoolean()", [False]),
    ("'0.0'.toBoolean()", [False]),
    ("1.0.toBoolean()", [True]),
    ("2.toBoolean()", []),
    ("1.5.toDecimal()", [Decimal("1.5")]),
    ("@T10:00.toDateTime()", []),
    ("@T10:00.toDate()", []),
    ("'10:00'.toDateTime()", []),
    ("(1 'kg').toQuantity()", [Quantity(1, "kg")]),
    ("(1 'kg').toString()", ["1 'kg'"]),
    ("(1 day).toString()", ["1 day"]),
    ("(2 days).toString()", ["2 days"]),
    ("{}.round()", []),
    ("'T10:00'.toTime()", []),
    ("'nonsense'.toTime()", []),
    ("'10:00:00.5'.toTime()", [Temporal("Time", (10, 0, Decimal("0.5")))]),
    ("'1 weeks'.toQuantity()", [Quantity(Decimal(1), "week")]),
    ("'1 foo'.toQuantity()", []),
    ("'-1.5'.toQuantity()", [Quantity(Decimal("-1.5"), "1")]),
    ("'-1'.toInteger()", [-1]),
    ("1.5.toInteger()", []),
]

ALL = [*LITERALS, *PRECEDENCE, *LOGIC, *EQUALITY, *ORDER, *ARITHMETIC, *MOVES, *COLLECTIONS, *TEXTS, *CONVERSIONS]
BASE = load_base()
NOWHERE = root({"resourceType": "Basic"}, BASE)


@pytest.mark.parametrize("expression, expected", ALL, ids=[case[0] for case in ALL])
def test_evaluates(expression: str, expected: list[object]) -> None:
    found = compile_expression(expression).evaluate(NOWHERE, Environment(BASE, NOWHERE))
    assert found == expected
    assert [type(item) for item in found] == [type(item) for item in expected]


@pytest.mark.parametrize("expression, expected", ALL, ids=[case[0] for case in ALL])
def test_holds_agrees_with_the_collection(expression: str, expected: list[object]) -> None:
    compiled, environment = compile_expression(expression), Environment(BASE, NOWHERE)
    if len(expected) > 1:
        with pytest.raises(NotEvaluable):
            compiled.holds(NOWHERE, environment)
        return
    wanted = None if not expected else expected[0] if isinstance(expected[0], bool) else True
    assert compiled.holds(NOWHERE, environment) is wanted


_WORDS = [word for expression, _ in ALL for word in expression.replace("(", " ( ").replace(")", " ) ").split()]


@given(st.lists(st.sampled_from(_WORDS), max_size=12))
def test_any_text_compiles_and_evaluates_or_says_why_not(words: list[str]) -> None:
    try:
        found = compile_expression(" ".join(words)).evaluate(NOWHERE, Environment(BASE, NOWHERE))
    except (NotCompilable, NotEvaluable) as refusal:
        assert str(refusal)  # noqa: PT017  Either outcome is right; no third one is.
    else:
        assert isinstance(found, list)
