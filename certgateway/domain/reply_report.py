"""Answers in words as data for the counsellor who reads them: who wrote what, when, and what it was found to answer.

Words leave as parts, and a sentence that is held back only as the name of its mark. Nothing here may show more.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from certgateway.domain.assessment_element import Withheld, cut
from certgateway.domain.assessment_titles import instant_text
from certgateway.domain.certificate import Author
from certgateway.domain.dialogue import State
from certgateway.domain.replies import ProseReply, text_place
from certgateway.domain.vocabulary import Language
from certgateway.domain.vocabulary.form import AUTHOR_ROLE

Json = dict[str, Any]


def told_replies(
    replies: Sequence[ProseReply],
    withheld: Mapping[str, Mapping[str, Sequence[Withheld]]],
    state: State,
    language: Language,
) -> list[Json]:
    """Every answer in words of a clarification, in order, as data; `withheld` is by reply and element path."""
    standings = {each.reply: each for each in state.replies}
    return [
        {
            "reply": each.message,
            "kind": each.kind,
            "at": instant_text(each.at),
            "authored": instant_text(each.authored),
            "standing": standings[each.message].standing,
            "late": standings[each.message].late,
            "settles": [one.target.item for one in state.targets if each.message in one.replies],
            "author": _author(each.author, language),
            "parts": list(_parts(each, withheld.get(each.message, {}))),
            "attachments": [{"content_type": one.content_type, "size": one.size} for one in each.attachments],
        }
        for each in sorted(replies, key=lambda reply: (reply.at, reply.message))
        if each.message in standings
    ]


def _parts(reply: ProseReply, withheld: Mapping[str, Sequence[Withheld]]) -> Iterator[Json]:
    for index, entry in enumerate(reply.texts):
        for part in cut(entry.text, withheld.get(text_place(index), ())):
            yield {**part, "place": entry.place, "item": entry.item}


def _author(author: Author, language: Language) -> Json:
    return {"hpr": author.hpr, "role": author.role, "display": AUTHOR_ROLE.title(author.role or "", language)}
