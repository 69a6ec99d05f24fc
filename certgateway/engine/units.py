"""Units of measure by UCUM, as far as one amount must be compared with another: to what base each unit comes.

UCUM's grammar in full (terms, exponents, prefixes, annotations, numbers) over the atoms that measure things in medicine
by a plain factor; a unit with an atom that isn't here, or on a scale of its own (`Cel`, `[pH]`), has no answer. Nothing
here may guess: what can't be converted is not compared.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import log10
from typing import Any

UCUM = "http://unitsofmeasure.org"
# (factor, exponents by base). Bases: m, s, g, K, mol (amounts of substance stay apart from plain numbers), and every
# arbitrary unit.
Measure = tuple[Fraction, tuple[tuple[str, int], ...]]
_LONGEST = 100
_DEEPEST = 12
_LARGEST_POWER = 30
# fmt: off
_PREFIXES = {
    "Y": 24, "Z": 21, "E": 18, "P": 15, "T": 12, "G": 9, "M": 6, "k": 3, "h": 2, "da": 1, "d": -1, "c": -2, "m": -3,
    "u": -6, "n": -9, "p": -12, "f": -15, "a": -18, "z": -21, "y": -24,
}
# Atoms that take prefixes: the unit they are made of and how many of it.
_METRIC = {
    "m": "", "s": "", "g": "", "K": "", "mol": "", "cd": "", "C": "", "rad": "",
    "L": "1 dm3", "l": "1 dm3", "t": "1 Mg", "bar": "100000 Pa", "Pa": "1 N/m2", "N": "1 kg.m/s2", "J": "1 N.m",
    "W": "1 J/s", "Hz": "1 s-1", "A": "1 C/s", "V": "1 J/C", "Ohm": "1 V/A", "S": "1 Ohm-1", "F": "1 C/V",
    "Bq": "1 s-1", "Gy": "1 J/kg", "Sv": "1 J/kg", "kat": "1 mol/s", "U": "1/60 umol/s", "eq": "1 mol", "osm": "1 mol",
    "lm": "1 cd", "cal": "4184/1000 J", "m[H2O]": "980665/100 kPa/1000", "m[Hg]": "133322/1000 kPa", "[iU]": "",
    "[IU]": "1 [iU]",
    "ar": "100 m2", "Ci": "37000000000 Bq", "R": "258/1000000 C/kg", "dyn": "1 g.cm/s2", "P": "1 dyn.s/cm2",
    "erg": "1 dyn.cm", "st": "1 m3", "pc": "30856780000000000 m", "g%": "1 g/dl",
}
_PLAIN = {
    "10*": "10", "10^": "10", "%": "1/100", "[ppth]": "1/1000", "[ppm]": "1/1000000", "[ppb]": "1/1000000000",
    "min": "60 s", "h": "60 min", "d": "24 h", "wk": "7 d", "mo": "30.4375 d", "mo_j": "30.4375 d", "a": "365.25 d",
    "a_j": "365.25 d", "deg": "314159265358979323846/18000000000000000000000", "'": "1/60 deg", "gon": "9/10 deg",
    "[in_i]": "2.54 cm", "[ft_i]": "12 [in_i]", "[yd_i]": "3 [ft_i]", "[mi_i]": "5280 [ft_i]", "[nmi_i]": "1852 m",
    "[lb_av]": "7000 [gr]", "[gr]": "64.79891 mg", "[oz_av]": "1/16 [lb_av]", "[stone_av]": "14 [lb_av]",
    "[oz_tr]": "480 [gr]", "[gal_us]": "231 [in_i]3", "[qt_us]": "1/4 [gal_us]", "[pt_us]": "1/2 [qt_us]",
    "[cup_us]": "16 [tbs_us]", "[foz_us]": "1/16 [pt_us]", "[tbs_us]": "1/2 [foz_us]", "[tsp_us]": "1/3 [tbs_us]",
    "[drp]": "1/20 mL", "[Cal]": "1 kcal", "[in_i'Hg]": "2.54 cm[Hg]", "cm[Hg]": "1333.22 Pa", "atm": "101325 Pa",
    "[HPF]": "", "[LPF]": "", "[CFU]": "", "[arb'U]": "", "[USP'U]": "", "[beth'U]": "", "[Amb'a'1'U]": "", "[degF]":
    None, "Ao": "1/10 nm", "u": "0.00000000000000000000000166053906660 g", "[psi]": "6894.757293168 Pa",
}
# fmt: on
_ATOM = re.compile(r"[^0-9./(){}+\-\s\[\]]+(?:\[[^\]]*\][^0-9./(){}+\-\s\[\]]*)*|(?:\[[^\]]*\][^0-9./(){}+\-\s\[\]]*)+")
_NUMBER = re.compile(r"10[*^]|[0-9]+")
_POWER = re.compile(r"[+-]?[0-9]+")
_NOTE = re.compile(r"\{[^{}]*\}")
_ALONE = re.compile(r"(?<![^./(])\{[^{}]*\}")


class _UnknownUnitError(Exception):
    """The text is no unit that can be converted here."""


def compared(one: Any, other: Any) -> int | None:  # noqa: ANN401  Quantities in JSON.
    """-1, 0 or 1 as the first Quantity is less than, equal to or more than the second; None where that can't be told.

    Both need a value and a code in one system; UCUM's are converted, those of other systems must be the same code.
    """
    if not isinstance(one, dict) or not isinstance(other, dict) or one.get("system") != other.get("system"):
        return None
    first, second = exact(one.get("value")), exact(other.get("value"))
    code, limit = one.get("code"), other.get("code")
    if first is None or second is None or not isinstance(code, str) or not isinstance(limit, str):
        return None
    if code == limit:
        return (first > second) - (first < second)
    sign = order(first, code, second, limit) if one.get("system") == UCUM else None
    return None if sign is False else sign


def order(value: Fraction, unit: str, limit: Fraction, limit_unit: str) -> int | bool | None:
    """-1, 0 or 1 as the value is to the limit; False where their dimensions differ, None where that can't be told."""
    mine, theirs = measure_of(unit), measure_of(limit_unit)
    if mine is None or theirs is None:
        return None
    if mine[1] != theirs[1]:
        return False
    first, second = value * mine[0], limit * theirs[0]
    return (first > second) - (first < second)


def is_between(least: Any, most: Any, value: Any) -> bool:  # noqa: ANN401  Quantities in JSON.
    """Whether a Quantity lies within the Quantities that bound it; what can't be converted is left alone."""
    return compared(value, least) != -1 and compared(value, most) != 1


def exact(value: object) -> Fraction | None:
    """A number as it stands; None for what is no number, or so large or small that it measures nothing."""
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        return None
    if isinstance(value, Decimal) and (not value.is_finite() or abs(value.adjusted()) > _LONGEST * 4):
        return None
    return Fraction(value)


@lru_cache(maxsize=512)
def measure_of(unit: str) -> Measure | None:
    """What a UCUM unit comes to in base units; None where this is no unit, or one that can't be converted."""
    if len(unit) > _LONGEST or not unit:
        return None
    # An annotation behind a unit says nothing of its size; one that stands alone counts things.
    plain = _NOTE.sub("", _ALONE.sub("1", unit))
    try:
        measure, end = _term(plain, 0, 0)
    except _UnknownUnitError:
        return None
    return measure if end == len(plain) else None


def _term(text: str, start: int, depth: int) -> tuple[Measure, int]:
    """A product of components; every `/` divides by the one component behind it."""
    if depth > _DEEPEST:
        raise _UnknownUnitError
    result: Measure = (Fraction(1), ())
    at, sign = start, 1
    if text.startswith("/", at):
        at, sign = at + 1, -1
    while True:
        part, at = _component(text, at, depth)
        result = _times(result, part, sign)
        if at == len(text) or text[at] not in "./":
            return result, at
        sign, at = (1 if text[at] == "." else -1), at + 1


def _component(text: str, at: int, depth: int) -> tuple[Measure, int]:
    if text.startswith("(", at):
        inner, end = _term(text, at + 1, depth + 1)
        if not text.startswith(")", end):
            raise _UnknownUnitError
        return inner, end + 1
    number = _NUMBER.match(text, at)
    if number is not None:
        found = number[0]
        if found[-1] in "*^":
            return _raised((Fraction(10), ()), text, number.end())
        if not int(found):
            raise _UnknownUnitError
        return (Fraction(int(found)), ()), number.end()
    atom = _ATOM.match(text, at)
    if atom is None:
        raise _UnknownUnitError
    return _raised(_atom(atom[0], depth), text, atom.end())


def _raised(measure: Measure, text: str, at: int) -> tuple[Measure, int]:
    """A measure to the power that stands behind it."""
    power = _POWER.match(text, at)
    if power is None:
        return measure, at
    exponent = int(power[0])
    if abs(exponent) > _LARGEST_POWER:
        raise _UnknownUnitError
    factor, bases = measure
    return (factor**exponent, tuple((name, count * exponent) for name, count in bases if exponent)), power.end()


def _atom(name: str, depth: int) -> Measure:
    if name in _PLAIN:
        return _made_of(name, _PLAIN[name], depth)
    if name in _METRIC:
        return _made_of(name, _METRIC[name], depth)
    for length in (2, 1):
        prefix, rest = name[:length], name[length:]
        if prefix in _PREFIXES and rest in _METRIC:
            factor, bases = _made_of(rest, _METRIC[rest], depth)
            return factor * Fraction(10) ** _PREFIXES[prefix], bases
    raise _UnknownUnitError


def _made_of(name: str, recipe: str | None, depth: int) -> Measure:
    """A base unit, or the number of other units that an atom stands for."""
    if recipe is None:
        raise _UnknownUnitError
    if not recipe:
        return Fraction(1), ((name, 1),) if name != "rad" else ()
    number, _, unit = recipe.partition(" ")
    factor = Fraction(number)
    if not unit:
        return factor, ()
    measure, _ = _term(unit, 0, depth + 1)
    return factor * measure[0], measure[1]


def _times(one: Measure, other: Measure, sign: int) -> Measure:
    bases = dict(one[1])
    for name, count in other[1]:
        bases[name] = bases.get(name, 0) + sign * count
    factor = one[0] * other[0] ** sign
    if factor and abs(log10(factor.numerator) - log10(factor.denominator)) > _LONGEST:
        raise _UnknownUnitError
    return factor, tuple(sorted((name, count) for name, count in bases.items() if count))
