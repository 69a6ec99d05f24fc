"""Which error code of AppRec (code system 8221) a finding is: one table, by rule id.

The standard's codes are coarse; a program that must tell faults apart reads our rule id in the Error beside. Every rule
that can refuse or leave an item unanswered stands here, so that a new rule is a decision (a test asks for it); a rule
that does not is X99, and a receipt never fails for it. Nothing here may depend on what a message holds.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, Literal

from certgateway.domain.findings import Effect, Finding

ErrorCode = Literal[
    "T01", "T02", "T10", "T99", "S01", "S02", "S03", "S99", "E10", "E20", "E21", "E30", "E31", "X99"
]  # fmt: skip
"""E21 waits for the day a receiver can be wrong."""

ERROR_SYSTEM: Final = "2.16.578.1.12.4.1.1.8221"

RULE_OID: Final = "2.25.64692640335881707678875383024694378234"
"""Our rules as a code system: the UUID (version 5) of its URL as a decimal number below 2.25, as X.667 has it."""

ERROR_NAMES: Final[Mapping[ErrorCode, str]] = MappingProxyType(
    {
        "T01": "Meldingen er ikke lesbar XML",
        "T10": "Meldingsformatet støttes ikke",
        "T99": "Annen feil ved meldingens format",
        "T02": "Meldingen følger ikke skjemaet",
        "S01": "Signaturen er feil",
        "S02": "Sertifikatet er ikke gyldig",
        "S03": "Sertifikatet er trukket tilbake",
        "S99": "Annen feil ved signatur eller sertifikat",
        "E10": "Meldingens identifikator kan ikke brukes",
        "E21": "Mottakeren er ikke kjent",
        "E20": "Legen er ikke kjent",
        "E30": "Pasientens fødselsnummer er ikke oppgitt",
        "E31": "Pasientens fødselsnummer er feil",
        "X99": "Annen feil",
    }
)
"""What each code says, in words of ours. The order is that in which equally grave codes are told: what stopped the
reading first, then who sent it, then whom it is about, and what is wrong with its content last."""

_BY_CODE: Final[Mapping[ErrorCode, tuple[str, ...]]] = {
    "T01": (
        "empty-body",
        "archive-not-read",
        "byte-order-mark",
        "encoding-refused",
        "not-utf8",
        "not-json",
        "trailing-data",
        "duplicate-key",
        "lone-surrogate",
        "not-xml",
        "entity-refused",
    ),
    "T10": (
        "not-a-message",
        "not-a-resource",
        "resource-type-unknown",
        "several-certificates",
        "format-not-supported",
        "media-type-not-supported",
        "profile-unknown",
        "questionnaire-unknown",
        # Another version of the format would do: that is no fault of the content.
        "profile-not-in-force",
    ),
    "T99": (
        "too-deep",
        "too-many-elements",
        "too-many-entries",
        "too-many-attributes",
        "too-many-namespaces",
        "body-too-large",
        "outside-attachments-too-large",
        "number-out-of-range",
        # Well-formed, and refused for what they could do: T01 would send somebody looking for a fault of syntax.
        "doctype-refused",
        "instruction-refused",
        "invariant-not-evaluable",
        "answer-not-tried",
    ),
    "T02": (
        "value-invalid",
        "her-id-invalid",
        "element-unknown",
        "element-missing",
        "element-repeated",
        "element-not-allowed",
        "element-out-of-order",
        "list-expected",
        "single-expected",
        "type-wrong",
        "type-not-allowed",
        "primitive-invalid",
        "value-empty",
        "null-not-allowed",
        "choice-several",
        "code-not-allowed",
        "fixed-value-differs",
        "pattern-differs",
        "length-exceeded",
        "length-short",
        "value-out-of-range",
        "slice-missing",
        "slice-too-many",
        "slice-closed",
        "slice-order",
        "profile-none-fits",
        "profile-type-wrong",
        "reference-unresolved",
        "reference-target-wrong",
        "reference-ambiguous",
        "uri-not-absolute",
        "full-url-missing",
        "full-url-duplicated",
        "full-url-differs",
        "id-duplicated",
        "narrative-not-allowed",
        "invariant-broken",
        "certificate-date-with-time",
        "certificate-questionnaire",
        "sha256-form",
        "extension-unknown",
        "extension-misplaced",
        "modifier-extension-unknown",
        "extension-versioned",
        "extension-modifier-differs",
        "url-of-example",
        "value-missing",
        "form-differs",
        "size-exceeded",
        "size-differs",
        "decimals-exceeded",
        "code-unknown",
        "system-is-value-set",
        "system-versioned",
        "supplement-unclear",
        "count-differs",
        "reference-malformed",
        "reference-type-differs",
        "reference-way-wrong",
        "entry-unreachable",
        "entry-type-wrong",
        "link-not-allowed",
        "link-repeated",
        "label-repeated",
        "narrative-link-wrong",
        "narrative-link-unresolved",
        "narrative-language-wrong",
        "narrative-source-missing",
        "html-in-text",
        "experimental-content",
        "derivation-differs",
        "expression-wrong",
        "path-unknown",
        "definition-widens",
        "slicing-not-possible",
        "slicing-differs",
        "discriminator-unknown",
        "extension-url-differs",
        "namespace-wrong",
        "attribute-unknown",
        "text-not-allowed",
        "answer-unknown",
        "answer-misplaced",
        "answer-out-of-order",
        "answer-missing",
        "answer-repeated",
        "answer-too-few",
        "answer-not-taken",
        "answer-disabled",
        "answer-type-wrong",
        "answer-not-allowed",
        "answer-not-alone",
        "answer-out-of-range",
        "answer-unit-wrong",
        "answer-too-long",
        "answer-too-short",
        "answer-format-wrong",
        "answer-too-precise",
        "answer-file-type-wrong",
        "answer-file-too-large",
        "answer-text-differs",
        "answer-subject-wrong",
        "condition-question-unknown",
        "condition-question-own",
        "condition-question-later",
        # There are more faults of this kind; it never comes alone.
        "too-many-faults",
    ),
    "S01": ("signature-refused",),
    "S02": ("signer-not-trusted",),
    "S03": ("signer-revoked",),
    "S99": (
        "signature-missing",
        "signer-not-sender",
        "sender-other-than-signer",
        "sender-not-registered",
        "caller-not-sender",
        "author-not-caller",
    ),
    "E10": ("message-id-conflict",),
    # Nobody can be looked up without a usable HPR number, so that to the gateway the doctor is unknown. It is no
    # clinical item that somebody forgot to answer, and X99 would hide whose particulars to mend.
    "E20": (
        "author-missing",
        "hpr-invalid",
        "author-is-patient",
        "author-not-registered",
        "author-not-authorised",
        "author-may-not-certify",
    ),
    "E30": ("patient-missing",),
    "E31": (
        "fnr-invalid",
        "patient-ambiguous",
        "subject-differs",
        "revision-of-other-patient",
        "person-wrong-environment",
    ),
    # Questions without an answer are no particulars of the patient: E36 would say so.
    "X99": (
        "diagnosis-missing",
        "function-missing",
        "health-risk-missing",
        "prognosis-missing",
        "prognosis-uncertain-without-review",
        "draft-submitted",
        "modifier-not-understood",
    ),
}

ERROR_CODES: Final[Mapping[str, ErrorCode]] = MappingProxyType(
    {rule: code for code, rules in _BY_CODE.items() for rule in rules}
)
"""Rule id to error code."""

_ORDER: Final = tuple(ERROR_NAMES)


def error_code(finding: Finding) -> ErrorCode:
    """The error code of a finding that refuses or leaves an item unanswered; never fails, whatever the rule."""
    return ERROR_CODES.get(finding.rule, "X99")


def error_codes(findings: Iterable[Finding]) -> list[ErrorCode]:
    """Each code that these findings give, once, the gravest first; remarks and notes give none."""
    worst: dict[ErrorCode, Effect] = {}
    for finding in findings:
        if finding.effect >= Effect.UNANSWERED:
            code = error_code(finding)
            worst[code] = max(worst.get(code, finding.effect), finding.effect)
    return sorted(worst, key=lambda code: (-worst[code], _ORDER.index(code)))
