"""The catalogue of rules as data and as text: what `certgateway rules` prints and the documentation shows.

Entries that are no rules (the kinds of conformance fault, of unreadable input, of marks in prose) are passed in by the
caller, so that one catalogue tells of every id a finding may bear. Nothing here may describe a rule otherwise than the
rule describes itself: verdicts are derived by the judgement that messages get.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from certgateway.domain.findings import LANGUAGES, Effect, Finding, Language, Policy, judge
from certgateway.rules import RULES
from certgateway.rules.declaration import Rule, Text

Rendering = Literal["table", "json", "markdown"]
RENDERINGS: Final[tuple[Rendering, ...]] = ("table", "json", "markdown")


@dataclass(frozen=True, slots=True)
class Entry:
    """One id that findings may bear. `texts` has every language; a text may hold `{name}` for a finding's details."""

    id: str
    effect: Effect
    item: str | None
    authority: str
    in_force: date
    texts: Mapping[Language, Text]
    repealed: date | None = None

    @property
    def verdict(self) -> str:
        """What this finding alone leads to, per policy where the policy matters; "none" when it changes nothing."""
        hold, reject = self.under("hold"), self.under("reject")
        if hold == reject:
            return "none" if hold == "accepted" else hold
        return f"{hold} (hold), {reject} (reject)"

    def under(self, policy: Policy) -> str:
        """The verdict under one policy."""
        return judge([Finding(rule=self.id, effect=self.effect)], policy)


def entry(rule: Rule) -> Entry:
    """The catalogue's view of a rule."""
    return Entry(
        id=rule.id,
        effect=rule.effect,
        item=rule.item,
        authority=rule.authority,
        in_force=rule.in_force,
        texts={language: rule.text(language) for language in LANGUAGES},
        repealed=rule.repealed,
    )


def entries(further: Iterable[Entry] = ()) -> tuple[Entry, ...]:
    """All rules in their order, then what the caller adds; raises ValueError when two entries share an id."""
    found = (*map(entry, RULES), *further)
    if len({each.id for each in found}) != len(found):
        raise ValueError("two entries of the catalogue share an id")
    return found


def render(catalogue: Iterable[Entry], form: Rendering, language: Language = "nb") -> str:
    """The catalogue as text that ends in a line break; `language` is that of the texts in table and markdown."""
    listed = tuple(catalogue)
    if form == "json":
        return json.dumps([as_json(each) for each in listed], ensure_ascii=False, indent=2) + "\n"
    return _table(listed, language) if form == "table" else _markdown(listed, language)


def as_json(each: Entry) -> dict[str, object]:
    """One entry as JSON data; dates are ISO 8601, `item` and `repealed` may be null."""
    return {
        "id": each.id,
        "severity": each.effect.severity,
        "effect": each.effect.label,
        "verdict": {"hold": each.under("hold"), "reject": each.under("reject")},
        "item": each.item,
        "authority": each.authority,
        "in_force": each.in_force.isoformat(),
        "repealed": each.repealed.isoformat() if each.repealed else None,
        "texts": {language: _text_json(text) for language, text in each.texts.items()},
    }


def _text_json(text: Text) -> dict[str, str]:
    return {"found": text.found, "action": text.action, "counsellor": text.counsellor}


def _table(listed: tuple[Entry, ...], language: Language) -> str:
    """Columns as wide as their content; the text comes last, so that nothing is cut."""
    head = ("RULE", "SEVERITY", "EFFECT", "ITEM", "TEXT")
    rows = [
        (each.id, each.effect.severity, each.effect.label, each.item or "-", each.texts[language].found)
        for each in listed
    ]
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head) - 1)]
    lines = ("  ".join((*map(str.ljust, row, widths), row[-1])) for row in (head, *rows))
    return "".join(f"{line}\n" for line in lines)


def _markdown(listed: tuple[Entry, ...], language: Language) -> str:
    head = ("rule", "severity", "effect", "verdict", "item", "found", "action", "authority", "in force")
    rows = (
        (
            f"`{each.id}`",
            each.effect.severity,
            each.effect.label,
            each.verdict,
            f"`{each.item}`" if each.item else "",
            each.texts[language].found,
            each.texts[language].action,
            each.authority,
            _span(each),
        )
        for each in listed
    )
    return "".join(map(_markdown_row, (head, ("---",) * len(head), *rows)))


def _markdown_row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _span(each: Entry) -> str:
    return f"{each.in_force}, repealed {each.repealed}" if each.repealed else f"{each.in_force}"
