"""Rules of single datatypes that no invariant of R4 states: Attachment, Coding, Identifier, Reference.

R4 datatypes: the stated size is that of the data; systems are code systems, not value sets; an
identifier that is a URI is one; a code belongs to the system it names. Nothing here may know where a value stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from certgateway.engine.primitives import check_for
from certgateway.engine.references import is_absolute
from certgateway.engine.refinements import decoded_size

if TYPE_CHECKING:
    from certgateway.engine.instance import Trail
    from certgateway.engine.run import Run

Tree = Any
CHECKED = frozenset({"Attachment", "Coding", "Identifier"})
_URIS = "urn:ietf:rfc:3986"


def check_datatype(run: Run, code: str, value: dict[str, Tree], trail: Trail) -> None:
    """Judge one value of a type in `CHECKED`."""
    if code == "Attachment":
        if "size" in value and "data" in value:
            _check_size(run, value, trail)
        return
    system = value.get("system")
    if code == "Identifier":
        if system == _URIS and not is_absolute(value.get("value")):
            run.add("uri-not-absolute", (trail, "value", None))
    elif run.options.unknown_code is not None and isinstance(system, str):
        _check_code(run, system, value, trail)


def _check_size(run: Run, value: dict[str, Tree], trail: Trail) -> None:
    data, size = value["data"], value["size"]
    sound = check_for("base64Binary")(data) is None and check_for("unsignedInt")(size) is None
    if sound and decoded_size(data) != size:
        run.add("size-differs", (trail, "size", None))


def _check_code(run: Run, system: str, value: dict[str, Tree], trail: Trail) -> None:
    """Judge a Coding whose system may be known: that it is a code system, and that it has the code."""
    known = run.definitions.known_codes(system)
    if known is None:
        if run.definitions.is_value_set(system):
            run.add("system-is-value-set", (trail, "system", None))
        return
    code = value.get("code")
    if isinstance(code, str) and code not in known:
        run.add("code-unknown", (trail, "code", None), system, severity=run.options.unknown_code or "error")
