"""Data keys: whose they are, and what is sealed under them. One strongbox serves one transaction and is forgotten.

A certificate has one key for its originals and one for all that was made of them; so has a message that belongs to no
certificate, and an order. A sealed value names its key, and a key that was destroyed opens nothing ever again. This
module must never keep an opened key beyond its transaction, and never write one that is not wrapped.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal, Protocol
from uuid import UUID, uuid4

from sqlalchemy import Connection, Insert, bindparam, delete, insert, select

from certgateway.store.failures import DestroyedError
from certgateway.store.records import sealing_context
from certgateway.store.tables import clarification, data_key

KeyClass = Literal["original", "derived"]
CLASSES: tuple[KeyClass, KeyClass] = ("original", "derived")

FORM = b"\x02"
"""What a value begins with that was sealed under a data key: this, then the 16 bytes of the key's UUID."""

_HEAD = 17
_PAGE = 500

# Statements of every message are built once: building them costs more than SQLite takes to run them.
_KEYS = select(
    data_key.c.uuid, data_key.c["class"].label("kind"), data_key.c.holder, data_key.c.kek, data_key.c.wrapped
)
# The lock makes whoever destroys or re-wraps a key wait until what was sealed under it is there to be found.
_LIVE = _KEYS.where(data_key.c.holder == bindparam("known"), data_key.c.destroyed.is_(None)).with_for_update(read=True)
_NAMED = _KEYS.where(data_key.c.uuid.in_(bindparam("known", expanding=True)), data_key.c.destroyed.is_(None))
_CASE_OF = select(clarification.c.case).where(clarification.c.uuid == bindparam("known"))


class Cipher(Protocol):
    """A data key at work."""

    def seal(self, plain: bytes, context: str) -> bytes:
        """`plain` so that only `open` with the same context gives it back."""
        ...

    def open(self, sealed: bytes, context: str) -> bytes:
        """What was sealed under `context`."""
        ...


class Sealing(Protocol):
    """What the store needs of the trust floor, which it may not import: `trust.seal.Sealer` fits."""

    def new_key(self, context: str) -> tuple[str, bytes, Cipher]:
        """A new data key: the id of the key that wrapped it, what was wrapped for `context`, and the key at work."""
        ...

    def unwrap(self, kek: str, wrapped: bytes, context: str) -> Cipher:
        """A data key at work."""
        ...

    def rewrap(self, kek: str, wrapped: bytes, context: str) -> tuple[str, bytes]:
        """The same data key under the newest key that wraps: its id, and what was wrapped."""
        ...

    @property
    def newest(self) -> str:
        """The id of the key that wraps."""
        ...

    def open(self, sealed: bytes, context: str) -> bytes:
        """What was sealed before there were data keys."""
        ...


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose a data key is: the UUID of a case, a message or a clarification; `case` is the case that it goes with.

    `at` is when something is sealed, and so when a key is made if there is none.
    """

    uuid: str
    case: str | None
    at: datetime


def of_case(case: str, at: datetime) -> Holder:
    """The holder of what is known of a certificate."""
    return Holder(case, case, at)


def of_original(message: str, case: str | None, verdict: str | None, at: datetime) -> Holder:
    """The holder of what came in a message: its certificate unless it was refused, for then it is kept apart."""
    return of_case(case, at) if case is not None and verdict != "rejected" else Holder(message, case, at)


class Strongbox:
    """Seals and opens within one transaction; each key is fetched once, and made when there is none."""

    __slots__ = ("_cases", "_connection", "_live", "_opened", "_sealing")

    def __init__(self, connection: Connection, sealing: Sealing) -> None:
        self._connection = connection
        self._sealing = sealing
        self._live: dict[tuple[str, str], str] = {}
        self._opened: dict[str, tuple[str, Cipher]] = {}
        self._cases: dict[str, str | None] = {}

    def seal(self, plain: bytes, context: str, kind: KeyClass, holder: Holder) -> bytes:
        """`plain` under the key that this holder has for what is original or derived."""
        uuid = self._key_of(kind, holder)
        _, cipher = self._opened[uuid]
        return FORM + UUID(uuid).bytes + cipher.seal(plain, _bound(kind, uuid, context))

    def open(self, sealed: bytes, context: str) -> bytes:
        """What was sealed under `context`. DestroyedError when its key is gone, else the seal's own error."""
        uuid = _named(sealed)
        if uuid is None:
            return self._sealing.open(sealed, context)
        if uuid not in self._opened:
            self.fetch((sealed,))
        if uuid not in self._opened:
            raise DestroyedError("the key of a sealed value was destroyed")
        kind, cipher = self._opened[uuid]
        return cipher.open(sealed[_HEAD:], _bound(kind, uuid, context))

    def fetch(self, sealed: Iterable[bytes]) -> None:
        """Gets the keys of many values at once, for those who will open them one by one."""
        wanted = sorted({uuid for each in sealed if (uuid := _named(each)) is not None} - self._opened.keys())
        for start in range(0, len(wanted), _PAGE):
            for row in self._connection.execute(_NAMED, {"known": wanted[start : start + _PAGE]}):
                self._unwrap(row)

    def of_clarification(self, uuid: str, at: datetime) -> Holder:
        """The holder of what is said in a clarification: the certificate asked about, or the order itself."""
        if uuid not in self._cases:
            self._cases[uuid] = self._connection.execute(_CASE_OF, {"known": uuid}).scalar()
        case = self._cases[uuid]
        return Holder(uuid, None, at) if case is None else of_case(case, at)

    def forget(self, holders: Iterable[str]) -> None:
        """Takes away the keys of holders that are gone themselves, and so need no trace of their own."""
        self._connection.execute(delete(data_key).where(data_key.c.holder.in_(list(holders))))

    def _key_of(self, kind: KeyClass, holder: Holder) -> str:
        wanted = (holder.uuid, kind)
        while wanted not in self._live:
            for row in self._connection.execute(_LIVE, {"known": holder.uuid}):
                self._live[holder.uuid, row.kind] = row.uuid
                if row.uuid not in self._opened:
                    self._unwrap(row)
            if wanted not in self._live:
                self._make(kind, holder)
        return self._live[wanted]

    def _make(self, kind: KeyClass, holder: Holder) -> None:
        """New keys, unless another writer was first: then the next look finds those."""
        fresh = not any(uuid == holder.uuid for uuid, _ in self._live)
        kinds = CLASSES if fresh and holder.uuid == holder.case else (kind,)
        rows, made = [], []
        for each in kinds:
            uuid = str(uuid4())
            kek, wrapped, cipher = self._sealing.new_key(key_context(uuid, each, holder.uuid))
            names = {"uuid": uuid, "class": each, "holder": holder.uuid, "case": holder.case}
            rows.append(names | {"kek": kek, "wrapped": wrapped, "made": holder.at})
            made.append((uuid, each, cipher))
        written = self._connection.execute(_insert_unless_there(self._connection.dialect.name), rows)
        if written.rowcount == len(rows):
            for uuid, each, cipher in made:
                self._live[holder.uuid, each] = uuid
                self._opened[uuid] = (each, cipher)

    def _unwrap(self, row: Any) -> None:  # noqa: ANN401  a row's columns have no types here
        context = key_context(row.uuid, row.kind, row.holder)
        self._opened[row.uuid] = (row.kind, self._sealing.unwrap(row.kek, row.wrapped, context))


def key_context(uuid: str, kind: str, holder: str) -> str:
    """What a data key is wrapped for: it opens in its own row only."""
    return sealing_context("data-key", uuid, kind, holder)


def _bound(kind: str, uuid: str, context: str) -> str:
    return sealing_context(kind, uuid, context)


def _named(sealed: bytes) -> str | None:
    """The UUID of the key that a value names; None for one of the older form, and for what has no known form."""
    return str(UUID(bytes=sealed[1:_HEAD])) if sealed[:1] == FORM and len(sealed) >= _HEAD else None


@cache
def _insert_unless_there(dialect: str) -> Insert:
    """Two writers may want the first key of one holder at the same time; the later one takes the other's."""
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415  SQLite needs none of it.

        return postgresql.insert(data_key).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    return insert(data_key).prefix_with("OR IGNORE").execution_options(preserve_rowcount=True)
