"""One element of the assessment data: a fact with its code, its source, who stated it, when, and how old it is.

Prose leaves only as parts, and a marked sentence only as the name of its mark. What day it is comes with the sheet,
since no clock is read here. This module must never put a text from the message anywhere but into `parts`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, TypedDict

from certgateway.domain.assessment_staleness import staleness
from certgateway.domain.assessment_titles import Json, Titles, date_text, instant_text
from certgateway.domain.calendar import first_day, norwegian_date
from certgateway.domain.certificate import Author, Certificate, Period
from certgateway.domain.vocabulary.form import AUTHOR_ROLE, STATEMENT_SOURCE

if TYPE_CHECKING:
    # Only named here; `validate`, which keeps nothing, must start fast in somebody's CI.
    from certgateway.domain.record import Version

Withheld = tuple[str, tuple[int, int]]
"""Kind of a mark, and the sentence it stands in: a range of code points in the element's text, end exclusive."""

Prose = tuple[str, str | None]
"""Name of a prose field and its text."""


class Facts(TypedDict, total=False):
    """What a statement adds to an element besides its place."""

    code: Json | None
    value: Json
    source: str | None
    stated: str | None
    period: Period
    prose: Sequence[Prose]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What all elements of one projection share: the version, the day in Norway, the titles, and what is withheld."""

    case: str
    version: Version
    today: date
    titles: Titles
    withheld: Mapping[str, Sequence[Withheld]]

    @property
    def certificate(self) -> Certificate:
        """The certificate that is projected."""
        return self.version.certificate

    @property
    def review_date(self) -> str | None:
        """The day on which the author wants the prognosis looked at again."""
        return next((entry.review_date for entry in self.certificate.prognosis), None)

    def element(self, item: str | None, element: str | None, facts: Facts) -> Json:
        """The element at a domain path. `item` None is for facts of reception, which stand in no item."""
        source = self.titles.own(STATEMENT_SOURCE, facts.get("source"))
        author, authored = self.certificate.stated_by(item)
        dates = _dates(facts, author, authored)
        age = self._age(dates, authored)
        stale = staleness(item, age, until=dates["until"], review=self.review_date, today=self.today) if item else None
        return {
            "item": item,
            "element": element,
            "code": facts.get("code") or (self.titles.item(item) if item else None),
            "value": facts.get("value", {}),
            "source": source["code"] if source else None,
            "source_display": source["display"] if source else None,
            "author": self._author(author),
            "certificate": self.case,
            "version": self.version.number,
            "dates": dates,
            "age_days": age,
            "stale": stale is not None,
            "stale_because": stale,
            "parts": [
                part for field, text in facts.get("prose", ()) for part in self._parts(f"{element}.{field}", text)
            ],
        }

    def _author(self, author: Author) -> Json:
        role = self.titles.own(AUTHOR_ROLE, author.role)
        return {
            "hpr": author.hpr,
            "role": role["code"] if role else None,
            "display": role["display"] if role else None,
        }

    def _age(self, dates: dict[str, str | None], authored: datetime) -> int:
        """Days since the statement's own date, else since the patient was last seen, else since it was written.

        Of a partial date the first day counts: the statement may be as old as that. What lies ahead is not yet old.
        """
        own = dates["stated"] or dates["last_seen"]
        since = (first_day(own) if own else None) or norwegian_date(authored)
        return max(0, (self.today - since).days)

    def _parts(self, element: str, text: str | None) -> Iterator[Json]:
        if text is not None:
            for part in cut(text, self.withheld.get(element, ())):
                yield {**part, "element": element}


def _dates(facts: Facts, author: Author, authored: datetime) -> dict[str, str | None]:
    period = facts.get("period", Period())
    return {
        "stated": date_text(facts.get("stated")),
        "last_seen": date_text(author.last_seen),
        "authored": instant_text(authored),
        "from": date_text(period.start),
        "until": date_text(period.end),
    }


def cut(text: str, withheld: Sequence[Withheld]) -> Iterator[dict[str, str]]:
    """The text in order as ``{"text": ...}``, and ``{"withheld": kind}`` where a sentence is held back.

    Sentences may overlap or lie beyond the end; whatever any covers is not shown. Blanks between two are no part.
    """
    shown_to = 0
    previous: str | None = None
    for start, end, kind in sorted((start, end, kind) for kind, (start, end) in withheld):
        between = text[shown_to : max(start, shown_to)]
        if between.strip():
            yield {"text": between}
        if start >= shown_to or kind != previous:
            yield {"withheld": kind}
        previous, shown_to = kind, max(shown_to, end)
    if text[shown_to:].strip():
        yield {"text": text[shown_to:]}
