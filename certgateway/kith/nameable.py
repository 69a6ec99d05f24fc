"""Which places a finding or a receipt may show: those whose names are the standard's.

A name that the standard does not know is the sender's own word, and may say anything; the nearest place around it that
has a name of the standard stands for it. Nothing here may look at a message.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from certgateway.domain.findings import Finding
from certgateway.domain.message import Removal
from certgateway.kith.tables import Tables

_STEP: Final = re.compile(r"/\*\[local-name\(\)='([^']*)'\]\[[0-9]+\]")
# Of what stands around and beside the two messages that have tables.
_OTHER_NAMES: Final = frozenset({"EI_fellesformat", "MottakenhetBlokk", "Base64Container"})


def shown_path(path: str, tables: Tables) -> str:
    """The XPath as far as the standard names it; empty when it does not even name the root."""
    element, at, attribute = path.partition("/@")
    end = 0
    for step in _STEP.finditer(element):
        if step[1] not in tables.names and step[1] not in _OTHER_NAMES:
            return element[:end]
        end = step.end()
    return path if not at or attribute in tables.attributes else element


def shown_findings(findings: Iterable[Finding], tables: Tables) -> list[Finding]:
    """The same findings, none at a place of another name; where they really stand is still known for their position."""
    return [_shown(finding, tables) for finding in findings]


def _shown(finding: Finding, tables: Tables) -> Finding:
    if finding.path is None or (path := shown_path(finding.path, tables)) == finding.path:
        return finding
    return replace(finding, path=path or None, culprit=finding.culprit or finding.path)


def shown_removals(removed: Iterable[Removal], tables: Tables) -> tuple[Removal, ...]:
    """The same removals by the place that may be shown."""
    return tuple(replace(removal, path=shown_path(removal.path, tables)) for removal in removed)
