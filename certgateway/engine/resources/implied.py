"""Profiles that a resource is held against though it doesn't claim them.

R4 vital signs: an observation with one of their codes conforms to their profile. R4 ImplementationGuide `global`: every
resource of a type conforms to it. And what the caller asks of entries of a Bundle. Nothing here may judge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from certgateway.engine.instance import Place, inner_scope, type_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from certgateway.engine.run import Run

Tree = Any
_STRUCTURE = "http://hl7.org/fhir/StructureDefinition/"
_LOINC = "http://loinc.org"
# fmt: off
# R4's vital signs with the codes of LOINC that say the same more closely; the first profile that fits is taken.
_VITAL_SIGNS = {
    "vitalspanel": "85353-1",
    "resprate": "9279-1 76170-0 76172-6 76171-8 19840-8 33438-3 76270-8 11291-2",
    "heartrate": "8867-4 60978-4 73795-7 73799-9 76476-1 76477-9 8889-8 8890-6 8891-4 8892-2 8893-0 40443-4 55425-3"
                 " 68999-2 11328-2 69000-8 8886-4",
    "oxygensat": "2708-6 19224-5 20564-1 2709-4 2710-2 2713-6 51733-4 59408-5 59417-6 89276-0 97549-0",
    "bodytemp": "8310-5 60834-9 60835-6 60836-4 60838-0 60955-2 61009-7 75539-7 75987-8 76010-8 76011-6 76278-1 8309-7"
                " 8328-7 8329-5 8330-3 8331-1 8332-9 8333-7 8334-5 91371-5 98657-0 98663-8",
    "bodyheight": "8302-2 3137-7 3138-5 8306-3 8308-9",
    "headcircum": "9843-4 8287-5",
    "bodyweight": "29463-7 3141-9 3142-7 75292-3 79348-9 8350-1 8351-9",
    "bmi": "39156-5 59574-4 89270-3",
    "bp": "85354-9 35094-2 8459-0 76534-7 55284-4 8480-6",
}
# fmt: on
_PROFILE_BY_CODE = {code: name for name, codes in reversed(_VITAL_SIGNS.items()) for code in codes.split()}


def implied_profiles(run: Run, place: Place) -> Iterator[str]:
    """The canonicals of profiles that a resource must conform to without saying so."""
    yield from run.definitions.global_profiles(place.type)
    if place.type == "Observation" and run.options.vital_signs:
        code = place.value.get("code")
        codings = code.get("coding") if isinstance(code, dict) else None
        names: set[str] = set()
        for row in codings if isinstance(codings, list) else ():
            if isinstance(row, dict) and row.get("system") == _LOINC and isinstance(row.get("code"), str):
                names.add(_PROFILE_BY_CODE.get(row["code"], ""))
        yield from [_STRUCTURE + name for name in _VITAL_SIGNS if name in names][:1] if names else ()


def entry_profiles(run: Run, place: Place) -> Iterator[tuple[Place, str]]:
    """The entries of a Bundle that the caller's rules name, each with the profile it must conform to."""
    listed = place.value.get("entry")
    counts: dict[str, int] = {}
    for index, entry in enumerate(listed if isinstance(listed, list) else ()):
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if not isinstance(resource, dict):
            continue
        name = type_of(resource)
        number = counts[name] = counts.get(name, -1) + 1
        names = {name, f"{name}:{number}", str(index)}
        trail = ((place.trail, "entry", index), "resource", None)
        for rule, url in run.options.entry_profiles:
            if rule in names:
                yield Place(resource, None, name, trail, inner_scope(place.scope, resource, trail)), url
