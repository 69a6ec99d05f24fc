"""What is wrong with a message, and the verdict that follows. A finding never quotes the message it is about.

Effects, severities and verdicts are the contract's table: the effect is fixed per rule, the worst one decides.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal

Severity = Literal["error", "warning", "information"]
Policy = Literal["reject", "hold"]
Verdict = Literal["accepted", "accepted-with-remarks", "incomplete", "rejected"]
Language = Literal["nb", "nn", "en"]
LANGUAGES: tuple[Language, ...] = ("nb", "nn", "en")


class Effect(IntEnum):
    """What a finding does to the verdict, mildest first."""

    NOTE = 0
    REMARK = 1
    UNANSWERED = 2
    REFUSE = 3

    @property
    def severity(self) -> Severity:
        """The severity every finding with this effect has."""
        return ("information", "warning", "error", "error")[self]

    @property
    def label(self) -> str:
        """The word the reports use: note, remark, unanswered, refuse."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault at one place.

    `path` selects exactly one node of the input as received (None: unreadable); for something absent it is the nearest
    present ancestor and `expected` names what belongs there. `element` is the domain path. `line` and `column` count
    from 1 in code points; `span` is a range of code points in the value at `path`, end exclusive. `detail` holds words
    of ours or of the definitions for the text template, never a received value. `culprit` is the name of a child of
    `path` that no path can name (an unknown property); it serves to find the position and is not shown.
    """

    rule: str
    effect: Effect
    item: str | None = None
    element: str | None = None
    path: str | None = None
    expected: str | None = None
    line: int | None = None
    column: int | None = None
    span: tuple[int, int] | None = None
    detail: Mapping[str, str] = field(default_factory=dict)
    culprit: str | None = None

    @property
    def severity(self) -> Severity:
        """error, warning or information."""
        return self.effect.severity


def judge(findings: Iterable[Finding], policy: Policy) -> Verdict:
    """The verdict over all findings: the worst effect decides, and an unanswered item counts by the format's policy."""
    worst = max((finding.effect for finding in findings), default=Effect.NOTE)
    if worst is Effect.REFUSE or (worst is Effect.UNANSWERED and policy == "reject"):
        return "rejected"
    if worst is Effect.UNANSWERED:
        return "incomplete"
    return "accepted-with-remarks" if worst is Effect.REMARK else "accepted"
