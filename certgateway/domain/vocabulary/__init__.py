"""Every vocabulary of the certificate, and the look-ups over all of them at once.

Codes are shown by the titles found here, whatever the sender wrote beside them. Diagnoses are looked up elsewhere
(`certgateway.codes`), since others hold the rights to their titles. Nothing here may read a file or refuse anything.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from certgateway.domain.vocabulary import clarification, form, form_2008, functioning, outlook, risks
from certgateway.domain.vocabulary.benefits import is_benefit_code, names_benefit, url_names_benefit
from certgateway.domain.vocabulary.icf import CORE_FUNCTIONS, FUNCTIONS, ICF_CODES, is_activity, is_body_function
from certgateway.domain.vocabulary.model import LANGUAGES, Language, Title, Vocabulary
from certgateway.domain.vocabulary.systems import BASE, CODE_SYSTEM, canonical_system
from certgateway.domain.vocabulary.units import DURATION_UNITS, LIMIT_UNITS, UNITS, unit_fits

__all__ = [
    "BASE",
    "CORE_FUNCTIONS",
    "DURATION_UNITS",
    "FUNCTIONS",
    "LANGUAGES",
    "LIMIT_UNITS",
    "UNITS",
    "VOCABULARIES",
    "Language",
    "Title",
    "Vocabulary",
    "canonical_system",
    "is_activity",
    "is_benefit_code",
    "is_body_function",
    "known",
    "names_benefit",
    "own_vocabularies",
    "title",
    "unit_fits",
    "url_names_benefit",
    "vocabulary",
]

VOCABULARIES: Final[Mapping[str, Vocabulary]] = MappingProxyType(
    {
        entry.url: entry
        for entry in (
            *form.VOCABULARIES,
            *functioning.VOCABULARIES,
            *risks.VOCABULARIES,
            *outlook.VOCABULARIES,
            *form_2008.VOCABULARIES,
            *clarification.VOCABULARIES,
            ICF_CODES,
            UNITS,
        )
    }
)
"""Every vocabulary by the system its codes are in."""


def vocabulary(url: str) -> Vocabulary | None:
    """The vocabulary of a system, None when the system is not one of those the certificate uses."""
    return VOCABULARIES.get(canonical_system(url))


def title(system: str, code: str, language: Language = "nb") -> str | None:
    """Our own title of a code; None when the system or the code is not known here (diagnoses never are)."""
    found = vocabulary(system)
    return found.title(code, language) if found else None


def known(system: str, code: str) -> bool:
    """Whether a title exists here for the code in that system."""
    found = vocabulary(system)
    return found is not None and code in found


def own_vocabularies() -> tuple[Vocabulary, ...]:
    """The vocabularies whose code system is ours to define, in the order of the form."""
    return tuple(entry for url, entry in VOCABULARIES.items() if url.startswith(CODE_SYSTEM))
