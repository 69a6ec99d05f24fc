"""Cases of extensions: whether they are known, how they are used, and where they stand."""

from __future__ import annotations

from dataclasses import replace

from tests.engine.general_form import BASE, QUIET, General, Json, extended, observation, patient, profile

URL = BASE + "StructureDefinition/shade"
OTHER = BASE + "StructureDefinition/other"
BIRTH = "http://hl7.org/fhir/StructureDefinition/patient-birthPlace"
CADAVERIC = "http://hl7.org/fhir/StructureDefinition/patient-cadavericDonor"
NO_EXAMPLES = replace(QUIET, example_urls=False)


def defined(*contexts: tuple[str, str], url: str = URL, root: Json | None = None, **members: object) -> Json:
    """The definition of an extension that may stand there."""
    elements: list[Json] = [{"id": "Extension", **root}] if root else []
    return profile(
        "Extension",
        *elements,
        {"id": "Extension.url", "fixedUri": url},
        url=url,
        kind="complex-type",
        context=[{"type": kind, "expression": expression} for kind, expression in contexts],
        **members,
    )


SHADE = extended(URL, "x")
AT_HOME = defined(("element", "Patient.name"), ("fhirpath", "Patient.address.where(use = 'home')"))
ON_DONORS = defined(("extension", CADAVERIC))
IF_ACTIVE = defined(("element", "Patient"), contextInvariant=["active"])
OF_PATIENTS = defined(("element", "Patient"))
OF_TEXTS = defined(("element", "Patient.name.family"))


def at_address(use: str) -> Json:
    """The extension on an address."""
    return patient(address=[{"use": use, "city": "x", "extension": [SHADE]}])


def donor(url: str) -> Json:
    """The extension on the value of another one."""
    return patient(extension=[{"url": url, "valueBoolean": True, "_valueBoolean": {"extension": [SHADE]}}])


def at_two(number: int) -> Json:
    """The extension on one of two addresses, of which the first is at home."""
    addresses: list[Json] = [{"use": "home", "city": "x"}, {"use": "work", "city": "x"}]
    addresses[number]["extension"] = [SHADE]
    return patient(address=addresses)


CASES: dict[str, General] = {
    "beside what FHIRPath selects": General(
        at_two(1), ("extension-misplaced", "Patient.address[1].extension[0]", None), at_two(0), (AT_HOME,)
    ),
    "outside what FHIRPath selects": General(
        at_address("work"),
        ("extension-misplaced", "Patient.address[0].extension[0]", None),
        at_address("home"),
        (AT_HOME,),
    ),
    "on the value of another extension": General(
        donor(OTHER),
        ("extension-misplaced", "Patient.extension[0].value.extension[0]", CADAVERIC),
        donor(CADAVERIC),
        (ON_DONORS, defined(("element", "Patient"), url=OTHER)),
    ),
    "on a path through a datatype": General(
        patient(name=[{"text": "x", "_text": {"extension": [SHADE]}}]),
        ("extension-misplaced", "Patient.name[0].text.extension[0]", "Patient.name.family"),
        patient(name=[{"family": "x", "_family": {"extension": [SHADE]}}]),
        (OF_TEXTS,),
    ),
    "where its invariant fails": General(
        patient(active=False, extension=[SHADE]),
        ("extension-misplaced", "Patient.extension[0]", "active"),
        patient(active=True, extension=[SHADE]),
        (IF_ACTIVE,),
    ),
    "on another resource": General(
        observation(extension=[SHADE]),
        ("extension-misplaced", "Observation.extension[0]", "Patient"),
        patient(extension=[SHADE]),
        (OF_PATIENTS,),
    ),
    "with a version": General(
        patient(extension=[extended(URL + "|1.0", "x")]),
        ("extension-versioned", "Patient.extension[0].url", None),
        patient(extension=[SHADE]),
        (OF_PATIENTS,),
    ),
    "nobody defined": General(
        patient(extension=[extended("https://who.knows/x", "x")]),
        ("extension-unknown", "Patient.extension[0]", None),
        patient(extension=[extended("https://example.org/x", "x")]),
    ),
    "nobody defined, where that may be": General(
        patient(modifierExtension=[extended("https://who.knows/x", "x")]),
        ("modifier-extension-unknown", "Patient.modifierExtension[0]", None),
        patient(extension=[extended("https://who.knows/x", "x")]),
        options=replace(QUIET, unknown_extension=None),
    ),
    "HL7's own that R4 lacks is told as a warning": General(
        patient(extension=[extended("http://hl7.org/fhir/uv/x/StructureDefinition/y", "x")]),
        ("extension-unknown", "Patient.extension[0]", None),
        patient(extension=[extended("http://hl7.org/fhir/StructureDefinition/of-another-package", "x")]),
    ),
    "of an example where none may be": General(
        patient(extension=[extended("https://acme.com/x", "x")]),
        ("url-of-example", "Patient.extension[0].url", None),
        patient(extension=[SHADE]),
        (OF_PATIENTS,),
        replace(NO_EXAMPLES, unknown_extension=None),
    ),
    "plain one that stands as a modifier": General(
        patient(modifierExtension=[SHADE]),
        ("extension-modifier-differs", "Patient.modifierExtension[0]", "extension"),
        patient(extension=[SHADE]),
        (OF_PATIENTS,),
    ),
    "modifier that stands as a plain one": General(
        patient(extension=[SHADE]),
        ("extension-modifier-differs", "Patient.extension[0]", "modifierExtension"),
        patient(modifierExtension=[SHADE]),
        (defined(("element", "Patient"), root={"isModifier": True, "isModifierReason": "x"}),),
    ),
    "part that bears the name of a type": General(
        patient(extension=[{"url": "code", "valueString": "x"}]),
        ("uri-not-absolute", "Patient.extension[0].url", None),
        patient(extension=[{"url": "https://example.org/x", "extension": [{"url": "code", "valueString": "x"}]}]),
    ),
}
