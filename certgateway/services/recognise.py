"""Step 3 of the walk, its end: whose a message is by the register of senders, and the policy that follows from that.

Only `receive` asks: what is merely validated is judged as from a trusted sender. Nothing here may verify a signature,
or let the HER-id of a message decide anything in its sender's favour.
"""

from dataclasses import replace

from certgateway.domain.findings import Finding, Policy
from certgateway.domain.senders import held_to_register
from certgateway.services.admit import Calling, speaks_for
from certgateway.services.examine import Examined, House
from certgateway.services.gateway import Gateway


def recognised(examined: Examined, gateway: Gateway, caller: Calling | None, *, trusted: bool) -> Examined:
    """The message with its verified sender; one that takes nobody's place where the register refuses it.

    `trusted`: who handed it in was verified before the walk began, as a `caller` is whose own the sender is known to
    be. What could not be read names nobody.
    """
    if examined.envelope is None:
        return examined
    sender = held_to_register(
        examined.envelope,
        examined.signer,
        gateway.senders,
        only_registered=gateway.only_registered,
        trusted=trusted or speaks_for(caller, examined.envelope.sender),
    )
    return examined.disowned(sender) if isinstance(sender, Finding) else replace(examined, sender=sender)


def policy_of(examined: Examined, house: House) -> Policy:
    """What a missing item does to a message: as registered for its verified sender, else by the format."""
    own = None if examined.sender is None else examined.sender.sender.policy(examined.format)
    return own or house.policies[examined.format]
