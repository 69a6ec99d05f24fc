"""What NAV reads of one case: the assessment data, projected at each reading because ages change, and the document.

Both show the same and hold back the same. Nothing here may tell an unknown case from one that was only ever refused.
"""

from collections.abc import Mapping
from typing import Any

from certgateway.domain.assessment import ELEMENTS, project
from certgateway.domain.assessment_element import Withheld
from certgateway.domain.assessment_replies import Worded
from certgateway.domain.dialogue import State, find_state
from certgateway.domain.findings import Language
from certgateway.domain.record import Case, Version
from certgateway.domain.replies import ProseReply
from certgateway.fhir.document import document
from certgateway.services.gateway import Gateway
from certgateway.services.withhold import find_marks, withheld_in, withheld_in_replies

Json = dict[str, Any]


def assess(case_uuid: str, gateway: Gateway, language: Language = "nb") -> Json | None:
    """The AEV data of a case; None when the case is unknown, was only ever refused, or has been withdrawn."""
    found = _find(case_uuid, gateway)
    if found is None:
        return None
    case, versions, asked, replies = found
    return project(
        case_uuid,
        versions,
        first_attempt=case.first_attempt,
        now=gateway.clock(),
        titles=gateway.house.diagnoses,
        withheld=_withheld(versions),
        asked=asked,
        worded=Worded(replies, withheld_in_replies(replies)),
        language=language,
    )


def answer_to(case_uuid: str, item: str, gateway: Gateway, language: Language = "nb") -> list[Json]:
    """Every element of the assessment data that answers an item, each once."""
    found = assess(case_uuid, gateway, language) or {}
    elements = (each for name in ELEMENTS for each in found.get(name, ()) if each["item"] == item)
    return list({(each["element"], str(each["value"])): each for each in elements}.values())


def assess_document(case_uuid: str, gateway: Gateway, language: Language = "nb") -> Json | None:
    """The current version as a FHIR document Bundle; None in the same cases."""
    found = _find(case_uuid, gateway)
    if found is None:
        return None
    current = next(version for version in found[1] if version.current)
    return document(
        current.certificate,
        case_uuid,
        current.number,
        gateway_her=gateway.her,
        titles=gateway.house.diagnoses,
        language=language,
        verdict=current.verdict,
        withheld=_withheld(found[1]),
    )


def _withheld(versions: tuple[Version, ...]) -> Mapping[str, tuple[Withheld, ...]]:
    """Sentences of the current version that are held back."""
    current = next(version for version in versions if version.current)
    return withheld_in(current.certificate, find_marks(current.certificate))


_Found = tuple[Case, tuple[Version, ...], list[tuple[str, State]], tuple[ProseReply, ...]]


def _find(case_uuid: str, gateway: Gateway) -> _Found | None:
    """The case, its versions, its clarifications by id, and what was answered to them in words."""
    with gateway.store.reading() as reading:
        case = reading.find_case_by_uuid(case_uuid)
        if case is None or case.versions == 0 or case.withdrawn:
            return None
        asked = ((each.uuid, find_state(each.events)) for each in reading.clarifications(case_uuid))
        known = [(uuid, state) for uuid, state in asked if state is not None]
        # Only a question with an event that tells of words has any.
        replies = tuple(reply for uuid, state in known if state.replies for reply in reading.replies(uuid))
        return case, tuple(reading.versions(case_uuid)), known, replies
