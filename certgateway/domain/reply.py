"""What an answer from a doctor's record system says of itself, whatever its format.

Apart from what is sent, because every message is asked whether it answers something. Nothing here holds what the answer
says of the patient.
"""

from dataclasses import dataclass

from certgateway.domain.replies import Words


@dataclass(frozen=True, slots=True)
class Reply:
    """What an answer says of itself, beside the items it answers: which clarification, and what cannot be answered.

    `declined` is a code of `DECLINE_REASON`; without `declined_items` it is about everything that is not answered.
    `words` is set where the answer is words alone, which answer no item; `relevance` is the doctor's rating of the
    question, from 1 to 5. `tells` are the items that a message may tell of without any question, as that about the
    status of a treatment does.
    """

    clarification: str
    declined: str | None = None
    declined_items: frozenset[str] = frozenset()
    words: Words | None = None
    relevance: int | None = None
    tells: frozenset[str] = frozenset()
