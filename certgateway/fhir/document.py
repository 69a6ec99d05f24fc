"""The assessment as a FHIR document: what the message said, without its header, as NAV may read it.

The resources are those that `fhir.writing` writes of what `fhir.disclosure` shows, with titles of ours. The same
certificate, version and language give the same bytes: no clock and no dice. No narrative is made of the statements; the
sender's identifiers, displays, withheld sentences and attached bytes must never stand here.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from html import escape
from typing import Final

from certgateway.domain.assessment_element import Withheld
from certgateway.domain.assessment_titles import DiagnosisTitles, Titles
from certgateway.domain.certificate import Attachment, Certificate, Coding
from certgateway.domain.findings import Verdict
from certgateway.domain.vocabulary import Language, Title, systems
from certgateway.fhir.disclosure import disclosed, statements_cut, titled
from certgateway.fhir.writing import write_resources
from certgateway.fhir.writing_values import (
    Addresses,
    Json,
    compact,
    endpoint,
    extension,
    generated,
    identifier,
    item_code,
)

URI: Final = "urn:ietf:rfc:3986"
"""The identifier system of values that are addresses themselves."""

CUSTODIAN: Final = "custodian"

_TITLE: Final = Title("Legeerklæring", "Legeerklæring", "Medical certificate")
_VERDICTS: Final = systems.CODE_SYSTEM + "verdict"
_REDACTED: Final = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "REDACTED"}
# A media type that derived data may not name; FHIR has no word for "other", but one for bytes of any kind.
_OTHER_TYPE: Final = {"other": "application/octet-stream"}


def document(
    certificate: Certificate,
    case_uuid: str,
    version: int,
    *,
    gateway_her: str,
    titles: DiagnosisTitles,
    language: Language = "nb",
    verdict: Verdict | None = None,
    withheld: Mapping[str, Iterable[Withheld]] | None = None,
) -> Json:
    """The document Bundle as a tree.

    `case_uuid` is the gateway's id of the certificate and `version` the number of this version, counted from 1.
    `gateway_her` (digits, ValueError otherwise) names the custodian. `withheld` maps element paths to sentences that
    are held back, as for `domain.assessment.project`; what they are cut out of is labelled REDACTED. `verdict` becomes
    a tag of the Composition, so that an incomplete certificate is not taken for a whole one.
    """
    cuts = {element: tuple(sentences) for element, sentences in (withheld or {}).items()}
    addresses = Addresses(f"document/{case_uuid}/{version}")
    name = Coding(URI, f"urn:uuid:{case_uuid}")
    shown = disclosed(replace(certificate, identifier=name), cuts, language)
    looked_up = Titles(titles, language)
    written = write_resources(shown, addresses) | _attachments(shown, addresses) | _custodian(gateway_her)
    resources = {label: titled(resource, looked_up) for label, resource in written.items()}
    resources |= _redacted(resources, statements_cut(certificate, cuts))
    resources["composition"] |= {
        "meta": {"tag": [looked_up.coded(Coding(_VERDICTS, verdict))]} if verdict else {},
        "language": language,
        # The codes that every certificate has are ours to state, and no vocabulary of the certificate's holds them.
        "type": {**written["composition"]["type"], "text": _TITLE.text(language)},
        "title": _TITLE.text(language),
        "custodian": addresses.reference(CUSTODIAN),
        "section": [*_sections(resources["composition"], shown), *_attached(shown, addresses, looked_up)],
    }
    return {
        "resourceType": "Bundle",
        "id": case_uuid,
        "meta": {"versionId": str(version)},
        "identifier": identifier(name.system, name.code),
        "type": "document",
        "timestamp": certificate.authored.isoformat(),
        "entry": [addresses.entry(label, compact(resource)) for label, resource in resources.items()],
    }


def _custodian(gateway_her: str) -> dict[str, Json]:
    endpoint(gateway_her)  # the one place that knows what a HER-id looks like
    return {CUSTODIAN: {"resourceType": "Organization", "identifier": [identifier(systems.HER_ID, gateway_her)]}}


def _sections(composition: Json, certificate: Certificate) -> Iterator[Json]:
    """The sections under our titles; the line of an empty one in the language asked for.

    One that another clinician than the certificate's author answered names that clinician by HPR number.
    """
    for section in composition.get("section", ()):
        reason = section.get("emptyReason", {"coding": [{}]})["coding"][0].get("display")
        line = {"text": generated(escape(reason))} if reason else {}
        hpr = certificate.stated_by(section["code"]["coding"][0]["code"])[0].hpr
        other = {"type": "Practitioner", "identifier": identifier(systems.HPR, hpr)} if hpr else None
        author = {"author": [other]} if other and hpr != certificate.author.hpr else {}
        yield {"title": section["code"]["coding"][0]["display"], **section, **line, **author}


def _attached(certificate: Certificate, addresses: Addresses, titles: Titles) -> Iterator[Json]:
    """The section of the attachments, which a message has no way to write without their bytes."""
    entries = [addresses.reference(f"attachment[{index}]") for index, _ in enumerate(certificate.attachment)]
    if entries:
        title = titles.item("attachment")["display"]
        yield {"title": title, "code": titled(item_code("attachment"), titles), "entry": entries}


def _attachments(certificate: Certificate, addresses: Addresses) -> dict[str, Json]:
    return {
        f"attachment[{index}]": {
            "resourceType": "DocumentReference",
            "status": "current",
            "subject": addresses.reference("patient"),
            "content": [{"attachment": _attachment(entry)}],
        }
        for index, entry in enumerate(certificate.attachment)
    }


def _attachment(entry: Attachment) -> Json:
    """Type, size in bytes and digest; the bytes stay sealed."""
    return {
        "extension": extension("sha256", "String", entry.sha256),
        "contentType": _OTHER_TYPE.get(entry.content_type, entry.content_type),
        "size": entry.size,
    }


def _redacted(resources: Mapping[str, Json], statements: Iterable[str]) -> dict[str, Json]:
    """The resources of statements that a sentence was cut out of, labelled so in the way every FHIR reader knows."""
    labels = {_label(statement) for statement in statements}
    return {label: {**resources[label], "meta": {"security": [dict(_REDACTED)]}} for label in labels}


def _label(statement: str) -> str:
    """Under which label a statement is written: all treatments are one resource, and single ones are the first."""
    item = statement.partition("[")[0]
    return f"{item}[0]" if item in {"treatment", statement} else statement
