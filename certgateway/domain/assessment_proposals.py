"""What the prose of the form of 2008 offers for items that it has no codes for, labelled as taken from prose.

An offer is to be read and asked about. It must never count as an answer, a resource, an obstacle or a risk, and no
sentence that is withheld where the prose stands may come through here.
"""

from collections.abc import Iterator

from certgateway.domain.assessment_element import Facts, Sheet
from certgateway.domain.assessment_titles import Json
from certgateway.domain.certificate import Statement
from certgateway.domain.durations import find_duration
from certgateway.domain.vocabulary.form_2008 import DURATION_QUESTIONS, OFFERS, QUESTION


def proposals(sheet: Sheet) -> Iterator[Json]:
    """One element for each item that an assessment offers something for, in the order of the assessments."""
    for index, entry in enumerate(sheet.certificate.assessment):
        place = f"assessment[{index}]"
        for item in OFFERS.get(entry.question or "", ()):
            yield sheet.element(item, place, _facts(sheet, entry, place))


def _facts(sheet: Sheet, entry: Statement, place: str) -> Facts:
    value: Json = {"proposed_from": "prose"}
    if entry.question in DURATION_QUESTIONS:
        withheld = sheet.withheld.get(f"{place}.text")
        value["quantity"] = None if withheld else sheet.titles.quantity(find_duration(entry.text))
    return Facts(
        code=sheet.titles.own(QUESTION, entry.question),
        value=value,
        source=entry.source,
        stated=entry.date,
        prose=(("text", entry.text),),
    )
