"""Is each attachment one of those that are taken? The policy is told to the sender, whatever was wrong.

A refused attachment costs the certificate nothing but a remark, and the original keeps it. Nothing here may look inside
a document or repeat what a sender called its type.
"""

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

from certgateway.domain.attachments import refusals
from certgateway.domain.certificate import Certificate
from certgateway.domain.findings import Effect
from certgateway.domain.vocabulary import Title
from certgateway.rules.declaration import FIRST_RULE_SET, Breach, Facts, Rule, Text

_REASONS: Final = MappingProxyType(
    {
        "malware": Title("skadelig innhold", "skadeleg innhald", "harmful content"),
        "empty": Title(
            "innholdet mangler i meldingen eller kan ikke leses",
            "innhaldet manglar i meldinga eller kan ikkje lesast",
            "its content is missing from the message or cannot be read",
        ),
        "differs": Title(
            "innholdet har ikke den størrelsen eller sjekksummen som er oppgitt",
            "innhaldet har ikkje den storleiken eller sjekksummen som er oppgitt",
            "its content does not have the size or digest that is stated",
        ),
        "type": Title("filtypen tas ikke imot", "filtypen blir ikkje teken imot", "its type is not taken"),
        "size": Title("det er for stort", "det er for stort", "it is too large"),
        "count": Title("det er for mange vedlegg", "det er for mange vedlegg", "there are too many attachments"),
    }
)


def attachment_refused(certificate: Certificate, facts: Facts) -> Iterator[Breach]:
    """Each reason by itself, so that nobody mends one only to be told of the next."""
    policy = facts.attachments
    limits = {"types": ", ".join(policy.types), "size": policy.largest_text, "count": str(policy.most)}
    for index, attachment in enumerate(certificate.attachment):
        for reason in refusals(attachment, index, policy, facts.infected):
            yield Breach(f"attachment[{index}]", detail={"reason": reason, **limits})


ATTACHMENT_REFUSED = Rule(
    id="attachment-refused",
    effect=Effect.REMARK,
    item="attachment",
    authority="certgateway contract: attachments are taken by type, size and number, and none is dropped silently",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Vedlegget tas ikke med videre: {reason}.",
        action="Send vedlegg av typen {types}, høyst {size} hvert og høyst {count} i én erklæring.",
        counsellor="Et vedlegg er ikke tatt med: {reason}.",
    ),
    nn=Text(
        found="Vedlegget blir ikkje teke med vidare: {reason}.",
        action="Send vedlegg av typen {types}, høgst {size} kvart og høgst {count} i éi erklæring.",
        counsellor="Eit vedlegg er ikkje teke med: {reason}.",
    ),
    en=Text(
        found="The attachment is not passed on: {reason}.",
        action="Send attachments of type {types}, at most {size} each and at most {count} in one certificate.",
        counsellor="An attachment was not passed on: {reason}.",
    ),
    broken=attachment_refused,
    words=_REASONS,
)
