"""How the database's troubles become ours: every error of SQLAlchemy or a driver leaves the store as one of these.

Must never let a driver's text through: it may quote the values of a row, and with them a sender's or a patient's data.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError, StatementError

from certgateway.domain.errors import GatewayError, StoreUnavailableError

# SQLSTATE 23505 (unique_violation), and the two names SQLite has for the same thing.
_UNIQUE = frozenset({"23505", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"})


class AlreadyRecordedError(StoreUnavailableError):
    """Another writer recorded the same message, certificate or version first; nothing of this one is kept."""


class NotKeptError(GatewayError):
    """The message asked for is not, or no longer, in the store."""

    category = "not-found"


class DestroyedError(GatewayError):
    """What is asked for was deleted when its time was up; its key is gone."""

    category = "deleted"


@contextmanager
def translated() -> Iterator[None]:
    """Turns what the database raises into StoreUnavailableError or AlreadyRecordedError, without the driver's words."""
    try:
        yield
    except IntegrityError as error:
        if _code(error) in _UNIQUE:
            raise AlreadyRecordedError("the same thing was recorded by another writer meanwhile") from None
        raise StoreUnavailableError(f"the database refused a write ({_code(error)})") from None
    except DBAPIError as error:
        raise StoreUnavailableError(f"the database is not available ({_code(error)})") from None
    except StatementError:
        # Not the database: the value never got there, and no later attempt would do better.
        raise GatewayError("a value is not of the kind that its column holds") from None
    except SQLAlchemyError as error:
        raise StoreUnavailableError(f"the database is not available ({type(error).__name__})") from None


def _code(error: DBAPIError) -> str:
    """The driver's stable name of what happened: a SQLSTATE, a SQLite result code, or at least the error's class."""
    cause = error.orig
    return getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None) or type(cause).__name__
