"""Recognises a caller by a token, with the store as the list of used proofs that every process shares.

The decision is made in `trust.tokens`; here it meets the gateway's clock and database. Nothing here may look at a
request's body.
"""

from dataclasses import dataclass
from datetime import datetime

from certgateway.services.admit import Calling, calling
from certgateway.services.gateway import Gateway
from certgateway.trust.ended import Ended
from certgateway.trust.tokens import Credentials, identify


@dataclass(frozen=True, slots=True)
class StoredProofs:
    """The list of used proofs, each noted in a transaction of its own: a request that fails later has used it too."""

    gateway: Gateway
    now: datetime

    def use(self, key: str, once: str, until: datetime) -> bool:
        """Whether this is the first use of a proof's id with a key, by whichever process."""
        with self.gateway.store.transaction() as unit:
            return unit.use_proof(key, once, until, self.now)


def recognise(given: Credentials, gateway: Gateway) -> Calling:
    """Who calls. Raises TokenRefused, and GatewayError when that cannot be known now."""
    now = gateway.clock()
    ended = gateway.ended.current() if gateway.ended is not None else Ended()
    return calling(identify(given, gateway.issuers, StoredProofs(gateway, now), now, ended), gateway.register)
