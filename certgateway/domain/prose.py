"""Every place where a certificate holds prose, and how prose is compared.

What is listed here is what rules read as prose and what is held back when a sentence is marked: a prose field that is
missing from the list would escape both. This module must never change a text that is shown.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final

from certgateway.domain.certificate import SINGLE_ITEMS, Certificate, Section

PROSE_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "employment": ("occupation", "other_situation", "demands"),
    "diagnosis": ("comment",),
    "history": ("text",),
    "findings": ("text", "comment"),
    "onset": ("comment",),
    "treatment": ("description", "result"),
    "function": ("comment",),
    "health-risk": ("mitigation", "comment"),
    "activity": ("comment",),
    "prognosis": ("comment",),
    "specialist": ("meaning",),
    "assessment": ("text",),
    "reservation": ("text",),
}
"""Item id to the names of its prose fields, in the order of the form."""

# Characters that nobody sees: soft hyphen, zero width, direction marks. They must not make two equal texts differ.
_UNSEEN: Final = re.compile("[\u00ad\u034f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_WORD: Final = re.compile(r"[^\W_]+")


def prose_elements(certificate: Certificate) -> Iterator[tuple[str, str]]:
    """Element path and text of every prose field that was filled in, in the order of the form."""
    for item, fields in PROSE_FIELDS.items():
        section: Section[object] = getattr(certificate, item.replace("-", "_"))
        for index, entry in enumerate(section):
            place = item if item in SINGLE_ITEMS else f"{item}[{index}]"
            for field in fields:
                text: str | None = getattr(entry, field)
                if text is not None:
                    yield f"{place}.{field}", text


def words(text: str) -> tuple[str, ...]:
    """The words of a text for comparison: letters and digits only, case and compatibility forms folded."""
    return tuple(_WORD.findall(_UNSEEN.sub("", unicodedata.normalize("NFKC", text)).casefold()))
