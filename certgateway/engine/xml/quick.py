"""Reads XML that has nothing unusual in its form, in one pass over its bytes: what most messages are.

Whatever isn't as expected is left to `form`, which reads the document anew and finds the faults. Nothing here may
give another tree than `form` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from certgateway.engine.xml.plan import Row
from certgateway.engine.xml.xhtml import DEEPEST, PlainNarrative
from certgateway.safexml import DEFAULT_LIMITS, UnusualError, plain_parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from certgateway.engine.xml.plan import Plans

Json = dict[str, Any]
_SCHEMA_LOCATION = "http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
_NOTHING: dict[str, Row] = {}


def quick_read(raw: bytes, plans: Plans, typed: Callable[[str, str], Any]) -> Json | None:
    """The tree of a resource; None where the document is unusual. `typed` gives a value in its JSON type."""
    reader = _Reader(plans, typed)
    try:
        plain_parse(raw, reader.start, reader.end, reader.text)
    except UnusualError:
        return None
    return reader.tree


class _Reader:
    """Builds the tree: `rows` are the elements that may stand where it has come to, from the one `reached` onwards."""

    __slots__ = ("narrative", "plans", "reached", "rows", "stack", "tree", "typed")

    def __init__(self, plans: Plans, typed: Callable[[str, str], Any]) -> None:
        self.plans = plans
        self.typed = typed
        self.tree: Json = {}
        self.rows = plans.resources
        self.reached = 0
        self.stack: list[tuple[dict[str, Row], Json, int]] = []
        self.narrative: PlainNarrative | None = None

    def start(self, name: str, given: dict[str, str]) -> None:
        if self.narrative is not None:
            self.narrative.start(name, given)
            return
        row = self.rows.get(name)
        if row is None or row.at < self.reached or len(self.stack) >= DEFAULT_LIMITS.depth:
            raise UnusualError
        tree = self.tree
        self.stack.append((self.rows, tree, row.at))
        if row.is_text:
            if len(given) != 1 or "value" not in given or row.key in tree:
                raise UnusualError
            tree[row.key] = given["value"]
            self.rows = _NOTHING
            return
        if row.kind == "root":
            self._resource(row, given)
            return
        value: Any = self._value(row, given)
        if row.repeats:
            if row.key in tree:
                tree[row.key].append(value)
            else:
                tree[row.key] = [value]
        elif row.key in tree:
            raise UnusualError
        else:
            tree[row.key] = value

    def _value(self, row: Row, given: dict[str, str]) -> Any:  # noqa: ANN401  Whatever FHIR has.
        """The value of an element, so far as its start tag tells."""
        if row.kind == "complex":
            plan = self.plans.of(row.code)
            if given and not (len(given) == 1 and given.keys() <= set(plan.attributes)):
                raise UnusualError
            self.rows, self.tree, self.reached = plan.plain, given, 0
            return given
        if row.kind == "primitive":
            if len(given) != 1 or "value" not in given:
                raise UnusualError
            self.rows = _NOTHING
            return self.typed(given["value"], row.code)
        if row.kind == "xhtml":
            if len(self.stack) + DEEPEST > DEFAULT_LIMITS.depth:
                raise UnusualError
            self.narrative = PlainNarrative(given)
            return ""
        if given:
            raise UnusualError
        self.rows, self.tree, self.reached = self.plans.resources, {}, 0
        return self.tree

    def _resource(self, row: Row, given: dict[str, str]) -> None:
        """Begin a resource: the document itself, or the only one in its container."""
        if self.tree or not given.keys() <= {_SCHEMA_LOCATION} or (given and len(self.stack) > 1):
            raise UnusualError
        self.tree["resourceType"] = row.code
        self.rows, self.reached = self.plans.of(row.code).plain, 0

    def end(self, name: str) -> None:
        narrative = self.narrative
        if narrative is not None:
            if narrative.end(name):
                return
            self.tree["div"] = narrative.written()
            self.narrative = None
        self.rows, self.tree, self.reached = self.stack.pop()

    def text(self, text: str) -> None:
        if self.narrative is not None:
            self.narrative.text(text)
        elif not text.isspace():
            raise UnusualError
