"""The answer that a message would get, without receiving it: the same steps and the same words, and nothing kept."""

from dataclasses import replace

from certgateway.domain.record import Answer
from certgateway.services.abridge import first_removals
from certgateway.services.answer import Receipt, answer_for, answer_format
from certgateway.services.examine import examine, judge_examined, validation_facts
from certgateway.services.gateway import Gateway
from certgateway.services.look_up import standing_of
from certgateway.services.receive import Delivery


def rehearse(delivery: Delivery, gateway: Gateway) -> Answer:
    """Judged at this moment, as from a trusted sender, with nothing received before. Never raises for what was sent."""
    house, arrival = gateway.house, gateway.clock()
    examined = examine(delivery.raw, delivery.format, house, arrival, delivery.detached)
    facts = replace(validation_facts(house, arrival), author=standing_of(examined, arrival, gateway))
    judgement = judge_examined(examined, facts, house.policies[examined.format])
    receipt = Receipt(
        raw=delivery.raw,
        envelope=examined.envelope,
        format=answer_format(examined),
        language=delivery.language,
        arrival=arrival,
        judgement=judgement,
        unreadable=examined.unreadable,
        removed=first_removals(examined.removed),
        original=examined.original,
        signer=examined.signer,
        apprec=delivery.apprec,
        incomplete_status=gateway.apprec_status,
    )
    answer, _ = answer_for(receipt, gateway.her, house.definitions)
    return answer
