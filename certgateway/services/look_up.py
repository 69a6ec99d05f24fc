"""Step 7's questions to others: malware in attachments, and what the author's HPR number entitles to.

They are asked before the transaction and once for each message. What the register told is kept with the message, so
that the same message and arrival give the same verdict again. Nothing here may write, or judge what was told.
"""

import logging
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from certgateway.domain.amendment import stated_items
from certgateway.domain.authorisation import Standing, standing
from certgateway.domain.calendar import norwegian_date
from certgateway.domain.certificate import WITHDRAWN
from certgateway.domain.errors import HprUnavailableError
from certgateway.domain.persons import is_hpr_number
from certgateway.services.examine import Examined
from certgateway.services.gateway import Gateway
from certgateway.services.scan import find_infected
from certgateway.store.messages import StoredMessage

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What others told: SHA-256 of the infected attachments, and the author's standing, None where nobody was asked."""

    infected: frozenset[str] = frozenset()
    author: Standing | None = None


UNASKED: Final = LookedUp()


def look_up(examined: Examined, arrival: datetime, gateway: Gateway) -> LookedUp:
    """What others tell of a message. Raises ScannerUnavailableError; a silent register is no fault yet."""
    infected = find_infected(examined, gateway.house.attachments, gateway.scanner)
    return LookedUp(infected, standing_of(examined, arrival, gateway))


def standing_of(examined: Examined, arrival: datetime, gateway: Gateway) -> Standing | None:
    """The standing of who wrote a message, by the register as it answers now; None where it is not asked."""
    certificate = examined.certificate
    if gateway.hpr is None or certificate is None or not _certifies(examined):
        return None
    author = certificate.author
    if author.hpr is None or not is_hpr_number(author.hpr):
        return None
    try:
        approvals = gateway.hpr.find(author.hpr)
    except HprUnavailableError as fault:
        _log.warning("an author was not looked up: %s", fault)
        return Standing("no-answer", stated=author.profession)
    return standing(approvals, norwegian_date(certificate.authored), norwegian_date(arrival), author.profession)


def settled(told: LookedUp, first: StoredMessage | None, gateway: Gateway) -> LookedUp:
    """What a message is judged by: a certificate that was taken before, by what was known of its author then.

    Raises HprUnavailableError where it takes an answer that did not come.
    """
    if first is not None and first.verdict != "rejected":
        return replace(told, author=first.author)
    if told.author is not None and told.author.found == "no-answer" and not gateway.takes_unanswered:
        raise HprUnavailableError("the register of health personnel does not answer")
    return told


def _certifies(examined: Examined) -> bool:
    """Whether a message states something of a patient's health: no withdrawal, letter or bare decline."""
    certificate, reply = examined.certificate, examined.reply
    if certificate is None or certificate.status == WITHDRAWN:
        return False
    return reply is None or (reply.words is None and bool(stated_items(certificate)))
