"""Single answers of a QuestionnaireResponse: each kind read by its allow-list, marked as carried only when it is.

An answer of the wrong type, with a code that the question does not take or a unit that nobody knows, reads as none and
stays unmarked, so that it is reported. Displays are never read.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from certgateway.domain.certificate import Coding, Limit, Quantity
from certgateway.domain.vocabulary import known, names_benefit, systems
from certgateway.fhir import attached, elements
from certgateway.fhir.elements import Reading
from certgateway.fhir.questionnaire_form import Question
from certgateway.fhir.reading import Node

_ORDER_LENGTH: Final = 64


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; its value is read by type."""

    node: Node

    def text(self) -> str | None:
        """Prose, or a short text."""
        return self.node.text("valueString")

    def date(self) -> str | None:
        """A date, perhaps partial."""
        return self.node.text("valueDate")

    def flag(self) -> bool | None:
        """Yes or no."""
        return self.node.flag("valueBoolean")

    def coding(self, wanted: tuple[str, ...], *, listed: bool) -> Coding | None:
        """A code in one of the wanted systems, under the name that we write; `listed`: only one that we know."""
        raw = self.node.value.get("valueCoding")
        system, code = (raw.get("system"), raw.get("code")) if isinstance(raw, dict) else (None, None)
        if system not in wanted or not isinstance(code, str) or (listed and not known(system, code)):
            return None
        coding = self.node.get("value", "valueCoding")
        if coding is not None:
            coding.message.mark(coding.value, ("system", "code"))
        return Coding(systems.canonical_system(system), code)

    def code(self, wanted: tuple[str, ...], *, listed: bool) -> str | None:
        """The code alone, where the question tells its system."""
        coding = self.coding(wanted, listed=listed)
        return coding.code if coding else None

    def quantity(self) -> Quantity | None:
        """An exact quantity in a unit that we know."""
        raw = self.node.value.get("valueQuantity")
        unit = str(raw.get("code")) if isinstance(raw, dict) and raw.get("system") == systems.UCUM else ""
        return elements.quantity(self.node) if known(systems.UCUM, unit) else None

    def diagnosis(self, count: int) -> int | None:
        """The index of the diagnosis that the form numbers from 1, of `count`."""
        number = self.node.value.get("valueInteger")
        if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= count:
            return None
        self.node.number("valueInteger")
        return number - 1

    def attachment(self) -> Any:  # noqa: ANN401  Attachment or None; attached.attachment says so.
        """Type, size and digest of what is attached, by the reader of resources."""
        value = self.node.get("value", "valueAttachment")
        if value is None:
            return None
        # The same object of the tree in the place where that reader looks for it, so that its marks count.
        around = {"content": [{"attachment": value.value}]}
        return attached.attachment(Node(around, self.node.path, self.node.message, self.node.scope), "", Reading())


def as_limit(kind: Answer, amount: Answer) -> Limit | None:
    """How much, of what kind; both must be told."""
    code = kind.code((elements.LIMIT_SYSTEM,), listed=True)
    quantity = amount.quantity()
    return Limit(code, quantity) if code is not None and quantity is not None else None


def read_answer(answer: Answer, question: Question, diagnoses: int) -> Any:  # noqa: ANN401  A value of any kind.
    """The answer to a question as the domain holds it, None when it is none; `diagnoses` counts the certificate's."""
    wanted, listed = question.systems, question.listed
    readers: dict[str, Callable[[], Any]] = {
        "text": answer.text,
        "name": lambda: _unless_benefit(answer),
        "order": lambda: _order(answer),
        "date": answer.date,
        "flag": answer.flag,
        "code": lambda: answer.code(wanted, listed=listed),
        "coding": lambda: answer.coding(wanted, listed=listed),
        "quantity": answer.quantity,
        "number-of-diagnosis": lambda: answer.diagnosis(diagnoses),
        "attachment": answer.attachment,
    }
    return readers[question.kind]()


def _unless_benefit(answer: Answer) -> str | None:
    """A name; one that names a benefit is no name, as in a Patient resource."""
    return None if names_benefit(str(answer.node.value.get("valueString", ""))) else answer.text()


def _order(answer: Answer) -> str | None:
    """The id of NAV's order and nothing else: letters, digits and hyphens that name no benefit."""
    text = str(answer.node.value.get("valueString", ""))
    plain = text.isascii() and text.replace("-", "").isalnum() and len(text) <= _ORDER_LENGTH
    return answer.text() if plain and not names_benefit(text) else None
