"""Text that looks like HTML where FHIR has plain text or Markdown: what shows it might run it.

A policy, not a rule of R4: strings may hold anything. Nothing here may judge narrative, or repeat a text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from certgateway.engine.elements import elements_of

if TYPE_CHECKING:
    from certgateway.engine.instance import Trail
    from certgateway.engine.run import Run

Tree = Any
# An opening tag with something behind it that begins with `<` again.
_TAG = re.compile(r"<[A-Za-z]\w*(?:\s[^<>]*)?>[^<]*<")
# A tag in Markdown, outside code; `<https://...>` and `<somebody@...>` are links.
_CODE = re.compile(r"`[^`]*`")
_IN_MARKDOWN = re.compile(r"<(?![A-Za-z][A-Za-z0-9+.\-]*:|[^\s<>@]+@)/?[A-Za-z][^<>]*>")


def check_markup(run: Run, resource: dict[str, Tree], trail: Trail) -> None:
    """Judge the texts of one resource, without those of the resources in it."""
    in_text, in_markdown = run.options.html_in_text, run.options.html_in_markdown
    for value, code, at in elements_of(run.definitions, resource, trail):
        if not isinstance(value, str) or "<" not in value or code == "xhtml":
            continue
        if in_text is not None and _TAG.search(value):
            run.add("html-in-text", at, severity=in_text)
        elif in_markdown is not None and code == "markdown" and _IN_MARKDOWN.search(_CODE.sub("", value)):
            run.add("html-in-text", at, severity=in_markdown)
