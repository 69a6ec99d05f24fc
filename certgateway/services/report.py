"""What was found, as the data of the contract: the objects that `validate --format json` prints and receipts hold.

Texts are looked up by rule id in the sender's language. `system` and `code` of what was removed appear only in the
report of `validate`, where nothing is stored.
"""

from typing import Any

from certgateway import engine, rules
from certgateway.domain.findings import Finding, Language
from certgateway.domain.message import Origins, Removal
from certgateway.engine.findings import Fault
from certgateway.services.abridge import first_removals
from certgateway.services.examine import Examined, Judgement
from certgateway.services.withhold import WithheldSentence

Json = dict[str, Any]


def text_of(finding: Finding, language: Language) -> tuple[str, str]:
    """What is wrong and what to do, in one language; never a word of the message."""
    text = rules.worded(finding, language)
    if text is not None:
        return text.found, text.action
    fault = Fault(finding.rule, finding.severity, finding.path or "", finding.expected, None, finding.detail)
    return engine.text(fault, language), engine.action(fault, language)


def finding_data(finding: Finding, language: Language) -> Json:
    """One finding as JSON-ready data. Members that do not apply are left out; `path` is null for an unreadable body."""
    found, action = text_of(finding, language)
    data: Json = {
        "rule": finding.rule,
        "severity": finding.severity,
        "effect": finding.effect.label,
        "item": finding.item,
        "element": finding.element or None,
        "path": finding.path,
        "expected": finding.expected,
        "line": finding.line,
        "column": finding.column,
        "span": list(finding.span) if finding.span else None,
        "text": found,
        "action": action,
    }
    return {key: value for key, value in data.items() if value is not None or key == "path"}


def removal_data(removal: Removal, *, with_code: bool) -> Json:
    """One removal: item and path, and for the sender's own terminal what it was coded as."""
    data: Json = {"item": removal.item, "path": removal.path}
    if with_code:
        data |= {"system": removal.system, "code": removal.code}
    return data


def _withheld_data(sentence: WithheldSentence) -> Json:
    return {
        "item": Origins.item_of(sentence.element),
        "element": sentence.element,
        "path": sentence.path,
        "kind": sentence.kind,
        "span": list(sentence.span),
    }


def report(name: str, examined: Examined, judgement: Judgement, language: Language) -> Json:
    """One message's report as `validate --format json` prints it."""
    envelope = examined.envelope
    return {
        "file": name,
        "format": examined.format,
        "message_id": envelope.message_id if envelope else None,
        "verdict": judgement.verdict,
        "findings": [finding_data(finding, language) for finding in judgement.findings],
        "removed": [removal_data(removal, with_code=True) for removal in first_removals(examined.removed)],
        "withheld": [_withheld_data(sentence) for sentence in judgement.withheld],
    }
