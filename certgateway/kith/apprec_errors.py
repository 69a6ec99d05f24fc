"""What an AppRec tells of the findings: the standard's codes first, then an Error per finding with our own rule id.

Remarks stand there in an OK too, each with what to do, but without a code of the standard, which would say that
something is wrong with the message. Of the notes only those are told that say what became of the doctor's words: what
was removed, what was not carried, what only retells the patient, and that the certificate came before. They stand last,
one Error for all places of the same kind, and begin by saying that they are for information: every ordinary certificate
has a few, and no OK should look like an alarm. Whether the sender was verified is nothing the doctor can mend, and is
told in the gateway's own receipt alone.

Every text comes from the catalogues or stands here. No Error may quote a value of the message.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from certgateway.domain.findings import Effect, Finding, Language
from certgateway.kith.apprec_codes import ERROR_NAMES, ERROR_SYSTEM, RULE_OID, ErrorCode, error_codes

TextOf = Callable[[Finding, Language], tuple[str, str]]
"""What is wrong and what to do about it, in one language."""

MOST_ERRORS: Final = 200
"""Errors of one receipt, notes included; a doctor reads the first few, and a system need not hold thousands."""

MOST_PLACES: Final = 20
"""Places named in one Error."""

MORE: Final = "too-many-faults"
"""The rule id of the last Error when not all were told; the catalogue says the same of it."""

TOLD_NOTES: Final = ("benefit-removed", "not-carried", "patient-reported-in-assessment", "likely-resend")

_PLACE: Final[Mapping[Language, str]] = {"nb": "Sted: ", "nn": "Stad: ", "en": "Place: "}
_MORE_PLACES: Final[Mapping[Language, str]] = {
    "nb": "; og {count} til",
    "nn": "; og {count} til",
    "en": "; and {count} more",
}
_FOR_INFORMATION: Final[Mapping[Language, str]] = {
    "nb": "Til orientering: ",
    "nn": "Til orientering: ",
    "en": "For information: ",
}
_MORE_FINDINGS: Final[Mapping[Language, tuple[str, str]]] = {
    "nb": (
        "Ytterligere {count} funn er ikke tatt med i kvitteringen.",
        "Rett det som står her. Resten kommer fram neste gang meldingen sendes.",
    ),
    "nn": (
        "Ytterlegare {count} funn er ikkje tekne med i kvitteringa.",
        "Rett det som står her. Resten kjem fram neste gong meldinga blir send.",
    ),
    "en": (
        "{count} more findings are not given in the receipt.",
        "Mend what stands here. The rest will show the next time the message is sent.",
    ),
}


@dataclass(frozen=True, slots=True)
class CodedError:
    """One Error element: V, S, DN and OT of its type CV."""

    code: str
    system: str
    name: str
    text: str | None = None


def coded_errors(findings: Iterable[Finding], language: Language, text_of: TextOf) -> list[CodedError]:
    """Every Error of a receipt, in order; the gravest findings first, each grade in the order given.

    The verdict follows from the findings, and so do the standard's codes: only a message that is rejected or incomplete
    has findings that give one.
    """
    listed = tuple(findings)
    graded = sorted((one for one in listed if one.effect > Effect.NOTE), key=lambda one: one.effect, reverse=True)
    codes = [_standard(code) for code in error_codes(graded)]
    told = [_error(one, [one], language, text_of) for one in graded]
    notes = _notes(listed, language, text_of)
    room = MOST_ERRORS - len(codes) - len(notes)
    if len(told) <= room:
        return [*codes, *told, *notes]
    shown = max(room - 1, 0)
    return [*codes, *told[:shown], *notes, _more(len(told) - shown, language)]


def _standard(code: ErrorCode) -> CodedError:
    return CodedError(code, ERROR_SYSTEM, ERROR_NAMES[code])


def _error(finding: Finding, alike: Sequence[Finding], language: Language, text_of: TextOf) -> CodedError:
    """The Error of findings that share rule and texts, with every place."""
    found, action = text_of(finding, language)
    parts = (action, _places([one.path for one in alike if one.path is not None], language))
    return CodedError(finding.rule, RULE_OID, found, " ".join(part for part in parts if part) or None)


def _notes(findings: Iterable[Finding], language: Language, text_of: TextOf) -> list[CodedError]:
    """The notes that are told, by rule and then as they came; places of the same text stand together."""
    alike: dict[tuple[str, tuple[str, str]], list[Finding]] = {}
    for finding in findings:
        if finding.effect is Effect.NOTE and finding.rule in TOLD_NOTES:
            alike.setdefault((finding.rule, text_of(finding, language)), []).append(finding)
    groups = sorted(alike.values(), key=lambda group: TOLD_NOTES.index(group[0].rule))
    told = (_error(group[0], group, language, text_of) for group in groups)
    return [CodedError(one.code, one.system, _FOR_INFORMATION[language] + one.name, one.text) for one in told]


def _places(paths: Sequence[str], language: Language) -> str:
    """The paths as one text, no more than anybody would follow."""
    if not paths:
        return ""
    left = len(paths) - MOST_PLACES
    named = _PLACE[language] + "; ".join(paths[:MOST_PLACES])
    return named + _MORE_PLACES[language].format(count=left) if left > 0 else named


def _more(count: int, language: Language) -> CodedError:
    found, action = _MORE_FINDINGS[language]
    return CodedError(MORE, RULE_OID, found.format(count=count), action)
