"""`certgateway config`: prints the settings in force, or says which are wrong."""

import argparse
import sys
from pathlib import Path

from certgateway.config import Settings, load_settings


def run(options: argparse.Namespace) -> int:
    """Print every setting with its value and meaning; raises MisconfiguredError when one is wrong or lacking."""
    settings = load_settings(Path(options.settings) if options.settings else None)
    for name, field in Settings.model_fields.items():
        sys.stdout.write(f"{name} = {getattr(settings, name)}\n    {field.description}\n")
    return 0
