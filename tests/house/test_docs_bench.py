"""The benchmark measures what docs/performance.md says it measures."""

import json

import pytest

from bench import subjects
from bench.aims import AIMS
from bench.samples import FORMATS, Sample, longer, samples
from certgateway import bootstrap, safejson
from certgateway.domain.message import Format
from tools import docs


def test_measured_messages_are_those_of_the_result() -> None:
    result = json.loads(docs.RESULT.read_text("utf-8"))
    now = [(sample.name, sample.format, sample.entries) for sample in samples()]
    assert [(each["name"], each["format"], each["entries"]) for each in result["messages"]] == now


@pytest.mark.parametrize("format_", FORMATS)
def test_long_messages_are_accepted_and_as_long_as_they_say(format_: Format) -> None:
    sample = longer(48, format_)
    assert sample.raw.count(b"fullUrl") == 48
    subjects.validating(sample, bootstrap.build_house())(0)


def test_a_message_that_is_not_accepted_is_not_measured() -> None:
    sample = samples()[0]
    tree = safejson.parse(sample.raw)
    tree["entry"][1]["resource"]["section"].pop()
    broken = Sample(
        "broken", sample.format, safejson.write(tree), sample.entries, sample.message_id, sample.certificate
    )
    with pytest.raises(subjects.UnexpectedVerdictError, match=r"^broken$"):
        subjects.validating(broken, bootstrap.build_house())(0)


def test_renewed_messages_differ_in_ids_and_in_nothing_else() -> None:
    sample = samples()[0]
    one, other = sample.renewed(1), sample.renewed(2)
    assert len(one) == len(other) == len(sample.raw)
    assert one != other
    assert b"00000001" + sample.message_id[8:].encode() in one
    assert b"00000002" + sample.certificate[8:].encode() in other


def test_every_aim_reads_a_figure_of_the_result() -> None:
    result = json.loads(docs.RESULT.read_text("utf-8"))
    assert all(aim.measured(result) > 0 for aim in AIMS)
    assert {name for name in result["one_message"] if result["one_message"][name].get("multiple") == 1.0} == {
        "small fhir-json: fhir.resources",
        "large fhir-json: fhir.resources",
        "small fhir-xml: lxml + R4 XSD",
        "large fhir-xml: lxml + R4 XSD",
        "every field kith: lxml + XSD",
    }
