"""Rules of Bundles that no invariant states, or states without naming the culprit.

R4 Bundle: fullUrl is there (outside requests), is unique, and agrees with the resource's id. Nothing here may judge an
entry's resource.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from certgateway.engine.instance import RESTFUL, Scope, Trail
from certgateway.engine.primitives import check_for
from certgateway.engine.references import is_absolute
from certgateway.engine.resources.documents import check_bundle_links
from certgateway.engine.resources.searchsets import check_results

if TYPE_CHECKING:
    from certgateway.engine.run import Run

Tree = Any
# Requests need no fullUrl (what they create has no address yet); in a history one resource comes back many times.
_LINKED = frozenset({"document", "message"})
_PAGED = frozenset({"searchset", "history"})
_PAGES = frozenset({"first", "previous", "next", "last"})
_WITHOUT_URL = frozenset({"transaction", "batch", "transaction-response", "batch-response"})


def check_bundle(run: Run, bundle: dict[str, Tree], trail: Trail, scope: Scope) -> None:
    """Judge a Bundle's links, the fullUrls of its entries, and what its type asks of them."""
    stated = bundle.get("type")
    kind = stated if isinstance(stated, str) else None
    if "link" in bundle:
        _check_links(run, kind, bundle["link"], trail)
    if not _are_plain(bundle, scope):
        _check_entries(run, kind, bundle, trail)
    if kind == "searchset":
        check_results(run, bundle, trail)
    elif kind in _LINKED:
        check_bundle_links(run, bundle, trail, scope)


def _check_links(run: Run, kind: str | None, links: Tree, trail: Trail) -> None:
    """Judge what a Bundle is linked to: pages are pages of a search or a history, and there is one of each."""
    seen: set[str] = set()
    for index, link in enumerate(links if isinstance(links, list) else ()):
        relation = link.get("relation") if isinstance(link, dict) else None
        if not isinstance(relation, str):
            continue
        paged = kind in _PAGED
        if relation in _PAGES and not paged:
            run.add("link-not-allowed", ((trail, "link", index), "relation", None))
        elif relation in seen and (relation == "self" or (paged and relation in _PAGES)):
            run.add("link-repeated", (trail, "link", index))
        seen.add(relation)


def _are_plain(bundle: dict[str, Tree], scope: Scope) -> bool:
    """Whether every entry has a resource and a fullUrl of its own that is a UUID: then nothing here is to be told."""
    urls = scope.entries.by_url if scope.entries is not None else {}
    listed = bundle.get("entry")
    return isinstance(listed, list) and len(listed) == len(urls) and all(url.startswith("urn:uuid:") for url in urls)


def _check_entries(run: Run, kind: str | None, bundle: dict[str, Tree], trail: Trail) -> None:
    seen: set[tuple[str, str | None]] = set()
    entries = bundle.get("entry")
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, dict) and isinstance(entry.get("resource"), dict):
            _check_entry(run, kind, entry, (trail, "entry", index), seen)


def _check_entry(
    run: Run, kind: str | None, entry: dict[str, Tree], trail: Trail, seen: set[tuple[str, str | None]]
) -> None:
    url, resource = entry.get("fullUrl"), entry["resource"]
    if "fullUrl" not in entry:
        if kind not in _WITHOUT_URL:
            run.add("full-url-missing", trail, "fullUrl")
        return
    if not isinstance(url, str):
        return
    meta = resource.get("meta")
    version = meta.get("versionId") if isinstance(meta, dict) else None
    key = (url, version if isinstance(version, str) else None)
    is_known = key in seen and kind != "history"
    seen.add(key)
    agrees = _agrees(url, resource)
    absolute = url.startswith("urn:uuid:") or is_absolute(url)
    if (absolute and agrees and not is_known) or check_for("uri")(url) is not None:
        return  # That it is no URI at all is told by its type.
    fault = "uri-not-absolute" if not absolute else "full-url-duplicated" if is_known else "full-url-differs"
    run.add(fault, (trail, "fullUrl", None))


def _agrees(url: str, resource: dict[str, Tree]) -> bool:
    """Whether a RESTful fullUrl ends in the resource's own type and id; other URLs are free."""
    matched = RESTFUL.fullmatch(url) if url.startswith("http") else None
    if matched is None:
        return True
    return matched["id"] == resource.get("id") and matched["type"] == resource.get("resourceType")
