"""One judgement under way: what was asked for, and the faults found so far.

A run gathers; it never decides whether something is a fault, and never keeps more than its limit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from certgateway.engine.findings import MOST_FAULTS, Fault, Severity
from certgateway.engine.instance import Trail, path_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from certgateway.engine.definitions.definitions import Definitions

# Faults of a value that base R4 has refused already say nothing new when a profile refuses it too.
_OF_VALUES = frozenset(
    {"fixed-value-differs", "pattern-differs", "code-not-allowed", "type-not-allowed", "reference-target-wrong"}
)


@dataclass(frozen=True, slots=True)
class Options:
    """What the caller wants judged.

    `unresolved` is the severity of a reference that names nothing in the Bundle around it (None: no fault; `#id` is an
    error always). `unknown_profile` is the severity of a `meta.profile` or a Questionnaire nobody knows,
    `unknown_extension` that of an extension nobody defined (a modifier extension is an error always). `meta_profiles`
    judges what `meta.profile` claims, `answers` each QuestionnaireResponse against its Questionnaire.
    `ignored_invariants` are keys left alone. `now` serves expressions that ask for today; without it they are given the
    moment of the judgement, in this machine's zone.

    `missing_profile` is the severity of a profile that another profile asks for and nobody loaded. `unknown_code` is
    that of a code its own code system, known here in full, doesn't have; `html_in_text` and `html_in_markdown` that of
    text which looks like HTML; `experimental` that of a definition that says it is experimental. `example_urls` lets
    extensions of example.org and acme.com pass unknown. `vital_signs` holds observations with the LOINC codes of vital
    signs against R4's profiles of them. `contained` False leaves contained resources alone,
    `aggregation_outside_bundles` False the ways of references where no Bundle is around them. `unique_ids` compares the
    ids of a resource's elements. `entry_profiles` are pairs of a rule and a canonical; a rule is `Patient`, `Patient:0`
    or `0`: the type of an entry, its number among those of its type, or its number in the Bundle.
    """

    unresolved: Severity | None = None
    unknown_profile: Severity | None = "warning"
    unknown_extension: Severity | None = None
    meta_profiles: bool = True
    answers: bool = True
    ignored_invariants: frozenset[str] = frozenset()
    now: datetime | None = None
    missing_profile: Severity | None = "warning"
    unknown_code: Severity | None = None
    html_in_text: Severity | None = None
    html_in_markdown: Severity | None = None
    experimental: Severity | None = None
    example_urls: bool = True
    vital_signs: bool = False
    contained: bool = True
    aggregation_outside_bundles: bool = True
    unique_ids: bool = False
    entry_profiles: tuple[tuple[str, str], ...] = ()


GENERAL = Options(
    unknown_extension="error",
    missing_profile="error",
    unknown_code="error",
    vital_signs=True,
    unique_ids=True,
)
"""What a general validator judges, as HL7's reference validator does when it is told nothing else."""


class EnoughFaultsError(Exception):
    """The limit is reached; the judgement stops here."""


Key = tuple[int, int]
# Of resources that lead to one another: how many are found out about within one another.
_DEEPEST = 24


class KnownSound:
    """What is known to be sound: places and what is asked of them, by identity.

    Profiles may lead back to where they began. So what is being found out is taken for granted meanwhile; where it
    proves wrong, what rested on it is known no longer.
    """

    __slots__ = ("_found", "_lost", "_open", "_rests")

    def __init__(self) -> None:
        self._found: dict[Key, None] = {}
        self._lost: set[Key] = set()
        self._open: set[Key] = set()
        # Whether something was taken for granted since the last `begin`.
        self._rests = False

    def holds(self, key: Key) -> bool:
        """Whether this is known, or taken for granted while it is being found out."""
        if key not in self._found:
            return False
        self._rests = self._rests or key in self._open
        return True

    def is_lost(self, key: Key) -> bool:
        """Whether nobody need find this out: it was not surely sound before, or the chain of what is open is long."""
        return key in self._lost or len(self._open) >= _DEEPEST

    @property
    def is_at_work(self) -> bool:
        """Whether anything is being found out just now."""
        return bool(self._open)

    def add(self, key: Key) -> None:
        """Know this from now on."""
        self._found[key] = None

    def begin(self, key: Key) -> tuple[int, bool]:
        """Take this for granted; gives what `end` wants back."""
        mark = (len(self._found), self._rests)
        self._found[key] = None
        self._open.add(key)
        self._rests = False
        return mark

    def end(self, key: Key, mark: tuple[int, bool], *, found: bool) -> None:
        """It has been found out: sound, or not surely so."""
        rested = mark[1]
        self._open.discard(key)
        if found:
            self._rests = self._rests or rested
            return
        self._lost.add(key)
        if self._rests:
            self.forget(mark)
        else:
            del self._found[key]
        self._rests = rested

    def forget(self, mark: tuple[int, bool]) -> None:
        """Know nothing any longer of what was found to be sound since `begin` gave this mark."""
        while len(self._found) > mark[0]:
            self._found.popitem()


@dataclass(slots=True)
class Tried:
    """Which resources would conform to what, so far as that was tried; a run and its trials share it.

    `assumed` counts what was taken for granted, as being tried already or too far down; the latter is what lies
    `beyond`. `depth` is how many trials are under way, each within another. `moment` is when an expression first asked.
    """

    known: KnownSound = field(default_factory=KnownSound)
    assumed: int = 0
    beyond: dict[Key, tuple[Any, Any]] = field(default_factory=dict)
    depth: int = 0
    moment: datetime | None = None


@dataclass(slots=True)
class Run:
    """Faults of one judgement, each once.

    `oddities` counts what keeps quick tests from answering: faults other than broken constraints, and primitives with
    extensions beside them; `odd` are the resources (by identity) that hold any. `defined` are the extensions (by
    identity) that are what their definitions ask. `known` are the places and profiles
    of which it is known that nothing would be found. `identified` counts the elements met that
    have ids, which few have. `led_to` are the resources that references led to, each with the profile it must conform
    to: they are judged after what led there, since a chain of references may be long. `whole` is the outermost
    resource, `asked` the profiles it must conform to, `marks` what links in it may lead to. `lacking` are broken
    constraints (path and key) that ask only for what is there, each with the names it speaks of. `conforms`
    answers whether a place would conform to a profile, for expressions that ask.
    """

    definitions: Definitions
    options: Options
    limit: int = MOST_FAULTS
    faults: list[Fault] = field(default_factory=list)
    seen: set[tuple[str, str, str | None, str | None]] = field(default_factory=set)
    faulty: set[str] = field(default_factory=set)
    trying: set[tuple[int, str]] = field(default_factory=set)
    referred: set[tuple[int, str]] = field(default_factory=set)
    oddities: int = 0
    identified: int = 0
    odd: set[int] = field(default_factory=set)
    defined: set[int] = field(default_factory=set)
    known: KnownSound = field(default_factory=KnownSound)
    tried: Tried = field(default_factory=Tried)
    led_to: list[tuple[Any, Any]] = field(default_factory=list)
    is_judging: bool = False
    remembered: dict[object, Any] = field(default_factory=dict)
    is_trial: bool = False
    # Expressions that asked for too much work once: they are not tried again at every place.
    given_up: set[str] = field(default_factory=set)
    whole: Any = None
    asked: tuple[str, ...] = ()
    conforms: Callable[[Any, Any], bool] | None = None
    marks: dict[int, set[str]] = field(default_factory=dict)
    lacking: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)

    def add(
        self,
        kind: str,
        trail: Trail,
        expected: str | None = None,
        *,
        severity: Severity = "error",
        culprit: str | None = None,
        detail: Mapping[str, str] | None = None,
    ) -> None:
        """Record a fault, unless the same or a deeper reason stands at the same place already."""
        if self.is_trial:
            if severity == "error":
                raise EnoughFaultsError
            return
        path = path_of(trail)
        key = (kind, path, expected, culprit)
        if key in self.seen or (kind in _OF_VALUES and path in self.faulty):
            return
        if len(self.faults) >= self.limit:
            raise EnoughFaultsError
        self.seen.add(key)
        self.faulty.add(path)
        self.oddities += not kind.startswith("invariant-")
        self.faults.append(Fault(kind, severity, path, expected, culprit, detail or {}))

    def now(self) -> datetime:
        """What expressions take for now: one moment in the whole judgement."""
        if self.options.now is not None:
            return self.options.now
        self.tried.moment = self.tried.moment or datetime.now(UTC).astimezone()
        return self.tried.moment

    def is_broken(self, trail: Trail, key: str) -> bool:
        """Whether an invariant is known to be broken at a place."""
        return bool(self.faults) and ("invariant-broken", path_of(trail), key, None) in self.seen

    def say_once(self) -> None:
        """Leave out constraints that lack an element of which a profile has said by its name that it is missing."""
        named = {(fault.path, fault.expected) for fault in self.faults if fault.kind == "element-missing"}
        said = {key for key, names in self.lacking.items() if any((key[0], name) in named for name in names)}
        self.faults = [
            fault
            for fault in self.faults
            if fault.kind != "invariant-broken" or (fault.path, str(fault.expected)) not in said
        ]

    def trial(self) -> Run:
        """A run beside this one that ends at its first error: it only answers whether something would conform."""
        return Run(
            self.definitions,
            self.options,
            trying=self.trying,
            odd=self.odd,
            defined=self.defined,
            known=self.known,
            tried=self.tried,
            is_trial=True,
            given_up=self.given_up,
            conforms=self.conforms,
        )
