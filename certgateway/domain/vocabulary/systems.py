"""Names of code systems and identifier systems, each written once.

Sources: Norway's OID tree below 2.16.578.1.12.4.1 as HL7 Norway's base profiles use it, HL7's own terminology, and our
own base for everything the certificate adds. Only constants belong here, and no other module may spell one of them out.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

BASE: Final = "https://certgateway.example/fhir"
"""Canonical base of everything we define. It is ours, not NAV's: the redesigned certificate is a proposal."""

CODE_SYSTEM: Final = f"{BASE}/CodeSystem/"
STRUCTURE_DEFINITION: Final = f"{BASE}/StructureDefinition/"
VALUE_SET: Final = f"{BASE}/ValueSet/"
PROFILE_VERSION: Final = "1.0.0"

# Identifiers of persons and organisations.
FNR: Final = "urn:oid:2.16.578.1.12.4.1.4.1"
D_NUMBER: Final = "urn:oid:2.16.578.1.12.4.1.4.2"
HPR: Final = "urn:oid:2.16.578.1.12.4.1.4.4"
ORGANISATION_NUMBER: Final = "urn:oid:2.16.578.1.12.4.1.4.101"
HER_ID: Final = "urn:oid:2.16.578.1.12.4.1.2"

# Diagnoses. Some Norwegian documents swap the OIDs of ICPC-2 and ICD-10; these are the right way round.
ICPC_2: Final = "urn:oid:2.16.578.1.12.4.1.1.7170"
ICPC_2_ALIAS: Final = "http://hl7.org/fhir/sid/icpc-2"
ICPC_2B: Final = "urn:oid:2.16.578.1.12.4.1.1.7171"
ICD_10: Final = "urn:oid:2.16.578.1.12.4.1.1.7110"
ICD_10_ALIAS: Final = "http://hl7.org/fhir/sid/icd-10"
DIAGNOSIS_SYSTEMS: Final[tuple[str, ...]] = (ICPC_2, ICPC_2B, ICD_10)

ALIASES: Final[Mapping[str, str]] = MappingProxyType({ICPC_2_ALIAS: ICPC_2, ICD_10_ALIAS: ICD_10})
"""Other names that are read; the name they stand for is the one we write."""

# Other terminologies.
ICF: Final = "http://hl7.org/fhir/sid/icf"
UCUM: Final = "http://unitsofmeasure.org"
LOINC: Final = "http://loinc.org"
DOCUMENT_TYPE: Final = "urn:oid:2.16.578.1.12.4.1.1.9602"
PROFESSION: Final = "urn:oid:2.16.578.1.12.4.1.1.9060"
DATA_ABSENT_REASON: Final = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
LIST_EMPTY_REASON: Final = "http://terminology.hl7.org/CodeSystem/list-empty-reason"

# Certificate ids of KITH messages: what RefToConversation holds, or the first message id of a conversation.
KITH_CONVERSATION: Final = f"{BASE}/sid/kith-conversation"

# What a question about a certificate, its reminders and its answers are known by.
CLARIFICATION: Final = f"{BASE}/NamingSystem/clarification"

# The two codings of Composition.type, and the section code that readers outside Norway know.
LOINC_CERTIFICATE: Final = "72267-8"
LOINC_FUNCTIONAL_STATUS: Final = "47420-5"
DOCUMENT_CERTIFICATE: Final = "J01-2"


def canonical_system(system: str) -> str:
    """The name we write for a system: an alias gives what it stands for, anything else is returned as it is."""
    return ALIASES.get(system, system)
