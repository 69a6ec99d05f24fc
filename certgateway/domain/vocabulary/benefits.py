"""What counts as naming a benefit in the coded parts of a message: code systems, codes, resource types and names.

The second of two nets. The first, an allow-list, already keeps everything unmapped out of derived data; this one
decides what the sender is told was removed, and it may miss. It must never hit ordinary words about health or work
(muskelytelse, sykmelding, svangerskap), never be used on prose (`certgateway.prose` reads that), and never return what
it found. Sources: the form's ticks from KITH HIS 80805; resource types from FHIR R4; names from the National Insurance
Act and its older forms, in Bokmål, Nynorsk and English, with frequent misspellings.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Final
from urllib.parse import unquote

from certgateway.domain.lookalikes import LOOKALIKES
from certgateway.domain.vocabulary.benefit_names import COMPOUNDS, PATH_WORDS, PHRASES
from certgateway.domain.vocabulary.systems import CODE_SYSTEM

BENEFIT_NAMES: Final[tuple[str, ...]] = (*(name.replace("|", "") for name in COMPOUNDS), *PHRASES)
"""Every name as it is spelled; inflections and compounds of the former follow from `names_benefit`."""

BENEFIT_RESOURCE_TYPES: Final[frozenset[str]] = frozenset(
    {
        "Claim",
        "ClaimResponse",
        "Coverage",
        "CoverageEligibilityRequest",
        "CoverageEligibilityResponse",
        "EnrollmentRequest",
        "EnrollmentResponse",
        "ExplanationOfBenefit",
        "InsurancePlan",
    }
)
"""FHIR resources that are about money by definition, whatever they hold."""

BENEFIT_TICKS: Final[frozenset[int]] = frozenset({2, 3, 4})
"""Values of the old form's "what the certificate concerns" that are benefits; 1 is a purpose."""

BENEFIT_MEASURES: Final[frozenset[int]] = frozenset({2, 3, 5, 6})
"""Values of the old form's proposed measures that are benefits or as good as; 1, 4 and 7 are not."""

BENEFIT_SYSTEMS: Final[frozenset[str]] = frozenset(
    {
        f"{CODE_SYSTEM}benefit-type",
        f"{CODE_SYSTEM}proposed-benefit",
        "http://terminology.hl7.org/CodeSystem/ex-benefitcategory",
        "http://terminology.hl7.org/CodeSystem/benefit-type",
        "http://terminology.hl7.org/CodeSystem/benefit-network",
        "http://terminology.hl7.org/CodeSystem/benefit-term",
        "http://terminology.hl7.org/CodeSystem/benefit-unit",
        "http://terminology.hl7.org/CodeSystem/coverage-class",
        "http://terminology.hl7.org/CodeSystem/coverage-copay-type",
        "http://terminology.hl7.org/CodeSystem/coverage-selfpay",
        "http://terminology.hl7.org/CodeSystem/insurance-plan-type",
    }
)
"""Systems in which every code is about a benefit. The old form's codes have no OID; see `_FORM_SYSTEMS`."""

# The old form's attributes carry bare integers. A record system that turns them into FHIR codings names the system
# after the attribute, with whatever prefix; only some of the values are benefits.
_FORM_SYSTEMS: Final[Mapping[str, frozenset[int]]] = MappingProxyType(
    {"typelegeerklaring": BENEFIT_TICKS, "legeerklaringgjelder": BENEFIT_TICKS, "typetiltak": BENEFIT_MEASURES}
)

_LONGEST_TEXT: Final = 100_000
"""Longer texts are read up to here: the net may miss, it may not be made to work for long."""

_INVISIBLE: Final = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_NO_BREAK: Final = re.compile("[\u00a0\u2007\u202f]")
# What UTF-8 for the Norwegian letters looks like when it was read as ISO 8859-1 or as Windows-1252.
_MOJIBAKE: Final = MappingProxyType(
    {
        "\u00c3\u00a6": "æ",
        "\u00c3\u00b8": "ø",
        "\u00c3\u00a5": "å",
        "\u00c3\u0086": "Æ",
        "\u00c3\u0098": "Ø",
        "\u00c3\u0085": "Å",
        "\u00c3\u2020": "Æ",
        "\u00c3\u02dc": "Ø",
        "\u00c3\u2026": "Å",
    }
)
_HOST: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}://[^/]*")
_WORD: Final = re.compile(r"[^\W_]+")
_HUMP: Final = re.compile(
    r"(?<=[a-zæøå])(?=[A-ZÆØÅ])|(?<=[A-ZÆØÅ])(?=[A-ZÆØÅ][a-zæøå])|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])"
)
_DIGIT: Final = re.compile(r"\d")
_FOLDED: Final = LOOKALIKES | str.maketrans({"æ": "ae", "ø": "o", "å": "a", "é": "e", "ö": "o", "ä": "ae"})
_INTEGER: Final = re.compile(r"\s*\+?0*([0-9]{1,3})\s*", re.ASCII)


def _fold(text: str) -> str:
    """Lower case without Norwegian letters, ø and oe alike, so that names match in any spelling of the alphabet."""
    return text.casefold().translate(_FOLDED).replace("oe", "o")


def _any_of(literals: Iterable[str]) -> str:
    """A pattern for any of some literals that looks at each letter of a text once, not once for each literal."""
    tails: dict[str, list[str]] = {}
    for literal in literals:
        tails.setdefault(literal[:1], []).append(literal[1:])
    ends = "" in tails and "?"
    branches = [re.escape(letter) + _any_of(rest) for letter, rest in sorted(tails.items()) if letter]
    return f"(?:{'|'.join(branches)}){ends or ''}" if branches else ""


def _spaced(parts: str) -> list[str]:
    """A compound with spaces at some of its joints: every way but the one without any."""
    first, *rest = parts.split("|")
    ways = [first]
    for part in rest:
        ways = [way + joint + part for way in ways for joint in ("", " ")]
    return ways[1:]


_PARTS: Final = tuple(_fold(name) for name in COMPOUNDS)
_PATH_WORDS: Final = frozenset(_fold(word) for word in PATH_WORDS)


@cache
def _compound() -> re.Pattern[str]:
    """A name that counts wherever it stands, inside other words too. Made when a text passes the sieve: few do."""
    return re.compile(_any_of(part.replace("|", "") for part in _PARTS))


@cache
def _phrase() -> re.Pattern[str]:
    """One that begins with a word of its own; a phrase ends with one too. Looked for between spaces."""
    spaced = _any_of(each for part in _PARTS for each in _spaced(part))
    return re.compile(f" (?:{spaced}|{_any_of(map(_fold, PHRASES))} )")


# Every name holds one of these; `test_every_name_passes_the_sieve` keeps it so. Most texts hold none and are done with.
_SIEVE: Final = re.compile(
    "aap|peng|pensj|pensi|stonad|stotte|tryg|ytels|ytin|lonn|sykelon|sjukelon|rent|hjelp|tilsku|tilsko|attfor|erstatning"
    "|meld|unguf|ungeuf|benefi|allowance|sickpay|compensation"
)
_BETWEEN: Final = re.compile(r"[\W\d_]+")


def _may_name(text: str) -> bool:
    """A quick look at the bare letters: False means that no reading of the text names a benefit."""
    if "%" in text or "\u00c3" in text:
        return True
    composed = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return _SIEVE.search(_BETWEEN.sub("", _fold(composed))) is not None


def _plain(text: str) -> str:
    """The text without invisible characters, composed, and with UTF-8 that was read as Latin-1 put right."""
    plain = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    if "\u00c3" in plain:
        for wrong, right in _MOJIBAKE.items():
            plain = plain.replace(wrong, right)
    return plain


def _words(text: str) -> str:
    """The words of a text as one line, split at everything that is not a letter or a digit."""
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", text)))


def _readings(text: str) -> tuple[str, ...]:
    """The ways a text can be read: words as they stand, camelCase taken apart, no-break spaces inside words removed."""
    plain = _plain(unquote(text) if "%" in text else text)
    words = _words(plain)
    # In small letters alone nothing can be told apart but letters from digits.
    humped = not words.islower() or _DIGIT.search(words) is not None
    readings = {words, _HUMP.sub(" ", words) if humped else words}
    if _NO_BREAK.search(plain):
        readings.add(_words(_NO_BREAK.sub("", plain)))
    return tuple(_fold(reading) for reading in readings)


def names_benefit(text: str) -> bool:
    """Whether a code, display, title, short text or URL names a benefit. Linear in the length of the text.

    Case, ø or oe, soft hyphens, zero-width characters, decomposed letters, camelCase, hyphens, underscores and letters
    of other alphabets that look alike make no difference; benefit names are also found inside compounds
    (sykepengesøknad), short forms only as whole words (AAP).
    """
    read = text[:_LONGEST_TEXT]
    return _may_name(read) and any(map(_says_name, _readings(read)))


def _says_name(reading: str) -> bool:
    return _compound().search(reading) is not None or _phrase().search(f" {reading} ") is not None


def url_names_benefit(url: str) -> bool:
    """Whether a URL names a benefit. In its path "benefit" or "ytelse" alone is enough; in a text it is not."""
    if names_benefit(url):
        return True
    path = _HOST.sub("", url[:_LONGEST_TEXT], count=1)
    return _may_name(path) and any(not _PATH_WORDS.isdisjoint(reading.split()) for reading in _readings(path))


def _form_value(system: str, code: str) -> bool:
    """Whether the coding is a benefit value of the old form, compared by value: "02" and " 2 " are 2."""
    values = _FORM_SYSTEMS.get(_fold(re.split(r"[/:#]", system)[-1]))
    number = _INTEGER.fullmatch(code)
    return values is not None and number is not None and int(number[1]) in values


def is_benefit_code(system: str | None, code: str | None) -> bool:
    """Whether a coding is about a benefit, by its system, by its code, or as a tick of the old form."""
    if system and (system in BENEFIT_SYSTEMS or url_names_benefit(system)):
        return True
    if code and names_benefit(code):
        return True
    return bool(system and code) and _form_value(system or "", code or "")
