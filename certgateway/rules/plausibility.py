"""Can what is stated be meant? Amounts that nobody measures, and function statements that say nothing of ability.

An implausible amount is kept and shown, but answers nothing. Nothing here may correct an amount or guess a unit.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from certgateway.domain.certificate import Certificate, Prognosis, Quantity
from certgateway.domain.findings import Effect
from certgateway.domain.vocabulary import DURATION_UNITS, is_activity, unit_fits
from certgateway.domain.vocabulary.systems import ICF
from certgateway.rules.declaration import FIRST_RULE_SET, Breach, Facts, Rule, Text

LONGEST_YEARS: Final = 100
_PER_YEAR: Final = {"d": Decimal(365), "wk": Decimal(52), "mo": Decimal(12), "a": Decimal(1)}
LARGEST_LIMIT: Final = Decimal(100_000)


def plausible_duration(quantity: Quantity | None) -> bool:
    """Whether a horizon or duration is one: more than nothing, at most a hundred years, in a unit of time."""
    if quantity is None or quantity.unit not in DURATION_UNITS:
        return False
    return 0 < quantity.value <= _PER_YEAR[quantity.unit] * LONGEST_YEARS


def ahead(prognosis: Prognosis) -> tuple[tuple[str, Quantity | None], ...]:
    """The amounts of time a prognosis may give, by attribute."""
    names = ("horizon", "illness_duration", "reduced_function_duration")
    return tuple((name, getattr(prognosis, name)) for name in names)


def quantity_implausible(certificate: Certificate, _facts: Facts) -> Iterator[Breach]:
    """Durations that are none; limits that are negative, beyond measure or in a unit that does not fit their kind."""
    for entry in certificate.prognosis:
        for name, quantity in ahead(entry):
            if quantity is not None and not plausible_duration(quantity):
                yield Breach(f"prognosis.{name}")
    limits = [(f"function[{at}].limits", entry.limits) for at, entry in enumerate(certificate.function)]
    limits += [
        (f"health-risk[{at}].safe_limits", entry.safe_limits) for at, entry in enumerate(certificate.health_risk)
    ]
    for element, listed in limits:
        for index, limit in enumerate(listed):
            in_range = 0 <= limit.quantity.value <= LARGEST_LIMIT
            if not in_range or not unit_fits(limit.kind, limit.quantity.unit):
                yield Breach(f"{element}[{index}]")


QUANTITY_IMPLAUSIBLE = Rule(
    id="quantity-implausible",
    effect=Effect.REMARK,
    item=None,
    authority="helsepersonelloven § 15: a certificate shall be correct and exact",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Mengden eller varigheten kan ikke stemme, eller enheten passer ikke til det som er målt.",
        action="Kontroller tall og enhet. Varighet oppgis i dager, uker, måneder eller år og må være større enn null.",
        counsellor="Erklæringen har en mengde eller varighet som ikke kan stemme.",
    ),
    nn=Text(
        found="Mengda eller varigheita kan ikkje stemme, eller eininga passar ikkje til det som er målt.",
        action="Kontroller tal og eining. Varigheit blir oppgitt i dagar, veker, månader eller år og er over null.",
        counsellor="Erklæringa har ei mengd eller varigheit som ikkje kan stemme.",
    ),
    en=Text(
        found="The amount or duration cannot be right, or its unit does not fit what is measured.",
        action="Check number and unit. A duration is given in days, weeks, months or years and is more than zero.",
        counsellor="The certificate has an amount or duration that cannot be right.",
    ),
    broken=quantity_implausible,
)


def function_without_ability(certificate: Certificate, facts: Facts) -> Iterator[Breach]:
    """An activity that is named but neither assessed nor said to be unassessed: missing must not look like assessed."""
    if "function" in facts.broken_items:
        return
    for index, entry in enumerate(certificate.function):
        named = entry.code is not None and entry.code.system == ICF and is_activity(entry.code.code)
        if named and entry.ability is None and entry.not_assessed is None and entry.qualifier is None:
            yield Breach(f"function[{index}]", expected="ability, or the reason why it was not assessed")


FUNCTION_WITHOUT_ABILITY = Rule(
    id="function-without-ability",
    effect=Effect.REMARK,
    item="function",
    authority="S15: function is to be assessed activity by activity; unanswered is never read as no",
    in_force=FIRST_RULE_SET,
    nb=Text(
        found="Aktiviteten er nevnt, men det er ikke sagt om pasienten kan utføre den.",
        action="Angi om pasienten kan, kan med tilpasning eller ikke kan, eller hvorfor det ikke er vurdert.",
        counsellor="En aktivitet er nevnt uten at det er sagt om pasienten kan utføre den.",
    ),
    nn=Text(
        found="Aktiviteten er nemnd, men det er ikkje sagt om pasienten kan utføre han.",
        action="Oppgi om pasienten kan, kan med tilpassing eller ikkje kan, eller kvifor det ikkje er vurdert.",
        counsellor="Ein aktivitet er nemnd utan at det er sagt om pasienten kan utføre han.",
    ),
    en=Text(
        found="The activity is named, but not whether the patient can do it.",
        action="State whether the patient can, can with adaptation or cannot, or why it was not assessed.",
        counsellor="An activity is named without saying whether the patient can do it.",
    ),
    broken=function_without_ability,
)
