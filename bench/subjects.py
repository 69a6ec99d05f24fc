"""What is measured: the gateway's own steps, and others' readers of the same bytes as a yardstick.

Every subject is a function of the round's number and does the whole of its work each time. A yardstick that is not at
hand is left out loudly, never quietly.
"""

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from fhir.resources.R4B.bundle import Bundle
from lxml import etree

from bench.samples import ROOT, Sample
from certgateway import bootstrap
from certgateway.engine import validate
from certgateway.fhir import bundle
from certgateway.fhir.content import content_digest
from certgateway.kith import msghead
from certgateway.rules import judge as judge_rules
from certgateway.services.answer import media_type
from certgateway.services.examine import House, examine, judge_examined, validation_facts
from certgateway.services.receive import Delivery, receive
from certgateway.trust.seal import create_key_file

Subject = Callable[[int], object]

AT: Final = datetime(2026, 11, 1, 12, tzinfo=UTC)
"""The time of arrival in every judgement: none of the fixtures is from the future, nor too old."""
_XSD: Final = Path(os.environ.get("FHIR_R4_XSD", ROOT.parent / "shared" / "fhir-r4-xsd")) / "fhir-single.xsd"


class UnexpectedVerdictError(Exception):
    """A sample was not accepted: whatever was measured then is not what the table says."""


def validating(sample: Sample, house: House) -> Subject:
    """What `$validate` and `certgateway validate` do with one message: open, strip, conform, understand, judge."""
    facts, policy = validation_facts(house, AT), house.policies[sample.format]

    def subject(_number: int) -> None:
        if judge_examined(examine(sample.raw, sample.format, house), facts, policy).verdict != sample.verdict:
            raise UnexpectedVerdictError(sample.name)

    return subject


def receiving(sample: Sample, house: House, folder: Path) -> Subject:
    """The whole walk into a SQLite file, durable when it returns; every round brings a message not seen before."""
    key = folder / f"{sample.name}-{sample.format}.key"
    create_key_file(key)
    gateway = bootstrap.gateway_on(f"sqlite:///{key.with_suffix('.db')}", key, house)

    def subject(number: int) -> None:
        delivery = Delivery(sample.renewed(number), sample.format, media_type(sample.format), trusted=True)
        outcome = receive(delivery, gateway)
        if outcome.verdict != sample.verdict or b'"version":1' not in outcome.receipt:
            raise UnexpectedVerdictError(sample.name)

    return subject


def steps(sample: Sample, house: House) -> dict[str, Subject]:
    """The parts of `validating`, each alone on what the one before it gave."""
    if sample.format == "kith":
        return _kith_steps(sample, house)
    definitions = house.definitions
    opened = bundle.open_message(sample.raw, sample.format, definitions)  # type: ignore[arg-type]
    stripped = bundle.strip(opened, definitions)
    parsed, _ = bundle.understand(stripped, definitions, house.titles)
    certificate = parsed.certificate
    if certificate is None:
        raise UnexpectedVerdictError(sample.name)
    facts = validation_facts(house, AT)
    return {
        "open": lambda _: bundle.open_message(sample.raw, sample.format, definitions),  # type: ignore[arg-type]
        "forget": lambda _: bundle.strip(opened, definitions),
        "conform": lambda _: bundle.conform(opened, stripped, definitions),
        "digest": lambda _: content_digest(opened.tree),
        "understand": lambda _: bundle.understand(stripped, definitions, house.titles),
        "judge": lambda _: judge_rules(certificate, facts),
    }


def _kith_steps(sample: Sample, house: House) -> dict[str, Subject]:
    opened = msghead.open_message(sample.raw)
    examined = examine(sample.raw, sample.format, house)
    certificate, facts = examined.certificate, validation_facts(house, AT)
    if certificate is None:
        raise UnexpectedVerdictError(sample.name)
    return {
        "open": lambda _: msghead.open_message(sample.raw),
        "forget": lambda _: msghead.strip(opened),
        "conform": lambda _: msghead.conform(opened, house.schemas()),
        "digest": lambda _: msghead.content_digest(opened.root),
        "understand": lambda _: msghead.understand(opened, house.titles),
        "judge": lambda _: judge_rules(certificate, facts),
    }


def engine_alone(sample: Sample) -> Subject:
    """The conformance engine as the gateway asks it: from bytes to findings with their places."""
    definitions = bootstrap.definitions()
    return lambda _number: validate(sample.raw, definitions, options=bundle.OPTIONS)


def yardstick(sample: Sample) -> tuple[str, Subject | None]:
    """What others do with the same bytes, with its name; None, and said so aloud, where it is not at hand.

    JSON: fhir.resources reads it into its R4B models (structure and types, no profiles, no bindings). XML: lxml parses
    it and holds it against HL7's R4 schema (structure only). KITH: the same with our own schema of it.
    """
    if sample.format == "fhir-json":
        return "fhir.resources", lambda _: Bundle.model_validate_json(sample.raw)
    schema = _kith_schema() if sample.format == "kith" else _schema()

    def validated(_number: int) -> None:
        if schema is not None and not schema.validate(etree.fromstring(sample.raw)):
            raise UnexpectedVerdictError(sample.name)

    name = "lxml + XSD" if sample.format == "kith" else "lxml + R4 XSD"
    return name, None if schema is None else validated


def _kith_schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(ROOT / "schemas" / "kith" / "messages.xsd"))


def _schema() -> etree.XMLSchema | None:
    if not _XSD.is_file():
        print(
            f"LOUD: no R4 schema at {_XSD} (set FHIR_R4_XSD to its folder); the comparison is LEFT OUT", file=sys.stderr
        )
        return None
    return etree.XMLSchema(etree.parse(_XSD))
