"""A FHIR R4 validator for any profiles, usable on its own: it knows nothing of certificates and imports nothing above.

Example (run by `tests/engine/test_alone.py`)::

    from pathlib import Path
    from certgateway.engine import load_base, load_profiles, text, validate

    definitions = load_profiles(Path("certgateway/profiles"), load_base())
    raw = b'''{
      "resourceType": "Patient",
      "gender": "x",
      "birthDate": "2023-02-30"
    }'''
    for fault, line, column in validate(raw, definitions, profiles=[]):
        print(fault.severity, fault.kind, fault.path, f"{line}:{column}", text(fault, "en"))
"""

from certgateway.engine.coverage import Gap, gaps, problems, uncompiled, unlisted
from certgateway.engine.definitions.definitions import Definitions, load_base, load_profiles
from certgateway.engine.definitions.packages import UnusableDefinitionsError
from certgateway.engine.findings import Fault, action, kinds, text
from certgateway.engine.judgement import judge
from certgateway.engine.run import GENERAL, Options
from certgateway.engine.validation import Located, validate

__all__ = [
    "GENERAL",
    "Definitions",
    "Fault",
    "Gap",
    "Located",
    "Options",
    "UnusableDefinitionsError",
    "action",
    "gaps",
    "judge",
    "kinds",
    "load_base",
    "load_profiles",
    "problems",
    "text",
    "uncompiled",
    "unlisted",
    "validate",
]
