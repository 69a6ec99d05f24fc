"""After a thousand faults the judge says so and stops."""

from __future__ import annotations

from certgateway.engine import judge, load_base
from certgateway.engine.findings import MOST_FAULTS
from tests.engine.case_form import as_xml, judged_xml
from tests.engine.tables import XML_READER


def test_the_judge_stops_after_a_thousand_faults() -> None:
    tree = {"resourceType": "Patient", "telecom": [{"value": "1"}] * (MOST_FAULTS + 2)}
    for faults in (judge(tree, load_base()), judged_xml(XML_READER, as_xml(XML_READER, tree))):
        assert len(faults) == MOST_FAULTS + 1
        assert (faults[-1].kind, faults[-1].path, faults[-1].detail) == (
            "too-many-faults",
            "Patient",
            {"limit": "1000"},
        )
