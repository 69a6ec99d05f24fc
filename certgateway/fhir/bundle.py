"""The message Bundle: opened, stripped, checked and understood, in that order; and findings put at their place.

`open_message` takes bytes, everything after it works on one tree whatever the format was. Steps after `strip` see no
benefit content; `locate` turns their paths back into places of the message as received. Nothing here decides what a
finding means.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

from certgateway import safejson, safexml
from certgateway.domain.findings import Effect, Finding
from certgateway.domain.message import Envelope, Origins, Removal, lineage, place
from certgateway.domain.reply import Reply
from certgateway.domain.senders import is_her_id, misspelt
from certgateway.domain.vocabulary import systems
from certgateway.engine import Options, judge
from certgateway.engine.definitions.definitions import Definitions
from certgateway.engine.findings import Fault, limited
from certgateway.engine.positions import Place, resolve
from certgateway.engine.positions_json import json_positions
from certgateway.engine.positions_xml import xml_positions
from certgateway.engine.xml.form import read_bytes
from certgateway.fhir.benefits import Stripped
from certgateway.fhir.benefits import strip as strip_benefits
from certgateway.fhir.carried import Titles, not_carried
from certgateway.fhir.certificate import Parsed, parse_certificate
from certgateway.fhir.content import content_digest
from certgateway.fhir.elements import Reading
from certgateway.fhir.reading import Message
from certgateway.fhir.replying import is_answer_header, is_status_header, read_reply
from certgateway.fhir.sender import sender_claims, sender_numbers
from certgateway.safejson import JsonLimits, Unreadable
from certgateway.safexml import XmlLimits

Json = dict[str, Any]
FhirFormat = Literal["fhir-json", "fhir-xml"]

MESSAGE_PROFILE = systems.STRUCTURE_DEFINITION + "certificate-message"
ANSWER_PROFILE = systems.STRUCTURE_DEFINITION + "answer-message"
STATUS_PROFILE = systems.STRUCTURE_DEFINITION + "treatment-status-message"
# What a message may claim to be in a version we have, with and without naming the version.
_OURS = {
    profile: frozenset({profile, f"{profile}|{systems.PROFILE_VERSION}"})
    for profile in (MESSAGE_PROFILE, ANSWER_PROFILE, STATUS_PROFILE)
}
_HER_ENDPOINT = systems.HER_ID + "."
# Completeness is stated once, by rules/completeness; the profile's invariants with these keys are for foreign engines.
_COMPLETENESS = frozenset(
    {
        "author-missing",
        "diagnosis-missing",
        "function-missing",
        "health-risk-missing",
        "prognosis-missing",
        "prognosis-uncertain-without-review",
    }
)
# dom-6 and con-3 are advice (severity warning): narrative is never read here, and a diagnosis is current because it
# stands in a certificate. per-1 is told by the rule `period-reversed`, in the doctor's words and alike for FHIR and
# KITH.
_LEFT_TO_RULES = frozenset({"dom-6", "con-3", "per-1"})
_EFFECTS = {"error": Effect.REFUSE, "warning": Effect.NOTE, "information": Effect.NOTE}
# Answers in a certificate are judged as resources would be that say the same: by the codec, which names what it can't
# carry, and by the rules. What the form asks beyond that (who is shown which question) binds the form alone.
OPTIONS = Options(
    unresolved="error",
    unknown_profile="information",
    answers=False,
    ignored_invariants=_COMPLETENESS | _LEFT_TO_RULES,
)
"""How the gateway judges a message: advice and what the rules tell in a doctor's words are left out."""
_CODEC_EFFECTS = {
    "not-carried": Effect.NOTE,
    "modifier-not-understood": Effect.REFUSE,
    "subject-differs": Effect.REFUSE,
    "patient-ambiguous": Effect.REFUSE,
}
# Invariants of our own profiles have texts of their own among the rules.
_OWN_INVARIANTS = frozenset({"certificate-date-with-time", "sha256-form", "certificate-questionnaire"})
# Who is missing is told by `patient-missing` and `author-missing`, once and in the contract's words.
_PEOPLE = frozenset({"author", "subject"})


@dataclass(frozen=True, slots=True)
class Opened:
    """A readable message. `faults` are those of its XML form."""

    raw: bytes
    format: FhirFormat
    tree: Json
    faults: tuple[Fault, ...]

    @property
    def is_certificate(self) -> bool:
        """Whether this is a message Bundle; anything else is judged as a plain resource."""
        return self.tree.get("resourceType") == "Bundle" and self.tree.get("type") == "message"

    @property
    def is_answer(self) -> bool:
        """Whether this is a message that answers a clarification: told by its header's event alone.

        It is a certificate too, of which only what is answered is there.
        """
        return self.is_certificate and is_answer_header(_header(self.tree))

    @property
    def is_status(self) -> bool:
        """Whether this is a message that tells what has become of a treatment: a certificate of which only that is."""
        return self.is_certificate and is_status_header(_header(self.tree))


def open_message(
    raw: bytes,
    format_: FhirFormat,
    definitions: Definitions,
    json: JsonLimits = safejson.DEFAULT_LIMITS,
    xml: XmlLimits = safexml.DEFAULT_LIMITS,
) -> Opened:
    """Parse a body; raises `Unreadable` when it is not one FHIR resource."""
    if format_ == "fhir-xml":
        tree, faults = read_bytes(raw, definitions, xml)
        return Opened(raw, format_, tree, tuple(faults))
    tree = safejson.parse(raw, json)
    if not isinstance(tree, dict):
        raise Unreadable("not-a-resource", 1, 1)
    return Opened(raw, format_, tree, ())


def entry_count(opened: Opened) -> int:
    """How many entries the Bundle has; none when it is another resource."""
    entries = opened.tree.get("entry") if opened.tree.get("resourceType") == "Bundle" else None
    return len(entries) if isinstance(entries, list) else 0


def envelope(opened: Opened) -> Envelope:
    """Message id and sender as stated; the id is None when there is no readable MessageHeader.id."""
    header = _header(opened.tree)
    message_id = header.get("id")
    source = header.get("source")
    endpoint = source.get("endpoint") if isinstance(source, dict) else None
    return Envelope(
        message_id=message_id if isinstance(message_id, str) and is_id(message_id) else None,
        sender=_sender(endpoint if isinstance(endpoint, str) else ""),
        digested=lambda: content_digest(opened.tree),
        # Few messages name a sender beside the endpoint, and to resolve references costs.
        numbers=tuple(sender_numbers(opened.tree)) if "sender" in header else (),
        claims=lambda: tuple(sender_claims(opened.tree)),
    )


def misspelt_senders(opened: Opened, envelope: Envelope) -> list[Finding]:
    """HER-ids of the sender that are none; a message that gives one, and nothing beside it, costs no look at it."""
    is_plain = envelope.sender.startswith("her:") and "sender" not in _header(opened.tree)
    return [] if is_plain or opened.tree.get("resourceType") != "Bundle" else list(misspelt(sender_claims(opened.tree)))


def profile_version(tree: Json) -> str:
    """The version of our message profiles that a Bundle claims; the one we publish when it claims none."""
    for profile in _claims(tree):
        name, _, version = str(profile).partition("|")
        if name in _OURS and version:
            return version
    return systems.PROFILE_VERSION


def strip(opened: Opened, definitions: Definitions) -> Stripped:
    """The message without benefit content; a plain resource that is no certificate is left whole."""
    return strip_benefits(opened.tree, definitions)


def conform(opened: Opened, stripped: Stripped, definitions: Definitions) -> list[Finding]:
    """Every conformance fault, of the form as received and of the stripped tree, in received coordinates."""
    faults = judge(stripped.tree, definitions, profiles=_profiles(opened), options=OPTIONS)
    if opened.is_certificate:
        faults = [fault for fault in faults if not _is_told_otherwise(fault, stripped.tree)]
    removed = frozenset(removal.path for removal in stripped.removed)
    outside = [fault for fault in opened.faults if removed.isdisjoint(lineage(fault.path))]
    moved = [replace(fault, path=stripped.received.path(fault.path)) for fault in faults]
    findings = [_finding(fault) for fault in limited([*outside, *_unknown_profile(opened), *moved])]
    if not definitions.is_resource(str(opened.tree.get("resourceType"))):
        # Without a resource type the root has no name that a path could begin with.
        findings = [replace(finding, path=None, line=1, column=1) for finding in findings]
    return findings


def _is_told_otherwise(fault: Fault, tree: Json) -> bool:
    """Whether a rule or `_unknown_profile` says the same in better words."""
    if fault.kind == "profile-unknown":
        return fault.path.startswith("Bundle.meta.")
    if fault.kind != "element-missing" or fault.expected not in _PEOPLE:
        return False
    holder = resolve(tree, fault.path)
    return isinstance(holder, dict) and holder.get("resourceType") == "Composition"


def _profile(opened: Opened) -> str:
    """The profile of such a message, told by its event; a certificate in everything else."""
    if opened.is_status:
        return STATUS_PROFILE
    return ANSWER_PROFILE if opened.is_answer else MESSAGE_PROFILE


def _profiles(opened: Opened) -> tuple[str, ...]:
    """A message is held against our profile whatever it claims; a plain resource against what it claims."""
    # The judge holds a message against what it claims anyway.
    wanted = _profile(opened)
    return () if not opened.is_certificate or _OURS[wanted] & set(_claims(opened.tree)) else (wanted,)


def _unknown_profile(opened: Opened) -> list[Fault]:
    """A message that claims profiles must claim one of ours in a version we have: an unknown profile is never valid.

    A known one that is of another kind of message contradicts the event, and that is told where the event stands.
    """
    claims = _claims(opened.tree)
    if not opened.is_certificate or not claims or any(ours & set(claims) for ours in _OURS.values()):
        return []
    expected = f"{_profile(opened)}|{systems.PROFILE_VERSION}"
    return [Fault("profile-unknown", "error", "Bundle.meta.profile[0]", expected=expected)]


def understand(stripped: Stripped, definitions: Definitions, titles: Titles) -> tuple[Parsed, list[Finding]]:
    """The certificate, with origins in received coordinates, and a note for everything that was not carried."""
    message = Message(stripped.tree)
    parsed = parse_certificate(message)
    parsed.origins = {element: stripped.received.path(path) for element, path in parsed.origins.items()}
    if parsed.certificate is None:
        return parsed, []
    lost = not_carried(message, definitions, titles)
    taken = frozenset(removal.path for removal in stripped.removed)
    told = {
        "not-carried": lost.unread,
        "modifier-not-understood": lost.modifiers,
        "subject-differs": parsed.strangers,
        "patient-ambiguous": parsed.ambiguous,
    }
    places = [(rule, stripped.received.path(path)) for rule, paths in told.items() for path in paths]
    return parsed, [Finding(rule, _CODEC_EFFECTS[rule], path=path) for rule, path in places if path not in taken]


def find_reply(stripped: Stripped) -> Reply | None:
    """Which clarification a message answers, and what it declines.

    None when the message is no answer, or has no Communication that names a clarification by a readable id. It does
    not ask whether the certificate could be read; where these things stood is among the origins of `understand`, under
    `clarification`, `clarification.declined` and `clarification.declined_items[i]`.
    """
    if not is_answer_header(_header(stripped.tree)):
        return None  # As nearly always; to list what is in a message for nothing would cost.
    return read_reply(Message(stripped.tree), Reading(), None)


def removal_findings(removed: Iterable[Removal]) -> list[Finding]:
    """One note for each thing that was taken away, by item and place."""
    return [Finding("benefit-removed", Effect.NOTE, item=removal.item, path=removal.path) for removal in removed]


def locate(findings: Iterable[Finding], origins: Origins, opened: Opened) -> list[Finding]:
    """Findings with path, element, item, line and column filled in wherever they can be told."""
    return position(place(findings, origins), opened)


def position(placed: list[Finding], opened: Opened) -> list[Finding]:
    """Findings with line and column filled in; the body is read once for all of them."""
    wanted = {Place(finding.path, finding.culprit) for finding in placed if finding.path is not None}
    if opened.format == "fhir-xml":
        found = xml_positions(opened.raw, wanted)
    else:
        found = json_positions(opened.raw, opened.tree, wanted)
    return [_positioned(finding, found.get(Place(finding.path or "", finding.culprit))) for finding in placed]


def _positioned(finding: Finding, position: tuple[int, int] | None) -> Finding:
    line, column = position or (finding.line, finding.column)
    return replace(finding, path=_delimited(finding.path), line=line, column=column)


def _delimited(path: str | None) -> str | None:
    """`div` is an operator of FHIRPath: as the name of a step it stands in backticks."""
    return path[:-4] + ".`div`" if path is not None and path.endswith(".div") else path


def _finding(fault: Fault) -> Finding:
    own = fault.kind == "invariant-broken" and fault.expected in _OWN_INVARIANTS
    return Finding(
        rule=str(fault.expected) if own else fault.kind,
        effect=_EFFECTS[fault.severity],
        path=fault.path,
        expected=None if own else fault.expected,
        detail=dict(fault.detail),
        culprit=fault.culprit,
    )


def _claims(tree: Json) -> list[str]:
    meta = tree.get("meta")
    profiles = meta.get("profile") if isinstance(meta, dict) else None
    return [profile for profile in profiles if isinstance(profile, str)] if isinstance(profiles, list) else []


def _header(tree: Json) -> Json:
    entries = tree.get("entry")
    for entry in entries if isinstance(entries, list) else ():
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(resource, dict) and resource.get("resourceType") == "MessageHeader":
            return resource
    return {}


def is_id(text: str) -> bool:
    """Whether a text can be the id of a resource."""
    return 0 < len(text) <= 64 and text.isascii() and text.replace("-", "").replace(".", "").isalnum()  # noqa: PLR2004


def _sender(endpoint: str) -> str:
    """The HER-id of the sending system, else a digest of what stood there: the key must be stable, not readable."""
    her = endpoint.removeprefix(_HER_ENDPOINT)
    if her != endpoint and is_her_id(her):
        return f"her:{her}"
    return f"endpoint:{hashlib.sha256(endpoint.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"
