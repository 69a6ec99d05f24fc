"""CodeSystems and ValueSets of the profiles, from the vocabularies in `certgateway.domain.vocabulary`.

The vocabularies are the one source: nothing may be added here that they do not say. Every resource comes out the same
on every run, without a date of the day it was made.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from certgateway.domain import vocabulary
from certgateway.domain.vocabulary import risks
from certgateway.domain.vocabulary.form import CERTIFICATE_ITEM, PROFESSIONS
from certgateway.domain.vocabulary.model import Title, Vocabulary
from certgateway.domain.vocabulary.systems import (
    BASE,
    DIAGNOSIS_SYSTEMS,
    ICD_10_ALIAS,
    ICF,
    ICPC_2_ALIAS,
    PROFILE_VERSION,
    UCUM,
    VALUE_SET,
)

Json = dict[str, Any]

COPYRIGHT = {
    ICF: "ICF codes: World Health Organization. Titles are the project's own.",
    UCUM: "UCUM codes: Regenstrief Institute. Titles are the project's own.",
}


def _name(identity: str) -> str:
    """A computer-friendly name: certificate-item becomes CertificateItem."""
    return "".join(part.capitalize() for part in identity.split("-"))


def _head(kind: str, folder: str, identity: str, title: str, description: str) -> Json:
    return {
        "resourceType": kind,
        "id": identity,
        "url": f"{BASE}/{folder}/{identity}",
        "version": PROFILE_VERSION,
        "name": _name(identity) + kind,
        "title": title,
        "status": "draft",
        "experimental": False,
        "publisher": "certgateway",
        "description": description,
    }


def _designations(title: Title) -> list[Json]:
    return [{"language": "nn", "value": title.nn}, {"language": "en", "value": title.en}]


def _concept(vocabulary_: Vocabulary, code: str, title: Title) -> Json:
    row: Json = {"code": code, "display": title.nb, "designation": _designations(title)}
    if vocabulary_ is risks.RISK_ACTIVITY and code in risks.RISK_ACTIVITY_ICF:
        row["property"] = [{"code": "icf", "valueCoding": {"system": ICF, "code": risks.RISK_ACTIVITY_ICF[code]}}]
    return row


def code_system(vocabulary_: Vocabulary) -> Json:
    """The CodeSystem of one of our own vocabularies: Bokmål as display, the other languages as designations."""
    system = _head(
        "CodeSystem", "CodeSystem", vocabulary_.name, vocabulary_.about, f"{vocabulary_.about}. {vocabulary_.source}."
    )
    system["language"] = "nb"
    system |= {"caseSensitive": True, "valueSet": VALUE_SET + vocabulary_.name, "content": "complete"}
    system["count"] = len(vocabulary_.concepts)
    if vocabulary_ is risks.RISK_ACTIVITY:
        description = "Nearest code of the ICF, where one fits"
        system["property"] = [{"code": "icf", "description": description, "type": "Coding"}]
    system["concept"] = [_concept(vocabulary_, code, title) for code, title in vocabulary_.concepts.items()]
    return system


def _value_set(identity: str, title: str, includes: list[Json]) -> Json:
    value_set = _head("ValueSet", "ValueSet", identity, title, f"{title}.")
    systems = [include["system"] for include in includes]
    rights = [text for system, text in COPYRIGHT.items() if system in systems]
    return value_set | ({"copyright": " ".join(rights)} if rights else {}) | {"compose": {"include": includes}}


def _listed(vocabulary_: Vocabulary, codes: Iterable[str]) -> Json:
    """An include that lists codes with their titles."""
    rows = [
        {"code": code, "display": title.nb, "designation": _designations(title)}
        for code, title in vocabulary_.concepts.items()
        if code in set(codes)
    ]
    return {"system": vocabulary_.url, "concept": rows}


def value_sets() -> Iterator[Json]:
    """One ValueSet for each of our code systems, and those that draw on systems of others."""
    for each in vocabulary.own_vocabularies():
        yield _value_set(each.name, each.about, [{"system": each.url}])
    units = vocabulary.UNITS
    limit_units = {unit for fitting in vocabulary.LIMIT_UNITS.values() for unit in fitting}
    functions = vocabulary.FUNCTIONS
    finding = {"system": CERTIFICATE_ITEM.url, "concept": [{"code": "findings"}]}
    diagnoses = [{"system": system} for system in (*DIAGNOSIS_SYSTEMS, ICPC_2_ALIAS, ICD_10_ALIAS)]
    yield _value_set("profession", PROFESSIONS.about, [_listed(PROFESSIONS, PROFESSIONS.concepts)])
    yield _value_set("function-code", functions.about, [_listed(functions, functions.concepts)])
    yield _value_set(
        "finding-code", "Functions, or a finding in words", [_listed(functions, functions.concepts), finding]
    )
    yield _value_set("diagnosis-code", "Diagnoses in ICPC-2, ICPC-2B or ICD-10", diagnoses)
    yield _value_set(
        "health-risk-activity",
        "Activities that can pose a health risk",
        [{"system": risks.RISK_ACTIVITY.url}, {"system": ICF}],
    )
    yield _value_set("unit", units.about, [_listed(units, units.concepts)])
    yield _value_set("limit-unit", "Units of limits", [_listed(units, limit_units)])
    yield _value_set("duration-unit", "Units of durations in a prognosis", [_listed(units, vocabulary.DURATION_UNITS)])


def resources() -> list[Json]:
    """Every CodeSystem and ValueSet, in a fixed order."""
    return [*map(code_system, vocabulary.own_vocabularies()), *value_sets()]
