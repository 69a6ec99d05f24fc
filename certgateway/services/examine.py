"""Steps 2 to 8 of the walk (docs/walk.md), without a store: open, forget, conform, understand, judge.

`validate` on the command line, `$validate` over HTTP and `receive` all examine a message here, so that they cannot
disagree. Nothing here may write, look at a clock or know who asks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from certgateway.domain.amendment import points_only, stated_items
from certgateway.domain.attachments import TAKEN, AttachmentPolicy
from certgateway.domain.body_size import oversize
from certgateway.domain.certificate import WITHDRAWN, Certificate
from certgateway.domain.findings import Effect, Finding, Policy, Verdict, judge
from certgateway.domain.message import Envelope, Format, Origins, Removal, SignedBy, lineage, place
from certgateway.domain.reply import Reply
from certgateway.domain.senders import VerifiedSender
from certgateway.engine.definitions.definitions import Definitions
from certgateway.engine.validation import refused_at
from certgateway.fhir import bundle
from certgateway.fhir.benefits import Stripped
from certgateway.rules import judge as judge_rules
from certgateway.rules.declaration import Diagnoses, Facts, InForce, Persons
from certgateway.safejson import Unreadable
from certgateway.services.abridge import first_places
from certgateway.services.bounds import MEASURED, Bounds
from certgateway.services.verify import Signatures, held_to_sender, signed_content
from certgateway.services.withhold import WithheldSentence, find_marks, placed_sentences

if TYPE_CHECKING:
    # The KITH codec is loaded with the first such message: `validate` must start fast in somebody's CI.
    from certgateway.kith import msghead
    from certgateway.kith.legeerklaering import Parsed
    from certgateway.kith.parties import Original
    from certgateway.kith.schema import Tables

_LOOKED_AT = 64 * 1024
# A declaration, comments, instructions and a document type, in any number; then the name of the root and the rest of
# its tag. Possessive, so that no body can make it look twice.
_ROOT_TAG = re.compile(
    rb"(?:<\?(?:[^?]|\?(?!>))*+\?>|<!--(?:[^-]|-(?!->))*+-->|<![^-\[>][^\[>]*+(?:\[[^\]]*+\][^>]*+)?+>|[ \t\r\n])*+"
    rb"<([^\s<>/!?]++)([^<>]*+)",
    re.DOTALL,
)
_REFUSED_PLACES = frozenset({"namespace-wrong", "value-invalid"})
_KITH_ROOTS = frozenset({b"MsgHead", b"EI_fellesformat"})
_TO_NOBODY = Reply("")
"""An answer that does not say to what: it can be put aside, and must never be taken for a whole certificate."""
_STATUS = Reply("", tells=frozenset({"treatment"}))
"""What has become of a treatment: told without a question, and nothing else that a certificate says is told with it."""


@dataclass(frozen=True, slots=True)
class House:
    """What every examination needs and no message changes. `policies` is per format, `profiles` by version.

    `schemas` gives the tables of the KITH schemas; they are read when the first such message comes. Without
    `signatures` nothing is asked of them.
    """

    definitions: Definitions
    diagnoses: Diagnoses
    titles: Callable[[str, str], frozenset[str]]
    profiles: dict[str, InForce]
    policies: dict[str, Policy]
    persons: Persons
    schemas: Callable[[], Tables]
    attachments: AttachmentPolicy = TAKEN
    bounds: Bounds = MEASURED
    signatures: Signatures | None = None


@dataclass(frozen=True, slots=True)
class Examined:
    """A message after step 6: what it says, and what was found before any rule looked at it.

    `raw` is as it was received; of a signed message what was opened is what was signed, and the places are the same.
    `salvaged` is what a KITH message that was refused unread says of itself. `reply` is set where the certificate holds
    only the items of an answer, `sender` where its signer is registered with what it names its sender by.
    """

    raw: bytes
    format: Format
    envelope: Envelope | None
    certificate: Certificate | None
    origins: Origins
    findings: tuple[Finding, ...]
    removed: tuple[Removal, ...] = ()
    profile: InForce = field(default_factory=InForce)
    opened: bundle.Opened | msghead.Opened | None = None
    is_certificate: bool = True
    salvaged: Original | None = None
    reply: Reply | None = None
    signer: SignedBy | None = None
    sender: VerifiedSender | None = None

    @property
    def unreadable(self) -> bool:
        """Whether not even the syntax could be read, or might be."""
        return self.opened is None

    @property
    def original(self) -> Original | None:
        """How an answer by AppRec must name a KITH message; None for one that cannot be answered so."""
        if self.opened is None or isinstance(self.opened, bundle.Opened) or self.opened.head is None:
            return self.salvaged
        from certgateway.kith import msghead  # noqa: PLC0415  As above.

        return msghead.original_of(self.opened.head)

    def disowned(self, finding: Finding) -> Examined:
        """As where no signature holds: this alone is told, and no place of a message of the one it names is taken."""
        told = tuple(self.positioned([finding]))
        return Examined(self.raw, self.format, None, None, Origins(), told, signer=self.signer, salvaged=self.original)

    def placed(self, findings: Iterable[Finding]) -> list[Finding]:
        """Findings with path, element and item."""
        return place(findings, self.origins)

    def positioned(self, findings: list[Finding]) -> list[Finding]:
        """Findings with line and column too, as far as the message could be read."""
        if self.opened is None or not findings:
            return findings
        if isinstance(self.opened, bundle.Opened):
            return bundle.position(findings, replace(self.opened, raw=self.raw))
        from certgateway.kith import msghead  # noqa: PLC0415  As above.

        return msghead.position(findings, msghead.as_received(self.opened, self.raw))


@dataclass(frozen=True, slots=True)
class Judgement:
    """Every finding at its place in the input, worst first, the verdict, and what is held back of the prose."""

    findings: tuple[Finding, ...]
    verdict: Verdict
    withheld: tuple[WithheldSentence, ...] = ()


def examine(
    raw: bytes, format_: Format, house: House, at: datetime | None = None, detached: Sequence[str] = ()
) -> Examined:
    """Open, verify, forget, conform and understand one message. Never raises for anything a sender can write.

    A house that asks for signatures needs the time at which they hold; `detached` are those beside the message.
    """
    too_large = oversize(raw, house.bounds.size)
    if too_large is not None:
        return _refused(raw, format_, Finding(too_large.fault, Effect.REFUSE, detail={"limit": str(too_large.limit)}))
    if house.signatures is None:
        return _examine(raw, format_, house)
    if at is None:
        raise ValueError("a signature holds at a time")
    content = signed_content(raw, format_, house.signatures, at, detached)
    if isinstance(content, Finding):
        return _refused(raw, format_, content)
    # What is kept and answered is the message as it came; what is read is what was signed.
    examined = replace(_examine(content.read, format_, house), raw=raw, signer=content.signer)
    signer = held_to_sender(content.signer, examined.envelope)
    return examined.disowned(signer) if isinstance(signer, Finding) else examined


def _examine(raw: bytes, format_: Format, house: House) -> Examined:
    if format_ == "kith":
        return _examine_kith(raw, house)
    if format_ not in {"fhir-json", "fhir-xml"}:
        return _unreadable(raw, format_, Unreadable("format-not-supported", 1, 1))
    try:
        opened = bundle.open_message(raw, format_, house.definitions, house.bounds.json, house.bounds.xml)
    except Unreadable as refusal:
        return _unreadable(raw, format_, refusal, refused_at(refusal, house.definitions))
    if bundle.entry_count(opened) > house.bounds.entries:
        return _too_long(opened, house.bounds.entries)
    # Benefit content goes before anything else looks at the message: what follows cannot depend on it.
    stripped = bundle.strip(opened, house.definitions)
    faults = bundle.conform(opened, stripped, house.definitions)
    envelope = bundle.envelope(opened)
    faults += bundle.misspelt_senders(opened, envelope)
    if not opened.is_certificate:
        found = bundle.locate(faults, Origins(), opened)
        return Examined(raw, format_, envelope, None, Origins(), tuple(found), opened=opened, is_certificate=False)
    parsed, lost = bundle.understand(stripped, house.definitions, house.titles)
    reply = _reply(opened, stripped)
    return Examined(
        raw=raw,
        format=format_,
        envelope=envelope,
        certificate=parsed.certificate,
        origins=Origins(parsed.origins),
        findings=(
            *faults,
            *first_places(bundle.removal_findings(stripped.removed)),
            *_lost(faults, lost),
            *place(_beyond(parsed.certificate, reply), Origins(parsed.origins)),
        ),
        removed=stripped.removed,
        profile=house.profiles.get(bundle.profile_version(opened.tree), InForce()),
        opened=opened,
        reply=reply,
    )


def _reply(opened: bundle.Opened, stripped: Stripped) -> Reply | None:
    if opened.is_status:
        return _STATUS
    return bundle.find_reply(stripped) or (_TO_NOBODY if opened.is_answer else None)


def _beyond(certificate: Certificate | None, reply: Reply | None) -> list[Finding]:
    """What a message of a treatment's status says of other items; it never counts."""
    told = stated_items(certificate) if certificate is not None and reply is not None and reply.tells else ()
    # A reservation is always taken in, and a diagnosis may be named so that a treatment can mean it.
    beside = {"reservation", *(["diagnosis"] if certificate is not None and points_only(certificate) else [])}
    beyond = (item for item in told if reply is not None and item not in reply.tells | beside)
    return [Finding("status-beyond-treatment", Effect.REMARK, item=item, element=item) for item in beyond]


def _examine_kith(raw: bytes, house: House) -> Examined:
    """The same steps in the same order for KITH XML."""
    from certgateway.kith import msghead  # noqa: PLC0415  As above.
    from certgateway.kith.nameable import shown_findings, shown_removals  # noqa: PLC0415

    try:
        opened = msghead.open_message(raw, house.bounds.xml)
    except Unreadable as refusal:
        # What was built until then would live as long as the traceback, beside what is saved now.
        return _unreadable(raw, "kith", refusal.with_traceback(None))
    tables = house.schemas()
    removed = msghead.strip(opened)
    faults = msghead.conform(opened, tables)
    parsed, found, reply = _understood(opened, faults, house)
    notes = [finding for finding in found if finding.effect is Effect.NOTE]
    told = [*faults, *(finding for finding in found if finding.effect is not Effect.NOTE)]
    return Examined(
        raw=raw,
        format="kith",
        envelope=msghead.envelope(opened),
        certificate=parsed.certificate,
        origins=Origins(parsed.origins),
        findings=(
            *first_places(told),
            *first_places(shown_findings(bundle.removal_findings(removed), tables)),
            *first_places(shown_findings(_outside(faults, notes), tables)),
        ),
        removed=shown_removals(removed, tables),
        opened=opened,
        reply=reply,
    )


def _understood(
    opened: msghead.Opened, faults: list[Finding], house: House
) -> tuple[Parsed, list[Finding], Reply | None]:
    """The form, or the words of a dialogue; what is wrong with the form of a dialogue is added to the faults."""
    from certgateway.kith import dialogue_form, dialogue_reading, msghead  # noqa: PLC0415  As above.

    if not opened.dialogues or len(opened.heads) > 1:
        parsed, found = msghead.understand(opened, house.titles)
        return parsed, found, None
    faults += dialogue_form.judge_form(opened)
    parsed, reply, found = dialogue_reading.understand(opened, house.titles)
    return parsed, found, reply


def _outside(faults: list[Finding], notes: list[Finding]) -> list[Finding]:
    """What was left out, but for what stands in a value or an element that was refused: one fault, one finding."""
    refused = {fault.culprit or fault.path for fault in faults if fault.rule in _REFUSED_PLACES}
    if not refused:
        return notes
    return [note for note in notes if refused.isdisjoint(lineage(note.culprit or note.path or ""))]


def _too_long(opened: bundle.Opened, most: int) -> Examined:
    """A readable Bundle with more entries than anybody looks at: refused before any other work, by its own id."""
    found = Finding("too-many-entries", Effect.REFUSE, path="Bundle", detail={"limit": str(most)})
    told = tuple(bundle.locate([found], Origins(), opened))
    refused = Examined(opened.raw, opened.format, bundle.envelope(opened), None, Origins(), told, opened=opened)
    return replace(refused, is_certificate=opened.is_certificate)


def _lost(faults: list[Finding], lost: list[Finding]) -> list[Finding]:
    """What was left out, but for what stands in a node that does not conform: one fault, one finding."""
    broken = {fault.path for fault in faults if fault.effect is Effect.REFUSE and fault.path is not None}
    if any(map(str.isalpha, broken)):
        # A fault of the whole message takes in all that was left out, be it a hundred thousand places.
        lost = [note for note in lost if note.path is None]
    return first_places([note for note in lost if note.path is None or broken.isdisjoint(lineage(note.path))])


def judge_examined(examined: Examined, facts: Facts, policy: Policy) -> Judgement:
    """All rules, all findings, one verdict."""
    findings = list(examined.findings)
    withheld: tuple[WithheldSentence, ...] = ()
    needed = facts.submitted or examined.is_certificate
    if examined.opened is not None and needed and examined.certificate is None:
        findings += _no_certificate(examined)
    if examined.opened is not None and examined.is_certificate:
        findings = examined.placed(findings)
        marks = find_marks(examined.certificate) if examined.certificate is not None else {}
        withheld = placed_sentences(examined.certificate, marks, examined.origins)
        broken = {item for finding in findings if finding.effect is Effect.REFUSE for item in (finding.item,) if item}
        facts = replace(
            facts,
            profile=examined.profile,
            broken_items=frozenset(broken),
            # That form asks for function in words alone; no other may answer it so.
            uncoded_function=facts.uncoded_function or examined.format == "kith",
            marks=marks,
        )
        findings += first_places(examined.placed(_rule_findings(examined, facts)))
        findings = examined.positioned(findings)
    ordered = tuple(sorted(findings, key=_rank))
    return Judgement(ordered, judge(ordered, policy), withheld)


def _no_certificate(examined: Examined) -> list[Finding]:
    """A message must hold a certificate that can be read; other findings may say already why it does not."""
    if examined.is_certificate and any(finding.effect is Effect.REFUSE for finding in examined.findings):
        return []
    # A type that R4 does not know is a word of the sender's: the findings about it have no path, and neither has this.
    unknown = any(finding.path is None for finding in examined.findings)
    opened = examined.opened
    root = str(opened.tree.get("resourceType")) if isinstance(opened, bundle.Opened) and not unknown else None
    return [Finding("not-a-message", Effect.REFUSE, path=root, line=1, column=1)]


def _rule_findings(examined: Examined, facts: Facts) -> list[Finding]:
    certificate = examined.certificate
    if certificate is None:
        return []
    found = judge_rules(certificate, facts)
    if certificate.status == WITHDRAWN:
        # Who withdraws a certificate need not answer it first.
        return [finding for finding in found if finding.effect in {Effect.REFUSE, Effect.NOTE}]
    if examined.reply is not None:
        # An answer holds what was asked about; what else the certificate says is known where it is joined to it.
        stated = {None, "author", *stated_items(certificate)}
        if examined.reply.words is not None:
            # Whoever writes a letter need not say by number who wrote it.
            found = [finding for finding in found if finding.rule != "author-missing"]
        return [finding for finding in found if finding.effect is Effect.REFUSE or finding.item in stated]
    return found


def _rank(finding: Finding) -> tuple[int, int, int, str]:
    return -finding.effect, finding.line or 0, finding.column or 0, finding.rule


def not_read(fault: str) -> Examined:
    """What is told of something that no message could be got out of."""
    return _refused(b"", "unknown", Finding(fault, Effect.REFUSE))


def _unreadable(raw: bytes, format_: Format, fault: Unreadable, path: str | None = None) -> Examined:
    return _refused(raw, format_, Finding(fault.id, Effect.REFUSE, path=path, line=fault.line, column=fault.column))


def _refused(raw: bytes, format_: Format, finding: Finding) -> Examined:
    """A message that nothing was read of, but for what a KITH message is answered by."""
    refused = Examined(raw, format_, None, None, Origins(), (finding,))
    if format_ != "kith":
        return refused
    from certgateway.kith import msghead  # noqa: PLC0415  As above.

    return replace(refused, salvaged=msghead.salvage(raw))


def validation_facts(house: House, at: datetime) -> Facts:
    """Facts for judging without side effects: as from a trusted sender, at `at`, with nothing received before."""
    return Facts(arrival=at, diagnoses=house.diagnoses, persons=house.persons, attachments=house.attachments)


def detect_format(raw: bytes) -> Format:
    """The format of a file by how it begins: XML of FHIR or KITH, or JSON. A comment may stand before the root.

    What nobody takes is told apart too, so that its refusal has the form its sender knows.
    """
    # In UTF-16 and UTF-32 every byte of ASCII has zeros and a mark around it.
    start = raw[:_LOOKED_AT].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xfe\xff \t\r\n")
    if not start.startswith(b"<"):
        return "fhir-json"
    root = _ROOT_TAG.match(start)
    name = root[1].rpartition(b":")[2] if root else b""
    return "kith" if name in _KITH_ROOTS or b"kith.no/xmlstds" in (root[2] if root else b"") else "fhir-xml"
