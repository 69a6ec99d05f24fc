"""What the form says against itself where the certificate no longer tells: answers that lose their partner on the way.

Judged on what is left when benefits are forgotten, so that nothing here depends on what was removed. Every finding is a
remark at the value that should be looked at again. What follows from the certificate alone is left to `rules`. Looking
at a value here does not carry it: only a time that is told of here and nowhere else counts as read.
"""

from collections.abc import Iterator

from certgateway.domain.findings import Effect, Finding
from certgateway.kith.names import BLANK, NO, OTHER_CONTACT, YES, number
from certgateway.kith.nodes import Node


def contradictions(form: Node) -> Iterator[Finding]:
    """Every contradiction, in the order of the form."""
    yield from _measures(form)
    yield from _resumption(form)
    yield from _reservation(form)
    yield from _contacts(form)


def _remark(rule: str, item: str, path: str) -> Finding:
    return Finding(rule, Effect.REMARK, item=item, path=path)


def _measures(form: Node) -> Iterator[Finding]:
    proposal = form.first("ForslagTiltak")
    if proposal is None:
        return
    measures = proposal.all("AktueltTiltak")
    ticked = number(proposal.attribute("tiltak"))
    if (ticked == YES and not measures) or (ticked == NO and measures):
        yield _remark("measure-contradiction", "activity", proposal.place("tiltak"))


def _resumption(form: Node) -> Iterator[Finding]:
    work = form.first("VurderingFunksjonsevne", "VurderingArbeidsevne")
    if work is None:
        return
    for answer, when in (("gjenopptaArbeid", "narGjenopptaArbeid"), ("taAnnetArbeid", "narTaAnnetArbeid")):
        # Without the yes it belongs to, the time is told of here and nowhere else.
        if work.attribute(when) and number(work.attribute(answer)) != YES:
            yield _remark("resumption-time-without-answer", "activity", work.place(when))


def _reservation(form: Node) -> Iterator[Finding]:
    """A text without the yes; a yes without text is told by the certificate."""
    for node in form.all("ForbeholdLegeerklaring"):
        text = node.first("BorTilbakeholdes")
        worded = text is not None and bool(text.text.strip())
        if worded and number(node.attributes.get("tilbakeholdInnhold")) != YES:
            place = node.place("tilbakeholdInnhold") if "tilbakeholdInnhold" in node.attributes else node.path
            yield _remark("reservation-contradiction", "reservation", place)


def _contacts(form: Node) -> Iterator[Finding]:
    for contact in form.all("Kontakt"):
        worded = bool(contact.attributes.get("annenInstans", "").strip(BLANK))
        if worded and number(contact.attribute("kontakt")) != OTHER_CONTACT:
            yield _remark("contact-text-without-other", "author", contact.place("annenInstans"))
