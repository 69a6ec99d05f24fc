"""Units of UCUM in one another."""

from __future__ import annotations

from fractions import Fraction

import pytest

from certgateway.engine.units import measure_of, order


@pytest.mark.parametrize(
    "one, other",
    [
        ("1 kg", "1000 g"),
        ("1 mg/kg/d", "0.001 g/kg/d"),
        ("24 mg/kg/d", "1 mg/kg/h"),
        ("1 mg/(kg.d)", "1 mg/kg/d"),
        ("1 L", "1000 mL"),
        ("1 dL", "100 cm3"),
        ("60 /min", "1 /s"),
        ("60 {beats}/min", "1 Hz"),
        ("7500 mm[Hg]", "999.915 kPa"),
        ("1 10*9/L", "1000 10*6/L"),
        ("50 %", "0.5 1"),
        ("1 [in_i]", "2.54 cm"),
        ("1 [mi_i]", "1609.344 m"),
        ("1 [lb_av]", "453.59237 g"),
        ("1 U/L", "1 umol/min/L"),
        ("2 [IU]/mL", "2000 [iU]/L"),
        ("1 wk", "7 d"),
        ("1 a", "12 mo"),
        ("36 km/h", "10 m/s"),
        ("1 kcal", "4184 J"),
    ],
)
def test_equal_amounts_in_different_units(one: str, other: str) -> None:
    (left, unit), (right, other_unit) = one.split(), other.split()
    assert order(Fraction(left), unit, Fraction(right), other_unit) == 0
    assert order(Fraction(left) + Fraction("0.001"), unit, Fraction(right), other_unit) == 1
    assert order(Fraction(left), unit, Fraction(right) + Fraction("0.001"), other_unit) == -1


@pytest.mark.parametrize("one, other", [("kg", "m"), ("mmol/L", "mg/dL"), ("s", "/s"), ("m2", "m3"), ("[iU]", "g")])
def test_different_dimensions_never_compare(one: str, other: str) -> None:
    assert order(Fraction(1), one, Fraction(1), other) is False


@pytest.mark.parametrize(
    "code", ["Cel", "[degF]", "[pH]", "", "xyz", "kg/", "(kg", "kg)", "kg m", "m99", "0", "x" * 99, "/", "()"]
)
def test_what_is_no_plain_multiple_has_no_form(code: str) -> None:
    assert measure_of(code) is None
    assert order(Fraction(1), code, Fraction(1), "kg") is None
