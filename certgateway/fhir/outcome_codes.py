"""Which of FHIR's issue types (http://hl7.org/fhir/issue-type) a finding is: one table, by rule id.

FHIR's types are coarse; a program that must tell faults apart reads the rule in `details.coding`. A rule that is not
listed gets the type of its effect, so that a new rule needs no line here. Nothing here may depend on what a message
holds.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from certgateway.domain.findings import Effect, Finding

_BY_TYPE: Final[Mapping[str, tuple[str, ...]]] = {
    "structure": (
        # A body that is no resource at all.
        "empty-body",
        "byte-order-mark",
        "encoding-refused",
        "not-utf8",
        "not-json",
        "trailing-data",
        "duplicate-key",
        "lone-surrogate",
        "not-xml",
        "not-a-resource",
        "not-a-message",
        # A resource whose elements are not those of its definition.
        "element-unknown",
        "element-repeated",
        "element-not-allowed",
        "element-out-of-order",
        "list-expected",
        "single-expected",
        "type-wrong",
        "type-not-allowed",
        "null-not-allowed",
        "choice-several",
        "slice-too-many",
        "several-certificates",
        "slice-closed",
        "slice-order",
        "profile-none-fits",
        "profile-type-wrong",
        "namespace-wrong",
        "attribute-unknown",
        "text-not-allowed",
        "entry-type-wrong",
        "entry-unreachable",
        "link-not-allowed",
        "path-unknown",
        "slicing-not-possible",
        "slicing-differs",
        "discriminator-unknown",
        # Answers that stand where their Questionnaire has none.
        "answer-unknown",
        "answer-misplaced",
        "answer-out-of-order",
        "answer-repeated",
        "answer-not-taken",
        "answer-type-wrong",
    ),
    "required": (
        "element-missing",
        "slice-missing",
        "full-url-missing",
        "value-missing",
        "narrative-source-missing",
        "patient-missing",
        "answer-missing",
        "answer-too-few",
    ),
    "value": (
        "primitive-invalid",
        "value-invalid",
        "value-empty",
        "fixed-value-differs",
        "pattern-differs",
        "value-out-of-range",
        "length-short",
        "form-differs",
        "size-differs",
        "decimals-exceeded",
        "count-differs",
        "system-versioned",
        "reference-malformed",
        "reference-type-differs",
        "reference-way-wrong",
        "narrative-link-wrong",
        "narrative-language-wrong",
        "extension-url-differs",
        "uri-not-absolute",
        "number-out-of-range",
        "reference-target-wrong",
        "full-url-differs",
        "narrative-not-allowed",
        "answer-out-of-range",
        "answer-unit-wrong",
        "answer-too-short",
        "answer-format-wrong",
        "answer-too-precise",
        "answer-file-type-wrong",
        "answer-text-differs",
        "answer-subject-wrong",
        "fnr-invalid",
        "hpr-invalid",
        "organisation-number-invalid",
        "quantity-implausible",
    ),
    "code-invalid": (
        "code-not-allowed",
        "answer-not-allowed",
        "code-unknown",
        "system-is-value-set",
        "code-system-mismatch",
        "diagnosis-code-unknown",
    ),
    "too-long": (
        "length-exceeded",
        "size-exceeded",
        "body-too-large",
        "outside-attachments-too-large",
        "answer-too-long",
        "answer-file-too-large",
    ),
    "too-costly": (
        "too-deep",
        "too-many-elements",
        "too-many-entries",
        "too-many-attributes",
        "too-many-namespaces",
        "too-many-faults",
    ),
    "security": (
        "html-in-text",
        "doctype-refused",
        "entity-refused",
        "instruction-refused",
        "sender-not-verified",
        "signature-missing",
        "signature-refused",
        "signer-not-trusted",
        "signer-revoked",
        "signer-not-sender",
        "sender-other-than-signer",
        "sender-not-registered",
        "caller-not-sender",
        "author-not-caller",
    ),
    "invariant": ("invariant-broken", "certificate-date-with-time", "sha256-form", "certificate-questionnaire"),
    "extension": (
        "modifier-extension-unknown",
        "extension-unknown",
        "extension-misplaced",
        "extension-versioned",
        "extension-modifier-differs",
    ),
    "not-found": (
        "author-not-registered",
        "reference-unresolved",
        "narrative-link-unresolved",
        "condition-question-unknown",
    ),
    "multiple-matches": ("reference-ambiguous",),
    "duplicate": ("full-url-duplicated", "id-duplicated", "label-repeated", "link-repeated", "likely-resend"),
    "conflict": ("message-id-conflict", "revision-of-other-patient", "subject-differs", "patient-ambiguous"),
    "not-supported": (
        "modifier-not-understood",
        "format-not-supported",
        "media-type-not-supported",
        "resource-type-unknown",
        "profile-unknown",
        "profile-not-in-force",
        "invariant-not-evaluable",
        "questionnaire-unknown",
        "answer-not-tried",
    ),
    "business-rule": (
        "author-is-patient",
        "author-not-authorised",
        "author-may-not-certify",
        "person-wrong-environment",
        "draft-submitted",
        "answer-disabled",
        "answer-not-alone",
        "condition-question-own",
        "condition-question-later",
        "url-of-example",
        "supplement-unclear",
        "derivation-differs",
        "definition-widens",
        "expression-wrong",
        "experimental-content",
    ),
    "suppressed": ("benefit-removed",),
}

ISSUE_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {rule: type_ for type_, rules in _BY_TYPE.items() for rule in rules}
)
"""Rule id to issue type, where the effect alone does not say it."""

_BY_EFFECT: Final[Mapping[Effect, str]] = {
    Effect.NOTE: "informational",
    Effect.REMARK: "business-rule",
    Effect.UNANSWERED: "required",
    Effect.REFUSE: "invalid",
}


def issue_type(finding: Finding) -> str:
    """The issue type of a finding; never fails, whatever the rule."""
    return ISSUE_TYPES.get(finding.rule, _BY_EFFECT[finding.effect])
