"""The shape of a vocabulary: codes of one system, each with a title of our own in Bokmål, Nynorsk and English.

Titles here are the only ones ever shown; a display that a sender wrote is never read. Nothing here may read a file,
know what a code is used for, or judge whether a code is right where it stands.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, get_args

Language = Literal["nb", "nn", "en"]
"""Bokmål, Nynorsk, English."""

LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)

Row = tuple[str, str, str, str]
"""One line of a table: code, Bokmål, Nynorsk, English."""


@dataclass(frozen=True, slots=True)
class Title:
    """What a code is called, in each language. Never empty."""

    nb: str
    nn: str
    en: str

    def text(self, language: Language) -> str:
        """The title in one language."""
        if language == "nn":
            return self.nn
        return self.en if language == "en" else self.nb


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One code system, or the part of it that the certificate uses.

    `name` is the last step of our own canonical URLs, `url` what stands in `Coding.system`, `source` tells on what
    authority the codes rest, and `about` what they answer.
    """

    name: str
    url: str
    about: str
    source: str
    concepts: Mapping[str, Title]

    def __contains__(self, code: object) -> bool:
        return code in self.concepts

    def title(self, code: str, language: Language = "nb") -> str | None:
        """The code's title, None when the vocabulary does not hold the code."""
        concept = self.concepts.get(code)
        return concept.text(language) if concept else None


def table(rows: Iterable[Row]) -> Mapping[str, Title]:
    """Rows as a read-only mapping in their order; raises ValueError when a code stands twice."""
    concepts: dict[str, Title] = {}
    for code, nb, nn, en in rows:
        if code in concepts:
            raise ValueError(f"the code {code} stands twice in one vocabulary")
        concepts[code] = Title(nb, nn, en)
    return MappingProxyType(concepts)
