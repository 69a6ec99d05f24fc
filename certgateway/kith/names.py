"""Namespaces of the KITH messages, and the numbers of the form of 2008 with what they mean here.

Numbers are compared by value: "02", "+2" and " 2 " are the same tick, and a comparison of strings would miss it.
Nothing outside this package may know a name or a number of KITH.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from certgateway.domain.vocabulary import systems

MSGHEAD: Final = "http://www.kith.no/xmlstds/msghead/2006-05-24"
LEGEERKLARING: Final = "http://www.kith.no/xmlstds/legeerklaring/2008-06-06"
DIALOGMELDING: Final = "http://www.kith.no/xmlstds/dialog/2013-01-23"
DIALOGMELDING_1_0: Final = "http://www.kith.no/xmlstds/dialog/2006-10-11"
BASE64: Final = "http://www.kith.no/xmlstds/base64container"
FELLESFORMAT: Final = frozenset({"http://www.trygdeetaten.no/xml/eiff/1/", "http://www.nav.no/xml/eiff/2/"})
XMLDSIG: Final = "http://www.w3.org/2000/09/xmldsig#"
MIG_VERSION: Final = "v1.2 2006-05-24"

BLANK: Final = " \t\r\n"
"""What XML calls white space; the no-break space is a letter to it."""

# Zeros before a number change nothing, however many there are; beyond 18 other digits no number of the form lies.
_NUMBER: Final = re.compile(r"[+]?(?:0*+([1-9][0-9]{0,17})|0++)|-0++", re.ASCII)

# LegeerklaringGjelder/@typeLegeerklaring: 2 rehabilitation (today AAP), 3 vocational rehabilitation, 4 disability.
BENEFIT_TICKS: Final = frozenset({2, 3, 4})
SICK_LEAVE_TICK: Final = 1
SICK_LEAVE: Final = "sick-leave-over-8-weeks"
# AktueltTiltak/@typeTiltak: 2 travel instead of sick pay, 3 active sick leave, 5 vocational rehabilitation, 6 certified
# fit for job-seeking.
BENEFIT_MEASURES: Final = frozenset({2, 3, 5, 6})

OTHER_MEASURE: Final = 7
OTHER_CONTACT: Final = 5
OTHER_SITUATION: Final = 4
YES: Final = 1
NO: Final = 2


def _codes(*codes: str) -> Mapping[int, str]:
    """Numbers from 1 to our codes, in order."""
    return MappingProxyType(dict(enumerate(codes, start=1)))


YES_NO: Final = _codes("yes", "no", "unknown")
MEASURES: Final[Mapping[int, str]] = MappingProxyType({1: "health-services", 4: "work-aids", 7: "other"})
NO_MEASURE: Final = "none"
"""What the form answers by saying no to measures, and not in the list of them."""
SITUATIONS: Final = _codes("paid-work", "home", "student", "other")
CONTACTS: Final = _codes("treating-doctor", "employer", "work-office", "local-group", "other")
COURSES: Final = _codes("improvement", "no-improvement")
RESUMPTIONS: Final = _codes("now", "after-treatment")
# 1 says ICPC of no edition; what is sent today is ICPC-2. ICD-9 (2) and ICPC-1 (4) are no systems that are read here.
FOREIGN_SYSTEMS: Final = frozenset({2, 4})
CODE_SYSTEMS: Final[Mapping[int, str]] = MappingProxyType({1: systems.ICPC_2, 3: systems.ICD_10, 5: systems.ICPC_2})

PATIENT_KINDS: Final = ("FNR", "DNR")
ROLES: Final[Mapping[str, str]] = MappingProxyType({"6": "gp"})
"""Code system 9034, role to the patient: 6 is the GP whose list the patient is on."""


def number(text: str | None) -> int | None:
    """The value of a non-negative integer as XML Schema writes it; None for anything else."""
    match = _NUMBER.fullmatch((text or "").strip(BLANK))
    return int(match[1] or 0) if match else None


def coded(numbers: Mapping[int, str], text: str | None) -> str | None:
    """Our code for a number of the form; None when there is none."""
    value = number(text)
    return None if value is None else numbers.get(value)
