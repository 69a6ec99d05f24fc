"""FHIRPath for FHIR R4: text is compiled once to closures, then evaluated on nodes of a tree.

    invariant = compile_expression("low.empty() or high.empty() or (low <= high)")
    environment = Environment(definitions, resource=root(observation, definitions))
    invariant.holds(Node(observation["referenceRange"][0], "Observation.referenceRange"), environment)

An expression that can't be compiled raises `NotCompilable` with the reason, one that has no answer for the input raises
`NotEvaluable`: there is no silent pass. Nothing here may quote a value of the tree in an error.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from certgateway.engine.fhirpath.compile import compile_run, compile_test
from certgateway.engine.fhirpath.environment import Environment, Frame
from certgateway.engine.fhirpath.errata import as_meant
from certgateway.engine.fhirpath.model import model_of
from certgateway.engine.fhirpath.syntax import NotCompilable, Quantity, parse
from certgateway.engine.fhirpath.temporal import Temporal
from certgateway.engine.fhirpath.values import Collection, Node, NotEvaluable

if TYPE_CHECKING:
    from certgateway.engine.definitions.definitions import Definitions

__all__ = [
    "Environment",
    "Expression",
    "Node",
    "NotCompilable",
    "NotEvaluable",
    "Quantity",
    "Temporal",
    "compile_expression",
    "root",
]


_BEYOND = "a number or a nesting is beyond what can be computed"


class Expression:
    """A compiled expression; holds no state, so one serves all messages and threads."""

    __slots__ = ("_run", "_test", "text")

    def __init__(self, text: str, supported: frozenset[str]) -> None:
        """Compile `text`; use `compile_expression`, which remembers."""
        syntax = parse(as_meant(text))
        self.text = text
        self._run = compile_run(syntax, supported)
        self._test = compile_test(syntax, supported)

    def evaluate(self, node: Node, environment: Environment) -> Collection:
        """The collection at `node`: items are `Node`, bool, int, Decimal, str, `Temporal` or `Quantity`.

        The list may be shared: don't change it. Raises `NotEvaluable`.
        """
        try:
            return self._run(Frame(node, environment))
        except (ArithmeticError, RecursionError):
            raise NotEvaluable(_BEYOND) from None

    def holds(self, node: Node, environment: Environment) -> bool | None:
        """The expression as a condition on `node`: None when its result is empty. Raises `NotEvaluable`."""
        try:
            return self._test(Frame(node, environment))
        except (ArithmeticError, RecursionError):
            raise NotEvaluable(_BEYOND) from None


@lru_cache(maxsize=4096)
def compile_expression(text: str, supported: frozenset[str] = frozenset()) -> Expression:
    """Compile an expression; raises `NotCompilable`. Some published texts of R4 are corrected, see `errata`.

    `supported` names the functions whose outside knowledge the environment will bring: `memberOf`, `conformsTo`.
    """
    return Expression(text, supported)


def root(resource: dict[str, Any], definitions: Definitions) -> Node:
    """The node of a whole resource."""
    return model_of(definitions).root(resource)
