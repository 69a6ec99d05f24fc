"""The command line. Each command is a module; its needs are imported when it runs, so that `validate` starts fast.

Exit codes: 0 clean, 1 findings (or something rejected), 2 a path, option or setting that is wrong, or our own fault.
"""

from certgateway.cli.main import main

__all__ = ["main"]
