"""The CapabilityStatement: what this version takes and gives, in FHIR's own words. The same bytes for every client."""

from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from certgateway.api.negotiation import FHIR_JSON, FHIR_XML
from certgateway.api.shelf import KINDS
from certgateway.domain.vocabulary import systems

Json = dict[str, Any]

DATE: Final = "2026-11-22"
"""When the statement was last changed; a literal, so that it does not change by itself."""

_PROCESS_MESSAGE: Final = "http://hl7.org/fhir/OperationDefinition/MessageHeader-process-message"
_VALIDATE: Final = "http://hl7.org/fhir/OperationDefinition/Resource-validate"


def capability_statement() -> Json:
    """A statement of kind instance, without an address: where it was fetched from is where it holds."""
    return {
        "resourceType": "CapabilityStatement",
        "id": "certgateway",
        "url": f"{systems.BASE}/CapabilityStatement/certgateway",
        "version": systems.PROFILE_VERSION,
        "name": "Certgateway",
        "title": "Gateway for medical certificates",
        "status": "draft",
        "date": DATE,
        "kind": "instance",
        "software": {"name": "certgateway", "version": _software_version()},
        "implementation": {"description": "Receives medical certificates, judges them and answers with a receipt."},
        "fhirVersion": "4.0.1",
        "format": [FHIR_JSON, FHIR_XML],
        "rest": [{"mode": "server", "resource": _resources(), "operation": _operations()}],
    }


def _software_version() -> str:
    try:
        return version("certgateway")
    except PackageNotFoundError:  # A checkout that is run in place.
        return "unreleased"


def _operations() -> list[Json]:
    documentation = "Answers with the response message, and with an OperationOutcome when the message is rejected."
    return [
        {"name": "process-message", "definition": _PROCESS_MESSAGE, "documentation": documentation},
        {"name": "validate", "definition": _VALIDATE, "documentation": "The same rules without side effects."},
    ]


def _resources() -> list[Json]:
    bundle = {
        "type": "Bundle",
        "profile": f"{systems.STRUCTURE_DEFINITION}certificate-message|{systems.PROFILE_VERSION}",
        "operation": [{"name": "validate", "definition": _VALIDATE}],
    }
    return [bundle, *map(_definition, KINDS)]


def _definition(kind: str) -> Json:
    return {
        "type": kind,
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "searchParam": [{"name": "url", "type": "uri"}],
    }
