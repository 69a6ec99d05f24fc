"""Units of measurement the certificate accepts, by UCUM code, and which of them fit which kind of limit.

Source: the Unified Code for Units of Measure; the selection and the titles are ours. No unit here may turn a share of a
full position into data: the percent sign is for clinical measurements only and fits no limit.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from certgateway.domain.vocabulary.model import Vocabulary, table
from certgateway.domain.vocabulary.systems import UCUM

_SOURCE: Final = "UCUM, Regenstrief Institute; selection and titles our own"

UNITS: Final = Vocabulary(
    name="unit",
    url=UCUM,
    about="Units of limits, durations and clinical findings",
    source=_SOURCE,
    concepts=table(
        (
            ("kg", "kilo", "kilo", "kilograms"),
            ("g", "gram", "gram", "grams"),
            ("km", "kilometer", "kilometer", "kilometres"),
            ("m", "meter", "meter", "metres"),
            ("cm", "centimeter", "centimeter", "centimetres"),
            ("mm", "millimeter", "millimeter", "millimetres"),
            ("s", "sekunder", "sekund", "seconds"),
            ("min", "minutter", "minutt", "minutes"),
            ("h", "timer", "timar", "hours"),
            ("d", "dager", "dagar", "days"),
            ("wk", "uker", "veker", "weeks"),
            ("mo", "måneder", "månader", "months"),
            ("a", "år", "år", "years"),
            ("min/d", "minutter per dag", "minutt per dag", "minutes a day"),
            ("h/d", "timer per dag", "timar per dag", "hours a day"),
            ("h/wk", "timer per uke", "timar per veke", "hours a week"),
            ("d/wk", "dager per uke", "dagar per veke", "days a week"),
            ("km/d", "kilometer per dag", "kilometer per dag", "kilometres a day"),
            ("{times}", "ganger", "gonger", "times"),
            ("{times}/min", "ganger per minutt", "gonger per minutt", "times a minute"),
            ("{times}/h", "ganger per time", "gonger per time", "times an hour"),
            ("{times}/d", "ganger per dag", "gonger per dag", "times a day"),
            ("{times}/wk", "ganger per uke", "gonger per veke", "times a week"),
            ("{steps}", "trinn", "trinn", "steps"),
            ("{score}", "poeng", "poeng", "points"),
            ("/min", "per minutt", "per minutt", "per minute"),
            ("%", "prosent", "prosent", "percent"),
            ("deg", "grader (vinkel)", "grader (vinkel)", "degrees of angle"),
            ("Cel", "grader celsius", "grader celsius", "degrees Celsius"),
            ("dB[SPL]", "desibel", "desibel", "decibels"),
            ("mm[Hg]", "mmHg", "mmHg", "mmHg"),
            ("kg/m2", "kilo per kvadratmeter", "kilo per kvadratmeter", "kilograms per square metre"),
            ("m/s", "meter per sekund", "meter per sekund", "metres a second"),
            ("L", "liter", "liter", "litres"),
            ("L/min", "liter per minutt", "liter per minutt", "litres a minute"),
            (
                "mL/min/kg",
                "milliliter per minutt og kilo",
                "milliliter per minutt og kilo",
                "millilitres a minute per kg",
            ),
            ("g/dL", "gram per desiliter", "gram per desiliter", "grams per decilitre"),
            ("mg/L", "milligram per liter", "milligram per liter", "milligrams per litre"),
            ("mmol/L", "millimol per liter", "millimol per liter", "millimoles per litre"),
            ("mmol/mol", "millimol per mol", "millimol per mol", "millimoles per mole"),
            ("umol/L", "mikromol per liter", "mikromol per liter", "micromoles per litre"),
            ("10*9/L", "milliarder per liter", "milliardar per liter", "billions per litre"),
            ("W", "watt", "watt", "watts"),
            ("N", "newton", "newton", "newtons"),
        )
    ),
)

DURATION_UNITS: Final[frozenset[str]] = frozenset({"d", "wk", "mo", "a"})
"""What horizon and durations of a prognosis may be told in."""

LIMIT_UNITS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "max-load": frozenset({"kg", "g"}),
        "max-duration": frozenset({"min", "h"}),
        "max-per-day": frozenset({"h", "min", "h/d", "min/d"}),
        "max-per-week": frozenset({"h", "d", "h/wk", "d/wk"}),
        "max-distance": frozenset({"m", "km", "km/d"}),
        "max-height": frozenset({"m", "cm"}),
        "max-repetitions": frozenset({"{times}", "{times}/min", "{times}/h", "{times}/d", "{times}/wk", "{steps}"}),
        "break-after": frozenset({"min", "h"}),
        "break-length": frozenset({"min", "h"}),
        "max-sound-level": frozenset({"dB[SPL]"}),
        "min-temperature": frozenset({"Cel"}),
        "max-temperature": frozenset({"Cel"}),
    }
)
"""Kind of limit to the units that make sense for it."""


def unit_fits(kind: str, unit: str) -> bool:
    """Whether a unit makes sense for a kind of limit; False for a kind that the limit vocabulary does not hold."""
    return unit in LIMIT_UNITS.get(kind, frozenset())
