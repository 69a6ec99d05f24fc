"""What doctors answered in words to questions about a certificate, offered for the items that were asked about.

An offer is to be read. It must never count as an answer, a resource, an obstacle or a risk, and no sentence that is
withheld may come through here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from certgateway.domain.assessment_element import Facts, Sheet, Withheld
from certgateway.domain.assessment_titles import Json
from certgateway.domain.certificate import ITEMS
from certgateway.domain.dialogue import State
from certgateway.domain.replies import ProseReply, as_certificate


@dataclass(frozen=True, slots=True)
class Worded:
    """The answers in words to the questions about one certificate, and by their ids what of them is held back."""

    replies: tuple[ProseReply, ...] = ()
    withheld: Mapping[str, Mapping[str, Sequence[Withheld]]] = field(default_factory=dict)


NOTHING_WORDED = Worded()


def reply_proposals(sheet: Sheet, asked: Sequence[tuple[str, State]], worded: Worded) -> Iterator[Json]:
    """One element for each text and each item that it may answer: what waits to be read, and what settled an item.

    What a counsellor sent back, or read and found to settle nothing, is no offer.
    """
    states = dict(asked)
    for reply in worded.replies:
        state = states.get(reply.clarification)
        items = _items(reply.message, state) if state is not None else []
        if items:
            yield from _elements(_sheet_of(reply, sheet, worded), reply, items)


def _items(reply: str, state: State) -> list[str]:
    """The items that a reply may answer, or does, in the order of the form."""
    waits = any(each.reply == reply and each.standing == "waiting" for each in state.replies)
    meant = {
        each.target.item for each in state.targets if reply in each.replies or (waits and each.standing != "answered")
    }
    return [item for item in ITEMS if item in meant]


def _sheet_of(reply: ProseReply, sheet: Sheet, worded: Worded) -> Sheet:
    """The sheet with the words in place of the certificate, so that author and dates are theirs."""
    words = as_certificate(
        reply.texts, identifier=sheet.certificate.identifier, authored=reply.authored, author=reply.author
    )
    version = replace(sheet.version, certificate=words)
    return replace(sheet, version=version, withheld=worded.withheld.get(reply.message, {}))


def _elements(sheet: Sheet, reply: ProseReply, items: Sequence[str]) -> Iterator[Json]:
    value: Json = {"proposed_from": "reply", "clarification": reply.clarification, "reply": reply.message}
    for index, entry in enumerate(reply.texts):
        for item in items:
            if entry.item in {None, item} and entry.place != "subject":
                facts = Facts(value=value, prose=(("text", entry.text),))
                # It stands in no version, so that no path leads to it.
                found = sheet.element(item, f"assessment[{index}]", facts)
                parts = [{name: text for name, text in part.items() if name != "element"} for part in found["parts"]]
                yield found | {"element": None, "parts": parts}
