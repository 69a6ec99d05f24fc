"""What the form says against itself, where its schema cannot tell: ticks, texts and dates that need one another.

Judged on what is left when benefits are forgotten, so that nothing here depends on what was removed. Every finding is a
remark at the value that should be looked at again. What follows from the certificate alone is left to `rules`. Looking
at a value here does not carry it: only a time that is told of here and nowhere else counts as read.
"""

from collections.abc import Iterator
from datetime import date, datetime

from certgateway.domain.calendar import norwegian_date
from certgateway.domain.findings import Effect, Finding
from certgateway.kith.dates import day
from certgateway.kith.names import (
    BLANK,
    NO,
    OTHER_CONTACT,
    OTHER_MEASURE,
    OTHER_SITUATION,
    YES,
    number,
)
from certgateway.kith.nodes import Node


def contradictions(form: Node, authored: datetime) -> Iterator[Finding]:
    """Every contradiction, in the order of the form."""
    yield from _injury(form)
    yield from _measures(form)
    yield from _situations(form)
    yield from _resumption(form)
    yield from _reservation(form)
    yield from _contacts(form)
    yield from _dates(form, norwegian_date(authored))


def _remark(rule: str, item: str | None, path: str, expected: str | None = None) -> Finding:
    return Finding(rule, Effect.REMARK, item=item, path=path, expected=expected)


def _injury(form: Node) -> Iterator[Finding]:
    node = form.first("DiagnoseArbeidsuforhet", "VurderingYrkesskade")
    if node is None or not node.attributes.get("skadeDato", "").strip(BLANK):
        return
    if number(node.attributes.get("borVurderes")) != YES:
        yield _remark("injury-date-without-injury", "diagnosis", node.place("skadeDato"))


def _measures(form: Node) -> Iterator[Finding]:
    proposal = form.first("ForslagTiltak")
    if proposal is None:
        return
    measures = proposal.all("AktueltTiltak")
    ticked = number(proposal.attribute("tiltak"))
    if (ticked == YES and not measures) or (ticked == NO and measures):
        yield _remark("measure-contradiction", "activity", proposal.place("tiltak"))
    for measure in measures:
        text = measure.first("HvilkeAndreTiltak")
        worded = text is not None and bool(text.text.strip())
        is_other = number(measure.attribute("typeTiltak")) == OTHER_MEASURE
        if worded and not is_other and text is not None:
            yield _remark("measure-text-without-other", "activity", text.path)
        if is_other and not worded:
            yield _remark("other-measure-unnamed", "activity", measure.path, "HvilkeAndreTiltak")


def _situations(form: Node) -> Iterator[Finding]:
    function = form.first("VurderingFunksjonsevne")
    for situation in function.all("Arbeidssituasjon") if function is not None else ():
        worded = bool(situation.attributes.get("annenArbeidssituasjon", "").strip())
        is_other = number(situation.attribute("arbeidssituasjon")) == OTHER_SITUATION
        if worded and not is_other:
            place = situation.place("annenArbeidssituasjon")
            yield _remark("situation-text-without-other", "employment", place)
        if is_other and not worded:
            yield _remark("other-situation-unnamed", "employment", situation.path, "@annenArbeidssituasjon")


def _resumption(form: Node) -> Iterator[Finding]:
    work = form.first("VurderingFunksjonsevne", "VurderingArbeidsevne")
    if work is None:
        return
    for answer, when in (("gjenopptaArbeid", "narGjenopptaArbeid"), ("taAnnetArbeid", "narTaAnnetArbeid")):
        # Without the yes it belongs to, the time is told of here and nowhere else.
        if work.attribute(when) and number(work.attribute(answer)) != YES:
            yield _remark("resumption-time-without-answer", "activity", work.place(when))


def _reservation(form: Node) -> Iterator[Finding]:
    node = form.first("ForbeholdLegeerklaring")
    if node is None:
        return
    text = node.first("BorTilbakeholdes")
    worded = text is not None and bool(text.text.strip())
    if worded != (number(node.attribute("tilbakeholdInnhold")) == YES):
        place = node.place("tilbakeholdInnhold") if "tilbakeholdInnhold" in node.attributes else node.path
        yield _remark("reservation-contradiction", "reservation", place)


def _contacts(form: Node) -> Iterator[Finding]:
    for contact in form.all("Kontakt"):
        worded = bool(contact.attributes.get("annenInstans", "").strip())
        is_other = number(contact.attribute("kontakt")) == OTHER_CONTACT
        if worded and not is_other:
            yield _remark("contact-text-without-other", "author", contact.place("annenInstans"))
        if is_other and not worded:
            yield _remark("other-contact-unnamed", "author", contact.path, "@annenInstans")


def _dates(form: Node, written: date) -> Iterator[Finding]:
    """When somebody became unfit for work is judged by its own rule."""
    for item, holder, name in (
        ("diagnosis", form.first("DiagnoseArbeidsuforhet", "VurderingYrkesskade"), "skadeDato"),
        ("treatment", form.first("PlanUtredBehandle", "HenvistUtredning"), "henvistDato"),
        ("treatment", form.first("PlanUtredBehandle", "HenvistBehandling"), "henvistDato"),
    ):
        told = day(holder.attributes.get(name)) if holder is not None else None
        if holder is not None and told is not None and date.fromisoformat(told) > written:
            yield _remark("event-after-authored", item, holder.place(name))
