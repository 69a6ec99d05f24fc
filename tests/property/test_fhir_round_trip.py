"""What is written as FHIR is read back as the same certificate, in JSON and XML, and no engine finds fault with it."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from certgateway import safejson
from certgateway.domain.certificate import Certificate, Section
from certgateway.domain.findings import Effect, Finding
from certgateway.domain.vocabulary import LANGUAGES, title
from certgateway.engine import Definitions, load_base, load_profiles
from certgateway.engine.xml import write as xmlwrite
from certgateway.fhir import bundle
from certgateway.fhir.bundle import FhirFormat
from certgateway.fhir.writing import losses, write_certificate
from tests.property.certificates import certificates

PROFILES = Path(__file__).resolve().parents[2] / "certgateway" / "profiles"
DEFINITIONS = load_profiles(PROFILES, load_base())

FORMATS: tuple[FhirFormat, ...] = ("fhir-json", "fhir-xml")
MESSAGE_ID = "0f5f9a3e-1c44-4f0e-9f6e-0d6f0b3c2a11"


def titles(system: str, code: str) -> frozenset[str]:
    found = (title(system, code, language) for language in LANGUAGES)
    return frozenset(text for text in found if text)


def written(certificate: Certificate, format_: FhirFormat, definitions: Definitions) -> bytes:
    tree = write_certificate(certificate, message_id=MESSAGE_ID, sender_her="8143060")
    return safejson.write(tree) if format_ == "fhir-json" else xmlwrite.write(tree, definitions)


def read(raw: bytes, format_: FhirFormat, definitions: Definitions) -> tuple[Certificate | None, list[Finding]]:
    opened = bundle.open_message(raw, format_, definitions)
    stripped = bundle.strip(opened, definitions)
    faults = bundle.conform(opened, stripped, definitions)
    parsed, lost = bundle.understand(stripped, definitions, titles)
    return parsed.certificate, [*faults, *lost, *bundle.removal_findings(stripped.removed)]


def decimals(certificate: Certificate) -> list[str]:
    """Every number with its digits: 61.50 equals 61.5, but is not the same statement of precision."""
    amounts = [limit.quantity for entry in certificate.function for limit in entry.limits]
    amounts += [limit.quantity for entry in certificate.health_risk for limit in entry.safe_limits]
    amounts += [entry.quantity for entry in certificate.findings if entry.quantity]
    amounts += [entry.wait for entry in certificate.treatment if entry.wait]
    return [f"{amount.value} {amount.unit}" for amount in amounts]


@pytest.mark.parametrize("format_", FORMATS)
@given(certificate=certificates())
@settings(max_examples=60)
def test_written_certificate_reads_back_equal(format_: FhirFormat, certificate: Certificate) -> None:
    back, _ = read(written(certificate, format_, DEFINITIONS), format_, DEFINITIONS)
    carried = replace(certificate, attachment=Section()) if certificate.attachment.entries else certificate
    assert back == carried
    assert decimals(back) == decimals(certificate)


@pytest.mark.parametrize("format_", FORMATS)
@given(certificate=certificates())
@settings(max_examples=40)
def test_written_certificate_conforms_and_leaves_nothing_unread(format_: FhirFormat, certificate: Certificate) -> None:
    _, findings = read(written(certificate, format_, DEFINITIONS), format_, DEFINITIONS)
    assert [
        (finding.rule, finding.path, finding.expected) for finding in findings if finding.effect > Effect.NOTE
    ] == []
    assert [finding.path for finding in findings if finding.rule in {"not-carried", "benefit-removed"}] == []


@given(certificate=certificates())
@settings(max_examples=40)
def test_only_attachments_are_lost(certificate: Certificate) -> None:
    assert losses(certificate) == [f"attachment[{index}]" for index in range(len(certificate.attachment.entries))]


@given(certificate=certificates())
@settings(max_examples=20)
def test_writing_twice_gives_the_same_bytes(certificate: Certificate) -> None:
    for format_ in FORMATS:
        assert written(certificate, format_, DEFINITIONS) == written(certificate, format_, DEFINITIONS)
