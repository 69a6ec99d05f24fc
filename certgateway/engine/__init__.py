"""A FHIR R4 validator for any profiles, usable on its own: it knows nothing of certificates and imports nothing above.

Example::

    from pathlib import Path
    from certgateway.engine import judge, load_base, load_profiles, text

    definitions = load_profiles(Path("profiles"), load_base())
    patient = {"resourceType": "Patient", "gender": "x", "birthDate": "2023-02-30"}
    for fault in judge(patient, definitions, profiles=["https://example.org/StructureDefinition/our-patient"]):
        print(fault.severity, fault.kind, fault.path, text(fault, "en"))
    # error code-not-allowed Patient.gender The code is not in the value set ...
    # error primitive-invalid Patient.birthDate The value is not a valid date.
"""

from certgateway.engine.coverage import problems, uncompiled, unlisted
from certgateway.engine.definitions import Definitions, load_base, load_profiles
from certgateway.engine.findings import Fault, action, kinds, text
from certgateway.engine.judgement import judge
from certgateway.engine.run import GENERAL, Options

__all__ = [
    "GENERAL",
    "Definitions",
    "Fault",
    "Options",
    "action",
    "judge",
    "kinds",
    "load_base",
    "load_profiles",
    "problems",
    "text",
    "uncompiled",
    "unlisted",
]
