"""The sandbox's register of health personnel: made-up clinicians, and some who may write no certificate.

Whoever tries the gateway brings HPR numbers of their own, so that every number is taken but for those below.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from certgateway.domain.authorisation import Approval, Span
from certgateway.domain.vocabulary.form import PROFESSIONS
from certgateway.services.hpr import MadeUpHpr

UNKNOWN: Final = "999900001"
REVOKED: Final = "999900002"
SUSPENDED: Final = "999900003"
NURSE: Final = "999900004"
PHYSIOTHERAPIST: Final = "999900005"
NO_AUTHORS: Final[Mapping[str, str]] = {
    UNKNOWN: "nobody",
    REVOKED: "a doctor whose authorisation was revoked in 2019",
    SUSPENDED: "a doctor whose authorisation has been suspended since 2020",
    NURSE: "a nurse",
    PHYSIOTHERAPIST: "a physiotherapist and nothing else",
}

_SINCE: Final = date(2001, 6, 1)
_ALWAYS: Final = Span(_SINCE)

CLINICIANS: Final = MadeUpHpr(
    {
        UNKNOWN: None,
        REVOKED: (Approval("LE", Span(_SINCE, date(2019, 3, 14))),),
        SUSPENDED: (Approval("LE", _ALWAYS, (Span(date(2020, 2, 3)),)),),
        NURSE: (Approval("SP", _ALWAYS),),
        PHYSIOTHERAPIST: (Approval("FT", _ALWAYS),),
    },
    others=tuple(Approval(profession, Span()) for profession in PROFESSIONS.concepts),
)
