"""Looks at patients' data, and overrides, as they were recorded; written once and never changed.

Who it was stands under seal, and as a keyed digest to be found by. This module must never decide who may see what.
"""

from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection, bindparam, insert, select

from certgateway.domain.access_record import Access, Override, Reader
from certgateway.store.access_tables import access, access_override
from certgateway.store.ledger import append_entry, evidence_of_access
from certgateway.store.messages import storable
from certgateway.store.records import sealing_context
from certgateway.store.strongbox import Holder, Strongbox

_encode = msgspec.json.Encoder().encode
_reader = msgspec.json.Decoder(Reader)

_ALL: Final = "00000000-0000-4000-8000-000000000acc"
"""Whose the key of looks and overrides is; no message, case or clarification has this id."""

_INSERT: Final = insert(access)
_OF_CASE: Final = (
    select(access).where(access.c.case == bindparam("known"), access.c.allowed).order_by(access.c.at, access.c.id)
)
_IN_FORCE: Final = (
    select(access_override.c.id)
    .where(
        access_override.c.patient == bindparam("whose"),
        access_override.c.reader.in_(bindparam("by", expanding=True)),
        access_override.c.at <= bindparam("now"),
        access_override.c.until > bindparam("now"),
    )
    .limit(1)
)


def record(connection: Connection, sealing: Strongbox, told: Access | Override) -> None:
    """Writes a look or an override, and its entry in the ledger. The caller holds the ledger's lock."""
    if isinstance(told, Access):
        kind, plain = "access", _insert_access(connection, sealing, told)
    else:
        kind, plain = "override", _insert_override(connection, sealing, told)
    append_entry(connection, kind, told.id, told.at, evidence_of_access(plain))


def _insert_access(connection: Connection, sealing: Strongbox, told: Access) -> bytes:
    """Writes a look down; the row as it stands, for the ledger: of who it was it holds the sealed bytes only."""
    who = _encode(told.who)
    row = {
        "id": told.id,
        "at": told.at,
        "case": told.case,
        "patient": told.patient,
        "reader": told.reader,
        "act": told.act,
        "allowed": told.is_allowed,
        "basis": told.basis,
        "sealed": sealing.seal(who, _context(told.id), "derived", _holder(told.at)),
        "reference": told.reference,
    }
    connection.execute(_INSERT, row)
    return _encode(row)


def accesses_of_case(connection: Connection, sealing: Strongbox, case_uuid: str) -> list[Access]:
    """Every look at a certificate that was allowed, the oldest first."""
    if not storable(case_uuid):
        return []
    return [
        Access(
            row.id,
            row.at,
            row.case,
            row.patient,
            row.reader,
            _reader.decode(sealing.open(row.sealed, _context(row.id))),
            row.act,
            row.allowed,
            row.basis,
            row.reference,
        )
        for row in connection.execute(_OF_CASE, {"known": case_uuid})
    ]


def _insert_override(connection: Connection, sealing: Strongbox, told: Override) -> bytes:
    """Writes an override; the row as it stands, as above."""
    plain, context = _encode([told.who, told.reason]), sealing_context("override", told.id)
    row = {
        "id": told.id,
        "at": told.at,
        "until": told.until,
        "case": told.case,
        "patient": told.patient,
        "reader": told.reader,
        "sealed": sealing.seal(plain, context, "derived", _holder(told.at)),
        "reference": told.reference,
    }
    connection.execute(insert(access_override), row)
    return _encode(row)


def has_override(connection: Connection, patient: str, readers: tuple[str, ...], now: datetime) -> bool:
    """Whether an override by any of a reader's names for this patient (keyed digests, all) is in force."""
    return connection.execute(_IN_FORCE, {"whose": patient, "by": readers, "now": now}).first() is not None


def _holder(at: datetime) -> Holder:
    """One key for all of them: who has seen a certificate must be known when the certificate's own key is gone."""
    return Holder(_ALL, None, at)


def _context(access_id: str) -> str:
    return sealing_context("access", access_id)
