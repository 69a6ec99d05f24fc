"""Looks at patients' data, and overrides, as they were recorded; written once and never changed.

Who it was stands under seal, and as a keyed digest to be found by. This module must never decide who may see what.
"""

from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection, bindparam, insert, select

from certgateway.domain.access_record import Access, Override, Reader
from certgateway.store.messages import storable
from certgateway.store.records import Sealing, sealing_context
from certgateway.store.tables import access, access_override

_encode = msgspec.json.Encoder().encode
_reader = msgspec.json.Decoder(Reader)

_INSERT: Final = insert(access)
_OF_CASE: Final = (
    select(access).where(access.c.case == bindparam("known"), access.c.allowed).order_by(access.c.at, access.c.id)
)
_IN_FORCE: Final = (
    select(access_override.c.id)
    .where(
        access_override.c.patient == bindparam("whose"),
        access_override.c.reader == bindparam("by"),
        access_override.c.at <= bindparam("now"),
        access_override.c.until > bindparam("now"),
    )
    .limit(1)
)


def insert_access(connection: Connection, sealing: Sealing, told: Access) -> bytes:
    """Writes a look down; what was sealed of it, for the ledger."""
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
        "sealed": sealing.seal(who, _context(told.id)),
    }
    connection.execute(_INSERT, row)
    return _encode(told)


def accesses_of_case(connection: Connection, sealing: Sealing, case_uuid: str) -> list[Access]:
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
        )
        for row in connection.execute(_OF_CASE, {"known": case_uuid})
    ]


def insert_override(connection: Connection, sealing: Sealing, told: Override) -> bytes:
    """Writes an override; what was sealed of it, for the ledger."""
    plain = _encode(told)
    row = {
        "id": told.id,
        "at": told.at,
        "until": told.until,
        "case": told.case,
        "patient": told.patient,
        "reader": told.reader,
        "sealed": sealing.seal(_encode([told.who, told.reason]), sealing_context("override", told.id)),
    }
    connection.execute(insert(access_override), row)
    return plain


def has_override(connection: Connection, patient: str, reader: str, now: datetime) -> bool:
    """Whether an override of this reader's for this patient (keyed digests, both) is in force."""
    return connection.execute(_IN_FORCE, {"whose": patient, "by": reader, "now": now}).first() is not None


def _context(access_id: str) -> str:
    return sealing_context("access", access_id)
