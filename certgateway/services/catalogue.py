"""The catalogue of everything a sender may be told: the rules, and the kinds of conformance fault the engine finds."""

from collections.abc import Iterator

from certgateway import engine
from certgateway.domain.findings import LANGUAGES, Effect, Language
from certgateway.engine.findings import Fault
from certgateway.rules.catalogue import Entry, Rendering, entries, render
from certgateway.rules.declaration import FIRST_RULE_SET, Text

_AUTHORITY = "HL7 FHIR R4 4.0.1 and the certificate profiles"


def catalogue_text(form: Rendering, language: Language) -> str:
    """The whole catalogue in one of the renderings of `certgateway rules`."""
    return render(entries(_conformance()), form, language)


def _conformance() -> Iterator[Entry]:
    """The engine's kinds as entries; a kind that is also a rule of ours is described by the rule."""
    for kind in engine.kinds():
        fault = Fault(kind, "error", "")
        texts = {
            language: Text(engine.text(fault, language), engine.action(fault, language), counsellor="")
            for language in LANGUAGES
        }
        yield Entry(kind, Effect.REFUSE, None, _AUTHORITY, FIRST_RULE_SET, texts)
