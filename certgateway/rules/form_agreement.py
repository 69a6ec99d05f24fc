"""Whether answers to the questions of the form of 2008 agree with one another, as far as the certificate tells.

The same for every format that carries such answers. What is lost between form and certificate (a tick without its text,
a time without its answer) is found by the codec. Nothing here may weigh an answer.
"""

from collections.abc import Iterator
from typing import Final

from certgateway.domain.calendar import first_day, norwegian_date
from certgateway.domain.certificate import Certificate
from certgateway.rules.declaration import Breach, Facts

OTHER: Final = "other"
IN_WORDS: Final = "words that say which"


def event_after_authored(certificate: Certificate, _facts: Facts) -> Iterator[Breach]:
    """An injury or a referral that lies ahead of the day of writing."""
    written = norwegian_date(certificate.authored)
    told = [
        *((f"diagnosis[{index}].injury_date", entry.injury_date) for index, entry in enumerate(certificate.diagnosis)),
        *(
            (f"treatment[{index}].period.start", entry.period.start)
            for index, entry in enumerate(certificate.treatment)
            if entry.status == "waiting"
        ),
    ]
    for element, text in told:
        day = first_day(text) if text else None
        if day is not None and day > written:
            yield Breach(element)


def injury_date_without_injury(certificate: Certificate, _facts: Facts) -> Iterator[Breach]:
    """When, but not whether."""
    for index, entry in enumerate(certificate.diagnosis):
        if entry.injury_date and entry.occupational_injury != "yes":
            yield Breach(f"diagnosis[{index}].injury_date")


def situation_text_without_other(certificate: Certificate, _facts: Facts) -> Iterator[Breach]:
    """A situation in words where none of those chosen needs words."""
    for entry in certificate.employment:
        if entry.other_situation is not None and OTHER not in entry.situations:
            yield Breach("employment.other_situation")


def other_situation_unnamed(certificate: Certificate, _facts: Facts) -> Iterator[Breach]:
    """Another situation, and nothing says which."""
    for entry in certificate.employment:
        if entry.other_situation is None and OTHER in entry.situations:
            yield Breach(f"employment.situations[{entry.situations.index(OTHER)}]", expected=IN_WORDS)


def measure_text_without_other(certificate: Certificate, _facts: Facts) -> Iterator[Breach]:
    """A measure of a known kind that is described in words."""
    for index, entry in enumerate(certificate.activity):
        if entry.measure not in {None, OTHER} and entry.comment is not None:
            yield Breach(f"activity[{index}].comment")


def other_measure_unnamed(certificate: Certificate, _facts: Facts) -> Iterator[Breach]:
    """Another measure, and nothing says which."""
    for index, entry in enumerate(certificate.activity):
        if entry.measure == OTHER and entry.comment is None:
            yield Breach(f"activity[{index}]", expected=IN_WORDS)


def reservation_without_content(certificate: Certificate, _facts: Facts) -> Iterator[Breach]:
    """Something is to be kept back, and nothing says what."""
    for index, entry in enumerate(certificate.reservation):
        if entry.text is None and entry.reason is None and not entry.items:
            yield Breach(f"reservation[{index}]", expected="what must be kept from the patient")


def other_contact_unnamed(certificate: Certificate, _facts: Facts) -> Iterator[Breach]:
    """More bodies to contact than are named; the last one is pointed at."""
    others = [index for index, code in enumerate(certificate.author.contacts) if code == OTHER]
    named = sum(entry.question == "other-contact" for entry in certificate.assessment)
    if len(others) > named:
        yield Breach(f"author.contacts[{others[-1]}]", expected=IN_WORDS)
