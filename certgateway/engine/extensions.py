"""Whether an extension is known, is used as its definition says, and may stand where it stands.

Its content is judged by its definition as a profile, elsewhere. Nothing here may judge that content, or know a
definition that was not given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from certgateway.engine.contexts import check_context
from certgateway.engine.references import is_absolute

if TYPE_CHECKING:
    from collections.abc import Mapping

    from certgateway.engine.instance import Place
    from certgateway.engine.run import Run

_INNER = frozenset({"extension", "modifierExtension"})
_EXAMPLES = ("example.org", "acme.com")
# HL7 publishes extensions beside R4 itself: its packages of extensions, those of other releases, those of its tools.
# What isn't in R4 may be in one of them; that it isn't known here is then no fault of the sender's.
_PUBLISHED_ELSEWHERE = (
    "http://hl7.org/fhir/StructureDefinition/",
    "http://hl7.org/fhir/tools/StructureDefinition/",
    "http://hl7.org/fhir/3.0/StructureDefinition/",
    "http://hl7.org/fhir/4.3/StructureDefinition/",
    "http://hl7.org/fhir/5.0/StructureDefinition/",
)


def check_use(run: Run, structure: Mapping[str, Any], place: Place, *, modifies: bool, is_modifier: bool) -> None:
    """Judge how an extension is used whose definition is known: its url, whether it modifies, and its place."""
    if "|" in place.value["url"]:
        run.add("extension-versioned", (place.trail, "url", None))
    if is_modifier != modifies:
        run.add("extension-modifier-differs", place.trail, "modifierExtension" if modifies else "extension")
    check_context(run, structure, place)


def check_unknown(run: Run, place: Place, *, is_modifier: bool) -> None:
    """Judge an extension nobody defined; one inside another is named within it, any other has a canonical."""
    url = place.value.get("url")
    if is_absolute(url):
        _unknown(run, place, str(url), is_modifier=is_modifier)
    elif place.trail[0][1] not in _INNER:
        run.add("uri-not-absolute", (place.trail, "url", None))


def _unknown(run: Run, place: Place, url: str, *, is_modifier: bool) -> None:
    severity = run.options.unknown_extension
    is_example = any(domain in url for domain in _EXAMPLES)
    if is_example and not run.options.example_urls:
        run.add("url-of-example", (place.trail, "url", None))
    if is_modifier:
        run.add("modifier-extension-unknown", place.trail)
    elif severity is None or (is_example and run.options.example_urls) or "nema.org" in url:
        return
    elif severity == "error" and url.startswith(_PUBLISHED_ELSEWHERE):
        run.add("extension-unknown", place.trail, severity="warning")
    else:
        run.add("extension-unknown", place.trail, severity=severity)
