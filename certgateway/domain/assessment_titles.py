"""Codes, quantities and dates as the assessment data shows them: every title is ours, looked up by code.

A code that stands in no table of ours is passed on only when it looks like a code of a classification: a sender may
have put words where a code belongs. This module must never pass on a display or a text from a message.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from certgateway.domain.assessment_quantities import number_text, quantity_text
from certgateway.domain.calendar import first_day
from certgateway.domain.certificate import Coding, Limit, Quantity
from certgateway.domain.vocabulary import Language, Vocabulary, title
from certgateway.domain.vocabulary.form import CERTIFICATE_ITEM
from certgateway.domain.vocabulary.functioning import LIMIT
from certgateway.domain.vocabulary.systems import DIAGNOSIS_SYSTEMS, ICD_10, ICF, ICPC_2, ICPC_2B, canonical_system

Json = dict[str, Any]
"""One JSON object: str, int, bool, None, dict and list only."""

# What a code of each classification looks like; in any other shape a sender could write words.
_SHAPES: Final = {
    ICF: re.compile(r"[bdes][0-9]{1,5}", re.ASCII),
    ICPC_2: re.compile(r"[A-Z][0-9]{2,3}", re.ASCII),
    ICPC_2B: re.compile(r"[A-Z][0-9]{2}\.[0-9]{4}", re.ASCII),
    ICD_10: re.compile(r"[A-Z][0-9][0-9A-Z]\.?(?:[0-9][0-9A-Za-z]{0,2})?", re.ASCII),
}
_WHOLE_DATE: Final = 10


class DiagnosisTitles(Protocol):
    """The diagnosis tables, which hold Norwegian titles only."""

    def title(self, system: str, code: str) -> str | None:
        """The table's title of a code, None when it has none."""


@dataclass(frozen=True, slots=True)
class Titles:
    """Looks codes up in one language.

    A coded value is ``{"system", "code", "display"}``, display None where we have no title.
    """

    diagnoses: DiagnosisTitles
    language: Language = "nb"

    def coded(self, coding: Coding) -> Json:
        """A code in its system. `code` is None too when it is unknown and looks like no code."""
        system = canonical_system(coding.system)
        display = (
            self.diagnoses.title(system, coding.code)
            if system in DIAGNOSIS_SYSTEMS
            else title(system, coding.code, self.language)
        )
        shape = _SHAPES.get(system)
        shown = coding.code if display is not None or (shape and shape.fullmatch(coding.code)) else None
        return {"system": system, "code": shown, "display": display}

    def own(self, vocabulary: Vocabulary, code: str | None) -> Json | None:
        """A code of one of our vocabularies; None when there is none or the vocabulary does not hold it."""
        if code is None or code not in vocabulary:
            return None
        return {"system": vocabulary.url, "code": code, "display": vocabulary.title(code, self.language)}

    def all_own(self, vocabulary: Vocabulary, codes: Iterable[str]) -> list[Json]:
        """The known ones of several codes, in their order."""
        return [found for code in codes if (found := self.own(vocabulary, code)) is not None]

    def item(self, item: str) -> Json:
        """An item of the certificate as a code; raises KeyError for what is no item."""
        return {
            "system": CERTIFICATE_ITEM.url,
            "code": item,
            "display": CERTIFICATE_ITEM.concepts[item].text(self.language),
        }

    def quantity(self, quantity: Quantity | None) -> Json | None:
        """``{"value": "2.5", "unit": "h/d", "text": "2,5 timer per dag"}``; the unit is a UCUM code."""
        if quantity is None:
            return None
        return {
            "value": number_text(quantity.value),
            "unit": quantity.unit,
            "text": quantity_text(quantity, self.language),
        }

    def limit(self, limit: Limit) -> Json:
        """What is limited, and how much."""
        return {"kind": self.own(LIMIT, limit.kind), "quantity": self.quantity(limit.quantity)}


def date_text(text: str | None) -> str | None:
    """A partial ISO date as written, without a time of day; None when it is no calendar date."""
    return None if text is None or first_day(text) is None else text[:_WHOLE_DATE]


def instant_text(instant: datetime) -> str:
    """An aware instant in UTC, so that a certificate reads the same whichever zone its format wrote."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
