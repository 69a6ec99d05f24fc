"""What every verb of the services works with: a frozen value, put together by `bootstrap`. It does nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from certgateway.domain.senders import NOBODY, Senders

if TYPE_CHECKING:
    # What a gateway does not have, such as tokens and signatures, need not be loaded for one message in somebody's CI.
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from certgateway.services.admit import Register
    from certgateway.services.examine import House
    from certgateway.services.hpr import Hpr
    from certgateway.services.people import People
    from certgateway.store.transactions import Store
    from certgateway.trust.ended import FileEnded
    from certgateway.trust.issuers import Issuer
    from certgateway.trust.scanner import Scanner
    from certgateway.trust.seal import Sealer
    from certgateway.trust.webhooks import Webhook
    from certgateway.trust.xml_signing import Signatory


@dataclass(frozen=True, slots=True)
class Gateway:
    """A house with a door: where messages are kept, the clock, and where new ids come from.

    `scanner` looks for malware in attachments, None where nothing does; `apprec_status` is what AppRec says of a
    certificate that is held as incomplete; `asks_missing` tells whether what such a one lacks is asked for at once,
    without waiting for a counsellor; `webhooks` are receivers ("her:8143060") to whose own systems messages are posted;
    `letters` tells whether a message in KITH's form brings a letter along; `senders` is the register of who may write
    under which HER-id, and with `only_registered` nobody else is taken; `signatory` signs what we send, None where
    nothing is signed; `issuers` say who a caller is, and without any nobody has to log in; `ended` knows whose tokens
    are taken no more; `register` knows whose HER-ids are whose, for callers; `people` knows who a patient is to a
    counsellor, and where nobody does no counsellor sees anybody; `units` are counsellors' units by the groups of their
    tokens; `override_hours` is how long an override lasts; `hpr` knows what an HPR number entitles to, and where nobody
    does no author is looked up; with `takes_unanswered` a message is taken although that does not answer.
    """

    house: House
    store: Store
    sealer: Sealer
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    her: str
    scanner: Scanner | None = None
    apprec_status: Literal["1", "3"] = "3"
    asks_missing: bool = False
    webhooks: Mapping[str, Webhook] = field(default_factory=dict)
    letters: bool = False
    senders: Senders = NOBODY
    only_registered: bool = False
    signatory: Signatory | None = None
    issuers: tuple[Issuer, ...] = ()
    ended: FileEnded | None = None
    register: Register | None = None
    people: People | None = None
    hpr: Hpr | None = None
    takes_unanswered: bool = False
    units: Mapping[str, str] = field(default_factory=dict)
    override_hours: int = 8
