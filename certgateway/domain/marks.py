"""Marks on prose: where a text says what a certificate may not say to NAV, or says it by somebody else's mouth.

A mark points at a phrase and names its kind; what is done about it is decided elsewhere, by `WITHHELD` alone. A mark
must never hold the text it points at: it outlives the text in findings and receipts.
"""

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal[
    "benefit-recommendation",
    "work-ability-verdict",
    "vocational-advice",
    "patient-reported",
    "exemption",
    "pasted-epikrise",
    "unread",
]

WITHHELD: Final[frozenset[Kind]] = frozenset(
    {"benefit-recommendation", "work-ability-verdict", "vocational-advice", "unread"}
)
"""Kinds whose sentences NAV never sees: what may not be said, and what nobody has looked at; the others are labels."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One phrase of a text, from `start` to before `end` in code points, and the written pattern that it fits."""

    kind: Kind
    start: int
    end: int
    pattern: str
