"""Data keys wrapped anew, and what was sealed before there were any sealed under them: in small steps, beside writers.

Each step is one transaction and leaves the database whole; who is stopped begins again and does what is left. Nothing
here may change a plain byte: an original opens to what came, bit for bit.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    LargeBinary,
    Select,
    Table,
    and_,
    func,
    literal,
    select,
    text,
    tuple_,
    update,
)

from certgateway.store.certificates import beneath_context, certificate_context
from certgateway.store.dialogues import event_context
from certgateway.store.messages import conflict_context, original_context
from certgateway.store.outbox import outgoing_context
from certgateway.store.purging import UPKEEP_LOCK
from certgateway.store.replies import reply_context
from certgateway.store.strongbox import Holder, KeyClass, Strongbox, key_context, of_case, of_original
from certgateway.store.tables import (
    beneath,
    clarification_event,
    conflict,
    data_key,
    message,
    original,
    outbox,
    reply,
    unsorted,
    version,
)
from certgateway.store.transactions import Store
from certgateway.store.tray import unsorted_context

_OLD_FORM = b"\x01"
_KEYS_AT_ONCE = 200
_VALUES_AT_ONCE = 20

_Sealed = tuple[str, KeyClass, Holder]


@dataclass(frozen=True, slots=True)
class _Place:
    """A column of sealed values; `beside` selects what tells what one is sealed for, and `told` says it."""

    table: Table
    column: Column[bytes]
    keys: tuple[Column[Any], ...]
    beside: Select[Any]
    told: Callable[[Any, Strongbox], _Sealed]

    @property
    def is_old(self) -> ColumnElement[bool]:
        """Whether a value is of the form of before there were data keys."""
        return func.substr(self.column, 1, 1, type_=LargeBinary) == _OLD_FORM


@dataclass(frozen=True, slots=True)
class Left:
    """What still hangs on other keys than the newest: wrapped data keys, and values of the old form."""

    keys: int
    values: int


def rewrap_some(store: Store) -> int:
    """One step: some data keys wrapped by the newest key. How many; 0 when there are none, or others hold them."""
    with store.transaction() as unit:
        unit.lock(UPKEEP_LOCK)
        query = select(data_key, data_key.c["class"].label("kind")).where(_outdated(store)).order_by(data_key.c.uuid)
        # Who seals holds the row: waiting for it here, it could wait for another one of ours.
        rows = unit.connection.execute(query.limit(_KEYS_AT_ONCE).with_for_update(skip_locked=True)).all()
        for row in rows:
            kek, wrapped = store.sealing.rewrap(row.kek, row.wrapped, key_context(row.uuid, row.kind, row.holder))
            anew = update(data_key).where(data_key.c.uuid == row.uuid).values(kek=kek, wrapped=wrapped)
            unit.connection.execute(anew)
    return len(rows)


def reseal(store: Store) -> int:
    """What is of the old form sealed under the data keys of its holders. How many; what others hold is left."""
    done = 0
    for place in _PLACES:
        last: tuple[Any, ...] | None = None
        while found := _reseal_some(store, place, last):
            last, done = found[-1], done + len(found)
    return done


def find_left(store: Store, *, exactly: bool = False) -> Left:
    """What still hangs on older keys; `exactly` waits until nobody is in the middle of writing a key."""
    with store.transaction() as unit:
        if exactly and unit.connection.dialect.name == "postgresql":
            unit.connection.execute(text("LOCK TABLE data_key IN SHARE MODE"))
        keys = select(func.count()).select_from(data_key).where(_outdated(store))
        values = [select(func.count()).select_from(place.table).where(place.is_old) for place in _PLACES]
        counted = [unit.connection.execute(each).scalar_one() for each in (keys, *values)]
        return Left(counted[0], sum(counted[1:]))


def _reseal_some(store: Store, place: _Place, last: tuple[Any, ...] | None) -> list[tuple[Any, ...]]:
    """One step: some values after the last one that was looked at. The names of their rows, in order."""
    keys = [key.label(f"key_{number}") for number, key in enumerate(place.keys)]
    query = place.beside.add_columns(*keys).where(place.is_old).order_by(*place.keys).limit(_VALUES_AT_ONCE)
    if last is not None:
        query = query.where(tuple_(*place.keys) > tuple_(*(literal(each) for each in last)))
    with store.transaction() as unit:
        unit.lock(UPKEEP_LOCK)
        rows = unit.connection.execute(query.with_for_update(of=place.table, skip_locked=True)).all()
        names = [tuple(row[-len(keys) :]) for row in rows]
        for row, name in zip(rows, names, strict=True):
            here = and_(*(key == each for key, each in zip(place.keys, name, strict=True)))
            # One at a time: an original can be large.
            old = unit.connection.execute(select(place.column).where(here)).scalar_one()
            context, kind, holder = place.told(row, unit.sealing)
            sealed = unit.sealing.seal(unit.sealing.open(old, context), context, kind, holder)
            unit.connection.execute(update(place.table).where(here).values({place.column: sealed}))
    return names


def _outdated(store: Store) -> ColumnElement[bool]:
    return and_(data_key.c.destroyed.is_(None), data_key.c.kek != store.sealing.newest)


def _original(row: Any, _box: Strongbox) -> _Sealed:  # noqa: ANN401  a row's columns have no types here
    holder = of_original(row.uuid, row.case, row.verdict, row.arrival)
    return original_context(row.uuid, row.sender, row.key), "original", holder


def _conflict(row: Any, _box: Strongbox) -> _Sealed:  # noqa: ANN401  as above
    holder = of_original(row.uuid, row.case, row.verdict, row.arrival)
    return conflict_context(row.sender, row.key, row.content_digest), "original", holder


def _version(row: Any, _box: Strongbox) -> _Sealed:  # noqa: ANN401  as above
    return certificate_context(row.case, row.number), "derived", of_case(row.case, row.arrival)


def _beneath(row: Any, _box: Strongbox) -> _Sealed:  # noqa: ANN401  as above
    return beneath_context(row.case, row.number), "derived", of_case(row.case, row.arrival)


def _event(row: Any, box: Strongbox) -> _Sealed:  # noqa: ANN401  as above
    return event_context(row.id), "derived", box.of_clarification(row.clarification, row.at)


def _outgoing(row: Any, box: Strongbox) -> _Sealed:  # noqa: ANN401  as above
    return outgoing_context(row.id), "derived", box.of_clarification(row.clarification, row.at)


def _reply(row: Any, box: Strongbox) -> _Sealed:  # noqa: ANN401  as above
    return reply_context(row.message), "derived", box.of_clarification(row.clarification, row.at)


def _unsorted(row: Any, _box: Strongbox) -> _Sealed:  # noqa: ANN401  as above
    return unsorted_context(row.message), "derived", Holder(row.case or row.message, row.case, row.at)


_CAME = (message.c.uuid, message.c.sender, message.c.key, message.c.case, message.c.verdict, message.c.arrival)
_IN_CONFLICT = and_(conflict.c.sender == message.c.sender, conflict.c.key == message.c.key)
_BENEATH = and_(beneath.c.case == version.c.case, beneath.c.number == version.c.number)
_PLACES = (
    _Place(
        original,
        original.c.sealed,
        (original.c.message,),
        select(*_CAME).join(original, original.c.message == message.c.uuid),
        _original,
    ),
    _Place(
        conflict,
        conflict.c.sealed,
        (conflict.c.sender, conflict.c.key, conflict.c.content_digest),
        select(*_CAME, conflict.c.content_digest).join(conflict, _IN_CONFLICT),
        _conflict,
    ),
    _Place(
        version,
        version.c.certificate,
        (version.c.case, version.c.number),
        select(version.c.case, version.c.number, version.c.arrival),
        _version,
    ),
    _Place(
        beneath,
        beneath.c.certificate,
        (beneath.c.case, beneath.c.number),
        select(version.c.case, version.c.number, version.c.arrival).join(beneath, _BENEATH),
        _beneath,
    ),
    _Place(
        clarification_event,
        clarification_event.c.sealed,
        (clarification_event.c.seq,),
        select(clarification_event.c.id, clarification_event.c.clarification, clarification_event.c.at),
        _event,
    ),
    _Place(
        outbox, outbox.c.sealed, (outbox.c.seq,), select(outbox.c.id, outbox.c.clarification, outbox.c.at), _outgoing
    ),
    _Place(
        reply, reply.c.sealed, (reply.c.message,), select(reply.c.message, reply.c.clarification, reply.c.at), _reply
    ),
    _Place(
        unsorted,
        unsorted.c.sealed,
        (unsorted.c.message,),
        select(unsorted.c.message, unsorted.c.case, unsorted.c.at),
        _unsorted,
    ),
)
