"""Norwegian diagnosis codes: does a code exist in its system, and what is its title in our own table.

Displays that a sender wrote are never shown to NAV; they are looked up here by code. The module reads one data file of
the package, built at installation from an npm package because WHO and WONCA hold the rights to the classifications (see
NOTICE). It must never open a network connection, never guess a system from the look of a code, and never put a code it
was asked about into an error.
"""

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ICPC_2: Final = "urn:oid:2.16.578.1.12.4.1.1.7170"
ICPC_2B: Final = "urn:oid:2.16.578.1.12.4.1.1.7171"
ICD_10: Final = "urn:oid:2.16.578.1.12.4.1.1.7110"

# Other names under which HL7 and Norway's base profiles know the same systems.
ALIASES: Final[Mapping[str, str]] = {
    "http://hl7.org/fhir/sid/icpc-2": ICPC_2,
    "http://hl7.org/fhir/sid/icd-10": ICD_10,
}

DATA_FILE: Final = Path(__file__).parent / "data" / "diagnoses.json"

# ICPC-2B has no table that may be used here: a term is a rubric of ICPC-2 and a running number of four digits.
_ICPC_2B_TERM: Final = re.compile(r"([A-Z][0-9]{2})\.[0-9]{4}", re.ASCII)
# The table writes M511, doctors and some record systems M51.1; the dot has one place only.
_DOTTED_ICD_10: Final = re.compile(r"([A-Z][0-9][0-9a-z])\.([0-9a-z]{1,2})", re.ASCII)


class TableNotBuiltError(RuntimeError):
    """The data file is not there. Ours to mend, no fault of a sender: the text names the make target that builds it."""


@dataclass(frozen=True, slots=True)
class DiagnosisCodes:
    """Code to Norwegian title: ICD-10 without dot (19 634 codes), ICPC-2 without process codes (708)."""

    icd_10: Mapping[str, str]
    icpc_2: Mapping[str, str]

    def title(self, system: str, code: str) -> str | None:
        """The title in Norwegian; of an ICPC-2B term its rubric's. None when the system or the code is not known."""
        known = ALIASES.get(system, system)
        if known == ICD_10:
            undotted = _DOTTED_ICD_10.fullmatch(code)
            return self.icd_10.get(undotted[1] + undotted[2] if undotted else code)
        if known == ICPC_2:
            return self.icpc_2.get(code)
        if known == ICPC_2B:
            term = _ICPC_2B_TERM.fullmatch(code)
            return self.icpc_2.get(term[1]) if term else None
        return None

    def exists(self, system: str, code: str) -> bool | None:
        """Whether the code is one of the system's; None when the system is not one of the three known here."""
        if ALIASES.get(system, system) not in {ICPC_2, ICPC_2B, ICD_10}:
            return None
        return self.title(system, code) is not None


@functools.cache
def load(file: Path = DATA_FILE) -> DiagnosisCodes:
    """The tables, read once in a process, in about 6 ms; raises TableNotBuiltError when the file is not there."""
    try:
        content = file.read_bytes()
    except FileNotFoundError as missing:
        raise TableNotBuiltError(f"{file.name} is not built: run `make diagnoses` in the checkout") from missing
    tables = json.loads(content)
    return DiagnosisCodes(icd_10=tables["icd-10"], icpc_2=tables["icpc-2"])
