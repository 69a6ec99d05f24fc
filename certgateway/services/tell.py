"""What a patient may read of a certificate, put together anew at each reading from every version and every question.

Nothing of it is stored, so that a reservation holds from the moment it is recorded. Nothing here may tell an unknown
case from one that was only ever refused.
"""

from functools import reduce
from typing import Any

from certgateway.domain.assessment_titles import Titles
from certgateway.domain.patient_reservation import Kept, kept_back
from certgateway.domain.patient_view import patient_view, stated
from certgateway.domain.vocabulary import Language
from certgateway.services.gateway import Gateway
from certgateway.services.withhold import find_marks, withheld_in
from certgateway.store.dialogues import Clarification
from certgateway.store.transactions import Reading

Json = dict[str, Any]


def tell_patient(case_uuid: str, gateway: Gateway, language: Language = "nb") -> Json | None:
    """The patient's view of a case; None when it is unknown, was only ever refused, or has been withdrawn."""
    with gateway.store.reading() as reading:
        case = reading.find_case_by_uuid(case_uuid)
        if case is None or case.versions == 0 or case.withdrawn:
            return None
        versions = tuple(reading.versions(case_uuid))
        clarifications = reading.clarifications(case_uuid)
        elsewhere = {each.uuid: _elsewhere(each, case_uuid, reading) for each in clarifications if len(each.cases) > 1}
    current = next(version.certificate for version in versions if version.current)
    titles = Titles(gateway.house.diagnoses, language)
    return patient_view(
        case_uuid,
        versions,
        [(each.uuid, each.events) for each in clarifications],
        titles=titles,
        withheld=withheld_in(current, find_marks(current)),
        elsewhere=elsewhere,
    )


def _elsewhere(order: Clarification, case_uuid: str, reading: Reading) -> Kept:
    """What the other certificates that have come to an order keep back, withdrawn ones too, each by itself."""
    others = (reading.versions(each) for each in order.cases if each != case_uuid)
    return reduce(Kept.and_also, (kept_back(stated(versions)) for versions in others), Kept())
