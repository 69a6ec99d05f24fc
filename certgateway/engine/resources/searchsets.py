"""Rules of a Bundle that answers a search: what is found, and what is told of the search itself.

R4 Bundle, "searchset": what matched or was included has an id and is of a type that was searched for; the outcome of
the search is an OperationOutcome. Nothing here may judge what stands in a resource.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from certgateway.engine.instance import type_of

if TYPE_CHECKING:
    from certgateway.engine.definitions.definitions import Definitions
    from certgateway.engine.instance import Trail
    from certgateway.engine.run import Run

Tree = Any


def check_results(run: Run, bundle: dict[str, Tree], trail: Trail) -> None:
    """Judge the entries of a searchset."""
    wanted = _searched(run.definitions, bundle.get("link"))
    listed = bundle.get("entry")
    for index, entry in enumerate(listed if isinstance(listed, list) else ()):
        if not isinstance(entry, dict):
            continue
        resource = entry.get("resource")
        if isinstance(resource, dict):  # That there is none is bdl-5.
            _check_result(run, entry, resource, wanted, ((trail, "entry", index), "resource", None))


def _check_result(
    run: Run, entry: dict[str, Tree], resource: dict[str, Tree], wanted: frozenset[str], trail: Trail
) -> None:
    """Judge one entry by its mode; without one nothing says what it is there for."""
    search = entry.get("search")
    mode = search.get("mode") if isinstance(search, dict) else None
    name = type_of(resource)
    if mode in ("match", "include") and "id" not in resource:
        run.add("element-missing", trail, "id")
    if mode == "match" and wanted and name not in wanted:
        run.add("entry-type-wrong", trail, " | ".join(sorted(wanted)))
    elif mode == "outcome" and name != "OperationOutcome":
        run.add("entry-type-wrong", trail, "OperationOutcome")


def _searched(definitions: Definitions, links: Tree) -> frozenset[str]:
    """The types that were searched for, as the link `self` says; none where it doesn't say."""
    for link in links if isinstance(links, list) else ():
        url = link.get("url") if isinstance(link, dict) and link.get("relation") == "self" else None
        if isinstance(url, str):
            path, _, query = url.partition("?")
            last = path.rpartition("/")[2]
            if definitions.is_resource(last):
                return frozenset({last})
            asked = [part.removeprefix("_type=") for part in query.split("&") if part.startswith("_type=")]
            return frozenset(filter(definitions.is_resource, ",".join(asked).split(",")))
    return frozenset()
