"""Findings as a FHIR OperationOutcome: an issue each, with rule, text, action and place; and answers without findings.

Every text comes from the rules' and the engine's catalogues or stands here. No issue may quote a value of the message.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Literal

from certgateway.domain.findings import Finding, Language
from certgateway.domain.vocabulary import systems
from certgateway.fhir.outcome_codes import issue_type

Json = dict[str, Any]
TextOf = Callable[[Finding, Language], tuple[str, str]]
"""What is wrong and what to do about it, in one language."""

RULE_SYSTEM: Final = systems.CODE_SYSTEM + "rule"
FINDING_EXTENSION: Final = systems.STRUCTURE_DEFINITION + "finding"

_NOTHING_FOUND: Final[Mapping[Language, str]] = {
    "nb": "Ingen feil eller merknader er funnet.",
    "nn": "Ingen feil eller merknader er funne.",
    "en": "No faults or remarks were found.",
}

Trouble = Literal["unavailable", "throttled", "fault", "not-authenticated", "not-allowed", "not-found"]
"""Why a request got no judgement: the first three may be tried again as they are."""

_TROUBLES: Final[Mapping[Trouble, tuple[str, Mapping[Language, tuple[str, str]]]]] = {
    "unavailable": (
        "transient",
        {
            "nb": (
                "Tjenesten er ikke tilgjengelig nå. Ingenting er registrert.",
                "Send den samme meldingen igjen om litt.",
            ),
            "nn": (
                "Tenesta er ikkje tilgjengeleg no. Ingenting er registrert.",
                "Send den same meldinga igjen om litt.",
            ),
            "en": ("The service is not available now. Nothing was registered.", "Send the same message again shortly."),
        },
    ),
    "throttled": (
        "throttled",
        {
            "nb": ("Det er sendt for mange meldinger på kort tid.", "Vent så lenge Retry-After sier, og send på nytt."),
            "nn": (
                "Det er sendt for mange meldingar på kort tid.",
                "Vent så lenge Retry-After seier, og send på nytt.",
            ),
            "en": ("Too many messages were sent in a short time.", "Wait as long as Retry-After says and send again."),
        },
    ),
    "fault": (
        "exception",
        {
            "nb": (
                "En feil hos oss stanset behandlingen. Meldingen er ikke vurdert.",
                "Send den samme meldingen igjen. Oppgi referansen hvis du tar kontakt.",
            ),
            "nn": (
                "Ein feil hos oss stansa handsaminga. Meldinga er ikkje vurdert.",
                "Send den same meldinga igjen. Oppgi referansen om du tek kontakt.",
            ),
            "en": (
                "A fault on our side stopped the work. The message was not judged.",
                "Send the same message again. Give the reference if you contact us.",
            ),
        },
    ),
    "not-authenticated": (
        "login",
        {
            "nb": ("Avsenderen er ikke innlogget.", "Send med et gyldig adgangstoken."),
            "nn": ("Avsendaren er ikkje innlogga.", "Send med eit gyldig tilgangstoken."),
            "en": ("The sender is not logged in.", "Send with a valid access token."),
        },
    ),
    "not-allowed": (
        "forbidden",
        {
            "nb": ("Avsenderen har ikke adgang til dette.", "Kontroller hvilke rettigheter systemet er gitt."),
            "nn": ("Avsendaren har ikkje tilgang til dette.", "Kontroller kva rettar systemet har fått."),
            "en": ("The sender may not do this.", "Check which rights the system has been given."),
        },
    ),
    "not-found": (
        "not-found",
        {
            "nb": ("Det som ble etterspurt, finnes ikke her.", "Kontroller adressen."),
            "nn": ("Det som vart etterspurt, finst ikkje her.", "Kontroller adressa."),
            "en": ("What was asked for does not exist here.", "Check the address."),
        },
    ),
}


def operation_outcome(findings: Iterable[Finding], language: Language, text_of: TextOf) -> Json:
    """One issue per finding, in the order given; without findings one informational issue."""
    issues = [_issue(finding, language, text_of) for finding in findings]
    return _outcome(issues or [_nothing_found(language)], language)


def trouble_outcome(trouble: Trouble, language: Language, reference: str | None = None) -> Json:
    """What is answered when nothing was judged. `reference` (an id in FHIR's form) leads us to our log."""
    type_, texts = _TROUBLES[trouble]
    found, action = texts[language]
    issue = {"severity": "error", "code": type_, "details": _details(trouble, found), "diagnostics": action}
    outcome = _outcome([issue], language)
    return outcome if reference is None else {"resourceType": "OperationOutcome", "id": reference, **outcome}


def _outcome(issues: list[Json], language: Language) -> Json:
    return {"resourceType": "OperationOutcome", "language": language, "issue": issues}


def _details(rule: str, text: str) -> Json:
    return {"coding": [{"system": RULE_SYSTEM, "code": rule}], "text": text}


def _nothing_found(language: Language) -> Json:
    return {"severity": "information", "code": "informational", "details": {"text": _NOTHING_FOUND[language]}}


def _issue(finding: Finding, language: Language, text_of: TextOf) -> Json:
    found, action = text_of(finding, language)
    place = _place(finding)
    issue: Json = {"extension": [{"url": FINDING_EXTENSION, "extension": place}]} if place else {}
    issue |= {
        "severity": finding.severity,
        "code": issue_type(finding),
        "details": _details(finding.rule, found),
    }
    if action:
        issue["diagnostics"] = action
    if finding.path is not None:
        issue["expression"] = [finding.path]
    return issue


def _place(finding: Finding) -> list[Json]:
    """Where it is, beyond what `expression` says: each part only when it is known."""
    place: list[Json] = []
    if finding.item is not None:
        place.append({"url": "item", "valueCode": finding.item})
    if finding.element:
        place.append({"url": "element", "valueString": finding.element})
    if finding.line is not None:
        place.append({"url": "line", "valuePositiveInt": finding.line})
    if finding.column is not None:
        place.append({"url": "column", "valuePositiveInt": finding.column})
    if finding.span is not None:
        ends = zip(("start", "end"), finding.span, strict=True)
        place.append({"url": "span", "extension": [{"url": name, "valueUnsignedInt": end} for name, end in ends]})
    return place
