"""Units of UCUM in one another."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from certgateway.engine import units
from certgateway.engine.units import UCUM, compared, exact, is_between, measure_of, order


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


PASCAL = "g/m/s2"
JOULE = "g.m2/s2"
# Each unit with a size, and that size in base units, as UCUM's table has it.
SIZES: dict[str, tuple[str, str]] = {
    "L": ("0.001", "m3"), "l": ("0.001", "m3"), "t": ("1000000", "g"), "bar": ("100000000", PASCAL),
    "Pa": ("1000", PASCAL), "N": ("1000", "g.m/s2"), "J": ("1000", JOULE), "W": ("1000", "g.m2/s3"), "Hz": ("1", "/s"),
    "A": ("1", "C/s"), "V": ("1000", "g.m2/s2/C"), "Ohm": ("1000", "g.m2/s/C2"), "S": ("0.001", "C2.s/g/m2"),
    "F": ("0.001", "C2.s2/g/m2"), "Bq": ("1", "/s"), "Gy": ("1", "m2/s2"), "Sv": ("1", "m2/s2"), "kat": ("1", "mol/s"),
    "U": ("1/60000000", "mol/s"), "eq": ("1", "mol"), "osm": ("1", "mol"), "lm": ("1", "cd"), "cal": ("4184", JOULE),
    "m[H2O]": ("9806650", PASCAL), "m[Hg]": ("133322000", PASCAL), "[IU]": ("1", "[iU]"), "ar": ("100", "m2"),
    "Ci": ("37000000000", "/s"), "R": ("0.000000258", "C/g"), "dyn": ("0.01", "g.m/s2"), "P": ("100", "g/m/s"),
    "erg": ("0.0001", JOULE), "st": ("1", "m3"), "pc": ("30856780000000000", "m"), "g%": ("10000", "g/m3"),
    "rad": ("1", "1"), "10*": ("10", "1"), "10^": ("10", "1"), "%": ("0.01", "1"), "[ppth]": ("0.001", "1"),
    "[ppm]": ("0.000001", "1"), "[ppb]": ("0.000000001", "1"), "min": ("60", "s"), "h": ("3600", "s"),
    "d": ("86400", "s"), "wk": ("604800", "s"), "mo": ("2629800", "s"), "mo_j": ("2629800", "s"),
    "a": ("31557600", "s"), "a_j": ("31557600", "s"), "'": ("1/60", "deg"), "gon": ("0.9", "deg"),
    "[in_i]": ("0.0254", "m"), "[ft_i]": ("0.3048", "m"), "[yd_i]": ("0.9144", "m"), "[mi_i]": ("1609.344", "m"),
    "[nmi_i]": ("1852", "m"), "[lb_av]": ("453.59237", "g"), "[gr]": ("0.06479891", "g"),
    "[oz_av]": ("28.349523125", "g"), "[stone_av]": ("6350.29318", "g"), "[oz_tr]": ("31.1034768", "g"),
    "[gal_us]": ("3785.411784", "cm3"), "[qt_us]": ("946.352946", "cm3"), "[pt_us]": ("473.176473", "cm3"),
    "[cup_us]": ("236.5882365", "cm3"), "[foz_us]": ("29.5735295625", "cm3"), "[tbs_us]": ("14.78676478125", "cm3"),
    "[tsp_us]": ("4.92892159375", "cm3"), "[drp]": ("0.05", "cm3"), "[Cal]": ("4184000", JOULE),
    "[in_i'Hg]": ("3386378.8", PASCAL), "cm[Hg]": ("1333220", PASCAL), "atm": ("101325000", PASCAL),
    "Ao": ("0.0000000001", "m"), "u": ("0.00000000000000000000000166053906660", "g"),
    "[psi]": ("6894757.293168", PASCAL),
}  # fmt: skip
BASES = ["m", "s", "g", "K", "mol", "cd", "C", "[iU]", "[HPF]", "[LPF]", "[CFU]", "[arb'U]", "[USP'U]", "[beth'U]",
         "[Amb'a'1'U]"]  # fmt: skip
POWERS = {
    "Y": 24, "Z": 21, "E": 18, "P": 15, "T": 12, "G": 9, "M": 6, "k": 3, "h": 2, "da": 1, "d": -1, "c": -2, "m": -3,
    "u": -6, "n": -9, "p": -12, "f": -15, "a": -18, "z": -21, "y": -24,
}  # fmt: skip


@pytest.mark.parametrize("unit", SIZES)
def test_each_unit_has_its_size(unit: str) -> None:
    size, base = SIZES[unit]
    assert order(Fraction(1), unit, Fraction(size), base) == 0


def test_every_unit_is_tried() -> None:
    known = {*units._METRIC, *units._PLAIN}
    assert known - SIZES.keys() - {*BASES} == {"deg", "[degF]"}
    assert set(units._PREFIXES) == set(POWERS)


@pytest.mark.parametrize("unit", BASES)
def test_a_base_unit_is_made_of_nothing_else(unit: str) -> None:
    assert measure_of(unit) == (Fraction(1), ((unit, 1),))


@pytest.mark.parametrize("prefix", POWERS)
def test_each_prefix_has_its_power_of_ten(prefix: str) -> None:
    assert measure_of(prefix + "g") == (Fraction(10) ** POWERS[prefix], (("g", 1),))
    assert measure_of(prefix + "[in_i]") is None


def test_angles_are_measured_in_radians() -> None:
    assert order(Fraction(57), "deg", Fraction(1), "rad") == -1
    assert order(Fraction(58), "deg", Fraction(1), "rad") == 1
    assert order(Fraction(180), "deg", Fraction(314159, 100000), "rad") == 1
    assert order(Fraction(180), "deg", Fraction(314160, 100000), "rad") == -1


@pytest.mark.parametrize(
    "within, beyond",
    [
        ("m30", "m31"),
        ("m-30", "m-31"),
        ("Ym4", "Ym5"),
        ("Em.Em.Em.Em.Em", "Em.Em.Em.Em.Em.Em"),
        ("(" * 12 + "m" + ")" * 12, "(" * 13 + "m" + ")" * 13),
        ("m" + "{" + "x" * 97 + "}", "m" + "{" + "x" * 98 + "}"),
    ],
)
def test_units_end_somewhere(within: str, beyond: str) -> None:
    assert measure_of(within) is not None
    assert measure_of(beyond) is None


def test_numbers_end_somewhere() -> None:
    assert exact(Decimal("1E+400")) == Fraction(10) ** 400
    assert exact(Decimal("1E-400")) == Fraction(10) ** -400
    odd: list[object] = [True, "1", 1.5, None, Decimal("NaN"), Decimal("1E+401"), Decimal("1E-401")]
    assert [exact(value) for value in odd] == [None] * len(odd)


def quantity(value: object = 1, code: object = "kg", system: object = UCUM) -> dict[str, Any]:
    return {"value": value, "code": code, "system": system}


@pytest.mark.parametrize(
    "one, other, sign",
    [
        (quantity(), quantity(), 0),
        (quantity(2), quantity(1), 1),
        (quantity(1), quantity(2), -1),
        (quantity(1), quantity(1001, "g"), -1),
        (quantity(1, "x", "urn:x"), quantity(2, "x", "urn:x"), -1),
        (quantity(1, "kg", "urn:x"), quantity(1, "g", "urn:x"), None),
        (quantity(1, "kg", "urn:x"), quantity(2, "kg", "urn:y"), None),
        (quantity(1, "kg"), quantity(2, "m"), None),
        (quantity(1, "kg"), quantity(2, "nonsense"), None),
        (quantity("1"), quantity(2), None),
        (quantity(1), quantity(None), None),
        (quantity(1, None), quantity(2), None),
        (quantity(1), quantity(2, 7), None),
        (1, quantity(), None),
        (quantity(), None, None),
    ],
)
def test_quantities_compare_where_that_can_be_told(one: object, other: object, sign: int | None) -> None:
    assert compared(one, other) == sign
    assert is_between(None, other, one) is (sign != 1)
    assert is_between(other, None, one) is (sign != -1)
