"""What NAV reads: the assessment data of one case, projected at each reading, because ages change every day."""

from typing import Any

from certgateway.domain.assessment import project
from certgateway.domain.findings import Language
from certgateway.services.receive import Gateway

Json = dict[str, Any]


def assess(case_uuid: str, gateway: Gateway, language: Language = "nb") -> Json | None:
    """The AEV data of a case; None when the case is unknown, was only ever refused, or has been withdrawn."""
    with gateway.store.reading() as reading:
        case = reading.find_case_by_uuid(case_uuid)
        if case is None or case.versions == 0 or case.withdrawn:
            return None
        versions = reading.versions(case_uuid)
    return project(
        case_uuid,
        versions,
        first_attempt=case.first_attempt,
        now=gateway.clock(),
        titles=gateway.house.diagnoses,
        language=language,
    )
