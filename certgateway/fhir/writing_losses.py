"""What a certificate holds that its FHIR message cannot: told before writing, so that nothing is dropped silently.

Only element paths; never a value. A certificate that `fhir.certificate` read loses nothing but its attachments, whose
bytes the domain does not hold.
"""

from collections.abc import Iterator

from certgateway.domain.certificate import Certificate


def losses(certificate: Certificate) -> list[str]:
    """The element paths that `write_certificate` leaves out: `attachment[0]`, `author.last_seen`."""
    return [*_people(certificate), *_choices(certificate), *_links(certificate), *_attachments(certificate)]


def _people(certificate: Certificate) -> Iterator[str]:
    if certificate.patient.number is not None and certificate.patient.kind is None:
        # Without its kind a number has no system, and a number without one is nobody's.
        yield "patient.number"
    if certificate.author.last_seen is not None and certificate.author.contact is None:
        # The event is known by how the patient was seen; a day alone cannot be told from other events.
        yield "author.last_seen"


def _choices(certificate: Certificate) -> Iterator[str]:
    """An Observation has one value, and a reason for having none only when it has none."""
    for index, account in enumerate(certificate.history):
        if account.question is not None:
            # Only an assessment answers questions of the form of 2008.
            yield f"history[{index}].question"
    for index, finding in enumerate(certificate.findings):
        if finding.text is not None and finding.quantity is not None:
            yield f"findings[{index}].text"
    for index, statement in enumerate(certificate.function):
        if statement.not_assessed is not None and statement.ability is not None:
            yield f"function[{index}].not_assessed"


def _links(certificate: Certificate) -> Iterator[str]:
    """References to a diagnosis that the certificate does not hold."""
    count = len(certificate.diagnosis.entries)
    linked = [
        *((f"treatment[{index}]", entry.diagnosis) for index, entry in enumerate(certificate.treatment)),
        *((f"function[{index}]", entry.diagnosis) for index, entry in enumerate(certificate.function)),
        *((f"health-risk[{index}]", entry.diagnosis) for index, entry in enumerate(certificate.health_risk)),
        *(("prognosis", entry.diagnosis) for entry in certificate.prognosis),
    ]
    for element, diagnosis in linked:
        if diagnosis is not None and not 0 <= diagnosis < count:
            yield f"{element}.diagnosis"


def _attachments(certificate: Certificate) -> Iterator[str]:
    for index, _ in enumerate(certificate.attachment):
        yield f"attachment[{index}]"
