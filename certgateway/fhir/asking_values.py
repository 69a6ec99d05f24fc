"""What a question and an order for a certificate have in common: what is asked, for which measure, and what came of it.

Codes and the words that a doctor is to read. Nothing of what a certificate says may stand here.
"""

from collections.abc import Iterable
from typing import Any

from certgateway.domain.certificate import Coding
from certgateway.domain.dialogue_events import Measure, Target
from certgateway.domain.outgoing import Outgoing
from certgateway.domain.vocabulary import systems
from certgateway.domain.vocabulary.clarification import WITHDRAWAL_REASON
from certgateway.fhir.writing_values import Json, concept, identifier


def nav(gateway_her: str) -> Json:
    """NAV, known by its HER-id alone."""
    return {"type": "Organization", "identifier": identifier(systems.HER_ID, gateway_her)}


def withdrawal_reason(outgoing: Outgoing) -> Json | None:
    """Why NAV no longer asks; None in every other message."""
    if outgoing.kind != "withdrawal" or outgoing.reason is None:
        return None
    return concept(Coding(WITHDRAWAL_REASON.url, outgoing.reason))


def question_target(target: Target) -> list[Json]:
    """What is asked about and why, and in the counsellor's words what would settle it."""
    parts = _parts(
        ("item", "Code", target.item),
        ("element", "String", target.element),
        ("reason", "Code", target.reason),
        ("settles", "String", target.settles),
    )
    return _complex("question-target", parts)


def planned_measure(measure: Measure | None) -> list[Json]:
    """A measure that NAV has in mind, and what it demands."""
    if measure is None:
        return []
    demands = (("demand", "Code", demand) for demand in measure.demands)
    return _complex("planned-measure", _parts(("description", "String", measure.description), *demands))


def returned(outgoing: Outgoing) -> list[Json]:
    """Why an answer is sent back."""
    if outgoing.kind != "return":
        return []
    told = (("reason", "Code", outgoing.reason), ("not-payable", "Boolean", outgoing.not_payable))
    return _complex("clarification-return", _parts(*told))


def _parts(*told: tuple[str, str, Any]) -> list[Json]:
    """The nested extensions of what is known."""
    return [{"url": name, f"value{kind}": value} for name, kind, value in told if value is not None]


def _complex(name: str, parts: Iterable[Json]) -> list[Json]:
    """One of our extensions that holds others."""
    return [{"url": systems.STRUCTURE_DEFINITION + name, "extension": list(parts)}]
