"""UCUM units brought to base units, so that quantities in different units of one dimension can be compared.

Covers the metric prefixes, the base units, and the derived and customary units that medicine measures in; a unit that
isn't known, or that is no plain multiple (degrees Celsius, pH), has no form here. Nothing here may guess.
"""

from __future__ import annotations

import re
from decimal import Decimal, localcontext
from functools import lru_cache
from typing import NamedTuple

SYSTEM = "http://unitsofmeasure.org"
_DIGITS = 60
_LARGEST_POWER = 12
_LONGEST = 80


class Unit(NamedTuple):
    """A factor and the powers of the base units: metre, second, gram, radian, kelvin, coulomb, candela, arbitrary."""

    factor: Decimal
    powers: tuple[tuple[str, int], ...]


_PREFIXES = {
    "Y": 24, "Z": 21, "E": 18, "P": 15, "T": 12, "G": 9, "M": 6, "k": 3, "h": 2, "da": 1,
    "d": -1, "c": -2, "m": -3, "u": -6, "n": -9, "p": -12, "f": -15, "a": -18, "z": -21, "y": -24,
}  # fmt: skip
# Metric units take prefixes. Each unit as a multiple of units further up, or "" for a base.
_METRIC = {
    "m": "", "s": "", "g": "", "rad": "", "K": "", "C": "", "cd": "", "[iU]": "", "[IU]": "[iU]", "U": "umol/min",
    "mol": "602213670000000000000000 1", "sr": "rad2", "Hz": "/s", "N": "kg.m/s2", "Pa": "N/m2", "J": "N.m", "W": "J/s",
    "A": "C/s", "V": "J/C", "F": "C/V", "Ohm": "V/A", "S": "A/V", "Wb": "V.s", "T": "Wb/m2", "lm": "cd.sr",
    "lx": "lm/m2", "Bq": "/s", "Gy": "J/kg", "Sv": "J/kg", "L": "dm3", "l": "dm3", "bar": "100000 Pa", "t": "1000 kg",
    "eV": "0.000000000000000000160217733 J", "cal": "4.184 J", "osm": "mol", "eq": "mol", "kat": "mol/s",
    "m[H2O]": "9806.65 Pa", "m[Hg]": "133322 Pa", "st": "m3", "ar": "100 m2", "[arb'U]": "",
}  # fmt: skip
_PLAIN = {
    "1": "1 1", "10*": "10 1", "10^": "10 1", "%": "0.01 1", "[ppth]": "0.001 1", "[ppm]": "0.000001 1",
    "min": "60 s", "h": "60 min", "d": "24 h", "wk": "7 d", "a": "365.25 d", "mo": "30.4375 d",
    "deg": "0.017453292519943295769 rad", "atm": "101325 Pa", "[lbf_av]": "4.4482216152605 N",
    "[psi]": "6894.757293168 Pa",
    "[in_i]": "2.54 cm", "[ft_i]": "12 [in_i]", "[yd_i]": "3 [ft_i]", "[mi_i]": "5280 [ft_i]", "[nmi_i]": "1852 m",
    "[gr]": "64.79891 mg", "[lb_av]": "7000 [gr]", "[oz_av]": "437.5 [gr]", "[stone_av]": "14 [lb_av]",
    "[gal_us]": "231 [cin_i]", "[cin_i]": "16.387064 cm3", "[qt_us]": "0.25 [gal_us]", "[pt_us]": "0.5 [qt_us]",
    "[cup_us]": "0.5 [pt_us]", "[foz_us]": "0.125 [cup_us]", "[tbs_us]": "0.5 [foz_us]", "[tsp_us]": "4.92892159375 mL",
    "[drp]": "0.05 mL", "[Cal]": "1000 cal", "[kn_i]": "1852 m/h", "[hp'_X]": "", "[pH]": "",
}  # fmt: skip
_UNKNOWN = frozenset({"[hp'_X]", "[pH]"})
_ATOM = re.compile(
    r"(?P<name>10[*^]|(?:[a-zA-Z%']|\[[^\[\]{}\s]*\])+|[0-9]+)(?P<power>[+-]?[0-9]{1,2})?(?:\{[^{}]*\})?"
)
_NOTE = re.compile(r"\{[^{}]*\}")


@lru_cache(maxsize=1024)
def unit_of(code: str) -> Unit | None:
    """The unit of a UCUM code in base units; None for one that isn't known or is no plain multiple."""
    if len(code) > _LONGEST:
        return None
    with localcontext() as context:
        context.prec = _DIGITS
        return _term(code, {})


def order(value: Decimal | int, code: str, limit: Decimal | int, limit_code: str) -> int | bool | None:
    """-1, 0 or 1 as the value is to the limit; False where their dimensions differ, None where that can't be told."""
    one, other = unit_of(code), unit_of(limit_code)
    if one is None or other is None:
        return None
    if one.powers != other.powers:
        return False
    with localcontext() as context:
        context.prec = _DIGITS
        left, right = value * one.factor, limit * other.factor
    return int(left > right) - int(left < right)


def _term(code: str, known: dict[str, Unit | None]) -> Unit | None:
    """A product of units, read from left to right as UCUM has it: `mg/kg/d` divides twice."""
    factor, powers, sign, at = Decimal(1), dict[str, int](), 1, 0
    if code.startswith("/"):
        sign, at = -1, 1
    while True:
        read = _component(code, at, known)
        if read is None:
            return None
        unit, at = read
        factor = factor * unit.factor if sign > 0 else factor / unit.factor
        for base, power in unit.powers:
            powers[base] = powers.get(base, 0) + sign * power
        if at == len(code):
            return Unit(factor, tuple(sorted((base, power) for base, power in powers.items() if power)))
        if code[at] not in "./":
            return None
        sign, at = (1 if code[at] == "." else -1), at + 1


def _component(code: str, at: int, known: dict[str, Unit | None]) -> tuple[Unit, int] | None:
    note = _NOTE.match(code, at)
    if note is not None:  # An annotation alone is the unit 1.
        return Unit(Decimal(1), ()), note.end()
    if code[at : at + 1] == "(":
        end = _closing(code, at)
        unit = None if end is None else _term(code[at + 1 : end], known)
        return None if unit is None or end is None else (unit, end + 1)
    match = _ATOM.match(code, at)
    if match is None:
        return None
    power = int(match["power"] or 1)
    unit = _named(match["name"], known)
    if unit is None or abs(power) > _LARGEST_POWER:
        return None
    return Unit(unit.factor**power, tuple((base, count * power) for base, count in unit.powers)), match.end()


def _closing(code: str, at: int) -> int | None:
    depth = 0
    for index in range(at, len(code)):
        depth += {"(": 1, ")": -1}.get(code[index], 0)
        if depth == 0:
            return index
    return None


def _named(name: str, known: dict[str, Unit | None]) -> Unit | None:
    """The unit of a name, its prefix included. A whole number is a factor."""
    if name not in known:
        known[name] = None  # Should the table ever name a unit by itself, it is unknown instead of endless.
        known[name] = _looked_up(name, known)
    return known[name]


def _looked_up(name: str, known: dict[str, Unit | None]) -> Unit | None:
    if name.isdigit() and name not in _PLAIN:
        return Unit(Decimal(name), ()) if int(name) else None
    if name in _UNKNOWN:
        return None
    if name in _METRIC or name in _PLAIN:
        return _defined(name, _METRIC.get(name, _PLAIN.get(name, "")), known)
    for length in (1, 2):
        exponent = _PREFIXES.get(name[:length])
        if exponent is not None and name[length:] in _METRIC:
            unit = _named(name[length:], known)
            return None if unit is None else Unit(unit.factor.scaleb(exponent), unit.powers)
    return None


def _defined(name: str, definition: str, known: dict[str, Unit | None]) -> Unit | None:
    if not definition:
        return Unit(Decimal(1), ((name, 1),))
    number, _, rest = definition.rpartition(" ")
    unit = Unit(Decimal(1), ()) if rest == "1" else _term(rest, known)
    return None if unit is None else Unit(unit.factor * Decimal(number or 1), unit.powers)
