"""Do the dates agree with each other and with the day of arrival? Partial dates are compared by the days they may mean.

A date that cannot be read is a matter for conformance; nothing here may guess it or correct it.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from certgateway.domain.calendar import first_day, last_day, norwegian_date
from certgateway.domain.certificate import Certificate, Period
from certgateway.domain.findings import Effect
from certgateway.rules.declaration import FIRST_RULE_SET, Breach, Facts, Rule, Text

CLOCK_ERROR: Final = timedelta(hours=24)
"""How far ahead of our clock a sender's may be; a wrong time zone fits in it."""


def reversed_period(period: Period) -> bool:
    """Whether the whole of the end lies before the start."""
    start = first_day(period.start) if period.start else None
    end = last_day(period.end) if period.end else None
    return start is not None and end is not None and end < start


def date_in_future(certificate: Certificate, facts: Facts) -> Iterator[Breach]:
    """The certificate's own date, against arrival and a day."""
    if certificate.authored - facts.arrival > CLOCK_ERROR:
        yield Breach("authored")


DATE_IN_FUTURE = Rule(
    id="date-in-future",
    effect=Effect.REMARK,
    item=None,
    authority="certgateway contract, identity of things: the certificate's date is at most 24 hours after arrival",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Erklæringens dato ligger mer enn ett døgn fram i tid.",
        action="Kontroller datoen, og at klokken i journalsystemet går riktig.",
        counsellor="Erklæringen er datert fram i tid.",
    ),
    nn=Text(
        found="Datoen på erklæringa ligg meir enn eitt døgn fram i tid.",
        action="Kontroller datoen, og at klokka i journalsystemet går rett.",
        counsellor="Erklæringa er datert fram i tid.",
    ),
    en=Text(
        found="The date of the certificate lies more than 24 hours in the future.",
        action="Check the date, and that the clock of the record system is right.",
        counsellor="The certificate carries a date in the future.",
    ),
    broken=date_in_future,
)


def onset_after_authored(certificate: Certificate, _facts: Facts) -> Iterator[Breach]:
    """Nobody can certify a reduction of function that has not begun."""
    written = norwegian_date(certificate.authored)
    since = next((first_day(onset.since) for onset in certificate.onset if onset.since), None)
    if since is not None and since > written:
        yield Breach("onset.since")


ONSET_AFTER_AUTHORED = Rule(
    id="onset-after-authored",
    effect=Effect.REMARK,
    item="onset",
    authority="S15: NAV looks for since when function is reduced; certgateway contract, table of verdicts",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Funksjonen er oppgitt som nedsatt fra en dato etter at erklæringen ble skrevet.",
        action="Kontroller fra hvilken dato funksjonen er nedsatt.",
        counsellor="Erklæringen oppgir at funksjonen er nedsatt fra en dato etter at den ble skrevet.",
    ),
    nn=Text(
        found="Funksjonen er oppgitt som nedsett frå ein dato etter at erklæringa vart skriven.",
        action="Kontroller frå kva dato funksjonen er nedsett.",
        counsellor="Erklæringa oppgir at funksjonen er nedsett frå ein dato etter at ho vart skriven.",
    ),
    en=Text(
        found="Function is said to be reduced from a date after the certificate was written.",
        action="Check the date from which function is reduced.",
        counsellor="The certificate says that function is reduced from a date after it was written.",
    ),
    broken=onset_after_authored,
)


def review_date_passed(certificate: Certificate, _facts: Facts) -> Iterator[Breach]:
    """A review date lies on or after the day the certificate was written."""
    written = norwegian_date(certificate.authored)
    review = next((last_day(entry.review_date) for entry in certificate.prognosis if entry.review_date), None)
    if review is not None and review < written:
        yield Breach("prognosis.review_date")


REVIEW_DATE_PASSED = Rule(
    id="review-date-passed",
    effect=Effect.REMARK,
    item="prognosis",
    authority="design of the redesigned certificate, item prognosis: a review date says when to look again",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Datoen for ny vurdering var passert da erklæringen ble skrevet.",
        action="Oppgi en dato fram i tid for når forløpet bør vurderes på nytt.",
        counsellor="Datoen for ny vurdering var passert da erklæringen ble skrevet.",
    ),
    nn=Text(
        found="Datoen for ny vurdering var passert då erklæringa vart skriven.",
        action="Oppgi ein dato fram i tid for når forløpet bør vurderast på nytt.",
        counsellor="Datoen for ny vurdering var passert då erklæringa vart skriven.",
    ),
    en=Text(
        found="The review date had passed when the certificate was written.",
        action="State a date ahead on which the course should be assessed again.",
        counsellor="The review date had passed when the certificate was written.",
    ),
    broken=review_date_passed,
)


def period_reversed(certificate: Certificate, _facts: Facts) -> Iterator[Breach]:
    """Periods of treatments, of the validity of risks, and of absence from activity."""
    for index, treatment in enumerate(certificate.treatment):
        if reversed_period(treatment.period):
            yield Breach(f"treatment[{index}].period.end")
    for index, risk in enumerate(certificate.health_risk):
        if reversed_period(risk.validity):
            yield Breach(f"health-risk[{index}].validity.end")
    for index, participation in enumerate(certificate.activity):
        if reversed_period(participation.period):
            yield Breach(f"activity[{index}].period.end")


PERIOD_REVERSED = Rule(
    id="period-reversed",
    effect=Effect.REMARK,
    item=None,
    authority="FHIR R4, Period, invariant per-1: the start is not after the end; the same is asked of every format",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Perioden slutter før den begynner.",
        action="Kontroller fra- og til-datoen.",
        counsellor="En periode i erklæringen slutter før den begynner.",
    ),
    nn=Text(
        found="Perioden sluttar før han tek til.",
        action="Kontroller frå- og til-datoen.",
        counsellor="Ein periode i erklæringa sluttar før han tek til.",
    ),
    en=Text(
        found="The period ends before it begins.",
        action="Check the first and the last date.",
        counsellor="A period in the certificate ends before it begins.",
    ),
    broken=period_reversed,
)
