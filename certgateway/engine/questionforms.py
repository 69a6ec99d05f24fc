"""Whether the conditions of a Questionnaire's items lead to questions that can decide them.

R4 Questionnaire `enableWhen`: the question exists, and is neither the item itself nor within it. Nothing here may read
an answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from certgateway.engine.elements import rows

if TYPE_CHECKING:
    from certgateway.engine.instance import Trail
    from certgateway.engine.run import Run

Tree = Any
_DEEPEST = 60


def check_questionnaire(run: Run, resource: dict[str, Tree], trail: Trail) -> None:
    """Judge the conditions of one Questionnaire."""
    form = _Form()
    form.read(resource, trail, 0)
    for first, last, question, at in form.conditions:
        number = form.numbers.get(question)
        if number is None or first <= number <= last:
            run.add("question-unknown", (at, "question", None))


class _Form:
    """The items of a Questionnaire, numbered in document order, and the conditions they bear.

    A condition is (number of its item, number of the last item within it, the linkId it asks for, its place).
    """

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.conditions: list[tuple[int, int, str, Trail]] = []
        self._next = 0

    def read(self, holder: dict[str, Tree], trail: Trail, depth: int) -> None:
        """Number the items below one."""
        for item, at in rows(holder, "item", trail) if depth < _DEEPEST else ():
            own = self._next
            self._next += 1
            if isinstance(item.get("linkId"), str):
                self.numbers.setdefault(item["linkId"], own)
            self.read(item, at, depth + 1)
            for row, place in rows(item, "enableWhen", at):
                if isinstance(row.get("question"), str):
                    self.conditions.append((own, self._next - 1, row["question"], place))
