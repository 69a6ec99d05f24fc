"""What prose says that a certificate may not say to NAV: benefits, verdicts, advice, what the patient tells.

`mark` finds phrases by word lists and patterns that are data (`patterns/`, explained in docs/prose-guard.md). It tells
where, never what should be done: withholding is the domain's, wording is the rules'. It must never change a text, keep
one, or look at anything but the text.
"""

from certgateway.prose.marking import mark

__all__ = ["mark"]
