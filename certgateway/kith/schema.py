"""The tables of MsgHead and Legeerklaring, from our own schemas or from a folder of the operator's.

Our schemas ship with the package. Whoever would rather trust the published files points the setting
`CERTGATEWAY_KITH_SCHEMAS` at a folder of them; what cannot be understood there stops the start, never a message. A
folder may hold much else, and several copies, as long as these agree. Nothing here judges a message.
"""

from functools import cache
from pathlib import Path
from typing import Final

import certgateway
from certgateway.domain.errors import MisconfiguredError
from certgateway.kith.names import LEGEERKLARING, MSGHEAD
from certgateway.kith.schemafiles import read_declarations
from certgateway.kith.schematypes import build_tables
from certgateway.kith.tables import Attribute, Child, Element, SimpleType, Tables

__all__ = ["Attribute", "Child", "Element", "SimpleType", "Tables", "load"]

_PACKAGE: Final = Path(certgateway.__file__).parent
# An installation has the schemas as package data; in a checkout they stand at the top.
_SHIPPED: Final = (_PACKAGE / "data" / "schemas" / "kith", _PACKAGE.parent / "schemas" / "kith")
_ROOTS: Final = (f"{{{MSGHEAD}}}MsgHead", f"{{{LEGEERKLARING}}}Legeerklaring")


@cache
def load(folder: Path | None = None) -> Tables:
    """The tables of the schemas in a folder and below it; without one, of ours. Raises MisconfiguredError."""
    place = _shipped() if folder is None else folder
    tables = build_tables(read_declarations(place, frozenset({MSGHEAD, LEGEERKLARING})))
    missing = [name for name in _ROOTS if name not in tables.elements]
    if missing:
        raise MisconfiguredError(f"the schemas in {place} declare no {' and no '.join(missing)}")
    return tables


def _shipped() -> Path:
    for place in _SHIPPED:
        if place.is_dir():
            return place
    raise MisconfiguredError(f"the KITH schemas are not at {_SHIPPED[0]}: the package is incomplete")
