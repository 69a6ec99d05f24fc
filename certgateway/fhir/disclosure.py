"""What of a certificate a reader at NAV may be shown: the same as in the assessment data (`domain.assessment`).

Numbers in their own form only, codes by our own titles, prose with the withheld sentences cut out. What could be a
sender's word where a number or a code belongs is left out. Nothing here may let a withheld sentence, a sender's display
or the author's personal number pass.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from certgateway.domain.assessment_element import Withheld, cut
from certgateway.domain.assessment_titles import Titles
from certgateway.domain.certificate import SINGLE_ITEMS, Author, Certificate, Coding, Purpose
from certgateway.domain.prose import PROSE_FIELDS, prose_elements
from certgateway.domain.vocabulary import Language, Title, known, names_benefit, systems
from certgateway.fhir.elements import CONTACT_WISH_SYSTEM, OCCUPATION_CODE

Json = dict[str, Any]
Cuts = Mapping[str, Sequence[Withheld]]
"""Element path of a prose field to the sentences that are held back in it."""

_ORGANISATION_NUMBER: Final = re.compile(r"[0-9]{9}", re.ASCII)
_HER: Final = re.compile(r"[0-9]{1,10}", re.ASCII)
_WITHHELD: Final[Mapping[str, Title]] = {
    "benefit-recommendation": Title(
        "Holdt tilbake: anbefaling om ytelse", "Halde tilbake: tilråding om yting", "Withheld: benefit recommendation"
    ),
    "work-ability-verdict": Title(
        "Holdt tilbake: vurdering av arbeidsevne",
        "Halde tilbake: vurdering av arbeidsevne",
        "Withheld: work-ability verdict",
    ),
    "vocational-advice": Title(
        "Holdt tilbake: råd om utdanning eller arbeidsmarked",
        "Halde tilbake: råd om utdanning eller arbeidsmarknad",
        "Withheld: vocational advice",
    ),
    "unread": Title(
        "Holdt tilbake: teksten er for lang", "Halde tilbake: teksten er for lang", "Withheld: the text is too long"
    ),
}
_OTHERWISE: Final = Title("Holdt tilbake", "Halde tilbake", "Withheld")


def disclosed(certificate: Certificate, withheld: Cuts, language: Language) -> Certificate:
    """The certificate without what is not shown. Where a sentence was cut out, one in brackets says why."""
    shown = replace(
        certificate,
        author=_author(certificate.author),
        purpose=_purpose(certificate.purpose),
        replaces=None,
        provenance=tuple(replace(entry, author=_author(entry.author)) for entry in certificate.provenance),
    )
    sections = {_attribute(item): _cut_section(certificate, item, withheld, language) for item in PROSE_FIELDS}
    return _numbers_only(replace(shown, **sections))


def _numbers_only(certificate: Certificate) -> Certificate:
    """An occupation's code in digits: words in its place are no prose that sentences were cut out of."""
    entries = tuple(
        replace(entry, occupation_code=_formed(OCCUPATION_CODE, entry.occupation_code))
        for entry in certificate.employment
    )
    return replace(certificate, employment=replace(certificate.employment, entries=entries))


def statements_cut(certificate: Certificate, withheld: Cuts) -> frozenset[str]:
    """The statements (`assessment[0]`, `onset`) that a sentence was cut out of."""
    cuts = (element for element, _ in prose_elements(certificate) if withheld.get(element))
    return frozenset(element.rpartition(".")[0] for element in cuts)


def titled(node: Any, titles: Titles) -> Any:  # noqa: ANN401  Any value of a resource.
    """The value with our titles on its codings and units. A code that is neither known nor formed as one goes."""
    if isinstance(node, list):
        return [titled(value, titles) for value in node]
    if not isinstance(node, dict):
        return node
    named = {name: titled(value, titles) for name, value in node.items()}
    if "coding" in node:
        named["coding"] = [_coding(coding, titles) for coding in node["coding"]]
    if node.get("system") == systems.UCUM and (unit := titles.coded(Coding(systems.UCUM, node["code"]))["display"]):
        named["unit"] = unit
    return named


def _coding(coding: Json, titles: Titles) -> Json:
    found = titles.coded(Coding(coding["system"], coding["code"]))
    return {name: value for name, value in found.items() if value is not None}


def _author(author: Author) -> Author:
    """Number, role and known wishes for contact; the author's own personal number is nobody's business here."""
    profession = author.profession
    return replace(
        author,
        number=None,
        organisation=_formed(_ORGANISATION_NUMBER, author.organisation),
        her=_formed(_HER, author.her),
        profession=profession if profession and known(systems.PROFESSION, profession) else None,
        contacts=tuple(code for code in author.contacts if known(CONTACT_WISH_SYSTEM, code)),
    )


def _formed(form: re.Pattern[str], number: str | None) -> str | None:
    return number if number and form.fullmatch(number) else None


def _purpose(purpose: Purpose | None) -> Purpose | None:
    """An order's id is NAV's own; one that names a benefit was not NAV's."""
    if purpose is None or purpose.order is None or not names_benefit(purpose.order):
        return purpose
    return replace(purpose, order=None)


def _attribute(item: str) -> str:
    return item.replace("-", "_")


# Any: the sections hold as many types as there are items; all of them are dataclasses with the fields of PROSE_FIELDS.
def _cut_section(certificate: Certificate, item: str, withheld: Cuts, language: Language) -> Any:  # noqa: ANN401
    section = getattr(certificate, _attribute(item))
    place: Callable[[int], str] = (lambda _: item) if item in SINGLE_ITEMS else (lambda index: f"{item}[{index}]")
    entries = (
        replace(entry, **dict(_cut_fields(entry, place(index), PROSE_FIELDS[item], withheld, language)))
        for index, entry in enumerate(section)
    )
    return replace(section, entries=tuple(entries))


def _cut_fields(
    entry: object, place: str, fields: tuple[str, ...], withheld: Cuts, language: Language
) -> Iterator[tuple[str, str]]:
    for field in fields:
        text: str | None = getattr(entry, field)
        sentences = withheld.get(f"{place}.{field}")
        if text is not None and sentences:
            yield field, _rest(text, sentences, language)


def _rest(text: str, sentences: Sequence[Withheld], language: Language) -> str:
    """What is left, in order, with a line of ours in brackets for each part that is not shown."""
    rest = ""
    for part in cut(text, sentences):
        told = part.get("text") or f"[{_WITHHELD.get(part['withheld'], _OTHERWISE).text(language)}]"
        gap = " " if rest and not rest[-1].isspace() and not told[0].isspace() else ""
        rest += gap + told
    return rest
