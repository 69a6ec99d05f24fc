"""Whether the links and images of a narrative lead somewhere a reader may go.

A link inside the text must find its mark in the resource, or in the Bundle around it; one to what is no address leads
a reader nowhere. Links that run a script are no sound narrative at all and never come here, nor does what can't be
read. Nothing here may follow a link out of what was received.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lxml import etree

from certgateway import safexml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from certgateway.engine.instance import Scope, Trail
    from certgateway.engine.run import Run

Tree = Any
_LINK = "{http://www.w3.org/1999/xhtml}a"
_IMAGE = "{http://www.w3.org/1999/xhtml}img"
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_NO_ADDRESS = frozenset({"urn", "cid"})
_MARKS = re.compile(r"""<[^<>]*?\s(?:id|name)\s*=\s*["']([^"']+)["']""")


def check_links(run: Run, text: str, trail: Trail, scope: Scope) -> None:
    """Judge the links of one narrative that is sound XHTML."""
    root = safexml.parse(text.encode("utf-8", "surrogatepass"))
    for element in root.iter(_LINK, _IMAGE):
        target = element.get("href") if element.tag == _LINK else element.get("src")
        if target is not None:
            _check_link(run, str(target), element, trail, scope)


def _check_link(run: Run, target: str, element: etree._Element, trail: Trail, scope: Scope) -> None:
    scheme = _SCHEME.match(target)
    if not target.strip() or (scheme is not None and element.tag == _LINK and scheme[1].lower() in _NO_ADDRESS):
        run.add("narrative-link-wrong", trail)
    elif target.startswith("#") and len(target) > 1:
        marks = _contained(scope) if element.tag == _IMAGE else _marks(run, scope)
        if target[1:] not in marks:
            run.add("narrative-link-unresolved", trail)


def _contained(scope: Scope) -> set[str]:
    """The ids an image may be: those of resources in the container."""
    listed = scope.container.get("contained")
    return {str(row.get("id")) for row in listed if isinstance(row, dict)} if isinstance(listed, list) else set()


def _marks(run: Run, scope: Scope) -> set[str]:
    """Everything a link may lead to: ids in the outermost resource and in its narratives, gathered once a judgement."""
    key = id(run.whole if run.whole is not None else scope.container)
    if key not in run.marks:
        run.marks[key] = set(_ids(run.whole if run.whole is not None else scope.container))
    return run.marks[key]


def _ids(tree: Tree) -> Iterator[str]:
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            if isinstance(node.get("id"), str):
                yield node["id"]
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)
        elif isinstance(node, str) and node.startswith("<") and ("id=" in node or "name=" in node):
            yield from _MARKS.findall(node)
