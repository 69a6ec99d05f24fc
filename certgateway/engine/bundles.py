"""Rules of Bundles that no invariant states, or states without naming the culprit.

R4 Bundle: fullUrl is there (outside requests), is unique, and agrees with the resource's id. Nothing here may judge an
entry's resource.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from certgateway.engine.instance import RESTFUL, Trail
from certgateway.engine.primitives import check_for
from certgateway.engine.references import is_absolute

if TYPE_CHECKING:
    from certgateway.engine.run import Run

Tree = Any
# Requests need no fullUrl (what they create has no address yet); in a history one resource comes back many times.
_WITHOUT_URL = frozenset({"transaction", "batch", "transaction-response", "batch-response"})


def check_entries(run: Run, bundle: dict[str, Tree], trail: Trail) -> None:
    """Judge the fullUrls of a Bundle's entries."""
    seen: set[tuple[str, str | None]] = set()
    entries = bundle.get("entry")
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, dict) and isinstance(entry.get("resource"), dict):
            _check_entry(run, bundle.get("type"), entry, (trail, "entry", index), seen)


def _check_entry(run: Run, kind: Tree, entry: dict[str, Tree], trail: Trail, seen: set[tuple[str, str | None]]) -> None:
    url, resource = entry.get("fullUrl"), entry["resource"]
    if kind == "searchset" and "id" not in resource and _is_result(entry):
        run.add("element-missing", (trail, "resource", None), "id")
    if "fullUrl" not in entry:
        if kind not in _WITHOUT_URL:
            run.add("full-url-missing", trail, "fullUrl")
        return
    if not isinstance(url, str) or check_for("uri")(url) is not None:
        return  # No URI at all is told by its type.
    if not is_absolute(url):
        run.add("uri-not-absolute", (trail, "fullUrl", None))
        return
    meta = resource.get("meta")
    version = meta.get("versionId") if isinstance(meta, dict) else None
    key = (url, version if isinstance(version, str) else None)
    if key in seen and kind != "history":
        run.add("full-url-duplicated", (trail, "fullUrl", None))
    elif not _agrees(url, resource):
        run.add("full-url-differs", (trail, "fullUrl", None))
    seen.add(key)


def _is_result(entry: dict[str, Tree]) -> bool:
    """Whether a search found this entry; what only tells how the search went needs no id."""
    search = entry.get("search")
    return not (isinstance(search, dict) and search.get("mode") == "outcome")


def _agrees(url: str, resource: dict[str, Tree]) -> bool:
    """Whether a RESTful fullUrl ends in the resource's own type and id; other URLs are free."""
    matched = RESTFUL.fullmatch(url) if url.startswith("http") else None
    if matched is None:
        return True
    return matched["id"] == resource.get("id") and matched["type"] == resource.get("resourceType")
