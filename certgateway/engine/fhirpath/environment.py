"""What an evaluation may know beyond the expression: the resource, and the outside world as injected callables.

An `Environment` belongs to one resource (a contained resource has its own), because what depends on `%resource` alone
is remembered in it. Nothing here may reach a clock, a terminology or another resource by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from certgateway.engine.fhirpath.model import Model, model_of
from certgateway.engine.fhirpath.values import Collection, Node, TooMuchWork

if TYPE_CHECKING:
    from datetime import datetime

    from certgateway.engine.definitions.definitions import Definitions

TEXT_VARIABLES = {
    "ucum": "http://unitsofmeasure.org",
    "sct": "http://snomed.info/sct",
    "loinc": "http://loinc.org",
}


@dataclass(slots=True)
class Environment:
    """The surroundings of one resource.

    `resource` is `%resource`; `root_resource` the resource that contains it, itself unless contained. `resolve` turns
    the text of a reference into the node of its target. `member_of` and `conforms_to` take an item and a canonical and
    answer None when they can't tell. `html_is_sound` judges the text of a narrative.
    """

    definitions: Definitions
    resource: Node
    root_resource: Node | None = None
    resolve: Callable[[str], Node | None] | None = None
    clock: Callable[[], datetime] | None = None
    member_of: Callable[[Any, str], bool | None] | None = None
    conforms_to: Callable[[Node, str], bool | None] | None = None
    html_is_sound: Callable[[str], bool] | None = None
    remembered: dict[object, Any] = field(default_factory=dict)
    model: Model = field(init=False)

    def __post_init__(self) -> None:
        self.model = model_of(self.definitions)


# Items that one evaluation may look at, some seconds' work: strangers' profiles loop over loops.
MOST_STEPS = 300_000
# Characters that one evaluation may put into one text.
MOST_TEXT = 10_000_000


class Frame:
    """One evaluation under way: the focus (`$this` when it is one item), the loop variables around it, its budget."""

    __slots__ = ("context", "environment", "focus", "index", "model", "steps", "total")

    def __init__(self, node: Node, environment: Environment) -> None:
        """Start at `node`, which is `%context` too."""
        self.environment = environment
        self.model = environment.model
        self.context = node
        self.focus: Collection = [node]
        self.index = 0
        self.total: Collection = []
        self.steps = MOST_STEPS

    def spend(self, steps: int) -> None:
        """Take `steps` from what is left; raises `TooMuchWork`."""
        self.steps -= steps
        if self.steps < 0:
            message = "the expression asks for too much work"
            raise TooMuchWork(message)


def spend_text(length: int) -> None:
    """Raise `TooMuchWork` for a text that would grow without bound."""
    if length > MOST_TEXT:
        message = "the expression makes a text too long"
        raise TooMuchWork(message)


Run = Callable[[Frame], Collection]
Test = Callable[[Frame], bool | None]
# An ordinary function: the frame, the collection it is called on, and its evaluated arguments.
Function = Callable[[Frame, Collection, list[Collection]], Collection]

EMPTY: Collection = []
TRUE: Collection = [True]
FALSE: Collection = [False]


def boxed(answer: bool | None) -> Collection:  # noqa: FBT001  The answer itself is what is boxed.
    """A three-valued answer as a collection, which nobody may change."""
    return EMPTY if answer is None else TRUE if answer else FALSE
